// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for signals: what ends a wait, and what does not.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

#include "zxproc.h"
#include "zxthread.h"

static bool start_many(struct waiter *waiter, size_t count)
{
	waiter->count = count;
	return start_items(waiter, ZX_TIME_INFINITE);
}

FIXTURE(wait) {
	zx_handle_t event;
	zx_handle_t pair[2];
	zx_handle_t channel[2];
};

FIXTURE_SETUP(wait)
{
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->pair[0], &self->pair[1]));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->channel[0], &self->channel[1]));
}

FIXTURE_TEARDOWN(wait)
{
}

/*
 * Deadlines.
 */

TEST_F(wait, what_is_up_ends_it_at_once)
{
	const zx_time_t deadlines[] = {
		ZX_TIME_INFINITE_PAST, -1, 0, zx_clock_get_monotonic(), ZX_TIME_INFINITE,
	};
	zx_signals_t observed;

	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_2));
	for (size_t i = 0; i < ARRAY_SIZE(deadlines); i++) {
		observed = 0;
		EXPECT_EQ(ZX_OK, zx_object_wait_one(self->event, ZX_USER_SIGNAL_1, deadlines[i],
						    &observed));
		EXPECT_EQ(ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_2, observed);
		/* One of the signals is enough. */
		EXPECT_EQ(ZX_OK, zx_object_wait_one(self->event, ZX_USER_SIGNAL_ALL, deadlines[i],
						    NULL));
	}
	EXPECT_EQ(ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_2, zxt_signals(self->event));
}

TEST_F(wait, past_deadlines_only_ask)
{
	const zx_time_t deadlines[] = {
		ZX_TIME_INFINITE_PAST, -1, 0, 1, zx_clock_get_monotonic(),
	};

	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_3));
	for (size_t i = 0; i < ARRAY_SIZE(deadlines); i++) {
		zx_signals_t observed = 0;

		EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(self->event, ZX_EVENT_SIGNALED,
							       deadlines[i], &observed));
		EXPECT_EQ(ZX_USER_SIGNAL_3, observed);
		EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(self->event, ZX_EVENT_SIGNALED,
							       deadlines[i], NULL));
	}
	/* A wait for no signals times out. */
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(self->event, 0, 0, NULL));
}

/* Runs in a child whose clock has an offset from the kernel's. */
static void wait_by_another_clock(void)
{
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(100));
	struct waiter waiter;
	zx_handle_t event;

	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_object_wait_one(event, ZX_EVENT_SIGNALED, deadline, NULL) ==
		    ZX_ERR_TIMED_OUT);
	CHILD_CHECK(zx_clock_get_monotonic() >= deadline);
	/* A thread that waits until the latest deadline goes on waiting, with each offset. */
	CHILD_CHECK(start(&waiter, event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE - 1));
	CHILD_CHECK(still_waits(&waiter));
	CHILD_CHECK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_OK);
	CHILD_CHECK(finish(&waiter) == ZX_OK);
	/* A wait until the earliest deadline returns at once, with each offset. */
	CHILD_CHECK(zx_object_signal(event, ZX_EVENT_SIGNALED, 0) == ZX_OK);
	CHILD_CHECK(zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE_PAST, NULL) ==
		    ZX_ERR_TIMED_OUT);
	_exit(0);
}

/* In a time namespace deadlines are times of its clock, which differs from the kernel's. */
TEST_F(wait, deadlines_are_those_of_the_time_namespace)
{
	static const char *const offsets[] = { "monotonic -1 0", "monotonic 100000 0" };

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		pid_t child;

		if (!zxp_unshare_time(offsets[i]))
			SKIP(return, "no time namespaces");
		child = fork();
		if (!child)
			wait_by_another_clock();
		EXPECT_EQ(0, zxt_reap(child));
	}
}

