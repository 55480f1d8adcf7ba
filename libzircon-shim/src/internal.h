/* SPDX-License-Identifier: MIT */
/*
 * What the library's files share: the way into the kernel. Nothing here is visible outside; names
 * that the linker sees start with zxi_, so that a static link does not meet them by accident.
 */
#ifndef ZXI_INTERNAL_H
#define ZXI_INTERNAL_H

/* Everything is hidden but what the public headers declare. */
#pragma GCC visibility push(default)
#include <zircon/linux.h>
#include <zircon/process.h>
#include <zircon/processargs.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>
#include <zircon/threads.h>
#include <zircon/types.h>
#include <zircon/utc.h>
#pragma GCC visibility pop

#include <errno.h>
#include <linux/zircon.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Records, iovecs and counts go to the kernel as the caller laid them out, and the kernel's layout
 * is that of a 64-bit program.
 */
_Static_assert(sizeof(void *) == 8, "libzircon is for 64-bit programs");

/*
 * The process's /dev/zircon: its descriptor; -1 before its first use; where calls are traced, -2
 * less the descriptor, so that zxi_device_call() has one test for both. Written in device.c only.
 */
extern _Atomic int zxi_device;

/* The descriptor that a value of zxi_device stands for, or -1. */
static inline int zxi_descriptor(int device)
{
	return device < -1 ? -2 - device : device;
}

/*
 * zx_object_get_info() with ZX_INFO_PROCESS_MAPS or an older version of it. @arg is that of the
 * ioctl, which is made first.
 */
zx_status_t zxi_process_maps(struct zx_ioc_object_get_info *arg);

/*
 * ZX_ERR_ACCESS_DENIED if a handle of a process lacks one of these rights: ZXL_IOC_PROCESS_PID is
 * content with any that a caller of it needs. Of a handle of something else the module says what
 * is wrong when it is asked next.
 */
zx_status_t zxi_process_check_rights(zx_handle_t handle, zx_rights_t rights);

/* The process's handle to itself, or 0 when it has none yet. */
extern _Atomic zx_handle_t zxi_process_self;

/* Its handle to the job that it is in, likewise. */
extern _Atomic zx_handle_t zxi_job_default;

/**
 * zxi_kept_handle - a handle that the library makes once and keeps
 * @kept: the handle, or 0 when there is none yet
 * @request: the ioctl that makes one
 * @arg: its struct
 * @fresh: where @arg has the handle written
 *
 * Return: the handle, or ZX_HANDLE_INVALID.
 */
zx_handle_t zxi_kept_handle(_Atomic zx_handle_t *kept, unsigned long request, void *arg,
			    const zx_handle_t *fresh);

/* In a child of fork(), before it makes a call: forget what is the parent's or its threads'. */
void zxi_futex_after_fork(void);
void zxi_utc_after_fork(void);
void zxi_thread_after_fork(void);
void zxi_startup_after_fork(void);

/*
 * The message with the handles that a program is started with, as this library sends it: arguments
 * and environment go by execve().
 */
struct zxi_startup {
	zx_proc_args_t header;
	uint32_t infos[ZX_CHANNEL_MAX_MSG_HANDLES];
};

/*
 * In a thread that ends without the C library: close what the library has for it, but for a handle
 * that the caller closes itself.
 */
void zxi_thread_ends(zx_handle_t other);

/*
 * A thread of zx_thread_start() has no thread-local variables: what such a thread may call, as all
 * zx_*() functions, uses neither those nor what the C library keeps in them (errno, cancellation).
 */

/**
 * zxi_device_retry - the rest of zxi_device_call(), for everything but a plain answer
 * @device: what zxi_device was
 * @ret: what the kernel said to that descriptor, a negative errno; -EBADF if it was not asked
 * @request: ZX_IOC_* or ZXL_IOC_*
 * @arg: its struct
 *
 * Opens the device where that has not been done, or not by this process, and goes on where a signal
 * interrupted. Where calls are traced it makes the whole call.
 *
 * Return: a status for the caller of the library.
 */
