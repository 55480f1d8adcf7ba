// SPDX-License-Identifier: GPL-2.0-only
/*
 * Uses a little of everything in the module and leaves much to clean up: the work that reload.sh
 * does between loading and unloading. With an argument it only keeps the module in use, or has used
 * it before (closed), until its standard input ends:
 *
 *	reload_work device|export|watch|closed
 *
 * or it unloads the module by itself while the memory of many objects is still to be freed:
 *
 *	reload_work unload
 */
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>

#include "zxproc.h"

static zx_status_t put(zx_handle_t through, zx_handle_t what)
{
	return zx_channel_write(through, 0, "x", 1, &what, 1);
}

static void *answer(void *arg)
{
	zx_handle_t channel = (uintptr_t)arg;
	uint32_t size, count;
	char message[8];

	if (zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZXT_SOON, NULL) == ZX_OK &&
	    zx_channel_read(channel, 0, message, NULL, sizeof(message), 0, &size, &count) == ZX_OK)
		zx_channel_write(channel, 0, message, size, NULL, 0);
	return NULL;
}

TEST(a_call)
{
	zx_handle_t channel[2];
	uint32_t size, count;
	pthread_t thread;
	char reply[8];
	zx_channel_call_args_t args = {
		.wr_bytes = "txidbody",
		.wr_num_bytes = 8,
		.rd_bytes = reply,
		.rd_num_bytes = 8,
	};

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	ASSERT_EQ(0, pthread_create(&thread, NULL, answer, (void *)(uintptr_t)channel[1]));
	EXPECT_EQ(ZX_OK, zx_channel_call(channel[0], 0, ZXT_SOON, &args, &size, &count));
	EXPECT_EQ(8, size);
	EXPECT_EQ(0, memcmp(reply + 4, "body", 4));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(channel, 2));
}

/* A process is killed with everything open. */
TEST(all_left_open)
{
	zx_handle_t ready[2];
	int fd;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &ready[0], &ready[1]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(ready[1], 0, &fd));
	pid = fork();
	if (!pid) {
		static uint8_t bytes[20000];
		zx_handle_t tell, channel[2], other[2], event, port;
		zx_port_packet_t packet = {};

		CHILD_CHECK(zxl_handle_import(fd, 0, &tell) == ZX_OK);
		CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
		for (int i = 0; i < 50; i++) {
			CHILD_CHECK(zx_channel_create(0, &channel[0], &channel[1]) == ZX_OK);
			CHILD_CHECK(zx_channel_create(0, &other[0], &other[1]) == ZX_OK);
			CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
			CHILD_CHECK(zx_channel_write(channel[0], 0, bytes, i * 400, NULL, 0) ==
				    ZX_OK);
			CHILD_CHECK(zxl_handle_watch(event, ~0u, 0, &fd) == ZX_OK);
			/* A wait that is pending, packets that are queued. */
			CHILD_CHECK(zx_object_wait_async(event, port, 0, ZX_EVENT_SIGNALED, 0) ==
				    ZX_OK);
			CHILD_CHECK(zx_object_wait_async(other[0], port, 0, ZX_CHANNEL_WRITABLE,
							 0) == ZX_OK);
			CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
			/* Every other port outlives its handle here, in a message. */
			if (i % 2) {
				CHILD_CHECK(put(channel[0], port) == ZX_OK);
				CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
			}
			CHILD_CHECK(put(channel[0], event) == ZX_OK);
			/* Two endpoints in each other's queues, or one behind a descriptor. */
			CHILD_CHECK(put(channel[0], other[1]) == ZX_OK);
			CHILD_CHECK(zxl_handle_export(channel[1], 0, &fd) == ZX_OK);
			if (i % 2) {
				CHILD_CHECK(zxl_handle_import(fd, 0, &channel[1]) == ZX_OK);
				CHILD_CHECK(put(other[0], channel[1]) == ZX_OK);
			}
		}
		CHILD_CHECK(zx_object_signal_peer(tell, 0, ZX_EVENTPAIR_SIGNALED) == ZX_OK);
		pause();
		_exit(CHILD_FAILED);
	}
	close(fd);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(ready[0], ZX_EVENTPAIR_SIGNALED, ZXT_SOON, NULL));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(ready[0], ZX_EVENTPAIR_PEER_CLOSED, ZXT_SOON, NULL));
	/* The end of this process closes its other handles. */
}

static void set_timers(int device)
{
	for (int i = 0; i < 1000; i++) {
		zx_handle_t timer = ZX_HANDLE_INVALID;
		struct zx_ioc_timer_create create = {
			.clock_id = i % 2,
			.out = (uintptr_t)&timer,
		};
		struct zx_ioc_timer_set set = { .slack = i };

		CHILD_CHECK(zxp_ioctl(device, ZX_IOC_TIMER_CREATE, &create) == 0);
		set.handle = timer;
		set.deadline = (i % 2 ? zx_clock_get_boot() : zx_clock_get_monotonic()) +
			ZX_USEC(5) * i;
		CHILD_CHECK(zxp_ioctl(device, ZX_IOC_TIMER_SET, &set) == 0);
	}
}

