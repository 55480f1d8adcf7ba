// SPDX-License-Identifier: MIT
/* Makes handles with fewer rights. */
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
	zx_handle_t event, copy, only_wait;

	must(zx_event_create(0, &event), "zx_event_create");

	/* Two handles to one event. */
	must(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy),
	     "zx_handle_duplicate");
	must(zx_object_signal(copy, 0, ZX_EVENT_SIGNALED),
	     "zx_object_signal");
	must(zx_object_wait_one(event, ZX_EVENT_SIGNALED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");

	/* Instead of copy a handle that can be used to wait only. */
	must(zx_handle_replace(copy, ZX_RIGHT_WAIT, &only_wait),
	     "zx_handle_replace");
	if (zx_handle_check_valid(copy) == ZX_OK)
		return 1;
	must(zx_object_wait_one(only_wait, ZX_EVENT_SIGNALED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
	if (zx_object_signal(only_wait, ZX_EVENT_SIGNALED, 0) !=
	    ZX_ERR_ACCESS_DENIED)
		return 1;

	/* A right that is gone does not come back. */
	if (zx_handle_duplicate(only_wait, ZX_RIGHT_SAME_RIGHTS,
				&copy) != ZX_ERR_ACCESS_DENIED)
		return 1;
	zx_handle_close(only_wait);
	zx_handle_close(event);
	puts("the rights are as expected");
	return 0;
}
