// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages: memory, and the copies from the sender and to the receiver.
 */
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <linux/zircon.h>

#include "buffer.h"
#include "channel.h"
#include "compat.h"
#include "handle.h"
#include "message.h"
#include "object.h"
#include "pair.h"
#include "user.h"
#include "wait.h"

/* zx_message.origin of a message in an endpoint's own buffer; else a size of buffers. */
#define ZX_MESSAGE_OWN_BUFFER	ZX_BUFFER_SIZES

/**
 * struct zx_message_segment - a further part of a large message
 * @next:	the next segment, or NULL
 * @data:	bytes of the message
 */
struct zx_message_segment {
	struct zx_message_segment *next;
	u8 data[];
};

#define ZX_SEGMENT_DATA		(ZX_BUFFER_MAX - sizeof(struct zx_message_segment))

/* The number of bytes in the first part of a message. */
static size_t zx_message_first(const struct zx_message *message)
{
	if (!message->segments)
		return message->num_bytes;
	return ZX_BUFFER_MAX - struct_size(message, handles, message->num_handles);
}

static void *zx_message_data(const struct zx_message *message)
{
	return (void *)&message->handles[message->num_handles];
}

/* What to charge for a message that is not in an endpoint's own buffer. */
static u32 zx_message_cost(enum zx_buffer_size origin, unsigned int segments)
{
	return zx_buffer_cost(origin) + segments * zx_buffer_cost(ZX_BUFFER_PAGE);
}

/* Frees the pages of a message: the first one, @segment, and those after @segment. */
static void zx_message_free_pages(struct zx_message *message, struct zx_message_segment *segment)
{
	struct zx_buffer_batch batch __uninitialized;

	batch.count = 0;
	zx_buffer_batch_put(&batch, message);
	while (segment) {
		struct zx_message_segment *next = segment->next;

		zx_buffer_batch_put(&batch, segment);
		segment = next;
	}
	zx_buffer_batch_free(&batch);
}

static noinline void zx_message_free_slab(struct zx_channel *reader, struct zx_message *message)
{
	u32 cost = zx_message_cost(message->origin, message->segments);

	if (message->segments)
		zx_message_free_pages(message, message->more);
	else
		zx_buffer_free(message, message->origin);
	zx_channel_uncharge(reader, cost);
}

/* Frees the memory of a message for @reader. The message has no handles, or no longer owns them. */
static __always_inline void zx_message_free_memory(struct zx_channel *reader,
						   struct zx_message *message)
{
	if (message->origin != ZX_MESSAGE_OWN_BUFFER) {
		zx_message_free_slab(reader, message);
		return;
	}
	/* As the allocators do with memory that they free. */
	if (want_init_on_free())
		memset(reader->own_buffer, 0, sizeof(reader->own_buffer));
	/* Pairs with the acquire in zx_message_alloc(). */
	smp_store_release(&reader->quota.own_buffer_busy, 0);
}

static __always_inline void zx_message_init_head(struct zx_message *message, u32 num_bytes,
						 u32 num_handles, int origin,
						 unsigned int segments)
{
	message->num_bytes = num_bytes;
	message->num_handles = num_handles;
	message->containers = 0;
	message->origin = origin;
	message->segments = segments;
	if (num_handles) {
		message->watched = NULL;
		memset(message->handles, 0, num_handles * sizeof(struct zx_handle));
	}
}

/* Allocates a message with @segments further segments, or returns NULL. */
static noinline struct zx_message *zx_message_alloc_pages(unsigned int segments, gfp_t gfp)
{
	struct zx_buffer_batch batch __uninitialized;
	struct zx_message_segment **tail;
	struct zx_message *message;

	zx_buffer_batch_fill(&batch, 1 + segments, gfp);
	message = zx_buffer_batch_get(&batch, gfp);
	if (!message)
		return NULL;
	tail = &message->more;
	for (; segments; segments--) {
		*tail = zx_buffer_batch_get(&batch, gfp);
		if (!*tail) {
			zx_message_free_pages(message, message->more);
			return NULL;
		}
		tail = &(*tail)->next;
	}
	*tail = NULL;
	return message;
}

