/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies to and from user memory.
 *
 * Up to ZX_SHORT_COPY bytes go through the loops below, which are plain loads and stores between
 * user_*_access_begin() and _end(): for the few words that most arguments and messages have they
 * cost less than copy_to_user() and copy_from_user(), which also look up whether the kernel's side
 * is an object made for this (hardened usercopy). Longer copies are the kernel's own, with that
 * check. So a caller that copies more than ZX_SHORT_COPY bytes gives them memory of the stack, of
 * kmalloc(), or of a cache made by kmem_cache_create_usercopy().
 *
 * All of them return 0 or ZX_ERR_INVALID_ARGS, Zircon's answer to a bad pointer, fault in user
 * pages unless they say otherwise (so: no locks held), and read user memory once. Like the kernel's
 * own, they can be made to fail: see fail_usercopy in its documentation of fault injection. In the
 * loops it is unsafe_get_user() and unsafe_put_user() that tell KMSAN, and the compiler KASAN.
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
		/* So common that it is worth not to set up a loop. */
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

/* The long ones of those that follow, with page faults disabled. */
static inline int zx_copy_from_user_long_atomic(void *dst, const void __user *src, size_t len)
{
	if (should_fail_usercopy() || !access_ok(src, len))
		return ZX_ERR_INVALID_ARGS;
	/* As in copy_from_user(): what is copied may be pointers and lengths. */
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
 * Copies that never fault pages in, for use under an object's lock: where a page is not
 * there they fail, and the caller unlocks, calls zx_fault_in_*() and tries again. The
 * length must not be zero: there would be no page to fetch.
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

/*
 * How often a copy is tried again. Once is enough but for memory that is being taken
 * away at the same time, and for memory that looks well and cannot be copied to (tags).
 */
#define ZX_COPY_TRIES	64

/* Whether it is in vain to fetch what a copy was missing. @tries counts, from one. */
static inline bool zx_fault_in_is_vain(unsigned int tries)
{
	if (fatal_signal_pending(current) || tries > ZX_COPY_TRIES)
		return true;
	cond_resched();
	return false;
}

/*
 * Fetch what a copy was missing. Return: ZX_OK if it is worth trying again, else what to
 * tell the program.
 */
static inline int zx_fault_in_readable(const void __user *src, size_t len, unsigned int tries)
{
	if (zx_fault_in_is_vain(tries))
		return ZX_ERR_INVALID_ARGS;
	return fault_in_readable(src, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/*
 * Leaves the memory as it is, other than the kernel's fault_in_writeable(), which stores zeroes.
 * fault_in_safe_writeable() looks for a mapping and lets no stack grow. An access does, like the
 * one that failed: hence the first of the two. Before 6.15 the second takes a range whose first
 * page is good for a good one: then the copy fails until ZX_COPY_TRIES.
 */
static inline int zx_fault_in_writeable(void __user *dst, size_t len, unsigned int tries)
{
	if (zx_fault_in_readable(dst, len, tries))
		return ZX_ERR_INVALID_ARGS;
	return fault_in_safe_writeable(dst, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/**
 * zx_put_u32 - write a number through a pointer that a program gave
 * @ptr:	the pointer, as in the argument structs
 * @value:	what to write
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
 * zx_get_u32 - read a number through a pointer that a program gave
 * @ptr:	the pointer, as in the argument structs
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
