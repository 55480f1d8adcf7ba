// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: handles to threads of the calling process; threads that zx_thread_start() is to start.
 */
#include "faults.h"

static void self(struct world *w)
{
	struct zx_ioc_handle arg = { .out = (uintptr_t)&w->end[0] };

	OK(-zxp_ioctl(device, ZXL_IOC_THREAD_SELF, &arg));
}

static void prepare_known(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->out = address(OUT0);
	*(uint32_t *)place(OUT0) = ZX_HANDLE_INVALID;
}

static void done_known(struct world *w)
{
	CHECK(w, number(OUT0) == w->end[0]);
	CHECK(w, zxt_handles_to(w->end[0]) == 1);
}

/* The handle names the thread, so it is the result. */
static const struct kind thread_self_known = {
	.set_up = self,
	.prepare = prepare_known,
	.done = done_known,
	.request = ZXL_IOC_THREAD_SELF,
	.may = FAIL_COPY,
};

static void *be_opened(void *arg)
{
	struct world *w = arg;

	w->tid = gettid();
	while (!w->served)
		usleep(1000);
	return NULL;
}

/* A thread that has no object yet. */
static void start_thread(struct world *w)
{
	MUST(pthread_create(&w->server, NULL, be_opened, w) == 0);
	while (!w->tid)
		usleep(100);
}

static void prepare_open(struct world *w)
{
	struct zxl_ioc_process *arg = new_args(sizeof(*arg));

	arg->pid = w->tid;
	arg->out = address(OUT0);
}

static void done_open(struct world *w)
{
	zx_info_handle_basic_t info = zxt_basic(number(OUT0));
	zx_handle_t opened = number(OUT0), again = ZX_HANDLE_INVALID;
	struct zxl_ioc_process arg = { .pid = w->tid, .out = (uintptr_t)&again };

	CHECK(w, info.type == ZX_OBJ_TYPE_THREAD && info.rights == ZX_DEFAULT_THREAD_RIGHTS);
	CHECK(w, info.related_koid == zxt_koid(zx_process_self()));
	/* It has one object, also where a call has failed after that was made. */
	OK(-zxp_ioctl(device, ZXL_IOC_THREAD_OPEN, &arg));
	CHECK(w, again != opened && zxt_koid(again) == info.koid);
	CHECK(w, zxt_handles_to(again) == 2);
	/* The thread of that id ends. */
	CHECK(w, zx_object_wait_one(opened, ZX_THREAD_TERMINATED, ZX_TIME_INFINITE_PAST, NULL) ==
		 ZX_ERR_TIMED_OUT);
	w->served = true;
	pthread_join(w->server, NULL);
	CHECK(w, zx_object_wait_one(opened, ZX_THREAD_TERMINATED, ZXT_SOON, NULL) == ZX_OK);
}

static const struct kind thread_open = {
	.set_up = start_thread,
	.prepare = prepare_open,
	.done = done_open,
	.request = ZXL_IOC_THREAD_OPEN,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
};

#define NAME	"a thread to be"

static void prepare_create(struct world *w)
{
	struct zx_ioc_thread_create *arg = new_args(sizeof(*arg));

	(void)w;
	memcpy(place(FROM), NAME, strlen(NAME));
	arg->handle = zx_process_self();
	arg->name = address(FROM);
	arg->name_size = strlen(NAME);
	arg->out = address(OUT0);
}

static void done_create(struct world *w)
{
	zx_info_handle_basic_t info = zxt_basic(number(OUT0));
	char name[ZX_MAX_NAME_LEN] = {};
	zx_info_thread_t thread = {};

	CHECK(w, info.type == ZX_OBJ_TYPE_THREAD && info.rights == ZX_DEFAULT_THREAD_RIGHTS);
	CHECK(w, info.related_koid == zxt_koid(zx_process_self()));
	CHECK(w, zxt_handles_to(number(OUT0)) == 1);
	OK(zx_object_get_property(number(OUT0), ZX_PROP_NAME, name, sizeof(name)));
	CHECK(w, !strcmp(name, NAME));
	OK(zx_object_get_info(number(OUT0), ZX_INFO_THREAD, &thread, sizeof(thread), NULL, NULL));
	CHECK(w, thread.state == ZX_THREAD_STATE_NEW);
}

static const struct kind thread_create = {
	.prepare = prepare_create,
	.done = done_create,
	.request = ZX_IOC_THREAD_CREATE,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
};

static void new_thread(struct world *w)
{
	OK(zx_thread_create(zx_process_self(), NAME, strlen(NAME), 0, &w->end[0]));
}

static void prepare_begin(struct world *w)
{
	struct zxl_ioc_thread_begin *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->options = w->is->options;
}

static void failed_begin(struct world *w)
{
	zx_info_thread_t thread = {};

	check_unchanged(w);
	OK(zx_object_get_info(w->end[0], ZX_INFO_THREAD, &thread, sizeof(thread), NULL, NULL));
	CHECK(w, thread.state == ZX_THREAD_STATE_NEW);
}

/* The thread of the tests is the object now; the one that it was before has ended. */
static void done_begin(struct world *w)
{
	zx_handle_t own = ZX_HANDLE_INVALID;
	struct zx_ioc_handle arg = { .out = (uintptr_t)&own };

	CHECK(w, zxt_signals(w->end[0]) & ZX_THREAD_RUNNING);
	OK(-zxp_ioctl(device, ZXL_IOC_THREAD_SELF, &arg));
	CHECK(w, zxt_koid(own) == zxt_koid(w->end[0]));
	CHECK(w, zx_object_wait_one(w->end[0], ZX_THREAD_TERMINATED, ZX_TIME_INFINITE_PAST,
				    NULL) == ZX_ERR_TIMED_OUT);
}

static const struct kind thread_begin = {
	.set_up = new_thread,
	.prepare = prepare_begin,
	.failed = failed_begin,
	.done = done_begin,
	.request = ZXL_IOC_THREAD_BEGIN,
};

static const struct kind thread_check = {
	.set_up = new_thread,
	.prepare = prepare_begin,
	.failed = failed_begin,
	.done = failed_begin,
	.request = ZXL_IOC_THREAD_BEGIN,
};

static const struct fault faults[] = {
	{ .name = "thread_self_known", .kind = &thread_self_known },
	{ .name = "thread_open", .kind = &thread_open },
	{ .name = "thread_create", .kind = &thread_create },
	{ .name = "thread_begin", .kind = &thread_begin },
	{ .name = "thread_check", .kind = &thread_check, .options = ZXL_THREAD_CHECK },
};

const struct area thread_area = AREA("thread", faults);
