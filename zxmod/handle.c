// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handle table and the zx_handle_* calls.
 */
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "compat.h"
#include "handle.h"
#include "param.h"
#include "policy.h"
#include "user.h"
#include "wait.h"

static unsigned int zx_handles_max = ZX_HANDLE_MAX;

zx_param_uint(handles_max, zx_handles_max, 1, ZX_HANDLE_MAX,
	      "handles that one process can have open (1 to 1048576)");

static struct kmem_cache *zx_table_cache;
/* Chunks of slots and chunks of pointers to them, which have the same size. */
static struct kmem_cache *zx_chunk_cache;
static struct workqueue_struct *zx_table_wq;

#define ZX_CHUNK_SIZE	4096

static_assert(ZX_SLOTS_PER_CHUNK * sizeof(struct zx_slot) <= ZX_CHUNK_SIZE);
static_assert(ZX_CHUNKS_PER_DIR * sizeof(struct zx_slot_chunk) <= ZX_CHUNK_SIZE);

/* Takes the rights and the maker of a handle from what its slot has. */
static void zx_slot_split(u32 word, struct zx_handle *out)
{
	out->rights = word & ZX_SLOT_RIGHTS;
	out->maker = (word & ZX_SLOT_MAKER) >> ZX_SLOT_MAKER_SHIFT;
}

static void *zx_chunk_alloc(struct zx_handle_table *table)
{
	void *chunk;

	if (zx_account_charge(table->account, ZX_CHUNK_SIZE))
		return NULL;
	chunk = kmem_cache_zalloc(zx_chunk_cache, ZX_GFP);
	if (!chunk)
		zx_account_uncharge(table->account, ZX_CHUNK_SIZE);
	return chunk;
}

/* Undoes zx_chunk_alloc(), for a chunk that is not in the table. */
static void zx_chunk_discard(struct zx_handle_table *table, void *chunk)
{
	if (!chunk)
		return;
	kmem_cache_free(zx_chunk_cache, chunk);
	zx_account_uncharge(table->account, ZX_CHUNK_SIZE);
}

/* The bytes that are charged for the chunks of a table. */
static size_t zx_table_cost(const struct zx_handle_table *table)
	__must_hold(&table->lock)
{
	u32 chunks = table->capacity / ZX_SLOTS_PER_CHUNK;

	zx_handle_table_assert_locked(table);
	return (chunks + DIV_ROUND_UP(chunks, ZX_CHUNKS_PER_DIR)) * ZX_CHUNK_SIZE;
}

static u32 zx_value_of_id(const struct zx_handle_table *table, u32 id)
{
	return ((id ^ table->secret) << 2) | ZX_HANDLE_FIXED_BITS_MASK;
}

/* The number that the slot of @value has after that handle. */
static u32 zx_next_value(const struct zx_handle_table *table, u32 value)
{
	u32 id = zx_id_of_value(table, value);

	return zx_value_of_id(table, (id + ZX_HANDLE_MAX) & ZX_HANDLE_ID_MASK);
}

static void zx_table_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(zx_table_cache, container_of(rcu, struct zx_handle_table, free_work.rcu));
}

/**
 * zx_handle_table_put - drop a reference to a table
 * @table:	the table, which the caller must not use afterwards
 *
 * A table with an owner is closed before its last reference is dropped.
 *
 * Context: process context, no locks held.
 */
void zx_handle_table_put(struct zx_handle_table *table)
{
	if (!refcount_dec_and_test(&table->refs))
		return;
	if (table->owner)
		zx_object_put(table->owner);
	if (table->mm)
		/* Never used, so not closed: another open of the program was faster. */
		mmdrop(table->mm);
	zx_account_release(table->account, sizeof(*table));
	/*
	 * A thread in zx_process_table() may just have read the pointer to the table. The rcu_head
	 * is free: the work has a reference, so it has run or was never queued.
	 */
	call_rcu(&table->free_work.rcu, zx_table_free_rcu);
}

/* Runs a grace period after the table was closed: no iteration reads the slots any more. */
static void zx_table_free_slots(struct work_struct *work)
{
	struct zx_handle_table *table = container_of(to_rcu_work(work), struct zx_handle_table,
						     free_work);
	unsigned int i, j;

	for (i = 0; i < ZX_ROOT_SIZE; i++) {
		if (!table->root[i])
			continue;
		for (j = 0; j < ZX_CHUNKS_PER_DIR; j++)
			if (table->root[i][j].slots)
				kmem_cache_free(zx_chunk_cache, table->root[i][j].slots);
		kmem_cache_free(zx_chunk_cache, table->root[i]);
		table->root[i] = NULL;
		cond_resched();
	}
	zx_handle_table_put(table);
}

/**
 * zx_handle_table_new - make an empty table for the calling program
 *
 * Return: the table, with a reference for the caller and without an owner; or NULL for lack of
 * memory.
 */
