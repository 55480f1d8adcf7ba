/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Linux knows of a process: its name, its times, its memory.
 *
 * All of it is in /proc/PID for any user to read. A function with a task is called in an RCU
 * read-side section, with the leader of the thread group.
 */
#ifndef ZXMOD_TASK_H
#define ZXMOD_TASK_H

#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "compat.h"
#include "user.h"
#include "zx.h"

/* Whether the last thread has exited, or exits and makes no call of the module any more. */
static inline bool zx_task_is_over(const struct task_struct *task)
{
	return !task || !atomic_read(&task->signal->live);
}

/* The same for a thread group, to which the caller has a reference. */
static inline bool zx_pid_is_over(struct pid *pid)
{
	bool over;

	rcu_read_lock();
	over = zx_task_is_over(pid_task(pid, PIDTYPE_TGID));
	rcu_read_unlock();
	return over;
}

/*
 * Names a thread of the calling process, as prctl() does. The kernel lets no other process do
 * that.
 */
static inline void zx_task_set_comm(struct task_struct *task, const char *name)
{
	task_lock(task);
	strscpy_pad(task->comm, name, TASK_COMM_LEN);
	task_unlock(task);
}

/**
 * struct zx_task_name - the name that a program has given to a process or thread
 * @name:	the name, which can be longer than Linux' name
 * @comm:	the Linux name then; @name is shown until that changes. Empty if the process had not
 *		started: then @name is shown until another is set, unless it is empty too
 * @set:	there is a name
 *
 * Guarded by the object's lock.
 */
struct zx_task_name {
	char name[ZX_MAX_NAME_LEN];
	char comm[TASK_COMM_LEN];
	bool set;
};

/* Copies the name of a new process or thread from a program. Returns a status. */
static inline int zx_task_name_from_user(char name[ZX_MAX_NAME_LEN], u64 user, u64 size)
{
	size_t len;
	int status;

	memset(name, 0, ZX_MAX_NAME_LEN);
	if (!user)
		return ZX_ERR_INVALID_ARGS;
	status = zx_copy_from_user_short(name, u64_to_user_ptr(user),
					 min_t(u64, size, ZX_MAX_NAME_LEN));
	if (status)
		return status;
	/* The last byte, and those behind a NUL, are not part of the name. */
	len = strnlen(name, ZX_MAX_NAME_LEN - 1);
	memset(name + len, 0, ZX_MAX_NAME_LEN - len);
	return ZX_OK;
}

static inline void zx_task_name_get(const struct zx_task_name *from, const char *comm,
				    char name[ZX_MAX_NAME_LEN])
{
	if (from->set && (!strcmp(from->comm, comm) || (!from->comm[0] && from->name[0])))
		memcpy(name, from->name, ZX_MAX_NAME_LEN);
	else
		strscpy_pad(name, comm, ZX_MAX_NAME_LEN);
}

static inline void zx_task_name_set(struct zx_task_name *to, const char *comm,
				    const char name[ZX_MAX_NAME_LEN])
{
	memcpy(to->name, name, ZX_MAX_NAME_LEN);
	memcpy(to->comm, comm, TASK_COMM_LEN);
	to->set = true;
}

/**
 * struct zx_task_times - the times of a process, in nanoseconds
 * @cpu:	of all its threads, also of those that are gone
 * @queue:	how long its threads were ready to run and did not; Linux forgets the time of a
 *		thread that is gone
 */
struct zx_task_times {
	s64 cpu;
	s64 queue;
};

/* The kernel changes the name of a running process without a lock that readers could acquire. */
static inline void zx_task_comm(struct task_struct *task, char comm[TASK_COMM_LEN])
{
	/* See above: what is read may be a part of two names, but ends. */
	data_race(strscpy_pad(comm, task->comm, TASK_COMM_LEN));
}

static inline void zx_task_add_times(const struct task_struct *task, struct zx_task_times *times)
{
	times->cpu += READ_ONCE(task->se.sum_exec_runtime);
#ifdef CONFIG_SCHED_INFO
	times->queue += READ_ONCE(task->sched_info.run_delay);
#endif
}

/* The times of a process with one thread, @task, or none that has not exited. */
static inline void zx_task_last_times(const struct task_struct *task, struct zx_task_times *times)
{
	*times = (struct zx_task_times) {
		.cpu = READ_ONCE(task->signal->sum_sched_runtime),
	};
	/* The kernel has added the times of a task that it releases. */
	if (READ_ONCE(task->exit_state) != EXIT_DEAD)
		zx_task_add_times(task, times);
}

/*
 * The times of a process, which visits all its threads. A thread that ends meanwhile can be missed,
 * so the function tries again, but not for as long as threads end.
 */
static inline void zx_task_all_times(struct task_struct *task, struct zx_task_times *times)
{
	struct signal_struct *signal = task->signal;
	struct task_struct *thread;
	unsigned int seq, tries = 3;

	do {
		seq = read_seqbegin(&signal->stats_lock);
		*times = (struct zx_task_times) { .cpu = READ_ONCE(signal->sum_sched_runtime) };
		for_each_thread(task, thread)
			zx_task_add_times(thread, times);
	} while (read_seqretry(&signal->stats_lock, seq) && --tries);
}

/**
 * struct zx_task_memory - the memory of a process, in bytes
 * @mapped:	what it has mapped
 * @private:	resident pages of its own
 * @shared:	resident pages that others may have mapped too
 */
struct zx_task_memory {
	u64 mapped;
	u64 private;
	u64 shared;
};

/*
 * The memory of a process. Returns whether it has any: it has not exited, and is no kernel
 * thread.
 */
static inline bool zx_task_memory(struct task_struct *task, struct zx_task_memory *memory)
{
	struct task_struct *thread;
	bool found = false;

	for_each_thread(task, thread) {
		struct mm_struct *mm;

		/* While its lock is held a thread keeps its mm. */
		task_lock(thread);
		mm = thread->flags & PF_KTHREAD ? NULL : thread->mm;
		if (mm) {
			found = true;
			memory->mapped = (u64)READ_ONCE(mm->total_vm) << PAGE_SHIFT;
			memory->private = zx_mm_counter(mm, MM_ANONPAGES) << PAGE_SHIFT;
			memory->shared = (zx_mm_counter(mm, MM_FILEPAGES) +
					  zx_mm_counter(mm, MM_SHMEMPAGES)) << PAGE_SHIFT;
		}
		task_unlock(thread);
		if (found)
			break;
	}
	return found;
}

#endif /* ZXMOD_TASK_H */
