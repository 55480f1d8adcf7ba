/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The interface of zircon.ko: the ioctls of /dev/zircon and their arguments.
 *
 * One ioctl implements one zx_* call that needs the kernel. The semantics are
 * those that Zircon documents for the call, unless this file says otherwise.
 * Programs do not use this file, they call libzircon.
 *
 * The argument of every ioctl is a pointer to the struct that its number
 * names. All fields are naturally aligned and of fixed width, pointers are
 * __u64. A 32-bit program cannot open the device (EOPNOTSUPP), and its ioctls
 * on a descriptor that it inherited fail with ENOTTY. A later version may
 * append fields. The module accepts a larger struct than it knows if the tail
 * is zero (otherwise -E2BIG), and reads the missing fields of a smaller struct
 * as zero. It refuses a struct shorter than the first version with -EINVAL;
 * that size follows each struct as *_SIZE_V0 and never changes.
 * Fields named "reserved" must be zero (otherwise ZX_ERR_INVALID_ARGS).
 *
 * An ioctl returns:
 *   0            ZX_OK
 *   > 0          a negated zx_status_t: 22 is ZX_ERR_SHOULD_WAIT (-22)
 *   -1, errno    an error that is no Zircon status:
 *     ESTALE     the file belongs to another process (the caller was forked)
 *                or to a program that this process ran before its last
 *                execve(): open the device again, or call ZXL_IOC_OPEN on the file
 *     EINTR      a signal interrupted the wait, also with SA_RESTART; call again,
 *                deadlines are absolute. If a handle is bad then, it was closed
 *                or sent during the wait: the library reports ZX_ERR_CANCELED
 *     ENOTTY     no such ioctl in this module, or a 32-bit program
 *     EFAULT     the argument struct cannot be read
 *     EINVAL, E2BIG  the module does not accept a struct of this size (see above)
 *
 * Output goes through pointers in the struct, never into the struct itself
 * (except struct zxl_version). If the module cannot write through a pointer the
 * ioctl returns ZX_ERR_INVALID_ARGS and has no effect: a new handle is closed
 * again, a message stays in its queue, except a message to be discarded, the
 * reply to a call and a datagram of a socket, which are lost. Output that a
 * call defines as optional is not written if the pointer is zero.
 *
 * Deadlines are absolute nanoseconds of CLOCK_MONOTONIC (of a timer: of its
 * clock) in the time namespace of the caller; ZX_TIME_INFINITE (the largest
 * value) never passes.
 */
#ifndef _UAPI_LINUX_ZIRCON_H
#define _UAPI_LINUX_ZIRCON_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * The version of this interface. A module serves a library of the same major
 * version; the minor version counts additions.
 */
#define ZXL_ABI_MAJOR	1
#define ZXL_ABI_MINOR	6	/* what the feature JOB stands for */

/* Bits of zxl_version.features. */
#define ZXL_FEATURE_EVENT	(1ULL << 0)	/* events, eventpairs */
#define ZXL_FEATURE_CHANNEL	(1ULL << 1)	/* channels */
#define ZXL_FEATURE_FD		(1ULL << 2)	/* export, import, watch */
#define ZXL_FEATURE_SOCKET	(1ULL << 3)	/* sockets */
#define ZXL_FEATURE_FIFO	(1ULL << 4)	/* fifos */
#define ZXL_FEATURE_PORT	(1ULL << 5)	/* ports, zx_object_wait_async() */
#define ZXL_FEATURE_TIMER	(1ULL << 6)	/* timers */
#define ZXL_FEATURE_COUNTER	(1ULL << 7)	/* counters */
#define ZXL_FEATURE_CLOCK	(1ULL << 8)	/* clocks */
#define ZXL_FEATURE_PROCESS	(1ULL << 9)	/* processes and threads */
#define ZXL_FEATURE_FUTEX	(1ULL << 10)	/* futexes */
#define ZXL_FEATURE_JOB		(1ULL << 11)	/* jobs, processes that start in one */

/**
 * struct zxl_version - the version and features of the module (ZXL_IOC_VERSION)
 * @major:	ZXL_ABI_MAJOR of the module, filled in
 * @minor:	ZXL_ABI_MINOR of the module, filled in
 * @features:	ZXL_FEATURE_* bits of the module, filled in
 *
 * Every caller may use it, also one that would get ESTALE. The module writes this
 * struct. It fills a smaller one as far as that goes, and sets the tail of a larger
 * one to zero. It refuses one shorter than the first version with -EINVAL.
 */
struct zxl_version {
	__u32 major;
	__u32 minor;
	__u64 features;
};

#define ZXL_VERSION_SIZE_V0	16

/**
 * struct zx_ioc_handle - a handle, and a pointer that receives a new one
 * @handle:	the handle
 * @rights:	rights wanted of the new handle (duplicate, replace), else zero
 * @out:	pointer to __u32, receives the new handle (duplicate, replace,
 *		process_self), else zero
 *
 * For ZX_IOC_HANDLE_CLOSE, _DUPLICATE, _REPLACE, _CHECK_VALID, ZX_IOC_TASK_KILL,
 * and for ZXL_IOC_PROCESS_SELF and ZXL_IOC_THREAD_SELF, where the new handle names
 * the calling process or thread and has the default rights of its type. For _SELF
 * of a process @handle is zero; for that of a thread it is zero, or any number: if
 * that is a handle to the calling thread, @out receives it, and none is made.
 *
 * For ZXL_IOC_PROCESS_STARTUP, where @handle and @rights are zero, and @out receives
 * the handle that the process was started with: once, and only by a program with the
 * credentials of the one that has started it. Otherwise ZX_ERR_NOT_FOUND.
 */
struct zx_ioc_handle {
	__u32 handle;
	__u32 rights;
	__u64 out;
};

#define ZX_IOC_HANDLE_SIZE_V0	16

/* Handles that one ZX_IOC_HANDLE_CLOSE_MANY closes at most. */
#define ZX_CLOSE_MANY_MAX	4096

