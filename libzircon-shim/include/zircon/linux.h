/* SPDX-License-Identifier: MIT */
/*
 * Calls that Zircon does not have: they connect handles with Linux file descriptors, start
 * programs, let programs meet that were started separately, and wait with a deadline for what other
 * calls do at once. The errors that every call can return are in <zircon/syscalls.h>.
 */
#ifndef ZIRCON_LINUX_H_
#define ZIRCON_LINUX_H_

#include <zircon/types.h>

__BEGIN_CDECLS

/**
 * zxl_handle_export - turn a handle into a file descriptor
 * @handle: needs ZX_RIGHT_TRANSFER
 * @options: 0
 * @out_fd: receives the descriptor
 *
 * The descriptor owns a handle to the same object, with the same rights, until the last copy of it
 * is closed or it is imported. It is close-on-exec. It can be kept across exec(), inherited and
 * sent over a Unix socket. On success @handle is consumed, and waits through it end; on failure
 * the caller keeps it.
 *
 * Another program gets the descriptor by inheriting it, or in a message of SCM_RIGHTS through a
 * Unix socket, and turns it into a handle with zxl_handle_import().
 *
 * poll() and epoll report the object's signals, if @handle has ZX_RIGHT_WAIT. Without that right
 * they report nothing but EPOLLERR, and that does not end a poll() that has begun: a program
 * cannot poll such a descriptor.
 *
 *	EPOLLIN		READABLE, SIGNALED, TERMINATED; of a socket also PEER_WRITE_DISABLED and PEER_CLOSED
 *	EPOLLOUT	WRITABLE; of a socket also WRITE_DISABLED and PEER_CLOSED
 *	EPOLLRDHUP	PEER_CLOSED; of a socket also PEER_WRITE_DISABLED
 *	EPOLLHUP	PEER_CLOSED; of a socket also WRITE_DISABLED with PEER_WRITE_DISABLED
 *	EPOLLPRI	any of ZX_USER_SIGNAL_ALL
 *	EPOLLERR	the descriptor has been imported and owns no handle any more
 *
 * A program can use the descriptor of a stream socket like that of a Unix stream socket, with
 * S_IFSOCK in st_mode. It can be read and written, also with readv(), writev(), RWF_NOWAIT,
 * splice() and sendfile(). A read at the end of the stream returns 0, a write after it fails with
 * EPIPE and SIGPIPE. With O_NONBLOCK a call fails with EAGAIN where it would wait. FIONREAD returns
 * the number of bytes to read, SIOCOUTQ the number that the peer has not read. The bytes of
 * concurrent writes can mix, at any length. These differ from a Unix socket:
 *
 * - It is no socket of the network: recv(), send(), shutdown(), getsockopt() and similar calls fail
 *   with ENOTSOCK. A program that does not want SIGPIPE ignores it. To disable a direction it keeps
 *   a duplicate of the handle for zx_socket_set_disposition().
 * - If the peer is closed before it has read all bytes, there is no ECONNRESET and no EPOLLERR.
 * - A write fails with ENOMEM, although EPOLLOUT is shown, if the account or memory cgroup of the
 *   user who created the socket is used up.
 * - SIOCATMARK is refused with ENOTTY.
 *
 * The descriptor of a stream socket is open as the handle's ZX_RIGHT_READ and ZX_RIGHT_WRITE allow
 * (O_RDONLY, O_WRONLY, O_RDWR; O_RDONLY also without both). A call fails with EBADF if the handle
 * lacks the right or was imported, also if that happens while the call waits. For any other object
 * read() and write() fail with EINVAL (EBADF if the descriptor is not open for that), these ioctls
 * with ENOTTY.
 *
 * fcntl() and FIOASYNC refuse O_ASYNC with EINVAL, for all descriptors of the module: no SIGIO
 * would come.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @handle is no handle; ZX_ERR_ACCESS_DENIED it lacks
 * ZX_RIGHT_TRANSFER; ZX_ERR_INVALID_ARGS unknown option or bad pointer; ZX_ERR_NO_RESOURCES the
 * process has no file descriptor left.
 *
 * Example: export
 *
 * See also: zxl_handle_import(), zxl_handle_watch(), unix(7), sendmsg(2), epoll(7), fork(2).
 */
zx_status_t zxl_handle_export(zx_handle_t handle, uint32_t options, int *out_fd);

/**
 * zxl_handle_import - turn an exported file descriptor back into a handle
 * @fd: from zxl_handle_export(), in this process or another
 * @options: 0
 * @out: receives the handle
 *
 * The new handle has the rights of the exported one. @fd stays open; the caller closes it.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @fd is not open; ZX_ERR_WRONG_TYPE it does not come from
 * zxl_handle_export(); ZX_ERR_BAD_STATE it was imported already; ZX_ERR_INVALID_ARGS unknown
 * option or bad pointer.
 *
 * Example: export
 *
 * See also: zxl_handle_export(), unix(7), recvmsg(2), zx_handle_close().
 */
