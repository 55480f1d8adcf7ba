// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets.
 */
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include <linux/zircon.h>

#include "buffer.h"
#include "compat.h"
#include "handle.h"
#include "info.h"
#include "object.h"
#include "pair.h"
#include "process.h"
#include "socket.h"
#include "user.h"
#include "wait.h"

/* Bytes that an end can hold without a chunk. */
#define ZX_SOCKET_ROOM		64

/* Datagrams that can wait to be read, since the least of them takes a chunk. */
#define ZX_SOCKET_DATAGRAMS	4096

/**
 * struct zx_chunk - a piece of a socket's contents
 * @next:	the piece behind it
 * @start:	where the unread bytes begin in @data
 * @end:	where they end
 * @datagram:	bytes of the datagram that begins here, zero where none does
 * @size:	size of the buffer that this is
 * @data:	the bytes
 */
struct zx_chunk {
	struct zx_chunk *next;
	u32 start;
	u32 end;
	u32 datagram;
	enum zx_buffer_size size;
	u8 data[];
};

static u32 zx_chunk_capacity(const struct zx_chunk *chunk)
{
	static const u32 bytes[ZX_BUFFER_SIZES] = {
		[ZX_BUFFER_SMALL] = ZX_BUFFER_SMALL_BYTES - sizeof(struct zx_chunk),
		[ZX_BUFFER_MEDIUM] = ZX_BUFFER_MEDIUM_BYTES - sizeof(struct zx_chunk),
		[ZX_BUFFER_PAGE] = ZX_BUFFER_MAX - sizeof(struct zx_chunk),
	};

	return bytes[chunk->size];
}

/**
 * struct zx_control - a message on the control plane
 * @size:	bytes of @data
 * @data:	the message
 */
struct zx_control {
	u32 size;
	u8 data[];
};

/**
 * struct zx_socket - one end of a socket
 * @object:	the end as an object; its lock guards the rest unless said otherwise
 * @quota:	what chunks and the control message are charged to
 * @first:	the chunk to be read next, after the room
 * @last:	the chunk written last, valid if @first is not NULL
 * @consumed:	counts what was taken off, so that a reader who lets go of the lock
 *		learns of others
 * @options:	as it was created; constant
 * @used:	bytes to be read from this end
 * @datagrams:	datagrams in chunks
 * @read_threshold: ZX_PROP_SOCKET_RX_THRESHOLD
 * @write_threshold: ZX_PROP_SOCKET_TX_THRESHOLD; about what the peer holds
 * @read_disabled: the peer must not write
 * @room_start:	where the bytes in @room begin
 * @room_used:	how many there are
 * @room:	the oldest bytes
 * @control:	a message on the control plane to be read from this end, or NULL
 * @shared:	a socket to be accepted from this end, object NULL if there is none
 */
struct zx_socket {
	struct zx_object object;
	struct zx_quota quota;
	struct zx_chunk *first;
	struct zx_chunk *last;
	u64 consumed;
	u32 options;
	u32 used;
	u32 datagrams;
	u32 read_threshold;
	u32 write_threshold;
	bool read_disabled;
	u8 room_start;
	u8 room_used;
	u8 room[ZX_SOCKET_ROOM];
	struct zx_control *control;
	struct zx_handle shared;
};

struct zx_socket_pair {
	struct zx_pair pair;
	struct zx_socket end[2];
};

static_assert(offsetof(struct zx_socket_pair, end) == sizeof(struct zx_pair));

static struct kmem_cache *zx_socket_cache;

static struct zx_socket *zx_socket_of(struct zx_object *object)
{
	return container_of(object, struct zx_socket, object);
}

static struct zx_socket *zx_socket_peer(struct zx_socket *socket)
{
	return zx_socket_of(zx_object_peer(&socket->object));
}

static bool zx_socket_is_datagram(const struct zx_socket *socket)
{
	return socket->options & ZX_SOCKET_DATAGRAM;
}

static u32 zx_chunks_cost(const struct zx_chunk *chunk)
{
	u32 cost = 0;

	for (; chunk; chunk = chunk->next)
		cost += zx_buffer_cost(chunk->size);
	return cost;
}

/*
 * What can be charged for an end, two times what 256 KiB take in the pieces that need most. Only
 * many writers at once get there, each with bytes that have been charged and not been added:
 * their peer, who may be another user, pays for these too.
 */
#define ZX_SOCKET_CHARGE_MAX	SZ_2M

static int zx_socket_charge(struct zx_socket *reader, u32 bytes)
{
	struct zx_quota *quota = &reader->quota;
	u32 now = zx_quota_add(quota, bytes);

	/* Looked at once it is added, so that writers at once do not all find space. */
	if (unlikely(now - bytes >= ZX_SOCKET_CHARGE_MAX)) {
		zx_quota_uncharge(quota, &reader->object, bytes);
		return ZX_ERR_NO_MEMORY;
	}
	if (likely(zx_quota_covers(quota, now)))
		return ZX_OK;
	return zx_quota_draw(quota, &reader->object, bytes);
}

/* Frees chunks that are, or were about to be, read from @reader. */
static noinline void __zx_chunks_free(struct zx_socket *reader, struct zx_chunk *chunk)
{
	struct zx_buffer_batch batch __uninitialized;
	u32 cost = 0;

	batch.count = 0;
	while (chunk) {
		struct zx_chunk *next = chunk->next;

		cost += zx_buffer_cost(chunk->size);
		if (chunk->size == ZX_BUFFER_PAGE)
			zx_buffer_batch_put(&batch, chunk);
		else
			zx_buffer_free(chunk, chunk->size);
		cond_resched();
		chunk = next;
	}
	zx_buffer_batch_free(&batch);
	zx_quota_uncharge(&reader->quota, &reader->object, cost);
}

static void zx_chunks_free(struct zx_socket *reader, struct zx_chunk *chunk)
{
	if (chunk)
		__zx_chunks_free(reader, chunk);
}

