// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports: packets and their order, threads that wait for them, the end of a port, errors, files,
 * limits. wait_async.c has the asynchronous waits.
 */
#include <poll.h>

#include "zxport.h"
#include "zxproc.h"

/* As many packets of zx_port_queue() as a port holds. */
#define PORT_SPACE 4096

FIXTURE(port) {
	zx_handle_t port;
	zx_handle_t event;
	zx_handle_t channel[2];
	zx_handle_t closed;	/* the number of a handle that was closed */
};

FIXTURE_SETUP(port)
{
	ASSERT_EQ(ZX_OK, zx_port_create(0, &self->port));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->channel[0], &self->channel[1]));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->closed));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->closed));
}

FIXTURE_TEARDOWN(port)
{
}

/*
 * Packets
 */

TEST_F(port, a_user_packet_arrives_as_it_was_queued)
{
	/* The call sets the type. */
	zx_port_packet_t in = { .key = 12, .type = 77, .status = -3 }, out = {};

	for (int i = 0; i < 32; i++)
		in.user.c8[i] = i;
	ASSERT_EQ(ZX_OK, zx_port_queue(self->port, &in));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, ZX_TIME_INFINITE, &out));
	EXPECT_EQ(12, out.key);
	EXPECT_EQ(ZX_PKT_TYPE_USER, out.type);
	EXPECT_EQ(-3, out.status);
	EXPECT_EQ(0, memcmp(&in.user, &out.user, sizeof(in.user)));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, 0, &out));
}

TEST_F(port, a_signal_queues_a_packet)
{
	zx_port_packet_t out = { .signal.reserved1 = 5 };

	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 7, ZX_EVENT_SIGNALED, 0));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, 0, &out));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_1));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, ZX_TIME_INFINITE, &out));
	EXPECT_EQ(7, out.key);
	EXPECT_EQ(ZX_PKT_TYPE_SIGNAL_ONE, out.type);
	EXPECT_EQ(ZX_OK, out.status);
	EXPECT_EQ(ZX_EVENT_SIGNALED, out.signal.trigger);
	EXPECT_EQ(ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_1, out.signal.observed);
	EXPECT_EQ(1, out.signal.count);
	EXPECT_EQ(0, out.signal.timestamp);
	EXPECT_EQ(0, out.signal.reserved1);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, 0, &out));
}

TEST_F(port, user_and_signal_packets_arrive_in_one_order)
{
	zx_port_packet_t packet;

	for (uint64_t key = 0; key < 300; key++) {
		if (key % 3 == 0) {
			ASSERT_EQ(ZX_OK, watch(self->event, self->port, key));
			ASSERT_EQ(ZX_OK, set_up(self->event));
			ASSERT_EQ(ZX_OK, set_down(self->event));
		} else {
			ASSERT_EQ(ZX_OK, put(self->port, key));
		}
	}
	for (uint64_t key = 0; key < 300; key++) {
		ASSERT_EQ(ZX_OK, zx_port_wait(self->port, ZX_TIME_INFINITE_PAST, &packet));
		ASSERT_EQ(key, packet.key);
		ASSERT_EQ(key % 3 ? ZX_PKT_TYPE_USER : ZX_PKT_TYPE_SIGNAL_ONE, packet.type);
	}
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(port, user_packets_have_a_limit)
{
	for (uint64_t key = 0; key < PORT_SPACE; key++)
		ASSERT_EQ(ZX_OK, put(self->port, key));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->port, 0));
	/* A signal still queues its packet, which makes no room when it is removed. */
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 77777));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 88888));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 88888));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->port, 0));
	/* Reading one makes room for one, and so does removing one. */
	EXPECT_EQ(0, next_key(self->port));
	EXPECT_EQ(ZX_OK, put(self->port, PORT_SPACE));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->port, 0));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 1));
	EXPECT_EQ(ZX_OK, put(self->port, PORT_SPACE + 1));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->port, 0));
	for (uint64_t key = 2; key < PORT_SPACE; key++)
		ASSERT_EQ(key, next_key(self->port));
	EXPECT_EQ(77777, next_key(self->port));
	EXPECT_EQ(PORT_SPACE, next_key(self->port));
	EXPECT_EQ(PORT_SPACE + 1, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(port, signal_packets_have_no_limit)
{
	uint64_t waits = 0;

	for (int i = 0; i < 10; i++) {
		zx_handle_t event;

		ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
		for (int j = 0; j < 1000; j++, waits++)
			ASSERT_EQ(ZX_OK, watch(event, self->port, waits));
		ASSERT_EQ(ZX_OK, set_up(event));
	}
	for (uint64_t key = 0; key < PORT_SPACE; key++)
		ASSERT_EQ(ZX_OK, put(self->port, waits + key));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->port, 0));
	/* The packets of one signal can have any order. */
	for (uint64_t i = 0; i < waits; i++)
		ASSERT_EQ(i / 1000, next_key(self->port) / 1000);
	for (uint64_t key = 0; key < PORT_SPACE; key++)
		ASSERT_EQ(waits + key, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(port, a_packet_that_cannot_be_written_stays_the_first)
{
	void *bad;

	ASSERT_EQ(ZX_OK, put(self->port, 1));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 2));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, put(self->port, 3));
	for (uint64_t key = 1; key <= 3; key++) {
		zxt_for_each_bad_out(bad) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_port_wait(self->port, ZX_TIME_INFINITE, bad));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_port_wait(self->port, ZX_TIME_INFINITE_PAST, bad));
		}
		EXPECT_EQ(key, next_key(self->port));
	}
	EXPECT_TRUE(is_empty(self->port));
	/* It counts once: there is room for all but one. */
	ASSERT_EQ(ZX_OK, put(self->port, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_wait(self->port, 0, NULL));
	for (int i = 1; i < PORT_SPACE; i++)
		ASSERT_EQ(ZX_OK, put(self->port, i));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->port, 0));
}

