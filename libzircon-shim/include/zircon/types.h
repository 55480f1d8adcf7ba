/* SPDX-License-Identifier: MIT */
/*
 * Zircon's types, signals, limits and options. The names, values and layouts are Zircon's of
 * today, also for objects that Linux has no use for, so that code written for Fuchsia compiles.
 */
#ifndef ZIRCON_TYPES_H_
#define ZIRCON_TYPES_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifndef __cplusplus
#include <stdatomic.h>
#endif
#include <zircon/compiler.h>
#include <zircon/errors.h>
#include <zircon/limits.h>
#include <zircon/rights.h>
#include <zircon/time.h>

__BEGIN_CDECLS

/**
 * zx_status_t - what Zircon's calls return, and its number in strace
 *
 * ZX_OK is 0, errors are negative. zx_status_get_string() returns the name. errno does not change.
 * strace(1) shows a call that goes to the kernel as an ioctl(2) of the device:
 *
 *	ioctl(3, _IOC(_IOC_WRITE, 0x5a, 0x5a, 0x18), 0x7ffd3e9d05e0) = 21
 *
 * The third number of _IOC() is that of the ioctl, here 0x5a, which <linux/zircon.h> lists: this
 * was a zx_object_wait_one(). The ioctl returns the status negated, so that strace does not show it
 * as an error of Linux: this call returned ZX_ERR_TIMED_OUT, whose value is -21.
 *
 *	ioctl(...) = 0		ZX_OK.
 *	ioctl(...) = 22		The call returned ZX_ERR_SHOULD_WAIT, whose value is -22. The
 *		number is not an errno: 22 is not EINVAL.
 *	ioctl(...) = -1		An errno, which the library handles: EBADF (the first call opens
 *		the device), EINTR (a signal handler ran, and the library calls again), ESTALE
 *		(after fork(2) the library opens the device anew). zircon-module(4) lists all.
 *
 * The values; most calls return only those down to ZX_ERR_ACCESS_DENIED:
 *
 * Shows: ZX_OK ZX_ERR_*
 *
 * See also: zx_status_get_string().
 */
typedef int32_t zx_status_t;

/**
 * zx_handle_t - a number that names an object in this process, with rights
 *
 * A call that makes an object returns a handle, which the program closes with zx_handle_close().
 * The number means nothing in another process: a handle goes there in a message of a channel, or as
 * a file descriptor. All handles of a process are closed when it ends, and after execve(2); a child
 * of fork(2) has none.
 *
 * The two lowest bits of a valid handle are set. A program may use these bits for itself if it sets
 * them again before a call.
 *
 * Shows: ZX_HANDLE_INVALID ZX_HANDLE_FIXED_BITS_MASK
 *
 * A handle names an object of one of these types (zx_obj_type_t). ZX_INFO_HANDLE_BASIC of
 * zx_object_get_info() returns the type.
 *
 * Shows: ZX_OBJ_TYPE_NONE ZX_OBJ_TYPE_PROCESS ZX_OBJ_TYPE_THREAD ZX_OBJ_TYPE_CHANNEL ZX_OBJ_TYPE_EVENT
 * ZX_OBJ_TYPE_SOCKET ZX_OBJ_TYPE_EVENTPAIR ZX_OBJ_TYPE_FIFO ZX_OBJ_TYPE_PORT ZX_OBJ_TYPE_TIMER
 * ZX_OBJ_TYPE_COUNTER ZX_OBJ_TYPE_CLOCK ZX_OBJ_TYPE_JOB
 *
 * See also: zx_rights_t(3), zx_handle_close(), zx_handle_duplicate(), zx_handle_replace(),
 * zx_channel_write(), zxl_handle_export().
 */
typedef uint32_t zx_handle_t;
#define ZX_HANDLE_INVALID ((zx_handle_t)0) /* no handle; zx_handle_close() accepts it */
#define ZX_HANDLE_FIXED_BITS_MASK ((zx_handle_t)0x3) /* the bits that are set in each handle */

/* An object's number for as long as the machine is up: 63 bits, and never given out twice. */
typedef uint64_t zx_koid_t;
#define ZX_KOID_INVALID ((uint64_t)0)
#define ZX_KOID_KERNEL ((uint64_t)1)
#define ZX_KOID_FIRST ((uint64_t)1024)

/* Bytes in an object's name, the NUL at the end included. */
#define ZX_MAX_NAME_LEN ((size_t)32u) /* bytes of a name, with its NUL */

