// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels: the endpoints, their queues, and reading and writing.
 */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "call.h"
#include "channel.h"
#include "compat.h"
#include "handle.h"
#include "pair.h"
#include "param.h"
#include "policy.h"
#include "process.h"
#include "user.h"

/* Zircon raises an exception in a thread that writes to a full queue; here the write fails. */
static unsigned int zx_channel_bytes_max = SZ_1M;

zx_param_uint(channel_bytes_max, zx_channel_bytes_max, SZ_1K, SZ_128M,
	      "bytes of unread messages after which an endpoint of a channel is full (1024 to 134217728; for channels created from now on)");

struct zx_channel_pair {
	struct zx_memory memory;
	struct zx_channel endpoints[2];
};

ZX_MEMORY_CHECK(struct zx_channel_pair, endpoints);
ZX_ENDPOINT_CHECK(struct zx_channel);

static struct kmem_cache *zx_channel_cache;

/* Replies to calls have a higher limit, which is computed from at least this many bytes. */
#define ZX_CHANNEL_BYTES_BEYOND	((u32)SZ_1M)

static bool zx_channel_is_full(const struct zx_channel *reader)
{
	return atomic_read(&reader->quota.charged) >= reader->bytes_max;
}

/*
 * Sets zx_endpoint.full of an endpoint, and WRITABLE of its peer if the flag has changed. A thread
 * that fills an endpoint or makes space in it calls this afterwards, so the last call sets the
 * right value. After a refused write (@refused) the flag is first set to true. If there is space by
 * now, the flag then changes back and WRITABLE has an edge, which the writer may poll for.
 */
static noinline void zx_channel_update_full(struct zx_channel *reader, bool refused)
{
	struct zx_object *object = &reader->object, *peer = zx_object_peer(object);
	bool set = false, changed;

	if (refused) {
		zx_object_lock(object);
		set = zx_pair_note_full(object, true);
		zx_object_unlock(object);
		if (set)
			zx_pair_update_writable(peer);
	}
	zx_object_lock(object);
	changed = zx_pair_note_full(object, zx_channel_is_full(reader));
	zx_object_unlock(object);
	if (changed)
		zx_pair_update_writable(peer);
	if (set || changed)
		zx_pair_tell_full(object);
}

/* Returns the status for a writer after the endpoint was found full. */
static int zx_channel_refuse(struct zx_channel *reader)
{
	zx_channel_update_full(reader, !READ_ONCE(reader->endpoint.closed));
	return READ_ONCE(reader->endpoint.closed) ? ZX_ERR_PEER_CLOSED : ZX_ERR_SHOULD_WAIT;
}

/**
 * zx_channel_check_full - check early whether zx_channel_charge() would find an endpoint full
 * @reader:	the endpoint
 *
 * For a writer that does much work before it charges.
 *
 * Context: no spin locks held.
 * Return: ZX_OK, or as zx_channel_charge() if the endpoint is full.
 */
int zx_channel_check_full(struct zx_channel *reader)
{
	return zx_channel_is_full(reader) ? zx_channel_refuse(reader) : ZX_OK;
}

/* The rest of zx_channel_charge(): @now bytes are charged. */
noinline int __zx_channel_charge(struct zx_channel *reader, u32 bytes, u32 now, bool beyond)
{
	/* Replies have a limit too, since another user may pay for them. */
	u64 max = beyond ? 2ULL * max(reader->bytes_max, ZX_CHANNEL_BYTES_BEYOND) :
			   reader->bytes_max;
	int status = ZX_OK;

	if (now - bytes >= max) {
		zx_quota_uncharge(&reader->quota, &reader->object, bytes);
		return zx_channel_refuse(reader);
	}
	if (!zx_quota_covers(&reader->quota, now))
		status = zx_quota_draw(&reader->quota, &reader->object, bytes);
	/* Also after a failure: another writer may have been refused because of these bytes. */
	if (status || now >= reader->bytes_max)
		zx_channel_update_full(reader, false);
	return status;
}

