// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: what programs ask of one. Its name, information, its end, and the way from a Linux
 * process to its object and back.
 */
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <linux/zircon.h>

#include "birth.h"
#include "burial.h"
#include "compat.h"
#include "info.h"
#include "job.h"
#include "maker.h"
#include "process.h"
#include "task.h"
#include "thread.h"
#include "timens.h"
#include "user.h"

/*
 * Gets the pid of a process and the credentials of the handle's maker, with a reference to each;
 * the pid is NULL if the process has ended.
 */
static struct pid *zx_process_pid_for(struct zx_process *process, u32 number,
				      const struct cred **maker)
{
	struct pid *pid;

	spin_lock(&process->lock);
	*maker = zx_makers_get(&process->makers, number);
	pid = process->over ? NULL : get_pid(process->pid);
	spin_unlock(&process->lock);
	return pid;
}

/**
 * zx_process_may_inspect - whether the maker of a handle may see what a process has
 * @process:	the process
 * @number:	the maker, see struct zx_handle
 *
 * Return: zero, -EPERM, or -ESRCH if the process has ended.
 */
int zx_process_may_inspect(struct zx_process *process, u32 number)
{
	const struct cred *maker;
	struct pid *pid = zx_process_pid_for(process, number, &maker);
	int err = pid ? zx_maker_may_inspect(maker, pid) : -ESRCH;

	put_pid(pid);
	put_cred(maker);
	return err;
}

/* Whether a process is the calling one. */
static bool zx_process_is_current(struct zx_process *process)
{
	bool is;

	spin_lock(&process->lock);
	/* After the end another process can have a struct pid with the same address. */
	is = !process->over && process->pid == task_tgid(current);
	spin_unlock(&process->lock);
	return is;
}

/* The Linux name of a process: that of its leader, or the last one. */
static void zx_process_comm(struct zx_process *process, char comm[TASK_COMM_LEN])
{
	struct pid *pid = zx_process_pid(process);
	struct task_struct *task;

	comm[0] = '\0';
	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task)
		zx_task_comm(task, comm);
	rcu_read_unlock();
	if (!task && zx_process_has_last(process))
		strscpy(comm, process->last.comm, TASK_COMM_LEN);
	put_pid(pid);
}

static void zx_process_get_name(struct zx_object *object, char name[ZX_MAX_NAME_LEN])
{
	struct zx_process *process = zx_process_of(object);
	char comm[TASK_COMM_LEN];

	zx_process_comm(process, comm);
	zx_object_lock(object);
	zx_task_name_get(&process->name, comm, name);
	zx_object_unlock(object);
}

/*
 * A process that names itself changes its Linux name too. Others see the name that the maker of a
 * handle gives it, so that must be one who may trace it.
 */
static int zx_process_set_name(const struct zx_handle *handle, const char name[ZX_MAX_NAME_LEN])
{
	struct zx_object *object = handle->object;
	struct zx_process *process = zx_process_of(object);
	char comm[TASK_COMM_LEN];

	if (zx_process_may_inspect(process, handle->maker) == -EPERM)
		return ZX_ERR_ACCESS_DENIED;
	if (zx_process_is_current(process))
		zx_task_set_comm(current->group_leader, name);
	zx_process_comm(process, comm);
	zx_object_lock(object);
	zx_task_name_set(&process->name, comm, name);
	zx_object_unlock(object);
	return ZX_OK;
}

