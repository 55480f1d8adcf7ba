// SPDX-License-Identifier: GPL-2.0-only
/*
 * Futexes with owners: threads that wait, and who the owner is.
 */
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>

#include <linux/zircon.h>

#include "futex.h"
#include "handle.h"
#include "process.h"
#include "thread.h"
#include "user.h"
#include "wait.h"

/* A status of nothing that is over. */
#define ZX_FUTEX_PENDING	1

/**
 * struct zx_futex_waiter - a thread that waits, on its stack
 * @entry:	in zx_futexes.queues while @status is ZX_FUTEX_PENDING
 * @futex:	the address
 * @number:	that of the wait, from zx_futexes.waits
 * @task:	the thread
 * @owner:	of the first waiter of a futex: the owner, with a reference; else NULL
 * @status:	ZX_FUTEX_PENDING until the thread is woken. It may return as soon as that changes
 */
struct zx_futex_waiter {
	struct list_head entry;
	u64 futex;
	u64 number;
	struct task_struct *task;
	struct task_struct *owner;
	int status;
};

/**
 * struct zx_futex_woken - threads to be woken, and owners to be put, after the lock is dropped
 * @count:	how many of @tasks are used
 * @tasks:	the threads, with a reference to each
 * @former:	former owners, or NULL
 */
struct zx_futex_woken {
	unsigned int count;
	struct task_struct *tasks[ZX_WAKE_BATCH];
	struct task_struct *former[2];
};

/**
 * zx_futexes_init - prepare the futexes of a new table
 * @futexes:	the futexes
 */
void zx_futexes_init(struct zx_futexes *futexes)
{
	unsigned int i;

	spin_lock_init(&futexes->lock);
	for (i = 0; i < ARRAY_SIZE(futexes->queues); i++)
		INIT_LIST_HEAD(&futexes->queues[i]);
}

static struct list_head *zx_futex_queue(struct zx_futexes *futexes, u64 futex)
{
	return &futexes->queues[hash_64(futex / sizeof(s32), ZX_FUTEX_BITS)];
}

/* The first waiter of a futex, or NULL. */
static struct zx_futex_waiter *zx_futex_first(struct zx_futexes *futexes, u64 futex)
	__must_hold(&futexes->lock)
{
	struct zx_futex_waiter *waiter;

	lockdep_assert_held(&futexes->lock);
	list_for_each_entry(waiter, zx_futex_queue(futexes, futex), entry)
		if (waiter->futex == futex)
			return waiter;
	return NULL;
}

/* Whether a thread waits at a futex. */
static bool zx_futex_has(struct zx_futexes *futexes, u64 futex, const struct task_struct *task)
	__must_hold(&futexes->lock)
{
	struct zx_futex_waiter *waiter;

	lockdep_assert_held(&futexes->lock);
	list_for_each_entry(waiter, zx_futex_queue(futexes, futex), entry)
		if (waiter->futex == futex && waiter->task == task)
			return true;
	return false;
}

/* Removes the owner of a futex. Returns it, for the caller to put without the lock, or NULL. */
static struct task_struct *zx_futex_disown(struct zx_futexes *futexes, u64 futex)
	__must_hold(&futexes->lock)
{
	struct zx_futex_waiter *first = zx_futex_first(futexes, futex);
	struct task_struct *former = NULL;

	if (first)
		swap(first->owner, former);
	return former;
}

/* Makes a thread, or NULL, the owner of a futex that has none. */
static void zx_futex_own(struct zx_futexes *futexes, u64 futex, struct task_struct *owner)
	__must_hold(&futexes->lock)
{
	struct zx_futex_waiter *first = zx_futex_first(futexes, futex);

	if (first && owner)
		first->owner = get_task_struct(owner);
}

static void zx_futex_put_owner(struct task_struct *owner)
{
	if (owner)
		put_task_struct(owner);
}

/*
 * Compares the value of a futex. If its page is missing the futexes are unlocked while it is
 * faulted in. The value is read as a whole: a part of each of two values could look like a third.
 */
