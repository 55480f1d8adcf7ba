// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles and file descriptors: export, import, watches, and an object's signals in poll(),
 * select() and epoll.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>

#include <zircon/syscalls/port.h>

#include "zxpoll.h"
#include "zxproc.h"

/* How long to wait for events that must come, and for events that must not. In milliseconds. */
#define SOON	60000
#define NEVER	200

FIXTURE(fd)
{
	zx_handle_t channel[2];
	zx_handle_t event;
	zx_handle_t pair[2];
	int epoll;
};

FIXTURE_SETUP(fd)
{
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->channel[0], &self->channel[1]));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->pair[0], &self->pair[1]));
	self->epoll = epoll_create1(EPOLL_CLOEXEC);
	ASSERT_LE(0, self->epoll);
}

FIXTURE_TEARDOWN(fd)
{
	close(self->epoll);
	zx_handle_close_many(self->channel, 2);
	zx_handle_close(self->event);
	zx_handle_close_many(self->pair, 2);
	EXPECT_EQ(0, zxt_handles());
}

static int export(zx_handle_t handle)
{
	int fd = -1;

	return zxl_handle_export(handle, 0, &fd) == ZX_OK ? fd : -1;
}

static int watch(zx_handle_t handle, zx_signals_t signals)
{
	int fd = -1;

	return zxl_handle_watch(handle, signals, 0, &fd) == ZX_OK ? fd : -1;
}

static zx_status_t write_byte(zx_handle_t channel)
{
	return zx_channel_write(channel, 0, "x", 1, NULL, 0);
}

static zx_status_t read_byte(zx_handle_t channel)
{
	char byte;

	return zx_channel_read(channel, 0, &byte, NULL, 1, 0, NULL, NULL);
}

/* All events that poll() reports for a descriptor now. */
static short polled(int fd)
{
	struct pollfd pfd = {
		.fd = fd,
		.events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLWRNORM |
			  POLLRDBAND | POLLWRBAND,
	};

	return poll(&pfd, 1, 0) < 0 ? -1 : pfd.revents;
}

#define READABLE	(POLLIN | POLLRDNORM)
#define WRITABLE	(POLLOUT | POLLWRNORM)
#define HUNG_UP		(POLLHUP | POLLRDHUP)

/* The number of descriptors that this process has open. */
static int open_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 4096; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/*
 * Export and import.
 */

TEST_F(fd, export_takes_the_handle)
{
	zx_koid_t koid = zxt_koid(self->event);
	zx_handle_t imported = ZX_HANDLE_INVALID;
	int fd = -1;

	ASSERT_EQ(ZX_OK, zx_handle_replace(self->event, ZX_RIGHT_TRANSFER | ZX_RIGHT_SIGNAL |
					   ZX_RIGHT_INSPECT, &self->event));
	EXPECT_EQ(ZX_OK, zxl_handle_export(self->event, 0, &fd));
	ASSERT_LE(0, fd);
	EXPECT_FALSE(zxt_is_open(self->event));
	EXPECT_EQ(4, zxt_handles());
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(ZX_OK, zxl_handle_import(fd, 0, &imported));
	EXPECT_EQ(koid, zxt_koid(imported));
	EXPECT_EQ(ZX_RIGHT_TRANSFER | ZX_RIGHT_SIGNAL | ZX_RIGHT_INSPECT,
		  zxt_basic(imported).rights);
	EXPECT_EQ(1, zxt_handles_to(imported));
	/* The file is empty now; its descriptor is still open. */
	self->event = ZX_HANDLE_INVALID;
	EXPECT_EQ(ZX_ERR_BAD_STATE, zxl_handle_import(fd, 0, &self->event));
	EXPECT_FALSE(zxt_is_open(self->event));
	self->event = ZX_HANDLE_INVALID;
	EXPECT_EQ(POLLERR, polled(fd) & (POLLERR | POLLIN | POLLOUT));
	EXPECT_EQ(0, close(fd));
	EXPECT_EQ(1, zxt_handles_to(imported));
	EXPECT_EQ(ZX_OK, zx_handle_close(imported));
}

TEST_F(fd, close_closes_the_handle)
{
	int fd = export(self->channel[1]), copy = dup(fd);

	ASSERT_LE(0, copy);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->channel[0]));
	close(fd);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->channel[0]));
	close(copy);
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->channel[0]));
}

TEST_F(fd, close_drops_unread_messages)
{
	int fd;

	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, "x", 1, &self->pair[1], 1));
	fd = export(self->channel[1]);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, zxt_signals(self->pair[0]));
	close(fd);
	EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(self->pair[0]));
}

TEST_F(fd, wait_ends_at_export)
{
	zx_handle_t other;

	/* A message in the endpoint's queue stays there. */
	ASSERT_EQ(ZX_OK, write_byte(self->channel[0]));
	int fd = export(self->channel[1]);

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_wait_one(self->channel[1], ~0u, 0, NULL));
	ASSERT_EQ(ZX_OK, write_byte(self->channel[0]));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &other));
	EXPECT_EQ(ZX_OK, read_byte(other));
	EXPECT_EQ(ZX_OK, read_byte(other));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, read_byte(other));
	self->channel[1] = other;
	close(fd);
}

struct waiter {
	zx_handle_t handle;
	zx_status_t status;
	zx_signals_t observed;
};

static void *wait_for_ever(void *arg)
{
	struct waiter *waiter = arg;

	waiter->status = zx_object_wait_one(waiter->handle, ZX_USER_SIGNAL_7, ZXT_SOON,
					    &waiter->observed);
	return NULL;
}

TEST_F_TIMEOUT(fd, export_cancels_waits, 120)
{
	struct waiter waiter = { .handle = self->event };
	pthread_t thread;
	int fd;

	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_for_ever, &waiter));
	zxp_sleep_ms(NEVER);
	fd = export(self->event);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(ZX_ERR_CANCELED, waiter.status);
	EXPECT_EQ(ZX_SIGNAL_HANDLE_CLOSED, waiter.observed & ZX_SIGNAL_HANDLE_CLOSED);
	close(fd);
}

/* A failed export leaves the handle open and opens no descriptor. */
TEST_F(fd, export_errors)
{
	const struct rlimit few = { .rlim_cur = 0, .rlim_max = 1024 };
	struct rlimit limit;
	zx_handle_t weak;
	int fd = -1, fds;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_DEFAULT_EVENT_RIGHTS &
					     ~ZX_RIGHT_TRANSFER, &weak));
	fds = open_fds();
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_handle_export(ZX_HANDLE_INVALID, 0, &fd));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_handle_export(weak, 0, &fd));
	EXPECT_EQ(ZX_OK, zx_handle_close(weak));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_handle_export(weak, 0, &fd));
	for (int bit = 0; bit < 32; bit++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_export(self->event, 1u << bit, &fd));
	for (size_t i = 0; i < sizeof(zxt_nowhere) / sizeof(*zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_export(self->event, 0, zxt_nowhere[i]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_export(self->event, 0, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_export(self->event, 0, zxt_read_only()));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zxl_handle_export(self->event, 0, zxt_at_edge(2)));

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_handle_export(self->event, 0, &fd));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE,
			       &(struct rlimit){ limit.rlim_cur < 1024 ? limit.rlim_cur : 1024,
						 1024 }));

	EXPECT_EQ(-1, fd);
	EXPECT_EQ(fds, open_fds());
	EXPECT_TRUE(zxt_is_open(self->event));
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

