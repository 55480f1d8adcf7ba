// SPDX-License-Identifier: MIT
/*
 * Futexes: Linux's, private to the process as Zircon's are. A call whose new owner is
 * ZX_HANDLE_INVALID is one system call, and no call needs the module then.
 *
 * No owner is stored yet. check_owner() is where a handle to a thread will be looked up.
 */
#include "internal.h"

#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <time.h>

/* futex(2). The fourth argument is a time or a count, depending on @op. */
static inline long futex(const zx_futex_t *futex, int op, uint32_t value, uint64_t time_or_count,
			 const zx_futex_t *futex2, uint32_t value3)
{
	return zxi_system_call(SYS_futex, zxi_ptr(futex), op | FUTEX_PRIVATE_FLAG, value,
			       time_or_count, zxi_ptr(futex2), value3);
}

/* Of the address of a futex Zircon checks this first, and of that of one to wake no more. */
static inline bool is_aligned(const zx_futex_t *futex)
{
	return futex && (uintptr_t)futex % sizeof(*futex) == 0;
}

/* Linux takes the number of threads as an int. */
static inline uint32_t count(uint32_t threads)
{
	return threads < INT_MAX ? threads : INT_MAX;
}

static zx_status_t status_of(long ret)
{
	if (ret >= 0)
		return ZX_OK;
	switch (ret) {
	case -EAGAIN:	/* the futex has another value */
		return ZX_ERR_BAD_STATE;
	case -ETIMEDOUT:
		return ZX_ERR_TIMED_OUT;
	case -EFAULT:
	case -EINVAL:
		return ZX_ERR_INVALID_ARGS;
	default:	/* a seccomp filter has refused the system call */
		return ZX_ERR_INTERNAL;
	}
}

/**
 * check_owner - what is wrong with a new owner that is not ZX_HANDLE_INVALID
 * @value_ptr: the futex whose value the caller of the library has given
 * @current_value: that value
 * @owner: the handle
 *
 * Zircon checks the value before the handle: a mutex whose holder changes meanwhile may pass the
 * handle of a thread that has ended.
 *
 * Return: a status, never ZX_OK: a futex cannot have an owner yet.
 */
static zx_status_t check_owner(const zx_futex_t *value_ptr, zx_futex_t current_value,
			       zx_handle_t owner)
{
	zx_info_handle_basic_t info = { .type = ZX_OBJ_TYPE_NONE };
	struct zx_ioc_object_get_info arg = {
		.handle = owner,
		.topic = ZX_INFO_HANDLE_BASIC,
		.buffer = zxi_ptr(&info),
		.buffer_size = sizeof(info),
	};
	const int fd = zxi_descriptor(atomic_load_explicit(&zxi_device, memory_order_relaxed));
	zx_status_t status;
	long ret = -EBADF;

	/* Compares the value, and then neither wakes a thread nor moves one. */
	status = status_of(futex(value_ptr, FUTEX_CMP_REQUEUE, 0, 0, value_ptr, current_value));
	if (status != ZX_OK)
		return status;
	/* Not zxi_device_call(): a line of the trace needs much stack, and traced() has one. */
	if (fd >= 0)
		ret = zxi_ioctl(fd, ZX_IOC_OBJECT_GET_INFO, &arg);
	status = zxi_device_finish(fd, ret, ZX_IOC_OBJECT_GET_INFO, &arg);
	if (status == ZX_OK)
		status = info.type == ZX_OBJ_TYPE_THREAD ? ZX_ERR_NOT_SUPPORTED : ZX_ERR_WRONG_TYPE;
	return status;
}

/*
 * The calls themselves. Where they are traced, the functions that programs call make them through
 * traced().
 */

static inline zx_status_t futex_wait(const zx_futex_t *value_ptr, zx_futex_t current_value,
				     zx_handle_t new_futex_owner, zx_instant_mono_t deadline)
{
	/* Linux refuses a time before boot, which has passed as the time of boot has. */
	struct timespec ts = zx_timespec_from_time(deadline > 0 ? deadline : 0);
	const struct timespec *timeout = deadline == ZX_TIME_INFINITE ? NULL : &ts;
	long ret;

	if (unlikely(!is_aligned(value_ptr)))
		return ZX_ERR_INVALID_ARGS;
	if (unlikely(new_futex_owner != ZX_HANDLE_INVALID))
		return check_owner(value_ptr, current_value, new_futex_owner);
	do
		ret = futex(value_ptr, FUTEX_WAIT_BITSET, current_value, zxi_ptr(timeout), NULL,
			    FUTEX_BITSET_MATCH_ANY);
	while (ret == -EINTR);
	return status_of(ret);
}

