// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads: handles to them, what they show of what a thread does, and their end.
 */
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

#include <zircon/syscalls/object.h>
#include <zircon/syscalls/port.h>
#include <zircon/threads.h>

#include "zxrace.h"
#include "zxtask.h"

/* The name under which this program executes itself, see child_main(). */
#define PROGRAM	"thread-child"

static zx_handle_t copy_of(zx_handle_t handle)
{
	zx_handle_t copy = ZX_HANDLE_INVALID;

	zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &copy);
	return copy;
}

static pid_t gettid_raw(void)
{
	return syscall(SYS_gettid);
}

/* A thread that gives its creator a handle to itself, and then does something. */
struct worker {
	void (*body)(struct worker *worker);
	zx_handle_t handle;	/* a duplicate */
	pid_t tid;
	zx_handle_t object, port;
	int pipe[2];
	zx_futex_t futex;
	atomic_bool stop;
	pthread_t thread;
	pthread_barrier_t ready;
};

static void *worker_thread(void *arg)
{
	struct worker *worker = arg;

	worker->handle = copy_of(zx_thread_self());
	worker->tid = gettid_raw();
	pthread_barrier_wait(&worker->ready);
	worker->body(worker);
	return NULL;
}

static bool start_worker(struct worker *worker, void (*body)(struct worker *worker))
{
	worker->body = body;
	worker->handle = ZX_HANDLE_INVALID;
	pthread_barrier_init(&worker->ready, NULL, 2);
	if (pthread_create(&worker->thread, NULL, worker_thread, worker))
		return false;
	pthread_barrier_wait(&worker->ready);
	return worker->handle != ZX_HANDLE_INVALID;
}

/*
 * Handles.
 */

TEST(self)
{
	zx_handle_t self = zx_thread_self();
	zx_info_handle_basic_t basic = zxt_basic(self);

	ASSERT_NE(ZX_HANDLE_INVALID, self);
	EXPECT_EQ(self, zx_thread_self());
	EXPECT_EQ(ZX_OBJ_TYPE_THREAD, basic.type);
	EXPECT_EQ(ZX_DEFAULT_THREAD_RIGHTS, basic.rights);
	EXPECT_EQ(zxt_koid(zx_process_self()), basic.related_koid);
	EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(self));
	EXPECT_EQ(ZX_THREAD_STATE_RUNNING, state_of(self));
	EXPECT_EQ(1, zxt_handles_to(self));
	EXPECT_EQ(0, self & 0x80000000);
}

#define MANY	64

struct many {
	pthread_barrier_t barrier;
	zx_koid_t koids[MANY];
	atomic_int next, failures;
};

static void *ask_for_self(void *arg)
{
	struct many *many = arg;
	zx_handle_t self;

	pthread_barrier_wait(&many->barrier);
	self = zx_thread_self();
	if (self == ZX_HANDLE_INVALID || self != zx_thread_self())
		many->failures++;
	many->koids[many->next++] = zxt_koid(self);
	/* None has ended while another asks. */
	pthread_barrier_wait(&many->barrier);
	return NULL;
}

TEST(self_in_many_threads)
{
	pthread_t threads[MANY];
	struct many many = {};
	uint32_t handles = zxt_handles();

	pthread_barrier_init(&many.barrier, NULL, MANY);
	for (int i = 0; i < MANY; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, ask_for_self, &many));
	for (int i = 0; i < MANY; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_EQ(0, many.failures);
	for (int i = 0; i < MANY; i++) {
		EXPECT_NE(0, many.koids[i]);
		for (int j = 0; j < i; j++)
			EXPECT_NE(many.koids[i], many.koids[j]);
	}
	/* Each has closed its handle. */
	EXPECT_EQ(handles, zxt_handles());
}

