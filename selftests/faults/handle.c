// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: closing, duplicating and replacing handles; processes and threads.
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

static void done_thread_self(struct world *w)
{
	zx_info_handle_basic_t info = zxt_basic(number(OUT0));

	CHECK(w, info.type == ZX_OBJ_TYPE_THREAD && info.rights == ZX_DEFAULT_THREAD_RIGHTS);
	CHECK(w, info.related_koid == zxt_koid(zx_process_self()));
}

/* The thread of the tests has its object from the first trial on: see try_thread(). */
static const struct kind thread_self = {
	.prepare = prepare_self,
	.done = done_thread_self,
	.request = ZXL_IOC_THREAD_SELF,
	.may = FAIL_COPY,
	.gain = 1,
};

static void start_process(struct world *w)
{
	w->process = zxp_start_idle();
	MUST(w->process > 0);
}

static void prepare_open(struct world *w)
{
	struct zxl_ioc_process *arg = new_args(sizeof(*arg));

	arg->pid = w->process;
	arg->out = address(OUT0);
}

static void done_open(struct world *w)
{
	zx_handle_t again;

	CHECK(w, zxt_basic(number(OUT0)).rights == ZX_DEFAULT_PROCESS_RIGHTS);
	/* The process has one object, also where a call has failed after it was made. */
	OK(-zxp_open_process(device, w->process, &again));
	CHECK(w, zxt_koid(number(OUT0)) == zxt_koid(again));
	CHECK(w, zxt_koid(again) != zxt_koid(zx_process_self()));
	OK(zx_handle_close(again));
	CHECK(w, zx_task_kill(number(OUT0)) == ZX_OK);
	CHECK(w, zxp_reap(w->process) == 128 + SIGKILL);
	w->process = 0;
}

static const struct kind process_open = {
	.set_up = start_process,
	.prepare = prepare_open,
	.done = done_open,
	.request = ZXL_IOC_PROCESS_OPEN,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
};

static void new_process(struct world *w)
{
	start_process(w);
	OK(-zxp_open_process(device, w->process, &w->end[0]));
}

static void prepare_pid(struct world *w)
{
	struct zxl_ioc_process *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->out = address(OUT0);
}

static void done_pid(struct world *w)
{
	CHECK(w, number(OUT0) == (uint32_t)w->process);
}

static const struct kind process_pid = {
	.set_up = new_process,
	.prepare = prepare_pid,
	.done = done_pid,
	.request = ZXL_IOC_PROCESS_PID,
	.may = FAIL_COPY,
};

static void prepare_kill(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
}

static void failed_kill(struct world *w)
{
	check_unchanged(w);
	CHECK(w, zxp_is_running(w->process));
}

static void done_kill(struct world *w)
{
	zx_info_process_t info = {};

	CHECK(w, zxp_reap(w->process) == 128 + SIGKILL);
	w->process = 0;
	CHECK(w, zx_object_wait_one(w->end[0], ZX_PROCESS_TERMINATED, ZXT_SOON, NULL) == ZX_OK);
	OK(zx_object_get_info(w->end[0], ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL));
	CHECK(w, info.return_code == ZX_TASK_RETCODE_SYSCALL_KILL);
}

static const struct kind task_kill = {
	.set_up = new_process,
	.prepare = prepare_kill,
	.failed = failed_kill,
	.done = done_kill,
	.request = ZX_IOC_TASK_KILL,
	.may = FAIL_ALLOC,
};

static void prepare_threads(struct world *w)
{
	struct zx_ioc_object_get_info *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->topic = ZX_INFO_PROCESS_THREADS;
	arg->buffer = address(INTO);
	arg->buffer_size = PAGE;
	arg->actual = address(ACTUAL0);
	arg->avail = address(ACTUAL1);
	*(uint64_t *)place(ACTUAL0) = 12345;
}

/* The koid of the one thread of the child. */
static zx_koid_t thread_of_child(struct world *w)
{
	zx_koid_t koid = ZX_KOID_INVALID;

	OK(zx_object_get_info(w->end[0], ZX_INFO_PROCESS_THREADS, &koid, sizeof(koid), NULL, NULL));
	return koid;
}

static void check_thread(struct world *w, zx_handle_t thread, zx_koid_t koid)
{
	zx_info_handle_basic_t info = zxt_basic(thread);

	CHECK(w, info.koid == koid && info.type == ZX_OBJ_TYPE_THREAD);
	CHECK(w, info.rights == ZX_DEFAULT_PROCESS_RIGHTS);
	CHECK(w, info.related_koid == zxt_koid(w->end[0]));
	/* It is the thread, so it ends with the process. */
	CHECK(w, zxp_end_idle(w->process) == 128 + SIGKILL);
	w->process = 0;
	CHECK(w, zx_object_wait_one(thread, ZX_THREAD_TERMINATED, ZXT_SOON, NULL) == ZX_OK);
}

/* The thread has one object, also where a call has failed after it was made. */
static void done_threads(struct world *w)
{
	zx_koid_t koid = *(zx_koid_t *)place(INTO);
	zx_handle_t thread;

	CHECK(w, *(uint64_t *)place(ACTUAL0) == 1 && *(uint64_t *)place(ACTUAL1) == 1);
	CHECK(w, koid == thread_of_child(w));
	OK(zx_object_get_child(w->end[0], koid, ZX_RIGHT_SAME_RIGHTS, &thread));
	check_thread(w, thread, koid);
}

/* All threads of the child get their objects, and the list of threads is allocated. */
static const struct kind process_threads = {
	.set_up = new_process,
	.prepare = prepare_threads,
	.done = done_threads,
	.request = ZX_IOC_OBJECT_GET_INFO,
	.may = FAIL_ALLOC | FAIL_COPY,
};

static void prepare_thread_child(struct world *w)
{
	struct zx_ioc_object_get_child *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->rights = ZX_RIGHT_SAME_RIGHTS;
	arg->koid = thread_of_child(w);
	arg->out = address(OUT0);
}

static void done_thread_child(struct world *w)
{
	check_thread(w, number(OUT0), thread_of_child(w));
}

static const struct kind get_thread = {
	.set_up = new_process,
	.prepare = prepare_thread_child,
	.done = done_thread_child,
	.request = ZX_IOC_OBJECT_GET_CHILD,
	.may = FAIL_COPY,
	.gain = 1,
};

/* A process that ends in another way afterwards shows nothing of it. */
static void prepare_exit(struct world *w)
{
	struct zx_ioc_process_exit *arg = new_args(sizeof(*arg));

	(void)w;
	arg->retcode = 7;
}

static const struct kind process_exit = {
	.prepare = prepare_exit,
	.request = ZX_IOC_PROCESS_EXIT,
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
	{ .name = "process_open", .kind = &process_open },
	{ .name = "process_pid", .kind = &process_pid },
	{ .name = "task_kill", .kind = &task_kill },
	{ .name = "process_exit", .kind = &process_exit },
	{ .name = "thread_self", .kind = &thread_self },
	{ .name = "process_threads", .kind = &process_threads },
	{ .name = "get_child_thread", .kind = &get_thread },
	{ .name = "version", .kind = &version },
};

const struct area handle_area = AREA("handle", faults);
