// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thread, one epoll set, any number of clients: counts the lines, words and bytes of the text
 * that each of them sends.
 *
 *	epoll-server PATH
 *
 * To epoll a channel is a file descriptor like any other: zxl_handle_watch() makes one that is
 * readable while the signals one asks for are up. So channels can be added to an event loop that
 * exists already. The counterpart is count-client. SIGTERM or SIGINT stops the server.
 *
 * A failure that one client causes ends that client only. That includes ZX_ERR_NO_RESOURCES and
 * ZX_ERR_NO_MEMORY: the server goes on, and is able to accept others when some have left.
 */
#include <ctype.h>
#include <unistd.h>
#include <zircon/linux.h>

#include "count.h"
#include "loop.h"
#include "show.h"

/*
 * Each client takes a descriptor of this process, for its watch, and a process usually has 1024. So
 * that one user's clients leave some for those of others, each user has a share.
 */
#define CLIENTS_PER_USER 200

struct client {
	struct client *next;
	zx_handle_t channel;
	int watch;
	uint32_t uid;
	bool in_word;
	struct count_answer count;
};

static struct client *clients;

static int clients_of(uint32_t uid)
{
	int count = 0;

	for (struct client *client = clients; client; client = client->next)
		count += client->uid == uid;
	return count;
}

static zx_status_t add_client(int epoll, zx_handle_t channel, uint32_t uid)
{
	struct client *client;
	zx_status_t status;

	if (clients_of(uid) >= CLIENTS_PER_USER)
		return ZX_ERR_NO_RESOURCES;
	client = calloc(1, sizeof(*client));
	if (!client)
		return ZX_ERR_NO_MEMORY;
	client->channel = channel;
	client->uid = uid;
	status = zxl_handle_watch(channel, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, 0,
				  &client->watch);
	if (status == ZX_OK && !loop_add(epoll, client->watch, client)) {
		close(client->watch);
		status = ZX_ERR_NO_RESOURCES;
	}
	if (status != ZX_OK) {
		free(client);
		return status;
	}
	client->next = clients;
	clients = client;
	return ZX_OK;
}

static void remove_client(struct client *client)
{
	struct client **link = &clients;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	close(client->watch);
	zx_handle_close(client->channel);
	free(client);
}

static void new_client(int epoll, int listener)
{
	zxl_service_cred_t cred = {};
	zx_handle_t channel = ZX_HANDLE_INVALID;
	zx_status_t status = zxl_service_accept(listener, &channel, &cred);

	if (status == ZX_OK)
		status = add_client(epoll, channel, cred.uid);
	/*
	 * ZX_ERR_SHOULD_WAIT if what came was no client, or another status: epoll reports the
	 * listener again if there is more. This prints nothing: a user could fill a log with it.
	 */
	if (status == ZX_OK)
		show_handle("epoll-server: a new client", channel);
	else
		zx_handle_close(channel);
}

static void count(struct client *client, const char *text, uint32_t size)
{
	client->count.bytes += size;
	for (uint32_t i = 0; i < size; i++) {
		bool in_word = !isspace((unsigned char)text[i]);

		client->count.lines += text[i] == '\n';
		client->count.words += in_word && !client->in_word;
		client->in_word = in_word;
	}
}

/* Deals with the messages that are there. Returns why it stopped. */
static zx_status_t serve(struct client *client)
{
	struct count_message message;
	uint32_t size;
	zx_status_t status;

	/* A hundred at most, so that other clients get a turn; epoll reports this one again. */
	for (int i = 0; i < 100; i++) {
		/* No space for handles: a message with handles is an error. */
		status = zx_channel_read(client->channel, 0, &message, NULL, sizeof(message), 0,
					 &size, NULL);
		if (status != ZX_OK)
			return status;
		if (size < sizeof(message.txid))
			return ZX_ERR_INVALID_ARGS;
		if (size > sizeof(message.txid)) {
			count(client, message.text, size - sizeof(message.txid));
			continue;
		}
		client->count.txid = message.txid;
		status = zx_channel_write(client->channel, 0, &client->count,
					  sizeof(client->count), NULL, 0);
		/* The server does not wait for a client that does not read its answers. */
		if (status != ZX_OK)
			return status == ZX_ERR_SHOULD_WAIT ? ZX_ERR_NO_SPACE : status;
	}
	return ZX_ERR_SHOULD_WAIT;
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), signals = loop_signals(), listener;

	if (argc != 2) {
		fprintf(stderr, "usage: epoll-server PATH\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	MUST(zxl_service_listen(argv[1], ZXL_SERVICE_NONBLOCK, &listener));
	if (!loop_add(epoll, signals, &signals) || !loop_add(epoll, listener, &listener)) {
		perror("epoll-server");
		return 1;
	}
	for (;;) {
		void *ready = loop_next(epoll);
		struct client *client;
		zx_status_t status;

		if (ready == &signals)
			break;
		if (ready == &listener) {
			new_client(epoll, listener);
			continue;
		}
		client = ready;
		status = serve(client);
		if (status == ZX_ERR_SHOULD_WAIT)
			continue; /* epoll tells when there is more */

		printf("epoll-server: a client leaves after %llu lines: %s\n",
		       (unsigned long long)client->count.lines, zx_status_get_string(status));
		remove_client(client);
	}
	/* The clients' channels are closed when the process ends. */
	zxl_service_close(listener);
	printf("epoll-server: stopped by a signal\n");
	return 0;
}
