// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exported handles and watches: the files behind zxl_handle_export(), _import() and
 * _watch().
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/refcount.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/uio.h>

#include <linux/zircon.h>

#include "compat.h"
#include "fd.h"
#include "handle.h"
#include "inode.h"
#include "object.h"
#include "user.h"
#include "wait.h"

/* Bytes of a file without its private data. */
#define ZX_FILE_COST	(sizeof(struct file) + sizeof(struct dentry))

/**
 * struct zx_exported - the private data of the file of an exported handle
 * @handle:	the handle; the file has a reference to the object of its own, since its pollers are
 *		on the object's wait queue until the file is released
 * @has_handle:	whether the file still has the handle
 * @account:	the account of the thread that exported the handle, which pays for the file; the
 *		file has a reference
 * @listed:	in the list of files of the user of @account
 */
struct zx_exported {
	struct zx_file_entry listed;
	struct zx_handle handle;
	atomic_t has_handle;
	struct zx_account *account;
};

/* The bytes that are charged for the file of an exported handle to @object. */
static size_t zx_exported_cost(const struct zx_object *object)
{
	return sizeof(struct zx_exported) + ZX_FILE_COST + (object->ops->file ? ZX_INODE_COST : 0);
}

static int zx_exported_release(struct inode *inode, struct file *file)
{
	struct zx_exported *exported = file->private_data;
	struct zx_object *object = exported->handle.object;

	if (object->ops->file)
		zx_inode_put_mount();
	zx_files_end(zx_account_user(exported->account), &exported->listed);
	zx_account_release(exported->account, zx_exported_cost(object));
	if (atomic_xchg(&exported->has_handle, 0)) {
		zx_trace_handle(ZX_MOVE_DROPPED, object, 0, NULL);
		zx_object_close_handle(object);
	}
	zx_object_put(object);
	kfree(exported);
	return 0;
}

/**
 * zx_files_begin - begin an iteration over the exported handles that a user pays for
 * @user:	the user; the caller has a reference
 * @bookmark:	receives the position
 *
 * zx_files_end() ends it. What is exported meanwhile is not found: it is before the bookmark.
 */
void zx_files_begin(struct zx_account *user, struct zx_file_entry *bookmark)
{
	bookmark->bookmark = true;
	spin_lock(&user->files_lock);
	hlist_add_head(&bookmark->entry, &user->files);
	spin_unlock(&user->files_lock);
}

/* How many entries are visited before the lock is dropped. */
#define ZX_FILES_BATCH	64

/**
 * zx_files_next - find the next exported handle
 * @user:	the user
 * @bookmark:	the position, which moves on
 * @handle:	receives the handle, with a reference to the object for the caller
 * @steps:	how many entries to look at; is counted down
 *
 * Context: may sleep.
 * Return: whether there was another; if not, and @steps is zero, there may be.
 */
bool zx_files_next(struct zx_account *user, struct zx_file_entry *bookmark,
		   struct zx_handle *handle, unsigned int *steps)
{
	struct zx_exported *exported;
	bool found = false;

	spin_lock(&user->files_lock);
	while (!found && *steps && bookmark->entry.next) {
		struct zx_file_entry *next = hlist_entry(bookmark->entry.next,
							 struct zx_file_entry, entry);

		__hlist_del(&bookmark->entry);
		hlist_add_behind(&bookmark->entry, &next->entry);
		if (!next->bookmark) {
			exported = container_of(next, struct zx_exported, listed);
			/* The file's own reference stays while it is in the list. */
			if (atomic_read(&exported->has_handle)) {
				*handle = exported->handle;
				zx_object_get(handle->object);
				found = true;
			}
		}
		if (--*steps % ZX_FILES_BATCH == 0) {
			spin_unlock(&user->files_lock);
			cond_resched();
			spin_lock(&user->files_lock);
		}
	}
	spin_unlock(&user->files_lock);
	return found;
}

/**
 * zx_files_end - remove an entry from the list of a user's files
 * @user:	the user
 * @bookmark:	the position of an iteration, or the entry of a file
 */
void zx_files_end(struct zx_account *user, struct zx_file_entry *bookmark)
{
	spin_lock(&user->files_lock);
	__hlist_del(&bookmark->entry);
	spin_unlock(&user->files_lock);
}

