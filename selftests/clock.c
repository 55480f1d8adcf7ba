// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks: what each kind of clock allows, the time that it shows, its signals, time namespaces, and
 * updates that race with reads.
 */
#include <linux/io_uring.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <zircon/syscalls/clock.h>
#include <zircon/utc.h>

#include "zxport.h"
#include "zxproc.h"
#include "zxrace.h"
#include "zxthread.h"

#define MONOTONIC	ZX_CLOCK_OPT_MONOTONIC
#define CONTINUOUS	ZX_CLOCK_OPT_CONTINUOUS
#define AUTO_START	ZX_CLOCK_OPT_AUTO_START
#define BOOT		ZX_CLOCK_OPT_BOOT

#define V1		ZX_CLOCK_ARGS_VERSION(1)
#define V2		ZX_CLOCK_ARGS_VERSION(2)
#define VALUE		ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID
#define RATE		ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID
#define ERROR		ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID
#define REFERENCE	ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID

#define DAY		ZX_HOUR(24)

static const uint64_t versions[] = { V1, V2 };

/* The next valid combination of MONOTONIC, CONTINUOUS, AUTO_START and BOOT. */
static uint64_t next_kind(uint64_t options)
{
	do
		options++;
	while ((options & CONTINUOUS) && !(options & MONOTONIC));
	return options;
}

#define for_each_kind(options) \
	for (uint64_t options = 0; options <= BOOT * 2 - 1; options = next_kind(options))

/* The time of the reference of a clock with these options. */
static zx_time_t now(uint64_t options)
{
	return options & BOOT ? zx_clock_get_boot() : zx_clock_get_monotonic();
}

static zx_handle_t new_clock(uint64_t options, zx_time_t backstop)
{
	const zx_clock_create_args_v1_t args = { .backstop_time = backstop };
	zx_handle_t clock = ZX_HANDLE_INVALID;

	zx_clock_create(options | V1, &args, &clock);
	return clock;
}

/* An update with either version of the arguments. */
static zx_status_t update(zx_handle_t clock, uint64_t options, zx_clock_update_args_v2_t args)
{
	const zx_clock_update_args_v1_t former = {
		.rate_adjust = args.rate_adjust,
		.value = args.synthetic_value,
		.error_bound = args.error_bound,
	};
	const void *ptr = (options & ZX_CLOCK_ARGS_VERSION_MASK) == V1 ? (const void *)&former :
									 (const void *)&args;

	return zx_clock_update(clock, options, ptr);
}

#define UPDATE(clock, options, ...) \
	update(clock, options, (zx_clock_update_args_v2_t){ __VA_ARGS__ })

#define SET(clock, version, value) \
	UPDATE(clock, (version) | VALUE, .synthetic_value = (value))

#define SET_AT(clock, reference, value) \
	UPDATE(clock, V2 | REFERENCE | VALUE, .reference_value = (reference), \
	       .synthetic_value = (value))

#define SET_RATE(clock, version, rate) \
	UPDATE(clock, (version) | RATE, .rate_adjust = (rate))

/* A time that no test sets, if the call fails. */
static zx_time_t time_of(zx_handle_t clock)
{
	zx_time_t time;

	return zx_clock_read(clock, &time) == ZX_OK ? time : ZX_TIME_INFINITE_PAST;
}

static zx_clock_details_v1_t details_of(zx_handle_t clock)
{
	zx_clock_details_v1_t details;

	memset(&details, 0xee, sizeof(details));
	zx_clock_get_details(clock, V1, &details);
	return details;
}

static int64_t clamp(__int128 value)
{
	return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : value;
}

/*
 * The time of a clock when its reference shows @reference. Each step ends at the smallest or
 * largest number, and the quotient is rounded towards minus infinity.
 */
static int64_t apply(const zx_clock_transformation_t *function, int64_t reference)
{
	__int128 passed = clamp((__int128)reference - function->reference_offset);
	__int128 product = passed * function->rate.synthetic_ticks;
	__int128 quotient = product / function->rate.reference_ticks;

	if (product % function->rate.reference_ticks < 0)
		quotient--;
	return clamp((__int128)clamp(quotient) + function->synthetic_offset);
}

static int64_t time_at(zx_handle_t clock, int64_t reference)
{
	zx_clock_details_v1_t details = details_of(clock);

	return apply(&details.reference_to_synthetic, reference);
}

/* Whether the clock is @rate parts per million faster than its reference. */
static bool has_rate(const zx_clock_details_v1_t *details, int32_t rate)
{
	const zx_clock_rate_t *ratio = &details->reference_to_synthetic.rate;

	return ratio->reference_ticks && (uint64_t)ratio->synthetic_ticks * 1000000 ==
					 (uint64_t)ratio->reference_ticks * (1000000 + rate);
}

static bool same_function(const zx_clock_transformation_t *a, const zx_clock_transformation_t *b)
{
	return a->reference_offset == b->reference_offset &&
	       a->synthetic_offset == b->synthetic_offset &&
	       a->rate.synthetic_ticks == b->rate.synthetic_ticks &&
	       a->rate.reference_ticks == b->rate.reference_ticks;
}

/* Whether no update was between these; the times of the queries differ. */
static bool same_details(zx_clock_details_v1_t a, const zx_clock_details_v1_t *b)
{
	a.query_ticks = b->query_ticks;
	return memcmp(&a, b, sizeof(a)) == 0;
}

#define EXPECT_BETWEEN(first, value, last)	\
do {						\
	int64_t _value = (value);		\
						\
	EXPECT_LE(first, _value);		\
	EXPECT_GE(last, _value);		\
} while (0)

FIXTURE(clock)
{
	zx_handle_t clock, port, event;
};

FIXTURE_SETUP(clock)
{
	ASSERT_EQ(ZX_OK, zx_clock_create(0, NULL, &self->clock));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &self->port));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
}

FIXTURE_TEARDOWN(clock)
{
	zx_handle_close(self->clock);
	zx_handle_close(self->port);
	zx_handle_close(self->event);
	EXPECT_EQ(0, zxt_handles());
}

/*
 * Creation.
 */

TEST_F(clock, a_new_clock_is_not_started)
{
	EXPECT_EQ(ZX_OBJ_TYPE_CLOCK, zxt_basic(self->clock).type);
	EXPECT_EQ(ZX_DEFAULT_CLOCK_RIGHTS, zxt_basic(self->clock).rights);
	EXPECT_EQ(0, zxt_basic(self->clock).related_koid);
	EXPECT_EQ(0, zxt_signals(self->clock));
	EXPECT_EQ(0, time_of(self->clock));
}

TEST_F(clock, options_of_creation)
{
	for (uint64_t options = 0; options <= ZX_CLOCK_OPTS_ALL; options++) {
		bool alone = (options & CONTINUOUS) && !(options & MONOTONIC);
		zx_handle_t clock = ZX_HANDLE_INVALID;
		zx_status_t status = alone ? ZX_ERR_INVALID_ARGS :
				     options & ZX_CLOCK_OPT_MAPPABLE ? ZX_ERR_NOT_SUPPORTED :
								       ZX_OK;

		EXPECT_EQ(status, zx_clock_create(options, NULL, &clock));
		EXPECT_EQ(status == ZX_OK, clock != ZX_HANDLE_INVALID);
		if (status != ZX_OK)
			continue;
		EXPECT_EQ(options, details_of(clock).options);
		EXPECT_EQ(ZX_DEFAULT_CLOCK_RIGHTS, zxt_basic(clock).rights);
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
}

TEST_F(clock, unknown_options_of_creation)
{
	const zx_clock_create_args_v1_t args = {};
	zx_handle_t clock = ZX_HANDLE_INVALID;

	for (unsigned int bit = 5; bit < ZX_CLOCK_ARGS_VERSION_SHIFT; bit++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(1ull << bit, NULL, &clock));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(1ull << bit | V1, &args, &clock));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_clock_create(1ull << bit | ZX_CLOCK_OPT_MAPPABLE, NULL, &clock));
	}
	EXPECT_EQ(ZX_HANDLE_INVALID, clock);
}

TEST_F(clock, arguments_of_creation)
{
	const zx_clock_create_args_v1_t args = { .backstop_time = 12345 };
	zx_clock_create_args_v1_t *edge = zxt_at_edge(sizeof(args));
	zx_handle_t clock = ZX_HANDLE_INVALID;

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(0, &args, &clock));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(V1, NULL, &clock));
	for (uint64_t version = 2; version < 64; version++) {
		uint64_t options = ZX_CLOCK_ARGS_VERSION(version);

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(options, &args, &clock));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(options, NULL, &clock));
	}
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(V1, zxt_nowhere[i], &clock));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(0, zxt_nowhere[i], &clock));
	}
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(V1, (uint8_t *)edge + 1, &clock));
	EXPECT_EQ(ZX_HANDLE_INVALID, clock);
	*edge = args;
	EXPECT_EQ(ZX_OK, zx_clock_create(V1, edge, &clock));
	EXPECT_EQ(12345, details_of(clock).backstop_time);
	EXPECT_EQ(12345, time_of(clock));
	EXPECT_EQ(ZX_OK, zx_handle_close(clock));
}

TEST_F(clock, backstops_of_creation)
{
	static const zx_time_t valid[] = { 0, 1, INT64_MAX - 1, INT64_MAX };
	static const zx_time_t negative[] = { -1, -12345, INT64_MIN };

	for_each_kind(options) {
		uint64_t started = options & AUTO_START;
		zx_handle_t clock;

		for (size_t i = 0; i < ARRAY_SIZE(negative); i++)
			EXPECT_EQ(ZX_HANDLE_INVALID, new_clock(options, negative[i]));
		for (size_t i = 0; i < ARRAY_SIZE(valid); i++) {
			clock = new_clock(options, valid[i]);
			/* A clock that is started must not be earlier than its backstop. */
			EXPECT_EQ(!started || valid[i] <= 1, clock != ZX_HANDLE_INVALID);
			if (clock == ZX_HANDLE_INVALID)
				continue;
			EXPECT_EQ(valid[i], details_of(clock).backstop_time);
			if (!started)
				EXPECT_EQ(valid[i], time_of(clock));
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
		}
		clock = new_clock(options | AUTO_START, now(options));
		EXPECT_NE(ZX_HANDLE_INVALID, clock);
		zx_handle_close(clock);
		EXPECT_EQ(ZX_HANDLE_INVALID, new_clock(options | AUTO_START, now(options) + DAY));
	}
}

