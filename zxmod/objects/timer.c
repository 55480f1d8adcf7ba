// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers.
 *
 * A timer that is set has a deadline, and a timer of the kernel (hrtimer) that is started. When the
 * hrtimer expires zx_timer_expired() runs in a soft interrupt. It must not raise the signal there:
 * that walks the observers of the object, whose number other users control, and may sleep. So it
 * puts the timer on the list of the user who pays for it, and the user's work item,
 * zx_expiries_work(), calls zx_timer_fire(). Each user has one, so a user with many timers does not
 * delay those of others, except by the time of one processor. Observers of one timer delay the
 * others of the same user.
 *
 * The hrtimer can expire, and the timer be on the list, while another thread sets or cancels the
 * timer. The object's lock decides such a race, with one rule: zx_timer_fire() raises the signal if
 * the deadline that it finds has passed. It does not matter which expiry has led to it.
 *
 *	cancel	clears the deadline. zx_timer_fire() finds none and does nothing.
 *	set	stores the new deadline and starts the hrtimer for it, also while zx_timer_expired()
 *		runs for the former one. zx_timer_fire() that is called for the former deadline
 *		finds the new one, and does nothing if that has not passed: the hrtimer leads to
 *		another call. Both functions go by the same clock, so zx_timer_fire() does not find
 *		that the deadline it is called for has not passed.
 *	fire	clears the deadline, so a deadline raises the signal once.
 *
 * A timer on the list has a reference. The hrtimer has none: it is active only between
 * zx_timer_set() and zx_timer_on_zero_handles(), which stops it and waits for zx_timer_expired(),
 * and whose caller has a reference. A thread that has found the timer before its last handle was
 * closed may call zx_timer_set() afterwards; @closed of struct zx_timer, which is set and read with
 * the object locked, tells it to start nothing. Before the module is unloaded all objects are
 * buried, and then zx_timer_flush() waits for the work items.
 */
#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include <linux/zircon.h>

#include "account.h"
#include "compat.h"
#include "handle.h"
#include "info.h"
#include "object.h"
#include "policy.h"
#include "timens.h"
#include "timer.h"

/**
 * struct zx_timer - a timer
 * @memory:	the head of the allocation
 * @object:	the common part of objects; its lock guards the fields from @deadline on
 * @hrtimer:	expires at the deadline, within the slack; started with the object locked
 * @expired:	in zx_expiries.list of the user, whose lock guards it
 * @options:	ZX_TIMER_SLACK_*; constant
 * @clock_id:	ZX_CLOCK_*; constant
 * @deadline:	a time of the kernel's clock, or zero: the timer is not set
 * @slack:	zero if the timer is not set
 * @closed:	the last handle is closed, and nothing may be started any more
 */
struct zx_timer {
	struct zx_memory memory;
	struct zx_object object;
	struct hrtimer hrtimer;
	struct list_head expired;
	u32 options;
	u32 clock_id;
	s64 deadline;
	s64 slack;
	bool closed;
};

ZX_MEMORY_CHECK(struct zx_timer, object);

static struct kmem_cache *zx_timer_cache;
static struct workqueue_struct *zx_timer_wq;
/* The number of works that are queued or running. */
static atomic_t zx_expiries_works;

static struct zx_timer *zx_timer_of(struct zx_object *object)
{
	return container_of(object, struct zx_timer, object);
}

static s64 zx_timer_now(const struct zx_timer *timer)
{
	return timer->clock_id == ZX_CLOCK_BOOT ? ktime_get_boottime() : ktime_get();
}

/* The first moment at which a timer may fire. The deadline is positive, so this cannot overflow. */
static s64 zx_timer_earliest(const struct zx_timer *timer)
{
	if (timer->options == ZX_TIMER_SLACK_LATE)
		return timer->deadline;
	return max_t(s64, timer->deadline - timer->slack, 0);
}

/*
 * The moment for which the kernel programs the hardware: the timer fires then, or when another one
 * expires after zx_timer_earliest(). So a slack on both sides does not make it late.
 */
static s64 zx_timer_latest(const struct zx_timer *timer)
{
	s64 latest;

	if (timer->options != ZX_TIMER_SLACK_LATE)
		return timer->deadline;
	if (check_add_overflow(timer->deadline, timer->slack, &latest))
		return ZX_TIME_INFINITE;
	return latest;
}

static enum hrtimer_restart zx_timer_expired(struct hrtimer *hrtimer)
{
	struct zx_timer *timer = container_of(hrtimer, struct zx_timer, hrtimer);
	struct zx_account *root = zx_account_root(timer->memory.account);
	struct zx_expiries *expiries = &root->expiries;
	bool queue = false;

