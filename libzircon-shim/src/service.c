// SPDX-License-Identifier: MIT
/*
 * Services: a Unix datagram socket at a path. A client sends one datagram with one endpoint of a
 * channel, exported as a descriptor. So a client has no connection that the server would have to
 * watch: what is in the server's queue is complete, and the kernel adds who sent it.
 *
 * No function here is a cancellation point, and none changes errno.
 */
#define _GNU_SOURCE /* secure_getenv(), ppoll(), struct ucred */

#include "internal.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* The bytes of a client's datagram: what it is, and the version of this protocol. */
static const char greeting[8] = "zircon\0\1";

/* After this many datagrams without a channel zxl_service_accept() returns. */
#define DROPPED_MAX 64

/* How many threads may close descriptors for zxl_service_accept() at once, and their stacks. */
#define CLOSERS_MAX 32
#define CLOSER_STACK 65536

/* How long zxl_service_connect() waits before it looks for a server again. */
#define RETRY ZX_MSEC(10)

struct address {
	struct sockaddr_un un;
	socklen_t size;
};

/* What the calling thread had before a call, and has again after it. */
struct caller {
	int saved_errno;
	int cancel;
};

static struct caller enter(void)
{
	struct caller caller = { .saved_errno = errno };

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &caller.cancel);
	return caller;
}

static zx_status_t leave(struct caller caller, zx_status_t status)
{
	pthread_setcancelstate(caller.cancel, NULL);
	errno = caller.saved_errno;
	return status;
}

/* The status for errno after a call for sockets or files. */
static zx_status_t failed(void)
{
	switch (errno) {
	case EAGAIN:
		return ZX_ERR_SHOULD_WAIT;
	case EBADF:
		return ZX_ERR_BAD_HANDLE;
	case ENOTSOCK:
	case EPROTOTYPE:
	case EOPNOTSUPP:
		return ZX_ERR_WRONG_TYPE;
	case ENOENT:
	case ECONNREFUSED:
		return ZX_ERR_NOT_FOUND;
	case ENAMETOOLONG:
	case ENOTDIR:
	case ELOOP:
		return ZX_ERR_BAD_PATH;
	case EACCES:
	case EPERM:
	case EROFS:
		return ZX_ERR_ACCESS_DENIED;
	case EMFILE:
	case ENFILE:
	case ETOOMANYREFS:
		return ZX_ERR_NO_RESOURCES;
	case ENOMEM:
	case ENOBUFS:
		return ZX_ERR_NO_MEMORY;
	case ENOSPC:
	case EDQUOT:
		return ZX_ERR_NO_SPACE;
	default:
		return ZX_ERR_IO;
	}
}

static bool is_abstract(const struct address *address)
{
	return !address->un.sun_path[0];
}

static zx_status_t make_address(const char *path, struct address *address)
{
	size_t length = strlen(path);
	bool abstract = path[0] == '@';

	if (length <= (size_t)abstract)
		return ZX_ERR_INVALID_ARGS;
	if (length >= sizeof(address->un.sun_path))
		return ZX_ERR_BAD_PATH;
	memset(address, 0, sizeof(*address));
	address->un.sun_family = AF_UNIX;
	memcpy(address->un.sun_path + abstract, path + abstract, length - abstract);
	/* An abstract name ends with the address, a file's with a NUL. */
	address->size = offsetof(struct sockaddr_un, sun_path) + length + !abstract;
	return ZX_OK;
}