TEST(self_in_a_child)
{
	zx_handle_t self = zx_thread_self();
	zx_koid_t koid = zxt_koid(self);
	pid_t pid = fork();

	if (!pid) {
		CHILD_CHECK(zx_thread_self() != ZX_HANDLE_INVALID);
		CHILD_CHECK(zxt_koid(zx_thread_self()) != koid);
		CHILD_CHECK(zxt_basic(zx_thread_self()).related_koid ==
			    zxt_koid(zx_process_self()));
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(self, zx_thread_self());
	EXPECT_EQ(koid, zxt_koid(self));
}

#define BURN	ZX_MSEC(20)

/* Runs until the thread has used some time of a processor. */
static void burn(struct worker *worker)
{
	struct timespec ts;

	(void)worker;
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	while (ts.tv_sec * ZX_SEC(1) + ts.tv_nsec < BURN);
}

static void exit_pthread(struct worker *worker)
{
	burn(worker);
	pthread_exit(NULL);
}

static void exit_zircon(struct worker *worker)
{
	burn(worker);
	zx_thread_exit();
}

static void exit_futex(struct worker *worker)
{
	burn(worker);
	zx_futex_wake_handle_close_thread_exit(&worker->futex, 0, 1, ZX_HANDLE_INVALID);
}

/* As Zircon documents it: the thread closes its own handle. */
static void exit_futex_closing(struct worker *worker)
{
	burn(worker);
	zx_futex_wake_handle_close_thread_exit(&worker->futex, 0, 1, zx_thread_self());
}

TEST(end_of_a_thread)
{
	void (*const ends[])(struct worker *worker) = {
		burn, exit_pthread, exit_zircon, exit_futex, exit_futex_closing,
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		zx_info_task_runtime_t runtime, again;
		zx_info_thread_stats_t stats;
		uint32_t handles = zxt_handles();
		struct worker worker = {};
		zx_info_thread_t info;

		ASSERT_TRUE(start_worker(&worker, ends[i]));
		EXPECT_TRUE(ends_soon(worker.handle));
		EXPECT_EQ(ZX_THREAD_TERMINATED, zxt_signals(worker.handle));
		info = thread_info_of(worker.handle);
		EXPECT_EQ(ZX_THREAD_STATE_DEAD, info.state);
		EXPECT_EQ(0, info.cpu_affinity_mask.mask[0]);
		EXPECT_EQ(ZX_ERR_BAD_STATE,
			  zx_object_get_info(worker.handle, ZX_INFO_THREAD_STATS, &stats,
					     sizeof(stats), NULL, NULL));
		EXPECT_EQ(ZX_OK, zx_object_get_info(worker.handle, ZX_INFO_TASK_RUNTIME, &runtime,
						    sizeof(runtime), NULL, NULL));
		EXPECT_EQ(ZX_OK, zx_object_get_info(worker.handle, ZX_INFO_TASK_RUNTIME, &again,
						    sizeof(again), NULL, NULL));
		EXPECT_LE(BURN / 2, runtime.cpu_time);
		EXPECT_EQ(runtime.cpu_time, again.cpu_time);
		EXPECT_EQ(runtime.queue_time, again.queue_time);
		EXPECT_EQ(zxt_koid(zx_process_self()), zxt_basic(worker.handle).related_koid);
		EXPECT_EQ(0, pthread_join(worker.thread, NULL));
		EXPECT_EQ(ZX_OK, zx_handle_close(worker.handle));
		EXPECT_EQ(handles, zxt_handles());
	}
}

/*
 * What a thread does.
 */

static void block_in_wait_one(struct worker *worker)
{
	zx_object_wait_one(worker->object, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL);
}

static void block_in_wait_many(struct worker *worker)
{
	zx_wait_item_t item = { .handle = worker->object, .waitfor = ZX_EVENT_SIGNALED };

	zx_object_wait_many(&item, 1, ZX_TIME_INFINITE);
}

static void block_in_port(struct worker *worker)
{
	zx_port_packet_t packet;

	zx_port_wait(worker->port, ZX_TIME_INFINITE, &packet);
}

static void block_in_call(struct worker *worker)
{
	uint32_t txid[2] = {}, bytes, handles;
	zx_channel_call_args_t args = {
		.wr_bytes = txid,
		.wr_num_bytes = sizeof(txid),
		.rd_bytes = txid,
		.rd_num_bytes = sizeof(txid),
	};

	zx_channel_call(worker->object, 0, ZX_TIME_INFINITE, &args, &bytes, &handles);
}

static void block_in_futex(struct worker *worker)
{
	zx_futex_wait(&worker->futex, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
}

static void block_in_sleep(struct worker *worker)
{
	/* Ends by a signal, for the test to end. */
	while (!worker->stop)
		zx_nanosleep(zx_deadline_after(ZX_SEC(1)));
}

static void block_in_read(struct worker *worker)
{
	char byte;

	while (read(worker->pipe[0], &byte, 1) > 0)
		;
}

static void run(struct worker *worker)
{
	while (!worker->stop)
		;
}

static void unblock(struct worker *worker)
{
	zx_port_packet_t packet = {};

	worker->stop = true;
	zx_object_signal(worker->object, 0, ZX_EVENT_SIGNALED);
	zx_port_queue(worker->port, &packet);
	zx_futex_wake(&worker->futex, 1);
	close(worker->pipe[1]);
}

TEST(states)
{
	static const struct {
		const char *name;
		void (*body)(struct worker *worker);
		zx_thread_state_t state;
	} states[] = {
		{ "wait_one", block_in_wait_one, ZX_THREAD_STATE_BLOCKED_WAIT_ONE },
		{ "wait_many", block_in_wait_many, ZX_THREAD_STATE_BLOCKED_WAIT_MANY },
		{ "port", block_in_port, ZX_THREAD_STATE_BLOCKED_PORT },
		{ "call", block_in_call, ZX_THREAD_STATE_BLOCKED_CHANNEL },
		{ "futex", block_in_futex, ZX_THREAD_STATE_BLOCKED_FUTEX },
		{ "sleep", block_in_sleep, ZX_THREAD_STATE_BLOCKED_SLEEPING },
		{ "read", block_in_read, ZX_THREAD_STATE_BLOCKED },
		{ "run", run, ZX_THREAD_STATE_RUNNING },
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		zx_handle_t peer = ZX_HANDLE_INVALID;
		zx_time_t limit = ZXT_SOON;
		struct worker worker = {};
		zx_thread_state_t state;

		ASSERT_EQ(0, pipe2(worker.pipe, O_CLOEXEC));
		ASSERT_EQ(ZX_OK, states[i].body == block_in_call ?
				 zx_channel_create(0, &worker.object, &peer) :
				 zx_event_create(0, &worker.object));
		ASSERT_EQ(ZX_OK, zx_port_create(0, &worker.port));
		ASSERT_TRUE(start_worker(&worker, states[i].body));
		do
			state = state_of(worker.handle);
		while (state != states[i].state && zx_clock_get_monotonic() < limit);
		EXPECT_EQ(states[i].state, state) {
			TH_LOG("%s", states[i].name);
		}
		/* The thread is as it was. */
		EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(worker.handle));
		zx_handle_close(peer);
		unblock(&worker);
		EXPECT_EQ(0, pthread_join(worker.thread, NULL));
		EXPECT_TRUE(ends_soon(worker.handle));
		close(worker.pipe[0]);
		zx_handle_close(worker.object);
		zx_handle_close(worker.port);
		zx_handle_close(worker.handle);
	}
}

TEST(affinity_and_processor)
{
	zx_info_thread_stats_t stats;
	zx_info_thread_t info;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(one), &one));
	info = thread_info_of(zx_thread_self());
	for (int i = 0; i < 512; i++)
		EXPECT_EQ(CPU_ISSET(i, &one),
			  info.cpu_affinity_mask.mask[i / 64] >> (i % 64) & 1);
	EXPECT_EQ(0, info.wait_exception_channel_type);
	ASSERT_EQ(ZX_OK, zx_object_get_info(zx_thread_self(), ZX_INFO_THREAD_STATS, &stats,
					    sizeof(stats), NULL, NULL));
	EXPECT_EQ(sched_getcpu(), stats.last_scheduled_cpu);
	EXPECT_LE(0, stats.total_runtime);
}