/*
 * Brings the signals of an end up to date with what it holds, to which bytes were added (@more) or
 * not. The end is locked, and this is the last thing to be done under the lock. Returns whether
 * zx_socket_update_writer() is due once it is not.
 */
static bool zx_socket_update_reader(struct zx_socket *reader, bool more)
{
	const u32 signals = ZX_SIGNAL_READABLE | ZX_SOCKET_READ_THRESHOLD;
	u32 old = reader->object.signals, up = 0;
	bool full, due;

	if (reader->used)
		up |= ZX_SIGNAL_READABLE;
	if (reader->read_threshold && reader->used >= reader->read_threshold)
		up |= ZX_SOCKET_READ_THRESHOLD;
	full = reader->used >= ZX_SOCKET_SIZE || reader->datagrams >= ZX_SOCKET_DATAGRAMS;
	due = zx_pair_note_full(&reader->object, full) ||
	      READ_ONCE(zx_socket_peer(reader)->write_threshold);
	if ((old & signals) != up)
		WRITE_ONCE(reader->object.signals, (old & ~signals) | up);
	if (more || (up & ~old))
		zx_object_notify(&reader->object, more ? up : up & ~old, up & ~old, 0);
	return due;
}

/* Brings the signals of an end up to date with what its peer says, by the rule in pair.h. */
static void zx_socket_update_writer(struct zx_socket *writer)
{
	const struct zx_socket *reader = zx_socket_peer(writer);
	struct zx_object *object = &writer->object;
	u32 up = 0, signals = ZX_SIGNAL_WRITABLE | ZX_SOCKET_WRITE_DISABLED;

	zx_object_lock(object);
	if (READ_ONCE(reader->read_disabled))
		up |= ZX_SOCKET_WRITE_DISABLED;
	else if (!READ_ONCE(reader->object.full) && !(object->signals & ZX_SIGNAL_PEER_CLOSED))
		up |= ZX_SIGNAL_WRITABLE;
	if (!(object->signals & ZX_SIGNAL_PEER_CLOSED)) {
		signals |= ZX_SOCKET_WRITE_THRESHOLD;
		if (writer->write_threshold &&
		    ZX_SOCKET_SIZE - READ_ONCE(reader->used) >= writer->write_threshold)
			up |= ZX_SOCKET_WRITE_THRESHOLD;
	}
	zx_pair_update_signals(object, signals, up);
	zx_object_unlock(object);
}

/* The same where the peer has read. Who polls is told also if the end was writable before. */
static __always_inline void zx_socket_update_writer_after_read(struct zx_socket *writer,
							       bool changed)
{
	if (unlikely(changed))
		zx_socket_update_writer(writer);
	else
		zx_object_happened(&writer->object, ZX_SIGNAL_WRITABLE);
}

/* What a message of @size bytes on the control plane is charged for. */
static u32 zx_control_cost(u32 size)
{
	return sizeof(struct zx_control) + size;
}

static void zx_control_free(struct zx_socket *reader, struct zx_control *control)
{
	u32 cost;

	if (!control)
		return;
	cost = zx_control_cost(control->size);
	kfree(control);
	zx_quota_uncharge(&reader->quota, &reader->object, cost);
}

static void zx_socket_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	struct zx_socket *socket = zx_socket_of(object);
	struct zx_control *control;
	struct zx_chunk *chunks;
	struct zx_handle shared;

	zx_pair_close_end(object, &socket->quota);

	zx_object_lock(object);
	chunks = socket->first;
	socket->first = NULL;
	socket->room_used = 0;
	WRITE_ONCE(socket->used, 0);
	socket->datagrams = 0;
	/* A reader that has let go of the lock must not touch the chunks again. */
	socket->consumed++;
	control = socket->control;
	socket->control = NULL;
	shared = socket->shared;
	socket->shared.object = NULL;
	zx_object_unlock(object);

	zx_chunks_free(socket, chunks);
	zx_control_free(socket, control);
	zx_quota_close(&socket->quota, object);
	if (shared.object)
		__zx_object_close_handle(shared.object, dead);
}

static void zx_socket_free(struct zx_pair *pair)
{
	kmem_cache_free(zx_socket_cache, container_of(pair, struct zx_socket_pair, pair));
}

/*
 * Where @len further bytes can be put without a new chunk, or NULL. The end is locked and
 * not full.
 */
static u8 *zx_socket_place(struct zx_socket *reader, u32 len)
{
	struct zx_chunk *last = reader->last;

	if (!reader->first) {
		if (zx_socket_is_datagram(reader) && reader->room_used)
			return NULL;
		if (reader->room_start + reader->room_used + len > ZX_SOCKET_ROOM)
			return NULL;
		return reader->room + reader->room_start + reader->room_used;
	}
	if (zx_socket_is_datagram(reader) || last->end + len > zx_chunk_capacity(last))
		return NULL;
	return last->data + last->end;
}

/* Accounts for bytes that were put where zx_socket_place() said. */
static void zx_socket_placed(struct zx_socket *reader, u32 len)
{
	if (reader->first)
		reader->last->end += len;
	else
		reader->room_used += len;
}

/**
 * struct zx_chain - chunks that are about to be added to a socket
 * @first:	the first
 * @last:	the last
 */
struct zx_chain {
	struct zx_chunk *first;
	struct zx_chunk *last;
};

/* Bytes of data in the largest chunk. */
#define ZX_CHUNK_DATA	(ZX_BUFFER_MAX - sizeof(struct zx_chunk))

/* What the chunks that hold @len bytes are charged for. */
static u32 zx_chain_cost(u32 len)
{
	u32 rest = len % ZX_CHUNK_DATA;
	u32 cost = len / ZX_CHUNK_DATA * zx_buffer_cost(ZX_BUFFER_PAGE);

	if (rest)
		cost += zx_buffer_cost(zx_buffer_fit(rest + sizeof(struct zx_chunk)));
	return cost;
}

/*
 * Fills chunks for @reader with @len bytes, the next of @from or, if that is NULL, those at
 * @user in the memory of the program. @own is the account of the caller's table, if known.
 */
