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
 */
#ifndef ZXMOD_PROCESS_H
#define ZXMOD_PROCESS_H

#include <linux/list.h>
#include <linux/pid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "handle.h"
#include "object.h"

/**
 * struct zx_process - a process that has opened /dev/zircon
 * @memory:	what the object stands in; the account is that of the thread that opened the device first
 * @object:	the object behind handles of type ZX_OBJ_TYPE_PROCESS
 * @table:	the table of the program that runs now, or NULL; written under the registry's
 *		lock, read under it or through zx_process_table()
 * @pid:	the thread group; a reference is held while the process is in the registry
 * @node:	in the registry from the first open until the last thread is gone; guarded by
 *		the registry's lock
 * @exit_wait:	entry on the wait queue of @pid, for as long as @node is in the registry
 * @exit_work:	ends the process once the pid's wait queue said that it is over
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
	struct hlist_node node;
	struct wait_queue_entry exit_wait;
	struct work_struct exit_work;
	atomic_t unfinished;
	char name[ZX_MAX_NAME_LEN];
	unsigned long flags;
};

#define ZX_PROCESS_EXIT_QUEUED	0	/* @exit_work was queued */

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
