// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of Linux's own ways in one thread: sockets, pipes, message queues, descriptors in
 * messages.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "bench.h"

const char *peer_name(const char *kind, size_t number)
{
	static char name[80];

	snprintf(name, sizeof(name), "%s %zu", kind, number);
	return name;
}

/* More than the default, so that the largest message fits beside others. */
void socket_room(int fd)
{
	int size = 8 << 20;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		die("SO_SNDBUFFORCE");
}

void raise_files(unsigned int count)
{
	struct rlimit limit = { count, count };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("RLIMIT_NOFILE");
}

struct through {
	int from, to;	/* descriptors to write to and to read from */
	mqd_t queue;
	char *buffer;
	size_t size;
	unsigned int count;
};

static void op_send_recv(void *arg, unsigned int i)
{
	struct through *t = arg;

	(void)i;
	if (send(t->from, t->buffer, t->size, 0) != (ssize_t)t->size)
		die("send");
	if (recv(t->to, t->buffer, t->size, 0) != (ssize_t)t->size)
		die("recv");
}

static void op_send(void *arg, unsigned int i)
{
	struct through *t = arg;

	(void)i;
	if (send(t->from, t->buffer, t->size, 0) != (ssize_t)t->size)
		die("send");
}

static void op_recv(void *arg, unsigned int i)
{
	struct through *t = arg;

	(void)i;
	if (recv(t->to, t->buffer, t->size, 0) != (ssize_t)t->size)
		die("recv");
}

/* Reads what was written, in as many pieces as that needs. */
static void op_write_read(void *arg, unsigned int i)
{
	struct through *t = arg;

	(void)i;
	if (write(t->from, t->buffer, t->size) != (ssize_t)t->size)
		die("write");
	for (size_t left = t->size; left;) {
		ssize_t n = read(t->to, t->buffer, left);

		if (n <= 0)
			die("read");
		left -= n;
	}
}

static void op_mqueue(void *arg, unsigned int i)
{
	struct through *t = arg;

	(void)i;
	if (mq_send(t->queue, t->buffer, t->size, 0))
		die("mq_send");
	if (mq_receive(t->queue, t->buffer, t->size ? t->size : 1, NULL) != (ssize_t)t->size)
		die("mq_receive");
}

/* Sends descriptors, receives them and closes them. */
static void op_scm_rights(void *arg, unsigned int i)
{
	union {
		char into[CMSG_SPACE(64 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct through *t = arg;
	struct iovec iov = { t->buffer, t->size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = CMSG_SPACE(t->count * sizeof(int)) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int *fds = (int *)CMSG_DATA(cmsg);

	(void)i;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(t->count * sizeof(int));
	for (unsigned int k = 0; k < t->count; k++)
		fds[k] = 0;
	if (sendmsg(t->from, &msg, 0) < 0)
		die("sendmsg");
	msg.msg_controllen = sizeof(control);
	if (recvmsg(t->to, &msg, 0) < 0 || msg.msg_controllen < CMSG_LEN(t->count * sizeof(int)))
		die("recvmsg");
	for (unsigned int k = 0; k < t->count; k++)
		if (close(fds[k]))
			die("close");
}

static void pair(int type, struct through *t)
{
	int fd[2];

	if (socketpair(AF_UNIX, type, 0, fd))
		die("socketpair");
	t->from = fd[0];
	t->to = fd[1];
	socket_room(t->from);
}

static void end_pair(struct through *t)
{
	close(t->from);
	close(t->to);
}

static void message_queue(struct through *t)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = t->size ? t->size : 1 };

	t->queue = mq_open("/zircon-bench", O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	if (t->queue == (mqd_t)-1)
		die("mq_open");
	if (mq_unlink("/zircon-bench"))
		die("mq_unlink");
}

void peer_messages(size_t size)
{
	struct through t = { .size = size };
	int fd[2];

	if (peer_known(peer_name("SEQPACKET", size)))
		return;
	t.buffer = allocate(1, size + 1);
	pair(SOCK_SEQPACKET, &t);
	peer(peer_name("SEQPACKET", size), measure(op_send_recv, &t));
	end_pair(&t);

	message_queue(&t);
	peer(peer_name("mqueue", size), measure(op_mqueue, &t));
	mq_close(t.queue);

	/* These have no empty writes. */
	if (size) {
		pair(SOCK_STREAM, &t);
		peer(peer_name("AF_UNIX stream", size), measure(op_write_read, &t));
		end_pair(&t);

		if (pipe(fd))
			die("pipe");
		t.from = fd[1];
		t.to = fd[0];
		peer(peer_name("pipe", size), measure(op_write_read, &t));
		end_pair(&t);
	}
	free(t.buffer);
}

void peer_descriptors(unsigned int count)
{
	struct through t = { .size = 8, .count = count };

	if (peer_known(peer_name("SCM_RIGHTS with close,", count)))
		return;
	t.buffer = allocate(1, 8);
	pair(SOCK_SEQPACKET, &t);
	peer(peer_name("SCM_RIGHTS with close,", count), measure(op_scm_rights, &t));
	end_pair(&t);
	free(t.buffer);
}

void peer_queue(unsigned int count)
{
	struct through t = { .buffer = allocate(1, 8), .size = 8 };
	struct cost cost[2];

	pair(SOCK_SEQPACKET, &t);
	measure_phases(op_send, op_recv, &t, count, cost);
	peer(peer_name("SEQPACKET send, queued", count), cost[0]);
	peer(peer_name("SEQPACKET recv, queued", count), cost[1]);
	end_pair(&t);
	free(t.buffer);
}