typedef uint32_t zx_obj_type_t;
#define ZX_OBJ_TYPE_NONE ((zx_obj_type_t)0u) /* no type; where a type is expected, any type */
#define ZX_OBJ_TYPE_PROCESS ((zx_obj_type_t)1u) /* a process; zx_process_self() */
#define ZX_OBJ_TYPE_THREAD ((zx_obj_type_t)2u) /* a thread; zx_thread_self() */
#define ZX_OBJ_TYPE_VMO ((zx_obj_type_t)3u)
#define ZX_OBJ_TYPE_CHANNEL ((zx_obj_type_t)4u) /* an endpoint of a channel; zx_channel_create() */
#define ZX_OBJ_TYPE_EVENT ((zx_obj_type_t)5u) /* an event; zx_event_create() */
#define ZX_OBJ_TYPE_PORT ((zx_obj_type_t)6u) /* a port; zx_port_create() */
#define ZX_OBJ_TYPE_INTERRUPT ((zx_obj_type_t)9u)
#define ZX_OBJ_TYPE_PCI_DEVICE ((zx_obj_type_t)11u)
#define ZX_OBJ_TYPE_DEBUGLOG ((zx_obj_type_t)12u)
#define ZX_OBJ_TYPE_LOG ZX_OBJ_TYPE_DEBUGLOG
#define ZX_OBJ_TYPE_SOCKET ((zx_obj_type_t)14u) /* an endpoint of a socket; zx_socket_create() */
#define ZX_OBJ_TYPE_RESOURCE ((zx_obj_type_t)15u)
#define ZX_OBJ_TYPE_EVENTPAIR ((zx_obj_type_t)16u) /* an endpoint of an eventpair; zx_eventpair_create() */
#define ZX_OBJ_TYPE_JOB ((zx_obj_type_t)17u) /* a job; zx_job_create() */
#define ZX_OBJ_TYPE_VMAR ((zx_obj_type_t)18u)
#define ZX_OBJ_TYPE_FIFO ((zx_obj_type_t)19u) /* an endpoint of a fifo; zx_fifo_create() */
#define ZX_OBJ_TYPE_GUEST ((zx_obj_type_t)20u)
#define ZX_OBJ_TYPE_VCPU ((zx_obj_type_t)21u)
#define ZX_OBJ_TYPE_TIMER ((zx_obj_type_t)22u) /* a timer; zx_timer_create() */
#define ZX_OBJ_TYPE_IOMMU ((zx_obj_type_t)23u)
#define ZX_OBJ_TYPE_BTI ((zx_obj_type_t)24u)
#define ZX_OBJ_TYPE_PROFILE ((zx_obj_type_t)25u)
#define ZX_OBJ_TYPE_PMT ((zx_obj_type_t)26u)
#define ZX_OBJ_TYPE_SUSPEND_TOKEN ((zx_obj_type_t)27u)
#define ZX_OBJ_TYPE_PAGER ((zx_obj_type_t)28u)
#define ZX_OBJ_TYPE_EXCEPTION ((zx_obj_type_t)29u)
#define ZX_OBJ_TYPE_CLOCK ((zx_obj_type_t)30u) /* a clock; zx_clock_create() */
#define ZX_OBJ_TYPE_STREAM ((zx_obj_type_t)31u)
#define ZX_OBJ_TYPE_MSI ((zx_obj_type_t)32u)
#define ZX_OBJ_TYPE_IOB ((zx_obj_type_t)33u)
#define ZX_OBJ_TYPE_COUNTER ((zx_obj_type_t)34u) /* a counter; zx_counter_create() */
#define ZX_OBJ_TYPE_IOB_SHARED_REGION ((zx_obj_type_t)35u)
#define ZX_OBJ_TYPE_SAMPLER ((zx_obj_type_t)36u)
#define ZX_OBJ_TYPE_UPPER_BOUND ((zx_obj_type_t)64u) /* no type will be as large as this */

/**
 * zx_signals_t - the state of an object that a program can wait for
 *
 * 32 bits, each of which is up or down. The low 24 belong to the object's type, the high eight to
 * the program. zx_object_wait_one() waits until one of some signals is up, zxl_handle_watch() makes
 * a file descriptor for epoll(7) that shows it. zx_object_signal() and zx_object_signal_peer()
 * raise and lower the program's signals. A signal stays up as long as its condition holds: reading
 * a part of what is there does not lower READABLE.
 *
 * Closing the peer lowers WRITABLE. So a thread that waits for WRITABLE or READABLE waits for
 * PEER_CLOSED too, or it might wait for ever.
 *
 * Of a channel:
 *
 * Shows: ZX_CHANNEL_READABLE ZX_CHANNEL_WRITABLE ZX_CHANNEL_PEER_CLOSED
 *
 * Of a socket:
 *
 * Shows: ZX_SOCKET_READABLE ZX_SOCKET_WRITABLE ZX_SOCKET_PEER_CLOSED ZX_SOCKET_PEER_WRITE_DISABLED
 * ZX_SOCKET_WRITE_DISABLED ZX_SOCKET_READ_THRESHOLD ZX_SOCKET_WRITE_THRESHOLD
 * ZX_SOCKET_CONTROL_READABLE ZX_SOCKET_CONTROL_WRITABLE ZX_SOCKET_ACCEPT ZX_SOCKET_SHARE
 *
 * Of a fifo:
 *
 * Shows: ZX_FIFO_READABLE ZX_FIFO_WRITABLE ZX_FIFO_PEER_CLOSED
 *
 * Of an event and an eventpair:
 *
 * Shows: ZX_EVENT_SIGNALED ZX_EVENTPAIR_SIGNALED ZX_EVENTPAIR_PEER_CLOSED
 *
 * Of a timer and a counter:
 *
 * Shows: ZX_TIMER_SIGNALED ZX_COUNTER_SIGNALED ZX_COUNTER_POSITIVE ZX_COUNTER_NON_POSITIVE
 *
 * Of a clock:
 *
 * Shows: ZX_CLOCK_STARTED ZX_CLOCK_UPDATED
 *
 * ZX_CLOCK_UPDATED is a strobe: a wait that is under way when it occurs ends, with the signal among
 * those that were up, and then it is down. So a wait that begins later does not see it, no file of
 * zxl_handle_watch() becomes readable, and a thread does not see it while it runs a Linux signal
 * handler or is stopped. An asynchronous wait (zx_object_wait_async()) sees it in all these cases.
 *
 * Of a process and a thread:
 *
 * Shows: ZX_PROCESS_TERMINATED ZX_THREAD_RUNNING ZX_THREAD_TERMINATED ZX_TASK_TERMINATED
 *
 * Of a job:
 *
 * Shows: ZX_JOB_TERMINATED ZX_JOB_NO_JOBS ZX_JOB_NO_PROCESSES ZX_JOB_NO_CHILDREN
 *
 * Of any object, for programs to raise and lower:
 *
 * Shows: ZX_USER_SIGNAL_*
 *
 * Of a wait:
 *
 * Shows: ZX_SIGNAL_HANDLE_CLOSED ZX_SIGNAL_NONE
 *
 * See also: zx_object_wait_one(), zx_object_wait_many(), zx_object_signal(), zxl_handle_watch().
 */