/* Deadlines are points in time: a second wait for the same one returns at once. */
TEST_F(wait, deadlines_are_absolute)
{
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(100));
	zx_signals_t observed = 1;

	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(self->event, ZX_EVENT_SIGNALED, deadline,
						       &observed));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	EXPECT_EQ(0, observed);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(self->event, ZX_EVENT_SIGNALED, deadline,
						       NULL));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_many(NULL, 0, deadline));
	/* If they were durations, more than three times the uptime would have passed. */
	EXPECT_GT(deadline + ZX_SEC(10), zx_clock_get_monotonic());
}

/* At the timeout the call returns all signals, also those that it did not wait for. */
TEST_F(wait, time_out_tells_the_state)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED,
			  zx_deadline_after(ZX_SEC(1))));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_6));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, finish(&waiter));
	EXPECT_EQ(ZX_USER_SIGNAL_6, waiter.items[0].pending);
}

/*
 * What ends a wait.
 */

TEST_F(wait, a_signal_ends_it)
{
	const zx_time_t deadlines[] = { ZX_TIME_INFINITE, ZX_TIME_INFINITE - 1, ZXT_SOON };
	struct waiter waiter;

	for (size_t i = 0; i < ARRAY_SIZE(deadlines); i++) {
		ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, deadlines[i]));
		EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0,
						  ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_0));
		EXPECT_EQ(ZX_OK, finish(&waiter));
		EXPECT_EQ(ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_0, waiter.items[0].pending);
		EXPECT_EQ(ZX_OK, zx_object_signal(self->event, ZX_EVENT_SIGNAL_MASK, 0));
	}
}

TEST_F(wait, other_signals_do_not_end_it)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0,
					  ZX_EVENT_SIGNAL_MASK & ~ZX_USER_SIGNAL_0));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, ZX_EVENT_SIGNALED, 0));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, ZX_USER_SIGNAL_0, 0));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_USER_SIGNAL_ALL, waiter.items[0].pending);
}

TEST_F(wait, the_other_ends_signals_do_not_end_it)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->pair[0], ZX_EVENTPAIR_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->pair[1], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->pair[1], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&waiter));
}

TEST_F(wait, the_peers_end_ends_it)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->pair[0], ZX_EVENTPAIR_PEER_CLOSED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->pair[1]));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, waiter.items[0].pending);
}

TEST_F(wait, a_message_ends_it)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->channel[0],
			  ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->channel[1], 0, "x", 1, NULL, 0));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE, waiter.items[0].pending);
}

/* A strobe: a signal is set, and cleared before the thread can run, often by the next call. */
TEST_F(wait, a_strobe_ends_it)
{
	struct waiter waiter;

	for (int i = 0; i < 100; i++) {
		ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_EVENT_SIGNALED,
						  ZX_USER_SIGNAL_0));
		ASSERT_EQ(ZX_OK, finish(&waiter));
		/* The signals at that moment, not the present ones. */
		ASSERT_EQ(ZX_EVENT_SIGNALED, waiter.items[0].pending);
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_USER_SIGNAL_0, 0));
	}
}

TEST_F(wait, a_strobe_from_the_peer_ends_it)
{
	struct waiter waiter;

	for (int i = 0; i < 20; i++) {
		ASSERT_TRUE(start(&waiter, self->pair[0], ZX_USER_SIGNAL_7, ZX_TIME_INFINITE));
		ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[1], 0, ZX_USER_SIGNAL_7));
		ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[1], ZX_USER_SIGNAL_7, 0));
		ASSERT_EQ(ZX_OK, finish(&waiter));
		ASSERT_EQ(ZX_USER_SIGNAL_7, waiter.items[0].pending);
	}
	/* A message that another thread reads at once is a strobe as well. */
	ASSERT_TRUE(start(&waiter, self->channel[0], ZX_CHANNEL_READABLE, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[1], 0, NULL, 0, NULL, 0));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[0], 0, NULL, NULL, 0, 0, NULL, NULL));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_CHANNEL_READABLE, waiter.items[0].pending & ZX_CHANNEL_READABLE);
}

