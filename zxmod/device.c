// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/zircon: open, the table of ioctls, and their common code.
 */
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include <linux/zircon.h>

#include "account.h"
#include "birth.h"
#include "compat.h"
#include "device.h"
#include "fd.h"
#include "futex.h"
#include "handle.h"
#include "info.h"
#include "ipc/call.h"
#include "ipc/channel.h"
#include "ipc/fifo.h"
#include "ipc/port.h"
#include "ipc/socket.h"
#include "job.h"
#include "object.h"
#include "objects/clock.h"
#include "objects/counter.h"
#include "objects/event.h"
#include "objects/eventpair.h"
#include "objects/timer.h"
#include "policy.h"
#include "process.h"
#include "thread.h"
#include "trace.h"
#include "user.h"
#include "wait.h"

/**
 * struct zx_ioctl - an entry of the table
 * @handler:	does the work: gets the argument struct, copied from the program, in this module's
 *		size, and returns a status or -ERESTARTSYS
 * @cmd:	the ioctl number, with this module's size of the struct
 * @min_size:	the size of the struct in its first version, which must be accepted for ever
 * @has_handle:	the struct begins with the handle that the call works through
 * @name:	the handler's name, for the trace
 */
struct zx_ioctl {
	long (*handler)(struct zx_handle_table *table, void *args);
	unsigned int cmd;
	u16 min_size;
	bool has_handle;
	const char *name;
} __aligned(32); /* a power of two, since each call multiplies by it */

#define ZX_IOCTL_FIRST	0x40

/* Words of the largest argument struct; the sizes of all are multiples of a word. */
#define ZX_ARGS_WORDS	(sizeof(struct zx_ioc_channel_call) / sizeof(u64))

/*
 * Checks the sizes of the first versions, up to the last field of each. Fields that are appended
 * later change nothing here.
 */
#define ZX_FIRST_VERSION(type, last, size)	\
	static_assert(offsetofend(struct type, last) == (size))

ZX_FIRST_VERSION(zxl_version, features, ZXL_VERSION_SIZE_V0);
ZX_FIRST_VERSION(zxl_ioc_open, reserved, ZXL_IOC_OPEN_SIZE_V0);
ZX_FIRST_VERSION(zxl_ioc_fd, out, ZXL_IOC_FD_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_handle, out, ZX_IOC_HANDLE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_handle_close_many, count, ZX_IOC_HANDLE_CLOSE_MANY_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_object_signal, reserved, ZX_IOC_OBJECT_SIGNAL_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_object_wait_one, observed, ZX_IOC_OBJECT_WAIT_ONE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_object_wait_many, deadline, ZX_IOC_OBJECT_WAIT_MANY_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_object_wait_async, options, ZX_IOC_OBJECT_WAIT_ASYNC_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_object_get_info, avail, ZX_IOC_OBJECT_GET_INFO_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_object_property, value_size, ZX_IOC_OBJECT_PROPERTY_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_object_get_child, out, ZX_IOC_OBJECT_GET_CHILD_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_create, out1, ZX_IOC_CREATE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_channel_write, num_handles, ZX_IOC_CHANNEL_WRITE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_channel_read, actual_handles, ZX_IOC_CHANNEL_READ_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_channel_call, txid, ZX_IOC_CHANNEL_CALL_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_socket_io, actual, ZX_IOC_SOCKET_IO_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_socket_disposition, reserved, ZX_IOC_SOCKET_DISPOSITION_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_socket_share, socket, ZX_IOC_SOCKET_SHARE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_fifo_create, out1, ZX_IOC_FIFO_CREATE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_fifo_io, actual, ZX_IOC_FIFO_IO_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_port_queue, packet, ZX_IOC_PORT_QUEUE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_port_wait, packet, ZX_IOC_PORT_WAIT_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_port_cancel, key, ZX_IOC_PORT_CANCEL_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_timer_create, out, ZX_IOC_TIMER_CREATE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_timer_set, slack, ZX_IOC_TIMER_SET_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_counter, value, ZX_IOC_COUNTER_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_counter_read, out, ZX_IOC_COUNTER_READ_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_clock_create, out, ZX_IOC_CLOCK_CREATE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_clock_read, out, ZX_IOC_CLOCK_READ_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_clock, args, ZX_IOC_CLOCK_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_process_exit, retcode, ZX_IOC_PROCESS_EXIT_SIZE_V0);
ZX_FIRST_VERSION(zxl_ioc_process, out, ZXL_IOC_PROCESS_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_thread_create, out, ZX_IOC_THREAD_CREATE_SIZE_V0);
ZX_FIRST_VERSION(zxl_ioc_thread_begin, options, ZXL_IOC_THREAD_BEGIN_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_job_create, out, ZX_IOC_JOB_CREATE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_job_set_policy, policy, ZX_IOC_JOB_SET_POLICY_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_job_set_critical, reserved, ZX_IOC_JOB_SET_CRITICAL_SIZE_V0);
ZX_FIRST_VERSION(zxl_ioc_job_open, out, ZXL_IOC_JOB_OPEN_SIZE_V0);
ZX_FIRST_VERSION(zxl_ioc_process_create, out, ZXL_IOC_PROCESS_CREATE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_futex_wait, deadline, ZX_IOC_FUTEX_WAIT_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_futex_wake, options, ZX_IOC_FUTEX_WAKE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_futex_requeue, moved, ZX_IOC_FUTEX_REQUEUE_SIZE_V0);
ZX_FIRST_VERSION(zx_ioc_futex_get_owner, koid, ZX_IOC_FUTEX_GET_OWNER_SIZE_V0);

