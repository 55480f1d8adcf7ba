// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets: the endpoints.
 */
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "compat.h"
#include "handle.h"
#include "info.h"
#include "io.h"
#include "policy.h"
#include "socket.h"
#include "user.h"
#include "wait.h"

/* Limits the datagrams in a queue, since most need a chunk. */
#define ZX_SOCKET_DATAGRAMS	4096

/*
 * The most that can be charged for an endpoint. A full queue needs less: a stream little more than
 * half of it, 4096 datagrams of the worst sizes 2 percent less. Only many writers at the same time
 * can reach it, with bytes that are charged and not yet added. The creator of the pair, which may
 * be another user, pays for these too.
 */
#define ZX_SOCKET_CHARGE_MAX	SZ_2M

/**
 * struct zx_socket_pair - a socket
 * @memory:	the head of the allocation
 * @endpoints:	the endpoints
 * @disposing:	serialises zx_socket_set_disposition(), which checks both endpoints and then changes
 *		both
 */
struct zx_socket_pair {
	struct zx_memory memory;
	struct zx_socket endpoints[2];
	struct mutex disposing; /* see above */
};

ZX_MEMORY_CHECK(struct zx_socket_pair, endpoints);
ZX_ENDPOINT_CHECK(struct zx_socket);

static struct kmem_cache *zx_socket_cache;

static struct zx_socket_pair *zx_socket_pair_of(struct zx_socket *socket)
{
	return container_of(zx_pair_memory(&socket->object), struct zx_socket_pair, memory);
}

/**
 * zx_socket_charge - charge for memory that is about to be queued for an endpoint to read
 * @reader:	the endpoint
 * @bytes:	how much; zx_quota_uncharge() undoes the charge
 *
 * Context: no spin locks held.
 * Return: ZX_OK or ZX_ERR_NO_MEMORY.
 */
int zx_socket_charge(struct zx_socket *reader, u32 bytes)
{
	struct zx_quota *quota = &reader->quota;
	u32 now = zx_quota_add(quota, bytes);

	/* Added before the check, so that concurrent writers cannot all pass it. */
	if (unlikely(now - bytes >= ZX_SOCKET_CHARGE_MAX)) {
		zx_quota_uncharge(quota, &reader->object, bytes);
		return ZX_ERR_NO_MEMORY;
	}
	if (likely(zx_quota_covers(quota, now)))
		return ZX_OK;
	return zx_quota_draw(quota, &reader->object, bytes);
}

/* Frees chunks that were charged to @reader, and undoes the charge. */
static void zx_socket_free_chunks(struct zx_socket *reader, struct zx_chunk *chunk)
{
	if (chunk)
		zx_quota_uncharge(&reader->quota, &reader->object, zx_chunks_free(chunk));
}

/* Whether a queue has as many datagrams as it can have. The endpoint is locked. */
static bool zx_socket_has_all_datagrams(const struct zx_socket *reader)
{
	/* For a stream, which has none, the first comparison is enough. */
	return unlikely(reader->bytes.datagrams >= ZX_SOCKET_DATAGRAMS - 1) &&
	       zx_bytes_datagrams(&reader->bytes) >= ZX_SOCKET_DATAGRAMS;
}

/*
 * Updates the signals of an endpoint from its queue, to which bytes were added if @more is set. The
 * endpoint is locked, and the caller must unlock it next. Returns whether the caller must then call
 * zx_socket_update_writer() for the peer.
 */
static bool zx_socket_update_reader(struct zx_socket *reader, bool more)
{
	const u32 signals = ZX_SIGNAL_READABLE | ZX_SOCKET_READ_THRESHOLD;
	u32 old = reader->object.signals, used = reader->bytes.used, up = 0;
	bool full, due;

	zx_object_assert_locked(&reader->object);
	if (used)
		up |= ZX_SIGNAL_READABLE;
	if (reader->read_threshold && used >= reader->read_threshold)
		up |= ZX_SOCKET_READ_THRESHOLD;
	full = used >= ZX_SOCKET_SIZE || zx_socket_has_all_datagrams(reader);
	due = zx_pair_note_full(&reader->object, full) ||
	      READ_ONCE(zx_socket_peer(reader)->write_threshold);
	if ((old & signals) != up)
		WRITE_ONCE(reader->object.signals, (old & ~signals) | up);
	zx_object_notify(&reader->object, old, more ? up : up & ~old, up & ~old, 0);
	return due;
}