static void wait_for_stop(struct worker *worker)
{
	zx_object_wait_one(worker->object, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL);
}

TEST(name_is_that_of_linux)
{
	struct worker worker = {};
	char comm[16];

	ASSERT_EQ(ZX_OK, zx_event_create(0, &worker.object));
	ASSERT_TRUE(start_worker(&worker, wait_for_stop));
	ASSERT_EQ(0, pthread_setname_np(worker.thread, "fred"));
	EXPECT_STREQ("fred", name_of(worker.handle));
	ASSERT_EQ(ZX_OK, set_name(worker.handle, LONG_NAME));
	EXPECT_STREQ(LONG_NAME, name_of(worker.handle));
	ASSERT_EQ(0, pthread_getname_np(worker.thread, comm, sizeof(comm)));
	EXPECT_STREQ("a name that Lin", comm);
	/* The process has its leader's name. */
	EXPECT_STRNE(LONG_NAME, name_of(zx_process_self()));
	zx_object_signal(worker.object, 0, ZX_EVENT_SIGNALED);
	EXPECT_TRUE(ends_soon(worker.handle));
	EXPECT_STREQ(LONG_NAME, name_of(worker.handle));
	EXPECT_EQ(0, pthread_join(worker.thread, NULL));
}

/*
 * The threads of a process.
 */

