// SPDX-License-Identifier: GPL-2.0-only
/*
 * Byte queues.
 */
#include <linux/sched.h>
#include <linux/string.h>

#include "bytes.h"
#include "compat.h"
#include "io.h"

/* Bytes of data in the largest chunk. */
#define ZX_CHUNK_DATA	(ZX_BUFFER_MAX - sizeof(struct zx_chunk))

/* The rest of zx_bytes_take(), for more bytes than are in @bytes->data. */
struct zx_chunk *__zx_bytes_take(struct zx_bytes *bytes, bool datagrams, u32 len)
{
	struct zx_chunk *empty = NULL, **tail = &empty;

	len -= bytes->count;
	bytes->start = 0;
	bytes->count = 0;
	zx_bytes_wipe(bytes);
	if (datagrams)
		bytes->datagrams--;
	while (len) {
		struct zx_chunk *chunk = bytes->first;
		u32 part = min(len, chunk->end - chunk->start);

		chunk->start += part;
		len -= part;
		if (chunk->start < chunk->end)
			break;
		bytes->first = chunk->next;
		*tail = chunk;
		tail = &chunk->next;
	}
	*tail = NULL;
	return empty;
}

/**
 * zx_bytes_clear - remove all bytes
 * @bytes:	the queue, locked
 *
 * Return: its chunks, for zx_chunks_free().
 */
struct zx_chunk *zx_bytes_clear(struct zx_bytes *bytes)
{
	struct zx_chunk *chunks = bytes->first;

	/* A reader that has unlocked must not access the chunks again. */
	bytes->changes++;
	bytes->first = NULL;
	bytes->start = 0;
	bytes->count = 0;
	zx_bytes_wipe(bytes);
	bytes->datagrams = 0;
	WRITE_ONCE(bytes->used, 0);
	return chunks;
}

/**
 * zx_chain_cost - what to charge for the chunks of a number of bytes
 * @len:	the number
 *
 * Return: bytes to charge.
 */
u32 zx_chain_cost(u32 len)
{
	u32 rest = len % ZX_CHUNK_DATA;
	u32 cost = len / ZX_CHUNK_DATA * zx_buffer_cost(ZX_BUFFER_PAGE);

	if (rest)
		cost += zx_buffer_cost(zx_buffer_fit(rest + sizeof(struct zx_chunk)));
	return cost;
}

/**
 * zx_chain_make - allocate chunks and copy bytes to them
 * @chain:	receives the chunks
 * @from:	the source; an iov_iter is advanced past the bytes
 * @len:	how many bytes, not zero
 * @datagram:	whether the bytes are a datagram
 * @account:	the account that pays; zx_chain_cost() is charged already
 * @own:	the account of the caller's table, or NULL if it is not known
 *
 * Context: may sleep, no locks held.
 * Return: ZX_OK; ZX_ERR_NO_MEMORY; or ZX_ERR_INVALID_ARGS if the bytes cannot be read. On failure
 * all chunks are freed.
 */
noinline int zx_chain_make(struct zx_chain *chain, const struct zx_io *from, u32 len, bool datagram,
			   const struct zx_account *account, const struct zx_account *own)
{
	gfp_t gfp = zx_account_gfp(account, own);
	struct zx_buffer_batch batch __uninitialized;
	struct zx_chunk **tail = &chain->first;
	u32 whole = datagram ? len : 0;
	struct mem_cgroup *former;
	u32 done = 0;
	int status;

	chain->first = NULL;
	batch.count = 0;
	while (done < len) {
		u32 part = min_t(u32, len - done, ZX_CHUNK_DATA);
		enum zx_buffer_size size = zx_buffer_fit(part + sizeof(struct zx_chunk));
		struct zx_chunk *chunk;

		/* Not for the copy: pages that it faults in are charged to the calling thread. */
		former = zx_account_enter(account, own);
		if (!batch.count)
			zx_buffer_batch_fill(&batch, (len - done) / ZX_CHUNK_DATA, gfp);
		chunk = size == ZX_BUFFER_PAGE ? zx_buffer_batch_get(&batch, gfp) :
						 zx_buffer_alloc(size, gfp);
		zx_account_leave(former);
		if (!chunk) {
			status = ZX_ERR_NO_MEMORY;
			goto err_free;
		}
		chunk->next = NULL;
		chunk->start = 0;
		chunk->end = part;
		chunk->datagram = whole;
		chunk->size = size;
		whole = 0;
		*tail = chunk;
		tail = &chunk->next;
		chain->last = chunk;
		status = zx_io_copy_from(from, done, chunk->data, part);
		if (status)
			goto err_free;
		done += part;
	}
	return ZX_OK;

err_free:
	zx_buffer_batch_free(&batch);
	zx_chunks_free(chain->first);
	return status;
}

/**
 * zx_chain_add - add bytes of a chain to a queue
 * @chain:	the chain, which is consumed
 * @bytes:	the queue, locked
 * @datagrams:	whether it is a queue of datagrams
 * @len:	how many bytes, from the first
 *
 * Return: the chunks that are not added to the queue, for zx_chunks_free().
 */
struct zx_chunk *zx_chain_add(struct zx_chain *chain, struct zx_bytes *bytes, bool datagrams,
			      u32 len)
{
	struct zx_chunk *last = chain->first;
	struct zx_chunk *rest;
	u8 *space;

	/* Small pieces share a buffer. */
	space = len <= ZX_SHORT_COPY ? zx_bytes_space(bytes, datagrams, len) : NULL;
	if (space) {
		memcpy(space, last->data, len);
		zx_bytes_extend(bytes, len);
		return last;
	}
	WRITE_ONCE(bytes->used, bytes->used + len);
	while (last->end < len) {
		len -= last->end;
		last = last->next;
	}
	last->end = len;
	rest = last->next;
	last->next = NULL;
	if (bytes->first)
		bytes->last->next = chain->first;
	else
		bytes->first = chain->first;
	bytes->last = last;
	if (datagrams)
		bytes->datagrams++;
	return rest;
}

/**
 * zx_chunks_free - free chunks that are in no queue
 * @chunk:	the first chunk, or NULL
 *
 * Context: may sleep, no locks held.
 * Return: the bytes that were charged for them.
 */
noinline u32 zx_chunks_free(struct zx_chunk *chunk)
{
	struct zx_buffer_batch batch __uninitialized;
	u32 cost = 0;

	batch.count = 0;
	while (chunk) {
		struct zx_chunk *next = chunk->next;

		cost += zx_buffer_cost(chunk->size);
		if (chunk->size == ZX_BUFFER_PAGE)
			zx_buffer_batch_put(&batch, chunk);
		else
			zx_buffer_free(chunk, chunk->size);
		cond_resched();
		chunk = next;
	}
	zx_buffer_batch_free(&batch);
	return cost;
}
