// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simplest server: sends every message back.
 *
 *	echo-server PATH
 *
 * It serves one client after the other, for ever. The client is echo-client.
 */
#include "meet.h"
#include "show.h"

/* Sends each message back until the client has closed its endpoint. Returns why it stopped. */
static zx_status_t serve(zx_handle_t channel)
{
	static char bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	uint32_t size;
	zx_status_t status;

	for (;;) {
		/* The buffer is for bytes only: a message with handles is refused. */
		status = zx_channel_read(channel, 0, bytes, NULL, sizeof(bytes), 0, &size, NULL);

		/* The queue is empty: sleep until there is a message, or the peer is closed. */
		if (status == ZX_ERR_SHOULD_WAIT) {
			MUST(zx_object_wait_one(channel,
						ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
						ZX_TIME_INFINITE, NULL));
			continue;
		}
		if (status != ZX_OK)
			return status;

		/*
		 * The first four bytes go back with the rest. From them the client's kernel knows
		 * which call the answer is for.
		 */
		status = zx_channel_write(channel, 0, bytes, size, NULL, 0);
		if (status != ZX_OK)
			return status;
		printf("echo-server: sent back %u bytes\n", size);
	}
}

int main(int argc, char **argv)
{
	int listener;

	if (argc != 2) {
		fprintf(stderr, "usage: echo-server PATH\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	listener = meet_listen(argv[1]);
	for (;;) {
		zx_handle_t channel = meet_accept(listener);

		if (channel == ZX_HANDLE_INVALID)
			continue;
		show_handle("echo-server: a client", channel);
		printf("echo-server: done with it: %s\n", zx_status_get_string(serve(channel)));
		zx_handle_close(channel);
	}
}
