/* SPDX-License-Identifier: MIT */
/*
 * Times and durations. All are signed 64-bit numbers, of nanoseconds unless the name says ticks.
 * "mono" counts on CLOCK_MONOTONIC, which stands still while the machine is suspended, "boot" on
 * CLOCK_BOOTTIME, which does not; the names without either take both.
 */
#ifndef ZIRCON_TIME_H_
#define ZIRCON_TIME_H_

#include <stdint.h>
#include <time.h>
#include <zircon/compiler.h>

__BEGIN_CDECLS

typedef int64_t zx_instant_mono_t;
typedef int64_t zx_instant_mono_ticks_t;
typedef int64_t zx_duration_mono_t;
typedef int64_t zx_duration_mono_ticks_t;
typedef int64_t zx_instant_boot_t;
typedef int64_t zx_instant_boot_ticks_t;
typedef int64_t zx_duration_boot_t;
typedef int64_t zx_duration_boot_ticks_t;

/**
 * zx_time_t - times and durations: types, units and arithmetic
 *
 * All are 64 bits with sign, of nanoseconds. A zx_time_t is a time of zx_clock_get_monotonic(), or
 * of another clock; a zx_duration_t is the difference of two. Deadlines are times. The types whose
 * names say more (zx_instant_mono_t, zx_duration_mono_t, zx_instant_boot_t) are the same numbers.
 *
 * Durations:
 *
 *	ZX_NSEC(n)	n nanoseconds.
 *	ZX_USEC(n)	n microseconds.
 *	ZX_MSEC(n)	n milliseconds.
 *	ZX_SEC(n)	n seconds.
 *	ZX_MIN(n)	n minutes.
 *	ZX_HOUR(n)	n hours.
 *
 * As deadlines:
 *
 * Shows: ZX_TIME_INFINITE ZX_TIME_INFINITE_PAST
 *
 * Functions in <zircon/time.h>, whose results stop at ZX_TIME_INFINITE and ZX_TIME_INFINITE_PAST
 * where they would overflow:
 *
 *	zx_time_add_duration(t, d)	The time t + d.
 *	zx_time_sub_duration(t, d)	The time t - d.
 *	zx_time_sub_time(t1, t2)	The duration from t2 to t1.
 *	zx_duration_add_duration(d1, d2)	The duration d1 + d2.
 *	zx_duration_sub_duration(d1, d2)	The duration d1 - d2.
 *	zx_duration_mul_int64(d, n)	The duration d * n.
 *	zx_timespec_from_duration(d)	A struct timespec, also from a time with
 *		zx_timespec_from_time(t).
 *	zx_duration_from_timespec(ts)	From a struct timespec, also zx_time_from_timespec(ts).
 *
 * Example: time
 *
 * See also: zx_deadline_after(), zx_clock_get_monotonic(), zx_nanosleep(), zx_object_wait_one().
 */
typedef int64_t zx_time_t;
typedef int64_t zx_duration_t;
typedef int64_t zx_ticks_t;

#define ZX_TIME_INFINITE INT64_MAX	/* as a deadline: never */
#define ZX_TIME_INFINITE_PAST INT64_MIN	/* as a deadline: do not wait */

/*
 * Arithmetic that stops at ZX_TIME_INFINITE and ZX_TIME_INFINITE_PAST where it would wrap. Each
 * function is one return statement, since a constexpr function of C++11 can be no more.
 */
__extension__ typedef __int128 __zx_wide_time_t;

__CONSTEXPR static inline int64_t __zx_time_clamp(__zx_wide_time_t t)
{
	return t > ZX_TIME_INFINITE	 ? ZX_TIME_INFINITE :
	       t < ZX_TIME_INFINITE_PAST ? ZX_TIME_INFINITE_PAST :
					   (int64_t)t;
}

__CONSTEXPR static inline int64_t __zx_time_add(int64_t a, int64_t b)
{
	return __zx_time_clamp((__zx_wide_time_t)a + b);
}

__CONSTEXPR static inline int64_t __zx_time_sub(int64_t a, int64_t b)
{
	return __zx_time_clamp((__zx_wide_time_t)a - b);
}

__CONSTEXPR static inline int64_t __zx_time_mul(int64_t a, int64_t b)
{
	return __zx_time_clamp((__zx_wide_time_t)a * b);
}

