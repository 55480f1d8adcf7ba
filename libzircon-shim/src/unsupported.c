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

#define NOT_SUPPORTED __ALIAS("not_supported")

__typeof__(zx_exception_get_process) zx_exception_get_process NOT_SUPPORTED;
__typeof__(zx_exception_get_thread) zx_exception_get_thread NOT_SUPPORTED;
__typeof__(zx_task_create_exception_channel) zx_task_create_exception_channel NOT_SUPPORTED;
__typeof__(zx_task_suspend) zx_task_suspend NOT_SUPPORTED;
__typeof__(zx_task_suspend_token) zx_task_suspend_token NOT_SUPPORTED;
__typeof__(zx_thread_raise_exception) zx_thread_raise_exception NOT_SUPPORTED;
__typeof__(zx_thread_read_state) zx_thread_read_state NOT_SUPPORTED;
__typeof__(zx_thread_write_state) zx_thread_write_state NOT_SUPPORTED;
__typeof__(zx_clock_get_details_mapped) zx_clock_get_details_mapped NOT_SUPPORTED;
__typeof__(zx_clock_read_mapped) zx_clock_read_mapped NOT_SUPPORTED;
__typeof__(zx_iob_writev) zx_iob_writev NOT_SUPPORTED;
__typeof__(zx_pager_create_vmo) zx_pager_create_vmo NOT_SUPPORTED;
__typeof__(zx_pager_detach_vmo) zx_pager_detach_vmo NOT_SUPPORTED;
__typeof__(zx_pager_op_range) zx_pager_op_range NOT_SUPPORTED;
__typeof__(zx_pager_query_vmo_stats) zx_pager_query_vmo_stats NOT_SUPPORTED;
__typeof__(zx_pager_supply_pages) zx_pager_supply_pages NOT_SUPPORTED;
__typeof__(zx_stream_readv) zx_stream_readv NOT_SUPPORTED;
__typeof__(zx_stream_readv_at) zx_stream_readv_at NOT_SUPPORTED;
__typeof__(zx_stream_seek) zx_stream_seek NOT_SUPPORTED;
__typeof__(zx_stream_writev) zx_stream_writev NOT_SUPPORTED;
__typeof__(zx_stream_writev_at) zx_stream_writev_at NOT_SUPPORTED;
__typeof__(zx_vmar_destroy) zx_vmar_destroy NOT_SUPPORTED;
__typeof__(zx_vmar_map) zx_vmar_map NOT_SUPPORTED;
__typeof__(zx_vmar_map_clock) zx_vmar_map_clock NOT_SUPPORTED;
__typeof__(zx_vmar_map_iob) zx_vmar_map_iob NOT_SUPPORTED;
__typeof__(zx_vmar_op_range) zx_vmar_op_range NOT_SUPPORTED;
__typeof__(zx_vmar_protect) zx_vmar_protect NOT_SUPPORTED;
__typeof__(zx_vmar_unmap) zx_vmar_unmap NOT_SUPPORTED;
__typeof__(zx_vmo_create_child) zx_vmo_create_child NOT_SUPPORTED;
__typeof__(zx_vmo_get_size) zx_vmo_get_size NOT_SUPPORTED;
__typeof__(zx_vmo_get_stream_size) zx_vmo_get_stream_size NOT_SUPPORTED;
__typeof__(zx_vmo_op_range) zx_vmo_op_range NOT_SUPPORTED;
__typeof__(zx_vmo_read) zx_vmo_read NOT_SUPPORTED;
__typeof__(zx_vmo_replace_as_executable) zx_vmo_replace_as_executable NOT_SUPPORTED;
__typeof__(zx_vmo_set_cache_policy) zx_vmo_set_cache_policy NOT_SUPPORTED;
__typeof__(zx_vmo_set_size) zx_vmo_set_size NOT_SUPPORTED;
__typeof__(zx_vmo_set_stream_size) zx_vmo_set_stream_size NOT_SUPPORTED;
__typeof__(zx_vmo_transfer_data) zx_vmo_transfer_data NOT_SUPPORTED;
__typeof__(zx_vmo_write) zx_vmo_write NOT_SUPPORTED;
__typeof__(zx_bti_pin) zx_bti_pin NOT_SUPPORTED;
__typeof__(zx_bti_release_quarantine) zx_bti_release_quarantine NOT_SUPPORTED;
__typeof__(zx_debuglog_read) zx_debuglog_read NOT_SUPPORTED;
__typeof__(zx_debuglog_write) zx_debuglog_write NOT_SUPPORTED;
__typeof__(zx_guest_set_trap) zx_guest_set_trap NOT_SUPPORTED;
__typeof__(zx_interrupt_ack) zx_interrupt_ack NOT_SUPPORTED;
__typeof__(zx_interrupt_bind) zx_interrupt_bind NOT_SUPPORTED;
__typeof__(zx_interrupt_destroy) zx_interrupt_destroy NOT_SUPPORTED;
__typeof__(zx_interrupt_trigger) zx_interrupt_trigger NOT_SUPPORTED;
__typeof__(zx_interrupt_wait) zx_interrupt_wait NOT_SUPPORTED;
__typeof__(zx_pmt_unpin) zx_pmt_unpin NOT_SUPPORTED;
__typeof__(zx_vcpu_enter) zx_vcpu_enter NOT_SUPPORTED;
__typeof__(zx_vcpu_interrupt) zx_vcpu_interrupt NOT_SUPPORTED;
__typeof__(zx_vcpu_kick) zx_vcpu_kick NOT_SUPPORTED;
__typeof__(zx_vcpu_read_state) zx_vcpu_read_state NOT_SUPPORTED;
__typeof__(zx_vcpu_write_state) zx_vcpu_write_state NOT_SUPPORTED;

