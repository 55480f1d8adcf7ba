/* SPDX-License-Identifier: MIT */
/*
 * The calls. Each does what Zircon documents for the call of the same name. The text here is a
 * summary of that, and lists the differences on Linux.
 *
 * Handles and memory: the caller owns a handle that a call returns, and closes it. The caller owns
 * its buffers; no call uses them after it returns. Pointers may be NULL where the text says so.
 *
 * The comments are also the man pages, for which "Shows:" and "Example:" include definitions and
 * programs.
 *
 * Errors: each call lists its own. The calls that go to the kernel can also return
 *   ZX_ERR_NOT_SUPPORTED  /dev/zircon is not there, or zircon.ko is too old or too new for this
 *			   library (one line on stderr, printed once, says which)
 *   ZX_ERR_NO_MEMORY	   the user who pays has reached the limit of the account, or the
 *			   memory cgroup or the kernel has no memory left; see zircon(7)
 *   ZX_ERR_NO_RESOURCES   a limit of the module, or of open files in this process
 *   ZX_ERR_ACCESS_DENIED  this process may not open /dev/zircon (one line on stderr, printed once)
 *   ZX_ERR_INVALID_ARGS   a pointer is not valid
 * A call for one type of object checks the type before the rights. A call for objects of any type
 * checks the rights first: an object of a type that it is not for may give ZX_ERR_ACCESS_DENIED.
 *
 * Linux: a signal handler ends no call; a wait goes on when the handler returns. After fork() the
 * child has no handles. errno does not change. Any thread may make any call, also from a signal
 * handler, also from one that has interrupted a call. Between vfork() and execve() a child should
 * make no call: it opens a descriptor that stays open in the parent. A program that closes the
 * library's descriptor of the device closes its handles.
 */
#ifndef ZIRCON_SYSCALLS_H_
#define ZIRCON_SYSCALLS_H_

#include <zircon/compiler.h>
#include <zircon/string_view.h>
#include <zircon/syscalls/clock.h>
#include <zircon/syscalls/object.h>
#include <zircon/syscalls/port.h>
#include <zircon/syscalls/profile.h>
#include <zircon/syscalls/types.h>
#include <zircon/syscalls/unsupported.h>
#include <zircon/types.h>

__BEGIN_CDECLS

/*
 * Time. The clocks are read from the vDSO, without a system call.
 */

/**
 * zx_clock_get_monotonic - the time in nanoseconds since boot, not counting suspend
 *
 * It is Linux's CLOCK_MONOTONIC, read without a system call. Deadlines are times of this clock.
 *
 * Return: the time; it is never negative.
 *
 * Example: time
 *
 * See also: zx_deadline_after(), zx_nanosleep(), zx_time_t(3), clock_gettime(2).
 */
zx_instant_mono_t zx_clock_get_monotonic(void);

/**
 * zx_clock_get_boot - the time in nanoseconds since boot, counting suspend
 *
 * It is Linux's CLOCK_BOOTTIME, read without a system call.
 *
 * Return: the time; it is never negative.
 *
 * See also: zx_clock_get_monotonic(), zx_time_t(3), clock_gettime(2).
 */
zx_instant_boot_t zx_clock_get_boot(void);

/**
 * zx_clock_get - read one of two clocks, an older form
 * @clock_id: one of the clocks below
 * @out: receives the time in nanoseconds since boot
 *
 * zx_clock_get_monotonic() and zx_clock_get_boot() do the same.
 *
 * Shows: ZX_CLOCK_MONOTONIC ZX_CLOCK_BOOT
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS another clock, or @out is NULL.
 */
zx_status_t zx_clock_get(zx_clock_t clock_id, zx_time_t *out);

/**
 * zx_deadline_after - the time that is a duration from now, for use as a deadline
 * @nanoseconds: the duration, such as ZX_MSEC(20) or ZX_SEC(5); may be negative
 *
 * Deadlines of all calls are absolute: a wait that is interrupted and begun again with the same
 * deadline ends when the first would have ended.
 *
 * Shows: ZX_TIME_INFINITE ZX_TIME_INFINITE_PAST
 *
 * Return: a time of zx_clock_get_monotonic(); a sum that overflows becomes ZX_TIME_INFINITE or
 * ZX_TIME_INFINITE_PAST.
 *
 * Example: time
 *
 * See also: zx_time_t(3), zx_nanosleep(), zx_object_wait_one(), zx_channel_call().
 */
zx_instant_mono_t zx_deadline_after(zx_duration_mono_t nanoseconds);

/**
 * zx_nanosleep - sleep until a time
 * @deadline: a time of zx_clock_get_monotonic(), not a duration; in the past, the call returns at
 *	once
 *
 * To sleep for a duration: zx_nanosleep(zx_deadline_after(ZX_MSEC(20))). With ZX_TIME_INFINITE the
 * thread sleeps for ever. A signal handler does not end the sleep.
 *
 * Return: ZX_OK.
 *
 * Example: time
 *
 * See also: zx_deadline_after(), zx_time_t(3), zx_object_wait_one().
 */
zx_status_t zx_nanosleep(zx_instant_mono_t deadline);

/**
 * zx_ticks_get - the monotonic clock in ticks, which are nanoseconds here
 *
 * Return: the same as zx_clock_get_monotonic(). In Zircon a tick is shorter or longer: divide by
 * zx_ticks_per_second().
 */
zx_instant_mono_ticks_t zx_ticks_get(void);

/**
 * zx_ticks_get_boot - the clock that counts suspend in ticks, which are nanoseconds here
 *
 * Return: the same as zx_clock_get_boot(). In Zircon a tick is shorter or longer: divide by
 * zx_ticks_per_second().
 */
zx_instant_boot_ticks_t zx_ticks_get_boot(void);

/**
 * zx_ticks_per_second - how many ticks of zx_ticks_get() and zx_ticks_get_boot() are a second
 *
 * Return: 1000000000.
 */
zx_ticks_t zx_ticks_per_second(void) __CONST;

/*
 * The system.
 */

/**
 * zx_system_get_num_cpus - how many processors are online
 *
 * Return: those online at the first call; later calls return the same.
 *
 * See also: sysconf(3).
 */
uint32_t zx_system_get_num_cpus(void) __CONST;

/**
 * zx_system_get_page_size - how many bytes a page has
 *
 * Return: a power of two.
 */
uint32_t zx_system_get_page_size(void) __CONST;

/**
 * zx_system_get_physmem - how many bytes of memory the machine has
 *
 * Return: the bytes.
 */
uint64_t zx_system_get_physmem(void);

/**
 * zx_system_get_dcache_line_size - how many bytes a line of the data cache has
 *
 * Return: the bytes, or 0 if that is not known.
 */
uint32_t zx_system_get_dcache_line_size(void) __CONST;

/**
 * zx_system_get_version_string - the name and version of this library
 *
 * Shows: zx_string_view_t
 *
 * Return: "zko-" and the version, such as "zko-0.1.0"; a constant string.
 */
zx_string_view_t zx_system_get_version_string(void) __CONST;

/**
 * zx_cprng_draw - fill a buffer with random bytes, fit for keys
 * @buffer: receives the bytes
 * @buffer_size: how many; no limit
 *
 * Waits while the machine has just booted and has no randomness yet. Ends the process if the
 * kernel cannot write to @buffer.
 *
 * See also: getrandom(2).
 */
void zx_cprng_draw(void *buffer, size_t buffer_size);

/**
 * zx_membarrier_sync_process_data - have each thread of this process pass a memory barrier
 *
 * When the call returns, each thread of this process that was running has passed a point where
 * all its accesses to memory before are complete, and none after has begun. So a thread that
 * seldom synchronises with the others can spare them barriers of their own.
 *
 * Linux: ends the process with SIGABRT if the kernel does not have membarrier(2), or does not
 * permit it to this process.
 *
 * See also: zx_membarrier_sync_process_insn(), zx_system_barrier(), membarrier(2).
 */
void zx_membarrier_sync_process_data(void);

/**
 * zx_membarrier_sync_process_insn - have each thread of this process fetch its instructions again
 *
 * As zx_membarrier_sync_process_data(), and no thread executes instructions that were fetched
 * before: for a program that has changed code which its threads execute.
 *
 * Linux: ends the process with SIGABRT if the kernel does not have membarrier(2), or does not
 * permit it to this process.
 *
 * See also: zx_membarrier_sync_process_data(), zx_system_barrier(), membarrier(2).
 */
void zx_membarrier_sync_process_insn(void);

/**
 * zx_system_barrier - have other threads pass a barrier, an older form
 * @options: one of the barriers below
 *
 * Shows: ZX_SYSTEM_BARRIER_DATA_MEMORY ZX_SYSTEM_BARRIER_INSTRUCTION_STREAM
 *
 * Linux: ZX_SYSTEM_BARRIER_DATA_MEMORY is for the threads of all processes, and takes milliseconds;
 * ZX_SYSTEM_BARRIER_INSTRUCTION_STREAM is for those of this process only. The newer
 * zx_membarrier_sync_process_data() and zx_membarrier_sync_process_insn() are quick, and for this
 * process.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS another barrier; ZX_ERR_NOT_SUPPORTED the kernel does not have
 * membarrier(2) or this form of it, or does not permit it to this process.
 *
 * See also: zx_membarrier_sync_process_data(), membarrier(2).
 */
zx_status_t zx_system_barrier(uint32_t options);

/**
 * zx_process_exit - end the process, without exit handlers
 * @retcode: the return code, which ZX_INFO_PROCESS shows
 *
 * Linux passes the low eight bits on to the parent: 256 looks like success to waitpid(2). If several
 * threads call it, the first decides.
 *
 * See also: zx_thread_exit(), zx_task_kill(), zx_object_get_info(), zx_process_self(), _exit(2).
 */
void zx_process_exit(int64_t retcode) __NO_RETURN;

/**
 * zx_task_kill - end a process, or all of a job, from outside
 * @handle: a process or a job, needs ZX_RIGHT_DESTROY
 *
 * A process gets SIGKILL. The call does not wait for its end, which shows as ZX_PROCESS_TERMINATED
 * with the return code ZX_TASK_RETCODE_SYSCALL_KILL. A process that has ended already stays as it
 * is. A program that kills its own process does not return.
 *
 * A job, and all jobs below it, accept no job and no process from then on, and all their processes
 * get SIGKILL. None escapes by fork(2): a child that is being made meanwhile ends before its first
 * instruction. A job shows ZX_JOB_TERMINATED when its last process is gone and the jobs below it
 * show that too. The jobs and the processes have the return code ZX_TASK_RETCODE_SYSCALL_KILL. The
 * time that the call needs is in proportion to what is in the job.
 *
 * Linux checks the maker of the handle, not the caller. The maker is the program that called
 * zx_process_self(), zxl_process_open(), zxl_spawn(), zx_job_create() or zx_job_default(), with the
 * credentials that it had then. A duplicate, and a handle that was sent to another program, have
 * the same maker; so has what zx_object_get_child() makes.
 *
 * Through a handle to the process: at each call Linux must permit the maker to send the process a
 * signal, as kill(2) decides. For example: root opens a process of user 1000, and sends the handle
 * to a program of user 2000. That program can end the process, although kill(2) fails with EPERM.
 * The other way round, a handle that user 1000 has made does not end the process after the process
 * has become root, not even in a program of root; such a program opens the process itself. Security
 * modules check the caller in any case. The first process of a pid namespace ignores SIGKILL from
 * within the namespace: the call returns ZX_ERR_ACCESS_DENIED then.
 *
 * Through a handle to the job: kill(2) must have permitted the maker to signal the program that has
 * put the process into the job, with zxl_spawn(), and with the credentials that that had then. The
 * children of the process, and theirs, count as put there by the same program. So a process does
 * not get out of the reach of the job's maker by changing its user, as one that executes a
 * set-user-ID file does, although kill(2) fails with EPERM then. But one who starts a program in
 * the job of another user does not permit that user to end it: it is out of reach. A maker with
 * CAP_KILL, such as root, reaches all processes that were put there from its user namespace and
 * those below; and so does each program to which it sends the handle. So root sends such a handle
 * only to a program that may end all processes of the job. Processes that are out of reach go on,
 * and the call ends the others and returns ZX_ERR_ACCESS_DENIED. No security module is asked.
 *
 * A process or a job remembers six makers with different credentials, and beside them those that
 * may signal and trace every process. A handle of a further maker reaches nothing.
 *
 * A handle with ZX_RIGHT_DESTROY and ZX_RIGHT_WAIT lets a program end the process and see that it
 * has ended, and nothing else. zx_channel_write_etc() sends one with exactly these rights; one
 * with ZX_RIGHT_TRANSFER can be passed on. To ask a program to end, send it SIGTERM: see
 * zxl_process_pidfd().
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle lacks the right, which is checked
 * first and which ZX_INFO_HANDLE_BASIC shows, or its maker may not signal the process, or one of
 * the job; ZX_ERR_WRONG_TYPE neither process nor job; ZX_ERR_NO_MEMORY.
 *
 * Example: process
 *
 * See also: zx_job_create(), zx_object_get_info(), zx_object_wait_one(), zx_process_exit(),
 * zxl_process_open(), kill(2), credentials(7).
 */
zx_status_t zx_task_kill(zx_handle_t handle);

/**
 * zx_process_read_memory - read the memory of a process
 * @handle: a process, needs ZX_RIGHT_READ and ZX_RIGHT_WRITE
 * @vaddr: an address in that process
 * @buffer: receives the bytes
 * @buffer_size: how many to read; 1 to 64 MiB
 * @actual: receives how many were read
 *
 * The call reads up to the end of the mapping in which @vaddr is. A program that wants more calls
 * again at @vaddr plus *@actual, until there is ZX_ERR_NOT_FOUND. The bytes are also read where
 * the process itself may not read them, but see below. ZX_INFO_PROCESS_MAPS of zx_object_get_info()
 * lists the mappings.
 *
 * Linux: the kernel checks the caller, as for /proc/PID/mem, and not the maker of @handle: it must
 * be permitted to attach to the process with ptrace(2). The kernel.yama.ptrace_scope of sysctl(8),
 * which many distributions set to 1, permits it only for descendants of the caller; on top of that
 * security modules may refuse it. A process may always read its own memory, unless PR_SET_DUMPABLE
 * of prctl(2) is 0. The process goes on meanwhile, so what is read may not be of one moment.
 * Kernels since 6.12 can be told to let only debuggers, or no program, pass by the permissions of
 * pages (proc_mem.force_override, or when they are built, as Debian's 7.2 is): then
 * ZX_ERR_ACCESS_DENIED. A debugger has attached to the process with ptrace(2).
 *
 * Adjacent mappings with the same attributes are one mapping to Linux, and a mapping is divided
 * where its attributes change. The time grows with the number of mappings below @vaddr, by some
 * milliseconds for 10,000. /proc must be mounted.
 *
 * Rights: ZX_RIGHT_READ and ZX_RIGHT_WRITE.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS @buffer or @actual is no valid pointer, or @buffer_size is 0
 * or too large; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE @handle is no process; ZX_ERR_ACCESS_DENIED
 * it lacks a right, or Linux does not permit the access, or the process is in a pid namespace that
 * the caller does not see; ZX_ERR_BAD_STATE the process has ended, or executes another program
 * just now, or the memory is that of a device, as [vvar] is, which every process has;
 * ZX_ERR_NOT_FOUND nothing is mapped at @vaddr, or not yet, just after zxl_spawn();
 * ZX_ERR_OUT_OF_RANGE the file that is mapped there has ended before; ZX_ERR_NO_RESOURCES no
 * descriptor is left, of which the call uses up to five; ZX_ERR_NO_MEMORY; ZX_ERR_NOT_SUPPORTED no
 * module, or no /proc.
 *
 * See also: zx_process_write_memory(), zx_object_get_info(), zxl_process_open(),
 * process_vm_readv(2), proc(5), ptrace(2).
 */
zx_status_t zx_process_read_memory(zx_handle_t handle, zx_vaddr_t vaddr, void *buffer,
				   size_t buffer_size, size_t *actual);

