/* SPDX-License-Identifier: MIT */
/*
 * Zircon's constants and structs that are not stable yet. The calls that Fuchsia's header declares
 * are not here. Fuchsia's asks for macros before it can be included; this does not.
 */
#ifndef ZIRCON_SYSCALLS_NEXT_H_
#define ZIRCON_SYSCALLS_NEXT_H_

#include <stdint.h>
#include <zircon/availability.h>
#include <zircon/compiler.h>
#include <zircon/syscalls.h>
#include <zircon/syscalls/debug.h>
#include <zircon/syscalls/exception.h>
#include <zircon/syscalls/iob.h>
#include <zircon/syscalls/port.h>
#include <zircon/types.h>

__BEGIN_CDECLS

/*
 * Pagers: zx_pager_query_dirty_ranges().
 */
typedef struct zx_vmo_dirty_range {
	uint64_t offset;
	uint64_t length;
	uint64_t options; /* ZX_VMO_DIRTY_RANGE_* */
} zx_vmo_dirty_range_t;

#define ZX_VMO_DIRTY_RANGE_IS_ZERO ((uint64_t)1u)

/*
 * Restricted mode: why it was left, and the registers at that moment.
 */
typedef uint64_t zx_restricted_reason_t;
#define ZX_RESTRICTED_REASON_SYSCALL ((zx_restricted_reason_t)0)
#define ZX_RESTRICTED_REASON_EXCEPTION ((zx_restricted_reason_t)1)
#define ZX_RESTRICTED_REASON_KICK ((zx_restricted_reason_t)2)

