// SPDX-License-Identifier: GPL-2.0-only
/*
 * zx_object_get_info(), zx_object_get_property() and zx_object_set_property().
 */
#include <linux/minmax.h>
#include <linux/string.h>

#include <linux/zircon.h>

#include "handle.h"
#include "info.h"
#include "object.h"
#include "thread.h"
#include "user.h"

/*
 * Zircon's topics for one type of objects, and the rights that they require. The list has topics of
 * types that do not exist here too, so that a call returns the right error for its handle.
 */
static const struct zx_topic_rule {
	u32 topic;
	u32 type;
	u32 rights;
} zx_topic_rules[] = {
	{ ZX_INFO_PROCESS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_PROCESS_THREADS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_ENUMERATE },
	{ ZX_INFO_TOPIC(7, 0), ZX_OBJ_TYPE_VMAR, ZX_RIGHT_INSPECT },		/* VMAR */
	{ ZX_INFO_JOB_CHILDREN, ZX_OBJ_TYPE_JOB, ZX_RIGHT_ENUMERATE },
	{ ZX_INFO_JOB_PROCESSES, ZX_OBJ_TYPE_JOB, ZX_RIGHT_ENUMERATE },
	{ ZX_INFO_THREAD, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_INSPECT },
	{ ZX_INFO_THREAD_EXCEPTION_REPORT_V1, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_INSPECT },
	{ ZX_INFO_THREAD_EXCEPTION_REPORT, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TASK_STATS_V1, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TASK_STATS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TOPIC(13, 0), ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },	/* PROCESS_MAPS */
	{ ZX_INFO_TOPIC(13, 1), ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TOPIC(13, 2), ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TOPIC(14, 0), ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },	/* PROCESS_VMOS */
	{ ZX_INFO_TOPIC(14, 1), ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TOPIC(14, 2), ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TOPIC(14, 3), ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_THREAD_STATS, ZX_OBJ_TYPE_THREAD, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TOPIC(16, 0), ZX_OBJ_TYPE_RESOURCE, 0 },			/* CPU_STATS */
	{ ZX_INFO_TOPIC(17, 0), ZX_OBJ_TYPE_RESOURCE, 0 },			/* KMEM_STATS */
	{ ZX_INFO_TOPIC(17, 1), ZX_OBJ_TYPE_RESOURCE, 0 },
	{ ZX_INFO_TOPIC(18, 0), ZX_OBJ_TYPE_RESOURCE, ZX_RIGHT_INSPECT },	/* RESOURCE */
	{ ZX_INFO_TOPIC(20, 0), ZX_OBJ_TYPE_BTI, ZX_RIGHT_INSPECT },		/* BTI */
	{ ZX_INFO_PROCESS_HANDLE_STATS, ZX_OBJ_TYPE_PROCESS, ZX_RIGHT_INSPECT },
	{ ZX_INFO_SOCKET, ZX_OBJ_TYPE_SOCKET, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TOPIC(23, 0), ZX_OBJ_TYPE_VMO, 0 },				/* VMO */
	{ ZX_INFO_TOPIC(23, 1), ZX_OBJ_TYPE_VMO, 0 },
	{ ZX_INFO_TOPIC(23, 2), ZX_OBJ_TYPE_VMO, 0 },
	{ ZX_INFO_TOPIC(23, 3), ZX_OBJ_TYPE_VMO, 0 },
	{ ZX_INFO_JOB, ZX_OBJ_TYPE_JOB, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TIMER, ZX_OBJ_TYPE_TIMER, ZX_RIGHT_INSPECT },
	{ ZX_INFO_TOPIC(26, 0), ZX_OBJ_TYPE_STREAM, ZX_RIGHT_INSPECT },		/* STREAM */
	{ ZX_INFO_HANDLE_TABLE, ZX_OBJ_TYPE_PROCESS,
	  ZX_RIGHT_INSPECT | ZX_RIGHT_MANAGE_PROCESS | ZX_RIGHT_MANAGE_THREAD },
	{ ZX_INFO_TOPIC(28, 0), ZX_OBJ_TYPE_MSI, ZX_RIGHT_INSPECT },		/* MSI */
	{ ZX_INFO_TOPIC(29, 0), ZX_OBJ_TYPE_RESOURCE, 0 },			/* GUEST_STATS */
	{ ZX_INFO_TOPIC(31, 0), ZX_OBJ_TYPE_RESOURCE, 0 },			/* KMEM_STATS */
	{ ZX_INFO_TOPIC(32, 0), ZX_OBJ_TYPE_VCPU, ZX_RIGHT_INSPECT },		/* VCPU */
	{ ZX_INFO_TOPIC(33, 0), ZX_OBJ_TYPE_RESOURCE, 0 },			/* COMPRESSION */
	{ ZX_INFO_TOPIC(34, 0), ZX_OBJ_TYPE_IOB, ZX_RIGHT_INSPECT },		/* IOB */
	{ ZX_INFO_TOPIC(35, 0), ZX_OBJ_TYPE_IOB, ZX_RIGHT_INSPECT },		/* IOB_REGIONS */
	{ ZX_INFO_TOPIC(36, 0), ZX_OBJ_TYPE_VMAR, ZX_RIGHT_INSPECT },		/* VMAR_MAPS */
	{ ZX_INFO_TOPIC(38, 0), ZX_OBJ_TYPE_RESOURCE, 0 },			/* MEMORY_STALL */
	{ ZX_INFO_TOPIC(39, 0), ZX_OBJ_TYPE_INTERRUPT, ZX_RIGHT_INSPECT },	/* INTERRUPT */
	{ ZX_INFO_CLOCK_MAPPED_SIZE, ZX_OBJ_TYPE_CLOCK, ZX_RIGHT_INSPECT },
};

