// SPDX-License-Identifier: GPL-2.0-only
/*
 * Births: the probe of sched_process_fork, spare and armed births.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/task_work.h>
#include <linux/tracepoint.h>

#include <linux/zircon.h>

#include "birth.h"
#include "burial.h"
#include "compat.h"
#include "handle.h"
#include "job.h"
#include "process.h"
#include "user.h"

/* Armed births of one process: as many as a walk may have with a lock held that others need. */
#define ZX_ARMED_MAX	ZXL_PROCESS_CREATE_MAX

/**
 * struct zx_birth - what a child needs before it begins
 * @child_work:	task work of the child
 * @parent_work: task work of the thread that has forked
 * @work_left:	pieces of task work that have not run
 * @process:	what the child becomes; NULL if there was no memory, see zx_birth_make_up()
 * @job:	of a child that has no @process: its job, with a reference
 * @entrant:	the same: zx_process.entrant, with a reference
 * @parent:	the process of the thread that forks; the birth has a reference while it is under
 *		way
 * @thread:	an armed one: the thread whose next child it is for, with a reference
 * @exec_id:	counts the programs of its process; not a child of another program
 * @is_thread:	the child is a thread
 * @is_bound:	@process is the child
 * @is_killed:	the child must not begin; of an armed one guarded by the lock below
 * @next:	link in zx_nursery.spares
 * @node:	link in zx_nursery.armed, and then in the table of births under way
 */
struct zx_birth {
	struct callback_head child_work;
	struct callback_head parent_work;
	atomic_t work_left;
	struct zx_process *process;
	struct zx_job *job;
	const struct cred *entrant;
	struct zx_process *parent;
	struct pid *thread;
	u64 exec_id;
	bool is_thread;
	bool is_bound;
	bool is_killed;
	struct zx_birth *next;
	struct hlist_node node;
};

/*
 * Births under way, by the struct pid of the child. A user can have as many as processes, for as
 * long as the children get no processor; a search has interrupts disabled.
 */
#define ZX_BIRTHS_BITS	12

static struct zx_births {
	raw_spinlock_t lock; /* guards @births */
	struct hlist_head births;
} zx_births[BIT(ZX_BIRTHS_BITS)];

static atomic_t zx_births_under_way = ATOMIC_INIT(0);

/* Processes whose zx_nursery.is_watched is set: without one the probe returns at once. */
static atomic_t zx_nurseries = ATOMIC_INIT(0);

/* Task work was added since the module was loaded. */
static bool zx_birth_has_worked;

/* Guards the armed births of all processes, and zx_process.birth. */
static DEFINE_RAW_SPINLOCK(zx_armed_lock);

static struct zx_births *zx_births_of(const struct pid *pid)
{
	return &zx_births[hash_ptr(pid, ZX_BIRTHS_BITS)];
}

static void zx_births_add(struct zx_birth *birth)
{
	struct zx_births *births = zx_births_of(birth->process->pid);
	unsigned long flags;

	atomic_inc(&zx_births_under_way);
	raw_spin_lock_irqsave(&births->lock, flags);
	hlist_add_head(&birth->node, &births->births);
	raw_spin_unlock_irqrestore(&births->lock, flags);
}

static void zx_births_remove(struct zx_birth *birth)
{
	struct zx_births *births = zx_births_of(birth->process->pid);

	raw_spin_lock_irq(&births->lock);
	hlist_del(&birth->node);
	raw_spin_unlock_irq(&births->lock);
	atomic_dec(&zx_births_under_way);
}

/**
 * zx_birth_find - find a process whose birth is under way
 * @pid:	its thread group
 *
 * Return: the process with a reference for the caller, or NULL. It may be in the registry by now.
 */
struct zx_process *zx_birth_find(struct pid *pid)
{
	struct zx_births *births = zx_births_of(pid);
	struct zx_process *process = NULL;
	struct zx_birth *birth;
	unsigned long flags;

	if (!atomic_read(&zx_births_under_way))
		return NULL;
	raw_spin_lock_irqsave(&births->lock, flags);
	hlist_for_each_entry(birth, &births->births, node) {
		if (birth->process->pid != pid)
			continue;
		process = birth->process;
		zx_object_get(&process->object);
		break;
	}
	raw_spin_unlock_irqrestore(&births->lock, flags);
	return process;
}

static void zx_birth_free(struct zx_birth *birth)
{
	if (birth->process)
		zx_object_put(&birth->process->object);
	if (birth->job)
		zx_object_put(&birth->job->object);
	put_cred(birth->entrant);
	put_pid(birth->thread);
	kfree(birth);
}

