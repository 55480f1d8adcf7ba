// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads: the registry, their end, and what programs ask of them.
 */
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/rculist.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include <linux/zircon.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "compat.h"
#include "handle.h"
#include "info.h"
#include "process.h"
#include "thread.h"
#include "user.h"

ZX_MEMORY_CHECK(struct zx_thread, object);

static struct kmem_cache *zx_thread_cache;
static struct workqueue_struct *zx_thread_wq;

/*
 * The registry: threads by their task_struct, with a reference to each. The memory of its buckets
 * is charged to no account, as that of processes.
 */
static struct rhashtable zx_threads;

static const struct rhashtable_params zx_threads_params = {
	.key_len = sizeof(struct task_struct *),
	.key_offset = offsetof(struct zx_thread, task),
	.head_offset = offsetof(struct zx_thread, node),
	.automatic_shrinking = true,
};

static struct zx_thread *zx_thread_of(struct zx_object *object)
{
	return container_of(object, struct zx_thread, object);
}

/*
 * Marks a thread as over, once. Called by the thread itself where it may not sleep, or for it while
 * it has exited or exits.
 */
static void zx_thread_end(struct zx_thread *thread)
{
	unsigned long flags;
	bool first;

	raw_spin_lock_irqsave(&thread->lock, flags);
	first = !thread->over;
	if (first) {
		zx_task_comm(thread->task, thread->comm);
		thread->over = true;
	}
	raw_spin_unlock_irqrestore(&thread->lock, flags);
	if (first)
		queue_work(zx_thread_wq, &thread->end_work);
}

static void zx_thread_end_work(struct work_struct *work)
{
	struct zx_thread *thread = container_of(work, struct zx_thread, end_work);
	struct zx_process *process = thread->process;

	/* Now, when the kernel has most likely counted the last run of the thread. */
	raw_spin_lock_irq(&thread->lock);
	zx_task_add_times(thread->task, &thread->times);
	thread->gone = true;
	raw_spin_unlock_irq(&thread->lock);
	rhashtable_remove_fast(&zx_threads, &thread->node, zx_threads_params);
	spin_lock(&process->lock);
	hlist_del_rcu(&thread->sibling);
	spin_unlock(&process->lock);
	zx_object_lock(&thread->object);
	zx_object_update_signals(&thread->object, ZX_THREAD_RUNNING, ZX_SIGNAL_SIGNALED);
	zx_object_unlock(&thread->object);
	put_task_struct(thread->task);
	zx_process_finish(process);
	zx_object_put(&process->object);
	zx_object_put(&thread->object);
}

/*
 * The probe of sched_process_exit, in the thread that exits, where older kernels have disabled
 * preemption. It runs for all threads of the machine, so it looks first whether the registry has
 * any.
 */
static void zx_thread_probe(ZX_EXIT_PROBE_ARGS)
{
	struct zx_thread *thread;

	/* Another thread that has just entered this one sees PF_EXITING, or this one sees it. */
	smp_mb();
	if (!atomic_read(&zx_threads.nelems))
		return;
	rcu_read_lock();
	thread = rhashtable_lookup_fast(&zx_threads, &task, zx_threads_params);
	/* The work that this queues has the registry's reference. */
	if (thread)
		zx_thread_end(thread);
	rcu_read_unlock();
}

static void zx_thread_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_thread_cache, container_of(memory, struct zx_thread, memory));
}

/* The Linux name of a thread. One that was not started has that of struct zx_task_name. */
static void zx_thread_comm(struct zx_thread *thread, char comm[TASK_COMM_LEN])
{
	raw_spin_lock_irq(&thread->lock);
	if (thread->over || !thread->task)
		memcpy(comm, thread->comm, TASK_COMM_LEN);
	else
		zx_task_comm(thread->task, comm);
	raw_spin_unlock_irq(&thread->lock);
}

