// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Zircon's documentation and tests promise of waits, calls, rings, closing and polling.
 * Written without a look at the module.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/select.h>
#include <sys/socket.h>

#include "zxpoll.h"
#include "zxproc.h"
#include "zxthread.h"

/* In milliseconds, for poll() and epoll. */
#define SOON	60000
#define NEVER	200

static zx_handle_t new_event(void)
{
	zx_handle_t event = ZX_HANDLE_INVALID;

	if (zx_event_create(0, &event) != ZX_OK)
		abort();
	return event;
}

static zx_handle_disposition_t move_of(zx_handle_t handle, zx_rights_t rights)
{
	return (zx_handle_disposition_t){
		.operation = ZX_HANDLE_OP_MOVE, .handle = handle, .rights = rights,
	};
}

static zx_status_t put(zx_handle_t through, zx_handle_t what)
{
	return zx_channel_write(through, 0, "x", 1, &what, 1);
}

static zx_handle_t receive(zx_handle_t from)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;
	char byte;

	zx_channel_read(from, 0, &byte, &handle, 1, 1, NULL, NULL);
	return handle;
}

FIXTURE(waits) {
	zx_handle_t event, copy, a, b;
};

FIXTURE_SETUP(waits)
{
	self->event = new_event();
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &self->copy));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->a, &self->b));
}

FIXTURE_TEARDOWN(waits)
{
}

/* A handle sent with fewer rights is replaced: waits through it end at once. */
TEST_F(waits, moving_with_fewer_rights_cancels_at_the_write)
{
	zx_handle_disposition_t how = move_of(self->event, ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT);
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, zx_channel_write_etc(self->a, 0, NULL, 0, &how, 1));
	EXPECT_TRUE(ends(&waiter));
	EXPECT_NE(ZX_HANDLE_INVALID, receive(self->b));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
}

/* The same for a handle that a call sends. */
TEST_F(waits, calling_with_fewer_rights_cancels_at_the_call)
{
	zx_handle_disposition_t how = move_of(self->event, ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT);
	zx_channel_call_etc_args_t args = {
		.wr_bytes = "call", .wr_num_bytes = 4, .wr_handles = &how, .wr_num_handles = 1,
	};
	struct waiter waiter;
	uint32_t sizes[2];

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_ERR_TIMED_OUT, zx_channel_call_etc(self->a, 0, 0, &args, &sizes[0],
							&sizes[1]));
	EXPECT_TRUE(ends(&waiter));
	zx_handle_close(self->b);
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
}

/* With the same rights, named or not, it is the same handle: waits go on until it is received. */
TEST_F(waits, moving_with_all_rights_cancels_at_the_read)
{
	zx_rights_t rights[] = { ZX_RIGHT_SAME_RIGHTS, zxt_basic(self->event).rights };

	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		zx_handle_disposition_t how;
		struct waiter waiter;
		zx_handle_t got;

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS,
						     &how.handle));
		how = move_of(how.handle, rights[i]);
		ASSERT_TRUE(start(&waiter, how.handle, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		ASSERT_EQ(ZX_OK, zx_channel_write_etc(self->a, 0, NULL, 0, &how, 1));
		EXPECT_TRUE(still_waits(&waiter));
		got = receive(self->b);
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
		zx_handle_close(got);
	}
}

/* Discarding a message closes its handles. A message that stays in the queue keeps them. */
TEST_F(waits, discarding_the_message_cancels)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, put(self->a, self->event));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->b, 0, NULL, NULL, 0, 0, NULL,
							   NULL));
	EXPECT_TRUE(still_waits(&waiter));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->copy, 0, ZX_USER_SIGNAL_2));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_channel_read(self->b, ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL, 0, 0, NULL,
				  NULL));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED | ZX_USER_SIGNAL_2, waiter.items[0].pending);
	EXPECT_EQ(1, zxt_handles_to(self->copy));
}

/* Only waits through the handle that is received end. They return the signals of that moment. */
TEST_F(waits, only_those_through_the_handle_that_is_received)
{
	struct waiter first, second, other, both = {
		.count = 2,
		.items = {
			{ .handle = self->copy, .waitfor = ZX_EVENT_SIGNALED },
			{ .handle = self->event, .waitfor = ZX_USER_SIGNAL_7 },
		},
	};
	zx_handle_t back;

	ASSERT_TRUE(start(&first, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	ASSERT_TRUE(start(&second, self->event, 0, ZX_TIME_INFINITE));
	ASSERT_TRUE(start(&other, self->copy, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	ASSERT_TRUE(start_items(&both, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, put(self->a, self->event));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->copy, 0, ZX_USER_SIGNAL_1));
	EXPECT_TRUE(still_waits(&first));
	EXPECT_TRUE(still_waits(&second));
	EXPECT_TRUE(still_waits(&both));
	back = receive(self->b);
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&first));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED | ZX_USER_SIGNAL_1, first.items[0].pending);
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&second));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED | ZX_USER_SIGNAL_1, second.items[0].pending);
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&both));
	EXPECT_EQ(ZX_USER_SIGNAL_1, both.items[0].pending);
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED | ZX_USER_SIGNAL_1, both.items[1].pending);
	EXPECT_TRUE(still_waits(&other));
	ASSERT_EQ(ZX_OK, zx_object_signal(back, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&other));
	EXPECT_EQ(ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_1, other.items[0].pending);
}

/* A write that fails consumes the handle, and so cancels waits through it. */
TEST_F(waits, a_write_that_fails_cancels)
{
	static const char byte;
	zx_rights_t all = zxt_basic(self->event).rights;
	struct {
		zx_handle_disposition_t how;
		uint32_t options, size;
		zx_status_t status;
		bool goes_on;
	} cases[] = {
		{ move_of(0, ZX_RIGHT_SAME_RIGHTS), 0xff, 1, ZX_ERR_INVALID_ARGS, false },
		{ move_of(0, ZX_RIGHT_SAME_RIGHTS), 0, ZX_CHANNEL_MAX_MSG_BYTES + 1,
		  ZX_ERR_OUT_OF_RANGE, false },
		{ move_of(0, ~all & 0xffff), 0, 1, ZX_ERR_INVALID_ARGS, false },
		{ { .operation = ZX_HANDLE_OP_MOVE, .type = ZX_OBJ_TYPE_VMO, .rights = all },
		  0, 1, ZX_ERR_WRONG_TYPE, false },
		{ { .operation = 7, .rights = all }, 0, 1, ZX_ERR_INVALID_ARGS, false },
		{ { .operation = ZX_HANDLE_OP_DUPLICATE, .type = ZX_OBJ_TYPE_VMO, .rights = all },
		  0, 1, ZX_ERR_WRONG_TYPE, true },
		{ { .operation = ZX_HANDLE_OP_DUPLICATE, .rights = ZX_RIGHT_SAME_RIGHTS },
		  0xff, 1, ZX_ERR_INVALID_ARGS, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct waiter waiter;
		zx_handle_t handle;

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &handle));
		ASSERT_TRUE(start(&waiter, handle, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		cases[i].how.handle = handle;
		EXPECT_EQ(cases[i].status,
			  zx_channel_write_etc(self->a, cases[i].options, &byte, cases[i].size,
					       &cases[i].how, 1))
			TH_LOG("case %zu", i);
		EXPECT_EQ(cases[i].goes_on, zxt_is_open(handle))
			TH_LOG("case %zu", i);
		if (cases[i].goes_on) {
			EXPECT_TRUE(still_waits(&waiter));
			zx_handle_close(handle);
		}
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
		EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
	}
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

TEST_F(waits, a_handle_without_transfer_is_lost_with_its_waits)
{
	zx_handle_t fixed = zxt_without(self->event, ZX_RIGHT_TRANSFER);
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, fixed, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, put(self->a, fixed));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
}

/* A failed replacement closes the handle, too. */
TEST_F(waits, replacing_with_more_rights_cancels)
{
	zx_handle_t less = zxt_without(self->event, ZX_RIGHT_SIGNAL), out = 77;
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, less, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_handle_replace(less, ZX_RIGHT_WAIT | ZX_RIGHT_SIGNAL, &out));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
	EXPECT_FALSE(zxt_is_open(less));
}

/* Linux only: a write to a full queue consumes nothing. */
TEST_F(waits, a_full_queue_does_not_cancel)
{
	static const char bytes[4096];
	struct waiter waiter;

	while (zx_channel_write(self->a, 0, bytes, sizeof(bytes), NULL, 0) == ZX_OK)
		;
	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->a, self->event));
	EXPECT_TRUE(still_waits(&waiter));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->copy, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&waiter));
}

/* A handle to an object of each kind, and its peer if it has one. */
static zx_handle_t make_object(int kind, zx_handle_t *other)
{
	zx_handle_t handle = *other = ZX_HANDLE_INVALID;

	switch (kind) {
	case 0:
		return new_event();
	case 1:
		zx_eventpair_create(0, &handle, other);
		break;
	case 2:
		zx_channel_create(0, &handle, other);
		break;
	case 3:
		zx_socket_create(ZX_SOCKET_STREAM, &handle, other);
		break;
	case 4:
		zx_socket_create(ZX_SOCKET_DATAGRAM, &handle, other);
		break;
	case 5:
		zx_fifo_create(4, 4, 0, &handle, other);
		break;
	case 6:
		zx_timer_create(0, ZX_CLOCK_MONOTONIC, &handle);
		break;
	case 7:
		zx_counter_create(0, &handle);
		break;
	case 8:
		zx_clock_create(0, NULL, &handle);
		break;
	}
	return handle;
}

#define KINDS 9

TEST_F(waits, on_whatever_is_received)
{
	for (int kind = 0; kind < KINDS; kind++) {
		zx_handle_t other, handle = make_object(kind, &other), back;
		zx_signals_t state = zxt_signals(handle);
		zx_koid_t koid = zxt_koid(handle);
		struct waiter waiter, after;

		ASSERT_TRUE(start(&waiter, handle, ZX_USER_SIGNAL_7, ZX_TIME_INFINITE));
		ASSERT_EQ(ZX_OK, put(self->a, handle));
		EXPECT_TRUE(still_waits(&waiter));
		back = receive(self->b);
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
		EXPECT_EQ(state | ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
		EXPECT_EQ(koid, zxt_koid(back));
		EXPECT_EQ(state, zxt_signals(back));
		/* The new handle can be waited on as well. */
		ASSERT_TRUE(start(&after, back, ZX_USER_SIGNAL_7, ZX_TIME_INFINITE));
		ASSERT_EQ(ZX_OK, zx_object_signal(back, 0, ZX_USER_SIGNAL_7));
		EXPECT_EQ(ZX_OK, finish(&after));
		EXPECT_EQ(state | ZX_USER_SIGNAL_7, after.items[0].pending);
		zx_handle_close(back);
		zx_handle_close(other);
	}
	EXPECT_EQ(4, zxt_handles());
}

/* An endpoint in a message still has signals, which earlier waits see. */
TEST_F(waits, an_end_in_flight_gets_messages_and_loses_its_peer)
{
	for (int which = 0; which < 2; which++) {
		zx_signals_t signal = which ? ZX_CHANNEL_PEER_CLOSED : ZX_CHANNEL_READABLE;
		zx_handle_t c, d;
		struct waiter waiter;

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
		ASSERT_TRUE(start(&waiter, d, signal, ZX_TIME_INFINITE));
		ASSERT_EQ(ZX_OK, put(self->a, d));
		ASSERT_EQ(ZX_OK, which ? zx_handle_close(c) :
					 zx_channel_write(c, 0, NULL, 0, NULL, 0));
		EXPECT_EQ(ZX_OK, finish(&waiter));
		EXPECT_EQ(which ? ZX_CHANNEL_PEER_CLOSED :
				  ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE,
			  waiter.items[0].pending);
		d = receive(self->b);
		EXPECT_TRUE(zxt_signals(d) & signal);
		zx_handle_close(d);
		if (!which)
			zx_handle_close(c);
	}
}

/* The wait is canceled when another process reads the message, or ends without doing so. */
TEST_F(waits, received_by_another_process)
{
	for (int reads = 0; reads < 2; reads++) {
		zx_handle_t here, there, handle;
		struct waiter waiter;
		int go[2], fd;
		pid_t child;

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &here, &there));
		ASSERT_EQ(ZX_OK, zxl_handle_export(there, 0, &fd));
		ASSERT_EQ(0, pipe(go));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			zx_handle_t end, got;
			char byte;

			CHILD_CHECK(zxl_handle_import(fd, 0, &end) == ZX_OK);
			close(fd);
			CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZXT_SOON, NULL) ==
				    ZX_OK);
			CHILD_CHECK(zx_channel_write(end, 0, NULL, 0, NULL, 0) == ZX_OK);
			CHILD_CHECK(read(go[0], &byte, 1) == 1);
			if (reads) {
				got = receive(end);
				CHILD_CHECK(zxt_is_open(got));
				CHILD_CHECK(zxt_signals(got) == ZX_USER_SIGNAL_3);
				CHILD_CHECK(read(go[0], &byte, 1) == 1);
			}
			_exit(0);
		}
		close(fd);
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &handle));
		ASSERT_TRUE(start(&waiter, handle, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		ASSERT_EQ(ZX_OK, put(here, handle));
		ASSERT_EQ(ZX_OK, zx_object_wait_one(here, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_3));
		EXPECT_TRUE(still_waits(&waiter));
		ASSERT_EQ(1, write(go[1], "x", 1));
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
		EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED | ZX_USER_SIGNAL_3, waiter.items[0].pending);
		ASSERT_EQ(1, write(go[1], "x", 1));
		EXPECT_EQ(0, zxt_reap(child));
		close(go[0]);
		close(go[1]);
		zx_handle_close(here);
	}
}

