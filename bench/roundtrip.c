// SPDX-License-Identifier: GPL-2.0-only
/*
 * Round trips: a client sends a request to a server, in another thread or another process, and
 * waits for its reply. Both run on one processor, so the number of context switches decides.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bench.h"

#define CLIENT	0
#define SERVER	1

/* Read and written by both sides, also where these are two processes. */
struct shared {
	_Atomic pid_t server;	/* set once it is ready */
	_Atomic bool stop;	/* the next request is the last one */
	_Atomic uint32_t request, reply;
};

/* Arrays of two: the client's and the server's. */
struct trip {
	struct shared *shared;
	int in[2], out[2];
	mqd_t queue_in[2], queue_out[2];
	zx_handle_t end[2], port[2];
	int epoll[2], watch[2];
	char *buffer[2];
	size_t size;
	unsigned int count;	/* messages at a time */
	zx_handle_t event;
	bool processes;
	int exported;
};

struct kind {
	const char *name;
	void (*open)(struct trip *t);
	void (*prepare)(struct trip *t, int side);	/* runs on its own side */
	op_t request;
	void (*serve)(struct trip *t);			/* one request, or count of them */
	void (*close)(struct trip *t);
};

static void send_fd(struct trip *t, int side)
{
	if (write(t->out[side], t->buffer[side], t->size) != (ssize_t)t->size)
		die("write");
}

static void receive_fd(struct trip *t, int side)
{
	if (read(t->in[side], t->buffer[side], t->size) != (ssize_t)t->size)
		die("read");
}

static void request_fd(void *arg, unsigned int i)
{
	struct trip *t = arg;

	(void)i;
	for (unsigned int k = 0; k < t->count; k++)
		send_fd(t, CLIENT);
	for (unsigned int k = 0; k < t->count; k++)
		receive_fd(t, CLIENT);
}

static void serve_fd(struct trip *t)
{
	for (unsigned int k = 0; k < t->count; k++)
		receive_fd(t, SERVER);
	for (unsigned int k = 0; k < t->count; k++)
		send_fd(t, SERVER);
}

static void wait_epoll(struct trip *t, int side)
{
	struct epoll_event event;

	if (epoll_wait(t->epoll[side], &event, 1, -1) != 1)
		die("epoll_wait");
}

static void request_epoll(void *arg, unsigned int i)
{
	struct trip *t = arg;

	(void)i;
	send_fd(t, CLIENT);
	wait_epoll(t, CLIENT);
	receive_fd(t, CLIENT);
}

static void serve_epoll(struct trip *t)
{
	wait_epoll(t, SERVER);
	receive_fd(t, SERVER);
	send_fd(t, SERVER);
}

static void open_sockets(struct trip *t, int type)
{
	int fd[2];

	if (socketpair(AF_UNIX, type, 0, fd))
		die("socketpair");
	for (int side = 0; side < 2; side++) {
		socket_room(fd[side]);
		t->in[side] = fd[side];
		t->out[side] = fd[side];
	}
}

static void open_seqpacket(struct trip *t)
{
	open_sockets(t, SOCK_SEQPACKET);
}

static void open_stream(struct trip *t)
{
	open_sockets(t, SOCK_STREAM);
}

static void open_pipes(struct trip *t)
{
	for (int side = 0; side < 2; side++) {
		int fd[2];

		if (pipe(fd))
			die("pipe");
		t->out[side] = fd[1];
		t->in[!side] = fd[0];
	}
}

static void open_eventfds(struct trip *t)
{
	for (int side = 0; side < 2; side++) {
		t->out[side] = eventfd(0, 0);
		if (t->out[side] < 0)
			die("eventfd");
		t->in[!side] = t->out[side];
		/* The number that is added must not be zero. */
		t->buffer[side][0] = 1;
	}
	t->size = sizeof(uint64_t);
}

static void close_fds(struct trip *t)
{
	close(t->in[0]);
	close(t->out[0]);
	if (t->in[1] != t->out[0]) {
		close(t->in[1]);
		close(t->out[1]);
	} else if (t->in[0] != t->out[0]) {
		return;
	}
	if (t->in[1] == t->out[1])
		close(t->in[1]);
}