TEST_F(fd, import_errors)
{
	zx_handle_t out = ZX_HANDLE_INVALID;
	int pipe_fds[2], fd, watched = watch(self->pair[0], 1);
	uint32_t handles;

	ASSERT_EQ(0, pipe(pipe_fds));
	fd = export(self->event);
	ASSERT_LE(0, fd);
	handles = zxt_handles();

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_handle_import(-1, 0, &out));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_handle_import(1000000, 0, &out));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_handle_import(INT32_MIN, 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_handle_import(pipe_fds[0], 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_handle_import(watched, 0, &out));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_handle_import(self->epoll, 0, &out));
	for (int bit = 0; bit < 32; bit++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_import(fd, 1u << bit, &out));
	for (size_t i = 0; i < sizeof(zxt_nowhere) / sizeof(*zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_import(fd, 0, zxt_nowhere[i]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_import(fd, 0, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_import(fd, 0, zxt_read_only()));

	/* No handle was created, and the file still has its own. */
	EXPECT_EQ(ZX_HANDLE_INVALID, out);
	EXPECT_EQ(handles, zxt_handles());
	EXPECT_EQ(ZX_OK, zxl_handle_import(fd, 0, &out));
	EXPECT_EQ(1, zxt_handles_to(out));
	self->event = out;
	close(fd);
	close(watched);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

/* An O_PATH descriptor does not open its file. */
TEST_F(fd, import_of_a_path)
{
	zx_handle_t out = ZX_HANDLE_INVALID;
	int path = open("/proc/self", O_PATH | O_CLOEXEC);

	ASSERT_LE(0, path);
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_handle_import(path, 0, &out));
	close(path);
}

/* Of several threads that import at the same time one gets the handle. */
struct importer {
	int fd;
	atomic_int *go;
	zx_status_t status;
	zx_handle_t handle;
};

static void *import_at_once(void *arg)
{
	struct importer *importer = arg;

	while (!atomic_load(importer->go))
		;
	importer->status = zxl_handle_import(importer->fd, 0, &importer->handle);
	return NULL;
}

TEST_F_TIMEOUT(fd, import_race, 120)
{
	for (int round = 0; round < 100; round++) {
		struct importer importers[2];
		pthread_t threads[2];
		atomic_int go = 0;
		int fd = export(self->event), winner;

		ASSERT_LE(0, fd);
		for (int i = 0; i < 2; i++) {
			importers[i] = (struct importer){ .fd = fd, .go = &go };
			ASSERT_EQ(0, pthread_create(&threads[i], NULL, import_at_once,
						    &importers[i]));
		}
		atomic_store(&go, 1);
		for (int i = 0; i < 2; i++)
			ASSERT_EQ(0, pthread_join(threads[i], NULL));
		winner = importers[0].status != ZX_OK;
		ASSERT_EQ(ZX_OK, importers[winner].status);
		ASSERT_EQ(ZX_ERR_BAD_STATE, importers[!winner].status);
		self->event = importers[winner].handle;
		ASSERT_EQ(1, zxt_handles_to(self->event));
		close(fd);
	}
	EXPECT_EQ(5, zxt_handles());
}

/* Another process receives the file over a Unix socket and imports the handle. */
TEST_F_TIMEOUT(fd, over_a_unix_socket, 120)
{
	int sockets[2], fd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets));
	pid = fork();
	if (!pid) {
		zx_handle_t handle = ZX_HANDLE_INVALID;

		close(sockets[0]);
		fd = zxp_receive_fd(sockets[1], 0);
		CHILD_CHECK(fd >= 0);
		CHILD_CHECK(polled(fd) == WRITABLE);
		CHILD_CHECK(zxl_handle_import(fd, 0, &handle) == ZX_OK);
		CHILD_CHECK(zxt_basic(handle).rights == ZX_DEFAULT_CHANNEL_RIGHTS);
		CHILD_CHECK(write_byte(handle) == ZX_OK);
		_exit(0);
	}
	fd = export(self->channel[1]);
	ASSERT_EQ(0, zxp_send_fd(sockets[0], fd));
	close(fd);
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZX_OK, read_byte(self->channel[0]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, read_byte(self->channel[0]));
	close(sockets[0]);
	close(sockets[1]);
}

/* The Unix message with the file is never received. */
TEST_F_TIMEOUT(fd, lost_in_a_unix_socket, 120)
{
	int sockets[2], fd = export(self->channel[1]);

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets));
	ASSERT_EQ(0, zxp_send_fd(sockets[0], fd));
	close(fd);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->channel[0]));
	close(sockets[0]);
	close(sockets[1]);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->channel[0], ZX_CHANNEL_PEER_CLOSED, ZXT_SOON,
					    NULL));
}

/* An exported handle without data can be neither read nor written. */
TEST_F(fd, exported_file_has_no_bytes)
{
	int fd = export(self->event);
	char byte = 0;

	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	/* Without ZX_RIGHT_WRITE the file is not open for writing. */
	EXPECT_EQ(-1, write(fd, &byte, 1));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-1, ioctl(fd, ZX_IOC_EVENT_CREATE, &byte));
	EXPECT_EQ(ENOTTY, errno);
	close(fd);
	fd = export(self->channel[0]);
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
}

/*
 * Signals as poll() events.
 */

TEST_F(fd, poll_mask_of_a_channel)
{
	int fd = export(self->channel[1]);

	ASSERT_LE(0, fd);
	EXPECT_EQ(WRITABLE, polled(fd));
	ASSERT_EQ(ZX_OK, write_byte(self->channel[0]));
	EXPECT_EQ(WRITABLE | READABLE, polled(fd));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->channel[0], 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(WRITABLE | READABLE | POLLPRI, polled(fd));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->channel[0], ZX_USER_SIGNAL_0, 0));
	EXPECT_EQ(WRITABLE | READABLE, polled(fd));
	zx_handle_close(self->channel[0]);
	EXPECT_EQ(READABLE | HUNG_UP, polled(fd));
	close(fd);
}

TEST_F(fd, poll_mask_of_an_event)
{
	int fd;

	for (int bit = 24; bit < 32; bit++) {
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_EVENT_SIGNAL_MASK, 1u << bit));
		fd = export(self->event);
		EXPECT_EQ(POLLPRI, polled(fd));
		ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &self->event));
		close(fd);
	}
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_EVENT_SIGNAL_MASK, ZX_EVENT_SIGNALED));
	fd = export(self->event);
	EXPECT_EQ(READABLE, polled(fd));
	close(fd);
}

TEST_F(fd, poll_mask_of_an_eventpair)
{
	int fd = export(self->pair[1]);

	EXPECT_EQ(0, polled(fd));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_EQ(READABLE, polled(fd));
	zx_handle_close(self->pair[0]);
	EXPECT_EQ(READABLE | HUNG_UP, polled(fd));
	close(fd);
}

static zx_status_t disable_writing(zx_handle_t socket)
{
	return zx_socket_set_disposition(socket, ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0);
}

/*
 * An endpoint whose peer cannot write any more is like a Linux socket that was shut down for
 * writing at the other end; so is one whose peer is closed.
 */
TEST_F(fd, poll_mask_of_a_socket_that_was_shut_down)
{
	static const struct {
		zx_status_t (*end)(zx_handle_t peer);
		short events;
	} cases[] = {
		{ disable_writing, READABLE | WRITABLE | POLLRDHUP },
		{ zx_handle_close, READABLE | WRITABLE | HUNG_UP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd, epoll = epoll_create1(EPOLL_CLOEXEC);
		zx_handle_t socket[2];

		ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
		fd = export(socket[1]);
		EXPECT_EQ(WRITABLE, polled(fd));
		/* EPOLLRDHUP alone reports it. */
		ASSERT_EQ(0, zxt_epoll_add(epoll, fd, EPOLLRDHUP | EPOLLET));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
		ASSERT_EQ(ZX_OK, cases[i].end(socket[0]));
		EXPECT_EQ(cases[i].events, polled(fd));
		EXPECT_EQ(EPOLLRDHUP, zxt_epolled(epoll, 0) & EPOLLRDHUP);
		zx_handle_close(socket[0]);
		close(epoll);
		close(fd);
	}
}

/* Starts a child that ends when @go is closed. Returns a file with a handle to it, or -1. */
static int start_child(pid_t *pid, int *go)
{
	int fd, sockets[2], pipes[2];
	zx_handle_t copy;

	if (pipe2(pipes, O_CLOEXEC) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		return -1;
	*pid = fork();
	if (!*pid) {
		close(pipes[1]);
		CHILD_CHECK(zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS, &copy) ==
			    ZX_OK);
		CHILD_CHECK(zxp_send_fd(sockets[1], export(copy)) == 0);
		zxp_block_on(pipes[0]);
		_exit(0);
	}
	fd = zxp_receive_fd(sockets[0], 0);
	close(sockets[0]);
	close(sockets[1]);
	close(pipes[0]);
	*go = pipes[1];
	return fd;
}

TEST_F_TIMEOUT(fd, poll_mask_of_a_process, 120)
{
	pid_t pid;
	int fd, go;

	fd = start_child(&pid, &go);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, polled(fd));
	close(go);
	EXPECT_EQ(1, poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, SOON));
	EXPECT_EQ(0, zxp_reap(pid));
	close(fd);
}

/* The peer is full, and then has space again. */
TEST_F_TIMEOUT(fd, poll_follows_writable, 120)
{
	int fd = export(self->channel[1]);
	zx_status_t status;
	zx_handle_t end;
	int written = 0;

	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLOUT));
	EXPECT_EQ(EPOLLOUT, zxt_epolled(self->epoll, 0));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &end));
	close(fd);
	while ((status = write_byte(end)) == ZX_OK)
		written++;
	ASSERT_EQ(ZX_ERR_SHOULD_WAIT, status);
	fd = export(end);
	EXPECT_EQ(0, polled(fd));
	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLOUT));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	while (written-- && read_byte(self->channel[0]) == ZX_OK)
		;
	EXPECT_EQ(EPOLLOUT, zxt_epolled(self->epoll, SOON));
	close(fd);
}

/* A thread in poll(), select() or epoll_wait(), and the events that it gets. */
struct blocked {
	int fd, epoll;
	enum { BY_POLL, BY_SELECT, BY_EPOLL } how;
	int result;
};

static void *block(void *arg)
{
	struct blocked *blocked = arg;
	struct pollfd pfd = { .fd = blocked->fd, .events = POLLIN };
	struct timeval timeout = { .tv_sec = SOON / 1000 };
	fd_set fds;

	switch (blocked->how) {
	case BY_POLL:
		poll(&pfd, 1, SOON);
		blocked->result = pfd.revents;
		break;
	case BY_SELECT:
		FD_ZERO(&fds);
		FD_SET(blocked->fd, &fds);
		if (select(blocked->fd + 1, &fds, NULL, NULL, &timeout) == 1)
			blocked->result = POLLIN;
		break;
	case BY_EPOLL:
		blocked->result = zxt_epolled(blocked->epoll, SOON);
		break;
	}
	return NULL;
}