/**
 * zx_process_write_memory - write to the memory of a process
 * @handle: a process, needs ZX_RIGHT_WRITE
 * @vaddr: an address in that process
 * @buffer: the bytes
 * @buffer_size: how many to write; 1 to 64 MiB
 * @actual: receives how many were written
 *
 * The call writes up to the end of the mapping in which @vaddr is. It also writes to a private
 * mapping that the process itself may only read or execute, as a debugger does to set a
 * breakpoint: the process has a copy of the page then, and the file does not change.
 *
 * Linux: the kernel checks the caller as for zx_process_read_memory(). A shared mapping that the
 * process may not write to is not written; Zircon gives the process a copy of it. Whether only a
 * debugger may write where the process may not is an administrator's choice, as said there. If
 * @actual is no valid pointer the bytes are written nevertheless, as in Zircon.
 *
 * Rights: ZX_RIGHT_WRITE.
 *
 * Return: ZX_OK; ZX_ERR_ACCESS_DENIED @handle lacks the right, Linux does not permit the access,
 * or the memory is that of the vDSO, see vdso(7), or is shared and may not be written;
 * ZX_ERR_BAD_STATE; ZX_ERR_INVALID_ARGS; ZX_ERR_OUT_OF_RANGE and the other errors as
 * zx_process_read_memory().
 *
 * See also: zx_process_read_memory(), zx_object_get_info(), zxl_process_open(),
 * process_vm_writev(2), proc(5), ptrace(2).
 */
zx_status_t zx_process_write_memory(zx_handle_t handle, zx_vaddr_t vaddr, const void *buffer,
				    size_t buffer_size, size_t *actual);

/**
 * zx_job_create - create a job, a group of processes that are limited and ended together
 * @parent: the job above it, needs ZX_RIGHT_MANAGE_JOB; zx_job_default() has that
 * @options: 0
 * @out: receives a handle with ZX_DEFAULT_JOB_RIGHTS
 *
 * Jobs are a tree. At its top is the root job, directly below that a default job for each user
 * in each pid namespace, and below those are the jobs of this function. zxl_spawn() starts programs in a job, zx_task_kill()
 * ends all that is in it and below it, zx_job_set_policy() says what its processes may do, and
 * zx_job_set_critical() binds the life of the job to that of a process. zx_object_get_info() lists
 * the jobs and processes of a job, zx_object_get_child() makes handles to them.
 *
 * Linux: each child of a process in the job is in the same job, from its first instruction on,
 * after execve(2) too, and whether or not it uses the library. No process leaves its job. Of a
 * process that is in its user's default job this is not true: its children are there only if they,
 * too, call any of zx_*.
 *
 * A job has its parent's policy, and no name until ZX_PROP_NAME is set. Closing handles to it ends
 * nothing, nor does the end of the program that has made it: it stays as long as it has a handle, a
 * job or a process, and so long zx_object_get_child() of its parent finds it. A handle that is
 * found so from zx_job_default() cannot end the job. So a program keeps the handle of this
 * function, or gives a duplicate to another one; zx_job_set_critical() lets the job end with the
 * program. A job that is empty and was not killed does not end: a program may start another process
 * in it. There can be 32 levels of jobs below the root job.
 *
 * Shows: ZX_JOB_NO_JOBS ZX_JOB_NO_PROCESSES ZX_JOB_NO_CHILDREN ZX_JOB_TERMINATED
 * ZX_DEFAULT_JOB_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option or bad pointer; ZX_ERR_BAD_HANDLE;
 * ZX_ERR_WRONG_TYPE @parent is no job; ZX_ERR_ACCESS_DENIED it lacks the right; ZX_ERR_OUT_OF_RANGE
 * it is on the 32nd level; ZX_ERR_BAD_STATE it was killed; ZX_ERR_NO_MEMORY; ZX_ERR_NO_RESOURCES
 * too many handles.
 *
 * Example: supervisor
 *
 * See also: zx_job_default(), zxl_spawn(), zx_task_kill(), zx_job_set_policy(),
 * zx_job_set_critical(), zx_object_get_info(), zx_object_get_child(), zxl_root_job().
 */
zx_status_t zx_job_create(zx_handle_t parent, uint32_t options, zx_handle_t *out);

/**
 * zx_job_set_policy - say what the processes of a job may do
 * @handle: the job, needs ZX_RIGHT_SET_POLICY
 * @options: ZX_JOB_POL_RELATIVE, a record for a condition that was fixed is ignored; or
 * ZX_JOB_POL_ABSOLUTE, it is an error
 * @topic: ZX_JOB_POL_BASIC_V2, ZX_JOB_POL_BASIC_V1 or ZX_JOB_POL_TIMER_SLACK
 * @policy: array of records of the topic's type
 * @count: its length: 1 to 18, for ZX_JOB_POL_TIMER_SLACK 1
 *
 * A new job has the policy of its parent. It can be changed as long as the job has neither jobs nor
 * processes; a job that was killed has no processes any more that it could concern. A process has
 * the policy that its job has when it enters it. If the call fails, it has changed nothing.
 *
 * A record of ZX_JOB_POL_BASIC_V2, a zx_policy_basic_v2_t, has a condition, the action for it, and
 * whether jobs below may have another action: ZX_POL_OVERRIDE_ALLOW or ZX_POL_OVERRIDE_DENY. These
 * conditions are looked at here:
 *
 *	ZX_POL_BAD_HANDLE	A call gets a number that is no handle, alone, in a message or in a
 *		list. The call returns ZX_ERR_BAD_HANDLE in any case; the action can be an
 *		exception or the end. Not zx_handle_check_valid() and ZX_INFO_HANDLE_VALID, nor
 *		closing ZX_HANDLE_INVALID.
 *	ZX_POL_NEW_*	The call that creates such an object: ZX_POL_NEW_CHANNEL, ZX_POL_NEW_EVENT,
 *		ZX_POL_NEW_EVENTPAIR, ZX_POL_NEW_PORT, ZX_POL_NEW_SOCKET, ZX_POL_NEW_FIFO,
 *		ZX_POL_NEW_TIMER.
 *	ZX_POL_NEW_PROCESS	zxl_spawn(), by a program in this job, into any job. fork(2) and
 *		execve(2) are not limited.
 *	ZX_POL_NEW_ANY	All conditions ZX_POL_NEW_*. A record after it in the same call can make an
 *		exception. Clocks, counters, jobs and threads have no condition: they can always be
 *		created.
 *
 * The others are accepted, and nothing violates them, as in Zircon ZX_POL_WRONG_OBJECT. The
 * actions:
 *
 *	ZX_POL_ACTION_ALLOW	The call goes on.
 *	ZX_POL_ACTION_DENY	The call returns ZX_ERR_ACCESS_DENIED.
 *	ZX_POL_ACTION_ALLOW_EXCEPTION	The thread gets an exception, and the call goes on.
 *	ZX_POL_ACTION_DENY_EXCEPTION	The thread gets an exception, and the call returns
 *		ZX_ERR_ACCESS_DENIED.
 *	ZX_POL_ACTION_KILL	The process is ended, with the return code
 *		ZX_TASK_RETCODE_POLICY_KILL.
 *
 * An exception is the signal SIGSYS with si_code SYS_SECCOMP, and with the condition in si_errno: a
 * handler that was set with SA_SIGINFO sees both. It runs when the call returns. A thread that
 * cannot handle it, since SIGSYS has no handler, or is ignored, or is blocked, as all signals are
 * in a thread of zx_thread_start(), is ended with its process, with the return code
 * ZX_TASK_RETCODE_EXCEPTION_KILL. To waitpid(2) such a process has ended by SIGSYS, or by SIGKILL
 * where that is blocked or ignored, as one has that ZX_POL_ACTION_KILL ends.
 *
 * ZX_POL_OVERRIDE_DENY fixes the action for this job and those below; a record of
 * ZX_JOB_POL_BASIC_V1, a zx_policy_basic_v1_t, has no such field and means that. For a condition
 * that an earlier record has fixed, for this job or one above, a record is ignored with
 * ZX_JOB_POL_RELATIVE, and an error with ZX_JOB_POL_ABSOLUTE, unless it has the same action and
 * ZX_POL_OVERRIDE_DENY. ZX_POL_NEW_ANY is like a record without that flag for each condition, and
 * its own flag counts at the end of the call: so it stands before its exceptions.
 *
 * The record of ZX_JOB_POL_TIMER_SLACK, a zx_policy_timer_slack_t, lets the kernel be less exact,
 * so that the processor wakes less often. A wait of an object, a port or a call of a channel may
 * end by min_slack later than at its deadline (ZX_TIMER_SLACK_LATE), earlier
 * (ZX_TIMER_SLACK_EARLY), or either (ZX_TIMER_SLACK_CENTER); and the slack of zx_timer_set() is at
 * least min_slack. A job can have a greater min_slack than its parent only: the greater of both
 * counts, and default_mode is that of the last record. zx_nanosleep() and zx_futex_wait() are not concerned, and threads with a real-time
 * priority wait exactly.
 *
 * Shows: zx_policy_basic_v2_t zx_policy_basic_v1_t zx_policy_timer_slack_t ZX_POL_*
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown topic, option, condition, flag or mode of slack,
 * negative slack, @count is not in the range, ZX_JOB_POL_TIMER_SLACK with ZX_JOB_POL_ABSOLUTE, or
 * bad pointer; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE @handle is no job; ZX_ERR_ACCESS_DENIED it
 * lacks the right, as that to a user's default job does; ZX_ERR_BAD_STATE the job has a job or a
 * process; ZX_ERR_OUT_OF_RANGE 19 to 32 records, more than there are conditions;
 * ZX_ERR_NOT_SUPPORTED unknown action; ZX_ERR_ALREADY_EXISTS with ZX_JOB_POL_ABSOLUTE, a condition
 * was fixed, see above.
 *
 * Example: supervisor
 *
 * See also: zx_job_create(), zxl_spawn(), sigaction(2).
 */
zx_status_t zx_job_set_policy(zx_handle_t handle, uint32_t options, uint32_t topic,
			      const void *policy, uint32_t count);

/**
 * zx_job_set_critical - let a job end with one of its processes
 * @job: needs ZX_RIGHT_DESTROY
 * @options: 0 or ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO
 * @process: a process in @job or below it, needs ZX_RIGHT_WAIT
 *
 * When @process ends, @job is killed, as zx_task_kill() does, with the return code
 * ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL for the job and its processes. What cannot be reached
 * through @job, as that page says, goes on. The binding cannot be undone, and does not end when
 * handles are closed. A process can be critical to one job only, a job can have several critical
 * processes.
 *
 * A process may end before it is bound. One that is started so that it first waits for a message
 * does not, if the message is sent after this call. A supervisor takes its workers along when it
 * ends, however that comes about, if it is in a job itself: another program starts it there with
 * zxl_spawn(), it makes itself critical to zx_job_default(), and the job of its workers below that.
 *
 * Shows: ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option, or @process is not in @job or below it, also
 * since it has ended; ZX_ERR_ALREADY_BOUND it is critical to a job; ZX_ERR_BAD_HANDLE;
 * ZX_ERR_WRONG_TYPE @job is no job, or @process no process; ZX_ERR_ACCESS_DENIED one of them lacks
 * the right; ZX_ERR_NO_MEMORY.
 *
 * See also: zx_task_kill(), zx_job_create(), zx_object_wait_one().
 */
zx_status_t zx_job_set_critical(zx_handle_t job, uint32_t options, zx_handle_t process);

/**
 * zx_thread_exit - end the calling thread only
 *
 * No cleanup handler, thread-specific destructor or C++ destructor runs. pthread_join() sees the
 * thread end; a detached thread's stack stays allocated, and that of a thread of zx_thread_start()
 * is the program's. The process ends with its last thread.
 *
 * See also: zx_process_exit(), zx_thread_start(), zx_futex_wake_handle_close_thread_exit(),
 * pthread_exit(3).
 */
void zx_thread_exit(void) __NO_RETURN;

/**
 * zx_thread_create - make a thread of the calling process, without starting it
 * @process: the calling process, as zx_process_self() returns it
 * @name: the name, not NULL; a NUL ends it
 * @name_size: bytes of @name; those after the 31st do not count
 * @options: 0
 * @out: receives a handle with ZX_DEFAULT_THREAD_RIGHTS
 *
 * The thread is in the state ZX_THREAD_STATE_NEW until zx_thread_start() starts it, and is among
 * the threads of the process from then on. It signals neither ZX_THREAD_RUNNING nor
 * ZX_THREAD_TERMINATED before. If it is never started it goes with its last handle.
 *
 * Most programs use pthread_create(3): see zx_thread_start() for what a thread of this function
 * lacks.
 *
 * Linux: no process can make a thread in another one.
 *
 * Rights: ZX_RIGHT_MANAGE_THREAD on @process.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS @options is not 0, or @name or @out is a bad pointer;
 * ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE @process is no process; ZX_ERR_ACCESS_DENIED the right is
 * missing; ZX_ERR_NOT_SUPPORTED @process is another process; ZX_ERR_NO_MEMORY;
 * ZX_ERR_NO_RESOURCES the process has too many handles.
 *
 * Example: thread_start
 *
 * See also: zx_thread_start(), zx_thread_exit(), zx_process_self(), pthread_create(3).
 */
zx_status_t zx_thread_create(zx_handle_t process, const char *name, size_t name_size,
			     uint32_t options, zx_handle_t *out);

/**
 * zx_thread_start - start a thread
 * @handle: a thread of zx_thread_create()
 * @thread_entry: address of its first instruction: a function that does not return
 * @stack: its stack pointer. A function in C expects a multiple of 16 on arm64, and a multiple of
 * 16 less 8 on x86-64, as if it had been called
 * @arg1: the first argument of the function
 * @arg2: the second one
 *
 * It does what zx_thread_start_regs() does, with 0 for the thread pointer and the last register.
 *
 * Rights: ZX_RIGHT_MANAGE_THREAD.
 *
 * Return: as zx_thread_start_regs().
 *
 * Example: thread_start
 *
 * See also: zx_thread_start_regs(), zx_thread_create(), zx_thread_exit(),
 * zx_futex_wake_handle_close_thread_exit().
 */
zx_status_t zx_thread_start(zx_handle_t handle, zx_vaddr_t thread_entry, zx_vaddr_t stack,
			    uintptr_t arg1, uintptr_t arg2);

/**
 * zx_thread_start_regs - start a thread with a thread pointer
 * @handle: a thread of zx_thread_create()
 * @pc: address of its first instruction
 * @sp: its stack pointer
 * @arg1: the first argument register
 * @arg2: the second one
 * @tp: the thread pointer: FS on x86-64, TPIDR_EL0 on arm64
 * @abi_reg: register R15 on x86-64, X18 on arm64
 *
 * When the call returns the thread has begun: it has its name, and signals ZX_THREAD_RUNNING. All
 * other general registers are 0, but for RAX and X16, which have @pc; those for floating point and
 * vectors have their initial state. The handle may be closed; the thread goes on. It ends with
 * zx_thread_exit() or zx_futex_wake_handle_close_thread_exit(). Its stack is the program's, which
 * may unmap it after ZX_THREAD_TERMINATED, or with the second function as soon as its value is read.
 *
 * Nothing is known of @sp but to the program: with a bad stack, as with a bad @pc, the thread ends
 * the process by SIGSEGV. So does a function that returns. A call of the library needs less than
 * 1 KiB of stack, and 2 KiB more while ZIRCON_TRACE is set.
 *
 * Linux: the C library does not know the thread. There is no interface to get a thread pointer from
 * it. Without one, code that the thread runs must not use thread-local variables, errno, the stack
 * protector (gcc's -fno-stack-protector) or functions of the C library, as malloc(3) and printf(3),
 * although some seem to work; nor, in a program that is linked dynamically, a function that the
 * dynamic linker looks up at its first call: link with -Wl,-z,now, as pkg-config says. With a @tp
 * that points to memory of the program, the code may use what it has put there, on x86-64 for
 * example the stack protector's word at 40. All zx_*() functions may be called, of zxl_*() those for
 * handles, channels and sockets, once the process has made a call in another thread.
 *
 * All signals are blocked in the thread, so that no handler runs there. If only such threads are
 * left, SIGTERM does not end the process, but SIGKILL and zx_task_kill() do. An exception such as
 * SIGSEGV ends it. The thread keeps its credentials when setuid(2) of the C library changes those of
 * the other threads. It ends when the process does: by exit(3), the return of main(), or the
 * pthread_exit(3) of the last thread that the C library knows. fork(2) must not be called in it.
 *
 * Rights: ZX_RIGHT_MANAGE_THREAD.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE @handle is no thread; ZX_ERR_ACCESS_DENIED
 * the right is missing; ZX_ERR_NOT_SUPPORTED it is a thread of another process that was not started;
 * ZX_ERR_INVALID_ARGS @pc or @tp is above the addresses of programs; ZX_ERR_BAD_STATE it was started
 * before; ZX_ERR_NO_RESOURCES Linux allows no more threads, and then it can be started later;
 * ZX_ERR_NO_MEMORY.
 *
 * Example: thread_start
 *
 * See also: zx_thread_create(), zx_thread_start(), zx_thread_exit(), zx_object_set_property(),
 * clone(2).
 */