static void prepare_epoll(struct trip *t, int side, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	t->epoll[side] = epoll_create1(EPOLL_CLOEXEC);
	if (t->epoll[side] < 0 || epoll_ctl(t->epoll[side], EPOLL_CTL_ADD, fd, &event))
		die("epoll");
}

static void prepare_fd_epoll(struct trip *t, int side)
{
	prepare_epoll(t, side, t->in[side]);
}

static void close_epolls(struct trip *t)
{
	close(t->epoll[CLIENT]);
	if (!t->processes)
		close(t->epoll[SERVER]);
}

static void close_fd_epolls(struct trip *t)
{
	close_epolls(t);
	close_fds(t);
}

static void open_mqueues(struct trip *t)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = t->size };

	for (int side = 0; side < 2; side++) {
		t->queue_out[side] = mq_open("/zircon-bench", O_CREAT | O_EXCL | O_RDWR, 0600,
					     &attr);
		if (t->queue_out[side] == (mqd_t)-1 || mq_unlink("/zircon-bench"))
			die("mq_open");
		t->queue_in[!side] = t->queue_out[side];
	}
}

static void close_mqueues(struct trip *t)
{
	mq_close(t->queue_in[0]);
	mq_close(t->queue_in[1]);
}

static void send_mqueue(struct trip *t, int side)
{
	if (mq_send(t->queue_out[side], t->buffer[side], t->size, 0))
		die("mq_send");
}

static void receive_mqueue(struct trip *t, int side)
{
	if (mq_receive(t->queue_in[side], t->buffer[side], t->size, NULL) < 0)
		die("mq_receive");
}

static void request_mqueue(void *arg, unsigned int i)
{
	(void)i;
	send_mqueue(arg, CLIENT);
	receive_mqueue(arg, CLIENT);
}

static void serve_mqueue(struct trip *t)
{
	receive_mqueue(t, SERVER);
	send_mqueue(t, SERVER);
}

static void futex_post(struct trip *t, _Atomic uint32_t *word)
{
	atomic_store(word, 1);
	if (syscall(SYS_futex, word, t->processes ? FUTEX_WAKE : FUTEX_WAKE_PRIVATE, 1, NULL,
		    NULL, 0) < 0)
		die("FUTEX_WAKE");
}

static void futex_take(struct trip *t, _Atomic uint32_t *word)
{
	/* EAGAIN is no error: the word has changed meanwhile. */
	while (!atomic_exchange(word, 0))
		syscall(SYS_futex, word, t->processes ? FUTEX_WAIT : FUTEX_WAIT_PRIVATE, 0, NULL,
			NULL, 0);
}

static void request_futex(void *arg, unsigned int i)
{
	struct trip *t = arg;

	(void)i;
	futex_post(t, &t->shared->request);
	futex_take(t, &t->shared->reply);
}

static void serve_futex(struct trip *t)
{
	futex_take(t, &t->shared->request);
	futex_post(t, &t->shared->reply);
}

static void zx_futex_post(_Atomic uint32_t *word)
{
	atomic_store(word, 1);
	must(zx_futex_wake((zx_futex_t *)word, 1), "zx_futex_wake");
}