/**
 * struct zx_ioc_handle_close_many - zx_handle_close_many()
 * @handles:	pointer to @count handles
 * @count:	how many: at most ZX_CLOSE_MANY_MAX, or ZX_ERR_OUT_OF_RANGE
 */
struct zx_ioc_handle_close_many {
	__u64 handles;
	__u64 count;
};

#define ZX_IOC_HANDLE_CLOSE_MANY_SIZE_V0	16

/**
 * struct zx_ioc_object_signal - zx_object_signal(), zx_object_signal_peer()
 * @handle:	the object, or the object whose peer is signalled
 * @clear_mask:	signals to lower first
 * @set_mask:	signals to raise afterwards
 * @reserved:	zero
 */
struct zx_ioc_object_signal {
	__u32 handle;
	__u32 clear_mask;
	__u32 set_mask;
	__u32 reserved;
};

#define ZX_IOC_OBJECT_SIGNAL_SIZE_V0	16

/**
 * struct zx_ioc_object_wait_one - zx_object_wait_one()
 * @handle:	what to wait on
 * @signals:	end the wait when one of these is up
 * @deadline:	end of the wait
 * @observed:	pointer to __u32 or zero; written on ZX_OK, ZX_ERR_TIMED_OUT
 *		and ZX_ERR_CANCELED
 */
struct zx_ioc_object_wait_one {
	__u32 handle;
	__u32 signals;
	__s64 deadline;
	__u64 observed;
};

#define ZX_IOC_OBJECT_WAIT_ONE_SIZE_V0	24

/**
 * struct zx_ioc_wait_item - one element of zx_ioc_object_wait_many.items
 * @handle:	what to wait on
 * @waitfor:	end the wait when one of these is up
 * @pending:	receives the signals that were up
 */
struct zx_ioc_wait_item {
	__u32 handle;
	__u32 waitfor;
	__u32 pending;
};

/**
 * struct zx_ioc_object_wait_many - zx_object_wait_many()
 * @items:	pointer to @count struct zx_ioc_wait_item, read and written
 * @count:	at most 64; with zero the call sleeps until the deadline
 * @deadline:	end of the wait
 */
struct zx_ioc_object_wait_many {
	__u64 items;
	__u64 count;
	__s64 deadline;
};

#define ZX_IOC_OBJECT_WAIT_MANY_SIZE_V0	24

/**
 * struct zx_ioc_object_wait_async - zx_object_wait_async()
 * @handle:	what to wait on
 * @port:	receives the packet
 * @key:	the packet's key
 * @signals:	queue the packet when one of these is up
 * @options:	ZX_WAIT_ASYNC_TIMESTAMP (1), ZX_WAIT_ASYNC_EDGE (2) or
 *		ZX_WAIT_ASYNC_BOOT_TIMESTAMP (4); the two time stamps exclude each other
 *
 * Returns also ZX_ERR_NO_RESOURCES if the user has too many observers of the object, as for
 * zx_object_wait_one().
 */
struct zx_ioc_object_wait_async {
	__u32 handle;
	__u32 port;
	__u64 key;
	__u32 signals;
	__u32 options;
};

#define ZX_IOC_OBJECT_WAIT_ASYNC_SIZE_V0	24

/**
 * struct zx_ioc_object_get_info - zx_object_get_info()
 * @handle:	the object
 * @topic:	ZX_INFO_*
 * @buffer:	receives the records
 * @buffer_size: size of @buffer in bytes
 * @actual:	pointer to __u64 or zero, receives the number of records written
 * @avail:	pointer to __u64 or zero, receives the number that there are
 */
struct zx_ioc_object_get_info {
	__u32 handle;
	__u32 topic;
	__u64 buffer;
	__u64 buffer_size;
	__u64 actual;
	__u64 avail;
};

#define ZX_IOC_OBJECT_GET_INFO_SIZE_V0	40

/**
 * struct zx_ioc_object_property - zx_object_get_property(), _set_property()
 * @handle:	the object
 * @property:	ZX_PROP_*
 * @value:	pointer to the value
 * @value_size:	its size in bytes
 */
struct zx_ioc_object_property {
	__u32 handle;
	__u32 property;
	__u64 value;
	__u64 value_size;
};

#define ZX_IOC_OBJECT_PROPERTY_SIZE_V0	24

/**
 * struct zx_ioc_object_get_child - zx_object_get_child()
 * @handle:	the parent
 * @rights:	rights wanted of the new handle
 * @koid:	koid of the child
 * @out:	pointer to __u32, receives the new handle
 */
struct zx_ioc_object_get_child {
	__u32 handle;
	__u32 rights;
	__u64 koid;
	__u64 out;
};

#define ZX_IOC_OBJECT_GET_CHILD_SIZE_V0	24

/**
 * struct zx_ioc_create - zx_event_create(), the same for counter, port, eventpair, channel, socket
 * @options:	as the call defines
 * @reserved:	zero
 * @out0:	pointer to __u32, receives the first new handle
 * @out1:	pointer to __u32, receives the second, zero for an event, a counter and a port
 */
struct zx_ioc_create {
	__u32 options;
	__u32 reserved;
	__u64 out0;
	__u64 out1;
};

#define ZX_IOC_CREATE_SIZE_V0	24

/**
 * struct zx_ioc_handle_info - information of zx_channel_read_etc() on a handle
 * @handle:	the new handle
 * @type:	ZX_OBJ_TYPE_* of its object
 * @rights:	its rights
 * @unused:	zero
 */
struct zx_ioc_handle_info {
	__u32 handle;
	__u32 type;
	__u32 rights;
	__u32 unused;
};

/**
 * struct zx_ioc_handle_disposition - how zx_channel_write_etc() sends a handle
 * @operation:	ZX_HANDLE_OP_MOVE (0) or ZX_HANDLE_OP_DUPLICATE (1)
 * @handle:	the handle
 * @type:	expected ZX_OBJ_TYPE_*, or ZX_OBJ_TYPE_NONE (0)
 * @rights:	rights of the handle that arrives, or ZX_RIGHT_SAME_RIGHTS
 * @result:	written if this handle cannot be sent; else not written
 */
