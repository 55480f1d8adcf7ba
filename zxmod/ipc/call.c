// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls.
 */
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "call.h"
#include "channel.h"
#include "compat.h"
#include "handle.h"
#include "param.h"
#include "process.h"
#include "user.h"
#include "wait.h"

/* zx_call.status while there is none; statuses are zero or negative. */
#define ZX_CALL_PENDING		1

/* A thread leaves one call behind at a time, unless it never comes back for it. */
static unsigned int zx_calls_max = U16_MAX;

zx_param_uint(channel_calls_max, zx_calls_max, 0, U16_MAX,
	      "interrupted calls that one end of a channel can have (at most 65535)");

/**
 * struct zx_call - a call that waits for its reply
 * @observer:	on the wait queue of the caller's end; its lock guards the call
 * @txid:	what the reply will start with
 * @status:	ZX_CALL_PENDING, or how the call ended; the first end counts
 * @reply:	the reply, with status ZX_OK
 * @left:	no thread is waiting, the call is on its own
 */
struct zx_call {
	struct zx_observer observer;
	u32 txid;
	int status;
	struct zx_message *reply;
	bool left;
};

static void zx_call_end(struct zx_call *call, int status, int flags)
{
	if (call->status != ZX_CALL_PENDING)
		return;
	WRITE_ONCE(call->status, status);
	if (!call->left)
		zx_observer_end(&call->observer, flags);
}

static void zx_call_notify(struct zx_observer *observer, u32 signals, int flags)
{
	zx_call_end(container_of(observer, struct zx_call, observer), ZX_ERR_PEER_CLOSED, flags);
}

static void zx_call_cancel(struct zx_observer *observer, u32 signals, struct list_head *gone)
{
	struct zx_call *call = container_of(observer, struct zx_call, observer);

	if (call->left) {
		/* Nobody can come back for it without the handle. */
		zx_channel_of(observer->object)->calls--;
		list_move(&observer->entry.entry, gone);
	} else {
		zx_call_end(call, ZX_ERR_CANCELED, 0);
	}
}

/* Frees a call that was left behind; its reply is gone. */
static void zx_call_free(struct zx_channel *channel, struct zx_call *call)
{
	kfree(call);
	zx_channel_uncharge(channel, sizeof(*call));
}

/* Memory for a call that is to be left behind, paid for like what is queued. */
static int zx_call_alloc(struct zx_channel *channel, struct zx_call **out)
{
	int status = zx_channel_charge(channel, sizeof(**out), true);

	if (status == ZX_ERR_SHOULD_WAIT)
		return ZX_ERR_NO_RESOURCES;
	if (status)
		return status;
	*out = kmalloc(sizeof(**out), ZX_GFP);
	if (*out)
		return ZX_OK;
	zx_channel_uncharge(channel, sizeof(**out));
	return ZX_ERR_NO_MEMORY;
}

static void zx_call_forget(struct zx_observer *observer)
{
	struct zx_call *call = container_of(observer, struct zx_call, observer);
	struct zx_channel *channel = zx_channel_of(observer->object);

	if (call->reply)
		zx_message_drop(channel, call->reply);
	zx_call_free(channel, call);
}

static const struct zx_observer_ops zx_call_ops = {
	.notify = zx_call_notify,
	.cancel = zx_call_cancel,
	.forget = zx_call_forget,
};

static struct zx_call *zx_call_of(struct wait_queue_entry *entry)
{
	struct zx_observer *observer = zx_observer_of(entry);

	if (!observer || observer->ops != &zx_call_ops)
		return NULL;
	return container_of(observer, struct zx_call, observer);
}

/**
 * zx_call_find - the call that waits for a transaction id
 * @channel:	the caller's end, locked
 * @txid:	the id
 *
 * Return: the call, or NULL.
 */
struct zx_call *zx_call_find(struct zx_channel *channel, u32 txid)
{
	struct wait_queue_entry *entry;

	if (txid < ZX_CHANNEL_MIN_KERNEL_TXID)
		return NULL;
	list_for_each_entry(entry, &channel->object.wait.head, entry) {
		struct zx_call *call = zx_call_of(entry);

		if (call && call->txid == txid && call->status == ZX_CALL_PENDING)
			return call;
	}
	return NULL;
}

/* The rest of zx_call_deliver(). */
bool __zx_call_deliver(struct zx_channel *channel, struct zx_message *message)
{
	struct zx_call *call = zx_call_find(channel, zx_message_txid(message));

	if (!call)
		return false;
	call->reply = message;
	zx_call_end(call, ZX_OK, 0);
	return true;
}

