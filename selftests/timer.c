// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers: deadlines and slack, setting and canceling, and races of these with the expiry.
 */
#include <poll.h>
#include <stdatomic.h>

#include "zxpoll.h"
#include "zxproc.h"
#include "zxrace.h"
#include "zxthread.h"

static const uint32_t modes[] = {
	ZX_TIMER_SLACK_CENTER, ZX_TIMER_SLACK_EARLY, ZX_TIMER_SLACK_LATE,
};

static const zx_clock_t clocks[] = { ZX_CLOCK_MONOTONIC, ZX_CLOCK_BOOT };

/* Deadlines that have passed. */
static const zx_time_t past[] = { ZX_TIME_INFINITE_PAST, -1, 0, 1 };

static zx_time_t now(zx_clock_t clock)
{
	return clock == ZX_CLOCK_BOOT ? zx_clock_get_boot() : zx_clock_get_monotonic();
}

static zx_handle_t new_timer(uint32_t options, zx_clock_t clock)
{
	zx_handle_t timer = ZX_HANDLE_INVALID;

	zx_timer_create(options, clock, &timer);
	return timer;
}

static zx_info_timer_t info_of(zx_handle_t timer)
{
	zx_info_timer_t info;

	memset(&info, 0xee, sizeof(info));
	zx_object_get_info(timer, ZX_INFO_TIMER, &info, sizeof(info), NULL, NULL);
	return info;
}

#define EXPECT_SET_TO(timer, want_deadline, want_slack)			\
do {									\
	EXPECT_EQ(want_deadline, info_of(timer).deadline);		\
	EXPECT_EQ(want_slack, info_of(timer).slack);			\
} while (0)

#define EXPECT_UNSET(timer)	EXPECT_SET_TO(timer, 0, 0)

static zx_status_t fires(zx_handle_t timer)
{
	return zx_object_wait_one(timer, ZX_TIMER_SIGNALED, ZXT_SOON, NULL);
}

/* Waits for a signal that must not come. */
static zx_signals_t signals_later(zx_handle_t timer)
{
	zx_nanosleep(zx_deadline_after(ZX_MSEC(50)));
	return zxt_signals(timer);
}

FIXTURE(timer)
{
	zx_handle_t timer;
	zx_time_t far;	/* long after the test */
};

FIXTURE_SETUP(timer)
{
	ASSERT_EQ(ZX_OK, zx_timer_create(0, ZX_CLOCK_MONOTONIC, &self->timer));
	self->far = zx_deadline_after(ZX_HOUR(24 * 365));
}

FIXTURE_TEARDOWN(timer)
{
	zx_handle_close(self->timer);
	EXPECT_EQ(0, zxt_handles());
}

/*
 * Creation.
 */

TEST_F(timer, a_new_timer_is_not_set)
{
	EXPECT_EQ(ZX_OBJ_TYPE_TIMER, zxt_basic(self->timer).type);
	EXPECT_EQ(ZX_DEFAULT_TIMER_RIGHTS, zxt_basic(self->timer).rights);
	EXPECT_EQ(0, zxt_basic(self->timer).related_koid);
	EXPECT_EQ(0, zxt_signals(self->timer));
	EXPECT_UNSET(self->timer);
	EXPECT_EQ(0, signals_later(self->timer));
}

TEST_F(timer, every_mode_and_clock)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(clocks); j++) {
			zx_handle_t timer;

			ASSERT_EQ(ZX_OK, zx_timer_create(modes[i], clocks[j], &timer));
			EXPECT_EQ(modes[i], info_of(timer).options);
			EXPECT_EQ(clocks[j], info_of(timer).clock_id);
			EXPECT_EQ(ZX_OK, zx_handle_close(timer));
		}
	}
}

TEST_F(timer, other_modes_and_clocks_are_refused)
{
	zx_handle_t timer = 0;

	for (uint32_t options = ZX_TIMER_SLACK_LATE + 1; options; options <<= 1)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_timer_create(options, 0, &timer));
	for (zx_clock_t clock = ZX_CLOCK_BOOT + 1; clock; clock <<= 1)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_timer_create(0, clock, &timer));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_timer_create(~0u, ~0u, &timer));
	EXPECT_EQ(0, timer);
}

