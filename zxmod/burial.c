// SPDX-License-Identifier: GPL-2.0-only
/*
 * Burying: the end of handles, and what follows from it.
 */
#include <linux/atomic.h>
#include <linux/sched.h>

#include "account.h"
#include "burial.h"
#include "object.h"

static struct workqueue_struct *zx_burial_wq;
/* Works that are queued or running. */
static atomic_t zx_burials;

/**
 * __zx_object_close_handle - drop a handle, leave the consequences to the caller
 * @object:	the object that the handle names; the handle's reference goes too
 * @dead:	receives the object if this was its last handle
 *
 * The caller has taken the handle out of wherever it was, and calls
 * zx_object_bury() in the end. May be called with locks held if some other
 * reference to @object keeps it from being released here.
 */
void __zx_object_close_handle(struct zx_object *object, struct zx_dead_list *dead)
{
	if (atomic_dec_and_test(&object->handles) && object->ops->on_zero_handles) {
		object->next_dead = dead->first;
		if (!dead->first)
			dead->last = object;
		dead->first = object;
	} else {
		zx_object_put(object);
	}
}

/* Leaves objects to the worker of who pays for the first of them. */
static void zx_bury_later(struct zx_dead_list *dead)
{
	struct zx_account *account = zx_memory_of(dead->first)->account;
	struct zx_burial *burial = &account->burial;

	/* The objects hold the account, until the worker has them. */
	zx_account_get(account);
	atomic_inc(&zx_burials);
	spin_lock(&burial->lock);
	dead->last->next_dead = burial->dead.first;
	if (!burial->dead.first)
		burial->dead.last = dead->last;
	burial->dead.first = dead->first;
	spin_unlock(&burial->lock);
	dead->first = NULL;
	if (!queue_work(zx_burial_wq, &burial->work)) {
		zx_account_put(account);
		atomic_dec(&zx_burials);
	}
}

/**
 * zx_object_bury - tell objects that their last handle is gone
 * @dead:	the objects; empty afterwards
 *
 * A loop where recursion would be natural: a channel whose queue holds another
 * channel whose queue holds another, a million deep, takes no more stack than one.
 *
 * Context: process context, may sleep, no locks held.
 */
void zx_object_bury(struct zx_dead_list *dead)
{
	while (dead->first) {
		struct zx_object *object = dead->first;

		if (unlikely(dead->count++ >= ZX_BURIAL_MAX)) {
			zx_bury_later(dead);
			break;
		}
		dead->first = object->next_dead;
		object->ops->on_zero_handles(object, dead);
		zx_object_put(object);
		cond_resched();
	}
	/* What is closed next by the same thread has a count of its own. */
	dead->count = 0;
}

/**
 * zx_object_close_handle - drop a handle and see to what follows
 * @object:	the object that the handle names; the handle's reference goes too
 *
 * Context: process context, may sleep, no locks held.
 */
void zx_object_close_handle(struct zx_object *object)
{
	struct zx_dead_list dead = {};

	__zx_object_close_handle(object, &dead);
	zx_object_bury(&dead);
}

static void zx_burial_work(struct work_struct *work)
{
	struct zx_burial *burial = container_of(work, struct zx_burial, work);
	struct zx_dead_list dead;

	spin_lock(&burial->lock);
	dead = burial->dead;
	burial->dead.first = NULL;
	spin_unlock(&burial->lock);

	zx_object_bury(&dead);
	zx_account_put(container_of(burial, struct zx_account, burial));
	atomic_dec(&zx_burials);
}

/**
 * zx_burial_setup - prepare the worker of a new account
 * @burial:	the account's
 */
void zx_burial_setup(struct zx_burial *burial)
{
	spin_lock_init(&burial->lock);
	burial->dead = (struct zx_dead_list){};
	INIT_WORK(&burial->work, zx_burial_work);
}

/**
 * zx_burial_flush - wait until all is buried
 *
 * Nobody closes handles any more but the workers.
 */
void zx_burial_flush(void)
{
	/* A worker may have queued the next one. */
	while (atomic_read(&zx_burials))
		flush_workqueue(zx_burial_wq);
}

int zx_burial_init(void)
{
	/* At most one for each account is at work. */
	zx_burial_wq = alloc_workqueue("zircon_burial", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return zx_burial_wq ? 0 : -ENOMEM;
}

void zx_burial_exit(void)
{
	destroy_workqueue(zx_burial_wq);
}
