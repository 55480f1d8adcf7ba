// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports and asynchronous waits: the zx_port_* calls and zx_object_wait_async().
 */
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "account.h"
#include "burial.h"
#include "compat.h"
#include "handle.h"
#include "object.h"
#include "policy.h"
#include "port.h"
#include "timens.h"
#include "user.h"
#include "wait.h"

/**
 * enum zx_packet_kind - where the memory of a packet is
 * @ZX_PACKET_OWN:	zx_port.own
 * @ZX_PACKET_USER:	an allocation, for zx_port_queue() when zx_port.own is in use
 * @ZX_PACKET_WAIT:	in a struct zx_async_wait
 * @ZX_PACKET_MARK:	none: a bookmark of a thread that walks the list
 */
enum zx_packet_kind {
	ZX_PACKET_OWN,
	ZX_PACKET_USER,
	ZX_PACKET_WAIT,
	ZX_PACKET_MARK,
};

/**
 * struct zx_packet - a packet
 * @entry:	in zx_port.waits or .packets; guarded by the port's lock
 * @kind:	where its memory is
 * @options:	ZX_WAIT_ASYNC_*
 * @canceled:	a thread that ends the wait has removed it from zx_port.waits; guarded by the port's
 *		lock
 * @account:	of ZX_PACKET_USER: pays for it; the packet has a reference
 * @content:	what zx_port_wait() returns, with a time stamp of the initial time namespace
 */
struct zx_packet {
	struct list_head entry;
	u8 kind;
	u8 options;
	bool canceled;
	struct zx_account *account;
	struct zx_ioc_port_packet content;
};

/**
 * struct zx_port - a port
 * @memory:	the head of the allocation
 * @object:	the common part of objects; its lock guards all other fields
 * @packets:	the queue
 * @waits:	packets of asynchronous waits that are pending
 * @waiters:	threads in zx_port_wait(), the first one first
 * @num_packets: the length of @packets without bookmarks; READABLE is raised while it is not zero
 * @num_user:	how many of them are of zx_port_queue(), modulo 2^16: packets that are put back can
 *		exceed ZX_PORT_USER_PACKETS_MAX by the number of threads
 * @closed:	the last handle is closed
 * @own_used:	@own is queued, or being read; cleared without the lock
 * @spare:	an asynchronous wait that is over, for the next call of its user, which then
 *		allocates and charges nothing; exchanged without the lock
 * @own:	a packet for zx_port_queue(), which costs no allocation and no charge
 */
struct zx_port {
	struct zx_memory memory;
	struct zx_object object;
	struct list_head packets;
	struct list_head waits;
	struct list_head waiters;
	u32 num_packets;
	u16 num_user;
	bool closed;
	bool own_used;
	struct zx_async_wait *spare;
	struct zx_packet own;
};

ZX_MEMORY_CHECK(struct zx_port, object);

/**
 * struct zx_async_wait - an asynchronous wait
 * @observer:	on the lists of its object while the wait is pending; its account pays for this
 *		struct, which has a reference to it
 * @packet:	its packet
 * @port:	where the packet goes. There is no reference: the port ends its pending waits before
 *		it is released
 */
struct zx_async_wait {
	struct zx_observer observer;
	struct zx_packet packet;
	struct zx_port *port;
};

/* zx_port_waiter.status of a thread that waits. */
#define ZX_PORT_WAITING	1

/**
 * struct zx_port_waiter - a thread in zx_port_wait()
 * @entry:	in zx_port.waiters while @status is ZX_PORT_WAITING
 * @task:	the thread
 * @packet:	what it receives, if @status is ZX_OK
 * @status:	written last by the thread that ends the wait
 */
struct zx_port_waiter {
	struct list_head entry;
	struct task_struct *task;
	struct zx_packet *packet;
	int status;
};

/**
 * struct zx_packet_choice - which packets to remove
 * @all:	all
 * @handle_id:	else those of waits through this handle, zx_watched.id; zero: of any origin
 * @key:	and with this key
 * @max:	at most this many
 */
struct zx_packet_choice {
	bool all;
	u64 handle_id;
	u64 key;
	unsigned int max;
};

static struct kmem_cache *zx_port_cache;
static struct kmem_cache *zx_packet_cache;
static struct kmem_cache *zx_async_wait_cache;