static void zx_thread_get_name(struct zx_object *object, char name[ZX_MAX_NAME_LEN])
{
	struct zx_thread *thread = zx_thread_of(object);
	char comm[TASK_COMM_LEN];

	zx_thread_comm(thread, comm);
	zx_object_lock(object);
	zx_task_name_get(&thread->name, comm, name);
	zx_object_unlock(object);
}

/*
 * Whether the maker of a handle may see what the thread's process has. A thread that is gone, or
 * was not started, does nothing that could be seen.
 */
static bool zx_thread_may_inspect(const struct zx_handle *handle)
{
	struct zx_thread *thread = zx_thread_of(handle->object);
	struct zx_process *process = NULL;
	bool may;

	raw_spin_lock_irq(&thread->lock);
	if (thread->task && !thread->gone) {
		process = thread->process;
		zx_object_get(&process->object);
	}
	raw_spin_unlock_irq(&thread->lock);
	if (!process)
		return true;
	may = zx_process_may_inspect(process, handle->maker) != -EPERM;
	zx_object_put(&process->object);
	return may;
}

static int zx_thread_set_name(const struct zx_handle *handle, const char name[ZX_MAX_NAME_LEN])
{
	struct zx_object *object = handle->object;
	struct zx_thread *thread = zx_thread_of(object);
	struct task_struct *task = NULL;
	char comm[TASK_COMM_LEN];

	if (!zx_thread_may_inspect(handle))
		return ZX_ERR_ACCESS_DENIED;
	raw_spin_lock_irq(&thread->lock);
	if (thread->task && !thread->over && same_thread_group(thread->task, current))
		task = get_task_struct(thread->task);
	raw_spin_unlock_irq(&thread->lock);
	if (task) {
		zx_task_set_comm(task, name);
		put_task_struct(task);
	}
	zx_thread_comm(thread, comm);
	zx_object_lock(object);
	zx_task_name_set(&thread->name, comm, name);
	zx_object_unlock(object);
	return ZX_OK;
}

/* What a thread that sleeps in an ioctl of the device waits for. */
static u32 zx_state_of_ioctl(unsigned int cmd)
{
	switch (cmd) {
	case ZX_IOC_OBJECT_WAIT_ONE:
		return ZX_THREAD_STATE_BLOCKED_WAIT_ONE;
	case ZX_IOC_OBJECT_WAIT_MANY:
		return ZX_THREAD_STATE_BLOCKED_WAIT_MANY;
	case ZX_IOC_PORT_WAIT:
		return ZX_THREAD_STATE_BLOCKED_PORT;
	case ZX_IOC_FUTEX_WAIT:
		return ZX_THREAD_STATE_BLOCKED_FUTEX;
	case ZX_IOC_CHANNEL_CALL_NORETRY:
	case ZX_IOC_CHANNEL_CALL_FINISH:
	case ZX_IOC_CHANNEL_CALL_ETC_NORETRY:
	case ZX_IOC_CHANNEL_CALL_ETC_FINISH:
		return ZX_THREAD_STATE_BLOCKED_CHANNEL;
	default:
		return ZX_THREAD_STATE_BLOCKED;
	}
}

/*
 * The state in Zircon's words. No call of the module has to record what it waits for: the system
 * call in which a thread sleeps and its arguments are on the thread's stack. The thread may run on
 * meanwhile; then the answer is what was true a moment ago, or what a system call with other
 * arguments would mean, but nothing else is read with these numbers.
 */
static __no_kcsan u32 zx_thread_state(struct task_struct *task)
{
	unsigned int state = READ_ONCE(task->__state);
	struct pt_regs *regs = task_pt_regs(task);
	unsigned long args[6];

	if (READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT ||
	    READ_ONCE(task->flags) & PF_EXITING)
		return ZX_THREAD_STATE_DYING;
	if (state & (__TASK_STOPPED | __TASK_TRACED))
		return ZX_THREAD_STATE_SUSPENDED;
	if (state == TASK_RUNNING || task == current)
		return ZX_THREAD_STATE_RUNNING;
	/* The system calls of a 32-bit program have other numbers. */
	if (syscall_get_arch(task) != syscall_get_arch(current))
		return ZX_THREAD_STATE_BLOCKED;
	switch (syscall_get_nr(task, regs)) {
	case __NR_futex:
		return ZX_THREAD_STATE_BLOCKED_FUTEX;
	case __NR_nanosleep:
	case __NR_clock_nanosleep:
		return ZX_THREAD_STATE_BLOCKED_SLEEPING;
	case __NR_ioctl:
		syscall_get_arguments(task, regs, args);
		return zx_state_of_ioctl(args[1]);
	default:
		return ZX_THREAD_STATE_BLOCKED;
	}
}