/* The options and the backstop are checked before ZX_CLOCK_OPT_MAPPABLE. */
TEST_F(clock, errors_of_creation_come_in_this_order)
{
	zx_clock_create_args_v1_t args = { .backstop_time = -1 };
	uint64_t mappable = ZX_CLOCK_OPT_MAPPABLE;
	zx_handle_t clock;

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(mappable | V1, &args, &clock));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(mappable | V1, NULL, &clock));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(mappable | CONTINUOUS, NULL, &clock));
	args.backstop_time = now(0) + DAY;
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_clock_create(mappable | AUTO_START | V1, &args, &clock));
	args.backstop_time = 1;
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_clock_create(mappable | V1, &args, &clock));
}

TEST_F(clock, creation_without_a_place_for_the_handle)
{
	void *out;

	zxt_for_each_bad_out(out) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(0, NULL, out));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(AUTO_START | BOOT, NULL, out));
	}
	EXPECT_EQ(3, zxt_handles());
}

/*
 * Reading.
 */

TEST_F(clock, time_before_and_after_the_start)
{
	static const zx_time_t backstops[] = { 0, 12345 };

	for_each_kind(options) {
		for (size_t i = 0; i < ARRAY_SIZE(backstops); i++) {
			zx_time_t updated[2], read[2], value = 1000000, time;
			zx_handle_t clock;

			if (options & AUTO_START)
				continue;
			clock = new_clock(options, backstops[i]);
			ASSERT_NE(ZX_HANDLE_INVALID, clock);
			/* It stands until the first update. */
			EXPECT_EQ(backstops[i], time_of(clock));
			EXPECT_EQ(backstops[i], time_of(clock));
			updated[0] = now(options);
			ASSERT_EQ(ZX_OK, SET(clock, V2, value));
			updated[1] = now(options);
			read[0] = now(options);
			time = time_of(clock);
			read[1] = now(options);
			EXPECT_BETWEEN(value + read[0] - updated[1], time,
				       value + read[1] - updated[0]);
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
		}
	}
}

TEST_F(clock, one_that_starts_by_itself_shows_its_reference)
{
	for_each_kind(options) {
		zx_handle_t clock = new_clock(options | AUTO_START, 0);
		zx_clock_details_v1_t details = details_of(clock);
		zx_time_t before = now(options), time = time_of(clock), after = now(options);

		EXPECT_BETWEEN(before, time, after);
		EXPECT_EQ(details.reference_to_synthetic.reference_offset,
			  details.reference_to_synthetic.synthetic_offset);
		EXPECT_TRUE(has_rate(&details, 0));
		EXPECT_EQ(0, details.backstop_time);
		EXPECT_EQ(ZX_CLOCK_UNKNOWN_ERROR, details.error_bound);
		/* It counts as an update of the time and the rate. */
		EXPECT_LT(0, details.last_value_update_ticks);
		EXPECT_GE(before, details.last_value_update_ticks);
		EXPECT_EQ(details.last_value_update_ticks, details.last_rate_adjust_update_ticks);
		EXPECT_EQ(0, details.last_error_bounds_update_ticks);
		EXPECT_EQ(ZX_CLOCK_STARTED, zxt_signals(clock));
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
}

TEST_F(clock, reading_checks_the_handle_first)
{
	zx_handle_t none = zxt_without(self->clock, ZX_RIGHT_READ), event;
	zx_time_t time = 77;
	void *out;

	event = zxt_without(self->event, ZX_RIGHTS_BASIC & ~ZX_RIGHT_TRANSFER);
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_clock_read(ZX_HANDLE_INVALID, &time));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_clock_read(~0u, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_clock_read(event, &time));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_clock_read(self->port, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_clock_read(none, &time));
	EXPECT_EQ(77, time);
	zxt_for_each_bad_out(out) {
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_clock_read(none, out));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_read(self->clock, out));
	}
	zx_handle_close(none);
	zx_handle_close(event);
}

TEST_F(clock, details_check_the_options_and_null_before_the_handle)
{
	const uint64_t other[] = { 0, V2, V1 | 1, V1 | BOOT, ZX_CLOCK_ARGS_VERSION(63), ~0ull };
	zx_handle_t none = zxt_without(self->clock, ZX_RIGHT_READ);
	zx_clock_details_v1_t details;
	void *out;

	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_clock_get_details(self->clock, other[i], &details));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_get_details(~0u, other[i], &details));
	}
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_get_details(ZX_HANDLE_INVALID, V1, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_clock_get_details(ZX_HANDLE_INVALID, V1, &details));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_clock_get_details(self->event, V1, &details));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_clock_get_details(self->port, V1, &details));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_clock_get_details(none, V1, &details));
	zxt_for_each_bad_out(out) {
		EXPECT_EQ(out ? ZX_ERR_ACCESS_DENIED : ZX_ERR_INVALID_ARGS,
			  zx_clock_get_details(none, V1, out));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_get_details(self->clock, V1, out));
	}
	zx_handle_close(none);
}

/* The call writes all of the struct, and nothing behind it. */
TEST_F(clock, details_have_one_size)
{
	zx_clock_details_v1_t *edge = zxt_at_edge(sizeof(*edge));
	struct {
		zx_clock_details_v1_t details;
		uint8_t more[8];
	} large;

	memset(&large, 0xee, sizeof(large));
	EXPECT_EQ(ZX_OK, zx_clock_get_details(self->clock, V1, &large));
	for (size_t i = 0; i < sizeof(large.more); i++)
		EXPECT_EQ(0xee, large.more[i]);
	for (size_t i = 0; i < sizeof(large.details.padding1); i++)
		EXPECT_EQ(0, large.details.padding1[i]);
	EXPECT_EQ(ZX_OK, zx_clock_get_details(self->clock, V1, edge));
	EXPECT_TRUE(same_details(large.details, edge));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_clock_get_details(self->clock, V1, (uint8_t *)edge + 1));
}

/*
 * Details.
 */

/* Reads details, and checks the time of the query, and the fields that no update changes. */
#define DETAILS(clock, want_options, want_backstop)					\
({											\
	zx_time_t _before = now(want_options);						\
	zx_clock_details_v1_t _details = details_of(clock);				\
											\
	EXPECT_BETWEEN(_before, _details.query_ticks, now(want_options));		\
	EXPECT_EQ(want_options, _details.options);					\
	EXPECT_EQ(want_backstop, _details.backstop_time);				\
	EXPECT_TRUE(same_function(&_details.reference_to_synthetic,			\
				  &_details.reference_ticks_to_synthetic));		\
	_details;									\
})

TEST_F(clock, details_follow_the_updates)
{
	static const zx_time_t backstops[] = { 0, 12345 };

	for_each_kind(options) {
		if (options & AUTO_START)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(backstops) * 2; i++) {
			zx_time_t backstop = backstops[i / 2], before, after;
			uint64_t version = versions[i % 2];
			zx_handle_t clock = new_clock(options, backstop);
			const zx_clock_transformation_t *function;
			zx_clock_details_v1_t last, details;

			last = DETAILS(clock, options, backstop);
			function = &details.reference_to_synthetic;
			EXPECT_EQ(ZX_CLOCK_UNKNOWN_ERROR, last.error_bound);
			EXPECT_EQ(0, last.last_value_update_ticks);
			EXPECT_EQ(0, last.last_rate_adjust_update_ticks);
			EXPECT_EQ(0, last.last_error_bounds_update_ticks);
			EXPECT_EQ(0, last.reference_to_synthetic.rate.synthetic_ticks);
			EXPECT_NE(0, last.reference_to_synthetic.rate.reference_ticks);
			EXPECT_EQ(backstop, apply(&last.reference_to_synthetic, now(options)));

			/* The start counts also as a change of the rate, which was zero. */
			before = now(options);
			ASSERT_EQ(ZX_OK, SET(clock, version, 1000000));
			after = now(options);
			details = DETAILS(clock, options, backstop);
			EXPECT_EQ(last.generation_counter + 1, details.generation_counter);
			EXPECT_EQ(ZX_CLOCK_UNKNOWN_ERROR, details.error_bound);
			EXPECT_BETWEEN(before, details.last_value_update_ticks, after);
			EXPECT_EQ(details.last_value_update_ticks,
				  details.last_rate_adjust_update_ticks);
			EXPECT_EQ(0, details.last_error_bounds_update_ticks);
			EXPECT_EQ(details.last_value_update_ticks, function->reference_offset);
			EXPECT_EQ(1000000, function->synthetic_offset);
			EXPECT_EQ(1, function->rate.synthetic_ticks);
			EXPECT_EQ(1, function->rate.reference_ticks);

			/* The old and the new function meet at the moment of the update. */
			last = details;
			before = now(options);
			ASSERT_EQ(ZX_OK, SET_RATE(clock, version, 65));
			after = now(options);
			details = DETAILS(clock, options, backstop);
			EXPECT_EQ(last.generation_counter + 1, details.generation_counter);
			EXPECT_EQ(ZX_CLOCK_UNKNOWN_ERROR, details.error_bound);
			EXPECT_EQ(last.last_value_update_ticks, details.last_value_update_ticks);
			EXPECT_BETWEEN(before, details.last_rate_adjust_update_ticks, after);
			EXPECT_EQ(0, details.last_error_bounds_update_ticks);
			EXPECT_EQ(details.last_rate_adjust_update_ticks,
				  function->reference_offset);
			EXPECT_EQ(apply(&last.reference_to_synthetic, function->reference_offset),
				  function->synthetic_offset);
			EXPECT_TRUE(has_rate(&details, 65));

			/* The error bound has no influence on the time. */
			last = details;
			before = now(options);
			ASSERT_EQ(ZX_OK, UPDATE(clock, version | ERROR, .error_bound = 1234567));
			after = now(options);
			details = DETAILS(clock, options, backstop);
			EXPECT_EQ(last.generation_counter + 1, details.generation_counter);
			EXPECT_EQ(1234567, details.error_bound);
			EXPECT_BETWEEN(before, details.last_error_bounds_update_ticks, after);
			EXPECT_EQ(last.last_value_update_ticks, details.last_value_update_ticks);
			EXPECT_EQ(last.last_rate_adjust_update_ticks,
				  details.last_rate_adjust_update_ticks);
			EXPECT_TRUE(same_function(&last.reference_to_synthetic, function));
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
		}
	}
}