/* The program's own object that Linux gives it no handle to. */
zx_handle_t zx_vmar_root_self(void)
{
	return ZX_HANDLE_INVALID;
}

ZXI_TWIN(zx_vmar_root_self);
ZXI_TWIN(zx_exception_get_process);
ZXI_TWIN(zx_exception_get_thread);
ZXI_TWIN(zx_task_create_exception_channel);
ZXI_TWIN(zx_task_suspend);
ZXI_TWIN(zx_task_suspend_token);
ZXI_TWIN(zx_thread_raise_exception);
ZXI_TWIN(zx_thread_read_state);
ZXI_TWIN(zx_thread_write_state);
ZXI_TWIN(zx_clock_get_details_mapped);
ZXI_TWIN(zx_clock_read_mapped);
ZXI_TWIN(zx_iob_writev);
ZXI_TWIN(zx_pager_create_vmo);
ZXI_TWIN(zx_pager_detach_vmo);
ZXI_TWIN(zx_pager_op_range);
ZXI_TWIN(zx_pager_query_vmo_stats);
ZXI_TWIN(zx_pager_supply_pages);
ZXI_TWIN(zx_stream_readv);
ZXI_TWIN(zx_stream_readv_at);
ZXI_TWIN(zx_stream_seek);
ZXI_TWIN(zx_stream_writev);
ZXI_TWIN(zx_stream_writev_at);
ZXI_TWIN(zx_vmar_destroy);
ZXI_TWIN(zx_vmar_map);
ZXI_TWIN(zx_vmar_map_clock);
ZXI_TWIN(zx_vmar_map_iob);
ZXI_TWIN(zx_vmar_op_range);
ZXI_TWIN(zx_vmar_protect);
ZXI_TWIN(zx_vmar_unmap);
ZXI_TWIN(zx_vmo_create_child);
ZXI_TWIN(zx_vmo_get_size);
ZXI_TWIN(zx_vmo_get_stream_size);
ZXI_TWIN(zx_vmo_op_range);
ZXI_TWIN(zx_vmo_read);
ZXI_TWIN(zx_vmo_replace_as_executable);
ZXI_TWIN(zx_vmo_set_cache_policy);
ZXI_TWIN(zx_vmo_set_size);
ZXI_TWIN(zx_vmo_set_stream_size);
ZXI_TWIN(zx_vmo_transfer_data);
ZXI_TWIN(zx_vmo_write);
ZXI_TWIN(zx_bti_pin);
ZXI_TWIN(zx_bti_release_quarantine);
ZXI_TWIN(zx_debuglog_read);
ZXI_TWIN(zx_debuglog_write);
ZXI_TWIN(zx_guest_set_trap);
ZXI_TWIN(zx_interrupt_ack);
ZXI_TWIN(zx_interrupt_bind);
ZXI_TWIN(zx_interrupt_destroy);
ZXI_TWIN(zx_interrupt_trigger);
ZXI_TWIN(zx_interrupt_wait);
ZXI_TWIN(zx_pmt_unpin);
ZXI_TWIN(zx_vcpu_enter);
ZXI_TWIN(zx_vcpu_interrupt);
ZXI_TWIN(zx_vcpu_kick);
ZXI_TWIN(zx_vcpu_read_state);
ZXI_TWIN(zx_vcpu_write_state);
