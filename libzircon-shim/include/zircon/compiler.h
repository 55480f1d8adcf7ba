/* SPDX-License-Identifier: MIT */
/*
 * Compiler macros under the names that Fuchsia's C code uses. Each is left alone where the C
 * library, the compiler or the program has defined it already.
 */
#ifndef ZIRCON_COMPILER_H_
#define ZIRCON_COMPILER_H_

#if !defined(__GNUC__) && !defined(__clang__)
#error "gcc or clang is needed"
#endif

#ifndef __has_cpp_attribute
#define __has_cpp_attribute(x) 0
#endif
#ifndef __has_feature
#define __has_feature(x) 0
#endif

#ifndef __ASSEMBLER__

/* glibc's <sys/cdefs.h> has other names for this pair (__BEGIN_DECLS), so both can be included. */
#ifdef __cplusplus
#define __BEGIN_CDECLS extern "C" {
#define __END_CDECLS }
#else
#define __BEGIN_CDECLS
#define __END_CDECLS
#endif

/*
 * Around declarations of a nameless struct in a nameless union, or of an array without a length. C
 * has them, C++ compilers take them, and clang's -Wpedantic objects.
 */
#ifdef __clang__
#define __ZX_NAMELESS_BEGIN                                               \
	_Pragma("clang diagnostic push")                                  \
	_Pragma("clang diagnostic ignored \"-Wnested-anon-types\"")       \
	_Pragma("clang diagnostic ignored \"-Wc99-extensions\"")
#define __ZX_NAMELESS_END _Pragma("clang diagnostic pop")
#else
#define __ZX_NAMELESS_BEGIN
#define __ZX_NAMELESS_END
#endif

/*
 * Zircon's libzircon exports each function a second time with an underscore before its name, such
 * as _zx_handle_close for zx_handle_close, and so does this one. __ZX_TWIN() declares the second
 * name. gcc has only some of the attributes in the type.
 */
#define __ZX_SECOND_NAME(name, attributes) extern __typeof__(name) _##name attributes
#if !defined(__clang__) && __GNUC__ >= 9
#define __ZX_TWIN(name) __ZX_SECOND_NAME(name, __attribute__((__copy__(name))))
#else
#define __ZX_TWIN(name) __ZX_SECOND_NAME(name, )
#endif

/* Code that is valid in C and constant-evaluated in C++. */
#ifndef __CONSTEXPR
#ifdef __cplusplus
#define __CONSTEXPR constexpr
#else
#define __CONSTEXPR
#endif
#endif

/* Functions. */
#ifndef __NO_INLINE
#define __NO_INLINE __attribute__((__noinline__))
#endif
#ifndef __ALWAYS_INLINE
#define __ALWAYS_INLINE __attribute__((__always_inline__))
#endif
#ifndef __NO_RETURN
#define __NO_RETURN __attribute__((__noreturn__))
#endif
#ifndef __PURE
#define __PURE __attribute__((__pure__))
#endif
#ifndef __CONST
#define __CONST __attribute__((__const__))
#endif
#ifndef __MALLOC
#define __MALLOC __attribute__((__malloc__))
#endif
#ifndef __LEAF_FN
#define __LEAF_FN __attribute__((__leaf__))
#endif
#ifndef __NONNULL
#define __NONNULL(args) __attribute__((__nonnull__ args)) /* __NONNULL((1, 2)) */
#endif
#ifndef __WARN_UNUSED_RESULT
#define __WARN_UNUSED_RESULT __attribute__((__warn_unused_result__))
#endif
#ifndef __DEPRECATE
#define __DEPRECATE __attribute__((__deprecated__))
#endif
#ifndef __PRINTFLIKE
#define __PRINTFLIKE(fmt, first) __attribute__((__format__(__printf__, fmt, first)))
#endif
#ifndef __SCANFLIKE
#define __SCANFLIKE(fmt, first) __attribute__((__format__(__scanf__, fmt, first)))
#endif
#ifndef __ALLOC_SIZE
#define __ALLOC_SIZE(...) __attribute__((__alloc_size__(__VA_ARGS__)))
#endif
#ifdef __clang__
#define __OPTIMIZE(level)
#define __NO_SAFESTACK __attribute__((__no_sanitize__("safe-stack", "shadow-call-stack")))
#define __ANALYZER_CREATE_SINK __attribute__((analyzer_noreturn))
#define __EXTERNALLY_VISIBLE
#define __UNINITIALIZED __attribute__((uninitialized))
#else
#define __OPTIMIZE(level) __attribute__((__optimize__(level)))
#define __NO_SAFESTACK
#define __ANALYZER_CREATE_SINK
#define __EXTERNALLY_VISIBLE __attribute__((__externally_visible__))
#define __UNINITIALIZED
#endif

/* Types, variables and symbols. */
#if !defined(__cplusplus) && !defined(__UNUSED)
#define __UNUSED __attribute__((__unused__))
#endif
#ifndef __PACKED
#define __PACKED __attribute__((__packed__))
#endif
#ifndef __ALIGNED
#define __ALIGNED(x) __attribute__((__aligned__(x)))
#endif
#ifndef __THREAD
#define __THREAD __thread
#endif
#ifndef __SECTION
#define __SECTION(name) __attribute__((__section__(name)))
#endif
#ifndef __WEAK
#define __WEAK __attribute__((__weak__))
#endif
#ifndef __ALIAS
#define __ALIAS(name) __attribute__((__alias__(name)))
#endif
#ifndef __WEAK_ALIAS
#define __WEAK_ALIAS(name) __attribute__((__weak__, __alias__(name)))
#endif
#ifndef __ALWAYS_EMIT
#define __ALWAYS_EMIT __attribute__((__used__))
#endif
#ifndef __EXPORT
#define __EXPORT __attribute__((__visibility__("default")))
#endif
#ifndef __LOCAL
#define __LOCAL __attribute__((__visibility__("hidden")))
#endif
#ifndef __RESTRICT
#define __RESTRICT __restrict
#endif

