// SPDX-License-Identifier: MIT
/*
 * Names this process, and waits until a socket has as many bytes as
 * the program wants to read at once.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define RECORD 1000

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void *write_slowly(void *arg)
{
	zx_handle_t socket = *(zx_handle_t *)arg;
	char bytes[RECORD / 4] = { 0 };

	for (int i = 0; i < 4; i++)
		must(zx_socket_write(socket, 0, bytes, sizeof(bytes),
				     NULL),
		     "zx_socket_write");
	return NULL;
}

int main(void)
{
	char name[ZX_MAX_NAME_LEN];
	size_t threshold = RECORD, n;
	zx_handle_t here, there;
	char record[RECORD];
	pthread_t thread;

	must(zx_object_set_property(zx_process_self(), ZX_PROP_NAME,
				    "example", strlen("example")),
	     "zx_object_set_property");
	must(zx_object_get_property(zx_process_self(), ZX_PROP_NAME,
				    name, sizeof(name)),
	     "zx_object_get_property");
	if (strcmp(name, "example") != 0)
		return 1;

	must(zx_socket_create(0, &here, &there), "zx_socket_create");
	must(zx_object_set_property(here, ZX_PROP_SOCKET_RX_THRESHOLD,
				    &threshold, sizeof(threshold)),
	     "zx_object_set_property");
	if (pthread_create(&thread, NULL, write_slowly, &there) != 0)
		return 1;
	must(zx_object_wait_one(here, ZX_SOCKET_READ_THRESHOLD,
				zx_deadline_after(ZX_MIN(10)), NULL),
	     "zx_object_wait_one");
	must(zx_socket_read(here, 0, record, sizeof(record), &n),
	     "zx_socket_read");
	pthread_join(thread, NULL);
	printf("%s: a record of %zu bytes\n", name, n);
	return n == sizeof(record) ? 0 : 1;
}
