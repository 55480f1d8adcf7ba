// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls.
 */
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <linux/zircon.h>

#include "call.h"
#include "channel.h"
#include "compat.h"
#include "handle.h"
#include "process.h"
#include "user.h"
#include "wait.h"

/* zx_call.status of a call that has not ended; statuses are zero or negative. */
#define ZX_CALL_PENDING		1

/*
 * Calls that a program can park, for each of its threads: a signal handler that interrupts a call
 * may make another, which is interrupted too.
 */
#define ZX_CALLS_PARKED_MAX	64

/**
 * struct zx_call - a call that waits for its reply, or has it and waits to be finished
 * @observer:	ends the call when the peer or the handle is closed; the lock of its object, the
 *		caller's endpoint, guards the call
 * @node:	in zx_channel.calls
 * @txid:	the transaction id, which the reply begins with
 * @status:	ZX_CALL_PENDING, or how the call ended; set once
 * @reply:	the reply, if @status is ZX_OK
 * @table:	the caller's table, if the call is parked; NULL if a thread waits
 * @parked:	in zx_handle_table.parked, if the call is parked
 */
struct zx_call {
	struct zx_observer observer;
	struct rb_node node;
	u32 txid;
	int status;
	struct zx_message *reply;
	struct zx_handle_table *table;
	struct list_head parked;
};

static struct zx_call *zx_call_of(struct zx_observer *observer)
{
	return container_of(observer, struct zx_call, observer);
}

static struct zx_channel *zx_call_channel(const struct zx_call *call)
{
	return zx_channel_of(call->observer.object);
}

/*
 * Removes a call from its lists; its endpoint is locked. The call of a thread must not be accessed
 * afterwards.
 */
static void zx_call_off(struct zx_call *call)
{
	struct zx_handle_table *table = call->table;

	zx_object_assert_locked(call->observer.object);
	rb_erase(&call->node, &zx_call_channel(call)->calls);
	if (table) {
		spin_lock(&table->parked_lock);
		list_del(&call->parked);
		table->num_parked--;
		spin_unlock(&table->parked_lock);
	}
	zx_observer_off(&call->observer);
}

/* Ends a call that is pending. Returns whether it stays on its lists, since it is parked. */
static bool zx_call_end(struct zx_call *call, int status, struct zx_wakeups *wakeups)
{
	WRITE_ONCE(call->status, status);
	if (call->table)
		return true;
	rb_erase(&call->node, &zx_call_channel(call)->calls);
	zx_observer_end(&call->observer, wakeups);
	return false;
}

static bool zx_call_notify(struct zx_observer *observer, u32 signals, u32 raised, u32 events,
			   struct zx_wakeups *wakeups)
{
	struct zx_call *call = zx_call_of(observer);

	return call->status != ZX_CALL_PENDING || zx_call_end(call, ZX_ERR_PEER_CLOSED, wakeups);
}

/* Frees a call from zx_call_alloc(), without its reply. */
static void zx_call_free(struct zx_channel *channel, struct zx_call *call)
{
	kfree(call);
	zx_channel_uncharge(channel, sizeof(*call));
}

/*
 * Allocates a call that is to be parked, charged like a queued message. @own is the account of the
 * calling thread's table.
 */
static int zx_call_alloc(struct zx_channel *channel, const struct zx_account *own,
			 struct zx_call **out)
{
	const struct zx_account *account = zx_pair_memory(&channel->object)->account;
	int status = zx_channel_charge(channel, sizeof(**out), true);
	struct mem_cgroup *former;

	if (status == ZX_ERR_SHOULD_WAIT)
		return ZX_ERR_NO_RESOURCES;
	if (status)
		return status;
	former = zx_account_enter(account, own);
	*out = kmalloc(sizeof(**out), zx_account_gfp(account, own));
	zx_account_leave(former);
	if (*out)
		return ZX_OK;
	zx_channel_uncharge(channel, sizeof(**out));
	return ZX_ERR_NO_MEMORY;
}

/* Frees a parked call that was removed from its lists, with its reply. */
static void zx_call_forget(void *what)
{
	struct zx_call *call = what;
	struct zx_channel *channel = zx_call_channel(call);

	if (call->reply)
		zx_message_drop(channel, call->reply);
	zx_call_free(channel, call);
}

