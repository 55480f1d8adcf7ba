// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: handles that go from one to another, what happens to them when a process ends or
 * executes another program, which processes may use an open /dev/zircon, and the process as an
 * object.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <zircon/syscalls/clock.h>

#include "zxproc.h"
#include "zxrace.h"

extern char **environ;

/* The name under which this program executes itself, see child_main(). */
#define PROGRAM	"process-child"

/* One endpoint here, the other exported for a child. */
FIXTURE(process)
{
	zx_handle_t channel;
	int fd;
	int pipe[2];	/* children block on it until the test closes it */
};

FIXTURE_SETUP(process)
{
	zx_handle_t other;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->channel, &other));
	ASSERT_EQ(ZX_OK, zxl_handle_export(other, 0, &self->fd));
	ASSERT_EQ(0, pipe2(self->pipe, O_CLOEXEC));
}

FIXTURE_TEARDOWN(process)
{
	close(self->pipe[1]);
	while (waitpid(-1, NULL, 0) > 0)
		;
	zx_handle_close(self->channel);
}

/* In a child: gets the other endpoint, through the library. */
static zx_handle_t take(int fd)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;

	CHILD_CHECK(zxl_handle_import(fd, 0, &handle) == ZX_OK);
	close(fd);
	return handle;
}

/* In a child that opens the device by itself: gets the other endpoint. */
static zx_handle_t take_raw(int device, int fd)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;

	CHILD_CHECK(device >= 0);
	CHILD_CHECK(zxp_import(device, fd, &handle) == 0);
	close(fd);
	return handle;
}

/* In a child: executes this program as child_main(), which runs until the pipe is closed. */
static _Noreturn void become(const char *what, uint32_t number, const int *pipe)
{
	char numbers[2][16];

	close(pipe[1]);
	CHILD_CHECK(fcntl(pipe[0], F_SETFD, 0) == 0);
	snprintf(numbers[0], sizeof(numbers[0]), "%u", number);
	snprintf(numbers[1], sizeof(numbers[1]), "%d", pipe[0]);
	execl("/proc/self/exe", PROGRAM, what, numbers[0], numbers[1], NULL);
	_exit(CHILD_FAILED);
}

/* Makes a child without the C library, so that no fork handler of the library runs. */
static pid_t clone_raw(unsigned long flags)
{
	return syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

static void say(zx_handle_t channel, const char *text)
{
	CHILD_CHECK(zx_channel_write(channel, 0, text, strlen(text) + 1, NULL, 0) == ZX_OK);
}

static void say_raw(int device, zx_handle_t channel, const char *text)
{
	CHILD_CHECK(zxp_write(device, channel, text, strlen(text) + 1) == 0);
}

/* Waits for a message and compares it. */
static bool heard(zx_handle_t channel, const char *text)
{
	char got[64] = "";
	uint32_t size;

	if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, ZXT_SOON,
			       NULL) != ZX_OK)
		return false;
	return zx_channel_read(channel, 0, got, NULL, sizeof(got), 0, &size, NULL) == ZX_OK &&
	       strcmp(got, text) == 0;
}

static bool closes_soon(zx_handle_t handle)
{
	return zx_object_wait_one(handle, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL) == ZX_OK;
}

/* Waits a moment for an event that must not happen. */
static bool stays_open(zx_handle_t handle)
{
	return zx_object_wait_one(handle, ZX_CHANNEL_PEER_CLOSED, zx_deadline_after(ZX_MSEC(300)),
				  NULL) == ZX_ERR_TIMED_OUT;
}

/*
 * Handles in transfer.
 */

/* Answers a message with an event: signals the event, and sends a handle back. */
static void serve(zx_handle_t channel)
{
	zx_handle_t event, mine, theirs;
	uint32_t size, count;
	char text[8];

	CHILD_CHECK(zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZXT_SOON, NULL) == ZX_OK);
	CHILD_CHECK(zx_channel_read(channel, 0, text, &event, sizeof(text), 1, &size, &count) ==
		    ZX_OK);
	CHILD_CHECK(count == 1 && size == 5 && !strcmp(text, "ping"));
	CHILD_CHECK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_OK);
	CHILD_CHECK(zx_eventpair_create(0, &mine, &theirs) == ZX_OK);
	CHILD_CHECK(zx_channel_write(channel, 0, "pong", 5, &theirs, 1) == ZX_OK);
	/* The parent signals the pair, so the handle that arrived there is its peer. */
	CHILD_CHECK(zx_object_wait_one(mine, ZX_USER_SIGNAL_3, ZXT_SOON, NULL) == ZX_OK);
}

static void check_served(struct __test_metadata *_metadata, zx_handle_t channel)
{
	zx_handle_t event, copy, pair = ZX_HANDLE_INVALID;
	uint32_t size, count;
	char text[8] = "";

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zx_channel_write(channel, 0, "ping", 5, &copy, 1));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZXT_SOON, NULL));
	ASSERT_EQ(ZX_OK, zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	ASSERT_EQ(ZX_OK, zx_channel_read(channel, 0, text, &pair, sizeof(text), 1, &size, &count));
	EXPECT_STREQ("pong", text);
	ASSERT_EQ(1, count);
	EXPECT_EQ(ZX_OBJ_TYPE_EVENTPAIR, zxt_basic(pair).type);
	EXPECT_EQ(ZX_DEFAULT_EVENTPAIR_RIGHTS, zxt_basic(pair).rights);
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(pair, 0, ZX_USER_SIGNAL_3));
	/* The child's end closes the handle that it kept. */
	EXPECT_TRUE(closes_soon(pair));
	zx_handle_close(pair);
	EXPECT_EQ(1, zxt_handles_to(event));
	zx_handle_close(event);
}

TEST_F_TIMEOUT(process, channel_by_inheritance, 120)
{
	pid_t pid = fork();

	if (!pid) {
		serve(take(self->fd));
		_exit(0);
	}
	close(self->fd);
	check_served(_metadata, self->channel);
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(1, zxt_handles());
}

TEST_F_TIMEOUT(process, channel_by_exec, 120)
{
	pid_t pid = fork();
	char number[16];

	if (!pid) {
		snprintf(number, sizeof(number), "%d", self->fd);
		CHILD_CHECK(fcntl(self->fd, F_SETFD, 0) == 0);
		execl("/proc/self/exe", PROGRAM, "serve", number, NULL);
		_exit(CHILD_FAILED);
	}
	close(self->fd);
	check_served(_metadata, self->channel);
	EXPECT_EQ(0, zxp_reap(pid));
}

TEST_F_TIMEOUT(process, channel_by_unix_socket, 120)
{
	int sockets[2];
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	pid = fork();
	if (!pid) {
		close(self->fd);
		close(sockets[0]);
		serve(take(zxp_receive_fd(sockets[1], 0)));
		_exit(0);
	}
	ASSERT_EQ(0, zxp_send_fd(sockets[0], self->fd));
	close(self->fd);
	check_served(_metadata, self->channel);
	EXPECT_EQ(0, zxp_reap(pid));
	close(sockets[0]);
	close(sockets[1]);
}

/* A handle's number is valid in its own process only. */
TEST_F_TIMEOUT(process, handle_values_are_private, 120)
{
	zx_handle_t events[16];
	pid_t pid;

	for (int i = 0; i < 16; i++)
		ASSERT_EQ(ZX_OK, zx_event_create(0, &events[i]));
	pid = fork();
	if (!pid) {
		zx_handle_t channel = take(self->fd);

		for (int i = 0; i < 16; i++) {
			/* One number in 2^29 may name a handle here by chance, but not sixteen. */
			CHILD_CHECK(zx_handle_close(events[i]) == ZX_ERR_BAD_HANDLE);
		}
		CHILD_CHECK(zx_handle_check_valid(channel) == ZX_OK);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	for (int i = 0; i < 16; i++)
		EXPECT_EQ(ZX_OK, zx_handle_close(events[i]));
	close(self->fd);
}

/*
 * The end of a process.
 */

/* Messages that were written before stay readable, with their handles. */
static void check_last_words(struct __test_metadata *_metadata, zx_handle_t channel)
{
	zx_signals_t observed = 0;
	zx_handle_t event = ZX_HANDLE_INVALID;
	char text[8];
	uint32_t size, count;

	EXPECT_EQ(ZX_OK, zx_object_wait_one(channel, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, &observed));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, observed);
	EXPECT_TRUE(heard(channel, "one"));
	EXPECT_TRUE(heard(channel, "two"));
	ASSERT_EQ(ZX_OK, zx_channel_read(channel, 0, text, &event, sizeof(text), 1, &size, &count));
	ASSERT_EQ(1, count);
	EXPECT_EQ(ZX_EVENT_SIGNALED, zxt_signals(event));
	EXPECT_EQ(1, zxt_handles_to(event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(channel));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED,
		  zx_channel_read(channel, 0, text, NULL, sizeof(text), 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_write(channel, 0, "x", 1, NULL, 0));
}

static void last_words(zx_handle_t channel)
{
	zx_handle_t event;

	say(channel, "one");
	say(channel, "two");
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_OK);
	CHILD_CHECK(zx_channel_write(channel, 0, "three", 6, &event, 1) == ZX_OK);
}

TEST_F_TIMEOUT(process, exit_closes_handles, 120)
{
	pid_t pid = fork();

	if (!pid) {
		last_words(take(self->fd));
		_exit(0);
	}
	close(self->fd);
	check_last_words(_metadata, self->channel);
	EXPECT_EQ(0, zxp_reap(pid));
}

