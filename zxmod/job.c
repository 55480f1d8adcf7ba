// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs: the tree, the processes in it, and what programs ask of a job.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "account.h"
#include "birth.h"
#include "compat.h"
#include "handle.h"
#include "info.h"
#include "job.h"
#include "process.h"

ZX_MEMORY_CHECK(struct zx_job, object);

/* The root job has as many levels below as in Zircon. */
#define ZX_JOB_ROOT_HEIGHT	32

/* What a handle to a job that the module has made does not allow: it would concern others. */
#define ZX_JOB_RIGHTS_OF_MAKER	(ZX_RIGHT_DESTROY | ZX_RIGHT_SET_POLICY | \
				 ZX_RIGHT_SET_PROPERTY | ZX_RIGHT_SIGNAL)

static struct kmem_cache *zx_job_cache;
static const struct zx_object_ops zx_job_ops;

/* Never released. */
static struct zx_job zx_root_job;

/* Guards zx_account.default_jobs of all accounts; no other lock is acquired inside. */
static DEFINE_SPINLOCK(zx_default_jobs_lock);

static struct zx_job *zx_job_of_node(struct rb_node *node)
{
	return rb_entry_safe(node, struct zx_job, node);
}

static struct zx_process *zx_process_of_node(struct rb_node *node)
{
	return rb_entry_safe(node, struct zx_process, job_node);
}

static u64 zx_koid_of_job(struct rb_node *node)
{
	return zx_job_of_node(node)->object.koid;
}

static u64 zx_koid_of_process(struct rb_node *node)
{
	return zx_process_of_node(node)->object.koid;
}

/* The child with the least koid that is not less than @koid; the job is locked. */
static struct rb_node *zx_children_from(const struct rb_root *children, u64 koid,
					u64 (*koid_of)(struct rb_node *node))
{
	struct rb_node *node = children->rb_node, *found = NULL;

	while (node) {
		if (koid_of(node) < koid) {
			node = node->rb_right;
		} else {
			found = node;
			node = node->rb_left;
		}
	}
	return found;
}

static void zx_children_add(struct rb_root *children, struct rb_node *fresh,
			    u64 (*koid_of)(struct rb_node *node))
{
	struct rb_node **link = &children->rb_node, *above = NULL;
	u64 koid = koid_of(fresh);

	while (*link) {
		above = *link;
		link = koid < koid_of(above) ? &above->rb_left : &above->rb_right;
	}
	rb_link_node(fresh, above, link);
	rb_insert_color(fresh, children);
}

/* Finds the job directly below @job from @koid on, with a reference for the caller, or NULL. */
static struct zx_job *zx_job_next_job(struct zx_job *job, u64 koid)
{
	struct zx_job *found;

	raw_spin_lock_irq(&job->lock);
	found = zx_job_of_node(zx_children_from(&job->jobs, koid, zx_koid_of_job));
	if (found)
		zx_object_get(&found->object);
	raw_spin_unlock_irq(&job->lock);
	return found;
}

/* The same for a process in @job. */
static struct zx_process *zx_job_next_process(struct zx_job *job, u64 koid)
{
	struct zx_process *found;

	raw_spin_lock_irq(&job->lock);
	found = zx_process_of_node(zx_children_from(&job->processes, koid, zx_koid_of_process));
	if (found)
		zx_object_get(&found->object);
	raw_spin_unlock_irq(&job->lock);
	return found;
}

static bool zx_job_is_empty(const struct zx_job *job)
{
	return RB_EMPTY_ROOT(&job->jobs) && RB_EMPTY_ROOT(&job->processes);
}

