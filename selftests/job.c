// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs: the tree, what a job shows of itself, how it ends with all that is in it, critical
 * processes, the jobs that the module makes, and which processes are in a job.
 */
#include <pthread.h>
#include <spawn.h>
#include <sys/sendfile.h>

#include "zxjob.h"
#include "zxthread.h"

#include <zircon/syscalls/port.h>

extern char **environ;

/* The name under which this program executes itself, see child_main(). */
#define PROGRAM	"job-child"

FIXTURE(job)
{
	zx_handle_t job;
};

FIXTURE_SETUP(job)
{
	/* Whose parent has ended becomes a child of this process, so that none is forgotten. */
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_TRUE(zxj_share(-1));
	self->job = zxj_job(zx_job_default());
	ASSERT_NE(ZX_HANDLE_INVALID, self->job);
}

FIXTURE_TEARDOWN(job)
{
	zx_task_kill(self->job);
	zxj_reap_all();
}

/* In a child: executes this program as child_main(). */
static _Noreturn void become(const char *what)
{
	char fd[16];

	snprintf(fd, sizeof(fd), "%d", zxj_shared_fd);
	execl("/proc/self/exe", PROGRAM, what, fd, NULL);
	_exit(CHILD_FAILED);
}

/* Makes a child without the C library, whose handlers are instructions of the child, too. */
static pid_t clone_raw(unsigned long flags)
{
	return syscall(SYS_clone, flags, 0, 0, 0, 0);
}

static void do_nothing(void)
{
}

/* Clears the memory that the processes share: no process has arrived. */
static void forget(void)
{
	memset(zxj_shared, 0, sizeof(*zxj_shared));
}

/* Kills a job, waits until all is gone, and reaps it. Returns the signals of the job at its end. */
static zx_signals_t end_job(zx_handle_t job)
{
	zx_signals_t signals;

	if (zx_task_kill(job) != ZX_OK)
		return ~0u;
	signals = zxj_sees(job, ZX_JOB_TERMINATED);
	zxj_reap_all();
	return signals;
}

/*
 * How a job is made.
 */

TEST_F(job, create)
{
	zx_handle_t child = ZX_HANDLE_INVALID;
	zx_info_handle_basic_t info;

	ASSERT_EQ(ZX_OK, zx_job_create(self->job, 0, &child));
	info = zxt_basic(child);
	EXPECT_EQ(ZX_OBJ_TYPE_JOB, info.type);
	EXPECT_EQ(ZX_DEFAULT_JOB_RIGHTS, info.rights);
	EXPECT_NE(ZX_KOID_INVALID, info.koid);
	EXPECT_NE(zxt_koid(self->job), info.koid);
	EXPECT_EQ(zxt_koid(self->job), info.related_koid);
	EXPECT_EQ(zxt_koid(zx_job_default()), zxt_basic(self->job).related_koid);
	EXPECT_EQ(1, zxt_handles_to(child));
	EXPECT_EQ(ZXJ_EMPTY, zxt_signals(child));
	EXPECT_EQ(0, zxj_jobs(child));
	EXPECT_EQ(0, zxj_processes(child));
	EXPECT_EQ(1, zxj_jobs(self->job));
	EXPECT_TRUE(zxj_has(self->job, ZX_INFO_JOB_CHILDREN, info.koid));
	EXPECT_TRUE(zxj_has(zx_job_default(), ZX_INFO_JOB_CHILDREN, zxt_koid(self->job)));
}

/* Options, handle, type, right. */
TEST_F(job, create_checks_in_order)
{
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_MANAGE_JOB);
	zx_handle_t closed, event, blank, only, out = 77;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &closed));
	zx_handle_close(closed);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, 0, &blank));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->job, ZX_RIGHT_MANAGE_JOB, &only));

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_create(ZX_HANDLE_INVALID, 1, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_create(blank, 1u << 31, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_create(self->job, 1, &out));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_job_create(ZX_HANDLE_INVALID, 0, &out));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_job_create(closed, 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_job_create(blank, 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_job_create(zx_process_self(), 0, &out));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_job_create(weak, 0, &out));
	EXPECT_EQ(0, zxj_jobs(self->job));
	ASSERT_EQ(ZX_OK, zx_job_create(only, 0, &out));
	EXPECT_EQ(1, zxj_jobs(self->job));
	EXPECT_EQ(ZX_DEFAULT_JOB_RIGHTS, zxt_basic(out).rights);
}

TEST_F(job, create_without_a_result_makes_nothing)
{
	uint32_t before = zxt_handles();
	void *bad;

	zxt_for_each_bad_out(bad) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_create(self->job, 0, bad));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_job_create(ZX_HANDLE_INVALID, 0, bad));
	}
	EXPECT_EQ(before, zxt_handles());
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
	EXPECT_EQ(0, zxj_jobs(self->job));
}

/* Makes a job in a job, and so on. Returns how many there can be; @leaf receives the last. */
static int levels_below(zx_handle_t job, zx_handle_t *leaf)
{
	for (int levels = 0; levels < 100; levels++) {
		zx_handle_t child = zxj_job(job);

		*leaf = job;
		if (child == ZX_HANDLE_INVALID)
			return levels;
		job = child;
	}
	return -1;
}

/* The root job has 32 levels below it. The first is that of the users' jobs. */
TEST_F(job, depth)
{
	zx_handle_t leaf, out;

	EXPECT_EQ(30, levels_below(self->job, &leaf));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_job_create(leaf, 0, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_create(leaf, 1, &out));
	EXPECT_EQ(ZXJ_EMPTY, zxt_signals(leaf));
	ASSERT_LT(0, zxj_start(leaf, zxj_arrive, NULL));
	EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	EXPECT_EQ(1, zxj_processes(leaf));
	EXPECT_EQ(ZXJ_GONE, end_job(self->job));
	EXPECT_EQ(ZXJ_GONE, zxt_signals(leaf));
	/* The height is looked at first. */
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_job_create(leaf, 0, &out));
}

/*
 * Signals.
 */

TEST_F(job, signals_follow_what_it_has)
{
	zx_handle_t process, child;

	ASSERT_EQ(ZXJ_EMPTY, zxt_signals(self->job));
	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	EXPECT_EQ(ZX_JOB_NO_JOBS, zxt_signals(self->job));
	child = zxj_job(self->job);
	ASSERT_NE(ZX_HANDLE_INVALID, child);
	EXPECT_EQ(0, zxt_signals(self->job));
	zx_handle_close(process);
	EXPECT_EQ(ZX_JOB_NO_PROCESSES, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
	zx_handle_close(child);
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
}

/* A job that has become empty is as it was before. */
TEST_F(job, signals_follow_programs)
{
	for (int i = 1; i <= 3; i++) {
		zx_handle_t process;
		pid_t pid = zxj_start(self->job, zxj_arrive, &process);

		ASSERT_LT(0, pid);
		EXPECT_EQ(ZX_JOB_NO_JOBS, zxt_signals(self->job));
		ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, i));
		EXPECT_EQ(ZX_JOB_NO_JOBS, zxt_signals(self->job));
		kill(pid, SIGTERM);
		EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
		EXPECT_EQ(ZXL_TASK_RETCODE_SIGNAL(SIGTERM), zxj_return_code(process));
		EXPECT_EQ(128 + SIGTERM, zxp_reap(pid));
		EXPECT_EQ(0, zxj_processes(self->job));
		EXPECT_FALSE(zxj_info(self->job).exited);
	}
}

TEST_F(job, waits_end_when_signals_come)
{
	zx_port_packet_t packet = {};
	struct waiter waiter;
	zx_handle_t port;
	pid_t pid = zxj_start(self->job, zxj_arrive, NULL);

	ASSERT_LT(0, pid);
	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->job, port, 5, ZX_JOB_TERMINATED, 0));
	ASSERT_TRUE(start(&waiter, self->job, ZX_JOB_NO_CHILDREN, ZXT_SOON));
	EXPECT_TRUE(still_waits(&waiter));
	kill(pid, SIGKILL);
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZXJ_EMPTY, waiter.items[0].pending);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(port, ZX_TIME_INFINITE_PAST, &packet));
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	ASSERT_EQ(ZX_OK, zx_port_wait(port, ZXT_SOON, &packet));
	EXPECT_EQ(5, packet.key);
	EXPECT_EQ(ZXJ_GONE, packet.signal.observed);
}

TEST_F(job, programs_raise_signals_of_their_own)
{
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_SIGNAL);

	EXPECT_EQ(ZX_OK, zx_object_signal(self->job, 0, ZX_USER_SIGNAL_3));
	EXPECT_EQ(ZXJ_EMPTY | ZX_USER_SIGNAL_3, zxt_signals(self->job));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->job, ZX_USER_SIGNAL_3, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->job, 0, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->job, ZX_JOB_NO_JOBS, 0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal(weak, 0, ZX_USER_SIGNAL_3));
	EXPECT_EQ(ZXJ_EMPTY, zxt_signals(self->job));
}

/*
 * The place in the tree.
 */

TEST_F(job, leaves_the_tree_with_its_last_handle)
{
	zx_handle_t child = zxj_job(self->job), copy, again;
	zx_koid_t koid = zxt_koid(child);

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(child, ZX_RIGHT_SAME_RIGHTS, &copy));
	zx_handle_close(child);
	EXPECT_TRUE(zxj_has(self->job, ZX_INFO_JOB_CHILDREN, koid));
	zx_handle_close(copy);
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
	EXPECT_EQ(0, zxj_jobs(self->job));
	EXPECT_EQ(ZX_ERR_NOT_FOUND,
		  zx_object_get_child(self->job, koid, ZX_RIGHT_SAME_RIGHTS, &again));
}

TEST_F(job, leaves_the_tree_when_it_was_killed)
{
	zx_handle_t child = zxj_job(self->job), again;
	zx_koid_t koid = zxt_koid(child);

	ASSERT_TRUE(zxj_has(self->job, ZX_INFO_JOB_CHILDREN, koid));
	EXPECT_EQ(ZX_OK, zx_task_kill(child));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(child, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
	EXPECT_EQ(0, zxj_jobs(self->job));
	EXPECT_EQ(ZX_ERR_NOT_FOUND,
		  zx_object_get_child(self->job, koid, ZX_RIGHT_SAME_RIGHTS, &again));
	/* Its parent is still the same. */
	EXPECT_EQ(zxt_koid(self->job), zxt_basic(child).related_koid);
}

/* A job stays for what is in it, and what is in it can be reached from above. */
TEST_F(job, stays_for_its_processes_without_handles)
{
	zx_handle_t middle = zxj_job(self->job), leaf = zxj_job(middle);
	zx_koid_t koids[] = { zxt_koid(middle), zxt_koid(leaf) };
	pid_t pid = zxj_start(leaf, zxj_arrive, NULL);

	ASSERT_LT(0, pid);
	zx_handle_close(leaf);
	zx_handle_close(middle);
	EXPECT_EQ(ZX_JOB_NO_PROCESSES, zxt_signals(self->job));
	ASSERT_EQ(ZX_OK, zx_object_get_child(self->job, koids[0], ZX_RIGHT_SAME_RIGHTS, &middle));
	ASSERT_EQ(ZX_OK, zx_object_get_child(middle, koids[1], ZX_RIGHT_SAME_RIGHTS, &leaf));
	EXPECT_EQ(1, zxj_processes(leaf));
	zx_handle_close(leaf);
	zx_handle_close(middle);
	kill(pid, SIGKILL);
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
}

/*
 * The end.
 */

#define LEVELS	5

/* Jobs below each other, with a process in each. */
struct chain {
	zx_handle_t jobs[LEVELS], processes[LEVELS];
	pid_t pids[LEVELS];
};

static bool make_chain(zx_handle_t top, struct chain *chain)
{
	for (int i = 0; i < LEVELS; i++) {
		chain->jobs[i] = i ? zxj_job(chain->jobs[i - 1]) : top;
		chain->pids[i] = zxj_start(chain->jobs[i], zxj_arrive, &chain->processes[i]);
		if (chain->pids[i] < 0)
			return false;
	}
	return zxj_reaches(&zxj_shared->arrived, LEVELS);
}

static void check_level_is_gone(struct __test_metadata *_metadata, const struct chain *chain,
				int level, int64_t return_code)
{
	zx_info_job_t info = zxj_info(chain->jobs[level]);

	EXPECT_TRUE(info.exited);
	EXPECT_EQ(return_code, info.return_code);
	EXPECT_EQ(ZXJ_GONE, zxt_signals(chain->jobs[level]));
	EXPECT_EQ(return_code, zxj_return_code(chain->processes[level]));
	EXPECT_EQ(128 + SIGKILL, zxp_reap(chain->pids[level]));
	EXPECT_EQ(0, zxj_jobs(chain->jobs[level]));
	EXPECT_EQ(0, zxj_processes(chain->jobs[level]));
}

/* Jobs end from the bottom up: when the first has, all have. */
TEST_F(job, kill_ends_all_below)
{
	zx_wait_item_t items[LEVELS] = {};
	struct chain chain;

	ASSERT_TRUE(make_chain(self->job, &chain));
	for (int i = 0; i < LEVELS; i++)
		items[i].handle = chain.jobs[i];
	items[0].waitfor = ZX_JOB_TERMINATED;
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	ASSERT_EQ(ZX_OK, zx_object_wait_many(items, LEVELS, ZXT_SOON));
	for (int i = 0; i < LEVELS; i++) {
		EXPECT_EQ(ZXJ_GONE, items[i].pending);
		check_level_is_gone(_metadata, &chain, i, ZX_TASK_RETCODE_SYSCALL_KILL);
	}
}

TEST_F(job, kill_spares_what_is_above)
{
	struct chain chain;

	ASSERT_TRUE(make_chain(self->job, &chain));
	EXPECT_EQ(ZX_OK, zx_task_kill(chain.jobs[2]));
	EXPECT_EQ(ZX_JOB_NO_JOBS, zxj_sees(chain.jobs[1], ZX_JOB_NO_JOBS));
	for (int i = 2; i < LEVELS; i++)
		check_level_is_gone(_metadata, &chain, i, ZX_TASK_RETCODE_SYSCALL_KILL);
	for (int i = 0; i < 2; i++) {
		EXPECT_FALSE(zxj_info(chain.jobs[i]).exited);
		EXPECT_TRUE(zxp_is_running(chain.pids[i]));
		EXPECT_EQ(1, zxj_processes(chain.jobs[i]));
	}
	/* The parent takes new ones. */
	EXPECT_NE(ZX_HANDLE_INVALID, zxj_job(chain.jobs[1]));
}

TEST_F(job, kill_of_an_empty_job)
{
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	EXPECT_TRUE(zxj_info(self->job).exited);
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_info(self->job).return_code);
	EXPECT_FALSE(zxj_has(zx_job_default(), ZX_INFO_JOB_CHILDREN, zxt_koid(self->job)));
}

