// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be tried only once in a process, and so has a process for each trial: opening the device
 * for the first time, and making its table of handles.
 */
#include "faults.h"

/* The exit status of a trial's process. */
enum {
	ALONE_DONE,		/* its point was not reached */
	ALONE_FAILED,
	ALONE_SURVIVED,
};

static bool try_each(int (*trial)(unsigned int point), struct tally *tally)
{
	for (unsigned int point = 1;; point++) {
		pid_t pid;

		fflush(NULL);
		pid = fork();
		MUST(pid >= 0);
		if (!pid) {
			open_fail_nth();
			_exit(trial(point));
		}
		switch (zxp_reap(pid)) {
		case ALONE_DONE:
			return true;
		case ALONE_FAILED:
			tally->no_memory++;
			tally->points++;
			break;
		case ALONE_SURVIVED:
			tally->survived++;
			tally->points++;
			break;
		default:
			return false;
		}
	}
}

bool try_alone(int (*trial)(unsigned int point), unsigned int no_memory, struct tally *tally)
{
	for (int i = 0; i < PASSES && tally->no_memory < no_memory; i++)
		if (!try_each(trial, tally))
			return false;
	return true;
}

static int outcome(bool failed, bool injected)
{
	CHILD_CHECK(injected || !failed);
	return failed ? ALONE_FAILED : injected ? ALONE_SURVIVED : ALONE_DONE;
}

/* Makes an event, with a failure at a point of that. */
static int try_create(int fd, unsigned int point, bool *injected)
{
	zx_handle_t event = ZX_HANDLE_INVALID;
	long ret;

	arm(point);
	ret = zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL);
	*injected = disarm();
	CHILD_CHECK(!ret || ret == SAYS(ZX_ERR_NO_MEMORY) || ret == SAYS(ZX_ERR_INVALID_ARGS) ||
		    (ret == -EFAULT && point == 1));
	if (ret)
		CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
	CHILD_CHECK(zxp_check(fd, event) == 0);
	return ret;
}

int try_open(unsigned int point)
{
	zx_handle_t event;
	bool injected;
	int fd, error;

	arm(point);
	fd = zxp_open(O_CLOEXEC);
	error = errno;
	injected = disarm();
	CHILD_CHECK(fd >= 0 || error == ENOMEM);
	if (fd < 0) {
		fd = zxp_open(O_CLOEXEC);
		CHILD_CHECK(fd >= 0);
		CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
		return outcome(true, injected);
	}
	CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
	return outcome(false, injected);
}

/* Makes both levels of the table. */
int try_first_handle(unsigned int point)
{
	int fd = zxp_open(O_CLOEXEC);
	bool injected;
	int ret;

	CHILD_CHECK(fd >= 0);
	ret = try_create(fd, point, &injected);
	return outcome(ret, injected);
}

/* The place of a handle in the table, the first being that of the process itself. */
static uint32_t index_of(zx_handle_t handle)
{
	return ((handle ^ zx_process_self()) >> 2) % (1u << 20);
}

/* Opens handles until the next one would be at @index, all others being in use. */
static void open_handles(uint32_t index)
{
	zx_handle_disposition_t how[64];
	zx_handle_t handle, end[2], got[64];
	uint32_t bytes, count;

	CHILD_CHECK(zx_process_self() != ZX_HANDLE_INVALID);
	CHILD_CHECK(zx_event_create(0, &handle) == ZX_OK);
	CHILD_CHECK(zx_channel_create(0, &end[0], &end[1]) == ZX_OK);
	for (int i = 0; i < 64; i++)
		how[i] = (zx_handle_disposition_t){
			.operation = ZX_HANDLE_OP_DUPLICATE,
			.handle = handle,
			.rights = ZX_RIGHT_SAME_RIGHTS,
		};
	/* 64 by each message, then one by one. */
	got[63] = end[1];
	while (index_of(got[63]) + 64 < index) {
		CHILD_CHECK(zx_channel_write_etc(end[0], 0, NULL, 0, how, 64) == ZX_OK);
		CHILD_CHECK(zx_channel_read(end[1], 0, NULL, got, 0, 64, &bytes, &count) == ZX_OK);
	}
	for (uint32_t at = index_of(got[63]); at + 1 < index; at = index_of(got[0]))
		CHILD_CHECK(zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &got[0]) == ZX_OK);
}

static int try_growth(uint32_t index, unsigned int point)
{
	uint32_t before;
	bool injected;
	int ret, fd;

	open_handles(index);
	fd = zxp_open(O_CLOEXEC);
	CHILD_CHECK(fd >= 0);
	before = zxt_handles();
	CHILD_CHECK(before + 1 == index);
	ret = try_create(fd, point, &injected);
	CHILD_CHECK(zxt_handles() == before + 1);
	return outcome(ret, injected);
}

/* A table grows by 256 handles, and has a further directory for each 131072. */
int try_small_growth(unsigned int point)
{
	return try_growth(256, point);
}

int try_large_growth(unsigned int point)
{
	return try_growth(131072, point);
}
