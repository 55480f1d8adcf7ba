// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exported endpoint of a stream socket as a Linux program sees it: a descriptor to read, write
 * and splice, with poll and epoll.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <linux/sockios.h>

#include "zxpoll.h"
#include "zxproc.h"
#include "zxrace.h"

/* The capacity of each direction. */
#define SIZE	((size_t)256 * 1024)

/* The limit for events that must happen, in milliseconds. */
#define SOON	60000

FIXTURE(socket_fd)
{
	zx_handle_t peer;	/* the endpoint that stays a handle */
	int fd;			/* the other endpoint */
	uint8_t *bytes;
	uint8_t *into;
};

static int export(zx_handle_t handle)
{
	int fd = -1;

	return zxl_handle_export(handle, 0, &fd) == ZX_OK ? fd : -1;
}

FIXTURE_SETUP(socket_fd)
{
	uint32_t seed = 1;
	zx_handle_t end;

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &self->peer, &end));
	self->fd = export(end);
	ASSERT_LE(0, self->fd);
	self->bytes = malloc(SIZE + 1);
	self->into = calloc(1, SIZE + 1);
	ASSERT_TRUE(self->bytes && self->into);
	for (size_t i = 0; i <= SIZE; i++) {
		seed = seed * 1664525 + 1013904223;
		self->bytes[i] = seed >> 24;
	}
}

FIXTURE_TEARDOWN(socket_fd)
{
	close(self->fd);
	zx_handle_close(self->peer);
	EXPECT_EQ(0, zxt_handles());
	free(self->bytes);
	free(self->into);
}

static int nonblocking(int fd)
{
	return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* Writes all bytes to a handle, or ends the test program. */
static void put(zx_handle_t handle, const void *bytes, size_t size)
{
	size_t actual = 0;

	if (zx_socket_write(handle, 0, bytes, size, &actual) != ZX_OK || actual != size)
		abort();
}

/* Returns how many small buffers are in use, by any process; not those that wait to be freed. */
static long buffers(void)
{
	static struct zxp_objects now;

	return zxp_count_objects(&now) ? zxp_count_of(&now, "zircon_buffer_256") : -1;
}

/* Returns how many bytes can be read from a handle. */
static size_t unread(zx_handle_t handle)
{
	zx_info_socket_t info;

	if (zx_object_get_info(handle, ZX_INFO_SOCKET, &info, sizeof(info), NULL, NULL) != ZX_OK)
		abort();
	return info.rx_buf_size;
}

/* The value of errno after a call, negated, or the result if it did not fail. */
#define ERRNO(call) ({ errno = 0; ssize_t ret = (call); ret == -1 ? -errno : ret; })

static short polled(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP };

	return poll(&pfd, 1, 0) < 0 ? -1 : pfd.revents;
}

TEST_F(socket_fd, reads_and_writes)
{
	size_t actual;

	EXPECT_EQ(5, write(self->fd, "there", 5));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, 9, &actual));
	EXPECT_EQ(5, actual);
	EXPECT_EQ(0, memcmp("there", self->into, 5));
	put(self->peer, "back", 4);
	EXPECT_EQ(3, read(self->fd, self->into, 3));
	EXPECT_EQ(1, read(self->fd, self->into + 3, 9));
	EXPECT_EQ(0, memcmp("back", self->into, 4));
	EXPECT_EQ(0, write(self->fd, "", 0));
	EXPECT_EQ(0, read(self->fd, self->into, 0));
}

TEST_F(socket_fd, every_size)
{
	static const size_t sizes[] = {
		1, 63, 64, 65, 255, 256, 257, 999, 1000, 1001, 4071, 4072, 4073, 4095, 4096, 4097,
		8144, 8145, 65536, SIZE - 1, SIZE,
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i], actual;

		EXPECT_EQ(size, write(self->fd, self->bytes, size));
		EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, &actual));
		EXPECT_EQ(size, actual);
		EXPECT_EQ(0, memcmp(self->bytes, self->into, size));
		memset(self->into, 0, size + 1);
		put(self->peer, self->bytes, size);
		EXPECT_EQ(size, read(self->fd, self->into, SIZE + 1));
		EXPECT_EQ(0, memcmp(self->bytes, self->into, size));
		EXPECT_EQ(0, self->into[size]);
	}
}

TEST_F(socket_fd, vectors)
{
	struct iovec out[] = {
		{ self->bytes, 1 }, { self->bytes + 1, 0 }, { self->bytes + 1, 5000 },
		{ self->bytes + 5001, 99 },
	};
	struct iovec in[] = {
		{ self->into, 100 }, { self->into + 100, 0 }, { self->into + 100, 4900 },
		{ self->into + 5000, 1000 },
	};
	size_t actual;

	EXPECT_EQ(5100, writev(self->fd, out, 4));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, &actual));
	EXPECT_EQ(5100, actual);
	EXPECT_EQ(0, memcmp(self->bytes, self->into, 5100));
	memset(self->into, 0, 5100);
	put(self->peer, self->bytes, 5100);
	EXPECT_EQ(5100, readv(self->fd, in, 4));
	EXPECT_EQ(0, memcmp(self->bytes, self->into, 5100));
}

TEST_F(socket_fd, without_blocking)
{
	size_t actual;

	EXPECT_EQ(0, nonblocking(self->fd));
	EXPECT_EQ(-EAGAIN, ERRNO(read(self->fd, self->into, 1)));
	EXPECT_EQ(SIZE, write(self->fd, self->bytes, SIZE + 1));
	EXPECT_EQ(-EAGAIN, ERRNO(write(self->fd, self->bytes, 1)));
	EXPECT_EQ(0, polled(self->fd));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, 10, NULL));
	EXPECT_EQ(POLLOUT, polled(self->fd));
	EXPECT_EQ(10, write(self->fd, self->bytes, 100));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, &actual));
	EXPECT_EQ(SIZE, actual);
	EXPECT_EQ(0, memcmp(self->bytes + 10, self->into, SIZE - 10));
	EXPECT_EQ(0, memcmp(self->bytes, self->into + SIZE - 10, 10));
}

TEST_F(socket_fd, end_of_file_when_the_peer_closes)
{
	put(self->peer, "rest", 4);
	zx_handle_close(self->peer);
	self->peer = ZX_HANDLE_INVALID;
	EXPECT_EQ(POLLIN | POLLOUT | POLLHUP | POLLRDHUP, polled(self->fd));
	EXPECT_EQ(4, read(self->fd, self->into, 9));
	EXPECT_EQ(0, read(self->fd, self->into, 9));
	EXPECT_EQ(0, read(self->fd, self->into, 9));
	EXPECT_TRUE(polled(self->fd) & POLLHUP);
}

TEST_F(socket_fd, end_of_file_when_the_peer_shuts_down)
{
	put(self->peer, "rest", 4);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->peer,
						   ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0));
	EXPECT_EQ(4, read(self->fd, self->into, 9));
	EXPECT_EQ(0, read(self->fd, self->into, 9));
	/* The other direction is open. */
	EXPECT_EQ(3, write(self->fd, "abc", 3));
	EXPECT_EQ(3, unread(self->peer));
}

/* Where a call does not block, poll() must report it, or an event loop waits for ever. */
TEST_F(socket_fd, shutdown_can_be_polled)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->fd, &event));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->peer,
						   ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0));
	EXPECT_EQ(POLLIN, polled(self->fd) & POLLIN);
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, 1000));
	EXPECT_EQ(0, read(self->fd, self->into, 1));

	/* poll() also reports a disabled write. */
	EXPECT_EQ(SIZE, write(self->fd, self->bytes, SIZE));
	EXPECT_EQ(0, polled(self->fd) & POLLOUT);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->peer, 0,
						   ZX_SOCKET_DISPOSITION_WRITE_DISABLED));
	EXPECT_EQ(POLLOUT, polled(self->fd) & POLLOUT);
	close(epoll);
}