__CONSTEXPR static inline zx_time_t zx_time_add_duration(zx_time_t t, zx_duration_t d)
{
	return __zx_time_add(t, d);
}

__CONSTEXPR static inline zx_time_t zx_time_sub_duration(zx_time_t t, zx_duration_t d)
{
	return __zx_time_sub(t, d);
}

__CONSTEXPR static inline zx_duration_t zx_time_sub_time(zx_time_t t1, zx_time_t t2)
{
	return __zx_time_sub(t1, t2);
}

__CONSTEXPR static inline zx_duration_t zx_duration_add_duration(zx_duration_t d1, zx_duration_t d2)
{
	return __zx_time_add(d1, d2);
}

__CONSTEXPR static inline zx_duration_t zx_duration_sub_duration(zx_duration_t d1, zx_duration_t d2)
{
	return __zx_time_sub(d1, d2);
}

__CONSTEXPR static inline zx_duration_t zx_duration_mul_int64(zx_duration_t d, int64_t times)
{
	return __zx_time_mul(d, times);
}

__CONSTEXPR static inline zx_ticks_t zx_ticks_add_ticks(zx_ticks_t t1, zx_ticks_t t2)
{
	return __zx_time_add(t1, t2);
}

__CONSTEXPR static inline zx_ticks_t zx_ticks_sub_ticks(zx_ticks_t t1, zx_ticks_t t2)
{
	return __zx_time_sub(t1, t2);
}

__CONSTEXPR static inline zx_ticks_t zx_ticks_mul_int64(zx_ticks_t t, int64_t times)
{
	return __zx_time_mul(t, times);
}

/* Conversions, saturating too. */
__CONSTEXPR static inline int64_t zx_nsec_from_duration(zx_duration_t n)
{
	return n;
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_nsec(int64_t n)
{
	return n;
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_usec(int64_t n)
{
	return __zx_time_mul(n, 1000);
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_msec(int64_t n)
{
	return __zx_time_mul(n, 1000000);
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_sec(int64_t n)
{
	return __zx_time_mul(n, 1000000000);
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_min(int64_t n)
{
	return __zx_time_mul(n, INT64_C(60000000000));
}

__CONSTEXPR static inline zx_duration_t zx_duration_from_hour(int64_t n)
{
	return __zx_time_mul(n, INT64_C(3600000000000));
}

/* Only where <time.h> has struct timespec: not in C99 without _POSIX_C_SOURCE. */
#if defined(CLOCK_REALTIME) || defined(TIME_UTC)
__CONSTEXPR static inline zx_duration_t zx_duration_from_timespec(struct timespec ts)
{
	return __zx_time_add(zx_duration_from_sec(ts.tv_sec), ts.tv_nsec);
}

__CONSTEXPR static inline zx_time_t zx_time_from_timespec(struct timespec ts)
{
	return zx_duration_from_timespec(ts);
}

/* C++ has no compound literals, and an initializer that needs no type. */
#ifdef __cplusplus
#define __ZX_TIMESPEC
#else
#define __ZX_TIMESPEC (struct timespec)
#endif

/* Rounds towards zero: a negative duration gives a negative tv_nsec. */
__CONSTEXPR static inline struct timespec zx_timespec_from_duration(zx_duration_t d)
{
	return __ZX_TIMESPEC { (time_t)(d / 1000000000), (long)(d % 1000000000) };
}

__CONSTEXPR static inline struct timespec zx_timespec_from_time(zx_time_t t)
{
	return zx_timespec_from_duration(t);
}

#endif /* struct timespec */

/* The same as macros, which are constant where their argument is. */
#define __ZX_DURATION(n, nsec) \
	(__ISCONSTANT(n) ? (zx_duration_t)((nsec) * (n)) : __zx_time_mul((nsec), (n)))
#define ZX_NSEC(n) __ZX_DURATION(n, 1LL)
#define ZX_USEC(n) __ZX_DURATION(n, 1000LL)
#define ZX_MSEC(n) __ZX_DURATION(n, 1000000LL)
#define ZX_SEC(n) __ZX_DURATION(n, 1000000000LL)
#define ZX_MIN(n) __ZX_DURATION(n, 60000000000LL)
#define ZX_HOUR(n) __ZX_DURATION(n, 3600000000000LL)

__END_CDECLS

#endif /* ZIRCON_TIME_H_ */
