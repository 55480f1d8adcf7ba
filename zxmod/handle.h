/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles, and the table that gives a program its own numbers for them.
 *
 * A handle is an object with rights. It is either in a slot of a program's table, where it has a
 * number, or in a message (struct zx_handle, without a number), or behind an exported file
 * descriptor. In each case it owns one reference to its object and counts in zx_object.handles.
 *
 * A number is made of the slot's index, a generation that changes each time the slot is emptied,
 * and a secret of the table:
 *
 *	bit 31	    30..2				 1 0
 *	  0   (generation << 20 | index) ^ secret	 1 1
 *
 * So the two low bits are set, as Zircon promises; a number of one table is not valid in another;
 * and the number of a closed handle is not used again soon: a slot is filled again only after
 * ZX_HANDLE_QUARANTINE others were emptied (unless all slots that there can be were used), and then
 * has another generation.
 *
 * Slots are in chunks that are added as the table grows and freed with it, found through two levels
 * of pointers. So a lookup takes the same time with ten handles or a million. It acquires no lock:
 *
 *	CPU 0, looks up				CPU 1, removes the handle
 *	  loads slot->object			  slot->value = next generation
 *	  compares slot->value			  slot->object = NULL
 *	  gets a reference unless it is zero	  drops the reference, frees by RCU
 *	  compares both again
 *
 * The table's lock guards the emptying of slots, the free list, growth, and the observers of a
 * handle (struct zx_watched in wait.h). Filling a reserved slot needs no lock: no other thread
 * knows its number.
 *
 * A table is first *closed* and later freed. It is closed once, when its program ends or has no
 * open file of the device (process.h): then its handles are closed, and its slots and its reference
 * to the program's mm are dropped. The struct remains, in which no lookup finds a handle, until the
 * last reference is dropped. No call of the table's own program is under way when it is closed:
 * each call has a reference to a file, and the threads of a program that ends or execs are gone by
 * then. Threads of other processes may walk the slots (zx_handle_next()). Each step is an RCU
 * read-side section, so the slots are freed after a grace period. Between two steps such a thread
 * may sleep, with a reference to the struct only.
 *
 * Functions get the table as an argument, never the process with it. The table stands for the
 * program that makes the call; it has the account that pays and, in @owner, the process. A
 * function that is about the process as such, whose table can change at any moment, gets the struct
 * zx_process: those functions are in process.c.
 */
#ifndef ZXMOD_HANDLE_H
#define ZXMOD_HANDLE_H

#include <linux/cache.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "account.h"
#include "futex.h"
#include "object.h"
#include "zx.h"

#define ZX_HANDLE_INDEX_BITS	20
#define ZX_HANDLE_MAX		BIT(ZX_HANDLE_INDEX_BITS)
#define ZX_HANDLE_QUARANTINE	128

/* The slots of a chunk are 4096 bytes, and so is a directory of chunks. */
#define ZX_SLOT_BITS		8
#define ZX_DIR_BITS		8
#define ZX_ROOT_SIZE		BIT(ZX_HANDLE_INDEX_BITS - ZX_SLOT_BITS - ZX_DIR_BITS)
#define ZX_SLOTS_PER_CHUNK	BIT(ZX_SLOT_BITS)
#define ZX_CHUNKS_PER_DIR	BIT(ZX_DIR_BITS)

/* Bits 28..0 of a number once the fixed bits are off: generation and index. */
#define ZX_HANDLE_ID_BITS	29
#define ZX_HANDLE_ID_MASK	(BIT(ZX_HANDLE_ID_BITS) - 1)
#define ZX_HANDLE_INDEX_MASK	(ZX_HANDLE_MAX - 1)

/**
 * struct zx_handle - a handle outside a table
 * @object:	what it names; one reference and one count of it belong to the handle
 * @rights:	ZX_RIGHT_*
 * @maker:	of a handle to a process or its threads, a number of zx_process.makers (maker.h);
 *		else zero. Stays with the handle, and its duplicates have the same
 */
struct zx_handle {
	struct zx_object *object;
	u32 rights;
	u32 maker;
};

/* In zx_slot.rights: the rights; the maker; whether the handle has a struct zx_watched. */
#define ZX_SLOT_RIGHTS		GENMASK(27, 0)
#define ZX_SLOT_MAKER_SHIFT	28
#define ZX_SLOT_MAKER		GENMASK(30, 28)
#define ZX_SLOT_WATCHED		BIT(31)

/**
 * struct zx_slot - an entry of a table, for one handle
 * @object:	what the handle names, NULL in a free or reserved slot
 * @rights:	its rights, maker and ZX_SLOT_WATCHED; in a free slot the index of the next free one
 * @value:	the number that the handle in this slot has, or the next one will have
 */
