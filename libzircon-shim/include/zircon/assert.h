/* SPDX-License-Identifier: MIT */
/*
 * Assertions. ZX_ASSERT() is always checked, ZX_DEBUG_ASSERT() where ZX_ASSERT_LEVEL is above 1.
 * A failed one prints where and what on stderr and aborts.
 */
#ifndef ZIRCON_ASSERT_H_
#define ZIRCON_ASSERT_H_

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zircon/compiler.h>

__BEGIN_CDECLS

static inline void __zx_panic(const char *format, ...) __NO_RETURN __PRINTFLIKE(1, 2)
	__attribute__((__cold__));

static inline void __zx_panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

__END_CDECLS

#ifdef ZX_ASSERT_LEVEL
#define ZX_DEBUG_ASSERT_IMPLEMENTED (ZX_ASSERT_LEVEL > 1)
#else
#define ZX_DEBUG_ASSERT_IMPLEMENTED 0
#endif

#define ZX_PANIC(...) __zx_panic(__VA_ARGS__)

/*
 * The condition stands in the if as it was written, without parentheses around it: so the
 * compiler warns of "=" for "==", and C++ may declare a variable in it.
 */
#define __ZX_ASSERT_MSG(what, text, x, ...)                                              \
	do {                                                                             \
		if (x) {                                                                 \
		} else {                                                                 \
			fprintf(stderr, what " FAILED at (%s:%d): %s: ", __FILE__,       \
				__LINE__, text);                                         \
			__zx_panic(__VA_ARGS__);                                         \
		}                                                                        \
	} while (0)

#define __ZX_ASSERT(what, text, x)                                                       \
	do {                                                                             \
		if (x) {                                                                 \
		} else {                                                                 \
			__zx_panic(what " FAILED at (%s:%d): %s", __FILE__, __LINE__,    \
				   text);                                                \
		}                                                                        \
	} while (0)

#define ZX_ASSERT(x) __ZX_ASSERT("ASSERT", #x, x)
#define ZX_ASSERT_MSG(x, ...) __ZX_ASSERT_MSG("ASSERT", #x, x, __VA_ARGS__)

/* Not evaluated where they are switched off, and compiled all the same, so that they do not rot. */
#define ZX_DEBUG_ASSERT(x)                                                               \
	do {                                                                             \
		if (ZX_DEBUG_ASSERT_IMPLEMENTED)                                         \
			__ZX_ASSERT("DEBUG ASSERT", #x, x);                              \
	} while (0)
#define ZX_DEBUG_ASSERT_MSG(x, ...)                                                      \
	do {                                                                             \
		if (ZX_DEBUG_ASSERT_IMPLEMENTED)                                         \
			__ZX_ASSERT_MSG("DEBUG ASSERT", #x, x, __VA_ARGS__);             \
	} while (0)

/* Not even compiled where they are switched off. */
#if ZX_DEBUG_ASSERT_IMPLEMENTED
#define ZX_DEBUG_ASSERT_COND(x) ZX_DEBUG_ASSERT(x)
#define ZX_DEBUG_ASSERT_MSG_COND(x, ...) ZX_DEBUG_ASSERT_MSG(x, __VA_ARGS__)
#else
#define ZX_DEBUG_ASSERT_COND(x) do { } while (0)
#define ZX_DEBUG_ASSERT_MSG_COND(x, ...) do { } while (0)
#endif

#endif /* ZIRCON_ASSERT_H_ */