/* The rest of zx_message_alloc(), for a message that cannot use the endpoint's own buffer. */
static noinline struct zx_message *zx_message_alloc_slab(struct zx_channel *reader, u32 num_bytes,
							 u32 num_handles,
							 const struct zx_account *own, bool beyond)
{
	struct zx_message *message;
	size_t size = struct_size(message, handles, num_handles) + num_bytes;
	int status, origin = zx_buffer_fit(size);
	const struct zx_account *account;
	struct mem_cgroup *former;
	unsigned int segments = 0;
	gfp_t gfp;
	u32 cost;

	if (size > ZX_BUFFER_MAX)
		segments = DIV_ROUND_UP(size - ZX_BUFFER_MAX, ZX_SEGMENT_DATA);
	cost = zx_message_cost(origin, segments);
	status = zx_channel_charge(reader, cost, beyond);
	if (unlikely(status))
		return ERR_PTR(status);
	account = zx_pair_memory(&reader->object)->account;
	gfp = zx_account_gfp(account, own);
	former = zx_account_enter(account, own);
	message = segments ? zx_message_alloc_pages(segments, gfp) : zx_buffer_alloc(origin, gfp);
	zx_account_leave(former);
	if (unlikely(!message)) {
		zx_channel_uncharge(reader, cost);
		return ERR_PTR(ZX_ERR_NO_MEMORY);
	}
	zx_message_init_head(message, num_bytes, num_handles, origin, segments);
	return message;
}

/*
 * Returns a message whose bytes are not initialised and whose handles are all NULL, or a status as
 * an ERR_PTR(). The memory is the receiving endpoint's own buffer, if that is free and large
 * enough, else it is allocated and charged.
 */
static struct zx_message *zx_message_alloc(struct zx_channel *reader, u32 num_bytes,
					   u32 num_handles, const struct zx_account *own,
					   bool beyond)
{
	struct zx_message *message = (struct zx_message *)reader->own_buffer;
	u8 *busy = &reader->quota.own_buffer_busy;

	if (num_handles * sizeof(struct zx_handle) + num_bytes > ZX_OWN_BUFFER_BYTES)
		return zx_message_alloc_slab(reader, num_bytes, num_handles, own, beyond);
	/*
	 * While the buffer is busy, the plain read keeps its cache line shared between writers. A
	 * full endpoint does not use its buffer: a write must not succeed while WRITABLE is low.
	 */
	if (READ_ONCE(*busy) || READ_ONCE(reader->endpoint.full) || xchg_acquire(busy, 1))
		return zx_message_alloc_slab(reader, num_bytes, num_handles, own, beyond);
	zx_message_init_head(message, num_bytes, num_handles, ZX_MESSAGE_OWN_BUFFER, 0);
	return message;
}

/**
 * zx_message_free - free a message and close the handles in it
 * @reader:	the endpoint that it was written for; the caller has a reference
 * @message:	the message, in no queue
 * @dead:	receives the objects that lost their last handle
 */
void zx_message_free(struct zx_channel *reader, struct zx_message *message,
		     struct zx_dead_list *dead)
{
	unsigned int i;

	if (message->num_handles)
		zx_watched_end(message->watched);
	for (i = 0; i < message->num_handles; i++) {
		struct zx_object *object = message->handles[i].object;

		if (!object)
			continue;
		zx_trace_handle(ZX_MOVE_DROPPED, object, 0, NULL);
		__zx_object_close_handle(object, dead);
	}
	dead->count += 1 + message->num_handles;
	zx_message_free_memory(reader, message);
}

/**
 * zx_message_drop - zx_message_free() for a caller without a list
 * @reader:	the endpoint that it was written for; the caller has a reference
 * @message:	the message, in no queue
 *
 * Context: may sleep, no locks held.
 */