#ifdef __cplusplus
#if __has_cpp_attribute(no_unique_address) && __cplusplus >= 202002L
#define __NO_UNIQUE_ADDRESS [[no_unique_address]]
#else
#define __NO_UNIQUE_ADDRESS
#endif
#if __cplusplus >= 201703L
#define __WARN_UNUSED_CONSTRUCTOR [[nodiscard]]
#else
#define __WARN_UNUSED_CONSTRUCTOR
#endif
#if defined(__cpp_constinit)
#define __CONSTINIT constinit
#elif defined(__clang__)
#define __CONSTINIT [[clang::require_constant_initialization]]
#else
#define __CONSTINIT
#endif
#endif

#ifndef __OWNER
#if defined(__clang__) && defined(__cplusplus)
#define __OWNER(x) [[gsl::Owner(x)]]
#define __POINTER(x) [[gsl::Pointer(x)]]
#else
#define __OWNER(x)
#define __POINTER(x)
#endif
#endif

/* Statements and expressions. */
#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#endif
#ifndef unlikely
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif
#ifndef __UNREACHABLE
#define __UNREACHABLE __builtin_unreachable()
#endif
#ifndef __ISCONSTANT
#define __ISCONSTANT(x) __builtin_constant_p(x)
#endif
#ifndef __GET_CALLER
#define __GET_CALLER(x) __builtin_return_address(0)
#endif
#ifndef __GET_FRAME
#define __GET_FRAME(x) __builtin_frame_address(0)
#endif
#ifndef __offsetof
#define __offsetof(type, member) __builtin_offsetof(type, member)
#endif
#ifndef add_overflow
#define add_overflow(a, b, result) __builtin_add_overflow(a, b, result)
#endif
#ifndef sub_overflow
#define sub_overflow(a, b, result) __builtin_sub_overflow(a, b, result)
#endif
#ifndef mul_overflow
#define mul_overflow(a, b, result) __builtin_mul_overflow(a, b, result)
#endif
#ifndef __FALLTHROUGH
#if defined(__cplusplus) && __cplusplus >= 201703L
#define __FALLTHROUGH [[fallthrough]]
#else
#define __FALLTHROUGH __attribute__((__fallthrough__))
#endif
#endif

/*
 * clang's thread safety analysis. It needs a C++ library whose locks are annotated, as Fuchsia's
 * is; elsewhere the annotations say nothing.
 */
#ifndef __THREAD_ANNOTATION
#if defined(__clang__) && defined(_LIBCPP_ENABLE_THREAD_SAFETY_ANNOTATIONS)
#define __THREAD_ANNOTATION(x) __attribute__((x))
#else
#define __THREAD_ANNOTATION(x)
#endif
#endif
#define __TA_CAPABILITY(x) __THREAD_ANNOTATION(__capability__(x))
#define __TA_SCOPED_CAPABILITY __THREAD_ANNOTATION(__scoped_lockable__)
#define __TA_GUARDED(x) __THREAD_ANNOTATION(__guarded_by__(x))
#define __TA_REQUIRES(...) __THREAD_ANNOTATION(__requires_capability__(__VA_ARGS__))
#define __TA_REQUIRES_SHARED(...) __THREAD_ANNOTATION(__requires_shared_capability__(__VA_ARGS__))
#define __TA_EXCLUDES(...) __THREAD_ANNOTATION(__locks_excluded__(__VA_ARGS__))
#define __TA_ACQUIRE(...) __THREAD_ANNOTATION(__acquire_capability__(__VA_ARGS__))
#define __TA_ACQUIRE_SHARED(...) __THREAD_ANNOTATION(__acquire_shared_capability__(__VA_ARGS__))
#define __TA_TRY_ACQUIRE(...) __THREAD_ANNOTATION(__try_acquire_capability__(__VA_ARGS__))
#define __TA_TRY_ACQUIRE_SHARED(...) \
	__THREAD_ANNOTATION(__try_acquire_shared_capability__(__VA_ARGS__))
#define __TA_ACQUIRED_BEFORE(...) __THREAD_ANNOTATION(__acquired_before__(__VA_ARGS__))
#define __TA_ACQUIRED_AFTER(...) __THREAD_ANNOTATION(__acquired_after__(__VA_ARGS__))
#define __TA_RELEASE(...) __THREAD_ANNOTATION(__release_capability__(__VA_ARGS__))
#define __TA_RELEASE_SHARED(...) __THREAD_ANNOTATION(__release_shared_capability__(__VA_ARGS__))
#define __TA_ASSERT(...) __THREAD_ANNOTATION(__assert_capability__(__VA_ARGS__))
#define __TA_ASSERT_SHARED(...) __THREAD_ANNOTATION(__assert_shared_capability__(__VA_ARGS__))
#define __TA_RETURN_CAPABILITY(x) __THREAD_ANNOTATION(__lock_returned__(x))
#define __TA_NO_THREAD_SAFETY_ANALYSIS __THREAD_ANNOTATION(__no_thread_safety_analysis__)

#endif /* __ASSEMBLER__ */

#endif /* ZIRCON_COMPILER_H_ */
