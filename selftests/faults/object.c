// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: creating objects of all types; signals, waits, information, properties; timers, counters,
 * clocks.
 */
#include <zircon/syscalls/clock.h>

#include "faults.h"

/*
 * Creation.
 */
static void prepare_create(struct world *w)
{
	struct zx_ioc_create *arg = new_args(sizeof(*arg));

	arg->options = w->is->options;
	arg->out0 = address(OUT0);
	if (w->is->kind->gain == 2)
		arg->out1 = address(OUT1);
}

static void prepare_fifo_create(struct world *w)
{
	struct zx_ioc_fifo_create *arg = new_args(sizeof(*arg));

	arg->elem_count = 7;
	arg->elem_size = w->is->size;
	arg->out0 = address(OUT0);
	arg->out1 = address(OUT1);
}

static void done_create(struct world *w)
{
	zx_handle_t end[2] = { number(OUT0), number(OUT1) };

	CHECK(w, zxt_basic(end[0]).type == w->is->type);
	if (w->is->kind->gain == 2) {
		CHECK(w, zx_object_signal_peer(end[0], 0, ZX_USER_SIGNAL_0) == ZX_OK);
		CHECK(w, zxt_signals(end[1]) & ZX_USER_SIGNAL_0);
	}
}

static const struct kind create_one = {
	.prepare = prepare_create,
	.done = done_create,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
};

static const struct kind create_two = {
	.prepare = prepare_create,
	.done = done_create,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 2,
};

static const struct kind create_fifo = {
	.prepare = prepare_fifo_create,
	.done = done_create,
	.request = ZX_IOC_FIFO_CREATE,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 2,
};

/* A struct that is longer than the module's is copied in another way. */
struct long_create {
	struct zx_ioc_create create;
	uint64_t more;
};

/*
 * Signals and waits.
 */
static void prepare_signal(struct world *w)
{
	struct zx_ioc_object_signal *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->set_mask = ZX_USER_SIGNAL_1;
}

static void done_signal(struct world *w)
{
	zx_handle_t changed = w->is->kind->request == ZX_IOC_OBJECT_SIGNAL ? w->end[0] : w->end[1];

	CHECK(w, zxt_signals(changed) & ZX_USER_SIGNAL_1);
}

static const struct kind object_signal = {
	.set_up = new_event,
	.prepare = prepare_signal,
	.done = done_signal,
	.request = ZX_IOC_OBJECT_SIGNAL,
};

static const struct kind object_signal_peer = {
	.set_up = new_eventpair,
	.prepare = prepare_signal,
	.done = done_signal,
	.request = ZX_IOC_OBJECT_SIGNAL_PEER,
};

/* If the signal does not come, the wait blocks for a moment. */
static zx_time_t short_deadline(const struct world *w)
{
	return w->is->expect ? zx_deadline_after(ZX_MSEC(1)) : ZXT_SOON;
}

static void new_wait(struct world *w)
{
	new_event(w);
	OK(zx_object_signal(w->end[0], 0, w->is->expect ? ZX_USER_SIGNAL_1 : ZX_EVENT_SIGNALED));
}

static void prepare_wait_one(struct world *w)
{
	struct zx_ioc_object_wait_one *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->signals = ZX_EVENT_SIGNALED;
	arg->deadline = short_deadline(w);
	arg->observed = address(OUT0);
}

static void done_wait_one(struct world *w)
{
	CHECK(w, number(OUT0) == zxt_signals(w->end[0]));
}

static const struct kind object_wait_one = {
	.set_up = new_wait,
	.prepare = prepare_wait_one,
	.done = done_wait_one,
	.request = ZX_IOC_OBJECT_WAIT_ONE,
	.may = FAIL_COPY,
};

static void prepare_wait_many(struct world *w)
{
	struct zx_ioc_object_wait_many *arg = new_args(sizeof(*arg));
	zx_wait_item_t *items = place(INTO);

	for (uint32_t i = 0; i < w->is->size; i++)
		items[i] = (zx_wait_item_t){
			.handle = i ? w->kept : w->end[0],
			.waitfor = ZX_EVENT_SIGNALED,
			.pending = 12345,
		};
	arg->items = address(INTO);
	arg->count = w->is->size;
	arg->deadline = short_deadline(w);
}