static int make_socket(void)
{
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static int connect_to(int fd, const struct address *address)
{
	return connect(fd, (const struct sockaddr *)&address->un, address->size);
}

/*
 * Whether a socket listens at @address: ZX_OK, ZX_ERR_NOT_FOUND, or the reason why that is not
 * known.
 */
static zx_status_t find_server(const struct address *address)
{
	int fd = make_socket();
	zx_status_t status = ZX_OK;

	if (fd < 0)
		return failed();
	if (connect_to(fd, address) < 0)
		status = failed();
	close(fd);
	/* A socket of another type, or one that accepts datagrams of one sender only */
	if (status == ZX_ERR_WRONG_TYPE || (status == ZX_ERR_ACCESS_DENIED && errno == EPERM))
		return ZX_OK;
	return status;
}

/* Why a server cannot listen where a file is; ZX_ERR_NOT_FOUND if a dead server left it. */
static zx_status_t examine(const struct address *address)
{
	struct stat stat;
	zx_status_t status;

	if (lstat(address->un.sun_path, &stat) < 0)
		return failed();
	if (!S_ISSOCK(stat.st_mode))
		return ZX_ERR_ALREADY_EXISTS;
	status = find_server(address);
	return status == ZX_OK ? ZX_ERR_ALREADY_BOUND : status;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Creates and locks the file @name. ZX_ERR_ALREADY_BOUND if another server has locked it. */
static zx_status_t lock_file(const char *name, int *out_fd)
{
	struct stat opened, there;
	zx_status_t status;
	int fd;

	for (;;) {
		/* O_NONBLOCK in case that it is a FIFO. */
		fd = open(name, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
		if (fd < 0)
			return failed();
		if (fstat(fd, &opened) < 0)
			status = failed();
		else if (!S_ISREG(opened.st_mode))
			status = ZX_ERR_ALREADY_EXISTS;
		else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
			status = errno == EWOULDBLOCK ? ZX_ERR_ALREADY_BOUND : failed();
		else
			status = ZX_OK;
		/* The server that had it before removes it while it has the lock. */
		if (status == ZX_OK && stat(name, &there) == 0 && same_file(&opened, &there)) {
			*out_fd = fd;
			return ZX_OK;
		}
		close(fd);
		if (status != ZX_OK)
			return status;
	}
}

static bool bind_to(int fd, const struct address *address)
{
	return bind(fd, (const struct sockaddr *)&address->un, address->size) == 0;
}

/*
 * Binds @fd where a dead server has left its file. Only a server that has the lock removes the
 * file, so what is removed is what was examined. A socket that another thread is binding looks
 * dead, until bind() has released the directory; the first bind() here waits for that.
 */
static zx_status_t replace_dead(int fd, const struct address *address)
{
	char name[sizeof(address->un.sun_path) + sizeof(".lock")];
	zx_status_t status;
	int lock = -1;

	snprintf(name, sizeof(name), "%.*s.lock", (int)sizeof(address->un.sun_path) - 1,
		 address->un.sun_path);
	status = lock_file(name, &lock);
	if (status != ZX_OK)
		return status;
	if (!bind_to(fd, address)) {
		status = errno == EADDRINUSE ? examine(address) : failed();
		if (status == ZX_ERR_NOT_FOUND) {
			if ((unlink(address->un.sun_path) == 0 || errno == ENOENT) &&
			    bind_to(fd, address))
				status = ZX_OK;
			else
				status = errno == EADDRINUSE ? ZX_ERR_ALREADY_BOUND : failed();
		}
	}
	unlink(name);
	close(lock);
	return status;
}

static zx_status_t listen_on(int fd, const struct address *address)
{
	zx_status_t status;

	if (bind_to(fd, address))
		return ZX_OK;
	if (errno != EADDRINUSE)
		return failed();
	if (is_abstract(address))
		return ZX_ERR_ALREADY_BOUND;
	/* A server that may not create a lock file is told what is there. */
	status = examine(address);
	return status == ZX_ERR_NOT_FOUND ? replace_dead(fd, address) : status;
}

/* Reads a decimal number; -1 if @text is none or NULL. */
static long number(const char *text)
{
	char *end;
	long value;

	if (!text || *text < '0' || *text > '9')
		return -1;
	value = strtol(text, &end, 10);
	return *end ? -1 : value;
}

/* Gets the address of a Unix datagram socket. False if @fd is none. */
static bool get_address(int fd, struct address *address)
{
	socklen_t size = sizeof(int);
	int type;

	memset(address, 0, sizeof(*address));
	address->size = sizeof(address->un);
	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM &&
	       getsockname(fd, (struct sockaddr *)&address->un, &address->size) == 0 &&
	       address->un.sun_family == AF_UNIX;
}

/* Whether @fd is a datagram socket that listens at @address, or anywhere if that is NULL. */
static bool listens_at(int fd, const struct address *address)
{
	struct address bound;

	return get_address(fd, &bound) &&
	       (!address || (bound.size == address->size &&
			     memcmp(&bound.un, &address->un, bound.size) == 0));
}

/* The socket that systemd has passed for @address, or -1. */
static int passed_by_systemd(const struct address *address)
{
	long count = number(secure_getenv("LISTEN_FDS"));

	if (number(secure_getenv("LISTEN_PID")) != getpid())
		return -1;
	for (int fd = STDERR_FILENO + 1; fd - STDERR_FILENO <= count && fd < getdtablesize(); fd++)
		if (listens_at(fd, address))
			return fd;
	return -1;
}

static zx_status_t set_nonblock(int fd, uint32_t options)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return failed();
	flags = options & ZXL_SERVICE_NONBLOCK ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) < 0 ? failed() : ZX_OK;
}

/*
 * A copy of a socket from systemd. The kernel notes the sender of a datagram when it is sent, if
 * SO_PASSCRED was set by then. So it must be set before this program starts.
 */
static zx_status_t use_passed(int passed, int *out_fd)
{
	socklen_t size = sizeof(int);
	int on = 0;

	if (getsockopt(passed, SOL_SOCKET, SO_PASSCRED, &on, &size) < 0 || !on)
		return ZX_ERR_BAD_STATE;
	/* As sd_listen_fds() does it. */
	fcntl(passed, F_SETFD, FD_CLOEXEC);
	*out_fd = fcntl(passed, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return *out_fd < 0 ? failed() : ZX_OK;
}

static zx_status_t make_bound(const struct address *address, int *out_fd)
{
	int fd = make_socket(), on = 1;
	zx_status_t status;

	if (fd < 0)
		return failed();
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		status = failed();
	else
		status = listen_on(fd, address);
	if (status == ZX_OK)
		*out_fd = fd;
	else
		close(fd);
	return status;
}

static zx_status_t listen_at(const struct address *address, uint32_t options, int *out_fd)
{
	int passed = passed_by_systemd(address), fd = -1;
	zx_status_t status = ZX_ERR_NOT_FOUND;

	if (passed >= 0)
		status = use_passed(passed, &fd);
	else if (address)
		status = make_bound(address, &fd);
	if (status != ZX_OK)
		return status;
	status = set_nonblock(fd, options);
	if (status == ZX_OK)
		*out_fd = fd;
	else
		close(fd);
	return status;
}

zx_status_t zxl_service_listen(const char *path, uint32_t options, int *out_fd)
{
	struct address address;
	zx_status_t status = ZX_OK;
	struct caller caller;

	if (options & ~ZXL_SERVICE_NONBLOCK || !out_fd)
		return ZX_ERR_INVALID_ARGS;
	if (path)
		status = make_address(path, &address);
	if (status != ZX_OK)
		return status;
	/* Without the device every client would be lost. */
	status = zx_handle_check_valid(ZX_HANDLE_INVALID);
	if (status != ZX_ERR_INVALID_ARGS)
		return status;
	caller = enter();
	return leave(caller, listen_at(path ? &address : NULL, options, out_fd));
}

zx_status_t zxl_service_close(int fd)
{
	struct caller caller = enter();
	struct address address;
	zx_status_t status = ZX_OK;

	if (fcntl(fd, F_GETFD) < 0) {
		status = failed();
	} else if (!get_address(fd, &address)) {
		status = ZX_ERR_WRONG_TYPE;
	} else {
		/* Before it is closed: afterwards the file can be that of the next server. */
		if (address.un.sun_path[0] && passed_by_systemd(&address) < 0)
			unlink(address.un.sun_path);
		close(fd);
	}
	return leave(caller, status);
}

/* Descriptors from one datagram that are to be closed. */
struct batch {
	struct batch *next;
	int count;
	int fds[];
};

/*
 * The closers are threads that close descriptors that clients sent and that are no handles. close()
 * may take as long as the client likes: for a socket with SO_LINGER it waits for the peer, for a
 * file in FUSE for the file system. A closer takes one descriptor after the other from the list,
 * and ends when there is none.
 *
 * closing_lock guards what follows, and is held across fork(). Signals are blocked meanwhile: a
 * handler may call fork(), and would wait for the thread that it interrupted.
 */
static pthread_mutex_t closing_lock = PTHREAD_MUTEX_INITIALIZER;
/* The oldest batch, and where the next one goes. A closer frees those that are empty. */
static struct batch *batches, **batches_end = &batches;
/* The threads that have not yet found the list empty. */
static int closers;
/* The descriptors in the list. Changed with the lock held, also read without it. */
static atomic_int unclosed;

/* Returns what was blocked before. */
static sigset_t lock_closing(void)
{
	sigset_t all, blocked;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &blocked);
	pthread_mutex_lock(&closing_lock);
	return blocked;
}

static void unlock_closing(sigset_t blocked)
{
	pthread_mutex_unlock(&closing_lock);
	pthread_sigmask(SIG_SETMASK, &blocked, NULL);
}

static sigset_t blocked_before_fork;

static void before_fork(void)
{
	blocked_before_fork = lock_closing();
}

static void parent_after_fork(void)
{
	unlock_closing(blocked_before_fork);
}

/*
 * The child has no closers. Its copies of the descriptors stay open: it may have closed them itself
 * before it calls the library, and have other files at their numbers.
 */
static void child_after_fork(void)
{
	for (struct batch *batch = batches; batch; batch = batch->next)
		batch->count = 0;
	unclosed = 0;
	closers = 0;
	unlock_closing(blocked_before_fork);
}

/* When the library is loaded, for the reason that register_fork_handlers() in device.c has. */
__attribute__((constructor)) static void register_fork_handlers(void)
{
	pthread_atfork(before_fork, parent_after_fork, child_after_fork);
}

/* Takes a descriptor from the list for a closer. Returns -1 if there is none: the closer ends. */
static int take_unclosed(void)
{
	sigset_t blocked = lock_closing();
	struct batch *batch;
	int fd = -1;

	while ((batch = batches) && !batch->count) {
		batches = batch->next;
		if (!batches)
			batches_end = &batches;
		free(batch);
	}
	if (batch) {
		fd = batch->fds[--batch->count];
		unclosed--;
	} else {
		closers--;
	}
	unlock_closing(blocked);
	return fd;
}

static void *closer(void *arg)
{
	const struct linger off = { .l_onoff = 0 };
	int fd;

	while ((fd = take_unclosed()) >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof(off));
		close(fd);
	}
	return arg;
}

