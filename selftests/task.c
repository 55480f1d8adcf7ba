// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes as tasks: how they end and what they leave behind, their names, times and memory,
 * handles to other processes, and with whose credentials a handle acts.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>

#include "zxrace.h"
#include "zxtask.h"

/* The name under which this program executes itself, see child_main(). */
#define PROGRAM	"task-child"

/* Children block on @go until the test closes it, and report to @ready. */
FIXTURE(task)
{
	int ready[2];
	int go[2];
	pid_t pid;
	zx_handle_t process;
};

FIXTURE_SETUP(task)
{
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
	self->pid = 0;
	self->process = ZX_HANDLE_INVALID;
}

FIXTURE_TEARDOWN(task)
{
	if (self->pid > 0)
		kill(self->pid, SIGKILL);
	close(self->go[1]);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static zx_info_process_t info_of(zx_handle_t process)
{
	zx_info_process_t info = { .return_code = INT64_MIN };

	zx_object_get_info(process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL);
	return info;
}

static zx_info_task_runtime_t runtime_of(zx_handle_t process)
{
	zx_info_task_runtime_t info = { .cpu_time = -1 };

	zx_object_get_info(process, ZX_INFO_TASK_RUNTIME, &info, sizeof(info), NULL, NULL);
	return info;
}

/* The return code of a process, after its end. */
static int64_t return_code(zx_handle_t process)
{
	zx_info_process_t info;

	if (!ends_soon(process))
		return INT64_MIN;
	info = info_of(process);
	return info.flags == (ZX_INFO_PROCESS_FLAG_STARTED | ZX_INFO_PROCESS_FLAG_EXITED) ?
	       info.return_code : INT64_MIN;
}

static void do_nothing(void)
{
}

static void use_device(void)
{
	CHILD_CHECK(zx_process_self() != ZX_HANDLE_INVALID);
}

/* In a child, which must not keep the pipe open on which it blocks. */
static void (*body_of_child)(void);
static int end_of_pipe;

static void run_body(void)
{
	close(end_of_pipe);
	body_of_child();
}

/* Starts a child that has run @body and blocks. */
#define START_CHILD(uid, body)						\
do {									\
	body_of_child = body;						\
	end_of_pipe = self->go[1];					\
	self->pid = ZXP_START(uid, run_body);				\
} while (0)

/* The same, and opens it. */
#define START(uid, body)						\
do {									\
	START_CHILD(uid, body);						\
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &self->process));	\
} while (0)

/* Lets the child go on, which exits with 0. */
#define LET_GO()							\
do {									\
	close(self->go[1]);						\
	self->go[1] = -1;						\
} while (0)

/*
 * How a process ends.
 */

TEST_F(task, info_of_a_process_that_runs)
{
	zx_instant_mono_t before = zx_clock_get_monotonic(), after;
	zx_info_process_t info;
	size_t actual = 7, avail = 7;

	START(0, do_nothing);
	after = zx_clock_get_monotonic();
	memset(&info, 0xa5, sizeof(info));
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_PROCESS, &info, sizeof(info),
					    &actual, &avail));
	EXPECT_EQ(1, actual);
	EXPECT_EQ(1, avail);
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, info.flags);
	EXPECT_EQ(0, info.return_code);
	EXPECT_LE(before, info.start_time);
	EXPECT_GE(after, info.start_time);
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_object_get_info(self->process, ZX_INFO_PROCESS, &info, sizeof(info) - 1,
				     &actual, &avail));
	EXPECT_EQ(0, actual);
	EXPECT_EQ(1, avail);
	/*
	 * This process has begun before the child, and is the one that the child sees as its own.
	 */
	EXPECT_GE(before, info_of(zx_process_self()).start_time);
}

static void be_traced(void)
{
	CHILD_CHECK(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
}

TEST_F(task, a_debugger_is_shown)
{
	START(0, be_traced);
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED | ZX_INFO_PROCESS_FLAG_DEBUGGER_ATTACHED,
		  info_of(self->process).flags);
}

static void *exit_thread(void *code)
{
	syscall(SYS_exit, (long)(intptr_t)code);
	return NULL;
}

static void *exit_group_of_threads(void *code)
{
	syscall(SYS_exit_group, (long)(intptr_t)code);
	return NULL;
}

static void in_thread(void *(*body)(void *), intptr_t code)
{
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, body, (void *)code) == 0);
}

static void end_exit(void)
{
	exit(7);
}

static void end_large(void)
{
	zx_process_exit(INT64_C(0x123456789a));
}

static void end_negative(void)
{
	zx_process_exit(-5);
}

static void end_small(void)
{
	zx_process_exit(255);
}

static void end_thread_first(void)
{
	in_thread(exit_thread, 3);
	exit(4);
}

/* The leader is a zombie when the last thread ends. */
static void end_leader_first(void)
{
	in_thread(exit_group_of_threads, 5);
	syscall(SYS_exit, 6);
}

static void end_threads_only(void)
{
	in_thread(exit_thread, 8);
	syscall(SYS_exit, 9);
}

static void end_killed(void)
{
	raise(SIGKILL);
}

static void end_terminated(void)
{
	raise(SIGTERM);
}

static void end_fault(void)
{
	raise(SIGSEGV);
}

static void end_abort(void)
{
	abort();
}

/* A zero @code: the one that wait() gives, since any of the threads can be the last. */
static const struct ending {
	const char *name;
	void (*end)(void);
	int64_t code;
} endings[] = {
	{ "exit", end_exit, 7 },
	{ "large", end_large, INT64_C(0x123456789a) },
	{ "negative", end_negative, -5 },
	{ "small", end_small, 255 },
	{ "a thread first", end_thread_first, 4 },
	{ "the leader first", end_leader_first, 5 },
	{ "threads only", end_threads_only, 0 },
	{ "SIGKILL", end_killed, ZXL_TASK_RETCODE_SIGNAL(SIGKILL) },
	{ "SIGTERM", end_terminated, ZXL_TASK_RETCODE_SIGNAL(SIGTERM) },
	{ "SIGSEGV", end_fault, ZXL_TASK_RETCODE_SIGNAL(SIGSEGV) },
	{ "SIGABRT", end_abort, ZXL_TASK_RETCODE_SIGNAL(SIGABRT) },
};

/* A child that opens the device if @device, blocks on the pipe @go, and ends itself. */
static pid_t start_ending(const struct ending *ending, bool device, int ready, const int *go)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	close(go[1]);
	CHILD_CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	if (device)
		use_device();
	CHILD_CHECK(write(ready, "r", 1) == 1);
	zxp_block_on(go[0]);
	ending->end();
	_exit(CHILD_FAILED);
}