static atomic_int caught;

static void catch(int signal)
{
	caught = signal;
}

static void handle(int signal, int flags)
{
	struct sigaction action = { .sa_handler = catch, .sa_flags = flags };

	if (sigaction(signal, &action, NULL))
		abort();
	caught = 0;
}

TEST_F(socket_fd, broken_pipe)
{
	handle(SIGPIPE, 0);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->peer, 0,
						   ZX_SOCKET_DISPOSITION_WRITE_DISABLED));
	EXPECT_EQ(-EPIPE, ERRNO(write(self->fd, "x", 1)));
	EXPECT_EQ(SIGPIPE, caught);
	caught = 0;
	zx_handle_close(self->peer);
	self->peer = ZX_HANDLE_INVALID;
	EXPECT_EQ(-EPIPE, ERRNO(write(self->fd, "x", 1)));
	EXPECT_EQ(SIGPIPE, caught);
	caught = 0;
	signal(SIGPIPE, SIG_IGN);
	EXPECT_EQ(-EPIPE, ERRNO(write(self->fd, "x", 1)));
	EXPECT_EQ(0, caught);
	EXPECT_EQ(-EPIPE, ERRNO(write(self->fd, "", 0)));
}

TEST_F(socket_fd, a_broken_pipe_kills_a_program_without_a_handler)
{
	pid_t child;

	zx_handle_close(self->peer);
	self->peer = ZX_HANDLE_INVALID;
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		signal(SIGPIPE, SIG_DFL);
		write(self->fd, "x", 1);
		_exit(0);
	}
	EXPECT_EQ(128 + SIGPIPE, zxt_reap(child));
}

/*
 * Blocking.
 */

struct blocked {
	pthread_t thread;
	atomic_int tid;
	int fd;
	bool writes;
	uint8_t *buffer;
	size_t size;
	ssize_t ret;
	int error;
};

static void *block(void *arg)
{
	struct blocked *me = arg;

	me->tid = gettid();
	me->ret = me->writes ? write(me->fd, me->buffer, me->size) :
			       read(me->fd, me->buffer, me->size);
	me->error = errno;
	return NULL;
}

/* Starts a thread that reads or writes, and returns once it sleeps in the call. */
static bool start(struct blocked *blocked)
{
	return !pthread_create(&blocked->thread, NULL, block, blocked) &&
	       zxt_sleeps(&blocked->tid);
}

TEST_F_TIMEOUT(socket_fd, reading_waits_for_bytes, 120)
{
	struct blocked reader = { .fd = self->fd, .buffer = self->into, .size = 100 };

	ASSERT_TRUE(start(&reader));
	put(self->peer, "abc", 3);
	pthread_join(reader.thread, NULL);
	EXPECT_EQ(3, reader.ret);
	EXPECT_EQ(0, memcmp("abc", self->into, 3));
}

TEST_F_TIMEOUT(socket_fd, reading_ends_with_the_peer, 120)
{
	for (int closing = 0; closing < 2; closing++) {
		struct blocked reader = { .fd = self->fd, .buffer = self->into, .size = 100 };

		EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->peer,
							   ZX_SOCKET_DISPOSITION_WRITE_ENABLED,
							   0));
		ASSERT_TRUE(start(&reader));
		if (closing) {
			zx_handle_close(self->peer);
			self->peer = ZX_HANDLE_INVALID;
		} else {
			zx_socket_set_disposition(self->peer, ZX_SOCKET_DISPOSITION_WRITE_DISABLED,
						  0);
		}
		pthread_join(reader.thread, NULL);
		EXPECT_EQ(0, reader.ret);
	}
}

TEST_F_TIMEOUT(socket_fd, writing_waits_for_space, 120)
{
	struct blocked writer = { .fd = self->fd, .writes = true, .buffer = self->bytes,
				  .size = SIZE };
	size_t actual;

	EXPECT_EQ(100, write(self->fd, self->bytes, 100));
	ASSERT_TRUE(start(&writer));
	EXPECT_EQ(SIZE, unread(self->peer));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, 100, &actual));
	pthread_join(writer.thread, NULL);
	EXPECT_EQ(SIZE, writer.ret);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, &actual));
	EXPECT_EQ(SIZE, actual);
	EXPECT_EQ(0, memcmp(self->bytes, self->into, SIZE));
}

/* The write returns the bytes that were written; the next write fails. */
TEST_F_TIMEOUT(socket_fd, writing_ends_with_the_peer, 120)
{
	struct blocked writer = { .fd = self->fd, .writes = true, .buffer = self->bytes,
				  .size = SIZE };

	handle(SIGPIPE, 0);
	EXPECT_EQ(100, write(self->fd, self->bytes, 100));
	ASSERT_TRUE(start(&writer));
	zx_handle_close(self->peer);
	self->peer = ZX_HANDLE_INVALID;
	pthread_join(writer.thread, NULL);
	EXPECT_EQ(SIZE - 100, writer.ret);
	EXPECT_EQ(0, caught);
	EXPECT_EQ(-EPIPE, ERRNO(write(self->fd, "x", 1)));
	EXPECT_EQ(SIGPIPE, caught);
}

TEST_F_TIMEOUT(socket_fd, a_signal_interrupts, 120)
{
	for (int writes = 0; writes < 2; writes++) {
		struct blocked blocked = { .fd = self->fd, .writes = writes,
					   .buffer = writes ? self->bytes : self->into,
					   .size = 100 };

		if (writes)
			EXPECT_EQ(SIZE, write(self->fd, self->bytes, SIZE));
		handle(SIGUSR1, 0);
		ASSERT_TRUE(start(&blocked));
		pthread_kill(blocked.thread, SIGUSR1);
		pthread_join(blocked.thread, NULL);
		EXPECT_EQ(SIGUSR1, caught);
		EXPECT_EQ(-1, blocked.ret);
		EXPECT_EQ(EINTR, blocked.error);
	}
}

/* The write returns the bytes that were written, not EINTR. */
TEST_F_TIMEOUT(socket_fd, a_signal_interrupts_a_partial_write, 120)
{
	struct blocked writer = { .fd = self->fd, .writes = true, .buffer = self->bytes,
				  .size = SIZE };

	EXPECT_EQ(1000, write(self->fd, self->bytes, 1000));
	handle(SIGUSR1, SA_RESTART);
	ASSERT_TRUE(start(&writer));
	pthread_kill(writer.thread, SIGUSR1);
	pthread_join(writer.thread, NULL);
	EXPECT_EQ(SIZE - 1000, writer.ret);
}

TEST_F_TIMEOUT(socket_fd, a_signal_can_restart, 120)
{
	struct blocked reader = { .fd = self->fd, .buffer = self->into, .size = 100 };

	handle(SIGUSR1, SA_RESTART);
	ASSERT_TRUE(start(&reader));
	pthread_kill(reader.thread, SIGUSR1);
	while (!caught)
		usleep(1000);
	ASSERT_TRUE(zxt_sleeps(&reader.tid));
	put(self->peer, "abc", 3);
	pthread_join(reader.thread, NULL);
	EXPECT_EQ(3, reader.ret);
}

/*
 * What is refused.
 */

TEST_F(socket_fd, rights_are_those_of_the_handle)
{
	zx_handle_t end[2], narrow;
	int fd;

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &end[0], &end[1]));
	put(end[0], "abc", 3);
	narrow = zxt_without(end[1], ZX_RIGHT_READ);
	fd = export(narrow);
	EXPECT_EQ(-EBADF, ERRNO(read(fd, self->into, 9)));
	EXPECT_EQ(2, write(fd, "ab", 2));
	close(fd);
	narrow = zxt_without(end[1], ZX_RIGHT_WRITE);
	fd = export(narrow);
	EXPECT_EQ(-EBADF, ERRNO(write(fd, "ab", 2)));
	EXPECT_EQ(3, read(fd, self->into, 9));
	close(fd);
	EXPECT_EQ(2, unread(end[0]));
	zx_handle_close_many(end, 2);
}

