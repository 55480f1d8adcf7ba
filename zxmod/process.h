/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes: who owns a handle table, and when that ends.
 *
 * A process here is a thread group that runs one program. It is found, or made, when
 * /dev/zircon is opened and then kept in file->private_data, so all opens of one
 * process share one table. The table is of use to that process alone: a call through
 * the file from anybody else, a forked child above all, is refused.
 *
 * The process dies, and all its handles close, at the first of
 *   - the exit of its last thread, seen by ->flush() when its files are closed, or by
 *     the pid's wait queue where the file had left its descriptor table before;
 *   - execve(), seen by ->flush() since the file is close-on-exec; where a program
 *     opened it without that, at the new program's first call or at its end;
 *   - the last file being released.
 * The object outlives this for as long as handles to the process are held elsewhere.
 */
#ifndef ZXMOD_PROCESS_H
#define ZXMOD_PROCESS_H

#include <linux/list.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "handle.h"
#include "object.h"

/**
 * struct zx_process - a process that has opened /dev/zircon
 * @object:	the object behind handles of type ZX_OBJ_TYPE_PROCESS
 * @table:	its handles
 * @pid:	the thread group; a reference is held
 * @mm:	the program; held so that its address is not used again, never looked into
 * @files:	open files of /dev/zircon; guarded by the registry's lock
 * @node:	in the registry while @files is not zero and the process lives
 * @exit_wait:	entry on the wait queue of @pid
 * @exit_work:	kills the process once the pid's wait queue said it is over
 * @name:	ZX_PROP_NAME; guarded by the object's lock
 * @flags:	ZX_PROCESS_* bits, each set once
 * @rcu:	for the delayed freeing
 */
struct zx_process {
	struct zx_object object;
	struct zx_handle_table table;
	struct pid *pid;
	struct mm_struct *mm;
	unsigned int files;
	struct hlist_node node;
	struct wait_queue_entry exit_wait;
	struct work_struct exit_work;
	char name[ZX_MAX_NAME_LEN];
	unsigned long flags;
	struct rcu_head rcu;
};

#define ZX_PROCESS_DEAD		0	/* killed, or being killed */
#define ZX_PROCESS_EXIT_QUEUED	1	/* @exit_work was queued */

static inline struct zx_process *zx_process_of(struct zx_object *object)
{
	return container_of(object, struct zx_process, object);
}

static inline struct zx_process *zx_process_of_table(struct zx_handle_table *table)
{
	return container_of(table, struct zx_process, table);
}

/**
 * zx_process_is_current - whether the caller is the process, still the same program
 * @process:	the process
 */
static inline bool zx_process_is_current(const struct zx_process *process)
{
	return process->pid == task_tgid(current) && process->mm == current->mm;
}

struct zx_process *zx_process_open(void);
void zx_process_flush(struct zx_process *process);
void zx_process_kill(struct zx_process *process);
void zx_process_close(struct zx_process *process);

long zxl_ioc_process_self(struct zx_handle_table *table, void *args);

int zx_process_init(void);
void zx_process_exit(void);
int zx_process_start(void);
void zx_process_stop(void);

#endif /* ZXMOD_PROCESS_H */
