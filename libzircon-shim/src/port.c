// SPDX-License-Identifier: MIT
/* Ports and asynchronous waits. */
#include "internal.h"

_Static_assert(sizeof(zx_port_packet_t) == sizeof(struct zx_ioc_port_packet), "a packet's layout");

zx_status_t zx_port_create(uint32_t options, zx_handle_t *out)
{
	struct zx_ioc_create arg = { .options = options, .out0 = zxi_ptr(out) };

	return zxi_device_call(ZX_IOC_PORT_CREATE, &arg);
}

zx_status_t zx_port_queue(zx_handle_t handle, const zx_port_packet_t *packet)
{
	struct zx_ioc_port_queue arg = { .handle = handle, .packet = zxi_ptr(packet) };

	return zxi_device_call(ZX_IOC_PORT_QUEUE, &arg);
}

zx_status_t zx_port_wait(zx_handle_t handle, zx_instant_mono_t deadline, zx_port_packet_t *packet)
{
	struct zx_ioc_port_wait arg = {
		.handle = handle,
		.deadline = deadline,
		.packet = zxi_ptr(packet),
	};

	return zxi_device_call(ZX_IOC_PORT_WAIT, &arg);
}

zx_status_t zx_port_cancel(zx_handle_t handle, zx_handle_t source, uint64_t key)
{
	struct zx_ioc_port_cancel arg = { .handle = handle, .source = source, .key = key };

	return zxi_device_call(ZX_IOC_PORT_CANCEL, &arg);
}

zx_status_t zx_port_cancel_key(zx_handle_t handle, uint32_t options, uint64_t key)
{
	struct zx_ioc_port_cancel arg = { .handle = handle, .source = options, .key = key };

	return zxi_device_call(ZX_IOC_PORT_CANCEL_KEY, &arg);
}

zx_status_t zx_object_wait_async(zx_handle_t handle, zx_handle_t port, uint64_t key,
				 zx_signals_t signals, uint32_t options)
{
	struct zx_ioc_object_wait_async arg = {
		.handle = handle,
		.port = port,
		.key = key,
		.signals = signals,
		.options = options,
	};

	return zxi_device_call(ZX_IOC_OBJECT_WAIT_ASYNC, &arg);
}

ZXI_TWIN(zx_port_create);
ZXI_TWIN(zx_port_queue);
ZXI_TWIN(zx_port_wait);
ZXI_TWIN(zx_port_cancel);
ZXI_TWIN(zx_port_cancel_key);
ZXI_TWIN(zx_object_wait_async);
