// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for signals: observers, and zx_object_wait_one() and zx_object_wait_many().
 */
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "compat.h"
#include "handle.h"
#include "param.h"
#include "policy.h"
#include "process.h"
#include "timens.h"
#include "user.h"
#include "viewer.h"
#include "wait.h"

static unsigned int zx_object_observers_max = 1024;

zx_param_uint(object_observers_max, zx_object_observers_max, 1, BIT(20),
	      "waits, calls and watches that one user can have on one object (1 to 1048576)");

static struct kmem_cache *zx_watched_cache;

/* WF_SYNC: the flag with which a thread that is about to sleep wakes another. */
int zx_wake_sync __ro_after_init;

/**
 * zx_wakeups_init - initialise a collection of functions to be called after an object is unlocked
 * @wakeups:	the collection
 * @flags:	WF_*, how threads are woken
 */
void zx_wakeups_init(struct zx_wakeups *wakeups, int flags)
{
	wakeups->count = 0;
	wakeups->woken = false;
	wakeups->flags = flags;
}

/**
 * zx_wakeups_add - add a function to a collection
 * @wakeups:	the collection; it has space, see struct zx_observer_ops
 * @call:	a function; may sleep
 * @what:	its argument; must be valid when the function is called
 */
void zx_wakeups_add(struct zx_wakeups *wakeups, void (*call)(void *what), void *what)
{
	wakeups->later[wakeups->count].call = call;
	wakeups->later[wakeups->count].what = what;
	wakeups->count++;
}

/**
 * zx_wakeups_has - whether a function is in a collection
 * @wakeups:	the collection
 * @call:	the function
 * @what:	its argument
 *
 * Return: true if zx_wakeups_add() was called with both since the functions were called last.
 */
bool zx_wakeups_has(const struct zx_wakeups *wakeups, void (*call)(void *what), const void *what)
{
	unsigned int i;

	for (i = 0; i < wakeups->count; i++) {
		if (wakeups->later[i].call == call && wakeups->later[i].what == what)
			return true;
	}
	return false;
}

/**
 * zx_wakeups_run - call the collected functions
 * @wakeups:	the collection; empty afterwards
 *
 * Context: may sleep, no locks held.
 */
void zx_wakeups_run(struct zx_wakeups *wakeups)
{
	unsigned int i;

	for (i = 0; i < wakeups->count; i++)
		wakeups->later[i].call(wakeups->later[i].what);
	wakeups->count = 0;
	cond_resched();
}

static void zx_wake_task(void *what)
{
	struct task_struct *task = what;

	wake_up_process(task);
	put_task_struct(task);
}

/**
 * zx_observer_off - remove an observer from its lists
 * @observer:	the observer, on its lists; its object locked
 *
 * An observer may be on the stack of a thread that returns from zx_unobserve() once this is done.
 * It must not be accessed afterwards.
 */
void zx_observer_off(struct zx_observer *observer)
{
	struct zx_object *object = observer->object;

	zx_object_assert_locked(object);
	__hlist_del(&observer->through);
	__hlist_del(&observer->entry);
	if (!--object->num_observers)
		WRITE_ONCE(object->wanted, 0);
	/* Pairs with zx_unobserve() and zx_call_stop(). */
	smp_store_release(&observer->entry.pprev, NULL);
}

/**
 * zx_wakeups_wake - wake a thread, at once if it is the first
 * @wakeups:	receives the thread if it is not woken at once
 * @task:	the thread, which may have stopped waiting since the lock was acquired
 *
 * Context: with the lock of an object held, under which the thread was found waiting. The thread
 * may have exited meanwhile, but its last reference is put an RCU grace period later, and so after
 * the lock is dropped.
 */
void zx_wakeups_wake(struct zx_wakeups *wakeups, struct task_struct *task)
{
	if (!wakeups->woken) {
		struct wait_queue_entry entry = { .private = task };

		wakeups->woken = true;
		default_wake_function(&entry, TASK_NORMAL, wakeups->flags, NULL);
	} else {
		get_task_struct(task);
		zx_wakeups_add(wakeups, zx_wake_task, task);
	}
}

/**
 * zx_observer_end - end an observation and wake its thread
 * @observer:	the observer, its object locked; must not be accessed afterwards
 * @wakeups:	receives the thread if it is not woken at once
 *
 * The caller must have stored the result for the thread before.
 */