TEST_F(job, kill_twice)
{
	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, NULL));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_EQ(ZXJ_GONE, zxt_signals(self->job));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_info(self->job).return_code);
}

TEST_F(job, nothing_new_in_a_killed_job)
{
	zx_handle_t below = zxj_job(self->job), handle = ZX_HANDLE_INVALID;

	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_job_create(self->job, 0, &handle));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_job_create(below, 0, &handle));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxj_create(self->job, &handle));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxj_create(below, &handle));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_job_create(self->job, 0, &handle));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxj_create(below, &handle));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_create(self->job, 1, &handle));
}

TEST_F(job, kill_needs_its_right)
{
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_DESTROY), only;
	pid_t pid = zxj_start(self->job, zxj_arrive, NULL);

	ASSERT_LT(0, pid);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(weak));
	EXPECT_TRUE(zxp_is_running(pid));
	EXPECT_FALSE(zxj_info(self->job).exited);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->job, ZX_RIGHT_DESTROY, &only));
	EXPECT_EQ(ZX_OK, zx_task_kill(only));
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
}

/* What a process can do against signals. */

static void stop(void)
{
	zxj_say_arrived();
	raise(SIGSTOP);
}

static void block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	zxj_arrive();
}

static void leave_a_zombie(void)
{
	pid_t pid = fork();
	siginfo_t info;

	if (!pid)
		_exit(0);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	zxj_arrive();
}

static void *arrive_thread(void *unused)
{
	(void)unused;
	zxj_arrive();
	return NULL;
}

static void lose_first_thread(void)
{
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, arrive_thread, NULL) == 0);
	pthread_exit(NULL);
}

static void have_many_threads(void)
{
	for (int i = 0; i < 40; i++) {
		pthread_t thread;

		CHILD_CHECK(pthread_create(&thread, NULL, arrive_thread, NULL) == 0);
	}
	while (zxj_shared->arrived < 40)
		usleep(1000);
	zxj_arrive();
}

static void wait_for_a_message(void)
{
	zx_handle_t ends[2];

	CHILD_CHECK(zx_channel_create(0, &ends[0], &ends[1]) == ZX_OK);
	zxj_say_arrived();
	zx_object_wait_one(ends[0], ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL);
}

static const struct stubborn {
	const char *name;
	void (*body)(void);
	int arrive;
} stubborn[] = {
	{ "stops", stop, 1 },
	{ "blocks all signals", block_signals, 1 },
	{ "does not reap its child", leave_a_zombie, 1 },
	{ "has no first thread", lose_first_thread, 1 },
	{ "has many threads", have_many_threads, 41 },
	{ "waits in the module", wait_for_a_message, 1 },
};

TEST_F(job, kill_whatever_they_do)
{
	for (size_t i = 0; i < ARRAY_SIZE(stubborn); i++) {
		zx_handle_t job = zxj_job(self->job), process;

		forget();
		ASSERT_LT(0, zxj_start(job, stubborn[i].body, &process));
		EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, stubborn[i].arrive))
			TH_LOG("one that %s", stubborn[i].name);
		EXPECT_EQ(ZXJ_GONE, end_job(job))
			TH_LOG("one that %s", stubborn[i].name);
		EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(process));
	}
}

/* A member finds a handle to its job, with all rights. */
static void kill_own_job(void)
{
	while (zxj_shared->arrived < 2)
		usleep(1000);
	zxj_shared->values[0] = zxt_basic(zx_job_default()).rights;
	zx_task_kill(zx_job_default());
	/* The signal comes before the call returns to the program. */
	zxj_shared->values[1] = 1;
}

TEST_F(job, kill_of_the_own_job)
{
	zx_handle_t processes[3];

	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, &processes[0]));
	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, &processes[1]));
	ASSERT_LT(0, zxj_start(self->job, kill_own_job, &processes[2]));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(processes[i]));
	EXPECT_EQ(ZX_DEFAULT_JOB_RIGHTS, zxj_value(0));
	EXPECT_EQ(0, zxj_value(1));
}

/* Those that have ended by themselves before keep their return codes. */
TEST_F(job, kill_changes_no_return_code)
{
	zx_handle_t processes[2];

	ASSERT_LT(0, zxj_start(self->job, do_nothing, &processes[0]));
	EXPECT_EQ(0, zxj_return_code(processes[0]));
	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, &processes[1]));
	EXPECT_EQ(ZXJ_GONE, end_job(self->job));
	EXPECT_EQ(0, zxj_return_code(processes[0]));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(processes[1]));
}

/*
 * What a job shows.
 */

TEST_F(job, info)
{
	zx_info_job_t info, zero = {};
	size_t actual = 7, avail = 7;

	memset(&info, 0xa5, sizeof(info));
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->job, ZX_INFO_JOB, &info, sizeof(info), &actual,
					    &avail));
	EXPECT_EQ(1, actual);
	EXPECT_EQ(1, avail);
	EXPECT_EQ(0, memcmp(&zero, &info, sizeof(info)));
	memset(&info, 0xa5, sizeof(info));
	for (size_t size = 0; size < sizeof(info); size++) {
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
			  zx_object_get_info(self->job, ZX_INFO_JOB, &info, size, &actual, &avail));
		EXPECT_EQ(0, actual);
		EXPECT_EQ(1, avail);
	}
	EXPECT_EQ(0xa5, info.padding1[4]);
	EXPECT_EQ(0xa5, *(uint8_t *)&info.return_code);
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_TRUE(zxj_info(self->job).exited);
	EXPECT_FALSE(zxj_info(self->job).kill_on_oom);
	EXPECT_FALSE(zxj_info(self->job).debugger_attached);
}

static const struct topic {
	uint32_t topic;
	zx_rights_t right;
	bool of_processes;	/* not for jobs alone */
} topics[] = {
	{ ZX_INFO_JOB, ZX_RIGHT_INSPECT, false },
	{ ZX_INFO_JOB_CHILDREN, ZX_RIGHT_ENUMERATE, false },
	{ ZX_INFO_JOB_PROCESSES, ZX_RIGHT_ENUMERATE, false },
	{ ZX_INFO_TASK_RUNTIME, ZX_RIGHT_INSPECT, true },
	{ ZX_INFO_TASK_RUNTIME_V1, ZX_RIGHT_INSPECT, true },
};

static zx_status_t ask(zx_handle_t handle, uint32_t topic)
{
	uint8_t bytes[256];
	size_t actual, avail;

	return zx_object_get_info(handle, topic, bytes, sizeof(bytes), &actual, &avail);
}

TEST_F(job, information_needs_its_right)
{
	zx_handle_t event, blank;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, 0, &blank));
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		uint32_t topic = topics[i].topic;
		zx_handle_t weak = zxt_without(self->job, topics[i].right), only;

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->job, topics[i].right, &only));
		EXPECT_EQ(ZX_OK, ask(self->job, topic));
		EXPECT_EQ(ZX_OK, ask(only, topic));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, ask(weak, topic));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, ask(ZX_HANDLE_INVALID, topic));
		EXPECT_EQ(topics[i].of_processes ? ZX_OK : ZX_ERR_WRONG_TYPE,
			  ask(zx_process_self(), topic));
		EXPECT_EQ(topics[i].of_processes ? ZX_ERR_ACCESS_DENIED : ZX_ERR_WRONG_TYPE,
			  ask(blank, topic));
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, ask(event, topic));
	}
}

TEST_F(job, information_for_bad_pointers)
{
	zx_koid_t koids[4];
	size_t size = sizeof(koids), actual;
	void *bad;

	ASSERT_NE(ZX_HANDLE_INVALID, zxj_job(self->job));
	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		uint32_t topic = topics[i].topic;

		zxt_for_each_bad_out(bad) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->job, topic, bad, size, NULL, NULL));
			if (!bad)
				continue;
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->job, topic, koids, size, bad, NULL));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->job, topic, koids, size, &actual, bad));
		}
	}
}

/* Questions that a process, but not a job, answers. */
TEST_F(job, no_information_of_processes)
{
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, ask(self->job, ZX_INFO_PROCESS));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, ask(self->job, ZX_INFO_PROCESS_THREADS));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, ask(self->job, ZX_INFO_TASK_STATS));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, ask(self->job, ZX_INFO_PROCESS_HANDLE_STATS));
}

#define CHILD_PROCESSES	3
#define CHILD_JOBS	2

/* Three processes, and two jobs with a process and a job in each. */
struct family {
	zx_handle_t processes[CHILD_PROCESSES], jobs[CHILD_JOBS];
	zx_handle_t grand_processes[CHILD_JOBS], grand_jobs[CHILD_JOBS];
	zx_koid_t process_koids[CHILD_PROCESSES], job_koids[CHILD_JOBS];
};

static bool make_family(zx_handle_t job, struct family *family)
{
	for (int i = 0; i < CHILD_PROCESSES; i++) {
		if (zxj_start(job, zxj_arrive, &family->processes[i]) < 0)
			return false;
		family->process_koids[i] = zxt_koid(family->processes[i]);
	}
	for (int i = 0; i < CHILD_JOBS; i++) {
		family->jobs[i] = zxj_job(job);
		family->job_koids[i] = zxt_koid(family->jobs[i]);
		family->grand_jobs[i] = zxj_job(family->jobs[i]);
		if (zxj_start(family->jobs[i], zxj_arrive, &family->grand_processes[i]) < 0)
			return false;
	}
	return zxj_reaches(&zxj_shared->arrived, CHILD_PROCESSES + CHILD_JOBS);
}

/* Asks for a list with buffers of all sizes, also of parts of a koid. */
static void check_list(struct __test_metadata *_metadata, zx_handle_t job, uint32_t topic,
		       const zx_koid_t *expected, size_t count)
{
	zx_koid_t koids[8];
	uint8_t *bytes = (uint8_t *)koids;

	for (size_t size = 0; size <= sizeof(koids); size++) {
		size_t fit = size / sizeof(*koids), actual = 77, avail = 77;

		fit = fit < count ? fit : count;
		memset(koids, 0xa5, sizeof(koids));
		ASSERT_EQ(ZX_OK, zx_object_get_info(job, topic, koids, size, &actual, &avail));
		EXPECT_EQ(fit, actual);
		EXPECT_EQ(count, avail);
		EXPECT_EQ(0, memcmp(koids, expected, fit * sizeof(*koids)));
		for (size_t i = fit * sizeof(*koids); i < sizeof(koids); i++)
			ASSERT_EQ(0xa5, bytes[i]);
	}
	EXPECT_EQ(ZX_OK, zx_object_get_info(job, topic, NULL, 0, NULL, NULL));
	EXPECT_EQ(ZX_OK, zx_object_get_info(job, topic, koids, sizeof(koids), NULL, NULL));
}

