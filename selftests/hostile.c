// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hostile and an innocent user. The hostile user has as many observers, parked calls and handles
 * in flight as possible. The innocent user's calls work all the same, and all that the hostile user
 * had is freed in the end. `make bench-growth` measures the cost; here the kernel reports it when
 * it is kept busy for too long.
 *
 * A higher limit allows a user more observers of one object.
 */
#include "zxcall.h"
#include "zxproc.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>

/* HOSTILE_SCALE in the environment multiplies these. */
#define MANY		5000
#define THREADS		500
#define SCALE_MAX	8
/* The default of object_observers_max. */
#define OBSERVERS	1024

/* Connects the two users: an endpoint of a channel for each, in a file until it is imported. */
static struct shared {
	int fd[2];
} *shared;

FIXTURE(hostile) {
	char observers[32];
	int ready[2], go[2];
};

static int many, threads;

FIXTURE_SETUP(hostile)
{
	const struct rlimit files = { MANY * SCALE_MAX + 1000, MANY * SCALE_MAX + 1000 };
	const char *text = getenv("HOSTILE_SCALE");
	zx_handle_t end[2];

	self->observers[0] = 0;
	if (!zxt_get_parameter("object_observers_max", self->observers, sizeof(self->observers)))
		SKIP(return, "only root can be two users");
	many = MANY * (text ? atoi(text) : 1);
	threads = THREADS * (text ? atoi(text) : 1);
	ASSERT_GE(MANY * SCALE_MAX, many);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	ASSERT_NE(MAP_FAILED, shared);
	*zxp_user_of_test() = getpid();
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(ZX_OK, zxl_handle_export(end[i], 0, &shared->fd[i]));
}

FIXTURE_TEARDOWN_PARENT(hostile)
{
	if (self->observers[0])
		EXPECT_TRUE(zxt_set_parameter("object_observers_max", self->observers));
}

/* Kills a child that blocks. */
#define STOP(pid)							\
do {									\
	EXPECT_EQ(0, kill(pid, SIGKILL));				\
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));			\
} while (0)

static zx_handle_t my_end(int side)
{
	zx_handle_t end;

	CHILD_CHECK(zxl_handle_import(shared->fd[side], 0, &end) == ZX_OK);
	close(shared->fd[0]);
	close(shared->fd[1]);
	return end;
}

static int watch(zx_handle_t handle, zx_signals_t signals)
{
	int fd;

	CHILD_CHECK(zxl_handle_watch(handle, signals, 0, &fd) == ZX_OK);
	return fd;
}

static short polled(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 1 ? poll_fd.revents : 0;
}

/* Answers calls until the peer is closed. */
static void serve(zx_handle_t end)
{
	uint32_t bytes[16], size;
	zx_status_t status;

	for (;;) {
		status = zx_object_wait_one(end, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
					    ZX_TIME_INFINITE, NULL);
		CHILD_CHECK(status == ZX_OK);
		status = zx_channel_read(end, 0, bytes, NULL, sizeof(bytes), 0, &size, NULL);
		if (status == ZX_ERR_PEER_CLOSED)
			return;
		CHILD_CHECK(status == ZX_OK);
		status = zx_channel_write(end, 0, bytes, size, NULL, 0);
		CHILD_CHECK(status == ZX_OK || status == ZX_ERR_PEER_CLOSED);
	}
}

static void call(zx_handle_t end)
{
	uint32_t request[2] = { 0, 0x12345678 }, reply[2] = {}, bytes, handles;
	zx_channel_call_args_t args = { .wr_bytes = request, .wr_num_bytes = sizeof(request),
					.rd_bytes = reply, .rd_num_bytes = sizeof(reply) };

	CHILD_CHECK(zx_channel_call(end, 0, ZX_TIME_INFINITE, &args, &bytes, &handles) == ZX_OK);
	CHILD_CHECK(bytes == sizeof(reply) && reply[1] == request[1]);
}