/* To set the rate to what it is changes its time of update, and not the function. */
TEST_F(clock, a_rate_that_is_the_same)
{
	static const int32_t rates[] = { 0, 1, -1, 20, -20, 1000, -1000 };

	for_each_kind(options) {
		zx_handle_t clock = new_clock(options, 0);

		if (!(options & AUTO_START))
			ASSERT_EQ(ZX_OK, SET(clock, V2, 12345678));
		for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
			zx_clock_details_v1_t last, details;
			zx_time_t before, after;

			if (rates[i])
				ASSERT_EQ(ZX_OK, SET_RATE(clock, V2, rates[i]));
			last = details_of(clock);
			EXPECT_TRUE(has_rate(&last, rates[i]));
			before = now(options);
			ASSERT_EQ(ZX_OK, SET_RATE(clock, versions[i % 2], rates[i]));
			after = now(options);
			details = details_of(clock);
			EXPECT_BETWEEN(before, details.last_rate_adjust_update_ticks, after);
			EXPECT_EQ(last.generation_counter + 1, details.generation_counter);
			last.last_rate_adjust_update_ticks = details.last_rate_adjust_update_ticks;
			last.generation_counter++;
			EXPECT_TRUE(same_details(last, &details));
		}
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
}

TEST_F(clock, every_error_bound)
{
	static const uint64_t bounds[] = {
		12345, 0, INT64_MAX, 1ull << 63, UINT64_MAX - 1, ZX_CLOCK_UNKNOWN_ERROR,
	};

	for_each_kind(options) {
		zx_handle_t clock = new_clock(options, 0);

		/* Also together with the start, if it is not started. */
		if (!(options & AUTO_START)) {
			EXPECT_EQ(ZX_OK, UPDATE(clock, V2 | VALUE | ERROR, .error_bound = 7));
			EXPECT_EQ(7, details_of(clock).error_bound);
		}
		for (size_t i = 0; i < ARRAY_SIZE(bounds) * 2; i++) {
			EXPECT_EQ(ZX_OK, UPDATE(clock, versions[i % 2] | ERROR,
						.error_bound = bounds[i / 2]));
			EXPECT_EQ(bounds[i / 2], details_of(clock).error_bound);
		}
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
}

/*
 * Updates: which are allowed.
 */

/*
 * A row for each set of valid fields. The columns: version 1 for a clock that is not started, and
 * for one that is, without an option, monotonic, and continuous; the same for version 2.
 * '+' is ZX_OK, '-' ZX_ERR_INVALID_ARGS, 's' ZX_ERR_BAD_STATE.
 */
static const char *const allowed[16] = {
	[0]				= "---- ----",
	[VALUE]				= "+++- ++--",
	[RATE]				= "s+++ s+++",
	[VALUE | RATE]			= "+++- ++--",
	[ERROR]				= "s+++ s+++",
	[ERROR | VALUE]			= "+++- ++--",
	[ERROR | RATE]			= "s+++ s+++",
	[ERROR | VALUE | RATE]		= "+++- ++--",
	[REFERENCE]			= "---- ----",
	[REFERENCE | VALUE]		= "---- +++-",
	[REFERENCE | RATE]		= "---- s+--",
	[REFERENCE | VALUE | RATE]	= "---- ++--",
	[REFERENCE | ERROR]		= "---- ----",
	[REFERENCE | ERROR | VALUE]	= "---- +++-",
	[REFERENCE | ERROR | RATE]	= "---- s+--",
	[REFERENCE | ERROR | VALUE | RATE] = "---- ++--",
};

static zx_status_t status_of(uint64_t options, bool started, uint64_t version, uint64_t fields)
{
	int kind = options & CONTINUOUS ? 3 : options & MONOTONIC ? 2 : 1;

	switch (allowed[fields][(version == V2) * 5 + (started ? kind : 0)]) {
	case '+':
		return ZX_OK;
	case 's':
		return ZX_ERR_BAD_STATE;
	default:
		return ZX_ERR_INVALID_ARGS;
	}
}

TEST_F(clock, every_update_of_every_kind_in_every_state)
{
	for_each_kind(options) {
		for (uint64_t i = 0; i < 16 * 2 * 2; i++) {
			uint64_t version = versions[i & 1], fields = i >> 2;
			bool started = (i & 2) || (options & AUTO_START);
			zx_handle_t clock = new_clock(options, 5), port = self->port;
			zx_clock_details_v1_t last, details;
			zx_port_packet_t packet;
			zx_status_t status;

			if ((i & 2) && !(options & AUTO_START))
				ASSERT_EQ(ZX_OK, SET(clock, version, 10));
			ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, i, ZX_CLOCK_UPDATED, 0));
			last = details_of(clock);
			status = UPDATE(clock, version | fields,
					.rate_adjust = 10, .error_bound = 99,
					.synthetic_value = time_of(clock) + DAY,
					.reference_value = now(options));
			details = details_of(clock);
			EXPECT_EQ(status_of(options, started, version, fields), status) {
				TH_LOG("options %llx, started %d, update %llx",
				       (unsigned long long)options, started,
				       (unsigned long long)(version | fields));
			}
			if (status == ZX_OK) {
				started = true;
				EXPECT_EQ(last.generation_counter + 1, details.generation_counter);
				EXPECT_EQ(ZX_OK, zx_port_wait(port, 0, &packet));
				EXPECT_EQ(ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED,
					  packet.signal.observed);
				EXPECT_TRUE(has_rate(&details, fields & RATE ? 10 : 0));
				EXPECT_EQ(fields & ERROR ? 99 : ZX_CLOCK_UNKNOWN_ERROR,
					  details.error_bound);
			} else {
				/* It has changed nothing, and told no waiter. */
				EXPECT_TRUE(same_details(last, &details));
			}
			EXPECT_TRUE(is_empty(port));
			EXPECT_EQ(started ? ZX_CLOCK_STARTED : 0, zxt_signals(clock));
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
		}
	}
}

TEST_F(clock, every_rate)
{
	static const int32_t wrong[] = { -1001, 1001, INT32_MIN, INT32_MAX, -1000000, 1000000 };
	zx_clock_details_v1_t last, details;

	for_each_kind(options) {
		zx_handle_t clock = new_clock(options, 0);

		for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
			uint64_t version = versions[i];

			if (details_of(clock).reference_to_synthetic.rate.synthetic_ticks == 0)
				ASSERT_EQ(ZX_OK, SET(clock, version, 1));
			for (int32_t rate = -1000; rate <= 1000; rate += 125) {
				EXPECT_EQ(ZX_OK, SET_RATE(clock, version, rate));
				details = details_of(clock);
				EXPECT_TRUE(has_rate(&details, rate));
			}
			last = details_of(clock);
			for (size_t j = 0; j < ARRAY_SIZE(wrong); j++)
				EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET_RATE(clock, version, wrong[j]));
			details = details_of(clock);
			EXPECT_TRUE(same_details(last, &details));
			/* Where the rate is not valid it is not looked at. */
			EXPECT_EQ(ZX_OK, UPDATE(clock, version | ERROR, .rate_adjust = 1001));
		}
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
}

/* A clock can start with a rate; and fails to start with a wrong one. */
TEST_F(clock, starts_with_a_rate)
{
	zx_clock_details_v1_t details;

	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  UPDATE(self->clock, V2 | VALUE | RATE, .rate_adjust = 1001));
	EXPECT_EQ(0, zxt_signals(self->clock));
	EXPECT_EQ(ZX_OK, UPDATE(self->clock, V2 | VALUE | RATE, .rate_adjust = -1000));
	details = details_of(self->clock);
	EXPECT_TRUE(has_rate(&details, -1000));
	EXPECT_EQ(details.last_value_update_ticks, details.last_rate_adjust_update_ticks);
	/* The time alone leaves the rate as it is. */
	EXPECT_EQ(ZX_OK, SET(self->clock, V2, ZX_SEC(1)));
	details = details_of(self->clock);
	EXPECT_TRUE(has_rate(&details, -1000));
}

/* Version, options, NULL and the pointer are checked first, then the rate; then the handle. */
TEST_F(clock, updates_check_the_arguments_before_the_handle)
{
	zx_handle_t handles[] = {
		ZX_HANDLE_INVALID, ~0u, self->event, self->port, self->clock,
		zxt_without(self->clock, ZX_RIGHT_WRITE),
	};
	const zx_status_t statuses[] = {
		ZX_ERR_BAD_HANDLE, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE, ZX_ERR_WRONG_TYPE,
		ZX_ERR_INVALID_ARGS, ZX_ERR_ACCESS_DENIED,
	};
	const zx_clock_update_args_v2_t args = { .synthetic_value = 1 };

	for (size_t i = 0; i < ARRAY_SIZE(handles); i++) {
		zx_handle_t handle = handles[i];

		for (size_t j = 0; j < ARRAY_SIZE(zxt_nowhere); j++) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_clock_update(handle, V1 | VALUE, zxt_nowhere[j]));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_clock_update(handle, V2 | VALUE, zxt_nowhere[j]));
		}
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_update(handle, V1 | VALUE, NULL));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_update(handle, V2 | VALUE, NULL));
		for (uint64_t version = 0; version < 64; version++)
			if (version != 1 && version != 2)
				EXPECT_EQ(ZX_ERR_INVALID_ARGS,
					  zx_clock_update(handle, VALUE |
							  ZX_CLOCK_ARGS_VERSION(version), &args));
		for (size_t j = 0; j < ARRAY_SIZE(versions); j++) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_clock_update(handle, versions[j], &args));
			for (unsigned int bit = 4; bit < ZX_CLOCK_ARGS_VERSION_SHIFT; bit++)
				EXPECT_EQ(ZX_ERR_INVALID_ARGS,
					  zx_clock_update(handle, versions[j] | VALUE | 1ull << bit,
							  &args));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  UPDATE(handle, versions[j] | VALUE | RATE, .rate_adjust = 1001));
			/* What fits no clock, or not this one, is checked after the handle. */
			EXPECT_EQ(statuses[i], UPDATE(handle, versions[j] | REFERENCE, 0));
		}
	}
	EXPECT_EQ(0, time_of(self->clock));
	zx_handle_close(handles[5]);
}