void zx_nursery_init(struct zx_nursery *nursery)
{
	raw_spin_lock_init(&nursery->lock);
}

/* Lets the probe look at a process, once. */
static void zx_nursery_watch(struct zx_nursery *nursery)
{
	raw_spin_lock_irq(&nursery->lock);
	if (!nursery->is_watched && !nursery->is_closed) {
		WRITE_ONCE(nursery->is_watched, true);
		atomic_inc(&zx_nurseries);
	}
	raw_spin_unlock_irq(&nursery->lock);
}

/* Adds a spare birth, unless the calling process has enough. */
static void zx_nursery_add(struct zx_nursery *nursery, struct zx_birth *birth)
{
	bool added;

	raw_spin_lock_irq(&nursery->lock);
	added = !nursery->is_closed && nursery->num_spares < get_nr_threads(current);
	if (added) {
		birth->next = nursery->spares;
		nursery->spares = birth;
		nursery->num_spares++;
	}
	raw_spin_unlock_irq(&nursery->lock);
	if (!added)
		zx_birth_free(birth);
}

/*
 * Makes a spare birth for the calling thread. The birth itself is charged to no account, so that it
 * does not fail for a limit: there is one for each thread at most. Its process is charged; if that
 * fails, the child tries again.
 */
static void zx_nursery_refill(struct zx_nursery *nursery)
{
	struct zx_birth *birth = kzalloc(sizeof(*birth), GFP_KERNEL);

	if (!birth) {
		send_sig(SIGKILL, current, 1);
		return;
	}
	birth->process = zx_process_new(NULL, NULL);
	zx_nursery_add(nursery, birth);
}

/* The birth that the calling thread has armed, or NULL; or of any thread, if @thread is NULL. */
static struct zx_birth *zx_birth_take_armed(struct zx_nursery *nursery, const struct pid *thread)
{
	struct zx_birth *birth, *found = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&zx_armed_lock, flags);
	hlist_for_each_entry(birth, &nursery->armed, node) {
		if (thread && (birth->thread != thread || birth->exec_id != current->self_exec_id))
			continue;
		found = birth;
		hlist_del(&birth->node);
		nursery->num_armed--;
		birth->process->birth = NULL;
		break;
	}
	raw_spin_unlock_irqrestore(&zx_armed_lock, flags);
	return found;
}

static struct zx_birth *zx_birth_take_spare(struct zx_nursery *nursery)
{
	struct zx_birth *birth;
	unsigned long flags;

	raw_spin_lock_irqsave(&nursery->lock, flags);
	birth = nursery->spares;
	if (birth) {
		nursery->spares = birth->next;
		nursery->num_spares--;
	}
	raw_spin_unlock_irqrestore(&nursery->lock, flags);
	return birth;
}

/* Ends a process that has not started, with a list of its own. */
static void zx_birth_end_process(struct zx_process *process)
{
	struct zx_dead_list dead = {};

	zx_process_end_unstarted(process, &dead);
	zx_object_bury(&dead);
}

/* Ends an armed birth whose child will not come. The caller buries @dead. */
static void zx_birth_abandon(struct zx_birth *birth, struct zx_dead_list *dead)
{
	zx_process_end_unstarted(birth->process, dead);
	zx_birth_free(birth);
}

/**
 * zx_birth_cancel - end a process that has not started
 * @process:	the process; the caller has a reference
 * @dead:	as for zx_process_end_unstarted()
 *
 * Context: process context, no locks held.
 * Return: whether it had not started.
 */
bool zx_birth_cancel(struct zx_process *process, struct zx_dead_list *dead)
{
	struct zx_birth *birth;

	/* It was never armed, or is not any more. */
	if (!READ_ONCE(process->birth))
		return false;
	raw_spin_lock_irq(&zx_armed_lock);
	birth = process->birth;
	if (birth) {
		hlist_del(&birth->node);
		birth->parent->nursery.num_armed--;
		process->birth = NULL;
	}
	raw_spin_unlock_irq(&zx_armed_lock);
	if (birth)
		zx_birth_abandon(birth, dead);
	return birth;
}

/**
 * zx_birth_kill - end a process that has not started, because it was killed
 * @process:	the process; the caller has a reference
 *
 * It stays armed until its last handle is closed: its creator, who may not know of its end yet,
 * must not fork a child outside of the job.
 *
 * Context: process context, no locks held.
 */
void zx_birth_kill(struct zx_process *process)
{
	struct zx_birth *birth;

	raw_spin_lock_irq(&zx_armed_lock);
	birth = process->birth;
	if (birth)
		birth->is_killed = true;
	raw_spin_unlock_irq(&zx_armed_lock);
	if (birth)
		zx_birth_end_process(process);
}

