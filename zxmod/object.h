/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects: what a handle names.
 *
 * An object has a koid, a type and 32 signals. The struct of each concrete type (an event, an
 * endpoint of a channel) embeds it. Code outside the file of a type knows the type by its ops only.
 *
 * An object has two counts:
 *
 *   handles	handles that name the object, in a table, in a message or behind a file
 *		descriptor. After the last one is closed no program can reach the object:
 *		ops->on_zero_handles() signals its peer and drops its contents.
 *   refs	references: one for each handle, each call that works on the object, each file that
 *		polls it. After the last one is dropped the memory is freed, an RCU grace period
 *		later, since lookups acquire no lock.
 *
 * burial.h describes what is done after the last handle is closed.
 *
 * The object's lock is the lock of its wait queue. It guards the signals, the queue and, for
 * endpoints, what the header of their type lists. Code of the module acquires it through
 * zx_object_lock() only, with interrupts disabled as the kernel's wait queue functions do.
 */
#ifndef ZXMOD_OBJECT_H
#define ZXMOD_OBJECT_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "burial.h"
#include "trace.h"
#include "zx.h"

struct iov_iter;
struct pipe_inode_info;
struct zx_account;
struct zx_handle;
struct zx_info_topic;
struct zx_object;
struct zx_handle_table;
struct zx_memory;

/**
 * struct zx_object_file_ops - the operations of the file that a handle was exported to
 * @mode:	the file's type, S_IFMT
 * @read:	read(); waits unless @nonblock. @has_handle is zero after the handle was imported
 *		from the file: then this fails with -EBADF
 * @write:	write(), likewise; raises no SIGPIPE if @nosignal
 * @splice_read: splice() to a pipe, which is locked, likewise
 * @splice_write: splice() from a pipe, which is not locked, likewise; @flags are SPLICE_F_*
 * @ioctl:	ioctl(); @rights are the handle's
 *
 * All return what the system call returns: a number or a negative errno.
 */
struct zx_object_file_ops {
	umode_t mode;
	ssize_t (*read)(struct zx_object *object, struct iov_iter *to, bool nonblock,
			const atomic_t *has_handle);
	ssize_t (*write)(struct zx_object *object, struct iov_iter *from, bool nonblock,
			 bool nosignal, const atomic_t *has_handle);
	ssize_t (*splice_read)(struct zx_object *object, struct pipe_inode_info *pipe, size_t len,
			       bool nonblock, const atomic_t *has_handle);
	ssize_t (*splice_write)(struct zx_object *object, struct pipe_inode_info *pipe, size_t len,
				unsigned int flags, bool nonblock, const atomic_t *has_handle);
	long (*ioctl)(struct zx_object *object, u32 rights, unsigned int cmd, unsigned long arg);
};

/**
 * struct zx_contents - what an object has that was not read yet
 * @used:	how much
 * @max:	when @used reaches this, no more is accepted
 *
 * Of a channel: bytes of memory that messages and replies take; a message in the endpoint's own
 * buffer takes the size of that. Of a socket: bytes. Of a fifo: elements. Of a port: packets, of
 * which only those of zx_port_queue() count for @max.
 */
struct zx_contents {
	u64 used;
	u64 max;
};

