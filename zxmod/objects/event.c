// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events.
 */
#include <linux/slab.h>

#include <linux/zircon.h>

#include "compat.h"
#include "event.h"
#include "handle.h"
#include "object.h"
#include "policy.h"

/**
 * struct zx_event - an event
 * @memory:	the head of the allocation
 * @object:	the common part of objects
 */
struct zx_event {
	struct zx_memory memory;
	struct zx_object object;
};

ZX_MEMORY_CHECK(struct zx_event, object);

static struct kmem_cache *zx_event_cache;

static void zx_event_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_event_cache, container_of(memory, struct zx_event, memory));
}

static const struct zx_object_ops zx_event_ops = {
	.type = ZX_OBJ_TYPE_EVENT,
	.default_rights = ZX_DEFAULT_EVENT_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL | ZX_SIGNAL_SIGNALED,
	.free = zx_event_free,
};

long zx_ioc_event_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_create *arg = args;
	struct zx_memory *memory;
	struct zx_event *event;

	if (arg->options || arg->reserved || arg->out1)
		return ZX_ERR_INVALID_ARGS;
	if (zx_policy_check(table, ZX_POL_NEW_EVENT))
		return ZX_ERR_ACCESS_DENIED;
	memory = zx_memory_alloc(table, zx_event_cache, sizeof(*event));
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	event = container_of(memory, struct zx_event, memory);
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
