/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters: objects with a signed number, and signals that show whether it is positive.
 */
#ifndef ZXMOD_OBJECTS_COUNTER_H
#define ZXMOD_OBJECTS_COUNTER_H

struct zx_handle_table;

long zx_ioc_counter_create(struct zx_handle_table *table, void *args);
long zx_ioc_counter_read(struct zx_handle_table *table, void *args);
long zx_ioc_counter_write(struct zx_handle_table *table, void *args);
long zx_ioc_counter_add(struct zx_handle_table *table, void *args);

int zx_counter_init(void);
void zx_counter_exit(void);

#endif /* ZXMOD_OBJECTS_COUNTER_H */
