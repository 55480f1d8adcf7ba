// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: the registry of those that have ever had the device open, their birth and
 * death, and those of the tables that their programs have.
 */
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <linux/zircon.h>

#include "compat.h"
#include "info.h"
#include "process.h"
#include "user.h"

ZX_MEMORY_CHECK(struct zx_process, object);

static struct kmem_cache *zx_process_cache;
static struct workqueue_struct *zx_process_wq;

/*
 * The registry: living processes by the address of their struct pid, each with a reference. The
 * memory of its buckets, some 20 bytes for each process, is charged to no account.
 */
static struct rhashtable zx_processes;

static const struct rhashtable_params zx_processes_params = {
	.key_len = sizeof(struct pid *),
	.key_offset = offsetof(struct zx_process, pid),
	.head_offset = offsetof(struct zx_process, node),
	.automatic_shrinking = true,
};

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

/*
 * The pid's wait queue is also woken for the exit of single threads. The kernel holds its
 * list of tasks meanwhile, so there is one entry for a process, and it does next to nothing.
 *
 * While the entry is on the queue, whose lock is held, the registry has its reference, and
 * the work queue is there: zx_process_stop() takes all entries off first.
 */
static int zx_process_exit_wake(struct wait_queue_entry *entry, unsigned int mode, int flags,
				void *key)
{
	struct zx_process *process = container_of(entry, struct zx_process, exit_wait);

	if (zx_pid_is_over(process->pid) &&
	    !test_and_set_bit(ZX_PROCESS_EXIT_QUEUED, &process->flags)) {
		zx_object_get(&process->object);
		queue_work(zx_process_wq, &process->exit_work);
	}
	return 0;
}

static void zx_process_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_process_cache, container_of(memory, struct zx_process, memory));
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

/* How many handles of each type a process has. A process without a table has none. */
static void zx_process_get_handle_stats(struct zx_object *object, void *record)
{
	struct zx_handle_table *table = zx_process_table(zx_process_of(object));
	struct zx_info_handle_stats *stats = record;
	struct zx_handle_cursor cursor = {};

	if (!table)
		return;
	while (zx_handle_next(table, &cursor)) {
		stats->counts[cursor.object->ops->type]++;
		zx_object_put(cursor.object);
	}
	zx_handle_table_put(table);
}