typedef uint32_t zx_signals_t;
#define ZX_SIGNAL_NONE ((zx_signals_t)0u) /* no signal */
#define ZX_USER_SIGNAL_0 ((zx_signals_t)1u << 24) /* it means what the programs agree on */
#define ZX_USER_SIGNAL_1 ((zx_signals_t)1u << 25) /* as ZX_USER_SIGNAL_0 */
#define ZX_USER_SIGNAL_2 ((zx_signals_t)1u << 26) /* as ZX_USER_SIGNAL_0 */
#define ZX_USER_SIGNAL_3 ((zx_signals_t)1u << 27) /* as ZX_USER_SIGNAL_0 */
#define ZX_USER_SIGNAL_4 ((zx_signals_t)1u << 28) /* as ZX_USER_SIGNAL_0 */
#define ZX_USER_SIGNAL_5 ((zx_signals_t)1u << 29) /* as ZX_USER_SIGNAL_0 */
#define ZX_USER_SIGNAL_6 ((zx_signals_t)1u << 30) /* as ZX_USER_SIGNAL_0 */
#define ZX_USER_SIGNAL_7 ((zx_signals_t)1u << 31) /* as ZX_USER_SIGNAL_0 */
#define ZX_USER_SIGNAL_ALL ((zx_signals_t)0xff000000u) /* all eight */

/* The bits behind the names below; programs use the names. */
#define __ZX_OBJECT_READABLE ((zx_signals_t)1u << 0)
#define __ZX_OBJECT_WRITABLE ((zx_signals_t)1u << 1)
#define __ZX_OBJECT_PEER_CLOSED ((zx_signals_t)1u << 2)
#define __ZX_OBJECT_SIGNALED ((zx_signals_t)1u << 3)
#define __ZX_OBJECT_SIGNAL_4 ((zx_signals_t)1u << 4)
#define __ZX_OBJECT_SIGNAL_5 ((zx_signals_t)1u << 5)
#define __ZX_OBJECT_SIGNAL_6 ((zx_signals_t)1u << 6)
#define __ZX_OBJECT_SIGNAL_7 ((zx_signals_t)1u << 7)
#define __ZX_OBJECT_SIGNAL_8 ((zx_signals_t)1u << 8)
#define __ZX_OBJECT_SIGNAL_9 ((zx_signals_t)1u << 9)
#define __ZX_OBJECT_SIGNAL_10 ((zx_signals_t)1u << 10)
#define __ZX_OBJECT_SIGNAL_11 ((zx_signals_t)1u << 11)
#define __ZX_OBJECT_SIGNAL_12 ((zx_signals_t)1u << 12)
#define __ZX_OBJECT_SIGNAL_13 ((zx_signals_t)1u << 13)
#define __ZX_OBJECT_SIGNAL_14 ((zx_signals_t)1u << 14)
#define __ZX_OBJECT_SIGNAL_15 ((zx_signals_t)1u << 15)
#define __ZX_OBJECT_SIGNAL_16 ((zx_signals_t)1u << 16)
#define __ZX_OBJECT_SIGNAL_17 ((zx_signals_t)1u << 17)
#define __ZX_OBJECT_SIGNAL_18 ((zx_signals_t)1u << 18)
#define __ZX_OBJECT_SIGNAL_19 ((zx_signals_t)1u << 19)
#define __ZX_OBJECT_SIGNAL_20 ((zx_signals_t)1u << 20)
#define __ZX_OBJECT_SIGNAL_21 ((zx_signals_t)1u << 21)
#define __ZX_OBJECT_SIGNAL_22 ((zx_signals_t)1u << 22)
#define __ZX_OBJECT_HANDLE_CLOSED ((zx_signals_t)1u << 23)
#define __ZX_OBJECT_SIGNAL_ALL ((zx_signals_t)0x00ffffffu)

#define ZX_SIGNAL_HANDLE_CLOSED __ZX_OBJECT_HANDLE_CLOSED
	/*
	 * shown to a thread whose wait was ended with ZX_ERR_CANCELED: its handle was closed, or
	 * another program received it; it cannot be waited for
	 */