zx_status_t zxl_handle_import(int fd, uint32_t options, zx_handle_t *out);

/* Of a port: packets are queued. Only poll(2) and epoll(7) show it, no call waits for it. */
#define ZXL_PORT_READABLE __ZX_OBJECT_READABLE /* a packet is queued */

/**
 * zxl_handle_watch - make a file descriptor that shows EPOLLIN while signals are up
 * @handle: needs ZX_RIGHT_WAIT; a port, which never has that, ZX_RIGHT_READ
 * @signals: the signals to watch for
 * @options: 0
 * @out_fd: receives the descriptor
 *
 * poll(2) and epoll(7) show EPOLLIN for the descriptor while any of @signals is up; there is
 * nothing to read from it. Programs mostly watch for READABLE and PEER_CLOSED, and for WRITABLE
 * while they have something to write:
 *
 * Shows: ZX_CHANNEL_READABLE ZX_CHANNEL_WRITABLE ZX_CHANNEL_PEER_CLOSED ZX_SOCKET_READABLE
 * ZX_SOCKET_WRITABLE ZX_SOCKET_PEER_CLOSED ZX_SOCKET_PEER_WRITE_DISABLED ZX_FIFO_READABLE
 * ZX_FIFO_WRITABLE ZX_FIFO_PEER_CLOSED ZX_EVENT_SIGNALED ZX_EVENTPAIR_SIGNALED
 * ZX_PROCESS_TERMINATED ZX_THREAD_TERMINATED ZXL_PORT_READABLE
 *
 * The strobe ZX_CLOCK_UPDATED of a clock is never up, so a descriptor for it does not become
 * readable. A program waits for it at a port, and watches the port for ZXL_PORT_READABLE.
 *
 * EPOLLHUP is shown when @handle is closed, replaced, exported, or received by another program.
 * A program that forks removes the descriptor from its epoll with EPOLL_CTL_DEL before it closes it,
 * since a child may still have it open.
 *
 * EPOLLET sees each message, and each message wakes one of several EPOLLEXCLUSIVE pollers, as for
 * a pipe. The descriptor keeps neither the handle nor the object's peer open. It is close-on-exec;
 * the caller closes it, and keeps @handle.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @handle is no handle; ZX_ERR_ACCESS_DENIED it lacks the
 * right; ZX_ERR_NOT_SUPPORTED the object cannot be waited for; ZX_ERR_INVALID_ARGS unknown
 * option or bad pointer; ZX_ERR_NO_RESOURCES the process has no file descriptor left, or the user
 * has too many waits on the object.
 *
 * Example: watch
 *
 * See also: epoll(7), poll(2), zx_channel_read(), zx_object_wait_one(), zx_signals_t(3).
 */
zx_status_t zxl_handle_watch(zx_handle_t handle, zx_signals_t signals, uint32_t options,
			     int *out_fd);

/**
 * zxl_process_open - get a handle to a Linux process
 * @pidfd: a descriptor of pidfd_open(2), or of clone(2) with CLONE_PIDFD
 * @options: 0
 * @out: receives a handle with ZX_DEFAULT_PROCESS_RIGHTS
 *
 * The process need not use this library. Its object is the one that zx_process_self() names there,
 * and has the same koid until the process ends. A child that has ended can be opened until its
 * parent has waited for it: then the object is a new one, with the return code that Linux has. The
 * object stays until the process has ended and all handles to it are closed; the caller's user pays
 * for it if it is new.
 *
 * The caller must be permitted to trace the process, and to signal it: they have the same user and
 * group ids, in the same user namespace, and the process has no capability that the caller lacks;
 * or the caller has CAP_SYS_PTRACE and CAP_KILL in the initial user namespace. So a program cannot
 * open a set-user-ID program that its user has started, nor a process of a user namespace that its
 * user has made. PR_SET_DUMPABLE of prctl(2) does not count. The handle acts on the process as
 * zx_task_kill() says, over execve(2) too. @pidfd stays open.
 *
 * /proc must be mounted, for the pid namespace of the caller.
 *
 * Shows: ZX_PROCESS_TERMINATED ZX_DEFAULT_PROCESS_RIGHTS
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @pidfd is not open; ZX_ERR_WRONG_TYPE it is no pidfd;
 * ZX_ERR_NOT_FOUND the parent has waited for the process, it is in another pid namespace, or is a
 * kernel thread; or @pidfd is that of a thread which is not the first of its process;
 * ZX_ERR_ACCESS_DENIED the caller may not trace or signal the process, as above;
 * ZX_ERR_NOT_SUPPORTED no module, or no /proc of the caller's pid namespace;
 * ZX_ERR_INVALID_ARGS unknown option or bad pointer; ZX_ERR_NO_MEMORY; ZX_ERR_NO_RESOURCES too many
 * handles.
 *
 * Example: process
 *
 * See also: zxl_process_pidfd(), zx_process_self(), zx_task_kill(), zx_object_get_info(),
 * pidfd_open(2), ptrace(2).
 */