struct zx_handle_table *zx_handle_table_new(void)
{
	struct zx_handle_table *table;
	struct zx_account *account;

	account = zx_account_charge_caller(NULL, sizeof(*table));
	if (!account)
		return NULL;
	table = kmem_cache_zalloc(zx_table_cache, ZX_GFP);
	if (!table) {
		zx_account_release(account, sizeof(*table));
		return NULL;
	}
	table->account = account;
	refcount_set(&table->refs, 1);
	spin_lock_init(&table->lock);
	spin_lock_init(&table->parked_lock);
	INIT_LIST_HEAD(&table->parked);
	zx_futexes_init(&table->futexes);
	INIT_RCU_WORK(&table->free_work, zx_table_free_slots);
	table->secret = get_random_u32() & ZX_HANDLE_ID_MASK;
	/* The owner has a reference to the pid while the table is open and has a file. */
	table->pid = task_tgid(current);
	table->mm = current->mm;
	mmgrab(table->mm);
	return table;
}

/**
 * zx_handle_bad - apply the policy for numbers that name no handle
 * @table:	the calling program's table
 *
 * The call fails with the same error whether the policy allows or denies, as in Zircon, but the
 * thread may have a signal to handle after the call.
 *
 * Context: any in which the calling thread is in a call of the program, also with the table locked.
 * Return: ZX_ERR_BAD_HANDLE.
 */
int __cold zx_handle_bad(struct zx_handle_table *table)
{
	(void)zx_policy_check(table, ZX_POL_BAD_HANDLE);
	return ZX_ERR_BAD_HANDLE;
}

/**
 * zx_handle_missing - zx_handle_bad() for zx_handle_use()
 *
 * Gets no table: to keep it would cost a register, also in calls that find the handle.
 *
 * Context: process context, no locks held.
 */
void __cold zx_handle_missing(void)
{
	(void)zx_policy_check_current(ZX_POL_BAD_HANDLE);
}

/**
 * zx_handle_get - look up the object that a handle names
 * @table:	the table
 * @value:	its number
 * @out:	receives object, rights and maker, with a reference to the object for the caller
 *
 * Applies no policy: a caller that fails if there is no such handle calls zx_handle_bad().
 *
 * Return: whether there is such a handle.
 */
bool zx_handle_get(struct zx_handle_table *table, u32 value, struct zx_handle *out)
{
	struct zx_slot *slot = zx_slot_of(table, value);
	u32 rights;

	out->object = slot ? zx_slot_get(slot, value, &rights) : NULL;
	if (!out->object)
		return false;
	zx_slot_split(rights, out);
	return true;
}

/**
 * zx_handle_find - zx_handle_use() for a caller that needs the handle's rights or maker
 * @table:	the table that the handle is in
 * @value:	its number
 * @type:	the type that its object must have, or ZX_OBJ_TYPE_NONE
 * @rights:	the rights that it must have
 * @out:	receives object, rights and maker, with a reference to the object for the caller
 *
 * Return: as zx_handle_use().
 */
int zx_handle_find(struct zx_handle_table *table, u32 value, u32 type, u32 rights,
		   struct zx_handle *out)
{
	int status;

	if (!zx_handle_get(table, value, out))
		return zx_handle_bad(table);
	if (type && out->object->ops->type != type)
		status = ZX_ERR_WRONG_TYPE;
	else
		status = rights & ~out->rights ? ZX_ERR_ACCESS_DENIED : ZX_OK;
	if (status)
		zx_object_put(out->object);
	return status;
}

/**
 * zx_handle_lookup - zx_handle_use() for a caller that needs the object only
 * @table:	the table that the handle is in
 * @value:	its number
 * @type:	the type that its object must have, or ZX_OBJ_TYPE_NONE
 * @rights:	the rights that it must have
 * @out:	receives the object with a reference for the caller
 *
 * Return: as zx_handle_use().
 */
int zx_handle_lookup(struct zx_handle_table *table, u32 value, u32 type, u32 rights,
		     struct zx_object **out)
{
	struct zx_handle_use use;
	int status;

	status = zx_handle_use(table, value, type, rights, &use);
	if (!status)
		*out = use.object;
	return status;
}

/**
 * zx_handle_lookup_quiet - zx_handle_lookup() without a policy
 * @table:	the table that the handle is in
 * @value:	its number
 * @type:	the type that its object must have, or ZX_OBJ_TYPE_NONE
 * @rights:	the rights that it must have
 * @out:	receives the object with a reference for the caller
 *
 * For a number that the program need not have passed, or which the call may turn out not to need.
 *
 * Return: as zx_handle_use().
 */
int zx_handle_lookup_quiet(struct zx_handle_table *table, u32 value, u32 type, u32 rights,
			   struct zx_object **out)
{
	struct zx_handle_use use;
	int status;

	status = __zx_handle_use(table, value, type, rights, &use, true);
	if (!status)
		*out = use.object;
	return status;
}

