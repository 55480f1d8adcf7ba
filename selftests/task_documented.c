// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the documentation of Zircon and of this project promises of processes: their information,
 * end, names, signals, and handles to others.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <zircon/status.h>
#include <zircon/syscalls/port.h>

#include "zxpoll.h"
#include "zxtask.h"
#include "zxthread.h"

/* The name of this program when it runs as child_main(). */
#define PROGRAM	"taskdoc-child"

/* In milliseconds, for poll() and epoll. */
#define SOON	60000

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

/*
 * Children, which talk with their parent through a socket: a byte is a message, and may come with a
 * descriptor.
 */

static bool say(int socket)
{
	return send(socket, "x", 1, MSG_NOSIGNAL) == 1;
}

static bool hear(int socket)
{
	char byte;

	return recv(socket, &byte, 1, 0) == 1;
}

/* Sends a duplicate of a handle to another process. */
static bool send_handle(int socket, zx_handle_t handle)
{
	zx_handle_t copy;
	int fd, ret;

	if (zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &copy) != ZX_OK ||
	    zxl_handle_export(copy, 0, &fd) != ZX_OK)
		return false;
	ret = zxp_send_fd(socket, fd);
	close(fd);
	return ret == 0;
}

static zx_handle_t receive_handle(int socket)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;
	int fd = zxp_receive_fd(socket, 0);

	if (fd >= 0) {
		zxl_handle_import(fd, 0, &handle);
		close(fd);
	}
	return handle;
}

/* ZX_HANDLE_INVALID if the process cannot be opened. */
static zx_handle_t open_process(pid_t pid)
{
	zx_handle_t process = ZX_HANDLE_INVALID;

	open_pid(pid, &process);
	return process;
}

static zx_status_t try_pidfd(int fd)
{
	zx_handle_t process;
	zx_status_t status = zxl_process_open(fd, 0, &process);

	if (status == ZX_OK)
		zx_handle_close(process);
	return status;
}

static zx_status_t try_open(pid_t pid)
{
	zx_handle_t process;
	zx_status_t status = open_pid(pid, &process);

	if (status == ZX_OK)
		zx_handle_close(process);
	return status;
}

struct child {
	pid_t pid;
	int socket;
};

/* Makes a child that runs @body and then exits with 0. It dies with the test. */
static struct child start_child(void (*body)(int parent))
{
	struct child child;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		abort();
	child.socket = ends[0];
	child.pid = fork();
	if (child.pid < 0)
		abort();
	if (child.pid == 0) {
		close(ends[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		body(ends[1]);
		_exit(0);
	}
	close(ends[1]);
	return child;
}

static int reap(struct child *child)
{
	close(child->socket);
	return zxp_reap(child->pid);
}

/* Exits when the parent says so, or closes the socket. */
static void idle(int parent)
{
	say(parent);
	hear(parent);
}

static zx_status_t get(zx_handle_t process, uint32_t topic, void *info, size_t size)
{
	return zx_object_get_info(process, topic, info, size, NULL, NULL);
}

static zx_info_process_t info_of(zx_handle_t process)
{
	zx_info_process_t info = { .return_code = -12345, .flags = ~0u };

	get(process, ZX_INFO_PROCESS, &info, sizeof(info));
	return info;
}

static zx_info_task_runtime_t runtime_of(zx_handle_t process)
{
	zx_info_task_runtime_t info = { .cpu_time = -1 };

	get(process, ZX_INFO_TASK_RUNTIME, &info, sizeof(info));
	return info;
}

static zx_info_task_stats_t stats_of(zx_handle_t process)
{
	zx_info_task_stats_t info = {};

	get(process, ZX_INFO_TASK_STATS, &info, sizeof(info));
	return info;
}

/* Whether a process goes on. One that ends by mistake does so within this time. */
static bool runs_on(zx_handle_t process)
{
	return zx_object_wait_one(process, ZX_PROCESS_TERMINATED, zx_deadline_after(ZX_MSEC(100)),
				  NULL) == ZX_ERR_TIMED_OUT;
}

/* Uses the processor for so much time of this process. */
static void burn(zx_duration_t time)
{
	struct timespec now, start;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	while ((now.tv_sec - start.tv_sec) * 1000000000 + now.tv_nsec - start.tv_nsec < time);
}

/* The time that a process has used so far, by Linux's own clock. */
static zx_duration_t clock_of(pid_t pid)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &time))
		return -1;
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/*
 * Information: sizes, pointers, rights and their order.
 */

static const struct topic {
	uint32_t topic;
	size_t size;
} topics[] = {
	{ ZX_INFO_PROCESS, sizeof(zx_info_process_t) },
	{ ZX_INFO_TASK_RUNTIME, sizeof(zx_info_task_runtime_t) },
	{ ZX_INFO_TASK_RUNTIME_V1, sizeof(zx_info_task_runtime_v1_t) },
	{ ZX_INFO_TASK_STATS, sizeof(zx_info_task_stats_t) },
	{ ZX_INFO_TASK_STATS_V1, sizeof(zx_info_task_stats_v1_t) },
};

FIXTURE(task) {
	struct child child;
	zx_handle_t process, event;
};

FIXTURE_SETUP(task)
{
	self->child = start_child(idle);
	ASSERT_TRUE(hear(self->child.socket));
	self->process = open_process(self->child.pid);
	ASSERT_NE(ZX_HANDLE_INVALID, self->process);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
}

FIXTURE_TEARDOWN(task)
{
	close(self->child.socket);
	kill(self->child.pid, SIGKILL);
	waitpid(self->child.pid, NULL, 0);
}

TEST_F(task, sizes_actual_and_avail)
{
	zx_handle_t who[] = { self->process, zx_process_self() };

	for (size_t i = 0; i < ARRAY_SIZE(topics) * 2; i++) {
		const struct topic *topic = &topics[i / 2];
		zx_handle_t process = who[i % 2];
		size_t actual = 77, avail = 77, size = topic->size;
		uint8_t bytes[256], filled[256];

		memset(filled, 0xa5, sizeof(filled));
		memset(bytes, 0xa5, sizeof(bytes));
		EXPECT_EQ(ZX_OK, zx_object_get_info(process, topic->topic, bytes, size, &actual,
						    &avail));
		EXPECT_EQ(1, actual);
		EXPECT_EQ(1, avail);
		EXPECT_EQ(0, memcmp(bytes + size, filled, sizeof(bytes) - size))
			TH_LOG("topic %#x writes beyond its size", topic->topic);
		EXPECT_NE(0, memcmp(bytes, filled, size));

		memset(bytes, 0xa5, sizeof(bytes));
		EXPECT_EQ(ZX_OK, zx_object_get_info(process, topic->topic, bytes, sizeof(bytes),
						    NULL, &avail));
		EXPECT_EQ(0, memcmp(bytes + size, filled, sizeof(bytes) - size));
		EXPECT_EQ(ZX_OK, zx_object_get_info(process, topic->topic, bytes, size, &actual,
						    NULL));
		EXPECT_EQ(ZX_OK, get(process, topic->topic, bytes, size));

		for (size_t less = 0; less < size; less++) {
			actual = 77;
			avail = 77;
			memset(bytes, 0xa5, sizeof(bytes));
			EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
				  zx_object_get_info(process, topic->topic, bytes, less, &actual,
						     &avail))
				TH_LOG("topic %#x, size %zu", topic->topic, less);
			EXPECT_EQ(0, actual);
			EXPECT_EQ(1, avail);
			EXPECT_EQ(0, memcmp(bytes, filled, sizeof(bytes)));
		}
		actual = 77;
		avail = 77;
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
			  zx_object_get_info(process, topic->topic, NULL, 0, &actual, &avail));
		EXPECT_EQ(0, actual);
		EXPECT_EQ(1, avail);
	}
}

TEST_F(task, bad_pointers)
{
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		const struct topic *topic = &topics[i];
		size_t actual, avail;
		uint8_t bytes[256];
		void *bad;

		zxt_for_each_bad_out(bad) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic->topic, bad, topic->size,
						     &actual, &avail));
			/* A buffer that is too small is not written to. */
			EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
				  zx_object_get_info(self->process, topic->topic, bad,
						     topic->size - 1, &actual, &avail));
			if (!bad)
				continue;
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic->topic, bytes,
						     topic->size, bad, &avail));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic->topic, bytes,
						     topic->size, &actual, bad));
			/* The sizes are written before the buffer counts. */
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic->topic, bytes, 0, bad,
						     &avail));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic->topic, bytes, 0, &actual,
						     bad));
		}
	}
}

/* Handle and type come before the right, the right before pointers and sizes. */
TEST_F(task, which_error_of_information_comes_first)
{
	zx_handle_t blind = zxt_without(self->process, ZX_RIGHT_INSPECT);
	zx_handle_t inspects, plain = zxt_without(self->event, ZX_RIGHT_INSPECT);
	void *bad = zxt_nowhere[0];

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_INSPECT, &inspects));
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
		uint32_t topic = topics[i].topic;
		bool runtime = topic == ZX_INFO_TASK_RUNTIME || topic == ZX_INFO_TASK_RUNTIME_V1;
		uint8_t bytes[256];

		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_info(ZX_HANDLE_INVALID, topic, bad, 0,
								bad, bad));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, get(self->process ^ 0x10000, topic, bytes, 256));
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_object_get_info(self->event, topic, bad, 256, bad,
								bad));
		/* Zircon looks for the right first where the type can be more than one. */
		EXPECT_EQ(runtime ? ZX_ERR_ACCESS_DENIED : ZX_ERR_WRONG_TYPE,
			  get(plain, topic, bytes, 256));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_info(blind, topic, bad, 256, bad,
								   bad));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, get(blind, topic, bytes, 0));
		EXPECT_EQ(ZX_OK, get(inspects, topic, bytes, 256));
	}
}

/* The same of a process that has ended; its memory is gone before sizes are looked at. */
TEST_F(task, which_error_comes_first_after_the_end)
{
	zx_handle_t blind = zxt_without(self->process, ZX_RIGHT_INSPECT);
	void *bad = zxt_nowhere[0];

	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	ASSERT_TRUE(ends_soon(self->process));
	for (int reaped = 0; reaped < 2; reaped++) {
		for (size_t i = 0; i < ARRAY_SIZE(topics); i++) {
			uint32_t topic = topics[i].topic;
			bool stats = topic == ZX_INFO_TASK_STATS ||
				     topic == ZX_INFO_TASK_STATS_V1;
			uint8_t bytes[256];

			EXPECT_EQ(stats ? ZX_ERR_BAD_STATE : ZX_OK,
				  get(self->process, topic, bytes, 256));
			EXPECT_EQ(stats ? ZX_ERR_BAD_STATE : ZX_ERR_BUFFER_TOO_SMALL,
				  get(self->process, topic, bytes, 0));
			EXPECT_EQ(stats ? ZX_ERR_BAD_STATE : ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic, bad, 256, bad, bad));
			EXPECT_EQ(ZX_ERR_ACCESS_DENIED, get(blind, topic, bytes, 256));
		}
		waitpid(self->child.pid, NULL, 0);
	}
}

/* Versions of a topic that Zircon does not have; topics that are not here. */
TEST_F(task, topics_that_are_not_there)
{
	static const uint32_t none[] = {
		ZX_INFO_PROCESS | 3u << 28, ZX_INFO_TASK_RUNTIME_V1 | 2u << 28,
		ZX_INFO_TASK_STATS_V1 | 2u << 28, 200,
	};
	zx_handle_t plain = zxt_without(self->process, ZX_RIGHT_INSPECT | ZX_RIGHT_ENUMERATE);
	uint8_t bytes[4096];
	size_t actual, avail;

	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, get(self->process, none[i], bytes, 256));
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_PROCESS_THREADS, bytes,
					    sizeof(bytes), &actual, &avail));
	EXPECT_EQ(1, actual);
	EXPECT_EQ(1, avail);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, get(plain, ZX_INFO_PROCESS_THREADS, bytes, 256));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, get(self->event, ZX_INFO_PROCESS_THREADS, bytes, 256));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, get(self->process, ZX_INFO_PROCESS_VMOS, bytes, 256));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, get(self->process, ZX_INFO_JOB, bytes, 256));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, get(self->process, ZX_INFO_THREAD, bytes, 256));
}