/* Adds the file of an exported handle to the list of the user who pays. */
static void zx_exported_list(struct zx_exported *exported)
{
	struct zx_account *user = zx_account_user(exported->account);

	spin_lock(&user->files_lock);
	hlist_add_head(&exported->listed.entry, &user->files);
	spin_unlock(&user->files_lock);
}

/* O_ASYNC is refused for all files of the module, which never send SIGIO. */
int zx_no_fasync(int fd, struct file *file, int on)
{
	return on ? -EINVAL : 0;
}

static bool zx_is_nonblocking(const struct kiocb *iocb)
{
	return iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT;
}

static __poll_t zx_exported_poll(struct file *file, poll_table *table)
{
	struct zx_exported *exported = file->private_data;
	struct zx_object *object = exported->handle.object;

	/*
	 * Without the right poll shows no signals. The poller does not join the queue: an
	 * exclusive one would use up a wake-up.
	 */
	if (!(exported->handle.rights & zx_object_poll_right(object)))
		return atomic_read(&exported->has_handle) ? 0 : EPOLLERR;
	poll_wait(file, &object->wait, table);
	/*
	 * No lock is needed, as in eventfd: poll_wait() has added the poller to the queue under
	 * the lock. A signal that was raised before that is read here; one that is raised later
	 * wakes the poller.
	 */
	if (!atomic_read(&exported->has_handle))
		return EPOLLERR;
	return zx_poll_mask(object, READ_ONCE(object->signals));
}

#ifdef CONFIG_PROC_FS
static void zx_exported_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct zx_exported *exported = file->private_data;
	struct zx_object *object = exported->handle.object;

	if (!atomic_read(&exported->has_handle)) {
		seq_puts(m, "zircon-handle:\tnone\n");
		return;
	}
	seq_printf(m, "zircon-handle:\ttype %u\n", object->ops->type);
	seq_printf(m, "zircon-koid:\t%llu\n", object->koid);
	seq_printf(m, "zircon-rights:\t%#x\n", exported->handle.rights);
	if (exported->handle.rights & zx_object_poll_right(object))
		seq_printf(m, "zircon-signals:\t%#x\n", READ_ONCE(object->signals));
	/* As zx_object_get_info(): ZX_INFO_HANDLE_BASIC needs no right, ZX_INFO_SOCKET this one. */
	if (object->ops->peer)
		seq_printf(m, "zircon-related-koid:\t%llu\n", zx_object_related_koid(object));
	if (object->ops->get_contents && exported->handle.rights & ZX_RIGHT_INSPECT) {
		struct zx_contents contents;

		object->ops->get_contents(object, &contents);
		seq_printf(m, "zircon-queued:\t%llu\n", contents.used);
		seq_printf(m, "zircon-queued-max:\t%llu\n", contents.max);
	}
}
#endif

/*
 * Whether the object's type has file operations, and the handle @right. A file without its handle
 * behaves like one that is open for neither reading nor writing.
 */
static int zx_exported_may(const struct zx_exported *exported, u32 right)
{
	if (!exported->handle.object->ops->file)
		return -EINVAL;
	return exported->handle.rights & right && atomic_read(&exported->has_handle) ? 0 : -EBADF;
}

static ssize_t zx_exported_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct zx_exported *exported = iocb->ki_filp->private_data;
	struct zx_object *object = exported->handle.object;

	return zx_exported_may(exported, ZX_RIGHT_READ) ?:
	       object->ops->file->read(object, to, zx_is_nonblocking(iocb), &exported->has_handle);
}

static ssize_t zx_exported_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct zx_exported *exported = iocb->ki_filp->private_data;
	struct zx_object *object = exported->handle.object;

	return zx_exported_may(exported, ZX_RIGHT_WRITE) ?:
	       object->ops->file->write(object, from, zx_is_nonblocking(iocb),
					iocb->ki_flags & IOCB_NOSIGNAL, &exported->has_handle);
}

static ssize_t zx_exported_splice_read(struct file *file, loff_t *pos, struct pipe_inode_info *pipe,
				       size_t len, unsigned int flags)
{
	struct zx_exported *exported = file->private_data;
	struct zx_object *object = exported->handle.object;
	bool nonblock = file->f_flags & O_NONBLOCK || flags & SPLICE_F_NONBLOCK;

	return zx_exported_may(exported, ZX_RIGHT_READ) ?:
	       object->ops->file->splice_read(object, pipe, len, nonblock, &exported->has_handle);
}