/**
 * zx_handle_is_open - whether a number names a handle
 * @table:	the table
 * @value:	the number
 *
 * The answer can be out of date on return.
 */
bool zx_handle_is_open(struct zx_handle_table *table, u32 value)
{
	struct zx_slot *slot = zx_slot_of(table, value);

	return slot && READ_ONCE(slot->value) == value && rcu_access_pointer(slot->object);
}

/**
 * zx_handle_next - find the next handle of a table
 * @table:	the table, of any program; the caller has a reference
 * @cursor:	the position of the iteration; all zero at first
 *
 * Handles that are added or removed meanwhile may be missed. A table that is closed meanwhile has
 * no more handles.
 *
 * Context: may sleep.
 * Return: whether there is another handle, described by @cursor.
 */
bool zx_handle_next(struct zx_handle_table *table, struct zx_handle_cursor *cursor)
{
	struct zx_object *object;
	struct zx_slot *slot;
	bool found;

	for (;;) {
		/* A table can have a million slots, and a killed thread needs no result. */
		if (!(cursor->index % ZX_SLOTS_PER_CHUNK)) {
			cond_resched();
			if (fatal_signal_pending(current))
				return false;
		}
		/*
		 * @used is set to zero before the grace period begins after which the slots are
		 * freed. So if @used is not zero, the slots stay until rcu_read_unlock().
		 */
		rcu_read_lock();
		/* Pairs with smp_store_release() in zx_slot_alloc(): the slot is initialised. */
		if (cursor->index >= smp_load_acquire(&table->used)) {
			rcu_read_unlock();
			return false;
		}
		slot = zx_slot_at(table, cursor->index++);
		cursor->value = READ_ONCE(slot->value);
		found = zx_slot_try(slot, cursor->value, &cursor->rights, &object);
		rcu_read_unlock();

		cursor->object = object;
		cursor->rights &= ZX_SLOT_RIGHTS;
		if (found)
			return true;
		if (object)
			zx_object_put(object);
	}
}

/* Adds a chunk of slots. The table is locked, but is unlocked meanwhile. */
static int zx_table_grow(struct zx_handle_table *table)
	__must_hold(&table->lock)
{
	u32 capacity = table->capacity;
	u32 top = capacity >> (ZX_SLOT_BITS + ZX_DIR_BITS);
	struct zx_slot_chunk *dir = NULL, *chunk;
	bool need_dir = !table->root[top];
	struct zx_slot *slots;

	zx_handle_table_assert_locked(table);
	spin_unlock(&table->lock);
	slots = zx_chunk_alloc(table);
	if (need_dir)
		dir = zx_chunk_alloc(table);
	spin_lock(&table->lock);

	if (table->capacity != capacity) {
		/* Another thread was faster. */
		zx_chunk_discard(table, slots);
		zx_chunk_discard(table, dir);
		return ZX_OK;
	}
	if (!slots || (need_dir && !dir)) {
		zx_chunk_discard(table, slots);
		zx_chunk_discard(table, dir);
		return ZX_ERR_NO_MEMORY;
	}
	if (need_dir)
		/* Lookups read the pointer without the lock: the contents come before it. */
		smp_store_release(&table->root[top], dir);
	chunk = &table->root[top][(capacity >> ZX_SLOT_BITS) % ZX_CHUNKS_PER_DIR];
	/* As above. */
	smp_store_release(&chunk->slots, slots);
	table->capacity += ZX_SLOTS_PER_CHUNK;
	return ZX_OK;
}

/* Reserves a free slot. The table is locked, but may be unlocked meanwhile. */
static int zx_slot_alloc(struct zx_handle_table *table, u32 *value)
	__must_hold(&table->lock)
{
	u32 max = READ_ONCE(zx_handles_max);
	struct zx_slot *slot;
	int status;

	zx_handle_table_assert_locked(table);
	for (;;) {
		if (table->dead)
			return ZX_ERR_BAD_STATE;
		if (table->count >= max)
			return ZX_ERR_NO_RESOURCES;
		if (table->free_count > ZX_HANDLE_QUARANTINE ||
		    (table->free_count && table->used == ZX_HANDLE_MAX)) {
			slot = zx_slot_at(table, table->free_head);
			table->free_head = slot->rights;
			table->free_count--;
			*value = slot->value;
			break;
		}
		if (table->used < table->capacity) {
			slot = zx_slot_at(table, table->used);
			*value = zx_value_of_id(table, table->used);
			WRITE_ONCE(slot->value, *value);
			/* Pairs with zx_handle_next(): the slot is written before the count. */
			smp_store_release(&table->used, table->used + 1);
			break;
		}
		status = zx_table_grow(table);
		if (status)
			return status;
	}
	table->count++;
	return ZX_OK;
}

