// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles in flight: the forest, and the walk that finds rings.
 */
#include <linux/rcupdate.h>

#include "channel.h"
#include "inflight.h"
#include "message.h"

/* The container that a handle in a message names, or NULL if the object is not one. */
static struct zx_channel *zx_handle_channel(const struct zx_handle *handle)
{
	return handle->object->ops->container ? zx_channel_of(handle->object) : NULL;
}

/*
 * Walks up from @endpoint, for @message. The first walk stores the counts of moves in @moves; the
 * second (@again) compares them.
 */
static enum zx_inflight_verdict zx_inflight_walk(const struct zx_channel *endpoint,
						 const struct zx_message *message,
						 u32 moves[ZX_INFLIGHT_LEVELS], bool again)
{
	unsigned int level;

	for (level = 0; level < ZX_INFLIGHT_LEVELS; level++) {
		const struct zx_inflight *inflight = &endpoint->inflight;
		const struct zx_channel *parent;

		/*
		 * The first walk reads the count before @parent, the second after it. So if the two
		 * counts are equal, @parent has not changed from the first walk to the second.
		 */
		if (!again)
			/* Pairs with the release in zx_inflight_take(). */
			moves[level] = smp_load_acquire(&endpoint->moves);
		/* Pairs with the release in zx_inflight_put(). */
		parent = smp_load_acquire(&inflight->parent);
		if (!parent || (again && READ_ONCE(endpoint->moves) != moves[level]))
			return ZX_INFLIGHT_OK;
		if (READ_ONCE(inflight->token) == message)
			return ZX_INFLIGHT_RING;
		endpoint = parent;
	}
	return ZX_INFLIGHT_DEEP;
}

/* Walks up from @reader, which is itself in flight. */
static noinline enum zx_inflight_verdict zx_inflight_look(const struct zx_channel *reader,
							  const struct zx_message *message)
{
	u32 moves[ZX_INFLIGHT_LEVELS] __uninitialized;
	enum zx_inflight_verdict verdict;

	/* A parent's memory is freed a grace period after its queue was emptied. */
	rcu_read_lock();
	verdict = zx_inflight_walk(reader, message, moves, false);
	if (verdict == ZX_INFLIGHT_RING)
		verdict = zx_inflight_walk(reader, message, moves, true);
	rcu_read_unlock();
	return verdict;
}

/**
 * zx_inflight_put - check a message with containers that is about to be queued
 * @reader:	the endpoint that will read it; the caller has a reference
 * @message:	the message; only the caller has access to its handles
 *
 * If the message is not queued, the caller must call zx_inflight_take() before it moves the handles
 * elsewhere.
 *
 * Context: any; @reader may be locked or not.
 * Return: whether the message can be queued.
 */
enum zx_inflight_verdict zx_inflight_put(struct zx_channel *reader, struct zx_message *message)
{
	unsigned int i;

	for (i = 0; i < message->num_handles; i++) {
		struct zx_channel *endpoint = zx_handle_channel(&message->handles[i]);

		if (!endpoint)
			continue;
		WRITE_ONCE(endpoint->moves, endpoint->moves + 1);
		/* After @moves: pairs with the walks. */
		smp_wmb();
		WRITE_ONCE(endpoint->inflight.token, message);
		/* After @token and @moves: pairs with the walks. */
		smp_store_release(&endpoint->inflight.parent, reader);
	}
	/* Of two writers at the same time, at least one sees the other's links, see inflight.h. */
	smp_mb();
	if (likely(!READ_ONCE(reader->inflight.parent)))
		return ZX_INFLIGHT_OK;
	return zx_inflight_look(reader, message);
}

/**
 * zx_inflight_take - undo zx_inflight_put() for a message that is removed or was not queued
 * @message:	the message; only the caller has access to its handles
 *
 * Context: the endpoint that the message was queued at is locked; any if it was not queued.
 */
void zx_inflight_take(struct zx_message *message)
{
	unsigned int i;

	for (i = 0; i < message->num_handles; i++) {
		struct zx_channel *endpoint = zx_handle_channel(&message->handles[i]);

		if (!endpoint)
			continue;
		WRITE_ONCE(endpoint->inflight.parent, NULL);
		/* After @parent: pairs with the walks. */
		smp_store_release(&endpoint->moves, endpoint->moves + 1);
	}
}