	spin_lock(&expiries->lock);
	/* If it is on the list, its deadline is read later. */
	if (list_empty(&timer->expired)) {
		/* Otherwise the work has been queued, or runs and has not seen the list empty. */
		queue = list_empty(&expiries->list);
		zx_object_get(&timer->object);
		list_add_tail(&timer->expired, &expiries->list);
	}
	spin_unlock(&expiries->lock);
	if (!queue)
		return HRTIMER_NORESTART;
	zx_account_get(root);
	atomic_inc(&zx_expiries_works);
	if (!queue_work(zx_timer_wq, &expiries->work)) {
		/* Not the last reference: the timer's account has one. */
		zx_account_put(root);
		atomic_dec(&zx_expiries_works);
	}
	return HRTIMER_NORESTART;
}

static void zx_timer_fire(struct zx_timer *timer)
{
	zx_object_lock(&timer->object);
	if (timer->deadline && timer->deadline != ZX_TIME_INFINITE &&
	    zx_timer_now(timer) >= zx_timer_earliest(timer)) {
		/* It may be started, if the deadline was changed to one that has passed as well. */
		hrtimer_try_to_cancel(&timer->hrtimer);
		timer->deadline = 0;
		timer->slack = 0;
		zx_object_raise(&timer->object, ZX_SIGNAL_SIGNALED, 0);
	}
	zx_object_unlock(&timer->object);
}

/* Removes the first timer from the list, so that an expiry puts it there again. */
static struct zx_timer *zx_expiries_next(struct zx_expiries *expiries)
{
	struct zx_timer *timer;

	spin_lock_bh(&expiries->lock);
	timer = list_first_entry_or_null(&expiries->list, struct zx_timer, expired);
	if (timer)
		list_del_init(&timer->expired);
	spin_unlock_bh(&expiries->lock);
	return timer;
}

static void zx_expiries_work(struct work_struct *work)
{
	struct zx_expiries *expiries = container_of(work, struct zx_expiries, work);
	struct zx_timer *timer;

	while ((timer = zx_expiries_next(expiries))) {
		zx_timer_fire(timer);
		zx_object_put(&timer->object);
		cond_resched();
	}
	zx_account_put(container_of(expiries, struct zx_account, expiries));
	atomic_dec(&zx_expiries_works);
}

/**
 * zx_expiries_setup - prepare the list and the work item of a new account
 * @expiries:	the account's
 */
void zx_expiries_setup(struct zx_expiries *expiries)
{
	spin_lock_init(&expiries->lock);
	INIT_LIST_HEAD(&expiries->list);
	INIT_WORK(&expiries->work, zx_expiries_work);
}

/**
 * zx_timer_flush - wait until no timer is on a list
 *
 * All timers are closed.
 */
void zx_timer_flush(void)
{
	/* A work may have been queued while another ran. */
	while (atomic_read(&zx_expiries_works))
		flush_workqueue(zx_timer_wq);
}

/*
 * Lowers the signal and forgets the deadline, with the object locked. If zx_timer_expired() runs,
 * hrtimer_try_to_cancel() does not wait for it: see above.
 */
static void zx_timer_clear(struct zx_timer *timer)
{
	struct zx_object *object = &timer->object;

	zx_object_assert_locked(object);
	if (object->signals & ZX_SIGNAL_SIGNALED)
		zx_object_update_signals(object, ZX_SIGNAL_SIGNALED, 0);
	if (!timer->deadline)
		return;
	timer->deadline = 0;
	timer->slack = 0;
	hrtimer_try_to_cancel(&timer->hrtimer);
}

static void zx_timer_start(struct zx_timer *timer, s64 deadline, s64 slack)
{
	s64 earliest;

	zx_object_assert_locked(&timer->object);
	timer->deadline = deadline;
	timer->slack = slack;
	/* The kernel would program the hardware for a deadline that never comes. */
	if (deadline == ZX_TIME_INFINITE)
		return;
	earliest = zx_timer_earliest(timer);
	hrtimer_start_range_ns(&timer->hrtimer, earliest, zx_timer_latest(timer) - earliest,
			       HRTIMER_MODE_ABS_SOFT);
}

static void zx_timer_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	struct zx_timer *timer = zx_timer_of(object);

	zx_object_lock(object);
	zx_timer_clear(timer);
	timer->closed = true;
	zx_object_unlock(object);
	hrtimer_cancel(&timer->hrtimer);
}

static void zx_timer_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_timer_cache, container_of(memory, struct zx_timer, memory));
}

