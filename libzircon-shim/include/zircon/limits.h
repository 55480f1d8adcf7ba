/* SPDX-License-Identifier: MIT */
/* The smallest and largest page size that zx_system_get_page_size() can return. */
#ifndef ZIRCON_LIMITS_H_
#define ZIRCON_LIMITS_H_

#include <stdint.h>

#define ZX_MIN_PAGE_SHIFT ((uint32_t)12u)
#if defined(__aarch64__) || defined(__arm__)
#define ZX_MAX_PAGE_SHIFT ((uint32_t)16u)
#else /* x86 and RISC-V */
#define ZX_MAX_PAGE_SHIFT ((uint32_t)21u)
#endif

#define ZX_MIN_PAGE_SIZE ((uintptr_t)(1u << ZX_MIN_PAGE_SHIFT))
#define ZX_MAX_PAGE_SIZE ((uintptr_t)(1u << ZX_MAX_PAGE_SHIFT))

#endif /* ZIRCON_LIMITS_H_ */