static noinline int zx_chain_make(struct zx_chain *chain, struct zx_socket *reader,
				  const struct zx_account *own, struct iov_iter *from,
				  const u8 __user *user, size_t len)
{
	const struct zx_account *account = zx_pair_of(&reader->object)->account;
	gfp_t gfp = zx_account_gfp(account, own);
	struct mem_cgroup *former;
	u32 whole = zx_socket_is_datagram(reader) ? len : 0;
	struct zx_chunk **tail = &chain->first;
	u32 rest, cost = zx_chain_cost(len);
	struct zx_buffer_batch batch __uninitialized;
	int status;

	chain->first = NULL;
	batch.count = 0;
	status = zx_socket_charge(reader, cost);
	if (status)
		return status;
	while (len) {
		u32 part = min_t(size_t, len, ZX_CHUNK_DATA);
		enum zx_buffer_size size = zx_buffer_fit(part + sizeof(struct zx_chunk));
		struct zx_chunk *chunk;

		/* Not around the copy: what that faults in is the calling thread's to pay. */
		former = zx_account_enter(account, own);
		if (!batch.count)
			zx_buffer_batch_fill(&batch, len / ZX_CHUNK_DATA, gfp);
		chunk = size == ZX_BUFFER_PAGE ? zx_buffer_batch_get(&batch, gfp) :
						 zx_buffer_alloc(size, gfp);
		zx_account_leave(former);
		if (!chunk) {
			status = ZX_ERR_NO_MEMORY;
			goto err_free;
		}
		chunk->next = NULL;
		chunk->start = 0;
		chunk->end = part;
		chunk->datagram = whole;
		chunk->size = size;
		whole = 0;
		*tail = chunk;
		tail = &chunk->next;
		chain->last = chunk;
		if (from ? copy_from_iter(chunk->data, part, from) != part :
			   zx_copy_from_user(chunk->data, user, part)) {
			status = ZX_ERR_INVALID_ARGS;
			goto err_free;
		}
		user += part;
		len -= part;
	}
	return ZX_OK;

err_free:
	zx_buffer_batch_free(&batch);
	/* The chunks that there are take their charge back, this the rest. */
	rest = cost - zx_chunks_cost(chain->first);
	zx_chunks_free(reader, chain->first);
	zx_quota_uncharge(&reader->quota, &reader->object, rest);
	return status;
}

/* Adds the first @len bytes of a chain to an end, locked. Returns what is left of it. */
static struct zx_chunk *zx_chain_add(struct zx_socket *reader, struct zx_chain *chain, u32 len)
{
	struct zx_chunk *last = chain->first;
	struct zx_chunk *rest;
	u8 *place;

	/* Small pieces are put together, or each would take a buffer. */
	place = len <= ZX_SHORT_COPY ? zx_socket_place(reader, len) : NULL;
	if (place) {
		memcpy(place, last->data, len);
		zx_socket_placed(reader, len);
		return last;
	}
	while (last->end < len) {
		len -= last->end;
		last = last->next;
	}
	last->end = len;
	rest = last->next;
	last->next = NULL;
	if (reader->first)
		reader->last->next = chain->first;
	else
		reader->first = chain->first;
	reader->last = last;
	if (zx_socket_is_datagram(reader))
		reader->datagrams++;
	return rest;
}

/*
 * How many of @size bytes an end, locked, takes now: in @len, with ZX_OK, or zero with
 * the reason why.
 */
static int zx_socket_may_write(const struct zx_socket *reader, size_t size, u32 *len)
{
	u32 space = ZX_SOCKET_SIZE - min_t(u32, reader->used, ZX_SOCKET_SIZE);

	*len = 0;
	if (reader->object.closed)
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
		if (size > space || reader->datagrams >= ZX_SOCKET_DATAGRAMS)
			return ZX_ERR_SHOULD_WAIT;
	}
	*len = min_t(size_t, size, space);
	return ZX_OK;
}

/* Tells the program how much was transferred, as the last thing before it is. */
static int zx_socket_put_actual(u64 actual, u64 count)
{
	return actual ? zx_copy_to_user_atomic(u64_to_user_ptr(actual), &count, sizeof(count)) :
			ZX_OK;
}

static int zx_socket_fault_in_actual(u64 actual, unsigned int tries)
{
	return actual ? zx_fault_in_writeable(u64_to_user_ptr(actual), sizeof(u64), tries) : ZX_OK;
}

/*
 * Adds a chain of @len bytes, or as many as there is space for by now. Returns the number
 * or an error; the chain is used up in any case. If @held is not NULL it is to be true,
 * else ZX_ERR_BAD_HANDLE is returned.
 */
static ssize_t zx_socket_add(struct zx_socket *writer, struct zx_chain *chain, size_t len,
			     u64 actual, const atomic_t *held)
{
	struct zx_socket *reader = zx_socket_peer(writer);
	struct zx_chunk *rest = chain->first;
	bool changed = false, fault;
	unsigned int tries = 0;
	u32 taken = 0;
	int status;

	do {
		fault = false;
		zx_object_lock(&reader->object);
		status = zx_socket_may_write(reader, len, &taken);
		if (held && !atomic_read(held))
			status = ZX_ERR_BAD_HANDLE;
		if (!status) {
			fault = zx_socket_put_actual(actual, taken);
			if (!fault) {
				rest = zx_chain_add(reader, chain, taken);
				WRITE_ONCE(reader->used, reader->used + taken);
				changed = zx_socket_update_reader(reader, true);
			}
		}
		zx_object_unlock(&reader->object);
		if (fault)
			status = zx_socket_fault_in_actual(actual, ++tries);
	} while (fault && !status);

	if (changed)
		zx_socket_update_writer(writer);
	zx_chunks_free(reader, rest);
	/* Not ?:, for which the two would become one unsigned type. */
	if (status)
		return status;
	return taken;
}