zx_status_t zx_thread_start_regs(zx_handle_t handle, uint64_t pc, uint64_t sp, uint64_t arg1,
				 uint64_t arg2, uint64_t tp, uint64_t abi_reg);

/*
 * Handles.
 */

/**
 * zx_handle_close - close a handle
 * @handle: the handle, or ZX_HANDLE_INVALID, which does nothing
 *
 * Closing the last handle to an object ends the object, and its peer shows PEER_CLOSED. What was
 * written to the peer before can still be read there. A wait on @handle in another thread ends with
 * ZX_ERR_CANCELED. The handles of a process are also closed when it ends.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @handle is no handle.
 *
 * See also: zx_handle_close_many(), zx_handle_t(3).
 */
zx_status_t zx_handle_close(zx_handle_t handle);

/**
 * zx_handle_close_many - close several handles
 * @handles: array; ZX_HANDLE_INVALID in it is skipped
 * @num_handles: its length
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE one of them is no handle, or is in the array twice; the others
 * are closed all the same; ZX_ERR_INVALID_ARGS a part of @handles cannot be read; those before it
 * may be closed.
 *
 * See also: zx_handle_close(), zx_handle_t(3).
 */
zx_status_t zx_handle_close_many(const zx_handle_t *handles, size_t num_handles);

/**
 * zx_handle_duplicate - make another handle to the same object
 * @handle: needs ZX_RIGHT_DUPLICATE, which handles to channels do not have
 * @rights: rights of the new handle, all of which @handle has, or ZX_RIGHT_SAME_RIGHTS
 * @out: receives the new handle
 *
 * Shows: ZX_RIGHT_SAME_RIGHTS ZX_RIGHT_DUPLICATE ZX_RIGHT_TRANSFER ZX_RIGHT_READ ZX_RIGHT_WRITE
 * ZX_RIGHT_WAIT ZX_RIGHT_SIGNAL ZX_RIGHT_SIGNAL_PEER ZX_RIGHT_INSPECT ZX_RIGHT_GET_PROPERTY
 * ZX_RIGHT_SET_PROPERTY ZX_RIGHT_MANAGE_SOCKET ZX_RIGHTS_BASIC ZX_RIGHTS_IO
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_DUPLICATE;
 * ZX_ERR_INVALID_ARGS @rights has one that @handle does not have, or @out is no valid pointer.
 *
 * Example: rights
 *
 * See also: zx_rights_t(3), zx_handle_replace(), zx_channel_write_etc(), zx_handle_close().
 */
zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t *out);

/**
 * zx_handle_replace - exchange a handle for one with fewer rights
 * @handle: consumed, on failure too; waits through it end
 * @rights: rights of the new handle, all of which @handle has, or ZX_RIGHT_SAME_RIGHTS
 * @out: receives the new handle
 *
 * The names of rights are in zx_rights_t(3). No right is needed.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_INVALID_ARGS @rights has one that @handle does not
 * have.
 *
 * Example: rights
 *
 * See also: zx_rights_t(3), zx_handle_duplicate(), zx_channel_write_etc().
 */
zx_status_t zx_handle_replace(zx_handle_t handle, zx_rights_t rights, zx_handle_t *out);

/**
 * zx_handle_check_valid - check whether a number is a handle
 * @handle: any number
 *
 * Another thread may close the handle at the same time.
 *
 * Return: ZX_OK it is; ZX_ERR_INVALID_ARGS it is ZX_HANDLE_INVALID; ZX_ERR_OUT_OF_RANGE one of
 * ZX_HANDLE_FIXED_BITS_MASK is not set; ZX_ERR_NOT_FOUND it is no handle now.
 *
 * See also: zx_handle_t(3), zx_object_get_info().
 */
zx_status_t zx_handle_check_valid(zx_handle_t handle);

/*
 * Signals and waiting.
 */

/**
 * zx_object_signal - lower and raise an object's signals
 * @handle: needs ZX_RIGHT_SIGNAL
 * @clear_mask: signals to lower, first
 * @set_mask: signals to raise, then
 *
 * A program may change these signals of an event, an eventpair or a counter, and the user signals
 * of any other object. A signal stays up until a program lowers it.
 *
 * Shows: ZX_EVENT_SIGNALED ZX_EVENTPAIR_SIGNALED ZX_COUNTER_SIGNALED ZX_USER_SIGNAL_0
 * ZX_USER_SIGNAL_1 ZX_USER_SIGNAL_2 ZX_USER_SIGNAL_3 ZX_USER_SIGNAL_4 ZX_USER_SIGNAL_5
 * ZX_USER_SIGNAL_6 ZX_USER_SIGNAL_7
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_SIGNAL;
 * ZX_ERR_INVALID_ARGS a signal that is not the program's to change.
 *
 * Example: event
 *
 * See also: zx_object_wait_one(), zx_object_signal_peer(), zx_signals_t(3), zx_event_create().
 */
zx_status_t zx_object_signal(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);

/**
 * zx_object_signal_peer - lower and raise the signals of an object's peer
 * @handle: needs ZX_RIGHT_SIGNAL_PEER
 * @clear_mask: signals to lower, first
 * @set_mask: signals to raise, then
 *
 * A program may change ZX_USER_SIGNAL_0 to ZX_USER_SIGNAL_7 of the other endpoint of an eventpair,
 * channel, socket or fifo, and ZX_EVENTPAIR_SIGNALED of an eventpair's. A signal stays up until a
 * program lowers it.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_SIGNAL_PEER;
 * ZX_ERR_INVALID_ARGS a signal that is not the program's to change; ZX_ERR_NOT_SUPPORTED an object
 * without a peer; ZX_ERR_PEER_CLOSED the peer is closed.
 *
 * Example: eventpair
 *
 * See also: zx_object_wait_one(), zx_object_signal(), zx_signals_t(3), zx_eventpair_create().
 */
zx_status_t zx_object_signal_peer(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask);

/**
 * zx_object_wait_one - wait until one of some signals of an object is up
 * @handle: needs ZX_RIGHT_WAIT
 * @signals: the call returns when any of these is up
 * @deadline: a time of zx_clock_get_monotonic(), from zx_deadline_after(); with ZX_TIME_INFINITE
 *	the call waits as long as it takes, with ZX_TIME_INFINITE_PAST not at all
 * @observed: NULL, or receives all signals that were up when the wait ended
 *
 * Programs mostly wait for these, together with the PEER_CLOSED of the object, since closing the
 * peer raises neither READABLE nor WRITABLE; zx_signals_t(3) has all.
 *
 * Shows: ZX_CHANNEL_READABLE ZX_CHANNEL_WRITABLE ZX_CHANNEL_PEER_CLOSED ZX_SOCKET_READABLE
 * ZX_SOCKET_WRITABLE ZX_SOCKET_PEER_CLOSED ZX_SOCKET_PEER_WRITE_DISABLED ZX_FIFO_READABLE
 * ZX_FIFO_WRITABLE ZX_FIFO_PEER_CLOSED ZX_EVENT_SIGNALED ZX_EVENTPAIR_SIGNALED
 * ZX_EVENTPAIR_PEER_CLOSED ZX_PROCESS_TERMINATED
 *
 * Any number of threads can wait on one object; a signal wakes all of them. One that finds nothing
 * to read, since another was quicker, waits again. A signal handler of Linux does not end the wait;
 * a signal of the object that is up only while it runs, such as the strobe ZX_CLOCK_UPDATED, is
 * missed, see zx_signals_t(3).
 *
 * A wait belongs to the handle. It ends when the handle is closed, replaced, exported, or moved
 * with fewer rights. While the handle is in a message the wait goes on; it ends when the message
 * is read or dropped.
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT the deadline came first; ZX_ERR_CANCELED an event of those above
 * ended it, and ZX_SIGNAL_HANDLE_CLOSED is in @observed; ZX_ERR_NO_RESOURCES Linux
 * only: the user has too many waits on the object; ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED @handle
 * lacks ZX_RIGHT_WAIT, as that to a port does. @observed is written for the first three.
 *
 * Example: event
 *
 * See also: zx_object_wait_many(), zxl_handle_watch(), zx_deadline_after(), zx_object_signal(),
 * zx_channel_read(), zx_socket_read(), zx_signals_t(3).
 */
zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals,
			       zx_instant_mono_t deadline, zx_signals_t *observed);

/**
 * zx_object_wait_many - wait for signals on several objects
 * @items: array; an item has a handle and the signals to wait for
 * @num_items: its length, at most ZX_WAIT_MANY_MAX_ITEMS; with 0 it sleeps until the deadline
 * @deadline: a time of zx_clock_get_monotonic(), from zx_deadline_after(), or ZX_TIME_INFINITE
 *
 * Shows: zx_wait_item_t ZX_WAIT_MANY_MAX_ITEMS
 *
 * The call returns when a signal of any item is up, and writes .pending of all items. The signals
 * of each type of object are in zx_signals_t(3), such as ZX_CHANNEL_READABLE. For more objects than
 * that, or to wait for files as well, use zxl_handle_watch() and epoll(7), or
 * zx_object_wait_async().
 *
 * Return: ZX_OK a signal of one or more items is up; ZX_ERR_TIMED_OUT the deadline came first;
 * ZX_ERR_CANCELED the handle of an item was closed, replaced, exported, or received by another
 * program meanwhile: ZX_SIGNAL_HANDLE_CLOSED is in its .pending; ZX_ERR_NO_RESOURCES Linux only:
 * the user has too many waits on an object, each item is one; ZX_ERR_OUT_OF_RANGE too many items;
 * ZX_ERR_BAD_HANDLE; ZX_ERR_ACCESS_DENIED a handle lacks ZX_RIGHT_WAIT, as that to a port does.
 * .pending is written for the first three.
 *
 * Example: wait_many
 *
 * See also: zx_object_wait_one(), zxl_handle_watch(), zx_deadline_after(), zx_signals_t(3).
 */
zx_status_t zx_object_wait_many(zx_wait_item_t *items, size_t num_items,
				zx_instant_mono_t deadline);

/*
 * Objects in general.
 */