/*
 * With a file of the device and without, since the module notices the end in two ways; and waited
 * for by the parent before the code is read or after.
 */
TEST_F(task, return_codes)
{
	for (size_t i = 0; i < 4 * sizeof(endings) / sizeof(*endings); i++) {
		const struct ending *ending = &endings[i / 4];
		bool device = i & 1, reap_first = i & 2;
		int64_t want = ending->code;
		zx_handle_t process;
		int go[2], status;
		char byte;
		pid_t pid;

		ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
		pid = start_ending(ending, device, self->ready[1], go);
		ASSERT_LT(0, pid);
		ASSERT_EQ(1, read(self->ready[0], &byte, 1));
		ASSERT_EQ(ZX_OK, open_pid(pid, &process));
		close(go[0]);
		close(go[1]);
		EXPECT_TRUE(reap_first || ends_soon(process));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		if (!want)
			want = WEXITSTATUS(status);
		EXPECT_EQ(want, return_code(process)) {
			TH_LOG("%s, %s the device, status %#x", ending->name,
			       device ? "with" : "without", status);
		}
		/* And the same to a parent that is a Linux program. */
		if (WIFSIGNALED(status))
			want = ZXL_TASK_RETCODE_SIGNAL(want);
		EXPECT_EQ(want & 0xff, WIFSIGNALED(status) ? WTERMSIG(status) :
							     WEXITSTATUS(status));
		EXPECT_EQ(ZX_OK, zx_handle_close(process));
	}
}

static long tell_exit(int64_t code)
{
	struct zx_ioc_process_exit arg = { .retcode = code };
	int device = zxp_open(O_CLOEXEC);

	return zxp_ioctl(device, ZX_IOC_PROCESS_EXIT, &arg);
}

static void exit_as_told(void)
{
	CHILD_CHECK(tell_exit(0x101) == 0);
	/* As a second thread would. */
	CHILD_CHECK(tell_exit(0x201) == 0);
	_exit(1);
}

static void exit_otherwise(void)
{
	CHILD_CHECK(tell_exit(0x101) == 0);
	_exit(2);
}

static void die_otherwise(void)
{
	CHILD_CHECK(tell_exit(0x100 + SIGKILL) == 0);
	raise(SIGKILL);
}

/* Another program does not get the return code of the one before. */
static void exec_otherwise(void)
{
	CHILD_CHECK(tell_exit(0x103) == 0);
	execl("/proc/self/exe", PROGRAM, "exit", "3", NULL);
}

/* The new program inherits the file, so the module does not notice that it runs. */
static void exec_with_file(void)
{
	CHILD_CHECK(zxp_open(0) >= 0);
	exec_otherwise();
}

/* The code of the program that runs stays when a file of the former one goes. */
static void exit_after_exec(void)
{
	CHILD_CHECK(zxp_open(0) >= 0);
	CHILD_CHECK(tell_exit(0x104) == 0);
	execl("/proc/self/exe", PROGRAM, "exit-as-told", NULL);
}

TEST_F(task, return_code_is_that_of_the_real_end)
{
	static const struct ending told[] = {
		{ "first of two", exit_as_told, 0x101 },
		{ "another status", exit_otherwise, 2 },
		{ "a signal", die_otherwise, ZXL_TASK_RETCODE_SIGNAL(SIGKILL) },
		{ "another program", exec_otherwise, 3 },
		{ "another program with the file", exec_with_file, 3 },
		{ "another program that exits as told", exit_after_exec, 0x205 },
	};

	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++) {
		zx_handle_t process;
		int go[2];
		char byte;
		pid_t pid;

		ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
		pid = start_ending(&told[i], true, self->ready[1], go);
		ASSERT_EQ(1, read(self->ready[0], &byte, 1));
		ASSERT_EQ(ZX_OK, open_pid(pid, &process));
		close(go[0]);
		close(go[1]);
		EXPECT_EQ(told[i].code, return_code(process)) {
			TH_LOG("%s", told[i].name);
		}
	}
}

/* A child of vfork() ends with a code of its own, and leaves its parent's library as it was. */
TEST_F(task, exit_of_a_child_that_shares_memory)
{
	zx_handle_t event;
	int status, cancel;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	errno = 77;
	pid = vfork();
	if (!pid)
		zx_process_exit(-3);
	EXPECT_EQ(77, errno);
	EXPECT_EQ(0, pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &cancel));
	EXPECT_EQ(PTHREAD_CANCEL_ENABLE, cancel);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(253, WEXITSTATUS(status));
	EXPECT_EQ(ZX_OK, zx_handle_check_valid(event));
	EXPECT_EQ(0, info_of(zx_process_self()).return_code);
}

TEST_F(task, kill)
{
	int status;

	START(0, use_device);
	ASSERT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(self->process));
	EXPECT_EQ(ZX_PROCESS_TERMINATED, zxt_signals(self->process));
	ASSERT_EQ(self->pid, waitpid(self->pid, &status, 0));
	EXPECT_EQ(SIGKILL, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	/* It has ended, before and after its parent has waited for it. */
	EXPECT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(self->process));
	self->pid = 0;
}

TEST_F(task, kill_of_a_process_that_has_exited)
{
	START(0, do_nothing);
	LET_GO();
	EXPECT_EQ(0, return_code(self->process));
	EXPECT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_EQ(0, return_code(self->process));
}

TEST_F(task, kill_checks_the_right_before_the_type)
{
	zx_rights_t all = ZX_DEFAULT_PROCESS_RIGHTS;
	zx_handle_t event, weak;

	START(0, do_nothing);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, all & ~ZX_RIGHT_DESTROY, &weak));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_task_kill(ZX_HANDLE_INVALID));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(weak));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(event));
	EXPECT_TRUE(zxp_is_running(self->pid));
}

static void kill_self(void)
{
	zx_task_kill(zx_process_self());
}

TEST_F(task, kill_of_oneself)
{
	static const struct ending ending = { "kill", kill_self, 0 };
	zx_handle_t process;
	char byte;
	pid_t pid;

	pid = start_ending(&ending, true, self->ready[1], self->go);
	ASSERT_EQ(1, read(self->ready[0], &byte, 1));
	ASSERT_EQ(ZX_OK, open_pid(pid, &process));
	LET_GO();
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(process));
}

/*
 * Whose credentials a handle acts with.
 */

