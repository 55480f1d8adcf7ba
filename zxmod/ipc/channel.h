/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels: two endpoints, each with a queue of the messages that are written to its peer.
 *
 * A write to an endpoint adds a message to the queue of its peer, and a read removes a message from
 * the endpoint's own queue. So an operation locks one endpoint: the one with the queue. See
 * ipc/pair.h for operations that affect both endpoints.
 *
 * Calls (ipc/call.c) are in a tree beside the queue. If a message has the id of a call, the writer
 * passes it to that call instead of queueing it.
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
 * struct zx_channel - one endpoint of a channel
 * @object:	the endpoint as an object; its lock guards @queue, @calls and @txid
 * @endpoint:	the common part of endpoints
 * @quota:	@queue, parked calls and replies are charged to it
 * @bytes_max:	the endpoint is full when this many bytes are charged; constant
 * @queue:	messages to be read from this endpoint
 * @calls:	calls from this endpoint, by their ids; includes parked calls
 * @txid:	counts calls from this endpoint; their ids are made from it
 * @moves:	counts changes of @inflight
 * @inflight:	the queue that this endpoint's handle is in, see inflight.h
 * @own_buffer:	for a small message to be read from this endpoint, see message.h
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
	u8 own_buffer[ZX_OWN_BUFFER_SIZE] __aligned(8);
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
 * struct zx_sending - a message that is about to be sent
 * @table:	the sender's
 * @use:	the sender's handle to @channel, with a reference
 * @channel:	the endpoint that is written to
 * @message:	the message
 * @call:	the message is the request of a call: it is not a reply, even if it has the id of
 *		another call, and the sender is about to sleep
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
 * zx_channel_charge - charge for memory that is about to be queued for an endpoint
 * @reader:	the endpoint
 * @bytes:	how many bytes
 * @beyond:	also if the endpoint is full, up to a higher limit
 *
 * Context: no spin locks held.
 * Return: ZX_OK, ZX_ERR_SHOULD_WAIT (the endpoint is full), ZX_ERR_PEER_CLOSED (full and closed) or
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
 * zx_channel_uncharge - undo a charge, after the memory was freed
 * @reader:	the endpoint; the caller has a reference
 * @bytes:	what was charged
 *
 * Context: no spin locks held.
 */
static inline void zx_channel_uncharge(struct zx_channel *reader, u32 bytes)
{
	u32 now = zx_quota_uncharge(&reader->quota, &reader->object, bytes);

	/*
	 * This does not use zx_endpoint.full: a writer that has seen the endpoint full before may
	 * be about to set it.
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