TEST_F(socket_fd, imported_it_is_no_file_any_more)
{
	zx_handle_t handle;

	put(self->peer, "abc", 3);
	ASSERT_EQ(ZX_OK, zxl_handle_import(self->fd, 0, &handle));
	EXPECT_EQ(-EBADF, ERRNO(read(self->fd, self->into, 9)));
	EXPECT_EQ(-EBADF, ERRNO(write(self->fd, "abc", 3)));
	EXPECT_EQ(3, unread(handle));
	EXPECT_EQ(0, unread(self->peer));
	zx_handle_close(handle);
}

/* A thread that is in read() when the handle is imported gets no bytes that come later. */
TEST_F_TIMEOUT(socket_fd, import_ends_a_read, 120)
{
	struct blocked reader = { .fd = self->fd, .buffer = self->into, .size = 100 };
	zx_handle_t end;
	size_t actual;

	ASSERT_TRUE(start(&reader));
	ASSERT_EQ(ZX_OK, zxl_handle_import(self->fd, 0, &end));
	pthread_join(reader.thread, NULL);
	EXPECT_EQ(-1, reader.ret);
	put(self->peer, "abc", 3);
	EXPECT_EQ(ZX_OK, zx_socket_read(end, 0, self->into, 100, &actual));
	EXPECT_EQ(3, actual);
	EXPECT_EQ(ZX_OK, zx_handle_close(end));
}

/* Small pieces share buffers, whether the peer reads or not. */
TEST_F(socket_fd, small_writes_share_buffers)
{
	zx_info_socket_t info;

	for (int i = 0; i < 5000; i++)
		ASSERT_EQ(1, write(self->fd, self->bytes + i, 1));
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->peer, ZX_INFO_SOCKET, &info, sizeof(info), NULL,
					    NULL));
	EXPECT_EQ(5000, info.rx_buf_size);
	EXPECT_LE(0, buffers());
	EXPECT_GE(200, buffers());
	ASSERT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, NULL));
	EXPECT_EQ(0, memcmp(self->bytes, self->into, 5000));
}

TEST_F(socket_fd, datagrams_are_no_stream)
{
	zx_handle_t end[2], handle;
	int fd, pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(1, write(pipes[1], "x", 1));
	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_DATAGRAM, &end[0], &end[1]));
	put(end[0], "abc", 3);
	fd = export(end[1]);
	EXPECT_EQ(POLLIN | POLLOUT, polled(fd));
	EXPECT_EQ(-EINVAL, ERRNO(read(fd, self->into, 9)));
	EXPECT_EQ(-EINVAL, ERRNO(write(fd, "abc", 3)));
	EXPECT_EQ(-EINVAL, ERRNO(splice(fd, NULL, pipes[1], NULL, 9, 0)));
	EXPECT_EQ(-EINVAL, ERRNO(splice(pipes[0], NULL, fd, NULL, 1, 0)));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &handle));
	EXPECT_EQ(3, unread(handle));
	EXPECT_EQ(1, read(pipes[0], self->into, 9));
	close(pipes[0]);
	close(pipes[1]);
	close(fd);
	zx_handle_close(handle);
	zx_handle_close(end[0]);
}

/* A stream has no positions. A program that reads ahead and seeks back would lose bytes. */
TEST_F(socket_fd, there_is_no_seeking)
{
	put(self->peer, "abcdef", 6);
	EXPECT_EQ(-ESPIPE, ERRNO(lseek(self->fd, 0, SEEK_CUR)));
	EXPECT_EQ(-ESPIPE, ERRNO(lseek(self->fd, 1, SEEK_SET)));
	EXPECT_EQ(-ESPIPE, ERRNO(pread(self->fd, self->into, 1, 3)));
	EXPECT_EQ(-ESPIPE, ERRNO(pwrite(self->fd, "x", 1, 3)));
	EXPECT_EQ(6, read(self->fd, self->into, 9));
	EXPECT_EQ(0, unread(self->peer));
}

TEST_F(socket_fd, bad_pointers)
{
	uint8_t *edge = zxt_at_edge(5000);

	memset(edge, 0xee, 5000);
	put(self->peer, self->bytes, 6000);
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(-EFAULT, ERRNO(write(self->fd, zxt_nowhere[i], 6000)));
		EXPECT_EQ(-EFAULT, ERRNO(read(self->fd, zxt_nowhere[i], 6000)));
	}
	EXPECT_EQ(-EFAULT, ERRNO(read(self->fd, zxt_read_only(), 4096)));
	EXPECT_EQ(0, unread(self->peer));
	/* Also where a part of the bytes fits. */
	EXPECT_EQ(-EFAULT, ERRNO(read(self->fd, edge, 6000)));
	EXPECT_EQ(5000, read(self->fd, edge, 5000));
	EXPECT_EQ(0, memcmp(self->bytes, edge, 5000));
	EXPECT_EQ(1000, read(self->fd, self->into, 6000));
	EXPECT_EQ(0, memcmp(self->bytes + 5000, self->into, 1000));
}

/*
 * Splicing.
 */

TEST_F(socket_fd, splice_to_and_from_a_pipe)
{
	uint8_t *into = self->into;
	size_t actual, done = 0;
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	/* Into the socket, */
	EXPECT_EQ(20000, write(pipes[1], self->bytes, 20000));
	while (done < 20000) {
		ssize_t n = splice(pipes[0], NULL, self->fd, NULL, 20000 - done, 0);

		ASSERT_LT(0, n);
		done += n;
	}
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, into, SIZE, &actual));
	EXPECT_EQ(20000, actual);
	EXPECT_EQ(0, memcmp(self->bytes, into, 20000));

	/* and out of it. */
	memset(into, 0, 20000);
	put(self->peer, self->bytes, 20000);
	for (done = 0; done < 20000;) {
		ssize_t n = splice(self->fd, NULL, pipes[1], NULL, 9000, 0);

		ASSERT_LT(0, n);
		ASSERT_EQ(n, read(pipes[0], into + done, SIZE));
		done += n;
	}
	EXPECT_EQ(20000, done);
	EXPECT_EQ(0, memcmp(self->bytes, into, 20000));
	nonblocking(self->fd);
	EXPECT_EQ(-EAGAIN, ERRNO(splice(self->fd, NULL, pipes[1], NULL, 9000, 0)));

	/* Bytes for which a full socket has no space stay in the pipe. */
	EXPECT_EQ(SIZE, write(self->fd, self->bytes, SIZE));
	EXPECT_EQ(4, write(pipes[1], "abcd", 4));
	EXPECT_EQ(-EAGAIN, ERRNO(splice(pipes[0], NULL, self->fd, NULL, 4, 0)));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, into, 3, NULL));
	EXPECT_EQ(3, splice(pipes[0], NULL, self->fd, NULL, 4, 0));
	EXPECT_EQ(1, read(pipes[0], into, 9));
	EXPECT_EQ('d', into[0]);

	zx_handle_close(self->peer);
	self->peer = ZX_HANDLE_INVALID;
	EXPECT_EQ(0, splice(self->fd, NULL, pipes[1], NULL, 9000, 0));
	signal(SIGPIPE, SIG_IGN);
	EXPECT_EQ(1, write(pipes[1], "x", 1));
	EXPECT_EQ(-EPIPE, ERRNO(splice(pipes[0], NULL, self->fd, NULL, 4, 0)));
	close(pipes[0]);
	close(pipes[1]);
}

