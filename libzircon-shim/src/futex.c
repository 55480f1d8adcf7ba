// SPDX-License-Identifier: MIT
/*
 * Futexes, private to the process as Zircon's are: each call is one of futex(2), and needs no
 * module, until one names an owner. Linux' futexes have no owners, and do not tell which thread was
 * woken. So from then on the threads of the process wait in the module.
 */
#include "internal.h"

#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>
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

/* Whether a call of this process has named an owner. */
static atomic_bool has_owners;

/*
 * Whether threads of this process may wait in the module. The caller has stored the value of a
 * futex before, or has counted itself: the fence keeps that before the load. So of one that wakes
 * and of one that is about to wait, at least one sees the other.
 */
static inline bool in_module(void)
{
	atomic_thread_fence(memory_order_seq_cst);
	return atomic_load(&has_owners);
}

/*
 * How many threads wait in futex(2), or are about to. One that began before an owner was named is
 * looked for there too.
 */
static _Atomic uint32_t plain_waiters;

/*
 * A call names an owner, so the threads that wait from now on do so in the module. A number that is
 * no handle of a thread changes nothing for other calls: the module refuses it.
 */
static __NO_INLINE void name_owner(zx_handle_t owner)
{
	zx_info_handle_basic_t info = { .type = ZX_OBJ_TYPE_NONE };
	struct zx_ioc_object_get_info arg = {
		.handle = owner,
		.topic = ZX_INFO_HANDLE_BASIC,
		.buffer = zxi_ptr(&info),
		.buffer_size = sizeof(info),
	};

	if (!in_module() && zxi_device_ask(ZX_IOC_OBJECT_GET_INFO, &arg) == ZX_OK &&
	    info.type == ZX_OBJ_TYPE_THREAD)
		atomic_store(&has_owners, true);
}

/*
 * The calls themselves. Where they are traced, the functions that programs call make them through
 * traced().
 */

static __NO_INLINE zx_status_t wait_in_module(const zx_futex_t *value_ptr,
					      int value, zx_handle_t owner,
					      zx_instant_mono_t deadline)
{
	struct zx_ioc_futex_wait arg = {
		.value_ptr = zxi_ptr(value_ptr),
		.current_value = value,
		.owner = owner,
		.deadline = deadline,
	};

	return zxi_device_ask(ZX_IOC_FUTEX_WAIT, &arg);
}

/*
 * The time-out of futex(2), in @ts; NULL for none. Linux refuses a time before boot, which has
 * passed as the time of boot has.
 */
static inline const struct timespec *timeout_of(zx_instant_mono_t deadline, struct timespec *ts)
{
	if (deadline == ZX_TIME_INFINITE)
		return NULL;
	*ts = zx_timespec_from_time(deadline > 0 ? deadline : 0);
	return ts;
}

#define GOES_TO_MODULE 1 /* what futex(2) returns for no wait */

/* One wait in futex(2). */
static inline long wait_once(const zx_futex_t *value_ptr, int value, const struct timespec *timeout)
{
	long ret = GOES_TO_MODULE;

	/* Both are sequentially consistent, see in_module(). */
	atomic_fetch_add(&plain_waiters, 1);
	if (likely(!atomic_load(&has_owners)))
		ret = futex(value_ptr, FUTEX_WAIT_BITSET, (uint32_t)value, zxi_ptr(timeout), NULL,
			    FUTEX_BITSET_MATCH_ANY);
	atomic_fetch_sub(&plain_waiters, 1);
	return ret;
}

/* A wait that a signal handler has interrupted, or that goes to the module. */
static __NO_INLINE zx_status_t wait_on(const zx_futex_t *value_ptr, int value,
				       zx_instant_mono_t deadline, long ret)
{
	struct timespec ts;

	/* The handler may have named an owner, also in a child by fork(). */
	while (ret == -EINTR)
		ret = wait_once(value_ptr, value, timeout_of(deadline, &ts));
	if (ret == GOES_TO_MODULE)
		return wait_in_module(value_ptr, value, ZX_HANDLE_INVALID, deadline);
	return status_of(ret);
}