/* The kernel changes the mask of a task without a lock that a module could acquire. */
static void zx_thread_affinity(const struct cpumask *cpus, u64 mask[ZX_AFFINITY_WORDS])
{
	const unsigned long *bits = cpumask_bits(cpus);
	unsigned int i;

	for (i = 0; i < min_t(unsigned int, BITS_TO_LONGS(nr_cpu_ids), ZX_AFFINITY_WORDS); i++)
		mask[i] = READ_ONCE(bits[i]);
}

/* What a thread waits for only a program that may trace it can read in /proc. */
static int zx_thread_get_info(const struct zx_handle *handle, void *record)
{
	struct zx_thread *thread = zx_thread_of(handle->object);
	struct zx_info_thread *info = record;

	if (!zx_thread_may_inspect(handle))
		return ZX_ERR_ACCESS_DENIED;
	raw_spin_lock_irq(&thread->lock);
	if (!thread->task) {
		info->state = ZX_THREAD_STATE_NEW;
		zx_thread_affinity(cpu_possible_mask, info->cpu_affinity_mask);
	} else if (!thread->over) {
		info->state = zx_thread_state(thread->task);
		zx_thread_affinity(&thread->task->cpus_mask, info->cpu_affinity_mask);
	} else if (READ_ONCE(handle->object->signals) & ZX_SIGNAL_SIGNALED) {
		info->state = ZX_THREAD_STATE_DEAD;
	} else {
		info->state = ZX_THREAD_STATE_DYING;
	}
	raw_spin_unlock_irq(&thread->lock);
	return ZX_OK;
}

static int zx_thread_get_stats(const struct zx_handle *handle, void *record)
{
	struct zx_thread *thread = zx_thread_of(handle->object);
	struct zx_info_thread_stats *info = record;
	int status = ZX_ERR_BAD_STATE;

	raw_spin_lock_irq(&thread->lock);
	if (!thread->task) {
		info->last_scheduled_cpu = ZX_INFO_INVALID_CPU;
		status = ZX_OK;
	} else if (!thread->over) {
		info->total_runtime = READ_ONCE(thread->task->se.sum_exec_runtime);
		info->last_scheduled_cpu = task_cpu(thread->task);
		status = ZX_OK;
	}
	raw_spin_unlock_irq(&thread->lock);
	return status;
}

static int zx_thread_get_times(const struct zx_handle *handle, void *record)
{
	struct zx_thread *thread = zx_thread_of(handle->object);
	struct zx_info_task_runtime *info = record;
	struct zx_task_times times = {};

	raw_spin_lock_irq(&thread->lock);
	if (thread->gone)
		times = thread->times;
	else if (thread->task)
		zx_task_add_times(thread->task, &times);
	raw_spin_unlock_irq(&thread->lock);
	info->cpu_time = times.cpu;
	info->queue_time = times.queue;
	return ZX_OK;
}

/* Linux has signals in the place of exceptions, so no thread is in one. */
static int zx_thread_get_exception(const struct zx_handle *handle, void *record)
{
	return ZX_ERR_BAD_STATE;
}