/* "the set of signals asserted at the moment the specified signal was first asserted" */
TEST_F(waits, observed_is_that_of_the_moment)
{
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_0));
	for (int i = 0; i < 50; i++) {
		struct waiter one, many = {
			.count = 2,
			.items = {
				{ .handle = self->event, .waitfor = ZX_USER_SIGNAL_5 },
				{ .handle = self->copy, .waitfor = ZX_EVENT_SIGNALED },
			},
		};

		ASSERT_TRUE(start(&one, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		ASSERT_TRUE(start_items(&many, ZX_TIME_INFINITE));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->copy, 0, ZX_EVENT_SIGNALED));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->copy, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_0,
						  ZX_USER_SIGNAL_1));
		ASSERT_EQ(ZX_OK, finish(&one));
		ASSERT_EQ(ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_0, one.items[0].pending);
		ASSERT_EQ(ZX_OK, finish(&many));
		ASSERT_EQ(ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_0, many.items[1].pending);
		ASSERT_EQ(ZX_OK, zx_object_signal(self->copy, ZX_USER_SIGNAL_1, ZX_USER_SIGNAL_0));
	}
}

/* The first bad item determines the error. */
TEST_F(waits, many_refuse_in_order)
{
	zx_handle_t blind = zxt_without(self->event, ZX_RIGHT_WAIT), closed = new_event();
	zx_wait_item_t items[3] = {
		{ self->event, ZX_EVENT_SIGNALED, 0 },
		{ blind, ZX_EVENT_SIGNALED, 0 },
		{ closed, ZX_EVENT_SIGNALED, 0 },
	};

	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_wait_many(items, 3, ZX_TIME_INFINITE));
	items[1].handle = closed;
	items[2].handle = blind;
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_wait_many(items, 3, ZX_TIME_INFINITE));
	/* The out pointer is not used before there is a result. */
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_wait_one(closed, ~0u, 0, zxt_nowhere[0]));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_wait_one(blind, ~0u, 0, zxt_nowhere[0]));
	/* Too many items are refused before they are read. */
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_object_wait_many(zxt_nowhere[0],
							   ZX_WAIT_MANY_MAX_ITEMS + 1, 0));
	/* Without items the pointer is not used. */
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_many(zxt_nowhere[0], 0, 0));
}

/*
 * Two items end at nearly the same time, one with a signal and one with its handle: the wait is
 * CANCELED if and only if an item holds HANDLE_CLOSED; otherwise the signal is there.
 */
TEST_F(waits, many_tell_of_both_ends_alike)
{
	int outcomes[2] = {};

	for (int i = 0; i < 300; i++) {
		zx_handle_t pair[2], event = new_event(), all[2];
		struct waiter many = { .count = 2 };
		bool canceled;

		ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &pair[0], &pair[1]));
		many.items[0] = (zx_wait_item_t){ pair[0], ZX_EVENTPAIR_PEER_CLOSED, 0 };
		many.items[1] = (zx_wait_item_t){ event, ZX_EVENT_SIGNALED, 0 };
		ASSERT_TRUE(start_items(&many, ZX_TIME_INFINITE));
		all[i % 2] = pair[1];
		all[!(i % 2)] = event;
		ASSERT_EQ(ZX_OK, zx_handle_close_many(all, 2));
		finish(&many);
		canceled = many.items[1].pending & ZX_SIGNAL_HANDLE_CLOSED;
		ASSERT_EQ(canceled ? ZX_ERR_CANCELED : ZX_OK, many.status);
		ASSERT_EQ(0, many.items[0].pending & ZX_SIGNAL_HANDLE_CLOSED);
		if (!canceled)
			ASSERT_EQ(ZX_EVENTPAIR_PEER_CLOSED, many.items[0].pending);
		outcomes[canceled]++;
		zx_handle_close(pair[0]);
	}
	TH_LOG("%d times well, %d times canceled", outcomes[0], outcomes[1]);
}

/* A result that cannot be stored is INVALID_ARGS, even where it would be CANCELED. */
static void *cancel_into_nowhere(void *arg)
{
	struct waiter *waiter = arg;

	waiter->tid = gettid();
	waiter->status = zx_object_wait_one(waiter->items[0].handle, ZX_EVENT_SIGNALED,
					    ZX_TIME_INFINITE, zxt_nowhere[0]);
	return NULL;
}

TEST_F(waits, canceled_into_nowhere)
{
	struct waiter waiter = { .items = { { .handle = self->event } } };

	ASSERT_EQ(0, pthread_create(&waiter.thread, NULL, cancel_into_nowhere, &waiter));
	ASSERT_TRUE(zxt_sleeps(&waiter.tid));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, finish(&waiter));
}

/* Each wait ends when its handle is replaced, and the next one uses the new handle. */
TEST_F(waits, one_for_each_replacement)
{
	for (int i = 0; i < 50; i++) {
		struct waiter waiter;
		zx_handle_t copy;

		ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		/* Closing a duplicate does not end the wait. */
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_WAIT, &copy));
		ASSERT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(copy, ZX_EVENT_SIGNALED, 0, NULL));
		ASSERT_EQ(ZX_OK, zx_handle_close(copy));
		ASSERT_FALSE(waiter.done);
		ASSERT_EQ(ZX_OK, zx_handle_replace(self->event, ZX_RIGHT_SAME_RIGHTS,
						   &self->event));
		ASSERT_EQ(ZX_ERR_CANCELED, finish(&waiter));
		ASSERT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
	}
	EXPECT_EQ(2, zxt_handles_to(self->event));
}

/* All handles of one wait are closed at once. */
TEST_F(waits, closing_all_of_many_cancels)
{
	struct waiter many = { .count = ZX_WAIT_MANY_MAX_ITEMS };
	zx_handle_t all[ZX_WAIT_MANY_MAX_ITEMS];
	zx_signals_t any = 0;

	for (size_t i = 0; i < many.count; i++) {
		all[i] = new_event();
		many.items[i] = (zx_wait_item_t){ all[i], ZX_EVENT_SIGNALED, 77 };
	}
	ASSERT_TRUE(start_items(&many, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, zx_handle_close_many(all, many.count));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&many));
	for (size_t i = 0; i < many.count; i++) {
		EXPECT_EQ(0, many.items[i].pending & ~ZX_SIGNAL_HANDLE_CLOSED);
		any |= many.items[i].pending;
	}
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, any);
}

/*
 * Calls.
 */

static bool begin(struct caller *caller, zx_handle_t server, struct message *request)
{
	return pthread_create(&caller->thread, NULL, caller_thread, caller) == 0 &&
	       take(server, request) == ZX_OK;
}

static zx_status_t end_of(struct caller *caller)
{
	pthread_join(caller->thread, NULL);
	return caller->status;
}

FIXTURE(calls) {
	zx_handle_t client, server, event;
};

FIXTURE_SETUP(calls)
{
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->client, &self->server));
	self->event = new_event();
}

FIXTURE_TEARDOWN(calls)
{
}

/* What is wrong with a request. Tests combine several of these. */
enum {
	OPTIONS = 1 << 0,	/* unknown */
	NO_HANDLE = 1 << 1,
	NO_CHANNEL = 1 << 2,
	NO_RIGHT = 1 << 3,
	LONG = 1 << 4,		/* too many bytes */
	SHORT = 1 << 5,		/* too few for a call */
	NOWHERE = 1 << 6,	/* bytes that cannot be read */
	MANY = 1 << 7,		/* too many handles */
	CLOSED = 1 << 8,	/* a closed handle among them */
	FIXED = 1 << 9,		/* one without ZX_RIGHT_TRANSFER, in front of CLOSED */
	ITSELF = 1 << 10,	/* the channel, in front of those two */
	UNREADABLE = 1 << 11,	/* handles that cannot be read */
	ALONE = 1 << 12,	/* the peer is closed */
	PAST = 1 << 13,		/* the deadline has passed */
};

static zx_status_t request(int wrong, int call)
{
	static char bytes[ZX_CHANNEL_MAX_MSG_BYTES + 1];
	zx_handle_t channel, peer, use, all[ZX_CHANNEL_MAX_MSG_HANDLES + 1] = {};
	zx_handle_disposition_t how[ARRAY_SIZE(all)] = {};
	zx_handle_t closed = new_event(), fixed = new_event();
	uint32_t count = 0, sizes[2], options = wrong & OPTIONS ? 0x100 : 0;
	zx_time_t deadline = wrong & PAST ? 0 : zx_deadline_after(ZX_SEC(20));
	zx_status_t status;

	if (zx_channel_create(0, &channel, &peer) != ZX_OK)
		abort();
	zx_handle_close(closed);
	zx_handle_replace(fixed, ZX_RIGHT_WAIT, &fixed);
	if (wrong & NO_RIGHT)
		zx_handle_replace(channel, ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT, &channel);
	use = wrong & NO_HANDLE ? closed : wrong & NO_CHANNEL ? new_event() : channel;
	if (wrong & ITSELF)
		all[count++] = channel;
	if (wrong & FIXED)
		all[count++] = fixed;
	if (wrong & CLOSED)
		all[count++] = closed;
	if (wrong & MANY)
		while (count < ARRAY_SIZE(all))
			all[count++] = new_event();
	if (wrong & ALONE)
		zx_handle_close(peer);
	for (uint32_t i = 0; i < count; i++)
		how[i] = move_of(all[i], ZX_RIGHT_SAME_RIGHTS);
	if (wrong & UNREADABLE)
		count = 1;

	zx_channel_call_args_t args = {
		.wr_bytes = wrong & NOWHERE ? zxt_nowhere[0] : bytes,
		.wr_handles = wrong & UNREADABLE ? zxt_nowhere[0] : all,
		.rd_bytes = bytes,
		.wr_num_bytes = wrong & LONG ? sizeof(bytes) : wrong & SHORT ? 2 : 8,
		.wr_num_handles = count,
		.rd_num_bytes = 8,
	};
	zx_channel_call_etc_args_t etc = {
		.wr_bytes = args.wr_bytes,
		.wr_handles = wrong & UNREADABLE ? zxt_nowhere[0] : how,
		.rd_bytes = bytes,
		.wr_num_bytes = args.wr_num_bytes,
		.wr_num_handles = count,
		.rd_num_bytes = 8,
	};

	if (call == 0)
		status = zx_channel_write(use, options, args.wr_bytes, args.wr_num_bytes,
					  args.wr_handles, count);
	else if (call == 1)
		status = zx_channel_write_etc(use, options, args.wr_bytes, args.wr_num_bytes,
					      etc.wr_handles, count);
	else if (call == 2)
		status = zx_channel_call(use, options, deadline, &args, &sizes[0], &sizes[1]);
	else
		status = zx_channel_call_etc(use, options, deadline, &etc, &sizes[0], &sizes[1]);
	/* A call that can read the array consumes its handles, also if it fails. */
	if (!(wrong & UNREADABLE))
		for (uint32_t i = 0; i < count; i++)
			if (zxt_is_open(all[i]))
				status = ZX_ERR_INTERNAL;
	if (use != channel && use != closed)
		zx_handle_close(use);
	zx_handle_close(channel);
	if (!(wrong & ALONE))
		zx_handle_close(peer);
	zx_handle_close(fixed);
	return status;
}