/* The signal ends all waits for it, through any handle, and no others. */
TEST_F(wait, a_signal_ends_all_waits_for_it)
{
	struct waiter waiters[8], other;
	zx_handle_t copy;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_WAIT, &copy));
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		ASSERT_TRUE(start(&waiters[i], i % 2 ? copy : self->event, ZX_EVENT_SIGNALED,
				  ZX_TIME_INFINITE));
	ASSERT_TRUE(start(&other, copy, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, ZX_EVENT_SIGNALED, 0));
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		EXPECT_EQ(ZX_OK, finish(&waiters[i]));
	EXPECT_TRUE(still_waits(&other));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_OK, finish(&other));
}

/*
 * The handle goes away.
 */

TEST_F(wait, closing_the_handle_cancels_it)
{
	struct waiter waiter;

	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_4));
	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED | ZX_USER_SIGNAL_4, waiter.items[0].pending);
}

TEST_F(wait, closing_many_cancels_it)
{
	const zx_handle_t handles[] = { self->event, self->pair[0] };
	struct waiter waiters[2];

	ASSERT_TRUE(start(&waiters[0], self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	ASSERT_TRUE(start(&waiters[1], self->pair[0], ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(handles, 2));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiters[i]));
		EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiters[i].items[0].pending);
	}
}

TEST_F(wait, replacing_the_handle_cancels_it)
{
	struct waiter waiter;
	zx_handle_t fresh;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_handle_replace(self->event, ZX_RIGHT_SAME_RIGHTS, &fresh));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
	/* The synthetic signal is not part of the object's state. */
	EXPECT_EQ(0, zxt_signals(fresh));
}

/* The wait goes on while the handle is in a message, and ends when a reader receives it. */
TEST_F(wait, receiving_the_handle_cancels_it)
{
	struct waiter waiter;
	zx_handle_t back;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, &self->event, 1));
	EXPECT_TRUE(still_waits(&waiter));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[1], 0, NULL, &back, 0, 1, NULL, NULL));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
	EXPECT_EQ(0, zxt_signals(back));
}

TEST_F(wait, signal_comes_while_the_handle_is_in_a_message)
{
	struct waiter waiter;
	zx_handle_t copy, back;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, &self->event, 1));
	EXPECT_EQ(ZX_OK, zx_object_signal(copy, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_EVENT_SIGNALED, waiter.items[0].pending);
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[1], 0, NULL, &back, 0, 1, NULL, NULL));
}

/* The handle stays in the message if the reader cannot receive it. */
TEST_F(wait, failing_to_receive_the_handle_changes_nothing)
{
	struct waiter waiter;
	zx_handle_t back;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, &self->event, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_read(self->channel[1], 0, NULL, zxt_nowhere[0],
						       0, 1, NULL, NULL));
	EXPECT_TRUE(still_waits(&waiter));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[1], 0, NULL, &back, 0, 1, NULL, NULL));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
}

/* The same number can name another handle while the first is in a message. */
TEST_F(wait, of_two_handles_with_one_number_only_the_one_that_goes)
{
	struct waiter waiters[2];
	zx_handle_t in_message[2], copy;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
	for (int i = 0; i < 2; i++) {
		zx_handle_t through;

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(copy, ZX_RIGHT_SAME_RIGHTS, &through));
		ASSERT_TRUE(start(&waiters[i], through, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		EXPECT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, &through, 1));
	}
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[1], 0, NULL, &in_message[0], 0, 1, NULL,
					 NULL));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiters[0]));
	EXPECT_TRUE(still_waits(&waiters[1]));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[1], 0, NULL, &in_message[1], 0, 1, NULL,
					 NULL));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiters[1]));
}

/* Handles in a message that can no longer be read are closed. */
TEST_F(wait, dropping_the_message_cancels_it)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, &self->event, 1));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->channel[1]));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
}

/* The handle is consumed then, too. */
TEST_F(wait, failing_to_send_the_handle_away_cancels_it)
{
	struct waiter waiter;

	EXPECT_EQ(ZX_OK, zx_handle_close(self->channel[1]));
	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED,
		  zx_channel_write(self->channel[0], 0, NULL, 0, &self->event, 1));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
}

