/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of jobs: processes that start in a job, what a job has, memory in which all
 * processes of a test meet, and the end of all of them.
 */
#ifndef ZXJOB_H
#define ZXJOB_H

#include <stdatomic.h>

#include <zircon/syscalls/policy.h>

#include "zxcall.h"
#include "zxtask.h"

#define ZXJ_EMPTY	(ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES | ZX_JOB_NO_CHILDREN)
#define ZXJ_GONE	(ZX_JOB_TERMINATED | ZXJ_EMPTY)

/* What a handle to a job does not allow that the module has made, not a program. */
#define ZXJ_RIGHTS_OF_MAKER \
	(ZX_RIGHT_DESTROY | ZX_RIGHT_SET_POLICY | ZX_RIGHT_SET_PROPERTY | ZX_RIGHT_SIGNAL)

/*
 * Memory that all processes of a test share. It is a file, so that programs that a process executes
 * find it by its descriptor.
 */
#define ZXJ_SLOTS	4096

static struct zxj_shared {
	_Atomic int arrived;			/* processes that have come to zxj_arrive() */
	_Atomic int go;				/* what waits for the test may go on */
	_Atomic int count;			/* as the test wants */
	_Atomic pid_t pids[ZXJ_SLOTS];		/* of those that have arrived */
	_Atomic int64_t values[32];		/* as the test wants */
} *zxj_shared;

static int zxj_shared_fd = -1;

/* Maps the memory: a new one, or that behind a descriptor. */
static inline bool zxj_share(int fd)
{
	zxj_shared_fd = fd >= 0 ? fd : memfd_create("zxjob", 0);
	if (zxj_shared_fd < 0 || (fd < 0 && ftruncate(zxj_shared_fd, sizeof(*zxj_shared))))
		return false;
	zxj_shared = mmap(NULL, sizeof(*zxj_shared), PROT_READ | PROT_WRITE, MAP_SHARED,
			  zxj_shared_fd, 0);
	return zxj_shared != MAP_FAILED;
}

/* A plain copy, which the harness' macros can print. */
static inline int64_t zxj_value(int i)
{
	return zxj_shared->values[i];
}

/* Waits for minutes until a number is at least @wanted. */
static inline bool zxj_reaches(const _Atomic int *number, int wanted)
{
	for (int i = 0; i < 180000 && *number < wanted; i++)
		usleep(1000);
	return *number >= wanted;
}

/* In a child: says that it is there. Calls nothing that needs memory of its own. */
static inline void zxj_say_arrived(void)
{
	int slot = atomic_fetch_add(&zxj_shared->count, 1);

	if (slot < ZXJ_SLOTS)
		zxj_shared->pids[slot] = syscall(SYS_getpid);
	zxj_shared->arrived++;
}

/* The same, and stays until it is killed. */
static inline void zxj_arrive(void)
{
	zxj_say_arrived();
	for (;;)
		syscall(SYS_ppoll, NULL, 0, NULL, NULL, 0);
}

/* The same, but stays until the test lets it go. */
static inline void zxj_arrive_until_go(void)
{
	const struct timespec rarely = { .tv_nsec = 20 * 1000 * 1000 };

	zxj_say_arrived();
	/* Many processes may be here. No function of the C library: it may be a raw clone. */
	while (!zxj_shared->go)
		syscall(SYS_ppoll, NULL, 0, &rarely, NULL, 0);
}

/* A job below @parent, or ZX_HANDLE_INVALID. */
static inline zx_handle_t zxj_job(zx_handle_t parent)
{
	zx_handle_t job = ZX_HANDLE_INVALID;

	zx_job_create(parent, 0, &job);
	return job;
}

/* Makes the process that the next child of this thread is. */
static inline zx_status_t zxj_create_etc(zx_handle_t job, uint32_t options, zx_handle_t startup,
					 const char *name, uint32_t name_size,
					 zx_handle_t *process)
{
	struct zxl_ioc_process_create arg = {
		.handle = job,
		.options = options,
		.startup = startup,
		.name_size = name_size,
		.name = (uintptr_t)name,
		.out = (uintptr_t)process,
	};

	return -zxp_ioctl(zxt_call_device(), ZXL_IOC_PROCESS_CREATE, &arg);
}

static inline zx_status_t zxj_create(zx_handle_t job, zx_handle_t *process)
{
	return zxj_create_etc(job, 0, ZX_HANDLE_INVALID, "member", 6, process);
}

/* The handle that this program was started with. */
static inline zx_status_t zxj_startup(zx_handle_t *out)
{
	struct zx_ioc_handle arg = { .out = (uintptr_t)out };

	return -zxp_ioctl(zxt_call_device(), ZXL_IOC_PROCESS_STARTUP, &arg);
}