TEST_F_TIMEOUT(calls, what_is_wrong_is_told_in_order, 300)
{
	static const struct {
		int wrong;
		zx_status_t status;
		bool calls;
	} cases[] = {
		{ OPTIONS | NO_HANDLE, ZX_ERR_INVALID_ARGS, false },
		{ OPTIONS | NO_CHANNEL, ZX_ERR_INVALID_ARGS, false },
		{ OPTIONS | MANY, ZX_ERR_INVALID_ARGS, false },
		{ OPTIONS | LONG | CLOSED, ZX_ERR_INVALID_ARGS, false },
		{ NO_HANDLE | LONG, ZX_ERR_BAD_HANDLE, false },
		{ NO_HANDLE | NOWHERE, ZX_ERR_BAD_HANDLE, false },
		{ NO_HANDLE | FIXED, ZX_ERR_BAD_HANDLE, false },
		{ NO_HANDLE | MANY, ZX_ERR_BAD_HANDLE, false },
		{ NO_CHANNEL | LONG, ZX_ERR_WRONG_TYPE, false },
		{ NO_CHANNEL | NOWHERE | CLOSED, ZX_ERR_WRONG_TYPE, false },
		{ NO_CHANNEL | MANY, ZX_ERR_WRONG_TYPE, false },
		{ NO_CHANNEL | SHORT, ZX_ERR_WRONG_TYPE, true },
		{ NO_RIGHT | LONG, ZX_ERR_ACCESS_DENIED, false },
		{ NO_RIGHT | NOWHERE | CLOSED, ZX_ERR_ACCESS_DENIED, false },
		{ NO_RIGHT | ALONE, ZX_ERR_ACCESS_DENIED, false },
		{ NO_RIGHT | SHORT, ZX_ERR_ACCESS_DENIED, true },
		{ LONG | NOWHERE, ZX_ERR_OUT_OF_RANGE, false },
		{ LONG | CLOSED, ZX_ERR_OUT_OF_RANGE, false },
		{ LONG | UNREADABLE, ZX_ERR_OUT_OF_RANGE, false },
		{ LONG | ALONE, ZX_ERR_OUT_OF_RANGE, false },
		{ MANY | NOWHERE, ZX_ERR_OUT_OF_RANGE, false },
		{ MANY | CLOSED, ZX_ERR_OUT_OF_RANGE, false },
		{ MANY | ITSELF, ZX_ERR_OUT_OF_RANGE, false },
		{ MANY | ALONE, ZX_ERR_OUT_OF_RANGE, false },
		{ MANY | SHORT, ZX_ERR_OUT_OF_RANGE, true },
		{ NOWHERE | CLOSED, ZX_ERR_INVALID_ARGS, false },
		{ NOWHERE | FIXED, ZX_ERR_INVALID_ARGS, false },
		{ NOWHERE | ITSELF, ZX_ERR_INVALID_ARGS, false },
		{ NOWHERE | ALONE, ZX_ERR_INVALID_ARGS, false },
		{ SHORT | CLOSED, ZX_ERR_INVALID_ARGS, true },
		{ SHORT | FIXED, ZX_ERR_INVALID_ARGS, true },
		{ SHORT | ITSELF, ZX_ERR_INVALID_ARGS, true },
		{ SHORT | ALONE, ZX_ERR_INVALID_ARGS, true },
		{ SHORT | PAST, ZX_ERR_INVALID_ARGS, true },
		{ UNREADABLE | ALONE, ZX_ERR_INVALID_ARGS, false },
		{ CLOSED | ALONE, ZX_ERR_BAD_HANDLE, false },
		{ FIXED | ALONE, ZX_ERR_ACCESS_DENIED, false },
		{ ITSELF | ALONE, ZX_ERR_NOT_SUPPORTED, false },
		/* The first handle that cannot be sent counts. */
		{ FIXED | CLOSED, ZX_ERR_ACCESS_DENIED, false },
		{ ITSELF | CLOSED, ZX_ERR_NOT_SUPPORTED, false },
		{ ITSELF | FIXED | CLOSED, ZX_ERR_NOT_SUPPORTED, false },
		{ CLOSED | PAST, ZX_ERR_BAD_HANDLE, true },
		{ ALONE | PAST, ZX_ERR_PEER_CLOSED, true },
		{ NOWHERE | PAST, ZX_ERR_INVALID_ARGS, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (int call = 2 * cases[i].calls; call < 4; call++) {
			EXPECT_EQ(cases[i].status, request(cases[i].wrong, call))
				TH_LOG("case %zu, call %d", i, call);
		}
	EXPECT_EQ(3, zxt_handles());
}

/* The rights of a handle are checked before its object, and that before its type. */
TEST_F(calls, what_is_wrong_with_one_handle)
{
	zx_handle_t bare, other[2];
	zx_handle_disposition_t how;

	/* A channel has no ZX_RIGHT_DUPLICATE, but sending the channel itself comes first. */
	how = (zx_handle_disposition_t){ ZX_HANDLE_OP_DUPLICATE, self->client, 0,
					 ZX_RIGHT_SAME_RIGHTS, 0 };
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, how.result);
	EXPECT_TRUE(zxt_is_open(self->client));
	/* It also comes before the type and the requested rights. */
	how = (zx_handle_disposition_t){ ZX_HANDLE_OP_DUPLICATE, self->client, ZX_OBJ_TYPE_VMO,
					 0x7fffffff, 0 };
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	EXPECT_TRUE(zxt_is_open(self->client));
	/* For another channel the type is checked before ZX_RIGHT_DUPLICATE. */
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &other[0], &other[1]));
	how = (zx_handle_disposition_t){ ZX_HANDLE_OP_DUPLICATE, other[0], ZX_OBJ_TYPE_VMO,
					 ZX_RIGHT_SAME_RIGHTS, 0 };
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	how.rights = 0x7fffffff;
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	how.type = ZX_OBJ_TYPE_CHANNEL;
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	how.rights = ZX_RIGHT_SAME_RIGHTS;
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	EXPECT_TRUE(zxt_is_open(other[0]));
	/* ZX_RIGHT_TRANSFER is checked first of all. */
	bare = zxt_without(self->event, ZX_RIGHT_TRANSFER);
	how = (zx_handle_disposition_t){ ZX_HANDLE_OP_DUPLICATE, bare, ZX_OBJ_TYPE_VMO,
					 0x7fffffff, 0 };
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	EXPECT_TRUE(zxt_is_open(bare));
	/* The handle is checked before the operation. */
	how = (zx_handle_disposition_t){ 9, ZX_HANDLE_INVALID, ZX_OBJ_TYPE_VMO, 0, 0 };
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	how.handle = bare;
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	EXPECT_FALSE(zxt_is_open(bare));
	how = (zx_handle_disposition_t){ 9, self->client, 0, ZX_RIGHT_SAME_RIGHTS, 0 };
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write_etc(self->client, 0, NULL, 0, &how, 1));
	EXPECT_FALSE(zxt_is_open(self->client));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->server));
}

/* A read checks the handle first, then the options, then whether there is a message. */
TEST_F(calls, what_is_wrong_with_a_read)
{
	zx_handle_t closed = new_event(), c, d;
	uint32_t bytes = 7, handles = 7;
	char byte;

	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	ASSERT_EQ(ZX_OK, zx_handle_replace(c, ZX_RIGHT_WRITE, &c));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_read(closed, 2, NULL, NULL, 0, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_channel_read(self->event, 2, NULL, NULL, 0, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_channel_read(c, 2, NULL, NULL, 0, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_read(self->client, 2, NULL, NULL, 0, 0, NULL,
							NULL));
	/* Pointers are not used before there is something to store. */
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(self->client, 0, zxt_nowhere[0],
						      zxt_nowhere[0], 1, 1, zxt_nowhere[0],
						      zxt_nowhere[0]));
	ASSERT_EQ(ZX_OK, put(self->server, new_event()));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	/* BUFFER_TOO_SMALL comes before bad pointers, and both sizes are stored. */
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->client, 0, zxt_nowhere[0], NULL, 1,
							   0, &bytes, &handles));
	EXPECT_EQ(1, bytes);
	EXPECT_EQ(1, handles);
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_channel_read(self->client, ZX_CHANNEL_READ_MAY_DISCARD, &byte, NULL, 1, 0,
				  NULL, NULL));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_read(self->client, 0, zxt_nowhere[0], NULL, 1, 0,
						      zxt_nowhere[0], NULL));
}

/* The right to duplicate is checked before the requested rights. */
TEST_F(calls, what_is_wrong_with_a_duplicate)
{
	zx_handle_t closed = new_event(), out = 77;

	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_duplicate(closed, 0x7fffffff, zxt_nowhere[0]));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_handle_duplicate(self->client, ZX_RIGHT_DUPLICATE,
							    &out));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_handle_duplicate(self->client, ZX_RIGHT_SAME_RIGHTS,
							    zxt_nowhere[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_duplicate(self->event, ZX_RIGHT_MANAGE_SOCKET,
							   &out));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_replace(closed, 0x7fffffff, zxt_nowhere[0]));
	EXPECT_EQ(3, zxt_handles());
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

/* An endpoint without ZX_RIGHT_TRANSFER is sent into itself. */
TEST_F(calls, itself_without_transfer)
{
	zx_handle_t end;

	ASSERT_EQ(ZX_OK, zx_handle_replace(self->client, ZX_RIGHT_WRITE, &end));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, put(end, end));
	EXPECT_FALSE(zxt_is_open(end));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->server));
}

/* Only handles that fail get a .result. */
TEST_F(calls, results_of_what_went_well_are_left_alone)
{
	zx_handle_disposition_t how[] = {
		move_of(new_event(), ZX_RIGHT_SAME_RIGHTS),
		move_of(ZX_HANDLE_INVALID, ZX_RIGHT_SAME_RIGHTS),
		move_of(new_event(), ZX_RIGHT_SAME_RIGHTS),
	};

	for (int i = 0; i < 3; i++)
		how[i].result = 77;
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_write_etc(self->client, 0, NULL, 0, how, 3));
	EXPECT_EQ(77, how[0].result);
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, how[1].result);
	EXPECT_EQ(77, how[2].result);
	/* The handle numbers stay as well. */
	EXPECT_NE(ZX_HANDLE_INVALID, how[0].handle);
	EXPECT_FALSE(zxt_is_open(how[0].handle));
	how[0] = move_of(new_event(), ZX_RIGHT_SAME_RIGHTS);
	how[0].result = 77;
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_write_etc(self->client, 0, NULL, 0, how, 1));
	EXPECT_EQ(77, how[0].result);
}

