// SPDX-License-Identifier: MIT
/* Sockets. */
#include "internal.h"

zx_status_t zx_socket_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1)
{
	struct zx_ioc_create arg = {
		.options = options,
		.out0 = zxi_ptr(out0),
		.out1 = zxi_ptr(out1),
	};

	return zxi_device_call(ZX_IOC_SOCKET_CREATE, &arg);
}

zx_status_t zx_socket_write(zx_handle_t handle, uint32_t options, const void *buffer,
			    size_t buffer_size, size_t *actual)
{
	struct zx_ioc_socket_io arg = {
		.handle = handle,
		.options = options,
		.buffer = zxi_ptr(buffer),
		.size = buffer_size,
		.actual = zxi_ptr(actual),
	};

	return zxi_device_call(ZX_IOC_SOCKET_WRITE, &arg);
}

zx_status_t zx_socket_read(zx_handle_t handle, uint32_t options, void *buffer, size_t buffer_size,
			   size_t *actual)
{
	struct zx_ioc_socket_io arg = {
		.handle = handle,
		.options = options,
		.buffer = zxi_ptr(buffer),
		.size = buffer_size,
		.actual = zxi_ptr(actual),
	};

	return zxi_device_call(ZX_IOC_SOCKET_READ, &arg);
}

zx_status_t zx_socket_set_disposition(zx_handle_t handle, uint32_t disposition,
				      uint32_t disposition_peer)
{
	struct zx_ioc_socket_disposition arg = {
		.handle = handle,
		.disposition = disposition,
		.disposition_peer = disposition_peer,
	};

	return zxi_device_call(ZX_IOC_SOCKET_SET_DISPOSITION, &arg);
}

zx_status_t zx_socket_shutdown(zx_handle_t handle, uint32_t options)
{
	uint32_t disabled = ZX_SOCKET_DISPOSITION_WRITE_DISABLED;

	if (options & ~ZX_SOCKET_SHUTDOWN_MASK)
		return ZX_ERR_INVALID_ARGS;
	return zx_socket_set_disposition(handle,
					 options & ZX_SOCKET_SHUTDOWN_WRITE ? disabled : 0,
					 options & ZX_SOCKET_SHUTDOWN_READ ? disabled : 0);
}

zx_status_t zx_socket_share(zx_handle_t handle, zx_handle_t socket_to_share)
{
	struct zx_ioc_socket_share arg = {
		.handle = handle,
		.socket = socket_to_share,
	};

	return zxi_device_call(ZX_IOC_SOCKET_SHARE, &arg);
}

zx_status_t zx_socket_accept(zx_handle_t handle, zx_handle_t *out_socket)
{
	struct zx_ioc_handle arg = {
		.handle = handle,
		.out = zxi_ptr(out_socket),
	};

	return zxi_device_call(ZX_IOC_SOCKET_ACCEPT, &arg);
}
