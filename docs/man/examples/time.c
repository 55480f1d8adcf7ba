// SPDX-License-Identifier: MIT
/*
 * Does something every 10 milliseconds. The deadlines are computed from
 * the first one, so that delays do not add up.
 */
#include <stdio.h>
#include <zircon/syscalls.h>

int main(void)
{
	zx_time_t begin = zx_clock_get_monotonic();
	zx_time_t next = zx_deadline_after(ZX_MSEC(10));
	zx_duration_t passed;

	for (int i = 0; i < 5; i++) {
		if (zx_nanosleep(next) != ZX_OK)
			return 1;
		next = zx_time_add_duration(next, ZX_MSEC(10));
	}
	passed = zx_time_sub_time(zx_clock_get_monotonic(), begin);
	printf("%lld ms\n", (long long)(passed / ZX_MSEC(1)));
	return passed >= ZX_MSEC(50) ? 0 : 1;
}
