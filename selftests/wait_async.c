// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asynchronous waits: when a signal queues a packet and what the packet shows, on objects of all
 * types, what ends a wait, and what is canceled.
 */

#include "zxport.h"
#include "zxproc.h"

FIXTURE(async) {
	zx_handle_t port;
	zx_handle_t event;
	zx_handle_t channel[2];
};

FIXTURE_SETUP(async)
{
	ASSERT_EQ(ZX_OK, zx_port_create(0, &self->port));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->channel[0], &self->channel[1]));
}

FIXTURE_TEARDOWN(async)
{
}

/*
 * Asynchronous waits
 */

TEST_F(async, a_signal_that_is_up_queues_at_once)
{
	zx_port_packet_t packet;

	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, UP | ZX_USER_SIGNAL_5));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 3, UP | ZX_USER_SIGNAL_7,
					      0));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, ZX_TIME_INFINITE_PAST, &packet));
	EXPECT_EQ(3, packet.key);
	EXPECT_EQ(UP | ZX_USER_SIGNAL_7, packet.signal.trigger);
	EXPECT_EQ(UP | ZX_USER_SIGNAL_5, packet.signal.observed);
	EXPECT_EQ(1, packet.signal.count);
	EXPECT_EQ(0, packet.signal.timestamp);
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, a_wait_queues_one_packet)
{
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, set_up(self->event));
		ASSERT_EQ(ZX_OK, set_down(self->event));
	}
	EXPECT_EQ(1, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 2));
	EXPECT_EQ(2, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

/* The packet shows the signals of the moment when it was queued. */
TEST_F(async, a_strobe_is_seen)
{
	zx_port_packet_t packet;

	for (int i = 0; i < 24; i++) {
		zx_signals_t second = i % 2 ? 0 : ZX_USER_SIGNAL_2;

		ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 1122,
						      UP | ZX_USER_SIGNAL_2, 0));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, UP | second));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, UP | second, ZX_USER_SIGNAL_3));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_USER_SIGNAL_3, 0));
		ASSERT_EQ(ZX_OK, zx_port_wait(self->port, ZX_TIME_INFINITE_PAST, &packet));
		ASSERT_EQ(UP | second, packet.signal.observed);
		ASSERT_EQ(UP | ZX_USER_SIGNAL_2, packet.signal.trigger);
		ASSERT_EQ(1, packet.signal.count);
	}
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, other_signals_do_not_matter)
{
	zx_port_packet_t packet;

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_1));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_USER_SIGNAL_1, 0));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, 0, &packet));
	EXPECT_EQ(ZX_EVENT_SIGNALED | UP, packet.signal.observed);
}

TEST_F(async, an_edge_is_a_signal_that_is_raised)
{
	zx_port_packet_t packet;

	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 2, UP,
					      ZX_WAIT_ASYNC_EDGE));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, 0, &packet));
	EXPECT_EQ(2, packet.key);
	EXPECT_EQ(ZX_PKT_TYPE_SIGNAL_ONE, packet.type);
	EXPECT_EQ(ZX_OK, packet.status);
	EXPECT_EQ(UP, packet.signal.trigger);
	EXPECT_EQ(UP, packet.signal.observed);
	/* It is over, as any wait. */
	ASSERT_EQ(ZX_OK, set_down(self->event));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, a_signal_that_is_up_is_no_edge)
{
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 1, UP,
					      ZX_WAIT_ASYNC_EDGE));
	EXPECT_TRUE(is_empty(self->port));
	/* It does not rise, and not either in a call that lowers and raises it at once. */
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, UP, UP));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, set_down(self->event));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_EQ(1, next_key(self->port));
}

/* A signal that is not waited for rises beside one that is up. */
TEST_F(async, another_signal_is_no_edge)
{
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 1, UP,
					      ZX_WAIT_ASYNC_EDGE));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, each_of_several_signals_has_an_edge)
{
	zx_port_packet_t packet;

	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 1, UP | ZX_USER_SIGNAL_4,
					      ZX_WAIT_ASYNC_EDGE));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_4));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, 0, &packet));
	EXPECT_EQ(UP | ZX_USER_SIGNAL_4, packet.signal.observed);
}

TEST_F(async, a_wait_for_no_signal_is_pending_for_ever)
{
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 1, 0, 0));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 2, 0, ZX_WAIT_ASYNC_EDGE));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 1));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 2));
}

