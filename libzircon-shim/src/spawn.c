// SPDX-License-Identifier: MIT
/*
 * Starting a program in a job.
 *
 * The module lets the next child of a thread be a process that it has made in the job before. So no
 * signal handler may run in between, which could make another child. The child shares the memory of
 * the program until it executes the new one, as that of vfork(), and uses system calls alone: the
 * thread pointer, the locks and the handlers of the C library are the parent's.
 *
 * Its exit signal is none until it has executed the new program, from then on SIGCHLD. So the
 * program does not see the end of one that could not be started, and the wait for that finds out
 * whether it could.
 */
#define _GNU_SOURCE /* clone(), CLOSE_RANGE_CLOEXEC */
#include "internal.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define NULL_DEVICE "/dev/null"

/* The stack of the child, which runs a few functions of this file. */
#define STACK_SIZE 16384

#define FIRST_OTHER_FD (STDERR_FILENO + 1)

/* What the child does. The last that it has begun is where it has failed. */
enum step {
	STEP_BORN,
	STEP_LOCAL_FD,		/* of the action */
	STEP_OTHER_FDS,
	STEP_TARGET_FD,		/* of the action */
	STEP_NULL_DEVICE,
	STEP_EXECUTE,
};

/* What the parent tells the child, and the child the parent. */
struct spawn {
	uint32_t flags;
	const char *path;
	const char *const *argv;
	const char *const *environ;
	const zxl_spawn_action_t *actions;
	size_t action_count;
	char *error;		/* where a text goes, or NULL */
	uint64_t mask;		/* the signals that were blocked */
	int *fds;		/* of the child: a copy of the local_fd of each action */
	/* From the child: */
	enum step step;
	size_t action;
	int err;		/* an errno, or 0 */
};

/* Arguments of the kernel's sigaction, on both architectures. */
struct sigaction_arg {
	uintptr_t handler;
	unsigned long flags;
	uintptr_t restorer;
	uint64_t mask;
};

static bool moves_fd(const zxl_spawn_action_t *action)
{
	return action->action == ZXL_SPAWN_ACTION_CLONE_FD ||
	       action->action == ZXL_SPAWN_ACTION_TRANSFER_FD;
}

/* Whether one of the first @count actions has this descriptor as target. */
static bool is_target(const struct spawn *spawn, size_t count, long fd)
{
	for (size_t i = 0; i < count; i++)
		if (moves_fd(&spawn->actions[i]) && spawn->actions[i].fd.target_fd == fd)
			return true;
	return false;
}

/*
 * In the child.
 */

static long fcntl_of(long fd, int command, unsigned long arg)
{
	return zxi_system_call(SYS_fcntl, (unsigned long)fd, (unsigned long)command, arg, 0, 0, 0);
}

static bool has_done(struct spawn *spawn, long ret)
{
	if (ret < 0)
		spawn->err = (int)-ret;
	return ret >= 0;
}

/* Copies what the actions name, to where no action overwrites it. */
static bool copy_local_fds(struct spawn *spawn)
{
	spawn->step = STEP_LOCAL_FD;
	for (size_t i = 0; i < spawn->action_count; i++) {
		long fd = FIRST_OTHER_FD - 1;

		if (!moves_fd(&spawn->actions[i]))
			continue;
		spawn->action = i;
		do {
			fd = fcntl_of(spawn->actions[i].fd.local_fd, F_DUPFD_CLOEXEC,
				      (unsigned long)fd + 1);
			if (!has_done(spawn, fd))
				return false;
		} while (is_target(spawn, spawn->action_count, fd));
		spawn->fds[i] = (int)fd;
	}
	return true;
}

/* The new program inherits none but those that it is given after this. */
static bool keep_other_fds(struct spawn *spawn)
{
	spawn->step = STEP_OTHER_FDS;
	return has_done(spawn, zxi_system_call(SYS_close_range, FIRST_OTHER_FD, UINT_MAX,
					       CLOSE_RANGE_CLOEXEC, 0, 0, 0));
}