/* The last terms are zero, or fail the build if a struct or a name is too large. */
#define __ZX_IOCTL(_cmd, _handler, _min_size, _has_handle)		\
	[_IOC_NR(_cmd) - ZX_IOCTL_FIRST] = {				\
		_handler, _cmd, (_min_size) +				\
		BUILD_BUG_ON_ZERO(_IOC_SIZE(_cmd) > ZX_ARGS_WORDS * sizeof(u64)) + \
		BUILD_BUG_ON_ZERO(sizeof(#_handler) > ZX_HANDLER_NAME_LEN), \
		_has_handle, #_handler					\
	}

/* A call through a handle, with which its arguments begin; and one without. */
#define ZX_IOCTL(_cmd, _handler, _min_size)		\
	__ZX_IOCTL(_cmd, _handler, _min_size, true)
#define ZX_IOCTL_NO_HANDLE(_cmd, _handler, _min_size)	\
	__ZX_IOCTL(_cmd, _handler, _min_size, false)

static const struct zx_ioctl zx_ioctls[] = {
	ZX_IOCTL_NO_HANDLE(ZXL_IOC_PROCESS_SELF, zxl_ioc_process_self, ZX_IOC_HANDLE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZXL_IOC_PROCESS_OPEN, zxl_ioc_process_open, ZXL_IOC_PROCESS_SIZE_V0),
	ZX_IOCTL(ZXL_IOC_PROCESS_PID, zxl_ioc_process_pid, ZXL_IOC_PROCESS_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZXL_IOC_THREAD_SELF, zxl_ioc_thread_self, ZX_IOC_HANDLE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZXL_IOC_THREAD_OPEN, zxl_ioc_thread_open, ZXL_IOC_PROCESS_SIZE_V0),
	ZX_IOCTL(ZXL_IOC_THREAD_BEGIN, zxl_ioc_thread_begin, ZXL_IOC_THREAD_BEGIN_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZXL_IOC_JOB_OPEN, zxl_ioc_job_open, ZXL_IOC_JOB_OPEN_SIZE_V0),
	ZX_IOCTL(ZXL_IOC_PROCESS_CREATE, zxl_ioc_process_create, ZXL_IOC_PROCESS_CREATE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZXL_IOC_PROCESS_STARTUP, zxl_ioc_process_startup,
			   ZX_IOC_HANDLE_SIZE_V0),
	ZX_IOCTL(ZXL_IOC_HANDLE_EXPORT, zxl_ioc_handle_export, ZXL_IOC_FD_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZXL_IOC_HANDLE_IMPORT, zxl_ioc_handle_import, ZXL_IOC_FD_SIZE_V0),
	ZX_IOCTL(ZXL_IOC_HANDLE_WATCH, zxl_ioc_handle_watch, ZXL_IOC_FD_SIZE_V0),

	ZX_IOCTL(ZX_IOC_HANDLE_CLOSE, zx_ioc_handle_close, ZX_IOC_HANDLE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZX_IOC_HANDLE_CLOSE_MANY, zx_ioc_handle_close_many,
			   ZX_IOC_HANDLE_CLOSE_MANY_SIZE_V0),
	ZX_IOCTL(ZX_IOC_HANDLE_DUPLICATE, zx_ioc_handle_duplicate, ZX_IOC_HANDLE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_HANDLE_REPLACE, zx_ioc_handle_replace, ZX_IOC_HANDLE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_HANDLE_CHECK_VALID, zx_ioc_handle_check_valid, ZX_IOC_HANDLE_SIZE_V0),

	ZX_IOCTL(ZX_IOC_OBJECT_SIGNAL, zx_ioc_object_signal, ZX_IOC_OBJECT_SIGNAL_SIZE_V0),
	ZX_IOCTL(ZX_IOC_OBJECT_SIGNAL_PEER, zx_ioc_object_signal_peer,
		 ZX_IOC_OBJECT_SIGNAL_SIZE_V0),
	ZX_IOCTL(ZX_IOC_OBJECT_WAIT_ONE, zx_ioc_object_wait_one, ZX_IOC_OBJECT_WAIT_ONE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZX_IOC_OBJECT_WAIT_MANY, zx_ioc_object_wait_many,
			   ZX_IOC_OBJECT_WAIT_MANY_SIZE_V0),
	ZX_IOCTL(ZX_IOC_OBJECT_WAIT_ASYNC, zx_ioc_object_wait_async,
		 ZX_IOC_OBJECT_WAIT_ASYNC_SIZE_V0),
	ZX_IOCTL(ZX_IOC_OBJECT_GET_INFO, zx_ioc_object_get_info, ZX_IOC_OBJECT_GET_INFO_SIZE_V0),
	ZX_IOCTL(ZX_IOC_OBJECT_GET_PROPERTY, zx_ioc_object_get_property,
		 ZX_IOC_OBJECT_PROPERTY_SIZE_V0),
	ZX_IOCTL(ZX_IOC_OBJECT_SET_PROPERTY, zx_ioc_object_set_property,
		 ZX_IOC_OBJECT_PROPERTY_SIZE_V0),
	ZX_IOCTL(ZX_IOC_OBJECT_GET_CHILD, zx_ioc_object_get_child, ZX_IOC_OBJECT_GET_CHILD_SIZE_V0),

	ZX_IOCTL_NO_HANDLE(ZX_IOC_EVENT_CREATE, zx_ioc_event_create, ZX_IOC_CREATE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZX_IOC_EVENTPAIR_CREATE, zx_ioc_eventpair_create, ZX_IOC_CREATE_SIZE_V0),

	ZX_IOCTL_NO_HANDLE(ZX_IOC_CHANNEL_CREATE, zx_ioc_channel_create, ZX_IOC_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CHANNEL_READ, zx_ioc_channel_read, ZX_IOC_CHANNEL_READ_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CHANNEL_READ_ETC, zx_ioc_channel_read_etc, ZX_IOC_CHANNEL_READ_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CHANNEL_WRITE, zx_ioc_channel_write, ZX_IOC_CHANNEL_WRITE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CHANNEL_WRITE_ETC, zx_ioc_channel_write_etc, ZX_IOC_CHANNEL_WRITE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CHANNEL_CALL_NORETRY, zx_ioc_channel_call_noretry,
		 ZX_IOC_CHANNEL_CALL_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CHANNEL_CALL_FINISH, zx_ioc_channel_call_finish,
		 ZX_IOC_CHANNEL_CALL_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CHANNEL_CALL_ETC_NORETRY, zx_ioc_channel_call_etc_noretry,
		 ZX_IOC_CHANNEL_CALL_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CHANNEL_CALL_ETC_FINISH, zx_ioc_channel_call_etc_finish,
		 ZX_IOC_CHANNEL_CALL_SIZE_V0),

	ZX_IOCTL_NO_HANDLE(ZX_IOC_SOCKET_CREATE, zx_ioc_socket_create, ZX_IOC_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_SOCKET_READ, zx_ioc_socket_read, ZX_IOC_SOCKET_IO_SIZE_V0),
	ZX_IOCTL(ZX_IOC_SOCKET_WRITE, zx_ioc_socket_write, ZX_IOC_SOCKET_IO_SIZE_V0),
	ZX_IOCTL(ZX_IOC_SOCKET_SET_DISPOSITION, zx_ioc_socket_set_disposition,
		 ZX_IOC_SOCKET_DISPOSITION_SIZE_V0),
	ZX_IOCTL(ZX_IOC_SOCKET_SHARE, zx_ioc_socket_share, ZX_IOC_SOCKET_SHARE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_SOCKET_ACCEPT, zx_ioc_socket_accept, ZX_IOC_HANDLE_SIZE_V0),

	ZX_IOCTL_NO_HANDLE(ZX_IOC_FIFO_CREATE, zx_ioc_fifo_create, ZX_IOC_FIFO_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_FIFO_READ, zx_ioc_fifo_read, ZX_IOC_FIFO_IO_SIZE_V0),
	ZX_IOCTL(ZX_IOC_FIFO_WRITE, zx_ioc_fifo_write, ZX_IOC_FIFO_IO_SIZE_V0),

	ZX_IOCTL_NO_HANDLE(ZX_IOC_PORT_CREATE, zx_ioc_port_create, ZX_IOC_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_PORT_QUEUE, zx_ioc_port_queue, ZX_IOC_PORT_QUEUE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_PORT_WAIT, zx_ioc_port_wait, ZX_IOC_PORT_WAIT_SIZE_V0),
	ZX_IOCTL(ZX_IOC_PORT_CANCEL, zx_ioc_port_cancel, ZX_IOC_PORT_CANCEL_SIZE_V0),
	ZX_IOCTL(ZX_IOC_PORT_CANCEL_KEY, zx_ioc_port_cancel_key, ZX_IOC_PORT_CANCEL_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZX_IOC_TIMER_CREATE, zx_ioc_timer_create, ZX_IOC_TIMER_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_TIMER_SET, zx_ioc_timer_set, ZX_IOC_TIMER_SET_SIZE_V0),
	ZX_IOCTL(ZX_IOC_TIMER_CANCEL, zx_ioc_timer_cancel, ZX_IOC_HANDLE_SIZE_V0),

	ZX_IOCTL_NO_HANDLE(ZX_IOC_COUNTER_CREATE, zx_ioc_counter_create, ZX_IOC_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_COUNTER_READ, zx_ioc_counter_read, ZX_IOC_COUNTER_READ_SIZE_V0),
	ZX_IOCTL(ZX_IOC_COUNTER_WRITE, zx_ioc_counter_write, ZX_IOC_COUNTER_SIZE_V0),
	ZX_IOCTL(ZX_IOC_COUNTER_ADD, zx_ioc_counter_add, ZX_IOC_COUNTER_SIZE_V0),

	ZX_IOCTL_NO_HANDLE(ZX_IOC_CLOCK_CREATE, zx_ioc_clock_create, ZX_IOC_CLOCK_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CLOCK_READ, zx_ioc_clock_read, ZX_IOC_CLOCK_READ_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CLOCK_GET_DETAILS, zx_ioc_clock_get_details, ZX_IOC_CLOCK_SIZE_V0),
	ZX_IOCTL(ZX_IOC_CLOCK_UPDATE, zx_ioc_clock_update, ZX_IOC_CLOCK_SIZE_V0),

	ZX_IOCTL(ZX_IOC_TASK_KILL, zx_ioc_task_kill, ZX_IOC_HANDLE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZX_IOC_PROCESS_EXIT, zx_ioc_process_exit, ZX_IOC_PROCESS_EXIT_SIZE_V0),
	ZX_IOCTL(ZX_IOC_THREAD_CREATE, zx_ioc_thread_create, ZX_IOC_THREAD_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_JOB_CREATE, zx_ioc_job_create, ZX_IOC_JOB_CREATE_SIZE_V0),
	ZX_IOCTL(ZX_IOC_JOB_SET_POLICY, zx_ioc_job_set_policy, ZX_IOC_JOB_SET_POLICY_SIZE_V0),
	ZX_IOCTL(ZX_IOC_JOB_SET_CRITICAL, zx_ioc_job_set_critical,
		 ZX_IOC_JOB_SET_CRITICAL_SIZE_V0),

	ZX_IOCTL_NO_HANDLE(ZX_IOC_FUTEX_WAIT, zx_ioc_futex_wait, ZX_IOC_FUTEX_WAIT_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZX_IOC_FUTEX_WAKE, zx_ioc_futex_wake, ZX_IOC_FUTEX_WAKE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZX_IOC_FUTEX_REQUEUE, zx_ioc_futex_requeue,
			   ZX_IOC_FUTEX_REQUEUE_SIZE_V0),
	ZX_IOCTL_NO_HANDLE(ZX_IOC_FUTEX_GET_OWNER, zx_ioc_futex_get_owner,
			   ZX_IOC_FUTEX_GET_OWNER_SIZE_V0),
};

static int zx_open(struct inode *inode, struct file *file)
{
	/* A kernel thread has no program that could own handles. */
	if (!current->mm)
		return -EINVAL;
	/* The library is for 64-bit programs; others get an error when they open the device. */
	if (in_compat_syscall())
		return -EOPNOTSUPP;
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

/* A shorter struct is filled as far as it goes; the rest of a longer one is set to zero. */
static long zx_ioctl_version(void __user *user, size_t size)
{
	const struct zxl_version version = {
		.major = ZXL_ABI_MAJOR,
		.minor = ZXL_ABI_MINOR,
		.features = ZXL_FEATURE_EVENT | ZXL_FEATURE_CHANNEL | ZXL_FEATURE_FD |
			    ZXL_FEATURE_SOCKET | ZXL_FEATURE_FIFO | ZXL_FEATURE_PORT |
			    ZXL_FEATURE_TIMER | ZXL_FEATURE_COUNTER | ZXL_FEATURE_CLOCK |
			    ZXL_FEATURE_PROCESS | ZXL_FEATURE_FUTEX | ZXL_FEATURE_JOB,
	};

	size_t known = min(size, sizeof(version));

	if (size < ZXL_VERSION_SIZE_V0)
		return -EINVAL;
	if (copy_to_user(user, &version, known) || clear_user(user + known, size - known))
		return -EFAULT;
	return 0;
}

static bool zx_ioctl_is(unsigned int cmd, unsigned int which)
{
	return !((cmd ^ which) & ~IOCSIZE_MASK);
}

static long zx_ioctl_run(const struct zx_ioctl *ioctl, struct zx_handle_table *table, u64 *args)
{
	long ret = ioctl->handler(table, args);

	/*
	 * -EINTR, so that the kernel does not restart the call: if the handle is closed by then,
	 * the library must return ZX_ERR_CANCELED, not ZX_ERR_BAD_HANDLE.
	 */
	return likely(ret != -ERESTARTSYS) ? -ret : -EINTR;
}

/*
 * Opens the device anew for a caller that has only a file of another program. dentry_open() finds
 * the inode through the file's path, also after a mount or unlink has changed what the name means,
 * and the open file keeps this module loaded. zx_ioctl_open() does not check permissions: the
 * program that opened the file had them, and has passed the file on. The new file has the same
 * access mode. A file that was opened with O_PATH has no ioctls.
 */
static long zx_ioctl_open(struct file *file, void __user *user, size_t size)
{
	struct zxl_ioc_open arg;
	struct file *opened;
	int fd, err, status;

	if (size < ZXL_IOC_OPEN_SIZE_V0)
		return -EINVAL;
	err = copy_struct_from_user(&arg, sizeof(arg), user, size);
	if (err)
		return err;
	if (arg.flags || arg.reserved)
		return -ZX_ERR_INVALID_ARGS;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return -zx_fd_status(fd);
	opened = dentry_open(&file->f_path, file->f_flags & O_ACCMODE, current_cred());
	if (IS_ERR(opened)) {
		status = zx_fd_status(PTR_ERR(opened));
		goto err_put;
	}
	status = zx_put_u32(arg.out, fd);
	if (status) {
		fput(opened);
		goto err_put;
	}
	fd_install(fd, opened);
	return 0;

err_put:
	put_unused_fd(fd);
	return -status;
}

/* Runs an ioctl while calls are traced. */
static noinline long zx_ioctl_traced(const struct zx_ioctl *ioctl, struct zx_handle_table *table,
				     u64 *args)
{
	u32 nr = _IOC_NR(ioctl->cmd), handle = ioctl->has_handle ? *(u32 *)args : 0;
	long ret;

	zx_trace_call_enter(ioctl->name, nr, handle);
	ret = zx_ioctl_run(ioctl, table, args);
	zx_trace_call_exit(ioctl->name, nr, handle, -ret);
	return ret;
}

/*
 * Ioctls without this module's number and size, or from another program than the table's; and all
 * while calls are traced, so that zx_ioctl() is not slower when they are not.
 */
static noinline long zx_ioctl_odd(struct file *file, const struct zx_ioctl *ioctl,
				  unsigned int cmd, void __user *user)
{
	struct zx_handle_table *table = file->private_data;
	size_t size = _IOC_SIZE(cmd);
	u64 args[ZX_ARGS_WORDS];
	int err;

	/* These two are answered for every caller. */
	if (zx_ioctl_is(cmd, ZXL_IOC_VERSION))
		return zx_ioctl_version(user, size);
	if (zx_ioctl_is(cmd, ZXL_IOC_OPEN))
		return zx_ioctl_open(file, user, size);
	if (!ioctl->handler || !zx_ioctl_is(cmd, ioctl->cmd))
		return -ENOTTY;
	if (!zx_handle_table_is_current(table)) {
		zx_process_flush(table);
		return -ESTALE;
	}
	if (size < ioctl->min_size)
		return -EINVAL;
	err = copy_struct_from_user(args, _IOC_SIZE(ioctl->cmd), user, size);
	if (err)
		return err;
	if (zx_trace_calls())
		return zx_ioctl_traced(ioctl, table, args);
	return zx_ioctl_run(ioctl, table, args);
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
	if (unlikely(cmd != ioctl->cmd || !zx_handle_table_is_current(table) || zx_trace_calls()))
		return zx_ioctl_odd(file, ioctl, cmd, user);
	/* All sizes are whole words: rounding tells the compiler so, and the copy has no tail. */
	if (unlikely(zx_copy_from_user_short(args, user, round_down(_IOC_SIZE(cmd), 8))))
		return -EFAULT;
	return zx_ioctl_run(ioctl, table, args);
}

#ifdef CONFIG_PROC_FS
/*
 * Counts the handles in a table, by type. The reader walks the table, which may have a million
 * handles; it can be killed meanwhile. A table that is closed has none.
 */
static void zx_show_handles(struct seq_file *m, struct zx_handle_table *table)
{
	u32 counts[ZX_OBJ_TYPE_UPPER_BOUND] = {}, total = 0, type;
	struct zx_handle_cursor cursor = {};

	while (zx_handle_next(table, &cursor)) {
		counts[cursor.object->ops->type]++;
		total++;
		zx_object_put(cursor.object);
	}
	seq_printf(m, "zircon-handles:\t%u\n", total);
	for (type = 0; type < ARRAY_SIZE(counts); type++)
		if (counts[type])
			seq_printf(m, "zircon-handles-%s:\t%u\n", zx_type_names[type].type,
				   counts[type]);
}

/*
 * Shows what the user of the program that owns the file is charged in total, and the limit; and
 * the program's handles.
 */
static void zx_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct zx_handle_table *table = file->private_data;

	/* A program that received the file must not see what the owner has. */
	if (!zx_account_may_see(table->account))
		return;
	seq_printf(m, "zircon-user:\t%u\n", zx_account_uid(table->account, seq_user_ns(m)));
	seq_printf(m, "zircon-user-bytes:\t%lu\n", zx_account_used(table->account));
	seq_printf(m, "zircon-user-bytes-max:\t%lu\n", zx_account_limit(table->account));
	zx_show_handles(m, table);
}
#endif

static const struct file_operations zx_fops = {
	.owner = THIS_MODULE,
	.open = zx_open,
	.flush = zx_flush,
	.release = zx_release,
	.unlocked_ioctl = zx_ioctl,
	.fasync = zx_no_fasync,
	.llseek = noop_llseek,
#ifdef CONFIG_PROC_FS
	.show_fdinfo = zx_show_fdinfo,
#endif
};

static struct miscdevice zx_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "zircon",
	.fops = &zx_fops,
	/* Opening the device gives access to no object: that needs a handle. */
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