/*
 * Starts a closer. The calling thread has blocked all signals, and the closer inherits that: no
 * handler runs on its small stack.
 */
static bool start_closer(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t usual;
	int err;

	if (pthread_attr_init(&attr) != 0)
		return false;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_getstacksize(&attr, &usual);
	pthread_attr_setstacksize(&attr, CLOSER_STACK);
	err = pthread_create(&thread, &attr, closer, NULL);
	/* The C library puts a program's thread-local variables on the stack too. */
	if (err == EINVAL) {
		pthread_attr_setstacksize(&attr, usual);
		err = pthread_create(&thread, &attr, closer, NULL);
	}
	pthread_attr_destroy(&attr);
	return err == 0;
}

/*
 * Takes @batch, and starts closers. A batch without descriptors is freed; but where no thread could
 * be started before, it is tried again.
 */
static void close_later(struct batch *batch)
{
	struct batch *smaller;
	sigset_t blocked;
	int starting;

	if (batch->count == 0) {
		free(batch);
		batch = NULL;
		if (unclosed == 0)
			return;
	} else {
		/* So RLIMIT_NOFILE limits the list's memory too. */
		smaller = realloc(batch, sizeof(*batch) + batch->count * sizeof(int));
		if (smaller)
			batch = smaller;
	}

	blocked = lock_closing();
	if (batch) {
		batch->next = NULL;
		*batches_end = batch;
		batches_end = &batch->next;
		unclosed += batch->count;
	}
	/* The closers that there are may all be in a close() that does not return. */
	starting = CLOSERS_MAX - closers;
	if (starting > unclosed)
		starting = unclosed;
	closers += starting;
	pthread_mutex_unlock(&closing_lock);

	while (starting > 0 && start_closer())
		starting--;
	if (starting > 0) {
		pthread_mutex_lock(&closing_lock);
		closers -= starting;
		pthread_mutex_unlock(&closing_lock);
	}
	pthread_sigmask(SIG_SETMASK, &blocked, NULL);
}

