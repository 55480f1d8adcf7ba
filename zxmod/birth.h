/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Births: how the child of a process gets into a job before its first instruction.
 *
 * The kernel reports each new process and thread through the tracepoint sched_process_fork, in the
 * parent, while the child cannot run yet. Nothing may sleep there, or allocate memory on a
 * real-time kernel. So what a birth needs is there before: a struct zx_birth with the Process
 * object of the child. The probe lets that enter the job; the rest is task work, which a thread
 * runs before it returns to its program:
 *
 *	in the child	enters the registry of processes, makes its own spare birth; or kills it, if
 *			the job accepts no process any more, or there is no memory for its object
 *	in the parent	makes a spare birth in the place of the one that was used
 *
 * Each followed process has a spare birth for each of its threads that is in its program: a thread
 * that forks uses one, and has the next before it returns. A new thread needs one too. Its birth
 * only lends its two pieces of task work, of which each makes a spare birth, or gives the birth
 * itself back. So no thread finds none, however many fork at once. A thread that cannot get one
 * for lack of memory is killed with its process, since its next child would not be in the job.
 *
 * A process of zxl_ioc_process_create() is *armed*: it is the next child of the thread that has
 * made it. Until that forks it has not started. It ends without, when the thread cancels it, its
 * last handle is closed, or the thread's process ends. If it is killed before, it stays armed until
 * then, and the child is killed.
 *
 * A child is found by its struct pid from the probe on, in a table of births under way, until it is
 * in the registry. All locks here are raw spin locks, and inside them no lock is acquired.
 */
#ifndef ZXMOD_BIRTH_H
#define ZXMOD_BIRTH_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct pid;
struct zx_birth;
struct zx_handle_table;
struct zx_process;
struct zx_dead_list;

/**
 * struct zx_nursery - the births that a process has
 * @lock:	guards @spares, @num_spares, @is_closed
 * @is_watched:	the probe looks at it: the process is followed, or was armed
 * @is_closed:	the process has ended
 * @num_spares:	the length of @spares
 * @num_armed:	the length of @armed
 * @spares:	linked through zx_birth.next
 * @armed:	armed births; with @num_armed guarded by a lock in birth.c
 */
struct zx_nursery {
	raw_spinlock_t lock; /* see above */
	bool is_watched;
	bool is_closed;
	unsigned int num_spares;
	unsigned int num_armed;
	struct zx_birth *spares;
	struct hlist_head armed;
};

void zx_nursery_init(struct zx_nursery *nursery);
void zx_nursery_close(struct zx_process *process);

struct zx_process *zx_birth_find(struct pid *pid);
bool zx_birth_cancel(struct zx_process *process, struct zx_dead_list *dead);
void zx_birth_kill(struct zx_process *process);

long zxl_ioc_process_create(struct zx_handle_table *table, void *args);

int zx_birth_start(void);
void zx_birth_stop(void);

#endif /* ZXMOD_BIRTH_H */
