// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: files of the device, exported handles, watches, and Linux calls on exported sockets.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include "faults.h"

static void prepare_open(struct world *w)
{
	struct zxl_ioc_open *arg = new_args(sizeof(*arg));

	(void)w;
	arg->out = address(OUT0);
}

static void done_open(struct world *w)
{
	w->fd[0] = number(OUT0);
	CHECK(w, zxp_check(w->fd[0], zx_process_self()) == 0);
}

static const struct kind another_open = {
	.prepare = prepare_open,
	.done = done_open,
	.request = ZXL_IOC_OPEN,
	.may = FAIL_ALLOC | FAIL_COPY,
};

static void export_args(zx_handle_t handle)
{
	struct zxl_ioc_fd *arg = new_args(sizeof(*arg));

	arg->handle = handle;
	arg->out = address(OUT0);
}

static void prepare_export(struct world *w)
{
	supply(w);
	export_args(w->sent[0]);
}

static void done_export(struct world *w)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;

	w->fd[0] = number(OUT0);
	CHECK(w, !zxt_is_open(w->sent[0]));
	CHECK(w, zxl_handle_import(w->fd[0], 0, &handle) == ZX_OK);
	CHECK(w, zxt_koid(handle) == zxt_koid(w->kept));
}

static const struct kind handle_export = {
	.prepare = prepare_export,
	.done = done_export,
	.request = ZXL_IOC_HANDLE_EXPORT,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain_each = -1,
};

/* The file of a socket has an inode of its own. */
static void new_sockets(struct world *w)
{
	OK(zx_socket_create(0, &w->end[0], &w->end[1]));
}

static void prepare_socket_export(struct world *w)
{
	export_args(w->end[0]);
}

static void done_socket_export(struct world *w)
{
	char byte;

	w->fd[0] = number(OUT0);
	CHECK(w, !zxt_is_open(w->end[0]));
	CHECK(w, zx_socket_write(w->end[1], 0, "x", 1, NULL) == ZX_OK);
	CHECK(w, read(w->fd[0], &byte, 1) == 1);
}

static const struct kind socket_export = {
	.set_up = new_sockets,
	.prepare = prepare_socket_export,
	.done = done_socket_export,
	.request = ZXL_IOC_HANDLE_EXPORT,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = -1,
};

static void new_exported(struct world *w)
{
	zx_handle_t handle;

	OK(zx_handle_duplicate(w->kept, ZX_RIGHT_SAME_RIGHTS, &handle));
	OK(zxl_handle_export(handle, 0, &w->fd[0]));
}

static void prepare_import(struct world *w)
{
	struct zxl_ioc_fd *arg = new_args(sizeof(*arg));

	arg->fd = w->fd[0];
	arg->out = address(OUT0);
}

static void done_import(struct world *w)
{
	zx_handle_t again;

	CHECK(w, zxt_koid(number(OUT0)) == zxt_koid(w->kept));
	CHECK(w, zxl_handle_import(w->fd[0], 0, &again) == ZX_ERR_BAD_STATE);
}

static const struct kind handle_import = {
	.set_up = new_exported,
	.prepare = prepare_import,
	.done = done_import,
	.request = ZXL_IOC_HANDLE_IMPORT,
	.may = FAIL_COPY,
	.gain = 1,
};

static void prepare_watch(struct world *w)
{
	struct zxl_ioc_fd *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->signals = ZX_EVENT_SIGNALED;
	arg->out = address(OUT0);
}

static void done_watch(struct world *w)
{
	struct pollfd poll_fd = { .fd = number(OUT0), .events = POLLIN };

	w->fd[0] = poll_fd.fd;
	CHECK(w, poll(&poll_fd, 1, 0) == 0);
	OK(zx_object_signal(w->end[0], 0, ZX_EVENT_SIGNALED));
	CHECK(w, poll(&poll_fd, 1, 0) == 1 && poll_fd.revents == POLLIN);
}

static const struct kind handle_watch = {
	.set_up = new_event,
	.prepare = prepare_watch,
	.done = done_watch,
	.request = ZXL_IOC_HANDLE_WATCH,
	.may = FAIL_ALLOC | FAIL_COPY,
};

/*
 * Exported sockets: fd[0] is one endpoint of a stream socket, end[1] the other.
 */
static void new_stream(struct world *w)
{
	zx_handle_t end;

	OK(zx_socket_create(0, &end, &w->end[1]));
	OK(zxl_handle_export(end, 0, &w->fd[0]));
	MUST(!fcntl(w->fd[0], F_SETFL, O_NONBLOCK));
}

static void set_up_stream_read(struct world *w)
{
	new_stream(w);
	write_bytes(w, 0, w->is->size, FIRST);
}

static void clear_into(struct world *w)
{
	if (!w->offset)
		memset(place(INTO), 0, w->is->size);
}

static long linux_says(ssize_t ret)
{
	return ret < 0 ? -errno : ret;
}

/* Returns the rest of a buffer to be transferred, in two pieces if the case asks for them. */
static int pieces(const struct world *w, enum place which, struct iovec iov[2])
{
	uint8_t *start = (uint8_t *)place(which) + w->offset;
	size_t left = w->is->size - w->offset, first = w->is->iovec ? left / 3 : left;

	iov[0] = (struct iovec){ start, first };
	iov[1] = (struct iovec){ start + first, left - first };
	return w->is->iovec ? 2 : 1;
}

static long stream_readv(struct world *w)
{
	struct iovec iov[2];
	int count = pieces(w, INTO, iov);

	return linux_says(readv(w->fd[0], iov, count));
}

static void done_stream_read(struct world *w)
{
	uint8_t byte;

	CHECK(w, is_filled(place(INTO), 0, w->is->size, FIRST));
	CHECK(w, linux_says(read(w->fd[0], &byte, 1)) == -EAGAIN);
}

