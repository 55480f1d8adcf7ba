// SPDX-License-Identifier: MIT
/* Threads: the handle of each to itself, names. */
#define _GNU_SOURCE /* pthread_setname_np() */
#include "internal.h"

#include <zircon/syscalls/object.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

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

/*
 * The handle of each thread to itself. Not in thread-local variables, which a thread of
 * zx_thread_start() has none of, but here, by thread id: an entry is the id above the handle, or
 * zero. Bit 0 of the handle, which all have, is clear until the thread itself has asked. An id has
 * a window of entries in each block, which are one line of the cache. An entry outlives a thread
 * that the library does not see end, until its id is used again or its window is full.
 */
#define WINDOW	8
#define WINDOWS	64

struct block {
	_Atomic uint64_t entries[WINDOWS][WINDOW];
	struct block *_Atomic next;
};

static struct block first;

static pthread_key_t self_key;
static bool self_has_key;

#define SELF	1u	/* the thread has asked, and closes the handle at its end */

static inline uint64_t entry_of(pid_t tid, zx_handle_t handle, bool self)
{
	return (uint64_t)(uint32_t)tid << 32 | (handle & ~SELF) | (self ? SELF : 0);
}

static inline zx_handle_t handle_of(uint64_t entry)
{
	return (zx_handle_t)entry ? (zx_handle_t)entry | SELF : ZX_HANDLE_INVALID;
}

