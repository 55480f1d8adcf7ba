// SPDX-License-Identifier: MIT
/* Does something every 10 milliseconds, and stops early. */
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

int main(void)
{
	zx_time_t next = zx_deadline_after(ZX_MSEC(10));
	zx_signals_t observed;
	zx_handle_t timer;

	must(zx_timer_create(ZX_TIMER_SLACK_LATE, ZX_CLOCK_MONOTONIC,
			     &timer), "zx_timer_create");
	for (int i = 0; i < 5; i++) {
		/* Setting the timer lowers the signal, too. */
		must(zx_timer_set(timer, next, ZX_USEC(100)),
		     "zx_timer_set");
		must(zx_object_wait_one(timer, ZX_TIMER_SIGNALED,
					ZX_TIME_INFINITE, &observed),
		     "zx_object_wait_one");
		next = zx_time_add_duration(next, ZX_MSEC(10));
	}
	must(zx_timer_set(timer, next, 0), "zx_timer_set");
	must(zx_timer_cancel(timer), "zx_timer_cancel");
	zx_handle_close(timer);
	puts("five times");
	return observed & ZX_TIMER_SIGNALED ? 0 : 1;
}
