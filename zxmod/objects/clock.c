// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks.
 *
 * A clock computes its time, the synthetic time, from that of a clock of the kernel, its reference:
 *
 *	synthetic = (reference - reference_offset) * rate + synthetic_offset
 *
 * A clock that has not been started has a rate of zero. The module stores times of the reference as
 * the kernel shows them; a program passes and receives them as its time namespace shows them. The
 * synthetic time is the same number for all programs. A tick is a nanosecond, so the transformation
 * of ticks that Zircon has beside that of nanoseconds is the same here.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "clock.h"
#include "compat.h"
#include "handle.h"
#include "info.h"
#include "object.h"
#include "timens.h"
#include "user.h"

/* The denominator of a rate that was adjusted. */
#define ZX_CLOCK_MILLION	1000000

/**
 * struct zx_clock - a clock
 * @memory:	the head of the allocation
 * @object:	the common part of objects; STARTED is up once the rate is not zero
 * @options:	ZX_CLOCK_OPT_*; constant
 * @backstop:	the synthetic time is never set to an earlier one; constant
 * @to_synthetic: the transformation; this and the following are guarded by the object's lock
 * @error_bound: what the program that sets the clock says of its error, in nanoseconds
 * @value_update: when the synthetic time was set last, a time of the reference; or zero
 * @rate_update: when the rate was set last, likewise
 * @error_bound_update: when the error bound was set last, likewise
 * @rate_adjust: the rate less one, in millionths
 * @generation:	how often the clock was updated, plus one
 * @name:	ZX_PROP_NAME
 */
struct zx_clock {
	struct zx_memory memory;
	struct zx_object object;
	u64 options;
	s64 backstop;
	struct zx_clock_transformation to_synthetic;
	u64 error_bound;
	s64 value_update;
	s64 rate_update;
	s64 error_bound_update;
	s32 rate_adjust;
	u32 generation;
	char name[ZX_MAX_NAME_LEN];
};

ZX_MEMORY_CHECK(struct zx_clock, object);

static struct kmem_cache *zx_clock_cache;

static struct zx_clock *zx_clock_of(struct zx_object *object)
{
	return container_of(object, struct zx_clock, object);
}

static u32 zx_clock_reference(u64 options)
{
	return options & ZX_CLOCK_OPT_BOOT ? ZX_CLOCK_BOOT : ZX_CLOCK_MONOTONIC;
}

/* The time of the reference, as the kernel shows it. */
static s64 zx_clock_now(u64 options)
{
	return options & ZX_CLOCK_OPT_BOOT ? ktime_get_boottime() : ktime_get();
}

/* Sums and differences that stop at the ends of the range. */
static s64 zx_clock_add(s64 a, s64 b)
{
	s64 sum;

	if (check_add_overflow(a, b, &sum))
		return b < 0 ? S64_MIN : S64_MAX;
	return sum;
}

static s64 zx_clock_sub(s64 a, s64 b)
{
	s64 difference;

	if (check_sub_overflow(a, b, &difference))
		return b < 0 ? S64_MAX : S64_MIN;
	return difference;
}

/* Multiplies by a rate, which is at most 1.001, and rounds down. */
static s64 zx_clock_scale(s64 value, const struct zx_clock_rate *rate)
{
	u64 size = value < 0 ? -(u64)value : value;
	u64 scaled;

	if (rate->synthetic_ticks == rate->reference_ticks)
		return value;
	scaled = mul_u64_u32_div(size, rate->synthetic_ticks, rate->reference_ticks);
	if (value >= 0)
		return min_t(u64, scaled, S64_MAX);
	/* A remainder is less than 32 bits, so it shows in the lower 64 bits of both products. */
	if (scaled * rate->reference_ticks != size * rate->synthetic_ticks)
		scaled++;
	return scaled > S64_MAX ? S64_MIN : -(s64)scaled;
}

/* The synthetic time at a time of the reference. */
static s64 zx_clock_apply(const struct zx_clock_transformation *to_synthetic, s64 reference)
{
	s64 since = zx_clock_sub(reference, to_synthetic->reference_offset);

	return zx_clock_add(zx_clock_scale(since, &to_synthetic->rate),
			    to_synthetic->synthetic_offset);
}