static struct zx_port *zx_port_of(struct zx_object *object)
{
	return container_of(object, struct zx_port, object);
}

static struct zx_async_wait *zx_async_wait_of(struct zx_observer *observer)
{
	return container_of(observer, struct zx_async_wait, observer);
}

static struct zx_async_wait *zx_packet_wait(struct zx_packet *packet)
{
	return container_of(packet, struct zx_async_wait, packet);
}

/* The port's lock, acquired with another object's lock held, so with interrupts disabled. */
static void zx_port_lock_nested(struct zx_port *port)
	__acquires(&port->object.wait.lock)
{
	spin_lock(&port->object.wait.lock);
}

static void zx_port_unlock_nested(struct zx_port *port)
	__releases(&port->object.wait.lock)
{
	spin_unlock(&port->object.wait.lock);
}

/* A packet for zx_port_queue() on the account of the calling thread, or NULL. */
static struct zx_packet *zx_packet_new(struct zx_handle_table *table)
{
	struct zx_packet *packet;
	struct zx_account *account;

	account = zx_account_charge_caller(table->account, sizeof(*packet));
	if (!account)
		return NULL;
	packet = kmem_cache_alloc(zx_packet_cache, ZX_GFP);
	if (!packet) {
		zx_account_release(account, sizeof(*packet));
		return NULL;
	}
	packet->kind = ZX_PACKET_USER;
	packet->options = 0;
	packet->account = account;
	return packet;
}

static void zx_async_wait_free(void *what)
{
	struct zx_async_wait *wait = what;

	zx_account_release(wait->observer.account, sizeof(*wait));
	kmem_cache_free(zx_async_wait_cache, wait);
}

/*
 * A wait for the calling thread, whose account pays, or NULL. An event loop waits again after each
 * packet, so this is mostly the one that the port has kept.
 */
static struct zx_async_wait *zx_async_wait_new(struct zx_handle_table *table, struct zx_port *port)
{
	struct zx_async_wait *wait;
	struct zx_account *account;

	if (READ_ONCE(port->spare)) {
		wait = xchg(&port->spare, NULL);
		if (wait && zx_account_is_caller(wait->observer.account))
			return wait;
		if (wait)
			zx_async_wait_free(wait);
	}
	account = zx_account_charge_caller(table->account, sizeof(*wait));
	if (!account)
		return NULL;
	wait = kmem_cache_alloc(zx_async_wait_cache, ZX_GFP);
	if (!wait) {
		zx_account_release(account, sizeof(*wait));
		return NULL;
	}
	wait->observer.account = account;
	return wait;
}

/* Keeps a wait that is over as the spare one, or frees it. */
static void zx_async_wait_keep(struct zx_port *port, struct zx_async_wait *wait)
{
	/* An account that is nearly used up keeps nothing. */
	if (READ_ONCE(wait->observer.account->tight) || READ_ONCE(port->spare) ||
	    cmpxchg(&port->spare, NULL, wait)) {
		zx_async_wait_free(wait);
		return;
	}
	/*
	 * Both this and the close of the port write first, with a full barrier, and then read what
	 * the other has written. So one of the two finds the spare wait of a closed port.
	 */
	if (unlikely(READ_ONCE(port->closed))) {
		wait = xchg(&port->spare, NULL);
		if (wait)
			zx_async_wait_free(wait);
	}
}

/* Frees a packet that is on no list, and its wait. */
static void zx_packet_free(struct zx_port *port, struct zx_packet *packet)
{
	switch (packet->kind) {
	case ZX_PACKET_OWN:
		/* Pairs with zx_ioc_port_queue(): the packet was read before. */
		smp_store_release(&port->own_used, false);
		break;
	case ZX_PACKET_USER:
		zx_account_release(packet->account, sizeof(*packet));
		kmem_cache_free(zx_packet_cache, packet);
		break;
	case ZX_PACKET_WAIT:
		zx_async_wait_keep(port, zx_packet_wait(packet));
		break;
	}
}

/* Gives a packet to the first thread that waits, if there is one. The port is locked. */
static bool zx_port_hand_over(struct zx_port *port, struct zx_packet *packet,
			      struct zx_wakeups *wakeups)
{
	struct zx_port_waiter *waiter;
	struct task_struct *task;

