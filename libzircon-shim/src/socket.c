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

zx_status_t zxl_socket_read_deadline(zx_handle_t handle, uint32_t options,
				     zx_instant_mono_t deadline, void *buffer, size_t buffer_size,
				     size_t *actual)
{
	bool waited = false;
	zx_status_t status;

	if (options & ~ZX_SOCKET_PEEK)
		return ZX_ERR_INVALID_ARGS;
	for (;;) {
		status = zx_socket_read(handle, options, buffer, buffer_size, actual);
		if (status != ZX_ERR_SHOULD_WAIT)
			return zxi_after_wait(handle, status, waited);
		status = zx_object_wait_one(handle,
					    ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED |
						    ZX_SOCKET_PEER_WRITE_DISABLED,
					    deadline, NULL);
		if (status != ZX_OK)
			return status;
		waited = true;
	}
}

/*
 * Waits for a write that has failed with ZX_ERR_SHOULD_WAIT. @again: the write before it failed
 * also. If WRITABLE is up then, a datagram waits for more space than there is.
 */
static zx_status_t wait_for_space(zx_handle_t handle, zx_instant_mono_t deadline, bool again)
{
	zx_status_t status = zx_object_wait_one(handle,
						ZX_SOCKET_WRITABLE | ZX_SOCKET_PEER_CLOSED |
							ZX_SOCKET_WRITE_DISABLED,
						deadline, NULL);
	zx_instant_mono_t soon;

	if (status != ZX_OK || !again)
		return status;
	if (zx_clock_get_monotonic() >= deadline)
		return ZX_ERR_TIMED_OUT;
	soon = zx_deadline_after(ZX_MSEC(1));
	zx_nanosleep(soon < deadline ? soon : deadline);
	return ZX_OK;
}

zx_status_t zxl_socket_write_deadline(zx_handle_t handle, uint32_t options,
				      zx_instant_mono_t deadline, const void *buffer,
				      size_t buffer_size, size_t *actual)
{
	const char *bytes = buffer;
	size_t written = 0, some;
	bool again = false, waited = false;
	zx_status_t status = ZX_ERR_INVALID_ARGS;

	while (!options) {
		some = 0;
		status = zx_socket_write(handle, 0, bytes + written, buffer_size - written, &some);
		written += some;
		if (status == ZX_OK && written < buffer_size) {
			again = false;
			continue;
		}
		if (status != ZX_ERR_SHOULD_WAIT)
			break;
		status = wait_for_space(handle, deadline, again);
		if (status != ZX_OK)
			break;
		again = true;
		waited = true;
	}
	if (actual)
		*actual = written;
	return zxi_after_wait(handle, status, waited);
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

ZXI_TWIN(zx_socket_create);
ZXI_TWIN(zx_socket_write);
ZXI_TWIN(zx_socket_read);
ZXI_TWIN(zx_socket_set_disposition);
ZXI_TWIN(zx_socket_shutdown);
ZXI_TWIN(zx_socket_share);
ZXI_TWIN(zx_socket_accept);
