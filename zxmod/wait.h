/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for signals.
 *
 * Pollers and observers are notified of an object's signals. A poller is an entry of the object's
 * wait queue: of poll or epoll, or of a thread in read(), write() or splice() of an exported
 * socket. The kernel keeps that queue, which cannot be indexed. An observer is a struct of the
 * module: a thread in zx_object_wait_one() or _many(), a thread in zx_channel_call(), a parked
 * call, a watch file, or an asynchronous wait (ipc/port.h). An observer is on two lists:
 *
 *	object	zx_object.observers, guarded by the object's lock. A function that raises a
 *		signal walks this list if the signal is in zx_object.wanted.
 *	handle	a list of struct zx_watched, which belongs to the slot of the handle. Closing
 *		the handle ends the observers on this list, and the time that it takes depends
 *		on the number of these observers only.
 *
 * When a handle is sent its struct zx_watched goes into the message with it. As in Zircon, the
 * observation goes on until a receiver reads the handle or the message is dropped: then
 * zx_watched_end() ends it as if the handle were closed.
 *
 * To begin an observation zx_observe() locks the table of the handle and then the object. To end
 * it the object's lock is enough. A function that removes a handle from a table has the table
 * locked, and removes the struct zx_watched with it. So no observer stays on a removed handle.
 *
 * A list that another user can make long is not walked in one go with a lock held:
 * zx_observers_notify() notifies ZX_WAKE_BATCH observers at a time, zx_poll_wake() wakes twice as
 * many pollers. A bookmark keeps the position while the lock is dropped. An observer that joins
 * meanwhile joins at the head, before the bookmark. So does a poller, except an exclusive one,
 * which joins at the tail, behind a second bookmark where zx_poll_wake() stops. zx_wakeups_wake()
 * wakes the first thread with the lock held, which is the common case and the quickest;
 * zx_wakeups_run() wakes the others after the lock is dropped.
 */
#ifndef ZXMOD_WAIT_H
#define ZXMOD_WAIT_H

#include <linux/poll.h>
#include <linux/wait.h>

#include "handle.h"
#include "object.h"
#include "zx.h"

struct zx_observer;
struct zx_viewer;

/**
 * enum zx_observer_kind - what ends an observation before the handle is closed or received
 * @ZX_OBSERVER_WAIT:	the handle is moved with fewer rights, which makes another handle of it
 * @ZX_OBSERVER_CALL:	nothing: a call belongs to the endpoint
 * @ZX_OBSERVER_PARKED:	the handle is moved: zx_channel_call_finish() needs it to find the call
 */
enum zx_observer_kind {
	ZX_OBSERVER_WAIT,
	ZX_OBSERVER_CALL,
	ZX_OBSERVER_PARKED,
};

/* How many observers are notified, or threads woken, before the lock is dropped. */
#define ZX_WAKE_BATCH	32

/**
 * struct zx_wakeups - functions to be called after the object is unlocked
 * @count:	how many of @later are used
 * @woken:	a thread was woken already
 * @flags:	WF_*, how threads are woken
 * @later:	the functions and their arguments
 */
struct zx_wakeups {
	unsigned int count;
	bool woken;
	int flags;
	struct {
		void (*call)(void *what);
		void *what;
	} later[ZX_WAKE_BATCH];
};

/**
 * struct zx_observer_ops - a kind of observer
 * @notify:	called if the observer waits for one of @events: these were raised now (those in
 *		@raised), or were up already and have a further cause, such as a second message.
 *		@signals are all that are up, and those of zx_object_strobe(). Returns whether the
 *		observer stays on the lists
 * @cancel:	called when the handle is gone; removes the observer from the lists
 * @begin:	called after the observer was added to the lists; if it returns an error the
 *		observation ends at once. May be NULL
 * @get_port:	the koid of the port that gets a packet; NULL if it is no asynchronous wait
 * @kind:	what else ends the observation
 *
 * All are called with the object locked, and add at most one entry to @wakeups.
 */
struct zx_observer_ops {
	bool (*notify)(struct zx_observer *observer, u32 signals, u32 raised, u32 events,
		       struct zx_wakeups *wakeups);
	void (*cancel)(struct zx_observer *observer, u32 signals, struct zx_wakeups *wakeups);
	int (*begin)(struct zx_observer *observer);
	u64 (*get_port)(const struct zx_observer *observer);
	enum zx_observer_kind kind;
};

/**
 * struct zx_observer - an observer of an object
 * @entry:	in zx_object.observers; on no list once the observation is over
 * @through:	in zx_watched.observers or .parked, or on a list of zx_watched_cancel_all()
 * @ops:	the kind; NULL for the bookmark of a thread that walks the list
 * @object:	the object; the owner of the observer has a reference, except a parked call and an
 *		asynchronous wait, whose handle keeps the object
 * @account:	the user that the observer counts for; the owner has a reference. The number of a
 *		user's observers on an object is limited
 * @task:	the thread that waits, if there is one
 * @handle_id:	the zx_watched.id of the handle, set by zx_observe()
 * @waitfor:	the signals that the observer waits for
 */
struct zx_observer {
	struct hlist_node entry;
	struct hlist_node through;
	const struct zx_observer_ops *ops;
	struct zx_object *object;
	struct zx_account *account;
	struct task_struct *task;
	u64 handle_id;
	u32 waitfor;
};

