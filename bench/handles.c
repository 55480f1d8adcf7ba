// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects and handles: created, closed, duplicated, replaced, looked up among many, and passed on.
 */
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <zircon/process.h>
#include <zircon/syscalls/object.h>

#include "bench.h"

#define BATCH		256
#define HOPS		10
#define MANY		999990

struct batch {
	zx_handle_t a[BATCH], b[BATCH];
	int fd[BATCH][2];
	zx_handle_t event;
};

static void op_channel(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zx_channel_create(0, &batch->a[i], &batch->b[i]), "zx_channel_create");
}

static void op_socket(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zx_socket_create(ZX_SOCKET_STREAM, &batch->a[i], &batch->b[i]), "zx_socket_create");
}

static void op_fifo(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zx_fifo_create(16, 8, 0, &batch->a[i], &batch->b[i]), "zx_fifo_create");
}

static void op_eventpair(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zx_eventpair_create(0, &batch->a[i], &batch->b[i]), "zx_eventpair_create");
}

static void op_event(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zx_event_create(0, &batch->a[i]), "zx_event_create");
}

static void op_duplicate(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zx_handle_duplicate(batch->event, ZX_RIGHT_SAME_RIGHTS, &batch->a[i]),
	     "zx_handle_duplicate");
}

static void op_export(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zxl_handle_export(batch->a[i], 0, &batch->fd[i][0]), "zxl_handle_export");
}

/* Closes the descriptor too, which is empty after the import. */
static void op_import(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zxl_handle_import(batch->fd[i][0], 0, &batch->a[i]), "zxl_handle_import");
	close(batch->fd[i][0]);
}

static void op_watch(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zxl_handle_watch(batch->event, ZX_EVENT_SIGNALED, 0, &batch->fd[i][0]),
	     "zxl_handle_watch");
}

static void op_close(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zx_handle_close(batch->a[i]), "zx_handle_close");
}

static void op_close_both(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	must(zx_handle_close(batch->a[i]), "zx_handle_close");
	must(zx_handle_close(batch->b[i]), "zx_handle_close");
}

static void op_close_fd(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	if (close(batch->fd[i][0]))
		die("close");
}

static void op_close_fds(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	if (close(batch->fd[i][0]) || close(batch->fd[i][1]))
		die("close");
}

static void op_socketpair(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, batch->fd[i]))
		die("socketpair");
}

static void op_pipe(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	if (pipe2(batch->fd[i], O_CLOEXEC))
		die("pipe2");
}

static void op_eventfd(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	batch->fd[i][0] = eventfd(0, EFD_CLOEXEC);
	if (batch->fd[i][0] < 0)
		die("eventfd");
}

static void op_dup(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	batch->fd[i][0] = dup(0);
	if (batch->fd[i][0] < 0)
		die("dup");
}

static void op_replace(void *arg, unsigned int i)
{
	struct batch *batch = arg;

	(void)i;
	must(zx_handle_replace(batch->event, ZX_RIGHT_SAME_RIGHTS, &batch->event),
	     "zx_handle_replace");
}

static void op_signal(void *arg, unsigned int i)
{
	(void)i;
	must(zx_object_signal(*(zx_handle_t *)arg, 0, 0), "zx_object_signal");
}

static void creation(struct batch *batch)
{
	static const struct {
		const char *name;
		op_t create, close;
		const char *peer;
		op_t peer_create, peer_close;
	} types[] = {
		{ "Channel", op_channel, op_close_both,
		  "SEQPACKET pair", op_socketpair, op_close_fds },
		{ "Socket", op_socket, op_close_both, "SEQPACKET pair", NULL, NULL },
		{ "Fifo", op_fifo, op_close_both, "pipe", op_pipe, op_close_fds },
		{ "EventPair", op_eventpair, op_close_both, "pipe", NULL, NULL },
		{ "Event", op_event, op_close, "eventfd", op_eventfd, op_close_fd },
	};
	struct cost cost[2];
	char name[80], other[2][80];

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		snprintf(other[0], sizeof(other[0]), "%s create", types[i].peer);
		snprintf(other[1], sizeof(other[1]), "%s close", types[i].peer);
		if (types[i].peer_create) {
			measure_phases(types[i].peer_create, types[i].peer_close, batch, BATCH,
				       cost);
			peer(other[0], cost[0]);
			peer(other[1], cost[1]);
		}
		measure_phases(types[i].create, types[i].close, batch, BATCH, cost);
		snprintf(name, sizeof(name), "%s/Create", types[i].name);
		ours(name, cost[0]);
		against(other[0], 1, 0);
		snprintf(name, sizeof(name), "%s/Close", types[i].name);
		ours(name, cost[1]);
		against(other[1], 1, 0);
	}
}