static int zx_futex_compare(struct zx_futexes *futexes, u64 futex, s32 value)
	__must_hold(&futexes->lock)
{
	const s32 __user *from = u64_to_user_ptr(futex);
	unsigned int tries = 0;
	int status;
	s32 now;

	lockdep_assert_held(&futexes->lock);
	while (unlikely(zx_get_s32_atomic(from, &now))) {
		spin_unlock(&futexes->lock);
		status = zx_fault_in_readable(from, sizeof(now), ++tries);
		spin_lock(&futexes->lock);
		if (status)
			return status;
	}
	return now == value ? ZX_OK : ZX_ERR_BAD_STATE;
}

/* The task that a handle of a program's names, NULL for none; see zx_thread_task(). */
static int zx_futex_new_owner(struct zx_handle_table *table, u32 value, struct task_struct **out)
{
	*out = NULL;
	return value ? zx_thread_task(table, value, out) : ZX_OK;
}

/* Wakes what was collected, and puts all references. The futexes are not locked. */
static void zx_futex_wake_up(struct zx_futex_woken *woken)
{
	unsigned int i;

	for (i = 0; i < woken->count; i++) {
		wake_up_process(woken->tasks[i]);
		put_task_struct(woken->tasks[i]);
	}
	for (i = 0; i < ARRAY_SIZE(woken->former); i++)
		zx_futex_put_owner(woken->former[i]);
}

/*
 * Removes the first waiters of a futex, at most @count and as many as @woken can take, of waits
 * before the one with the number @end. Returns how many.
 */
static unsigned int zx_futex_take(struct zx_futexes *futexes, u64 futex, unsigned int count,
				  u64 end, struct zx_futex_woken *woken)
	__must_hold(&futexes->lock)
{
	struct zx_futex_waiter *waiter, *next;
	unsigned int taken = 0;

	lockdep_assert_held(&futexes->lock);
	count = min_t(unsigned int, count, ZX_WAKE_BATCH - woken->count);
	if (!count)
		return 0;
	list_for_each_entry_safe(waiter, next, zx_futex_queue(futexes, futex), entry) {
		if (waiter->futex != futex || waiter->number >= end)
			continue;
		list_del(&waiter->entry);
		woken->tasks[woken->count++] = get_task_struct(waiter->task);
		/* The waiter is gone after this. Pairs with zx_sleep_until(). */
		smp_store_release(&waiter->status, ZX_OK);
		if (++taken == count)
			break;
	}
	return taken;
}

/* Moves the first waiters of a futex, at most @count, to the end of those of another one. */
static unsigned int zx_futex_move(struct zx_futexes *futexes, u64 from, u64 to, unsigned int count)
	__must_hold(&futexes->lock)
{
	struct list_head *queue = zx_futex_queue(futexes, to);
	struct zx_futex_waiter *waiter, *next;
	LIST_HEAD(moved);
	unsigned int i = 0;

	lockdep_assert_held(&futexes->lock);
	list_for_each_entry_safe(waiter, next, zx_futex_queue(futexes, from), entry) {
		if (i == count)
			break;
		if (waiter->futex != from)
			continue;
		waiter->futex = to;
		list_move_tail(&waiter->entry, &moved);
		i++;
	}
	list_splice_tail(&moved, queue);
	return i;
}

/* Begins a wait. The owner changes, also if the wait is over at once. */
static int zx_futex_begin(struct zx_futexes *futexes, const struct zx_ioc_futex_wait *arg,
			  struct zx_futex_waiter *waiter, struct task_struct *owner,
			  int owner_status)
{
	struct task_struct *former = NULL;
	int status;

	spin_lock(&futexes->lock);
	/* The value first: a mutex may pass the handle of a holder that has ended meanwhile. */
	status = zx_futex_compare(futexes, arg->value_ptr, arg->current_value) ?: owner_status;
	if (!status && owner &&
	    (owner == current || zx_futex_has(futexes, arg->value_ptr, owner)))
		status = ZX_ERR_INVALID_ARGS;
	if (!status) {
		waiter->number = futexes->waits++;
		list_add_tail(&waiter->entry, zx_futex_queue(futexes, arg->value_ptr));
		former = zx_futex_disown(futexes, arg->value_ptr);
		zx_futex_own(futexes, arg->value_ptr, owner);
	}
	spin_unlock(&futexes->lock);
	zx_futex_put_owner(former);
	return status;
}

