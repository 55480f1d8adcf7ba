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
 * Does nothing. But the kernel does not clear what it allocates from a cache with a constructor,
 * where it clears all other memory; and no more is ever read from a buffer than was written to it.
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

	/* Nor does it clear what is freed, for which the administrator has asked (init_on_free). */
	if (want_init_on_free())
		construct = NULL;

	for (i = 0; i < ZX_BUFFER_SIZES; i++) {
		unsigned int bytes = zx_buffer_kinds[i].bytes;

		/* All of it may be copied to and from users. */
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
