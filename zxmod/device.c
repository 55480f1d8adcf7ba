// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/zircon: open, the table of ioctls, and the way in and out of them.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include <linux/zircon.h>

#include "compat.h"
#include "device.h"
#include "fd.h"
#include "handle.h"
#include "ipc/call.h"
#include "ipc/channel.h"
#include "ipc/fifo.h"
#include "ipc/socket.h"
#include "object.h"
#include "objects/event.h"
#include "objects/eventpair.h"
#include "process.h"
#include "user.h"
#include "wait.h"

/**
 * struct zx_ioctl - one row of the table
 * @handler:	does the work: gets the argument struct, copied from the user and as
 *		large as this module knows it, and returns a zx_status_t or -ERESTARTSYS
 * @cmd:	the ioctl number, with this module's size of the struct
 * @min_size:	the size of the struct in its first version
 */
struct zx_ioctl {
	long (*handler)(struct zx_handle_table *table, void *args);
	unsigned int cmd;
	unsigned int min_size;
};

#define ZX_IOCTL_FIRST	0x40

/* Room for every argument struct, all of which are whole words. */
#define ZX_ARGS_WORDS	(sizeof(struct zx_ioc_channel_call) / sizeof(u64))

/* The last term is zero, or stops the build where a struct is too large. */
#define ZX_IOCTL(_cmd, _handler)					\
	[_IOC_NR(_cmd) - ZX_IOCTL_FIRST] = {				\
		_handler, _cmd, _IOC_SIZE(_cmd) +			\
		BUILD_BUG_ON_ZERO(_IOC_SIZE(_cmd) > ZX_ARGS_WORDS * sizeof(u64)) \
	}

static const struct zx_ioctl zx_ioctls[] = {
	ZX_IOCTL(ZXL_IOC_PROCESS_SELF, zxl_ioc_process_self),
	ZX_IOCTL(ZXL_IOC_HANDLE_EXPORT, zxl_ioc_handle_export),
	ZX_IOCTL(ZXL_IOC_HANDLE_IMPORT, zxl_ioc_handle_import),
	ZX_IOCTL(ZXL_IOC_HANDLE_WATCH, zxl_ioc_handle_watch),

	ZX_IOCTL(ZX_IOC_HANDLE_CLOSE, zx_ioc_handle_close),
	ZX_IOCTL(ZX_IOC_HANDLE_CLOSE_MANY, zx_ioc_handle_close_many),
	ZX_IOCTL(ZX_IOC_HANDLE_DUPLICATE, zx_ioc_handle_duplicate),
	ZX_IOCTL(ZX_IOC_HANDLE_REPLACE, zx_ioc_handle_replace),
	ZX_IOCTL(ZX_IOC_HANDLE_CHECK_VALID, zx_ioc_handle_check_valid),

	ZX_IOCTL(ZX_IOC_OBJECT_SIGNAL, zx_ioc_object_signal),
	ZX_IOCTL(ZX_IOC_OBJECT_SIGNAL_PEER, zx_ioc_object_signal_peer),
	ZX_IOCTL(ZX_IOC_OBJECT_WAIT_ONE, zx_ioc_object_wait_one),
	ZX_IOCTL(ZX_IOC_OBJECT_WAIT_MANY, zx_ioc_object_wait_many),
	ZX_IOCTL(ZX_IOC_OBJECT_GET_INFO, zx_ioc_object_get_info),
	ZX_IOCTL(ZX_IOC_OBJECT_GET_PROPERTY, zx_ioc_object_get_property),
	ZX_IOCTL(ZX_IOC_OBJECT_SET_PROPERTY, zx_ioc_object_set_property),
	ZX_IOCTL(ZX_IOC_OBJECT_GET_CHILD, zx_ioc_object_get_child),

	ZX_IOCTL(ZX_IOC_EVENT_CREATE, zx_ioc_event_create),
	ZX_IOCTL(ZX_IOC_EVENTPAIR_CREATE, zx_ioc_eventpair_create),

	ZX_IOCTL(ZX_IOC_CHANNEL_CREATE, zx_ioc_channel_create),
	ZX_IOCTL(ZX_IOC_CHANNEL_READ, zx_ioc_channel_read),
	ZX_IOCTL(ZX_IOC_CHANNEL_READ_ETC, zx_ioc_channel_read_etc),
	ZX_IOCTL(ZX_IOC_CHANNEL_WRITE, zx_ioc_channel_write),
	ZX_IOCTL(ZX_IOC_CHANNEL_WRITE_ETC, zx_ioc_channel_write_etc),
	ZX_IOCTL(ZX_IOC_CHANNEL_CALL_NORETRY, zx_ioc_channel_call_noretry),
	ZX_IOCTL(ZX_IOC_CHANNEL_CALL_FINISH, zx_ioc_channel_call_finish),
	ZX_IOCTL(ZX_IOC_CHANNEL_CALL_ETC_NORETRY, zx_ioc_channel_call_etc_noretry),
	ZX_IOCTL(ZX_IOC_CHANNEL_CALL_ETC_FINISH, zx_ioc_channel_call_etc_finish),

	ZX_IOCTL(ZX_IOC_SOCKET_CREATE, zx_ioc_socket_create),
	ZX_IOCTL(ZX_IOC_SOCKET_READ, zx_ioc_socket_read),
	ZX_IOCTL(ZX_IOC_SOCKET_WRITE, zx_ioc_socket_write),
	ZX_IOCTL(ZX_IOC_SOCKET_SET_DISPOSITION, zx_ioc_socket_set_disposition),
	ZX_IOCTL(ZX_IOC_SOCKET_SHARE, zx_ioc_socket_share),
	ZX_IOCTL(ZX_IOC_SOCKET_ACCEPT, zx_ioc_socket_accept),

	ZX_IOCTL(ZX_IOC_FIFO_CREATE, zx_ioc_fifo_create),
	ZX_IOCTL(ZX_IOC_FIFO_READ, zx_ioc_fifo_read),
	ZX_IOCTL(ZX_IOC_FIFO_WRITE, zx_ioc_fifo_write),
};