/* The id of a reply may be in several slices. */
TEST_F(calls, a_reply_in_slices)
{
	struct caller caller = caller_init(self->client, 1);
	struct message request, reply;
	uint8_t *bytes = (uint8_t *)&reply;
	zx_channel_iovec_t slices[sizeof(reply) + 1] = {};

	ASSERT_TRUE(begin(&caller, self->server, &request));
	reply = (struct message){ request.txid, 4711 };
	for (size_t i = 0; i < sizeof(reply); i++)
		slices[i + 1] = (zx_channel_iovec_t){ &bytes[i], 1, 0 };
	ASSERT_EQ(ZX_OK, zx_channel_write(self->server, ZX_CHANNEL_WRITE_USE_IOVEC, slices,
					  ARRAY_SIZE(slices), NULL, 0));
	EXPECT_EQ(ZX_OK, end_of(&caller));
	EXPECT_EQ(8, caller.bytes);
	EXPECT_EQ(4711, caller.reply.word);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->client));
}

/* Replies do not pass through the queue: other waiters and pollers do not see them. */
TEST_F(calls, replies_are_no_messages_to_others)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), fd;
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->client, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->client, ZX_CHANNEL_READABLE, 0, &fd));
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	for (uint32_t i = 0; i < 20; i++) {
		struct caller caller = caller_init(self->client, i);
		struct message request;

		ASSERT_TRUE(begin(&caller, self->server, &request));
		ASSERT_EQ(ZX_OK, answer(self->server, request.txid, i));
		ASSERT_EQ(ZX_OK, end_of(&caller));
		ASSERT_EQ(0, epoll_wait(epoll, &event, 1, 0));
		ASSERT_EQ(ZX_ERR_SHOULD_WAIT,
			  zx_channel_read(self->client, 0, NULL, NULL, 0, 0, NULL, NULL));
	}
	EXPECT_TRUE(still_waits(&waiter));
	ASSERT_EQ(ZX_OK, answer(self->server, 0x80000000, 1));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, SOON));
	close(fd);
	close(epoll);
}

/* A late reply is a message, and not the reply to a later call. */
TEST_F(calls, a_late_reply_is_not_the_next_ones)
{
	struct caller late = caller_init(self->client, 1), caller = caller_init(self->client, 2);
	struct message first, second, got;

	late.deadline = 0;
	caller_thread(&late);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, late.status);
	ASSERT_EQ(ZX_OK, take(self->server, &first));
	ASSERT_TRUE(begin(&caller, self->server, &second));
	EXPECT_NE(first.txid, second.txid);
	ASSERT_EQ(ZX_OK, answer(self->server, first.txid, 10));
	ASSERT_EQ(ZX_OK, take(self->client, &got));
	EXPECT_EQ(first.txid, got.txid);
	EXPECT_FALSE(caller.done);
	ASSERT_EQ(ZX_OK, answer(self->server, second.txid, 20));
	EXPECT_EQ(ZX_OK, end_of(&caller));
	EXPECT_EQ(20, caller.reply.word);
}

/* Sizes are stored only with a reply that fits. */
TEST_F(calls, sizes_are_left_alone_by_failures)
{
	struct caller late = caller_init(self->client, 1), small = caller_init(self->client, 2);
	struct caller lost = caller_init(self->client, 3);
	struct message request;

	late.deadline = 0;
	caller_thread(&late);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, late.status);
	EXPECT_EQ(111, late.bytes);
	EXPECT_EQ(222, late.handles);
	ASSERT_EQ(ZX_OK, take(self->server, &request));
	small.space = 4;
	ASSERT_TRUE(begin(&small, self->server, &request));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 1));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, end_of(&small));
	EXPECT_EQ(111, small.bytes);
	EXPECT_EQ(222, small.handles);
	ASSERT_TRUE(begin(&lost, self->server, &request));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, end_of(&lost));
	EXPECT_EQ(111, lost.bytes);
	EXPECT_EQ(222, lost.handles);
}

/* One buffer for request and reply, as many programs do. */
TEST_F(calls, one_buffer_for_request_and_reply)
{
	struct shared {
		zx_handle_t client;
		struct message message;
		zx_handle_t handle;
	} shared = { self->client, { 1, 2 }, self->event };
	zx_channel_call_args_t args = {
		.wr_bytes = &shared.message,
		.wr_handles = &shared.handle,
		.rd_bytes = &shared.message,
		.rd_handles = &shared.handle,
		.wr_num_bytes = 8,
		.wr_num_handles = 1,
		.rd_num_bytes = 8,
		.rd_num_handles = 1,
	};
	zx_koid_t koid = zxt_koid(self->event);
	uint32_t sizes[2];

	for (int i = 0; i < 10; i++) {
		struct message request;
		zx_handle_t got;
		pid_t child;
		int fd;

		/* A server in another process, which sends back each request. */
		ASSERT_EQ(ZX_OK, zxl_handle_export(self->server, 0, &fd));
		child = fork();
		if (!child) {
			zx_handle_t end;

			CHILD_CHECK(zxl_handle_import(fd, 0, &end) == ZX_OK);
			close(fd);
			CHILD_CHECK(zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZXT_SOON, NULL) ==
				    ZX_OK);
			CHILD_CHECK(zx_channel_read(end, 0, &request, &got, 8, 1, NULL, NULL) ==
				    ZX_OK);
			request.word++;
			CHILD_CHECK(zx_channel_write(end, 0, &request, 8, &got, 1) == ZX_OK);
			/* Closing earlier would race with the reply. */
			zx_object_wait_one(end, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL);
			_exit(0);
		}
		close(fd);
		ASSERT_EQ(ZX_OK, zx_channel_call(shared.client, 0, ZXT_SOON, &args, &sizes[0],
						 &sizes[1]));
		EXPECT_EQ(8, sizes[0]);
		EXPECT_EQ(1, sizes[1]);
		EXPECT_EQ(3 + i, shared.message.word);
		EXPECT_EQ(koid, zxt_koid(shared.handle));
		zx_handle_close(shared.client);
		EXPECT_EQ(0, zxt_reap(child));
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &shared.client, &self->server));
	}
}

/* The call can be answered wherever the server's endpoint has gone. */
TEST_F(calls, the_servers_end_moves_meanwhile)
{
	struct caller caller = caller_init(self->client, 1);
	zx_handle_t a, b, end;
	struct message request;
	int fd;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	ASSERT_TRUE(begin(&caller, self->server, &request));
	ASSERT_EQ(ZX_OK, put(a, self->server));
	end = receive(b);
	ASSERT_EQ(ZX_OK, zxl_handle_export(end, 0, &fd));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &end));
	close(fd);
	ASSERT_EQ(ZX_OK, zx_handle_replace(end, ZX_RIGHT_WRITE, &end));
	EXPECT_FALSE(caller.done);
	ASSERT_EQ(ZX_OK, answer(end, request.txid, 5));
	EXPECT_EQ(ZX_OK, end_of(&caller));
	EXPECT_EQ(5, caller.reply.word);
}

/* Another process receives the caller's endpoint, and then the reply as a message. */
TEST_F(calls, the_callers_end_goes_to_another_process)
{
	struct caller caller = caller_init(self->client, 1);
	zx_handle_t here, there;
	struct message request;
	int go[2], fd;
	pid_t child;
	char byte;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &here, &there));
	ASSERT_EQ(ZX_OK, zxl_handle_export(there, 0, &fd));
	ASSERT_EQ(0, pipe(go));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		struct message reply;
		zx_handle_t end, got;

		CHILD_CHECK(read(go[0], &byte, 1) == 1);
		CHILD_CHECK(zxl_handle_import(fd, 0, &end) == ZX_OK);
		got = receive(end);
		CHILD_CHECK(zxt_is_open(got));
		CHILD_CHECK(take(got, &reply) == ZX_OK);
		CHILD_CHECK(reply.word == 33);
		_exit(0);
	}
	close(fd);
	ASSERT_TRUE(begin(&caller, self->server, &request));
	ASSERT_EQ(ZX_OK, put(here, self->client));
	zx_nanosleep(zx_deadline_after(ZX_MSEC(50)));
	EXPECT_FALSE(caller.done);
	ASSERT_EQ(1, write(go[1], "x", 1));
	EXPECT_EQ(ZX_ERR_CANCELED, end_of(&caller));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 33));
	EXPECT_EQ(0, zxt_reap(child));
}

/* The message with the caller's endpoint is discarded. */
TEST_F(calls, the_callers_end_is_thrown_away)
{
	struct caller caller = caller_init(self->client, 1);
	struct message request;
	zx_handle_t a, b;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	ASSERT_TRUE(begin(&caller, self->server, &request));
	ASSERT_EQ(ZX_OK, put(a, self->client));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_channel_read(b, ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL, 0, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_CANCELED, end_of(&caller));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->server));
}

/* After READABLE, the only reader finds a message. */
struct writing {
	zx_handle_t end;
	atomic_int asked;
};

static void *writing_thread(void *arg)
{
	struct writing *writing = arg;

	for (int i = 1; i <= 5000; i++) {
		while (writing->asked < i)
			sched_yield();
		zx_channel_write(writing->end, 0, &i, sizeof(i), NULL, 0);
	}
	return NULL;
}

TEST_F(calls, readable_is_true)
{
	struct writing writing = { .end = self->server };
	pthread_t thread;
	int got, waited = 0;

	ASSERT_EQ(0, pthread_create(&thread, NULL, writing_thread, &writing));
	for (int i = 1; i <= 5000; i++) {
		zx_status_t status;

		writing.asked = i;
		status = zx_channel_read(self->client, 0, &got, NULL, sizeof(got), 0, NULL, NULL);
		if (status == ZX_ERR_SHOULD_WAIT) {
			waited++;
			ASSERT_EQ(ZX_OK, zx_object_wait_one(self->client, ZX_CHANNEL_READABLE,
							    ZXT_SOON, NULL));
			status = zx_channel_read(self->client, 0, &got, NULL, sizeof(got), 0, NULL,
						 NULL);
		}
		ASSERT_EQ(ZX_OK, status);
		ASSERT_EQ(i, got);
		ASSERT_EQ(0, zxt_signals(self->client) & ZX_CHANNEL_READABLE);
	}
	ASSERT_EQ(0, pthread_join(thread, NULL));
	TH_LOG("waited %d times", waited);
}

/* Several calls at once, each of which ends in another way. */
TEST_F(calls, each_ends_in_its_own_way)
{
	struct caller callers[5];
	struct message requests[5], odd;

	for (uint32_t i = 0; i < 5; i++) {
		callers[i] = caller_init(self->client, i);
		if (i == 1)
			callers[i].space = 7;
		if (i == 2)
			callers[i].deadline = zx_deadline_after(ZX_MSEC(100));
		if (i == 3)
			callers[i].space_handles = 0;
		ASSERT_TRUE(begin(&callers[i], self->server, &requests[i]));
		EXPECT_EQ(i, requests[i].word);
		for (uint32_t j = 0; j < i; j++)
			EXPECT_NE(requests[j].txid, requests[i].txid);
	}
	EXPECT_EQ(ZX_ERR_TIMED_OUT, end_of(&callers[2]));
	ASSERT_EQ(ZX_OK, answer(self->server, requests[2].txid, 2));
	ASSERT_EQ(ZX_OK, answer_with_handle(self->server, requests[3].txid, self->event));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, end_of(&callers[3]));
	ASSERT_EQ(ZX_OK, answer(self->server, requests[1].txid, 1));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, end_of(&callers[1]));
	ASSERT_EQ(ZX_OK, answer(self->server, requests[0].txid, 70));
	EXPECT_EQ(ZX_OK, end_of(&callers[0]));
	EXPECT_EQ(70, callers[0].reply.word);
	EXPECT_FALSE(callers[4].done);
	/* Only the late reply has become a message. */
	ASSERT_EQ(ZX_OK, take(self->client, &odd));
	EXPECT_EQ(requests[2].txid, odd.txid);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->client));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	EXPECT_EQ(ZX_ERR_CANCELED, end_of(&callers[4]));
	EXPECT_EQ(1, zxt_handles());
}