/* Each version reads as much as its struct has; the padding has no meaning. */
TEST_F(clock, arguments_of_updates_have_two_sizes)
{
	uint8_t *edge = (uint8_t *)zxt_at_edge(1) + 1;
	zx_clock_update_args_v1_t *first = (void *)(edge - sizeof(*first));
	zx_clock_update_args_v2_t *second = (void *)(edge - sizeof(*second));

	memset(first, 0xff, sizeof(*first));
	first->value = ZX_SEC(10);
	EXPECT_EQ(ZX_OK, zx_clock_update(self->clock, V1 | VALUE, first));
	EXPECT_EQ(ZX_SEC(10), details_of(self->clock).reference_to_synthetic.synthetic_offset);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_update(self->clock, V2 | VALUE, first));
	memset(second, 0xff, sizeof(*second));
	second->synthetic_value = ZX_SEC(20);
	EXPECT_EQ(ZX_OK, zx_clock_update(self->clock, V2 | VALUE, second));
	EXPECT_EQ(ZX_SEC(20), details_of(self->clock).reference_to_synthetic.synthetic_offset);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_clock_update(self->clock, V1 | VALUE, (uint8_t *)first + 1));
}

/*
 * Updates: the time afterwards.
 */

/* With either version: forward if it is not continuous, back only if it is not monotonic. */
TEST_F(clock, jumps)
{
	for_each_kind(options) {
		for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
			zx_handle_t clock = new_clock(options | AUTO_START, 0);
			bool v1 = versions[i] == V1, exact = !(options & MONOTONIC);
			zx_status_t forward = options & CONTINUOUS ||
					      (options & MONOTONIC && !v1) ? ZX_ERR_INVALID_ARGS :
									     ZX_OK;
			zx_status_t back = exact ? ZX_OK : ZX_ERR_INVALID_ARGS;
			zx_time_t later = now(options) + DAY;

			EXPECT_EQ(forward, SET(clock, versions[i], later));
			EXPECT_EQ(forward == ZX_OK, time_of(clock) >= later);
			EXPECT_EQ(back, SET(clock, versions[i], 0));
			if (back == ZX_OK)
				EXPECT_GT(later, time_of(clock));
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
		}
	}
}

/* With a reference value: the function goes through that point. */
TEST_F(clock, jumps_at_a_point)
{
	static const zx_duration_t jumps[] = { DAY, ZX_USEC(1), 0, -ZX_USEC(1), -DAY };

	for_each_kind(options) {
		for (size_t i = 0; i < ARRAY_SIZE(jumps); i++) {
			zx_handle_t clock = new_clock(options, 0);
			zx_time_t reference, value;
			zx_status_t status;

			status = ZX_OK;
			if (options & CONTINUOUS || (options & MONOTONIC && jumps[i] < 0))
				status = ZX_ERR_INVALID_ARGS;
			/* Two days after the backstop: no jump leads to a time before it. */
			if (!(options & AUTO_START))
				ASSERT_EQ(ZX_OK, SET(clock, V2, 2 * DAY));
			if ((options & AUTO_START) && !(options & CONTINUOUS))
				ASSERT_EQ(ZX_OK, SET_AT(clock, now(options), 2 * DAY));
			reference = now(options);
			value = time_at(clock, reference) + jumps[i];
			EXPECT_EQ(status, SET_AT(clock, reference, value));
			if (status == ZX_OK)
				EXPECT_EQ(value, time_at(clock, reference));
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
		}
	}
}

/* A nanosecond earlier at any point of the reference is too much for a monotonic clock. */
TEST_F(clock, a_monotonic_clock_does_not_lose_a_nanosecond)
{
	zx_handle_t clock = new_clock(MONOTONIC | AUTO_START, 0);
	static const zx_time_t points[] = { -DAY, 0, 1, 12345, 1000 * DAY };

	for (size_t i = 0; i < ARRAY_SIZE(points); i++) {
		zx_time_t value = time_at(clock, points[i]);

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET_AT(clock, points[i], value - 1));
		EXPECT_EQ(ZX_OK, SET_AT(clock, points[i], value));
		EXPECT_EQ(value, time_at(clock, points[i]));
		EXPECT_EQ(ZX_OK, SET_AT(clock, points[i], value + 1));
		EXPECT_EQ(value + 1, time_at(clock, points[i]));
	}
	EXPECT_EQ(ZX_OK, zx_handle_close(clock));
}

TEST_F(clock, a_rate_from_a_point)
{
	static const int32_t rates[] = { 50, -50, 0, 1000, -1000 };
	static const zx_duration_t distances[] = { 0, -ZX_USEC(50), -ZX_SEC(1), ZX_SEC(100) };

	ASSERT_EQ(ZX_OK, SET(self->clock, V2, DAY));
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(distances); j++) {
			zx_time_t reference = now(0) + distances[j];
			zx_time_t value = time_at(self->clock, reference);
			zx_clock_details_v1_t details;

			ASSERT_EQ(ZX_OK, UPDATE(self->clock, V2 | REFERENCE | RATE,
						.reference_value = reference,
						.rate_adjust = rates[i]));
			EXPECT_EQ(value, time_at(self->clock, reference));
			details = details_of(self->clock);
			EXPECT_TRUE(has_rate(&details, rates[i]));
			/* The time of the update is that of the call. */
			EXPECT_NE(reference, details.last_rate_adjust_update_ticks);
			EXPECT_EQ(reference, details.reference_to_synthetic.reference_offset);
			ASSERT_EQ(ZX_OK, UPDATE(self->clock, V2 | REFERENCE | VALUE | RATE,
						.reference_value = reference,
						.synthetic_value = value + DAY,
						.rate_adjust = -rates[i]));
			EXPECT_EQ(value + DAY, time_at(self->clock, reference));
			details = details_of(self->clock);
			EXPECT_TRUE(has_rate(&details, -rates[i]));
		}
	}
}

TEST_F(clock, not_earlier_than_its_backstop)
{
	const zx_time_t backstop = 12345, initial = DAY;

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		zx_handle_t clock = new_clock(0, backstop);
		uint64_t version = versions[i];
		zx_time_t later;

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET(clock, version, backstop - 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET(clock, version, -1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET(clock, version, INT64_MIN));
		EXPECT_EQ(0, zxt_signals(clock));
		EXPECT_EQ(backstop, time_of(clock));
		EXPECT_EQ(backstop, time_of(clock));
		EXPECT_EQ(ZX_OK, SET(clock, version, initial));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET(clock, version, backstop - 1));
		EXPECT_LE(initial, time_of(clock));
		EXPECT_EQ(ZX_OK, SET(clock, version, backstop));
		EXPECT_BETWEEN(backstop, time_of(clock), initial - 1);

		/* A point in the future, with a time before which it is earlier now. */
		later = now(0) + DAY;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET_AT(clock, later, backstop));
		EXPECT_EQ(ZX_OK, SET_AT(clock, later, backstop + DAY));
		/* A rate that is slower since long ago. */
		EXPECT_EQ(ZX_OK, SET(clock, version, backstop));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  UPDATE(clock, V2 | REFERENCE | RATE, .rate_adjust = -1000,
				 .reference_value = now(0) - 1000 * DAY));
		EXPECT_EQ(ZX_OK,
			  UPDATE(clock, V2 | REFERENCE | RATE, .rate_adjust = 1000,
				 .reference_value = now(0) - 1000 * DAY));
		EXPECT_LE(DAY, time_of(clock));
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
}

