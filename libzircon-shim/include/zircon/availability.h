/* SPDX-License-Identifier: MIT */
/*
 * Fuchsia's API level macros. There is one level here, today's, so nothing is unavailable or
 * deprecated, and a test for a level answers as for a program built against HEAD.
 */
#ifndef ZIRCON_AVAILABILITY_H_
#define ZIRCON_AVAILABILITY_H_

#define ZX_AVAILABLE_SINCE(level_added)
#define ZX_DEPRECATED_SINCE(level_added, level_deprecated, msg)
#define ZX_REMOVED_SINCE(level_added, level_deprecated, level_removed, msg)

/* A level is a decimal number, NEXT, HEAD or PLATFORM; the suffix makes all four a number. */
#define NEXTULL 4291821568ULL
#define HEADULL 4292870144ULL
#define PLATFORMULL 4293918720ULL
#define ZX_API_LEVEL_OF_(level) level##ULL

#define FUCHSIA_API_LEVEL_AT_LEAST(level) (HEADULL >= ZX_API_LEVEL_OF_(level))
#define FUCHSIA_API_LEVEL_LESS_THAN(level) (HEADULL < ZX_API_LEVEL_OF_(level))
#define FUCHSIA_API_LEVEL_AT_MOST(level) (HEADULL <= ZX_API_LEVEL_OF_(level))

#endif /* ZIRCON_AVAILABILITY_H_ */