/* The status of zx_task_kill() by @uid, through a handle like this one. */
static zx_status_t kill_as(uid_t uid, zx_handle_t handle)
{
	zx_handle_t copy;
	pid_t pid;
	int fd;

	if (zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &copy) != ZX_OK ||
	    zxl_handle_export(copy, 0, &fd) != ZX_OK)
		return ZX_ERR_INTERNAL;
	pid = fork();
	if (!pid) {
		zxp_become(uid);
		CHILD_CHECK(zxl_handle_import(fd, 0, &copy) == ZX_OK);
		_exit(-zx_task_kill(copy));
	}
	close(fd);
	return -zxp_reap(pid);
}

/* Whether @uid may signal the process by Linux' rules. */
static bool may_signal(uid_t uid, pid_t target)
{
	pid_t pid = fork();

	if (!pid) {
		zxp_become(uid);
		_exit(kill(target, 0) == 0 ? 0 : 1);
	}
	return zxp_reap(pid) == 0;
}

/* In the child: a handle to itself, for the parent. */
static int told[2];

static void send_self(void)
{
	zx_handle_t copy;
	int fd;

	CHILD_CHECK(zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHILD_CHECK(zxl_handle_export(copy, 0, &fd) == ZX_OK);
	CHILD_CHECK(zxp_send_fd(told[1], fd) == 0);
	close(fd);
}

/* In the parent: the handle that send_self() has sent. */
static zx_handle_t receive_process(void)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;
	int fd = zxp_receive_fd(told[0], 0);

	zxl_handle_import(fd, 0, &handle);
	close(fd);
	return handle;
}

#define START_THAT_SENDS(uid, body)						\
do {										\
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told)); \
	START_CHILD(uid, body);							\
	self->process = receive_process();					\
	ASSERT_NE(ZX_HANDLE_INVALID, self->process);				\
} while (0)

TEST_F(task, handle_gives_the_right_to_kill)
{
	if (getuid())
		SKIP(return, "needs root, for other users");
	START_THAT_SENDS(INNOCENT, send_self);
	ASSERT_FALSE(may_signal(HOSTILE, self->pid));
	EXPECT_EQ(ZX_OK, kill_as(HOSTILE, self->process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(self->process));
}

TEST_F(task, handle_of_root_acts_as_root)
{
	if (getuid())
		SKIP(return, "needs root, for other users");
	START(INNOCENT, do_nothing);
	EXPECT_EQ(ZX_OK, kill_as(HOSTILE, self->process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(self->process));
}

/* Makes a copy of this program that is set-user-ID root, and returns its path. */
static const char *setuid_program(void)
{
	static char path[32];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to;

	strcat(path, "/tmp/task-XXXXXX");
	to = mkstemp(path);

	while (sendfile(to, from, NULL, 1 << 20) > 0)
		;
	close(from);
	return fchmod(to, 04755) || close(to) ? NULL : path;
}

static const char *program;
static char go_number[16], ready_number[16];

/* Executes the set-user-ID program, which becomes HOSTILE for good, as login programs do. */
static void change_credentials(void)
{
	char uid[16];

	send_self();
	snprintf(uid, sizeof(uid), "%u", HOSTILE);
	CHILD_CHECK(fcntl(atoi(go_number), F_SETFD, 0) == 0);
	CHILD_CHECK(fcntl(atoi(ready_number), F_SETFD, 0) == 0);
	execl(program, PROGRAM, "become", uid, ready_number, go_number, NULL);
	_exit(CHILD_FAILED);
}

TEST_F(task, other_credentials_end_what_a_handle_may_do)
{
	zx_info_process_handle_stats_t stats;
	zx_handle_t roots, thread;
	zx_info_thread_t info;
	zx_koid_t koid;
	size_t count;

	if (getuid())
		SKIP(return, "needs root, for other users");
	program = setuid_program();
	ASSERT_NE(NULL, program);
	snprintf(go_number, sizeof(go_number), "%d", self->go[0]);
	snprintf(ready_number, sizeof(ready_number), "%d", self->ready[1]);
	START_THAT_SENDS(INNOCENT, change_credentials);
	unlink(program);
	if (!may_signal(HOSTILE, self->pid))
		SKIP(return, "set-user-ID has no effect here");
	ASSERT_FALSE(may_signal(INNOCENT, self->pid));

	/* The handle that the process has made before, in the hands of its user and of root. */
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, kill_as(INNOCENT, self->process));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(self->process));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, NULL, 0, &count, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_info(self->process, ZX_INFO_PROCESS_HANDLE_STATS, &stats,
				     sizeof(stats), NULL, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, set_name(self->process, "innocent"));
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_PROCESS_THREADS, &koid,
					    sizeof(koid), &count, NULL));
	ASSERT_EQ(1, count);
	ASSERT_EQ(ZX_OK, zx_object_get_child(self->process, koid, ZX_RIGHT_SAME_RIGHTS, &thread));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, set_name(thread, "innocent"));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_info(thread, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL));
	/* What anyone may see stays. */
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, info_of(self->process).flags);
	EXPECT_LT(0, runtime_of(self->process).cpu_time);

	ASSERT_EQ(ZX_OK, open_pid(self->pid, &roots));
	EXPECT_EQ(zxt_koid(self->process), zxt_koid(roots));
	EXPECT_EQ(ZX_OK, zx_object_get_info(roots, ZX_INFO_PROCESS_HANDLE_STATS, &stats,
					    sizeof(stats), NULL, NULL));
	ASSERT_EQ(ZX_OK, zx_object_get_child(roots, koid, ZX_RIGHT_SAME_RIGHTS, &thread));
	EXPECT_EQ(ZX_OK, set_name(thread, "hostile"));
	EXPECT_EQ(ZX_OK, zx_object_get_info(thread, ZX_INFO_THREAD, &info, sizeof(info), NULL,
					    NULL));
	EXPECT_TRUE(zxp_is_running(self->pid));
	EXPECT_EQ(ZX_OK, kill_as(INNOCENT, roots));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(roots));
}

