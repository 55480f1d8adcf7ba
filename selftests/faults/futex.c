// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: futexes.
 */
#include "faults.h"

static void prepare_wait(struct world *w)
{
	struct zx_ioc_futex_wait *arg = new_args(sizeof(*arg));

	(void)w;
	*(int32_t *)place(FROM) = 7;
	arg->value_ptr = address(FROM);
	arg->current_value = 7;
	arg->deadline = ZX_TIME_INFINITE_PAST;
}

static const struct kind futex_wait = {
	.prepare = prepare_wait,
	.request = ZX_IOC_FUTEX_WAIT,
	.may = FAIL_FETCH,
	.expect = SAYS(ZX_ERR_TIMED_OUT),
};

/* Two threads wait at this futex, for which no other thread waits, one after the other. */
static int32_t awaited, requeued;

static long wake(uint32_t count, uint32_t options)
{
	struct zx_ioc_futex_wake arg = {
		.value_ptr = (uintptr_t)&awaited,
		.wake_count = count,
		.options = options,
	};

	return zxp_ioctl(device, ZX_IOC_FUTEX_WAKE, &arg);
}

/* A thread that was woken stays until the trial is over: a thread that has ended owns nothing. */
struct waiter {
	struct world *w;
	pthread_t thread;
	atomic_int tid;
	atomic_bool woken;
};

static struct waiter waiters[2];

static void *wait_at_futex(void *arg)
{
	struct zx_ioc_futex_wait wait = {
		.value_ptr = (uintptr_t)&awaited,
		.deadline = ZX_TIME_INFINITE,
	};
	struct waiter *waiter = arg;

	waiter->tid = gettid();
	CHECK(waiter->w, zxp_ioctl(device, ZX_IOC_FUTEX_WAIT, &wait) == 0);
	waiter->woken = true;
	while (!waiter->w->served)
		usleep(1000);
	return NULL;
}

static void start_waiters(struct world *w)
{
	for (int i = 0; i < 2; i++) {
		waiters[i].w = w;
		waiters[i].tid = 0;
		waiters[i].woken = false;
		MUST(pthread_create(&waiters[i].thread, NULL, wait_at_futex, &waiters[i]) == 0);
		MUST(zxt_sleeps(&waiters[i].tid));
	}
}

static bool soon_woken(const struct waiter *waiter)
{
	for (int i = 0; i < 180000 && !waiter->woken; i++)
		usleep(1000);
	return waiter->woken;
}

static void end_waiters(struct world *w)
{
	MUST(wake(UINT32_MAX, 0) == 0);
	CHECK(w, soon_woken(&waiters[0]) && soon_woken(&waiters[1]));
	w->served = true;
	for (int i = 0; i < 2; i++)
		pthread_join(waiters[i].thread, NULL);
}

static void prepare_wake(struct world *w)
{
	struct zx_ioc_futex_wake *arg = new_args(sizeof(*arg));

	(void)w;
	arg->value_ptr = (uintptr_t)&awaited;
	arg->wake_count = 1;
}

static void failed_wake(struct world *w)
{
	check_unchanged(w);
	CHECK(w, !waiters[0].woken && !waiters[1].woken);
}

/* One thread, the first. */
static void done_wake(struct world *w)
{
	CHECK(w, soon_woken(&waiters[0]) && !waiters[1].woken);
	end_waiters(w);
}

static const struct kind futex_wake = {
	.set_up = start_waiters,
	.prepare = prepare_wake,
	.failed = failed_wake,
	.done = done_wake,
	.request = ZX_IOC_FUTEX_WAKE,
};

static void prepare_requeue(struct world *w)
{
	struct zx_ioc_futex_requeue *arg = new_args(sizeof(*arg));

	(void)w;
	*(int32_t *)place(FROM) = 7;
	arg->value_ptr = address(FROM);
	arg->requeue_ptr = (uintptr_t)&requeued;
	arg->wake_count = 1;
	arg->requeue_count = 1;
	arg->current_value = 7;
	arg->moved = address(OUT0);
	((uint32_t *)place(OUT0))[0] = 12345;
}

/* No thread waits there. */
static void done_requeue(struct world *w)
{
	CHECK(w, number(OUT0) == 0 && ((uint32_t *)place(OUT0))[1] == 0);
}

static const struct kind futex_requeue = {
	.prepare = prepare_requeue,
	.done = done_requeue,
	.request = ZX_IOC_FUTEX_REQUEUE,
	.may = FAIL_COPY | FAIL_FETCH,
};

static void prepare_owner(struct world *w)
{
	struct zx_ioc_futex_get_owner *arg = new_args(sizeof(*arg));

	(void)w;
	arg->value_ptr = (uintptr_t)&awaited;
	arg->koid = address(OUT0);
	*(zx_koid_t *)place(OUT0) = 12345;
}

static void done_no_owner(struct world *w)
{
	CHECK(w, *(zx_koid_t *)place(OUT0) == ZX_KOID_INVALID);
}

static const struct kind no_owner = {
	.prepare = prepare_owner,
	.done = done_no_owner,
	.request = ZX_IOC_FUTEX_GET_OWNER,
	.may = FAIL_COPY,
};

/* A thread becomes the owner without a handle to it, so that it has no object yet. */
static void make_owner(struct world *w)
{
	start_waiters(w);
	MUST(wake(1, ZXL_FUTEX_SINGLE_OWNER) == 0);
	MUST(soon_woken(&waiters[0]));
}

/* The thread has one object, also where a call has failed after that was made. */
static void done_owner(struct world *w)
{
	zx_koid_t koid = *(zx_koid_t *)place(OUT0);
	zx_handle_t owner = ZX_HANDLE_INVALID;
	struct zxl_ioc_process arg = { .pid = waiters[0].tid, .out = (uintptr_t)&owner };

	OK(-zxp_ioctl(device, ZXL_IOC_THREAD_OPEN, &arg));
	CHECK(w, koid && koid == zxt_koid(owner));
	CHECK(w, !waiters[1].woken);
	end_waiters(w);
	/* Before the next trial, in which there is to be no object. */
	CHECK(w, zx_object_wait_one(owner, ZX_THREAD_TERMINATED, ZXT_SOON, NULL) == ZX_OK);
}

static const struct kind get_owner = {
	.set_up = make_owner,
	.prepare = prepare_owner,
	.done = done_owner,
	.request = ZX_IOC_FUTEX_GET_OWNER,
	.may = FAIL_ALLOC | FAIL_COPY,
};

static const struct fault faults[] = {
	{ .name = "futex_wait", .kind = &futex_wait },
	{ .name = "futex_wake", .kind = &futex_wake },
	{ .name = "futex_requeue", .kind = &futex_requeue },
	{ .name = "futex_get_owner_none", .kind = &no_owner },
	{ .name = "futex_get_owner_without_object", .kind = &get_owner },
};

const struct area futex_area = AREA("futex", faults);