#define LIST_MAX	200

/* The number of threads, whose koids @koids receives. */
static size_t list(zx_handle_t process, zx_koid_t koids[LIST_MAX])
{
	size_t actual = 0, avail = 1;

	if (zx_object_get_info(process, ZX_INFO_PROCESS_THREADS, koids,
			       LIST_MAX * sizeof(*koids), &actual, &avail) != ZX_OK ||
	    actual != avail)
		return SIZE_MAX;
	return actual;
}

static bool has(const zx_koid_t *koids, size_t count, zx_koid_t koid)
{
	for (size_t i = 0; i < count; i++)
		if (koids[i] == koid)
			return true;
	return false;
}

static void *block_silently(void *pipe)
{
	zxp_block_on(*(int *)pipe);
	return NULL;
}

/* More than fit into the module's first array. */
TEST(threads_of_a_process)
{
	zx_koid_t koids[LIST_MAX], again[LIST_MAX];
	pthread_t threads[100];
	size_t actual, avail;
	int pipes[2];

	ASSERT_EQ(1, list(zx_process_self(), koids));
	EXPECT_EQ(koids[0], zxt_koid(zx_thread_self()));
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	for (int i = 0; i < 100; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, block_silently, &pipes[0]));
	ASSERT_EQ(101, list(zx_process_self(), koids));
	EXPECT_TRUE(has(koids, 101, zxt_koid(zx_thread_self())));
	for (int i = 0; i < 101; i++)
		EXPECT_FALSE(has(koids, i, koids[i]));
	ASSERT_EQ(101, list(zx_process_self(), again));
	for (int i = 0; i < 101; i++)
		EXPECT_TRUE(has(koids, 101, again[i]));
	ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_THREADS, again,
					    3 * sizeof(*again), &actual, &avail));
	EXPECT_EQ(3, actual);
	EXPECT_EQ(101, avail);
	close(pipes[1]);
	for (int i = 0; i < 100; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	/* pthread_join() returns before the kernel has finished with the thread. */
	while (list(zx_process_self(), koids) != 1)
		sched_yield();
	EXPECT_EQ(koids[0], zxt_koid(zx_thread_self()));
}