static void done_wait_many(struct world *w)
{
	const zx_wait_item_t *items = place(INTO);

	for (uint32_t i = 0; i < w->is->size; i++)
		CHECK(w, items[i].pending == (i ? 0 : zxt_signals(w->end[0])));
}

static const struct kind object_wait_many = {
	.set_up = new_wait,
	.prepare = prepare_wait_many,
	.done = done_wait_many,
	.request = ZX_IOC_OBJECT_WAIT_MANY,
	.may = FAIL_ALLOC | FAIL_COPY,
};

/*
 * Information.
 */
static void prepare_info(struct world *w)
{
	struct zx_ioc_object_get_info *arg = new_args(sizeof(*arg));

	/* The topics without an object are those of a process. */
	arg->handle = w->end[0] ?: zx_process_self();
	arg->topic = w->is->type;
	arg->buffer = address(INTO);
	arg->buffer_size = PAGE;
	arg->actual = address(ACTUAL0);
	arg->avail = address(ACTUAL1);
	memset(place(INTO), 0xee, PAGE);
	*(uint64_t *)place(ACTUAL0) = 12345;
}

static void done_info(struct world *w)
{
	static uint8_t buffer[PAGE];
	size_t actual = 12345;

	/* All counts are exact, since nothing else happens in this process. */
	memset(buffer, 0xee, PAGE);
	OK(zx_object_get_info(((struct zx_ioc_object_get_info *)place(ARGS))->handle, w->is->type,
			      buffer, sizeof(buffer), &actual, NULL));
	CHECK(w, *(uint64_t *)place(ACTUAL0) == actual);
	CHECK(w, !memcmp(buffer, place(INTO), PAGE));
}

static const struct kind object_get_info = {
	.set_up = new_socket,
	.prepare = prepare_info,
	.done = done_info,
	.request = ZX_IOC_OBJECT_GET_INFO,
	.may = FAIL_COPY,
};

static const struct kind info_process = {
	.prepare = prepare_info,
	.done = done_info,
	.request = ZX_IOC_OBJECT_GET_INFO,
	.may = FAIL_COPY,
};

/* The time and memory of a process are others the next time. */
static void done_use(struct world *w)
{
	CHECK(w, *(uint64_t *)place(ACTUAL0) == 1 && *(uint64_t *)place(ACTUAL1) == 1);
	CHECK(w, *(int64_t *)place(INTO) > 0);
	/* Behind the record nothing was written. */
	CHECK(w, ((uint8_t *)place(INTO))[PAGE - 1] == 0xee);
}

static const struct kind info_use = {
	.prepare = prepare_info,
	.done = done_use,
	.request = ZX_IOC_OBJECT_GET_INFO,
	.may = FAIL_COPY,
};

/* Not the library's handle, which would stay open. */
static void new_thread(struct world *w)
{
	struct zx_ioc_handle arg = { .out = (uintptr_t)&w->end[0] };

	OK(-zxp_ioctl(device, ZXL_IOC_THREAD_SELF, &arg));
}

static const struct kind info_thread = {
	.set_up = new_thread,
	.prepare = prepare_info,
	.done = done_info,
	.request = ZX_IOC_OBJECT_GET_INFO,
	.may = FAIL_COPY,
};

static const struct kind info_thread_use = {
	.set_up = new_thread,
	.prepare = prepare_info,
	.done = done_use,
	.request = ZX_IOC_OBJECT_GET_INFO,
	.may = FAIL_COPY,
};