zx_status_t zxl_process_open(int pidfd, uint32_t options, zx_handle_t *out);

/**
 * zxl_process_pidfd - get a pidfd of a process
 * @handle: a process, needs ZX_RIGHT_INSPECT
 * @options: 0
 * @out_fd: receives the descriptor, which is close-on-exec and the caller's to close
 *
 * What the descriptor can do to the process, Linux decides by the credentials of the program that
 * uses it; so the process can be asked to end with pidfd_send_signal(2) and SIGTERM only if kill(2)
 * could. The descriptor's fdinfo in /proc has the process id.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE not a process; ZX_ERR_ACCESS_DENIED @handle
 * lacks the right; ZX_ERR_BAD_STATE the process has ended; ZX_ERR_NOT_FOUND it is not in the
 * caller's pid namespace; ZX_ERR_INVALID_ARGS unknown option or @out_fd is NULL;
 * ZX_ERR_NO_RESOURCES the process has no file descriptor left; ZX_ERR_NO_MEMORY;
 * ZX_ERR_NOT_SUPPORTED pidfd_open(2) is forbidden.
 *
 * Example: process
 *
 * See also: zxl_process_open(), pidfd_open(2), pidfd_send_signal(2), waitid(2).
 */
zx_status_t zxl_process_pidfd(zx_handle_t handle, uint32_t options, int *out_fd);

/* The return code of a process that a Linux signal has ended, beside zx_task_kill(). */
#define ZXL_TASK_RETCODE_SIGNAL(n) ((int64_t)(-2048 - (n)))

/**
 * zxl_root_job - a handle to the root job
 * @options: 0
 * @out: receives the handle
 *
 * All jobs and all processes that the module knows are below the root job: the default jobs of the
 * users are directly below it. ZX_INFO_JOB_CHILDREN and ZX_INFO_JOB_PROCESSES of
 * zx_object_get_info() list what is in a job, zx_object_get_child() makes handles to it.
 *
 * The caller must have CAP_SYS_ADMIN in the initial user namespace. The handle lacks the rights to
 * end the job, to change its policy, its name and its signals: ZX_RIGHT_DESTROY,
 * ZX_RIGHT_SET_POLICY, ZX_RIGHT_SET_PROPERTY and ZX_RIGHT_SIGNAL; and so do handles that
 * zx_object_get_child() makes with it, also to jobs of zx_job_create().
 *
 * Return: ZX_OK; ZX_ERR_ACCESS_DENIED the caller lacks the capability; ZX_ERR_INVALID_ARGS unknown
 * option or bad pointer; ZX_ERR_NO_MEMORY; ZX_ERR_NO_RESOURCES too many handles.
 *
 * See also: zx_job_default(), zx_job_create(), zx_object_get_child(), capabilities(7).
 */
zx_status_t zxl_root_job(uint32_t options, zx_handle_t *out);

/* Flags of zxl_spawn() and zxl_spawn_etc(). */
#define ZXL_SPAWN_CLONE_STDIO ((uint32_t)0x0008u)
	/* the program gets the caller's descriptors 0, 1 and 2 */
#define ZXL_SPAWN_CLONE_ENVIRON ((uint32_t)0x0010u)
	/* the program gets the caller's environment */
#define ZXL_SPAWN_CLONE_ALL ((uint32_t)0xffffu) /* all flags ZXL_SPAWN_CLONE_*, also later ones */

/* Actions of zxl_spawn_etc(). */
#define ZXL_SPAWN_ACTION_CLONE_FD ((uint32_t)0x0001u) /* pass a descriptor on; .fd */
#define ZXL_SPAWN_ACTION_TRANSFER_FD ((uint32_t)0x0002u) /* the same, and close it here; .fd */
#define ZXL_SPAWN_ACTION_ADD_HANDLE ((uint32_t)0x0004u) /* send a handle; .h */
#define ZXL_SPAWN_ACTION_SET_NAME ((uint32_t)0x0005u) /* name the process; .name */

/* What zxl_spawn_etc() does for the new program. The others have the layout of fdio's. */
typedef struct zxl_spawn_action {
	uint32_t action; /* ZXL_SPAWN_ACTION_* */
	__extension__ union {
		struct {
			int local_fd;  /* the descriptor here */
			int target_fd; /* its number in the program */
		} fd;
		struct {
			uint32_t id;	    /* PA_HND(), for zx_take_startup_handle() */
			zx_handle_t handle; /* needs ZX_RIGHT_TRANSFER */
		} h;
		struct {
			const char *data; /* at most 31 bytes of it, and a NUL */
		} name;
		uint64_t unused[2];
	};
} zxl_spawn_action_t;

