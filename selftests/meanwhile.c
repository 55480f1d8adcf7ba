// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a call if another thread acts while it is half done. Each call here waits for a
 * missing page of its caller's memory (userfaultfd). Meanwhile the test closes a handle, sends it
 * away, closes the peer, or reads what the call was about to read. Then the page comes, or the
 * memory is unmapped.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "zxpoll.h"
#include "zxproc.h"
#include "zxthread.h"

#define SIZE	4096u

/* LONG: more than is copied in one short piece. FULL: as much as a socket takes. */
#define LONG	1000u
#define FULL	(256u * 1024)

struct call {
	long (*make)(struct call *call);
	zx_handle_t handle;
	zx_handle_t sent;	/* with a message */
	zx_handle_t got;
	int fd;
	uint32_t options;
	uint32_t size;
	void *memory;		/* the missing page */
	size_t actual;
	pthread_t thread;
	long result;
};

/* Each test has a process of its own, and so a world of its own. */
static struct world {
	int uffd;
	struct call call;
	zx_handle_t channel[2];
	zx_handle_t road[2];	/* a channel on which handles are sent away */
	zx_handle_t pair[2];
	zx_handle_t socket[2];
	zx_handle_t fifo[2];
	zx_handle_t port;
	uint8_t buffer[SIZE];
	uint8_t got[16];
} w;

FIXTURE(meanwhile)
{
};

FIXTURE_SETUP(meanwhile)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register missing = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	void *page;

	w.uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (w.uffd < 0)
		SKIP(return, "no userfaultfd that waits for the kernel's accesses too");
	ASSERT_EQ(0, ioctl(w.uffd, UFFDIO_API, &api));
	page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	missing.range = (struct uffdio_range){ .start = (uintptr_t)page, .len = SIZE };
	ASSERT_EQ(0, ioctl(w.uffd, UFFDIO_REGISTER, &missing));
	w.call.memory = page;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &w.channel[0], &w.channel[1]));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &w.road[0], &w.road[1]));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &w.pair[0], &w.pair[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &w.socket[0], &w.socket[1]));
	ASSERT_EQ(ZX_OK, zx_fifo_create(SIZE, 1, 0, &w.fifo[0], &w.fifo[1]));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &w.port));
	memset(w.buffer, 'x', SIZE);
}

/* The test may have closed some of the handles, which is no error here. */
FIXTURE_TEARDOWN(meanwhile)
{
	zx_handle_close_many(w.channel, 2);
	zx_handle_close_many(w.road, 2);
	zx_handle_close_many(w.pair, 2);
	zx_handle_close_many(w.socket, 2);
	zx_handle_close_many(w.fifo, 2);
	zx_handle_close(w.port);
	close(w.uffd);
	EXPECT_EQ(0, zxt_handles());
}

static void *call_thread(void *arg)
{
	struct call *call = arg;

	call->result = call->make(call);
	return NULL;
}

/* Starts the call in a thread; true once it waits for the page. */
static bool begin(long (*make)(struct call *call), zx_handle_t handle)
{
	struct pollfd pollfd = { .fd = w.uffd, .events = POLLIN };
	struct uffd_msg msg;

	w.call.make = make;
	w.call.handle = handle;
	return !pthread_create(&w.call.thread, NULL, call_thread, &w.call) &&
	       poll(&pollfd, 1, 60000) == 1 &&
	       read(w.uffd, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT;
}

/* The page comes, full of 'x' or of what the test has put into its buffer. */
static void bring_page(void)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)w.call.memory,
		.src = (uintptr_t)w.buffer,
		.len = SIZE,
	};

	if (ioctl(w.uffd, UFFDIO_COPY, &copy))
		abort();
}

static long end_of_call(void)
{
	if (pthread_join(w.call.thread, NULL))
		abort();
	return w.call.result;
}

/* Whether a call that has returned wrote no more than @bytes bytes to the page that came. */
static bool wrote_only(size_t bytes)
{
	return !memcmp((uint8_t *)w.call.memory + bytes, w.buffer, SIZE - bytes);
}

/* The page comes. Returns the result of the call. */
static long page_comes(void)
{
	bring_page();
	return end_of_call();
}

/* The page never comes. Returns the result of the call. */
static long page_goes(void)
{
	struct uffdio_range range = { .start = (uintptr_t)w.call.memory, .len = SIZE };

	if (munmap(w.call.memory, SIZE) || ioctl(w.uffd, UFFDIO_WAKE, &range) ||
	    pthread_join(w.call.thread, NULL))
		abort();
	return w.call.result;
}

/* The number that the next descriptor will have. */
static int next_fd(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

static zx_status_t send_away(zx_handle_t handle)
{
	return zx_channel_write(w.road[0], 0, NULL, 0, &handle, 1);
}

static zx_handle_t arrived(void)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;

	zx_channel_read(w.road[1], 0, NULL, &handle, 0, 1, NULL, NULL);
	return handle;
}

/* Closes the handle of the next message on the road. */
static void close_arrived(void)
{
	zx_handle_close(arrived());
}

/*
 * Descriptors.
 */

static long do_export(struct call *call)
{
	return zxl_handle_export(call->handle, 0, call->memory);
}

