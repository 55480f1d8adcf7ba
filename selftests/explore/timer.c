// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: timers and counters.
 */
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