static pid_t thread_id(void)
{
	return (pid_t)zxi_system_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

/* The windows of a thread, one in each block. */
struct windows {
	struct block *block;
	pid_t tid;
	unsigned int i;
};

#define WINDOWS_OF(id) { .block = &first, .tid = (id) }

/* The next entry of the windows, or NULL. */
static _Atomic uint64_t *next_of(struct windows *windows)
{
	if (windows->i == WINDOW) {
		windows->block = atomic_load(&windows->block->next);
		windows->i = 0;
	}
	if (!windows->block)
		return NULL;
	return &windows->block->entries[(unsigned int)windows->tid % WINDOWS][windows->i++];
}

/* The entry of a thread, or zero. */
static uint64_t find(pid_t tid)
{
	struct windows windows = WINDOWS_OF(tid);
	_Atomic uint64_t *entry;

	while ((entry = next_of(&windows))) {
		uint64_t value = atomic_load(entry);

		if (value >> 32 == (uint32_t)tid)
			return value;
	}
	return 0;
}

/* Removes an entry, and closes its handle unless that is @other. */
static void drop(_Atomic uint64_t *entry, uint64_t value, zx_handle_t other)
{
	if (atomic_compare_exchange_strong(entry, &value, 0) && handle_of(value) != other)
		zx_handle_close(handle_of(value));
}

static bool has_ended(zx_handle_t thread)
{
	zx_info_thread_t info = { .state = ZX_THREAD_STATE_NEW };
	struct zx_ioc_object_get_info arg = {
		.handle = thread,
		.topic = ZX_INFO_THREAD,
		.buffer = zxi_ptr(&info),
		.buffer_size = sizeof(info),
	};

	return zxi_device_ask(ZX_IOC_OBJECT_GET_INFO, &arg) == ZX_OK &&
	       info.state == ZX_THREAD_STATE_DEAD;
}

/* Drops the entries of threads that have ended, in the window of a thread. */
static void sweep(pid_t tid)
{
	struct windows windows = WINDOWS_OF(tid);
	_Atomic uint64_t *entry;

	while ((entry = next_of(&windows))) {
		uint64_t value = atomic_load(entry);

		if (value && has_ended(handle_of(value)))
			drop(entry, value, ZX_HANDLE_INVALID);
	}
}

/* Adds a block. False if there is no memory. */
static bool grow(void)
{
	struct block *block = &first, *fresh, *next;
	long ret = zxi_system_call(SYS_mmap, 0, sizeof(*fresh), PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1UL, 0);

	if (ret < 0 && ret > -4096)
		return false;
	fresh = (struct block *)ret;
	for (;; block = next) {
		next = NULL;
		if (atomic_compare_exchange_strong(&block->next, &next, fresh))
			return true;
	}
}

static bool try_to_add(uint64_t value)
{
	struct windows windows = WINDOWS_OF((pid_t)(value >> 32));
	_Atomic uint64_t *entry;

	while ((entry = next_of(&windows))) {
		uint64_t none = 0;

		if (atomic_compare_exchange_strong(entry, &none, value))
			return true;
	}
	return false;
}

static bool add(uint64_t value)
{
	if (try_to_add(value))
		return true;
	sweep((pid_t)(value >> 32));
	while (!try_to_add(value))
		if (!grow())
			return false;
	return true;
}

/**
 * keep - keep a new handle to a thread, in the place of the one that there may be
 * @tid: the thread
 * @former: its former entry, whose handle does not name it; or zero
 * @handle: the handle
 * @self: the thread itself asks
 *
 * Return: the handle that is kept, of this call or of another one at the same time; or
 * ZX_HANDLE_INVALID.
 */
static zx_handle_t keep(pid_t tid, uint64_t former, zx_handle_t handle, bool self)
{
	struct windows windows = WINDOWS_OF(tid);
	const uint64_t found = find(tid);
	_Atomic uint64_t *entry;

	/* A signal handler, or another thread, was faster. */
	if (found && found != former) {
		zx_handle_close(handle);
		return handle_of(found);
	}
	/* Of a thread that had the id before; or of a child of vfork(): that names nothing. */
	while (former && (entry = next_of(&windows)))
		if (atomic_load(entry) == former)
			drop(entry, former, has_ended(handle_of(former)) ? ZX_HANDLE_INVALID :
									   handle_of(former));
	if (add(entry_of(tid, handle, self)))
		return handle;
	zx_handle_close(handle);
	return ZX_HANDLE_INVALID;
}

void zxi_thread_after_fork(void)
{
	for (struct block *block = &first; block; block = atomic_load(&block->next))
		for (size_t i = 0; i < WINDOWS * WINDOW; i++)
			atomic_store(&block->entries[0][0] + i, 0);
}

void zxi_thread_ends(zx_handle_t other)
{
	const pid_t tid = thread_id();
	struct windows windows = WINDOWS_OF(tid);
	_Atomic uint64_t *entry;

	while ((entry = next_of(&windows))) {
		uint64_t value = atomic_load(entry);

		if (value >> 32 == (uint32_t)tid)
			drop(entry, value, other);
	}
}

static void close_self(void *unused)
{
	(void)unused;
	zxi_thread_ends(ZX_HANDLE_INVALID);
}

/* When the library is loaded: no key is created in a signal handler. */
__attribute__((constructor)) static void create_key(void)
{
	self_has_key = pthread_key_create(&self_key, close_self) == 0;
}

/* Whether the calling thread, to which there is a handle, is one of zx_thread_start(). */
static bool is_raw(zx_handle_t handle)
{
	struct zxl_ioc_thread_begin arg = { .handle = handle, .options = ZXL_THREAD_HAS_BEGUN };

	return zxi_device_ask(ZXL_IOC_THREAD_BEGIN, &arg) == ZX_OK;
}

/*
 * The calling thread has asked for its handle, which the table has: if it has not before, it closes
 * the handle at its end from now on.
 */
static void asked(pid_t tid, zx_handle_t handle)
{
	struct windows windows = WINDOWS_OF(tid);
	_Atomic uint64_t *entry;

	while ((entry = next_of(&windows))) {
		uint64_t value = entry_of(tid, handle, false);

		atomic_compare_exchange_strong(entry, &value, value | SELF);
	}
	if (self_has_key && !is_raw(handle))
		pthread_setspecific(self_key, &self_key);
}

zx_handle_t zx_thread_self(void)
{
	const pid_t tid = thread_id();
	const uint64_t known = find(tid);
	zx_handle_t handle = ZX_HANDLE_INVALID;
	struct zx_ioc_handle arg = { .handle = handle_of(known), .out = zxi_ptr(&handle) };

	/* The module says whether the handle names this thread. */
	if (zxi_device_call(ZXL_IOC_THREAD_SELF, &arg) != ZX_OK)
		return ZX_HANDLE_INVALID;
	if (handle == handle_of(known) && known & SELF)
		return handle;
	if (handle != handle_of(known))
		handle = keep(tid, known, handle, true);
	if (handle != ZX_HANDLE_INVALID)
		asked(tid, handle);
	return handle;
}

/* The C library has the id of a thread, and shows it in the number of its clock only. */
static pid_t id_of(thrd_t thread)
{
	clockid_t clock;

	return pthread_getcpuclockid(thread, &clock) == 0 ? (pid_t)~(clock >> 3) : 0;
}

zx_handle_t thrd_get_zx_handle(thrd_t thread)
{
	const pid_t tid = id_of(thread);
	const uint64_t known = find(tid);
	zx_handle_t handle = ZX_HANDLE_INVALID;
	struct zxl_ioc_process arg = {
		.handle = handle_of(known),
		.pid = tid,
		.out = zxi_ptr(&handle),
	};

	if (tid == thread_id())
		return zx_thread_self();
	if (zxi_device_call(ZXL_IOC_THREAD_OPEN, &arg) != ZX_OK)
		return ZX_HANDLE_INVALID;
	return handle == handle_of(known) ? handle : keep(tid, known, handle, false);
}

ZXI_TWIN(zx_thread_self);
