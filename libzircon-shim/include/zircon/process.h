/* SPDX-License-Identifier: MIT */
/*
 * A program's handles to itself. A Linux program is given no handles when it starts; it makes the
 * handle to its process itself.
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
 * first call to any of zx_*, or the first zxl_process_open() of another program, until the last
 * thread is gone, also over execve() and where the device is closed in between.
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

/*
 * Functions of Fuchsia's runtime for objects that are not here: the job that the program is in, and
 * the address space. Each returns ZX_HANDLE_INVALID. They are declared since Fuchsia's C++ headers in
 * lib/zx mention them.
 */
zx_handle_t zx_job_default(void);
zx_handle_t zx_vmar_root_self(void);

/* See <zircon/compiler.h>. */
__ZX_TWIN(zx_process_self);
__ZX_TWIN(zx_job_default);
__ZX_TWIN(zx_thread_self);
__ZX_TWIN(zx_vmar_root_self);

__END_CDECLS

#endif /* ZIRCON_PROCESS_H_ */
