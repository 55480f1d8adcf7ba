/* SPDX-License-Identifier: MIT */
/* The clock object that tells a program the time of day. */
#ifndef ZIRCON_UTC_H_
#define ZIRCON_UTC_H_

#include <zircon/compiler.h>
#include <zircon/types.h>

__BEGIN_CDECLS

/**
 * zx_utc_reference_get - the program's UTC clock
 *
 * The handle is the library's: it is not to be closed, replaced or sent away. Another thread that
 * calls zx_utc_reference_swap() becomes its owner.
 *
 * Linux: a program is given no clock when it starts, and clock_gettime(2) tells the time of day
 * without one. A child of fork(2) has no clock, as it has none of the parent's handles.
 *
 * Return: the clock that zx_utc_reference_swap() set last; ZX_HANDLE_INVALID if there is none.
 *
 * See also: zx_utc_reference_swap(), clock_gettime(2).
 */
zx_handle_t zx_utc_reference_get(void);

/**
 * zx_utc_reference_swap - set the program's UTC clock
 * @new_utc_reference: a clock, needs ZX_RIGHT_READ; or ZX_HANDLE_INVALID for no clock
 * @prev_utc_reference_out: receives the clock that was set before, which the caller then owns, or
 * ZX_HANDLE_INVALID; must not be NULL
 *
 * The library owns the new clock. On failure it closes @new_utc_reference, the clock stays that
 * which it was, and @prev_utc_reference_out receives ZX_HANDLE_INVALID. No call of the library uses
 * the clock. It is for the program's own functions, which find it with zx_utc_reference_get().
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE; ZX_ERR_WRONG_TYPE it is no clock; ZX_ERR_ACCESS_DENIED it lacks
 * ZX_RIGHT_READ.
 *
 * See also: zx_utc_reference_get().
 */
zx_status_t zx_utc_reference_swap(zx_handle_t new_utc_reference,
				  zx_handle_t *prev_utc_reference_out) __NONNULL((2));

/* See <zircon/compiler.h>. */
__ZX_TWIN(zx_utc_reference_get);
__ZX_TWIN(zx_utc_reference_swap);

__END_CDECLS

#endif /* ZIRCON_UTC_H_ */