TEST_F(timer, creation_without_a_place_for_the_handle)
{
	void *out;

	zxt_for_each_bad_out(out)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_timer_create(0, ZX_CLOCK_MONOTONIC, out));
	EXPECT_EQ(1, zxt_handles());
}

/*
 * Deadlines.
 */

TEST_F(timer, a_deadline_that_has_passed_raises_the_signal_at_once)
{
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		zx_handle_t timer = new_timer(0, clocks[i]);

		for (size_t j = 0; j <= ARRAY_SIZE(past); j++) {
			zx_time_t deadline = j < ARRAY_SIZE(past) ? past[j] : now(clocks[i]);

			EXPECT_EQ(ZX_OK, zx_timer_set(timer, deadline, ZX_SEC(1)));
			EXPECT_EQ(ZX_TIMER_SIGNALED, zxt_signals(timer));
			EXPECT_UNSET(timer);
			EXPECT_EQ(ZX_OK, zx_timer_cancel(timer));
			EXPECT_EQ(0, zxt_signals(timer));
		}
		EXPECT_EQ(ZX_OK, zx_handle_close(timer));
	}
}

TEST_F(timer, a_passed_deadline_over_and_over)
{
	for (int i = 0; i < 100; i++) {
		EXPECT_EQ(ZX_OK, zx_timer_set(self->timer, zx_clock_get_monotonic(), 0));
		EXPECT_EQ(ZX_TIMER_SIGNALED, zxt_signals(self->timer));
	}
	EXPECT_EQ(ZX_OK, zx_timer_cancel(self->timer));
	EXPECT_EQ(0, signals_later(self->timer));
}

TEST_F(timer, fires_not_before_its_deadline)
{
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		zx_handle_t timer = new_timer(0, clocks[i]);

		for (int j = 0; j < 50; j++) {
			zx_time_t deadline = now(clocks[i]) + ZX_MSEC(1) + ZX_USEC(50) * j;
			zx_signals_t observed = 0;

			ASSERT_EQ(ZX_OK, zx_timer_set(timer, deadline, 0));
			ASSERT_EQ(ZX_OK, zx_object_wait_one(timer, ZX_TIMER_SIGNALED, ZXT_SOON,
							    &observed));
			EXPECT_LE(deadline, now(clocks[i]));
			EXPECT_EQ(ZX_TIMER_SIGNALED, observed);
			EXPECT_UNSET(timer);
		}
		EXPECT_EQ(ZX_OK, zx_handle_close(timer));
	}
}

TEST_F(timer, the_longest_deadlines_do_not_pass)
{
	const zx_time_t deadlines[] = { self->far, ZX_TIME_INFINITE - 1, ZX_TIME_INFINITE };

	for (size_t i = 0; i < ARRAY_SIZE(deadlines); i++) {
		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, deadlines[i], 0));
		EXPECT_SET_TO(self->timer, deadlines[i], 0);
		EXPECT_EQ(0, signals_later(self->timer));
		EXPECT_SET_TO(self->timer, deadlines[i], 0);
	}
	/* The former deadline has no effect on a shorter one. */
	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, zx_deadline_after(ZX_MSEC(1)), 0));
	EXPECT_EQ(ZX_OK, fires(self->timer));
}

TEST_F(timer, a_negative_slack_changes_nothing)
{
	const zx_duration_t slacks[] = { -1, ZX_TIME_INFINITE_PAST };

	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, self->far, 7));
	for (size_t i = 0; i < ARRAY_SIZE(slacks); i++) {
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_timer_set(self->timer, 0, slacks[i]));
		/* It is noticed before the handle is looked up. */
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_timer_set(ZX_HANDLE_INVALID, 0, slacks[i]));
	}
	EXPECT_EQ(0, zxt_signals(self->timer));
	EXPECT_SET_TO(self->timer, self->far, 7);
}

/* Returns the first time at which a timer may fire. */
static zx_time_t earliest(uint32_t mode, zx_time_t deadline, zx_duration_t slack)
{
	return mode == ZX_TIMER_SLACK_LATE ? deadline : deadline - slack;
}