TEST_F(async, equal_waits_each_queue_a_packet)
{
	zx_port_packet_t packet;
	zx_handle_t second;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &second));
	for (int i = 0; i < 7; i++) {
		ASSERT_EQ(ZX_OK, watch(self->event, self->port, 4));
		ASSERT_EQ(ZX_OK, watch(self->event, second, 4));
	}
	ASSERT_EQ(ZX_OK, set_up(self->event));
	for (int i = 0; i < 7; i++) {
		ASSERT_EQ(ZX_OK, zx_port_wait(self->port, 0, &packet));
		EXPECT_EQ(4, packet.key);
		EXPECT_EQ(UP, packet.signal.observed);
		EXPECT_EQ(1, packet.signal.count);
		EXPECT_EQ(4, next_key(second));
	}
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_TRUE(is_empty(second));
}

/* Queues a packet with a time stamp; the times before and after that. */
static zx_status_t stamp(zx_handle_t port, zx_handle_t event, uint32_t options,
			 zx_time_t (*clock)(void), zx_time_t *before, zx_time_t *after)
{
	zx_status_t status = zx_object_wait_async(event, port, 1, UP, options);

	*before = clock();
	if (status == ZX_OK)
		status = set_up(event);
	*after = clock();
	return status == ZX_OK ? set_down(event) : status;
}

static void check_stamps(void)
{
	static const struct {
		uint32_t options;
		zx_time_t (*clock)(void);
	} kinds[] = {
		{ ZX_WAIT_ASYNC_TIMESTAMP, zx_clock_get_monotonic },
		{ ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_EDGE, zx_clock_get_monotonic },
		{ ZX_WAIT_ASYNC_BOOT_TIMESTAMP, zx_clock_get_boot },
		{ ZX_WAIT_ASYNC_BOOT_TIMESTAMP | ZX_WAIT_ASYNC_EDGE, zx_clock_get_boot },
	};
	zx_handle_t port, event;
	zx_port_packet_t packet;
	zx_time_t before, after;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		CHILD_CHECK(stamp(port, event, kinds[i].options, kinds[i].clock, &before,
				  &after) == ZX_OK);
		CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_OK);
		CHILD_CHECK(before <= packet.signal.timestamp);
		CHILD_CHECK(packet.signal.timestamp <= after);
		CHILD_CHECK(packet.signal.trigger == UP && packet.signal.observed == UP);
	}
	/* A signal that is up already. */
	CHILD_CHECK(set_up(event) == ZX_OK);
	before = zx_clock_get_monotonic();
	CHILD_CHECK(zx_object_wait_async(event, port, 1, UP, ZX_WAIT_ASYNC_TIMESTAMP) == ZX_OK);
	after = zx_clock_get_monotonic();
	CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_OK);
	CHILD_CHECK(before <= packet.signal.timestamp && packet.signal.timestamp <= after);
}

static void check_stamps_and_exit(void)
{
	check_stamps();
	_exit(0);
}

TEST_F(async, a_time_stamp_is_that_of_the_signal)
{
	pid_t child = fork();

	if (!child)
		check_stamps_and_exit();
	EXPECT_EQ(0, zxt_reap(child));
}

TEST_F(async, time_stamps_are_those_of_the_time_namespace)
{
	static const char *const offsets[] = {
		"monotonic -1 0\nboottime 100000 0\n",
		"monotonic 100000 0\nboottime -1 0\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		pid_t child;

		if (!zxp_unshare_time(offsets[i]))
			SKIP(return, "no time namespaces");
		child = fork();
		if (!child)
			check_stamps_and_exit();
		EXPECT_EQ(0, zxt_reap(child));
	}
}

/*
 * Objects
 */

/* The first packet has @key, and shows that of @trigger's signals those in @observed are up. */
static bool shows(zx_handle_t port, uint64_t key, zx_signals_t trigger, zx_signals_t observed)
{
	zx_port_packet_t packet;

	return zx_port_wait(port, ZXT_SOON, &packet) == ZX_OK && packet.key == key &&
	       packet.type == ZX_PKT_TYPE_SIGNAL_ONE && packet.signal.trigger == trigger &&
	       packet.signal.observed == observed;
}

