/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects: what a handle names.
 *
 * An object is a reference-counted thing with a koid, a type and 32 signals,
 * embedded as the first part of each concrete type (an event, one end of a
 * channel). The type is told by its ops table; code outside the type's own
 * file knows nothing else of it.
 *
 * Two counts, and thereby two deaths:
 *
 *   handles	handles that name the object, in a table, in a message or behind
 *		a file descriptor. When the last one goes the object can no
 *		longer be reached by a program: ops->on_zero_handles() tells its
 *		peer and drops what it holds.
 *   refs	everything that points at the object: each handle, each call that
 *		works on it, each file that polls it. When the last one goes the
 *		memory goes, after an RCU grace period, since lookups take no lock.
 *
 * burial.h has what follows when the last handle goes.
 *
 * The object's lock is the lock of its wait queue. It guards the signals, the
 * queue and, for the ends of pairs, what their type's header says. It is
 * irq-safe since wake-ups are, and always taken through zx_object_lock().
 */
#ifndef ZXMOD_OBJECT_H
#define ZXMOD_OBJECT_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "burial.h"
#include "zx.h"

struct iov_iter;
struct pipe_inode_info;
struct zx_account;
struct zx_info_topic;
struct zx_object;
struct zx_handle_table;
struct zx_memory;

/**
 * struct zx_object_file_ops - what a file does that a handle to an object was exported to
 * @mode:	the file's type, S_IFMT
 * @read:	read(); waits unless @nonblock. @has_handle is zero once the file has given the
 *		handle away: then this fails with -EBADF
 * @write:	write(), likewise
 * @splice_read: splice() to a pipe, which is locked, likewise
 * @ioctl:	ioctl() of a handle with @rights
 *
 * All return what the system call does: a number or a negative errno.
 */
struct zx_object_file_ops {
	umode_t mode;
	ssize_t (*read)(struct zx_object *object, struct iov_iter *to, bool nonblock,
			const atomic_t *has_handle);
	ssize_t (*write)(struct zx_object *object, struct iov_iter *from, bool nonblock,
			 const atomic_t *has_handle);
	ssize_t (*splice_read)(struct zx_object *object, struct pipe_inode_info *pipe, size_t len,
			       bool nonblock, const atomic_t *has_handle);
	long (*ioctl)(struct zx_object *object, u32 rights, unsigned int cmd, unsigned long arg);
};

/**
 * struct zx_object_ops - what tells one type of object from another
 * @type:	ZX_OBJ_TYPE_*
 * @container:	messages can be queued in it, so handles to it can form rings, see
 *		ipc/inflight.h; then it has one handle, which cannot be duplicated
 * @default_rights: rights of the handle that a create call returns
 * @user_signals: the signals that zx_object_signal() may change
 * @poll_in:	signals of the type's own that mean to poll that no more is to be read
 * @poll_out:	signals of the type's own that mean to poll that writing will fail
 * @last:	further signals of the type's own after which there is no other
 * @on_zero_handles: the last handle is gone; may sleep, holds a reference for
 *		its duration, may push further objects on @dead. NULL if there is
 *		nothing to do
 * @free:	frees the memory; called after a grace period, from a soft interrupt
 * @peer:	the other end, or NULL as a method if the type has no peers. The
 *		result is valid as long as the object itself is
 * @get_name:	copies the object's name, NUL-padded, to @name; NULL if the type
 *		has no names
 * @set_name:	the other way round; @name is NUL-terminated and NUL-padded
 * @get_number:	reads a ZX_PROP_* that is a number, of those that Zircon gives to this type
 * @set_number:	the other way round
 * @topics:	the topics of zx_object_get_info() that the type has for itself, up to one that is
 *		zero; NULL if there are none
 * @get_child:	looks for a child by its koid, for types that can have children
 * @file:	what an exported handle's file does beside poll; NULL if nothing
 */
struct zx_object_ops {
	u32 type;
	bool container;
	u32 default_rights;
	u32 user_signals;
	u32 poll_in;
	u32 poll_out;
	u32 last;
	void (*on_zero_handles)(struct zx_object *object, struct zx_dead_list *dead);
	void (*free)(struct zx_memory *memory);
	struct zx_object *(*peer)(struct zx_object *object);
	void (*get_name)(struct zx_object *object, char name[ZX_MAX_NAME_LEN]);
	void (*set_name)(struct zx_object *object, const char name[ZX_MAX_NAME_LEN]);
	int (*get_number)(struct zx_object *object, u32 property, u64 *value);
	int (*set_number)(struct zx_object *object, u32 property, u64 value);
	const struct zx_info_topic *topics;
	int (*get_child)(struct zx_object *object, u64 koid);
	const struct zx_object_file_ops *file;
};