static void zx_clock_get_name(struct zx_object *object, char name[ZX_MAX_NAME_LEN])
{
	zx_object_copy_name(object, name, zx_clock_of(object)->name);
}

static int zx_clock_set_name(const struct zx_handle *handle, const char name[ZX_MAX_NAME_LEN])
{
	zx_object_copy_name(handle->object, zx_clock_of(handle->object)->name, name);
	return ZX_OK;
}

static void zx_clock_free(struct zx_memory *memory)
{
	kmem_cache_free(zx_clock_cache, container_of(memory, struct zx_clock, memory));
}

/* The size of a clock's mapping; no clock can be mapped. */
static const struct zx_info_topic zx_clock_topics[] = {
	{ ZX_INFO_CLOCK_MAPPED_SIZE },
	{}
};

static const struct zx_object_ops zx_clock_ops = {
	.type = ZX_OBJ_TYPE_CLOCK,
	.default_rights = ZX_DEFAULT_CLOCK_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.last = ZX_CLOCK_STARTED,
	.free = zx_clock_free,
	.get_name = zx_clock_get_name,
	.set_name = zx_clock_set_name,
	.topics = zx_clock_topics,
};

/* The checks are in Zircon's order: the version, the arguments, the options, the backstop. */
long zx_ioc_clock_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_clock_create *arg = args;
	struct zx_clock_create_args create = {};
	struct zx_memory *memory;
	struct zx_clock *clock;
	s64 now, offset;
	u64 options;

	switch (arg->options >> ZX_CLOCK_ARGS_VERSION_SHIFT) {
	case 0:
		if (arg->args)
			return ZX_ERR_INVALID_ARGS;
		break;
	case 1:
		if (zx_copy_from_user(&create, u64_to_user_ptr(arg->args), sizeof(create)))
			return ZX_ERR_INVALID_ARGS;
		break;
	default:
		return ZX_ERR_INVALID_ARGS;
	}
	options = arg->options & ~ZX_CLOCK_ARGS_VERSION_MASK;
	if (options & ~ZX_CLOCK_OPTS_ALL)
		return ZX_ERR_INVALID_ARGS;
	if ((options & ZX_CLOCK_OPT_CONTINUOUS) && !(options & ZX_CLOCK_OPT_MONOTONIC))
		return ZX_ERR_INVALID_ARGS;
	now = zx_clock_now(options);
	offset = zx_time_offset(zx_clock_reference(options));
	if (create.backstop_time < 0)
		return ZX_ERR_INVALID_ARGS;
	if ((options & ZX_CLOCK_OPT_AUTO_START) &&
	    create.backstop_time > zx_clock_add(now, offset))
		return ZX_ERR_INVALID_ARGS;
	/* Needs memory objects. */
	if (options & ZX_CLOCK_OPT_MAPPABLE)
		return ZX_ERR_NOT_SUPPORTED;

	memory = zx_memory_alloc(table, zx_clock_cache, sizeof(*clock));
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	clock = container_of(memory, struct zx_clock, memory);
	clock->options = options;
	clock->backstop = create.backstop_time;
	clock->error_bound = ZX_CLOCK_UNKNOWN_ERROR;
	clock->generation = 1;
	/* Where the program's reference shows zero. */
	clock->to_synthetic.reference_offset = zx_clock_sub(0, offset);
	clock->to_synthetic.rate.reference_ticks = 1;
	if (options & ZX_CLOCK_OPT_AUTO_START) {
		clock->to_synthetic.rate.synthetic_ticks = 1;
		clock->value_update = now;
		clock->rate_update = now;
	} else {
		clock->to_synthetic.synthetic_offset = create.backstop_time;
	}
	zx_object_init(&clock->object, &zx_clock_ops,
		       options & ZX_CLOCK_OPT_AUTO_START ? ZX_CLOCK_STARTED : 0);
	return zx_handle_create(table, &clock->object, arg->out);
}

long zx_ioc_clock_read(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_clock_read *arg = args;
	struct zx_handle_use use;
	struct zx_clock *clock;
	int status;
	s64 now;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_CLOCK, ZX_RIGHT_READ, &use);
	if (status)
		return status;
	clock = zx_clock_of(use.object);
	/* The lock is held also for the reference: a later update must not seem earlier. */
	zx_object_lock(use.object);
	now = zx_clock_apply(&clock->to_synthetic, zx_clock_now(clock->options));
	zx_object_unlock(use.object);
	zx_object_put(use.object);
	return zx_put_u64(arg->out, now);
}

