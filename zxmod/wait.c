// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for signals: observers, and the two calls that sleep until one fires.
 */
#include <linux/hrtimer.h>
#include <linux/nsproxy.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>

#include <linux/zircon.h>

#include "handle.h"
#include "process.h"
#include "user.h"
#include "wait.h"

/**
 * zx_observer_wake - the wake function of every observer
 * @entry:	the observer's entry
 * @mode:	unused
 * @flags:	how the wake-up was made, for the scheduler
 * @key:	unused; the object's signals are looked at instead, its lock is held
 *
 * Return: whether the observer was interested.
 */
int zx_observer_wake(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	struct zx_observer *observer = container_of(entry, struct zx_observer, entry);
	u32 signals = observer->object->signals;

	if (!(signals & observer->waitfor))
		return 0;
	observer->ops->notify(observer, signals, flags);
	return 1;
}

/**
 * zx_observer_init - prepare an observer for the calling thread
 * @observer:	the observer
 * @ops:	what it does
 * @object:	what it observes
 * @table:	the table that the handle is in
 * @handle:	which handle
 * @waitfor:	which signals
 *
 * Takes no references: the caller holds those for as long as the observer lives.
 */
void zx_observer_init(struct zx_observer *observer, const struct zx_observer_ops *ops,
		      struct zx_object *object, struct zx_handle_table *table, u32 handle,
		      u32 waitfor)
{
	init_waitqueue_func_entry(&observer->entry, zx_observer_wake);
	observer->entry.private = current;
	INIT_LIST_HEAD(&observer->entry.entry);
	observer->ops = ops;
	observer->object = object;
	observer->table = table;
	observer->handle = handle;
	observer->waitfor = waitfor;
}

/**
 * zx_observe - begin to observe
 * @observer:	an initialised observer whose object is locked
 *
 * Return: whether the handle is still there. If not the observer is off the queue.
 */
bool zx_observe(struct zx_observer *observer)
{
	__add_wait_queue(&observer->object->wait, &observer->entry);
	/* Pairs with the barrier in zx_handle_taken(), see the picture in wait.h. */
	smp_mb();
	if (likely(zx_handle_is_open(observer->table, observer->handle)))
		return true;
	list_del_init(&observer->entry.entry);
	return false;
}

/**
 * zx_observer_end - wake the thread behind an observer, for good
 * @observer:	the observer, its object locked; may be gone on return
 * @flags:	how the wake-up was made, zero if there was none
 *
 * Whatever the thread is to find must have been stored before.
 */
void zx_observer_end(struct zx_observer *observer, int flags)
{
	default_wake_function(&observer->entry, TASK_NORMAL, flags, NULL);
	/*
	 * The last access: pairs with list_empty_careful() in zx_unobserve(), after
	 * which the observer's stack frame is somebody else's.
	 */
	list_del_init_careful(&observer->entry.entry);
}

/**
 * zx_unobserve - stop observing
 * @observer:	the observer, its object not locked
 *
 * On return nobody will touch the observer any more, and what was stored before
 * zx_observer_end() can be read.
 */
void zx_unobserve(struct zx_observer *observer)
{
	if (list_empty_careful(&observer->entry.entry))
		return;
	zx_object_lock(observer->object);
	list_del_init(&observer->entry.entry);
	zx_object_unlock(observer->object);
}

/**
 * zx_observers_cancel - end what is observed through a handle that is gone
 * @object:	the object
 * @table:	the table that the handle was in
 * @handle:	the handle
 *
 * Context: may sleep, no locks held.
 */
void zx_observers_cancel(struct zx_object *object, const struct zx_handle_table *table, u32 handle)
{
	struct wait_queue_entry *entry, *next;
	LIST_HEAD(gone);

	zx_object_lock(object);
	list_for_each_entry_safe(entry, next, &object->wait.head, entry) {
		struct zx_observer *observer = zx_observer_of(entry);

		if (observer && observer->table == table && observer->handle == handle)
			observer->ops->cancel(observer, object->signals, &gone);
	}
	zx_object_unlock(object);

	list_for_each_entry_safe(entry, next, &gone, entry) {
		struct zx_observer *observer = zx_observer_of(entry);

		observer->ops->forget(observer);
	}
}