struct zx_ioc_handle_disposition {
	__u32 operation;
	__u32 handle;
	__u32 type;
	__u32 rights;
	__s32 result;
};

/**
 * struct zx_ioc_channel_iovec - a slice of the bytes of a message
 * @buffer:	pointer to the bytes, may be zero if @capacity is
 * @capacity:	how many
 * @reserved:	zero
 *
 * For 64-bit callers this is the layout of zx_channel_iovec_t.
 */
struct zx_ioc_channel_iovec {
	__u64 buffer;
	__u32 capacity;
	__u32 reserved;
};

/**
 * struct zx_ioc_channel_write - zx_channel_write(), zx_channel_write_etc()
 * @handle:	an endpoint of a channel
 * @options:	0 or ZX_CHANNEL_WRITE_USE_IOVEC (2)
 * @bytes:	pointer to the bytes, or to struct zx_ioc_channel_iovec
 * @handles:	pointer to __u32, for _etc to struct zx_ioc_handle_disposition
 * @num_bytes:	bytes, or elements of the iovec
 * @num_handles: elements of @handles
 *
 * Beyond what Zircon documents: ZX_ERR_SHOULD_WAIT, the peer's queue is full.
 * Nothing is consumed then; ZX_CHANNEL_WRITABLE is raised when there is space.
 * ZX_ERR_NO_RESOURCES, an endpoint would go into a queue whose own endpoint is
 * in a message, that message's in another, and so on 128 times. ZX_OK also for a
 * message that no program could ever read, because the queue can be reached only
 * through one of @handles: the call closes the message's handles, and so all
 * endpoints of the ring. Of more than ZX_CLOSE_MANY_MAX handles none is consumed.
 */
struct zx_ioc_channel_write {
	__u32 handle;
	__u32 options;
	__u64 bytes;
	__u64 handles;
	__u32 num_bytes;
	__u32 num_handles;
};

#define ZX_IOC_CHANNEL_WRITE_SIZE_V0	32

/**
 * struct zx_ioc_channel_read - zx_channel_read(), zx_channel_read_etc()
 * @handle:	an endpoint of a channel
 * @options:	0 or ZX_CHANNEL_READ_MAY_DISCARD (1)
 * @bytes:	receives the bytes
 * @handles:	receives the handles: __u32, for _etc struct zx_ioc_handle_info
 * @num_bytes:	size of @bytes in bytes
 * @num_handles: size of @handles in elements
 * @actual_bytes: pointer to __u32 or zero, receives the size of the message;
 *		written on ZX_OK and ZX_ERR_BUFFER_TOO_SMALL
 * @actual_handles: the same for the number of handles
 */
struct zx_ioc_channel_read {
	__u32 handle;
	__u32 options;
	__u64 bytes;
	__u64 handles;
	__u32 num_bytes;
	__u32 num_handles;
	__u64 actual_bytes;
	__u64 actual_handles;
};

#define ZX_IOC_CHANNEL_READ_SIZE_V0	48

/**
 * struct zx_ioc_channel_call_args - the request and the buffers for the reply
 * @wr_bytes:	the request, as in struct zx_ioc_channel_write
 * @wr_handles:	the request's handles, as there
 * @rd_bytes:	receives the reply's bytes
 * @rd_handles:	receives its handles, as in struct zx_ioc_channel_read
 * @wr_num_bytes: bytes (at least 4), or elements of the iovec
 * @wr_num_handles: elements of @wr_handles
 * @rd_num_bytes: size of @rd_bytes in bytes
 * @rd_num_handles: size of @rd_handles in elements
 *
 * For 64-bit callers this is the layout of zx_channel_call_args_t and of
 * zx_channel_call_etc_args_t.
 */
struct zx_ioc_channel_call_args {
	__u64 wr_bytes;
	__u64 wr_handles;
	__u64 rd_bytes;
	__u64 rd_handles;
	__u32 wr_num_bytes;
	__u32 wr_num_handles;
	__u32 rd_num_bytes;
	__u32 rd_num_handles;
};

/**
 * struct zx_ioc_channel_call - zx_channel_call(), zx_channel_call_etc()
 * @handle:	an endpoint of a channel
 * @options:	0 or ZX_CHANNEL_WRITE_USE_IOVEC (2)
 * @deadline:	end of the wait for the reply
 * @args:	pointer to struct zx_ioc_channel_call_args
 * @actual_bytes: pointer to __u32, receives the size of the reply
 * @actual_handles: pointer to __u32, receives its number of handles
 * @txid:	pointer to __u32, identifies the call: written when
 *		ZX_ERR_INTERNAL_INTR_RETRY is returned, read by the _FINISH forms
 *
 * A Linux signal ends ZX_IOC_CHANNEL_CALL_NORETRY with
 * ZX_ERR_INTERNAL_INTR_RETRY once the request is sent. The call is then
 * parked, and ZX_IOC_CHANNEL_CALL_FINISH with the same struct goes on waiting
 * for the reply, as often as it is interrupted. It returns ZX_ERR_CANCELED if
 * @handle was closed or sent meanwhile, and ZX_ERR_BAD_STATE if no such call
 * is parked. A process can have 64 parked calls for each of its threads;
 * beyond that the oldest is given up and is no longer parked. A call whose
 * @handle is in a message cannot be parked: a signal ends it with
 * ZX_ERR_CANCELED.
 *
 * As for zx_object_wait_one() one user can have a bounded number of calls at
 * one endpoint: beyond it ZX_ERR_NO_RESOURCES, nothing is sent and @args'
 * handles are consumed.
 */
struct zx_ioc_channel_call {
	__u32 handle;
	__u32 options;
	__s64 deadline;
	__u64 args;
	__u64 actual_bytes;
	__u64 actual_handles;
	__u64 txid;
};

#define ZX_IOC_CHANNEL_CALL_SIZE_V0	48