/* Sending a duplicate leaves the handle in the table, and so the wait goes on. */
TEST_F(wait, sending_a_duplicate_does_not_cancel_it)
{
	zx_handle_disposition_t copy = {
		.operation = ZX_HANDLE_OP_DUPLICATE,
		.handle = self->event,
		.type = ZX_OBJ_TYPE_EVENT,
		.rights = ZX_RIGHT_SAME_RIGHTS,
	};
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_channel_write_etc(self->channel[0], 0, NULL, 0, &copy, 1));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&waiter));
}

TEST_F(wait, closing_another_handle_does_not_cancel_it)
{
	struct waiter waiter;
	zx_handle_t copies[2];

	for (int i = 0; i < 2; i++)
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS,
						     &copies[i]));
	ASSERT_TRUE(start(&waiter, copies[0], ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, zx_object_signal(copies[1], 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&waiter));
}

/* The peer is another object: closing its handles does not count. */
TEST_F(wait, closing_the_peer_does_not_cancel_it)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->pair[0], ZX_EVENTPAIR_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->pair[1]));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_EVENTPAIR_SIGNALED | ZX_EVENTPAIR_PEER_CLOSED, waiter.items[0].pending);
}

struct closer {
	pthread_barrier_t barrier;
	zx_handle_t handle;
};

static void *close_in_thread(void *arg)
{
	struct closer *closer = arg;

	pthread_barrier_wait(&closer->barrier);
	return (void *)(intptr_t)zx_handle_close(closer->handle);
}

/* The handle is closed while the wait begins: it ends in any case, with one of two errors. */
TEST_F(wait, closing_the_handle_as_it_begins)
{
	struct closer closer;
	int outcomes[2] = {};

	ASSERT_EQ(0, pthread_barrier_init(&closer.barrier, NULL, 2));
	for (int i = 0; i < 1000; i++) {
		zx_status_t status;
		pthread_t thread;
		void *closed;

		ASSERT_EQ(ZX_OK, zx_event_create(0, &closer.handle));
		ASSERT_EQ(0, pthread_create(&thread, NULL, close_in_thread, &closer));
		pthread_barrier_wait(&closer.barrier);
		status = zx_object_wait_one(closer.handle, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE,
					    NULL);
		ASSERT_EQ(0, pthread_join(thread, &closed));
		ASSERT_EQ(ZX_OK, (intptr_t)closed);
		if (status != ZX_ERR_CANCELED)
			ASSERT_EQ(ZX_ERR_BAD_HANDLE, status);
		outcomes[status == ZX_ERR_CANCELED]++;
	}
	TH_LOG("%d times too late, %d times canceled", outcomes[0], outcomes[1]);
}

/*
 * What a wait refuses.
 */

TEST_F(wait, needs_its_right)
{
	zx_handle_t event = zxt_without(self->event, ZX_RIGHT_WAIT), only;
	zx_handle_t channel = zxt_without(self->channel[0], ZX_RIGHT_WAIT);
	zx_wait_item_t items[2] = {
		{ .handle = self->pair[0], .waitfor = ZX_EVENTPAIR_SIGNALED },
		{ .handle = event, .waitfor = ZX_EVENT_SIGNALED },
	};

	EXPECT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_wait_one(channel, ZX_CHANNEL_WRITABLE, ZX_TIME_INFINITE, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_wait_many(items, 2, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_WAIT, &only));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(only, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL));
	items[1].handle = only;
	EXPECT_EQ(ZX_OK, zx_object_wait_many(items, 2, ZX_TIME_INFINITE));
}

TEST_F(wait, on_no_handle)
{
	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_object_wait_one(ZX_HANDLE_INVALID, ~0u, ZX_TIME_INFINITE, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_wait_one(self->event, ~0u, ZX_TIME_INFINITE, NULL));
}

TEST_F(wait, observed_through_bad_pointers)
{
	zx_signals_t *bad;

	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	zxt_for_each_bad_out(bad) {
		if (!bad)
			continue;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_wait_one(self->event, ZX_EVENT_SIGNALED, 0, bad));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_wait_one(self->event, ZX_USER_SIGNAL_0, 0, bad));
	}
}