/* Times that are out of range end at the largest or smallest number, and do not wrap. */
TEST_F(clock, extreme_values)
{
	static const struct {
		int64_t reference, value;
		int64_t after;	/* the time that it shows then; INT64_MIN: refused */
	} points[] = {
		{ INT64_MIN, 0, INT64_MAX },
		{ INT64_MIN, INT64_MIN, INT64_MIN },	/* -1: before the backstop */
		{ INT64_MIN, 1, INT64_MAX },
		{ INT64_MIN, INT64_MAX, INT64_MAX },
		{ -1, INT64_MAX, INT64_MAX },
		{ 0, INT64_MAX, INT64_MAX },
		{ INT64_MAX, 0, INT64_MIN },
		{ INT64_MAX, -1, INT64_MIN },
		{ INT64_MAX, INT64_MIN, INT64_MIN },
		{ 0, INT64_MIN, INT64_MIN },
	};

	for_each_kind(options) {
		zx_handle_t clock = new_clock(options, 0);
		zx_time_t before, time;

		for (size_t i = 0; i < ARRAY_SIZE(points); i++) {
			zx_status_t want = points[i].after == INT64_MIN ? ZX_ERR_INVALID_ARGS :
									  ZX_OK;

			if (options & (MONOTONIC | AUTO_START))
				break;
			EXPECT_EQ(want, SET_AT(clock, points[i].reference, points[i].value));
			if (want == ZX_OK)
				EXPECT_EQ(points[i].after, time_of(clock));
		}
		if (options & CONTINUOUS && options & AUTO_START) {
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
			continue;
		}
		/* The distance from now is in range, so this is the reference. */
		before = now(options);
		EXPECT_EQ(ZX_OK, SET_AT(clock, INT64_MAX, INT64_MAX));
		time = time_of(clock);
		EXPECT_BETWEEN(before, time, now(options));
		if (options & CONTINUOUS) {
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
			continue;
		}
		/* At the largest number it stays, with any rate. */
		EXPECT_EQ(ZX_OK, SET_AT(clock, now(options), INT64_MAX));
		EXPECT_EQ(INT64_MAX, time_of(clock));
		EXPECT_EQ(ZX_OK, SET_RATE(clock, V2, -1000));
		EXPECT_EQ(INT64_MAX, time_of(clock));
		EXPECT_EQ(ZX_OK, SET_RATE(clock, V2, 1000));
		EXPECT_EQ(INT64_MAX, time_of(clock));
		EXPECT_EQ(options & MONOTONIC ? ZX_ERR_INVALID_ARGS : ZX_OK,
			  SET_AT(clock, now(options), INT64_MAX - ZX_SEC(1)));
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
}

/* Between whole nanoseconds the earlier one, on both sides of the point of the function. */
TEST_F(clock, rounds_down)
{
	static const struct {
		int32_t rate;
		int64_t distance, want;		/* from the point */
	} samples[] = {
		{ -1, 1, 0 }, { -1, -1, -1 }, { -1, 999999, 999998 }, { -1, -999999, -999999 },
		{ -1, 1000000, 999999 }, { -1, -1000000, -999999 }, { -1, -1000001, -1000000 },
		{ 1, 1, 1 }, { 1, -1, -2 }, { 1, 999999, 999999 }, { 1, -999999, -1000000 },
		{ 1, 1000000, 1000001 }, { 1, -1000000, -1000001 },
		{ 1000, 999, 999 }, { 1000, 1000, 1001 }, { 1000, -999, -1000 },
		{ -1000, 1000, 999 }, { -1000, -1000, -999 }, { -1000, -1001, -1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const zx_time_t point = now(0), value = DAY;

		ASSERT_EQ(ZX_OK, UPDATE(self->clock, V2 | REFERENCE | VALUE | RATE,
					.reference_value = point, .synthetic_value = value,
					.rate_adjust = samples[i].rate));
		/* This computes the time at another point, and shows it as the new offset. */
		ASSERT_EQ(ZX_OK, UPDATE(self->clock, V2 | REFERENCE | RATE,
					.reference_value = point + samples[i].distance));
		EXPECT_EQ(value + samples[i].want,
			  details_of(self->clock).reference_to_synthetic.synthetic_offset);
	}
}

/*
 * Updates: a model.
 */

struct model {
	uint64_t options, random;
	zx_handle_t clock;
	zx_clock_details_v1_t details;	/* from before the update */
	uint64_t version, fields;
	zx_clock_update_args_v2_t args;
};

static uint32_t next_random(struct model *model)
{
	model->random = model->random * 6364136223846793005ull + 1442695040888963407ull;
	return model->random >> 33;
}

static int64_t random_number(struct model *model)
{
	uint64_t number = (uint64_t)next_random(model) << 33 | (uint64_t)next_random(model) << 2;

	/* Numbers of all sizes. */
	number >>= next_random(model) % 64;
	return next_random(model) % 2 ? number : -number;
}

static int64_t random_time(struct model *model, int64_t near)
{
	static const int64_t special[] = { INT64_MIN, INT64_MAX, -1, 0, 1, 1000 };
	uint32_t choice = next_random(model) % 12;

	if (choice == 0)
		return special[next_random(model) % ARRAY_SIZE(special)];
	if (choice == 1)
		return random_number(model);
	return clamp((__int128)near + random_number(model) / (choice < 6 ? 1 : 1 << 30));
}

static void random_update(struct model *model)
{
	model->version = versions[next_random(model) % 4 != 0];
	model->fields = next_random(model) % 16;
	model->args = (zx_clock_update_args_v2_t){
		.rate_adjust = (int)(next_random(model) % 2001) - 1000,
		.synthetic_value = random_time(model, time_of(model->clock)),
		.reference_value = random_time(model, now(model->options)),
		.error_bound = random_number(model),
	};
	if (next_random(model) % 8 == 0)
		model->args.rate_adjust = next_random(model) % 2 ? 1001 : 0;
}

/* The function that the update makes if it is at @moment. */
static zx_clock_transformation_t model_function(const struct model *model, int64_t moment)
{
	zx_clock_transformation_t function = model->details.reference_to_synthetic;
	bool started = function.rate.synthetic_ticks;
	bool same = (int64_t)function.rate.synthetic_ticks * 1000000 ==
		    (int64_t)function.rate.reference_ticks * (1000000 + model->args.rate_adjust);
	int64_t reference = model->fields & REFERENCE ? model->args.reference_value : moment;
	int64_t value = apply(&function, reference);

	if (!(model->fields & (VALUE | RATE)) || (model->fields & ~ERROR) == (same ? RATE : 0))
		return function;
	function.reference_offset = reference;
	function.synthetic_offset = model->fields & VALUE ? model->args.synthetic_value : value;
	if (!started)
		function.rate = (zx_clock_rate_t){ 1, 1 };
	if (model->fields & RATE)
		function.rate = (zx_clock_rate_t){ 1000000 + model->args.rate_adjust, 1000000 };
	return function;
}

/* Whether @status is what the model says of an update between these moments. */
static bool model_allows(const struct model *model, int64_t before, int64_t after,
			 zx_status_t status)
{
	const zx_clock_transformation_t *old = &model->details.reference_to_synthetic;
	zx_clock_transformation_t first = model_function(model, before);
	zx_clock_transformation_t last = model_function(model, after);
	zx_status_t want = status_of(model->options, old->rate.synthetic_ticks, model->version,
				     model->fields);
	int64_t low = model->details.backstop_time, high = low;

	if (model->fields & RATE && abs(model->args.rate_adjust) > 1000)
		want = ZX_ERR_INVALID_ARGS;
	if (want != ZX_OK || !(model->fields & (VALUE | REFERENCE)))
		return status == want;
	if (model->options & MONOTONIC) {
		low = apply(old, before) > low ? apply(old, before) : low;
		high = apply(old, after) > high ? apply(old, after) : high;
	}
	if (apply(&first, before) >= high)
		return status == ZX_OK;
	if (apply(&last, after) < low)
		return status == ZX_ERR_INVALID_ARGS;
	/* It depends on the moment. */
	return status == ZX_OK || status == ZX_ERR_INVALID_ARGS;
}

/* Whether the details afterwards are what the model says. */
static bool model_agrees(const struct model *model, int64_t before, int64_t after,
			 const zx_clock_details_v1_t *details)
{
	bool start = !model->details.reference_to_synthetic.rate.synthetic_ticks;
	zx_clock_transformation_t function;
	zx_clock_details_v1_t want = model->details;
	int64_t moment = model->fields & VALUE ? details->last_value_update_ticks :
			 model->fields & RATE ? details->last_rate_adjust_update_ticks :
						details->last_error_bounds_update_ticks;

	if (moment < before || moment > after)
		return false;
	function = model_function(model, moment);
	/* A ratio may have been reduced. */
	if ((uint64_t)details->reference_to_synthetic.rate.synthetic_ticks *
	    function.rate.reference_ticks !=
	    (uint64_t)details->reference_to_synthetic.rate.reference_ticks *
	    function.rate.synthetic_ticks)
		return false;
	function.rate = details->reference_to_synthetic.rate;
	want.reference_to_synthetic = function;
	want.reference_ticks_to_synthetic = function;
	if (model->fields & VALUE)
		want.last_value_update_ticks = moment;
	if (model->fields & RATE || start)
		want.last_rate_adjust_update_ticks = moment;
	if (model->fields & ERROR) {
		want.last_error_bounds_update_ticks = moment;
		want.error_bound = model->args.error_bound;
	}
	want.generation_counter++;
	return same_details(want, details);
}

static bool model_round(struct model *model)
{
	const zx_clock_transformation_t *function = &model->details.reference_to_synthetic;
	zx_time_t before, after, time;
	zx_clock_details_v1_t next;
	zx_status_t status;

	random_update(model);
	model->details = details_of(model->clock);
	before = now(model->options);
	status = update(model->clock, model->version | model->fields, model->args);
	after = now(model->options);
	next = details_of(model->clock);
	if (!model_allows(model, before, after, status))
		return false;
	if (status == ZX_OK ? !model_agrees(model, before, after, &next) :
			      !same_details(model->details, &next))
		return false;
	model->details = next;
	before = now(model->options);
	time = time_of(model->clock);
	after = now(model->options);
	return time >= next.backstop_time && time >= apply(function, before) &&
	       time <= apply(function, after);
}

TEST_F_TIMEOUT(clock, random_updates_agree_with_a_model, 600)
{
	struct model model = { .random = 1 };

	for (unsigned int i = 0; i < zxt_part(200); i++) {
		for_each_kind(options) {
			zx_time_t backstop = i % 3 * 1000;

			model.options = options;
			model.clock = new_clock(options, backstop);
			ASSERT_NE(ZX_HANDLE_INVALID, model.clock);
			for (unsigned int j = 0; j < 25; j++) {
				ASSERT_TRUE(model_round(&model)) {
					TH_LOG("clock %u of options %llx, update %u: %llx, rate %d",
					       i, (unsigned long long)options, j,
					       (unsigned long long)(model.version | model.fields),
					       model.args.rate_adjust);
					TH_LOG("value %lld, reference %lld",
					       (long long)model.args.synthetic_value,
					       (long long)model.args.reference_value);
				}
			}
			ASSERT_EQ(ZX_OK, zx_handle_close(model.clock));
		}
	}
}

/*
 * Rights, names, and other processes.
 */

TEST_F(clock, a_name)
{
	char name[ZX_MAX_NAME_LEN];

	ASSERT_EQ(ZX_OK, zx_object_get_property(self->clock, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("", name);
	ASSERT_EQ(ZX_OK, zx_object_set_property(self->clock, ZX_PROP_NAME, "time of day", 11));
	ASSERT_EQ(ZX_OK, zx_object_get_property(self->clock, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("time of day", name);
}

TEST_F(clock, sent_to_one_who_only_reads)
{
	zx_handle_t channel[2], reader = zxt_without(self->clock, ZX_RIGHT_WRITE);
	zx_clock_details_v1_t details;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	ASSERT_EQ(ZX_OK, send_handle(channel[0], reader));
	reader = receive_handle(channel[1]);
	EXPECT_EQ(ZX_DEFAULT_CLOCK_RIGHTS & ~ZX_RIGHT_WRITE, zxt_basic(reader).rights);
	EXPECT_EQ(zxt_koid(self->clock), zxt_koid(reader));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, SET(reader, V1, DAY));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, SET(reader, V2, DAY));
	EXPECT_EQ(0, time_of(reader));
	EXPECT_EQ(ZX_OK, SET(self->clock, V2, DAY));
	EXPECT_LE(DAY, time_of(reader));
	EXPECT_EQ(ZX_OK, zx_clock_get_details(reader, V1, &details));
	EXPECT_EQ(ZX_CLOCK_STARTED, zxt_signals(reader));
	/* The clock lives as long as a handle to it. */
	EXPECT_EQ(ZX_OK, zx_handle_close(self->clock));
	EXPECT_LE(DAY, time_of(reader));
	zx_handle_close(reader);
	zx_handle_close(channel[0]);
	zx_handle_close(channel[1]);
}

TEST_F(clock, one_that_can_only_be_set)
{
	zx_handle_t writer = zxt_without(self->clock, ZX_RIGHT_READ | ZX_RIGHT_WAIT);
	zx_clock_details_v1_t details;

	EXPECT_EQ(ZX_OK, SET(writer, V2, DAY));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_clock_get_details(writer, V1, &details));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_wait_one(writer, ZX_CLOCK_STARTED, 0, NULL));
	EXPECT_LE(DAY, time_of(self->clock));
	zx_handle_close(writer);
}

/* One that is exported and imported is the same clock. */
TEST_F(clock, exported)
{
	zx_koid_t koid = zxt_koid(self->clock);
	zx_clock_details_v1_t last, details;
	int fd;

	ASSERT_EQ(ZX_OK, SET(self->clock, V2, DAY));
	last = details_of(self->clock);
	ASSERT_EQ(ZX_OK, zxl_handle_export(self->clock, 0, &fd));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &self->clock));
	close(fd);
	details = details_of(self->clock);
	EXPECT_TRUE(same_details(last, &details));
	EXPECT_EQ(koid, zxt_koid(self->clock));
	EXPECT_EQ(ZX_DEFAULT_CLOCK_RIGHTS, zxt_basic(self->clock).rights);
	EXPECT_EQ(ZX_CLOCK_STARTED, zxt_signals(self->clock));
	EXPECT_EQ(ZX_OK, SET(self->clock, V2, 2 * DAY));
}