TEST(child_of_a_process)
{
	zx_rights_t all = ZX_DEFAULT_PROCESS_RIGHTS;
	zx_koid_t koids[LIST_MAX], koid;
	struct worker worker = {};
	zx_handle_t child, weak;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &worker.object));
	ASSERT_TRUE(start_worker(&worker, wait_for_stop));
	koid = zxt_koid(worker.handle);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(zx_process_self(), all & ~ZX_RIGHT_ENUMERATE,
					     &weak));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_info(weak, ZX_INFO_PROCESS_THREADS, koids, sizeof(koids), NULL,
				     NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_child(weak, koid, ZX_RIGHT_WAIT, &child));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_child(zx_process_self(), koid, ZX_RIGHT_EXECUTE, &child));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(zx_process_self(),
							zxt_koid(zx_process_self()),
							ZX_RIGHT_SAME_RIGHTS, &child));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_get_child(zx_process_self(), koid,
							   ZX_RIGHT_WAIT, zxt_nowhere[0]));
	ASSERT_EQ(ZX_OK, zx_object_get_child(zx_process_self(), koid, ZX_RIGHT_WAIT, &child));
	EXPECT_EQ(ZX_RIGHT_WAIT, zxt_basic(child).rights);
	EXPECT_EQ(koid, zxt_koid(child));
	EXPECT_EQ(ZX_OK, zx_handle_close(child));
	ASSERT_EQ(ZX_OK, zx_object_get_child(zx_process_self(), koid, ZX_RIGHT_SAME_RIGHTS,
					     &child));
	EXPECT_EQ(all, zxt_basic(child).rights);
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_object_get_child(child, koid, ZX_RIGHT_WAIT, &weak));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_task_kill(child));

	zx_object_signal(worker.object, 0, ZX_EVENT_SIGNALED);
	EXPECT_TRUE(ends_soon(child));
	EXPECT_EQ(0, pthread_join(worker.thread, NULL));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(zx_process_self(), koid, ZX_RIGHT_WAIT,
							&weak));
}

FIXTURE(child)
{
	int ready[2];
	int go[2];
	pid_t pid;
	zx_handle_t process;
};

FIXTURE_SETUP(child)
{
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
	self->pid = 0;
}

FIXTURE_TEARDOWN(child)
{
	if (self->pid > 0)
		kill(self->pid, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void start_threads(void)
{
	static int pipes[2];
	pthread_t thread;

	CHILD_CHECK(pipe(pipes) == 0);
	for (int i = 0; i < 10; i++)
		CHILD_CHECK(pthread_create(&thread, NULL, block_silently, &pipes[0]) == 0);
}

#define START(body)							\
do {									\
	self->pid = ZXP_START(0, body);					\
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &self->process));		\
} while (0)

/* A process that does not use the library, of which nothing but its end is known. */
TEST_F(child, threads_end_before_their_process)
{
	zx_koid_t koids[LIST_MAX];
	zx_handle_t threads[11];

	START(start_threads);
	ASSERT_EQ(11, list(self->process, koids));
	for (int i = 0; i < 11; i++) {
		ASSERT_EQ(ZX_OK, zx_object_get_child(self->process, koids[i],
						     ZX_RIGHT_SAME_RIGHTS, &threads[i]));
		EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(threads[i]));
		EXPECT_EQ(zxt_koid(self->process), zxt_basic(threads[i]).related_koid);
	}
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	ASSERT_TRUE(ends_soon(self->process));
	for (int i = 0; i < 11; i++) {
		EXPECT_EQ(ZX_THREAD_TERMINATED, zxt_signals(threads[i]));
		EXPECT_EQ(ZX_THREAD_STATE_DEAD, state_of(threads[i]));
	}
	EXPECT_EQ(0, list(self->process, koids));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(self->process, koids[0],
							ZX_RIGHT_SAME_RIGHTS, &threads[0]));
}

TEST_F(child, stopped_threads_are_suspended)
{
	zx_time_t limit = ZXT_SOON;
	zx_koid_t koids[LIST_MAX];
	zx_handle_t thread;

	START(start_threads);
	ASSERT_EQ(11, list(self->process, koids));
	ASSERT_EQ(ZX_OK, zx_object_get_child(self->process, koids[5], ZX_RIGHT_SAME_RIGHTS,
					     &thread));
	ASSERT_EQ(0, kill(self->pid, SIGSTOP));
	while (state_of(thread) != ZX_THREAD_STATE_SUSPENDED && zx_clock_get_monotonic() < limit)
		;
	EXPECT_EQ(ZX_THREAD_STATE_SUSPENDED, state_of(thread));
	ASSERT_EQ(0, kill(self->pid, SIGCONT));
	while (state_of(thread) != ZX_THREAD_STATE_BLOCKED && zx_clock_get_monotonic() < limit)
		;
	EXPECT_EQ(ZX_THREAD_STATE_BLOCKED, state_of(thread));
}

