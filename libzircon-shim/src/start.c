// SPDX-License-Identifier: MIT
/*
 * zx_thread_create() and zx_thread_start(): threads that the C library does not know.
 *
 * Such a thread has the stack, the registers and the thread pointer that the program gives it, and
 * no more: so all signals are blocked in it, since a handler in C needs a thread pointer.
 */
#define _GNU_SOURCE /* CLONE_VM */
#include "internal.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>

#if defined(__x86_64__)
#include <asm/prctl.h>
#include <cpuid.h>
#endif

/* A status of nothing that is over. */
#define PENDING (-4096)

/* What the new thread needs before it is the program's. On the stack of the one that starts it. */
struct start {
	struct zxl_ioc_thread_begin begin;
	struct zxi_thread_start regs;
	uint64_t request;
	int32_t fd;
	int32_t status;		/* PENDING, 0, a negated zx_status_t or a negative errno */
	uint32_t has_xsave;
};

#define AT(member) "i"(offsetof(struct start, member))
#define REG(member) "i"(offsetof(struct start, regs.member))

#if defined(__x86_64__)

/* An area in which no component is in use: XRSTOR gives all of them their initial state. */
static const struct {
	_Alignas(64) uint8_t x87[24];
	uint32_t mxcsr;
	uint8_t rest[548];
} initial_state = { .mxcsr = 0x1f80 };

/* What XRSTOR resets: x87, SSE, AVX and AVX-512, and not the protection keys of the thread. */
#define COMPONENTS 0xe7

static bool has_xsave(void)
{
	unsigned int eax, ebx, ecx, edx;

	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && ecx & bit_OSXSAVE;
}

/* An address that a jump can have. Linux gives a program 47 bits, unless it asks for more. */
static bool is_code(uint64_t address)
{
	return address < 1ull << 47;
}

/*
 * Makes the thread. It begins, tells the one that waits in zx_thread_start_regs(), and does not use
 * @start afterwards; then it clears what it has in registers and jumps to the program.
 *
 * Return: the thread's id, or a negative errno.
 */
static long make_thread(struct start *start, unsigned long flags)
{
	register struct start *r12 __asm__("r12") = start;
	register unsigned long r10 __asm__("r10") = 0;
	register unsigned long r8 __asm__("r8") = start->regs.tp;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "testq	%%rax, %%rax\n\t"
			 "jnz	3f\n\t"
			 /* The new thread. Linux takes a stack of 0 for that of its creator. */
			 "movq	%c[sp](%%r12), %%rsp\n\t"
			 "movl	%[set_gs], %%edi\n\t"
			 "xorl	%%esi, %%esi\n\t"
			 "movl	%[arch_prctl], %%eax\n\t"
			 "syscall\n\t"
			 "cmpl	$0, %c[has_xsave](%%r12)\n\t"
			 "jz	1f\n\t"
			 "movl	%[components], %%eax\n\t"
			 "xorl	%%edx, %%edx\n\t"
			 "xrstor %[initial]\n"
			 "1:	movl %c[fd](%%r12), %%edi\n\t"
			 "movq	%c[request](%%r12), %%rsi\n\t"
			 "leaq	%c[begin](%%r12), %%rdx\n\t"
			 "movl	%[ioctl], %%eax\n\t"
			 "syscall\n\t"
			 "movq	%c[arg1](%%r12), %%rbx\n\t"
			 "movq	%c[arg2](%%r12), %%rbp\n\t"
			 "movq	%c[pc](%%r12), %%r13\n\t"
			 "movq	%c[abi_reg](%%r12), %%r15\n\t"
			 "movl	%%eax, %%r14d\n\t"
			 "leaq	%c[status](%%r12), %%rdi\n\t"
			 "movl	%%eax, (%%rdi)\n\t"
			 "movl	%[wake], %%esi\n\t"
			 "movl	$1, %%edx\n\t"
			 "movl	%[futex], %%eax\n\t"
			 "syscall\n\t"
			 "testl	%%r14d, %%r14d\n\t"
			 "jnz	2f\n\t"
			 "movq	%%rbx, %%rdi\n\t"
			 "movq	%%rbp, %%rsi\n\t"
			 "movq	%%r13, %%rax\n\t"
			 "xorl	%%ebx, %%ebx\n\t"
			 "xorl	%%ecx, %%ecx\n\t"
			 "xorl	%%edx, %%edx\n\t"
			 "xorl	%%ebp, %%ebp\n\t"
			 "xorl	%%r8d, %%r8d\n\t"
			 "xorl	%%r9d, %%r9d\n\t"
			 "xorl	%%r10d, %%r10d\n\t"
			 "xorl	%%r11d, %%r11d\n\t"
			 "xorl	%%r12d, %%r12d\n\t"
			 "xorl	%%r13d, %%r13d\n\t"
			 "xorl	%%r14d, %%r14d\n\t"
			 "jmp	*%%rax\n"
			 "2:	movl %[exit], %%eax\n\t"
			 "xorl	%%edi, %%edi\n\t"
			 "syscall\n\t"
			 "ud2\n"
			 "3:"
			 : "=a"(ret)
			 : "0"((long)SYS_clone), "D"(flags), "S"(start), "d"(0l),
			   "r"(r10), "r"(r8), "r"(r12), [initial] "m"(initial_state),
			   [has_xsave] AT(has_xsave), [fd] AT(fd), [request] AT(request),
			   [begin] AT(begin), [status] AT(status),
			   [sp] REG(sp), [pc] REG(pc), [arg1] REG(arg1), [arg2] REG(arg2),
			   [abi_reg] REG(abi_reg),
			   [components] "i"(COMPONENTS), [wake] "i"(FUTEX_WAKE_PRIVATE),
			   [set_gs] "i"(ARCH_SET_GS), [arch_prctl] "i"(SYS_arch_prctl),
			   [ioctl] "i"(SYS_ioctl), [futex] "i"(SYS_futex), [exit] "i"(SYS_exit)
			 : "rcx", "r11", "memory");
	return ret;
}