static int zx_timer_get_info(const struct zx_handle *handle, void *record)
{
	struct zx_object *object = handle->object;
	struct zx_timer *timer = zx_timer_of(object);
	struct zx_info_timer *info = record;

	info->options = timer->options;
	info->clock_id = timer->clock_id;
	zx_object_lock(object);
	info->deadline = timer->deadline;
	info->slack = timer->slack;
	zx_object_unlock(object);
	/* Zero means "not set", and in another time namespace any time may be zero. */
	if (info->deadline)
		info->deadline = zx_ns_time(info->deadline, timer->clock_id) ?: 1;
	return ZX_OK;
}

static const struct zx_info_topic zx_timer_topics[] = {
	{ ZX_INFO_TIMER, sizeof(struct zx_info_timer), .get = zx_timer_get_info },
	{}
};

static const struct zx_object_ops zx_timer_ops = {
	.type = ZX_OBJ_TYPE_TIMER,
	.default_rights = ZX_DEFAULT_TIMER_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.on_zero_handles = zx_timer_on_zero_handles,
	.free = zx_timer_free,
	.topics = zx_timer_topics,
};

long zx_ioc_timer_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_timer_create *arg = args;
	struct zx_memory *memory;
	struct zx_timer *timer;

	if (arg->clock_id != ZX_CLOCK_MONOTONIC && arg->clock_id != ZX_CLOCK_BOOT)
		return ZX_ERR_INVALID_ARGS;
	/* As in Zircon, which checks the options last. */
	if (zx_policy_check(table, ZX_POL_NEW_TIMER))
		return ZX_ERR_ACCESS_DENIED;
	if (arg->options > ZX_TIMER_SLACK_LATE)
		return ZX_ERR_INVALID_ARGS;
	memory = zx_memory_alloc(table, zx_timer_cache, sizeof(*timer));
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	timer = container_of(memory, struct zx_timer, memory);
	timer->options = arg->options;
	timer->clock_id = arg->clock_id;
	hrtimer_setup(&timer->hrtimer, zx_timer_expired,
		      arg->clock_id == ZX_CLOCK_BOOT ? CLOCK_BOOTTIME : CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
	INIT_LIST_HEAD(&timer->expired);
	zx_object_init(&timer->object, &zx_timer_ops, 0);
	return zx_handle_create(table, &timer->object, arg->out);
}

/* The slack is checked before the handle, as in Zircon, and is at least that of the policy. */
long zx_ioc_timer_set(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_timer_set *arg = args;
	struct zx_handle_use use;
	struct zx_object *object;
	struct zx_timer *timer;
	s64 deadline, slack = arg->slack;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	if (slack < 0)
		return ZX_ERR_OUT_OF_RANGE;
	if (zx_policy_has_slack(table))
		slack = max(slack, zx_policy_slack(table));
	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_TIMER, ZX_RIGHT_WRITE, &use);
	if (status)
		return status;
	object = use.object;
	timer = zx_timer_of(object);
	deadline = zx_host_time(arg->deadline, timer->clock_id);
	zx_object_lock(object);
	zx_timer_clear(timer);
	if (deadline <= zx_timer_now(timer))
		zx_object_raise(object, ZX_SIGNAL_SIGNALED, 0);
	else if (!timer->closed)
		zx_timer_start(timer, deadline, slack);
	zx_object_unlock(object);
	zx_object_put(object);
	return ZX_OK;
}

long zx_ioc_timer_cancel(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;
	struct zx_handle_use use;
	struct zx_object *object;
	int status;

	if (arg->rights || arg->out)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_TIMER, ZX_RIGHT_WRITE, &use);
	if (status)
		return status;
	object = use.object;
	zx_object_lock(object);
	zx_timer_clear(zx_timer_of(object));
	zx_object_unlock(object);
	zx_object_put(object);
	return ZX_OK;
}

int zx_timer_init(void)
{
	/*
	 * Each user has its own work, so users do not wait for each other. WQ_MEM_RECLAIM: a
	 * timer fires also if there is no memory for another worker.
	 */
	zx_timer_wq = alloc_workqueue("zircon_timer", WQ_UNBOUND | WQ_MEM_RECLAIM, WQ_MAX_ACTIVE);
	if (!zx_timer_wq)
		return -ENOMEM;
	zx_timer_cache = kmem_cache_create("zircon_timer", sizeof(struct zx_timer), 0,
					   SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	if (!zx_timer_cache) {
		destroy_workqueue(zx_timer_wq);
		return -ENOMEM;
	}
	return 0;
}

void zx_timer_exit(void)
{
	kmem_cache_destroy(zx_timer_cache);
	destroy_workqueue(zx_timer_wq);
}