static const struct zx_info_topic zx_thread_topics[] = {
	{ ZX_INFO_THREAD_EXCEPTION_REPORT_V1, .get = zx_thread_get_exception },
	{ ZX_INFO_THREAD_EXCEPTION_REPORT, .get = zx_thread_get_exception },
	{ ZX_INFO_THREAD, sizeof(struct zx_info_thread), .get = zx_thread_get_info },
	{ ZX_INFO_THREAD_STATS, sizeof(struct zx_info_thread_stats), .get = zx_thread_get_stats },
	{
		.topic = ZX_INFO_TASK_RUNTIME_V1,
		.size = offsetof(struct zx_info_task_runtime, page_fault_time),
		.get = zx_thread_get_times,
	},
	{
		.topic = ZX_INFO_TASK_RUNTIME,
		.size = sizeof(struct zx_info_task_runtime),
		.get = zx_thread_get_times,
	},
	{ }
};

static u64 zx_thread_get_related(struct zx_object *object)
{
	return zx_thread_of(object)->process_koid;
}

/**
 * zx_thread_is_current - whether an object is the calling thread
 * @object:	a thread
 */
bool zx_thread_is_current(struct zx_object *object)
{
	/* No other task has this one's address while it runs. */
	return READ_ONCE(zx_thread_of(object)->task) == current && !zx_thread_of(object)->over;
}

/*
 * ZX_PROP_REGISTER_FS and _GS of the calling thread. The library changes and reads the registers,
 * with arch_prctl(), which no module can: here only the checks are made.
 */
static int zx_thread_get_number(struct zx_object *object, u32 property, u64 *value)
{
	*value = 0;
	return ZX_OK;
}

static int zx_thread_set_number(struct zx_object *object, u32 property, u64 value)
{
	return value < TASK_SIZE_MAX ? ZX_OK : ZX_ERR_INVALID_ARGS;
}

static const struct zx_object_ops zx_thread_ops = {
	.type = ZX_OBJ_TYPE_THREAD,
	.default_rights = ZX_DEFAULT_THREAD_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.last = ZX_SIGNAL_SIGNALED,
	.free = zx_thread_free,
	.get_name = zx_thread_get_name,
	.set_name = zx_thread_set_name,
	.get_related = zx_thread_get_related,
	.get_number = zx_thread_get_number,
	.set_number = zx_thread_set_number,
	.topics = zx_thread_topics,
};

/* Finds a thread in the registry, with a reference for the caller. */
static struct zx_thread *zx_thread_find(struct task_struct *task)
{
	struct zx_thread *thread;

	rcu_read_lock();
	thread = rhashtable_lookup_fast(&zx_threads, &task, zx_threads_params);
	if (thread && !refcount_inc_not_zero(&thread->object.refs))
		thread = NULL;
	rcu_read_unlock();
	return thread;
}

/*
 * Makes a thread that is not in the registry, and has no task yet. It has one reference, and none
 * to the process.
 */
static struct zx_thread *zx_thread_new(struct zx_process *process, u32 signals)
{
	struct zx_thread *thread;
	struct zx_memory *memory;

	memory = zx_memory_alloc(NULL, zx_thread_cache, sizeof(*thread));
	if (!memory)
		return NULL;
	thread = container_of(memory, struct zx_thread, memory);
	zx_object_init(&thread->object, &zx_thread_ops, signals);
	thread->process_koid = process->object.koid;
	raw_spin_lock_init(&thread->lock);
	INIT_WORK(&thread->end_work, zx_thread_end_work);
	return thread;
}

/*
 * Adds a thread to the registry and to its process, unless another thread has done so before.
 * Returns the thread in the registry, with a reference for the caller; or NULL for lack of memory.
 */
static struct zx_thread *zx_thread_register(struct zx_process *process, struct task_struct *task)
{
	struct zx_thread *thread, *other;

