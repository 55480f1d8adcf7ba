// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: sockets, their dispositions, and sockets that are sent through sockets.
 */
#include "faults.h"

/* Fills the argument for reading or writing. The case's type holds the options of the call. */
static struct zx_ioc_socket_io *put_socket_io(struct world *w, enum place buffer)
{
	struct zx_ioc_socket_io *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->options = w->is->type;
	arg->buffer = address(buffer);
	arg->size = w->is->size;
	arg->actual = address(ACTUAL0);
	*(uint64_t *)place(ACTUAL0) = 12345;
	return arg;
}

static void set_up_socket_write(struct world *w)
{
	uint8_t ahead[8];

	new_socket(w);
	fill(ahead, sizeof(ahead), AHEAD);
	if (w->is->ahead)
		OK(zx_socket_write(w->end[0], 0, ahead, sizeof(ahead), NULL));
}

static void prepare_socket_write(struct world *w)
{
	put_socket_io(w, FROM);
	fill(place(FROM), w->is->size, FIRST);
}

static void done_socket_write(struct world *w)
{
	CHECK(w, *(uint64_t *)place(ACTUAL0) == w->is->size);
	if (w->is->ahead)
		check_bytes(w, w->end[1], 0, 8, AHEAD);
	check_bytes(w, w->end[1], w->is->type, w->is->size, FIRST);
	check_no_bytes(w, w->end[1], w->is->type);
}

static const struct kind socket_write = {
	.set_up = set_up_socket_write,
	.prepare = prepare_socket_write,
	.done = done_socket_write,
	.request = ZX_IOC_SOCKET_WRITE,
};

static void set_up_socket_read(struct world *w)
{
	uint32_t control = w->is->type & ZX_SOCKET_CONTROL;

	new_socket(w);
	write_bytes(w, control, w->is->size, FIRST);
	if (!control)
		write_bytes(w, 0, 8, NEXT);
}

static void prepare_socket_read(struct world *w)
{
	/* A datagram that could not be read is lost, so both are written again. */
	if (w->is->options & ZX_SOCKET_DATAGRAM) {
		while (zx_socket_read(w->end[0], 0, place(INTO), w->is->size, NULL) == ZX_OK)
			;
		write_bytes(w, 0, w->is->size, FIRST);
		write_bytes(w, 0, 8, NEXT);
	}
	put_socket_io(w, INTO);
	memset(place(INTO), 0, w->is->size);
}

static void done_socket_read(struct world *w)
{
	uint32_t control = w->is->type & ZX_SOCKET_CONTROL;

	CHECK(w, *(uint64_t *)place(ACTUAL0) == w->is->size);
	CHECK(w, is_filled(place(INTO), 0, w->is->size, FIRST));
	if (w->is->type & ZX_SOCKET_PEEK)
		check_bytes(w, w->end[0], control, w->is->size, FIRST);
	if (!control)
		check_bytes(w, w->end[0], 0, 8, NEXT);
	check_no_bytes(w, w->end[0], control);
}

static const struct kind socket_read = {
	.set_up = set_up_socket_read,
	.prepare = prepare_socket_read,
	.done = done_socket_read,
	.request = ZX_IOC_SOCKET_READ,
	.may = FAIL_FETCH,
};

static void prepare_disposition(struct world *w)
{
	struct zx_ioc_socket_disposition *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->disposition = ZX_SOCKET_DISPOSITION_WRITE_DISABLED;
}

static void done_disposition(struct world *w)
{
	CHECK(w, zxt_signals(w->end[0]) & ZX_SOCKET_WRITE_DISABLED);
	CHECK(w, zx_socket_write(w->end[0], 0, "x", 1, NULL) == ZX_ERR_BAD_STATE);
}

static const struct kind socket_disposition = {
	.set_up = new_socket,
	.prepare = prepare_disposition,
	.done = done_disposition,
	.request = ZX_IOC_SOCKET_SET_DISPOSITION,
};

/* Makes the socket that is sent through a socket, again after a call has consumed it. */
static void make_shared(struct world *w)
{
	if (zxt_is_open(w->sent[0]))
		return;
	zx_handle_close(w->peer[0]);
	OK(zx_socket_create(0, &w->sent[0], &w->peer[0]));
}