/* Empties a slot. Its number becomes invalid, and the next handle gets the next generation. */
static __always_inline void zx_slot_free(struct zx_handle_table *table, struct zx_slot *slot,
					 u32 value)
	__must_hold(&table->lock)
{
	u32 index = zx_id_of_value(table, value) & ZX_HANDLE_INDEX_MASK;

	zx_handle_table_assert_locked(table);
	WRITE_ONCE(slot->value, zx_next_value(table, value));
	/* The number changes first: a lookup that still finds the object must not match. */
	smp_wmb();
	RCU_INIT_POINTER(slot->object, NULL);
	if (table->free_count)
		WRITE_ONCE(zx_slot_at(table, table->free_tail)->rights, index);
	else
		table->free_head = index;
	table->free_tail = index;
	table->free_count++;
	table->count--;
}

/**
 * zx_handle_reserve - get numbers for handles that are about to be made
 * @table:	the table
 * @count:	how many
 * @values:	receives the numbers
 *
 * A reserved number names nothing until zx_handle_install(). zx_handle_unreserve() undoes the
 * reservation.
 *
 * Context: may sleep.
 * Return: ZX_OK, ZX_ERR_NO_MEMORY, ZX_ERR_NO_RESOURCES (the limit of handles), or
 * ZX_ERR_BAD_STATE (the table is closed).
 */
int zx_handle_reserve(struct zx_handle_table *table, unsigned int count, u32 *values)
{
	unsigned int done;
	int status = ZX_OK;

	spin_lock(&table->lock);
	for (done = 0; done < count; done++) {
		status = zx_slot_alloc(table, &values[done]);
		if (status)
			break;
	}
	spin_unlock(&table->lock);
	if (status)
		zx_handle_unreserve(table, done, values);
	return status;
}

/**
 * zx_handle_unreserve - undo zx_handle_reserve()
 * @table:	the table
 * @count:	how many
 * @values:	the numbers
 */
void zx_handle_unreserve(struct zx_handle_table *table, unsigned int count, const u32 *values)
{
	unsigned int i;

	spin_lock(&table->lock);
	for (i = 0; i < count; i++)
		zx_slot_free(table, zx_slot_of(table, values[i]), values[i]);
	spin_unlock(&table->lock);
}

/**
 * zx_handle_install - make a reserved number name a handle
 * @table:	the table
 * @value:	the reserved number
 * @handle:	the handle (reference and count), which is the table's afterwards
 */
void zx_handle_install(struct zx_handle_table *table, u32 value, struct zx_handle handle)
{
	struct zx_slot *slot = zx_slot_of(table, value);

	WRITE_ONCE(slot->rights, handle.rights | handle.maker << ZX_SLOT_MAKER_SHIFT);
	/* Rights before object: a lookup that finds the object finds its rights. */
	rcu_assign_pointer(slot->object, handle.object);
}

/**
 * zx_handle_give - put a new handle into a table
 * @table:	the table
 * @handle:	the handle (reference and count), which is the table's on success
 * @out:	user pointer that receives the handle's number
 * @move:	how it was made
 *
 * Return: ZX_OK, an error of zx_handle_reserve(), or ZX_ERR_INVALID_ARGS if @out
 * cannot be written.
 */
static int zx_handle_give(struct zx_handle_table *table, struct zx_handle handle, u64 out,
			  enum zx_move move)
{
	u32 value;
	int status;

	status = zx_handle_reserve(table, 1, &value);
	if (status)
		return status;
	status = zx_put_u32(out, value);
	if (status) {
		zx_handle_unreserve(table, 1, &value);
		return status;
	}
	zx_trace_handle(move, handle.object, value, table);
	zx_handle_install(table, value, handle);
	return ZX_OK;
}

/**
 * zx_handle_receive - put a handle that was outside of all tables into one
 * @table:	the table
 * @handle:	the handle, which is the table's on success
 * @out:	user pointer that receives the handle's number
 *
 * Return: as zx_handle_give().
 */
int zx_handle_receive(struct zx_handle_table *table, struct zx_handle handle, u64 out)
{
	return zx_handle_give(table, handle, out, ZX_MOVE_RECEIVED);
}

/**
 * zx_handle_create_as - make a handle to an object, which may be new
 * @table:	the table
 * @handle:	the object, of which the caller's reference is dropped in any case; and what the
 *		handle is to have
 * @out:	user pointer that receives the handle's number
 *
 * Return: as zx_handle_give(), or ZX_ERR_NO_RESOURCES (the limit of handles to one object);
 * on failure a new object is released.
 */
int zx_handle_create_as(struct zx_handle_table *table, struct zx_handle handle, u64 out)
{
	int status;

	status = zx_object_add_handle(handle.object);
	if (!status) {
		status = zx_handle_give(table, handle, out, ZX_MOVE_CREATED);
		if (status)
			zx_object_close_handle(handle.object);
	}
	zx_object_put(handle.object);
	return status;
}

