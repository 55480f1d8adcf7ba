// SPDX-License-Identifier: MIT
/* A thread reports through an event that it has begun, and ended. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define BEGUN ZX_USER_SIGNAL_0

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void *work(void *arg)
{
	zx_handle_t event = *(zx_handle_t *)arg;

	must(zx_object_signal(event, 0, BEGUN), "zx_object_signal");
	must(zx_nanosleep(zx_deadline_after(ZX_MSEC(20))),
	     "zx_nanosleep");
	/* Lowers one signal and raises another. */
	must(zx_object_signal(event, BEGUN, ZX_EVENT_SIGNALED),
	     "zx_object_signal");
	return NULL;
}

int main(void)
{
	zx_signals_t observed;
	zx_handle_t event;
	zx_status_t status;
	pthread_t thread;

	must(zx_event_create(0, &event), "zx_event_create");

	/* No signal is up, and this deadline has passed: no wait. */
	status = zx_object_wait_one(event, ZX_EVENT_SIGNALED,
				    ZX_TIME_INFINITE_PAST, &observed);
	if (status != ZX_ERR_TIMED_OUT || observed != ZX_SIGNAL_NONE)
		return 1;

	if (pthread_create(&thread, NULL, work, &event) != 0)
		return 1;
	must(zx_object_wait_one(event, BEGUN | ZX_EVENT_SIGNALED,
				zx_deadline_after(ZX_MIN(10)), NULL),
	     "zx_object_wait_one");
	must(zx_object_wait_one(event, ZX_EVENT_SIGNALED,
				zx_deadline_after(ZX_MIN(10)),
				&observed),
	     "zx_object_wait_one");
	pthread_join(thread, NULL);

	/* A signal stays up until a program lowers it. */
	must(zx_object_signal(event, ZX_EVENT_SIGNALED, 0),
	     "zx_object_signal");
	zx_handle_close(event);
	puts("the thread has ended");
	return observed == ZX_EVENT_SIGNALED ? 0 : 1;
}