TEST_F(meanwhile, exported_and_closed)
{
	int fd = next_fd();

	ASSERT_TRUE(begin(do_export, w.pair[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.pair[0]));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, page_comes());
	EXPECT_EQ(fd, next_fd());
	EXPECT_TRUE(zxt_signals(w.pair[1]) & ZX_EVENTPAIR_PEER_CLOSED);
}

/* The number of the handle that is being exported comes to name another object, which stays. */
TEST_F_TIMEOUT(meanwhile, exported_and_used_for_another, 600)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;
	int fd = next_fd();
	zx_koid_t koid;

	ASSERT_TRUE(begin(do_export, w.pair[0]));
	ASSERT_EQ(ZX_OK, zx_handle_close(w.pair[0]));
	for (int tries = 0; tries < 1 << 20; tries++) {
		ASSERT_EQ(ZX_OK, zx_event_create(0, &handle));
		if (handle == w.pair[0])
			break;
		ASSERT_EQ(ZX_OK, zx_handle_close(handle));
	}
	ASSERT_EQ(w.pair[0], handle);
	koid = zxt_koid(handle);

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, page_comes());
	EXPECT_EQ(fd, next_fd());
	EXPECT_EQ(koid, zxt_koid(handle));
	EXPECT_EQ(ZX_OK, zx_handle_close(handle));
	EXPECT_TRUE(zxt_signals(w.pair[1]) & ZX_EVENTPAIR_PEER_CLOSED);
}

static long do_watch(struct call *call)
{
	return zxl_handle_watch(call->handle, ZX_USER_SIGNAL_0, 0, call->memory);
}

TEST_F(meanwhile, watched_and_closed)
{
	int fd = next_fd();

	ASSERT_TRUE(begin(do_watch, w.pair[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.pair[0]));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, page_comes());
	EXPECT_EQ(fd, next_fd());
	EXPECT_TRUE(zxt_signals(w.pair[1]) & ZX_EVENTPAIR_PEER_CLOSED);
}

static long do_import(struct call *call)
{
	return zxl_handle_import(call->fd, 0, call->memory);
}

TEST_F(meanwhile, imported_twice)
{
	zx_koid_t koid = zxt_koid(w.pair[0]);
	uint32_t handles = zxt_handles();

	ASSERT_EQ(ZX_OK, zxl_handle_export(w.pair[0], 0, &w.call.fd));
	ASSERT_TRUE(begin(do_import, 0));
	EXPECT_EQ(ZX_OK, zxl_handle_import(w.call.fd, 0, &w.pair[0]));
	EXPECT_EQ(ZX_ERR_BAD_STATE, page_comes());
	EXPECT_EQ(koid, zxt_koid(w.pair[0]));
	EXPECT_EQ(handles, zxt_handles());
	close(w.call.fd);
}

/*
 * Channels.
 */

static long do_write(struct call *call)
{
	return zx_channel_write(call->handle, 0, call->memory, call->size, &call->sent,
				call->sent != ZX_HANDLE_INVALID);
}

static uint32_t messages(zx_handle_t channel)
{
	uint32_t count = 0;

	while (zx_channel_read(channel, ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL, 0, 0, NULL,
			       NULL) == ZX_ERR_BUFFER_TOO_SMALL)
		count++;
	return count;
}

TEST_F(meanwhile, written_and_closed)
{
	w.call.size = 8;
	ASSERT_TRUE(begin(do_write, w.channel[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.channel[0]));
	EXPECT_NE(ZX_OK, page_comes());
	EXPECT_EQ(0, messages(w.channel[1]));
}

/* The endpoint gets another handle; nothing is written through the old one any more. */
TEST_F(meanwhile, written_and_sent_away)
{
	w.call.size = 8;
	ASSERT_TRUE(begin(do_write, w.channel[0]));
	EXPECT_EQ(ZX_OK, send_away(w.channel[0]));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, page_comes());
	EXPECT_EQ(0, messages(w.channel[1]));
	EXPECT_FALSE(zxt_signals(w.channel[1]) & ZX_CHANNEL_PEER_CLOSED);
	close_arrived();
}