void zx_message_drop(struct zx_channel *reader, struct zx_message *message)
{
	struct zx_dead_list dead = {};

	zx_message_free(reader, message, &dead);
	zx_object_bury(&dead);
}

/**
 * struct zx_message_cursor - a position in the bytes of a message
 * @at:		address of the next byte
 * @left:	bytes from there to the end of this part
 * @next:	the next part
 */
struct zx_message_cursor {
	u8 *at;
	size_t left;
	struct zx_message_segment *next;
};

static void zx_message_start(const struct zx_message *message, struct zx_message_cursor *cursor)
{
	cursor->at = zx_message_data(message);
	cursor->left = zx_message_first(message);
	cursor->next = message->segments ? message->more : NULL;
}

/* Copies @len bytes from or to @user, and advances @cursor past them. */
static int zx_message_copy(struct zx_message_cursor *cursor, void __user *user, size_t len,
			   bool to_user)
{
	while (len) {
		size_t part;
		int status;

		if (!cursor->left) {
			cursor->at = cursor->next->data;
			cursor->left = ZX_SEGMENT_DATA;
			cursor->next = cursor->next->next;
		}
		part = min(len, cursor->left);
		status = to_user ? zx_copy_to_user(user, cursor->at, part) :
				   zx_copy_from_user(cursor->at, user, part);
		if (status)
			return status;
		cursor->at += part;
		cursor->left -= part;
		user += part;
		len -= part;
	}
	return ZX_OK;
}

static noinline int zx_message_copy_long(struct zx_message *message, void __user *user,
					 bool to_user)
{
	struct zx_message_cursor cursor;

	zx_message_start(message, &cursor);
	return zx_message_copy(&cursor, user, message->num_bytes, to_user);
}

/* Whether the bytes of a message can be copied in one short piece. */
static bool zx_message_is_short(const struct zx_message *message)
{
	return likely(message->num_bytes <= ZX_SHORT_COPY && !message->segments);
}

static int zx_message_copy_in(struct zx_message *message, void __user *user)
{
	/* A pointer to zero bytes need not be valid. */
	if (!message->num_bytes)
		return ZX_OK;
	if (!zx_message_is_short(message))
		return zx_message_copy_long(message, user, false);
	return zx_copy_from_user_short(zx_message_data(message), user, message->num_bytes);
}

static int zx_message_copy_out(struct zx_message *message, void __user *user)
{
	if (!message->num_bytes)
		return ZX_OK;
	if (!zx_message_is_short(message))
		return zx_message_copy_long(message, user, true);
	return zx_copy_to_user_short(user, zx_message_data(message), message->num_bytes);
}

/* Copies the parts of an iovec, which is in kernel memory already. */
static int zx_message_gather(struct zx_message *message,
			     const struct zx_ioc_channel_iovec *parts, u32 count)
{
	struct zx_message_cursor cursor;
	int status = ZX_OK;
	u32 i;

	zx_message_start(message, &cursor);
	for (i = 0; i < count && !status; i++)
		status = zx_message_copy(&cursor, u64_to_user_ptr(parts[i].buffer),
					 parts[i].capacity, false);
	return status;
}

/* Zircon reads and checks an iovec of up to this many parts as a whole. */
#define ZX_IOVEC_PIECE	16

/*
 * Checks an iovec and sums its capacities. The order of the checks is Zircon's: for a short iovec
 * all reserved fields come first, for a longer one each part is checked in turn.
 */
static int zx_iovec_check(const struct zx_ioc_channel_iovec *parts, u32 count, u32 *sum)
{
	u32 i;

	*sum = 0;
	for (i = 0; count <= ZX_IOVEC_PIECE && i < count; i++)
		if (parts[i].reserved)
			return ZX_ERR_INVALID_ARGS;
	for (i = 0; i < count; i++) {
		if (parts[i].reserved)
			return ZX_ERR_INVALID_ARGS;
		if (parts[i].capacity > ZX_CHANNEL_MAX_MSG_BYTES - *sum)
			return ZX_ERR_OUT_OF_RANGE;
		*sum += parts[i].capacity;
	}
	return ZX_OK;
}

