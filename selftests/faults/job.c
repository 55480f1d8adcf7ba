// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: jobs, their policies, and processes that start in them.
 */
#include <zircon/syscalls/policy.h>

#include "faults.h"

/* The library would keep the handle of zx_job_default(). */
static zx_handle_t open_job(uint32_t which)
{
	zx_handle_t job = ZX_HANDLE_INVALID;
	struct zxl_ioc_job_open arg = { .options = which, .out = (uintptr_t)&job };

	OK(-zxp_ioctl(device, ZXL_IOC_JOB_OPEN, &arg));
	return job;
}

/* A job in which nothing is. */
static void new_job(struct world *w)
{
	zx_handle_t parent = open_job(ZXL_JOB_DEFAULT);

	OK(zx_job_create(parent, 0, &w->end[0]));
	OK(zx_handle_close(parent));
}

static void prepare_create(struct world *w)
{
	struct zx_ioc_job_create *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->out = address(OUT0);
}

static ssize_t number_in(zx_handle_t job, uint32_t topic)
{
	size_t avail = 0;

	OK(zx_object_get_info(job, topic, NULL, 0, NULL, &avail));
	return avail;
}

static void failed_create(struct world *w)
{
	check_unchanged(w);
	CHECK(w, number_in(w->end[0], ZX_INFO_JOB_CHILDREN) == 0);
}

static void done_create(struct world *w)
{
	zx_info_handle_basic_t info = zxt_basic(number(OUT0));

	CHECK(w, info.type == ZX_OBJ_TYPE_JOB && info.rights == ZX_DEFAULT_JOB_RIGHTS);
	CHECK(w, info.related_koid == zxt_koid(w->end[0]));
	CHECK(w, zxt_handles_to(number(OUT0)) == 1);
	CHECK(w, number_in(w->end[0], ZX_INFO_JOB_CHILDREN) == 1);
	/* It is a whole one: it ends when it is killed. */
	OK(zx_task_kill(number(OUT0)));
	CHECK(w, zxt_signals(number(OUT0)) & ZX_JOB_TERMINATED);
	CHECK(w, number_in(w->end[0], ZX_INFO_JOB_CHILDREN) == 0);
}

static const struct kind job_create = {
	.set_up = new_job,
	.prepare = prepare_create,
	.failed = failed_create,
	.done = done_create,
	.request = ZX_IOC_JOB_CREATE,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
};

static void prepare_open(struct world *w)
{
	struct zxl_ioc_job_open *arg = new_args(sizeof(*arg));

	arg->options = w->is->options;
	arg->out = address(OUT0);
}

static void done_open(struct world *w)
{
	zx_info_handle_basic_t info = zxt_basic(number(OUT0));

	CHECK(w, info.type == ZX_OBJ_TYPE_JOB);
	CHECK(w, info.rights == (ZX_DEFAULT_JOB_RIGHTS &
				 ~(ZX_RIGHT_DESTROY | ZX_RIGHT_SET_POLICY | ZX_RIGHT_SET_PROPERTY |
				   ZX_RIGHT_SIGNAL)));
	CHECK(w, info.koid == zxt_koid(open_job(w->is->options)));
}

static const struct kind job_open = {
	.prepare = prepare_open,
	.done = done_open,
	.request = ZXL_IOC_JOB_OPEN,
	.may = FAIL_COPY,
	.gain = 1,
};

/* As many records as the case has as its size, which deny events and the like for good. */
static void prepare_policy(struct world *w)
{
	struct zx_ioc_job_set_policy *arg = new_args(sizeof(*arg));
	const zx_policy_timer_slack_t slack = { .min_slack = 1000 };
	zx_policy_basic_v1_t *old = place(FROM);
	zx_policy_basic_v2_t *fresh = place(FROM);

	for (uint32_t i = 0; i < w->is->size; i++)
		if (w->is->type == ZX_JOB_POL_BASIC_V1)
			old[i] = (zx_policy_basic_v1_t) { ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY };
		else
			fresh[i] = (zx_policy_basic_v2_t) {
				ZX_POL_NEW_EVENT, ZX_POL_ACTION_DENY, ZX_POL_OVERRIDE_DENY,
			};
	if (w->is->type == ZX_JOB_POL_TIMER_SLACK)
		memcpy(fresh, &slack, sizeof(slack));
	arg->handle = w->end[0];
	arg->options = w->is->options;
	arg->topic = w->is->type;
	arg->count = w->is->size;
	arg->policy = address(FROM);
}

