/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies to and from user memory.
 *
 * Up to ZX_SHORT_COPY bytes are copied by the loops below, with plain loads and stores between
 * user_*_access_begin() and _end(). For the few words of most arguments and messages, this costs
 * less than copy_to_user() and copy_from_user(), which also check that the kernel's memory is an
 * object that may be copied (hardened usercopy). Longer copies use these two functions. So a caller
 * that copies more than ZX_SHORT_COPY bytes passes memory on the stack, of kmalloc(), or of a cache
 * made by kmem_cache_create_usercopy().
 *
 * All functions return ZX_OK, which is 0, or ZX_ERR_INVALID_ARGS, Zircon's error for a bad pointer.
 * They fault in user pages, so no locks may be held, except where a comment states otherwise. They
 * read user memory once. Like the kernel's functions they can be made to fail: see fail_usercopy in
 * the kernel's documentation of fault injection. In the loops, unsafe_get_user() and
 * unsafe_put_user() inform KMSAN, and the compiler checks for KASAN.
 */
#ifndef ZXMOD_USER_H
#define ZXMOD_USER_H

#include <linux/fault-inject-usercopy.h>
#include <linux/nospec.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "zx.h"

/* Copies up to this many bytes go through the loops below. */
#define ZX_SHORT_COPY	256

/**
 * zx_copy_from_user_short - a short copy_from_user()
 * @dst:	kernel memory
 * @src:	user memory
 * @len:	bytes, any number; meant for up to ZX_SHORT_COPY
 *
 * Return: ZX_OK or ZX_ERR_INVALID_ARGS, with @dst partly written.
 */
static inline int zx_copy_from_user_short(void *dst, const void __user *src, size_t len)
{
	const u64 __user *from = src;
	size_t i, words = len / sizeof(u64);
	u64 *to = dst;

	if (should_fail_usercopy() || !user_read_access_begin(from, len))
		return ZX_ERR_INVALID_ARGS;
	if (len == sizeof(u64)) {
		/* So common that a loop is worth avoiding. */
		unsafe_get_user(*to, from, fault);
	} else {
		for (i = 0; i < words; i++)
			unsafe_get_user(to[i], &from[i], fault);
		for (i = words * sizeof(u64); i < len; i++)
			unsafe_get_user(((u8 *)dst)[i], (const u8 __user *)src + i, fault);
	}
	user_read_access_end();
	return ZX_OK;
fault:
	user_read_access_end();
	return ZX_ERR_INVALID_ARGS;
}

/**
 * zx_copy_to_user_short - a short copy_to_user()
 * @dst:	user memory
 * @src:	kernel memory
 * @len:	bytes, any number; meant for up to ZX_SHORT_COPY
 *
 * Return: ZX_OK or ZX_ERR_INVALID_ARGS, with @dst partly written.
 */
static inline int zx_copy_to_user_short(void __user *dst, const void *src, size_t len)
{
	size_t i, words = len / sizeof(u64);
	u64 __user *to = dst;
	const u64 *from = src;

	if (should_fail_usercopy() || !user_write_access_begin(to, len))
		return ZX_ERR_INVALID_ARGS;
	if (len == sizeof(u64)) {
		unsafe_put_user(*from, to, fault);
	} else {
		for (i = 0; i < words; i++)
			unsafe_put_user(from[i], &to[i], fault);
		for (i = words * sizeof(u64); i < len; i++)
			unsafe_put_user(((const u8 *)src)[i], (u8 __user *)dst + i, fault);
	}
	user_write_access_end();
	return ZX_OK;
fault:
	user_write_access_end();
	return ZX_ERR_INVALID_ARGS;
}

