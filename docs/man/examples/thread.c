// SPDX-License-Identifier: MIT
/*
 * Shows what the threads of this process do, and waits for one to end.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>
#include <zircon/syscalls/object.h>

#define THREADS 10

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void *wait_for_event(void *arg)
{
	must(zx_object_wait_one(*(zx_handle_t *)arg, ZX_EVENT_SIGNALED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
	return NULL;
}

/* A handle to the thread that is not the calling one. */
static zx_handle_t find_other(void)
{
	const zx_rights_t rights = ZX_RIGHT_INSPECT | ZX_RIGHT_WAIT;
	zx_handle_t process = zx_process_self(), other;
	zx_info_handle_basic_t self;
	zx_koid_t koids[THREADS];
	size_t n;

	must(zx_object_get_info(zx_thread_self(), ZX_INFO_HANDLE_BASIC,
				&self, sizeof(self), NULL, NULL),
	     "zx_object_get_info");
	must(zx_object_get_info(process, ZX_INFO_PROCESS_THREADS, koids,
				sizeof(koids), &n, NULL),
	     "zx_object_get_info");
	for (size_t i = 0; i < n; i++) {
		if (koids[i] == self.koid)
			continue;
		must(zx_object_get_child(process, koids[i], rights,
					 &other),
		     "zx_object_get_child");
		return other;
	}
	exit(1);
}

int main(void)
{
	zx_handle_t event, other;
	zx_info_thread_t info;
	pthread_t thread;

	must(zx_event_create(0, &event), "zx_event_create");
	if (pthread_create(&thread, NULL, wait_for_event, &event) != 0)
		return 1;
	other = find_other();
	do
		must(zx_object_get_info(other, ZX_INFO_THREAD, &info,
					sizeof(info), NULL, NULL),
		     "zx_object_get_info");
	while (info.state != ZX_THREAD_STATE_BLOCKED_WAIT_ONE);
	printf("the thread waits\n");

	must(zx_object_signal(event, 0, ZX_EVENT_SIGNALED),
	     "zx_object_signal");
	must(zx_object_wait_one(other, ZX_THREAD_TERMINATED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
	printf("the thread has ended\n");
	zx_handle_close(other);
	pthread_join(thread, NULL);
	return 0;
}