/**
 * struct zx_info_list - the records of a topic that can have any number of them
 * @buffer:	the program's buffer
 * @size:	bytes of a record
 * @capacity:	how many records @buffer has space for
 * @actual:	how many records were written
 * @avail:	how many records there are
 */
struct zx_info_list {
	u8 __user *buffer;
	u32 size;
	u64 capacity;
	u64 actual;
	u64 avail;
};

/**
 * zx_info_list_skip - count a record for which the buffer has no space
 * @list:	the list
 *
 * Return: whether there is no space, so that the record need not be made.
 */
bool zx_info_list_skip(struct zx_info_list *list)
{
	if (list->avail < list->capacity)
		return false;
	list->avail++;
	return true;
}

/**
 * zx_info_list_add - add a record to a list
 * @list:	the list
 * @record:	the record
 *
 * Return: ZX_OK, also if the buffer has no space; ZX_ERR_INVALID_ARGS if it cannot be written.
 */
int zx_info_list_add(struct zx_info_list *list, const void *record)
{
	int status;

	if (zx_info_list_skip(list))
		return ZX_OK;
	list->avail++;
	status = zx_copy_to_user_short(list->buffer + list->actual * list->size, record,
				       list->size);
	if (!status)
		list->actual++;
	return status;
}

/* Writes the two counts of zx_object_get_info(). */
static int zx_info_put_counts(const struct zx_ioc_object_get_info *arg, u64 actual, u64 avail)
{
	int status = ZX_OK;

	if (arg->actual)
		status = zx_put_u64(arg->actual, actual);
	if (!status && arg->avail)
		status = zx_put_u64(arg->avail, avail);
	return status;
}

/* Writes the result of a topic with one record. */
static int zx_info_put_record(const struct zx_ioc_object_get_info *arg, const void *record,
			      size_t size)
{
	bool fits = arg->buffer_size >= size;
	int status;

	if (fits) {
		status = zx_copy_to_user(u64_to_user_ptr(arg->buffer), record, size);
		if (status)
			return status;
	}
	status = zx_info_put_counts(arg, fits, 1);
	if (status)
		return status;
	return fits ? ZX_OK : ZX_ERR_BUFFER_TOO_SMALL;
}