/*
 * What the caller's time namespace shows at a time of the reference. Zero is no time and stays; in
 * another time namespace any time may be zero.
 */
static s64 zx_clock_update_time(s64 time, s64 offset)
{
	return time ? zx_clock_add(time, offset) ?: 1 : 0;
}

long zx_ioc_clock_get_details(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_clock *arg = args;
	struct zx_clock_details details = {};
	struct zx_object *object;
	struct zx_clock *clock;
	int status;
	s64 offset;

	if (arg->reserved || arg->options != ZX_CLOCK_ARGS_VERSION(1) || !arg->args)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_CLOCK, ZX_RIGHT_READ, &object);
	if (status)
		return status;
	clock = zx_clock_of(object);
	offset = zx_time_offset(zx_clock_reference(clock->options));
	details.options = clock->options;
	details.backstop_time = clock->backstop;
	zx_object_lock(object);
	details.reference_to_synthetic = clock->to_synthetic;
	details.error_bound = clock->error_bound;
	details.query_ticks = zx_clock_add(zx_clock_now(clock->options), offset);
	details.last_value_update_ticks = zx_clock_update_time(clock->value_update, offset);
	details.last_rate_adjust_update_ticks = zx_clock_update_time(clock->rate_update, offset);
	details.last_error_bounds_update_ticks =
		zx_clock_update_time(clock->error_bound_update, offset);
	details.generation_counter = clock->generation;
	zx_object_unlock(object);
	zx_object_put(object);
	details.reference_to_synthetic.reference_offset =
		zx_clock_add(details.reference_to_synthetic.reference_offset, offset);
	details.reference_ticks_to_synthetic = details.reference_to_synthetic;
	return zx_copy_to_user(u64_to_user_ptr(arg->args), &details, sizeof(details));
}

/*
 * Reads the arguments of either version. The first has no reference value, and is shorter for that
 * reason.
 */
static int zx_clock_get_update(const struct zx_ioc_clock *arg, u64 version,
			       struct zx_clock_update_args *update)
{
	const void __user *from = u64_to_user_ptr(arg->args);
	struct zx_clock_update_args_v1 first;

	switch (version) {
	case 1:
		if (zx_copy_from_user(&first, from, sizeof(first)))
			return ZX_ERR_INVALID_ARGS;
		update->rate_adjust = first.rate_adjust;
		update->synthetic_value = first.value;
		update->reference_value = 0;
		update->error_bound = first.error_bound;
		return ZX_OK;
	case 2:
		return zx_copy_from_user(update, from, sizeof(*update));
	default:
		return ZX_ERR_INVALID_ARGS;
	}
}

/* Whether an update may change what @options say. */
static int zx_clock_check_update(const struct zx_clock *clock, u64 version, u64 options)
{
	bool set = options & ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID;
	bool rate = options & ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID;
	bool at = options & ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID;

	if (at && (version == 1 || (!set && !rate)))
		return ZX_ERR_INVALID_ARGS;
	if (!(clock->object.signals & ZX_CLOCK_STARTED))
		return set ? ZX_OK : ZX_ERR_BAD_STATE;
	if (set && (clock->options & ZX_CLOCK_OPT_CONTINUOUS))
		return ZX_ERR_INVALID_ARGS;
	if (version == 1 || !(clock->options & ZX_CLOCK_OPT_MONOTONIC))
		return ZX_OK;
	/* RFC-0077: whether the time would go backwards must not depend on when the call runs. */
	if ((set && !at) || ((set || at) && rate))
		return ZX_ERR_INVALID_ARGS;
	return ZX_OK;
}

/*
 * Computes the transformation after an update at the time @now of the reference. Fails if the
 * synthetic time would be less than the backstop or, of a monotonic clock, than it is.
 */
static int zx_clock_transform(const struct zx_clock *clock, u64 options,
			      const struct zx_clock_update_args *update, s64 now,
			      struct zx_clock_transformation *to_synthetic)
{
	bool rate = options & ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID;
	s64 synthetic;

