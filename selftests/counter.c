// SPDX-License-Identifier: GPL-2.0-only
/* Counters: the number, and the signals that follow its sign. */
#include <poll.h>
#include <stdatomic.h>

#include "zxtest.h"
#include "zxrace.h"
#include "zxthread.h"

FIXTURE(counter)
{
	zx_handle_t counter, event;
};

FIXTURE_SETUP(counter)
{
	ASSERT_EQ(ZX_OK, zx_counter_create(0, &self->counter));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
}

FIXTURE_TEARDOWN(counter)
{
	zx_handle_close(self->counter);
	zx_handle_close(self->event);
	EXPECT_EQ(0, zxt_handles());
}

/* Returns the number, or one that no test writes. */
static int64_t value_of(zx_handle_t counter)
{
	int64_t value;

	return zx_counter_read(counter, &value) == ZX_OK ? value : 0x5a5a5a5a;
}

static zx_signals_t signals_for(int64_t value)
{
	return value > 0 ? ZX_COUNTER_POSITIVE : ZX_COUNTER_NON_POSITIVE;
}

#define EXPECT_VALUE(want)						\
do {									\
	EXPECT_EQ(want, value_of(self->counter));			\
	EXPECT_EQ(signals_for(want), zxt_signals(self->counter));	\
} while (0)

TEST_F(counter, a_new_counter_is_zero)
{
	EXPECT_EQ(ZX_OBJ_TYPE_COUNTER, zxt_basic(self->counter).type);
	EXPECT_EQ(ZX_DEFAULT_COUNTER_RIGHTS, zxt_basic(self->counter).rights);
	EXPECT_EQ(0, zxt_basic(self->counter).related_koid);
	EXPECT_VALUE(0);
}

TEST_F(counter, options_are_refused)
{
	zx_handle_t counter = 0;

	for (uint32_t bit = 1; bit; bit <<= 1)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_counter_create(bit, &counter));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_counter_create(~0u, &counter));
	EXPECT_EQ(0, counter);
}

TEST_F(counter, creation_without_a_place_for_the_handle)
{
	void *out;

	zxt_for_each_bad_out(out)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_counter_create(0, out));
	EXPECT_EQ(2, zxt_handles());
}

TEST_F(counter, add)
{
	static const struct {
		int64_t add, value;
	} steps[] = {
		{ 0, 0 }, { -1, -1 }, { 1, 0 }, { 1, 1 }, { 0, 1 }, { 41, 42 }, { -42, 0 },
		{ 5, 5 }, { -10, -5 }, { INT64_MAX, INT64_MAX - 5 }, { 5, INT64_MAX },
		{ INT64_MIN, -1 }, { INT64_MIN + 1, INT64_MIN }, { INT64_MAX, -1 }, { 2, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		EXPECT_EQ(ZX_OK, zx_counter_add(self->counter, steps[i].add));
		EXPECT_VALUE(steps[i].value);
	}
}

TEST_F(counter, write)
{
	static const int64_t values[] = {
		0, -1, 1, 1, 0, INT64_MAX, INT64_MIN, INT64_MAX, 7, -7, -8, 0,
	};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		EXPECT_EQ(ZX_OK, zx_counter_write(self->counter, values[i]));
		EXPECT_VALUE(values[i]);
	}
}

TEST_F(counter, a_sum_out_of_range_changes_nothing)
{
	static const struct {
		int64_t value, add;
	} sums[] = {
		{ INT64_MAX, 1 }, { INT64_MAX, INT64_MAX }, { 1, INT64_MAX },
		{ INT64_MIN, -1 }, { INT64_MIN, INT64_MIN }, { -1, INT64_MIN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
		ASSERT_EQ(ZX_OK, zx_counter_write(self->counter, sums[i].value));
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_counter_add(self->counter, sums[i].add));
		EXPECT_VALUE(sums[i].value);
	}
}

TEST_F(counter, a_number_that_cannot_be_written)
{
	void *out;

	zxt_for_each_bad_out(out)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_counter_read(self->counter, out));
	/* NULL is noticed before the handle is looked up, other addresses are not. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_counter_read(ZX_HANDLE_INVALID, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_counter_read(ZX_HANDLE_INVALID, zxt_nowhere[0]));
}

TEST_F(counter, other_types)
{
	int64_t value = 77;

	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_counter_read(self->event, &value));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_counter_write(self->event, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_counter_add(self->event, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_counter_read(ZX_HANDLE_INVALID, &value));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_counter_write(ZX_HANDLE_INVALID, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_counter_add(ZX_HANDLE_INVALID, 1));
	EXPECT_EQ(77, value);
}

TEST_F(counter, rights)
{
	static const struct {
		zx_rights_t without;
		zx_status_t read, write, add;
	} cases[] = {
		{ ZX_RIGHT_READ, ZX_ERR_ACCESS_DENIED, ZX_OK, ZX_ERR_ACCESS_DENIED },
		{ ZX_RIGHT_WRITE, ZX_OK, ZX_ERR_ACCESS_DENIED, ZX_ERR_ACCESS_DENIED },
		{ ZX_RIGHTS_IO, ZX_ERR_ACCESS_DENIED, ZX_ERR_ACCESS_DENIED, ZX_ERR_ACCESS_DENIED },
		{ ~ZX_RIGHTS_IO, ZX_OK, ZX_OK, ZX_OK },
	};
	int64_t value = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		zx_handle_t less = zxt_without(self->counter, cases[i].without);

		ASSERT_EQ(ZX_OK, zx_counter_write(self->counter, 10));
		EXPECT_EQ(cases[i].read, zx_counter_read(less, &value));
		EXPECT_EQ(cases[i].write, zx_counter_write(less, 10));
		EXPECT_EQ(cases[i].add, zx_counter_add(less, 1));
		if (cases[i].add == ZX_OK)
			EXPECT_VALUE(11);
		else
			EXPECT_VALUE(10);
		EXPECT_EQ(ZX_OK, zx_handle_close(less));
	}
	EXPECT_EQ(10, value);
	/* A program without the right to read must not learn the value from the status. */
	ASSERT_EQ(ZX_OK, zx_counter_write(self->counter, INT64_MAX));
	zx_handle_t less = zxt_without(self->counter, ZX_RIGHT_READ);

	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_counter_add(less, 1));
	EXPECT_EQ(ZX_OK, zx_handle_close(less));
}

