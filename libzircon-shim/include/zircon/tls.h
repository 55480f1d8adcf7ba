/* SPDX-License-Identifier: MIT */
/*
 * Where compilers for Fuchsia expect the stack guard and the unsafe stack pointer, in bytes from
 * the thread pointer. They describe threads of Fuchsia; those of Linux have neither there. Macros
 * only, so that assembly can include this too.
 */
#ifndef ZIRCON_TLS_H_
#define ZIRCON_TLS_H_

#if defined(__x86_64__)
#define ZX_TLS_STACK_GUARD_OFFSET 0x10
#define ZX_TLS_UNSAFE_SP_OFFSET 0x18
#elif defined(__aarch64__)
#define ZX_TLS_STACK_GUARD_OFFSET (-0x10)
#define ZX_TLS_UNSAFE_SP_OFFSET (-0x8)
#endif

#endif /* ZIRCON_TLS_H_ */