/*
 * Computes the signals of an endpoint, which is locked, that depend on its peer: those of @signals
 * that are returned are to be up, the others of @signals down.
 */
static u32 zx_socket_writer_signals(struct zx_socket *writer, u32 *signals)
{
	const struct zx_socket *reader = zx_socket_peer(writer);
	bool disabled = READ_ONCE(reader->read_disabled);
	u32 threshold = READ_ONCE(writer->write_threshold);
	u32 up = 0;

	*signals = ZX_SOCKET_WRITE_DISABLED;
	if (disabled)
		up |= ZX_SOCKET_WRITE_DISABLED;
	if (!(writer->object.signals & ZX_SIGNAL_PEER_CLOSED)) {
		*signals |= ZX_SIGNAL_WRITABLE | ZX_SOCKET_WRITE_THRESHOLD;
		if (!disabled && !READ_ONCE(reader->endpoint.full))
			up |= ZX_SIGNAL_WRITABLE;
		if (threshold && ZX_SOCKET_SIZE - READ_ONCE(reader->bytes.used) >= threshold)
			up |= ZX_SOCKET_WRITE_THRESHOLD;
	} else if (disabled) {
		*signals |= ZX_SIGNAL_WRITABLE;
	}
	return up;
}

/**
 * zx_socket_update_writer - update an endpoint's signals from its peer, by the rule in pair.h
 * @writer:	the endpoint, not locked
 */
void zx_socket_update_writer(struct zx_socket *writer)
{
	u32 signals, up;

	zx_object_lock(&writer->object);
	up = zx_socket_writer_signals(writer, &signals);
	zx_pair_update_signals(&writer->object, signals, up);
	zx_object_unlock(&writer->object);
}

/* The same after the peer has read. Pollers are notified also if WRITABLE was up before. */
static __always_inline void zx_socket_update_writer_after_read(struct zx_socket *writer,
							       bool changed)
{
	if (unlikely(changed))
		zx_socket_update_writer(writer);
	else
		zx_object_happened(&writer->object, ZX_SIGNAL_WRITABLE);
}

static void zx_socket_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	struct zx_socket *socket = zx_socket_of(object);
	struct zx_control *control;
	struct zx_object *shared;
	struct zx_chunk *chunks;

	zx_pair_close_endpoint(object, &socket->quota);

	zx_object_lock(object);
	chunks = zx_bytes_clear(&socket->bytes);
	control = socket->control;
	WRITE_ONCE(socket->control, NULL);
	shared = socket->shared;
	WRITE_ONCE(socket->shared, NULL);
	zx_object_unlock(object);

	zx_socket_free_chunks(socket, chunks);
	zx_control_free(socket, control);
	zx_quota_close(&socket->quota, object);
	if (shared) {
		zx_trace_handle(ZX_MOVE_DROPPED, shared, 0, NULL);
		__zx_object_close_handle(shared, dead);
	}
}

static void zx_socket_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_socket_cache, container_of(memory, struct zx_socket_pair, memory));
}

/**
 * zx_socket_put_actual - write the number of transferred bytes to the program
 * @actual:	its address in the program, or 0
 * @count:	the number
 *
 * Called just before the transfer is completed.
 *
 * Context: any; faults no page in.
 * Return: ZX_OK; or ZX_ERR_INVALID_ARGS: the caller unlocks and calls zx_socket_fault_in_actual().
 */
int zx_socket_put_actual(u64 actual, u64 count)
{
	return actual ? zx_copy_to_user_atomic(u64_to_user_ptr(actual), &count, sizeof(count)) :
			ZX_OK;
}

int zx_socket_fault_in_actual(u64 actual, unsigned int tries)
{
	return actual ? zx_fault_in_writeable(u64_to_user_ptr(actual), sizeof(u64), tries) : ZX_OK;
}

/*
 * Checks how many of @size bytes can be queued for @reader, which is locked. Returns ZX_OK with the
 * number in @len, or an error with zero.
 */