/* In the order in which they came, and not those of the jobs below. */
TEST_F(job, lists_of_what_it_has)
{
	struct family family;

	ASSERT_TRUE(make_family(self->job, &family));
	check_list(_metadata, self->job, ZX_INFO_JOB_PROCESSES, family.process_koids,
		   CHILD_PROCESSES);
	check_list(_metadata, self->job, ZX_INFO_JOB_CHILDREN, family.job_koids, CHILD_JOBS);
	EXPECT_EQ(ZX_OK, zx_task_kill(family.processes[1]));
	EXPECT_TRUE(ends_soon(family.processes[1]));
	for (int i = 0; i < 180000 && zxj_processes(self->job) == CHILD_PROCESSES; i++)
		usleep(1000);
	family.process_koids[1] = family.process_koids[2];
	check_list(_metadata, self->job, ZX_INFO_JOB_PROCESSES, family.process_koids,
		   CHILD_PROCESSES - 1);
}

/* A list that ends where memory does, and one that goes on beyond. */
TEST_F(job, lists_at_the_end_of_memory)
{
	struct family family;
	zx_koid_t *edge = zxt_at_edge(2 * sizeof(*edge));

	ASSERT_TRUE(make_family(self->job, &family));
	EXPECT_EQ(CHILD_PROCESSES, zxj_list(self->job, ZX_INFO_JOB_PROCESSES, edge, 2));
	EXPECT_EQ(family.process_koids[1], edge[1]);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_get_info(self->job, ZX_INFO_JOB_PROCESSES, edge, 3 * sizeof(*edge),
				     NULL, NULL));
	EXPECT_EQ(CHILD_JOBS, zxj_list(self->job, ZX_INFO_JOB_CHILDREN, edge, 8));
}

TEST_F(job, get_child)
{
	struct family family;
	zx_handle_t handle;

	ASSERT_TRUE(make_family(self->job, &family));
	for (int i = 0; i < CHILD_PROCESSES; i++) {
		ASSERT_EQ(ZX_OK, zx_object_get_child(self->job, family.process_koids[i],
						     ZX_RIGHT_SAME_RIGHTS, &handle));
		EXPECT_EQ(ZX_OBJ_TYPE_PROCESS, zxt_basic(handle).type);
		EXPECT_EQ(family.process_koids[i], zxt_koid(handle));
		EXPECT_EQ(zxt_koid(self->job), zxt_basic(handle).related_koid);
		/* Those of the job's handle, also those that say nothing of a process. */
		EXPECT_EQ(ZX_DEFAULT_JOB_RIGHTS, zxt_basic(handle).rights);
	}
	for (int i = 0; i < CHILD_JOBS; i++) {
		ASSERT_EQ(ZX_OK, zx_object_get_child(self->job, family.job_koids[i],
						     ZX_RIGHT_ENUMERATE, &handle));
		EXPECT_EQ(ZX_OBJ_TYPE_JOB, zxt_basic(handle).type);
		EXPECT_EQ(family.job_koids[i], zxt_koid(handle));
		EXPECT_EQ(ZX_RIGHT_ENUMERATE, zxt_basic(handle).rights);
		EXPECT_EQ(1, zxj_processes(handle));
	}
}

TEST_F(job, what_get_child_does_not_find)
{
	struct family family;
	zx_handle_t job = self->job, handle;
	zx_koid_t koids[] = { 0, 1, ~0ull, zxt_koid(job), zxt_koid(zx_process_self()), 0, 0 };

	ASSERT_TRUE(make_family(job, &family));
	koids[5] = zxt_koid(family.grand_processes[0]);
	koids[6] = zxt_koid(family.grand_jobs[0]);
	for (size_t i = 0; i < ARRAY_SIZE(koids); i++)
		EXPECT_EQ(ZX_ERR_NOT_FOUND,
			  zx_object_get_child(job, koids[i], ZX_RIGHT_SAME_RIGHTS, &handle));
	EXPECT_EQ(ZX_OK, zx_task_kill(family.processes[0]));
	EXPECT_TRUE(ends_soon(family.processes[0]));
	for (int i = 0; i < 180000 && zxj_processes(job) == CHILD_PROCESSES; i++)
		usleep(1000);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(job, family.process_koids[0],
							ZX_RIGHT_SAME_RIGHTS, &handle));
}

/* zx_object_get_child() gives the caller no right that its own handle lacks. */
TEST_F(job, get_child_adds_no_rights)
{
	struct family family;
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_DESTROY), blind, handle;
	zx_koid_t koid;

	ASSERT_TRUE(make_family(self->job, &family));
	koid = family.process_koids[0];
	blind = zxt_without(self->job, ZX_RIGHT_ENUMERATE);
	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_object_get_child(ZX_HANDLE_INVALID, koid, ZX_RIGHT_SAME_RIGHTS, &handle));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_child(blind, koid, ZX_RIGHT_SAME_RIGHTS, &handle));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_child(weak, koid, ZX_DEFAULT_PROCESS_RIGHTS, &handle));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_child(weak, 1, ZX_RIGHT_DESTROY, &handle));
	ASSERT_EQ(ZX_OK, zx_object_get_child(weak, koid, ZX_RIGHT_SAME_RIGHTS, &handle));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(handle));
	ASSERT_EQ(ZX_OK, zx_object_get_child(weak, family.job_koids[0], ZX_RIGHT_SAME_RIGHTS,
					     &handle));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(handle));
	ASSERT_EQ(ZX_OK, zx_object_get_child(self->job, koid, ZX_RIGHT_DESTROY, &handle));
	EXPECT_EQ(ZX_OK, zx_task_kill(handle));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(family.processes[0]));
}

TEST_F(job, names)
{
	zx_handle_t deaf = zxt_without(self->job, ZX_RIGHT_SET_PROPERTY);
	zx_handle_t blind = zxt_without(self->job, ZX_RIGHT_GET_PROPERTY);
	char name[ZX_MAX_NAME_LEN];

	EXPECT_STREQ("", name_of(self->job));
	EXPECT_EQ(ZX_OK, set_name(self->job, "a job"));
	EXPECT_STREQ("a job", name_of(self->job));
	EXPECT_EQ(ZX_OK, set_name(self->job, LONG_NAME " and more"));
	EXPECT_STREQ(LONG_NAME, name_of(self->job));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, set_name(deaf, "other"));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_property(blind, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_object_get_property(self->job, ZX_PROP_NAME, name, sizeof(name) - 1));
	EXPECT_STREQ(LONG_NAME, name_of(self->job));
	/* Each has its own, also after the end. */
	EXPECT_STREQ("", name_of(zxj_job(self->job)));
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_STREQ(LONG_NAME, name_of(self->job));
	EXPECT_EQ(ZX_OK, set_name(self->job, ""));
	EXPECT_STREQ("", name_of(self->job));
}

static zx_status_t set_oom(zx_handle_t handle, size_t value, size_t size)
{
	return zx_object_set_property(handle, ZX_PROP_JOB_KILL_ON_OOM, &value, size);
}

TEST_F(job, kill_on_oom)
{
	zx_handle_t deaf = zxt_without(self->job, ZX_RIGHT_SET_PROPERTY);
	size_t size = sizeof(size_t);

	EXPECT_EQ(ZX_OK, set_oom(self->job, 1, size));
	EXPECT_TRUE(zxj_info(self->job).kill_on_oom);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set_oom(self->job, 2, size));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set_oom(self->job, ~0ul, size));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set_oom(self->job, 1ul << 32, size));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, set_oom(self->job, 0, size - 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_set_property(self->job, ZX_PROP_JOB_KILL_ON_OOM, NULL, size));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, set_oom(deaf, 0, size));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, set_oom(zx_process_self(), 0, size));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, set_oom(zx_process_self(), 0, size - 1));
	EXPECT_TRUE(zxj_info(self->job).kill_on_oom);
	/* It is not handed down. */
	EXPECT_FALSE(zxj_info(zxj_job(self->job)).kill_on_oom);
	EXPECT_EQ(ZX_OK, set_oom(self->job, 0, size));
	EXPECT_FALSE(zxj_info(self->job).kill_on_oom);
}

/*
 * Times.
 */

#define BURN	ZX_MSEC(20)

/* Uses the processor for so much time of this process. */
static void burn(void)
{
	struct timespec now, start;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while ((now.tv_sec - start.tv_sec) * ZX_SEC(1) + now.tv_nsec - start.tv_nsec < BURN);
}

static void burn_and_arrive(void)
{
	burn();
	zxj_arrive();
}

/* The child is in the job, too. */
static void burn_in_a_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		burn();
		_exit(0);
	}
	zxp_reap(pid);
}

static zx_info_task_runtime_t runtime_of(zx_handle_t job)
{
	zx_info_task_runtime_t info = { .cpu_time = -1 };

	zx_object_get_info(job, ZX_INFO_TASK_RUNTIME, &info, sizeof(info), NULL, NULL);
	return info;
}

TEST_F(job, runtime_of_all_that_were_in_it)
{
	zx_info_task_runtime_t last, info = runtime_of(self->job);
	zx_handle_t process;

	EXPECT_EQ(0, info.cpu_time);
	EXPECT_EQ(0, info.queue_time);
	ASSERT_LT(0, zxj_start(self->job, burn_and_arrive, &process));
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	last = runtime_of(self->job);
	/* The last moments of one that runs may be missing. */
	EXPECT_LE(BURN / 2, last.cpu_time);
	ASSERT_LT(0, zxj_start(self->job, burn_in_a_child, &process));
	EXPECT_EQ(0, zxj_return_code(process));
	info = runtime_of(self->job);
	EXPECT_LE(last.cpu_time + BURN, info.cpu_time);
	EXPECT_LE(last.queue_time, info.queue_time);

	/* It does not change after the end. */
	EXPECT_EQ(ZXJ_GONE, end_job(self->job));
	last = runtime_of(self->job);
	EXPECT_LE(info.cpu_time, last.cpu_time);
	info = runtime_of(self->job);
	EXPECT_EQ(0, memcmp(&last, &info, sizeof(info)));
}

/* As in Zircon, the jobs below do not count. */
TEST_F(job, runtime_is_not_that_of_jobs_below)
{
	zx_handle_t below = zxj_job(self->job), process;
	zx_info_task_runtime_v1_t old = { .cpu_time = -1 };

	ASSERT_LT(0, zxj_start(below, burn, &process));
	EXPECT_EQ(0, zxj_return_code(process));
	EXPECT_LE(BURN, runtime_of(below).cpu_time);
	EXPECT_EQ(0, runtime_of(self->job).cpu_time);
	ASSERT_EQ(ZX_OK, zx_object_get_info(below, ZX_INFO_TASK_RUNTIME_V1, &old, sizeof(old),
					    NULL, NULL));
	EXPECT_EQ(runtime_of(below).cpu_time, old.cpu_time);
}

/*
 * Critical processes.
 */

TEST_F(job, critical_checks_in_order)
{
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_DESTROY), process, deaf, event, blank;
	zx_handle_t other = zxj_job(zx_job_default());

	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, &process));
	deaf = zxt_without(process, ZX_RIGHT_WAIT);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, 0, &blank));

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_critical(ZX_HANDLE_INVALID, 2, process));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_critical(self->job, 3, process));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_job_set_critical(ZX_HANDLE_INVALID, 0, deaf));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_job_set_critical(blank, 0, ZX_HANDLE_INVALID));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_job_set_critical(process, 0, process));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_job_set_critical(weak, 0, ZX_HANDLE_INVALID));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_job_set_critical(self->job, 0, ZX_HANDLE_INVALID));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_job_set_critical(self->job, 0, blank));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_job_set_critical(self->job, 0, self->job));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_job_set_critical(self->job, 0, deaf));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_critical(other, 0, process));
	EXPECT_EQ(ZX_OK, zx_job_set_critical(self->job, 0, process));
	EXPECT_EQ(ZX_ERR_ALREADY_BOUND, zx_job_set_critical(self->job, 0, process));
	/* That it is bound comes before where it is. */
	EXPECT_EQ(ZX_ERR_ALREADY_BOUND, zx_job_set_critical(other, 0, process));
}

/* The job must be that of the process, or one above it. */
TEST_F(job, critical_to_a_job_above)
{
	zx_handle_t below = zxj_job(self->job), beside = zxj_job(self->job), process, least, only;

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_critical(self->job, 0, zx_process_self()));
	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, &process));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_critical(below, 0, process));
	ASSERT_LT(0, zxj_start(below, zxj_arrive, &process));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_job_set_critical(beside, 0, process));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_job_set_critical(zx_job_default(), 0, process));
	/* These rights are enough. */
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->job, ZX_RIGHT_DESTROY, &only));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(process, ZX_RIGHT_WAIT, &least));
	EXPECT_EQ(ZX_OK, zx_job_set_critical(only, 0, least));
}