/*
 * A splice that waits for bytes must not lock the pipe meanwhile: other threads would wait for the
 * lock, and no signal interrupts that.
 */
struct splicer {
	pthread_t thread;
	atomic_int tid;
	int from, to;
	ssize_t ret;
	int error;
};

static void *splice_thread(void *arg)
{
	struct splicer *me = arg;

	me->tid = gettid();
	me->ret = splice(me->from, NULL, me->to, NULL, 4, 0);
	me->error = errno;
	return NULL;
}

static bool start_splice(struct splicer *splicer)
{
	splicer->tid = 0;
	return !pthread_create(&splicer->thread, NULL, splice_thread, splicer) &&
	       zxt_sleeps(&splicer->tid);
}

/* Writes to a pipe, in a thread of its own, since the write may never end. */
static void *pipe_thread(void *arg)
{
	struct splicer *me = arg;

	me->ret = write(me->to, "x", 1);
	return NULL;
}

static bool joins(pthread_t thread)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 60;
	return !pthread_timedjoin_np(thread, NULL, &end);
}

TEST_F_TIMEOUT(socket_fd, splice_waits_without_the_pipe, 240)
{
	struct splicer splicer = { .from = self->fd }, other = {};
	bool others_can;
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	splicer.to = pipes[1];
	other.to = pipes[1];
	ASSERT_TRUE(start_splice(&splicer));
	ASSERT_EQ(0, pthread_create(&other.thread, NULL, pipe_thread, &other));
	others_can = joins(other.thread);
	EXPECT_TRUE(others_can);
	put(self->peer, "abcd", 4);
	ASSERT_TRUE(joins(splicer.thread));
	if (!others_can)
		ASSERT_TRUE(joins(other.thread));
	EXPECT_EQ(1, other.ret);
	EXPECT_EQ(4, splicer.ret);
	EXPECT_EQ(5, read(pipes[0], self->into, 9));
	EXPECT_EQ(0, memcmp("xabcd", self->into, 5));
	close(pipes[0]);
	close(pipes[1]);
}

/* Nor must one that waits for space. */
TEST_F_TIMEOUT(socket_fd, splice_to_a_full_socket_waits_without_the_pipe, 240)
{
	struct splicer splicer = { .to = self->fd }, other = {};
	bool others_can;
	size_t actual;
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	splicer.from = pipes[0];
	other.to = pipes[1];
	/* Two of the four bytes have space. */
	ASSERT_EQ(SIZE - 2, write(self->fd, self->bytes, SIZE - 2));
	ASSERT_EQ(4, write(pipes[1], "abcd", 4));
	ASSERT_TRUE(start_splice(&splicer));
	ASSERT_EQ(0, pthread_create(&other.thread, NULL, pipe_thread, &other));
	others_can = joins(other.thread);
	EXPECT_TRUE(others_can);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, &actual));
	EXPECT_EQ(SIZE, actual);
	EXPECT_EQ(0, memcmp("ab", self->into + SIZE - 2, 2));
	ASSERT_TRUE(joins(splicer.thread));
	if (!others_can)
		ASSERT_TRUE(joins(other.thread));
	EXPECT_EQ(1, other.ret);
	EXPECT_EQ(4, splicer.ret);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, &actual));
	EXPECT_EQ(2, actual);
	EXPECT_EQ(0, memcmp("cd", self->into, 2));
	EXPECT_EQ(1, read(pipes[0], self->into, 9));
	close(pipes[0]);
	close(pipes[1]);
}

/*
 * Another thread may empty the pipe meanwhile, or leave a buffer without bytes in it: that of a
 * write whose copy has failed. The splice does not wait for more bytes then.
 */
static void splice_from_a_pipe_that_is_read(struct __test_metadata *const _metadata,
					    FIXTURE_DATA(socket_fd)(*self), bool empty_buffer)
{
	void *volatile nowhere = zxt_nowhere[0];	/* hidden from the compiler */
	struct splicer splicer = { .to = self->fd };
	size_t actual;
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	splicer.from = pipes[0];
	ASSERT_EQ(SIZE - 2, write(self->fd, self->bytes, SIZE - 2));
	ASSERT_EQ(4, write(pipes[1], "abcd", 4));
	ASSERT_TRUE(start_splice(&splicer));
	ASSERT_EQ(2, read(pipes[0], self->into, 9));
	EXPECT_EQ(0, memcmp("cd", self->into, 2));
	if (empty_buffer)
		ASSERT_EQ(-EFAULT, ERRNO(write(pipes[1], nowhere, 1)));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, &actual));
	EXPECT_EQ(SIZE, actual);
	ASSERT_TRUE(joins(splicer.thread));
	EXPECT_EQ(2, splicer.ret);
	close(pipes[0]);
	close(pipes[1]);
}

TEST_F_TIMEOUT(socket_fd, splice_to_a_full_socket_from_a_pipe_that_is_read, 240)
{
	splice_from_a_pipe_that_is_read(_metadata, self, false);
}

TEST_F_TIMEOUT(socket_fd, splice_to_a_full_socket_from_a_pipe_with_an_empty_buffer, 240)
{
	splice_from_a_pipe_that_is_read(_metadata, self, true);
}

/* Disables writing by the peer. */
static zx_status_t stop_writing(zx_handle_t handle)
{
	return zx_socket_set_disposition(handle, 0, ZX_SOCKET_DISPOSITION_WRITE_DISABLED);
}

/*
 * Readers that begin while writing by the peer is being enabled through a handle to their own
 * endpoint: the peer's WRITABLE is up already then, and PEER_WRITE_DISABLED not yet down. They must
 * sleep. All threads are on one processor, and the readers have a real-time policy, so the thread
 * that enables writing stops when it has woken them. A reader that does not sleep keeps it from
 * going on, and runs itself until the kernel lets other threads run, after most of a second.
 */
#define READERS		4
#define ENABLINGS	5
#define TOO_LONG	(ZX_MSEC(100))

struct enabled {
	pthread_t threads[READERS];
	pthread_barrier_t barrier;
	zx_handle_t peer;
	int fd;
	atomic_int wrong, too_long;
};

/* The time that the calling thread has run. */
static zx_time_t own_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return zx_time_from_timespec(ts);
}

static void *read_when_enabled(void *arg)
{
	const struct sched_param priority = { .sched_priority = 1 };
	struct enabled *enabled = arg;
	zx_time_t start;
	char byte;

	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		enabled->wrong++;
	for (int i = 0; i < ENABLINGS; i++) {
		pthread_barrier_wait(&enabled->barrier);
		if (zx_object_wait_one(enabled->peer, ZX_SOCKET_WRITABLE, ZX_TIME_INFINITE, NULL))
			enabled->wrong++;
		start = own_time();
		if (read(enabled->fd, &byte, 1) != 1)
			enabled->wrong++;
		enabled->too_long += own_time() - start > TOO_LONG;
		pthread_barrier_wait(&enabled->barrier);
	}
	return NULL;
}

