// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels in one thread: bytes, handles, and queues of more than one message.
 */
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "bench.h"

#define HANDLES_MAX	64
#define POLLERS_MAX	8

struct channel {
	zx_handle_t end[2];
	char *buffer;
	size_t size;
	zx_handle_t handles[HANDLES_MAX];
	unsigned int count;
};

static void channel(struct channel *c)
{
	must(zx_channel_create(0, &c->end[0], &c->end[1]), "zx_channel_create");
}

static void end_channel(struct channel *c)
{
	must(zx_handle_close_many(c->end, 2), "zx_handle_close_many");
}

static void op_write(void *arg, unsigned int i)
{
	struct channel *c = arg;

	(void)i;
	must(zx_channel_write(c->end[0], 0, c->buffer, c->size, c->handles, c->count),
	     "zx_channel_write");
}

static void op_read(void *arg, unsigned int i)
{
	struct channel *c = arg;
	uint32_t bytes, handles;

	(void)i;
	must(zx_channel_read(c->end[1], 0, c->buffer, c->handles, c->size, c->count, &bytes,
			     &handles), "zx_channel_read");
}

static void op_write_read(void *arg, unsigned int i)
{
	op_write(arg, i);
	op_read(arg, i);
}

/* As with SCM_RIGHTS: the sender keeps its handles, the receiver closes those that it gets. */
static void op_duplicate_close(void *arg, unsigned int i)
{
	struct channel *c = arg;
	zx_handle_disposition_t how[HANDLES_MAX];
	zx_handle_t handles[HANDLES_MAX];
	uint32_t bytes, count;

	(void)i;
	for (unsigned int k = 0; k < c->count; k++)
		how[k] = (zx_handle_disposition_t){ .operation = ZX_HANDLE_OP_DUPLICATE,
						    .handle = c->handles[k],
						    .rights = ZX_RIGHT_SAME_RIGHTS };
	must(zx_channel_write_etc(c->end[0], 0, c->buffer, c->size, how, c->count),
	     "zx_channel_write_etc");
	must(zx_channel_read(c->end[1], 0, c->buffer, handles, c->size, c->count, &bytes, &count),
	     "zx_channel_read");
	must(zx_handle_close_many(handles, count), "zx_handle_close_many");
}

static void bytes(void)
{
	static const size_t sizes[] = { 0, 8, 64, 1024, 32768, 65536 };
	struct channel c = {};
	char name[80];

	channel(&c);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		c.size = sizes[i];
		c.buffer = allocate(1, c.size + 1);
		peer_messages(c.size);
		snprintf(name, sizeof(name), "Channel/WriteRead/%zubytes/0handles", c.size);
		ours(name, measure(op_write_read, &c));
		against(peer_name("SEQPACKET", c.size), 1, c.size == 8 ? 0.55 : 0);
		against(peer_name("mqueue", c.size), 1, 0);
		if (c.size)
			against(peer_name("pipe", c.size), 1, 0);
		free(c.buffer);
	}
	end_channel(&c);
}

static void handles(void)
{
	static const unsigned int counts[] = { 1, 16, 64 };
	struct channel c = { .size = 8, .buffer = allocate(1, 8) };
	zx_handle_t others[HANDLES_MAX];
	char name[80];

	channel(&c);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		c.count = counts[i];
		for (unsigned int k = 0; k < c.count; k++)
			must(zx_event_create(0, &c.handles[k]), "zx_event_create");
		peer_descriptors(c.count);
		snprintf(name, sizeof(name), "Channel/WriteRead/8bytes/%uhandles", c.count);
		ours(name, measure(op_write_read, &c));
		against(peer_name("SCM_RIGHTS with close,", c.count), 1, c.count == 1 ? 0.40 : 0);
		snprintf(name, sizeof(name), "Channel/WriteRead/8bytes/%uhandles, with close",
			 c.count);
		ours(name, measure(op_duplicate_close, &c));
		against(peer_name("SCM_RIGHTS with close,", c.count), 1, 0);
		must(zx_handle_close_many(c.handles, c.count), "zx_handle_close_many");

		/* Channels in messages are also accounted as in flight. */
		for (unsigned int k = 0; k < c.count; k++)
			must(zx_channel_create(0, &c.handles[k], &others[k]), "zx_channel_create");
		snprintf(name, sizeof(name), "Channel/WriteRead/8bytes/%uhandles, of channels",
			 c.count);
		ours(name, measure(op_write_read, &c));
		against(peer_name("SCM_RIGHTS with close,", c.count), 1, 0);
		must(zx_handle_close_many(c.handles, c.count), "zx_handle_close_many");
		must(zx_handle_close_many(others, c.count), "zx_handle_close_many");
	}
	end_channel(&c);
	free(c.buffer);
}