#define ZX_CHANNEL_READABLE __ZX_OBJECT_READABLE /* there is a message to read */
#define ZX_CHANNEL_WRITABLE __ZX_OBJECT_WRITABLE /* the peer is open and its queue has space */
#define ZX_CHANNEL_PEER_CLOSED __ZX_OBJECT_PEER_CLOSED
	/* the peer is closed; what it wrote can still be read */

#define ZX_EVENT_SIGNALED __ZX_OBJECT_SIGNALED /* a program has raised it with zx_object_signal() */
#define ZX_EVENT_SIGNAL_MASK (ZX_USER_SIGNAL_ALL | __ZX_OBJECT_SIGNALED)
	/* what a program can wait for */

#define ZX_EVENTPAIR_SIGNALED __ZX_OBJECT_SIGNALED
	/* a program has raised it, here or through the peer */
#define ZX_EVENTPAIR_PEER_CLOSED __ZX_OBJECT_PEER_CLOSED /* the peer is closed */
#define ZX_EVENTPAIR_SIGNAL_MASK \
	(ZX_USER_SIGNAL_ALL | __ZX_OBJECT_SIGNALED | __ZX_OBJECT_PEER_CLOSED)

#define ZX_SOCKET_READABLE __ZX_OBJECT_READABLE /* there are bytes to read */
#define ZX_SOCKET_WRITABLE __ZX_OBJECT_WRITABLE
	/* the peer is open, it has space for a byte or more, and writing is enabled */
#define ZX_SOCKET_PEER_CLOSED __ZX_OBJECT_PEER_CLOSED
	/* the peer is closed; what it wrote can still be read */
#define ZX_SOCKET_PEER_WRITE_DISABLED __ZX_OBJECT_SIGNAL_4
	/* the peer can write no more; what it wrote can still be read */
#define ZX_SOCKET_WRITE_DISABLED __ZX_OBJECT_SIGNAL_5 /* this endpoint can write no more */
#define ZX_SOCKET_CONTROL_READABLE __ZX_OBJECT_SIGNAL_6
	/* with ZX_SOCKET_HAS_CONTROL: there is a control message */
#define ZX_SOCKET_CONTROL_WRITABLE __ZX_OBJECT_SIGNAL_7
	/* with ZX_SOCKET_HAS_CONTROL: there is space for a control message */
#define ZX_SOCKET_ACCEPT __ZX_OBJECT_SIGNAL_8
	/* with ZX_SOCKET_HAS_ACCEPT: there is a socket for zx_socket_accept() */
#define ZX_SOCKET_SHARE __ZX_OBJECT_SIGNAL_9
	/* with ZX_SOCKET_HAS_ACCEPT: zx_socket_share() can send a socket */
#define ZX_SOCKET_READ_THRESHOLD __ZX_OBJECT_SIGNAL_10
	/* there are at least ZX_PROP_SOCKET_RX_THRESHOLD bytes to read */
#define ZX_SOCKET_WRITE_THRESHOLD __ZX_OBJECT_SIGNAL_11
	/* there is space for ZX_PROP_SOCKET_TX_THRESHOLD bytes */

#define ZX_FIFO_READABLE __ZX_OBJECT_READABLE /* there is an element to read */
#define ZX_FIFO_WRITABLE __ZX_OBJECT_WRITABLE /* the peer is open and has space for an element */
#define ZX_FIFO_PEER_CLOSED __ZX_OBJECT_PEER_CLOSED
	/* the peer is closed; what it wrote can still be read */

#define ZX_TIMER_SIGNALED __ZX_OBJECT_SIGNALED
	/* the deadline has passed; lowered by zx_timer_set() and zx_timer_cancel() */

#define ZX_COUNTER_SIGNALED __ZX_OBJECT_SIGNALED
	/* a program has raised it with zx_object_signal() */
#define ZX_COUNTER_POSITIVE __ZX_OBJECT_SIGNAL_4 /* the value is greater than zero */
#define ZX_COUNTER_NON_POSITIVE __ZX_OBJECT_SIGNAL_5 /* the value is zero or less */

#define ZX_CLOCK_STARTED __ZX_OBJECT_SIGNAL_4 /* the clock was started, and stays so */
#define ZX_CLOCK_UPDATED __ZX_OBJECT_SIGNAL_5 /* a strobe: zx_clock_update() was called */

#define ZX_TASK_TERMINATED __ZX_OBJECT_SIGNALED
	/* ZX_JOB_TERMINATED, ZX_PROCESS_TERMINATED or ZX_THREAD_TERMINATED */
#define ZX_JOB_TERMINATED __ZX_OBJECT_SIGNALED
	/* the job was killed, and has no job and no process any more */
#define ZX_JOB_NO_JOBS __ZX_OBJECT_SIGNAL_4 /* no job is directly below it */
#define ZX_JOB_NO_PROCESSES __ZX_OBJECT_SIGNAL_5 /* no process is directly in it */
#define ZX_JOB_NO_CHILDREN __ZX_OBJECT_SIGNAL_6 /* neither of both */
#define ZX_PROCESS_TERMINATED __ZX_OBJECT_SIGNALED
	/* the process has ended, its threads too, and its handles are closed */
#define ZX_THREAD_TERMINATED __ZX_OBJECT_SIGNALED /* the thread has ended */
#define ZX_THREAD_RUNNING __ZX_OBJECT_SIGNAL_4 /* the thread was started and has not ended */
#define ZX_THREAD_SUSPENDED __ZX_OBJECT_SIGNAL_5