/**
 * struct zx_ioc_socket_io - zx_socket_read(), zx_socket_write()
 * @handle:	an endpoint of a socket
 * @options:	ZX_SOCKET_PEEK (8, read only), ZX_SOCKET_CONTROL (4), or zero
 * @buffer:	the bytes (write), or receives them (read)
 * @size:	how many, or the size of @buffer
 * @actual:	pointer to __u64 or zero, receives how many were written or read
 */
struct zx_ioc_socket_io {
	__u32 handle;
	__u32 options;
	__u64 buffer;
	__u64 size;
	__u64 actual;
};

#define ZX_IOC_SOCKET_IO_SIZE_V0	32

/**
 * struct zx_ioc_socket_disposition - zx_socket_set_disposition()
 * @handle:	an endpoint of a socket
 * @disposition: zero, ZX_SOCKET_DISPOSITION_WRITE_DISABLED (1) or _WRITE_ENABLED (2)
 *		for writes to @handle
 * @disposition_peer: the same for writes to its peer
 * @reserved:	zero
 */
struct zx_ioc_socket_disposition {
	__u32 handle;
	__u32 disposition;
	__u32 disposition_peer;
	__u32 reserved;
};

#define ZX_IOC_SOCKET_DISPOSITION_SIZE_V0	16

/**
 * struct zx_ioc_socket_share - zx_socket_share(), in Zircon until 2018
 * @handle:	an endpoint of a socket made with ZX_SOCKET_HAS_ACCEPT
 * @socket:	the socket to send, consumed also on failure
 *
 * Its counterpart ZX_IOC_SOCKET_ACCEPT takes a struct zx_ioc_handle.
 */
struct zx_ioc_socket_share {
	__u32 handle;
	__u32 socket;
};

#define ZX_IOC_SOCKET_SHARE_SIZE_V0	8

/**
 * struct zx_ioc_fifo_create - zx_fifo_create()
 * @elem_count:	elements that each direction can hold
 * @elem_size:	size of an element in bytes; the product is at most 4096
 * @options:	zero
 * @reserved:	zero
 * @out0:	pointer to __u32, receives the first new handle
 * @out1:	pointer to __u32, receives the second
 */
struct zx_ioc_fifo_create {
	__u64 elem_count;
	__u64 elem_size;
	__u32 options;
	__u32 reserved;
	__u64 out0;
	__u64 out1;
};

#define ZX_IOC_FIFO_CREATE_SIZE_V0	40

/**
 * struct zx_ioc_fifo_io - zx_fifo_read(), zx_fifo_write()
 * @handle:	an endpoint of a fifo
 * @elem_size:	size of an element in bytes, must be the fifo's
 * @data:	the elements (write), or receives them (read)
 * @count:	how many, or the size of @data; as many as possible are transferred
 * @reserved:	zero
 * @actual:	pointer to __u64 or zero, receives how many were transferred
 */
struct zx_ioc_fifo_io {
	__u32 handle;
	__u32 elem_size;
	__u64 data;
	__u32 count;
	__u32 reserved;
	__u64 actual;
};

#define ZX_IOC_FIFO_IO_SIZE_V0	32

/**
 * struct zx_ioc_port_packet - a packet of a port
 * @key:	chosen by the caller of zx_port_queue() or zx_object_wait_async()
 * @type:	ZX_PKT_TYPE_USER (0) or ZX_PKT_TYPE_SIGNAL_ONE (1)
 * @status:	of zx_port_queue(), or zero
 * @data:	of zx_port_queue(); or a zx_packet_signal_t
 *
 * This is the layout of zx_port_packet_t.
 */
struct zx_ioc_port_packet {
	__u64 key;
	__u32 type;
	__s32 status;
	__u64 data[4];
};

/**
 * struct zx_ioc_port_queue - zx_port_queue()
 * @handle:	a port
 * @reserved:	zero
 * @packet:	pointer to struct zx_ioc_port_packet; @type there is ignored
 *
 * ZX_ERR_SHOULD_WAIT: as many packets of zx_port_queue() as a port can hold are queued.
 */
struct zx_ioc_port_queue {
	__u32 handle;
	__u32 reserved;
	__u64 packet;
};

#define ZX_IOC_PORT_QUEUE_SIZE_V0	16

/**
 * struct zx_ioc_port_wait - zx_port_wait()
 * @handle:	a port
 * @reserved:	zero
 * @deadline:	end of the wait
 * @packet:	pointer to struct zx_ioc_port_packet, receives the first packet; if it cannot be
 *		written, the packet is the first again
 */
struct zx_ioc_port_wait {
	__u32 handle;
	__u32 reserved;
	__s64 deadline;
	__u64 packet;
};

#define ZX_IOC_PORT_WAIT_SIZE_V0	24

/**
 * struct zx_ioc_port_cancel - zx_port_cancel(), zx_port_cancel_key()
 * @handle:	a port
 * @source:	the handle that was passed to zx_object_wait_async(); for zx_port_cancel_key() its
 *		options: zero
 * @key:	the key of the waits to end and of the packets to remove
 */
struct zx_ioc_port_cancel {
	__u32 handle;
	__u32 source;
	__u64 key;
};

#define ZX_IOC_PORT_CANCEL_SIZE_V0	16

/**
 * struct zx_ioc_timer_create - zx_timer_create()
 * @options:	ZX_TIMER_SLACK_CENTER (0), _EARLY (1) or _LATE (2)
 * @clock_id:	ZX_CLOCK_MONOTONIC (0) or ZX_CLOCK_BOOT (1)
 * @out:	pointer to __u32, receives the new handle
 */
struct zx_ioc_timer_create {
	__u32 options;
	__u32 clock_id;
	__u64 out;
};

#define ZX_IOC_TIMER_CREATE_SIZE_V0	16

/**
 * struct zx_ioc_timer_set - zx_timer_set()
 * @handle:	a timer
 * @reserved:	zero
 * @deadline:	nanoseconds of the timer's clock; not positive: the signal is raised at once
 * @slack:	nanoseconds by which the signal may be earlier or later, as the timer's options
 *		say; not negative
 *
 * Its counterpart ZX_IOC_TIMER_CANCEL takes a struct zx_ioc_handle.
 */