/* Whether a server can use a client's handle as if zx_channel_create() had returned it. */
static bool is_channel(zx_handle_t handle)
{
	static const zx_rights_t rights = ZX_DEFAULT_CHANNEL_RIGHTS;
	zx_info_handle_basic_t info;

	return zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL,
				  NULL) == ZX_OK &&
	       info.type == ZX_OBJ_TYPE_CHANNEL && (info.rights & rights) == rights;
}

/*
 * Makes a handle of a descriptor that a client sent. ZX_ERR_SHOULD_WAIT if it is no channel. Closes
 * the descriptor, and sets it to -1, if it is a file of the module: close() does not wait then.
 */
static zx_status_t import_channel(int *fd, zx_handle_t *out)
{
	zx_status_t status = zxl_handle_import(*fd, 0, out);

	if (status == ZX_OK || status == ZX_ERR_BAD_STATE) {
		close(*fd);
		*fd = -1;
	}
	if (status == ZX_ERR_WRONG_TYPE || status == ZX_ERR_BAD_STATE)
		return ZX_ERR_SHOULD_WAIT;
	if (status == ZX_OK && !is_channel(*out)) {
		zx_handle_close(*out);
		return ZX_ERR_SHOULD_WAIT;
	}
	return status;
}

/* The most descriptors that a datagram can have. */
#define DESCRIPTORS_MAX 253