TEST_F_TIMEOUT(socket_fd, readers_sleep_while_writing_is_enabled, 600)
{
	struct enabled enabled = {};
	zx_handle_t end, readers;

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &enabled.peer, &end));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(end, ZX_RIGHT_SAME_RIGHTS, &readers));
	enabled.fd = export(end);
	ASSERT_LE(0, enabled.fd);
	ASSERT_TRUE(stay_here());
	ASSERT_EQ(0, pthread_barrier_init(&enabled.barrier, NULL, READERS + 1));
	for (int i = 0; i < READERS; i++)
		ASSERT_EQ(0, pthread_create(&enabled.threads[i], NULL, read_when_enabled,
					    &enabled));
	for (int i = 0; i < ENABLINGS; i++) {
		ASSERT_EQ(ZX_OK, stop_writing(readers));
		/* A kernel that has just let other threads run does not stop this one at once. */
		sleep(2);
		/* This thread goes on when the readers wait for WRITABLE. */
		pthread_barrier_wait(&enabled.barrier);
		ASSERT_EQ(ZX_OK, zx_socket_set_disposition(readers, 0,
							   ZX_SOCKET_DISPOSITION_WRITE_ENABLED));
		put(enabled.peer, "abcd", READERS);
		pthread_barrier_wait(&enabled.barrier);
	}
	for (int i = 0; i < READERS; i++)
		ASSERT_EQ(0, pthread_join(enabled.threads[i], NULL));
	EXPECT_EQ(0, enabled.wrong);
	/* Where the machine stands still a read can be long, but not one in half of the rounds. */
	EXPECT_GE(ENABLINGS / 2, enabled.too_long);
	close(enabled.fd);
	zx_handle_close(enabled.peer);
	zx_handle_close(readers);
	TH_LOG("%d of %d reads ran too long", enabled.too_long, READERS * ENABLINGS);
}

/* While it waits the socket may be shut down, or a signal come. What was written counts. */
TEST_F_TIMEOUT(socket_fd, splice_to_a_full_socket_ends, 240)
{
	struct splicer splicer = { .to = self->fd };
	int pipes[2];

	signal(SIGPIPE, SIG_IGN);
	handle(SIGUSR1, 0);
	ASSERT_EQ(0, pipe(pipes));
	splicer.from = pipes[0];
	ASSERT_EQ(SIZE - 1, write(self->fd, self->bytes, SIZE - 1));
	ASSERT_EQ(5, write(pipes[1], "abcde", 5));
	for (int i = 0; i < 3; i++) {
		ASSERT_TRUE(start_splice(&splicer));
		ASSERT_EQ(0, i < 2 ? pthread_kill(splicer.thread, SIGUSR1) :
				     stop_writing(self->peer));
		ASSERT_TRUE(joins(splicer.thread));
		/* The first one has written a byte. */
		EXPECT_EQ(i ? -1 : 1, splicer.ret);
		if (i)
			EXPECT_EQ(i == 1 ? EINTR : EPIPE, splicer.error);
	}
	ASSERT_EQ(ZX_OK, zx_socket_read(self->peer, 0, self->into, SIZE, NULL));
	ASSERT_EQ(ZX_OK, zx_socket_set_disposition(self->peer, 0,
						   ZX_SOCKET_DISPOSITION_WRITE_ENABLED));
	ASSERT_EQ(0, nonblocking(self->fd));
	ASSERT_EQ(SIZE, write(self->fd, self->bytes, SIZE));
	EXPECT_EQ(-EAGAIN, ERRNO(splice(pipes[0], NULL, self->fd, NULL, 4, 0)));
	EXPECT_EQ(4, read(pipes[0], self->into, 9));
	EXPECT_EQ(0, memcmp("bcde", self->into, 4));
	/* An empty pipe is waited for only without this flag. */
	EXPECT_EQ(-EAGAIN, ERRNO(splice(pipes[0], NULL, self->fd, NULL, 4, SPLICE_F_NONBLOCK)));
	close(pipes[0]);
	close(pipes[1]);
}

/* When the bytes come, the pipe may be full, or have no reader any more. */
TEST_F_TIMEOUT(socket_fd, splice_waits_for_bytes_and_then_for_the_pipe, 240)
{
	struct splicer splicer = { .from = self->fd };
	ssize_t fill;
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	splicer.to = pipes[1];
	ASSERT_TRUE(start_splice(&splicer));
	ASSERT_EQ(0, nonblocking(pipes[1]));
	fill = write(pipes[1], self->bytes, SIZE);
	ASSERT_LT(0, fill);
	put(self->peer, "abcd", 4);
	ASSERT_TRUE(zxt_sleeps(&splicer.tid));
	EXPECT_EQ(fill, read(pipes[0], self->into, fill));
	ASSERT_TRUE(joins(splicer.thread));
	EXPECT_EQ(4, splicer.ret);
	EXPECT_EQ(4, read(pipes[0], self->into, 9));
	EXPECT_EQ(0, memcmp("abcd", self->into, 4));

	signal(SIGPIPE, SIG_IGN);
	ASSERT_EQ(0, fcntl(pipes[1], F_SETFL, 0));
	ASSERT_TRUE(start_splice(&splicer));
	close(pipes[0]);
	put(self->peer, "abcd", 4);
	ASSERT_TRUE(joins(splicer.thread));
	EXPECT_EQ(-1, splicer.ret);
	EXPECT_EQ(EPIPE, splicer.error);
	/* The bytes stay in the socket. */
	EXPECT_EQ(4, read(self->fd, self->into, 9));
	EXPECT_EQ(0, memcmp("abcd", self->into, 4));
	close(pipes[1]);
}

TEST_F_TIMEOUT(socket_fd, splice_ends_with_the_peer_and_by_a_signal, 240)
{
	struct splicer splicer = { .from = self->fd };
	struct sigaction action = { .sa_handler = catch };
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	splicer.to = pipes[1];
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_TRUE(start_splice(&splicer));
	pthread_kill(splicer.thread, SIGUSR1);
	ASSERT_TRUE(joins(splicer.thread));
	EXPECT_EQ(-1, splicer.ret);
	EXPECT_EQ(EINTR, splicer.error);
	ASSERT_TRUE(start_splice(&splicer));
	zx_handle_close(self->peer);
	self->peer = ZX_HANDLE_INVALID;
	ASSERT_TRUE(joins(splicer.thread));
	EXPECT_EQ(0, splicer.ret);
	close(pipes[0]);
	close(pipes[1]);
}

/* While it waits for a pipe that was filled meanwhile, and for space in the socket. */
TEST_F_TIMEOUT(socket_fd, a_signal_interrupts_a_splice, 280)
{
	struct splicer splicer = { .from = self->fd };
	int pipes[2], others[2];

	ASSERT_EQ(0, pipe(pipes));
	splicer.to = pipes[1];
	handle(SIGUSR1, 0);
	for (int i = 0; i < 5; i++) {
		ASSERT_EQ(0, fcntl(pipes[1], F_SETFL, 0));
		ASSERT_TRUE(start_splice(&splicer));
		ASSERT_EQ(0, nonblocking(pipes[1]));
		ASSERT_LT(0, write(pipes[1], self->bytes, SIZE));
		put(self->peer, "abcd", 4);
		ASSERT_TRUE(zxt_sleeps(&splicer.tid));
		pthread_kill(splicer.thread, SIGUSR1);
		ASSERT_TRUE(joins(splicer.thread));
		EXPECT_EQ(-1, splicer.ret);
		EXPECT_EQ(EINTR, splicer.error);
		EXPECT_EQ(4, read(self->fd, self->into, 9));
		EXPECT_LT(0, read(pipes[0], self->into, SIZE));
	}

	ASSERT_EQ(0, pipe(others));
	ASSERT_EQ(4, write(others[1], "abcd", 4));
	ASSERT_EQ(SIZE, write(self->fd, self->bytes, SIZE));
	splicer.from = others[0];
	splicer.to = self->fd;
	ASSERT_TRUE(start_splice(&splicer));
	pthread_kill(splicer.thread, SIGUSR1);
	ASSERT_TRUE(joins(splicer.thread));
	EXPECT_EQ(-1, splicer.ret);
	EXPECT_EQ(EINTR, splicer.error);
	EXPECT_EQ(4, read(others[0], self->into, 9));
	for (int i = 0; i < 2; i++) {
		close(pipes[i]);
		close(others[i]);
	}
}