TEST_F(async, a_channel_that_is_readable)
{
	zx_handle_t end = self->channel[1];
	const zx_signals_t readable = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;

	ASSERT_EQ(ZX_OK, zx_object_wait_async(end, self->port, 1, ZX_CHANNEL_READABLE, 0));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, "here", 4, NULL, 0));
	EXPECT_TRUE(shows(self->port, 1, ZX_CHANNEL_READABLE,
			  ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE));
	/* Messages from before the wait, and the end of the peer. */
	for (int i = 0; i < 5; i++)
		ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, "123456", 6, NULL, 0));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(end, self->port, 2, ZX_CHANNEL_PEER_CLOSED, 0));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->channel[0]));
	EXPECT_TRUE(shows(self->port, 2, ZX_CHANNEL_PEER_CLOSED, readable));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(end, self->port, 3, readable, 0));
	EXPECT_TRUE(shows(self->port, 3, readable, readable));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, a_channel_without_its_message_is_readable_no_more)
{
	zx_handle_t end = self->channel[1];

	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, "here", 4, NULL, 0));
	ASSERT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_channel_read(end, ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL, 0, 0, NULL, NULL));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(end, self->port, 1, ZX_CHANNEL_READABLE, 0));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, sockets_fifos_and_eventpairs)
{
	zx_handle_t socket[2], fifo[2], pair[2];

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(socket[1], self->port, 1, ZX_SOCKET_READABLE, 0));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, zx_socket_write(socket[0], 0, "x", 1, NULL));
	EXPECT_TRUE(shows(self->port, 1, ZX_SOCKET_READABLE,
			  ZX_SOCKET_READABLE | ZX_SOCKET_WRITABLE));

	ASSERT_EQ(ZX_OK, zx_fifo_create(4, 4, 0, &fifo[0], &fifo[1]));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(fifo[1], self->port, 2, ZX_FIFO_READABLE, 0));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, zx_fifo_write(fifo[0], 4, "1234", 1, NULL));
	EXPECT_TRUE(shows(self->port, 2, ZX_FIFO_READABLE, ZX_FIFO_READABLE | ZX_FIFO_WRITABLE));

	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &pair[0], &pair[1]));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(pair[1], self->port, 3, ZX_EVENTPAIR_SIGNALED, 0));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(pair[0], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_TRUE(shows(self->port, 3, ZX_EVENTPAIR_SIGNALED, ZX_EVENTPAIR_SIGNALED));

	ASSERT_EQ(ZX_OK, zx_object_wait_async(pair[1], self->port, 4, ZX_EVENTPAIR_PEER_CLOSED,
					      ZX_WAIT_ASYNC_EDGE));
	ASSERT_EQ(ZX_OK, zx_handle_close(pair[0]));
	EXPECT_TRUE(shows(self->port, 4, ZX_EVENTPAIR_PEER_CLOSED,
			  ZX_EVENTPAIR_PEER_CLOSED | ZX_EVENTPAIR_SIGNALED));
}

TEST_F(async, the_own_process)
{
	ASSERT_EQ(ZX_OK, zx_object_wait_async(zx_process_self(), self->port, 1,
					      ZX_PROCESS_TERMINATED, 0));
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, zx_process_self(), 1));
}

/* Sends a copy of the own process' handle through an exported end of a channel. */
static void child_sends_itself(int fd, int pipe)
{
	zx_handle_t channel;

	CHILD_CHECK(zxl_handle_import(fd, 0, &channel) == ZX_OK);
	CHILD_CHECK(send_handle(channel, duplicate(zx_process_self())) == ZX_OK);
	zxp_block_on(pipe);
	_exit(0);
}

TEST_F(async, another_process_ends)
{
	int fd, go[2];
	zx_handle_t process;
	pid_t child;

	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	ASSERT_EQ(ZX_OK, zxl_handle_export(self->channel[1], 0, &fd));
	child = fork();
	if (!child) {
		close(go[1]);
		child_sends_itself(fd, go[0]);
	}
	ASSERT_EQ(ZX_OK, zx_object_wait_one(self->channel[0], ZX_CHANNEL_READABLE, ZXT_SOON,
					    NULL));
	process = receive_handle(self->channel[0]);
	ASSERT_EQ(ZX_OK, zx_object_wait_async(process, self->port, 1, ZX_PROCESS_TERMINATED, 0));
	EXPECT_TRUE(is_empty(self->port));
	close(go[1]);
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_TRUE(shows(self->port, 1, ZX_PROCESS_TERMINATED, ZX_PROCESS_TERMINATED));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(process, self->port, 2, ZX_PROCESS_TERMINATED, 0));
	EXPECT_TRUE(shows(self->port, 2, ZX_PROCESS_TERMINATED, ZX_PROCESS_TERMINATED));
}

