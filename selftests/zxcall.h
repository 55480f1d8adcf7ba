/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two halves of zx_channel_call() as ioctls: the first sends the request and waits until a
 * signal handler runs; the second goes on with the wait. The library's zx_channel_call() makes
 * both. A test that needs a call to stay parked makes only the first.
 */
#ifndef ZXCALL_H
#define ZXCALL_H

#include <fcntl.h>

#include "zxproc.h"

/* The call that this thread has parked. */
static _Thread_local struct {
	zx_handle_t handle;
	uint32_t txid;
} zxt_open_call;

/* A device file that the calling process has opened itself, not one from before a fork(). */
static inline int zxt_call_device(void)
{
	static _Atomic int device = -1;
	static _Atomic pid_t owner;

	if (owner != getpid()) {
		device = open("/dev/zircon", O_RDWR | O_CLOEXEC);
		owner = getpid();
	}
	return device;
}

static inline zx_status_t zxt_call_half(unsigned long request, zx_handle_t handle,
					zx_instant_mono_t deadline, const void *args,
					uint32_t *actual_bytes, uint32_t *actual_handles)
{
	struct zx_ioc_channel_call arg = {
		.handle = handle,
		.deadline = deadline,
		.args = (uintptr_t)args,
		.actual_bytes = (uintptr_t)actual_bytes,
		.actual_handles = (uintptr_t)actual_handles,
		.txid = (uintptr_t)&zxt_open_call.txid,
	};
	zx_status_t status = -zxp_ioctl(zxt_call_device(), request, &arg);

	zxt_open_call.handle = status == ZX_ERR_INTERNAL_INTR_RETRY ? handle : ZX_HANDLE_INVALID;
	return status;
}

/**
 * zxt_channel_call_start - zx_channel_call() until a signal handler has run
 *
 * Return: as zx_channel_call(), or ZX_ERR_INTERNAL_INTR_RETRY: the call is parked.
 */
static inline zx_status_t zxt_channel_call_start(zx_handle_t handle, zx_instant_mono_t deadline,
						 const zx_channel_call_args_t *args,
						 uint32_t *actual_bytes, uint32_t *actual_handles)
{
	return zxt_call_half(ZX_IOC_CHANNEL_CALL_NORETRY, handle, deadline, args, actual_bytes,
			     actual_handles);
}

/* The same for zx_channel_call_etc(). */
static inline zx_status_t zxt_channel_call_etc_start(zx_handle_t handle,
						     zx_instant_mono_t deadline,
						     zx_channel_call_etc_args_t *args,
						     uint32_t *actual_bytes,
						     uint32_t *actual_handles)
{
	return zxt_call_half(ZX_IOC_CHANNEL_CALL_ETC_NORETRY, handle, deadline, args, actual_bytes,
			     actual_handles);
}

/* Goes on with the call that this thread has parked. Of @args only the reply's buffers are used. */
static inline zx_status_t zxt_channel_call_finish(zx_instant_mono_t deadline,
						  const zx_channel_call_args_t *args,
						  uint32_t *actual_bytes, uint32_t *actual_handles)
{
	return zxt_call_half(ZX_IOC_CHANNEL_CALL_FINISH, zxt_open_call.handle, deadline, args,
			     actual_bytes, actual_handles);
}

/* The same for zx_channel_call_etc(). */
static inline zx_status_t zxt_channel_call_etc_finish(zx_instant_mono_t deadline,
						      zx_channel_call_etc_args_t *args,
						      uint32_t *actual_bytes,
						      uint32_t *actual_handles)
{
	return zxt_call_half(ZX_IOC_CHANNEL_CALL_ETC_FINISH, zxt_open_call.handle, deadline, args,
			     actual_bytes, actual_handles);
}

#endif /* ZXCALL_H */
