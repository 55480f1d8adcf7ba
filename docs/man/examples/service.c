// SPDX-License-Identifier: MIT
/*
 * A server with an epoll loop, and clients that start separately: here
 * the program starts them, with fork().
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zircon/linux.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define PATH "/tmp/zircon-example"
#define CLIENTS 3
#define SOON zx_deadline_after(ZX_MIN(10))

struct message {
	zx_txid_t txid;
	uint32_t number;
};

struct client {
	zx_handle_t channel;
	int watch;
};

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

/* A client. It may also begin before its server. */
static int ask(uint32_t number)
{
	struct message request = { .number = number }, reply = { 0 };
	zx_channel_call_args_t args = {
		.wr_bytes = &request,
		.wr_num_bytes = sizeof(request),
		.rd_bytes = &reply,
		.rd_num_bytes = sizeof(reply),
	};
	uint32_t num_bytes, num_handles;
	zx_handle_t channel;

	must(zxl_service_connect(PATH, SOON, &channel),
	     "zxl_service_connect");
	must(zx_channel_call(channel, 0, SOON, &args, &num_bytes,
			     &num_handles), "zx_channel_call");
	return reply.number == number * number ? 0 : 1;
}

/* Answers a client. ZX_ERR_SHOULD_WAIT if it stays. */
static zx_status_t serve(struct client *client)
{
	struct message message;
	zx_status_t status;
	uint32_t size;

	/* A hundred at most, so that other clients get a turn. */
	for (int i = 0; i < 100; i++) {
		status = zx_channel_read(client->channel, 0, &message,
					 NULL, sizeof(message), 0,
					 &size, NULL);
		if (status != ZX_OK)
			return status;
		if (size != sizeof(message))
			return ZX_ERR_INVALID_ARGS;
		message.number *= message.number;
		/* A client that does not read its replies has to go. */
		if (zx_channel_write(client->channel, 0, &message, size,
				     NULL, 0) != ZX_OK)
			return ZX_ERR_IO;
	}
	return ZX_ERR_SHOULD_WAIT;
}

static void remove_client(struct client *client)
{
	if (client->watch >= 0)
		close(client->watch);
	zx_handle_close(client->channel);
	free(client);
}

/* A failure loses this client only. NULL if there is none. */
static struct client *new_client(int listener, int epoll)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct client *client = malloc(sizeof(*client));
	zxl_service_cred_t cred;

	if (!client)
		return NULL;
	if (zxl_service_accept(listener, &client->channel, &cred)) {
		free(client);
		return NULL;
	}
	event.data.ptr = client;
	client->watch = -1;
	if (zxl_handle_watch(client->channel, ZX_CHANNEL_READABLE |
			     ZX_CHANNEL_PEER_CLOSED, 0,
			     &client->watch) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, client->watch, &event)) {
		remove_client(client);
		return NULL;
	}
	printf("a client of user %u\n", cred.uid);
	return client;
}

int main(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC), listener;
	int clients = 0, status, failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	must(zxl_service_listen(PATH, ZXL_SERVICE_NONBLOCK, &listener),
	     "zxl_service_listen");
	for (int i = 0; i < CLIENTS; i++)
		if (fork() == 0)
			exit(ask(i + 2));
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event))
		return 1;
	while (clients < CLIENTS) {
		struct client *client;

		if (epoll_wait(epoll, &event, 1, -1) != 1)
			continue; /* interrupted by a signal */
		client = event.data.ptr;
		if (!client) {
			new_client(listener, epoll);
			continue;
		}
		if (serve(client) == ZX_ERR_SHOULD_WAIT)
			continue; /* epoll reports if there is more */
		remove_client(client);
		clients++;
	}
	zxl_service_close(listener);
	while (wait(&status) > 0)
		failed |= status;
	return failed ? 1 : 0;
}