TEST_F(async, no_call_waits_for_a_port)
{
	zx_handle_t second;
	zx_wait_item_t item = { self->port, 1, 0 };

	ASSERT_EQ(ZX_OK, zx_port_create(0, &second));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, watch(second, self->port, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, watch(self->port, self->port, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_port_cancel(self->port, second, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_wait_one(self->port, 1, 0, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_wait_many(&item, 1, 0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal(self->port, 0, UP));
}

TEST_F(async, a_port_has_its_type_and_rights)
{
	zx_info_handle_basic_t info = zxt_basic(self->port);

	EXPECT_EQ(ZX_OBJ_TYPE_PORT, info.type);
	EXPECT_EQ(ZX_RIGHT_DUPLICATE | ZX_RIGHT_TRANSFER | ZX_RIGHT_READ | ZX_RIGHT_WRITE |
		  ZX_RIGHT_INSPECT, info.rights);
	EXPECT_EQ(ZX_DEFAULT_PORT_RIGHTS, info.rights);
	EXPECT_EQ(0, info.related_koid);
	EXPECT_NE(zxt_koid(self->event), info.koid);
}

/*
 * Handles: a wait belongs to the one that it was begun with.
 */

TEST_F(async, closing_the_handle_ends_its_waits)
{
	zx_handle_t other = duplicate(self->event);

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 2));
	ASSERT_EQ(ZX_OK, watch(other, self->port, 3));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 1));
	ASSERT_EQ(ZX_OK, set_up(other));
	EXPECT_EQ(3, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, closing_many_handles_ends_their_waits)
{
	zx_handle_t copies[3];

	for (int i = 0; i < 3; i++) {
		copies[i] = duplicate(self->event);
		ASSERT_EQ(ZX_OK, watch(copies[i], self->port, 9));
	}
	ASSERT_EQ(ZX_OK, zx_handle_close_many(copies, 3));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 9));
}

TEST_F(async, replacing_the_handle_ends_its_waits)
{
	zx_handle_t new;

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, zx_handle_replace(self->event, ZX_RIGHT_SAME_RIGHTS, &new));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, new, 1));
	ASSERT_EQ(ZX_OK, set_up(new));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, watch(new, self->port, 2));
	EXPECT_EQ(2, next_key(self->port));
}

TEST_F(async, exporting_the_handle_ends_its_waits)
{
	zx_handle_t other = duplicate(self->event), back;
	int fd;

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, zxl_handle_export(self->event, 0, &fd));
	ASSERT_EQ(ZX_OK, set_up(other));
	EXPECT_TRUE(is_empty(self->port));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &back));
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 1));
}

TEST_F(async, a_wait_goes_on_in_a_message)
{
	zx_handle_t other = duplicate(self->event);

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 2));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], self->event));
	EXPECT_TRUE(is_empty(self->port));
	/* The handle is gone, its waits have only their keys. */
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_cancel(self->port, self->event, 1));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 1));
	ASSERT_EQ(ZX_OK, set_up(other));
	EXPECT_EQ(2, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, receiving_the_handle_ends_its_waits)
{
	zx_handle_t new;

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], self->event));
	new = receive_handle(self->channel[1]);
	ASSERT_TRUE(zxt_is_open(new));
	ASSERT_EQ(ZX_OK, set_up(new));
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, new, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 1));
}

TEST_F(async, a_message_that_cannot_be_received_ends_no_wait)
{
	zx_handle_t other = duplicate(self->event), out;

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], self->event));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_channel_read(self->channel[1], 0, NULL, &out, 0, 0, NULL, NULL));
	ASSERT_EQ(ZX_OK, set_up(other));
	EXPECT_EQ(1, next_key(self->port));
}

TEST_F(async, dropping_the_message_ends_its_waits)
{
	zx_handle_t other = duplicate(self->event);

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], self->event));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->channel[1]));
	ASSERT_EQ(ZX_OK, set_up(other));
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 1));
}

