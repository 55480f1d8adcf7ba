// SPDX-License-Identifier: MIT
/*
 * Opening /dev/zircon, and what to do when an ioctl gives no plain answer.
 *
 * The device is opened at the first call that needs it and then kept: what the process holds is
 * bound to it. A child after fork() has handles of its own, none at first, and so opens it again.
 */
#include "internal.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#define DEVICE "/dev/zircon"

_Atomic int zxi_device = -1;
_Atomic zx_handle_t zxi_process_self;

/* Held while the device is being opened; guards complained. Held across fork(), see below. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool complained;

/* One line on stderr, once: every call will fail now, and the status cannot say why. */
#define complain(...)                                                \
	do {                                                         \
		if (!complained)                                     \
			dprintf(STDERR_FILENO, "zircon: " __VA_ARGS__); \
		complained = true;                                   \
	} while (0)

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void parent_after_fork(void)
{
	pthread_mutex_unlock(&lock);
}

static void child_after_fork(void)
{
	int fd = atomic_exchange(&zxi_device, -1);
	struct zxl_version version;

	/*
	 * The child's copy of the parent's file is of no use; closing it takes nothing from the
	 * parent. Unless the program has closed it itself and has something else open in its place.
	 */
	if (fd >= 0 && zxi_ioctl(fd, ZXL_IOC_VERSION, &version) == 0)
		close(fd);
	atomic_store(&zxi_process_self, ZX_HANDLE_INVALID);
	pthread_mutex_unlock(&lock);
}

static void register_fork_handlers(void)
{
	pthread_atfork(before_fork, parent_after_fork, child_after_fork);
}

static zx_status_t status_from_errno(int err)
{
	switch (err) {
	case EFAULT:
		return ZX_ERR_INVALID_ARGS;
	case ENOMEM:
		return ZX_ERR_NO_MEMORY;
	case EMFILE:
	case ENFILE:
	case ENOSPC:
		return ZX_ERR_NO_RESOURCES;
	case EACCES:
	case EPERM:
		return ZX_ERR_ACCESS_DENIED;
	case EBADF:	/* the program has closed it */
	case ESTALE:	/* another process's, although this one has just opened it */
		return ZX_ERR_BAD_STATE;
	case ENOTTY:	/* a module without this call, or something else has this number now */
	case EINVAL:	/* a struct that the module does not take */
	case E2BIG:
	case ENOENT:	/* no module */
	case ENXIO:
	case ENODEV:
		return ZX_ERR_NOT_SUPPORTED;
	default:
		return ZX_ERR_INTERNAL;
	}
}

/* Returns a descriptor, or a negative status. */
static int open_device_locked(void)
{
	struct zxl_version version = {};
	int fd;

	do
		fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);

	/* A program without stdin, stdout or stderr may take what it opens next for one of them. */
	if (fd >= 0 && fd <= STDERR_FILENO) {
		int high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		int err = errno;

		close(fd);
		errno = err;
		fd = high;
	}
	if (fd < 0) {
		int err = errno;

		if (err == ENOENT || err == ENXIO || err == ENODEV)
			complain(DEVICE " is not there: load the module (modprobe zircon)\n");
		else
			complain("cannot open " DEVICE ": %m\n");
		return status_from_errno(err);
	}

	if (zxi_ioctl(fd, ZXL_IOC_VERSION, &version) != 0)
		complain(DEVICE " is not the device of zircon.ko\n");
	else if (version.major != ZXL_ABI_MAJOR)
		complain("the module has interface %u.%u, this library %u.%u: install both anew\n",
			 version.major, version.minor, ZXL_ABI_MAJOR, ZXL_ABI_MINOR);
	else
		return fd;
	close(fd);
	return ZX_ERR_NOT_SUPPORTED;
}

/**
 * open_device - put a working descriptor in the place of one that does not work
 * @old: what is there now; if it is not any more, another thread was faster
 *
 * @old is not closed: with clone(CLONE_FILES) it is the parent's as well.
 *
 * Return: a status.
 */
static zx_status_t open_device(int old)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	zx_status_t status = ZX_OK;
	int saved_errno = errno, cancel;

	/* open() could be where a thread is cancelled, and the lock would stay. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	pthread_once(&once, register_fork_handlers);
	pthread_mutex_lock(&lock);
	if (atomic_load(&zxi_device) == old) {
		int fd = open_device_locked();

		if (fd >= 0) {
			atomic_store(&zxi_process_self, ZX_HANDLE_INVALID);
			atomic_store(&zxi_device, fd);
		} else {
			status = fd;
		}
	}
	pthread_mutex_unlock(&lock);
	pthread_setcancelstate(cancel, NULL);
	errno = saved_errno;
	return status;
}

/*
 * A wait that a signal handler interrupted begins anew, and finds no handle if that was closed or
 * sent away meanwhile. To the caller it is one wait, during which the handle went away.
 */
static zx_status_t wait_is_canceled(unsigned long request, void *arg)
{
	if (request == ZX_IOC_OBJECT_WAIT_ONE) {
		const struct zx_ioc_object_wait_one *one = arg;
		zx_signals_t *observed = (void *)(uintptr_t)one->observed;

		if (observed)
			*observed = ZX_SIGNAL_HANDLE_CLOSED;
	} else {
		const struct zx_ioc_object_wait_many *many = arg;
		zx_wait_item_t *items = (void *)(uintptr_t)many->items;

		for (size_t i = 0; i < many->count; i++)
			items[i].pending = zx_handle_check_valid(items[i].handle) == ZX_OK ?
					   ZX_SIGNAL_NONE : ZX_SIGNAL_HANDLE_CLOSED;
	}
	return ZX_ERR_CANCELED;
}

zx_status_t zxi_device_retry(int fd, long ret, unsigned long request, void *arg)
{
	bool opened = false, interrupted = false;

	while (ret < 0) {
		/*
		 * EINTR: a signal handler ran and nothing has happened yet; deadlines are absolute.
		 * EBADF: the first call of all, otherwise a descriptor that was closed on us.
		 * ESTALE: a child that was made without fork(), and so without child_after_fork().
		 */
		if ((ret == -EBADF && fd < 0) || (ret == -ESTALE && !opened)) {
			zx_status_t status = open_device(fd);

			if (status != ZX_OK)
				return status;
			opened = true;
		} else if (ret == -EINTR) {
			interrupted = true;
		} else {
			return status_from_errno(-ret);
		}
		fd = atomic_load(&zxi_device);
		ret = zxi_ioctl(fd, request, arg);
	}
	if (interrupted && ret == -ZX_ERR_BAD_HANDLE &&
	    (request == ZX_IOC_OBJECT_WAIT_ONE || request == ZX_IOC_OBJECT_WAIT_MANY))
		return wait_is_canceled(request, arg);
	return (zx_status_t)-ret;
}
