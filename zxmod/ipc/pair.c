// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs: what all objects that come in twos have in common.
 */
#include <linux/minmax.h>

#include <linux/zircon.h>

#include "handle.h"
#include "pair.h"

/**
 * zx_pair_init - tie two ends together
 * @end0:	the end that stands first in the memory, initialised by zx_object_init()
 * @end1:	the other
 */
void zx_pair_init(struct zx_object *end0, struct zx_object *end1)
{
	zx_endpoint_of(end0)->peer_offset = (void *)end1 - (void *)end0;
	zx_endpoint_of(end1)->peer_offset = (void *)end0 - (void *)end1;
	refcount_set(&zx_pair_memory(end0)->objects, 2);
}

/* The steps that hold what is charged. */
static unsigned int zx_quota_steps(const struct zx_quota *quota)
{
	return DIV_ROUND_UP((unsigned int)atomic_read(&quota->charged), ZX_QUOTA_STEP);
}

/*
 * Draws what is missing, also beyond the limit if it is no more than @granted. Returns how many
 * bytes were refused, or zero.
 */
static size_t zx_quota_try_draw(struct zx_quota *quota, struct zx_object *end, size_t granted)
{
	unsigned int steps;
	size_t bytes = 0;

	zx_object_lock(end);
	steps = zx_quota_steps(quota);
	if (steps > quota->drawn) {
		bytes = (size_t)(steps - quota->drawn) * ZX_QUOTA_STEP;
		if (steps <= ZX_QUOTA_STEPS_MAX &&
		    zx_account_try_charge(zx_pair_memory(end)->account, bytes, bytes <= granted)) {
			WRITE_ONCE(quota->drawn, steps);
			if (zx_endpoint_of(end)->closed)
				WRITE_ONCE(quota->frugal, true);
			bytes = 0;
		}
	}
	zx_object_unlock(end);
	return bytes;
}

/**
 * zx_quota_draw - draw what is charged and was not drawn
 * @quota:	the end's
 * @end:	the end
 * @bytes:	what the caller has charged, and takes back if this fails
 *
 * Context: no spin locks held.
 * Return: ZX_OK, or ZX_ERR_NO_MEMORY, with @bytes no longer charged.
 */
noinline int zx_quota_draw(struct zx_quota *quota, struct zx_object *end, u32 bytes)
{
	size_t missing = zx_quota_try_draw(quota, end, 0);

	/* What the thread may do cannot be asked under the lock. */
	if (unlikely(missing) && zx_account_may_exceed(zx_pair_memory(end)->account, missing))
		missing = zx_quota_try_draw(quota, end, missing);
	if (likely(!missing))
		return ZX_OK;
	zx_quota_uncharge(quota, end, bytes);
	return ZX_ERR_NO_MEMORY;
}

/**
 * zx_quota_return - give back what an end has drawn and does not need
 * @quota:	the end's
 * @end:	the end; the caller has a reference
 *
 * The two sides that race:
 *
 *	CPU 0, charges				CPU 1, returns
 *	  charged += bytes			  drawn = less
 *	  full barrier				  smp_mb()
 *	  looks at drawn			  looks at charged once more
 *
 * One sees what the other did: either CPU 0 draws, or CPU 1 keeps enough for it. And:
 *
 *	CPU 0, takes the last charge back	CPU 1, closes the end
 *	  charged -= bytes			  frugal = true
 *	  full barrier				  smp_mb(), in zx_quota_close()
 *	  looks at frugal			  looks at charged
 *
 * so that one of the two leaves an end with nothing drawn before the pair is released.
 *
 * Context: no spin locks held.
 */
noinline void zx_quota_return(struct zx_quota *quota, struct zx_object *end)
{
	struct zx_account *account = zx_pair_memory(end)->account;
	unsigned int keep, drawn;

	zx_object_lock(end);
	drawn = quota->drawn;
	keep = zx_quota_steps(quota);
	if (!keep && !quota->frugal && !READ_ONCE(account->tight))
		keep = 1;
	if (keep < drawn) {
		WRITE_ONCE(quota->drawn, keep);
		/* Pairs with the zx_quota_add(). */
		smp_mb();
		keep = clamp(zx_quota_steps(quota), keep, drawn);
		WRITE_ONCE(quota->drawn, keep);
	} else {
		keep = drawn;
	}
	zx_object_unlock(end);
	if (keep < drawn)
		zx_account_uncharge(account, (drawn - keep) * ZX_QUOTA_STEP);
}

/**
 * zx_pair_close_end - the last handle to an end is gone
 * @end:	the end
 * @quota:	its quota, NULL if it has none; zx_quota_close() is due once it is empty
 *
 * Marks it closed and tells the peer.
 */
void zx_pair_close_end(struct zx_object *end, struct zx_quota *quota)
{
	struct zx_object *peer = zx_object_peer(end);

	zx_object_lock(end);
	WRITE_ONCE(zx_endpoint_of(end)->closed, true);
	if (quota)
		WRITE_ONCE(quota->frugal, true);
	zx_object_unlock(end);

	zx_object_lock(peer);
	zx_object_update_signals(peer, ZX_SIGNAL_WRITABLE, ZX_SIGNAL_PEER_CLOSED);
	zx_object_unlock(peer);
}

/**
 * zx_pair_update_writable - bring WRITABLE up to date with the reader's end
 * @writer:	the end to be updated, not locked
 */
void zx_pair_update_writable(struct zx_object *writer)
{
	const struct zx_endpoint *reader = zx_endpoint_of(zx_object_peer(writer));

	zx_object_lock(writer);
	if (READ_ONCE(reader->full))
		zx_object_update_signals(writer, ZX_SIGNAL_WRITABLE, 0);
	else if (!(writer->signals & (ZX_SIGNAL_PEER_CLOSED | ZX_SOCKET_WRITE_DISABLED)))
		zx_pair_update_signals(writer, 0, ZX_SIGNAL_WRITABLE);
	zx_object_unlock(writer);
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