/* The process that is at @level of a chain is critical to the job at the top, and ends. */
static void check_critical(struct __test_metadata *_metadata, zx_handle_t top, int level)
{
	struct chain chain;

	ASSERT_TRUE(make_chain(top, &chain));
	ASSERT_EQ(ZX_OK, zx_job_set_critical(top, 0, chain.processes[level]));
	EXPECT_EQ(ZX_OK, zx_task_kill(chain.processes[level]));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(top, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(chain.processes[level]));
	for (int i = 0; i < LEVELS; i++) {
		EXPECT_EQ(ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL,
			  zxj_info(chain.jobs[i]).return_code);
		if (i != level)
			check_level_is_gone(_metadata, &chain, i,
					    ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL);
	}
}

TEST_F(job, critical_process_ends_its_job)
{
	check_critical(_metadata, self->job, 0);
}

TEST_F(job, critical_process_ends_jobs_above)
{
	check_critical(_metadata, self->job, LEVELS - 1);
}

TEST_F(job, any_of_several_critical_processes_ends_the_job)
{
	zx_handle_t processes[3];

	for (int i = 0; i < 3; i++) {
		ASSERT_LT(0, zxj_start(self->job, zxj_arrive, &processes[i]));
		ASSERT_EQ(ZX_OK, zx_job_set_critical(self->job, 0, processes[i]));
	}
	EXPECT_EQ(ZX_OK, zx_task_kill(processes[1]));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(processes[1]));
	EXPECT_EQ(ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL, zxj_return_code(processes[0]));
	EXPECT_EQ(ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL, zxj_return_code(processes[2]));
}

/* How a critical process ends, once the test lets it. */

static void exit_zero(void)
{
	zxj_arrive_until_go();
}

static void exit_one(void)
{
	zxj_arrive_until_go();
	_exit(1);
}

static void exit_with_low_byte_zero(void)
{
	zxj_arrive_until_go();
	zx_process_exit(256);
}

static void die_by_signal(void)
{
	zxj_arrive_until_go();
	kill(getpid(), SIGTERM);
}

static void exec_and_exit_zero(void)
{
	zxj_arrive_until_go();
	become("nothing");
}

static const struct critical_end {
	void (*body)(void);
	int64_t return_code;
} critical_ends[] = {
	{ exit_zero, 0 },
	{ exec_and_exit_zero, 0 },
	{ exit_one, 1 },
	{ exit_with_low_byte_zero, 256 },
	{ die_by_signal, ZXL_TASK_RETCODE_SIGNAL(SIGTERM) },
};

/* Runs a critical process to its end. Returns whether its job has ended by that. */
static bool job_ends(struct __test_metadata *_metadata, zx_handle_t job, uint32_t options,
		     const struct critical_end *end)
{
	zx_handle_t process, other;
	pid_t pid;

	forget();
	EXPECT_LT(0, zxj_start(job, end->body, &process));
	pid = zxj_start(job, zxj_arrive, &other);
	EXPECT_EQ(ZX_OK, zx_job_set_critical(job, options, process));
	EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, 2));
	zxj_shared->go = 1;
	EXPECT_EQ(end->return_code, zxj_return_code(process));
	if (options && !end->return_code) {
		/* One that ends by mistake does so within this time. */
		usleep(50000);
		return !zxp_is_running(pid);
	}
	EXPECT_EQ(ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL, zxj_return_code(other));
	return zxj_sees(job, ZX_JOB_TERMINATED) == ZXJ_GONE &&
	       zxj_info(job).return_code == ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL;
}

TEST_F(job, critical_process_that_exits)
{
	for (size_t i = 0; i < ARRAY_SIZE(critical_ends); i++) {
		EXPECT_TRUE(job_ends(_metadata, zxj_job(self->job), 0, &critical_ends[i]))
			TH_LOG("end %zu", i);
	}
}

TEST_F(job, critical_process_that_exits_with_a_code)
{
	const uint32_t options = ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO;

	for (size_t i = 0; i < ARRAY_SIZE(critical_ends); i++) {
		zx_handle_t job = zxj_job(self->job);

		EXPECT_EQ(critical_ends[i].return_code != 0,
			  job_ends(_metadata, job, options, &critical_ends[i]))
			TH_LOG("end %zu", i);
		EXPECT_EQ(critical_ends[i].return_code != 0, zxj_info(job).exited);
	}
}

/* One that never starts ends, too. */
TEST_F(job, critical_process_that_does_not_start)
{
	zx_handle_t process;

	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	ASSERT_EQ(ZX_OK, zx_job_set_critical(self->job, 0, process));
	zx_handle_close(process);
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL, zxj_info(self->job).return_code);
}

/* The children of a critical process are not critical. */
TEST_F(job, children_of_a_critical_process)
{
	zx_handle_t process;

	ASSERT_LT(0, zxj_start(self->job, burn_in_a_child, &process));
	ASSERT_EQ(ZX_OK, zx_job_set_critical(self->job, ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO,
					     process));
	EXPECT_EQ(0, zxj_return_code(process));
	EXPECT_FALSE(zxj_info(self->job).exited);
}

/* What has killed a job first counts. */
TEST_F(job, critical_process_of_a_killed_job)
{
	zx_handle_t process;

	ASSERT_LT(0, zxj_start(self->job, zxj_arrive, &process));
	ASSERT_EQ(ZX_OK, zx_job_set_critical(self->job, 0, process));
	EXPECT_EQ(ZXJ_GONE, end_job(self->job));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_info(self->job).return_code);
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(process));
}

/*
 * The jobs that the module makes.
 */

TEST_F(job, default_job)
{
	zx_handle_t job = zx_job_default();
	zx_info_handle_basic_t info = zxt_basic(job);

	EXPECT_EQ(job, zx_job_default());
	EXPECT_EQ(ZX_OBJ_TYPE_JOB, info.type);
	EXPECT_EQ(ZX_DEFAULT_JOB_RIGHTS & ~ZXJ_RIGHTS_OF_MAKER, info.rights);
	EXPECT_EQ(info.koid, zxt_basic(zx_process_self()).related_koid);
	EXPECT_TRUE(zxj_has(job, ZX_INFO_JOB_PROCESSES, zxt_koid(zx_process_self())));
	EXPECT_FALSE(zxj_info(job).exited);
	EXPECT_EQ(0, zxt_signals(job) & ZXJ_GONE);
}

TEST_F(job, what_the_default_job_does_not_allow)
{
	zx_policy_basic_v2_t policy = { ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, 0 };
	zx_handle_t job = zx_job_default(), copy;
	size_t one = 1;

	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(job));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal(job, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, set_name(job, "mine"));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, set_oom(job, one, sizeof(one)));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_job_set_critical(job, 0, zx_process_self()));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_job_set_policy(job, ZX_JOB_POL_RELATIVE,
							  ZX_JOB_POL_BASIC_V2, &policy, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_duplicate(job, ZX_DEFAULT_JOB_RIGHTS, &copy));
	/* Neither to it nor to what it has. */
	ASSERT_EQ(ZX_OK, zx_object_get_child(job, zxt_koid(self->job), ZX_RIGHT_SAME_RIGHTS,
					     &copy));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(copy));
	ASSERT_EQ(ZX_OK, zx_object_get_child(job, zxt_koid(zx_process_self()),
					     ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(copy));
	EXPECT_FALSE(zxj_info(self->job).exited);
}

static void tell_default(void)
{
	zxj_shared->values[0] = zxt_koid(zx_job_default());
	zxj_shared->values[1] = zxt_basic(zx_job_default()).rights;
	zxj_shared->values[2] = zxt_koid(zx_process_self());
	zxj_say_arrived();
}

/* The koid of the job of a process that has other credentials than this one. */
static zx_koid_t default_after(void (*change)(void))
{
	pid_t pid = fork();

	if (!pid) {
		change();
		tell_default();
		_exit(0);
	}
	return zxp_reap(pid) == 0 ? (zx_koid_t)zxj_value(0) : ZX_KOID_INVALID;
}

static void exec_and_tell(void)
{
	become("tell");
}

TEST_F(job, default_job_is_one_for_all_of_a_user)
{
	zx_koid_t koid = zxt_koid(zx_job_default());

	ASSERT_NE(ZX_KOID_INVALID, koid);
	EXPECT_EQ(koid, default_after(do_nothing));
	EXPECT_EQ(ZX_DEFAULT_JOB_RIGHTS & ~ZXJ_RIGHTS_OF_MAKER, zxj_value(1));
	EXPECT_EQ(koid, default_after(exec_and_tell));
}

static void become_hostile(void)
{
	zxp_become(HOSTILE);
}

static void enter_user_namespace(void)
{
	if (unshare(CLONE_NEWUSER))
		_exit(77);
}

/* The default job of a user exists as long as a process of that user is in it. */
TEST_F(job, default_job_of_another_user)
{
	zx_koid_t koid;
	pid_t pid;

	if (getuid())
		SKIP(return, "needs root, for other users");
	pid = fork();
	if (!pid) {
		become_hostile();
		tell_default();
		zxj_arrive();
	}
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 2));
	koid = zxj_value(0);
	EXPECT_NE(ZX_KOID_INVALID, koid);
	EXPECT_NE(zxt_koid(zx_job_default()), koid);
	EXPECT_EQ(koid, default_after(become_hostile));
	EXPECT_NE(koid, default_after(do_nothing));
	EXPECT_EQ(128 + SIGKILL, zxp_end_idle(pid));
}

TEST_F(job, default_job_of_a_user_namespace)
{
	zx_koid_t koid = default_after(enter_user_namespace);

	if (koid == ZX_KOID_INVALID)
		SKIP(return, "no user namespaces here");
	EXPECT_NE(zxt_koid(zx_job_default()), koid);
}

/* In a job that a program has made, that job is the default one. */
TEST_F(job, default_job_of_a_member)
{
	zx_handle_t process;

	ASSERT_LT(0, zxj_start(self->job, tell_default, &process));
	EXPECT_EQ(0, zxj_return_code(process));
	EXPECT_EQ(zxt_koid(self->job), zxj_value(0));
	EXPECT_EQ(ZX_DEFAULT_JOB_RIGHTS, zxj_value(1));
	EXPECT_EQ(zxt_koid(process), zxj_value(2));
}

static int64_t root_status(void)
{
	zx_handle_t root = ZX_HANDLE_INVALID;

	return zxl_root_job(0, &root);
}

TEST_F(job, root_job)
{
	zx_handle_t root = ZX_HANDLE_INVALID, leaf;
	zx_info_handle_basic_t info;

	if (getuid())
		SKIP(return, "needs root");
	ASSERT_EQ(ZX_OK, zxl_root_job(0, &root));
	info = zxt_basic(root);
	EXPECT_EQ(ZX_OBJ_TYPE_JOB, info.type);
	EXPECT_EQ(ZX_DEFAULT_JOB_RIGHTS & ~ZXJ_RIGHTS_OF_MAKER, info.rights);
	EXPECT_EQ(ZX_KOID_INVALID, info.related_koid);
	EXPECT_EQ(info.koid, zxt_basic(zx_job_default()).related_koid);
	EXPECT_TRUE(zxj_has(root, ZX_INFO_JOB_CHILDREN, zxt_koid(zx_job_default())));
	EXPECT_STREQ("root", name_of(root));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(root));
	EXPECT_EQ(32, levels_below(root, &leaf));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_root_job(1, &root));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_root_job(0, NULL));
}

static void be_root_in_namespace(void)
{
	int fd;

	if (unshare(CLONE_NEWUSER))
		_exit(77);
	fd = open("/proc/self/uid_map", O_WRONLY);
	CHILD_CHECK(fd >= 0 && write(fd, "0 0 1\n", 6) == 6);
	CHILD_CHECK(setresuid(0, 0, 0) == 0);
}

static void be_root_without_capability(void)
{
	CHILD_CHECK(setresuid(-1, HOSTILE, -1) == 0);
}

/* Whether a process with other credentials may have the root job. */
static int64_t root_status_after(void (*change)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		change();
		zxj_shared->values[3] = root_status();
		_exit(0);
	}
	status = zxp_reap(pid);
	return status == 77 ? ZX_ERR_ACCESS_DENIED : status ? -9999 : zxj_value(3);
}

TEST_F(job, root_job_is_for_root)
{
	if (getuid()) {
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, root_status());
		return;
	}
	EXPECT_EQ(ZX_OK, root_status_after(do_nothing));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, root_status_after(become_hostile));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, root_status_after(be_root_in_namespace));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, root_status_after(be_root_without_capability));
}

/* A process whose id this process does not say by itself: in another pid namespace it has two. */
static void note(pid_t pid)
{
	zxj_shared->pids[atomic_fetch_add(&zxj_shared->count, 1)] = pid;
	zxj_shared->arrived++;
}

/*
 * Membership: ways in which a member makes processes.
 */

static void make_child(void)
{
	if (fork() == 0)
		zxj_arrive();
}

static void way_fork(void)
{
	make_child();
	zxj_arrive();
}

static void way_grandchild(void)
{
	if (fork() == 0)
		way_fork();
	zxj_arrive();
}