/* What a handle from zxl_process_open() is. */
TEST_F(task, the_handle)
{
	zx_info_handle_basic_t basic = zxt_basic(self->process);
	zx_handle_t again, child;

	EXPECT_EQ(ZX_OBJ_TYPE_PROCESS, basic.type);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, basic.rights);
	EXPECT_EQ(0, basic.related_koid);
	EXPECT_NE(ZX_KOID_INVALID, basic.koid);
	EXPECT_EQ(1, zxt_handles_to(self->process));
	again = open_process(self->child.pid);
	EXPECT_EQ(basic.koid, zxt_koid(again));
	EXPECT_EQ(2, zxt_handles_to(self->process));
	/* The object stays while there is no handle. */
	zx_handle_close(again);
	zx_handle_close(self->process);
	self->process = open_process(self->child.pid);
	EXPECT_EQ(basic.koid, zxt_koid(self->process));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(self->process, 1, ZX_RIGHT_SAME_RIGHTS,
							&child));
	again = open_process(getpid());
	EXPECT_EQ(zxt_koid(zx_process_self()), zxt_koid(again));
	EXPECT_NE(basic.koid, zxt_koid(again));
}

static void send_self(int parent)
{
	CHILD_CHECK(send_handle(parent, zx_process_self()));
	hear(parent);
}

/* It is the object that zx_process_self() names there. */
TEST(the_same_object_as_the_process_itself_has)
{
	struct child child = start_child(send_self);
	zx_handle_t its = receive_handle(child.socket), mine = open_process(child.pid);

	EXPECT_NE(ZX_KOID_INVALID, zxt_koid(mine));
	EXPECT_EQ(zxt_koid(its), zxt_koid(mine));
	/* The child's own, and these two. */
	EXPECT_EQ(3, zxt_handles_to(mine));
	EXPECT_EQ(0, reap(&child));
	EXPECT_TRUE(ends_soon(mine));
	EXPECT_EQ(2, zxt_handles_to(mine));
	EXPECT_EQ(ZX_PROCESS_TERMINATED, zxt_signals(its));
}

TEST(a_process_is_started_and_has_not_exited)
{
	zx_instant_mono_t before = zx_clock_get_monotonic(), after;
	struct child child = start_child(idle);
	zx_info_process_t info, last;
	zx_handle_t process;

	ASSERT_TRUE(hear(child.socket));
	after = zx_clock_get_monotonic();
	process = open_process(child.pid);
	info = info_of(process);
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, info.flags);
	EXPECT_EQ(0, info.return_code);
	EXPECT_LE(before, info.start_time);
	EXPECT_GE(after, info.start_time);
	EXPECT_TRUE(runs_on(process));
	ASSERT_EQ(ZX_OK, zx_task_kill(process));
	ASSERT_TRUE(ends_soon(process));
	last = info_of(process);
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED | ZX_INFO_PROCESS_FLAG_EXITED, last.flags);
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, last.return_code);
	EXPECT_EQ(info.start_time, last.start_time);
	EXPECT_EQ(128 + SIGKILL, reap(&child));
	EXPECT_EQ(last.flags, info_of(process).flags);
	EXPECT_EQ(last.start_time, info_of(process).start_time);
}

/* "in the caller's time namespace" */
TEST(the_start_is_in_the_callers_time_namespace)
{
	pid_t pid;

	if (!zxp_unshare_time("monotonic 10000 0\nboottime 20000 0\n"))
		SKIP(return, "no time namespaces");
	pid = fork();
	if (!pid) {
		zx_info_process_t info = info_of(open_process(getppid()));
		zx_instant_mono_t now = zx_clock_get_monotonic();

		CHILD_CHECK(now > ZX_SEC(10000));
		CHILD_CHECK(info.flags & ZX_INFO_PROCESS_FLAG_STARTED);
		CHILD_CHECK(info.start_time > ZX_SEC(10000));
		CHILD_CHECK(info.start_time < now);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
}

/*
 * The end: how a process ends, and what its return code is then.
 */

static void *exit_in_thread(void *arg)
{
	zx_process_exit((intptr_t)arg);
	return NULL;
}

static void *idle_in_thread(void *arg)
{
	hear((intptr_t)arg);
	return NULL;
}

static pthread_t thread(void *(*body)(void *), intptr_t arg)
{
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, body, (void *)arg) == 0);
	return thread;
}

#define BODY(name, ...) \
	static void name(int parent) { (void)parent; __VA_ARGS__; }

BODY(exit_0, exit(0))
BODY(exit_1, exit(1))
BODY(exit_255, exit(255))
BODY(exit_minus_1, exit(-1))
BODY(exit_1000, _exit(1000))
BODY(zx_exit_0, zx_process_exit(0))
BODY(zx_exit_1, zx_process_exit(1))
BODY(zx_exit_255, zx_process_exit(255))
BODY(zx_exit_256, zx_process_exit(256))
BODY(zx_exit_minus_1, zx_process_exit(-1))
BODY(zx_exit_min, zx_process_exit(INT64_MIN))
BODY(zx_exit_max, zx_process_exit(INT64_MAX))
BODY(zx_exit_32, zx_process_exit(0x100000000LL))
BODY(zx_exit_killed, zx_process_exit(ZX_TASK_RETCODE_SYSCALL_KILL))
BODY(zx_exit_thread, thread(exit_in_thread, -77); pause())
BODY(zx_exit_while_threads, thread(idle_in_thread, parent); zx_process_exit(4711))
BODY(exit_while_threads, thread(idle_in_thread, parent); exit(17))
BODY(last_thread, pthread_exit(NULL))
BODY(zx_last_thread, zx_thread_exit())
BODY(leader_first, thread(exit_in_thread, 1234567890123); syscall(SYS_exit, 3))
BODY(leader_last, syscall(SYS_exit, 3))
BODY(return_, return)
BODY(kill_self, zx_task_kill(zx_process_self()); _exit(CHILD_FAILED))
BODY(kill_self_opened, zx_task_kill(open_process(getpid())); _exit(CHILD_FAILED))
BODY(raise_term, raise(SIGTERM))
BODY(raise_hup, raise(SIGHUP))
BODY(raise_int, raise(SIGINT))
BODY(raise_kill, raise(SIGKILL))
BODY(raise_rtmax, raise(SIGRTMAX))
BODY(fault, *(volatile char *)zxt_read_only() = 1)
BODY(abort_, abort())
BODY(raise_after_zx_call, zx_process_self(); raise(SIGUSR1))

static const struct {
	const char *name;
	void (*body)(int parent);
	int64_t code;
	int status;
} endings[] = {
	{ "exit(0)", exit_0, 0, 0 },
	{ "exit(1)", exit_1, 1, 1 },
	{ "exit(255)", exit_255, 255, 255 },
	{ "exit(-1)", exit_minus_1, 255, 255 },
	{ "_exit(1000)", exit_1000, 1000 & 255, 1000 & 255 },
	{ "zx_process_exit(0)", zx_exit_0, 0, 0 },
	{ "zx_process_exit(1)", zx_exit_1, 1, 1 },
	{ "zx_process_exit(255)", zx_exit_255, 255, 255 },
	{ "zx_process_exit(256)", zx_exit_256, 256, 0 },
	{ "zx_process_exit(-1)", zx_exit_minus_1, -1, 255 },
	{ "zx_process_exit(INT64_MIN)", zx_exit_min, INT64_MIN, 0 },
	{ "zx_process_exit(INT64_MAX)", zx_exit_max, INT64_MAX, 255 },
	{ "zx_process_exit(1 << 32)", zx_exit_32, 0x100000000LL, 0 },
	{ "zx_process_exit(SYSCALL_KILL)", zx_exit_killed, ZX_TASK_RETCODE_SYSCALL_KILL, 0 },
	{ "a thread's zx_process_exit()", zx_exit_thread, -77, 256 - 77 },
	{ "while there are threads", zx_exit_while_threads, 4711, 4711 & 255 },
	{ "exit() while there are threads", exit_while_threads, 17, 17 },
	{ "the last thread's end", last_thread, 0, 0 },
	{ "the last thread's zx_thread_exit()", zx_last_thread, 0, 0 },
	{ "the leader ends first", leader_first, 1234567890123, 1234567890123 & 255 },
	{ "the leader ends last", leader_last, 3, 3 },
	{ "main() returns", return_, 0, 0 },
	{ "zx_task_kill() of itself", kill_self, ZX_TASK_RETCODE_SYSCALL_KILL, 128 + SIGKILL },
	{ "of itself as another", kill_self_opened, ZX_TASK_RETCODE_SYSCALL_KILL, 128 + SIGKILL },
	{ "SIGTERM", raise_term, ZXL_TASK_RETCODE_SIGNAL(SIGTERM), 128 + SIGTERM },
	{ "SIGHUP", raise_hup, ZXL_TASK_RETCODE_SIGNAL(SIGHUP), 128 + SIGHUP },
	{ "SIGINT", raise_int, ZXL_TASK_RETCODE_SIGNAL(SIGINT), 128 + SIGINT },
	{ "SIGKILL", raise_kill, ZXL_TASK_RETCODE_SIGNAL(SIGKILL), 128 + SIGKILL },
	{ "SIGRTMAX", raise_rtmax, ZXL_TASK_RETCODE_SIGNAL(64), 128 + 64 },
	{ "a fault", fault, ZXL_TASK_RETCODE_SIGNAL(SIGSEGV), 128 + SIGSEGV },
	{ "abort()", abort_, ZXL_TASK_RETCODE_SIGNAL(SIGABRT), 128 + SIGABRT },
	{ "SIGUSR1", raise_after_zx_call, ZXL_TASK_RETCODE_SIGNAL(SIGUSR1), 128 + SIGUSR1 },
};

static void (*ending)(int parent);

static void end_when_told(int parent)
{
	say(parent);
	hear(parent);
	ending(parent);
}

static void use_and_end_when_told(int parent)
{
	zx_process_self();
	end_when_told(parent);
}

/* Every end has a code, whether the process has used the device or not, also once it is reaped. */
TEST(return_codes)
{
	const struct rlimit no_core = {};

	setrlimit(RLIMIT_CORE, &no_core);
	for (size_t i = 0; i < ARRAY_SIZE(endings) * 2; i++) {
		const char *how = endings[i / 2].name;
		int64_t code = endings[i / 2].code;
		struct child child;
		zx_handle_t process;

		ending = endings[i / 2].body;
		child = start_child(i % 2 ? use_and_end_when_told : end_when_told);
		ASSERT_TRUE(hear(child.socket));
		process = open_process(child.pid);
		ASSERT_NE(ZX_HANDLE_INVALID, process);
		ASSERT_TRUE(say(child.socket));
		EXPECT_TRUE(ends_soon(process))
			TH_LOG("%s", how);
		EXPECT_EQ(code, info_of(process).return_code)
			TH_LOG("%s", how);
		EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED | ZX_INFO_PROCESS_FLAG_EXITED,
			  info_of(process).flags);
		EXPECT_EQ(endings[i / 2].status, reap(&child))
			TH_LOG("%s", how);
		EXPECT_EQ(code, info_of(process).return_code)
			TH_LOG("%s, reaped", how);
		zx_handle_close(process);
	}
}

/* A dumped core is no part of the code. */
TEST(the_code_after_a_core_dump)
{
	const struct rlimit core = { RLIM_INFINITY, RLIM_INFINITY };
	char directory[] = "/tmp/taskdoc.XXXXXX", command[64];
	struct child child;
	zx_handle_t process;
	int status;

	ASSERT_NE(NULL, mkdtemp(directory));
	ASSERT_EQ(0, chdir(directory));
	ASSERT_EQ(0, setrlimit(RLIMIT_CORE, &core));
	ending = abort_;
	child = start_child(end_when_told);
	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	say(child.socket);
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(ZXL_TASK_RETCODE_SIGNAL(SIGABRT), info_of(process).return_code);
	EXPECT_EQ(child.pid, waitpid(child.pid, &status, 0));
	if (!WCOREDUMP(status))
		TH_LOG("this kernel dumps no core");
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	EXPECT_EQ(0, system(command));
}

