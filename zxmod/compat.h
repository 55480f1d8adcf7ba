/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that the module supports (6.1 and later).
 * No other file asks for a kernel version.
 */
#ifndef ZXMOD_COMPAT_H
#define ZXMOD_COMPAT_H

#include <linux/compiler.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/version.h>

/* 6.5: keeps a cache apart from others of its size, so slabinfo tells of it. */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE	0
#endif

/*
 * 6.9: exempts a variable that is written as a whole before it is read from being
 * cleared by compilers that are told to clear all. For hot paths, where that shows.
 */
#ifndef __uninitialized
# if __has_attribute(__uninitialized__)
#  define __uninitialized	__attribute__((__uninitialized__))
# else
#  define __uninitialized
# endif
#endif

/* 6.3: ID mappings of mounts have a type of their own. 6.6: a further argument. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define zx_idmap	mnt_idmap
#else
#define zx_idmap	user_namespace
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define zx_generic_fillattr	generic_fillattr
#else
static inline void zx_generic_fillattr(struct zx_idmap *idmap, u32 request_mask,
				       struct inode *inode, struct kstat *stat)
{
	generic_fillattr(idmap, inode, stat);
}
#endif

/* 6.17: another name for the unbound work queue; 7.x complains about the use of the old one. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define zx_unbound_wq	system_dfl_wq
#else
#define zx_unbound_wq	system_unbound_wq
#endif

/*
 * Before 7.2 it returns how many there are, and whether there are all since; it has always been
 * all or none.
 */
static inline unsigned int zx_cache_alloc_bulk(struct kmem_cache *cache, gfp_t gfp, size_t count,
					       void **objects)
{
	return kmem_cache_alloc_bulk(cache, gfp, count, objects) ? count : 0;
}

#endif /* ZXMOD_COMPAT_H */