/* What comes of an attempt to allow events, which a policy may have denied for good. */
static zx_status_t allow_events(struct world *w)
{
	const zx_policy_basic_v2_t allow = {
		ZX_POL_NEW_EVENT, ZX_POL_ACTION_ALLOW, ZX_POL_OVERRIDE_ALLOW,
	};

	return zx_job_set_policy(w->end[0], ZX_JOB_POL_ABSOLUTE, ZX_JOB_POL_BASIC_V2, &allow, 1);
}

static void failed_policy(struct world *w)
{
	check_unchanged(w);
	CHECK(w, allow_events(w) == ZX_OK);
}

static void done_policy(struct world *w)
{
	CHECK(w, allow_events(w) == (w->is->type == ZX_JOB_POL_TIMER_SLACK ?
				     ZX_OK : ZX_ERR_ALREADY_EXISTS));
}

static const struct kind job_set_policy = {
	.set_up = new_job,
	.prepare = prepare_policy,
	.failed = failed_policy,
	.done = done_policy,
	.request = ZX_IOC_JOB_SET_POLICY,
	.may = FAIL_COPY,
};

#define NAME	"a process to be"

static struct zxl_ioc_process_create create_arg(struct world *w)
{
	return (struct zxl_ioc_process_create) { .handle = w->end[0], .name_size = strlen(NAME) };
}

/* It does not start, and so ends with its handle. */
static void new_member(struct world *w)
{
	struct zxl_ioc_process_create arg;

	new_job(w);
	arg = create_arg(w);
	arg.name = (uintptr_t)NAME;
	arg.out = (uintptr_t)&w->end[1];
	OK(-zxp_ioctl(device, ZXL_IOC_PROCESS_CREATE, &arg));
}

static void prepare_critical(struct world *w)
{
	struct zx_ioc_job_set_critical *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->process = w->end[1];
}

static void done_critical(struct world *w)
{
	CHECK(w, zx_job_set_critical(w->end[0], 0, w->end[1]) == ZX_ERR_ALREADY_BOUND);
	/* The end of the process is that of the job. */
	OK(zx_task_kill(w->end[1]));
	CHECK(w, zx_object_wait_one(w->end[0], ZX_JOB_TERMINATED, ZXT_SOON, NULL) == ZX_OK);
}

static const struct kind job_set_critical = {
	.set_up = new_member,
	.prepare = prepare_critical,
	.done = done_critical,
	.request = ZX_IOC_JOB_SET_CRITICAL,
	.may = FAIL_ALLOC,
};

static void prepare_process(struct world *w)
{
	struct zxl_ioc_process_create *arg = new_args(sizeof(*arg));

	*arg = create_arg(w);
	memcpy(place(FROM), NAME, strlen(NAME));
	arg->name = address(FROM);
	arg->out = address(OUT0);
	if (!w->is->handles)
		return;
	supply(w);
	arg->startup = w->sent[0];
}

static void failed_process(struct world *w)
{
	check_unchanged(w);
	CHECK(w, number_in(w->end[0], ZX_INFO_JOB_PROCESSES) == 0);
}