/* A wait for it is allowed, but an object's signals never contain it. */
TEST_F(wait, handle_closed_is_no_signal_of_an_object)
{
	zx_signals_t observed;

	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNAL_MASK));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(self->event, ZX_SIGNAL_HANDLE_CLOSED, 0,
						       &observed));
	EXPECT_EQ(ZX_EVENT_SIGNAL_MASK, observed);
}

/*
 * Several objects.
 */

TEST_F(wait, many_tells_of_all)
{
	zx_wait_item_t items[] = {
		{ self->event, ZX_EVENT_SIGNALED, ~0u },
		{ self->pair[0], ZX_EVENTPAIR_PEER_CLOSED, ~0u },
		{ self->channel[0], ZX_CHANNEL_READABLE, ~0u },
	};

	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_many(items, 3, 0));
	EXPECT_EQ(0, items[0].pending);
	EXPECT_EQ(0, items[1].pending);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, items[2].pending);

	EXPECT_EQ(ZX_OK, zx_handle_close(self->pair[1]));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_OK, zx_object_wait_many(items, 3, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_USER_SIGNAL_0, items[0].pending);
	EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, items[1].pending);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, items[2].pending);
	/* The fields that are read only do not change. */
	EXPECT_EQ(self->event, items[0].handle);
	EXPECT_EQ(ZX_EVENT_SIGNALED, items[0].waitfor);
	EXPECT_EQ(ZX_CHANNEL_READABLE, items[2].waitfor);
}

TEST_F(wait, any_of_many_ends_it)
{
	struct waiter many;

	for (int which = 0; which < 3; which++) {
		zx_handle_t events[3];

		many = (struct waiter){};
		for (int i = 0; i < 3; i++) {
			ASSERT_EQ(ZX_OK, zx_event_create(0, &events[i]));
			many.items[i].handle = events[i];
			many.items[i].waitfor = ZX_EVENT_SIGNALED;
		}
		ASSERT_TRUE(start_many(&many, 3));
		EXPECT_EQ(ZX_OK, zx_object_signal(events[which], 0,
						  ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_2));
		EXPECT_EQ(ZX_OK, finish(&many));
		for (int i = 0; i < 3; i++)
			EXPECT_EQ(i == which ? ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_2 : 0,
				  many.items[i].pending);
	}
}

TEST_F(wait, a_strobe_ends_many)
{
	struct waiter many;

	for (int i = 0; i < 50; i++) {
		many = (struct waiter){ .items = {
			{ .handle = self->event, .waitfor = ZX_USER_SIGNAL_0 },
			{ .handle = self->pair[0], .waitfor = ZX_EVENTPAIR_SIGNALED },
		} };
		ASSERT_TRUE(start_many(&many, 2));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[0], ZX_EVENTPAIR_SIGNALED, 0));
		ASSERT_EQ(ZX_OK, finish(&many));
		ASSERT_EQ(ZX_EVENTPAIR_SIGNALED, many.items[1].pending);
		ASSERT_EQ(0, many.items[0].pending);
	}
}

TEST_F(wait, closing_one_of_many_cancels_it)
{
	for (int which = 0; which < 3; which++) {
		struct waiter many = {};

		for (int i = 0; i < 3; i++) {
			ASSERT_EQ(ZX_OK, zx_event_create(0, &many.items[i].handle));
			ASSERT_EQ(ZX_OK, zx_object_signal(many.items[i].handle, 0,
							  ZX_USER_SIGNAL_5));
			many.items[i].waitfor = ZX_EVENT_SIGNALED;
		}
		ASSERT_TRUE(start_many(&many, 3));
		EXPECT_EQ(ZX_OK, zx_handle_close(many.items[which].handle));
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&many));
		for (int i = 0; i < 3; i++)
			EXPECT_EQ(ZX_USER_SIGNAL_5 | (i == which ? ZX_SIGNAL_HANDLE_CLOSED : 0),
				  many.items[i].pending);
	}
}