static void zx_call_cancel(struct zx_observer *observer, u32 signals, struct zx_wakeups *wakeups)
{
	struct zx_call *call = zx_call_of(observer);

	zx_call_end(call, ZX_ERR_CANCELED, wakeups);
}

/* Without the handle the program cannot finish the call. */
static void zx_call_cancel_parked(struct zx_observer *observer, u32 signals,
				  struct zx_wakeups *wakeups)
{
	struct zx_call *call = zx_call_of(observer);

	zx_call_off(call);
	zx_wakeups_add(wakeups, zx_call_forget, call);
}

/* Finds the call with an id at an endpoint, which is locked; or NULL. */
static struct zx_call *zx_call_find(struct zx_channel *channel, u32 txid)
{
	struct rb_node *node = channel->calls.rb_node;

	zx_object_assert_locked(&channel->object);
	if (txid < ZX_CHANNEL_MIN_KERNEL_TXID)
		return NULL;
	while (node) {
		struct zx_call *call = rb_entry(node, struct zx_call, node);

		if (txid == call->txid)
			return call;
		node = txid < call->txid ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/* Adds a call to its endpoint, which is locked, with an id that no other call there has. */
static int zx_call_begin(struct zx_observer *observer)
{
	struct zx_call *call = zx_call_of(observer);
	struct zx_channel *channel = zx_call_channel(call);
	struct rb_node **link, *parent;

	zx_object_assert_locked(&channel->object);
again:
	/* Ids repeat after 2^31 calls. The limit of observers is lower, so there is a free id. */
	call->txid = ++channel->txid | ZX_CHANNEL_MIN_KERNEL_TXID;
	link = &channel->calls.rb_node;
	parent = NULL;
	while (*link) {
		u32 txid = rb_entry(*link, struct zx_call, node)->txid;

		if (unlikely(txid == call->txid))
			goto again;
		parent = *link;
		link = call->txid < txid ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&call->node, parent, link);
	rb_insert_color(&call->node, &channel->calls);
	return ZX_OK;
}

static const struct zx_observer_ops zx_call_ops = {
	.kind = ZX_OBSERVER_CALL,
	.notify = zx_call_notify,
	.cancel = zx_call_cancel,
	.begin = zx_call_begin,
};

static const struct zx_observer_ops zx_call_parked_ops = {
	.kind = ZX_OBSERVER_PARKED,
	.notify = zx_call_notify,
	.cancel = zx_call_cancel_parked,
};

/**
 * zx_call_awaits - whether a call is waiting for a message
 * @channel:	the caller's endpoint, locked
 * @txid:	the id that a message for that endpoint starts with, or zero
 */
bool zx_call_awaits(struct zx_channel *channel, u32 txid)
{
	struct zx_call *call = zx_call_find(channel, txid);

	return call && call->status == ZX_CALL_PENDING;
}

/* The rest of zx_call_deliver(). */
bool __zx_call_deliver(struct zx_channel *channel, struct zx_message *message)
{
	struct zx_call *call = zx_call_find(channel, zx_message_txid(message));
	struct zx_wakeups wakeups __uninitialized;

	if (!call || call->status != ZX_CALL_PENDING)
		return false;
	/*
	 * The message cannot be part of a ring. A waiting thread gets it at once. A parked call is
	 * finished through a handle in a table, and freed when that handle leaves the table.
	 */
	zx_trace_message_queued(&channel->object, message);
	call->reply = message;
	zx_wakeups_init(&wakeups, 0);
	zx_call_end(call, ZX_OK, &wakeups);
	return true;
}

/* Ends this thread's call if it is pending. On return no other thread accesses it. */
static void zx_call_stop(struct zx_call *call)
{
	struct zx_object *object = call->observer.object;

	/* As in zx_unobserve(). */
	if (!smp_load_acquire(&call->observer.entry.pprev))
		return;
	zx_object_lock(object);
	if (!hlist_unhashed(&call->observer.entry))
		zx_call_off(call);
	zx_object_unlock(object);
}

/*
 * Replaces a call on all lists except .through, to which the caller has added @new. Their endpoint
 * is locked.
 */
static void zx_call_replace(struct zx_call *old, struct zx_call *new)
{
	struct zx_observer *observer = &new->observer;

	zx_object_assert_locked(observer->object);
	hlist_add_before(&observer->entry, &old->observer.entry);
	observer->object->num_observers++;
	rb_replace_node(&old->node, &new->node, &zx_call_channel(new)->calls);
	new->txid = old->txid;
	new->status = old->status;
	new->reply = old->reply;
	zx_observer_off(&old->observer);
}

/* Delivers the reply to the program. */
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

	/* Both pointers are required, but they are checked only after the reply has arrived. */
	if (reply->num_bytes <= to.num_bytes && reply->num_handles <= to.num_handles)
		status = to.actual_bytes && to.actual_handles ?
			 zx_message_deliver(table, channel, reply, &to, etc) : ZX_ERR_INVALID_ARGS;
	if (status)
		zx_message_drop(channel, reply);
	return status;
}

/* The result of a call that has ended, and that no other thread accesses any more. */
static int zx_call_result(struct zx_handle_table *table, const struct zx_call *call,
			  const struct zx_ioc_channel_call *arg,
			  const struct zx_ioc_channel_call_args *args, bool etc)
{
	if (call->status)
		return call->status;
	return zx_call_return(table, zx_call_channel(call), call->reply, arg, args, etc);
}

/* Cancels the oldest parked calls of a table, if there are more than a program may have. */
static void zx_calls_limit(struct zx_handle_table *table)
{
	unsigned int max = ZX_CALLS_PARKED_MAX * get_nr_threads(current);

	while (READ_ONCE(table->num_parked) > max) {
		struct zx_object *object = NULL;
		struct zx_call *oldest, *call = NULL;
		u32 txid;

		spin_lock_irq(&table->parked_lock);
		oldest = list_first_entry_or_null(&table->parked, struct zx_call, parked);
		if (oldest) {
			/* A call on the list has a handle, which keeps the object. */
			object = oldest->observer.object;
			zx_object_get(object);
			txid = oldest->txid;
		}
		spin_unlock_irq(&table->parked_lock);
		if (!object)
			return;

		/* The object's lock is acquired before parked_lock. The call may be gone by now. */
		zx_object_lock(object);
		call = zx_call_find(zx_channel_of(object), txid);
		if (call == oldest && call->table == table)
			zx_call_off(call);
		else
			call = NULL;
		zx_object_unlock(object);
		if (call)
			zx_call_forget(call);
		zx_object_put(object);
		/* Many calls are above the limit if many threads have exited. */
		cond_resched();
	}
}

/* Replaces an interrupted call with @heir, and parks @heir. Their endpoint is locked. */
static void zx_call_park_heir(struct zx_call *call, struct zx_call *heir,
			      struct zx_handle_table *table, struct zx_watched *watched)
{
	hlist_add_head(&heir->observer.through, &watched->parked);
	zx_call_replace(call, heir);
	spin_lock(&table->parked_lock);
	list_add_tail(&heir->parked, &table->parked);
	table->num_parked++;
	spin_unlock(&table->parked_lock);
}

/*
 * Parks an interrupted call, replaced with @heir, if its handle is in the table. Returns
 * ZX_ERR_INTERNAL_INTR_RETRY if it is parked; ZX_ERR_CANCELED; ZX_ERR_NO_MEMORY; or ZX_OK if the
 * call has ended meanwhile.
 */
static int zx_call_park(struct zx_call *call, struct zx_call *heir, struct zx_handle_table *table,
			u32 value)
{
	struct zx_object *object = call->observer.object;
	struct zx_watched *watched;
	bool pending;
	int status;

	zx_observer_init(&heir->observer, &zx_call_parked_ops, object, call->observer.account, NULL,
			 ZX_SIGNAL_PEER_CLOSED);
	heir->table = table;

	status = zx_handle_lock_watched(table, value, object, &watched);
	zx_object_lock(object);
	pending = call->status == ZX_CALL_PENDING;
	if (pending && !status)
		zx_call_park_heir(call, heir, table, watched);
	zx_object_unlock(object);
	zx_handle_table_unlock(table);
	if (!pending)
		return ZX_OK;
	if (status)
		return status == ZX_ERR_BAD_HANDLE ? ZX_ERR_CANCELED : status;
	zx_calls_limit(table);
	return ZX_ERR_INTERNAL_INTR_RETRY;
}

/*
 * Waits until a call ends. If a Linux signal interrupts the wait, the call is parked and the
 * program gets its id.
 */
static int zx_call_wait(struct zx_call *call, struct zx_handle_table *table,
			const struct zx_ioc_channel_call *arg)
{
	struct zx_channel *channel = zx_call_channel(call);
	struct zx_call *heir;
	int status;

	zx_trace_wait_begin(&channel->object, arg->handle, 0);
	status = zx_sleep_until(table, &call->status, ZX_CALL_PENDING, arg->deadline);
	if (status == -ERESTARTSYS) {
		status = zx_call_alloc(channel, table->account, &heir);
		if (!status) {
			status = zx_put_u32(arg->txid, call->txid) ?:
				 zx_call_park(call, heir, table, arg->handle);
			if (status == ZX_ERR_INTERNAL_INTR_RETRY)
				goto out;
			zx_call_free(channel, heir);
		}
	}
	zx_call_stop(call);
	/* The call may have ended after the wait. */
	if (call->status != ZX_CALL_PENDING) {
		zx_trace_wait_end(&channel->object, arg->handle, 0, call->status);
		return ZX_OK;
	}
out:
	zx_trace_wait_end(&channel->object, arg->handle, 0, status);
	return status;
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

	sending.table = table;
	sending.call = true;
	status = zx_channel_prepare(&sending, ZX_RIGHT_READ | ZX_RIGHT_WRITE, &request,
				    sizeof(u32), etc);
	if (status)
		return status;
	channel = sending.channel;
	zx_observer_init(&call.observer, &zx_call_ops, &channel->object, table->account, current,
			 ZX_SIGNAL_PEER_CLOSED);

	/* Before the request is sent, so that a reply finds the call. */
	status = zx_observe(&call.observer, table, arg->handle, NULL);
	if (unlikely(status)) {
		zx_message_drop(zx_channel_peer(channel), sending.message);
		goto out;
	}
	zx_message_set_txid(sending.message, call.txid);
	status = zx_channel_send(&sending);
	if (unlikely(status)) {
		zx_call_stop(&call);
		/* A peer that guessed the id may have sent a reply without the request. */
		if (call.reply)
			zx_message_drop(channel, call.reply);
	} else {
		status = zx_call_wait(&call, table, arg);
		if (!status)
			status = zx_call_result(table, &call, arg, args, etc);
	}
out:
	zx_object_put(&channel->object);
	return status;
}

/* Goes on with a parked call. */
static int zx_channel_call_again(struct zx_handle_table *table,
				 const struct zx_ioc_channel_call *arg,
				 const struct zx_ioc_channel_call_args *args, bool etc)
{
	struct zx_call call = { .status = ZX_CALL_PENDING };
	struct zx_channel *channel;
	struct zx_object *object;
	struct zx_call *parked;
	int status;
	u32 txid;

	if (zx_get_u32(arg->txid, &txid))
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup_quiet(table, arg->handle, ZX_OBJ_TYPE_CHANNEL,
					ZX_RIGHT_READ | ZX_RIGHT_WRITE, &object);
	if (status)
		return status == ZX_ERR_BAD_HANDLE ? ZX_ERR_CANCELED : status;
	channel = zx_channel_of(object);
	zx_observer_init(&call.observer, &zx_call_ops, object, table->account, current,
			 ZX_SIGNAL_PEER_CLOSED);

	/* The call of this thread replaces the parked one. */
	zx_object_lock(object);
	parked = zx_call_find(channel, txid);
	if (parked && parked->table == table) {
		spin_lock(&table->parked_lock);
		list_del(&parked->parked);
		table->num_parked--;
		spin_unlock(&table->parked_lock);
		hlist_add_before(&call.observer.through, &parked->observer.through);
		zx_call_replace(parked, &call);
		if (call.status != ZX_CALL_PENDING)
			zx_call_off(&call);
	} else {
		parked = NULL;
	}
	zx_object_unlock(object);

	if (!parked) {
		/* If the handle was closed since it was looked up, that has ended the call. */
		status = zx_handle_is_open(table, arg->handle) ? ZX_ERR_BAD_STATE :
								   ZX_ERR_CANCELED;
	} else {
		zx_call_free(channel, parked);
		status = zx_call_wait(&call, table, arg);
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
	return zx_channel_call(table, arg, &args, etc);
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
