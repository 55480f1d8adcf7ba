/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers: the memory of messages and of the bytes in sockets.
 *
 * There are three sizes, each with its own cache, so that slabinfo shows how many are in use. None
 * is larger than a page, since larger allocations fail more often. A buffer is charged to the quota
 * of the endpoint that it is queued for (pair.h), and to the memory cgroup of that pair's account.
 */
#ifndef ZXMOD_IPC_BUFFER_H
#define ZXMOD_IPC_BUFFER_H

#include <linux/slab.h>
#include <linux/types.h>

#include "account.h"

/* Sizes of buffers. */
enum zx_buffer_size {
	ZX_BUFFER_SMALL,
	ZX_BUFFER_MEDIUM,
	ZX_BUFFER_PAGE,
	ZX_BUFFER_SIZES,
};

/*
 * Bytes in a buffer of each size. Each is one word less than a power of two: the allocator needs
 * that word.
 */
#define ZX_BUFFER_SMALL_BYTES	248
#define ZX_BUFFER_MEDIUM_BYTES	1016
#define ZX_BUFFER_MAX		4088

/* Buffers of a page in a message of the largest size. */
#define ZX_BUFFER_BATCH		17

/**
 * zx_buffer_fit - the smallest size of buffer for a number of bytes
 * @bytes:	the number
 *
 * Return: the size; ZX_BUFFER_PAGE if @bytes is more than ZX_BUFFER_MAX.
 */
static inline enum zx_buffer_size zx_buffer_fit(size_t bytes)
{
	if (bytes <= ZX_BUFFER_SMALL_BYTES)
		return ZX_BUFFER_SMALL;
	return bytes <= ZX_BUFFER_MEDIUM_BYTES ? ZX_BUFFER_MEDIUM : ZX_BUFFER_PAGE;
}

/**
 * zx_buffer_cost - what to charge for a buffer
 * @size:	its size
 *
 * Return: bytes, including the allocator's word.
 */
static inline u32 zx_buffer_cost(enum zx_buffer_size size)
{
	/* 256, 1024 or 4096, without a load from a table. */
	return 256U << 2 * size;
}

extern struct kmem_cache *zx_buffer_caches[ZX_BUFFER_SIZES];

/**
 * zx_buffer_alloc - allocate a buffer
 * @size:	its size
 * @gfp:	zx_account_gfp() of the account that pays
 *
 * The caller has charged zx_buffer_cost(), and is between zx_account_enter() and
 * zx_account_leave() for the account that pays.
 *
 * Context: may sleep.
 * Return: the buffer, not initialised, or NULL.
 */
static inline void *zx_buffer_alloc(enum zx_buffer_size size, gfp_t gfp)
{
	return kmem_cache_alloc(zx_buffer_caches[size], gfp);
}

/**
 * zx_buffer_free - free a buffer
 * @buffer:	the buffer
 * @size:	its size
 */
static inline void zx_buffer_free(void *buffer, enum zx_buffer_size size)
{
	kmem_cache_free(zx_buffer_caches[size], buffer);
}

/**
 * struct zx_buffer_batch - buffers of a page that are allocated or freed together
 * @count:	number of buffers
 * @pages:	the buffers
 *
 * In a batch, the allocator needs half the time per buffer.
 */
struct zx_buffer_batch {
	unsigned int count;
	void *pages[ZX_BUFFER_BATCH];
};

/* For fewer buffers, the allocator is slower with a batch than with one buffer at a time. */
#define ZX_BUFFER_BATCH_MIN	4

void __zx_buffer_batch_fill(struct zx_buffer_batch *batch, size_t count, gfp_t gfp);
void __zx_buffer_batch_free(struct zx_buffer_batch *batch);

/**
 * zx_buffer_batch_fill - allocate buffers of a page before they are needed
 * @batch:	receives up to ZX_BUFFER_BATCH of them; empty if @count is less than
 *		ZX_BUFFER_BATCH_MIN, or if there is no memory for all
 * @count:	how many the caller needs
 * @gfp:	as for zx_buffer_alloc()
 *
 * Context: may sleep.
 */
static inline void zx_buffer_batch_fill(struct zx_buffer_batch *batch, size_t count, gfp_t gfp)
{
	batch->count = 0;
	if (count >= ZX_BUFFER_BATCH_MIN)
		__zx_buffer_batch_fill(batch, count, gfp);
}

/**
 * zx_buffer_batch_free - free the buffers of a batch
 * @batch:	the batch, empty afterwards
 */
static inline void zx_buffer_batch_free(struct zx_buffer_batch *batch)
{
	if (batch->count >= ZX_BUFFER_BATCH_MIN)
		__zx_buffer_batch_free(batch);
	while (batch->count)
		zx_buffer_free(batch->pages[--batch->count], ZX_BUFFER_PAGE);
}

/* Returns a buffer of a page: from the batch, or a new one if the batch is empty; or NULL. */
static inline void *zx_buffer_batch_get(struct zx_buffer_batch *batch, gfp_t gfp)
{
	return batch->count ? batch->pages[--batch->count] : zx_buffer_alloc(ZX_BUFFER_PAGE, gfp);
}

/* Adds a buffer of a page to a batch that is to be freed. Frees the batch first if it is full. */
static inline void zx_buffer_batch_put(struct zx_buffer_batch *batch, void *page)
{
	if (batch->count == ZX_BUFFER_BATCH)
		zx_buffer_batch_free(batch);
	batch->pages[batch->count++] = page;
}

int zx_buffer_init(void);
void zx_buffer_exit(void);

#endif /* ZXMOD_IPC_BUFFER_H */