void zx_observer_end(struct zx_observer *observer, struct zx_wakeups *wakeups)
{
	struct task_struct *task = observer->task;

	zx_object_assert_locked(observer->object);
	/* Removed first, so that the thread does not have to wait for the lock. */
	zx_observer_off(observer);
	zx_wakeups_wake(wakeups, task);
}

/*
 * Drops an object's lock for a moment during a walk through its observers, and calls the functions
 * collected so far (@wakeups, or NULL). A bookmark, which other walks skip, keeps the position
 * before @next. Returns the observer that follows the bookmark now.
 */
static struct hlist_node *zx_observers_pause(struct zx_object *object, struct hlist_node *next,
					     struct zx_wakeups *wakeups)
	__must_hold(&object->wait.lock)
{
	struct zx_observer mark __uninitialized;

	zx_object_assert_locked(object);
	mark.ops = NULL;
	mark.waitfor = 0;
	hlist_add_before(&mark.entry, next);
	zx_object_unlock(object);
	if (wakeups)
		zx_wakeups_run(wakeups);
	cond_resched();
	zx_object_lock(object);
	next = mark.entry.next;
	__hlist_del(&mark.entry);
	return next;
}

static void zx_observers_notify(struct zx_object *object, u32 events, u32 raised, int flags)
	__must_hold(&object->wait.lock)
{
	struct zx_wakeups wakeups __uninitialized;
	/* A strobe is among the events only. */
	u32 signals = object->signals | events, wanted = 0;
	struct hlist_node *node, *next;
	bool whole = true;
	unsigned int seen = 0;

	zx_object_assert_locked(object);
	zx_wakeups_init(&wakeups, flags);
	for (node = object->observers.first; node; node = next) {
		struct zx_observer *observer = hlist_entry(node, struct zx_observer, entry);
		u32 waitfor = observer->waitfor;

		next = node->next;
		if (!(waitfor & events) ||
		    observer->ops->notify(observer, signals, raised, events, &wakeups))
			wanted |= waitfor;
		if (++seen == ZX_WAKE_BATCH && next) {
			next = zx_observers_pause(object, next, &wakeups);
			whole = false;
			seen = 0;
		}
	}
	/*
	 * If the lock was dropped, observers may have joined that were not seen. Signals in @wanted
	 * that no observer waits for cost only a walk.
	 */
	if (whole)
		WRITE_ONCE(object->wanted, wanted);
	if (wakeups.count) {
		zx_object_unlock(object);
		zx_wakeups_run(&wakeups);
		zx_object_lock(object);
	}
}

static int zx_poll_marked(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	return 0;
}

/* Initialises a bookmark for a wait queue. */
static void zx_poll_mark_init(struct wait_queue_entry *mark)
{
	init_waitqueue_func_entry(mark, zx_poll_marked);
	mark->private = NULL;
}

/**
 * zx_poll_wake - wake pollers
 * @wait:	their queue, locked; the lock may be dropped and acquired again
 * @events:	EPOLL* events that happened, not zero
 * @all:	wake all exclusive pollers, not just one
 * @flags:	WF_*
 *
 * The kernel's own wake-up would walk the whole queue with the lock held.
 */
void zx_poll_wake(wait_queue_head_t *wait, __poll_t events, bool all, int flags)
{
	struct wait_queue_entry *entry, *next, mark, last;
	struct list_head *end = &wait->head;
	unsigned int seen = 0;

	lockdep_assert_held(&wait->lock);
	for (entry = list_first_entry(&wait->head, struct wait_queue_entry, entry);
	     &entry->entry != end; entry = next) {
		unsigned int exclusive = entry->flags & WQ_FLAG_EXCLUSIVE;
		int woken;

		next = list_next_entry(entry, entry);
		woken = entry->func(entry, TASK_NORMAL, flags, poll_to_key(events));
		if (woken < 0 || (woken && exclusive && !all))
			break;
		if (++seen < 2 * ZX_WAKE_BATCH || &next->entry == end)
			continue;
		if (end == &wait->head) {
			/* Exclusive pollers join at the tail. Those that join now are not woken. */
			zx_poll_mark_init(&last);
			list_add_tail(&last.entry, &wait->head);
			end = &last.entry;
		}
		zx_poll_mark_init(&mark);
		list_add_tail(&mark.entry, &next->entry);
		spin_unlock_irq(&wait->lock);
		cond_resched();
		spin_lock_irq(&wait->lock);
		next = list_next_entry(&mark, entry);
		list_del(&mark.entry);
		seen = 0;
	}
	if (end != &wait->head)
		list_del(&last.entry);
}