/**
 * struct zx_object - the part that all objects have
 * @ops:	the type
 * @koid:	unique for the lifetime of the module, never zero
 * @refs:	references, see above
 * @handles:	handles, see above
 * @wait:	who polls the object; its lock is the object's lock
 * @signals:	what is up now; written under the lock, read without it only as a hint
 * @next_dead:	link in a zx_dead_list, used by whoever dropped the last handle
 * @observers:	who waits on the object, see wait.h
 * @wanted:	signals that observers wait for, at least these; written under the lock
 * @num_observers: how many there are
 */
struct zx_object {
	const struct zx_object_ops *ops;
	u64 koid;
	refcount_t refs;
	atomic_t handles;
	wait_queue_head_t wait;
	struct zx_object *next_dead;
	struct hlist_head observers;
	u32 signals;
	u32 wanted;
	u32 num_observers;
};

/**
 * struct zx_memory - an allocation, which one object stands in behind this, or the two ends of a pair
 * @account:	who created it and pays for it, and for what is queued in a pair; a reference is held
 *		until the last object in it is released
 * @objects:	how many have not been released
 * @cost:	bytes charged; constant
 * @rcu:	for the delayed freeing
 */
struct zx_memory {
	struct zx_account *account;
	refcount_t objects;
	u32 cost;
	struct rcu_head rcu;
};

/* A type's struct begins with its zx_memory, and then with its object or its first end. */
#define ZX_MEMORY_CHECK(type, object)	\
	static_assert(!offsetof(type, memory) && offsetof(type, object) == sizeof(struct zx_memory))

struct zx_memory *zx_memory_alloc(struct zx_handle_table *table, struct kmem_cache *cache,
				  size_t cost);
void zx_memory_discard(struct zx_memory *memory, struct kmem_cache *cache);
struct zx_memory *zx_memory_of(struct zx_object *object);
void zx_object_release(struct zx_object *object);

/**
 * zx_object_init - make the common part of a new object
 * @object:	memory of the concrete type
 * @ops:	its type
 * @signals:	what is up from the start
 *
 * The object starts with one reference, the caller's, and no handles.
 */
#define zx_object_init(object, ops, signals)				\
do {									\
	/* A lock class for each place that creates a type of object. */ \
	init_waitqueue_head(&(object)->wait);				\
	__zx_object_init(object, ops, signals);				\
} while (0)

void __zx_object_init(struct zx_object *object, const struct zx_object_ops *ops,
		      u32 signals);

/*
 * No program can drive the references to where refcount_t stops counting, INT_MAX: handles
 * are less than half of that by ZX_OBJECT_HANDLES_MAX, and each reference besides belongs
 * to a thread in a call, at most ZX_WAIT_MANY_MAX_ITEMS and a few for each of at most 2^22
 * threads, or to an open file of ours, of which a quarter of that would take half a
 * terabyte of kernel memory that cannot be swapped.
 */
static inline void zx_object_get(struct zx_object *object)
{
	refcount_inc(&object->refs);
}

/**
 * zx_object_put - drop a reference
 * @object:	the object; gone for the caller afterwards
 *
 * Context: process context, no locks held.
 */
static inline void zx_object_put(struct zx_object *object)
{
	if (refcount_dec_and_test(&object->refs))
		zx_object_release(object);
}

/* An object refuses its 2^30th handle, wherever the others are. */
#define ZX_OBJECT_HANDLES_MAX	((int)BIT(30) - 1)

extern unsigned int zx_object_handles_max;
int __zx_object_too_many(struct zx_object *object);

/**
 * zx_object_add_handle - account for a new handle to an object
 * @object:	the object, to which the caller has a reference or, its table being locked, a
 *		handle
 *
 * Context: any.
 * Return: ZX_OK, the new handle has a reference of its own; or ZX_ERR_NO_RESOURCES, there are
 * as many as there can be.
 */
static inline int zx_object_add_handle(struct zx_object *object)
{
	/* Too many for a moment at most: by one for each thread, while INT_MAX is twice as far. */
	if (unlikely(atomic_inc_return(&object->handles) > READ_ONCE(zx_object_handles_max)))
		return __zx_object_too_many(object);
	zx_object_get(object);
	return ZX_OK;
}

