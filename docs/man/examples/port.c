// SPDX-License-Identifier: MIT
/*
 * An event loop on a port. Its three clients are threads here, and would
 * be other programs elsewhere; the last of them ends the loop.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

enum { CLIENTS = 3, MESSAGES = 10, KEY_END = CLIENTS };

static zx_handle_t port, near[CLIENTS], far[CLIENTS];
static atomic_int running = CLIENTS;

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void *client(void *arg)
{
	zx_handle_t channel = *(zx_handle_t *)arg;
	zx_port_packet_t end = { .key = KEY_END };

	for (int i = 0; i < MESSAGES; i++)
		must(zx_channel_write(channel, 0, "x", 1, NULL, 0),
		     "zx_channel_write");
	must(zx_handle_close(channel), "zx_handle_close");
	if (atomic_fetch_sub(&running, 1) == 1)
		must(zx_port_queue(port, &end), "zx_port_queue");
	return NULL;
}

/* Asks for a packet when there is something to read. */
static void wait_for(uint64_t key)
{
	must(zx_object_wait_async(near[key], port, key,
				  ZX_CHANNEL_READABLE |
					  ZX_CHANNEL_PEER_CLOSED,
				  ZX_WAIT_ASYNC_ONCE),
	     "zx_object_wait_async");
}

int main(void)
{
	pthread_t threads[CLIENTS];
	int count = 0, left = CLIENTS;
	zx_port_packet_t packet;
	zx_status_t status;
	bool end = false;
	char byte;

	must(zx_port_create(0, &port), "zx_port_create");
	for (int i = 0; i < CLIENTS; i++) {
		must(zx_channel_create(0, &near[i], &far[i]),
		     "zx_channel_create");
		wait_for(i);
		if (pthread_create(&threads[i], NULL, client, &far[i]))
			return 1;
	}
	while (left > 0 || !end) {
		must(zx_port_wait(port, zx_deadline_after(ZX_MIN(10)),
				  &packet),
		     "zx_port_wait");
		if (packet.type == ZX_PKT_TYPE_USER) {
			end = packet.key == KEY_END;
			continue;
		}
		/* What the client wrote can be read after it is gone. */
		status = zx_channel_read(near[packet.key], 0, &byte,
					 NULL, 1, 0, NULL, NULL);
		if (status == ZX_ERR_PEER_CLOSED) {
			zx_handle_close(near[packet.key]);
			pthread_join(threads[packet.key], NULL);
			left--;
			continue;
		}
		must(status, "zx_channel_read");
		count++;
		wait_for(packet.key);
	}
	must(zx_handle_close(port), "zx_handle_close");
	printf("%d messages\n", count);
	return count == CLIENTS * MESSAGES ? 0 : 1;
}