/* Writing consumes the handles whether it succeeds or not. */
TEST_F(meanwhile, written_and_the_peer_closed)
{
	w.call.size = LONG;
	w.call.sent = w.pair[0];
	ASSERT_TRUE(begin(do_write, w.channel[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.channel[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, page_comes());
	EXPECT_TRUE(zxt_signals(w.pair[1]) & ZX_EVENTPAIR_PEER_CLOSED);
}

static long do_read(struct call *call)
{
	return zx_channel_read(call->handle, 0, call->memory, &call->got, SIZE, 1, NULL, NULL);
}

/* Queues a message of eight bytes and a handle, to be read by the call. */
static zx_status_t queue(zx_handle_t handle)
{
	return zx_channel_write(w.channel[1], 0, "message", 8, &handle, 1);
}

/* The message was removed from the queue already, so it is delivered. */
TEST_F(meanwhile, read_and_closed)
{
	zx_koid_t koid = zxt_koid(w.pair[0]);

	ASSERT_EQ(ZX_OK, queue(w.pair[0]));
	ASSERT_TRUE(begin(do_read, w.channel[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.channel[0]));
	EXPECT_EQ(ZX_OK, page_comes());
	EXPECT_EQ(koid, zxt_koid(w.call.got));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.call.got));
}

/* The message cannot be delivered, and its endpoint is gone: its handle is closed. */
TEST_F(meanwhile, read_and_closed_and_failed)
{
	ASSERT_EQ(ZX_OK, queue(w.pair[0]));
	ASSERT_TRUE(begin(do_read, w.channel[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.channel[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, page_goes());
	EXPECT_TRUE(zxt_signals(w.pair[1]) & ZX_EVENTPAIR_PEER_CLOSED);
}

/* A message that was not delivered stays the first, for the next reader of the endpoint. */
static void check_kept(struct __test_metadata *_metadata, zx_handle_t handle)
{
	zx_koid_t koid = zxt_koid(handle);
	zx_handle_t end, got;
	char bytes[8];

	ASSERT_EQ(ZX_OK, queue(handle));
	ASSERT_EQ(ZX_OK, zx_channel_write(w.channel[1], 0, "another", 8, NULL, 0));
	ASSERT_TRUE(begin(do_read, w.channel[0]));
	EXPECT_EQ(ZX_OK, send_away(w.channel[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, page_goes());

	end = arrived();
	ASSERT_EQ(ZX_OK, zx_channel_read(end, 0, bytes, &got, 8, 1, NULL, NULL));
	EXPECT_STREQ("message", bytes);
	EXPECT_EQ(koid, zxt_koid(got));
	EXPECT_EQ(ZX_OK, zx_channel_read(end, 0, bytes, NULL, 8, 0, NULL, NULL));
	EXPECT_STREQ("another", bytes);
	EXPECT_EQ(ZX_OK, zx_handle_close(got));
	EXPECT_EQ(ZX_OK, zx_handle_close(end));
}

TEST_F(meanwhile, read_and_sent_away_and_failed)
{
	check_kept(_metadata, w.pair[0]);
}

/* The same for a message with a channel in it, which is accounted as in flight. */
TEST_F(meanwhile, read_a_channel_and_sent_away_and_failed)
{
	zx_handle_t one, other;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &one, &other));
	check_kept(_metadata, one);
	EXPECT_TRUE(zxt_signals(other) & ZX_CHANNEL_PEER_CLOSED);
	EXPECT_EQ(ZX_OK, zx_handle_close(other));
}

/* Two messages with channels; the second is read before the first is put back. */
TEST_F(meanwhile, read_a_channel_and_failed_and_another_was_read)
{
	zx_handle_t one[2], two[2], got;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &one[0], &one[1]));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &two[0], &two[1]));
	ASSERT_EQ(ZX_OK, queue(one[0]));
	ASSERT_EQ(ZX_OK, queue(two[0]));
	ASSERT_TRUE(begin(do_read, w.channel[0]));
	EXPECT_EQ(ZX_OK, zx_channel_read(w.channel[0], 0, w.buffer, &got, 8, 1, NULL, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close(got));
	EXPECT_TRUE(zxt_signals(two[1]) & ZX_CHANNEL_PEER_CLOSED);
	EXPECT_FALSE(zxt_signals(w.channel[0]) & ZX_CHANNEL_READABLE);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, page_goes());
	EXPECT_TRUE(zxt_signals(w.channel[0]) & ZX_CHANNEL_READABLE);
	EXPECT_FALSE(zxt_signals(one[1]) & ZX_CHANNEL_PEER_CLOSED);
	EXPECT_EQ(1, messages(w.channel[0]));
	EXPECT_TRUE(zxt_signals(one[1]) & ZX_CHANNEL_PEER_CLOSED);
	EXPECT_EQ(ZX_OK, zx_handle_close(one[1]));
	EXPECT_EQ(ZX_OK, zx_handle_close(two[1]));
}

/* The queue was empty meanwhile: a waiter that began then is woken when the message is put back. */
TEST_F_TIMEOUT(meanwhile, read_and_failed_while_others_wait, 600)
{
	int watch, epoll = epoll_create1(EPOLL_CLOEXEC);
	struct waiter waiter;

	ASSERT_EQ(ZX_OK, queue(w.pair[0]));
	ASSERT_EQ(ZX_OK, zxl_handle_watch(w.channel[0], ZX_CHANNEL_READABLE, 0, &watch));
	ASSERT_EQ(0, zxt_epoll_add(epoll, watch, EPOLLIN | EPOLLET));
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, 0));
	ASSERT_TRUE(begin(do_read, w.channel[0]));
	ASSERT_TRUE(start(&waiter, w.channel[0], ZX_CHANNEL_READABLE, ZX_TIME_INFINITE));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, page_goes());
	EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, 0));
	ASSERT_TRUE(ends(&waiter));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(1, messages(w.channel[0]));
	close(epoll);
	close(watch);
}

static long do_call(struct call *call)
{
	char reply[8];
	uint32_t bytes, handles;
	const zx_channel_call_args_t args = {
		.wr_bytes = call->memory,
		.wr_num_bytes = 8,
		.rd_bytes = reply,
		.rd_num_bytes = sizeof(reply),
	};

	return zx_channel_call(call->handle, 0, ZX_TIME_INFINITE, &args, &bytes, &handles);
}

TEST_F(meanwhile, called_and_sent_away)
{
	ASSERT_TRUE(begin(do_call, w.channel[0]));
	EXPECT_EQ(ZX_OK, send_away(w.channel[0]));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, page_comes());
	EXPECT_EQ(0, messages(w.channel[1]));
	close_arrived();
}