	/* The process cannot become TERMINATED before the new object is. */
	if (!atomic_inc_not_zero(&process->unfinished))
		return NULL;
	thread = zx_thread_new(process, ZX_THREAD_RUNNING);
	if (!thread)
		goto err_finish;
	thread->task = task;
	thread->process = process;
	zx_object_get(&thread->object);
	zx_object_get(&process->object);
	get_task_struct(task);
	spin_lock(&process->lock);
	rcu_read_lock();
	other = rhashtable_lookup_get_insert_fast(&zx_threads, &thread->node, zx_threads_params);
	/* An error means that there is no memory for more buckets. */
	if (IS_ERR(other) || (other && !refcount_inc_not_zero(&other->object.refs))) {
		other = NULL;
	} else if (!other) {
		other = thread;
		/*
		 * The thread may have passed zx_thread_probe() before it was in the registry. Then
		 * it is marked before a program can find it among the threads of the process. The
		 * work that this queues waits for the lock.
		 */
		smp_mb();
		if (READ_ONCE(task->flags) & PF_EXITING)
			zx_thread_end(thread);
		hlist_add_head_rcu(&thread->sibling, &process->threads);
	}
	rcu_read_unlock();
	spin_unlock(&process->lock);
	if (other == thread)
		return thread;
	put_task_struct(task);
	zx_object_put(&process->object);
	zx_object_put(&thread->object);
	zx_object_put(&thread->object);
	zx_process_finish(process);
	return other;

err_finish:
	zx_process_finish(process);
	return NULL;
}

static struct zx_thread *zx_thread_get(struct zx_process *process, struct task_struct *task)
{
	return zx_thread_find(task) ?: zx_thread_register(process, task);
}

/*
 * Gives the program a handle to one of its threads: @known, if that names it, or a new one. The
 * number is written to @out.
 */
static int zx_thread_give(struct zx_handle_table *table, struct task_struct *task, u32 known,
			  u64 out)
{
	struct zx_process *process = zx_process_of(table->owner);
	struct zx_thread *thread = zx_thread_get(process, task);
	struct zx_handle handle = {};
	bool same;

	if (!thread)
		return READ_ONCE(task->flags) & PF_EXITING ? ZX_ERR_NOT_FOUND : ZX_ERR_NO_MEMORY;
	if (known && zx_handle_get(table, known, &handle)) {
		same = handle.object == &thread->object;
		zx_object_put(handle.object);
		if (same) {
			zx_object_put(&thread->object);
			return zx_put_u32(out, known);
		}
	}
	return zx_handle_create_by(table, &thread->object,
				   zx_process_add_maker(process, current_cred()), out);
}

long zxl_ioc_thread_self(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_handle *arg = args;

	if (arg->rights)
		return ZX_ERR_INVALID_ARGS;
	return zx_thread_give(table, current, arg->handle, arg->out);
}

long zxl_ioc_thread_open(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_process *arg = args;
	struct task_struct *task = NULL;
	struct pid *pid;
	int status;

	pid = find_get_pid(arg->pid);
	rcu_read_lock();
	if (pid)
		task = pid_task(pid, PIDTYPE_PID);
	if (task && same_thread_group(task, current))
		get_task_struct(task);
	else
		task = NULL;
	rcu_read_unlock();
	put_pid(pid);
	if (!task)
		return ZX_ERR_NOT_FOUND;
	status = zx_thread_give(table, task, arg->handle, arg->out);
	put_task_struct(task);
	return status;
}

/* The checks are in Zircon's order. */
long zx_ioc_thread_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_thread_create *arg = args;
	struct zx_process *process = zx_process_of(table->owner);
	char name[ZX_MAX_NAME_LEN];
	struct zx_thread *thread;
	struct zx_object *object;
	int status;

	if (arg->options)
		return ZX_ERR_INVALID_ARGS;
	status = zx_task_name_from_user(name, arg->name, arg->name_size);
	if (status)
		return status;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_MANAGE_THREAD,
				  &object);
	if (status)
		return status;
	zx_object_put(object);
	/* Linux lets no process make a thread in another. */
	if (object != table->owner)
		return ZX_ERR_NOT_SUPPORTED;
	thread = zx_thread_new(process, 0);
	if (!thread)
		return ZX_ERR_NO_MEMORY;
	zx_task_name_set(&thread->name, thread->comm, name);
	return zx_handle_create_by(table, &thread->object,
				   zx_process_add_maker(process, current_cred()), arg->out);
}

