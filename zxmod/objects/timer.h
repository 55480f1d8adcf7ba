/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers: objects that raise ZX_TIMER_SIGNALED when a deadline has passed. timer.c describes the
 * way from the kernel's timer to the signal.
 */
#ifndef ZXMOD_OBJECTS_TIMER_H
#define ZXMOD_OBJECTS_TIMER_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct zx_handle_table;

/**
 * struct zx_expiries - the timers of a user that have expired
 * @lock:	guards @list, and which timers are in it
 * @list:	those whose signal is to be raised; each has a reference
 * @work:	raises the signals; has a reference to the account while it is queued
 */
struct zx_expiries {
	spinlock_t lock; /* see above */
	struct list_head list;
	struct work_struct work;
};

void zx_expiries_setup(struct zx_expiries *expiries);

long zx_ioc_timer_create(struct zx_handle_table *table, void *args);
long zx_ioc_timer_set(struct zx_handle_table *table, void *args);
long zx_ioc_timer_cancel(struct zx_handle_table *table, void *args);

void zx_timer_flush(void);
int zx_timer_init(void);
void zx_timer_exit(void);

#endif /* ZXMOD_OBJECTS_TIMER_H */