/*
 * What a datagram carries beside its bytes. There is space for all descriptors, since the kernel
 * closes those that do not fit during recvmsg(), and its close may not return either. The rest is
 * for what else an administrator has switched on for a socket (SO_PASSSEC, SO_TIMESTAMP).
 */
union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int)) +
		   1024];
};

/*
 * Receives a datagram. Returns ZX_OK with a channel, ZX_ERR_SHOULD_WAIT if there is none, with
 * @dropped set if a datagram without a channel was removed. Adds the descriptors that are to be
 * closed to @batch.
 */
static zx_status_t receive_into(int fd, zx_handle_t *out_channel, zxl_service_cred_t *cred,
				bool *dropped, struct batch *batch)
{
	char bytes[sizeof(greeting) + 1];
	union control control;
	struct iovec iovec = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr message = {
		.msg_iov = &iovec,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	zx_handle_t channel = ZX_HANDLE_INVALID;
	zx_status_t status = ZX_ERR_SHOULD_WAIT;
	bool greets, known = false;
	int *fds = batch->fds;
	ssize_t size;

	do
		size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return failed();
	*dropped = true;
	for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
	     header = CMSG_NXTHDR(&message, header)) {
		struct ucred ucred;

		if (header->cmsg_level != SOL_SOCKET)
			continue;
		if (header->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&ucred, CMSG_DATA(header), sizeof(ucred));
			*cred = (zxl_service_cred_t){ ucred.uid, ucred.gid, ucred.pid };
			known = true;
		} else if (header->cmsg_type == SCM_RIGHTS) {
			batch->count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(fds, CMSG_DATA(header), batch->count * sizeof(int));
		}
	}
	greets = size == sizeof(greeting) && memcmp(bytes, greeting, sizeof(greeting)) == 0;
	/* A descriptor was sent, and this process had none left. */
	if (batch->count == 0 && message.msg_flags & MSG_CTRUNC)
		status = ZX_ERR_NO_RESOURCES;
	if (batch->count > 0 && greets && known)
		status = import_channel(&fds[0], &channel);
	if (batch->count > 0 && fds[0] < 0)
		fds[0] = fds[--batch->count];
	if (status == ZX_OK)
		*out_channel = channel;
	return status;
}

/* The same, and closes the descriptors. They have space before they arrive, and so are not lost. */
static zx_status_t receive(int fd, zx_handle_t *out_channel, zxl_service_cred_t *cred,
			   bool *dropped)
{
	struct batch *batch = malloc(sizeof(*batch) + sizeof(union control));
	zx_status_t status;

	if (!batch)
		return ZX_ERR_NO_MEMORY;
	batch->count = 0;
	status = receive_into(fd, out_channel, cred, dropped, batch);
	close_later(batch);
	return status;
}

static zx_status_t accept_next(int fd, zx_handle_t *out_channel, zxl_service_cred_t *cred)
{
	zx_status_t status = ZX_ERR_SHOULD_WAIT;
	bool dropped = true;

	for (int i = 0; i < DROPPED_MAX && dropped && status == ZX_ERR_SHOULD_WAIT; i++) {
		dropped = false;
		status = receive(fd, out_channel, cred, &dropped);
	}
	return status;
}