TEST_F(meanwhile, called_and_the_peer_closed)
{
	ASSERT_TRUE(begin(do_call, w.channel[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.channel[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, page_comes());
}

/*
 * Sockets and fifos.
 */

static long do_socket_write(struct call *call)
{
	return zx_socket_write(call->handle, call->options, call->memory, call->size,
			       &call->actual);
}

static long do_socket_read(struct call *call)
{
	return zx_socket_read(call->handle, call->options, call->memory, SIZE, &call->actual);
}

static void new_socket(uint32_t options)
{
	zx_handle_close_many(w.socket, 2);
	if (zx_socket_create(options, &w.socket[0], &w.socket[1]) != ZX_OK)
		abort();
}

/* Leaves @space bytes of space in the socket that the call writes to. */
static bool fill_socket(size_t space)
{
	static uint8_t bytes[FULL];
	size_t actual;

	return zx_socket_write(w.socket[0], 0, bytes, FULL - space, &actual) == ZX_OK &&
	       actual == FULL - space;
}

static size_t unread(zx_handle_t socket)
{
	zx_info_socket_t info = {};

	zx_object_get_info(socket, ZX_INFO_SOCKET, &info, sizeof(info), NULL, NULL);
	return info.rx_buf_size;
}

/* A short write copies under the lock, a long write before that. */
static const uint32_t sizes[] = { 100, LONG };

static void check_write(struct __test_metadata *_metadata, uint32_t size,
			zx_status_t (*meanwhile)(void), zx_status_t expect)
{
	w.call.size = size;
	ASSERT_TRUE(begin(do_socket_write, w.socket[0]));
	EXPECT_EQ(ZX_OK, meanwhile());
	EXPECT_EQ(expect, page_comes());
}

static zx_status_t close_peer(void)
{
	return zx_handle_close(w.socket[1]);
}

TEST_F(meanwhile, few_bytes_written_and_the_peer_closed)
{
	check_write(_metadata, sizes[0], close_peer, ZX_ERR_PEER_CLOSED);
}

TEST_F(meanwhile, many_bytes_written_and_the_peer_closed)
{
	check_write(_metadata, sizes[1], close_peer, ZX_ERR_PEER_CLOSED);
}

static zx_status_t disable(void)
{
	return zx_socket_set_disposition(w.socket[0], ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0);
}

TEST_F(meanwhile, few_bytes_written_and_writing_disabled)
{
	check_write(_metadata, sizes[0], disable, ZX_ERR_BAD_STATE);
	EXPECT_EQ(0, unread(w.socket[1]));
}

TEST_F(meanwhile, many_bytes_written_and_writing_disabled)
{
	check_write(_metadata, sizes[1], disable, ZX_ERR_BAD_STATE);
	EXPECT_EQ(0, unread(w.socket[1]));
}

static zx_status_t fill(void)
{
	return fill_socket(0) ? ZX_OK : ZX_ERR_INTERNAL;
}

TEST_F(meanwhile, few_bytes_written_and_filled)
{
	check_write(_metadata, sizes[0], fill, ZX_ERR_SHOULD_WAIT);
	EXPECT_EQ(FULL, unread(w.socket[1]));
}

TEST_F(meanwhile, many_bytes_written_and_filled)
{
	check_write(_metadata, sizes[1], fill, ZX_ERR_SHOULD_WAIT);
	EXPECT_EQ(FULL, unread(w.socket[1]));
}

/* Leaves space for ten bytes. */
static zx_status_t nearly_fill(void)
{
	return fill_socket(10) ? ZX_OK : ZX_ERR_INTERNAL;
}

TEST_F(meanwhile, few_bytes_written_and_nearly_filled)
{
	check_write(_metadata, sizes[0], nearly_fill, ZX_OK);
	EXPECT_EQ(10, w.call.actual);
	EXPECT_EQ(FULL, unread(w.socket[1]));
}

TEST_F(meanwhile, many_bytes_written_and_nearly_filled)
{
	check_write(_metadata, sizes[1], nearly_fill, ZX_OK);
	EXPECT_EQ(10, w.call.actual);
	EXPECT_EQ(FULL, unread(w.socket[1]));
}

/* A datagram is written whole or not at all. */
TEST_F(meanwhile, datagram_written_and_nearly_filled)
{
	new_socket(ZX_SOCKET_DATAGRAM);
	check_write(_metadata, LONG, nearly_fill, ZX_ERR_SHOULD_WAIT);
	EXPECT_EQ(FULL - 10, unread(w.socket[1]));
}

/* Bytes that another thread has read are not read again. */
TEST_F(meanwhile, bytes_read_by_another)
{
	uint8_t bytes[LONG], other[LONG / 2];

	memset(bytes, 'a', LONG / 2);
	memset(bytes + LONG / 2, 'b', LONG / 2);
	ASSERT_EQ(ZX_OK, zx_socket_write(w.socket[1], 0, bytes, LONG, NULL));
	ASSERT_TRUE(begin(do_socket_read, w.socket[0]));
	EXPECT_EQ(ZX_OK, zx_socket_read(w.socket[0], 0, other, LONG / 2, NULL));
	EXPECT_EQ('a', other[0]);
	EXPECT_EQ(ZX_OK, page_comes());
	EXPECT_EQ(LONG / 2, w.call.actual);
	EXPECT_EQ(0, memcmp(w.call.memory, bytes + LONG / 2, LONG / 2));
	EXPECT_TRUE(wrote_only(LONG / 2));
}

/*
 * A reader does not try again for ever while others read a little: after the first disturbance it
 * returns the first piece, which it copies without releasing the lock.
 */
TEST_F(meanwhile, a_byte_of_many_pieces_read_by_another)
{
	uint8_t bytes[1200], other;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 251;
	for (size_t i = 0; i < sizeof(bytes); i += 300)
		ASSERT_EQ(ZX_OK, zx_socket_write(w.socket[1], 0, bytes + i, 300, NULL));
	ASSERT_TRUE(begin(do_socket_read, w.socket[0]));
	EXPECT_EQ(ZX_OK, zx_socket_read(w.socket[0], 0, &other, 1, NULL));
	EXPECT_EQ(ZX_OK, page_comes());
	EXPECT_LE(299, w.call.actual);
	EXPECT_GT(1199, w.call.actual);
	EXPECT_TRUE(wrote_only(w.call.actual));
	EXPECT_EQ(0, memcmp(w.call.memory, bytes + 1, w.call.actual));
	EXPECT_EQ(1199, unread(w.socket[0]) + w.call.actual);
}

/* A read of no bytes does not disturb another reader. */
TEST_F(meanwhile, no_bytes_read_by_another)
{
	uint8_t bytes[1200] = {};

	for (size_t i = 0; i < sizeof(bytes); i += 300)
		ASSERT_EQ(ZX_OK, zx_socket_write(w.socket[1], 0, bytes + i, 300, NULL));
	ASSERT_TRUE(begin(do_socket_read, w.socket[0]));
	EXPECT_EQ(ZX_OK, zx_socket_read(w.socket[0], 0, NULL, 0, NULL));
	EXPECT_EQ(ZX_OK, page_comes());
	EXPECT_EQ(1200, w.call.actual);
}

/* A read that has waited for a page, and gets nothing, has not written to it either. */
static void check_all_bytes_read(struct __test_metadata *_metadata, uint32_t options)
{
	char other[5];

	ASSERT_EQ(ZX_OK, zx_socket_write(w.socket[1], 0, "bytes", 5, NULL));
	w.call.options = options;
	ASSERT_TRUE(begin(do_socket_read, w.socket[0]));
	EXPECT_EQ(ZX_OK, zx_socket_read(w.socket[0], 0, other, 5, NULL));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, page_comes());
	EXPECT_TRUE(wrote_only(0));
}

TEST_F(meanwhile, all_bytes_read_by_another)
{
	check_all_bytes_read(_metadata, 0);
}

TEST_F(meanwhile, all_bytes_peeked_at_and_read_by_another)
{
	check_all_bytes_read(_metadata, ZX_SOCKET_PEEK);
}

TEST_F(meanwhile, datagram_read_by_another)
{
	new_socket(ZX_SOCKET_DATAGRAM);
	check_all_bytes_read(_metadata, 0);
}

/* The bytes are freed with the last handle to the endpoint. */
TEST_F(meanwhile, bytes_read_and_closed)
{
	static uint8_t bytes[20000];

	ASSERT_EQ(ZX_OK, zx_socket_write(w.socket[1], 0, bytes, sizeof(bytes), NULL));
	ASSERT_TRUE(begin(do_socket_read, w.socket[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.socket[0]));
	EXPECT_NE(ZX_OK, page_comes());
}

static zx_status_t write_control(zx_handle_t socket)
{
	return zx_socket_write(socket, ZX_SOCKET_CONTROL, "message", 8, NULL);
}

static zx_status_t read_control(zx_handle_t socket, char *message)
{
	return zx_socket_read(socket, ZX_SOCKET_CONTROL, message, 8, NULL);
}

/* The control plane has space for one message. */
TEST_F(meanwhile, control_written_by_another)
{
	char message[8];

	new_socket(ZX_SOCKET_HAS_CONTROL);
	w.call.size = 8;
	w.call.options = ZX_SOCKET_CONTROL;
	ASSERT_TRUE(begin(do_socket_write, w.socket[0]));
	EXPECT_EQ(ZX_OK, write_control(w.socket[0]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, page_comes());
	EXPECT_EQ(ZX_OK, read_control(w.socket[1], message));
	EXPECT_STREQ("message", message);
}

TEST_F(meanwhile, control_written_and_the_peer_closed)
{
	new_socket(ZX_SOCKET_HAS_CONTROL);
	w.call.size = 8;
	w.call.options = ZX_SOCKET_CONTROL;
	ASSERT_TRUE(begin(do_socket_write, w.socket[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.socket[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, page_comes());
}

static long do_control_write(struct call *call)
{
	return zx_socket_write(call->handle, ZX_SOCKET_CONTROL, "further", 8, call->memory);
}

TEST_F(meanwhile, control_written_and_the_count_is_late)
{
	char message[8];

	new_socket(ZX_SOCKET_HAS_CONTROL);
	ASSERT_TRUE(begin(do_control_write, w.socket[0]));
	EXPECT_EQ(ZX_OK, write_control(w.socket[0]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, page_comes());
	EXPECT_EQ(ZX_OK, read_control(w.socket[1], message));
	EXPECT_STREQ("message", message);
}

TEST_F(meanwhile, control_read_by_another)
{
	char message[8];

	new_socket(ZX_SOCKET_HAS_CONTROL);
	EXPECT_EQ(ZX_OK, write_control(w.socket[1]));
	w.call.options = ZX_SOCKET_CONTROL;
	ASSERT_TRUE(begin(do_socket_read, w.socket[0]));
	EXPECT_EQ(ZX_OK, read_control(w.socket[0], message));
	EXPECT_STREQ("message", message);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, page_comes());
	EXPECT_TRUE(wrote_only(0));
}

static long do_accept(struct call *call)
{
	return zx_socket_accept(call->handle, call->memory);
}

TEST_F(meanwhile, accepted_by_another)
{
	zx_handle_t one, other, accepted;
	uint32_t handles;

	new_socket(ZX_SOCKET_HAS_ACCEPT);
	handles = zxt_handles();
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &one, &other));
	ASSERT_EQ(ZX_OK, zx_socket_share(w.socket[1], one));
	ASSERT_TRUE(begin(do_accept, w.socket[0]));
	EXPECT_EQ(ZX_OK, zx_socket_accept(w.socket[0], &accepted));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, page_comes());
	EXPECT_TRUE(wrote_only(0));
	EXPECT_EQ(ZX_OK, zx_handle_close(accepted));
	EXPECT_TRUE(zxt_signals(other) & ZX_SOCKET_PEER_CLOSED);
	EXPECT_EQ(ZX_OK, zx_handle_close(other));
	EXPECT_EQ(handles, zxt_handles());
}

/* A socket whose handle cannot be delivered is not removed from the queue. */
TEST_F(meanwhile, accepted_and_failed)
{
	zx_handle_t one, other, accepted;

	new_socket(ZX_SOCKET_HAS_ACCEPT);
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &one, &other));
	ASSERT_EQ(ZX_OK, zx_socket_share(w.socket[1], one));
	ASSERT_TRUE(begin(do_accept, w.socket[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, page_goes());
	EXPECT_EQ(ZX_OK, zx_socket_accept(w.socket[0], &accepted));
	EXPECT_EQ(ZX_OK, zx_handle_close(accepted));
	EXPECT_EQ(ZX_OK, zx_handle_close(other));
}

static long do_fifo_write(struct call *call)
{
	return zx_fifo_write(call->handle, 1, call->memory, call->size, &call->actual);
}

static long do_fifo_read(struct call *call)
{
	return zx_fifo_read(call->handle, 1, call->memory, SIZE, &call->actual);
}

TEST_F(meanwhile, elements_written_by_another)
{
	w.call.size = 10;
	ASSERT_TRUE(begin(do_fifo_write, w.fifo[0]));
	EXPECT_EQ(ZX_OK, zx_fifo_write(w.fifo[0], 1, w.buffer, SIZE, NULL));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, page_comes());
}

TEST_F(meanwhile, elements_written_and_the_peer_closed)
{
	w.call.size = 10;
	ASSERT_TRUE(begin(do_fifo_write, w.fifo[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.fifo[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, page_comes());
}

TEST_F(meanwhile, elements_read_by_another)
{
	char other[1];

	ASSERT_EQ(ZX_OK, zx_fifo_write(w.fifo[1], 1, "ab", 2, NULL));
	ASSERT_TRUE(begin(do_fifo_read, w.fifo[0]));
	EXPECT_EQ(ZX_OK, zx_fifo_read(w.fifo[0], 1, other, 1, NULL));
	EXPECT_EQ('a', other[0]);
	EXPECT_EQ(ZX_OK, page_comes());
	EXPECT_EQ(1, w.call.actual);
	EXPECT_EQ('b', *(char *)w.call.memory);
	EXPECT_TRUE(wrote_only(1));
}

TEST_F(meanwhile, all_elements_read_by_another_and_the_peer_closed)
{
	char other[2];

	ASSERT_EQ(ZX_OK, zx_fifo_write(w.fifo[1], 1, "ab", 2, NULL));
	ASSERT_TRUE(begin(do_fifo_read, w.fifo[0]));
	EXPECT_EQ(ZX_OK, zx_fifo_read(w.fifo[0], 1, other, 2, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.fifo[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, page_comes());
	EXPECT_TRUE(wrote_only(0));
}

/*
 * Ports.
 */

static long do_port_queue(struct call *call)
{
	return zx_port_queue(call->handle, call->memory);
}

static long do_port_wait(struct call *call)
{
	return zx_port_wait(call->handle, ZX_TIME_INFINITE_PAST, call->memory);
}

static zx_status_t queue_key(uint64_t key)
{
	const zx_port_packet_t packet = { .key = key };

	return zx_port_queue(w.port, &packet);
}

/* Takes a packet from the port. Returns its key, or 0 if there is none. */
static uint64_t next_key(void)
{
	zx_port_packet_t packet = {};

	zx_port_wait(w.port, ZX_TIME_INFINITE_PAST, &packet);
	return packet.key;
}

TEST_F(meanwhile, packet_queued_and_the_port_closed)
{
	ASSERT_TRUE(begin(do_port_queue, w.port));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.port));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, page_comes());
}

/* Packets are in the order in which they were read from their senders. */
TEST_F(meanwhile, packets_queued_by_another)
{
	ASSERT_TRUE(begin(do_port_queue, w.port));
	EXPECT_EQ(ZX_OK, queue_key(1));
	EXPECT_EQ(ZX_OK, queue_key(2));
	EXPECT_EQ(ZX_OK, page_comes());
	EXPECT_EQ(1, next_key());
	EXPECT_EQ(2, next_key());
	EXPECT_EQ(0x7878787878787878, next_key());
	EXPECT_EQ(0, next_key());
}

/* A packet that is being read belongs to its reader, until that turns out not to get it. */
TEST_F(meanwhile, packet_read_in_vain)
{
	EXPECT_EQ(ZX_OK, queue_key(1));
	EXPECT_EQ(ZX_OK, queue_key(2));
	ASSERT_TRUE(begin(do_port_wait, w.port));
	EXPECT_EQ(ZX_OK, queue_key(3));
	EXPECT_EQ(2, next_key());
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(w.port, 0, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, page_goes());
	EXPECT_EQ(1, next_key());
	EXPECT_EQ(3, next_key());
	EXPECT_EQ(0, next_key());
}

TEST_F(meanwhile, packet_of_a_signal_read_in_vain)
{
	ASSERT_EQ(ZX_OK, zx_object_wait_async(w.pair[0], w.port, 1, ZX_USER_SIGNAL_0, 0));
	ASSERT_EQ(ZX_OK, zx_object_signal(w.pair[0], 0, ZX_USER_SIGNAL_0));
	ASSERT_TRUE(begin(do_port_wait, w.port));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.pair[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, page_goes());
	EXPECT_EQ(1, next_key());
	EXPECT_EQ(0, next_key());
}

TEST_F(meanwhile, packet_read_and_the_port_closed)
{
	EXPECT_EQ(ZX_OK, queue_key(1));
	ASSERT_TRUE(begin(do_port_wait, w.port));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.port));
	EXPECT_EQ(ZX_OK, page_comes());
	EXPECT_EQ(1, *(uint64_t *)w.call.memory);
	EXPECT_TRUE(wrote_only(sizeof(zx_port_packet_t)));
}

TEST_F(meanwhile, packet_read_in_vain_and_the_port_closed)
{
	EXPECT_EQ(ZX_OK, queue_key(1));
	ASSERT_TRUE(begin(do_port_wait, w.port));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.port));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, page_goes());
}

