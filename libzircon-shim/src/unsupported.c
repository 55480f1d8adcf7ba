// SPDX-License-Identifier: MIT
/*
 * The calls of <zircon/syscalls/unsupported.h>: all are names of one function. A caller's arguments
 * do not matter to it, since on x86-64 and arm64 the caller removes them.
 */
#include "internal.h"

static zx_status_t __ALWAYS_EMIT not_supported(void)
{
	return ZX_ERR_NOT_SUPPORTED;
}

/* gcc warns that the types differ. */
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wattribute-alias"
#endif

/* Defines both names of a call. */
#define NOT_SUPPORTED(name) \
	__typeof__(name) name __ALIAS("not_supported"); \
	__typeof__(name) _##name __ALIAS("not_supported")

NOT_SUPPORTED(zx_exception_get_process);
NOT_SUPPORTED(zx_exception_get_thread);
NOT_SUPPORTED(zx_job_set_critical);
NOT_SUPPORTED(zx_job_set_policy);
NOT_SUPPORTED(zx_process_read_memory);
NOT_SUPPORTED(zx_process_write_memory);
NOT_SUPPORTED(zx_task_create_exception_channel);
NOT_SUPPORTED(zx_task_kill);
NOT_SUPPORTED(zx_task_suspend);
NOT_SUPPORTED(zx_task_suspend_token);
NOT_SUPPORTED(zx_thread_raise_exception);
NOT_SUPPORTED(zx_thread_read_state);
NOT_SUPPORTED(zx_thread_start);
NOT_SUPPORTED(zx_thread_start_regs);
NOT_SUPPORTED(zx_thread_write_state);
NOT_SUPPORTED(zx_iob_writev);
NOT_SUPPORTED(zx_pager_create_vmo);
NOT_SUPPORTED(zx_pager_detach_vmo);
NOT_SUPPORTED(zx_pager_op_range);
NOT_SUPPORTED(zx_pager_query_vmo_stats);
NOT_SUPPORTED(zx_pager_supply_pages);
NOT_SUPPORTED(zx_stream_readv);
NOT_SUPPORTED(zx_stream_readv_at);
NOT_SUPPORTED(zx_stream_seek);
NOT_SUPPORTED(zx_stream_writev);
NOT_SUPPORTED(zx_stream_writev_at);
NOT_SUPPORTED(zx_vmar_destroy);
NOT_SUPPORTED(zx_vmar_map);
NOT_SUPPORTED(zx_vmar_map_clock);
NOT_SUPPORTED(zx_vmar_map_iob);
NOT_SUPPORTED(zx_vmar_op_range);
NOT_SUPPORTED(zx_vmar_protect);
NOT_SUPPORTED(zx_vmar_unmap);
NOT_SUPPORTED(zx_vmo_create_child);
NOT_SUPPORTED(zx_vmo_get_size);
NOT_SUPPORTED(zx_vmo_get_stream_size);
NOT_SUPPORTED(zx_vmo_op_range);
NOT_SUPPORTED(zx_vmo_read);
NOT_SUPPORTED(zx_vmo_replace_as_executable);
NOT_SUPPORTED(zx_vmo_set_cache_policy);
NOT_SUPPORTED(zx_vmo_set_size);
NOT_SUPPORTED(zx_vmo_set_stream_size);
NOT_SUPPORTED(zx_vmo_transfer_data);
NOT_SUPPORTED(zx_vmo_write);
NOT_SUPPORTED(zx_bti_pin);
NOT_SUPPORTED(zx_bti_release_quarantine);
NOT_SUPPORTED(zx_debuglog_read);
NOT_SUPPORTED(zx_debuglog_write);
NOT_SUPPORTED(zx_guest_set_trap);
NOT_SUPPORTED(zx_interrupt_ack);
NOT_SUPPORTED(zx_interrupt_bind);
NOT_SUPPORTED(zx_interrupt_destroy);
NOT_SUPPORTED(zx_interrupt_trigger);
NOT_SUPPORTED(zx_interrupt_wait);
NOT_SUPPORTED(zx_pmt_unpin);
NOT_SUPPORTED(zx_vcpu_enter);
NOT_SUPPORTED(zx_vcpu_interrupt);
NOT_SUPPORTED(zx_vcpu_kick);
NOT_SUPPORTED(zx_vcpu_read_state);
NOT_SUPPORTED(zx_vcpu_write_state);

/* The program's own objects that Linux gives it no handle to. */
zx_handle_t zx_job_default(void)
{
	return ZX_HANDLE_INVALID;
}

zx_handle_t zx_thread_self(void)
{
	return ZX_HANDLE_INVALID;
}

zx_handle_t zx_vmar_root_self(void)
{
	return ZX_HANDLE_INVALID;
}

ZXI_TWIN(zx_job_default);
ZXI_TWIN(zx_thread_self);
ZXI_TWIN(zx_vmar_root_self);