static bool place_fds(struct spawn *spawn)
{
	spawn->step = STEP_TARGET_FD;
	for (size_t i = 0; i < spawn->action_count; i++) {
		if (!moves_fd(&spawn->actions[i]))
			continue;
		spawn->action = i;
		if (!has_done(spawn, zxi_system_call(SYS_dup3, (unsigned long)spawn->fds[i],
						     (unsigned long)spawn->actions[i].fd.target_fd,
						     0, 0, 0, 0)))
			return false;
	}
	return true;
}

/* Opens the null device as a standard descriptor; those before this one are open. */
static bool place_null_device(struct spawn *spawn, long fd)
{
	long null = zxi_system_call(SYS_openat, (unsigned long)AT_FDCWD, zxi_ptr(NULL_DEVICE),
				    O_RDWR | O_CLOEXEC, 0, 0, 0);

	if (null == fd)
		return has_done(spawn, fcntl_of(fd, F_SETFD, 0));
	return has_done(spawn, null) &&
	       has_done(spawn, zxi_system_call(SYS_dup3, (unsigned long)null, (unsigned long)fd, 0,
					       0, 0, 0));
}

static bool place_standard_fds(struct spawn *spawn)
{
	spawn->step = STEP_NULL_DEVICE;
	for (long fd = 0; fd < FIRST_OTHER_FD; fd++) {
		if (is_target(spawn, spawn->action_count, fd))
			continue;
		/* Fails for one that is closed. */
		if (spawn->flags & ZXL_SPAWN_CLONE_STDIO && fcntl_of(fd, F_SETFD, 0) == 0)
			continue;
		if (!place_null_device(spawn, fd))
			return false;
	}
	return true;
}

/*
 * Before signals are unblocked: no handler of the program may run in its child. SIGCHLD is not left
 * ignored either, since a program may do that only to have its children reaped.
 */
static void reset_signals(const struct spawn *spawn)
{
	const struct sigaction_arg reset = { .handler = (uintptr_t)SIG_DFL };
	struct sigaction_arg old;

	for (unsigned long number = 1; number < _NSIG; number++) {
		old.handler = (uintptr_t)SIG_DFL;
		zxi_system_call(SYS_rt_sigaction, number, 0, zxi_ptr(&old), sizeof(old.mask), 0, 0);
		if (old.handler != (uintptr_t)SIG_DFL &&
		    (old.handler != (uintptr_t)SIG_IGN || number == SIGCHLD))
			zxi_system_call(SYS_rt_sigaction, number, zxi_ptr(&reset), 0,
					sizeof(old.mask), 0, 0);
	}
	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&spawn->mask), 0,
			sizeof(spawn->mask), 0, 0);
}

static int run_child(void *arg)
{
	struct spawn *spawn = arg;

	if (!copy_local_fds(spawn) || !keep_other_fds(spawn) || !place_fds(spawn) ||
	    !place_standard_fds(spawn))
		return 1;
	reset_signals(spawn);
	spawn->step = STEP_EXECUTE;
	has_done(spawn, zxi_system_call(SYS_execve, zxi_ptr(spawn->path), zxi_ptr(spawn->argv),
					zxi_ptr(spawn->environ), 0, 0, 0));
	return 1;
}

/*
 * In the parent.
 */

static void __PRINTFLIKE(2, 3) explain(const struct spawn *spawn, const char *format, ...)
{
	va_list args;

	if (!spawn->error)
		return;
	va_start(args, format);
	vsnprintf(spawn->error, ZXL_SPAWN_ERR_MSG_MAX_LENGTH, format, args);
	va_end(args);
}

static zx_status_t explain_status(const struct spawn *spawn, const char *what, zx_status_t status)
{
	if (status != ZX_OK)
		explain(spawn, "%s: %s", what, zx_status_get_string(status));
	return status;
}

static zx_status_t status_of(int err)
{
	switch (err) {
	case ENOENT:
		return ZX_ERR_NOT_FOUND;
	case ENOTDIR:
	case ELOOP:
	case ENAMETOOLONG:
		return ZX_ERR_BAD_PATH;
	case EACCES:
	case EPERM:
		return ZX_ERR_ACCESS_DENIED;
	case ENOMEM:
		return ZX_ERR_NO_MEMORY;
	case EAGAIN:
	case EMFILE:
	case ENFILE:
		return ZX_ERR_NO_RESOURCES;
	case E2BIG:
		return ZX_ERR_OUT_OF_RANGE;
	case ENOEXEC:
	case ELIBBAD:
	case EINVAL:
	case EFAULT:
		return ZX_ERR_INVALID_ARGS;
	case ETXTBSY:
		return ZX_ERR_UNAVAILABLE;
	case EIO:
		return ZX_ERR_IO;
	default:
		return ZX_ERR_INTERNAL;
	}
}

