/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of poll() and epoll.
 */
#ifndef ZXPOLL_H
#define ZXPOLL_H

#include <stdint.h>
#include <sys/epoll.h>

static inline int zxt_epoll_add(int epoll, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static inline int zxt_epoll_modify(int epoll, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

/* The events of one descriptor that is ready, or zero if none is within @timeout. */
static inline uint32_t zxt_epolled(int epoll, int timeout)
{
	struct epoll_event event = {};

	return epoll_wait(epoll, &event, 1, timeout) == 1 ? event.events : 0;
}

#endif /* ZXPOLL_H */