/* Clocks that are closed, and those that could not be made, leave no memory behind. */
TEST_F_TIMEOUT(clock, is_freed, 120)
{
	static struct zxp_objects before;
	void *out;

	if (!zxp_settle(&before, 1))
		SKIP(return, "the kernel shows no counts of objects");
	for (int i = 0; i < 200; i++) {
		zx_handle_t clock = new_clock(i % 2 ? AUTO_START : 0, 0);

		zxt_for_each_bad_out(out)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_create(0, NULL, out));
		EXPECT_EQ(ZX_OK, zx_object_wait_async(clock, self->port, i, ZX_CLOCK_UPDATED, 0));
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
	EXPECT_EQ(ZX_OK, zx_handle_close(self->port));
	EXPECT_EQ(NULL, zxp_wait_objects(&before, 60));
}

/*
 * Signals.
 */

TEST_F(clock, started_with_the_first_time_that_is_set)
{
	static const zx_time_t values[] = { 0, 1 };

	for_each_kind(options) {
		for (size_t i = 0; i < ARRAY_SIZE(values) * 4; i++) {
			zx_signals_t observed = ~0u;
			zx_handle_t clock;

			if (options & AUTO_START)
				continue;
			clock = new_clock(options, 0);
			EXPECT_EQ(ZX_ERR_TIMED_OUT,
				  zx_object_wait_one(clock, ZX_CLOCK_STARTED, 0, &observed));
			EXPECT_EQ(0, observed);
			EXPECT_EQ(ZX_ERR_BAD_STATE, SET_RATE(clock, versions[i % 2], 1));
			EXPECT_EQ(0, zxt_signals(clock));
			EXPECT_EQ(ZX_OK, UPDATE(clock, versions[i % 2] | VALUE | (i & 2 ? RATE : 0),
						.synthetic_value = values[i / 4]));
			EXPECT_EQ(ZX_OK, zx_object_wait_one(clock, ZX_CLOCK_STARTED, 0, &observed));
			EXPECT_EQ(ZX_CLOCK_STARTED, observed);
			EXPECT_LT(0, details_of(clock).reference_to_synthetic.rate.synthetic_ticks);
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
		}
	}
}

TEST_F(clock, no_other_call_changes_its_signals)
{
	for_each_kind(options) {
		zx_handle_t clock = new_clock(options, 0);
		zx_signals_t up = zxt_signals(clock);

		EXPECT_EQ(options & AUTO_START ? ZX_CLOCK_STARTED : 0, up);
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(clock, 0, ZX_CLOCK_STARTED));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(clock, ZX_CLOCK_STARTED, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(clock, 0, ZX_CLOCK_UPDATED));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(clock, ZX_CLOCK_UPDATED, 0));
		EXPECT_EQ(up, zxt_signals(clock));
		EXPECT_EQ(ZX_OK, zx_object_signal(clock, 0, UP));
		EXPECT_EQ(up | UP, zxt_signals(clock));
		EXPECT_EQ(ZX_OK, zx_handle_close(clock));
	}
}

TEST_F(clock, a_thread_waits_for_the_start)
{
	struct waiter waiter;

	ASSERT_TRUE(start(&waiter, self->clock, ZX_CLOCK_STARTED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET(self->clock, V2, -1));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, SET(self->clock, V2, 0));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED, waiter.items[0].pending);
}

TEST_F(clock, a_thread_waits_for_each_update)
{
	struct waiter waiter;

	for (int i = 0; i < 5; i++) {
		ASSERT_TRUE(start(&waiter, self->clock, ZX_CLOCK_UPDATED, ZX_TIME_INFINITE));
		EXPECT_EQ(ZX_OK, SET(self->clock, V2, i));
		EXPECT_EQ(ZX_OK, finish(&waiter));
		EXPECT_EQ(ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED, waiter.items[0].pending);
		/* It is not up afterwards. */
		EXPECT_EQ(ZX_CLOCK_STARTED, zxt_signals(self->clock));
		EXPECT_EQ(ZX_ERR_TIMED_OUT,
			  zx_object_wait_one(self->clock, ZX_CLOCK_UPDATED, 0, NULL));
	}
	/* An error bound, and a rate that is the same, are updates too; one that fails is not. */
	ASSERT_TRUE(start(&waiter, self->clock, ZX_CLOCK_UPDATED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, SET(self->clock, V2, -1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, UPDATE(self->clock, V2 | REFERENCE, 0));
	EXPECT_TRUE(still_waits(&waiter));
	EXPECT_EQ(ZX_OK, UPDATE(self->clock, V2 | ERROR, 0));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	ASSERT_TRUE(start(&waiter, self->clock, ZX_CLOCK_UPDATED, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, SET_RATE(self->clock, V2, 0));
	EXPECT_EQ(ZX_OK, finish(&waiter));
}

TEST_F(clock, a_thread_waits_for_many)
{
	zx_handle_t other = new_clock(0, 0);
	struct waiter waiter = {
		.items = {
			{ self->event, ZX_EVENT_SIGNALED, 0 },
			{ self->clock, ZX_CLOCK_UPDATED, 0 },
			{ other, ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED, 0 },
		},
		.count = 3,
	};

	ASSERT_EQ(ZX_OK, SET(self->clock, V2, 1));
	ASSERT_TRUE(start_items(&waiter, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, SET_RATE(self->clock, V2, 5));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(0, waiter.items[0].pending);
	EXPECT_EQ(ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED, waiter.items[1].pending);
	EXPECT_EQ(0, waiter.items[2].pending);
	zx_handle_close(other);
}

/* Removes a packet. False if there is none, or it has another key or other signals. */
static bool receives(zx_handle_t port, uint64_t key, zx_signals_t trigger, zx_signals_t observed)
{
	zx_port_packet_t packet;

	return zx_port_wait(port, 0, &packet) == ZX_OK && packet.key == key &&
	       packet.type == ZX_PKT_TYPE_SIGNAL_ONE && packet.signal.trigger == trigger &&
	       packet.signal.observed == observed && packet.signal.count == 1;
}

TEST_F(clock, an_update_before_the_wait_does_not_count)
{
	static const uint32_t options[] = { ZX_WAIT_ASYNC_ONCE, ZX_WAIT_ASYNC_EDGE };
	const zx_signals_t both = ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED;

	ASSERT_EQ(ZX_OK, UPDATE(self->clock, V2 | VALUE | RATE, .rate_adjust = 1));
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		ASSERT_EQ(ZX_OK, zx_object_wait_async(self->clock, self->port, i, ZX_CLOCK_UPDATED,
						      options[i]));
		EXPECT_TRUE(is_empty(self->port));
		/* The next one does, once. */
		EXPECT_EQ(ZX_OK, SET_RATE(self->clock, V2, 2));
		EXPECT_TRUE(receives(self->port, i, ZX_CLOCK_UPDATED, both));
		EXPECT_EQ(ZX_OK, SET_RATE(self->clock, V2, 3));
		EXPECT_TRUE(is_empty(self->port));
	}
}

TEST_F(clock, the_first_update_is_a_start_too)
{
	const zx_signals_t both = ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED;
	zx_handle_t clock = self->clock, port = self->port;

	ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, 1, both, 0));
	ASSERT_EQ(ZX_OK, SET(clock, V2, 1));
	/* One packet for both. */
	EXPECT_TRUE(receives(port, 1, both, both));
	EXPECT_TRUE(is_empty(port));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, 2, ZX_CLOCK_UPDATED, 0));
	ASSERT_EQ(ZX_OK, UPDATE(clock, V2 | VALUE | RATE, .rate_adjust = 2, .synthetic_value = 2));
	EXPECT_TRUE(receives(port, 2, ZX_CLOCK_UPDATED, both));
	EXPECT_TRUE(is_empty(port));
}

TEST_F(clock, each_wait_gets_its_packet)
{
	const zx_signals_t both = ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED;
	zx_handle_t clock = self->clock, port = self->port, copy = duplicate(clock), other;
	uint64_t keys = 0;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &other));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, 1, ZX_CLOCK_UPDATED, 0));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, 2, ZX_CLOCK_UPDATED, 0));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(copy, port, 4, ZX_CLOCK_STARTED, 0));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, 8, UP, 0));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(copy, other, 16, ZX_CLOCK_UPDATED,
					      ZX_WAIT_ASYNC_EDGE));
	ASSERT_EQ(ZX_OK, SET(clock, V2, 1));
	for (int i = 0; i < 3; i++)
		keys += next_key(port);
	EXPECT_EQ(7, keys);
	EXPECT_TRUE(is_empty(port));
	EXPECT_TRUE(receives(other, 16, ZX_CLOCK_UPDATED, both));
	/* Waits that another signal ends are pending still. */
	ASSERT_EQ(ZX_OK, set_up(clock));
	EXPECT_TRUE(receives(port, 8, UP, ZX_CLOCK_STARTED | UP));
	zx_handle_close(copy);
	zx_handle_close(other);
}

