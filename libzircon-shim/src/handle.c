// SPDX-License-Identifier: MIT
/* Handles: giving up, copying, narrowing, and to and from Linux file descriptors. */
#include "internal.h"

zx_status_t zx_handle_close(zx_handle_t handle)
{
	struct zx_ioc_handle arg = { .handle = handle };

	/* Also without the module. */
	if (handle == ZX_HANDLE_INVALID)
		return ZX_OK;
	return zxi_device_call(ZX_IOC_HANDLE_CLOSE, &arg);
}

zx_status_t zx_handle_close_many(const zx_handle_t *handles, size_t num_handles)
{
	struct zx_ioc_handle_close_many arg = { .handles = zxi_ptr(handles) };
	zx_status_t status, result = ZX_OK;

	/* One call closes a bounded number, so that between two the process can be stopped. */
	do {
		arg.count = num_handles < ZX_CLOSE_MANY_MAX ? num_handles : ZX_CLOSE_MANY_MAX;
		status = zxi_device_call(ZX_IOC_HANDLE_CLOSE_MANY, &arg);
		if (status != ZX_OK)
			result = status;
		arg.handles += arg.count * sizeof(*handles);
		num_handles -= arg.count;
	} while (num_handles && (status == ZX_OK || status == ZX_ERR_BAD_HANDLE));
	return result;
}

zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t *out)
{
	struct zx_ioc_handle arg = {
		.handle = handle,
		.rights = rights,
		.out = zxi_ptr(out),
	};

	return zxi_device_call(ZX_IOC_HANDLE_DUPLICATE, &arg);
}

zx_status_t zx_handle_replace(zx_handle_t handle, zx_rights_t rights, zx_handle_t *out)
{
	struct zx_ioc_handle arg = {
		.handle = handle,
		.rights = rights,
		.out = zxi_ptr(out),
	};

	return zxi_device_call(ZX_IOC_HANDLE_REPLACE, &arg);
}

zx_status_t zx_handle_check_valid(zx_handle_t handle)
{
	struct zx_ioc_handle arg = { .handle = handle };

	return zxi_device_call(ZX_IOC_HANDLE_CHECK_VALID, &arg);
}

zx_status_t zxl_handle_export(zx_handle_t handle, uint32_t options, int *out_fd)
{
	struct zxl_ioc_fd arg = {
		.handle = handle,
		.options = options,
		.out = zxi_ptr(out_fd),
	};

	return zxi_device_call(ZXL_IOC_HANDLE_EXPORT, &arg);
}

zx_status_t zxl_handle_import(int fd, uint32_t options, zx_handle_t *out)
{
	struct zxl_ioc_fd arg = {
		.fd = fd,
		.options = options,
		.out = zxi_ptr(out),
	};

	return zxi_device_call(ZXL_IOC_HANDLE_IMPORT, &arg);
}

zx_status_t zxl_handle_watch(zx_handle_t handle, zx_signals_t signals, uint32_t options,
			     int *out_fd)
{
	struct zxl_ioc_fd arg = {
		.handle = handle,
		.signals = signals,
		.options = options,
		.out = zxi_ptr(out_fd),
	};

	return zxi_device_call(ZXL_IOC_HANDLE_WATCH, &arg);
}

ZXI_TWIN(zx_handle_close);
ZXI_TWIN(zx_handle_close_many);
ZXI_TWIN(zx_handle_duplicate);
ZXI_TWIN(zx_handle_replace);
ZXI_TWIN(zx_handle_check_valid);
