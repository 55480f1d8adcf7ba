/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For all examples: end the program if a call fails, and show what a handle is.
 */
#ifndef EXAMPLES_SHOW_H
#define EXAMPLES_SHOW_H

#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

/* Calls return a status. Any other than ZX_OK ends the program with a message. */
#define MUST(call) must(call, #call)

static inline void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

/*
 * Prints what the kernel knows about a handle: the object that it names (the koid is the object's
 * number, the same in every process and never used again) and the rights that it has.
 */
static inline void show_handle(const char *what, zx_handle_t handle)
{
	static const struct {
		zx_rights_t right;
		const char *name;
	} names[] = {
		{ ZX_RIGHT_READ, "read" },	     { ZX_RIGHT_WRITE, "write" },
		{ ZX_RIGHT_DUPLICATE, "duplicate" }, { ZX_RIGHT_TRANSFER, "transfer" },
		{ ZX_RIGHT_WAIT, "wait" },	     { ZX_RIGHT_INSPECT, "inspect" },
		{ ZX_RIGHT_SIGNAL, "signal" },	     { ZX_RIGHT_SIGNAL_PEER, "signal-peer" },
		{ ZX_RIGHT_NONE, NULL },
	};
	zx_info_handle_basic_t info;
	zx_status_t status = zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info, sizeof(info),
						NULL, NULL);

	/* No reason for a server to end. */
	if (status != ZX_OK) {
		printf("%s: %s\n", what, zx_status_get_string(status));
		return;
	}
	printf("%s: handle %#x, koid %llu, its peer %llu, rights", what, handle,
	       (unsigned long long)info.koid, (unsigned long long)info.related_koid);
	for (int i = 0; names[i].name; i++) {
		if (info.rights & names[i].right)
			printf(" %s", names[i].name);
	}
	printf("\n");
}

#endif /* EXAMPLES_SHOW_H */