struct zx_slot {
	struct zx_object __rcu *object;
	u32 rights;
	u32 value;
};

/**
 * struct zx_slot_chunk - a part of a table
 * @slots:	ZX_SLOTS_PER_CHUNK slots; set once, under the table's lock
 * @watched:	as many pointers to the handles' zx_watched, valid where ZX_SLOT_WATCHED is set;
 *		allocated for the first; guarded by the table's lock
 */
struct zx_slot_chunk {
	struct zx_slot *slots;
	struct zx_watched **watched;
};

/**
 * struct zx_handle_table - the handles of one program
 * @pid:	the thread group that may use it, NULL once closed; only compared
 * @mm:	the program that may use it, NULL once closed; only compared. A reference keeps its
 *		address from being used again
 * @account:	that of the thread which opened the device first; pays for the table and its
 *		slots; the table has a reference
 * @secret:	makes the numbers of this table its own; constant
 * @restricted:	what the policy of the process does not simply allow, see zx_policy_restricted();
 *		constant once the table is found through the process
 * @root:	pointers to directories of chunks; set once, under @lock
 * @owner:	the process object; the table has a reference; constant once the table is found
 *		through the process
 * @lock:	guards emptying of slots and the following fields up to @dead
 * @count:	slots that are filled or reserved
 * @used:	slots that were ever used; those behind have no number yet
 * @capacity:	slots that are allocated
 * @free_count:	emptied slots
 * @free_head:	the slot that was emptied first, the next to be used again
 * @free_tail:	the slot that was emptied last
 * @dead:	closed, or being closed: no handle can be added
 * @parked_lock: guards the next two fields; acquired inside any other lock
 * @num_parked:	the length of @parked
 * @parked:	parked calls, the oldest first
 * @futexes:	the program's futexes (futex.c)
 * @refs:	references: of files, of iterations from other processes, of the work that closes
 *		the table or frees its slots
 * @files:	open files of /dev/zircon with this table; guarded by zx_process.lock of the owner
 * @close_work:	closes the table after another program has released the last file
 * @free_work:	frees the slots a grace period after the table was closed; the struct is freed
 *		later, through the same rcu_head
 *
 * The fields that each call reads come first and are not written while the table is in use. Those
 * fields, up to the pointers to the first 262144 slots, are one cache line, which the processors
 * that run the program's threads share. The fields that are written, by a thread that creates or
 * closes a handle or by another process that inspects the table, begin on a cache line of their
 * own: a lookup on another processor does not have to fetch its line again after each write.
 */
struct zx_handle_table {
	struct pid *pid;
	struct mm_struct *mm;
	struct zx_account *account;
	u32 secret;
	u32 restricted;
	struct zx_slot_chunk *root[ZX_ROOT_SIZE];
	struct work_struct close_work;

	spinlock_t lock ____cacheline_aligned_in_smp; /* see above */
	u32 count;
	u32 used;
	u32 capacity;
	u32 free_count;
	u32 free_head;
	u32 free_tail;
	bool dead;
	spinlock_t parked_lock; /* see above */
	unsigned int num_parked;
	struct list_head parked;
	struct zx_futexes futexes;
	refcount_t refs;
	unsigned int files;
	struct rcu_work free_work;
	struct zx_object *owner;
};

/* For functions that are called with the table locked. */
#define zx_handle_table_assert_locked(table)	lockdep_assert_held(&(table)->lock)

/**
 * zx_handle_table_is_current - whether a table is that of the calling program
 * @table:	the table
 *
 * Acquires no lock: another program's table may be closed meanwhile. While the table has a file, as
 * here, there are references to pid and mm until both fields are cleared. So a value read from them
 * never equals the caller's.
 */
static inline bool zx_handle_table_is_current(const struct zx_handle_table *table)
{
	return READ_ONCE(table->pid) == task_tgid(current) &&
	       READ_ONCE(table->mm) == current->mm;
}

/**
 * zx_handle_table_get - get a reference to a table
 * @table:	the table; the caller has a reference already
 *
 * Each open file has one reference, each thread that walks the table has one, and so has the work
 * that frees the slots: no program has the memory for as many as refcount_t can count.
 */
static inline void zx_handle_table_get(struct zx_handle_table *table)
{
	refcount_inc(&table->refs);
}

/**
 * struct zx_handle_cursor - the position of an iteration over a table
 * @index:	the slot to look at next; start with zero
 * @value:	the number of the handle that was found
 * @rights:	its rights
 * @object:	its object, with a reference that the caller drops
 */