/* Whether a thread can begin in a process. */
static int zx_thread_can_begin(struct zx_thread *thread, const struct zx_process *process)
{
	if (READ_ONCE(thread->task))
		return ZX_ERR_BAD_STATE;
	return thread->process_koid == process->object.koid ? ZX_OK : ZX_ERR_NOT_SUPPORTED;
}

/*
 * Gives a thread that was not started its task, the calling one, in which nothing else has happened
 * yet. A program that has listed the threads meanwhile may have made another object for it: that
 * one ends here.
 */
static int zx_thread_begin(struct zx_thread *thread, struct zx_process *process)
{
	struct zx_thread *other;
	int status = ZX_OK;

	if (!atomic_inc_not_zero(&process->unfinished))
		return ZX_ERR_BAD_STATE;
	zx_object_get(&thread->object);
	zx_object_get(&process->object);
	get_task_struct(current);
	spin_lock(&process->lock);
	raw_spin_lock_irq(&thread->lock);
	/* Two may want to begin. */
	if (thread->task) {
		status = ZX_ERR_BAD_STATE;
	} else {
		WRITE_ONCE(thread->task, current);
		thread->process = process;
		thread->has_begun = true;
	}
	raw_spin_unlock_irq(&thread->lock);
	if (status)
		goto err_unlock;
	rcu_read_lock();
	other = rhashtable_lookup_get_insert_fast(&zx_threads, &thread->node, zx_threads_params);
	if (!IS_ERR_OR_NULL(other)) {
		rhashtable_replace_fast(&zx_threads, &other->node, &thread->node,
					zx_threads_params);
		zx_thread_end(other);
	}
	rcu_read_unlock();
	if (IS_ERR(other)) {
		raw_spin_lock_irq(&thread->lock);
		WRITE_ONCE(thread->task, NULL);
		raw_spin_unlock_irq(&thread->lock);
		status = ZX_ERR_NO_MEMORY;
		goto err_unlock;
	}
	hlist_add_head_rcu(&thread->sibling, &process->threads);
	spin_unlock(&process->lock);
	zx_object_lock(&thread->object);
	zx_object_update_signals(&thread->object, 0, ZX_THREAD_RUNNING);
	zx_object_unlock(&thread->object);
	return ZX_OK;

err_unlock:
	spin_unlock(&process->lock);
	put_task_struct(current);
	zx_object_put(&process->object);
	zx_object_put(&thread->object);
	zx_process_finish(process);
	return status;
}

/* Names the calling thread as @thread, which it is about to be, unless another is it already. */
static void zx_thread_take_name(struct zx_thread *thread)
{
	char name[ZX_MAX_NAME_LEN], comm[TASK_COMM_LEN];
	bool has_begun;

	zx_object_lock(&thread->object);
	memcpy(name, thread->name.name, sizeof(name));
	zx_object_unlock(&thread->object);
	zx_task_set_comm(current, name);
	zx_task_comm(current, comm);
	raw_spin_lock_irq(&thread->lock);
	has_begun = thread->task;
	if (!has_begun)
		memcpy(thread->comm, comm, sizeof(comm));
	raw_spin_unlock_irq(&thread->lock);
	if (has_begun)
		return;
	zx_object_lock(&thread->object);
	zx_task_name_set(&thread->name, comm, name);
	zx_object_unlock(&thread->object);
}

long zxl_ioc_thread_begin(struct zx_handle_table *table, void *args)
{
	const struct zxl_ioc_thread_begin *arg = args;
	struct zx_process *process = zx_process_of(table->owner);
	struct zx_thread *thread;
	struct zx_object *object;
	int status;

	if (arg->options > ZXL_THREAD_HAS_BEGUN)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_MANAGE_THREAD,
				  &object);
	if (status)
		return status;
	thread = zx_thread_of(object);
	switch (arg->options) {
	case ZXL_THREAD_HAS_BEGUN:
		if (!zx_thread_is_current(object) || !thread->has_begun)
			status = ZX_ERR_BAD_STATE;
		break;
	case ZXL_THREAD_CHECK:
		status = zx_thread_can_begin(thread, process);
		break;
	default:
		status = zx_thread_can_begin(thread, process);
		if (status)
			break;
		zx_thread_take_name(thread);
		status = zx_thread_begin(thread, process);
		break;
	}
	zx_object_put(object);
	return status;
}