/* Writes a number of messages, then reads them. */
static void queues(void)
{
	static const unsigned int counts[] = { 64, 256, 2048 };
	struct channel c = { .size = 8, .buffer = allocate(1, 8) };
	struct cost cost[2];
	char name[80];

	channel(&c);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		peer_queue(counts[i]);
		measure_phases(op_write, op_read, &c, counts[i], cost);
		snprintf(name, sizeof(name), "Channel/Write/8bytes/%uqueued", counts[i]);
		ours(name, cost[0]);
		against(peer_name("SEQPACKET send, queued", counts[i]), 1, 0);
		snprintf(name, sizeof(name), "Channel/Read/8bytes/%uqueued", counts[i]);
		ours(name, cost[1]);
		against(peer_name("SEQPACKET recv, queued", counts[i]), 1, 0);
	}
	end_channel(&c);
	free(c.buffer);
}

/* The same while epoll watches the reading endpoint. */
static void polled_queues(void)
{
	static const unsigned int pollers[] = { 1, POLLERS_MAX };
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct channel c = { .size = 8, .buffer = allocate(1, 8) };
	int epoll[POLLERS_MAX], watch[POLLERS_MAX];
	struct cost cost[2];
	char name[80];

	channel(&c);
	for (size_t i = 0; i < ARRAY_SIZE(pollers); i++) {
		for (unsigned int k = 0; k < pollers[i]; k++) {
			epoll[k] = epoll_create1(EPOLL_CLOEXEC);
			if (epoll[k] < 0)
				die("epoll_create1");
			must(zxl_handle_watch(c.end[1], ZX_CHANNEL_READABLE, 0, &watch[k]),
			     "zxl_handle_watch");
			if (epoll_ctl(epoll[k], EPOLL_CTL_ADD, watch[k], &event))
				die("epoll_ctl");
		}
		measure_phases(op_write, op_read, &c, 64, cost);
		snprintf(name, sizeof(name), "Channel/Write/8bytes/64queued/%upollers", pollers[i]);
		ours_how(name, cost[0], MAY_GAIN_WAKEUPS, TOLERANCE);
		snprintf(name, sizeof(name), "Channel/Read/8bytes/64queued/%upollers", pollers[i]);
		ours_how(name, cost[1], NO_FLAGS, TOLERANCE);
		for (unsigned int k = 0; k < pollers[i]; k++) {
			close(epoll[k]);
			close(watch[k]);
		}
	}
	end_channel(&c);
	free(c.buffer);
}

static void op_getppid(void *arg, unsigned int i)
{
	(void)arg;
	(void)i;
	syscall(SYS_getppid);
}

static void op_check_valid(void *arg, unsigned int i)
{
	(void)i;
	must(zx_handle_check_valid(*(zx_handle_t *)arg), "zx_handle_check_valid");
}

/* The cheapest calls, of Linux and of ours. */
void bench_null(void)
{
	zx_handle_t event;

	must(zx_event_create(0, &event), "zx_event_create");
	peer("getppid", measure(op_getppid, NULL));
	ours("HandleValid/1Threads", measure(op_check_valid, &event));
	against("getppid", 1, 0);
	must(zx_handle_close(event), "zx_handle_close");
}

void bench_channel(void)
{
	bytes();
	handles();
	queues();
	polled_queues();
}
