// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: the registry of those that have the device open, their birth and death.
 */
#include <linux/bitops.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "compat.h"
#include "process.h"
#include "user.h"

static struct kmem_cache *zx_process_cache;
static struct workqueue_struct *zx_process_wq;

/* Living processes by the address of their struct pid; guards zx_process.files too. */
static DEFINE_HASHTABLE(zx_processes, 8);
static DEFINE_MUTEX(zx_processes_lock);

/* Whether the last thread is gone, or on its way out and past the point of using us. */
static bool zx_pid_is_over(struct pid *pid)
{
	struct task_struct *task;
	bool over;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	over = !task || !atomic_read(&task->signal->live);
	rcu_read_unlock();
	return over;
}

/* The pid's wait queue is also woken for the exit of single threads. */
static int zx_process_exit_wake(struct wait_queue_entry *entry, unsigned int mode, int flags,
				void *key)
{
	struct zx_process *process = container_of(entry, struct zx_process, exit_wait);

	if (!zx_pid_is_over(process->pid) || test_bit(ZX_PROCESS_DEAD, &process->flags))
		return 0;
	/* Until it is taken off the queue the entry outlives the last reference. */
	if (!test_and_set_bit(ZX_PROCESS_EXIT_QUEUED, &process->flags) &&
	    refcount_inc_not_zero(&process->object.refs))
		queue_work(zx_process_wq, &process->exit_work);
	return 0;
}

static void zx_process_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(zx_process_cache, container_of(rcu, struct zx_process, rcu));
}

static void zx_process_release(struct zx_object *object)
{
	struct zx_process *process = zx_process_of(object);

	remove_wait_queue(&process->pid->wait_pidfd, &process->exit_wait);
	zx_handle_table_free(&process->table);
	put_pid(process->pid);
	mmdrop(process->mm);
	/* A lookup elsewhere may have just found the object, for its last time. */
	call_rcu(&process->rcu, zx_process_free_rcu);
}

static void zx_process_get_name(struct zx_object *object, char name[ZX_MAX_NAME_LEN])
{
	zx_object_lock(object);
	memcpy(name, zx_process_of(object)->name, ZX_MAX_NAME_LEN);
	zx_object_unlock(object);
}

static void zx_process_set_name(struct zx_object *object, const char name[ZX_MAX_NAME_LEN])
{
	zx_object_lock(object);
	memcpy(zx_process_of(object)->name, name, ZX_MAX_NAME_LEN);
	zx_object_unlock(object);
}

static const struct zx_object_ops zx_process_ops = {
	.type = ZX_OBJ_TYPE_PROCESS,
	.default_rights = ZX_DEFAULT_PROCESS_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.release = zx_process_release,
	.get_name = zx_process_get_name,
	.set_name = zx_process_set_name,
};

static void zx_process_exit_work(struct work_struct *work)
{
	struct zx_process *process = container_of(work, struct zx_process, exit_work);

	zx_process_kill(process);
	zx_object_put(&process->object);
}

static struct zx_process *zx_process_new(void)
{
	struct zx_process *process;

	process = kmem_cache_zalloc(zx_process_cache, GFP_KERNEL_ACCOUNT);
	if (!process)
		return NULL;
	zx_object_init(&process->object, &zx_process_ops, 0);
	zx_handle_table_init(&process->table);
	process->pid = get_pid(task_tgid(current));
	process->mm = current->mm;
	mmgrab(process->mm);
	strscpy(process->name, current->group_leader->comm, sizeof(process->name));
	INIT_WORK(&process->exit_work, zx_process_exit_work);
	init_waitqueue_func_entry(&process->exit_wait, zx_process_exit_wake);
	add_wait_queue(&process->pid->wait_pidfd, &process->exit_wait);
	return process;
}

/**
 * zx_process_open - the calling process, for a file that is being opened
 *
 * Return: the process with a reference for the file, given back by
 * zx_process_close(), or NULL for lack of memory.
 */