/* "The first of several threads decides.", and the parent's status is the same thread's. */
static void exit_by_two(int parent)
{
	pthread_t threads[2] = { thread(exit_in_thread, 1000), thread(exit_in_thread, 5) };

	(void)parent;
	pthread_join(threads[0], NULL);
}

static void exit_while_a_thread_does(int parent)
{
	(void)parent;
	thread(exit_in_thread, 1000);
	_exit(5);
}

TEST(of_two_exits_one_counts)
{
	for (int round = 0; round < 200; round++) {
		struct child child;
		zx_handle_t process;
		int64_t code;

		ending = round % 2 ? exit_by_two : exit_while_a_thread_does;
		child = start_child(end_when_told);
		ASSERT_TRUE(hear(child.socket));
		process = open_process(child.pid);
		say(child.socket);
		EXPECT_TRUE(ends_soon(process));
		code = info_of(process).return_code;
		EXPECT_TRUE(code == 1000 || code == 5)
			TH_LOG("round %d: %lld", round, (long long)code);
		EXPECT_EQ(code & 255, reap(&child))
			TH_LOG("round %d: %lld", round, (long long)code);
		zx_handle_close(process);
	}
}

/* A parent that ignores its children learns the code by the handle. */
TEST(the_code_of_a_child_that_is_not_waited_for)
{
	struct child child;
	zx_handle_t process;

	signal(SIGCHLD, SIG_IGN);
	ending = zx_exit_min;
	child = start_child(end_when_told);
	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	say(child.socket);
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(INT64_MIN, info_of(process).return_code);
	EXPECT_EQ(ZX_PROCESS_TERMINATED, zxt_signals(process));
}

/* "A process that has ended already stays as it is." */
TEST(killing_what_has_ended)
{
	struct child child;
	zx_handle_t process;

	ending = zx_exit_256;
	child = start_child(end_when_told);
	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	say(child.socket);
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_EQ(256, info_of(process).return_code);
	EXPECT_EQ(0, reap(&child));
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_EQ(256, info_of(process).return_code);
	EXPECT_EQ(ZX_PROCESS_TERMINATED, zxt_signals(process));
}

static void wait_in_a_call(int parent)
{
	zx_channel_call_args_t args = { .wr_bytes = "call", .wr_num_bytes = 4 };
	zx_handle_t here, there;
	uint32_t sizes[2];

	CHILD_CHECK(zx_channel_create(0, &here, &there) == ZX_OK);
	say(parent);
	zx_channel_call(here, 0, ZX_TIME_INFINITE, &args, &sizes[0], &sizes[1]);
}

/* A process that is stopped, traced, stopped by its tracer, killed already, or in a call. */
TEST(killing_in_any_state)
{
	for (int state = 0; state < 5; state++) {
		struct child child = start_child(state == 4 ? wait_in_a_call : idle);
		zx_handle_t process;

		ASSERT_TRUE(hear(child.socket));
		process = open_process(child.pid);
		switch (state) {
		case 0:
			ASSERT_EQ(0, kill(child.pid, SIGSTOP));
			ASSERT_EQ(child.pid, waitpid(child.pid, NULL, WUNTRACED));
			break;
		case 1:
			ASSERT_EQ(0, ptrace(PTRACE_SEIZE, child.pid, 0, 0));
			break;
		case 2:
			ASSERT_EQ(0, ptrace(PTRACE_ATTACH, child.pid, 0, 0));
			ASSERT_EQ(child.pid, waitpid(child.pid, NULL, __WALL));
			break;
		case 3:
			EXPECT_EQ(ZX_OK, zx_task_kill(process));
			break;
		}
		EXPECT_EQ(ZX_OK, zx_task_kill(process));
		EXPECT_TRUE(ends_soon(process))
			TH_LOG("state %d", state);
		EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, info_of(process).return_code)
			TH_LOG("state %d", state);
		EXPECT_EQ(128 + SIGKILL, reap(&child));
	}
}

/* Closing the last handle ends no process. */
TEST_F(task, closing_is_not_killing)
{
	int fd = pidfd_of(self->child.pid);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	zx_handle_close(self->process);
	EXPECT_EQ(0, poll(&poll_fd, 1, 100));
	EXPECT_TRUE(zxp_is_running(self->child.pid));
	EXPECT_EQ(ZX_OK, try_pidfd(fd));
}

TEST_F(task, errors_of_killing)
{
	zx_handle_t gentle = zxt_without(self->process, ZX_RIGHT_DESTROY), only;

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_task_kill(ZX_HANDLE_INVALID));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_task_kill(self->process ^ 0x10000));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(gentle));
	/* Zircon looks for the right first, which an event's handle never has. */
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(self->event));
	EXPECT_TRUE(runs_on(self->process));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_DESTROY, &only));
	EXPECT_EQ(ZX_OK, zx_task_kill(only));
	EXPECT_TRUE(ends_soon(self->process));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(gentle));
}

/* Linux only: DEBUGGER_ATTACHED is a tracer. */
TEST_F(task, a_tracer_is_a_debugger)
{
	EXPECT_FALSE(info_of(self->process).flags & ZX_INFO_PROCESS_FLAG_DEBUGGER_ATTACHED);
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->child.pid, 0, 0));
	EXPECT_TRUE(info_of(self->process).flags & ZX_INFO_PROCESS_FLAG_DEBUGGER_ATTACHED);
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, self->child.pid, 0, 0));
	ASSERT_EQ(self->child.pid, waitpid(self->child.pid, NULL, __WALL));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, self->child.pid, 0, 0));
	EXPECT_FALSE(info_of(self->process).flags & ZX_INFO_PROCESS_FLAG_DEBUGGER_ATTACHED);
}

/* zx_process_exit() cannot fail, also without the device. */
static void exit_in_jail(int parent)
{
	int socket = dup2(parent, 3);

	CHILD_CHECK(chroot("/proc/self/fdinfo") == 0 && chdir("/") == 0);
	CHILD_CHECK(syscall(SYS_close_range, 4, ~0u, 0) == 0);
	say(socket);
	hear(socket);
	zx_process_exit(300);
}

TEST(exit_without_the_device)
{
	struct child child = start_child(exit_in_jail);
	zx_handle_t process;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	say(child.socket);
	EXPECT_TRUE(ends_soon(process));
	/* The module does not learn the rest. */
	EXPECT_EQ(300 & 255, info_of(process).return_code);
	EXPECT_EQ(300 & 255, reap(&child));
}

/* "if it ends in another way, @retcode does not count", also not for the next program. */
static void set_code(int64_t code)
{
	struct zx_ioc_process_exit arg = { .retcode = code };
	int device = zxp_open(O_CLOEXEC);

	zx_process_self();
	CHILD_CHECK(zxp_ioctl(device, ZX_IOC_PROCESS_EXIT, &arg) == 0);
	close(device);
}

static _Noreturn void become(const char *path, const char *what, int socket);

static void code_and_other_status(int parent)
{
	(void)parent;
	set_code(0x1200);
	_exit(1);
}

static void code_and_signal(int parent)
{
	(void)parent;
	set_code(0x1200);
	raise(SIGTERM);
}

static void two_codes(int parent)
{
	(void)parent;
	set_code(0x1200);
	set_code(0x3400);
	_exit(0);
}

static void code_and_exec(int parent)
{
	set_code(0x1200);
	become("/proc/self/exe", "exit", parent);
}

static void code_and_exec_with_device(int parent)
{
	set_code(0x1200);
	become("/proc/self/exe", "use", parent);
}

TEST(a_code_that_does_not_count)
{
	static const struct {
		void (*body)(int parent);
		int64_t code;
	} cases[] = {
		{ code_and_other_status, 1 },
		{ code_and_signal, ZXL_TASK_RETCODE_SIGNAL(SIGTERM) },
		{ two_codes, 0x1200 },
		{ code_and_exec, 0 },
		{ code_and_exec_with_device, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct child child;
		zx_handle_t process;

		ending = cases[i].body;
		child = start_child(end_when_told);
		ASSERT_TRUE(hear(child.socket));
		process = open_process(child.pid);
		say(child.socket);
		EXPECT_TRUE(ends_soon(process));
		EXPECT_EQ(cases[i].code, info_of(process).return_code)
			TH_LOG("case %zu", i);
		reap(&child);
	}
}

/* The code and what the parent sees are of the same end. */
TEST(killing_what_exits)
{
	for (int round = 0; round < 200; round++) {
		struct child child;
		zx_handle_t process;
		int64_t code;

		ending = round % 2 ? zx_exit_256 : exit_1;
		child = start_child(end_when_told);
		ASSERT_TRUE(hear(child.socket));
		process = open_process(child.pid);
		say(child.socket);
		if (round % 3)
			sched_yield();
		EXPECT_EQ(ZX_OK, zx_task_kill(process));
		EXPECT_TRUE(ends_soon(process));
		code = info_of(process).return_code;
		EXPECT_EQ(code == ZX_TASK_RETCODE_SYSCALL_KILL ? 128 + SIGKILL : code & 255,
			  reap(&child))
			TH_LOG("round %d: %lld", round, (long long)code);
		zx_handle_close(process);
	}
}

/* Another process that gets the number is another object. */
TEST(a_number_that_is_used_again)
{
	struct child child = start_child(idle);
	struct { uint64_t values[10]; } args = {};
	zx_handle_t process, next;
	int fd = 77, old;
	pid_t pid, tid;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	old = pidfd_of(child.pid);
	EXPECT_EQ(0, reap(&child));
	EXPECT_TRUE(ends_soon(process));
	/*
	 * flags, pidfd, child_tid, parent_tid, exit_signal, stack, its size, tls, set_tid, its size
	 */
	tid = child.pid;
	args.values[4] = SIGCHLD;
	args.values[8] = (uintptr_t)&tid;
	args.values[9] = 1;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (pid < 0)
		SKIP(return, "a number cannot be chosen");
	ASSERT_EQ(child.pid, pid);
	next = open_process(pid);
	EXPECT_NE(ZX_HANDLE_INVALID, next);
	EXPECT_NE(zxt_koid(process), zxt_koid(next));
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxl_process_pidfd(process, 0, &fd));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, try_pidfd(old));
	EXPECT_EQ(0, info_of(process).return_code);
	EXPECT_TRUE(info_of(process).flags & ZX_INFO_PROCESS_FLAG_EXITED);
	EXPECT_EQ(ZX_PROCESS_TERMINATED, zxt_signals(process));
	EXPECT_TRUE(runs_on(next));
	EXPECT_EQ(ZX_OK, zx_task_kill(next));
	EXPECT_TRUE(ends_soon(next));
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
}

/*
 * ZX_PROCESS_TERMINATED.
 */

