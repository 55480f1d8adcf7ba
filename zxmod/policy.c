// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job policies.
 */
#include <linux/sched.h>
#include <linux/sched/rt.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/sched/task_stack.h>
#include <linux/signal.h>
#include <linux/uaccess.h>

#include <asm/syscall.h>

#include <linux/zircon.h>

#include "handle.h"
#include "job.h"
#include "policy.h"
#include "process.h"
#include "user.h"

static_assert(sizeof(struct zx_policy) <= 48);
static_assert(sizeof(struct zx_policy_basic) == 12);
static_assert(offsetofend(struct zx_policy_basic, action) == ZX_POLICY_BASIC_V1_SIZE);
static_assert(sizeof(struct zx_policy_timer_slack) == 16);

/* Whether a job was ever given actions; set before the job's first process enters it. */
static bool zx_policy_in_use;

/* The conditions that ZX_POL_NEW_ANY stands for. */
#define ZX_POL_NEW_ALL	(GENMASK(ZX_POL_NEW_PAGER, ZX_POL_NEW_VMO) | \
			 GENMASK(ZX_POL_NEW_SAMPLER, ZX_POL_NEW_IOB))

/* The bit of ZX_POLICY_SLACK is no condition's. */
static_assert(ZX_POL_MAX <= 31);

/* Applies a record to a condition other than ZX_POL_NEW_ANY. */
static int zx_policy_add_one(struct zx_policy *policy, u32 mode,
			     const struct zx_policy_basic *record)
{
	u32 condition = record->condition;

	if (record->action >= ZX_POL_ACTION_MAX)
		return ZX_ERR_NOT_SUPPORTED;
	if (record->flags > ZX_POL_OVERRIDE_DENY)
		return ZX_ERR_INVALID_ARGS;
	if (condition >= ZX_POL_MAX || condition == ZX_POL_NEW_ANY)
		return ZX_ERR_INVALID_ARGS;

	if (!(policy->fixed & BIT(condition))) {
		policy->actions[condition] = record->action;
		if (record->flags == ZX_POL_OVERRIDE_DENY)
			policy->fixed |= BIT(condition);
		return ZX_OK;
	}
	if (policy->actions[condition] == record->action && record->flags == ZX_POL_OVERRIDE_DENY)
		return ZX_OK;
	return mode == ZX_JOB_POL_ABSOLUTE ? ZX_ERR_ALREADY_EXISTS : ZX_OK;
}

/*
 * Applies a record to all conditions that ZX_POL_NEW_ANY stands for. They stay changeable: records
 * after this one may make exceptions.
 */
static int zx_policy_add_any(struct zx_policy *policy, u32 mode,
			     const struct zx_policy_basic *record)
{
	struct zx_policy_basic one = {
		.action = record->action,
		.flags = ZX_POL_OVERRIDE_ALLOW,
	};
	int status = ZX_OK;

	for (one.condition = 0; one.condition < ZX_POL_MAX && !status; one.condition++) {
		if (ZX_POL_NEW_ALL & BIT(one.condition))
			status = zx_policy_add_one(policy, mode, &one);
	}
	return status;
}

/**
 * zx_policy_add_basic - change the actions of a policy
 * @policy:	the policy; on failure its contents are undefined
 * @basics:	the change
 *
 * The flags of the last record for ZX_POL_NEW_ANY are for all those conditions, also for those that
 * have a record of their own. In Zircon they can make an action changeable again that a job above
 * has fixed; here they cannot.
 *
 * Context: any.
 * Return: ZX_OK; ZX_ERR_OUT_OF_RANGE too many records; ZX_ERR_NOT_SUPPORTED an unknown action;
 * ZX_ERR_INVALID_ARGS an unknown condition or flag; ZX_ERR_ALREADY_EXISTS the mode is
 * ZX_JOB_POL_ABSOLUTE and a record is for an action that cannot be changed.
 */
int zx_policy_add_basic(struct zx_policy *policy, const struct zx_policy_basics *basics)
{
	const struct zx_policy_basic *any = NULL;
	u32 fixed = policy->fixed;
	unsigned int i;
	int status;

	if (basics->count > ZX_POL_MAX)
		return ZX_ERR_OUT_OF_RANGE;
	for (i = 0; i < basics->count; i++) {
		const struct zx_policy_basic *record = &basics->records[i];

		if (record->condition == ZX_POL_NEW_ANY) {
			any = record;
			status = zx_policy_add_any(policy, basics->mode, record);
		} else {
			status = zx_policy_add_one(policy, basics->mode, record);
		}
		if (status)
			return status;
	}
	if (!any)
		return ZX_OK;
	if (any->flags > ZX_POL_OVERRIDE_DENY)
		return ZX_ERR_INVALID_ARGS;
	if (any->flags == ZX_POL_OVERRIDE_DENY)
		policy->fixed |= ZX_POL_NEW_ALL;
	else
		policy->fixed &= fixed | ~(u32)ZX_POL_NEW_ALL;
	return ZX_OK;
}