#define ZX_VMO_ZERO_CHILDREN __ZX_OBJECT_SIGNALED
#define ZX_IOB_PEER_CLOSED __ZX_OBJECT_PEER_CLOSED
#define ZX_LOG_READABLE __ZX_OBJECT_READABLE
#define ZX_LOG_WRITABLE __ZX_OBJECT_WRITABLE
#define ZX_VIRTUAL_INTERRUPT_UNTRIGGERED __ZX_OBJECT_SIGNAL_4

#define ZX_WAIT_MANY_MAX_ITEMS ((size_t)64) /* items that one call can wait for */

typedef struct zx_wait_item {
	zx_handle_t handle;   /* needs ZX_RIGHT_WAIT */
	zx_signals_t waitfor; /* any of these ends the wait */
	zx_signals_t pending; /* out: what was up when the wait ended */
} zx_wait_item_t;

/* Clocks. */
typedef uint32_t zx_clock_t;
#define ZX_CLOCK_MONOTONIC ((zx_clock_t)0)
	/* Linux's CLOCK_MONOTONIC: stands still while the machine is suspended */
#define ZX_CLOCK_BOOT ((zx_clock_t)1) /* Linux's CLOCK_BOOTTIME: does not */

/*
 * Channels.
 */
#define ZX_CHANNEL_MAX_MSG_BYTES ((uint32_t)65536u) /* bytes of one message */
#define ZX_CHANNEL_MAX_MSG_HANDLES ((uint32_t)64u) /* handles in one message */
#define ZX_CHANNEL_MAX_MSG_IOVECS ((uint32_t)8192u) /* zx_channel_iovec_t of one write */

#define ZX_CHANNEL_READ_MAY_DISCARD ((uint32_t)1u)
	/* reading: a message that does not fit is dropped */
#define ZX_CHANNEL_WRITE_USE_IOVEC ((uint32_t)2u)
	/* writing: the bytes are an array of zx_channel_iovec_t, and their number its length */

typedef struct zx_channel_iovec {
	const void *buffer; /* these bytes follow those before */
	uint32_t capacity;  /* how many */
	uint32_t reserved;  /* 0 */
} zx_channel_iovec_t;

/* What zx_channel_read_etc() tells of each handle. */
typedef struct zx_handle_info {
	zx_handle_t handle; /* the caller owns it */
	zx_obj_type_t type; /* ZX_OBJ_TYPE_* of its object */
	zx_rights_t rights; /* ZX_RIGHT_* that it has */
	uint32_t unused;    /* 0 */
} zx_handle_info_t;

typedef uint32_t zx_handle_op_t;
#define ZX_HANDLE_OP_MOVE ((zx_handle_op_t)0u) /* send the handle; it is consumed, on failure too */
#define ZX_HANDLE_OP_DUPLICATE ((zx_handle_op_t)1u)
	/* send a duplicate; needs ZX_RIGHT_DUPLICATE too, and leaves the handle */

/* What zx_channel_write_etc() is to do with each handle. */
typedef struct zx_handle_disposition {
	zx_handle_op_t operation; /* ZX_HANDLE_OP_* */
	zx_handle_t handle;	  /* needs ZX_RIGHT_TRANSFER */
	zx_obj_type_t type;	  /* its type, or ZX_OBJ_TYPE_NONE: any */
	zx_rights_t rights;	  /* the reader's, or ZX_RIGHT_SAME_RIGHTS */
	zx_status_t result;	  /* out: why it was not sent */
} zx_handle_disposition_t;

/* The first four bytes of a message that is a call or the answer to one. */
typedef uint32_t zx_txid_t;

typedef struct zx_channel_call_args {
	const void *wr_bytes;		/* the request, from its txid on */
	const zx_handle_t *wr_handles;	/* its handles, or NULL */
	void *rd_bytes;			/* buffer for the reply */
	zx_handle_t *rd_handles;	/* for its handles, or NULL */
	uint32_t wr_num_bytes;		/* bytes of the request, 4 or more */
	uint32_t wr_num_handles;	/* handles in it */
	uint32_t rd_num_bytes;		/* size of rd_bytes in bytes */
	uint32_t rd_num_handles;	/* size of rd_handles in handles */
} zx_channel_call_args_t;

typedef struct zx_channel_call_etc_args {
	const void *wr_bytes;		/* the request, from its txid on */
	zx_handle_disposition_t *wr_handles; /* its handles, or NULL */
	void *rd_bytes;			/* buffer for the reply */
	zx_handle_info_t *rd_handles;	/* for its handles, or NULL */
	uint32_t wr_num_bytes;		/* bytes of the request, 4 or more */
	uint32_t wr_num_handles;	/* handles in it */
	uint32_t rd_num_bytes;		/* size of rd_bytes in bytes */
	uint32_t rd_num_handles;	/* size of rd_handles in handles */
} zx_channel_call_etc_args_t;

/*
 * Sockets and fifos.
 */
#define ZX_SOCKET_STREAM ((uint32_t)0u) /* a stream: bytes without boundaries */
#define ZX_SOCKET_DATAGRAM ((uint32_t)1u << 0) /* datagrams: a read gets what one write wrote */
#define ZX_SOCKET_CREATE_MASK (ZX_SOCKET_DATAGRAM)
#define ZX_SOCKET_PEEK ((uint32_t)1u << 3) /* leave the bytes in the socket */
#define ZX_SOCKET_DISPOSITION_WRITE_DISABLED ((uint32_t)1u << 0)
	/* writing fails with ZX_ERR_BAD_STATE */
