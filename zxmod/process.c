// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes: the registry; when processes, and the tables of their programs, begin and end.
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

#include "birth.h"
#include "burial.h"
#include "compat.h"
#include "job.h"
#include "netlink.h"
#include "policy.h"
#include "process.h"
#include "user.h"

ZX_MEMORY_CHECK(struct zx_process, object);

static struct kmem_cache *zx_process_cache;
static struct workqueue_struct *zx_process_wq;

/* The module is unloaded. */
static bool zx_process_stops;

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

static void zx_time_raise(s64 *time, s64 value)
{
	s64 old = READ_ONCE(*time);

	while (value > old && !try_cmpxchg(time, &old, value))
		;
}

/**
 * zx_process_note_times - store the times of a process, which never become less
 * @process:	the process
 * @times:	what was found; without the times of a thread that has just ended, perhaps
 */
void zx_process_note_times(struct zx_process *process, const struct zx_task_times *times)
{
	zx_time_raise(&process->times.cpu, times->cpu);
	zx_time_raise(&process->times.queue, times->queue);
}

/*
 * Records how a process has ended, in an RCU read-side section; @task is its leader. May be called
 * again: the kernel adds the times of other threads when it releases them.
 */
static void zx_process_record(struct zx_process *process, struct task_struct *task,
			      const struct zx_task_times *times)
{
	struct signal_struct *signal = task->signal;

	zx_process_note_times(process, times);
	if (process->last.valid)
		return;
	/* As wait() reports it. */
	if (READ_ONCE(signal->flags) & SIGNAL_GROUP_EXIT)
		process->last.code = READ_ONCE(signal->group_exit_code);
	else
		process->last.code = READ_ONCE(task->exit_code);
	process->last.exec_id = READ_ONCE(task->self_exec_id);
	zx_task_comm(task, process->last.comm);
	/* Pairs with zx_process_has_last(). */
	smp_store_release(&process->last.valid, true);
}

/* Queues the work that ends a process. */
static void zx_process_queue_exit(struct zx_process *process)
{
	if (test_and_set_bit(ZX_PROCESS_EXIT_QUEUED, &process->flags))
		return;
	zx_object_get(&process->object);
	queue_work(zx_process_wq, &process->exit_work);
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
	struct zx_task_times times;
	struct task_struct *task;
	bool over;

	rcu_read_lock();
	task = pid_task(process->pid, PIDTYPE_TGID);
	over = zx_task_is_over(task);
	/* Here, since the parent may have waited for the process before the work runs. */
	if (over && task) {
		zx_task_last_times(task, &times);
		zx_process_record(process, task, &times);
	}
	rcu_read_unlock();
	if (over)
		zx_process_queue_exit(process);
	return 0;
}

/**
 * zx_process_free - free the memory of a process
 * @memory:	its head
 */
void zx_process_free(struct zx_memory *memory)
{
	struct zx_process *process = container_of(memory, struct zx_process, memory);

	zx_makers_put(&process->makers);
	put_cred(process->entrant);
	kmem_cache_free(zx_process_cache, process);
}

/**
 * zx_process_finish - count down what TERMINATED waits for, and raise it at zero
 * @process:	the process
 */