/* Like fork(), but the child is a process in @job. -1 also if there can be none. */
static inline pid_t zxj_fork_into(zx_handle_t job, zx_handle_t *process)
{
	if (zxj_create(job, process) != ZX_OK)
		return -1;
	return fork();
}

/* Starts a process in @job that runs @body and exits with 0; @process may be NULL. */
static inline pid_t zxj_start(zx_handle_t job, void (*body)(void), zx_handle_t *process)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;
	pid_t pid = zxj_fork_into(job, &handle);

	if (pid == 0) {
		body();
		_exit(0);
	}
	if (process)
		*process = handle;
	else if (handle != ZX_HANDLE_INVALID)
		zx_handle_close(handle);
	return pid;
}

/* Stores at most @max koids of a list; returns how many there are, or -1. */
static inline ssize_t zxj_list(zx_handle_t job, uint32_t topic, zx_koid_t *koids, size_t max)
{
	size_t avail = 0;

	if (zx_object_get_info(job, topic, koids, max * sizeof(*koids), NULL, &avail) != ZX_OK)
		return -1;
	return avail;
}

static inline ssize_t zxj_jobs(zx_handle_t job)
{
	return zxj_list(job, ZX_INFO_JOB_CHILDREN, NULL, 0);
}

static inline ssize_t zxj_processes(zx_handle_t job)
{
	return zxj_list(job, ZX_INFO_JOB_PROCESSES, NULL, 0);
}

/* Whether a list of a job has this koid. */
static inline bool zxj_has(zx_handle_t job, uint32_t topic, zx_koid_t koid)
{
	static zx_koid_t koids[ZXJ_SLOTS];
	ssize_t count = zxj_list(job, topic, koids, ZXJ_SLOTS);

	for (ssize_t i = 0; i < count && i < ZXJ_SLOTS; i++)
		if (koids[i] == koid)
			return true;
	return false;
}

static inline zx_info_job_t zxj_info(zx_handle_t job)
{
	zx_info_job_t info = { .return_code = INT64_MIN };

	zx_object_get_info(job, ZX_INFO_JOB, &info, sizeof(info), NULL, NULL);
	return info;
}

static inline zx_info_process_t zxj_process_info(zx_handle_t process)
{
	zx_info_process_t info = { .return_code = INT64_MIN, .flags = ~0u };

	zx_object_get_info(process, ZX_INFO_PROCESS, &info, sizeof(info), NULL, NULL);
	return info;
}

/* The return code of a process after its end, which is waited for. */
static inline int64_t zxj_return_code(zx_handle_t process)
{
	return ends_soon(process) ? zxj_process_info(process).return_code : INT64_MIN;
}

/* The koid of a process, by its id. */
static inline zx_koid_t zxj_koid_of(pid_t pid)
{
	zx_handle_t process = ZX_HANDLE_INVALID;
	zx_koid_t koid;

	if (open_pid(pid, &process) != ZX_OK)
		return ZX_KOID_INVALID;
	koid = zxt_koid(process);
	zx_handle_close(process);
	return koid;
}

/* Whether a process, of any parent, has ended: a zombie has. */
static inline bool zxj_process_is_gone(pid_t pid)
{
	char path[32], text[512], *state;
	FILE *stat;
	size_t size;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return true;
	size = fread(text, 1, sizeof(text) - 1, stat);
	fclose(stat);
	text[size] = '\0';
	/* The state follows the name, which is in brackets. */
	state = strrchr(text, ')');
	return !state || state[2] == 'Z' || state[2] == 'X';
}

/* Waits for a signal that must come. Returns all that are up then, or all ones. */
static inline zx_signals_t zxj_sees(zx_handle_t handle, zx_signals_t signals)
{
	zx_signals_t observed = ~0u;

	if (zx_object_wait_one(handle, signals, ZXT_SOON, &observed) != ZX_OK)
		return ~0u;
	return observed;
}

/*
 * Reaps all children, also those whose parents have ended. Where some do not end within minutes,
 * the test has failed, and ends with them.
 */
static inline void zxj_reap_all(void)
{
	for (int i = 0; i < 180000;) {
		pid_t pid = waitpid(-1, NULL, WNOHANG);

		if (pid < 0 && errno == ECHILD)
			return;
		if (pid == 0)
			usleep(1000);
		i += pid == 0;
	}
	fprintf(stderr, "# children that do not end\n");
	kill(0, SIGKILL);
}

#endif /* ZXJOB_H */
