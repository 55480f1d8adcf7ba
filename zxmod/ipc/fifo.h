/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fifos: two ends, each with a ring of elements of one size that the other end wrote.
 *
 * The rings are allocated with the fifo, so reading and writing allocate nothing. Many
 * may read and write at once: elements are copied between the ring and user memory
 * under the lock of the end whose ring it is. Such a copy never waits for a page; if
 * one is missing nothing is transferred, the page is fetched without the lock, and the
 * call tries again. So no element is ever lost, doubled or torn.
 */
#ifndef ZXMOD_IPC_FIFO_H
#define ZXMOD_IPC_FIFO_H

struct zx_handle_table;

long zx_ioc_fifo_create(struct zx_handle_table *table, void *args);
long zx_ioc_fifo_read(struct zx_handle_table *table, void *args);
long zx_ioc_fifo_write(struct zx_handle_table *table, void *args);

int zx_fifo_init(void);
void zx_fifo_exit(void);

#endif /* ZXMOD_IPC_FIFO_H */
