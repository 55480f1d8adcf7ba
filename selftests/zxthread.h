/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of waits and calls: a thread that waits, and a thread that calls.
 */
#ifndef ZXTHREAD_H
#define ZXTHREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "zxtest.h"

static inline void zxt_do_nothing(int signal)
{
	(void)signal;
}

/* Lets a signal handler run in a thread that waits, several times. */
static inline void zxt_interrupt(pthread_t thread)
{
	const struct sigaction action = { .sa_handler = zxt_do_nothing };

	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < 20; i++, usleep(1000))
		pthread_kill(thread, SIGUSR1);
}

/* A wait in a thread of its own. */
struct waiter {
	zx_wait_item_t items[ZX_WAIT_MANY_MAX_ITEMS];
	size_t count;
	bool one;		/* zx_object_wait_one() on the first item */
	zx_time_t deadline;

	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	zx_status_t status;
};

static inline void *waiter_thread(void *arg)
{
	struct waiter *waiter = arg;
	zx_wait_item_t *first = &waiter->items[0];

	waiter->tid = gettid();
	if (waiter->one)
		waiter->status = zx_object_wait_one(first->handle, first->waitfor,
						    waiter->deadline, &first->pending);
	else
		waiter->status = zx_object_wait_many(waiter->items, waiter->count,
						     waiter->deadline);
	waiter->done = true;
	return NULL;
}

/* Starts a wait for @waiter's items, and returns true when the thread sleeps in it. */
static inline bool start_items(struct waiter *waiter, zx_time_t deadline)
{
	waiter->deadline = deadline;
	waiter->status = ZX_ERR_NEXT;
	return pthread_create(&waiter->thread, NULL, waiter_thread, waiter) == 0 &&
	       zxt_sleeps(&waiter->tid) && !waiter->done;
}

static inline bool start(struct waiter *waiter, zx_handle_t handle, zx_signals_t signals,
			 zx_time_t deadline)
{
	*waiter = (struct waiter){ .items = { { handle, signals, 0 } }, .one = true };
	return start_items(waiter, deadline);
}

static inline zx_status_t finish(struct waiter *waiter)
{
	pthread_join(waiter->thread, NULL);
	return waiter->status;
}

/* Whether a wait ends within a few minutes. */
static inline bool ends(struct waiter *waiter)
{
	for (int i = 0; i < 180000 && !waiter->done; i++)
		usleep(1000);
	return waiter->done;
}

/* Whether a wait goes on. A wait that ends by mistake does so within this time. */
static inline bool still_waits(struct waiter *waiter)
{
	zx_nanosleep(zx_deadline_after(ZX_MSEC(50)));
	return !waiter->done && zxt_sleeps(&waiter->tid);
}

/* Most messages of calls here are a transaction id and a word. */
struct message {
	uint32_t txid, word;
};

/* A call in a thread of its own, with space for a small reply. */
struct caller {
	pthread_t thread;
	atomic_int tid;
	zx_handle_t end;
	zx_instant_mono_t deadline;
	struct message request, reply;
	zx_handle_t send;	/* a handle that goes with the request, or ZX_HANDLE_INVALID */
	uint32_t space, space_handles;
	zx_handle_t got[2];
	uint32_t bytes, handles;
	atomic_bool done;
	zx_status_t status;
};

/* The module must overwrite the id. No reply has these sizes. */
static inline struct caller caller_init(zx_handle_t end, uint32_t word)
{
	return (struct caller){
		.end = end,
		.deadline = ZX_TIME_INFINITE,
		.request = { .txid = 0x11223344, .word = word },
		.space = sizeof(struct message),
		.space_handles = 2,
		.bytes = 111,
		.handles = 222,
		.status = ZX_ERR_NEXT,
	};
}

static inline zx_channel_call_args_t caller_args(struct caller *caller)
{
	return (zx_channel_call_args_t){
		.wr_bytes = &caller->request,
		.wr_handles = &caller->send,
		.rd_bytes = &caller->reply,
		.rd_handles = caller->got,
		.wr_num_bytes = sizeof(caller->request),
		.wr_num_handles = caller->send != ZX_HANDLE_INVALID,
		.rd_num_bytes = caller->space,
		.rd_num_handles = caller->space_handles,
	};
}

static inline void *caller_thread(void *arg)
{
	struct caller *caller = arg;
	zx_channel_call_args_t args = caller_args(caller);

	caller->tid = gettid();
	caller->status = zx_channel_call(caller->end, 0, caller->deadline, &args, &caller->bytes,
					 &caller->handles);
	caller->done = true;
	return NULL;
}

/* Reads the next request; by then its sender has begun to wait for the reply. */
static inline zx_status_t take(zx_handle_t server, struct message *request)
{
	zx_status_t status = zx_object_wait_one(server, ZX_CHANNEL_READABLE, ZXT_SOON, NULL);
	uint32_t bytes = 0;

	if (status == ZX_OK)
		status = zx_channel_read(server, 0, request, NULL, sizeof(*request), 0, &bytes,
					 NULL);
	return status == ZX_OK && bytes != sizeof(*request) ? ZX_ERR_IO_DATA_INTEGRITY : status;
}

static inline zx_status_t answer(zx_handle_t server, uint32_t txid, uint32_t word)
{
	struct message reply = { txid, word };

	return zx_channel_write(server, 0, &reply, sizeof(reply), NULL, 0);
}

/* Consumes @handle. */
static inline zx_status_t answer_with_handle(zx_handle_t server, uint32_t txid, zx_handle_t handle)
{
	return zx_channel_write(server, 0, &(struct message){ txid, 0 }, sizeof(struct message),
				&handle, 1);
}

#endif /* ZXTHREAD_H */