/* The handle in each place and after each call that could lose what it may do. */
TEST_F(task, what_a_handle_may_do_stays_with_it)
{
	zx_handle_t channel[2], handle, copy;
	zx_handle_disposition_t how = {
		.operation = ZX_HANDLE_OP_MOVE,
		.type = ZX_OBJ_TYPE_PROCESS,
		.rights = ZX_DEFAULT_PROCESS_RIGHTS & ~ZX_RIGHT_SIGNAL,
	};
	zx_handle_info_t info;
	uint32_t count;

	if (getuid())
		SKIP(return, "needs root, for other users");
	START(INNOCENT, do_nothing);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, how.rights, &handle));
	ASSERT_EQ(ZX_OK, zx_handle_replace(handle, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zx_handle_replace(copy, how.rights, &how.handle));
	ASSERT_EQ(ZX_OK, zx_channel_write_etc(channel[0], 0, NULL, 0, &how, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read_etc(channel[1], 0, NULL, &info, 0, 1, NULL, &count));
	EXPECT_EQ(how.rights, info.rights);
	EXPECT_EQ(how.rights, zxt_basic(info.handle).rights);
	ASSERT_EQ(ZX_OK, zx_channel_write(channel[0], 0, NULL, 0, &info.handle, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read(channel[1], 0, NULL, &handle, 0, 1, NULL, &count));
	EXPECT_EQ(how.rights, zxt_basic(handle).rights);
	EXPECT_EQ(ZX_OK, kill_as(HOSTILE, handle));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(self->process));
}

/* The bits of a slot that are no rights can be neither seen nor asked for. */
TEST_F(task, makers_are_no_rights)
{
	zx_info_handle_extended_t table[8];
	zx_handle_t channel[2], copy;
	size_t actual;

	START(0, do_nothing);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, zxt_basic(self->process).rights);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, zxt_basic(zx_process_self()).rights);
	ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, table,
					    sizeof(table), &actual, NULL));
	ASSERT_EQ(2, actual);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, table[0].rights);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, table[1].rights);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	for (int bit = 21; bit < 32; bit++) {
		zx_handle_disposition_t how = {
			.operation = ZX_HANDLE_OP_DUPLICATE,
			.handle = self->process,
			.rights = ZX_RIGHT_WAIT | (zx_rights_t)1 << bit,
		};

		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_handle_duplicate(self->process, how.rights, &copy));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_channel_write_etc(channel[0], 0, NULL, 0, &how, 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, how.result);
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
			  zx_object_get_child(self->process, 1, how.rights, &copy));
	}
}

/* Sends handles that were made with eight sets of credentials, the last time as root. */
static void send_as_many_users(void)
{
	for (int i = 7; i >= 0; i--) {
		zx_handle_t handle;
		struct zx_ioc_handle arg = { .out = (uintptr_t)&handle };
		int device = zxp_open(O_CLOEXEC), fd;
		struct zxl_ioc_fd export = { .out = (uintptr_t)&fd };

		CHILD_CHECK(setresuid(-1, i ? HOSTILE + 1000000 * i : 0, -1) == 0);
		CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_PROCESS_SELF, &arg) == 0);
		export.handle = handle;
		CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_HANDLE_EXPORT, &export) == 0);
		CHILD_CHECK(zxp_send_fd(told[1], fd) == 0);
		close(fd);
		CHILD_CHECK(setresuid(-1, 0, -1) == 0);
	}
	/* Of another user, so that none of the makers but the last may signal it. */
	CHILD_CHECK(setresgid(INNOCENT, INNOCENT, INNOCENT) == 0);
	CHILD_CHECK(setresuid(INNOCENT, INNOCENT, INNOCENT) == 0);
}

/*
 * Six users can be makers. A handle of the seventh does nothing, also in the hands of root:
 * otherwise its user could have a service of root's end what he may not. Root is always the last
 * maker.
 */
TEST_F(task, too_many_makers)
{
	zx_info_process_handle_stats_t stats;
	zx_handle_t handles[8];

	if (getuid())
		SKIP(return, "needs root, for other users");
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told));
	START_CHILD(0, send_as_many_users);
	for (int i = 0; i < 8; i++) {
		handles[i] = receive_process();
		ASSERT_NE(ZX_HANDLE_INVALID, handles[i]);
	}
	self->process = handles[0];
	/* Their real user is root, but without a capability. */
	for (int i = 0; i < 7; i++) {
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_task_kill(handles[i]));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, kill_as(INNOCENT, handles[i]));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, set_name(handles[i], "name"));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
			  zx_object_get_info(handles[i], ZX_INFO_PROCESS_HANDLE_STATS, &stats,
					     sizeof(stats), NULL, NULL));
		EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, info_of(handles[i]).flags);
	}
	EXPECT_TRUE(zxp_is_running(self->pid));
	EXPECT_EQ(ZX_OK, kill_as(HOSTILE, handles[7]));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(self->process));
}

static void send_many_of_one_user(void)
{
	for (int i = 0; i < 20; i++)
		send_self();
}

/* Equal credentials are one maker, also where a fork() or a call has made a copy of them. */
TEST_F(task, one_maker_for_equal_credentials)
{
	zx_handle_t last = ZX_HANDLE_INVALID;

	if (getuid())
		SKIP(return, "needs root, for other users");
	START_THAT_SENDS(INNOCENT, send_many_of_one_user);
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();

		if (!pid) {
			CHILD_CHECK(setresuid(0, 0, 0) == 0);
			CHILD_CHECK(open_pid(self->pid, &last) == ZX_OK);
			_exit(0);
		}
		ASSERT_EQ(0, zxp_reap(pid));
	}
	for (int i = 1; i < 20; i++) {
		last = receive_process();
		ASSERT_NE(ZX_HANDLE_INVALID, last);
	}
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &self->process));
	EXPECT_EQ(ZX_OK, kill_as(HOSTILE, self->process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(last));
}

/*
 * Names.
 */

static void *set_long_name(void *unused)
{
	(void)unused;
	set_name(zx_process_self(), LONG_NAME);
	return NULL;
}

/* Also from another thread, whose own name stays. */
TEST(own_name_is_that_of_linux)
{
	pthread_t thread;

	EXPECT_STREQ(comm_of(getpid()), name_of(zx_process_self()));
	EXPECT_EQ(0, prctl(PR_SET_NAME, "fred"));
	EXPECT_STREQ("fred", name_of(zx_process_self()));
	ASSERT_EQ(0, pthread_create(&thread, NULL, set_long_name, NULL));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_STREQ(LONG_NAME, name_of(zx_process_self()));
	EXPECT_STREQ("a name that Lin", comm_of(getpid()));
	EXPECT_EQ(0, prctl(PR_SET_NAME, "frida"));
	EXPECT_STREQ("frida", name_of(zx_process_self()));
	EXPECT_EQ(ZX_OK, set_name(zx_process_self(), ""));
	EXPECT_STREQ("", name_of(zx_process_self()));
	EXPECT_STREQ("", comm_of(getpid()));
}

static void be_named(void)
{
	CHILD_CHECK(prctl(PR_SET_NAME, "child") == 0);
}

TEST_F(task, name_that_another_process_sets)
{
	START(0, be_named);
	EXPECT_STREQ("child", name_of(self->process));
	EXPECT_EQ(ZX_OK, set_name(self->process, LONG_NAME));
	EXPECT_STREQ(LONG_NAME, name_of(self->process));
	EXPECT_STREQ("child", comm_of(self->pid));
	LET_GO();
	EXPECT_EQ(0, return_code(self->process));
	EXPECT_STREQ(LONG_NAME, name_of(self->process));
}