/**
 * zx_thread_task - the task of a thread of the calling program
 * @table:	the program's table
 * @value:	a handle to the thread; no rights are needed
 * @out:	receives the task, with a reference for the caller; or NULL if it exits or has
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_INVALID_ARGS it is a thread of
 * another process, or was not started.
 */
int zx_thread_task(struct zx_handle_table *table, u32 value, struct task_struct **out)
{
	struct zx_thread *thread;
	struct zx_object *object;
	int status;

	*out = NULL;
	status = zx_handle_lookup_quiet(table, value, ZX_OBJ_TYPE_THREAD, 0, &object);
	if (status)
		return status;
	thread = zx_thread_of(object);
	raw_spin_lock_irq(&thread->lock);
	if (!thread->task || thread->process_koid != table->owner->koid)
		status = ZX_ERR_INVALID_ARGS;
	else if (!thread->over)
		*out = get_task_struct(thread->task);
	raw_spin_unlock_irq(&thread->lock);
	zx_object_put(object);
	return status;
}

/**
 * zx_thread_koid - the koid of a task of the calling process
 * @process:	the process
 * @task:	the task, to which the caller has a reference
 * @koid:	receives the koid, or ZX_KOID_INVALID if the task exits
 *
 * Return: ZX_OK or ZX_ERR_NO_MEMORY.
 */
int zx_thread_koid(struct zx_process *process, struct task_struct *task, u64 *koid)
{
	struct zx_thread *thread = NULL;

	*koid = ZX_KOID_INVALID;
	if (!(READ_ONCE(task->flags) & PF_EXITING))
		thread = zx_thread_get(process, task);
	if (thread) {
		*koid = thread->object.koid;
		zx_object_put(&thread->object);
	} else if (!(READ_ONCE(task->flags) & PF_EXITING)) {
		return ZX_ERR_NO_MEMORY;
	}
	return ZX_OK;
}

/*
 * The threads of a process that have not exited, with a reference to each. Returns their number; or
 * one that is larger than @max, if there are more.
 */
static unsigned int zx_tasks_get(struct pid *pid, struct task_struct **tasks, unsigned int max)
{
	struct task_struct *leader, *task;
	unsigned int count = 0;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader) {
		for_each_thread(leader, task) {
			if (READ_ONCE(task->flags) & PF_EXITING)
				continue;
			if (count < max)
				tasks[count] = get_task_struct(task);
			count++;
		}
	}
	rcu_read_unlock();
	return count;
}

/* Adds the koids of threads to a list. Those for which there is space get their objects now. */
static int zx_list_tasks(struct zx_process *process, struct zx_info_list *list,
			 struct task_struct **tasks, unsigned int count)
{
	struct zx_thread *thread;
	int status = ZX_OK;
	unsigned int i;

	for (i = 0; !status && i < count; i++) {
		/* A thread that the program does not see needs no object. */
		if (zx_info_list_skip(list))
			continue;
		thread = zx_thread_get(process, tasks[i]);
		/* It has ended meanwhile, or there is no memory for its object. */
		if (!thread && READ_ONCE(tasks[i]->flags) & PF_EXITING)
			continue;
		if (!thread)
			return ZX_ERR_NO_MEMORY;
		status = zx_info_list_add(list, &thread->object.koid);
		zx_object_put(&thread->object);
		cond_resched();
	}
	return status;
}

/**
 * zx_process_list_threads - the topic ZX_INFO_PROCESS_THREADS
 * @handle:	the handle to the process
 * @list:	receives the koids
 */