	zx_object_assert_locked(&port->object);
	waiter = list_first_entry_or_null(&port->waiters, struct zx_port_waiter, entry);
	if (!waiter)
		return false;
	task = waiter->task;
	list_del(&waiter->entry);
	waiter->packet = packet;
	/* Pairs with zx_port_sleep(), which may return now. */
	smp_store_release(&waiter->status, ZX_OK);
	zx_wakeups_wake(wakeups, task);
	return true;
}

/* Puts a packet into the queue, at the end or as the @first. The port is locked. */
static void zx_port_enqueue(struct zx_port *port, struct zx_packet *packet, bool first)
{
	zx_object_assert_locked(&port->object);
	if (first)
		list_add(&packet->entry, &port->packets);
	else
		list_add_tail(&packet->entry, &port->packets);
	port->num_packets++;
	if (packet->kind != ZX_PACKET_WAIT)
		port->num_user++;
}

/* Corrects the counts after a packet was removed from the queue. The port is locked. */
static void zx_port_dequeued(struct zx_port *port, const struct zx_packet *packet)
{
	zx_object_assert_locked(&port->object);
	if (packet->kind != ZX_PACKET_WAIT)
		port->num_user--;
	if (!--port->num_packets)
		zx_object_update_signals(&port->object, ZX_SIGNAL_READABLE, 0);
}

/* Delivers a packet. The port is locked, perhaps not throughout: the caller unlocks next. */
static void zx_port_deliver(struct zx_port *port, struct zx_packet *packet, bool first)
	__must_hold(&port->object.wait.lock)
{
	struct zx_wakeups wakeups __uninitialized;

	/* One thread is woken at most, so at once: nothing remains to be done later. */
	zx_wakeups_init(&wakeups, 0);
	if (!zx_port_hand_over(port, packet, &wakeups)) {
		zx_port_enqueue(port, packet, first);
		zx_object_raise(&port->object, ZX_SIGNAL_READABLE, 0);
	}
}

static void zx_port_wake_pollers(void *what)
{
	struct zx_object *object = what;

	zx_object_happened(object, ZX_SIGNAL_READABLE);
	zx_object_put(object);
}

/* zx_port_deliver() with another object's lock held as well. */
static void zx_port_deliver_nested(struct zx_port *port, struct zx_packet *packet,
				   struct zx_wakeups *wakeups)
{
	struct zx_object *object = &port->object;

	if (zx_port_hand_over(port, packet, wakeups))
		return;
	zx_port_enqueue(port, packet, false);
	if (!(object->signals & ZX_SIGNAL_READABLE)) {
		WRITE_ONCE(object->signals, object->signals | ZX_SIGNAL_READABLE);
		zx_trace_signals(object, object->signals & ~ZX_SIGNAL_READABLE, object->signals);
	}
	/*
	 * Once for all packets that this thread queues before the function is called. Another
	 * thread that is about to notify the same pollers does not count: it may be preempted.
	 */
	if (zx_object_is_watched(object, ZX_SIGNAL_READABLE) &&
	    !zx_wakeups_has(wakeups, zx_port_wake_pollers, object)) {
		/* The port is not closed, so its handles have references. */
		zx_object_get(object);
		zx_wakeups_add(wakeups, zx_port_wake_pollers, object);
	}
}

/* Removes the first packet from the queue of a port, which is locked. NULL if it is empty. */
static struct zx_packet *zx_port_take(struct zx_port *port)
{
	struct zx_packet *packet;

	zx_object_assert_locked(&port->object);
	/* There may be bookmarks. */
	if (!port->num_packets)
		return NULL;
	list_for_each_entry(packet, &port->packets, entry) {
		if (unlikely(packet->kind == ZX_PACKET_MARK))
			continue;
		list_del(&packet->entry);
		zx_port_dequeued(port, packet);
		return packet;
	}
	return NULL;
}

static bool zx_packet_chosen(struct zx_packet *packet, const struct zx_packet_choice *choice)
{
	if (packet->kind == ZX_PACKET_MARK)
		return false;
	if (choice->all)
		return true;
	if (packet->content.key != choice->key)
		return false;
	return !choice->handle_id ||
	       (packet->kind == ZX_PACKET_WAIT &&
		zx_packet_wait(packet)->observer.handle_id == choice->handle_id);
}

