/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trace events. trace.c includes this file, and the kernel's <trace/define_trace.h> includes it
 * several times again, with other definitions of the macros.
 *
 * The fields are numbers, so that filters and histograms can use them; when an event is printed,
 * numbers that Zircon has names for are printed with their names. No field has an address of the
 * kernel or data of a program, except the transaction id, the first four bytes of a message.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM zircon

#if !defined(ZXMOD_ZX_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define ZXMOD_ZX_EVENTS_H

#include <linux/tracepoint.h>

#include "object.h"
#include "trace.h"
#include "zx.h"

#define zx_print_status(status)							\
	__print_symbolic(status,						\
			 { ZX_OK, "ZX_OK" },					\
			 { ZX_ERR_NOT_SUPPORTED, "ZX_ERR_NOT_SUPPORTED" },	\
			 { ZX_ERR_NO_RESOURCES, "ZX_ERR_NO_RESOURCES" },	\
			 { ZX_ERR_NO_MEMORY, "ZX_ERR_NO_MEMORY" },		\
			 { ZX_ERR_INTERNAL_INTR_RETRY, "ZX_ERR_INTERNAL_INTR_RETRY" }, \
			 { ZX_ERR_INVALID_ARGS, "ZX_ERR_INVALID_ARGS" },	\
			 { ZX_ERR_BAD_HANDLE, "ZX_ERR_BAD_HANDLE" },		\
			 { ZX_ERR_WRONG_TYPE, "ZX_ERR_WRONG_TYPE" },		\
			 { ZX_ERR_OUT_OF_RANGE, "ZX_ERR_OUT_OF_RANGE" },	\
			 { ZX_ERR_BUFFER_TOO_SMALL, "ZX_ERR_BUFFER_TOO_SMALL" }, \
			 { ZX_ERR_BAD_STATE, "ZX_ERR_BAD_STATE" },		\
			 { ZX_ERR_TIMED_OUT, "ZX_ERR_TIMED_OUT" },		\
			 { ZX_ERR_SHOULD_WAIT, "ZX_ERR_SHOULD_WAIT" },		\
			 { ZX_ERR_CANCELED, "ZX_ERR_CANCELED" },		\
			 { ZX_ERR_PEER_CLOSED, "ZX_ERR_PEER_CLOSED" },		\
			 { ZX_ERR_NOT_FOUND, "ZX_ERR_NOT_FOUND" },		\
			 { ZX_ERR_ACCESS_DENIED, "ZX_ERR_ACCESS_DENIED" },	\
			 { EINTR, "EINTR" })

/*
 * The signals that have the same name for all types, or for all types but one. Others are printed
 * as a number.
 */
#define zx_print_signals(signals)				\
	__print_flags(signals, "|",				\
		      { 1 << 0, "READABLE" },			\
		      { 1 << 1, "WRITABLE" },			\
		      { 1 << 2, "PEER_CLOSED" },		\
		      { 1 << 3, "SIGNALED" },			\
		      { 1 << 23, "HANDLE_CLOSED" },		\
		      { 1 << 24, "USER_0" },			\
		      { 1 << 25, "USER_1" },			\
		      { 1 << 26, "USER_2" },			\
		      { 1 << 27, "USER_3" },			\
		      { 1 << 28, "USER_4" },			\
		      { 1 << 29, "USER_5" },			\
		      { 1 << 30, "USER_6" },			\
		      { 1U << 31, "USER_7" })

#define ZX_PAIR(number, name)	{ number, name }
#define zx_print_type(type)	zx_types(__print_symbolic, type, ZX_PAIR)

