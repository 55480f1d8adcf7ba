// SPDX-License-Identifier: MIT
/* Counters. */
#include "internal.h"

zx_status_t zx_counter_create(uint32_t options, zx_handle_t *out)
{
	struct zx_ioc_create arg = { .options = options, .out0 = zxi_ptr(out) };

	return zxi_device_call(ZX_IOC_COUNTER_CREATE, &arg);
}

zx_status_t zx_counter_read(zx_handle_t handle, int64_t *value)
{
	struct zx_ioc_counter_read arg = { .handle = handle, .out = zxi_ptr(value) };

	return zxi_device_call(ZX_IOC_COUNTER_READ, &arg);
}

zx_status_t zx_counter_write(zx_handle_t handle, int64_t value)
{
	struct zx_ioc_counter arg = { .handle = handle, .value = value };

	return zxi_device_call(ZX_IOC_COUNTER_WRITE, &arg);
}

zx_status_t zx_counter_add(zx_handle_t handle, int64_t value)
{
	struct zx_ioc_counter arg = { .handle = handle, .value = value };

	return zxi_device_call(ZX_IOC_COUNTER_ADD, &arg);
}

ZXI_TWIN(zx_counter_create);
ZXI_TWIN(zx_counter_read);
ZXI_TWIN(zx_counter_write);
ZXI_TWIN(zx_counter_add);
