/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads.
 *
 * A *thread* is a Linux thread of a process that has an object. Its object is made when the thread
 * asks for a handle to itself, or when another asks which threads the process has, and has the same
 * koid until the thread is gone, also over execve(). The object of zx_thread_create() comes before
 * its thread: it has no task and is in no registry until the thread that zx_thread_start() makes
 * begins, with ZXL_IOC_THREAD_BEGIN, before its first instruction of the program.
 *
 * The registry finds a thread by its task_struct, to which the object has a reference until the
 * end: so no other task can get the same address. The kernel reports the end of each thread through
 * the tracepoint sched_process_exit, in the thread itself, where nothing may sleep. There the
 * object is only marked, and what may be asked later is copied; a work item does the rest. A thread
 * that enters the registry while it exits, at the request of another, is marked by that one.
 *
 *	lock			guards
 *	a bucket's lock		zx_thread.node
 *	zx_thread.lock		zx_thread.over, .gone, .times, .comm, and that .task is set; a task
 *				runs, or at least has a stack, while it is held and .over is not
 *				set. A raw spin lock, as the tracepoint needs
 *	zx_process.lock		zx_thread.sibling
 *
 * The first two are acquired inside the third when a thread enters the registry: so no program
 * finds a thread in its process before the registry has it, and none that has exited and is not
 * marked.
 *
 * A process is not TERMINATED before all its threads are.
 */
#ifndef ZXMOD_THREAD_H
#define ZXMOD_THREAD_H

#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "object.h"
#include "task.h"

struct task_struct;
struct zx_handle;
struct zx_handle_table;
struct zx_info_list;
struct zx_process;

/**
 * struct zx_thread - a thread
 * @memory:	the head of the allocation; the account is that of the thread that asked for it
 * @object:	the object that handles of type ZX_OBJ_TYPE_THREAD name
 * @task:	the key in the registry; NULL before the thread begins; the object has a reference
 *		until it is TERMINATED, and after that @task is not used
 * @node:	in the registry until the thread is gone
 * @sibling:	in zx_process.threads, as long
 * @process:	the process, to which the object has a reference from the beginning until then
 * @process_koid: its koid
 * @end_work:	ends the thread after the tracepoint has reported its end; has the registry's
 *		reference
 * @lock:	see above
 * @over:	the thread has exited, or exits
 * @gone:	@task is not used any more
 * @has_begun:	zx_thread_start() has made the task; read by that
 * @times:	its times at the end
 * @comm:	its last Linux name; before it begins, zx_task_name.comm
 * @name:	what a program has named it; guarded by the object's lock
 */
struct zx_thread {
	struct zx_memory memory;
	struct zx_object object;
	struct task_struct *task;
	struct rhash_head node;
	struct hlist_node sibling;
	struct zx_process *process;
	u64 process_koid;
	struct work_struct end_work;
	raw_spinlock_t lock; /* see above */
	bool over;
	bool gone;
	bool has_begun;
	struct zx_task_times times;
	char comm[TASK_COMM_LEN];
	struct zx_task_name name;
};

int zx_process_list_threads(const struct zx_handle *handle, struct zx_info_list *list);
struct zx_object *zx_process_get_child(const struct zx_handle *handle, u64 koid, u32 *maker);

bool zx_thread_is_current(struct zx_object *object);
int zx_thread_task(struct zx_handle_table *table, u32 value, struct task_struct **out);
int zx_thread_koid(struct zx_process *process, struct task_struct *task, u64 *koid);

long zxl_ioc_thread_self(struct zx_handle_table *table, void *args);
long zxl_ioc_thread_open(struct zx_handle_table *table, void *args);
long zxl_ioc_thread_begin(struct zx_handle_table *table, void *args);
long zx_ioc_thread_create(struct zx_handle_table *table, void *args);

int zx_thread_init(void);
void zx_thread_exit(void);
int zx_thread_start(void);
void zx_thread_stop(void);

#endif /* ZXMOD_THREAD_H */
