// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports: packets, and asynchronous waits beside others at the same port or on the same object.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <zircon/syscalls/port.h>

#include "bench.h"

#define OTHERS_MAX	10000
#define KEY		1
#define OTHER_KEY	2

struct ports {
	zx_handle_t port, event;
	zx_handle_t others[OTHERS_MAX];
	zx_signals_t up;
	int epoll, fd;
};

static void expect(struct ports *p)
{
	zx_port_packet_t packet;

	must(zx_port_wait(p->port, 0, &packet), "zx_port_wait");
	if (packet.key != KEY)
		die("another packet");
}

static void op_queue(void *arg, unsigned int i)
{
	zx_port_packet_t packet = { .key = KEY };
	struct ports *p = arg;

	(void)i;
	must(zx_port_queue(p->port, &packet), "zx_port_queue");
	expect(p);
}

/* The call that raises a signal lowers the one that was raised last. */
static void op_wait_async(void *arg, unsigned int i)
{
	struct ports *p = arg;
	zx_signals_t down = p->up;

	(void)i;
	p->up = down == ZX_USER_SIGNAL_0 ? ZX_USER_SIGNAL_1 : ZX_USER_SIGNAL_0;
	must(zx_object_wait_async(p->event, p->port, KEY, p->up, 0), "zx_object_wait_async");
	must(zx_object_signal(p->event, down, p->up), "zx_object_signal");
	expect(p);
}

static void op_eventfd(void *arg, unsigned int i)
{
	struct epoll_event event;
	struct ports *p = arg;
	uint64_t value = 1;

	(void)i;
	if (write(p->fd, &value, sizeof(value)) < 0 || epoll_wait(p->epoll, &event, 1, 0) != 1 ||
	    read(p->fd, &value, sizeof(value)) < 0)
		die("eventfd");
}

static struct cost beside(struct ports *p, unsigned int count, bool same_object)
{
	struct cost cost;

	for (unsigned int i = 0; i < count; i++) {
		if (!same_object)
			must(zx_event_create(0, &p->others[i]), "zx_event_create");
		must(zx_object_wait_async(same_object ? p->event : p->others[i], p->port,
					  OTHER_KEY, ZX_USER_SIGNAL_2, 0), "zx_object_wait_async");
	}
	cost = measure(op_wait_async, p);
	if (count)
		must(zx_port_cancel_key(p->port, 0, OTHER_KEY), "zx_port_cancel_key");
	for (unsigned int i = 0; i < count && !same_object; i++)
		must(zx_handle_close(p->others[i]), "zx_handle_close");
	return cost;
}

void bench_ports(void)
{
	static const unsigned int others[] = { 10, OTHERS_MAX }, same[] = { 100, 1000 };
	const char *eventfd_name = "eventfd, write + epoll_wait + read";
	struct epoll_event event = { .events = EPOLLIN };
	struct ports *p = allocate(1, sizeof(*p));
	char name[80];

	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	p->fd = eventfd(0, 0);
	if (p->epoll < 0 || p->fd < 0 || epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->fd, &event))
		die("epoll");
	peer(eventfd_name, measure(op_eventfd, p));

	must(zx_port_create(0, &p->port), "zx_port_create");
	must(zx_event_create(0, &p->event), "zx_event_create");
	ours("Port/QueueWait", measure(op_queue, p));
	against(eventfd_name, 1, 0.80);
	ours("Port/WaitAsync", measure(op_wait_async, p));
	against(eventfd_name, 1, 1.00);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		snprintf(name, sizeof(name), "Port/WaitAsync, %u on other objects", others[i]);
		ours(name, beside(p, others[i], false));
		against("Port/WaitAsync", 1, 1.02);
	}
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		snprintf(name, sizeof(name), "Port/WaitAsync, %u on the same object", same[i]);
		ours(name, beside(p, same[i], true));
		against("Port/WaitAsync", 1, 0);
	}
	must(zx_handle_close(p->event), "zx_handle_close");
	must(zx_handle_close(p->port), "zx_handle_close");
	close(p->fd);
	close(p->epoll);
	free(p);
}
