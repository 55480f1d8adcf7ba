// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects: koids, the two counts, signals, children.
 */
#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/poll.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include <linux/zircon.h>

#include "account.h"
#include "handle.h"
#include "object.h"
#include "param.h"
#include "wait.h"

unsigned int zx_object_handles_max = ZX_OBJECT_HANDLES_MAX;

zx_param_uint(object_handles_max, zx_object_handles_max, 1, ZX_OBJECT_HANDLES_MAX,
	      "handles to one object in all processes and messages (1 to 1073741823)");

/*
 * Each processor gets koids in batches, so that threads that create objects do not all write one
 * cache line. Koids are unique; their order has no meaning.
 */
#define ZX_KOID_BATCH	512

/* The first koid of the next batch. 63 bits last 292 years, at one koid a nanosecond. */
static atomic64_t zx_koid_batches = ATOMIC64_INIT(ZX_KOID_FIRST);

/* The next koid of a processor's batch; a multiple of the batch's size if the batch is used up. */
static DEFINE_PER_CPU(u64, zx_koid_next);

static_assert(!(ZX_KOID_FIRST % ZX_KOID_BATCH));

/**
 * zx_koid_alloc - get a number that nothing else has
 *
 * Return: the koid of a new object, or the id of a struct zx_watched; never zero.
 */
u64 zx_koid_alloc(void)
{
	u64 koid;

	/* Interrupts need not be disabled: no object is created in one. */
	preempt_disable();
	koid = __this_cpu_read(zx_koid_next);
	if (unlikely(!(koid % ZX_KOID_BATCH)))
		koid = atomic64_fetch_add(ZX_KOID_BATCH, &zx_koid_batches);
	__this_cpu_write(zx_koid_next, koid + 1);
	preempt_enable();
	return koid;
}

#define ZX_NAMES(_type, name)	\
	[_type] = { name, "[zircon:" name "]", "[zircon-watch:" name "]" }
#define ZX_TABLE(table, ...)	\
	const struct zx_type_names table[ZX_OBJ_TYPE_UPPER_BOUND] = { __VA_ARGS__ }

zx_types(ZX_TABLE, zx_type_names, ZX_NAMES);

void __zx_object_init(struct zx_object *object, const struct zx_object_ops *ops, u32 signals)
{
	object->ops = ops;
	object->koid = zx_koid_alloc();
	refcount_set(&object->refs, 1);
	atomic_set(&object->handles, 0);
	object->signals = signals;
	object->next_dead = NULL;
	INIT_HLIST_HEAD(&object->observers);
	object->wanted = 0;
	object->num_observers = 0;
	atomic_set(&object->is_dead, 0);
}

/**
 * zx_memory_alloc - allocate the memory of objects, on the account of the calling thread
 * @table:	the table of the calling program, or NULL
 * @cache:	the cache to allocate from
 * @cost:	bytes of the memory, and of what its type allocates in addition
 *
 * Context: may sleep.
 * Return: the memory, zeroed except for its head, counted as one object (zx_pair_init() makes that
 * two); or NULL, for lack of memory or because of a limit.
 */
struct zx_memory *zx_memory_alloc(struct zx_handle_table *table, struct kmem_cache *cache,
				  size_t cost)
{
	struct zx_account *account = zx_account_charge_caller(table ? table->account : NULL, cost);
	struct zx_memory *memory;

	if (!account)
		return NULL;
	memory = kmem_cache_zalloc(cache, ZX_GFP);
	if (!memory) {
		zx_account_release(account, cost);
		return NULL;
	}
	memory->account = account;
	refcount_set(&memory->objects, 1);
	memory->cost = cost;
	return memory;
}

/**
 * zx_memory_discard - undo zx_memory_alloc()
 * @memory:	the memory; what its type allocated in addition is freed
 * @cache:	the cache that it was allocated from
 */
void zx_memory_discard(struct zx_memory *memory, struct kmem_cache *cache)
{
	zx_account_release(memory->account, memory->cost);
	kmem_cache_free(cache, memory);
}

/**
 * zx_memory_of - the head of an object's allocation
 * @object:	the object
 */
