/* SPDX-License-Identifier: MIT */
/*
 * Between Fuchsia's C library and the runtimes of its sanitizers. The C library of Linux calls none
 * of the hooks and has no shadow memory, so only the types are here, and the function that logs.
 */
#ifndef ZIRCON_SANITIZER_H_
#define ZIRCON_SANITIZER_H_

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <threads.h>
#include <zircon/compiler.h>
#include <zircon/types.h>

__BEGIN_CDECLS

/* Shadow memory is from shadow_base to shadow_limit, the program's from there to memory_limit. */
typedef struct saniziter_shadow_bounds { /* the tag is Fuchsia's, misspelt as there */
	uintptr_t shadow_base;
	uintptr_t shadow_limit;
	uintptr_t memory_limit;
} sanitizer_shadow_bounds_t;

/* Called with each region of memory of a snapshot, which is valid until it returns. */
typedef void sanitizer_memory_snapshot_callback_t(void *mem, size_t len, void *arg);

/* Writes @len bytes of text to stderr. */
static inline void __sanitizer_log_write(const char *buffer, size_t len)
{
	fwrite(buffer, 1, len, stderr);
}

__END_CDECLS

#endif /* ZIRCON_SANITIZER_H_ */
