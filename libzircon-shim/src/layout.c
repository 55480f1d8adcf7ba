// SPDX-License-Identifier: MIT
/*
 * No code: what must hold of the public headers, for programs that were written for Zircon, and
 * between them and the kernel's header, since the library hands arrays of the caller's straight on.
 * A wrong one stops the build.
 */
#include "internal.h"

#include <zircon/fidl.h>
#include <zircon/pixelformat.h>
#include <zircon/processargs.h>
#include <zircon/syscalls-next.h>
#include <zircon/syscalls/clock.h>
#include <zircon/syscalls/debug.h>
#include <zircon/syscalls/exception.h>
#include <zircon/syscalls/log.h>
#include <zircon/syscalls/policy.h>
#include <zircon/syscalls/port.h>
#include <zircon/syscalls/resource.h>
#include <zircon/syscalls/system.h>

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
#define AT(type, member, offset) \
	_Static_assert(offsetof(type, member) == (offset), #type "." #member)
#define VALUE(name, value) _Static_assert((name) == (value), #name)

/* Against the kernel. */
#define SAME_SIZE(type, kernel) _Static_assert(sizeof(type) == sizeof(struct kernel), #type)
#define SAME_AT(type, member, kernel, kmember)                                               \
	_Static_assert(offsetof(type, member) == offsetof(struct kernel, kmember) &&         \
		       sizeof(((type *)0)->member) == sizeof(((struct kernel *)0)->kmember), \
		       #type "." #member)

SAME_SIZE(zx_wait_item_t, zx_ioc_wait_item);
SAME_AT(zx_wait_item_t, handle, zx_ioc_wait_item, handle);
SAME_AT(zx_wait_item_t, waitfor, zx_ioc_wait_item, waitfor);
SAME_AT(zx_wait_item_t, pending, zx_ioc_wait_item, pending);

SAME_SIZE(zx_handle_info_t, zx_ioc_handle_info);
SAME_AT(zx_handle_info_t, handle, zx_ioc_handle_info, handle);
SAME_AT(zx_handle_info_t, type, zx_ioc_handle_info, type);
SAME_AT(zx_handle_info_t, rights, zx_ioc_handle_info, rights);
SAME_AT(zx_handle_info_t, unused, zx_ioc_handle_info, unused);

SAME_SIZE(zx_handle_disposition_t, zx_ioc_handle_disposition);
SAME_AT(zx_handle_disposition_t, operation, zx_ioc_handle_disposition, operation);
SAME_AT(zx_handle_disposition_t, handle, zx_ioc_handle_disposition, handle);
SAME_AT(zx_handle_disposition_t, type, zx_ioc_handle_disposition, type);
SAME_AT(zx_handle_disposition_t, rights, zx_ioc_handle_disposition, rights);
SAME_AT(zx_handle_disposition_t, result, zx_ioc_handle_disposition, result);

SAME_SIZE(zx_channel_iovec_t, zx_ioc_channel_iovec);
SAME_AT(zx_channel_iovec_t, buffer, zx_ioc_channel_iovec, buffer);
SAME_AT(zx_channel_iovec_t, capacity, zx_ioc_channel_iovec, capacity);
SAME_AT(zx_channel_iovec_t, reserved, zx_ioc_channel_iovec, reserved);

SIZE(size_t, sizeof(uint64_t)); /* zx_object_get_info() has its counts written as __u64 */
SIZE(int, sizeof(uint32_t));	/* zxl_handle_export() has its descriptor written as __u32 */

/* Basic types. */
SIZE(zx_handle_t, 4);
SIZE(zx_status_t, 4);
SIZE(zx_rights_t, 4);
SIZE(zx_signals_t, 4);
SIZE(zx_obj_type_t, 4);
SIZE(zx_koid_t, 8);
SIZE(zx_time_t, 8);
SIZE(zx_futex_t, 4);
SIZE(zx_string_view_t, 16);
SIZE(zx_iovec_t, 16);
SIZE(zx_cpu_set_t, 64);
SIZE(zx_vmo_lock_state_t, 32);

/* Channels. */
SIZE(zx_channel_call_args_t, 48);
AT(zx_channel_call_args_t, rd_bytes, 16);
AT(zx_channel_call_args_t, wr_num_bytes, 32);
AT(zx_channel_call_args_t, rd_num_handles, 44);
SIZE(zx_channel_call_etc_args_t, 48);
AT(zx_channel_call_etc_args_t, rd_num_handles, 44);

/* Packets. */
SIZE(zx_packet_user_t, 32);
SIZE(zx_packet_signal_t, 32);
AT(zx_packet_signal_t, observed, 4);
AT(zx_packet_signal_t, count, 8);
AT(zx_packet_signal_t, timestamp, 16);
SIZE(zx_packet_guest_bell_t, 32);
SIZE(zx_packet_guest_mem_t, 32);
SIZE(zx_packet_guest_io_t, 32);
SIZE(zx_packet_guest_vcpu_t, 32);
SIZE(zx_packet_interrupt_t, 32);
SIZE(zx_packet_page_request_t, 32);
SIZE(zx_packet_processor_power_level_transition_request_t, 32);
SIZE(zx_port_packet_t, 48);
AT(zx_port_packet_t, type, 8);
AT(zx_port_packet_t, status, 12);
AT(zx_port_packet_t, user, 16);

/* Records. */
SIZE(zx_info_handle_basic_t, 32);
AT(zx_info_handle_basic_t, rights, 8);
AT(zx_info_handle_basic_t, type, 12);
AT(zx_info_handle_basic_t, related_koid, 16);
SIZE(zx_info_handle_extended_t, 40);
AT(zx_info_handle_extended_t, handle_value, 4);
AT(zx_info_handle_extended_t, koid, 16);
AT(zx_info_handle_extended_t, peer_owner_koid, 32);
SIZE(zx_info_handle_count_t, 4);
SIZE(zx_info_process_handle_stats_t, 256);
SIZE(zx_info_process_t, 24);
AT(zx_info_process_t, flags, 16);
SIZE(zx_info_job_t, 16);
AT(zx_info_job_t, debugger_attached, 10);
SIZE(zx_info_thread_t, 72);
SIZE(zx_info_thread_stats_t, 16);
SIZE(zx_info_task_stats_t, 40);
SIZE(zx_info_task_runtime_t, 32);
SIZE(zx_info_timer_t, 24);
SIZE(zx_info_stream_t, 24);
SIZE(zx_info_socket_t, 48);
AT(zx_info_socket_t, rx_buf_max, 8);
AT(zx_info_socket_t, tx_buf_size, 40);
SIZE(zx_info_vmar_t, 16);
SIZE(zx_info_maps_mapping_t, 88);
SIZE(zx_info_maps_t, 152);
AT(zx_info_maps_t, u, 64);
SIZE(zx_info_maps_v2_t, 104);
SIZE(zx_info_maps_v1_t, 96);
SIZE(zx_info_vmo_t, 176);
AT(zx_info_vmo_t, committed_bytes, 88);
SIZE(zx_info_vmo_v3_t, 128);
SIZE(zx_info_vmo_v2_t, 120);
SIZE(zx_info_vmo_v1_t, 104);
SIZE(zx_info_cpu_stats_t, 144);
SIZE(zx_info_kmem_stats_t, 152);
SIZE(zx_info_kmem_stats_v1_t, 72);
SIZE(zx_info_kmem_stats_extended_t, 120);
SIZE(zx_info_kmem_stats_compression_t, 168);
SIZE(zx_info_resource_t, 56);
SIZE(zx_info_bti_t, 32);
SIZE(zx_info_msi_t, 24);
SIZE(zx_info_iob_t, 16);
SIZE(zx_iob_region_t, 120);
SIZE(zx_iob_region_info_t, 128);
SIZE(zx_arm64_info_guest_stats_t, 72);
SIZE(zx_x86_64_info_guest_stats_t, 120);
SIZE(zx_riscv64_info_guest_stats_t, 32);

/* The rest. */
SIZE(zx_proc_args_t, 36);
AT(zx_proc_args_t, handle_info_off, 8);
AT(zx_proc_args_t, names_num, 32);
SIZE(zxl_spawn_action_t, 24);
AT(zxl_spawn_action_t, fd, 8);
AT(zxl_spawn_action_t, h, 8);
AT(zxl_spawn_action_t, h.handle, 12);
AT(zxl_spawn_action_t, name, 8);
SIZE(zx_clock_details_v1_t, 112);
SIZE(zx_clock_update_args_v1_t, 24);
SIZE(zx_clock_update_args_v2_t, 32);
SIZE(zx_exception_context_v1_t, 24);
SIZE(zx_exception_context_t, 32);
SIZE(zx_exception_report_v1_t, 32);
SIZE(zx_exception_report_t, 40);
SIZE(zx_exception_info_t, 24);
SIZE(zx_policy_basic_v1_t, 8);
AT(zx_policy_basic_v1_t, policy, 4);
SIZE(zx_policy_basic_v2_t, 12);
AT(zx_policy_basic_v2_t, action, 4);
AT(zx_policy_basic_v2_t, flags, 8);
SIZE(zx_policy_timer_slack_t, 16);
AT(zx_policy_timer_slack_t, min_slack, 0);
AT(zx_policy_timer_slack_t, default_mode, 8);
SIZE(zx_profile_info_t, 96);
AT(zx_profile_info_t, cpu_affinity_mask, 32);
SIZE(zx_system_powerctl_arg_t, 12);
SIZE(zx_cpu_performance_info_t, 12);
SIZE(zx_cpu_perf_limit_t, 24);
SIZE(zx_log_record_t, 40);
AT(zx_log_record_t, datalen, 12);
AT(zx_log_record_t, timestamp, 16);
AT(zx_log_record_t, data, 40);

/* Registers. */
SIZE(zx_x86_64_thread_state_general_regs_t, 160);
SIZE(zx_x86_64_thread_state_fp_regs_t, 160);
AT(zx_x86_64_thread_state_fp_regs_t, st, 32);
SIZE(zx_x86_64_thread_state_vector_regs_t, 2120);
SIZE(zx_x86_64_thread_state_debug_regs_t, 48);
SIZE(zx_arm64_thread_state_general_regs_t, 280);
SIZE(zx_arm64_thread_state_vector_regs_t, 520);
SIZE(zx_arm64_thread_state_debug_regs_t, 528);
AT(zx_arm64_thread_state_debug_regs_t, far, 512);
SIZE(zx_riscv64_thread_state_general_regs_t, 256);
SIZE(zx_riscv64_thread_state_fp_regs_t, 528);
SIZE(zx_riscv64_thread_state_vector_regs_t, 544);
#ifdef __x86_64__
SIZE(zx_restricted_state_t, 160);
#elif defined(__aarch64__)
SIZE(zx_restricted_state_t, 280);
#endif

/* What is not stable. */
SIZE(zx_vmo_dirty_range_t, 24);
SIZE(zx_sampler_config_t, 24);
SIZE(zx_processor_power_level_t, 104);
SIZE(zx_processor_power_level_transition_t, 24);
SIZE(zx_processor_power_state_t, 24);
SIZE(zx_processor_power_domain_t, 72);
SIZE(zx_power_domain_info_t, 72);
SIZE(zx_iob_region_shared_t, 32);
SIZE(zx_iob_discipline_mediated_write_ring_buffer_t, 64);
SIZE(zx_wake_source_report_header_t, 24);
SIZE(zx_wake_source_report_entry_t, 72);

/* FIDL. */
SIZE(fidl_string_t, 16);
SIZE(fidl_vector_t, 16);
SIZE(fidl_envelope_t, 16);
SIZE(fidl_envelope_v2_t, 8);
SIZE(fidl_envelope_v2_unknown_data_t, 8);
SIZE(fidl_table_t, 16);
SIZE(fidl_xunion_t, 24);
SIZE(fidl_xunion_v2_t, 16);
SIZE(fidl_message_header_t, 16);
AT(fidl_message_header_t, at_rest_flags, 4);
AT(fidl_message_header_t, magic_number, 7);
AT(fidl_message_header_t, ordinal, 8);
SIZE(fidl_epitaph_t, 24);
_Static_assert(_Alignof(fidl_epitaph_t) == FIDL_ALIGNMENT, "fidl_epitaph_t");
VALUE(FIDL_ALIGN(9), 16);
VALUE(kFidlOrdinalEpitaph, UINT64_MAX);
VALUE(FIDL_HANDLE_INVALID, ZX_HANDLE_INVALID);

/* Values that are made of others, and the limits that the kernel knows too. */
VALUE(ZX_CHANNEL_MAX_MSG_BYTES, 65536);
VALUE(ZX_CHANNEL_MAX_MSG_HANDLES, 64);
VALUE(ZX_CHANNEL_MAX_MSG_IOVECS, 8192);
VALUE(ZX_WAIT_MANY_MAX_ITEMS, 64);
VALUE(ZX_CHANNEL_READ_MAY_DISCARD, 1);
VALUE(ZX_CHANNEL_WRITE_USE_IOVEC, 2);
VALUE(ZX_SIGNAL_HANDLE_CLOSED, 0x00800000u);
VALUE(ZX_USER_SIGNAL_0 | ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_2 | ZX_USER_SIGNAL_3, 0x0f000000u);
VALUE(ZX_USER_SIGNAL_4 | ZX_USER_SIGNAL_5 | ZX_USER_SIGNAL_6 | ZX_USER_SIGNAL_7, 0xf0000000u);
VALUE(ZX_USER_SIGNAL_ALL, 0xff000000u);
VALUE(ZX_EVENT_SIGNAL_MASK, 0xff000008u);
VALUE(ZX_EVENTPAIR_SIGNAL_MASK, 0xff00000cu);
VALUE(ZX_RIGHT_SAME_RIGHTS, 0x80000000u);
VALUE(ZX_RIGHTS_BASIC, 0xc003u);
VALUE(ZX_RIGHTS_IO, 0xcu);
VALUE(ZX_DEFAULT_CHANNEL_RIGHTS, 0xf00eu);
VALUE(ZX_DEFAULT_EVENT_RIGHTS, 0xd003u);
VALUE(ZX_DEFAULT_EVENTPAIR_RIGHTS, 0xf003u);
VALUE(ZX_DEFAULT_FIFO_RIGHTS, 0xf00fu);
VALUE(ZX_DEFAULT_SOCKET_RIGHTS, 0x10f0cfu);
VALUE(ZX_DEFAULT_PORT_RIGHTS, 0x800fu);
VALUE(ZX_DEFAULT_TIMER_RIGHTS, 0xd00bu);
VALUE(ZX_DEFAULT_COUNTER_RIGHTS, 0xd00fu);
VALUE(ZX_DEFAULT_VMO_RIGHTS, 0xd0efu);
VALUE(ZX_DEFAULT_JOB_RIGHTS, 0x7dfcfu);
VALUE(ZX_DEFAULT_PROCESS_RIGHTS, 0x6d3cfu);
VALUE(ZX_DEFAULT_THREAD_RIGHTS, 0x4d2cfu);
VALUE(ZX_JOB_TERMINATED | ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES | ZX_JOB_NO_CHILDREN, 0x78u);
VALUE(ZX_INFO_PROCESS, 0x10000003u);
VALUE(ZX_INFO_PROCESS_MAPS, 0x2000000du);
VALUE(ZX_INFO_VMO, 0x30000017u);
VALUE(ZX_EXCP_POLICY_ERROR, 0x8208u);
VALUE(ZX_VM_ALIGN_4GB, 0x20000000u);
VALUE(ZX_LOG_RECORD_DATA_MAX, 216);
VALUE(ZX_PIXEL_FORMAT_BYTES(ZX_PIXEL_FORMAT_RGB_565), 2);
VALUE(ZX_PIXEL_FORMAT_BYTES(ZX_PIXEL_FORMAT_ARGB_8888), 4);