/* Why the child has not executed the program. */
static zx_status_t child_failed(const struct spawn *spawn)
{
	const zxl_spawn_action_t *action = &spawn->actions[spawn->action];

	errno = spawn->err;
	switch (spawn->err ? spawn->step : STEP_BORN) {
	case STEP_LOCAL_FD:
		explain(spawn, "action %zu: local_fd %d: %m", spawn->action, action->fd.local_fd);
		/* Else the number is above the limit of descriptors. */
		if (spawn->err == EBADF)
			return ZX_ERR_INVALID_ARGS;
		return spawn->err == EINVAL ? ZX_ERR_NO_RESOURCES : status_of(spawn->err);
	case STEP_TARGET_FD:
		explain(spawn, "action %zu: target_fd %d: %m", spawn->action, action->fd.target_fd);
		return spawn->err == EBADF ? ZX_ERR_OUT_OF_RANGE : status_of(spawn->err);
	case STEP_OTHER_FDS:
		explain(spawn, "close_range: %m");
		return status_of(spawn->err);
	case STEP_NULL_DEVICE:
		explain(spawn, "cannot open " NULL_DEVICE ": %m");
		return status_of(spawn->err);
	case STEP_EXECUTE:
		/* Of a bad pointer, which may be the path. */
		if (spawn->err == EFAULT)
			explain(spawn, "cannot execute the program: %m");
		else
			explain(spawn, "cannot execute %s%s: %m", spawn->path,
				spawn->err == ENOENT ? " or its interpreter" : "");
		return status_of(spawn->err);
	default:
		explain(spawn, "the process was killed before it could execute %s", spawn->path);
		return ZX_ERR_BAD_STATE;
	}
}

/*
 * Makes the child, which waits for nothing; returns when it has executed the program or is dead.
 * @top is the end of its stack.
 */
static zx_status_t make_child(struct spawn *spawn, void *top)
{
	int pid = clone(run_child, top, CLONE_VM | CLONE_VFORK, spawn);
	long ret;

	if (pid < 0) {
		explain(spawn, "cannot create a process: %m");
		return status_of(errno);
	}
	/* Finds those without SIGCHLD only, which execve() sets. */
	ret = zxi_system_call(SYS_wait4, (unsigned long)pid, 0, __WCLONE, 0, 0, 0);
	return ret == pid ? child_failed(spawn) : ZX_OK;
}

static void change_mask(int how, uint64_t signals, uint64_t *before)
{
	zxi_system_call(SYS_rt_sigprocmask, (unsigned long)how, zxi_ptr(&signals), zxi_ptr(before),
			sizeof(signals), 0, 0);
}

/* Makes the process in @job and runs the program in it. @startup is consumed. */
static zx_status_t run(struct spawn *spawn, zx_handle_t job, zx_handle_t startup, const char *name,
		       char *memory, zx_handle_t *process)
{
	struct zxl_ioc_process_create arg = {
		.handle = job,
		.startup = startup,
		.name = zxi_ptr(name),
		.name_size = (uint32_t)strnlen(name, ZX_MAX_NAME_LEN),
		.out = zxi_ptr(process),
	};
	struct zxl_ioc_process_create cancel = { .options = ZXL_PROCESS_CREATE_CANCEL };
	const uint64_t all = ~UINT64_C(0);
	zx_status_t status;

	/* A policy may raise SIGSYS, and kills where that is blocked. */
	change_mask(SIG_BLOCK, all & ~(UINT64_C(1) << (SIGSYS - 1)), &spawn->mask);
	status = zxi_device_call(ZXL_IOC_PROCESS_CREATE, &arg);
	change_mask(SIG_BLOCK, all, NULL);
	if (status == ZX_OK) {
		status = make_child(spawn, memory + STACK_SIZE);
		if (status != ZX_OK) {
			/* If there was no clone: also another program may have a handle to it. */
			zxi_device_call(ZXL_IOC_PROCESS_CREATE, &cancel);
			zx_handle_close(*process);
		}
	} else {
		explain_status(spawn, "cannot create a process in the job", status);
		/* The module has not looked at it. */
		if (status == ZX_ERR_NOT_SUPPORTED && startup != ZX_HANDLE_INVALID)
			zx_handle_close(startup);
	}
	change_mask(SIG_SETMASK, spawn->mask, NULL);
	return status;
}