TEST_F_TIMEOUT(process, kill_closes_handles, 120)
{
	zx_handle_t here, there;
	int fd;
	pid_t pid;

	/* A second channel, on which the child waits for an answer when it dies. */
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &here, &there));
	ASSERT_EQ(ZX_OK, zxl_handle_export(there, 0, &fd));
	pid = fork();
	if (!pid) {
		zx_handle_t call = take(fd);
		uint32_t answer, size, count;
		zx_channel_call_args_t args = {
			.wr_bytes = "call",
			.wr_num_bytes = 4,
			.rd_bytes = &answer,
			.rd_num_bytes = sizeof(answer),
		};

		last_words(take(self->fd));
		zx_channel_call(call, 0, ZX_TIME_INFINITE, &args, &size, &count);
		_exit(CHILD_FAILED);
	}
	close(self->fd);
	close(fd);
	ASSERT_EQ(ZX_OK, zx_object_wait_one(here, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	EXPECT_TRUE(stays_open(here));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	check_last_words(_metadata, self->channel);
	EXPECT_TRUE(closes_soon(here));
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
	zx_handle_close(here);
}

TEST_F_TIMEOUT(process, exec_closes_handles, 120)
{
	pid_t pid = fork();

	if (!pid) {
		last_words(take(self->fd));
		become("block", 0, self->pipe);
	}
	close(self->fd);
	check_last_words(_metadata, self->channel);
	EXPECT_TRUE(zxp_is_running(pid));
	close(self->pipe[1]);
	EXPECT_EQ(0, zxp_reap(pid));
}

/*
 * The new program has the old one's descriptor, which was not close-on-exec. It cannot use it, and
 * at its first call the old program's handles are closed.
 */
TEST_F_TIMEOUT(process, exec_with_inherited_file, 120)
{
	pid_t pid = fork();

	if (!pid) {
		int device = zxp_open(0);
		zx_handle_t channel = take_raw(device, self->fd);

		say_raw(device, channel, "one");
		become("stale", device, self->pipe);
	}
	close(self->fd);
	EXPECT_TRUE(heard(self->channel, "one"));
	EXPECT_TRUE(closes_soon(self->channel));
	EXPECT_TRUE(zxp_is_running(pid));
	close(self->pipe[1]);
	EXPECT_EQ(0, zxp_reap(pid));
}

/* As before, but the new program opens the device again, and gets a table of its own. */
TEST_F_TIMEOUT(process, exec_and_open_again, 120)
{
	pid_t pid = fork();

	if (!pid) {
		int device = zxp_open(0);
		zx_handle_t channel = take_raw(device, self->fd);

		say_raw(device, channel, "one");
		become("again", channel, self->pipe);
	}
	close(self->fd);
	EXPECT_TRUE(heard(self->channel, "one"));
	EXPECT_TRUE(closes_soon(self->channel));
	EXPECT_TRUE(zxp_is_running(pid));
	close(self->pipe[1]);
	EXPECT_EQ(0, zxp_reap(pid));
}

/*
 * Another process has the file when the owner execs. The file is not released then; the handles
 * must be closed all the same.
 */
enum holder {
	RAW_CLONE,	/* a child that the C library did not make */
	SHARED_FILES,	/* a child that shares the descriptors until the exec */
	SOCKET,		/* the file is sent to another process */
	TAKEN,		/* another process has got it with pidfd_getfd() */
};

/* The owner: reports that it has the device, waits until told, and executes another program. */
static _Noreturn void hold_and_exec(FIXTURE_DATA(process)(*self), enum holder holder, int go,
				    int socket)
{
	int device = zxp_open(O_CLOEXEC);
	zx_handle_t channel = take_raw(device, self->fd);
	pid_t keeper = 1;

	if (holder == RAW_CLONE)
		keeper = clone_raw(0);
	else if (holder == SHARED_FILES)
		keeper = clone_raw(CLONE_FILES);
	if (!keeper) {
		if (holder == RAW_CLONE)
			close(self->pipe[1]);
		/* In a shared table this would close the parent's pipe. */
		zxp_block_on(holder == RAW_CLONE ? self->pipe[0] : go);
		if (holder == SHARED_FILES) {
			/* Keeps the descriptors, the pipe's writing end included, until killed. */
			for (;;)
				pause();
		}
		_exit(0);
	}
	if (holder == SOCKET)
		CHILD_CHECK(zxp_send_fd(socket, device) == 0);
	CHILD_CHECK(write(socket, &device, sizeof(device)) == sizeof(device));
	CHILD_CHECK(write(socket, &keeper, sizeof(keeper)) == sizeof(keeper));
	say_raw(device, channel, "ready");
	zxp_block_on(go);
	become("block", 0, self->pipe);
}

static void check_exec_is_prompt(struct __test_metadata *_metadata, FIXTURE_DATA(process)(*self),
				 enum holder holder)
{
	int go[2], sockets[2], device, held = -1, pidfd;
	struct zx_ioc_handle arg = {};
	pid_t pid, keeper;

	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	pid = fork();
	if (!pid) {
		close(go[1]);
		hold_and_exec(self, holder, go[0], sockets[1]);
	}
	close(self->fd);
	close(go[0]);
	if (holder == SOCKET) {
		held = zxp_receive_fd(sockets[0], 0);
		ASSERT_LE(0, held);
	}
	ASSERT_EQ(sizeof(device), read(sockets[0], &device, sizeof(device)));
	ASSERT_EQ(sizeof(keeper), read(sockets[0], &keeper, sizeof(keeper)));
	EXPECT_TRUE(heard(self->channel, "ready"));
	if (holder == TAKEN) {
		pidfd = syscall(SYS_pidfd_open, pid, 0);
		ASSERT_LE(0, pidfd);
		held = syscall(SYS_pidfd_getfd, pidfd, device, 0);
		ASSERT_LE(0, held);
		close(pidfd);
	}
	EXPECT_TRUE(stays_open(self->channel));
	close(go[1]);
	EXPECT_TRUE(closes_soon(self->channel));
	EXPECT_TRUE(zxp_is_running(pid));
	if (held >= 0) {
		/* The file still belongs to the former program, and refuses every request. */
		EXPECT_EQ(-ESTALE, zxp_ioctl(held, ZX_IOC_HANDLE_CLOSE, &arg));
		close(held);
	} else {
		EXPECT_EQ(0, kill(keeper, 0));
		if (holder == SHARED_FILES)
			kill(keeper, SIGKILL);
	}
	close(self->pipe[1]);
	EXPECT_EQ(0, zxp_reap(pid));
	close(sockets[0]);
	close(sockets[1]);
}

TEST_F_TIMEOUT(process, exec_is_prompt_despite_a_raw_clone, 120)
{
	check_exec_is_prompt(_metadata, self, RAW_CLONE);
}

TEST_F_TIMEOUT(process, exec_is_prompt_despite_shared_descriptors, 120)
{
	check_exec_is_prompt(_metadata, self, SHARED_FILES);
}

TEST_F_TIMEOUT(process, exec_is_prompt_despite_a_receiver, 120)
{
	check_exec_is_prompt(_metadata, self, SOCKET);
}

TEST_F_TIMEOUT(process, exec_is_prompt_despite_pidfd_getfd, 120)
{
	check_exec_is_prompt(_metadata, self, TAKEN);
}

static _Atomic unsigned int calls_made;

static void *call_until_exec(void *arg __UNUSED)
{
	zx_handle_t channel[2];
	char text[8];

	for (;;) {
		CHILD_CHECK(zx_channel_create(0, &channel[0], &channel[1]) == ZX_OK);
		CHILD_CHECK(zx_channel_write(channel[0], 0, "x", 2, NULL, 0) == ZX_OK);
		CHILD_CHECK(zx_channel_read(channel[1], 0, text, NULL, sizeof(text), 0, NULL,
					    NULL) == ZX_OK);
		CHILD_CHECK(zx_handle_close_many(channel, 2) == ZX_OK);
		calls_made++;
	}
	return NULL;
}

static void *exec_from_here(void *arg)
{
	become("block", 0, arg);
}

/*
 * Threads are in the middle of calls while one of them execs, each time another one: the table must
 * live until the last of the calls has returned.
 */
TEST_F_TIMEOUT(process, exec_while_threads_call, 240)
{
	for (int round = 0; round < 30; round++) {
		zx_handle_t channel, other;
		int fd, go[2];
		pid_t pid;

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel, &other));
		ASSERT_EQ(ZX_OK, zxl_handle_export(other, 0, &fd));
		ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
		pid = fork();
		if (!pid) {
			pthread_t thread;

			take(fd);
			/* The child keeps the file, so that the exec ends the table. */
			if (!clone_raw(0)) {
				close(go[1]);
				zxp_block_on(go[0]);
				_exit(0);
			}
			for (int i = 0; i < 3; i++)
				CHILD_CHECK(pthread_create(&thread, NULL, call_until_exec, NULL) ==
					    0);
			while (calls_made < 100)
				sched_yield();
			if (round % 2)
				exec_from_here(self->pipe);
			CHILD_CHECK(pthread_create(&thread, NULL, exec_from_here, self->pipe) == 0);
			for (;;)
				pause();
		}
		close(fd);
		ASSERT_TRUE(closes_soon(channel));
		ASSERT_TRUE(zxp_is_running(pid));
		close(go[0]);
		close(go[1]);
		kill(pid, SIGKILL);
		ASSERT_EQ(128 + SIGKILL, zxp_reap(pid));
		zx_handle_close(channel);
	}
	close(self->fd);
}

/*
 * A child of the owner keeps the file open; the handles are closed nevertheless when the owner
 * ends. @kill_it: the owner is killed; @drop_it: it has closed its own descriptor before.
 */
static void check_prompt(struct __test_metadata *_metadata, FIXTURE_DATA(process)(*self),
			 bool kill_it, bool drop_it)
{
	int go[2], keeper_ready[2];
	pid_t pid, keeper = 0;

	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(keeper_ready, O_CLOEXEC));
	pid = fork();
	if (!pid) {
		int device = zxp_open(O_CLOEXEC);
		zx_handle_t channel = take_raw(device, self->fd);

		close(go[1]);
		say_raw(device, channel, "ready");
		keeper = fork();
		if (!keeper) {
			struct zx_ioc_handle arg = { .handle = channel };

			close(self->pipe[1]);
			CHILD_CHECK(zxp_ioctl(device, ZX_IOC_HANDLE_CLOSE, &arg) == -ESTALE);
			keeper = getpid();
			CHILD_CHECK(write(keeper_ready[1], &keeper, sizeof(keeper)) ==
				    sizeof(keeper));
			zxp_block_on(self->pipe[0]);
			_exit(0);
		}
		/* By now the keeper has its copy. */
		if (drop_it)
			close(device);
		zxp_block_on(go[0]);
		_exit(0);
	}
	close(self->fd);
	close(go[0]);
	EXPECT_TRUE(heard(self->channel, "ready"));
	ASSERT_EQ(sizeof(keeper), read(keeper_ready[0], &keeper, sizeof(keeper)));
	EXPECT_TRUE(stays_open(self->channel));
	if (kill_it)
		kill(pid, SIGKILL);
	close(go[1]);
	EXPECT_TRUE(closes_soon(self->channel));
	/* The process need not be reaped for that, and the keeper still has the file. */
	EXPECT_EQ(kill_it ? 128 + SIGKILL : 0, zxp_reap(pid));
	EXPECT_EQ(0, kill(keeper, 0));
	close(keeper_ready[0]);
	close(keeper_ready[1]);
}

TEST_F_TIMEOUT(process, exit_is_prompt_despite_inherited_file, 120)
{
	check_prompt(_metadata, self, false, false);
}

TEST_F_TIMEOUT(process, kill_is_prompt_despite_inherited_file, 120)
{
	check_prompt(_metadata, self, true, false);
}

TEST_F_TIMEOUT(process, exit_is_prompt_where_only_others_have_the_file, 120)
{
	check_prompt(_metadata, self, false, true);
}

TEST_F_TIMEOUT(process, kill_is_prompt_where_only_others_have_the_file, 120)
{
	check_prompt(_metadata, self, true, true);
}

/* Many processes are killed at once, each with handles of its own. */
TEST_F_TIMEOUT(process, many_killed_at_once, 120)
{
	zx_handle_t here[32], there;
	pid_t pids[32];
	int fd;

	for (int i = 0; i < 32; i++) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &here[i], &there));
		ASSERT_EQ(ZX_OK, zxl_handle_export(there, 0, &fd));
		pids[i] = fork();
		if (!pids[i]) {
			zx_handle_t channel = take(fd), a, b;

			for (int j = 0; j < 100; j++)
				CHILD_CHECK(zx_channel_create(0, &a, &b) == ZX_OK);
			say(channel, "ready");
			close(self->pipe[1]);
			zxp_block_on(self->pipe[0]);
			_exit(0);
		}
		close(fd);
	}
	for (int i = 0; i < 32; i++)
		EXPECT_TRUE(heard(here[i], "ready"));
	for (int i = 0; i < 32; i++)
		kill(pids[i], SIGKILL);
	for (int i = 0; i < 32; i++) {
		EXPECT_TRUE(closes_soon(here[i]));
		EXPECT_EQ(ZX_OK, zx_handle_close(here[i]));
	}
	for (int i = 0; i < 32; i++)
		EXPECT_EQ(128 + SIGKILL, zxp_reap(pids[i]));
	close(self->fd);
}

/*
 * Which processes may use an open device.
 */

