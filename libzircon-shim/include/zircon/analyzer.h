/* SPDX-License-Identifier: MIT */
/*
 * What a function does with a handle, for clang's static analyser (alpha.fuchsia). Other compilers
 * ignore it.
 */
#ifndef ZIRCON_ANALYZER_H_
#define ZIRCON_ANALYZER_H_

#ifdef __clang_analyzer__
#define ZX_HANDLE_ACQUIRE __attribute__((acquire_handle("Fuchsia"))) /* the caller gets it */
#define ZX_HANDLE_RELEASE __attribute__((release_handle("Fuchsia"))) /* the caller loses it */
#define ZX_HANDLE_USE __attribute__((use_handle("Fuchsia")))	     /* the caller keeps it */
#else
#define ZX_HANDLE_ACQUIRE
#define ZX_HANDLE_RELEASE
#define ZX_HANDLE_USE
#endif

#endif /* ZIRCON_ANALYZER_H_ */
