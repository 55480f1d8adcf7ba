/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Byte queues: the bytes that an endpoint of a socket can read, as a stream or as datagrams.
 *
 * The queue's struct contains the oldest bytes, if they are few. The others are in a list of
 * chunks. A chunk is a buffer (buffer.h), allocated as bytes are written and freed after they are
 * read. In a queue of datagrams, the bytes of a chunk belong to one datagram.
 *
 * The lock, the limit, the signals and the account are the socket's (socket.h). A queue is "locked"
 * if its endpoint is. Functions that allocate chunks, copy to them without a lock, or free them are
 * for chunks that are in no queue.
 */
#ifndef ZXMOD_IPC_BYTES_H
#define ZXMOD_IPC_BYTES_H

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/types.h>

#include "buffer.h"

struct zx_account;
struct zx_io;

/* Bytes in a queue's struct. */
#define ZX_BYTES_INLINE		64

/**
 * struct zx_chunk - a part of a queue
 * @next:	the next chunk
 * @start:	offset of the first unread byte in @data
 * @end:	offset after the last byte
 * @datagram:	bytes of the datagram that begins in this chunk, zero if none does
 * @size:	size of the buffer
 * @data:	the bytes
 */
struct zx_chunk {
	struct zx_chunk *next;
	u32 start;
	u32 end;
	u32 datagram;
	enum zx_buffer_size size;
	u8 data[];
};

/**
 * struct zx_bytes - a byte queue
 * @first:	the chunk to be read next, after the bytes in @data
 * @last:	the chunk written last, valid if @first is not NULL
 * @changes:	counts removals, so that a reader that has unlocked detects other readers' removals
 * @used:	bytes in the queue
 * @datagrams:	datagrams in chunks; zero for a stream
 * @start:	offset of the first byte in @data
 * @count:	number of bytes in @data
 * @data:	the oldest bytes
 */
struct zx_bytes {
	struct zx_chunk *first;
	struct zx_chunk *last;
	u64 changes;
	u32 used;
	u16 datagrams;
	u8 start;
	u8 count;
	u8 data[ZX_BYTES_INLINE];
};

/**
 * struct zx_chain - chunks that are about to be added to a queue
 * @first:	the first chunk
 * @last:	the last chunk
 */
struct zx_chain {
	struct zx_chunk *first;
	struct zx_chunk *last;
};

/**
 * struct zx_bytes_cursor - a position in a queue
 * @chunk:	the chunk after the current piece
 * @at:		address of the rest of the current piece
 * @left:	bytes in that rest
 *
 * Valid, also without the lock, as long as zx_bytes.changes is the same.
 */
struct zx_bytes_cursor {
	struct zx_chunk *chunk;
	const u8 *at;
	u32 left;
};

/* The datagrams in a queue of datagrams, which is locked. Bytes in @data are one datagram. */
static inline u32 zx_bytes_datagrams(const struct zx_bytes *bytes)
{
	return bytes->datagrams + !!bytes->count;
}

/* Sets a cursor to the first byte. The queue is locked. */
static inline void zx_bytes_first(const struct zx_bytes *bytes, struct zx_bytes_cursor *cursor)
{
	cursor->chunk = bytes->first;
	cursor->at = bytes->data + bytes->start;
	cursor->left = bytes->count;
}

/* Moves a cursor to the next piece if the rest is empty. There must be bytes after the cursor. */
static inline void zx_bytes_piece(struct zx_bytes_cursor *cursor)
{
	while (!cursor->left) {
		cursor->at = cursor->chunk->data + cursor->chunk->start;
		cursor->left = cursor->chunk->end - cursor->chunk->start;
		cursor->chunk = cursor->chunk->next;
	}
}

/* Bytes that one read can get. The queue is locked. */
static inline u32 zx_bytes_available(const struct zx_bytes *bytes, bool datagrams)
{
	if (!datagrams)
		return bytes->used;
	if (bytes->count)
		return bytes->count;
	return bytes->first ? bytes->first->datagram : 0;
}

/* The size of a chunk's data. */
static inline u32 zx_chunk_capacity(const struct zx_chunk *chunk)
{
	static const u32 bytes[ZX_BUFFER_SIZES] = {
		[ZX_BUFFER_SMALL] = ZX_BUFFER_SMALL_BYTES - sizeof(struct zx_chunk),
		[ZX_BUFFER_MEDIUM] = ZX_BUFFER_MEDIUM_BYTES - sizeof(struct zx_chunk),
		[ZX_BUFFER_PAGE] = ZX_BUFFER_MAX - sizeof(struct zx_chunk),
	};

	return bytes[chunk->size];
}

/**
 * zx_bytes_space - find space for bytes without another chunk
 * @bytes:	the queue, locked
 * @datagrams:	whether it is a queue of datagrams
 * @len:	how many bytes, not zero
 *
 * Return: the address, for zx_bytes_extend(), or NULL.
 */
static inline u8 *zx_bytes_space(struct zx_bytes *bytes, bool datagrams, u32 len)
{
	struct zx_chunk *last = bytes->last;

	if (!bytes->first) {
		if (datagrams && bytes->count)
			return NULL;
		if (bytes->start + bytes->count + len > ZX_BYTES_INLINE)
			return NULL;
		return bytes->data + bytes->start + bytes->count;
	}
	if (datagrams || last->end + len > zx_chunk_capacity(last))
		return NULL;
	return last->data + last->end;
}

/**
 * zx_bytes_extend - add bytes that were copied to the space from zx_bytes_space()
 * @bytes:	the queue, locked since then
 * @len:	how many, the same number
 */
static inline void zx_bytes_extend(struct zx_bytes *bytes, u32 len)
{
	if (bytes->first)
		bytes->last->end += len;
	else
		bytes->count += len;
	WRITE_ONCE(bytes->used, bytes->used + len);
}

/* Clears the bytes in the queue's struct, as the allocators do with memory that they free. */
static inline void zx_bytes_wipe(struct zx_bytes *bytes)
{
	if (want_init_on_free())
		memset(bytes->data, 0, sizeof(bytes->data));
}

struct zx_chunk *__zx_bytes_take(struct zx_bytes *bytes, bool datagrams, u32 len);

/**
 * zx_bytes_take - remove the first bytes
 * @bytes:	the queue, locked
 * @datagrams:	whether it is a queue of datagrams
 * @len:	how many; for datagrams all bytes of the first one
 *
 * Return: the chunks that are empty now, for zx_chunks_free().
 */
static inline struct zx_chunk *zx_bytes_take(struct zx_bytes *bytes, bool datagrams, u32 len)
{
	bytes->changes++;
	WRITE_ONCE(bytes->used, bytes->used - len);
	if (unlikely(len > bytes->count))
		return __zx_bytes_take(bytes, datagrams, len);
	bytes->count -= len;
	bytes->start = bytes->count ? bytes->start + len : 0;
	if (!bytes->count)
		zx_bytes_wipe(bytes);
	return NULL;
}

struct zx_chunk *zx_bytes_clear(struct zx_bytes *bytes);

u32 zx_chain_cost(u32 len);
int zx_chain_make(struct zx_chain *chain, const struct zx_io *from, u32 len, bool datagram,
		  const struct zx_account *account, const struct zx_account *own);
struct zx_chunk *zx_chain_add(struct zx_chain *chain, struct zx_bytes *bytes, bool datagrams,
			      u32 len);
u32 zx_chunks_free(struct zx_chunk *chunk);

#endif /* ZXMOD_IPC_BYTES_H */