TEST_F(task, terminated_ends_waits_of_all_kinds)
{
	zx_handle_t port, copy = zxt_without(self->process, ZX_RIGHT_INSPECT);
	struct waiter one, many = {
		.count = 2,
		.items = {
			{ .handle = self->event, .waitfor = ZX_EVENT_SIGNALED },
			{ .handle = copy, .waitfor = ZX_PROCESS_TERMINATED },
		},
	};
	zx_instant_mono_t before;
	zx_port_packet_t packet;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->process, port, 1, ZX_PROCESS_TERMINATED,
					      ZX_WAIT_ASYNC_TIMESTAMP));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->process, port, 2, ZX_PROCESS_TERMINATED,
					      ZX_WAIT_ASYNC_EDGE));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->process, port, 3, ZX_USER_SIGNAL_0, 0));
	ASSERT_TRUE(start(&one, self->process, ZX_PROCESS_TERMINATED, ZX_TIME_INFINITE));
	ASSERT_TRUE(start_items(&many, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(port, 0, &packet));
	EXPECT_TRUE(still_waits(&one));
	before = zx_clock_get_monotonic();
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_EQ(ZX_OK, finish(&one));
	EXPECT_EQ(ZX_PROCESS_TERMINATED, one.items[0].pending);
	EXPECT_EQ(ZX_OK, finish(&many));
	EXPECT_EQ(0, many.items[0].pending);
	EXPECT_EQ(ZX_PROCESS_TERMINATED, many.items[1].pending);
	for (uint64_t keys = 0; keys != 3; keys |= packet.key) {
		ASSERT_EQ(ZX_OK, zx_port_wait(port, ZXT_SOON, &packet));
		EXPECT_EQ(ZX_PKT_TYPE_SIGNAL_ONE, packet.type);
		EXPECT_EQ(ZX_OK, packet.status);
		EXPECT_EQ(ZX_PROCESS_TERMINATED, packet.signal.trigger);
		EXPECT_EQ(ZX_PROCESS_TERMINATED, packet.signal.observed);
		EXPECT_EQ(1, packet.signal.count);
		EXPECT_EQ(packet.key == 1, packet.signal.timestamp >= before);
		EXPECT_EQ(packet.key != 1, packet.signal.timestamp == 0);
		EXPECT_EQ(0, keys & packet.key);
		EXPECT_EQ(0, packet.key & ~3ull);
	}
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(port, 0, &packet));
}

TEST_F(task, waiting_for_what_has_ended)
{
	zx_signals_t observed = 0;
	zx_port_packet_t packet;
	zx_handle_t port;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	ASSERT_TRUE(ends_soon(self->process));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->process, ZX_TASK_TERMINATED, 0, &observed));
	EXPECT_EQ(ZX_TASK_TERMINATED, observed);
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->process, port, 1, ZX_PROCESS_TERMINATED,
					      ZX_WAIT_ASYNC_EDGE));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(port, 0, &packet));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->process, port, 2, ZX_PROCESS_TERMINATED, 0));
	EXPECT_EQ(ZX_OK, zx_port_wait(port, 0, &packet));
	EXPECT_EQ(2, packet.key);
	/* Its object is a usable one. */
	EXPECT_EQ(ZX_OK, zx_object_signal(self->process, 0, ZX_USER_SIGNAL_3));
	EXPECT_EQ(ZX_TASK_TERMINATED | ZX_USER_SIGNAL_3, zxt_signals(self->process));
}

TEST_F(task, wait_needs_its_right)
{
	zx_handle_t deaf = zxt_without(self->process, ZX_RIGHT_WAIT), port;
	int fd;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_wait_one(deaf, ZX_PROCESS_TERMINATED, 0, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_wait_async(deaf, port, 1, ZX_PROCESS_TERMINATED,
							     0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_handle_watch(deaf, ZX_PROCESS_TERMINATED, 0, &fd));
}

/* Programs raise the user signals of a process, and no other. */
TEST_F(task, signals_of_programs)
{
	zx_handle_t silent = zxt_without(self->process, ZX_RIGHT_SIGNAL);

	EXPECT_EQ(0, zxt_signals(self->process));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->process, 0, ZX_PROCESS_TERMINATED));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal(silent, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal_peer(self->process, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->process, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_USER_SIGNAL_0, zxt_signals(self->process));
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	ASSERT_TRUE(ends_soon(self->process));
	EXPECT_EQ(ZX_USER_SIGNAL_0 | ZX_PROCESS_TERMINATED, zxt_signals(self->process));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->process, ZX_PROCESS_TERMINATED, 0));
}

TEST_F(task, terminated_with_epoll)
{
	zx_handle_t copy = zxt_without(self->process, 0);
	int epoll = epoll_create1(EPOLL_CLOEXEC), watch, exported, closed;

	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->process, ZX_PROCESS_TERMINATED, 0, &watch));
	ASSERT_EQ(0, zxt_epoll_add(epoll, watch, EPOLLIN));
	EXPECT_EQ(0, zxt_epolled(epoll, 100));
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, 0));
	/* A watch that is made after the end, and one whose handle is closed. */
	ASSERT_EQ(ZX_OK, zxl_handle_watch(copy, ZX_PROCESS_TERMINATED, 0, &closed));
	EXPECT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_DEL, watch, NULL));
	ASSERT_EQ(0, zxt_epoll_add(epoll, closed, EPOLLIN));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, 0));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &exported));
	EXPECT_TRUE(zxt_epolled(epoll, 0) & EPOLLHUP);
	/* SIGNALED and TERMINATED are the same bit. */
	EXPECT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_DEL, closed, NULL));
	ASSERT_EQ(0, zxt_epoll_add(epoll, exported, EPOLLIN));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, 0));
}

TEST_F(task, an_exported_handle_shows_the_end)
{
	zx_handle_t copy = zxt_without(self->process, 0);
	struct pollfd poll_fd = { .events = POLLIN };

	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &poll_fd.fd));
	EXPECT_EQ(0, poll(&poll_fd, 1, 100));
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_EQ(1, poll(&poll_fd, 1, SOON));
	EXPECT_EQ(POLLIN, poll_fd.revents);
}

static void send_channel(int parent)
{
	zx_handle_t here, there;
	int fd;

	for (int i = 0; i < 1000; i++)
		CHILD_CHECK(zx_event_create(0, &here) == ZX_OK);
	CHILD_CHECK(zx_channel_create(0, &here, &there) == ZX_OK);
	CHILD_CHECK(zx_channel_write(here, 0, "last", 4, NULL, 0) == ZX_OK);
	CHILD_CHECK(zxl_handle_export(there, 0, &fd) == ZX_OK);
	CHILD_CHECK(zxp_send_fd(parent, fd) == 0);
	close(fd);
	hear(parent);
}

/* "The process has ended and its handles are closed" */
TEST(terminated_after_all_handles_are_closed)
{
	for (int round = 0; round < 10; round++) {
		struct child child = start_child(send_channel);
		zx_handle_t channel = receive_handle(child.socket);
		zx_handle_t process = open_process(child.pid);
		zx_info_process_handle_stats_t stats = {};

		ASSERT_NE(ZX_HANDLE_INVALID, channel);
		EXPECT_EQ(ZX_OK, get(process, ZX_INFO_PROCESS_HANDLE_STATS, &stats,
				     sizeof(stats)));
		EXPECT_EQ(1000, stats.handle_count[ZX_OBJ_TYPE_EVENT]);
		EXPECT_EQ(1, stats.handle_count[ZX_OBJ_TYPE_CHANNEL]);
		EXPECT_EQ(ZX_OK, zx_task_kill(process));
		EXPECT_TRUE(ends_soon(process));
		EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, zxt_signals(channel));
		EXPECT_EQ(ZX_OK, get(process, ZX_INFO_PROCESS_HANDLE_STATS, &stats,
				     sizeof(stats)));
		for (zx_obj_type_t type = 0; type < ZX_OBJ_TYPE_UPPER_BOUND; type++)
			EXPECT_EQ(0, stats.handle_count[type]);
		EXPECT_EQ(128 + SIGKILL, reap(&child));
		zx_handle_close(channel);
		zx_handle_close(process);
	}
}

/* Two processes that have each other's handles are no cycle that cannot be ended. */
static void take_handle(int parent)
{
	CHILD_CHECK(receive_handle(parent) != ZX_HANDLE_INVALID);
	say(parent);
	hear(parent);
}

TEST(processes_with_handles_to_each_other)
{
	struct child children[2] = { start_child(take_handle), start_child(take_handle) };
	zx_handle_t processes[2];

	for (int i = 0; i < 2; i++)
		processes[i] = open_process(children[i].pid);
	for (int i = 0; i < 2; i++) {
		ASSERT_TRUE(send_handle(children[i].socket, processes[!i]));
		ASSERT_TRUE(hear(children[i].socket));
	}
	for (int i = 0; i < 2; i++)
		EXPECT_TRUE(runs_on(processes[i]));
	EXPECT_EQ(ZX_OK, zx_task_kill(processes[0]));
	EXPECT_TRUE(ends_soon(processes[0]));
	EXPECT_TRUE(runs_on(processes[1]));
	EXPECT_EQ(ZX_OK, zx_task_kill(processes[1]));
	EXPECT_TRUE(ends_soon(processes[1]));
	EXPECT_EQ(1, zxt_handles_to(processes[0]));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(128 + SIGKILL, reap(&children[i]));
}

/* Waits begin and are canceled while the process is asked about. */
static void *wait_and_cancel(void *arg)
{
	atomic_bool *stop = arg;
	zx_handle_t port;

	if (zx_port_create(0, &port) != ZX_OK)
		abort();
	while (!*stop) {
		if (zx_object_wait_async(zx_process_self(), port, 1, ZX_PROCESS_TERMINATED, 0) ||
		    zx_port_cancel(port, zx_process_self(), 1))
			abort();
	}
	zx_handle_close(port);
	return NULL;
}

TEST(information_while_waits_are_canceled)
{
	atomic_bool stop = false;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_and_cancel, &stop));
	for (unsigned int i = 0; i < zxt_part(3000); i++) {
		uint8_t bytes[256];

		for (size_t topic = 0; topic < ARRAY_SIZE(topics); topic++)
			ASSERT_EQ(ZX_OK, get(zx_process_self(), topics[topic].topic, bytes, 256));
	}
	stop = true;
	pthread_join(thread, NULL);
}

/*
 * Names.
 */

TEST(the_name_is_the_linux_name)
{
	zx_handle_t self = zx_process_self();
	static const char longer[] = "0123456789012345678901234567890123456789";

	ASSERT_EQ(0, prctl(PR_SET_NAME, "linux"));
	EXPECT_STREQ("linux", name_of(self));
	EXPECT_EQ(ZX_OK, set_name(self, "a name of zircon"));
	EXPECT_STREQ("a name of zircon", name_of(self));
	EXPECT_STREQ("a name of zirco", comm_of(getpid()));
	ASSERT_EQ(0, prctl(PR_SET_NAME, "linux again"));
	EXPECT_STREQ("linux again", name_of(self));
	EXPECT_EQ(ZX_OK, set_name(self, longer));
	EXPECT_EQ(0, strncmp(name_of(self), longer, ZX_MAX_NAME_LEN - 1));
	EXPECT_EQ(ZX_MAX_NAME_LEN - 1, strlen(name_of(self)));
	EXPECT_STREQ("012345678901234", comm_of(getpid()));
	EXPECT_EQ(ZX_OK, set_name(self, ""));
	EXPECT_STREQ("", name_of(self));
	EXPECT_STREQ("", comm_of(getpid()));
	/* Bytes after a NUL do not count. */
	EXPECT_EQ(ZX_OK, zx_object_set_property(self, ZX_PROP_NAME, "ab\0cd", 5));
	EXPECT_STREQ("ab", name_of(self));
	EXPECT_STREQ("ab", comm_of(getpid()));
	/* No byte of a former name is left behind the end. */
	EXPECT_EQ(ZX_OK, set_name(self, longer));
	EXPECT_EQ(ZX_OK, set_name(self, "x"));
	for (size_t i = 1; i < ZX_MAX_NAME_LEN; i++)
		EXPECT_EQ(0, name_of(self)[i]);
}

/* Sets its Linux name when told, and says when that is done. */
static void rename_when_told(int parent)
{
	prctl(PR_SET_NAME, "first");
	say(parent);
	hear(parent);
	prctl(PR_SET_NAME, "second");
	say(parent);
	hear(parent);
}

/* "The name that another process sets is shown until the Linux name changes." */
TEST(a_name_that_another_process_sets)
{
	struct child child = start_child(rename_when_told);
	zx_handle_t process;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	EXPECT_STREQ("first", name_of(process));
	EXPECT_EQ(ZX_OK, set_name(process, "from outside, and longer"));
	EXPECT_STREQ("from outside, and longer", name_of(process));
	EXPECT_STREQ("first", comm_of(child.pid));
	say(child.socket);
	ASSERT_TRUE(hear(child.socket));
	EXPECT_STREQ("second", name_of(process));
	/* "after the end it is the last one" */
	say(child.socket);
	EXPECT_TRUE(ends_soon(process));
	EXPECT_STREQ("second", name_of(process));
	EXPECT_EQ(0, reap(&child));
	EXPECT_STREQ("second", name_of(process));
	EXPECT_EQ(ZX_OK, set_name(process, "late"));
	EXPECT_STREQ("late", name_of(process));
}