TEST_F(calls, a_thousand_ids)
{
	static uint32_t seen[1000];

	for (uint32_t i = 0; i < ARRAY_SIZE(seen); i++) {
		struct caller caller = caller_init(self->client, i);
		struct message request;

		caller.deadline = 0;
		caller_thread(&caller);
		ASSERT_EQ(ZX_ERR_TIMED_OUT, caller.status);
		ASSERT_EQ(ZX_OK, take(self->server, &request));
		ASSERT_LE(0x80000000, request.txid);
		for (uint32_t j = 0; j < i; j++)
			ASSERT_NE(seen[j], request.txid);
		seen[i] = request.txid;
	}
}

/* A wait through a handle that a reply brings ends when the caller has received it. */
TEST_F(calls, a_handle_received_in_a_reply)
{
	for (int fits = 0; fits < 2; fits++) {
		struct caller caller = caller_init(self->client, 1);
		struct message request;
		struct waiter waiter;
		zx_handle_t sent;

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &sent));
		if (!fits)
			caller.space_handles = 0;
		ASSERT_TRUE(start(&waiter, sent, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		ASSERT_TRUE(begin(&caller, self->server, &request));
		ASSERT_EQ(ZX_OK, answer_with_handle(self->server, request.txid, sent));
		EXPECT_EQ(fits ? ZX_OK : ZX_ERR_BUFFER_TOO_SMALL, end_of(&caller));
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
		EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
		EXPECT_EQ(1 + fits, zxt_handles_to(self->event));
	}
}

/* An unread request keeps its handles after its call has timed out. */
TEST_F(calls, a_handle_in_a_request_whose_call_timed_out)
{
	struct caller caller = caller_init(self->client, 1);
	struct waiter waiter;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &caller.send));
	ASSERT_TRUE(start(&waiter, caller.send, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	caller.deadline = 0;
	caller_thread(&caller);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, caller.status);
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(2, zxt_handles_to(self->event));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	EXPECT_TRUE(still_waits(&waiter));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

/* A wait through a call's handle ends when that is closed, like the call. */
TEST_F(calls, a_wait_and_a_call_through_one_handle)
{
	for (int how = 0; how < 3; how++) {
		struct message request;
		struct waiter waiter;
		struct caller caller;
		zx_handle_t a, b, c, d;

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
		caller = caller_init(a, 1);
		ASSERT_TRUE(start(&waiter, a, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE));
		ASSERT_TRUE(begin(&caller, b, &request));
		if (how == 0) {
			ASSERT_EQ(ZX_OK, zx_handle_close(a));
			EXPECT_EQ(ZX_ERR_CANCELED, end_of(&caller));
			EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
		} else if (how == 1) {
			ASSERT_EQ(ZX_OK, zx_handle_close(b));
			EXPECT_EQ(ZX_ERR_PEER_CLOSED, end_of(&caller));
			EXPECT_EQ(ZX_OK, finish(&waiter));
		} else {
			ASSERT_EQ(ZX_OK, put(c, a));
			EXPECT_TRUE(still_waits(&waiter));
			EXPECT_FALSE(caller.done);
			a = receive(d);
			EXPECT_EQ(ZX_ERR_CANCELED, end_of(&caller));
			EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
			EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(b));
		}
	}
}

/* Messages that no process can read. */

/* A request with the server's own endpoint can never be answered. */
TEST_F(calls, the_servers_end_in_a_request)
{
	for (int etc = 0; etc < 2; etc++) {
		struct message message = {}, reply;
		zx_handle_t client, server, got;
		zx_handle_disposition_t how;
		zx_handle_info_t info;
		uint32_t sizes[2];

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &client, &server));
		how = move_of(server, ZX_RIGHT_SAME_RIGHTS);
		if (etc) {
			zx_channel_call_etc_args_t args = { &message, &how, &reply, &info, 8, 1,
							    8, 1 };

			EXPECT_EQ(ZX_ERR_PEER_CLOSED,
				  zx_channel_call_etc(client, 0, ZXT_SOON, &args, &sizes[0],
						      &sizes[1]));
		} else {
			zx_channel_call_args_t args = { &message, &server, &reply, &got, 8, 1,
							8, 1 };

			EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_call(client, 0, ZXT_SOON, &args,
								      &sizes[0], &sizes[1]));
		}
		EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(client));
		zx_handle_close(client);
	}
	EXPECT_EQ(3, zxt_handles());
}

/* A call closes a ring of three: all waits and watches of its endpoints end. */
TEST_F(calls, a_ring_of_three_that_a_call_closes)
{
	zx_handle_t near[3], far[3];
	struct waiter waiters[3], peers[3];
	struct message message = {}, reply;
	zx_channel_call_args_t args = { &message, NULL, &reply, NULL, 8, 1, 8, 0 };
	uint32_t sizes[2];
	int watches[3];

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &near[i], &far[i]));
		ASSERT_EQ(ZX_OK, zxl_handle_watch(far[i], ZX_USER_SIGNAL_0, 0, &watches[i]));
		ASSERT_TRUE(start(&waiters[i], far[i], ZX_USER_SIGNAL_0, ZX_TIME_INFINITE));
		ASSERT_TRUE(start(&peers[i], near[i], ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE));
	}
	ASSERT_EQ(ZX_OK, put(near[0], far[1]));
	ASSERT_EQ(ZX_OK, put(near[1], far[2]));
	EXPECT_TRUE(still_waits(&waiters[1]));
	args.wr_handles = &far[0];
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_call(near[2], 0, ZXT_SOON, &args, &sizes[0],
						      &sizes[1]));
	for (int i = 0; i < 3; i++) {
		struct pollfd pfd = { .fd = watches[i], .events = POLLIN };

		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiters[i]));
		EXPECT_EQ(ZX_OK, finish(&peers[i]));
		EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, peers[i].items[0].pending);
		EXPECT_EQ(1, poll(&pfd, 1, SOON));
		EXPECT_EQ(POLLHUP, pfd.revents);
		close(watches[i]);
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_write(near[i], 0, NULL, 0, NULL, 0));
		zx_handle_close(near[i]);
	}
	EXPECT_EQ(3, zxt_handles());
}

/* A call through an endpoint that is lost in a ring ends. */
TEST_F(calls, a_call_through_an_end_that_is_lost)
{
	struct caller caller = caller_init(self->server, 1);
	struct message request;

	/* The call goes through the server's endpoint, whose peer then sends that into itself. */
	ASSERT_TRUE(begin(&caller, self->client, &request));
	ASSERT_EQ(ZX_OK, put(self->client, self->server));
	EXPECT_EQ(ZX_ERR_CANCELED, end_of(&caller));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->client));
}

/* As in Zircon's own test: 200 levels, both endpoints of each in the next. */
TEST_F(calls, both_ends_nested)
{
	zx_handle_t near[200], far[200], trace, other;

	for (int i = 0; i < 200; i++)
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &near[i], &far[i]));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &trace, &other));
	ASSERT_EQ(ZX_OK, put(near[199], other));
	for (int i = 199; i > 0; i--)
		ASSERT_EQ(ZX_OK, zx_channel_write(near[i - 1], 0, NULL, 0,
						  (zx_handle_t[]){ near[i], far[i] }, 2));
	EXPECT_EQ(6, zxt_handles());
	EXPECT_EQ(0, zxt_signals(trace));
	EXPECT_EQ(ZX_OK, zx_handle_close(near[0]));
	EXPECT_EQ(0, zxt_signals(trace));
	EXPECT_EQ(ZX_OK, zx_handle_close(far[0]));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(trace, ZX_EVENTPAIR_PEER_CLOSED, ZXT_SOON, NULL));
}

/* A message that a full queue refuses closes no ring. */
TEST_F(calls, a_ring_that_a_full_queue_prevents)
{
	static const char bytes[4096];

	while (zx_channel_write(self->client, 0, bytes, sizeof(bytes), NULL, 0) == ZX_OK)
		;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->client, self->server));
	EXPECT_TRUE(zxt_is_open(self->server));
	EXPECT_EQ(0, zxt_signals(self->client) & ZX_CHANNEL_PEER_CLOSED);
}

/* A failed write consumes its handles and closes no ring. */
TEST_F(calls, a_ring_that_an_error_prevents)
{
	zx_handle_t sent[2] = { self->server, self->client };

	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_write(self->client, 0, NULL, 0, sent, 2));
	EXPECT_FALSE(zxt_is_open(self->server));
	EXPECT_FALSE(zxt_is_open(self->client));
	EXPECT_EQ(1, zxt_handles());
}

/* zx_handle_close_many(), which works in batches, as in Zircon. */

FIXTURE(closing) {
	zx_handle_t *near, *far;
};

FIXTURE_SETUP(closing)
{
	self->near = calloc(1u << 17, sizeof(*self->near));
	self->far = calloc(1u << 17, sizeof(*self->far));
	ASSERT_NE(NULL, self->near);
	ASSERT_NE(NULL, self->far);
	ASSERT_NE(ZX_HANDLE_INVALID, zx_process_self());
}

FIXTURE_TEARDOWN(closing)
{
	EXPECT_EQ(0, zxt_handles());
}

/* One bad handle of each kind at each position, in arrays that fill batches and that do not. */
TEST_F_TIMEOUT(closing, one_wrong_at_each_place, 300)
{
	static const size_t counts[] = { 1, 2, 63, 64, 65, 127, 128, 129, 257 };
	zx_handle_t closed = new_event();

	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		for (size_t at = 0; at < counts[i]; at += counts[i] > zxt_part(64) ? 13 : 1)
			for (int wrong = 0; wrong < 5; wrong++) {
				zx_status_t status = wrong ? ZX_ERR_BAD_HANDLE : ZX_OK;
				size_t count = counts[i];
				uint32_t open = 0;

				for (size_t j = 0; j < count; j++)
					ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->near[j],
									     &self->far[j]));
				if (wrong != 4)
					zx_handle_close(self->near[at]);
				if (wrong == 0)
					self->near[at] = ZX_HANDLE_INVALID;
				else if (wrong == 2)
					self->near[at] = 0xbadc0ffe;
				else if (wrong == 3)
					self->near[at] = closed;
				else if (wrong == 4)
					self->near[count++] = self->near[at];
				ASSERT_EQ(status, zx_handle_close_many(self->near, count));
				for (size_t j = 0; j < counts[i]; j++)
					open += zxt_signals(self->far[j]) !=
						ZX_EVENTPAIR_PEER_CLOSED;
				ASSERT_EQ(0, open);
				ASSERT_EQ(ZX_OK, zx_handle_close_many(self->far, counts[i]));
			}
}

/* Handles to many objects: all of these are closed when the call returns. */
TEST_F_TIMEOUT(closing, all_are_closed_on_return, 300)
{
	const size_t count = 4000;

	for (int round = 0; round < 5; round++) {
		for (size_t i = 0; i < count; i++)
			ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->near[i], &self->far[i]));
		ASSERT_EQ(ZX_OK, zx_handle_close_many(self->near, count));
		/* The last ones first, since they would be late. */
		for (size_t i = count; i--;)
			ASSERT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(self->far[i]));
		ASSERT_EQ(ZX_OK, zx_handle_close_many(self->far, count));
	}
}