/* What the kernel's own clock shows at a moment that a program has read off its clock. */
static ktime_t zx_host_time(s64 time)
{
#ifdef CONFIG_TIME_NS
	s64 offset = timespec64_to_ns(&current->nsproxy->time_ns->offsets.monotonic);

	if (time > 0 && time != ZX_TIME_INFINITE && check_sub_overflow(time, offset, &time))
		return KTIME_MAX;
#endif
	return time;
}

/**
 * zx_sleep_until - sleep until a status changes
 * @status:	the status, changed by whoever wakes the thread
 * @pending:	the value that means "sleep on"
 * @deadline:	absolute CLOCK_MONOTONIC nanoseconds as the caller's time namespace has
 *		them, or ZX_TIME_INFINITE
 *
 * Return: ZX_OK (it changed), ZX_ERR_TIMED_OUT, or -ERESTARTSYS (a Linux signal).
 */
int zx_sleep_until(const int *status, int pending, s64 deadline)
{
	ktime_t expires = zx_host_time(deadline);
	int ret = ZX_OK;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(*status) != pending)
			break;
		if (signal_pending(current)) {
			ret = -ERESTARTSYS;
			break;
		}
		if (deadline == ZX_TIME_INFINITE) {
			schedule();
		} else if (expires <= 0 ||
			   !schedule_hrtimeout_range(&expires, current->timer_slack_ns,
						     HRTIMER_MODE_ABS)) {
			ret = ZX_ERR_TIMED_OUT;
			break;
		}
	}
	__set_current_state(TASK_RUNNING);
	return ret;
}

/**
 * struct zx_wait_item - one object that a thread waits on
 * @observer:	its observer
 * @wait:	the wait that it is part of
 * @observed:	what was up when it fired
 * @canceled:	the handle is gone
 * @fired:	@observed is valid
 */
struct zx_wait_item {
	struct zx_observer observer;
	struct zx_wait *wait;
	u32 observed;
	bool canceled;
	bool fired;
};

/**
 * struct zx_wait - a thread in zx_object_wait_one() or zx_object_wait_many()
 * @fired:	nonzero once an item has fired; set under any item's lock, read under none,
 *		as a hint: what has fired is looked up after zx_unobserve()
 * @count:	items that are being observed
 * @items:	the items
 */
struct zx_wait {
	int fired;
	unsigned int count;
	struct zx_wait_item *items;
};

/* The first event on an item is the one that counts; what comes later is not seen. */
static void zx_wait_fire(struct zx_observer *observer, u32 signals, bool canceled, int flags)
{
	struct zx_wait_item *item = container_of(observer, struct zx_wait_item, observer);

	item->observed = signals;
	item->canceled = canceled;
	item->fired = true;
	WRITE_ONCE(item->wait->fired, 1);
	zx_observer_end(observer, flags);
}

static void zx_wait_notify(struct zx_observer *observer, u32 signals, int flags)
{
	zx_wait_fire(observer, signals, false, flags);
}

static void zx_wait_cancel(struct zx_observer *observer, u32 signals, struct list_head *gone)
{
	zx_wait_fire(observer, signals | ZX_SIGNAL_HANDLE_CLOSED, true, 0);
}

static const struct zx_observer_ops zx_wait_ops = {
	.notify = zx_wait_notify,
	.cancel = zx_wait_cancel,
};

/*
 * Looks a handle up and begins to observe its object, or finds it ready. An item
 * that was ready, or whose handle went away meanwhile, has fired and is on no queue.
 */
