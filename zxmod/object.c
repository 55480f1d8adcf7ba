// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects: koids, the two deaths, signals, children.
 */
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>

#include <linux/zircon.h>

#include "handle.h"
#include "object.h"
#include "param.h"
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

/* The object is locked. Who polls is told of each signal, as of each write to an eventfd. */
static void zx_object_signal(struct zx_object *object, u32 clear, u32 set)
{
	u32 old = object->signals;
	u32 new = (old & ~clear) | set;

	zx_object_assert_locked(object);
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

/* The order of the checks is Zircon's. Only the type knows what its children are. */
long zx_ioc_object_get_child(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_object_get_child *arg = args;
	struct zx_object *object;
	u32 rights;
	int status;

	object = zx_handle_get(table, arg->handle, &rights);
	if (!object)
		return ZX_ERR_BAD_HANDLE;
	if (!(rights & ZX_RIGHT_ENUMERATE))
		status = ZX_ERR_ACCESS_DENIED;
	else if (arg->rights != ZX_RIGHT_SAME_RIGHTS && (arg->rights & ~rights))
		status = ZX_ERR_ACCESS_DENIED;
	else if (object->ops->get_child)
		status = object->ops->get_child(object, arg->koid);
	else
		status = ZX_ERR_WRONG_TYPE;
	zx_object_put(object);
	return status;
}
