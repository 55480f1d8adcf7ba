/* SPDX-License-Identifier: MIT */
/* Names for statuses. */
#ifndef ZIRCON_STATUS_H_
#define ZIRCON_STATUS_H_

#include <zircon/types.h>

__BEGIN_CDECLS

/**
 * zx_status_get_string - the name of a status, such as "ZX_ERR_TIMED_OUT"
 * @status: ZX_OK or one of ZX_ERR_*
 *
 * Return: a constant string, or "(UNKNOWN)" for a number that is no status.
 *
 * See also: zx_status_t(3).
 */
const char *zx_status_get_string(zx_status_t status);

/* See <zircon/compiler.h>. */
__ZX_TWIN(zx_status_get_string);

__END_CDECLS

#endif /* ZIRCON_STATUS_H_ */
