// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets: the control plane, which has one message of up to 1024 bytes in each direction, and
 * sharing, where one socket in each direction waits to be accepted. Zircon had both until 2018.
 */
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "handle.h"
#include "socket.h"
#include "user.h"
#include "wait.h"

/**
 * struct zx_control - a message on the control plane
 * @size:	bytes of @data
 * @data:	the message
 */
struct zx_control {
	u32 size;
	u8 data[];
};

/* The bytes that are charged for a message of @size bytes. */
static u32 zx_control_cost(u32 size)
{
	return sizeof(struct zx_control) + size;
}

/**
 * zx_control_free - free a message that was removed from an endpoint, or could not be queued there
 * @reader:	the endpoint
 * @control:	the message, or NULL
 */
void zx_control_free(struct zx_socket *reader, struct zx_control *control)
{
	u32 cost;

	if (!control)
		return;
	cost = zx_control_cost(control->size);
	kfree(control);
	zx_quota_uncharge(&reader->quota, &reader->object, cost);
}

/* The signals of an endpoint for sending a control message and for sharing a socket. */
u32 zx_socket_control_signals(u32 options)
{
	u32 signals = 0;

	if (options & ZX_SOCKET_HAS_CONTROL)
		signals |= ZX_SOCKET_CONTROL_WRITABLE;
	if (options & ZX_SOCKET_HAS_ACCEPT)
		signals |= ZX_SOCKET_SHARE;
	return signals;
}

/* Updates these signals from the state of the peer, by the rule in pair.h. */
static void zx_socket_update_control(struct zx_socket *writer)
{
	const struct zx_socket *reader = zx_socket_peer(writer);
	u32 signals = zx_socket_control_signals(writer->options);
	u32 up = 0;

	zx_object_lock(&writer->object);
	if (!READ_ONCE(reader->control))
		up |= ZX_SOCKET_CONTROL_WRITABLE;
	if (!READ_ONCE(reader->shared))
		up |= ZX_SOCKET_SHARE;
	zx_object_update_signals(&writer->object, signals, up & signals);
	zx_object_unlock(&writer->object);
}

/* Allocates a message for @reader to read and copies it from the program. */
static int zx_control_make(struct zx_control **result, struct zx_socket *reader,
			   const struct zx_ioc_socket_io *arg, const struct zx_account *own)
{
	const struct zx_account *account = zx_pair_memory(&reader->object)->account;
	u32 cost = zx_control_cost(arg->size);
	struct zx_control *control;
	struct mem_cgroup *former;
	int status;

	status = zx_socket_charge(reader, cost);
	if (status)
		return status;
	former = zx_account_enter(account, own);
	control = kmalloc(struct_size(control, data, arg->size), zx_account_gfp(account, own));
	zx_account_leave(former);
	if (!control) {
		zx_quota_uncharge(&reader->quota, &reader->object, cost);
		return ZX_ERR_NO_MEMORY;
	}
	control->size = arg->size;
	status = zx_copy_from_user(control->data, u64_to_user_ptr(arg->buffer), arg->size);
	if (status) {
		zx_control_free(reader, control);
		return status;
	}
	*result = control;
	return ZX_OK;
}

/**
 * zx_socket_write_control - zx_socket_write() with ZX_SOCKET_CONTROL
 * @writer:	the endpoint
 * @arg:	the arguments of the program
 * @own:	the account of the caller's table
 *
 * Return: ZX_OK or the error.
 */
int zx_socket_write_control(struct zx_socket *writer, const struct zx_ioc_socket_io *arg,
			    const struct zx_account *own)
{
	struct zx_socket *reader = zx_socket_peer(writer);
	struct zx_control *control;
	unsigned int tries = 0;
	bool fault;
	int status;

	if (!(writer->options & ZX_SOCKET_HAS_CONTROL))
		return ZX_ERR_BAD_STATE;
	if (!arg->size)
		return ZX_ERR_INVALID_ARGS;
	if (arg->size > ZX_SOCKET_CONTROL_MAX)
		return ZX_ERR_OUT_OF_RANGE;
	/* Checked before the program's memory is read, and again below with the lock held. */
	if (READ_ONCE(reader->endpoint.closed))
		return ZX_ERR_PEER_CLOSED;
	if (READ_ONCE(reader->control))
		return ZX_ERR_SHOULD_WAIT;
	status = zx_control_make(&control, reader, arg, own);
	if (status)
		return status;
	do {
		fault = false;
		zx_object_lock(&reader->object);
		if (reader->endpoint.closed) {
			status = ZX_ERR_PEER_CLOSED;
		} else if (reader->control) {
			status = ZX_ERR_SHOULD_WAIT;
		} else {
			fault = zx_socket_put_actual(arg->actual, arg->size);
			if (!fault) {
				WRITE_ONCE(reader->control, control);
				control = NULL;
				zx_object_update_signals(&reader->object, 0,
							 ZX_SOCKET_CONTROL_READABLE);
			}
		}
		zx_object_unlock(&reader->object);
		if (fault)
			status = zx_socket_fault_in_actual(arg->actual, ++tries);
	} while (fault && !status);
	zx_control_free(reader, control);
	if (!status)
		zx_socket_update_control(writer);
	return status;
}

/**
 * zx_socket_read_control - zx_socket_read() with ZX_SOCKET_CONTROL
 * @reader:	the endpoint
 * @arg:	the arguments of the program
 *
 * Return: ZX_OK or the error.
 */