/* The rest of zx_channel_uncharge(): what is charged has fallen below the limit. */
noinline void __zx_channel_uncharge(struct zx_channel *reader)
{
	zx_channel_update_full(reader, false);
}

/* Removes the first message from the queue of an endpoint, which is locked. */
static __always_inline void zx_channel_unqueue(struct zx_channel *channel,
					       struct zx_message *message)
{
	zx_object_assert_locked(&channel->object);
	zx_message_queue_del_first(&channel->queue);
	if (unlikely(message->containers))
		zx_inflight_take(message);
	if (!channel->queue.first)
		zx_object_update_signals(&channel->object, ZX_SIGNAL_READABLE, 0);
}

/*
 * Queues a message again, at the front, since it could not be delivered. If the endpoint's handle
 * was sent meanwhile, the message may close a ring; then it is dropped. Two messages that two
 * threads put back at the same time can end in either order.
 */
static void zx_channel_requeue(struct zx_channel *channel, struct zx_message *message)
{
	bool drop = message->containers && zx_inflight_put(channel, message);

	zx_object_lock(&channel->object);
	drop |= channel->endpoint.closed;
	if (drop) {
		if (message->containers)
			zx_inflight_take(message);
	} else {
		zx_message_queue_add_first(&channel->queue, message);
		zx_object_update_signals(&channel->object, 0, ZX_SIGNAL_READABLE);
	}
	zx_object_unlock(&channel->object);
	if (drop)
		zx_message_drop(channel, message);
}

/* Frees the messages in the queue of a closed endpoint, to which no thread adds any more. */
static void zx_channel_purge(struct zx_channel *channel, struct zx_dead_list *dead)
{
	struct zx_message *message;

	for (;;) {
		zx_object_lock(&channel->object);
		message = channel->queue.first;
		if (message)
			zx_channel_unqueue(channel, message);
		zx_object_unlock(&channel->object);
		if (!message)
			break;
		zx_message_free(channel, message, dead);
		cond_resched();
	}
}

static void zx_channel_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	struct zx_channel *channel = zx_channel_of(object);

	zx_pair_close_endpoint(object, &channel->quota);
	zx_channel_purge(channel, dead);
	zx_quota_close(&channel->quota, object);
}

static void zx_channel_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_channel_cache, container_of(memory, struct zx_channel_pair, memory));
}

static void zx_channel_get_contents(struct zx_object *object, struct zx_contents *contents)
{
	struct zx_channel *channel = zx_channel_of(object);

	contents->used = atomic_read(&channel->quota.charged);
	if (READ_ONCE(channel->quota.own_buffer_busy))
		contents->used += ZX_OWN_BUFFER_SIZE;
	contents->max = channel->bytes_max;
}

static u64 zx_channel_get_queue(struct zx_object *object)
{
	const struct zx_channel *parent;
	u64 koid = ZX_KOID_INVALID;

	rcu_read_lock();
	parent = READ_ONCE(zx_channel_of(object)->inflight.parent);
	if (parent)
		koid = parent->object.koid;
	rcu_read_unlock();
	return koid;
}

static const struct zx_object_ops zx_channel_ops = {
	.type = ZX_OBJ_TYPE_CHANNEL,
	.container = true,
	.default_rights = ZX_DEFAULT_CHANNEL_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.on_zero_handles = zx_channel_on_zero_handles,
	.free = zx_channel_free,
	.peer = zx_object_peer,
	.get_contents = zx_channel_get_contents,
	.get_queue = zx_channel_get_queue,
};