/*
 * Exported sockets.
 */

static long do_fd_read(struct call *call)
{
	ssize_t n = read(call->fd, call->memory, SIZE);

	return n < 0 ? -errno : n;
}

static long do_fd_write(struct call *call)
{
	ssize_t n = write(call->fd, call->memory, call->size);

	return n < 0 ? -errno : n;
}

/* Exports the first endpoint, for use without blocking. */
static void export_socket(void)
{
	if (zxl_handle_export(w.socket[0], 0, &w.call.fd) != ZX_OK ||
	    fcntl(w.call.fd, F_SETFL, O_NONBLOCK))
		abort();
}

TEST_F(meanwhile, file_read_by_another)
{
	ASSERT_EQ(ZX_OK, zx_socket_write(w.socket[1], 0, "abc", 3, NULL));
	export_socket();
	ASSERT_TRUE(begin(do_fd_read, 0));
	EXPECT_EQ(2, read(w.call.fd, w.buffer, 2));
	EXPECT_EQ('a', w.buffer[0]);
	EXPECT_EQ(1, page_comes());
	EXPECT_EQ('c', *(char *)w.call.memory);
	close(w.call.fd);
}

TEST_F(meanwhile, file_read_to_the_end_by_another)
{
	ASSERT_EQ(ZX_OK, zx_socket_write(w.socket[1], 0, "abc", 3, NULL));
	export_socket();
	ASSERT_TRUE(begin(do_fd_read, 0));
	EXPECT_EQ(3, read(w.call.fd, w.buffer, 3));
	EXPECT_EQ(-EAGAIN, page_comes());
	close(w.call.fd);
}