/**
 * struct zx_watched - the observers of an object that wait through one handle
 * @observers:	the observers, except @parked, linked through @through; guarded by the lock of
 *		@object
 * @parked:	parked calls, also those that a thread has resumed; a separate list, so
 *		that sending the handle does not walk the others; guarded by the same lock
 * @object:	the object that the handle names; the handle's reference keeps it
 * @account:	pays for this struct, which has a reference
 * @id:		unique, never zero: packets of a port keep it, which can outlive this struct
 * @next:	that of another handle in the same message
 * @reduced:	the handle was moved with fewer rights
 */
struct zx_watched {
	struct hlist_head observers;
	struct hlist_head parked;
	struct zx_object *object;
	struct zx_account *account;
	u64 id;
	struct zx_watched *next;
	bool reduced;
};

/**
 * struct zx_waiter - an observer, as zx_observers_list() shows it
 * @kind:	ends the observation
 * @thread:	it is a thread
 * @pid:	the id of the thread's process in the viewer's pid namespace, or zero
 * @tid:	the thread's id there, or zero
 * @signals:	what it waits for
 * @port:	of an asynchronous wait, the koid of the port; else ZX_KOID_INVALID
 */
struct zx_waiter {
	enum zx_observer_kind kind;
	bool thread;
	pid_t pid;
	pid_t tid;
	u32 signals;
	u64 port;
};

struct zx_watched *zx_watched_new(struct zx_account *account, struct zx_object *object);
void zx_watched_free(struct zx_watched *watched);
void zx_watched_sent(struct zx_watched *watched);
void zx_watched_end(struct zx_watched *watched);

int zx_observe(struct zx_observer *observer, struct zx_handle_table *table, u32 handle,
	       u32 *signals);
unsigned int zx_observers_list(struct zx_object *object, const struct zx_viewer *viewer,
			       struct zx_waiter waiters[ZX_WAKE_BATCH]);
void zx_observer_off(struct zx_observer *observer);
void zx_observer_end(struct zx_observer *observer, struct zx_wakeups *wakeups);
void zx_unobserve(struct zx_observer *observer);
bool zx_unobserve_some(struct zx_handle_table *table, u32 handle, struct zx_object *object,
		       bool (*end)(struct zx_observer *observer, const void *arg,
				   struct zx_wakeups *wakeups),
		       const void *arg, u64 *id);

void zx_wakeups_init(struct zx_wakeups *wakeups, int flags);
void zx_wakeups_add(struct zx_wakeups *wakeups, void (*call)(void *what), void *what);
bool zx_wakeups_has(const struct zx_wakeups *wakeups, void (*call)(void *what), const void *what);
void zx_wakeups_run(struct zx_wakeups *wakeups);
void zx_wakeups_wake(struct zx_wakeups *wakeups, struct task_struct *task);

void zx_poll_wake(wait_queue_head_t *wait, __poll_t events, bool all, int flags);

int zx_sleep_until(const struct zx_handle_table *table, const int *status, int pending,
		   s64 deadline);

/**
 * zx_observer_init - prepare an observer
 * @observer:	the observer
 * @ops:	what it does
 * @object:	what it observes
 * @account:	the user that it counts for
 * @task:	the thread to be woken, or NULL
 * @waitfor:	the signals that it waits for
 *
 * Gets no references: the caller keeps its own for as long as the observer lives.
 */
static inline void zx_observer_init(struct zx_observer *observer, const struct zx_observer_ops *ops,
				    struct zx_object *object, struct zx_account *account,
				    struct task_struct *task, u32 waitfor)
{
	INIT_HLIST_NODE(&observer->entry);
	observer->ops = ops;
	observer->object = object;
	observer->account = account;
	observer->task = task;
	observer->waitfor = waitfor;
}

/**
 * zx_poll_mask - translate signals for poll and epoll
 * @object:	the object
 * @signals:	ZX signals
 *
 * Return: the EPOLL* events.
 */
static inline __poll_t zx_poll_mask(const struct zx_object *object, u32 signals)
{
	__poll_t mask = 0;

	if (signals & (ZX_SIGNAL_READABLE | ZX_SIGNAL_SIGNALED))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (signals & ZX_SIGNAL_WRITABLE)
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (signals & ZX_SIGNAL_PEER_CLOSED)
		mask |= EPOLLHUP | EPOLLRDHUP;
	if (signals & object->ops->poll_in)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (signals & object->ops->poll_out)
		mask |= EPOLLOUT | EPOLLWRNORM;
	if ((signals & object->ops->poll_in) && (signals & object->ops->poll_out))
		mask |= EPOLLHUP;
	if (signals & ZX_USER_SIGNAL_ALL)
		mask |= EPOLLPRI;
	return mask;
}

/**
 * zx_is_last - whether signals wake all exclusive pollers, not just one
 * @object:	the object
 * @signals:	ZX signals that were raised
 *
 * They do if no later signal might wake the others.
 */
static inline bool zx_is_last(const struct zx_object *object, u32 signals)
{
	return signals & (ZX_SIGNAL_PEER_CLOSED | object->ops->poll_in | object->ops->poll_out |
			  object->ops->last);
}

long zx_ioc_object_wait_one(struct zx_handle_table *table, void *args);
long zx_ioc_object_wait_many(struct zx_handle_table *table, void *args);

int zx_wait_init(void);
void zx_wait_exit(void);

#endif /* ZXMOD_WAIT_H */