static void way_vfork(void)
{
	zxj_say_arrived();
	if (vfork() == 0)
		zxj_arrive();
}

/* posix_spawn() of this program. Returns -1 if that fails. */
static pid_t spawn(const char *what)
{
	char fd[16];
	char *const argv[] = { (char *)PROGRAM, (char *)what, fd, NULL };
	pid_t pid;

	snprintf(fd, sizeof(fd), "%d", zxj_shared_fd);
	return posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ) ? -1 : pid;
}

static void way_spawn(void)
{
	CHILD_CHECK(spawn("arrive") > 0);
	zxj_arrive();
}

static int arrive_clone(void *unused)
{
	(void)unused;
	zxj_arrive();
	return 0;
}

static void way_shared_memory(void)
{
	static _Alignas(16) char stack[16384];

	CHILD_CHECK(clone(arrive_clone, stack + sizeof(stack),
			  CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | SIGCHLD, NULL) > 0);
	zxj_arrive();
}

static void clone_and_arrive(unsigned long flags)
{
	CHILD_CHECK(clone_raw(flags) >= 0);
	/* In both. */
	zxj_arrive();
}

static void way_sibling(void)
{
	clone_and_arrive(CLONE_PARENT | SIGCHLD);
}

static void way_no_signal(void)
{
	clone_and_arrive(0);
}

static void way_exec(void)
{
	become("arrive");
}

static void *exec_thread(void *unused)
{
	(void)unused;
	become("arrive");
}

static void way_exec_of_a_thread(void)
{
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, exec_thread, NULL) == 0);
	for (;;)
		pause();
}

static void way_exec_and_fork(void)
{
	become("fork");
}

static void *fork_thread(void *unused)
{
	(void)unused;
	make_child();
	return NULL;
}

static void way_thread(void)
{
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, fork_thread, NULL) == 0);
	pthread_join(thread, NULL);
	zxj_arrive();
}

static void *way_fork_thread(void *unused)
{
	(void)unused;
	way_fork();
	return NULL;
}

static void way_thread_without_leader(void)
{
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, way_fork_thread, NULL) == 0);
	pthread_exit(NULL);
}

static void way_other_user(void)
{
	if (fork() == 0) {
		if (!getuid())
			zxp_become(INNOCENT);
		zxj_arrive();
	}
	zxj_arrive();
}

static void way_double_fork(void)
{
	pid_t pid = fork();

	if (!pid) {
		setsid();
		make_child();
		_exit(0);
	}
	CHILD_CHECK(zxp_reap(pid) == 0);
	zxj_arrive();
}

static void way_orphan(void)
{
	make_child();
	zxj_reaches(&zxj_shared->arrived, 1);
}

static void way_orphan_of_a_killed(void)
{
	make_child();
	zxj_reaches(&zxj_shared->arrived, 1);
	kill(getpid(), SIGKILL);
}

static void way_pid_namespace(void)
{
	pid_t pid;

	/* Where it is not permitted, the child is in the same one. */
	if (unshare(CLONE_NEWPID))
		fprintf(stderr, "# no pid namespaces\n");
	pid = fork();
	if (!pid) {
		for (;;)
			pause();
	}
	note(pid);
	zxj_arrive();
}

static void way_device_open(void)
{
	zx_handle_t event;

	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	if (fork() == 0) {
		CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
		zxj_arrive();
	}
	zxj_arrive();
}

/* Each ends with so many processes, all of which have arrived. */
static const struct way {
	const char *name;
	void (*body)(void);
	int processes;
} ways[] = {
	{ "itself", zxj_arrive, 1 },
	{ "fork", way_fork, 2 },
	{ "grandchild", way_grandchild, 3 },
	{ "vfork", way_vfork, 2 },
	{ "posix_spawn", way_spawn, 2 },
	{ "CLONE_VM", way_shared_memory, 2 },
	{ "CLONE_PARENT", way_sibling, 2 },
	{ "clone without a signal", way_no_signal, 2 },
	{ "exec", way_exec, 1 },
	{ "exec of a second thread", way_exec_of_a_thread, 1 },
	{ "exec, then fork", way_exec_and_fork, 2 },
	{ "fork of a thread", way_thread, 2 },
	{ "fork without the first thread", way_thread_without_leader, 2 },
	{ "child with another user", way_other_user, 2 },
	{ "daemon", way_double_fork, 2 },
	{ "orphan", way_orphan, 1 },
	{ "orphan of one that was killed", way_orphan_of_a_killed, 1 },
	{ "pid namespace", way_pid_namespace, 2 },
	{ "fork with the device open", way_device_open, 2 },
	{ "many threads", have_many_threads, 1 },
};

/* Waits until a job has so many processes: those that have exited leave it soon. */
static bool settles(zx_handle_t job, int processes)
{
	for (int i = 0; i < 180000 && zxj_processes(job) != processes; i++)
		usleep(1000);
	return zxj_processes(job) == processes;
}

static void check_member(struct __test_metadata *_metadata, zx_handle_t job, pid_t pid)
{
	zx_koid_t koid = zxj_koid_of(pid);
	zx_handle_t process;

	EXPECT_NE(ZX_KOID_INVALID, koid);
	EXPECT_TRUE(zxj_has(job, ZX_INFO_JOB_PROCESSES, koid));
	ASSERT_EQ(ZX_OK, zx_object_get_child(job, koid, ZX_RIGHT_SAME_RIGHTS, &process));
	EXPECT_EQ(zxt_koid(job), zxt_basic(process).related_koid);
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, zxj_process_info(process).flags);
	zx_handle_close(process);
}

static void check_way(struct __test_metadata *_metadata, zx_handle_t job, const struct way *way)
{
	int arrive = way->body == have_many_threads ? 41 : way->processes;

	forget();
	ASSERT_LT(0, zxj_start(job, way->body, NULL));
	EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, arrive));
	EXPECT_TRUE(settles(job, way->processes));
	for (int i = 0; i < way->processes; i++)
		check_member(_metadata, job, zxj_shared->pids[i]);
	for (int i = 1; i < way->processes; i++)
		EXPECT_TRUE(zxj_shared->pids[0] != zxj_shared->pids[i]);
	EXPECT_EQ(ZXJ_GONE, end_job(job));
	for (int i = 0; i < way->processes; i++)
		EXPECT_EQ(-1, kill(zxj_shared->pids[i], 0));
}

TEST_F_TIMEOUT(job, children_are_in_the_job, 600)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		TH_LOG("%s", ways[i].name);
		check_way(_metadata, zxj_job(self->job), &ways[i]);
	}
}

/* A process is the same one before and after it executes a program. */
TEST_F(job, exec_keeps_process_and_job)
{
	zx_handle_t process;
	pid_t pid = zxj_start(self->job, exec_and_tell, &process);

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, zxj_return_code(process));
	EXPECT_EQ(zxt_koid(self->job), zxj_value(0));
	EXPECT_EQ(zxt_koid(process), zxj_value(2));
}

/* A program that is in no job of its own forks as ever, also while it has a job. */
TEST_F(job, children_of_others_are_not_followed)
{
	pid_t member = zxj_start(self->job, zxj_arrive, NULL);
	zx_handle_t event;

	ASSERT_LT(0, member);
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (!pid) {
			CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
			way_fork();
		}
		ASSERT_LT(0, pid);
		EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, 3 + 2 * i));
	}
	EXPECT_EQ(1, zxj_processes(self->job));
	EXPECT_EQ(0, zxj_jobs(self->job));
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	for (int i = 0; i < 21; i++) {
		pid_t pid = zxj_shared->pids[i];

		EXPECT_EQ(pid == member, zxj_process_is_gone(pid));
		kill(pid, SIGKILL);
	}
}

/*
 * Processes that have not started.
 */

TEST_F(job, process_that_has_not_started)
{
	zx_handle_t process = ZX_HANDLE_INVALID;
	zx_info_handle_basic_t info;
	size_t threads = 77;

	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	info = zxt_basic(process);
	EXPECT_EQ(ZX_OBJ_TYPE_PROCESS, info.type);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, info.rights);
	EXPECT_EQ(zxt_koid(self->job), info.related_koid);
	EXPECT_EQ(0, zxt_signals(process));
	EXPECT_EQ(0, zxj_process_info(process).flags);
	EXPECT_EQ(0, zxj_process_info(process).return_code);
	EXPECT_STREQ("member", name_of(process));
	EXPECT_EQ(ZX_OK, zx_object_get_info(process, ZX_INFO_PROCESS_THREADS, NULL, 0, NULL,
					    &threads));
	EXPECT_EQ(0, threads);
	EXPECT_TRUE(zxj_has(self->job, ZX_INFO_JOB_PROCESSES, info.koid));
}

/* Options, name, job, right, and the job's state. */
TEST_F(job, create_process_checks_in_order)
{
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_MANAGE_PROCESS), only, event, out;
	zx_handle_t gone = zxj_job(self->job), none = ZX_HANDLE_INVALID;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->job, ZX_RIGHT_MANAGE_PROCESS, &only));
	ASSERT_EQ(ZX_OK, zx_task_kill(gone));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxj_create_etc(none, 2, none, "x", 1, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxj_create_etc(none, 3, none, "x", 1, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxj_create_etc(self->job, 4, none, "x", 1, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxj_create_etc(none, 0, none, NULL, 0, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxj_create_etc(none, 0, none, zxt_nowhere[3], 1, &out));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxj_create_etc(none, 0, none, "x", 1, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxj_create_etc(event, 0, none, "x", 1, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxj_create_etc(zx_process_self(), 0, none, "x", 1, &out));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxj_create_etc(weak, 0, none, "x", 1, &out));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxj_create_etc(gone, 0, none, "x", 1, &out));
	EXPECT_EQ(0, zxj_processes(self->job));
	EXPECT_EQ(ZX_OK, zxj_create_etc(only, 0, none, "", 0, &out));
	EXPECT_STREQ("", name_of(out));
	EXPECT_EQ(1, zxj_processes(self->job));
}

TEST_F(job, create_process_without_a_result_makes_nothing)
{
	zx_handle_t process;
	void *bad;

	zxt_for_each_bad_out(bad) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxj_create(self->job, bad));
		EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
	}
	EXPECT_EQ(ZX_OK, zxj_create_etc(self->job, 0, ZX_HANDLE_INVALID, LONG_NAME " and more",
					sizeof(LONG_NAME " and more"), &process));
	EXPECT_STREQ(LONG_NAME, name_of(process));
}

/* Also in the default job, which a program may put processes into. */
TEST_F(job, process_starts_with_fork)
{
	zx_instant_mono_t before = zx_clock_get_monotonic();
	zx_handle_t process;
	zx_koid_t koid;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zxj_create(zx_job_default(), &process));
	koid = zxt_koid(process);
	EXPECT_TRUE(zxj_has(zx_job_default(), ZX_INFO_JOB_PROCESSES, koid));
	pid = fork();
	if (!pid)
		zxj_arrive();
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, zxj_process_info(process).flags);
	EXPECT_LE(before, zxj_process_info(process).start_time);
	EXPECT_GE(zx_clock_get_monotonic(), zxj_process_info(process).start_time);
	EXPECT_EQ(koid, zxt_koid(process));
	EXPECT_EQ(koid, zxj_koid_of(pid));
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(process));
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
}

/* From then on its handles do not keep it, nor does their end. */
TEST_F(job, started_process_needs_no_handle)
{
	pid_t pid = zxj_start(self->job, zxj_arrive, NULL);

	ASSERT_LT(0, pid);
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	EXPECT_EQ(1, zxj_processes(self->job));
	EXPECT_TRUE(zxp_is_running(pid));
}

/* Of a thread that has one; the number of others is that of another test. */
TEST_F(job, one_process_to_start_for_a_thread)
{
	zx_handle_t process, other = 77;

	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxj_create(self->job, &other));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxj_create(zxj_job(self->job), &other));
	EXPECT_EQ(1, zxj_processes(self->job));
	EXPECT_EQ(0, zxj_process_info(process).flags);
	zx_handle_close(process);
	EXPECT_EQ(ZX_JOB_NO_PROCESSES,
		  zxj_sees(self->job, ZX_JOB_NO_PROCESSES) & ZX_JOB_NO_PROCESSES);
	EXPECT_EQ(ZX_OK, zxj_create(self->job, &process));
}

static zx_handle_t job_of_threads;
static _Atomic uint32_t processes_of_threads[8];

/* Makes a process, and starts it after all others have made theirs. */
static void *create_and_fork(void *arg)
{
	_Atomic uint32_t *mine = arg;
	zx_handle_t process = ZX_HANDLE_INVALID;
	pid_t pid;

	if (zxj_create(job_of_threads, &process) != ZX_OK)
		abort();
	*mine = process;
	for (int i = 0; i < 8; i++)
		while (!processes_of_threads[i])
			usleep(1000);
	pid = fork();
	if (!pid)
		zxj_arrive();
	return (void *)(intptr_t)pid;
}

