/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels: two ends, each with a queue of the messages that the other end wrote.
 *
 * A message is written into the queue of the peer and read from one's own, so an
 * operation locks one end: the one whose queue it changes. ipc/pair.h has the rule for
 * what concerns both.
 *
 * Calls (ipc/call.c) stand in a tree beside the queue. A writer whose message has the id of a
 * call hands it to that call instead of queueing it.
 */
#ifndef ZXMOD_IPC_CHANNEL_H
#define ZXMOD_IPC_CHANNEL_H

#include <linux/rbtree.h>

#include "inflight.h"
#include "message.h"
#include "object.h"
#include "pair.h"

struct zx_ioc_channel_write;

/**
 * struct zx_channel - one end of a channel
 * @object:	the end as an object; its lock guards @queue, @calls and @txid
 * @endpoint:	what endpoints have in common
 * @quota:	what @queue, and the replies to parked calls, are charged to
 * @bytes_max:	the end is full when so much is charged; constant
 * @queue:	messages to be read from this end
 * @calls:	calls from this end by their ids, those that were left behind included
 * @txid:	the id given to the last call made from this end
 * @moves:	raised each time that this end's handle is put into a message or taken out of one
 * @inflight:	where this end's handle is
 * @room:	room for a small message to be read from this end
 */
struct zx_channel {
	struct zx_object object;
	struct zx_endpoint endpoint;
	struct zx_quota quota;
	u32 bytes_max;
	struct zx_message_queue queue;
	struct rb_root calls;
	u32 txid;
	u32 moves;
	struct zx_inflight inflight;
	u8 room[ZX_MESSAGE_ROOM_SIZE] __aligned(8);
};

static inline struct zx_channel *zx_channel_of(struct zx_object *object)
{
	return container_of(object, struct zx_channel, object);
}

static inline struct zx_channel *zx_channel_peer(struct zx_channel *channel)
{
	return zx_channel_of(zx_object_peer(&channel->object));
}

/**
 * struct zx_sending - a message on its way out
 * @table:	the sender's
 * @use:	the sender's handle to @channel; its reference is held
 * @channel:	the end that is written to
 * @message:	the message
 * @call:	it is the request of a call: it is never a reply, also with the id of a call, and
 *		the sender is about to sleep
 */
struct zx_sending {
	struct zx_handle_table *table;
	struct zx_handle_use use;
	struct zx_channel *channel;
	struct zx_message *message;
	bool call;
};

int __zx_channel_charge(struct zx_channel *reader, u32 bytes, u32 now, bool beyond);
void __zx_channel_uncharge(struct zx_channel *reader);
int zx_channel_check_full(struct zx_channel *reader);

/**
 * zx_channel_charge - charge for memory that is about to be queued for an end
 * @reader:	the end
 * @bytes:	how much
 * @beyond:	also if the end is full, up to a limit of its own
 *
 * Context: no spin locks held.
 * Return: ZX_OK, ZX_ERR_SHOULD_WAIT (the end is full), ZX_ERR_PEER_CLOSED (full and closed) or
 * ZX_ERR_NO_MEMORY (the account is used up).
 */
static inline int zx_channel_charge(struct zx_channel *reader, u32 bytes, bool beyond)
{
	u32 now = zx_quota_add(&reader->quota, bytes);

	if (likely(now < reader->bytes_max && zx_quota_covers(&reader->quota, now)))
		return ZX_OK;
	return __zx_channel_charge(reader, bytes, now, beyond);
}

/**
 * zx_channel_uncharge - take a charge back, the memory being freed
 * @reader:	the end; the caller has a reference
 * @bytes:	what was charged
 *
 * Context: no spin locks held.
 */
static inline void zx_channel_uncharge(struct zx_channel *reader, u32 bytes)
{
	u32 now = zx_quota_uncharge(&reader->quota, &reader->object, bytes);

	/*
	 * Not by what the end's flag says: a writer may be about to set it, for what it saw
	 * before this.
	 */
	if (unlikely(now + bytes >= reader->bytes_max && now < reader->bytes_max))
		__zx_channel_uncharge(reader);
}

int zx_channel_prepare(struct zx_sending *sending, u32 rights,
		       const struct zx_ioc_channel_write *arg, u32 min_bytes, bool etc);
int zx_channel_send(struct zx_sending *sending);

long zx_ioc_channel_create(struct zx_handle_table *table, void *args);
long zx_ioc_channel_read(struct zx_handle_table *table, void *args);
long zx_ioc_channel_read_etc(struct zx_handle_table *table, void *args);
long zx_ioc_channel_write(struct zx_handle_table *table, void *args);
long zx_ioc_channel_write_etc(struct zx_handle_table *table, void *args);

int zx_channel_init(void);
void zx_channel_exit(void);

#endif /* ZXMOD_IPC_CHANNEL_H */