/**
 * __zx_object_notify - the rest of zx_object_notify()
 * @object:	the object, locked; the lock may be dropped and acquired again
 * @old:	the signals that were up
 * @events:	signals that have a cause to be up, whether or not they were up before; they are up,
 *		except that of zx_object_strobe(); zero if signals were only lowered
 * @raised:	those of them that were down before
 * @flags:	WF_*
 */
noinline void __zx_object_notify(struct zx_object *object, u32 old, u32 events, u32 raised,
				 int flags)
{
	__poll_t mask;
	bool last;

	zx_object_assert_locked(object);
	zx_trace_signals(object, old, object->signals | raised);
	if (!events)
		return;
	if (object->wanted & events)
		zx_observers_notify(object, events, raised, flags);
	/* The lock is held, so no poller can join now. */
	if (!waitqueue_active(&object->wait))
		return;
	mask = zx_poll_mask(object, events);
	last = zx_is_last(object, raised);
	/* EPOLLHUP may need a signal that was up before. */
	if (last)
		mask |= zx_poll_mask(object, object->signals) & EPOLLHUP;
	/*
	 * A key of zero would match all events, but signals without an EPOLL* event must not wake
	 * pollers.
	 */
	zx_poll_wake(&object->wait, mask ?: EPOLLMSG, last, flags);
}

/* Counts a user's observers of an object, a batch at a time: other users may have many. */
static unsigned int zx_observers_of(struct zx_object *object, const struct zx_account *account)
{
	unsigned int count = 0, seen = 0;
	struct hlist_node *node, *next;

	zx_object_lock(object);
	for (node = object->observers.first; node; node = next) {
		struct zx_observer *observer = hlist_entry(node, struct zx_observer, entry);

		next = node->next;
		if (observer->ops && zx_account_same_root(observer->account, account))
			count++;
		if (++seen == 2 * ZX_WAKE_BATCH && next) {
			next = zx_observers_pause(object, next, NULL);
			seen = 0;
		}
	}
	zx_object_unlock(object);
	return count;
}

/**
 * zx_observers_list - tell who waits for an object
 * @object:	the object
 * @viewer:	for whom
 * @waiters:	receives those of the first ZX_WAKE_BATCH observers that the viewer may see
 *
 * Return: their number.
 */
unsigned int zx_observers_list(struct zx_object *object, const struct zx_viewer *viewer,
			       struct zx_waiter waiters[ZX_WAKE_BATCH])
{
	unsigned int count = 0, seen = 0;
	struct zx_observer *observer;

	zx_object_lock(object);
	hlist_for_each_entry(observer, &object->observers, entry) {
		if (seen++ == ZX_WAKE_BATCH)
			break;
		/* A bookmark, or another user's. */
		if (!observer->ops || !zx_viewer_may_see_account(viewer, observer->account))
			continue;
		waiters[count++] = (struct zx_waiter) {
			.kind = observer->ops->kind,
			.thread = observer->task,
			.pid = observer->task ? task_tgid_nr_ns(observer->task, viewer->pids) : 0,
			.tid = observer->task ? task_pid_nr_ns(observer->task, viewer->pids) : 0,
			.signals = observer->waitfor,
			.port = observer->ops->get_port ? observer->ops->get_port(observer) :
							  ZX_KOID_INVALID,
		};
	}
	zx_object_unlock(object);
	return count;
}

/**
 * zx_observe - begin an observation
 * @observer:	an initialised observer; the caller has a reference to its object
 * @table:	the table that the handle is in
 * @handle:	the handle
 * @signals:	NULL: the observation begins in any case. Else, if a signal that is waited for is
 *		up, this receives the object's signals and no observation begins; otherwise it
 *		receives zero
 *
 * Context: may sleep, no locks held.
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE if the handle is gone or names another object by now;
 * ZX_ERR_NO_MEMORY; ZX_ERR_NO_RESOURCES if the user has too many observers of the object; or an
 * error of @observer->ops->begin().
 */