/* A write that fails consumes the handle. */
TEST_F(async, a_failed_write_ends_the_waits)
{
	zx_handle_t other = duplicate(self->event);

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->channel[1]));
	ASSERT_EQ(ZX_ERR_PEER_CLOSED, send_handle(self->channel[0], self->event));
	ASSERT_EQ(ZX_OK, set_up(other));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, moving_the_handle_with_fewer_rights_ends_its_waits)
{
	zx_handle_t other = duplicate(self->event);
	zx_handle_disposition_t move = {
		.operation = ZX_HANDLE_OP_MOVE,
		.handle = self->event,
		.type = ZX_OBJ_TYPE_NONE,
		.rights = ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT,
	};

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, zx_channel_write_etc(self->channel[0], 0, NULL, 0, &move, 1));
	ASSERT_EQ(ZX_OK, set_up(other));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, a_packet_stays_after_its_handle_and_object)
{
	zx_port_packet_t packet;

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 2));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_port_cancel(self->port, self->event, 2));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, 0, &packet));
	EXPECT_EQ(1, packet.key);
	EXPECT_EQ(UP, packet.signal.observed);
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 2));
	EXPECT_TRUE(is_empty(self->port));
}

/* Has a wait that is pending, one that has queued a packet, and queues one itself. */
static void child_with_port(int fd)
{
	zx_handle_t channel, event, port, end;

	CHILD_CHECK(zxl_handle_import(fd, 0, &channel) == ZX_OK);
	port = receive_handle(channel);
	end = receive_handle(channel);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(watch(event, port, 1) == ZX_OK);
	CHILD_CHECK(set_up(event) == ZX_OK);
	CHILD_CHECK(put(port, 2) == ZX_OK);
	CHILD_CHECK(watch(end, port, 3) == ZX_OK);
	_exit(0);
}

TEST_F(async, packets_outlive_the_process_that_made_them)
{
	zx_handle_t pair[2];
	pid_t child;
	int fd;

	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &pair[0], &pair[1]));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], duplicate(self->port)));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], pair[1]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(self->channel[1], 0, &fd));
	child = fork();
	if (!child)
		child_with_port(fd);
	EXPECT_EQ(0, zxt_reap(child));
	ASSERT_EQ(ZX_OK, zx_object_wait_one(pair[0], ZX_EVENTPAIR_PEER_CLOSED, ZXT_SOON, NULL));
	EXPECT_EQ(1, next_key(self->port));
	EXPECT_EQ(2, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
	/* Its wait has ended with the handle. */
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 3));
}

TEST_F(async, a_duplicate_is_the_same_port)
{
	zx_handle_t copy = duplicate(self->port);

	ASSERT_EQ(ZX_OK, watch(self->event, copy, 1));
	ASSERT_EQ(ZX_OK, put(copy, 2));
	EXPECT_EQ(2, next_key(self->port));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 1));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 3));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->port));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_EQ(3, next_key(copy));
}

/*
 * Cancel
 */

TEST_F(async, cancel_ends_pending_waits)
{
	static const uint64_t keys[] = { 128, 13, 7, 13 };
	uint64_t first, second;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		ASSERT_EQ(ZX_OK, watch(self->event, self->port, keys[i]));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 13));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, self->event, 13));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(ZX_OK, set_up(self->event));
		ASSERT_EQ(ZX_OK, set_down(self->event));
	}
	first = next_key(self->port);
	second = next_key(self->port);
	EXPECT_TRUE((first == 128 && second == 7) || (first == 7 && second == 128));
	EXPECT_TRUE(is_empty(self->port));
	/* The packet has been read. */
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, self->event, 128));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 128));
}

TEST_F(async, cancel_removes_queued_packets)
{
	static const uint64_t keys[] = { 1, 2, 1, 3, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		ASSERT_EQ(ZX_OK, watch(self->event, self->port, keys[i]));
		ASSERT_EQ(ZX_OK, set_up(self->event));
		ASSERT_EQ(ZX_OK, set_down(self->event));
	}
	/* The order of the others does not change. */
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, self->event, 1));
	EXPECT_EQ(2, next_key(self->port));
	EXPECT_EQ(3, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, cancel_ends_waits_and_removes_packets_at_once)
{
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(ZX_OK, watch(self->event, self->port, 5));
		ASSERT_EQ(ZX_OK, set_up(self->event));
		ASSERT_EQ(ZX_OK, set_down(self->event));
		ASSERT_EQ(ZX_OK, watch(self->event, self->port, 5));
		ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 5, UP,
						      ZX_WAIT_ASYNC_EDGE));
		EXPECT_EQ(ZX_OK, i ? zx_port_cancel(self->port, self->event, 5) :
				     zx_port_cancel_key(self->port, 0, 5));
		ASSERT_EQ(ZX_OK, set_up(self->event));
		ASSERT_EQ(ZX_OK, set_down(self->event));
		EXPECT_TRUE(is_empty(self->port));
		EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, self->event, 5));
		EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 5));
	}
}

