/* SPDX-License-Identifier: MIT */
/*
 * A program's handles to itself, and those that it was started with. The library makes the former
 * when they are first asked for.
 */
#ifndef ZIRCON_PROCESS_H_
#define ZIRCON_PROCESS_H_

#include <zircon/types.h>

__BEGIN_CDECLS

/**
 * zx_process_self - a handle to the calling process
 *
 * The handle is the library's, one for the whole process: it is not to be closed, replaced or
 * sent away, but may be duplicated.
 *
 * Linux: the object is that of the Linux process. It is the same, with the same koid, from the
 * first call to any of zx_*, or the first zxl_process_open() of another program, or in a job of
 * zx_job_create() from the beginning, until the last thread is gone, also over execve() and where
 * the device is closed in between.
 * ZX_PROCESS_TERMINATED comes up then, after all its handles are closed. zx_object_get_info() says
 * how that goes together with waitpid(2).
 *
 * A program that sends a duplicate to another lets it see when this process ends, with
 * ZX_RIGHT_WAIT; how it ends, with ZX_RIGHT_INSPECT; end it, with ZX_RIGHT_DESTROY.
 *
 * Shows: ZX_PROCESS_TERMINATED ZX_DEFAULT_PROCESS_RIGHTS
 *
 * Return: a handle with ZX_DEFAULT_PROCESS_RIGHTS, or ZX_HANDLE_INVALID where the device is
 * not there or there is no memory.
 *
 * Example: property
 *
 * See also: zx_handle_duplicate(), zx_object_get_info(), zx_object_set_property(),
 * zx_object_wait_one(), zx_task_kill(), zxl_process_open().
 */
zx_handle_t zx_process_self(void);

/**
 * zx_thread_self - a handle to the calling thread
 *
 * The handle is the library's, one for each thread, and is closed when the thread ends: it is not to
 * be closed, replaced or sent away, but may be duplicated. zx_futex_wake_handle_close_thread_exit()
 * may close it.
 *
 * The object shows what the thread does, ZX_INFO_THREAD of zx_object_get_info(); ZX_THREAD_RUNNING is
 * up until the thread ends, ZX_THREAD_TERMINATED from then on. Its name is that of
 * pthread_setname_np(3), as that of a process is its Linux name. The kernel can still write to the
 * stack of a thread of pthread_create(3) that is ZX_THREAD_TERMINATED: pthread_join(3) says when it
 * may be used again.
 *
 * Shows: ZX_THREAD_RUNNING ZX_THREAD_TERMINATED ZX_DEFAULT_THREAD_RIGHTS
 *
 * Return: a handle with ZX_DEFAULT_THREAD_RIGHTS, or ZX_HANDLE_INVALID where the device is
 * not there or there is no memory.
 *
 * Example: thread
 *
 * See also: zx_process_self(), zx_handle_duplicate(), zx_object_get_info(), zx_object_get_child(),
 * zx_object_wait_one(), zx_thread_exit().
 */
zx_handle_t zx_thread_self(void);

/**
 * zx_job_default - a handle to the job that the calling process is in
 *
 * The handle is the library's, one for the whole process: it is not to be closed, replaced or
 * sent away, but may be duplicated. Jobs are made below it with zx_job_create(), programs are
 * started in it with zxl_spawn().
 *
 * Linux: a process that was started with zxl_spawn(), or a process that is a child of one in a job
 * of zx_job_create(), is in that job. Any other is in the default job of its user in its pid
 * namespace, see pid_namespaces(7), which exists while it has a process, a job or a handle; its
 * children are there too, but not before their first call to any of zx_*. A handle to a user's default job lacks the rights to end it, to change its
 * policy, its name and its signals: ZX_RIGHT_DESTROY, ZX_RIGHT_SET_POLICY, ZX_RIGHT_SET_PROPERTY
 * and ZX_RIGHT_SIGNAL; and so do handles that zx_object_get_child() makes with it, also to jobs of
 * the program itself. In Zircon a program has a handle to its job only if it was given one.
 *
 * Shows: ZX_DEFAULT_JOB_RIGHTS
 *
 * Return: a handle with ZX_DEFAULT_JOB_RIGHTS, to a user's default job without the four above; or
 * ZX_HANDLE_INVALID where the device is not there or there is no memory.
 *
 * Example: supervisor
 *
 * See also: zx_job_create(), zxl_root_job(), zx_process_self(), zx_object_get_info().
 */
zx_handle_t zx_job_default(void);

/**
 * zx_take_startup_handle - take a handle that the program was started with
 * @hnd_info: what the handle is, as the one says that starts the program: PA_HND() of
 * <zircon/processargs.h>
 *
 * zxl_spawn_etc() gives a program handles, with an identifier for each. The first call of this
 * function receives all of them. A handle that the function returns is the caller's to close. If
 * several have the same identifier, each call returns another one. Those that the program does not
 * take stay open until it ends.
 *
 * Linux: a program that was started in another way has none, nor has a child of fork(2). Until the
 * first call the handles belong to the process, also over execve(2): "sh -c 'exec worker'" gives
 * them to the worker, and a shell that starts it as a child does not. A program that this one
 * executes after the first call has none. A program with other user or group ids than
 * the one that has started it, or with capabilities that that one lacks, gets none, and they are
 * closed when it ends: so one of a set-user-ID file, and one that has dropped privileges before the
 * first call. The handles of the program to itself, PA_PROC_SELF and its like, are not among them:
 * see zx_process_self(), zx_thread_self() and zx_job_default().
 *
 * Shows: PA_USER0 PA_USER1 PA_USER2
 *
 * PA_HND(type, arg) has one of these types, whose meaning the two programs agree on, and a number
 * from 0 to 65535.
 *
 * Return: the handle; or ZX_HANDLE_INVALID, there is none, it was taken, or there is no memory.
 *
 * Example: supervisor
 *
 * See also: zxl_spawn_etc(), zx_process_self(), zx_handle_close(), execve(2).
 */
zx_handle_t zx_take_startup_handle(uint32_t hnd_info);

/*
 * A function of Fuchsia's runtime for an object that is not here, the address space. It returns
 * ZX_HANDLE_INVALID, and is declared since Fuchsia's C++ headers in lib/zx mention it.
 */
zx_handle_t zx_vmar_root_self(void);

/* See <zircon/compiler.h>. */
__ZX_TWIN(zx_process_self);
__ZX_TWIN(zx_job_default);
__ZX_TWIN(zx_take_startup_handle);
__ZX_TWIN(zx_thread_self);
__ZX_TWIN(zx_vmar_root_self);

__END_CDECLS

#endif /* ZIRCON_PROCESS_H_ */