static int zx_process_get_info(const struct zx_handle *handle, void *record)
{
	struct zx_process *process = zx_process_of(handle->object);
	struct zx_info_process *info = record;
	struct task_struct *task;

	spin_lock(&process->lock);
	if (test_bit(ZX_PROCESS_STARTED, &process->flags)) {
		/* Pairs with zx_birth_bind_to(). */
		smp_rmb();
		info->start_time = zx_ns_time(process->start_time, ZX_CLOCK_MONOTONIC);
		info->flags = ZX_INFO_PROCESS_FLAG_STARTED;
	}
	if (process->over) {
		info->flags = ZX_INFO_PROCESS_FLAG_STARTED | ZX_INFO_PROCESS_FLAG_EXITED;
		info->return_code = process->return_code;
	} else {
		rcu_read_lock();
		task = pid_task(process->pid, PIDTYPE_TGID);
		if (task && READ_ONCE(task->ptrace))
			info->flags |= ZX_INFO_PROCESS_FLAG_DEBUGGER_ATTACHED;
		rcu_read_unlock();
	}
	spin_unlock(&process->lock);
	return ZX_OK;
}

/**
 * zx_process_times - the times of a process
 * @process:	the process, which may have ended
 * @times:	receives them
 */
void zx_process_times(struct zx_process *process, struct zx_task_times *times)
{
	struct pid *pid = zx_process_pid(process);
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task) {
		zx_task_all_times(task, times);
		zx_process_note_times(process, times);
	}
	rcu_read_unlock();
	put_pid(pid);
	times->cpu = READ_ONCE(process->times.cpu);
	times->queue = READ_ONCE(process->times.queue);
}

static int zx_process_get_times(const struct zx_handle *handle, void *record)
{
	struct zx_info_task_runtime *info = record;
	struct zx_task_times times;

	zx_process_times(zx_process_of(handle->object), &times);
	info->cpu_time = times.cpu;
	info->queue_time = times.queue;
	return ZX_OK;
}

static int zx_process_get_memory(const struct zx_handle *handle, void *record)
{
	struct pid *pid = zx_process_pid(zx_process_of(handle->object));
	struct zx_info_task_stats *info = record;
	struct zx_task_memory memory;
	struct task_struct *task;
	bool found;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	found = task && zx_task_memory(task, &memory);
	rcu_read_unlock();
	put_pid(pid);
	if (!found)
		return ZX_ERR_BAD_STATE;
	info->mem_mapped_bytes = memory.mapped;
	info->mem_private_bytes = memory.private;
	info->mem_shared_bytes = memory.shared;
	/* By how many processes pages are shared only a walk through all of them would show. */
	info->mem_scaled_shared_bytes = memory.shared;
	return ZX_OK;
}

/*
 * Gets the table of a process, or NULL if it has none or has ended. The handle's maker must be
 * permitted to inspect the process: after the table was found, since an execve() changes the
 * credentials first.
 */
static int zx_process_inspect(const struct zx_handle *handle, struct zx_handle_table **out)
{
	struct zx_process *process = zx_process_of(handle->object);
	int err;

	*out = zx_process_table(process);
	err = zx_process_may_inspect(process, handle->maker);
	if (!err)
		return ZX_OK;
	if (*out)
		zx_handle_table_put(*out);
	*out = NULL;
	return err == -ESRCH ? ZX_OK : ZX_ERR_ACCESS_DENIED;
}

/* Counts the handles of each type that a process has. A process without a table has none. */
static int zx_process_get_handle_stats(const struct zx_handle *handle, void *record)
{
	struct zx_info_handle_stats *stats = record;
	struct zx_handle_cursor cursor = {};
	struct zx_handle_table *table;
	int status;

	status = zx_process_inspect(handle, &table);
	if (status || !table)
		return status;
	while (zx_handle_next(table, &cursor)) {
		stats->counts[cursor.object->ops->type]++;
		zx_object_put(cursor.object);
	}
	zx_handle_table_put(table);
	return ZX_OK;
}

static int zx_process_list_handles(const struct zx_handle *handle, struct zx_info_list *list)
{
	struct zx_handle_cursor cursor = {};
	struct zx_handle_table *table;
	int status;

	status = zx_process_inspect(handle, &table);
	if (status || !table)
		return status;
	while (!status && zx_handle_next(table, &cursor)) {
		struct zx_info_handle_extended info = {
			.type = cursor.object->ops->type,
			.handle_value = cursor.value,
			.rights = cursor.rights,
			.koid = cursor.object->koid,
			.related_koid = zx_object_related_koid(cursor.object),
		};

		status = zx_info_list_add(list, &info);
		zx_object_put(cursor.object);
	}
	zx_handle_table_put(table);
	return status;
}

