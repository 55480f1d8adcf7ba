// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fifos.
 */
#include <linux/minmax.h>
#include <linux/slab.h>

#include <linux/zircon.h>

#include "compat.h"
#include "fifo.h"
#include "handle.h"
#include "object.h"
#include "pair.h"
#include "policy.h"
#include "process.h"
#include "user.h"

/**
 * struct zx_fifo - one endpoint of a fifo
 * @object:	the endpoint as an object; its lock guards @first and @used
 * @endpoint:	the common part of endpoints
 * @elem_size:	bytes of an element; constant
 * @capacity:	elements that the ring has space for; constant
 * @ring:	the elements to be read from this endpoint
 * @first:	index of the element to be read next
 * @used:	elements in the ring
 */
struct zx_fifo {
	struct zx_object object;
	struct zx_endpoint endpoint;
	u16 elem_size;
	u16 capacity;
	u8 *ring;
	u32 first;
	u32 used;
};

struct zx_fifo_pair {
	struct zx_memory memory;
	struct zx_fifo endpoints[2];
};

ZX_MEMORY_CHECK(struct zx_fifo_pair, endpoints);
ZX_ENDPOINT_CHECK(struct zx_fifo);

static struct kmem_cache *zx_fifo_cache;

static struct zx_fifo *zx_fifo_of(struct zx_object *object)
{
	return container_of(object, struct zx_fifo, object);
}

static void zx_fifo_on_zero_handles(struct zx_object *object, struct zx_dead_list *dead)
{
	zx_pair_close_endpoint(object, NULL);
}

static void zx_fifo_free_rings(struct zx_fifo_pair *fifo)
{
	kfree(fifo->endpoints[0].ring);
	kfree(fifo->endpoints[1].ring);
}

static void zx_fifo_free(struct zx_memory *memory)
{
	struct zx_fifo_pair *fifo = container_of(memory, struct zx_fifo_pair, memory);

	zx_fifo_free_rings(fifo);
	kmem_cache_free(zx_fifo_cache, fifo);
}

static void zx_fifo_get_contents(struct zx_object *object, struct zx_contents *contents)
{
	struct zx_fifo *fifo = zx_fifo_of(object);

	zx_object_lock(object);
	contents->used = fifo->used;
	zx_object_unlock(object);
	contents->max = fifo->capacity;
}

static const struct zx_object_ops zx_fifo_ops = {
	.type = ZX_OBJ_TYPE_FIFO,
	.default_rights = ZX_DEFAULT_FIFO_RIGHTS,
	.user_signals = ZX_USER_SIGNAL_ALL,
	.on_zero_handles = zx_fifo_on_zero_handles,
	.free = zx_fifo_free,
	.peer = zx_object_peer,
	.get_contents = zx_fifo_get_contents,
};

static bool zx_fifo_init_endpoint(struct zx_fifo *endpoint, const struct zx_ioc_fifo_create *arg)
{
	zx_object_init(&endpoint->object, &zx_fifo_ops, ZX_SIGNAL_WRITABLE);
	endpoint->capacity = arg->elem_count;
	endpoint->elem_size = arg->elem_size;
	endpoint->ring = kmalloc_array(arg->elem_count, arg->elem_size, ZX_GFP);
	return endpoint->ring;
}

long zx_ioc_fifo_create(struct zx_handle_table *table, void *args)
{
	const struct zx_ioc_fifo_create *arg = args;
	struct zx_fifo_pair *fifo;
	struct zx_memory *memory;

	/* Zircon has checked the options first since 2026. */
	if (arg->options || arg->reserved)
		return ZX_ERR_INVALID_ARGS;
	if (zx_policy_check(table, ZX_POL_NEW_FIFO))
		return ZX_ERR_ACCESS_DENIED;
	if (!arg->elem_count || !arg->elem_size || arg->elem_count > ZX_FIFO_MAX_SIZE ||
	    arg->elem_size > ZX_FIFO_MAX_SIZE ||
	    arg->elem_count * arg->elem_size > ZX_FIFO_MAX_SIZE)
		return ZX_ERR_OUT_OF_RANGE;

	memory = zx_memory_alloc(table, zx_fifo_cache,
				 sizeof(*fifo) + 2 * arg->elem_count * arg->elem_size);
	if (!memory)
		return ZX_ERR_NO_MEMORY;
	fifo = container_of(memory, struct zx_fifo_pair, memory);
	if (!zx_fifo_init_endpoint(&fifo->endpoints[0], arg) ||
	    !zx_fifo_init_endpoint(&fifo->endpoints[1], arg)) {
		zx_fifo_free_rings(fifo);
		zx_memory_discard(memory, zx_fifo_cache);
		return ZX_ERR_NO_MEMORY;
	}
	zx_pair_init(&fifo->endpoints[0].object, &fifo->endpoints[1].object);
	return zx_handle_create_pair(table, &fifo->endpoints[0].object,
				     &fifo->endpoints[1].object, arg->out0, arg->out1);
}

/* The address of the element that is @from elements after the first. */
static u8 *zx_fifo_at(const struct zx_fifo *fifo, u32 from)
{
	u32 index = fifo->first + from;

	if (index >= fifo->capacity)
		index -= fifo->capacity;
	return fifo->ring + index * fifo->elem_size;
}

