/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inodes for files that show a type in st_mode: the kernel's anonymous files all share one inode,
 * without a type. The inodes are in a file system that is mounted, without a path, as long as there
 * is such a file.
 */
#ifndef ZXMOD_INODE_H
#define ZXMOD_INODE_H

#include <linux/fs.h>

/* Bytes that such a file needs besides struct file and struct dentry. */
#define ZX_INODE_COST	sizeof(struct inode)

struct file *zx_inode_getfile(const char *name, umode_t type, const struct file_operations *fops,
			      void *private, int flags);
void zx_inode_put_mount(void);

#endif /* ZXMOD_INODE_H */