TEST_F(timer, fires_not_earlier_than_its_slack_permits)
{
	const zx_duration_t slacks[] = { 1, ZX_USEC(100), ZX_MSEC(3) };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		zx_handle_t timer = new_timer(modes[i], ZX_CLOCK_MONOTONIC);

		for (size_t j = 0; j < ARRAY_SIZE(slacks) * 10; j++) {
			zx_duration_t slack = slacks[j % ARRAY_SIZE(slacks)];
			zx_time_t deadline = zx_deadline_after(ZX_MSEC(10));

			ASSERT_EQ(ZX_OK, zx_timer_set(timer, deadline, slack));
			ASSERT_EQ(ZX_OK, fires(timer));
			EXPECT_LE(earliest(modes[i], deadline, slack), zx_clock_get_monotonic());
		}
		EXPECT_EQ(ZX_OK, zx_handle_close(timer));
	}
}

/* A slack that reaches beyond the first and the last time. */
TEST_F(timer, the_largest_slack)
{
	const zx_duration_t slacks[] = { ZX_TIME_INFINITE, ZX_TIME_INFINITE - 1, self->far };

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		zx_handle_t timer = new_timer(modes[i], ZX_CLOCK_MONOTONIC);

		for (size_t j = 0; j < ARRAY_SIZE(slacks); j++) {
			EXPECT_EQ(ZX_OK, zx_timer_set(timer, ZX_TIME_INFINITE, slacks[j]));
			EXPECT_SET_TO(timer, ZX_TIME_INFINITE, slacks[j]);
			EXPECT_EQ(ZX_OK, zx_timer_set(timer, ZX_TIME_INFINITE - 1, slacks[j]));
			EXPECT_EQ(ZX_OK, zx_timer_set(timer, self->far, slacks[j]));
			EXPECT_EQ(ZX_OK, zx_timer_set(timer, 0, slacks[j]));
			EXPECT_EQ(ZX_TIMER_SIGNALED, zxt_signals(timer));
			EXPECT_EQ(ZX_OK, zx_timer_set(timer, zx_deadline_after(ZX_MSEC(5)),
						      slacks[j]));
			/* Without an upper bound it may never fire. */
			if (modes[i] == ZX_TIMER_SLACK_EARLY)
				EXPECT_EQ(ZX_OK, fires(timer));
		}
		EXPECT_EQ(ZX_OK, zx_handle_close(timer));
	}
}

#define MANY 1000

/* Whenever one of many has fired, no other one has fired before its time. */
TEST_F(timer, a_thousand_fire_in_their_turn)
{
	static zx_handle_t timers[MANY];
	static zx_time_t deadlines[MANY];
	zx_time_t begin = zx_deadline_after(ZX_MSEC(20));

	for (int i = 0; i < MANY; i++) {
		timers[i] = new_timer(modes[i % 3], ZX_CLOCK_MONOTONIC);
		/* They are not set in the order in which they fire. */
		deadlines[i] = begin + ZX_USEC(100) * (i * 7 % MANY);
		ASSERT_EQ(ZX_OK, zx_timer_set(timers[i], deadlines[i], ZX_USEC(i % 2 * 50)));
	}
	for (int i = 0; i < MANY; i++) {
		int turn = i * 143 % MANY;	/* 143 * 7 is 1 modulo 1000 */

		ASSERT_EQ(ZX_OK, fires(timers[turn]));
		for (int j = turn; j < MANY; j += 97) {
			zx_signals_t signals = zxt_signals(timers[j]);
			zx_time_t first = earliest(modes[j % 3], deadlines[j],
						   ZX_USEC(j % 2 * 50));

			if (signals & ZX_TIMER_SIGNALED)
				ASSERT_LE(first, zx_clock_get_monotonic());
		}
	}
	EXPECT_EQ(ZX_OK, zx_handle_close_many(timers, MANY));
}

/*
 * Setting again, and canceling.
 */

TEST_F(timer, setting_lowers_the_signal)
{
	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, 0, 0));
	ASSERT_EQ(ZX_TIMER_SIGNALED, zxt_signals(self->timer));
	EXPECT_EQ(ZX_OK, zx_timer_set(self->timer, self->far, 0));
	EXPECT_EQ(0, zxt_signals(self->timer));
}