static_assert(sizeof(struct zx_info_handle_stats) == ZX_OBJ_TYPE_UPPER_BOUND * sizeof(u32));

/* The first versions of two records are the beginning of the second. */
static const struct zx_info_topic zx_process_topics[] = {
	{
		.topic = ZX_INFO_PROCESS,
		.size = sizeof(struct zx_info_process),
		.get = zx_process_get_info,
	},
	{
		.topic = ZX_INFO_PROCESS_THREADS,
		.size = sizeof(u64),
		.list = zx_process_list_threads,
	},
	{
		.topic = ZX_INFO_TASK_STATS_V1,
		.size = offsetof(struct zx_info_task_stats, mem_fractional_scaled_shared_bytes),
		.get = zx_process_get_memory,
	},
	{
		.topic = ZX_INFO_TASK_STATS,
		.size = sizeof(struct zx_info_task_stats),
		.get = zx_process_get_memory,
	},
	{
		.topic = ZX_INFO_TASK_RUNTIME_V1,
		.size = offsetof(struct zx_info_task_runtime, page_fault_time),
		.get = zx_process_get_times,
	},
	{
		.topic = ZX_INFO_TASK_RUNTIME,
		.size = sizeof(struct zx_info_task_runtime),
		.get = zx_process_get_times,
	},
	{
		.topic = ZX_INFO_PROCESS_HANDLE_STATS,
		.size = sizeof(struct zx_info_handle_stats),
		.get = zx_process_get_handle_stats,
	},
	{
		.topic = ZX_INFO_HANDLE_TABLE,
		.size = sizeof(struct zx_info_handle_extended),
		.list = zx_process_list_handles,
	},
	{ }
};

static u64 zx_process_get_related(struct zx_object *object)
{
	return READ_ONCE(zx_process_of(object)->job_koid);
}

/* A process that has not started ends with its last handle. */
static void zx_process_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	struct zx_process *process = zx_process_of(object);

	/* Another may have got a handle from the job meanwhile, or the creator gets one yet. */
	if (!atomic_read(&object->handles) && !READ_ONCE(process->is_new))
		zx_birth_cancel(process, dead);
}

const struct zx_object_ops zx_process_ops = {
	.type = ZX_OBJ_TYPE_PROCESS,
	.returns = true,
	.default_rights = ZX_DEFAULT_PROCESS_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.last = ZX_SIGNAL_SIGNALED,
	.on_zero_handles = zx_process_on_zero_handles,
	.get_related = zx_process_get_related,
	.free = zx_process_free,
	.get_name = zx_process_get_name,
	.set_name = zx_process_set_name,
	.topics = zx_process_topics,
	.get_child = zx_process_get_child,
};

/**
 * zx_process_add_maker - the number of a maker of handles to a process
 * @process:	the process
 * @cred:	the maker's credentials, as a rule those of the calling thread
 *
 * Return: the number, or zero if none is left or the process has ended.
 */
u32 zx_process_add_maker(struct zx_process *process, const struct cred *cred)
{
	u32 maker = 0;

	spin_lock(&process->lock);
	if (!process->over)
		maker = zx_makers_add(&process->makers, cred);
	spin_unlock(&process->lock);
	return maker;
}

/* Makes a handle to a process, whose maker is the calling thread. */
static int zx_process_give(struct zx_handle_table *table, struct zx_process *process, u64 out)
{
	zx_object_get(&process->object);
	return zx_handle_create_by(table, &process->object,
				   zx_process_add_maker(process, current_cred()), out);
}