/**
 * zx_policy_add_slack - change the timer slack of a policy, which never becomes less
 * @policy:	the policy
 * @slack:	the slack
 *
 * Context: any.
 * Return: ZX_OK, or ZX_ERR_INVALID_ARGS, and @policy is not changed.
 */
int zx_policy_add_slack(struct zx_policy *policy, const struct zx_policy_timer_slack *slack)
{
	if (slack->min_slack < 0 || slack->default_mode > ZX_TIMER_SLACK_LATE)
		return ZX_ERR_INVALID_ARGS;
	policy->slack = max(policy->slack, slack->min_slack);
	policy->slack_mode = slack->default_mode;
	return ZX_OK;
}

/**
 * zx_policy_restricted - summarize a policy
 * @policy:	the policy
 *
 * Return: for zx_handle_table.restricted: the bits of the conditions whose action is not
 * ZX_POL_ACTION_ALLOW, and ZX_POLICY_SLACK.
 */
u32 zx_policy_restricted(const struct zx_policy *policy)
{
	u32 restricted = policy->slack ? ZX_POLICY_SLACK : 0;
	unsigned int i;

	for (i = 0; i < ZX_POL_MAX; i++) {
		if (policy->actions[i] != ZX_POL_ACTION_ALLOW)
			restricted |= BIT(i);
	}
	return restricted;
}

static const struct zx_policy *zx_policy_of(const struct zx_handle_table *table)
{
	return &zx_process_of(table->owner)->policy;
}

/* Kills the calling process. @reason is the ZX_PROCESS_* bit that gives its return code. */
static void zx_policy_kill(struct zx_process *process, int reason)
{
	set_bit(reason, &process->flags);
	send_sig(SIGKILL, current, 1);
}

/* Whether the calling thread would not notice SIGSYS. The default action spares an init process. */
static bool zx_policy_is_deaf(__sighandler_t handler)
{
	return sigismember(&current->blocked, SIGSYS) || handler == SIG_IGN ||
	       (handler == SIG_DFL && current->signal->flags & SIGNAL_UNKILLABLE);
}

static void zx_policy_except(struct zx_process *process, u32 condition)
{
	struct kernel_siginfo info;
	__sighandler_t handler;

	/* Another thread may change the handler at any time, so a lock would be of no use. */
	handler = READ_ONCE(unrcu_pointer(current->sighand)->action[SIGSYS - 1].sa.sa_handler);
	if (zx_policy_is_deaf(handler)) {
		zx_policy_kill(process, ZX_PROCESS_EXCEPTION);
		return;
	}
	if (handler == SIG_DFL)
		set_bit(ZX_PROCESS_EXCEPTION, &process->flags);

	clear_siginfo(&info);
	info.si_signo = SIGSYS;
	info.si_code = SYS_SECCOMP;
	info.si_errno = condition;
	info.si_call_addr = (void __user *)KSTK_EIP(current);
	info.si_syscall = syscall_get_nr(current, task_pt_regs(current));
	info.si_arch = syscall_get_arch(current);
	send_sig_info(SIGSYS, &info, current);
}

/* Does for the calling process what its policy says of a condition. */
static int zx_policy_apply(struct zx_process *process, u32 condition)
{
	switch (process->policy.actions[condition]) {
	case ZX_POL_ACTION_DENY:
		return ZX_ERR_ACCESS_DENIED;
	case ZX_POL_ACTION_ALLOW_EXCEPTION:
		zx_policy_except(process, condition);
		return ZX_OK;
	case ZX_POL_ACTION_DENY_EXCEPTION:
		zx_policy_except(process, condition);
		return ZX_ERR_ACCESS_DENIED;
	case ZX_POL_ACTION_KILL:
		zx_policy_kill(process, ZX_PROCESS_POLICY);
		return ZX_ERR_ACCESS_DENIED;
	default:
		return ZX_OK;
	}
}

/* zx_policy_check() for a condition that is not allowed. */
int __cold __zx_policy_violated(struct zx_handle_table *table, u32 condition)
{
	return zx_policy_apply(zx_process_of(table->owner), condition);
}

/**
 * zx_policy_check_current - zx_policy_check() for a caller that does not have the table any more
 * @condition:	ZX_POL_*
 *
 * Context: process context, no locks held; in a call of the program.
 * Return: as zx_policy_check().
 */