static int zx_wait_add(struct zx_wait *wait, struct zx_handle_table *table, u32 handle, u32 waitfor)
{
	struct zx_wait_item *item = &wait->items[wait->count];
	struct zx_object *object;
	bool fired = true;
	int status;

	status = zx_handle_lookup(table, handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_WAIT, &object);
	if (status)
		return status;

	zx_observer_init(&item->observer, &zx_wait_ops, object, table, handle, waitfor);
	item->wait = wait;
	item->canceled = false;
	item->fired = false;
	wait->count++;

	zx_object_lock(object);
	if (object->signals & waitfor) {
		item->observed = object->signals;
		item->fired = true;
	} else if (!READ_ONCE(wait->fired) && !zx_observe(&item->observer)) {
		item->observed = object->signals | ZX_SIGNAL_HANDLE_CLOSED;
		item->canceled = true;
		item->fired = true;
	} else {
		/* If observed, the item is for who makes it fire to write, until zx_unobserve(). */
		fired = false;
	}
	zx_object_unlock(object);
	if (fired)
		WRITE_ONCE(wait->fired, 1);
	return ZX_OK;
}

/* Ends the observation of all items; those that have not fired tell what is up now. */
static bool zx_wait_end(struct zx_wait *wait)
{
	bool canceled = false;
	unsigned int i;

	for (i = 0; i < wait->count; i++) {
		struct zx_wait_item *item = &wait->items[i];
		struct zx_object *object = item->observer.object;

		zx_unobserve(&item->observer);
		if (!item->fired)
			item->observed = READ_ONCE(object->signals);
		canceled |= item->canceled;
		zx_object_put(object);
	}
	return canceled;
}

/* Sleeps unless something has fired, then ends the wait. */
static int zx_wait_finish(struct zx_wait *wait, s64 deadline)
{
	int status = ZX_OK;

	if (!READ_ONCE(wait->fired))
		status = zx_sleep_until(&wait->fired, 0, deadline);
	if (zx_wait_end(wait))
		return ZX_ERR_CANCELED;
	/* Something may have fired between the time-out or signal and the end. */
	return status && READ_ONCE(wait->fired) ? ZX_OK : status;
}

long zx_ioc_object_wait_one(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_wait_one *arg = args;
	struct zx_wait_item item;
	struct zx_wait wait = { .items = &item };
	int status;

	status = zx_wait_add(&wait, table, arg->handle, arg->signals);
	if (status)
		return status;
	status = zx_wait_finish(&wait, arg->deadline);
	if (status != -ERESTARTSYS && arg->observed && zx_put_u32(arg->observed, item.observed))
		return ZX_ERR_INVALID_ARGS;
	return status;
}

long zx_ioc_object_wait_many(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_wait_many *arg = args;
	struct zx_ioc_wait_item __user *uitems = u64_to_user_ptr(arg->items);
	struct zx_ioc_wait_item *items = NULL;
	struct zx_wait wait = {};
	int status = ZX_OK;
	unsigned int i;

	if (arg->count > ZX_WAIT_MANY_MAX_ITEMS)
		return ZX_ERR_OUT_OF_RANGE;
	if (arg->count) {
		items = kmalloc_array(arg->count, sizeof(*items), ZX_GFP);
		wait.items = kmalloc_array(arg->count, sizeof(*wait.items), ZX_GFP);
		if (!items || !wait.items) {
			status = ZX_ERR_NO_MEMORY;
			goto out;
		}
		if (copy_from_user(items, uitems, arg->count * sizeof(*items))) {
			status = ZX_ERR_INVALID_ARGS;
			goto out;
		}
	}

	/* All are looked up, also behind one that is ready: a bad handle is an error. */
	for (i = 0; i < arg->count && !status; i++)
		status = zx_wait_add(&wait, table, items[i].handle, items[i].waitfor);
	if (status) {
		zx_wait_end(&wait);
		goto out;
	}
	status = zx_wait_finish(&wait, arg->deadline);
	if (status == -ERESTARTSYS)
		goto out;
	for (i = 0; i < arg->count; i++)
		items[i].pending = wait.items[i].observed;
	if (arg->count && copy_to_user(uitems, items, arg->count * sizeof(*items)))
		status = ZX_ERR_INVALID_ARGS;
out:
	kfree(wait.items);
	kfree(items);
	return status;
}
