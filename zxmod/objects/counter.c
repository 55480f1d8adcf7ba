// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters.
 */
#include <linux/overflow.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "compat.h"
#include "counter.h"
#include "handle.h"
#include "object.h"
#include "user.h"

/**
 * struct zx_counter - a counter
 * @memory:	the head of the allocation
 * @object:	the common part of objects; one of the signals POSITIVE and NON_POSITIVE is up
 * @value:	the number; guarded by the object's lock
 */
struct zx_counter {
	struct zx_memory memory;
	struct zx_object object;
	s64 value;
};

ZX_MEMORY_CHECK(struct zx_counter, object);

static struct kmem_cache *zx_counter_cache;

static struct zx_counter *zx_counter_of(struct zx_object *object)
{
	return container_of(object, struct zx_counter, object);
}

/* Sets the value, with the object locked, which the caller must unlock next. */
static void zx_counter_set(struct zx_counter *counter, s64 value)
{
	s64 old = counter->value;

	zx_object_assert_locked(&counter->object);
	counter->value = value;
	if (old <= 0 && value > 0)
		zx_object_update_signals(&counter->object, ZX_COUNTER_NON_POSITIVE,
					 ZX_COUNTER_POSITIVE);
	else if (old > 0 && value <= 0)
		zx_object_update_signals(&counter->object, ZX_COUNTER_POSITIVE,
					 ZX_COUNTER_NON_POSITIVE);
}

static void zx_counter_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_counter_cache, container_of(memory, struct zx_counter, memory));
}

static const struct zx_object_ops zx_counter_ops = {
	.type = ZX_OBJ_TYPE_COUNTER,
	.default_rights = ZX_DEFAULT_COUNTER_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL | ZX_SIGNAL_SIGNALED,
	.free = zx_counter_free,
};

long zx_ioc_counter_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_create *arg = args;
	struct zx_counter *counter;
	struct zx_memory *memory;

	if (arg->options || arg->reserved || arg->out1)
		return ZX_ERR_INVALID_ARGS;
	memory = zx_memory_alloc(table, zx_counter_cache, sizeof(*counter));
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	counter = container_of(memory, struct zx_counter, memory);
	zx_object_init(&counter->object, &zx_counter_ops, ZX_COUNTER_NON_POSITIVE);
	return zx_handle_create(table, &counter->object, arg->out0);
}

/* A null pointer is noticed before the handle is looked up, as in Zircon. */
long zx_ioc_counter_read(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_counter_read *arg = args;
	struct zx_object *object;
	int status;
	s64 value;

	if (arg->reserved || !arg->out)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_COUNTER, ZX_RIGHT_READ, &object);
	if (status)
		return status;
	/* Without the lock a value could be read whose signal is not up yet. */
	zx_object_lock(object);
	value = zx_counter_of(object)->value;
	zx_object_unlock(object);
	zx_object_put(object);
	return zx_put_u64(arg->out, value);
}

long zx_ioc_counter_write(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_counter *arg = args;
	struct zx_object *object;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_COUNTER, ZX_RIGHT_WRITE, &object);
	if (status)
		return status;
	zx_object_lock(object);
	zx_counter_set(zx_counter_of(object), arg->value);
	zx_object_unlock(object);
	zx_object_put(object);
	return ZX_OK;
}

/* Needs both rights: a program could find out the value by adding, from the status. */
long zx_ioc_counter_add(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_counter *arg = args;
	struct zx_counter *counter;
	struct zx_object *object;
	int status;
	s64 value;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_COUNTER, ZX_RIGHTS_IO, &object);
	if (status)
		return status;
	counter = zx_counter_of(object);
	zx_object_lock(object);
	if (check_add_overflow(counter->value, arg->value, &value))
		status = ZX_ERR_OUT_OF_RANGE;
	else
		zx_counter_set(counter, value);
	zx_object_unlock(object);
	zx_object_put(object);
	return status;
}

int zx_counter_init(void)
{
	zx_counter_cache = kmem_cache_create("zircon_counter", sizeof(struct zx_counter), 0,
					     SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_counter_cache ? 0 : -ENOMEM;
}

void zx_counter_exit(void)
{
	kmem_cache_destroy(zx_counter_cache);
}