#define ZXL_SPAWN_ERR_MSG_MAX_LENGTH ((size_t)1024u) /* bytes of a text, with its NUL */

/**
 * zxl_spawn - start a program in a job
 * @job: needs ZX_RIGHT_MANAGE_PROCESS; or ZX_HANDLE_INVALID for zx_job_default()
 * @flags: 0, or the flags below
 * @path: the program's file, which is not searched for in $PATH
 * @argv: its arguments, the first of which is its name, and NULL at the end
 * @process_out: NULL, or receives a handle with ZX_DEFAULT_PROCESS_RIGHTS
 *
 * Shows: ZXL_SPAWN_CLONE_STDIO ZXL_SPAWN_CLONE_ENVIRON ZXL_SPAWN_CLONE_ALL
 *
 * The process is in @job from its first instruction on, and so are its children, where
 * zx_job_create() has made the job. The call does what zxl_spawn_etc() does without actions: that
 * page says when it returns, what the program inherits, and who waits for its end.
 *
 * Return: as zxl_spawn_etc().
 *
 * Example: supervisor
 *
 * See also: zxl_spawn_etc(), zx_job_create(), zx_task_kill(), posix_spawn(3).
 */
zx_status_t zxl_spawn(zx_handle_t job, uint32_t flags, const char *path, const char *const *argv,
		      zx_handle_t *process_out);

/**
 * zxl_spawn_etc - start a program in a job, with handles and descriptors
 * @job: needs ZX_RIGHT_MANAGE_PROCESS; or ZX_HANDLE_INVALID for zx_job_default()
 * @flags: 0, or the flags below
 * @path: the program's file, which is not searched for in $PATH
 * @argv: its arguments, the first of which is its name, and NULL at the end
 * @environ: NULL, or its environment, with NULL at the end
 * @action_count: the number of actions
 * @actions: what else is done for the program
 * @process_out: NULL, or receives a handle with ZX_DEFAULT_PROCESS_RIGHTS
 * @err_msg_out: NULL, or receives a text of at most ZXL_SPAWN_ERR_MSG_MAX_LENGTH bytes that says
 * what has failed, an empty one on success
 *
 * Shows: ZXL_SPAWN_CLONE_STDIO ZXL_SPAWN_CLONE_ENVIRON ZXL_SPAWN_CLONE_ALL zxl_spawn_action_t
 * ZXL_SPAWN_ACTION_* ZXL_SPAWN_ERR_MSG_MAX_LENGTH PA_USER0
 *
 * The process is in @job from its first instruction on, and so are its children, where
 * zx_job_create() has made the job. The call returns when Linux has begun to execute the program, as
 * posix_spawn(3) does, or could not; then no process is left and @process_out is unchanged. For a
 * moment after that the process may still have the Linux name of the caller, and a part of its
 * mappings only. A program that wants to see them waits for a message of the new one first. One
 * that is damaged behind its header ends with ZXL_TASK_RETCODE_SIGNAL() of SIGSEGV or SIGKILL.
 *
 * Who waits for it: the process is a child of the caller, as one of posix_spawn(3). Its handle
 * shows the end and the return code, but for Linux it stays a zombie until the caller waits for it,
 * with waitpid(2) and its like. A program that reads return codes from ZX_INFO_PROCESS alone has
 * Linux drop the zombies: it sets SA_NOCLDWAIT for SIGCHLD with sigaction(2), or ignores SIGCHLD.
 *
 * The program inherits the descriptors that actions name, and 0, 1 and 2: with
 * ZXL_SPAWN_CLONE_STDIO the caller's, unless an action has one of them as target. Without that
 * flag, and where the caller has closed one, it is open for /dev/null. All others are closed, also
 * those without FD_CLOEXEC. A local_fd names what the caller has open there before any action.
 *
 * The environment is @environ; if that is NULL, with ZXL_SPAWN_CLONE_ENVIRON the caller's, and else
 * empty. Directory, umask, limits, credentials and blocked signals are the caller's. Ignored
 * signals stay ignored, but SIGCHLD does not.
 *
 * Handles arrive in the order of the actions; the program takes each with zx_take_startup_handle(),
 * if it has the credentials of the caller. They are sent in a channel, so the policy of the caller
 * must allow ZX_POL_NEW_CHANNEL, beside ZX_POL_NEW_PROCESS. ZX_PROP_NAME of the process is the name
 * of ZXL_SPAWN_ACTION_SET_NAME until it is set to another, and not inherited; without that action
 * it is the Linux name, which is at first the last part of @path, so "exe" for /proc/self/exe.
 *
 * In any case, also on failure, the handles of ZXL_SPAWN_ACTION_ADD_HANDLE and each local_fd of
 * ZXL_SPAWN_ACTION_TRANSFER_FD are closed here. @job stays open.
 *
 * What the job does to the program, its policy and its end, is decided as zx_task_kill() says: one
 * who starts a program in the job of another user lets that user's policy rule it, but not that
 * user end it.
 *
 * In a program with several threads this call, unlike fork(2), needs no care. It is not for signal
 * handlers, nor for threads of zx_thread_start(). Handlers of pthread_atfork(3) do not run.
 *
 * No shell is tried for a file that Linux cannot execute, unlike execvp(3). ZXL_SPAWN_CLONE_ALL has
 * flags that do not exist yet: they have no effect. @err_msg_out counts actions from 0.
 *
 * Return: ZX_OK; ZX_ERR_INVALID_ARGS unknown flag or action, @path, @argv or its first element is
 * NULL, an action without handle or name, a local_fd that is not open, a bad pointer in the lists,
 * or a file that Linux cannot execute; ZX_ERR_NOT_FOUND there is no such file, or not its
 * interpreter, or no /dev/null; ZX_ERR_BAD_PATH @path leads through a file that is no directory,
 * or is too long; ZX_ERR_ACCESS_DENIED missing permissions for the file, @job lacks the right, a
 * handle lacks ZX_RIGHT_TRANSFER, or the caller's policy forbids it; ZX_ERR_BAD_HANDLE @job or a
 * handle; ZX_ERR_WRONG_TYPE @job is no job; ZX_ERR_BAD_STATE the job was killed, or the process
 * before it could execute the program; ZX_ERR_ALREADY_EXISTS a target_fd for the second time;
 * ZX_ERR_OUT_OF_RANGE a target_fd that is negative or above the limit of descriptors, more than
 * ZX_CHANNEL_MAX_MSG_HANDLES handles, or arguments and environment that are too long for Linux;
 * ZX_ERR_NO_RESOURCES a limit of processes, descriptors or handles; ZX_ERR_NO_MEMORY;
 * ZX_ERR_UNAVAILABLE the file is being written; ZX_ERR_IO; ZX_ERR_NOT_SUPPORTED no module, or one
 * that knows no jobs; ZX_ERR_INTERNAL another error of Linux, which @err_msg_out tells.
 *
 * Example: supervisor
 *
 * See also: zxl_spawn(), zx_take_startup_handle(), zx_job_create(), zx_task_kill(),
 * zxl_process_pidfd(), posix_spawn(3), execve(2), sigaction(2).
 */