static int zx_socket_may_write(const struct zx_socket *reader, u64 size, u32 *len)
{
	u32 space = ZX_SOCKET_SIZE - min_t(u32, reader->bytes.used, ZX_SOCKET_SIZE);

	zx_object_assert_locked(&reader->object);
	*len = 0;
	if (reader->endpoint.closed)
		return ZX_ERR_PEER_CLOSED;
	if (reader->read_disabled)
		return ZX_ERR_BAD_STATE;
	if (!size)
		return ZX_OK;
	if (size > U32_MAX)
		return ZX_ERR_INVALID_ARGS;
	if (!space)
		return ZX_ERR_SHOULD_WAIT;
	if (zx_socket_is_datagram(reader)) {
		if (size > ZX_SOCKET_SIZE)
			return ZX_ERR_OUT_OF_RANGE;
		if (size > space || zx_socket_has_all_datagrams(reader))
			return ZX_ERR_SHOULD_WAIT;
	}
	*len = min_t(u64, size, space);
	return ZX_OK;
}

/*
 * Adds a chain of @len bytes to the queue, or as many as it has space for by now. Returns the
 * number or an error. The chain is consumed in any case.
 */
static ssize_t zx_socket_add(struct zx_socket *writer, struct zx_chain *chain, u32 len,
			     u64 actual, const atomic_t *has_handle)
{
	struct zx_socket *reader = zx_socket_peer(writer);
	struct zx_chunk *rest = chain->first;
	bool changed = false, fault;
	unsigned int tries = 0;
	u32 added = 0;
	int status;

	do {
		fault = false;
		zx_object_lock(&reader->object);
		status = zx_socket_may_write(reader, len, &added);
		if (has_handle && !atomic_read(has_handle))
			status = ZX_ERR_BAD_HANDLE;
		if (!status) {
			fault = zx_socket_put_actual(actual, added);
			if (!fault) {
				rest = zx_chain_add(chain, &reader->bytes,
						    zx_socket_is_datagram(reader), added);
				changed = zx_socket_update_reader(reader, true);
			}
		}
		zx_object_unlock(&reader->object);
		if (fault)
			status = zx_socket_fault_in_actual(actual, ++tries);
	} while (fault && !status);

	if (changed) {
		zx_socket_update_writer(writer);
		zx_pair_tell_full(&reader->object);
	}
	zx_socket_free_chunks(reader, rest);
	/* ?: would convert the two to an unsigned type. */
	if (status)
		return status;
	return added;
}

/* A long write: fills chunks without a lock first. */
static noinline ssize_t zx_socket_write_long(struct zx_socket *writer, const struct zx_io *from,
					     u32 len, const struct zx_account *own, u64 actual,
					     const atomic_t *has_handle)
{
	struct zx_socket *reader = zx_socket_peer(writer);
	u32 cost = zx_chain_cost(len);
	struct zx_chain chain;
	ssize_t added;
	int status;

	status = zx_socket_charge(reader, cost);
	if (status)
		return status;
	status = zx_chain_make(&chain, from, len, zx_socket_is_datagram(reader),
			       zx_pair_memory(&reader->object)->account, own);
	if (status) {
		zx_quota_uncharge(&reader->quota, &reader->object, cost);
		return status;
	}
	added = zx_socket_add(writer, &chain, len, actual, has_handle);
	/* Another writer may have used the space meanwhile. */
	zx_io_rewind(from, added < 0 ? len : len - added);
	return added;
}

/**
 * zx_socket_write - write to a socket
 * @writer:	the endpoint
 * @from:	the source; an iov_iter is advanced past the bytes that were written; only
 *		ZX_ERR_NO_MEMORY and ZX_ERR_INVALID_ARGS may leave it anywhere
 * @size:	how many bytes
 * @own:	the account of the caller's table, or NULL if it is not known
 * @actual:	address in the program that receives how many bytes were written, or 0
 * @has_handle:	zero if the file that is written to has no handle any more; NULL for a call through
 *		a handle
 *
 * Context: may sleep, no locks held. Does not wait for space.
 * Return: how many bytes were written, as many as there was space for; of a datagram all or none.
 * Or a status, and nothing was written: ZX_ERR_PEER_CLOSED; ZX_ERR_BAD_STATE if writing is
 * disabled; ZX_ERR_SHOULD_WAIT if there is no space; ZX_ERR_OUT_OF_RANGE if a datagram never fits;
 * ZX_ERR_INVALID_ARGS if memory cannot be read, or @size is above U32_MAX; ZX_ERR_NO_MEMORY;
 * ZX_ERR_BAD_HANDLE if @has_handle is zero.
 */