/* The pointer matters only once there is a packet. */
TEST_F(port, without_a_packet_the_pointer_is_not_used)
{
	struct port_waiter waiter = { .out = zxt_nowhere[0] };
	void *bad;

	zxt_for_each_bad_out(bad)
		EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, 0, bad));
	ASSERT_TRUE(port_start(&waiter, self->port, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, put(self->port, 5));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, port_finish(&waiter));
	EXPECT_EQ(5, next_key(self->port));
}

/*
 * Threads that wait
 */

TEST_F(port, a_wait_ends_at_its_deadline)
{
	zx_instant_mono_t deadline = zx_deadline_after(ZX_MSEC(100));
	zx_port_packet_t packet = { .key = 5 };

	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, deadline, &packet));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	EXPECT_EQ(5, packet.key);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, deadline, &packet));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, ZX_TIME_INFINITE_PAST, &packet));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, -1, &packet));
	/* A deadline that has passed does not hide a packet. */
	ASSERT_EQ(ZX_OK, put(self->port, 6));
	EXPECT_EQ(ZX_OK, zx_port_wait(self->port, deadline, &packet));
	EXPECT_EQ(6, packet.key);
}

TEST_F(port, a_packet_wakes_a_thread)
{
	struct port_waiter waiter = {};

	ASSERT_TRUE(port_start(&waiter, self->port, ZX_TIME_INFINITE));
	EXPECT_TRUE(port_goes_on(&waiter));
	ASSERT_EQ(ZX_OK, put(self->port, 8));
	EXPECT_EQ(ZX_OK, port_finish(&waiter));
	EXPECT_EQ(8, waiter.packet.key);

	waiter.out = NULL;
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 9));
	ASSERT_TRUE(port_start(&waiter, self->port, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_EQ(ZX_OK, port_finish(&waiter));
	EXPECT_EQ(9, waiter.packet.key);
}

/* One packet ends one wait, the one that began first. */
TEST_F(port, each_packet_wakes_one_thread)
{
	struct port_waiter waiters[3] = {};

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, watch(self->event, self->port, 500));
		ASSERT_TRUE(port_start(&waiters[i], self->port, ZX_TIME_INFINITE));
	}
	ASSERT_EQ(ZX_OK, put(self->port, 0));
	EXPECT_EQ(ZX_OK, port_finish(&waiters[0]));
	EXPECT_EQ(0, waiters[0].packet.key);
	EXPECT_TRUE(port_goes_on(&waiters[1]));
	EXPECT_TRUE(port_goes_on(&waiters[2]));
	/* Three packets at once, for two threads. */
	ASSERT_EQ(ZX_OK, set_up(self->event));
	for (int i = 1; i < 3; i++) {
		EXPECT_EQ(ZX_OK, port_finish(&waiters[i]));
		EXPECT_EQ(500, waiters[i].packet.key);
	}
	EXPECT_EQ(500, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

static atomic_int handled;
static zx_handle_t closed_by_handler;

static void on_signal(int number)
{
	(void)number;
	if (closed_by_handler)
		zx_handle_close(closed_by_handler);
	handled++;
}

/* Lets @times signal handlers run in the thread. False if its wait ends first. */
static bool bombard(struct port_waiter *waiter, int times)
{
	int enough = handled + times;

	while (!waiter->done && handled < enough) {
		pthread_kill(waiter->thread, SIGUSR1);
		usleep(1000);
	}
	return !waiter->done;
}

FIXTURE(interrupted) {
	zx_handle_t port;
};

FIXTURE_VARIANT(interrupted) {
	int flags;
};

FIXTURE_VARIANT_ADD(interrupted, restart) {
	.flags = SA_RESTART,
};

FIXTURE_VARIANT_ADD(interrupted, no_restart) {
	.flags = 0,
};

FIXTURE_SETUP(interrupted)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = variant->flags };

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &self->port));
}

