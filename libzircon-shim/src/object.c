// SPDX-License-Identifier: MIT
/* Objects of any type: signals, waits, information, properties; and events, which have no more. */
#include "internal.h"

#if defined(__x86_64__)
#include <asm/prctl.h>
#endif

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

/* These the library answers, once the module has checked the handle. */
static inline bool is_maps(uint32_t topic)
{
	return topic == ZX_INFO_PROCESS_MAPS || topic == ZX_INFO_PROCESS_MAPS_V1 ||
	       topic == ZX_INFO_PROCESS_MAPS_V2;
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

	if (unlikely(is_maps(topic)))
		return zxi_process_maps(&arg);
	return zxi_device_call(ZX_IOC_OBJECT_GET_INFO, &arg);
}

/*
 * Reads or writes a register of the calling thread that is a property: the module has made the
 * checks, but cannot do that. Other properties stay as they are.
 */
static zx_status_t access_register(uint32_t property, bool set, const void *value)
{
#if defined(__x86_64__)
	unsigned long arg = set ? *(const unsigned long *)value : zxi_ptr(value);
	int command;

	if (property == ZX_PROP_REGISTER_FS)
		command = set ? ARCH_SET_FS : ARCH_GET_FS;
	else
		command = set ? ARCH_SET_GS : ARCH_GET_GS;
	if (zxi_system_call(SYS_arch_prctl, (unsigned long)command, arg, 0, 0, 0, 0))
		return ZX_ERR_INVALID_ARGS;
#endif
	(void)property, (void)set, (void)value;
	return ZX_OK;
}

static bool is_register(uint32_t property)
{
#if defined(__x86_64__)
	return property == ZX_PROP_REGISTER_FS || property == ZX_PROP_REGISTER_GS;
#else
	(void)property;
	return false;
#endif
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

	zx_status_t status = zxi_device_call(ZX_IOC_OBJECT_GET_PROPERTY, &arg);

	if (unlikely(status == ZX_OK && is_register(property)))
		status = access_register(property, false, value);
	return status;
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

	zx_status_t status = zxi_device_call(ZX_IOC_OBJECT_SET_PROPERTY, &arg);

	if (unlikely(status == ZX_OK && is_register(property)))
		status = access_register(property, true, value);
	return status;
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
