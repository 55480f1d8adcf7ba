// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: futexes.
 */
#include "explore.h"

/* Both threads of a program use these, whose values do not change. A child has its own. */
static const int32_t futexes[4];

static uint64_t some_futex(struct actor *a)
{
	uint8_t choice = byte(a);

	if (choice >= 0xf0)
		return some_pointer(a, 4, 1);
	return (uintptr_t)&futexes[choice % ARRAY_SIZE(futexes)];
}

static uint32_t some_owner(struct actor *a)
{
	return byte(a) ? some_handle(a, THREAD) : 0;
}

long do_futex_wait(struct actor *a)
{
	union zxp_argument arg = {
		.futex_wait.value_ptr = some_futex(a),
		.futex_wait.deadline = some_deadline(a),
		.futex_wait.owner = some_owner(a),
		.futex_wait.current_value = byte(a),
	};

	return submit(a, ZX_IOC_FUTEX_WAIT, &arg);
}

long do_futex_wake(struct actor *a)
{
	union zxp_argument arg = {
		.futex_wake.value_ptr = some_futex(a),
		.futex_wake.wake_count = some_count(a),
		.futex_wake.options = some_options(a, ZXL_FUTEX_SINGLE_OWNER),
	};

	return submit(a, ZX_IOC_FUTEX_WAKE, &arg);
}

long do_futex_requeue(struct actor *a)
{
	uint32_t moved[2];
	union zxp_argument arg = {
		.futex_requeue.value_ptr = some_futex(a),
		.futex_requeue.requeue_ptr = some_futex(a),
		.futex_requeue.wake_count = some_count(a),
		.futex_requeue.requeue_count = some_count(a),
		.futex_requeue.owner = some_owner(a),
		.futex_requeue.options = some_options(a, ZXL_FUTEX_SINGLE_OWNER),
		.futex_requeue.moved = some_out(a, moved, 8),
		.futex_requeue.current_value = byte(a),
	};

	return submit(a, ZX_IOC_FUTEX_REQUEUE, &arg);
}

long do_futex_owner(struct actor *a)
{
	uint64_t koid;
	union zxp_argument arg = {
		.futex_get_owner.value_ptr = some_futex(a),
		.futex_get_owner.koid = some_out(a, &koid, 8),
	};

	return submit(a, ZX_IOC_FUTEX_GET_OWNER, &arg);
}