struct zx_handle_cursor {
	u32 index;
	u32 value;
	u32 rights;
	struct zx_object *object;
};

/**
 * struct zx_handle_use - a handle that a call works through
 * @object:	what it names, with a reference for the caller
 * @slot:	its slot
 * @value:	its number
 */
struct zx_handle_use {
	struct zx_object *object;
	const struct zx_slot *slot;
	u32 value;
};

/**
 * zx_handle_use_holds - whether the handle is still in its slot
 * @use:	the handle, found by zx_handle_use()
 *
 * With the object locked the answer decides a race with a thread that sends the handle: a receiver
 * of the handle locks the object later than the caller.
 */
static inline bool zx_handle_use_holds(const struct zx_handle_use *use)
{
	return READ_ONCE(use->slot->value) == use->value &&
	       rcu_access_pointer(use->slot->object) == use->object;
}

static inline u32 zx_id_of_value(const struct zx_handle_table *table, u32 value)
{
	return (value >> 2) ^ table->secret;
}

/* The chunk with the slot that has an index, which must be below ZX_HANDLE_MAX, or NULL. */
static inline struct zx_slot_chunk *zx_chunk_at(const struct zx_handle_table *table, u32 index)
{
	struct zx_slot_chunk *dir;

	/* Pairs with smp_store_release() in zx_table_grow(). */
	dir = smp_load_acquire(&table->root[index >> (ZX_SLOT_BITS + ZX_DIR_BITS)]);
	return dir ? &dir[(index >> ZX_SLOT_BITS) % ZX_CHUNKS_PER_DIR] : NULL;
}

/* The slot with an index below ZX_HANDLE_MAX, or NULL. */
static inline struct zx_slot *zx_slot_at(const struct zx_handle_table *table, u32 index)
{
	struct zx_slot_chunk *chunk = zx_chunk_at(table, index);
	struct zx_slot *slots;

	if (!chunk)
		return NULL;
	/* As above. */
	slots = smp_load_acquire(&chunk->slots);
	return slots ? &slots[index % ZX_SLOTS_PER_CHUNK] : NULL;
}

/* The slot at a number's index, or NULL; the caller compares slot->value. */
static inline struct zx_slot *zx_slot_of(const struct zx_handle_table *table, u32 value)
{
	return zx_slot_at(table, zx_id_of_value(table, value) & ZX_HANDLE_INDEX_MASK);
}

/*
 * The lookup of CPU 0 above. Disabling preemption is enough, since RCU's grace periods wait for
 * that too; and it is inline, while rcu_read_lock() can be a function call, for which registers
 * are saved.
 *
 * Returns whether @value names a handle. @object receives the object that was in the slot, with a
 * reference, also where the result is false; or NULL.
 */
static __always_inline bool zx_slot_try(struct zx_slot *slot, u32 value, u32 *rights,
					struct zx_object **object)
{
	struct zx_object *found = NULL, *there;

	rcu_read_lock_sched();
	/* Pairs with rcu_assign_pointer() in zx_handle_install(), also for @rights. */
	there = smp_load_acquire((struct zx_object * __force *)&slot->object);
	if (likely(there && READ_ONCE(slot->value) == value &&
		   refcount_inc_not_zero(&there->refs)))
		found = there;
	rcu_read_unlock_sched();
	*object = found;
	if (unlikely(!found))
		return false;

	*rights = READ_ONCE(slot->rights);
	/*
	 * The slot may have been emptied and filled again since. These loads come after those
	 * above: if they find the same values, object, value and rights belong together. Pairs with
	 * the order in which zx_slot_free() and zx_handle_install() write.
	 */
	smp_rmb();
	return READ_ONCE(slot->value) == value && rcu_access_pointer(slot->object) == found;
}

/* The object that a number names, with a reference for the caller, or NULL. */
static __always_inline struct zx_object *zx_slot_get(struct zx_slot *slot, u32 value, u32 *rights)
{
	struct zx_object *object;

	if (likely(zx_slot_try(slot, value, rights, &object)))
		return object;
	if (object)
		zx_object_put(object);
	return NULL;
}

int __cold zx_handle_bad(struct zx_handle_table *table);
void __cold zx_handle_missing(void);