static void name_after_a_while(void)
{
	prctl(PR_SET_NAME, "last");
	exit(0);
}

TEST_F(task, last_name_stays)
{
	static const struct ending ending = { "name", name_after_a_while, 0 };

	for (int device = 0; device < 2; device++) {
		zx_handle_t process;
		int go[2];
		char byte;
		pid_t pid;

		ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
		pid = start_ending(&ending, device, self->ready[1], go);
		ASSERT_EQ(1, read(self->ready[0], &byte, 1));
		ASSERT_EQ(ZX_OK, open_pid(pid, &process));
		EXPECT_EQ(ZX_OK, set_name(process, LONG_NAME));
		close(go[0]);
		close(go[1]);
		/* Also between the end of the process and TERMINATED. */
		EXPECT_EQ(0, zxp_reap(pid));
		EXPECT_STREQ("last", name_of(process));
		EXPECT_TRUE(ends_soon(process));
		EXPECT_STREQ("last", name_of(process));
	}
}

static void exec_block(void)
{
	CHILD_CHECK(fcntl(atoi(go_number), F_SETFD, 0) == 0);
	CHILD_CHECK(fcntl(atoi(ready_number), F_SETFD, 0) == 0);
	CHILD_CHECK(set_name(zx_process_self(), LONG_NAME) == ZX_OK);
	send_self();
	execl("/proc/self/exe", PROGRAM, "block", ready_number, go_number, NULL);
	_exit(CHILD_FAILED);
}

TEST_F(task, program_gives_the_process_its_name)
{
	snprintf(go_number, sizeof(go_number), "%d", self->go[0]);
	snprintf(ready_number, sizeof(ready_number), "%d", self->ready[1]);
	START_THAT_SENDS(0, exec_block);
	EXPECT_STREQ(comm_of(self->pid), name_of(self->process));
	EXPECT_STRNE(LONG_NAME, name_of(self->process));
}

/*
 * Times and memory.
 */

static int64_t cpu_of_process(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec * ZX_SEC(1) + ts.tv_nsec;
}

/* Runs until the thread has used this much time of a processor. */
static void *burn(void *ns)
{
	struct timespec ts;

	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	while (ts.tv_sec * ZX_SEC(1) + ts.tv_nsec < (intptr_t)ns);
	return NULL;
}

#define BURN	ZX_MSEC(100)

/* Also of threads that are gone; the kernel counts those that run from time to time only. */
TEST(runtime_of_all_threads)
{
	int64_t before = runtime_of(zx_process_self()).cpu_time;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, burn, (void *)(intptr_t)BURN));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_LE(before + BURN / 2, runtime_of(zx_process_self()).cpu_time);
	EXPECT_LE(runtime_of(zx_process_self()).cpu_time, cpu_of_process());
}

static void burn_in_threads(void)
{
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, burn, (void *)(intptr_t)BURN) == 0);
	CHILD_CHECK(pthread_join(thread, NULL) == 0);
	burn((void *)(intptr_t)BURN);
}

static void burn_with_device(void)
{
	use_device();
	burn_in_threads();
}

/* Also where no program has asked before the end; and what was used after the last question. */
TEST_F(task, runtime_at_the_end)
{
	for (int i = 0; i < 4; i++) {
		bool device = i & 1, ask = i & 2;
		const struct ending ending = { "", burn_in_threads, 0 };
		zx_handle_t process;
		int go[2];
		char byte;
		pid_t pid;

		ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
		pid = start_ending(&ending, device, self->ready[1], go);
		ASSERT_EQ(1, read(self->ready[0], &byte, 1));
		ASSERT_EQ(ZX_OK, open_pid(pid, &process));
		EXPECT_TRUE(!ask || runtime_of(process).cpu_time < BURN);
		close(go[0]);
		close(go[1]);
		EXPECT_TRUE(ends_soon(process));
		EXPECT_LE(2 * BURN - BURN / 5, runtime_of(process).cpu_time);
		EXPECT_EQ(pid, waitpid(pid, NULL, 0));
		zx_handle_close(process);
	}
}

TEST_F(task, runtime_stays_after_the_end)
{
	for (int device = 0; device < 2; device++) {
		zx_info_task_runtime_t before, after, again;
		zx_info_task_runtime_v1_t v1;

		START(0, device ? burn_with_device : burn_in_threads);
		before = runtime_of(self->process);
		EXPECT_LE(BURN, before.cpu_time);
		EXPECT_LE(0, before.queue_time);
		EXPECT_EQ(0, before.page_fault_time);
		EXPECT_EQ(0, before.lock_contention_time);
		EXPECT_EQ(ZX_OK, zx_task_kill(self->process));
		EXPECT_TRUE(ends_soon(self->process));
		after = runtime_of(self->process);
		EXPECT_LE(before.cpu_time, after.cpu_time);
		EXPECT_LE(before.queue_time, after.queue_time);
		EXPECT_EQ(self->pid, waitpid(self->pid, NULL, 0));
		self->pid = 0;
		again = runtime_of(self->process);
		EXPECT_EQ(after.cpu_time, again.cpu_time);
		EXPECT_EQ(after.queue_time, again.queue_time);
		EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_TASK_RUNTIME_V1, &v1,
						    sizeof(v1), NULL, NULL));
		EXPECT_EQ(after.cpu_time, v1.cpu_time);
		EXPECT_EQ(after.queue_time, v1.queue_time);
	}
}

#define TOUCHED	((size_t)8 << 20)

static void touch_memory(void)
{
	char *memory = mmap(NULL, 2 * TOUCHED, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *shared = mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHILD_CHECK(memory != MAP_FAILED && shared != MAP_FAILED);
	memset(memory, 1, TOUCHED);
	memset(shared, 1, TOUCHED);
}

TEST_F(task, memory)
{
	zx_info_task_stats_t stats;
	zx_info_task_stats_v1_t v1;

	START(0, touch_memory);
	memset(&stats, 0xa5, sizeof(stats));
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_TASK_STATS, &stats,
					    sizeof(stats), NULL, NULL));
	EXPECT_LE(3 * TOUCHED, stats.mem_mapped_bytes);
	EXPECT_LE(TOUCHED, stats.mem_private_bytes);
	EXPECT_GT(2 * TOUCHED, stats.mem_private_bytes);
	EXPECT_LE(TOUCHED, stats.mem_shared_bytes);
	EXPECT_GT(2 * TOUCHED, stats.mem_shared_bytes);
	EXPECT_EQ(stats.mem_shared_bytes, stats.mem_scaled_shared_bytes);
	EXPECT_EQ(0, stats.mem_fractional_scaled_shared_bytes);
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_TASK_STATS_V1, &v1, sizeof(v1),
					    NULL, NULL));
	EXPECT_EQ(stats.mem_mapped_bytes, v1.mem_mapped_bytes);
	LET_GO();
	EXPECT_TRUE(ends_soon(self->process));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_object_get_info(self->process, ZX_INFO_TASK_STATS, &stats,
						       sizeof(stats), NULL, NULL));
}

