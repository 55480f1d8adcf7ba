/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the bytes of one read or write go to or come from: memory of the calling program, for the
 * ioctls, or what the kernel gives read(), write() and splice() of an exported end.
 *
 * The copies here never fault pages in, so they can be made under an object's lock. Where a page is
 * missing they fail; then the caller unlocks, calls zx_io_fault_in_*() and tries again.
 *
 * Up to ZX_SHORT_COPY bytes are copied by _copy_to_iter() and _copy_from_iter(). They leave out the
 * check that the kernel's side is memory made for this (hardened usercopy), as the loops in user.h
 * do. So few bytes may stand in an endpoint itself, which is no such memory.
 */
#ifndef ZXMOD_IPC_IO_H
#define ZXMOD_IPC_IO_H

#include <linux/uio.h>

#include "user.h"

/**
 * struct zx_io - the memory of one read or write
 * @user:	where it begins, if @iter is NULL
 * @iter:	what a file's read or write was given; stands behind the bytes copied so far
 */
struct zx_io {
	u8 __user *user;
	struct iov_iter *iter;
};

/**
 * zx_io_copy_to_atomic - copy a piece to where a read puts its bytes
 * @io:		where
 * @done:	bytes that were copied before
 * @from:	the piece
 * @len:	bytes of it, not zero
 *
 * Return: ZX_OK, or ZX_ERR_INVALID_ARGS with @io at the same place as before.
 */
static inline int zx_io_copy_to_atomic(const struct zx_io *io, u32 done, const void *from, u32 len)
{
	size_t copied;

	if (likely(!io->iter))
		return zx_copy_to_user_atomic(io->user + done, from, len);
	pagefault_disable();
	copied = likely(len <= ZX_SHORT_COPY) ? _copy_to_iter(from, len, io->iter) :
						copy_to_iter(from, len, io->iter);
	pagefault_enable();
	if (likely(copied == len))
		return ZX_OK;
	iov_iter_revert(io->iter, copied);
	return ZX_ERR_INVALID_ARGS;
}

/* The same for a write; it copies the next @len bytes of @io, which begins at its first byte. */
static inline int zx_io_copy_from_atomic(const struct zx_io *io, void *to, u32 len)
{
	size_t copied;

	if (likely(!io->iter))
		return zx_copy_from_user_atomic(to, io->user, len);
	pagefault_disable();
	copied = _copy_from_iter(to, len, io->iter);
	pagefault_enable();
	if (likely(copied == len))
		return ZX_OK;
	iov_iter_revert(io->iter, copied);
	return ZX_ERR_INVALID_ARGS;
}

/* The same without a lock, @done bytes behind the first; faults pages in. */
static inline int zx_io_copy_from(const struct zx_io *io, u32 done, void *to, u32 len)
{
	if (!io->iter)
		return zx_copy_from_user(to, io->user + done, len);
	return copy_from_iter(to, len, io->iter) == len ? ZX_OK : ZX_ERR_INVALID_ARGS;
}

/**
 * zx_io_fault_in_writeable - fetch what zx_io_copy_to_atomic() was missing
 * @io:		where
 * @done:	as there
 * @len:	as there, but may be zero
 * @tries:	counts the tries, from one
 *
 * Context: may sleep, no locks held.
 * Return: ZX_OK, it is worth trying again; or ZX_ERR_INVALID_ARGS.
 */
static inline int zx_io_fault_in_writeable(const struct zx_io *io, u32 done, u32 len,
					   unsigned int tries)
{
	if (!io->iter)
		return zx_fault_in_writeable(io->user + done, len, tries);
	if (zx_fault_in_is_vain(tries))
		return ZX_ERR_INVALID_ARGS;
	/* The first grows a stack, see zx_fault_in_writeable(). */
	if (fault_in_iov_iter_readable(io->iter, len))
		return ZX_ERR_INVALID_ARGS;
	return fault_in_iov_iter_writeable(io->iter, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/* The same for zx_io_copy_from_atomic(). */
static inline int zx_io_fault_in_readable(const struct zx_io *io, u32 len, unsigned int tries)
{
	if (!io->iter)
		return zx_fault_in_readable(io->user, len, tries);
	if (zx_fault_in_is_vain(tries))
		return ZX_ERR_INVALID_ARGS;
	return fault_in_iov_iter_readable(io->iter, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/* Goes back by @len bytes that were copied and then not used. */
static inline void zx_io_rewind(const struct zx_io *io, u32 len)
{
	if (io->iter && len)
		iov_iter_revert(io->iter, len);
}

#endif /* ZXMOD_IPC_IO_H */
