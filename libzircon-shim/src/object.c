// SPDX-License-Identifier: MIT
/* Objects of any type: signals, waits, information, properties; and events, which have no more. */
#include "internal.h"

zx_status_t zx_object_signal(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask)
{
	struct zx_ioc_object_signal arg = {
		.handle = handle,
		.clear_mask = clear_mask,
		.set_mask = set_mask,
	};

	return zxi_device_call(ZX_IOC_OBJECT_SIGNAL, &arg);
}

zx_status_t zx_object_signal_peer(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask)
{
	struct zx_ioc_object_signal arg = {
		.handle = handle,
		.clear_mask = clear_mask,
		.set_mask = set_mask,
	};

	return zxi_device_call(ZX_IOC_OBJECT_SIGNAL_PEER, &arg);
}

zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals,
			       zx_instant_mono_t deadline, zx_signals_t *observed)
{
	struct zx_ioc_object_wait_one arg = {
		.handle = handle,
		.signals = signals,
		.deadline = deadline,
		.observed = zxi_ptr(observed),
	};

	return zxi_device_call(ZX_IOC_OBJECT_WAIT_ONE, &arg);
}

zx_status_t zx_object_wait_many(zx_wait_item_t *items, size_t num_items,
				zx_instant_mono_t deadline)
{
	struct zx_ioc_object_wait_many arg = {
		.items = zxi_ptr(items),
		.count = num_items,
		.deadline = deadline,
	};

	return zxi_device_call(ZX_IOC_OBJECT_WAIT_MANY, &arg);
}

zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void *buffer,
			       size_t buffer_size, size_t *actual, size_t *avail)
{
	struct zx_ioc_object_get_info arg = {
		.handle = handle,
		.topic = topic,
		.buffer = zxi_ptr(buffer),
		.buffer_size = buffer_size,
		.actual = zxi_ptr(actual),
		.avail = zxi_ptr(avail),
	};

	return zxi_device_call(ZX_IOC_OBJECT_GET_INFO, &arg);
}

zx_status_t zx_object_get_property(zx_handle_t handle, uint32_t property, void *value,
				   size_t value_size)
{
	struct zx_ioc_object_property arg = {
		.handle = handle,
		.property = property,
		.value = zxi_ptr(value),
		.value_size = value_size,
	};

	return zxi_device_call(ZX_IOC_OBJECT_GET_PROPERTY, &arg);
}

zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property, const void *value,
				   size_t value_size)
{
	struct zx_ioc_object_property arg = {
		.handle = handle,
		.property = property,
		.value = zxi_ptr(value),
		.value_size = value_size,
	};

	return zxi_device_call(ZX_IOC_OBJECT_SET_PROPERTY, &arg);
}

zx_status_t zx_object_get_child(zx_handle_t handle, uint64_t koid, zx_rights_t rights,
				zx_handle_t *out)
{
	struct zx_ioc_object_get_child arg = {
		.handle = handle,
		.rights = rights,
		.koid = koid,
		.out = zxi_ptr(out),
	};

	return zxi_device_call(ZX_IOC_OBJECT_GET_CHILD, &arg);
}

zx_status_t zx_object_set_profile(zx_handle_t handle, zx_handle_t profile, uint32_t options)
{
	(void)handle, (void)profile, (void)options;
	return ZX_ERR_NOT_SUPPORTED;
}

zx_status_t zx_event_create(uint32_t options, zx_handle_t *out)
{
	struct zx_ioc_create arg = { .options = options, .out0 = zxi_ptr(out) };

	return zxi_device_call(ZX_IOC_EVENT_CREATE, &arg);
}

zx_status_t zx_eventpair_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1)
{
	struct zx_ioc_create arg = {
		.options = options,
		.out0 = zxi_ptr(out0),
		.out1 = zxi_ptr(out1),
	};

	return zxi_device_call(ZX_IOC_EVENTPAIR_CREATE, &arg);
}

ZXI_TWIN(zx_object_signal);
ZXI_TWIN(zx_object_signal_peer);
ZXI_TWIN(zx_object_wait_one);
ZXI_TWIN(zx_object_wait_many);
ZXI_TWIN(zx_object_get_info);
ZXI_TWIN(zx_object_get_property);
ZXI_TWIN(zx_object_set_property);
ZXI_TWIN(zx_object_get_child);
ZXI_TWIN(zx_object_set_profile);
ZXI_TWIN(zx_event_create);
ZXI_TWIN(zx_eventpair_create);