zx_status_t zxl_spawn_etc(zx_handle_t job, uint32_t flags, const char *path,
			  const char *const *argv, const char *const *environ,
			  size_t action_count, const zxl_spawn_action_t *actions,
			  zx_handle_t *process_out,
			  char err_msg_out[ZXL_SPAWN_ERR_MSG_MAX_LENGTH]);

/*
 * Services: how two programs that were started separately get a channel to each other. The server
 * listens at a path. A client creates a channel and sends the server one endpoint, so the client's
 * user pays for what is unread in it (zircon(7), Memory). The path is a Unix datagram socket: the
 * permissions of the file, and of its directory, limit the users who can connect.
 */

/* An option of zxl_service_listen(). */
#define ZXL_SERVICE_NONBLOCK ((uint32_t)1u << 0) /* sets O_NONBLOCK */

/* A client, as the kernel reported it when the client connected. */
typedef struct zxl_service_cred {
	uint32_t uid; /* effective user */
	uint32_t gid; /* effective group */
	int32_t pid; /* process, 0 if the server cannot see it */
} zxl_service_cred_t;

/**
 * zxl_service_listen - let other programs connect at a path
 * @path: a file, or a name in the abstract namespace if it begins with '@'; NULL for the first
 *	socket from systemd
 * @options: 0 or ZXL_SERVICE_NONBLOCK
 * @out_fd: receives the descriptor for zxl_service_accept()
 *
 * The descriptor is readable (EPOLLIN) while clients wait. With ZXL_SERVICE_NONBLOCK it has
 * O_NONBLOCK. It is close-on-exec. zxl_service_close() closes it and removes the file.
 *
 * Connecting needs write permission for the file, which is created as umask(2) says: with the usual
 * 022 other users cannot connect until chmod(2) allows it. @path should be in a directory that only
 * the server's user can write. Any program can listen at an abstract name that is free, so clients
 * that must know the server use a file.
 *
 * If a server has ended and left its file, the call replaces that file, which the caller must be
 * allowed to write to, as well as its directory. Meanwhile the call keeps a lock file, @path with
 * ".lock" after it, and returns ZX_ERR_ALREADY_BOUND to another server that calls it then. The call
 * does not replace the file of a server that listens, or a file that is no socket.
 *
 * If systemd started the program, see sd_listen_fds(3), and passed a socket with exactly this path,
 * a copy of this socket is returned, and a second call returns another one. The unit needs
 * ListenDatagram= and PassCredentials=yes. LISTEN_PID and LISTEN_FDS are not read by a program with
 * more rights than its caller, see secure_getenv(3).
 *
 * Not for signal handlers.
 *
 * Shows: ZXL_SERVICE_NONBLOCK
 *
 * Return: ZX_OK; ZX_ERR_ALREADY_BOUND a server listens at @path, or is about to;
 * ZX_ERR_ALREADY_EXISTS @path is no socket, also if it is a symbolic link; ZX_ERR_NOT_FOUND the
 * directory does not exist, or @path is NULL and systemd passed no datagram socket;
 * ZX_ERR_BAD_STATE the socket from systemd lacks PassCredentials=yes; ZX_ERR_BAD_PATH @path is
 * longer than 107 bytes, or leads through a file that is no directory; ZX_ERR_ACCESS_DENIED missing
 * permissions, also to find out whether a server listens, or a read-only file system;
 * ZX_ERR_INVALID_ARGS unknown option, no name or @out_fd is NULL; ZX_ERR_NOT_SUPPORTED there is no
 * device, as zircon(7) describes; ZX_ERR_NO_SPACE the file system is full; ZX_ERR_NO_RESOURCES no descriptor is left; ZX_ERR_NO_MEMORY; ZX_ERR_IO another error
 * of the file system.
 *
 * Example: service
 *
 * See also: zxl_service_accept(), zxl_service_connect(), zxl_service_close(), zircon-stop(7),
 * unix(7), epoll(7), systemd.socket(5), sd_listen_fds(3).
 */