/* STARTED is raised once: an update of a clock that is started is no edge of it. */
TEST_F(clock, edges)
{
	const zx_signals_t both = ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED;
	zx_handle_t clock = self->clock, port = self->port;

	ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, 1, ZX_CLOCK_STARTED,
					      ZX_WAIT_ASYNC_EDGE));
	ASSERT_EQ(ZX_OK, SET(clock, V2, 1));
	EXPECT_TRUE(receives(port, 1, ZX_CLOCK_STARTED, both));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, 2, ZX_CLOCK_STARTED,
					      ZX_WAIT_ASYNC_EDGE));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, 3, both, ZX_WAIT_ASYNC_EDGE));
	EXPECT_TRUE(is_empty(port));
	ASSERT_EQ(ZX_OK, SET(clock, V2, 2));
	EXPECT_TRUE(receives(port, 3, both, both));
	EXPECT_TRUE(is_empty(port));
	/* Each update is an edge of UPDATED. */
	for (uint64_t i = 10; i < 20; i++) {
		ASSERT_EQ(ZX_OK, zx_object_wait_async(clock, port, i, ZX_CLOCK_UPDATED,
						      ZX_WAIT_ASYNC_EDGE));
		EXPECT_TRUE(is_empty(port));
		ASSERT_EQ(ZX_OK, SET(clock, V2, i));
		EXPECT_TRUE(receives(port, i, ZX_CLOCK_UPDATED, both));
	}
}

static bool is_readable(int fd)
{
	struct pollfd item = { .fd = fd, .events = POLLIN };

	return poll(&item, 1, 0) == 1 && item.revents & POLLIN;
}

TEST_F(clock, watched)
{
	int started, updated;

	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->clock, ZX_CLOCK_STARTED, 0, &started));
	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->clock, ZX_CLOCK_UPDATED, 0, &updated));
	EXPECT_FALSE(is_readable(started));
	ASSERT_EQ(ZX_OK, SET(self->clock, V2, 1));
	EXPECT_TRUE(is_readable(started));
	EXPECT_FALSE(is_readable(updated));
	ASSERT_EQ(ZX_OK, SET(self->clock, V2, 2));
	EXPECT_TRUE(is_readable(started));
	EXPECT_FALSE(is_readable(updated));
	close(started);
	close(updated);
}

/* A ring of io_uring(7) with one entry; its parts are mapped to memory. */
struct ring {
	int fd;
	struct io_uring_params params;
	void *submissions, *completions;
	struct io_uring_sqe *entries;
};

static bool ring_open(struct ring *ring)
{
	const int prot = PROT_READ | PROT_WRITE;

	memset(&ring->params, 0, sizeof(ring->params));
	ring->fd = syscall(SYS_io_uring_setup, 1, &ring->params);
	if (ring->fd < 0)
		return false;
	ring->submissions = mmap(NULL, 4096, prot, MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->completions = mmap(NULL, 4096, prot, MAP_SHARED, ring->fd, IORING_OFF_CQ_RING);
	ring->entries = mmap(NULL, 4096, prot, MAP_SHARED, ring->fd, IORING_OFF_SQES);
	return ring->submissions != MAP_FAILED && ring->completions != MAP_FAILED &&
	       ring->entries != MAP_FAILED;
}

/* Begins a poll of @fd, which completes once. */
static bool ring_poll(struct ring *ring, int fd)
{
	char *at = ring->submissions;

	ring->entries[0] = (struct io_uring_sqe){
		.opcode = IORING_OP_POLL_ADD, .fd = fd, .poll32_events = POLLIN,
	};
	((uint32_t *)(at + ring->params.sq_off.array))[0] = 0;
	__atomic_store_n((uint32_t *)(at + ring->params.sq_off.tail), 1, __ATOMIC_RELEASE);
	return syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0) == 1;
}

/* How many polls have completed, after the kernel has done what it left to this thread. */
static unsigned int ring_completed(struct ring *ring, unsigned int wait_for)
{
	char *at = ring->completions;

	syscall(SYS_io_uring_enter, ring->fd, 0, wait_for, IORING_ENTER_GETEVENTS, NULL, 0);
	return __atomic_load_n((uint32_t *)(at + ring->params.cq_off.tail), __ATOMIC_ACQUIRE);
}

/* An io_uring reports the events that it is woken for, and does not poll the file again. */
TEST_F(clock, a_watch_tells_an_io_uring_of_no_strobe)
{
	struct ring ring;
	int fd;

	if (!ring_open(&ring))
		SKIP(return, "no io_uring here");
	ASSERT_EQ(ZX_OK, zxl_handle_watch(self->clock, ZX_CLOCK_UPDATED | ZX_USER_SIGNAL_0, 0,
					  &fd));
	ASSERT_TRUE(ring_poll(&ring, fd));
	EXPECT_EQ(0, ring_completed(&ring, 0));
	ASSERT_EQ(ZX_OK, SET(self->clock, V2, 1));
	EXPECT_EQ(0, ring_completed(&ring, 0));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->clock, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(1, ring_completed(&ring, 1));
	close(fd);
	close(ring.fd);
}

/*
 * The UTC clock.
 */

TEST_F(clock, utc_is_swapped)
{
	zx_handle_t first = duplicate(self->clock), second = new_clock(AUTO_START, 0), old = 1;

	EXPECT_EQ(ZX_HANDLE_INVALID, zx_utc_reference_get());
	EXPECT_EQ(ZX_OK, zx_utc_reference_swap(first, &old));
	EXPECT_EQ(ZX_HANDLE_INVALID, old);
	EXPECT_EQ(first, zx_utc_reference_get());
	EXPECT_EQ(ZX_OK, zx_utc_reference_swap(second, &old));
	EXPECT_EQ(first, old);
	EXPECT_EQ(second, zx_utc_reference_get());
	EXPECT_LT(0, time_of(zx_utc_reference_get()));
	EXPECT_EQ(ZX_OK, zx_utc_reference_swap(ZX_HANDLE_INVALID, &old));
	EXPECT_EQ(second, old);
	EXPECT_EQ(ZX_HANDLE_INVALID, zx_utc_reference_get());
	EXPECT_EQ(ZX_OK, zx_handle_close(first));
	EXPECT_EQ(ZX_OK, zx_handle_close(second));
}

/* What cannot be read as a clock is closed, and the clock stays. */
TEST_F(clock, utc_must_be_readable)
{
	zx_handle_t good = duplicate(self->clock), event = duplicate(self->event), old = 1;
	zx_handle_t none = zxt_without(self->clock, ZX_RIGHT_READ);

	ASSERT_EQ(ZX_OK, zx_utc_reference_swap(good, &old));
	old = 1;
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_utc_reference_swap(none, &old));
	EXPECT_EQ(ZX_HANDLE_INVALID, old);
	EXPECT_FALSE(zxt_is_open(none));
	old = 1;
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_utc_reference_swap(event, &old));
	EXPECT_EQ(ZX_HANDLE_INVALID, old);
	EXPECT_FALSE(zxt_is_open(event));
	old = 1;
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_utc_reference_swap(none, &old));
	EXPECT_EQ(ZX_HANDLE_INVALID, old);
	EXPECT_EQ(good, zx_utc_reference_get());
	EXPECT_EQ(ZX_OK, zx_utc_reference_swap(ZX_HANDLE_INVALID, &old));
	EXPECT_EQ(ZX_OK, zx_handle_close(old));
}

TEST_F(clock, utc_is_not_inherited)
{
	zx_handle_t old;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_utc_reference_swap(duplicate(self->clock), &old));
	child = fork();
	if (!child) {
		zx_handle_t clock = new_clock(AUTO_START, 0);

		CHILD_CHECK(zx_utc_reference_get() == ZX_HANDLE_INVALID);
		CHILD_CHECK(zx_utc_reference_swap(clock, &old) == ZX_OK);
		CHILD_CHECK(old == ZX_HANDLE_INVALID);
		CHILD_CHECK(zx_utc_reference_get() == clock);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(child));
	EXPECT_NE(ZX_HANDLE_INVALID, zx_utc_reference_get());
	EXPECT_EQ(ZX_OK, zx_utc_reference_swap(ZX_HANDLE_INVALID, &old));
	EXPECT_EQ(ZX_OK, zx_handle_close(old));
}

/*
 * Time namespaces.
 */

/* In memory that two processes share. */
struct seen {
	zx_clock_details_v1_t details;	/* of the first process, then of the second */
	zx_time_t time;			/* the latest that either has read */
};

static void shift(zx_clock_details_v1_t *details, zx_duration_t offset)
{
	details->reference_to_synthetic.reference_offset += offset;
	details->reference_ticks_to_synthetic.reference_offset += offset;
	details->last_value_update_ticks += offset;
	details->last_rate_adjust_update_ticks += offset;
	if (details->last_error_bounds_update_ticks)
		details->last_error_bounds_update_ticks += offset;
}

/* In a namespace where the reference is later by @offset. */
static void read_elsewhere(int fd, struct seen *seen, uint64_t options, zx_duration_t offset)
{
	zx_clock_details_v1_t details;
	zx_time_t before, time, after;
	zx_handle_t clock;

	CHILD_CHECK(zxl_handle_import(fd, 0, &clock) == ZX_OK);
	before = now(options);
	details = details_of(clock);
	time = time_of(clock);
	after = now(options);
	CHILD_CHECK(before <= details.query_ticks && details.query_ticks <= after);
	shift(&seen->details, offset);
	CHILD_CHECK(same_details(seen->details, &details));
	CHILD_CHECK(time >= seen->time);
	CHILD_CHECK(time >= apply(&details.reference_to_synthetic, before));
	CHILD_CHECK(time <= apply(&details.reference_to_synthetic, after));
	/* A point of the reference is one of this namespace, for which the call returns. */
	CHILD_CHECK(SET_AT(clock, before, time + DAY) == ZX_OK);
	CHILD_CHECK(time_at(clock, before) == time + DAY);
	before = now(options);
	CHILD_CHECK(UPDATE(clock, V2 | ERROR, .error_bound = 3) == ZX_OK);
	seen->details = details_of(clock);
	CHILD_CHECK(before <= seen->details.last_error_bounds_update_ticks);
	CHILD_CHECK(seen->details.last_error_bounds_update_ticks <= now(options));
	seen->time = time_of(clock);
	_exit(0);
}

/* Offsets of both clocks in seconds, in one namespace. */
static const int offsets[][2] = { { -1, 200000 }, { 100000, -1 }, { 100000, 200000 } };

