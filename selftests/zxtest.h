/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for all selftests: the harness, Zircon's calls, queries of handles, and bad addresses.
 *
 * The harness runs each test in a process of its own, so each test begins without handles. The
 * harness has data and functions that a program can define only once: where a program has several
 * files, all but one define ZXTEST_NO_HARNESS.
 */
#ifndef ZXTEST_H
#define ZXTEST_H

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <zircon/linux.h>
#include <zircon/process.h>
#include <zircon/syscalls.h>
#include <zircon/types.h>

#ifdef ZXTEST_NO_HARNESS
#include "kselftest.h"
#else
#include "kselftest_harness.h"

/* For tests without a limit of their own: enough for debug kernels emulated on a busy machine. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 240

/*
 * TEST_LIMIT in the environment is the most that any test gets, in seconds. It is less than the
 * silence after which the whole program is killed, so that a test that hangs fails and the others
 * run.
 */
__attribute__((constructor(KSELFTEST_PRIO_XFAIL + 1))) static void zxt_limit_tests(void)
{
	const char *text = getenv("TEST_LIMIT");
	int limit = text ? atoi(text) : 0;

	for (struct __fixture_metadata *fixture = __fixture_list; fixture; fixture = fixture->next)
		for (struct __test_metadata *test = fixture->tests; test; test = test->next)
			if (limit > 0 && test->timeout > limit)
				test->timeout = limit;
}
#endif

/* A deadline for what is certain to happen. Emulation is slow, so this is generous. */
#define ZXT_SOON zx_deadline_after(ZX_SEC(60))

/* The handles of this process, without the one that zx_process_self() keeps. */
static inline uint32_t zxt_handles(void)
{
	zx_info_process_handle_stats_t stats;
	uint32_t sum = 0;

	if (zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_HANDLE_STATS, &stats,
			       sizeof(stats), NULL, NULL) != ZX_OK)
		abort();
	for (zx_obj_type_t i = 0; i < ZX_OBJ_TYPE_UPPER_BOUND; i++)
		sum += stats.handle_count[i];
	return sum - 1;
}

static inline zx_info_handle_basic_t zxt_basic(zx_handle_t handle)
{
	zx_info_handle_basic_t info = {};

	zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL);
	return info;
}

/* Zero, which is no object's koid, if @handle is not valid. */
static inline zx_koid_t zxt_koid(zx_handle_t handle)
{
	return zxt_basic(handle).koid;
}

/* The handles to an object, in processes and in messages; 0 if @handle is not valid. */
static inline uint32_t zxt_handles_to(zx_handle_t handle)
{
	zx_info_handle_count_t info = {};

	zx_object_get_info(handle, ZX_INFO_HANDLE_COUNT, &info, sizeof(info), NULL, NULL);
	return info.handle_count;
}

/* The signals that are up now; all ones if the wait fails. */
static inline zx_signals_t zxt_signals(zx_handle_t handle)
{
	zx_signals_t observed = ~0u;

	zx_object_wait_one(handle, 0, ZX_TIME_INFINITE_PAST, &observed);
	return observed;
}

static inline bool zxt_is_open(zx_handle_t handle)
{
	return handle != ZX_HANDLE_INVALID && zx_handle_check_valid(handle) == ZX_OK;
}

/* Addresses that a program can neither read nor write: unmapped, the kernel's, not canonical. */
static void *const zxt_nowhere[] = {
	(void *)64,
	(void *)0xffff888000000000,
	(void *)0xffffffffffffff00,
	(void *)0x4141414141414141,
};

