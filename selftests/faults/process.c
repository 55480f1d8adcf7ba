// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be tried only once in a process, and so has a process for each trial: opening the device
 * for the first time, making its table of handles, making the object of its thread, and getting the
 * handle that it was started with.
 */
#include "faults.h"

static bool try_each(void (*trial)(struct alone *a), struct alone *a)
{
	a->point = 1;
	do {
		pid_t pid;

		fflush(NULL);
		pid = fork();
		MUST(pid >= 0);
		if (!pid) {
			open_fail_nth();
			trial(a);
			_exit(0);
		}
		if (zxp_reap(pid))
			return false;
	} while (a->more);
	return true;
}

bool try_alone(void (*trial)(struct alone *a), unsigned int no_memory, struct tally *tally)
{
	struct alone *a = mmap(NULL, sizeof(*a), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool good = true;

	MUST(a != MAP_FAILED);
	for (int i = 0; good && i < PASSES && a->tally.no_memory < no_memory; i++)
		good = try_each(trial, a);
	*tally = a->tally;
	munmap(a, sizeof(*a));
	return good;
}

static void tried(struct alone *a, bool failed, bool injected)
{
	CHILD_CHECK(injected || !failed);
	a->point++;
	a->more = injected;
	a->tally.points += injected;
	a->tally.no_memory += failed;
	a->tally.survived += injected && !failed;
}

void try_open(struct alone *a)
{
	zx_handle_t event;
	bool injected;
	int fd, error;

	arm(a->point);
	fd = zxp_open(O_CLOEXEC);
	error = errno;
	injected = disarm();
	CHILD_CHECK(fd >= 0 || error == ENOMEM);
	tried(a, fd < 0, injected);
	if (fd < 0)
		fd = zxp_open(O_CLOEXEC);
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
}

/* Makes a handle, with a failure at a point of that. False if it was not made. */
static bool try_request(int fd, struct alone *a, unsigned long request, void *arg,
			const zx_handle_t *out)
{
	bool injected;
	long ret;

	arm(a->point);
	ret = zxp_ioctl(fd, request, arg);
	injected = disarm();
	CHILD_CHECK(!ret || ret == SAYS(ZX_ERR_NO_MEMORY) || ret == SAYS(ZX_ERR_INVALID_ARGS) ||
		    (ret == -EFAULT && a->point == 1));
	tried(a, ret, injected);
	if (!ret)
		CHILD_CHECK(zxp_check(fd, *out) == 0);
	return !ret;
}

static bool try_create(int fd, struct alone *a)
{
	zx_handle_t event = ZX_HANDLE_INVALID;
	struct zx_ioc_create arg = { .out0 = (uintptr_t)&event };

	return try_request(fd, a, ZX_IOC_EVENT_CREATE, &arg, &event);
}

/* Makes both levels of the table. */
void try_first_handle(struct alone *a)
{
	int fd = zxp_open(O_CLOEXEC);
	zx_handle_t event;

	CHILD_CHECK(fd >= 0);
	if (!try_create(fd, a)) {
		CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
		CHILD_CHECK(zxp_check(fd, event) == 0);
	}
}

/* The thread has one object, also where a call has failed after it was made. */
void try_thread(struct alone *a)
{
	zx_handle_t thread = ZX_HANDLE_INVALID, again;
	struct zx_ioc_handle arg = { .out = (uintptr_t)&thread };
	int fd = zxp_open(O_CLOEXEC);
	zx_koid_t koid;

	CHILD_CHECK(fd >= 0);
	/* The table is there then. */
	CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &again, NULL) == 0);
	if (!try_request(fd, a, ZXL_IOC_THREAD_SELF, &arg, &thread))
		CHILD_CHECK(zxp_ioctl(fd, ZXL_IOC_THREAD_SELF, &arg) == 0);
	koid = zxt_koid(thread);
	CHILD_CHECK(koid);
	arg.out = (uintptr_t)&again;
	CHILD_CHECK(zxp_ioctl(fd, ZXL_IOC_THREAD_SELF, &arg) == 0);
	CHILD_CHECK(zxt_koid(again) == koid);
	CHILD_CHECK(zxt_handles_to(thread) == 2);
}

/* In a job, and with an event with this koid to get. */
static void try_to_get(struct alone *a, zx_koid_t koid)
{
	zx_handle_t startup = ZX_HANDLE_INVALID;
	struct zx_ioc_handle arg = { .out = (uintptr_t)&startup };
	int fd = zxp_open(O_CLOEXEC);

	CHILD_CHECK(fd >= 0);
	/* It is not lost where a call has failed. */
	if (!try_request(fd, a, ZXL_IOC_PROCESS_STARTUP, &arg, &startup))
		CHILD_CHECK(zxp_ioctl(fd, ZXL_IOC_PROCESS_STARTUP, &arg) == 0);
	CHILD_CHECK(zxt_koid(startup) == koid);
	CHILD_CHECK(zxt_handles_to(startup) == 1);
	CHILD_CHECK(zxp_ioctl(fd, ZXL_IOC_PROCESS_STARTUP, &arg) == SAYS(ZX_ERR_NOT_FOUND));
}

/* The process for the trial is a child in a job, made here. */
void try_startup(struct alone *a)
{
	zx_handle_t process = ZX_HANDLE_INVALID;
	struct zxl_ioc_process_create arg = {
		.name = (uintptr_t)"member",
		.name_size = 6,
		.out = (uintptr_t)&process,
	};
	int fd = zxp_open(O_CLOEXEC);
	zx_koid_t koid;
	pid_t pid;

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(zx_job_create(zx_job_default(), 0, &arg.handle) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &arg.startup) == ZX_OK);
	koid = zxt_koid(arg.startup);
	CHILD_CHECK(zxp_ioctl(fd, ZXL_IOC_PROCESS_CREATE, &arg) == 0);
	pid = fork();
	CHILD_CHECK(pid >= 0);
	if (!pid) {
		open_fail_nth();
		try_to_get(a, koid);
		_exit(0);
	}
	CHILD_CHECK(zxp_reap(pid) == 0);
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

/*
 * Opening so many handles takes long. So a table that has not grown, as nothing was made, is used
 * for the next point as well, which shows that it can still grow.
 */
static void try_growth(uint32_t index, struct alone *a)
{
	uint32_t before;
	int fd;

	open_handles(index);
	fd = zxp_open(O_CLOEXEC);
	CHILD_CHECK(fd >= 0);
	before = zxt_handles();
	CHILD_CHECK(before + 1 == index);
	while (!try_create(fd, a))
		CHILD_CHECK(zxt_handles() == before);
	CHILD_CHECK(zxt_handles() == before + 1);
}

/* A table grows by 256 handles, and has a further directory for each 131072. */
void try_small_growth(struct alone *a)
{
	try_growth(256, a);
}

void try_large_growth(struct alone *a)
{
	try_growth(131072, a);
}