/* A transaction id that no other call from this end, which is locked, is using. */
static u32 zx_call_new_txid(struct zx_channel *channel)
{
	u32 txid;

	for (;;) {
		if (++channel->txid == ZX_CHANNEL_MIN_KERNEL_TXID) {
			channel->txid = 0;
			channel->wrapped = true;
		}
		txid = channel->txid | ZX_CHANNEL_MIN_KERNEL_TXID;
		if (likely(!channel->wrapped) || !zx_call_find(channel, txid))
			return txid;
		/* The next ones may be taken too, thousands of them; most are not. */
		channel->txid = get_random_u32() & ~ZX_CHANNEL_MIN_KERNEL_TXID;
	}
}

/* Gives the reply to the program. */
static int zx_call_return(struct zx_handle_table *table, struct zx_channel *channel,
			  struct zx_message *reply,
			  const struct zx_ioc_channel_call *arg,
			  const struct zx_ioc_channel_call_args *args, bool etc)
{
	const struct zx_ioc_channel_read to = {
		.bytes = args->rd_bytes,
		.handles = args->rd_handles,
		.num_bytes = args->rd_num_bytes,
		.num_handles = args->rd_num_handles,
		.actual_bytes = arg->actual_bytes,
		.actual_handles = arg->actual_handles,
	};
	int status = ZX_ERR_BUFFER_TOO_SMALL;

	if (reply->num_bytes <= to.num_bytes && reply->num_handles <= to.num_handles)
		status = zx_message_deliver(table, channel, reply, &to, etc);
	if (status)
		zx_message_drop(channel, reply);
	return status;
}

/* How a call ended that nobody else can reach any more. */
static int zx_call_result(struct zx_handle_table *table, const struct zx_call *call,
			  const struct zx_ioc_channel_call *arg,
			  const struct zx_ioc_channel_call_args *args, bool etc)
{
	if (call->status)
		return call->status;
	return zx_call_return(table, zx_channel_of(call->observer.object), call->reply, arg, args,
			      etc);
}

/*
 * Leaves an interrupted call behind, by putting @heir in its place on the queue.
 * Returns ZX_ERR_INTERNAL_INTR_RETRY, or ZX_OK if the call has just ended.
 */
static int zx_call_leave(struct zx_call *call, struct zx_call *heir)
{
	struct zx_channel *channel = zx_channel_of(call->observer.object);
	int status = ZX_ERR_INTERNAL_INTR_RETRY;

	zx_object_lock(&channel->object);
	if (call->status != ZX_CALL_PENDING) {
		status = ZX_OK;
	} else if (channel->calls >= READ_ONCE(zx_calls_max)) {
		status = ZX_ERR_NO_RESOURCES;
	} else {
		heir->observer = call->observer;
		heir->txid = call->txid;
		heir->status = ZX_CALL_PENDING;
		heir->reply = NULL;
		heir->left = true;
		list_replace_init(&call->observer.entry.entry, &heir->observer.entry.entry);
		channel->calls++;
	}
	zx_object_unlock(&channel->object);
	return status;
}

/*
 * Waits for the end of a call. If a signal interrupts the wait, the program is told
 * which call to come back for.
 */
static int zx_call_wait(struct zx_call *call, const struct zx_ioc_channel_call *arg)
{
	struct zx_channel *channel = zx_channel_of(call->observer.object);
	struct zx_call *heir;
	int status;

	status = zx_sleep_until(&call->status, ZX_CALL_PENDING, arg->deadline);
	if (status == -ERESTARTSYS) {
		status = zx_call_alloc(channel, &heir);
		if (!status) {
			status = zx_put_u32(arg->txid, call->txid) ?: zx_call_leave(call, heir);
			if (status == ZX_ERR_INTERNAL_INTR_RETRY)
				return status;
			zx_call_free(channel, heir);
		}
	}
	zx_unobserve(&call->observer);
	/* It may have ended after the wait did. */
	return call->status == ZX_CALL_PENDING ? status : ZX_OK;
}