/* zx_message_create() for an iovec. */
static noinline struct zx_message *zx_message_create_iovec(struct zx_channel *reader,
							   const struct zx_ioc_channel_write *arg,
							   u32 min_bytes,
							   const struct zx_account *own,
							   bool beyond)
{
	struct zx_ioc_channel_iovec *parts;
	struct zx_message *message;
	u32 count = arg->num_bytes;
	u32 num_bytes;
	int status;

	if (count > ZX_CHANNEL_MAX_MSG_IOVEC ||
	    (count > ZX_IOVEC_PIECE && arg->num_handles > ZX_CHANNEL_MAX_MSG_HANDLES))
		return ERR_PTR(ZX_ERR_OUT_OF_RANGE);
	if (!beyond) {
		status = zx_channel_check_full(reader);
		if (status)
			return ERR_PTR(status);
	}
	/* The iovec is read only once, so that the program cannot change it after the check. */
	parts = kvmalloc_array(max(count, 1U), sizeof(*parts), ZX_GFP);
	if (!parts)
		return ERR_PTR(ZX_ERR_NO_MEMORY);
	status = zx_copy_from_user(parts, u64_to_user_ptr(arg->bytes), count * sizeof(*parts)) ?:
		 zx_iovec_check(parts, count, &num_bytes);
	if (!status && arg->num_handles > ZX_CHANNEL_MAX_MSG_HANDLES)
		status = ZX_ERR_OUT_OF_RANGE;
	if (!status && num_bytes < min_bytes)
		status = ZX_ERR_INVALID_ARGS;
	if (status) {
		message = ERR_PTR(status);
		goto out;
	}
	message = zx_message_alloc(reader, num_bytes, arg->num_handles, own, beyond);
	if (IS_ERR(message))
		goto out;
	status = zx_message_gather(message, parts, count);
	if (status) {
		zx_message_free_memory(reader, message);
		message = ERR_PTR(status);
	}
out:
	kvfree(parts);
	return message;
}

/**
 * zx_message_create - make a message for a program
 * @reader:	the receiving endpoint; the caller has a reference
 * @arg:	the bytes or an iovec, and the number of handles, which are moved later
 * @min_bytes:	the smallest number of bytes allowed
 * @own:	the account of the sender's table
 * @beyond:	also if the endpoint is full
 *
 * Return: the message; or as an ERR_PTR() ZX_ERR_OUT_OF_RANGE, ZX_ERR_SHOULD_WAIT (the endpoint is
 * full; neither the bytes nor an iovec were read), ZX_ERR_PEER_CLOSED, ZX_ERR_NO_MEMORY or
 * ZX_ERR_INVALID_ARGS.
 */
struct zx_message *zx_message_create(struct zx_channel *reader,
				     const struct zx_ioc_channel_write *arg, u32 min_bytes,
				     const struct zx_account *own, bool beyond)
{
	struct zx_message *message;
	int status;

	if (unlikely(arg->options & ZX_CHANNEL_WRITE_USE_IOVEC))
		return zx_message_create_iovec(reader, arg, min_bytes, own, beyond);
	if (unlikely(arg->num_handles > ZX_CHANNEL_MAX_MSG_HANDLES))
		return ERR_PTR(ZX_ERR_OUT_OF_RANGE);
	if (unlikely(arg->num_bytes > ZX_CHANNEL_MAX_MSG_BYTES))
		return ERR_PTR(ZX_ERR_OUT_OF_RANGE);
	if (unlikely(arg->num_bytes < min_bytes))
		return ERR_PTR(ZX_ERR_INVALID_ARGS);

	message = zx_message_alloc(reader, arg->num_bytes, arg->num_handles, own, beyond);
	if (IS_ERR(message))
		return message;
	status = zx_message_copy_in(message, u64_to_user_ptr(arg->bytes));
	if (unlikely(status)) {
		zx_message_free_memory(reader, message);
		return ERR_PTR(status);
	}
	return message;
}