TEST_F_TIMEOUT(fd, a_signal_ends_a_blocked_call, 280)
{
	for (int how = BY_POLL; how <= BY_EPOLL; how++) {
		for (int watched = 0; watched < 2; watched++) {
			struct blocked blocked = { .epoll = self->epoll, .how = how };
			pthread_t thread;

			blocked.fd = watched ? watch(self->pair[1], ZX_EVENTPAIR_SIGNALED) :
					       export(self->pair[1]);
			ASSERT_LE(0, blocked.fd);
			ASSERT_EQ(0, zxt_epoll_add(self->epoll, blocked.fd, EPOLLIN));
			ASSERT_EQ(0, pthread_create(&thread, NULL, block, &blocked));
			zxp_sleep_ms(NEVER);
			/* A signal that is not polled for does not wake it. */
			ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0,
							       ZX_USER_SIGNAL_1));
			zxp_sleep_ms(NEVER);
			EXPECT_EQ(0, blocked.result);
			ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], ZX_USER_SIGNAL_1,
							       ZX_EVENTPAIR_SIGNALED));
			ASSERT_EQ(0, pthread_join(thread, NULL));
			EXPECT_EQ(POLLIN, blocked.result);
			ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0],
							       ZX_EVENTPAIR_SIGNALED, 0));
			if (!watched)
				ASSERT_EQ(ZX_OK, zxl_handle_import(blocked.fd, 0, &self->pair[1]));
			close(blocked.fd);
		}
	}
}

TEST_F(fd, select_knows_all_three_sets)
{
	struct timeval now = {};
	int fd = export(self->channel[1]);
	fd_set in, out, pri;

	ASSERT_EQ(ZX_OK, write_byte(self->channel[0]));
	FD_ZERO(&in);
	FD_SET(fd, &in);
	out = in;
	pri = in;
	EXPECT_EQ(2, select(fd + 1, &in, &out, &pri, &now));
	EXPECT_TRUE(FD_ISSET(fd, &in));
	EXPECT_TRUE(FD_ISSET(fd, &out));
	EXPECT_FALSE(FD_ISSET(fd, &pri));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->channel[0], 0, ZX_USER_SIGNAL_5));
	FD_SET(fd, &pri);
	EXPECT_EQ(1, select(fd + 1, NULL, NULL, &pri, &now));
	close(fd);
}

/*
 * epoll on an exported handle.
 */

TEST_F_TIMEOUT(fd, level_triggered, 120)
{
	int fd = export(self->pair[1]);

	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], ZX_EVENTPAIR_SIGNALED, 0));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	close(fd);
}

TEST_F_TIMEOUT(fd, edge_triggered, 120)
{
	int fd = export(self->pair[1]);

	/* A signal that is already up counts as the first edge. */
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN | EPOLLET));
	EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], ZX_EVENTPAIR_SIGNALED, 0));
		EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
		ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
		EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
		EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	}
	close(fd);
}

/* A reader that empties the channel at each edge misses no message, here through a watch. */
TEST_F_TIMEOUT(fd, edge_triggered_reader, 120)
{
	int fd = watch(self->channel[1], ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);

	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN | EPOLLET));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	for (int i = 0; i < 5; i++) {
		ASSERT_EQ(ZX_OK, write_byte(self->channel[0]));
		ASSERT_EQ(ZX_OK, write_byte(self->channel[0]));
		EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
		EXPECT_EQ(ZX_OK, read_byte(self->channel[1]));
		EXPECT_EQ(ZX_OK, read_byte(self->channel[1]));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, read_byte(self->channel[1]));
	}
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	zx_handle_close(self->channel[0]);
	EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	close(fd);
}

TEST_F_TIMEOUT(fd, one_shot, 120)
{
	int fd = export(self->pair[1]);

	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN | EPOLLONESHOT));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], ZX_EVENTPAIR_SIGNALED, 0));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	/* Rearming reports the signal at once. */
	ASSERT_EQ(0, zxt_epoll_modify(self->epoll, fd, EPOLLIN | EPOLLONESHOT));
	EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	close(fd);
}

/* PEER_CLOSED is reported without being asked for, like a hang-up of any descriptor. */
TEST_F_TIMEOUT(fd, hang_up_is_always_told, 120)
{
	int fd = export(self->channel[1]);

	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, 0));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	zx_handle_close(self->channel[0]);
	EXPECT_EQ(EPOLLHUP, zxt_epolled(self->epoll, SOON));
	ASSERT_EQ(0, zxt_epoll_modify(self->epoll, fd, EPOLLRDHUP));
	EXPECT_EQ(EPOLLHUP | EPOLLRDHUP, zxt_epolled(self->epoll, SOON));
	close(fd);
}

/* A thread with an epoll of its own. */
struct exclusive {
	int epoll;
	atomic_int *woken, *stop;
	atomic_int tid;
};

static void *wait_exclusively(void *arg)
{
	struct exclusive *waiter = arg;
	struct epoll_event event;

	waiter->tid = gettid();
	while (!atomic_load(waiter->stop)) {
		if (epoll_wait(waiter->epoll, &event, 1, 100) != 1)
			continue;
		atomic_fetch_add(waiter->woken, 1);
		while (!atomic_load(waiter->stop))
			zxp_sleep_ms(10);
	}
	return NULL;
}

/* Waits until it is woken once. */
static void *wait_until_woken(void *arg)
{
	struct exclusive *waiter = arg;
	struct epoll_event event;

	waiter->tid = gettid();
	if (epoll_wait(waiter->epoll, &event, 1, -1) == 1)
		atomic_fetch_add(waiter->woken, 1);
	return NULL;
}

#define WAITERS 8

/*
 * Returns how many of WAITERS threads @wake wakes. Each blocks in an epoll_wait() of its own, and
 * does not call it again after it has returned.
 */
static int count_woken(struct __test_metadata *_metadata, int fd, uint32_t flags,
		       zx_status_t (*wake)(uint32_t), uint32_t argument)
{
	struct exclusive waiters[WAITERS];
	atomic_int woken = 0, stop = 0;
	pthread_t threads[WAITERS];
	int count;

	for (int i = 0; i < WAITERS; i++) {
		waiters[i] = (struct exclusive){
			.epoll = epoll_create1(EPOLL_CLOEXEC),
			.woken = &woken,
			.stop = &stop,
		};
		/* Edge-triggered, as each waiter would see a level in its next call. */
		ASSERT_EQ(0, zxt_epoll_add(waiters[i].epoll, fd, EPOLLIN | EPOLLET | flags));
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, wait_exclusively, &waiters[i]));
	}
	zxp_sleep_ms(NEVER);
	ASSERT_EQ(ZX_OK, wake(argument));
	for (int i = 0; i < 100 && atomic_load(&woken) < WAITERS; i++)
		zxp_sleep_ms(20);
	count = atomic_load(&woken);
	atomic_store(&stop, 1);
	for (int i = 0; i < WAITERS; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
		close(waiters[i].epoll);
	}
	return count;
}

static zx_status_t signal_peer(zx_handle_t handle)
{
	return zx_object_signal_peer(handle, 0, ZX_EVENTPAIR_SIGNALED);
}

static zx_status_t empty_file(uint32_t fd)
{
	zx_handle_t handle;
	zx_status_t status = zxl_handle_import(fd, 0, &handle);

	return status ?: zx_handle_close(handle);
}

TEST_F_TIMEOUT(fd, not_exclusive_wakes_all, 120)
{
	int fd = export(self->pair[1]);

	EXPECT_EQ(WAITERS, count_woken(_metadata, fd, 0, signal_peer, self->pair[0]));
	close(fd);
}

TEST_F_TIMEOUT(fd, exclusive_wakes_some, 120)
{
	int fd = export(self->pair[1]), count;

	count = count_woken(_metadata, fd, EPOLLEXCLUSIVE, signal_peer, self->pair[0]);
	EXPECT_LE(1, count);
	EXPECT_GT(WAITERS, count);
	close(fd);
}

/* No second event could wake the others. */
TEST_F_TIMEOUT(fd, hang_up_wakes_the_exclusive_too, 120)
{
	int fd = export(self->pair[1]);

	EXPECT_EQ(WAITERS,
		  count_woken(_metadata, fd, EPOLLEXCLUSIVE, zx_handle_close, self->pair[0]));
	close(fd);
}

TEST_F_TIMEOUT(fd, hang_up_wakes_the_exclusive_at_a_watch, 120)
{
	int fd = watch(self->pair[1], ZX_EVENTPAIR_PEER_CLOSED);

	EXPECT_EQ(WAITERS,
		  count_woken(_metadata, fd, EPOLLEXCLUSIVE, zx_handle_close, self->pair[0]));
	close(fd);
}

/* A wake-up of a waiter at another file of the object would not be enough. */
TEST_F_TIMEOUT(fd, import_wakes_the_exclusive_too, 120)
{
	int fd = export(self->pair[1]);

	EXPECT_EQ(WAITERS, count_woken(_metadata, fd, EPOLLEXCLUSIVE, empty_file, fd));
	close(fd);
}

TEST_F_TIMEOUT(fd, exclusive_watch, 120)
{
	int fd = watch(self->pair[1], ZX_EVENTPAIR_SIGNALED), count;

	count = count_woken(_metadata, fd, EPOLLEXCLUSIVE, signal_peer, self->pair[0]);
	EXPECT_LE(1, count);
	EXPECT_GT(WAITERS, count);
	close(fd);
}

/*
 * More pollers than the module wakes without unlocking. Each has an epoll of its own, which reports
 * an edge once.
 */

#define MANY 300