/* Programs raise and lower SIGNALED and the user signals; the counter's value changes neither. */
TEST_F(counter, signals_of_the_program)
{
	const zx_signals_t others = ZX_COUNTER_SIGNALED | ZX_USER_SIGNAL_0;

	EXPECT_EQ(ZX_OK, zx_object_signal(self->counter, 0, others));
	EXPECT_EQ(ZX_COUNTER_NON_POSITIVE | others, zxt_signals(self->counter));
	EXPECT_EQ(ZX_OK, zx_counter_add(self->counter, 1));
	EXPECT_EQ(ZX_COUNTER_POSITIVE | others, zxt_signals(self->counter));
	EXPECT_EQ(ZX_OK, zx_counter_write(self->counter, 0));
	EXPECT_EQ(ZX_COUNTER_NON_POSITIVE | others, zxt_signals(self->counter));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->counter, others, 0));
	EXPECT_VALUE(0);
	/* The two of the module are not. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->counter, 0, ZX_COUNTER_POSITIVE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->counter, ZX_COUNTER_NON_POSITIVE, 0));
	EXPECT_VALUE(0);
}

TEST_F(counter, a_change_of_sign_ends_waits)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->counter, ZX_COUNTER_POSITIVE, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_counter_add(self->counter, -1));
	EXPECT_EQ(ZX_OK, zx_counter_add(self->counter, 1));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, zx_counter_add(self->counter, 1));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_COUNTER_POSITIVE, waiter.items[0].pending);
	ASSERT_TRUE(start(&waiter, self->counter, ZX_COUNTER_NON_POSITIVE, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_counter_write(self->counter, 5));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, zx_counter_write(self->counter, 0));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_COUNTER_NON_POSITIVE, waiter.items[0].pending);
}

TEST_F(counter, a_watch_becomes_readable)
{
	struct pollfd poller = { .events = POLLIN };

	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->counter, ZX_COUNTER_POSITIVE, 0, &poller.fd));
	EXPECT_EQ(0, poll(&poller, 1, 0));
	EXPECT_EQ(ZX_OK, zx_counter_add(self->counter, 3));
	EXPECT_EQ(1, poll(&poller, 1, 0));
	EXPECT_EQ(POLLIN, poller.revents);
	EXPECT_EQ(ZX_OK, zx_counter_add(self->counter, -3));
	EXPECT_EQ(0, poll(&poller, 1, 0));
	close(poller.fd);
}

#define ADDS 200

struct race {
	zx_handle_t counter;
	atomic_int wrong;
};

static void count_up(struct race *race)
{
	for (int i = 0; i < ADDS; i++)
		race->wrong += zx_counter_add(race->counter, 3) != ZX_OK;
}

static void count_down(struct race *race)
{
	for (int i = 0; i < ADDS; i++)
		race->wrong += zx_counter_add(race->counter, -3) != ZX_OK;
}

/* Of the two signals always one is up. */
static void look(struct race *race)
{
	for (int i = 0; i < ADDS; i++) {
		zx_signals_t signals = zxt_signals(race->counter);

		race->wrong += signals != ZX_COUNTER_POSITIVE && signals != ZX_COUNTER_NON_POSITIVE;
	}
}

/* Consumes one, as from a counting semaphore, and returns it. */
static void take_one(struct race *race)
{
	for (int i = 0; i < ADDS; i++) {
		race->wrong += zx_counter_add(race->counter, -1) != ZX_OK;
		race->wrong += zx_counter_add(race->counter, 1) != ZX_OK;
	}
}

TEST_F(counter, several_threads_count)
{
	void (*const actions[RACERS])(struct race *race) = {
		count_up, count_down, take_one, look,
	};
	static struct racers racers;
	struct race race = { .counter = self->counter };

	racers_start(&racers, &race, actions);
	for (int i = 0; i < (int)zxt_part(200); i++) {
		racers_round(&racers);
		EXPECT_VALUE(0);
	}
	racers_stop(&racers);
	EXPECT_EQ(0, race.wrong);
}

TEST_HARNESS_MAIN