/**
 * struct zx_object_ops - a type of objects
 * @type:	ZX_OBJ_TYPE_*
 * @container:	messages can be queued in it, so handles to it can form rings, see
 *		ipc/inflight.h; then it has one handle, which cannot be duplicated
 * @returns:	an object without handles can get some again: others find it by its koid
 * @default_rights: rights of the handle that a create call returns
 * @user_signals: the signals that zx_object_signal() may change
 * @poll_in:	signals of the type that tell poll that no more data will come
 * @poll_out:	signals of the type that tell poll that writing will fail
 * @last:	further signals of the type that are never raised again
 * @poll_right:	the right that an exported handle needs for poll, and a handle for a watch; zero is
 *		ZX_RIGHT_WAIT
 * @on_zero_handles: called after the last handle is closed, and again after zx_object_bury_again();
 *		of a type with @returns there may be a handle by then; may sleep, may push further
 *		objects on @dead. The caller has a reference. NULL if there is nothing to do
 * @free:	frees the memory; called after a grace period, from a soft interrupt
 * @peer:	returns the peer, valid as long as the object; NULL if the type has no peers
 * @get_name:	copies the object's name, NUL-padded, to @name; NULL if the type has no names
 * @set_name:	sets the name, through the handle that was used, if that lets it; @name is
 *		NUL-terminated and NUL-padded
 * @get_number:	reads a ZX_PROP_* that is a number, of those that Zircon has for this type
 * @set_number:	sets such a ZX_PROP_*
 * @topics:	the type's own topics of zx_object_get_info(), up to one that is zero; NULL if there
 *		are none
 * @get_child:	looks for a child of a handle's object by its koid: returns it with a reference for
 *		the caller and @maker of a handle to it, or NULL; NULL if the type has no children
 * @get_related: the related koid of a type without peers; NULL if it has none
 * @get_contents: tells how full the object is, in the same time however full; NULL if the type has
 *		no contents
 * @get_queue:	the koid of the object in whose queue the handle is, or ZX_KOID_INVALID; of a
 *		container, else NULL
 * @file:	operations of an exported handle's file besides poll; NULL if there are none
 */
struct zx_object_ops {
	u32 type;
	bool container;
	bool returns;
	u32 default_rights;
	u32 user_signals;
	u32 poll_in;
	u32 poll_out;
	u32 last;
	u32 poll_right;
	void (*on_zero_handles)(struct zx_object *object, struct zx_dead_list *dead);
	void (*free)(struct zx_memory *memory);
	struct zx_object *(*peer)(struct zx_object *object);
	void (*get_name)(struct zx_object *object, char name[ZX_MAX_NAME_LEN]);
	int (*set_name)(const struct zx_handle *handle, const char name[ZX_MAX_NAME_LEN]);
	int (*get_number)(struct zx_object *object, u32 property, u64 *value);
	int (*set_number)(struct zx_object *object, u32 property, u64 value);
	const struct zx_info_topic *topics;
	struct zx_object *(*get_child)(const struct zx_handle *handle, u64 koid, u32 *maker);
	u64 (*get_related)(struct zx_object *object);
	void (*get_contents)(struct zx_object *object, struct zx_contents *contents);
	u64 (*get_queue)(struct zx_object *object);
	const struct zx_object_file_ops *file;
};

/**
 * struct zx_object - the common part of all objects
 * @ops:	the type
 * @koid:	unique for the lifetime of the module, never zero
 * @refs:	references, see above
 * @handles:	handles, see above
 * @wait:	the pollers, see wait.h; its lock is the object's lock
 * @signals:	the signals that are up; written under the lock, read without it only as a hint
 * @next_dead:	link in a zx_dead_list, used by the thread that closed the last handle
 * @observers:	the observers, see wait.h
 * @wanted:	all signals that observers wait for, perhaps more; written under the lock
 * @num_observers: the length of @observers
 * @is_dead:	of a type with @returns: it is on a zx_dead_list
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
	atomic_t is_dead;
};

/**
 * struct zx_memory - the head of an allocation with one object, or with the two endpoints of a pair
 * @account:	the creator's account, which pays for this and for what is queued in a pair; has a
 *		reference until the last object of the allocation is released
 * @objects:	number of objects that are not released
 * @cost:	bytes charged; constant
 * @rcu:	for the delayed freeing
 */
struct zx_memory {
	struct zx_account *account;
	refcount_t objects;
	u32 cost;
	struct rcu_head rcu;
};

/* A type's struct begins with its zx_memory; its object or its first endpoint follows. */
#define ZX_MEMORY_CHECK(type, object)	\
	static_assert(!offsetof(type, memory) && offsetof(type, object) == sizeof(struct zx_memory))

struct zx_memory *zx_memory_alloc(struct zx_handle_table *table, struct kmem_cache *cache,
				  size_t cost);