long zxl_ioc_process_self(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;

	if (arg->handle || arg->rights)
		return ZX_ERR_INVALID_ARGS;
	return zx_process_give(table, zx_process_of(table->owner), arg->out);
}

/* Whether it is a thread group for which its parent has not waited, and no kernel thread. */
static bool zx_pid_is_process(struct pid *pid)
{
	struct task_struct *task;
	bool is;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	is = task && !(task->flags & PF_KTHREAD);
	rcu_read_unlock();
	return is;
}

/* The caller may have what it could get without a handle: it may trace and signal the process. */
static int zx_process_may_open(struct pid *pid)
{
	switch (zx_maker_may_inspect(current_cred(), pid) ?:
		zx_maker_may_signal(current_cred(), pid)) {
	case 0:
		return ZX_OK;
	case -ENOMEM:
		return ZX_ERR_NO_MEMORY;
	case -ESRCH:
		return ZX_ERR_NOT_FOUND;
	default:
		return ZX_ERR_ACCESS_DENIED;
	}
}

static int zx_process_open_pid(struct zx_handle_table *table, struct pid *pid, u64 out)
{
	struct zx_process *process;
	int status;

	if (!zx_pid_is_process(pid))
		return ZX_ERR_NOT_FOUND;
	status = zx_process_may_open(pid);
	if (status)
		return status;
	process = zx_process_get(table, pid);
	if (!process)
		return zx_pid_is_process(pid) ? ZX_ERR_NO_MEMORY : ZX_ERR_NOT_FOUND;
	/* Its end is recorded, or will be; except if its parent has waited for it just now. */
	if (zx_pid_is_process(pid) || zx_process_has_last(process))
		status = zx_process_give(table, process, out);
	else
		status = ZX_ERR_NOT_FOUND;
	zx_object_put(&process->object);
	return status;
}

long zxl_ioc_process_open(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_process *arg = args;
	struct pid *pid;
	int status;

	if (arg->handle)
		return ZX_ERR_INVALID_ARGS;
	pid = find_get_pid(arg->pid);
	if (!pid)
		return ZX_ERR_NOT_FOUND;
	status = zx_process_open_pid(table, pid, arg->out);
	put_pid(pid);
	return status;
}

/*
 * The id is that of a process that its parent has not waited for yet, so it names no other. (The
 * library asks again after it has opened a pidfd.)
 */
long zxl_ioc_process_pid(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_process *arg = args;
	struct zx_handle handle;
	struct pid *pid;
	int status;
	u32 nr = 0;

	if (arg->pid)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_find(table, arg->handle, ZX_OBJ_TYPE_PROCESS, 0, &handle);
	if (status)
		return status;
	pid = zx_process_pid(zx_process_of(handle.object));
	zx_object_put(handle.object);
	if (!(handle.rights & (ZX_RIGHT_INSPECT | ZX_RIGHT_READ | ZX_RIGHT_WRITE))) {
		put_pid(pid);
		return ZX_ERR_ACCESS_DENIED;
	}
	if (!pid)
		return ZX_ERR_BAD_STATE;
	rcu_read_lock();
	if (pid_task(pid, PIDTYPE_TGID))
		nr = pid_vnr(pid);
	else
		status = ZX_ERR_BAD_STATE;
	rcu_read_unlock();
	put_pid(pid);
	if (status)
		return status;
	return nr ? zx_put_u32(arg->out, nr) : ZX_ERR_NOT_FOUND;
}

/* The library ends the program next, with the low eight bits as its status. */
long zx_ioc_process_exit(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_process_exit *arg = args;
	struct zx_process *process = zx_process_of(table->owner);

	spin_lock(&process->lock);
	/* The first of several threads decides, as in Zircon; but not an earlier program. */
	if (!process->exits || process->exec_id != current->self_exec_id) {
		process->exits = true;
		process->exec_id = current->self_exec_id;
		process->return_code = arg->retcode;
	}
	spin_unlock(&process->lock);
	return ZX_OK;
}