/**
 * zx_object_get_info - get information about a handle or its object
 * @handle: needs the right of the topic
 * @topic: one of the topics below, which also determines the type of the records
 * @buffer: receives the records; may be NULL with @buffer_size 0
 * @buffer_size: the size of @buffer in bytes
 * @actual: NULL, or receives the number of records written
 * @avail: NULL, or receives the number of records that there are
 *
 * The topics, their records and rights:
 *
 *	ZX_INFO_HANDLE_VALID	No record, no right: ZX_OK if @handle is a handle.
 *	ZX_INFO_HANDLE_BASIC	One zx_info_handle_basic_t, no right: which object, of what type,
 *		with what rights.
 *	ZX_INFO_HANDLE_COUNT	One zx_info_handle_count_t, ZX_RIGHT_INSPECT: how many handles there
 *		are to the object. The number may have changed when it is read.
 *	ZX_INFO_SOCKET	One zx_info_socket_t, ZX_RIGHT_INSPECT: how many bytes are unread in a
 *		socket.
 *	ZX_INFO_TIMER	One zx_info_timer_t, ZX_RIGHT_INSPECT: the deadline and the slack that a
 *		timer is set to.
 *	ZX_INFO_PROCESS	One zx_info_process_t, ZX_RIGHT_INSPECT: when a process began, whether it has
 *		ended, and with what return code.
 *	ZX_INFO_PROCESS_THREADS	A list of zx_koid_t, ZX_RIGHT_ENUMERATE: the threads of a process.
 *	ZX_INFO_JOB	One zx_info_job_t, ZX_RIGHT_INSPECT: whether a job was killed, and with what
 *		return code.
 *	ZX_INFO_JOB_CHILDREN	A list of zx_koid_t, ZX_RIGHT_ENUMERATE: the jobs directly below a
 *		job.
 *	ZX_INFO_JOB_PROCESSES	A list of zx_koid_t, ZX_RIGHT_ENUMERATE: the processes directly in a
 *		job.
 *	ZX_INFO_THREAD	One zx_info_thread_t, ZX_RIGHT_INSPECT: what a thread does, and on which
 *		processors it may run.
 *	ZX_INFO_THREAD_STATS	One zx_info_thread_stats_t, ZX_RIGHT_INSPECT: how long a thread that
 *		has not ended has run, and on which processor last.
 *	ZX_INFO_TASK_RUNTIME	One zx_info_task_runtime_t, ZX_RIGHT_INSPECT: how long a thread, or all
 *		threads of a process, have run, and waited for a processor; also after the end. Of a
 *		job: the sum of all processes that are or were directly in it.
 *	ZX_INFO_TASK_STATS	One zx_info_task_stats_t, ZX_RIGHT_INSPECT: the memory of a process
 *		that has not ended.
 *	ZX_INFO_PROCESS_MAPS	A list of zx_info_maps_t, ZX_RIGHT_INSPECT: what is mapped in a
 *		process.
 *	ZX_INFO_PROCESS_HANDLE_STATS	One zx_info_process_handle_stats_t, ZX_RIGHT_INSPECT: how
 *		many handles to objects of each type a process has.
 *	ZX_INFO_HANDLE_TABLE	A list of zx_info_handle_extended_t, ZX_RIGHT_INSPECT,
 *		ZX_RIGHT_MANAGE_PROCESS and ZX_RIGHT_MANAGE_THREAD: all handles of a process.
 *
 * Shows: zx_info_handle_basic_t zx_info_handle_count_t zx_info_socket_t
 * zx_info_timer_t zx_info_process_t zx_info_job_t zx_info_thread_t zx_info_thread_stats_t
 * zx_info_task_runtime_t zx_info_task_stats_t zx_info_maps_t zx_info_maps_mapping_t
 * ZX_INFO_MAPS_TYPE_ASPACE ZX_INFO_MAPS_TYPE_VMAR ZX_INFO_MAPS_TYPE_MAPPING ZX_VM_PERM_READ
 * ZX_VM_PERM_WRITE ZX_VM_PERM_EXECUTE
 * zx_info_process_handle_stats_t zx_info_handle_extended_t ZX_INFO_PROCESS_FLAG_STARTED
 * ZX_INFO_PROCESS_FLAG_EXITED ZX_INFO_PROCESS_FLAG_DEBUGGER_ATTACHED ZX_TASK_RETCODE_SYSCALL_KILL
 * ZX_TASK_RETCODE_POLICY_KILL ZX_TASK_RETCODE_EXCEPTION_KILL ZX_TASK_RETCODE_CRITICAL_PROCESS_KILL
 *
 * Two handles name one object if their koids are equal. The types are in zx_handle_t(3), the rights
 * in zx_rights_t(3). handle_count[ZX_OBJ_TYPE_SOCKET] is the number of handles to sockets. The
 * related_koid of a thread is that of its process, of a process that of its job, and of a job that
 * of the job above; that of the root job is 0.
 *
 * A process is STARTED from the beginning, as Linux starts programs; but while zxl_spawn() makes
 * one, a list can show it before that. return_code is valid when it has EXITED. It is what
 * zx_process_exit() was called with, or the status of exit(3); one of the ZX_TASK_RETCODE_* above,
 * that is -1024 after zx_task_kill(); or -2048 - n, which is ZXL_TASK_RETCODE_SIGNAL(n) of
 * <zircon/linux.h>, if signal n has ended it in another way, for example -2063 for SIGTERM. With
 * DEBUGGER_ATTACHED its first thread is traced. start_time is a time of zx_clock_get_monotonic().
 *
 * waitpid(2) can return before ZX_PROCESS_TERMINATED is up, and ZX_PROCESS_TERMINATED can be up before
 * waitpid(2) with WNOHANG finds the child. So a parent waits for ZX_PROCESS_TERMINATED, reads the
 * information, and then calls waitpid(2) without WNOHANG.
 *
 * The times are nanoseconds of the task's own threads, not of children or of jobs below, in
 * programs and in the kernel together. queue_time of a process is that of the threads that there
 * are, or the greatest value that was read: Linux forgets it when a thread ends. page_fault_time
 * and lock_contention_time are zero, as Linux does not measure them. Of the memory,
 * mem_mapped_bytes is the address space in use; mem_private_bytes are the pages of its own that are
 * in memory, mem_shared_bytes those of files and of shared memory. mem_scaled_shared_bytes equals
 * mem_shared_bytes; /proc/PID/smaps_rollup tells how many others share them. After the end only
 * wait4(2) has the most memory that a process had. ZX_INFO_TASK_RUNTIME_V1 and
 * ZX_INFO_TASK_STATS_V1 have the first fields of their successors.
 *
 * The state of a thread is ZX_THREAD_STATE_NEW (until zx_thread_start()), _RUNNING, _BLOCKED_WAIT_ONE, _BLOCKED_WAIT_MANY,
 * _BLOCKED_PORT, _BLOCKED_CHANNEL (in zx_channel_call()), _BLOCKED_FUTEX, _BLOCKED_SLEEPING,
 * _BLOCKED (in another system call of Linux), _SUSPENDED (stopped by a signal or a debugger),
 * _DYING or _DEAD. Bit n of cpu_affinity_mask is processor n.
 *
 * The list of ZX_INFO_PROCESS_MAPS begins with the address space, at depth 0, and one range in it,
 * at depth 1, that all mappings are in, at depth 2; they have the addresses that a program can
 * have on the architecture. The mappings are those of /proc/PID/smaps, from low to high. Their
 * name is the last part of the path of the file, or what Linux shows for other memory, as [stack],
 * or empty. Their vmo_koid is a number for the file, with the highest bit set, which no koid of an
 * object has; it is 0 for memory without a file, since Linux does not show which of that was
 * mapped together. committed_bytes are in memory, populated_bytes also in swap, and the private
 * ones are those of no other process; the fractional ones are 0, and all are 0 where the kernel
 * has no smaps. If the process maps or unmaps memory meanwhile the records are not of one moment:
 * a mapping that stays is in the list, but the number of records may have changed at the next
 * call. ZX_INFO_PROCESS_MAPS_V1 and _V2 have the first fields, with pages in the place of bytes.
 *
 * ZX_INFO_PROCESS_MAPS also needs the caller to be permitted to read /proc/PID/maps: with the same
 * user and group ids, in the same user namespace, of a process that has not made itself
 * undumpable, or with CAP_SYS_PTRACE. The call opens descriptors for that, and /proc must be
 * mounted.
 *
 * The last two topics, and ZX_INFO_THREAD, also need the maker of @handle to be permitted to trace the
 * process, see zx_task_kill() and zxl_process_open(); a process may always see its own. The topics
 * beside these show what any program can read in /proc, and need the right only.
 *
 * How many records a list has is learnt with @buffer_size 0, from @avail. For ZX_INFO_HANDLE_TABLE
 * with @buffer and @avail NULL, @actual receives that number, as in Zircon.
 *
 * The other topics of Zircon, which <zircon/syscalls/object.h> has, give ZX_ERR_NOT_SUPPORTED once
 * @handle was checked; but ZX_INFO_CLOCK_MAPPED_SIZE gives ZX_ERR_INVALID_ARGS, as in Zircon for a
 * clock that cannot be mapped.
 *
 * Return: ZX_OK, also where not all records of a list fit; ZX_ERR_BUFFER_TOO_SMALL the one record
 * does not fit; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE not a topic for this object;
 * ZX_ERR_ACCESS_DENIED @handle lacks the right, or its maker may not see the handles of the
 * process, or the caller its mappings; ZX_ERR_BAD_STATE ZX_INFO_TASK_STATS or ZX_INFO_PROCESS_MAPS
 * of a process that has ended, ZX_INFO_THREAD_STATS of a thread; ZX_ERR_NO_MEMORY
 * ZX_INFO_PROCESS_THREADS; ZX_ERR_NO_RESOURCES ZX_INFO_PROCESS_MAPS: no descriptor is left;
 * ZX_ERR_INVALID_ARGS bad pointer; ZX_ERR_NOT_SUPPORTED Zircon or this module does not have the
 * topic.
 *
 * Example: info
 *
 * See also: zx_process_self(), zx_object_get_property(), zx_process_read_memory(), zx_handle_t(3),
 * zx_rights_t(3).
 */
zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void *buffer,
			       size_t buffer_size, size_t *actual, size_t *avail);

/**
 * zx_object_get_property - read a property of an object
 * @handle: needs ZX_RIGHT_GET_PROPERTY
 * @property: one of the properties below
 * @value: receives the value
 * @value_size: the size of @value in bytes
 *
 * The properties, and the types of their values:
 *
 *	ZX_PROP_NAME	The name of a process, a job or a clock, char[ZX_MAX_NAME_LEN], which is 32
 *		bytes with the NUL. That of a process is its Linux name (comm), until it is set to
 *		another, and again when the Linux name changes; after the end it is the last one.
 *		That of a thread likewise. That of the root job is "root", that of a user's default
 *		job "default", and other jobs have none until it is set.
 *	ZX_PROP_SOCKET_RX_THRESHOLD	Of an endpoint of a socket, size_t: ZX_SOCKET_READ_THRESHOLD
 *		is up while at least so many bytes are there to read. 0 in a new socket: never.
 *	ZX_PROP_SOCKET_TX_THRESHOLD	Of an endpoint of a socket, size_t:
 *		ZX_SOCKET_WRITE_THRESHOLD is up while there is space to write so many bytes.
 *		0 in a new socket: never.
 *	ZX_PROP_REGISTER_FS	Of the calling thread on x86-64, uintptr_t: the base address of FS, which
 *		is the thread pointer.
 *	ZX_PROP_REGISTER_GS	Of the calling thread on x86-64, uintptr_t: the base address of GS.
 *
 * The other properties of Zircon, which <zircon/syscalls/object.h> has, give ZX_ERR_NOT_SUPPORTED
 * once @handle and @value_size were checked.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS bad pointer; ZX_ERR_BUFFER_TOO_SMALL; ZX_ERR_BAD_HANDLE;
 * ZX_ERR_WRONG_TYPE the object does not have this property; ZX_ERR_ACCESS_DENIED @handle lacks the
 * right, or is to another thread; ZX_ERR_NOT_SUPPORTED Zircon or this module does not have the property. @value is checked
 * for NULL first, then @handle is checked.
 *
 * Example: property
 *
 * See also: zx_object_set_property(), zx_process_self(), zx_socket_create(), zx_object_get_info().
 */
zx_status_t zx_object_get_property(zx_handle_t handle, uint32_t property, void *value,
				   size_t value_size);

/**
 * zx_object_set_property - change a property of an object
 * @handle: needs ZX_RIGHT_SET_PROPERTY
 * @property: one of the properties below
 * @value: the value
 * @value_size: its size in bytes
 *
 * The properties, and the types of their values:
 *
 *	ZX_PROP_NAME	The name of a process, a job or a clock, a string: a longer one is cut to
 *		ZX_MAX_NAME_LEN - 1 bytes, which is 31. A process that names itself changes the
 *		first 15 bytes of its Linux name, which ps(1) shows, too. The name that another
 *		process sets is shown until the Linux name changes; the maker of @handle must be
 *		permitted to trace the process, see zx_task_kill() and zxl_process_open(). The name of
 *		a thread likewise.
 *	ZX_PROP_SOCKET_RX_THRESHOLD	Of an endpoint of a socket, size_t, at most 262144:
 *		ZX_SOCKET_READ_THRESHOLD is up while at least so many bytes are there to read. 0 is
 *		never.
 *	ZX_PROP_SOCKET_TX_THRESHOLD	Of an endpoint of a socket, size_t, at most 262144:
 *		ZX_SOCKET_WRITE_THRESHOLD is up while there is space to write so many bytes.
 *		0 is never.
 *	ZX_PROP_JOB_KILL_ON_OOM	Of a job, size_t, 0 or 1: kill it when the machine has no memory.
 *		It is only stored, and ZX_INFO_JOB shows it: Linux chooses by the rules of its
 *		own out-of-memory killer, see oom_score_adj in proc(5).
 *		zx_object_get_property() does not read it.
 *	ZX_PROP_REGISTER_FS	Of the calling thread on x86-64, uintptr_t: the base address of FS, which
 *		is the thread pointer. In a thread of the C library another value breaks that.
 *	ZX_PROP_REGISTER_GS	Of the calling thread on x86-64, uintptr_t: the base address of GS.
 *
 * The other properties of Zircon, which <zircon/syscalls/object.h> has, give ZX_ERR_NOT_SUPPORTED
 * once @handle and @value_size were checked.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS bad pointer, or a value that is not allowed;
 * ZX_ERR_BUFFER_TOO_SMALL @value_size is smaller than the type; ZX_ERR_BAD_HANDLE;
 * ZX_ERR_WRONG_TYPE the object does not have this property; ZX_ERR_ACCESS_DENIED @handle lacks the
 * right, is to another thread, or its maker may not name the process; ZX_ERR_NOT_SUPPORTED Zircon or this module does not
 * have the property, or it cannot be changed; ZX_ERR_PEER_CLOSED for ZX_PROP_SOCKET_TX_THRESHOLD, the peer is closed.
 *
 * Example: property
 *
 * See also: zx_object_get_property(), zx_process_self(), zx_socket_create(), zx_object_wait_one().
 */
zx_status_t zx_object_set_property(zx_handle_t handle, uint32_t property, const void *value,
				   size_t value_size);

/**
 * zx_object_get_child - make a handle to a thread of a process, or to what is in a job
 * @handle: the process or job, needs ZX_RIGHT_ENUMERATE
 * @koid: the koid of the thread, from ZX_INFO_PROCESS_THREADS; or of a job directly below the job,
 * or a process directly in it, from ZX_INFO_JOB_CHILDREN and ZX_INFO_JOB_PROCESSES
 * @rights: a part of the rights of @handle, which the new handle gets; or ZX_RIGHT_SAME_RIGHTS, all
 * of them
 * @out: receives the handle
 *
 * The new handle has the maker of @handle. So through a handle to a job its processes can be named,
 * inspected and ended one by one as far as Linux permits that to the maker of that handle, see
 * zx_task_kill(). It never has a right that @handle lacks: what is found from a user's default job
 * or from the root job can be inspected, but not ended, by a handle so made. A program that may
 * end a process nevertheless has zxl_process_pidfd() and zxl_process_open() make another one.
 *
 * Return: ZX_OK; ZX_ERR_NOT_FOUND no such thread, job or process, or it has ended;
 * ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE @handle is neither process nor job; ZX_ERR_ACCESS_DENIED it
 * lacks ZX_RIGHT_ENUMERATE or one of @rights; ZX_ERR_INVALID_ARGS bad pointer; ZX_ERR_NO_MEMORY;
 * ZX_ERR_NO_RESOURCES too many handles.
 *
 * Example: thread
 *
 * See also: zx_object_get_info(), zx_thread_self(), zx_job_create(), zxl_process_open().
 */
zx_status_t zx_object_get_child(zx_handle_t handle, uint64_t koid, zx_rights_t rights,
				zx_handle_t *out);

/**
 * zx_object_wait_async - have a packet queued on a port when a signal of an object is up
 * @handle: the object; needs ZX_RIGHT_WAIT
 * @port: receives the packet; needs ZX_RIGHT_WRITE
 * @key: copied to the packet
 * @signals: the packet is queued when any of these is up
 * @options: ZX_WAIT_ASYNC_ONCE, or the sum of the following
 *
 * The call returns at once. When a signal is up, already or later, one packet is queued on the port
 * and the wait is over: to receive another, call again. zx_port_wait() returns it, with .key, with
 * .type ZX_PKT_TYPE_SIGNAL_ONE and .status ZX_OK, and with .signal: .trigger is @signals, .observed
 * has all signals that were up when the packet was queued, .count is 1.
 *
 *	ZX_WAIT_ASYNC_EDGE	A signal that is up already does not count: it has to be
 *		lowered, and raised again.
 *	ZX_WAIT_ASYNC_TIMESTAMP	.signal.timestamp is the time of zx_clock_get_monotonic() when the
 *		packet was queued; else it is 0.
 *	ZX_WAIT_ASYNC_BOOT_TIMESTAMP	The same with zx_clock_get_boot(); not together with
 *		ZX_WAIT_ASYNC_TIMESTAMP.
 *
 * Shows: zx_packet_signal_t ZX_WAIT_ASYNC_ONCE ZX_WAIT_ASYNC_TIMESTAMP ZX_WAIT_ASYNC_EDGE
 * ZX_WAIT_ASYNC_BOOT_TIMESTAMP
 *
 * A program that needs each strobe of a clock (ZX_CLOCK_UPDATED) calls this again first, and then
 * reads the details of the clock: an update between the two queues a packet, and one that came
 * earlier is in the details.
 *
 * Any number of waits can be pending on a port, and as many on one object as a user's waits of all
 * kinds may be, with different keys or the same. They are charged to the user who called, and a
 * port keeps one that is over, charged, for the next call. zx_port_cancel() and zx_port_cancel_key() end
 * a wait, or remove its packet if that is queued already.
 *
 * A wait belongs to the handle. It ends, without a packet, when the handle is closed, replaced,
 * exported, or moved with fewer rights. While the handle is in a message the wait goes on; it ends
 * when the message is read or dropped. A packet that is queued stays. When the last handle to the
 * port is closed all its waits end.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option, or both time stamps; ZX_ERR_BAD_HANDLE @port or
 * @handle; ZX_ERR_WRONG_TYPE @port is no port; ZX_ERR_ACCESS_DENIED @port lacks ZX_RIGHT_WRITE, or
 * @handle lacks ZX_RIGHT_WAIT, as that to a port does; ZX_ERR_NO_MEMORY; ZX_ERR_NO_RESOURCES Linux
 * only: the user has too many waits on the object.
 *
 * Example: port
 *
 * See also: zx_port_wait(), zx_port_cancel(), zx_port_create(), zx_object_wait_one(),
 * zx_signals_t(3).
 */
zx_status_t zx_object_wait_async(zx_handle_t handle, zx_handle_t port, uint64_t key,
				 zx_signals_t signals, uint32_t options);

/**
 * zx_object_set_profile - set the scheduling profile of a thread
 * @handle: the thread
 * @profile: the profile
 * @options: 0
 *
 * There are no profiles: use sched_setattr(2). The call is declared since headers of Fuchsia use
 * it.
 *
 * Return: ZX_ERR_NOT_SUPPORTED.
 */
zx_status_t zx_object_set_profile(zx_handle_t handle, zx_handle_t profile, uint32_t options);

/*
 * Events.
 */

/**
 * zx_event_create - make an event, which programs signal and wait for
 * @options: 0
 * @out: receives a handle with ZX_DEFAULT_EVENT_RIGHTS
 *
 * A thread waits for a signal of an event with zx_object_wait_one(), another raises it with
 * zx_object_signal(). It stays up, and each thread that waits sees it, until a program lowers it.
 *
 * Shows: ZX_EVENT_SIGNALED ZX_DEFAULT_EVENT_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option.
 *
 * Example: event
 *
 * See also: zx_object_signal(), zx_object_wait_one(), zx_eventpair_create(), zx_signals_t(3),
 * zx_handle_close().
 */