FIXTURE_TEARDOWN(interrupted)
{
}

TEST_F(interrupted, a_wait_goes_on)
{
	struct port_waiter waiter = {};

	ASSERT_TRUE(port_start(&waiter, self->port, ZX_TIME_INFINITE));
	EXPECT_TRUE(bombard(&waiter, 100));
	ASSERT_EQ(ZX_OK, put(self->port, 4));
	EXPECT_EQ(ZX_OK, port_finish(&waiter));
	EXPECT_EQ(4, waiter.packet.key);
}

/* The deadline does not move, although signals come more often than the time that is left. */
TEST_F(interrupted, a_wait_times_out)
{
	zx_instant_mono_t deadline = zx_deadline_after(ZX_MSEC(500));
	struct port_waiter waiter = {};

	ASSERT_TRUE(port_start(&waiter, self->port, deadline));
	EXPECT_FALSE(bombard(&waiter, INT32_MAX / 2));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, port_finish(&waiter));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	EXPECT_LT(0, handled);
}

/* To the caller the port is closed during the wait. */
TEST_F(interrupted, a_wait_is_canceled_by_the_handler)
{
	struct port_waiter waiter = {};

	closed_by_handler = self->port;
	ASSERT_TRUE(port_start(&waiter, self->port, ZX_TIME_INFINITE));
	ASSERT_EQ(0, pthread_kill(waiter.thread, SIGUSR1));
	EXPECT_EQ(ZX_ERR_CANCELED, port_finish(&waiter));
	EXPECT_EQ(1, handled);
}

/* Interrupted threads lose no packet, and get none twice. */
TEST_F(interrupted, packets_arrive_once)
{
	for (uint64_t key = 0; key < 100; key++) {
		struct port_waiter waiter = {};

		ASSERT_TRUE(port_start(&waiter, self->port, ZX_TIME_INFINITE));
		pthread_kill(waiter.thread, SIGUSR1);
		ASSERT_EQ(ZX_OK, put(self->port, key));
		pthread_kill(waiter.thread, SIGUSR1);
		ASSERT_EQ(ZX_OK, port_finish(&waiter));
		ASSERT_EQ(key, waiter.packet.key);
		ASSERT_TRUE(is_empty(self->port));
	}
}

TEST_F(port, the_end_of_the_process_ends_a_wait)
{
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (child == 0) {
			struct port_waiter waiter = {};
			zx_handle_t port;

			CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
			CHILD_CHECK(port_start(&waiter, port, ZX_TIME_INFINITE));
			if (i == 1)
				raise(SIGKILL);
			_exit(5);
		}
		EXPECT_EQ(i == 1 ? 128 + SIGKILL : 5, zxt_reap(child));
	}
}

/*
 * The end of a port
 */