/* A handle without a maker to an object, with the default rights of its type. */
static struct zx_handle zx_default_handle(struct zx_object *object)
{
	return (struct zx_handle) {
		.object = object,
		.rights = object->ops->default_rights,
	};
}

/* The same with the default rights of the object's type. */
int zx_handle_create(struct zx_handle_table *table, struct zx_object *object, u64 out)
{
	return zx_handle_create_as(table, zx_default_handle(object), out);
}

/* The same with a maker. */
int zx_handle_create_by(struct zx_handle_table *table, struct zx_object *object, u32 maker,
			u64 out)
{
	struct zx_handle handle = zx_default_handle(object);

	handle.maker = maker;
	return zx_handle_create_as(table, handle, out);
}

/**
 * zx_handle_create_pair - make the first handles to the endpoints of a new pair
 * @table:	the table
 * @object0:	the first endpoint; the caller's reference is dropped in any case
 * @object1:	the second endpoint, likewise
 * @out0:	user pointer that receives the number of the first endpoint's handle
 * @out1:	user pointer that receives the number of the second endpoint's handle
 *
 * The handles get the default rights of the objects' type.
 * Return: as zx_handle_give(); on failure there are no handles and the pair is released.
 */
int zx_handle_create_pair(struct zx_handle_table *table, struct zx_object *object0,
			  struct zx_object *object1, u64 out0, u64 out1)
{
	u32 values[2];
	int status;

	status = zx_handle_reserve(table, 2, values);
	if (status)
		goto out;
	status = zx_put_u32(out0, values[0]) ?: zx_put_u32(out1, values[1]);
	if (status) {
		zx_handle_unreserve(table, 2, values);
		goto out;
	}
	/* Both are counted before a thread that guesses a number can close either. */
	zx_object_first_handle(object0);
	zx_object_first_handle(object1);
	zx_trace_handle(ZX_MOVE_CREATED, object0, values[0], table);
	zx_trace_handle(ZX_MOVE_CREATED, object1, values[1], table);
	zx_handle_install(table, values[0], zx_default_handle(object0));
	zx_handle_install(table, values[1], zx_default_handle(object1));
out:
	zx_object_put(object0);
	zx_object_put(object1);
	return status;
}

void zx_handle_table_lock(struct zx_handle_table *table)
	__acquires(&table->lock)
{
	spin_lock(&table->lock);
}

void zx_handle_table_unlock(struct zx_handle_table *table)
	__releases(&table->lock)
{
	spin_unlock(&table->lock);
}

/**
 * zx_handle_peek - find a handle in a locked table
 * @table:	the table
 * @value:	the number
 * @out:	receives object, rights and maker, without a reference
 *
 * Return: its slot, or NULL if there is no such handle.
 */
struct zx_slot *zx_handle_peek(struct zx_handle_table *table, u32 value, struct zx_handle *out)
	__must_hold(&table->lock)
{
	struct zx_slot *slot = zx_slot_of(table, value);

	zx_handle_table_assert_locked(table);
	if (!slot || slot->value != value)
		return NULL;
	/* Filling a slot needs no lock: pairs with rcu_assign_pointer() there. */
	out->object = smp_load_acquire((struct zx_object * __force *)&slot->object);
	zx_slot_split(READ_ONCE(slot->rights), out);
	return out->object ? slot : NULL;
}

#define ZX_WATCHED_SIZE		(ZX_SLOTS_PER_CHUNK * sizeof(struct zx_watched *))

/* An array for zx_slot_chunk.watched, or NULL. */
static struct zx_watched **zx_places_alloc(struct zx_handle_table *table)
{
	struct zx_watched **places;

	if (zx_account_charge(table->account, ZX_WATCHED_SIZE))
		return NULL;
	places = kzalloc(ZX_WATCHED_SIZE, ZX_GFP);
	if (!places)
		zx_account_uncharge(table->account, ZX_WATCHED_SIZE);
	return places;
}

static void zx_places_free(struct zx_handle_table *table, struct zx_watched **places)
{
	if (!places)
		return;
	kfree(places);
	zx_account_uncharge(table->account, ZX_WATCHED_SIZE);
}

/* Whether a number names an object, in a table that is locked. */
static bool zx_slot_names(const struct zx_handle_table *table, const struct zx_slot *slot,
			  u32 value, const struct zx_object *object)
	__must_hold(&table->lock)
{
	zx_handle_table_assert_locked(table);
	if (slot->value != value)
		return false;
	/* Filling a slot needs no lock: pairs with rcu_assign_pointer() there. */
	return smp_load_acquire((struct zx_object * __force *)&slot->object) == object;
}

/**
 * zx_handle_watched - the zx_watched of a handle in a locked table
 * @table:	the table
 * @value:	the handle's number, which a lookup has found before
 * @object:	the object that the lookup has found for it
 *
 * Return: the zx_watched; NULL if nothing has waited through the handle, or the handle is gone.
 */