static inline __ALWAYS_INLINE zx_status_t futex_wait(const zx_futex_t *value_ptr, int value,
						     zx_handle_t new_futex_owner,
						     zx_instant_mono_t deadline)
{
	struct timespec ts;
	long ret;

	if (unlikely(!is_aligned(value_ptr)))
		return ZX_ERR_INVALID_ARGS;
	if (unlikely(new_futex_owner != ZX_HANDLE_INVALID)) {
		name_owner(new_futex_owner);
		return wait_in_module(value_ptr, value, new_futex_owner, deadline);
	}
	ret = wait_once(value_ptr, value, timeout_of(deadline, &ts));
	if (unlikely(ret == -EINTR || ret == GOES_TO_MODULE))
		return wait_on(value_ptr, value, deadline, ret);
	return status_of(ret);
}

/* Those that wait in futex(2) began before all that wait in the module. */
static __NO_INLINE zx_status_t wake_in_module(const zx_futex_t *value_ptr, uint32_t wake_count,
					      uint32_t options)
{
	struct zx_ioc_futex_wake arg = {
		.value_ptr = zxi_ptr(value_ptr),
		.wake_count = wake_count,
		.options = options,
	};
	long woken = 0;

	if (atomic_load(&plain_waiters) && wake_count)
		woken = futex(value_ptr, FUTEX_WAKE, count(wake_count), 0, NULL, 0);
	if (woken > 0) {
		arg.wake_count -= (uint32_t)woken;
		arg.options = 0;
	}
	return zxi_device_ask(ZX_IOC_FUTEX_WAKE, &arg);
}

static inline zx_status_t futex_wake(const zx_futex_t *value_ptr, uint32_t wake_count,
				     uint32_t options)
{
	long ret;

	if (unlikely(!is_aligned(value_ptr)))
		return ZX_ERR_INVALID_ARGS;
	if (unlikely(in_module()))
		return wake_in_module(value_ptr, wake_count, options);
	/* Linux would wake one thread. */
	if (unlikely(wake_count == 0))
		return ZX_OK;
	ret = futex(value_ptr, FUTEX_WAKE, count(wake_count), 0, NULL, 0);
	/* No thread can wait at an address that is the kernel's, and no other is looked at. */
	return ret == -EFAULT ? ZX_OK : status_of(ret);
}

static __NO_INLINE zx_status_t requeue_in_module(const struct zx_ioc_futex_requeue *call)
{
	const zx_futex_t *value_ptr = (const zx_futex_t *)(uintptr_t)call->value_ptr;
	const zx_futex_t *requeue_ptr = (const zx_futex_t *)(uintptr_t)call->requeue_ptr;
	struct zx_ioc_futex_requeue arg = *call;
	uint32_t moved[2] = { 0, 0 };
	zx_status_t status;

	arg.moved = zxi_ptr(moved);
	status = zxi_device_ask(ZX_IOC_FUTEX_REQUEUE, &arg);
	/* What is left goes to those in futex(2). The module has compared the value. */
	if (status == ZX_OK && atomic_load(&plain_waiters))
		futex(value_ptr, FUTEX_REQUEUE, count(arg.wake_count - moved[0]),
		      count(arg.requeue_count - moved[1]), requeue_ptr, 0);
	return status;
}

static inline zx_status_t futex_requeue(const zx_futex_t *value_ptr, uint32_t wake_count,
					zx_futex_t current_value, const zx_futex_t *requeue_ptr,
					uint32_t requeue_count, zx_handle_t new_requeue_owner,
					uint32_t options)
{
	if (unlikely(!is_aligned(value_ptr) || !is_aligned(requeue_ptr) ||
		     value_ptr == requeue_ptr))
		return ZX_ERR_INVALID_ARGS;
	if (unlikely(new_requeue_owner != ZX_HANDLE_INVALID))
		name_owner(new_requeue_owner);
	if (unlikely(new_requeue_owner != ZX_HANDLE_INVALID || in_module()))
		return requeue_in_module(&(const struct zx_ioc_futex_requeue){
			.value_ptr = zxi_ptr(value_ptr),
			.requeue_ptr = zxi_ptr(requeue_ptr),
			.wake_count = wake_count,
			.requeue_count = requeue_count,
			.current_value = current_value,
			.owner = new_requeue_owner,
			.options = options,
		});
	return status_of(futex(value_ptr, FUTEX_CMP_REQUEUE, count(wake_count),
			       count(requeue_count), requeue_ptr, current_value));
}

