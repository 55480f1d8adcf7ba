// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers that are set and canceled before they fire, and counters.
 */
#include <sys/timerfd.h>

#include "bench.h"

static void op_timer(void *arg, unsigned int i)
{
	zx_handle_t timer = *(zx_handle_t *)arg;

	(void)i;
	must(zx_timer_set(timer, ZX_TIME_INFINITE - 1, 0), "zx_timer_set");
	must(zx_timer_cancel(timer), "zx_timer_cancel");
}

static void op_timerfd(void *arg, unsigned int i)
{
	const struct itimerspec far = { .it_value = { .tv_sec = 1000000000 } }, never = {};
	int fd = *(int *)arg;

	(void)i;
	if (timerfd_settime(fd, TFD_TIMER_ABSTIME, &far, NULL) ||
	    timerfd_settime(fd, TFD_TIMER_ABSTIME, &never, NULL))
		die("timerfd_settime");
}

static void op_counter(void *arg, unsigned int i)
{
	(void)i;
	must(zx_counter_add(*(zx_handle_t *)arg, 1), "zx_counter_add");
}

void bench_timers(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	zx_handle_t timer, counter;

	if (fd < 0)
		die("timerfd_create");
	peer("timerfd_settime twice", measure(op_timerfd, &fd));
	must(zx_timer_create(ZX_TIMER_SLACK_LATE, ZX_CLOCK_MONOTONIC, &timer), "zx_timer_create");
	ours("Timer/SetCancel", measure(op_timer, &timer));
	against("timerfd_settime twice", 1, 1.00);
	must(zx_counter_create(0, &counter), "zx_counter_create");
	ours("Counter/Add", measure(op_counter, &counter));
	must(zx_handle_close(counter), "zx_handle_close");
	must(zx_handle_close(timer), "zx_handle_close");
	close(fd);
}
