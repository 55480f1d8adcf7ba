/* SPDX-License-Identifier: MIT */
/*
 * The calls. Each does what Zircon documents for the call of the same name; the text here is the
 * short form of that, and says where Linux makes a difference.
 *
 * Handles and memory: a handle that a call gives out is the caller's, to be closed one day. Buffers
 * stay the caller's, and are not looked at after the call. Pointers may be NULL where it says so.
 *
 * Errors: each call lists its own. The calls that go to the kernel can also return
 *   ZX_ERR_NOT_SUPPORTED  /dev/zircon is not there, or zircon.ko is too old or too new for this
 *			   library (a line on stderr says which, once)
 *   ZX_ERR_NO_MEMORY	   the user who pays has reached the limit of its account, or its memory
 *			   cgroup has no memory left, or the kernel; zircon(7) tells who pays
 *   ZX_ERR_NO_RESOURCES   a limit of the module, or of open files in this process
 *   ZX_ERR_ACCESS_DENIED  this process may not open /dev/zircon (a line on stderr says so, once)
 *   ZX_ERR_INVALID_ARGS   a pointer leads nowhere
 *
 * Linux: no call is ended by a signal handler; a wait goes on when the handler returns. After
 * fork() the child has no handles. errno is left alone. All calls may be made from any thread, and
 * from signal handlers, also from one that has interrupted a call. Between vfork() and execve() a
 * child should make none: it opens a descriptor that stays behind in the parent. A program that
 * closes the descriptor that this library keeps has closed its handles.
 */
#ifndef ZIRCON_SYSCALLS_H_
#define ZIRCON_SYSCALLS_H_

#include <zircon/compiler.h>
#include <zircon/string_view.h>
#include <zircon/syscalls/object.h>
#include <zircon/syscalls/profile.h>
#include <zircon/syscalls/types.h>
#include <zircon/types.h>

__BEGIN_CDECLS

/*
 * Time. Read from the vDSO, without a system call.
 */

/** zx_clock_get_monotonic - nanoseconds since boot, not counting suspend */
zx_instant_mono_t zx_clock_get_monotonic(void);

/** zx_clock_get_boot - nanoseconds since boot, counting suspend */
zx_instant_boot_t zx_clock_get_boot(void);

/**
 * zx_clock_get - read one of the two clocks above (the older form of both)
 * @clock_id: ZX_CLOCK_MONOTONIC or ZX_CLOCK_BOOT
 * @out: receives the time
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS another clock, or @out is NULL.
 */
zx_status_t zx_clock_get(zx_clock_t clock_id, zx_time_t *out);

/**
 * zx_deadline_after - the time a duration from now
 * @nanoseconds: may be negative
 *
 * Return: monotonic time; what would not fit becomes ZX_TIME_INFINITE or ZX_TIME_INFINITE_PAST.
 */
zx_instant_mono_t zx_deadline_after(zx_duration_mono_t nanoseconds);

/**
 * zx_nanosleep - sleep
 * @deadline: monotonic time; one that has passed returns at once, ZX_TIME_INFINITE never
 *
 * Return: ZX_OK.
 */
zx_status_t zx_nanosleep(zx_instant_mono_t deadline);

/** zx_ticks_get - the monotonic clock in ticks, which are nanoseconds here */
zx_instant_mono_ticks_t zx_ticks_get(void);

/** zx_ticks_per_second - 1000000000 */
zx_ticks_t zx_ticks_per_second(void) __CONST;

/*
 * The system.
 */

/** zx_system_get_num_cpus - processors online when it was first asked; the same ever after */
uint32_t zx_system_get_num_cpus(void) __CONST;

/** zx_system_get_page_size - bytes in a page */
uint32_t zx_system_get_page_size(void) __CONST;

/** zx_system_get_physmem - bytes of memory in the machine */
uint64_t zx_system_get_physmem(void);

/** zx_system_get_dcache_line_size - bytes in a line of the data cache, 0 if not known */
uint32_t zx_system_get_dcache_line_size(void) __CONST;

/** zx_system_get_version_string - "zko-" and the version of this library */
zx_string_view_t zx_system_get_version_string(void) __CONST;

/**
 * zx_cprng_draw - fill a buffer with random bytes, fit for keys
 * @buffer: where they go
 * @buffer_size: how many; no limit
 *
 * Waits while the machine has just booted and has no randomness yet. Ends the process where the
 * kernel cannot write to @buffer.
 */
