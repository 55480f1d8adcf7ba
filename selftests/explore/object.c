// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: objects of all types are created; signals, waits, information, properties.
 */
#include "explore.h"

long do_event(struct actor *a)
{
	return create(a, ZX_IOC_EVENT_CREATE, OTHER, 0, false);
}

long do_eventpair(struct actor *a)
{
	return create(a, ZX_IOC_EVENTPAIR_CREATE, OTHER, 0, true);
}

long do_signal(struct actor *a)
{
	uint8_t how = byte(a);
	union zxp_argument arg = {
		.signal.handle = some_handle(a, ANY),
		.signal.set_mask = some_signals(a),
		.signal.clear_mask = some_signals(a),
	};

	return submit(a, how & 1 ? ZX_IOC_OBJECT_SIGNAL_PEER : ZX_IOC_OBJECT_SIGNAL, &arg);
}

long do_wait(struct actor *a)
{
	uint32_t observed;
	union zxp_argument arg = {
		.wait_one.handle = some_handle(a, ANY),
		.wait_one.signals = some_signals(a),
		.wait_one.deadline = some_deadline(a),
		.wait_one.observed = some_out(a, &observed, 4),
	};

	return submit(a, ZX_IOC_OBJECT_WAIT_ONE, &arg);
}

long do_wait_many(struct actor *a)
{
	struct zx_ioc_wait_item *items = (void *)(a->buffer + 16 * 256);
	union zxp_argument arg = {
		.wait_many.deadline = some_deadline(a),
		.wait_many.count = some_count(a),
	};

	for (unsigned int i = 0; i < arg.wait_many.count && i < 66; i++)
		items[i] = (struct zx_ioc_wait_item){ some_handle(a, ANY), some_signals(a), 0 };
	arg.wait_many.items = some_pointer(a, 12 * arg.wait_many.count, 16);
	return submit(a, ZX_IOC_OBJECT_WAIT_MANY, &arg);
}

long do_info(struct actor *a)
{
	static const uint32_t topics[] = {
		ZX_INFO_HANDLE_BASIC, ZX_INFO_HANDLE_VALID, ZX_INFO_HANDLE_COUNT,
		ZX_INFO_PROCESS_HANDLE_STATS, ZX_INFO_HANDLE_TABLE, ZX_INFO_SOCKET, 0,
		ZX_INFO_CLOCK_MAPPED_SIZE, ZX_INFO_TIMER,
	};
	static const uint32_t process_topics[] = {
		ZX_INFO_PROCESS, ZX_INFO_TASK_STATS, ZX_INFO_TASK_RUNTIME, ZX_INFO_TASK_STATS_V1,
		ZX_INFO_TASK_RUNTIME_V1,
	};
	static const uint32_t thread_topics[] = {
		ZX_INFO_THREAD, ZX_INFO_THREAD_STATS, ZX_INFO_TASK_RUNTIME,
		ZX_INFO_TASK_RUNTIME_V1,
	};
	static const uint32_t job_topics[] = {
		ZX_INFO_JOB, ZX_INFO_JOB_CHILDREN, ZX_INFO_JOB_PROCESSES, ZX_INFO_TASK_RUNTIME,
	};
	uint8_t choice = byte(a);
	uint64_t actual, avail;
	union zxp_argument arg = {};

	switch (choice) {
	case 0x80 ... 0xbf:
		arg.get_info.topic = process_topics[choice % ARRAY_SIZE(process_topics)];
		arg.get_info.handle = some_handle(a, PROCESS);
		break;
	case 0xc0 ... 0xdf:
		arg.get_info.topic = thread_topics[choice % ARRAY_SIZE(thread_topics)];
		arg.get_info.handle = some_handle(a, THREAD);
		break;
	case 0xe0 ... 0xef:
		arg.get_info.topic = ZX_INFO_PROCESS_THREADS;
		arg.get_info.handle = some_handle(a, PROCESS);
		break;
	case 0xf8 ... 0xff:
		arg.get_info.topic = job_topics[choice % ARRAY_SIZE(job_topics)];
		arg.get_info.handle = some_handle(a, JOB);
		break;
	default:
		arg.get_info.topic = topics[choice % ARRAY_SIZE(topics)];
		arg.get_info.handle = some_handle(a, ANY);
		break;
	}
	arg.get_info.buffer_size = some_size(a);
	arg.get_info.buffer = some_pointer(a, arg.get_info.buffer_size, 0);
	arg.get_info.actual = some_out(a, &actual, 8);
	arg.get_info.avail = some_out(a, &avail, 8);
	return submit(a, ZX_IOC_OBJECT_GET_INFO, &arg);
}

long do_property(struct actor *a)
{
	static const uint32_t properties[] = {
		ZX_PROP_NAME, ZX_PROP_SOCKET_RX_THRESHOLD, ZX_PROP_SOCKET_TX_THRESHOLD, 1000,
	};
	static const uint64_t values[] = { 1, 0, 100, 5000, 262144, 262145, 0x3a3a3a3a3a3a3a3a };
	uint8_t how = byte(a);
	/* ZX_PROP_REGISTER_FS or _GS: the module makes the checks, the library changes it. */
	bool is_register = how >= 0x80 && how < 0xa0;
	bool is_of_job = how >= 0xa0 && how < 0xb0;
	union zxp_argument arg = {
		.property.property = is_register ? how & 2 ? 4 : 2 :
				     is_of_job && how & 2 ? ZX_PROP_JOB_KILL_ON_OOM :
				     properties[how / 2 % 4],
		.property.handle = some_handle(a, is_register ? THREAD : is_of_job ? JOB :
						  how & 4 ? SOCKET : ANY),
		.property.value_size = some_size(a),
	};

	memcpy(a->buffer, &values[byte(a) % ARRAY_SIZE(values)], 8);
	arg.property.value = some_pointer(a, arg.property.value_size, 0);
	return submit(a, how & 1 ? ZX_IOC_OBJECT_SET_PROPERTY : ZX_IOC_OBJECT_GET_PROPERTY, &arg);
}

/*
 * The koid of the n-th thread of a process, or of the n-th job or process in a job, modulo their
 * number; 0 if there is none.
 */
static uint64_t koid_of_child(uint32_t parent, unsigned int n)
{
	bool is_job = kind_of(parent) == JOB;
	uint64_t koids[16], actual = 0;
	struct zx_ioc_object_get_info arg = {
		.handle = parent,
		.topic = !is_job ? ZX_INFO_PROCESS_THREADS :
			 n & 1 ? ZX_INFO_JOB_CHILDREN : ZX_INFO_JOB_PROCESSES,
		.buffer = (uintptr_t)koids,
		.buffer_size = sizeof(koids),
		.actual = (uintptr_t)&actual,
	};

	if (zxp_ioctl(device, ZX_IOC_OBJECT_GET_INFO, &arg) || !actual)
		return 0;
	return koids[(is_job ? n / 2 : n) % actual];
}

long do_child(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.get_child.handle = some_handle(a, ANY),
		.get_child.rights = some_rights(a),
	};
	uint8_t choice = byte(a);
	long ret;

	arg.get_child.koid = choice < 0xf0 ? choice : koid_of_child(arg.get_child.handle, choice);
	arg.get_child.out = some_out(a, &out, 4);
	ret = submit(a, ZX_IOC_OBJECT_GET_CHILD, &arg);
	if (ret == 0 && out)
		remember(out, kind_of(arg.get_child.handle) == JOB ? ANY : THREAD);
	return ret;
}
