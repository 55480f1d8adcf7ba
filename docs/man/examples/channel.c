// SPDX-License-Identifier: MIT
/*
 * One thread sends messages, another receives them. The queue of a
 * channel holds fewer than are sent, so each waits for the other.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define COUNT 1000

struct message {
	uint32_t number;
	char text[4000];
};

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void *send_all(void *arg)
{
	zx_handle_t channel = *(zx_handle_t *)arg;
	struct message message = { 0 };
	zx_status_t status;

	while (message.number < COUNT) {
		status = zx_channel_write(channel, 0, &message,
					  sizeof(message), NULL, 0);
		if (status == ZX_ERR_SHOULD_WAIT) { /* it is full */
			must(zx_object_wait_one(channel,
						ZX_CHANNEL_WRITABLE |
						ZX_CHANNEL_PEER_CLOSED,
						ZX_TIME_INFINITE, NULL),
			     "zx_object_wait_one");
			continue;
		}
		must(status, "zx_channel_write");
		message.number++;
	}
	/* What is in the queue can still be read. */
	must(zx_handle_close(channel), "zx_handle_close");
	return NULL;
}

int main(void)
{
	static struct message message;
	zx_handle_t here, there;
	uint32_t size, count = 0;
	zx_status_t status;
	pthread_t thread;

	must(zx_channel_create(0, &here, &there), "zx_channel_create");
	if (pthread_create(&thread, NULL, send_all, &there) != 0)
		return 1;
	for (;;) {
		status = zx_channel_read(here, 0, &message, NULL,
					 sizeof(message), 0, &size,
					 NULL);
		if (status == ZX_ERR_SHOULD_WAIT) { /* it is empty */
			must(zx_object_wait_one(here,
						ZX_CHANNEL_READABLE |
						ZX_CHANNEL_PEER_CLOSED,
						ZX_TIME_INFINITE, NULL),
			     "zx_object_wait_one");
			continue;
		}
		if (status == ZX_ERR_PEER_CLOSED) /* and all was read */
			break;
		must(status, "zx_channel_read");
		if (size != sizeof(message) || message.number != count)
			return 1;
		count++;
	}
	pthread_join(thread, NULL);
	zx_handle_close(here);
	printf("%u messages\n", count);
	return count == COUNT ? 0 : 1;
}
