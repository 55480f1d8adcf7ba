// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs: what all objects that come in twos have in common.
 */
#include "pair.h"

/**
 * zx_pair_init - tie two ends together
 * @pair:	the head of the allocation
 * @free:	frees the allocation, after a grace period, once both ends are released
 * @end0:	one end, initialised by zx_object_init()
 * @end1:	the other
 */
void zx_pair_init(struct zx_pair *pair, void (*free)(struct zx_pair *pair),
		  struct zx_object *end0, struct zx_object *end1)
{
	pair->free = free;
	refcount_set(&pair->live, 2);
	end0->peer_offset = (void *)end1 - (void *)end0;
	end1->peer_offset = (void *)end0 - (void *)end1;
}

static void zx_pair_free_rcu(struct rcu_head *rcu)
{
	struct zx_pair *pair = container_of(rcu, struct zx_pair, rcu);

	pair->free(pair);
}

static struct zx_pair *zx_pair_of(struct zx_object *end)
{
	return (struct zx_pair *)zx_pair_first(end) - 1;
}

/**
 * zx_pair_pin - keep the memory of a pair, see zx_object_pin()
 * @end:	an end of it
 */
void zx_pair_pin(struct zx_object *end)
{
	refcount_inc(&zx_pair_of(end)->live);
}

/**
 * zx_pair_release - the last reference to an end, or a pin, is gone
 * @end:	the end; the pair goes with the second
 */
void zx_pair_release(struct zx_object *end)
{
	struct zx_pair *pair = zx_pair_of(end);

	if (refcount_dec_and_test(&pair->live))
		call_rcu(&pair->rcu, zx_pair_free_rcu);
}

/**
 * zx_pair_close_end - the last handle to an end is gone
 * @end:	the end
 *
 * Marks it closed and tells the peer.
 */
void zx_pair_close_end(struct zx_object *end)
{
	struct zx_object *peer = zx_object_peer(end);

	zx_object_lock(end);
	end->closed = true;
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
	const struct zx_object *reader = zx_object_peer(writer);

	zx_object_lock(writer);
	if (READ_ONCE(reader->full))
		zx_object_update_signals(writer, ZX_SIGNAL_WRITABLE, 0);
	else if (!(writer->signals & (ZX_SIGNAL_PEER_CLOSED | ZX_SOCKET_WRITE_DISABLED)))
		zx_pair_update_signals(writer, 0, ZX_SIGNAL_WRITABLE);
	zx_object_unlock(writer);
}