/* Writes the result of a topic with any number of records. */
static int zx_info_put_list(const struct zx_ioc_object_get_info *arg,
			    const struct zx_handle *handle, const struct zx_info_topic *topic)
{
	struct zx_info_list list = {
		.buffer = u64_to_user_ptr(arg->buffer),
		.size = topic->size,
		.capacity = arg->buffer_size / topic->size,
	};
	int status;

	/* Without a buffer and @avail, Zircon writes the number of handles to @actual. */
	if (topic->topic == ZX_INFO_HANDLE_TABLE && !arg->buffer && !arg->avail && arg->actual) {
		list.capacity = 0;
		status = topic->list(handle, &list);
		return status ?: zx_info_put_counts(arg, list.avail, 0);
	}
	status = topic->list(handle, &list);
	return status ?: zx_info_put_counts(arg, list.actual, list.avail);
}

static int zx_info_valid(struct zx_handle_table *table, const struct zx_ioc_object_get_info *arg)
{
	struct zx_handle handle;

	if (!zx_handle_get(table, arg->handle, &handle))
		return ZX_ERR_BAD_HANDLE;
	zx_object_put(handle.object);
	return ZX_OK;
}

static int zx_info_basic(struct zx_handle_table *table, const struct zx_ioc_object_get_info *arg)
{
	struct zx_info_handle_basic info = {};
	struct zx_handle handle;

	if (!zx_handle_get(table, arg->handle, &handle))
		return zx_handle_bad(table);
	info.koid = handle.object->koid;
	info.rights = handle.rights;
	info.type = handle.object->ops->type;
	info.related_koid = zx_object_related_koid(handle.object);
	zx_object_put(handle.object);
	return zx_info_put_record(arg, &info, sizeof(info));
}

static int zx_info_handle_count(struct zx_handle_table *table,
				const struct zx_ioc_object_get_info *arg)
{
	struct zx_object *object;
	u32 count;
	int status;

	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_INSPECT,
				  &object);
	if (status)
		return status;
	count = atomic_read(&object->handles);
	zx_object_put(object);
	return zx_info_put_record(arg, &count, sizeof(count));
}

static const struct zx_topic_rule *zx_topic_rule(u32 topic)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(zx_topic_rules); i++)
		if (zx_topic_rules[i].topic == topic)
			return &zx_topic_rules[i];
	return NULL;
}

/* Writes the result of a topic that the object's type answers; else ZX_ERR_NOT_SUPPORTED. */
static int zx_info_ask(const struct zx_handle *handle, const struct zx_ioc_object_get_info *arg)
{
	const struct zx_info_topic *topic = handle->object->ops->topics;
	u64 record[ZX_INFO_RECORD_MAX / sizeof(u64)] = {};
	int status;

	while (topic && topic->topic && topic->topic != arg->topic)
		topic++;
	if (!topic || !topic->topic)
		return ZX_ERR_NOT_SUPPORTED;
	if (topic->list)
		return zx_info_put_list(arg, handle, topic);
	if (!topic->get)
		return ZX_ERR_INVALID_ARGS;
	status = topic->get(handle, record);
	return status ?: zx_info_put_record(arg, record, topic->size);
}

static int zx_info_of_type(struct zx_handle_table *table, const struct zx_ioc_object_get_info *arg)
{
	const struct zx_topic_rule *rule = zx_topic_rule(arg->topic);
	struct zx_handle handle;
	int status;

	if (!rule)
		return ZX_ERR_NOT_SUPPORTED;
	status = zx_handle_find(table, arg->handle, rule->type, rule->rights, &handle);
	if (status)
		return status;
	status = zx_info_ask(&handle, arg);
	zx_object_put(handle.object);
	return status;
}