void zx_memory_discard(struct zx_memory *memory, struct kmem_cache *cache);
struct zx_memory *zx_memory_of(struct zx_object *object);
void zx_object_release(struct zx_object *object);

/**
 * zx_object_init - initialise the common part of a new object
 * @object:	memory of the concrete type
 * @ops:	its type
 * @signals:	the signals that are up from the start
 *
 * The object starts with one reference, the caller's, and no handles.
 */
#define zx_object_init(object, ops, signals)				\
do {									\
	/* Each function that creates a type gets its own lock class. */ \
	init_waitqueue_head(&(object)->wait);				\
	__zx_object_init(object, ops, signals);				\
} while (0)

void __zx_object_init(struct zx_object *object, const struct zx_object_ops *ops,
		      u32 signals);
u64 zx_koid_alloc(void);

/*
 * No program can raise the references to INT_MAX, where refcount_t saturates. Handles are less than
 * half of that by ZX_OBJECT_HANDLES_MAX. Each other reference belongs to a thread in a call or to
 * an open file of the module. A thread has at most ZX_WAIT_MANY_MAX_ITEMS and a few, and there are
 * at most 2^22 threads. A quarter of INT_MAX files would need half a terabyte of kernel memory,
 * which is not swapped.
 */
static inline void zx_object_get(struct zx_object *object)
{
	refcount_inc(&object->refs);
}

/**
 * zx_object_put - drop a reference
 * @object:	the object, which the caller must not use afterwards
 *
 * Context: process context, no locks held.
 */
static inline void zx_object_put(struct zx_object *object)
{
	if (refcount_dec_and_test(&object->refs))
		zx_object_release(object);
}

/* The limit counts all handles to an object, in all tables, messages and files. */
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
	/*
	 * Each thread here can exceed the limit by one, for a moment. That does not overflow: the
	 * limit is at most half of INT_MAX.
	 */
	if (unlikely(atomic_inc_return(&object->handles) > READ_ONCE(zx_object_handles_max)))
		return __zx_object_too_many(object);
	zx_object_get(object);
	return ZX_OK;
}

/**
 * zx_object_first_handle - account for the first handle to a new object
 * @object:	the object, which no other thread can reach yet; the handle gets its own reference
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

/* Copies an object's name, ZX_PROP_NAME, from the object or to it; its lock guards the name. */
static inline void zx_object_copy_name(struct zx_object *object, char *to, const char *from)
{
	zx_object_lock(object);
	memcpy(to, from, ZX_MAX_NAME_LEN);
	zx_object_unlock(object);
}

extern int zx_wake_sync;
void __zx_object_notify(struct zx_object *object, u32 old, u32 events, u32 raised, int flags);

/**
 * zx_object_is_watched - whether an observer or poller may wait for signals
 * @object:	the object
 * @events:	the signals
 *
 * Without the lock the answer can be out of date. Observers and pollers read the signals after they
 * have joined.
 */
static inline bool zx_object_is_watched(struct zx_object *object, u32 events)
{
	if (READ_ONCE(object->wanted) & events)
		return true;
	/* With the lock no poller can join now; without it see above. */
	return waitqueue_active(&object->wait);
}

/**
 * zx_object_notify - notify observers and pollers of signals, and trace their change
 * @object:	the object, locked, its signals already updated
 * @old:	its signals before that
 * @events:	signals that have a cause to be up, whether or not they were up before. Pollers are
 *		notified of each message: an edge-triggered one sees all of them, and each message
 *		wakes one of several exclusive ones
 * @raised:	those of them that were down before; observers wait for these
 * @flags:	zx_wake_sync if the caller is about to sleep, so that a thread that it wakes need
 *		not preempt it, else 0
 *
 * May drop the lock and acquire it again, so the caller must unlock next.
 *
 * One call does both, since each more would make callers save more registers, also while nothing is
 * traced.
 */
static inline void zx_object_notify(struct zx_object *object, u32 old, u32 events, u32 raised,
				    int flags)
{
	if (tracepoint_enabled(zx_signals) || (events && zx_object_is_watched(object, events)))
		__zx_object_notify(object, old, events, raised, flags);
}