/* Raises and lowers the signals that say what the job has, and TERMINATED. */
static void zx_job_update_signals(struct zx_job *job)
{
	u32 set = 0;

	zx_object_lock(&job->object);
	/* Of several threads the last to come here sees what all have changed. */
	raw_spin_lock(&job->lock);
	if (RB_EMPTY_ROOT(&job->jobs))
		set |= ZX_JOB_NO_JOBS;
	if (RB_EMPTY_ROOT(&job->processes))
		set |= ZX_JOB_NO_PROCESSES;
	if (zx_job_is_empty(job))
		set |= ZX_JOB_NO_CHILDREN;
	if (job->state == ZX_JOB_GONE)
		set |= ZX_SIGNAL_SIGNALED;
	raw_spin_unlock(&job->lock);
	zx_object_update_signals(&job->object,
				 ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES | ZX_JOB_NO_CHILDREN, set);
	zx_object_unlock(&job->object);
}

/*
 * A default job that leaves the tree: the next program of the user makes another. Who has found it
 * does not wait for the thread that takes it out.
 */
static void zx_job_forget_default(struct zx_job *job)
{
	spin_lock(&zx_default_jobs_lock);
	hlist_del_init(&job->default_node);
	spin_unlock(&zx_default_jobs_lock);
}

/* Whether a job has nothing left that keeps it in the tree. Then it is gone from here on. */
static bool zx_job_ends(struct zx_job *job)
{
	bool ends;

	raw_spin_lock_irq(&job->lock);
	ends = job->parent && job->state != ZX_JOB_GONE && !job->is_new && zx_job_is_empty(job) &&
	       (job->state == ZX_JOB_KILLED || !atomic_read(&job->object.handles));
	if (ends)
		job->state = ZX_JOB_GONE;
	raw_spin_unlock_irq(&job->lock);
	zx_job_update_signals(job);
	return ends;
}

/*
 * Called when a job may have lost the last that it had. Takes it out of the tree if so, and then
 * those above for which the same is true by that. The caller has a reference.
 */
static void zx_job_settle(struct zx_job *job)
{
	struct zx_job *parent, *mine = NULL;

	while (zx_job_ends(job)) {
		if (!job->is_followed)
			zx_job_forget_default(job);
		parent = job->parent;
		raw_spin_lock_irq(&parent->lock);
		rb_erase(&job->node, &parent->jobs);
		raw_spin_unlock_irq(&parent->lock);
		/* The tree's reference. The one that the job had to its parent is now used here. */
		zx_object_put(&job->object);
		if (mine)
			zx_object_put(&mine->object);
		mine = parent;
		job = parent;
	}
	if (mine)
		zx_object_put(&mine->object);
}

static void zx_job_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	zx_job_settle(zx_job_of(object));
}

static void zx_job_free(struct zx_memory *memory)
{
	struct zx_job *job = container_of(memory, struct zx_job, memory);

	zx_makers_put(&job->makers);
	if (job->pids)
		put_pid_ns(job->pids);
	kmem_cache_free(zx_job_cache, job);
}

/**
 * zx_job_enter - let a process enter a job that it was not in before
 * @job:	the job
 * @process:	the process; it gets the job's policy
 *
 * Does not raise and lower the job's signals: zx_job_add() does.
 *
 * Context: any.
 * Return: whether it could: the job was not killed.
 */
bool zx_job_enter(struct zx_job *job, struct zx_process *process)
{
	unsigned long flags;
	bool ready;

	raw_spin_lock_irqsave(&job->lock, flags);
	ready = job->state == ZX_JOB_READY;
	if (ready) {
		zx_object_get(&job->object);
		process->job_koid = job->object.koid;
		process->policy = job->policy;
		zx_children_add(&job->processes, &process->job_node, zx_koid_of_process);
		/* Pairs with zx_job_add_to_default(). */
		smp_store_release(&process->job, job);
	}
	raw_spin_unlock_irqrestore(&job->lock, flags);
	return ready;
}

/**
 * zx_job_add - let a process enter a job
 * @job:	the job
 * @process:	the process, which is in no job
 *
 * Context: process context, no locks held.
 * Return: ZX_OK, or ZX_ERR_BAD_STATE, the job was killed.
 */