void zx_cprng_draw(void *buffer, size_t buffer_size);

/**
 * zx_process_exit - end the process, without exit handlers
 * @retcode: Linux passes its low eight bits on to the parent
 */
void zx_process_exit(int64_t retcode) __NO_RETURN;

/**
 * zx_thread_exit - end the calling thread and nothing else
 *
 * No cleanup handler, thread-specific destructor or C++ destructor runs. pthread_join() sees the
 * thread end; a detached thread's stack stays allocated. The process ends with its last thread.
 */
void zx_thread_exit(void) __NO_RETURN;

/*
 * Handles.
 */

/**
 * zx_handle_close - give up a handle
 * @handle: the handle, or ZX_HANDLE_INVALID for nothing at all
 *
 * The last handle to an object ends the object, and its peer learns of it. A wait on @handle in
 * another thread ends with ZX_ERR_CANCELED.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @handle is none.
 */
zx_status_t zx_handle_close(zx_handle_t handle);

/**
 * zx_handle_close_many - give up several handles
 * @handles: array; ZX_HANDLE_INVALID in it is skipped
 * @num_handles: its length
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE one of them is no handle, or stands there twice; the others are
 * closed all the same; ZX_ERR_INVALID_ARGS a part of @handles cannot be read; what stands before it
 * may be closed.
 */
zx_status_t zx_handle_close_many(const zx_handle_t *handles, size_t num_handles);

/**
 * zx_handle_duplicate - make another handle to the same object
 * @handle: needs ZX_RIGHT_DUPLICATE
 * @rights: a part of its rights, or ZX_RIGHT_SAME_RIGHTS
 * @out: receives the new handle
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_DUPLICATE;
 * ZX_ERR_INVALID_ARGS @rights has one that @handle has not.
 */
zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t *out);

/**
 * zx_handle_replace - exchange a handle for one with fewer rights
 * @handle: gone afterwards, on failure too, and with it what waits through it
 * @rights: a part of its rights, or ZX_RIGHT_SAME_RIGHTS
 * @out: receives the new handle
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_INVALID_ARGS @rights has one that @handle has not.
 */
zx_status_t zx_handle_replace(zx_handle_t handle, zx_rights_t rights, zx_handle_t *out);

/**
 * zx_handle_check_valid - is this a handle?
 * @handle: any number
 *
 * Return: ZX_OK it is; ZX_ERR_INVALID_ARGS it is ZX_HANDLE_INVALID; ZX_ERR_OUT_OF_RANGE one of
 * ZX_HANDLE_FIXED_BITS_MASK is not set; ZX_ERR_NOT_FOUND it is none now.
 */
zx_status_t zx_handle_check_valid(zx_handle_t handle);

/*
 * Signals and waiting.
 */

/**
 * zx_object_signal - lower and raise an object's signals
 * @handle: needs ZX_RIGHT_SIGNAL
 * @clear_mask: signals to lower, first
 * @set_mask: signals to raise, then
 *
 * The user signals, and ZX_EVENT_SIGNALED or ZX_EVENTPAIR_SIGNALED where the object has it.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_SIGNAL;
 * ZX_ERR_INVALID_ARGS a signal that is not the program's to change.
 */
zx_status_t zx_object_signal(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);

/**
 * zx_object_signal_peer - the same for the other end of a pair
 * @handle: needs ZX_RIGHT_SIGNAL_PEER
 * @clear_mask: signals to lower, first
 * @set_mask: signals to raise, then
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_SIGNAL_PEER;
 * ZX_ERR_INVALID_ARGS a signal that is not the program's to change; ZX_ERR_NOT_SUPPORTED an object
 * without a peer; ZX_ERR_PEER_CLOSED the other end is closed.
 */
zx_status_t zx_object_signal_peer(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);

/**
 * zx_object_wait_one - wait until one of some signals is up
 * @handle: needs ZX_RIGHT_WAIT
 * @signals: what to wait for
 * @deadline: monotonic time; ZX_TIME_INFINITE_PAST asks without waiting
 * @observed: NULL, or receives all signals that were up when the wait ended
 *
 * A wait belongs to the handle. It ends when that is closed, replaced, exported, or moved with fewer
 * rights. While the handle is in a message the wait goes on, until the message is read or dropped.
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT the deadline came first; ZX_ERR_CANCELED @handle went meanwhile, and
 * ZX_SIGNAL_HANDLE_CLOSED is in @observed; ZX_ERR_NO_RESOURCES Linux only: the user has too many
 * waits on the object; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_WAIT;
 * ZX_ERR_NOT_SUPPORTED the object cannot be waited for. @observed is written for the first three.
 */
zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals,
			       zx_instant_mono_t deadline, zx_signals_t *observed);

/**
 * zx_object_wait_many - wait for signals on several objects
 * @items: array; .handle needs ZX_RIGHT_WAIT, .pending receives all signals that were up
 * @num_items: its length, at most ZX_WAIT_MANY_MAX_ITEMS; with 0 it sleeps until the deadline
 * @deadline: monotonic time
 *
 * Return: ZX_OK one item or more came true; ZX_ERR_TIMED_OUT the deadline came first;
 * ZX_ERR_CANCELED handles went meanwhile as for one, those with ZX_SIGNAL_HANDLE_CLOSED;
 * ZX_ERR_NO_RESOURCES as there, each item being a wait; ZX_ERR_OUT_OF_RANGE too many items;
 * ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED a handle lacks ZX_RIGHT_WAIT; ZX_ERR_NOT_SUPPORTED an
 * object cannot be waited for. .pending is written for the first three.
 */
zx_status_t zx_object_wait_many(zx_wait_item_t *items, size_t num_items,
				zx_instant_mono_t deadline);

/*
 * Objects in general.
 */

/**
 * zx_object_get_info - ask about a handle or its object
 * @handle: mostly needs ZX_RIGHT_INSPECT
 * @topic: ZX_INFO_*, which also says what the records are (<zircon/syscalls/object.h>)
 * @buffer: where the records go; may be NULL with @buffer_size 0
 * @buffer_size: room there, in bytes
 * @actual: NULL, or receives the number of records written
 * @avail: NULL, or receives the number of records that there are
 *
 * Of a list, with @buffer and @avail NULL, @actual receives the number of records that there are.
 *
 * Return: ZX_OK, also where not all records of a list fit; ZX_ERR_BUFFER_TOO_SMALL the one record
 * does not fit; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE not a topic for this object;
 * ZX_ERR_ACCESS_DENIED @handle lacks the right; ZX_ERR_INVALID_ARGS bad pointer; ZX_ERR_NOT_SUPPORTED
 * Zircon has no such topic, or this module has not. Topics that Zircon has look at @handle first.
 */
zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void *buffer,
			       size_t buffer_size, size_t *actual, size_t *avail);

/**
 * zx_object_get_property - read a property of an object
 * @handle: needs ZX_RIGHT_GET_PROPERTY
 * @property: ZX_PROP_*
 * @value: receives the value
 * @value_size: room there, in bytes
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS bad pointer; ZX_ERR_BUFFER_TOO_SMALL; ZX_ERR_BAD_HANDLE;
 * ZX_ERR_WRONG_TYPE the object does not have this property; ZX_ERR_ACCESS_DENIED @handle lacks the
 * right; ZX_ERR_NOT_SUPPORTED Zircon has no such property, or this module has not. A @value that is
 * NULL is found first, then what is wrong with @handle.
 */
zx_status_t zx_object_get_property(zx_handle_t handle, uint32_t property, void *value,
				   size_t value_size);

/**
 * zx_object_set_property - change a property of an object
 * @handle: needs ZX_RIGHT_SET_PROPERTY
 * @property: ZX_PROP_*
 * @value: the value
 * @value_size: its size in bytes
 *
 * Return: as zx_object_get_property(); ZX_ERR_INVALID_ARGS also for a value that is not allowed;
 * ZX_ERR_PEER_CLOSED for ZX_PROP_SOCKET_TX_THRESHOLD.
 */
zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property, const void *value,
				   size_t value_size);

/**
 * zx_object_get_child - a handle to what is inside a process or job
 * @handle: the process or job, needs ZX_RIGHT_ENUMERATE
 * @koid: which child
 * @rights: a part of the rights of @handle, or ZX_RIGHT_SAME_RIGHTS
 * @out: receives the handle
 *
 * Return: ZX_OK; ZX_ERR_NOT_FOUND no such child; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE @handle is
 * neither; ZX_ERR_ACCESS_DENIED it lacks ZX_RIGHT_ENUMERATE or one of @rights.
 */
zx_status_t zx_object_get_child(zx_handle_t handle, uint64_t koid, zx_rights_t rights,
				zx_handle_t *out);


