// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: closing, duplicating and replacing handles; other calls for all types of objects.
 */
#include "faults.h"

static void prepare_close(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handle = w->sent[0];
}

static void done_close(struct world *w)
{
	for (uint32_t i = 0; i < w->is->handles; i++)
		CHECK(w, !zxt_is_open(w->sent[i]));
	CHECK(w, zxt_handles_to(w->kept) == 1);
}

static const struct kind handle_close = {
	.prepare = prepare_close,
	.done = done_close,
	.request = ZX_IOC_HANDLE_CLOSE,
	.gain_each = -1,
};

static void prepare_close_many(struct world *w)
{
	struct zx_ioc_handle_close_many *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handles = address(HANDLES);
	arg->count = w->is->handles;
}

/* The handles are read in pieces of 64, and each piece is closed before the next. */
static void failed_close_many(struct world *w)
{
	uint32_t gone = w->before.handles - zxt_handles();

	CHECK(w, gone == 0 || (gone == 64 && w->trial->point == 3));
	for (uint32_t i = 0; i < w->is->handles; i++)
		CHECK(w, zxt_is_open(w->sent[i]) == (i >= gone));
}

static const struct kind handle_close_many = {
	.prepare = prepare_close_many,
	.failed = failed_close_many,
	.done = done_close,
	.request = ZX_IOC_HANDLE_CLOSE_MANY,
	.may = FAIL_COPY,
	.gain_each = -1,
};

/* Closes the last handle to a cycle: two channels with an endpoint in each other's queue. */
static void new_cycle(struct world *w)
{
	zx_handle_t other[2], tracer;

	OK(zx_channel_create(0, &w->sent[0], &w->end[1]));
	OK(zx_channel_create(0, &other[0], &other[1]));
	OK(zx_eventpair_create(0, &w->tracer, &tracer));
	OK(zx_channel_write(w->sent[0], 0, "x", 1, &other[0], 1));
	OK(zx_channel_write(w->sent[0], 0, "x", 1, &tracer, 1));
	OK(zx_channel_write(other[1], 0, "x", 1, &w->end[1], 1));
	OK(zx_handle_close(other[1]));
	w->end[1] = ZX_HANDLE_INVALID;
}

static void done_cycle(struct world *w)
{
	CHECK(w, zx_object_wait_one(w->tracer, ZX_EVENTPAIR_PEER_CLOSED, ZXT_SOON, NULL) == ZX_OK);
}

static const struct kind close_cycle = {
	.set_up = new_cycle,
	.prepare = prepare_close,
	.done = done_cycle,
	.request = ZX_IOC_HANDLE_CLOSE,
	.gain_each = -1,
};

static void prepare_handle(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handle = w->sent[0];
	arg->rights = ZX_RIGHT_SAME_RIGHTS;
	arg->out = address(OUT0);
}

static void done_handle(struct world *w)
{
	CHECK(w, zxt_koid(number(OUT0)) == zxt_koid(w->kept));
	CHECK(w, zxt_is_open(w->sent[0]) == (w->is->kind->gain == 1));
}

static const struct kind handle_duplicate = {
	.prepare = prepare_handle,
	.done = done_handle,
	.request = ZX_IOC_HANDLE_DUPLICATE,
	.may = FAIL_COPY,
	.gain = 1,
};

static const struct kind handle_replace = {
	.prepare = prepare_handle,
	.done = done_handle,
	.request = ZX_IOC_HANDLE_REPLACE,
	.may = FAIL_COPY,
	.consumes = true,
};

static const struct kind handle_check_valid = {
	.prepare = prepare_close,
	.request = ZX_IOC_HANDLE_CHECK_VALID,
};

static void prepare_self(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	(void)w;
	arg->out = address(OUT0);
}

static void done_self(struct world *w)
{
	CHECK(w, zxt_koid(number(OUT0)) == zxt_koid(zx_process_self()));
}

static const struct kind process_self = {
	.prepare = prepare_self,
	.done = done_self,
	.request = ZXL_IOC_PROCESS_SELF,
	.may = FAIL_COPY,
	.gain = 1,
};

static void done_version(struct world *w)
{
	const struct zxl_version *version = place(ARGS);

	CHECK(w, version->major == ZXL_ABI_MAJOR);
}

static const struct kind version = {
	.prepare = prepare_self,
	.done = done_version,
	.request = ZXL_IOC_VERSION,
};

static const struct fault faults[] = {
	{ .name = "handle_close", .kind = &handle_close, .handles = 1 },
	{ .name = "handle_close_many", .kind = &handle_close_many, .handles = MANY },
	{ .name = "handle_close_leaves_a_cycle", .kind = &close_cycle, .handles = 1 },
	{ .name = "handle_duplicate", .kind = &handle_duplicate, .handles = 1 },
	{ .name = "handle_replace", .kind = &handle_replace, .handles = 1 },
	{ .name = "handle_check_valid", .kind = &handle_check_valid, .handles = 1 },
	{ .name = "process_self", .kind = &process_self },
	{ .name = "version", .kind = &version },
};

const struct area handle_area = AREA("handle", faults);