TEST_F(async, cancel_after_some_events_are_signaled)
{
	static const uint64_t keys[] = { 128, 3, 3 };
	zx_handle_t events[ARRAY_SIZE(keys)];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		ASSERT_EQ(ZX_OK, zx_event_create(0, &events[i]));
		ASSERT_EQ(ZX_OK, watch(events[i], self->port, keys[i]));
	}
	ASSERT_EQ(ZX_OK, set_up(events[0]));
	ASSERT_EQ(ZX_OK, set_up(events[1]));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, events[1], 3));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, events[2], 3));
	ASSERT_EQ(ZX_OK, set_up(events[2]));
	EXPECT_EQ(128, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, cancel_of_edges)
{
	for (uint64_t key = 1; key <= 3; key++)
		ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, key, UP,
						      ZX_WAIT_ASYNC_EDGE));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 2));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 3));
	EXPECT_EQ(1, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

/* Same object, same key: only the waits through the handle that is named. */
TEST_F(async, cancel_leaves_the_waits_of_duplicates)
{
	zx_handle_t copy = duplicate(self->event), third = duplicate(self->event);

	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, watch(copy, self->port, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, third, 1));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, self->event, 1));
	ASSERT_EQ(ZX_OK, set_up(third));
	/* Now the packet is queued. */
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, self->event, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, third, 1));
	EXPECT_EQ(1, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, cancel_leaves_the_waits_of_other_ports)
{
	zx_handle_t second;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &second));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(second, self->event, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(second, 0, 1));
	ASSERT_EQ(ZX_OK, watch(self->event, second, 1));
	EXPECT_EQ(ZX_OK, zx_port_cancel(second, self->event, 1));
	ASSERT_EQ(ZX_OK, watch(self->event, second, 1));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(second, 0, 1));
	ASSERT_EQ(ZX_OK, set_up(self->event));
	EXPECT_TRUE(is_empty(second));
	EXPECT_EQ(1, next_key(self->port));
}

/* A new handle, perhaps in the place of the old one, has none of its packets. */
TEST_F(async, cancel_leaves_the_packets_of_an_earlier_handle)
{
	zx_handle_t new;

	ASSERT_EQ(ZX_OK, set_up(self->event));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 1));
	ASSERT_EQ(ZX_OK, zx_handle_replace(self->event, ZX_RIGHT_SAME_RIGHTS, &new));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, new, 1));
	ASSERT_EQ(ZX_OK, send_handle(self->channel[0], new));
	new = receive_handle(self->channel[1]);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, new, 1));
	for (int i = 0; i < 1000; i++) {
		ASSERT_EQ(ZX_OK, zx_handle_replace(new, ZX_RIGHT_SAME_RIGHTS, &new));
		ASSERT_EQ(ZX_OK, zx_object_wait_async(new, self->port, 2, ZX_USER_SIGNAL_3, 0));
		ASSERT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, new, 1));
	}
	EXPECT_EQ(1, next_key(self->port));
}

TEST_F(async, only_cancel_key_removes_user_packets)
{
	ASSERT_EQ(ZX_OK, put(self->port, 42));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel(self->port, self->event, 42));
	ASSERT_EQ(ZX_OK, put(self->port, 43));
	ASSERT_EQ(ZX_OK, put(self->port, 42));
	ASSERT_EQ(ZX_OK, watch(self->event, self->port, 42));
	EXPECT_EQ(ZX_OK, zx_port_cancel(self->port, self->event, 42));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 42));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 42));
	EXPECT_EQ(43, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_F(async, cancel_key_ends_the_waits_on_all_objects)
{
	zx_handle_t events[4];

	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(ZX_OK, zx_event_create(0, &events[i]));
		ASSERT_EQ(ZX_OK, watch(events[i], self->port, 2));
		ASSERT_EQ(ZX_OK, zx_object_wait_async(events[i], self->port, 2, ZX_USER_SIGNAL_3,
						      0));
		ASSERT_EQ(ZX_OK, watch(events[i], self->port, 1));
		if (i % 2)
			ASSERT_EQ(ZX_OK, set_up(events[i]));
	}
	ASSERT_EQ(ZX_OK, zx_handle_close(events[3]));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 3));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 2));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 2));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(ZX_OK, zx_object_signal(events[i], 0, UP | ZX_USER_SIGNAL_3));
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(1, next_key(self->port));
	EXPECT_TRUE(is_empty(self->port));
}

TEST_HARNESS_MAIN