zx_status_t zxl_service_accept(int fd, zx_handle_t *out_channel, zxl_service_cred_t *out_cred)
{
	zxl_service_cred_t cred = {};
	zx_status_t status = ZX_ERR_WRONG_TYPE;
	struct caller caller;

	if (!out_channel)
		return ZX_ERR_INVALID_ARGS;
	caller = enter();
	if (fcntl(fd, F_GETFD) < 0)
		status = failed();
	else if (listens_at(fd, NULL))
		status = accept_next(fd, out_channel, &cred);
	if (status == ZX_OK && out_cred)
		*out_cred = cred;
	return leave(caller, status);
}

/* Waits until @fd has space for a datagram, or until @deadline. */
static zx_status_t wait_for_queue(int fd, zx_instant_mono_t deadline)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLOUT };
	zx_duration_mono_t left = zx_time_sub_time(deadline, zx_clock_get_monotonic());
	struct timespec ts;
	int ret;

	if (left <= 0)
		return ZX_ERR_TIMED_OUT;
	ts = zx_timespec_from_duration(left);
	ret = ppoll(&pollfd, 1, deadline == ZX_TIME_INFINITE ? NULL : &ts, NULL);
	return ret < 0 && errno != EINTR ? failed() : ZX_OK;
}

/*
 * Sends @channel, an exported endpoint, through @fd. The kernel checks the credentials. Without
 * them it would note the real user and group.
 */
static ssize_t send_message(int fd, int channel, bool credentials)
{
	const struct ucred ucred = { .pid = getpid(), .uid = geteuid(), .gid = getegid() };
	union control control = {};
	struct iovec iovec = { .iov_base = (void *)greeting, .iov_len = sizeof(greeting) };
	struct msghdr message = {
		.msg_iov = &iovec,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (credentials) {
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_CREDENTIALS;
		header->cmsg_len = CMSG_LEN(sizeof(ucred));
		memcpy(CMSG_DATA(header), &ucred, sizeof(ucred));
		header = CMSG_NXTHDR(&message, header);
	}
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(channel));
	memcpy(CMSG_DATA(header), &channel, sizeof(channel));
	message.msg_controllen = (char *)header - control.space + CMSG_SPACE(sizeof(channel));
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

/* Sends @channel to the server at @address, without waiting. */
static zx_status_t send_once(int fd, const struct address *address, int channel)
{
	ssize_t sent;

	if (connect_to(fd, address) < 0)
		return failed();
	sent = send_message(fd, channel, true);
	/* In a user namespace where this user has no number. */
	if (sent < 0 && (errno == EINVAL || errno == EPERM))
		sent = send_message(fd, channel, false);
	return sent < 0 ? failed() : ZX_OK;
}

/* Sends @channel, and waits until @deadline for a server, and for space in its queue. */
static zx_status_t send_channel(const struct address *address, zx_instant_mono_t deadline,
				int channel)
{
	zx_instant_mono_t now, again;
	zx_status_t status;
	int fd = make_socket();

	if (fd < 0)
		return failed();
	for (;;) {
		status = send_once(fd, address, channel);
		if (status == ZX_ERR_SHOULD_WAIT) {
			status = wait_for_queue(fd, deadline);
		} else if (status == ZX_ERR_NOT_FOUND) {
			now = zx_clock_get_monotonic();
			if (now >= deadline)
				break;
			again = zx_time_add_duration(now, RETRY);
			status = zx_nanosleep(again < deadline ? again : deadline);
		} else {
			break;
		}
		if (status != ZX_OK)
			break;
	}
	close(fd);
	return status;
}

zx_status_t zxl_service_connect(const char *path, zx_instant_mono_t deadline,
				zx_handle_t *out_channel)
{
	struct address address;
	zx_handle_t ours, theirs;
	struct caller caller;
	zx_status_t status;
	int fd;

	if (!path || !out_channel)
		return ZX_ERR_INVALID_ARGS;
	status = make_address(path, &address);
	if (status == ZX_OK)
		status = zx_channel_create(0, &ours, &theirs);
	if (status != ZX_OK)
		return status;
	caller = enter();
	status = zxl_handle_export(theirs, 0, &fd);
	if (status == ZX_OK) {
		status = send_channel(&address, deadline, fd);
		/* The datagram has its own reference. */
		close(fd);
	} else {
		zx_handle_close(theirs);
	}
	if (status == ZX_OK)
		*out_channel = ours;
	else
		zx_handle_close(ours);
	return leave(caller, status);
}