	*to_synthetic = clock->to_synthetic;
	if (options & ZX_CLOCK_UPDATE_OPTION_REFERENCE_VALUE_VALID)
		to_synthetic->reference_offset =
			zx_clock_sub(update->reference_value,
				     zx_time_offset(zx_clock_reference(clock->options)));
	else if ((options & ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID) ||
		 (rate && update->rate_adjust != clock->rate_adjust))
		to_synthetic->reference_offset = now;
	else
		/* Neither the value nor the rate changes. */
		return ZX_OK;

	if (options & ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID)
		to_synthetic->synthetic_offset = update->synthetic_value;
	else
		to_synthetic->synthetic_offset =
			zx_clock_apply(&clock->to_synthetic, to_synthetic->reference_offset);
	if (rate) {
		to_synthetic->rate.synthetic_ticks = ZX_CLOCK_MILLION + update->rate_adjust;
		to_synthetic->rate.reference_ticks = ZX_CLOCK_MILLION;
	} else if (!to_synthetic->rate.synthetic_ticks) {
		to_synthetic->rate.synthetic_ticks = 1;
	}

	synthetic = zx_clock_apply(to_synthetic, now);
	if (synthetic < clock->backstop)
		return ZX_ERR_INVALID_ARGS;
	if ((clock->options & ZX_CLOCK_OPT_MONOTONIC) &&
	    synthetic < zx_clock_apply(&clock->to_synthetic, now))
		return ZX_ERR_INVALID_ARGS;
	return ZX_OK;
}

/* Updates the clock, with the object locked, which the caller must unlock next. */
static int zx_clock_update(struct zx_clock *clock, u64 version, u64 options,
			   const struct zx_clock_update_args *update)
{
	bool started = clock->object.signals & ZX_CLOCK_STARTED;
	bool rate = options & ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID;
	struct zx_clock_transformation to_synthetic;
	int status;
	s64 now;

	zx_object_assert_locked(&clock->object);
	status = zx_clock_check_update(clock, version, options);
	if (status)
		return status;
	now = zx_clock_now(clock->options);
	status = zx_clock_transform(clock, options, update, now, &to_synthetic);
	if (status)
		return status;
	clock->to_synthetic = to_synthetic;
	clock->generation++;
	if (options & ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID)
		clock->value_update = now;
	if (rate || !started) {
		clock->rate_update = now;
		clock->rate_adjust = rate ? update->rate_adjust : 0;
	}
	if (options & ZX_CLOCK_UPDATE_OPTION_ERROR_BOUND_VALID) {
		clock->error_bound_update = now;
		clock->error_bound = update->error_bound;
	}
	zx_object_strobe(&clock->object, ZX_CLOCK_STARTED, ZX_CLOCK_UPDATED);
	return ZX_OK;
}

/* What does not depend on the clock is checked before the handle, as in Zircon. */
long zx_ioc_clock_update(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_clock *arg = args;
	u64 version = arg->options >> ZX_CLOCK_ARGS_VERSION_SHIFT;
	u64 options = arg->options & ~ZX_CLOCK_ARGS_VERSION_MASK;
	struct zx_clock_update_args update;
	struct zx_object *object;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_clock_get_update(arg, version, &update);
	if (status)
		return status;
	if (!options || (options & ~ZX_CLOCK_UPDATE_OPTIONS_ALL))
		return ZX_ERR_INVALID_ARGS;
	if ((options & ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID) &&
	    (update.rate_adjust < ZX_CLOCK_UPDATE_MIN_RATE_ADJUST ||
	     update.rate_adjust > ZX_CLOCK_UPDATE_MAX_RATE_ADJUST))
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_CLOCK, ZX_RIGHT_WRITE, &object);
	if (status)
		return status;
	zx_object_lock(object);
	status = zx_clock_update(zx_clock_of(object), version, options, &update);
	zx_object_unlock(object);
	zx_object_put(object);
	return status;
}

int zx_clock_init(void)
{
	zx_clock_cache = kmem_cache_create("zircon_clock", sizeof(struct zx_clock), 0,
					   SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_clock_cache ? 0 : -ENOMEM;
}

void zx_clock_exit(void)
{
	kmem_cache_destroy(zx_clock_cache);
}