int zx_observe(struct zx_observer *observer, struct zx_handle_table *table, u32 handle,
	       u32 *signals)
{
	struct zx_object *object = observer->object;
	struct zx_watched *watched;
	bool counted = false;
	int status;

	for (;;) {
		unsigned int max = READ_ONCE(zx_object_observers_max);

		status = zx_handle_lock_watched(table, handle, object, &watched);
		if (unlikely(status)) {
			zx_handle_table_unlock(table);
			return status;
		}
		zx_object_lock(object);
		if (likely(object->num_observers < max || counted))
			break;
		zx_object_unlock(object);
		zx_handle_table_unlock(table);
		if (zx_observers_of(object, observer->account) >= max)
			return ZX_ERR_NO_RESOURCES;
		counted = true;
	}
	observer->handle_id = watched->id;
	if (signals)
		*signals = object->signals & observer->waitfor ? object->signals : 0;
	if (!signals || !*signals) {
		/* At the head, before a bookmark: a notification under way is for earlier ones. */
		hlist_add_head(&observer->entry, &object->observers);
		hlist_add_head(&observer->through, &watched->observers);
		WRITE_ONCE(object->wanted, object->wanted | observer->waitfor);
		object->num_observers++;
		if (observer->ops->begin) {
			status = observer->ops->begin(observer);
			if (status)
				zx_observer_off(observer);
		}
	}
	zx_object_unlock(object);
	zx_handle_table_unlock(table);
	return status;
}

/**
 * zx_unobserve - end an observation
 * @observer:	the observer, its object not locked
 *
 * On return no other thread accesses the observer, and the caller can read what was stored before
 * zx_observer_off().
 */
void zx_unobserve(struct zx_observer *observer)
{
	/* Pairs with the release in zx_observer_off(). */
	if (!smp_load_acquire(&observer->entry.pprev))
		return;
	zx_object_lock(observer->object);
	if (!hlist_unhashed(&observer->entry))
		zx_observer_off(observer);
	zx_object_unlock(observer->object);
}

/**
 * zx_unobserve_some - end those observations through a handle that a function chooses
 * @table:	the table that the handle is in
 * @handle:	the handle
 * @object:	the object that a lookup has found for it; the caller has a reference
 * @end:	called with each observer, the object locked; ends the observation if it is to end,
 *		and returns whether it did; adds at most one entry to @wakeups
 * @arg:	its argument
 * @id:		receives the zx_watched.id of the handle, or zero if nothing has waited through it
 *
 * Stops if the handle is closed, exported or received meanwhile, which ends all of them.
 *
 * Context: may sleep, no locks held.
 * Return: whether @end has ended any.
 */
bool zx_unobserve_some(struct zx_handle_table *table, u32 handle, struct zx_object *object,
		       bool (*end)(struct zx_observer *observer, const void *arg,
				   struct zx_wakeups *wakeups),
		       const void *arg, u64 *id)
{
	struct zx_wakeups wakeups __uninitialized;
	struct zx_observer mark __uninitialized;
	struct hlist_node *node, *next;
	struct zx_watched *watched;
	unsigned int seen = 0;
	bool ended = false;

	*id = 0;
	mark.ops = NULL;
	zx_wakeups_init(&wakeups, 0);
	zx_handle_table_lock(table);
	watched = zx_handle_watched(table, handle, object);
	if (!watched) {
		zx_handle_table_unlock(table);
		return false;
	}
	zx_object_lock(object);
	*id = watched->id;
	node = watched->observers.first;
	/* From here on the object's lock guards the list, wherever the handle goes. */
	zx_handle_table_unlock(table);
	for (; node; node = next) {
		struct zx_observer *observer = hlist_entry(node, struct zx_observer, through);

		next = node->next;
		if (observer->ops && end(observer, arg, &wakeups))
			ended = true;
		if (++seen < ZX_WAKE_BATCH || !next)
			continue;
		hlist_add_before(&mark.through, next);
		zx_object_unlock(object);
		zx_wakeups_run(&wakeups);
		zx_object_lock(object);
		if (hlist_unhashed(&mark.through))
			break;
		next = mark.through.next;
		__hlist_del(&mark.through);
		seen = 0;
	}
	zx_object_unlock(object);
	zx_wakeups_run(&wakeups);
	return ended;
}

