/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: an object that is nothing but its signals.
 */
#ifndef ZXMOD_OBJECTS_EVENT_H
#define ZXMOD_OBJECTS_EVENT_H

struct zx_process;

long zx_ioc_event_create(struct zx_process *process, void *args);

int zx_event_init(void);
void zx_event_exit(void);

#endif /* ZXMOD_OBJECTS_EVENT_H */
