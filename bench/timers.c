// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers that are set and canceled before they fire, counters, clocks, and futexes without a thread
 * that waits.
 */
#include <linux/futex.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include <zircon/syscalls/clock.h>

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

/* Without the vDSO: the time of a clock is in the kernel. */
static void op_clock_gettime(void *arg, unsigned int i)
{
	struct timespec now;

	(void)arg;
	(void)i;
	if (syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now))
		die("clock_gettime");
}

static void op_clock_read(void *arg, unsigned int i)
{
	zx_time_t now;

	(void)i;
	must(zx_clock_read(*(zx_handle_t *)arg, &now), "zx_clock_read");
}

static void op_clock_update(void *arg, unsigned int i)
{
	const zx_clock_update_args_v2_t args = { .rate_adjust = i & 1 };

	must(zx_clock_update(*(zx_handle_t *)arg, ZX_CLOCK_ARGS_VERSION(2) |
			     ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID, &args), "zx_clock_update");
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

static void clocks(void)
{
	zx_handle_t clock;

	peer("clock_gettime, system call", measure(op_clock_gettime, NULL));
	must(zx_clock_create(ZX_CLOCK_OPT_AUTO_START, NULL, &clock), "zx_clock_create");
	ours("Clock/Read", measure(op_clock_read, &clock));
	against("clock_gettime, system call", 1, 0);
	ours("Clock/Update", measure(op_clock_update, &clock));
	must(zx_handle_close(clock), "zx_handle_close");
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
	clocks();
	futexes();
}
