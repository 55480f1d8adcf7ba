// SPDX-License-Identifier: MIT
/* Processes: a program's handle to its own, handles to others, and the end of both. */
#include "internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

zx_handle_t zxi_kept_handle(_Atomic zx_handle_t *kept, unsigned long request, void *arg,
			    const zx_handle_t *fresh)
{
	zx_handle_t handle;

	/*
	 * The check finds out that this is a child that was made without fork(), and then the
	 * variable is reset. Or another thread has just stored a handle: then that one is used.
	 */
	for (;;) {
		handle = atomic_load(kept);
		if (handle == ZX_HANDLE_INVALID)
			break;
		if (zx_handle_check_valid(handle) == ZX_OK)
			return handle;
		if (handle == atomic_load(kept))
			break;
	}
	if (zxi_device_call(request, arg) != ZX_OK)
		return ZX_HANDLE_INVALID;
	/*
	 * If two threads are the first, one of them has a handle too many. If the variable was
	 * reset meanwhile, this thread stores its handle.
	 */
	do {
		if (atomic_compare_exchange_strong(kept, &handle, *fresh))
			return *fresh;
	} while (handle == ZX_HANDLE_INVALID);
	zx_handle_close(*fresh);
	return handle;
}

zx_handle_t zx_process_self(void)
{
	zx_handle_t fresh = ZX_HANDLE_INVALID;
	struct zx_ioc_handle arg = { .out = zxi_ptr(&fresh) };

	return zxi_kept_handle(&zxi_process_self, ZXL_IOC_PROCESS_SELF, &arg, &fresh);
}

zx_status_t zx_task_kill(zx_handle_t handle)
{
	struct zx_ioc_handle arg = { .handle = handle };

	return zxi_device_call(ZX_IOC_TASK_KILL, &arg);
}

static __NO_INLINE void trace_exit(const struct zx_ioc_process_exit *arg)
{
	struct zxi_trace trace;

	zxi_trace_begin(&trace, ZX_IOC_PROCESS_EXIT, arg);
	zxi_trace_last(&trace);
}

void zx_process_exit(int64_t retcode)
{
	struct zx_ioc_process_exit arg = { .retcode = retcode };

	if (unlikely(zxi_tracing))
		trace_exit(&arg);
	/* Linux passes on these by itself. */
	if (retcode < 0 || retcode > 0xff)
		zxi_device_exit(&arg);
	for (;;)
		zxi_system_call(SYS_exit_group, (unsigned long)(retcode & 0xff), 0, 0, 0, 0, 0);
}

/* The status for a negative errno of a system call here. */
static zx_status_t status_of(long ret)
{
	switch (-ret) {
	case EMFILE:
	case ENFILE:
		return ZX_ERR_NO_RESOURCES;
	case ENOMEM:
		return ZX_ERR_NO_MEMORY;
	case ESRCH:
		return ZX_ERR_BAD_STATE;
	default:
		return ZX_ERR_NOT_SUPPORTED;
	}
}

/* The end of "NSpid:" and one number behind it. Returns whether it is the only number. */
static bool has_one_number(const char *line)
{
	size_t blank = strspn(line, " \t");
	size_t digits = strspn(line + blank, "0123456789");

	return digits > 0 && line[blank + digits] == '\n';
}

/* Of the calling thread, which may have other descriptors than the process' first. */
#define FDINFO "/proc/thread-self/fdinfo/"

void zxi_append_number(char *to, unsigned int number)
{
	size_t digits = 1;

	for (unsigned int rest = number; rest >= 10; rest /= 10)
		digits++;
	to[digits] = '\0';
	for (; digits > 0; number /= 10)
		to[--digits] = (char)('0' + number % 10);
}

/**
 * read_pidfd - which process a pidfd is for
 * @fd: the descriptor
 * @pid: receives the process id in the pid namespace of /proc; -1 after its parent has waited for
 * the process, 0 if that namespace does not have it
 * @one: NULL, or receives whether /proc is of the same pid namespace as the process
 *
 * Return: ZX_OK; ZX_ERR_NOT_SUPPORTED /proc is not there; ZX_ERR_WRONG_TYPE @fd is no pidfd;
 * ZX_ERR_NO_RESOURCES, ZX_ERR_NO_MEMORY.
 */
