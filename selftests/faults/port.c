// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: ports and asynchronous waits. The first end is a port, the second an event.
 */
#include <zircon/syscalls/port.h>

#include "faults.h"

#define KEY	7

static void new_port(struct world *w)
{
	OK(zx_port_create(0, &w->end[0]));
	OK(zx_event_create(0, &w->end[1]));
}

static zx_port_packet_t user_packet(unsigned int seed)
{
	zx_port_packet_t packet = { .key = KEY, .status = seed };

	fill(&packet.user, sizeof(packet.user), seed);
	return packet;
}

static void queue(struct world *w, unsigned int seed)
{
	zx_port_packet_t packet = user_packet(seed);

	OK(zx_port_queue(w->end[0], &packet));
}

static void check_packet(struct world *w, const zx_port_packet_t *got, unsigned int seed)
{
	zx_port_packet_t packet = user_packet(seed);

	CHECK(w, !memcmp(&packet, got, sizeof(packet)));
}

/* The first packet of the port is this one; removes it. */
static void check_first(struct world *w, unsigned int seed)
{
	zx_port_packet_t got = {};

	CHECK(w, zx_port_wait(w->end[0], ZX_TIME_INFINITE_PAST, &got) == ZX_OK);
	check_packet(w, &got, seed);
}

static void check_no_packet(struct world *w)
{
	zx_port_packet_t got;

	CHECK(w, zx_port_wait(w->end[0], ZX_TIME_INFINITE_PAST, &got) == ZX_ERR_TIMED_OUT);
}

/*
 * Packets of the program.
 */

/* With a packet ahead, that has the memory that is part of the port. */
static void set_up_port_queue(struct world *w)
{
	new_port(w);
	if (w->is->ahead)
		queue(w, AHEAD);
}

static void prepare_port_queue(struct world *w)
{
	struct zx_ioc_port_queue *arg = new_args(sizeof(*arg));
	zx_port_packet_t packet = user_packet(FIRST);

	arg->handle = w->end[0];
	arg->packet = address(FROM);
	memcpy(place(FROM), &packet, sizeof(packet));
}

static void failed_port_queue(struct world *w)
{
	check_unchanged(w);
	if (w->is->ahead)
		check_first(w, AHEAD);
	check_no_packet(w);
	if (w->is->ahead)
		queue(w, AHEAD);
}

static void done_port_queue(struct world *w)
{
	if (w->is->ahead)
		check_first(w, AHEAD);
	check_first(w, FIRST);
	check_no_packet(w);
}

static const struct kind port_queue = {
	.set_up = set_up_port_queue,
	.prepare = prepare_port_queue,
	.failed = failed_port_queue,
	.done = done_port_queue,
	.request = ZX_IOC_PORT_QUEUE,
	.may = FAIL_COPY,
};

static void set_up_port_wait(struct world *w)
{
	new_port(w);
	if (w->is->expect)
		return;
	queue(w, FIRST);
	queue(w, NEXT);
}

static void prepare_port_wait(struct world *w)
{
	struct zx_ioc_port_wait *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	/* If there is no packet the wait blocks for a moment. */
	arg->deadline = w->is->expect ? zx_deadline_after(ZX_MSEC(1)) : ZXT_SOON;
	arg->packet = address(INTO);
	memset(place(INTO), 0, sizeof(zx_port_packet_t));
}

/* A packet that could not be written is the first again, which the second call shows. */
static void done_port_wait(struct world *w)
{
	if (!w->is->expect) {
		check_packet(w, place(INTO), FIRST);
		check_first(w, NEXT);
	}
	check_no_packet(w);
}

static const struct kind port_wait = {
	.set_up = set_up_port_wait,
	.prepare = prepare_port_wait,
	.done = done_port_wait,
	.request = ZX_IOC_PORT_WAIT,
};

/*
 * Asynchronous waits.
 */

/* The signal is up already if the case has a size. */
static void new_async(struct world *w)
{
	new_port(w);
	if (w->is->size)
		OK(zx_object_signal(w->end[1], 0, ZX_EVENT_SIGNALED));
}