/* Makes channels in channels, in a process that ends while a child has the device open. */
static void leave_to_a_child(void)
{
	int device = zxp_open(O_CLOEXEC);
	zx_handle_t a[2], b[2];
	pid_t parent = getpid();

	CHILD_CHECK(device >= 0);
	for (int i = 0; i < 1000; i++) {
		struct zx_ioc_channel_write arg = {
			.handles = (uintptr_t)&b[0],
			.num_handles = 1,
		};

		CHILD_CHECK(zxp_create(device, ZX_IOC_CHANNEL_CREATE, &a[0], &a[1]) == 0);
		CHILD_CHECK(zxp_create(device, ZX_IOC_CHANNEL_CREATE, &b[0], &b[1]) == 0);
		arg.handle = a[0];
		CHILD_CHECK(zxp_ioctl(device, ZX_IOC_CHANNEL_WRITE, &arg) == 0);
	}
	if (!fork()) {
		while (getppid() == parent)
			sched_yield();
		/* From now on the module is not in use any more. */
		close(device);
		_exit(0);
	}
	/* Otherwise this descriptor would close the handles. */
	close(device);
}

/* The module may be unloaded while a work item still closes the parent's handles. */
TEST(left_to_a_child)
{
	int pipes[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(pipes));
	pid = fork();
	if (!pid) {
		leave_to_a_child();
		_exit(0);
	}
	close(pipes[1]);
	EXPECT_EQ(0, zxp_reap(pid));
	/* Waits for the end of the child's child. */
	EXPECT_EQ(0, read(pipes[0], &byte, 1));
	close(pipes[0]);
}

/*
 * Processes that have used the device end while the module is unloaded: the wake-up at their end
 * must not reach the module. init reaps them.
 */
TEST(some_end_while_it_goes)
{
	enum { SOME = 6 };
	int ready[2], go[2];
	char byte;

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	for (int i = 0; i < SOME; i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (!pid) {
			int device = zxp_open(O_CLOEXEC);
			zx_handle_t event;

			CHILD_CHECK(device >= 0);
			CHILD_CHECK(zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
			close(device);
			close(go[1]);
			CHILD_CHECK(write(ready[1], "", 1) == 1);
			zxp_block_on(go[0]);
			/* Their ends are spread over the time that unloading takes. */
			for (int j = 0; j < i * 100; j++)
				sched_yield();
			_exit(0);
		}
	}
	for (int i = 0; i < SOME; i++)
		ASSERT_EQ(1, read(ready[0], &byte, 1));
	/* They go on when this process, the last to have the pipe's other end, has ended. */
}

/* Makes processes that have had the device open, and wait; more than the registry begins with. */
static void many_that_had_it(void)
{
	int ready[2];
	char byte;

	CHILD_CHECK(pipe(ready) == 0);
	for (int i = 0; i < 300; i++) {
		pid_t pid = fork();

		CHILD_CHECK(pid >= 0);
		if (!pid) {
			int device = zxp_open(O_CLOEXEC);

			CHILD_CHECK(device >= 0);
			close(device);
			CHILD_CHECK(write(ready[1], "", 1) == 1);
			zxp_block_on(STDIN_FILENO);
			_exit(0);
		}
		CHILD_CHECK(read(ready[0], &byte, 1) == 1);
	}
}

static int hold(const char *what)
{
	int device = zxp_open(O_CLOEXEC), fd = -1;
	struct zxl_ioc_fd arg = { .out = (uintptr_t)&fd };
	zx_handle_t event;

	CHILD_CHECK(device >= 0);
	CHILD_CHECK(zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
	arg.handle = event;
	if (!strcmp(what, "export"))
		CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_HANDLE_EXPORT, &arg) == 0);
	else if (!strcmp(what, "watch"))
		CHILD_CHECK(zxp_ioctl(device, ZXL_IOC_HANDLE_WATCH, &arg) == 0);
	else
		CHILD_CHECK(!strcmp(what, "device") || !strcmp(what, "closed"));
	/* Keeps either the device or the other descriptor, or none. */
	if (fd >= 0 || !strcmp(what, "closed"))
		close(device);
	if (!strcmp(what, "closed"))
		many_that_had_it();
	if (write(STDOUT_FILENO, "held\n", 5) != 5)
		return CHILD_FAILED;
	zxp_block_on(STDIN_FILENO);
	while (waitpid(-1, NULL, 0) > 0)
		;
	return 0;
}

/*
 * Closes many objects of each kind, whose memory is freed after a grace period, and unloads the
 * module before such a period can pass. Timers that are set fire meanwhile.
 */
static int unload(void)
{
	enum { EACH = 20000 };
	static const unsigned long creates[] = {
		ZX_IOC_EVENT_CREATE, ZX_IOC_EVENTPAIR_CREATE, ZX_IOC_CHANNEL_CREATE,
		ZX_IOC_SOCKET_CREATE,
	};
	static zx_handle_t handles[ARRAY_SIZE(creates) * EACH][2];
	const size_t count = sizeof(handles) / sizeof(zx_handle_t);
	int device = zxp_open(O_CLOEXEC);
	size_t n = 0;

	CHILD_CHECK(device >= 0);
	for (int i = 0; i < (int)zxt_part(EACH); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(creates); j++, n++)
			CHILD_CHECK(zxp_create(device, creates[j], &handles[n][0],
					       j ? &handles[n][1] : NULL) == 0);
	}
	for (size_t i = 0; i < count; i += ZX_CLOSE_MANY_MAX) {
		struct zx_ioc_handle_close_many arg = {
			.handles = (uintptr_t)(&handles[0][0] + i),
			.count = count - i < ZX_CLOSE_MANY_MAX ? count - i : ZX_CLOSE_MANY_MAX,
		};

		CHILD_CHECK(zxp_ioctl(device, ZX_IOC_HANDLE_CLOSE_MANY, &arg) == 0);
	}
	set_timers(device);
	CHILD_CHECK(close(device) == 0);
	CHILD_CHECK(syscall(SYS_delete_module, "zircon", O_NONBLOCK) == 0);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "unload") ? hold(argv[1]) : unload();
	return test_harness_run(argc, argv);
}
