// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a message costs, next to what Linux's own ways cost for the same.
 *
 * Meant for `selftests/vm/run --icount`, where the guest's clock counts instructions:
 * the numbers are then instructions per operation, the same on every machine. On real
 * hardware they are nanoseconds.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <zircon/linux.h>
#include <zircon/syscalls.h>

#define ROUNDS	7
#define LOOPS	1000

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void must(zx_status_t status, const char *what)
{
	if (status != ZX_OK) {
		fprintf(stderr, "%s: %d\n", what, status);
		exit(1);
	}
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* The best of several rounds: what disturbs a round only ever adds to it. */
static double measure(void (*op)(void *), void *arg, int loops)
{
	double best = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now();

		for (int i = 0; i < loops; i++)
			op(arg);
		double each = (double)(now() - start) / loops;

		if (each < best)
			best = each;
	}
	return best;
}

static double report(const char *what, double value, double peer)
{
	if (peer > 0)
		printf("%-46s %10.0f   %.2f\n", what, value, value / peer);
	else
		printf("%-46s %10.0f\n", what, value);
	fflush(stdout);
	return value;
}

static void op_getppid(void *arg)
{
	(void)arg;
	syscall(SYS_getppid);
}

struct pair {
	int fd[2];
	zx_handle_t end[2];
	zx_handle_t handle;
	size_t size;
	char *buffer;
};

static void op_send_recv(void *arg)
{
	struct pair *p = arg;

	if (send(p->fd[0], p->buffer, p->size, 0) != (ssize_t)p->size)
		die("send");
	if (recv(p->fd[1], p->buffer, p->size, 0) != (ssize_t)p->size)
		die("recv");
}

static void op_channel_write_read(void *arg)
{
	struct pair *p = arg;
	uint32_t actual;

	must(zx_channel_write(p->end[0], 0, p->buffer, p->size, NULL, 0), "write");
	must(zx_channel_read(p->end[1], 0, p->buffer, NULL, p->size, 0, &actual, NULL), "read");
}

/* Sends a descriptor, receives it and closes it. */
static void op_scm_rights(void *arg)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct pair *p = arg;
	struct iovec iov = { p->buffer, p->size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int fd = 0;

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	if (sendmsg(p->fd[0], &msg, 0) < 0)
		die("sendmsg");
	msg.msg_controllen = sizeof(control);
	if (recvmsg(p->fd[1], &msg, 0) < 0)
		die("recvmsg");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	close(fd);
}

/* Duplicates a handle, sends it, receives it and closes it. */
static void op_handle_move(void *arg)
{
	struct pair *p = arg;
	zx_handle_disposition_t how = { .operation = ZX_HANDLE_OP_DUPLICATE, .handle = p->handle,
					.rights = ZX_RIGHT_SAME_RIGHTS };
	uint32_t bytes, handles;
	zx_handle_t handle;

	must(zx_channel_write_etc(p->end[0], 0, p->buffer, p->size, &how, 1), "write_etc");
	must(zx_channel_read(p->end[1], 0, p->buffer, &handle, p->size, 1, &bytes, &handles),
	     "read");
	must(zx_handle_close(handle), "close");
}

/* Sends a handle there and takes it out again: the move alone. */
static void op_handle_pass(void *arg)
{
	struct pair *p = arg;
	uint32_t bytes, handles;

	must(zx_channel_write(p->end[0], 0, p->buffer, p->size, &p->handle, 1), "write");
	must(zx_channel_read(p->end[1], 0, p->buffer, &p->handle, p->size, 1, &bytes, &handles),
	     "read");
}

/* Through a pipe or a stream: what is written is read, in as many pieces as it takes. */
static void op_write_read(void *arg)
{
	struct pair *p = arg;

	if (write(p->fd[0], p->buffer, p->size) != (ssize_t)p->size)
		die("write");
	for (size_t left = p->size; left;) {
		ssize_t n = read(p->fd[1], p->buffer, left);

		if (n <= 0)
			die("read");
		left -= n;
	}
}

static void op_socket_write_read(void *arg)
{
	struct pair *p = arg;
	size_t actual;

	must(zx_socket_write(p->end[0], 0, p->buffer, p->size, &actual), "socket_write");
	must(zx_socket_read(p->end[1], 0, p->buffer, p->size, &actual), "socket_read");
}

