// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects: koids, the two deaths, signals, and the zx_object_* calls that apply
 * to every type.
 */
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/string.h>

#include <linux/zircon.h>

#include "handle.h"
#include "info.h"
#include "object.h"
#include "param.h"
#include "process.h"
#include "user.h"
#include "wait.h"

unsigned int zx_object_handles_max = ZX_OBJECT_HANDLES_MAX;

zx_param_uint(object_handles_max, zx_object_handles_max, 1, ZX_OBJECT_HANDLES_MAX,
	      "handles to one object, wherever they are (1 to 1073741823)");

/* The koid given out last. 63 bits: at one a nanosecond, 292 years. */
static atomic64_t zx_last_koid = ATOMIC64_INIT(ZX_KOID_FIRST - 1);

/* A koid that no object ever had. */
static u64 zx_koid_alloc(void)
{
	return atomic64_inc_return(&zx_last_koid);
}

void __zx_object_init(struct zx_object *object, const struct zx_object_ops *ops, u32 signals)
{
	object->ops = ops;
	object->koid = zx_koid_alloc();
	refcount_set(&object->refs, 1);
	atomic_set(&object->handles, 0);
	object->signals = signals;
	object->closed = false;
	object->full = false;
	object->peer_offset = 0;
	object->next_dead = NULL;
	INIT_HLIST_HEAD(&object->observers);
	object->wanted = 0;
	object->num_observers = 0;
}

/* The rest of zx_object_add_handle(), where that was one too many. */
int __zx_object_too_many(struct zx_object *object)
{
	atomic_dec(&object->handles);
	return ZX_ERR_NO_RESOURCES;
}

/* Who polls is told of each signal, as each write to an eventfd tells them. */
static void zx_object_signal(struct zx_object *object, u32 clear, u32 set)
{
	u32 old = object->signals;
	u32 new = (old & ~clear) | set;

	WRITE_ONCE(object->signals, new);
	if (set)
		zx_object_notify(object, set, new & ~old, 0);
}

/* What both forms of zx_object_signal() check of the masks. */
static bool zx_user_signals_ok(const struct zx_object *object, u32 clear, u32 set)
{
	return !((clear | set) & ~object->ops->user_signals);
}

long zx_ioc_object_signal(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_signal *arg = args;
	struct zx_object *object;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_SIGNAL, &object);
	if (status)
		return status;
	if (zx_user_signals_ok(object, arg->clear_mask, arg->set_mask)) {
		zx_object_lock(object);
		zx_object_signal(object, arg->clear_mask, arg->set_mask);
		zx_object_unlock(object);
	} else {
		status = ZX_ERR_INVALID_ARGS;
	}
	zx_object_put(object);
	return status;
}

long zx_ioc_object_signal_peer(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_signal *arg = args;
	struct zx_object *object, *peer;
	int status;

	if (arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_SIGNAL_PEER,
				  &object);
	if (status)
		return status;
	if (!object->ops->peer) {
		status = ZX_ERR_NOT_SUPPORTED;
		goto out;
	}
	if (!zx_user_signals_ok(object, arg->clear_mask, arg->set_mask)) {
		status = ZX_ERR_INVALID_ARGS;
		goto out;
	}
	peer = object->ops->peer(object);
	zx_object_lock(peer);
	if (peer->closed)
		status = ZX_ERR_PEER_CLOSED;
	else
		zx_object_signal(peer, arg->clear_mask, arg->set_mask);
	zx_object_unlock(peer);
out:
	zx_object_put(object);
	return status;
}

static u64 zx_related_koid(struct zx_object *object)
{
	return object->ops->peer ? object->ops->peer(object)->koid : ZX_KOID_INVALID;
}

/* Writes the two counts with which zx_object_get_info() ends. */
static int zx_info_put_counts(const struct zx_ioc_object_get_info *arg, u64 actual, u64 avail)
{
	int status = ZX_OK;

	if (arg->actual)
		status = zx_put_u64(arg->actual, actual);
	if (!status && arg->avail)
		status = zx_put_u64(arg->avail, avail);
	return status;
}