/* Reads the numbers of the handles that a write consumes; zero for one that it duplicates. */
static int zx_message_get_consumed(u32 *values, u64 handles, u32 count, bool etc)
{
	const struct zx_ioc_handle_disposition __user *dispositions = u64_to_user_ptr(handles);
	u32 i;

	if (!etc)
		return zx_copy_from_user(values, u64_to_user_ptr(handles), count * sizeof(*values));
	for (i = 0; i < count; i++) {
		struct zx_ioc_handle_disposition how;

		if (zx_copy_from_user_short(&how, &dispositions[i], sizeof(how)))
			return ZX_ERR_INVALID_ARGS;
		values[i] = how.operation == ZX_HANDLE_OP_DUPLICATE ? ZX_HANDLE_INVALID :
								      how.handle;
	}
	return ZX_OK;
}

/**
 * zx_message_peek_txid - read the transaction id of a message before it is made
 * @arg:	bytes or an iovec; zx_message_create() has checked the numbers in @arg
 * @txid:	receives the id, or zero if the message is too short to have one
 *
 * The message may have another id when it is made, since the program can change its memory.
 *
 * Return: ZX_OK or ZX_ERR_INVALID_ARGS.
 */
int zx_message_peek_txid(const struct zx_ioc_channel_write *arg, u32 *txid)
{
	const struct zx_ioc_channel_iovec __user *parts = u64_to_user_ptr(arg->bytes);
	struct zx_ioc_channel_iovec part = { .buffer = arg->bytes, .capacity = arg->num_bytes };
	bool iovec = arg->options & ZX_CHANNEL_WRITE_USE_IOVEC;
	u32 i, count = iovec ? arg->num_bytes : 1;
	size_t size, have = 0;
	u8 id[sizeof(*txid)];

	for (i = 0; i < count && have < sizeof(id); i++) {
		if (iovec && zx_copy_from_user_short(&part, &parts[i], sizeof(part)))
			return ZX_ERR_INVALID_ARGS;
		size = min_t(size_t, part.capacity, sizeof(id) - have);
		if (size && zx_copy_from_user_short(id + have, u64_to_user_ptr(part.buffer), size))
			return ZX_ERR_INVALID_ARGS;
		have += size;
	}
	*txid = 0;
	if (have == sizeof(id))
		memcpy(txid, id, sizeof(id));
	return ZX_OK;
}

/**
 * zx_message_discard_handles - close the handles of a message that cannot be sent
 * @table:	the sender's
 * @handles:	user pointer, as for zx_message_take_handles()
 * @num_handles: how many, any number
 * @etc:	as there; handles to be duplicated are not closed
 *
 * As in Zircon, a write consumes the handles even if it fails. The numbers are read in pieces of
 * ZX_CHANNEL_MAX_MSG_HANDLES. The handles of a piece that cannot be read whole, and those after it,
 * stay open. Unlike in Zircon, no handle is closed if there are more than ZX_CLOSE_MANY_MAX, so
 * that a senseless number does not keep a thread busy for long.
 */
void zx_message_discard_handles(struct zx_handle_table *table, u64 handles, u32 num_handles,
				bool etc)
{
	const u32 size = etc ? sizeof(struct zx_ioc_handle_disposition) : sizeof(u32);
	u32 values[ZX_CHANNEL_MAX_MSG_HANDLES] __uninitialized;
	struct zx_dead_list dead = {};

	if (num_handles > ZX_CLOSE_MANY_MAX)
		return;
	while (num_handles) {
		u32 i, count = min_t(u32, num_handles, ARRAY_SIZE(values));

		if (zx_message_get_consumed(values, handles, count, etc))
			break;
		for (i = 0; i < count; i++) {
			struct zx_handle handle;

			if (zx_handle_take(table, values[i], 0, &handle))
				continue;
			zx_trace_handle(ZX_MOVE_CLOSED, handle.object, values[i], table);
			__zx_object_close_handle(handle.object, &dead);
		}
		handles += count * size;
		num_handles -= count;
	}
	zx_object_bury(&dead);
}

