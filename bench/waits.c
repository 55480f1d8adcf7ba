// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for signals that are set already: one object, several, and many behind epoll.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "bench.h"

#define ITEMS_MAX	64
#define WATCHES_MAX	10000

struct waits {
	zx_wait_item_t items[ITEMS_MAX];
	struct pollfd polls[ITEMS_MAX];
	unsigned int count;
};

static void op_wait_one(void *arg, unsigned int i)
{
	struct waits *w = arg;
	zx_signals_t pending;

	(void)i;
	must(zx_object_wait_one(w->items[0].handle, ZX_EVENT_SIGNALED, 0, &pending),
	     "zx_object_wait_one");
}

static void op_wait_many(void *arg, unsigned int i)
{
	struct waits *w = arg;

	(void)i;
	must(zx_object_wait_many(w->items, w->count, 0), "zx_object_wait_many");
}

static void op_poll(void *arg, unsigned int i)
{
	struct waits *w = arg;

	(void)i;
	if (poll(w->polls, w->count, 0) != 1)
		die("poll");
}

/* Only the first object is signalled, as in Fuchsia's case. */
static void ready(void)
{
	static const unsigned int counts[] = { 1, 4, 8, 64 };
	struct waits w = {};
	char name[80];

	for (int i = 0; i < ITEMS_MAX; i++) {
		must(zx_event_create(0, &w.items[i].handle), "zx_event_create");
		w.items[i].waitfor = ZX_EVENT_SIGNALED;
		w.polls[i].fd = eventfd(!i, 0);
		w.polls[i].events = POLLIN;
		if (w.polls[i].fd < 0)
			die("eventfd");
	}
	must(zx_object_signal(w.items[0].handle, 0, ZX_EVENT_SIGNALED), "zx_object_signal");
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		w.count = counts[i];
		peer(peer_name("poll of eventfds,", w.count), measure(op_poll, &w));
		if (w.count == 1) {
			ours("Event/WaitForAlreadySignaledEvent", measure(op_wait_one, &w));
			against("poll of eventfds, 1", 1, 0);
		}
		snprintf(name, sizeof(name), "Event/WaitForManyWithAlreadySignaledEvent%s%.0u",
			 w.count == 4 ? "" : "/", w.count == 4 ? 0 : w.count);
		ours(name, measure(op_wait_many, &w));
		against(peer_name("poll of eventfds,", w.count), 1, 0);
	}
	for (int i = 0; i < ITEMS_MAX; i++) {
		must(zx_handle_close(w.items[i].handle), "zx_handle_close");
		close(w.polls[i].fd);
	}
}

/* Files in an epoll; one in the middle becomes ready, is reported and is reset. */
struct watched {
	int epoll, fd[WATCHES_MAX];
	zx_handle_t a[WATCHES_MAX], b[WATCHES_MAX];
	unsigned int count;
};

static void expect_one(struct watched *w)
{
	struct epoll_event event;

	if (epoll_wait(w->epoll, &event, 1, 0) != 1 || event.data.u32 != w->count / 2)
		die("epoll_wait");
}

static void op_eventfd(void *arg, unsigned int i)
{
	struct watched *w = arg;
	uint64_t value = 1;

	(void)i;
	if (write(w->fd[w->count / 2], &value, sizeof(value)) < 0)
		die("write to an eventfd");
	expect_one(w);
	if (read(w->fd[w->count / 2], &value, sizeof(value)) < 0)
		die("read from an eventfd");
}

static void op_watch(void *arg, unsigned int i)
{
	struct watched *w = arg;

	(void)i;
	must(zx_object_signal(w->a[w->count / 2], 0, ZX_EVENT_SIGNALED), "zx_object_signal");
	expect_one(w);
	must(zx_object_signal(w->a[w->count / 2], ZX_EVENT_SIGNALED, 0), "zx_object_signal");
}

static void op_exported(void *arg, unsigned int i)
{
	struct watched *w = arg;

	(void)i;
	must(zx_object_signal_peer(w->a[w->count / 2], 0, ZX_EVENTPAIR_SIGNALED),
	     "zx_object_signal_peer");
	expect_one(w);
	must(zx_object_signal_peer(w->a[w->count / 2], ZX_EVENTPAIR_SIGNALED, 0),
	     "zx_object_signal_peer");
}

static void make_eventfd(struct watched *w, unsigned int i)
{
	w->fd[i] = eventfd(0, EFD_CLOEXEC);
	if (w->fd[i] < 0)
		die("eventfd");
}

static void make_watch(struct watched *w, unsigned int i)
{
	must(zx_event_create(0, &w->a[i]), "zx_event_create");
	must(zxl_handle_watch(w->a[i], ZX_EVENT_SIGNALED, 0, &w->fd[i]), "zxl_handle_watch");
}

static void make_exported(struct watched *w, unsigned int i)
{
	must(zx_eventpair_create(0, &w->a[i], &w->b[i]), "zx_eventpair_create");
	must(zxl_handle_export(w->b[i], 0, &w->fd[i]), "zxl_handle_export");
}

static struct cost through_epoll(struct watched *w, op_t op,
				 void (*make)(struct watched *w, unsigned int i))
{
	struct cost cost;

	memset(w->a, 0, sizeof(w->a));
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0)
		die("epoll_create1");
	for (unsigned int i = 0; i < w->count; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };

		make(w, i);
		if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->fd[i], &event))
			die("epoll_ctl");
	}
	cost = measure(op, w);
	close(w->epoll);
	for (unsigned int i = 0; i < w->count; i++) {
		close(w->fd[i]);
		must(zx_handle_close(w->a[i]), "zx_handle_close");
	}
	return cost;
}

static void behind_epoll(void)
{
	static const unsigned int counts[] = { 1, 100, 10000 };
	struct watched *w = allocate(1, sizeof(*w));
	char name[80];

	raise_files(WATCHES_MAX + 100);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		w->count = counts[i];
		peer(peer_name("epoll, eventfds:", w->count),
		     through_epoll(w, op_eventfd, make_eventfd));
		snprintf(name, sizeof(name), "Epoll/%uwatches", w->count);
		ours(name, through_epoll(w, op_watch, make_watch));
		against(peer_name("epoll, eventfds:", w->count), 1, 0);
		snprintf(name, sizeof(name), "Epoll/%uexported", w->count);
		ours(name, through_epoll(w, op_exported, make_exported));
		against(peer_name("epoll, eventfds:", w->count), 1, 0);
	}
	free(w);
}

void bench_waits(void)
{
	ready();
	behind_epoll();
}
