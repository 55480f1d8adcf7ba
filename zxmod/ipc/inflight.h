/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles in flight, and the rings that they could form.
 *
 * A handle to an endpoint of a channel can be sent through another channel. If the only handle to
 * an endpoint is in a queue that can only be read through that same endpoint, directly or through
 * others, no process can ever read the message: the endpoints of the ring keep each other alive.
 * So a message that closes a ring is dropped instead of queued, which breaks the ring.
 *
 * An endpoint has one handle, which cannot be duplicated. The handle is in a table, in a message,
 * in an exported file, or in a call of a thread. So the endpoints that are in messages form a
 * forest. Each has a parent: the endpoint whose queue its handle is in. The other endpoints are
 * roots, and a program can read the queue of a root. A ring can form only when a message is queued:
 *
 *	queueing M at Q				removing M from Q, locked
 *	  for each endpoint E in M:		  for each endpoint E in M:
 *	    moves++, token = M, parent = Q	    parent = NULL, moves++
 *	  full barrier
 *	  Q has a parent? walk up:
 *	    an endpoint with token M is a ring
 *	  lock Q, add M
 *
 * The endpoints in M are published before the walk. If several writers close a ring together, the
 * last to publish sees the links of all the others.
 *
 * A walk does not see all links at one moment: a reader may remove an endpoint below the one that
 * the walk has reached, while a writer adds another above it.
 *
 *	M has E1, to be queued at A. A is in a message at B. B is a root.
 *
 *	CPU 0, walks for M			others
 *	  A: parent is B
 *						read A out of B: A is a root now
 *						write B into E1, which is not queued yet
 *	  B: parent is E1
 *	  E1: token is M: a ring?		no: A can be read, which gives E1, B
 *
 * So a second walk must find each endpoint with the same count of moves. Then all links existed at
 * the moment between the two walks. That is a ring, and it does not change, since no thread can
 * read from it. If a link has changed there was no ring during the first walk, and a thread that
 * closes one later makes its own walk later.
 *
 * The length of a walk is limited, and so is the depth below a root at which a message with such
 * handles can be queued. Trees that are attached below others can be deeper. No global lock is
 * used, and a message without such handles needs none of this.
 *
 * All of this holds for each container, a type of object that messages can be queued in. A handle
 * to a container cannot be duplicated.
 */
#ifndef ZXMOD_IPC_INFLIGHT_H
#define ZXMOD_IPC_INFLIGHT_H

#include <linux/types.h>

struct zx_channel;
struct zx_message;

/* The endpoints that a walk visits at most: so many can be in flight in each other's queues. */
#define ZX_INFLIGHT_LEVELS	128

/**
 * struct zx_inflight - the queue that an endpoint's handle is in; zx_channel.moves counts changes
 * @parent:	the endpoint whose queue it is, or NULL; read under RCU, written by the thread that
 *		has the handle
 * @token:	the message that the handle is in, if there is a parent; only compared
 */
struct zx_inflight {
	struct zx_channel *parent;
	const struct zx_message *token;
};

/**
 * enum zx_inflight_verdict - whether a message can be queued
 * @ZX_INFLIGHT_OK:	yes
 * @ZX_INFLIGHT_RING:	no, it closes a ring
 * @ZX_INFLIGHT_DEEP:	no, it is nested too deep for a walk to tell
 */
enum zx_inflight_verdict {
	ZX_INFLIGHT_OK,
	ZX_INFLIGHT_RING,
	ZX_INFLIGHT_DEEP,
};

enum zx_inflight_verdict zx_inflight_put(struct zx_channel *reader, struct zx_message *message);
void zx_inflight_take(struct zx_message *message);

#endif /* ZXMOD_IPC_INFLIGHT_H */