/* From the moment that the handle is back the file reads and writes nothing. */
TEST_F(meanwhile, file_read_and_imported)
{
	ASSERT_EQ(ZX_OK, zx_socket_write(w.socket[1], 0, "abc", 3, NULL));
	export_socket();
	ASSERT_TRUE(begin(do_fd_read, 0));
	EXPECT_EQ(ZX_OK, zxl_handle_import(w.call.fd, 0, &w.socket[0]));
	EXPECT_EQ(-EBADF, page_comes());
	EXPECT_EQ(3, unread(w.socket[0]));
	close(w.call.fd);
}

TEST_F(meanwhile, file_written_and_imported)
{
	w.call.size = 10;
	export_socket();
	ASSERT_TRUE(begin(do_fd_write, 0));
	EXPECT_EQ(ZX_OK, zxl_handle_import(w.call.fd, 0, &w.socket[0]));
	EXPECT_EQ(-EBADF, page_comes());
	EXPECT_EQ(0, unread(w.socket[1]));
	close(w.call.fd);
}

static void check_file_write(struct __test_metadata *_metadata, size_t space,
			     long expect)
{
	zx_handle_t copy;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(w.socket[0], ZX_RIGHT_SAME_RIGHTS, &copy));
	w.call.size = LONG;
	export_socket();
	ASSERT_TRUE(begin(do_fd_write, 0));
	w.socket[0] = copy;
	EXPECT_TRUE(fill_socket(space));
	EXPECT_EQ(expect, page_comes());
	EXPECT_EQ(FULL, unread(w.socket[1]));
	close(w.call.fd);
}

