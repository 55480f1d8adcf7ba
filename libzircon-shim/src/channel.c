// SPDX-License-Identifier: MIT
/* Channels. */
#include "internal.h"

zx_status_t zx_channel_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1)
{
	struct zx_ioc_create arg = {
		.options = options,
		.out0 = zxi_ptr(out0),
		.out1 = zxi_ptr(out1),
	};

	return zxi_device_call(ZX_IOC_CHANNEL_CREATE, &arg);
}

zx_status_t zx_channel_read(zx_handle_t handle, uint32_t options, void *bytes,
			    zx_handle_t *handles, uint32_t num_bytes, uint32_t num_handles,
			    uint32_t *actual_bytes, uint32_t *actual_handles)
{
	struct zx_ioc_channel_read arg = {
		.handle = handle,
		.options = options,
		.bytes = zxi_ptr(bytes),
		.handles = zxi_ptr(handles),
		.num_bytes = num_bytes,
		.num_handles = num_handles,
		.actual_bytes = zxi_ptr(actual_bytes),
		.actual_handles = zxi_ptr(actual_handles),
	};

	return zxi_device_call(ZX_IOC_CHANNEL_READ, &arg);
}

zx_status_t zx_channel_read_etc(zx_handle_t handle, uint32_t options, void *bytes,
				zx_handle_info_t *handles, uint32_t num_bytes,
				uint32_t num_handles, uint32_t *actual_bytes,
				uint32_t *actual_handles)
{
	struct zx_ioc_channel_read arg = {
		.handle = handle,
		.options = options,
		.bytes = zxi_ptr(bytes),
		.handles = zxi_ptr(handles),
		.num_bytes = num_bytes,
		.num_handles = num_handles,
		.actual_bytes = zxi_ptr(actual_bytes),
		.actual_handles = zxi_ptr(actual_handles),
	};

	return zxi_device_call(ZX_IOC_CHANNEL_READ_ETC, &arg);
}

zx_status_t zx_channel_write(zx_handle_t handle, uint32_t options, const void *bytes,
			     uint32_t num_bytes, const zx_handle_t *handles, uint32_t num_handles)
{
	struct zx_ioc_channel_write arg = {
		.handle = handle,
		.options = options,
		.bytes = zxi_ptr(bytes),
		.handles = zxi_ptr(handles),
		.num_bytes = num_bytes,
		.num_handles = num_handles,
	};

	return zxi_device_call(ZX_IOC_CHANNEL_WRITE, &arg);
}

zx_status_t zx_channel_write_etc(zx_handle_t handle, uint32_t options, const void *bytes,
				 uint32_t num_bytes, zx_handle_disposition_t *handles,
				 uint32_t num_handles)
{
	struct zx_ioc_channel_write arg = {
		.handle = handle,
		.options = options,
		.bytes = zxi_ptr(bytes),
		.handles = zxi_ptr(handles),
		.num_bytes = num_bytes,
		.num_handles = num_handles,
	};

	return zxi_device_call(ZX_IOC_CHANNEL_WRITE_ETC, &arg);
}

/*
 * Calls. A signal handler that runs while the answer is awaited ends the first ioctl when the
 * request is sent already; what goes on from there is another ioctl, which waits and sends nothing.
 */

/* For both forms: their argument structs differ in nothing but the type of the handles. */
static inline struct zx_ioc_channel_call call_arg(zx_handle_t handle, uint32_t options,
						  zx_instant_mono_t deadline, const void *args,
						  uint32_t *actual_bytes,
						  uint32_t *actual_handles, uint32_t *txid)
{
	return (struct zx_ioc_channel_call){
		.handle = handle,
		.options = options,
		.deadline = deadline,
		.args = zxi_ptr(args),
		.actual_bytes = zxi_ptr(actual_bytes),
		.actual_handles = zxi_ptr(actual_handles),
		.txid = zxi_ptr(txid),
	};
}

zx_status_t zx_channel_call(zx_handle_t handle, uint32_t options, zx_instant_mono_t deadline,
			    const zx_channel_call_args_t *args, uint32_t *actual_bytes,
			    uint32_t *actual_handles)
{
	uint32_t txid = 0;
	struct zx_ioc_channel_call arg =
		call_arg(handle, options, deadline, args, actual_bytes, actual_handles, &txid);
	zx_status_t status = zxi_device_call(ZX_IOC_CHANNEL_CALL_NORETRY, &arg);

	while (unlikely(status == ZX_ERR_INTERNAL_INTR_RETRY))
		status = zxi_device_call(ZX_IOC_CHANNEL_CALL_FINISH, &arg);
	return status;
}

zx_status_t zx_channel_call_etc(zx_handle_t handle, uint32_t options, zx_instant_mono_t deadline,
				zx_channel_call_etc_args_t *args, uint32_t *actual_bytes,
				uint32_t *actual_handles)
{
	uint32_t txid = 0;
	struct zx_ioc_channel_call arg =
		call_arg(handle, options, deadline, args, actual_bytes, actual_handles, &txid);
	zx_status_t status = zxi_device_call(ZX_IOC_CHANNEL_CALL_ETC_NORETRY, &arg);

	while (unlikely(status == ZX_ERR_INTERNAL_INTR_RETRY))
		status = zxi_device_call(ZX_IOC_CHANNEL_CALL_ETC_FINISH, &arg);
	return status;
}

zx_status_t zxl_channel_read_deadline(zx_handle_t handle, uint32_t options,
				      zx_instant_mono_t deadline, void *bytes,
				      zx_handle_t *handles, uint32_t num_bytes,
				      uint32_t num_handles, uint32_t *actual_bytes,
				      uint32_t *actual_handles)
{
	bool waited = false;
	zx_status_t status;

	for (;;) {
		status = zx_channel_read(handle, options, bytes, handles, num_bytes, num_handles,
					 actual_bytes, actual_handles);
		if (status != ZX_ERR_SHOULD_WAIT)
			return zxi_after_wait(handle, status, waited);
		/* Another thread may read the message that ends this wait. */
		status = zx_object_wait_one(handle, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
					    deadline, NULL);
		if (status != ZX_OK)
			return status;
		waited = true;
	}
}

zx_status_t zxl_channel_write_deadline(zx_handle_t handle, uint32_t options,
				       zx_instant_mono_t deadline, const void *bytes,
				       uint32_t num_bytes, const zx_handle_t *handles,
				       uint32_t num_handles)
{
	bool waited = false;
	zx_status_t status;

	for (;;) {
		status = zx_channel_write(handle, options, bytes, num_bytes, handles, num_handles);
		if (status != ZX_ERR_SHOULD_WAIT)
			return zxi_after_wait(handle, status, waited);
		status = zx_object_wait_one(handle, ZX_CHANNEL_WRITABLE | ZX_CHANNEL_PEER_CLOSED,
					    deadline, NULL);
		if (status != ZX_OK)
			break;
		waited = true;
	}

	/* As after every other failure of a write. */
	if (status != ZX_ERR_TIMED_OUT && num_handles)
		zx_handle_close_many(handles, num_handles);
	return status;
}

ZXI_TWIN(zx_channel_create);
ZXI_TWIN(zx_channel_read);
ZXI_TWIN(zx_channel_read_etc);
ZXI_TWIN(zx_channel_write);
ZXI_TWIN(zx_channel_write_etc);
ZXI_TWIN(zx_channel_call);
ZXI_TWIN(zx_channel_call_etc);