TEST_F(timer, setting_replaces_the_deadline)
{
	for (int i = 0; i < 10; i++) {
		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, zx_deadline_after(ZX_MSEC(20)), 0));
		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, self->far + i, i));
		EXPECT_SET_TO(self->timer, self->far + i, i);
	}
	EXPECT_EQ(0, signals_later(self->timer));
	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, zx_deadline_after(ZX_MSEC(1)), 0));
	EXPECT_EQ(ZX_OK, fires(self->timer));
}

TEST_F(timer, cancel)
{
	/* A timer that is not set. */
	EXPECT_EQ(ZX_OK, zx_timer_cancel(self->timer));
	EXPECT_EQ(0, zxt_signals(self->timer));

	/* One that is. */
	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, zx_deadline_after(ZX_MSEC(20)), 5));
	EXPECT_EQ(ZX_OK, zx_timer_cancel(self->timer));
	EXPECT_UNSET(self->timer);
	EXPECT_EQ(0, signals_later(self->timer));

	/* One that has fired. */
	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, zx_deadline_after(ZX_MSEC(1)), 0));
	ASSERT_EQ(ZX_OK, fires(self->timer));
	EXPECT_EQ(ZX_OK, zx_timer_cancel(self->timer));
	EXPECT_EQ(0, zxt_signals(self->timer));
	EXPECT_EQ(ZX_OK, zx_timer_cancel(self->timer));
}

TEST_F(timer, signals_of_the_program)
{
	/* The module's signal is not the program's to change. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->timer, 0, ZX_TIMER_SIGNALED));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->timer, ZX_TIMER_SIGNALED, 0));
	EXPECT_EQ(0, zxt_signals(self->timer));
	/* The others stay as the program has left them. */
	EXPECT_EQ(ZX_OK, zx_object_signal(self->timer, 0, ZX_USER_SIGNAL_3));
	EXPECT_EQ(ZX_OK, zx_timer_set(self->timer, 0, 0));
	EXPECT_EQ(ZX_TIMER_SIGNALED | ZX_USER_SIGNAL_3, zxt_signals(self->timer));
	EXPECT_EQ(ZX_OK, zx_timer_cancel(self->timer));
	EXPECT_EQ(ZX_USER_SIGNAL_3, zxt_signals(self->timer));
}

TEST_F(timer, rights)
{
	zx_handle_t less = zxt_without(self->timer, ZX_RIGHT_WRITE);

	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_timer_set(less, 0, 0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_timer_cancel(less));
	EXPECT_EQ(0, zxt_signals(self->timer));
	EXPECT_EQ(ZX_OK, zx_handle_close(less));
	/* No other right is needed. */
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->timer, ZX_RIGHT_WRITE, &less));
	EXPECT_EQ(ZX_OK, zx_timer_set(less, 0, 0));
	EXPECT_EQ(ZX_TIMER_SIGNALED, zxt_signals(self->timer));
	EXPECT_EQ(ZX_OK, zx_timer_cancel(less));
	EXPECT_EQ(0, zxt_signals(self->timer));
	EXPECT_EQ(ZX_OK, zx_handle_close(less));
}

/*
 * Who sees the signal.
 */

TEST_F(timer, threads_that_wait)
{
	struct waiter waiters[40];
	zx_handle_t other = new_timer(0, ZX_CLOCK_BOOT);

	/* More than are notified at a time. */
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		ASSERT_TRUE(start(&waiters[i], self->timer, ZX_TIMER_SIGNALED, ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, zx_deadline_after(ZX_MSEC(1)), 0));
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++) {
		ASSERT_TRUE(ends(&waiters[i]));
		EXPECT_EQ(ZX_OK, finish(&waiters[i]));
		EXPECT_EQ(ZX_TIMER_SIGNALED, waiters[i].items[0].pending);
	}
	/* One that waits for two. */
	ASSERT_EQ(ZX_OK, zx_timer_cancel(self->timer));
	waiters[0] = (struct waiter){
		.items = { { self->timer, ZX_TIMER_SIGNALED, 0 }, { other, ZX_TIMER_SIGNALED, 0 } },
		.count = 2,
	};
	ASSERT_TRUE(start_items(&waiters[0], ZX_TIME_INFINITE));
	ASSERT_EQ(ZX_OK, zx_timer_set(other, zx_clock_get_boot() + ZX_MSEC(1), 0));
	ASSERT_TRUE(ends(&waiters[0]));
	EXPECT_EQ(ZX_OK, finish(&waiters[0]));
	EXPECT_EQ(0, waiters[0].items[0].pending);
	EXPECT_EQ(ZX_TIMER_SIGNALED, waiters[0].items[1].pending);
	EXPECT_EQ(ZX_OK, zx_handle_close(other));
}