TEST_F(port, handles_are_closed_in_any_order)
{
	static const uint8_t orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};
	uint32_t before = zxt_handles();

	for (size_t i = 0; i < 2 * ARRAY_SIZE(orders); i++) {
		zx_handle_t handles[3];

		ASSERT_EQ(ZX_OK, zx_port_create(0, &handles[2]));
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &handles[0], &handles[1]));
		ASSERT_EQ(ZX_OK, zx_object_wait_async(handles[1], handles[2], 1122,
						      ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
						      0));
		if (i >= ARRAY_SIZE(orders))
			ASSERT_EQ(ZX_OK, zx_channel_write(handles[0], 0, "x", 1, NULL, 0));
		for (int j = 0; j < 3; j++)
			ASSERT_EQ(ZX_OK, zx_handle_close(handles[orders[i % 6][j]]));
	}
	EXPECT_EQ(before, zxt_handles());
}

TEST_F(port, closing_it_ends_waits_and_drops_packets)
{
	zx_handle_t second;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &second));
	for (int i = 0; i < 100; i++) {
		ASSERT_EQ(ZX_OK, watch(self->event, self->port, i));
		ASSERT_EQ(ZX_OK, put(self->port, i));
	}
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, set_down(self->event));
	for (int i = 0; i < 100; i++)
		ASSERT_EQ(ZX_OK, watch(self->event, self->port, i));
	ASSERT_EQ(ZX_OK, watch(self->event, second, 5));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->port));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, put(self->port, 1));
	/* The object goes on as before. */
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_EQ(5, next_key(second));
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

/* More threads than the module wakes at once. */
TEST_F(port, closing_it_ends_the_waits_of_threads)
{
	struct port_waiter waiters[70] = {};
	zx_handle_t copy = duplicate(self->port);

	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		ASSERT_TRUE(port_start(&waiters[i], i ? self->port : copy, ZX_TIME_INFINITE));
	/* While another handle is open, also in a message, they go on. */
	ASSERT_EQ(ZX_OK, zx_handle_close(self->port));
	for (int i = 0; i < 3; i++)
		EXPECT_TRUE(port_goes_on(&waiters[i]));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], copy));
	for (int i = 0; i < 3; i++)
		EXPECT_TRUE(port_goes_on(&waiters[i]));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->channel[1]));
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		EXPECT_EQ(ZX_ERR_CANCELED, port_finish(&waiters[i]));
}

TEST_F(port, a_port_in_a_message_receives_packets)
{
	struct port_waiter waiter = {};
	zx_handle_t port;

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_TRUE(port_start(&waiter, self->port, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], self->port));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_EQ(ZX_OK, port_finish(&waiter));
	EXPECT_EQ(1, waiter.packet.key);
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, put(self->port, 1));
	port = receive_handle(self->channel[1]);
	ASSERT_EQ(ZX_OK, watch(self->event, port, 2));
	EXPECT_EQ(2, next_key(port));
}

/*
 * Errors, in the order in which they are found
 */

TEST_F(port, errors_of_create)
{
	static const uint32_t bad[] = { 2, 3, 4, 0x1234, 0x80000000 };
	uint32_t before = zxt_handles();
	zx_handle_t port = 7;
	void *out;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_create(bad[i], &port));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_create(bad[i], NULL));
	}
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_port_create(ZX_PORT_BIND_TO_INTERRUPT, &port));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_port_create(ZX_PORT_BIND_TO_INTERRUPT, NULL));
	EXPECT_EQ(7, port);
	zxt_for_each_bad_out(out)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_create(0, out));
	EXPECT_EQ(before, zxt_handles());
}

