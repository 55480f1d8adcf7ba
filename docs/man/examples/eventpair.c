// SPDX-License-Identifier: MIT
/*
 * Two threads take turns. Each has one endpoint of an eventpair, and
 * raises a signal of the other.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define TURN ZX_USER_SIGNAL_0

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

/* Returns 1 if it is this endpoint's turn, 0 if the peer is closed. */
static int wait_for_turn(zx_handle_t self)
{
	zx_signals_t observed;

	must(zx_object_wait_one(self, TURN | ZX_EVENTPAIR_PEER_CLOSED,
				ZX_TIME_INFINITE, &observed),
	     "zx_object_wait_one");
	if (!(observed & TURN))
		return 0;
	must(zx_object_signal(self, TURN, 0), "zx_object_signal");
	return 1;
}

static void *answer(void *arg)
{
	zx_handle_t self = *(zx_handle_t *)arg;

	while (wait_for_turn(self))
		must(zx_object_signal_peer(self, 0, TURN),
		     "zx_object_signal_peer");
	zx_handle_close(self);
	return NULL;
}

int main(void)
{
	zx_handle_t self, other;
	pthread_t thread;
	int turns;

	must(zx_eventpair_create(0, &self, &other),
	     "zx_eventpair_create");
	if (pthread_create(&thread, NULL, answer, &other) != 0)
		return 1;
	for (turns = 0; turns < 100; turns++) {
		must(zx_object_signal_peer(self, 0, TURN),
		     "zx_object_signal_peer");
		if (!wait_for_turn(self))
			return 1;
	}
	/* The other thread sees ZX_EVENTPAIR_PEER_CLOSED. */
	must(zx_handle_close(self), "zx_handle_close");
	pthread_join(thread, NULL);
	printf("%d turns\n", turns);
	return 0;
}
