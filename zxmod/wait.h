/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for signals.
 *
 * Whoever wants to learn of an object's signals is an entry on the object's wait
 * queue; there is no other list and no other notification. Two kinds of entries
 * stand there: those of poll and epoll, which the kernel makes, and observers,
 * which are ours: a thread in zx_object_wait_one() or _many(), a thread in
 * zx_channel_call(), a watch file descriptor.
 *
 * An observer is tied to the handle through which it watches. When that handle
 * leaves the process's table, closed or sent away, zx_observers_cancel() ends the
 * observation; other observers of the same object stay.
 *
 * Ordering between "is the handle still there?" and "is anybody observing?":
 *
 *	CPU 0, begins to observe		CPU 1, takes the handle out
 *	  zx_observe(): adds the entry		  zx_handle_take(): clears the slot
 *	  smp_mb()				  smp_mb()
 *	  zx_handle_is_open()			  waitqueue_active()
 *
 * One of the two sees what the other did, so no observer is left behind on a
 * handle that is gone.
 */
#ifndef ZXMOD_WAIT_H
#define ZXMOD_WAIT_H

#include <linux/poll.h>
#include <linux/wait.h>

#include "object.h"
#include "zx.h"

struct zx_observer;

/**
 * struct zx_observer_ops - what an observer does when something happens
 * @notify:	a signal that the observer waits for came up; @flags are the wake-up's
 * @cancel:	the handle is gone; may move the entry to @gone
 * @forget:	for an entry that was moved to @gone: frees the observer
 *
 * The first two are called with the object locked and leave the entry on the queue or
 * take it off, as they like; the last is called without the lock.
 */
struct zx_observer_ops {
	void (*notify)(struct zx_observer *observer, u32 signals, int flags);
	void (*cancel)(struct zx_observer *observer, u32 signals, struct list_head *gone);
	void (*forget)(struct zx_observer *observer);
};

/**
 * struct zx_observer - an entry of ours on an object's wait queue
 * @entry:	the entry; its func is zx_observer_wake(), which also marks it as ours
 * @ops:	what to do
 * @object:	the object whose queue it is; the owner holds a reference
 * @table:	the table that the handle is in; only compared: it closes its handles, which
 *		takes the observer off the queue, before it goes
 * @handle:	that handle
 * @waitfor:	the signals of interest
 */
struct zx_observer {
	struct wait_queue_entry entry;
	const struct zx_observer_ops *ops;
	struct zx_object *object;
	struct zx_handle_table *table;
	u32 handle;
	u32 waitfor;
};

int zx_observer_wake(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key);
void zx_observer_init(struct zx_observer *observer, const struct zx_observer_ops *ops,
		      struct zx_object *object, struct zx_handle_table *table, u32 handle,
		      u32 waitfor);
void zx_observer_end(struct zx_observer *observer, int flags);
void zx_unobserve(struct zx_observer *observer);
void zx_observers_cancel(struct zx_object *object, const struct zx_handle_table *table, u32 handle);
bool zx_observe(struct zx_observer *observer);

/**
 * zx_observer_of - the observer that a wait queue entry belongs to
 * @entry:	an entry of an object's wait queue
 *
 * Return: the observer, or NULL for an entry of poll or epoll.
 */
static inline struct zx_observer *zx_observer_of(struct wait_queue_entry *entry)
{
	return entry->func == zx_observer_wake ?
		container_of(entry, struct zx_observer, entry) : NULL;
}

int zx_sleep_until(const int *status, int pending, s64 deadline);

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

long zx_ioc_object_wait_one(struct zx_handle_table *table, void *args);
long zx_ioc_object_wait_many(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_WAIT_H */