TEST_F(meanwhile, file_written_and_filled)
{
	check_file_write(_metadata, 0, -EAGAIN);
}

TEST_F(meanwhile, file_written_and_nearly_filled)
{
	check_file_write(_metadata, 10, 10);
}

static long do_fd_write_and_close(struct call *call)
{
	long ret = do_fd_write(call);

	close(call->fd);
	return ret;
}

/*
 * A write that may wait for space has copied its bytes, and then finds space for @space of them or
 * for none. It has to write the rest later, and each byte once.
 */
static void check_waiting_file_write(struct __test_metadata *_metadata, size_t space)
{
	static uint8_t bytes[FULL + LONG];
	size_t actual, sum = 0;
	zx_handle_t copy;

	for (size_t i = 0; i < SIZE; i++)
		w.buffer[i] = 1 + i % 251;
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(w.socket[0], ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(w.socket[0], 0, &w.call.fd));
	w.call.size = LONG;
	ASSERT_TRUE(begin(do_fd_write_and_close, 0));
	w.socket[0] = copy;
	EXPECT_TRUE(fill_socket(space));
	/* Then the file has the last reference to this endpoint. */
	ASSERT_EQ(ZX_OK, zx_handle_close(w.socket[0]));
	bring_page();
	while (sum < sizeof(bytes) &&
	       zx_object_wait_one(w.socket[1], ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED,
				  ZXT_SOON, NULL) == ZX_OK &&
	       zx_socket_read(w.socket[1], 0, bytes + sum, sizeof(bytes) - sum,
			      &actual) == ZX_OK)
		sum += actual;
	EXPECT_EQ(FULL - space + LONG, sum);
	EXPECT_EQ(0, memcmp(w.buffer, bytes + FULL - space, LONG));
	EXPECT_EQ(LONG, end_of_call());
}

