// SPDX-License-Identifier: MIT
/*
 * A pool of threads on one channel, and a stream of megabytes through a
 * socket; the calls wait where there is nothing, or no space.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/linux.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define THREADS 4
#define JOBS 1000
#define BYTES ((size_t)8 << 20)

static zx_handle_t jobs, results; /* the two endpoints of a channel */
static zx_handle_t from, to;	  /* of a socket */

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

/* Waits for a message. */
static zx_status_t get(zx_handle_t channel, uint32_t *job)
{
	return zxl_channel_read_deadline(channel, 0, ZX_TIME_INFINITE,
					 job, NULL, sizeof(*job), 0,
					 NULL, NULL);
}

/* Waits for space. */
static zx_status_t put(zx_handle_t channel, uint32_t job)
{
	return zxl_channel_write_deadline(channel, 0, ZX_TIME_INFINITE,
					  &job, sizeof(job), NULL, 0);
}

/* Each message goes to one of the threads. */
static void *work(void *arg)
{
	zx_status_t status;
	uint32_t job;

	for (;;) {
		status = get(jobs, &job);
		if (status == ZX_ERR_PEER_CLOSED)
			return arg; /* there are no more */
		must(status, "zxl_channel_read_deadline");
		must(put(jobs, 2 * job), "zxl_channel_write_deadline");
	}
}

static void *send_bytes(void *arg)
{
	char *bytes = calloc(1, BYTES);
	size_t actual;

	if (!bytes)
		exit(1);
	must(zxl_socket_write_deadline(to, 0,
				       zx_deadline_after(ZX_MIN(10)),
				       bytes, BYTES, &actual),
	     "zxl_socket_write_deadline");
	zx_handle_close(to); /* what is in the socket stays */
	free(bytes);
	return arg;
}

int main(void)
{
	pthread_t threads[THREADS], sender;
	static char buffer[65536];
	size_t actual, total = 0;
	uint64_t sum = 0;
	zx_status_t status;
	uint32_t result;

	must(zx_channel_create(0, &jobs, &results), "zx_channel_create");
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			return 1;
	for (uint32_t i = 0; i < JOBS; i++)
		must(put(results, i), "zxl_channel_write_deadline");
	for (uint32_t i = 0; i < JOBS; i++) {
		must(get(results, &result), "zxl_channel_read_deadline");
		sum += result;
	}
	zx_handle_close(results);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("the sum is %llu\n", (unsigned long long)sum);

	must(zx_socket_create(0, &from, &to), "zx_socket_create");
	if (pthread_create(&sender, NULL, send_bytes, NULL))
		return 1;
	do {
		actual = 0;
		status = zxl_socket_read_deadline(from, 0,
						  ZX_TIME_INFINITE,
						  buffer, sizeof(buffer),
						  &actual);
		total += actual;
	} while (status == ZX_OK);
	pthread_join(sender, NULL);
	printf("%zu bytes\n", total);
	if (status != ZX_ERR_PEER_CLOSED || total != BYTES)
		return 1;
	return sum == (uint64_t)JOBS * (JOBS - 1) ? 0 : 1;
}