/* Waits until next to nothing is charged to the user. */
static void body_until_nothing_is_owed(void)
{
	while (zxp_used() > 65536)
		zxp_sleep_ms(10);
}

/* The limit of a user's observers of one object. */

static zx_handle_t receive_event(void)
{
	zx_handle_t event, end = my_end(0);

	CHILD_CHECK(zx_channel_read(end, 0, NULL, &event, 0, 1, NULL, NULL) == ZX_OK);
	return event;
}

static void body_as_many_as_can_be(void)
{
	zx_handle_t event = receive_event(), copy;
	zx_wait_item_t items[2];
	int fd, last = -1;

	CHILD_CHECK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	/* All handles of the user count together. */
	for (int i = 0; i < OBSERVERS; i++)
		last = watch(i & 1 ? copy : event, ZX_EVENT_SIGNALED);
	for (int i = 0; i < 2; i++)
		items[i] = (zx_wait_item_t){ i ? copy : event, ZX_EVENT_SIGNALED, 0 };
	CHILD_CHECK(zxl_handle_watch(copy, ZX_EVENT_SIGNALED, 0, &fd) == ZX_ERR_NO_RESOURCES);
	CHILD_CHECK(zx_object_wait_one(copy, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL) ==
		    ZX_ERR_NO_RESOURCES);
	CHILD_CHECK(zx_object_wait_many(items, 2, ZX_TIME_INFINITE) == ZX_ERR_NO_RESOURCES);
	/* A wait that returns at once needs no observer. */
	CHILD_CHECK(zx_object_wait_one(copy, ZX_EVENT_SIGNALED, 0, NULL) == ZX_ERR_TIMED_OUT);
	/* Closing an observer allows another. */
	close(last);
	CHILD_CHECK(zx_object_wait_one(copy, ZX_EVENT_SIGNALED, 1, NULL) == ZX_ERR_TIMED_OUT);
	watch(copy, ZX_EVENT_SIGNALED);
	CHILD_CHECK(zxl_handle_watch(copy, ZX_EVENT_SIGNALED, 0, &fd) == ZX_ERR_NO_RESOURCES);
}

/* The limit holds for other programs of the user, but not for other objects. */
static void body_no_more(void)
{
	zx_handle_t event = receive_event(), other;
	int fd;

	CHILD_CHECK(zxl_handle_watch(event, ZX_EVENT_SIGNALED, 0, &fd) == ZX_ERR_NO_RESOURCES);
	CHILD_CHECK(zx_event_create(0, &other) == ZX_OK);
	watch(other, ZX_EVENT_SIGNALED);
}

static void body_innocent_watch(void)
{
	zx_handle_t event = receive_event();
	int fd = watch(event, ZX_EVENT_SIGNALED);

	CHILD_CHECK(polled(fd) == 0);
	CHILD_CHECK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_OK);
	CHILD_CHECK(polled(fd) == POLLIN);
	CHILD_CHECK(zx_object_signal(event, ZX_EVENT_SIGNALED, 0) == ZX_OK);
	CHILD_CHECK(polled(fd) == 0);
	CHILD_CHECK(zx_object_wait_one(event, ZX_EVENT_SIGNALED, 1, NULL) == ZX_ERR_TIMED_OUT);
}

TEST_F_TIMEOUT(hostile, a_user_has_so_many_observers_of_an_object, 600)
{
	static void (*const bodies[])(void) = {
		body_as_many_as_can_be, body_no_more, body_innocent_watch,
	};
	zx_handle_t event, end;
	pid_t pids[ARRAY_SIZE(bodies)];

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zxl_handle_import(shared->fd[1], 0, &end));
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		zx_handle_t copy, reader;

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
		ASSERT_EQ(ZX_OK, zx_channel_write(end, 0, NULL, 0, &copy, 1));
		pids[i] = ZXP_START(i == ARRAY_SIZE(bodies) - 1 ? INNOCENT : HOSTILE, bodies[i]);
		/* The next child gets a channel of its own. */
		zx_handle_close(end);
		close(shared->fd[0]);
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &end, &reader));
		ASSERT_EQ(ZX_OK, zxl_handle_export(reader, 0, &shared->fd[0]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++)
		STOP(pids[i]);
}

