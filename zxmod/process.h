/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes, and the tables of the programs that run in them.
 *
 *   A *process* is a Linux process: a thread group with its struct pid. Its object is made when
 *   the process opens /dev/zircon for the first time, and has the same koid until the last thread
 *   is gone, also after execve() and while no file of the device is open. The registry has a
 *   reference to each process that has a thread.
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
 * The registry is an rhashtable of the kernel. It grows with the number of processes and its hash
 * has a secret, so no user can make another's search long. A thread searches it without a lock. No
 * two of these locks are held at once:
 *
 *	lock				guards
 *	a bucket's lock			zx_process.node
 *	the pid's wait queue's lock	zx_process.exit_wait
 *	zx_process.lock			zx_process.table, and zx_handle_table.files of all tables
 *					that the process has or had
 *
 * So a bucket's lock is the only one that two processes can share. It is held for a few
 * instructions when a process enters the registry and when it leaves. What can happen at the same
 * time:
 *
 *	open, open	Two threads of a process find that it is not in the registry. Each makes a
 *			zx_process; the registry accepts the first, and the other thread uses that
 *			one. With zx_process.lock the same is decided for two new tables.
 *	open, release	Under the lock, the release of the last file removes the table from the
 *			process. An open that has the lock before it gets the table, and the file
 *			is not the last; one that has it afterwards makes a new table.
 *	open, exec	Not at once: a thread that execs is the only one. If the file was not
 *			close-on-exec, the new program's first open finds the old table, replaces it
 *			with a new one and closes the old one.
 *	open, end	Not at once: a thread of the process opens, and the process ends after its
 *			last thread. So an open needs no reference to the process that it found.
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

#include "handle.h"
#include "object.h"

/**
 * struct zx_process - a process that has opened /dev/zircon
 * @memory:	the head of the allocation; the account is that of the thread that opened the device
 *		first
 * @object:	the object that handles of type ZX_OBJ_TYPE_PROCESS name
 * @table:	the table of the program that runs now, or NULL; written under @lock, read under it
 *		or through zx_process_table(). The table has at least one file while it is here, so
 *		it stays valid under @lock
 * @pid:	the thread group, the key in the registry; the process has a reference until it
 *		ends, and after that @pid is only compared
 * @node:	in the registry from the first open until the last thread is gone
 * @exit_wait:	entry on the wait queue of @pid, for as long as @node is in the registry
 * @exit_work:	ends the process after the pid's wait queue has reported its end
 * @lock:	guards @table and zx_handle_table.files; no other lock is acquired inside it
 * @unfinished:	what TERMINATED waits for: one for all threads, and one for each table that is not
 *		empty yet
 * @name:	ZX_PROP_NAME; guarded by the object's lock
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
	atomic_t unfinished;
	char name[ZX_MAX_NAME_LEN];
	unsigned long flags;
};

#define ZX_PROCESS_EXIT_QUEUED	0	/* @exit_work was queued */
#define ZX_PROCESS_ENDED	1	/* out of the registry, or about to be */

static inline struct zx_process *zx_process_of(struct zx_object *object)
{
	return container_of(object, struct zx_process, object);
}

struct zx_handle_table *zx_process_table(struct zx_process *process);
struct zx_process *zx_process_of_pid(struct pid *pid);
struct zx_process *zx_process_next(struct pid_namespace *ns, int *nr, struct pid **pid,
				   unsigned int *steps);

struct zx_handle_table *zx_process_open(void);
void zx_process_flush(struct zx_handle_table *table);
void zx_process_close(struct zx_handle_table *table);

long zxl_ioc_process_self(struct zx_handle_table *table, void *args);

int zx_process_init(void);
void zx_process_exit(void);
int zx_process_start(void);
void zx_process_stop(void);

#endif /* ZXMOD_PROCESS_H */
