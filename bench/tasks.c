// SPDX-License-Identifier: GPL-2.0-only
/* Jobs, and processes in them. */
#include "bench.h"

#include <spawn.h>
#include <sys/wait.h>

#include <zircon/process.h>
#include <zircon/processargs.h>

static void reap(void)
{
	int status;

	if (wait(&status) < 0 || status)
		die("wait");
}

static void op_fork(void *arg, unsigned int i)
{
	pid_t pid = fork();

	(void)arg;
	(void)i;
	if (pid < 0)
		die("fork");
	if (!pid)
		_exit(0);
	reap();
}

/* The program that ends at once: this one, see main(). */
static const char *const exits[] = { "/proc/self/exe", "exit", NULL };

static void op_posix_spawn(void *arg, unsigned int i)
{
	pid_t pid;

	(void)arg;
	(void)i;
	if (posix_spawn(&pid, exits[0], NULL, NULL, (char *const *)exits, environ))
		die("posix_spawn");
	reap();
}

static void op_spawn(void *arg, unsigned int i)
{
	zxl_spawn_action_t add = {
		.action = ZXL_SPAWN_ACTION_ADD_HANDLE,
		.h = { .id = PA_HND(PA_USER0, 0) },
	};
	zx_handle_t process;

	(void)i;
	must(zx_event_create(0, &add.h.handle), "zx_event_create");
	must(zxl_spawn_etc(*(zx_handle_t *)arg, ZXL_SPAWN_CLONE_ALL, exits[0], exits, NULL, 1,
			   &add, &process, NULL), "zxl_spawn_etc");
	reap();
	must(zx_handle_close(process), "zx_handle_close");
}

static void op_job(void *arg, unsigned int i)
{
	zx_handle_t job;

	(void)i;
	must(zx_job_create(*(zx_handle_t *)arg, 0, &job), "zx_job_create");
	must(zx_handle_close(job), "zx_handle_close");
}

static void op_open(void *arg, unsigned int i)
{
	pid_t pid = fork();

	(void)arg;
	(void)i;
	if (pid < 0)
		die("fork");
	/* The library opens the device for the child. */
	if (!pid)
		_exit(zx_process_self() == ZX_HANDLE_INVALID);
	reap();
}

/* A process in a job, which stays. */
static zx_handle_t start_process(zx_handle_t job)
{
	static const char *const stays[] = { "/proc/self/exe", "stay", NULL };
	zx_handle_t process;

	must(zxl_spawn(job, ZXL_SPAWN_CLONE_ALL, stays[0], stays, &process), "zxl_spawn");
	return process;
}

void bench_tasks(void)
{
	zx_handle_t job, parent = zx_job_default(), process;

	ours("Job/CreateClose", measure(op_job, &parent));
	peer("fork, exit, wait", measure(op_fork, NULL));
	ours("Process/Open, with fork, exit, wait", measure(op_open, NULL));
	against("fork, exit, wait", 1, 0);

	must(zx_job_create(parent, 0, &job), "zx_job_create");
	process = start_process(job);
	ours("Fork/BesideJob", measure(op_fork, NULL));
	against("fork, exit, wait", 1, 0);
	must(zx_task_kill(process), "zx_task_kill");
	if (wait(NULL) < 0)
		die("wait");
	must(zx_handle_close(process), "zx_handle_close");

	peer("posix_spawn, exit, wait", measure(op_posix_spawn, NULL));
	ours("Process/Spawn, with exit, wait", measure(op_spawn, &job));
	against("posix_spawn, exit, wait", 1, 1.05);
	must(zx_handle_close(job), "zx_handle_close");
}