/* The longer way to write: chunks first, filled without a lock. */
static noinline int zx_socket_write_long(struct zx_socket *writer,
					 const struct zx_ioc_socket_io *arg,
					 const struct zx_account *own, u32 len)
{
	struct zx_chain chain;
	ssize_t written;
	int status;

	status = zx_chain_make(&chain, zx_socket_peer(writer), own, NULL,
			       u64_to_user_ptr(arg->buffer), len);
	if (status)
		return status;
	written = zx_socket_add(writer, &chain, len, arg->actual, NULL);
	return min_t(ssize_t, written, ZX_OK);
}

static int zx_socket_write_data(struct zx_socket *writer, const struct zx_ioc_socket_io *arg,
				const struct zx_account *own)
{
	struct zx_socket *reader = zx_socket_peer(writer);
	bool changed = false, fault;
	unsigned int tries = 0;
	int status;
	u8 *place;
	u32 len;

	do {
		fault = false;
		place = NULL;
		zx_object_lock(&reader->object);
		status = zx_socket_may_write(reader, arg->size, &len);
		if (likely(!status && len <= ZX_SHORT_COPY))
			/* Of nothing, everything fits. */
			place = len ? zx_socket_place(reader, len) : reader->room;
		if (likely(place)) {
			fault = (len && zx_copy_from_user_atomic(place,
								 u64_to_user_ptr(arg->buffer),
								 len)) ||
				zx_socket_put_actual(arg->actual, len);
			if (likely(!fault && len)) {
				zx_socket_placed(reader, len);
				WRITE_ONCE(reader->used, reader->used + len);
				changed = zx_socket_update_reader(reader, true);
			}
		}
		zx_object_unlock(&reader->object);
		if (unlikely(fault))
			status = zx_fault_in_readable(u64_to_user_ptr(arg->buffer), len, ++tries) ?:
				 zx_socket_fault_in_actual(arg->actual, tries);
	} while (unlikely(fault && !status));

	if (unlikely(changed))
		zx_socket_update_writer(writer);
	if (unlikely(!status && !place))
		return zx_socket_write_long(writer, arg, own, len);
	return status;
}

/**
 * struct zx_socket_cursor - a place in the contents of a socket
 * @chunk:	the chunk behind the current piece
 * @at:		the current piece, from here on
 * @left:	bytes of it
 *
 * Valid, also without the lock, as long as zx_socket.consumed does not change.
 */
struct zx_socket_cursor {
	struct zx_chunk *chunk;
	u8 *at;
	u32 left;
};

static void zx_socket_start(struct zx_socket *reader, struct zx_socket_cursor *cursor)
{
	cursor->chunk = reader->first;
	cursor->at = reader->room + reader->room_start;
	cursor->left = reader->room_used;
}

/* Makes sure that the cursor has bytes, which the caller knows to exist. */
static void zx_socket_step(struct zx_socket_cursor *cursor)
{
	while (!cursor->left) {
		cursor->at = cursor->chunk->data + cursor->chunk->start;
		cursor->left = cursor->chunk->end - cursor->chunk->start;
		cursor->chunk = cursor->chunk->next;
	}
}

/* Bytes that one read can get from an end, which is locked. */
static u32 zx_socket_available(const struct zx_socket *reader)
{
	if (!zx_socket_is_datagram(reader))
		return reader->used;
	if (reader->room_used)
		return reader->room_used;
	return reader->first ? reader->first->datagram : 0;
}

/*
 * Takes bytes off an end, which is locked: any number of a stream's, or those of a whole
 * datagram. Returns the chunks that are empty now.
 */
static struct zx_chunk *zx_socket_consume(struct zx_socket *reader, u32 len)
{
	struct zx_chunk *empty = NULL, **tail = &empty;
	u32 part = min_t(u32, len, reader->room_used);

	reader->consumed++;
	WRITE_ONCE(reader->used, reader->used - len);
	reader->room_used -= part;
	reader->room_start = reader->room_used ? reader->room_start + part : 0;
	len -= part;
	if (len && zx_socket_is_datagram(reader))
		reader->datagrams--;
	while (len) {
		struct zx_chunk *chunk = reader->first;

		part = min(len, chunk->end - chunk->start);
		chunk->start += part;
		len -= part;
		if (chunk->start < chunk->end)
			break;
		reader->first = chunk->next;
		*tail = chunk;
		tail = &chunk->next;
	}
	*tail = NULL;
	return empty;
}

/* Why there is nothing to read from an end, which is locked. */
static int zx_socket_empty_status(const struct zx_socket *reader)
{
	if (reader->object.signals & ZX_SIGNAL_PEER_CLOSED)
		return ZX_ERR_PEER_CLOSED;
	return reader->read_disabled ? ZX_ERR_BAD_STATE : ZX_ERR_SHOULD_WAIT;
}

