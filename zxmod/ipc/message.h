/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages: bytes and handles that are sent through a channel.
 *
 * A message is copied from the sender's memory when it is written, and to the receiver's memory
 * when it is read, both times without a lock. Between these it is only moved from list to list. Its
 * memory is one of:
 *
 *	own buffer	Each endpoint of a channel contains a buffer for one small message. A
 *			message for that endpoint is made there if it fits, the buffer is free and
 *			the endpoint is not full. Then nothing is allocated, freed or charged. This
 *			is the common case: a short message that is read before the next is written.
 *	one allocation	A buffer (buffer.h) of the smallest size that fits, up to a page.
 *	segments	A first part of a page, and further parts of a page each, since larger
 *			allocations fail more often.
 *
 * All memory but the own buffer is charged to the quota of the receiving endpoint (pair.h), so a
 * reference to that endpoint is needed to free a message. An endpoint is full when
 * zx_channel.bytes_max or more bytes are charged. Then the next message is refused, and the peer is
 * not WRITABLE. An endpoint that is not full takes a message of any size.
 *
 * The handles are before the bytes in the first part, which always has space for all handles.
 */
#ifndef ZXMOD_IPC_MESSAGE_H
#define ZXMOD_IPC_MESSAGE_H

#include <linux/types.h>

#include "handle.h"

struct zx_channel;
struct zx_ioc_channel_read;
struct zx_ioc_channel_write;
struct zx_message_segment;

/* Bytes, with 16 for each handle, of a message that fits into an endpoint's own buffer. */
#define ZX_OWN_BUFFER_BYTES	64

/**
 * struct zx_message - a message
 * @next:	the next message in a queue
 * @watched:	the observers that wait through @handles; not valid without handles
 * @more:	the further segments; not valid if @segments is zero
 * @num_bytes:	number of bytes
 * @num_handles: number of @handles
 * @containers:	number of handles that name a container, see inflight.h
 * @origin:	the memory: a size of buffers, or the endpoint's own buffer
 * @segments:	number of segments in @more
 * @handles:	the handles, each with its reference and count; the bytes follow
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

/* Size of an endpoint's own buffer: a struct zx_message with its handles and bytes. */
#define ZX_OWN_BUFFER_SIZE	(sizeof(struct zx_message) + ZX_OWN_BUFFER_BYTES)

/**
 * struct zx_message_queue - messages, in the order in which they were written
 * @first:	the message to be read next, or NULL
 * @last:	the message written last, valid unless the queue is empty
 *
 * Guarded by the lock of its endpoint. Only the first message is removed, so there are no links
 * backwards.
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