TEST_F(job, each_thread_starts_its_own_process)
{
	pthread_t threads[8];
	void *pid;

	job_of_threads = self->job;
	for (int i = 0; i < 8; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, create_and_fork,
					    &processes_of_threads[i]));
	for (int i = 0; i < 8; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &pid));
		EXPECT_EQ(zxt_koid(processes_of_threads[i]), zxj_koid_of((intptr_t)pid));
	}
	EXPECT_EQ(8, zxj_processes(self->job));
}

/* How many processes of a program can be about to start, as <linux/zircon.h> says. */
#define MOST_TO_START	ZXL_PROCESS_CREATE_MAX

static zx_status_t status_of_thread;

static void *create_and_end(void *arg)
{
	status_of_thread = zxj_create(job_of_threads, arg);
	return NULL;
}

/* Creates a process in a thread that ends without starting it. */
static zx_status_t create_in_thread(zx_handle_t *process)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, create_and_end, process))
		return ZX_ERR_INTERNAL;
	pthread_join(thread, NULL);
	return status_of_thread;
}

/* The end of the thread does not end it, the last handle does. */
TEST_F(job, processes_to_start_are_limited)
{
	static zx_handle_t processes[MOST_TO_START + 1];
	zx_status_t status = ZX_OK;
	int count = 0;

	job_of_threads = self->job;
	while (count <= MOST_TO_START && status == ZX_OK) {
		status = create_in_thread(&processes[count]);
		count += status == ZX_OK;
	}
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, status);
	EXPECT_EQ(MOST_TO_START, count);
	EXPECT_EQ(count, zxj_processes(self->job));
	zx_handle_close(processes[0]);
	EXPECT_EQ(ZX_OK, create_in_thread(&processes[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(processes, count));
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
}

static struct link {
	zx_handle_t startup;
	zx_handle_t process;
	zx_status_t status;
} link_of_chain;

static void *add_link(void *unused)
{
	link_of_chain.status = zxj_create_etc(job_of_threads, 0, link_of_chain.startup, "link", 4,
					      &link_of_chain.process);
	return unused;
}

/* Each is the startup handle of the next. The end of all takes no more stack than that of one. */
TEST_F(job, chain_of_processes_to_start)
{
	zx_handle_t mine, theirs;

	job_of_threads = self->job;
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &mine, &theirs));
	link_of_chain.startup = theirs;
	for (int i = 0; i < MOST_TO_START; i++) {
		pthread_t thread;

		ASSERT_EQ(0, pthread_create(&thread, NULL, add_link, NULL));
		pthread_join(thread, NULL);
		ASSERT_EQ(ZX_OK, link_of_chain.status);
		link_of_chain.startup = link_of_chain.process;
	}
	EXPECT_EQ(MOST_TO_START, zxj_processes(self->job));
	EXPECT_EQ(0, zxt_signals(mine) & ZX_CHANNEL_PEER_CLOSED);
	EXPECT_EQ(ZX_OK, zx_handle_close(link_of_chain.process));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(mine, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL));
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
	zx_handle_close(mine);
}

/* Closes the only handle to the process, and one to a channel, at once. */
static bool close_with_process(void)
{
	zx_handle_t mine, pair[2];
	struct zx_ioc_handle arg = { .out = (uintptr_t)&pair[1] };
	bool closed;

	if (zx_channel_create(0, &mine, &pair[0]) != ZX_OK ||
	    zxp_ioctl(zxt_call_device(), ZXL_IOC_PROCESS_SELF, &arg) != ZX_OK)
		return false;
	zx_handle_close_many(pair, 2);
	closed = zx_object_wait_one(mine, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL) == ZX_OK;
	zx_handle_close(mine);
	return closed;
}

static void *close_with_process_often(void *failed)
{
	unsigned int rounds = zxt_part(20000);

	for (unsigned int i = 0; i < rounds && !*(_Atomic bool *)failed; i++)
		if (!close_with_process())
			*(_Atomic bool *)failed = true;
	return NULL;
}

/* One thread closes the last handle to a process while another gets one from the job. */
TEST_F_TIMEOUT(job, last_handles_to_a_process_come_and_go, 600)
{
	static _Atomic bool failed;
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, close_with_process_often, &failed));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	EXPECT_FALSE(failed);
}

static void *end_at_once(void *unused)
{
	return unused;
}

/* A thread is no process: the next fork() still starts it. */
TEST_F(job, new_threads_start_no_process)
{
	zx_handle_t process;
	pthread_t thread;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	for (int i = 0; i < 5; i++) {
		ASSERT_EQ(0, pthread_create(&thread, NULL, end_at_once, NULL));
		pthread_join(thread, NULL);
	}
	EXPECT_EQ(0, zxj_process_info(process).flags);
	pid = fork();
	if (!pid)
		zxj_arrive();
	EXPECT_EQ(zxt_koid(process), zxj_koid_of(pid));
	EXPECT_EQ(1, zxj_processes(self->job));
}

/* The process of this thread is not the next child of another one. */
static void *fork_other(void *unused)
{
	pid_t pid = fork();

	if (!pid)
		_exit(5);
	(void)unused;
	return (void *)(intptr_t)zxp_reap(pid);
}

TEST_F(job, other_threads_do_not_start_it)
{
	zx_handle_t process;
	pthread_t thread;
	void *status;

	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	ASSERT_EQ(0, pthread_create(&thread, NULL, fork_other, NULL));
	pthread_join(thread, &status);
	EXPECT_EQ(5, (intptr_t)status);
	EXPECT_EQ(0, zxj_process_info(process).flags);
	EXPECT_EQ(0, zxt_signals(process));
}

/* The ways in which a program makes its next child; each is the process. */

static pid_t start_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(3);
	return pid;
}

static pid_t start_spawn(void)
{
	return spawn("three");
}

static int exit_three(void *unused)
{
	(void)unused;
	_exit(3);
}

static pid_t start_shared_memory(void)
{
	static _Alignas(16) char stack[16384];

	return clone(exit_three, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
}

static pid_t start_raw(void)
{
	pid_t pid = clone_raw(SIGCHLD);

	if (!pid)
		_exit(3);
	return pid;
}

static pid_t (*const starts[])(void) = {
	start_vfork, start_spawn, start_shared_memory, start_raw,
};

TEST_F(job, any_child_starts_it)
{
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		zx_handle_t process;
		pid_t pid;

		ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
		pid = starts[i]();
		ASSERT_LT(0, pid);
		EXPECT_EQ(3, zxj_return_code(process))
			TH_LOG("way %zu", i);
		EXPECT_EQ(3, zxp_reap(pid));
		EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED | ZX_INFO_PROCESS_FLAG_EXITED,
			  zxj_process_info(process).flags);
	}
}

/* Its last handle ends one that has not started. The next child is then an ordinary one. */
TEST_F(job, close_of_a_process_that_has_not_started)
{
	zx_handle_t process, copy;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(process, ZX_RIGHT_SAME_RIGHTS, &copy));
	zx_handle_close(process);
	EXPECT_EQ(1, zxj_processes(self->job));
	EXPECT_EQ(ZX_JOB_NO_JOBS, zxt_signals(self->job));
	zx_handle_close(copy);
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
	EXPECT_EQ(0, zxj_processes(self->job));
	pid = fork();
	if (!pid)
		zxj_arrive();
	EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	EXPECT_EQ(0, zxj_processes(self->job));
	EXPECT_EQ(128 + SIGKILL, zxp_end_idle(pid));
}

static zx_status_t cancel_process(void)
{
	return zxj_create_etc(ZX_HANDLE_INVALID, ZXL_PROCESS_CREATE_CANCEL, ZX_HANDLE_INVALID,
			      NULL, 0, NULL);
}

static void *cancel_in_a_thread(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)cancel_process();
}

/* The creating thread cancels a process while another handle to it is open. */
TEST_F(job, cancel_of_a_process_that_has_not_started)
{
	zx_handle_t process, other;
	pthread_t thread;
	void *status;
	pid_t pid;

	EXPECT_EQ(ZX_ERR_NOT_FOUND, cancel_process());
	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	ASSERT_EQ(ZX_OK, zx_object_get_child(self->job, zxt_koid(process), ZX_RIGHT_SAME_RIGHTS,
					     &other));
	ASSERT_EQ(0, pthread_create(&thread, NULL, cancel_in_a_thread, NULL));
	ASSERT_EQ(0, pthread_join(thread, &status));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, (intptr_t)status);
	EXPECT_EQ(1, zxj_processes(self->job));
	/* The next child would be killed. */
	EXPECT_EQ(ZX_OK, zx_task_kill(other));
	EXPECT_EQ(ZX_OK, cancel_process());
	EXPECT_EQ(ZX_ERR_NOT_FOUND, cancel_process());
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(process));
	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	EXPECT_EQ(ZX_OK, cancel_process());
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(ZXJ_EMPTY, zxt_signals(self->job));
	pid = fork();
	if (!pid)
		zxj_arrive();
	EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	EXPECT_EQ(0, zxj_processes(self->job));
	EXPECT_EQ(128 + SIGKILL, zxp_end_idle(pid));
}

/* Makes handles to all processes that it sees in the job, and closes none. */
static void *get_all(void *job)
{
	while (!zxj_shared->go) {
		zx_koid_t koids[8];
		ssize_t count = zxj_list(*(zx_handle_t *)job, ZX_INFO_JOB_PROCESSES, koids, 8);

		for (ssize_t i = 0; i < count && i < 8; i++) {
			zx_handle_t child;

			if (zx_object_get_child(*(zx_handle_t *)job, koids[i],
						ZX_RIGHT_SAME_RIGHTS, &child) == ZX_OK)
				zxj_shared->count++;
		}
	}
	return NULL;
}

/* Who has found a process in the job before the call failed does not keep it for the next fork. */
TEST_F_TIMEOUT(job, process_that_was_found_before_its_creation_failed, 600)
{
	unsigned int armed = 0;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, get_all, &self->job));
	for (unsigned int i = 0; i < zxt_part(3000); i++) {
		ASSERT_EQ(ZX_ERR_INVALID_ARGS,
			  zxj_create_etc(self->job, 0, ZX_HANDLE_INVALID, "member", 6,
					 zxt_nowhere[3]));
		armed += cancel_process() == ZX_OK;
	}
	zxj_shared->go = 1;
	pthread_join(thread, NULL);
	TH_LOG("%d were found", zxj_shared->count);
	EXPECT_EQ(0, armed);
	EXPECT_EQ(ZXJ_EMPTY, zxt_signals(self->job));
}

TEST_F(job, kill_of_a_process_that_has_not_started)
{
	zx_handle_t process;

	ASSERT_EQ(ZX_OK, zxj_create(self->job, &process));
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(process));
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_EXITED,
		  zxj_process_info(process).flags & ZX_INFO_PROCESS_FLAG_EXITED);
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
}

static zx_handle_t job_of_maker;

/* Makes a process in a job that the test has, too, in a child that is not in it. */
static void run_maker(struct __test_metadata *_metadata, zx_handle_t job, void (*end)(void))
{
	int fd;
	zx_handle_t copy, process;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(job, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &fd));
	pid = fork();
	if (!pid) {
		CHILD_CHECK(zxl_handle_import(fd, 0, &job_of_maker) == ZX_OK);
		CHILD_CHECK(zxj_create(job_of_maker, &process) == ZX_OK);
		zxj_arrive_until_go();
		end();
		_exit(0);
	}
	close(fd);
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	EXPECT_EQ(1, zxj_processes(job));
	zxj_shared->go = 1;
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(job, ZX_JOB_NO_PROCESSES));
	zxp_end_idle(pid);
}

TEST_F(job, exit_without_starting)
{
	run_maker(_metadata, self->job, do_nothing);
}

/* The program that makes it is gone, and its handle with it. */
TEST_F(job, exec_without_starting)
{
	run_maker(_metadata, self->job, way_exec);
}

/* The child of a job that was killed before dies before its first instruction. */
TEST_F_TIMEOUT(job, no_child_in_a_killed_job, 600)
{
	unsigned int rounds = zxt_part(1000);

	for (unsigned int i = 0; i < rounds; i++) {
		zx_handle_t job = zxj_job(self->job), process;
		pid_t pid;

		ASSERT_EQ(ZX_OK, zxj_create(job, &process));
		ASSERT_EQ(ZX_OK, zx_task_kill(job));
		pid = clone_raw(SIGCHLD);
		if (!pid) {
			zxj_shared->values[0]++;
			_exit(0);
		}
		ASSERT_LT(0, pid);
		EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
		EXPECT_EQ(ZXJ_GONE, zxj_sees(job, ZX_JOB_TERMINATED));
		EXPECT_TRUE(ends_soon(process));
		zx_handle_close(process);
		zx_handle_close(job);
	}
	EXPECT_EQ(0, zxj_value(0));
	EXPECT_EQ(0, zxj_jobs(self->job));
}