static char go_number[16], ready_number[16];

static void *exec_in_thread(void *unused)
{
	(void)unused;
	execl("/proc/self/exe", PROGRAM, ready_number, go_number, NULL);
	_exit(CHILD_FAILED);
}

static int told[2];

/* Sends the parent handles to the leader and to the thread that executes a program. */
static void *send_and_exec(void *leader)
{
	zx_handle_t handles[2] = { *(zx_handle_t *)leader, copy_of(zx_thread_self()) };

	for (int i = 0; i < 2; i++) {
		int fd;

		CHILD_CHECK(zxl_handle_export(handles[i], 0, &fd) == ZX_OK);
		CHILD_CHECK(zxp_send_fd(told[1], fd) == 0);
		close(fd);
	}
	return exec_in_thread(NULL);
}

static void exec_from_thread(void)
{
	static zx_handle_t leader;
	pthread_t thread;

	CHILD_CHECK(fcntl(atoi(go_number), F_SETFD, 0) == 0);
	CHILD_CHECK(fcntl(atoi(ready_number), F_SETFD, 0) == 0);
	leader = copy_of(zx_thread_self());
	CHILD_CHECK(pthread_create(&thread, NULL, send_and_exec, &leader) == 0);
	pthread_join(thread, NULL);
}

/* Linux gives the thread that executes a program the id of the leader; it is the same thread. */
TEST_F(child, exec_in_a_thread)
{
	zx_handle_t handles[2];
	zx_koid_t koids[LIST_MAX];

	snprintf(go_number, sizeof(go_number), "%d", self->go[0]);
	snprintf(ready_number, sizeof(ready_number), "%d", self->ready[1]);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told));
	START(exec_from_thread);
	for (int i = 0; i < 2; i++) {
		int fd = zxp_receive_fd(told[0], 0);

		ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &handles[i]));
		close(fd);
	}
	EXPECT_TRUE(ends_soon(handles[0]));
	EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(handles[1]));
	ASSERT_EQ(1, list(self->process, koids));
	EXPECT_EQ(zxt_koid(handles[1]), koids[0]);
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_TRUE(ends_soon(handles[1]));
}

/*
 * Races.
 */

#define ROUNDS	200

struct race {
	pthread_t thread;
	zx_koid_t koids[RACERS][LIST_MAX];
	atomic_int failures;
};

static void *end_at_once(void *unused)
{
	(void)unused;
	return NULL;
}

static void *end_with_handle(void *unused)
{
	(void)unused;
	zx_thread_self();
	return NULL;
}

static void race_begin(struct race *race)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, i % 2 ? end_at_once : end_with_handle, NULL))
			abort();
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	(void)race;
}

/*
 * Each thread of this process that is found can be waited for to end, or is one of those that
 * stay.
 */
static void list_once(struct race *race, zx_koid_t *koids)
{
	size_t count = list(zx_process_self(), koids);

	if (count == SIZE_MAX || count < RACERS + 1) {
		race->failures++;
		return;
	}
	for (size_t i = 0; i < count; i++) {
		zx_handle_t thread;
		zx_status_t status = zx_object_get_child(zx_process_self(), koids[i],
							 ZX_RIGHT_SAME_RIGHTS, &thread);

		if (status == ZX_OK)
			zx_handle_close(thread);
		else if (status != ZX_ERR_NOT_FOUND)
			race->failures++;
	}
}

static void race_list0(struct race *race)
{
	list_once(race, race->koids[0]);
}

static void race_list1(struct race *race)
{
	list_once(race, race->koids[1]);
}