static inline zx_status_t futex_get_owner(const zx_futex_t *value_ptr, zx_koid_t *koid)
{
	struct zx_ioc_futex_get_owner arg = {
		.value_ptr = zxi_ptr(value_ptr),
		.koid = zxi_ptr(koid),
	};

	if (!is_aligned(value_ptr) || !koid)
		return ZX_ERR_INVALID_ARGS;
	if (in_module())
		return zxi_device_ask(ZX_IOC_FUTEX_GET_OWNER, &arg);
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
		status = futex_wake(value_ptr, arg->wake_count, arg->options);
		break;
	case ZXI_FUTEX_REQUEUE:
		status = futex_requeue(value_ptr, arg->wake_count, arg->value, requeue_ptr,
				       arg->requeue_count, arg->handle, arg->options);
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

static inline zx_status_t wake(const zx_futex_t *value_ptr, uint32_t wake_count, uint32_t options)
{
	if (unlikely(zxi_tracing))
		return traced(ZXI_FUTEX_WAKE, &(const struct zxi_futex){
			.value_ptr = zxi_ptr(value_ptr),
			.wake_count = wake_count,
			.options = options,
		});
	return futex_wake(value_ptr, wake_count, options);
}

zx_status_t zx_futex_wake(const zx_futex_t *value_ptr, uint32_t wake_count)
{
	return wake(value_ptr, wake_count, 0);
}

zx_status_t zx_futex_wake_single_owner(const zx_futex_t *value_ptr)
{
	return wake(value_ptr, 1, ZXL_FUTEX_SINGLE_OWNER);
}

static inline zx_status_t requeue(const zx_futex_t *value_ptr, uint32_t wake_count,
				  zx_futex_t current_value, const zx_futex_t *requeue_ptr,
				  uint32_t requeue_count, zx_handle_t new_requeue_owner,
				  uint32_t options)
{
	if (unlikely(zxi_tracing))
		return traced(ZXI_FUTEX_REQUEUE, &(const struct zxi_futex){
			.value_ptr = zxi_ptr(value_ptr),
			.wake_count = wake_count,
			.value = current_value,
			.requeue_ptr = zxi_ptr(requeue_ptr),
			.requeue_count = requeue_count,
			.handle = new_requeue_owner,
			.options = options,
		});
	return futex_requeue(value_ptr, wake_count, current_value, requeue_ptr, requeue_count,
			     new_requeue_owner, options);
}

zx_status_t zx_futex_requeue(const zx_futex_t *value_ptr, uint32_t wake_count,
			     zx_futex_t current_value, const zx_futex_t *requeue_ptr,
			     uint32_t requeue_count, zx_handle_t new_requeue_owner)
{
	return requeue(value_ptr, wake_count, current_value, requeue_ptr, requeue_count,
		       new_requeue_owner, 0);
}

zx_status_t zx_futex_requeue_single_owner(const zx_futex_t *value_ptr, zx_futex_t current_value,
					  const zx_futex_t *requeue_ptr, uint32_t requeue_count,
					  zx_handle_t new_requeue_owner)
{
	return requeue(value_ptr, 1, current_value, requeue_ptr, requeue_count, new_requeue_owner,
		       ZXL_FUTEX_SINGLE_OWNER);
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
 * stack of this one, but the ioctls read their arguments from memory. So that memory is here.
 */
#define LAST_MAX	64

struct last {
	struct zx_ioc_handle close;	/* no handle, if it is ZX_HANDLE_INVALID */
	struct zx_ioc_futex_wake wake;
	uint32_t used;
};

static struct last last[LAST_MAX];

/*
 * The threads that had entries do not exist in a child. plain_waiters stays: this thread may be in
 * a signal handler that has interrupted a wait, and one too many costs a system call only.
 */
void zxi_futex_after_fork(void)
{
	for (size_t i = 0; i < LAST_MAX; i++)
		__atomic_store_n(&last[i].used, 0, __ATOMIC_RELAXED);
	atomic_store(&has_owners, false);
}

/* Returns an entry. Waits while other threads have all of them. */
static struct last *last_entry(void)
{
	const struct timespec pause = { .tv_nsec = 100000 };

	for (;;) {
		for (size_t i = 0; i < LAST_MAX; i++) {
			uint32_t unused = 0;

			if (__atomic_compare_exchange_n(&last[i].used, &unused, 1, false,
							__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
				return &last[i];
		}
		zxi_system_call(SYS_nanosleep, zxi_ptr(&pause), 0, 0, 0, 0, 0);
	}
}

#define AT(member) "i"(offsetof(struct last, member))

/*
 * The four steps, each with its operands in registers. A step that fails is a trap, but for the
 * wake-up in the module. has_owners is read after the value is stored, see in_module(), and then
 * zxi_device, which is decoded as by zxi_descriptor().
 */
static _Noreturn void store_wake_close_exit(const zx_futex_t *value_ptr, uint32_t wake_count,
					    int32_t new_value, struct last *entry)
{
#if defined(__x86_64__)
	register long r12 __asm__("r12") = new_value;
	register const void *r13 __asm__("r13") = &has_owners;
	register _Atomic int *r14 __asm__("r14") = &zxi_device;
	register struct last *r15 __asm__("r15") = entry;

	/* A store is a release on this architecture, and an exchange a fence. */
	__asm__ volatile("xchgl	%%r12d, (%%rdi)\n\t"
			 "xorl	%%eax, %%eax\n\t"
			 "testl	%%edx, %%edx\n\t"
			 "jz	1f\n\t"
			 "movl	%[futex], %%eax\n\t"
			 "syscall\n\t"
			 "testl	%%eax, %%eax\n\t"
			 "js	4f\n"
			 "1:	movzbl	(%%r13), %%ebx\n\t"
			 "movl	(%%r14), %%r13d\n\t"
			 "cmpl	$-1, %%r13d\n\t"
			 "je	3f\n\t"
			 "jg	5f\n\t"
			 "notl	%%r13d\n\t"
			 "decl	%%r13d\n"
			 "5:	testl	%%ebx, %%ebx\n\t"
			 "jz	2f\n\t"
			 "subl	%%eax, %c[left](%%r15)\n\t"
			 "movl	%[ioctl], %%eax\n\t"
			 "movl	%%r13d, %%edi\n\t"
			 "movl	%[wake_request], %%esi\n\t"
			 "leaq	%c[wake](%%r15), %%rdx\n\t"
			 "syscall\n"
			 "2:	cmpl	$0, %c[handle](%%r15)\n\t"
			 "jz	3f\n\t"
			 "movl	%[ioctl], %%eax\n\t"
			 "movl	%%r13d, %%edi\n\t"
			 "movl	%[close_request], %%esi\n\t"
			 "leaq	%c[close](%%r15), %%rdx\n\t"
			 "syscall\n\t"
			 "testl	%%eax, %%eax\n\t"
			 "jnz	4f\n"
			 "3:	movl	$0, %c[used](%%r15)\n\t"
			 "movl	%[exit], %%eax\n\t"
			 "xorl	%%edi, %%edi\n\t"
			 "syscall\n"
			 "4:	ud2"
			 :
			 : "D"(value_ptr), "S"((long)FUTEX_WAKE_PRIVATE), "d"(wake_count),
			   "r"(r12), "r"(r13), "r"(r14), "r"(r15),
			   [wake] AT(wake), [close] AT(close), [used] AT(used),
			   [left] "i"(offsetof(struct last, wake.wake_count)),
			   [handle] "i"(offsetof(struct last, close.handle)),
			   [wake_request] "i"(ZX_IOC_FUTEX_WAKE),
			   [close_request] "i"(ZX_IOC_HANDLE_CLOSE),
			   [futex] "i"(SYS_futex), [ioctl] "i"(SYS_ioctl), [exit] "i"(SYS_exit)
			 : "rax", "rbx", "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register const zx_futex_t *x0 __asm__("x0") = value_ptr;
	register unsigned long x1 __asm__("x1") = FUTEX_WAKE_PRIVATE;
	register unsigned long x2 __asm__("x2") = wake_count;
	register long x19 __asm__("x19") = new_value;
	register unsigned long x21 __asm__("x21") = ZX_IOC_HANDLE_CLOSE;
	register struct last *x22 __asm__("x22") = entry;
	register unsigned long x23 __asm__("x23") = ZX_IOC_FUTEX_WAKE;
	register const zx_futex_t *x24 __asm__("x24") = value_ptr;

	register _Atomic int *x25 __asm__("x25") = &zxi_device;
	register const void *x26 __asm__("x26") = &has_owners;

	__asm__ volatile("stlr	w19, [x0]\n\t"
			 "dmb	ish\n\t"
			 "mov	x0, #0\n\t"
			 "cbz	w2, 1f\n\t"
			 "mov	x0, x24\n\t"
			 "mov	x8, %[futex]\n\t"
			 "svc	#0\n\t"
			 "tbnz	x0, #63, 4f\n"
			 "1:	ldarb	w10, [x26]\n\t"
			 "ldar	w20, [x25]\n\t"
			 "cmn	w20, #1\n\t"
			 "b.eq	3f\n\t"
			 "b.gt	5f\n\t"
			 "mvn	w20, w20\n\t"
			 "sub	w20, w20, #1\n"
			 "5:	cbz	w10, 2f\n\t"
			 "ldr	w9, [x22, %[left]]\n\t"
			 "sub	w9, w9, w0\n\t"
			 "str	w9, [x22, %[left]]\n\t"
			 "mov	x8, %[ioctl]\n\t"
			 "mov	x0, x20\n\t"
			 "mov	x1, x23\n\t"
			 "add	x2, x22, %[wake]\n\t"
			 "svc	#0\n"
			 "2:	ldr	w9, [x22, %[handle]]\n\t"
			 "cbz	w9, 3f\n\t"
			 "mov	x8, %[ioctl]\n\t"
			 "mov	x0, x20\n\t"
			 "mov	x1, x21\n\t"
			 "add	x2, x22, %[close]\n\t"
			 "svc	#0\n\t"
			 "cbnz	x0, 4f\n"
			 "3:	add	x9, x22, %[used]\n\t"
			 "stlr	wzr, [x9]\n\t"
			 "mov	x8, %[exit]\n\t"
			 "mov	x0, #0\n\t"
			 "svc	#0\n"
			 "4:	brk	#1000"
			 :
			 : "r"(x0), "r"(x1), "r"(x2), "r"(x19), "r"(x21), "r"(x22),
			   "r"(x23), "r"(x24), "r"(x25), "r"(x26),
			   [wake] AT(wake), [close] AT(close), [used] AT(used),
			   [left] "i"(offsetof(struct last, wake.wake_count)),
			   [handle] "i"(offsetof(struct last, close.handle)),
			   [futex] "i"(SYS_futex), [ioctl] "i"(SYS_ioctl), [exit] "i"(SYS_exit)
			 : "x8", "x9", "x10", "x20", "cc", "memory");
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
	struct zx_ioc_handle check = { .handle = close_handle };
	struct last *entry;

	/* zx_futex_wake() would fail, also for no thread. NULL faults when it is stored to. */
	if ((uintptr_t)value_ptr % sizeof(*value_ptr))
		__builtin_trap();
	/*
	 * Opens the device if this process has not, and again if a child of vfork() has left the
	 * number of its own. A bad handle traps when it is closed.
	 */
	if (close_handle != ZX_HANDLE_INVALID || in_module())
		zxi_device_ask(ZX_IOC_HANDLE_CHECK_VALID, &check);
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
	entry = last_entry();
	entry->close.handle = close_handle;
	entry->wake.value_ptr = zxi_ptr(value_ptr);
	entry->wake.wake_count = wake_count;
	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&all), 0, sizeof(all), 0, 0);
	store_wake_close_exit(value_ptr, count(wake_count), new_value, entry);
}

ZXI_TWIN(zx_futex_wait);
ZXI_TWIN(zx_futex_wake);
ZXI_TWIN(zx_futex_wake_single_owner);
ZXI_TWIN(zx_futex_requeue);
ZXI_TWIN(zx_futex_requeue_single_owner);
ZXI_TWIN(zx_futex_get_owner);
ZXI_TWIN(zx_futex_wake_handle_close_thread_exit);