static void prepare_property(struct world *w)
{
	struct zx_ioc_object_property *arg = new_args(sizeof(*arg));

	arg->property = w->is->type;
	if (w->is->type == ZX_PROP_NAME) {
		arg->handle = zx_process_self();
		OK(zx_object_set_property(arg->handle, ZX_PROP_NAME, "before", 7));
		memcpy(place(INTO), "wanted", sizeof("wanted"));
		arg->value_size = ZX_MAX_NAME_LEN;
	} else {
		arg->handle = w->end[0];
		*(uint64_t *)place(INTO) = 77;
		arg->value_size = sizeof(uint64_t);
	}
	arg->value = address(INTO);
}

static void failed_property(struct world *w)
{
	char name[ZX_MAX_NAME_LEN] = "";
	uint64_t value = 1;

	check_unchanged(w);
	if (w->is->type == ZX_PROP_NAME) {
		OK(zx_object_get_property(zx_process_self(), ZX_PROP_NAME, name, sizeof(name)));
		CHECK(w, !strcmp(name, "before"));
	} else {
		OK(zx_object_get_property(w->end[0], w->is->type, &value, sizeof(value)));
		CHECK(w, value == 0);
	}
}

static void done_property(struct world *w)
{
	bool set = w->is->kind->request == ZX_IOC_OBJECT_SET_PROPERTY;
	char name[ZX_MAX_NAME_LEN] = "";
	uint64_t value = 1;

	if (w->is->type == ZX_PROP_NAME) {
		OK(zx_object_get_property(zx_process_self(), ZX_PROP_NAME, name, sizeof(name)));
		CHECK(w, !strcmp(name, set ? "wanted" : "before"));
		CHECK(w, !strcmp(name, place(INTO)));
	} else {
		OK(zx_object_get_property(w->end[0], w->is->type, &value, sizeof(value)));
		CHECK(w, value == (set ? 77 : 0));
		CHECK(w, value == *(uint64_t *)place(INTO));
	}
}

static const struct kind get_property = {
	.set_up = new_socket,
	.prepare = prepare_property,
	.failed = failed_property,
	.done = done_property,
	.request = ZX_IOC_OBJECT_GET_PROPERTY,
	.may = FAIL_COPY,
};

static const struct kind set_property = {
	.set_up = new_socket,
	.prepare = prepare_property,
	.failed = failed_property,
	.done = done_property,
	.request = ZX_IOC_OBJECT_SET_PROPERTY,
	.may = FAIL_COPY,
};

static void prepare_child(struct world *w)
{
	struct zx_ioc_object_get_child *arg = new_args(sizeof(*arg));

	(void)w;
	arg->handle = zx_process_self();
	arg->rights = ZX_RIGHT_SAME_RIGHTS;
	arg->koid = 1;
	arg->out = address(OUT0);
}

static const struct kind get_child = {
	.prepare = prepare_child,
	.request = ZX_IOC_OBJECT_GET_CHILD,
	.expect = SAYS(ZX_ERR_NOT_FOUND),
};

/*
 * Timers and counters.
 */
static void prepare_timer_create(struct world *w)
{
	struct zx_ioc_timer_create *arg = new_args(sizeof(*arg));

	arg->options = w->is->options;
	arg->out = address(OUT0);
}

static const struct kind create_timer = {
	.prepare = prepare_timer_create,
	.done = done_create,
	.request = ZX_IOC_TIMER_CREATE,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
};

static void new_timer(struct world *w)
{
	OK(zx_timer_create(0, ZX_CLOCK_BOOT, &w->end[0]));
	OK(zx_timer_set(w->end[0], ZX_TIME_INFINITE - 1, 5));
}

static void prepare_timer_set(struct world *w)
{
	struct zx_ioc_timer_set *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
}

static void done_timer_set(struct world *w)
{
	CHECK(w, zxt_signals(w->end[0]) == ZX_TIMER_SIGNALED);
}

static const struct kind timer_set = {
	.set_up = new_timer,
	.prepare = prepare_timer_set,
	.done = done_timer_set,
	.request = ZX_IOC_TIMER_SET,
};

static void prepare_timer_cancel(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
}