/**
 * zx_object_wait_async - have a port told of signals
 * @handle: what to wait for
 * @port: where the packet goes
 * @key: stands in the packet
 * @signals: what to wait for
 * @options: ZX_WAIT_ASYNC_*
 *
 * There are no ports yet. The call is declared since headers of Fuchsia mention it.
 *
 * Return: ZX_ERR_NOT_SUPPORTED.
 */
zx_status_t zx_object_wait_async(zx_handle_t handle, zx_handle_t port, uint64_t key,
				 zx_signals_t signals, uint32_t options);

/**
 * zx_object_set_profile - have a thread scheduled by a profile
 * @handle: the thread
 * @profile: the profile
 * @options: 0
 *
 * There are no profiles: scheduling is Linux's, sched_setattr(2). The call is declared since headers of
 * Fuchsia mention it.
 *
 * Return: ZX_ERR_NOT_SUPPORTED.
 */
zx_status_t zx_object_set_profile(zx_handle_t handle, zx_handle_t profile, uint32_t options);
/*
 * Events.
 */

/**
 * zx_event_create - make an event
 * @options: 0
 * @out: receives a handle with ZX_DEFAULT_EVENT_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option.
 */
zx_status_t zx_event_create(uint32_t options, zx_handle_t *out);

/**
 * zx_eventpair_create - make two events that signal each other
 * @options: 0
 * @out0: receives a handle with ZX_DEFAULT_EVENTPAIR_RIGHTS
 * @out1: the same for the other end
 *
 * Return: ZX_OK; ZX_ERR_NOT_SUPPORTED unknown option.
 */
zx_status_t zx_eventpair_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1);

/*
 * Channels. A message is up to ZX_CHANNEL_MAX_MSG_BYTES bytes and ZX_CHANNEL_MAX_MSG_HANDLES
 * handles, and is written and read whole or not at all.
 */

/**
 * zx_channel_create - make a channel
 * @options: 0
 * @out0: receives a handle with ZX_DEFAULT_CHANNEL_RIGHTS to one end
 * @out1: the same for the other end
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option.
 */
zx_status_t zx_channel_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1);

/**
 * zx_channel_read - take the first message out of a channel
 * @handle: needs ZX_RIGHT_READ
 * @options: 0 or ZX_CHANNEL_READ_MAY_DISCARD
 * @bytes: where its bytes go; may be NULL with @num_bytes 0
 * @handles: where its handles go; may be NULL with @num_handles 0
 * @num_bytes: room at @bytes, in bytes
 * @num_handles: room at @handles, in handles
 * @actual_bytes: NULL, or receives the number of bytes in the message
 * @actual_handles: NULL, or receives the number of handles in it
 *
 * Return: ZX_OK, the handles are the caller's now; ZX_ERR_BUFFER_TOO_SMALL it does not fit, and the
 * actual sizes are written: the message stays, or is thrown away with ZX_CHANNEL_READ_MAY_DISCARD;
 * ZX_ERR_SHOULD_WAIT there is none, wait for ZX_CHANNEL_READABLE; ZX_ERR_PEER_CLOSED there is none
 * and will be none; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_READ; ZX_ERR_NO_RESOURCES this process has no place for the handles, the message stays.
 */
zx_status_t zx_channel_read(zx_handle_t handle, uint32_t options, void *bytes,
			    zx_handle_t *handles, uint32_t num_bytes, uint32_t num_handles,
			    uint32_t *actual_bytes, uint32_t *actual_handles);

/** zx_channel_read_etc - zx_channel_read() that also tells type and rights of each handle */
zx_status_t zx_channel_read_etc(zx_handle_t handle, uint32_t options, void *bytes,
				zx_handle_info_t *handles, uint32_t num_bytes,
				uint32_t num_handles, uint32_t *actual_bytes,
				uint32_t *actual_handles);