/**
 * struct zx_packet_walk - a walk through a list of packets
 * @at:		the bookmark behind which the walk continues
 * @end:	the bookmark where it ends, so that packets that are added meanwhile do not count
 * @choice:	the packets to choose
 * @left:	how many more of them
 */
struct zx_packet_walk {
	struct zx_packet at;
	struct zx_packet end;
	const struct zx_packet_choice *choice;
	unsigned int left;
};

/* Begins a walk through a list of a port, which is locked. */
static void zx_packet_walk_begin(struct zx_packet_walk *walk, struct list_head *list,
				 const struct zx_packet_choice *choice)
{
	walk->choice = choice;
	walk->left = choice->max;
	walk->at.kind = ZX_PACKET_MARK;
	walk->end.kind = ZX_PACKET_MARK;
	list_add(&walk->at.entry, list);
	list_add_tail(&walk->end.entry, list);
}

/*
 * Moves those of the next ZX_WAKE_BATCH packets that are chosen to @chosen. The port is locked.
 * Returns whether there may be more; otherwise the bookmarks are removed. The walk of a thread that
 * was killed ends early, as its program does not see the result; but a port that is closed loses
 * all packets.
 */
static bool zx_packet_walk_step(struct zx_packet_walk *walk, struct list_head *chosen)
{
	bool more = walk->choice->all || !fatal_signal_pending(current);
	unsigned int seen;

	for (seen = 0; seen < ZX_WAKE_BATCH; seen++) {
		struct zx_packet *packet = list_next_entry(&walk->at, entry);

		if (packet == &walk->end || !walk->left) {
			more = false;
			break;
		}
		list_move(&walk->at.entry, &packet->entry);
		if (zx_packet_chosen(packet, walk->choice)) {
			list_move_tail(&packet->entry, chosen);
			walk->left--;
		}
	}
	if (!more) {
		list_del(&walk->at.entry);
		list_del(&walk->end.entry);
	}
	return more;
}

/*
 * Removes the packets that are chosen in one of the port's lists and calls zx_packet_free(): in
 * @packets, or in @waits, whose waits end. Returns how many.
 */
static unsigned int zx_port_drop(struct zx_port *port, struct list_head *list,
				 const struct zx_packet_choice *choice)
{
	struct zx_packet_walk walk __uninitialized;
	bool pending = list == &port->waits;
	struct zx_packet *packet, *next;
	unsigned int count = 0;
	bool more;

	zx_object_lock(&port->object);
	zx_packet_walk_begin(&walk, list, choice);
	do {
		LIST_HEAD(chosen);

		more = zx_packet_walk_step(&walk, &chosen);
		list_for_each_entry(packet, &chosen, entry) {
			if (!pending) {
				zx_port_dequeued(port, packet);
				continue;
			}
			packet->canceled = true;
			/* See port.h: the handle has a reference. */
			zx_object_get(zx_packet_wait(packet)->observer.object);
		}
		zx_object_unlock(&port->object);
		list_for_each_entry_safe(packet, next, &chosen, entry) {
			if (pending) {
				struct zx_observer *observer = &zx_packet_wait(packet)->observer;

				zx_unobserve(observer);
				zx_object_put(observer->object);
			}
			zx_packet_free(port, packet);
			count++;
		}
		cond_resched();
		if (more)
			zx_object_lock(&port->object);
	} while (more);
	return count;
}

/* Ends zx_port_wait() of all threads that wait at a port that is closed. */
static void zx_port_end_waiters(struct zx_port *port)
{
	struct zx_wakeups wakeups __uninitialized;
	struct zx_port_waiter *waiter;

	zx_wakeups_init(&wakeups, 0);
	zx_object_lock(&port->object);
	while ((waiter = list_first_entry_or_null(&port->waiters, struct zx_port_waiter, entry))) {
		struct task_struct *task = waiter->task;

		list_del(&waiter->entry);
		/* As in zx_port_hand_over(). */
		smp_store_release(&waiter->status, ZX_ERR_CANCELED);
		zx_wakeups_wake(&wakeups, task);
		if (wakeups.count == ZX_WAKE_BATCH) {
			zx_object_unlock(&port->object);
			zx_wakeups_run(&wakeups);
			zx_object_lock(&port->object);
		}
	}
	zx_object_unlock(&port->object);
	zx_wakeups_run(&wakeups);
}