ssize_t zx_socket_write(struct zx_socket *writer, const struct zx_io *from, u64 size,
			const struct zx_account *own, u64 actual, const atomic_t *has_handle)
{
	struct zx_socket *reader = zx_socket_peer(writer);
	bool datagrams = zx_socket_is_datagram(reader);
	bool changed = false, fault;
	unsigned int tries = 0;
	u8 *space;
	int status;
	u32 len;

	do {
		fault = false;
		space = NULL;
		zx_object_lock(&reader->object);
		status = zx_socket_may_write(reader, size, &len);
		if (has_handle && !atomic_read(has_handle))
			status = ZX_ERR_BAD_HANDLE;
		if (likely(!status && len <= ZX_SHORT_COPY))
			/* If no byte is copied the address is not used. */
			space = len ? zx_bytes_space(&reader->bytes, datagrams, len) :
				      reader->bytes.data;
		if (likely(space)) {
			fault = (len && zx_io_copy_from_atomic(from, space, len)) ||
				zx_socket_put_actual(actual, len);
			if (likely(!fault && len)) {
				zx_bytes_extend(&reader->bytes, len);
				changed = zx_socket_update_reader(reader, true);
			}
		}
		zx_object_unlock(&reader->object);
		if (unlikely(fault))
			status = zx_io_fault_in_readable(from, len, ++tries) ?:
				 zx_socket_fault_in_actual(actual, tries);
	} while (unlikely(fault && !status));

	if (unlikely(changed)) {
		zx_socket_update_writer(writer);
		zx_pair_tell_full(&reader->object);
	}
	if (unlikely(!status && !space))
		return zx_socket_write_long(writer, from, len, own, actual, has_handle);
	if (unlikely(status))
		return status;
	return len;
}

/* The error of a read from an empty queue; the endpoint is locked. */
static int zx_socket_empty_status(const struct zx_socket *reader)
{
	if (reader->object.signals & ZX_SIGNAL_PEER_CLOSED)
		return ZX_ERR_PEER_CLOSED;
	return reader->read_disabled ? ZX_ERR_BAD_STATE : ZX_ERR_SHOULD_WAIT;
}

/**
 * struct zx_socket_reading - a read under way
 * @to:		the destination
 * @actual:	address in the program that receives how many bytes were read, or 0
 * @cursor:	the next byte to be copied; valid as long as zx_bytes.changes is @changes
 * @changes:	zx_bytes.changes when this read began
 * @available:	bytes that one read can get
 * @want:	bytes that this read is to get
 * @done:	bytes copied
 * @missing:	bytes of the piece that could not be copied since a page is missing
 * @tries:	how often a copy has failed at the same position
 */
struct zx_socket_reading {
	const struct zx_io *to;
	u64 actual;
	struct zx_bytes_cursor cursor;
	u64 changes;
	u32 available;
	u32 want;
	u32 done;
	u32 missing;
	unsigned int tries;
};

/*
 * Begins a read of up to @size bytes from an endpoint, which is locked. After another reader has
 * changed the queue (@at_once), it reads no more of a stream than one copy under the lock.
 */
static __always_inline int zx_socket_read_begin(struct zx_socket *reader,
						struct zx_socket_reading *reading, u32 size,
						bool at_once)
{
	bool datagrams = zx_socket_is_datagram(reader);

	zx_object_assert_locked(&reader->object);
	if (!reader->bytes.used)
		return zx_socket_empty_status(reader);
	reading->available = zx_bytes_available(&reader->bytes, datagrams);
	reading->want = min(size, reading->available);
	reading->missing = 0;
	reading->changes = reader->bytes.changes;
	zx_bytes_first(&reader->bytes, &reading->cursor);
	if (at_once && reading->want && !datagrams) {
		zx_bytes_piece(&reading->cursor);
		reading->want = min(reading->want, reading->cursor.left);
	}
	return ZX_OK;
}