/* The same while the job is being killed: the child may run or not, but not for long. */

static _Atomic int round_of_kill;
static _Atomic uint32_t job_to_kill;

static void *kill_jobs(void *rounds)
{
	for (int i = 1; i <= (intptr_t)rounds; i++) {
		while (round_of_kill != i)
			sched_yield();
		/* At another moment each time. */
		for (int wait = 0; wait < i % 50 * 100; wait++)
			atomic_signal_fence(memory_order_seq_cst);
		zx_task_kill(job_to_kill);
		round_of_kill = -i;
	}
	return NULL;
}

TEST_F_TIMEOUT(job, child_while_the_job_is_killed, 600)
{
	int rounds = zxt_part(500);
	pthread_t killer;

	ASSERT_EQ(0, pthread_create(&killer, NULL, kill_jobs, (void *)(intptr_t)rounds));
	for (int i = 1; i <= rounds; i++) {
		zx_handle_t job = zxj_job(self->job), process;
		pid_t pid;

		ASSERT_EQ(ZX_OK, zxj_create(job, &process));
		job_to_kill = job;
		round_of_kill = i;
		pid = clone_raw(SIGCHLD);
		while (!pid)
			syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
		EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
		EXPECT_EQ(ZXJ_GONE, zxj_sees(job, ZX_JOB_TERMINATED));
		while (round_of_kill != -i)
			sched_yield();
		zx_handle_close(process);
		zx_handle_close(job);
	}
	pthread_join(killer, NULL);
}

/*
 * Many processes.
 */

/* A process that is always another one. */
static _Noreturn void run_away(void)
{
	for (;;) {
		if (clone_raw(SIGCHLD) > 0)
			_exit(0);
		zxj_shared->count++;
	}
}

/* One that makes others that do the same, up to a number. */
static _Noreturn void multiply(void)
{
	for (;;) {
		if (atomic_fetch_add(&zxj_shared->arrived, 1) < 100)
			clone_raw(SIGCHLD);
		else
			atomic_fetch_sub(&zxj_shared->arrived, 1);
		zxj_shared->count++;
		sched_yield();
	}
}

static void explode(void)
{
	for (int i = 0; i < 8; i++)
		if (fork() == 0)
			run_away();
	multiply();
}

TEST_F_TIMEOUT(job, fork_bomb, 600)
{
	int rounds = zxt_part(20);

	for (int i = 0; i < rounds; i++) {
		zx_handle_t job = zxj_job(self->job);

		forget();
		ASSERT_LT(0, zxj_start(job, explode, NULL));
		/* Those whose parents have ended are this process' children. */
		while (zxj_shared->count < 50 * (i + 1))
			waitpid(-1, NULL, WNOHANG);
		EXPECT_EQ(ZX_OK, zx_task_kill(job));
		EXPECT_EQ(ZXJ_GONE, zxj_sees(job, ZX_JOB_TERMINATED));
		EXPECT_EQ(0, zxj_processes(job));
		/* It returns when this process has no child any more. */
		zxj_reap_all();
		zx_handle_close(job);
	}
}

#define WIDTH	10	/* jobs in a job, in two levels, and processes in each of the 100 */

static bool fill_job(zx_handle_t job, int processes)
{
	for (int i = 0; i < processes; i++)
		if (zxj_start(job, zxj_arrive, NULL) < 0)
			return false;
	return true;
}

/* Jobs with processes below @top. Their handles are stored in @jobs. */
static bool fill_tree(zx_handle_t top, zx_handle_t *jobs, int processes)
{
	for (int i = 0; i < WIDTH; i++) {
		zx_handle_t middle = zxj_job(top);

		for (int j = 0; j < WIDTH; j++) {
			*jobs = zxj_job(middle);
			if (!fill_job(*jobs++, processes))
				return false;
		}
		zx_handle_close(middle);
	}
	return zxj_reaches(&zxj_shared->arrived, WIDTH * WIDTH * processes);
}

TEST_F_TIMEOUT(job, many_jobs_and_processes, 600)
{
	zx_handle_t jobs[WIDTH * WIDTH];
	int processes = zxt_part(10) ?: 1, ended = 0;

	ASSERT_TRUE(fill_tree(self->job, jobs, processes));
	EXPECT_EQ(WIDTH, zxj_jobs(self->job));
	for (int i = 0; i < WIDTH * WIDTH; i++)
		ASSERT_EQ(processes, zxj_processes(jobs[i]));
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	for (int i = 0; i < WIDTH * WIDTH; i++)
		ASSERT_EQ(ZXJ_GONE, zxt_signals(jobs[i]));
	for (int i = 0; i < WIDTH * WIDTH * processes; i++)
		ended += zxp_reap(zxj_shared->pids[i]) == 128 + SIGKILL;
	EXPECT_EQ(WIDTH * WIDTH * processes, ended);
}

#define FORKERS	64

static pthread_barrier_t forkers;

static void *fork_at_once(void *unused)
{
	pid_t pid;

	(void)unused;
	pthread_barrier_wait(&forkers);
	pid = clone_raw(SIGCHLD);
	if (!pid) {
		zxj_arrive_until_go();
		_exit(7);
	}
	return (void *)(intptr_t)zxp_reap(pid);
}

static void fork_in_threads(void)
{
	pthread_t threads[FORKERS];
	void *status;

	pthread_barrier_init(&forkers, NULL, FORKERS);
	for (int i = 0; i < FORKERS; i++)
		CHILD_CHECK(pthread_create(&threads[i], NULL, fork_at_once, NULL) == 0);
	for (int i = 0; i < FORKERS; i++) {
		CHILD_CHECK(pthread_join(threads[i], &status) == 0);
		CHILD_CHECK((intptr_t)status == 7);
	}
}

/* All are in the job, and none is killed that need not be. */
TEST_F_TIMEOUT(job, threads_that_fork_at_once, 600)
{
	for (unsigned int round = 0; round < zxt_part(10); round++) {
		zx_handle_t process;

		forget();
		ASSERT_LT(0, zxj_start(self->job, fork_in_threads, &process));
		EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, FORKERS));
		EXPECT_EQ(FORKERS + 1, zxj_processes(self->job));
		for (int i = 0; i < FORKERS; i++)
			check_member(_metadata, self->job, zxj_shared->pids[i]);
		zxj_shared->go = 1;
		EXPECT_EQ(0, zxj_return_code(process));
		EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
		zx_handle_close(process);
	}
}

/* In a new pid namespace, with the user of the test. */
static void look_from_a_pid_namespace(void)
{
	zx_handle_t job = zx_job_default();

	CHILD_CHECK(job != ZX_HANDLE_INVALID);
	zxj_shared->values[0] = zxt_koid(job);
	zxj_shared->values[1] = zxj_processes(job);
	zxj_shared->values[2] = zxj_jobs(job);
	CHILD_CHECK(zxj_has(job, ZX_INFO_JOB_PROCESSES, zxt_koid(zx_process_self())));
	/* All of its own are in one job, as before. */
	if (fork() == 0) {
		zxj_shared->values[3] = zxt_koid(zx_job_default());
		zxj_arrive();
	}
	CHILD_CHECK(zxj_reaches(&zxj_shared->arrived, 1));
	zxj_arrive();
}

/* A default job shows nothing that Linux hides. */
TEST_F(job, default_job_of_a_pid_namespace)
{
	zx_koid_t own = zxt_koid(zx_job_default());
	pid_t pid = zxp_fork_first();
	zx_handle_t process;

	if (pid < 0)
		SKIP(return, "no pid namespaces");
	if (!pid) {
		look_from_a_pid_namespace();
		_exit(0);
	}
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 2));
	EXPECT_NE(own, zxj_value(0));
	EXPECT_EQ(1, zxj_value(1));
	EXPECT_EQ(0, zxj_value(2));
	EXPECT_EQ(zxj_value(0), zxj_value(3));
	ASSERT_EQ(ZX_OK, open_pid(pid, &process));
	EXPECT_EQ(zxj_value(0), zxt_basic(process).related_koid);
	EXPECT_FALSE(zxj_has(zx_job_default(), ZX_INFO_JOB_PROCESSES, zxt_koid(process)));
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
	EXPECT_EQ(own, zxt_koid(zx_job_default()));
	zx_handle_close(process);
}

static int status_of_a_child(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(7);
	return zxp_reap(pid);
}

/* At its limit of memory a process cannot have what its next child needs. */
static void fork_at_the_limit(void)
{
	static zx_handle_t channels[100000];
	int count = 0, waits = 0;
	zx_handle_t port;

	zxp_become(HOSTILE);
	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	while (count < 100000 &&
	       zx_channel_create(0, &channels[count], &channels[count + 1]) == ZX_OK)
		count += 2;
	CHILD_CHECK(count < 100000);
	/* Handles come in chunks: there may be room for a process, but none for a wait then. */
	while (zx_object_wait_async(channels[0], port, 0, ZX_USER_SIGNAL_0, 0) == ZX_OK)
		waits++;
	CHILD_CHECK(waits < 100000);
	/* What this one needs is there, from before. For the next there is no memory. */
	CHILD_CHECK(status_of_a_child() == 7);
	for (int i = 0; i < count; i++)
		zx_handle_close(channels[i]);
	/* Closed objects may be freed a moment later. */
	for (int i = 0; i < 180000; i++) {
		if (zx_event_create(0, &channels[0]) == ZX_OK &&
		    zx_channel_create(0, &channels[1], &channels[2]) == ZX_OK)
			break;
		usleep(1000);
	}
	/* Now there is memory: the child makes up for what could not be made before. */
	CHILD_CHECK(status_of_a_child() == 7);
	zxj_arrive();
}

TEST_F_TIMEOUT(job, forks_at_the_limit_of_memory, 600)
{
	char before[64];
	pid_t pid;

	if (getuid())
		SKIP(return, "needs root, for the limit");
	ASSERT_TRUE(zxt_get_parameter("user_bytes_max", before, sizeof(before)));
	ASSERT_TRUE(zxt_set_parameter("user_bytes_max", "1000000"));
	pid = zxj_start(self->job, fork_at_the_limit, NULL);
	ASSERT_LT(0, pid);
	EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	ASSERT_TRUE(zxt_set_parameter("user_bytes_max", before));
	EXPECT_EQ(1, zxj_processes(self->job));
	EXPECT_EQ(128 + SIGKILL, zxp_end_idle(pid));
}

/*
 * Whom a handle reaches.
 */

/* Makes a copy of this program that is set-user-ID root, and returns its path. */
static const char *setuid_program(void)
{
	static char path[32];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to;

	strcat(path, "/tmp/job-XXXXXX");
	to = mkstemp(path);
	while (sendfile(to, from, NULL, 1 << 20) > 0)
		;
	close(from);
	return fchmod(to, 04755) || close(to) ? NULL : path;
}

static const char *program;

/* In a member: executes the program of root's, which becomes INNOCENT for good. */
static void change_user(void)
{
	char fd[16], uid[16];

	snprintf(fd, sizeof(fd), "%d", zxj_shared_fd);
	snprintf(uid, sizeof(uid), "%u", INNOCENT);
	execl(program, PROGRAM, "become", fd, uid, NULL);
	_exit(CHILD_FAILED);
}

/* As HOSTILE: kills a job with a member that it may not signal any more. */
static void kill_changed_user(void)
{
	zx_handle_t job = zxj_job(zx_job_default()), process;
	pid_t pid = zxj_start(job, change_user, &process);

	CHILD_CHECK(pid > 0);
	CHILD_CHECK(zxj_reaches(&zxj_shared->arrived, 2));
	if (zxj_value(0))
		_exit(77);
	CHILD_CHECK(kill(pid, 0) == -1 && errno == EPERM);
	CHILD_CHECK(zxj_processes(job) == 2);
	CHILD_CHECK(zx_task_kill(job) == ZX_OK);
	CHILD_CHECK(zxj_sees(job, ZX_JOB_TERMINATED) == ZXJ_GONE);
	CHILD_CHECK(zxj_return_code(process) == ZX_TASK_RETCODE_SYSCALL_KILL);
	CHILD_CHECK(zxp_reap(pid) == 128 + SIGKILL);
}

TEST_F(job, a_change_of_users_is_no_way_out)
{
	int status;

	if (getuid())
		SKIP(return, "needs root, for other users");
	program = setuid_program();
	ASSERT_NE(NULL, program);
	status = zxp_run_as(HOSTILE, kill_changed_user);
	unlink(program);
	if (status == 77)
		SKIP(return, "set-user-ID has no effect here");
	EXPECT_EQ(0, status);
}

static int told[2];