#if defined(__x86_64__)
typedef struct zx_restricted_state {
	uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax, rsp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t ip, flags;
	uint64_t fs_base, gs_base;
} zx_restricted_state_t;
#elif defined(__aarch64__)
typedef struct zx_restricted_state {
	uint64_t x[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t tpidr_el0;
	uint32_t cpsr;
	uint8_t padding1[4];
} zx_restricted_state_t;
#elif defined(__riscv)
typedef zx_riscv64_thread_state_general_regs_t zx_restricted_state_t;
#endif

typedef struct zx_restricted_syscall {
	zx_restricted_state_t state;
} zx_restricted_syscall_t;

typedef struct zx_restricted_exception {
	zx_restricted_state_t state;
	zx_exception_report_t exception;
} zx_restricted_exception_t;

/*
 * Interrupts.
 */
#define ZX_INTERRUPT_WAKE_VECTOR ((uint32_t)0x20)

/*
 * Samplers.
 */
#define ZX_SAMPLER_MIN_PERIOD ZX_USEC(10)
#define ZX_SAMPLER_MAX_BUFFER_SIZE ((size_t)(1024 * 1024 * 1024))

typedef struct zx_sampler_config {
	zx_duration_mono_t period;
	size_t buffer_size;
	uint64_t iobuffer_discipline;
} zx_sampler_config_t;

/*
 * Power of processors.
 */
#define ZX_MAX_POWER_LEVELS ((uint64_t)(256))
#define ZX_MAX_POWER_LEVEL_TRANSFORMATIONS (ZX_MAX_POWER_LEVELS * ZX_MAX_POWER_LEVELS)

typedef uint64_t zx_processor_power_level_options_t;
#define ZX_PROCESSOR_POWER_LEVEL_OPTIONS_DOMAIN_INDEPENDENT \
	((zx_processor_power_level_options_t)(1u << 0))

typedef uint64_t zx_processor_power_control_t;
#define ZX_PROCESSOR_POWER_CONTROL_CPU_DRIVER ((zx_processor_power_control_t)(0u))
#define ZX_PROCESSOR_POWER_CONTROL_ARM_PSCI ((zx_processor_power_control_t)(1u))
#define ZX_PROCESSOR_POWER_CONTROL_ARM_WFI ((zx_processor_power_control_t)(2u))
#define ZX_PROCESSOR_POWER_CONTROL_RISCV_SBI ((zx_processor_power_control_t)(3u))
#define ZX_PROCESSOR_POWER_CONTROL_RISCV_WFI ((zx_processor_power_control_t)(4u))

#define ZX_PKT_TYPE_PROCESSOR_POWER_LEVEL_TRANSITION_REQUEST ((zx_packet_type_t)0x0Au)
#define ZX_PKT_IS_PROCESSOR_POWER_LEVEL_TRANSITION_REQUEST(type) \
	((type) == ZX_PKT_TYPE_PROCESSOR_POWER_LEVEL_TRANSITION_REQUEST)

typedef struct {
	zx_processor_power_level_options_t options;
	uint64_t processing_rate;
	uint64_t power_coefficient_nw; /* nanowatts */
	zx_processor_power_control_t control_interface;
	uint64_t control_argument;
	char diagnostic_name[ZX_MAX_NAME_LEN];
	uint8_t reserved[32];
} zx_processor_power_level_t;

typedef struct {
	zx_duration_mono_t latency;
	uint64_t energy_nj; /* nanojoules */
	uint8_t from;	    /* an index of an array of zx_processor_power_level_t, as to */
	uint8_t to;
	uint8_t reserved[6];
} zx_processor_power_level_transition_t;

typedef struct {
	uint32_t domain_id;
	uint32_t options;
	zx_processor_power_control_t control_interface;
	uint64_t control_argument;
} zx_processor_power_state_t;

typedef struct {
	zx_cpu_set_t cpus;
	uint32_t domain_id;
	uint8_t padding1[4];
} zx_processor_power_domain_t;

/* ZX_INFO_POWER_DOMAINS */
typedef struct {
	zx_cpu_set_t cpus;
	uint32_t domain_id;
	uint8_t idle_power_levels;
	uint8_t active_power_levels;
	uint8_t padding1[2];
} zx_power_domain_info_t;

/*
 * IO buffers.
 */
#define ZX_IOB_DISCIPLINE_TYPE_ID_ALLOCATOR ((zx_iob_discipline_type_t)(1u))
#define ZX_IOB_DISCIPLINE_TYPE_MEDIATED_WRITE_RING_BUFFER ((zx_iob_discipline_type_t)(2u))
#define ZX_IOB_REGION_TYPE_SHARED ((zx_iob_region_type_t)(1u))
#define ZX_IOB_SHARED_REGION_UPDATED __ZX_OBJECT_SIGNALED

typedef uint32_t zx_iob_allocate_id_options_t;

typedef struct zx_iob_region_shared {
	uint32_t options;
	zx_handle_t shared_region;
	uint64_t padding[3];
} zx_iob_region_shared_t;

typedef struct zx_iob_discipline_mediated_write_ring_buffer {
	uint64_t tag;
	uint64_t reserved[7];
} zx_iob_discipline_mediated_write_ring_buffer_t;

/*
 * Suspending the machine, and reports of what woke it.
 */
typedef uint64_t zx_system_suspend_option_t;
#define ZX_SYSTEM_SUSPEND_OPTION_DISCARD ((uint64_t)(1u << 0)) /* reports that are waiting */
#define ZX_SYSTEM_SUSPEND_OPTION_REPORT_ONLY ((uint64_t)(1u << 1))

typedef struct zx_wake_source_report_header {
	zx_instant_boot_t report_time;
	zx_instant_boot_t suspend_start_time; /* or ZX_TIME_INFINITE */
	uint32_t total_wake_sources;
	uint32_t unreported_wake_report_entries; /* that the buffer had no space for */
} zx_wake_source_report_header_t;

typedef uint32_t zx_system_wake_report_entry_flag_t;
#define ZX_SYSTEM_WAKE_REPORT_ENTRY_FLAG_SIGNALED ((uint32_t)(1u << 0)) /* still */
#define ZX_SYSTEM_WAKE_REPORT_ENTRY_FLAG_PREVIOUSLY_REPORTED ((uint32_t)(1u << 1))

typedef struct zx_wake_source_report_entry {
	zx_koid_t koid;
	char name[ZX_MAX_NAME_LEN];
	zx_instant_boot_t initial_signal_time;
	zx_instant_boot_t last_signal_time;
	zx_instant_boot_t last_ack_time; /* or ZX_TIME_INFINITE */
	uint32_t signal_count;
	zx_system_wake_report_entry_flag_t flags;
} zx_wake_source_report_entry_t;

/*
 * zx_system_barrier()
 */
#define ZX_SYSTEM_BARRIER_DATA_MEMORY ((uint32_t)0u)
#define ZX_SYSTEM_BARRIER_INSTRUCTION_STREAM ((uint32_t)1u)

__END_CDECLS

#endif /* ZIRCON_SYSCALLS_NEXT_H_ */