TEST_F_TIMEOUT(closing, very_many_and_all_twice, 300)
{
	const size_t count = 50000;
	zx_handle_t event = new_event();

	for (size_t i = 0; i < count; i++) {
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_NONE, &self->near[i]));
		self->near[count + i] = self->near[i];
	}
	EXPECT_EQ(count + 1, zxt_handles_to(event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close_many(self->near, 2 * count));
	EXPECT_EQ(1, zxt_handles_to(event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close_many(self->near, 2 * count));
	memset(self->near, 0, 2 * count * sizeof(*self->near));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(self->near, 2 * count));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
}

struct closer {
	pthread_barrier_t *barrier;
	const zx_handle_t *handles;
	size_t count;
	zx_status_t status;
};

static void *closer_thread(void *arg)
{
	struct closer *closer = arg;

	pthread_barrier_wait(closer->barrier);
	closer->status = zx_handle_close_many(closer->handles, closer->count);
	return NULL;
}

/* Two threads close the same handles: each is closed once, and at most one call returns ZX_OK. */
TEST_F(closing, the_same_by_two_at_once)
{
	pthread_barrier_t barrier;

	ASSERT_EQ(0, pthread_barrier_init(&barrier, NULL, 2));
	for (int round = 0; round < 50; round++) {
		struct closer closers[2];
		pthread_t thread;
		uint32_t open = 0;

		for (size_t i = 0; i < 300; i++)
			ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->near[i], &self->far[i]));
		for (int i = 0; i < 2; i++)
			closers[i] = (struct closer){ &barrier, self->near, 300, ZX_ERR_NEXT };
		ASSERT_EQ(0, pthread_create(&thread, NULL, closer_thread, &closers[0]));
		closer_thread(&closers[1]);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		for (int i = 0; i < 2; i++)
			if (closers[i].status != ZX_OK)
				ASSERT_EQ(ZX_ERR_BAD_HANDLE, closers[i].status);
		ASSERT_TRUE(closers[0].status || closers[1].status);
		for (size_t i = 0; i < 300; i++)
			open += zxt_signals(self->far[i]) != ZX_EVENTPAIR_PEER_CLOSED;
		ASSERT_EQ(0, open);
		ASSERT_EQ(ZX_OK, zx_handle_close_many(self->far, 300));
	}
}

/* Polling: a Linux file and a file of an object must give the same events in the same steps. */

enum kind {
	PIPE, UNIX_STREAM, UNIX_SEQPACKET,
	CHANNEL_FILE, CHANNEL_WATCH, SOCKET_FILE, SOCKET_WATCH, DATAGRAM_WATCH, FIFO_WATCH,
};

FIXTURE(like) {
	int fd, other;		/* the polled file; the other end on Linux */
	zx_handle_t near, far;	/* the object that is polled is far */
};

FIXTURE_VARIANT(like) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(like, pipe) { .kind = PIPE };
FIXTURE_VARIANT_ADD(like, unix_stream) { .kind = UNIX_STREAM };
FIXTURE_VARIANT_ADD(like, unix_seqpacket) { .kind = UNIX_SEQPACKET };
FIXTURE_VARIANT_ADD(like, channel_file) { .kind = CHANNEL_FILE };
FIXTURE_VARIANT_ADD(like, channel_watch) { .kind = CHANNEL_WATCH };
FIXTURE_VARIANT_ADD(like, socket_file) { .kind = SOCKET_FILE };
FIXTURE_VARIANT_ADD(like, socket_watch) { .kind = SOCKET_WATCH };
FIXTURE_VARIANT_ADD(like, datagram_watch) { .kind = DATAGRAM_WATCH };
FIXTURE_VARIANT_ADD(like, fifo_watch) { .kind = FIFO_WATCH };

FIXTURE_SETUP(like)
{
	enum kind kind = variant->kind;
	int fds[2];

	self->near = ZX_HANDLE_INVALID;
	self->far = ZX_HANDLE_INVALID;
	self->other = -1;
	if (kind == PIPE) {
		ASSERT_EQ(0, pipe2(fds, O_NONBLOCK | O_CLOEXEC));
		self->fd = fds[0];
		self->other = fds[1];
		return;
	}
	if (kind == UNIX_STREAM || kind == UNIX_SEQPACKET) {
		ASSERT_EQ(0, socketpair(AF_UNIX, (kind == UNIX_STREAM ? SOCK_STREAM :
						  SOCK_SEQPACKET) | SOCK_NONBLOCK, 0, fds));
		self->fd = fds[0];
		self->other = fds[1];
		return;
	}
	if (kind == CHANNEL_FILE || kind == CHANNEL_WATCH) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->near, &self->far));
	} else if (kind == FIFO_WATCH) {
		ASSERT_EQ(ZX_OK, zx_fifo_create(64, 1, 0, &self->near, &self->far));
	} else {
		ASSERT_EQ(ZX_OK, zx_socket_create(kind == DATAGRAM_WATCH ? ZX_SOCKET_DATAGRAM : 0,
						  &self->near, &self->far));
	}
	if (kind == CHANNEL_FILE || kind == SOCKET_FILE) {
		ASSERT_EQ(ZX_OK, zxl_handle_export(self->far, 0, &self->fd));
		fcntl(self->fd, F_SETFL, fcntl(self->fd, F_GETFL) | O_NONBLOCK);
	} else {
		ASSERT_EQ(ZX_OK, zxl_handle_watch(self->far, ZX_CHANNEL_READABLE |
						  ZX_CHANNEL_PEER_CLOSED, 0, &self->fd));
	}
}

FIXTURE_TEARDOWN(like)
{
	close(self->fd);
	close(self->other);
}

#define SELF struct _test_data_like *self, enum kind kind

static bool poke(SELF)
{
	switch (kind) {
	case PIPE:
	case UNIX_STREAM:
	case UNIX_SEQPACKET:
		return write(self->other, "x", 1) == 1;
	case CHANNEL_FILE:
	case CHANNEL_WATCH:
		return zx_channel_write(self->near, 0, "x", 1, NULL, 0) == ZX_OK;
	case FIFO_WATCH:
		return zx_fifo_write(self->near, 1, "x", 1, NULL) == ZX_OK;
	default:
		return zx_socket_write(self->near, 0, "x", 1, NULL) == ZX_OK;
	}
}

static bool can_take(enum kind kind)
{
	return kind != CHANNEL_FILE;
}

/* Reads one of the bytes that poke() writes. */
static bool take_one(SELF)
{
	char byte;

	switch (kind) {
	case PIPE:
	case UNIX_STREAM:
	case UNIX_SEQPACKET:
	case SOCKET_FILE:
		return read(self->fd, &byte, 1) == 1;
	case CHANNEL_WATCH:
		return zx_channel_read(self->far, 0, &byte, NULL, 1, 0, NULL, NULL) == ZX_OK;
	case FIFO_WATCH:
		return zx_fifo_read(self->far, 1, &byte, 1, NULL) == ZX_OK;
	default:
		return zx_socket_read(self->far, 0, &byte, 1, NULL) == ZX_OK;
	}
}

static bool hang_up(SELF)
{
	if (kind > UNIX_SEQPACKET)
		return zx_handle_close(self->near) == ZX_OK;
	close(self->other);
	self->other = -1;
	return true;
}

static int new_epoll(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

TEST_F(like, edges)
{
	int epoll = new_epoll();

	ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, EPOLLIN | EPOLLET));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	for (int i = 0; i < 5; i++) {
		ASSERT_TRUE(poke(self, variant->kind));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
	}
	/* Several events between two epoll_wait() are one edge. */
	for (int i = 0; i < 3; i++)
		ASSERT_TRUE(poke(self, variant->kind));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	close(epoll);
}

TEST_F(like, edges_and_reading)
{
	int epoll = new_epoll();

	if (!can_take(variant->kind))
		return;
	ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, EPOLLIN | EPOLLET));
	for (int i = 0; i < 3; i++) {
		ASSERT_TRUE(poke(self, variant->kind));
		ASSERT_TRUE(poke(self, variant->kind));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
		/* Reading is no edge. */
		ASSERT_TRUE(take_one(self, variant->kind));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
		/* EPOLL_CTL_MOD reports what is ready. */
		ASSERT_EQ(0, zxt_epoll_modify(epoll, self->fd, EPOLLIN | EPOLLET));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
		ASSERT_TRUE(poke(self, variant->kind));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
		ASSERT_TRUE(take_one(self, variant->kind));
		ASSERT_TRUE(take_one(self, variant->kind));
		ASSERT_FALSE(take_one(self, variant->kind));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
		ASSERT_EQ(0, zxt_epoll_modify(epoll, self->fd, EPOLLIN | EPOLLET));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
		/* An edge is not reported if nothing is ready any more. */
		ASSERT_TRUE(poke(self, variant->kind));
		ASSERT_TRUE(take_one(self, variant->kind));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
	}
	close(epoll);
}

TEST_F(like, levels)
{
	int epoll = new_epoll();

	ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, EPOLLIN));
	ASSERT_TRUE(poke(self, variant->kind));
	ASSERT_TRUE(poke(self, variant->kind));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
	if (!can_take(variant->kind))
		return;
	ASSERT_TRUE(take_one(self, variant->kind));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
	ASSERT_TRUE(take_one(self, variant->kind));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	close(epoll);
}

TEST_F(like, one_shots)
{
	static const uint32_t flags[] = { EPOLLONESHOT, EPOLLONESHOT | EPOLLET };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		int epoll = new_epoll();

		ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, EPOLLIN | flags[i]));
		ASSERT_TRUE(poke(self, variant->kind));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
		ASSERT_TRUE(poke(self, variant->kind));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
		ASSERT_EQ(0, zxt_epoll_modify(epoll, self->fd, EPOLLIN | flags[i]));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
		close(epoll);
	}
}

/* Hanging up is one edge, and stays for level-triggered polling. */
TEST_F(like, the_end)
{
	int edges = new_epoll(), levels = new_epoll();

	ASSERT_TRUE(poke(self, variant->kind));
	ASSERT_EQ(0, zxt_epoll_add(edges, self->fd, EPOLLIN | EPOLLET));
	ASSERT_EQ(0, zxt_epoll_add(levels, self->fd, EPOLLIN));
	EXPECT_EQ(EPOLLIN, zxt_epolled(edges, SOON));
	EXPECT_EQ(0, zxt_epolled(edges, 0));
	ASSERT_TRUE(hang_up(self, variant->kind));
	EXPECT_TRUE(zxt_epolled(edges, SOON) & EPOLLIN);
	EXPECT_EQ(0, zxt_epolled(edges, 0));
	/* Unread data can still be read. */
	EXPECT_TRUE(zxt_epolled(levels, SOON) & EPOLLIN);
	if (can_take(variant->kind))
		EXPECT_TRUE(take_one(self, variant->kind));
	for (int i = 0; i < 3; i++)
		EXPECT_NE(0, zxt_epolled(levels, SOON));
	close(edges);
	close(levels);
}

/* A thread in epoll_wait(). */
struct poller {
	int epoll;
	atomic_int *woken;
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	uint32_t events;
};

static void *poller_thread(void *arg)
{
	struct poller *poller = arg;
	struct epoll_event event = {};

	poller->tid = gettid();
	if (epoll_wait(poller->epoll, &event, 1, -1) != 1)
		abort();
	poller->events = event.events;
	poller->done = true;
	atomic_fetch_add(poller->woken, 1);
	return NULL;
}

static bool start_poller(struct poller *poller, int epoll, atomic_int *woken)
{
	*poller = (struct poller){ .epoll = epoll, .woken = woken };
	return pthread_create(&poller->thread, NULL, poller_thread, poller) == 0 &&
	       zxt_sleeps(&poller->tid);
}

/* The same with a new epoll for @fd. */
static bool start_polling(struct poller *poller, int fd, uint32_t events, atomic_int *woken)
{
	int epoll = new_epoll();

	return zxt_epoll_add(epoll, fd, events) == 0 && start_poller(poller, epoll, woken);
}