zx_status_t zxi_device_retry(int device, long ret, unsigned long request, void *arg);

/* The same without the tracing. @fd is a descriptor, or -1. */
zx_status_t zxi_device_finish(int fd, long ret, unsigned long request, void *arg);

/* The whole call without the tracing, where it is a part of another one or needs little stack. */
static inline zx_status_t zxi_device_ask(unsigned long request, void *arg);

/**
 * zxi_device_exit - pass on a return code before the program ends itself
 * @arg: the struct of ZX_IOC_PROCESS_EXIT
 *
 * Blocks all signals: no handler may run between this and the end. Where the device cannot be
 * opened it does nothing, and says nothing.
 */
void zxi_device_exit(struct zx_ioc_process_exit *arg);

/* Defines the second name that __ZX_TWIN() declares; at the end of the function's file. */
#define ZXI_TWIN(name) __ZX_SECOND_NAME(name, __ALIAS(#name))

/*
 * The system call itself, and not ioctl() or syscall() of the C library: a channel round trip is
 * two of these and little else, and errno must not change.
 */
static inline long zxi_ioctl(int fd, unsigned long request, void *arg)
{
#if defined(__x86_64__)
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"((long)SYS_ioctl), "D"((long)fd), "S"(request), "d"(arg)
			 : "rcx", "r11", "memory");
	return ret;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = SYS_ioctl;
	register long x0 __asm__("x0") = fd;
	register unsigned long x1 __asm__("x1") = request;
	register void *x2 __asm__("x2") = arg;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
#else
	int saved = errno;
	long ret = syscall(SYS_ioctl, fd, request, arg);

	if (ret < 0) {
		ret = -errno;
		errno = saved;
	}
	return ret;
#endif
}

/*
 * A system call that changes no errno and is no cancellation point. Returns what the kernel
 * returns: a negative errno for an error.
 */
static inline long zxi_system_call(long number, unsigned long arg1, unsigned long arg2,
				   unsigned long arg3, unsigned long arg4, unsigned long arg5,
				   unsigned long arg6)
{
#if defined(__x86_64__)
	register unsigned long r10 __asm__("r10") = arg4;
	register unsigned long r8 __asm__("r8") = arg5;
	register unsigned long r9 __asm__("r9") = arg6;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"(number), "D"(arg1), "S"(arg2), "d"(arg3), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number;
	register unsigned long x0 __asm__("x0") = arg1;
	register unsigned long x1 __asm__("x1") = arg2;
	register unsigned long x2 __asm__("x2") = arg3;
	register unsigned long x3 __asm__("x3") = arg4;
	register unsigned long x4 __asm__("x4") = arg5;
	register unsigned long x5 __asm__("x5") = arg6;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return (long)x0;
#else
#error "zxi_system_call() is not written for this architecture"
#endif
}

/**
 * zxi_device_call - ask the module for something
 * @request: ZX_IOC_* or ZXL_IOC_*
 * @arg: its struct
 *
 * Return: a status.
 */
static inline zx_status_t zxi_device_call(unsigned long request, void *arg)
{
	int device = atomic_load_explicit(&zxi_device, memory_order_relaxed);
	long ret = -EBADF;

	if (likely(device >= 0))
		ret = zxi_ioctl(device, request, arg);
	if (likely(ret >= 0))
		return (zx_status_t)-ret;
	return zxi_device_retry(device, ret, request, arg);
}

static inline zx_status_t zxi_device_ask(unsigned long request, void *arg)
{
	const int fd = zxi_descriptor(atomic_load_explicit(&zxi_device, memory_order_relaxed));
	long ret = -EBADF;

	if (fd >= 0)
		ret = zxi_ioctl(fd, request, arg);
	if (likely(ret >= 0))
		return (zx_status_t)-ret;
	return zxi_device_finish(fd, ret, request, arg);
}