static void send_job(zx_handle_t job)
{
	zx_handle_t copy;
	int fd;

	CHILD_CHECK(zx_handle_duplicate(job, ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHILD_CHECK(zxl_handle_export(copy, 0, &fd) == ZX_OK);
	CHILD_CHECK(zxp_send_fd(told[1], fd) == 0);
	close(fd);
}

static zx_handle_t receive_job(void)
{
	zx_handle_t job = ZX_HANDLE_INVALID;
	int fd = zxp_receive_fd(told[0], 0);

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(zxl_handle_import(fd, 0, &job) == ZX_OK);
	close(fd);
	return job;
}

static bool goes(int step)
{
	return zxj_reaches(&zxj_shared->go, step);
}

/* HOSTILE has a job, with a process of his own and what others put into it. */
static void own_job(void)
{
	zx_handle_t job = zxj_job(zx_job_default()), process;

	CHILD_CHECK(zxj_start(job, zxj_arrive, &process) > 0);
	send_job(job);
	CHILD_CHECK(goes(1));
	CHILD_CHECK(zxj_processes(job) == 3);
	CHILD_CHECK(zx_task_kill(job) == ZX_ERR_ACCESS_DENIED);
	CHILD_CHECK(zxj_return_code(process) == ZX_TASK_RETCODE_SYSCALL_KILL);
	CHILD_CHECK(settles(job, 2));
	CHILD_CHECK(!(zxt_signals(job) & ZX_JOB_TERMINATED));
	CHILD_CHECK(zxj_create(job, &process) == ZX_ERR_BAD_STATE);
	zxj_shared->values[0] = 1;
	/* It ends when INNOCENT's processes do. */
	CHILD_CHECK(zxj_sees(job, ZX_JOB_TERMINATED) == ZXJ_GONE);
}

/* INNOCENT puts a process into it, which has a child. */
static void use_job(void)
{
	zx_handle_t job = receive_job(), process;
	pid_t pid = zxj_start(job, way_fork, &process);

	CHILD_CHECK(pid > 0);
	CHILD_CHECK(goes(2));
	CHILD_CHECK(zxp_is_running(pid));
	CHILD_CHECK(zxj_process_info(process).flags == ZX_INFO_PROCESS_FLAG_STARTED);
	CHILD_CHECK(zxj_create(job, &process) == ZX_ERR_BAD_STATE);
}

/* Ends INNOCENT's two processes. Returns how many of those that arrived were left. */
static int end_survivors(void)
{
	int survivors = 0;

	for (int i = 0; i < 3; i++)
		if (!zxj_process_is_gone(zxj_shared->pids[i])) {
			survivors++;
			kill(zxj_shared->pids[i], SIGKILL);
		}
	return survivors;
}

/* Who starts a process in a job of another user does not lay it into that user's hands. */
TEST_F(job, kill_does_not_reach_other_users)
{
	pid_t owner, user;
	int status = 0;

	if (getuid())
		SKIP(return, "needs root, for other users");
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told));
	owner = zxp_start(HOSTILE, own_job, -1, -1);
	user = zxp_start(INNOCENT, use_job, -1, -1);
	EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, 3));
	zxj_shared->go = 1;
	for (int i = 0; i < 180000 && !zxj_value(0) && zxp_is_running(owner); i++)
		usleep(1000);
	EXPECT_EQ(1, zxj_value(0));
	zxj_shared->go = 2;
	status = zxp_reap(user);
	EXPECT_EQ(0, status);
	EXPECT_EQ(2, end_survivors());
	EXPECT_EQ(0, zxp_reap(owner));
}

/* As HOSTILE: kills a job of root's with his own process in it, through root's handle. */
static void kill_by_roots_handle(void)
{
	zx_handle_t job = receive_job();

	CHILD_CHECK(zx_task_kill(job) == ZX_OK);
}

/* A handle acts with the credentials of the one who has made it. */
TEST_F(job, kill_by_the_handle_of_another)
{
	zx_handle_t process;

	if (getuid())
		SKIP(return, "needs root, for other users");
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told));
	ASSERT_LT(0, zxj_start(self->job, way_other_user, &process));
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 2));
	send_job(self->job);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, kill_by_roots_handle));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(process));
}

/*
 * The handle that a program is started with.
 */

/* Creates a process with one end of a channel for it. Returns the other end. */
static zx_handle_t create_with_channel(zx_handle_t job, zx_handle_t *process)
{
	zx_handle_t mine = ZX_HANDLE_INVALID, theirs = ZX_HANDLE_INVALID;

	if (zx_channel_create(0, &mine, &theirs) != ZX_OK ||
	    zxj_create_etc(job, 0, theirs, "starts", 6, process) != ZX_OK ||
	    zx_handle_check_valid(theirs) != ZX_ERR_NOT_FOUND) {
		zx_handle_close(mine);
		return ZX_HANDLE_INVALID;
	}
	return mine;
}

/* Waits for a message, and compares it. */
static bool heard(zx_handle_t channel, const char *text)
{
	char got[64] = "";
	uint32_t size;

	if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZXT_SOON, NULL) != ZX_OK)
		return false;
	return zx_channel_read(channel, 0, got, NULL, sizeof(got), 0, &size, NULL) == ZX_OK &&
	       strcmp(got, text) == 0;
}

static bool is_closed_soon(zx_handle_t channel)
{
	return zx_object_wait_one(channel, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL) == ZX_OK;
}

/* In a program that was started with a channel. */
static void use_startup(void)
{
	zx_handle_t channel = ZX_HANDLE_INVALID, none;
	pid_t pid;

	CHILD_CHECK(zxj_startup(&channel) == ZX_OK);
	CHILD_CHECK(zxt_basic(channel).type == ZX_OBJ_TYPE_CHANNEL);
	CHILD_CHECK(zxt_basic(channel).rights == ZX_DEFAULT_CHANNEL_RIGHTS);
	CHILD_CHECK(zx_channel_write(channel, 0, "hello", 6, NULL, 0) == ZX_OK);
	CHILD_CHECK(zxj_startup(&none) == ZX_ERR_NOT_FOUND);
	/* A child was not started with it. */
	pid = fork();
	if (!pid) {
		CHILD_CHECK(zxj_startup(&none) == ZX_ERR_NOT_FOUND);
		CHILD_CHECK(zx_channel_write(channel, 0, "no", 3, NULL, 0) == ZX_ERR_BAD_HANDLE);
		_exit(0);
	}
	CHILD_CHECK(zxp_reap(pid) == 0);
	zxj_arrive_until_go();
}

static void exec_use_startup(void)
{
	become("startup");
}

/* Starts a process that uses its channel, and lets it end. */
static void check_startup(struct __test_metadata *_metadata, zx_handle_t job, void (*body)(void))
{
	zx_handle_t process, channel = create_with_channel(job, &process);
	pid_t pid;

	forget();
	ASSERT_NE(ZX_HANDLE_INVALID, channel);
	EXPECT_EQ(0, zxt_signals(channel) & ZX_CHANNEL_PEER_CLOSED);
	pid = fork();
	if (!pid) {
		body();
		_exit(0);
	}
	EXPECT_TRUE(heard(channel, "hello"));
	EXPECT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	EXPECT_EQ(0, zxt_signals(channel) & ZX_CHANNEL_PEER_CLOSED);
	zxj_shared->go = 1;
	EXPECT_EQ(0, zxj_return_code(process));
	EXPECT_TRUE(is_closed_soon(channel));
	EXPECT_EQ(0, zxp_reap(pid));
}

TEST_F(job, startup_handle)
{
	check_startup(_metadata, self->job, use_startup);
	check_startup(_metadata, self->job, exec_use_startup);
	/* The same in the default job. */
	check_startup(_metadata, zx_job_default(), exec_use_startup);
}

/* Any object, with the rights that the handle has. */
static void use_event(void)
{
	zx_handle_t event;

	CHILD_CHECK(zxj_startup(&event) == ZX_OK);
	CHILD_CHECK(zxt_basic(event).type == ZX_OBJ_TYPE_EVENT);
	CHILD_CHECK(zxt_basic(event).rights == (ZX_RIGHT_TRANSFER | ZX_RIGHT_SIGNAL));
	CHILD_CHECK(zx_object_signal(event, 0, ZX_USER_SIGNAL_2) == ZX_OK);
}

TEST_F(job, startup_handle_of_another_type)
{
	zx_handle_t event, copy, process;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_TRANSFER | ZX_RIGHT_SIGNAL, &copy));
	ASSERT_EQ(ZX_OK, zxj_create_etc(self->job, 0, copy, "x", 1, &process));
	pid = fork();
	if (!pid) {
		use_event();
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZX_USER_SIGNAL_2, zxt_signals(event));
}

/* A process that does not ask for it. */
TEST_F(job, startup_handle_that_nobody_takes)
{
	zx_handle_t process, channel = create_with_channel(self->job, &process);
	pid_t pid;

	ASSERT_NE(ZX_HANDLE_INVALID, channel);
	pid = fork();
	if (!pid) {
		zxj_arrive_until_go();
		become("nothing");
	}
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 1));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(channel));
	zxj_shared->go = 1;
	EXPECT_TRUE(is_closed_soon(channel));
	EXPECT_EQ(0, zxp_reap(pid));

	/* One that does not start. */
	channel = create_with_channel(self->job, &process);
	ASSERT_NE(ZX_HANDLE_INVALID, channel);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(channel));
	zx_handle_close(process);
	EXPECT_TRUE(is_closed_soon(channel));
}

/* One that cannot be made. */
static void check_consumed(struct __test_metadata *_metadata, zx_handle_t job, uint32_t options,
			   zx_status_t expected)
{
	zx_handle_t mine, theirs, process;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &mine, &theirs));
	EXPECT_EQ(expected, zxj_create_etc(job, options, theirs, "x", 1, &process));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(theirs));
	EXPECT_TRUE(is_closed_soon(mine));
	zx_handle_close(mine);
}

TEST_F(job, startup_handle_is_consumed)
{
	zx_handle_t gone = zxj_job(self->job), event, weak, process;

	ASSERT_EQ(ZX_OK, zx_task_kill(gone));
	check_consumed(_metadata, self->job, 2, ZX_ERR_INVALID_ARGS);
	check_consumed(_metadata, self->job, ZXL_PROCESS_CREATE_CANCEL, ZX_ERR_NOT_FOUND);
	check_consumed(_metadata, ZX_HANDLE_INVALID, 0, ZX_ERR_BAD_HANDLE);
	check_consumed(_metadata, gone, 0, ZX_ERR_BAD_STATE);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	weak = zxt_without(event, ZX_RIGHT_TRANSFER);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxj_create_etc(self->job, 0, weak, "x", 1, &process));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(weak));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxj_create_etc(self->job, 0, weak, "x", 1, &process));
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_CHILDREN));
}

static void startup_as_other(void)
{
	zx_handle_t handle;

	if (!getuid())
		zxp_become(HOSTILE);
	CHILD_CHECK(zxj_startup(&handle) == ZX_ERR_NOT_FOUND);
}

/* A program with other credentials does not get it, though the process was started with it. */
TEST_F(job, startup_handle_is_not_for_other_credentials)
{
	zx_handle_t process, channel;
	pid_t pid;

	if (getuid())
		SKIP(return, "needs root, for other users");
	channel = create_with_channel(self->job, &process);
	ASSERT_NE(ZX_HANDLE_INVALID, channel);
	pid = fork();
	if (!pid) {
		startup_as_other();
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_TRUE(is_closed_soon(channel));
	EXPECT_EQ(0, zxj_return_code(process));
}

static void startup_without(void)
{
	zx_handle_t handle = 77;

	CHILD_CHECK(zxj_startup(&handle) == ZX_ERR_NOT_FOUND);
	CHILD_CHECK(handle == 77);
}

TEST_F(job, no_startup_handle)
{
	zx_handle_t process;

	EXPECT_EQ(0, zxp_run_as(0, startup_without));
	ASSERT_LT(0, zxj_start(self->job, startup_without, &process));
	EXPECT_EQ(0, zxj_return_code(process));
}

static int become_and_fork(const char *uid)
{
	zxj_shared->values[0] = geteuid() != 0;
	if (!geteuid())
		zxp_become(strtoul(uid, NULL, 10));
	way_fork();
	return 0;
}

/* The arguments: what to do, the descriptor of the shared memory. */
static int child_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc < 3 || !zxj_share(atoi(argv[2])))
		return CHILD_FAILED;
	if (!strcmp(what, "nothing"))
		return 0;
	if (!strcmp(what, "three"))
		return 3;
	if (!strcmp(what, "arrive"))
		zxj_arrive();
	if (!strcmp(what, "fork"))
		way_fork();
	if (!strcmp(what, "become") && argc == 4)
		return become_and_fork(argv[3]);
	if (!strcmp(what, "tell")) {
		tell_default();
		return 0;
	}
	if (!strcmp(what, "startup")) {
		use_startup();
		return 0;
	}
	return CHILD_FAILED;
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], PROGRAM))
		return child_main(argc, argv);
	return test_harness_run(argc, argv);
}
