/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time namespaces: a program passes and receives times of the clocks in its own time namespace. The
 * module stores and compares times of the kernel's clocks.
 */
#ifndef ZXMOD_TIMENS_H
#define ZXMOD_TIMENS_H

#include <linux/nsproxy.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/time_namespace.h>

#include "zx.h"

/* What a clock shows in the caller's time namespace, less what it shows in the kernel. */
static inline s64 zx_time_offset(u32 clock_id)
{
#ifdef CONFIG_TIME_NS
	const struct timens_offsets *offsets = &current->nsproxy->time_ns->offsets;

	return timespec64_to_ns(clock_id == ZX_CLOCK_BOOT ? &offsets->boottime :
							    &offsets->monotonic);
#else
	return 0;
#endif
}

/**
 * zx_host_time - convert a time of a clock of the caller's time namespace to the kernel's
 * @time:	the time in nanoseconds; values that are not positive, and ZX_TIME_INFINITE, stay
 * @clock_id:	ZX_CLOCK_MONOTONIC or ZX_CLOCK_BOOT
 *
 * Return: the time, which may be negative; ZX_TIME_INFINITE if it is out of range.
 */
static inline s64 zx_host_time(s64 time, u32 clock_id)
{
	if (time > 0 && time != ZX_TIME_INFINITE &&
	    check_sub_overflow(time, zx_time_offset(clock_id), &time))
		return ZX_TIME_INFINITE;
	return time;
}

/**
 * zx_ns_time - convert a time of a kernel's clock to that of the caller's time namespace
 * @time:	the time in nanoseconds, positive; ZX_TIME_INFINITE stays
 * @clock_id:	ZX_CLOCK_MONOTONIC or ZX_CLOCK_BOOT
 *
 * Return: the time, which may be negative; ZX_TIME_INFINITE if it is out of range.
 */
static inline s64 zx_ns_time(s64 time, u32 clock_id)
{
	if (time != ZX_TIME_INFINITE &&
	    check_add_overflow(time, zx_time_offset(clock_id), &time))
		return ZX_TIME_INFINITE;
	return time;
}

#endif /* ZXMOD_TIMENS_H */