static const struct kind stream_read = {
	.set_up = set_up_stream_read,
	.prepare = clear_into,
	.call = stream_readv,
	.done = done_stream_read,
	.may = FAIL_FETCH | FAIL_LINUX,
};

static void prepare_stream_write(struct world *w)
{
	fill(place(FROM), w->is->size, FIRST);
}

static long stream_writev(struct world *w)
{
	struct iovec iov[2];
	int count = pieces(w, FROM, iov);

	return linux_says(writev(w->fd[0], iov, count));
}

static void done_stream_write(struct world *w)
{
	check_bytes(w, w->end[1], 0, w->is->size, FIRST);
	check_no_bytes(w, w->end[1], 0);
}

static const struct kind stream_write = {
	.set_up = new_stream,
	.prepare = prepare_stream_write,
	.call = stream_writev,
	.done = done_stream_write,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_LINUX,
};

static void new_pipe(struct world *w)
{
	MUST(!pipe2(w->fd + 1, O_CLOEXEC | O_NONBLOCK));
}

static void set_up_splice_read(struct world *w)
{
	set_up_stream_read(w);
	new_pipe(w);
}

static long splice_read(struct world *w)
{
	return linux_says(splice(w->fd[0], NULL, w->fd[2], NULL, w->is->size - w->offset, 0));
}

static void done_splice_read(struct world *w)
{
	CHECK(w, read(w->fd[1], place(INTO), w->is->size) == (ssize_t)w->is->size);
	done_stream_read(w);
}

static const struct kind stream_splice_read = {
	.set_up = set_up_splice_read,
	.prepare = clear_into,
	.call = splice_read,
	.done = done_splice_read,
	.may = FAIL_ALLOC | FAIL_LINUX,
};

static void set_up_splice_write(struct world *w)
{
	new_stream(w);
	new_pipe(w);
	prepare_stream_write(w);
	MUST(write(w->fd[2], place(FROM), w->is->size) == (ssize_t)w->is->size);
}

static long splice_write(struct world *w)
{
	return linux_says(splice(w->fd[1], NULL, w->fd[0], NULL, w->is->size - w->offset, 0));
}

static const struct kind stream_splice_write = {
	.set_up = set_up_splice_write,
	.call = splice_write,
	.done = done_stream_write,
	.may = FAIL_ALLOC | FAIL_LINUX,
};

/* More than poll() keeps on its stack. */
#define POLLED	20

static void prepare_poll(struct world *w)
{
	struct pollfd *fds = place(INTO);

	for (int i = 0; i < POLLED; i++)
		fds[i] = (struct pollfd){ .fd = w->fd[0], .events = POLLIN, .revents = POLLERR };
}

static long poll_many(struct world *w)
{
	(void)w;
	return linux_says(poll(place(INTO), POLLED, 1));
}

static void done_poll(struct world *w)
{
	const struct pollfd *fds = place(INTO);

	for (int i = 0; i < POLLED; i++)
		CHECK(w, fds[i].revents == 0);
}

static const struct kind stream_poll = {
	.set_up = new_stream,
	.prepare = prepare_poll,
	.call = poll_many,
	.done = done_poll,
	.may = FAIL_ALLOC | FAIL_PAGE | FAIL_LINUX,
};

static void set_up_epoll(struct world *w)
{
	new_stream(w);
	w->fd[1] = epoll_create1(EPOLL_CLOEXEC);
	MUST(w->fd[1] >= 0);
}

static long epoll_add(struct world *w)
{
	return linux_says(epoll_ctl(w->fd[1], EPOLL_CTL_ADD, w->fd[0], place(INTO)));
}

static void prepare_epoll(struct world *w)
{
	(void)w;
	*(struct epoll_event *)place(INTO) = (struct epoll_event){ .events = EPOLLOUT };
}

static void done_epoll(struct world *w)
{
	struct epoll_event event = {};

	CHECK(w, epoll_wait(w->fd[1], &event, 1, 0) == 1 && event.events == EPOLLOUT);
}

static const struct kind stream_epoll = {
	.set_up = set_up_epoll,
	.prepare = prepare_epoll,
	.call = epoll_add,
	.done = done_epoll,
	.may = FAIL_ALLOC | FAIL_PAGE | FAIL_LINUX,
};

static const struct fault faults[] = {
	{ .name = "another_open", .kind = &another_open },
	{ .name = "handle_export", .kind = &handle_export, .handles = 1 },
	{ .name = "socket_export", .kind = &socket_export },
	{ .name = "handle_import", .kind = &handle_import },
	{ .name = "handle_watch", .kind = &handle_watch },
	{ .name = "read_of_an_exported_socket", .kind = &stream_read, .size = 9000,
	  .expect = 9000 },
	{ .name = "readv_of_an_exported_socket", .kind = &stream_read, .size = 1000,
	  .expect = 1000, .iovec = true },
	{ .name = "write_of_an_exported_socket", .kind = &stream_write, .size = 9000,
	  .expect = 9000 },
	{ .name = "writev_of_an_exported_socket", .kind = &stream_write, .size = 1000,
	  .expect = 1000, .iovec = true },
	{ .name = "splice_from_an_exported_socket", .kind = &stream_splice_read, .size = 3000,
	  .expect = 3000 },
	{ .name = "splice_to_an_exported_socket", .kind = &stream_splice_write, .size = 3000,
	  .expect = 3000 },
	{ .name = "poll_of_an_exported_socket", .kind = &stream_poll },
	{ .name = "epoll_of_an_exported_socket", .kind = &stream_epoll },
};

const struct area fd_area = AREA("fd", faults);