static int zx_socket_read_data(struct zx_socket *reader, const struct zx_ioc_socket_io *arg,
			       const struct zx_account *own)
{
	u8 __user *buffer = u64_to_user_ptr(arg->buffer);
	struct zx_socket_cursor cursor __uninitialized;
	u32 done, want, available, part;
	bool changed, disturbed = false;
	struct zx_chunk *empty;
	unsigned int tries = 0;
	int status = ZX_OK;
	u64 consumed;

	if (arg->size > U32_MAX)
		return ZX_ERR_INVALID_ARGS;
	zx_object_lock(&reader->object);
again:
	if (!reader->used) {
		status = zx_socket_empty_status(reader);
		goto out_unlock;
	}
	available = zx_socket_available(reader);
	want = min_t(u64, arg->size, available);
	consumed = reader->consumed;
	zx_socket_start(reader, &cursor);
	if (disturbed && want && !zx_socket_is_datagram(reader)) {
		/* What is in one piece can be had without letting go of the lock. */
		zx_socket_step(&cursor);
		want = min(want, cursor.left);
	}
	for (done = 0;;) {
		bool fault = false;

		part = 0;
		if (done < want) {
			zx_socket_step(&cursor);
			part = min(want - done, cursor.left);
			fault = zx_copy_to_user_atomic(buffer + done, cursor.at, part);
		}
		if (likely(!fault && done + part == want)) {
			fault = zx_socket_put_actual(arg->actual, want);
			if (likely(!fault))
				break;
			part = 0;
		}
		/* A page is missing, or it is time to let others have the lock. */
		zx_object_unlock(&reader->object);
		if (fault)
			status = zx_fault_in_writeable(buffer + done, part, ++tries) ?:
				 zx_socket_fault_in_actual(arg->actual, tries);
		else if (fatal_signal_pending(current))
			status = ZX_ERR_INVALID_ARGS;
		if (status)
			return status;
		cond_resched();
		zx_object_lock(&reader->object);
		if (reader->consumed != consumed) {
			disturbed = true;
			goto again;
		}
		if (!fault) {
			cursor.at += part;
			cursor.left -= part;
			done += part;
			tries = 0;
		}
	}
	/* Whoever wants nothing takes nothing, also of a datagram, and disturbs nobody. */
	if (want && !(arg->options & ZX_SOCKET_PEEK)) {
		/* What is not wanted of a datagram is gone with it. */
		empty = zx_socket_consume(reader, zx_socket_is_datagram(reader) ? available : want);
		changed = zx_socket_update_reader(reader, false);
		zx_object_unlock(&reader->object);
		zx_socket_update_writer_after_read(zx_socket_peer(reader), changed);
		zx_chunks_free(reader, empty);
		return status;
	}
out_unlock:
	zx_object_unlock(&reader->object);
	return status;
}

/* The control plane: one message in each direction, sent and received whole. */
static int zx_socket_write_control(struct zx_socket *writer, const struct zx_ioc_socket_io *arg,
				   const struct zx_account *own)
{
	struct zx_socket *reader = zx_socket_peer(writer);
	struct zx_control *control;
	struct mem_cgroup *former;
	unsigned int tries = 0;
	int status;

	if (!(writer->options & ZX_SOCKET_HAS_CONTROL))
		return ZX_ERR_BAD_STATE;
	if (!arg->size)
		return ZX_ERR_INVALID_ARGS;
	if (arg->size > ZX_SOCKET_CONTROL_MAX)
		return ZX_ERR_OUT_OF_RANGE;
	status = zx_socket_charge(reader, zx_control_cost(arg->size));
	if (status)
		return status;
	former = zx_account_enter(zx_pair_of(&reader->object)->account, own);
	control = kmalloc(struct_size(control, data, arg->size),
			  zx_account_gfp(zx_pair_of(&reader->object)->account, own));
	zx_account_leave(former);
	if (!control) {
		zx_quota_uncharge(&reader->quota, &reader->object, zx_control_cost(arg->size));
		return ZX_ERR_NO_MEMORY;
	}
	control->size = arg->size;
	status = zx_copy_from_user(control->data, u64_to_user_ptr(arg->buffer), arg->size);
	while (!status && control) {
		bool fault = false;

		zx_object_lock(&reader->object);
		if (reader->object.closed) {
			status = ZX_ERR_PEER_CLOSED;
		} else if (reader->control) {
			status = ZX_ERR_SHOULD_WAIT;
		} else {
			fault = zx_socket_put_actual(arg->actual, arg->size);
			if (!fault) {
				reader->control = control;
				control = NULL;
				zx_object_update_signals(&reader->object, 0,
							 ZX_SOCKET_CONTROL_READABLE);
			}
		}
		zx_object_unlock(&reader->object);
		if (fault)
			status = zx_socket_fault_in_actual(arg->actual, ++tries);
	}
	zx_control_free(reader, control);
	return status;
}

/* CONTROL_WRITABLE and SHARE of an end say whether its peer's places are free. */
static void zx_socket_update_places(struct zx_socket *writer)
{
	const struct zx_socket *reader = zx_socket_peer(writer);
	u32 signals = 0, up = 0;

	if (writer->options & ZX_SOCKET_HAS_CONTROL)
		signals |= ZX_SOCKET_CONTROL_WRITABLE;
	if (writer->options & ZX_SOCKET_HAS_ACCEPT)
		signals |= ZX_SOCKET_SHARE;
	zx_object_lock(&writer->object);
	if (!READ_ONCE(reader->control))
		up |= ZX_SOCKET_CONTROL_WRITABLE;
	if (!READ_ONCE(reader->shared.object))
		up |= ZX_SOCKET_SHARE;
	zx_object_update_signals(&writer->object, signals, up & signals);
	zx_object_unlock(&writer->object);
}

static int zx_socket_read_control(struct zx_socket *reader, const struct zx_ioc_socket_io *arg,
				  const struct zx_account *own)
{
	struct zx_control *control;
	bool peek = arg->options & ZX_SOCKET_PEEK;
	unsigned int tries = 0;
	int status;
	u32 size;

	if (!(reader->options & ZX_SOCKET_HAS_CONTROL))
		return ZX_ERR_BAD_STATE;
	do {
		bool fault = false;

		status = ZX_OK;
		zx_object_lock(&reader->object);
		control = reader->control;
		if (!control) {
			status = ZX_ERR_SHOULD_WAIT;
		} else {
			size = min_t(u64, control->size, arg->size);
			fault = (size && zx_copy_to_user_atomic(u64_to_user_ptr(arg->buffer),
								control->data, size)) ||
				zx_socket_put_actual(arg->actual, size);
			if (!fault && !peek) {
				WRITE_ONCE(reader->control, NULL);
				zx_object_update_signals(&reader->object,
							 ZX_SOCKET_CONTROL_READABLE, 0);
			}
		}
		zx_object_unlock(&reader->object);
		if (!fault)
			break;
		status = zx_fault_in_writeable(u64_to_user_ptr(arg->buffer), size, ++tries) ?:
			 zx_socket_fault_in_actual(arg->actual, tries);
	} while (!status);
	if (status || peek)
		return status;
	zx_control_free(reader, control);
	zx_socket_update_places(zx_socket_peer(reader));
	return ZX_OK;
}

