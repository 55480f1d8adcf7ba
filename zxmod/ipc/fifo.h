/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fifos: two endpoints, each with a ring of elements that are written to its peer. All elements of
 * a fifo have one size.
 *
 * The rings are allocated with the fifo, so reading and writing allocate nothing. Many threads may
 * read and write at once: elements are copied between a ring and user memory under the lock of the
 * ring's endpoint. Such a copy never waits for a page. If a page is missing nothing is transferred,
 * the page is faulted in without the lock, and the call tries again. So no element is lost,
 * duplicated or torn.
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