static void exit_leader(void)
{
	in_thread(burn, (intptr_t)ZX_SEC(3600));
	CHILD_CHECK(write(atoi(ready_number), "r", 1) == 1);
	syscall(SYS_exit, 0);
}

/* Its memory and times are those of the other threads then, and its end comes with the last. */
TEST_F(task, leader_that_has_exited)
{
	zx_info_task_stats_t stats;
	siginfo_t info = {};

	snprintf(ready_number, sizeof(ready_number), "%d", self->ready[1]);
	START(0, exit_leader);
	while (zx_object_get_info(self->process, ZX_INFO_TASK_STATS, &stats, sizeof(stats), NULL,
				  NULL) == ZX_OK && runtime_of(self->process).cpu_time < BURN)
		sched_yield();
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_TASK_STATS, &stats,
					    sizeof(stats), NULL, NULL));
	EXPECT_LT(0, stats.mem_private_bytes);
	EXPECT_EQ(0, waitid(P_PID, self->pid, &info, WEXITED | WNOHANG | WNOWAIT));
	EXPECT_EQ(0, info.si_pid);
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, info_of(self->process).flags);
	EXPECT_EQ(ZX_OK, zx_task_kill(self->process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(self->process));
}

static void check_start_time(void)
{
	zx_instant_mono_t start = info_of(zx_process_self()).start_time;

	CHILD_CHECK(start <= zx_clock_get_monotonic());
	CHILD_CHECK(start > zx_clock_get_monotonic() - ZX_SEC(600));
}

/* The child's clock is a million seconds ahead. */
TEST_F(task, start_time_is_that_of_the_time_namespace)
{
	if (!zxp_unshare_time("monotonic 1000000 0"))
		SKIP(return, "no time namespaces");
	START(0, check_start_time);
	EXPECT_GE(zx_clock_get_monotonic(), info_of(self->process).start_time);
	LET_GO();
	EXPECT_EQ(0, return_code(self->process));
}

/*
 * Handles to other processes.
 */

static void send_koid(void)
{
	zx_koid_t koid = zxt_koid(zx_process_self());

	CHILD_CHECK(write(told[1], &koid, sizeof(koid)) == sizeof(koid));
}

/* Whether the process has the object before or after another program asks for it. */
TEST_F(task, object_is_the_one_of_the_process)
{
	zx_handle_t again;
	zx_koid_t koid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told));
	START(0, send_koid);
	ASSERT_EQ(sizeof(koid), read(told[0], &koid, sizeof(koid)));
	EXPECT_EQ(koid, zxt_koid(self->process));
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &again));
	EXPECT_EQ(koid, zxt_koid(again));
	EXPECT_NE(self->process, again);
	ASSERT_EQ(ZX_OK, open_pid(getpid(), &again));
	EXPECT_EQ(zxt_koid(zx_process_self()), zxt_koid(again));
}

TEST_F(task, object_made_by_another_program_first)
{
	const struct ending ending = { "", send_koid, 0 };
	zx_koid_t koid;
	char byte;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told));
	self->pid = start_ending(&ending, false, self->ready[1], self->go);
	ASSERT_EQ(1, read(self->ready[0], &byte, 1));
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &self->process));
	LET_GO();
	ASSERT_EQ(sizeof(koid), read(told[0], &koid, sizeof(koid)));
	EXPECT_EQ(koid, zxt_koid(self->process));
}

TEST_F(task, what_cannot_be_opened)
{
	zx_handle_t handle = 5;
	int fd, pipes[2];

	START(0, do_nothing);
	fd = pidfd_of(self->pid);
	ASSERT_EQ(0, pipe2(pipes, O_CLOEXEC));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_open(fd, 1, &handle));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_open(-1, 1, &handle));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_process_open(-1, 0, &handle));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_process_open(12345, 0, &handle));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_process_open(pipes[0], 0, &handle));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_open(fd, 0, zxt_nowhere[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_open(fd, 0, NULL));
	EXPECT_EQ(5, handle);
	EXPECT_EQ(1, zxt_handles());

	/* One for which the parent has waited is no more. */
	LET_GO();
	EXPECT_EQ(0, return_code(self->process));
	EXPECT_EQ(self->pid, waitpid(self->pid, NULL, 0));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zxl_process_open(fd, 0, &handle));
	self->pid = 0;
	EXPECT_EQ(1, zxt_handles());
}

/* A supervisor can ask for a child that has ended before; whether or not it had an object then. */
TEST_F(task, zombies_can_be_opened)
{
	for (size_t i = 0; i < 4 * sizeof(endings) / sizeof(*endings); i++) {
		const struct ending *ending = &endings[i / 4];
		bool device = i & 1, opened = i & 2;
		int64_t want = ending->code;
		zx_handle_t process, first;
		siginfo_t info;
		int go[2];
		char byte;
		pid_t pid;

		ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
		pid = start_ending(ending, device, self->ready[1], go);
		ASSERT_EQ(1, read(self->ready[0], &byte, 1));
		ASSERT_TRUE(!opened || open_pid(pid, &first) == ZX_OK);
		close(go[0]);
		close(go[1]);
		ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
		if (opened) {
			ASSERT_TRUE(ends_soon(first));
			zx_handle_close(first);
		}
		ASSERT_EQ(ZX_OK, open_pid(pid, &process));
		if (!want)
			want = info.si_status;
		/* Only a process that has used the library has told the 64 bits of its code. */
		if (info.si_code == CLD_EXITED)
			want &= 0xff;
		EXPECT_EQ(want, return_code(process)) {
			TH_LOG("%s, %s the device", ending->name, device ? "with" : "without");
		}
		EXPECT_EQ(ZX_OK, zx_task_kill(process));
		EXPECT_EQ(want, return_code(process));
		EXPECT_STRNE("", name_of(process));
		EXPECT_EQ(pid, waitpid(pid, NULL, 0));
		EXPECT_EQ(want, return_code(process));
		zx_handle_close(process);
	}
	EXPECT_EQ(0, zxt_handles());
}

