/* SPDX-License-Identifier: MIT */
/*
 * Short names for clang's thread safety analysis. <zircon/compiler.h> says when they have an
 * effect.
 */
#ifndef ZIRCON_THREAD_ANNOTATIONS_H_
#define ZIRCON_THREAD_ANNOTATIONS_H_

#include <zircon/compiler.h>

/* Of a type: it is a lock, or holds one for as long as it lives. */
#define TA_CAP(x) __TA_CAPABILITY(x)
#define TA_SCOPED_CAP __TA_SCOPED_CAPABILITY

/* Of data: which lock protects it. Of a lock: which others are acquired after and before it. */
#define TA_GUARDED(x) __TA_GUARDED(x)
#define TA_ACQ_BEFORE(...) __TA_ACQUIRED_BEFORE(__VA_ARGS__)
#define TA_ACQ_AFTER(...) __TA_ACQUIRED_AFTER(__VA_ARGS__)

/* Of a function: what it does with locks. TRY_ACQ names the result that means success first. */
#define TA_ACQ(...) __TA_ACQUIRE(__VA_ARGS__)
#define TA_ACQ_SHARED(...) __TA_ACQUIRE_SHARED(__VA_ARGS__)
#define TA_TRY_ACQ(...) __TA_TRY_ACQUIRE(__VA_ARGS__)
#define TA_TRY_ACQ_SHARED(...) __TA_TRY_ACQUIRE_SHARED(__VA_ARGS__)
#define TA_REL(...) __TA_RELEASE(__VA_ARGS__)
#define TA_REL_SHARED(...) __TA_RELEASE_SHARED(__VA_ARGS__)

/* Of a function: what must hold when it is called. ASSERT: it checks that the lock is held. */
#define TA_REQ(...) __TA_REQUIRES(__VA_ARGS__)
#define TA_REQ_SHARED(...) __TA_REQUIRES_SHARED(__VA_ARGS__)
#define TA_EXCL(...) __TA_EXCLUDES(__VA_ARGS__)
#define TA_ASSERT(...) __TA_ASSERT(__VA_ARGS__)
#define TA_ASSERT_SHARED(...) __TA_ASSERT_SHARED(__VA_ARGS__)

/* Of a function: it returns this lock. And: it is not analysed. */
#define TA_RET_CAP(x) __TA_RETURN_CAPABILITY(x)
#define TA_NO_THREAD_SAFETY_ANALYSIS __TA_NO_THREAD_SAFETY_ANALYSIS

#endif /* ZIRCON_THREAD_ANNOTATIONS_H_ */