int zx_policy_check_current(u32 condition)
{
	struct zx_process *process;
	int status;

	if (likely(!READ_ONCE(zx_policy_in_use)))
		return ZX_OK;
	process = zx_process_of_pid(task_tgid(current));
	if (!process)
		return ZX_OK;
	status = zx_policy_apply(process, condition);
	zx_object_put(&process->object);
	return status;
}

/**
 * zx_policy_slack - the least timer slack of a program's timers
 * @table:	the program's table
 *
 * Return: the slack in nanoseconds.
 */
s64 zx_policy_slack(const struct zx_handle_table *table)
{
	return zx_policy_of(table)->slack;
}

/**
 * zx_policy_stretch - apply the timer slack of a program to a deadline
 * @table:	the program's table
 * @expires:	the deadline; receives the earliest time at which the wait may end
 * @delta:	the calling thread's own slack; receives how much later the wait may end
 *
 * As the kernel does, real-time threads get no slack: it would drop @delta, and so end each wait at
 * the earliest time.
 */
void zx_policy_stretch(const struct zx_handle_table *table, ktime_t *expires, u64 *delta)
{
	const struct zx_policy *policy = zx_policy_of(table);
	u64 early = 0, late = 0;

	if (*expires <= 0 || current->prio < MAX_RT_PRIO)
		return;
	/* Zero would be no deadline but a request to return at once. */
	if (policy->slack_mode != ZX_TIMER_SLACK_LATE)
		early = min(policy->slack, *expires - 1);
	if (policy->slack_mode != ZX_TIMER_SLACK_EARLY)
		late = policy->slack;
	*expires -= early;
	*delta = min_t(u64, early + max(late, *delta), S64_MAX);
}

static int zx_policy_change_basic(struct zx_policy *policy, const void *arg)
{
	return zx_policy_add_basic(policy, arg);
}

static int zx_policy_change_slack(struct zx_policy *policy, const void *arg)
{
	return zx_policy_add_slack(policy, arg);
}

/* Changes the policy of the job that a handle names. */
static int zx_policy_set(struct zx_handle_table *table, u32 value,
			 int (*change)(struct zx_policy *policy, const void *arg), const void *arg)
{
	struct zx_object *job;
	int status;

	status = zx_handle_lookup(table, value, ZX_OBJ_TYPE_JOB, ZX_RIGHT_SET_POLICY, &job);
	if (status)
		return status;
	status = zx_job_change_policy(job, change, arg);
	zx_object_put(job);
	return status;
}

static int zx_policy_set_basic(struct zx_handle_table *table,
			       const struct zx_ioc_job_set_policy *arg, size_t size)
{
	const char __user *from = u64_to_user_ptr(arg->policy);
	struct zx_policy_basics basics;
	u32 i;

	if (arg->options != ZX_JOB_POL_RELATIVE && arg->options != ZX_JOB_POL_ABSOLUTE)
		return ZX_ERR_INVALID_ARGS;
	if (!arg->policy || !arg->count || arg->count > ZX_POLICY_BASIC_MAX)
		return ZX_ERR_INVALID_ARGS;
	basics.mode = arg->options;
	basics.count = arg->count;
	for (i = 0; i < arg->count; i++) {
		/* A record of the first version has no flags. */
		basics.records[i].flags = ZX_POL_OVERRIDE_DENY;
		if (zx_copy_from_user(&basics.records[i], from + i * size, size))
			return ZX_ERR_INVALID_ARGS;
	}
	WRITE_ONCE(zx_policy_in_use, true);
	return zx_policy_set(table, arg->handle, zx_policy_change_basic, &basics);
}

static int zx_policy_set_slack(struct zx_handle_table *table,
			       const struct zx_ioc_job_set_policy *arg)
{
	struct zx_policy_timer_slack slack;

	if (arg->options != ZX_JOB_POL_RELATIVE)
		return ZX_ERR_INVALID_ARGS;
	if (!arg->policy || arg->count != 1)
		return ZX_ERR_INVALID_ARGS;
	if (zx_copy_from_user(&slack, u64_to_user_ptr(arg->policy), sizeof(slack)))
		return ZX_ERR_INVALID_ARGS;
	return zx_policy_set(table, arg->handle, zx_policy_change_slack, &slack);
}

/* The records are copied before the handle is looked up, and looked at afterwards, as in Zircon. */
long zx_ioc_job_set_policy(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_job_set_policy *arg = args;

	switch (arg->topic) {
	case ZX_JOB_POL_BASIC_V1:
		return zx_policy_set_basic(table, arg, ZX_POLICY_BASIC_V1_SIZE);
	case ZX_JOB_POL_BASIC_V2:
		return zx_policy_set_basic(table, arg, sizeof(struct zx_policy_basic));
	case ZX_JOB_POL_TIMER_SLACK:
		return zx_policy_set_slack(table, arg);
	default:
		return ZX_ERR_INVALID_ARGS;
	}
}
