// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: the registry of those that have opened the device; when processes, and the tables of
 * their programs, begin and end.
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
#include "netlink.h"
#include "process.h"
#include "user.h"

ZX_MEMORY_CHECK(struct zx_process, object);

static struct kmem_cache *zx_process_cache;
static struct workqueue_struct *zx_process_wq;

/*
 * The registry: processes by the address of their struct pid, with a reference to each. The memory
 * of its buckets, some 20 bytes for each process, is charged to no account.
 */
static struct rhashtable zx_processes;

static const struct rhashtable_params zx_processes_params = {
	.key_len = sizeof(struct pid *),
	.key_offset = offsetof(struct zx_process, pid),
	.head_offset = offsetof(struct zx_process, node),
	.automatic_shrinking = true,
};

/* Whether the last thread is gone, or is exiting and makes no call of the module any more. */
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
 * The pid's wait queue is also woken for the exit of single threads. The kernel has its list of
 * tasks locked meanwhile, so a process has only one entry, and this function is short.
 *
 * The queue's lock is held. While the entry is on the queue the registry has its reference, and the
 * work queue exists: zx_process_stop() removes all entries first.
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
	zx_object_copy_name(object, name, zx_process_of(object)->name);
}

static void zx_process_set_name(struct zx_object *object, const char name[ZX_MAX_NAME_LEN])
{
	zx_object_copy_name(object, zx_process_of(object)->name, name);
}

/* Counts the handles of each type that a process has. A process without a table has none. */
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

/* The children are threads, which are not objects yet, so none is found. */
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

/* Counts down @unfinished: the threads are gone, or a table is empty. At zero raises TERMINATED. */
static void zx_process_finish(struct zx_process *process)
{
	if (!atomic_dec_and_test(&process->unfinished))
		return;
	zx_object_lock(&process->object);
	zx_object_update_signals(&process->object, 0, ZX_SIGNAL_SIGNALED);
	zx_object_unlock(&process->object);
}

/* Closes a table that was removed from its process. */
static void zx_process_close_table(struct zx_handle_table *table)
{
	if (zx_handle_table_close(table))
		zx_process_finish(zx_process_of(table->owner));
}

/* The table of a locked process, or NULL. */
static struct zx_handle_table *zx_process_table_locked(struct zx_process *process)
	__must_hold(&process->lock)
{
	lockdep_assert_held(&process->lock);
	return rcu_dereference_protected(process->table, lockdep_is_held(&process->lock));
}

/* Removes a table from its process, which is locked, unless the process has another by now. */
static void zx_process_forget_table(struct zx_handle_table *table)
{
	struct zx_process *process = zx_process_of(table->owner);

	lockdep_assert_held(&process->lock);
	if (zx_process_table_locked(process) == table)
		RCU_INIT_POINTER(process->table, NULL);
}

/*
 * Ends a process after its last thread, or when the module is unloaded. Drops the registry's
 * reference; the caller has another.
 */
static void zx_process_end(struct zx_process *process)
{
	struct zx_handle_table *table;

	if (test_and_set_bit(ZX_PROCESS_ENDED, &process->flags))
		/* Another task does the work. */
		return;
	rhashtable_remove_fast(&zx_processes, &process->node, zx_processes_params);
	/* From here on zx_process_exit_wake() does not run any more. */
	remove_wait_queue(&process->pid->wait_pidfd, &process->exit_wait);

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
	zx_netlink_process(process, false);
	/*
	 * Not before: calls through a file compare the table's pid until the table is closed. A new
	 * process whose struct pid got the same address, and that shares the mm, could use the
	 * table. (A table that zx_process_close_work() is still to close has no file.)
	 */
	put_pid(process->pid);
	zx_process_finish(process);
	zx_object_put(&process->object);
}

static void zx_process_exit_work(struct work_struct *work)
{
	struct zx_process *process = container_of(work, struct zx_process, exit_work);

	zx_process_end(process);
	zx_object_put(&process->object);
}

/* Makes a process for the caller, whose @table is new. It has one reference, not the registry's. */
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

/* Finds the calling process in the registry, where it stays while this thread lives; or NULL. */
static struct zx_process *zx_process_find(void)
{
	struct pid *pid = task_tgid(current);

	return rhashtable_lookup_fast(&zx_processes, &pid, zx_processes_params);
}

/*
 * Adds the calling process to the registry, unless another of its threads has done so before.
 * Returns the process in the registry, or NULL for lack of memory.
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
		/* An error means that there is no memory for more buckets. */
		return IS_ERR(other) ? NULL : other;
	}
	/* This thread has not exited, so the queue will be woken again. */
	add_wait_queue(&process->pid->wait_pidfd, &process->exit_wait);
	zx_netlink_process(process, true);
	return process;
}