TEST_F_TIMEOUT(child, listed_while_they_begin_and_end, 600)
{
	void (*const actions[RACERS])(struct race *race) = {
		race_begin, race_list0, race_begin, race_list1,
	};
	static struct race race;
	uint32_t handles = zxt_handles();
	struct racers racers;

	racers_start(&racers, &race, actions);
	for (int i = 0; i < ROUNDS; i++)
		racers_round(&racers);
	racers_stop(&racers);
	EXPECT_EQ(0, race.failures);
	EXPECT_EQ(handles, zxt_handles());
}

/* Threads that end while another program asks for them: each handle shows the end. */
TEST_F_TIMEOUT(child, found_while_the_process_ends, 600)
{
	for (int i = 0; i < ROUNDS / 4; i++) {
		zx_koid_t koids[LIST_MAX];
		zx_handle_t threads[11];
		size_t found = 0, count;

		START(start_threads);
		kill(self->pid, SIGKILL);
		count = list(self->process, koids);
		ASSERT_GE(11, count);
		for (size_t j = 0; j < count; j++)
			if (zx_object_get_child(self->process, koids[j], ZX_RIGHT_SAME_RIGHTS,
						&threads[found]) == ZX_OK)
				found++;
		for (size_t j = 0; j < found; j++)
			EXPECT_TRUE(ends_soon(threads[j]));
		EXPECT_TRUE(ends_soon(self->process));
		zx_handle_close_many(threads, found);
		zx_handle_close(self->process);
		EXPECT_EQ(128 + SIGKILL, zxp_reap(self->pid));
		self->pid = 0;
	}
}

/* A thread of the C library, whose handle another asks for. */
struct asked {
	pthread_t thread;
	atomic_int tid;
	atomic_bool go, done, leave;
	bool asks;
	zx_handle_t own;
};

static void *asked_thread(void *arg)
{
	struct asked *asked = arg;

	asked->tid = gettid_raw();
	while (!asked->go)
		usleep(100);
	if (asked->asks)
		asked->own = zx_thread_self();
	asked->done = true;
	while (!asked->leave)
		usleep(100);
	return NULL;
}

TEST(handle_of_a_thread_of_the_c_library)
{
	zx_info_handle_basic_t info;
	zx_handle_t handle;

	EXPECT_EQ(zx_thread_self(), thrd_get_zx_handle(thrd_current()));
	for (int asks = 0; asks < 2; asks++) {
		struct asked asked = { .asks = asks };
		int open = zxt_handles();

		ASSERT_EQ(0, pthread_create(&asked.thread, NULL, asked_thread, &asked));
		ASSERT_TRUE(zxt_sleeps(&asked.tid));
		handle = thrd_get_zx_handle(asked.thread);
		ASSERT_NE(ZX_HANDLE_INVALID, handle);
		EXPECT_EQ(handle, thrd_get_zx_handle(asked.thread));
		EXPECT_EQ(open + 1, zxt_handles());
		ASSERT_EQ(ZX_OK, zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info,
						    sizeof(info), NULL, NULL));
		EXPECT_EQ(ZX_DEFAULT_THREAD_RIGHTS, info.rights);
		asked.go = true;
		while (!asked.done)
			usleep(100);
		/* The thread itself has the same one. */
		EXPECT_EQ(asks ? handle : ZX_HANDLE_INVALID, asked.own);
		EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(handle));
		asked.leave = true;
		ASSERT_EQ(0, pthread_join(asked.thread, NULL));
		/* Closed at the end, if it has asked. */
		EXPECT_EQ(open + !asks, zxt_handles());
		EXPECT_EQ(!asks, zxt_is_open(handle));
		EXPECT_EQ(asks ? ZX_ERR_BAD_HANDLE : ZX_OK, zx_handle_close(handle));
	}
}

static int child_main(int argc, char **argv)
{
	CHILD_CHECK(argc == 3);
	CHILD_CHECK(write(atoi(argv[1]), "r", 1) == 1);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], PROGRAM))
		return child_main(argc, argv);
	return test_harness_run(argc, argv);
}
