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

	if (byte(a))
		arg.handle.handle = some_handle(a, JOB);
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
	long ret;

	/* The handle is returned if it names the thread. */
	if (byte(a))
		arg.handle.handle = some_handle(a, THREAD);
	ret = submit(a, ZXL_IOC_THREAD_SELF, &arg);
	if (ret == 0 && out && out != arg.handle.handle)
		remember(out, THREAD);
	return ret;
}

/* The second thread, or the calling one; or any process or thread. */
static pid_t some_tid(struct actor *a)
{
	uint8_t choice = byte(a);

	switch (choice) {
	case 0:
		return second_tid ? second_tid : gettid();
	case 1:
		return gettid();
	default:
		return some_pid(a);
	}
}

long do_thread_open(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.process.pid = some_tid(a),
		.process.out = some_out(a, &out, 4),
	};
	long ret;

	if (byte(a))
		arg.process.handle = some_handle(a, THREAD);
	ret = submit(a, ZXL_IOC_THREAD_OPEN, &arg);
	if (ret == 0 && out && out != arg.process.handle)
		remember(out, THREAD);
	return ret;
}

/* Programs get the handle to their process from "self". */
long do_thread_create(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.thread_create.handle = some_handle(a, PROCESS),
		.thread_create.name_size = some_size(a),
	};
	long ret;

	arg.thread_create.name = some_pointer(a, arg.thread_create.name_size, 0);
	arg.thread_create.options = some_options(a, 0);
	arg.thread_create.out = some_out(a, &out, 4);
	ret = submit(a, ZX_IOC_THREAD_CREATE, &arg);
	if (ret == 0 && out)
		remember(out, THREAD);
	return ret;
}

/*
 * A thread that begins is that object from then on. The first thread of a worker does not begin,
 * since it would have begun in all programs that follow: only second threads and children do, which
 * end with the program. So it makes one of the other two requests; after an "odd", which may change
 * a bit of the options, the one that no bit divides from a beginning.
 */
long do_thread_begin(struct actor *a)
{
	static const uint32_t options[] = { 0, ZXL_THREAD_CHECK, ZXL_THREAD_HAS_BEGUN, 3 };
	union zxp_argument arg = {
		.thread_begin.options = options[byte(a) % ARRAY_SIZE(options)],
		.thread_begin.handle = some_handle(a, THREAD),
	};

	if (gettid() == 1 && arg.thread_begin.options <= ZXL_THREAD_CHECK)
		arg.thread_begin.options = a->odd ? ZXL_THREAD_HAS_BEGUN : ZXL_THREAD_CHECK;
	return submit(a, ZXL_IOC_THREAD_BEGIN, &arg);
}