zx_status_t zxl_service_listen(const char *path, uint32_t options, int *out_fd);

/**
 * zxl_service_accept - receive the channel of the next client
 * @fd: from zxl_service_listen()
 * @out_channel: receives the handle, with all rights that zx_channel_create() gives
 * @out_cred: receives the user, group and process of the client, or NULL
 *
 * Waits for a client, unless @fd has O_NONBLOCK. A signal handler does not end the wait: a server
 * that has to stop polls @fd together with a signalfd(2); zircon-stop(7) has an example.
 *
 * What arrives may come from any program that may write to the path:
 *
 * - Messages without a channel are dropped, and the call goes on with the next one. After 64 of
 *   them it returns ZX_ERR_SHOULD_WAIT, also if @fd is blocking, so that one client does not keep
 *   the server from others. EPOLLIN is still up if there are more.
 * - No client can make the call wait by sending nothing, or a part.
 * - The client may have closed its endpoint, and what it wrote before can be read. It may also have
 *   sent both endpoints of a channel, as two clients. A server must not answer what may be an
 *   answer, or it could talk to itself.
 * - The client may have sent a descriptor of something else. Threads of the library close these, as
 *   close() can wait for a file system (FUSE) that the client controls. There are at most 32 such
 *   threads, and none while there is nothing to close. While all 32 wait, more such descriptors
 *   stay open until one of the threads goes on; where no thread can be started, until a later
 *   call can start one. While a thread waits in the kernel, the process does not end, not even by
 *   SIGKILL, until that file system answers or is gone: an administrator can abort it in
 *   /sys/fs/fuse/connections. Linux protects no program that receives descriptors from this. Where
 *   users are not trusted, do not let them mount FUSE. A child of fork() has copies of the
 *   descriptors that were still open; execve() closes them.
 *
 * A server that cannot accept for lack of resources loses that client only, which sees PEER_CLOSED.
 * The server limits how many channels it keeps for each @out_cred->uid.
 *
 * Not for signal handlers.
 *
 * Shows: zxl_service_cred_t
 *
 * Return: ZX_OK; ZX_ERR_SHOULD_WAIT no client waits, or 64 messages were dropped;
 * ZX_ERR_NO_RESOURCES no descriptor or no handle was left, and a client was lost; ZX_ERR_NO_MEMORY
 * the same for memory, but the client may still wait; ZX_ERR_BAD_HANDLE @fd is not open;
 * ZX_ERR_WRONG_TYPE @fd is no Unix datagram socket; ZX_ERR_INVALID_ARGS @out_channel is NULL.
 *
 * Example: service
 *
 * See also: zxl_service_listen(), zxl_handle_watch(), zx_channel_read(), zircon-stop(7), unix(7).
 */
zx_status_t zxl_service_accept(int fd, zx_handle_t *out_channel, zxl_service_cred_t *out_cred);