/* A read or write; @own is the account of the caller's table. */
typedef int zx_socket_io_fn(struct zx_socket *socket, const struct zx_ioc_socket_io *arg,
			    const struct zx_account *own);

static int zx_socket_io(struct zx_handle_table *table, const struct zx_ioc_socket_io *arg,
			u32 right,
			zx_socket_io_fn *data, zx_socket_io_fn *control)
{
	struct zx_handle_use use __uninitialized;
	struct zx_socket *socket;
	int status;

	if (arg->size && !arg->buffer)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_SOCKET, right, &use);
	if (status)
		return status;
	socket = zx_socket_of(use.object);
	if (unlikely(arg->options & ZX_SOCKET_CONTROL)) {
		status = control(socket, arg, table->account);
		if (!status && right == ZX_RIGHT_WRITE)
			zx_socket_update_places(socket);
	} else {
		status = data(socket, arg, table->account);
	}
	zx_object_put(use.object);
	return status;
}

long zx_ioc_socket_read(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_socket_io *arg = args;

	if (arg->options & ~(ZX_SOCKET_PEEK | ZX_SOCKET_CONTROL))
		return ZX_ERR_INVALID_ARGS;
	return zx_socket_io(table, arg, ZX_RIGHT_READ, zx_socket_read_data,
			    zx_socket_read_control);
}

long zx_ioc_socket_write(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_socket_io *arg = args;

	if (arg->options & ~ZX_SOCKET_CONTROL)
		return ZX_ERR_INVALID_ARGS;
	return zx_socket_io(table, arg, ZX_RIGHT_WRITE, zx_socket_write_data,
			    zx_socket_write_control);
}

/* What set_disposition may not do: let an end write again before all of it is read. */
static bool zx_socket_may_enable(struct zx_socket *reader, u32 disposition)
{
	bool may;

	zx_object_lock(&reader->object);
	may = disposition != ZX_SOCKET_DISPOSITION_WRITE_ENABLED || !reader->used ||
	      !reader->read_disabled;
	zx_object_unlock(&reader->object);
	return may;
}

/* Carries out a disposition of writes to @reader, which is its peer's to write. */
static void zx_socket_dispose(struct zx_socket *reader, u32 disposition)
{
	bool disable = disposition == ZX_SOCKET_DISPOSITION_WRITE_DISABLED;

	if (!disposition)
		return;
	zx_object_lock(&reader->object);
	WRITE_ONCE(reader->read_disabled, disable);
	zx_object_update_signals(&reader->object, ZX_SOCKET_PEER_WRITE_DISABLED,
				 disable ? ZX_SOCKET_PEER_WRITE_DISABLED : 0);
	zx_object_unlock(&reader->object);
	zx_socket_update_writer(zx_socket_peer(reader));
}

long zx_ioc_socket_set_disposition(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_socket_disposition *arg = args;
	struct zx_socket *socket, *peer;
	struct zx_object *object;
	int status;

	/* Both flags at once are as wrong as unknown ones. */
	if (arg->reserved || arg->disposition > ZX_SOCKET_DISPOSITION_WRITE_ENABLED ||
	    arg->disposition_peer > ZX_SOCKET_DISPOSITION_WRITE_ENABLED)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_SOCKET,
				  ZX_RIGHT_MANAGE_SOCKET, &object);
	if (status)
		return status;
	socket = zx_socket_of(object);
	peer = zx_socket_peer(socket);
	/* While writing is disabled an end only becomes emptier, so this remains true. */
	if (zx_socket_may_enable(socket, arg->disposition_peer) &&
	    zx_socket_may_enable(peer, arg->disposition)) {
		zx_socket_dispose(peer, arg->disposition);
		zx_socket_dispose(socket, arg->disposition_peer);
	} else {
		status = ZX_ERR_BAD_STATE;
	}
	zx_object_put(object);
	return status;
}

/* Whether a socket can be sent through another, in the order in which Zircon asked. */
static int zx_socket_may_share(struct zx_socket *socket, const struct zx_handle *handle)
{
	struct zx_object *object = handle->object;

	if (!(handle->rights & ZX_RIGHT_TRANSFER))
		return ZX_ERR_ACCESS_DENIED;
	if (object->ops->type != ZX_OBJ_TYPE_SOCKET)
		return ZX_ERR_WRONG_TYPE;
	if (zx_socket_of(object)->options & ZX_SOCKET_HAS_ACCEPT || object == &socket->object ||
	    object == zx_object_peer(&socket->object))
		return ZX_ERR_BAD_STATE;
	if (!(socket->options & ZX_SOCKET_HAS_ACCEPT))
		return ZX_ERR_NOT_SUPPORTED;
	return ZX_OK;
}

long zx_ioc_socket_share(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_socket_share *arg = args;
	struct zx_object *object = NULL;
	struct zx_handle handle;
	struct zx_socket *peer;
	int status, taken;

	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_WRITE,
				  &object);
	/* The socket to be sent is consumed in any case. */
	taken = zx_handle_take(table, arg->socket, 0, &handle);
	if (!status)
		status = taken;
	if (!status)
		status = zx_socket_may_share(zx_socket_of(object), &handle);
	if (!status) {
		peer = zx_socket_peer(zx_socket_of(object));
		zx_object_lock(&peer->object);
		if (peer->object.closed) {
			status = ZX_ERR_PEER_CLOSED;
		} else if (peer->shared.object) {
			status = ZX_ERR_SHOULD_WAIT;
		} else {
			peer->shared = handle;
			zx_object_update_signals(&peer->object, 0, ZX_SOCKET_ACCEPT);
		}
		zx_object_unlock(&peer->object);
		if (!status)
			zx_socket_update_places(zx_socket_of(object));
	}
	if (status && !taken)
		zx_object_close_handle(handle.object);
	if (object)
		zx_object_put(object);
	return status;
}