TEST_F(task, the_last_name_is_one_from_outside)
{
	EXPECT_EQ(ZX_OK, set_name(self->process, "from outside"));
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_TRUE(ends_soon(self->process));
	EXPECT_STREQ("from outside", name_of(self->process));
}

TEST_F(task, errors_of_names)
{
	char name[64], filled[64];
	zx_handle_t no_get = zxt_without(self->process, ZX_RIGHT_GET_PROPERTY);
	zx_handle_t no_set = zxt_without(self->process, ZX_RIGHT_SET_PROPERTY);
	char before[ZX_MAX_NAME_LEN], *edge = zxt_at_edge(31);
	void *bad;

	memset(filled, 0xa5, sizeof(filled));
	memcpy(before, name_of(self->process), sizeof(before));
	for (size_t i = 0; i < ZXT_BAD_OUTS; i++) {
		bad = zxt_bad_out(i);
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_property(self->process, ZX_PROP_NAME, bad, 32));
		/* "value is checked for NULL first" */
		EXPECT_EQ(bad ? ZX_ERR_BUFFER_TOO_SMALL : ZX_ERR_INVALID_ARGS,
			  zx_object_get_property(self->process, ZX_PROP_NAME, bad, 31));
		EXPECT_EQ(bad ? ZX_ERR_BAD_HANDLE : ZX_ERR_INVALID_ARGS,
			  zx_object_get_property(ZX_HANDLE_INVALID, ZX_PROP_NAME, bad, 31));
		EXPECT_EQ(bad ? ZX_ERR_ACCESS_DENIED : ZX_ERR_INVALID_ARGS,
			  zx_object_get_property(no_get, ZX_PROP_NAME, bad, 31));
		EXPECT_EQ(bad ? ZX_ERR_ACCESS_DENIED : ZX_ERR_INVALID_ARGS,
			  zx_object_set_property(no_set, ZX_PROP_NAME, bad, 31));
		EXPECT_EQ(bad ? ZX_ERR_BAD_HANDLE : ZX_ERR_INVALID_ARGS,
			  zx_object_set_property(ZX_HANDLE_INVALID, ZX_PROP_NAME, bad, 31));
	}
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_set_property(self->process, ZX_PROP_NAME, zxt_nowhere[i], 5));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_set_property(self->process, ZX_PROP_NAME, NULL,
							      0));
	EXPECT_STREQ(before, name_of(self->process));
	memset(name, 0xa5, sizeof(name));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_object_get_property(self->process, ZX_PROP_NAME, name, 31));
	EXPECT_EQ(0, memcmp(name, filled, sizeof(name)));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name, 64));
	EXPECT_EQ(0, memcmp(name + 32, filled, 32));
	/* Of a long value only 31 bytes are read. */
	memset(edge, 'z', 31);
	EXPECT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, edge, SIZE_MAX));
	EXPECT_EQ(31, strlen(name_of(self->process)));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_object_get_property(self->process,
							    ZX_PROP_SOCKET_RX_THRESHOLD, name, 8));
}

/* Only the name of the leader is that of the process. */
static void *rename_thread(void *arg)
{
	prctl(PR_SET_NAME, "thread");
	if (arg && set_name(zx_process_self(), "by a thread, long") != ZX_OK)
		abort();
	return NULL;
}

TEST(the_name_of_a_thread_is_another)
{
	pthread_t thread;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "leader"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, rename_thread, NULL));
	pthread_join(thread, NULL);
	EXPECT_STREQ("leader", name_of(zx_process_self()));
	ASSERT_EQ(0, pthread_create(&thread, NULL, rename_thread, "set"));
	pthread_join(thread, NULL);
	EXPECT_STREQ("by a thread, long", name_of(zx_process_self()));
	EXPECT_STREQ("by a thread, lo", comm_of(getpid()));
}

/*
 * Times and memory.
 */

static void *burn_in_thread(void *arg)
{
	burn((intptr_t)arg);
	return NULL;
}

static void burn_when_told(int parent)
{
	say(parent);
	while (hear(parent)) {
		/* A thread that has ended counts, and a child does not. */
		pthread_join(thread(burn_in_thread, ZX_MSEC(50)), NULL);
		say(parent);
	}
}

TEST(runtime_is_that_of_all_threads)
{
	struct child child = start_child(burn_when_told);
	zx_info_task_runtime_t info, last = {};
	zx_info_task_runtime_v1_t v1 = {};
	zx_handle_t process;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	for (int i = 0; i < 3; i++) {
		zx_duration_t before, after;

		ASSERT_TRUE(say(child.socket) && hear(child.socket));
		before = clock_of(child.pid);
		info = runtime_of(process);
		after = clock_of(child.pid);
		/* The kernel has not counted the last tick of a thread that runs. */
		EXPECT_LE(before - ZX_MSEC(10), info.cpu_time);
		EXPECT_GE(after, info.cpu_time);
		EXPECT_LE(last.cpu_time + ZX_MSEC(40), info.cpu_time);
		EXPECT_LE(last.queue_time, info.queue_time);
		EXPECT_EQ(0, info.page_fault_time);
		EXPECT_EQ(0, info.lock_contention_time);
		last = info;
	}
	ASSERT_EQ(ZX_OK, zx_task_kill(process));
	ASSERT_TRUE(ends_soon(process));
	/* "Read info after process death, ensure it does not change." */
	info = runtime_of(process);
	EXPECT_LE(last.cpu_time, info.cpu_time);
	EXPECT_LE(last.queue_time, info.queue_time);
	EXPECT_EQ(128 + SIGKILL, reap(&child));
	last = runtime_of(process);
	EXPECT_EQ(0, memcmp(&info, &last, sizeof(info)));
	EXPECT_EQ(ZX_OK, get(process, ZX_INFO_TASK_RUNTIME_V1, &v1, sizeof(v1)));
	EXPECT_EQ(info.cpu_time, v1.cpu_time);
	EXPECT_EQ(info.queue_time, v1.queue_time);
}

static void burn_in_child(int parent)
{
	pid_t pid = fork();

	if (!pid) {
		burn(ZX_MSEC(300));
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	say(parent);
	hear(parent);
}

TEST(runtime_without_children)
{
	struct child child = start_child(burn_in_child);
	zx_handle_t process;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	EXPECT_GE(clock_of(child.pid), runtime_of(process).cpu_time);
	EXPECT_EQ(0, reap(&child));
	EXPECT_TRUE(ends_soon(process));
	EXPECT_LT(0, runtime_of(process).cpu_time);
}

/* The first look is after the end: the process was not asked about before. */
TEST(runtime_that_is_first_asked_for_after_the_end)
{
	struct child child = start_child(burn_when_told);
	zx_handle_t process;
	zx_duration_t before;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	ASSERT_TRUE(say(child.socket) && hear(child.socket));
	before = clock_of(child.pid);
	EXPECT_EQ(0, reap(&child));
	EXPECT_TRUE(ends_soon(process));
	EXPECT_LE(before, runtime_of(process).cpu_time);
}

#define MEMORY (64u << 20)

static void map_when_told(int parent)
{
	static const int flags[] = { MAP_PRIVATE | MAP_ANONYMOUS, MAP_SHARED | MAP_ANONYMOUS };

	say(parent);
	for (int i = 0; i < 2; i++) {
		void *memory;

		hear(parent);
		memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, flags[i], -1, 0);
		CHILD_CHECK(memory != MAP_FAILED);
		say(parent);
		hear(parent);
		memset(memory, 1, MEMORY);
		say(parent);
		hear(parent);
		munmap(memory, MEMORY);
		say(parent);
	}
	hear(parent);
}

#define NEAR(a, b) ((a) + MEMORY / 8 > (b) && (a) < (b) + MEMORY / 8)

TEST(memory)
{
	struct child child = start_child(map_when_told);
	zx_info_task_stats_t first, mapped, filled, freed;
	zx_info_task_stats_v1_t v1;
	zx_handle_t process;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	for (int shared = 0; shared < 2; shared++) {
		first = stats_of(process);
		ASSERT_TRUE(say(child.socket) && hear(child.socket));
		mapped = stats_of(process);
		ASSERT_TRUE(say(child.socket) && hear(child.socket));
		filled = stats_of(process);
		ASSERT_TRUE(say(child.socket) && hear(child.socket));
		freed = stats_of(process);
		EXPECT_LT(0, first.mem_private_bytes);
		EXPECT_EQ(first.mem_mapped_bytes + MEMORY, mapped.mem_mapped_bytes);
		EXPECT_EQ(mapped.mem_mapped_bytes, filled.mem_mapped_bytes);
		EXPECT_EQ(first.mem_mapped_bytes, freed.mem_mapped_bytes);
		EXPECT_TRUE(NEAR(mapped.mem_private_bytes, first.mem_private_bytes));
		EXPECT_TRUE(NEAR(filled.mem_private_bytes,
				 mapped.mem_private_bytes + (shared ? 0 : MEMORY)));
		EXPECT_TRUE(NEAR(filled.mem_shared_bytes,
				 mapped.mem_shared_bytes + (shared ? MEMORY : 0)));
		EXPECT_GE(filled.mem_mapped_bytes,
			  filled.mem_private_bytes + filled.mem_shared_bytes);
		EXPECT_EQ(filled.mem_shared_bytes, filled.mem_scaled_shared_bytes);
		EXPECT_EQ(0, filled.mem_fractional_scaled_shared_bytes);
		EXPECT_TRUE(NEAR(freed.mem_private_bytes, first.mem_private_bytes));
		EXPECT_TRUE(NEAR(freed.mem_shared_bytes, first.mem_shared_bytes));
	}
	first = stats_of(process);
	EXPECT_EQ(ZX_OK, get(process, ZX_INFO_TASK_STATS_V1, &v1, sizeof(v1)));
	EXPECT_EQ(first.mem_mapped_bytes, v1.mem_mapped_bytes);
	EXPECT_EQ(first.mem_private_bytes, v1.mem_private_bytes);
	EXPECT_EQ(first.mem_shared_bytes, v1.mem_shared_bytes);
	EXPECT_EQ(first.mem_scaled_shared_bytes, v1.mem_scaled_shared_bytes);
	EXPECT_EQ(0, reap(&child));
}

/* Zircon's own check of a process by itself. */
TEST(memory_of_itself)
{
	zx_info_task_stats_t info = stats_of(zx_process_self());

	EXPECT_LT(0, info.mem_private_bytes);
	EXPECT_GE(info.mem_mapped_bytes, info.mem_private_bytes + info.mem_shared_bytes);
	EXPECT_GE(info.mem_shared_bytes, info.mem_scaled_shared_bytes);
}

/*
 * Threads: a process goes on when its leader has ended.
 */

static void *serve_thread(void *arg)
{
	int parent = (intptr_t)arg;
	char stat[64];

	/* Until the leader is a zombie. */
	for (;;) {
		int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
		ssize_t size = read(fd, stat, sizeof(stat) - 1);
		char *state;

		close(fd);
		CHILD_CHECK(size > 0);
		stat[size] = 0;
		state = strrchr(stat, ')');
		if (state && state[2] == 'Z')
			break;
		usleep(1000);
	}
	say(parent);
	hear(parent);
	burn(ZX_MSEC(20));
	say(parent);
	hear(parent);
	zx_process_exit(70000);
	return NULL;
}

static void leader_ends(int parent)
{
	prctl(PR_SET_NAME, "gone");
	thread(serve_thread, parent);
	syscall(SYS_exit, 9);
}