struct zx_ioc_timer_set {
	__u32 handle;
	__u32 reserved;
	__s64 deadline;
	__s64 slack;
};

#define ZX_IOC_TIMER_SET_SIZE_V0	24

/**
 * struct zx_ioc_counter - zx_counter_write(), zx_counter_add()
 * @handle:	a counter
 * @reserved:	zero
 * @value:	the new value (write), or what is added
 */
struct zx_ioc_counter {
	__u32 handle;
	__u32 reserved;
	__s64 value;
};

#define ZX_IOC_COUNTER_SIZE_V0	16

/**
 * struct zx_ioc_counter_read - zx_counter_read()
 * @handle:	a counter
 * @reserved:	zero
 * @out:	pointer to __s64, receives the value
 */
struct zx_ioc_counter_read {
	__u32 handle;
	__u32 reserved;
	__u64 out;
};

#define ZX_IOC_COUNTER_READ_SIZE_V0	16

/**
 * struct zx_ioc_clock_create - zx_clock_create()
 * @options:	ZX_CLOCK_OPT_*, and the version of the arguments in the upper six bits
 * @args:	pointer to zx_clock_create_args_v1_t for version 1; zero for version 0
 * @out:	pointer to __u32, receives the new handle
 */
struct zx_ioc_clock_create {
	__u64 options;
	__u64 args;
	__u64 out;
};

#define ZX_IOC_CLOCK_CREATE_SIZE_V0	24

/**
 * struct zx_ioc_clock_read - zx_clock_read()
 * @handle:	a clock
 * @reserved:	zero
 * @out:	pointer to __s64, receives the time of the clock in nanoseconds
 */
struct zx_ioc_clock_read {
	__u32 handle;
	__u32 reserved;
	__u64 out;
};

#define ZX_IOC_CLOCK_READ_SIZE_V0	16

/**
 * struct zx_ioc_clock - zx_clock_update(), zx_clock_get_details()
 * @handle:	a clock
 * @reserved:	zero
 * @options:	the version of the arguments in the upper six bits; for an update also
 *		ZX_CLOCK_UPDATE_OPTION_*
 * @args:	pointer: to zx_clock_update_args_v1_t or _v2_t (update); to
 *		zx_clock_details_v1_t, which is written (get_details)
 *
 * Times of the reference clock are those of the caller's time namespace.
 */
struct zx_ioc_clock {
	__u32 handle;
	__u32 reserved;
	__u64 options;
	__u64 args;
};

#define ZX_IOC_CLOCK_SIZE_V0	24

/**
 * struct zxl_ioc_fd - zxl_handle_export(), zxl_handle_import(), zxl_handle_watch()
 * @handle:	the handle (export, watch), else zero
 * @fd:		the file descriptor (import), else zero
 * @signals:	the signals that make the new fd readable (watch), else zero
 * @options:	zero
 * @out:	pointer to __u32, receives the new handle (import) or file
 *		descriptor (export, watch; always close-on-exec)
 */
struct zxl_ioc_fd {
	__u32 handle;
	__s32 fd;
	__u32 signals;
	__u32 options;
	__u64 out;
};

#define ZXL_IOC_FD_SIZE_V0	24

/**
 * struct zx_ioc_process_exit - zx_process_exit()
 * @retcode:	return code that ZX_INFO_PROCESS shows after the end
 *
 * Does not end the program. It ends itself next, with the low eight bits of
 * @retcode as its status; if it ends in another way, @retcode does not count. Of
 * several calls of one program the first counts.
 */
struct zx_ioc_process_exit {
	__s64 retcode;
};

#define ZX_IOC_PROCESS_EXIT_SIZE_V0	8

/**
 * struct zxl_ioc_process - a Linux process or thread and its object
 * @handle:	the process (pid); a number as for ZXL_IOC_THREAD_SELF (thread open);
 *		else zero
 * @pid:	process or thread id in the caller's pid namespace (open), else zero
 * @out:	pointer to __u32, receives a handle with the default rights of its type
 *		(open) or the process id in the caller's pid namespace (pid)
 *
 * ZXL_IOC_PROCESS_OPEN needs what tracing and signalling the process need: its
 * user and group ids, and all its capabilities, or CAP_SYS_PTRACE in the initial
 * user namespace. ZX_ERR_ACCESS_DENIED without; ZX_ERR_NOT_FOUND if there is no
 * such process or it has ended.
 *
 * ZXL_IOC_PROCESS_PID needs one of ZX_RIGHT_INSPECT, ZX_RIGHT_READ and
 * ZX_RIGHT_WRITE. ZX_ERR_BAD_STATE if the process has ended or has not started,
 * ZX_ERR_NOT_FOUND if it is not in the caller's pid namespace. The id cannot name
 * another process before the parent has waited for this one.
 *
 * ZXL_IOC_THREAD_OPEN finds a thread of the calling process. ZX_ERR_NOT_FOUND if
 * that has no such thread.
 */
struct zxl_ioc_process {
	__u32 handle;
	__s32 pid;
	__u64 out;
};

#define ZXL_IOC_PROCESS_SIZE_V0	16

/**
 * struct zx_ioc_thread_create - zx_thread_create()
 * @handle:	the calling process, with ZX_RIGHT_MANAGE_THREAD; for another one
 *		ZX_ERR_NOT_SUPPORTED
 * @options:	zero
 * @name:	pointer to the name, not zero
 * @name_size:	bytes of the name; those after the 31st and after a NUL do not count
 * @out:	pointer to __u32, receives a handle with ZX_DEFAULT_THREAD_RIGHTS
 *
 * The thread has not begun: see ZXL_IOC_THREAD_BEGIN.
 */
struct zx_ioc_thread_create {
	__u32 handle;
	__u32 options;
	__u64 name;
	__u64 name_size;
	__u64 out;
};

#define ZX_IOC_THREAD_CREATE_SIZE_V0	32

/* Bits of zxl_ioc_thread_begin.options. */
#define ZXL_THREAD_CHECK	1U
#define ZXL_THREAD_HAS_BEGUN	2U

