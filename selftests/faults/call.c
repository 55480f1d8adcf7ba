// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: zx_channel_call(), also interrupted by a signal, and the call that finishes it.
 */
#include <sys/time.h>

#include "faults.h"

/* Answers one request, with as many bytes and handles as it had. */
static void *serve(void *arg)
{
	struct world *w = arg;
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES];
	zx_signals_t observed = 0;
	uint32_t size, count;

	zx_object_wait_one(w->end[1], ZX_CHANNEL_READABLE | ZX_USER_SIGNAL_0, ZXT_SOON, &observed);
	if (!(observed & ZX_CHANNEL_READABLE))
		return NULL;
	if (zx_channel_read(w->end[1], 0, bytes, handles, sizeof(bytes), ARRAY_SIZE(handles), &size,
			    &count) != ZX_OK) {
		CHECK(w, false);
		return NULL;
	}
	CHECK(w, size == w->is->size && count == w->is->handles);
	CHECK(w, is_filled(bytes, sizeof(zx_txid_t), size, FIRST));
	check_handles(w, handles, count);
	for (uint32_t i = 0; i < count; i++)
		OK(zx_handle_duplicate(w->kept, ZX_RIGHT_SAME_RIGHTS, &handles[i]));
	CHECK(w, zx_channel_write(w->end[1], 0, bytes, size, handles, count) == ZX_OK);
	w->served = true;
	return NULL;
}

static void put_call(struct world *w)
{
	struct zx_ioc_channel_call *arg = new_args(sizeof(*arg));
	struct zx_ioc_channel_call_args *more = place(MORE);

	memset(more, 0, sizeof(*more));
	supply(w);
	arg->handle = w->end[0];
	arg->options = w->is->iovec ? ZX_CHANNEL_WRITE_USE_IOVEC : 0;
	arg->deadline = ZX_TIME_INFINITE;
	arg->args = address(MORE);
	arg->actual_bytes = address(ACTUAL0);
	arg->actual_handles = address(ACTUAL1);
	arg->txid = address(OUT0);
	more->wr_bytes = put_bytes(w, &more->wr_num_bytes);
	more->wr_handles = address(HANDLES);
	more->wr_num_handles = w->is->handles;
	more->rd_bytes = address(INTO);
	more->rd_handles = address(TAKEN);
	more->rd_num_bytes = w->is->size;
	more->rd_num_handles = w->is->handles;
	memset(place(INTO), 0, w->is->size);
}

static void prepare_call(struct world *w)
{
	put_call(w);
	w->served = false;
	MUST(!pthread_create(&w->server, NULL, serve, w));
}

static void after_call(struct world *w)
{
	OK(zx_object_signal_peer(w->end[0], 0, ZX_USER_SIGNAL_0));
	MUST(!pthread_join(w->server, NULL));
	OK(zx_object_signal_peer(w->end[0], ZX_USER_SIGNAL_0, 0));
}

static void check_reply(struct world *w)
{
	zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES];
	const zx_handle_info_t *infos = place(TAKEN);

	CHECK(w, number(ACTUAL0) == w->is->size && number(ACTUAL1) == w->is->handles);
	CHECK(w, is_filled(place(INTO), sizeof(zx_txid_t), w->is->size, FIRST));
	for (uint32_t i = 0; i < w->is->handles; i++) {
		CHECK(w, !zxt_is_open(w->sent[i]));
		handles[i] = w->is->etc ? infos[i].handle : ((zx_handle_t *)infos)[i];
	}
	check_handles(w, handles, w->is->handles);
	check_empty(w, w->end[0]);
	check_empty(w, w->end[1]);
}

static void done_call(struct world *w)
{
	CHECK(w, w->served);
	check_reply(w);
}

static const struct kind channel_call = {
	.set_up = new_channel,
	.prepare = prepare_call,
	.after = after_call,
	.done = done_call,
	.request = ZX_IOC_CHANNEL_CALL_NORETRY,
	.may = FAIL_COPY,
	.consumes = true,
	.more = true,
};

/*
 * A timer's signal interrupts the call. The timer repeats, since the call may not sleep yet.
 */
static void on_alarm(int signal)
{
	(void)signal;
}

static void start_alarms(void)
{
	const struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	const struct itimerval often = { { 0, 20000 }, { 0, 20000 } };

	MUST(!sigaction(SIGALRM, &action, NULL) && !setitimer(ITIMER_REAL, &often, NULL));
}

