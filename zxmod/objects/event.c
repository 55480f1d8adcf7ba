// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events.
 */
#include <linux/slab.h>

#include <linux/zircon.h>

#include "account.h"
#include "compat.h"
#include "event.h"
#include "handle.h"
#include "object.h"

/**
 * struct zx_event - an event
 * @object:	the event as an object
 * @account:	who created it and pays for it; a reference is held
 * @rcu:	for the delayed freeing
 */
struct zx_event {
	struct zx_object object;
	struct zx_account *account;
	struct rcu_head rcu;
};

static struct kmem_cache *zx_event_cache;

static void zx_event_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(zx_event_cache, container_of(rcu, struct zx_event, rcu));
}

static void zx_event_release(struct zx_object *object)
{
	struct zx_event *event = container_of(object, struct zx_event, object);

	/* The charge does not wait for the grace period. */
	zx_account_release(event->account, sizeof(*event));
	call_rcu(&event->rcu, zx_event_free_rcu);
}

static const struct zx_object_ops zx_event_ops = {
	.type = ZX_OBJ_TYPE_EVENT,
	.default_rights = ZX_DEFAULT_EVENT_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL | ZX_SIGNAL_SIGNALED,
	.release = zx_event_release,
};

long zx_ioc_event_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_create *arg = args;
	struct zx_account *account;
	struct zx_event *event;

	if (arg->options || arg->reserved || arg->out1)
		return ZX_ERR_INVALID_ARGS;
	account = zx_account_charge_caller(table->account, sizeof(*event));
	if (!account)
		return ZX_ERR_NO_MEMORY;
	event = kmem_cache_alloc(zx_event_cache, ZX_GFP);
	if (!event) {
		zx_account_release(account, sizeof(*event));
		return ZX_ERR_NO_MEMORY;
	}
	event->account = account;
	zx_object_init(&event->object, &zx_event_ops, 0);
	return zx_handle_create(table, &event->object, arg->out0);
}

int zx_event_init(void)
{
	zx_event_cache = kmem_cache_create("zircon_event", sizeof(struct zx_event), 0,
					   SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_event_cache ? 0 : -ENOMEM;
}

void zx_event_exit(void)
{
	kmem_cache_destroy(zx_event_cache);
}