struct zx_memory *zx_memory_of(struct zx_object *object)
{
	/* In a pair the endpoint with the lower address follows the head. */
	if (object->ops->peer)
		object = min(object, object->ops->peer(object));
	return (struct zx_memory *)object - 1;
}

static void zx_memory_free_rcu(struct rcu_head *rcu)
{
	struct zx_memory *memory = container_of(rcu, struct zx_memory, rcu);
	struct zx_object *object = (struct zx_object *)(memory + 1);

	object->ops->free(memory);
}

/**
 * zx_object_release - release an object after its last reference was dropped
 * @object:	the object; the memory of a pair is freed with its second endpoint
 *
 * Context: process context, no locks held.
 */
void zx_object_release(struct zx_object *object)
{
	struct zx_memory *memory = zx_memory_of(object);

	if (!refcount_dec_and_test(&memory->objects))
		return;
	/* The charge is undone before the grace period, which is for lookups, begins. */
	zx_account_release(memory->account, memory->cost);
	call_rcu(&memory->rcu, zx_memory_free_rcu);
}

/* The rest of zx_object_add_handle() for a handle above the limit. */
int __zx_object_too_many(struct zx_object *object)
{
	atomic_dec(&object->handles);
	return ZX_ERR_NO_RESOURCES;
}

/**
 * zx_object_signal - lower and raise signals at the request of a program
 * @object:	the object, locked
 * @clear:	signals to lower first
 * @set:	signals to raise then
 *
 * Pollers are notified of all signals in @set, up already or not, as of each write to an eventfd.
 * May drop the lock and acquire it again, so the caller must unlock next.
 */
void zx_object_signal(struct zx_object *object, u32 clear, u32 set)
{
	u32 old = object->signals;
	u32 new = (old & ~clear) | set;

	zx_object_assert_locked(object);
	WRITE_ONCE(object->signals, new);
	zx_object_notify(object, old, set, new & ~old, 0);
}

/**
 * zx_object_user_signals_ok - whether programs may change signals of an object
 * @object:	the object
 * @clear:	signals to lower
 * @set:	signals to raise
 */
bool zx_object_user_signals_ok(const struct zx_object *object, u32 clear, u32 set)
{
	return !((clear | set) & ~object->ops->user_signals);
}

long zx_ioc_object_signal(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_signal *arg = args;
	struct zx_object *object;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_SIGNAL, &object);
	if (status)
		return status;
	if (zx_object_user_signals_ok(object, arg->clear_mask, arg->set_mask)) {
		zx_object_lock(object);
		zx_object_signal(object, arg->clear_mask, arg->set_mask);
		zx_object_unlock(object);
	} else {
		status = ZX_ERR_INVALID_ARGS;
	}
	zx_object_put(object);
	return status;
}

/* The checks are in Zircon's order. */
long zx_ioc_object_get_child(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_get_child *arg = args;
	struct zx_object *object, *child = NULL;
	struct zx_handle handle;
	int status = ZX_OK;
	u32 maker;

	if (!zx_handle_get(table, arg->handle, &handle))
		return zx_handle_bad(table);
	object = handle.object;
	if (!(handle.rights & ZX_RIGHT_ENUMERATE))
		status = ZX_ERR_ACCESS_DENIED;
	else if (arg->rights != ZX_RIGHT_SAME_RIGHTS && (arg->rights & ~handle.rights))
		status = ZX_ERR_ACCESS_DENIED;
	else if (!object->ops->get_child)
		status = ZX_ERR_WRONG_TYPE;
	else
		child = object->ops->get_child(&handle, arg->koid, &maker);
	zx_object_put(object);
	if (status)
		return status;
	if (!child)
		return ZX_ERR_NOT_FOUND;
	/* The rights are those of the parent, not of the child's type, and the maker too. */
	handle = (struct zx_handle) {
		.object = child,
		.maker = maker,
		.rights = arg->rights == ZX_RIGHT_SAME_RIGHTS ? handle.rights : arg->rights,
	};
	return zx_handle_create_as(table, handle, arg->out);
}
