// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: jobs, their policies, and processes that start in them.
 *
 * Programs begin with "job_open": a handle to the job in which the worker is, below which they make
 * others. A "fork" after "process_create" makes its child a process of the job, and waits for it
 * like for all children.
 */
#include <zircon/syscalls/policy.h>

#include "explore.h"

/* submit() for a struct that zxp_argument does not name. */
static long submit_copy(struct actor *a, unsigned long request, const void *from)
{
	union zxp_argument arg = {};

	memcpy(arg.bytes, from, _IOC_SIZE(request));
	return submit(a, request, &arg);
}

/* The same, and remembers the handle. */
static long submit_for(struct actor *a, unsigned long request, const void *from,
		       const uint32_t *out, int kind)
{
	long ret = submit_copy(a, request, from);

	if (ret == 0 && *out)
		remember(*out, kind);
	return ret;
}

long do_job(struct actor *a)
{
	uint32_t out = 0;
	struct zx_ioc_job_create arg = {
		.handle = some_handle(a, JOB),
		.options = some_options(a, 0),
		.out = some_out(a, &out, 4),
	};

	return submit_for(a, ZX_IOC_JOB_CREATE, &arg, &out, JOB);
}

long do_job_open(struct actor *a)
{
	uint32_t out = 0;
	struct zxl_ioc_job_open arg = {
		.options = some_options(a, ZXL_JOB_ROOT),
		.out = some_out(a, &out, 4),
	};

	return submit_for(a, ZXL_IOC_JOB_OPEN, &arg, &out, JOB);
}

/* A record: the condition or the mode; then action and flags, or some slack. */
static size_t put_record(struct actor *a, uint32_t topic, uint8_t *at)
{
	uint8_t condition = byte(a), action = byte(a);
	zx_policy_timer_slack_t slack = {
		.min_slack = action & 0x80 ? -1 : (int64_t)action << action % 64,
		.default_mode = condition,
	};
	zx_policy_basic_v2_t basic = {
		.condition = condition,
		.action = action & 15,
		.flags = action >> 4,
	};
	size_t size = topic == ZX_JOB_POL_BASIC_V1 ? sizeof(zx_policy_basic_v1_t) : sizeof(basic);

	if (topic == ZX_JOB_POL_TIMER_SLACK) {
		memcpy(at, &slack, sizeof(slack));
		return sizeof(slack);
	}
	memcpy(at, &basic, size);
	return size;
}

long do_policy(struct actor *a)
{
	static const uint32_t topics[] = {
		ZX_JOB_POL_BASIC_V2, ZX_JOB_POL_BASIC_V1, ZX_JOB_POL_TIMER_SLACK, 2,
	};
	uint8_t choice = byte(a);
	struct zx_ioc_job_set_policy arg = {
		.handle = some_handle(a, JOB),
		.topic = topics[choice % ARRAY_SIZE(topics)],
		.options = choice >> 2 & 3,
		/* One record, unless the rest of the byte is used. */
		.count = choice >> 4 ? choice >> 4 : 1,
	};
	size_t size = 0;

	if (arg.count == 15)
		arg.count = some_size(a);
	for (uint32_t i = 0; i < arg.count && i < 18; i++)
		size += put_record(a, arg.topic, a->buffer + size);
	arg.policy = some_pointer(a, size, 0);
	return submit_copy(a, ZX_IOC_JOB_SET_POLICY, &arg);
}

long do_critical(struct actor *a)
{
	struct zx_ioc_job_set_critical arg = {
		.handle = some_handle(a, JOB),
		.process = some_handle(a, PROCESS),
		.options = some_options(a, ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO),
	};

	return submit_copy(a, ZX_IOC_JOB_SET_CRITICAL, &arg);
}

/* For the next child of this thread, which need not come. */
long do_process_create(struct actor *a)
{
	uint32_t out = 0;
	struct zxl_ioc_process_create arg = {
		.handle = some_handle(a, JOB),
		.name_size = some_size(a),
	};
	long ret;

	arg.name = some_pointer(a, arg.name_size, 0);
	arg.options = some_options(a, ZXL_PROCESS_CREATE_CANCEL);
	arg.out = some_out(a, &out, 4);
	if (byte(a))
		arg.startup = some_handle(a, ANY);
	ret = submit_for(a, ZXL_IOC_PROCESS_CREATE, &arg, &out, PROCESS);
	forget_dead();
	return ret;
}

/* In a child that was started with a handle; in others there is none. */
long do_startup(struct actor *a)
{
	uint32_t out = 0;
	struct zx_ioc_handle arg = { .out = some_out(a, &out, 4) };

	return submit_for(a, ZXL_IOC_PROCESS_STARTUP, &arg, &out, ANY);
}