/* In the process: its handle is the event with this koid, or it has none. */
static _Noreturn void be_member(zx_koid_t koid)
{
	zx_handle_t startup = ZX_HANDLE_INVALID;
	struct zx_ioc_handle arg = { .out = (uintptr_t)&startup };
	int own = zxp_open(O_CLOEXEC);

	CHILD_CHECK(own >= 0);
	if (koid) {
		CHILD_CHECK(zxp_ioctl(own, ZXL_IOC_PROCESS_STARTUP, &arg) == 0);
		CHILD_CHECK(zxt_koid(startup) == koid);
	}
	CHILD_CHECK(zxp_ioctl(own, ZXL_IOC_PROCESS_STARTUP, &arg) == SAYS(ZX_ERR_NOT_FOUND));
	_exit(0);
}

/* The thread's next child is the process, also where a call has failed before. */
static void done_process(struct world *w)
{
	zx_info_handle_basic_t info = zxt_basic(number(OUT0));
	zx_koid_t kept = w->is->handles ? zxt_koid(w->kept) : ZX_KOID_INVALID;
	char name[ZX_MAX_NAME_LEN] = {};
	zx_info_process_t process = { .flags = ~0u };
	pid_t pid;

	CHECK(w, info.type == ZX_OBJ_TYPE_PROCESS && info.rights == ZX_DEFAULT_PROCESS_RIGHTS);
	CHECK(w, info.related_koid == zxt_koid(w->end[0]));
	CHECK(w, number_in(w->end[0], ZX_INFO_JOB_PROCESSES) == 1);
	OK(zx_object_get_property(number(OUT0), ZX_PROP_NAME, name, sizeof(name)));
	CHECK(w, !strcmp(name, NAME));
	OK(zx_object_get_info(number(OUT0), ZX_INFO_PROCESS, &process, sizeof(process), NULL,
			      NULL));
	CHECK(w, process.flags == 0);
	pid = fork();
	MUST(pid >= 0);
	if (!pid)
		be_member(kept);
	CHECK(w, zxp_reap(pid) == 0);
	CHECK(w, zx_object_wait_one(number(OUT0), ZX_PROCESS_TERMINATED, ZXT_SOON, NULL) == ZX_OK);
	OK(zx_object_get_info(number(OUT0), ZX_INFO_PROCESS, &process, sizeof(process), NULL,
			      NULL));
	CHECK(w, process.flags == (ZX_INFO_PROCESS_FLAG_STARTED | ZX_INFO_PROCESS_FLAG_EXITED));
	CHECK(w, process.return_code == 0);
	/* The handle has gone with it. */
	if (w->is->handles)
		CHECK(w, zxt_handles_to(w->kept) == 1);
}

/* A handle that is passed is moved, if the call succeeds, and closed if it fails. */
static const struct kind process_create = {
	.set_up = new_job,
	.prepare = prepare_process,
	.failed = failed_process,
	.done = done_process,
	.request = ZXL_IOC_PROCESS_CREATE,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
	.gain_each = -1,
	.consumes = true,
};

static const struct fault faults[] = {
	{ .name = "job_create", .kind = &job_create },
	{ .name = "job_open_default", .kind = &job_open, .options = ZXL_JOB_DEFAULT },
	{ .name = "job_open_root", .kind = &job_open, .options = ZXL_JOB_ROOT },
	{ .name = "job_set_policy_version_1", .kind = &job_set_policy, .size = 1,
	  .type = ZX_JOB_POL_BASIC_V1, .options = ZX_JOB_POL_ABSOLUTE },
	{ .name = "job_set_policy_version_2", .kind = &job_set_policy, .size = 3,
	  .type = ZX_JOB_POL_BASIC_V2, .options = ZX_JOB_POL_RELATIVE },
	{ .name = "job_set_policy_timer_slack", .kind = &job_set_policy, .size = 1,
	  .type = ZX_JOB_POL_TIMER_SLACK, .options = ZX_JOB_POL_RELATIVE },
	{ .name = "job_set_critical", .kind = &job_set_critical },
	{ .name = "process_create", .kind = &process_create },
	{ .name = "process_create_with_a_handle", .kind = &process_create, .handles = 1 },
};

const struct area job_area = AREA("job", faults);
