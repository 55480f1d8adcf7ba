/* SPDX-License-Identifier: MIT */
/*
 * The operations that a handle allows. Rights can be removed when a handle is duplicated, replaced
 * or sent through a channel, and are never added. ZX_DEFAULT_*_RIGHTS are the rights of a handle to
 * a new object.
 */
#ifndef ZIRCON_RIGHTS_H_
#define ZIRCON_RIGHTS_H_

#include <stdint.h>

/**
 * zx_rights_t - what a handle allows a program to do
 *
 * A set of bits. A new object's handle has the default rights of its type. zx_handle_duplicate(),
 * zx_handle_replace() and zx_channel_write_etc() make handles with fewer; no call adds a right to
 * what a program has. A call through a handle that lacks a right returns ZX_ERR_ACCESS_DENIED.
 *
 * Shows: ZX_RIGHT_NONE ZX_RIGHT_DUPLICATE ZX_RIGHT_TRANSFER ZX_RIGHT_READ ZX_RIGHT_WRITE
 * ZX_RIGHT_WAIT ZX_RIGHT_SIGNAL ZX_RIGHT_SIGNAL_PEER ZX_RIGHT_INSPECT ZX_RIGHT_GET_PROPERTY
 * ZX_RIGHT_SET_PROPERTY ZX_RIGHT_MANAGE_SOCKET ZX_RIGHT_ENUMERATE ZX_RIGHT_MANAGE_PROCESS
 * ZX_RIGHT_MANAGE_THREAD ZX_RIGHT_DESTROY ZX_RIGHT_MANAGE_JOB ZX_RIGHT_SET_POLICY
 * ZX_RIGHT_GET_POLICY ZX_RIGHT_SAME_RIGHTS
 *
 * Sets that programs often need:
 *
 * Shows: ZX_RIGHTS_BASIC ZX_RIGHTS_IO ZX_RIGHTS_PROPERTY
 *
 * The rights of handles to new objects:
 *
 * Shows: ZX_DEFAULT_CHANNEL_RIGHTS ZX_DEFAULT_SOCKET_RIGHTS ZX_DEFAULT_FIFO_RIGHTS
 * ZX_DEFAULT_EVENT_RIGHTS ZX_DEFAULT_EVENTPAIR_RIGHTS ZX_DEFAULT_PORT_RIGHTS
 * ZX_DEFAULT_TIMER_RIGHTS ZX_DEFAULT_COUNTER_RIGHTS ZX_DEFAULT_CLOCK_RIGHTS
 * ZX_DEFAULT_JOB_RIGHTS ZX_DEFAULT_PROCESS_RIGHTS ZX_DEFAULT_THREAD_RIGHTS
 *
 * Example: rights
 *
 * See also: zx_handle_duplicate(), zx_handle_replace(), zx_channel_write_etc(),
 * zx_object_get_info().
 */
typedef uint32_t zx_rights_t;

#define ZX_RIGHT_NONE ((zx_rights_t)0u) /* no right */
#define ZX_RIGHT_DUPLICATE ((zx_rights_t)1u << 0)
	/* zx_handle_duplicate(), and sending a duplicate */
#define ZX_RIGHT_TRANSFER ((zx_rights_t)1u << 1)
	/* being sent through a channel, and zxl_handle_export() */
#define ZX_RIGHT_READ ((zx_rights_t)1u << 2)
	/* reading from a channel, socket, fifo, counter or clock; zx_port_wait();
	 * zx_process_read_memory(), with ZX_RIGHT_WRITE
	 */
#define ZX_RIGHT_WRITE ((zx_rights_t)1u << 3)
	/* writing to a channel, socket, fifo or counter; setting a timer or clock; using a port;
	 * zx_process_write_memory()
	 */
#define ZX_RIGHT_EXECUTE ((zx_rights_t)1u << 4)
#define ZX_RIGHT_MAP ((zx_rights_t)1u << 5)
#define ZX_RIGHT_GET_PROPERTY ((zx_rights_t)1u << 6) /* zx_object_get_property() */
#define ZX_RIGHT_SET_PROPERTY ((zx_rights_t)1u << 7) /* zx_object_set_property() */
#define ZX_RIGHT_ENUMERATE ((zx_rights_t)1u << 8)
	/* zx_object_get_child(); the lists of jobs, processes and threads of zx_object_get_info() */
