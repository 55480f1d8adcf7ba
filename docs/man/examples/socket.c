// SPDX-License-Identifier: MIT
/*
 * One thread writes 8 MiB to a socket, and disables its own writing to
 * mark the end. The other reads all, and writes back how much it got.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define TOTAL ((size_t)8 << 20)

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void wait_for(zx_handle_t socket, zx_signals_t signals)
{
	must(zx_object_wait_one(socket, signals | ZX_SOCKET_PEER_CLOSED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
}

static void *write_all(void *arg)
{
	static char bytes[65536];
	const uint32_t end = ZX_SOCKET_DISPOSITION_WRITE_DISABLED;
	zx_handle_t socket = *(zx_handle_t *)arg;
	size_t sent = 0, answer = 0, n;
	zx_status_t status;

	while (sent < TOTAL) {
		n = TOTAL - sent;
		if (n > sizeof(bytes))
			n = sizeof(bytes);
		/* Writes what fits now, and returns in n how much. */
		status = zx_socket_write(socket, 0, bytes, n, &n);
		if (status == ZX_ERR_SHOULD_WAIT) {
			wait_for(socket, ZX_SOCKET_WRITABLE);
			continue;
		}
		must(status, "zx_socket_write");
		sent += n;
	}
	must(zx_socket_set_disposition(socket, end, 0),
	     "zx_socket_set_disposition");

	/* The other direction still works. */
	wait_for(socket, ZX_SOCKET_READABLE);
	must(zx_socket_read(socket, 0, &answer, sizeof(answer), &n),
	     "zx_socket_read");
	if (n != sizeof(answer) || answer != TOTAL)
		exit(1);
	return NULL;
}

int main(void)
{
	static char bytes[65536];
	zx_handle_t here, there;
	zx_status_t status;
	size_t got = 0, n;
	pthread_t thread;

	must(zx_socket_create(ZX_SOCKET_STREAM, &here, &there),
	     "zx_socket_create");
	if (pthread_create(&thread, NULL, write_all, &there) != 0)
		return 1;
	for (;;) {
		status = zx_socket_read(here, 0, bytes, sizeof(bytes),
					&n);
		if (status == ZX_ERR_SHOULD_WAIT) {
			wait_for(here, ZX_SOCKET_READABLE |
				       ZX_SOCKET_PEER_WRITE_DISABLED);
			continue;
		}
		/* All was read, and the peer will write no more. */
		if (status == ZX_ERR_BAD_STATE ||
		    status == ZX_ERR_PEER_CLOSED)
			break;
		must(status, "zx_socket_read");
		got += n;
	}
	must(zx_socket_write(here, 0, &got, sizeof(got), NULL),
	     "zx_socket_write");
	pthread_join(thread, NULL);
	printf("%zu bytes\n", got);
	return got == TOTAL ? 0 : 1;
}