int zx_job_add(struct zx_job *job, struct zx_process *process)
{
	if (!zx_job_enter(job, process))
		return ZX_ERR_BAD_STATE;
	zx_job_update_signals(job);
	return ZX_OK;
}

/**
 * zx_job_leave - take a process out of its job
 * @process:	the process, which has ended; it may be in no job
 *
 * Context: process context, no locks held.
 */
void zx_job_leave(struct zx_process *process)
{
	struct zx_job *job;

	spin_lock(&process->lock);
	job = process->job;
	process->job = NULL;
	spin_unlock(&process->lock);
	if (!job)
		return;
	raw_spin_lock_irq(&job->lock);
	rb_erase(&process->job_node, &job->processes);
	job->times.cpu += process->times.cpu;
	job->times.queue += process->times.queue;
	raw_spin_unlock_irq(&job->lock);
	zx_job_settle(job);
	zx_object_put(&job->object);
}

/*
 * Makes a job below @parent, in the tree. It has one reference for the caller, and stays in the
 * tree until zx_job_has_begun().
 */
static struct zx_job *zx_job_new(struct zx_handle_table *table, struct zx_job *parent,
				 bool is_followed)
{
	struct zx_memory *memory;
	struct zx_job *job;
	bool ready;

	if (!parent->height)
		return ERR_PTR(ZX_ERR_OUT_OF_RANGE);
	memory = zx_memory_alloc(table, zx_job_cache, sizeof(*job));
	if (!memory)
		return ERR_PTR(ZX_ERR_NO_MEMORY);
	job = container_of(memory, struct zx_job, memory);
	zx_object_init(&job->object, &zx_job_ops,
		       ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES | ZX_JOB_NO_CHILDREN);
	raw_spin_lock_init(&job->lock);
	job->parent = parent;
	job->parent_koid = parent->object.koid;
	job->height = parent->height - 1;
	job->is_new = true;
	job->is_followed = is_followed;
	raw_spin_lock_irq(&parent->lock);
	ready = parent->state == ZX_JOB_READY;
	if (ready) {
		job->policy = parent->policy;
		zx_object_get(&job->object);
		zx_object_get(&parent->object);
		zx_children_add(&parent->jobs, &job->node, zx_koid_of_job);
	}
	raw_spin_unlock_irq(&parent->lock);
	if (!ready) {
		zx_object_put(&job->object);
		return ERR_PTR(ZX_ERR_BAD_STATE);
	}
	zx_job_update_signals(parent);
	return job;
}

/* From here on a job leaves the tree when it has nothing left. */
static void zx_job_has_begun(struct zx_job *job)
{
	raw_spin_lock_irq(&job->lock);
	job->is_new = false;
	raw_spin_unlock_irq(&job->lock);
	zx_job_settle(job);
}

/* The default job of a user in a pid namespace, or NULL; the lock is held. */
static struct zx_job *zx_job_default_of(struct zx_account *user, const struct pid_namespace *pids)
{
	struct zx_job *job;

	hlist_for_each_entry(job, &user->default_jobs, default_node) {
		if (job->pids == pids)
			return job;
	}
	return NULL;
}

/* The same, with a reference for the caller. */
static struct zx_job *zx_job_find_default(struct zx_account *user,
					  const struct pid_namespace *pids)
{
	struct zx_job *job;

	spin_lock(&zx_default_jobs_lock);
	job = zx_job_default_of(user, pids);
	/* A job that is here is in the tree, or about to be taken out. */
	if (job && !refcount_inc_not_zero(&job->object.refs))
		job = NULL;
	spin_unlock(&zx_default_jobs_lock);
	return job;
}