/* For jobs, processes and threads: the right is checked before the type. */
static int zx_info_task_runtime(struct zx_handle_table *table,
				const struct zx_ioc_object_get_info *arg)
{
	struct zx_handle handle;
	int status;

	status = zx_handle_find(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_INSPECT, &handle);
	if (status)
		return status;
	switch (handle.object->ops->type) {
	case ZX_OBJ_TYPE_JOB:
	case ZX_OBJ_TYPE_PROCESS:
	case ZX_OBJ_TYPE_THREAD:
		status = zx_info_ask(&handle, arg);
		break;
	default:
		status = ZX_ERR_WRONG_TYPE;
		break;
	}
	zx_object_put(handle.object);
	return status;
}

long zx_ioc_object_get_info(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_get_info *arg = args;

	switch (arg->topic) {
	case ZX_INFO_HANDLE_VALID:
		return zx_info_valid(table, arg);
	case ZX_INFO_HANDLE_BASIC:
		return zx_info_basic(table, arg);
	case ZX_INFO_HANDLE_COUNT:
		return zx_info_handle_count(table, arg);
	case ZX_INFO_TASK_RUNTIME_V1:
	case ZX_INFO_TASK_RUNTIME:
		return zx_info_task_runtime(table, arg);
	default:
		return zx_info_of_type(table, arg);
	}
}

/*
 * The properties that are numbers: their type, their size, Zircon's checks and their order.
 */
static const struct zx_property_rule {
	u32 property;
	u32 type;
	u32 size;
	bool get;		/* it can be read */
	bool set;		/* it can be written */
	bool type_first;	/* the type is checked before the size */
	bool current_thread;	/* only of the calling thread */
	u32 set_rights;		/* in addition to ZX_RIGHT_SET_PROPERTY */
} zx_property_rules[] = {
#ifdef CONFIG_X86_64
	{ ZX_PROP_REGISTER_GS, ZX_OBJ_TYPE_THREAD, 8, true, true, .current_thread = true },
	{ ZX_PROP_REGISTER_FS, ZX_OBJ_TYPE_THREAD, 8, true, true, .current_thread = true },
#endif
	{ ZX_PROP_PROCESS_DEBUG_ADDR, ZX_OBJ_TYPE_PROCESS, 8, .get = true, .set = true },
	{ ZX_PROP_PROCESS_VDSO_BASE_ADDRESS, ZX_OBJ_TYPE_PROCESS, 8, .get = true },
	{ ZX_PROP_PROCESS_BREAK_ON_LOAD, ZX_OBJ_TYPE_PROCESS, 8, .get = true, .set = true },
	{ ZX_PROP_SOCKET_RX_THRESHOLD, ZX_OBJ_TYPE_SOCKET, 8, .get = true, .set = true },
	{ ZX_PROP_SOCKET_TX_THRESHOLD, ZX_OBJ_TYPE_SOCKET, 8, .get = true, .set = true },
	{ ZX_PROP_JOB_KILL_ON_OOM, ZX_OBJ_TYPE_JOB, 8, .set = true, .type_first = true },
	{ ZX_PROP_EXCEPTION_STATE, ZX_OBJ_TYPE_EXCEPTION, 4, true, true },
	{ ZX_PROP_VMO_CONTENT_SIZE, ZX_OBJ_TYPE_VMO, 8, true, true, .set_rights = ZX_RIGHT_WRITE },
	{ ZX_PROP_EXCEPTION_STRATEGY, ZX_OBJ_TYPE_EXCEPTION, 4, true, true },
	{ ZX_PROP_STREAM_MODE_APPEND, ZX_OBJ_TYPE_STREAM, 1, true, true },
};

static int zx_get_name(struct zx_object *object, const struct zx_ioc_object_property *arg)
{
	char name[ZX_MAX_NAME_LEN];

	if (arg->value_size < sizeof(name))
		return ZX_ERR_BUFFER_TOO_SMALL;
	if (!object->ops->get_name)
		return ZX_ERR_WRONG_TYPE;
	object->ops->get_name(object, name);
	return zx_copy_to_user_short(u64_to_user_ptr(arg->value), name, sizeof(name));
}