long zx_ioc_channel_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_create *arg = args;
	unsigned int bytes_max = READ_ONCE(zx_channel_bytes_max);
	struct zx_channel_pair *channel;
	struct zx_memory *memory;
	int i;

	if (arg->options || arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	if (zx_policy_check(table, ZX_POL_NEW_CHANNEL))
		return ZX_ERR_ACCESS_DENIED;
	memory = zx_memory_alloc(table, zx_channel_cache, sizeof(*channel));
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	channel = container_of(memory, struct zx_channel_pair, memory);
	for (i = 0; i < 2; i++) {
		struct zx_channel *endpoint = &channel->endpoints[i];

		zx_object_init(&endpoint->object, &zx_channel_ops, ZX_SIGNAL_WRITABLE);
		endpoint->bytes_max = bytes_max;
	}
	zx_pair_init(&channel->endpoints[0].object, &channel->endpoints[1].object);
	return zx_handle_create_pair(table, &channel->endpoints[0].object,
				     &channel->endpoints[1].object, arg->out0, arg->out1);
}

/* Whether a call waits for a message with an id. */
static bool zx_channel_awaits(struct zx_channel *reader, u32 txid)
{
	bool awaits;

	zx_object_lock(&reader->object);
	awaits = zx_call_awaits(reader, txid);
	zx_object_unlock(&reader->object);
	return awaits;
}

/*
 * Makes a message for a full endpoint if it is the reply to a call that waits, since such a reply
 * is not queued. Of any other message only the id is read, and only if the endpoint has calls.
 */
static noinline struct zx_message *zx_channel_create_reply(const struct zx_sending *sending,
							   const struct zx_ioc_channel_write *arg)
{
	struct zx_channel *reader = zx_channel_peer(sending->channel);
	struct zx_message *message;
	int status;
	u32 txid;

	/* A call that begins after this check sends its request later: this is no reply to it. */
	if (sending->call || RB_EMPTY_ROOT(&reader->calls))
		return ERR_PTR(ZX_ERR_SHOULD_WAIT);
	status = zx_message_peek_txid(arg, &txid);
	if (status)
		return ERR_PTR(status);
	if (!zx_channel_awaits(reader, txid))
		return ERR_PTR(ZX_ERR_SHOULD_WAIT);
	message = zx_message_create(reader, arg, 0, sending->table->account, true);
	if (IS_ERR(message) || zx_channel_awaits(reader, zx_message_txid(message)))
		return message;
	zx_message_drop(reader, message);
	return ERR_PTR(ZX_ERR_SHOULD_WAIT);
}

/**
 * zx_channel_prepare - make the message that a program writes
 * @sending:	has @table and @call; receives the rest
 * @rights:	rights that the channel's handle must have
 * @arg:	the message in user memory
 * @min_bytes:	the smallest number of bytes allowed
 * @etc:	the semantics of zx_channel_write_etc()
 *
 * Return: ZX_OK, with a message for zx_channel_send() and a reference to the channel; or an error.
 * An error consumes the handles, unless their numbers cannot be read. ZX_ERR_SHOULD_WAIT, which
 * Zircon does not have, changes nothing.
 */
int zx_channel_prepare(struct zx_sending *sending, u32 rights,
		       const struct zx_ioc_channel_write *arg, u32 min_bytes, bool etc)
{
	struct zx_channel *reader;
	struct zx_message *message;
	int status;

	if (unlikely(arg->options & ~ZX_CHANNEL_WRITE_USE_IOVEC)) {
		status = ZX_ERR_INVALID_ARGS;
		goto err_discard;
	}
	status = zx_handle_use(sending->table, arg->handle, ZX_OBJ_TYPE_CHANNEL, rights,
			       &sending->use);
	if (unlikely(status))
		goto err_discard;
	sending->channel = zx_channel_of(sending->use.object);
	reader = zx_channel_peer(sending->channel);

	message = zx_message_create(reader, arg, min_bytes, sending->table->account, false);
	if (unlikely(message == ERR_PTR(ZX_ERR_SHOULD_WAIT)))
		message = zx_channel_create_reply(sending, arg);
	if (IS_ERR(message)) {
		status = PTR_ERR(message);
		zx_object_put(sending->use.object);
		goto err_discard;
	}
	sending->message = message;
	if (likely(!arg->num_handles))
		return ZX_OK;

	/* From here, zx_message_take_handles() consumes the handles, also if it fails. */
	status = zx_message_take_handles(sending->table, message, arg->handles, etc,
					 sending->use.object);
	if (status) {
		zx_message_drop(reader, message);
		zx_object_put(sending->use.object);
	}
	return status;

err_discard:
	if (arg->num_handles && status != ZX_ERR_SHOULD_WAIT)
		zx_message_discard_handles(sending->table, arg->handles, arg->num_handles, etc);
	return status;
}