TEST_F(wait, receiving_one_of_many_cancels_it)
{
	zx_handle_t back;

	struct waiter many = { .items = {
		{ .handle = self->pair[0], .waitfor = ZX_EVENTPAIR_SIGNALED },
		{ .handle = self->event, .waitfor = ZX_EVENT_SIGNALED },
	} };

	ASSERT_TRUE(start_many(&many, 2));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, &self->event, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[1], 0, NULL, &back, 0, 1, NULL, NULL));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&many));
	EXPECT_EQ(0, many.items[0].pending);
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, many.items[1].pending);
}

/* One handle can be in the list more than once, each time with signals of its own. */
TEST_F(wait, the_same_handle_among_many)
{
	struct waiter many = {};

	for (size_t i = 0; i < ZX_WAIT_MANY_MAX_ITEMS; i++) {
		many.items[i].handle = self->event;
		many.items[i].waitfor = ZX_USER_SIGNAL_0 << i % 8;
	}
	ASSERT_TRUE(start_many(&many, ZX_WAIT_MANY_MAX_ITEMS));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_3));
	EXPECT_EQ(ZX_OK, finish(&many));
	for (size_t i = 3; i < ZX_WAIT_MANY_MAX_ITEMS; i += 8)
		EXPECT_EQ(ZX_USER_SIGNAL_3, many.items[i].pending);

	many = (struct waiter){};
	for (size_t i = 0; i < 3; i++) {
		many.items[i].handle = self->event;
		many.items[i].waitfor = ZX_EVENT_SIGNALED;
	}
	ASSERT_TRUE(start_many(&many, 3));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&many));
	for (size_t i = 0; i < 3; i++)
		EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED,
			  many.items[i].pending & ZX_SIGNAL_HANDLE_CLOSED);
}

TEST_F(wait, as_many_as_there_can_be)
{
	struct waiter many = {};
	zx_wait_item_t one_more[ZX_WAIT_MANY_MAX_ITEMS + 1];
	size_t last = ZX_WAIT_MANY_MAX_ITEMS - 1;

	for (size_t i = 0; i < ZX_WAIT_MANY_MAX_ITEMS; i++) {
		ASSERT_EQ(ZX_OK, zx_event_create(0, &many.items[i].handle));
		many.items[i].waitfor = ZX_EVENT_SIGNALED;
		one_more[i] = many.items[i];
	}
	one_more[last + 1] = one_more[0];
	ASSERT_TRUE(start_many(&many, ZX_WAIT_MANY_MAX_ITEMS));
	EXPECT_EQ(ZX_OK, zx_object_signal(many.items[last].handle, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&many));
	for (size_t i = 0; i < ZX_WAIT_MANY_MAX_ITEMS; i++)
		EXPECT_EQ(i == last ? ZX_EVENT_SIGNALED : 0, many.items[i].pending);

	/* Some are ready, but there is one item too many. */
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_object_wait_many(one_more, ARRAY_SIZE(one_more), 0));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_object_wait_many(one_more, SIZE_MAX, 0));
	/* In 32 bits this number would be 1. */
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_object_wait_many(one_more, (1ULL << 32) + 1, 0));
}

TEST_F(wait, on_nothing_sleeps_until_the_deadline)
{
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(100));
	zx_wait_item_t item = { self->event, ZX_EVENT_SIGNALED, 77 };

	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_many(NULL, 0, deadline));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_many(&item, 0, ZX_TIME_INFINITE_PAST));
	EXPECT_EQ(77, item.pending);
}

/* The bad handle may be at any position, also where another one is ready. */
TEST_F(wait, a_bad_handle_among_many)
{
	zx_handle_t closed;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &closed));
	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	for (int ready = 0; ready < 2; ready++) {
		for (int bad = 0; bad < 3; bad++) {
			zx_wait_item_t items[3] = {
				{ .handle = self->event, .waitfor = ZX_EVENT_SIGNALED },
				{ .handle = self->event, .waitfor = ZX_EVENT_SIGNALED },
				{ .handle = self->event, .waitfor = ZX_EVENT_SIGNALED },
			};

			items[bad].handle = closed;
			EXPECT_EQ(ZX_ERR_BAD_HANDLE,
				  zx_object_wait_many(items, 3, ZX_TIME_INFINITE));
			items[bad].handle = ZX_HANDLE_INVALID;
			EXPECT_EQ(ZX_ERR_BAD_HANDLE,
				  zx_object_wait_many(items, 3, ZX_TIME_INFINITE));
		}
		EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	}
	/* The call leaves no reference behind. */
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