/* The answer of a topic that has exactly one record. */
static int zx_info_single(const struct zx_ioc_object_get_info *arg, const void *record,
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

static int zx_info_basic(struct zx_handle_table *table, const struct zx_ioc_object_get_info *arg)
{
	struct zx_info_handle_basic info = {};
	struct zx_object *object;
	u32 rights;

	object = zx_handle_get(table, arg->handle, &rights);
	if (!object)
		return ZX_ERR_BAD_HANDLE;
	info.koid = object->koid;
	info.rights = rights;
	info.type = object->ops->type;
	info.related_koid = zx_related_koid(object);
	zx_object_put(object);
	return zx_info_single(arg, &info, sizeof(info));
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
	return zx_info_single(arg, &count, sizeof(count));
}

/*
 * Finds the table of the process that a handle names. No table where its program has none:
 * that is as if it were empty.
 */
static int zx_info_table_of(struct zx_handle_table *table, u32 handle, u32 rights,
			    struct zx_handle_table **of)
{
	struct zx_object *target;
	int status;

	status = zx_handle_lookup(table, handle, ZX_OBJ_TYPE_PROCESS, rights, &target);
	if (status)
		return status;
	*of = zx_process_table(zx_process_of(target));
	zx_object_put(target);
	return ZX_OK;
}

static int zx_info_handle_stats(struct zx_handle_table *table,
				const struct zx_ioc_object_get_info *arg)
{
	u32 counts[ZX_OBJ_TYPE_UPPER_BOUND] = {};
	struct zx_handle_cursor cursor = {};
	struct zx_handle_table *of;
	int status;

	status = zx_info_table_of(table, arg->handle, ZX_RIGHT_INSPECT, &of);
	if (status)
		return status;
	if (of) {
		while (zx_handle_next(of, &cursor)) {
			counts[cursor.object->ops->type]++;
			zx_object_put(cursor.object);
		}
		zx_handle_table_put(of);
	}
	return zx_info_single(arg, counts, sizeof(counts));
}

static int zx_info_handle_table(struct zx_handle_table *table,
				const struct zx_ioc_object_get_info *arg)
{
	struct zx_info_handle_extended __user *buffer = u64_to_user_ptr(arg->buffer);
	u64 room = arg->buffer_size / sizeof(*buffer);
	struct zx_handle_cursor cursor = {};
	u64 actual = 0, avail = 0;
	struct zx_handle_table *of;
	int status;

	status = zx_info_table_of(table, arg->handle, ZX_RIGHT_INSPECT | ZX_RIGHT_MANAGE_PROCESS |
				  ZX_RIGHT_MANAGE_THREAD, &of);
	if (status)
		return status;
	while (of && !status && zx_handle_next(of, &cursor)) {
		if (avail++ < room) {
			struct zx_info_handle_extended info = {
				.type = cursor.object->ops->type,
				.handle_value = cursor.value,
				.rights = cursor.rights,
				.koid = cursor.object->koid,
				.related_koid = zx_related_koid(cursor.object),
			};

			status = zx_copy_to_user_short(&buffer[actual++], &info, sizeof(info));
		}
		zx_object_put(cursor.object);
	}
	if (of)
		zx_handle_table_put(of);
	return status ?: zx_info_put_counts(arg, actual, avail);
}

/* Topics that one type answers, through its get_info(). */
static const struct {
	u32 topic;
	u32 type;
	u32 size;
} zx_info_topics[] = {
	{ ZX_INFO_SOCKET, ZX_OBJ_TYPE_SOCKET, sizeof(struct zx_info_socket) },
};

/* Room for the record of any of these topics. */
union zx_info_record {
	struct zx_info_socket socket;
};

static int zx_info_of_type(struct zx_handle_table *table, const struct zx_ioc_object_get_info *arg)
{
	union zx_info_record record = {};
	struct zx_object *object;
	int i, status;

	for (i = 0; i < ARRAY_SIZE(zx_info_topics); i++)
		if (zx_info_topics[i].topic == arg->topic)
			break;
	if (i == ARRAY_SIZE(zx_info_topics))
		return ZX_ERR_NOT_SUPPORTED;
	status = zx_handle_lookup(table, arg->handle, zx_info_topics[i].type, ZX_RIGHT_INSPECT,
				  &object);
	if (status)
		return status;
	object->ops->get_info(object, &record);
	zx_object_put(object);
	return zx_info_single(arg, &record, zx_info_topics[i].size);
}

long zx_ioc_object_get_info(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_get_info *arg = args;
	struct zx_object *object;
	u32 rights;

	switch (arg->topic) {
	case ZX_INFO_HANDLE_VALID:
		object = zx_handle_get(table, arg->handle, &rights);
		if (!object)
			return ZX_ERR_BAD_HANDLE;
		zx_object_put(object);
		return ZX_OK;
	case ZX_INFO_HANDLE_BASIC:
		return zx_info_basic(table, arg);
	case ZX_INFO_HANDLE_COUNT:
		return zx_info_handle_count(table, arg);
	case ZX_INFO_PROCESS_HANDLE_STATS:
		return zx_info_handle_stats(table, arg);
	case ZX_INFO_HANDLE_TABLE:
		return zx_info_handle_table(table, arg);
	default:
		return zx_info_of_type(table, arg);
	}
}

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

static int zx_set_name(struct zx_object *object, const struct zx_ioc_object_property *arg)
{
	char name[ZX_MAX_NAME_LEN] = {};
	size_t len;
	int status;

	/* A name that is too long is cut, as Zircon does. */
	status = zx_copy_from_user_short(name, u64_to_user_ptr(arg->value),
					 min_t(u64, arg->value_size, sizeof(name) - 1));
	if (status)
		return status;
	if (!object->ops->set_name)
		return ZX_ERR_WRONG_TYPE;
	/* What a program put behind the terminator is nobody's business. */
	len = strlen(name);
	memset(name + len, 0, sizeof(name) - len);
	object->ops->set_name(object, name);
	return ZX_OK;
}

/* The type that has a property which is a number, or ZX_OBJ_TYPE_NONE. */
static u32 zx_number_type(u32 property)
{
	switch (property) {
	case ZX_PROP_SOCKET_RX_THRESHOLD:
	case ZX_PROP_SOCKET_TX_THRESHOLD:
		return ZX_OBJ_TYPE_SOCKET;
	default:
		return ZX_OBJ_TYPE_NONE;
	}
}

static int zx_get_number(struct zx_object *object, const struct zx_ioc_object_property *arg)
{
	u64 value;
	int status;

	status = object->ops->get_number(object, arg->property, &value);
	return status ?: zx_put_u64(arg->value, value);
}

static int zx_set_number(struct zx_object *object, const struct zx_ioc_object_property *arg)
{
	u64 value;

	if (zx_get_u64(arg->value, &value))
		return ZX_ERR_INVALID_ARGS;
	return object->ops->set_number(object, arg->property, value);
}

/* Both directions of every property, the handle having the right for it. */
static int zx_property_of(struct zx_object *object, const struct zx_ioc_object_property *arg,
			  bool set)
{
	u32 type;

	if (arg->property == ZX_PROP_NAME)
		return set ? zx_set_name(object, arg) : zx_get_name(object, arg);
	type = zx_number_type(arg->property);
	if (type == ZX_OBJ_TYPE_NONE)
		return ZX_ERR_NOT_SUPPORTED;
	if (arg->value_size < sizeof(u64))
		return ZX_ERR_BUFFER_TOO_SMALL;
	if (object->ops->type != type)
		return ZX_ERR_WRONG_TYPE;
	return set ? zx_set_number(object, arg) : zx_get_number(object, arg);
}

static int zx_property(struct zx_handle_table *table, const struct zx_ioc_object_property *arg,
		       bool set)
{
	struct zx_object *object;
	int status;

	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_NONE,
				  set ? ZX_RIGHT_SET_PROPERTY : ZX_RIGHT_GET_PROPERTY, &object);
	if (status)
		return status;
	status = zx_property_of(object, arg, set);
	zx_object_put(object);
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

/*
 * The only parents so far are processes, whose children are threads, and threads
 * are no objects yet: there is nothing to be found.
 */
long zx_ioc_object_get_child(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_get_child *arg = args;
	struct zx_object *object;
	int status;

	status = zx_handle_lookup(table, arg->handle, ZX_OBJ_TYPE_NONE, ZX_RIGHT_ENUMERATE,
				  &object);
	if (status)
		return status;
	status = object->ops->type == ZX_OBJ_TYPE_PROCESS ? ZX_ERR_NOT_FOUND : ZX_ERR_WRONG_TYPE;
	zx_object_put(object);
	return status;
}