/* It may start just now: then the rule is that of a job's kill. */
static int zx_process_kill_unstarted(struct zx_process *process, const struct cred *maker)
{
	if (!zx_maker_reaches(maker, process->entrant))
		return READ_ONCE(process->over) ? -ESRCH : -EPERM;
	zx_process_end_by(process, ZX_TASK_RETCODE_SYSCALL_KILL);
	return 0;
}

static int zx_process_kill(const struct zx_handle *handle)
{
	struct zx_process *process = zx_process_of(handle->object);
	const struct cred *maker;
	struct pid *pid = zx_process_pid_for(process, handle->maker, &maker);
	int err = -ESRCH;

	/* Without a pid it has ended, or has not started. */
	if (pid)
		err = zx_maker_kill(maker, pid, ZX_PROCESS_KILLED, &process->flags);
	else if (!READ_ONCE(process->over))
		err = zx_process_kill_unstarted(process, maker);
	put_pid(pid);
	put_cred(maker);
	switch (err) {
	case 0:
	case -ESRCH:
		/* A process that has ended need not be killed. */
		return ZX_OK;
	case -ENOMEM:
		return ZX_ERR_NO_MEMORY;
	default:
		return ZX_ERR_ACCESS_DENIED;
	}
}

/**
 * zx_process_end_by - kill a process, with a return code
 * @process:	the process; also one that has not started
 * @return_code: what it shows if this ends it, and no kill before
 *
 * The caller has checked that it may.
 *
 * Context: may sleep.
 */
void zx_process_end_by(struct zx_process *process, s64 return_code)
{
	struct pid *pid;

	cmpxchg(&process->kill_code, 0, return_code);
	set_bit(ZX_PROCESS_KILLED, &process->flags);
	/* Pairs with zx_birth_bind(). */
	smp_mb__after_atomic();
	pid = zx_process_pid(process);
	if (pid)
		kill_pid(pid, SIGKILL, 1);
	else
		zx_birth_kill(process);
	put_pid(pid);
}

static int zx_job_kill_by(const struct zx_handle *handle)
{
	struct zx_job *job = zx_job_of(handle->object);
	const struct cred *maker = zx_job_maker(job, handle->maker);
	int status;

	if (!maker)
		return ZX_ERR_ACCESS_DENIED;
	status = zx_job_kill(job, maker, ZX_TASK_RETCODE_SYSCALL_KILL);
	put_cred(maker);
	return status;
}

/* The right is checked before the type, as in Zircon. */
long zx_ioc_task_kill(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;
	struct zx_handle handle;
	int status;

	if (arg->rights || arg->out)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_find(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_DESTROY, &handle);
	if (status)
		return status;
	switch (handle.object->ops->type) {
	case ZX_OBJ_TYPE_JOB:
		status = zx_job_kill_by(&handle);
		break;
	case ZX_OBJ_TYPE_PROCESS:
		status = zx_process_kill(&handle);
		break;
	default:
		status = ZX_ERR_WRONG_TYPE;
		break;
	}
	zx_object_put(handle.object);
	return status;
}

/* Whether a process is in a job or below it. */
static bool zx_process_is_below(struct zx_process *process, const struct zx_job *job)
{
	struct zx_job *own;
	bool is;

	spin_lock(&process->lock);
	own = process->job;
	if (own)
		zx_object_get(&own->object);
	spin_unlock(&process->lock);
	if (!own)
		return false;
	is = zx_job_is_below(own, job);
	zx_object_put(&own->object);
	return is;
}

static void zx_critical_free(struct zx_critical *critical)
{
	zx_object_put(&critical->job->object);
	put_cred(critical->maker);
	kfree(critical);
}

static void zx_critical_work(struct work_struct *work)
{
	struct zx_critical *critical = container_of(work, struct zx_critical, work);

	zx_job_kill(critical->job, critical->maker, ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL);
	zx_critical_free(critical);
}