static void done_timer_cancel(struct world *w)
{
	zx_info_timer_t info;

	OK(zx_object_get_info(w->end[0], ZX_INFO_TIMER, &info, sizeof(info), NULL, NULL));
	CHECK(w, info.deadline == 0);
}

static const struct kind timer_cancel = {
	.set_up = new_timer,
	.prepare = prepare_timer_cancel,
	.done = done_timer_cancel,
	.request = ZX_IOC_TIMER_CANCEL,
};

static const struct kind timer_info = {
	.set_up = new_timer,
	.prepare = prepare_info,
	.done = done_info,
	.request = ZX_IOC_OBJECT_GET_INFO,
	.may = FAIL_COPY,
};

static void new_counter(struct world *w)
{
	OK(zx_counter_create(0, &w->end[0]));
	OK(zx_counter_write(w->end[0], 7));
}

static void prepare_counter_read(struct world *w)
{
	struct zx_ioc_counter_read *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->out = address(OUT0);
}

static void done_counter_read(struct world *w)
{
	CHECK(w, *(int64_t *)place(OUT0) == 7);
}

static const struct kind counter_read = {
	.set_up = new_counter,
	.prepare = prepare_counter_read,
	.done = done_counter_read,
	.request = ZX_IOC_COUNTER_READ,
	.may = FAIL_COPY,
};

static void prepare_counter(struct world *w)
{
	struct zx_ioc_counter *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->value = -8;
}

static void done_counter(struct world *w)
{
	bool write = w->is->kind->request == ZX_IOC_COUNTER_WRITE;
	int64_t value;

	OK(zx_counter_read(w->end[0], &value));
	CHECK(w, value == (write ? -8 : -1));
	CHECK(w, zxt_signals(w->end[0]) == ZX_COUNTER_NON_POSITIVE);
}

static const struct kind counter_write = {
	.set_up = new_counter,
	.prepare = prepare_counter,
	.done = done_counter,
	.request = ZX_IOC_COUNTER_WRITE,
};

static const struct kind counter_add = {
	.set_up = new_counter,
	.prepare = prepare_counter,
	.done = done_counter,
	.request = ZX_IOC_COUNTER_ADD,
};

/*
 * Clocks.
 */
#define BACKSTOP	1234567

static void prepare_clock_create(struct world *w)
{
	struct zx_ioc_clock_create *arg = new_args(sizeof(*arg));
	zx_clock_create_args_v1_t *create = place(FROM);

	(void)w;
	create->backstop_time = BACKSTOP;
	arg->options = ZX_CLOCK_ARGS_VERSION(1) | ZX_CLOCK_OPT_MONOTONIC;
	arg->args = address(FROM);
	arg->out = address(OUT0);
}

static void done_clock_create(struct world *w)
{
	zx_time_t time;

	done_create(w);
	OK(zx_clock_read(number(OUT0), &time));
	CHECK(w, time == BACKSTOP);
}

static const struct kind create_clock = {
	.prepare = prepare_clock_create,
	.done = done_clock_create,
	.request = ZX_IOC_CLOCK_CREATE,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
};

/* It is not started, so that its time stays the same. */
static void new_clock(struct world *w)
{
	const zx_clock_create_args_v1_t create = { BACKSTOP };

	OK(zx_clock_create(ZX_CLOCK_ARGS_VERSION(1), &create, &w->end[0]));
}

static void prepare_clock_read(struct world *w)
{
	struct zx_ioc_clock_read *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->out = address(OUT0);
}

static void done_clock_read(struct world *w)
{
	CHECK(w, *(int64_t *)place(OUT0) == BACKSTOP);
}

static const struct kind clock_read = {
	.set_up = new_clock,
	.prepare = prepare_clock_read,
	.done = done_clock_read,
	.request = ZX_IOC_CLOCK_READ,
	.may = FAIL_COPY,
};

static void prepare_clock_details(struct world *w)
{
	struct zx_ioc_clock *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->options = ZX_CLOCK_ARGS_VERSION(1);
	arg->args = address(INTO);
	memset(place(INTO), 0xee, PAGE);
}