/* A call that exceeds the limit is not sent, and consumes its handles like any that fails. */
TEST_F(hostile, call_beyond_the_limit)
{
	zx_handle_t end[2], pair[2];
	uint32_t word = 0, bytes, handles;
	zx_channel_call_args_t args = {
		.wr_bytes = &word, .wr_num_bytes = sizeof(word),
		.wr_handles = &pair[1], .wr_num_handles = 1,
		.rd_bytes = &word, .rd_num_bytes = sizeof(word),
	};
	int fd;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &pair[0], &pair[1]));
	ASSERT_TRUE(zxt_set_parameter("object_observers_max", "1"));
	ASSERT_EQ(ZX_OK, zxl_handle_watch(end[0], ZX_CHANNEL_READABLE, 0, &fd));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_channel_call(end[0], 0, ZX_TIME_INFINITE, &args, &bytes,
						       &handles));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(end[1], 0, NULL, NULL, 0, 0, NULL, NULL));
	EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(pair[0]) & ZX_EVENTPAIR_PEER_CLOSED);
	close(fd);
	args.wr_num_handles = 0;
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_channel_call(end[0], 0, 0, &args, &bytes, &handles));
}

/* Replies with many watches and parked calls. */

static void on_alarm(int number)
{
	(void)number;
}

/* Makes calls that SIGALRM interrupts, and leaves them parked. */
static void leave_calls(zx_handle_t end, int count)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = {};
	struct sigaction action = { .sa_handler = on_alarm };

	CHILD_CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHILD_CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
	while (count--) {
		uint32_t request = 0, bytes, handles;
		zx_channel_call_args_t args = {
			.wr_bytes = &request, .wr_num_bytes = sizeof(request),
			.rd_bytes = &request, .rd_num_bytes = sizeof(request),
		};
		zx_status_t status = zxt_channel_call_start(end, ZX_TIME_INFINITE, &args,
							     &bytes, &handles);

		/* ZX_OK: answered before the signal came. */
		CHILD_CHECK(status == ZX_ERR_INTERNAL_INTR_RETRY || status == ZX_OK);
	}
	CHILD_CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static void watch_and_call(zx_signals_t signals)
{
	zx_handle_t end = my_end(0);
	static int fd[MANY * SCALE_MAX];

	for (int i = 0; i < many; i++)
		fd[i] = watch(end, signals);
	leave_calls(end, 64);
	for (int i = 0; i < 100; i++)
		call(end);
	/* Messages raise a signal that some watches include. */
	for (int i = 0; i < 20; i++) {
		uint32_t message[2] = { 0, i };

		CHILD_CHECK(zx_channel_write(end, 0, message, sizeof(message), NULL, 0) == ZX_OK);
		CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) ==
			    ZX_OK);
		CHILD_CHECK(polled(fd[i]) == (signals & ZX_CHANNEL_READABLE ? POLLIN : 0));
		CHILD_CHECK(zx_channel_read(end, 0, message, NULL, sizeof(message), 0, NULL,
					    NULL) == ZX_OK);
		CHILD_CHECK(message[1] == (uint32_t)i);
	}
	/* All watches hang up with the handle. */
	CHILD_CHECK(zx_handle_close(end) == ZX_OK);
	for (int i = 0; i < many; i++)
		CHILD_CHECK(polled(fd[i]) == POLLHUP);
}

static void body_watch_and_call(void)
{
	watch_and_call(ZX_USER_SIGNAL_0);
}

static void body_watch_messages_and_call(void)
{
	watch_and_call(ZX_CHANNEL_READABLE);
}

static void body_serve(void)
{
	serve(my_end(1));
}