/**
 * zxl_service_close - stop listening
 * @fd: from zxl_service_listen()
 *
 * Removes the file and closes @fd. Channels of clients that were accepted stay; clients that wait
 * see PEER_CLOSED. An abstract name, and a file of systemd, have nothing to be removed. A server
 * that changes its directory after zxl_service_listen() uses an absolute path. Of several processes
 * that have @fd, one calls this, and the others close(2).
 *
 * Not for signal handlers.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @fd is not open; ZX_ERR_WRONG_TYPE @fd is no Unix datagram
 * socket, and stays open.
 *
 * Example: service
 *
 * See also: zxl_service_listen(), zircon-stop(7), unlink(2).
 */
zx_status_t zxl_service_close(int fd);

/**
 * zxl_service_connect - get a channel to the server at a path
 * @path: as for zxl_service_listen(), but not NULL
 * @deadline: monotonic time
 * @out_channel: receives the handle
 *
 * Until @deadline the call waits for a server that does not listen yet, and while too many clients
 * wait for the server (net.unix.max_dgram_qlen, see sysctl(8)). It does not wait until the server
 * accepts: the channel can be written at once, and calls through it have deadlines of their own. If
 * the server ends first the channel shows PEER_CLOSED. With a @deadline in the past the call tries
 * once. A signal handler does not end the wait.
 *
 * Not for signal handlers.
 *
 * Return: ZX_OK; ZX_ERR_NOT_FOUND until @deadline no server listened at @path, also if @path is a
 * file that is no socket; ZX_ERR_TIMED_OUT a server listens, and too many clients waited for it
 * until @deadline; ZX_ERR_ACCESS_DENIED missing permissions; ZX_ERR_BAD_PATH @path is longer than
 * 107 bytes, or leads through a file that is no directory; ZX_ERR_WRONG_TYPE @path is a socket of
 * another type; ZX_ERR_INVALID_ARGS no name, or @out_channel is NULL; ZX_ERR_NO_RESOURCES no
 * descriptor is left, or the user has too many in flight, see unix(7); ZX_ERR_NO_MEMORY; ZX_ERR_IO
 * another error of the file system.
 *
 * Example: service
 *
 * See also: zxl_service_listen(), zx_channel_call(), zx_deadline_after(), zx_time_t(3).
 */
zx_status_t zxl_service_connect(const char *path, zx_instant_mono_t deadline,
				zx_handle_t *out_channel);

/*
 * Calls that wait. Each tries first, also if its deadline has passed, and then waits until it can
 * succeed or the deadline passes.
 */

/**
 * zxl_channel_read_deadline - read a message, or wait for one
 * @handle: an endpoint of a channel; needs ZX_RIGHT_READ, and to wait ZX_RIGHT_WAIT
 * @options: as for zx_channel_read()
 * @deadline: monotonic time; ZX_TIME_INFINITE never passes
 * @bytes: receives the bytes
 * @handles: receives the handles
 * @num_bytes: the size of @bytes in bytes
 * @num_handles: the size of @handles in handles
 * @actual_bytes: receives the size of the message, or NULL
 * @actual_handles: receives the number of its handles, or NULL
 *
 * The call tries first, also if @deadline has passed. A signal handler does not end the wait.
 * Several threads can wait at one channel; each message goes to one of them.
 *
 * Shows: ZX_CHANNEL_READ_MAY_DISCARD ZX_CHANNEL_MAX_MSG_BYTES ZX_CHANNEL_MAX_MSG_HANDLES
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT no message came until @deadline; ZX_ERR_CANCELED a wait through
 * @handle ended as in zx_object_wait_one(): it was closed, or sent and received;
 * ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_READ or, to wait, ZX_RIGHT_WAIT; ZX_ERR_NO_RESOURCES
 * the user has too many waits on the object, or as zx_channel_read(); all other errors of
 * zx_channel_read(), but not ZX_ERR_SHOULD_WAIT.
 *
 * Example: deadline
 *
 * See also: zx_channel_read(), zxl_channel_write_deadline(), zx_deadline_after(), zx_time_t(3).
 */
zx_status_t zxl_channel_read_deadline(zx_handle_t handle, uint32_t options,
				      zx_instant_mono_t deadline, void *bytes,
				      zx_handle_t *handles, uint32_t num_bytes,
				      uint32_t num_handles, uint32_t *actual_bytes,
				      uint32_t *actual_handles);