/* Whether a handle may go into a message, in Zircon's order of precedence. */
static int zx_handle_may_go(const struct zx_handle *handle, const struct zx_object *channel,
			    const struct zx_ioc_handle_disposition *how)
{
	if (!(handle->rights & ZX_RIGHT_TRANSFER))
		return ZX_ERR_ACCESS_DENIED;
	if (handle->object == channel)
		return ZX_ERR_NOT_SUPPORTED;
	if (how->type != ZX_OBJ_TYPE_NONE && how->type != handle->object->ops->type)
		return ZX_ERR_WRONG_TYPE;
	if (how->rights != ZX_RIGHT_SAME_RIGHTS && (how->rights & ~handle->rights))
		return ZX_ERR_INVALID_ARGS;
	if (how->operation == ZX_HANDLE_OP_DUPLICATE && !(handle->rights & ZX_RIGHT_DUPLICATE))
		return ZX_ERR_ACCESS_DENIED;
	return ZX_OK;
}

/* Moves or duplicates one handle to a message, and stores the result. The table is locked. */
static void zx_take_one(struct zx_handle_table *table, struct zx_ioc_handle_disposition *how,
			struct zx_handle *handle, const struct zx_object *channel,
			struct zx_watched **watched)
	__must_hold(&table->lock)
{
	struct zx_slot *slot = zx_handle_peek(table, how->handle, handle);
	struct zx_watched *through;

	lockdep_assert_held(&table->lock);
	if (!slot) {
		handle->object = NULL;
		how->result = zx_handle_bad(table);
		return;
	}
	how->result = zx_handle_may_go(handle, channel, how);
	if (how->operation == ZX_HANDLE_OP_DUPLICATE) {
		if (!how->result)
			how->result = zx_object_add_handle(handle->object);
		if (how->result)
			handle->object = NULL;
	} else {
		/* Consumed even if it may not be sent. */
		through = zx_handle_remove(table, slot, how->handle);
		if (unlikely(through)) {
			through->next = *watched;
			through->reduced = how->rights != ZX_RIGHT_SAME_RIGHTS &&
					   how->rights != handle->rights;
			*watched = through;
		}
		if (how->operation != ZX_HANDLE_OP_MOVE)
			how->result = ZX_ERR_INVALID_ARGS;
	}
	if (how->rights != ZX_RIGHT_SAME_RIGHTS)
		handle->rights = how->rights;
}

/* Reads the dispositions of the handles, or makes them from numbers if not @etc. */
static int zx_dispositions_get(struct zx_ioc_handle_disposition *how, u64 handles, u32 count,
			       bool etc)
{
	u32 i;

	if (etc)
		return zx_copy_from_user(how, u64_to_user_ptr(handles), count * sizeof(*how));
	for (i = 0; i < count; i++) {
		how[i] = (struct zx_ioc_handle_disposition) {
			.operation = ZX_HANDLE_OP_MOVE,
			.rights = ZX_RIGHT_SAME_RIGHTS,
		};
		if (zx_get_u32(handles + i * sizeof(u32), &how[i].handle))
			return ZX_ERR_INVALID_ARGS;
	}
	return ZX_OK;
}

/* Traces the handles that were put into a message. */
static noinline void zx_message_trace_sent(const struct zx_handle_table *table,
					   const struct zx_message *message,
					   const struct zx_ioc_handle_disposition *how)
{
	unsigned int i;

	for (i = 0; i < message->num_handles; i++)
		if (message->handles[i].object)
			zx_trace_handle(how[i].operation == ZX_HANDLE_OP_DUPLICATE ?
					ZX_MOVE_SENT_COPY : ZX_MOVE_SENT,
					message->handles[i].object, how[i].handle, table);
}

