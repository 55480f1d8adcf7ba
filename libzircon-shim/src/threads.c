// SPDX-License-Identifier: MIT
/* Threads: the handle of each to itself, names, the end. */
#define _GNU_SOURCE /* pthread_setname_np() */
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 16 /* Linux's, with the NUL */

struct start {
	thrd_start_t func;
	void *arg;
	char name[NAME_MAX_LEN];
};

/*
 * The thread names itself: its creator could find it ended and detached already, and its descriptor
 * freed.
 */
static int run(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	pthread_setname_np(pthread_self(), start.name);
	return start.func(start.arg);
}

/* If the system has no memory or no thread left, Fuchsia says thrd_nomem, glibc thrd_error. */
static int create(thrd_t *thr, thrd_start_t func, void *arg)
{
	int ret = thrd_create(thr, func, arg);

	return ret == thrd_error ? thrd_nomem : ret;
}

int thrd_create_with_name(thrd_t *thr, thrd_start_t func, void *arg, const char *name)
{
	struct start *start;
	int saved = errno, ret;

	if (!name)
		return create(thr, func, arg);

	start = malloc(sizeof(*start));
	errno = saved;
	if (!start)
		return thrd_nomem;

	start->func = func;
	start->arg = arg;
	start->name[0] = '\0';
	strncat(start->name, name, NAME_MAX_LEN - 1);

	ret = create(thr, run, start);
	if (ret != thrd_success)
		free(start);
	return ret;
}

/* The handle of this thread, and whether the thread closes it when it ends. */
static _Thread_local zx_handle_t self;

static pthread_key_t self_key;
static bool self_has_key;

void zxi_thread_after_fork(void)
{
	self = ZX_HANDLE_INVALID;
}

void zxi_thread_ends(zx_handle_t other)
{
	zx_handle_t handle = self;

	self = ZX_HANDLE_INVALID;
	if (handle != other)
		zx_handle_close(handle);
}

static void close_self(void *unused)
{
	(void)unused;
	zxi_thread_ends(ZX_HANDLE_INVALID);
}

/* When the library is loaded: no key is created in a signal handler. */
__attribute__((constructor)) static void create_key(void)
{
	self_has_key = pthread_key_create(&self_key, close_self) == 0;
}

zx_handle_t zx_thread_self(void)
{
	zx_handle_t handle = self, fresh = ZX_HANDLE_INVALID;
	struct zx_ioc_handle arg = { .out = zxi_ptr(&fresh) };

	/* It is not valid in a child made without fork(), and when the device was opened again. */
	if (handle != ZX_HANDLE_INVALID && zx_handle_check_valid(handle) == ZX_OK)
		return handle;
	if (zxi_device_call(ZXL_IOC_THREAD_SELF, &arg) != ZX_OK)
		return ZX_HANDLE_INVALID;
	/* A signal handler may have been faster. */
	if (self != handle) {
		zx_handle_close(fresh);
		return self;
	}
	self = fresh;
	if (self_has_key)
		pthread_setspecific(self_key, &self_key);
	return fresh;
}

ZXI_TWIN(zx_thread_self);