TEST_F(meanwhile, file_written_and_filled_and_emptied)
{
	check_waiting_file_write(_metadata, 0);
}

TEST_F(meanwhile, file_written_and_nearly_filled_and_emptied)
{
	check_waiting_file_write(_metadata, 10);
}

TEST_F(meanwhile, file_written_and_the_peer_closed)
{
	signal(SIGPIPE, SIG_IGN);
	w.call.size = 10;
	export_socket();
	ASSERT_TRUE(begin(do_fd_write, 0));
	EXPECT_EQ(ZX_OK, zx_handle_close(w.socket[1]));
	EXPECT_EQ(-EPIPE, page_comes());
	close(w.call.fd);
}

/*
 * Writers that wait for memory have charged their bytes to the creator of the socket already. The
 * charge has a limit; writers beyond it get an error.
 */
#define WRITERS		24
#define CHARGED_MAX	(2u * 1024 * 1024)

static atomic_int writers_done;

static void *write_all(void *arg)
{
	struct call *call = arg;

	call->result = zx_socket_write(call->handle, 0, call->memory, FULL, &call->actual);
	writers_done++;
	return NULL;
}

TEST_F(meanwhile, many_writers_charge_no_more_than_that)
{
	struct uffdio_register missing = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct pollfd pollfd = { .fd = w.uffd, .events = POLLIN };
	struct call call[WRITERS] = {};
	int waiting = 0, written = 0;
	uint8_t *memory;

	memory = mmap(NULL, FULL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, memory);
	memset(memory, 'x', FULL - SIZE);
	w.call.memory = memory + FULL - SIZE;
	missing.range = (struct uffdio_range){ .start = (uintptr_t)w.call.memory, .len = SIZE };
	ASSERT_EQ(0, ioctl(w.uffd, UFFDIO_REGISTER, &missing));

	for (int i = 0; i < WRITERS; i++) {
		call[i].handle = w.socket[0];
		call[i].memory = memory;
		ASSERT_EQ(0, pthread_create(&call[i].thread, NULL, write_all, &call[i]));
	}
	/* Each waits for the last page, or has got an error. */
	while (waiting + writers_done < WRITERS) {
		struct uffd_msg msg;

		if (poll(&pollfd, 1, 10) == 1 && read(w.uffd, &msg, sizeof(msg)) == sizeof(msg))
			waiting++;
	}
	EXPECT_LE(1, waiting);
	EXPECT_GE(CHARGED_MAX / FULL, waiting);
	ASSERT_EQ(0, ioctl(w.uffd, UFFDIO_COPY, &(struct uffdio_copy){
		.dst = (uintptr_t)w.call.memory,
		.src = (uintptr_t)w.buffer,
		.len = SIZE,
	}));
	for (int i = 0; i < WRITERS; i++) {
		ASSERT_EQ(0, pthread_join(call[i].thread, NULL));
		written += call[i].result == ZX_OK;
		if (call[i].result != ZX_OK && call[i].result != ZX_ERR_SHOULD_WAIT)
			EXPECT_EQ(ZX_ERR_NO_MEMORY, call[i].result);
	}
	EXPECT_EQ(1, written);
	EXPECT_EQ(FULL, unread(w.socket[1]));
}

TEST_HARNESS_MAIN
