/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: objects that have only signals.
 */
#ifndef ZXMOD_OBJECTS_EVENT_H
#define ZXMOD_OBJECTS_EVENT_H

struct zx_handle_table;

long zx_ioc_event_create(struct zx_handle_table *table, void *args);

int zx_event_init(void);
void zx_event_exit(void);

#endif /* ZXMOD_OBJECTS_EVENT_H */