/**
 * zx_channel_write - put a message into a channel, for the other end to read
 * @handle: needs ZX_RIGHT_WRITE
 * @options: 0 or ZX_CHANNEL_WRITE_USE_IOVEC
 * @bytes: the bytes, or zx_channel_iovec_t that say where they are; may be NULL with 0 of them
 * @num_bytes: how many bytes, or how many zx_channel_iovec_t (ZX_CHANNEL_MAX_MSG_IOVECS at most)
 * @handles: handles to send, each with ZX_RIGHT_TRANSFER; may be NULL with 0 of them
 * @num_handles: how many
 *
 * @handles are gone from this process afterwards, sent or, on failure, closed. They stay if a part
 * of the array cannot be read; of an array that is too long the call reads 64 at a time, closes
 * these, and stops where it cannot read the next 64. What waits through a handle that is sent goes
 * on until the other end reads the message. A message that no program could read, since
 * an end of a channel in it would be in its own queue, or two in each other's, is not queued: the
 * call closes the handles in it and returns ZX_OK. Linux only: a @num_handles above 4096 closes none, and the
 * queue has a limit. ZX_ERR_SHOULD_WAIT says that it is full; then nothing is consumed, and
 * ZX_CHANNEL_WRITABLE tells when to try again. What is unread is on the account of the user who
 * made the channel: ZX_ERR_NO_MEMORY says that this is used up, which no signal tells.
 *
 * Return: ZX_OK; ZX_ERR_PEER_CLOSED nobody is left to read it; ZX_ERR_SHOULD_WAIT;
 * ZX_ERR_BAD_HANDLE, also for one of @handles, or for one that stands there twice;
 * ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_WRITE, or one of @handles
 * ZX_RIGHT_TRANSFER; ZX_ERR_NO_RESOURCES Linux only: an end of a channel was to go into a queue
 * whose own end is in a message, that message's in another, and so on 128 times;
 * ZX_ERR_NOT_SUPPORTED @handle is one of @handles; ZX_ERR_OUT_OF_RANGE too many
 * bytes, handles or iovecs; ZX_ERR_INVALID_ARGS unknown option, or .reserved of an iovec is not 0.
 */
zx_status_t zx_channel_write(zx_handle_t handle, uint32_t options, const void *bytes,
			     uint32_t num_bytes, const zx_handle_t *handles, uint32_t num_handles);

/**
 * zx_channel_write_etc - zx_channel_write() with a choice for each handle
 * @handle: needs ZX_RIGHT_WRITE
 * @options: 0 or ZX_CHANNEL_WRITE_USE_IOVEC
 * @bytes: as there
 * @num_bytes: as there
 * @handles: what to do with which handle; on failure .result is written of each that could not be
 *	sent, and left alone of the others
 * @num_handles: how many
 *
 * ZX_HANDLE_OP_MOVE sends the handle, which is gone afterwards, on failure too.
 * ZX_HANDLE_OP_DUPLICATE sends a duplicate, needs ZX_RIGHT_DUPLICATE too, and leaves the handle.
 * .rights is what the reader gets, at most what the handle has. Where that is less, moving ends
 * what waits through the handle at once, as zx_handle_replace() does.
 *
 * Return: as zx_channel_write(); ZX_ERR_WRONG_TYPE also for a handle that is not of its .type;
 * ZX_ERR_INVALID_ARGS also for an unknown operation or rights that the handle has not.
 */
zx_status_t zx_channel_write_etc(zx_handle_t handle, uint32_t options, const void *bytes,
				 uint32_t num_bytes, zx_handle_disposition_t *handles,
				 uint32_t num_handles);

/**
 * zx_channel_call - send a message and wait for its answer
 * @handle: needs ZX_RIGHT_READ and ZX_RIGHT_WRITE
 * @options: 0 or ZX_CHANNEL_WRITE_USE_IOVEC
 * @deadline: monotonic time by which the answer must have come
 * @args: what to send, as for zx_channel_write(), and where the answer goes
 * @actual_bytes: receives the number of bytes in the answer
 * @actual_handles: receives the number of handles in it
 *
 * The first four bytes of the message are overwritten, on its way, with a transaction id that has
 * the highest bit set. The answer is the message that comes back with the same first four bytes; it
 * does not go through the queue, so several threads can call through one channel. An answer
 * that the server writes after the call has ended goes through the queue, as a message. The message
 * is sent also where @deadline has passed, or where @actual_bytes or @actual_handles is NULL: the
 * call finds that when the answer has come, returns ZX_ERR_INVALID_ARGS, and the answer is lost.
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT no answer in time; ZX_ERR_BUFFER_TOO_SMALL the answer did not fit
 * and is thrown away; ZX_ERR_PEER_CLOSED the other end was closed, before or meanwhile;
 * ZX_ERR_CANCELED @handle was closed, replaced, exported or received meanwhile, or the message with
 * it dropped; ZX_ERR_NO_RESOURCES as for a wait;
 * ZX_ERR_INVALID_ARGS also for a message shorter than four bytes; else as zx_channel_write().
 * ZX_ERR_NO_MEMORY and ZX_ERR_NO_RESOURCES can also come when the message is out already and a Linux
 * signal interrupts the waiting, ZX_ERR_NO_MEMORY and ZX_ERR_INVALID_ARGS when the answer cannot be
 * stored, which then is lost.
 */
