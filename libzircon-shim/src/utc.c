// SPDX-License-Identifier: MIT
/* The program's UTC clock. */
#include "internal.h"

static _Atomic zx_handle_t reference; /* 0 if there is none */

/* A child of fork() has none of the parent's handles. */
void zxi_utc_after_fork(void)
{
	atomic_store(&reference, ZX_HANDLE_INVALID);
}

zx_handle_t zx_utc_reference_get(void)
{
	return atomic_load(&reference);
}

zx_status_t zx_utc_reference_swap(zx_handle_t new_utc_reference,
				  zx_handle_t *prev_utc_reference_out)
{
	zx_status_t status = ZX_OK;
	zx_time_t now;

	if (new_utc_reference != ZX_HANDLE_INVALID)
		status = zx_clock_read(new_utc_reference, &now);
	if (status != ZX_OK) {
		zx_handle_close(new_utc_reference);
		*prev_utc_reference_out = ZX_HANDLE_INVALID;
		return status;
	}
	*prev_utc_reference_out = atomic_exchange(&reference, new_utc_reference);
	return ZX_OK;
}

ZXI_TWIN(zx_utc_reference_get);
ZXI_TWIN(zx_utc_reference_swap);