/* Makes the default job of the calling thread's user, unless another thread has done so before. */
static int zx_job_make_default(struct pid_namespace *pids)
{
	struct zx_job *job = zx_job_new(NULL, &zx_root_job, false);
	struct zx_account *user;
	bool is_first;

	if (IS_ERR(job))
		return PTR_ERR(job);
	strscpy_pad(job->name, "default", sizeof(job->name));
	job->pids = get_pid_ns(pids);
	user = zx_account_user(job->memory.account);
	spin_lock(&zx_default_jobs_lock);
	is_first = !zx_job_default_of(user, pids);
	if (is_first)
		hlist_add_head(&job->default_node, &user->default_jobs);
	spin_unlock(&zx_default_jobs_lock);
	/* The reference of the caller keeps one that has no process yet. */
	raw_spin_lock_irq(&job->lock);
	job->is_new = false;
	raw_spin_unlock_irq(&job->lock);
	if (!is_first)
		zx_job_settle(job);
	zx_object_put(&job->object);
	return ZX_OK;
}

/**
 * zx_job_add_to_default - put the calling process into its user's default job
 * @process:	the process; if it is in a job already, nothing happens
 * @account:	that of the calling thread
 *
 * Return: ZX_OK or ZX_ERR_NO_MEMORY.
 */
int zx_job_add_to_default(struct zx_process *process, struct zx_account *account)
{
	struct zx_account *user = zx_account_user(account);
	struct pid_namespace *pids = ns_of_pid(process->pid);
	struct zx_job *job;
	int status = ZX_OK;
	bool done;

	/* Of a process that is followed, or was here before. It leaves its job after its end. */
	if (smp_load_acquire(&process->job))
		return ZX_OK;
	while (!status) {
		job = zx_job_find_default(user, pids);
		if (!job) {
			status = zx_job_make_default(pids);
			continue;
		}
		spin_lock(&process->lock);
		/* It enters none after its end, nor a job that leaves the tree just now. */
		done = process->job || process->over || zx_job_enter(job, process);
		spin_unlock(&process->lock);
		/* It may have come too late, and be the only one that has found this job. */
		if (done)
			zx_job_settle(job);
		else
			zx_job_forget_default(job);
		zx_object_put(&job->object);
		if (done)
			break;
		cond_resched();
	}
	return status;
}

/**
 * zx_job_is_below - whether a job is another or is below it
 * @job:	the job
 * @above:	the other
 *
 * Context: process context, no locks held.
 */
bool zx_job_is_below(struct zx_job *job, const struct zx_job *above)
{
	struct zx_job *parent;

	zx_object_get(&job->object);
	while (job && job != above) {
		raw_spin_lock_irq(&job->lock);
		parent = job->state == ZX_JOB_GONE ? NULL : job->parent;
		if (parent)
			zx_object_get(&parent->object);
		raw_spin_unlock_irq(&job->lock);
		zx_object_put(&job->object);
		job = parent;
	}
	if (job)
		zx_object_put(&job->object);
	return job;
}

/* Kills the processes of one job. Returns whether one of them is out of the maker's reach. */
static bool zx_job_kill_processes(struct zx_job *job, const struct cred *maker, s64 return_code)
{
	struct zx_process *process;
	bool denied = false;
	u64 koid = 0;

	while ((process = zx_job_next_process(job, koid))) {
		koid = process->object.koid + 1;
		if (zx_maker_reaches(maker, process->entrant))
			zx_process_end_by(process, return_code);
		else
			denied = true;
		zx_object_put(&process->object);
		cond_resched();
	}
	return denied;
}

/* Kills one job, but not those below. */
static bool zx_job_kill_one(struct zx_job *job, const struct cred *maker, s64 return_code)
{
	bool denied;

	raw_spin_lock_irq(&job->lock);
	if (job->state == ZX_JOB_READY) {
		job->state = ZX_JOB_KILLED;
		job->return_code = return_code;
	}
	raw_spin_unlock_irq(&job->lock);
	/* From here on nothing enters it. */
	denied = zx_job_kill_processes(job, maker, return_code);
	zx_job_settle(job);
	return denied;
}