zx_status_t zx_channel_call(zx_handle_t handle, uint32_t options, zx_instant_mono_t deadline,
			    const zx_channel_call_args_t *args, uint32_t *actual_bytes,
			    uint32_t *actual_handles);

/** zx_channel_call_etc - zx_channel_call() as zx_channel_write_etc() and _read_etc() are */
zx_status_t zx_channel_call_etc(zx_handle_t handle, uint32_t options, zx_instant_mono_t deadline,
				zx_channel_call_etc_args_t *args, uint32_t *actual_bytes,
				uint32_t *actual_handles);

/*
 * Sockets: bytes in both directions, as a stream or as datagrams, 256 KiB of them each way.
 */

/**
 * zx_socket_create - make a socket
 * @options: ZX_SOCKET_STREAM or ZX_SOCKET_DATAGRAM, with ZX_SOCKET_HAS_CONTROL and
 *	ZX_SOCKET_HAS_ACCEPT for what sockets had until 2018
 * @out0: receives a handle with ZX_DEFAULT_SOCKET_RIGHTS to one end
 * @out1: the same for the other end
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option.
 */
zx_status_t zx_socket_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1);

/**
 * zx_socket_write - write bytes to a socket
 * @handle: an end of a socket; needs ZX_RIGHT_WRITE
 * @options: 0, or ZX_SOCKET_CONTROL for the message of the control plane
 * @buffer: the bytes
 * @buffer_size: how many
 * @actual: receives how many were taken, or NULL
 *
 * A stream takes as many as there is space for, a datagram or a control message is taken whole
 * or not at all.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED; ZX_ERR_INVALID_ARGS bad
 * pointer or option; ZX_ERR_SHOULD_WAIT no space now; ZX_ERR_OUT_OF_RANGE a datagram or control
 * message too large for ever; ZX_ERR_BAD_STATE writing is disabled, or there is no control plane;
 * ZX_ERR_PEER_CLOSED; ZX_ERR_NO_MEMORY.
 */
zx_status_t zx_socket_write(zx_handle_t handle, uint32_t options, const void *buffer,
			    size_t buffer_size, size_t *actual);

/**
 * zx_socket_read - read bytes from a socket
 * @handle: an end of a socket; needs ZX_RIGHT_READ
 * @options: 0, or ZX_SOCKET_PEEK to leave the bytes there, ZX_SOCKET_CONTROL for the control plane
 * @buffer: where they go
 * @buffer_size: room there, in bytes
 * @actual: receives how many were read, or NULL
 *
 * Of a datagram or control message what does not fit is lost, unless it was only peeked at; but a
 * read of no bytes leaves a datagram where it is. What was written before the peer was closed or
 * disabled can still be read. A datagram that cannot be written to @buffer is lost as in Zircon, unless
 * it was only peeked at; a stream and a control message lose nothing, and with a bad @actual nothing is
 * lost either.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED; ZX_ERR_INVALID_ARGS bad
 * pointer or option; ZX_ERR_SHOULD_WAIT nothing there; ZX_ERR_BAD_STATE nothing
 * there and the peer's writing is disabled, or there is no control plane; ZX_ERR_PEER_CLOSED nothing
 * there and the peer is closed.
 */
zx_status_t zx_socket_read(zx_handle_t handle, uint32_t options, void *buffer, size_t buffer_size,
			   size_t *actual);

/**
 * zx_socket_set_disposition - disable or enable writing
 * @handle: an end of a socket; needs ZX_RIGHT_MANAGE_SOCKET
 * @disposition: 0, ZX_SOCKET_DISPOSITION_WRITE_DISABLED or ZX_SOCKET_DISPOSITION_WRITE_ENABLED, for
 *	writing to this end
 * @disposition_peer: the same for writing to its peer
 *
 * Both are carried out, or none. An end that is enabled is WRITABLE if there is space, and also if its
 * peer is closed; of a closed peer @disposition_peer changes no signal. Linux only: an end that is full
 * or disabled is not WRITABLE, where Zircon raises that when a full end is enabled or a disabled one is
 * read.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED; ZX_ERR_INVALID_ARGS
 * something else; ZX_ERR_BAD_STATE writing cannot be enabled again before all was read, nothing is
 * changed.
 */