/* zx_handle_use(), without a policy if @quiet. */
static __always_inline int __zx_handle_use(struct zx_handle_table *table, u32 value, u32 type,
					   u32 rights, struct zx_handle_use *use, bool quiet)
{
	struct zx_slot *slot = zx_slot_of(table, value);
	struct zx_object *object;
	int status;
	u32 have;

	object = likely(slot) ? zx_slot_get(slot, value, &have) : NULL;
	if (unlikely(!object)) {
		if (!quiet)
			zx_handle_missing();
		return ZX_ERR_BAD_HANDLE;
	}
	if (unlikely(type && object->ops->type != type)) {
		status = ZX_ERR_WRONG_TYPE;
		goto err_put;
	}
	if (unlikely(rights & ~have)) {
		status = ZX_ERR_ACCESS_DENIED;
		goto err_put;
	}
	use->object = object;
	use->slot = slot;
	use->value = value;
	return ZX_OK;

err_put:
	zx_object_put(object);
	return status;
}

/**
 * zx_handle_use - find a handle, and check its object's type and its rights
 * @table:	the table that it is in
 * @value:	its number
 * @type:	the type that its object must have, or ZX_OBJ_TYPE_NONE
 * @rights:	the rights that it must have
 * @use:	receives the handle, with a reference to the object
 *
 * Inline, for the most frequent calls; the others use zx_handle_lookup(). If there is no such
 * handle the policy for that applies.
 *
 * Return: ZX_OK, ZX_ERR_BAD_HANDLE, ZX_ERR_WRONG_TYPE or ZX_ERR_ACCESS_DENIED, in
 * Zircon's order of precedence.
 */
static __always_inline int zx_handle_use(struct zx_handle_table *table, u32 value, u32 type,
					 u32 rights, struct zx_handle_use *use)
{
	return __zx_handle_use(table, value, type, rights, use, false);
}

struct zx_watched;

struct zx_handle_table *zx_handle_table_new(void);
bool zx_handle_table_close(struct zx_handle_table *table);
void zx_handle_table_put(struct zx_handle_table *table);

bool zx_handle_get(struct zx_handle_table *table, u32 value, struct zx_handle *out);
int zx_handle_find(struct zx_handle_table *table, u32 value, u32 type, u32 rights,
		   struct zx_handle *out);
int zx_handle_lookup(struct zx_handle_table *table, u32 value, u32 type, u32 rights,
		     struct zx_object **out);
int zx_handle_lookup_quiet(struct zx_handle_table *table, u32 value, u32 type, u32 rights,
			   struct zx_object **out);
bool zx_handle_is_open(struct zx_handle_table *table, u32 value);
bool zx_handle_next(struct zx_handle_table *table, struct zx_handle_cursor *cursor);

int zx_handle_reserve(struct zx_handle_table *table, unsigned int count, u32 *values);
void zx_handle_unreserve(struct zx_handle_table *table, unsigned int count, const u32 *values);
void zx_handle_install(struct zx_handle_table *table, u32 value, struct zx_handle handle);
int zx_handle_receive(struct zx_handle_table *table, struct zx_handle handle, u64 out);
int zx_handle_create_as(struct zx_handle_table *table, struct zx_handle handle, u64 out);
int zx_handle_create_by(struct zx_handle_table *table, struct zx_object *object, u32 maker,
			u64 out);
int zx_handle_create(struct zx_handle_table *table, struct zx_object *object, u64 out);
int zx_handle_create_pair(struct zx_handle_table *table, struct zx_object *object0,
			  struct zx_object *object1, u64 out0, u64 out1);

void zx_handle_table_lock(struct zx_handle_table *table);
void zx_handle_table_unlock(struct zx_handle_table *table);
struct zx_slot *zx_handle_peek(struct zx_handle_table *table, u32 value, struct zx_handle *out);
struct zx_watched *zx_handle_remove(struct zx_handle_table *table, struct zx_slot *slot, u32 value);
struct zx_watched *zx_handle_watched(struct zx_handle_table *table, u32 value,
				     const struct zx_object *object);
int zx_handle_lock_watched(struct zx_handle_table *table, u32 value, struct zx_object *object,
			   struct zx_watched **out);
int zx_handle_take_same(struct zx_handle_table *table, u32 value, const struct zx_handle *handle);
int zx_handle_take(struct zx_handle_table *table, u32 value, u32 rights, struct zx_handle *out);

long zx_ioc_handle_close(struct zx_handle_table *table, void *args);
long zx_ioc_handle_close_many(struct zx_handle_table *table, void *args);
long zx_ioc_handle_duplicate(struct zx_handle_table *table, void *args);
long zx_ioc_handle_replace(struct zx_handle_table *table, void *args);
long zx_ioc_handle_check_valid(struct zx_handle_table *table, void *args);

int zx_handle_init(void);
void zx_handle_exit(void);

#endif /* ZXMOD_HANDLE_H */