TEST_F(port, errors_of_queue)
{
	zx_handle_t weak = zxt_without(self->port, ZX_RIGHT_WRITE);
	zx_handle_t event = zxt_without(self->event, ZX_RIGHT_WRITE);
	const zx_port_packet_t *cut = zxt_at_edge(sizeof(*cut) - 1);

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_queue(self->closed, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, put(ZX_HANDLE_INVALID, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_port_queue(event, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, put(self->event, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_port_queue(weak, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, put(weak, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_queue(self->port, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_queue(self->port, zxt_nowhere[i]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_queue(self->port, cut));
	EXPECT_TRUE(is_empty(self->port));
	/* Also of a port that is full the packet is read first. */
	for (int i = 0; i < PORT_SPACE; i++)
		ASSERT_EQ(ZX_OK, put(self->port, i));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_queue(self->port, NULL));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->port, 1));
}

TEST_F(port, errors_of_wait)
{
	zx_handle_t weak = zxt_without(self->port, ZX_RIGHT_READ);
	zx_handle_t event = zxt_without(self->event, ZX_RIGHT_READ);
	zx_port_packet_t packet;

	ASSERT_EQ(ZX_OK, put(self->port, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_wait(self->closed, ZX_TIME_INFINITE, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_wait(ZX_HANDLE_INVALID, ZX_TIME_INFINITE, &packet));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_port_wait(event, ZX_TIME_INFINITE, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_port_wait(self->event, ZX_TIME_INFINITE, &packet));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_port_wait(weak, ZX_TIME_INFINITE, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_port_wait(weak, ZX_TIME_INFINITE, &packet));
	EXPECT_EQ(1, next_key(self->port));
}

TEST_F(port, errors_of_wait_async)
{
	static const uint32_t bad[] = {
		8, 20, 0x80000000, ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP,
		ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP | ZX_WAIT_ASYNC_EDGE,
	};
	zx_handle_t weak_port = zxt_without(self->port, ZX_RIGHT_WRITE);
	zx_handle_t no_port = zxt_without(self->channel[0], ZX_RIGHT_WRITE);
	zx_handle_t weak = zxt_without(self->event, ZX_RIGHT_WAIT);

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_wait_async(self->closed, self->closed, 1,
								    UP, bad[i]));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_wait_async(self->event, self->port, 1,
								    UP, bad[i]));
	}
	/* First the port, then the object. */
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, watch(weak, self->closed, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, watch(self->event, ZX_HANDLE_INVALID, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, watch(self->closed, no_port, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, watch(self->event, self->event, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, watch(self->closed, weak_port, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, watch(self->event, weak_port, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, watch(self->closed, self->port, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, watch(ZX_HANDLE_INVALID, self->port, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, watch(weak, self->port, 1));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 1));
}

TEST_F(port, errors_of_cancel)
{
	zx_handle_t weak_port = zxt_without(self->port, ZX_RIGHT_WRITE);
	zx_handle_t no_port = zxt_without(self->channel[0], ZX_RIGHT_WRITE);
	zx_handle_t weak = zxt_without(self->event, ZX_RIGHT_WAIT);

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_cancel(self->closed, weak, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_cancel(ZX_HANDLE_INVALID, self->event, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_port_cancel(no_port, self->closed, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_port_cancel(self->event, self->event, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_port_cancel(weak_port, self->closed, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_port_cancel(weak_port, self->event, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_cancel(self->port, self->closed, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_cancel(self->port, ZX_HANDLE_INVALID, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_port_cancel(self->port, weak, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, self->event, 2));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 1));
}

TEST_F(port, errors_of_cancel_key)
{
	zx_handle_t weak = zxt_without(self->port, ZX_RIGHT_WRITE);
	zx_handle_t no_port = zxt_without(self->channel[0], ZX_RIGHT_WRITE);

	ASSERT_EQ(ZX_OK, put(self->port, 1));
	for (uint32_t options = 1; options; options <<= 1)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_cancel_key(self->port, options, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_cancel_key(self->closed, 1, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_cancel_key(self->closed, 0, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_cancel_key(ZX_HANDLE_INVALID, 0, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_port_cancel_key(no_port, 0, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_port_cancel_key(self->event, 0, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_port_cancel_key(weak, 0, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 2));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 1));
}

/* Reading and queueing each need one right only. */
TEST_F(port, rights_are_enough)
{
	zx_handle_t reader, writer, weak;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->port, ZX_RIGHT_READ, &reader));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->port, ZX_RIGHT_WRITE, &writer));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_WAIT, &weak));
	EXPECT_EQ(ZX_OK, put(writer, 1));
	EXPECT_EQ(ZX_OK, watch(weak, writer, 2));
	EXPECT_EQ(ZX_OK, zx_port_cancel(writer, weak, 2));
	EXPECT_EQ(ZX_OK, watch(weak, writer, 3));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(writer, 0, 3));
	EXPECT_EQ(1, next_key(reader));
}

/*
 * Files
 */

static short polled(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	return poll(&poller, 1, 0) == 1 ? poller.revents : 0;
}

TEST_F(port, files_are_readable_while_packets_are_queued)
{
	zx_handle_t copy = duplicate(self->port);
	int fds[2];

	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->port, ZXL_PORT_READABLE, 0, &fds[0]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &fds[1]));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, polled(fds[i]));
	ASSERT_EQ(ZX_OK, put(self->port, 1));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 2));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(POLLIN, polled(fds[i]));
	EXPECT_EQ(1, next_key(self->port));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_wait(self->port, 0, NULL));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(POLLIN, polled(fds[i]));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 2));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, polled(fds[i]));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->port));
	EXPECT_EQ(POLLHUP, polled(fds[0]) & POLLHUP);
	EXPECT_EQ(0, polled(fds[1]));
}

