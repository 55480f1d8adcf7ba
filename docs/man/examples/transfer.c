// SPDX-License-Identifier: MIT
/*
 * Sends two handles in one message: a duplicate of an event, which the
 * reader can wait for and not signal, and a socket.
 */
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

int main(void)
{
	zx_handle_t here, there, event, sockets[2];
	zx_handle_disposition_t out[2] = { 0 };
	zx_handle_info_t in[2];
	uint32_t num_bytes, num_handles;
	char text[16];

	must(zx_channel_create(0, &here, &there), "zx_channel_create");
	must(zx_event_create(0, &event), "zx_event_create");
	must(zx_socket_create(ZX_SOCKET_STREAM, &sockets[0],
			      &sockets[1]),
	     "zx_socket_create");

	out[0].operation = ZX_HANDLE_OP_DUPLICATE;
	out[0].handle = event;
	out[0].type = ZX_OBJ_TYPE_EVENT;
	out[0].rights = ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT;
	out[1].operation = ZX_HANDLE_OP_MOVE;
	out[1].handle = sockets[1];
	out[1].type = ZX_OBJ_TYPE_NONE; /* any type */
	out[1].rights = ZX_RIGHT_SAME_RIGHTS;
	must(zx_channel_write_etc(here, 0, "two", 3, out, 2),
	     "zx_channel_write_etc");
	/* The program still has event; sockets[1] is gone. */
	if (zx_handle_check_valid(event) != ZX_OK ||
	    zx_handle_check_valid(sockets[1]) == ZX_OK)
		return 1;

	must(zx_channel_read_etc(there, 0, text, in, sizeof(text), 2,
				 &num_bytes, &num_handles),
	     "zx_channel_read_etc");
	if (num_bytes != 3 || num_handles != 2 ||
	    in[0].type != ZX_OBJ_TYPE_EVENT ||
	    in[0].rights != (ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT) ||
	    in[1].type != ZX_OBJ_TYPE_SOCKET)
		return 1;
	if (zx_object_signal(in[0].handle, 0, ZX_EVENT_SIGNALED) !=
	    ZX_ERR_ACCESS_DENIED)
		return 1;
	must(zx_socket_write(in[1].handle, 0, "hello", 5, NULL),
	     "zx_socket_write");
	puts("two handles were sent and received");
	return 0; /* which closes all handles */
}