static int zx_process_list_handles(struct zx_object *object, struct zx_info_list *list)
{
	struct zx_handle_table *table = zx_process_table(zx_process_of(object));
	struct zx_handle_cursor cursor = {};
	int status = ZX_OK;

	if (!table)
		return ZX_OK;
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

static const struct zx_info_topic zx_process_topics[] = {
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

/* The children are threads, which are no objects yet: there is nothing to be found. */
static int zx_process_get_child(struct zx_object *object, u64 koid)
{
	return ZX_ERR_NOT_FOUND;
}

static const struct zx_object_ops zx_process_ops = {
	.type = ZX_OBJ_TYPE_PROCESS,
	.default_rights = ZX_DEFAULT_PROCESS_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.last = ZX_SIGNAL_SIGNALED,
	.free = zx_process_free,
	.get_name = zx_process_get_name,
	.set_name = zx_process_set_name,
	.topics = zx_process_topics,
	.get_child = zx_process_get_child,
};

/* One thing less that keeps a process from being over: its threads, or a table. */
static void zx_process_finish(struct zx_process *process)
{
	if (!atomic_dec_and_test(&process->unfinished))
		return;
	zx_object_lock(&process->object);
	zx_object_update_signals(&process->object, 0, ZX_SIGNAL_SIGNALED);
	zx_object_unlock(&process->object);
}

/* Closes a table that cannot be found through its process any more. */
static void zx_process_close_table(struct zx_handle_table *table)
{
	if (zx_handle_table_close(table))
		zx_process_finish(zx_process_of(table->owner));
}

/* The table that a process has, or NULL; the process is locked. */
static struct zx_handle_table *zx_process_table_locked(struct zx_process *process)
	__must_hold(&process->lock)
{
	lockdep_assert_held(&process->lock);
	return rcu_dereference_protected(process->table, lockdep_is_held(&process->lock));
}

/* Takes a table away from its process, which is locked, if that has not another already. */
static void zx_process_forget_table(struct zx_handle_table *table)
{
	struct zx_process *process = zx_process_of(table->owner);

	lockdep_assert_held(&process->lock);
	if (zx_process_table_locked(process) == table)
		RCU_INIT_POINTER(process->table, NULL);
}

/*
 * The last thread is gone, or the module goes. The caller has a reference beside that of the
 * registry, which is dropped.
 */
static void zx_process_end(struct zx_process *process)
{
	struct zx_handle_table *table;

	if (test_and_set_bit(ZX_PROCESS_ENDED, &process->flags))
		/* Another task does it. */
		return;
	rhashtable_remove_fast(&zx_processes, &process->node, zx_processes_params);
	/* From here on the wake function does not run any more, and is not running. */
	remove_wait_queue(&process->pid->wait_pidfd, &process->exit_wait);
	put_pid(process->pid);

	spin_lock(&process->lock);
	table = zx_process_table_locked(process);
	if (table) {
		zx_handle_table_get(table);
		zx_process_forget_table(table);
	}
	spin_unlock(&process->lock);
	if (table) {
		zx_process_close_table(table);
		zx_handle_table_put(table);
	}
	zx_process_finish(process);
	zx_object_put(&process->object);
}

static void zx_process_exit_work(struct work_struct *work)
{
	struct zx_process *process = container_of(work, struct zx_process, exit_work);

	zx_process_end(process);
	zx_object_put(&process->object);
}

/* A process for the caller, whose @table is new, with one reference, not in the registry yet. */
static struct zx_process *zx_process_new(struct zx_handle_table *table)
{
	struct zx_process *process;
	struct zx_memory *memory;

	memory = zx_memory_alloc(table, zx_process_cache, sizeof(*process));
	if (!memory)
		return NULL;
	process = container_of(memory, struct zx_process, memory);
	zx_object_init(&process->object, &zx_process_ops, 0);
	process->pid = get_pid(task_tgid(current));
	spin_lock_init(&process->lock);
	atomic_set(&process->unfinished, 1);
	strscpy(process->name, current->group_leader->comm, sizeof(process->name));
	INIT_WORK(&process->exit_work, zx_process_exit_work);
	init_waitqueue_func_entry(&process->exit_wait, zx_process_exit_wake);
	return process;
}

/* The calling process, if it is in the registry, where it stays while this thread lives. */
static struct zx_process *zx_process_find(void)
{
	struct pid *pid = task_tgid(current);

	return rhashtable_lookup_fast(&zx_processes, &pid, zx_processes_params);
}

/*
 * Puts the calling process into the registry, unless another thread of it has done so before.
 * Returns what the registry has, or NULL for lack of memory.
 */
static struct zx_process *zx_process_register(struct zx_handle_table *fresh)
{
	struct zx_process *process, *other;

	process = zx_process_new(fresh);
	if (!process)
		return NULL;
	other = rhashtable_lookup_get_insert_fast(&zx_processes, &process->node,
						  zx_processes_params);
	if (other) {
		put_pid(process->pid);
		zx_object_put(&process->object);
		/* Or there is no memory for more buckets. */
		return IS_ERR(other) ? NULL : other;
	}
	/* This thread is alive, so the queue has not been woken for the last time. */
	add_wait_queue(&process->pid->wait_pidfd, &process->exit_wait);
	return process;
}

/*
 * The table of the calling program with a reference for one more file, or NULL; the process is
 * locked.
 */
static struct zx_handle_table *zx_process_join_locked(struct zx_process *process)
	__must_hold(&process->lock)
{
	struct zx_handle_table *table = zx_process_table_locked(process);

	lockdep_assert_held(&process->lock);
	if (!table || !zx_handle_table_is_current(table))
		return NULL;
	zx_handle_table_get(table);
	table->files++;
	return table;
}

/* The same; takes the lock. */
static struct zx_handle_table *zx_process_join(struct zx_process *process)
{
	struct zx_handle_table *table;

	spin_lock(&process->lock);
	table = zx_process_join_locked(process);
	spin_unlock(&process->lock);
	return table;
}

/*
 * Gives a new table to the calling process, for the program that it runs. If another thread has
 * done so before, the new table is dropped. Returns the program's table with a reference for one
 * more file.
 */
static struct zx_handle_table *zx_process_adopt(struct zx_process *process,
						struct zx_handle_table *fresh)
{
	struct zx_handle_table *table, *former = NULL;

	spin_lock(&process->lock);
	table = zx_process_join_locked(process);
	if (!table) {
		table = fresh;
		table->files = 1;
		table->owner = &process->object;
		zx_object_get(table->owner);
		atomic_inc(&process->unfinished);
		/* The table of the program that this process was before an execve(). */
		former = zx_process_table_locked(process);
		if (former)
			zx_handle_table_get(former);
		rcu_assign_pointer(process->table, table);
	}
	spin_unlock(&process->lock);

	if (former) {
		zx_process_close_table(former);
		zx_handle_table_put(former);
	}
	if (table != fresh)
		zx_handle_table_put(fresh);
	return table;
}

/**
 * zx_process_open - the calling program's table, for a file that is being opened
 *
 * Return: the table with a reference for the file, given back by zx_process_close(), or
 * NULL for lack of memory.
 */
struct zx_handle_table *zx_process_open(void)
{
	struct zx_process *process = zx_process_find();
	struct zx_handle_table *table, *fresh;

	if (process) {
		table = zx_process_join(process);
		if (table)
			return table;
	}
	/* The program has no file yet. */
	fresh = zx_handle_table_new();
	if (!fresh)
		return NULL;
	if (!process)
		process = zx_process_register(fresh);
	if (!process) {
		zx_handle_table_put(fresh);
		return NULL;
	}
	return zx_process_adopt(process, fresh);
}

/**
 * zx_process_flush - a descriptor of the device is closed, or may not be used
 * @table:	the file's table
 *
 * Called for every close(), in every process that has the file, and for every call that
 * is refused. Two cases matter, both in the table's own process: it is exiting, or it has
 * become another program.
 */
void zx_process_flush(struct zx_handle_table *table)
{
	struct zx_process *process = zx_process_of(table->owner);

	if (READ_ONCE(table->pid) != task_tgid(current))
		return;
	if (current->flags & PF_EXITING) {
		/* A thread with a descriptor table of its own may exit before the others. */
		if (!atomic_read(&current->signal->live))
			zx_process_end(process);
		return;
	}
	/*
	 * An execve() that closes a file is past the point of no return, and its thread is
	 * the only one; the mm may still be the old one. Where the file was not
	 * close-on-exec it is the mm that tells, later.
	 */
	if (current->in_execve || READ_ONCE(table->mm) != current->mm) {
		spin_lock(&process->lock);
		zx_process_forget_table(table);
		spin_unlock(&process->lock);
		zx_process_close_table(table);
	}
}

/**
 * zx_process_close - a file is released
 * @table:	its table; the file's reference is dropped
 */
void zx_process_close(struct zx_handle_table *table)
{
	struct zx_process *process = zx_process_of(table->owner);
	bool last;

	spin_lock(&process->lock);
	last = !--table->files;
	/* Not to be found by an open that comes now: it makes a table of its own. */
	if (last)
		zx_process_forget_table(table);
	spin_unlock(&process->lock);
	if (last)
		zx_process_close_table(table);
	zx_handle_table_put(table);
}

/**
 * zx_process_table - the table of the program that a process runs now
 * @process:	the process; the caller has a reference
 *
 * Return: the table with a reference for the caller, or NULL if there is none: the program
 * has no file of the device, or the process is over.
 */
struct zx_handle_table *zx_process_table(struct zx_process *process)
{
	struct zx_handle_table *table;

	rcu_read_lock();
	table = rcu_dereference(process->table);
	if (table && !refcount_inc_not_zero(&table->refs))
		table = NULL;
	rcu_read_unlock();
	return table;
}

long zxl_ioc_process_self(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;

	if (arg->handle || arg->rights)
		return ZX_ERR_INVALID_ARGS;
	zx_object_get(table->owner);
	return zx_handle_create(table, table->owner, arg->out);
}

int zx_process_init(void)
{
	int err;

	zx_process_cache = kmem_cache_create("zircon_process", sizeof(struct zx_process), 0,
					     SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	if (!zx_process_cache)
		return -ENOMEM;
	err = rhashtable_init(&zx_processes, &zx_processes_params);
	if (err)
		kmem_cache_destroy(zx_process_cache);
	return err;
}

void zx_process_exit(void)
{
	rhashtable_destroy(&zx_processes);
	kmem_cache_destroy(zx_process_cache);
}

int zx_process_start(void)
{
	zx_process_wq = alloc_workqueue("zircon", WQ_UNBOUND, 0);
	return zx_process_wq ? 0 : -ENOMEM;
}

/* Ends the processes that a walk through the registry finds. Returns whether there were any. */
static bool zx_process_end_all(void)
{
	struct rhashtable_iter iter;
	struct zx_process *process;
	bool any = false;

	rhashtable_walk_enter(&zx_processes, &iter);
	rhashtable_walk_start(&iter);
	while ((process = rhashtable_walk_next(&iter))) {
		/* The number of buckets has changed: the walk begins anew. */
		if (IS_ERR(process))
			continue;
		any = true;
		/* The registry's reference is gone if the work is just ending the process. */
		if (!refcount_inc_not_zero(&process->object.refs))
			continue;
		rhashtable_walk_stop(&iter);
		zx_process_end(process);
		zx_object_put(&process->object);
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return any;
}

/**
 * zx_process_stop - forget all processes, and finish what the last exits have left to do
 *
 * Nothing of the module is open any more, and nothing can be opened. Processes that once had
 * the device open may live on; without their entries on the pids' queues nothing of theirs
 * leads here any more, and nothing queues work.
 */
void zx_process_stop(void)
{
	/* A walk may pass over processes if others are taken out meanwhile. */
	while (zx_process_end_all())
		/* After this no process is found that the work has begun to end. */
		flush_workqueue(zx_process_wq);
	destroy_workqueue(zx_process_wq);
}