/*
 * Copies @count elements between user memory and the ring, starting @from elements after the first,
 * in one piece, or in two if they wrap around. The endpoint is locked.
 */
static __always_inline int zx_fifo_copy(struct zx_fifo *fifo, u32 from, u32 count, u64 user,
					bool write)
{
	u8 *at = zx_fifo_at(fifo, from);
	size_t left = fifo->ring + fifo->capacity * fifo->elem_size - at;
	size_t bytes = count * fifo->elem_size;
	size_t part = min(bytes, left);
	void __user *data = u64_to_user_ptr(user);
	int status;

	status = write ? zx_copy_from_user_atomic(at, data, part) :
			 zx_copy_to_user_atomic(data, at, part);
	if (likely(part == bytes) || status)
		return status;
	return write ? zx_copy_from_user_atomic(fifo->ring, data + part, bytes - part) :
		       zx_copy_to_user_atomic(data + part, fifo->ring, bytes - part);
}

/*
 * Writes the number of elements to the program's memory, just before they are added or removed. The
 * endpoint is locked.
 */
static int zx_fifo_put_actual(u64 actual, u64 count)
{
	return actual ? zx_copy_to_user_atomic(u64_to_user_ptr(actual), &count, sizeof(count)) :
			ZX_OK;
}

/* Faults in the pages that a transfer was missing. */
static int zx_fifo_fault_in(const struct zx_ioc_fifo_io *arg, size_t bytes, bool write,
			    unsigned int tries)
{
	int status;

	status = write ? zx_fault_in_readable(u64_to_user_ptr(arg->data), bytes, tries) :
			 zx_fault_in_writeable(u64_to_user_ptr(arg->data), bytes, tries);
	if (!status && arg->actual)
		status = zx_fault_in_writeable(u64_to_user_ptr(arg->actual), sizeof(u64), tries);
	return status;
}

/* Reads or writes as many elements as the ring has elements or space for. */
static __always_inline int zx_fifo_io(struct zx_handle_table *table,
				      const struct zx_ioc_fifo_io *arg, bool write)
{
	bool changed = false, fault;
	unsigned int tries = 0;
	struct zx_handle_use use __uninitialized;
	struct zx_object *object;
	struct zx_fifo *fifo;
	u32 count;
	int status;

	if (unlikely(arg->reserved))
		return ZX_ERR_INVALID_ARGS;
	status = zx_handle_use(table, arg->handle, ZX_OBJ_TYPE_FIFO,
			       write ? ZX_RIGHT_WRITE : ZX_RIGHT_READ, &use);
	if (unlikely(status))
		return status;
	/* The endpoint with the ring. */
	object = write ? zx_object_peer(use.object) : use.object;
	fifo = zx_fifo_of(object);

	do {
		fault = false;
		zx_object_lock(object);
		count = min(arg->count, write ? fifo->capacity - fifo->used : fifo->used);
		if (write && unlikely(fifo->endpoint.closed)) {
			status = ZX_ERR_PEER_CLOSED;
		} else if (unlikely(arg->elem_size != fifo->elem_size || !arg->count)) {
			status = ZX_ERR_OUT_OF_RANGE;
		} else if (!count) {
			status = object->signals & ZX_SIGNAL_PEER_CLOSED && !write ?
				 ZX_ERR_PEER_CLOSED : ZX_ERR_SHOULD_WAIT;
		} else if (unlikely(zx_fifo_copy(fifo, write ? fifo->used : 0, count, arg->data,
						 write) ||
				    zx_fifo_put_actual(arg->actual, count))) {
			fault = true;
		} else if (write) {
			fifo->used += count;
			changed = zx_pair_note_full(object, fifo->used == fifo->capacity);
			zx_object_raise(object, ZX_SIGNAL_READABLE, 0);
		} else {
			fifo->first += count;
			if (fifo->first >= fifo->capacity)
				fifo->first -= fifo->capacity;
			fifo->used -= count;
			changed = zx_pair_note_full(object, false);
			if (!fifo->used)
				zx_object_update_signals(object, ZX_SIGNAL_READABLE, 0);
		}
		zx_object_unlock(object);
		if (unlikely(fault))
			status = zx_fifo_fault_in(arg, count * fifo->elem_size, write, ++tries);
	} while (unlikely(fault && !status));

	if (unlikely(changed)) {
		zx_pair_update_writable(zx_object_peer(object));
		if (write)
			zx_pair_tell_full(object);
	} else if (!write && !status) {
		zx_object_happened(zx_object_peer(object), ZX_SIGNAL_WRITABLE);
	}
	zx_object_put(use.object);
	return status;
}

long zx_ioc_fifo_read(struct zx_handle_table *table, void *args)
{
	return zx_fifo_io(table, args, false);
}

long zx_ioc_fifo_write(struct zx_handle_table *table, void *args)
{
	return zx_fifo_io(table, args, true);
}

int zx_fifo_init(void)
{
	zx_fifo_cache = kmem_cache_create("zircon_fifo", sizeof(struct zx_fifo_pair), 0,
					  SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return zx_fifo_cache ? 0 : -ENOMEM;
}

void zx_fifo_exit(void)
{
	kmem_cache_destroy(zx_fifo_cache);
}