/* Ends a wait that returns @status, unless the thread was woken by now. */
static int zx_futex_end(struct zx_futexes *futexes, struct zx_futex_waiter *waiter, int status)
{
	struct task_struct *former = NULL;
	struct zx_futex_waiter *next;

	/* Pairs with zx_futex_take(). */
	if (smp_load_acquire(&waiter->status) == ZX_OK)
		return ZX_OK;
	spin_lock(&futexes->lock);
	if (waiter->status == ZX_OK) {
		status = ZX_OK;
	} else {
		list_del(&waiter->entry);
		swap(waiter->owner, former);
		next = former ? zx_futex_first(futexes, waiter->futex) : NULL;
		if (next)
			swap(next->owner, former);
	}
	spin_unlock(&futexes->lock);
	zx_futex_put_owner(former);
	return status;
}

static bool zx_futex_is_aligned(u64 futex)
{
	return futex && futex % sizeof(s32) == 0;
}

long zx_ioc_futex_wait(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_futex_wait *arg = args;
	struct zx_futex_waiter waiter = {
		.futex = arg->value_ptr,
		.task = current,
		.status = ZX_FUTEX_PENDING,
	};
	struct zx_futexes *futexes = &table->futexes;
	struct task_struct *owner;
	int status;

	if (!zx_futex_is_aligned(arg->value_ptr))
		return ZX_ERR_INVALID_ARGS;
	status = zx_futex_new_owner(table, arg->owner, &owner);
	status = zx_futex_begin(futexes, arg, &waiter, owner, status);
	zx_futex_put_owner(owner);
	/* Not before the value was compared. */
	if (status == ZX_ERR_BAD_HANDLE)
		return zx_handle_bad(table);
	if (status)
		return status;
	status = zx_sleep_until(table, &waiter.status, ZX_FUTEX_PENDING, arg->deadline);
	return zx_futex_end(futexes, &waiter, status);
}

/*
 * Wakes a piece of @count waiters of a futex. Returns how many. The first piece sets the owner: the
 * thread that was woken, if @single and others still wait; else there is none. It also sets @end,
 * since a thread that waits again between the pieces is not woken twice.
 */
static unsigned int zx_futex_wake_some(struct zx_futexes *futexes, u64 futex, unsigned int count,
				       u64 *end, bool single)
{
	struct zx_futex_woken woken = {};
	struct task_struct *owner = NULL;
	unsigned int taken;

	spin_lock(&futexes->lock);
	woken.former[0] = zx_futex_disown(futexes, futex);
	if (*end == U64_MAX)
		*end = futexes->waits;
	else
		owner = woken.former[0];
	taken = zx_futex_take(futexes, futex, count, *end, &woken);
	if (single && taken)
		owner = woken.tasks[0];
	zx_futex_own(futexes, futex, owner);
	spin_unlock(&futexes->lock);
	zx_futex_wake_up(&woken);
	return taken;
}

/* How many threads to wake; a call that makes one the owner wakes one. */
static unsigned int zx_futex_count(u32 count, bool single)
{
	return single ? 1 : count;
}

long zx_ioc_futex_wake(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_futex_wake *arg = args;
	const bool single = arg->options & ZXL_FUTEX_SINGLE_OWNER;
	unsigned int left = zx_futex_count(arg->wake_count, single), taken;
	u64 end = U64_MAX;

	if ((arg->options & ~ZXL_FUTEX_SINGLE_OWNER) || !zx_futex_is_aligned(arg->value_ptr))
		return ZX_ERR_INVALID_ARGS;
	do {
		taken = zx_futex_wake_some(&table->futexes, arg->value_ptr, left, &end, single);
		left -= taken;
		cond_resched();
	} while (taken == ZX_WAKE_BATCH && left && !fatal_signal_pending(current));
	return ZX_OK;
}