static void body_watch_and_serve(void)
{
	zx_handle_t end = my_end(1);

	for (int i = 0; i < many; i++)
		watch(end, i & 1 ? ZX_CHANNEL_READABLE : ZX_USER_SIGNAL_0);
	serve(end);
}

static void body_call(void)
{
	zx_handle_t end = my_end(0);

	for (int i = 0; i < 100; i++)
		call(end);
}

static void both(struct __test_metadata *_metadata, uid_t client_user, void (*client)(void),
		 uid_t server_user, void (*server)(void))
{
	pid_t pids[2];

	ASSERT_TRUE(zxt_set_parameter("object_observers_max", "1048576"));
	pids[0] = zxp_start(client_user, client, -1, -1);
	ASSERT_LT(0, pids[0]);
	pids[1] = zxp_start(server_user, server, -1, -1);
	ASSERT_LT(0, pids[1]);
	/* The parent must not have the endpoints. */
	close(shared->fd[0]);
	close(shared->fd[1]);
	EXPECT_EQ(0, zxp_reap(pids[0]));
	EXPECT_EQ(0, zxp_reap(pids[1]));
}

TEST_F_TIMEOUT(hostile, client_has_watches_and_calls, 900)
{
	both(_metadata, HOSTILE, body_watch_and_call, INNOCENT, body_serve);
}

TEST_F_TIMEOUT(hostile, client_watches_for_messages, 900)
{
	both(_metadata, HOSTILE, body_watch_messages_and_call, INNOCENT, body_serve);
}

TEST_F_TIMEOUT(hostile, server_has_watches, 900)
{
	both(_metadata, INNOCENT, body_call, HOSTILE, body_watch_and_serve);
}

/* Asynchronous waits, and packets. */

static void body_wait_async_and_call(void)
{
	zx_handle_t end = my_end(0), port;
	zx_port_packet_t packet;
	int packets = 0;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	for (int i = 0; i < many; i++)
		CHILD_CHECK(zx_object_wait_async(end, port, i, i & 1 ? ZX_CHANNEL_READABLE :
						 ZX_USER_SIGNAL_0, 0) == ZX_OK);
	for (int i = 0; i < 100; i++)
		call(end);
	/* The server's first message raises the signal for which half of the waits wait. */
	for (int i = 0; i < 20; i++) {
		uint32_t message[2] = { 0, i };

		CHILD_CHECK(zx_channel_write(end, 0, message, sizeof(message), NULL, 0) == ZX_OK);
		CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) ==
			    ZX_OK);
		CHILD_CHECK(zx_channel_read(end, 0, message, NULL, sizeof(message), 0, NULL,
					    NULL) == ZX_OK);
	}
	/* The server has the lock in pieces, so the last packets can come a moment later. */
	while (packets < many / 2) {
		CHILD_CHECK(zx_port_wait(port, ZX_TIME_INFINITE, &packet) == ZX_OK);
		CHILD_CHECK(packet.signal.trigger == ZX_CHANNEL_READABLE);
		packets++;
	}
	CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_ERR_TIMED_OUT);
	/* The other waits end with the handle. */
	CHILD_CHECK(zx_handle_close(end) == ZX_OK);
	CHILD_CHECK(zx_port_cancel_key(port, 0, 0) == ZX_ERR_NOT_FOUND);
}

TEST_F_TIMEOUT(hostile, client_has_asynchronous_waits, 900)
{
	both(_metadata, HOSTILE, body_wait_async_and_call, INNOCENT, body_serve);
}

