/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for signals.
 *
 * Two kinds of parties learn of an object's signals. The entries of poll and epoll stand on
 * the object's wait queue; the kernel makes them, and they cannot be indexed. Observers are
 * ours: a thread in zx_object_wait_one() or _many(), a thread in zx_channel_call(), a call
 * that was left behind, a watch file. An observer is found in two ways:
 *
 *	object	zx_object.observers, whose lock guards the list. Raising a signal
 *		goes through it, if zx_object.wanted says that somebody waits for that.
 *	handle	struct zx_watched, which hangs on the slot that the handle stands in. What
 *		waits through a handle ends with the handle, and closing it costs in
 *		proportion to that alone.
 *
 * A handle that is sent away takes its struct zx_watched along into the message. The
 * observation goes on until a receiver takes the handle out, or the message is dropped: then
 * zx_watched_end() ends it as if the handle were closed. So it goes in Zircon.
 *
 * To begin to observe one needs the table locked, in which the handle is, and the object, in
 * that order (zx_observe()); to end it the object is enough. Who takes a handle out of the table
 * has it locked, and takes the struct zx_watched with it. So nothing is left behind on a handle
 * that is gone.
 *
 * Nothing that another user can make long is gone through in one go with a lock held. Of
 * the observers of an object zx_observers_notify() tells ZX_WAKE_BATCH at a time; of the entries
 * of poll zx_poll_wake() wakes twice as many. A bookmark keeps the place while the lock is
 * dropped, and an observer that comes in meanwhile comes in before it, at the head. So do entries
 * of poll, but for exclusive ones, which come in at the end, behind a second mark where
 * zx_poll_wake() stops. zx_observer_end() wakes the first thread with the lock held, which is the
 * common case and the quickest; zx_wakeups_run() wakes all others when it is dropped.
 */
#ifndef ZXMOD_WAIT_H
#define ZXMOD_WAIT_H

#include <linux/poll.h>
#include <linux/wait.h>

#include "handle.h"
#include "object.h"
#include "zx.h"

struct zx_observer;

/**
 * enum zx_observer_kind - what ends an observation before the handle is closed or received
 * @ZX_OBSERVER_WAIT:	moving the handle with fewer rights, as that makes another handle of it
 * @ZX_OBSERVER_CALL:	nothing: a call belongs to the endpoint
 * @ZX_OBSERVER_PARKED:	moving the handle: without it no zx_channel_call_finish() finds the call
 */
enum zx_observer_kind {
	ZX_OBSERVER_WAIT,
	ZX_OBSERVER_CALL,
	ZX_OBSERVER_PARKED,
};

/* How many are told or woken before the lock is dropped. */
#define ZX_WAKE_BATCH	32

/**
 * struct zx_wakeups - what is to be done once the object is unlocked
 * @count:	how many of @later are used
 * @woken:	a thread was woken already
 * @flags:	WF_*, how threads are woken
 * @later:	functions and what they are to be called with
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
 * struct zx_observer_ops - what an observer does when something happens
 * @notify:	a signal that the observer waits for was raised (@raised), or came up again
 *		while it was up (@events has both), as when a second message arrives;
 *		@signals are all that are up. Returns whether the observer stays on the lists
 * @cancel:	the handle is gone; takes the observer off the lists
 *
 * @begin:	it is on the lists now; may be NULL
 * @kind:	when it ends, apart from that
 *
 * All are called with the object locked, and add at most one thing to @wakeups.
 */
struct zx_observer_ops {
	bool (*notify)(struct zx_observer *observer, u32 signals, u32 raised, u32 events,
		       struct zx_wakeups *wakeups);
	void (*cancel)(struct zx_observer *observer, u32 signals, struct zx_wakeups *wakeups);
	void (*begin)(struct zx_observer *observer);
	enum zx_observer_kind kind;
};

/**
 * struct zx_observer - one who waits on an object
 * @entry:	in zx_object.observers; on no list means that it is over
 * @through:	in zx_watched.observers or .parked
 * @ops:	what to do; NULL for the bookmark of somebody who goes through the list
 * @object:	the object; the owner of the observer holds a reference
 * @account:	of whose observers an object has a bounded number; the owner holds it
 * @task:	the thread that waits, if there is one
 * @waitfor:	the signals of interest
 */
struct zx_observer {
	struct hlist_node entry;
	struct hlist_node through;
	const struct zx_observer_ops *ops;
	struct zx_object *object;
	struct zx_account *account;
	struct task_struct *task;
	u32 waitfor;
};

/**
 * struct zx_watched - what waits through one handle
 * @observers:	the observers, linked through @through; guarded by the lock of @object
 * @parked:	those that are calls which were left behind, whether or not a thread has come back;
 *		apart, so that sending the handle away does not go through the others
 * @object:	what the handle names, and keeps
 * @account:	pays for this; a reference is held
 * @next:	of another handle in the same message
 * @reduced:	the handle was moved with fewer rights
 */
struct zx_watched {
	struct hlist_head observers;
	struct hlist_head parked;
	struct zx_object *object;
	struct zx_account *account;
	struct zx_watched *next;
	bool reduced;
};

struct zx_watched *zx_watched_new(struct zx_account *account, struct zx_object *object);
void zx_watched_free(struct zx_watched *watched);
void zx_watched_sent(struct zx_watched *watched);
void zx_watched_end(struct zx_watched *watched);

int zx_observe(struct zx_observer *observer, struct zx_handle_table *table, u32 handle,
	       u32 *signals);
void zx_observer_off(struct zx_observer *observer);
void zx_observer_end(struct zx_observer *observer, struct zx_wakeups *wakeups);
void zx_unobserve(struct zx_observer *observer);

void zx_wakeups_init(struct zx_wakeups *wakeups, int flags);
void zx_wakeups_add(struct zx_wakeups *wakeups, void (*call)(void *what), void *what);
void zx_wakeups_run(struct zx_wakeups *wakeups);

void zx_poll_wake(wait_queue_head_t *wait, __poll_t events, bool all, int flags);

int zx_sleep_until(const int *status, int pending, s64 deadline);

/**
 * zx_observer_init - prepare an observer
 * @observer:	the observer
 * @ops:	what it does
 * @object:	what it observes
 * @account:	whose it is
 * @task:	the thread to be woken, or NULL
 * @waitfor:	which signals
 *
 * Takes no references: the caller holds those for as long as the observer lives.
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
 * zx_poll_mask - what signals mean to poll and epoll
 * @object:	whose signals
 * @signals:	ZX signals
 *
 * Return: the EPOLL* events that stand for them.
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
	if (signals & ZX_USER_SIGNAL_ALL)
		mask |= EPOLLPRI;
	return mask;
}

/**
 * zx_is_last - whether signals tell of something after which there is no other
 * @object:	whose signals
 * @signals:	ZX signals that were raised
 *
 * Then all exclusive waiters are woken, not just one: there will be no next time.
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
