/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zircon's numbers, as far as the module needs them: statuses, rights, signals,
 * object types, limits. The values are Zircon's; the library's <zircon/types.h>
 * and its neighbours carry the same ones for programs.
 */
#ifndef ZXMOD_ZX_H
#define ZXMOD_ZX_H

#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/types.h>

/*
 * Statuses. Functions of the module return one of these, never an errno; the
 * one exception is -ERESTARTSYS for a wait that a Linux signal ended.
 */
#define ZX_OK				0
#define ZX_ERR_NOT_SUPPORTED		(-2)
#define ZX_ERR_NO_RESOURCES		(-3)
#define ZX_ERR_NO_MEMORY		(-4)
#define ZX_ERR_INTERNAL_INTR_RETRY	(-6)
#define ZX_ERR_INVALID_ARGS		(-10)
#define ZX_ERR_BAD_HANDLE		(-11)
#define ZX_ERR_WRONG_TYPE		(-12)
#define ZX_ERR_OUT_OF_RANGE		(-14)
#define ZX_ERR_BUFFER_TOO_SMALL		(-15)
#define ZX_ERR_BAD_STATE		(-20)
#define ZX_ERR_TIMED_OUT		(-21)
#define ZX_ERR_SHOULD_WAIT		(-22)
#define ZX_ERR_CANCELED			(-23)
#define ZX_ERR_PEER_CLOSED		(-24)
#define ZX_ERR_NOT_FOUND		(-25)
#define ZX_ERR_ACCESS_DENIED		(-30)

#define ZX_TIME_INFINITE		S64_MAX

#define ZX_KOID_INVALID			0
#define ZX_KOID_FIRST			1024

/* Object types. */
#define ZX_OBJ_TYPE_NONE		0
#define ZX_OBJ_TYPE_PROCESS		1
#define ZX_OBJ_TYPE_CHANNEL		4
#define ZX_OBJ_TYPE_EVENT		5
#define ZX_OBJ_TYPE_EVENTPAIR		16
#define ZX_OBJ_TYPE_UPPER_BOUND		64

/* Rights. */
#define ZX_RIGHT_DUPLICATE		BIT(0)
#define ZX_RIGHT_TRANSFER		BIT(1)
#define ZX_RIGHT_READ			BIT(2)
#define ZX_RIGHT_WRITE			BIT(3)
#define ZX_RIGHT_GET_PROPERTY		BIT(6)
#define ZX_RIGHT_SET_PROPERTY		BIT(7)
#define ZX_RIGHT_ENUMERATE		BIT(8)
#define ZX_RIGHT_DESTROY		BIT(9)
#define ZX_RIGHT_SIGNAL			BIT(12)
#define ZX_RIGHT_SIGNAL_PEER		BIT(13)
#define ZX_RIGHT_WAIT			BIT(14)
#define ZX_RIGHT_INSPECT		BIT(15)
#define ZX_RIGHT_MANAGE_PROCESS		BIT(17)
#define ZX_RIGHT_MANAGE_THREAD		BIT(18)
#define ZX_RIGHT_SAME_RIGHTS		BIT(31)

#define ZX_RIGHTS_BASIC		(ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | \
				 ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT)
#define ZX_RIGHTS_IO		(ZX_RIGHT_READ | ZX_RIGHT_WRITE)
#define ZX_RIGHTS_PROPERTY	(ZX_RIGHT_GET_PROPERTY | ZX_RIGHT_SET_PROPERTY)

#define ZX_DEFAULT_EVENT_RIGHTS		(ZX_RIGHTS_BASIC | ZX_RIGHT_SIGNAL)
#define ZX_DEFAULT_EVENTPAIR_RIGHTS	(ZX_DEFAULT_EVENT_RIGHTS | \
					 ZX_RIGHT_SIGNAL_PEER)
#define ZX_DEFAULT_CHANNEL_RIGHTS	\
	((ZX_RIGHTS_BASIC & ~ZX_RIGHT_DUPLICATE) | ZX_RIGHTS_IO | \
	 ZX_RIGHT_SIGNAL | ZX_RIGHT_SIGNAL_PEER)
#define ZX_DEFAULT_PROCESS_RIGHTS	\
	(ZX_RIGHTS_BASIC | ZX_RIGHTS_IO | ZX_RIGHTS_PROPERTY | \
	 ZX_RIGHT_ENUMERATE | ZX_RIGHT_DESTROY | ZX_RIGHT_SIGNAL | \
	 ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_MANAGE_THREAD)

/* Signals. */
#define ZX_SIGNAL_READABLE		BIT(0)
#define ZX_SIGNAL_WRITABLE		BIT(1)
#define ZX_SIGNAL_PEER_CLOSED		BIT(2)
#define ZX_SIGNAL_SIGNALED		BIT(3)
#define ZX_SIGNAL_HANDLE_CLOSED		BIT(23)
#define ZX_USER_SIGNAL_ALL		0xff000000U

/* zx_object_get_info() topics. */
#define ZX_INFO_HANDLE_VALID		1
#define ZX_INFO_HANDLE_BASIC		2
#define ZX_INFO_HANDLE_COUNT		19
#define ZX_INFO_PROCESS_HANDLE_STATS	21
#define ZX_INFO_HANDLE_TABLE		27

/* Properties. */
#define ZX_PROP_NAME			3
#define ZX_MAX_NAME_LEN			32

/* Waiting. */
#define ZX_WAIT_MANY_MAX_ITEMS		64

/* Channels. */
#define ZX_CHANNEL_MAX_MSG_BYTES	65536
#define ZX_CHANNEL_MAX_MSG_HANDLES	64
#define ZX_CHANNEL_MAX_MSG_IOVEC	8192
#define ZX_CHANNEL_READ_MAY_DISCARD	1
#define ZX_CHANNEL_WRITE_USE_IOVEC	2
#define ZX_CHANNEL_MIN_KERNEL_TXID	0x80000000U

#define ZX_HANDLE_OP_MOVE		0
#define ZX_HANDLE_OP_DUPLICATE		1

#define ZX_HANDLE_INVALID		0
#define ZX_HANDLE_FIXED_BITS_MASK	3

#endif /* ZXMOD_ZX_H */