static inline zx_status_t futex_wake(const zx_futex_t *value_ptr, uint32_t wake_count)
{
	long ret;

	if (unlikely(!is_aligned(value_ptr)))
		return ZX_ERR_INVALID_ARGS;
	/* Linux would wake one thread. */
	if (unlikely(wake_count == 0))
		return ZX_OK;
	ret = futex(value_ptr, FUTEX_WAKE, count(wake_count), 0, NULL, 0);
	/* No thread can wait at an address that is the kernel's, and no other is looked at. */
	return ret == -EFAULT ? ZX_OK : status_of(ret);
}

static inline zx_status_t futex_requeue(const zx_futex_t *value_ptr, uint32_t wake_count,
					zx_futex_t current_value, const zx_futex_t *requeue_ptr,
					uint32_t requeue_count, zx_handle_t new_requeue_owner)
{
	if (unlikely(!is_aligned(value_ptr) || !is_aligned(requeue_ptr) ||
		     value_ptr == requeue_ptr))
		return ZX_ERR_INVALID_ARGS;
	if (unlikely(new_requeue_owner != ZX_HANDLE_INVALID))
		return check_owner(value_ptr, current_value, new_requeue_owner);
	return status_of(futex(value_ptr, FUTEX_CMP_REQUEUE, count(wake_count),
			       count(requeue_count), requeue_ptr, current_value));
}

static inline zx_status_t futex_get_owner(const zx_futex_t *value_ptr, zx_koid_t *koid)
{
	if (!is_aligned(value_ptr) || !koid)
		return ZX_ERR_INVALID_ARGS;
	/*
	 * The kernel writes there first, so that a bad pointer is an error: the thread's signal
	 * mask, which has the size of a koid.
	 */
	if (zxi_system_call(SYS_rt_sigprocmask, SIG_BLOCK, 0, zxi_ptr(koid), sizeof(*koid), 0, 0))
		return ZX_ERR_INVALID_ARGS;
	*koid = ZX_KOID_INVALID;
	return ZX_OK;
}

/* Makes a call, and writes its line. */
static __NO_INLINE zx_status_t traced(unsigned int request, const struct zxi_futex *arg)
{
	const zx_futex_t *value_ptr = (const zx_futex_t *)(uintptr_t)arg->value_ptr;
	const zx_futex_t *requeue_ptr = (const zx_futex_t *)(uintptr_t)arg->requeue_ptr;
	struct zxi_trace trace;
	zx_status_t status;

	zxi_trace_begin(&trace, request, arg);
	switch (request) {
	case ZXI_FUTEX_WAIT:
		status = futex_wait(value_ptr, arg->value, arg->handle, arg->deadline);
		break;
	case ZXI_FUTEX_WAKE:
		status = futex_wake(value_ptr, arg->wake_count);
		break;
	case ZXI_FUTEX_REQUEUE:
		status = futex_requeue(value_ptr, arg->wake_count, arg->value, requeue_ptr,
				       arg->requeue_count, arg->handle);
		break;
	default:
		status = futex_get_owner(value_ptr, (zx_koid_t *)(uintptr_t)arg->koid);
		break;
	}
	zxi_trace_end(&trace, status);
	return status;
}

zx_status_t zx_futex_wait(const zx_futex_t *value_ptr, zx_futex_t current_value,
			  zx_handle_t new_futex_owner, zx_instant_mono_t deadline)
{
	if (unlikely(zxi_tracing))
		return traced(ZXI_FUTEX_WAIT, &(const struct zxi_futex){
			.value_ptr = zxi_ptr(value_ptr),
			.value = current_value,
			.handle = new_futex_owner,
			.deadline = deadline,
		});
	return futex_wait(value_ptr, current_value, new_futex_owner, deadline);
}

zx_status_t zx_futex_wake(const zx_futex_t *value_ptr, uint32_t wake_count)
{
	if (unlikely(zxi_tracing))
		return traced(ZXI_FUTEX_WAKE, &(const struct zxi_futex){
			.value_ptr = zxi_ptr(value_ptr),
			.wake_count = wake_count,
		});
	return futex_wake(value_ptr, wake_count);
}