zx_status_t zx_event_create(uint32_t options, zx_handle_t *out);

/**
 * zx_eventpair_create - make two events that signal each other
 * @options: 0
 * @out0: receives a handle with ZX_DEFAULT_EVENTPAIR_RIGHTS
 * @out1: the same for its peer
 *
 * zx_object_signal_peer() through one changes the signals of the other. If one is closed the other
 * shows it. So an eventpair is also a token: a program that gives one endpoint to another can wait
 * until that has closed it, or has ended.
 *
 * Shows: ZX_EVENTPAIR_SIGNALED ZX_EVENTPAIR_PEER_CLOSED ZX_DEFAULT_EVENTPAIR_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_NOT_SUPPORTED unknown option.
 *
 * Example: eventpair
 *
 * See also: zx_object_signal_peer(), zx_object_wait_one(), zx_event_create(), zx_signals_t(3),
 * zx_handle_close().
 */
zx_status_t zx_eventpair_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1);

/*
 * Timers, counters and clocks.
 */

/**
 * zx_timer_create - make a timer, which raises a signal at a deadline
 * @options: which way the slack of a deadline extends, see below
 * @clock_id: the clock of its deadlines: ZX_CLOCK_MONOTONIC or ZX_CLOCK_BOOT
 * @out: receives a handle with ZX_DEFAULT_TIMER_RIGHTS
 *
 * zx_timer_set() sets the deadline. When it has passed ZX_TIMER_SIGNALED is raised, and a thread
 * waits for that with zx_object_wait_one() or zxl_handle_watch().
 *
 * Shows: ZX_TIMER_SLACK_CENTER ZX_TIMER_SLACK_EARLY ZX_TIMER_SLACK_LATE ZX_CLOCK_MONOTONIC
 * ZX_CLOCK_BOOT ZX_TIMER_SIGNALED ZX_DEFAULT_TIMER_RIGHTS
 *
 * A timer does not wake a machine that is suspended. If a deadline of ZX_CLOCK_BOOT passes
 * meanwhile, the signal is raised when the machine is awake again.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS another option or clock, or @out is no valid pointer.
 *
 * Example: timer
 *
 * See also: zx_timer_set(), zx_timer_cancel(), zx_object_wait_one(), zxl_handle_watch(),
 * zx_signals_t(3), zx_handle_close().
 */
zx_status_t zx_timer_create(uint32_t options, zx_clock_t clock_id, zx_handle_t *out);

/**
 * zx_timer_set - set the deadline of a timer
 * @handle: the timer, needs ZX_RIGHT_WRITE
 * @deadline: a time of the timer's clock in nanoseconds, not a duration; if it has passed, the
 *	signal is up when the call returns
 * @slack: by how many nanoseconds the timer may be early or late, as its options say; not negative
 *
 * A former deadline is canceled first, and ZX_TIMER_SIGNALED is lowered. It is raised once, when
 * @deadline has passed, and stays up until the timer is set again or canceled. With
 * ZX_TIME_INFINITE the timer is set, and never raises it. zx_deadline_after() computes a deadline
 * of ZX_CLOCK_MONOTONIC.
 *
 * A timer with a slack fires within it when the processor wakes for another timer, so that it wakes
 * less often; else at the end of a slack that extends to later, and otherwise at @deadline. Where
 * other programs keep the processors busy, the kernel raises the signal later than that.
 *
 * Shows: ZX_TIMER_SIGNALED ZX_TIME_INFINITE
 *
 * Return: ZX_OK; ZX_ERR_OUT_OF_RANGE @slack is negative; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE;
 * ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_WRITE.
 *
 * Example: timer
 *
 * See also: zx_timer_cancel(), zx_timer_create(), zx_deadline_after(), zx_clock_get_boot(),
 * zx_object_get_info().
 */
zx_status_t zx_timer_set(zx_handle_t handle, zx_time_t deadline, zx_duration_t slack);

/**
 * zx_timer_cancel - cancel the deadline of a timer
 * @handle: the timer, needs ZX_RIGHT_WRITE
 *
 * Lowers ZX_TIMER_SIGNALED, which is not raised again until zx_timer_set() sets another deadline.
 * It is no error if the timer is not set.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_WRITE.
 *
 * See also: zx_timer_set(), zx_timer_create().
 */
zx_status_t zx_timer_cancel(zx_handle_t handle);

/**
 * zx_counter_create - make a counter, a number whose sign is a signal
 * @options: 0
 * @out: receives a handle with ZX_DEFAULT_COUNTER_RIGHTS
 *
 * The number has 64 bits with sign, and begins with zero. One of two signals is up at any time:
 * with zx_object_wait_one() a thread waits until the number is greater than zero, or until it is
 * not.
 *
 * Shows: ZX_COUNTER_POSITIVE ZX_COUNTER_NON_POSITIVE ZX_COUNTER_SIGNALED ZX_DEFAULT_COUNTER_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option, or @out is no valid pointer.
 *
 * Example: counter
 *
 * See also: zx_counter_add(), zx_counter_read(), zx_counter_write(), zx_object_wait_one(),
 * zx_signals_t(3), zx_handle_close().
 */
zx_status_t zx_counter_create(uint32_t options, zx_handle_t *out);

/**
 * zx_counter_read - read the number of a counter
 * @handle: the counter, needs ZX_RIGHT_READ
 * @value: receives the number
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS @value is no valid pointer; ZX_ERR_BAD_HANDLE;
 * ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_READ. @value is checked for NULL
 * first.
 *
 * See also: zx_counter_add(), zx_counter_write(), zx_counter_create().
 */
zx_status_t zx_counter_read(zx_handle_t handle, int64_t *value);

/**
 * zx_counter_write - change the number of a counter
 * @handle: the counter, needs ZX_RIGHT_WRITE
 * @value: the new number
 *
 * If several threads count, they use zx_counter_add(): between a zx_counter_read() and this call
 * another thread may change the number.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_WRITE.
 *
 * See also: zx_counter_add(), zx_counter_read(), zx_counter_create().
 */
zx_status_t zx_counter_write(zx_handle_t handle, int64_t value);

/**
 * zx_counter_add - add to the number of a counter
 * @handle: the counter, needs ZX_RIGHT_READ and ZX_RIGHT_WRITE
 * @value: what is added; may be negative
 *
 * Return: ZX_OK; ZX_ERR_OUT_OF_RANGE the sum does not fit 64 bits, and the number is unchanged;
 * ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks one of the rights.
 *
 * Example: counter
 *
 * See also: zx_counter_read(), zx_counter_write(), zx_counter_create(), zx_object_wait_one().
 */
zx_status_t zx_counter_add(zx_handle_t handle, int64_t value);

/**
 * zx_clock_create - make a clock, whose time and rate a program sets
 * @options: ZX_CLOCK_OPT_*, see below, and the version of @args
 * @args: a zx_clock_create_args_v1_t, and ZX_CLOCK_ARGS_VERSION(1) among the options; or NULL,
 *	without a version
 * @out: receives a handle with ZX_DEFAULT_CLOCK_RIGHTS
 *
 * A clock advances with its reference, CLOCK_MONOTONIC, at a rate and with an offset which
 * zx_clock_update() sets; the first such call starts it. Programs that have a handle with
 * ZX_RIGHT_READ read its time with zx_clock_read(). One program keeps a time, such as the time of
 * day, and others only read it.
 *
 * The backstop_time of the arguments, in nanoseconds and not negative, is the time that the clock
 * shows until it is started, and it cannot be set to an earlier one. Without arguments it is 0.
 *
 * ZX_CLOCK_OPT_MONOTONIC: the time never goes back.
 *
 * ZX_CLOCK_OPT_CONTINUOUS: it does not jump either: after it is started only its rate and its
 * error bound can be changed. Requires ZX_CLOCK_OPT_MONOTONIC.
 *
 * ZX_CLOCK_OPT_AUTO_START: it is started, and shows the same as its reference.
 *
 * ZX_CLOCK_OPT_BOOT: its reference is CLOCK_BOOTTIME.
 *
 * Shows: zx_clock_create_args_v1_t ZX_CLOCK_OPT_* ZX_CLOCK_STARTED ZX_CLOCK_UPDATED
 * ZX_DEFAULT_CLOCK_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option or version, @args is no valid pointer or is not
 * NULL without a version, ZX_CLOCK_OPT_CONTINUOUS alone, the backstop is negative or, with
 * ZX_CLOCK_OPT_AUTO_START, later than the reference, or @out is no valid pointer;
 * ZX_ERR_NOT_SUPPORTED ZX_CLOCK_OPT_MAPPABLE.
 *
 * Example: clock
 *
 * See also: zx_clock_update(), zx_clock_read(), zx_clock_get_details(), zx_clock_get_monotonic(),
 * zx_signals_t(3), zx_handle_close().
 */
zx_status_t zx_clock_create(uint64_t options, const void *args, zx_handle_t *out);

/**
 * zx_clock_read - read the time of a clock
 * @handle: the clock, needs ZX_RIGHT_READ
 * @now: receives the time in nanoseconds; that of a clock which is not started is its backstop
 *
 * Two programs that read at one moment get the same time, whichever time namespaces they are in.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_READ; ZX_ERR_INVALID_ARGS @now is no valid pointer.
 *
 * Example: clock
 *
 * See also: zx_clock_get_details(), zx_clock_update(), zx_clock_create().
 */
zx_status_t zx_clock_read(zx_handle_t handle, zx_time_t *now);

/**
 * zx_clock_get_details - read all that is known of a clock
 * @handle: the clock, needs ZX_RIGHT_READ
 * @options: ZX_CLOCK_ARGS_VERSION(1)
 * @details: receives a zx_clock_details_v1_t
 *
 * reference_to_synthetic is the function from the time of the reference to that of the clock:
 * synthetic = (reference - reference_offset) * rate + synthetic_offset. The rate of a clock that is
 * not started has a numerator, synthetic_ticks, of 0. With it a program computes times of the clock
 * for times of the reference, and deadlines for times of the clock, without further calls; the
 * signal ZX_CLOCK_UPDATED tells that the function has changed.
 *
 * error_bound is ZX_CLOCK_UNKNOWN_ERROR until it is set. The last_*_update_ticks are times of the
 * reference, or 0 if there was no such update. generation_counter is 1 for a new clock and grows by
 * one with each successful call of zx_clock_update(), also one that changes only the error bound or
 * sets the rate that the clock has. A program that sees it grow by more has missed updates.
 *
 * Shows: zx_clock_details_v1_t zx_clock_transformation_t zx_clock_rate_t ZX_CLOCK_UNKNOWN_ERROR
 *
 * Linux: a tick is a nanosecond, so reference_ticks_to_synthetic is the same function. Times of the
 * reference are those of the caller's time namespace.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS other options, or @details is no valid pointer;
 * ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_READ. @options,
 * and @details if it is NULL, are checked first.
 *
 * See also: zx_clock_read(), zx_clock_update(), zx_clock_create().
 */
zx_status_t zx_clock_get_details(zx_handle_t handle, uint64_t options, void *details);

/**
 * zx_clock_update - start a clock, or change its time, its rate or its error bound
 * @handle: the clock, needs ZX_RIGHT_WRITE
 * @options: ZX_CLOCK_ARGS_VERSION(2), and a bit for each field of @args that is valid, see below
 * @args: a zx_clock_update_args_v2_t; or, with ZX_CLOCK_ARGS_VERSION(1), the former
 *	zx_clock_update_args_v1_t, which has no reference value
 *
 * ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID: synthetic_value is the new time of the clock, in
 * nanoseconds. The first update must have this; it starts the clock and raises ZX_CLOCK_STARTED.
 *
 * ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID: the clock is faster than its reference by rate_adjust
 * parts per million, from ZX_CLOCK_UPDATE_MIN_RATE_ADJUST to ZX_CLOCK_UPDATE_MAX_RATE_ADJUST.
 *
 * ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID: error_bound is how far the time may be from what it
 * should be, in nanoseconds. Programs find it in the details.
 *
 * ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID: the time or rate is valid at reference_value, which
 * is a time of the reference in the caller's time namespace, instead of the moment of the call. The
 * change takes effect at the call also then: the clock jumps to where it would be if it had been
 * updated at reference_value, which may be in the past or in the future.
 *
 * All is changed at one moment, or nothing. Each update strobes ZX_CLOCK_UPDATED: it ends the waits
 * for this signal that are under way, and is not up afterwards, see zx_signals_t(3).
 *
 * Shows: zx_clock_update_args_v2_t zx_clock_update_args_v1_t ZX_CLOCK_UPDATE_OPTION_*
 * ZX_CLOCK_UPDATE_MIN_RATE_ADJUST ZX_CLOCK_UPDATE_MAX_RATE_ADJUST
 *
 * The time of a clock with ZX_CLOCK_OPT_MONOTONIC that is started is set only together with a
 * reference value, and without a rate; its rate only without a reference value. (This is not so for
 * version 1.) The time of one with ZX_CLOCK_OPT_CONTINUOUS is not set again.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown version or option, no option, @args is no valid
 * pointer, rate_adjust is out of range, a reference value with neither a synthetic value nor a
 * rate, the clock's own options forbid it, see above, the time after the update would be earlier
 * than the backstop or, of a monotonic clock, earlier than before the update; ZX_ERR_BAD_STATE the
 * clock is not started, and the update has no synthetic value; ZX_ERR_BAD_HANDLE;
 * ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_WRITE. @args, unknown options and
 * rate_adjust are checked before the handle.
 *
 * Example: clock
 *
 * See also: zx_clock_read(), zx_clock_get_details(), zx_clock_create(), zx_object_wait_one(),
 * zx_object_wait_async().
 */
zx_status_t zx_clock_update(zx_handle_t handle, uint64_t options, const void *args);

/*
 * Channels. A message is up to ZX_CHANNEL_MAX_MSG_BYTES bytes and ZX_CHANNEL_MAX_MSG_HANDLES
 * handles, and is written and read whole or not at all.
 */

/**
 * zx_channel_create - make a channel, for messages of bytes and handles
 * @options: 0
 * @out0: receives a handle with ZX_DEFAULT_CHANNEL_RIGHTS to one endpoint
 * @out1: the same for the other endpoint
 *
 * What zx_channel_write() writes to one endpoint zx_channel_read() reads from the other: messages,
 * whole and in order. zx_channel_call() sends a message and waits for the reply. A program gives
 * one endpoint to another program in a message of another channel, or with zxl_handle_export().
 *
 * Shows: ZX_CHANNEL_READABLE ZX_CHANNEL_WRITABLE ZX_CHANNEL_PEER_CLOSED ZX_CHANNEL_MAX_MSG_BYTES
 * ZX_CHANNEL_MAX_MSG_HANDLES ZX_DEFAULT_CHANNEL_RIGHTS
 *
 * An endpoint has one handle at a time: it can be sent and not be duplicated. Threads of one
 * process can use the handle at the same time.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option.
 *
 * Example: channel
 *
 * See also: zx_channel_write(), zx_channel_read(), zx_channel_call(), zx_object_wait_one(),
 * zxl_handle_watch(), zxl_handle_export(), zx_handle_close().
 */
zx_status_t zx_channel_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1);