#define ZX_SOCKET_DISPOSITION_WRITE_ENABLED ((uint32_t)1u << 1) /* writing works again */

/*
 * What sockets had until 2018, and have here still: a control plane, sockets sent through
 * sockets, and zx_socket_shutdown().
 */
#define ZX_SOCKET_HAS_CONTROL ((uint32_t)1u << 1)
	/* each direction also has one control message; until 2018 */
#define ZX_SOCKET_HAS_ACCEPT ((uint32_t)1u << 2)
	/* sockets can be sent through it with zx_socket_share(); until 2018 */
#define ZX_SOCKET_CONTROL ((uint32_t)1u << 2)
	/* the message of the control plane; needs ZX_SOCKET_HAS_CONTROL */
#define ZX_SOCKET_CONTROL_MAX_LEN ((uint32_t)1024u) /* bytes of a control message */
#define ZX_SOCKET_SHUTDOWN_WRITE ((uint32_t)1u << 0) /* this endpoint can write no more */
#define ZX_SOCKET_SHUTDOWN_READ ((uint32_t)1u << 1) /* the peer can write no more */
#define ZX_SOCKET_SHUTDOWN_MASK (ZX_SOCKET_SHUTDOWN_WRITE | ZX_SOCKET_SHUTDOWN_READ)

#define ZX_FIFO_MAX_SIZE_BYTES ((uint32_t)4096u)
	/* bytes of an element times the number of elements */

/*
 * Timers, tasks, processors.
 */
#define ZX_TIMER_SLACK_CENTER ((uint32_t)0u) /* earlier or later by as much as the slack */
#define ZX_TIMER_SLACK_EARLY ((uint32_t)1u) /* earlier only */
#define ZX_TIMER_SLACK_LATE ((uint32_t)2u) /* later only */

#define ZX_SYSTEM_BARRIER_DATA_MEMORY ((uint32_t)0u) /* orders accesses to memory */
#define ZX_SYSTEM_BARRIER_INSTRUCTION_STREAM ((uint32_t)1u)
	/* that, and instructions are fetched again */

#define ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO ((uint32_t)1u << 0)
	/* only where the return code of the process is not 0 */
#define ZX_PROCESS_SHARED ((uint32_t)1u << 0)

#define ZX_CPU_SET_MAX_CPUS 512
#define ZX_CPU_SET_BITS_PER_WORD 64

typedef struct zx_cpu_set {
	/* Processor n is bit n % 64 of word n / 64. */
	uint64_t mask[ZX_CPU_SET_MAX_CPUS / ZX_CPU_SET_BITS_PER_WORD];
} zx_cpu_set_t;

/* C's atomic types are no C++; both languages have the same size and alignment for this one. */
#ifdef __cplusplus
typedef int zx_futex_t;
#else
typedef atomic_int zx_futex_t;
#endif
typedef int zx_futex_storage_t;

/*
 * Memory.
 */
typedef uintptr_t zx_vaddr_t;
typedef uintptr_t zx_paddr_t;
typedef uintptr_t zx_gpaddr_t; /* physical, as a virtual machine sees it */
typedef uint64_t zx_off_t;

typedef struct zx_iovec {
	void *buffer;
	size_t capacity;
} zx_iovec_t;

#define ZX_VMO_RESIZABLE ((uint32_t)1u << 1)
#define ZX_VMO_DISCARDABLE ((uint32_t)1u << 2)
#define ZX_VMO_TRAP_DIRTY ((uint32_t)1u << 3)
#define ZX_VMO_UNBOUNDED ((uint32_t)1u << 4)

#define ZX_VMO_CHILD_SNAPSHOT ((uint32_t)1u << 0)
#define ZX_VMO_CHILD_RESIZABLE ((uint32_t)1u << 2)
#define ZX_VMO_CHILD_SLICE ((uint32_t)1u << 3)
#define ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE ((uint32_t)1u << 4)
#define ZX_VMO_CHILD_NO_WRITE ((uint32_t)1u << 5)
#define ZX_VMO_CHILD_REFERENCE ((uint32_t)1u << 6)
#define ZX_VMO_CHILD_SNAPSHOT_MODIFIED ((uint32_t)1u << 7)

#define ZX_VMO_OP_COMMIT ((uint32_t)1u)
#define ZX_VMO_OP_DECOMMIT ((uint32_t)2u)
#define ZX_VMO_OP_LOCK ((uint32_t)3u)
#define ZX_VMO_OP_UNLOCK ((uint32_t)4u)
#define ZX_VMO_OP_CACHE_SYNC ((uint32_t)6u)
#define ZX_VMO_OP_CACHE_INVALIDATE ((uint32_t)7u)
#define ZX_VMO_OP_CACHE_CLEAN ((uint32_t)8u)
#define ZX_VMO_OP_CACHE_CLEAN_INVALIDATE ((uint32_t)9u)
#define ZX_VMO_OP_ZERO ((uint32_t)10u)
#define ZX_VMO_OP_TRY_LOCK ((uint32_t)11u)
#define ZX_VMO_OP_DONT_NEED ((uint32_t)12u)
#define ZX_VMO_OP_ALWAYS_NEED ((uint32_t)13u)
#define ZX_VMO_OP_PREFETCH ((uint32_t)14u)