static void zx_futex_take(_Atomic uint32_t *word)
{
	while (!atomic_exchange(word, 0))
		zx_futex_wait((zx_futex_t *)word, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
}

static void request_zx_futex(void *arg, unsigned int i)
{
	struct trip *t = arg;

	(void)i;
	zx_futex_post(&t->shared->request);
	zx_futex_take(&t->shared->reply);
}

static void serve_zx_futex(struct trip *t)
{
	zx_futex_take(&t->shared->request);
	zx_futex_post(&t->shared->reply);
}

/* Sends a descriptor with the request; the server closes it. */
static void request_descriptor(void *arg, unsigned int i)
{
	union {
		char into[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct trip *t = arg;
	struct iovec iov = { t->buffer[CLIENT], t->size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int fd = 0;

	(void)i;
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	if (sendmsg(t->out[CLIENT], &msg, 0) < 0)
		die("sendmsg");
	receive_fd(t, CLIENT);
}

static void serve_descriptor(struct trip *t)
{
	union {
		char into[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { t->buffer[SERVER], t->size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(t->in[SERVER], &msg, 0) < 0 || !CMSG_FIRSTHDR(&msg))
		die("recvmsg");
	memcpy(&fd, CMSG_DATA(&control.align), sizeof(fd));
	close(fd);
	send_fd(t, SERVER);
}

static void nothing(struct trip *t)
{
	(void)t;
}

/* The module's cases begin here. */

static void wait_for(zx_handle_t end, zx_signals_t signals)
{
	zx_signals_t observed;

	must(zx_object_wait_one(end, signals, ZX_TIME_INFINITE, &observed), "zx_object_wait_one");
}

static void send_channel(struct trip *t, int side)
{
	must(zx_channel_write(t->end[side], 0, t->buffer[side], t->size, NULL, 0),
	     "zx_channel_write");
}

static zx_status_t try_channel(struct trip *t, int side)
{
	uint32_t bytes, handles;

	return zx_channel_read(t->end[side], 0, t->buffer[side], NULL, t->size, 0, &bytes,
			       &handles);
}

static void receive_channel(struct trip *t, int side)
{
	wait_for(t->end[side], ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);
	must(try_channel(t, side), "zx_channel_read");
}

static void request_channel(void *arg, unsigned int i)
{
	struct trip *t = arg;

	(void)i;
	for (unsigned int k = 0; k < t->count; k++)
		send_channel(t, CLIENT);
	for (unsigned int k = 0; k < t->count; k++)
		receive_channel(t, CLIENT);
}

static void serve_channel(struct trip *t)
{
	for (unsigned int k = 0; k < t->count; k++)
		receive_channel(t, SERVER);
	for (unsigned int k = 0; k < t->count; k++)
		send_channel(t, SERVER);
}

/* Waits only if there is nothing to read: one call less if a request has come already. */
static void serve_channel_read_first(struct trip *t)
{
	zx_status_t status;

	for (;;) {
		status = try_channel(t, SERVER);
		if (status != ZX_ERR_SHOULD_WAIT)
			break;
		wait_for(t->end[SERVER], ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);
	}
	must(status, "zx_channel_read");
	send_channel(t, SERVER);
}

static void request_call(void *arg, unsigned int i)
{
	struct trip *t = arg;
	char reply[64];
	zx_channel_call_args_t args = { .wr_bytes = t->buffer[CLIENT], .rd_bytes = reply,
					.wr_num_bytes = t->size, .rd_num_bytes = sizeof(reply) };
	uint32_t bytes, handles;

	(void)i;
	must(zx_channel_call(t->end[CLIENT], 0, ZX_TIME_INFINITE, &args, &bytes, &handles),
	     "zx_channel_call");
}

/* As with a descriptor: the client keeps its handle, and the server closes the one it gets. */
static void request_call_handle(void *arg, unsigned int i)
{
	struct trip *t = arg;
	char reply[64];
	zx_handle_disposition_t how = { .operation = ZX_HANDLE_OP_DUPLICATE, .handle = t->event,
					.rights = ZX_RIGHT_SAME_RIGHTS };
	zx_channel_call_etc_args_t args = { .wr_bytes = t->buffer[CLIENT], .rd_bytes = reply,
					    .wr_handles = &how, .wr_num_handles = 1,
					    .wr_num_bytes = t->size,
					    .rd_num_bytes = sizeof(reply) };
	uint32_t bytes, handles;

	(void)i;
	must(zx_channel_call_etc(t->end[CLIENT], 0, ZX_TIME_INFINITE, &args, &bytes, &handles),
	     "zx_channel_call_etc");
}

static void serve_handle(struct trip *t)
{
	uint32_t bytes, handles;
	zx_handle_t handle;
	zx_status_t status;

	for (;;) {
		status = zx_channel_read(t->end[SERVER], 0, t->buffer[SERVER], &handle, t->size, 1,
					 &bytes, &handles);
		if (status != ZX_ERR_SHOULD_WAIT)
			break;
		wait_for(t->end[SERVER], ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED);
	}
	must(status, "zx_channel_read");
	must(zx_handle_close(handle), "zx_handle_close");
	send_channel(t, SERVER);
}

static void request_channel_epoll(void *arg, unsigned int i)
{
	struct trip *t = arg;

	(void)i;
	send_channel(t, CLIENT);
	wait_epoll(t, CLIENT);
	must(try_channel(t, CLIENT), "zx_channel_read");
}

static void serve_channel_epoll(struct trip *t)
{
	wait_epoll(t, SERVER);
	must(try_channel(t, SERVER), "zx_channel_read");
	send_channel(t, SERVER);
}

/* As an event loop does it: there is always a wait pending, also while a request is served. */
static void wait_again(struct trip *t, int side)
{
	must(zx_object_wait_async(t->end[side], t->port[side], 1,
				  ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, 0),
	     "zx_object_wait_async");
}

static void receive_port(struct trip *t, int side)
{
	zx_port_packet_t packet;

	must(zx_port_wait(t->port[side], ZX_TIME_INFINITE, &packet), "zx_port_wait");
	must(try_channel(t, side), "zx_channel_read");
}

static void request_channel_port(void *arg, unsigned int i)
{
	struct trip *t = arg;

	(void)i;
	send_channel(t, CLIENT);
	receive_port(t, CLIENT);
	wait_again(t, CLIENT);
}

static void serve_channel_port(struct trip *t)
{
	receive_port(t, SERVER);
	send_channel(t, SERVER);
	wait_again(t, SERVER);
}

static void send_socket(struct trip *t, int side)
{
	size_t actual;

	must(zx_socket_write(t->end[side], 0, t->buffer[side], t->size, &actual),
	     "zx_socket_write");
}

static void receive_socket(struct trip *t, int side)
{
	size_t actual;

	wait_for(t->end[side], ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED);
	must(zx_socket_read(t->end[side], 0, t->buffer[side], t->size, &actual), "zx_socket_read");
}

static void request_socket(void *arg, unsigned int i)
{
	(void)i;
	send_socket(arg, CLIENT);
	receive_socket(arg, CLIENT);
}

static void serve_socket(struct trip *t)
{
	receive_socket(t, SERVER);
	send_socket(t, SERVER);
}

static void send_fifo(struct trip *t, int side)
{
	size_t actual;

	must(zx_fifo_write(t->end[side], t->size, t->buffer[side], 1, &actual), "zx_fifo_write");
}

static void receive_fifo(struct trip *t, int side)
{
	size_t actual;

	wait_for(t->end[side], ZX_FIFO_READABLE | ZX_FIFO_PEER_CLOSED);
	must(zx_fifo_read(t->end[side], t->size, t->buffer[side], 1, &actual), "zx_fifo_read");
}

static void request_fifo(void *arg, unsigned int i)
{
	(void)i;
	send_fifo(arg, CLIENT);
	receive_fifo(arg, CLIENT);
}

static void serve_fifo(struct trip *t)
{
	receive_fifo(t, SERVER);
	send_fifo(t, SERVER);
}

static void send_signal(struct trip *t, int side)
{
	must(zx_object_signal_peer(t->end[side], 0, ZX_EVENTPAIR_SIGNALED),
	     "zx_object_signal_peer");
}

static void receive_signal(struct trip *t, int side)
{
	wait_for(t->end[side], ZX_EVENTPAIR_SIGNALED | ZX_EVENTPAIR_PEER_CLOSED);
	must(zx_object_signal(t->end[side], ZX_EVENTPAIR_SIGNALED, 0), "zx_object_signal");
}

static void request_signal(void *arg, unsigned int i)
{
	(void)i;
	send_signal(arg, CLIENT);
	receive_signal(arg, CLIENT);
}

static void serve_signal(struct trip *t)
{
	receive_signal(t, SERVER);
	send_signal(t, SERVER);
}

static void open_channel(struct trip *t)
{
	must(zx_channel_create(0, &t->end[0], &t->end[1]), "zx_channel_create");
	must(zx_event_create(0, &t->event), "zx_event_create");
}

static void open_socket(struct trip *t)
{
	must(zx_socket_create(ZX_SOCKET_STREAM, &t->end[0], &t->end[1]), "zx_socket_create");
}

static void open_fifo(struct trip *t)
{
	must(zx_fifo_create(16, t->size, 0, &t->end[0], &t->end[1]), "zx_fifo_create");
}

static void open_eventpair(struct trip *t)
{
	must(zx_eventpair_create(0, &t->end[0], &t->end[1]), "zx_eventpair_create");
}

/* Both sides use this socket as a descriptor only. */
static void open_socket_fds(struct trip *t)
{
	open_socket(t);
	for (int side = 0; side < 2; side++) {
		must(zxl_handle_export(t->end[side], 0, &t->in[side]), "zxl_handle_export");
		t->out[side] = t->in[side];
		t->end[side] = ZX_HANDLE_INVALID;
	}
}

static void prepare_watch(struct trip *t, int side)
{
	must(zxl_handle_watch(t->end[side], ZX_CHANNEL_READABLE, 0, &t->watch[side]),
	     "zxl_handle_watch");
	prepare_epoll(t, side, t->watch[side]);
}

static void prepare_port(struct trip *t, int side)
{
	must(zx_port_create(0, &t->port[side]), "zx_port_create");
	wait_again(t, side);
}

static void close_ends(struct trip *t)
{
	must(zx_handle_close_many(t->end, t->processes ? 1 : 2), "zx_handle_close_many");
	must(zx_handle_close(t->event), "zx_handle_close");
}

static void close_watches(struct trip *t)
{
	close(t->watch[CLIENT]);
	if (!t->processes)
		close(t->watch[SERVER]);
	close_epolls(t);
	close_ends(t);
}

static void close_ports(struct trip *t)
{
	must(zx_handle_close_many(t->port, t->processes ? 1 : 2), "zx_handle_close_many");
	close_ends(t);
}

struct server {
	struct trip *t;
	const struct kind *kind;
};

static void *server(void *arg)
{
	struct server *s = arg;
	struct trip *t = s->t;

	/* The child of a fork has no handles. */
	if (t->exported >= 0)
		must(zxl_handle_import(t->exported, 0, &t->end[SERVER]), "zxl_handle_import");
	if (s->kind->prepare)
		s->kind->prepare(t, SERVER);
	atomic_store(&t->shared->server, gettid());
	do {
		s->kind->serve(t);
	} while (!atomic_load(&t->shared->stop));
	return NULL;
}

static struct cost round_trip(const struct kind *kind, bool processes, size_t size,
			      unsigned int count)
{
	struct trip t = { .size = size, .count = count, .processes = processes, .exported = -1 };
	struct server s = { &t, kind };
	pid_t pid = 0;
	pthread_t thread;
	struct cost cost;
	int status;

	t.shared = mmap(NULL, sizeof(*t.shared), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (t.shared == MAP_FAILED)
		die("mmap");
	for (int side = 0; side < 2; side++)
		t.buffer[side] = allocate(1, size < 64 ? 64 : size);
	kind->open(&t);
	if (processes) {
		if (t.end[SERVER])
			must(zxl_handle_export(t.end[SERVER], 0, &t.exported),
			     "zxl_handle_export");
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid) {
			server(&s);
			_exit(0);
		}
		if (t.exported >= 0)
			close(t.exported);
	} else if (pthread_create(&thread, NULL, server, &s)) {
		die("pthread_create");
	}
	if (kind->prepare)
		kind->prepare(&t, CLIENT);
	while (!atomic_load(&t.shared->server))
		usleep(1000);

	cost = measure_with(kind->request, &t, t.shared->server);

	/* The server has replied, but may not have checked the flag after that yet. */
	usleep(10000);
	atomic_store(&t.shared->stop, true);
	kind->request(&t, 0);
	if (!processes)
		pthread_join(thread, NULL);
	else if (waitpid(pid, &status, 0) != pid || status)
		die("a server ended otherwise than it should");
	kind->close(&t);
	for (int side = 0; side < 2; side++)
		free(t.buffer[side]);
	munmap(t.shared, sizeof(*t.shared));
	return cost;
}

static const struct kind peers[] = {
	{ "SEQPACKET", open_seqpacket, NULL, request_fd, serve_fd, close_fds },
	{ "AF_UNIX stream", open_stream, NULL, request_fd, serve_fd, close_fds },
	{ "pipe", open_pipes, NULL, request_fd, serve_fd, close_fds },
	{ "mqueue", open_mqueues, NULL, request_mqueue, serve_mqueue, close_mqueues },
	{ "eventfd", open_eventfds, NULL, request_fd, serve_fd, close_fds },
	{ "futex", nothing, NULL, request_futex, serve_futex, nothing },
	{ "SEQPACKET and epoll", open_seqpacket, prepare_fd_epoll, request_epoll, serve_epoll,
	  close_fd_epolls },
	{ "SCM_RIGHTS", open_seqpacket, NULL, request_descriptor, serve_descriptor, close_fds },
};

static const struct {
	struct kind kind;
	const char *than[5];
	double target[5];
} trips[] = {
	{ { "BasicChannel", open_channel, NULL, request_channel, serve_channel, close_ends },
	  { "SEQPACKET", "mqueue", "pipe" }, {} },
	{ { "ChannelCall", open_channel, NULL, request_call, serve_channel, close_ends },
	  { "SEQPACKET", "eventfd", "futex", "binder" }, { 0.70, 1.00 } },
	{ { "ChannelCall_ReadFirst", open_channel, NULL, request_call, serve_channel_read_first,
	    close_ends },
	  { "SEQPACKET", "eventfd", "futex", "binder" }, { 0.70, 1.00 } },
	{ { "ChannelCall_1handle", open_channel, NULL, request_call_handle, serve_handle,
	    close_ends },
	  { "SCM_RIGHTS", "binder with an object" }, {} },
	{ { "ChannelEpoll", open_channel, prepare_watch, request_channel_epoll,
	    serve_channel_epoll, close_watches },
	  { "SEQPACKET and epoll" }, {} },
	{ { "ChannelPort", open_channel, prepare_port, request_channel_port, serve_channel_port,
	    close_ports },
	  { "SEQPACKET and epoll" }, { 0.95 } },
	{ { "Socket", open_socket, NULL, request_socket, serve_socket, close_ends },
	  { "AF_UNIX stream" }, {} },
	{ { "SocketFd", open_socket_fds, NULL, request_fd, serve_fd, close_fds },
	  { "AF_UNIX stream" }, {} },
	{ { "Fifo", open_fifo, NULL, request_fifo, serve_fifo, close_ends }, { "pipe" }, {} },
	{ { "EventPair", open_eventpair, NULL, request_signal, serve_signal, close_ends },
	  { "eventfd", "futex" }, {} },
	{ { "Futex", nothing, NULL, request_zx_futex, serve_zx_futex, nothing },
	  { "futex" }, {} },
};

static const char *who(bool processes)
{
	return processes ? "processes" : "threads";
}

/*
 * Many requests are sent before the first reply is read. The scheduler decides how often the sides
 * change meanwhile, and each run is a little different; two runs differed by 0.9 percent.
 */
#define THROUGHPUT_TOLERANCE	0.03

static void throughput(bool processes)
{
	static const unsigned int counts[] = { 64, 1024 };
	char name[80];

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		snprintf(name, sizeof(name), "SEQPACKET %u at a time, %s", counts[i],
			 who(processes));
		peer(name, round_trip(&peers[0], processes, 4, counts[i]));
		snprintf(name, sizeof(name), "IpcThroughput_BasicChannel_%u_4bytes_%sProcess",
			 counts[i], processes ? "Multi" : "Single");
		ours_how(name, round_trip(&trips[0].kind, processes, 4, counts[i]), NO_FLAGS,
			 THROUGHPUT_TOLERANCE);
		snprintf(name, sizeof(name), "SEQPACKET %u at a time, %s", counts[i],
			 who(processes));
		against(name, 1, 0);
	}
}

void bench_roundtrip(void)
{
	char name[80];

	peer_binder();
	for (int processes = 1; processes >= 0; processes--) {
		for (size_t i = 0; i < ARRAY_SIZE(peers); i++) {
			snprintf(name, sizeof(name), "%s round trip, %s", peers[i].name,
				 who(processes));
			peer(name, round_trip(&peers[i], processes, 8, 1));
		}
		for (size_t i = 0; i < ARRAY_SIZE(trips); i++) {
			/* A zx_futex_t is private to a process. */
			if (processes && trips[i].kind.request == request_zx_futex)
				continue;
			snprintf(name, sizeof(name), "RoundTrip_%s_%sProcess", trips[i].kind.name,
				 processes ? "Multi" : "Single");
			ours(name, round_trip(&trips[i].kind, processes, 8, 1));
			for (int k = 0; trips[i].than[k]; k++) {
				/* Binder does not work between threads of one process. */
				if (!processes && !strncmp(trips[i].than[k], "binder", 6))
					continue;
				snprintf(name, sizeof(name), "%s round trip, %s",
					 trips[i].than[k], who(processes));
				against(name, 1, processes ? trips[i].target[k] : 0);
			}
		}
		throughput(processes);
	}
}