TEST(the_leader_has_ended_and_the_process_has_not)
{
	struct child child = start_child(leader_ends);
	zx_handle_t process, early;
	zx_duration_t before;
	zx_info_process_handle_stats_t handles;
	int fd;

	early = open_process(child.pid);
	ASSERT_TRUE(hear(child.socket));
	EXPECT_EQ(ZX_OK, try_open(child.pid));
	process = open_process(child.pid);
	EXPECT_EQ(zxt_koid(early), zxt_koid(process));
	EXPECT_TRUE(runs_on(early));
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, info_of(early).flags);
	EXPECT_EQ(0, info_of(early).return_code);
	EXPECT_LT(0, stats_of(early).mem_private_bytes)
		TH_LOG("memory of a process whose leader has ended");
	EXPECT_EQ(ZX_OK, get(early, ZX_INFO_PROCESS_HANDLE_STATS, &handles, sizeof(handles)));
	EXPECT_STREQ("gone", name_of(early));
	EXPECT_EQ(ZX_OK, set_name(early, "still there"));
	EXPECT_STREQ("still there", name_of(early));
	EXPECT_EQ(ZX_OK, zxl_process_pidfd(early, 0, &fd));
	EXPECT_EQ(ZX_OK, try_pidfd(fd));
	before = runtime_of(early).cpu_time;
	ASSERT_TRUE(say(child.socket) && hear(child.socket));
	EXPECT_LE(before + ZX_MSEC(10), runtime_of(early).cpu_time);
	say(child.socket);
	EXPECT_TRUE(ends_soon(early));
	EXPECT_EQ(70000, info_of(early).return_code);
	EXPECT_EQ(70000 & 255, reap(&child));
}

TEST(killing_a_process_whose_leader_has_ended)
{
	struct child child = start_child(leader_ends);
	zx_handle_t process;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, info_of(process).return_code);
	EXPECT_EQ(128 + SIGKILL, reap(&child));
}

/*
 * execve().
 */

static _Noreturn void become(const char *path, const char *what, int socket)
{
	char number[16];

	CHILD_CHECK(fcntl(socket, F_SETFD, 0) == 0);
	snprintf(number, sizeof(number), "%d", socket);
	execl(path, PROGRAM, what, number, NULL);
	_exit(CHILD_FAILED);
}

static void exec_idle(int parent)
{
	say(parent);
	hear(parent);
	become("/proc/self/exe", "idle", parent);
}

static void *exec_thread(void *arg)
{
	/* That of the leader is gone with it. */
	become("/proc/thread-self/exe", "self", (intptr_t)arg);
}

static void exec_in_thread(int parent)
{
	zx_process_self();
	burn(ZX_MSEC(20));
	say(parent);
	hear(parent);
	thread(exec_thread, parent);
	for (;;)
		pause();
}

TEST(a_process_stays_over_exec)
{
	struct child child = start_child(exec_idle);
	zx_info_process_t before;
	zx_handle_t process, again;
	zx_duration_t used;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	before = info_of(process);
	used = runtime_of(process).cpu_time;
	EXPECT_EQ(ZX_OK, set_name(process, "old name"));
	ASSERT_TRUE(say(child.socket) && hear(child.socket));
	again = open_process(child.pid);
	EXPECT_EQ(zxt_koid(process), zxt_koid(again));
	EXPECT_EQ(0, zxt_signals(process));
	EXPECT_EQ(before.flags, info_of(process).flags);
	EXPECT_EQ(before.start_time, info_of(process).start_time);
	EXPECT_LE(used, runtime_of(process).cpu_time);
	EXPECT_STREQ(comm_of(child.pid), name_of(process));
	EXPECT_LT(0, stats_of(process).mem_private_bytes);
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_TRUE(ends_soon(again));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, info_of(again).return_code);
	EXPECT_EQ(128 + SIGKILL, reap(&child));
}

static void *exec_when_told(void *arg)
{
	say((intptr_t)arg);
	hear((intptr_t)arg);
	exec_thread(arg);
	return NULL;
}

static void exec_without_leader(int parent)
{
	zx_process_self();
	burn(ZX_MSEC(20));
	thread(exec_when_told, parent);
	syscall(SYS_exit, 7);
}

/* The thread that calls execve() becomes the leader. */
static void check_exec_in_thread(struct __test_metadata *_metadata, void (*body)(int parent))
{
	struct child child = start_child(body);
	zx_info_process_t before;
	zx_handle_t process, its;
	zx_duration_t used;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	before = info_of(process);
	used = runtime_of(process).cpu_time;
	ASSERT_TRUE(say(child.socket));
	its = receive_handle(child.socket);
	EXPECT_EQ(zxt_koid(process), zxt_koid(its));
	EXPECT_EQ(0, zxt_signals(process));
	EXPECT_EQ(before.start_time, info_of(process).start_time);
	EXPECT_EQ(before.flags, info_of(process).flags);
	EXPECT_LE(used, runtime_of(process).cpu_time);
	EXPECT_STREQ(comm_of(child.pid), name_of(process));
	EXPECT_TRUE(runs_on(process));
	EXPECT_EQ(0, reap(&child));
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(0, info_of(process).return_code);
	EXPECT_LE(used, runtime_of(process).cpu_time);
}

/* A name of Zircon's is the former program's; execve() sets a Linux name, if also the same one. */
static void exec_under_the_same_name(int parent)
{
	prctl(PR_SET_NAME, "exe");
	say(parent);
	hear(parent);
	become("/proc/self/exe", "idle", parent);
}

TEST(a_name_over_exec_of_the_same_program)
{
	struct child child = start_child(exec_under_the_same_name);
	zx_handle_t process;

	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	EXPECT_EQ(ZX_OK, set_name(process, "from outside"));
	EXPECT_STREQ("exe", comm_of(child.pid));
	ASSERT_TRUE(say(child.socket) && hear(child.socket));
	EXPECT_STREQ("exe", comm_of(child.pid));
	/* "is shown until the Linux name changes", which it has not. */
	EXPECT_STREQ("from outside", name_of(process));
	EXPECT_EQ(0, reap(&child));
}

TEST(exec_by_another_thread_than_the_leader)
{
	check_exec_in_thread(_metadata, exec_in_thread);
}

TEST(exec_after_the_leader_has_ended)
{
	check_exec_in_thread(_metadata, exec_without_leader);
}

/*
 * zxl_process_open() and zxl_process_pidfd().
 */

TEST_F(task, errors_of_opening)
{
	uint32_t handles = zxt_handles();
	zx_handle_t out = 77;
	int fd = pidfd_of(self->child.pid), pipes[2], proc, null, other;
	char path[32];
	void *bad;

	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	snprintf(path, sizeof(path), "/proc/%d", self->child.pid);
	proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->event, ZX_EVENT_SIGNALED, 0, &other));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_process_open(-1, 0, &out));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_process_open(INT32_MIN, 0, &out));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_process_open(1000, 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_process_open(pipes[0], 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_process_open(null, 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_process_open(other, 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_process_open(proc, 0, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_open(fd, 1, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_open(fd, 1u << 31, &out));
	EXPECT_EQ(77, out);
	zxt_for_each_bad_out(bad)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_open(fd, 0, bad))
			TH_LOG("bad pointer %p", bad);
	EXPECT_EQ(handles, zxt_handles());
	EXPECT_EQ(1, zxt_handles_to(self->process));
	/* The descriptor stays open. */
	EXPECT_EQ(ZX_OK, try_pidfd(fd));
	EXPECT_EQ(ZX_OK, try_pidfd(fd));
	close(fd);
}

/* Texts that look like a pidfd's. */
TEST(a_file_that_is_named_like_a_pidfd)
{
	int fd = memfd_create("anon_inode:[pidfd]", MFD_CLOEXEC);

	ASSERT_LE(0, fd);
	EXPECT_LT(0, dprintf(fd, "Pid:\t%d\nNSpid:\t%d\n", getpid(), getpid()));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, try_pidfd(fd));
}

TEST(opening_a_child_of_clone_pidfd)
{
	int fd = -1;
	pid_t pid = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &fd, 0, 0);

	if (!pid) {
		for (;;)
			pause();
	}
	ASSERT_LT(0, pid);
	EXPECT_EQ(ZX_OK, try_pidfd(fd));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, try_pidfd(fd));
}

/* "A child that has ended can be opened until its parent has waited for it" */
TEST_F(task, opening_what_has_ended)
{
	int fd = pidfd_of(self->child.pid), out = 77;

	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	ASSERT_TRUE(ends_soon(self->process));
	EXPECT_EQ(ZX_OK, try_pidfd(fd));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxl_process_pidfd(self->process, 0, &out));
	waitpid(self->child.pid, NULL, 0);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, try_pidfd(fd));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxl_process_pidfd(self->process, 0, &out));
	EXPECT_EQ(77, out);
}

static void *tell_tid(void *arg)
{
	_Atomic pid_t *tid = arg;

	*tid = gettid();
	for (;;)
		pause();
	return NULL;
}

/* "@pidfd is that of a thread which is not the first of its process" */
TEST(a_pidfd_of_a_thread)
{
	_Atomic pid_t tid = 0;
	pthread_t other;
	int fd;

	ASSERT_EQ(0, pthread_create(&other, NULL, tell_tid, &tid));
	ASSERT_TRUE(zxt_sleeps(&tid));
	fd = syscall(SYS_pidfd_open, tid, PIDFD_THREAD);
	if (fd < 0)
		SKIP(return, "no pidfds of threads");
	EXPECT_EQ(ZX_ERR_NOT_FOUND, try_pidfd(fd));
}

/* "pidfd_open(2) is forbidden" */
TEST_F(task, pidfds_that_are_forbidden)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { ARRAY_SIZE(code), code };
	int out = 77;

	ASSERT_EQ(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	ASSERT_EQ(0, prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zxl_process_pidfd(self->process, 0, &out));
	EXPECT_EQ(77, out);
}

TEST_F(task, errors_of_pidfds)
{
	zx_handle_t blind = zxt_without(self->process, ZX_RIGHT_INSPECT);
	int out = 77;

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_process_pidfd(ZX_HANDLE_INVALID, 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_process_pidfd(self->event, 0, &out));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_process_pidfd(blind, 0, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_pidfd(self->process, 1, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_pidfd(self->process, 0, NULL));
	EXPECT_EQ(77, out);
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	ASSERT_TRUE(ends_soon(self->process));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_process_pidfd(blind, 0, &out));
}

TEST_F(task, the_pidfd)
{
	zx_handle_t inspects;
	siginfo_t info = {};
	int fd;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_INSPECT, &inspects));
	ASSERT_EQ(ZX_OK, zxl_process_pidfd(inspects, 0, &fd));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(ZX_OK, try_pidfd(fd));
	ASSERT_EQ(0, syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	EXPECT_EQ(0, waitid(P_PIDFD, fd, &info, WEXITED));
	EXPECT_EQ(self->child.pid, info.si_pid);
	EXPECT_EQ(SIGTERM, info.si_status);
	EXPECT_TRUE(ends_soon(self->process));
	EXPECT_EQ(ZXL_TASK_RETCODE_SIGNAL(SIGTERM), info_of(self->process).return_code);
}

TEST_F(task, without_a_free_descriptor)
{
	struct rlimit limit;
	int fd = pidfd_of(self->child.pid), out = 77;
	zx_handle_t process = 77;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = 3;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_process_pidfd(self->process, 0, &out));
	EXPECT_EQ(77, out);
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_process_open(fd, 0, &process));
	EXPECT_EQ(77, process);
}

FIXTURE(limits) {
	struct child child;
	char max[32];
};

FIXTURE_SETUP(limits)
{
	self->child = start_child(idle);
	ASSERT_TRUE(hear(self->child.socket));
	ASSERT_TRUE(zxt_get_parameter("handles_max", self->max, sizeof(self->max)));
}

FIXTURE_TEARDOWN(limits)
{
	zxt_set_parameter("handles_max", self->max);
}

