// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers that are set and canceled before they fire, counters, and futexes without a thread that
 * waits.
 */
#include <linux/futex.h>
#include <sys/syscall.h>
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

static void op_futex_wake(void *arg, unsigned int i)
{
	(void)i;
	if (syscall(SYS_futex, arg, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0))
		die("FUTEX_WAKE");
}

static void op_futex_wait(void *arg, unsigned int i)
{
	(void)i;
	if (syscall(SYS_futex, arg, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0) == 0)
		die("FUTEX_WAIT");
}

static void op_zx_futex_wake(void *arg, unsigned int i)
{
	(void)i;
	must(zx_futex_wake(arg, 1), "zx_futex_wake");
}

static void op_zx_futex_wait(void *arg, unsigned int i)
{
	(void)i;
	if (zx_futex_wait(arg, 1, ZX_HANDLE_INVALID, ZX_TIME_INFINITE) != ZX_ERR_BAD_STATE)
		die("zx_futex_wait");
}

static void futexes(void)
{
	static zx_futex_t futex;

	peer("futex wake, no waiter", measure(op_futex_wake, &futex));
	peer("futex wait, another value", measure(op_futex_wait, &futex));
	ours("Futex/WakeNone", measure(op_zx_futex_wake, &futex));
	against("futex wake, no waiter", 1, 1.05);
	ours("Futex/WaitOtherValue", measure(op_zx_futex_wait, &futex));
	against("futex wait, another value", 1, 1.05);
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
	futexes();
}