/* All requests that work on a table, each with the smallest size that its struct has had. */
static const struct {
	unsigned long request;
	unsigned int first_size;
} all_requests[] = {
	{ ZXL_IOC_PROCESS_SELF, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZXL_IOC_PROCESS_OPEN, ZXL_IOC_PROCESS_SIZE_V0 },
	{ ZXL_IOC_PROCESS_PID, ZXL_IOC_PROCESS_SIZE_V0 },
	{ ZXL_IOC_THREAD_SELF, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZXL_IOC_THREAD_OPEN, ZXL_IOC_PROCESS_SIZE_V0 },
	{ ZXL_IOC_THREAD_BEGIN, ZXL_IOC_THREAD_BEGIN_SIZE_V0 },
	{ ZXL_IOC_JOB_OPEN, ZXL_IOC_JOB_OPEN_SIZE_V0 },
	{ ZXL_IOC_PROCESS_CREATE, ZXL_IOC_PROCESS_CREATE_SIZE_V0 },
	{ ZXL_IOC_PROCESS_STARTUP, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZXL_IOC_HANDLE_EXPORT, ZXL_IOC_FD_SIZE_V0 },
	{ ZXL_IOC_HANDLE_IMPORT, ZXL_IOC_FD_SIZE_V0 },
	{ ZXL_IOC_HANDLE_WATCH, ZXL_IOC_FD_SIZE_V0 },
	{ ZX_IOC_HANDLE_CLOSE, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZX_IOC_HANDLE_CLOSE_MANY, ZX_IOC_HANDLE_CLOSE_MANY_SIZE_V0 },
	{ ZX_IOC_HANDLE_DUPLICATE, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZX_IOC_HANDLE_REPLACE, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZX_IOC_HANDLE_CHECK_VALID, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZX_IOC_OBJECT_SIGNAL, ZX_IOC_OBJECT_SIGNAL_SIZE_V0 },
	{ ZX_IOC_OBJECT_SIGNAL_PEER, ZX_IOC_OBJECT_SIGNAL_SIZE_V0 },
	{ ZX_IOC_OBJECT_WAIT_ONE, ZX_IOC_OBJECT_WAIT_ONE_SIZE_V0 },
	{ ZX_IOC_OBJECT_WAIT_MANY, ZX_IOC_OBJECT_WAIT_MANY_SIZE_V0 },
	{ ZX_IOC_OBJECT_GET_INFO, ZX_IOC_OBJECT_GET_INFO_SIZE_V0 },
	{ ZX_IOC_OBJECT_GET_PROPERTY, ZX_IOC_OBJECT_PROPERTY_SIZE_V0 },
	{ ZX_IOC_OBJECT_SET_PROPERTY, ZX_IOC_OBJECT_PROPERTY_SIZE_V0 },
	{ ZX_IOC_OBJECT_GET_CHILD, ZX_IOC_OBJECT_GET_CHILD_SIZE_V0 },
	{ ZX_IOC_EVENT_CREATE, ZX_IOC_CREATE_SIZE_V0 },
	{ ZX_IOC_EVENTPAIR_CREATE, ZX_IOC_CREATE_SIZE_V0 },
	{ ZX_IOC_CHANNEL_CREATE, ZX_IOC_CREATE_SIZE_V0 },
	{ ZX_IOC_CHANNEL_READ, ZX_IOC_CHANNEL_READ_SIZE_V0 },
	{ ZX_IOC_CHANNEL_READ_ETC, ZX_IOC_CHANNEL_READ_SIZE_V0 },
	{ ZX_IOC_CHANNEL_WRITE, ZX_IOC_CHANNEL_WRITE_SIZE_V0 },
	{ ZX_IOC_CHANNEL_WRITE_ETC, ZX_IOC_CHANNEL_WRITE_SIZE_V0 },
	{ ZX_IOC_CHANNEL_CALL_NORETRY, ZX_IOC_CHANNEL_CALL_SIZE_V0 },
	{ ZX_IOC_CHANNEL_CALL_FINISH, ZX_IOC_CHANNEL_CALL_SIZE_V0 },
	{ ZX_IOC_CHANNEL_CALL_ETC_NORETRY, ZX_IOC_CHANNEL_CALL_SIZE_V0 },
	{ ZX_IOC_CHANNEL_CALL_ETC_FINISH, ZX_IOC_CHANNEL_CALL_SIZE_V0 },
	{ ZX_IOC_SOCKET_CREATE, ZX_IOC_CREATE_SIZE_V0 },
	{ ZX_IOC_SOCKET_READ, ZX_IOC_SOCKET_IO_SIZE_V0 },
	{ ZX_IOC_SOCKET_WRITE, ZX_IOC_SOCKET_IO_SIZE_V0 },
	{ ZX_IOC_SOCKET_SET_DISPOSITION, ZX_IOC_SOCKET_DISPOSITION_SIZE_V0 },
	{ ZX_IOC_SOCKET_SHARE, ZX_IOC_SOCKET_SHARE_SIZE_V0 },
	{ ZX_IOC_SOCKET_ACCEPT, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZX_IOC_FIFO_CREATE, ZX_IOC_FIFO_CREATE_SIZE_V0 },
	{ ZX_IOC_FIFO_READ, ZX_IOC_FIFO_IO_SIZE_V0 },
	{ ZX_IOC_FIFO_WRITE, ZX_IOC_FIFO_IO_SIZE_V0 },
	{ ZX_IOC_TIMER_CREATE, ZX_IOC_TIMER_CREATE_SIZE_V0 },
	{ ZX_IOC_TIMER_SET, ZX_IOC_TIMER_SET_SIZE_V0 },
	{ ZX_IOC_TIMER_CANCEL, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZX_IOC_COUNTER_CREATE, ZX_IOC_CREATE_SIZE_V0 },
	{ ZX_IOC_COUNTER_READ, ZX_IOC_COUNTER_READ_SIZE_V0 },
	{ ZX_IOC_COUNTER_WRITE, ZX_IOC_COUNTER_SIZE_V0 },
	{ ZX_IOC_COUNTER_ADD, ZX_IOC_COUNTER_SIZE_V0 },
	{ ZX_IOC_CLOCK_CREATE, ZX_IOC_CLOCK_CREATE_SIZE_V0 },
	{ ZX_IOC_CLOCK_READ, ZX_IOC_CLOCK_READ_SIZE_V0 },
	{ ZX_IOC_CLOCK_GET_DETAILS, ZX_IOC_CLOCK_SIZE_V0 },
	{ ZX_IOC_CLOCK_UPDATE, ZX_IOC_CLOCK_SIZE_V0 },
	{ ZX_IOC_OBJECT_WAIT_ASYNC, ZX_IOC_OBJECT_WAIT_ASYNC_SIZE_V0 },
	{ ZX_IOC_PORT_CREATE, ZX_IOC_CREATE_SIZE_V0 },
	{ ZX_IOC_PORT_QUEUE, ZX_IOC_PORT_QUEUE_SIZE_V0 },
	{ ZX_IOC_PORT_WAIT, ZX_IOC_PORT_WAIT_SIZE_V0 },
	{ ZX_IOC_PORT_CANCEL, ZX_IOC_PORT_CANCEL_SIZE_V0 },
	{ ZX_IOC_PORT_CANCEL_KEY, ZX_IOC_PORT_CANCEL_SIZE_V0 },
	{ ZX_IOC_TASK_KILL, ZX_IOC_HANDLE_SIZE_V0 },
	{ ZX_IOC_PROCESS_EXIT, ZX_IOC_PROCESS_EXIT_SIZE_V0 },
	{ ZX_IOC_THREAD_CREATE, ZX_IOC_THREAD_CREATE_SIZE_V0 },
	{ ZX_IOC_JOB_CREATE, ZX_IOC_JOB_CREATE_SIZE_V0 },
	{ ZX_IOC_JOB_SET_POLICY, ZX_IOC_JOB_SET_POLICY_SIZE_V0 },
	{ ZX_IOC_JOB_SET_CRITICAL, ZX_IOC_JOB_SET_CRITICAL_SIZE_V0 },
	{ ZX_IOC_FUTEX_WAIT, ZX_IOC_FUTEX_WAIT_SIZE_V0 },
	{ ZX_IOC_FUTEX_WAKE, ZX_IOC_FUTEX_WAKE_SIZE_V0 },
	{ ZX_IOC_FUTEX_REQUEUE, ZX_IOC_FUTEX_REQUEUE_SIZE_V0 },
	{ ZX_IOC_FUTEX_GET_OWNER, ZX_IOC_FUTEX_GET_OWNER_SIZE_V0 },
};

#define REQUESTS (sizeof(all_requests) / sizeof(*all_requests))

TEST(forked_child_is_refused)
{
	int device = zxp_open(O_CLOEXEC);
	zx_handle_t event;
	pid_t pid;

	ASSERT_LE(0, device);
	ASSERT_EQ(0, zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL));
	pid = fork();
	if (!pid) {
		struct zxl_version version = {};
		uint64_t arg[16] = {};

		for (size_t i = 0; i < REQUESTS; i++)
			CHILD_CHECK(zxp_ioctl(device, all_requests[i].request, arg) == -ESTALE);
		CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_VERSION, &version) == 0);
		CHILD_CHECK(version.major == ZXL_ABI_MAJOR);
		CHILD_CHECK(close(device) == 0);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	/* None of that had an effect on the owner. */
	EXPECT_EQ(0, zxp_close(device, event));
	/* The library does not ask the module to close this. */
	EXPECT_EQ(0, zxp_close(device, ZX_HANDLE_INVALID));
	close(device);
}

/* Returns the same request for a struct of another size. */
static unsigned long with_size(unsigned long request, unsigned int size)
{
	return _IOC(_IOC_DIR(request), _IOC_TYPE(request), _IOC_NR(request), size);
}

/*
 * Sizes of argument structs: the module accepts the one of the first version, and larger ones if
 * the part that it does not know is zero. It refuses sizes that no version had.
 */
TEST(structs_of_other_versions)
{
	int device = zxp_open(O_CLOEXEC);
	uint8_t arg[512];

	ASSERT_LE(0, device);
	for (size_t i = 0; i < REQUESTS; i++) {
		unsigned long request = all_requests[i].request;
		unsigned int size = _IOC_SIZE(request), first = all_requests[i].first_size;
		long plain;

		EXPECT_LE(first, size);
		memset(arg, 0, sizeof(arg));
		plain = zxp_ioctl(device, request, arg);
		EXPECT_LE(0, plain);
		EXPECT_EQ(plain, zxp_ioctl(device, with_size(request, first), arg));
		EXPECT_EQ(-EINVAL, zxp_ioctl(device, with_size(request, first - 1), arg));
		EXPECT_EQ(-EINVAL, zxp_ioctl(device, with_size(request, first - 8), arg));
		EXPECT_EQ(-EINVAL, zxp_ioctl(device, with_size(request, 0), arg));
		EXPECT_EQ(plain, zxp_ioctl(device, with_size(request, size + 8), arg));
		EXPECT_EQ(plain, zxp_ioctl(device, with_size(request, sizeof(arg)), arg));
		arg[size + 7] = 1;
		EXPECT_EQ(-E2BIG, zxp_ioctl(device, with_size(request, size + 8), arg));
		/* Bytes behind the struct are not read. */
		EXPECT_EQ(plain, zxp_ioctl(device, with_size(request, size + 7), arg));
	}
	close(device);
}

/* The fields that a request does not use. */
#define UNUSED(request, type, field) \
	{ request, offsetof(struct type, field), sizeof(((struct type *)NULL)->field) }