/* The result of zx_socket_read_step(). */
enum zx_socket_read_step {
	ZX_SOCKET_READ_DONE,	/* all bytes are copied */
	ZX_SOCKET_READ_PAUSE,	/* a piece is copied: the lock is to be dropped for a moment */
	ZX_SOCKET_READ_FAULT,	/* a page is missing */
};

/* Copies a piece. The endpoint is locked, and no other reader has changed the queue. */
static __always_inline enum zx_socket_read_step
zx_socket_read_step(struct zx_socket_reading *reading)
{
	struct zx_bytes_cursor *cursor = &reading->cursor;
	u32 part;

	if (likely(reading->done < reading->want)) {
		zx_bytes_piece(cursor);
		part = min(reading->want - reading->done, cursor->left);
		if (unlikely(zx_io_copy_to_atomic(reading->to, reading->done, cursor->at, part))) {
			reading->missing = part;
			return ZX_SOCKET_READ_FAULT;
		}
		cursor->at += part;
		cursor->left -= part;
		reading->done += part;
		reading->missing = 0;
		if (unlikely(reading->done < reading->want))
			return ZX_SOCKET_READ_PAUSE;
	}
	return unlikely(zx_socket_put_actual(reading->actual, reading->want)) ?
		ZX_SOCKET_READ_FAULT : ZX_SOCKET_READ_DONE;
}

/* Between two steps, with the endpoint unlocked: faults pages in, or lets other threads run. */
static noinline int zx_socket_read_pause(struct zx_socket_reading *reading,
					 enum zx_socket_read_step step)
{
	if (step == ZX_SOCKET_READ_FAULT)
		return zx_io_fault_in_writeable(reading->to, reading->done, reading->missing,
						++reading->tries) ?:
		       zx_socket_fault_in_actual(reading->actual, reading->tries);
	reading->tries = 0;
	cond_resched();
	return fatal_signal_pending(current) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/**
 * zx_socket_read - read from a socket
 * @reader:	the endpoint
 * @to:		the destination; an iov_iter is advanced past the bytes that were read
 * @size:	how many bytes at most
 * @options:	ZX_SOCKET_PEEK, or zero
 * @actual:	address in the program that receives how many bytes were read, or 0
 * @has_handle:	zero if the file that is read from has no handle any more; NULL for a call through a
 *		handle
 *
 * Context: may sleep, no locks held. Does not wait for bytes.
 * Return: how many bytes were read. Or a status: ZX_ERR_SHOULD_WAIT if there are none;
 * ZX_ERR_PEER_CLOSED if there are none and the peer is closed; ZX_ERR_BAD_STATE if there are none
 * and the peer must not write; ZX_ERR_INVALID_ARGS if memory cannot be written, or @size is above
 * U32_MAX; ZX_ERR_BAD_HANDLE if @has_handle is zero. A read that fails removes no bytes from a
 * stream. It removes a datagram that could not be copied, as in Zircon, unless it only peeks.
 */
ssize_t zx_socket_read(struct zx_socket *reader, const struct zx_io *to, u64 size, u32 options,
		       u64 actual, const atomic_t *has_handle)
{
	struct zx_socket_reading reading __uninitialized;
	bool datagrams = zx_socket_is_datagram(reader);
	enum zx_socket_read_step step;
	struct zx_chunk *empty;
	bool changed;
	u32 take = 0;
	int status;

	if (size > U32_MAX)
		return ZX_ERR_INVALID_ARGS;
	reading.to = to;
	reading.actual = actual;
	reading.tries = 0;
	reading.done = 0;
	zx_object_lock(&reader->object);
	status = zx_socket_read_begin(reader, &reading, size, false);
	while (likely(!status)) {
		step = zx_socket_read_step(&reading);
		if (likely(step == ZX_SOCKET_READ_DONE))
			break;
		zx_object_unlock(&reader->object);
		status = zx_socket_read_pause(&reading, step);
		zx_object_lock(&reader->object);
		if (likely(reader->bytes.changes == reading.changes)) {
			/* No other reader has removed this datagram, so it can be dropped. */
			if (status && reading.missing && datagrams &&
			    !fatal_signal_pending(current))
				take = reading.available;
		} else if (!status) {
			zx_io_rewind(to, reading.done);
			reading.done = 0;
			status = zx_socket_read_begin(reader, &reading, size, true);
		}
	}
	if (unlikely(has_handle) && !status && !atomic_read(has_handle))
		status = ZX_ERR_BAD_HANDLE;
	/* A read of zero bytes removes none. Any other read removes the whole datagram. */
	if (likely(!status))
		take = datagrams && reading.want ? reading.available : reading.want;
	if (likely(take && !(options & ZX_SOCKET_PEEK))) {
		empty = zx_bytes_take(&reader->bytes, datagrams, take);
		changed = zx_socket_update_reader(reader, false);
		zx_object_unlock(&reader->object);
		zx_socket_update_writer_after_read(zx_socket_peer(reader), changed);
		zx_socket_free_chunks(reader, empty);
	} else {
		zx_object_unlock(&reader->object);
	}
	if (likely(!status))
		return reading.want;
	zx_io_rewind(to, reading.done);
	return status;
}

long zx_ioc_socket_read(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_socket_io *arg = args;
	const struct zx_io to = { .user = u64_to_user_ptr(arg->buffer) };
	struct zx_handle_use use __uninitialized;
	struct zx_socket *reader;
	ssize_t ret;

	if (arg->options & ~(ZX_SOCKET_PEEK | ZX_SOCKET_CONTROL) || (arg->size && !arg->buffer))
		return ZX_ERR_INVALID_ARGS;
	ret = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_READ, &use);
	if (ret)
		return ret;
	reader = zx_socket_of(use.object);
	if (unlikely(arg->options & ZX_SOCKET_CONTROL))
		ret = zx_socket_read_control(reader, arg);
	else
		ret = zx_socket_read(reader, &to, arg->size, arg->options, arg->actual, NULL);
	zx_object_put(use.object);
	return min_t(ssize_t, ret, ZX_OK);
}