static bool reaches(atomic_int *woken, int count)
{
	for (int i = 0; i < 6000 && *woken < count; i++)
		zxp_sleep_ms(10);
	return *woken >= count;
}

/* Waits a while, to see that no more than @count are woken. */
static int settled(atomic_int *woken, int count)
{
	if (!reaches(woken, count))
		return *woken;
	zxp_sleep_ms(NEVER);
	return *woken;
}

static void end_polling(struct poller *poller)
{
	pthread_join(poller->thread, NULL);
	close(poller->epoll);
}

/* A message wakes one exclusive waiter; hanging up wakes all that are left. */
TEST_F(like, exclusive)
{
	struct poller pollers[6];
	atomic_int woken = 0;

	for (int i = 0; i < 6; i++)
		ASSERT_TRUE(start_polling(&pollers[i], self->fd, EPOLLIN | EPOLLEXCLUSIVE,
					  &woken));
	for (int i = 1; i <= 3; i++) {
		ASSERT_TRUE(poke(self, variant->kind));
		EXPECT_EQ(i, settled(&woken, i));
	}
	ASSERT_TRUE(hang_up(self, variant->kind));
	ASSERT_EQ(6, settled(&woken, 6));
	for (int i = 0; i < 6; i++)
		end_polling(&pollers[i]);
}

/* The same with edges. */
TEST_F(like, exclusive_edges)
{
	struct poller pollers[4];
	atomic_int woken = 0;

	for (int i = 0; i < 4; i++)
		ASSERT_TRUE(start_polling(&pollers[i], self->fd,
					  EPOLLIN | EPOLLET | EPOLLEXCLUSIVE, &woken));
	for (int i = 1; i <= 4; i++) {
		ASSERT_TRUE(poke(self, variant->kind));
		EXPECT_EQ(i, settled(&woken, i));
	}
	for (int i = 0; i < 4; i++)
		end_polling(&pollers[i]);
}

/* A message wakes all waiters that are not exclusive, and one that is. */
TEST_F(like, exclusive_and_not)
{
	struct poller pollers[5];
	atomic_int shared = 0, exclusive = 0;

	for (int i = 0; i < 5; i++)
		ASSERT_TRUE(start_polling(&pollers[i], self->fd,
					  EPOLLIN | (i % 2 ? 0 : EPOLLEXCLUSIVE),
					  i % 2 ? &shared : &exclusive));
	ASSERT_TRUE(poke(self, variant->kind));
	EXPECT_EQ(2, settled(&shared, 2));
	EXPECT_EQ(1, settled(&exclusive, 1));
	ASSERT_TRUE(hang_up(self, variant->kind));
	ASSERT_TRUE(reaches(&exclusive, 3));
	for (int i = 0; i < 5; i++)
		end_polling(&pollers[i]);
}

/* An exclusive epoll without waiting threads is passed over. */
TEST_F(like, exclusive_without_anybody)
{
	struct poller poller;
	atomic_int woken = 0;
	int idle[3];

	for (int i = 0; i < 3; i++) {
		idle[i] = new_epoll();
		ASSERT_EQ(0, zxt_epoll_add(idle[i], self->fd, EPOLLIN | EPOLLEXCLUSIVE));
	}
	ASSERT_TRUE(start_polling(&poller, self->fd, EPOLLIN | EPOLLEXCLUSIVE, &woken));
	ASSERT_TRUE(poke(self, variant->kind));
	ASSERT_TRUE(reaches(&woken, 1));
	end_polling(&poller);
	for (int i = 0; i < 3; i++)
		close(idle[i]);
}

/* An edge wakes one of several threads that wait on one epoll. */
TEST_F(like, threads_at_one_epoll)
{
	struct poller pollers[3];
	atomic_int woken = 0;
	int epoll = new_epoll();

	ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, EPOLLIN | EPOLLET));
	for (int i = 0; i < 3; i++)
		ASSERT_TRUE(start_poller(&pollers[i], epoll, &woken));
	for (int i = 1; i <= 3; i++) {
		ASSERT_TRUE(poke(self, variant->kind));
		EXPECT_EQ(i, settled(&woken, i));
	}
	for (int i = 0; i < 3; i++)
		pthread_join(pollers[i].thread, NULL);
	close(epoll);
}

TEST_F(like, nested)
{
	int inner = new_epoll(), outer = new_epoll();
	struct poller poller;
	atomic_int woken = 0;

	ASSERT_EQ(0, zxt_epoll_add(inner, self->fd, EPOLLIN));
	ASSERT_EQ(0, zxt_epoll_add(outer, inner, EPOLLIN | EPOLLET));
	EXPECT_EQ(0, zxt_epolled(outer, 0));
	ASSERT_TRUE(start_poller(&poller, outer, &woken));
	ASSERT_TRUE(poke(self, variant->kind));
	ASSERT_TRUE(reaches(&woken, 1));
	end_polling(&poller);
	EXPECT_EQ(EPOLLIN, zxt_epolled(inner, SOON));
	close(inner);
}

/* A registration lasts until the last descriptor of the file is closed. */
TEST_F(like, another_descriptor_of_the_file)
{
	int epoll = new_epoll(), again;

	ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, EPOLLIN | EPOLLET));
	again = dup(self->fd);
	close(self->fd);
	ASSERT_TRUE(poke(self, variant->kind));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
	ASSERT_TRUE(poke(self, variant->kind));
	close(again);
	self->fd = -1;
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	close(epoll);
}

/* A child polls an inherited file as its parent does. */
TEST_F(like, inherited)
{
	int epoll = new_epoll(), up[2];
	char byte;
	pid_t child;

	ASSERT_EQ(0, pipe(up));
	ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, EPOLLIN | EPOLLET));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		struct pollfd pfd = { .fd = self->fd, .events = POLLIN };

		close(self->other);
		CHILD_CHECK(poll(&pfd, 1, 0) == 0);
		CHILD_CHECK(write(up[1], "x", 1) == 1);
		CHILD_CHECK(poll(&pfd, 1, SOON) == 1);
		CHILD_CHECK(pfd.revents == POLLIN);
		_exit(0);
	}
	ASSERT_EQ(1, read(up[0], &byte, 1));
	ASSERT_TRUE(poke(self, variant->kind));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	close(epoll);
}

static void *poll_thread(void *arg)
{
	struct poller *poller = arg;
	struct pollfd pfd = { .fd = poller->epoll, .events = POLLIN };

	poller->tid = gettid();
	if (poll(&pfd, 1, -1) != 1)
		abort();
	poller->events = pfd.revents;
	return NULL;
}

static void *select_thread(void *arg)
{
	struct poller *poller = arg;
	fd_set in;

	FD_ZERO(&in);
	FD_SET(poller->epoll, &in);
	poller->tid = gettid();
	if (select(poller->epoll + 1, &in, NULL, NULL, NULL) != 1)
		abort();
	poller->events = FD_ISSET(poller->epoll, &in) ? POLLIN : 0;
	return NULL;
}

/* A message and hanging up each wake all threads in poll() and select(). */
TEST_F(like, poll_and_select)
{
	for (int end = 0; end < 2; end++) {
		struct poller pollers[4] = {};

		for (int i = 0; i < 4; i++) {
			pollers[i].epoll = self->fd;
			ASSERT_EQ(0, pthread_create(&pollers[i].thread, NULL,
						    i % 2 ? poll_thread : select_thread,
						    &pollers[i]));
			ASSERT_TRUE(zxt_sleeps(&pollers[i].tid));
		}
		ASSERT_TRUE(end ? hang_up(self, variant->kind) : poke(self, variant->kind));
		for (int i = 0; i < 4; i++) {
			ASSERT_EQ(0, pthread_join(pollers[i].thread, NULL));
			EXPECT_NE(0, pollers[i].events);
		}
		if (!can_take(variant->kind))
			return;
		if (!end)
			ASSERT_TRUE(take_one(self, variant->kind));
	}
}

/* Polling that has no counterpart on Linux. */

FIXTURE(polls) {
	zx_handle_t a, b;
};

FIXTURE_SETUP(polls)
{
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->a, &self->b));
}

FIXTURE_TEARDOWN(polls)
{
}

/* Each watch is a file: a message wakes an exclusive waiter of each, and other waiters. */
TEST_F(polls, exclusive_waiters_of_two_watches)
{
	struct poller pollers[4];
	struct waiter waiter;
	atomic_int woken[2] = {};
	int watches[2];

	for (int i = 0; i < 2; i++)
		ASSERT_EQ(ZX_OK, zxl_handle_watch(self->b, ZX_CHANNEL_READABLE, 0, &watches[i]));
	for (int i = 0; i < 4; i++)
		ASSERT_TRUE(start_polling(&pollers[i], watches[i % 2], EPOLLIN | EPOLLEXCLUSIVE,
					  &woken[i % 2]));
	ASSERT_TRUE(start(&waiter, self->b, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, NULL, 0, NULL, 0));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(1, settled(&woken[0], 1));
	EXPECT_EQ(1, settled(&woken[1], 1));
	/* Closing the handle wakes all. */
	ASSERT_EQ(ZX_OK, zx_handle_close(self->b));
	ASSERT_TRUE(reaches(&woken[0], 2));
	ASSERT_TRUE(reaches(&woken[1], 2));
	for (int i = 0; i < 4; i++)
		end_polling(&pollers[i]);
	close(watches[0]);
	close(watches[1]);
}

/* A message wakes no exclusive waiter for other events. */
TEST_F(polls, exclusive_waiters_for_different_things)
{
	static char bytes[4096];
	struct poller out[2], in, urgent;
	atomic_int others = 0, woken = 0;
	int fd;

	while (zx_channel_write(self->b, 0, bytes, sizeof(bytes), NULL, 0) == ZX_OK)
		;
	ASSERT_EQ(ZX_OK, zxl_handle_export(self->b, 0, &fd));
	ASSERT_TRUE(start_polling(&out[0], fd, EPOLLOUT | EPOLLEXCLUSIVE, &others));
	ASSERT_TRUE(start_polling(&out[1], fd, EPOLLOUT | EPOLLEXCLUSIVE, &others));
	ASSERT_TRUE(start_polling(&in, fd, EPOLLIN | EPOLLEXCLUSIVE, &woken));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, NULL, 0, NULL, 0));
	EXPECT_EQ(1, settled(&woken, 1));
	EXPECT_EQ(0, others);
	EXPECT_EQ(EPOLLIN, in.events);
	/* EPOLLPRI cannot be combined with EPOLLEXCLUSIVE. */
	ASSERT_TRUE(start_polling(&urgent, fd, EPOLLPRI, &woken));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->a, 0, ZX_USER_SIGNAL_4));
	EXPECT_EQ(2, settled(&woken, 2));
	EXPECT_EQ(0, others);
	EXPECT_EQ(EPOLLPRI, urgent.events);
	/* Space for one message, then for more. */
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(ZX_OK, zx_channel_read(self->a, ZX_CHANNEL_READ_MAY_DISCARD, bytes, NULL,
						 sizeof(bytes), 0, NULL, NULL));
	ASSERT_TRUE(reaches(&others, 2));
	end_polling(&in);
	end_polling(&urgent);
	end_polling(&out[0]);
	end_polling(&out[1]);
	close(fd);
}

/* Each user signal that is raised is an edge of EPOLLPRI. */
TEST_F(polls, user_signals_are_edges)
{
	int epoll = new_epoll(), fd;

	ASSERT_EQ(ZX_OK, zxl_handle_export(self->b, 0, &fd));
	ASSERT_EQ(0, zxt_epoll_add(epoll, fd, EPOLLPRI | EPOLLET));
	for (int i = 0; i < 8; i++) {
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
		ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->a, 0, ZX_USER_SIGNAL_0 << i));
		EXPECT_EQ(EPOLLPRI, zxt_epolled(epoll, SOON));
	}
	/* A signal that is cleared is none. */
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->a, ZX_USER_SIGNAL_3, 0));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	close(fd);
	close(epoll);
}

