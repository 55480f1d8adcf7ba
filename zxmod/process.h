/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes, and the tables of the programs that run in them.
 *
 *   A *process* is a Linux process: a thread group with its struct pid. Its object is made when
 *   the process opens /dev/zircon for the first time, or when another program asks for a handle to
 *   it (zxl_process_open()), and has the same koid until the last thread is gone, also after
 *   execve() and while no file of the device is open. The registry has a reference to each process
 *   that has a thread.
 *
 *   A *table* (handle.h) belongs to a program: to what the process runs from one execve() to the
 *   next. It exists while the program has a file of the device. All files that one program opens
 *   share it; file->private_data is the table. A call through the file by another program, such as
 *   a forked child, is refused.
 *
 * A table and all its handles are closed by the first of
 *   - the exit of the last thread: by ->flush() when its files are closed, or by the pid's wait
 *     queue if the file left its descriptor table before;
 *   - execve(): by ->flush() of a file that is close-on-exec; for a file that is not, by the new
 *     program's first call through it or first open, or at the new program's end;
 *   - the release of the last file; by a work item if another program releases it.
 *
 * The process ends with its last thread, which the first of these detects. It is TERMINATED once
 * its tables are empty too; another task may still be closing one. Handles in other processes then
 * keep the object alone, without pid, table or mm.
 *
 * process.c has the registry, and the beginning and end of processes and tables. process_ops.c has
 * what programs ask of a process: its name, information, its end.
 *
 * The registry is an rhashtable of the kernel. It grows with the number of processes and its hash
 * has a secret, so no user can make another's search long. A thread searches it without a lock. Of
 * these locks only the second is acquired inside another, the third:
 *
 *	lock				guards
 *	a bucket's lock			zx_process.node
 *	the pid's wait queue's lock	zx_process.exit_wait, zx_process.last
 *	zx_process.lock			zx_process.table, and zx_handle_table.files of all tables
 *					that the process has or had; .makers, .over, .exits,
 *					.exec_id and .return_code; whether .exit_wait is on the
 *					queue
 *
 * So a bucket's lock is the only one that two processes can share. It is held for a few
 * instructions when a process enters the registry and when it leaves. What can happen at the same
 * time:
 *
 *	open, open	Two threads, of one process or of two, find that a process is not in the
 *			registry. Each makes a zx_process; the registry accepts the first, and the
 *			other thread uses that one. With zx_process.lock the same is decided for
 *			two new tables.
 *	open, release	Under the lock, the release of the last file removes the table from the
 *			process. An open that has the lock before it gets the table, and the file
 *			is not the last; one that has it afterwards makes a new table.
 *	open, exec	Not at once: a thread that execs is the only one. If the file was not
 *			close-on-exec, the new program's first open finds the old table, replaces it
 *			with a new one and closes the old one.
 *	open, end	A thread of another process makes the object, and the process ends. Either
 *			the end comes after the entry is on the pid's queue and is reported there;
 *			or the thread finds afterwards that the last thread is gone, and does the
 *			same. If ->flush() ends the process before the entry is on the queue,
 *			ZX_PROCESS_ENDED keeps it away.
 *	exec, release	Another process may release the last file of the old table meanwhile. Both
 *			remove the table, unless the process has a new one already, and both
 *			call zx_handle_table_close(), which closes it once.
 *	end, release	The same.
 *	end, end	->flush() and the pid's wait queue report the same end. The one that sets
 *			ZX_PROCESS_ENDED does the work.
 *	unload, open	Not at once: an open file has a reference to the module.
 *	unload, end	The unload ends all processes in the registry, which removes their entries
 *			from the pids' wait queues. Then it waits for work that these had queued.
 */
#ifndef ZXMOD_PROCESS_H
#define ZXMOD_PROCESS_H

#include <linux/pid.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "birth.h"
#include "handle.h"
#include "job.h"
#include "maker.h"
#include "object.h"
#include "policy.h"
#include "task.h"

/**
 * struct zx_process_last - how a process has ended
 * @valid:	the other fields are written, and change no more
 * @code:	the status that wait() reports
 * @exec_id:	counts the programs that the process has run
 * @comm:	the last name of its leader
 */
struct zx_process_last {
	bool valid;
	int code;
	u64 exec_id;
	char comm[TASK_COMM_LEN];
};

/**
 * struct zx_critical - that the end of a process kills a job
 * @work:	kills it
 * @job:	the job, with a reference
 * @maker:	of the handle to the job
 * @nonzero_only: not if the return code is zero
 */
struct zx_critical {
	struct work_struct work;
	struct zx_job *job;
	const struct cred *maker;
	bool nonzero_only;
};