void zx_process_finish(struct zx_process *process)
{
	if (!atomic_dec_and_test(&process->unfinished))
		return;
	zx_object_lock(&process->object);
	zx_object_update_signals(&process->object, 0, ZX_SIGNAL_SIGNALED);
	zx_object_unlock(&process->object);
	/* In Zircon's order. */
	zx_job_leave(process);
	zx_process_end_critical(process, READ_ONCE(zx_process_stops) ? NULL : zx_process_wq);
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

/* What ZX_INFO_PROCESS shows of a process that has ended. It is locked. */
static s64 zx_process_return_code(const struct zx_process *process)
{
	int sig = process->last.code & 0x7f, status = process->last.code >> 8;

	lockdep_assert_held(&process->lock);
	if (sig == SIGKILL && test_bit(ZX_PROCESS_KILLED, &process->flags))
		return process->kill_code ?: ZX_TASK_RETCODE_SYSCALL_KILL;
	if (sig == SIGKILL && test_bit(ZX_PROCESS_POLICY, &process->flags))
		return ZX_TASK_RETCODE_POLICY_KILL;
	if ((sig == SIGKILL || sig == SIGSYS) && test_bit(ZX_PROCESS_EXCEPTION, &process->flags))
		return ZX_TASK_RETCODE_EXCEPTION_KILL;
	if (sig)
		return ZX_TASK_RETCODE_SIGNAL(sig);
	/* Linux has the low eight bits of what zx_process_exit() was called with. */
	if (process->exits && process->exec_id == process->last.exec_id &&
	    (process->return_code & 0xff) == status)
		return process->return_code;
	return status;
}

/* A process is over: it drops what it had beside its table. The caller buries @dead. */
static void zx_process_set_over(struct zx_process *process, struct zx_dead_list *dead)
{
	struct zx_makers makers;
	struct zx_handle startup;

	spin_lock(&process->lock);
	process->over = true;
	makers = process->makers;
	memset(&process->makers, 0, sizeof(process->makers));
	startup = process->startup;
	process->startup.object = NULL;
	spin_unlock(&process->lock);
	zx_makers_put(&makers);
	if (startup.object)
		__zx_object_close_handle(startup.object, dead);
}

/**
 * zx_process_end_unstarted - end a process that has not begun to run a program
 * @process:	the process; the caller has a reference
 * @dead:	receives what its startup handle was the last one to, which the caller buries: that
 *		may be another process that has not started, and so on
 *
 * Context: process context, no locks held.
 */
void zx_process_end_unstarted(struct zx_process *process, struct zx_dead_list *dead)
{
	if (test_and_set_bit(ZX_PROCESS_ENDED, &process->flags))
		return;
	spin_lock(&process->lock);
	process->return_code = process->kill_code ?: ZX_TASK_RETCODE_SYSCALL_KILL;
	spin_unlock(&process->lock);
	zx_process_set_over(process, dead);
	/* It has one if its begin has failed. */
	put_pid(process->pid);
	zx_process_finish(process);
}

/*
 * Ends a process after its last thread, or when the module is unloaded. Drops the registry's
 * reference; the caller has another.
 */
static void zx_process_end(struct zx_process *process)
{
	struct zx_handle_table *table;
	struct zx_dead_list dead = {};
	struct zx_task_times times;
	struct task_struct *task;

	if (test_and_set_bit(ZX_PROCESS_ENDED, &process->flags))
		/* Another task does the work. */
		return;
	rhashtable_remove_fast(&zx_processes, &process->node, zx_processes_params);
	spin_lock(&process->lock);
	/* From here on zx_process_exit_wake() does not run any more. */
	if (!list_empty(&process->exit_wait.entry))
		remove_wait_queue(&process->pid->wait_pidfd, &process->exit_wait);
	spin_unlock(&process->lock);
	if (!process->last.valid) {
		rcu_read_lock();
		task = pid_task(process->pid, PIDTYPE_TGID);
		if (task) {
			zx_task_all_times(task, &times);
			zx_process_record(process, task, &times);
		}
		rcu_read_unlock();
	}

	spin_lock(&process->lock);
	process->return_code = zx_process_return_code(process);
	table = zx_process_table_locked(process);
	if (table) {
		zx_handle_table_get(table);
		zx_process_forget_table(table);
	}
	spin_unlock(&process->lock);
	zx_process_set_over(process, &dead);
	zx_object_bury(&dead);
	if (table) {
		zx_process_close_table(table);
		zx_handle_table_put(table);
	}
	zx_nursery_close(process);
	/* If it is not new to netlink yet, zx_process_register() does that afterwards. */
	if (test_and_set_bit(ZX_PROCESS_TOLD, &process->flags))
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

/**
 * zx_process_new - make a process, which is not in the registry
 * @table:	the caller's table, which may be new, or NULL
 * @pid:	the thread group; or NULL, if the process has not started
 *
 * Return: the process with one reference; or NULL for lack of memory.
 */
struct zx_process *zx_process_new(struct zx_handle_table *table, struct pid *pid)
{
	struct zx_process *process;
	struct zx_task_times times;
	struct zx_memory *memory;
	struct task_struct *task;

	memory = zx_memory_alloc(table, zx_process_cache, sizeof(*process));
	if (!memory)
		return NULL;
	process = container_of(memory, struct zx_process, memory);
	zx_object_init(&process->object, &zx_process_ops, 0);
	process->pid = get_pid(pid);
	if (pid)
		process->flags = BIT(ZX_PROCESS_STARTED);
	spin_lock_init(&process->lock);
	zx_nursery_init(&process->nursery);
	atomic_set(&process->unfinished, 1);
	INIT_WORK(&process->exit_work, zx_process_exit_work);
	init_waitqueue_func_entry(&process->exit_wait, zx_process_exit_wake);
	INIT_LIST_HEAD(&process->exit_wait.entry);
	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task) {
		process->start_time = task->start_time;
		/* A process for which its parent has not waited shows how it has ended. */
		if (zx_task_is_over(task)) {
			zx_task_all_times(task, &times);
			zx_process_record(process, task, &times);
		}
	}
	rcu_read_unlock();
	return process;
}

/* Lets a process that has just entered the registry be told of its end, and netlink of it. */
static void zx_process_has_begun(struct zx_process *process)
{
	spin_lock(&process->lock);
	/* A thread of the process may have found it in the registry, and be the last to exit. */
	if (!test_bit(ZX_PROCESS_ENDED, &process->flags))
		add_wait_queue(&process->pid->wait_pidfd, &process->exit_wait);
	spin_unlock(&process->lock);
	zx_netlink_process(process, true);
	if (test_and_set_bit(ZX_PROCESS_TOLD, &process->flags))
		zx_netlink_process(process, false);
	/* The last thread may have exited before the queue had the entry. */
	if (zx_pid_is_over(process->pid))
		zx_process_queue_exit(process);
}

/**
 * zx_process_begin - add a new process to the registry, before its first instruction
 * @process:	the process, with its pid; the caller is its only thread
 *
 * Return: whether there was memory.
 */
bool zx_process_begin(struct zx_process *process)
{
	struct zx_process *other;

	zx_object_get(&process->object);
	rcu_read_lock();
	other = rhashtable_lookup_get_insert_fast(&zx_processes, &process->node,
						  zx_processes_params);
	/*
	 * Another program has guessed the process id, and asked for the process before the table of
	 * births under way had this one. Its object ends here.
	 */
	if (!IS_ERR_OR_NULL(other)) {
		zx_object_get(&other->object);
		rhashtable_replace_fast(&zx_processes, &other->node, &process->node,
					zx_processes_params);
	}
	rcu_read_unlock();
	if (IS_ERR(other)) {
		zx_object_put(&process->object);
		return false;
	}
	if (other) {
		zx_process_end(other);
		zx_object_put(&other->object);
	}
	zx_process_has_begun(process);
	return true;
}

/*
 * Adds a process to the registry, unless another thread has done so before. @table is the caller's.
 * Returns the process in the registry, with a reference for the caller, or NULL for lack of memory.
 */
static struct zx_process *zx_process_register(struct zx_handle_table *table, struct pid *pid)
{
	struct zx_process *process, *other;

	process = zx_process_new(table, pid);
	if (!process)
		return NULL;
	zx_object_get(&process->object);
	rcu_read_lock();
	other = rhashtable_lookup_get_insert_fast(&zx_processes, &process->node,
						  zx_processes_params);
	/* An error means that there is no memory for more buckets. */
	if (IS_ERR(other) || (other && !refcount_inc_not_zero(&other->object.refs)))
		other = NULL;
	else if (!other)
		other = process;
	rcu_read_unlock();
	if (other != process) {
		put_pid(process->pid);
		zx_object_put(&process->object);
		zx_object_put(&process->object);
		return other;
	}
	zx_process_has_begun(process);
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
	struct zx_process *process = zx_process_of_pid(task_tgid(current));
	struct zx_handle_table *table = NULL, *fresh;

	if (process) {
		table = zx_process_join(process);
		if (table)
			goto out;
	}
	/* The program has no file yet. */
	fresh = zx_handle_table_new();
	if (!fresh)
		goto out;
	if (!process)
		process = zx_process_register(fresh, task_tgid(current));
	if (process && !zx_job_add_to_default(process, fresh->account)) {
		fresh->restricted = zx_policy_restricted(&process->policy);
		table = zx_process_adopt(process, fresh);
	} else {
		zx_handle_table_put(fresh);
	}
out:
	if (process)
		zx_object_put(&process->object);
	return table;
}

/**
 * zx_process_get - find or make a process
 * @table:	the table of the calling program
 * @pid:	a thread group, to which the caller has a reference
 *
 * Return: the process with a reference for the caller; or NULL for lack of memory.
 */
struct zx_process *zx_process_get(struct zx_handle_table *table, struct pid *pid)
{
	return zx_process_of_pid(pid) ?: zx_process_register(table, pid);
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
 * zx_process_pid - get the thread group of a process
 * @process:	the process; the caller has a reference
 *
 * Return: the struct pid with a reference for the caller, or NULL if the process has ended.
 */
struct pid *zx_process_pid(struct zx_process *process)
{
	struct pid *pid;

	spin_lock(&process->lock);
	/* Pairs with zx_birth_bind(). */
	pid = process->over ? NULL : get_pid(smp_load_acquire(&process->pid));
	spin_unlock(&process->lock);
	return pid;
}

/**
 * zx_process_lookup - find a process in the registry, without a reference
 * @pid:	its thread group
 *
 * Context: an RCU read-side section.
 * Return: the process or NULL.
 */
struct zx_process *zx_process_lookup(struct pid *pid)
{
	return rhashtable_lookup_fast(&zx_processes, &pid, zx_processes_params);
}

static struct zx_process *zx_process_registered(struct pid *pid)
{
	struct zx_process *process;

	rcu_read_lock();
	process = zx_process_lookup(pid);
	if (process && !refcount_inc_not_zero(&process->object.refs))
		process = NULL;
	rcu_read_unlock();
	return process;
}

/**
 * zx_process_of_pid - find a process in the registry, or one that begins
 * @pid:	its thread group, to which the caller has a reference or is in an RCU read-side
 *		section
 *
 * Return: the process with a reference for the caller, or NULL.
 */
struct zx_process *zx_process_of_pid(struct pid *pid)
{
	/* A process is in the registry before its birth is over. */
	return zx_process_registered(pid) ?: zx_birth_find(pid) ?: zx_process_registered(pid);
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
	WRITE_ONCE(zx_process_stops, true);
	/* A walk may miss processes if others are removed meanwhile. */
	while (zx_process_end_all())
		/* The next walk does not find processes that this work ends. */
		flush_workqueue(zx_process_wq);
	destroy_workqueue(zx_process_wq);
}