/**
 * zx_nursery_close - free the births of a process that ends
 * @process:	the process
 *
 * Context: process context, no locks held.
 */
void zx_nursery_close(struct zx_process *process)
{
	struct zx_nursery *nursery = &process->nursery;
	struct zx_birth *birth, *spares;
	struct zx_dead_list dead = {};

	raw_spin_lock_irq(&nursery->lock);
	nursery->is_closed = true;
	if (nursery->is_watched) {
		WRITE_ONCE(nursery->is_watched, false);
		atomic_dec(&zx_nurseries);
	}
	spares = nursery->spares;
	nursery->spares = NULL;
	raw_spin_unlock_irq(&nursery->lock);
	while ((birth = spares)) {
		spares = birth->next;
		zx_birth_free(birth);
		cond_resched();
	}
	while ((birth = zx_birth_take_armed(nursery, NULL)))
		zx_birth_abandon(birth, &dead);
	zx_object_bury(&dead);
}

/* One piece of task work has run. Returns whether it was the last, after which nothing is left. */
static bool zx_birth_is_over(struct zx_birth *birth)
{
	return atomic_dec_and_test(&birth->work_left);
}

/* What each piece of task work ends with. @parent is the reference that it has, or NULL. */
static void zx_birth_end_work(struct zx_process *parent)
{
	if (parent)
		zx_object_put(&parent->object);
	/* zx_birth_stop() waits until this function has returned. */
	module_put(THIS_MODULE);
}

/* In a new thread, and in the one that has made it. */
static void zx_birth_of_thread(struct zx_birth *birth)
{
	struct zx_process *parent = birth->parent;

	if (zx_birth_is_over(birth))
		zx_nursery_add(&parent->nursery, birth);
	else
		zx_nursery_refill(&parent->nursery);
	zx_birth_end_work(parent);
}

static void zx_birth_thread_work(struct callback_head *work)
{
	zx_birth_of_thread(container_of(work, struct zx_birth, child_work));
}

static void zx_birth_parent_work(struct callback_head *work)
{
	struct zx_birth *birth = container_of(work, struct zx_birth, parent_work);
	struct zx_process *parent = birth->parent;

	if (birth->is_thread) {
		zx_birth_of_thread(birth);
		return;
	}
	if (zx_birth_is_over(birth))
		zx_birth_free(birth);
	zx_nursery_refill(&parent->nursery);
	zx_birth_end_work(parent);
}

/* A process becomes @child, which does not run. */
static void zx_birth_bind_to(struct zx_birth *birth, struct task_struct *child)
{
	struct zx_process *process = birth->process;

	birth->is_bound = true;
	process->start_time = child->start_time;
	/* Pairs with zx_process_get_info(). */
	smp_mb__before_atomic();
	set_bit(ZX_PROCESS_STARTED, &process->flags);
	/* Pairs with zx_process_pid(). */
	smp_store_release(&process->pid, get_pid(task_tgid(child)));
	zx_births_add(birth);
}

/*
 * In a new process whose birth has none, since there was no memory when it was made: maybe long
 * ago, so now there may be some. A program that has got to know the child before has made another
 * object for it, which zx_process_begin() replaces.
 */
static void zx_birth_make_up(struct zx_birth *birth)
{
	struct zx_process *process = zx_process_new(NULL, NULL);

	if (!process)
		return;
	birth->process = process;
	swap(process->entrant, birth->entrant);
	zx_birth_bind_to(birth, current);
	birth->is_killed = !zx_job_enter(birth->job, process);
}

/* In a new process. */
static void zx_birth_child_work(struct callback_head *work)
{
	struct zx_birth *birth = container_of(work, struct zx_birth, child_work);
	struct zx_process *process;
	bool begins;

	if (birth->job)
		zx_birth_make_up(birth);
	process = birth->process;
	begins = birth->is_bound && zx_process_begin(process);
	if (birth->is_bound)
		zx_births_remove(birth);
	if (birth->is_bound && !begins)
		zx_birth_end_process(process);
	if (!begins || birth->is_killed) {
		send_sig(SIGKILL, current, 1);
	} else if (process->job->is_followed) {
		zx_nursery_watch(&process->nursery);
		zx_nursery_refill(&process->nursery);
	}
	if (zx_birth_is_over(birth))
		zx_birth_free(birth);
	zx_birth_end_work(NULL);
}

/* Lets a process that has not started be @child, in the probe. Returns whether it may begin. */
static bool zx_birth_bind(struct zx_birth *birth, struct zx_process *parent,
			  struct task_struct *child)
{
	struct zx_process *process = birth->process;

