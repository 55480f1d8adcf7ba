// SPDX-License-Identifier: MIT
/*
 * Opening /dev/zircon, and what to do when an ioctl gives no plain answer.
 *
 * The device is opened at the first call that needs it and then kept: what the process holds is
 * bound to it. A child after fork() has handles of its own, none at first, and so needs a file of
 * its own. It may be in a sandbox by then, where no /dev/zircon is; but from any file of the
 * device another can be had. That is why the parent's is kept until the first call, and why a
 * program can be given one at its start, which the environment names.
 */
#define _GNU_SOURCE /* secure_getenv() */

#include "internal.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define DEVICE "/dev/zircon"

/* The environment variable with the number of a descriptor of the device. */
#define ENVIRONMENT "ZIRCON_FD"

_Atomic int zxi_device = -1;
_Atomic zx_handle_t zxi_process_self;
_Atomic zx_handle_t zxi_job_default;

/*
 * Held while the device is being opened, and across fork(); guards what follows. Signals are
 * blocked meanwhile: a handler may make calls, and would wait for the thread that it interrupted.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* What was blocked before fork(). */
static sigset_t blocked_before_fork;
static bool complained;
/* In a child of fork() that has made no call yet: its copy of the parent's descriptor, or -1. */
static int inherited = -1;
/* The descriptor before this one, or -1: a vfork() child may have put its own in its place. */
static int former = -1;

/* One line on stderr, once: every call will fail now, and the status cannot say why. */
#define complain(...)                                                \
	do {                                                         \
		if (!complained)                                     \
			dprintf(STDERR_FILENO, "zircon: " __VA_ARGS__); \
		complained = true;                                   \
	} while (0)

/* Takes the lock with all signals blocked, and tells which were before. */
static void lock_signals(sigset_t *blocked)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, blocked);
	pthread_mutex_lock(&lock);
}

static void unlock_signals(const sigset_t *blocked)
{
	pthread_mutex_unlock(&lock);
	pthread_sigmask(SIG_SETMASK, blocked, NULL);
}

/* Whether the kernel knows a descriptor as one of the device: the program may have closed it. */
static bool is_device(int fd)
{
	struct zxl_version version;

	return fd >= 0 && zxi_ioctl(fd, ZXL_IOC_VERSION, &version) == 0;
}

/* The handles that were kept are not of the process' next file. */
static void forget_handles(void)
{
	atomic_store(&zxi_process_self, ZX_HANDLE_INVALID);
	atomic_store(&zxi_job_default, ZX_HANDLE_INVALID);
}

static void before_fork(void)
{
	sigset_t blocked;

	lock_signals(&blocked);
	blocked_before_fork = blocked;
}

static void parent_after_fork(void)
{
	sigset_t blocked = blocked_before_fork;

	unlock_signals(&blocked);
}

static void child_after_fork(void)
{
	int fd = zxi_descriptor(atomic_exchange(&zxi_device, -1));
	sigset_t blocked = blocked_before_fork;

	zxi_futex_after_fork();
	zxi_utc_after_fork();
	zxi_thread_after_fork();
	zxi_startup_after_fork();
	/* A vfork() child may have left the number of its own, which this child has not. */
	if (fd >= 0 && !is_device(fd))
		fd = former;
	/* A child that has made no call passes on what it has itself got. */
	if (fd >= 0)
		inherited = fd;
	former = -1;
	forget_handles();
	unlock_signals(&blocked);
}

/*
 * When the library is loaded, and not at the first call: a fork() by another thread that is under
 * way then would not know the handlers, and the child would have the lock of a thread that it has
 * not.
 */
__attribute__((constructor)) static void register_fork_handlers(void)
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
	case EBADF:	/* the program has closed it, and again when it was opened anew */
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

/* Whether it is one, and another program's. */
static bool is_stale(int fd)
{
	struct zx_ioc_handle arg = {};

	return is_device(fd) && zxi_ioctl(fd, ZX_IOC_HANDLE_CHECK_VALID, &arg) == -ESTALE;
}