/**
 * struct zx_process - a process that has opened /dev/zircon, that a program has a handle to, or
 * that is in a job that a program has made
 * @memory:	the head of the allocation; the account is that of the thread that opened the device
 *		first, or of the one that asked for the handle
 * @object:	the object that handles of type ZX_OBJ_TYPE_PROCESS name
 * @table:	the table of the program that runs now, or NULL; written under @lock, read under it
 *		or through zx_process_table(). The table has at least one file while it is here, so
 *		it stays valid under @lock
 * @pid:	the thread group, the key in the registry, NULL before the process starts; the
 *		process has a reference until it ends, and after that @pid is only compared
 * @node:	in the registry from the first open until the last thread is gone
 * @exit_wait:	entry on the wait queue of @pid, for as long as @node is in the registry
 * @exit_work:	ends the process after the pid's wait queue has reported its end
 * @lock:	see above; only the pid's wait queue's is acquired inside it
 * @over:	the process has ended: @pid may not be used
 * @exits:	a program has called zx_process_exit(), with @return_code
 * @exec_id:	the program that has
 * @return_code: after the end that of ZX_INFO_PROCESS
 * @start_time:	when the process began, of CLOCK_MONOTONIC
 * @job:	the job that it is in, with a reference; NULL outside of the tree. Set before a
 *		process that is followed begins, else under @lock
 * @job_node:	in the job's tree, guarded by its lock
 * @job_koid:	the koid of the job, also after it has left it
 * @entrant:	the credentials with which it was put into the job; NULL in a default job
 * @policy:	that of the job; constant while the process runs
 * @nursery:	the births of its children
 * @birth:	that for which it is armed; guarded by a lock in birth.c
 * @is_new:	its creator has no handle yet
 * @startup:	the handle for its program, until that takes it; guarded by @lock
 * @critical:	the job that its end kills, or NULL; guarded by @lock
 * @kill_code:	the return code after the kill that came first; zero before
 * @makers:	makers of handles to the process; empty after the end
 * @times:	the times of the process when they were last asked for, or at the end
 * @last:	how it has ended
 * @unfinished:	what TERMINATED waits for: one for all Linux threads, one for each thread object,
 *		and one for each table that is not empty yet
 * @threads:	the threads that have an object and are not gone; changed under @lock, read under
 *		RCU
 * @name:	what a program has named it; guarded by the object's lock
 * @flags:	ZX_PROCESS_* bits, each set once
 */
struct zx_process {
	struct zx_memory memory;
	struct zx_object object;
	struct zx_handle_table __rcu *table;
	struct pid *pid;
	struct rhash_head node;
	struct wait_queue_entry exit_wait;
	struct work_struct exit_work;
	spinlock_t lock; /* see above */
	bool over;
	bool exits;
	u64 exec_id;
	s64 return_code;
	s64 start_time;
	struct zx_job *job;
	struct rb_node job_node;
	u64 job_koid;
	const struct cred *entrant;
	struct zx_policy policy;
	struct zx_nursery nursery;
	struct zx_birth *birth;
	bool is_new;
	struct zx_handle startup;
	struct zx_critical *critical;
	s64 kill_code;
	struct zx_makers makers;
	struct zx_task_times times;
	struct zx_process_last last;
	atomic_t unfinished;
	struct hlist_head threads;
	struct zx_task_name name;
	unsigned long flags;
};

#define ZX_PROCESS_EXIT_QUEUED	0	/* @exit_work was queued */
#define ZX_PROCESS_ENDED	1	/* out of the registry, or about to be */
#define ZX_PROCESS_KILLED	2	/* zx_task_kill() has sent SIGKILL, or its job was killed */
#define ZX_PROCESS_TOLD		3	/* netlink has the process as new, or it has ended before */
#define ZX_PROCESS_STARTED	4	/* it has @pid */
#define ZX_PROCESS_POLICY	5	/* a policy has killed it */
#define ZX_PROCESS_EXCEPTION	6	/* a policy has sent a signal that it does not handle */

extern const struct zx_object_ops zx_process_ops;

static inline struct zx_process *zx_process_of(struct zx_object *object)
{
	return container_of(object, struct zx_process, object);
}

/* Whether zx_process.last can be read: the last thread has exited. */
static inline bool zx_process_has_last(const struct zx_process *process)
{
	/* Pairs with zx_process_record(). */
	return smp_load_acquire(&process->last.valid);
}

void zx_process_free(struct zx_memory *memory);
void zx_process_finish(struct zx_process *process);
void zx_process_note_times(struct zx_process *process, const struct zx_task_times *times);
struct pid *zx_process_pid(struct zx_process *process);
u32 zx_process_add_maker(struct zx_process *process, const struct cred *cred);
void zx_process_times(struct zx_process *process, struct zx_task_times *times);
void zx_process_end_by(struct zx_process *process, s64 return_code);
void zx_process_end_critical(struct zx_process *process, struct workqueue_struct *wq);
struct zx_process *zx_process_new(struct zx_handle_table *table, struct pid *pid);
bool zx_process_begin(struct zx_process *process);
void zx_process_end_unstarted(struct zx_process *process, struct zx_dead_list *dead);
struct zx_process *zx_process_lookup(struct pid *pid);
int zx_process_may_inspect(struct zx_process *process, u32 maker);
struct zx_process *zx_process_get(struct zx_handle_table *table, struct pid *pid);
struct zx_handle_table *zx_process_table(struct zx_process *process);
struct zx_process *zx_process_of_pid(struct pid *pid);
struct zx_process *zx_process_next(struct pid_namespace *ns, int *nr, struct pid **pid,
				   unsigned int *steps);

struct zx_handle_table *zx_process_open(void);
void zx_process_flush(struct zx_handle_table *table);
void zx_process_close(struct zx_handle_table *table);

long zxl_ioc_process_self(struct zx_handle_table *table, void *args);
long zxl_ioc_process_open(struct zx_handle_table *table, void *args);
long zxl_ioc_process_pid(struct zx_handle_table *table, void *args);
long zx_ioc_process_exit(struct zx_handle_table *table, void *args);
long zx_ioc_task_kill(struct zx_handle_table *table, void *args);
long zx_ioc_job_set_critical(struct zx_handle_table *table, void *args);
long zxl_ioc_process_startup(struct zx_handle_table *table, void *args);

int zx_process_init(void);
void zx_process_exit(void);
int zx_process_start(void);
void zx_process_stop(void);

#endif /* ZXMOD_PROCESS_H */
