/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that one read or write copies to or from: the calling program's, for the ioctls, or an
 * iov_iter, for read(), write() and splice() of an exported endpoint.
 *
 * The *_atomic() copies never fault pages in, so they can be made under an object's lock. If a page
 * is missing they fail; then the caller unlocks, calls zx_io_fault_in_*() and tries again.
 *
 * Up to ZX_SHORT_COPY bytes are copied to or from an iov_iter by _copy_to_iter() and
 * _copy_from_iter(). Like the loops in user.h, these do not check that the kernel's memory is an
 * object that may be copied (hardened usercopy). So they can copy bytes in an endpoint's struct,
 * which is not such an object.
 */
#ifndef ZXMOD_IPC_IO_H
#define ZXMOD_IPC_IO_H

#include <linux/uio.h>

#include "user.h"

/**
 * struct zx_io - the memory of one read or write
 * @user:	its address, if @iter is NULL
 * @iter:	the iov_iter of a file's read or write, advanced past the bytes copied so far
 */
struct zx_io {
	u8 __user *user;
	struct iov_iter *iter;
};

/**
 * zx_io_copy_to_atomic - copy a piece to the memory of a read
 * @io:		the memory
 * @done:	bytes that were copied before
 * @from:	the piece
 * @len:	bytes of it, not zero
 *
 * Return: ZX_OK, or ZX_ERR_INVALID_ARGS with @io at the same position as before.
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

/* The same for a write: copies @len bytes from the start of @io. */
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

/* The same without a lock, after @done bytes were copied; faults pages in. */
static inline int zx_io_copy_from(const struct zx_io *io, u32 done, void *to, u32 len)
{
	if (!io->iter)
		return zx_copy_from_user(to, io->user + done, len);
	return copy_from_iter(to, len, io->iter) == len ? ZX_OK : ZX_ERR_INVALID_ARGS;
}

/**
 * zx_io_fault_in_writeable - fault in the pages that zx_io_copy_to_atomic() was missing
 * @io:		as there
 * @done:	as there
 * @len:	as there, but may be zero
 * @tries:	number of failed copies
 *
 * Context: may sleep, no locks held.
 * Return: ZX_OK if the caller is to try again, or ZX_ERR_INVALID_ARGS.
 */
static inline int zx_io_fault_in_writeable(const struct zx_io *io, u32 done, u32 len,
					   unsigned int tries)
{
	if (!io->iter)
		return zx_fault_in_writeable(io->user + done, len, tries);
	if (zx_fault_in_gives_up(tries))
		return ZX_ERR_INVALID_ARGS;
	/* The read grows a stack, see zx_fault_in_writeable(). */
	if (fault_in_iov_iter_readable(io->iter, len))
		return ZX_ERR_INVALID_ARGS;
	return fault_in_iov_iter_writeable(io->iter, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/* The same for zx_io_copy_from_atomic(). */
static inline int zx_io_fault_in_readable(const struct zx_io *io, u32 len, unsigned int tries)
{
	if (!io->iter)
		return zx_fault_in_readable(io->user, len, tries);
	if (zx_fault_in_gives_up(tries))
		return ZX_ERR_INVALID_ARGS;
	return fault_in_iov_iter_readable(io->iter, len) ? ZX_ERR_INVALID_ARGS : ZX_OK;
}

/* Moves back by @len bytes that were copied but not used. */
static inline void zx_io_rewind(const struct zx_io *io, u32 len)
{
	if (io->iter && len)
		iov_iter_revert(io->iter, len);
}

#endif /* ZXMOD_IPC_IO_H */