#elif defined(__aarch64__)

static bool has_xsave(void)
{
	return false;
}

/* The kernel's addresses have bit 55 set, and those of programs 48 bits and a tag. */
static bool is_code(uint64_t address)
{
	return !(address & 1ull << 55);
}

/* As above. */
static long make_thread(struct start *start, unsigned long flags)
{
	register unsigned long x0 __asm__("x0") = flags;
	register struct start *x1 __asm__("x1") = start;
	register unsigned long x2 __asm__("x2") = 0;
	register unsigned long x3 __asm__("x3") = start->regs.tp;
	register unsigned long x4 __asm__("x4") = 0;
	register long x8 __asm__("x8") = SYS_clone;
	register struct start *x19 __asm__("x19") = start;

	__asm__ volatile("svc	#0\n\t"
			 "cbnz	x0, 3f\n\t"
			 /* The new thread. */
			 "ldr	x9, [x19, %[sp]]\n\t"
			 "mov	sp, x9\n\t"
			 "ldr	w0, [x19, %[fd]]\n\t"
			 "ldr	x1, [x19, %[request]]\n\t"
			 "add	x2, x19, %[begin]\n\t"
			 "mov	x8, %[ioctl]\n\t"
			 "svc	#0\n\t"
			 "ldr	x21, [x19, %[arg1]]\n\t"
			 "ldr	x22, [x19, %[arg2]]\n\t"
			 "ldr	x23, [x19, %[pc]]\n\t"
			 "ldr	x18, [x19, %[abi_reg]]\n\t"
			 "mov	w20, w0\n\t"
			 "add	x0, x19, %[status]\n\t"
			 "stlr	w20, [x0]\n\t"
			 "mov	x1, %[wake]\n\t"
			 "mov	x2, #1\n\t"
			 "mov	x8, %[futex]\n\t"
			 "svc	#0\n\t"
			 "cbnz	w20, 2f\n\t"
			 "msr	fpcr, xzr\n\t"
			 "msr	fpsr, xzr\n\t"
			 ".irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
			 "movi	v\\n\\().2d, #0\n\t"
			 ".endr\n\t"
			 ".irp	n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n\t"
			 "movi	v\\n\\().2d, #0\n\t"
			 ".endr\n\t"
			 "mov	x0, x21\n\t"
			 "mov	x1, x22\n\t"
			 "mov	x16, x23\n\t"
			 ".irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17\n\t"
			 "mov	x\\n, xzr\n\t"
			 ".endr\n\t"
			 ".irp	n, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30\n\t"
			 "mov	x\\n, xzr\n\t"
			 ".endr\n\t"
			 "br	x16\n"
			 "2:	mov x8, %[exit]\n\t"
			 "mov	x0, #0\n\t"
			 "svc	#0\n\t"
			 "brk	#1000\n"
			 "3:"
			 : "+r"(x0)
			 : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x8), "r"(x19),
			   [fd] AT(fd), [request] AT(request), [begin] AT(begin),
			   [status] AT(status),
			   [sp] REG(sp), [pc] REG(pc), [arg1] REG(arg1), [arg2] REG(arg2),
			   [abi_reg] REG(abi_reg),
			   [wake] "i"(FUTEX_WAKE_PRIVATE), [ioctl] "i"(SYS_ioctl),
			   [futex] "i"(SYS_futex), [exit] "i"(SYS_exit)
			 : "memory");
	return (long)x0;
}