/**
 * zx_object_raise - raise signals, and notify pollers also of those that are up already
 * @object:	the object, locked
 * @events:	the signals
 * @flags:	as for zx_object_notify()
 *
 * May drop the lock and acquire it again, so the caller must unlock next.
 */
static inline void zx_object_raise(struct zx_object *object, u32 events, int flags)
{
	u32 old = object->signals;
	u32 raised = events & ~old;

	zx_object_assert_locked(object);
	if (raised)
		WRITE_ONCE(object->signals, old | events);
	zx_object_notify(object, old, events, raised, flags);
}

/**
 * zx_object_update_signals - lower and raise signals, and notify observers and pollers
 * @object:	the object, locked
 * @clear:	signals to lower first
 * @set:	signals to raise then
 *
 * Notifies only of signals that were down before and are up now. May drop the lock and acquire it
 * again, so the caller must unlock next.
 */
static inline void zx_object_update_signals(struct zx_object *object, u32 clear, u32 set)
{
	u32 old = object->signals;
	u32 new = (old & ~clear) | set;

	zx_object_assert_locked(object);
	WRITE_ONCE(object->signals, new);
	zx_object_notify(object, old, new & ~old, new & ~old, 0);
}

/**
 * zx_object_strobe - raise signals, one of which is up for no time
 * @object:	the object, locked
 * @set:	signals to raise, which stay up
 * @strobe:	a signal that those observers see that wait now. It is not up afterwards, so no poll
 *		sees it, and no wait that begins later
 *
 * May drop the lock and acquire it again, so the caller must unlock next.
 */
static inline void zx_object_strobe(struct zx_object *object, u32 set, u32 strobe)
{
	u32 old = object->signals;
	u32 raised = (set & ~old) | strobe;

	zx_object_assert_locked(object);
	WRITE_ONCE(object->signals, old | set);
	zx_object_notify(object, old, raised, raised, 0);
}

/**
 * zx_object_happened - notify pollers that signals have a further cause
 * @object:	the object, not locked
 * @events:	the signals; those that are down by now are ignored
 *
 * See @events of zx_object_notify().
 */
static inline void zx_object_happened(struct zx_object *object, u32 events)
{
	if (likely(!zx_object_is_watched(object, events)))
		return;
	zx_object_lock(object);
	if (object->signals & events)
		__zx_object_notify(object, object->signals, object->signals & events, 0, 0);
	zx_object_unlock(object);
}

/* The right that poll of an exported handle needs, and a watch. */
static inline u32 zx_object_poll_right(const struct zx_object *object)
{
	return object->ops->poll_right ?: ZX_RIGHT_WAIT;
}

/* The koid of an object's peer, or ZX_KOID_INVALID. What a task is related to is no peer of it. */
static inline u64 zx_object_peer_koid(struct zx_object *object)
{
	return object->ops->peer ? object->ops->peer(object)->koid : ZX_KOID_INVALID;
}

/* The related koid that programs see: the peer's, or what the type has instead. */
static inline u64 zx_object_related_koid(struct zx_object *object)
{
	return object->ops->get_related ? object->ops->get_related(object) :
					  zx_object_peer_koid(object);
}

/**
 * struct zx_type_names - how a type is called
 * @type:	in fdinfo and in trace events
 * @exported:	the name of the file of a handle, in /proc/PID/fd
 * @watch:	the name of the file of a watch
 */
struct zx_type_names {
	const char *type;
	const char *exported;
	const char *watch;
};

extern const struct zx_type_names zx_type_names[ZX_OBJ_TYPE_UPPER_BOUND];

bool zx_object_user_signals_ok(const struct zx_object *object, u32 clear, u32 set);
void zx_object_signal(struct zx_object *object, u32 clear, u32 set);

long zx_ioc_object_signal(struct zx_handle_table *table, void *args);
long zx_ioc_object_get_child(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_OBJECT_H */