static const struct {
	unsigned long request;
	size_t offset, size;
} unused_fields[] = {
	UNUSED(ZXL_IOC_PROCESS_SELF, zx_ioc_handle, handle),
	UNUSED(ZXL_IOC_PROCESS_SELF, zx_ioc_handle, rights),
	UNUSED(ZXL_IOC_PROCESS_OPEN, zxl_ioc_process, handle),
	UNUSED(ZXL_IOC_PROCESS_PID, zxl_ioc_process, pid),
	UNUSED(ZXL_IOC_THREAD_SELF, zx_ioc_handle, rights),
	UNUSED(ZXL_IOC_JOB_OPEN, zxl_ioc_job_open, reserved),
	UNUSED(ZXL_IOC_PROCESS_STARTUP, zx_ioc_handle, handle),
	UNUSED(ZXL_IOC_PROCESS_STARTUP, zx_ioc_handle, rights),
	UNUSED(ZXL_IOC_HANDLE_EXPORT, zxl_ioc_fd, fd),
	UNUSED(ZXL_IOC_HANDLE_EXPORT, zxl_ioc_fd, signals),
	UNUSED(ZXL_IOC_HANDLE_EXPORT, zxl_ioc_fd, options),
	UNUSED(ZXL_IOC_HANDLE_IMPORT, zxl_ioc_fd, handle),
	UNUSED(ZXL_IOC_HANDLE_IMPORT, zxl_ioc_fd, signals),
	UNUSED(ZXL_IOC_HANDLE_IMPORT, zxl_ioc_fd, options),
	UNUSED(ZXL_IOC_HANDLE_WATCH, zxl_ioc_fd, fd),
	UNUSED(ZXL_IOC_HANDLE_WATCH, zxl_ioc_fd, options),
	UNUSED(ZX_IOC_HANDLE_CLOSE, zx_ioc_handle, rights),
	UNUSED(ZX_IOC_HANDLE_CLOSE, zx_ioc_handle, out),
	UNUSED(ZX_IOC_HANDLE_CHECK_VALID, zx_ioc_handle, rights),
	UNUSED(ZX_IOC_HANDLE_CHECK_VALID, zx_ioc_handle, out),
	UNUSED(ZX_IOC_OBJECT_SIGNAL, zx_ioc_object_signal, reserved),
	UNUSED(ZX_IOC_OBJECT_SIGNAL_PEER, zx_ioc_object_signal, reserved),
	UNUSED(ZX_IOC_EVENT_CREATE, zx_ioc_create, reserved),
	UNUSED(ZX_IOC_EVENT_CREATE, zx_ioc_create, out1),
	UNUSED(ZX_IOC_EVENTPAIR_CREATE, zx_ioc_create, reserved),
	UNUSED(ZX_IOC_CHANNEL_CREATE, zx_ioc_create, reserved),
	UNUSED(ZX_IOC_SOCKET_CREATE, zx_ioc_create, reserved),
	UNUSED(ZX_IOC_SOCKET_SET_DISPOSITION, zx_ioc_socket_disposition, reserved),
	UNUSED(ZX_IOC_SOCKET_ACCEPT, zx_ioc_handle, rights),
	UNUSED(ZX_IOC_FIFO_CREATE, zx_ioc_fifo_create, reserved),
	UNUSED(ZX_IOC_FIFO_READ, zx_ioc_fifo_io, reserved),
	UNUSED(ZX_IOC_FIFO_WRITE, zx_ioc_fifo_io, reserved),
	UNUSED(ZX_IOC_TIMER_SET, zx_ioc_timer_set, reserved),
	UNUSED(ZX_IOC_TIMER_CANCEL, zx_ioc_handle, rights),
	UNUSED(ZX_IOC_TIMER_CANCEL, zx_ioc_handle, out),
	UNUSED(ZX_IOC_COUNTER_CREATE, zx_ioc_create, reserved),
	UNUSED(ZX_IOC_COUNTER_CREATE, zx_ioc_create, out1),
	UNUSED(ZX_IOC_COUNTER_READ, zx_ioc_counter_read, reserved),
	UNUSED(ZX_IOC_COUNTER_WRITE, zx_ioc_counter, reserved),
	UNUSED(ZX_IOC_COUNTER_ADD, zx_ioc_counter, reserved),
	UNUSED(ZX_IOC_CLOCK_READ, zx_ioc_clock_read, reserved),
	UNUSED(ZX_IOC_CLOCK_GET_DETAILS, zx_ioc_clock, reserved),
	UNUSED(ZX_IOC_CLOCK_UPDATE, zx_ioc_clock, reserved),
	UNUSED(ZX_IOC_PORT_CREATE, zx_ioc_create, reserved),
	UNUSED(ZX_IOC_PORT_CREATE, zx_ioc_create, out1),
	UNUSED(ZX_IOC_PORT_QUEUE, zx_ioc_port_queue, reserved),
	UNUSED(ZX_IOC_PORT_WAIT, zx_ioc_port_wait, reserved),
	UNUSED(ZX_IOC_PORT_CANCEL_KEY, zx_ioc_port_cancel, source),
	UNUSED(ZX_IOC_TASK_KILL, zx_ioc_handle, rights),
	UNUSED(ZX_IOC_TASK_KILL, zx_ioc_handle, out),
	UNUSED(ZX_IOC_JOB_SET_CRITICAL, zx_ioc_job_set_critical, reserved),
	UNUSED(ZX_IOC_FUTEX_REQUEUE, zx_ioc_futex_requeue, reserved),
};

/* A job with one process, which has not started. */
static struct zx_ioc_job_set_critical new_critical(int device)
{
	struct zx_ioc_job_set_critical arg = {};
	struct zxl_ioc_process_create create = {
		.name = (uintptr_t)"member",
		.name_size = 6,
		.out = (uintptr_t)&arg.process,
	};

	CHILD_CHECK(zx_job_create(zx_job_default(), 0, &arg.handle) == ZX_OK);
	create.handle = arg.handle;
	CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_PROCESS_CREATE, &create) == 0);
	return arg;
}

/* Returns an argument with which the request succeeds. @child is one that the request may end. */
static union zxp_argument good_argument(unsigned long request, int device, pid_t child)
{
	static zx_handle_t out[2];
	static int fd;
	static uint8_t byte;
	static int64_t value;
	static zx_port_packet_t packet;
	static zx_clock_details_v1_t details;
	static const zx_clock_update_args_v2_t update;
	static const zx_futex_t futexes[2];
	zx_handle_t event, pair[2], socket[2], fifo[2], timer, counter, clock, port;
	struct zx_ioc_job_set_critical critical;
	union zxp_argument arg = {};

	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_eventpair_create(0, &pair[0], &pair[1]) == ZX_OK);
	CHILD_CHECK(zx_socket_create(ZX_SOCKET_HAS_ACCEPT, &socket[0], &socket[1]) == ZX_OK);
	CHILD_CHECK(zx_fifo_create(1, 1, 0, &fifo[0], &fifo[1]) == ZX_OK);
	CHILD_CHECK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &timer) == ZX_OK);
	CHILD_CHECK(zx_counter_create(0, &counter) == ZX_OK);
	CHILD_CHECK(zx_clock_create(0, NULL, &clock) == ZX_OK);
	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	switch (request) {
	case ZXL_IOC_PROCESS_SELF:
	case ZXL_IOC_THREAD_SELF:
	case ZXL_IOC_PROCESS_STARTUP:
		arg.handle.out = (uintptr_t)out;
		break;
	case ZXL_IOC_JOB_OPEN:
		memcpy(arg.bytes, &(struct zxl_ioc_job_open) { .out = (uintptr_t)out },
		       sizeof(struct zxl_ioc_job_open));
		break;
	case ZX_IOC_JOB_SET_CRITICAL:
		critical = new_critical(device);
		memcpy(arg.bytes, &critical, sizeof(critical));
		break;
	case ZXL_IOC_PROCESS_OPEN:
		arg.process.pid = child;
		arg.process.out = (uintptr_t)out;
		break;
	case ZXL_IOC_PROCESS_PID:
		arg.process.handle = zx_process_self();
		arg.process.out = (uintptr_t)out;
		break;
	case ZX_IOC_TASK_KILL:
		CHILD_CHECK(zxp_open_process(device, child, &arg.handle.handle) == 0);
		break;
	case ZXL_IOC_HANDLE_IMPORT:
		CHILD_CHECK(zxl_handle_export(event, 0, &arg.fd.fd) == ZX_OK);
		arg.fd.out = (uintptr_t)out;
		break;
	case ZXL_IOC_HANDLE_EXPORT:
	case ZXL_IOC_HANDLE_WATCH:
		arg.fd.handle = event;
		arg.fd.out = (uintptr_t)&fd;
		break;
	case ZX_IOC_HANDLE_CLOSE:
	case ZX_IOC_HANDLE_CHECK_VALID:
		arg.handle.handle = event;
		break;
	case ZX_IOC_OBJECT_SIGNAL:
	case ZX_IOC_OBJECT_SIGNAL_PEER:
		arg.signal.handle = pair[0];
		break;
	case ZX_IOC_EVENT_CREATE:
	case ZX_IOC_COUNTER_CREATE:
	case ZX_IOC_PORT_CREATE:
		arg.create.out0 = (uintptr_t)&out[0];
		break;
	case ZX_IOC_EVENTPAIR_CREATE:
	case ZX_IOC_CHANNEL_CREATE:
	case ZX_IOC_SOCKET_CREATE:
		arg.create.out0 = (uintptr_t)&out[0];
		arg.create.out1 = (uintptr_t)&out[1];
		break;
	case ZX_IOC_SOCKET_SET_DISPOSITION:
		arg.disposition.handle = socket[0];
		break;
	case ZX_IOC_SOCKET_ACCEPT:
		CHILD_CHECK(zx_socket_create(0, &pair[0], &pair[1]) == ZX_OK);
		CHILD_CHECK(zx_socket_share(socket[1], pair[0]) == ZX_OK);
		arg.handle.handle = socket[0];
		arg.handle.out = (uintptr_t)out;
		break;
	case ZX_IOC_FIFO_CREATE:
		arg.fifo_create.elem_count = 1;
		arg.fifo_create.elem_size = 1;
		arg.fifo_create.out0 = (uintptr_t)&out[0];
		arg.fifo_create.out1 = (uintptr_t)&out[1];
		break;
	case ZX_IOC_FIFO_READ:
		CHILD_CHECK(zx_fifo_write(fifo[1], 1, "x", 1, NULL) == ZX_OK);
		__attribute__((fallthrough));
	case ZX_IOC_FIFO_WRITE:
		arg.fifo_io.handle = fifo[0];
		arg.fifo_io.elem_size = 1;
		arg.fifo_io.data = (uintptr_t)&byte;
		arg.fifo_io.count = 1;
		break;
	case ZX_IOC_TIMER_SET:
		arg.timer_set.handle = timer;
		break;
	case ZX_IOC_TIMER_CANCEL:
		arg.handle.handle = timer;
		break;
	case ZX_IOC_COUNTER_READ:
		arg.counter_read.handle = counter;
		arg.counter_read.out = (uintptr_t)&value;
		break;
	case ZX_IOC_COUNTER_WRITE:
	case ZX_IOC_COUNTER_ADD:
		arg.counter.handle = counter;
		break;
	case ZX_IOC_CLOCK_READ:
		arg.clock_read.handle = clock;
		arg.clock_read.out = (uintptr_t)&value;
		break;
	case ZX_IOC_CLOCK_GET_DETAILS:
		arg.clock.handle = clock;
		arg.clock.options = ZX_CLOCK_ARGS_VERSION(1);
		arg.clock.args = (uintptr_t)&details;
		break;
	case ZX_IOC_CLOCK_UPDATE:
		arg.clock.handle = clock;
		arg.clock.options = ZX_CLOCK_ARGS_VERSION(2) |
				    ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID;
		arg.clock.args = (uintptr_t)&update;
		break;
	case ZX_IOC_PORT_QUEUE:
		arg.port_queue.handle = port;
		arg.port_queue.packet = (uintptr_t)&packet;
		break;
	case ZX_IOC_PORT_WAIT:
		CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
		arg.port_wait.handle = port;
		arg.port_wait.packet = (uintptr_t)&packet;
		break;
	case ZX_IOC_PORT_CANCEL_KEY:
		CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
		arg.port_cancel.handle = port;
		break;
	case ZX_IOC_FUTEX_REQUEUE:
		arg.futex_requeue.value_ptr = (uintptr_t)&futexes[0];
		arg.futex_requeue.requeue_ptr = (uintptr_t)&futexes[1];
		break;
	}
	return arg;
}

/* This program was not started with a handle. */
static long good_answer(unsigned long request)
{
	return request == ZXL_IOC_PROCESS_STARTUP ? -ZX_ERR_NOT_FOUND : 0;
}

/* A later version can then give them a meaning. */
TEST(unused_fields_must_be_zero)
{
	int device = zxp_open(O_CLOEXEC);

	ASSERT_LE(0, device);
	for (size_t i = 0; i < ARRAY_SIZE(unused_fields); i++) {
		unsigned long request = unused_fields[i].request;
		pid_t child = zxp_start_idle();
		union zxp_argument good = good_argument(request, device, child), arg;
		struct zx_ioc_job_set_critical critical;
		uint32_t handles = zxt_handles();

		for (size_t bit = 0; bit < 8 * unused_fields[i].size; bit++) {
			arg = good;
			arg.bytes[unused_fields[i].offset + bit / 8] = 1 << bit % 8;
			EXPECT_EQ(-ZX_ERR_INVALID_ARGS, zxp_ioctl(device, request, &arg)) {
				TH_LOG("request %lu, bit %zu from byte %zu", _IOC_NR(request), bit,
				       unused_fields[i].offset);
			}
		}
		EXPECT_EQ(handles, zxt_handles());
		EXPECT_TRUE(zxp_is_running(child));
		EXPECT_EQ(good_answer(request), zxp_ioctl(device, request, &good));
		/* Else the next child would be that process. */
		memcpy(&critical, good.bytes, sizeof(critical));
		if (request == ZX_IOC_JOB_SET_CRITICAL)
			EXPECT_EQ(ZX_OK, zx_handle_close(critical.process));
		EXPECT_EQ(128 + SIGKILL, request == ZX_IOC_TASK_KILL ? zxp_reap(child) :
							       zxp_end_idle(child));
	}
	close(device);
}