static void done_clock_details(struct world *w)
{
	const zx_clock_details_v1_t *got = place(INTO);
	zx_clock_details_v1_t details;

	OK(zx_clock_get_details(w->end[0], ZX_CLOCK_ARGS_VERSION(1), &details));
	CHECK(w, got->query_ticks <= details.query_ticks);
	details.query_ticks = got->query_ticks;
	CHECK(w, !memcmp(&details, got, sizeof(details)));
	CHECK(w, ((const uint8_t *)got)[sizeof(details)] == 0xee);
}

static const struct kind clock_get_details = {
	.set_up = new_clock,
	.prepare = prepare_clock_details,
	.done = done_clock_details,
	.request = ZX_IOC_CLOCK_GET_DETAILS,
	.may = FAIL_COPY,
};

/* Of the version that the case has as its options. */
static void prepare_clock_update(struct world *w)
{
	struct zx_ioc_clock *arg = new_args(sizeof(*arg));
	const zx_clock_update_args_v1_t first = { .value = 2 * BACKSTOP, .error_bound = 7 };
	const zx_clock_update_args_v2_t second = {
		.synthetic_value = 2 * BACKSTOP, .error_bound = 7,
	};

	if (w->is->options == 1)
		memcpy(place(FROM), &first, sizeof(first));
	else
		memcpy(place(FROM), &second, sizeof(second));
	arg->handle = w->end[0];
	arg->options = ZX_CLOCK_ARGS_VERSION(w->is->options) |
		       ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID |
		       ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID;
	arg->args = address(FROM);
}

static void check_clock(struct world *w, uint32_t generation, uint64_t error_bound,
			zx_signals_t signals)
{
	zx_clock_details_v1_t details;

	OK(zx_clock_get_details(w->end[0], ZX_CLOCK_ARGS_VERSION(1), &details));
	CHECK(w, details.generation_counter == generation);
	CHECK(w, details.error_bound == error_bound);
	CHECK(w, zxt_signals(w->end[0]) == signals);
}

static void failed_clock_update(struct world *w)
{
	zx_time_t time;

	check_unchanged(w);
	check_clock(w, 1, ZX_CLOCK_UNKNOWN_ERROR, 0);
	OK(zx_clock_read(w->end[0], &time));
	CHECK(w, time == BACKSTOP);
}

static void done_clock_update(struct world *w)
{
	zx_time_t time;

	check_clock(w, 2, 7, ZX_CLOCK_STARTED);
	OK(zx_clock_read(w->end[0], &time));
	CHECK(w, time >= 2 * BACKSTOP);
}

static const struct kind clock_update = {
	.set_up = new_clock,
	.prepare = prepare_clock_update,
	.failed = failed_clock_update,
	.done = done_clock_update,
	.request = ZX_IOC_CLOCK_UPDATE,
	.may = FAIL_COPY,
};