/* Up to this many dispositions are kept on the stack. */
#define ZX_FEW_HANDLES	8

/**
 * zx_message_take_handles - move handles from the sender's table into a message
 * @table:	the sender's
 * @message:	the message, with space for the handles and no handle yet
 * @handles:	user pointer to numbers, or for @etc to dispositions
 * @etc:	the semantics of zx_channel_write_etc()
 * @channel:	the endpoint that the message is written to, which cannot be sent itself
 *
 * Goes on after a handle that fails. The message owns the handles that were moved, also after an
 * error.
 *
 * Return: ZX_OK, or the error of the first handle that failed; for @etc each error is also written
 * to its disposition. ZX_ERR_INVALID_ARGS if @handles cannot be read whole, or ZX_ERR_NO_MEMORY:
 * then the message has no handles and zx_message_discard_handles() was called.
 */
int zx_message_take_handles(struct zx_handle_table *table, struct zx_message *message, u64 handles,
			    bool etc, const struct zx_object *channel)
{
	struct zx_ioc_handle_disposition few[ZX_FEW_HANDLES] __uninitialized, *how = few;
	unsigned int i, count = message->num_handles;
	int status;

	if (count > ZX_FEW_HANDLES) {
		how = kmalloc_array(count, sizeof(*how), ZX_GFP);
		if (!how) {
			zx_message_discard_handles(table, handles, count, etc);
			return ZX_ERR_NO_MEMORY;
		}
	}
	status = zx_dispositions_get(how, handles, count, etc);
	if (status) {
		/* As in Zircon. Closes no handle, unless the memory has become readable. */
		zx_message_discard_handles(table, handles, count, etc);
		goto out;
	}

	zx_handle_table_lock(table);
	for (i = 0; i < count; i++)
		zx_take_one(table, &how[i], &message->handles[i], channel, &message->watched);
	zx_handle_table_unlock(table);
	if (tracepoint_enabled(zx_handle_move))
		zx_message_trace_sent(table, message, how);

	for (i = 0; i < count; i++) {
		struct zx_object *object = message->handles[i].object;

		if (how[i].result && !status)
			status = how[i].result;
		if (object)
			message->containers += object->ops->container;
	}
	if (unlikely(message->watched))
		zx_watched_sent(message->watched);
	for (i = 0; status && etc && i < count; i++) {
		u64 to = handles + i * sizeof(*how) +
			 offsetof(struct zx_ioc_handle_disposition, result);

		if (how[i].result && zx_put_u32(to, how[i].result)) {
			status = ZX_ERR_INVALID_ARGS;
			break;
		}
	}
out:
	if (how != few)
		kfree(how);
	return status;
}

/* Writes the numbers that the handles of a message will have in the reader's table. */
static int zx_message_put_handles(const struct zx_message *message, const u32 *values, u64 to,
				  bool etc)
{
	struct zx_ioc_handle_info __user *infos = u64_to_user_ptr(to);
	unsigned int i;

	if (!etc)
		return zx_copy_to_user_short(u64_to_user_ptr(to), values,
					     message->num_handles * sizeof(*values));
	for (i = 0; i < message->num_handles; i++) {
		struct zx_ioc_handle_info info = {
			.handle = values[i],
			.type = message->handles[i].object->ops->type,
			.rights = message->handles[i].rights,
		};

		if (zx_copy_to_user_short(&infos[i], &info, sizeof(info)))
			return ZX_ERR_INVALID_ARGS;
	}
	return ZX_OK;
}

/* Writes the size of a message. */
static int zx_message_put_sizes(const struct zx_message *message,
				const struct zx_ioc_channel_read *to)
{
	if (to->actual_bytes && zx_put_u32(to->actual_bytes, message->num_bytes))
		return ZX_ERR_INVALID_ARGS;
	if (to->actual_handles && zx_put_u32(to->actual_handles, message->num_handles))
		return ZX_ERR_INVALID_ARGS;
	return ZX_OK;
}