/* A file of our own by way of any file of the device: a descriptor, or -1. */
static int open_through(int door)
{
	int fd = -1;
	struct zxl_ioc_open arg = { .out = zxi_ptr(&fd) };

	if (!is_device(door) || zxi_ioctl(door, ZXL_IOC_OPEN, &arg) != 0)
		return -1;
	return fd;
}

/* The same by way of the parent's file, which goes then. */
static int open_inherited(void)
{
	int fd = open_through(inherited);

	/*
	 * Only what is certain to be the child's copy is closed: the program may have closed that
	 * and have something else open in its place, also a file of the device that it has opened
	 * itself. Where no descriptor is left, this one is given for the new one.
	 */
	if (fd >= 0 || access(DEVICE, R_OK | W_OK) == 0) {
		if (is_stale(inherited))
			close(inherited);
		inherited = -1;
	}
	return fd;
}

/* The descriptor that the environment names, or -1. Not for a program with more rights. */
static int named_by_environment(void)
{
	const char *text = secure_getenv(ENVIRONMENT);
	int fd = 0;

	if (!text || !*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || fd > (INT_MAX - 9) / 10)
			return -1;
		fd = fd * 10 + (*text - '0');
	}
	return fd;
}

/* Opens the device's path. Returns a descriptor, or -1 and errno: ENOTTY for another file there. */
static int open_path(void)
{
	int fd;

	do
		fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd >= 0 && !is_device(fd)) {
		close(fd);
		errno = ENOTTY;
		return -1;
	}
	return fd;
}

#define MISSING DEVICE " is not there: "
#define SANDBOX "put it into this chroot or container, or pass a descriptor in " ENVIRONMENT

/* Says what is to be put right, as far as can be seen from here. */
static void complain_of(int err)
{
	const char *named = secure_getenv(ENVIRONMENT);

	if (named)
		complain("cannot open " DEVICE ", and " ENVIRONMENT
			 "=%.16s is no descriptor of it\n", named);
	switch (err) {
	case ENOTTY:
		complain(DEVICE " is not the device of zircon.ko\n");
		break;
	case ENOENT:
		if (access("/sys/module/zircon", F_OK) == 0)
			complain(MISSING "the module is loaded, so " SANDBOX "\n");
		else if (access("/sys/module", F_OK) != 0)
			complain(MISSING "load the module (modprobe zircon), or " SANDBOX "\n");
		else
			complain(MISSING "load the module (modprobe zircon)\n");
		break;
	case ENXIO:
	case ENODEV:
		complain(DEVICE " leads nowhere: load the module (modprobe zircon)\n");
		break;
	default:
		errno = err;
		complain("cannot open " DEVICE ": %m\n");
		break;
	}
}

/*
 * Opens the device, through the file of another program if @stale is not negative. Returns a
 * descriptor, or a negative status.
 */
static int open_device_locked(int stale)
{
	struct zxl_version version = {};
	int fd, err = 0;

	if (is_device(former) && !is_stale(former))
		return former;
	fd = stale >= 0 ? open_through(stale) : open_inherited();
	if (fd < 0) {
		fd = open_path();
		err = errno;
	}
	if (fd < 0)
		fd = open_through(named_by_environment());

	/* A program without stdin, stdout or stderr may take what it opens next for one of them. */
	if (fd >= 0 && fd <= STDERR_FILENO) {
		int high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

		err = errno;
		close(fd);
		fd = high;
	}
	if (fd < 0) {
		complain_of(err);
		return status_from_errno(err);
	}

	if (zxi_ioctl(fd, ZXL_IOC_VERSION, &version) == 0 && version.major == ZXL_ABI_MAJOR)
		return fd;
	complain("the module has interface %u.%u, this library %u.%u: %s\n",
		 version.major, version.minor, ZXL_ABI_MAJOR, ZXL_ABI_MINOR,
		 "reload the module or reboot; if that does not help, install both anew");
	close(fd);
	return ZX_ERR_NOT_SUPPORTED;
}

/**
 * open_device - put a working descriptor in the place of one that does not work
 * @old: what is there now; if it is not any more, another thread was faster
 *
 * @old is not closed: with clone(CLONE_FILES) it is the parent's as well. A copy that came by
 * fork() is, see open_inherited().
 *
 * Return: the descriptor that works, or a negative status.
 */