struct zx_watched *zx_handle_watched(struct zx_handle_table *table, u32 value,
				     const struct zx_object *object)
	__must_hold(&table->lock)
{
	u32 index = zx_id_of_value(table, value) & ZX_HANDLE_INDEX_MASK;
	struct zx_slot_chunk *chunk = zx_chunk_at(table, index);
	struct zx_slot *slot = &chunk->slots[index % ZX_SLOTS_PER_CHUNK];

	zx_handle_table_assert_locked(table);
	if (!zx_slot_names(table, slot, value, object) || !(slot->rights & ZX_SLOT_WATCHED))
		return NULL;
	return chunk->watched[index % ZX_SLOTS_PER_CHUNK];
}

/**
 * zx_handle_lock_watched - lock a table and find the zx_watched of a handle
 * @table:	the table; locked on return, also on failure
 * @value:	the handle's number
 * @object:	the object that a lookup has found for it
 * @out:	receives the handle's zx_watched, which is allocated if there is none
 *
 * Context: may sleep.
 * Return: ZX_OK, ZX_ERR_BAD_HANDLE (the handle is gone) or ZX_ERR_NO_MEMORY.
 */
int zx_handle_lock_watched(struct zx_handle_table *table, u32 value, struct zx_object *object,
			   struct zx_watched **out)
	__acquires(&table->lock)
{
	u32 index = zx_id_of_value(table, value) & ZX_HANDLE_INDEX_MASK;
	struct zx_slot_chunk *chunk = zx_chunk_at(table, index);
	struct zx_slot *slot = &chunk->slots[index % ZX_SLOTS_PER_CHUNK];
	struct zx_watched **places, *fresh;

	spin_lock(&table->lock);
	if (unlikely(!zx_slot_names(table, slot, value, object)))
		return ZX_ERR_BAD_HANDLE;
	if (likely(slot->rights & ZX_SLOT_WATCHED)) {
		*out = chunk->watched[index % ZX_SLOTS_PER_CHUNK];
		return ZX_OK;
	}
	places = chunk->watched;
	spin_unlock(&table->lock);

	places = places ? NULL : zx_places_alloc(table);
	fresh = zx_watched_new(table->account, object);
	spin_lock(&table->lock);
	if (table->dead || !zx_slot_names(table, slot, value, object)) {
		zx_places_free(table, places);
		if (fresh)
			zx_watched_free(fresh);
		return ZX_ERR_BAD_HANDLE;
	}
	/* Another thread may have been faster. */
	if (!chunk->watched)
		swap(chunk->watched, places);
	if (chunk->watched && fresh && !(slot->rights & ZX_SLOT_WATCHED)) {
		swap(chunk->watched[index % ZX_SLOTS_PER_CHUNK], fresh);
		WRITE_ONCE(slot->rights, slot->rights | ZX_SLOT_WATCHED);
	}
	zx_places_free(table, places);
	/* The table has a reference to the account too, so this does not free it. */
	if (fresh)
		zx_watched_free(fresh);
	if (slot->rights & ZX_SLOT_WATCHED) {
		*out = chunk->watched[index % ZX_SLOTS_PER_CHUNK];
		return ZX_OK;
	}
	return ZX_ERR_NO_MEMORY;
}

/**
 * zx_handle_remove - remove a handle from a locked table
 * @table:	the table
 * @slot:	its slot, found by zx_handle_peek() under the same lock
 * @value:	its number
 *
 * The caller gets the handle's reference and count.
 *
 * Return: the handle's zx_watched, or NULL. The caller sends it with the handle, or passes it to
 * zx_watched_end() after it has unlocked the table.
 */
struct zx_watched *zx_handle_remove(struct zx_handle_table *table, struct zx_slot *slot, u32 value)
	__must_hold(&table->lock)
{
	struct zx_watched *watched = NULL;

	zx_handle_table_assert_locked(table);
	if (unlikely(slot->rights & ZX_SLOT_WATCHED)) {
		u32 index = zx_id_of_value(table, value) & ZX_HANDLE_INDEX_MASK;

		swap(zx_chunk_at(table, index)->watched[index % ZX_SLOTS_PER_CHUNK], watched);
	}
	zx_slot_free(table, slot, value);
	return watched;
}

/**
 * zx_handle_take - remove a handle from a table
 * @table:	the table
 * @value:	its number
 * @rights:	rights that it must have
 * @out:	receives the handle, which the caller then owns
 *
 * Ends all observations through the handle.
 *
 * Context: may sleep, no locks held.
 * Return: ZX_OK, ZX_ERR_BAD_HANDLE, or ZX_ERR_ACCESS_DENIED (the handle stays in the table).
 */
