// SPDX-License-Identifier: MIT
/* C++: the arithmetic of <zircon/time.h> is constant where its arguments are, also in C++11. */
#include <zircon/time.h>

#define CONSTANT(condition) static_assert(condition, #condition)

static constexpr zx_time_t max = ZX_TIME_INFINITE, min = ZX_TIME_INFINITE_PAST;

CONSTANT(zx_time_add_duration(max - 1, 1) == max && zx_time_add_duration(max, 1) == max);
CONSTANT(zx_time_add_duration(min, -1) == min && zx_time_add_duration(-5, 3) == -2);
CONSTANT(zx_time_sub_duration(min, 1) == min && zx_time_sub_duration(max, -1) == max);
CONSTANT(zx_time_sub_time(0, min) == max && zx_time_sub_time(-2, max) == min);
CONSTANT(zx_duration_add_duration(3, 4) == 7 && zx_duration_sub_duration(3, 4) == -1);
CONSTANT(zx_duration_mul_int64(min, -1) == max && zx_duration_mul_int64(max, -2) == min);
CONSTANT(zx_duration_mul_int64(min, min) == max && zx_duration_mul_int64(max, 0) == 0);
CONSTANT(zx_ticks_add_ticks(max, 1) == max && zx_ticks_sub_ticks(7, 3) == 4);
CONSTANT(zx_ticks_mul_int64(min, 2) == min);
CONSTANT(zx_duration_from_hour(2) == ZX_HOUR(2) && zx_duration_from_hour(max) == max);
CONSTANT(zx_duration_from_sec(min) == min && zx_duration_from_usec(3) == ZX_USEC(3));
CONSTANT(zx_timespec_from_duration(ZX_SEC(3) + 7).tv_sec == 3);
CONSTANT(zx_timespec_from_time(-ZX_SEC(3) - 7).tv_nsec == -7);
CONSTANT(zx_duration_from_timespec(zx_timespec_from_time(-ZX_SEC(3) - 7)) == -ZX_SEC(3) - 7);

/* As a function of a class may pass its argument on. */
static constexpr zx_duration_t msec(int64_t n)
{
	return ZX_MSEC(n);
}

CONSTANT(msec(5) == 5000000 && msec(-7) == -7000000);
