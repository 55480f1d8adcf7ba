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
 * Closing a handle can close others (a channel's unread messages hold handles),
 * to any depth. Nothing recurses: objects whose last handle went are pushed on a
 * struct zx_dead_list and buried one by one, see zx_object_bury().
 *
 * The object's lock is the lock of its wait queue. It guards the signals, the
 * queue and, for the ends of pairs, what their type's header says. It is
 * irq-safe since wake-ups are, and always taken through zx_object_lock().
 */
#ifndef ZXMOD_OBJECT_H
#define ZXMOD_OBJECT_H

#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "zx.h"

struct iov_iter;
struct zx_object;
struct zx_pair;
struct zx_handle_table;

/**
 * struct zx_dead_list - objects that have lost their last handle
 * @first: the next one to bury, linked through zx_object.next_dead
 *
 * A list lives on the stack of whoever closes handles. Each object on it owns
 * the reference that its last handle held.
 */
struct zx_dead_list {
	struct zx_object *first;
};

/**
 * struct zx_object_ops - what tells one type of object from another
 * @type:	ZX_OBJ_TYPE_*
 * @container:	messages can be queued in it, so handles to it can form cycles
 * @default_rights: rights of the handle that a create call returns
 * @user_signals: the signals that zx_object_signal() may change
 * @poll_in:	signals of the type's own that mean to poll that no more is to be read
 * @poll_out:	signals of the type's own that mean to poll that writing will fail
 * @on_zero_handles: the last handle is gone; may sleep, holds a reference for
 *		its duration, may push further objects on @dead. NULL if there is
 *		nothing to do
 * @release:	the last reference is gone; frees the memory after a grace period.
 *		Called in process context, without locks
 * @pin:	keeps the memory without keeping the object, NULL if a reference has to do.
 *		For those who only look on: the collector in ipc/inflight.c takes any
 *		reference for a sign that somebody is at work on the object
 * @unpin:	the other way round
 * @free:	frees the memory of a pair; called after a grace period, from a soft interrupt
 * @peer:	the other end, or NULL as a method if the type has no peers. The
 *		result is valid as long as the object itself is
 * @get_name:	copies the object's name, NUL-padded, to @name; NULL if the type
 *		has no names
 * @set_name:	the other way round; @name is NUL-terminated and NUL-padded
 * @get_number:	reads a ZX_PROP_* that is a number, one that the type is known to have
 * @set_number:	the other way round
 * @get_info:	fills the record of the ZX_INFO_* topic that the type has for itself
 * @read_iter:	read() of a file that the object was exported to, NULL if there is none;
 *		may block unless @nonblock, returns bytes or a negative errno; fails with
 *		-EBADF once @held is zero, when the file has given the handle away
 * @write_iter:	the same for write()
 */
struct zx_object_ops {
	u32 type;
	bool container;
	u32 default_rights;
	u32 user_signals;
	u32 poll_in;
	u32 poll_out;
	void (*on_zero_handles)(struct zx_object *object, struct zx_dead_list *dead);
	void (*release)(struct zx_object *object);
	void (*pin)(struct zx_object *object);
	void (*unpin)(struct zx_object *object);
	void (*free)(struct zx_pair *pair);
	struct zx_object *(*peer)(struct zx_object *object);
	void (*get_name)(struct zx_object *object, char name[ZX_MAX_NAME_LEN]);
	void (*set_name)(struct zx_object *object, const char name[ZX_MAX_NAME_LEN]);
	int (*get_number)(struct zx_object *object, u32 property, u64 *value);
	int (*set_number)(struct zx_object *object, u32 property, u64 value);
	void (*get_info)(struct zx_object *object, void *record);
	ssize_t (*read_iter)(struct zx_object *object, struct iov_iter *to, bool nonblock,
			     const atomic_t *held);
	ssize_t (*write_iter)(struct zx_object *object, struct iov_iter *from, bool nonblock,
			      const atomic_t *held);
};

/**
 * struct zx_object - the part that all objects have
 * @ops:	the type
 * @koid:	unique for the lifetime of the module, never zero
 * @refs:	references, see above
 * @handles:	handles, see above
 * @wait:	everyone who waits on the object; its lock is the object's lock
 * @signals:	what is up now; written under the lock, read without it only as a hint
 * @closed:	the last handle is gone; guarded by the lock (ends of pairs only)
 * @full:	nothing more can be written for this end to read, its peer is not
 *		WRITABLE; guarded by the lock (ends of pairs only)
 * @peer_offset: bytes from this end of a pair to the other, see ipc/pair.h
 * @next_dead:	link in a zx_dead_list, used by whoever dropped the last handle
 */
struct zx_object {
	const struct zx_object_ops *ops;
	u64 koid;
	refcount_t refs;
	atomic_t handles;
	wait_queue_head_t wait;
	u32 signals;
	bool closed;
	bool full;
	s16 peer_offset;
	struct zx_object *next_dead;
};

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
		object->ops->release(object);
}

/**
 * zx_object_pin - keep the memory of an object, as long as one has a reference to it
 * @object:	the object; its wait queue and signals can be used until zx_object_unpin()
 */
static inline void zx_object_pin(struct zx_object *object)
{
	if (object->ops->pin)
		object->ops->pin(object);
	else
		zx_object_get(object);
}

static inline void zx_object_unpin(struct zx_object *object)
{
	if (object->ops->unpin)
		object->ops->unpin(object);
	else
		zx_object_put(object);
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

void __zx_object_close_handle(struct zx_object *object, struct zx_dead_list *dead);
void zx_object_bury(struct zx_dead_list *dead);
void zx_object_close_handle(struct zx_object *object);

static inline void zx_object_lock(struct zx_object *object)
{
	spin_lock_irq(&object->wait.lock);
}

static inline void zx_object_unlock(struct zx_object *object)
{
	spin_unlock_irq(&object->wait.lock);
}

void __zx_object_wake_raised(struct zx_object *object, u32 raised, bool sync);

/**
 * zx_object_wake_raised - wake those who wait for signals that just came up
 * @object:	the object, locked, its signals already updated
 * @raised:	the signals that were down before
 * @sync:	the caller is about to sleep, the one who wakes need not preempt it
 */
static inline void zx_object_wake_raised(struct zx_object *object, u32 raised, bool sync)
{
	/* The lock is held, so nobody is about to join. */
	if (waitqueue_active(&object->wait))
		__zx_object_wake_raised(object, raised, sync);
}

/**
 * zx_object_update_signals - lower and raise signals, and wake who waits for them
 * @object:	the object, locked
 * @clear:	signals to lower first
 * @set:	signals to raise then
 *
 * Wakes those who wait for a signal that was down before and is up now, nobody
 * else.
 */
static inline void zx_object_update_signals(struct zx_object *object, u32 clear, u32 set)
{
	u32 old = object->signals;
	u32 new = (old & ~clear) | set;

	WRITE_ONCE(object->signals, new);
	if (new & ~old)
		zx_object_wake_raised(object, new & ~old, false);
}

static inline struct zx_object *zx_object_peer(struct zx_object *object)
{
	return (void *)object + object->peer_offset;
}

long zx_ioc_object_signal(struct zx_handle_table *table, void *args);
long zx_ioc_object_signal_peer(struct zx_handle_table *table, void *args);
long zx_ioc_object_get_info(struct zx_handle_table *table, void *args);
long zx_ioc_object_get_property(struct zx_handle_table *table, void *args);
long zx_ioc_object_set_property(struct zx_handle_table *table, void *args);
long zx_ioc_object_get_child(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_OBJECT_H */