static void prepare_share(struct world *w)
{
	struct zx_ioc_socket_share *arg = new_args(sizeof(*arg));

	make_shared(w);
	arg->handle = w->end[0];
	arg->socket = w->sent[0];
}

static void done_share(struct world *w)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;

	CHECK(w, !zxt_is_open(w->sent[0]));
	CHECK(w, zx_socket_accept(w->end[1], &handle) == ZX_OK);
	CHECK(w, zxt_basic(handle).related_koid == zxt_koid(w->peer[0]));
}

static const struct kind socket_share = {
	.set_up = new_socket,
	.prepare = prepare_share,
	.done = done_share,
	.request = ZX_IOC_SOCKET_SHARE,
	.gain_each = -1,
	.consumes = true,
};

static void set_up_accept(struct world *w)
{
	new_socket(w);
	make_shared(w);
	OK(zx_socket_share(w->end[1], w->sent[0]));
}

static void prepare_accept(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->out = address(OUT0);
}

static void done_accept(struct world *w)
{
	zx_handle_t again;

	CHECK(w, zxt_basic(number(OUT0)).related_koid == zxt_koid(w->peer[0]));
	CHECK(w, zx_socket_accept(w->end[0], &again) == ZX_ERR_SHOULD_WAIT);
}

static const struct kind socket_accept = {
	.set_up = set_up_accept,
	.prepare = prepare_accept,
	.done = done_accept,
	.request = ZX_IOC_SOCKET_ACCEPT,
	.may = FAIL_FETCH,
	.gain = 1,
};

static const struct fault faults[] = {
	{ .name = "socket_write_8", .kind = &socket_write, .size = 8, .may = FAIL_FETCH },
	{ .name = "socket_write_200", .kind = &socket_write, .size = 200,
	  .may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH },
	{ .name = "socket_write_1000_behind_others", .kind = &socket_write, .size = 1000,
	  .ahead = true, .may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH },
	{ .name = "socket_write_65536", .kind = &socket_write, .size = 65536,
	  .may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH },
	{ .name = "datagram_write_8_behind_another", .kind = &socket_write,
	  .options = ZX_SOCKET_DATAGRAM, .size = 8, .ahead = true,
	  .may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH },
	{ .name = "datagram_write_20000", .kind = &socket_write, .options = ZX_SOCKET_DATAGRAM,
	  .size = 20000, .may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH },
	{ .name = "control_write", .kind = &socket_write, .options = ZX_SOCKET_HAS_CONTROL,
	  .type = ZX_SOCKET_CONTROL, .size = 1024, .may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH },
	{ .name = "socket_read_8", .kind = &socket_read, .size = 8 },
	{ .name = "socket_read_1000", .kind = &socket_read, .size = 1000 },
	{ .name = "socket_read_65536", .kind = &socket_read, .size = 65536 },
	{ .name = "socket_peek_9000", .kind = &socket_read, .type = ZX_SOCKET_PEEK, .size = 9000 },
	{ .name = "datagram_read_8", .kind = &socket_read, .options = ZX_SOCKET_DATAGRAM,
	  .size = 8 },
	{ .name = "datagram_read_20000", .kind = &socket_read, .options = ZX_SOCKET_DATAGRAM,
	  .size = 20000 },
	{ .name = "control_read", .kind = &socket_read, .options = ZX_SOCKET_HAS_CONTROL,
	  .type = ZX_SOCKET_CONTROL, .size = 1024 },
	{ .name = "control_peek", .kind = &socket_read, .options = ZX_SOCKET_HAS_CONTROL,
	  .type = ZX_SOCKET_CONTROL | ZX_SOCKET_PEEK, .size = 300 },
	{ .name = "socket_set_disposition", .kind = &socket_disposition },
	{ .name = "socket_share", .kind = &socket_share, .options = ZX_SOCKET_HAS_ACCEPT,
	  .handles = 1, .containers = true },
	{ .name = "socket_accept", .kind = &socket_accept, .options = ZX_SOCKET_HAS_ACCEPT },
};

const struct area socket_area = AREA("socket", faults);
