/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Jobs: a tree, with the processes in each.
 *
 * At the top is the root job. Below it each user has a default job in each pid namespace, which the
 * module makes when a program of the user there opens the device, and which is gone when the last
 * of them and the last handle are. So programs do not find others through it that Linux hides from
 * them. Programs make the jobs below those.
 *
 * A process that nothing has put into a job is in the default job of its user, from its first open
 * of the device on; its children are not followed. A process in a job that a program has made is
 * *followed*: each of its children is in the same job from its first instruction on, see birth.h.
 * No process leaves its job before it is TERMINATED, or moves to another.
 *
 * A job that was killed accepts no job and no process, and is TERMINATED when its last ones are
 * gone: so jobs end from the bottom of the tree up. A job without handles, jobs and processes
 * leaves the tree.
 *
 * zx_task_kill() reaches those processes of a job which the maker of the handle might have
 * signalled when they entered it: a process keeps the credentials of the one who has put it there
 * (zx_process.entrant), and its children get the same. So a program of a set-user-ID file does not
 * escape from the job of the one who has started it, and one who starts a program in the job of
 * another user does not lay it into that user's hands.
 *
 * The lock of a job is a raw spin lock, since processes enter in the probe of a tracepoint. It
 * guards the two trees of children, .state, .policy, .makers and .times. It is acquired inside an
 * object's lock and inside no lock of another job; no lock is acquired inside it.
 */
#ifndef ZXMOD_JOB_H
#define ZXMOD_JOB_H

#include <linux/rbtree.h>
#include <linux/spinlock.h>

#include "maker.h"
#include "object.h"
#include "policy.h"
#include "task.h"

struct pid_namespace;
struct zx_process;

enum zx_job_state {
	ZX_JOB_READY,
	ZX_JOB_KILLED,	/* still has jobs or processes */
	ZX_JOB_GONE,	/* has none, and gets none any more */
};

/**
 * struct zx_job - a job
 * @memory:	the head of the allocation; nothing is charged for the root job
 * @object:	the object that handles of type ZX_OBJ_TYPE_JOB name
 * @parent:	the job above, NULL for the root job; a reference belongs to this job until it is
 *		gone, and after that @parent is not used
 * @parent_koid: its koid
 * @height:	how many levels of jobs there can be below
 * @pids:	of a default job: the pid namespace of its processes, with a reference
 * @default_node: of a default job: in zx_account.default_jobs, guarded by a lock in job.c
 * @is_followed: the children of its processes are followed: a program has made it
 * @lock:	see above
 * @state:	see above
 * @is_new:	its first handle was not made yet
 * @node:	in @jobs of the parent, which has a reference, by koid
 * @jobs:	the jobs directly below
 * @processes:	the processes in it (zx_process.job_node), by koid
 * @return_code: of ZX_INFO_JOB
 * @kill_on_oom: ZX_PROP_JOB_KILL_ON_OOM
 * @policy:	what its processes may do
 * @makers:	the makers of handles to it
 * @times:	the times of its processes that are gone
 * @name:	ZX_PROP_NAME; guarded by the object's lock
 */
struct zx_job {
	struct zx_memory memory;
	struct zx_object object;
	struct zx_job *parent;
	u64 parent_koid;
	u32 height;
	struct pid_namespace *pids;
	struct hlist_node default_node;
	bool is_followed;
	raw_spinlock_t lock; /* see above */
	enum zx_job_state state;
	bool is_new;
	struct rb_node node;
	struct rb_root jobs;
	struct rb_root processes;
	s64 return_code;
	bool kill_on_oom;
	struct zx_policy policy;
	struct zx_makers makers;
	struct zx_task_times times;
	char name[ZX_MAX_NAME_LEN];
};

static inline struct zx_job *zx_job_of(struct zx_object *object)
{
	return container_of(object, struct zx_job, object);
}

bool zx_job_enter(struct zx_job *job, struct zx_process *process);
int zx_job_add(struct zx_job *job, struct zx_process *process);
int zx_job_add_to_default(struct zx_process *process, struct zx_account *account);
void zx_job_leave(struct zx_process *process);
bool zx_job_is_below(struct zx_job *job, const struct zx_job *above);
int zx_job_kill(struct zx_job *job, const struct cred *maker, s64 return_code);
const struct cred *zx_job_maker(struct zx_job *job, u32 maker);
int zx_job_change_policy(struct zx_object *object,
			 int (*change)(struct zx_policy *policy, const void *arg),
			 const void *arg);

long zx_ioc_job_create(struct zx_handle_table *table, void *args);
long zxl_ioc_job_open(struct zx_handle_table *table, void *args);

int zx_job_init(void);
void zx_job_exit(void);

#endif /* ZXMOD_JOB_H */