static void prepare_wait_async(struct world *w)
{
	struct zx_ioc_object_wait_async *arg = new_args(sizeof(*arg));

	arg->handle = w->end[1];
	arg->port = w->end[0];
	arg->key = KEY;
	arg->signals = ZX_EVENT_SIGNALED;
	arg->options = w->is->options;
}

static void failed_wait_async(struct world *w)
{
	check_unchanged(w);
	CHECK(w, zx_port_cancel(w->end[0], w->end[1], KEY) == ZX_ERR_NOT_FOUND);
	CHECK(w, zx_port_cancel_key(w->end[0], 0, KEY) == ZX_ERR_NOT_FOUND);
}

static void check_signal_packet(struct world *w)
{
	zx_port_packet_t got = {};

	CHECK(w, zx_port_wait(w->end[0], ZX_TIME_INFINITE_PAST, &got) == ZX_OK);
	CHECK(w, got.key == KEY && got.type == ZX_PKT_TYPE_SIGNAL_ONE && got.status == ZX_OK);
	CHECK(w, got.signal.trigger == ZX_EVENT_SIGNALED);
	CHECK(w, got.signal.observed == ZX_EVENT_SIGNALED && got.signal.count == 1);
	CHECK(w, !got.signal.timestamp == !(w->is->options & ZX_WAIT_ASYNC_TIMESTAMP));
}

static void done_wait_async(struct world *w)
{
	if (!w->is->size) {
		check_no_packet(w);
		OK(zx_object_signal(w->end[1], 0, ZX_EVENT_SIGNALED));
	}
	check_signal_packet(w);
	check_no_packet(w);
}

static const struct kind wait_async = {
	.set_up = new_async,
	.prepare = prepare_wait_async,
	.failed = failed_wait_async,
	.done = done_wait_async,
	.request = ZX_IOC_OBJECT_WAIT_ASYNC,
	.may = FAIL_ALLOC,
};

/* A pending wait, and one whose packet is queued if the case has a size. */
static void set_up_cancel(struct world *w)
{
	new_async(w);
	OK(zx_object_wait_async(w->end[1], w->end[0], KEY, ZX_USER_SIGNAL_7, 0));
	if (w->is->size)
		OK(zx_object_wait_async(w->end[1], w->end[0], KEY, ZX_EVENT_SIGNALED, 0));
}

static void prepare_cancel(struct world *w)
{
	struct zx_ioc_port_cancel *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	if (w->is->kind->request == ZX_IOC_PORT_CANCEL)
		arg->source = w->end[1];
	arg->key = KEY;
}

static void done_cancel(struct world *w)
{
	OK(zx_object_signal(w->end[1], 0, ZX_USER_SIGNAL_7));
	check_no_packet(w);
}

static const struct kind port_cancel = {
	.set_up = set_up_cancel,
	.prepare = prepare_cancel,
	.done = done_cancel,
	.request = ZX_IOC_PORT_CANCEL,
};

static const struct kind port_cancel_key = {
	.set_up = set_up_cancel,
	.prepare = prepare_cancel,
	.done = done_cancel,
	.request = ZX_IOC_PORT_CANCEL_KEY,
};

static const struct fault faults[] = {
	{ .name = "port_queue", .kind = &port_queue },
	{ .name = "port_queue_behind_another", .kind = &port_queue, .may = FAIL_ALLOC,
	  .ahead = true },
	{ .name = "port_wait", .kind = &port_wait, .may = FAIL_COPY },
	{ .name = "port_wait_in_vain", .kind = &port_wait, .expect = SAYS(ZX_ERR_TIMED_OUT) },
	{ .name = "wait_async", .kind = &wait_async },
	{ .name = "wait_async_fires_at_once", .kind = &wait_async, .size = 1,
	  .options = ZX_WAIT_ASYNC_TIMESTAMP },
	{ .name = "port_cancel", .kind = &port_cancel },
	{ .name = "port_cancel_queued", .kind = &port_cancel, .size = 1 },
	{ .name = "port_cancel_key", .kind = &port_cancel_key },
	{ .name = "port_cancel_key_queued", .kind = &port_cancel_key, .size = 1 },
};

const struct area port_area = AREA("port", faults);
