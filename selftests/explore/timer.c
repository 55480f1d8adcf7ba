// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: timers, counters and clocks.
 */
#include <zircon/syscalls/clock.h>

#include "explore.h"

long do_timer(struct actor *a)
{
	uint8_t how = byte(a);
	uint32_t out = 0;
	union zxp_argument arg = {
		.timer_create.options = how % 4,
		.timer_create.clock_id = how / 4 % 3,
		.timer_create.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZX_IOC_TIMER_CREATE, &arg);

	if (ret == 0 && out)
		remember(out, TIMER);
	return ret;
}

long do_timer_set(struct actor *a)
{
	static const int64_t slacks[] = { 0, 1000, 1000000, INT64_MAX, -1, INT64_MIN };
	uint8_t how = byte(a);
	union zxp_argument arg = {};

	if (how & 1) {
		arg.handle.handle = some_handle(a, TIMER);
		return submit(a, ZX_IOC_TIMER_CANCEL, &arg);
	}
	arg.timer_set.handle = some_handle(a, TIMER);
	arg.timer_set.deadline = some_deadline(a);
	arg.timer_set.slack = slacks[how / 2 % ARRAY_SIZE(slacks)];
	return submit(a, ZX_IOC_TIMER_SET, &arg);
}

long do_counter(struct actor *a)
{
	return create(a, ZX_IOC_COUNTER_CREATE, COUNTER, 0, false);
}

long do_counter_io(struct actor *a)
{
	static const int64_t values[] = { 1, -1, 0, INT64_MAX, INT64_MIN };
	uint8_t how = byte(a);
	union zxp_argument arg = {};
	uint64_t value;

	if (how % 4 == 3) {
		arg.counter_read.handle = some_handle(a, COUNTER);
		arg.counter_read.out = some_out(a, &value, 8);
		return submit(a, ZX_IOC_COUNTER_READ, &arg);
	}
	arg.counter.handle = some_handle(a, COUNTER);
	arg.counter.value = values[how / 4 % ARRAY_SIZE(values)];
	return submit(a, how % 4 == 2 ? ZX_IOC_COUNTER_WRITE : ZX_IOC_COUNTER_ADD, &arg);
}

/* Returns options, and in @version the version of the arguments, which mostly is @usual. */
static uint64_t some_clock_options(struct actor *a, unsigned int usual, unsigned int *version)
{
	uint8_t how = byte(a);

	*version = how < 0x80 ? usual : how / 32 % 4;
	return ZX_CLOCK_ARGS_VERSION(*version) | how % 32;
}

static int64_t some_time(struct actor *a)
{
	static const int64_t times[] = { 0, 1, ZX_SEC(1000), -1, INT64_MAX, INT64_MIN };
	uint8_t choice = byte(a);

	return choice < ARRAY_SIZE(times) ? times[choice] : zx_clock_get_monotonic() + choice;
}

long do_clock(struct actor *a)
{
	unsigned int version;
	uint64_t options = some_clock_options(a, 0, &version);
	zx_clock_create_args_v1_t *args = (void *)(a->buffer + 2048);
	uint32_t out = 0;
	union zxp_argument arg = {
		.clock_create.options = options,
		.clock_create.out = some_out(a, &out, 4),
	};
	long ret;

	if (version) {
		args->backstop_time = some_time(a);
		arg.clock_create.args = some_pointer(a, sizeof(*args), 8);
	}
	ret = submit(a, ZX_IOC_CLOCK_CREATE, &arg);
	if (ret == 0 && out)
		remember(out, CLOCK);
	return ret;
}

/* Reads the time, or the details. */
long do_clock_io(struct actor *a)
{
	union zxp_argument arg = {};
	unsigned int version;
	uint64_t value;

	if (byte(a) & 1) {
		arg.clock_read.handle = some_handle(a, CLOCK);
		arg.clock_read.out = some_out(a, &value, 8);
		return submit(a, ZX_IOC_CLOCK_READ, &arg);
	}
	arg.clock.handle = some_handle(a, CLOCK);
	arg.clock.options = some_clock_options(a, 1, &version);
	arg.clock.args = some_pointer(a, sizeof(zx_clock_details_v1_t), 0);
	return submit(a, ZX_IOC_CLOCK_GET_DETAILS, &arg);
}

/* For version 1 the field that is the reference value is the error bound. */
long do_clock_update(struct actor *a)
{
	static const int32_t rates[] = { 0, 1, -1, 1000, -1000, 1001, -1001, INT32_MIN };
	zx_clock_update_args_v2_t *args = (void *)(a->buffer + 2048);
	union zxp_argument arg = {};
	unsigned int version;

	arg.clock.handle = some_handle(a, CLOCK);
	arg.clock.options = some_clock_options(a, 2, &version);
	args->rate_adjust = rates[byte(a) % ARRAY_SIZE(rates)];
	args->synthetic_value = some_time(a);
	args->reference_value = some_time(a);
	args->error_bound = 7;
	arg.clock.args = some_pointer(a, sizeof(*args), 8);
	return submit(a, ZX_IOC_CLOCK_UPDATE, &arg);
}