/* Copies of any length. */
static inline int zx_copy_from_user(void *dst, const void __user *src, size_t len)
{
	if (len > ZX_SHORT_COPY)
		return copy_from_user(dst, src, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
	might_fault();
	return zx_copy_from_user_short(dst, src, len);
}

static inline int zx_copy_to_user(void __user *dst, const void *src, size_t len)
{
	if (len > ZX_SHORT_COPY)
		return copy_to_user(dst, src, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
	might_fault();
	return zx_copy_to_user_short(dst, src, len);
}

/* The long copies for the functions below, which disable page faults. */
static inline int zx_copy_from_user_long_atomic(void *dst, const void __user *src, size_t len)
{
	if (should_fail_usercopy() || !access_ok(src, len))
		return ZX_ERR_INVALID_ARGS;
	/* As in copy_from_user(): the bytes may be pointers and lengths. */
	barrier_nospec();
	return __copy_from_user_inatomic(dst, src, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

static inline int zx_copy_to_user_long_atomic(void __user *dst, const void *src, size_t len)
{
	if (!access_ok(dst, len))
		return ZX_ERR_INVALID_ARGS;
	return __copy_to_user_inatomic(dst, src, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/*
 * Copies that never fault pages in, for use under an object's lock. If a page is missing they
 * fail, and the caller unlocks, calls zx_fault_in_*() and tries again. The length must not be zero,
 * since zx_fault_in_*() needs a page to fault in.
 */
static __always_inline int zx_copy_from_user_atomic(void *dst, const void __user *src, size_t len)
{
	int status;

	pagefault_disable();
	status = likely(len <= ZX_SHORT_COPY) ? zx_copy_from_user_short(dst, src, len) :
						zx_copy_from_user_long_atomic(dst, src, len);
	pagefault_enable();
	return status;
}

static __always_inline int zx_copy_to_user_atomic(void __user *dst, const void *src, size_t len)
{
	int status;

	pagefault_disable();
	status = likely(len <= ZX_SHORT_COPY) ? zx_copy_to_user_short(dst, src, len) :
						zx_copy_to_user_long_atomic(dst, src, len);
	pagefault_enable();
	return status;
}

/**
 * zx_get_s32_atomic - read an aligned number in one go, like zx_copy_from_user_atomic()
 * @src:	the address
 * @value:	receives the number: one that another thread has stored, and no parts of two
 *
 * Return: ZX_OK or ZX_ERR_INVALID_ARGS.
 */
static inline int zx_get_s32_atomic(const s32 __user *src, s32 *value)
{
	int status = ZX_ERR_INVALID_ARGS;

	pagefault_disable();
	if (!should_fail_usercopy() && user_read_access_begin(src, sizeof(*src))) {
		unsafe_get_user(*value, src, fault);
		status = ZX_OK;
fault:
		user_read_access_end();
	}
	pagefault_enable();
	return status;
}

/*
 * How often a copy is tried again. Once is enough, except for memory that another thread is
 * unmapping, and for memory that can be faulted in but not copied (memory tags).
 */
#define ZX_COPY_TRIES	64

/* Whether to give up instead of trying a copy again. @tries is the number of failed copies. */
static inline bool zx_fault_in_gives_up(unsigned int tries)
{
	if (fatal_signal_pending(current) || tries > ZX_COPY_TRIES)
		return true;
	cond_resched();
	return false;
}

/*
 * Faults in the pages that a copy was missing. Returns ZX_OK if the caller is to try again, else
 * the error for the program.
 */
static inline int zx_fault_in_readable(const void __user *src, size_t len, unsigned int tries)
{
	if (zx_fault_in_gives_up(tries))
		return ZX_ERR_INVALID_ARGS;
	return fault_in_readable(src, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/*
 * Does not change the memory, unlike the kernel's fault_in_writeable(), which stores zeroes.
 * fault_in_safe_writeable() does not grow a stack, as the copy would. So zx_fault_in_readable()
 * comes first: its read grows the stack. Before 6.15, fault_in_safe_writeable() returns success if
 * the first page of a range is good. If a later page is bad, only ZX_COPY_TRIES ends the loop.
 */
static inline int zx_fault_in_writeable(void __user *dst, size_t len, unsigned int tries)
{
	if (zx_fault_in_readable(dst, len, tries))
		return ZX_ERR_INVALID_ARGS;
	return fault_in_safe_writeable(dst, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/**
 * zx_put_u32 - write a number to a program's memory
 * @ptr:	the address, as in the argument structs
 * @value:	the number
 *
 * Return: ZX_OK or ZX_ERR_INVALID_ARGS.
 */
static inline int zx_put_u32(u64 ptr, u32 value)
{
	if (should_fail_usercopy() || put_user(value, (u32 __user *)u64_to_user_ptr(ptr)))
		return ZX_ERR_INVALID_ARGS;
	return ZX_OK;
}

static inline int zx_put_u64(u64 ptr, u64 value)
{
	if (should_fail_usercopy() || put_user(value, (u64 __user *)u64_to_user_ptr(ptr)))
		return ZX_ERR_INVALID_ARGS;
	return ZX_OK;
}

/**
 * zx_get_u32 - read a number from a program's memory
 * @ptr:	the address, as in the argument structs
 * @value:	receives the number
 *
 * Return: ZX_OK or ZX_ERR_INVALID_ARGS.
 */
static inline int zx_get_u32(u64 ptr, u32 *value)
{
	if (should_fail_usercopy() || get_user(*value, (u32 __user *)u64_to_user_ptr(ptr)))
		return ZX_ERR_INVALID_ARGS;
	return ZX_OK;
}

static inline int zx_get_u64(u64 ptr, u64 *value)
{
	if (should_fail_usercopy() || get_user(*value, (u64 __user *)u64_to_user_ptr(ptr)))
		return ZX_ERR_INVALID_ARGS;
	return ZX_OK;
}

#endif /* ZXMOD_USER_H */