	if (birth->is_killed)
		return false;
	if (!process) {
		/* The calling thread's process is in its job until after its last thread. */
		birth->job = parent->job;
		zx_object_get(&birth->job->object);
		birth->entrant = get_cred(parent->entrant);
		return true;
	}
	zx_birth_bind_to(birth, child);
	if (birth->thread) {
		/* Pairs with zx_process_end_by(): that sees the pid, or this the bit. */
		smp_mb();
		return !test_bit(ZX_PROCESS_KILLED, &process->flags);
	}
	process->entrant = get_cred(parent->entrant);
	/* The process of the calling thread leaves its job after its last thread. */
	return zx_job_enter(parent->job, process);
}

/* Adds task work. It has a reference to the module, and to @parent unless that is NULL. */
static void zx_birth_add_work(struct task_struct *task, struct callback_head *work,
			      task_work_func_t func, struct zx_process *parent)
{
	__module_get(THIS_MODULE);
	if (!READ_ONCE(zx_birth_has_worked))
		WRITE_ONCE(zx_birth_has_worked, true);
	if (parent)
		zx_object_get(&parent->object);
	init_task_work(work, func);
	/* Fails only for a thread that exits, which neither the child nor the caller does. */
	task_work_add(task, work, TWA_RESUME);
}

/* The probe, for a process that has births. The caller is in an RCU read-side section. */
static void zx_birth_begin(struct zx_process *parent, struct task_struct *child)
{
	bool is_thread = same_thread_group(current, child);
	struct zx_birth *birth = NULL;

	/* Fails while the module is unloaded: then no child is followed any more. */
	if (!try_module_get(THIS_MODULE))
		return;
	if (!is_thread)
		birth = zx_birth_take_armed(&parent->nursery, task_pid(current));
	if (!birth)
		birth = zx_birth_take_spare(&parent->nursery);
	/* Of a process that is not followed; see birth.h for one that is. */
	if (!birth)
		goto out;
	birth->parent = parent;
	birth->is_thread = is_thread;
	birth->is_killed = !is_thread && !zx_birth_bind(birth, parent, child);
	/* One that was armed is not replaced. */
	atomic_set(&birth->work_left, birth->thread ? 1 : 2);
	if (!birth->thread)
		zx_birth_add_work(current, &birth->parent_work, zx_birth_parent_work, parent);
	if (is_thread)
		zx_birth_add_work(child, &birth->child_work, zx_birth_thread_work, parent);
	else
		zx_birth_add_work(child, &birth->child_work, zx_birth_child_work, NULL);
out:
	/* Each piece of work has its own. */
	module_put(THIS_MODULE);
}

/*
 * The probe of sched_process_fork, in the parent. The child cannot run yet. The kernel may have
 * disabled preemption, so nothing here sleeps or allocates memory. It runs for all processes of the
 * machine, so it looks first whether any has births.
 */
static void zx_birth_probe(void *data, struct task_struct *parent, struct task_struct *child)
{
	struct zx_process *process;

	if (!atomic_read(&zx_nurseries))
		return;
	rcu_read_lock();
	process = zx_process_lookup(task_tgid(parent));
	if (process && READ_ONCE(process->nursery.is_watched))
		zx_birth_begin(process, child);
	rcu_read_unlock();
}

/* Makes @process the next child of the calling thread, whose process is @parent. */
static int zx_birth_arm(struct zx_process *parent, struct zx_process *process)
{
	struct zx_birth *birth = kzalloc(sizeof(*birth), ZX_GFP), *other;
	int status = ZX_OK;

	if (!birth)
		return ZX_ERR_NO_MEMORY;
	zx_object_get(&process->object);
	birth->process = process;
	birth->parent = parent;
	birth->thread = get_pid(task_pid(current));
	birth->exec_id = current->self_exec_id;
	zx_nursery_watch(&parent->nursery);
	raw_spin_lock_irq(&zx_armed_lock);
	hlist_for_each_entry(other, &parent->nursery.armed, node)
		if (other->thread == birth->thread && other->exec_id == birth->exec_id)
			status = ZX_ERR_BAD_STATE;
	if (!status && parent->nursery.num_armed == ZX_ARMED_MAX)
		status = ZX_ERR_NO_RESOURCES;
	if (!status) {
		hlist_add_head(&birth->node, &parent->nursery.armed);
		parent->nursery.num_armed++;
		process->birth = birth;
	}
	raw_spin_unlock_irq(&zx_armed_lock);
	if (status)
		zx_birth_free(birth);
	/* Pairs with zx_process_end_by(): a kill of the job may not have found it armed. */
	smp_mb();
	if (!status && test_bit(ZX_PROCESS_KILLED, &process->flags))
		zx_birth_kill(process);
	return status;
}