static ssize_t zx_exported_splice_write(struct pipe_inode_info *pipe, struct file *file,
					loff_t *pos, size_t len, unsigned int flags)
{
	struct zx_exported *exported = file->private_data;
	struct zx_object *object = exported->handle.object;

	return zx_exported_may(exported, ZX_RIGHT_WRITE) ?:
	       object->ops->file->splice_write(object, pipe, len, flags,
					       file->f_flags & O_NONBLOCK, &exported->has_handle);
}

static long zx_exported_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct zx_exported *exported = file->private_data;
	struct zx_object *object = exported->handle.object;

	if (!object->ops->file)
		return -ENOTTY;
	if (!atomic_read(&exported->has_handle))
		return -EBADF;
	return object->ops->file->ioctl(object, exported->handle.rights, cmd, arg);
}

static const struct file_operations zx_exported_fops = {
	.owner = THIS_MODULE,
	.release = zx_exported_release,
	.poll = zx_exported_poll,
	.read_iter = zx_exported_read_iter,
	.write_iter = zx_exported_write_iter,
	.splice_read = zx_exported_splice_read,
	.splice_write = zx_exported_splice_write,
	.unlocked_ioctl = zx_exported_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.fasync = zx_no_fasync,
#ifdef CONFIG_PROC_FS
	.show_fdinfo = zx_exported_show_fdinfo,
#endif
};

/**
 * zx_fd_status - the status for a descriptor or file that cannot be made
 * @err:	a negative errno
 *
 * Return: a status.
 */
int zx_fd_status(long err)
{
	switch (err) {
	case -ENOMEM:
		return ZX_ERR_NO_MEMORY;
	case -EACCES:
	case -EPERM:
		return ZX_ERR_ACCESS_DENIED;
	default:
		return ZX_ERR_NO_RESOURCES;
	}
}

/*
 * Reserves a descriptor, writes its number to the program and makes the file, with @type in st_mode
 * unless that is zero, opened with @mode. Returns the descriptor or a status. The caller calls
 * fd_install() next, or put_unused_fd() and fput().
 */
static int zx_fd_prepare(const char *name, umode_t type, const struct file_operations *fops,
			 void *private, int mode, u64 out, struct file **file)
{
	int fd, status;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return zx_fd_status(fd);
	status = zx_put_u32(out, fd);
	if (status)
		goto err_put;
	if (type)
		*file = zx_inode_getfile(name, type, fops, private, mode);
	else
		*file = anon_inode_getfile(name, fops, private, mode);
	if (IS_ERR(*file)) {
		status = zx_fd_status(PTR_ERR(*file));
		goto err_put;
	}
	return fd;

err_put:
	put_unused_fd(fd);
	return status;
}

/* The mode of the file of a handle with these rights. */
static int zx_exported_mode(u32 rights)
{
	if (!(rights & ZX_RIGHT_WRITE))
		return O_RDONLY;
	return rights & ZX_RIGHT_READ ? O_RDWR : O_WRONLY;
}

long zxl_ioc_handle_export(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_fd *arg = args;
	struct zx_exported *exported;
	struct zx_account *account;
	struct zx_handle handle;
	struct zx_object *object;
	struct file *file;
	int fd, status;

	if (arg->fd || arg->signals || arg->options)
		return ZX_ERR_INVALID_ARGS;
	/* The file is made before the handle is removed from the table. */
	if (!zx_handle_get(table, arg->handle, &handle))
		return zx_handle_bad(table);
	object = handle.object;
	if (!(handle.rights & ZX_RIGHT_TRANSFER)) {
		status = ZX_ERR_ACCESS_DENIED;
		goto err_put;
	}
	account = zx_account_charge_caller(table->account, zx_exported_cost(object));
	if (!account) {
		status = ZX_ERR_NO_MEMORY;
		goto err_put;
	}
	exported = kzalloc(sizeof(*exported), ZX_GFP);
	if (!exported) {
		status = ZX_ERR_NO_MEMORY;
		goto err_release;
	}
	exported->handle = handle;
	exported->account = account;
	fd = zx_fd_prepare(zx_type_names[object->ops->type].exported,
			   object->ops->file ? object->ops->file->mode : 0, &zx_exported_fops,
			   exported, zx_exported_mode(handle.rights), arg->out, &file);
	if (fd < 0) {
		status = fd;
		goto err_free;
	}
	zx_exported_list(exported);

	/* The file has the reference from here on. */
	status = zx_handle_take_same(table, arg->handle, &handle);
	if (status) {
		put_unused_fd(fd);
		fput(file);
		return status;
	}
	zx_trace_handle(ZX_MOVE_EXPORTED, object, arg->handle, table);
	atomic_set(&exported->has_handle, 1);
	/* RWF_NOWAIT works, and io_uring polls the file where it would wait. */
	if (object->ops->file)
		file->f_mode |= FMODE_NOWAIT;
	fd_install(fd, file);
	return ZX_OK;

err_free:
	kfree(exported);
err_release:
	zx_account_release(account, zx_exported_cost(object));
err_put:
	zx_object_put(object);
	return status;
}