int zx_handle_take(struct zx_handle_table *table, u32 value, u32 rights, struct zx_handle *out)
{
	struct zx_watched *watched = NULL;
	struct zx_slot *slot;
	int status = ZX_OK;

	zx_handle_table_lock(table);
	slot = zx_handle_peek(table, value, out);
	if (!slot)
		status = zx_handle_bad(table);
	else if (rights & ~out->rights)
		status = ZX_ERR_ACCESS_DENIED;
	else
		watched = zx_handle_remove(table, slot, value);
	zx_handle_table_unlock(table);
	if (unlikely(watched))
		zx_watched_end(watched);
	return status;
}

/**
 * zx_handle_take_same - remove a handle from a table if it is still the one that was looked up
 * @table:	the table
 * @value:	its number
 * @handle:	the handle, as zx_handle_get() has returned it
 *
 * Ends all observations through the handle.
 *
 * Context: may sleep, no locks held.
 * Return: ZX_OK, and the caller owns the handle; or ZX_ERR_BAD_HANDLE if it is gone. Another handle
 * that has the number now stays.
 */
int zx_handle_take_same(struct zx_handle_table *table, u32 value, const struct zx_handle *handle)
{
	struct zx_watched *watched = NULL;
	int status = ZX_ERR_BAD_HANDLE;
	struct zx_handle now;
	struct zx_slot *slot;

	zx_handle_table_lock(table);
	slot = zx_handle_peek(table, value, &now);
	if (slot && now.object == handle->object && now.rights == handle->rights &&
	    now.maker == handle->maker) {
		watched = zx_handle_remove(table, slot, value);
		status = ZX_OK;
	}
	zx_handle_table_unlock(table);
	zx_watched_end(watched);
	return status;
}

/**
 * zx_handle_table_close - close a table and all its handles
 * @table:	the table; no call of its program is under way; the caller has a reference
 *
 * Also drops the slots and the reference to the program's mm. If there are several callers the
 * first closes the table and the others return at once.
 *
 * Context: may sleep.
 * Return: whether this call has closed the table, which is empty then.
 */
bool zx_handle_table_close(struct zx_handle_table *table)
{
	struct zx_dead_list dead = {};
	struct mm_struct *mm;
	u32 index, capacity;
	size_t cost;

	spin_lock(&table->lock);
	if (table->dead) {
		spin_unlock(&table->lock);
		return false;
	}
	table->dead = true;
	/* Before pid and mm can be freed and their addresses be used for another program. */
	mm = table->mm;
	WRITE_ONCE(table->pid, NULL);
	WRITE_ONCE(table->mm, NULL);
	for (index = 0; index < table->used; index++) {
		struct zx_slot *slot = zx_slot_at(table, index);
		u32 value = slot->value;
		struct zx_watched *watched;
		struct zx_handle handle;

		if (!(index % ZX_SLOTS_PER_CHUNK))
			cond_resched_lock(&table->lock);
		if (!zx_handle_peek(table, value, &handle))
			continue;
		watched = zx_handle_remove(table, slot, value);
		spin_unlock(&table->lock);
		zx_watched_end(watched);
		zx_trace_handle(ZX_MOVE_CLOSED, handle.object, value, table);
		__zx_object_close_handle(handle.object, &dead);
		zx_object_bury(&dead);
		cond_resched();
		spin_lock(&table->lock);
	}
	/* Must come before the grace period, see zx_handle_next(). */
	WRITE_ONCE(table->used, 0);
	cost = zx_table_cost(table);
	capacity = table->capacity;
	table->capacity = 0;
	spin_unlock(&table->lock);
	/* The charge is undone before the grace period begins. */
	zx_account_uncharge(table->account, cost);
	/*
	 * The arrays of zx_watched pointers need no grace period: only a thread with a handle uses
	 * them, and no handle is left.
	 */
	for (index = 0; index < capacity; index += ZX_SLOTS_PER_CHUNK)
		zx_places_free(table, zx_chunk_at(table, index)->watched);

	mmdrop(mm);
	zx_handle_table_get(table);
	queue_rcu_work(zx_table_wq, &table->free_work);
	return true;
}

/* zx_handle_close() while handles are traced. */
static noinline int zx_handle_close_traced(struct zx_handle_table *table, u32 value,
					   struct zx_dead_list *dead)
{
	struct zx_handle handle;
	int status;

	status = zx_handle_take(table, value, 0, &handle);
	if (!status) {
		zx_trace_handle(ZX_MOVE_CLOSED, handle.object, value, table);
		__zx_object_close_handle(handle.object, dead);
	}
	return status;
}

static __always_inline int zx_handle_close(struct zx_handle_table *table, u32 value,
					   struct zx_dead_list *dead)
{
	struct zx_handle handle;
	int status;

	if (value == ZX_HANDLE_INVALID)
		return ZX_OK;
	if (tracepoint_enabled(zx_handle_move))
		return zx_handle_close_traced(table, value, dead);
	status = zx_handle_take(table, value, 0, &handle);
	if (!status)
		__zx_object_close_handle(handle.object, dead);
	return status;
}