static int zx_set_name(const struct zx_handle *handle, const struct zx_ioc_object_property *arg)
{
	char name[ZX_MAX_NAME_LEN] = {};
	size_t len;
	int status;

	/* A name that is too long is truncated, as in Zircon. */
	status = zx_copy_from_user_short(name, u64_to_user_ptr(arg->value),
					 min_t(u64, arg->value_size, sizeof(name) - 1));
	if (status)
		return status;
	if (!handle->object->ops->set_name)
		return ZX_ERR_WRONG_TYPE;
	/* Bytes after the terminator are not part of the name. */
	len = strlen(name);
	memset(name + len, 0, sizeof(name) - len);
	return handle->object->ops->set_name(handle, name);
}

static int zx_get_number(struct zx_object *object, const struct zx_ioc_object_property *arg)
{
	u64 value;
	int status;

	if (!object->ops->get_number)
		return ZX_ERR_NOT_SUPPORTED;
	status = object->ops->get_number(object, arg->property, &value);
	return status ?: zx_put_u64(arg->value, value);
}

static int zx_set_number(struct zx_object *object, const struct zx_ioc_object_property *arg)
{
	u64 value;

	if (!object->ops->set_number)
		return ZX_ERR_NOT_SUPPORTED;
	if (zx_get_u64(arg->value, &value))
		return ZX_ERR_INVALID_ARGS;
	return object->ops->set_number(object, arg->property, value);
}

/* Checks the size, the type of the object, and the thread, in Zircon's order. */
static int zx_property_check(const struct zx_property_rule *rule, struct zx_object *object,
			     u64 size)
{
	bool fits = size >= rule->size;

	if (!fits && !rule->type_first)
		return ZX_ERR_BUFFER_TOO_SMALL;
	if (object->ops->type != rule->type)
		return ZX_ERR_WRONG_TYPE;
	if (!fits)
		return ZX_ERR_BUFFER_TOO_SMALL;
	if (rule->current_thread && !zx_thread_is_current(object))
		return ZX_ERR_ACCESS_DENIED;
	return ZX_OK;
}

static const struct zx_property_rule *zx_property_rule(u32 property)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(zx_property_rules); i++)
		if (zx_property_rules[i].property == property)
			return &zx_property_rules[i];
	return NULL;
}

/* Gets or sets a property; the handle has ZX_RIGHT_GET_PROPERTY or ZX_RIGHT_SET_PROPERTY. */
static int zx_property_of(const struct zx_handle *handle, const struct zx_ioc_object_property *arg,
			  bool set)
{
	struct zx_object *object = handle->object;
	const struct zx_property_rule *rule;
	int status;

	if (arg->property == ZX_PROP_NAME)
		return set ? zx_set_name(handle, arg) : zx_get_name(object, arg);
	rule = zx_property_rule(arg->property);
	if (!rule || !(set ? rule->set : rule->get))
		return ZX_ERR_NOT_SUPPORTED;
	if (set && (rule->set_rights & ~handle->rights))
		return ZX_ERR_ACCESS_DENIED;
	status = zx_property_check(rule, object, arg->value_size);
	if (status)
		return status;
	return set ? zx_set_number(object, arg) : zx_get_number(object, arg);
}

static int zx_property(struct zx_handle_table *table, const struct zx_ioc_object_property *arg,
		       bool set)
{
	u32 right = set ? ZX_RIGHT_SET_PROPERTY : ZX_RIGHT_GET_PROPERTY;
	struct zx_handle handle;
	int status;

	if (!arg->value)
		return ZX_ERR_INVALID_ARGS;
	if (!zx_handle_get(table, arg->handle, &handle))
		return zx_handle_bad(table);
	status = handle.rights & right ? zx_property_of(&handle, arg, set) : ZX_ERR_ACCESS_DENIED;
	zx_object_put(handle.object);
	return status;
}

long zx_ioc_object_get_property(struct zx_handle_table *table, void *args)
{
	return zx_property(table, args, false);
}

long zx_ioc_object_set_property(struct zx_handle_table *table, void *args)
{
	return zx_property(table, args, true);
}
