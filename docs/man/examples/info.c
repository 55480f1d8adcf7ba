// SPDX-License-Identifier: MIT
/* Asks about a socket, and lists all handles of this process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static zx_info_handle_basic_t basic_info(zx_handle_t handle)
{
	zx_info_handle_basic_t basic;

	must(zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &basic,
				sizeof(basic), NULL, NULL),
	     "ZX_INFO_HANDLE_BASIC");
	return basic;
}

int main(void)
{
	zx_info_handle_extended_t *list;
	zx_info_handle_basic_t basic;
	zx_info_handle_count_t count;
	zx_info_socket_t info;
	zx_handle_t here, there;
	size_t actual, avail;

	must(zx_socket_create(0, &here, &there), "zx_socket_create");
	must(zx_socket_write(there, 0, "hello", 5, NULL),
	     "zx_socket_write");

	/* The koid of the peer is the related one. */
	basic = basic_info(here);
	printf("koid %" PRIu64 ", type %u, rights %#x\n", basic.koid,
	       basic.type, basic.rights);
	if (basic.type != ZX_OBJ_TYPE_SOCKET ||
	    basic.rights != ZX_DEFAULT_SOCKET_RIGHTS ||
	    basic.related_koid != basic_info(there).koid)
		return 1;

	must(zx_object_get_info(here, ZX_INFO_SOCKET, &info,
				sizeof(info), NULL, NULL),
	     "ZX_INFO_SOCKET");
	if (info.rx_buf_available != 5 || info.tx_buf_size != 0)
		return 1;

	must(zx_object_get_info(here, ZX_INFO_HANDLE_COUNT, &count,
				sizeof(count), NULL, NULL),
	     "ZX_INFO_HANDLE_COUNT");
	if (count.handle_count != 1)
		return 1;

	/* A list: first how many records there are. */
	must(zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE,
				NULL, 0, &actual, &avail),
	     "ZX_INFO_HANDLE_TABLE");
	list = calloc(avail, sizeof(*list));
	if (!list)
		return 1;
	must(zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE,
				list, avail * sizeof(*list), &actual,
				&avail), "ZX_INFO_HANDLE_TABLE");
	for (size_t i = 0; i < actual; i++)
		printf("handle %#x: koid %" PRIu64 ", type %u\n",
		       list[i].handle_value, list[i].koid, list[i].type);
	/* The two endpoints, and the process itself. */
	return actual == 3 ? 0 : 1;
}