/* Whether the value and the new owner permit a requeue. */
static int zx_futex_check_requeue(struct zx_futexes *futexes,
				  const struct zx_ioc_futex_requeue *arg,
				  struct task_struct *owner, int owner_status)
	__must_hold(&futexes->lock)
{
	int status;

	status = zx_futex_compare(futexes, arg->value_ptr, arg->current_value) ?: owner_status;
	if (!status && owner && (zx_futex_has(futexes, arg->value_ptr, owner) ||
				 zx_futex_has(futexes, arg->requeue_ptr, owner)))
		status = ZX_ERR_INVALID_ARGS;
	return status;
}

/*
 * Wakes threads and moves others, in pieces of which the last moves. The futexes are unlocked after
 * each piece. @moved receives the numbers.
 */
static void zx_futex_requeue(struct zx_futexes *futexes, const struct zx_ioc_futex_requeue *arg,
			     struct task_struct *owner, u32 moved[2])
	__must_hold(&futexes->lock)
{
	const bool single = arg->options & ZXL_FUTEX_SINGLE_OWNER;
	unsigned int left = zx_futex_count(arg->wake_count, single), taken;
	const u64 end = futexes->waits;

	do {
		struct zx_futex_woken woken = {};

		woken.former[0] = zx_futex_disown(futexes, arg->value_ptr);
		taken = zx_futex_take(futexes, arg->value_ptr, left, end, &woken);
		moved[0] += taken;
		left -= taken;
		if (!left || taken < ZX_WAKE_BATCH) {
			moved[1] = zx_futex_move(futexes, arg->value_ptr, arg->requeue_ptr,
						 arg->requeue_count);
			woken.former[1] = zx_futex_disown(futexes, arg->requeue_ptr);
			zx_futex_own(futexes, arg->requeue_ptr, owner);
			if (single && taken)
				zx_futex_own(futexes, arg->value_ptr, woken.tasks[0]);
			left = 0;
		}
		spin_unlock(&futexes->lock);
		zx_futex_wake_up(&woken);
		cond_resched();
		spin_lock(&futexes->lock);
	} while (left);
}

static int zx_futex_put_moved(u64 to, const u32 moved[2])
{
	return to ? zx_copy_to_user_short(u64_to_user_ptr(to), moved, 2 * sizeof(*moved)) : ZX_OK;
}

long zx_ioc_futex_requeue(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_futex_requeue *arg = args;
	struct zx_futexes *futexes = &table->futexes;
	struct task_struct *owner;
	u32 moved[2] = {};
	int status;

	if ((arg->options & ~ZXL_FUTEX_SINGLE_OWNER) || arg->reserved ||
	    !zx_futex_is_aligned(arg->value_ptr) || !zx_futex_is_aligned(arg->requeue_ptr) ||
	    arg->value_ptr == arg->requeue_ptr)
		return ZX_ERR_INVALID_ARGS;
	/* The caller's memory can be written, or nothing happens. */
	status = zx_futex_put_moved(arg->moved, moved);
	if (status)
		return status;
	status = zx_futex_new_owner(table, arg->owner, &owner);
	spin_lock(&futexes->lock);
	status = zx_futex_check_requeue(futexes, arg, owner, status);
	if (!status)
		zx_futex_requeue(futexes, arg, owner, moved);
	spin_unlock(&futexes->lock);
	zx_futex_put_owner(owner);
	if (status == ZX_ERR_BAD_HANDLE)
		return zx_handle_bad(table);
	return status ?: zx_futex_put_moved(arg->moved, moved);
}

long zx_ioc_futex_get_owner(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_futex_get_owner *arg = args;
	struct zx_futexes *futexes = &table->futexes;
	struct task_struct *owner = NULL;
	struct zx_futex_waiter *first;
	u64 koid = ZX_KOID_INVALID;
	int status = ZX_OK;

	if (!zx_futex_is_aligned(arg->value_ptr))
		return ZX_ERR_INVALID_ARGS;
	spin_lock(&futexes->lock);
	first = zx_futex_first(futexes, arg->value_ptr);
	if (first && first->owner)
		owner = get_task_struct(first->owner);
	spin_unlock(&futexes->lock);
	if (owner) {
		status = zx_thread_koid(zx_process_of(table->owner), owner, &koid);
		put_task_struct(owner);
	}
	return status ?: zx_put_u64(arg->koid, koid);
}
