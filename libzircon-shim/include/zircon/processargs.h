/* SPDX-License-Identifier: MIT */
/*
 * The message that starts a Fuchsia program: which handles it is given, with what meaning, and its
 * arguments and environment. Offsets are in bytes from the start of the message. A program takes
 * its handles with zx_take_startup_handle() of <zircon/process.h>; from zxl_spawn_etc() it gets
 * arguments and environment as a Linux program does, and they are not in the message.
 */
#ifndef ZIRCON_PROCESSARGS_H_
#define ZIRCON_PROCESSARGS_H_

#include <stdint.h>
#include <zircon/process.h>
#include <zircon/types.h>

__BEGIN_CDECLS

#define ZX_PROCARGS_PROTOCOL ((uint32_t)0x4150585du)
#define ZX_PROCARGS_VERSION ((uint32_t)0x0001000u)

typedef struct zx_proc_args zx_proc_args_t;
struct zx_proc_args {
	uint32_t protocol;
	uint32_t version;
	uint32_t handle_info_off; /* one PA_HND() word for each handle of the message */
	uint32_t args_off;	  /* strings, one after the other, each with its NUL */
	uint32_t args_num;
	uint32_t environ_off;
	uint32_t environ_num;
	uint32_t names_off; /* PA_HND_ARG() of a PA_NS_DIR is an index into these */
	uint32_t names_num;
};

#define PA_HND(type, arg) (((type) & 0xFF) | (((arg) & 0xFFFF) << 16))
#define PA_HND_TYPE(n) ((n) & 0xFF)
#define PA_HND_ARG(n) (((n) >> 16) & 0xFFFF)

/* The program itself. */
#define PA_PROC_SELF 0x01u
#define PA_THREAD_SELF 0x02u
#define PA_JOB_DEFAULT 0x03u
#define PA_VMAR_ROOT 0x04u
#define PA_VMAR_LOADED 0x05u

/* Loading. */
#define PA_LDSVC_LOADER 0x10u
#define PA_VMO_VDSO 0x11u
#define PA_VMO_STACK 0x13u
#define PA_VMO_EXECUTABLE 0x14u
#define PA_VMO_BOOTDATA 0x1Au
#define PA_VMO_BOOTFS 0x1Bu
#define PA_VMO_KERNEL_FILE 0x1Cu
#define PA_VMO_COMPONENT_CONFIG 0x1Du

/* Files, services and the program's life. */
#define PA_NS_DIR 0x20u
#define PA_FD 0x30u
#define PA_LIFECYCLE 0x3Au
#define PA_DIRECTORY_REQUEST 0x3Bu
#define PA_ESCROWED_DICTIONARY 0x3Cu
#define PA_LOG_SINK 0x3Du
#define PA_RESOURCE 0x3Fu
#define PA_CLOCK_UTC 0x40u

/* Resources. */
#define PA_MMIO_RESOURCE 0x50
#define PA_IRQ_RESOURCE 0x51
#define PA_IOPORT_RESOURCE 0x52
#define PA_SMC_RESOURCE 0x53
#define PA_SYSTEM_RESOURCE 0x54

/* For the two programs to define. */
#define PA_USER0 0xF0u /* what the program and the one that starts it agree on */
#define PA_USER1 0xF1u /* the same */
#define PA_USER2 0xF2u /* the same */

__END_CDECLS

#endif /* ZIRCON_PROCESSARGS_H_ */