/**
 * zx_channel_read - read the first message of a channel
 * @handle: needs ZX_RIGHT_READ
 * @options: 0 or ZX_CHANNEL_READ_MAY_DISCARD
 * @bytes: receives its bytes; may be NULL with @num_bytes 0
 * @handles: receives its handles; may be NULL with @num_handles 0
 * @num_bytes: the size of @bytes in bytes
 * @num_handles: the size of @handles in handles
 * @actual_bytes: NULL, or receives the number of bytes in the message
 * @actual_handles: NULL, or receives the number of handles in it
 *
 * Shows: ZX_CHANNEL_READ_MAY_DISCARD ZX_CHANNEL_MAX_MSG_BYTES ZX_CHANNEL_MAX_MSG_HANDLES
 * ZX_CHANNEL_READABLE ZX_CHANNEL_PEER_CLOSED
 *
 * The call does not wait for a message: zx_object_wait_one() and zxl_handle_watch() do. The caller
 * owns the handles that it receives, and closes them. A server that expects no handles passes
 * @num_handles 0: then a message with handles does not fit. Several threads can read from one
 * endpoint; each message goes to one of them. A reply to a zx_channel_call() goes to its caller,
 * and not through the queue.
 *
 * Return: ZX_OK, the caller owns the handles now; ZX_ERR_BUFFER_TOO_SMALL it does not fit, and the
 * actual sizes are written: the message stays, or is dropped with ZX_CHANNEL_READ_MAY_DISCARD;
 * ZX_ERR_SHOULD_WAIT there is no message, wait for ZX_CHANNEL_READABLE; ZX_ERR_PEER_CLOSED there
 * is no message and the peer is closed; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED
 * @handle lacks ZX_RIGHT_READ; ZX_ERR_NOT_SUPPORTED unknown option; ZX_ERR_INVALID_ARGS a bad
 * pointer, the message stays; ZX_ERR_NO_RESOURCES this process has no slots for the handles, the
 * message stays.
 *
 * Example: channel
 *
 * See also: zx_object_wait_one(), zxl_handle_watch(), zx_channel_write(), zx_channel_read_etc(),
 * zx_channel_call().
 */
zx_status_t zx_channel_read(zx_handle_t handle, uint32_t options, void *bytes,
			    zx_handle_t *handles, uint32_t num_bytes, uint32_t num_handles,
			    uint32_t *actual_bytes, uint32_t *actual_handles);

/**
 * zx_channel_read_etc - read a message of a channel, with type and rights of its handles
 * @handle: needs ZX_RIGHT_READ
 * @options: 0 or ZX_CHANNEL_READ_MAY_DISCARD
 * @bytes: receives its bytes; may be NULL with @num_bytes 0
 * @handles: receives its handles; may be NULL with @num_handles 0
 * @num_bytes: the size of @bytes in bytes
 * @num_handles: the size of @handles in elements
 * @actual_bytes: NULL, or receives the number of bytes in the message
 * @actual_handles: NULL, or receives the number of handles in it
 *
 * As zx_channel_read(), but for each handle there is:
 *
 * Shows: zx_handle_info_t
 *
 * The types are in zx_handle_t(3), the rights in zx_rights_t(3).
 *
 * Shows: ZX_CHANNEL_READ_MAY_DISCARD ZX_CHANNEL_MAX_MSG_BYTES ZX_CHANNEL_MAX_MSG_HANDLES
 *
 * Return: ZX_OK, the caller owns the handles now; ZX_ERR_BUFFER_TOO_SMALL it does not fit, and the
 * actual sizes are written: the message stays, or is dropped with ZX_CHANNEL_READ_MAY_DISCARD;
 * ZX_ERR_SHOULD_WAIT there is no message, wait for ZX_CHANNEL_READABLE; ZX_ERR_PEER_CLOSED there
 * is no message and the peer is closed; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED
 * @handle lacks ZX_RIGHT_READ; ZX_ERR_NOT_SUPPORTED unknown option; ZX_ERR_NO_RESOURCES this
 * process has no slots for the handles, the message stays.
 *
 * Example: transfer
 *
 * See also: zx_channel_write_etc(), zx_channel_read(), zx_object_wait_one(), zx_rights_t(3).
 */
zx_status_t zx_channel_read_etc(zx_handle_t handle, uint32_t options, void *bytes,
				zx_handle_info_t *handles, uint32_t num_bytes,
				uint32_t num_handles, uint32_t *actual_bytes,
				uint32_t *actual_handles);

/**
 * zx_channel_write - write a message to a channel, for the peer to read
 * @handle: needs ZX_RIGHT_WRITE
 * @options: 0 or ZX_CHANNEL_WRITE_USE_IOVEC
 * @bytes: the bytes, or zx_channel_iovec_t that point to them; may be NULL with 0 of them
 * @num_bytes: how many bytes, or how many zx_channel_iovec_t (ZX_CHANNEL_MAX_MSG_IOVECS at most)
 * @handles: handles to send, each with ZX_RIGHT_TRANSFER; may be NULL with 0 of them
 * @num_handles: how many
 *
 * Shows: ZX_CHANNEL_MAX_MSG_BYTES ZX_CHANNEL_MAX_MSG_HANDLES ZX_CHANNEL_WRITE_USE_IOVEC
 * zx_channel_iovec_t ZX_CHANNEL_MAX_MSG_IOVECS ZX_CHANNEL_WRITABLE
 *
 * @handles are consumed: sent or, on failure, closed. They stay if the call returns
 * ZX_ERR_SHOULD_WAIT, or if a part of the array cannot be read. If the array is too long the call
 * reads 64 at a time, closes these, and stops where it cannot read the next 64. A wait through a
 * handle that is sent goes on until the peer reads the message. A message that no program could
 * read, since an endpoint of a channel in it would be in its own queue, or two in each other's, is
 * not queued: the call closes the handles in it and returns ZX_OK.
 *
 * A message whose first four bytes are those of a zx_channel_call() of the peer is its reply. It is
 * accepted also where the queue is full.
 *
 * Linux only: a @num_handles above 4096 closes none, and the queue has a limit, 1 MiB by default
 * (channel_bytes_max in zircon-module(4)). If it is full the call returns ZX_ERR_SHOULD_WAIT and
 * consumes nothing; ZX_CHANNEL_WRITABLE is raised when there is space. Unread messages are charged
 * to the user who created the channel: ZX_ERR_NO_MEMORY if that account is used up. No signal is
 * raised when it no longer is.
 *
 * Return: ZX_OK; ZX_ERR_PEER_CLOSED the peer is closed; ZX_ERR_SHOULD_WAIT the queue is full, wait
 * for ZX_CHANNEL_WRITABLE or ZX_CHANNEL_PEER_CLOSED; ZX_ERR_BAD_HANDLE, also for one of @handles,
 * or for one that is in the array twice; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_WRITE, or one of @handles ZX_RIGHT_TRANSFER; ZX_ERR_NO_RESOURCES Linux only: an endpoint
 * of a channel would go into a queue whose own endpoint is in a message, that message's in another,
 * and so on 128 times; ZX_ERR_NO_MEMORY the account of the user who created the channel is used up;
 * ZX_ERR_NOT_SUPPORTED @handle is one of @handles; ZX_ERR_OUT_OF_RANGE too many bytes, handles or
 * iovecs; ZX_ERR_INVALID_ARGS unknown option, a bad pointer, or .reserved of an iovec is not 0.
 *
 * Example: channel
 *
 * See also: zx_channel_read(), zx_channel_call(), zx_channel_write_etc(), zx_object_wait_one(),
 * zxl_handle_watch().
 */
zx_status_t zx_channel_write(zx_handle_t handle, uint32_t options, const void *bytes,
			     uint32_t num_bytes, const zx_handle_t *handles, uint32_t num_handles);

/**
 * zx_channel_write_etc - write a message to a channel, choosing rights for each handle
 * @handle: needs ZX_RIGHT_WRITE
 * @options: 0 or ZX_CHANNEL_WRITE_USE_IOVEC
 * @bytes: the bytes, or zx_channel_iovec_t that point to them; may be NULL with 0 of them
 * @num_bytes: how many bytes, or how many zx_channel_iovec_t
 * @handles: what to do with each handle; on failure .result is written for each that could not be
 *	sent, and not for the others: set it to ZX_OK before
 * @num_handles: how many
 *
 * As zx_channel_write(), but for each handle there is:
 *
 * Shows: zx_handle_disposition_t ZX_HANDLE_OP_MOVE ZX_HANDLE_OP_DUPLICATE ZX_RIGHT_SAME_RIGHTS
 * ZX_OBJ_TYPE_NONE
 *
 * .rights are the rights that the reader gets, at most those of the handle. If they are fewer,
 * moving ends the waits through the handle at once, as zx_handle_replace() does. The names of
 * rights are in zx_rights_t(3), of types in zx_handle_t(3).
 *
 * Shows: ZX_CHANNEL_MAX_MSG_BYTES ZX_CHANNEL_MAX_MSG_HANDLES ZX_CHANNEL_WRITE_USE_IOVEC
 * zx_channel_iovec_t ZX_CHANNEL_MAX_MSG_IOVECS
 *
 * Return: ZX_OK; ZX_ERR_PEER_CLOSED the peer is closed; ZX_ERR_SHOULD_WAIT the queue is full, wait
 * for ZX_CHANNEL_WRITABLE or ZX_CHANNEL_PEER_CLOSED: nothing is consumed; ZX_ERR_BAD_HANDLE, also
 * for one of @handles, or for one that is in the array twice; ZX_ERR_WRONG_TYPE @handle is no
 * channel, or one of @handles is not of its .type; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_WRITE, or one of @handles ZX_RIGHT_TRANSFER or, for a duplicate, ZX_RIGHT_DUPLICATE;
 * ZX_ERR_NO_RESOURCES Linux only: an endpoint of a channel would go into a queue whose own endpoint
 * is in a message, that message's in another, and so on 128 times; ZX_ERR_NO_MEMORY the account of
 * the user who created the channel is used up; ZX_ERR_NOT_SUPPORTED @handle is one of @handles;
 * ZX_ERR_OUT_OF_RANGE too many bytes, handles or iovecs; ZX_ERR_INVALID_ARGS unknown option or
 * operation, a bad pointer, rights that the handle does not have, or
 * .reserved of an iovec is not 0.
 *
 * Example: transfer
 *
 * See also: zx_channel_read_etc(), zx_channel_write(), zx_handle_duplicate(), zx_rights_t(3).
 */
zx_status_t zx_channel_write_etc(zx_handle_t handle, uint32_t options, const void *bytes,
				 uint32_t num_bytes, zx_handle_disposition_t *handles,
				 uint32_t num_handles);

/**
 * zx_channel_call - send a message and wait for its reply
 * @handle: needs ZX_RIGHT_READ and ZX_RIGHT_WRITE
 * @options: 0 or ZX_CHANNEL_WRITE_USE_IOVEC
 * @deadline: a time of zx_clock_get_monotonic(), from zx_deadline_after(), by which the reply must
 *	have come, or ZX_TIME_INFINITE
 * @args: what to send, and the buffers for the reply
 * @actual_bytes: receives the number of bytes in the reply; not NULL
 * @actual_handles: receives the number of handles in it; not NULL
 *
 * Shows: zx_channel_call_args_t
 *
 * The message begins with a zx_txid_t, which is a uint32_t. The call replaces it, in the message
 * that it sends, with a transaction id that has the highest bit set. The reply is the message that
 * comes back with the same first four bytes: a server reads the request with zx_channel_read(), and
 * writes the reply with zx_channel_write() to the same channel, with the txid of the request. The
 * reply does not go through the queue, so several threads can call through one channel, and several
 * threads can serve it. A reply that the server writes after the call has ended goes through the
 * queue, as a message.
 *
 * The request is limited as any message. Its handles are consumed, also if the call fails: see
 * zx_channel_write().
 *
 * Shows: ZX_CHANNEL_MAX_MSG_BYTES ZX_CHANNEL_MAX_MSG_HANDLES ZX_CHANNEL_WRITE_USE_IOVEC
 * zx_channel_iovec_t
 *
 * The message is sent even if @deadline has passed, or if @actual_bytes or @actual_handles is NULL:
 * then the call returns ZX_ERR_INVALID_ARGS when the reply has come, and the reply is lost.
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT no reply in time; ZX_ERR_BUFFER_TOO_SMALL the reply did not fit
 * and is dropped; ZX_ERR_PEER_CLOSED the peer was closed, before or
 * meanwhile; ZX_ERR_SHOULD_WAIT the queue is full and nothing was sent or consumed, wait for
 * ZX_CHANNEL_WRITABLE or ZX_CHANNEL_PEER_CLOSED; ZX_ERR_CANCELED @handle was closed, replaced,
 * exported or received meanwhile, or the message with it dropped; ZX_ERR_BAD_HANDLE, also for one
 * of .wr_handles, or for one that is there twice; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle
 * lacks ZX_RIGHT_READ or ZX_RIGHT_WRITE, or one of .wr_handles ZX_RIGHT_TRANSFER;
 * ZX_ERR_INVALID_ARGS a message shorter than four bytes, unknown option, a bad pointer;
 * ZX_ERR_OUT_OF_RANGE too many bytes, handles or iovecs; ZX_ERR_NOT_SUPPORTED @handle is one of
 * .wr_handles; ZX_ERR_NO_RESOURCES Linux only: the user has too many waits on the object, or an
 * endpoint of a channel would go too deep into other queues; ZX_ERR_NO_MEMORY the account of the
 * user who created the channel is used up. ZX_ERR_NO_MEMORY and ZX_ERR_NO_RESOURCES are also
 * possible after the message was sent, if a Linux signal interrupts the wait, ZX_ERR_NO_MEMORY and
 * ZX_ERR_INVALID_ARGS if the reply cannot be stored, which is then lost.
 *
 * Example: call
 *
 * See also: zx_channel_read(), zx_channel_write(), zx_channel_call_etc(), zx_deadline_after(),
 * zxl_handle_watch().
 */
zx_status_t zx_channel_call(zx_handle_t handle, uint32_t options, zx_instant_mono_t deadline,
			    const zx_channel_call_args_t *args, uint32_t *actual_bytes,
			    uint32_t *actual_handles);

/**
 * zx_channel_call_etc - send a message and wait for its reply, with rights of handles
 * @handle: needs ZX_RIGHT_READ and ZX_RIGHT_WRITE
 * @options: 0 or ZX_CHANNEL_WRITE_USE_IOVEC
 * @deadline: a time of zx_clock_get_monotonic(), from zx_deadline_after(), by which the reply must
 *	have come, or ZX_TIME_INFINITE
 * @args: what to send, and the buffers for the reply
 * @actual_bytes: receives the number of bytes in the reply; not NULL
 * @actual_handles: receives the number of handles in it; not NULL
 *
 * As zx_channel_call(), which describes requests and replies and has an example. The handles are
 * sent as zx_channel_write_etc() does, and received as zx_channel_read_etc() does.
 *
 * Shows: zx_channel_call_etc_args_t zx_handle_disposition_t ZX_HANDLE_OP_MOVE
 * ZX_HANDLE_OP_DUPLICATE zx_handle_info_t
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT no reply in time; ZX_ERR_BUFFER_TOO_SMALL the reply did not fit
 * and is dropped; ZX_ERR_PEER_CLOSED the peer was closed, before or
 * meanwhile; ZX_ERR_SHOULD_WAIT the queue is full and nothing was sent or consumed, wait for
 * ZX_CHANNEL_WRITABLE or ZX_CHANNEL_PEER_CLOSED; ZX_ERR_CANCELED @handle was closed, replaced,
 * exported or received meanwhile, or the message with it dropped; ZX_ERR_BAD_HANDLE, also for one
 * of .wr_handles, or for one that is there twice; ZX_ERR_WRONG_TYPE @handle is no channel, or one
 * of .wr_handles is not of its .type; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_READ or
 * ZX_RIGHT_WRITE, or one of .wr_handles ZX_RIGHT_TRANSFER or, for a duplicate, ZX_RIGHT_DUPLICATE;
 * ZX_ERR_INVALID_ARGS a message shorter than four bytes, unknown option or operation, a bad
 * pointer, rights that a handle does not have; ZX_ERR_OUT_OF_RANGE too many bytes, handles or
 * iovecs; ZX_ERR_NOT_SUPPORTED @handle is one of .wr_handles; ZX_ERR_NO_RESOURCES Linux only: the
 * user has too many waits on the object, or an endpoint of a channel would go too deep into other
 * queues; ZX_ERR_NO_MEMORY the account of the user who created the channel is used up.
 *
 * See also: zx_channel_call(), zx_channel_write_etc(), zx_channel_read_etc(), zx_rights_t(3).
 */
zx_status_t zx_channel_call_etc(zx_handle_t handle, uint32_t options, zx_instant_mono_t deadline,
				zx_channel_call_etc_args_t *args, uint32_t *actual_bytes,
				uint32_t *actual_handles);