TEST_F(port, files_need_the_right_to_read)
{
	zx_handle_t weak = zxt_without(self->port, ZX_RIGHT_READ);
	int fd;

	ASSERT_EQ(ZX_OK, put(self->port, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_handle_watch(weak, ZXL_PORT_READABLE, 0, &fd));
	ASSERT_EQ(ZX_OK, zxl_handle_export(weak, 0, &fd));
	EXPECT_EQ(0, polled(fd) & POLLIN);
}

/*
 * Limits
 */

#define KIB 1024UL

FIXTURE(limit) {
	char user_max[32], observers_max[32];
};

FIXTURE_SETUP(limit)
{
	if (!zxt_get_parameter("user_bytes_max", self->user_max, sizeof(self->user_max)) ||
	    !zxt_get_parameter("object_observers_max", self->observers_max,
			       sizeof(self->observers_max)))
		SKIP(return, "only root can set limits");
	*zxp_user_of_test() = getpid();
}

FIXTURE_TEARDOWN_PARENT(limit)
{
	if (!self->observers_max[0])
		return;
	EXPECT_TRUE(zxt_set_parameter("user_bytes_max", self->user_max));
	EXPECT_TRUE(zxt_set_parameter("object_observers_max", self->observers_max));
}

TEST_F(limit, waits_on_one_object)
{
	zx_handle_t port, event, other;

	ASSERT_TRUE(zxt_set_parameter("object_observers_max", "10"));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &other));
	for (int i = 0; i < 10; i++)
		ASSERT_EQ(ZX_OK, watch(event, port, i));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, watch(event, port, 10));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(port, 0, 10));
	/* Another object has waits of its own. */
	EXPECT_EQ(ZX_OK, watch(other, port, 11));
	/* Each end of a wait makes room. */
	EXPECT_EQ(ZX_OK, zx_port_cancel(port, event, 3));
	EXPECT_EQ(ZX_OK, watch(event, port, 3));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, watch(event, port, 10));
	ASSERT_EQ(ZX_OK, set_up(event));
	ASSERT_EQ(ZX_OK, set_down(event));
	for (int i = 0; i < 10; i++)
		ASSERT_EQ(ZX_OK, watch(event, port, 100 + i));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, watch(event, port, 10));
	for (int i = 0; i < 10; i++)
		EXPECT_GT(10, next_key(port));
	EXPECT_TRUE(is_empty(port));
	ASSERT_EQ(ZX_OK, zx_handle_close(port));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	for (int i = 0; i < 10; i++)
		ASSERT_EQ(ZX_OK, watch(event, port, i));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, watch(event, port, 10));
}

#define EVENTS 20
#define EACH 200	/* waits on each event */
#define USER_KEY (EVENTS * EACH)

