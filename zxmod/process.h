/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes, and the tables of the programs that run in them.
 *
 * Two things with two lifetimes:
 *
 *   A *process* is a Linux process: a thread group with its struct pid. Its object is made
 *   when it opens /dev/zircon for the first time, and is the same, with the same koid, until
 *   the last thread is gone, through execve() and through times in which no file of the
 *   device is open. The registry holds a reference to each living process.
 *
 *   A *table* (handle.h) is that of a program: of what the process runs from one execve() to
 *   the next, while it has a file of the device. All files that one program opens share it;
 *   file->private_data is the table. It is of use to that program alone: a call through the
 *   file by any other caller, a forked child above all, is refused.
 *
 * A table is closed, and all its handles with it, at the first of
 *   - the exit of the last thread, seen by ->flush() when its files are closed, or by the
 *     pid's wait queue where the file had left its descriptor table before;
 *   - execve(), seen by ->flush() of a file that is close-on-exec; where a program opened it
 *     without that, at the new program's first call or at its end;
 *   - the last file being released.
 *
 * The process ends with its last thread, which the first of these tells. It is TERMINATED
 * when its tables are empty besides, whichever task is still closing one. What handles from
 * elsewhere keep then is the object alone, without pid, table or mm.
 *
 * The registry is a hash table of the kernel's (rhashtable). It grows with the number of processes
 * and its hash has a secret, so no user can make a search long for another. A thread searches it
 * without a lock. What guards what; no two of these locks are held at once:
 *
 *	a bucket's lock			zx_process.node
 *	the pid's wait queue's lock	zx_process.exit_wait
 *	zx_process.lock			zx_process.table, and zx_handle_table.files of all tables
 *					that the process has or had
 *
 * So two processes share a bucket's lock at most, which is held for a few instructions when a
 * process enters the registry and when it leaves. What can happen at the same time:
 *
 *	open, open	Two threads of a process find that it is not in the registry. Each makes a
 *			zx_process; the registry takes the first, and the other thread uses that
 *			one. Of two new tables zx_process.lock decides in the same way.
 *	open, release	Under the lock, the release of the last file takes the table away from the
 *			process. An open that has the lock before it gets the table, and the file
 *			is not the last; one that has it afterwards makes a new table.
 *	open, exec	Not at once: a thread that execs is the only one. If the file was not
 *			close-on-exec, the new program's first open finds the old table, puts a
 *			new one in its place and closes the old one.
 *	open, end	Not at once: a thread of the process opens, and the process ends after its
 *			last thread. So an open needs no reference to the process that it found.
 *	exec, release	Another process may release the last file of the old table meanwhile. Both
 *			take the table away, unless the process has a new one already, and both
 *			close it; zx_handle_table_close() does so once.
 *	end, release	The same.
 *	end, end	->flush() and the pid's wait queue tell of the same end. The one that sets
 *			ZX_PROCESS_ENDED does the work.
 *	unload, open	Not at once: an open file holds the module.
 *	unload, end	The unload ends all processes in the registry, which takes our entries off
 *			the pids' wait queues. Then it waits for the work that these had queued.
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
 * @memory:	what the object stands in; the account is that of the thread that opened the device first
 * @object:	the object behind handles of type ZX_OBJ_TYPE_PROCESS
 * @table:	the table of the program that runs now, or NULL; written under @lock, read under it
 *		or through zx_process_table(). It has at least one file, so @lock keeps it
 * @pid:	the thread group, the key in the registry; a reference is held until the process
 *		ends, and after that @pid is only compared
 * @node:	in the registry from the first open until the last thread is gone
 * @exit_wait:	entry on the wait queue of @pid, for as long as @node is in the registry
 * @exit_work:	ends the process once the pid's wait queue said that it is over
 * @lock:	guards @table and zx_handle_table.files; no other lock is taken inside it
 * @unfinished:	what TERMINATED waits for: the threads, as one, and each table that is not
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

struct zx_handle_table *zx_process_open(void);
void zx_process_flush(struct zx_handle_table *table);
void zx_process_close(struct zx_handle_table *table);

long zxl_ioc_process_self(struct zx_handle_table *table, void *args);

int zx_process_init(void);
void zx_process_exit(void);
int zx_process_start(void);
void zx_process_stop(void);

#endif /* ZXMOD_PROCESS_H */