#define ZX_RIGHT_DESTROY ((zx_rights_t)1u << 9)
	/* zx_task_kill(); zx_job_set_critical(), on the job */
#define ZX_RIGHT_SET_POLICY ((zx_rights_t)1u << 10) /* zx_job_set_policy() */
#define ZX_RIGHT_GET_POLICY ((zx_rights_t)1u << 11) /* nothing yet, as in Zircon */
#define ZX_RIGHT_SIGNAL ((zx_rights_t)1u << 12) /* zx_object_signal() */
#define ZX_RIGHT_SIGNAL_PEER ((zx_rights_t)1u << 13) /* zx_object_signal_peer() */
#define ZX_RIGHT_WAIT ((zx_rights_t)1u << 14)
	/* zx_object_wait_one(), zx_object_wait_many(), zx_object_wait_async(), zxl_handle_watch() */
#define ZX_RIGHT_INSPECT ((zx_rights_t)1u << 15)
	/* most topics of zx_object_get_info(); zxl_process_pidfd() */
#define ZX_RIGHT_MANAGE_JOB ((zx_rights_t)1u << 16) /* zx_job_create(), on the job above */
#define ZX_RIGHT_MANAGE_PROCESS ((zx_rights_t)1u << 17)
	/* zxl_spawn(), on the job; ZX_INFO_HANDLE_TABLE, with ZX_RIGHT_MANAGE_THREAD */
#define ZX_RIGHT_MANAGE_THREAD ((zx_rights_t)1u << 18)
	/* zx_thread_create(), zx_thread_start(); ZX_INFO_HANDLE_TABLE, with the right above */
#define ZX_RIGHT_APPLY_PROFILE ((zx_rights_t)1u << 19)
#define ZX_RIGHT_MANAGE_SOCKET ((zx_rights_t)1u << 20)
	/* zx_socket_set_disposition(), zx_socket_shutdown() */
#define ZX_RIGHT_OP_CHILDREN ((zx_rights_t)1u << 21)
#define ZX_RIGHT_RESIZE ((zx_rights_t)1u << 22)
#define ZX_RIGHT_ATTACH_VMO ((zx_rights_t)1u << 23)
#define ZX_RIGHT_MANAGE_VMO ((zx_rights_t)1u << 24)
#define ZX_RIGHT_SAME_RIGHTS ((zx_rights_t)1u << 31)
	/* alone, instead of a set: the rights of the source handle */

#define ZX_RIGHTS_BASIC (ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT)
	/* of most objects */
#define ZX_RIGHTS_IO (ZX_RIGHT_READ | ZX_RIGHT_WRITE) /* reading and writing */
#define ZX_RIGHTS_PROPERTY (ZX_RIGHT_GET_PROPERTY | ZX_RIGHT_SET_PROPERTY)
	/* reading and changing properties */
#define ZX_RIGHTS_POLICY (ZX_RIGHT_GET_POLICY | ZX_RIGHT_SET_POLICY)

/* Communication. A channel end has one handle at a time, so it cannot be duplicated. */
#define ZX_DEFAULT_CHANNEL_RIGHTS                                                  \
	((ZX_RIGHTS_BASIC & (~ZX_RIGHT_DUPLICATE)) | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL | \
	 ZX_RIGHT_SIGNAL_PEER)
#define ZX_DEFAULT_SOCKET_RIGHTS                                                           \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_SIGNAL |           \
	 ZX_RIGHT_SIGNAL_PEER | ZX_RIGHT_MANAGE_SOCKET)
#define ZX_DEFAULT_FIFO_RIGHTS \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL | ZX_RIGHT_SIGNAL_PEER)
#define ZX_DEFAULT_IOB_RIGHTS                                                      \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP |      \
	 ZX_RIGHT_SIGNAL | ZX_RIGHT_SIGNAL_PEER)
#define ZX_DEFAULT_IOB_SHARED_REGION_RIGHTS \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_PROPERTY | ZX_RIGHT_SIGNAL)

