// SPDX-License-Identifier: MIT
/* Fifos. */
#include "internal.h"

zx_status_t zx_fifo_create(size_t elem_count, size_t elem_size, uint32_t options,
			   zx_handle_t *out0, zx_handle_t *out1)
{
	struct zx_ioc_fifo_create arg = {
		.elem_count = elem_count,
		.elem_size = elem_size,
		.options = options,
		.out0 = zxi_ptr(out0),
		.out1 = zxi_ptr(out1),
	};

	return zxi_device_call(ZX_IOC_FIFO_CREATE, &arg);
}

/* The ioctl's fields are narrower, and what does not fit is too large for any fifo. */
static uint32_t narrow(size_t value)
{
	return value > UINT32_MAX ? UINT32_MAX : value;
}

zx_status_t zx_fifo_write(zx_handle_t handle, size_t elem_size, const void *data, size_t count,
			  size_t *actual_count)
{
	struct zx_ioc_fifo_io arg = {
		.handle = handle,
		.elem_size = narrow(elem_size),
		.data = zxi_ptr(data),
		.count = narrow(count),
		.actual = zxi_ptr(actual_count),
	};

	return zxi_device_call(ZX_IOC_FIFO_WRITE, &arg);
}

zx_status_t zx_fifo_read(zx_handle_t handle, size_t elem_size, void *data, size_t count,
			 size_t *actual_count)
{
	struct zx_ioc_fifo_io arg = {
		.handle = handle,
		.elem_size = narrow(elem_size),
		.data = zxi_ptr(data),
		.count = narrow(count),
		.actual = zxi_ptr(actual_count),
	};

	return zxi_device_call(ZX_IOC_FIFO_READ, &arg);
}

ZXI_TWIN(zx_fifo_create);
ZXI_TWIN(zx_fifo_write);
ZXI_TWIN(zx_fifo_read);