long zx_ioc_socket_accept(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;
	struct zx_handle handle = {};
	struct zx_object *object;
	struct zx_socket *socket;
	unsigned int tries = 0;
	u32 value;
	int status;

	if (arg->rights)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_READ,
				  &object);
	if (status)
		return status;
	socket = zx_socket_of(object);
	if (!(socket->options & ZX_SOCKET_HAS_ACCEPT)) {
		status = ZX_ERR_NOT_SUPPORTED;
		goto out;
	}
	status = zx_handle_reserve(table, 1, &value);
	if (status)
		goto out;
	do {
		bool fault = false;

		zx_object_lock(object);
		if (!socket->shared.object) {
			status = ZX_ERR_SHOULD_WAIT;
		} else {
			fault = zx_copy_to_user_atomic(u64_to_user_ptr(arg->out), &value,
						       sizeof(value));
			if (!fault) {
				handle = socket->shared;
				WRITE_ONCE(socket->shared.object, NULL);
				zx_object_update_signals(object, ZX_SOCKET_ACCEPT, 0);
			}
		}
		zx_object_unlock(object);
		if (fault)
			status = zx_fault_in_writeable(u64_to_user_ptr(arg->out), sizeof(value),
						       ++tries);
	} while (!status && !handle.object);
	if (status) {
		zx_handle_unreserve(table, 1, &value);
		goto out;
	}
	zx_handle_install(table, value, handle.object, handle.rights);
	zx_socket_update_places(zx_socket_peer(socket));
out:
	zx_object_put(object);
	return status;
}

static void zx_socket_get_info(struct zx_object *object, void *record)
{
	struct zx_socket *socket = zx_socket_of(object);
	struct zx_socket *peer = zx_socket_peer(socket);
	struct zx_info_socket *info = record;

	info->options = socket->options;
	info->rx_buf_max = ZX_SOCKET_SIZE;
	zx_object_lock(object);
	info->rx_buf_size = socket->used;
	info->rx_buf_available = zx_socket_available(socket);
	zx_object_unlock(object);

	zx_object_lock(&peer->object);
	if (!peer->object.closed) {
		info->tx_buf_max = ZX_SOCKET_SIZE;
		info->tx_buf_size = peer->used;
	}
	zx_object_unlock(&peer->object);
}

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

	if (property == ZX_PROP_SOCKET_RX_THRESHOLD) {
		if (value > ZX_SOCKET_SIZE)
			return ZX_ERR_INVALID_ARGS;
		zx_object_lock(object);
		WRITE_ONCE(socket->read_threshold, value);
		zx_socket_update_reader(socket, false);
		zx_object_unlock(object);
		return ZX_OK;
	}

	/*
	 * Under the peer's lock too, so that whoever changes what the peer holds either
	 * did so before we look or sees that there is a threshold.
	 */
	zx_object_lock(peer);
	closed = peer->closed;
	if (!closed && value <= ZX_SOCKET_SIZE)
		WRITE_ONCE(socket->write_threshold, value);
	zx_object_unlock(peer);
	if (closed)
		return ZX_ERR_PEER_CLOSED;
	if (value > ZX_SOCKET_SIZE)
		return ZX_ERR_INVALID_ARGS;
	zx_socket_update_writer(socket);
	return ZX_OK;
}

/*
 * Copies up to @len bytes to @to, which need not be user memory: peeks at them, copies
 * without a lock, and takes them off if nobody else has. Returns how many, -EAGAIN if
 * there are none, zero at the end of the stream, or another errno.
 */
static ssize_t zx_socket_read_piece(struct zx_socket *reader, struct iov_iter *to, u8 *bounce,
				    const atomic_t *held)
{
	struct zx_socket_cursor cursor;
	struct zx_chunk *empty;
	size_t part, copied;
	bool changed;
	u64 consumed;
	int status;

	zx_object_lock(&reader->object);
	if (!reader->used) {
		status = zx_socket_empty_status(reader);
		zx_object_unlock(&reader->object);
		return status == ZX_ERR_SHOULD_WAIT ? -EAGAIN : 0;
	}
	zx_socket_start(reader, &cursor);
	zx_socket_step(&cursor);
	part = min_t(size_t, cursor.left, iov_iter_count(to));
	memcpy(bounce, cursor.at, part);
	consumed = reader->consumed;
	zx_object_unlock(&reader->object);

	copied = copy_to_iter(bounce, part, to);
	if (!copied)
		return -EFAULT;
	zx_object_lock(&reader->object);
	if (reader->consumed != consumed || !atomic_read(held)) {
		zx_object_unlock(&reader->object);
		iov_iter_revert(to, copied);
		return -ERESTART;
	}
	empty = zx_socket_consume(reader, copied);
	changed = zx_socket_update_reader(reader, false);
	zx_object_unlock(&reader->object);
	zx_socket_update_writer_after_read(zx_socket_peer(reader), changed);
	zx_chunks_free(reader, empty);
	return copied;
}

/* A thread in read() or write() of an exported end, and the EPOLL* events that it waits for. */
struct zx_socket_sleeper {
	struct wait_queue_entry entry;
	__poll_t events;
};

/* Leaves a reader asleep where the peer has read, which those who poll for space are told of. */
static int zx_socket_wake(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	struct zx_socket_sleeper *sleeper = container_of(entry, struct zx_socket_sleeper, entry);

	if (key && !(key_to_poll(key) & sleeper->events))
		return 0;
	return autoremove_wake_function(entry, mode, flags, key);
}

/* Sleeps until one of @signals is up, or the handle is no longer the file's. */
static int zx_socket_sleep(struct zx_object *object, u32 signals, const atomic_t *held)
{
	struct zx_socket_sleeper sleeper = {
		.events = zx_poll_mask(object, signals) | EPOLLERR,
	};
	int ret = 0;

	init_wait_entry(&sleeper.entry, 0);
	sleeper.entry.func = zx_socket_wake;
	for (;;) {
		ret = prepare_to_wait_event(&object->wait, &sleeper.entry, TASK_INTERRUPTIBLE);
		if (READ_ONCE(object->signals) & signals || !atomic_read(held)) {
			ret = 0;
			break;
		}
		if (ret)
			break;
		schedule();
	}
	finish_wait(&object->wait, &sleeper.entry);
	return ret;
}