TEST_F(wait, many_through_bad_pointers)
{
	zx_wait_item_t item = { self->event, ZX_EVENT_SIGNALED, 0 }, *items;

	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_wait_many(NULL, 1, ZX_TIME_INFINITE));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_wait_many(zxt_nowhere[i], 1, ZX_TIME_INFINITE));
	items = zxt_at_edge(sizeof(item));
	*items = item;
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_wait_many(items, 2, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_object_wait_many(items, 1, ZX_TIME_INFINITE));
	/* The items can be read, but not written. */
	ASSERT_EQ(0, mprotect((void *)((uintptr_t)items & -getpagesize()), getpagesize(),
			      PROT_READ));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_wait_many(items, 1, ZX_TIME_INFINITE));
}

/*
 * Linux signals: they neither shorten nor prolong a wait.
 */

static atomic_int handled;

static void on_signal(int number)
{
	(void)number;
	handled++;
}

FIXTURE(interrupted) {
	zx_handle_t event;
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
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
}

FIXTURE_TEARDOWN(interrupted)
{
}

/* Sends signals to a thread until it is done or has handled @times more; true if it is not done. */
static bool bombard(pthread_t thread, const atomic_bool *done, int times)
{
	int enough = handled + times;

	while (!*done && handled < enough) {
		pthread_kill(thread, SIGUSR1);
		usleep(1000);
	}
	return !*done;
}

TEST_F(interrupted, wait_one_goes_on)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_TRUE(bombard(waiter.thread, &waiter.done, 100));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_EVENT_SIGNALED, waiter.items[0].pending);
}

/* The deadline does not move, although signals come more often than the time that is left. */
TEST_F(interrupted, wait_one_times_out)
{
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(500));
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, deadline));
	EXPECT_FALSE(bombard(waiter.thread, &waiter.done, INT32_MAX / 2));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, finish(&waiter));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	EXPECT_LT(0, handled);
}

TEST_F(interrupted, wait_one_is_canceled)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	EXPECT_TRUE(bombard(waiter.thread, &waiter.done, 20));
	/* The thread sleeps in the wait, not between two tries, where a bad handle is found. */
	EXPECT_TRUE(zxt_sleeps(&waiter.tid));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
}

static zx_handle_t closed_by_handler;

static void close_it(int number)
{
	(void)number;
	zx_handle_close(closed_by_handler);
	handled++;
}

/* The handle is closed while the thread runs a handler, which to the caller is during the wait. */
TEST_F(interrupted, wait_one_is_canceled_by_the_handler)
{
	struct sigaction action = { .sa_handler = close_it, .sa_flags = variant->flags };
	struct waiter waiter;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	closed_by_handler = self->event;
	ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	ASSERT_EQ(0, pthread_kill(waiter.thread, SIGUSR1));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiter));
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.items[0].pending);
	EXPECT_EQ(1, handled);
}

/* The caller learns which of the handles was closed. */
TEST_F(interrupted, wait_many_is_canceled_by_the_handler)
{
	struct sigaction action = { .sa_handler = close_it, .sa_flags = variant->flags };
	struct waiter many = {};
	zx_handle_t other;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &other));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_5));
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	closed_by_handler = other;
	for (int i = 0; i < 3; i++)
		many.items[i] = (zx_wait_item_t){
			.handle = i == 1 ? other : self->event,
			.waitfor = ZX_EVENT_SIGNALED,
			.pending = 77,
		};
	ASSERT_TRUE(start_many(&many, 3));
	ASSERT_EQ(0, pthread_kill(many.thread, SIGUSR1));
	EXPECT_EQ(ZX_ERR_CANCELED, finish(&many));
	EXPECT_EQ(1, handled);
	EXPECT_EQ(ZX_USER_SIGNAL_5, many.items[0].pending);
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, many.items[1].pending);
	EXPECT_EQ(ZX_USER_SIGNAL_5, many.items[2].pending);
	/* A wait that begins with a bad handle fails in another way. */
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_wait_many(many.items, 3, ZX_TIME_INFINITE_PAST));
}