static bool unshare_time(size_t i)
{
	char text[64];

	snprintf(text, sizeof(text), "monotonic %d 0\nboottime %d 0\n", offsets[i][0],
		 offsets[i][1]);
	return zxp_unshare_time(text);
}

static zx_duration_t offset_of(size_t i, uint64_t options)
{
	return ZX_SEC(offsets[i][!!(options & BOOT)]);
}

TEST_F(clock, two_time_namespaces_read_the_same_time)
{
	struct seen *seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		if (!unshare_time(i))
			SKIP(return, "no time namespaces");
		for (int j = 0; j < 4; j++) {
			uint64_t options = (j & 1 ? BOOT : 0) | (j & 2 ? MONOTONIC : 0);
			zx_handle_t clock = new_clock(options, 0), copy;
			zx_clock_details_v1_t details;
			pid_t child;
			int fd;

			ASSERT_EQ(ZX_OK, SET(clock, V2, DAY));
			ASSERT_EQ(ZX_OK, SET_RATE(clock, V2, 500));
			copy = duplicate(clock);
			ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &fd));
			seen->details = details_of(clock);
			seen->time = time_of(clock);
			child = fork();
			if (!child)
				read_elsewhere(fd, seen, options, offset_of(i, options));
			EXPECT_EQ(0, zxp_reap(child));
			close(fd);
			/* What the child has set, in the terms of this namespace. */
			EXPECT_LE(seen->time, time_of(clock));
			EXPECT_GE(now(options),
				  details_of(clock).reference_to_synthetic.reference_offset);
			shift(&seen->details, -offset_of(i, options));
			details = details_of(clock);
			EXPECT_TRUE(same_details(seen->details, &details));
			EXPECT_EQ(ZX_OK, zx_handle_close(clock));
		}
	}
	munmap(seen, sizeof(*seen));
}

/* In a namespace. A clock that is not started has no times of updates. */
static void make_elsewhere(void)
{
	for_each_kind(options) {
		zx_handle_t clock = new_clock(options & ~AUTO_START, 1234);
		zx_clock_details_v1_t details = details_of(clock);
		zx_time_t before = now(options), time, after;

		CHILD_CHECK(details.last_value_update_ticks == 0);
		CHILD_CHECK(details.last_rate_adjust_update_ticks == 0);
		CHILD_CHECK(details.last_error_bounds_update_ticks == 0);
		CHILD_CHECK(apply(&details.reference_to_synthetic, before) == 1234);
		CHILD_CHECK(time_of(clock) == 1234);
		/* Points that are out of range for the kernel's clock with one of the offsets. */
		CHILD_CHECK(SET_AT(clock, INT64_MAX, 0) == ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(SET_AT(clock, INT64_MIN, INT64_MIN) == ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(time_of(clock) == 1234);
		CHILD_CHECK(SET_AT(clock, INT64_MIN, 1234) == ZX_OK);
		CHILD_CHECK(time_of(clock) == INT64_MAX);
		CHILD_CHECK(zx_handle_close(clock) == ZX_OK);

		/* It shows the clock of the namespace in which it was made. */
		clock = new_clock(options | AUTO_START, now(options));
		CHILD_CHECK(clock != ZX_HANDLE_INVALID);
		before = now(options);
		time = time_of(clock);
		after = now(options);
		CHILD_CHECK(before <= time && time <= after);
		details = details_of(clock);
		CHILD_CHECK(details.reference_to_synthetic.reference_offset ==
			    details.reference_to_synthetic.synthetic_offset);
		CHILD_CHECK(has_rate(&details, 0));
		CHILD_CHECK(details.last_value_update_ticks <= before);
		CHILD_CHECK(details.last_value_update_ticks >= details.backstop_time);
		CHILD_CHECK(details.last_value_update_ticks ==
			    details.last_rate_adjust_update_ticks);
		CHILD_CHECK(details.last_error_bounds_update_ticks == 0);
		CHILD_CHECK(zx_handle_close(clock) == ZX_OK);
		CHILD_CHECK(new_clock(options | AUTO_START, now(options) + ZX_HOUR(1)) ==
			    ZX_HANDLE_INVALID);
	}
	_exit(0);
}

TEST_F(clock, made_in_a_time_namespace)
{
	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		pid_t child;

		if (!unshare_time(i))
			SKIP(return, "no time namespaces");
		child = fork();
		if (!child)
			make_elsewhere();
		EXPECT_EQ(0, zxp_reap(child));
	}
}

/*
 * Races.
 */

#define STEPS	50	/* of each thread in a round */

struct race {
	uint64_t options;
	zx_handle_t clock;
	atomic_long latest;	/* the latest time that any thread has read */
	atomic_int wrong;
	atomic_uint updates;
};

/* A read that begins after another has ended must not be earlier. */
static void observe(struct race *race, bool with_details)
{
	long seen = race->latest, time;

	if (with_details) {
		zx_clock_details_v1_t details = details_of(race->clock);

		time = apply(&details.reference_to_synthetic, details.query_ticks);
		/* The updates set both of these together. */
		race->wrong += !has_rate(&details, (int)details.error_bound - 1000);
		race->wrong += !same_function(&details.reference_to_synthetic,
					      &details.reference_ticks_to_synthetic);
	} else {
		time = time_of(race->clock);
	}
	race->wrong += time < seen;
	while (seen < time && !atomic_compare_exchange_weak(&race->latest, &seen, time))
		;
}

static void read_it(struct race *race)
{
	for (int i = 0; i < STEPS; i++)
		observe(race, false);
}

static void read_details(struct race *race)
{
	for (int i = 0; i < STEPS; i++)
		observe(race, true);
}

static void update_it(struct race *race)
{
	for (int i = 0; i < STEPS; i++) {
		uint32_t rate = i * 2654435761u % 2001;
		zx_time_t reference = now(race->options), time = time_of(race->clock);
		zx_status_t status;

		/* With any status: another thread may have moved the clock beyond this. */
		if (!(race->options & CONTINUOUS) && i % 4 == 0)
			race->updates += (i % 8 ? SET(race->clock, V1, time + ZX_USEC(i)) :
						  SET_AT(race->clock, reference, time)) == ZX_OK;
		status = UPDATE(race->clock, V2 | RATE | ERROR, .error_bound = rate,
				.rate_adjust = (int)rate - 1000);
		race->updates += status == ZX_OK;
		race->wrong += status != ZX_OK;
		observe(race, false);
	}
}

TEST_F_TIMEOUT(clock, time_never_goes_back, 600)
{
	static void (*const actions[RACERS])(struct race *race) = {
		update_it, read_it, update_it, read_details,
	};

	for_each_kind(options) {
		zx_clock_details_v1_t details;
		struct race race = { .options = options };
		struct racers racers;

		if (!(options & MONOTONIC))
			continue;
		race.clock = new_clock(options, 0);
		ASSERT_NE(ZX_HANDLE_INVALID, race.clock);
		if (!(options & AUTO_START))
			ASSERT_EQ(ZX_OK, SET(race.clock, V2, 0));
		ASSERT_EQ(ZX_OK, UPDATE(race.clock, V2 | RATE | ERROR, .error_bound = 1000));
		details = details_of(race.clock);
		racers_start(&racers, &race, actions);
		for (unsigned int i = 0; i < zxt_part(300); i++)
			racers_round(&racers);
		racers_stop(&racers);
		EXPECT_EQ(0, race.wrong);
		/* Each update counts once. */
		EXPECT_EQ(details.generation_counter + race.updates,
			  details_of(race.clock).generation_counter);
		EXPECT_EQ(ZX_OK, zx_handle_close(race.clock));
	}
}

/* One of several threads that start a clock starts it, if it is continuous. */
static void start_it(struct race *race)
{
	race->updates += SET(race->clock, V2, DAY) == ZX_OK;
}

TEST_F_TIMEOUT(clock, started_by_many, 240)
{
	static void (*const actions[RACERS])(struct race *race) = {
		start_it, start_it, start_it, start_it,
	};
	struct race race = {};
	struct racers racers;

	racers_start(&racers, &race, actions);
	for (unsigned int i = 0; i < zxt_part(2000); i++) {
		race.clock = new_clock(MONOTONIC | CONTINUOUS, 0);
		ASSERT_EQ(ZX_OK, zx_object_wait_async(race.clock, self->port, i, ZX_CLOCK_UPDATED,
						      0));
		race.updates = 0;
		racers_round(&racers);
		ASSERT_EQ(1, race.updates);
		ASSERT_EQ(i, next_key(self->port));
		ASSERT_EQ(ZX_CLOCK_STARTED, zxt_signals(race.clock));
		ASSERT_EQ(ZX_OK, zx_handle_close(race.clock));
	}
	racers_stop(&racers);
}

/* No update is lost: a thread that waits for UPDATED, then reads, sees each of them or a later. */
struct follower {
	zx_handle_t clock, port;
	uint64_t target;
	atomic_bool seen;
};

static void *follow(void *arg)
{
	struct follower *follower = arg;
	zx_port_packet_t packet;

	for (;;) {
		/* The wait begins before the details are read, so no update is between them. */
		if (zx_object_wait_async(follower->clock, follower->port, 1, ZX_CLOCK_UPDATED,
					 0) != ZX_OK)
			return NULL;
		if (details_of(follower->clock).error_bound == follower->target)
			break;
		if (zx_port_wait(follower->port, ZXT_SOON, &packet) != ZX_OK)
			return NULL;
	}
	follower->seen = true;
	return NULL;
}

TEST_F_TIMEOUT(clock, a_follower_sees_the_last_update, 240)
{
	ASSERT_EQ(ZX_OK, SET(self->clock, V2, 0));
	for (unsigned int i = 0; i < zxt_part(500); i++) {
		struct follower follower = {
			.clock = self->clock,
			.port = self->port,
			.target = i * 20 + 20,
		};
		pthread_t thread;

		ASSERT_EQ(0, pthread_create(&thread, NULL, follow, &follower));
		for (uint64_t j = i * 20 + 1; j <= follower.target; j++)
			ASSERT_EQ(ZX_OK, UPDATE(self->clock, V2 | ERROR, .error_bound = j));
		pthread_join(thread, NULL);
		ASSERT_TRUE(follower.seen);
		zx_port_cancel_key(self->port, 0, 1);
	}
}

TEST_HARNESS_MAIN
