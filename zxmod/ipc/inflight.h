/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles in flight, and the rings that they could form.
 *
 * A handle to one end of a channel can be sent through another channel. If the only
 * handle to an end waits in a queue that can only be read through that same end,
 * directly or around several corners, no process can ever read the message: the ends of
 * the ring keep each other alive. So a message that closes a ring is dropped instead of
 * queued, which takes the ring apart.
 *
 * An end has one handle, which cannot be duplicated and is in one place: a table, a
 * message, an exported file, the hands of a thread. So the ends that are in messages form
 * a forest, and each knows its parent: the end whose queue its handle is in. Roots are
 * the ends in the three other places, and the queue of a root is within reach. A ring
 * can come into being only when a message is queued:
 *
 *	queueing M at Q				taking M from Q, locked
 *	  for each end E in M:			  for each end E in M:
 *	    moves++, token = M, parent = Q	    parent = NULL, moves++
 *	  full barrier
 *	  Q has a parent? walk up:
 *	    an end with token M is a ring
 *	  lock Q, add M
 *
 * The ends in M are published before the walk. Of several writers who close a ring
 * together, the one who published last sees the links of all the others.
 *
 * A walk does not see one moment's picture: a reader may take an end out below the place
 * that the walk has come to, while a writer puts another in above.
 *
 *	M carries E1, to be queued at A. A is in a message at B. B is a root.
 *
 *	CPU 0, walks for M			others
 *	  A: parent is B
 *						read A out of B: A is a root now
 *						write B into E1, which is not queued yet
 *	  B: parent is E1
 *	  E1: token is M: a ring?		no: A can be read, which gives E1, B
 *
 * So a second walk has to meet each end with the same count of moves. Then all the links
 * were there in the moment between the two walks, which is a ring; and a ring stays as it is,
 * since nobody can read from it. If a link has changed there was no ring when the first walk
 * was made, and whoever closes one since walks after us.
 *
 * A walk is bounded, as is how deep ends in flight can be nested below a root when the last
 * message is queued; trees that are hung below others can be deeper. Nothing is
 * done under a global lock, and messages without such handles have nothing to do with any
 * of this.
 *
 * What is said here about the ends of channels goes for every type of object that
 * messages can be queued in, a container. None may have handles that can be duplicated.
 */
#ifndef ZXMOD_IPC_INFLIGHT_H
#define ZXMOD_IPC_INFLIGHT_H

#include <linux/types.h>

struct zx_channel;
struct zx_message;

/* Ends that a walk looks at: so many can be in flight in each other's queues. */
#define ZX_INFLIGHT_LEVELS	128

/**
 * struct zx_inflight - where the handle of an end is; zx_channel.moves counts how often that changed
 * @parent:	the end whose queue it is in, or NULL; read under RCU, written by the thread that has
 *		the handle
 * @token:	the message that it is in, if there is a parent; only compared
 */
struct zx_inflight {
	struct zx_channel *parent;
	const struct zx_message *token;
};

/**
 * enum zx_inflight_verdict - whether a message can be queued
 * @ZX_INFLIGHT_OK:	yes
 * @ZX_INFLIGHT_RING:	nobody could ever read it
 * @ZX_INFLIGHT_DEEP:	too deep for that to be told
 */
enum zx_inflight_verdict {
	ZX_INFLIGHT_OK,
	ZX_INFLIGHT_RING,
	ZX_INFLIGHT_DEEP,
};

enum zx_inflight_verdict zx_inflight_put(struct zx_channel *reader, struct zx_message *message);
void zx_inflight_take(struct zx_message *message);

#endif /* ZXMOD_IPC_INFLIGHT_H */