/* Passes a message with containers to the call that waits for it. Returns whether there is one. */
static noinline bool zx_channel_send_reply(const struct zx_sending *sending)
{
	struct zx_channel *reader = zx_channel_peer(sending->channel);
	struct zx_object *object = &reader->object;
	bool done;

	if (sending->call || RB_EMPTY_ROOT(&reader->calls))
		return false;
	zx_object_lock(object);
	done = !zx_endpoint_of(object)->closed && zx_handle_use_holds(&sending->use) &&
	       zx_call_deliver(reader, sending->message);
	zx_object_unlock(object);
	return done;
}

/*
 * Passes a message to the call that waits for it, or queues it. The endpoint that reads it is
 * locked; the caller unlocks it next. Returns whether the message was passed or queued. If not,
 * @status is the error, or ZX_OK if the message closes a ring.
 */
static __always_inline bool zx_channel_accept(const struct zx_sending *sending,
					      enum zx_inflight_verdict verdict, int *status)
{
	struct zx_channel *reader = zx_channel_peer(sending->channel);
	struct zx_message *message = sending->message;

	zx_object_assert_locked(&reader->object);
	*status = ZX_OK;
	if (unlikely(reader->endpoint.closed)) {
		*status = ZX_ERR_PEER_CLOSED;
		return false;
	}
	/* The handle was closed or sent meanwhile: this thread must not write any more. */
	if (unlikely(!zx_handle_use_holds(&sending->use))) {
		*status = ZX_ERR_BAD_HANDLE;
		return false;
	}
	if (!sending->call && !message->containers && zx_call_deliver(reader, message))
		return true;
	if (unlikely(verdict)) {
		if (verdict == ZX_INFLIGHT_DEEP)
			*status = ZX_ERR_NO_RESOURCES;
		return false;
	}
	zx_message_queue_add(&reader->queue, message);
	zx_trace_message_queued(&reader->object, message);
	zx_object_raise(&reader->object, ZX_SIGNAL_READABLE, sending->call ? zx_wake_sync : 0);
	return true;
}

/**
 * zx_channel_send - queue a message, or pass it to the call that waits for it
 * @sending:	the message, from zx_channel_prepare(); it is consumed, also after an error
 *
 * Return: ZX_OK, ZX_ERR_PEER_CLOSED, ZX_ERR_BAD_HANDLE if the channel's handle has left the table
 * meanwhile, or ZX_ERR_NO_RESOURCES if endpoints would be nested too deep. The message is freed
 * after an error, and also before ZX_OK if it would have closed a ring.
 */
int zx_channel_send(struct zx_sending *sending)
{
	struct zx_message *message = sending->message;
	struct zx_channel *reader = zx_channel_peer(sending->channel);
	enum zx_inflight_verdict verdict = ZX_INFLIGHT_OK;
	bool accepted;
	int status;

	if (unlikely(message->containers)) {
		/*
		 * A message that is passed to a call is never queued, so zx_inflight_put() must
		 * not publish it. After this check no call can begin to wait for the message: a
		 * call begins before its request is sent.
		 */
		if (zx_channel_send_reply(sending))
			return ZX_OK;
		verdict = zx_inflight_put(reader, message);
	}
	zx_object_lock(&reader->object);
	accepted = zx_channel_accept(sending, verdict, &status);
	zx_object_unlock(&reader->object);
	if (unlikely(!accepted)) {
		if (message->containers)
			zx_inflight_take(message);
		zx_message_drop(reader, message);
	}
	return status;
}