/* More than a pipe takes at once, and sizes beside page boundaries. */
TEST_F(socket_fd, splice_of_every_size)
{
	static const size_t sizes[] = { 1, 63, 65, 4095, 4096, 4097, 8192, 65536, SIZE };
	int pipes[2];

	ASSERT_EQ(0, pipe(pipes));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t done = 0;

		put(self->peer, self->bytes, sizes[i]);
		while (done < sizes[i]) {
			ssize_t ret = splice(self->fd, NULL, pipes[1], NULL, SIZE, 0);

			ASSERT_LT(0, ret);
			ASSERT_EQ(ret, read(pipes[0], self->into + done, ret));
			done += ret;
		}
		EXPECT_EQ(sizes[i], done);
		EXPECT_EQ(0, memcmp(self->bytes, self->into, sizes[i]));
	}
	EXPECT_EQ(-EAGAIN, ERRNO(splice(self->fd, NULL, pipes[1], NULL, 1, SPLICE_F_NONBLOCK)));
	close(pipes[0]);
	close(pipes[1]);
}

TEST_F(socket_fd, splice_needs_the_rights)
{
	zx_handle_t end[2], narrow;
	int pipes[2], fd;

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &end[0], &end[1]));
	put(end[0], "abc", 3);
	narrow = zxt_without(end[1], ZX_RIGHT_READ | ZX_RIGHT_WRITE);
	fd = export(narrow);
	EXPECT_EQ(-EBADF, ERRNO(splice(fd, NULL, pipes[1], NULL, 9, SPLICE_F_NONBLOCK)));
	EXPECT_EQ(1, write(pipes[1], "x", 1));
	EXPECT_EQ(-EBADF, ERRNO(splice(pipes[0], NULL, fd, NULL, 1, 0)));
	EXPECT_EQ(3, unread(end[1]));
	close(fd);
	close(pipes[0]);
	close(pipes[1]);
	zx_handle_close_many(end, 2);
}

/*
 * Event loops: a transfer of many times the capacity, driven by epoll alone.
 */

#define TRANSFER	(16 * SIZE)

struct sender {
	pthread_t thread;
	int fd;
	uint32_t edge;
	uint8_t *bytes;
	bool done;
};

/* Byte n of the transfer is byte n % (SIZE + 1) of the pattern. */
static void *send_by_epoll(void *arg)
{
	struct sender *me = arg;
	struct epoll_event event = { .events = EPOLLOUT | me->edge };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	size_t sent = 0;

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, me->fd, &event))
		abort();
	while (sent < TRANSFER) {
		if (epoll_wait(epoll, &event, 1, SOON) != 1)
			return NULL;
		do {
			size_t at = sent % (SIZE + 1), size = SIZE + 1 - at;
			ssize_t n;

			if (size > TRANSFER - sent)
				size = TRANSFER - sent;
			if (!size)
				break;
			n = write(me->fd, me->bytes + at, size % 70001 + 1 < size ?
							  size % 70001 + 1 : size);
			if (n < 0 && errno != EAGAIN)
				return NULL;
			if (n < 0)
				break;
			sent += n;
		} while (me->edge);
	}
	me->done = true;
	close(epoll);
	close(me->fd);
	return NULL;
}

static void transfer(struct __test_metadata *const _metadata, int fd, zx_handle_t peer,
		     uint8_t *bytes, uint8_t *into, uint32_t edge)
{
	struct epoll_event event = { .events = EPOLLIN | edge };
	int other = export(peer), epoll = epoll_create1(EPOLL_CLOEXEC);
	struct sender sender = { .fd = fd, .edge = edge, .bytes = bytes };
	size_t got = 0;
	ssize_t n = 1;

	ASSERT_LE(0, other);
	ASSERT_EQ(0, nonblocking(fd));
	ASSERT_EQ(0, nonblocking(other));
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, other, &event));
	ASSERT_EQ(0, pthread_create(&sender.thread, NULL, send_by_epoll, &sender));
	while (n) {
		ASSERT_EQ(1, epoll_wait(epoll, &event, 1, SOON));
		do {
			n = read(other, into, 30001);
			if (n < 0)
				ASSERT_EQ(EAGAIN, errno);
			for (ssize_t i = 0; i < n; i++, got++)
				ASSERT_EQ(bytes[got % (SIZE + 1)], into[i]);
		} while (edge && n > 0);
	}
	pthread_join(sender.thread, NULL);
	EXPECT_TRUE(sender.done);
	EXPECT_EQ(TRANSFER, got);
	close(epoll);
	close(other);
}

TEST_F_TIMEOUT(socket_fd, transfer_by_levels, 240)
{
	transfer(_metadata, self->fd, self->peer, self->bytes, self->into, 0);
	self->fd = -1;
	self->peer = ZX_HANDLE_INVALID;
}

TEST_F_TIMEOUT(socket_fd, transfer_by_edges, 240)
{
	transfer(_metadata, self->fd, self->peer, self->bytes, self->into, EPOLLET);
	self->fd = -1;
	self->peer = ZX_HANDLE_INVALID;
}

/* Several threads read one descriptor: each byte goes to one of them. */
static void *count_bytes(void *arg)
{
	struct blocked *me = arg;
	uint8_t buffer[700];
	ssize_t n;

	me->size = 0;
	while ((n = read(me->fd, buffer, sizeof(buffer))) > 0)
		me->size += n;
	me->ret = n;
	return NULL;
}

TEST_F_TIMEOUT(socket_fd, many_readers_and_writers, 240)
{
	struct blocked readers[4] = {}, writers[3] = {};
	int other = export(self->peer);
	size_t sum = 0;

	self->peer = ZX_HANDLE_INVALID;
	ASSERT_LE(0, other);
	for (int i = 0; i < 4; i++) {
		readers[i].fd = self->fd;
		pthread_create(&readers[i].thread, NULL, count_bytes, &readers[i]);
	}
	for (int i = 0; i < 3; i++) {
		writers[i] = (struct blocked){ .fd = other, .writes = true, .buffer = self->bytes,
					       .size = SIZE };
		pthread_create(&writers[i].thread, NULL, block, &writers[i]);
	}
	for (int i = 0; i < 3; i++) {
		pthread_join(writers[i].thread, NULL);
		EXPECT_EQ(SIZE, writers[i].ret);
	}
	close(other);
	for (int i = 0; i < 4; i++) {
		pthread_join(readers[i].thread, NULL);
		EXPECT_EQ(0, readers[i].ret);
		sum += readers[i].size;
	}
	EXPECT_EQ(3 * SIZE, sum);
}

/*
 * A stream socket of the module and a Unix socket: a program sees no difference.
 */

FIXTURE(like_unix)
{
	int ours[2];		/* two exported endpoints */
	zx_handle_t handle[2];	/* duplicates of them, to shut down with */
	int theirs[2];	/* a Unix socket */
};

FIXTURE_SETUP(like_unix)
{
	zx_handle_t end[2];

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &end[0], &end[1]));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(end[i], ZX_RIGHT_SAME_RIGHTS,
						     &self->handle[i]));
		self->ours[i] = export(end[i]);
		ASSERT_LE(0, self->ours[i]);
	}
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, self->theirs));
	signal(SIGPIPE, SIG_IGN);
}

FIXTURE_TEARDOWN(like_unix)
{
	for (int i = 0; i < 2; i++) {
		close(self->ours[i]);
		close(self->theirs[i]);
		zx_handle_close(self->handle[i]);
	}
	EXPECT_EQ(0, zxt_handles());
}

