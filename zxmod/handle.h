/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles, and the table that gives a process its own numbers for them.
 *
 * A handle is an object with rights. It lives in one place at a time: in a slot of
 * a process's table, where it has a number; in a message (struct zx_handle without
 * a number); or behind an exported file descriptor. Wherever it is it owns one
 * reference to its object and counts in zx_object.handles.
 *
 * A number is made of the slot's index, a generation that changes each time the
 * slot is emptied, and a secret of the table:
 *
 *	bit 31	    30..2				 1 0
 *	  0   (generation << 20 | index) ^ secret	 1 1
 *
 * so the two low bits are set as Zircon promises, the same number means nothing in
 * another process, and a number that was closed does not come back soon: a slot is
 * used again only after ZX_HANDLE_QUARANTINE others were emptied, and then carries
 * another generation.
 *
 * Slots stand in chunks that are added as the table grows and freed with it, reached
 * through two levels of pointers. Lookup is therefore two loads and a compare under
 * RCU, without a lock, whether ten handles are open or a million:
 *
 *	CPU 0, looks up				CPU 1, takes the handle out
 *	  loads slot->object			  slot->value = next generation
 *	  compares slot->value			  slot->object = NULL
 *	  takes a reference unless it is zero	  drops the reference, frees by RCU
 *	  compares both again
 *
 * The table's lock guards what changes the table: emptying a slot, the free list,
 * growth. Filling a reserved slot needs no lock, nobody else knows its number.
 */
#ifndef ZXMOD_HANDLE_H
#define ZXMOD_HANDLE_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "object.h"
#include "zx.h"

#define ZX_HANDLE_INDEX_BITS	20
#define ZX_HANDLE_MAX		BIT(ZX_HANDLE_INDEX_BITS)
#define ZX_HANDLE_QUARANTINE	128

/* A chunk of slots and a chunk of pointers are 4096 bytes each. */
#define ZX_SLOT_BITS		8
#define ZX_DIR_BITS		9
#define ZX_ROOT_SIZE		BIT(ZX_HANDLE_INDEX_BITS - ZX_SLOT_BITS - ZX_DIR_BITS)

/**
 * struct zx_handle - a handle outside a table
 * @object:	what it names; one reference and one count of it belong to the handle
 * @rights:	what its holder may do
 */
struct zx_handle {
	struct zx_object *object;
	u32 rights;
};

/**
 * struct zx_slot - a place for a handle in a table
 * @object:	what the handle names, NULL in a free or reserved slot
 * @rights:	its rights; in a free slot the index of the next free one
 * @value:	the number under which this slot can be addressed now
 */
struct zx_slot {
	struct zx_object __rcu *object;
	u32 rights;
	u32 value;
};

/**
 * struct zx_handle_table - the handles of one process
 * @lock:	guards emptying of slots and everything below but @root's contents
 * @secret:	makes the numbers of this table its own; constant
 * @count:	slots that are filled or reserved
 * @used:	slots that were ever used; those behind have no number yet
 * @capacity:	slots there is memory for
 * @free_count:	emptied slots
 * @free_head:	the one that was emptied first, the next to be used again
 * @free_tail:	the one that was emptied last
 * @dead:	the process is gone, nothing can be added
 * @root:	pointers to pointers to chunks of slots; set once, under @lock
 */
struct zx_handle_table {
	spinlock_t lock;
	u32 secret;
	u32 count;
	u32 used;
	u32 capacity;
	u32 free_count;
	u32 free_head;
	u32 free_tail;
	bool dead;
	struct zx_slot **root[ZX_ROOT_SIZE];
};

/**
 * struct zx_handle_cursor - where an iteration over a table is
 * @index:	the slot to look at next; start with zero
 * @value:	the number of the handle that was found
 * @rights:	its rights
 * @object:	its object, with a reference that the caller puts
 */
struct zx_handle_cursor {
	u32 index;
	u32 value;
	u32 rights;
	struct zx_object *object;
};

/**
 * struct zx_handle_use - a handle that a call works through
 * @object:	what it names, with a reference for the user
 * @slot:	where it stands
 * @value:	its number
 */
struct zx_handle_use {
	struct zx_object *object;
	const struct zx_slot *slot;
	u32 value;
};

/**
 * zx_handle_use_holds - whether the handle is still where it was found
 * @use:	the handle, found by zx_handle_use()
 *
 * Asked with the object locked this decides a race with somebody who sends the handle
 * away: whoever receives it locks the object after us.
 */
static inline bool zx_handle_use_holds(const struct zx_handle_use *use)
{
	return READ_ONCE(use->slot->value) == use->value &&
	       rcu_access_pointer(use->slot->object) == use->object;
}

void zx_handle_table_init(struct zx_handle_table *table);
void zx_handle_table_close(struct zx_process *process);
void zx_handle_table_free(struct zx_handle_table *table);

struct zx_object *zx_handle_get(struct zx_process *process, u32 value, u32 *rights);
int zx_handle_use(struct zx_process *process, u32 value, u32 type, u32 rights,
		  struct zx_handle_use *use);
int zx_handle_lookup(struct zx_process *process, u32 value, u32 type, u32 rights,
		     struct zx_object **out);
bool zx_handle_is_open(struct zx_process *process, u32 value);
bool zx_handle_next(struct zx_process *process, struct zx_handle_cursor *cursor);

int zx_handle_reserve(struct zx_process *process, unsigned int count, u32 *values);
void zx_handle_unreserve(struct zx_process *process, unsigned int count, const u32 *values);
void zx_handle_install(struct zx_process *process, u32 value, struct zx_object *object,
		       u32 rights);
int zx_handle_give(struct zx_process *process, struct zx_object *object, u32 rights, u64 out);
int zx_handle_create(struct zx_process *process, struct zx_object *object, u64 out);
int zx_handle_create_pair(struct zx_process *process, struct zx_object *object0,
			  struct zx_object *object1, u64 out0, u64 out1);

void zx_handle_table_lock(struct zx_process *process);
void zx_handle_table_unlock(struct zx_process *process);
bool zx_handle_peek(struct zx_process *process, u32 value, struct zx_handle *out);
void zx_handle_remove(struct zx_process *process, u32 value);
void zx_handle_taken(struct zx_process *process, u32 value, struct zx_object *object);
int zx_handle_take(struct zx_process *process, u32 value, u32 rights, struct zx_handle *out);

long zx_ioc_handle_close(struct zx_process *process, void *args);
long zx_ioc_handle_close_many(struct zx_process *process, void *args);
long zx_ioc_handle_duplicate(struct zx_process *process, void *args);
long zx_ioc_handle_replace(struct zx_process *process, void *args);
long zx_ioc_handle_check_valid(struct zx_process *process, void *args);

#endif /* ZXMOD_HANDLE_H */