/* The same, with memory for the child: its stack, and above it the numbers of descriptors. */
static zx_status_t run_with_memory(struct spawn *spawn, zx_handle_t job, zx_handle_t startup,
				   const char *name, zx_handle_t *process)
{
	size_t size = STACK_SIZE + spawn->action_count * sizeof(*spawn->fds);
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	zx_status_t status;

	if (memory == MAP_FAILED) {
		explain(spawn, "cannot map memory: %m");
		if (startup != ZX_HANDLE_INVALID)
			zx_handle_close(startup);
		return ZX_ERR_NO_MEMORY;
	}
	spawn->fds = (int *)(memory + STACK_SIZE);
	status = run(spawn, job, startup, name, memory, process);
	munmap(memory, size);
	return status;
}

/*
 * The handles of the actions.
 */

#define MAX_HANDLES ZX_CHANNEL_MAX_MSG_HANDLES

/* Sends the handles, which are consumed, and gets the channel in which they are. */
static zx_status_t send_handles(struct zxi_startup *message, const zx_handle_t *handles,
				uint32_t count, zx_handle_t *startup)
{
	const uint32_t size = offsetof(struct zxi_startup, infos) + count * sizeof(uint32_t);
	zx_status_t status;
	zx_handle_t ours;

	message->header = (zx_proc_args_t) {
		.protocol = ZX_PROCARGS_PROTOCOL,
		.version = ZX_PROCARGS_VERSION,
		.handle_info_off = offsetof(struct zxi_startup, infos),
		.args_off = size,
		.environ_off = size,
		.names_off = size,
	};
	status = zx_channel_create(0, &ours, startup);
	if (status != ZX_OK) {
		zx_handle_close_many(handles, count);
		return status;
	}
	status = zx_channel_write(ours, 0, message, size, handles, count);
	zx_handle_close(ours);
	if (status != ZX_OK) {
		zx_handle_close(*startup);
		*startup = ZX_HANDLE_INVALID;
	}
	return status;
}

static zx_status_t pass_handles(const struct spawn *spawn, zx_handle_t *startup)
{
	zx_handle_t handles[MAX_HANDLES];
	struct zxi_startup message;
	uint32_t count = 0;

	for (size_t i = 0; i < spawn->action_count; i++) {
		const zxl_spawn_action_t *action = &spawn->actions[i];

		if (action->action != ZXL_SPAWN_ACTION_ADD_HANDLE)
			continue;
		message.infos[count] = action->h.id;
		handles[count++] = action->h.handle;
	}
	if (!count)
		return ZX_OK;
	return explain_status(spawn, "cannot pass the handles",
			      send_handles(&message, handles, count, startup));
}

static void close_handles(const zxl_spawn_action_t *actions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (actions[i].action == ZXL_SPAWN_ACTION_ADD_HANDLE)
			zx_handle_close(actions[i].h.handle);
}

/* Closes what the program gives away, each descriptor once. */
static void close_transferred(const zxl_spawn_action_t *actions, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t before = 0;

		if (actions[i].action != ZXL_SPAWN_ACTION_TRANSFER_FD)
			continue;
		while (before < i &&
		       (actions[before].action != ZXL_SPAWN_ACTION_TRANSFER_FD ||
			actions[before].fd.local_fd != actions[i].fd.local_fd))
			before++;
		if (before == i)
			zxi_system_call(SYS_close, (unsigned long)actions[i].fd.local_fd, 0, 0, 0,
					0, 0);
	}
}

/*
 * The checks.
 */