/* Traces the handles that a program is about to get from a message. */
static noinline void zx_message_trace_received(const struct zx_handle_table *table,
					       const struct zx_message *message, const u32 *values)
{
	unsigned int i;

	for (i = 0; i < message->num_handles; i++)
		zx_trace_handle(ZX_MOVE_RECEIVED, message->handles[i].object, values[i], table);
}

/* Moves the handles of a message to the reader's table, and writes its size. */
static noinline int zx_message_give_handles(struct zx_handle_table *table,
					    struct zx_message *message,
					    const struct zx_ioc_channel_read *to, bool etc)
{
	unsigned int i, count = message->num_handles;
	u32 values[ZX_CHANNEL_MAX_MSG_HANDLES] __uninitialized;
	int status;

	status = zx_handle_reserve(table, count, values);
	if (status)
		return status;
	status = zx_message_put_handles(message, values, to->handles, etc) ?:
		 zx_message_put_sizes(message, to);
	if (status) {
		zx_handle_unreserve(table, count, values);
		return status;
	}
	/*
	 * Before the handles are installed: they keep the watched objects, and from then on another
	 * thread can close them.
	 */
	if (unlikely(message->watched))
		zx_watched_end(message->watched);
	if (tracepoint_enabled(zx_handle_move))
		zx_message_trace_received(table, message, values);
	for (i = 0; i < count; i++)
		zx_handle_install(table, values[i], message->handles[i]);
	return ZX_OK;
}

/**
 * zx_message_deliver - pass a message to the process that reads it
 * @table:	the reader's
 * @reader:	the endpoint that it was written for; the caller has a reference
 * @message:	the message, in no queue; it fits into the program's buffers
 * @to:		the program's buffers
 * @etc:	the semantics of zx_channel_read_etc()
 *
 * On success the handles are in the reader's table and the message is freed. On failure the message
 * is not changed.
 *
 * Return: ZX_OK, ZX_ERR_INVALID_ARGS, or an error of zx_handle_reserve().
 */
int zx_message_deliver(struct zx_handle_table *table, struct zx_channel *reader,
		       struct zx_message *message, const struct zx_ioc_channel_read *to,
		       bool etc)
{
	int status;

	status = zx_message_copy_out(message, u64_to_user_ptr(to->bytes));
	if (!status)
		status = message->num_handles ?
			 zx_message_give_handles(table, message, to, etc) :
			 zx_message_put_sizes(message, to);
	if (likely(!status)) {
		zx_trace_message_read(&reader->object, message);
		zx_message_free_memory(reader, message);
	}
	return status;
}

/* The first part has space for all handles and for a transaction id. */
static_assert(sizeof(struct zx_message) + sizeof(u32) +
	      ZX_CHANNEL_MAX_MSG_HANDLES * sizeof(struct zx_handle) <= ZX_BUFFER_MAX);

/**
 * zx_message_txid - the transaction id that a message starts with
 * @message:	the message
 *
 * Return: the id, or zero if the message is too short to have one.
 */
u32 zx_message_txid(const struct zx_message *message)
{
	return message->num_bytes >= sizeof(u32) ? *(u32 *)zx_message_data(message) : 0;
}

/**
 * zx_message_set_txid - overwrite the transaction id of a message
 * @message:	the message, with four bytes or more
 * @txid:	the id
 */
void zx_message_set_txid(struct zx_message *message, u32 txid)
{
	*(u32 *)zx_message_data(message) = txid;
}

/* A batch has the pages of the longest message. */
static_assert(sizeof(struct zx_message) + ZX_CHANNEL_MAX_MSG_HANDLES * sizeof(struct zx_handle) +
	      ZX_CHANNEL_MAX_MSG_BYTES <= ZX_BUFFER_MAX + (ZX_BUFFER_BATCH - 1) * ZX_SEGMENT_DATA);
