// SPDX-License-Identifier: MIT
/* Clocks and sleeping. */
#include "internal.h"

#include <time.h>

#define NSEC_PER_SEC 1000000000

static zx_time_t now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts); /* answered by the vDSO; cannot fail for a clock that exists */
	return (zx_time_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

zx_instant_mono_t zx_clock_get_monotonic(void)
{
	return now(CLOCK_MONOTONIC);
}

zx_instant_boot_t zx_clock_get_boot(void)
{
	return now(CLOCK_BOOTTIME);
}

zx_status_t zx_clock_get(zx_clock_t clock_id, zx_time_t *out)
{
	if (!out || (clock_id != ZX_CLOCK_MONOTONIC && clock_id != ZX_CLOCK_BOOT))
		return ZX_ERR_INVALID_ARGS;
	*out = now(clock_id == ZX_CLOCK_BOOT ? CLOCK_BOOTTIME : CLOCK_MONOTONIC);
	return ZX_OK;
}

zx_instant_mono_t zx_deadline_after(zx_duration_mono_t nanoseconds)
{
	return zx_time_add_duration(now(CLOCK_MONOTONIC), nanoseconds);
}

zx_status_t zx_nanosleep(zx_instant_mono_t deadline)
{
	struct timespec ts = zx_timespec_from_time(deadline);

	/* A time before boot has passed, and Linux refuses it. The largest is 292 years away. */
	if (deadline <= 0)
		return ZX_OK;
	while (zxi_system_call(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, zxi_ptr(&ts), 0,
			       0, 0) == -EINTR)
		;
	return ZX_OK;
}

/*
 * A tick is a nanosecond: the processor's own counter would have to be scaled, and may stop or
 * differ between processors; the kernel knows all that and gives nanoseconds.
 */
zx_instant_mono_ticks_t zx_ticks_get(void)
{
	return now(CLOCK_MONOTONIC);
}

zx_instant_boot_ticks_t zx_ticks_get_boot(void)
{
	return now(CLOCK_BOOTTIME);
}

zx_ticks_t zx_ticks_per_second(void)
{
	return NSEC_PER_SEC;
}

ZXI_TWIN(zx_clock_get_monotonic);
ZXI_TWIN(zx_clock_get_boot);
ZXI_TWIN(zx_clock_get);
ZXI_TWIN(zx_deadline_after);
ZXI_TWIN(zx_nanosleep);
ZXI_TWIN(zx_ticks_get);
ZXI_TWIN(zx_ticks_per_second);
ZXI_TWIN(zx_ticks_get_boot);
