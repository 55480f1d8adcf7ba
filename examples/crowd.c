// SPDX-License-Identifier: GPL-2.0-only
/*
 * A greedy client, to try a server with: it gets as many channels to the server as it is told, says
 * nothing, and keeps them until it is killed.
 *
 *	crowd PATH COUNT
 *
 * It prints how many of them the server has not closed. COUNT has to be more than the server
 * allows: the program knows that the server has seen all channels when the last one is closed.
 */
#include <zircon/linux.h>
#include <unistd.h>

#include "show.h"

int main(int argc, char **argv)
{
	int count = argc == 3 ? atoi(argv[2]) : 0, kept = 0;
	zx_handle_t *channels;

	if (count < 1) {
		fprintf(stderr, "usage: crowd PATH COUNT\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	channels = calloc(count, sizeof(*channels));
	if (!channels)
		abort();
	for (int i = 0; i < count; i++)
		MUST(zxl_service_connect(argv[1], zx_deadline_after(ZX_SEC(60)), &channels[i]));
	MUST(zx_object_wait_one(channels[count - 1], ZX_CHANNEL_PEER_CLOSED,
				zx_deadline_after(ZX_SEC(60)), NULL));
	for (int i = 0; i < count; i++) {
		zx_signals_t signals = 0;

		/* A deadline in the past: the call does not wait, and returns what is up. */
		zx_object_wait_one(channels[i], ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE_PAST,
				   &signals);
		kept += !(signals & ZX_CHANNEL_PEER_CLOSED);
	}
	printf("crowd: %d channels made, the server keeps %d\n", count, kept);
	pause();
	return 0;
}
