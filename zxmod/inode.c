// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files with inodes of the module.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "compat.h"
#include "inode.h"

/* ASCII "zxko". */
#define ZX_FS_MAGIC	0x7a786b6f

static struct vfsmount *zx_mount;
static int zx_mount_users;

/*
 * The name in /proc/PID/fd, like that of the kernel's anonymous files. It must be at the end of the
 * buffer: the caller takes all that follows for a part of it.
 */
static char *zx_dname(struct dentry *dentry, char *buffer, int size)
{
	char name[32];
	int len = scnprintf(name, sizeof(name), "anon_inode:%s", dentry->d_name.name) + 1;

	return len <= size ? memcpy(buffer + size - len, name, len) : ERR_PTR(-ENAMETOOLONG);
}

static const struct dentry_operations zx_dentry_ops = {
	.d_dname = zx_dname,
};

/*
 * Shows the file's type, which i_mode does not have: the kernel assumes that an inode with S_IFSOCK
 * there belongs to a struct socket, for example when the file is sent through a Unix socket.
 */
static int zx_getattr(struct zx_idmap *idmap, const struct path *path, struct kstat *stat,
		      u32 request_mask, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);

	zx_generic_fillattr(idmap, request_mask, inode, stat);
	stat->mode = (stat->mode & ~S_IFMT) | (umode_t)(unsigned long)inode->i_private;
	return 0;
}

static const struct inode_operations zx_inode_operations = {
	.getattr = zx_getattr,
};

static int zx_fs_init_context(struct fs_context *fc)
{
	struct pseudo_fs_context *context = init_pseudo(fc, ZX_FS_MAGIC);

	if (!context)
		return -ENOMEM;
	context->dops = &zx_dentry_ops;
	return 0;
}

/* Not registered, so no program can mount it. While it is mounted the module cannot be unloaded. */
static struct file_system_type zx_fs_type = {
	.name = "zircon",
	.owner = THIS_MODULE,
	.init_fs_context = zx_fs_init_context,
	.kill_sb = kill_anon_super,
};

/**
 * zx_inode_getfile - make a file with an inode of its own
 * @name:	shown in /proc/PID/fd
 * @type:	S_IFMT: the type that stat() shows
 * @fops:	the file's operations; the owner is this module
 * @private:	for private_data
 * @flags:	O_*
 *
 * Context: may sleep.
 * Return: the file, whose ->release() calls zx_inode_put_mount(); or an ERR_PTR(), and @private
 * remains the caller's.
 */
struct file *zx_inode_getfile(const char *name, umode_t type, const struct file_operations *fops,
			      void *private, int flags)
{
	struct inode *inode;
	struct file *file;
	int err;

	err = simple_pin_fs(&zx_fs_type, &zx_mount, &zx_mount_users);
	if (err)
		return ERR_PTR(err);
	inode = alloc_anon_inode(zx_mount->mnt_sb);
	if (IS_ERR(inode)) {
		file = ERR_CAST(inode);
		goto err_mount;
	}
	inode->i_private = (void *)(unsigned long)type;
	inode->i_op = &zx_inode_operations;
	file = alloc_file_pseudo(inode, zx_mount, name, flags & (O_ACCMODE | O_NONBLOCK), fops);
	if (IS_ERR(file)) {
		iput(inode);
		goto err_mount;
	}
	/* The reference to the module that fput() drops: alloc_file_pseudo() does not get one. */
	__module_get(THIS_MODULE);
	file->private_data = private;
	return file;

err_mount:
	zx_inode_put_mount();
	return file;
}

/**
 * zx_inode_put_mount - release what a file from zx_inode_getfile() keeps mounted
 */
void zx_inode_put_mount(void)
{
	simple_release_fs(&zx_mount, &zx_mount_users);
}
