/* SPDX-License-Identifier: MIT */
/*
 * What Fuchsia adds to the threads of C11. Its function for the handles that a new thread is made
 * with is not here.
 */
#ifndef ZIRCON_THREADS_H_
#define ZIRCON_THREADS_H_

#include <threads.h>
#include <zircon/compiler.h>
#include <zircon/types.h>

__BEGIN_CDECLS

/* The status for a result of a function in <threads.h>. */
static inline zx_status_t __PURE thrd_status_to_zx_status(int thrd_status)
{
	if (thrd_status == thrd_success)
		return ZX_OK;
	if (thrd_status == thrd_nomem)
		return ZX_ERR_NO_MEMORY;
	if (thrd_status == thrd_timedout)
		return ZX_ERR_TIMED_OUT;
	if (thrd_status == thrd_busy)
		return ZX_ERR_SHOULD_WAIT;
	return ZX_ERR_INTERNAL;
}

/**
 * thrd_create_with_name - start a C11 thread that has a name
 * @thr: receives the thread
 * @func: what it runs; the value that it returns is for thrd_join()
 * @arg: passed to @func
 * @name: the name, or NULL for that of the calling thread
 *
 * The thread has its name before it runs @func. ps(1) with -L, top(1) and debuggers show it. Linux
 * keeps the first 15 bytes. The caller may reuse the memory of @name when the call returns.
 *
 * In Fuchsia <threads.h> declares the function. The C library of Linux does not, so a program
 * includes <zircon/threads.h>. The inline function thrd_status_to_zx_status in this header makes a
 * status of the result.
 *
 * Return: a result of <threads.h>: thrd_success; thrd_nomem there is no memory, or Linux allows no
 * more threads, and then @thr is not to be used.
 *
 * See also: pthread_create(3), pthread_setname_np(3).
 */
int thrd_create_with_name(thrd_t *thr, thrd_start_t func, void *arg, const char *name);

/**
 * thrd_get_zx_handle - the handle of a thread of the C library
 * @thread: a thread of pthread_create(3) or of <threads.h> that runs, or was not joined
 *
 * The handle is the library's, the same as that of zx_thread_self() in the thread: it must not be
 * closed, replaced or sent away, but may be duplicated. It is valid until the thread ends. The
 * library closes it then if the thread itself has asked for it; else some time later. So a thread
 * that waits for ZX_THREAD_TERMINATED uses a duplicate.
 *
 * Return: a handle with ZX_DEFAULT_THREAD_RIGHTS; or ZX_HANDLE_INVALID if the thread has ended, the
 * device cannot be opened, there is no memory, or the process has too many handles.
 *
 * See also: zx_thread_self(), zx_object_get_info(), thrd_create_with_name(), pthread_self(3).
 */
zx_handle_t thrd_get_zx_handle(thrd_t thread);

__END_CDECLS

#endif /* ZIRCON_THREADS_H_ */