int zx_socket_read_control(struct zx_socket *reader, const struct zx_ioc_socket_io *arg)
{
	void __user *buffer = u64_to_user_ptr(arg->buffer);
	bool peek = arg->options & ZX_SOCKET_PEEK;
	struct zx_control *control;
	unsigned int tries = 0;
	bool fault;
	int status;
	u32 size;

	if (!(reader->options & ZX_SOCKET_HAS_CONTROL))
		return ZX_ERR_BAD_STATE;
	do {
		fault = false;
		status = ZX_OK;
		zx_object_lock(&reader->object);
		control = reader->control;
		if (!control) {
			status = ZX_ERR_SHOULD_WAIT;
		} else {
			size = min_t(u64, control->size, arg->size);
			fault = (size && zx_copy_to_user_atomic(buffer, control->data, size)) ||
				zx_socket_put_actual(arg->actual, size);
			if (!fault && !peek) {
				WRITE_ONCE(reader->control, NULL);
				zx_object_update_signals(&reader->object,
							 ZX_SOCKET_CONTROL_READABLE, 0);
			}
		}
		zx_object_unlock(&reader->object);
		if (fault)
			status = zx_fault_in_writeable(buffer, size, ++tries) ?:
				 zx_socket_fault_in_actual(arg->actual, tries);
	} while (fault && !status);
	if (status || peek)
		return status;
	zx_control_free(reader, control);
	zx_socket_update_control(zx_socket_peer(reader));
	return ZX_OK;
}

/* Whether a socket can be shared through another. The checks are in Zircon's order. */
static int zx_socket_may_share(struct zx_socket *socket, const struct zx_handle *handle)
{
	struct zx_object *object = handle->object;

	if (!(handle->rights & ZX_RIGHT_TRANSFER))
		return ZX_ERR_ACCESS_DENIED;
	if (object->ops->type != ZX_OBJ_TYPE_SOCKET)
		return ZX_ERR_WRONG_TYPE;
	if (zx_socket_of(object)->options & ZX_SOCKET_HAS_ACCEPT || object == &socket->object ||
	    object == zx_object_peer(&socket->object))
		return ZX_ERR_BAD_STATE;
	if (!(socket->options & ZX_SOCKET_HAS_ACCEPT))
		return ZX_ERR_NOT_SUPPORTED;
	return ZX_OK;
}

/* Queues a handle to a socket, so that the peer of @socket can accept it. */
static int zx_socket_put_shared(struct zx_socket *socket, const struct zx_handle *handle)
{
	struct zx_socket *peer = zx_socket_peer(socket);
	int status;

	status = zx_socket_may_share(socket, handle);
	if (status)
		return status;
	zx_object_lock(&peer->object);
	if (peer->endpoint.closed) {
		status = ZX_ERR_PEER_CLOSED;
	} else if (peer->shared) {
		status = ZX_ERR_SHOULD_WAIT;
	} else {
		WRITE_ONCE(peer->shared, handle->object);
		peer->shared_rights = handle->rights;
		zx_object_update_signals(&peer->object, 0, ZX_SOCKET_ACCEPT);
	}
	zx_object_unlock(&peer->object);
	if (!status)
		zx_socket_update_control(socket);
	return status;
}

long zx_ioc_socket_share(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_socket_share *arg = args;
	struct zx_object *object = NULL;
	struct zx_handle handle;
	int status, taken;

	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_WRITE,
				  &object);
	/* The handle to the socket to be shared is consumed in any case. */
	taken = zx_handle_take(table, arg->socket, 0, &handle);
	if (!taken)
		zx_trace_handle(ZX_MOVE_SENT, handle.object, arg->socket, table);
	if (!status)
		status = taken;
	if (!status)
		status = zx_socket_put_shared(zx_socket_of(object), &handle);
	if (status && !taken) {
		zx_trace_handle(ZX_MOVE_DROPPED, handle.object, 0, NULL);
		zx_object_close_handle(handle.object);
	}
	if (object)
		zx_object_put(object);
	return status;
}

long zx_ioc_socket_accept(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;
	struct zx_handle shared = {};
	struct zx_object *object;
	struct zx_socket *socket;
	unsigned int tries = 0;
	u32 value;
	bool fault;
	int status;

	if (arg->rights)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_READ,
				  &object);
	if (status)
		return status;
	socket = zx_socket_of(object);
	if (!(socket->options & ZX_SOCKET_HAS_ACCEPT)) {
		status = ZX_ERR_NOT_SUPPORTED;
		goto out;
	}
	status = zx_handle_reserve(table, 1, &value);
	if (status)
		goto out;
	do {
		fault = false;
		zx_object_lock(object);
		if (!socket->shared) {
			status = ZX_ERR_SHOULD_WAIT;
		} else {
			fault = zx_copy_to_user_atomic(u64_to_user_ptr(arg->out), &value,
						       sizeof(value));
			if (!fault) {
				shared.object = socket->shared;
				shared.rights = socket->shared_rights;
				WRITE_ONCE(socket->shared, NULL);
				zx_object_update_signals(object, ZX_SOCKET_ACCEPT, 0);
			}
		}
		zx_object_unlock(object);
		if (fault)
			status = zx_fault_in_writeable(u64_to_user_ptr(arg->out), sizeof(value),
						       ++tries);
	} while (fault && !status);
	if (status) {
		zx_handle_unreserve(table, 1, &value);
		goto out;
	}
	zx_trace_handle(ZX_MOVE_RECEIVED, shared.object, value, table);
	zx_handle_install(table, value, shared);
	zx_socket_update_control(zx_socket_peer(socket));
out:
	zx_object_put(object);
	return status;
}
