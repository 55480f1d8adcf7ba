// SPDX-License-Identifier: MIT
/* Clocks. */
#include "internal.h"

zx_status_t zx_clock_create(uint64_t options, const void *args, zx_handle_t *out)
{
	struct zx_ioc_clock_create arg = {
		.options = options,
		.args = zxi_ptr(args),
		.out = zxi_ptr(out),
	};

	return zxi_device_call(ZX_IOC_CLOCK_CREATE, &arg);
}

zx_status_t zx_clock_read(zx_handle_t handle, zx_time_t *now)
{
	struct zx_ioc_clock_read arg = { .handle = handle, .out = zxi_ptr(now) };

	return zxi_device_call(ZX_IOC_CLOCK_READ, &arg);
}

zx_status_t zx_clock_get_details(zx_handle_t handle, uint64_t options, void *details)
{
	struct zx_ioc_clock arg = {
		.handle = handle,
		.options = options,
		.args = zxi_ptr(details),
	};

	return zxi_device_call(ZX_IOC_CLOCK_GET_DETAILS, &arg);
}

zx_status_t zx_clock_update(zx_handle_t handle, uint64_t options, const void *args)
{
	struct zx_ioc_clock arg = {
		.handle = handle,
		.options = options,
		.args = zxi_ptr(args),
	};

	return zxi_device_call(ZX_IOC_CLOCK_UPDATE, &arg);
}

ZXI_TWIN(zx_clock_create);
ZXI_TWIN(zx_clock_read);
ZXI_TWIN(zx_clock_get_details);
ZXI_TWIN(zx_clock_update);