static void stop_alarms(void)
{
	const struct itimerval never = {};

	MUST(!setitimer(ITIMER_REAL, &never, NULL));
}

/* Answers the request that is in the queue. */
static void answer(struct world *w)
{
	w->served = false;
	serve(w);
	MUST(w->served);
}

static long finish_call(void)
{
	return zxp_ioctl(device, ZX_IOC_CHANNEL_CALL_FINISH, place(ARGS));
}

static void prepare_interrupted(struct world *w)
{
	put_call(w);
	start_alarms();
}

static void after_interrupted(struct world *w)
{
	(void)w;
	stop_alarms();
}

/* The call has failed for good; its request may have been sent. */
static void failed_interrupted(struct world *w)
{
	struct zx_ioc_channel_call *arg = place(ARGS);
	bool sent = zxt_signals(w->end[1]) & ZX_CHANNEL_READABLE;

	if (sent) {
		answer(w);
		/* The answer belongs to no call, so it is a message. */
		CHECK(w, zxt_signals(w->end[0]) & ZX_CHANNEL_READABLE);
		zx_channel_read(w->end[0], ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL, 0, 0, NULL,
				NULL);
	}
	CHECK(w, arg->handle == w->end[0] && finish_call() != 0);
	check_unchanged(w);
}

static void done_interrupted(struct world *w)
{
	answer(w);
	CHECK(w, finish_call() == 0);
	check_reply(w);
}

static const struct kind call_interrupted = {
	.set_up = new_channel,
	.prepare = prepare_interrupted,
	.after = after_interrupted,
	.failed = failed_interrupted,
	.done = done_interrupted,
	.request = ZX_IOC_CHANNEL_CALL_NORETRY,
	.expect = SAYS(ZX_ERR_INTERNAL_INTR_RETRY),
	.may = FAIL_ALLOC | FAIL_COPY,
};

/* The second half of such a call; the reply is in the queue. */
static void prepare_finish(struct world *w)
{
	put_call(w);
	start_alarms();
	MUST(zxp_ioctl(device, ZX_IOC_CHANNEL_CALL_NORETRY, place(ARGS)) ==
	     SAYS(ZX_ERR_INTERNAL_INTR_RETRY));
	stop_alarms();
	answer(w);
}

static void failed_finish(struct world *w)
{
	const struct trial *t = w->trial;
	/* Both structs and the transaction id are read before the reply is removed. */
	bool open = t->point ? t->point <= 3 :
		    t->bad == ARGS || t->bad == MORE || t->bad == OUT0;

	check_unchanged(w);
	CHECK(w, finish_call() == (open ? 0 : SAYS(ZX_ERR_BAD_STATE)));
}

static const struct kind call_finish = {
	.set_up = new_channel,
	.prepare = prepare_finish,
	.failed = failed_finish,
	.done = check_reply,
	.request = ZX_IOC_CHANNEL_CALL_FINISH,
	.may = FAIL_COPY,
};

static const struct kind call_etc_finish = {
	.set_up = new_channel,
	.prepare = prepare_finish,
	.failed = failed_finish,
	.done = check_reply,
	.request = ZX_IOC_CHANNEL_CALL_ETC_FINISH,
	.may = FAIL_COPY,
};

static const struct fault faults[] = {
	{ .name = "call_8", .kind = &channel_call, .size = 8 },
	{ .name = "call_1000_with_a_handle", .kind = &channel_call, .size = 1000, .handles = 1,
	  .may = FAIL_ALLOC },
	{ .name = "call_iovec_65536", .kind = &channel_call, .size = 65536, .iovec = true,
	  .may = FAIL_ALLOC },
	{ .name = "call_etc_8_with_64_handles", .kind = &channel_call,
	  .request = ZX_IOC_CHANNEL_CALL_ETC_NORETRY, .size = 8, .handles = 64, .etc = true,
	  .may = FAIL_ALLOC },
	{ .name = "call_interrupted", .kind = &call_interrupted, .size = 8 },
	{ .name = "call_finish", .kind = &call_finish, .size = 8 },
	{ .name = "call_etc_finish", .kind = &call_etc_finish, .size = 300 },
};

const struct area call_area = AREA("call", faults);