long zx_ioc_socket_write(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_socket_io *arg = args;
	const struct zx_io from = { .user = u64_to_user_ptr(arg->buffer) };
	struct zx_handle_use use __uninitialized;
	struct zx_socket *writer;
	ssize_t ret;

	if (arg->options & ~ZX_SOCKET_CONTROL || (arg->size && !arg->buffer))
		return ZX_ERR_INVALID_ARGS;
	ret = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_WRITE, &use);
	if (ret)
		return ret;
	writer = zx_socket_of(use.object);
	if (unlikely(arg->options & ZX_SOCKET_CONTROL))
		ret = zx_socket_write_control(writer, arg, table->account);
	else
		ret = zx_socket_write(writer, &from, arg->size, table->account, arg->actual, NULL);
	zx_object_put(use.object);
	return min_t(ssize_t, ret, ZX_OK);
}

/*
 * Whether a disposition of the peer of @reader is allowed: it must not enable disabled writing
 * while bytes are unread. The answer stays valid as long as the caller has zx_socket_pair.disposing
 * locked: while the peer must not write, no bytes are added.
 */
static bool zx_socket_may_enable(struct zx_socket *reader, u32 disposition)
{
	bool may;

	zx_object_lock(&reader->object);
	may = disposition != ZX_SOCKET_DISPOSITION_WRITE_ENABLED || !reader->bytes.used ||
	      !(reader->object.signals & ZX_SOCKET_PEER_WRITE_DISABLED);
	zx_object_unlock(&reader->object);
	return may;
}

/* Enables or disables writing by the peer of @reader. The caller updates the signals. */
static void zx_socket_dispose(struct zx_socket *reader, u32 disposition)
{
	if (!disposition)
		return;
	zx_object_lock(&reader->object);
	WRITE_ONCE(reader->read_disabled, disposition == ZX_SOCKET_DISPOSITION_WRITE_DISABLED);
	zx_object_unlock(&reader->object);
}

/*
 * Updates an endpoint's signals after its own disposition (@own) and its peer's (@peers) were set.
 * As in Zircon, a waiting thread observes both changes at once.
 */
