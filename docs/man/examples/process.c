// SPDX-License-Identifier: MIT
/*
 * Runs a Linux program, which does not use the library. After a time
 * it asks the program to end, and after another it ends it.
 */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zircon/linux.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>
#include <zircon/syscalls/object.h>

extern char **environ;

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

/* Whether the process ends before the time is up. */
static int ends_in(zx_handle_t process, zx_duration_mono_t time)
{
	zx_status_t status;

	status = zx_object_wait_one(process, ZX_PROCESS_TERMINATED,
				    zx_deadline_after(time), NULL);
	return status == ZX_OK;
}

static void stop(zx_handle_t process)
{
	int fd;

	if (zxl_process_pidfd(process, 0, &fd) == ZX_OK) {
		syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0);
		close(fd);
	}
	if (ends_in(process, ZX_SEC(1)))
		return;
	must(zx_task_kill(process), "zx_task_kill");
	ends_in(process, ZX_TIME_INFINITE);
}

/* Returns the return code of the program. */
static int64_t run(char **argv, zx_duration_mono_t limit)
{
	zx_info_task_runtime_t times;
	zx_info_process_t info;
	zx_handle_t process;
	pid_t pid;
	int fd;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
		exit(1);
	/* This works until waitpid(), also if the program has ended. */
	fd = syscall(SYS_pidfd_open, pid, 0);
	must(zxl_process_open(fd, 0, &process), "zxl_process_open");
	close(fd);

	if (!ends_in(process, limit))
		stop(process);
	must(zx_object_get_info(process, ZX_INFO_PROCESS, &info,
				sizeof(info), NULL, NULL),
	     "zx_object_get_info");
	must(zx_object_get_info(process, ZX_INFO_TASK_RUNTIME, &times,
				sizeof(times), NULL, NULL),
	     "zx_object_get_info");
	zx_handle_close(process);
	waitpid(pid, NULL, 0);
	printf("%s: return code %lld, after %lld us on a processor\n",
	       argv[0], (long long)info.return_code,
	       (long long)times.cpu_time / 1000);
	return info.return_code;
}

int main(void)
{
	if (run((char *[]){ "true", NULL }, ZX_SEC(60)) != 0)
		return 1;
	/* SIGTERM ends it. */
	return run((char *[]){ "sleep", "1000", NULL }, ZX_MSEC(200)) !=
	       ZXL_TASK_RETCODE_SIGNAL(SIGTERM);
}
