// SPDX-License-Identifier: MIT
/*
 * Starts a worker in a job, and again as long as workers fail; then
 * ends all that is in the job. The worker is the same program.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/linux.h>
#include <zircon/process.h>
#include <zircon/processargs.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>
#include <zircon/syscalls/object.h>
#include <zircon/syscalls/policy.h>

#define CHANNEL PA_HND(PA_USER0, 0)

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

/* Receives a number, and ends with it. Cannot create objects. */
static int work(void)
{
	zx_handle_t channel = zx_take_startup_handle(CHANNEL), event;
	unsigned char number = 100;

	if (zx_event_create(0, &event) != ZX_ERR_ACCESS_DENIED)
		return 101;
	zxl_channel_read_deadline(channel, 0, ZX_TIME_INFINITE, &number,
				  NULL, 1, 0, NULL, NULL);
	return number;
}

static zx_handle_t start(zx_handle_t job, zx_handle_t *channel)
{
	const char *const argv[] = { "worker", "work", NULL };
	zxl_spawn_action_t action = {
		.action = ZXL_SPAWN_ACTION_ADD_HANDLE,
		.h = { .id = CHANNEL },
	};
	char text[ZXL_SPAWN_ERR_MSG_MAX_LENGTH];
	zx_handle_t process;
	zx_status_t status;

	must(zx_channel_create(0, channel, &action.h.handle),
	     "zx_channel_create");
	status = zxl_spawn_etc(job, ZXL_SPAWN_CLONE_ALL,
			       "/proc/self/exe", argv, NULL, 1, &action,
			       &process, text);
	must(status, text);
	return process;
}

/* Waits for the end of a worker, and closes its handles. */
static int64_t end_of(zx_handle_t process, zx_handle_t channel)
{
	zx_info_process_t info;

	must(zx_object_wait_one(process, ZX_PROCESS_TERMINATED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
	must(zx_object_get_info(process, ZX_INFO_PROCESS, &info,
				sizeof(info), NULL, NULL),
	     "zx_object_get_info");
	zx_handle_close(process);
	zx_handle_close(channel);
	printf("return code %lld\n", (long long)info.return_code);
	return info.return_code;
}

int main(int argc, char **argv)
{
	zx_policy_basic_v2_t policy = { .condition = ZX_POL_NEW_ANY,
					.action = ZX_POL_ACTION_DENY };
	zx_handle_t job, process, channel;
	unsigned char number = 3;
	int64_t code;

	if (argc > 1 && *argv[1] == 'w')
		return work();
	/* Linux keeps nothing of workers that have ended. */
	signal(SIGCHLD, SIG_IGN);
	must(zx_job_create(zx_job_default(), 0, &job), "zx_job_create");
	must(zx_job_set_policy(job, ZX_JOB_POL_ABSOLUTE,
			       ZX_JOB_POL_BASIC_V2, &policy, 1),
	     "zx_job_set_policy");
	do {
		process = start(job, &channel);
		number--;
		must(zx_channel_write(channel, 0, &number, 1, NULL, 0),
		     "zx_channel_write");
		code = end_of(process, channel);
		if (code != number)
			return 1;
	} while (code != 0);

	/* This one waits for a number. */
	process = start(job, &channel);
	must(zx_task_kill(job), "zx_task_kill");
	must(zx_object_wait_one(job, ZX_JOB_TERMINATED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
	code = end_of(process, channel);
	zx_handle_close(job);
	return code != ZX_TASK_RETCODE_SYSCALL_KILL;
}