/**
 * zx_job_kill - kill a job, and all jobs and processes below it
 * @job:	the job
 * @maker:	with whose credentials, or NULL
 * @return_code: of the job and of the processes
 *
 * The time is in proportion to what is below the job. A signal does not interrupt it, since a part
 * of the tree would go on.
 *
 * Context: process context, no locks held.
 * Return: ZX_OK; or ZX_ERR_ACCESS_DENIED, processes that @maker does not reach go on, and the
 * others are killed.
 */
int zx_job_kill(struct zx_job *job, const struct cred *maker, s64 return_code)
{
	struct zx_job *path[ZX_JOB_ROOT_HEIGHT + 1], *child;
	unsigned int depth = 0;
	u64 koid = 0;
	bool denied = zx_job_kill_one(job, maker, return_code);

	path[0] = job;
	for (;;) {
		child = zx_job_next_job(path[depth], koid);
		if (child) {
			denied |= zx_job_kill_one(child, maker, return_code);
			path[++depth] = child;
			koid = 0;
		} else if (depth) {
			koid = path[depth]->object.koid + 1;
			zx_object_put(&path[depth--]->object);
		} else {
			break;
		}
	}
	return denied ? ZX_ERR_ACCESS_DENIED : ZX_OK;
}

/**
 * zx_job_maker - the credentials of a handle's maker
 * @job:	the job that the handle is to
 * @maker:	zx_handle.maker
 *
 * Return: the credentials with a reference for the caller, or NULL if there is no maker.
 */
const struct cred *zx_job_maker(struct zx_job *job, u32 maker)
{
	const struct cred *cred;

	raw_spin_lock_irq(&job->lock);
	cred = zx_makers_get(&job->makers, maker);
	raw_spin_unlock_irq(&job->lock);
	return cred;
}

/* The number of a maker of handles to a job, or zero. */
static u32 zx_job_add_maker(struct zx_job *job, const struct cred *cred)
{
	u32 maker;

	raw_spin_lock_irq(&job->lock);
	maker = zx_makers_add(&job->makers, cred);
	raw_spin_unlock_irq(&job->lock);
	return maker;
}

/**
 * zx_job_change_policy - change the policy of a job
 * @object:	the job
 * @change:	changes the policy, or returns an error; called with a raw spin lock held
 * @arg:	for @change
 *
 * Return: ZX_OK; ZX_ERR_BAD_STATE the job has jobs or processes; the error of @change.
 */
int zx_job_change_policy(struct zx_object *object,
			 int (*change)(struct zx_policy *policy, const void *arg), const void *arg)
{
	struct zx_job *job = zx_job_of(object);
	struct zx_policy policy;
	int status = ZX_ERR_BAD_STATE;

	raw_spin_lock_irq(&job->lock);
	if (zx_job_is_empty(job)) {
		policy = job->policy;
		status = change(&policy, arg);
		if (!status)
			job->policy = policy;
	}
	raw_spin_unlock_irq(&job->lock);
	return status;
}

static int zx_job_get_info(const struct zx_handle *handle, void *record)
{
	struct zx_job *job = zx_job_of(handle->object);
	struct zx_info_job *info = record;

	raw_spin_lock_irq(&job->lock);
	info->return_code = job->return_code;
	info->exited = job->state != ZX_JOB_READY;
	info->kill_on_oom = job->kill_on_oom;
	raw_spin_unlock_irq(&job->lock);
	return ZX_OK;
}

/* A long walk ends when the calling thread is killed. */
static int zx_job_go_on(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -ERESTARTSYS : ZX_OK;
}

static int zx_job_list_jobs(const struct zx_handle *handle, struct zx_info_list *list)
{
	struct zx_job *child;
	int status = ZX_OK;
	u64 koid = 0;

	while (!status && (child = zx_job_next_job(zx_job_of(handle->object), koid))) {
		koid = child->object.koid;
		zx_object_put(&child->object);
		status = zx_info_list_add(list, &koid) ?: zx_job_go_on();
		koid++;
	}
	return status;
}

