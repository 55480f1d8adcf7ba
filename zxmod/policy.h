/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Job policies: what the processes of a job may do, and how exact their deadlines are.
 *
 * A job gets a copy of its parent's policy, which can be changed as long as the job is empty. A
 * process gets a copy of its job's, which never changes. So a call looks at its own process only.
 * What it reads first is one word of the table that each call has in its cache anyway:
 * zx_handle_table.restricted.
 *
 * Each condition has an action. Here the calls that make objects check theirs, and a lookup that
 * finds no handle checks ZX_POL_BAD_HANDLE. The other conditions are stored only: the module has no
 * such objects, and Zircon itself never checks ZX_POL_WRONG_OBJECT.
 *
 * For an exception the calling thread gets SIGSYS, as from seccomp, with the condition in si_errno.
 * If it cannot get the signal, the process is killed.
 */
#ifndef ZXMOD_POLICY_H
#define ZXMOD_POLICY_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/types.h>

#include "handle.h"
#include "zx.h"

/* zx_job_set_policy(): options and topics. */
#define ZX_JOB_POL_RELATIVE		0
#define ZX_JOB_POL_ABSOLUTE		1
#define ZX_JOB_POL_BASIC_V1		0
#define ZX_JOB_POL_TIMER_SLACK		1
#define ZX_JOB_POL_BASIC_V2		0x01000000

/* Conditions. */
#define ZX_POL_BAD_HANDLE		0
#define ZX_POL_WRONG_OBJECT		1
#define ZX_POL_VMAR_WX			2
#define ZX_POL_NEW_ANY			3	/* stands for all others that are called NEW */
#define ZX_POL_NEW_VMO			4
#define ZX_POL_NEW_CHANNEL		5
#define ZX_POL_NEW_EVENT		6
#define ZX_POL_NEW_EVENTPAIR		7
#define ZX_POL_NEW_PORT			8
#define ZX_POL_NEW_SOCKET		9
#define ZX_POL_NEW_FIFO			10
#define ZX_POL_NEW_TIMER		11
#define ZX_POL_NEW_PROCESS		12
#define ZX_POL_NEW_PROFILE		13
#define ZX_POL_NEW_PAGER		14
#define ZX_POL_AMBIENT_MARK_VMO_EXEC	15
#define ZX_POL_NEW_IOB			16
#define ZX_POL_NEW_SAMPLER		17
#define ZX_POL_MAX			18

/* Actions. */
#define ZX_POL_ACTION_ALLOW		0
#define ZX_POL_ACTION_DENY		1
#define ZX_POL_ACTION_ALLOW_EXCEPTION	2
#define ZX_POL_ACTION_DENY_EXCEPTION	3
#define ZX_POL_ACTION_KILL		4
#define ZX_POL_ACTION_MAX		5

/* Whether jobs below may change the action. */
#define ZX_POL_OVERRIDE_ALLOW		0
#define ZX_POL_OVERRIDE_DENY		1

/* In zx_handle_table.restricted: the policy has timer slack. The lower bits are conditions. */
#define ZX_POLICY_SLACK			BIT(31)

/**
 * struct zx_policy - what a job lets its processes do
 * @slack:	the least timer slack, in nanoseconds
 * @slack_mode:	ZX_TIMER_SLACK_*, for waits; timers have their own
 * @fixed:	bits of the conditions whose action cannot be changed
 * @actions:	ZX_POL_ACTION_* of each condition
 *
 * All zero is the root job's: all is allowed, all can be changed, and there is no slack. The struct
 * is copied by assignment, also with a raw spin lock held.
 */
struct zx_policy {
	s64 slack;
	u32 slack_mode;
	u32 fixed;
	u8 actions[ZX_POL_MAX];
};

/**
 * struct zx_policy_basic - a record of ZX_JOB_POL_BASIC_V2; the first two fields are one of _V1
 * @condition:	ZX_POL_*
 * @action:	ZX_POL_ACTION_*
 * @flags:	ZX_POL_OVERRIDE_*
 */
struct zx_policy_basic {
	u32 condition;
	u32 action;
	u32 flags;
};

#define ZX_POLICY_BASIC_V1_SIZE		8
#define ZX_POLICY_BASIC_MAX		32

/**
 * struct zx_policy_basics - a change of actions
 * @mode:	ZX_JOB_POL_*: whether to skip records that cannot be applied, or to fail
 * @count:	how many records there are
 * @records:	the records
 */
struct zx_policy_basics {
	u32 mode;
	u32 count;
	struct zx_policy_basic records[ZX_POLICY_BASIC_MAX];
};

/**
 * struct zx_policy_timer_slack - the record of ZX_JOB_POL_TIMER_SLACK
 * @min_slack:	the slack in nanoseconds
 * @default_mode: ZX_TIMER_SLACK_*
 * @padding:	any value
 */
struct zx_policy_timer_slack {
	s64 min_slack;
	u32 default_mode;
	u32 padding;
};

int zx_policy_add_basic(struct zx_policy *policy, const struct zx_policy_basics *basics);
int zx_policy_add_slack(struct zx_policy *policy, const struct zx_policy_timer_slack *slack);
u32 zx_policy_restricted(const struct zx_policy *policy);

int __cold __zx_policy_violated(struct zx_handle_table *table, u32 condition);
int zx_policy_check_current(u32 condition);

s64 zx_policy_slack(const struct zx_handle_table *table);
void zx_policy_stretch(const struct zx_handle_table *table, ktime_t *expires, u64 *delta);

long zx_ioc_job_set_policy(struct zx_handle_table *table, void *args);

/**
 * zx_policy_check - whether the policy lets the calling program go on
 * @table:	the program's table
 * @condition:	ZX_POL_*
 *
 * Context: any in which the calling thread is in a call of the program.
 * Return: ZX_OK or ZX_ERR_ACCESS_DENIED. The thread may have a signal to handle after the call.
 */
static inline int zx_policy_check(struct zx_handle_table *table, u32 condition)
{
	if (likely(!(table->restricted & BIT(condition))))
		return ZX_OK;
	return __zx_policy_violated(table, condition);
}

/* Whether the policy of a program has timer slack. */
static inline bool zx_policy_has_slack(const struct zx_handle_table *table)
{
	return unlikely(table->restricted & ZX_POLICY_SLACK);
}

#endif /* ZXMOD_POLICY_H */