struct zx_process *zx_process_open(void)
{
	struct pid *pid = task_tgid(current);
	struct zx_process *process, *former = NULL, *fresh;

	/* Under the lock that everybody needs to exit nobody waits for memory. */
	fresh = zx_process_new();
	if (!fresh)
		return NULL;
	mutex_lock(&zx_processes_lock);
	hash_for_each_possible(zx_processes, process, node, (unsigned long)pid) {
		if (process->pid != pid)
			continue;
		if (process->mm == current->mm) {
			zx_object_get(&process->object);
			goto found;
		}
		/* The program that this process was before an execve(). */
		former = process;
		zx_object_get(&former->object);
		break;
	}
	process = fresh;
	fresh = NULL;
	hash_add(zx_processes, &process->node, (unsigned long)pid);
found:
	process->files++;
	mutex_unlock(&zx_processes_lock);

	if (fresh)
		zx_object_put(&fresh->object);
	if (former) {
		zx_process_kill(former);
		zx_object_put(&former->object);
	}
	return process;
}

/**
 * zx_process_kill - close all handles of a process that is no more
 * @process:	the process
 *
 * Context: may sleep.
 */
void zx_process_kill(struct zx_process *process)
{
	if (test_and_set_bit(ZX_PROCESS_DEAD, &process->flags))
		return;
	mutex_lock(&zx_processes_lock);
	hash_del(&process->node);
	mutex_unlock(&zx_processes_lock);

	zx_handle_table_close(&process->table);
	zx_object_lock(&process->object);
	zx_object_update_signals(&process->object, 0, ZX_SIGNAL_SIGNALED);
	zx_object_unlock(&process->object);
}

/**
 * zx_process_flush - somebody closes a descriptor of the process's file, or may not use it
 * @process:	the process
 *
 * Called for every close(), in every process that has the file, and for every call that
 * is refused. Two cases matter: the process itself is exiting, or has become another
 * program.
 */
void zx_process_flush(struct zx_process *process)
{
	bool exited, replaced;

	if (process->pid != task_tgid(current))
		return;
	/* A thread with a descriptor table of its own may exit before the others. */
	exited = (current->flags & PF_EXITING) && !atomic_read(&current->signal->live);
	/* An exiting task has given up its mm by now. */
	replaced = current->mm && process->mm != current->mm;
	if (exited || replaced)
		zx_process_kill(process);
}

/**
 * zx_process_close - a file of the process is released
 * @process:	the process; the file's reference is dropped
 */
void zx_process_close(struct zx_process *process)
{
	bool last;

	mutex_lock(&zx_processes_lock);
	last = !--process->files;
	/* Not to be found by an open that comes now: it makes a table of its own. */
	if (last)
		hash_del(&process->node);
	mutex_unlock(&zx_processes_lock);
	if (last)
		zx_process_kill(process);
	zx_object_put(&process->object);
}

long zxl_ioc_process_self(struct zx_handle_table *table, void *args)
{
	struct zx_process *process = zx_process_of_table(table);
	const struct zx_ioc_handle *arg = args;

	if (arg->handle || arg->rights)
		return ZX_ERR_INVALID_ARGS;
	zx_object_get(&process->object);
	return zx_handle_create(table, &process->object, arg->out);
}

int zx_process_init(void)
{
	zx_process_cache = kmem_cache_create("zircon_process", sizeof(struct zx_process), 0,
					     SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_process_cache ? 0 : -ENOMEM;
}

void zx_process_exit(void)
{
	kmem_cache_destroy(zx_process_cache);
}

int zx_process_start(void)
{
	zx_process_wq = alloc_workqueue("zircon", WQ_UNBOUND, 0);
	return zx_process_wq ? 0 : -ENOMEM;
}

/* Nothing is open any more: finishes what the last exits have left to do. */
void zx_process_stop(void)
{
	destroy_workqueue(zx_process_wq);
}