zx_status_t zx_futex_wake_single_owner(const zx_futex_t *value_ptr)
{
	return zx_futex_wake(value_ptr, 1);
}

zx_status_t zx_futex_requeue(const zx_futex_t *value_ptr, uint32_t wake_count,
			     zx_futex_t current_value, const zx_futex_t *requeue_ptr,
			     uint32_t requeue_count, zx_handle_t new_requeue_owner)
{
	if (unlikely(zxi_tracing))
		return traced(ZXI_FUTEX_REQUEUE, &(const struct zxi_futex){
			.value_ptr = zxi_ptr(value_ptr),
			.wake_count = wake_count,
			.value = current_value,
			.requeue_ptr = zxi_ptr(requeue_ptr),
			.requeue_count = requeue_count,
			.handle = new_requeue_owner,
		});
	return futex_requeue(value_ptr, wake_count, current_value, requeue_ptr, requeue_count,
			     new_requeue_owner);
}

zx_status_t zx_futex_requeue_single_owner(const zx_futex_t *value_ptr, zx_futex_t current_value,
					  const zx_futex_t *requeue_ptr, uint32_t requeue_count,
					  zx_handle_t new_requeue_owner)
{
	return zx_futex_requeue(value_ptr, 1, current_value, requeue_ptr, requeue_count,
				new_requeue_owner);
}

zx_status_t zx_futex_get_owner(const zx_futex_t *value_ptr, zx_koid_t *koid)
{
	if (unlikely(zxi_tracing))
		return traced(ZXI_FUTEX_GET_OWNER, &(const struct zxi_futex){
			.value_ptr = zxi_ptr(value_ptr),
			.koid = zxi_ptr(koid),
		});
	return futex_get_owner(value_ptr, koid);
}

/*
 * zx_futex_wake_handle_close_thread_exit(). When the value is stored another thread may unmap the
 * stack of this one, but the ioctl reads the handle from memory. So that memory is here: the
 * handles that threads are closing, or 0 where an entry is free.
 */
#define CLOSING_MAX	64

static struct zx_ioc_handle closing[CLOSING_MAX];

/* The threads that had entries do not exist in a child. */
void zxi_futex_after_fork(void)
{
	for (size_t i = 0; i < CLOSING_MAX; i++)
		__atomic_store_n(&closing[i].handle, ZX_HANDLE_INVALID, __ATOMIC_RELAXED);
}

/* Returns an entry with @handle. Waits while other threads have all of them. */
static struct zx_ioc_handle *closing_entry(zx_handle_t handle)
{
	const struct timespec pause = { .tv_nsec = 100000 };

