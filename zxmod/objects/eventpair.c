// SPDX-License-Identifier: GPL-2.0-only
/*
 * Eventpairs.
 */
#include <linux/slab.h>

#include <linux/zircon.h>

#include "compat.h"
#include "eventpair.h"
#include "handle.h"
#include "ipc/pair.h"
#include "object.h"
#include "policy.h"

struct zx_eventpair_endpoint {
	struct zx_object object;
	struct zx_endpoint endpoint;
};

ZX_ENDPOINT_CHECK(struct zx_eventpair_endpoint);

struct zx_eventpair {
	struct zx_memory memory;
	struct zx_eventpair_endpoint endpoints[2];
};

ZX_MEMORY_CHECK(struct zx_eventpair, endpoints);

static struct kmem_cache *zx_eventpair_cache;

static void zx_eventpair_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	zx_pair_close_endpoint(object, NULL);
}

static void zx_eventpair_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_eventpair_cache, container_of(memory, struct zx_eventpair, memory));
}

static const struct zx_object_ops zx_eventpair_ops = {
	.type = ZX_OBJ_TYPE_EVENTPAIR,
	.default_rights = ZX_DEFAULT_EVENTPAIR_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL | ZX_SIGNAL_SIGNALED,
	.on_zero_handles = zx_eventpair_on_zero_handles,
	.free = zx_eventpair_free,
	.peer = zx_object_peer,
};

long zx_ioc_eventpair_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_create *arg = args;
	struct zx_eventpair *eventpair;
	struct zx_memory *memory;
	int i;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	/* As in Zircon, where zx_event_create() returns another error. */
	if (arg->options)
		return ZX_ERR_NOT_SUPPORTED;
	if (zx_policy_check(table, ZX_POL_NEW_EVENTPAIR))
		return ZX_ERR_ACCESS_DENIED;
	memory = zx_memory_alloc(table, zx_eventpair_cache, sizeof(*eventpair));
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	eventpair = container_of(memory, struct zx_eventpair, memory);
	for (i = 0; i < 2; i++)
		zx_object_init(&eventpair->endpoints[i].object, &zx_eventpair_ops, 0);
	zx_pair_init(&eventpair->endpoints[0].object, &eventpair->endpoints[1].object);
	return zx_handle_create_pair(table, &eventpair->endpoints[0].object,
				     &eventpair->endpoints[1].object, arg->out0, arg->out1);
}

int zx_eventpair_init(void)
{
	zx_eventpair_cache = kmem_cache_create("zircon_eventpair", sizeof(struct zx_eventpair), 0,
					       SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_eventpair_cache ? 0 : -ENOMEM;
}

void zx_eventpair_exit(void)
{
	kmem_cache_destroy(zx_eventpair_cache);
}
