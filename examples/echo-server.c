// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simplest server: sends every message back to where it came from.
 *
 *	echo-server PATH
 *
 * It serves one client after the other, until SIGTERM or SIGINT stops it. Its counterpart is
 * echo-client.
 */
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <zircon/linux.h>

#include "show.h"

/* A client that sends nothing for so long is closed, as others may be waiting. */
#define PATIENCE ZX_SEC(10)

/* An event, which is signaled when the server has to stop. */
static zx_handle_t stop;

/* A signal ends no call, so a flag would not be seen. A handler may make calls: zircon-stop(7). */
static void on_signal(int number)
{
	(void)number;
	zx_object_signal(stop, 0, ZX_EVENT_SIGNALED);
}

/* Waits for a message. ZX_ERR_CANCELED if the server has to stop. */
static zx_status_t wait_for_message(zx_handle_t channel)
{
	zx_wait_item_t items[] = {
		{ .handle = channel, .waitfor = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED },
		{ .handle = stop, .waitfor = ZX_EVENT_SIGNALED },
	};
	zx_status_t status = zx_object_wait_many(items, 2, zx_deadline_after(PATIENCE));

	return items[1].pending & ZX_EVENT_SIGNALED ? ZX_ERR_CANCELED : status;
}

/* Sends each message back until the client has closed its end. Returns why it stopped. */
static zx_status_t serve(zx_handle_t channel)
{
	static char bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	uint32_t size;
	zx_status_t status;

	for (;;) {
		status = wait_for_message(channel);
		if (status != ZX_OK)
			return status;

		/* No space for handles: a message with handles is an error. */
		status = zx_channel_read(channel, 0, bytes, NULL, sizeof(bytes), 0, &size, NULL);
		if (status != ZX_OK)
			return status;

		/*
		 * The first four bytes go back with the rest, and these tell the client's kernel
		 * which call the answer is for. A client that does not read what it gets is closed
		 * when its queue is full.
		 */
		status = zx_channel_write(channel, 0, bytes, size, NULL, 0);
		if (status != ZX_OK)
			return status;
		printf("echo-server: sent back %u bytes\n", size);
	}
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int *listener = &fds[0].fd, *stopped = &fds[1].fd;

	if (argc != 2) {
		fprintf(stderr, "usage: echo-server PATH\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	MUST(zx_event_create(0, &stop));
	MUST(zxl_handle_watch(stop, ZX_EVENT_SIGNALED, 0, stopped));
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	MUST(zxl_service_listen(argv[1], ZXL_SERVICE_NONBLOCK, listener));
	for (;;) {
		zx_handle_t channel;
		zx_status_t status;

		if (poll(fds, 2, -1) < 0)
			continue; /* by a signal; the event is signaled */
		if (fds[1].revents)
			break;
		status = zxl_service_accept(*listener, &channel, NULL);
		if (status == ZX_ERR_SHOULD_WAIT)
			continue;
		if (status != ZX_OK) {
			printf("echo-server: a client was lost: %s\n",
			       zx_status_get_string(status));
			continue;
		}
		show_handle("echo-server: a client", channel);
		printf("echo-server: done with it: %s\n", zx_status_get_string(serve(channel)));
		zx_handle_close(channel);
	}
	zxl_service_close(*listener);
	return 0;
}