static void zx_port_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	static const struct zx_packet_choice all = { .all = true, .max = ZX_BURIAL_MAX };
	struct zx_port *port = zx_port_of(object);
	struct zx_async_wait *spare;
	unsigned int count;

	zx_object_lock(object);
	WRITE_ONCE(port->closed, true);
	zx_object_unlock(object);
	/* No wait begins and no packet is queued from here on. */
	zx_port_end_waiters(port);
	count = zx_port_drop(port, &port->waits, &all);
	count += zx_port_drop(port, &port->packets, &all);
	dead->count += count;
	/* Another user may have filled the port, so the rest is left to a worker. */
	if (count >= ZX_BURIAL_MAX)
		zx_object_bury_again(object, dead);
	/* Pairs with zx_async_wait_keep(). */
	spare = xchg(&port->spare, NULL);
	if (spare)
		zx_async_wait_free(spare);
}

static void zx_port_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_port_cache, container_of(memory, struct zx_port, memory));
}

static void zx_port_get_contents(struct zx_object *object, struct zx_contents *contents)
{
	zx_object_lock(object);
	contents->used = zx_port_of(object)->num_packets;
	zx_object_unlock(object);
	contents->max = ZX_PORT_USER_PACKETS_MAX;
}

static const struct zx_object_ops zx_port_ops = {
	.type = ZX_OBJ_TYPE_PORT,
	.default_rights = ZX_DEFAULT_PORT_RIGHTS,
	.poll_right = ZX_RIGHT_READ,
	.on_zero_handles = zx_port_on_zero_handles,
	.free = zx_port_free,
	.get_contents = zx_port_get_contents,
};

long zx_ioc_port_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_create *arg = args;
	struct zx_memory *memory;
	struct zx_port *port;

	/* Zircon checks the options last. */
	if (zx_policy_check(table, ZX_POL_NEW_PORT))
		return ZX_ERR_ACCESS_DENIED;
	/* There are no interrupts to bind. */
	if (arg->options == ZX_PORT_BIND_TO_INTERRUPT)
		return ZX_ERR_NOT_SUPPORTED;
	if (arg->options || arg->reserved || arg->out1)
		return ZX_ERR_INVALID_ARGS;
	memory = zx_memory_alloc(table, zx_port_cache, sizeof(*port));
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	port = container_of(memory, struct zx_port, memory);
	zx_object_init(&port->object, &zx_port_ops, 0);
	INIT_LIST_HEAD(&port->packets);
	INIT_LIST_HEAD(&port->waits);
	INIT_LIST_HEAD(&port->waiters);
	port->own.kind = ZX_PACKET_OWN;
	return zx_handle_create(table, &port->object, arg->out0);
}

long zx_ioc_port_queue(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_port_queue *arg = args;
	struct zx_ioc_port_packet content __uninitialized;
	struct zx_packet *packet = NULL;
	struct zx_handle_use use;
	struct zx_port *port;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &use);
	if (status)
		return status;
	port = zx_port_of(use.object);
	status = zx_copy_from_user(&content, u64_to_user_ptr(arg->packet), sizeof(content));
	if (status)
		goto out_put;
	content.type = ZX_PKT_TYPE_USER;

	for (;;) {
		if (!packet && READ_ONCE(port->own_used)) {
			packet = zx_packet_new(table);
			if (!packet) {
				status = ZX_ERR_NO_MEMORY;
				goto out_put;
			}
		}
		zx_object_lock(&port->object);
		/* Pairs with zx_packet_free(). It is set with the lock held only. */
		if (packet || !smp_load_acquire(&port->own_used))
			break;
		zx_object_unlock(&port->object);
	}
	if (unlikely(port->closed)) {
		status = ZX_ERR_BAD_HANDLE;
	} else if (unlikely(port->num_user >= ZX_PORT_USER_PACKETS_MAX)) {
		status = ZX_ERR_SHOULD_WAIT;
	} else {
		if (!packet) {
			packet = &port->own;
			WRITE_ONCE(port->own_used, true);
		}
		packet->content = content;
		zx_port_deliver(port, packet, false);
		packet = NULL;
	}
	zx_object_unlock(&port->object);
	if (unlikely(packet))
		zx_packet_free(port, packet);