/* Signalling and waiting. A port is what one waits with, not what one waits for. */
#define ZX_DEFAULT_EVENT_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_EVENTPAIR_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHT_SIGNAL | ZX_RIGHT_SIGNAL_PEER)
#define ZX_DEFAULT_SYSTEM_EVENT_LOW_MEMORY_RIGHTS \
	(ZX_RIGHT_WAIT | ZX_RIGHT_DUPLICATE | ZX_RIGHT_TRANSFER)
#define ZX_DEFAULT_SYSTEM_MEMORY_STALL_EVENT_RIGHTS \
	(ZX_RIGHT_WAIT | ZX_RIGHT_DUPLICATE | ZX_RIGHT_TRANSFER)
#define ZX_DEFAULT_PORT_RIGHTS ((ZX_RIGHTS_BASIC & (~ZX_RIGHT_WAIT)) | ZX_RIGHTS_IO)
#define ZX_DEFAULT_TIMER_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHT_WRITE | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_COUNTER_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_CLOCK_RIGHTS \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL | ZX_RIGHTS_PROPERTY)

/* Tasks. */
#define ZX_DEFAULT_JOB_RIGHTS                                                              \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHTS_POLICY |          \
	 ZX_RIGHT_ENUMERATE | ZX_RIGHT_DESTROY | ZX_RIGHT_SIGNAL | ZX_RIGHT_MANAGE_JOB |   \
	 ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_MANAGE_THREAD)
#define ZX_DEFAULT_PROCESS_RIGHTS                                                          \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_ENUMERATE |        \
	 ZX_RIGHT_DESTROY | ZX_RIGHT_SIGNAL | ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_MANAGE_THREAD)
#define ZX_DEFAULT_THREAD_RIGHTS                                                           \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_DESTROY |          \
	 ZX_RIGHT_SIGNAL | ZX_RIGHT_MANAGE_THREAD)
#define ZX_DEFAULT_PROFILE_RIGHTS ((ZX_RIGHTS_BASIC & (~ZX_RIGHT_WAIT)) | ZX_RIGHT_APPLY_PROFILE)
#define ZX_DEFAULT_SUSPEND_TOKEN_RIGHTS (ZX_RIGHT_TRANSFER | ZX_RIGHT_INSPECT)
#define ZX_DEFAULT_EXCEPTION_RIGHTS (ZX_RIGHT_TRANSFER | ZX_RIGHTS_PROPERTY | ZX_RIGHT_INSPECT)

/* Memory. */
#define ZX_DEFAULT_VMO_RIGHTS \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_VMAR_RIGHTS ((ZX_RIGHTS_BASIC & (~ZX_RIGHT_WAIT)) | ZX_RIGHT_OP_CHILDREN)
#define ZX_DEFAULT_STREAM_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHTS_PROPERTY | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_PAGER_RIGHTS \
	(ZX_RIGHT_INSPECT | ZX_RIGHT_TRANSFER | ZX_RIGHT_ATTACH_VMO | ZX_RIGHT_MANAGE_VMO)

/* Devices, virtual machines and the system. */
#define ZX_DEFAULT_LOG_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHT_WRITE | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_RESOURCE_RIGHTS \
	(ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | ZX_RIGHT_WRITE | ZX_RIGHT_INSPECT)
#define ZX_DEFAULT_INTERRUPT_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_PCI_DEVICE_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO)
#define ZX_DEFAULT_PCI_INTERRUPT_RIGHTS (ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_MSI_RIGHTS (ZX_RIGHTS_BASIC)
#define ZX_DEFAULT_IOMMU_RIGHTS (ZX_RIGHTS_BASIC & (~ZX_RIGHT_WAIT))
#define ZX_DEFAULT_BTI_RIGHTS \
	((ZX_RIGHTS_BASIC & (~ZX_RIGHT_WAIT)) | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | ZX_RIGHT_MAP)
#define ZX_DEFAULT_PMT_RIGHTS (ZX_RIGHT_INSPECT)
#define ZX_DEFAULT_GUEST_RIGHTS                                                       \
	(ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | ZX_RIGHT_WRITE | ZX_RIGHT_INSPECT | \
	 ZX_RIGHT_MANAGE_THREAD)
#define ZX_DEFAULT_VCPU_RIGHTS \
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHT_EXECUTE | ZX_RIGHT_SIGNAL)

#endif /* ZIRCON_RIGHTS_H_ */