static zx_status_t open_as(uid_t uid, pid_t target)
{
	pid_t pid = fork();
	zx_handle_t handle;

	if (!pid) {
		zxp_become(uid);
		_exit(-open_pid(target, &handle));
	}
	return -zxp_reap(pid);
}

TEST_F(task, processes_of_other_users_cannot_be_opened)
{
	if (getuid())
		SKIP(return, "needs root, for other users");
	START(INNOCENT, do_nothing);
	EXPECT_EQ(ZX_OK, open_as(INNOCENT, self->pid));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, open_as(HOSTILE, self->pid));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, open_as(HOSTILE, getpid()));
}

/* Linux lets a user signal a set-user-ID program that he has started, but not look into it. */
static void become_half(void)
{
	CHILD_CHECK(setresgid(INNOCENT, INNOCENT, INNOCENT) == 0);
	CHILD_CHECK(setresuid(INNOCENT, HOSTILE, HOSTILE) == 0);
}

TEST_F(task, a_program_with_other_rights_cannot_be_opened)
{
	if (getuid())
		SKIP(return, "needs root, for other users");
	START(0, become_half);
	ASSERT_TRUE(may_signal(INNOCENT, self->pid));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, open_as(INNOCENT, self->pid));
}

/* In a pid namespace with the /proc of another, ids there name other processes here. */
TEST_F(task, proc_of_another_pid_namespace)
{
	zx_handle_t handle;
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		SKIP(return, "needs root and pid namespaces");
	pid = fork();
	if (!pid) {
		pid = fork();
		if (!pid) {
			pause();
			_exit(0);
		}
		CHILD_CHECK(open_pid(pid, &handle) == ZX_ERR_NOT_SUPPORTED);
		CHILD_CHECK(unshare(CLONE_NEWNS) == 0);
		CHILD_CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
		CHILD_CHECK(mount("proc", "/proc", "proc", 0, NULL) == 0);
		CHILD_CHECK(open_pid(pid, &handle) == ZX_OK);
		CHILD_CHECK(zx_task_kill(handle) == ZX_OK);
		CHILD_CHECK(zxp_reap(pid) == 128 + SIGKILL);
		CHILD_CHECK(umount2("/proc", MNT_DETACH) == 0);
		CHILD_CHECK(umount2("/proc", MNT_DETACH) == 0);
		CHILD_CHECK(open_pid(getpid(), &handle) == ZX_ERR_NOT_SUPPORTED);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
}

static pid_t pids[2];
static zx_status_t statuses[2];

/* In a thread with a descriptor table of its own, where a number is another process. */
static void *open_in_own_table(void *fd_of_first)
{
	int fd = (int)(intptr_t)fd_of_first, other;
	zx_handle_t process;

	if (unshare(CLONE_FILES))
		abort();
	other = pidfd_of(pids[1]);
	dup2(other, fd);
	statuses[0] = zxl_process_open(fd, 0, &process);
	statuses[1] = zx_task_kill(process);
	return NULL;
}

TEST_F(task, descriptors_of_the_calling_thread)
{
	pthread_t thread;
	int fd;

	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			pause();
			_exit(0);
		}
	}
	fd = pidfd_of(pids[0]);
	ASSERT_EQ(0, pthread_create(&thread, NULL, open_in_own_table, (void *)(intptr_t)fd));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(ZX_OK, statuses[0]);
	EXPECT_EQ(ZX_OK, statuses[1]);
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pids[1]));
	EXPECT_TRUE(zxp_is_running(pids[0]));
	kill(pids[0], SIGKILL);
	waitpid(pids[0], NULL, 0);
}

static void *open_without_leader(void *unused)
{
	zx_handle_t process;

	(void)unused;
	/* The leader's descriptors in /proc go when it has exited. */
	while (access("/proc/self/fdinfo/0", F_OK) == 0)
		sched_yield();
	CHILD_CHECK(open_pid(getppid(), &process) == ZX_OK);
	exit(0);
}

static void exit_leader_alone(void)
{
	in_thread(open_without_leader, 0);
	syscall(SYS_exit, 0);
}

TEST_F(task, after_the_end_of_the_first_thread)
{
	static const struct ending ending = { "", exit_leader_alone, 0 };
	pid_t pid = start_ending(&ending, true, self->ready[1], self->go);

	LET_GO();
	EXPECT_EQ(0, zxp_reap(pid));
}

TEST_F(task, pidfd)
{
	zx_handle_t event, weak, again;
	siginfo_t info = {};
	int fd = -1;

	START(0, do_nothing);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_WAIT, &weak));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_pidfd(self->process, 1, &fd));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_process_pidfd(self->process, 0, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_process_pidfd(ZX_HANDLE_INVALID, 0, &fd));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_process_pidfd(event, 0, &fd));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_process_pidfd(weak, 0, &fd));
	EXPECT_EQ(-1, fd);

	ASSERT_EQ(ZX_OK, zxl_process_pidfd(self->process, 0, &fd));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	ASSERT_EQ(ZX_OK, zxl_process_open(fd, 0, &again));
	EXPECT_EQ(zxt_koid(self->process), zxt_koid(again));
	EXPECT_EQ(0, syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	EXPECT_EQ(ZXL_TASK_RETCODE_SIGNAL(SIGTERM), return_code(self->process));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxl_process_pidfd(self->process, 0, &fd));
	EXPECT_EQ(0, waitid(P_PIDFD, fd, &info, WEXITED));
	EXPECT_EQ(self->pid, info.si_pid);
	self->pid = 0;
}

/* A process that the reader's pid namespace does not have. */
TEST_F(task, pidfd_from_another_pid_namespace)
{
	zx_handle_t copy;
	pid_t pid;
	int fd;

	START(0, do_nothing);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &fd));
	if (unshare(CLONE_NEWPID))
		SKIP(return, "needs root and pid namespaces");
	pid = fork();
	if (!pid) {
		int pidfd;

		CHILD_CHECK(zxl_handle_import(fd, 0, &copy) == ZX_OK);
		CHILD_CHECK(zxl_process_pidfd(copy, 0, &pidfd) == ZX_ERR_NOT_FOUND);
		/* The handle works all the same. */
		CHILD_CHECK(zx_task_kill(copy) == ZX_OK);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, return_code(self->process));
}

/*
 * Races.
 */

#define ROUNDS	300

/*
 * Sends a handle that was made without capabilities; then becomes another user with many handles.
 */