/**
 * zx_watched_new - allocate the struct zx_watched of a handle
 * @account:	the account that pays; the caller has a reference
 * @object:	the object that the handle names
 *
 * Return: the struct; or NULL, for lack of memory or because of a limit.
 */
struct zx_watched *zx_watched_new(struct zx_account *account, struct zx_object *object)
{
	struct zx_watched *watched;

	if (zx_account_charge(account, sizeof(*watched)))
		return NULL;
	watched = kmem_cache_alloc(zx_watched_cache, ZX_GFP);
	if (!watched) {
		zx_account_uncharge(account, sizeof(*watched));
		return NULL;
	}
	zx_account_get(account);
	INIT_HLIST_HEAD(&watched->observers);
	INIT_HLIST_HEAD(&watched->parked);
	watched->object = object;
	watched->account = account;
	watched->id = zx_koid_alloc();
	watched->next = NULL;
	watched->reduced = false;
	return watched;
}

/**
 * zx_watched_free - undo zx_watched_new()
 * @watched:	the struct, with no observers
 */
void zx_watched_free(struct zx_watched *watched)
{
	zx_account_release(watched->account, sizeof(*watched));
	kmem_cache_free(zx_watched_cache, watched);
}

/*
 * Ends the observations of some kinds among the first ZX_WAKE_BATCH on one of the lists of a
 * handle, and moves the others to @others. Returns whether there may be more.
 */
static bool zx_watched_cancel(struct zx_watched *watched, struct hlist_head *list,
			      unsigned int kinds, struct hlist_head *others)
{
	struct zx_wakeups wakeups __uninitialized;
	struct zx_object *object = watched->object;
	struct zx_observer *observer;
	struct hlist_node *next;
	unsigned int seen = 0;

	zx_wakeups_init(&wakeups, 0);
	zx_object_lock(object);
	hlist_for_each_entry_safe(observer, next, list, through) {
		if (seen++ == ZX_WAKE_BATCH)
			break;
		if (!observer->ops) {
			/* Tells zx_unobserve_some() that the handle is gone. */
			hlist_del_init(&observer->through);
		} else if (kinds & BIT(observer->ops->kind)) {
			observer->ops->cancel(observer, object->signals, &wakeups);
		} else {
			__hlist_del(&observer->through);
			hlist_add_head(&observer->through, others);
		}
	}
	zx_object_unlock(object);
	zx_wakeups_run(&wakeups);
	return seen > ZX_WAKE_BATCH;
}

/*
 * Ends all observations of some kinds on one of the lists of a handle that is in no table. Nothing
 * is added to an empty list of such a handle: a thread that resumes a parked call, which it found
 * before, adds its own beside that.
 */
static void zx_watched_cancel_all(struct zx_watched *watched, struct hlist_head *list,
				  unsigned int kinds)
{
	struct hlist_head others = HLIST_HEAD_INIT;

	while (zx_watched_cancel(watched, list, kinds, &others))
		;
	if (likely(hlist_empty(&others)))
		return;
	zx_object_lock(watched->object);
	hlist_move_list(&others, list);
	zx_object_unlock(watched->object);
}

/**
 * zx_watched_sent - end the observations that cannot go on while handles are in flight
 * @watched:	the zx_watched of handles that are put into a message
 *
 * Context: may sleep, no locks held.
 */
void zx_watched_sent(struct zx_watched *watched)
{
	for (; watched; watched = watched->next) {
		zx_watched_cancel_all(watched, &watched->parked, BIT(ZX_OBSERVER_PARKED));
		if (watched->reduced)
			zx_watched_cancel_all(watched, &watched->observers, BIT(ZX_OBSERVER_WAIT));
	}
}

/**
 * zx_watched_end - end all observations through handles that are closed or received
 * @watched:	the zx_watched of one handle, or of several of a message, or NULL; freed
 *
 * The handles still have their references to the objects, and are in no table.
 *
 * Context: may sleep, no locks held.
 */
void zx_watched_end(struct zx_watched *watched)
{
	while (watched) {
		struct zx_watched *next = watched->next;

		zx_watched_cancel_all(watched, &watched->observers, ~0u);
		zx_watched_cancel_all(watched, &watched->parked, ~0u);
		zx_watched_free(watched);
		watched = next;
	}
}