TEST_F(timer, a_watch_becomes_readable)
{
	int fd, epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->timer, ZX_TIMER_SIGNALED, 0, &fd));
	ASSERT_EQ(0, zxt_epoll_add(epoll, fd, EPOLLIN));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, zx_deadline_after(ZX_MSEC(5)), 0));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, 120000));
		ASSERT_EQ(ZX_OK, zx_timer_cancel(self->timer));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
	}
	close(epoll);
	close(fd);
}

TEST_F(timer, an_exported_timer_becomes_readable)
{
	zx_handle_t copy;
	struct pollfd poller = { .events = POLLIN };

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->timer, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &poller.fd));
	EXPECT_EQ(0, poll(&poller, 1, 0));
	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, zx_deadline_after(ZX_MSEC(5)), 0));
	EXPECT_EQ(1, poll(&poller, 1, 120000));
	EXPECT_EQ(POLLIN, poller.revents);
	ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, self->far, 0));
	EXPECT_EQ(0, poll(&poller, 1, 0));
	close(poller.fd);
}

/* Setting it raises the signal anew, also where it is up: an edge-triggered poller sees that. */
TEST_F(timer, each_firing_is_an_edge)
{
	zx_handle_t copy;
	int fd, epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->timer, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &fd));
	ASSERT_EQ(0, zxt_epoll_add(epoll, fd, EPOLLIN | EPOLLET));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, 0, 0));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, 0));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
	}
	close(epoll);
	close(fd);
}

TEST_F(timer, fires_while_its_handle_is_in_a_message)
{
	zx_handle_t ends[2], timer;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	timer = new_timer(0, ZX_CLOCK_MONOTONIC);
	ASSERT_EQ(ZX_OK, zx_timer_set(timer, zx_deadline_after(ZX_MSEC(5)), 0));
	ASSERT_EQ(ZX_OK, zx_channel_write(ends[0], 0, NULL, 0, &timer, 1));
	zx_nanosleep(zx_deadline_after(ZX_MSEC(20)));
	ASSERT_EQ(ZX_OK, zx_channel_read(ends[1], 0, NULL, &timer, 0, 1, NULL, NULL));
	EXPECT_EQ(ZX_OK, fires(timer));
	/* One that is set when the message is dropped. */
	ASSERT_EQ(ZX_OK, zx_timer_set(timer, zx_deadline_after(ZX_MSEC(5)), 0));
	ASSERT_EQ(ZX_OK, zx_channel_write(ends[0], 0, NULL, 0, &timer, 1));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(ends, 2));
}

/*
 * Races.
 */

/* Until shortly before or after the deadline, by another amount in each round. */
static void spin_until_about(zx_time_t deadline, int round)
{
	while (zx_clock_get_monotonic() < deadline + ZX_USEC(round % 64 - 16))
		;
}

TEST_F(timer, after_cancel_the_signal_stays_down)
{
	for (int i = 0; i < (int)zxt_part(5000); i++) {
		zx_time_t deadline = zx_deadline_after(ZX_USEC(50));

		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, deadline, 0));
		spin_until_about(deadline, i);
		ASSERT_EQ(ZX_OK, zx_timer_cancel(self->timer));
		ASSERT_EQ(0, zxt_signals(self->timer));
		/* Long enough for a work item that was queued before. */
		spin_until_about(deadline, 100);
		ASSERT_EQ(0, zxt_signals(self->timer));
		EXPECT_UNSET(self->timer);
	}
}