/**
 * zx_object_first_handle - account for the first handle to a new object
 * @object:	the object, which no other thread knows; the handle takes a reference of its own
 */
static inline void zx_object_first_handle(struct zx_object *object)
{
	zx_object_get(object);
	atomic_set(&object->handles, 1);
}

static inline void zx_object_lock(struct zx_object *object)
{
	spin_lock_irq(&object->wait.lock);
}

static inline void zx_object_unlock(struct zx_object *object)
{
	spin_unlock_irq(&object->wait.lock);
}

#define zx_object_assert_locked(object)	lockdep_assert_held(&(object)->wait.lock)

extern int zx_wake_sync;
void __zx_object_notify(struct zx_object *object, u32 events, u32 raised, int flags);

/**
 * zx_object_is_watched - whether anybody may wait for signals
 * @object:	the object
 * @events:	the signals
 *
 * Without the lock the answer can be old. Who begins to wait looks at the signals afterwards.
 */
static inline bool zx_object_is_watched(struct zx_object *object, u32 events)
{
	if (READ_ONCE(object->wanted) & events)
		return true;
	/* With the lock nobody is about to join; without it see above. */
	return waitqueue_active(&object->wait);
}

/**
 * zx_object_notify - tell those who wait of signals
 * @object:	the object, locked, its signals already updated
 * @events:	signals that were raised, or would have been had they not been up: those who
 *		poll are told of each message, so that an edge-triggered one sees all of them
 *		and of many exclusive ones there is one for each
 * @raised:	those of them that were down before; threads wait for these
 * @flags:	zx_wake_sync if the caller is about to sleep, so that who wakes need not
 *		preempt it, else 0
 *
 * May drop the lock and take it again, so it is the last thing to be done under it.
 */
static inline void zx_object_notify(struct zx_object *object, u32 events, u32 raised, int flags)
{
	if (zx_object_is_watched(object, events))
		__zx_object_notify(object, events, raised, flags);
}

/**
 * zx_object_raise - raise signals for a reason that those who poll have to know
 * @object:	the object, locked
 * @events:	the signals, up already or not
 * @flags:	as for zx_object_notify()
 *
 * May drop the lock and take it again, so it is the last thing to be done under it.
 */
static inline void zx_object_raise(struct zx_object *object, u32 events, int flags)
{
	u32 raised = events & ~object->signals;

	zx_object_assert_locked(object);
	if (raised)
		WRITE_ONCE(object->signals, object->signals | events);
	zx_object_notify(object, events, raised, flags);
}

/**
 * zx_object_update_signals - lower and raise signals, and wake who waits for them
 * @object:	the object, locked
 * @clear:	signals to lower first
 * @set:	signals to raise then
 *
 * Wakes those who wait for a signal that was down before and is up now, nobody
 * else. If there are any the lock may be dropped and taken again: the last thing to be done
 * under it.
 */
static inline void zx_object_update_signals(struct zx_object *object, u32 clear, u32 set)
{
	u32 old = object->signals;
	u32 new = (old & ~clear) | set;

	zx_object_assert_locked(object);
	WRITE_ONCE(object->signals, new);
	if (new & ~old)
		zx_object_notify(object, new & ~old, new & ~old, 0);
}

/**
 * zx_object_happened - a signal is up for another reason than before
 * @object:	the object, not locked
 * @events:	the signals; those that are up by now count
 *
 * For those who poll, see zx_object_notify().
 */
static inline void zx_object_happened(struct zx_object *object, u32 events)
{
	if (likely(!zx_object_is_watched(object, events)))
		return;
	zx_object_lock(object);
	if (object->signals & events)
		__zx_object_notify(object, object->signals & events, 0, 0);
	zx_object_unlock(object);
}

/* The peer's koid, as programs are told; ZX_KOID_INVALID if the type has no peers. */
static inline u64 zx_object_related_koid(struct zx_object *object)
{
	return object->ops->peer ? object->ops->peer(object)->koid : ZX_KOID_INVALID;
}

bool zx_object_user_signals_ok(const struct zx_object *object, u32 clear, u32 set);
void zx_object_signal(struct zx_object *object, u32 clear, u32 set);

long zx_ioc_object_signal(struct zx_handle_table *table, void *args);
long zx_ioc_object_get_child(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_OBJECT_H */
