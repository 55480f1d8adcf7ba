/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets: two endpoints, each with the bytes that its peer wrote, as a stream or as datagrams.
 *
 *   bytes.c		the queue of bytes
 *   socket.c		the endpoints: reading and writing, signals, charges, dispositions
 *   socket_control.c	the control plane and the sharing of sockets, as in Zircon until 2018
 *   socket_file.c	the file of an exported endpoint of a stream socket
 *
 * A long write copies its bytes into new chunks, without a lock, and then adds all of them at once,
 * so the bytes of two writers do not mix. A short write copies its bytes under the lock, after the
 * last ones if there is space. A read copies piece by piece under the lock, and removes all these
 * bytes when the last piece is copied. If another reader has removed bytes meanwhile, it begins
 * again. A copy under the lock never waits for a page (io.h). So a stream loses no bytes when a
 * program passes a bad pointer. A datagram that cannot be copied to the reader is dropped, as in
 * Zircon.
 *
 * The peer's read_disabled says whether an endpoint may write. The writer's signals are set from
 * that flag, by the rule in pair.h.
 */
#ifndef ZXMOD_IPC_SOCKET_H
#define ZXMOD_IPC_SOCKET_H

#include "bytes.h"
#include "pair.h"

struct pipe_inode_info;
struct zx_control;
struct zx_handle_table;
struct zx_io;
struct zx_ioc_socket_io;

/**
 * struct zx_socket - an endpoint of a socket
 * @object:	the common part of objects; its lock guards the fields below unless stated
 *		otherwise
 * @endpoint:	the common part of endpoints
 * @quota:	chunks and the control message are charged to it
 * @read_threshold: ZX_PROP_SOCKET_RX_THRESHOLD
 * @bytes:	the bytes that this endpoint can read
 * @write_threshold: ZX_PROP_SOCKET_TX_THRESHOLD, for the space in the peer's queue; written under
 *		the peer's lock
 * @control:	a message on the control plane that this endpoint can read, or NULL
 * @shared:	the object of a handle to a socket that this endpoint can accept, or NULL
 * @shared_rights: that handle's rights
 * @options:	ZX_SOCKET_*, from the creation; constant
 * @read_disabled: the peer must not write
 */
struct zx_socket {
	struct zx_object object;
	struct zx_endpoint endpoint;
	struct zx_quota quota;
	u32 read_threshold;
	struct zx_bytes bytes;
	u32 write_threshold;
	struct zx_control *control;
	struct zx_object *shared;
	u32 shared_rights;
	u8 options;
	bool read_disabled;
};

static inline struct zx_socket *zx_socket_of(struct zx_object *object)
{
	return container_of(object, struct zx_socket, object);
}

static inline struct zx_socket *zx_socket_peer(struct zx_socket *socket)
{
	return zx_socket_of(zx_object_peer(&socket->object));
}

static inline bool zx_socket_is_datagram(const struct zx_socket *socket)
{
	return socket->options & ZX_SOCKET_DATAGRAM;
}

/* socket.c */
int zx_socket_charge(struct zx_socket *reader, u32 bytes);
int zx_socket_put_actual(u64 actual, u64 count);
int zx_socket_fault_in_actual(u64 actual, unsigned int tries);
ssize_t zx_socket_read(struct zx_socket *reader, const struct zx_io *to, u64 size, u32 options,
		       u64 actual, const atomic_t *has_handle);
ssize_t zx_socket_write(struct zx_socket *writer, const struct zx_io *from, u64 size,
			const struct zx_account *own, u64 actual, const atomic_t *has_handle);
void zx_socket_update_writer(struct zx_socket *writer);

/* socket_control.c */
u32 zx_socket_control_signals(u32 options);
int zx_socket_write_control(struct zx_socket *writer, const struct zx_ioc_socket_io *arg,
			    const struct zx_account *own);
int zx_socket_read_control(struct zx_socket *reader, const struct zx_ioc_socket_io *arg);
void zx_control_free(struct zx_socket *reader, struct zx_control *control);

/* socket_file.c */
extern const struct zx_object_file_ops zx_socket_file_ops;

long zx_ioc_socket_create(struct zx_handle_table *table, void *args);
long zx_ioc_socket_read(struct zx_handle_table *table, void *args);
long zx_ioc_socket_write(struct zx_handle_table *table, void *args);
long zx_ioc_socket_set_disposition(struct zx_handle_table *table, void *args);
long zx_ioc_socket_share(struct zx_handle_table *table, void *args);
long zx_ioc_socket_accept(struct zx_handle_table *table, void *args);

int zx_socket_init(void);
void zx_socket_exit(void);

#endif /* ZXMOD_IPC_SOCKET_H */
