/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Burying: what follows when objects have lost their last handle.
 *
 * Closing a handle can close others (a channel's unread messages hold handles), to
 * any depth. Nothing recurses: objects whose last handle went are pushed on a struct
 * zx_dead_list and buried one by one. And nobody is made to wait for long: a chain of
 * channels may have been built by another user, who had its head sent to the thread that
 * closes it now. So a thread buries ZX_BURIAL_MAX objects itself, messages and the handles in
 * them counted as well, and the rest is left to a worker, of which each account has one: the
 * account that pays for the next object on the list. The worker does the same, which brings it
 * back to the end of the queue.
 */
#ifndef ZXMOD_BURIAL_H
#define ZXMOD_BURIAL_H

#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct zx_object;

/* A few milliseconds on a slow machine. */
#define ZX_BURIAL_MAX	1000

/**
 * struct zx_dead_list - objects that have lost their last handle
 * @first:	the next one to bury, linked through zx_object.next_dead
 * @last:	the last one, valid unless the list is empty
 * @count:	what has been done for the list so far, see ZX_BURIAL_MAX
 *
 * A list lives on the stack of whoever closes handles. Each object on it owns
 * the reference that its last handle held.
 */
struct zx_dead_list {
	struct zx_object *first;
	struct zx_object *last;
	unsigned int count;
};

/**
 * struct zx_burial - what is left to an account's worker
 * @lock:	guards @dead
 * @dead:	the objects
 * @work:	the worker; holds a reference to the account while it is queued
 */
struct zx_burial {
	spinlock_t lock; /* see above */
	struct zx_dead_list dead;
	struct work_struct work;
};

void zx_burial_setup(struct zx_burial *burial);

void __zx_object_close_handle(struct zx_object *object, struct zx_dead_list *dead);
void zx_object_bury(struct zx_dead_list *dead);
void zx_object_close_handle(struct zx_object *object);

void zx_burial_flush(void);
int zx_burial_init(void);
void zx_burial_exit(void);

#endif /* ZXMOD_BURIAL_H */
