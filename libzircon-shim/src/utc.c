// SPDX-License-Identifier: MIT
/* The program's UTC clock. */
#include "internal.h"

static _Atomic zx_handle_t reference; /* 0 if there is none */

/* What zx_clock_read() would check. */
static zx_status_t check_clock(zx_handle_t handle)
{
	zx_info_handle_basic_t info;
	zx_status_t status = zx_object_get_info(handle, ZX_INFO_HANDLE_BASIC, &info, sizeof(info),
						NULL, NULL);

	if (status != ZX_OK)
		return status;
	if (info.type != ZX_OBJ_TYPE_CLOCK)
		return ZX_ERR_WRONG_TYPE;
	return info.rights & ZX_RIGHT_READ ? ZX_OK : ZX_ERR_ACCESS_DENIED;
}

zx_handle_t zx_utc_reference_get(void)
{
	return atomic_load(&reference);
}

zx_status_t zx_utc_reference_swap(zx_handle_t new_utc_reference,
				  zx_handle_t *prev_utc_reference_out)
{
	zx_status_t status = ZX_OK;

	if (new_utc_reference != ZX_HANDLE_INVALID)
		status = check_clock(new_utc_reference);
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