/* Gets a port of the innocent user, and adds all that it can to its lists. */
static void body_crowd_port(void)
{
	zx_handle_t end = my_end(0), port, event = ZX_HANDLE_INVALID;
	zx_port_packet_t packet = { .key = 7 };
	zx_status_t status = ZX_OK;

	CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) == ZX_OK);
	CHILD_CHECK(zx_channel_read(end, 0, NULL, &port, 0, 1, NULL, NULL) == ZX_OK);
	for (int i = 0; i < 2 * many; i++) {
		if (!(i % OBSERVERS))
			CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
		CHILD_CHECK(zx_object_wait_async(event, port, 7, ZX_EVENT_SIGNALED, 0) == ZX_OK);
		/* A part of the packets is queued. */
		if (!(i % (2 * OBSERVERS)))
			CHILD_CHECK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_OK);
	}
	while (status == ZX_OK)
		status = zx_port_queue(port, &packet);
	CHILD_CHECK(status == ZX_ERR_SHOULD_WAIT);
	CHILD_CHECK(zx_channel_write(end, 0, "x", 1, NULL, 0) == ZX_OK);
	/* Stays until the innocent user has closed the port. */
	CHILD_CHECK(zx_handle_close(port) == ZX_OK);
	CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL) ==
		    ZX_OK);
	body_until_nothing_is_owed();
}

static void body_use_port(void)
{
	zx_handle_t end = my_end(1), port, copy, event;
	zx_port_packet_t packet;
	char byte;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_handle_duplicate(port, ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHILD_CHECK(zx_channel_write(end, 0, NULL, 0, &copy, 1) == ZX_OK);
	CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) == ZX_OK);
	CHILD_CHECK(zx_channel_read(end, 0, &byte, NULL, 1, 0, NULL, NULL) == ZX_OK);
	/* Waits of its own come and go beside the others; their packets come behind the others. */
	for (int i = 0; i < 1000; i++) {
		CHILD_CHECK(zx_object_wait_async(event, port, 1, ZX_USER_SIGNAL_0, 0) == ZX_OK);
		CHILD_CHECK(zx_port_cancel(port, event, 1) == ZX_OK);
	}
	CHILD_CHECK(zx_object_wait_async(event, port, 2, ZX_USER_SIGNAL_0, 0) == ZX_OK);
	CHILD_CHECK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0) == ZX_OK);
	do
		CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_OK);
	while (packet.key != 2);
	CHILD_CHECK(zx_port_cancel_key(port, 0, 3) == ZX_ERR_NOT_FOUND);
	/* What it pays for does not grow with what the other user has at its port. */
	CHILD_CHECK(zxp_used() < 65536);
	CHILD_CHECK(zx_handle_close(port) == ZX_OK);
	CHILD_CHECK(zx_handle_close(end) == ZX_OK);
}

TEST_F_TIMEOUT(hostile, anothers_port_is_crowded, 900)
{
	both(_metadata, HOSTILE, body_crowd_port, INNOCENT, body_use_port);
}

static void body_leave_waits(void)
{
	zx_handle_t port, event = ZX_HANDLE_INVALID;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	for (int i = 0; i < 4 * many; i++) {
		if (!(i % OBSERVERS))
			CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
		CHILD_CHECK(zx_object_wait_async(event, port, i, ZX_EVENT_SIGNALED, 0) == ZX_OK);
		if (!(i % (2 * OBSERVERS)))
			CHILD_CHECK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_OK);
	}
}

TEST_F_TIMEOUT(hostile, exit_with_asynchronous_waits, 900)
{
	pid_t pid;

	ASSERT_TRUE(zxt_set_parameter("object_observers_max", "1048576"));
	pid = ZXP_START(HOSTILE, body_leave_waits);
	STOP(pid);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_until_nothing_is_owed));
}

/* Timers. */

/* Sets many timers to one deadline after the other, each with observers to notify. */
static void body_set_timers(void)
{
	zx_handle_t port, *timers = calloc(many, sizeof(*timers));

	CHILD_CHECK(timers && zx_port_create(0, &port) == ZX_OK);
	for (int i = 0; i < many; i++)
		CHILD_CHECK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &timers[i]) == ZX_OK);
	for (;;) {
		zx_time_t deadline = zx_deadline_after(ZX_MSEC(50));
		zx_port_packet_t packet;

		for (int i = 0; i < many; i++) {
			CHILD_CHECK(zx_timer_set(timers[i], deadline, 0) == ZX_OK);
			for (int k = 0; k < 4; k++)
				CHILD_CHECK(zx_object_wait_async(timers[i], port, i,
								 ZX_TIMER_SIGNALED, 0) == ZX_OK);
		}
		for (int i = 0; i < 4 * many; i++)
			CHILD_CHECK(zx_port_wait(port, ZX_TIME_INFINITE, &packet) == ZX_OK);
	}
}

