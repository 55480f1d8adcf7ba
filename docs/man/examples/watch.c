// SPDX-License-Identifier: MIT
/*
 * A server with an epoll loop. Its three clients are threads here, and
 * would be other programs elsewhere.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <zircon/linux.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

struct client {
	zx_handle_t channel; /* the server's endpoint */
	zx_handle_t theirs;  /* the client's */
	int fd;		     /* the watch */
	pthread_t thread;
};

struct message {
	zx_txid_t txid;
	uint32_t number;
};

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
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

	for (int i = 0; i < 10; i++) {
		request.number = i;
		must(zx_channel_call(channel, 0,
				     zx_deadline_after(ZX_MIN(10)),
				     &args, &num_bytes, &num_handles),
		     "zx_channel_call");
		if (num_bytes != sizeof(reply) ||
		    reply.number != request.number + 1)
			exit(1);
	}
	must(zx_handle_close(channel), "zx_handle_close");
	return NULL;
}

/* Answers what is there. ZX_ERR_SHOULD_WAIT if the client stays. */
static zx_status_t serve(zx_handle_t channel, int *count)
{
	struct message message;
	zx_status_t status;
	uint32_t size;

	/* A hundred at most, so that other clients get a turn. */
	for (int i = 0; i < 100; i++) {
		status = zx_channel_read(channel, 0, &message, NULL,
					 sizeof(message), 0, &size,
					 NULL);
		if (status != ZX_OK)
			return status;
		if (size != sizeof(message))
			return ZX_ERR_INVALID_ARGS;
		message.number++;
		/* A client that does not read its replies has to go. */
		if (zx_channel_write(channel, 0, &message, size, NULL,
				     0) != ZX_OK)
			return ZX_ERR_IO;
		++*count;
	}
	return ZX_ERR_SHOULD_WAIT;
}

int main(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC), left = 3, count = 0;
	struct client clients[3], *client;

	for (int i = 0; i < left; i++) {
		client = &clients[i];
		must(zx_channel_create(0, &client->channel,
				       &client->theirs),
		     "zx_channel_create");
		must(zxl_handle_watch(client->channel,
				      ZX_CHANNEL_READABLE |
				      ZX_CHANNEL_PEER_CLOSED, 0,
				      &client->fd),
		     "zxl_handle_watch");
		event.data.ptr = client;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd,
			      &event) ||
		    pthread_create(&client->thread, NULL, call,
				   &client->theirs))
			return 1;
	}
	while (left > 0) {
		if (epoll_wait(epoll, &event, 1, -1) != 1)
			continue; /* interrupted by a signal */
		client = event.data.ptr;
		if (serve(client->channel, &count) == ZX_ERR_SHOULD_WAIT)
			continue; /* epoll reports if there is more */
		/* The client is gone, or sent what it should not. */
		close(client->fd);
		zx_handle_close(client->channel);
		pthread_join(client->thread, NULL);
		left--;
	}
	printf("%d calls\n", count);
	return count == 30 ? 0 : 1;
}