TEST_F(limits, opening_without_a_free_handle)
{
	zx_handle_t process = 77, event;
	int fd = pidfd_of(self->child.pid);

	zx_process_self();
	if (!zxt_set_parameter("handles_max", "8"))
		SKIP(return, "only root can set parameters");
	while (zx_event_create(0, &event) == ZX_OK)
		;
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_process_open(fd, 0, &process));
	EXPECT_EQ(77, process);
}

/*
 * Who may open, inspect and end which process. Linux's own answer is that of process_vm_readv() and
 * kill().
 */

static char word[8];

static bool may_trace(pid_t pid)
{
	char copy[sizeof(word)];
	struct iovec here = { copy, sizeof(copy) }, there = { word, sizeof(word) };

	return process_vm_readv(pid, &here, 1, &there, 1, 0) >= 0 || errno != EPERM;
}

static bool may_kill(pid_t pid)
{
	return kill(pid, 0) == 0;
}

/* Compares the two in a child, which changes its credentials with @prepare. */
static pid_t target;
static void (*prepare_target)(void);
static void (*prepare_opener)(void);

static void be_target(int parent)
{
	prepare_target();
	idle(parent);
}

static void be_opener(int parent)
{
	bool permitted;
	zx_status_t status;

	(void)parent;
	prepare_opener();
	permitted = may_trace(target) && may_kill(target);
	status = try_open(target);
	if (status != (permitted ? ZX_OK : ZX_ERR_ACCESS_DENIED))
		fprintf(stderr, "# trace %d, kill %d, open %s\n", may_trace(target),
			may_kill(target), zx_status_get_string(status));
	CHILD_CHECK(status == (permitted ? ZX_OK : ZX_ERR_ACCESS_DENIED));
	_exit(permitted);
}

#define A	100001
#define B	100002

static void ids(uid_t real, uid_t effective, uid_t saved)
{
	CHILD_CHECK(setgroups(0, NULL) == 0);
	CHILD_CHECK(setresgid(A, A, A) == 0);
	CHILD_CHECK(setresuid(real, effective, saved) == 0);
	CHILD_CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

static void drop(uint32_t capability_word, uint32_t keep)
{
	struct { uint32_t version; int pid; } header = { 0x20080522, 0 };
	struct { uint32_t effective, permitted, inheritable; } data[2] = {};

	data[capability_word].effective = keep;
	data[capability_word].permitted = keep;
	CHILD_CHECK(syscall(SYS_capset, &header, data) == 0);
	CHILD_CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

static void as_root(void) { }
static void as_a(void) { ids(A, A, A); }
static void as_b(void) { ids(B, B, B); }
static void as_a_real_b(void) { ids(B, A, A); }
static void as_a_saved_b(void) { ids(A, A, B); }
static void as_a_undumpable(void) { ids(A, A, A); prctl(PR_SET_DUMPABLE, 0); }
static void as_root_powerless(void) { drop(0, 0); }

static void as_a_group_b(void)
{
	CHILD_CHECK(setgroups(0, NULL) == 0);
	CHILD_CHECK(setresgid(B, B, B) == 0);
	CHILD_CHECK(setresuid(A, A, A) == 0);
	CHILD_CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

/* With the one capability of its namespace. */
static void with_capability(uint32_t number)
{
	CHILD_CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	ids(A, A, A);
	drop(number / 32, 1u << number % 32);
}

static void as_a_ptrace(void) { with_capability(19); }
static void as_a_kill(void) { with_capability(5); }
static void as_a_net(void) { with_capability(12); }

static void as_a_userns(void)
{
	ids(A, A, A);
	CHILD_CHECK(unshare(CLONE_NEWUSER) == 0);
	CHILD_CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

static void as_a_fs_b(void)
{
	CHILD_CHECK(setgroups(0, NULL) == 0);
	CHILD_CHECK(setresgid(A, A, A) == 0);
	CHILD_CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHILD_CHECK(setresuid(A, A, A) == 0);
	/* CAP_SETUID, for the id of the file system, which is to make no difference. */
	drop(0, 1u << 7);
	syscall(SYS_setfsuid, B);
	drop(0, 0);
}

struct pair {
	const char *name;
	void (*target)(void);
	void (*opener)(void);
	bool permitted;
};

static const struct pair pairs[] = {
	{ "root opens root", as_root, as_root, true },
	{ "root opens another user's", as_a, as_root, true },
	{ "root without capabilities opens root", as_root, as_root_powerless, false },
	{ "root without capabilities opens such", as_root_powerless, as_root_powerless, true },
	{ "root without capabilities opens another user's", as_a, as_root_powerless, false },
	{ "a user opens root", as_root, as_a, false },
	{ "a user opens its own", as_a, as_a, true },
	{ "a user opens another's", as_b, as_a, false },
	{ "another group", as_a_group_b, as_a, false },
	{ "another real id", as_a_real_b, as_a, false },
	{ "another saved id", as_a_saved_b, as_a, false },
	{ "the opener has another real id", as_a, as_a_real_b, false },
	{ "the opener has another saved id", as_a, as_a_saved_b, true },
	{ "a capability that the opener lacks", as_a_net, as_a, false },
	{ "the same capability", as_a_net, as_a_net, true },
	{ "the opener has one", as_a, as_a_net, true },
	{ "CAP_SYS_PTRACE alone cannot signal others", as_b, as_a_ptrace, false },
	{ "CAP_SYS_PTRACE opens its user's", as_a_net, as_a_ptrace, true },
	{ "CAP_KILL cannot trace others", as_b, as_a_kill, false },
	{ "the id of the file system", as_a, as_a_fs_b, true },
	{ "root opens an undumpable one", as_a_undumpable, as_root, true },
	{ "root opens into a user namespace", as_a_userns, as_root, true },
	{ "from a user namespace out", as_a, as_a_userns, false },
	{ "from a user namespace into another", as_a_userns, as_a_userns, false },
};

static void check_pair(struct __test_metadata *_metadata, const struct pair *pair)
{
	struct child child, opener;
	int result;

	prepare_target = pair->target;
	prepare_opener = pair->opener;
	child = start_child(be_target);
	ASSERT_TRUE(hear(child.socket));
	target = child.pid;
	opener = start_child(be_opener);
	result = reap(&opener);
	EXPECT_NE(CHILD_FAILED, result)
		TH_LOG("%s: not as Linux permits", pair->name);
	if (result != CHILD_FAILED)
		EXPECT_EQ(pair->permitted, result)
			TH_LOG("%s", pair->name);
	reap(&child);
}

TEST(who_may_open_whom)
{
	struct iovec nothing = {};

	if (process_vm_readv(getpid(), &nothing, 1, &nothing, 1, 0) < 0)
		SKIP(return, "no process_vm_readv(), which is Linux's answer");
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		check_pair(_metadata, &pairs[i]);
}

/* A handle acts as its maker: another program can end by it what the maker could. */
static void kill_received(int parent)
{
	zx_handle_t process;
	zx_status_t status;

	process = receive_handle(parent);
	ids(B, B, B);
	status = zx_task_kill(process);
	_exit(-status);
}

static int kill_by_another(zx_handle_t process)
{
	struct child killer = start_child(kill_received);

	if (!send_handle(killer.socket, process))
		return 999;
	return -zxp_reap(killer.pid);
}

TEST_F(task, another_user_kills_by_the_handle_of_root)
{
	EXPECT_EQ(ZX_OK, kill_by_another(self->process));
	EXPECT_TRUE(ends_soon(self->process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, info_of(self->process).return_code);
}

/* "A duplicate, and a handle that was sent to another program, have the same maker." */
static void kill_by_copy(int parent)
{
	zx_handle_t process = receive_handle(parent), copy;
	int fd;

	ids(B, B, B);
	CHILD_CHECK(zx_handle_duplicate(process, ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHILD_CHECK(zx_handle_close(process) == ZX_OK);
	CHILD_CHECK(zx_handle_replace(copy, ZX_RIGHT_DESTROY | ZX_RIGHT_TRANSFER, &process) ==
		    ZX_OK);
	CHILD_CHECK(zxl_handle_export(process, 0, &fd) == ZX_OK);
	CHILD_CHECK(zxl_handle_import(fd, 0, &process) == ZX_OK);
	CHILD_CHECK(zx_task_kill(process) == ZX_OK);
}

TEST_F(task, copies_of_a_handle_act_as_its_maker)
{
	struct child killer = start_child(kill_by_copy);

	ASSERT_TRUE(send_handle(killer.socket, self->process));
	EXPECT_EQ(0, zxp_reap(killer.pid));
	EXPECT_TRUE(ends_soon(self->process));
}

/* What counts is who the maker was when it made the handle. */
static void kill_after_dropping(int parent)
{
	zx_handle_t process = open_process(target);

	(void)parent;
	ids(B, B, B);
	CHILD_CHECK(kill(target, SIGKILL) == -1 && errno == EPERM);
	CHILD_CHECK(try_open(target) == ZX_ERR_ACCESS_DENIED);
	CHILD_CHECK(zx_task_kill(process) == ZX_OK);
}

TEST_F(task, a_maker_that_has_changed_its_user)
{
	struct child killer;

	target = self->child.pid;
	killer = start_child(kill_after_dropping);
	EXPECT_EQ(0, zxp_reap(killer.pid));
	EXPECT_TRUE(ends_soon(self->process));
}

/* "Linux decides by the credentials of the program that uses it" */
static void signal_by_pidfd(int parent)
{
	zx_handle_t process = receive_handle(parent);
	int fd;

	ids(B, B, B);
	CHILD_CHECK(zxl_process_pidfd(process, 0, &fd) == ZX_OK);
	CHILD_CHECK(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0) == -1 && errno == EPERM);
	CHILD_CHECK(try_pidfd(fd) == ZX_ERR_ACCESS_DENIED);
}

TEST_F(task, a_pidfd_gives_no_right)
{
	struct child child = start_child(signal_by_pidfd);

	ASSERT_TRUE(send_handle(child.socket, self->process));
	EXPECT_EQ(0, zxp_reap(child.pid));
	EXPECT_TRUE(runs_on(self->process));
}

/* A copy of this program that is set-user-ID root, in a directory of its own. */
static char directory[32], copy[40];

static bool make_suid_copy(void)
{
	char command[320];

	snprintf(directory, sizeof(directory), "/tmp/taskdoc.XXXXXX");
	if (!mkdtemp(directory))
		return false;
	snprintf(copy, sizeof(copy), "%s/suid", directory);
	snprintf(command, sizeof(command),
		 "chmod 755 %s && cp /proc/%d/exe %s && chown 0:0 %s && chmod 4755 %s", directory,
		 getpid(), copy, copy, copy);
	return system(command) == 0;
}

static void remove_suid_copy(void)
{
	unlink(copy);
	rmdir(directory);
}

static void exec_suid(int parent)
{
	ids(A, A, A);
	/* Made before the program becomes root's, by the user. */
	CHILD_CHECK(send_handle(parent, zx_process_self()));
	hear(parent);
	become(copy, "suid", parent);
}

/* What the handle of a user is worth once the process has become root. */
TEST(a_handle_to_what_becomes_a_set_user_id_program)
{
	zx_info_handle_extended_t table[8];
	zx_info_process_handle_stats_t stats;
	struct child child;
	zx_handle_t users, roots;
	size_t actual, avail;

	ASSERT_TRUE(make_suid_copy());
	child = start_child(exec_suid);
	users = receive_handle(child.socket);
	ASSERT_NE(ZX_HANDLE_INVALID, users);
	roots = open_process(child.pid);
	EXPECT_EQ(ZX_OK, zx_object_get_info(users, ZX_INFO_HANDLE_TABLE, table, sizeof(table),
					    &actual, &avail));
	ASSERT_TRUE(say(child.socket));
	if (!hear(child.socket))
		SKIP(remove_suid_copy(); return, "no set-user-ID programs here");
	EXPECT_EQ(zxt_koid(roots), zxt_koid(users));
	/* Its real user is still the maker, who may kill it, but may not trace it. */
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_info(users, ZX_INFO_HANDLE_TABLE, table,
							   sizeof(table), &actual, &avail));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, get(users, ZX_INFO_PROCESS_HANDLE_STATS, &stats,
					    sizeof(stats)));
	EXPECT_EQ(ZX_OK, zx_object_get_info(roots, ZX_INFO_HANDLE_TABLE, table, sizeof(table),
					    &actual, &avail));
	EXPECT_EQ(ZX_OK, get(users, ZX_INFO_TASK_STATS, table, sizeof(table)));
	/* Then it becomes root altogether. */
	ASSERT_TRUE(say(child.socket) && hear(child.socket));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(users));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, kill_by_another(users));
	EXPECT_TRUE(runs_on(users));
	EXPECT_EQ(ZX_OK, kill_by_another(roots));
	EXPECT_TRUE(ends_soon(users));
	EXPECT_EQ(128 + SIGKILL, reap(&child));
	remove_suid_copy();
}

/* A refused kill leaves no mark: the process has not been killed by zx_task_kill(). */
TEST(a_refused_kill_is_not_in_the_code)
{
	struct child child;
	zx_handle_t users;

	ASSERT_TRUE(make_suid_copy());
	child = start_child(exec_suid);
	users = receive_handle(child.socket);
	ASSERT_TRUE(say(child.socket));
	if (!hear(child.socket))
		SKIP(remove_suid_copy(); return, "no set-user-ID programs here");
	ASSERT_TRUE(say(child.socket) && hear(child.socket));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(users));
	EXPECT_EQ(0, kill(child.pid, SIGKILL));
	EXPECT_TRUE(ends_soon(users));
	EXPECT_EQ(ZXL_TASK_RETCODE_SIGNAL(SIGKILL), info_of(users).return_code);
	EXPECT_EQ(128 + SIGKILL, reap(&child));
	remove_suid_copy();
}

/* The holder of such a handle is the user. */
static void list_suid(int parent)
{
	zx_info_process_handle_stats_t stats;
	zx_info_handle_extended_t table[8];
	zx_handle_t process = receive_handle(parent);
	size_t actual, avail;

	ids(A, A, A);
	CHILD_CHECK(zx_object_get_info(process, ZX_INFO_HANDLE_TABLE, table, sizeof(table),
				       &actual, &avail) == ZX_ERR_ACCESS_DENIED);
	CHILD_CHECK(get(process, ZX_INFO_PROCESS_HANDLE_STATS, &stats, sizeof(stats)) ==
		    ZX_ERR_ACCESS_DENIED);
}

TEST(a_user_lists_its_set_user_id_program)
{
	struct child child, other;
	zx_handle_t users;

	ASSERT_TRUE(make_suid_copy());
	child = start_child(exec_suid);
	users = receive_handle(child.socket);
	ASSERT_TRUE(say(child.socket));
	if (!hear(child.socket))
		SKIP(remove_suid_copy(); return, "no set-user-ID programs here");
	other = start_child(list_suid);
	ASSERT_TRUE(send_handle(other.socket, users));
	EXPECT_EQ(0, zxp_reap(other.pid));
	reap(&child);
	remove_suid_copy();
}

TEST(the_real_user_kills_a_set_user_id_program)
{
	struct child child;
	zx_handle_t users;

	ASSERT_TRUE(make_suid_copy());
	child = start_child(exec_suid);
	users = receive_handle(child.socket);
	ASSERT_TRUE(say(child.socket));
	if (!hear(child.socket))
		SKIP(remove_suid_copy(); return, "no set-user-ID programs here");
	EXPECT_EQ(ZX_OK, zx_task_kill(users));
	EXPECT_TRUE(ends_soon(users));
	EXPECT_EQ(128 + SIGKILL, reap(&child));
	remove_suid_copy();
}

/* The handles of a process are shown to those who hold the handle of one that may trace it. */
static void list_received(int parent)
{
	zx_info_process_handle_stats_t stats;
	zx_handle_t process = receive_handle(parent);
	size_t actual, avail;

	ids(B, B, B);
	CHILD_CHECK(get(process, ZX_INFO_PROCESS_HANDLE_STATS, &stats, sizeof(stats)) == ZX_OK);
	CHILD_CHECK(zx_object_get_info(process, ZX_INFO_HANDLE_TABLE, NULL, 0, &actual, &avail) ==
		    ZX_OK);
	/* Its own is always shown. */
	CHILD_CHECK(get(zx_process_self(), ZX_INFO_PROCESS_HANDLE_STATS, &stats, sizeof(stats)) ==
		    ZX_OK);
	/* It could not have made this handle itself. */
	CHILD_CHECK(try_open(target) == ZX_ERR_ACCESS_DENIED);
}

TEST_F(task, another_user_lists_by_the_handle_of_root)
{
	struct child child;

	target = self->child.pid;
	child = start_child(list_received);
	ASSERT_TRUE(send_handle(child.socket, self->process));
	EXPECT_EQ(0, zxp_reap(child.pid));
}

/* "for a list, with buffer and avail NULL, actual receives the number of records that there are" */
TEST_F(task, the_list_of_handles)
{
	zx_handle_t less[] = {
		zxt_without(self->process, ZX_RIGHT_INSPECT),
		zxt_without(self->process, ZX_RIGHT_MANAGE_PROCESS),
		zxt_without(self->process, ZX_RIGHT_MANAGE_THREAD),
	};
	zx_info_handle_extended_t table[8] = {};
	size_t actual = 77, avail = 77;

	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_info(less[i], ZX_INFO_HANDLE_TABLE,
								   NULL, 0, NULL, &avail));
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, table,
					    sizeof(table), &actual, &avail));
	EXPECT_EQ(0, actual);
	EXPECT_EQ(0, avail);
	EXPECT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, table,
					    sizeof(table[0]) * 2 + 1, &actual, &avail));
	EXPECT_EQ(2, actual);
	EXPECT_LT(2, avail);
	EXPECT_EQ(0, table[0].peer_owner_koid);
	EXPECT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, NULL, 0,
					    &actual, NULL));
	EXPECT_EQ(avail, actual);
}