/* A watch of no signals only reports that the handle is closed. */
TEST_F(polls, a_watch_of_no_signals)
{
	int epoll = new_epoll(), fd;
	zx_handle_t c, d;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->b, 0, 0, &fd));
	ASSERT_EQ(0, zxt_epoll_add(epoll, fd, EPOLLIN | EPOLLET));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, NULL, 0, NULL, 0));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->a));
	EXPECT_EQ(0, zxt_epolled(epoll, NEVER));
	ASSERT_EQ(ZX_OK, put(c, self->b));
	EXPECT_EQ(0, zxt_epolled(epoll, NEVER));
	EXPECT_NE(ZX_HANDLE_INVALID, receive(d));
	EXPECT_EQ(EPOLLHUP, zxt_epolled(epoll, SOON));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	close(fd);
	close(epoll);
}

/* A watch goes on while its handle is in a message. */
TEST_F(polls, a_watch_of_an_end_in_flight)
{
	int epoll = new_epoll(), fd;
	zx_handle_t c, d;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->b, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, 0,
					  &fd));
	ASSERT_EQ(0, zxt_epoll_add(epoll, fd, EPOLLIN | EPOLLET));
	ASSERT_EQ(ZX_OK, put(c, self->b));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, NULL, 0, NULL, 0));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
	}
	ASSERT_EQ(ZX_OK, zx_handle_close(self->a));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
	/* Discarding the message closes the handle. */
	ASSERT_EQ(ZX_OK, zx_handle_close(d));
	EXPECT_TRUE(zxt_epolled(epoll, SOON) & EPOLLHUP);
	close(fd);
	close(epoll);
}

/* A handle that is sent with fewer rights is another one, so the watch ends. */
TEST_F(polls, a_watch_of_an_end_that_loses_rights)
{
	zx_handle_disposition_t how = move_of(self->b, ZX_RIGHT_TRANSFER | ZX_RIGHT_READ);
	int epoll = new_epoll(), fd;
	zx_handle_t c, d;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->b, ZX_CHANNEL_READABLE, 0, &fd));
	ASSERT_EQ(0, zxt_epoll_add(epoll, fd, EPOLLIN));
	ASSERT_EQ(ZX_OK, zx_channel_write_etc(c, 0, NULL, 0, &how, 1));
	EXPECT_EQ(EPOLLHUP, zxt_epolled(epoll, 2000));
	close(fd);
	close(epoll);
}

/* A call goes on while its endpoint is sent with fewer rights, until it is received. */
TEST_F(polls, a_call_through_an_end_that_loses_rights)
{
	zx_handle_disposition_t how = move_of(self->b, ZX_RIGHT_TRANSFER | ZX_RIGHT_READ);
	struct caller caller = caller_init(self->b, 1);
	struct message request;
	zx_handle_t c, d;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	ASSERT_TRUE(begin(&caller, self->a, &request));
	ASSERT_EQ(ZX_OK, zx_channel_write_etc(c, 0, NULL, 0, &how, 1));
	zx_nanosleep(zx_deadline_after(ZX_MSEC(NEVER)));
	EXPECT_FALSE(caller.done);
	zx_handle_close(receive(d));
	EXPECT_EQ(ZX_ERR_CANCELED, end_of(&caller));
}

/* More calls and waits through one handle than the module looks at before it drops the lock. */
TEST_F(polls, many_calls_and_waits_through_an_end_that_loses_rights)
{
	enum { COUNT = 40 };
	zx_handle_disposition_t how = move_of(self->b, ZX_RIGHT_TRANSFER | ZX_RIGHT_READ);
	struct message requests[COUNT];
	struct caller callers[COUNT];
	struct waiter waiters[COUNT];
	zx_handle_t c, d;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	for (int i = 0; i < COUNT; i++) {
		callers[i] = caller_init(self->b, i);
		ASSERT_TRUE(begin(&callers[i], self->a, &requests[i]));
		ASSERT_TRUE(start(&waiters[i], self->b, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE));
	}
	ASSERT_EQ(ZX_OK, zx_channel_write_etc(c, 0, NULL, 0, &how, 1));
	for (int i = 0; i < COUNT; i++)
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiters[i]));
	EXPECT_EQ(ZX_OK, answer(self->a, requests[1].txid, 1));
	EXPECT_EQ(ZX_OK, end_of(&callers[1]));
	for (int i = 0; i < COUNT; i++)
		EXPECT_EQ(i == 1, callers[i].done);
	zx_handle_close(receive(d));
	for (int i = 0; i < COUNT; i++)
		if (i != 1)
			EXPECT_EQ(ZX_ERR_CANCELED, end_of(&callers[i]));
}

/* Polling for space. */

FIXTURE(space) {
	int fd, other;
	zx_handle_t near, far;	/* the polled object; its peer, which reads */
};

FIXTURE_VARIANT(space) {
	enum kind kind;
};

FIXTURE_VARIANT_ADD(space, pipe) { .kind = PIPE };
FIXTURE_VARIANT_ADD(space, unix_stream) { .kind = UNIX_STREAM };
FIXTURE_VARIANT_ADD(space, unix_seqpacket) { .kind = UNIX_SEQPACKET };
FIXTURE_VARIANT_ADD(space, channel_file) { .kind = CHANNEL_FILE };
FIXTURE_VARIANT_ADD(space, channel_watch) { .kind = CHANNEL_WATCH };
FIXTURE_VARIANT_ADD(space, socket_file) { .kind = SOCKET_FILE };
FIXTURE_VARIANT_ADD(space, socket_watch) { .kind = SOCKET_WATCH };
FIXTURE_VARIANT_ADD(space, datagram_watch) { .kind = DATAGRAM_WATCH };
FIXTURE_VARIANT_ADD(space, fifo_watch) { .kind = FIFO_WATCH };

static char block[4096];

/* Fails once the handle is exported. */
static zx_status_t write_block(zx_handle_t handle, enum kind kind)
{
	size_t count = sizeof(block);

	if (kind == CHANNEL_FILE || kind == CHANNEL_WATCH)
		return zx_channel_write(handle, 0, block, sizeof(block), NULL, 0);
	if (kind == FIFO_WATCH)
		return zx_fifo_write(handle, 1, block, sizeof(block), &count);
	return zx_socket_write(handle, 0, block, sizeof(block), &count);
}

/* A channel's file takes no bytes, so the channel is filled before the export. */
FIXTURE_SETUP(space)
{
	enum kind kind = variant->kind;
	int fds[2];

	self->near = ZX_HANDLE_INVALID;
	self->far = ZX_HANDLE_INVALID;
	self->other = -1;
	if (kind == PIPE) {
		ASSERT_EQ(0, pipe2(fds, O_NONBLOCK | O_CLOEXEC));
		self->fd = fds[1];
		self->other = fds[0];
	} else if (kind == UNIX_STREAM || kind == UNIX_SEQPACKET) {
		ASSERT_EQ(0, socketpair(AF_UNIX, (kind == UNIX_STREAM ? SOCK_STREAM :
						  SOCK_SEQPACKET) | SOCK_NONBLOCK, 0, fds));
		self->fd = fds[0];
		self->other = fds[1];
	} else if (kind == CHANNEL_FILE || kind == CHANNEL_WATCH) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->near, &self->far));
	} else if (kind == FIFO_WATCH) {
		ASSERT_EQ(ZX_OK, zx_fifo_create(4096, 1, 0, &self->near, &self->far));
	} else {
		ASSERT_EQ(ZX_OK, zx_socket_create(kind == DATAGRAM_WATCH ? ZX_SOCKET_DATAGRAM : 0,
						  &self->near, &self->far));
	}
	if (kind <= UNIX_SEQPACKET) {
		while (write(self->fd, block, sizeof(block)) > 0)
			;
		return;
	}
	while (write_block(self->near, kind) == ZX_OK)
		;
	if (kind == CHANNEL_FILE || kind == SOCKET_FILE) {
		ASSERT_EQ(ZX_OK, zxl_handle_export(self->near, 0, &self->fd));
		fcntl(self->fd, F_SETFL, fcntl(self->fd, F_GETFL) | O_NONBLOCK);
	} else {
		ASSERT_EQ(ZX_OK, zxl_handle_watch(self->near, ZX_CHANNEL_WRITABLE |
						  ZX_CHANNEL_PEER_CLOSED, 0, &self->fd));
	}
}

FIXTURE_TEARDOWN(space)
{
	close(self->fd);
	close(self->other);
}

/* A watch is readable when one of its signals is up. */
static uint32_t wanted(enum kind kind)
{
	return kind <= UNIX_SEQPACKET || kind == CHANNEL_FILE || kind == SOCKET_FILE ?
	       EPOLLOUT : EPOLLIN;
}

static void fill_again(struct _test_data_space *self, enum kind kind)
{
	if (kind <= UNIX_SEQPACKET || kind == SOCKET_FILE)
		while (write(self->fd, block, sizeof(block)) > 0)
			;
	else
		while (write_block(self->near, kind) == ZX_OK)
			;
}

/* Reads all data. */
static void empty(struct _test_data_space *self, enum kind kind)
{
	static char bytes[65536];

	if (kind <= UNIX_SEQPACKET)
		while (read(self->other, bytes, sizeof(bytes)) > 0)
			;
	else if (kind == CHANNEL_FILE || kind == CHANNEL_WATCH)
		while (zx_channel_read(self->far, 0, bytes, NULL, sizeof(bytes), 0, NULL, NULL) ==
		       ZX_OK)
			;
	else if (kind == FIFO_WATCH)
		while (zx_fifo_read(self->far, 1, bytes, 4096, NULL) == ZX_OK)
			;
	else
		while (zx_socket_read(self->far, 0, bytes, sizeof(bytes), NULL) == ZX_OK)
			;
}

TEST_F(space, edges)
{
	uint32_t events = wanted(variant->kind);
	int epoll = new_epoll();

	ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, events | EPOLLET));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	for (int i = 0; i < 3; i++) {
		empty(self, variant->kind);
		EXPECT_EQ(events, zxt_epolled(epoll, SOON));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
		if (variant->kind == CHANNEL_FILE)
			break;
		fill_again(self, variant->kind);
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
	}
	close(epoll);
}

/* Hanging up wakes each exclusive waiter, as there will never be space again. */
TEST_F(space, exclusive_at_the_end)
{
	uint32_t events = wanted(variant->kind);
	struct poller pollers[4];
	atomic_int woken = 0;

	for (int i = 0; i < 4; i++)
		ASSERT_TRUE(start_polling(&pollers[i], self->fd, events | EPOLLEXCLUSIVE,
					  &woken));
	if (variant->kind <= UNIX_SEQPACKET) {
		close(self->other);
		self->other = -1;
	} else {
		ASSERT_EQ(ZX_OK, zx_handle_close(self->far));
	}
	ASSERT_TRUE(reaches(&woken, 4));
	for (int i = 0; i < 4; i++)
		end_polling(&pollers[i]);
}

/* Space for one write wakes at least one waiter; its write leaves the next space to others. */
TEST_F(space, exclusive)
{
	uint32_t events = wanted(variant->kind);
	struct poller pollers[3];
	atomic_int woken = 0;

	if (variant->kind == CHANNEL_FILE)
		return;
	for (int i = 0; i < 3; i++)
		ASSERT_TRUE(start_polling(&pollers[i], self->fd, events | EPOLLEXCLUSIVE,
					  &woken));
	for (int i = 1; i <= 3; i++) {
		empty(self, variant->kind);
		ASSERT_TRUE(reaches(&woken, i));
		fill_again(self, variant->kind);
	}
	for (int i = 0; i < 3; i++)
		end_polling(&pollers[i]);
}

TEST_HARNESS_MAIN