static int zx_open(struct inode *inode, struct file *file)
{
	/* A kernel thread has no program that could own handles. */
	if (!current->mm)
		return -EINVAL;
	file->private_data = zx_process_open();
	return file->private_data ? 0 : -ENOMEM;
}

static int zx_flush(struct file *file, fl_owner_t id)
{
	zx_process_flush(file->private_data);
	return 0;
}

static int zx_release(struct inode *inode, struct file *file)
{
	zx_process_close(file->private_data);
	return 0;
}

static long zx_ioctl_version(void __user *user)
{
	const struct zxl_version version = {
		.major = ZXL_ABI_MAJOR,
		.minor = ZXL_ABI_MINOR,
		.features = ZXL_FEATURE_EVENT | ZXL_FEATURE_CHANNEL | ZXL_FEATURE_FD |
			    ZXL_FEATURE_SOCKET | ZXL_FEATURE_FIFO,
	};

	return copy_to_user(user, &version, sizeof(version)) ? -EFAULT : 0;
}

static long zx_ioctl_run(const struct zx_ioctl *ioctl, struct zx_handle_table *table, u64 *args)
{
	long ret = ioctl->handler(table, args);

	/*
	 * Never restarted by the kernel: the caller has to know that a handle which is not
	 * there when it calls again was there when it began to wait.
	 */
	return likely(ret != -ERESTARTSYS) ? -ret : -EINTR;
}

/* What is not one of our ioctls with the size we know, from the program we know. */
static noinline long zx_ioctl_odd(const struct zx_ioctl *ioctl, struct zx_handle_table *table,
				  unsigned int cmd, void __user *user)
{
	size_t size = _IOC_SIZE(cmd);
	u64 args[ZX_ARGS_WORDS];
	int err;

	if (cmd == ZXL_IOC_VERSION)
		return zx_ioctl_version(user);
	if (!ioctl->handler || (cmd ^ ioctl->cmd) & ~IOCSIZE_MASK)
		return -ENOTTY;
	if (!zx_handle_table_is_current(table)) {
		zx_process_flush(table);
		return -ESTALE;
	}
	if (size < ioctl->min_size)
		return -EINVAL;
	err = copy_struct_from_user(args, _IOC_SIZE(ioctl->cmd), user, size);
	return err ?: zx_ioctl_run(ioctl, table, args);
}

static long zx_ioctl(struct file *file, unsigned int cmd, unsigned long ptr)
{
	struct zx_handle_table *table = file->private_data;
	unsigned int index = _IOC_NR(cmd) - ZX_IOCTL_FIRST;
	void __user *user = (void __user *)ptr;
	u64 args[ZX_ARGS_WORDS] __uninitialized;
	const struct zx_ioctl *ioctl;

	if (unlikely(index >= ARRAY_SIZE(zx_ioctls)))
		return -ENOTTY;
	ioctl = &zx_ioctls[array_index_nospec(index, ARRAY_SIZE(zx_ioctls))];
	if (unlikely(cmd != ioctl->cmd || !zx_handle_table_is_current(table)))
		return zx_ioctl_odd(ioctl, table, cmd, user);
	/* Rounding says no more than that all are whole words, so the copy has no tail. */
	if (unlikely(zx_copy_from_user_short(args, user, round_down(_IOC_SIZE(cmd), 8))))
		return -EFAULT;
	return zx_ioctl_run(ioctl, table, args);
}

static const struct file_operations zx_fops = {
	.owner = THIS_MODULE,
	.open = zx_open,
	.flush = zx_flush,
	.release = zx_release,
	.unlocked_ioctl = zx_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice zx_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "zircon",
	.fops = &zx_fops,
	/* The device is only the door, a handle is the permission. */
	.mode = 0666,
};

int zx_device_init(void)
{
	return misc_register(&zx_device);
}

void zx_device_exit(void)
{
	misc_deregister(&zx_device);
}