int zx_process_list_threads(const struct zx_handle *handle, struct zx_info_list *list)
{
	struct zx_process *process = zx_process_of(handle->object);
	unsigned int i, count, max = 16;
	struct task_struct **tasks;
	struct pid *pid;
	int status;

	pid = zx_process_pid(process);
	/* A process that has ended has no threads. */
	if (!pid)
		return ZX_OK;
	for (;;) {
		tasks = kvmalloc_array(max, sizeof(*tasks), ZX_GFP);
		if (!tasks) {
			status = ZX_ERR_NO_MEMORY;
			break;
		}
		count = zx_tasks_get(pid, tasks, max);
		status = count <= max ? zx_list_tasks(process, list, tasks, count) : ZX_OK;
		for (i = 0; i < min(count, max); i++)
			put_task_struct(tasks[i]);
		kvfree(tasks);
		if (count <= max)
			break;
		/* With space for those that begin meanwhile. */
		max = count + count / 8;
	}
	put_pid(pid);
	return status;
}

/**
 * zx_process_get_child - find a thread of a process by its koid
 * @handle:	a handle to the process
 * @koid:	the thread's
 * @maker:	receives the maker of a handle to the thread
 *
 * Return: the thread with a reference for the caller, or NULL.
 */
struct zx_object *zx_process_get_child(const struct zx_handle *handle, u64 koid, u32 *maker)
{
	struct zx_object *found = NULL;
	struct zx_thread *thread;

	/* A process has one list of makers, also for its threads. */
	*maker = handle->maker;
	rcu_read_lock();
	hlist_for_each_entry_rcu(thread, &zx_process_of(handle->object)->threads, sibling) {
		if (thread->object.koid != koid)
			continue;
		if (refcount_inc_not_zero(&thread->object.refs))
			found = &thread->object;
		break;
	}
	rcu_read_unlock();
	return found;
}

int zx_thread_init(void)
{
	int err;

	zx_thread_cache = kmem_cache_create("zircon_thread", sizeof(struct zx_thread), 0,
					    SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	if (!zx_thread_cache)
		return -ENOMEM;
	err = rhashtable_init(&zx_threads, &zx_threads_params);
	if (err)
		kmem_cache_destroy(zx_thread_cache);
	return err;
}

void zx_thread_exit(void)
{
	rhashtable_destroy(&zx_threads);
	kmem_cache_destroy(zx_thread_cache);
}

static struct tracepoint *zx_exit_tracepoint;

static void zx_find_tracepoint(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "sched_process_exit"))
		zx_exit_tracepoint = tracepoint;
}

int zx_thread_start(void)
{
	int err;

	for_each_kernel_tracepoint(zx_find_tracepoint, NULL);
	if (!zx_exit_tracepoint)
		return -ENXIO;
	zx_thread_wq = alloc_workqueue("zircon_thread", WQ_UNBOUND, WQ_MAX_ACTIVE);
	if (!zx_thread_wq)
		return -ENOMEM;
	err = tracepoint_probe_register(zx_exit_tracepoint, zx_thread_probe, NULL);
	if (err)
		destroy_workqueue(zx_thread_wq);
	return err;
}

/**
 * zx_thread_stop - end all threads in the registry, and finish the queued work
 *
 * No call is under way, and none can begin. The threads may still run.
 */
void zx_thread_stop(void)
{
	struct rhashtable_iter iter;
	struct zx_thread *thread;

	tracepoint_probe_unregister(zx_exit_tracepoint, zx_thread_probe, NULL);
	tracepoint_synchronize_unregister();
	/* A walk may miss threads if others are removed meanwhile. */
	while (atomic_read(&zx_threads.nelems)) {
		rhashtable_walk_enter(&zx_threads, &iter);
		rhashtable_walk_start(&iter);
		while ((thread = rhashtable_walk_next(&iter)))
			/* An error means that the walk begins again. */
			if (!IS_ERR(thread))
				zx_thread_end(thread);
		rhashtable_walk_stop(&iter);
		rhashtable_walk_exit(&iter);
		flush_workqueue(zx_thread_wq);
	}
	destroy_workqueue(zx_thread_wq);
}
