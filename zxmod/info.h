/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The topics of zx_object_get_info(), and the properties of zx_object_get_property() and
 * _set_property().
 *
 * info.c has the order of Zircon's checks and the list of Zircon's topics and properties. The type
 * of an object fills the records and reads and sets the properties: its ops list the topics that
 * it answers, and have functions for its properties.
 */
#ifndef ZXMOD_INFO_H
#define ZXMOD_INFO_H

#include <linux/types.h>

struct zx_handle;
struct zx_handle_table;
struct zx_object;
struct zx_info_list;

/**
 * struct zx_info_topic - a topic that a type of objects answers
 * @topic:	ZX_INFO_*; zero behind the last
 * @size:	bytes of a record, at most ZX_INFO_RECORD_MAX
 * @get:	for a topic with one record: fills the record, which is zeroed; returns a status
 * @list:	for a topic with any number of records: passes each to zx_info_list_add(); returns a
 *		status
 *
 * A topic with neither of them has a record for some objects of the type in Zircon, but for none
 * here: the call returns ZX_ERR_INVALID_ARGS.
 *
 * Both get the handle that was used, may sleep, and return an error if it does not let them answer.
 * The caller has a reference to the object and holds no locks.
 */
struct zx_info_topic {
	u32 topic;
	u32 size;
	int (*get)(const struct zx_handle *handle, void *record);
	int (*list)(const struct zx_handle *handle, struct zx_info_list *list);
};

#define ZX_INFO_RECORD_MAX	256

bool zx_info_list_skip(struct zx_info_list *list);
int zx_info_list_add(struct zx_info_list *list, const void *record);

/* The records, in Zircon's layout; see <zircon/syscalls/object.h>. */

struct zx_info_handle_basic {
	u64 koid;
	u32 rights;
	u32 type;
	u64 related_koid;
	u32 reserved;
	u32 padding;
};

struct zx_info_handle_extended {
	u32 type;
	u32 handle_value;
	u32 rights;
	u32 reserved;
	u64 koid;
	u64 related_koid;
	u64 peer_owner_koid;
};

struct zx_info_socket {
	u32 options;
	u32 padding;
	u64 rx_buf_max;
	u64 rx_buf_size;
	u64 rx_buf_available;
	u64 tx_buf_max;
	u64 tx_buf_size;
};

struct zx_info_timer {
	u32 options;
	u32 clock_id;
	s64 deadline;
	s64 slack;
};

struct zx_info_handle_stats {
	u32 counts[64];
};

struct zx_info_process {
	s64 return_code;
	s64 start_time;
	u32 flags;
	u32 padding;
};

struct zx_info_job {
	s64 return_code;
	u8 exited;
	u8 kill_on_oom;
	u8 debugger_attached;
	u8 padding[5];
};

#define ZX_AFFINITY_WORDS	8

struct zx_info_thread {
	u32 state;
	u32 wait_exception_channel_type;
	u64 cpu_affinity_mask[ZX_AFFINITY_WORDS];
};

struct zx_info_thread_stats {
	s64 total_runtime;
	u32 last_scheduled_cpu;
	u32 padding;
};

struct zx_info_task_stats {
	u64 mem_mapped_bytes;
	u64 mem_private_bytes;
	u64 mem_shared_bytes;
	u64 mem_scaled_shared_bytes;
	u64 mem_fractional_scaled_shared_bytes;
};

struct zx_info_task_runtime {
	s64 cpu_time;
	s64 queue_time;
	s64 page_fault_time;
	s64 lock_contention_time;
};

long zx_ioc_object_get_info(struct zx_handle_table *table, void *args);
long zx_ioc_object_get_property(struct zx_handle_table *table, void *args);
long zx_ioc_object_set_property(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_INFO_H */
