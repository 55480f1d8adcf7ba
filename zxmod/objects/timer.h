/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers: objects that raise ZX_TIMER_SIGNALED when a deadline has passed. timer.c describes the
 * way from the kernel's timer to the signal.
 */
#ifndef ZXMOD_OBJECTS_TIMER_H
#define ZXMOD_OBJECTS_TIMER_H

struct zx_handle_table;

long zx_ioc_timer_create(struct zx_handle_table *table, void *args);
long zx_ioc_timer_set(struct zx_handle_table *table, void *args);
long zx_ioc_timer_cancel(struct zx_handle_table *table, void *args);

int zx_timer_init(void);
void zx_timer_exit(void);

#endif /* ZXMOD_OBJECTS_TIMER_H */