/* As many elements as there are bytes, over the size of one, in one call each. */
static void op_fifo_write_read(void *arg)
{
	struct pair *p = arg;
	size_t elem = p->size > 64 ? 64 : p->size, count = p->size / elem, actual;

	must(zx_fifo_write(p->end[0], elem, p->buffer, count, &actual), "fifo_write");
	must(zx_fifo_read(p->end[1], elem, p->buffer, count, &actual), "fifo_read");
}

static void op_signal(void *arg)
{
	must(zx_object_signal(((struct pair *)arg)->handle, 0, 0), "signal");
}

static void op_fd_ping_pong(void *arg)
{
	struct pair *p = arg;

	if (write(p->fd[0], p->buffer, p->size) < 0 || read(p->fd[1], p->buffer, p->size) <= 0)
		die("ping-pong");
}

/* The other side of op_fd_ping_pong(), in a process of its own. */
static pid_t fd_ponger(int in, int out, size_t size)
{
	char buffer[64] = { 0 };
	pid_t pid = fork();

	if (pid)
		return pid;
	for (;;)
		if (read(in, buffer, size) <= 0 || write(out, buffer, size) < 0)
			_exit(0);
}

static void op_call(void *arg)
{
	struct pair *p = arg;
	char reply[64];
	zx_channel_call_args_t args = { .wr_bytes = p->buffer, .rd_bytes = reply,
					.wr_num_bytes = p->size, .rd_num_bytes = sizeof(reply) };
	uint32_t bytes, handles;

	must(zx_channel_call(p->end[0], 0, ZX_TIME_INFINITE, &args, &bytes, &handles), "call");
}

static pid_t call_server(zx_handle_t end)
{
	zx_signals_t observed;
	char buffer[64];
	uint32_t bytes;
	int fd;
	pid_t pid;

	must(zxl_handle_export(end, 0, &fd), "export");
	pid = fork();
	if (pid) {
		close(fd);
		return pid;
	}
	must(zxl_handle_import(fd, 0, &end), "import");
	for (;;) {
		zx_status_t status = zx_channel_read(end, 0, buffer, NULL, sizeof(buffer), 0,
						     &bytes, NULL);

		if (status == ZX_OK)
			status = zx_channel_write(end, 0, buffer, bytes, NULL, 0);
		else if (status == ZX_ERR_SHOULD_WAIT)
			status = zx_object_wait_one(end, ZX_CHANNEL_READABLE |
						    ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE,
						    &observed);
		if (status != ZX_OK)
			_exit(0);
	}
}

static void done_with(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void messages(void)
{
	static const size_t sizes[] = { 8, 64, 256, 4096, 65536 };
	static char buffer[65536];
	struct pair p = { .buffer = buffer };
	int size_max = 1 << 20;
	char what[64];

	must(zx_channel_create(0, &p.end[0], &p.end[1]), "channel_create");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int loops = sizes[i] > 4096 ? LOOPS / 10 : LOOPS;

		p.size = sizes[i];
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p.fd))
			die("socketpair");
		setsockopt(p.fd[0], SOL_SOCKET, SO_SNDBUF, &size_max, sizeof(size_max));
		snprintf(what, sizeof(what), "SEQPACKET send, receive %zu", p.size);
		double peer = report(what, measure(op_send_recv, &p, loops), 0);

		close(p.fd[0]);
		close(p.fd[1]);
		snprintf(what, sizeof(what), "channel write, read %zu", p.size);
		report(what, measure(op_channel_write_read, &p, loops), peer);
	}
}

static void handles(void)
{
	char buffer[8] = "";
	struct pair p = { .buffer = buffer, .size = 8 };

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p.fd))
		die("socketpair");
	must(zx_channel_create(0, &p.end[0], &p.end[1]), "channel_create");
	must(zx_event_create(0, &p.handle), "event_create");
	double peer = report("SCM_RIGHTS, with close", measure(op_scm_rights, &p, LOOPS), 0);

	report("handle duplicated, moved, closed", measure(op_handle_move, &p, LOOPS), peer);
	report("handle moved", measure(op_handle_pass, &p, LOOPS), peer);
	/* The handle of a channel keeps the books of what is in flight as well. */
	zx_handle_t other;

	must(zx_channel_create(0, &p.handle, &other), "channel_create");
	report("handle of a channel moved", measure(op_handle_pass, &p, LOOPS), peer);
}