/* How many epolls have an edge to report. */
static int count_edges(const int *epolls)
{
	int count = 0;

	for (int i = 0; i < MANY; i++)
		count += zxt_epolled(epolls[i], 0) != 0;
	return count;
}

FIXTURE(many_pollers)
{
	zx_handle_t pair[2];
	int fd;
	int epolls[MANY];
};

FIXTURE_VARIANT(many_pollers)
{
	bool watch, exclusive;
};

FIXTURE_VARIANT_ADD(many_pollers, exported) {};
FIXTURE_VARIANT_ADD(many_pollers, exported_exclusive) { .exclusive = true };
FIXTURE_VARIANT_ADD(many_pollers, watch) { .watch = true };
FIXTURE_VARIANT_ADD(many_pollers, watch_exclusive) { .watch = true, .exclusive = true };

FIXTURE_SETUP(many_pollers)
{
	uint32_t events = EPOLLIN | EPOLLET | (variant->exclusive ? EPOLLEXCLUSIVE : 0);

	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->pair[0], &self->pair[1]));
	self->fd = variant->watch ?
		   watch(self->pair[1], ZX_EVENTPAIR_SIGNALED | ZX_EVENTPAIR_PEER_CLOSED) :
		   export(self->pair[1]);
	ASSERT_LE(0, self->fd);
	for (int i = 0; i < MANY; i++) {
		self->epolls[i] = epoll_create1(EPOLL_CLOEXEC);
		ASSERT_EQ(0, zxt_epoll_add(self->epolls[i], self->fd, events));
	}
}

FIXTURE_TEARDOWN(many_pollers)
{
	for (int i = 0; i < MANY; i++)
		close(self->epolls[i]);
	close(self->fd);
}

TEST_F(many_pollers, are_woken)
{
	ASSERT_EQ(0, count_edges(self->epolls));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, signal_peer(self->pair[0]));
		/* No thread waits, so also the exclusive are all told. */
		EXPECT_EQ(MANY, count_edges(self->epolls));
		ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], ZX_EVENTPAIR_SIGNALED, 0));
	}
	ASSERT_EQ(ZX_OK, zx_handle_close(self->pair[0]));
	EXPECT_EQ(MANY, count_edges(self->epolls));
}

/* An object of each kind with a file to poll, and an event that can be repeated. */
static zx_handle_t poke[2];

static zx_status_t poke_event(zx_handle_t handle)
{
	return zx_object_signal(handle, 0, ZX_EVENT_SIGNALED);
}

static zx_status_t poke_channel(zx_handle_t handle)
{
	return write_byte(handle);
}

static zx_status_t poke_socket(zx_handle_t handle)
{
	return zx_socket_write(handle, 0, "x", 1, NULL);
}

static zx_status_t poke_fifo(zx_handle_t handle)
{
	return zx_fifo_write(handle, 1, "x", 1, NULL);
}

static zx_status_t poke_port(zx_handle_t handle)
{
	static const zx_port_packet_t packet;

	return zx_port_queue(handle, &packet);
}

/* Queues a packet by a signal of another object. */
static zx_status_t poke_port_by_signal(zx_handle_t handle)
{
	static zx_handle_t event;
	zx_status_t status = event ? ZX_OK : zx_event_create(0, &event);

	if (!status)
		status = zx_object_wait_async(event, handle, 0, ZX_EVENT_SIGNALED, 0);
	if (!status)
		status = zx_object_signal(event, 0, ZX_EVENT_SIGNALED);
	return status ?: zx_object_signal(event, ZX_EVENT_SIGNALED, 0);
}

static bool pokes_port(zx_status_t (*how)(zx_handle_t handle))
{
	return how == poke_port || how == poke_port_by_signal;
}

FIXTURE(again)
{
	int fd;
};

FIXTURE_VARIANT(again)
{
	zx_status_t (*poke)(zx_handle_t handle);
	bool watch;
};

FIXTURE_VARIANT_ADD(again, event) { .poke = poke_event, .watch = false };
FIXTURE_VARIANT_ADD(again, event_watched) { .poke = poke_event, .watch = true };
FIXTURE_VARIANT_ADD(again, channel) { .poke = poke_channel, .watch = false };
FIXTURE_VARIANT_ADD(again, channel_watched) { .poke = poke_channel, .watch = true };
FIXTURE_VARIANT_ADD(again, socket) { .poke = poke_socket, .watch = false };
FIXTURE_VARIANT_ADD(again, socket_watched) { .poke = poke_socket, .watch = true };
FIXTURE_VARIANT_ADD(again, fifo) { .poke = poke_fifo, .watch = false };
FIXTURE_VARIANT_ADD(again, fifo_watched) { .poke = poke_fifo, .watch = true };
FIXTURE_VARIANT_ADD(again, port) { .poke = poke_port, .watch = false };
FIXTURE_VARIANT_ADD(again, port_watched) { .poke = poke_port, .watch = true };
FIXTURE_VARIANT_ADD(again, port_by_signal) { .poke = poke_port_by_signal, .watch = false };
FIXTURE_VARIANT_ADD(again, port_by_signal_watched) { .poke = poke_port_by_signal, .watch = true };

FIXTURE_SETUP(again)
{
	if (variant->poke == poke_event) {
		ASSERT_EQ(ZX_OK, zx_event_create(0, &poke[0]));
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(poke[0], ZX_RIGHT_SAME_RIGHTS, &poke[1]));
	} else if (variant->poke == poke_channel) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &poke[0], &poke[1]));
	} else if (variant->poke == poke_socket) {
		ASSERT_EQ(ZX_OK, zx_socket_create(0, &poke[0], &poke[1]));
	} else if (pokes_port(variant->poke)) {
		ASSERT_EQ(ZX_OK, zx_port_create(0, &poke[0]));
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(poke[0], ZX_RIGHT_SAME_RIGHTS, &poke[1]));
	} else {
		ASSERT_EQ(ZX_OK, zx_fifo_create(64, 1, 0, &poke[0], &poke[1]));
	}
	self->fd = variant->watch ?
		watch(poke[1], ZX_CHANNEL_READABLE | ZX_EVENT_SIGNALED | ZX_CHANNEL_PEER_CLOSED) :
		export(poke[1]);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(again)
{
	close(self->fd);
	zx_handle_close_many(poke, 2);
}

/* As with a pipe, each event is an edge, also while the one before has not been read. */
TEST_F(again, edge_triggered)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_EQ(0, zxt_epoll_add(epoll, self->fd, EPOLLIN | EPOLLET));
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, variant->poke(poke[0]));
		EXPECT_EQ(EPOLLIN, zxt_epolled(epoll, SOON));
		EXPECT_EQ(0, zxt_epolled(epoll, 0));
	}
	/* Other signals are no edge. Those of a port cannot be changed. */
	if (!pokes_port(variant->poke)) {
		ASSERT_EQ(ZX_OK, zx_object_signal(poke[0], 0, ZX_USER_SIGNAL_0));
		if (variant->watch)
			ASSERT_EQ(ZX_OK, zx_object_signal(poke[1], 0, ZX_USER_SIGNAL_1));
	}
	EXPECT_EQ(0, zxt_epolled(epoll, 0));
	close(epoll);
}

/* @waiters exclusive waiters, all of which must be woken by @times calls of @wake. */
static void exclusive_waiters(struct __test_metadata *_metadata, int fd, uint32_t events,
			      int waiters, int times, zx_status_t (*wake)(zx_handle_t),
			      zx_handle_t argument)
{
	struct exclusive waiter[WAITERS];
	atomic_int woken = 0, stop = 0;
	pthread_t threads[WAITERS];

	for (int i = 0; i < waiters; i++) {
		waiter[i] = (struct exclusive){
			.epoll = epoll_create1(EPOLL_CLOEXEC),
			.woken = &woken,
			.stop = &stop,
		};
		ASSERT_EQ(0, zxt_epoll_add(waiter[i].epoll, fd, events | EPOLLEXCLUSIVE));
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, wait_until_woken, &waiter[i]));
		ASSERT_TRUE(zxt_sleeps(&waiter[i].tid));
	}
	while (times--)
		ASSERT_EQ(ZX_OK, wake(argument));
	for (int i = 0; i < 6000 && atomic_load(&woken) < waiters; i++)
		zxp_sleep_ms(20);
	ASSERT_EQ(waiters, atomic_load(&woken));
	for (int i = 0; i < waiters; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
		close(waiter[i].epoll);
	}
}

/* Two events back to back wake two exclusive waiters. */
TEST_F(again, exclusive)
{
	exclusive_waiters(_metadata, self->fd, EPOLLIN, 2, 2, variant->poke, poke[0]);
}

/* A closed peer wakes all, as no more events can follow. */
TEST_F(again, exclusive_at_the_end)
{
	if (variant->poke == poke_event || pokes_port(variant->poke))
		return;
	exclusive_waiters(_metadata, self->fd, EPOLLIN, 4, 1, zx_handle_close, poke[0]);
}

static zx_status_t close_descriptor(zx_handle_t fd)
{
	return close(fd) ? ZX_ERR_BAD_STATE : ZX_OK;
}

TEST_F(fd, disabled_socket_wakes_the_exclusive_too)
{
	zx_handle_t socket[2];
	int fd;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
		fd = i ? watch(socket[1], ZX_SOCKET_PEER_WRITE_DISABLED) : export(socket[1]);
		exclusive_waiters(_metadata, fd, EPOLLIN, 4, 1, disable_writing, socket[0]);
		zx_handle_close_many(socket, 2);
		close(fd);
	}
}

