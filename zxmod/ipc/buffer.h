/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers: the memory that messages and the contents of sockets stand in.
 *
 * Three sizes, each with a cache of its own, so that what is in flight can be seen in
 * slabinfo; nothing larger than a page, since that can be hard to come by. All of it is
 * charged to the quota of the end that it is queued for (pair.h), and to the memory cgroup
 * of the account behind that.
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
 * Bytes in a buffer of each size, the last of which is the most there is. A word less
 * than a round number, which is what the allocator needs for itself.
 */
#define ZX_BUFFER_SMALL_BYTES	248
#define ZX_BUFFER_MEDIUM_BYTES	1016
#define ZX_BUFFER_MAX		4088

/* What a message of the largest size consists of. */
#define ZX_BUFFER_BATCH		17

/**
 * zx_buffer_fit - the size of the smallest buffer for so many bytes
 * @bytes:	how many; beyond ZX_BUFFER_MAX the largest has to do
 */
static inline enum zx_buffer_size zx_buffer_fit(size_t bytes)
{
	if (bytes <= ZX_BUFFER_SMALL_BYTES)
		return ZX_BUFFER_SMALL;
	return bytes <= ZX_BUFFER_MEDIUM_BYTES ? ZX_BUFFER_MEDIUM : ZX_BUFFER_PAGE;
}

/**
 * zx_buffer_cost - what a buffer is charged for
 * @size:	its size
 *
 * Return: bytes, what the allocator needs for itself included.
 */
static inline u32 zx_buffer_cost(enum zx_buffer_size size)
{
	/* 256, 1024, 4096: a table would have to be looked up. */
	return 256U << 2 * size;
}

extern struct kmem_cache *zx_buffer_caches[ZX_BUFFER_SIZES];

/**
 * zx_buffer_alloc - get a buffer
 * @size:	which size
 * @gfp:	zx_account_gfp() of the account that pays
 *
 * The caller has charged zx_buffer_cost(), and is between zx_account_enter() and _leave()
 * of the account that pays.
 *
 * Context: may sleep.
 * Return: the buffer, with anything in it, or NULL.
 */
static inline void *zx_buffer_alloc(enum zx_buffer_size size, gfp_t gfp)
{
	return kmem_cache_alloc(zx_buffer_caches[size], gfp);
}

/**
 * zx_buffer_free - give a buffer back
 * @buffer:	the buffer
 * @size:	its size
 */
static inline void zx_buffer_free(void *buffer, enum zx_buffer_size size)
{
	kmem_cache_free(zx_buffer_caches[size], buffer);
}

/**
 * struct zx_buffer_batch - some buffers of a page, got or given back at once
 * @count:	how many
 * @pages:	the buffers
 *
 * The allocator needs half as long for each of many as for one.
 */
struct zx_buffer_batch {
	unsigned int count;
	void *pages[ZX_BUFFER_BATCH];
};

/* With fewer buffers than these the allocator is slower at once than one by one. */
#define ZX_BUFFER_BATCH_MIN	4

void __zx_buffer_batch_fill(struct zx_buffer_batch *batch, size_t count, gfp_t gfp);
void __zx_buffer_batch_free(struct zx_buffer_batch *batch);

/**
 * zx_buffer_batch_fill - get buffers of a page before they are needed
 * @batch:	receives them, if that pays and there is memory for all; else it is empty
 * @count:	how many will be needed
 * @gfp:	as zx_buffer_alloc()
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
 * zx_buffer_batch_free - give the buffers of a batch back
 * @batch:	the batch, empty afterwards
 */
static inline void zx_buffer_batch_free(struct zx_buffer_batch *batch)
{
	if (batch->count >= ZX_BUFFER_BATCH_MIN)
		__zx_buffer_batch_free(batch);
	while (batch->count)
		zx_buffer_free(batch->pages[--batch->count], ZX_BUFFER_PAGE);
}

/* The next buffer of a page: of a batch as long as it has any, then one by one. Or NULL. */
static inline void *zx_buffer_batch_get(struct zx_buffer_batch *batch, gfp_t gfp)
{
	return batch->count ? batch->pages[--batch->count] : zx_buffer_alloc(ZX_BUFFER_PAGE, gfp);
}

/* Adds a buffer of a page to a batch that is to be freed. */
static inline void zx_buffer_batch_put(struct zx_buffer_batch *batch, void *page)
{
	if (batch->count == ZX_BUFFER_BATCH)
		zx_buffer_batch_free(batch);
	batch->pages[batch->count++] = page;
}

int zx_buffer_init(void);
void zx_buffer_exit(void);

#endif /* ZXMOD_IPC_BUFFER_H */