TEST_F(timer, a_former_deadline_raises_nothing)
{
	for (int i = 0; i < (int)zxt_part(5000); i++) {
		zx_time_t deadline = zx_deadline_after(ZX_USEC(50));

		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, deadline, 0));
		spin_until_about(deadline, i);
		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, self->far, 0));
		ASSERT_EQ(0, zxt_signals(self->timer));
		spin_until_about(deadline, 100);
		ASSERT_EQ(0, zxt_signals(self->timer));
		EXPECT_SET_TO(self->timer, self->far, 0);
	}
}

/* No deadline is lost where the timer is set again while it fires. */
TEST_F(timer, setting_while_it_fires)
{
	for (int i = 0; i < (int)zxt_part(5000); i++) {
		zx_time_t deadline = zx_deadline_after(ZX_USEC(50));

		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, deadline, 0));
		spin_until_about(deadline, i);
		deadline = zx_deadline_after(ZX_USEC(i % 32));
		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, deadline, 0));
		ASSERT_EQ(ZX_OK, fires(self->timer));
		ASSERT_LE(deadline, zx_clock_get_monotonic());
		EXPECT_UNSET(self->timer);
	}
}

struct race {
	zx_handle_t timer;
	atomic_int wrong;
};

static void set_soon(struct race *race)
{
	zx_status_t status = zx_timer_set(race->timer, zx_deadline_after(ZX_USEC(20)), 0);

	race->wrong += status != ZX_OK && status != ZX_ERR_BAD_HANDLE;
}

static void set_now(struct race *race)
{
	zx_status_t status = zx_timer_set(race->timer, 0, 0);

	race->wrong += status != ZX_OK && status != ZX_ERR_BAD_HANDLE;
}

static void set_and_cancel(struct race *race)
{
	for (int i = 0; i < 10; i++) {
		zx_timer_set(race->timer, zx_deadline_after(ZX_USEC(i)), ZX_USEC(i));
		zx_timer_cancel(race->timer);
	}
}

static void wait_a_moment(struct race *race)
{
	zx_signals_t observed = 0;
	zx_status_t status = zx_object_wait_one(race->timer, ZX_TIMER_SIGNALED,
						zx_deadline_after(ZX_USEC(100)), &observed);

	race->wrong += status == ZX_OK && !(observed & ZX_TIMER_SIGNALED);
}

static void close_it(struct race *race)
{
	race->wrong += zx_handle_close(race->timer) != ZX_OK;
}

TEST_F(timer, set_and_canceled_by_several_threads)
{
	void (*const actions[RACERS])(struct race *race) = {
		set_soon, set_now, set_and_cancel, wait_a_moment,
	};
	static struct racers racers;
	struct race race = { .timer = self->timer };

	racers_start(&racers, &race, actions);
	for (int i = 0; i < (int)zxt_part(3000); i++) {
		racers_round(&racers);
		/* The last word counts. */
		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, self->far, 0));
		ASSERT_EQ(0, zxt_signals(self->timer));
		EXPECT_SET_TO(self->timer, self->far, 0);
	}
	racers_stop(&racers);
	EXPECT_EQ(0, race.wrong);
	EXPECT_EQ(0, signals_later(self->timer));
}

/* The last handle is closed while the timer is set, and fires. */
TEST_F(timer, closed_while_it_is_set)
{
	void (*const actions[RACERS])(struct race *race) = {
		set_soon, set_and_cancel, wait_a_moment, close_it,
	};
	static struct racers racers;
	struct race race = {};

	racers_start(&racers, &race, actions);
	for (int i = 0; i < (int)zxt_part(3000); i++) {
		race.timer = new_timer(0, clocks[i % 2]);
		ASSERT_NE(ZX_HANDLE_INVALID, race.timer);
		ASSERT_EQ(ZX_OK, zx_timer_set(race.timer, now(clocks[i % 2]) + ZX_USEC(i % 40), 0));
		racers_round(&racers);
	}
	racers_stop(&racers);
	EXPECT_EQ(0, race.wrong);
}

/*
 * Time namespaces.
 */

