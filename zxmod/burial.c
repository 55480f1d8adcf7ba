// SPDX-License-Identifier: GPL-2.0-only
/*
 * Burying: closing handles, and what is done after the last handle of an object is closed.
 */
#include <linux/atomic.h>
#include <linux/sched.h>

#include "account.h"
#include "burial.h"
#include "object.h"

static struct workqueue_struct *zx_burial_wq;
/* The number of works that are queued or running. */
static atomic_t zx_burials;

static void zx_dead_push(struct zx_dead_list *dead, struct zx_object *object)
{
	object->next_dead = dead->first;
	if (!dead->first)
		dead->last = object;
	dead->first = object;
}

/*
 * Whether an object that has lost its last handle is on a list already, after it had lost another
 * last handle before. Then the thread that takes it off that list sees that it has none.
 */
static bool zx_object_is_dead(struct zx_object *object)
{
	return unlikely(object->ops->returns) && atomic_xchg(&object->is_dead, 1);
}

/**
 * __zx_object_close_handle - close a handle without burying its object
 * @object:	the object that the handle names; the handle's reference is consumed
 * @dead:	receives the object if this was its last handle
 *
 * The caller has removed the handle from its table, message or file, and calls zx_object_bury()
 * later. May be called with locks held if another reference to @object keeps it from being released
 * here.
 */
void __zx_object_close_handle(struct zx_object *object, struct zx_dead_list *dead)
{
	if (atomic_dec_and_test(&object->handles) && object->ops->on_zero_handles &&
	    !zx_object_is_dead(object))
		zx_dead_push(dead, object);
	else
		zx_object_put(object);
}

/**
 * zx_object_bury_again - have an object's on_zero_handles() called once more
 * @object:	the object that is being buried, of which much is left to do
 * @dead:	the list that its on_zero_handles() was called with
 */
void zx_object_bury_again(struct zx_object *object, struct zx_dead_list *dead)
{
	zx_object_get(object);
	zx_dead_push(dead, object);
}

/* Moves a list to the worker of the account that pays for its first object. */
static void zx_bury_later(struct zx_dead_list *dead)
{
	struct zx_account *account = zx_memory_of(dead->first)->account;
	struct zx_burial *burial = &account->burial;

	/* The objects have references to the account, but only until the worker has buried them. */
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
 * zx_object_bury - bury objects
 * @dead:	the objects; empty afterwards
 *
 * A loop, not a recursion: a million channels, each in the queue of another, need no more stack
 * than one.
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
		/* From here on it can be on a list again. */
		if (unlikely(object->ops->returns))
			atomic_xchg(&object->is_dead, 0);
		object->ops->on_zero_handles(object, dead);
		zx_object_put(object);
		cond_resched();
	}
	/* The caller may use the list again, with a new count. */
	dead->count = 0;
}

/**
 * zx_object_close_handle - close a handle, and bury its object if it was the last one
 * @object:	the object that the handle names; the handle's reference is consumed
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
 * zx_burial_flush - wait until all objects are buried
 *
 * Only the workers still close handles.
 */
void zx_burial_flush(void)
{
	/* A work may have queued another. */
	while (atomic_read(&zx_burials))
		flush_workqueue(zx_burial_wq);
}

int zx_burial_init(void)
{
	/* Each account has its own work, so accounts do not wait for each other. */
	zx_burial_wq = alloc_workqueue("zircon_burial", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return zx_burial_wq ? 0 : -ENOMEM;
}

void zx_burial_exit(void)
{
	destroy_workqueue(zx_burial_wq);
}
