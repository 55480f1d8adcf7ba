/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clocks: objects that show a time which a program sets, and whose rate it adjusts.
 */
#ifndef ZXMOD_OBJECTS_CLOCK_H
#define ZXMOD_OBJECTS_CLOCK_H

#include <linux/build_bug.h>
#include <linux/types.h>

struct zx_handle_table;

/* zx_clock_rate_t, zx_clock_transformation_t. */
struct zx_clock_rate {
	u32 synthetic_ticks;
	u32 reference_ticks;
};

struct zx_clock_transformation {
	s64 reference_offset;
	s64 synthetic_offset;
	struct zx_clock_rate rate;
};

/* zx_clock_create_args_v1_t */
struct zx_clock_create_args {
	s64 backstop_time;
};

static_assert(sizeof(struct zx_clock_create_args) == 8);

/* zx_clock_details_v1_t */
struct zx_clock_details {
	u64 options;
	s64 backstop_time;
	struct zx_clock_transformation reference_ticks_to_synthetic;
	struct zx_clock_transformation reference_to_synthetic;
	u64 error_bound;
	s64 query_ticks;
	s64 last_value_update_ticks;
	s64 last_rate_adjust_update_ticks;
	s64 last_error_bounds_update_ticks;
	u32 generation_counter;
	u32 padding;
};

static_assert(sizeof(struct zx_clock_details) == 112);

/* zx_clock_update_args_v1_t */
struct zx_clock_update_args_v1 {
	s32 rate_adjust;
	u32 padding;
	s64 value;
	u64 error_bound;
};

static_assert(sizeof(struct zx_clock_update_args_v1) == 24);

/* zx_clock_update_args_v2_t */
struct zx_clock_update_args {
	s32 rate_adjust;
	u32 padding;
	s64 synthetic_value;
	s64 reference_value;
	u64 error_bound;
};

static_assert(sizeof(struct zx_clock_update_args) == 32);

long zx_ioc_clock_create(struct zx_handle_table *table, void *args);
long zx_ioc_clock_read(struct zx_handle_table *table, void *args);
long zx_ioc_clock_get_details(struct zx_handle_table *table, void *args);
long zx_ioc_clock_update(struct zx_handle_table *table, void *args);

int zx_clock_init(void);
void zx_clock_exit(void);

#endif /* ZXMOD_OBJECTS_CLOCK_H */