long zxl_ioc_handle_import(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_fd *arg = args;
	struct zx_exported *exported;
	struct file *file;
	int status;
	u32 value;

	if (arg->handle || arg->signals || arg->options)
		return ZX_ERR_INVALID_ARGS;
	file = fget(arg->fd);
	if (!file)
		return ZX_ERR_BAD_HANDLE;
	if (file->f_op != &zx_exported_fops) {
		status = ZX_ERR_WRONG_TYPE;
		goto out_put;
	}
	exported = file->private_data;
	if (!atomic_read(&exported->has_handle)) {
		status = ZX_ERR_BAD_STATE;
		goto out_put;
	}
	status = zx_handle_reserve(table, 1, &value);
	if (status)
		goto out_put;
	status = zx_put_u32(arg->out, value);
	/* Last, since another import from this file fails from here on. */
	if (!status && !atomic_xchg(&exported->has_handle, 0))
		status = ZX_ERR_BAD_STATE;
	if (status) {
		zx_handle_unreserve(table, 1, &value);
	} else {
		struct zx_object *object = exported->handle.object;

		zx_trace_handle(ZX_MOVE_IMPORTED, object, value, table);
		zx_handle_install(table, value, exported->handle);
		/*
		 * From now on poll shows EPOLLERR for this file. All pollers of the object are
		 * woken, since the first one may poll another file.
		 */
		zx_object_lock(object);
		zx_poll_wake(&object->wait, EPOLLERR, true, 0);
		zx_object_unlock(object);
	}
out_put:
	fput(file);
	return status;
}

/**
 * struct zx_watch - the private data of the file of a watch
 * @observer:	on its lists until the handle is gone
 * @wait:	the pollers of the file; they are woken with the events of the file, which differ
 *		from the object's
 * @refs:	references of the file, and of threads that are about to wake its pollers
 * @gone:	the handle was closed or replaced, exported, shared, received, or sent with fewer
 *		rights; guarded by the object's lock
 *
 * The account of the observer pays for the watch. The watch has references to that account and to
 * the object.
 */
struct zx_watch {
	struct zx_observer observer;
	wait_queue_head_t wait;
	refcount_t refs;
	bool gone;
};

static struct zx_watch *zx_watch_of(struct zx_observer *observer)
{
	return container_of(observer, struct zx_watch, observer);
}

static void zx_watch_put(struct zx_watch *watch)
{
	if (!refcount_dec_and_test(&watch->refs))
		return;
	zx_object_put(watch->observer.object);
	zx_account_release(watch->observer.account, sizeof(*watch) + ZX_FILE_COST);
	kfree(watch);
}

/* The watch has a lock of its own, so that its pollers do not delay other users of the object. */
static void zx_watch_wake(struct zx_watch *watch, __poll_t events, bool all)
{
	spin_lock_irq(&watch->wait.lock);
	zx_poll_wake(&watch->wait, events, all, 0);
	spin_unlock_irq(&watch->wait.lock);
	zx_watch_put(watch);
}

static void zx_watch_wake_one(void *watch)
{
	zx_watch_wake(watch, EPOLLIN | EPOLLRDNORM, false);
}

static void zx_watch_wake_all(void *watch)
{
	zx_watch_wake(watch, EPOLLIN | EPOLLRDNORM, true);
}

static void zx_watch_hang_up(void *watch)
{
	zx_watch_wake(watch, EPOLLHUP, true);
}

static bool zx_watch_notify(struct zx_observer *observer, u32 signals, u32 raised, u32 events,
			    struct zx_wakeups *wakeups)
{
	struct zx_watch *watch = zx_watch_of(observer);

