/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets: two ends, each with the bytes that the other end wrote, as a stream or as
 * datagrams.
 *
 * The bytes stand in a short room in the end itself as long as they are few, and
 * otherwise in a list of chunks, which are buffers (buffer.h) taken as data comes and
 * given back as it is read. The room is older than the chunks. A chunk belongs to one
 * datagram.
 *
 * Writing copies what is long into chunks of its own, without a lock, and adds them in
 * one go, so writers do not mix; what is short goes behind the last bytes if there is
 * space, under the lock. Reading copies piece by piece under the lock and takes the
 * bytes off with the last one, if nobody else has taken any meanwhile, or else begins
 * again. A copy under the lock never waits for a page, see zx_copy_to_user_atomic().
 * So nothing is lost when a program gives a bad pointer.
 *
 * Whether an end may still be written to is noted at the end that reads it, as what the
 * writer's signals follow; see pair.h.
 */
#ifndef ZXMOD_IPC_SOCKET_H
#define ZXMOD_IPC_SOCKET_H

struct zx_handle_table;

long zx_ioc_socket_create(struct zx_handle_table *table, void *args);
long zx_ioc_socket_read(struct zx_handle_table *table, void *args);
long zx_ioc_socket_write(struct zx_handle_table *table, void *args);
long zx_ioc_socket_set_disposition(struct zx_handle_table *table, void *args);
long zx_ioc_socket_share(struct zx_handle_table *table, void *args);
long zx_ioc_socket_accept(struct zx_handle_table *table, void *args);

int zx_socket_init(void);
void zx_socket_exit(void);

#endif /* ZXMOD_IPC_SOCKET_H */