static void lookups(void)
{
	static zx_handle_t many[999990];
	struct pair p;

	must(zx_event_create(0, &p.handle), "event_create");
	double few = report("zx_object_signal, few handles open",
			    measure(op_signal, &p, LOOPS), 0);

	for (size_t i = 0; i < sizeof(many) / sizeof(*many); i++)
		must(zx_handle_duplicate(p.handle, ZX_RIGHT_SAME_RIGHTS, &many[i]), "duplicate");
	p.handle = many[500000];
	report("zx_object_signal, 1,000,000 handles open", measure(op_signal, &p, LOOPS), few);
	zx_handle_close_many(many, sizeof(many) / sizeof(*many));
}

static void round_trips(void)
{
	char buffer[8] = "";
	struct pair p = { .buffer = buffer, .size = 8 };
	int back[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, p.fd))
		die("socketpair");
	int here = p.fd[0], there = p.fd[1];

	p.fd[1] = here;
	pid = fd_ponger(there, there, 8);
	double peer = report("SEQPACKET round trip", measure(op_fd_ping_pong, &p, LOOPS), 0);

	done_with(pid);
	back[0] = eventfd(0, 0);
	back[1] = eventfd(0, 0);
	p.fd[0] = back[0];
	p.fd[1] = back[1];
	buffer[0] = 1;
	pid = fd_ponger(back[0], back[1], 8);
	report("eventfd round trip", measure(op_fd_ping_pong, &p, LOOPS), peer);
	done_with(pid);

	must(zx_channel_create(0, &p.end[0], &p.end[1]), "channel_create");
	pid = call_server(p.end[1]);
	report("channel call and reply", measure(op_call, &p, LOOPS), peer);
	done_with(pid);
}

static void streams(void)
{
	static const size_t sizes[] = { 8, 4096, 65536 };
	static char buffer[65536];
	struct pair p = { .buffer = buffer };
	char what[64];

	must(zx_socket_create(ZX_SOCKET_STREAM, &p.end[0], &p.end[1]), "socket_create");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int loops = sizes[i] > 4096 ? LOOPS / 10 : LOOPS;

		p.size = sizes[i];
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, p.fd))
			die("socketpair");
		snprintf(what, sizeof(what), "AF_UNIX stream write, read %zu", p.size);
		double peer = report(what, measure(op_write_read, &p, loops), 0);

		close(p.fd[0]);
		close(p.fd[1]);
		snprintf(what, sizeof(what), "socket write, read %zu", p.size);
		report(what, measure(op_socket_write_read, &p, loops), peer);
	}
}

static void fifos(void)
{
	static char buffer[4096];
	struct pair p = { .buffer = buffer, .size = 8 };
	int pipe_fd[2];

	if (pipe(pipe_fd))
		die("pipe");
	p.fd[0] = pipe_fd[1];
	p.fd[1] = pipe_fd[0];
	must(zx_fifo_create(512, 8, 0, &p.end[0], &p.end[1]), "fifo_create");
	double peer = report("pipe write, read 8", measure(op_write_read, &p, LOOPS), 0);

	report("fifo write, read 1 x 8", measure(op_fifo_write_read, &p, LOOPS), peer);
	p.size = 64;
	peer = 64 * report("pipe write, read 64", measure(op_write_read, &p, LOOPS), 0);
	must(zx_fifo_create(64, 64, 0, &p.end[0], &p.end[1]), "fifo_create");
	p.size = 4096;
	report("fifo write, read 64 x 64, of 64 pipes'", measure(op_fifo_write_read, &p, LOOPS),
	       peer);
}

int main(void)
{
	printf("%-46s %10s   %s\n", "operation", "cost", "of the peer's");
	report("getppid", measure(op_getppid, NULL, LOOPS), 0);
	messages();
	streams();
	fifos();
	handles();
	round_trips();
	lookups();
	return 0;
}