/* The end of a process wakes all, too. */
TEST_F(fd, terminated_process_wakes_the_exclusive_too)
{
	for (int i = 0; i < 2; i++) {
		zx_handle_t process = ZX_HANDLE_INVALID;
		pid_t pid;
		int fd, go;

		fd = start_child(&pid, &go);
		ASSERT_LE(0, fd);
		if (i) {
			ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &process));
			close(fd);
			fd = watch(process, ZX_PROCESS_TERMINATED);
			ASSERT_LE(0, fd);
		}
		exclusive_waiters(_metadata, fd, EPOLLIN, 4, 1, close_descriptor, go);
		EXPECT_EQ(0, zxp_reap(pid));
		EXPECT_EQ(ZX_OK, zx_handle_close(process));
		close(fd);
	}
}

/* A call that reads nothing makes no space: the peer's watch reports none. */
TEST_F(fd, reading_no_bytes_is_no_edge)
{
	zx_handle_t socket[2], fifo[2];
	int fds[3];
	char byte;

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
	ASSERT_EQ(ZX_OK, zx_fifo_create(4, 1, 0, &fifo[0], &fifo[1]));
	fds[0] = watch(self->channel[0], ZX_CHANNEL_WRITABLE);
	fds[1] = watch(socket[0], ZX_SOCKET_WRITABLE);
	fds[2] = watch(fifo[0], ZX_FIFO_WRITABLE);
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, zxt_epoll_add(self->epoll, fds[i], EPOLLIN | EPOLLET));
		ASSERT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	}
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(self->channel[1], 0, &byte, NULL, 1,
							      0, NULL, NULL));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(socket[1], 0, &byte, 1, NULL));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_fifo_read(fifo[1], 1, &byte, 1, NULL));
	}
	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, "xy", 2, NULL, 0));
	ASSERT_EQ(ZX_OK, zx_socket_write(socket[0], 0, "xy", 2, NULL));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->channel[1], 0, &byte, NULL, 1, 0,
							   NULL, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(socket[1], ZX_SOCKET_PEEK, &byte, 1, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(socket[1], 0, &byte, 0, NULL));
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));

	/* A call that reads something makes space. */
	ASSERT_EQ(ZX_OK, zx_socket_read(socket[1], 0, &byte, 1, NULL));
	EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	ASSERT_EQ(ZX_OK, zx_fifo_write(fifo[0], 1, "x", 1, NULL));
	ASSERT_EQ(ZX_OK, zx_fifo_read(fifo[1], 1, &byte, 1, NULL));
	EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	zx_handle_close_many(socket, 2);
	zx_handle_close_many(fifo, 2);
}

/* A signal without a poll event is no edge, even if signals with one are up. */
TEST_F(fd, signals_without_a_poll_event_are_no_edge)
{
	zx_signals_t threshold = ZX_SOCKET_READ_THRESHOLD;
	zx_handle_t socket[2], copy;
	uint64_t two = 2;
	int fd, watched;

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(socket[1], ZX_RIGHT_SAME_RIGHTS, &copy));
	fd = export(copy);
	watched = watch(socket[1], threshold);
	ASSERT_EQ(ZX_OK, zx_socket_write(socket[0], 0, "xy", 2, NULL));
	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN | EPOLLOUT | EPOLLET));
	EXPECT_EQ(EPOLLIN | EPOLLOUT, zxt_epolled(self->epoll, 0));
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	ASSERT_EQ(ZX_OK, zx_object_set_property(socket[1], ZX_PROP_SOCKET_RX_THRESHOLD, &two,
						sizeof(two)));
	EXPECT_EQ(threshold, zxt_signals(socket[1]) & threshold);
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	/* A watch reports every signal as POLLIN. */
	EXPECT_EQ(READABLE, polled(watched));
	close(watched);
	close(fd);
	zx_handle_close_many(socket, 2);
}

/* A handle without ZX_RIGHT_WAIT takes no wake-up from another, even if it is polled first. */
TEST_F(fd, exclusive_without_the_right)
{
	atomic_int woken = 0, stop = 0;
	struct exclusive deaf = {
		.epoll = epoll_create1(EPOLL_CLOEXEC),
		.woken = &woken,
		.stop = &stop,
	};
	int fd[2];
	zx_handle_t event;
	pthread_t thread;

	for (int i = 0; i < 2; i++) {
		zx_rights_t rights = zxt_basic(self->event).rights;

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, i ? rights :
						     rights & ~ZX_RIGHT_WAIT, &event));
		fd[i] = export(event);
		ASSERT_LE(0, fd[i]);
	}
	ASSERT_EQ(0, zxt_epoll_add(deaf.epoll, fd[0], EPOLLIN | EPOLLEXCLUSIVE));
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_exclusively, &deaf));
	ASSERT_TRUE(zxt_sleeps(&deaf.tid));
	exclusive_waiters(_metadata, fd[1], EPOLLIN, 1, 1, poke_event, self->event);
	EXPECT_EQ(0, atomic_load(&woken));
	atomic_store(&stop, 1);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	close(deaf.epoll);
	close(fd[0]);
	close(fd[1]);
}

/* Makes space that wakes two exclusive writers. */
static zx_status_t read_two(zx_handle_t channel)
{
	char bytes[4096];
	zx_status_t status = ZX_OK;

	for (int i = 0; i < 2 && !status; i++)
		status = zx_channel_read(channel, 0, bytes, NULL, sizeof(bytes), 0, NULL, NULL);
	return status;
}

TEST_F(fd, exclusive_writers)
{
	static const char bytes[4096];
	int fd;

	while (zx_channel_write(self->channel[0], 0, bytes, sizeof(bytes), NULL, 0) == ZX_OK)
		;
	fd = export(self->channel[0]);
	exclusive_waiters(_metadata, fd, EPOLLOUT, 2, 1, read_two, self->channel[1]);
	close(fd);
}

/* A file reports only what its handle may see, and its mode follows the handle's rights. */
TEST_F(fd, exported_without_rights)
{
	static const struct {
		zx_rights_t rights;
		int mode;
	} how[] = {
		{ ZX_RIGHT_READ | ZX_RIGHT_WRITE, O_RDWR },
		{ ZX_RIGHT_READ, O_RDONLY },
		{ ZX_RIGHT_WRITE, O_WRONLY },
		{ 0, O_RDONLY },
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(how); i++) {
		zx_rights_t rights = how[i / 2].rights | (i % 2 ? ZX_RIGHT_WAIT : 0);
		char info[1000] = {};
		zx_handle_t event;
		int fd, file;

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &event));
		ASSERT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
		ASSERT_EQ(ZX_OK, zx_handle_replace(event, ZX_RIGHT_TRANSFER |
						   (rights & zxt_basic(event).rights), &event));
		rights = zxt_basic(event).rights;
		fd = export(event);
		ASSERT_LE(0, fd);
		EXPECT_EQ(rights & ZX_RIGHT_WAIT ? READABLE : 0, polled(fd));
		snprintf(info, sizeof(info), "/proc/self/fdinfo/%d", fd);
		file = open(info, O_RDONLY);
		ASSERT_LT(0, read(file, info, sizeof(info) - 1));
		close(file);
		EXPECT_EQ(!!(rights & ZX_RIGHT_WAIT), !!strstr(info, "zircon-signals"));
		EXPECT_NE(NULL, strstr(info, "zircon-koid"));
		close(fd);
	}
	for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
		zx_handle_t socket[2];
		int fd;

		ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
		ASSERT_EQ(ZX_OK, zx_handle_replace(socket[0], ZX_RIGHT_TRANSFER | how[i].rights,
						   &socket[0]));
		fd = export(socket[0]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(how[i].mode, fcntl(fd, F_GETFL) & O_ACCMODE);
		close(fd);
		zx_handle_close(socket[1]);
	}
}

/* Every waiter for a message sees it until it is read. */
TEST_F_TIMEOUT(fd, exclusive_loses_no_message, 120)
{
	int fd = watch(self->channel[1], ZX_CHANNEL_READABLE), epolls[4];

	for (int i = 0; i < 4; i++) {
		epolls[i] = epoll_create1(EPOLL_CLOEXEC);
		ASSERT_EQ(0, zxt_epoll_add(epolls[i], fd, EPOLLIN | EPOLLEXCLUSIVE));
	}
	ASSERT_EQ(ZX_OK, write_byte(self->channel[0]));
	for (int i = 0; i < 4; i++)
		EXPECT_LE(0, epoll_wait(epolls[i], &(struct epoll_event){}, 1, 0));
	ASSERT_EQ(ZX_OK, write_byte(self->channel[0]));
	EXPECT_EQ(ZX_OK, read_byte(self->channel[1]));
	EXPECT_EQ(POLLIN, polled(fd) & POLLIN);
	EXPECT_EQ(ZX_OK, read_byte(self->channel[1]));
	EXPECT_EQ(0, polled(fd));
	for (int i = 0; i < 4; i++)
		close(epolls[i]);
	close(fd);
}

/*
 * Watches.
 */

