/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace points: what the rest of the module calls. docs/tracing.md shows what they are for.
 *
 * zx_events.h has the events, which only trace.c includes. The functions here cost one
 * instruction, which does nothing, as long as their event is off: the kernel patches a jump over it
 * when the event is enabled. The rest is out of line, so that callers, of which some are inline and
 * frequent, do not grow.
 */
#ifndef ZXMOD_TRACE_H
#define ZXMOD_TRACE_H

#include <linux/tracepoint-defs.h>
#include <linux/types.h>

struct zx_handle_table;
struct zx_message;
struct zx_object;

DECLARE_TRACEPOINT(zx_call_enter);
DECLARE_TRACEPOINT(zx_call_exit);
DECLARE_TRACEPOINT(zx_message_queued);
DECLARE_TRACEPOINT(zx_message_read);
DECLARE_TRACEPOINT(zx_signals);
DECLARE_TRACEPOINT(zx_wait_begin);
DECLARE_TRACEPOINT(zx_wait_end);
DECLARE_TRACEPOINT(zx_handle_move);
DECLARE_TRACEPOINT(zx_charge_refused);

/* The bytes of the name of a call, zx_channel_write, and of its handler, zx_ioc_channel_write. */
#define ZX_CALL_NAME_LEN	32
#define ZX_HANDLER_NAME_LEN	(ZX_CALL_NAME_LEN + 4)

/**
 * enum zx_move - what happens to a handle
 * @ZX_MOVE_CREATED:	it is made for a new object, or by zx_process_self()
 * @ZX_MOVE_DUPLICATED:	it is made from another handle
 * @ZX_MOVE_REPLACED:	it is made from a handle that has been closed for it
 * @ZX_MOVE_SENT:	it leaves a table for a message, or for a socket that shares it
 * @ZX_MOVE_SENT_COPY:	it is made from a handle, which stays in its table, for a message
 * @ZX_MOVE_RECEIVED:	it is put into a table from a message or a socket
 * @ZX_MOVE_EXPORTED:	it leaves a table for a file
 * @ZX_MOVE_IMPORTED:	it is put into a table from a file
 * @ZX_MOVE_CLOSED:	it is closed, in a table
 * @ZX_MOVE_DROPPED:	it is closed, in no table
 */
enum zx_move {
	ZX_MOVE_CREATED,
	ZX_MOVE_DUPLICATED,
	ZX_MOVE_REPLACED,
	ZX_MOVE_SENT,
	ZX_MOVE_SENT_COPY,
	ZX_MOVE_RECEIVED,
	ZX_MOVE_EXPORTED,
	ZX_MOVE_IMPORTED,
	ZX_MOVE_CLOSED,
	ZX_MOVE_DROPPED,
};

void __zx_trace_call_enter(const char *handler, u32 nr, u32 handle);
void __zx_trace_call_exit(const char *handler, u32 nr, u32 handle, long status);
void __zx_trace_message_queued(const struct zx_object *reader, const struct zx_message *message);
void __zx_trace_message_read(const struct zx_object *reader, const struct zx_message *message);
void __zx_trace_signals(const struct zx_object *object, u32 old, u32 new);
void __zx_trace_wait_begin(const struct zx_object *object, u32 handle, u32 signals);
void __zx_trace_wait_end(const struct zx_object *object, u32 handle, u32 signals, int status);
void __zx_trace_handle(enum zx_move move, const struct zx_object *object, u32 value,
		       const struct zx_handle_table *table);
void __zx_trace_charge_refused(uid_t uid, size_t bytes, unsigned long used, unsigned long limit);

/* Whether any call is traced: then the module passes each to the two functions that follow. */
static __always_inline bool zx_trace_calls(void)
{
	return tracepoint_enabled(zx_call_enter) || tracepoint_enabled(zx_call_exit);
}

static inline void zx_trace_call_enter(const char *handler, u32 nr, u32 handle)
{
	if (tracepoint_enabled(zx_call_enter))
		__zx_trace_call_enter(handler, nr, handle);
}

static inline void zx_trace_call_exit(const char *handler, u32 nr, u32 handle, long status)
{
	if (tracepoint_enabled(zx_call_exit))
		__zx_trace_call_exit(handler, nr, handle, status);
}

/**
 * zx_trace_message_queued - a message is queued, or passed to the call that waits for it
 * @reader:	the endpoint that it was written for, locked: no thread reads the message before
 * @message:	the message
 */
static __always_inline void zx_trace_message_queued(const struct zx_object *reader,
						    const struct zx_message *message)
{
	if (tracepoint_enabled(zx_message_queued))
		__zx_trace_message_queued(reader, message);
}

/* A message was passed to a program, and is about to be freed. */
static __always_inline void zx_trace_message_read(const struct zx_object *reader,
						  const struct zx_message *message)
{
	if (tracepoint_enabled(zx_message_read))
		__zx_trace_message_read(reader, message);
}

/**
 * zx_trace_signals - signals of an object were changed
 * @object:	the object, locked
 * @old:	those that were up
 * @new:	those that are up; nothing is traced if they are the same
 */
static __always_inline void zx_trace_signals(const struct zx_object *object, u32 old, u32 new)
{
	if (tracepoint_enabled(zx_signals))
		__zx_trace_signals(object, old, new);
}

/**
 * zx_trace_wait_begin - the thread is about to sleep until something happens to an object
 * @object:	the object, to which it has a reference
 * @handle:	the handle
 * @signals:	the signals that it waits for; zero if it waits for a packet or a reply
 */
static inline void zx_trace_wait_begin(const struct zx_object *object, u32 handle, u32 signals)
{
	if (tracepoint_enabled(zx_wait_begin))
		__zx_trace_wait_begin(object, handle, signals);
}

/* The thread has slept; @signals were up at the end, @status is that of the wait. */
static inline void zx_trace_wait_end(const struct zx_object *object, u32 handle, u32 signals,
				     int status)
{
	if (tracepoint_enabled(zx_wait_end))
		__zx_trace_wait_end(object, handle, signals, status);
}

/**
 * zx_trace_handle - a handle is made, moved or closed
 * @move:	what happens
 * @object:	what it names; its handle or a reference of the caller keeps it
 * @value:	its number; zero if it has none
 * @table:	the table that it comes from or goes to; NULL if none
 */
static inline void zx_trace_handle(enum zx_move move, const struct zx_object *object, u32 value,
				   const struct zx_handle_table *table)
{
	if (tracepoint_enabled(zx_handle_move))
		__zx_trace_handle(move, object, value, table);
}

/* A charge was refused, since the user has @used of @limit bytes and needs @bytes more. */
static inline void zx_trace_charge_refused(uid_t uid, size_t bytes, unsigned long used,
					   unsigned long limit)
{
	if (tracepoint_enabled(zx_charge_refused))
		__zx_trace_charge_refused(uid, bytes, used, limit);
}

#endif /* ZXMOD_TRACE_H */
