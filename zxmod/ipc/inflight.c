// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles in flight: the forest, and the walk that finds rings.
 */
#include <linux/rcupdate.h>

#include "channel.h"
#include "inflight.h"
#include "message.h"

/* The end that a handle in a message names, or NULL for another type. */
static struct zx_channel *zx_handle_channel(const struct zx_handle *handle)
{
	return handle->object->ops->container ? zx_channel_of(handle->object) : NULL;
}

/*
 * Goes up from @end, for @message, and notes in @moves what it has met; or, for @again, tells
 * whether it meets the same.
 */
static enum zx_inflight_verdict zx_inflight_walk(const struct zx_channel *end,
						 const struct zx_message *message,
						 u32 moves[ZX_INFLIGHT_LEVELS], bool again)
{
	unsigned int level;

	for (level = 0; level < ZX_INFLIGHT_LEVELS; level++) {
		const struct zx_inflight *inflight = &end->inflight;
		const struct zx_channel *parent;

		/*
		 * The first walk reads @moves before @parent, the second after it: so if the two
		 * values of @moves are the same nothing has moved from the one to the other.
		 */
		if (!again)
			/* Pairs with the release in zx_inflight_take(). */
			moves[level] = smp_load_acquire(&end->moves);
		/* Pairs with the release in zx_inflight_put(). */
		parent = smp_load_acquire(&inflight->parent);
		if (!parent || (again && READ_ONCE(end->moves) != moves[level]))
			return ZX_INFLIGHT_OK;
		if (READ_ONCE(inflight->token) == message)
			return ZX_INFLIGHT_RING;
		end = parent;
	}
	return ZX_INFLIGHT_DEEP;
}

/* For an end that is itself in flight. */
static noinline enum zx_inflight_verdict zx_inflight_look(const struct zx_channel *reader,
							  const struct zx_message *message)
{
	u32 moves[ZX_INFLIGHT_LEVELS] __uninitialized;
	enum zx_inflight_verdict verdict;

	/* A parent's memory goes a grace period after its queue was emptied. */
	rcu_read_lock();
	verdict = zx_inflight_walk(reader, message, moves, false);
	if (verdict == ZX_INFLIGHT_RING)
		verdict = zx_inflight_walk(reader, message, moves, true);
	rcu_read_unlock();
	return verdict;
}

/**
 * zx_inflight_put - a message with containers is about to be queued
 * @reader:	the end at which it will be, to which the caller has a reference
 * @message:	the message; its handles are the caller's alone
 *
 * If it is not queued after all, zx_inflight_take() is due before the handles go elsewhere.
 *
 * Context: any; @reader may be locked or not.
 * Return: whether it can be.
 */
enum zx_inflight_verdict zx_inflight_put(struct zx_channel *reader, struct zx_message *message)
{
	unsigned int i;

	for (i = 0; i < message->num_handles; i++) {
		struct zx_channel *end = zx_handle_channel(&message->handles[i]);

		if (!end)
			continue;
		WRITE_ONCE(end->moves, end->moves + 1);
		/* After @moves: pairs with the walks. */
		smp_wmb();
		WRITE_ONCE(end->inflight.token, message);
		/* After @token and @moves: pairs with the walks. */
		smp_store_release(&end->inflight.parent, reader);
	}
	/* Of two who put at once one sees what the other did, see inflight.h. */
	smp_mb();
	if (likely(!READ_ONCE(reader->inflight.parent)))
		return ZX_INFLIGHT_OK;
	return zx_inflight_look(reader, message);
}

/**
 * zx_inflight_take - a message with containers has left its queue, or did not get into it
 * @message:	the message; its handles are the caller's alone
 *
 * Context: the end that it was queued at is locked, or was never reached.
 */
void zx_inflight_take(struct zx_message *message)
{
	unsigned int i;

	for (i = 0; i < message->num_handles; i++) {
		struct zx_channel *end = zx_handle_channel(&message->handles[i]);

		if (!end)
			continue;
		WRITE_ONCE(end->inflight.parent, NULL);
		/* After @parent: pairs with the walks. */
		smp_store_release(&end->moves, end->moves + 1);
	}
}
