/* SPDX-License-Identifier: MIT */
/* Clock objects. The version of an argument struct travels in the top six bits of the options. */
#ifndef ZIRCON_SYSCALLS_CLOCK_H_
#define ZIRCON_SYSCALLS_CLOCK_H_

#include <zircon/time.h>

__BEGIN_CDECLS

#define ZX_CLOCK_ARGS_VERSION_SHIFT ((uint64_t)58u)
#define ZX_CLOCK_ARGS_VERSION_BITS ((uint64_t)6u)
#define ZX_CLOCK_ARGS_VERSION_MASK \
	(((((uint64_t)1) << ZX_CLOCK_ARGS_VERSION_BITS) - 1) << ZX_CLOCK_ARGS_VERSION_SHIFT)
#define ZX_CLOCK_ARGS_VERSION(_N) \
	(((uint64_t)(_N) << ZX_CLOCK_ARGS_VERSION_SHIFT) & ZX_CLOCK_ARGS_VERSION_MASK)

#define ZX_CLOCK_OPT_MONOTONIC ((uint64_t)1u << 0)  /* its time never goes back */
#define ZX_CLOCK_OPT_CONTINUOUS ((uint64_t)1u << 1) /* nor does it jump */
#define ZX_CLOCK_OPT_AUTO_START ((uint64_t)1u << 2) /* it is started, with its reference's time */
#define ZX_CLOCK_OPT_BOOT ((uint64_t)1u << 3)       /* its reference is CLOCK_BOOTTIME */
#define ZX_CLOCK_OPT_MAPPABLE ((uint64_t)1u << 4)   /* not supported */
#define ZX_CLOCK_OPTS_ALL                                                               \
	(ZX_CLOCK_OPT_MONOTONIC | ZX_CLOCK_OPT_CONTINUOUS | ZX_CLOCK_OPT_AUTO_START |   \
	 ZX_CLOCK_OPT_BOOT | ZX_CLOCK_OPT_MAPPABLE)

/* The last two came with version 2 of the arguments. */
#define ZX_CLOCK_UPDATE_OPTION_VALUE_VALID ((uint64_t)1u << 0) /* .value is valid */
#define ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID ((uint64_t)1u << 1)
	/* .rate_adjust is valid */
#define ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID ((uint64_t)1u << 2)
	/* .error_bound is valid */
#define ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID ((uint64_t)1u << 3)
	/* .reference_value is valid */
#define ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID ZX_CLOCK_UPDATE_OPTION_VALUE_VALID
	/* .synthetic_value is valid */
#define ZX_CLOCK_UPDATE_OPTION_BOTH_VALUES_VALID        \
	(ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID | \
	 ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID)
#define ZX_CLOCK_UPDATE_OPTIONS_ALL                                                           \
	(ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID |                                       \
	 ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID | ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID | \
	 ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID)

/* Parts per million. */
#define ZX_CLOCK_UPDATE_MIN_RATE_ADJUST ((int32_t)-1000)
#define ZX_CLOCK_UPDATE_MAX_RATE_ADJUST ((int32_t)1000)

#define ZX_CLOCK_UNKNOWN_ERROR ((uint64_t)0xFFFFFFFFFFFFFFFF) /* an error bound never set */

typedef struct zx_clock_create_args_v1 {
	zx_time_t backstop_time; /* the earliest time that the clock shows */
} zx_clock_create_args_v1_t;

typedef struct zx_clock_rate {
	uint32_t synthetic_ticks; /* the numerator; 0: the clock is not started */
	uint32_t reference_ticks; /* the denominator */
} zx_clock_rate_t;

/* synthetic = (reference - reference_offset) * rate + synthetic_offset */
typedef struct zx_clock_transformation {
	int64_t reference_offset; /* at this time of the reference */
	int64_t synthetic_offset; /* the clock has this time */
	zx_clock_rate_t rate;
} zx_clock_transformation_t;

typedef struct zx_clock_details_v1 {
	uint64_t options;        /* ZX_CLOCK_OPT_* */
	zx_time_t backstop_time; /* the earliest time that the clock shows */
	zx_clock_transformation_t reference_ticks_to_synthetic; /* from ticks of the reference */
	zx_clock_transformation_t reference_to_synthetic; /* from nanoseconds of the reference */
	uint64_t error_bound;               /* nanoseconds */
	zx_ticks_t query_ticks;             /* the time of the reference at the call */
	zx_ticks_t last_value_update_ticks; /* when the time was set */
	zx_ticks_t last_rate_adjust_update_ticks;  /* when the rate was */
	zx_ticks_t last_error_bounds_update_ticks; /* when the error bound was */
	uint32_t generation_counter;               /* of updates */
	uint8_t padding1[4];
} zx_clock_details_v1_t;

typedef struct zx_clock_update_args_v1 {
	int32_t rate_adjust; /* parts per million */
	uint8_t padding1[4];
	int64_t value;        /* the time of the clock, in nanoseconds */
	uint64_t error_bound; /* nanoseconds */
} zx_clock_update_args_v1_t;

typedef struct zx_clock_update_args_v2 {
	int32_t rate_adjust; /* parts per million */
	uint8_t padding1[4];
	int64_t synthetic_value; /* the time of the clock, in nanoseconds */
	int64_t reference_value; /* the time of the reference at which it has or had that */
	uint64_t error_bound;    /* nanoseconds */
} zx_clock_update_args_v2_t;

__END_CDECLS

#endif /* ZIRCON_SYSCALLS_CLOCK_H_ */