/* Filled in by ZX_VMO_OP_LOCK. */
typedef struct zx_vmo_lock_state {
	uint64_t offset;
	uint64_t size;
	uint64_t discarded_offset; /* what was lost of the range before it was locked */
	uint64_t discarded_size;
} zx_vmo_lock_state_t;

#define ZX_VMAR_OP_COMMIT ((uint32_t)1u)
#define ZX_VMAR_OP_DECOMMIT ((uint32_t)2u)
#define ZX_VMAR_OP_MAP_RANGE ((uint32_t)3u)
#define ZX_VMAR_OP_ZERO ((uint32_t)10u)
#define ZX_VMAR_OP_DONT_NEED ((uint32_t)12u)
#define ZX_VMAR_OP_ALWAYS_NEED ((uint32_t)13u)
#define ZX_VMAR_OP_PREFETCH ((uint32_t)14u)

typedef uint32_t zx_vm_option_t;
#define ZX_VM_PERM_READ ((zx_vm_option_t)(1u << 0))
#define ZX_VM_PERM_WRITE ((zx_vm_option_t)(1u << 1))
#define ZX_VM_PERM_EXECUTE ((zx_vm_option_t)(1u << 2))
#define ZX_VM_COMPACT ((zx_vm_option_t)(1u << 3))
#define ZX_VM_SPECIFIC ((zx_vm_option_t)(1u << 4))
#define ZX_VM_SPECIFIC_OVERWRITE ((zx_vm_option_t)(1u << 5))
#define ZX_VM_CAN_MAP_SPECIFIC ((zx_vm_option_t)(1u << 6))
#define ZX_VM_CAN_MAP_READ ((zx_vm_option_t)(1u << 7))
#define ZX_VM_CAN_MAP_WRITE ((zx_vm_option_t)(1u << 8))
#define ZX_VM_CAN_MAP_EXECUTE ((zx_vm_option_t)(1u << 9))
#define ZX_VM_MAP_RANGE ((zx_vm_option_t)(1u << 10))
#define ZX_VM_REQUIRE_NON_RESIZABLE ((zx_vm_option_t)(1u << 11))
#define ZX_VM_ALLOW_FAULTS ((zx_vm_option_t)(1u << 12))
#define ZX_VM_OFFSET_IS_UPPER_LIMIT ((zx_vm_option_t)(1u << 13))
#define ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED ((zx_vm_option_t)(1u << 14))
#define ZX_VM_FAULT_BEYOND_STREAM_SIZE ((zx_vm_option_t)(1u << 15))

/* An alignment is its logarithm, from bit 24 up. */
#define ZX_VM_ALIGN_BASE 24
#define ZX_VM_ALIGN_1KB ((zx_vm_option_t)(10u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_2KB ((zx_vm_option_t)(11u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_4KB ((zx_vm_option_t)(12u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_8KB ((zx_vm_option_t)(13u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_16KB ((zx_vm_option_t)(14u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_32KB ((zx_vm_option_t)(15u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_64KB ((zx_vm_option_t)(16u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_128KB ((zx_vm_option_t)(17u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_256KB ((zx_vm_option_t)(18u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_512KB ((zx_vm_option_t)(19u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_1MB ((zx_vm_option_t)(20u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_2MB ((zx_vm_option_t)(21u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_4MB ((zx_vm_option_t)(22u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_8MB ((zx_vm_option_t)(23u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_16MB ((zx_vm_option_t)(24u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_32MB ((zx_vm_option_t)(25u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_64MB ((zx_vm_option_t)(26u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_128MB ((zx_vm_option_t)(27u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_256MB ((zx_vm_option_t)(28u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_512MB ((zx_vm_option_t)(29u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_1GB ((zx_vm_option_t)(30u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_2GB ((zx_vm_option_t)(31u << ZX_VM_ALIGN_BASE))
#define ZX_VM_ALIGN_4GB ((zx_vm_option_t)(32u << ZX_VM_ALIGN_BASE))

/* Older names of the first twelve. */
#define ZX_VM_FLAG_PERM_READ ((uint32_t)1u << 0)
#define ZX_VM_FLAG_PERM_WRITE ((uint32_t)1u << 1)
#define ZX_VM_FLAG_PERM_EXECUTE ((uint32_t)1u << 2)
#define ZX_VM_FLAG_COMPACT ((uint32_t)1u << 3)
#define ZX_VM_FLAG_SPECIFIC ((uint32_t)1u << 4)
#define ZX_VM_FLAG_SPECIFIC_OVERWRITE ((uint32_t)1u << 5)
#define ZX_VM_FLAG_CAN_MAP_SPECIFIC ((uint32_t)1u << 6)
#define ZX_VM_FLAG_CAN_MAP_READ ((uint32_t)1u << 7)
#define ZX_VM_FLAG_CAN_MAP_WRITE ((uint32_t)1u << 8)
#define ZX_VM_FLAG_CAN_MAP_EXECUTE ((uint32_t)1u << 9)
#define ZX_VM_FLAG_MAP_RANGE ((uint32_t)1u << 10)
#define ZX_VM_FLAG_REQUIRE_NON_RESIZABLE ((uint32_t)1u << 11)