static int zx_job_list_processes(const struct zx_handle *handle, struct zx_info_list *list)
{
	struct zx_process *process;
	int status = ZX_OK;
	u64 koid = 0;

	while (!status && (process = zx_job_next_process(zx_job_of(handle->object), koid))) {
		koid = process->object.koid;
		zx_object_put(&process->object);
		status = zx_info_list_add(list, &koid) ?: zx_job_go_on();
		koid++;
	}
	return status;
}

/* The times of a job's own processes, not of those in the jobs below, as in Zircon. */
static int zx_job_get_times(const struct zx_handle *handle, void *record)
{
	struct zx_job *job = zx_job_of(handle->object);
	struct zx_info_task_runtime *info = record;
	struct zx_task_times times;
	struct zx_process *process;
	int status = ZX_OK;
	u64 koid = 0;

	raw_spin_lock_irq(&job->lock);
	info->cpu_time = job->times.cpu;
	info->queue_time = job->times.queue;
	raw_spin_unlock_irq(&job->lock);
	while (!status && (process = zx_job_next_process(job, koid))) {
		koid = process->object.koid + 1;
		zx_process_times(process, &times);
		info->cpu_time += times.cpu;
		info->queue_time += times.queue;
		zx_object_put(&process->object);
		status = zx_job_go_on();
	}
	return status;
}

static struct zx_object *zx_job_get_child(const struct zx_handle *handle, u64 koid, u32 *maker)
{
	struct zx_job *job = zx_job_of(handle->object), *child = zx_job_next_job(job, koid);
	const struct cred *cred = zx_job_maker(job, handle->maker);
	struct zx_process *process = NULL;
	struct zx_object *found = NULL;

	*maker = 0;
	if (child && child->object.koid == koid) {
		found = &child->object;
		*maker = cred ? zx_job_add_maker(child, cred) : 0;
	} else {
		if (child)
			zx_object_put(&child->object);
		process = zx_job_next_process(job, koid);
	}
	if (process && process->object.koid == koid) {
		found = &process->object;
		*maker = cred ? zx_process_add_maker(process, cred) : 0;
	} else if (process) {
		zx_object_put(&process->object);
	}
	put_cred(cred);
	return found;
}

static u64 zx_job_get_related(struct zx_object *object)
{
	return zx_job_of(object)->parent_koid;
}

static void zx_job_get_name(struct zx_object *object, char name[ZX_MAX_NAME_LEN])
{
	zx_object_copy_name(object, name, zx_job_of(object)->name);
}

static int zx_job_set_name(const struct zx_handle *handle, const char name[ZX_MAX_NAME_LEN])
{
	zx_object_copy_name(handle->object, zx_job_of(handle->object)->name, name);
	return ZX_OK;
}

/* ZX_PROP_JOB_KILL_ON_OOM, which is shown; Linux' out-of-memory killer has its own rules. */
static int zx_job_set_number(struct zx_object *object, u32 property, u64 value)
{
	struct zx_job *job = zx_job_of(object);

	if (value > 1)
		return ZX_ERR_INVALID_ARGS;
	raw_spin_lock_irq(&job->lock);
	job->kill_on_oom = value;
	raw_spin_unlock_irq(&job->lock);
	return ZX_OK;
}

static const struct zx_info_topic zx_job_topics[] = {
	{ ZX_INFO_JOB, sizeof(struct zx_info_job), .get = zx_job_get_info },
	{ ZX_INFO_JOB_CHILDREN, sizeof(u64), .list = zx_job_list_jobs },
	{ ZX_INFO_JOB_PROCESSES, sizeof(u64), .list = zx_job_list_processes },
	{
		.topic = ZX_INFO_TASK_RUNTIME_V1,
		.size = offsetof(struct zx_info_task_runtime, page_fault_time),
		.get = zx_job_get_times,
	},
	{
		.topic = ZX_INFO_TASK_RUNTIME,
		.size = sizeof(struct zx_info_task_runtime),
		.get = zx_job_get_times,
	},
	{ }
};