/**
 * struct zxl_ioc_thread_begin - the calling thread is one of zx_thread_create()
 * @handle:	the thread, with ZX_RIGHT_MANAGE_THREAD
 * @options:	ZXL_THREAD_CHECK only checks whether it could begin;
 *		ZXL_THREAD_HAS_BEGUN whether it is the calling thread and has begun so,
 *		or ZX_ERR_BAD_STATE
 *
 * A thread that the library has just made calls it, before it does anything else.
 * It gets the thread's name. ZX_ERR_BAD_STATE if the thread has begun before;
 * ZX_ERR_NOT_SUPPORTED if it is of another process.
 */
struct zxl_ioc_thread_begin {
	__u32 handle;
	__u32 options;
};

#define ZXL_IOC_THREAD_BEGIN_SIZE_V0	8

/**
 * struct zx_ioc_job_create - zx_job_create()
 * @handle:	the parent, with ZX_RIGHT_MANAGE_JOB
 * @options:	zero
 * @out:	pointer to __u32, receives a handle with ZX_DEFAULT_JOB_RIGHTS
 */
struct zx_ioc_job_create {
	__u32 handle;
	__u32 options;
	__u64 out;
};

#define ZX_IOC_JOB_CREATE_SIZE_V0	16

/**
 * struct zx_ioc_job_set_policy - zx_job_set_policy()
 * @handle:	the job, with ZX_RIGHT_SET_POLICY
 * @options:	ZX_JOB_POL_RELATIVE or ZX_JOB_POL_ABSOLUTE
 * @topic:	ZX_JOB_POL_BASIC_V1, ZX_JOB_POL_BASIC_V2 or ZX_JOB_POL_TIMER_SLACK
 * @count:	how many records @policy points to
 * @policy:	pointer to the records of the topic
 */
struct zx_ioc_job_set_policy {
	__u32 handle;
	__u32 options;
	__u32 topic;
	__u32 count;
	__u64 policy;
};

#define ZX_IOC_JOB_SET_POLICY_SIZE_V0	24

/**
 * struct zx_ioc_job_set_critical - zx_job_set_critical()
 * @handle:	the job, with ZX_RIGHT_DESTROY
 * @options:	zero or ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO
 * @process:	a process in the job or below it, with ZX_RIGHT_WAIT
 * @reserved:	zero
 */
struct zx_ioc_job_set_critical {
	__u32 handle;
	__u32 options;
	__u32 process;
	__u32 reserved;
};

#define ZX_IOC_JOB_SET_CRITICAL_SIZE_V0	16

/* zxl_ioc_job_open.options. */
#define ZXL_JOB_DEFAULT		0U	/* the job of the calling process */
#define ZXL_JOB_ROOT		1U	/* the root job */

/**
 * struct zxl_ioc_job_open - a handle to the calling process' job, or to the root job
 * @options:	ZXL_JOB_*
 * @reserved:	zero
 * @out:	pointer to __u32, receives the handle
 *
 * The handle has ZX_DEFAULT_JOB_RIGHTS; to a job that the module has made, the root
 * job or a user's default job, without ZX_RIGHT_DESTROY, ZX_RIGHT_SET_POLICY,
 * ZX_RIGHT_SET_PROPERTY and ZX_RIGHT_SIGNAL. The root job needs CAP_SYS_ADMIN in
 * the initial user namespace, else ZX_ERR_ACCESS_DENIED.
 */
struct zxl_ioc_job_open {
	__u32 options;
	__u32 reserved;
	__u64 out;
};

#define ZXL_IOC_JOB_OPEN_SIZE_V0	16

/* Processes of ZXL_IOC_PROCESS_CREATE that a process has not forked yet, at most. */
#define ZXL_PROCESS_CREATE_MAX	64

/* zxl_ioc_process_create.options: end the process that this thread has not forked. */
#define ZXL_PROCESS_CREATE_CANCEL	1U

/**
 * struct zxl_ioc_process_create - a process in a job, which the caller will fork
 * @handle:	the job, with ZX_RIGHT_MANAGE_PROCESS
 * @options:	zero or ZXL_PROCESS_CREATE_CANCEL
 * @startup:	a handle for the new program, with ZX_RIGHT_TRANSFER, or zero;
 *		consumed in any case
 * @name_size:	bytes of the name; those after the 31st and after a NUL do not count
 * @name:	pointer to the name, not zero
 * @out:	pointer to __u32, receives a handle with ZX_DEFAULT_PROCESS_RIGHTS
 *
 * The next process that the calling thread forks is this one: it is in the job from
 * its first instruction. Before that the process has not started; it ends when its
 * last handle is closed, or the calling process ends, and then the thread's next
 * child is an ordinary one. If it is killed before it has started, the child is
 * killed before its first instruction. A thread can have one such process at a time,
 * a process ZXL_PROCESS_CREATE_MAX: ZX_ERR_BAD_STATE, ZX_ERR_NO_RESOURCES.
 * ZX_ERR_BAD_STATE also if the job was killed. ZXL_PROCESS_CREATE_CANCEL ends it at
 * once, whoever has handles to it; ZX_ERR_NOT_FOUND if the thread has none. All other
 * fields but @startup are ignored then.
 */
struct zxl_ioc_process_create {
	__u32 handle;
	__u32 options;
	__u32 startup;
	__u32 name_size;
	__u64 name;
	__u64 out;
};

#define ZXL_IOC_PROCESS_CREATE_SIZE_V0	32

/**
 * struct zx_ioc_futex_wait - zx_futex_wait()
 * @value_ptr:	pointer to the futex, a __s32
 * @current_value: what must be there, or ZX_ERR_BAD_STATE
 * @owner:	the new owner, a thread of the process, or zero for none
 * @deadline:	end of the wait
 *
 * The module has its own queues of threads that wait; futex(2) does not know them.
 */
struct zx_ioc_futex_wait {
	__u64 value_ptr;
	__s32 current_value;
	__u32 owner;
	__s64 deadline;
};

#define ZX_IOC_FUTEX_WAIT_SIZE_V0	24

