// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: writing to channels and reading from them.
 */
#include "faults.h"

/*
 * Writing.
 */
static void set_up_write(struct world *w)
{
	uint8_t ahead[8];

	new_channel(w);
	fill(ahead, sizeof(ahead), AHEAD);
	if (w->is->ahead)
		OK(zx_channel_write(w->end[0], 0, ahead, sizeof(ahead), NULL, 0));
}

static void prepare_write(struct world *w)
{
	struct zx_ioc_channel_write *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handle = w->end[0];
	arg->options = w->is->iovec ? ZX_CHANNEL_WRITE_USE_IOVEC : 0;
	arg->bytes = put_bytes(w, &arg->num_bytes);
	arg->handles = address(HANDLES);
	arg->num_handles = w->is->handles;
}

static void done_write(struct world *w)
{
	for (uint32_t i = 0; i < w->is->handles; i++)
		CHECK(w, zxt_is_open(w->sent[i]) == w->is->duplicate);
	if (w->is->ahead)
		check_message(w, w->end[1], 0, 8, 0, AHEAD);
	check_message(w, w->end[1], 0, w->is->size, w->is->handles, FIRST);
	check_empty(w, w->end[1]);
}

static const struct kind channel_write = {
	.set_up = set_up_write,
	.prepare = prepare_write,
	.done = done_write,
	.request = ZX_IOC_CHANNEL_WRITE,
	.may = FAIL_COPY,
	.gain_each = -1,
	.consumes = true,
};

/* Two of several handles are refused; each disposition gets the result of its handle. */
static void prepare_refused(struct world *w)
{
	prepare_write(w);
	((zx_handle_disposition_t *)place(HANDLES))[2].type = ZX_OBJ_TYPE_CHANNEL;
	((zx_handle_disposition_t *)place(HANDLES))[5].type = ZX_OBJ_TYPE_CHANNEL;
}

static void done_refused(struct world *w)
{
	const zx_handle_disposition_t *how = place(HANDLES);

	for (uint32_t i = 0; i < w->is->handles; i++) {
		CHECK(w, !zxt_is_open(w->sent[i]));
		CHECK(w, how[i].result == (i == 2 || i == 5 ? ZX_ERR_WRONG_TYPE : ZX_OK));
	}
	check_empty(w, w->end[1]);
}

static const struct kind channel_write_refused = {
	.set_up = set_up_write,
	.prepare = prepare_refused,
	.done = done_refused,
	.request = ZX_IOC_CHANNEL_WRITE_ETC,
	.expect = SAYS(ZX_ERR_WRONG_TYPE),
	.may = FAIL_COPY,
	.gain_each = -1,
	.consumes = true,
};

/*
 * Reading. The queue has a second message.
 */
static bool is_discarded(const struct world *w)
{
	return w->is->options & ZX_CHANNEL_READ_MAY_DISCARD;
}

static void prepare_read(struct world *w)
{
	struct zx_ioc_channel_read *arg = new_args(sizeof(*arg));
	bool fits = w->is->expect != SAYS(ZX_ERR_BUFFER_TOO_SMALL);

	/* Written when the world is new, and again after a failure that discards the messages. */
	if (is_discarded(w) && w->end[0]) {
		zx_handle_close(w->end[0]);
		zx_handle_close(w->end[1]);
		w->end[0] = ZX_HANDLE_INVALID;
	}
	if (!w->end[0]) {
		new_channel(w);
		write_message(w, w->is->size, true, FIRST);
		write_message(w, 8, false, NEXT);
	}
	arg->handle = w->end[0];
	arg->options = w->is->options;
	arg->bytes = address(INTO);
	arg->handles = address(TAKEN);
	arg->num_bytes = fits ? w->is->size : w->is->size - 1;
	arg->num_handles = w->is->handles;
	arg->actual_bytes = address(ACTUAL0);
	arg->actual_handles = address(ACTUAL1);
	memset(place(INTO), 0, w->is->size);
}

static void failed_read(struct world *w)
{
	zx_signals_t signals = zxt_signals(w->end[0]);

	if (!is_discarded(w)) {
		check_unchanged(w);
		/* Nor has it become the last message, as the next call shows. */
	} else {
		CHECK(w, signals & ZX_CHANNEL_READABLE);
		if (w->ret != -EFAULT)
			check_message(w, w->end[0], 0, 8, 0, NEXT);
	}
}

static void done_read(struct world *w)
{
	zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES];
	const zx_handle_info_t *infos = place(TAKEN);

	CHECK(w, number(ACTUAL0) == w->is->size && number(ACTUAL1) == w->is->handles);
	if (w->is->expect) {
		if (!is_discarded(w))
			check_message(w, w->end[0], 0, w->is->size, w->is->handles, FIRST);
	} else {
		CHECK(w, is_filled(place(INTO), 0, w->is->size, FIRST));
		for (uint32_t i = 0; i < w->is->handles; i++)
			handles[i] = w->is->etc ? infos[i].handle : ((zx_handle_t *)infos)[i];
		check_handles(w, handles, w->is->handles);
	}
	check_message(w, w->end[0], 0, 8, 0, NEXT);
	check_empty(w, w->end[0]);
}