static int open_device(int old)
{
	int fd, saved_errno = errno, cancel;
	sigset_t blocked;

	/* open() could be where a thread is cancelled, and the lock would stay. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	lock_signals(&blocked);
	fd = zxi_descriptor(atomic_load(&zxi_device));
	if (fd == old) {
		fd = open_device_locked(old);
		if (fd >= 0) {
			former = old;
			forget_handles();
			atomic_store(&zxi_device, zxi_tracing ? -2 - fd : fd);
		}
	}
	unlock_signals(&blocked);
	pthread_setcancelstate(cancel, NULL);
	errno = saved_errno;
	return fd;
}

/*
 * Changes nothing that a program shares with a child of vfork(), as errno: a descriptor that has to
 * be opened for this goes at the end of the program.
 */
void zxi_device_exit(struct zx_ioc_process_exit *arg)
{
	int fd = zxi_descriptor(atomic_load(&zxi_device));
	const uint64_t all = ~UINT64_C(0);

	/* Also the signals of the C library, one of which cancels a thread. */
	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&all), 0, sizeof(all), 0, 0);
	if (!is_device(fd) || is_stale(fd)) {
		fd = open_through(fd >= 0 ? fd : inherited);
		if (fd < 0)
			fd = (int)zxi_system_call(SYS_openat, (unsigned long)AT_FDCWD,
						  zxi_ptr(DEVICE), O_RDWR | O_CLOEXEC, 0, 0, 0);
	}
	if (fd >= 0)
		zxi_ioctl(fd, ZX_IOC_PROCESS_EXIT, arg);
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
	} else if (request == ZX_IOC_OBJECT_WAIT_MANY) {
		const struct zx_ioc_object_wait_many *many = arg;
		zx_wait_item_t *items = (void *)(uintptr_t)many->items;

		/* A handle that is gone fails, and leaves what it says. */
		for (size_t i = 0; i < many->count; i++) {
			items[i].pending = ZX_SIGNAL_HANDLE_CLOSED;
			zx_object_wait_one(items[i].handle, ZX_SIGNAL_NONE,
					   ZX_TIME_INFINITE_PAST, &items[i].pending);
		}
	}
	return ZX_ERR_CANCELED;
}

zx_status_t zxi_device_retry(int device, long ret, unsigned long request, void *arg)
{
	int fd = zxi_descriptor(device);

	if (device < 0 && zxi_tracing)
		return zxi_trace_call(fd, request, arg);
	return zxi_device_finish(fd, ret, request, arg);
}

zx_status_t zxi_device_finish(int fd, long ret, unsigned long request, void *arg)
{
	bool opened = false, interrupted = false;

	while (ret < 0) {
		/*
		 * EINTR: a signal handler ran and nothing has happened yet; deadlines are absolute.
		 * EBADF: the first call of all, which has not asked the kernel; or the program has
		 * closed what it did not open, or a vfork() child has left the number of its own
		 * descriptor behind.
		 * ESTALE: a child that was made without fork(), and so without child_after_fork().
		 * Else the program may have closed it, and the number is that of another file by
		 * now, which says ENOTTY, EINVAL or anything.
		 */
		if (!opened && ret != -EINTR && (ret == -ESTALE || !is_device(fd))) {
			/* Not what the variable says by then: a vfork() child may have set it. */
			fd = open_device(fd);
			if (fd < 0)
				return fd;
			opened = true;
		} else if (ret == -EINTR) {
			fd = zxi_descriptor(atomic_load(&zxi_device));
			interrupted = true;
		} else {
			return status_from_errno(-ret);
		}
		ret = zxi_ioctl(fd, request, arg);
	}
	if (interrupted && ret == -ZX_ERR_BAD_HANDLE &&
	    (request == ZX_IOC_OBJECT_WAIT_ONE || request == ZX_IOC_OBJECT_WAIT_MANY ||
	     request == ZX_IOC_PORT_WAIT))
		return wait_is_canceled(request, arg);
	return (zx_status_t)-ret;
}
