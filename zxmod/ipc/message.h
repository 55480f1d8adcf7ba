/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages: bytes and handles on their way through a channel.
 *
 * A message is filled from the sender's memory and emptied into the receiver's, both
 * outside every lock; in between it only changes lists. Its memory is one of:
 *
 *	the room	Each end of a channel has room for one small message in its own
 *			allocation. A message for that end is made there if it fits, the
 *			room is free and the end is not full: nothing is allocated, freed
 *			or charged anew. Short messages that are read before the next one
 *			is written, the common case, never see an allocator.
 *	one allocation	a buffer (buffer.h) of the next size, up to a page.
 *	segments	A page-sized first part, and further ones of a page each, since
 *			larger pieces of memory can be hard to come by.
 *
 * All but the room is charged to the quota of the receiving end (pair.h), so that the
 * memory of a message is freed with a reference to that end. An end is full when
 * zx_channel.bytes_max or more are charged: the next message is refused, its peer is not
 * WRITABLE. One message always fits.
 *
 * The handles stand in front of the bytes in the first part, which always has space
 * for all of them.
 */
#ifndef ZXMOD_IPC_MESSAGE_H
#define ZXMOD_IPC_MESSAGE_H

#include <linux/types.h>

#include "handle.h"

struct zx_channel;
struct zx_ioc_channel_read;
struct zx_ioc_channel_write;
struct zx_message_segment;

/* Bytes, with 16 for each handle, of a message that is made in the room of an end. */
#define ZX_MESSAGE_ROOM		64

/**
 * struct zx_message - a message
 * @next:	behind it in a queue
 * @watched:	what waits through @handles, if there are any; else not valid
 * @more:	further segments, if @segments is not zero
 * @num_bytes:	size of the data
 * @num_handles: how many of @handles are in use
 * @containers:	handles that name something which can hold messages itself
 * @origin:	where the memory came from: a size of buffers, or the room
 * @segments:	how many @more are
 * @handles:	the handles, each owning its reference and count; the bytes follow
 */
struct zx_message {
	struct zx_message *next;
	struct zx_watched *watched;
	struct zx_message_segment *more;
	u32 num_bytes;
	u8 num_handles;
	u8 containers;
	u8 origin;
	u8 segments;
	struct zx_handle handles[];
};

/* The room: a struct zx_message with its handles and bytes. */
#define ZX_MESSAGE_ROOM_SIZE	(sizeof(struct zx_message) + ZX_MESSAGE_ROOM)

/**
 * struct zx_message_queue - messages in the order in which they were written
 * @first:	the one to be read next, or NULL
 * @last:	the one written last, valid unless the queue is empty
 *
 * Guarded by the lock of the end that it belongs to. A message is only ever taken from
 * the front, so it needs no link backwards.
 */
struct zx_message_queue {
	struct zx_message *first;
	struct zx_message *last;
};

static inline void zx_message_queue_add(struct zx_message_queue *queue,
					struct zx_message *message)
{
	message->next = NULL;
	if (queue->first)
		queue->last->next = message;
	else
		queue->first = message;
	queue->last = message;
}

static inline void zx_message_queue_add_first(struct zx_message_queue *queue,
					      struct zx_message *message)
{
	message->next = queue->first;
	if (!queue->first)
		queue->last = message;
	queue->first = message;
}

static inline void zx_message_queue_del_first(struct zx_message_queue *queue)
{
	queue->first = queue->first->next;
}

void zx_message_free(struct zx_channel *reader, struct zx_message *message,
		     struct zx_dead_list *dead);
void zx_message_drop(struct zx_channel *reader, struct zx_message *message);

struct zx_message *zx_message_create(struct zx_channel *reader,
				     const struct zx_ioc_channel_write *arg, u32 min_bytes,
				     const struct zx_account *own, bool beyond);
int zx_message_peek_txid(const struct zx_ioc_channel_write *arg, u32 *txid);
int zx_message_take_handles(struct zx_handle_table *table, struct zx_message *message, u64 handles,
			    bool etc, const struct zx_object *channel);
void zx_message_discard_handles(struct zx_handle_table *table, u64 handles, u32 num_handles,
				bool etc);
int zx_message_deliver(struct zx_handle_table *table, struct zx_channel *reader,
		       struct zx_message *message, const struct zx_ioc_channel_read *to,
		       bool etc);

u32 zx_message_txid(const struct zx_message *message);
void zx_message_set_txid(struct zx_message *message, u32 txid);

#endif /* ZXMOD_IPC_MESSAGE_H */