static void zx_socket_update_disposed(struct zx_socket *socket, bool own, bool peers)
{
	u32 signals = 0, up = 0;

	zx_object_lock(&socket->object);
	if (own)
		up = zx_socket_writer_signals(socket, &signals);
	/* As in Zircon, this signal does not change after the peer is closed. */
	if (peers && !(socket->object.signals & ZX_SIGNAL_PEER_CLOSED)) {
		signals |= ZX_SOCKET_PEER_WRITE_DISABLED;
		if (socket->read_disabled)
			up |= ZX_SOCKET_PEER_WRITE_DISABLED;
	}
	if (signals)
		zx_pair_update_signals(&socket->object, signals, up);
	zx_object_unlock(&socket->object);
}

/* As in Zircon, enabling an endpoint's writing after its peer is closed raises WRITABLE. */
static void zx_socket_enable_without_peer(struct zx_object *object)
{
	zx_object_lock(object);
	if (object->signals & ZX_SIGNAL_PEER_CLOSED)
		zx_object_update_signals(object, 0, ZX_SIGNAL_WRITABLE);
	zx_object_unlock(object);
}

long zx_ioc_socket_set_disposition(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_socket_disposition *arg = args;
	struct zx_socket *socket, *peer;
	struct zx_socket_pair *pair;
	struct zx_object *object;
	int status;

	/* Both flags together are invalid, and so are unknown ones. */
	if (arg->reserved || arg->disposition > ZX_SOCKET_DISPOSITION_WRITE_ENABLED ||
	    arg->disposition_peer > ZX_SOCKET_DISPOSITION_WRITE_ENABLED)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_SOCKET,
				  ZX_RIGHT_MANAGE_SOCKET, &object);
	if (status)
		return status;
	socket = zx_socket_of(object);
	peer = zx_socket_peer(socket);
	pair = zx_socket_pair_of(socket);
	mutex_lock(&pair->disposing);
	if (zx_socket_may_enable(socket, arg->disposition_peer) &&
	    zx_socket_may_enable(peer, arg->disposition)) {
		zx_socket_dispose(peer, arg->disposition);
		zx_socket_dispose(socket, arg->disposition_peer);
		zx_socket_update_disposed(peer, arg->disposition_peer, arg->disposition);
		zx_socket_update_disposed(socket, arg->disposition, arg->disposition_peer);
		if (arg->disposition == ZX_SOCKET_DISPOSITION_WRITE_ENABLED)
			zx_socket_enable_without_peer(object);
	} else {
		status = ZX_ERR_BAD_STATE;
	}
	mutex_unlock(&pair->disposing);
	zx_object_put(object);
	return status;
}

static int zx_socket_get_info(const struct zx_handle *handle, void *record)
{
	struct zx_object *object = handle->object;
	struct zx_socket *socket = zx_socket_of(object);
	struct zx_socket *peer = zx_socket_peer(socket);
	struct zx_info_socket *info = record;

	info->options = socket->options;
	info->rx_buf_max = ZX_SOCKET_SIZE;
	zx_object_lock(object);
	info->rx_buf_size = socket->bytes.used;
	info->rx_buf_available = zx_bytes_available(&socket->bytes, zx_socket_is_datagram(socket));
	zx_object_unlock(object);

	zx_object_lock(&peer->object);
	if (!peer->endpoint.closed) {
		info->tx_buf_max = ZX_SOCKET_SIZE;
		info->tx_buf_size = peer->bytes.used;
	}
	zx_object_unlock(&peer->object);
	return ZX_OK;
}

static void zx_socket_get_contents(struct zx_object *object, struct zx_contents *contents)
{
	zx_object_lock(object);
	contents->used = zx_socket_of(object)->bytes.used;
	zx_object_unlock(object);
	contents->max = ZX_SOCKET_SIZE;
}

static const struct zx_info_topic zx_socket_topics[] = {
	{
		.topic = ZX_INFO_SOCKET,
		.size = sizeof(struct zx_info_socket),
		.get = zx_socket_get_info,
	},
	{ }
};

static int zx_socket_get_number(struct zx_object *object, u32 property, u64 *value)
{
	struct zx_socket *socket = zx_socket_of(object);

	*value = property == ZX_PROP_SOCKET_RX_THRESHOLD ? READ_ONCE(socket->read_threshold) :
							   READ_ONCE(socket->write_threshold);
	return ZX_OK;
}