static const struct kind channel_read = {
	.prepare = prepare_read,
	.failed = failed_read,
	.done = done_read,
	.request = ZX_IOC_CHANNEL_READ,
	.may = FAIL_COPY,
	.gain_each = 1,
};

static const struct kind channel_read_etc = {
	.prepare = prepare_read,
	.failed = failed_read,
	.done = done_read,
	.request = ZX_IOC_CHANNEL_READ_ETC,
	.may = FAIL_COPY,
	.gain_each = 1,
};

static const struct fault faults[] = {
	{ .name = "write_8", .kind = &channel_write, .size = 8 },
	{ .name = "write_8_behind_another", .kind = &channel_write, .size = 8, .ahead = true,
	  .may = FAIL_ALLOC },
	{ .name = "write_200", .kind = &channel_write, .size = 200, .may = FAIL_ALLOC },
	{ .name = "write_1000", .kind = &channel_write, .size = 1000, .may = FAIL_ALLOC },
	{ .name = "write_4000", .kind = &channel_write, .size = 4000, .may = FAIL_ALLOC },
	/* Few pages are allocated one by one. */
	{ .name = "write_10000", .kind = &channel_write, .size = 10000, .may = FAIL_ALLOC },
	{ .name = "write_65536", .kind = &channel_write, .size = 65536, .may = FAIL_BATCH },
	{ .name = "write_8_with_a_handle", .kind = &channel_write, .size = 8, .handles = 1 },
	{ .name = "write_8_with_64_handles", .kind = &channel_write, .size = 8, .handles = 64,
	  .may = FAIL_ALLOC },
	{ .name = "write_65536_with_64_handles", .kind = &channel_write, .size = 65536,
	  .handles = 64, .may = FAIL_ALLOC },
	{ .name = "write_a_channel", .kind = &channel_write, .size = 8, .handles = 1,
	  .containers = true },
	{ .name = "write_20_channels", .kind = &channel_write, .size = 200, .handles = 20,
	  .containers = true, .may = FAIL_ALLOC },
	{ .name = "write_iovec", .kind = &channel_write, .size = 8, .iovec = true,
	  .may = FAIL_ALLOC },
	{ .name = "write_iovec_20000_with_64_handles", .kind = &channel_write, .size = 20000,
	  .handles = 64, .iovec = true, .may = FAIL_ALLOC },
	{ .name = "write_etc_8_with_a_handle", .kind = &channel_write,
	  .request = ZX_IOC_CHANNEL_WRITE_ETC, .size = 8, .handles = 1, .etc = true },
	{ .name = "write_etc_1000_with_64_handles", .kind = &channel_write,
	  .request = ZX_IOC_CHANNEL_WRITE_ETC, .size = 1000, .handles = 64, .etc = true,
	  .may = FAIL_ALLOC },
	{ .name = "write_etc_8_with_a_duplicate", .kind = &channel_write,
	  .request = ZX_IOC_CHANNEL_WRITE_ETC, .size = 8, .handles = 1, .etc = true,
	  .duplicate = true },
	{ .name = "write_etc_1000_with_64_duplicates", .kind = &channel_write,
	  .request = ZX_IOC_CHANNEL_WRITE_ETC, .size = 1000, .handles = 64, .etc = true,
	  .duplicate = true, .may = FAIL_ALLOC },
	{ .name = "write_etc_refused", .kind = &channel_write_refused, .size = 8, .handles = 10,
	  .etc = true, .may = FAIL_ALLOC },
	{ .name = "read_8", .kind = &channel_read, .size = 8 },
	{ .name = "read_1000", .kind = &channel_read, .size = 1000 },
	{ .name = "read_65536", .kind = &channel_read, .size = 65536 },
	{ .name = "read_8_with_a_handle", .kind = &channel_read, .size = 8, .handles = 1 },
	{ .name = "read_65536_with_64_handles", .kind = &channel_read, .size = 65536,
	  .handles = 64 },
	{ .name = "read_20_channels", .kind = &channel_read, .size = 200, .handles = 20,
	  .containers = true },
	{ .name = "read_into_too_little", .kind = &channel_read, .size = 8,
	  .expect = SAYS(ZX_ERR_BUFFER_TOO_SMALL) },
	{ .name = "read_into_too_little_and_discard", .kind = &channel_read, .size = 8,
	  .options = ZX_CHANNEL_READ_MAY_DISCARD, .expect = SAYS(ZX_ERR_BUFFER_TOO_SMALL) },
	{ .name = "read_etc_8_with_a_handle", .kind = &channel_read_etc, .size = 8, .handles = 1,
	  .etc = true },
	{ .name = "read_etc_200_with_64_handles", .kind = &channel_read_etc, .size = 200,
	  .handles = 64, .etc = true },
};

const struct area channel_area = AREA("channel", faults);
