// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets and fifos in one thread.
 */
#include "bench.h"

struct ends {
	zx_handle_t end[2];
	int fd[2];		/* both endpoints, exported */
	char *buffer;
	size_t size, elem, count;
};

static void op_socket(void *arg, unsigned int i)
{
	struct ends *e = arg;
	size_t actual;

	(void)i;
	must(zx_socket_write(e->end[0], 0, e->buffer, e->size, &actual), "zx_socket_write");
	if (actual == e->size)
		must(zx_socket_read(e->end[1], 0, e->buffer, e->size, &actual), "zx_socket_read");
	if (actual != e->size)
		die("a socket took or gave less than there was");
}

/* Through descriptors, as in a program without handles. */
static void op_socket_fd(void *arg, unsigned int i)
{
	struct ends *e = arg;

	(void)i;
	if (write(e->fd[0], e->buffer, e->size) != (ssize_t)e->size)
		die("write to a socket's descriptor");
	if (read(e->fd[1], e->buffer, e->size) != (ssize_t)e->size)
		die("read from a socket's descriptor");
}

static void op_fifo(void *arg, unsigned int i)
{
	struct ends *e = arg;
	size_t actual;

	(void)i;
	must(zx_fifo_write(e->end[0], e->elem, e->buffer, e->count, &actual), "zx_fifo_write");
	if (actual == e->count)
		must(zx_fifo_read(e->end[1], e->elem, e->buffer, e->count, &actual),
		     "zx_fifo_read");
	if (actual != e->count)
		die("a fifo took or gave less than there was");
}

static void sockets(const char *kind, uint32_t options, const char *than)
{
	static const size_t sizes[] = { 8, 64, 1024, 32768, 65536 };
	struct ends e = {};
	char name[80];

	must(zx_socket_create(options, &e.end[0], &e.end[1]), "zx_socket_create");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		double target = sizes[i] == 8 ? 0.55 : sizes[i] == 65536 ? 0.80 : 0;

		e.size = sizes[i];
		e.buffer = allocate(1, e.size);
		peer_messages(e.size);
		snprintf(name, sizeof(name), "%s/WriteRead/%zubytes", kind, e.size);
		ours(name, measure(op_socket, &e));
		against(peer_name(than, e.size), 1, options == ZX_SOCKET_STREAM ? target : 0);
		free(e.buffer);
	}
	if (options == ZX_SOCKET_STREAM) {
		e.size = 8;
		e.buffer = allocate(1, e.size);
		for (int k = 0; k < 2; k++)
			must(zxl_handle_export(e.end[k], 0, &e.fd[k]), "zxl_handle_export");
		ours("Socket/fd/WriteRead/8bytes", measure(op_socket_fd, &e));
		against(peer_name(than, 8), 1, 0);
		close(e.fd[0]);
		close(e.fd[1]);
		free(e.buffer);
	} else {
		must(zx_handle_close_many(e.end, 2), "zx_handle_close_many");
	}
}

static void fifo(size_t elem, size_t count, size_t peer_size, double target)
{
	struct ends e = { .elem = elem, .count = count, .buffer = allocate(elem, count) };
	char name[80];

	peer_messages(peer_size);
	must(zx_fifo_create(ZX_FIFO_MAX_SIZE_BYTES / elem, elem, 0, &e.end[0], &e.end[1]),
	     "zx_fifo_create");
	snprintf(name, sizeof(name), "Fifo/WriteRead/%zux%zubytes", count, elem);
	ours(name, measure(op_fifo, &e));
	against(peer_name("pipe", peer_size), count, target);
	must(zx_handle_close_many(e.end, 2), "zx_handle_close_many");
	free(e.buffer);
}

void bench_stream(void)
{
	sockets("Socket", ZX_SOCKET_STREAM, "AF_UNIX stream");
	sockets("SocketDatagram", ZX_SOCKET_DATAGRAM, "SEQPACKET");
	fifo(8, 1, 8, 0.80);
	fifo(64, 1, 64, 0);
	fifo(64, 64, 64, 0.10);
}
