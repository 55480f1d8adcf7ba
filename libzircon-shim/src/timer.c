// SPDX-License-Identifier: MIT
/* Timers. */
#include "internal.h"

zx_status_t zx_timer_create(uint32_t options, zx_clock_t clock_id, zx_handle_t *out)
{
	struct zx_ioc_timer_create arg = {
		.options = options,
		.clock_id = clock_id,
		.out = zxi_ptr(out),
	};

	return zxi_device_call(ZX_IOC_TIMER_CREATE, &arg);
}

zx_status_t zx_timer_set(zx_handle_t handle, zx_time_t deadline, zx_duration_t slack)
{
	struct zx_ioc_timer_set arg = {
		.handle = handle,
		.deadline = deadline,
		.slack = slack,
	};

	return zxi_device_call(ZX_IOC_TIMER_SET, &arg);
}

zx_status_t zx_timer_cancel(zx_handle_t handle)
{
	struct zx_ioc_handle arg = { .handle = handle };

	return zxi_device_call(ZX_IOC_TIMER_CANCEL, &arg);
}

ZXI_TWIN(zx_timer_create);
ZXI_TWIN(zx_timer_set);
ZXI_TWIN(zx_timer_cancel);
