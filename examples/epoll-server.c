// SPDX-License-Identifier: GPL-2.0-only
/*
 * One thread, one epoll set, any number of clients: counts the lines, words and bytes of the text
 * that each of them sends.
 *
 *	epoll-server PATH
 *
 * zxl_handle_watch() makes a file descriptor that is readable while any of the given signals is
 * set. With it a channel can be added to an existing event loop like any other descriptor. The
 * client is count-client.
 */
#include <ctype.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <zircon/linux.h>

#include "count.h"
#include "meet.h"
#include "show.h"

struct client {
	zx_handle_t channel;
	int watch;
	bool in_word;
	struct count_answer count;
};

static void watch_for_input(int epoll, int fd, void *what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		perror("epoll_ctl");
		exit(1);
	}
}

static void new_client(int epoll, int listener)
{
	zx_handle_t channel = meet_accept(listener);
	struct client *client;

	if (channel == ZX_HANDLE_INVALID)
		return;
	client = calloc(1, sizeof(*client));
	if (!client)
		abort();
	client->channel = channel;
	MUST(zxl_handle_watch(channel, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, 0,
			      &client->watch));
	watch_for_input(epoll, client->watch, client);
	show_handle("epoll-server: a new client", channel);
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

/* Reads the messages in the queue. Returns why it stopped. */
static zx_status_t serve(struct client *client)
{
	struct count_message message;
	uint32_t size;
	zx_status_t status;

	/* A hundred at most, so that other clients get their turn; epoll reports this one again. */
	for (int i = 0; i < 100; i++) {
		/* The buffer is for bytes only: a message with handles is refused. */
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
		if (status != ZX_OK)
			return status;
	}
	return ZX_ERR_SHOULD_WAIT;
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), listener;

	if (argc != 2) {
		fprintf(stderr, "usage: epoll-server PATH\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	listener = meet_listen(argv[1]);
	watch_for_input(epoll, listener, NULL);
	for (;;) {
		struct epoll_event event;
		struct client *client;
		zx_status_t status;

		if (epoll_wait(epoll, &event, 1, -1) != 1)
			continue;
		client = event.data.ptr;
		if (!client) {
			new_client(epoll, listener);
			continue;
		}
		status = serve(client);
		if (status == ZX_ERR_SHOULD_WAIT)
			continue; /* epoll reports the next message */

		printf("epoll-server: a client leaves after %llu lines: %s\n",
		       (unsigned long long)client->count.lines, zx_status_get_string(status));
		close(client->watch);
		zx_handle_close(client->channel);
		free(client);
	}
}