/**
 * zxl_channel_write_deadline - write a message, or wait for space in the queue
 * @handle: an endpoint of a channel; needs ZX_RIGHT_WRITE, and to wait ZX_RIGHT_WAIT
 * @options: as for zx_channel_write()
 * @deadline: monotonic time; ZX_TIME_INFINITE never passes
 * @bytes: the bytes
 * @num_bytes: how many
 * @handles: the handles to send
 * @num_handles: how many
 *
 * The call tries first, also if @deadline has passed. A signal handler does not end the wait.
 * @handles are consumed as by zx_channel_write(), also if the wait fails, but not with
 * ZX_ERR_TIMED_OUT.
 *
 * Shows: ZX_CHANNEL_MAX_MSG_BYTES ZX_CHANNEL_MAX_MSG_HANDLES
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT there was no space until @deadline, and nothing was sent or
 * consumed; ZX_ERR_CANCELED a wait through @handle ended as in zx_object_wait_one(): it was closed,
 * or sent and received; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_WRITE or, to wait,
 * ZX_RIGHT_WAIT; ZX_ERR_NO_RESOURCES the user has too many waits on the object, or as
 * zx_channel_write(); all other errors of zx_channel_write(), but not ZX_ERR_SHOULD_WAIT.
 *
 * Example: deadline
 *
 * See also: zx_channel_write(), zxl_channel_read_deadline(), zx_channel_call(), zx_time_t(3).
 */
zx_status_t zxl_channel_write_deadline(zx_handle_t handle, uint32_t options,
				       zx_instant_mono_t deadline, const void *bytes,
				       uint32_t num_bytes, const zx_handle_t *handles,
				       uint32_t num_handles);

/**
 * zxl_socket_read_deadline - read bytes from a socket, or wait for some
 * @handle: an endpoint of a socket; needs ZX_RIGHT_READ, and to wait ZX_RIGHT_WAIT
 * @options: 0 or ZX_SOCKET_PEEK
 * @deadline: monotonic time; ZX_TIME_INFINITE never passes
 * @buffer: receives the bytes
 * @buffer_size: the size of @buffer in bytes
 * @actual: receives how many were read, or NULL
 *
 * The call tries first, also if @deadline has passed. A signal handler does not end the wait.
 * It returns as soon as there are bytes, which may be fewer than @buffer_size. Of a datagram socket
 * it reads one datagram. @actual is written on success only.
 *
 * Shows: ZX_SOCKET_PEEK
 *
 * Return: ZX_OK; ZX_ERR_TIMED_OUT nothing came until @deadline; ZX_ERR_INVALID_ARGS bad pointer or
 * option, also ZX_SOCKET_CONTROL; ZX_ERR_CANCELED a wait through @handle ended as in
 * zx_object_wait_one(): it was closed, or sent and received; ZX_ERR_ACCESS_DENIED @handle lacks
 * ZX_RIGHT_READ or, to wait, ZX_RIGHT_WAIT; ZX_ERR_NO_RESOURCES the user has too many waits on the
 * object, or as zx_socket_read(); all other errors of zx_socket_read(), but not ZX_ERR_SHOULD_WAIT.
 *
 * Example: deadline
 *
 * See also: zx_socket_read(), zxl_socket_write_deadline(), zx_deadline_after(), zx_time_t(3).
 */
zx_status_t zxl_socket_read_deadline(zx_handle_t handle, uint32_t options,
				     zx_instant_mono_t deadline, void *buffer, size_t buffer_size,
				     size_t *actual);

/**
 * zxl_socket_write_deadline - write all bytes to a socket, and wait for space where there is none
 * @handle: an endpoint of a socket; needs ZX_RIGHT_WRITE, and to wait ZX_RIGHT_WAIT
 * @options: 0
 * @deadline: monotonic time; ZX_TIME_INFINITE never passes
 * @buffer: the bytes
 * @buffer_size: how many
 * @actual: receives how many were written, also on failure, or NULL
 *
 * The call tries first, also if @deadline has passed. A signal handler does not end the wait.
 * Other threads' writes can come between parts of a stream. No signal is raised when there is
 * space for a certain datagram, so while WRITABLE is up the call tries each millisecond.
 *
 * Return: ZX_OK all bytes were written; ZX_ERR_TIMED_OUT not all was written until @deadline;
 * ZX_ERR_CANCELED a wait through @handle ended as in zx_object_wait_one(): it was closed, or sent
 * and received; ZX_ERR_ACCESS_DENIED @handle lacks ZX_RIGHT_WRITE or, to wait, ZX_RIGHT_WAIT;
 * ZX_ERR_NO_RESOURCES the user has too many waits on the object, or as zx_socket_write(); all other
 * errors of zx_socket_write(), but not ZX_ERR_SHOULD_WAIT.
 *
 * Example: deadline
 *
 * See also: zx_socket_write(), zxl_socket_read_deadline(), zx_deadline_after(), zx_time_t(3).
 */
zx_status_t zxl_socket_write_deadline(zx_handle_t handle, uint32_t options,
				      zx_instant_mono_t deadline, const void *buffer,
				      size_t buffer_size, size_t *actual);

__END_CDECLS

#endif /* ZIRCON_LINUX_H_ */