/* In a namespace whose clocks have an offset. @fd is a timer of another one, set to @deadline. */
static void time_by_other_clocks(int fd, zx_time_t deadline, zx_duration_t offset)
{
	zx_handle_t timer;

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		zx_time_t soon = now(clocks[i]) + ZX_MSEC(50), late = now(clocks[i]) + ZX_HOUR(1);

		CHILD_CHECK(zx_timer_create(0, clocks[i], &timer) == ZX_OK);
		CHILD_CHECK(zx_timer_set(timer, soon, 0) == ZX_OK);
		CHILD_CHECK(info_of(timer).deadline == soon);
		CHILD_CHECK(fires(timer) == ZX_OK);
		CHILD_CHECK(now(clocks[i]) >= soon);
		CHILD_CHECK(zx_timer_set(timer, late, 0) == ZX_OK);
		CHILD_CHECK(zxt_signals(timer) == 0);
		CHILD_CHECK(info_of(timer).deadline == late);
		/* Neither of these is moved. */
		CHILD_CHECK(zx_timer_set(timer, ZX_TIME_INFINITE, 0) == ZX_OK);
		CHILD_CHECK(zxt_signals(timer) == 0);
		CHILD_CHECK(info_of(timer).deadline == ZX_TIME_INFINITE);
		for (size_t j = 0; j < ARRAY_SIZE(past); j++) {
			CHILD_CHECK(zx_timer_set(timer, past[j], 0) == ZX_OK);
			CHILD_CHECK(zxt_signals(timer) == ZX_TIMER_SIGNALED);
		}
		/* With one of the offsets this is out of range. */
		CHILD_CHECK(zx_timer_set(timer, ZX_TIME_INFINITE - 1, 0) == ZX_OK);
		CHILD_CHECK(signals_later(timer) == 0);
		CHILD_CHECK(zx_handle_close(timer) == ZX_OK);
	}
	CHILD_CHECK(zxl_handle_import(fd, 0, &timer) == ZX_OK);
	CHILD_CHECK(info_of(timer).deadline == deadline + offset);
	_exit(0);
}

TEST_F(timer, deadlines_are_those_of_the_time_namespace)
{
	const int seconds[] = { -1, 100000 };

	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		zx_handle_t copy;
		char text[64];
		pid_t child;
		int timer;

		ASSERT_EQ(ZX_OK, zx_timer_set(self->timer, self->far, 0));
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->timer, ZX_RIGHT_SAME_RIGHTS, &copy));
		ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &timer));
		snprintf(text, sizeof(text), "monotonic %d 0\nboottime %d 0\n", seconds[i],
			 2 * seconds[i]);
		if (!zxp_unshare_time(text))
			SKIP(return, "no time namespaces");
		child = fork();
		if (!child)
			time_by_other_clocks(timer, self->far, ZX_SEC(seconds[i]));
		EXPECT_EQ(0, zxp_reap(child));
		close(timer);
	}
}

/*
 * Memory.
 */

static void set_many(void)
{
	for (int i = 0; i < MANY; i++) {
		zx_handle_t timer = new_timer(modes[i % 3], clocks[i % 2]);

		/* Some fire while the process ends. */
		CHILD_CHECK(zx_timer_set(timer, now(clocks[i % 2]) + ZX_USEC(i * 20),
					 ZX_USEC(i % 100)) == ZX_OK);
	}
}

/* A process that is killed leaves no timer behind. */
TEST_F_TIMEOUT(timer, killed_with_timers_that_are_set, 120)
{
	static struct zxp_objects before;
	int ready[2], go[2];
	char byte;
	pid_t pid;

	if (!zxp_settle(&before, 1))
		SKIP(return, "the kernel shows no counts of objects");
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	for (int i = 0; i < 10; i++) {
		pid = zxp_start(0, set_many, ready[1], go[0]);
		ASSERT_LT(0, pid);
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		EXPECT_EQ(0, kill(pid, SIGKILL));
		EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
	}
	EXPECT_EQ(NULL, zxp_wait_objects(&before, 60));
}

TEST_F(timer, is_small)
{
	static struct zxp_objects objects;
	long size = 0;

	/* On kernels that debug, and on those for real time, locks and objects are larger. */
	if (getenv("DIVISOR") || access("/sys/kernel/realtime", F_OK) == 0 ||
	    !zxp_count_objects(&objects))
		SKIP(return, "the kernel shows no sizes of objects, or has larger locks");
	ASSERT_LT(0, zxp_count_cache("zircon_timer", &size));
	EXPECT_GE(256, size);
}

TEST_HARNESS_MAIN