static void body_wait_for_timers(void)
{
	zx_handle_t timer;

	CHILD_CHECK(zx_timer_create(0, ZX_CLOCK_MONOTONIC, &timer) == ZX_OK);
	for (int i = 0; i < 200; i++) {
		zx_time_t deadline = zx_deadline_after(ZX_MSEC(5));

		CHILD_CHECK(zx_timer_set(timer, deadline, 0) == ZX_OK);
		CHILD_CHECK(zx_object_wait_one(timer, ZX_TIMER_SIGNALED, ZX_TIME_INFINITE, NULL) ==
			    ZX_OK);
		CHILD_CHECK(zx_clock_get_monotonic() >= deadline);
	}
}

TEST_F_TIMEOUT(hostile, timers_expire_together, 900)
{
	pid_t hostile = zxp_start(HOSTILE, body_set_timers, -1, -1);

	ASSERT_LT(0, hostile);
	EXPECT_EQ(0, zxp_run_as(INNOCENT, body_wait_for_timers));
	STOP(hostile);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_until_nothing_is_owed));
}

/* Threads that wait for one message. */

struct waiting {
	zx_handle_t end;
	atomic_int woken;
};

static void *wait_for_message(void *arg)
{
	struct waiting *waiting = arg;

	CHILD_CHECK(zx_object_wait_one(waiting->end, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) ==
		    ZX_OK);
	atomic_fetch_add(&waiting->woken, 1);
	return NULL;
}

/* Some threads already wait when the message comes, others are about to: all see it. */
static void body_threads_wait(void)
{
	struct waiting waiting = { .end = my_end(0) };
	static pthread_t thread[THREADS * SCALE_MAX];
	pthread_attr_t attr;

	CHILD_CHECK(pthread_attr_init(&attr) == 0);
	CHILD_CHECK(pthread_attr_setstacksize(&attr, 16384) == 0);
	for (int i = 0; i < threads; i++)
		CHILD_CHECK(pthread_create(&thread[i], &attr, wait_for_message, &waiting) == 0);
	/* Requests the message. */
	CHILD_CHECK(zx_channel_write(waiting.end, 0, "x", 1, NULL, 0) == ZX_OK);
	for (int i = 0; i < threads; i++)
		CHILD_CHECK(pthread_join(thread[i], NULL) == 0);
	CHILD_CHECK(atomic_load(&waiting.woken) == threads);
}

static void body_send_message(void)
{
	zx_handle_t end = my_end(1);
	char byte;

	CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) == ZX_OK);
	CHILD_CHECK(zx_channel_read(end, 0, &byte, NULL, 1, 0, NULL, NULL) == ZX_OK);
	CHILD_CHECK(zx_channel_write(end, 0, "y", 1, NULL, 0) == ZX_OK);
	CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL) ==
		    ZX_OK);
}

TEST_F_TIMEOUT(hostile, threads_wait_for_a_message, 900)
{
	both(_metadata, HOSTILE, body_threads_wait, INNOCENT, body_send_message);
}

/* Handles in flight. */

/* Puts endpoints into messages that are not read, some of them in each other's queues. */
static void body_hold_channels(void)
{
	zx_handle_t end[2], holder[2] = {};

	for (int i = 0; i < 2 * many; i++) {
		if (!(i % 1000)) {
			zx_handle_t outer[2];

			CHILD_CHECK(zx_channel_create(0, &outer[0], &outer[1]) == ZX_OK);
			if (i)
				CHILD_CHECK(zx_channel_write(outer[0], 0, NULL, 0, &holder[1], 1) ==
					    ZX_OK);
			memcpy(holder, outer, sizeof(holder));
		}
		CHILD_CHECK(zx_channel_create(0, &end[0], &end[1]) == ZX_OK);
		CHILD_CHECK(zx_channel_write(holder[0], 0, NULL, 0, end, 2) == ZX_OK);
	}
}