static const struct zx_object_ops zx_job_ops = {
	.type = ZX_OBJ_TYPE_JOB,
	.returns = true,
	.default_rights = ZX_DEFAULT_JOB_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.last = ZX_SIGNAL_SIGNALED,
	.on_zero_handles = zx_job_on_zero_handles,
	.free = zx_job_free,
	.get_name = zx_job_get_name,
	.set_name = zx_job_set_name,
	.get_related = zx_job_get_related,
	.set_number = zx_job_set_number,
	.topics = zx_job_topics,
	.get_child = zx_job_get_child,
};

/* The checks are in Zircon's order. */
long zx_ioc_job_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_job_create *arg = args;
	struct zx_object *parent;
	struct zx_job *job;
	int status;

	if (arg->options)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_JOB, ZX_RIGHT_MANAGE_JOB,
				  &parent);
	if (status)
		return status;
	job = zx_job_new(table, zx_job_of(parent), true);
	zx_object_put(parent);
	if (IS_ERR(job))
		return PTR_ERR(job);
	zx_object_get(&job->object);
	status = zx_handle_create_by(table, &job->object, zx_job_add_maker(job, current_cred()),
				     arg->out);
	zx_job_has_begun(job);
	zx_object_put(&job->object);
	return status;
}

/* The job that the calling process is in, with a reference for the caller, or NULL. */
static struct zx_job *zx_job_of_caller(struct zx_process *process)
{
	struct zx_job *job;

	spin_lock(&process->lock);
	job = process->job;
	if (job)
		zx_object_get(&job->object);
	spin_unlock(&process->lock);
	return job;
}

long zxl_ioc_job_open(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_job_open *arg = args;
	struct zx_handle handle = { .rights = ZX_DEFAULT_JOB_RIGHTS };
	struct zx_job *job = &zx_root_job;

	if (arg->options > ZXL_JOB_ROOT || arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	if (arg->options == ZXL_JOB_ROOT) {
		if (!capable(CAP_SYS_ADMIN))
			return ZX_ERR_ACCESS_DENIED;
		zx_object_get(&job->object);
	} else {
		job = zx_job_of_caller(zx_process_of(table->owner));
		if (!job)
			return ZX_ERR_BAD_STATE;
	}
	if (!job->is_followed)
		handle.rights &= ~ZX_JOB_RIGHTS_OF_MAKER;
	handle.object = &job->object;
	handle.maker = zx_job_add_maker(job, current_cred());
	return zx_handle_create_as(table, handle, arg->out);
}

int zx_job_init(void)
{
	struct zx_account *account;

	/* Nothing is charged to it, but all objects have an account. */
	account = zx_account_of_root();
	if (!account)
		return -ENOMEM;
	zx_job_cache = kmem_cache_create("zircon_job", sizeof(struct zx_job), 0,
					 SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	if (!zx_job_cache) {
		zx_account_put(account);
		return -ENOMEM;
	}
	zx_root_job.memory.account = account;
	zx_object_init(&zx_root_job.object, &zx_job_ops,
		       ZX_JOB_NO_JOBS | ZX_JOB_NO_PROCESSES | ZX_JOB_NO_CHILDREN);
	raw_spin_lock_init(&zx_root_job.lock);
	refcount_set(&zx_root_job.memory.objects, 1);
	zx_root_job.height = ZX_JOB_ROOT_HEIGHT;
	strscpy_pad(zx_root_job.name, "root", sizeof(zx_root_job.name));
	return 0;
}

void zx_job_exit(void)
{
	zx_makers_put(&zx_root_job.makers);
	zx_account_put(zx_root_job.memory.account);
	kmem_cache_destroy(zx_job_cache);
}
