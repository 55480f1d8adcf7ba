// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: processes are opened and end; threads.
 *
 * The worker is the first process of its pid namespace, which Linux lets no process inside kill.
 */
#include "explore.h"

volatile pid_t victim;
static volatile bool victim_is_used;

void begin_victim(void)
{
	if (victim)
		return;
	victim = zxp_start_idle();
	MUST(victim > 0);
	victim_is_used = false;
}

void end_victim(void)
{
	if (!victim_is_used && zxp_is_running(victim))
		return;
	zxp_end_idle(victim);
	victim = 0;
}

static pid_t some_pid(struct actor *a)
{
	uint8_t choice = byte(a);

	switch (choice) {
	case 0:
		return victim;
	case 1:
		return getpid();
	case 0xff:
		return -1;
	case 0xfe:
		return 0;
	default:
		/* Of the worker itself, if 2. */
		return choice - 1;
	}
}

long do_process(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.process.pid = some_pid(a),
		.process.out = some_out(a, &out, 4),
	};
	long ret;

	victim_is_used = true;
	ret = submit(a, ZXL_IOC_PROCESS_OPEN, &arg);
	if (ret == 0 && out)
		remember(out, PROCESS);
	return ret;
}

long do_pid(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.process.handle = some_handle(a, PROCESS),
		.process.out = some_out(a, &out, 4),
	};

	return submit(a, ZXL_IOC_PROCESS_PID, &arg);
}

long do_kill(struct actor *a)
{
	union zxp_argument arg = { .handle.handle = some_handle(a, PROCESS) };

	return submit(a, ZX_IOC_TASK_KILL, &arg);
}

/* The first of all programs of a worker decides on the return code. */
long do_exit(struct actor *a)
{
	union zxp_argument arg = { .process_exit.retcode = (int8_t)byte(a) * 0x100000001 };

	return submit(a, ZX_IOC_PROCESS_EXIT, &arg);
}

/*
 * The object of a worker's first thread stays from one program to the next; that of a thread that a
 * program begins, or of a child, is a new one each time.
 */
long do_thread_self(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = { .handle.out = some_out(a, &out, 4) };
	long ret = submit(a, ZXL_IOC_THREAD_SELF, &arg);

	if (ret == 0 && out)
		remember(out, THREAD);
	return ret;
}
