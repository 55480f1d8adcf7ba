/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of ports: packets that have only a key, waits for one signal, and a thread that
 * waits for a packet.
 */
#ifndef ZXPORT_H
#define ZXPORT_H

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include <zircon/syscalls/port.h>

#include "zxtest.h"

/* A signal that an object of any type can have, and that only these helpers raise. */
#define UP ZX_USER_SIGNAL_0

/* The key of no packet. */
#define NO_KEY UINT64_MAX

static inline zx_status_t put(zx_handle_t port, uint64_t key)
{
	const zx_port_packet_t packet = { .key = key };

	return zx_port_queue(port, &packet);
}

/* Removes the first packet. Returns its key, or NO_KEY if there is none. */
static inline uint64_t next_key(zx_handle_t port)
{
	zx_port_packet_t packet;

	return zx_port_wait(port, ZX_TIME_INFINITE_PAST, &packet) == ZX_OK ? packet.key : NO_KEY;
}

static inline bool is_empty(zx_handle_t port)
{
	zx_port_packet_t packet;

	return zx_port_wait(port, ZX_TIME_INFINITE_PAST, &packet) == ZX_ERR_TIMED_OUT;
}

static inline zx_status_t watch(zx_handle_t handle, zx_handle_t port, uint64_t key)
{
	return zx_object_wait_async(handle, port, key, UP, ZX_WAIT_ASYNC_ONCE);
}

static inline zx_status_t set_up(zx_handle_t handle)
{
	return zx_object_signal(handle, 0, UP);
}

static inline zx_status_t set_down(zx_handle_t handle)
{
	return zx_object_signal(handle, UP, 0);
}

static inline zx_handle_t duplicate(zx_handle_t handle)
{
	zx_handle_t out = ZX_HANDLE_INVALID;

	zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &out);
	return out;
}

/* Sends a handle to the other end of a channel. */
static inline zx_status_t send_handle(zx_handle_t channel, zx_handle_t handle)
{
	return zx_channel_write(channel, 0, NULL, 0, &handle, 1);
}

static inline zx_handle_t receive_handle(zx_handle_t channel)
{
	zx_handle_t out = ZX_HANDLE_INVALID;

	zx_channel_read(channel, 0, NULL, &out, 0, 1, NULL, NULL);
	return out;
}

/* A zx_port_wait() in a thread of its own. */
struct port_waiter {
	zx_handle_t port;
	zx_instant_mono_t deadline;
	zx_port_packet_t *out;	/* &packet, or a bad pointer */
	zx_port_packet_t packet;

	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	zx_status_t status;
};

static inline void *port_waiter_thread(void *arg)
{
	struct port_waiter *waiter = arg;

	waiter->tid = gettid();
	waiter->status = zx_port_wait(waiter->port, waiter->deadline, waiter->out);
	waiter->done = true;
	return NULL;
}

/* Starts a wait, and returns true when the thread sleeps in it. */
static inline bool port_start(struct port_waiter *waiter, zx_handle_t port,
			      zx_instant_mono_t deadline)
{
	zx_port_packet_t *out = waiter->out;

	*waiter = (struct port_waiter){
		.port = port,
		.deadline = deadline,
		.out = out ? out : &waiter->packet,
		.status = ZX_ERR_NEXT,
	};
	return pthread_create(&waiter->thread, NULL, port_waiter_thread, waiter) == 0 &&
	       zxt_sleeps(&waiter->tid) && !waiter->done;
}

static inline zx_status_t port_finish(struct port_waiter *waiter)
{
	pthread_join(waiter->thread, NULL);
	return waiter->status;
}

/* Whether a wait goes on. A wait that ends by mistake does so within this time. */
static inline bool port_goes_on(struct port_waiter *waiter)
{
	zx_nanosleep(zx_deadline_after(ZX_MSEC(50)));
	return !waiter->done && zxt_sleeps(&waiter->tid);
}

#endif /* ZXPORT_H */