/*
 * Sockets: bytes in both directions, as a stream or as datagrams, 256 KiB of them each way.
 */

/**
 * zx_socket_create - make a socket, for a stream of bytes or for datagrams
 * @options: ZX_SOCKET_STREAM or ZX_SOCKET_DATAGRAM, with ZX_SOCKET_HAS_CONTROL and
 *	ZX_SOCKET_HAS_ACCEPT for functions that Zircon's sockets had until 2018
 * @out0: receives a handle with ZX_DEFAULT_SOCKET_RIGHTS to one endpoint
 * @out1: the same for the other endpoint
 *
 * What zx_socket_write() writes to one endpoint zx_socket_read() reads from the other. A direction
 * holds 256 KiB (262144 bytes), and at most 4096 datagrams. A thread that finds no space or no
 * bytes waits with zx_object_wait_one(). To mark the end of a stream the writer closes its
 * endpoint, or disables its direction with zx_socket_set_disposition().
 *
 * Shows: ZX_SOCKET_STREAM ZX_SOCKET_DATAGRAM ZX_SOCKET_HAS_CONTROL ZX_SOCKET_HAS_ACCEPT
 *
 * The signals of an endpoint:
 *
 * Shows: ZX_SOCKET_READABLE ZX_SOCKET_WRITABLE ZX_SOCKET_PEER_CLOSED ZX_SOCKET_PEER_WRITE_DISABLED
 * ZX_SOCKET_WRITE_DISABLED ZX_SOCKET_READ_THRESHOLD ZX_SOCKET_WRITE_THRESHOLD
 *
 * Shows: ZX_DEFAULT_SOCKET_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option.
 *
 * Example: socket
 *
 * See also: zx_socket_write(), zx_socket_read(), zx_socket_set_disposition(), zx_object_wait_one(),
 * zx_object_set_property(), zxl_handle_export(), zx_handle_close().
 */
zx_status_t zx_socket_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1);

/**
 * zx_socket_write - write bytes to a socket
 * @handle: an endpoint of a socket; needs ZX_RIGHT_WRITE
 * @options: 0, or ZX_SOCKET_CONTROL for the message of the control plane
 * @buffer: the bytes
 * @buffer_size: how many
 * @actual: receives how many were written, or NULL
 *
 * To a stream as many are written as there is space for, and the caller writes the rest later. A
 * datagram or a control message is written whole or not at all. A direction holds 256 KiB, a
 * control message is at most 1024 bytes. The call does not wait for space: zx_object_wait_one()
 * does.
 *
 * Shows: ZX_SOCKET_WRITABLE ZX_SOCKET_WRITE_DISABLED ZX_SOCKET_PEER_CLOSED ZX_SOCKET_CONTROL
 *
 * Return: ZX_OK some or all were written, see @actual; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE;
 * ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_WRITE; ZX_ERR_INVALID_ARGS bad pointer or option;
 * ZX_ERR_SHOULD_WAIT no space now, wait for ZX_SOCKET_WRITABLE or ZX_SOCKET_PEER_CLOSED;
 * ZX_ERR_OUT_OF_RANGE a datagram or control message larger than the limit; ZX_ERR_BAD_STATE writing
 * is disabled, or there is no control plane; ZX_ERR_PEER_CLOSED; ZX_ERR_NO_MEMORY the account of
 * the user who created the socket is used up.
 *
 * Example: socket
 *
 * See also: zx_socket_read(), zx_object_wait_one(), zx_socket_set_disposition(),
 * zx_socket_create().
 */
zx_status_t zx_socket_write(zx_handle_t handle, uint32_t options, const void *buffer,
			    size_t buffer_size, size_t *actual);

/**
 * zx_socket_read - read bytes from a socket
 * @handle: an endpoint of a socket; needs ZX_RIGHT_READ
 * @options: 0, or ZX_SOCKET_PEEK to leave the bytes there, ZX_SOCKET_CONTROL for the control plane
 * @buffer: receives the bytes
 * @buffer_size: the size of @buffer in bytes
 * @actual: receives how many were read, or NULL
 *
 * A read from a stream gets what is there, up to @buffer_size. The call does not wait for bytes:
 * zx_object_wait_one() does. What was written before the peer was closed or disabled can still be
 * read.
 *
 * Shows: ZX_SOCKET_READABLE ZX_SOCKET_PEER_WRITE_DISABLED ZX_SOCKET_PEER_CLOSED ZX_SOCKET_PEEK
 * ZX_SOCKET_CONTROL
 *
 * The part of a datagram or control message that does not fit is lost, except with ZX_SOCKET_PEEK;
 * but a read of no bytes leaves a datagram in the queue. If @buffer is no valid pointer a datagram
 * is lost, as in Zircon, except with ZX_SOCKET_PEEK; a stream or a control message stays. If
 * @actual is no valid pointer nothing is lost. @actual is written on success only.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_READ; ZX_ERR_INVALID_ARGS bad pointer or option; ZX_ERR_SHOULD_WAIT it is empty, wait
 * for ZX_SOCKET_READABLE, ZX_SOCKET_PEER_WRITE_DISABLED or ZX_SOCKET_PEER_CLOSED; ZX_ERR_BAD_STATE
 * the end of the stream: it is empty and the peer's writing is disabled (or there is no control
 * plane); ZX_ERR_PEER_CLOSED the end of the stream: it is empty and the peer is closed.
 *
 * Example: socket
 *
 * See also: zx_object_wait_one(), zx_socket_write(), zx_object_set_property(),
 * zx_object_get_info(), zx_socket_create().
 */
zx_status_t zx_socket_read(zx_handle_t handle, uint32_t options, void *buffer, size_t buffer_size,
			   size_t *actual);

/**
 * zx_socket_set_disposition - disable or enable writing to a socket
 * @handle: an endpoint of a socket; needs ZX_RIGHT_MANAGE_SOCKET
 * @disposition: 0 for no change, or one of the values below, for writing to this endpoint
 * @disposition_peer: the same for writing to its peer
 *
 * Shows: ZX_SOCKET_DISPOSITION_WRITE_DISABLED ZX_SOCKET_DISPOSITION_WRITE_ENABLED
 *
 * An endpoint that may not write shows ZX_SOCKET_WRITE_DISABLED, its peer
 * ZX_SOCKET_PEER_WRITE_DISABLED. What was written before can still be read; then reading returns
 * ZX_ERR_BAD_STATE, which marks the end of the stream. The other direction still works.
 *
 * Both are carried out, or neither. An enabled endpoint is WRITABLE if there is space, and also if
 * its peer is closed; if the peer is closed @disposition_peer changes no signal. Linux only: a
 * full or disabled endpoint is not WRITABLE; Zircon raises that when a full endpoint is enabled or
 * a disabled one is read.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_MANAGE_SOCKET; ZX_ERR_INVALID_ARGS another value; ZX_ERR_BAD_STATE writing cannot be
 * enabled again before all was read, nothing is changed.
 *
 * Example: socket
 *
 * See also: zx_socket_write(), zx_socket_read(), zx_object_wait_one(), zx_signals_t(3).
 */
zx_status_t zx_socket_set_disposition(zx_handle_t handle, uint32_t disposition,
				      uint32_t disposition_peer);

/**
 * zx_socket_shutdown - disable reading or writing of a socket, an older form
 * @handle: an endpoint of a socket; needs ZX_RIGHT_MANAGE_SOCKET
 * @options: one or both of the options below
 *
 * zx_socket_set_disposition() does the same and more.
 *
 * Shows: ZX_SOCKET_SHUTDOWN_READ ZX_SOCKET_SHUTDOWN_WRITE
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_MANAGE_SOCKET; ZX_ERR_INVALID_ARGS another option.
 */
zx_status_t zx_socket_shutdown(zx_handle_t handle, uint32_t options);

/**
 * zx_socket_share - send a socket through a socket
 * @handle: an endpoint made with ZX_SOCKET_HAS_ACCEPT; needs ZX_RIGHT_WRITE
 * @socket_to_share: another socket, made without that; needs ZX_RIGHT_TRANSFER, and is consumed, on
 *	failure too
 *
 * Until 2018 in Zircon, where today channels do this. One socket at a time waits to be accepted;
 * ZX_SOCKET_SHARE is up while none does.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED a handle lacks its
 * right; ZX_ERR_NOT_SUPPORTED @handle was made without ZX_SOCKET_HAS_ACCEPT; ZX_ERR_BAD_STATE
 * @socket_to_share is an endpoint of the same socket, or can share; ZX_ERR_SHOULD_WAIT one waits to
 * be accepted already; ZX_ERR_PEER_CLOSED.
 *
 * See also: zx_socket_accept(), zx_socket_create(), zx_channel_write().
 */
zx_status_t zx_socket_share(zx_handle_t handle, zx_handle_t socket_to_share);

/**
 * zx_socket_accept - receive a socket that was sent through a socket
 * @handle: an endpoint made with ZX_SOCKET_HAS_ACCEPT; needs ZX_RIGHT_READ
 * @out_socket: receives the socket
 *
 * Until 2018 in Zircon, where today channels do this. ZX_SOCKET_ACCEPT is up while there is one.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_READ; ZX_ERR_INVALID_ARGS a bad pointer; ZX_ERR_NOT_SUPPORTED @handle was made without
 * ZX_SOCKET_HAS_ACCEPT; ZX_ERR_SHOULD_WAIT there is none.
 *
 * See also: zx_socket_share(), zx_socket_create(), zx_object_wait_one().
 */
zx_status_t zx_socket_accept(zx_handle_t handle, zx_handle_t *out_socket);

/*
 * Fifos: elements of one size in both directions, in memory that is allocated when the fifo is
 * made.
 */

/**
 * zx_fifo_create - make a fifo, for elements of one size
 * @elem_count: elements that each direction can hold
 * @elem_size: bytes of an element; the product is at most ZX_FIFO_MAX_SIZE_BYTES
 * @options: 0
 * @out0: receives a handle with ZX_DEFAULT_FIFO_RIGHTS to one endpoint
 * @out1: the same for the other endpoint
 *
 * What zx_fifo_write() writes to one endpoint zx_fifo_read() reads from the other. The memory is
 * allocated here, so writing never fails because memory is used up.
 *
 * Shows: ZX_FIFO_MAX_SIZE_BYTES ZX_FIFO_READABLE ZX_FIFO_WRITABLE ZX_FIFO_PEER_CLOSED
 * ZX_DEFAULT_FIFO_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown option; ZX_ERR_OUT_OF_RANGE @elem_count or
 * @elem_size is zero, or the product is too large; ZX_ERR_NO_MEMORY.
 *
 * Example: fifo
 *
 * See also: zx_fifo_write(), zx_fifo_read(), zx_object_wait_one(), zx_handle_close().
 */
zx_status_t zx_fifo_create(size_t elem_count, size_t elem_size, uint32_t options,
			   zx_handle_t *out0, zx_handle_t *out1);

/**
 * zx_fifo_write - write elements to a fifo
 * @handle: an endpoint of a fifo; needs ZX_RIGHT_WRITE
 * @elem_size: bytes of an element, must be the fifo's
 * @data: the elements
 * @count: how many, at least one; as many as fit are written
 * @actual_count: receives how many were written, or NULL
 *
 * Return: ZX_OK some or all were written, see @actual_count; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE;
 * ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_WRITE; ZX_ERR_INVALID_ARGS bad pointer;
 * ZX_ERR_OUT_OF_RANGE @count is zero, or @elem_size is not the fifo's; ZX_ERR_PEER_CLOSED;
 * ZX_ERR_SHOULD_WAIT it is full, wait for ZX_FIFO_WRITABLE or ZX_FIFO_PEER_CLOSED.
 *
 * Example: fifo
 *
 * See also: zx_fifo_read(), zx_object_wait_one(), zx_fifo_create().
 */
zx_status_t zx_fifo_write(zx_handle_t handle, size_t elem_size, const void *data, size_t count,
			  size_t *actual_count);

/**
 * zx_fifo_read - read elements from a fifo
 * @handle: an endpoint of a fifo; needs ZX_RIGHT_READ
 * @elem_size: bytes of an element, must be the fifo's
 * @data: receives the elements
 * @count: the size of @data in elements, at least one
 * @actual_count: receives how many were read, or NULL
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_READ; ZX_ERR_INVALID_ARGS bad pointer; ZX_ERR_OUT_OF_RANGE @count is zero, or @elem_size
 * is not the fifo's; ZX_ERR_SHOULD_WAIT it is empty, wait for ZX_FIFO_READABLE or
 * ZX_FIFO_PEER_CLOSED; ZX_ERR_PEER_CLOSED it is empty and the peer is closed.
 *
 * Example: fifo
 *
 * See also: zx_fifo_write(), zx_object_wait_one(), zx_fifo_create().
 */
zx_status_t zx_fifo_read(zx_handle_t handle, size_t elem_size, void *data, size_t count,
			 size_t *actual_count);

/*
 * Ports: queues of packets of 48 bytes, for event loops.
 */

/**
 * zx_port_create - make a port, on which one thread or several wait for events of many objects
 * @options: 0
 * @out: receives a handle with ZX_DEFAULT_PORT_RIGHTS
 *
 * A port has a queue of packets. zx_object_wait_async() has a packet queued when a signal of an
 * object is up, zx_port_queue() queues one of the program's own. zx_port_wait() returns the first
 * packet.
 *
 * Shows: ZX_DEFAULT_PORT_RIGHTS
 *
 * When the last handle to a port is closed its packets are gone, its waits end, and threads in
 * zx_port_wait() return. Handles to a port never have ZX_RIGHT_WAIT, so no call waits for one. But
 * poll(2) and epoll(7) do: the descriptor of zxl_handle_export(), or of zxl_handle_watch() with
 * ZXL_PORT_READABLE, is readable while packets are queued. Both need ZX_RIGHT_READ for that.
 *
 * Shows: ZXL_PORT_READABLE
 *
 * Return: ZX_OK; ZX_ERR_NOT_SUPPORTED @options is ZX_PORT_BIND_TO_INTERRUPT, since a program has no
 * interrupts here; ZX_ERR_INVALID_ARGS another option; ZX_ERR_NO_MEMORY.
 *
 * Example: port
 *
 * See also: zx_port_wait(), zx_port_queue(), zx_object_wait_async(), zx_port_cancel(),
 * zxl_handle_watch().
 */
zx_status_t zx_port_create(uint32_t options, zx_handle_t *out);

/**
 * zx_port_queue - queue a packet of the program's own on a port
 * @handle: the port, needs ZX_RIGHT_WRITE
 * @packet: the packet, which is copied; .key, .status and .user are as the program wants, and .type
 *	becomes ZX_PKT_TYPE_USER
 *
 * Shows: zx_port_packet_t zx_packet_user_t
 *
 * Packets are returned in the order in which they were queued. A port holds 4096 of this call's;
 * packets of zx_object_wait_async() do not count. The port has space for one packet; each further
 * one is charged to the user who called, until it is read.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_WRITE; ZX_ERR_INVALID_ARGS bad pointer; ZX_ERR_SHOULD_WAIT the port is full, where Zircon
 * kills the caller; ZX_ERR_NO_MEMORY.
 *
 * Example: port
 *
 * See also: zx_port_wait(), zx_port_create(), zx_port_cancel_key().
 */
zx_status_t zx_port_queue(zx_handle_t handle, const zx_port_packet_t *packet);

/**
 * zx_port_wait - wait for a packet of a port
 * @handle: the port, needs ZX_RIGHT_READ
 * @deadline: a time of zx_clock_get_monotonic(), from zx_deadline_after(); with ZX_TIME_INFINITE
 *	the call waits as long as it takes, with ZX_TIME_INFINITE_PAST not at all
 * @packet: receives the first packet, which is removed from the queue
 *
 * Shows: zx_port_packet_t ZX_PKT_TYPE_USER ZX_PKT_TYPE_SIGNAL_ONE
 *
 * Any number of threads can wait at one port: each packet is returned once, to the thread that has
 * waited longest. A queued packet is returned also when the deadline is past. A signal handler of
 * Linux does not end the wait, except if @handle is closed by then.
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT the deadline came first; ZX_ERR_CANCELED the last handle to the
 * port was closed meanwhile, where Zircon goes on waiting, or @handle was and a signal handler ran;
 * ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE;
 * ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_READ; ZX_ERR_INVALID_ARGS bad pointer, and the packet
 * stays in the queue.
 *
 * Example: port
 *
 * See also: zx_object_wait_async(), zx_port_queue(), zx_port_create(), zx_deadline_after().
 */
