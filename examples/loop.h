/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the servers with an epoll loop, epoll-server and names.
 */
#ifndef EXAMPLES_LOOP_H
#define EXAMPLES_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

/* Has epoll report @fd with the pointer @what. False if no memory or no space is left for it. */
static inline bool loop_add(int epoll, int fd, void *what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/*
 * Returns the pointer of a descriptor that is ready. It takes one event at a time: the program may
 * free what the pointer of another event leads to.
 */
static inline void *loop_next(int epoll)
{
	struct epoll_event event;

	while (epoll_wait(epoll, &event, 1, -1) != 1)
		;
	return event.data.ptr;
}

/*
 * Blocks the signals that ask a program to end, and returns a descriptor that is readable when one
 * has come, or -1. So a signal is an event like others: the loop sees it between two clients.
 */
static inline int loop_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

#endif /* EXAMPLES_LOOP_H */