/* The module writes structs of other versions as well. */
TEST(version_of_any_size)
{
	int device = zxp_open(O_CLOEXEC);
	struct zxl_version version;
	uint8_t longer[256], *edge = zxt_at_edge(ZXL_VERSION_SIZE_V0);
	size_t size = sizeof(version);

	ASSERT_LE(0, device);
	ASSERT_EQ(0, zxp_ioctl(device, ZXL_IOC_VERSION, &version));
	EXPECT_EQ(ZXL_ABI_MAJOR, version.major);
	EXPECT_EQ(ZXL_ABI_MINOR, version.minor);

	/* Longer: the rest is zero, and nothing behind it is written. */
	memset(longer, 0xff, sizeof(longer));
	ASSERT_EQ(0, zxp_ioctl(device, with_size(ZXL_IOC_VERSION, size + 100), longer));
	EXPECT_EQ(0, memcmp(&version, longer, size));
	for (size_t i = size; i < sizeof(longer); i++)
		EXPECT_EQ(i < size + 100 ? 0 : 0xff, longer[i]);
	/* The size of the first version: not a byte more is written. */
	ASSERT_EQ(0, zxp_ioctl(device, with_size(ZXL_IOC_VERSION, ZXL_VERSION_SIZE_V0), edge));
	EXPECT_EQ(0, memcmp(&version, edge, ZXL_VERSION_SIZE_V0));
	/* Shorter: nothing is written. */
	memset(longer, 0xff, sizeof(longer));
	EXPECT_EQ(-EINVAL, zxp_ioctl(device, with_size(ZXL_IOC_VERSION, ZXL_VERSION_SIZE_V0 - 1),
				     longer));
	EXPECT_EQ(-EINVAL, zxp_ioctl(device, with_size(ZXL_IOC_VERSION, 0), longer));
	EXPECT_EQ(0xff, longer[0]);
	/* Memory that cannot be written, or too little of it. */
	EXPECT_EQ(-EFAULT, zxp_ioctl(device, ZXL_IOC_VERSION, zxt_read_only()));
	EXPECT_EQ(-EFAULT, zxp_ioctl(device, with_size(ZXL_IOC_VERSION, size + 8), edge));
	/* The other direction is another request. */
	EXPECT_EQ(-ENOTTY, zxp_ioctl(device, _IOW(ZX_IOC_MAGIC, 0x40, struct zxl_version),
				     &version));
	close(device);
}

/* A request is not only number and size: type and direction must be right as well. */
TEST(requests_of_another_type_or_direction)
{
	int device = zxp_open(O_CLOEXEC);
	union zxp_argument arg;

	ASSERT_LE(0, device);
	for (size_t i = 0; i < REQUESTS + 2; i++) {
		unsigned long request = i < REQUESTS ? all_requests[i].request :
					i == REQUESTS ? ZXL_IOC_VERSION : ZXL_IOC_OPEN;

		/* Each bit of type and direction. */
		for (int bit = 0; bit < 32; bit++) {
			unsigned long other = request ^ (1ul << bit);

			if (_IOC_NR(other) != _IOC_NR(request) ||
			    _IOC_SIZE(other) != _IOC_SIZE(request))
				continue;
			memset(&arg, 0, sizeof(arg));
			EXPECT_EQ(-ENOTTY, zxp_ioctl(device, other, &arg))
				TH_LOG("request %#lx for %#lx", other, request);
			/* A size of another version does not change that. */
			EXPECT_EQ(-ENOTTY, zxp_ioctl(device, with_size(other, 128), &arg))
				TH_LOG("request %#lx for %#lx", with_size(other, 128), request);
		}
	}
	close(device);
}

/*
 * ZXL_IOC_OPEN: a file of the caller's own by way of any file of the device.
 */
static long open_by(int file, int *out)
{
	struct zxl_ioc_open arg = { .out = (uintptr_t)out };

	return zxp_ioctl(file, ZXL_IOC_OPEN, &arg);
}