/* Makes the call with each of the two as @fd; the result, or errno, must be the same. */
#define EXPECT_LIKE(which, expression)                                 \
	do {                                                           \
		int fd = self->theirs[which];                            \
		long unix_says = ERRNO(expression);                    \
									\
		fd = self->ours[which];                                \
		EXPECT_EQ(unix_says, ERRNO(expression)) {              \
			TH_LOG("%s", #expression);                     \
		}                                                      \
	} while (0)

static int file_type(int fd)
{
	struct stat status;

	return fstat(fd, &status) ? -1 : (int)(status.st_mode & S_IFMT);
}

static int bytes_to_read(int fd)
{
	int count = -1;

	return ioctl(fd, FIONREAD, &count) ? -1 : count;
}

static ssize_t read_to(int fd, void *buffer, size_t size, int flags)
{
	struct iovec iov = { buffer, size };

	return preadv2(fd, &iov, 1, -1, flags);
}

TEST_F(like_unix, file)
{
	char into[16];

	EXPECT_EQ(S_IFSOCK, file_type(self->ours[0]));
	EXPECT_LIKE(0, file_type(fd));
	EXPECT_LIKE(0, lseek(fd, 0, SEEK_SET));
	EXPECT_LIKE(0, lseek(fd, 0, SEEK_CUR));
	EXPECT_LIKE(0, pread(fd, into, 1, 0));
	EXPECT_LIKE(0, pwrite(fd, into, 1, 0));
	EXPECT_LIKE(0, ftruncate(fd, 0));
	EXPECT_LIKE(0, mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
	EXPECT_LIKE(0, fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK | O_ASYNC));
	EXPECT_LIKE(0, openat(fd, "x", O_RDONLY));
}

/* Two files have two inodes, as two sockets do. */
TEST_F(like_unix, inodes)
{
	struct stat status[2];

	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, fstat(self->ours[i], &status[i]));
	EXPECT_NE(status[0].st_ino, status[1].st_ino);
	EXPECT_EQ(status[0].st_dev, status[1].st_dev);
}

/* The kernel must not take the file for a network socket when it is sent. */
TEST_F(like_unix, sent_through_a_unix_socket)
{
	char into[4];
	int fd;

	for (int i = 0; i < 20; i++) {
		ASSERT_EQ(0, zxp_send_fd(self->theirs[0], self->ours[0]));
		fd = zxp_receive_fd(self->theirs[1], 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(S_IFSOCK, file_type(fd));
		EXPECT_EQ(3, write(self->ours[1], "abc", 3));
		EXPECT_EQ(3, read(fd, into, 4));
		close(fd);
	}
	/* A file that is not received is released when the Unix socket is closed. */
	ASSERT_EQ(0, zxp_send_fd(self->theirs[0], self->ours[0]));
	EXPECT_EQ(-ENOTSOCK, ERRNO(recv(self->ours[0], into, 1, MSG_DONTWAIT)));
	EXPECT_EQ(-ENOTSOCK, ERRNO(shutdown(self->ours[0], SHUT_WR)));
}

/* /proc does not open it a second time, and shows its type. */
TEST_F(like_unix, proc)
{
	static const char name[] = "anon_inode:[zircon:socket]";
	char path[64], link[4096];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->theirs[0]);
	EXPECT_EQ(-ENXIO, ERRNO(open(path, O_RDWR)));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->ours[0]);
	EXPECT_EQ(-ENXIO, ERRNO(open(path, O_RDWR)));
	len = readlink(path, link, sizeof(link));
	EXPECT_EQ(sizeof(name) - 1, len);
	EXPECT_EQ(0, memcmp(name, link, sizeof(name) - 1));
}

#ifndef RWF_NOSIGNAL
#define RWF_NOSIGNAL	0x00000100
#endif

/* An older kernel refuses the flag for both. */
TEST_F(like_unix, writing_without_a_signal)
{
	struct iovec iov = { "x", 1 };

	handle(SIGPIPE, 0);
	close(self->theirs[1]);
	close(self->ours[1]);
	zx_handle_close(self->handle[1]);
	EXPECT_LIKE(0, pwritev2(fd, &iov, 1, -1, RWF_NOSIGNAL));
	EXPECT_EQ(0, caught);
	EXPECT_LIKE(0, write(fd, "x", 1));
	EXPECT_EQ(SIGPIPE, caught);
}

TEST_F(like_unix, reading)
{
	void *volatile nowhere = zxt_nowhere[0];	/* hidden from the compiler */
	char into[16];

	EXPECT_LIKE(0, polled(fd));
	EXPECT_LIKE(0, bytes_to_read(fd));
	EXPECT_LIKE(1, write(fd, "abcdef", 6));
	EXPECT_LIKE(0, polled(fd));
	EXPECT_LIKE(0, bytes_to_read(fd));
	EXPECT_LIKE(0, read(fd, into, 0));
	EXPECT_LIKE(0, read(fd, NULL, 0));
	EXPECT_LIKE(0, read(fd, nowhere, 1));
	EXPECT_LIKE(0, bytes_to_read(fd));
	EXPECT_LIKE(0, read(fd, into, 4));
	EXPECT_LIKE(0, bytes_to_read(fd));
	EXPECT_LIKE(0, read_to(fd, into, 16, 0));
	EXPECT_LIKE(0, bytes_to_read(fd));
	EXPECT_LIKE(0, nonblocking(fd));
	EXPECT_LIKE(0, read(fd, into, 16));
	EXPECT_LIKE(0, read(fd, into, 0));
	EXPECT_LIKE(1, write(fd, nowhere, 1));
	EXPECT_LIKE(1, write(fd, "", 0));
	EXPECT_LIKE(0, polled(fd));
}

TEST_F(like_unix, closed_peer)
{
	char into[16];

	EXPECT_LIKE(1, write(fd, "abcdef", 6));
	zx_handle_close(self->handle[1]);
	EXPECT_LIKE(1, close(fd));
	EXPECT_LIKE(0, polled(fd));
	EXPECT_LIKE(0, bytes_to_read(fd));
	EXPECT_LIKE(0, write(fd, "x", 1));
	EXPECT_LIKE(0, read(fd, into, 16));
	EXPECT_LIKE(0, polled(fd));
	EXPECT_LIKE(0, bytes_to_read(fd));
	EXPECT_LIKE(0, read(fd, into, 16));
	EXPECT_LIKE(0, write(fd, "x", 1));
	EXPECT_LIKE(0, write(fd, "", 0));
	self->handle[1] = ZX_HANDLE_INVALID;
	self->ours[1] = -1;
	self->theirs[1] = -1;
}

TEST_F(like_unix, shut_down)
{
	char into[16];

	EXPECT_LIKE(1, write(fd, "abcdef", 6));
	ASSERT_EQ(0, shutdown(self->theirs[1], SHUT_WR));
	ASSERT_EQ(ZX_OK, zx_socket_set_disposition(self->handle[1],
						   ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0));
	EXPECT_LIKE(0, polled(fd));
	EXPECT_LIKE(1, polled(fd));
	EXPECT_LIKE(0, read(fd, into, 16));
	EXPECT_LIKE(0, polled(fd));
	EXPECT_LIKE(0, read(fd, into, 16));
	EXPECT_LIKE(1, write(fd, "x", 1));
	EXPECT_LIKE(0, write(fd, "x", 1));
	EXPECT_LIKE(0, write(fd, "", 0));
	EXPECT_LIKE(1, write(fd, "", 0));
	EXPECT_LIKE(1, read(fd, into, 16));
}

/* RWF_NOWAIT is O_NONBLOCK for one call. Unix sockets have it only on newer kernels. */
TEST_F(like_unix, without_waiting)
{
	struct iovec iov = { "abc", 3 };
	char into[16];

	EXPECT_EQ(-EAGAIN, ERRNO(read_to(self->ours[0], into, 16, RWF_NOWAIT)));
	EXPECT_EQ(3, ERRNO(pwritev2(self->ours[1], &iov, 1, -1, RWF_NOWAIT)));
	EXPECT_EQ(3, ERRNO(read_to(self->ours[0], into, 16, RWF_NOWAIT)));
	while (ERRNO(pwritev2(self->ours[1], &iov, 1, -1, RWF_NOWAIT)) > 0)
		;
	EXPECT_EQ(-EAGAIN, ERRNO(pwritev2(self->ours[1], &iov, 1, -1, RWF_NOWAIT)));
	/* A write of no bytes needs no space. */
	EXPECT_EQ(0, ERRNO(write(self->ours[1], "", 0)));
}

