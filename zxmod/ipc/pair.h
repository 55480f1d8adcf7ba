/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pairs: objects that come in twos (eventpairs, channels, sockets, fifos).
 *
 * The two ends are two objects in one allocation, which goes when both are gone. So
 * a reference to one end keeps the memory of the other: an end's peer is found by
 * adding an offset, is never a dangling pointer, and needs no reference of its own.
 * Whether the peer still has handles is what zx_object.closed says.
 *
 * The rule for the locks of the two ends, the same for all types: never both at once.
 * An end's lock guards that end's signals, its queue and its closed flag, and most
 * operations change one end only. Where an operation on one end has consequences for
 * the other, the first end is unlocked and the second is brought up to date from
 * what it finds, not from what the operation remembers:
 *
 *   closing	The end is marked closed under its own lock; from then on nobody adds
 *		to it. Then PEER_CLOSED goes up, and WRITABLE down, under the peer's.
 *   WRITABLE	of a writer follows a flag at the reader's end that says whether the
 *		queue is full. Whoever changes the flag, under the reader's lock, then
 *		locks the writer's end and sets WRITABLE to what the flag says by then.
 *		Two such updates may overtake each other, but each reads the flag after
 *		the change that caused it, so the last one to run leaves the truth.
 */
#ifndef ZXMOD_IPC_PAIR_H
#define ZXMOD_IPC_PAIR_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "object.h"

/**
 * struct zx_pair - what an allocation with two ends starts with; the first end follows
 * @free:	frees the allocation
 * @live:	ends that have not been released, and pins
 * @rcu:	for the delayed freeing
 */
struct zx_pair {
	void (*free)(struct zx_pair *pair);
	refcount_t live;
	struct rcu_head rcu;
};

/* The end that stands first in the allocation, from which the pair can be found. */
static inline struct zx_object *zx_pair_first(struct zx_object *end)
{
	return end->peer_offset > 0 ? end : zx_object_peer(end);
}

/* What the ops of every type of ends have in common. */
#define ZX_PAIR_OPS		\
	.release = zx_pair_release, \
	.pin = zx_pair_pin,	\
	.unpin = zx_pair_release, \
	.peer = zx_object_peer

void zx_pair_init(struct zx_pair *pair, void (*free)(struct zx_pair *pair),
		  struct zx_object *end0, struct zx_object *end1);
void zx_pair_pin(struct zx_object *end);
void zx_pair_release(struct zx_object *end);
void zx_pair_close_end(struct zx_object *end);
void zx_pair_update_writable(struct zx_object *writer);

/**
 * zx_pair_note_full - note whether more can be written for an end to read
 * @reader:	the end, locked
 * @full:	whether nothing can
 *
 * Return: whether that is news. Then zx_pair_update_writable() is due for its peer,
 * once @reader is unlocked.
 */
static inline bool zx_pair_note_full(struct zx_object *reader, bool full)
{
	if (likely(full == reader->full))
		return false;
	WRITE_ONCE(reader->full, full);
	return true;
}

/**
 * zx_pair_update_signals - zx_object_update_signals() after a flag at the peer has changed
 * @writer:	the end, locked
 * @clear:	signals to lower first
 * @set:	signals to raise then
 *
 * Wakes also where WRITABLE has to be up and never went down: the peer was full for a
 * moment that was too short for that, but long enough for a thread to be turned away,
 * which may be waiting for an edge now.
 */
static inline void zx_pair_update_signals(struct zx_object *writer, u32 clear, u32 set)
{
	u32 again = writer->signals & set & ZX_SIGNAL_WRITABLE;

	zx_object_update_signals(writer, clear, set);
	if (again)
		zx_object_wake_raised(writer, again, false);
}

#endif /* ZXMOD_IPC_PAIR_H */