/* By way of its own file a program gets one more, with the same table. */
TEST(another_file_of_ones_own)
{
	int device = zxp_open(O_CLOEXEC), second = -1;
	zx_handle_t event, other;

	ASSERT_LE(0, device);
	ASSERT_EQ(0, zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL));
	ASSERT_EQ(0, open_by(device, &second));
	EXPECT_NE(device, second);
	EXPECT_EQ(FD_CLOEXEC, fcntl(second, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(second, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(0, zxp_check(second, event));
	close(device);
	EXPECT_EQ(0, zxp_check(second, event));
	EXPECT_EQ(0, zxp_create(second, ZX_IOC_EVENT_CREATE, &other, NULL));
	close(second);
}

/* By way of another program's file it gets its own, and the two tables stay separate. */
TEST(a_file_by_way_of_anothers)
{
	int device = zxp_open(O_CLOEXEC), weak = open("/dev/zircon", O_RDONLY | O_CLOEXEC);
	zx_handle_t event;
	pid_t pid;

	ASSERT_LE(0, device);
	ASSERT_LE(0, weak);
	ASSERT_EQ(0, zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL));
	pid = fork();
	if (!pid) {
		int own = -1, second = -1;
		zx_handle_t mine;

		CHILD_CHECK(zxp_check(device, event) == -ESTALE);
		CHILD_CHECK(open_by(device, &own) == 0);
		CHILD_CHECK(zxp_check(own, event) == -ZX_ERR_NOT_FOUND);
		CHILD_CHECK(zxp_create(own, ZX_IOC_EVENT_CREATE, &mine, NULL) == 0);
		CHILD_CHECK(zxp_check(device, event) == -ESTALE);
		/* The new file has the access mode of the other one. */
		CHILD_CHECK(open_by(weak, &second) == 0);
		CHILD_CHECK((fcntl(second, F_GETFL) & O_ACCMODE) == O_RDONLY);
		CHILD_CHECK(zxp_check(second, mine) == 0);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(0, zxp_close(device, event));
	close(device);
	close(weak);
}

/* This works also where the device cannot be opened: hidden, unlinked, unmounted, forbidden. */
TEST(a_file_where_no_device_is)
{
	pid_t pid = fork();

	if (!pid) {
		struct stat stat_buf;
		int device, own = -1;
		zx_handle_t event;

		CHILD_CHECK(stat("/dev/zircon", &stat_buf) == 0);
		CHILD_CHECK(unshare(CLONE_NEWNS) == 0);
		CHILD_CHECK(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
		CHILD_CHECK(mount("none", "/dev", "tmpfs", 0, "mode=755") == 0);
		CHILD_CHECK(mknod("/dev/zircon", S_IFCHR | 0600, stat_buf.st_rdev) == 0);
		device = zxp_open(O_CLOEXEC);
		CHILD_CHECK(device >= 0);
		CHILD_CHECK(unlink("/dev/zircon") == 0);
		CHILD_CHECK(umount2("/dev", MNT_DETACH) == 0);
		CHILD_CHECK(mount("none", "/dev", "tmpfs", 0, "mode=755") == 0);
		pid = fork();
		if (!pid) {
			CHILD_CHECK(setuid(65534) == 0);
			CHILD_CHECK(zxp_open(O_CLOEXEC) == -1);
			CHILD_CHECK(open_by(device, &own) == 0);
			close(device);
			CHILD_CHECK(zxp_create(own, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
			device = own;
			CHILD_CHECK(open_by(device, &own) == 0);
			CHILD_CHECK(zxp_check(own, event) == 0);
			_exit(0);
		}
		_exit(zxp_reap(pid));
	}
	EXPECT_EQ(0, zxp_reap(pid));
}

/* A request that fails leaves no descriptor behind. */
TEST(a_file_that_cannot_be_had)
{
	int device = zxp_open(O_CLOEXEC), path, next, out = -1;
	struct zxl_ioc_open good = { .out = (uintptr_t)&out }, arg;
	struct rlimit limit, few;
	uint8_t longer[64] = {};
	void *bad;

	ASSERT_LE(0, device);
	path = open("/dev/zircon", O_PATH | O_CLOEXEC);
	ASSERT_LE(0, path);
	EXPECT_EQ(-EBADF, open_by(path, &out));
	next = dup(device);
	close(next);

	arg = good;
	arg.flags = 1;
	EXPECT_EQ(-ZX_ERR_INVALID_ARGS, zxp_ioctl(device, ZXL_IOC_OPEN, &arg));
	arg = good;
	arg.reserved = 1;
	EXPECT_EQ(-ZX_ERR_INVALID_ARGS, zxp_ioctl(device, ZXL_IOC_OPEN, &arg));
	zxt_for_each_bad_out(bad)
		EXPECT_EQ(-ZX_ERR_INVALID_ARGS, open_by(device, bad));
	EXPECT_EQ(-EFAULT, zxp_ioctl(device, ZXL_IOC_OPEN, NULL));
	EXPECT_EQ(-EINVAL, zxp_ioctl(device, with_size(ZXL_IOC_OPEN, ZXL_IOC_OPEN_SIZE_V0 - 1),
				     &good));
	memcpy(longer, &good, sizeof(good));
	longer[sizeof(good)] = 1;
	EXPECT_EQ(-E2BIG, zxp_ioctl(device, with_size(ZXL_IOC_OPEN, sizeof(longer)), longer));
	EXPECT_EQ(-1, out);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	few = limit;
	few.rlim_cur = next;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	EXPECT_EQ(-ZX_ERR_NO_RESOURCES, open_by(device, &out));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(-1, out);

	/* The number is still free; a longer struct whose rest is zero is accepted. */
	longer[sizeof(good)] = 0;
	EXPECT_EQ(0, zxp_ioctl(device, with_size(ZXL_IOC_OPEN, sizeof(longer)), longer));
	EXPECT_EQ(next, out);
	close(out);
	close(path);
	close(device);
}

TEST(forked_child_starts_empty)
{
	zx_handle_t event, other;
	zx_koid_t koid = zxt_koid(zx_process_self());
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_NE(0, koid);
	pid = fork();
	if (!pid) {
		CHILD_CHECK(zx_handle_check_valid(event) == ZX_ERR_NOT_FOUND);
		CHILD_CHECK(zx_object_signal(event, 0, 1u << 24) == ZX_ERR_BAD_HANDLE);
		CHILD_CHECK(zxt_handles() == 0);
		CHILD_CHECK(zxt_koid(zx_process_self()) != koid);
		CHILD_CHECK(zxt_koid(zx_process_self()) != 0);
		CHILD_CHECK(zx_event_create(0, &other) == ZX_OK);
		CHILD_CHECK(zxt_handles() == 1);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(koid, zxt_koid(zx_process_self()));
	EXPECT_EQ(1, zxt_handles());
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
}

TEST(raw_clone_gets_its_own_table)
{
	zx_handle_t event, other;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	pid = clone_raw(0);
	if (!pid) {
		CHILD_CHECK(zx_event_create(0, &other) == ZX_OK);
		CHILD_CHECK(zx_object_signal(other, 0, ZX_EVENT_SIGNALED) == ZX_OK);
		CHILD_CHECK(zx_handle_close(event) == ZX_ERR_BAD_HANDLE);
		CHILD_CHECK(zxt_handles() == 1);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
}

/* The same after the parent has asked for its own process. */
TEST(raw_clone_knows_itself)
{
	zx_koid_t koid = zxt_koid(zx_process_self());
	pid_t pid;

	ASSERT_NE(0, koid);
	pid = clone_raw(0);
	if (!pid) {
		zx_koid_t mine = zxt_koid(zx_process_self());

		CHILD_CHECK(mine != 0);
		CHILD_CHECK(mine != koid);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(koid, zxt_koid(zx_process_self()));
}

/* The child shares the table of descriptors, so what it opens is open in the parent too. */
TEST(raw_clone_with_shared_descriptors)
{
	zx_handle_t event, other;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	pid = clone_raw(CLONE_FILES);
	if (!pid) {
		CHILD_CHECK(zx_event_create(0, &other) == ZX_OK);
		CHILD_CHECK(zx_handle_close(event) == ZX_ERR_BAD_HANDLE);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
}

/*
 * The child shares its parent's memory and has another pid: every request is refused, and its end
 * has no effect on the parent's table.
 */
static int vfork_device;

TEST(vfork_child_is_refused)
{
	struct zx_ioc_handle arg = {};
	zx_handle_t event;
	pid_t pid;

	vfork_device = zxp_open(O_CLOEXEC);
	ASSERT_LE(0, vfork_device);
	ASSERT_EQ(0, zxp_create(vfork_device, ZX_IOC_EVENT_CREATE, &event, NULL));
	arg.handle = event;
	pid = vfork();
	if (!pid)
		_exit(ioctl(vfork_device, ZX_IOC_HANDLE_CLOSE, &arg) == -1 && errno == ESTALE ?
		      0 : 1);
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(0, zxp_check(vfork_device, event));
	EXPECT_EQ(0, zxp_close(vfork_device, event));
	close(vfork_device);
}

/* posix_spawn() is a vfork() and an execve(); neither closes the parent's handles. */
TEST_F_TIMEOUT(process, spawn_leaves_the_parent_alone, 120)
{
	char *const argv[] = { PROGRAM, "empty", NULL };
	pid_t pid;

	ASSERT_EQ(0, posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ));
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->channel, 0, "x", 1, NULL, 0));
	EXPECT_EQ(1, zxt_handles());
	close(self->fd);
}

TEST(two_opens_share_one_table)
{
	pid_t pid = fork();

	if (!pid) {
		int first = zxp_open(O_CLOEXEC), second = zxp_open(O_CLOEXEC);
		zx_handle_t a, b, pair[2];

		CHILD_CHECK(first >= 0 && second >= 0);
		CHILD_CHECK(zxp_create(first, ZX_IOC_EVENT_CREATE, &a, NULL) == 0);
		CHILD_CHECK(zxp_create(second, ZX_IOC_EVENTPAIR_CREATE, &pair[0], &pair[1]) == 0);
		CHILD_CHECK(zxp_check(second, a) == 0);
		CHILD_CHECK(zxp_check(first, pair[0]) == 0);
		/* The first of the two may be closed. */
		CHILD_CHECK(close(first) == 0);
		CHILD_CHECK(zxp_check(second, a) == 0);
		CHILD_CHECK(zxp_close(second, pair[0]) == 0);
		/* The library's file is the third. */
		CHILD_CHECK(zxt_koid(a) != 0);
		CHILD_CHECK(zx_event_create(0, &b) == ZX_OK);
		CHILD_CHECK(zxp_check(second, b) == 0);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
}

/*
 * Threads that open the device and close it at the same time.
 */
struct race {
	atomic_int next;
	int device[RACERS];
	zx_handle_t event[RACERS];
};

static void race_open(struct race *race)
{
	int i = race->next++;

	race->device[i] = zxp_open(O_CLOEXEC);
	CHILD_CHECK(race->device[i] >= 0);
	CHILD_CHECK(zxp_create(race->device[i], ZX_IOC_EVENT_CREATE, &race->event[i], NULL) == 0);
}

/* The environment asks for fewer rounds on debug kernels, where each takes longer. */
static int rounds(int usual)
{
	const char *text = getenv("ROUNDS");

	return text ? atoi(text) : usual;
}

/* When all threads of a process open the device for the first time at once, they get one table. */
TEST(first_opens_at_once_share_one_table)
{
	static void (*const actions[RACERS])(struct race *race) = {
		race_open, race_open, race_open, race_open,
	};

	for (int round = rounds(200); round; round--) {
		pid_t pid = fork();

		if (!pid) {
			struct racers racers;
			struct race race = {};

			racers_start(&racers, &race, actions);
			racers_round(&racers);
			for (int i = 0; i < RACERS; i++)
				for (int j = 0; j < RACERS; j++)
					CHILD_CHECK(zxp_check(race.device[i], race.event[j]) == 0);
			_exit(0);
		}
		ASSERT_EQ(0, zxp_reap(pid));
	}
}

/* A file that is opened while the last one is being closed has a table that works. */
static void race_open_and_close(struct race *race)
{
	zx_handle_t event;

	(void)race;
	for (int i = 0; i < 100; i++) {
		int device = zxp_open(O_CLOEXEC);

		CHILD_CHECK(device >= 0);
		CHILD_CHECK(zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
		CHILD_CHECK(zxp_check(device, event) == 0);
		CHILD_CHECK(close(device) == 0);
	}
}

TEST(opens_beside_the_last_close)
{
	static void (*const actions[RACERS])(struct race *race) = {
		race_open_and_close, race_open_and_close, race_open_and_close,
		race_open_and_close,
	};
	pid_t pid = fork();

	if (!pid) {
		struct racers racers;

		racers_start(&racers, NULL, actions);
		for (int round = rounds(50); round; round--)
			racers_round(&racers);
		racers_stop(&racers);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
}

/* A process's handles are closed with its last file. */
TEST_F_TIMEOUT(process, last_close_closes_handles, 120)
{
	pid_t pid = fork();

	if (!pid) {
		int device = zxp_open(O_CLOEXEC), copy = dup(device), again;
		zx_handle_t channel = take_raw(device, self->fd);

		say_raw(device, channel, "open");
		CHILD_CHECK(close(device) == 0);
		say_raw(copy, channel, "dup");
		CHILD_CHECK(close(copy) == 0);
		/* A file that is opened later has a new table. */
		again = zxp_open(O_CLOEXEC);
		CHILD_CHECK(again >= 0);
		CHILD_CHECK(zxp_check(again, channel) == -ZX_ERR_NOT_FOUND);
		close(self->pipe[1]);
		zxp_block_on(self->pipe[0]);
		_exit(0);
	}
	close(self->fd);
	EXPECT_TRUE(heard(self->channel, "open"));
	EXPECT_TRUE(heard(self->channel, "dup"));
	EXPECT_TRUE(closes_soon(self->channel));
	EXPECT_TRUE(zxp_is_running(pid));
	close(self->pipe[1]);
	EXPECT_EQ(0, zxp_reap(pid));
}

/*
 * Threads.
 */
static void *thread_does_nothing(void *arg __UNUSED)
{
	return NULL;
}

/* Unshares the table of descriptors, so that the thread's end closes a descriptor of the device. */
static void *thread_with_its_own_files(void *arg)
{
	*(pid_t *)arg = gettid();
	return (void *)(intptr_t)unshare(CLONE_FILES);
}

/*
 * Waits until the kernel has no such thread of this process. pthread_join() returns when the
 * thread's memory can be reused, which is before its descriptors are closed.
 */
static bool thread_is_gone(pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d", tid);
	for (int tries = 0; tries < 60000 && access(path, F_OK) == 0; tries++)
		usleep(1000);
	return access(path, F_OK) != 0;
}

TEST_F_TIMEOUT(process, end_of_a_thread_closes_nothing, 120)
{
	pthread_t thread;
	pid_t tid = 0;
	void *result;

	close(self->fd);
	EXPECT_TRUE(closes_soon(self->channel));
	for (int i = 0; i < 10; i++) {
		ASSERT_EQ(0, pthread_create(&thread, NULL, thread_does_nothing, NULL));
		ASSERT_EQ(0, pthread_join(thread, NULL));
	}
	EXPECT_EQ(1, zxt_handles());
	ASSERT_EQ(0, pthread_create(&thread, NULL, thread_with_its_own_files, &tid));
	ASSERT_EQ(0, pthread_join(thread, &result));
	ASSERT_EQ(0, (intptr_t)result);
	ASSERT_TRUE(thread_is_gone(tid));
	EXPECT_EQ(ZX_OK, zx_handle_check_valid(self->channel));
	EXPECT_EQ(1, zxt_handles());
}

static int go_on;
static zx_handle_t go_on_channel;

static void *thread_outlives_main(void *arg __UNUSED)
{
	zxp_block_on(go_on);
	say(go_on_channel, "alive");
	zxp_sleep_ms(100);
	return NULL;
}

/* The first thread of the program is a thread like the others. */
TEST_F_TIMEOUT(process, end_of_the_first_thread_closes_nothing, 120)
{
	pid_t pid = fork();

	if (!pid) {
		pthread_t thread;

		go_on_channel = take(self->fd);
		go_on = self->pipe[0];
		close(self->pipe[1]);
		CHILD_CHECK(pthread_create(&thread, NULL, thread_outlives_main, NULL) == 0);
		say(go_on_channel, "ready");
		pthread_exit(NULL);
	}
	close(self->fd);
	EXPECT_TRUE(heard(self->channel, "ready"));
	EXPECT_TRUE(stays_open(self->channel));
	close(self->pipe[1]);
	EXPECT_TRUE(heard(self->channel, "alive"));
	EXPECT_TRUE(closes_soon(self->channel));
	EXPECT_EQ(0, zxp_reap(pid));
}

/*
 * The process as an object.
 */
static void send_self(zx_handle_t channel)
{
	zx_handle_t copy;

	CHILD_CHECK(zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHILD_CHECK(zx_channel_write(channel, 0, NULL, 0, &copy, 1) == ZX_OK);
}

static zx_handle_t receive_handle(zx_handle_t channel)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;
	uint32_t size, count;

	zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZXT_SOON, NULL);
	zx_channel_read(channel, 0, NULL, &handle, 0, 1, &size, &count);
	return handle;
}

TEST_F_TIMEOUT(process, terminated_by_exit, 120)
{
	zx_handle_t process, weak;
	zx_koid_t koid;
	pid_t pid = fork();

	if (!pid) {
		zx_handle_t channel = take(self->fd);

		send_self(channel);
		close(self->pipe[1]);
		zxp_block_on(self->pipe[0]);
		_exit(0);
	}
	close(self->fd);
	process = receive_handle(self->channel);
	koid = zxt_koid(process);
	ASSERT_NE(0, koid);
	EXPECT_EQ(ZX_OBJ_TYPE_PROCESS, zxt_basic(process).type);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, zxt_basic(process).rights);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(process, ZX_PROCESS_TERMINATED,
						       zx_deadline_after(ZX_MSEC(100)), NULL));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(process,
					     ZX_DEFAULT_PROCESS_RIGHTS & ~ZX_RIGHT_WAIT, &weak));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_wait_one(weak, ZX_PROCESS_TERMINATED, ZX_TIME_INFINITE, NULL));
	/* Only the end of the process sets this signal. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(process, 0, ZX_PROCESS_TERMINATED));
	close(self->pipe[1]);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZXT_SOON, NULL));
	EXPECT_EQ(0, zxp_reap(pid));
	/* The object remains as long as there is a handle. */
	EXPECT_EQ(koid, zxt_koid(process));
	EXPECT_EQ(2, zxt_handles_to(process));
	EXPECT_EQ(ZX_OK, zx_handle_close(weak));
	EXPECT_EQ(ZX_OK, zx_handle_close(process));
}

TEST_F_TIMEOUT(process, terminated_by_kill, 120)
{
	zx_handle_t process;
	pid_t pid = fork();

	if (!pid) {
		zx_handle_t channel = take(self->fd);

		send_self(channel);
		for (;;)
			pause();
	}
	close(self->fd);
	process = receive_handle(self->channel);
	EXPECT_EQ(0, zxt_signals(process));
	kill(pid, SIGKILL);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZXT_SOON, NULL));
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
	EXPECT_EQ(ZX_OK, zx_handle_close(process));
}

/* A handle to a process in the process's own table does not keep the object alive. */
TEST_F_TIMEOUT(process, handle_to_oneself_is_no_life, 120)
{
	struct zxp_objects before, during;
	pid_t pid;

	if (!zxp_count_objects(&before))
		SKIP(return, "no slabinfo");
	for (int i = 0; i < 20; i++) {
		pid = fork();
		if (!pid) {
			zx_handle_t copy;

			CHILD_CHECK(zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS,
							&copy) == ZX_OK);
			CHILD_CHECK(zxp_count_objects(&during));
			CHILD_CHECK(zxp_count_of(&during, "zircon_process") > 0);
			_exit(0);
		}
		EXPECT_EQ(0, zxp_reap(pid));
	}
	EXPECT_EQ(NULL, zxp_wait_objects(&before, 60));
	close(self->fd);
}

TEST_F_TIMEOUT(process, name, 120)
{
	static const char long_name[] = "a name that is longer than a name can be in Zircon";
	char name[ZX_MAX_NAME_LEN];
	zx_handle_t process, weak;
	pid_t pid = fork();

	if (!pid) {
		zx_handle_t channel;

		/* The first name is that of the program. */
		prctl(PR_SET_NAME, "nameless");
		channel = take(self->fd);
		send_self(channel);
		close(self->pipe[1]);
		zxp_block_on(self->pipe[0]);
		_exit(0);
	}
	close(self->fd);
	process = receive_handle(self->channel);
	memset(name, 'x', sizeof(name));
	ASSERT_EQ(ZX_OK, zx_object_get_property(process, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("nameless", name);
	EXPECT_EQ(ZX_OK, zx_object_set_property(process, ZX_PROP_NAME, "short", 5));
	ASSERT_EQ(ZX_OK, zx_object_get_property(process, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("short", name);
	for (size_t i = 5; i < sizeof(name); i++)
		EXPECT_EQ(0, name[i]);
	EXPECT_EQ(ZX_OK, zx_object_set_property(process, ZX_PROP_NAME, long_name,
						sizeof(long_name)));
	ASSERT_EQ(ZX_OK, zx_object_get_property(process, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_EQ(ZX_MAX_NAME_LEN - 1, strlen(name));
	EXPECT_EQ(0, strncmp(long_name, name, ZX_MAX_NAME_LEN - 1));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_object_get_property(process, ZX_PROP_NAME, name, sizeof(name) - 1));

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(process, ZX_DEFAULT_PROCESS_RIGHTS &
					     ~ZX_RIGHT_SET_PROPERTY, &weak));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_set_property(weak, ZX_PROP_NAME, "no", 2));
	EXPECT_EQ(ZX_OK, zx_object_get_property(weak, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_EQ(ZX_OK, zx_handle_replace(weak, ZX_DEFAULT_PROCESS_RIGHTS &
					   ~ZX_RIGHTS_PROPERTY, &weak));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_property(weak, ZX_PROP_NAME, name, sizeof(name)));
	zx_handle_close(weak);
	zx_handle_close(process);
	close(self->pipe[1]);
	EXPECT_EQ(0, zxp_reap(pid));
}

static int by_type(const void *a, const void *b)
{
	const zx_info_handle_extended_t *x = a, *y = b;

	return (x->type > y->type) - (x->type < y->type);
}

TEST_F_TIMEOUT(process, handles_of_another_process, 120)
{
	zx_info_process_handle_stats_t stats = {};
	zx_info_handle_extended_t table[8];
	zx_handle_t process, weak;
	size_t actual, avail;
	pid_t pid = fork();

	if (!pid) {
		zx_handle_t channel = take(self->fd), event, kept, sent;

		CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
		CHILD_CHECK(zx_handle_replace(event, ZX_RIGHT_WAIT, &event) == ZX_OK);
		CHILD_CHECK(zx_eventpair_create(0, &kept, &sent) == ZX_OK);
		send_self(channel);
		CHILD_CHECK(zx_channel_write(channel, 0, NULL, 0, &sent, 1) == ZX_OK);
		close(self->pipe[1]);
		zxp_block_on(self->pipe[0]);
		_exit(0);
	}
	close(self->fd);
	process = receive_handle(self->channel);
	weak = receive_handle(self->channel);	/* the peer of the one that the child has kept */

	/* The child has its process, the channel, the event and its endpoint of the pair. */
	ASSERT_EQ(ZX_OK, zx_object_get_info(process, ZX_INFO_PROCESS_HANDLE_STATS, &stats,
					    sizeof(stats), &actual, &avail));
	EXPECT_EQ(1, actual);
	EXPECT_EQ(1, avail);
	for (uint32_t i = 0; i < ZX_OBJ_TYPE_UPPER_BOUND; i++) {
		uint32_t expected = i == ZX_OBJ_TYPE_PROCESS || i == ZX_OBJ_TYPE_CHANNEL ||
				    i == ZX_OBJ_TYPE_EVENT || i == ZX_OBJ_TYPE_EVENTPAIR;

		EXPECT_EQ(expected, stats.handle_count[i]);
	}

	ASSERT_EQ(ZX_OK, zx_object_get_info(process, ZX_INFO_HANDLE_TABLE, table, sizeof(table),
					    &actual, &avail));
	ASSERT_EQ(4, actual);
	EXPECT_EQ(4, avail);
	qsort(table, 4, sizeof(*table), by_type);
	EXPECT_EQ(ZX_OBJ_TYPE_PROCESS, table[0].type);
	EXPECT_EQ(zxt_koid(process), table[0].koid);
	EXPECT_EQ(zxt_koid(zx_job_default()), table[0].related_koid);
	EXPECT_EQ(ZX_OBJ_TYPE_CHANNEL, table[1].type);
	EXPECT_EQ(zxt_basic(self->channel).related_koid, table[1].koid);
	EXPECT_EQ(zxt_koid(self->channel), table[1].related_koid);
	EXPECT_EQ(ZX_DEFAULT_CHANNEL_RIGHTS, table[1].rights);
	EXPECT_EQ(ZX_OBJ_TYPE_EVENT, table[2].type);
	EXPECT_EQ(ZX_RIGHT_WAIT, table[2].rights);
	EXPECT_EQ(0, table[2].related_koid);
	EXPECT_EQ(ZX_OBJ_TYPE_EVENTPAIR, table[3].type);
	EXPECT_EQ(zxt_koid(weak), table[3].related_koid);
	for (int i = 0; i < 4; i++) {
		EXPECT_EQ(ZX_HANDLE_FIXED_BITS_MASK,
			  table[i].handle_value & ZX_HANDLE_FIXED_BITS_MASK);
		EXPECT_EQ(0, table[i].reserved);
	}

	/* Too small a buffer: as many rows as fit, and the number of all. */
	EXPECT_EQ(ZX_OK, zx_object_get_info(process, ZX_INFO_HANDLE_TABLE, table,
					    2 * sizeof(*table) + 1, &actual, &avail));
	EXPECT_EQ(2, actual);
	EXPECT_EQ(4, avail);
	EXPECT_EQ(ZX_OK, zx_object_get_info(process, ZX_INFO_HANDLE_TABLE, NULL, 0, &actual,
					    &avail));
	EXPECT_EQ(0, actual);
	EXPECT_EQ(4, avail);

	/* An object that is no process, and a missing right. */
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_object_get_info(weak, ZX_INFO_PROCESS_HANDLE_STATS, &stats,
							sizeof(stats), NULL, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_object_get_info(weak, ZX_INFO_HANDLE_TABLE, table,
							sizeof(table), NULL, NULL));
	zx_handle_close(weak);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(process, ZX_DEFAULT_PROCESS_RIGHTS &
					     ~ZX_RIGHT_INSPECT, &weak));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_info(weak, ZX_INFO_PROCESS_HANDLE_STATS, &stats, sizeof(stats),
				     NULL, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_info(weak, ZX_INFO_HANDLE_TABLE, table,
							   sizeof(table), NULL, NULL));
	zx_handle_close(weak);

	/* The table is empty after the end. */
	close(self->pipe[1]);
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZXT_SOON, NULL));
	memset(&stats, 0xff, sizeof(stats));
	if (zx_object_get_info(process, ZX_INFO_PROCESS_HANDLE_STATS, &stats, sizeof(stats), NULL,
			       NULL) == ZX_OK)
		for (uint32_t i = 0; i < ZX_OBJ_TYPE_UPPER_BOUND; i++)
			EXPECT_EQ(0, stats.handle_count[i]);
	zx_handle_close(process);
}

/* Returns how many handles a process has, or -1. */
static long handles_of(zx_handle_t process)
{
	zx_info_process_handle_stats_t stats;
	size_t actual, avail;
	long sum = 0;

	memset(&stats, 0xff, sizeof(stats));
	if (zx_object_get_info(process, ZX_INFO_PROCESS_HANDLE_STATS, &stats, sizeof(stats),
			       &actual, &avail) != ZX_OK || actual != 1 || avail != 1)
		return -1;
	for (zx_obj_type_t i = 0; i < ZX_OBJ_TYPE_UPPER_BOUND; i++)
		sum += stats.handle_count[i];
	if (zx_object_get_info(process, ZX_INFO_HANDLE_TABLE, NULL, 0, &actual, &avail) != ZX_OK ||
	    actual != 0 || (long)avail != sum)
		return -1;
	return sum;
}

/* An execve() ends the program and closes its handles; the process goes on. */
TEST_F_TIMEOUT(process, exec_is_not_the_end, 120)
{
	zx_handle_t process;
	pid_t pid = fork();

	if (!pid) {
		send_self(take(self->fd));
		become("block", 0, self->pipe);
	}
	close(self->fd);
	process = receive_handle(self->channel);
	EXPECT_TRUE(closes_soon(self->channel));
	/* The new program does not use the device. */
	EXPECT_EQ(0, zxt_signals(process));
	EXPECT_EQ(0, handles_of(process));
	EXPECT_TRUE(zxp_is_running(pid));
	close(self->pipe[1]);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZXT_SOON, NULL));
	EXPECT_EQ(0, handles_of(process));
	EXPECT_EQ(0, zxp_reap(pid));
	zx_handle_close(process);
}

