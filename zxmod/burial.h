/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Burying: what is done after the last handle of an object is closed.
 *
 * Closing a handle can close others, since a channel's unread messages have handles, to any depth.
 * There is no recursion: objects whose last handle is closed are pushed on a struct zx_dead_list
 * and buried one by one. A thread buries up to ZX_BURIAL_MAX objects itself; messages and the
 * handles in them count too. A worker buries the rest, since another user may have built a long
 * chain of channels and sent its head to the thread that closes it. Each account has a worker. The
 * rest goes to the worker of the account that pays for the next object on the list. A worker too
 * stops after ZX_BURIAL_MAX objects, and queues the rest again. A port with more waits and packets
 * than that is buried in several rounds.
 */
#ifndef ZXMOD_BURIAL_H
#define ZXMOD_BURIAL_H

#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct zx_object;

/* Burying this many takes a few milliseconds on a slow machine. */
#define ZX_BURIAL_MAX	1000

/**
 * struct zx_dead_list - objects that have lost their last handle
 * @first:	the next one to bury, linked through zx_object.next_dead
 * @last:	the last one, valid unless the list is empty
 * @count:	objects, messages, handles, packets and waits so far, see ZX_BURIAL_MAX
 *
 * A list is on the stack of the function that closes handles. It owns the references that the last
 * handles of its objects had.
 */
struct zx_dead_list {
	struct zx_object *first;
	struct zx_object *last;
	unsigned int count;
};

/**
 * struct zx_burial - an account's worker
 * @lock:	guards @dead
 * @dead:	the objects that the worker is to bury
 * @work:	the worker; has a reference to the account while it is queued
 */
struct zx_burial {
	spinlock_t lock; /* see above */
	struct zx_dead_list dead;
	struct work_struct work;
};

void zx_burial_setup(struct zx_burial *burial);

void __zx_object_close_handle(struct zx_object *object, struct zx_dead_list *dead);
void zx_object_bury_again(struct zx_object *object, struct zx_dead_list *dead);
void zx_object_bury(struct zx_dead_list *dead);
void zx_object_close_handle(struct zx_object *object);

void zx_burial_flush(void);
int zx_burial_init(void);
void zx_burial_exit(void);

#endif /* ZXMOD_BURIAL_H */