static zx_status_t read_pidfd(int fd, pid_t *pid, bool *one)
{
	char path[48] = FDINFO, text[640];
	const char *line;
	size_t used = 0;
	long info, n;

	zxi_append_number(path + strlen(FDINFO), (unsigned int)fd);
	info = zxi_system_call(SYS_openat, AT_FDCWD, zxi_ptr(path), O_RDONLY | O_CLOEXEC, 0, 0, 0);
	if (info < 0)
		return status_of(info);
	do {
		n = zxi_system_call(SYS_read, (unsigned long)info, zxi_ptr(text + used),
				    sizeof(text) - 1 - used, 0, 0, 0);
		used += n > 0 ? (size_t)n : 0;
	} while (n > 0 || n == -EINTR);
	zxi_system_call(SYS_close, (unsigned long)info, 0, 0, 0, 0, 0);
	text[used] = '\0';
	line = strstr(text, "\nPid:");
	if (!line)
		return ZX_ERR_WRONG_TYPE;
	*pid = atoi(line + strlen("\nPid:"));
	/* A kernel without namespaces has no such line. */
	line = strstr(text, "\nNSpid:");
	if (one)
		*one = !line || has_one_number(line + strlen("\nNSpid:"));
	return ZX_OK;
}

static long open_pidfd(pid_t pid)
{
	return zxi_system_call(SYS_pidfd_open, (unsigned long)pid, 0, 0, 0, 0, 0);
}

static void close_fd(long fd)
{
	zxi_system_call(SYS_close, (unsigned long)fd, 0, 0, 0, 0, 0);
}

/* Whether ids in /proc are those of the caller's pid namespace, in which the module looks. */
static zx_status_t proc_is_ours(void)
{
	zx_status_t status;
	pid_t pid;
	bool one = false;
	long fd = open_pidfd((pid_t)zxi_system_call(SYS_getpid, 0, 0, 0, 0, 0, 0));

	if (fd < 0)
		return status_of(fd);
	status = read_pidfd((int)fd, &pid, &one);
	close_fd(fd);
	if (status == ZX_OK && !one)
		status = ZX_ERR_NOT_SUPPORTED;
	return status;
}

/*
 * The kernel lets no module look into a pidfd, so the way is by the process id. The id still names
 * the pidfd's process after the module has found the process: so it did before.
 */
zx_status_t zxl_process_open(int pidfd, uint32_t options, zx_handle_t *out)
{
	zx_handle_t process = ZX_HANDLE_INVALID;
	struct zxl_ioc_process arg = { .out = zxi_ptr(&process) };
	zx_status_t status;
	pid_t pid;

	if (options)
		return ZX_ERR_INVALID_ARGS;
	if (zxi_system_call(SYS_fcntl, (unsigned long)pidfd, F_GETFD, 0, 0, 0, 0) < 0)
		return ZX_ERR_BAD_HANDLE;
	status = read_pidfd(pidfd, &arg.pid, NULL);
	if (status != ZX_OK)
		return status;
	if (arg.pid <= 0)
		return ZX_ERR_NOT_FOUND;
	status = proc_is_ours();
	if (status != ZX_OK)
		return status;
	status = zxi_device_call(ZXL_IOC_PROCESS_OPEN, &arg);
	if (status != ZX_OK)
		return status;
	status = read_pidfd(pidfd, &pid, NULL);
	if (status == ZX_OK && pid != arg.pid)
		status = ZX_ERR_NOT_FOUND;
	/* The kernel writes to *out, since it can tell a bad pointer. */
	if (status == ZX_OK)
		return zx_handle_replace(process, ZX_RIGHT_SAME_RIGHTS, out);
	zx_handle_close(process);
	return status;
}

/* As above: the process still has the id after the pidfd was opened. */
zx_status_t zxl_process_pidfd(zx_handle_t handle, uint32_t options, int *out_fd)
{
	int32_t pid = 0, again = 0;
	struct zxl_ioc_process arg = { .handle = handle, .out = zxi_ptr(&pid) };
	zx_status_t status;
	long fd;

	if (options || !out_fd)
		return ZX_ERR_INVALID_ARGS;
	status = zxi_process_check_rights(handle, ZX_RIGHT_INSPECT);
	if (status == ZX_OK)
		status = zxi_device_call(ZXL_IOC_PROCESS_PID, &arg);
	if (status != ZX_OK)
		return status;
	fd = open_pidfd(pid);
	if (fd < 0)
		return status_of(fd);
	arg.out = zxi_ptr(&again);
	status = zxi_device_call(ZXL_IOC_PROCESS_PID, &arg);
	if (status == ZX_OK && again != pid)
		status = ZX_ERR_BAD_STATE;
	if (status != ZX_OK) {
		close_fd(fd);
		return status;
	}
	*out_fd = (int)fd;
	return ZX_OK;
}

ZXI_TWIN(zx_process_self);
ZXI_TWIN(zx_process_exit);
ZXI_TWIN(zx_task_kill);