	/* After zx_object_strobe() there is nothing to read, and an io_uring would not look. */
	if (!(observer->object->signals & observer->waitfor))
		return true;
	refcount_inc(&watch->refs);
	zx_wakeups_add(wakeups, zx_is_last(observer->object, raised & observer->waitfor) ?
		       zx_watch_wake_all : zx_watch_wake_one, watch);
	return true;
}

static void zx_watch_cancel(struct zx_observer *observer, u32 signals, struct zx_wakeups *wakeups)
{
	struct zx_watch *watch = zx_watch_of(observer);

	WRITE_ONCE(watch->gone, true);
	refcount_inc(&watch->refs);
	zx_wakeups_add(wakeups, zx_watch_hang_up, watch);
	zx_observer_off(observer);
}

static const struct zx_observer_ops zx_watch_ops = {
	.kind = ZX_OBSERVER_WAIT,
	.notify = zx_watch_notify,
	.cancel = zx_watch_cancel,
};

static void zx_watch_free(struct zx_watch *watch)
{
	zx_unobserve(&watch->observer);
	zx_watch_put(watch);
}

static int zx_watch_release(struct inode *inode, struct file *file)
{
	zx_watch_free(file->private_data);
	return 0;
}

static __poll_t zx_watch_poll(struct file *file, poll_table *table)
{
	struct zx_watch *watch = file->private_data;

	poll_wait(file, &watch->wait, table);
	if (READ_ONCE(watch->gone))
		return EPOLLHUP;
	return READ_ONCE(watch->observer.object->signals) & watch->observer.waitfor ?
		EPOLLIN | EPOLLRDNORM : 0;
}

#ifdef CONFIG_PROC_FS
/* Of the signals that are up it shows those that poll reports: the watch was made for no others. */
static void zx_watch_show_fdinfo(struct seq_file *m, struct file *file)
{
	const struct zx_watch *watch = file->private_data;
	const struct zx_object *object = watch->observer.object;

	if (READ_ONCE(watch->gone)) {
		seq_puts(m, "zircon-watch:\tnone\n");
		return;
	}
	seq_printf(m, "zircon-watch:\ttype %u\n", object->ops->type);
	seq_printf(m, "zircon-koid:\t%llu\n", object->koid);
	seq_printf(m, "zircon-watched-signals:\t%#x\n", watch->observer.waitfor);
	seq_printf(m, "zircon-signals:\t%#x\n",
		   READ_ONCE(object->signals) & watch->observer.waitfor);
}
#endif

static const struct file_operations zx_watch_fops = {
	.owner = THIS_MODULE,
	.release = zx_watch_release,
	.poll = zx_watch_poll,
	.fasync = zx_no_fasync,
#ifdef CONFIG_PROC_FS
	.show_fdinfo = zx_watch_show_fdinfo,
#endif
};

long zxl_ioc_handle_watch(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_fd *arg = args;
	struct zx_account *account;
	struct zx_handle handle;
	struct zx_object *object;
	struct zx_watch *watch;
	struct file *file;
	int fd, status;

	if (arg->fd || arg->options)
		return ZX_ERR_INVALID_ARGS;
	if (!zx_handle_get(table, arg->handle, &handle))
		return zx_handle_bad(table);
	object = handle.object;
	if (!(handle.rights & zx_object_poll_right(object))) {
		zx_object_put(object);
		return ZX_ERR_ACCESS_DENIED;
	}
	account = zx_account_charge_caller(table->account, sizeof(*watch) + ZX_FILE_COST);
	if (!account) {
		zx_object_put(object);
		return ZX_ERR_NO_MEMORY;
	}
	watch = kzalloc(sizeof(*watch), ZX_GFP);
	if (!watch) {
		zx_account_release(account, sizeof(*watch) + ZX_FILE_COST);
		zx_object_put(object);
		return ZX_ERR_NO_MEMORY;
	}
	init_waitqueue_head(&watch->wait);
	refcount_set(&watch->refs, 1);
	zx_observer_init(&watch->observer, &zx_watch_ops, object, account, NULL, arg->signals);
	fd = zx_fd_prepare(zx_type_names[object->ops->type].watch, 0, &zx_watch_fops, watch,
			   O_RDONLY, arg->out, &file);
	if (fd < 0) {
		zx_watch_free(watch);
		return fd;
	}

	status = zx_observe(&watch->observer, table, arg->handle, NULL);
	if (status) {
		put_unused_fd(fd);
		fput(file);
		return status;
	}
	fd_install(fd, file);
	return ZX_OK;
}
