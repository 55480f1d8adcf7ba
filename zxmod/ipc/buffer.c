// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "buffer.h"
#include "compat.h"

struct kmem_cache *zx_buffer_caches[ZX_BUFFER_SIZES];

static const struct {
	const char *name;
	unsigned int bytes;
} zx_buffer_kinds[ZX_BUFFER_SIZES] = {
	[ZX_BUFFER_SMALL] = { "zircon_buffer_256", ZX_BUFFER_SMALL_BYTES },
	[ZX_BUFFER_MEDIUM] = { "zircon_buffer_1k", ZX_BUFFER_MEDIUM_BYTES },
	[ZX_BUFFER_PAGE] = { "zircon_buffer_4k", ZX_BUFFER_MAX },
};

/*
 * Does nothing. A cache with a constructor is exempt from init_on_alloc: the kernel does not clear
 * the buffers that it allocates. This is safe, since only bytes that were written to a buffer are
 * read from it.
 */
static void zx_buffer_construct(void *memory)
{
}

void __zx_buffer_batch_fill(struct zx_buffer_batch *batch, size_t count, gfp_t gfp)
{
	batch->count = zx_cache_alloc_bulk(zx_buffer_caches[ZX_BUFFER_PAGE], gfp,
					   min_t(size_t, count, ZX_BUFFER_BATCH), batch->pages);
}

void __zx_buffer_batch_free(struct zx_buffer_batch *batch)
{
	kmem_cache_free_bulk(zx_buffer_caches[ZX_BUFFER_PAGE], batch->count, batch->pages);
	batch->count = 0;
}

int zx_buffer_init(void)
{
	void (*construct)(void *) = zx_buffer_construct;
	int i;

	/* Such a cache is exempt from init_on_free too, which the administrator has asked for. */
	if (want_init_on_free())
		construct = NULL;

	for (i = 0; i < ZX_BUFFER_SIZES; i++) {
		unsigned int bytes = zx_buffer_kinds[i].bytes;

		/* All bytes of a buffer may be copied to and from user memory. */
		zx_buffer_caches[i] =
			kmem_cache_create_usercopy(zx_buffer_kinds[i].name, bytes, 0,
						   SLAB_ACCOUNT | SLAB_NO_MERGE, 0, bytes,
						   construct);
		if (!zx_buffer_caches[i]) {
			zx_buffer_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void zx_buffer_exit(void)
{
	int i;

	for (i = 0; i < ZX_BUFFER_SIZES; i++) {
		kmem_cache_destroy(zx_buffer_caches[i]);
		zx_buffer_caches[i] = NULL;
	}
}