TEST_F(fd, watch_is_readable_exactly_while_wanted_signals_are_up)
{
	static const zx_signals_t wanted = ZX_USER_SIGNAL_2 | ZX_EVENTPAIR_SIGNALED;
	int fd = watch(self->pair[1], wanted);

	ASSERT_LE(0, fd);
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(0, polled(fd));
	for (int bit = 24; bit < 32; bit++) {
		zx_signals_t signal = 1u << bit;

		ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[1], 0, signal));
		EXPECT_EQ(signal & wanted ? READABLE : 0, polled(fd));
		ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[1], signal, 0));
		EXPECT_EQ(0, polled(fd));
	}
	ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[1], 0, wanted));
	EXPECT_EQ(READABLE, polled(fd));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[1], ZX_USER_SIGNAL_2, 0));
	EXPECT_EQ(READABLE, polled(fd));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[1], ZX_EVENTPAIR_SIGNALED, 0));
	EXPECT_EQ(0, polled(fd));
	/* PEER_CLOSED is not watched for. */
	zx_handle_close(self->pair[0]);
	EXPECT_EQ(0, polled(fd));
	close(fd);
	EXPECT_TRUE(zxt_is_open(self->pair[1]));
	EXPECT_EQ(1, zxt_handles_to(self->pair[1]));
}

/* A signal that is not watched for is no edge, even if a watched one is up. */
TEST_F(fd, watch_that_is_up_and_another_signal)
{
	int fd = watch(self->pair[1], ZX_EVENTPAIR_SIGNALED);

	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN | EPOLLET));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[1], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[1], 0, ZX_USER_SIGNAL_0 << i));
		EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	}
	/* A watched signal is an edge each time. */
	ASSERT_EQ(ZX_OK, zx_object_signal(self->pair[1], 0, ZX_EVENTPAIR_SIGNALED));
	EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
	close(fd);
}

TEST_F(fd, watch_starts_with_what_is_up)
{
	int fd = watch(self->channel[1], ZX_CHANNEL_WRITABLE);

	EXPECT_EQ(READABLE, polled(fd));
	close(fd);
	fd = watch(self->channel[1], ZX_CHANNEL_READABLE);
	EXPECT_EQ(0, polled(fd));
	close(fd);
	fd = watch(self->channel[1], 0);
	EXPECT_LE(0, fd);
	EXPECT_EQ(0, polled(fd));
	close(fd);
}

TEST_F_TIMEOUT(fd, watch_hangs_up_when_the_handle_is_closed, 120)
{
	int fd = watch(self->event, ZX_EVENT_SIGNALED);
	zx_handle_t copy;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN));
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	/* Another handle to the same object is not watched. */
	ASSERT_EQ(ZX_OK, zx_handle_close(copy));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(EPOLLHUP, zxt_epolled(self->epoll, SOON) & EPOLLHUP);
	EXPECT_EQ(ZX_OK, zx_object_signal(copy, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(POLLHUP, polled(fd));
	close(fd);
	self->event = copy;
}

TEST_F_TIMEOUT(fd, watch_hangs_up_when_the_handle_is_received, 120)
{
	int fd = watch(self->event, ZX_EVENT_SIGNALED);
	zx_handle_t back;
	char byte;

	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, "x", 1, &self->event, 1));
	EXPECT_EQ(0, polled(fd));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[1], 0, &byte, &back, 1, 1, NULL, NULL));
	EXPECT_EQ(EPOLLHUP, zxt_epolled(self->epoll, SOON) & EPOLLHUP);
	close(fd);
	self->event = back;
}

TEST_F_TIMEOUT(fd, watch_hangs_up_when_the_handle_is_replaced_or_exported, 120)
{
	int fd = watch(self->event, ZX_EVENT_SIGNALED), exported;

	ASSERT_EQ(ZX_OK, zx_handle_replace(self->event, ZX_RIGHT_SAME_RIGHTS, &self->event));
	EXPECT_EQ(POLLHUP, polled(fd));
	close(fd);
	fd = watch(self->event, ZX_EVENT_SIGNALED);
	EXPECT_EQ(0, polled(fd));
	exported = export(self->event);
	EXPECT_EQ(POLLHUP, polled(fd));
	close(fd);
	close(exported);
}

/* A watch in another process hangs up when the process with the handle ends. */
TEST_F_TIMEOUT(fd, watch_hangs_up_with_its_process, 120)
{
	int sockets[2], fd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets));
	pid = fork();
	if (!pid) {
		zx_handle_t event;

		close(sockets[0]);
		CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
		CHILD_CHECK(zxp_send_fd(sockets[1], watch(event, ZX_EVENT_SIGNALED)) == 0);
		zxp_block_on(sockets[1]);
		_exit(0);
	}
	fd = zxp_receive_fd(sockets[0], 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	close(sockets[1]);
	close(sockets[0]);
	EXPECT_EQ(EPOLLHUP, zxt_epolled(self->epoll, SOON) & EPOLLHUP);
	EXPECT_EQ(0, zxp_reap(pid));
	close(fd);
}

/* A watch does not keep the peer open. */
TEST_F(fd, watch_keeps_nothing_open)
{
	int fd = watch(self->channel[1], ZX_CHANNEL_READABLE);

	ASSERT_EQ(ZX_OK, zx_handle_close(self->channel[1]));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->channel[0]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, write_byte(self->channel[0]));
	close(fd);
}

TEST_F(fd, watch_errors)
{
	const struct rlimit few = { .rlim_cur = 0, .rlim_max = 1024 };
	struct rlimit limit;
	zx_handle_t weak;
	int fd = -1, fds;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_DEFAULT_EVENT_RIGHTS & ~ZX_RIGHT_WAIT,
					     &weak));
	fds = open_fds();
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_handle_watch(ZX_HANDLE_INVALID, 1, 0, &fd));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_handle_watch(weak, 1, 0, &fd));
	EXPECT_EQ(ZX_OK, zx_handle_close(weak));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_handle_watch(weak, 1, 0, &fd));
	for (int bit = 0; bit < 32; bit++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_watch(self->event, 1, 1u << bit, &fd));
	for (size_t i = 0; i < sizeof(zxt_nowhere) / sizeof(*zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_watch(self->event, 1, 0, zxt_nowhere[i]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_watch(self->event, 1, 0, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_watch(self->event, 1, 0, zxt_read_only()));
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_handle_watch(self->event, 1, 0, &fd));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE,
			       &(struct rlimit){ limit.rlim_cur < 1024 ? limit.rlim_cur : 1024,
						 1024 }));
	EXPECT_EQ(-1, fd);
	EXPECT_EQ(fds, open_fds());
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

/* WAIT is sufficient for a watch, TRANSFER for an export. */
TEST_F(fd, least_rights)
{
	zx_handle_t only;
	int fd;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_WAIT, &only));
	fd = watch(only, ZX_EVENT_SIGNALED);
	EXPECT_LE(0, fd);
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(READABLE, polled(fd));
	close(fd);
	zx_handle_close(only);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_TRANSFER, &only));
	fd = export(only);
	EXPECT_LE(0, fd);
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &only));
	EXPECT_EQ(ZX_RIGHT_TRANSFER, zxt_basic(only).rights);
	close(fd);
	zx_handle_close(only);
}

/*
 * Ports.
 */

static zx_status_t take_packet(zx_handle_t port)
{
	zx_port_packet_t packet;

	return zx_port_wait(port, ZX_TIME_INFINITE_PAST, &packet);
}

/* It collects packets of waits that began before, and of waits that begin by another handle. */
TEST_F(fd, exported_port_is_readable_while_packets_are_queued)
{
	zx_handle_t port, other;
	int fd;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(port, ZX_RIGHT_SAME_RIGHTS, &other));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, port, 1, ZX_EVENT_SIGNALED, 0));
	fd = export(port);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, polled(fd));
	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, other, 2, ZX_EVENT_SIGNALED, 0));
	ASSERT_EQ(ZX_OK, poke_port(other));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(READABLE, polled(fd));
		EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
		EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
		ASSERT_EQ(ZX_OK, take_packet(other));
	}
	EXPECT_EQ(0, polled(fd));
	EXPECT_EQ(0, zxt_epolled(self->epoll, NEVER));
	ASSERT_EQ(ZX_OK, poke_port(other));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &port));
	EXPECT_EQ(ZX_DEFAULT_PORT_RIGHTS, zxt_basic(port).rights);
	EXPECT_EQ(ZX_OK, take_packet(port));
	EXPECT_EQ(POLLERR, polled(fd) & (POLLERR | POLLIN));
	close(fd);
	zx_handle_close(port);
	zx_handle_close(other);
}

/* One signal queues several packets at each of several ports. */
TEST_F(fd, ports_with_waits_on_one_event_are_all_readable)
{
	zx_handle_t ports[4];
	int fds[4];

	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(ZX_OK, zx_port_create(0, &ports[i]));
		fds[i] = watch(ports[i], ZXL_PORT_READABLE);
		ASSERT_LE(0, fds[i]);
		ASSERT_EQ(0, zxt_epoll_add(self->epoll, fds[i], EPOLLIN | EPOLLET));
	}
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 12; i++) {
			ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, ports[i % 4], 0,
							      ZX_EVENT_SIGNALED, 0));
		}
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
		for (int i = 0; i < 4; i++)
			EXPECT_EQ(EPOLLIN, zxt_epolled(self->epoll, SOON));
		EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
		for (int i = 0; i < 12; i++) {
			EXPECT_EQ(READABLE, polled(fds[i % 4]));
			ASSERT_EQ(ZX_OK, take_packet(ports[i % 4]));
		}
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_EVENT_SIGNALED, 0));
	}
	for (int i = 0; i < 4; i++) {
		close(fds[i]);
		zx_handle_close(ports[i]);
	}
}