/* The new program is the same process, and has its own handles. */
static void check_same_over_exec(struct __test_metadata *_metadata, FIXTURE_DATA(process)(*self),
				 int device_flags)
{
	zx_handle_t process, again, second, other;
	char name[ZX_MAX_NAME_LEN];
	int fd;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &second, &other));
	ASSERT_EQ(ZX_OK, zxl_handle_export(other, 0, &fd));
	pid = fork();
	if (!pid) {
		/* A second file of the same table, which the new program may inherit. */
		int device = zxp_open(device_flags);
		zx_handle_t channel = take(self->fd), event;

		CHILD_CHECK(device >= 0);
		for (int i = 0; i < 1000; i++)
			CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
		CHILD_CHECK(zx_object_set_property(zx_process_self(), ZX_PROP_NAME, "one", 3) ==
			    ZX_OK);
		send_self(channel);
		CHILD_CHECK(fcntl(fd, F_SETFD, 0) == 0);
		become("self", fd, self->pipe);
	}
	close(fd);
	close(self->fd);
	process = receive_handle(self->channel);
	again = receive_handle(second);
	EXPECT_TRUE(closes_soon(self->channel));
	ASSERT_NE(0, zxt_koid(process));
	EXPECT_EQ(zxt_koid(process), zxt_koid(again));
	EXPECT_EQ(0, zxt_signals(process));
	/* The new program's endpoint of the channel, and the handle to itself. */
	EXPECT_EQ(2, handles_of(process));
	EXPECT_EQ(ZX_OK, zx_object_get_property(process, ZX_PROP_NAME, name, sizeof(name)));
	/* The new program's, which is that of the file that it was executed from. */
	EXPECT_STREQ("exe", name);
	EXPECT_TRUE(zxp_is_running(pid));
	close(self->pipe[1]);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZXT_SOON, NULL));
	EXPECT_EQ(ZX_PROCESS_TERMINATED, zxt_signals(again));
	EXPECT_EQ(0, handles_of(process));
	EXPECT_EQ(0, zxp_reap(pid));
	zx_handle_close(process);
	zx_handle_close(again);
	zx_handle_close(second);
}

TEST_F_TIMEOUT(process, the_same_over_exec, 120)
{
	check_same_over_exec(_metadata, self, O_CLOEXEC);
}

TEST_F_TIMEOUT(process, the_same_over_exec_with_inherited_file, 120)
{
	check_same_over_exec(_metadata, self, 0);
}

/* Sends a handle to the calling process without the library. */
static void send_self_raw(int device, zx_handle_t channel)
{
	zx_handle_t handle;
	struct zx_ioc_handle arg = { .out = (uintptr_t)&handle };
	struct zx_ioc_channel_write write = {
		.handle = channel,
		.handles = (uintptr_t)&handle,
		.num_handles = 1,
	};

	CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_PROCESS_SELF, &arg) == 0);
	CHILD_CHECK(zxp_ioctl(device, ZX_IOC_CHANNEL_WRITE, &write) == 0);
}

