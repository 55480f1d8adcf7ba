/* SPDX-License-Identifier: MIT */
/* Records of the kernel's log, as Zircon's debuglog has them. */
#ifndef ZIRCON_SYSCALLS_LOG_H_
#define ZIRCON_SYSCALLS_LOG_H_

#include <zircon/types.h>

__BEGIN_CDECLS

__ZX_NAMELESS_BEGIN
typedef struct zx_log_record {
	uint64_t sequence; /* one more than that of the record before it */
	uint8_t padding1[4];
	uint16_t datalen; /* bytes of data[] */
	uint8_t severity; /* ZX_LOG_TRACE to ZX_LOG_FATAL */
	uint8_t flags;	  /* ZX_LOG_LOCAL or 0 */
	zx_time_t timestamp;
	uint64_t pid;
	uint64_t tid;
	__extension__ char data[];
} zx_log_record_t;
__ZX_NAMELESS_END

#define ZX_LOG_RECORD_MAX ((size_t)256) /* bytes of a record, with its data */
#define ZX_LOG_RECORD_DATA_MAX (ZX_LOG_RECORD_MAX - sizeof(zx_log_record_t))

/* Severities. */
#define ZX_LOG_TRACE (0x10)
#define ZX_LOG_DEBUG (0x20)
#define ZX_LOG_INFO (0x30)
#define ZX_LOG_WARNING (0x40)
#define ZX_LOG_ERROR (0x50)
#define ZX_LOG_FATAL (0x60)

/* Flags of a record: it does not leave the machine. */
#define ZX_LOG_LOCAL (0x10)
#define ZX_LOG_FLAGS_MASK (0x10)

/* zx_debuglog_create(): the handle can be read from. */
#define ZX_LOG_FLAG_READABLE 0x40000000

__END_CDECLS

#endif /* ZIRCON_SYSCALLS_LOG_H_ */