long zx_ioc_handle_close(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;
	int status;
	struct zx_dead_list dead = {};

	if (arg->rights || arg->out)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_close(table, arg->handle, &dead);
	zx_object_bury(&dead);
	return status;
}

/* Closes all valid handles, also if some are not valid. */
long zx_ioc_handle_close_many(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle_close_many *arg = args;
	const u32 __user *from = u64_to_user_ptr(arg->handles);
	struct zx_dead_list dead = {};
	u64 left = arg->count;
	int status = ZX_OK;
	u32 values[64];

	/* The library splits a longer list, so that signals are handled between two calls. */
	if (left > ZX_CLOSE_MANY_MAX)
		return ZX_ERR_OUT_OF_RANGE;
	while (left) {
		unsigned int chunk = min_t(u64, left, ARRAY_SIZE(values));
		unsigned int i;

		if (zx_copy_from_user(values, from, chunk * sizeof(*values)))
			return ZX_ERR_INVALID_ARGS;
		for (i = 0; i < chunk; i++) {
			if (zx_handle_close(table, values[i], &dead))
				status = ZX_ERR_BAD_HANDLE;
		}
		zx_object_bury(&dead);
		from += chunk;
		left -= chunk;
		cond_resched();
	}
	return status;
}

/* Gives a handle the rights that were asked for, none of which it may lack. */
static int zx_handle_narrow(struct zx_handle *handle, u32 rights)
{
	if (rights == ZX_RIGHT_SAME_RIGHTS)
		return ZX_OK;
	if (rights & ~handle->rights)
		return ZX_ERR_INVALID_ARGS;
	handle->rights = rights;
	return ZX_OK;
}

/*
 * The new handle is counted under the table's lock, while the source keeps the object's count from
 * becoming zero: an object without handles must not get a new one.
 */
long zx_ioc_handle_duplicate(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;
	struct zx_handle handle;
	int status = ZX_OK;

	zx_handle_table_lock(table);
	if (!zx_handle_peek(table, arg->handle, &handle)) {
		status = zx_handle_bad(table);
	} else if (!(handle.rights & ZX_RIGHT_DUPLICATE)) {
		status = ZX_ERR_ACCESS_DENIED;
	} else {
		status = zx_handle_narrow(&handle, arg->rights) ?:
			 zx_object_add_handle(handle.object);
	}
	zx_handle_table_unlock(table);
	if (status)
		return status;
	status = zx_handle_give(table, handle, arg->out, ZX_MOVE_DUPLICATED);
	if (status)
		zx_object_close_handle(handle.object);
	return status;
}

/*
 * The old handle is consumed in any case. The new one may get the same slot with another
 * generation, so the old number is invalid. If the new number cannot be written the handle is
 * closed.
 */
long zx_ioc_handle_replace(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;
	struct zx_handle handle;
	int status;

	status = zx_handle_take(table, arg->handle, 0, &handle);
	if (status)
		return status;
	zx_trace_handle(ZX_MOVE_CLOSED, handle.object, arg->handle, table);
	status = zx_handle_narrow(&handle, arg->rights) ?:
		 zx_handle_give(table, handle, arg->out, ZX_MOVE_REPLACED);
	if (status)
		zx_object_close_handle(handle.object);
	return status;
}

long zx_ioc_handle_check_valid(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;

	if (arg->rights || arg->out)
		return ZX_ERR_INVALID_ARGS;
	if (arg->handle == ZX_HANDLE_INVALID)
		return ZX_ERR_INVALID_ARGS;
	if (~arg->handle & ZX_HANDLE_FIXED_BITS_MASK)
		return ZX_ERR_OUT_OF_RANGE;
	return zx_handle_is_open(table, arg->handle) ? ZX_OK : ZX_ERR_NOT_FOUND;
}

int zx_handle_init(void)
{
	zx_table_cache = kmem_cache_create("zircon_table", sizeof(struct zx_handle_table), 0,
					   SLAB_ACCOUNT | SLAB_NO_MERGE | SLAB_HWCACHE_ALIGN, NULL);
	zx_chunk_cache = kmem_cache_create("zircon_slots", ZX_CHUNK_SIZE, 0,
					   SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	zx_table_wq = alloc_workqueue("zircon_table", WQ_UNBOUND, 0);
	if (zx_table_cache && zx_chunk_cache && zx_table_wq)
		return 0;
	zx_handle_exit();
	return -ENOMEM;
}

/* All tables are closed, and the grace periods of their slots are over. */
void zx_handle_exit(void)
{
	if (zx_table_wq)
		destroy_workqueue(zx_table_wq);
	/* That work has dropped the last references to the tables, whose memory is freed now. */
	rcu_barrier();
	kmem_cache_destroy(zx_chunk_cache);
	kmem_cache_destroy(zx_table_cache);
}