/**
 * zx_process_end_critical - after the end of a process, kill the job that it is critical to
 * @process:	the process
 * @wq:		where that is done: not by the caller, which may itself be killing a job. NULL while
 *		the module is unloaded, which ends processes that go on
 */
void zx_process_end_critical(struct zx_process *process, struct workqueue_struct *wq)
{
	struct zx_critical *critical;
	s64 return_code;

	spin_lock(&process->lock);
	critical = process->critical;
	process->critical = NULL;
	return_code = process->return_code;
	spin_unlock(&process->lock);
	if (!critical)
		return;
	if (!wq || (critical->nonzero_only && !return_code))
		zx_critical_free(critical);
	else
		queue_work(wq, &critical->work);
}

/* Binds a process to a job, to which the handle is. */
static int zx_process_set_critical(struct zx_process *process, const struct zx_handle *handle,
				   bool nonzero_only)
{
	struct zx_job *job = zx_job_of(handle->object);
	struct zx_critical *critical;
	const struct cred *maker;
	bool bound, over;

	if (READ_ONCE(process->critical))
		return ZX_ERR_ALREADY_BOUND;
	if (!zx_process_is_below(process, job))
		return ZX_ERR_INVALID_ARGS;
	maker = zx_job_maker(job, handle->maker);
	if (!maker)
		return ZX_ERR_ACCESS_DENIED;
	critical = kzalloc(sizeof(*critical), ZX_GFP);
	if (!critical) {
		put_cred(maker);
		return ZX_ERR_NO_MEMORY;
	}
	zx_object_get(&job->object);
	critical->job = job;
	critical->maker = maker;
	critical->nonzero_only = nonzero_only;
	INIT_WORK(&critical->work, zx_critical_work);
	spin_lock(&process->lock);
	bound = process->critical;
	/* It may have left the job just now; then zx_process_end_critical() may be past. */
	over = !process->job;
	if (!bound && !over)
		process->critical = critical;
	spin_unlock(&process->lock);
	if (!bound && !over)
		return ZX_OK;
	zx_critical_free(critical);
	return bound ? ZX_ERR_ALREADY_BOUND : ZX_ERR_INVALID_ARGS;
}

/* The checks are in Zircon's order. */
long zx_ioc_job_set_critical(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_job_set_critical *arg = args;
	struct zx_object *process;
	struct zx_handle handle;
	int status;

	if (arg->reserved || (arg->options & ~ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO))
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_find(table, arg->handle, ZX_OBJ_TYPE_JOB, ZX_RIGHT_DESTROY, &handle);
	if (status)
		return status;
	status = zx_handle_lookup(table, arg->process, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_WAIT,
				  &process);
	if (!status) {
		status = zx_process_set_critical(zx_process_of(process), &handle, arg->options);
		zx_object_put(process);
	}
	zx_object_put(handle.object);
	return status;
}

/* Gives the program the handle that its process was started with, once. */
long zxl_ioc_process_startup(struct zx_handle_table *table, void *args)
{
	struct zx_process *process = zx_process_of(table->owner);
	const struct zx_ioc_handle *arg = args;
	struct zx_handle handle = {};
	int status;

	if (arg->handle || arg->rights)
		return ZX_ERR_INVALID_ARGS;
	/* Not to a program of a set-user-ID file, or one that has become another user. */
	if (!process->entrant || !zx_cred_is_within(current_cred(), process->entrant))
		return ZX_ERR_NOT_FOUND;
	spin_lock(&process->lock);
	swap(handle, process->startup);
	spin_unlock(&process->lock);
	if (!handle.object)
		return ZX_ERR_NOT_FOUND;
	status = zx_handle_receive(table, handle, arg->out);
	if (!status)
		return ZX_OK;
	/* No other thread has put one here. */
	spin_lock(&process->lock);
	process->startup = handle;
	spin_unlock(&process->lock);
	return status;
}