static const struct fault faults[] = {
	{ .name = "event_create", .kind = &create_one, .request = ZX_IOC_EVENT_CREATE,
	  .type = ZX_OBJ_TYPE_EVENT },
	{ .name = "event_create_with_a_longer_struct", .kind = &create_one,
	  .request = _IOW(ZX_IOC_MAGIC, _IOC_NR(ZX_IOC_EVENT_CREATE), struct long_create),
	  .type = ZX_OBJ_TYPE_EVENT },
	{ .name = "eventpair_create", .kind = &create_two, .request = ZX_IOC_EVENTPAIR_CREATE,
	  .type = ZX_OBJ_TYPE_EVENTPAIR },
	{ .name = "channel_create", .kind = &create_two, .request = ZX_IOC_CHANNEL_CREATE,
	  .type = ZX_OBJ_TYPE_CHANNEL },
	{ .name = "socket_create", .kind = &create_two, .request = ZX_IOC_SOCKET_CREATE,
	  .type = ZX_OBJ_TYPE_SOCKET },
	{ .name = "fifo_create", .kind = &create_fifo, .type = ZX_OBJ_TYPE_FIFO, .size = 16 },
	{ .name = "fifo_create_large", .kind = &create_fifo, .type = ZX_OBJ_TYPE_FIFO,
	  .size = 585 },
	{ .name = "port_create", .kind = &create_one, .request = ZX_IOC_PORT_CREATE,
	  .type = ZX_OBJ_TYPE_PORT },
	{ .name = "object_signal", .kind = &object_signal },
	{ .name = "object_signal_peer", .kind = &object_signal_peer },
	{ .name = "object_wait_one", .kind = &object_wait_one },
	{ .name = "object_wait_one_in_vain", .kind = &object_wait_one,
	  .expect = SAYS(ZX_ERR_TIMED_OUT) },
	{ .name = "object_wait_many_2", .kind = &object_wait_many, .size = 2 },
	{ .name = "object_wait_many_64", .kind = &object_wait_many, .size = 64 },
	{ .name = "object_wait_many_in_vain", .kind = &object_wait_many, .size = 64,
	  .expect = SAYS(ZX_ERR_TIMED_OUT) },
	{ .name = "info_handle_basic", .kind = &object_get_info, .type = ZX_INFO_HANDLE_BASIC },
	{ .name = "info_handle_count", .kind = &object_get_info, .type = ZX_INFO_HANDLE_COUNT },
	{ .name = "info_handle_stats", .kind = &info_process,
	  .type = ZX_INFO_PROCESS_HANDLE_STATS },
	{ .name = "info_handle_table", .kind = &info_process, .type = ZX_INFO_HANDLE_TABLE },
	{ .name = "info_process", .kind = &info_process, .type = ZX_INFO_PROCESS },
	{ .name = "info_task_stats", .kind = &info_use, .type = ZX_INFO_TASK_STATS },
	{ .name = "info_task_runtime", .kind = &info_use, .type = ZX_INFO_TASK_RUNTIME },
	{ .name = "info_thread", .kind = &info_thread, .type = ZX_INFO_THREAD },
	{ .name = "info_thread_stats", .kind = &info_thread_use, .type = ZX_INFO_THREAD_STATS },
	{ .name = "info_thread_runtime", .kind = &info_thread_use, .type = ZX_INFO_TASK_RUNTIME },
	{ .name = "info_socket", .kind = &object_get_info, .type = ZX_INFO_SOCKET },
	{ .name = "get_name", .kind = &get_property, .type = ZX_PROP_NAME },
	{ .name = "set_name", .kind = &set_property, .type = ZX_PROP_NAME },
	{ .name = "get_threshold", .kind = &get_property, .type = ZX_PROP_SOCKET_RX_THRESHOLD },
	{ .name = "set_threshold", .kind = &set_property, .type = ZX_PROP_SOCKET_TX_THRESHOLD },
	{ .name = "get_child", .kind = &get_child },
	{ .name = "timer_create", .kind = &create_timer, .type = ZX_OBJ_TYPE_TIMER, .options = 2 },
	{ .name = "timer_set", .kind = &timer_set },
	{ .name = "timer_cancel", .kind = &timer_cancel },
	{ .name = "info_timer", .kind = &timer_info, .type = ZX_INFO_TIMER },
	{ .name = "counter_create", .kind = &create_one, .request = ZX_IOC_COUNTER_CREATE,
	  .type = ZX_OBJ_TYPE_COUNTER },
	{ .name = "counter_read", .kind = &counter_read },
	{ .name = "counter_write", .kind = &counter_write },
	{ .name = "counter_add", .kind = &counter_add },
	{ .name = "clock_create", .kind = &create_clock, .type = ZX_OBJ_TYPE_CLOCK },
	{ .name = "clock_read", .kind = &clock_read },
	{ .name = "clock_get_details", .kind = &clock_get_details },
	{ .name = "clock_update_version_1", .kind = &clock_update, .options = 1 },
	{ .name = "clock_update_version_2", .kind = &clock_update, .options = 2 },
};

const struct area object_area = AREA("object", faults);