static zx_status_t check_action(const struct spawn *spawn, size_t i, size_t *handles,
				const char **name)
{
	const zxl_spawn_action_t *action = &spawn->actions[i];

	switch (action->action) {
	case ZXL_SPAWN_ACTION_CLONE_FD:
	case ZXL_SPAWN_ACTION_TRANSFER_FD:
		if (action->fd.target_fd < 0)
			return ZX_ERR_OUT_OF_RANGE;
		return is_target(spawn, i, action->fd.target_fd) ? ZX_ERR_ALREADY_EXISTS : ZX_OK;
	case ZXL_SPAWN_ACTION_ADD_HANDLE:
		if (action->h.handle == ZX_HANDLE_INVALID)
			return ZX_ERR_INVALID_ARGS;
		return ++*handles > MAX_HANDLES ? ZX_ERR_OUT_OF_RANGE : ZX_OK;
	case ZXL_SPAWN_ACTION_SET_NAME:
		*name = action->name.data;
		return *name ? ZX_OK : ZX_ERR_INVALID_ARGS;
	default:
		return ZX_ERR_INVALID_ARGS;
	}
}

/* @name receives the name of the process, if the actions have one. */
static zx_status_t check(const struct spawn *spawn, const char **name)
{
	size_t handles = 0;

	if (spawn->flags & ~ZXL_SPAWN_CLONE_ALL) {
		explain(spawn, "unknown flag in %#x", spawn->flags);
		return ZX_ERR_INVALID_ARGS;
	}
	if (!spawn->path || !spawn->argv || !spawn->argv[0]) {
		explain(spawn, "no %s", spawn->path ? "arguments" : "path");
		return ZX_ERR_INVALID_ARGS;
	}
	for (size_t i = 0; i < spawn->action_count; i++) {
		zx_status_t status = check_action(spawn, i, &handles, name);

		if (status != ZX_OK) {
			explain(spawn, "action %zu: %s", i, zx_status_get_string(status));
			return status;
		}
	}
	return ZX_OK;
}

static zx_status_t start(struct spawn *spawn, zx_handle_t job, zx_handle_t *process)
{
	zx_handle_t startup = ZX_HANDLE_INVALID;
	const char *name = "";
	zx_status_t status = check(spawn, &name);

	if (status != ZX_OK) {
		close_handles(spawn->actions, spawn->action_count);
		return status;
	}
	status = pass_handles(spawn, &startup);
	if (status != ZX_OK)
		return status;
	/* If there is no default job, the module says why. */
	if (job == ZX_HANDLE_INVALID)
		job = zx_job_default();
	return run_with_memory(spawn, job, startup, name, process);
}

static const char *const *environ_of(uint32_t flags, const char *const *given)
{
	static const char *const none[] = { NULL };

	if (given)
		return given;
	if (flags & ZXL_SPAWN_CLONE_ENVIRON && environ)
		return (const char *const *)environ;
	return none;
}

zx_status_t zxl_spawn_etc(zx_handle_t job, uint32_t flags, const char *path,
			  const char *const *argv, const char *const *environ_in,
			  size_t action_count, const zxl_spawn_action_t *actions,
			  zx_handle_t *process_out,
			  char err_msg_out[ZXL_SPAWN_ERR_MSG_MAX_LENGTH])
{
	struct spawn spawn = {
		.flags = flags,
		.path = path,
		.argv = argv,
		.environ = environ_of(flags, environ_in),
		.actions = actions,
		.action_count = action_count,
		.error = err_msg_out,
	};
	zx_handle_t process = ZX_HANDLE_INVALID;
	const int saved = errno;
	zx_status_t status;

	if (err_msg_out)
		err_msg_out[0] = '\0';
	if (action_count && !actions) {
		explain(&spawn, "there is no list of actions");
		return ZX_ERR_INVALID_ARGS;
	}
	status = start(&spawn, job, &process);
	close_transferred(actions, action_count);
	if (status == ZX_OK && process_out)
		*process_out = process;
	else if (status == ZX_OK)
		zx_handle_close(process);
	errno = saved;
	return status;
}

zx_status_t zxl_spawn(zx_handle_t job, uint32_t flags, const char *path, const char *const *argv,
		      zx_handle_t *process_out)
{
	return zxl_spawn_etc(job, flags, path, argv, NULL, 0, NULL, process_out, NULL);
}
