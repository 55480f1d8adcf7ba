/* SPDX-License-Identifier: MIT */
/* Deadline scheduling. */
#ifndef ZIRCON_SYSCALLS_SCHEDULER_H_
#define ZIRCON_SYSCALLS_SCHEDULER_H_

#include <zircon/time.h>

__BEGIN_CDECLS

/* 0 < capacity <= relative_deadline <= period */
typedef struct zx_sched_deadline_params {
	zx_duration_mono_t capacity;
	zx_duration_mono_t relative_deadline;
	zx_duration_mono_t period;
} zx_sched_deadline_params_t;

__END_CDECLS

#endif /* ZIRCON_SYSCALLS_SCHEDULER_H_ */