	for (;;) {
		for (size_t i = 0; i < CLOSING_MAX; i++) {
			zx_handle_t unused = ZX_HANDLE_INVALID;

			if (__atomic_compare_exchange_n(&closing[i].handle, &unused, handle, false,
							__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
				return &closing[i];
		}
		zxi_system_call(SYS_nanosleep, zxi_ptr(&pause), 0, 0, 0, 0, 0);
	}
}

/*
 * The four steps, each with its operands in registers. @entry is NULL if there is no handle. A step
 * that fails is a trap.
 */
static _Noreturn void store_wake_close_exit(const zx_futex_t *value_ptr, uint32_t wake_count,
					    int32_t new_value, int fd, struct zx_ioc_handle *entry)
{
#if defined(__x86_64__)
	register long r12 __asm__("r12") = new_value;
	register long r13 __asm__("r13") = fd;
	register unsigned long r14 __asm__("r14") = ZX_IOC_HANDLE_CLOSE;
	register struct zx_ioc_handle *r15 __asm__("r15") = entry;

	/* A store is a release on this architecture. */
	__asm__ volatile("movl	%%r12d, (%%rdi)\n\t"
			 "testl	%%edx, %%edx\n\t"
			 "jz	1f\n\t"
			 "movl	%[futex], %%eax\n\t"
			 "syscall\n\t"
			 "testl	%%eax, %%eax\n\t"
			 "js	3f\n"
			 "1:	testq	%%r15, %%r15\n\t"
			 "jz	2f\n\t"
			 "movl	%[ioctl], %%eax\n\t"
			 "movl	%%r13d, %%edi\n\t"
			 "movq	%%r14, %%rsi\n\t"
			 "movq	%%r15, %%rdx\n\t"
			 "syscall\n\t"
			 "testl	%%eax, %%eax\n\t"
			 "jnz	3f\n\t"
			 "movl	$0, (%%r15)\n"
			 "2:	movl	%[exit], %%eax\n\t"
			 "xorl	%%edi, %%edi\n\t"
			 "syscall\n"
			 "3:	ud2"
			 :
			 : "D"(value_ptr), "S"((long)FUTEX_WAKE_PRIVATE), "d"(wake_count),
			   "r"(r12), "r"(r13), "r"(r14), "r"(r15),
			   [futex] "i"(SYS_futex), [ioctl] "i"(SYS_ioctl), [exit] "i"(SYS_exit)
			 : "rax", "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register const zx_futex_t *x0 __asm__("x0") = value_ptr;
	register unsigned long x1 __asm__("x1") = FUTEX_WAKE_PRIVATE;
	register unsigned long x2 __asm__("x2") = wake_count;
	register long x19 __asm__("x19") = new_value;
	register long x20 __asm__("x20") = fd;
	register unsigned long x21 __asm__("x21") = ZX_IOC_HANDLE_CLOSE;
	register struct zx_ioc_handle *x22 __asm__("x22") = entry;

	__asm__ volatile("stlr	w19, [x0]\n\t"
			 "cbz	w2, 1f\n\t"
			 "mov	x8, %[futex]\n\t"
			 "svc	#0\n\t"
			 "tbnz	x0, #63, 3f\n"
			 "1:	cbz	x22, 2f\n\t"
			 "mov	x8, %[ioctl]\n\t"
			 "mov	x0, x20\n\t"
			 "mov	x1, x21\n\t"
			 "mov	x2, x22\n\t"
			 "svc	#0\n\t"
			 "cbnz	x0, 3f\n\t"
			 "stlr	wzr, [x22]\n"
			 "2:	mov	x8, %[exit]\n\t"
			 "mov	x0, #0\n\t"
			 "svc	#0\n"
			 "3:	brk	#1000"
			 :
			 : "r"(x0), "r"(x1), "r"(x2), "r"(x19), "r"(x20), "r"(x21), "r"(x22),
			   [futex] "i"(SYS_futex), [ioctl] "i"(SYS_ioctl), [exit] "i"(SYS_exit)
			 : "x8", "memory");
#endif
	__builtin_unreachable();
}

static __NO_INLINE void trace_exit(const struct zxi_futex *arg)
{
	struct zxi_trace trace;

	zxi_trace_begin(&trace, ZXI_FUTEX_EXIT, arg);
	zxi_trace_last(&trace);
}

void zx_futex_wake_handle_close_thread_exit(const zx_futex_t *value_ptr, uint32_t wake_count,
					    int32_t new_value, zx_handle_t close_handle)
{
	/* 32 and 33 are the C library's: setuid() of another thread waits until this one has 33. */
	const uint64_t all = ~0ull, most = all & ~(3ull << 31);
	struct zx_ioc_handle *entry = NULL;

	/* zx_futex_wake() would fail, also for no thread. NULL faults when it is stored to. */
	if ((uintptr_t)value_ptr % sizeof(*value_ptr))
		__builtin_trap();
	/* Opens the device if this process has not. A bad handle traps when it is closed. */
	if (close_handle != ZX_HANDLE_INVALID)
		zx_handle_check_valid(close_handle);
	if (unlikely(zxi_tracing))
		trace_exit(&(const struct zxi_futex){
			.value_ptr = zxi_ptr(value_ptr),
			.wake_count = wake_count,
			.value = new_value,
			.handle = close_handle,
		});
	/* A thread may close its own handle with this call. */
	zxi_thread_ends(close_handle);
	/* No handler of the program may run while an entry is in use, and none without a stack. */
	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&most), 0, sizeof(most), 0, 0);
	if (close_handle != ZX_HANDLE_INVALID)
		entry = closing_entry(close_handle);
	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&all), 0, sizeof(all), 0, 0);
	store_wake_close_exit(value_ptr, count(wake_count), new_value,
			      zxi_descriptor(atomic_load_explicit(&zxi_device,
								  memory_order_relaxed)), entry);
}

ZXI_TWIN(zx_futex_wait);
ZXI_TWIN(zx_futex_wake);
ZXI_TWIN(zx_futex_wake_single_owner);
ZXI_TWIN(zx_futex_requeue);
ZXI_TWIN(zx_futex_requeue_single_owner);
ZXI_TWIN(zx_futex_get_owner);
ZXI_TWIN(zx_futex_wake_handle_close_thread_exit);