/* Uses up the account with waits, the rest with packets. All of them arrive. */
static void body_waits(void)
{
	zx_handle_t port, events[EVENTS];
	unsigned int waits, puts = 0, count = 0;
	static uint8_t seen[EVENTS * EACH];
	zx_status_t status = ZX_OK;
	unsigned long used;
	uint64_t key;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	for (unsigned int i = 0; i < EVENTS; i++)
		CHILD_CHECK(zx_event_create(0, &events[i]) == ZX_OK);
	for (waits = 0; waits < EVENTS * EACH; waits++) {
		status = watch(events[waits / EACH], port, waits);
		if (status != ZX_OK)
			break;
	}
	CHILD_CHECK(status == ZX_ERR_NO_MEMORY && waits > 100);
	CHILD_CHECK(watch(events[0], port, waits) == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(zx_port_cancel_key(port, 0, waits) == ZX_ERR_NOT_FOUND);
	while ((status = put(port, USER_KEY)) == ZX_OK)
		puts++;
	CHILD_CHECK(status == ZX_ERR_NO_MEMORY);
	used = zxp_used();
	for (unsigned int i = 0; i < EVENTS; i++)
		CHILD_CHECK(set_up(events[i]) == ZX_OK);
	CHILD_CHECK(zx_port_wait(port, 0, NULL) == ZX_ERR_INVALID_ARGS);
	for (; puts > 0; puts--)
		CHILD_CHECK(next_key(port) == USER_KEY);
	while ((key = next_key(port)) != NO_KEY) {
		CHILD_CHECK(key < waits && !seen[key]++);
		count++;
	}
	CHILD_CHECK(count == waits);
	CHILD_CHECK(zxp_used() < used - waits * 64);
	CHILD_CHECK(put(port, 1) == ZX_OK);
}

/* The same with packets; 4096 fit in no account of this test. */
static void body_packets(void)
{
	zx_status_t status = ZX_OK;
	unsigned long used;
	unsigned int count;
	zx_handle_t port, event;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	for (count = 0; status == ZX_OK; count++)
		status = put(port, count);
	CHILD_CHECK(status == ZX_ERR_NO_MEMORY);
	count--;
	CHILD_CHECK(count > 100);
	CHILD_CHECK(watch(event, port, 1) == ZX_ERR_NO_MEMORY);
	used = zxp_used();
	for (unsigned int i = 0; i < count; i++)
		CHILD_CHECK(next_key(port) == i);
	CHILD_CHECK(is_empty(port));
	CHILD_CHECK(zxp_used() < used - count * 48);
	CHILD_CHECK(watch(event, port, 1) == ZX_OK);
}

/* What a port has at its end is given back. */
static void body_gives_back(void)
{
	unsigned long used = 0;
	zx_handle_t port, event;

	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	for (int i = 0; i < 30; i++) {
		CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
		if (i == 1)
			used = zxp_used();
		for (int j = 0; j < 200; j++) {
			CHILD_CHECK(put(port, j) == ZX_OK);
			CHILD_CHECK(watch(event, port, j) == ZX_OK);
			if (j == 100)
				CHILD_CHECK(set_up(event) == ZX_OK && set_down(event) == ZX_OK);
		}
		CHILD_CHECK(zx_handle_close(port) == ZX_OK);
	}
	for (int i = 0; i < 60000 && zxp_used() >= used; i++)
		zxp_sleep_ms(1);
	CHILD_CHECK(zxp_used() < used);
}

/* Calls that fail leave nothing charged. */
static void body_failures(void)
{
	zx_handle_t port, event;
	unsigned long used = 0;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	for (int i = 0; i < 1000; i++) {
		CHILD_CHECK(zx_port_create(0, NULL) == ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(zx_port_queue(port, NULL) == ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(put(port, 1) == ZX_OK);
		CHILD_CHECK(zx_port_wait(port, 0, NULL) == ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(zx_port_cancel_key(port, 0, 1) == ZX_OK);
		CHILD_CHECK(watch(event, port, 1) == ZX_OK);
		CHILD_CHECK(zx_port_cancel(port, event, 1) == ZX_OK);
		CHILD_CHECK(watch(event, ZX_HANDLE_INVALID, 1) == ZX_ERR_BAD_HANDLE);
		CHILD_CHECK(watch(ZX_HANDLE_INVALID, port, 1) == ZX_ERR_BAD_HANDLE);
		if (i == 100)
			used = zxp_used();
	}
	for (int i = 0; i < 60000 && zxp_used() > used; i++)
		zxp_sleep_ms(1);
	CHILD_CHECK(zxp_used() <= used);
}

TEST_F_TIMEOUT(limit, an_account_that_is_used_up_loses_nothing, 300)
{
	ASSERT_TRUE(zxt_set_parameter("user_bytes_max", "300000"));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_waits));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_packets));
}

TEST_F_TIMEOUT(limit, all_charges_are_given_back, 300)
{
	ASSERT_TRUE(zxt_set_parameter("user_bytes_max", "4000000"));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_gives_back));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_failures));
}

TEST_HARNESS_MAIN