#else
#error "make_thread() is not written for this architecture"
#endif

static zx_status_t status_of_clone(long ret)
{
	switch (-ret) {
	case EAGAIN:	/* a limit of the user, or of a control group */
		return ZX_ERR_NO_RESOURCES;
	case ENOMEM:
		return ZX_ERR_NO_MEMORY;
	case EPERM:	/* the thread pointer */
		return ZX_ERR_INVALID_ARGS;
	default:	/* a seccomp filter has refused the system call */
		return ZX_ERR_INTERNAL;
	}
}

/* Makes the thread, and waits until it has begun: until then it uses @start. */
static zx_status_t run(struct start *start)
{
	const unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
				    CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS;
	const uint64_t all = ~0ull;
	uint64_t mask;
	long ret;

	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&all), zxi_ptr(&mask), sizeof(all),
			0, 0);
	ret = make_thread(start, flags);
	while (ret > 0 && __atomic_load_n(&start->status, __ATOMIC_ACQUIRE) == PENDING)
		zxi_system_call(SYS_futex, zxi_ptr(&start->status), FUTEX_WAIT_PRIVATE,
				(unsigned long)PENDING, 0, 0, 0);
	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&mask), 0, sizeof(mask), 0, 0);
	if (ret < 0)
		return status_of_clone(ret);
	return start->status < 0 ? ZX_ERR_INTERNAL : (zx_status_t)-start->status;
}

/* The checks in Zircon's order: the handle, the registers, the state. */
static zx_status_t start_thread(const struct zxi_thread_start *regs)
{
	struct zxl_ioc_thread_begin arg = { .handle = regs->handle, .options = ZXL_THREAD_CHECK };
	struct start start = {
		.begin = { .handle = regs->handle },
		.regs = *regs,
		.request = ZXL_IOC_THREAD_BEGIN,
		.status = PENDING,
		.has_xsave = has_xsave(),
	};
	zx_status_t status = zxi_device_ask(ZXL_IOC_THREAD_BEGIN, &arg);

	if (status != ZX_OK && status != ZX_ERR_BAD_STATE)
		return status;
	if (!is_code(regs->pc))
		return ZX_ERR_INVALID_ARGS;
#if defined(__x86_64__)
	if (regs->tp >= 1ull << 47)
		return ZX_ERR_INVALID_ARGS;
#endif
	if (status != ZX_OK)
		return status;
	start.fd = zxi_descriptor(atomic_load_explicit(&zxi_device, memory_order_relaxed));
	return run(&start);
}

static __NO_INLINE zx_status_t traced(const struct zxi_thread_start *regs)
{
	struct zxi_trace trace;
	zx_status_t status;

	zxi_trace_begin(&trace, ZXI_THREAD_START, regs);
	status = start_thread(regs);
	zxi_trace_end(&trace, status);
	return status;
}

zx_status_t zx_thread_create(zx_handle_t process, const char *name, size_t name_size,
			     uint32_t options, zx_handle_t *out)
{
	struct zx_ioc_thread_create arg = {
		.handle = process,
		.options = options,
		.name = zxi_ptr(name),
		.name_size = name_size,
		.out = zxi_ptr(out),
	};

	return zxi_device_call(ZX_IOC_THREAD_CREATE, &arg);
}

zx_status_t zx_thread_start_regs(zx_handle_t handle, uint64_t pc, uint64_t sp, uint64_t arg1,
				 uint64_t arg2, uint64_t tp, uint64_t abi_reg)
{
	const struct zxi_thread_start regs = {
		.handle = handle,
		.pc = pc,
		.sp = sp,
		.arg1 = arg1,
		.arg2 = arg2,
		.tp = tp,
		.abi_reg = abi_reg,
	};

	return unlikely(zxi_tracing) ? traced(&regs) : start_thread(&regs);
}

zx_status_t zx_thread_start(zx_handle_t handle, zx_vaddr_t thread_entry, zx_vaddr_t stack,
			    uintptr_t arg1, uintptr_t arg2)
{
	return zx_thread_start_regs(handle, thread_entry, stack, arg1, arg2, 0, 0);
}

ZXI_TWIN(zx_thread_create);
ZXI_TWIN(zx_thread_start);
ZXI_TWIN(zx_thread_start_regs);