static void become_with_handles(void)
{
	zx_handle_t handle;
	struct zx_ioc_handle arg = { .out = (uintptr_t)&handle };
	int device = zxp_open(O_CLOEXEC), fd;
	struct zxl_ioc_fd export = { .out = (uintptr_t)&fd };

	CHILD_CHECK(setresuid(-1, INNOCENT, -1) == 0);
	CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_PROCESS_SELF, &arg) == 0);
	export.handle = handle;
	CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_HANDLE_EXPORT, &export) == 0);
	CHILD_CHECK(zxp_send_fd(told[1], fd) == 0);
	CHILD_CHECK(setresuid(-1, 0, -1) == 0);
	CHILD_CHECK(setresgid(HOSTILE, HOSTILE, HOSTILE) == 0);
	CHILD_CHECK(setresuid(HOSTILE, HOSTILE, HOSTILE) == 0);
	for (int i = 0; i < 4000; i++)
		CHILD_CHECK(zx_event_create(0, &handle) == ZX_OK);
}

/* A maker that may not see the handles of a process sees none of them while it ends, either. */
TEST_F_TIMEOUT(task, handles_while_a_process_ends, 600)
{
	if (getuid())
		SKIP(return, "needs root, for other users");
	for (int i = 0; i < 20; i++) {
		zx_status_t status;
		size_t avail = 0;

		START_THAT_SENDS(0, become_with_handles);
		status = zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, NULL, 0, NULL,
					    &avail);
		ASSERT_EQ(ZX_ERR_ACCESS_DENIED, status);
		LET_GO();
		while (zxt_signals(self->process) != ZX_PROCESS_TERMINATED) {
			status = zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, NULL, 0,
						    NULL, &avail);
			ASSERT_TRUE(status == ZX_OK ? avail == 0 : status == ZX_ERR_ACCESS_DENIED);
		}
		zx_handle_close(self->process);
		EXPECT_EQ(0, zxp_reap(self->pid));
		close(told[0]);
		close(told[1]);
		close(self->go[0]);
		ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
	}
	self->pid = 0;
}

#define DEAD	50

/* The struct pid of a process that has ended is another's later; its name is not. */
TEST_F(task, name_of_the_dead_is_not_that_of_the_living)
{
	zx_handle_t dead[DEAD], copies[DEAD], channel[2];

	for (int i = 0; i < DEAD; i++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		ASSERT_EQ(ZX_OK, open_pid(pid, &dead[i]));
		EXPECT_TRUE(ends_soon(dead[i]));
		EXPECT_EQ(0, zxp_reap(pid));
	}
	for (int i = 0; i < 100; i++) {
		pid_t pid;
		int fd;

		for (int j = 0; j < DEAD; j++)
			ASSERT_EQ(ZX_OK, zx_handle_duplicate(dead[j], ZX_RIGHT_SAME_RIGHTS,
							     &copies[j]));
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
		ASSERT_EQ(ZX_OK, zx_channel_write(channel[0], 0, NULL, 0, copies, DEAD));
		ASSERT_EQ(ZX_OK, zxl_handle_export(channel[1], 0, &fd));
		pid = fork();
		if (!pid) {
			uint32_t count;

			CHILD_CHECK(prctl(PR_SET_NAME, "living") == 0);
			CHILD_CHECK(zxl_handle_import(fd, 0, &channel[1]) == ZX_OK);
			CHILD_CHECK(zx_channel_read(channel[1], 0, NULL, copies, 0, DEAD, NULL,
						    &count) == ZX_OK && count == DEAD);
			for (int j = 0; j < DEAD; j++)
				CHILD_CHECK(set_name(copies[j], "dead") == ZX_OK);
			CHILD_CHECK(!strcmp(comm_of(getpid()), "living"));
			_exit(0);
		}
		close(fd);
		ASSERT_EQ(ZX_OK, zx_handle_close(channel[0]));
		ASSERT_EQ(0, zxp_reap(pid));
	}
}

/* Each has its end recorded. */
TEST_F(task, opened_while_it_ends)
{
	int opened = 0;

	for (int i = 0; i < ROUNDS; i++) {
		zx_handle_t process;
		zx_status_t status;
		pid_t pid = fork();
		int fd;

		if (!pid) {
			if (i & 1)
				use_device();
			for (volatile int spin = i * 50; spin > 0; spin--)
				;
			_exit(i & 0x7f);
		}
		fd = pidfd_of(pid);
		status = zxl_process_open(fd, 0, &process);
		close(fd);
		if (status == ZX_OK) {
			opened++;
			EXPECT_EQ(i & 0x7f, return_code(process));
			zx_handle_close(process);
		}
		EXPECT_EQ(i & 0x7f, zxp_reap(pid));
	}
	/* None of them was waited for before. */
	EXPECT_EQ(ROUNDS, opened);
	EXPECT_EQ(0, zxt_handles());
}

struct race {
	pid_t pid;
	atomic_uint next;
	zx_koid_t koids[RACERS];
	atomic_int failures;
};

static void race_open(struct race *race)
{
	zx_handle_t process;

	if (open_pid(race->pid, &process) != ZX_OK) {
		race->failures++;
		return;
	}
	race->koids[race->next++] = zxt_koid(process);
	zx_handle_close(process);
}

TEST_F(task, opened_by_several_threads)
{
	void (*const actions[RACERS])(struct race *race) = {
		race_open, race_open, race_open, race_open,
	};
	struct race race = {};
	struct racers racers;

	racers_start(&racers, &race, actions);
	for (int i = 0; i < ROUNDS / 3; i++) {
		race.next = 0;
		race.pid = fork();
		if (!race.pid) {
			pause();
			_exit(0);
		}
		racers_round(&racers);
		for (int j = 1; j < RACERS; j++)
			EXPECT_EQ(race.koids[0], race.koids[j]);
		kill(race.pid, SIGKILL);
		waitpid(race.pid, NULL, 0);
	}
	racers_stop(&racers);
	EXPECT_EQ(0, race.failures);
}

static int child_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "exit") && argc == 3)
		return atoi(argv[2]);
	if (!strcmp(what, "exit-as-told")) {
		CHILD_CHECK(tell_exit(0x205) == 0);
		return 5;
	}
	if (!strcmp(what, "block") && argc == 4) {
		CHILD_CHECK(write(atoi(argv[2]), "r", 1) == 1);
		zxp_block_on(atoi(argv[3]));
		return 0;
	}
	if (!strcmp(what, "become") && argc == 5) {
		zxp_become(strtoul(argv[2], NULL, 10));
		use_device();
		CHILD_CHECK(write(atoi(argv[3]), "r", 1) == 1);
		zxp_block_on(atoi(argv[4]));
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