TEST_F(interrupted, wait_many_goes_on)
{
	struct waiter many = { .items = {
		{ .handle = self->event, .waitfor = ZX_USER_SIGNAL_0 },
		{ .handle = self->event, .waitfor = ZX_EVENT_SIGNALED },
	} };

	ASSERT_TRUE(start_many(&many, 2));
	EXPECT_TRUE(bombard(many.thread, &many.done, 100));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&many));
	EXPECT_EQ(ZX_EVENT_SIGNALED, many.items[1].pending);
}

TEST_F(interrupted, wait_many_on_nothing_goes_on)
{
	struct waiter many = { .deadline = zx_deadline_after(ZX_MSEC(500)) };

	ASSERT_EQ(0, pthread_create(&many.thread, NULL, waiter_thread, &many));
	EXPECT_FALSE(bombard(many.thread, &many.done, INT32_MAX / 2));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, finish(&many));
	EXPECT_LE(many.deadline, zx_clock_get_monotonic());
}

/* After Linux signals at any moment, a thread that sleeps in a wait sees each strobe. */
TEST_F(interrupted, strobes_are_seen)
{
	for (int i = 0; i < 20; i++) {
		struct waiter waiter;

		ASSERT_TRUE(start(&waiter, self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
		ASSERT_TRUE(bombard(waiter.thread, &waiter.done, 3));
		ASSERT_TRUE(zxt_sleeps(&waiter.tid));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
		pthread_kill(waiter.thread, SIGUSR1);
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_EVENT_SIGNALED, 0));
		ASSERT_EQ(ZX_OK, finish(&waiter));
		ASSERT_EQ(ZX_EVENT_SIGNALED, waiter.items[0].pending);
	}
}

static bool has_state(pid_t pid, char state)
{
	for (int tries = 0; tries < 20000; tries++, usleep(1000)) {
		char path[64], text[512] = "", *after;
		FILE *stat;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		stat = fopen(path, "r");
		if (!stat)
			return false;
		after = fgets(text, sizeof(text), stat) ? strrchr(text, ')') : NULL;
		fclose(stat);
		if (after && after[1] && after[2] == state)
			return true;
	}
	return false;
}

/* The process is stopped and continued, as a shell does with its jobs. */
TEST_F(wait, being_stopped_does_not_end_it)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (child == 0) {
		zx_time_t deadline = zx_deadline_after(ZX_SEC(1));
		zx_handle_t event;

		if (zx_event_create(0, &event))
			_exit(1);
		if (zx_object_wait_one(event, ZX_EVENT_SIGNALED, deadline, NULL) !=
		    ZX_ERR_TIMED_OUT)
			_exit(2);
		_exit(zx_clock_get_monotonic() < deadline ? 3 : 0);
	}
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(0, kill(child, SIGSTOP));
		EXPECT_TRUE(has_state(child, 'T'));
		EXPECT_EQ(0, kill(child, SIGCONT));
	}
	EXPECT_EQ(0, zxt_reap(child));
}

/* A process ends although its threads wait for ever, by itself or killed. */
TEST_F(wait, the_end_of_the_process_ends_it)
{
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (child == 0) {
			struct waiter many = { .items = { { .waitfor = ZX_EVENT_SIGNALED } } };
			struct waiter waiter;

			if (zx_event_create(0, &many.items[0].handle) ||
			    !start(&waiter, many.items[0].handle, 0, ZX_TIME_INFINITE) ||
			    !start_many(&many, 1))
				_exit(1);
			if (i == 1)
				raise(SIGKILL);
			_exit(5);
		}
		EXPECT_EQ(i == 1 ? 128 + SIGKILL : 5, zxt_reap(child));
	}
}

TEST_HARNESS_MAIN