/* Bits of zx_ioc_futex_wake.options and zx_ioc_futex_requeue.options. */
#define ZXL_FUTEX_SINGLE_OWNER	1U	/* wakes one thread, which becomes the owner */

/**
 * struct zx_ioc_futex_wake - zx_futex_wake(), zx_futex_wake_single_owner()
 * @value_ptr:	address of the futex
 * @wake_count:	how many threads to wake at most; one with ZXL_FUTEX_SINGLE_OWNER
 * @options:	ZXL_FUTEX_*
 */
struct zx_ioc_futex_wake {
	__u64 value_ptr;
	__u32 wake_count;
	__u32 options;
};

#define ZX_IOC_FUTEX_WAKE_SIZE_V0	16

/**
 * struct zx_ioc_futex_requeue - zx_futex_requeue(), zx_futex_requeue_single_owner()
 * @value_ptr:	pointer to the futex, a __s32
 * @requeue_ptr: address of the other futex
 * @wake_count:	how many threads to wake at most; one with ZXL_FUTEX_SINGLE_OWNER
 * @requeue_count: how many others to move at most
 * @current_value: what must be at @value_ptr, or ZX_ERR_BAD_STATE
 * @owner:	the new owner of the other futex, or zero for none
 * @options:	ZXL_FUTEX_*
 * @reserved:	zero
 * @moved:	pointer to two __u32, which receive how many threads were woken and
 *		moved; or zero
 */
struct zx_ioc_futex_requeue {
	__u64 value_ptr;
	__u64 requeue_ptr;
	__u32 wake_count;
	__u32 requeue_count;
	__s32 current_value;
	__u32 owner;
	__u32 options;
	__u32 reserved;
	__u64 moved;
};

#define ZX_IOC_FUTEX_REQUEUE_SIZE_V0	48

/**
 * struct zx_ioc_futex_get_owner - zx_futex_get_owner()
 * @value_ptr:	address of the futex
 * @koid:	pointer to __u64, receives the koid of the owner or ZX_KOID_INVALID
 */
struct zx_ioc_futex_get_owner {
	__u64 value_ptr;
	__u64 koid;
};

#define ZX_IOC_FUTEX_GET_OWNER_SIZE_V0	16

/**
 * struct zxl_ioc_open - open a file of the device for the calling program (ZXL_IOC_OPEN)
 * @out:	pointer to __s32, receives the file descriptor, which is close-on-exec
 * @flags:	zero
 * @reserved:	zero
 *
 * Opens the device of the file once more, in the mode in which the file was
 * opened. The caller needs no /dev/zircon and no permission to open it: a caller
 * that has a file of the device may have another. Every caller may use it, also one
 * that would get ESTALE.
 *
 * Returns ZX_ERR_NO_MEMORY, ZX_ERR_NO_RESOURCES (no file descriptor is left),
 * ZX_ERR_ACCESS_DENIED (a security module has forbidden it), ZX_ERR_INVALID_ARGS.
 */
struct zxl_ioc_open {
	__u64 out;
	__u32 flags;
	__u32 reserved;
};

#define ZXL_IOC_OPEN_SIZE_V0	16

#define ZX_IOC_MAGIC	'Z'
#define ZX_IOC(nr, type) _IOW(ZX_IOC_MAGIC, nr, struct type)

#define ZXL_IOC_VERSION			_IOR(ZX_IOC_MAGIC, 0x40, struct zxl_version)
#define ZXL_IOC_PROCESS_SELF		ZX_IOC(0x41, zx_ioc_handle)
#define ZXL_IOC_HANDLE_EXPORT		ZX_IOC(0x42, zxl_ioc_fd)
#define ZXL_IOC_HANDLE_IMPORT		ZX_IOC(0x43, zxl_ioc_fd)
#define ZXL_IOC_HANDLE_WATCH		ZX_IOC(0x44, zxl_ioc_fd)
#define ZXL_IOC_OPEN			ZX_IOC(0x45, zxl_ioc_open)
#define ZXL_IOC_PROCESS_OPEN		ZX_IOC(0x46, zxl_ioc_process)
#define ZXL_IOC_PROCESS_PID		ZX_IOC(0x47, zxl_ioc_process)
#define ZXL_IOC_THREAD_SELF		ZX_IOC(0x48, zx_ioc_handle)
#define ZXL_IOC_THREAD_OPEN		ZX_IOC(0x49, zxl_ioc_process)
#define ZXL_IOC_THREAD_BEGIN		ZX_IOC(0x4a, zxl_ioc_thread_begin)
#define ZXL_IOC_JOB_OPEN		ZX_IOC(0x4b, zxl_ioc_job_open)
#define ZXL_IOC_PROCESS_CREATE		ZX_IOC(0x4c, zxl_ioc_process_create)
#define ZXL_IOC_PROCESS_STARTUP		ZX_IOC(0x4d, zx_ioc_handle)

#define ZX_IOC_HANDLE_CLOSE		ZX_IOC(0x50, zx_ioc_handle)
#define ZX_IOC_HANDLE_CLOSE_MANY	ZX_IOC(0x51, zx_ioc_handle_close_many)
#define ZX_IOC_HANDLE_DUPLICATE		ZX_IOC(0x52, zx_ioc_handle)
#define ZX_IOC_HANDLE_REPLACE		ZX_IOC(0x53, zx_ioc_handle)
#define ZX_IOC_HANDLE_CHECK_VALID	ZX_IOC(0x54, zx_ioc_handle)

#define ZX_IOC_OBJECT_WAIT_ASYNC	ZX_IOC(0x57, zx_ioc_object_wait_async)
#define ZX_IOC_OBJECT_SIGNAL		ZX_IOC(0x58, zx_ioc_object_signal)
#define ZX_IOC_OBJECT_SIGNAL_PEER	ZX_IOC(0x59, zx_ioc_object_signal)
#define ZX_IOC_OBJECT_WAIT_ONE		ZX_IOC(0x5a, zx_ioc_object_wait_one)
#define ZX_IOC_OBJECT_WAIT_MANY		ZX_IOC(0x5b, zx_ioc_object_wait_many)
#define ZX_IOC_OBJECT_GET_INFO		ZX_IOC(0x5c, zx_ioc_object_get_info)
#define ZX_IOC_OBJECT_GET_PROPERTY	ZX_IOC(0x5d, zx_ioc_object_property)
#define ZX_IOC_OBJECT_SET_PROPERTY	ZX_IOC(0x5e, zx_ioc_object_property)
#define ZX_IOC_OBJECT_GET_CHILD		ZX_IOC(0x5f, zx_ioc_object_get_child)