/* Each cancel can remove the last packet; a wait that cannot store the packet does not. */
TEST_F(fd, watched_port_is_readable_while_packets_are_queued)
{
	zx_handle_t port;
	int fd;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	fd = watch(port, ZXL_PORT_READABLE);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, polled(fd));
	ASSERT_EQ(ZX_OK, poke_port(port));
	EXPECT_EQ(READABLE, polled(fd));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_port_wait(port, ZX_TIME_INFINITE_PAST, NULL));
	EXPECT_EQ(READABLE, polled(fd));
	EXPECT_EQ(ZX_OK, zx_port_cancel_key(port, 0, 0));
	EXPECT_EQ(0, polled(fd));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, port, 1, ZX_EVENT_SIGNALED, 0));
	EXPECT_EQ(0, polled(fd));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(READABLE, polled(fd));
	EXPECT_EQ(ZX_OK, zx_port_cancel(port, self->event, 1));
	EXPECT_EQ(0, polled(fd));
	/* A watch for other signals shows no packets. */
	close(fd);
	fd = watch(port, ~ZXL_PORT_READABLE);
	ASSERT_EQ(ZX_OK, poke_port(port));
	EXPECT_EQ(0, polled(fd));
	close(fd);
	zx_handle_close(port);
}

/*
 * What /proc shows of a file.
 */

/* The lines of an exported handle, up to those that depend on the type. */
static int basic_lines(char *lines, size_t size, zx_info_handle_basic_t info)
{
	return snprintf(lines, size, "zircon-handle:\ttype %u\nzircon-koid:\t%lu\n"
			"zircon-rights:\t%#x\n", info.type, info.koid, info.rights);
}

/* Exports a handle and compares its fdinfo with the basic lines and @rest. Returns the file. */
static int export_shows(struct __test_metadata *_metadata, zx_handle_t handle, const char *rest)
{
	char expected[1000], lines[1000];
	int len = basic_lines(expected, sizeof(expected), zxt_basic(handle)), fd = export(handle);

	EXPECT_LE(0, fd);
	snprintf(expected + len, sizeof(expected) - len, "%s", rest);
	EXPECT_STREQ(expected, zxp_fdinfo(fd, lines, sizeof(lines)));
	return fd;
}

/* A peer's koid, what is queued, and how much can be. */
TEST_F(fd, fdinfo_of_exported_handles)
{
	zx_handle_t socket[2], fifo[2], port;
	char rest[500], max[32], lines[1000];
	uint64_t elements[3] = {};
	int fd;

	ASSERT_TRUE(zxt_get_parameter("channel_bytes_max", max, sizeof(max)));
	/* The first message is in the endpoint's own buffer, the second in an allocated one. */
	ASSERT_EQ(ZX_OK, write_byte(self->channel[1]));
	ASSERT_EQ(ZX_OK, write_byte(self->channel[1]));
	snprintf(rest, sizeof(rest), "zircon-signals:\t0x3\nzircon-related-koid:\t%lu\n"
		 "zircon-queued:\t%u\nzircon-queued-max:\t%lu\n", zxt_koid(self->channel[1]),
		 96 + 256, strtoul(max, NULL, 10));
	fd = export_shows(_metadata, self->channel[0], rest);
	/* A file without its handle shows nothing of the object. */
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &self->channel[0]));
	EXPECT_STREQ("zircon-handle:\tnone\n", zxp_fdinfo(fd, lines, sizeof(lines)));
	close(fd);

	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_DATAGRAM, &socket[0], &socket[1]));
	ASSERT_EQ(ZX_OK, zx_socket_write(socket[1], 0, "12345", 5, NULL));
	snprintf(rest, sizeof(rest), "zircon-signals:\t0x3\nzircon-related-koid:\t%lu\n"
		 "zircon-queued:\t5\nzircon-queued-max:\t262144\n", zxt_koid(socket[1]));
	close(export_shows(_metadata, socket[0], rest));
	zx_handle_close(socket[1]);

	ASSERT_EQ(ZX_OK, zx_fifo_create(8, 8, 0, &fifo[0], &fifo[1]));
	ASSERT_EQ(ZX_OK, zx_fifo_write(fifo[1], 8, elements, 3, NULL));
	snprintf(rest, sizeof(rest), "zircon-signals:\t0x3\nzircon-related-koid:\t%lu\n"
		 "zircon-queued:\t3\nzircon-queued-max:\t8\n", zxt_koid(fifo[1]));
	close(export_shows(_metadata, fifo[0], rest));
	zx_handle_close(fifo[1]);

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, poke_port(port));
	close(export_shows(_metadata, port, "zircon-signals:\t0x1\nzircon-queued:\t1\n"
			   "zircon-queued-max:\t4096\n"));

	/* Types without contents, with and without a peer. */
	snprintf(rest, sizeof(rest), "zircon-signals:\t0x0\nzircon-related-koid:\t%lu\n",
		 zxt_koid(self->pair[1]));
	close(export_shows(_metadata, self->pair[0], rest));
	close(export_shows(_metadata, self->event, "zircon-signals:\t0x0\n"));
}

/* The koid of the peer needs no right, the signals one to wait, the queue one to inspect. */
TEST_F(fd, fdinfo_of_handles_without_rights)
{
	char rest[100];

	ASSERT_EQ(ZX_OK, write_byte(self->channel[1]));
	ASSERT_EQ(ZX_OK, zx_handle_replace(self->channel[0], ZX_RIGHT_TRANSFER | ZX_RIGHT_READ |
					   ZX_RIGHT_WRITE, &self->channel[0]));
	snprintf(rest, sizeof(rest), "zircon-related-koid:\t%lu\n", zxt_koid(self->channel[1]));
	close(export_shows(_metadata, self->channel[0], rest));
}

/* Of the signals that are up a watch shows those that it was made for. */
TEST_F(fd, fdinfo_of_watches)
{
	char expected[500], lines[1000];
	int fd;

	ASSERT_EQ(ZX_OK, write_byte(self->channel[1]));
	fd = watch(self->channel[0], ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);
	ASSERT_LE(0, fd);
	snprintf(expected, sizeof(expected), "zircon-watch:\ttype 4\nzircon-koid:\t%lu\n"
		 "zircon-watched-signals:\t0x5\nzircon-signals:\t0x1\n",
		 zxt_koid(self->channel[0]));
	EXPECT_STREQ(expected, zxp_fdinfo(fd, lines, sizeof(lines)));
	zx_handle_close(self->channel[0]);
	EXPECT_STREQ("zircon-watch:\tnone\n", zxp_fdinfo(fd, lines, sizeof(lines)));
	close(fd);
}

/* Compares the name of a file in /proc and the first line of its fdinfo, and closes the file. */
static void has_name(struct __test_metadata *_metadata, int fd, bool is_watch, const char *name,
		     zx_obj_type_t type)
{
	char path[64], expected[64], link[64] = {}, lines[1000];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	snprintf(expected, sizeof(expected), "anon_inode:[%s:%s]",
		 is_watch ? "zircon-watch" : "zircon", name);
	EXPECT_LT(0, readlink(path, link, sizeof(link) - 1));
	EXPECT_STREQ(expected, link);
	snprintf(expected, sizeof(expected), "%s:\ttype %u\n",
		 is_watch ? "zircon-watch" : "zircon-handle", type);
	EXPECT_TRUE(strstr(zxp_fdinfo(fd, lines, sizeof(lines)), expected) == lines);
	close(fd);
}

TEST_F(fd, names_and_types_of_files)
{
	static const char *const types[] = {
		"channel", "event", "eventpair", "process", "socket", "socket", "fifo", "port",
		"timer", "counter", "clock", "thread", "job",
	};
	zx_handle_t handles[ARRAY_SIZE(types)], other[3];
	struct zxl_ioc_job_open job = { .out = (uintptr_t)&handles[12] };
	zx_koid_t thread;
	int device;

	handles[0] = self->channel[0];
	handles[1] = self->event;
	handles[2] = self->pair[0];
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS, &handles[3]));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &handles[4], &other[0]));
	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_DATAGRAM, &handles[5], &other[1]));
	ASSERT_EQ(ZX_OK, zx_fifo_create(8, 8, 0, &handles[6], &other[2]));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &handles[7]));
	ASSERT_EQ(ZX_OK, zx_timer_create(0, ZX_CLOCK_MONOTONIC, &handles[8]));
	ASSERT_EQ(ZX_OK, zx_counter_create(0, &handles[9]));
	ASSERT_EQ(ZX_OK, zx_clock_create(0, NULL, &handles[10]));
	/* The library would keep the handle of zx_thread_self(). */
	ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_THREADS, &thread,
					    sizeof(thread), NULL, NULL));
	ASSERT_EQ(ZX_OK, zx_object_get_child(zx_process_self(), thread, ZX_RIGHT_SAME_RIGHTS,
					     &handles[11]));
	/* As it would that of zx_job_default(). */
	device = zxp_open(O_CLOEXEC);
	ASSERT_EQ(0, zxp_ioctl(device, ZXL_IOC_JOB_OPEN, &job));
	close(device);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		zx_obj_type_t type = zxt_basic(handles[i]).type;

		has_name(_metadata, watch(handles[i], 1), true, types[i], type);
		has_name(_metadata, export(handles[i]), false, types[i], type);
	}
	zx_handle_close_many(other, ARRAY_SIZE(other));
}