/* Makes a process in a job, as the next child of the calling thread, and a handle to it. */
static int zx_birth_create(struct zx_handle_table *table, struct zx_job *job,
			   const char name[ZX_MAX_NAME_LEN], struct zx_handle *startup, u64 out)
{
	struct zx_process *process = zx_process_new(table, NULL);
	struct zx_dead_list dead = {};
	int status;

	if (!process)
		return ZX_ERR_NO_MEMORY;
	process->is_new = true;
	process->entrant = get_current_cred();
	zx_task_name_set(&process->name, process->last.comm, name);
	swap(process->startup, *startup);
	status = zx_job_add(job, process);
	if (!status)
		status = zx_birth_arm(zx_process_of(table->owner), process);
	if (status) {
		zx_birth_end_process(process);
		zx_object_put(&process->object);
		return status;
	}
	zx_object_get(&process->object);
	status = zx_handle_create_by(table, &process->object,
				     zx_process_add_maker(process, current_cred()), out);
	WRITE_ONCE(process->is_new, false);
	/* Pairs with the decrement before zx_process_on_zero_handles(). */
	smp_mb();
	/* The caller knows nothing of it after a failure, whoever has found it in the job. */
	if (status || !atomic_read(&process->object.handles))
		zx_birth_cancel(process, &dead);
	zx_object_bury(&dead);
	zx_object_put(&process->object);
	return status;
}

/* Ends the process that the calling thread has made and not forked. */
static int zx_birth_disarm(struct zx_process *parent)
{
	struct zx_birth *birth = zx_birth_take_armed(&parent->nursery, task_pid(current));
	struct zx_dead_list dead = {};

	if (!birth)
		return ZX_ERR_NOT_FOUND;
	zx_birth_abandon(birth, &dead);
	zx_object_bury(&dead);
	return ZX_OK;
}

/* The checks are in the order of zx_process_create(). */
static int zx_birth_create_checked(struct zx_handle_table *table,
				   const struct zxl_ioc_process_create *arg,
				   struct zx_handle *startup)
{
	char name[ZX_MAX_NAME_LEN] = {};
	struct zx_object *job;
	int status;

	if (arg->options == ZXL_PROCESS_CREATE_CANCEL)
		return zx_birth_disarm(zx_process_of(table->owner));
	if (arg->options)
		return ZX_ERR_INVALID_ARGS;
	status = zx_policy_check(table, ZX_POL_NEW_PROCESS);
	if (status)
		return status;
	status = zx_task_name_from_user(name, arg->name, arg->name_size);
	if (status)
		return status;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_JOB, ZX_RIGHT_MANAGE_PROCESS,
				  &job);
	if (status)
		return status;
	if (arg->startup && !startup->object)
		status = ZX_ERR_BAD_HANDLE;
	else if (startup->object && !(startup->rights & ZX_RIGHT_TRANSFER))
		status = ZX_ERR_ACCESS_DENIED;
	else
		status = zx_birth_create(table, zx_job_of(job), name, startup, arg->out);
	zx_object_put(job);
	return status;
}

long zxl_ioc_process_create(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_process_create *arg = args;
	struct zx_handle startup = {};
	int status;

	/* Consumed in any case. */
	if (arg->startup && zx_handle_take(table, arg->startup, 0, &startup))
		startup.object = NULL;
	status = zx_birth_create_checked(table, arg, &startup);
	if (startup.object)
		zx_object_close_handle(startup.object);
	return status;
}

static struct tracepoint *zx_fork_tracepoint;

static void zx_find_tracepoint(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "sched_process_fork"))
		zx_fork_tracepoint = tracepoint;
}

int zx_birth_start(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(zx_births); i++)
		raw_spin_lock_init(&zx_births[i].lock);
	for_each_kernel_tracepoint(zx_find_tracepoint, NULL);
	if (!zx_fork_tracepoint)
		return -ENXIO;
	return tracepoint_probe_register(zx_fork_tracepoint, zx_birth_probe, NULL);
}

/**
 * zx_birth_stop - end the probe
 *
 * No task work is left: each piece has a reference to the module. But the last instructions of one
 * may still be to run. To wait for that takes some tenths of a second.
 */
void zx_birth_stop(void)
{
	tracepoint_probe_unregister(zx_fork_tracepoint, zx_birth_probe, NULL);
	tracepoint_synchronize_unregister();
	if (zx_birth_has_worked)
		synchronize_rcu_tasks();
}
