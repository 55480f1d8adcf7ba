/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Eventpairs: two objects with signals. Each can signal the other, and gets PEER_CLOSED when the
 * other is closed.
 */
#ifndef ZXMOD_OBJECTS_EVENTPAIR_H
#define ZXMOD_OBJECTS_EVENTPAIR_H

struct zx_handle_table;

long zx_ioc_eventpair_create(struct zx_handle_table *table, void *args);

int zx_eventpair_init(void);
void zx_eventpair_exit(void);

#endif /* ZXMOD_OBJECTS_EVENTPAIR_H */