static int passed[2];

static void pass_device(void)
{
	CHILD_CHECK(zxp_send_fd(passed[1], zxp_open(O_CLOEXEC)) == 0);
}

/* The file of the device has come from another user's program, which has ended. */
TEST_F(fd, fdinfo_of_the_device_names_who_opened_it)
{
	int device;

	*zxp_user_of_test() = getpid();
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, passed));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, pass_device));
	device = zxp_receive_fd(passed[0], 0);
	ASSERT_LE(0, device);
	EXPECT_EQ(HOSTILE, zxp_user_bytes_of(device, "zircon-user:"));
	close(device);
	close(passed[0]);
	close(passed[1]);
}

/* Handles to a port never have ZX_RIGHT_WAIT: ZX_RIGHT_READ takes its place, for both files. */
TEST_F(fd, polling_a_port_needs_the_right_to_read)
{
	zx_handle_t port, blind, only;
	char info[1000] = {};
	int fd, file;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, poke_port(port));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(port, ZX_DEFAULT_PORT_RIGHTS & ~ZX_RIGHT_READ,
					     &blind));
	fd = -1;
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_handle_watch(blind, ZXL_PORT_READABLE, 0, &fd));
	EXPECT_EQ(-1, fd);
	fd = export(blind);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, polled(fd));
	snprintf(info, sizeof(info), "/proc/self/fdinfo/%d", fd);
	file = open(info, O_RDONLY | O_CLOEXEC);
	ASSERT_LT(0, read(file, info, sizeof(info) - 1));
	EXPECT_EQ(NULL, strstr(info, "zircon-signals"));
	close(file);
	close(fd);

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(port, ZX_RIGHT_READ | ZX_RIGHT_TRANSFER, &only));
	fd = watch(only, ZXL_PORT_READABLE);
	EXPECT_EQ(READABLE, polled(fd));
	close(fd);
	fd = export(only);
	ASSERT_LE(0, fd);
	EXPECT_EQ(READABLE, polled(fd));
	EXPECT_EQ(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
	close(fd);
	zx_handle_close(port);
}

TEST_F_TIMEOUT(fd, watch_of_a_port_hangs_up_when_the_handle_is_closed, 120)
{
	zx_handle_t port, copy;
	int fd;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(port, ZX_RIGHT_SAME_RIGHTS, &copy));
	fd = watch(port, ZXL_PORT_READABLE);
	ASSERT_EQ(0, zxt_epoll_add(self->epoll, fd, EPOLLIN));
	ASSERT_EQ(ZX_OK, zx_handle_close(copy));
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	ASSERT_EQ(ZX_OK, zx_handle_close(port));
	EXPECT_EQ(EPOLLHUP, zxt_epolled(self->epoll, SOON) & EPOLLHUP);
	EXPECT_EQ(POLLHUP, polled(fd));
	close(fd);
}

/* No wait may be left that would queue a packet on a port that is freed. */
TEST_F(fd, waits_end_with_an_exported_port)
{
	zx_handle_t port;
	int fd;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, port, 1, ZX_EVENT_SIGNALED, 0));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, port, 2, ZX_USER_SIGNAL_0, 0));
	fd = export(port);
	ASSERT_LE(0, fd);
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(READABLE, polled(fd));
	close(fd);
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_0));
}

/*
 * Under load.
 */

struct noise {
	zx_handle_t handle;
	atomic_int *stop;
};

static void *make_noise(void *arg)
{
	struct noise *noise = arg;

	while (!atomic_load(noise->stop)) {
		zx_object_signal_peer(noise->handle, 0, ZX_EVENTPAIR_SIGNALED | ZX_USER_SIGNAL_0);
		zx_object_signal_peer(noise->handle, ZX_EVENTPAIR_SIGNALED | ZX_USER_SIGNAL_0, 0);
	}
	return NULL;
}

/* Descriptors in an epoll are closed while signals are raised. */
TEST_F_TIMEOUT(fd, close_while_signals_come, 120)
{
	zx_time_t end = zx_deadline_after(ZX_SEC(5));
	struct epoll_event events[8];
	struct noise noise = { .handle = self->pair[0] };
	atomic_int stop = 0;
	pthread_t thread;
	int rounds = 0;

	noise.stop = &stop;
	ASSERT_EQ(0, pthread_create(&thread, NULL, make_noise, &noise));
	while (zx_clock_get_monotonic() < end) {
		int fds[6];

		for (int i = 0; i < 6; i++) {
			fds[i] = watch(self->pair[1], i & 1 ? ZX_EVENTPAIR_SIGNALED : ~0u);
			ASSERT_LE(0, fds[i]);
			ASSERT_EQ(0, zxt_epoll_add(self->epoll, fds[i],
						   i & 2 ? EPOLLIN | EPOLLET : EPOLLIN));
		}
		ASSERT_LE(0, epoll_wait(self->epoll, events, 8, 1));
		for (int i = 0; i < 6; i++)
			close(fds[i]);
		/* The exported endpoint is closed as well. */
		fds[0] = export(self->pair[1]);
		ASSERT_LE(0, fds[0]);
		ASSERT_EQ(0, zxt_epoll_add(self->epoll, fds[0], EPOLLIN | EPOLLPRI));
		ASSERT_LE(0, epoll_wait(self->epoll, events, 8, 1));
		ASSERT_EQ(ZX_OK, zxl_handle_import(fds[0], 0, &self->pair[1]));
		close(fds[0]);
		rounds++;
	}
	EXPECT_LT(0, rounds);
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	atomic_store(&stop, 1);
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

struct closer {
	int fd;
	atomic_int *go;
};

static void *close_at_once(void *arg)
{
	struct closer *closer = arg;

	while (!atomic_load(closer->go))
		;
	close(closer->fd);
	return NULL;
}

/* A watch and its handle are closed at the same time. */
TEST_F_TIMEOUT(fd, watch_and_handle_closed_at_once, 120)
{
	zx_time_t end = zx_deadline_after(ZX_SEC(5));

	while (zx_clock_get_monotonic() < end) {
		struct closer closer;
		zx_handle_t event;
		pthread_t thread;
		atomic_int go = 0;

		ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
		closer = (struct closer){ .fd = watch(event, 1), .go = &go };
		ASSERT_LE(0, closer.fd);
		ASSERT_EQ(0, pthread_create(&thread, NULL, close_at_once, &closer));
		zxp_sleep_ms(1);
		atomic_store(&go, 1);
		ASSERT_EQ(ZX_OK, zx_handle_close(event));
		ASSERT_EQ(0, pthread_join(thread, NULL));
	}
}

#define CHANNELS 1000

static zx_handle_t here[CHANNELS], there[CHANNELS];

static void *answer_all(void *arg)
{
	int *rounds = arg;

	for (int round = 0; round < *rounds; round++)
		for (int i = 0; i < CHANNELS; i++)
			if (write_byte(there[i]) != ZX_OK)
				abort();
	return NULL;
}

/* An event loop over 1000 watched channels. */
TEST_F_TIMEOUT(fd, loop_over_1000_channels, 280)
{
	const struct rlimit many = { 2 * CHANNELS, 2 * CHANNELS };
	struct epoll_event events[64];
	int fds[CHANNELS], rounds = 5, got = 0, hangups = 0, count;
	int messages[CHANNELS] = {};
	pthread_t thread;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &many));
	for (int i = 0; i < CHANNELS; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &here[i], &there[i]));
		fds[i] = watch(here[i], ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);
		ASSERT_LE(0, fds[i]);
		ASSERT_EQ(0, epoll_ctl(self->epoll, EPOLL_CTL_ADD, fds[i], &event));
	}
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, answer_all, &rounds));
	while (got < rounds * CHANNELS) {
		count = epoll_wait(self->epoll, events, 64, SOON);
		ASSERT_LT(0, count);
		for (int i = 0; i < count; i++) {
			ASSERT_EQ(EPOLLIN, events[i].events);
			ASSERT_EQ(ZX_OK, read_byte(here[events[i].data.u32]));
			messages[events[i].data.u32]++;
			got++;
		}
	}
	ASSERT_EQ(0, pthread_join(thread, NULL));
	for (int i = 0; i < CHANNELS; i++)
		EXPECT_EQ(rounds, messages[i]);
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));

	/* Each hang-up is reported once, since its watch is closed then. */
	ASSERT_EQ(ZX_OK, zx_handle_close_many(there, CHANNELS));
	while (hangups < CHANNELS) {
		count = epoll_wait(self->epoll, events, 64, SOON);
		ASSERT_LT(0, count);
		for (int i = 0; i < count; i++) {
			ASSERT_EQ(ZX_ERR_PEER_CLOSED, read_byte(here[events[i].data.u32]));
			ASSERT_EQ(0, close(fds[events[i].data.u32]));
			hangups++;
		}
	}
	EXPECT_EQ(CHANNELS, hangups);
	EXPECT_EQ(0, zxt_epolled(self->epoll, 0));
	ASSERT_EQ(ZX_OK, zx_handle_close_many(here, CHANNELS));
}

TEST_HARNESS_MAIN
