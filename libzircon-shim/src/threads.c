// SPDX-License-Identifier: MIT
/* C11 threads with names. */
#define _GNU_SOURCE /* pthread_setname_np() */
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 16 /* Linux's, with the NUL */

struct start {
	thrd_start_t func;
	void *arg;
	char name[NAME_MAX_LEN];
};

/*
 * The thread names itself: its creator could find it ended and detached already, and its descriptor
 * freed.
 */
static int run(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	pthread_setname_np(pthread_self(), start.name);
	return start.func(start.arg);
}

/* If the system has no memory or no thread left, Fuchsia says thrd_nomem, glibc thrd_error. */
static int create(thrd_t *thr, thrd_start_t func, void *arg)
{
	int ret = thrd_create(thr, func, arg);

	return ret == thrd_error ? thrd_nomem : ret;
}

int thrd_create_with_name(thrd_t *thr, thrd_start_t func, void *arg, const char *name)
{
	struct start *start;
	int saved = errno, ret;

	if (!name)
		return create(thr, func, arg);

	start = malloc(sizeof(*start));
	errno = saved;
	if (!start)
		return thrd_nomem;

	start->func = func;
	start->arg = arg;
	start->name[0] = '\0';
	strncat(start->name, name, NAME_MAX_LEN - 1);

	ret = create(thr, run, start);
	if (ret != thrd_success)
		free(start);
	return ret;
}
