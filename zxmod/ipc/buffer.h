/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers: the memory that messages and the contents of sockets stand in.
 *
 * Three sizes, each with a cache of its own, so that what is in flight can be seen in
 * slabinfo; nothing larger than a page, since that can be hard to come by. All of it is
 * charged to the process that allocates it.
 */
#ifndef ZXMOD_IPC_BUFFER_H
#define ZXMOD_IPC_BUFFER_H

#include <linux/types.h>

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

void *zx_buffer_alloc(enum zx_buffer_size size);
void zx_buffer_free(void *buffer, enum zx_buffer_size size);

int zx_buffer_init(void);
void zx_buffer_exit(void);

#endif /* ZXMOD_IPC_BUFFER_H */