/* A page that can be read but not written. */
static inline void *zxt_read_only(void)
{
	void *page = mmap(NULL, getpagesize(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		abort();
	return page;
}

/*
 * How often to do what the kernel would report at the first fault, or how much of it: on kernels
 * that debug, whose accesses cost ten times as much, the environment asks for a part of @usual.
 */
static inline unsigned int zxt_part(unsigned int usual)
{
	const char *divisor = getenv("DIVISOR");

	return divisor ? usual / atoi(divisor) : usual;
}

/* The last @size bytes before a page that cannot be accessed. */
static inline void *zxt_at_edge(size_t size)
{
	size_t page = getpagesize(), mapped = (size + page - 1) / page * page;
	uint8_t *start = mmap(NULL, mapped + page, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED || mprotect(start + mapped, page, PROT_NONE))
		abort();
	return start + mapped - size;
}

#define ZXT_BAD_OUTS (3 + ARRAY_SIZE(zxt_nowhere))

/*
 * ZXT_BAD_OUTS pointers through which no result can be written: NULL, a page that can only be read,
 * the last byte before a page that cannot be accessed, and zxt_nowhere.
 */
static inline void *zxt_bad_out(unsigned int i)
{
	static void *read_only, *edge;

	if (!read_only) {
		read_only = zxt_read_only();
		edge = zxt_at_edge(1);
	}
	return i == 0 ? NULL : i == 1 ? read_only : i == 2 ? edge : zxt_nowhere[i - 3];
}

#define zxt_for_each_bad_out(ptr) \
	for (unsigned int zxt_i = 0; \
	     zxt_i < ZXT_BAD_OUTS && ((ptr) = zxt_bad_out(zxt_i), true); zxt_i++)

/*
 * A handle to the same object without some of its rights: a duplicate, or a replacement if @handle
 * cannot be duplicated.
 */
static inline zx_handle_t zxt_without(zx_handle_t handle, zx_rights_t rights)
{
	zx_rights_t keep = zxt_basic(handle).rights & ~rights;
	zx_handle_t out = ZX_HANDLE_INVALID;

	if (zx_handle_duplicate(handle, keep, &out) == ZX_ERR_ACCESS_DENIED)
		zx_handle_replace(handle, keep, &out);
	return out;
}

/*
 * Waits until a thread of this process sleeps. The thread sets @tid to its gettid() right before
 * the call in which it sleeps. False if it does not sleep in time.
 */
static inline bool zxt_sleeps(const _Atomic pid_t *tid)
{
	for (int tries = 0; tries < 20000; tries++, usleep(1000)) {
		char path[64], text[512], *state;
		FILE *stat;
		size_t n;

		if (!*tid)
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", *tid);
		stat = fopen(path, "re");
		if (!stat)
			return false;
		n = fread(text, 1, sizeof(text) - 1, stat);
		fclose(stat);
		text[n] = 0;
		/* The state follows the name, which is in brackets and may contain brackets. */
		state = strrchr(text, ')');
		if (state && state[1] && state[2] == 'S')
			return true;
	}
	return false;
}

/* Waits for a child. Returns its exit status, or 128 plus the number of the signal. */
static inline int zxt_reap(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Whether the trace can read arrays and results; else it shows their addresses. */
static inline bool zxt_trace_reads(void)
{
	char from = 1, to = 0;
	struct iovec here = { &to, 1 }, there = { &from, 1 };

	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1;
}

/*
 * Parameters of the module. A test that changes one restores it in FIXTURE_TEARDOWN_PARENT(), which
 * runs also if the test crashes.
 */
#define ZXT_PARAMETERS "/sys/module/zircon/parameters/"

static inline int zxt_open_parameter(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), ZXT_PARAMETERS "%s", name);
	return open(path, O_RDWR);
}

/* Reads the value as a string. False if the parameter cannot be changed: only root can. */
static inline bool zxt_get_parameter(const char *name, char *value, size_t size)
{
	int fd = zxt_open_parameter(name);
	ssize_t count;

	if (fd < 0)
		return false;
	count = read(fd, value, size - 1);
	close(fd);
	if (count <= 0)
		abort();
	value[count] = '\0';
	return true;
}

static inline bool zxt_write_parameter(const char *name, const char *value)
{
	int fd = zxt_open_parameter(name);
	bool done = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	close(fd);
	return done;
}

/*
 * The parameters that tests have changed, with their values before, in memory that all tests'
 * processes share. A test that is killed at its time limit runs no teardown, so the program
 * restores these values before it forks for the next test.
 */
static struct zxt_changed {
	pid_t program;
	struct {
		char name[32];
		char value[32];
	} parameters[8];
} *zxt_changed;

static void zxt_restore_parameters(void)
{
	if (getpid() != zxt_changed->program)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(zxt_changed->parameters); i++) {
		if (zxt_changed->parameters[i].name[0])
			zxt_write_parameter(zxt_changed->parameters[i].name,
					    zxt_changed->parameters[i].value);
		zxt_changed->parameters[i].name[0] = '\0';
	}
}

__attribute__((constructor)) static void zxt_watch_parameters(void)
{
	zxt_changed = mmap(NULL, sizeof(*zxt_changed), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (zxt_changed == MAP_FAILED || pthread_atfork(zxt_restore_parameters, NULL, NULL))
		abort();
	zxt_changed->program = getpid();
}

static inline bool zxt_set_parameter(const char *name, const char *value)
{
	size_t i = 0;

	while (zxt_changed->parameters[i].name[0] && strcmp(zxt_changed->parameters[i].name, name))
		if (++i == ARRAY_SIZE(zxt_changed->parameters))
			abort();
	if (!zxt_changed->parameters[i].name[0]) {
		if (!zxt_get_parameter(name, zxt_changed->parameters[i].value,
				       sizeof(zxt_changed->parameters[i].value)))
			return false;
		snprintf(zxt_changed->parameters[i].name,
			 sizeof(zxt_changed->parameters[i].name), "%s", name);
	}
	return zxt_write_parameter(name, value);
}

#endif /* ZXTEST_H */
