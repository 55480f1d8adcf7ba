/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of processes and threads: handles to them, their names, their end.
 */
#ifndef ZXTASK_H
#define ZXTASK_H

#include <sys/syscall.h>

#include <zircon/syscalls/object.h>

#include "zxproc.h"

static inline int pidfd_of(pid_t pid)
{
	return syscall(SYS_pidfd_open, pid, 0);
}

/* zxl_process_open() by a process id. */
static inline zx_status_t open_pid(pid_t pid, zx_handle_t *out)
{
	int fd = pidfd_of(pid);
	zx_status_t status = zxl_process_open(fd, 0, out);

	close(fd);
	return status;
}

static inline bool ends_soon(zx_handle_t task)
{
	return zx_object_wait_one(task, ZX_TASK_TERMINATED, ZXT_SOON, NULL) == ZX_OK;
}

static inline const char *name_of(zx_handle_t task)
{
	static char name[ZX_MAX_NAME_LEN];

	if (zx_object_get_property(task, ZX_PROP_NAME, name, sizeof(name)) != ZX_OK)
		snprintf(name, sizeof(name), "(none)");
	return name;
}

static inline zx_status_t set_name(zx_handle_t task, const char *name)
{
	return zx_object_set_property(task, ZX_PROP_NAME, name, strlen(name));
}

/* What a thread does; the state is none of Zircon's if that cannot be had. */
static inline zx_info_thread_t thread_info_of(zx_handle_t thread)
{
	zx_info_thread_t info = { .state = ~0u };

	zx_object_get_info(thread, ZX_INFO_THREAD, &info, sizeof(info), NULL, NULL);
	return info;
}

static inline zx_thread_state_t state_of(zx_handle_t thread)
{
	return thread_info_of(thread).state;
}

/* A Linux name, from a file in /proc. */
static inline const char *comm_in(const char *path)
{
	static char comm[32];
	FILE *file;

	file = fopen(path, "re");
	if (!file || !fgets(comm, sizeof(comm), file))
		comm[0] = '\0';
	if (file)
		fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	return comm;
}

/* The Linux name of a process, as ps(1) shows it. */
static inline const char *comm_of(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	return comm_in(path);
}

/* The same of a thread of this process. */
static inline const char *comm_of_thread(pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/comm", tid);
	return comm_in(path);
}

#define LONG_NAME "a name that Linux would cut off"	/* 31 bytes */

#endif /* ZXTASK_H */