out_put:
	zx_object_put(use.object);
	return status;
}

/*
 * Waits for a packet at a port whose queue is empty, and which is locked; unlocks it. Returns a
 * status or -ERESTARTSYS. A packet that arrives together with the deadline or a Linux signal wins.
 */
static int zx_port_sleep(struct zx_port *port, struct zx_handle_table *table, s64 deadline,
			 struct zx_packet **packet)
	__releases(&port->object.wait.lock)
{
	struct zx_port_waiter waiter = {
		.task = current,
		.status = ZX_PORT_WAITING,
	};
	int status;

	zx_object_assert_locked(&port->object);
	list_add_tail(&waiter.entry, &port->waiters);
	zx_object_unlock(&port->object);
	status = zx_sleep_until(table, &waiter.status, ZX_PORT_WAITING, deadline);
	/* Pairs with the store that ends the wait: @packet was written before. */
	if (smp_load_acquire(&waiter.status) == ZX_PORT_WAITING) {
		zx_object_lock(&port->object);
		if (waiter.status == ZX_PORT_WAITING) {
			list_del(&waiter.entry);
			zx_object_unlock(&port->object);
			return status;
		}
		zx_object_unlock(&port->object);
	}
	*packet = waiter.packet;
	return waiter.status;
}

/* Copies a packet to a program, with its time stamp in the time namespace of the program. */
static int zx_packet_copy(struct zx_packet *packet, u64 user)
{
	struct zx_ioc_port_packet stamped;
	bool boot = packet->options & ZX_WAIT_ASYNC_BOOT_TIMESTAMP;

	if (likely(!boot && !(packet->options & ZX_WAIT_ASYNC_TIMESTAMP)))
		return zx_copy_to_user(u64_to_user_ptr(user), &packet->content,
				       sizeof(packet->content));
	stamped = packet->content;
	stamped.data[2] = zx_ns_time(stamped.data[2], boot ? ZX_CLOCK_BOOT : ZX_CLOCK_MONOTONIC);
	return zx_copy_to_user(u64_to_user_ptr(user), &stamped, sizeof(stamped));
}

long zx_ioc_port_wait(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_port_wait *arg = args;
	struct zx_handle_use use;
	struct zx_packet *packet;
	struct zx_port *port;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_PORT, ZX_RIGHT_READ, &use);
	if (status)
		return status;
	port = zx_port_of(use.object);
	zx_object_lock(&port->object);
	packet = zx_port_take(port);
	if (likely(packet)) {
		zx_object_unlock(&port->object);
	} else if (port->closed || arg->deadline <= 0) {
		status = port->closed ? ZX_ERR_BAD_HANDLE : ZX_ERR_TIMED_OUT;
		zx_object_unlock(&port->object);
	} else {
		zx_trace_wait_begin(&port->object, arg->handle, 0);
		status = zx_port_sleep(port, table, arg->deadline, &packet);
		zx_trace_wait_end(&port->object, arg->handle, 0, status);
	}
	if (status)
		goto out_put;

	status = zx_packet_copy(packet, arg->packet);
	if (unlikely(status)) {
		/* The packet is not lost. */
		zx_object_lock(&port->object);
		if (!port->closed) {
			zx_port_deliver(port, packet, true);
			packet = NULL;
		}
		zx_object_unlock(&port->object);
	}
	if (likely(packet))
		zx_packet_free(port, packet);
out_put:
	zx_object_put(use.object);
	return status;
}

/* Stores what happened in the packet of a wait whose port is locked. */
static void zx_async_wait_fire(struct zx_async_wait *wait, u32 observed)
{
	struct zx_packet *packet = &wait->packet;
	u32 *signals = (u32 *)packet->content.data;

	signals[1] = observed;
	if (packet->options & ZX_WAIT_ASYNC_TIMESTAMP)
		packet->content.data[2] = ktime_get();
	else if (packet->options & ZX_WAIT_ASYNC_BOOT_TIMESTAMP)
		packet->content.data[2] = ktime_get_boottime();
}