static void body_send_channels(void)
{
	zx_handle_t road[2], end[2], inner[2];

	CHILD_CHECK(zx_channel_create(0, &road[0], &road[1]) == ZX_OK);
	CHILD_CHECK(zx_channel_create(0, &end[0], &end[1]) == ZX_OK);
	for (int i = 0; i < 1000; i++) {
		CHILD_CHECK(zx_channel_write(road[0], 0, NULL, 0, &end[1], 1) == ZX_OK);
		CHILD_CHECK(zx_channel_read(road[1], 0, NULL, &end[1], 0, 1, NULL, NULL) == ZX_OK);
	}
	/* A ring comes apart as usual. */
	CHILD_CHECK(zx_channel_create(0, &inner[0], &inner[1]) == ZX_OK);
	CHILD_CHECK(zx_channel_write(inner[0], 0, NULL, 0, &end[1], 1) == ZX_OK);
	CHILD_CHECK(zx_channel_write(end[0], 0, NULL, 0, &inner[1], 1) == ZX_OK);
	CHILD_CHECK(zx_object_wait_one(end[0], ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL) ==
		    ZX_OK);
	CHILD_CHECK(zx_object_wait_one(inner[0], ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL) ==
		    ZX_OK);
}

TEST_F_TIMEOUT(hostile, channels_in_flight, 900)
{
	pid_t hostile = ZXP_START(HOSTILE, body_hold_channels);

	EXPECT_EQ(0, zxp_run_as(INNOCENT, body_send_channels));
	STOP(hostile);
}

/* Burial of what is closed. */

/* Sends the outermost link of a chain, each channel in a message of the next. */
static void body_send_chain(void)
{
	zx_handle_t end[2], inner[2] = {};

	for (int i = 0; i < 4 * many; i++) {
		CHILD_CHECK(zx_channel_create(0, &end[0], &end[1]) == ZX_OK);
		if (i) {
			CHILD_CHECK(zx_channel_write(end[0], 0, NULL, 0, &inner[1], 1) == ZX_OK);
			CHILD_CHECK(zx_handle_close(inner[0]) == ZX_OK);
		}
		memcpy(inner, end, sizeof(inner));
	}
	CHILD_CHECK(zx_channel_write(my_end(1), 0, NULL, 0, end, 2) == ZX_OK);
}

static void body_close_chain(void)
{
	zx_handle_t end = my_end(0), chain[2];

	CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL) == ZX_OK);
	CHILD_CHECK(zx_channel_read(end, 0, NULL, chain, 0, 2, NULL, NULL) == ZX_OK);
	CHILD_CHECK(zx_handle_close_many(chain, 2) == ZX_OK);
	/* This process is not held up by the burial. */
	body_send_channels();
}

TEST_F_TIMEOUT(hostile, receiver_closes_a_chain, 900)
{
	both(_metadata, HOSTILE, body_send_chain, INNOCENT, body_close_chain);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_until_nothing_is_owed));
}

static void body_duplicates_and_watches(void)
{
	zx_handle_t event, handle = ZX_HANDLE_INVALID;

	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	for (int i = 0; i < many; i++)
		CHILD_CHECK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &handle) == ZX_OK);
	for (int i = 0; i < many; i++)
		watch(handle, ZX_EVENT_SIGNALED);
}

TEST_F_TIMEOUT(hostile, exit_with_duplicates_and_watches, 900)
{
	pid_t pid;

	ASSERT_TRUE(zxt_set_parameter("object_observers_max", "1048576"));
	pid = ZXP_START(HOSTILE, body_duplicates_and_watches);
	STOP(pid);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_until_nothing_is_owed));
}

TEST_HARNESS_MAIN
