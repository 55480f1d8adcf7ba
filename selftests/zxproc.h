/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of several processes: ioctls without the library, children and their exit,
 * other users, descriptors sent over a Unix socket, and counts of slab objects, which show leaks.
 */
#ifndef ZXPROC_H
#define ZXPROC_H

#include "zxtest.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/zircon.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/*
 * A check in a child, where the harness' own checks do not work: a failure goes to the log, and the
 * child exits with CHILD_FAILED.
 */
#define CHILD_FAILED	99
#define CHILD_CHECK(condition)							\
do {										\
	if (!(condition)) {							\
		fprintf(stderr, "# %s:%d: child: %s\n", __FILE__, __LINE__, #condition); \
		_exit(CHILD_FAILED);						\
	}									\
} while (0)

/* A file of the device that the library does not use. */
static inline int zxp_open(int flags)
{
	return open("/dev/zircon", O_RDWR | flags);
}

/* Returns a negative errno, 0, or a negated zx_status_t. */
static inline long zxp_ioctl(int device, unsigned long request, void *arg)
{
	int ret = ioctl(device, request, arg);

	return ret < 0 ? -errno : ret;
}

static inline long zxp_import(int device, int fd, zx_handle_t *out)
{
	struct zxl_ioc_fd arg = { .fd = fd, .out = (uintptr_t)out };

	return zxp_ioctl(device, ZXL_IOC_HANDLE_IMPORT, &arg);
}

static inline long zxp_create(int device, unsigned long request, zx_handle_t *out0,
			      zx_handle_t *out1)
{
	struct zx_ioc_create arg = { .out0 = (uintptr_t)out0, .out1 = (uintptr_t)out1 };

	return zxp_ioctl(device, request, &arg);
}

static inline long zxp_close(int device, zx_handle_t handle)
{
	struct zx_ioc_handle arg = { .handle = handle };

	return zxp_ioctl(device, ZX_IOC_HANDLE_CLOSE, &arg);
}

static inline long zxp_check(int device, zx_handle_t handle)
{
	struct zx_ioc_handle arg = { .handle = handle };

	return zxp_ioctl(device, ZX_IOC_HANDLE_CHECK_VALID, &arg);
}

/* A handle to the process with this id in the caller's pid namespace. */
static inline long zxp_open_process(int device, pid_t pid, zx_handle_t *out)
{
	struct zxl_ioc_process arg = { .pid = pid, .out = (uintptr_t)out };

	return zxp_ioctl(device, ZXL_IOC_PROCESS_OPEN, &arg);
}

static inline long zxp_write(int device, zx_handle_t channel, const void *bytes, uint32_t size)
{
	struct zx_ioc_channel_write arg = {
		.handle = channel,
		.bytes = (uintptr_t)bytes,
		.num_bytes = size,
	};

	return zxp_ioctl(device, ZX_IOC_CHANNEL_WRITE, &arg);
}

/* The argument of any ioctl, with space for a size that is larger than it should be. */
union zxp_argument {
	struct zx_ioc_handle handle;
	struct zx_ioc_handle_close_many close_many;
	struct zx_ioc_object_signal signal;
	struct zx_ioc_object_wait_one wait_one;
	struct zx_ioc_object_wait_many wait_many;
	struct zx_ioc_object_get_info get_info;
	struct zx_ioc_object_property property;
	struct zx_ioc_object_get_child get_child;
	struct zx_ioc_create create;
	struct zx_ioc_channel_write write;
	struct zx_ioc_channel_read read;
	struct zx_ioc_channel_call call;
	struct zx_ioc_socket_io socket_io;
	struct zx_ioc_socket_disposition disposition;
	struct zx_ioc_socket_share share;
	struct zx_ioc_fifo_create fifo_create;
	struct zx_ioc_fifo_io fifo_io;
	struct zx_ioc_timer_create timer_create;
	struct zx_ioc_timer_set timer_set;
	struct zx_ioc_counter counter;
	struct zx_ioc_counter_read counter_read;
	struct zx_ioc_clock_create clock_create;
	struct zx_ioc_clock_read clock_read;
	struct zx_ioc_clock clock;
	struct zx_ioc_object_wait_async wait_async;
	struct zx_ioc_port_queue port_queue;
	struct zx_ioc_port_wait port_wait;
	struct zx_ioc_port_cancel port_cancel;
	struct zxl_ioc_fd fd;
	struct zxl_ioc_open open;
	struct zxl_ioc_process process;
	struct zx_ioc_process_exit process_exit;
	struct zx_ioc_thread_create thread_create;
	struct zxl_ioc_thread_begin thread_begin;
	struct zx_ioc_futex_wait futex_wait;
	struct zx_ioc_futex_wake futex_wake;
	struct zx_ioc_futex_requeue futex_requeue;
	struct zx_ioc_futex_get_owner futex_get_owner;
	struct zxl_version version;
	uint8_t bytes[512];
};

/* Waits for a child. Returns its exit status, or 128 plus the signal's number. */
static inline int zxp_reap(pid_t pid)
{
	int status;
	pid_t ret;

	do {
		ret = waitpid(pid, &status, 0);
	} while (ret < 0 && errno == EINTR);
	if (ret != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * Makes a time namespace with these offsets, in the form of /proc/self/timens_offsets, for the
 * children that this process makes afterwards. False if the kernel has no time namespaces.
 */
static inline bool zxp_unshare_time(const char *offsets)
{
	int fd;

	if (unshare(CLONE_NEWTIME))
		return false;
	fd = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, offsets, strlen(offsets)) != (ssize_t)strlen(offsets))
		abort();
	close(fd);
	return true;
}

/*
 * A child that does nothing until it is killed, at the latest at the end of the thread that has
 * made it: a process that a test may end.
 */
static inline pid_t zxp_start_idle(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	/* The thread may have ended before. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(0);
	for (;;)
		pause();
}

/* Ends such a child. Returns the same as zxp_reap(). */
static inline int zxp_end_idle(pid_t pid)
{
	kill(pid, SIGKILL);
	return zxp_reap(pid);
}

/*
 * Like fork(), but the child is the first process of a pid namespace: neither it nor its children
 * can find a process outside by an id, and they cannot kill the child. Returns -1 if the kernel
 * does not permit that. The caller has one thread.
 */
static inline pid_t zxp_fork_first(void)
{
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	pid_t pid = -1;

	if (own < 0 || unshare(CLONE_NEWPID)) {
		close(own);
		return -1;
	}
	pid = fork();
	/* Later children are again made in the caller's namespace. */
	if (pid && setns(own, CLONE_NEWPID))
		abort();
	close(own);
	return pid;
}

/* Whether a child of this process runs; a zombie does not. */
static inline bool zxp_is_running(pid_t pid)
{
	siginfo_t info = {};

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

static inline void zxp_sleep_ms(unsigned int ms)
{
	const struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

/* Blocks until the write end of the pipe is closed, also by the death of its process. */
static inline void zxp_block_on(int pipe_end)
{
	char byte;

	while (read(pipe_end, &byte, 1) > 0)
		;
}

static inline int zxp_send_fd(int socket, int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(socket, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ? 0 : -errno;
}

/* Returns a descriptor, or a negative errno; @flags are recvmsg()'s. */
static inline int zxp_receive_fd(int socket, int flags)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {};
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(socket, &msg, flags | MSG_CMSG_CLOEXEC);
	struct cmsghdr *header;
	int fd;

	if (n < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&msg);
	if (n == 0 || !header || header->cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* The base of user ids, new for each test: its process id, which its children keep. */
static inline int *zxp_user_of_test(void)
{
	static int user;

	return &user;
}

#define HOSTILE	((uid_t)(100000 + *zxp_user_of_test()))
#define INNOCENT ((uid_t)(200000 + *zxp_user_of_test()))

/* The lines of the module in the fdinfo of a file of this process; empty if there are none. */
static inline const char *zxp_fdinfo(int fd, char *lines, size_t size)
{
	char path[64], line[128];
	size_t used = 0;
	FILE *info;

	*lines = '\0';
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "re");
	if (!info)
		return lines;
	while (fgets(line, sizeof(line), info) && used < size)
		if (!strncmp(line, "zircon-", 7))
			used += snprintf(lines + used, size - used, "%s", line);
	fclose(info);
	return lines;
}

/* A field in the fdinfo of a device file of this process, or ~0. */
static inline unsigned long zxp_user_bytes_of(int device, const char *field)
{
	char path[64], line[128];
	unsigned long value = ~0ul;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", device);
	info = fopen(path, "re");
	if (!info)
		return value;
	while (fgets(line, sizeof(line), info))
		if (!strncmp(line, field, strlen(field)))
			value = strtoul(line + strlen(field), NULL, 10);
	fclose(info);
	return value;
}

/* What is charged to the calling process's user. */
static inline unsigned long zxp_used(void)
{
	int device = zxp_open(O_CLOEXEC);
	unsigned long value = zxp_user_bytes_of(device, "zircon-user-bytes:");

	close(device);
	return value;
}

static inline void zxp_become(uid_t uid)
{
	CHILD_CHECK(setgroups(0, NULL) == 0);
	CHILD_CHECK(setresgid(uid, uid, uid) == 0);
	CHILD_CHECK(setresuid(uid, uid, uid) == 0);
	/* Otherwise its files in /proc belong to root. */
	CHILD_CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

/* A child that runs @body as @uid, then writes to @ready and blocks on @pipe; -1 is no pipe. */
static inline pid_t zxp_start(uid_t uid, void (*body)(void), int ready, int pipe)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (uid)
		zxp_become(uid);
	/* A failed check of the parent must leave no child behind. */
	CHILD_CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	body();
	/* A change of credentials in @body has cleared it. */
	CHILD_CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	if (ready >= 0)
		CHILD_CHECK(write(ready, "r", 1) == 1);
	if (pipe >= 0)
		zxp_block_on(pipe);
	_exit(0);
}

/*
 * Starts a child, and waits until it has run @body and blocks. The fixture has the pipes ready and
 * go.
 */
#define ZXP_START(uid, body)						\
({									\
	pid_t _pid = zxp_start(uid, body, self->ready[1], self->go[0]);	\
	char _byte;							\
									\
	ASSERT_LT(0, _pid);						\
	close(self->ready[1]);						\
	ASSERT_EQ(1, read(self->ready[0], &_byte, 1));			\
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));			\
	_pid;								\
})

static inline int zxp_run_as(uid_t uid, void (*body)(void))
{
	return zxp_reap(zxp_start(uid, body, -1, -1));
}

/*
 * The module's slab caches: their names start with zircon_. Counts are exact only after the caches
 * have been shrunk; before that, the slabs that a processor keeps for itself count in full.
 */
struct zxp_objects {
	unsigned int caches;
	struct {
		char name[32];
		long count;
	} cache[32];
};

/* The objects of one cache; zero if the cache does not exist. */
static inline long zxp_count_of(const struct zxp_objects *objects, const char *name)
{
	for (unsigned int i = 0; i < objects->caches; i++)
		if (!strcmp(objects->cache[i].name, name))
			return objects->cache[i].count;
	return 0;
}

static inline void zxp_shrink(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		abort();
	close(fd);
}

/* Reads /proc/slabinfo. False if it cannot be read. */
static inline bool zxp_read_slabinfo(struct zxp_objects *objects)
{
	FILE *slabinfo = fopen("/proc/slabinfo", "re");
	char line[512];

	objects->caches = 0;
	if (!slabinfo)
		return false;
	while (objects->caches < 32 && fgets(line, sizeof(line), slabinfo)) {
		char *name = objects->cache[objects->caches].name;
		long *count = &objects->cache[objects->caches].count;

		if (sscanf(line, "%31s %ld", name, count) == 2 && !strncmp(name, "zircon_", 7))
			objects->caches++;
	}
	fclose(slabinfo);
	return true;
}

/*
 * False if the kernel shows no counts, or has merged the caches with others of the same size
 * (kernels before 6.5, unless booted with slab_nomerge).
 */
static inline bool zxp_count_objects(struct zxp_objects *objects)
{
	struct stat link;

	if (lstat("/sys/kernel/slab/zircon_channel", &link) || S_ISLNK(link.st_mode) ||
	    !zxp_read_slabinfo(objects))
		return false;
	for (unsigned int i = 0; i < objects->caches; i++)
		zxp_shrink(objects->cache[i].name);
	return zxp_read_slabinfo(objects);
}

/*
 * The first count, once the objects of earlier tests are gone: then there are no more handle tables
 * than this test's own, @tables. Waits for a minute at most, as other programs may use the module.
 */
static inline bool zxp_settle(struct zxp_objects *objects, long tables)
{
	zx_time_t deadline = zx_deadline_after(ZX_SEC(60));

	do {
		if (!zxp_count_objects(objects))
			return false;
		if (zxp_count_of(objects, "zircon_table") <= tables)
			break;
		zxp_sleep_ms(100);
	} while (zx_clock_get_monotonic() < deadline);
	return true;
}

/*
 * The objects of any cache, also one of the kernel's own, where zxp_count_objects() works. Stores
 * their size in @size unless that is NULL. Negative if the cache does not exist.
 */
static inline long zxp_count_cache(const char *name, long *size)
{
	long count = -1;
	FILE *slabinfo;
	char line[512];

	zxp_shrink(name);
	slabinfo = fopen("/proc/slabinfo", "re");
	while (slabinfo && fgets(line, sizeof(line), slabinfo)) {
		char found[32];
		long active, all, bytes;

		if (sscanf(line, "%31s %ld %ld %ld", found, &active, &all, &bytes) == 4 &&
		    !strcmp(found, name)) {
			count = active;
			if (size)
				*size = bytes;
		}
	}
	if (slabinfo)
		fclose(slabinfo);
	return count;
}

static inline const char *zxp_more_counted(const struct zxp_objects *now,
					   const struct zxp_objects *limit, bool slots)
{
	for (unsigned int i = 0; i < now->caches; i++) {
		const char *name = now->cache[i].name;

		if (now->cache[i].count > zxp_count_of(limit, name) &&
		    (slots || strcmp(name, "zircon_slots")))
			return name;
	}
	return NULL;
}

/*
 * A cache that has more objects than @limit allows, or NULL. The slots of handle tables are not
 * counted, since a table does not shrink.
 */
static inline const char *zxp_more_than(const struct zxp_objects *now,
					const struct zxp_objects *limit)
{
	return zxp_more_counted(now, limit, false);
}

/* The common part of the next two functions. */
static inline const char *zxp_wait_counted(const struct zxp_objects *limit, unsigned int seconds,
					   bool slots)
{
	static struct zxp_objects now;
	zx_time_t deadline = zx_deadline_after(ZX_SEC(seconds));
	const char *name;

	for (;;) {
		if (!zxp_count_objects(&now))
			return "/proc/slabinfo";
		name = zxp_more_counted(&now, limit, slots);
		if (!name)
			return NULL;
		if (zx_clock_get_monotonic() > deadline)
			break;
		zxp_sleep_ms(100);
	}
	for (unsigned int i = 0; i < now.caches; i++)
		fprintf(stderr, "# %s: %ld objects, not %ld\n", now.cache[i].name,
			now.cache[i].count, zxp_count_of(limit, now.cache[i].name));
	return name;
}

/*
 * Waits until no cache has more objects than @limit: objects are freed after an RCU grace period,
 * or by a worker. Returns NULL, or a cache that still has more after @seconds.
 */
static inline const char *zxp_wait_objects(const struct zxp_objects *limit, unsigned int seconds)
{
	return zxp_wait_counted(limit, seconds, false);
}

/* The same with slots, for tests in which tables are freed. */
static inline const char *zxp_wait_slots(const struct zxp_objects *limit, unsigned int seconds)
{
	return zxp_wait_counted(limit, seconds, true);
}

#endif /* ZXPROC_H */