zx_status_t zx_socket_set_disposition(zx_handle_t handle, uint32_t disposition,
				      uint32_t disposition_peer);

/**
 * zx_socket_shutdown - disable reading or writing, by the name it had before
 * @handle: an end of a socket; needs ZX_RIGHT_MANAGE_SOCKET
 * @options: ZX_SOCKET_SHUTDOWN_READ, so that the peer cannot write, and ZX_SOCKET_SHUTDOWN_WRITE
 *
 * Return: as zx_socket_set_disposition().
 */
zx_status_t zx_socket_shutdown(zx_handle_t handle, uint32_t options);

/**
 * zx_socket_share - send a socket through a socket
 * @handle: an end made with ZX_SOCKET_HAS_ACCEPT; needs ZX_RIGHT_WRITE
 * @socket_to_share: another socket, made without; needs ZX_RIGHT_TRANSFER, and is gone afterwards
 *	whatever is returned
 *
 * Until 2018 in Zircon. One socket at a time waits to be accepted; ZX_SOCKET_SHARE says when there
 * is none.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED; ZX_ERR_NOT_SUPPORTED
 * @handle was made otherwise; ZX_ERR_BAD_STATE an end of @handle itself, or a socket that can share;
 * ZX_ERR_SHOULD_WAIT; ZX_ERR_PEER_CLOSED.
 */
zx_status_t zx_socket_share(zx_handle_t handle, zx_handle_t socket_to_share);

/**
 * zx_socket_accept - receive a socket that was sent through a socket
 * @handle: an end made with ZX_SOCKET_HAS_ACCEPT; needs ZX_RIGHT_READ
 * @out_socket: receives the socket
 *
 * Until 2018 in Zircon. ZX_SOCKET_ACCEPT says when there is one.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED; ZX_ERR_INVALID_ARGS;
 * ZX_ERR_NOT_SUPPORTED @handle was made otherwise; ZX_ERR_SHOULD_WAIT.
 */
zx_status_t zx_socket_accept(zx_handle_t handle, zx_handle_t *out_socket);

/*
 * Fifos: elements of one size in both directions, in memory that is there from the start.
 */

/**
 * zx_fifo_create - make a fifo
 * @elem_count: elements that each direction can hold
 * @elem_size: bytes of an element; the product is at most ZX_FIFO_MAX_SIZE_BYTES
 * @options: 0
 * @out0: receives a handle with ZX_DEFAULT_FIFO_RIGHTS to one end
 * @out1: the same for the other end
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option; ZX_ERR_OUT_OF_RANGE nothing, or too much, would
 * fit; ZX_ERR_NO_MEMORY.
 */
zx_status_t zx_fifo_create(size_t elem_count, size_t elem_size, uint32_t options,
			   zx_handle_t *out0, zx_handle_t *out1);

/**
 * zx_fifo_write - write elements to a fifo
 * @handle: an end of a fifo; needs ZX_RIGHT_WRITE
 * @elem_size: bytes of an element, as the fifo was made
 * @data: the elements
 * @count: how many, at least one; as many as fit are written
 * @actual_count: receives how many were, or NULL
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED; ZX_ERR_INVALID_ARGS bad
 * pointer; ZX_ERR_OUT_OF_RANGE @count is zero or @elem_size another; ZX_ERR_PEER_CLOSED;
 * ZX_ERR_SHOULD_WAIT it is full.
 */
zx_status_t zx_fifo_write(zx_handle_t handle, size_t elem_size, const void *data, size_t count,
			  size_t *actual_count);

/**
 * zx_fifo_read - read elements from a fifo
 * @handle: an end of a fifo; needs ZX_RIGHT_READ
 * @elem_size: bytes of an element, as the fifo was made
 * @data: where they go
 * @count: room there, in elements, at least one
 * @actual_count: receives how many were read, or NULL
 *
 * Return: as zx_fifo_write(), but ZX_ERR_SHOULD_WAIT it is empty, and ZX_ERR_PEER_CLOSED only then.
 */
zx_status_t zx_fifo_read(zx_handle_t handle, size_t elem_size, void *data, size_t count,
			 size_t *actual_count);

__END_CDECLS

#endif /* ZIRCON_SYSCALLS_H_ */