/* Programs that read the events need the values of these names. */
TRACE_DEFINE_ENUM(ZX_MOVE_CREATED);
TRACE_DEFINE_ENUM(ZX_MOVE_DUPLICATED);
TRACE_DEFINE_ENUM(ZX_MOVE_REPLACED);
TRACE_DEFINE_ENUM(ZX_MOVE_SENT);
TRACE_DEFINE_ENUM(ZX_MOVE_SENT_COPY);
TRACE_DEFINE_ENUM(ZX_MOVE_RECEIVED);
TRACE_DEFINE_ENUM(ZX_MOVE_EXPORTED);
TRACE_DEFINE_ENUM(ZX_MOVE_IMPORTED);
TRACE_DEFINE_ENUM(ZX_MOVE_CLOSED);
TRACE_DEFINE_ENUM(ZX_MOVE_DROPPED);

#define zx_print_move(move)						\
	__print_symbolic(move,						\
			 { ZX_MOVE_CREATED, "created" },		\
			 { ZX_MOVE_DUPLICATED, "duplicated" },		\
			 { ZX_MOVE_REPLACED, "replaced" },		\
			 { ZX_MOVE_SENT, "sent" },			\
			 { ZX_MOVE_SENT_COPY, "sent-copy" },		\
			 { ZX_MOVE_RECEIVED, "received" },		\
			 { ZX_MOVE_EXPORTED, "exported" },		\
			 { ZX_MOVE_IMPORTED, "imported" },		\
			 { ZX_MOVE_CLOSED, "closed" },			\
			 { ZX_MOVE_DROPPED, "dropped" })

TRACE_EVENT(zx_call_enter,
	    TP_PROTO(const char *handler, u32 nr, u32 handle),
	    TP_ARGS(handler, nr, handle),
	    TP_STRUCT__entry(__array(char, name, ZX_CALL_NAME_LEN)
			     __field(u32, nr)
			     __field(u32, handle)
	    ),
	    TP_fast_assign(zx_call_name(__entry->name, handler);
			   __entry->nr = nr;
			   __entry->handle = handle;
	    ),
	    TP_printk("%s handle=%08x", __entry->name, __entry->handle)
);

TRACE_EVENT(zx_call_exit,
	    TP_PROTO(const char *handler, u32 nr, u32 handle, long status),
	    TP_ARGS(handler, nr, handle, status),
	    TP_STRUCT__entry(__array(char, name, ZX_CALL_NAME_LEN)
			     __field(u32, nr)
			     __field(u32, handle)
			     __field(s32, status)
	    ),
	    TP_fast_assign(zx_call_name(__entry->name, handler);
			   __entry->nr = nr;
			   __entry->handle = handle;
			   __entry->status = status;
	    ),
	    TP_printk("%s handle=%08x status=%s", __entry->name, __entry->handle,
		      zx_print_status(__entry->status))
);

DECLARE_EVENT_CLASS(zx_message,
		    TP_PROTO(const struct zx_object *reader, u32 bytes, u32 handles, u32 txid),
		    TP_ARGS(reader, bytes, handles, txid),
		    TP_STRUCT__entry(__field(u64, writer)
				     __field(u64, reader)
				     __field(u32, bytes)
				     __field(u32, handles)
				     __field(u32, txid)
		    ),
		    TP_fast_assign(__entry->writer = zx_writer_koid(reader);
				   __entry->reader = reader->koid;
				   __entry->bytes = bytes;
				   __entry->handles = handles;
				   __entry->txid = txid;
		    ),
		    TP_printk("writer=%llu reader=%llu bytes=%u handles=%u txid=%08x",
			      __entry->writer, __entry->reader, __entry->bytes,
			      __entry->handles, __entry->txid)
);

DEFINE_EVENT(zx_message, zx_message_queued,
	     TP_PROTO(const struct zx_object *reader, u32 bytes, u32 handles, u32 txid),
	     TP_ARGS(reader, bytes, handles, txid)
);

DEFINE_EVENT(zx_message, zx_message_read,
	     TP_PROTO(const struct zx_object *reader, u32 bytes, u32 handles, u32 txid),
	     TP_ARGS(reader, bytes, handles, txid)
);