static ssize_t zx_socket_read_iter(struct zx_object *object, struct iov_iter *to, bool nonblock,
				   const atomic_t *held)
{
	struct zx_socket *reader = zx_socket_of(object);
	ssize_t done = 0, ret;
	u8 *bounce;

	if (zx_socket_is_datagram(reader))
		return -EINVAL;
	if (!iov_iter_count(to))
		return 0;
	bounce = kmalloc(ZX_BUFFER_MAX, ZX_GFP);
	if (!bounce)
		return -ENOMEM;
	for (;;) {
		ret = iov_iter_count(to) ? zx_socket_read_piece(reader, to, bounce, held) : 0;
		if (!atomic_read(held) && ret <= 0) {
			ret = -EBADF;
			break;
		}
		if (ret > 0)
			done += ret;
		if (ret > 0)
			continue;
		if (ret == -ERESTART && !fatal_signal_pending(current)) {
			cond_resched();
			continue;
		}
		if (done || ret != -EAGAIN || nonblock)
			break;
		ret = zx_socket_sleep(object, ZX_SIGNAL_READABLE | ZX_SIGNAL_PEER_CLOSED |
				      ZX_SOCKET_PEER_WRITE_DISABLED, held);
		if (ret)
			break;
	}
	kfree(bounce);
	return done ?: ret;
}

/* Writes a part of @from. Returns how much, or an errno. */
static ssize_t zx_socket_write_piece(struct zx_socket *writer, struct iov_iter *from,
				     const atomic_t *held)
{
	struct zx_socket *reader = zx_socket_peer(writer);
	struct zx_chain chain;
	ssize_t written;
	int status;
	u32 len;

	zx_object_lock(&reader->object);
	status = zx_socket_may_write(reader, min_t(size_t, iov_iter_count(from), ZX_SOCKET_SIZE),
				     &len);
	zx_object_unlock(&reader->object);
	if (!status)
		status = zx_chain_make(&chain, reader, NULL, from, NULL, len);
	written = status ?: zx_socket_add(writer, &chain, len, 0, held);
	switch (written) {
	case ZX_ERR_BAD_HANDLE:
		return -EBADF;
	case ZX_ERR_PEER_CLOSED:
	case ZX_ERR_BAD_STATE:
		return -EPIPE;
	case ZX_ERR_SHOULD_WAIT:
		if (!status)
			iov_iter_revert(from, len);
		return -EAGAIN;
	case ZX_ERR_NO_MEMORY:
		return -ENOMEM;
	case ZX_ERR_INVALID_ARGS:
		return -EFAULT;
	}
	if (written < len)
		iov_iter_revert(from, len - written);
	return written;
}

static ssize_t zx_socket_write_iter(struct zx_object *object, struct iov_iter *from, bool nonblock,
				    const atomic_t *held)
{
	struct zx_socket *writer = zx_socket_of(object);
	ssize_t done = 0, ret = 0;

	if (zx_socket_is_datagram(writer))
		return -EINVAL;
	while (iov_iter_count(from)) {
		ret = atomic_read(held) ? zx_socket_write_piece(writer, from, held) : -EBADF;
		if (ret > 0) {
			done += ret;
			continue;
		}
		if (ret != -EAGAIN || nonblock)
			break;
		/* Whoever filled it may not have come so far, and wait for the processor. */
		zx_socket_update_writer(writer);
		ret = zx_socket_sleep(object, ZX_SIGNAL_WRITABLE | ZX_SIGNAL_PEER_CLOSED |
				      ZX_SOCKET_WRITE_DISABLED, held);
		if (ret)
			break;
	}
	if (ret == -EPIPE && !done)
		send_sig(SIGPIPE, current, 0);
	return done ?: ret;
}

static const struct zx_object_ops zx_socket_ops = {
	.type = ZX_OBJ_TYPE_SOCKET,
	.default_rights = ZX_DEFAULT_SOCKET_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.poll_in = ZX_SOCKET_PEER_WRITE_DISABLED,
	.poll_out = ZX_SOCKET_WRITE_DISABLED,
	.on_zero_handles = zx_socket_on_zero_handles,
	.free = zx_socket_free,
	ZX_PAIR_OPS,
	.get_number = zx_socket_get_number,
	.set_number = zx_socket_set_number,
	.get_info = zx_socket_get_info,
	.read_iter = zx_socket_read_iter,
	.write_iter = zx_socket_write_iter,
};

long zx_ioc_socket_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_create *arg = args;
	u32 signals = ZX_SIGNAL_WRITABLE;
	struct zx_socket_pair *socket;
	struct zx_pair *pair;
	int i;

	if (arg->reserved ||
	    arg->options & ~(ZX_SOCKET_DATAGRAM | ZX_SOCKET_HAS_CONTROL | ZX_SOCKET_HAS_ACCEPT))
		return ZX_ERR_INVALID_ARGS;
	if (arg->options & ZX_SOCKET_HAS_CONTROL)
		signals |= ZX_SOCKET_CONTROL_WRITABLE;
	if (arg->options & ZX_SOCKET_HAS_ACCEPT)
		signals |= ZX_SOCKET_SHARE;
	pair = zx_pair_alloc(table, zx_socket_cache, sizeof(*socket));
	if (!pair)
		return ZX_ERR_NO_MEMORY;
	socket = container_of(pair, struct zx_socket_pair, pair);
	for (i = 0; i < 2; i++) {
		zx_object_init(&socket->end[i].object, &zx_socket_ops, signals);
		socket->end[i].options = arg->options;
	}
	zx_pair_init(&socket->end[0].object, &socket->end[1].object);
	return zx_handle_create_pair(table, &socket->end[0].object, &socket->end[1].object,
				     arg->out0, arg->out1);
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
