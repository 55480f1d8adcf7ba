// SPDX-License-Identifier: MIT
/*
 * Four threads answer what comes through one channel; eight threads
 * call through its other endpoint at the same time.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

struct message {
	zx_txid_t txid; /* zx_channel_call() sets it */
	uint32_t number;
};

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void *serve(void *arg)
{
	zx_handle_t channel = *(zx_handle_t *)arg;
	struct message message;
	zx_status_t status;
	uint32_t size;

	for (;;) {
		status = zx_channel_read(channel, 0, &message, NULL,
					 sizeof(message), 0, &size,
					 NULL);
		/* Empty, or another thread was quicker. */
		if (status == ZX_ERR_SHOULD_WAIT) {
			must(zx_object_wait_one(channel,
						ZX_CHANNEL_READABLE |
						ZX_CHANNEL_PEER_CLOSED,
						ZX_TIME_INFINITE, NULL),
			     "zx_object_wait_one");
			continue;
		}
		if (status == ZX_ERR_PEER_CLOSED)
			return NULL;
		must(status, "zx_channel_read");
		if (size != sizeof(message))
			exit(1);
		/* The reply has the txid of the request. */
		message.number *= 2;
		must(zx_channel_write(channel, 0, &message, size, NULL,
				      0),
		     "zx_channel_write");
	}
}

static void *call(void *arg)
{
	zx_handle_t channel = *(zx_handle_t *)arg;
	struct message request = { 0 }, reply;
	zx_channel_call_args_t args = {
		.wr_bytes = &request,
		.wr_num_bytes = sizeof(request),
		.rd_bytes = &reply,
		.rd_num_bytes = sizeof(reply),
	};
	uint32_t num_bytes, num_handles;

	for (int i = 0; i < 100; i++) {
		request.number = i;
		must(zx_channel_call(channel, 0,
				     zx_deadline_after(ZX_MIN(10)),
				     &args, &num_bytes, &num_handles),
		     "zx_channel_call");
		if (num_bytes != sizeof(reply) ||
		    reply.number != 2 * request.number)
			exit(1);
	}
	return NULL;
}

int main(void)
{
	zx_handle_t client, server;
	pthread_t threads[12];
	int i;

	must(zx_channel_create(0, &client, &server),
	     "zx_channel_create");
	for (i = 0; i < 12; i++)
		if (pthread_create(&threads[i], NULL,
				   i < 8 ? call : serve,
				   i < 8 ? &client : &server) != 0)
			return 1;
	for (i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	/* The servers get ZX_ERR_PEER_CLOSED and end. */
	must(zx_handle_close(client), "zx_handle_close");
	for (i = 8; i < 12; i++)
		pthread_join(threads[i], NULL);
	zx_handle_close(server);
	puts("800 calls");
	return 0;
}