#define ZX_CACHE_POLICY_CACHED ((uint32_t)0u)
#define ZX_CACHE_POLICY_UNCACHED ((uint32_t)1u)
#define ZX_CACHE_POLICY_UNCACHED_DEVICE ((uint32_t)2u)
#define ZX_CACHE_POLICY_WRITE_COMBINING ((uint32_t)3u)
#define ZX_CACHE_POLICY_MASK ((uint32_t)3u)

#define ZX_CACHE_FLUSH_INSN ((uint32_t)1u << 0)
#define ZX_CACHE_FLUSH_DATA ((uint32_t)1u << 1)
#define ZX_CACHE_FLUSH_INVALIDATE ((uint32_t)1u << 2)

#define ZX_STREAM_MODE_READ ((uint32_t)1u << 0)
#define ZX_STREAM_MODE_WRITE ((uint32_t)1u << 1)
#define ZX_STREAM_MODE_APPEND ((uint32_t)1u << 2)
#define ZX_STREAM_CREATE_MASK \
	(ZX_STREAM_MODE_READ | ZX_STREAM_MODE_WRITE | ZX_STREAM_MODE_APPEND)
#define ZX_STREAM_APPEND ((uint32_t)1u << 0)

typedef uint32_t zx_stream_seek_origin_t;
#define ZX_STREAM_SEEK_ORIGIN_START ((zx_stream_seek_origin_t)0u)
#define ZX_STREAM_SEEK_ORIGIN_CURRENT ((zx_stream_seek_origin_t)1u)
#define ZX_STREAM_SEEK_ORIGIN_END ((zx_stream_seek_origin_t)2u)

#define ZX_PAGER_OP_FAIL ((uint32_t)1u)
#define ZX_PAGER_OP_DIRTY ((uint32_t)2u)
#define ZX_PAGER_OP_WRITEBACK_BEGIN ((uint32_t)3u)
#define ZX_PAGER_OP_WRITEBACK_END ((uint32_t)4u)
#define ZX_PAGER_VMO_STATS_MODIFIED ((uint32_t)1u)
#define ZX_PAGER_RESET_VMO_STATS ((uint32_t)1u)

typedef struct zx_pager_vmo_stats {
	uint32_t modified; /* 0 or ZX_PAGER_VMO_STATS_MODIFIED */
} zx_pager_vmo_stats_t;

/*
 * The system and its devices.
 */
#define ZX_CPRNG_DRAW_MAX_LEN ((size_t)256u) /* Zircon's; zx_cprng_draw() here has no limit */
#define ZX_CPRNG_ADD_ENTROPY_MAX_LEN ((size_t)256u)

typedef uint32_t zx_system_event_type_t;
#define ZX_SYSTEM_EVENT_OUT_OF_MEMORY ((zx_system_event_type_t)1u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL ((zx_system_event_type_t)2u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_WARNING ((zx_system_event_type_t)3u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL ((zx_system_event_type_t)4u)
#define ZX_SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY ((zx_system_event_type_t)5u)

typedef uint32_t zx_system_memory_stall_type_t;
#define ZX_SYSTEM_MEMORY_STALL_SOME ((zx_system_memory_stall_type_t)(0u))
#define ZX_SYSTEM_MEMORY_STALL_FULL ((zx_system_memory_stall_type_t)(1u))

#define ZX_INTERRUPT_REMAP_IRQ ((uint32_t)0x1u)
#define ZX_INTERRUPT_MODE_DEFAULT ((uint32_t)0u << 1)
#define ZX_INTERRUPT_MODE_EDGE_LOW ((uint32_t)1u << 1)
#define ZX_INTERRUPT_MODE_EDGE_HIGH ((uint32_t)2u << 1)
#define ZX_INTERRUPT_MODE_LEVEL_LOW ((uint32_t)3u << 1)
#define ZX_INTERRUPT_MODE_LEVEL_HIGH ((uint32_t)4u << 1)
#define ZX_INTERRUPT_MODE_EDGE_BOTH ((uint32_t)5u << 1)
#define ZX_INTERRUPT_MODE_MASK ((uint32_t)0xe)
#define ZX_INTERRUPT_VIRTUAL ((uint32_t)0x10)
#define ZX_INTERRUPT_TIMESTAMP_MONO ((uint32_t)1u << 6)
#define ZX_INTERRUPT_BIND ((uint32_t)0x0u)
#define ZX_INTERRUPT_UNBIND ((uint32_t)0x1u)
#define ZX_INTERRUPT_SLOT_USER ((uint32_t)62u)
#define ZX_INTERRUPT_MAX_SLOTS ((uint32_t)62u)
#define ZX_PCI_INTERRUPT_SLOT ((uint32_t)0u)
#define ZX_MSI_MODE_MSI_X ((uint32_t)0x1u)

#define ZX_BTI_PERM_READ ((uint32_t)1u << 0)
#define ZX_BTI_PERM_WRITE ((uint32_t)1u << 1)
#define ZX_BTI_PERM_EXECUTE ((uint32_t)1u << 2)
#define ZX_BTI_COMPRESS ((uint32_t)1u << 3)
#define ZX_BTI_CONTIGUOUS ((uint32_t)1u << 4)

__END_CDECLS

#endif /* ZIRCON_TYPES_H_ */
