// SPDX-License-Identifier: MIT
/* The last of several threads that end lets another one go on. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define THREADS 4

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void *work(void *arg)
{
	zx_handle_t running = *(zx_handle_t *)arg;

	must(zx_nanosleep(zx_deadline_after(ZX_MSEC(5))),
	     "zx_nanosleep");
	must(zx_counter_add(running, -1), "zx_counter_add");
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];
	zx_handle_t running;
	int64_t value;

	must(zx_counter_create(0, &running), "zx_counter_create");
	must(zx_counter_write(running, THREADS), "zx_counter_write");
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, &running))
			return 1;
	must(zx_object_wait_one(running, ZX_COUNTER_NON_POSITIVE,
				zx_deadline_after(ZX_MIN(10)), NULL),
	     "zx_object_wait_one");
	must(zx_counter_read(running, &value), "zx_counter_read");
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	zx_handle_close(running);
	printf("%lld threads run\n", (long long)value);
	return value == 0 ? 0 : 1;
}
