/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The records of zx_object_get_info(), as Zircon lays them out; see
 * <zircon/syscalls/object.h>.
 */
#ifndef ZXMOD_INFO_H
#define ZXMOD_INFO_H

#include <linux/types.h>

struct zx_info_handle_basic {
	u64 koid;
	u32 rights;
	u32 type;
	u64 related_koid;
	u32 reserved;
	u32 padding;
};

struct zx_info_handle_extended {
	u32 type;
	u32 handle_value;
	u32 rights;
	u32 reserved;
	u64 koid;
	u64 related_koid;
	u64 peer_owner_koid;
};

struct zx_info_socket {
	u32 options;
	u32 padding;
	u64 rx_buf_max;
	u64 rx_buf_size;
	u64 rx_buf_available;
	u64 tx_buf_max;
	u64 tx_buf_size;
};

#endif /* ZXMOD_INFO_H */