/* Each waits for nothing but EPOLLHUP, which comes with the second of the two directions. */
TEST_F(like_unix, both_directions_shut_down)
{
	int epoll[2];

	for (int i = 0; i < 2; i++) {
		epoll[i] = epoll_create1(EPOLL_CLOEXEC);
		ASSERT_LE(0, epoll[i]);
		ASSERT_EQ(0, zxt_epoll_add(epoll[i], self->ours[i], EPOLLET));
	}
	ASSERT_EQ(0, shutdown(self->theirs[1], SHUT_WR));
	ASSERT_EQ(ZX_OK, zx_socket_set_disposition(self->handle[1],
						   ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0));
	EXPECT_LIKE(0, polled(fd));
	EXPECT_LIKE(1, polled(fd));
	EXPECT_EQ(0, zxt_epolled(epoll[0], 0));
	EXPECT_EQ(0, zxt_epolled(epoll[1], 0));
	ASSERT_EQ(0, shutdown(self->theirs[1], SHUT_RD));
	ASSERT_EQ(ZX_OK, zx_socket_set_disposition(self->handle[1], 0,
						   ZX_SOCKET_DISPOSITION_WRITE_DISABLED));
	EXPECT_LIKE(0, polled(fd));
	EXPECT_LIKE(1, polled(fd));
	EXPECT_TRUE(polled(self->ours[0]) & POLLHUP);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(EPOLLHUP, zxt_epolled(epoll[i], SOON));
		close(epoll[i]);
	}
	/* Writing can be enabled again, which a Unix socket does not know. */
	ASSERT_EQ(ZX_OK, zx_socket_set_disposition(self->handle[0],
						   ZX_SOCKET_DISPOSITION_WRITE_ENABLED, 0));
	EXPECT_EQ(0, polled(self->ours[0]) & POLLHUP);
}

/* The bytes that an endpoint has written and its peer has not read. A Unix socket counts memory. */
TEST_F(like_unix, bytes_not_read_by_the_peer)
{
	int count = -1;

	EXPECT_EQ(0, ioctl(self->ours[0], SIOCOUTQ, &count));
	EXPECT_EQ(0, count);
	EXPECT_EQ(3, write(self->ours[0], "abc", 3));
	EXPECT_EQ(0, ioctl(self->ours[0], SIOCOUTQ, &count));
	EXPECT_EQ(3, count);
	EXPECT_EQ(0, ioctl(self->ours[1], SIOCOUTQ, &count));
	EXPECT_EQ(0, count);
	EXPECT_EQ(-EFAULT, ERRNO(ioctl(self->ours[0], SIOCOUTQ, NULL)));
	EXPECT_EQ(-EFAULT, ERRNO(ioctl(self->ours[1], FIONREAD, NULL)));
	EXPECT_EQ(-ENOTTY, ERRNO(ioctl(self->ours[0], TCGETS, &count)));
}

/* Each query needs the right to do what it asks about. */
TEST_F(like_unix, queries_need_their_right)
{
	int fd, count;

	ASSERT_EQ(ZX_OK, zx_handle_replace(self->handle[0],
					   ZX_RIGHT_TRANSFER | ZX_RIGHT_WRITE | ZX_RIGHT_WAIT,
					   &self->handle[0]));
	fd = export(self->handle[0]);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBADF, ERRNO(ioctl(fd, FIONREAD, &count)));
	EXPECT_EQ(0, ioctl(fd, SIOCOUTQ, &count));
	close(fd);
	ASSERT_EQ(ZX_OK, zx_handle_replace(self->handle[1],
					   ZX_RIGHT_TRANSFER | ZX_RIGHT_READ, &self->handle[1]));
	fd = export(self->handle[1]);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBADF, ERRNO(ioctl(fd, SIOCOUTQ, &count)));
	EXPECT_EQ(0, ioctl(fd, FIONREAD, &count));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &self->handle[1]));
	EXPECT_EQ(-EBADF, ERRNO(ioctl(fd, FIONREAD, &count)));
	close(fd);
	self->handle[0] = ZX_HANDLE_INVALID;
}

/* No file of the module sends SIGIO, so none accepts O_ASYNC. */
TEST_F(like_unix, no_sigio)
{
	zx_handle_t event;
	int fds[3];

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	fds[0] = self->ours[0];
	ASSERT_EQ(ZX_OK, zxl_handle_watch(event, ZX_EVENT_SIGNALED, 0, &fds[1]));
	fds[2] = zxp_open(O_CLOEXEC);
	ASSERT_LE(0, fds[2]);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(-EINVAL, ERRNO(fcntl(fds[i], F_SETFL, O_ASYNC)));
		EXPECT_EQ(0, fcntl(fds[i], F_GETFL) & O_ASYNC);
		EXPECT_EQ(0, fcntl(fds[i], F_SETFL, O_NONBLOCK));
	}
	close(fds[1]);
	close(fds[2]);
	zx_handle_close(event);
}

/* Several threads write to one descriptor and wait for space: the bytes of each arrive in order. */
#define TAGGED_WRITERS	4
#define TAGGED_SIZE	(4 * SIZE)

static void *write_tagged(void *arg)
{
	struct blocked *me = arg;
	size_t done = 0;

	me->ret = 0;
	/* These sizes fill the socket in the middle of a write, each time at another byte. */
	for (size_t n = 1000; done < me->size; n = (n * 7 + 13) % SIZE + 1) {
		size_t left = me->size - done;

		me->ret = write(me->fd, me->buffer + done, n < left ? n : left);
		if (me->ret <= 0)
			break;
		done += me->ret;
	}
	me->size = done;
	return NULL;
}

TEST_F_TIMEOUT(socket_fd, writers_that_wait_lose_nothing, 240)
{
	struct blocked writers[TAGGED_WRITERS] = {};
	unsigned int next[TAGGED_WRITERS] = {};
	size_t actual, sum = 0, wrong = 0;

	/* Two bits are the writer, the others the byte's number modulo 61. */
	for (int i = 0; i < TAGGED_WRITERS; i++) {
		uint8_t *bytes = malloc(TAGGED_SIZE);

		ASSERT_NE(NULL, bytes);
		for (size_t j = 0; j < TAGGED_SIZE; j++)
			bytes[j] = i << 6 | j % 61;
		writers[i] = (struct blocked){ .fd = self->fd, .buffer = bytes,
					       .size = TAGGED_SIZE };
		ASSERT_EQ(0, pthread_create(&writers[i].thread, NULL, write_tagged, &writers[i]));
	}
	while (sum < TAGGED_WRITERS * TAGGED_SIZE &&
	       zx_object_wait_one(self->peer, ZX_SOCKET_READABLE, ZXT_SOON, NULL) == ZX_OK &&
	       zx_socket_read(self->peer, 0, self->into, SIZE / 3, &actual) == ZX_OK) {
		for (size_t i = 0; i < actual; i++) {
			unsigned int writer = self->into[i] >> 6;

			wrong += (self->into[i] & 63) != next[writer];
			next[writer] = ((self->into[i] & 63) + 1) % 61;
		}
		sum += actual;
	}
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(TAGGED_WRITERS * TAGGED_SIZE, sum);
	for (int i = 0; i < TAGGED_WRITERS; i++) {
		ASSERT_EQ(0, pthread_join(writers[i].thread, NULL));
		EXPECT_EQ(TAGGED_SIZE, writers[i].size);
		free(writers[i].buffer);
	}
}

TEST_HARNESS_MAIN