/*
 * Gets the table of the calling program for one more file, with a reference, or NULL. The process
 * is locked.
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

/* The same, but acquires the lock. */
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
		/* The table of the program that this process ran before an execve(). */
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
 * zx_process_open - find or make the calling program's table, for a file that is being opened
 *
 * Return: the table with a reference for the file, which zx_process_close() drops; or NULL for lack
 * of memory.
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
 * zx_process_flush - end a process that exits, or the table of its former program
 * @table:	the table of a file of the device
 *
 * Called for every close(), in every process that has the file, and for every call that is refused.
 * Does nothing unless the calling process is the table's own and exits or runs another program.
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
	 * An execve() that closes a file can no longer fail, and its thread is the only one. The mm
	 * may still be the old one. If the file is not close-on-exec a later call finds another mm.
	 */
	if (current->in_execve || READ_ONCE(table->mm) != current->mm) {
		spin_lock(&process->lock);
		zx_process_forget_table(table);
		spin_unlock(&process->lock);
		zx_process_close_table(table);
	}
}

/* The reference to the table is that of the last file, which is gone. */
static void zx_process_close_work(struct work_struct *work)
{
	struct zx_handle_table *table = container_of(work, struct zx_handle_table, close_work);

	zx_process_close_table(table);
	zx_handle_table_put(table);
}

/**
 * zx_process_close - release a file
 * @table:	the file's table; the file's reference is dropped
 */
void zx_process_close(struct zx_handle_table *table)
{
	struct zx_process *process = zx_process_of(table->owner);
	struct pid *pid;
	bool last;

	spin_lock(&process->lock);
	last = !--table->files;
	/* An open that comes now must not find this table, but make another. */
	if (last)
		zx_process_forget_table(table);
	spin_unlock(&process->lock);
	/* NULL if the table is closed already, by the exit or the execve() of its program. */
	pid = READ_ONCE(table->pid);
	if (last && pid && pid != task_tgid(current)) {
		/* A program that received the file must not have to close a million handles. */
		INIT_WORK(&table->close_work, zx_process_close_work);
		queue_work(zx_process_wq, &table->close_work);
		return;
	}
	if (last)
		zx_process_close_table(table);
	zx_handle_table_put(table);
}

/**
 * zx_process_table - get the table of the program that a process runs now
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

/**
 * zx_process_of_pid - find a process in the registry
 * @pid:	its thread group, to which the caller has a reference or is in an RCU read-side
 *		section
 *
 * Return: the process with a reference for the caller, or NULL.
 */
struct zx_process *zx_process_of_pid(struct pid *pid)
{
	struct zx_process *process;

	rcu_read_lock();
	process = rhashtable_lookup_fast(&zx_processes, &pid, zx_processes_params);
	if (process && !refcount_inc_not_zero(&process->object.refs))
		process = NULL;
	rcu_read_unlock();
	return process;
}

/**
 * zx_process_next - find the process with the next id
 * @ns:		the namespace of the ids
 * @nr:		the least id to look at; receives the least for the next time
 * @pid:	receives the thread group of the process, with a reference for the caller
 * @steps:	how many ids to look at; is counted down
 *
 * Processes are found in the order of their ids. So each that is in the registry all the time is
 * found once, which a walk through the hash table could not promise.
 *
 * Context: may sleep.
 * Return: the process with a reference for the caller; NULL after the last, or if @steps is zero.
 */
struct zx_process *zx_process_next(struct pid_namespace *ns, int *nr, struct pid **pid,
				   unsigned int *steps)
{
	struct zx_process *process = NULL;

	for (; !process && *steps; --*steps) {
		rcu_read_lock();
		*pid = find_ge_pid(*nr, ns);
		if (!*pid) {
			rcu_read_unlock();
			break;
		}
		*nr = pid_nr_ns(*pid, ns) + 1;
		process = zx_process_of_pid(*pid);
		if (process)
			get_pid(*pid);
		rcu_read_unlock();
		cond_resched();
	}
	return process;
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
	/* As many at once as can be: many large tables of one user must not delay others. */
	zx_process_wq = alloc_workqueue("zircon", WQ_UNBOUND, WQ_MAX_ACTIVE);
	return zx_process_wq ? 0 : -ENOMEM;
}

/* Ends the processes that a walk through the registry finds. Returns whether it found any. */
static bool zx_process_end_all(void)
{
	struct rhashtable_iter iter;
	struct zx_process *process;
	bool any = false;

	rhashtable_walk_enter(&zx_processes, &iter);
	rhashtable_walk_start(&iter);
	while ((process = rhashtable_walk_next(&iter))) {
		/* The number of buckets has changed, so the walk begins again. */
		if (IS_ERR(process))
			continue;
		any = true;
		/* The work that ends the process may have dropped the registry's reference. */
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
 * zx_process_stop - end all processes in the registry, and finish the queued work
 *
 * No file of the module is open, and none can be opened. Processes that once opened the device may
 * still run. After their entries are removed from the pids' queues no work is queued any more.
 */
void zx_process_stop(void)
{
	/* A walk may miss processes if others are removed meanwhile. */
	while (zx_process_end_all())
		/* The next walk does not find processes that this work ends. */
		flush_workqueue(zx_process_wq);
	destroy_workqueue(zx_process_wq);
}