/*
 * Ends a pending wait whose object is locked. Returns false if another thread has begun to end it,
 * which frees it.
 */
static bool zx_async_wait_end(struct zx_async_wait *wait, struct zx_wakeups *wakeups)
{
	struct zx_port *port = wait->port;
	bool canceled;

	zx_port_lock_nested(port);
	canceled = wait->packet.canceled;
	if (!canceled)
		list_del(&wait->packet.entry);
	zx_observer_off(&wait->observer);
	zx_port_unlock_nested(port);
	if (!canceled)
		zx_wakeups_add(wakeups, zx_async_wait_free, wait);
	return !canceled;
}

static bool zx_async_wait_notify(struct zx_observer *observer, u32 signals, u32 raised, u32 events,
				 struct zx_wakeups *wakeups)
{
	struct zx_async_wait *wait = zx_async_wait_of(observer);
	struct zx_port *port = wait->port;

	/* Signals that were up when a ZX_WAIT_ASYNC_EDGE began do not count. */
	if (!(raised & observer->waitfor))
		return true;
	zx_port_lock_nested(port);
	if (unlikely(wait->packet.canceled || port->closed)) {
		/* The thread that ends the wait, or closes the port, removes the observer. */
		zx_port_unlock_nested(port);
		return true;
	}
	list_del(&wait->packet.entry);
	zx_observer_off(observer);
	zx_async_wait_fire(wait, signals);
	zx_port_deliver_nested(port, &wait->packet, wakeups);
	/* A thread in zx_port_wait() may have freed the wait. */
	zx_port_unlock_nested(port);
	return false;
}

static void zx_async_wait_cancel(struct zx_observer *observer, u32 signals,
				 struct zx_wakeups *wakeups)
{
	zx_async_wait_end(zx_async_wait_of(observer), wakeups);
}

static int zx_async_wait_begin(struct zx_observer *observer)
{
	struct zx_async_wait *wait = zx_async_wait_of(observer);
	struct zx_port *port = wait->port;
	int status = ZX_OK;

	zx_port_lock_nested(port);
	if (unlikely(port->closed))
		status = ZX_ERR_BAD_HANDLE;
	else
		/* At the head, before a bookmark: a walk under way is for earlier ones. */
		list_add(&wait->packet.entry, &port->waits);
	zx_port_unlock_nested(port);
	return status;
}

static u64 zx_async_wait_get_port(const struct zx_observer *observer)
{
	return container_of(observer, struct zx_async_wait, observer)->port->object.koid;
}

static const struct zx_observer_ops zx_async_wait_ops = {
	.kind = ZX_OBSERVER_WAIT,
	.notify = zx_async_wait_notify,
	.cancel = zx_async_wait_cancel,
	.begin = zx_async_wait_begin,
	.get_port = zx_async_wait_get_port,
};

/* Begins a wait; with a signal up already its packet is delivered at once. */
static int zx_async_wait_start(struct zx_handle_table *table, struct zx_object *object,
			       struct zx_port *port, const struct zx_ioc_object_wait_async *arg)
{
	bool edge = arg->options & ZX_WAIT_ASYNC_EDGE;
	struct zx_async_wait *wait;
	u32 *trigger, signals = 0;
	int status;

	wait = zx_async_wait_new(table, port);
	if (!wait)
		return ZX_ERR_NO_MEMORY;
	zx_observer_init(&wait->observer, &zx_async_wait_ops, object, wait->observer.account, NULL,
			 arg->signals);
	wait->port = port;
	wait->packet.kind = ZX_PACKET_WAIT;
	wait->packet.options = arg->options;
	wait->packet.canceled = false;
	wait->packet.content = (struct zx_ioc_port_packet){
		.key = arg->key,
		.type = ZX_PKT_TYPE_SIGNAL_ONE,
		.status = ZX_OK,
		.data = { [1] = 1 },
	};
	trigger = (u32 *)wait->packet.content.data;
	*trigger = arg->signals;

