// SPDX-License-Identifier: MIT
/*
 * Reads from two channels as messages come, until an event ends it.
 * A third thread writes to the channels and signals the event.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

static zx_handle_t near[2], far[2], stop;

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void *write_all(void *arg)
{
	(void)arg;
	for (int i = 0; i < 10; i++)
		must(zx_channel_write(far[i % 2], 0, "x", 1, NULL, 0),
		     "zx_channel_write");
	must(zx_object_signal(stop, 0, ZX_EVENT_SIGNALED),
	     "zx_object_signal");
	return NULL;
}

int main(void)
{
	zx_wait_item_t items[3];
	pthread_t thread;
	int count = 0;
	char byte;

	for (int i = 0; i < 2; i++)
		must(zx_channel_create(0, &near[i], &far[i]),
		     "zx_channel_create");
	must(zx_event_create(0, &stop), "zx_event_create");
	if (pthread_create(&thread, NULL, write_all, NULL) != 0)
		return 1;

	for (int i = 0; i < 2; i++) {
		items[i].handle = near[i];
		items[i].waitfor = ZX_CHANNEL_READABLE;
	}
	items[2].handle = stop;
	items[2].waitfor = ZX_EVENT_SIGNALED;
	for (;;) {
		must(zx_object_wait_many(items, 3,
					 zx_deadline_after(ZX_MIN(10))),
		     "zx_object_wait_many");
		/* .pending has all signals that are up. */
		for (int i = 0; i < 2; i++) {
			if (!(items[i].pending & ZX_CHANNEL_READABLE))
				continue;
			must(zx_channel_read(near[i], 0, &byte, NULL, 1,
					     0, NULL, NULL),
			     "zx_channel_read");
			count++;
		}
		/* Ends when there is no more to read. */
		if ((items[2].pending & ZX_EVENT_SIGNALED) &&
		    !((items[0].pending | items[1].pending) &
		      ZX_CHANNEL_READABLE))
			break;
	}
	pthread_join(thread, NULL);
	printf("%d messages\n", count);
	return count == 10 ? 0 : 1;
}
