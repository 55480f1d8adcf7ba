/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pairs: two objects that are created together and are each other's peer (eventpairs, channels,
 * sockets, fifos).
 *
 * The two endpoints are two objects in one allocation, which is freed after both are released. So a
 * reference to one endpoint keeps the memory of its peer too. The peer is found by adding an offset
 * and needs no reference of its own. zx_endpoint.closed is set once an endpoint has no handle.
 *
 * For all types, the locks of the two endpoints are never held at once. An endpoint's lock guards
 * that endpoint's signals, queue and closed flag, and most operations change one endpoint only.
 * Where an operation on one endpoint affects the other, it unlocks the first, locks the second and
 * updates it from the state that it then reads:
 *
 *   closing	The endpoint is marked closed under its own lock; after that no thread adds to its
 *		queue. Then PEER_CLOSED is raised and WRITABLE lowered under the peer's lock.
 *   WRITABLE	of a writer follows the flag zx_endpoint.full of the reader. A thread that changes
 *		the flag, under the reader's lock, then locks the writer and sets WRITABLE as the
 *		flag is by then. Two such updates may overtake each other, but each reads the flag
 *		after the change that caused it, so the last one to run sets the right value.
 */
#ifndef ZXMOD_IPC_PAIR_H
#define ZXMOD_IPC_PAIR_H

#include "account.h"
#include "object.h"

struct zx_handle_table;

/**
 * struct zx_endpoint - the common part of all endpoints; directly follows the zx_object
 * @closed:	the last handle is closed; guarded by the object's lock
 * @full:	the queue of this endpoint has no space, so its peer is not WRITABLE; guarded by the
 *		object's lock
 * @peer_offset: bytes from this endpoint to its peer; constant
 */
struct zx_endpoint {
	bool closed;
	bool full;
	s16 peer_offset;
};

/* A type's struct begins with its zx_object; its zx_endpoint follows. */
#define ZX_ENDPOINT_CHECK(type)	\
	static_assert(!offsetof(type, object) &&	\
		      offsetof(type, endpoint) == sizeof(struct zx_object))

static inline struct zx_endpoint *zx_endpoint_of(struct zx_object *object)
{
	return (struct zx_endpoint *)(object + 1);
}

static inline struct zx_object *zx_object_peer(struct zx_object *object)
{
	return (void *)object + zx_endpoint_of(object)->peer_offset;
}

/* The head of the allocation that has both endpoints. */
static inline struct zx_memory *zx_pair_memory(struct zx_object *object)
{
	struct zx_object *first = zx_endpoint_of(object)->peer_offset > 0 ? object :
								       zx_object_peer(object);

	return (struct zx_memory *)first - 1;
}

/*
 * Each endpoint counts the bytes that are queued for it to read, and draws them from the pair's
 * account in steps of this many bytes. An endpoint that has become empty keeps one step, so that
 * the account, which many pairs share, is not written for each message. A message of a page with
 * its header needs one step. An endpoint keeps no step if it is closed or the account is almost
 * used up.
 */
#define ZX_QUOTA_STEP		8192
#define ZX_QUOTA_STEPS_MAX	U16_MAX

/**
 * struct zx_quota - what an endpoint has drawn from the account of its pair
 * @charged:	bytes that are in use, or about to be
 * @drawn:	steps drawn; changed with the endpoint locked. Covers @charged, except while a
 *		writer is between zx_quota_add() and zx_quota_draw()
 * @frugal:	keep no step when empty, since the endpoint is closed; set with the endpoint locked
 * @own_buffer_busy: the endpoint's own buffer is in use, see ipc/message.h; here to save memory
 */
struct zx_quota {
	atomic_t charged;
	u16 drawn;
	u8 frugal;
	u8 own_buffer_busy;
};

void zx_pair_init(struct zx_object *endpoint0, struct zx_object *endpoint1);
void zx_pair_close_endpoint(struct zx_object *endpoint, struct zx_quota *quota);
void zx_pair_update_writable(struct zx_object *writer);
void zx_pair_tell_full(struct zx_object *reader);

int zx_quota_draw(struct zx_quota *quota, struct zx_object *endpoint, u32 bytes);
void zx_quota_return(struct zx_quota *quota, struct zx_object *endpoint);

/**
 * zx_quota_uncharge - undo a charge, after the memory was freed
 * @quota:	the endpoint's quota
 * @endpoint:	the endpoint; the caller has a reference
 * @bytes:	what was charged
 *
 * Context: no spin locks held.
 * Return: what is still charged, without @bytes.
 */
static inline u32 zx_quota_uncharge(struct zx_quota *quota, struct zx_object *endpoint, u32 bytes)
{
	/* A full barrier before what follows, see zx_quota_return(). */
	int now = atomic_sub_return(bytes, &quota->charged);
	int spare = READ_ONCE(quota->drawn) * ZX_QUOTA_STEP - now;

	if (unlikely(spare >= 2 * ZX_QUOTA_STEP ||
		     (!now && (READ_ONCE(quota->frugal) ||
			       READ_ONCE(zx_pair_memory(endpoint)->account->tight)))))
		zx_quota_return(quota, endpoint);
	return now;
}

/* Adds to what is charged and returns the sum. Is a full barrier, see zx_quota_return(). */
static inline u32 zx_quota_add(struct zx_quota *quota, u32 bytes)
{
	return atomic_add_return(bytes, &quota->charged);
}

/* Whether @now, which zx_quota_add() returned, is drawn; else call zx_quota_draw(). */
static inline bool zx_quota_covers(const struct zx_quota *quota, u32 now)
{
	return now <= READ_ONCE(quota->drawn) * ZX_QUOTA_STEP;
}

/**
 * zx_quota_close - return what a closed and emptied endpoint has drawn
 * @quota:	the endpoint's quota
 * @endpoint:	the endpoint, after zx_pair_close_endpoint(); the caller has a reference
 *
 * A charge that still exists returns what it has drawn when it is undone.
 *
 * Context: no spin locks held.
 */
static inline void zx_quota_close(struct zx_quota *quota, struct zx_object *endpoint)
{
	/* Pairs with the atomic_sub_return() in zx_quota_uncharge(). */
	smp_mb();
	if (READ_ONCE(quota->drawn))
		zx_quota_return(quota, endpoint);
}

/**
 * zx_pair_note_full - set zx_endpoint.full
 * @reader:	the endpoint, locked
 * @full:	whether its queue has no space
 *
 * Return: whether the flag has changed. Then the caller unlocks @reader, updates WRITABLE of its
 * peer (zx_pair_update_writable(), zx_socket_update_writer()), and calls zx_pair_tell_full().
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
 * zx_pair_update_signals - zx_object_update_signals() after a flag of the peer has changed
 * @writer:	the endpoint, locked
 * @clear:	signals to lower first
 * @set:	signals to raise then
 *
 * If @set has WRITABLE, pollers are notified of it also if it is up already. The peer may have been
 * full for so short a time that WRITABLE was not lowered, but a write may have failed with
 * SHOULD_WAIT meanwhile, and its thread may poll for an edge now.
 */
static inline void zx_pair_update_signals(struct zx_object *writer, u32 clear, u32 set)
{
	u32 old = writer->signals;
	u32 new = (old & ~clear) | set;
	u32 raised = new & ~old;

	zx_object_assert_locked(writer);
	WRITE_ONCE(writer->signals, new);
	zx_object_notify(writer, old, raised | (set & ZX_SIGNAL_WRITABLE), raised, 0);
}

long zx_ioc_object_signal_peer(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_IPC_PAIR_H */
