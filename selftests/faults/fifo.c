// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: fifos of seven elements; four elements go around the end of the ring.
 */
#include "faults.h"

#define ELEMENT	16

static void new_fifo(struct world *w)
{
	uint8_t elements[5 * ELEMENT] = {};

	OK(zx_fifo_create(7, ELEMENT, 0, &w->end[0], &w->end[1]));
	for (int i = 0; i < 2; i++) {
		OK(zx_fifo_write(w->end[i], ELEMENT, elements, 5, NULL));
		OK(zx_fifo_read(w->end[!i], ELEMENT, elements, 5, NULL));
	}
}

static void put_fifo_io(struct world *w, enum place data)
{
	struct zx_ioc_fifo_io *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->elem_size = ELEMENT;
	arg->data = address(data);
	arg->count = 4;
	arg->actual = address(ACTUAL0);
	*(uint64_t *)place(ACTUAL0) = 12345;
}

static void prepare_fifo_write(struct world *w)
{
	put_fifo_io(w, FROM);
	fill(place(FROM), 4 * ELEMENT, FIRST);
}

static void done_fifo_write(struct world *w)
{
	uint8_t elements[7 * ELEMENT];
	size_t actual = 12345;

	CHECK(w, *(uint64_t *)place(ACTUAL0) == 4);
	CHECK(w, zx_fifo_read(w->end[1], ELEMENT, elements, 7, &actual) == ZX_OK && actual == 4);
	CHECK(w, is_filled(elements, 0, 4 * ELEMENT, FIRST));
}

static const struct kind fifo_write = {
	.set_up = new_fifo,
	.prepare = prepare_fifo_write,
	.done = done_fifo_write,
	.request = ZX_IOC_FIFO_WRITE,
	.may = FAIL_FETCH,
};

static void set_up_fifo_read(struct world *w)
{
	uint8_t elements[4 * ELEMENT];

	new_fifo(w);
	fill(elements, sizeof(elements), FIRST);
	OK(zx_fifo_write(w->end[1], ELEMENT, elements, 4, NULL));
	fill(elements, ELEMENT, NEXT);
	OK(zx_fifo_write(w->end[1], ELEMENT, elements, 1, NULL));
}

static void prepare_fifo_read(struct world *w)
{
	put_fifo_io(w, INTO);
	memset(place(INTO), 0, 4 * ELEMENT);
}

static void done_fifo_read(struct world *w)
{
	uint8_t elements[7 * ELEMENT];
	size_t actual = 12345;

	CHECK(w, *(uint64_t *)place(ACTUAL0) == 4);
	CHECK(w, is_filled(place(INTO), 0, 4 * ELEMENT, FIRST));
	CHECK(w, zx_fifo_read(w->end[0], ELEMENT, elements, 7, &actual) == ZX_OK && actual == 1);
	CHECK(w, is_filled(elements, 0, ELEMENT, NEXT));
}

static const struct kind fifo_read = {
	.set_up = set_up_fifo_read,
	.prepare = prepare_fifo_read,
	.done = done_fifo_read,
	.request = ZX_IOC_FIFO_READ,
	.may = FAIL_FETCH,
};

static const struct fault faults[] = {
	{ .name = "fifo_write", .kind = &fifo_write },
	{ .name = "fifo_read", .kind = &fifo_read },
};

const struct area fifo_area = AREA("fifo", faults);
