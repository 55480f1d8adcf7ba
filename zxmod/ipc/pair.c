// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs: the common part of their types.
 */
#include <linux/minmax.h>

#include <linux/zircon.h>

#include "handle.h"
#include "netlink.h"
#include "pair.h"

/**
 * zx_pair_init - make two objects each other's peer
 * @endpoint0:	the endpoint with the lower address, initialised by zx_object_init()
 * @endpoint1:	the other endpoint, likewise
 */
void zx_pair_init(struct zx_object *endpoint0, struct zx_object *endpoint1)
{
	zx_endpoint_of(endpoint0)->peer_offset = (void *)endpoint1 - (void *)endpoint0;
	zx_endpoint_of(endpoint1)->peer_offset = (void *)endpoint0 - (void *)endpoint1;
	refcount_set(&zx_pair_memory(endpoint0)->objects, 2);
}

/* The number of steps that cover what is charged. */
static unsigned int zx_quota_steps(const struct zx_quota *quota)
{
	return DIV_ROUND_UP((unsigned int)atomic_read(&quota->charged), ZX_QUOTA_STEP);
}

/*
 * Draws the missing steps, also beyond the limit if they are no more than @granted bytes. Returns
 * how many bytes could not be drawn, or zero.
 */
static size_t zx_quota_try_draw(struct zx_quota *quota, struct zx_object *endpoint, size_t granted)
{
	unsigned int steps;
	size_t bytes = 0;

	zx_object_lock(endpoint);
	steps = zx_quota_steps(quota);
	if (steps > quota->drawn) {
		bytes = (size_t)(steps - quota->drawn) * ZX_QUOTA_STEP;
		if (steps <= ZX_QUOTA_STEPS_MAX &&
		    zx_account_try_charge(zx_pair_memory(endpoint)->account, bytes,
					  bytes <= granted)) {
			WRITE_ONCE(quota->drawn, steps);
			bytes = 0;
		}
	}
	zx_object_unlock(endpoint);
	return bytes;
}

/**
 * zx_quota_draw - draw what is charged and not drawn
 * @quota:	the endpoint's quota
 * @endpoint:	the endpoint
 * @bytes:	what the caller has charged; the charge is undone on failure
 *
 * Context: no spin locks held.
 * Return: ZX_OK, or ZX_ERR_NO_MEMORY, with @bytes no longer charged.
 */
noinline int zx_quota_draw(struct zx_quota *quota, struct zx_object *endpoint, u32 bytes)
{
	size_t missing = zx_quota_try_draw(quota, endpoint, 0);

	/* A thread's capabilities cannot be checked under the lock. */
	if (unlikely(missing) && zx_account_may_exceed(zx_pair_memory(endpoint)->account, missing))
		missing = zx_quota_try_draw(quota, endpoint, missing);
	if (likely(!missing))
		return ZX_OK;
	zx_quota_uncharge(quota, endpoint, bytes);
	zx_account_note_refused(zx_pair_memory(endpoint)->account, missing);
	return ZX_ERR_NO_MEMORY;
}

/**
 * zx_quota_return - return steps that an endpoint has drawn and does not need
 * @quota:	the endpoint's quota
 * @endpoint:	the endpoint; the caller has a reference
 *
 * Two races:
 *
 *	CPU 0, charges				CPU 1, returns
 *	  charged += bytes			  drawn = less
 *	  full barrier				  smp_mb()
 *	  reads drawn				  reads charged again
 *
 * At least one sees the other's write: either CPU 0 draws, or CPU 1 keeps enough for it.
 *
 *	CPU 0, undoes the last charge		CPU 1, closes the endpoint
 *	  charged -= bytes			  frugal = true
 *	  full barrier				  smp_mb(), in zx_quota_close()
 *	  reads frugal				  reads charged
 *
 * At least one of them returns all steps, before the pair is released.
 *
 * Context: no spin locks held.
 */
noinline void zx_quota_return(struct zx_quota *quota, struct zx_object *endpoint)
{
	struct zx_account *account = zx_pair_memory(endpoint)->account;
	unsigned int keep, drawn;

	zx_object_lock(endpoint);
	drawn = quota->drawn;
	keep = zx_quota_steps(quota);
	if (!keep && !quota->frugal && !READ_ONCE(account->tight))
		keep = 1;
	if (keep < drawn) {
		WRITE_ONCE(quota->drawn, keep);
		/* Pairs with zx_quota_add(). */
		smp_mb();
		keep = clamp(zx_quota_steps(quota), keep, drawn);
		WRITE_ONCE(quota->drawn, keep);
	} else {
		keep = drawn;
	}
	zx_object_unlock(endpoint);
	if (keep < drawn)
		zx_account_uncharge(account, (drawn - keep) * ZX_QUOTA_STEP);
}

/**
 * zx_pair_close_endpoint - close an endpoint after its last handle is closed
 * @endpoint:	the endpoint
 * @quota:	its quota, NULL if it has none; the caller empties the endpoint and then calls
 *		zx_quota_close()
 *
 * Marks the endpoint closed, raises PEER_CLOSED and lowers WRITABLE of the peer.
 */
void zx_pair_close_endpoint(struct zx_object *endpoint, struct zx_quota *quota)
{
	struct zx_object *peer = zx_object_peer(endpoint);

	zx_object_lock(endpoint);
	WRITE_ONCE(zx_endpoint_of(endpoint)->closed, true);
	if (quota)
		WRITE_ONCE(quota->frugal, true);
	zx_object_unlock(endpoint);

	zx_object_lock(peer);
	zx_object_update_signals(peer, ZX_SIGNAL_WRITABLE, ZX_SIGNAL_PEER_CLOSED);
	zx_object_unlock(peer);
}

/**
 * zx_pair_update_writable - set WRITABLE of an endpoint from the flag of its peer
 * @writer:	the endpoint, not locked
 */
void zx_pair_update_writable(struct zx_object *writer)
{
	const struct zx_endpoint *reader = zx_endpoint_of(zx_object_peer(writer));

	zx_object_lock(writer);
	if (READ_ONCE(reader->full))
		zx_object_update_signals(writer, ZX_SIGNAL_WRITABLE, 0);
	else if (!(writer->signals & ZX_SIGNAL_PEER_CLOSED))
		zx_pair_update_signals(writer, 0, ZX_SIGNAL_WRITABLE);
	zx_object_unlock(writer);
}

/**
 * zx_pair_tell_full - tell administrators that an endpoint is full
 * @reader:	the endpoint, not locked, after zx_pair_note_full() has changed the flag
 *
 * Context: no spin locks held.
 */
void zx_pair_tell_full(struct zx_object *reader)
{
	if (READ_ONCE(zx_endpoint_of(reader)->full))
		zx_netlink_full(reader);
}

long zx_ioc_object_signal_peer(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_signal *arg = args;
	struct zx_object *object, *peer;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_SIGNAL_PEER,
				  &object);
	if (status)
		return status;
	if (!object->ops->peer) {
		status = ZX_ERR_NOT_SUPPORTED;
		goto out;
	}
	if (!zx_object_user_signals_ok(object, arg->clear_mask, arg->set_mask)) {
		status = ZX_ERR_INVALID_ARGS;
		goto out;
	}
	peer = object->ops->peer(object);
	zx_object_lock(peer);
	if (zx_endpoint_of(peer)->closed)
		status = ZX_ERR_PEER_CLOSED;
	else
		zx_object_signal(peer, arg->clear_mask, arg->set_mask);
	zx_object_unlock(peer);
out:
	zx_object_put(object);
	return status;
}