static int zx_socket_set_number(struct zx_object *object, u32 property, u64 value)
{
	struct zx_socket *socket = zx_socket_of(object);
	struct zx_object *peer = zx_object_peer(object);
	bool closed;

	if (value > ZX_SOCKET_SIZE)
		return ZX_ERR_INVALID_ARGS;
	if (property == ZX_PROP_SOCKET_RX_THRESHOLD) {
		zx_object_lock(object);
		WRITE_ONCE(socket->read_threshold, value);
		zx_socket_update_reader(socket, false);
		zx_object_unlock(object);
		return ZX_OK;
	}

	/*
	 * Under the peer's lock, so that a thread that changes the peer's queue either did so
	 * before or sees the threshold.
	 */
	zx_object_lock(peer);
	closed = zx_endpoint_of(peer)->closed;
	if (!closed)
		WRITE_ONCE(socket->write_threshold, value);
	zx_object_unlock(peer);
	if (closed)
		return ZX_ERR_PEER_CLOSED;
	zx_socket_update_writer(socket);
	return ZX_OK;
}

/* After PEER_CLOSED poll shows an endpoint as readable and writable, like a Unix socket. */
#define ZX_SOCKET_OPS		\
	.type = ZX_OBJ_TYPE_SOCKET, \
	.default_rights = ZX_DEFAULT_SOCKET_RIGHTS, \
	.user_signals = ZX_USER_SIGNAL_ALL, \
	.poll_in = ZX_SIGNAL_PEER_CLOSED | ZX_SOCKET_PEER_WRITE_DISABLED, \
	.poll_out = ZX_SIGNAL_PEER_CLOSED | ZX_SOCKET_WRITE_DISABLED, \
	.on_zero_handles = zx_socket_on_zero_handles, \
	.free = zx_socket_free, \
	.peer = zx_object_peer, \
	.get_number = zx_socket_get_number, \
	.set_number = zx_socket_set_number, \
	.topics = zx_socket_topics, \
	.get_contents = zx_socket_get_contents

static const struct zx_object_ops zx_stream_socket_ops = {
	ZX_SOCKET_OPS,
	.file = &zx_socket_file_ops,
};

static const struct zx_object_ops zx_datagram_socket_ops = {
	ZX_SOCKET_OPS,
};

long zx_ioc_socket_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_create *arg = args;
	const struct zx_object_ops *ops;
	struct zx_socket_pair *socket;
	struct zx_memory *memory;
	u32 signals;
	int i;

	/* Zircon checks the options last. */
	if (zx_policy_check(table, ZX_POL_NEW_SOCKET))
		return ZX_ERR_ACCESS_DENIED;
	if (arg->reserved ||
	    arg->options & ~(ZX_SOCKET_DATAGRAM | ZX_SOCKET_HAS_CONTROL | ZX_SOCKET_HAS_ACCEPT))
		return ZX_ERR_INVALID_ARGS;
	memory = zx_memory_alloc(table, zx_socket_cache, sizeof(*socket));
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	socket = container_of(memory, struct zx_socket_pair, memory);
	mutex_init(&socket->disposing);
	ops = arg->options & ZX_SOCKET_DATAGRAM ? &zx_datagram_socket_ops : &zx_stream_socket_ops;
	signals = ZX_SIGNAL_WRITABLE | zx_socket_control_signals(arg->options);
	for (i = 0; i < 2; i++) {
		zx_object_init(&socket->endpoints[i].object, ops, signals);
		socket->endpoints[i].options = arg->options;
	}
	zx_pair_init(&socket->endpoints[0].object, &socket->endpoints[1].object);
	return zx_handle_create_pair(table, &socket->endpoints[0].object,
				     &socket->endpoints[1].object, arg->out0, arg->out1);
}

int zx_socket_init(void)
{
	zx_socket_cache = kmem_cache_create("zircon_socket", sizeof(struct zx_socket_pair), 0,
					    SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_socket_cache ? 0 : -ENOMEM;
}

void zx_socket_exit(void)
{
	kmem_cache_destroy(zx_socket_cache);
}
