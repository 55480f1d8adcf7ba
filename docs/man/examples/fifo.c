// SPDX-License-Identifier: MIT
/* One thread writes jobs to a fifo, another reads several at once. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define TOTAL 1000u

struct job {
	uint64_t number;
	uint64_t reserved;
};

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void wait_for(zx_handle_t fifo, zx_signals_t signals)
{
	must(zx_object_wait_one(fifo, signals | ZX_FIFO_PEER_CLOSED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
}

static void *write_all(void *arg)
{
	static struct job jobs[TOTAL];
	zx_handle_t fifo = *(zx_handle_t *)arg;
	zx_status_t status;
	size_t done = 0, n;

	for (size_t i = 0; i < TOTAL; i++)
		jobs[i].number = i;
	while (done < TOTAL) {
		/* Writes as many elements as fit. */
		status = zx_fifo_write(fifo, sizeof(jobs[0]),
				       &jobs[done], TOTAL - done, &n);
		if (status == ZX_ERR_SHOULD_WAIT) {
			wait_for(fifo, ZX_FIFO_WRITABLE);
			continue;
		}
		must(status, "zx_fifo_write");
		done += n;
	}
	must(zx_handle_close(fifo), "zx_handle_close");
	return NULL;
}

int main(void)
{
	zx_handle_t here, there;
	struct job jobs[16];
	zx_status_t status;
	uint64_t next = 0;
	pthread_t thread;
	size_t n;

	/* 64 elements of 16 bytes: at most 4096 bytes each way. */
	must(zx_fifo_create(64, sizeof(struct job), 0, &here, &there),
	     "zx_fifo_create");
	if (pthread_create(&thread, NULL, write_all, &there) != 0)
		return 1;
	for (;;) {
		status = zx_fifo_read(here, sizeof(jobs[0]), jobs, 16,
				      &n);
		if (status == ZX_ERR_SHOULD_WAIT) {
			wait_for(here, ZX_FIFO_READABLE);
			continue;
		}
		if (status == ZX_ERR_PEER_CLOSED) /* and all was read */
			break;
		must(status, "zx_fifo_read");
		for (size_t i = 0; i < n; i++)
			if (jobs[i].number != next++)
				return 1;
	}
	pthread_join(thread, NULL);
	printf("%u jobs\n", (unsigned int)next);
	return next == TOTAL ? 0 : 1;
}
