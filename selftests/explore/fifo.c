// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: fifos.
 */
#include "explore.h"

/* Few different sizes, so that elements often match. */
static uint32_t some_elem_size(struct actor *a)
{
	static const uint32_t sizes[] = { 8, 12, 1, 2048, 4096, 0, 4097, 0xffffffff };

	return sizes[byte(a) % ARRAY_SIZE(sizes)];
}

long do_fifo(struct actor *a)
{
	static const uint32_t counts[] = { 16, 1, 2, 340, 512, 4096, 0, 1u << 31 };
	uint32_t out[2] = {};
	union zxp_argument arg = {
		.fifo_create.elem_size = some_elem_size(a),
		.fifo_create.elem_count = counts[byte(a) % ARRAY_SIZE(counts)],
		.fifo_create.out0 = some_out(a, &out[0], 4),
		.fifo_create.out1 = some_out(a, &out[1], 4),
		.fifo_create.options = some_options(a, 0),
	};
	long ret = submit(a, ZX_IOC_FIFO_CREATE, &arg);

	for (int i = 0; ret == 0 && i < 2; i++)
		if (out[i])
			remember(out[i], FIFO);
	return ret;
}

long do_fifo_io(struct actor *a)
{
	uint8_t how = byte(a);
	uint64_t actual;
	union zxp_argument arg = {
		.fifo_io.handle = some_handle(a, FIFO),
		.fifo_io.elem_size = some_elem_size(a),
		.fifo_io.count = how & 2 ? some_size(a) : 3,
	};

	arg.fifo_io.data = some_pointer(a, arg.fifo_io.elem_size * arg.fifo_io.count, 0);
	arg.fifo_io.actual = some_out(a, &actual, 8);
	return submit(a, how & 1 ? ZX_IOC_FIFO_WRITE : ZX_IOC_FIFO_READ, &arg);
}