/*
 * Namespaces of processes.
 */

/* In a pid namespace, as its first process, with /proc of that namespace. */
static void mount_proc(void)
{
	CHILD_CHECK(unshare(CLONE_NEWNS) == 0);
	CHILD_CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	CHILD_CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
}

TEST(without_proc)
{
	pid_t pid = fork();

	if (!pid) {
		int fd = pidfd_of(getpid());

		CHILD_CHECK(unshare(CLONE_NEWNS) == 0);
		CHILD_CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
		CHILD_CHECK(mount("none", "/proc", "tmpfs", 0, NULL) == 0);
		CHILD_CHECK(try_pidfd(fd) == ZX_ERR_NOT_SUPPORTED);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
}

TEST(in_another_pid_namespace)
{
	int outer = pidfd_of(getpid());
	pid_t pid;

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	pid = fork();
	if (!pid) {
		zx_handle_t init;
		pid_t inner;
		int fd = pidfd_of(getpid());

		/* "No /proc, or one of another pid namespace" */
		CHILD_CHECK(try_pidfd(fd) == ZX_ERR_NOT_SUPPORTED);
		mount_proc();
		CHILD_CHECK(try_pidfd(fd) == ZX_OK);
		/* "is in another pid namespace" */
		CHILD_CHECK(try_pidfd(outer) == ZX_ERR_NOT_FOUND);
		/* An id of here is no other process of there. */
		inner = fork();
		if (!inner) {
			CHILD_CHECK(try_pidfd(fd) == ZX_OK);
			init = open_process(1);
			CHILD_CHECK(init != ZX_HANDLE_INVALID);
			/* "ignores SIGKILL from within the namespace" */
			CHILD_CHECK(zx_task_kill(init) == ZX_ERR_ACCESS_DENIED);
			zxp_sleep_ms(100);
			_exit(getppid() == 1 ? 0 : CHILD_FAILED);
		}
		CHILD_CHECK(zxp_reap(inner) == 0);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
}

static void in_namespace(int parent)
{
	zx_handle_t process = receive_handle(parent);
	int fd = 77;

	mount_proc();
	CHILD_CHECK(process != ZX_HANDLE_INVALID);
	CHILD_CHECK(info_of(process).flags == ZX_INFO_PROCESS_FLAG_STARTED);
	/* "it is not in the caller's pid namespace" */
	CHILD_CHECK(zxl_process_pidfd(process, 0, &fd) == ZX_ERR_NOT_FOUND);
	CHILD_CHECK(fd == 77);
	say(parent);
	hear(parent);
}

/* The first process of a namespace is ended from outside, and by handles to what is outside. */
TEST(handles_over_pid_namespaces)
{
	struct child outside = start_child(idle), inside;
	zx_handle_t process, init;
	int fd;

	ASSERT_TRUE(hear(outside.socket));
	process = open_process(outside.pid);
	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	inside = start_child(in_namespace);
	ASSERT_TRUE(send_handle(inside.socket, process));
	ASSERT_TRUE(hear(inside.socket));
	init = open_process(inside.pid);
	EXPECT_EQ(ZX_OK, zxl_process_pidfd(init, 0, &fd));
	EXPECT_EQ(ZX_OK, try_pidfd(fd));
	EXPECT_EQ(ZX_OK, zx_task_kill(init));
	EXPECT_TRUE(ends_soon(init));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, info_of(init).return_code);
	EXPECT_EQ(128 + SIGKILL, reap(&inside));
	EXPECT_TRUE(runs_on(process));
	EXPECT_EQ(0, reap(&outside));
}

/* The first process of a namespace, which lets another of it try to end it. */
static void killed_from_within(int parent)
{
	pid_t pid;

	mount_proc();
	pid = fork();
	if (!pid) {
		CHILD_CHECK(zx_task_kill(open_process(1)) == ZX_ERR_ACCESS_DENIED);
		_exit(0);
	}
	CHILD_CHECK(zxp_reap(pid) == 0);
	say(parent);
	hear(parent);
	_exit(5);
}

/* Its code is that of its real end. */
static void check_first(struct __test_metadata *_metadata, int signal)
{
	struct child child;
	zx_handle_t process;

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	child = start_child(killed_from_within);
	ASSERT_TRUE(hear(child.socket));
	process = open_process(child.pid);
	EXPECT_TRUE(runs_on(process));
	if (signal)
		kill(child.pid, signal);
	else
		say(child.socket);
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(signal ? ZXL_TASK_RETCODE_SIGNAL(signal) : 5,
		  info_of(process).return_code);
	EXPECT_EQ(signal ? 128 + signal : 5, reap(&child));
}

TEST(the_exit_of_what_could_not_be_killed_from_within)
{
	check_first(_metadata, 0);
}

TEST(the_end_from_outside_of_what_could_not_be_killed_from_within)
{
	check_first(_metadata, SIGKILL);
}

/* A thread of the kernel has no memory, and cannot be killed. */
TEST(a_thread_of_the_kernel)
{
	zx_handle_t process = open_process(2);
	zx_info_task_stats_t stats;

	if (process == ZX_HANDLE_INVALID)
		SKIP(return, "a thread of the kernel cannot be opened");
	EXPECT_EQ(ZX_ERR_BAD_STATE, get(process, ZX_INFO_TASK_STATS, &stats, sizeof(stats)));
	EXPECT_STREQ(comm_of(2), name_of(process));
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_TRUE(runs_on(process));
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, info_of(process).flags);
}

/* This program after an execve(). */
static int child_main(int argc, char **argv)
{
	int parent = argc > 2 ? atoi(argv[2]) : -1;

	if (!strcmp(argv[1], "idle")) {
		idle(parent);
	} else if (!strcmp(argv[1], "use")) {
		zx_process_self();
	} else if (!strcmp(argv[1], "self")) {
		CHILD_CHECK(send_handle(parent, zx_process_self()));
		hear(parent);
	} else if (!strcmp(argv[1], "suid")) {
		if (geteuid() != 0)
			return CHILD_FAILED;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		zx_process_self();
		say(parent);
		hear(parent);
		CHILD_CHECK(setresuid(0, 0, 0) == 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		say(parent);
		hear(parent);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], PROGRAM))
		return child_main(argc, argv);
	return test_harness_run(argc, argv);
}