TRACE_EVENT(zx_signals,
	    TP_PROTO(const struct zx_object *object, u32 old, u32 new),
	    TP_ARGS(object, old, new),
	    TP_STRUCT__entry(__field(u64, koid)
			     __field(u32, type)
			     __field(u32, old)
			     __field(u32, new)
	    ),
	    TP_fast_assign(__entry->koid = object->koid;
			   __entry->type = object->ops->type;
			   __entry->old = old;
			   __entry->new = new;
	    ),
	    TP_printk("koid=%llu type=%s old=%s new=%s", __entry->koid,
		      zx_print_type(__entry->type), zx_print_signals(__entry->old),
		      zx_print_signals(__entry->new))
);

TRACE_EVENT(zx_wait_begin,
	    TP_PROTO(const struct zx_object *object, u32 handle, u32 signals),
	    TP_ARGS(object, handle, signals),
	    TP_STRUCT__entry(__field(u64, koid)
			     __field(u32, type)
			     __field(u32, handle)
			     __field(u32, signals)
	    ),
	    TP_fast_assign(__entry->koid = object->koid;
			   __entry->type = object->ops->type;
			   __entry->handle = handle;
			   __entry->signals = signals;
	    ),
	    TP_printk("koid=%llu type=%s handle=%08x signals=%s", __entry->koid,
		      zx_print_type(__entry->type), __entry->handle,
		      zx_print_signals(__entry->signals))
);

TRACE_EVENT(zx_wait_end,
	    TP_PROTO(const struct zx_object *object, u32 handle, u32 signals, int status),
	    TP_ARGS(object, handle, signals, status),
	    TP_STRUCT__entry(__field(u64, koid)
			     __field(u32, type)
			     __field(u32, handle)
			     __field(u32, signals)
			     __field(s32, status)
	    ),
	    TP_fast_assign(__entry->koid = object->koid;
			   __entry->type = object->ops->type;
			   __entry->handle = handle;
			   __entry->signals = signals;
			   __entry->status = status;
	    ),
	    TP_printk("koid=%llu type=%s handle=%08x signals=%s status=%s", __entry->koid,
		      zx_print_type(__entry->type), __entry->handle,
		      zx_print_signals(__entry->signals), zx_print_status(__entry->status))
);

TRACE_EVENT(zx_handle_move,
	    TP_PROTO(enum zx_move move, const struct zx_object *object, u32 value, u64 process),
	    TP_ARGS(move, object, value, process),
	    TP_STRUCT__entry(__field(u64, koid)
			     __field(u64, process)
			     __field(u32, move)
			     __field(u32, type)
			     __field(u32, handle)
	    ),
	    TP_fast_assign(__entry->koid = object->koid;
			   __entry->process = process;
			   __entry->move = move;
			   __entry->type = object->ops->type;
			   __entry->handle = value;
	    ),
	    TP_printk("%s koid=%llu type=%s handle=%08x process=%llu", zx_print_move(__entry->move),
		      __entry->koid, zx_print_type(__entry->type), __entry->handle,
		      __entry->process)
);

TRACE_EVENT(zx_charge_refused,
	    TP_PROTO(uid_t uid, size_t bytes, unsigned long used, unsigned long limit),
	    TP_ARGS(uid, bytes, used, limit),
	    TP_STRUCT__entry(__field(u64, bytes)
			     __field(u64, used)
			     __field(u64, limit)
			     __field(u32, uid)
	    ),
	    TP_fast_assign(__entry->bytes = bytes;
			   __entry->used = used;
			   __entry->limit = limit;
			   __entry->uid = uid;
	    ),
	    TP_printk("uid=%u bytes=%llu used=%llu limit=%llu", __entry->uid, __entry->bytes,
		      __entry->used, __entry->limit)
);

#endif /* ZXMOD_ZX_EVENTS_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
/* Relative to zxmod/, where Kbuild has the compiler look. */
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE zx_events
#include <trace/define_trace.h>
