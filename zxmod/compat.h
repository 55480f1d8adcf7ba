/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that the module supports (6.1 and later).
 * No other file asks for a kernel version.
 */
#ifndef ZXMOD_COMPAT_H
#define ZXMOD_COMPAT_H

#include <linux/slab.h>
#include <linux/version.h>

/* 6.5: keeps a cache apart from others of its size, so slabinfo tells of it. */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE	0
#endif

#endif /* ZXMOD_COMPAT_H */