static int zx_channel_write(struct zx_handle_table *table, const struct zx_ioc_channel_write *arg,
			    bool etc)
{
	struct zx_sending sending __uninitialized;
	int status;

	sending.table = table;
	sending.call = false;
	status = zx_channel_prepare(&sending, ZX_RIGHT_WRITE, arg, 0, etc);
	if (status)
		return status;
	status = zx_channel_send(&sending);
	zx_object_put(&sending.channel->object);
	return status;
}

long zx_ioc_channel_write(struct zx_handle_table *table, void *args)
{
	return zx_channel_write(table, args, false);
}

long zx_ioc_channel_write_etc(struct zx_handle_table *table, void *args)
{
	return zx_channel_write(table, args, true);
}

/* Writes the sizes of a message that does not fit. The message itself may be freed already. */
static int zx_channel_too_small(const struct zx_ioc_channel_read *arg, u32 num_bytes,
				u32 num_handles)
{
	if (arg->actual_bytes && zx_put_u32(arg->actual_bytes, num_bytes))
		return ZX_ERR_INVALID_ARGS;
	if (arg->actual_handles && zx_put_u32(arg->actual_handles, num_handles))
		return ZX_ERR_INVALID_ARGS;
	return ZX_ERR_BUFFER_TOO_SMALL;
}

static int zx_channel_read(struct zx_handle_table *table, const struct zx_ioc_channel_read *arg,
			   bool etc)
{
	struct zx_channel *channel;
	struct zx_message *message;
	struct zx_handle_use use __uninitialized;
	struct zx_object *object;
	bool remove;
	u32 num_bytes = 0, num_handles = 0;
	int status;

	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_READ,
			       &use);
	if (status)
		return status;
	object = use.object;
	if (arg->options & ~ZX_CHANNEL_READ_MAY_DISCARD) {
		status = ZX_ERR_NOT_SUPPORTED;
		goto out;
	}

	channel = zx_channel_of(object);
	remove = false;
	zx_object_lock(object);
	message = channel->queue.first;
	if (unlikely(!zx_handle_use_holds(&use))) {
		/* The handle was closed or sent meanwhile: this thread must not read any more. */
		status = ZX_ERR_BAD_HANDLE;
	} else if (!message) {
		status = object->signals & ZX_SIGNAL_PEER_CLOSED ? ZX_ERR_PEER_CLOSED :
								    ZX_ERR_SHOULD_WAIT;
	} else {
		num_bytes = message->num_bytes;
		num_handles = message->num_handles;
		if (num_bytes > arg->num_bytes || num_handles > arg->num_handles)
			status = ZX_ERR_BUFFER_TOO_SMALL;
		remove = !status || (arg->options & ZX_CHANNEL_READ_MAY_DISCARD);
		if (remove)
			zx_channel_unqueue(channel, message);
	}
	zx_object_unlock(object);

	if (remove)
		/* If several writers wait for space, another one may have some now. */
		zx_object_happened(zx_object_peer(object), ZX_SIGNAL_WRITABLE);
	if (!status) {
		status = zx_message_deliver(table, channel, message, arg, etc);
		if (status)
			zx_channel_requeue(channel, message);
	} else if (status == ZX_ERR_BUFFER_TOO_SMALL) {
		if (remove)
			zx_message_drop(channel, message);
		status = zx_channel_too_small(arg, num_bytes, num_handles);
	}
out:
	zx_object_put(object);
	return status;
}

long zx_ioc_channel_read(struct zx_handle_table *table, void *args)
{
	return zx_channel_read(table, args, false);
}

long zx_ioc_channel_read_etc(struct zx_handle_table *table, void *args)
{
	return zx_channel_read(table, args, true);
}

int zx_channel_init(void)
{
	zx_channel_cache = kmem_cache_create("zircon_channel", sizeof(struct zx_channel_pair), 0,
					     SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_channel_cache ? 0 : -ENOMEM;
}

void zx_channel_exit(void)
{
	kmem_cache_destroy(zx_channel_cache);
}