zx_status_t zx_port_wait(zx_handle_t handle, zx_instant_mono_t deadline, zx_port_packet_t *packet);

/**
 * zx_port_cancel - end the asynchronous waits on an object that have a key
 * @handle: the port, needs ZX_RIGHT_WRITE
 * @source: the handle that was passed to zx_object_wait_async(), needs ZX_RIGHT_WAIT
 * @key: their key
 *
 * Ends those waits through @source whose packet would be queued on the port with this key, and
 * removes packets that such waits have queued. After ZX_OK none of them arrives any more.
 *
 * Return: ZX_OK one or more were ended or removed; ZX_ERR_NOT_FOUND there are none, or zx_port_wait()
 * has returned the packet already; ZX_ERR_BAD_HANDLE @handle or @source; ZX_ERR_WRONG_TYPE @handle
 * is no port; ZX_ERR_ACCESS_DENIED a handle lacks its right.
 *
 * See also: zx_port_cancel_key(), zx_object_wait_async(), zx_port_wait().
 */
zx_status_t zx_port_cancel(zx_handle_t handle, zx_handle_t source, uint64_t key);

/**
 * zx_port_cancel_key - end the asynchronous waits and remove the packets that have a key
 * @handle: the port, needs ZX_RIGHT_WRITE
 * @options: 0
 * @key: their key
 *
 * Does what zx_port_cancel() does for waits on all objects, and removes also the packets of
 * zx_port_queue() that have this key. The object's handle may be closed by then.
 *
 * Return: ZX_OK one or more were ended or removed; ZX_ERR_NOT_FOUND there are none;
 * ZX_ERR_INVALID_ARGS @options is not 0; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE; ZX_ERR_ACCESS_DENIED
 * @handle lacks ZX_RIGHT_WRITE.
 *
 * See also: zx_port_cancel(), zx_object_wait_async(), zx_port_queue().
 */
zx_status_t zx_port_cancel_key(zx_handle_t handle, uint32_t options, uint64_t key);

/*
 * Futexes: threads of one process wait at the address of an int until another thread wakes them.
 */

/**
 * zx_futex_wait - sleep until another thread wakes those that wait at an address
 * @value_ptr: the futex, a zx_futex_t at an address that is a multiple of 4: an atomic int in C, an
 *	int in C++
 * @current_value: the value that the thread expects there
 * @new_futex_owner: a handle to the thread that owns the futex from now on, which needs no rights;
 *	or ZX_HANDLE_INVALID: no thread owns it
 * @deadline: a time of zx_clock_get_monotonic(), from zx_deadline_after(), or ZX_TIME_INFINITE; a
 *	time in the past only compares the value
 *
 * The thread sleeps only if @value_ptr has the value @current_value. No wake of another thread
 * comes between that comparison and the sleep. So a thread changes the value first and then calls
 * zx_futex_wake(). Only threads of the same process are woken, also in shared memory.
 *
 * The call may return ZX_OK without a reason: an algorithm may wake a futex whose memory has been
 * freed and is used again. A program compares the value again and waits again.
 *
 * The owner is for example the thread that holds a mutex. It changes when the wait begins, also if
 * the deadline has passed then and another thread waits; an error changes nothing. A futex has an
 * owner only while threads wait there, and none once the owner has ended. zx_futex_get_owner()
 * shows it.
 *
 * Linux: no thread inherits the priority of those that wait for it. Until a process names an owner
 * its futex calls are futex(2), and no futex has an owner, also after zx_futex_wake_single_owner().
 * A thread that waits since then is woken and moved as others are, but does not count for the owner.
 *
 * Linux: while a signal handler runs, or SIGSTOP or a debugger stops the thread, it does not wait.
 * Afterwards the call compares the value at @value_ptr again, also if the thread was moved to
 * another futex meanwhile, and returns ZX_ERR_BAD_STATE if that has changed; else it names
 * @new_futex_owner again, and waits behind the others.
 *
 * Return: ZX_OK another thread has woken this one; ZX_ERR_BAD_STATE @value_ptr has another value;
 * ZX_ERR_TIMED_OUT the deadline came first; ZX_ERR_INVALID_ARGS @value_ptr is NULL, is not a
 * multiple of 4, or cannot be read; or @new_futex_owner is the calling thread, waits at @value_ptr
 * itself, is a thread of another process, or was not started; ZX_ERR_BAD_HANDLE @new_futex_owner is
 * no handle; ZX_ERR_WRONG_TYPE it is one, but not to a thread. The value is compared before the
 * handle is checked.
 *
 * Example: futex
 *
 * See also: zx_futex_wake(), zx_futex_requeue(), zx_futex_get_owner(), zx_thread_self(),
 * zx_deadline_after(), futex(2).
 */
zx_status_t zx_futex_wait(const zx_futex_t *value_ptr, zx_futex_t current_value,
			  zx_handle_t new_futex_owner, zx_instant_mono_t deadline);

/**
 * zx_futex_wake - wake threads that wait at an address
 * @value_ptr: the futex; the value there is not looked at, and the memory may be unmapped
 * @wake_count: how many threads to wake at most, 0xffffffff for all
 *
 * The threads wake in the order in which they began to wait. No thread owns the futex afterwards,
 * also if @wake_count is 0.
 *
 * Return: ZX_OK, also if no thread waits; ZX_ERR_INVALID_ARGS @value_ptr is NULL or is not a
 * multiple of 4.
 *
 * Example: futex
 *
 * See also: zx_futex_wait(), zx_futex_wake_single_owner(), zx_futex_requeue(), futex(2).
 */
zx_status_t zx_futex_wake(const zx_futex_t *value_ptr, uint32_t wake_count);

/**
 * zx_futex_wake_single_owner - wake one thread and make it the owner of the futex
 * @value_ptr: the futex; the value there is not looked at, and the memory may be unmapped
 *
 * If other threads still wait, the one that was woken owns the futex; else no thread does. That
 * says nothing of the value at @value_ptr: a mutex is the thread's when it has changed that.
 *
 * Return: ZX_OK, also if no thread waits; ZX_ERR_INVALID_ARGS @value_ptr is NULL or is not a
 * multiple of 4.
 *
 * Example: mutex
 *
 * See also: zx_futex_wake(), zx_futex_get_owner(), zx_handle_t(3).
 */
zx_status_t zx_futex_wake_single_owner(const zx_futex_t *value_ptr);

/**
 * zx_futex_requeue - wake some threads, and let others wait at another address
 * @value_ptr: the futex whose threads are woken or moved
 * @wake_count: how many of them to wake at most
 * @current_value: the value that the caller expects at @value_ptr
 * @requeue_ptr: the other futex; the value there is not looked at
 * @requeue_count: how many of the remaining threads to move to it at most
 * @new_requeue_owner: a handle to the thread that owns the other futex from now on, which needs no
 *	rights; or ZX_HANDLE_INVALID: no thread owns it
 *
 * A condition variable wakes one thread so, and the others wait for the mutex which that thread
 * needs first. No other call on the two futexes comes between the comparison and the moves, unless
 * more than 32 threads are woken. The deadline of a thread that is moved stays. No thread owns
 * @value_ptr afterwards.
 *
 * Return: ZX_OK, also if no thread waits; ZX_ERR_INVALID_ARGS one of the two addresses is NULL or
 * is not a multiple of 4, both are the same, @value_ptr cannot be read, or @requeue_ptr is no
 * address of user space; or @new_requeue_owner waits at one of them itself, is a thread of another
 * process, or was not started; ZX_ERR_BAD_STATE @value_ptr has another value; ZX_ERR_BAD_HANDLE
 * @new_requeue_owner is no handle; ZX_ERR_WRONG_TYPE it is one, but not to a thread. After an error
 * no thread has been woken or moved. The value is compared before the handle is checked.
 *
 * See also: zx_futex_wait(), zx_futex_wake(), zx_futex_requeue_single_owner().
 */
zx_status_t zx_futex_requeue(const zx_futex_t *value_ptr, uint32_t wake_count,
			     zx_futex_t current_value, const zx_futex_t *requeue_ptr,
			     uint32_t requeue_count, zx_handle_t new_requeue_owner);

/**
 * zx_futex_requeue_single_owner - wake one thread, make it the owner, and move others
 * @value_ptr: the futex whose threads are woken or moved
 * @current_value: the value that the caller expects at @value_ptr
 * @requeue_ptr: the other futex; the value there is not looked at
 * @requeue_count: how many of the remaining threads to move to it at most
 * @new_requeue_owner: a handle to the thread that owns the other futex from now on, which needs no
 *	rights; or ZX_HANDLE_INVALID: no thread owns it
 *
 * It does what zx_futex_requeue() does with a wake_count of 1, but the thread that was woken owns
 * @value_ptr, if others still wait there.
 *
 * Return: as zx_futex_requeue().
 *
 * See also: zx_futex_requeue(), zx_futex_get_owner().
 */
zx_status_t zx_futex_requeue_single_owner(const zx_futex_t *value_ptr, zx_futex_t current_value,
					  const zx_futex_t *requeue_ptr, uint32_t requeue_count,
					  zx_handle_t new_requeue_owner);

/**
 * zx_futex_get_owner - the koid of the thread that owns a futex
 * @value_ptr: the futex; the memory is not looked at
 * @koid: receives the koid
 *
 * Without an owner @koid receives ZX_KOID_INVALID: a futex has one only while a thread waits there.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS @value_ptr is NULL or is not a multiple of 4, or @koid cannot
 * be written to; ZX_ERR_NO_MEMORY for the object of a thread that no program has asked about before.
 *
 * Example: mutex
 *
 * See also: zx_futex_wait(), zx_futex_wake_single_owner().
 */
zx_status_t zx_futex_get_owner(const zx_futex_t *value_ptr, zx_koid_t *koid);

/**
 * zx_futex_wake_handle_close_thread_exit - the last steps of a thread that another one waits for
 * @value_ptr: the futex that the other thread waits at
 * @wake_count: how many threads to wake at most, or 0
 * @new_value: the value to store there first
 * @close_handle: the handle to close, or ZX_HANDLE_INVALID
 *
 * The call stores the value, so that a thread which reads it with acquire semantics sees all that
 * this one has written; wakes, as zx_futex_wake() does; closes the handle; and ends the thread. The
 * thread uses neither its stack nor other memory of the program after the value is stored: another
 * thread may free or unmap both as soon as it reads the value.
 *
 * Linux: the stack of a thread of pthread_create(3) belongs to the C library until pthread_join(3)
 * has returned. No signal handler runs in the thread from the store on. A step that fails is a
 * trap: SIGILL or SIGTRAP ends the process, if @value_ptr is not a multiple of 4 or @close_handle
 * is no handle; SIGSEGV, if there is no memory to write to at @value_ptr. @close_handle may be the
 * thread's own of zx_thread_self().
 *
 * See also: zx_thread_exit(), zx_futex_wait(), zx_futex_wake(), zx_handle_close().
 */
void zx_futex_wake_handle_close_thread_exit(const zx_futex_t *value_ptr, uint32_t wake_count,
					    int32_t new_value, zx_handle_t close_handle)
					    __NO_RETURN;

/*
 * The second names, see __ZX_TWIN in <zircon/compiler.h>.
 */
__ZX_TWIN(zx_channel_call);
__ZX_TWIN(zx_channel_call_etc);
__ZX_TWIN(zx_channel_create);
__ZX_TWIN(zx_channel_read);
__ZX_TWIN(zx_channel_read_etc);
__ZX_TWIN(zx_channel_write);
__ZX_TWIN(zx_channel_write_etc);
__ZX_TWIN(zx_clock_create);
__ZX_TWIN(zx_clock_get);
__ZX_TWIN(zx_clock_get_boot);
__ZX_TWIN(zx_clock_get_details);
__ZX_TWIN(zx_clock_get_monotonic);
__ZX_TWIN(zx_clock_read);
__ZX_TWIN(zx_clock_update);
__ZX_TWIN(zx_counter_add);
__ZX_TWIN(zx_counter_create);
__ZX_TWIN(zx_counter_read);
__ZX_TWIN(zx_counter_write);
__ZX_TWIN(zx_cprng_draw);
__ZX_TWIN(zx_deadline_after);
__ZX_TWIN(zx_event_create);
__ZX_TWIN(zx_eventpair_create);
__ZX_TWIN(zx_fifo_create);
__ZX_TWIN(zx_fifo_read);
__ZX_TWIN(zx_fifo_write);
__ZX_TWIN(zx_futex_get_owner);
__ZX_TWIN(zx_futex_requeue);
__ZX_TWIN(zx_futex_requeue_single_owner);
__ZX_TWIN(zx_futex_wait);
__ZX_TWIN(zx_futex_wake);
__ZX_TWIN(zx_futex_wake_handle_close_thread_exit);
__ZX_TWIN(zx_futex_wake_single_owner);
__ZX_TWIN(zx_handle_check_valid);
__ZX_TWIN(zx_handle_close);
__ZX_TWIN(zx_handle_close_many);
__ZX_TWIN(zx_handle_duplicate);
__ZX_TWIN(zx_handle_replace);
__ZX_TWIN(zx_membarrier_sync_process_data);
__ZX_TWIN(zx_membarrier_sync_process_insn);
__ZX_TWIN(zx_nanosleep);
__ZX_TWIN(zx_object_get_child);
__ZX_TWIN(zx_object_get_info);
__ZX_TWIN(zx_object_get_property);
__ZX_TWIN(zx_object_set_profile);
__ZX_TWIN(zx_object_set_property);
__ZX_TWIN(zx_object_signal);
__ZX_TWIN(zx_object_signal_peer);
__ZX_TWIN(zx_object_wait_async);
__ZX_TWIN(zx_object_wait_many);
__ZX_TWIN(zx_object_wait_one);
__ZX_TWIN(zx_port_cancel);
__ZX_TWIN(zx_port_cancel_key);
__ZX_TWIN(zx_port_create);
__ZX_TWIN(zx_port_queue);
__ZX_TWIN(zx_port_wait);
__ZX_TWIN(zx_process_exit);
__ZX_TWIN(zx_process_read_memory);
__ZX_TWIN(zx_process_write_memory);
__ZX_TWIN(zx_job_create);
__ZX_TWIN(zx_job_set_critical);
__ZX_TWIN(zx_job_set_policy);
__ZX_TWIN(zx_task_kill);
__ZX_TWIN(zx_socket_accept);
__ZX_TWIN(zx_socket_create);
__ZX_TWIN(zx_socket_read);
__ZX_TWIN(zx_socket_set_disposition);
__ZX_TWIN(zx_socket_share);
__ZX_TWIN(zx_socket_shutdown);
__ZX_TWIN(zx_socket_write);
__ZX_TWIN(zx_system_barrier);
__ZX_TWIN(zx_system_get_dcache_line_size);
__ZX_TWIN(zx_system_get_num_cpus);
__ZX_TWIN(zx_system_get_page_size);
__ZX_TWIN(zx_system_get_physmem);
__ZX_TWIN(zx_system_get_version_string);
__ZX_TWIN(zx_thread_create);
__ZX_TWIN(zx_thread_exit);
__ZX_TWIN(zx_thread_start);
__ZX_TWIN(zx_thread_start_regs);
__ZX_TWIN(zx_ticks_get);
__ZX_TWIN(zx_ticks_get_boot);
__ZX_TWIN(zx_ticks_per_second);
__ZX_TWIN(zx_timer_cancel);
__ZX_TWIN(zx_timer_create);
__ZX_TWIN(zx_timer_set);

__END_CDECLS

#endif /* ZIRCON_SYSCALLS_H_ */