static void duplication(struct batch *batch)
{
	struct cost cost[2];

	measure_phases(op_dup, op_close_fd, batch, BATCH, cost);
	peer("dup", cost[0]);
	peer("close of a dup", cost[1]);

	must(zx_event_create(0, &batch->event), "zx_event_create");
	measure_phases(op_duplicate, op_close, batch, BATCH, cost);
	ours("Event/Duplicate", cost[0]);
	against("dup", 1, 0);
	ours("Event/Duplicate, its close", cost[1]);
	against("close of a dup", 1, 0);
	ours("Event/Replace", measure(op_replace, batch));
	against("dup", 1, 0);

	for (unsigned int i = 0; i < BATCH; i++)
		op_event(batch, i);
	measure_phases(op_export, op_import, batch, BATCH, cost);
	ours("Event/Export", cost[0]);
	against("eventfd create", 1, 0);
	ours("Event/Import, with close", cost[1]);
	for (unsigned int i = 0; i < BATCH; i++)
		op_close(batch, i);

	measure_phases(op_watch, op_close_fd, batch, BATCH, cost);
	ours("Event/Watch", cost[0]);
	against("eventfd create", 1, 0);
	ours("Event/Watch, its close", cost[1]);
	must(zx_handle_close(batch->event), "zx_handle_close");
}

static void op_process_info(void *arg, unsigned int i)
{
	zx_info_process_t info;

	(void)i;
	must(zx_object_get_info(*(zx_handle_t *)arg, ZX_INFO_PROCESS, &info, sizeof(info), NULL,
				NULL), "zx_object_get_info");
}

static void op_thread_info(void *arg, unsigned int i)
{
	zx_info_thread_t info;

	(void)i;
	must(zx_object_get_info(*(zx_handle_t *)arg, ZX_INFO_THREAD, &info, sizeof(info), NULL,
				NULL), "zx_object_get_info");
}

static void op_thread_self(void *arg, unsigned int i)
{
	(void)i;
	if (zx_thread_self() != *(zx_handle_t *)arg)
		die("zx_thread_self");
}

static void tasks(void)
{
	zx_handle_t process = zx_process_self(), thread = zx_thread_self();

	ours("Process/GetInfo", measure(op_process_info, &process));
	against_number(1500);
	ours("Thread/GetInfo", measure(op_thread_info, &thread));
	ours("Thread/Self", measure(op_thread_self, &thread));
}

static void lookup(void)
{
	zx_handle_t event, *many = allocate(MANY, sizeof(*many));

	must(zx_event_create(0, &event), "zx_event_create");
	ours("Event/Signal", measure(op_signal, &event));
	for (size_t i = 0; i < MANY; i++)
		must(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &many[i]),
		     "zx_handle_duplicate");
	ours("Event/Signal, 1000000 handles open", measure(op_signal, &many[MANY / 2]));
	against("Event/Signal", 1, 1.01);
	must(zx_handle_close_many(many, MANY), "zx_handle_close_many");
	must(zx_handle_close(event), "zx_handle_close");
	free(many);
}

struct hops {
	zx_handle_t end[HOPS][2], handle;
	int fd[HOPS][2], passed;
};

/* Writes the handle to one endpoint of each channel in turn, and reads it from the other. */
static void op_hops(void *arg, unsigned int i)
{
	struct hops *hops = arg;
	uint32_t bytes, handles;
	char byte = 0;

	(void)i;
	for (int k = 0; k < HOPS; k++) {
		must(zx_channel_write(hops->end[k][0], 0, &byte, 1, &hops->handle, 1),
		     "zx_channel_write");
		must(zx_channel_read(hops->end[k][1], 0, &byte, &hops->handle, 1, 1, &bytes,
				     &handles), "zx_channel_read");
	}
}

/* A sent descriptor stays open in the sender, so a process that passes one on closes its own. */
static void op_scm_hops(void *arg, unsigned int i)
{
	union {
		char into[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct hops *hops = arg;
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control };
	struct cmsghdr *cmsg = &control.align;

	(void)i;
	for (int k = 0; k < HOPS; k++) {
		msg.msg_controllen = sizeof(control);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &hops->passed, sizeof(int));
		if (sendmsg(hops->fd[k][0], &msg, 0) < 0)
			die("sendmsg");
		close(hops->passed);
		msg.msg_controllen = sizeof(control);
		if (recvmsg(hops->fd[k][1], &msg, 0) < 0 || !CMSG_FIRSTHDR(&msg))
			die("recvmsg");
		memcpy(&hops->passed, CMSG_DATA(cmsg), sizeof(int));
	}
}

static void ten_hops(void)
{
	struct hops hops;

	hops.passed = eventfd(0, 0);
	if (hops.passed < 0)
		die("eventfd");
	must(zx_event_create(0, &hops.handle), "zx_event_create");
	for (int k = 0; k < HOPS; k++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, hops.fd[k]))
			die("socketpair");
		must(zx_channel_create(0, &hops.end[k][0], &hops.end[k][1]), "zx_channel_create");
	}
	peer("SCM_RIGHTS through 10 socket pairs", measure(op_scm_hops, &hops));
	ours("Handle/10Hops", measure(op_hops, &hops));
	against("SCM_RIGHTS through 10 socket pairs", 1, 0);
	for (int k = 0; k < HOPS; k++) {
		close(hops.fd[k][0]);
		close(hops.fd[k][1]);
		must(zx_handle_close_many(hops.end[k], 2), "zx_handle_close_many");
	}
	must(zx_handle_close(hops.handle), "zx_handle_close");
	close(hops.passed);
}

void bench_handles(void)
{
	struct batch *batch = allocate(1, sizeof(*batch));

	raise_files(4096);
	creation(batch);
	duplication(batch);
	free(batch);
	lookup();
	tasks();
	ten_hops();
}