/**
 * zx_sleep_until - sleep until a status changes
 * @table:	the calling program's table, whose policy may let the sleep end earlier or later
 *		than @deadline; or NULL
 * @status:	the status, changed by the thread that wakes this one
 * @pending:	the value with which the thread continues to sleep
 * @deadline:	absolute CLOCK_MONOTONIC nanoseconds in the caller's time namespace, or
 *		ZX_TIME_INFINITE
 *
 * Return: ZX_OK (it changed), ZX_ERR_TIMED_OUT, or -ERESTARTSYS (a Linux signal).
 */
int zx_sleep_until(const struct zx_handle_table *table, const int *status, int pending,
		   s64 deadline)
{
	ktime_t expires = zx_host_time(deadline, ZX_CLOCK_MONOTONIC);
	u64 slack = current->timer_slack_ns;
	int ret = ZX_OK;

	if (table && zx_policy_has_slack(table))
		zx_policy_stretch(table, &expires, &slack);
	for (;;) {
		/* The freezer need not wake the thread: it misses nothing while frozen. */
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		if (READ_ONCE(*status) != pending)
			break;
		if (signal_pending(current)) {
			ret = -ERESTARTSYS;
			break;
		}
		if (deadline == ZX_TIME_INFINITE) {
			schedule();
		} else if (expires <= 0 ||
			   !schedule_hrtimeout_range(&expires, slack, HRTIMER_MODE_ABS)) {
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
 * @handle:	the handle
 * @observed:	the signals that were up when it fired
 * @canceled:	the handle is gone
 * @fired:	@observed is valid
 */
struct zx_wait_item {
	struct zx_observer observer;
	struct zx_wait *wait;
	u32 handle;
	u32 observed;
	bool canceled;
	bool fired;
};

/**
 * struct zx_wait - a thread in zx_object_wait_one() or zx_object_wait_many()
 * @fired:	nonzero once an item has fired; set under the lock of any item's object, read
 *		without a lock, as a hint: the items are read after zx_unobserve()
 * @poll:	do not wait: the deadline is past
 * @count:	items that are being observed
 * @items:	the items
 */
struct zx_wait {
	int fired;
	bool poll;
	unsigned int count;
	struct zx_wait_item *items;
};

/* Stores the first event on an item and ends its observation, so later events are ignored. */
static void zx_wait_fire(struct zx_observer *observer, u32 signals, bool canceled,
			 struct zx_wakeups *wakeups)
{
	struct zx_wait_item *item = container_of(observer, struct zx_wait_item, observer);

	item->observed = signals;
	item->canceled = canceled;
	item->fired = true;
	WRITE_ONCE(item->wait->fired, 1);
	zx_observer_end(observer, wakeups);
}

static bool zx_wait_notify(struct zx_observer *observer, u32 signals, u32 raised, u32 events,
			   struct zx_wakeups *wakeups)
{
	zx_wait_fire(observer, signals, false, wakeups);
	return false;
}

static void zx_wait_cancel(struct zx_observer *observer, u32 signals, struct zx_wakeups *wakeups)
{
	zx_wait_fire(observer, signals | ZX_SIGNAL_HANDLE_CLOSED, true, wakeups);
}

static const struct zx_observer_ops zx_wait_ops = {
	.kind = ZX_OBSERVER_WAIT,
	.notify = zx_wait_notify,
	.cancel = zx_wait_cancel,
};

/*
 * Looks a handle up and begins to observe its object, unless a signal is up already. In that case,
 * or if the handle is gone meanwhile, the item has fired and is on no list.
 */
static int zx_wait_add(struct zx_wait *wait, struct zx_handle_table *table, u32 handle, u32 waitfor)
{
	struct zx_wait_item *item = &wait->items[wait->count];
	struct zx_object *object;
	u32 signals;
	int status;

	status = zx_handle_lookup(table, handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_WAIT, &object);
	if (status)
		return status;

	zx_observer_init(&item->observer, &zx_wait_ops, object, table->account, current, waitfor);
	item->wait = wait;
	item->handle = handle;
	item->canceled = false;
	item->fired = false;
	wait->count++;

	/* A signal that is up already ends the wait; reading it needs no lock. */
	signals = READ_ONCE(object->signals);
	if (!(signals & waitfor)) {
		signals = 0;
		if (!READ_ONCE(wait->fired) && !wait->poll)
			status = zx_observe(&item->observer, table, handle, &signals);
		if (status == ZX_ERR_BAD_HANDLE) {
			signals = READ_ONCE(object->signals) | ZX_SIGNAL_HANDLE_CLOSED;
			item->canceled = true;
			status = ZX_OK;
		}
		if (!signals)
			/* An observed item is written by the thread that makes it fire. */
			return status;
	}
	item->observed = signals;
	item->fired = true;
	WRITE_ONCE(wait->fired, 1);
	return ZX_OK;
}

static noinline void zx_wait_trace_begin(const struct zx_wait *wait)
{
	unsigned int i;

	for (i = 0; i < wait->count; i++) {
		const struct zx_observer *observer = &wait->items[i].observer;

		zx_trace_wait_begin(observer->object, wait->items[i].handle, observer->waitfor);
	}
}

/*
 * Traces the end of a sleep that returned @status. Ends the observations first, so that no item
 * fires after it was traced.
 */
static noinline void zx_wait_trace_end(const struct zx_wait *wait, int status)
{
	unsigned int i;

	for (i = 0; i < wait->count; i++) {
		struct zx_wait_item *item = &wait->items[i];
		struct zx_object *object = item->observer.object;
		u32 observed;

		zx_unobserve(&item->observer);
		observed = item->fired ? item->observed : READ_ONCE(object->signals);
		zx_trace_wait_end(object, item->handle, observed,
				  item->canceled ? ZX_ERR_CANCELED : item->fired ? ZX_OK : status);
	}
}

/* Ends all observations. An item that has not fired gets the signals that are up now. */
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

static noinline int zx_wait_sleep(struct zx_wait *wait, struct zx_handle_table *table,
				  s64 deadline)
{
	int status;

	/* A wait that polls does not sleep. */
	if (tracepoint_enabled(zx_wait_begin) && !wait->poll)
		zx_wait_trace_begin(wait);
	status = zx_sleep_until(table, &wait->fired, 0, deadline);
	if (tracepoint_enabled(zx_wait_end) && !wait->poll)
		zx_wait_trace_end(wait, status);
	return status;
}

/* Sleeps unless something has fired, then ends the wait. */
static int zx_wait_finish(struct zx_wait *wait, struct zx_handle_table *table, s64 deadline)
{
	int status = ZX_OK;

	if (!READ_ONCE(wait->fired))
		status = zx_wait_sleep(wait, table, deadline);
	if (zx_wait_end(wait))
		return ZX_ERR_CANCELED;
	/* An item may have fired after the time-out or the Linux signal. */
	return status && READ_ONCE(wait->fired) ? ZX_OK : status;
}

long zx_ioc_object_wait_one(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_wait_one *arg = args;
	struct zx_wait_item item;
	struct zx_wait wait = { .items = &item };
	int status;

	wait.poll = arg->deadline <= 0;
	status = zx_wait_add(&wait, table, arg->handle, arg->signals);
	if (unlikely(status)) {
		zx_wait_end(&wait);
		return status;
	}
	status = zx_wait_finish(&wait, table, arg->deadline);
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

	wait.poll = arg->deadline <= 0;
	/* All handles are looked up, also after one that is ready: a bad handle is an error. */
	for (i = 0; i < arg->count && !status; i++)
		status = zx_wait_add(&wait, table, items[i].handle, items[i].waitfor);
	if (status) {
		zx_wait_end(&wait);
		goto out;
	}
	status = zx_wait_finish(&wait, table, arg->deadline);
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

/* WF_SYNC is not in the kernel's headers: this function gets its value from a wake-up. */
static int __init zx_wake_flags_note(struct wait_queue_entry *entry, unsigned int mode, int flags,
				     void *key)
{
	zx_wake_sync = flags;
	return 0;
}

int __init zx_wait_init(void)
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(wait);
	struct wait_queue_entry entry;

	init_waitqueue_func_entry(&entry, zx_wake_flags_note);
	add_wait_queue(&wait, &entry);
	__wake_up_sync_key(&wait, TASK_NORMAL, NULL);
	remove_wait_queue(&wait, &entry);

	zx_watched_cache = kmem_cache_create("zircon_watched", sizeof(struct zx_watched), 0,
					     SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_watched_cache ? 0 : -ENOMEM;
}

void zx_wait_exit(void)
{
	kmem_cache_destroy(zx_watched_cache);
}