#define ZX_IOC_EVENT_CREATE		ZX_IOC(0x60, zx_ioc_create)
#define ZX_IOC_EVENTPAIR_CREATE		ZX_IOC(0x61, zx_ioc_create)

#define ZX_IOC_CHANNEL_CREATE		ZX_IOC(0x68, zx_ioc_create)
#define ZX_IOC_CHANNEL_READ		ZX_IOC(0x69, zx_ioc_channel_read)
#define ZX_IOC_CHANNEL_READ_ETC		ZX_IOC(0x6a, zx_ioc_channel_read)
#define ZX_IOC_CHANNEL_WRITE		ZX_IOC(0x6b, zx_ioc_channel_write)
#define ZX_IOC_CHANNEL_WRITE_ETC	ZX_IOC(0x6c, zx_ioc_channel_write)
#define ZX_IOC_CHANNEL_CALL_NORETRY	ZX_IOC(0x6d, zx_ioc_channel_call)
#define ZX_IOC_CHANNEL_CALL_FINISH	ZX_IOC(0x6e, zx_ioc_channel_call)
#define ZX_IOC_CHANNEL_CALL_ETC_NORETRY	ZX_IOC(0x6f, zx_ioc_channel_call)
#define ZX_IOC_CHANNEL_CALL_ETC_FINISH	ZX_IOC(0x70, zx_ioc_channel_call)

#define ZX_IOC_SOCKET_CREATE		ZX_IOC(0x78, zx_ioc_create)
#define ZX_IOC_SOCKET_READ		ZX_IOC(0x79, zx_ioc_socket_io)
#define ZX_IOC_SOCKET_WRITE		ZX_IOC(0x7a, zx_ioc_socket_io)
#define ZX_IOC_SOCKET_SET_DISPOSITION	ZX_IOC(0x7b, zx_ioc_socket_disposition)
#define ZX_IOC_SOCKET_SHARE		ZX_IOC(0x7c, zx_ioc_socket_share)
#define ZX_IOC_SOCKET_ACCEPT		ZX_IOC(0x7d, zx_ioc_handle)

#define ZX_IOC_FIFO_CREATE		ZX_IOC(0x80, zx_ioc_fifo_create)
#define ZX_IOC_FIFO_READ		ZX_IOC(0x81, zx_ioc_fifo_io)
#define ZX_IOC_FIFO_WRITE		ZX_IOC(0x82, zx_ioc_fifo_io)

#define ZX_IOC_PORT_CREATE		ZX_IOC(0x88, zx_ioc_create)
#define ZX_IOC_PORT_QUEUE		ZX_IOC(0x89, zx_ioc_port_queue)
#define ZX_IOC_PORT_WAIT		ZX_IOC(0x8a, zx_ioc_port_wait)
#define ZX_IOC_PORT_CANCEL		ZX_IOC(0x8b, zx_ioc_port_cancel)
#define ZX_IOC_PORT_CANCEL_KEY		ZX_IOC(0x8c, zx_ioc_port_cancel)

#define ZX_IOC_TIMER_CREATE		ZX_IOC(0x90, zx_ioc_timer_create)
#define ZX_IOC_TIMER_SET		ZX_IOC(0x91, zx_ioc_timer_set)
#define ZX_IOC_TIMER_CANCEL		ZX_IOC(0x92, zx_ioc_handle)

#define ZX_IOC_COUNTER_CREATE		ZX_IOC(0x98, zx_ioc_create)
#define ZX_IOC_COUNTER_READ		ZX_IOC(0x99, zx_ioc_counter_read)
#define ZX_IOC_COUNTER_WRITE		ZX_IOC(0x9a, zx_ioc_counter)
#define ZX_IOC_COUNTER_ADD		ZX_IOC(0x9b, zx_ioc_counter)

#define ZX_IOC_CLOCK_CREATE		ZX_IOC(0xa0, zx_ioc_clock_create)
#define ZX_IOC_CLOCK_READ		ZX_IOC(0xa1, zx_ioc_clock_read)
#define ZX_IOC_CLOCK_GET_DETAILS	ZX_IOC(0xa2, zx_ioc_clock)
#define ZX_IOC_CLOCK_UPDATE		ZX_IOC(0xa3, zx_ioc_clock)

#define ZX_IOC_TASK_KILL		ZX_IOC(0xa8, zx_ioc_handle)
#define ZX_IOC_PROCESS_EXIT		ZX_IOC(0xa9, zx_ioc_process_exit)
#define ZX_IOC_THREAD_CREATE		ZX_IOC(0xaa, zx_ioc_thread_create)
#define ZX_IOC_JOB_CREATE		ZX_IOC(0xab, zx_ioc_job_create)
#define ZX_IOC_JOB_SET_POLICY		ZX_IOC(0xac, zx_ioc_job_set_policy)
#define ZX_IOC_JOB_SET_CRITICAL		ZX_IOC(0xad, zx_ioc_job_set_critical)

#define ZX_IOC_FUTEX_WAIT		ZX_IOC(0xb0, zx_ioc_futex_wait)
#define ZX_IOC_FUTEX_WAKE		ZX_IOC(0xb1, zx_ioc_futex_wake)
#define ZX_IOC_FUTEX_REQUEUE		ZX_IOC(0xb2, zx_ioc_futex_requeue)
#define ZX_IOC_FUTEX_GET_OWNER		ZX_IOC(0xb3, zx_ioc_futex_get_owner)

#endif /* _UAPI_LINUX_ZIRCON_H */
