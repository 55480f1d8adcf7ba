// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event loop as programs for Zircon have it, on a port, inside an epoll loop: sends every
 * message back to where it came from, for any number of clients.
 *
 *	port-server PATH
 *
 * For each client zx_object_wait_async() has a packet queued when there is something to read. The
 * packet's key leads to what is to be done. The port itself is a file descriptor to epoll, readable
 * while packets are queued, beside the listener and the signals. The counterpart is echo-client.
 * SIGTERM or SIGINT stops the server.
 */
#include <unistd.h>
#include <zircon/linux.h>

#include "loop.h"
#include "show.h"

/* A client takes no descriptor of this process, but a handle and memory: each user has a share. */
#define CLIENTS_PER_USER 900

/* What a packet is for: its key is the address of one of these. */
struct handler {
	void (*packet)(struct handler *handler, const zx_port_packet_t *packet);
};

struct client {
	struct handler handler; /* first: the key is the address of both */
	struct client *next;
	zx_handle_t channel;
	uint32_t uid;
	uint32_t answered;
};

static zx_handle_t port;
static struct client *clients;

static int clients_of(uint32_t uid)
{
	int count = 0;

	for (struct client *client = clients; client; client = client->next)
		count += client->uid == uid;
	return count;
}

static void remove_client(struct client *client, zx_status_t why)
{
	struct client **link = &clients;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	printf("port-server: a client leaves after %u messages: %s\n", client->answered,
	       zx_status_get_string(why));
	/*
	 * Closing the handle ends its wait. If there was a packet in the queue it would stay there,
	 * with the address of a client that is gone. There is none: a client has one wait at a
	 * time, and its packet is the one that led here.
	 */
	zx_handle_close(client->channel);
	free(client);
}

/* A wait is over when its packet is queued, so it begins again after each. */
static zx_status_t wait_again(struct client *client)
{
	return zx_object_wait_async(client->channel, port, (uintptr_t)client,
				    ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
				    ZX_WAIT_ASYNC_ONCE);
}

/* Sends one message back. If there are more the next wait is over at once. */
static void client_packet(struct handler *handler, const zx_port_packet_t *packet)
{
	struct client *client = (struct client *)handler;
	static char bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	zx_status_t status = packet->status;
	uint32_t size;

	/* No space for handles: a message with handles is an error. */
	if (status == ZX_OK)
		status = zx_channel_read(client->channel, 0, bytes, NULL, sizeof(bytes), 0, &size,
					 NULL);
	/* The server does not wait for a client that does not read its answers. */
	if (status == ZX_OK)
		status = zx_channel_write(client->channel, 0, bytes, size, NULL, 0);
	if (status == ZX_OK) {
		client->answered++;
		status = wait_again(client);
	}
	if (status != ZX_OK)
		remove_client(client, status);
}

static void new_client(int listener)
{
	zxl_service_cred_t cred = {};
	struct client *client;
	zx_handle_t channel;

	/* ZX_ERR_SHOULD_WAIT if what came was no client: epoll tells if there is more. */
	if (zxl_service_accept(listener, &channel, &cred) != ZX_OK)
		return;
	client = clients_of(cred.uid) < CLIENTS_PER_USER ? calloc(1, sizeof(*client)) : NULL;
	if (!client) {
		zx_handle_close(channel);
		return;
	}
	client->handler.packet = client_packet;
	client->channel = channel;
	client->uid = cred.uid;
	client->next = clients;
	clients = client;
	show_handle("port-server: a new client", channel);
	if (wait_again(client) != ZX_OK)
		remove_client(client, ZX_ERR_NO_RESOURCES);
}

/* Handles the packets that are there, a hundred at most, so that the rest of the loop goes on. */
static void run_port(void)
{
	zx_port_packet_t packet;

	for (int i = 0; i < 100; i++) {
		struct handler *handler;

		if (zx_port_wait(port, ZX_TIME_INFINITE_PAST, &packet) != ZX_OK)
			return;
		handler = (struct handler *)(uintptr_t)packet.key;
		handler->packet(handler, &packet);
	}
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), signals = loop_signals(), listener, packets;

	if (argc != 2) {
		fprintf(stderr, "usage: port-server PATH\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	MUST(zx_port_create(0, &port));
	MUST(zxl_handle_watch(port, ZXL_PORT_READABLE, 0, &packets));
	MUST(zxl_service_listen(argv[1], ZXL_SERVICE_NONBLOCK, &listener));
	if (!loop_add(epoll, signals, &signals) || !loop_add(epoll, listener, &listener) ||
	    !loop_add(epoll, packets, &packets)) {
		perror("port-server");
		return 1;
	}
	for (;;) {
		void *ready = loop_next(epoll);

		if (ready == &signals)
			break;
		if (ready == &listener)
			new_client(listener);
		else
			run_port();
	}
	/* The clients' channels and the port are closed when the process ends. */
	zxl_service_close(listener);
	printf("port-server: stopped by a signal\n");
	return 0;
}