static int zx_channel_call(struct zx_handle_table *table, const struct zx_ioc_channel_call *arg,
			   const struct zx_ioc_channel_call_args *args, bool etc)
{
	const struct zx_ioc_channel_write request = {
		.handle = arg->handle,
		.options = arg->options,
		.bytes = args->wr_bytes,
		.handles = args->wr_handles,
		.num_bytes = args->wr_num_bytes,
		.num_handles = args->wr_num_handles,
	};
	struct zx_sending sending __uninitialized;
	struct zx_call call = { .status = ZX_CALL_PENDING };
	struct zx_channel *channel;
	int status;
	bool open;

	sending.table = table;
	sending.call = true;
	status = zx_channel_prepare(&sending, ZX_RIGHT_READ | ZX_RIGHT_WRITE, &request,
				    sizeof(u32), etc);
	if (status)
		return status;
	channel = sending.channel;
	zx_observer_init(&call.observer, &zx_call_ops, &channel->object, table, arg->handle,
			 ZX_SIGNAL_PEER_CLOSED);

	/* Before the request is sent, so that no reply can be too fast. */
	zx_object_lock(&channel->object);
	call.txid = zx_call_new_txid(channel);
	open = zx_observe(&call.observer);
	zx_object_unlock(&channel->object);

	zx_message_set_txid(sending.message, call.txid);
	/* If the handle is gone this fails, and frees the message. */
	status = zx_channel_send(&sending);
	if (!status && !open)
		status = ZX_ERR_BAD_HANDLE;
	if (status) {
		zx_unobserve(&call.observer);
		/* A peer who guessed the id may have answered what was never asked. */
		if (call.reply)
			zx_message_drop(channel, call.reply);
	} else {
		status = zx_call_wait(&call, arg);
		if (!status)
			status = zx_call_result(table, &call, arg, args, etc);
	}
	zx_object_put(&channel->object);
	return status;
}

/* Goes back to a call that was left behind. */
static int zx_channel_call_again(struct zx_handle_table *table,
				 const struct zx_ioc_channel_call *arg,
				 const struct zx_ioc_channel_call_args *args, bool etc)
{
	struct zx_call call = { .status = ZX_CALL_PENDING };
	struct wait_queue_entry *entry;
	struct zx_channel *channel;
	struct zx_call *left = NULL;
	struct zx_object *object;
	int status;
	u32 txid;

	if (zx_get_u32(arg->txid, &txid))
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_CHANNEL,
				  ZX_RIGHT_READ | ZX_RIGHT_WRITE, &object);
	if (status)
		return status == ZX_ERR_BAD_HANDLE ? ZX_ERR_CANCELED : status;
	channel = zx_channel_of(object);

	/* This thread takes the place of the one that was left. */
	zx_object_lock(object);
	list_for_each_entry(entry, &object->wait.head, entry) {
		left = zx_call_of(entry);
		if (left && left->left && left->txid == txid &&
		    left->observer.table == table)
			break;
		left = NULL;
	}
	if (left) {
		channel->calls--;
		zx_observer_init(&call.observer, &zx_call_ops, object, table, arg->handle,
				 ZX_SIGNAL_PEER_CLOSED);
		call.txid = left->txid;
		call.status = left->status;
		call.reply = left->reply;
		if (call.status == ZX_CALL_PENDING)
			list_replace(&left->observer.entry.entry, &call.observer.entry.entry);
		else
			list_del(&left->observer.entry.entry);
	}
	zx_object_unlock(object);

	if (!left) {
		/* Or the handle was closed since it was looked up, which ended the call. */
		status = zx_handle_is_open(table, arg->handle) ? ZX_ERR_BAD_STATE :
								   ZX_ERR_CANCELED;
	} else {
		zx_call_free(channel, left);
		status = zx_call_wait(&call, arg);
		if (!status)
			status = zx_call_result(table, &call, arg, args, etc);
	}
	zx_object_put(object);
	return status;
}

static long zx_call_noretry(struct zx_handle_table *table, const struct zx_ioc_channel_call *arg,
			    bool etc)
{
	struct zx_ioc_channel_call_args args;

	if (zx_copy_from_user_short(&args, u64_to_user_ptr(arg->args), sizeof(args)))
		return ZX_ERR_INVALID_ARGS;
	if (arg->actual_bytes && arg->actual_handles)
		return zx_channel_call(table, arg, &args, etc);
	/* Zircon would find out when the reply is there; it is no use waiting for it. */
	zx_message_discard_handles(table, args.wr_handles, args.wr_num_handles, etc);
	return ZX_ERR_INVALID_ARGS;
}

static long zx_call_finish(struct zx_handle_table *table, const struct zx_ioc_channel_call *arg,
			   bool etc)
{
	struct zx_ioc_channel_call_args args;

	if (zx_copy_from_user_short(&args, u64_to_user_ptr(arg->args), sizeof(args)))
		return ZX_ERR_INVALID_ARGS;
	return zx_channel_call_again(table, arg, &args, etc);
}

long zx_ioc_channel_call_noretry(struct zx_handle_table *table, void *args)
{
	return zx_call_noretry(table, args, false);
}

long zx_ioc_channel_call_etc_noretry(struct zx_handle_table *table, void *args)
{
	return zx_call_noretry(table, args, true);
}

long zx_ioc_channel_call_finish(struct zx_handle_table *table, void *args)
{
	return zx_call_finish(table, args, false);
}

long zx_ioc_channel_call_etc_finish(struct zx_handle_table *table, void *args)
{
	return zx_call_finish(table, args, true);
}