/*
 * The status of a call with a deadline on @handle. If it has @waited, and the handle was closed
 * between a wait and the next attempt, that was during the call. (A channel's write also returns
 * ZX_ERR_BAD_HANDLE for a handle in the message.)
 */
static inline zx_status_t zxi_after_wait(zx_handle_t handle, zx_status_t status, bool waited)
{
	if (waited && status == ZX_ERR_BAD_HANDLE && zx_handle_check_valid(handle) != ZX_OK)
		return ZX_ERR_CANCELED;
	return status;
}

/* Writes a number and a NUL. Signal handlers may not call snprintf(). */
void zxi_append_number(char *to, unsigned int number);

/* A pointer as the kernel's structs carry it. */
static inline uint64_t zxi_ptr(const void *p)
{
	return (uintptr_t)p;
}

/*
 * Tracing, see trace.c.
 */

/* Whether calls are traced. Written before the first call only, see start_trace(). */
extern bool zxi_tracing;

/*
 * The requests of calls that are traced and are not one ioctl, with a struct zxi_futex,
 * zxi_thread_start or zxi_memory.
 */
enum {
	ZXI_FUTEX_WAIT = 1,
	ZXI_FUTEX_WAKE,
	ZXI_FUTEX_REQUEUE,
	ZXI_FUTEX_GET_OWNER,
	ZXI_FUTEX_EXIT,
	ZXI_THREAD_START,
	ZXI_PROCESS_READ_MEMORY,
	ZXI_PROCESS_WRITE_MEMORY,
};

/* The arguments of the zx_futex_*() functions, by their names there. */
struct zxi_futex {
	uint64_t value_ptr;
	uint64_t requeue_ptr;
	uint64_t koid;
	int64_t deadline;
	uint32_t value;		/* current_value or new_value */
	uint32_t wake_count;
	uint32_t requeue_count;
	uint32_t handle;	/* the new owner, or close_handle */
	uint32_t options;	/* ZXL_FUTEX_* */
};

/* The arguments of zx_thread_start_regs(), by their names there. */
struct zxi_thread_start {
	uint64_t pc;
	uint64_t sp;
	uint64_t arg1;
	uint64_t arg2;
	uint64_t tp;
	uint64_t abi_reg;
	uint32_t handle;
};

/* The arguments of zx_process_read_memory() and zx_process_write_memory(), by their names there. */
struct zxi_memory {
	uint64_t vaddr;
	uint64_t buffer;
	uint64_t buffer_size;
	uint64_t actual;
	uint32_t handle;
	bool write;
};

/* One line of the trace, on the stack of the call. */
struct zxi_trace {
	const struct zxi_trace_field *field;	/* the next to be formatted */
	const void *arg;
	zx_time_t start;
	pid_t thread;
	size_t used, limit;	/* bytes of @text: how many are written, and may be for now */
	bool full;		/* the arguments do not fit, and "..." is written */
	bool in_struct;		/* "{" is written and "}" is not */
	char text[1024];
};

/**
 * zxi_trace_begin - begin a line: the call's name, and the arguments that it does not write to
 * @trace: where
 * @request: ZX_IOC_*, ZXL_IOC_* or ZXI_*
 * @arg: its struct, which stays until zxi_trace_end()
 */
void zxi_trace_begin(struct zxi_trace *trace, unsigned long request, const void *arg);

/* Formats the other arguments and @status, and writes the line. */
void zxi_trace_end(struct zxi_trace *trace, zx_status_t status);

/* Writes the line of a call that does not return. */
void zxi_trace_last(struct zxi_trace *trace);

/* zxi_device_call() with a line in the trace. @fd is a descriptor, or -1. */
zx_status_t zxi_trace_call(int fd, unsigned long request, void *arg);

#endif /* ZXI_INTERNAL_H */