	status = zx_observe(&wait->observer, table, arg->handle, edge ? NULL : &signals);
	if (!status && !signals)
		/* Another thread may have ended the wait already. */
		return ZX_OK;
	if (!status) {
		zx_object_lock(&port->object);
		if (likely(!port->closed)) {
			zx_async_wait_fire(wait, signals);
			zx_port_deliver(port, &wait->packet, false);
			wait = NULL;
		} else {
			status = ZX_ERR_BAD_HANDLE;
		}
		zx_object_unlock(&port->object);
	}
	if (wait)
		zx_async_wait_free(wait);
	return status;
}

long zx_ioc_object_wait_async(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_wait_async *arg = args;
	const u32 stamps = ZX_WAIT_ASYNC_TIMESTAMP | ZX_WAIT_ASYNC_BOOT_TIMESTAMP;
	struct zx_handle_use port, source;
	int status;

	if (arg->options & ~(stamps | ZX_WAIT_ASYNC_EDGE))
		return ZX_ERR_INVALID_ARGS;
	if ((arg->options & stamps) == stamps)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_use(table, arg->port, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);
	if (status)
		return status;
	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_WAIT, &source);
	if (!status) {
		status = zx_async_wait_start(table, source.object, zx_port_of(port.object), arg);
		zx_object_put(source.object);
	}
	zx_object_put(port.object);
	return status;
}

/**
 * struct zx_async_wait_choice - which waits zx_port_cancel() ends
 * @port:	those whose packet goes to this port
 * @key:	and that have this key
 */
struct zx_async_wait_choice {
	struct zx_port *port;
	u64 key;
};

static bool zx_async_wait_end_chosen(struct zx_observer *observer, const void *arg,
				     struct zx_wakeups *wakeups)
{
	const struct zx_async_wait_choice *choice = arg;
	struct zx_async_wait *wait;

	if (observer->ops != &zx_async_wait_ops)
		return false;
	wait = zx_async_wait_of(observer);
	return wait->port == choice->port && wait->packet.content.key == choice->key &&
	       zx_async_wait_end(wait, wakeups);
}

long zx_ioc_port_cancel(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_port_cancel *arg = args;
	struct zx_packet_choice packets = { .key = arg->key, .max = UINT_MAX };
	struct zx_async_wait_choice waits = { .key = arg->key };
	struct zx_object *port, *source;
	bool found;
	int status;

	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &port);
	if (status)
		return status;
	status = zx_handle_lookup(table, arg->source, ZX_OBJ_TYPE_NONE, ZX_RIGHT_WAIT, &source);
	if (status)
		goto out_put;
	waits.port = zx_port_of(port);
	/* A wait that fires between the two steps is found by the second. */
	found = zx_unobserve_some(table, arg->source, source, zx_async_wait_end_chosen, &waits,
				  &packets.handle_id);
	if (packets.handle_id && zx_port_drop(waits.port, &waits.port->packets, &packets))
		found = true;
	status = found ? ZX_OK : ZX_ERR_NOT_FOUND;
	zx_object_put(source);
out_put:
	zx_object_put(port);
	return status;
}

long zx_ioc_port_cancel_key(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_port_cancel *arg = args;
	struct zx_packet_choice choice = { .key = arg->key, .max = UINT_MAX };
	struct zx_object *object;
	struct zx_port *port;
	bool found;
	int status;

	/* The options. */
	if (arg->source)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_PORT, ZX_RIGHT_WRITE, &object);
	if (status)
		return status;
	port = zx_port_of(object);
	/* As above. */
	found = zx_port_drop(port, &port->waits, &choice);
	if (zx_port_drop(port, &port->packets, &choice))
		found = true;
	zx_object_put(object);
	return found ? ZX_OK : ZX_ERR_NOT_FOUND;
}

int zx_port_init(void)
{
	zx_port_cache = kmem_cache_create("zircon_port", sizeof(struct zx_port), 0,
					  SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	zx_packet_cache = kmem_cache_create("zircon_packet", sizeof(struct zx_packet), 0,
					    SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	zx_async_wait_cache = kmem_cache_create("zircon_async_wait", sizeof(struct zx_async_wait),
						0, SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	if (zx_port_cache && zx_packet_cache && zx_async_wait_cache)
		return 0;
	zx_port_exit();
	return -ENOMEM;
}

void zx_port_exit(void)
{
	kmem_cache_destroy(zx_async_wait_cache);
	kmem_cache_destroy(zx_packet_cache);
	kmem_cache_destroy(zx_port_cache);
}
