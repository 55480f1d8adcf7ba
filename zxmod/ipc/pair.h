/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pairs: objects that come in twos (eventpairs, channels, sockets, fifos).
 *
 * The two ends are two objects in one allocation, which goes when both are gone. So
 * a reference to one end keeps the memory of the other: an end's peer is found by
 * adding an offset, is never a dangling pointer, and needs no reference of its own.
 * Whether the peer still has handles is what zx_endpoint.closed says.
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

#include "account.h"
#include "object.h"

struct zx_handle_table;

/**
 * struct zx_endpoint - what an end of a pair has beside being an object; stands right behind that
 * @closed:	the last handle is gone; guarded by the object's lock
 * @full:	nothing more can be written for this end to read, its peer is not WRITABLE; guarded by
 *		the object's lock
 * @peer_offset: bytes from this end to the other; constant
 */
struct zx_endpoint {
	bool closed;
	bool full;
	s16 peer_offset;
};

/* A type's struct has its object and then its end. */
#define ZX_ENDPOINT_CHECK(type)	\
	static_assert(!offsetof(type, object) && offsetof(type, endpoint) == sizeof(struct zx_object))

static inline struct zx_endpoint *zx_endpoint_of(struct zx_object *object)
{
	return (struct zx_endpoint *)(object + 1);
}

static inline struct zx_object *zx_object_peer(struct zx_object *object)
{
	return (void *)object + zx_endpoint_of(object)->peer_offset;
}

/* What both ends stand in. */
static inline struct zx_memory *zx_pair_memory(struct zx_object *object)
{
	struct zx_object *first = zx_endpoint_of(object)->peer_offset > 0 ? object :
								       zx_object_peer(object);

	return (struct zx_memory *)first - 1;
}

/*
 * What is queued for an end to read is counted there, and drawn from the pair's account in
 * steps of this many bytes. An end that has become empty keeps one step, so that the account,
 * which many pairs share, is not written for each message; a step is what a message of a page
 * takes with its head. An end keeps none if it is closed or the account is almost used up.
 */
#define ZX_QUOTA_STEP		8192
#define ZX_QUOTA_STEPS_MAX	U16_MAX

/**
 * struct zx_quota - what an end has drawn from the account of its pair
 * @charged:	bytes that are in use, or about to be
 * @drawn:	steps drawn; changed with the end locked. Not less than @charged, but for
 *		writers between zx_quota_add() and zx_quota_draw()
 * @frugal:	keep no step when empty, for the end is closed; set with the end locked
 * @room_busy:	the end's room is in use, see ipc/message.h; it stands here to save space
 */
struct zx_quota {
	atomic_t charged;
	u16 drawn;
	u8 frugal;
	u8 room_busy;
};

void zx_pair_init(struct zx_object *end0, struct zx_object *end1);
void zx_pair_close_end(struct zx_object *end, struct zx_quota *quota);
void zx_pair_update_writable(struct zx_object *writer);

int zx_quota_draw(struct zx_quota *quota, struct zx_object *end, u32 bytes);
void zx_quota_return(struct zx_quota *quota, struct zx_object *end);

/**
 * zx_quota_uncharge - take a charge back, the memory being freed
 * @quota:	the end's
 * @end:	the end; the caller has a reference
 * @bytes:	what was charged
 *
 * Context: no spin locks held.
 * Return: what is still charged, which was @bytes more before.
 */
static inline u32 zx_quota_uncharge(struct zx_quota *quota, struct zx_object *end, u32 bytes)
{
	/* A full barrier before what follows, see zx_quota_return(). */
	int now = atomic_sub_return(bytes, &quota->charged);
	int spare = READ_ONCE(quota->drawn) * ZX_QUOTA_STEP - now;

	if (unlikely(spare >= 2 * ZX_QUOTA_STEP ||
		     (!now && (READ_ONCE(quota->frugal) ||
			       READ_ONCE(zx_pair_memory(end)->account->tight)))))
		zx_quota_return(quota, end);
	return now;
}

/* Adds to what is charged. A full barrier follows, see zx_quota_return(). Returns the sum. */
static inline u32 zx_quota_add(struct zx_quota *quota, u32 bytes)
{
	return atomic_add_return(bytes, &quota->charged);
}

/* Whether @now, what zx_quota_add() returned, has been drawn; else zx_quota_draw() is due. */
static inline bool zx_quota_covers(const struct zx_quota *quota, u32 now)
{
	return now <= READ_ONCE(quota->drawn) * ZX_QUOTA_STEP;
}

/**
 * zx_quota_close - return what an end has drawn, which was closed and emptied
 * @quota:	the end's
 * @end:	the end, after zx_pair_close_end(); the caller has a reference
 *
 * Charges that are taken back later return what they have drawn themselves.
 *
 * Context: no spin locks held.
 */
static inline void zx_quota_close(struct zx_quota *quota, struct zx_object *end)
{
	/* Pairs with the atomic_sub_return() in zx_quota_uncharge(). */
	smp_mb();
	if (READ_ONCE(quota->drawn))
		zx_quota_return(quota, end);
}

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
	zx_object_assert_locked(reader);
	if (likely(full == zx_endpoint_of(reader)->full))
		return false;
	WRITE_ONCE(zx_endpoint_of(reader)->full, full);
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
	u32 old = writer->signals;
	u32 new = (old & ~clear) | set;
	u32 raised = new & ~old;

	zx_object_assert_locked(writer);
	WRITE_ONCE(writer->signals, new);
	zx_object_notify(writer, raised | (set & ZX_SIGNAL_WRITABLE), raised, 0);
}

long zx_ioc_object_signal_peer(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_IPC_PAIR_H */
