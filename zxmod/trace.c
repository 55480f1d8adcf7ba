// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace points: the functions that are called while an event is enabled.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "handle.h"
#include "ipc/message.h"
#include "object.h"
#include "trace.h"

/*
 * Writes the name of a call: that of its handler, without "ioc_". @name has ZX_CALL_NAME_LEN bytes;
 * ZX_IOCTL() checks that it fits.
 */
static void zx_call_name(char *name, const char *handler)
{
	const char *rest = strchr(handler, '_') + 1;
	size_t prefix = rest - handler;

	memcpy(name, handler, prefix);
	/* The rest of the array is part of the event. */
	strscpy_pad(name + prefix, rest + strlen("ioc_"), ZX_CALL_NAME_LEN - prefix);
}

/* The koid of the endpoint that writes to another. */
static u64 zx_writer_koid(const struct zx_object *reader)
{
	return zx_object_related_koid((struct zx_object *)reader);
}

#define CREATE_TRACE_POINTS
#include "zx_events.h"

void __zx_trace_call_enter(const char *handler, u32 nr, u32 handle)
{
	trace_zx_call_enter(handler, nr, handle);
}

void __zx_trace_call_exit(const char *handler, u32 nr, u32 handle, long status)
{
	trace_zx_call_exit(handler, nr, handle, status);
}

void __zx_trace_message_queued(const struct zx_object *reader, const struct zx_message *message)
{
	trace_zx_message_queued(reader, message->num_bytes, message->num_handles,
				zx_message_txid(message));
}

void __zx_trace_message_read(const struct zx_object *reader, const struct zx_message *message)
{
	trace_zx_message_read(reader, message->num_bytes, message->num_handles,
			      zx_message_txid(message));
}

void __zx_trace_signals(const struct zx_object *object, u32 old, u32 new)
{
	if (old != new)
		trace_zx_signals(object, old, new);
}

void __zx_trace_wait_begin(const struct zx_object *object, u32 handle, u32 signals)
{
	trace_zx_wait_begin(object, handle, signals);
}

void __zx_trace_wait_end(const struct zx_object *object, u32 handle, u32 signals, int status)
{
	/* As zx_ioctl_run() returns it, negated. */
	trace_zx_wait_end(object, handle, signals, status == -ERESTARTSYS ? EINTR : status);
}

void __zx_trace_handle(enum zx_move move, const struct zx_object *object, u32 value,
		       const struct zx_handle_table *table)
{
	trace_zx_handle_move(move, object, value, table ? table->owner->koid : ZX_KOID_INVALID);
}

void __zx_trace_charge_refused(uid_t uid, size_t bytes, unsigned long used, unsigned long limit)
{
	trace_zx_charge_refused(uid, bytes, used, limit);
}
