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

/* The Linux name of a process, as ps(1) shows it. */
static inline const char *comm_of(pid_t pid)
{
	static char comm[32];
	char path[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file || !fgets(comm, sizeof(comm), file))
		comm[0] = '\0';
	if (file)
		fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	return comm;
}

#define LONG_NAME "a name that Linux would cut off"	/* 31 bytes */

#endif /* ZXTASK_H */