/* The process also goes on when its last file is closed. */
TEST_F_TIMEOUT(process, the_same_without_a_file, 120)
{
	zx_handle_t process, again, second, other;
	int fd, go[2];
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &second, &other));
	ASSERT_EQ(ZX_OK, zxl_handle_export(other, 0, &fd));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	pid = fork();
	if (!pid) {
		int device = zxp_open(O_CLOEXEC);

		close(go[1]);
		close(self->pipe[1]);
		send_self_raw(device, take_raw(device, self->fd));
		CHILD_CHECK(close(device) == 0);
		zxp_block_on(go[0]);
		device = zxp_open(O_CLOEXEC);
		send_self_raw(device, take_raw(device, fd));
		zxp_block_on(self->pipe[0]);
		/* The process ends once more without a file. */
		CHILD_CHECK(close(device) == 0);
		_exit(0);
	}
	close(fd);
	close(self->fd);
	process = receive_handle(self->channel);
	EXPECT_TRUE(closes_soon(self->channel));
	EXPECT_EQ(0, zxt_signals(process));
	EXPECT_EQ(0, handles_of(process));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(process, ZX_PROCESS_TERMINATED,
						       zx_deadline_after(ZX_MSEC(300)), NULL));
	close(go[1]);
	again = receive_handle(second);
	ASSERT_NE(0, zxt_koid(again));
	EXPECT_EQ(zxt_koid(process), zxt_koid(again));
	EXPECT_EQ(1, handles_of(process));
	EXPECT_EQ(0, zxt_signals(process));
	close(self->pipe[1]);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZXT_SOON, NULL));
	EXPECT_EQ(0, zxp_reap(pid));
	zx_handle_close(process);
	zx_handle_close(again);
	zx_handle_close(second);
}

static void *close_it(void *arg)
{
	close((intptr_t)arg);
	return NULL;
}

/*
 * TERMINATED comes last: the table is empty by then and its handles closed. This holds also where
 * the process exits while another process, which has closed the last file, still works on the
 * table.
 */
TEST_F_TIMEOUT(process, terminated_when_empty, 240)
{
	for (int round = 0; round < 10; round++) {
		zx_handle_t channel, other, process, last, theirs;
		int fd, sockets[2], device;
		pthread_t thread;
		char byte;
		pid_t pid;

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel, &other));
		ASSERT_EQ(ZX_OK, zxl_handle_export(other, 0, &fd));
		ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
		pid = fork();
		if (!pid) {
			int own = zxp_open(O_CLOEXEC);
			struct zx_ioc_channel_write write = { .num_handles = 1 };
			zx_handle_t event;

			write.handle = take_raw(own, fd);
			send_self_raw(own, write.handle);
			for (unsigned int i = zxt_part(10000); i; i--)
				CHILD_CHECK(zxp_create(own, ZX_IOC_EVENT_CREATE, &event, NULL) ==
					    0);
			/* Closed last, since handles are closed in the order of their slots. */
			CHILD_CHECK(zxp_create(own, ZX_IOC_EVENTPAIR_CREATE, &last, &theirs) == 0);
			write.handles = (uintptr_t)&theirs;
			CHILD_CHECK(zxp_ioctl(own, ZX_IOC_CHANNEL_WRITE, &write) == 0);
			CHILD_CHECK(zxp_send_fd(sockets[1], own) == 0);
			close(own);
			/* The parent has the last file. */
			CHILD_CHECK(send(sockets[1], "", 1, 0) == 1);
			CHILD_CHECK(recv(sockets[1], &byte, 1, 0) == 1);
			_exit(0);
		}
		close(fd);
		process = receive_handle(channel);
		theirs = receive_handle(channel);
		device = zxp_receive_fd(sockets[0], 0);
		ASSERT_LE(0, device);
		ASSERT_EQ(1, recv(sockets[0], &byte, 1, 0));
		ASSERT_EQ(0, pthread_create(&thread, NULL, close_it, (void *)(intptr_t)device));
		ASSERT_EQ(1, send(sockets[0], "", 1, 0));
		ASSERT_EQ(ZX_OK, zx_object_wait_one(process, ZX_PROCESS_TERMINATED, ZXT_SOON,
						    NULL));
		ASSERT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(theirs));
		ASSERT_EQ(0, handles_of(process));
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(0, zxp_reap(pid));
		zx_handle_close(process);
		zx_handle_close(theirs);
		zx_handle_close(channel);
		close(sockets[0]);
		close(sockets[1]);
	}
	close(self->fd);
}

/*
 * Memory after the end.
 */

/* A process object outlives its process as a few hundred bytes, and nothing else does. */
TEST_F_TIMEOUT(process, the_dead_keep_little, 240)
{
	enum { DEAD = 100 };
	struct zxp_objects before, limit;
	zx_handle_t dead[DEAD];
	long mms, size;

	close(self->fd);
	if (!zxp_settle(&before, 1))
		SKIP(return, "no slabinfo");
	mms = zxp_count_cache("mm_struct", NULL);
	for (int i = 0; i < DEAD; i++) {
		zx_handle_t other;
		int fd;
		pid_t pid;

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &other, &dead[i]));
		ASSERT_EQ(ZX_OK, zxl_handle_export(other, 0, &fd));
		pid = fork();
		if (!pid) {
			zx_handle_t channel = take(fd), event;

			for (int j = 0; j < 300; j++)
				CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
			send_self(channel);
			/* Half of them have executed another program by then. */
			if (i % 2)
				become("empty", 0, self->pipe);
			_exit(0);
		}
		close(fd);
		other = receive_handle(dead[i]);
		zx_handle_close(dead[i]);
		dead[i] = other;
		ASSERT_EQ(0, zxp_reap(pid));
	}
	for (int i = 0; i < DEAD; i++)
		EXPECT_EQ(ZX_OK, zx_object_wait_one(dead[i], ZX_PROCESS_TERMINATED, ZXT_SOON,
						    NULL));
	limit = before;
	for (unsigned int i = 0; i < limit.caches; i++)
		if (!strcmp(limit.cache[i].name, "zircon_process"))
			limit.cache[i].count += DEAD;
	EXPECT_EQ(NULL, zxp_wait_slots(&limit, 120));
	EXPECT_EQ(zxp_count_of(&before, "zircon_process") + DEAD,
		  zxp_count_cache("zircon_process", &size));
	/* Debugging makes each lock larger: by half in all. */
	EXPECT_GE(1024, size);
	/* Other programs start and end meanwhile, but not by the hundred. */
	EXPECT_GT(mms + DEAD / 4, zxp_count_cache("mm_struct", NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(dead, DEAD));
	EXPECT_EQ(NULL, zxp_wait_slots(&before, 120));
}

static long watch_raw(int device, zx_handle_t handle, zx_signals_t signals)
{
	int fd = -1;
	struct zxl_ioc_fd arg = {
		.handle = handle,
		.signals = signals,
		.out = (uintptr_t)&fd,
	};
	long ret = zxp_ioctl(device, ZXL_IOC_HANDLE_WATCH, &arg);

	return ret ? -1 : fd;
}

static bool hung_up(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 60 * 1000) == 1 && poll_fd.revents == POLLHUP;
}

/* A watch outlives the table and the handle through which it was made, and keeps neither. */
TEST(a_watch_that_hung_up_keeps_no_table)
{
	struct zxp_objects before, limit;
	zx_handle_t event = ZX_HANDLE_INVALID;
	int device, watch;

	/* This process keeps its process object from the first open on. */
	device = zxp_open(O_CLOEXEC);
	ASSERT_LE(0, device);
	close(device);
	if (!zxp_settle(&before, 0))
		SKIP(return, "no slabinfo");
	device = zxp_open(O_CLOEXEC);
	ASSERT_LE(0, device);
	for (int i = 0; i < 10000; i++)
		ASSERT_EQ(0, zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL));
	watch = watch_raw(device, event, ZX_EVENT_SIGNALED);
	ASSERT_LE(0, watch);
	ASSERT_TRUE(zxp_count_objects(&limit));
	EXPECT_LE(zxp_count_of(&before, "zircon_slots") + 10000 / 256,
		  zxp_count_of(&limit, "zircon_slots"));
	EXPECT_EQ(zxp_count_of(&before, "zircon_table") + 1, zxp_count_of(&limit, "zircon_table"));
	close(device);
	EXPECT_TRUE(hung_up(watch));
	limit = before;
	for (unsigned int i = 0; i < limit.caches; i++)
		/* The watch keeps the event, not the table or the handle. */
		if (!strcmp(limit.cache[i].name, "zircon_event"))
			limit.cache[i].count++;
	EXPECT_EQ(NULL, zxp_wait_slots(&limit, 120));
	close(watch);
	EXPECT_EQ(NULL, zxp_wait_slots(&before, 120));
}

/*
 * A process that has had many tables keeps no more of them than one that has had one: neither while
 * it lives, with many watches through former tables open, nor when it ends.
 */
TEST_F_TIMEOUT(process, many_tables_leave_nothing, 1200)
{
	enum { OPEN = 500 };
	const unsigned int tables = zxt_part(20000);
	struct zxp_objects before, limit;
	int done[2], go[2];
	char byte;
	pid_t pid;

	close(self->fd);
	if (!zxp_settle(&before, 1))
		SKIP(return, "no slabinfo");
	ASSERT_EQ(0, pipe2(done, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	pid = fork();
	if (!pid) {
		static int watches[OPEN];

		close(done[0]);
		close(go[1]);
		for (unsigned int i = 0; i < tables; i++) {
			int device = zxp_open(O_CLOEXEC);
			zx_handle_t event;

			CHILD_CHECK(zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
			if (i >= OPEN)
				CHILD_CHECK(close(watches[i % OPEN]) == 0);
			watches[i % OPEN] = watch_raw(device, event, ZX_EVENT_SIGNALED);
			CHILD_CHECK(watches[i % OPEN] >= 0);
			CHILD_CHECK(close(device) == 0);
		}
		CHILD_CHECK(write(done[1], "", 1) == 1);
		zxp_block_on(go[0]);
		_exit(0);
	}
	close(done[1]);
	ASSERT_EQ(1, read(done[0], &byte, 1));
	limit = before;
	for (unsigned int i = 0; i < limit.caches; i++) {
		if (!strcmp(limit.cache[i].name, "zircon_event"))
			limit.cache[i].count += OPEN;
		else if (!strcmp(limit.cache[i].name, "zircon_process"))
			limit.cache[i].count++;
	}
	EXPECT_EQ(NULL, zxp_wait_slots(&limit, 120));
	EXPECT_TRUE(zxp_is_running(pid));
	close(go[1]);
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(NULL, zxp_wait_slots(&before, 120));
	close(done[0]);
	close(go[0]);
}

/* What this program does after it has executed itself. */
static int child_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	zx_handle_t handle;

	if (!strcmp(what, "serve") && argc == 3) {
		serve(take(atoi(argv[2])));
	} else if (!strcmp(what, "block") && argc == 4) {
		zxp_block_on(atoi(argv[3]));
	} else if (!strcmp(what, "stale") && argc == 4) {
		CHILD_CHECK(zxp_create(atoi(argv[2]), ZX_IOC_EVENT_CREATE, &handle, NULL) ==
			    -ESTALE);
		zxp_block_on(atoi(argv[3]));
	} else if (!strcmp(what, "again") && argc == 4) {
		int device = zxp_open(O_CLOEXEC);

		CHILD_CHECK(device >= 0);
		CHILD_CHECK(zxp_check(device, strtoul(argv[2], NULL, 10)) == -ZX_ERR_NOT_FOUND);
		CHILD_CHECK(zxp_create(device, ZX_IOC_EVENT_CREATE, &handle, NULL) == 0);
		zxp_block_on(atoi(argv[3]));
	} else if (!strcmp(what, "self") && argc == 4) {
		send_self(take(atoi(argv[2])));
		zxp_block_on(atoi(argv[3]));
	} else if (!strcmp(what, "empty") && argc >= 2) {
		CHILD_CHECK(zxt_handles() == 0);
	} else {
		return CHILD_FAILED;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], PROGRAM))
		return child_main(argc, argv);
	return test_harness_run(argc, argv);
}
