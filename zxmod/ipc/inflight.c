// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles in flight: the books, and the collector of unreachable cycles.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "channel.h"
#include "compat.h"
#include "inflight.h"
#include "message.h"

/*
 * Guards the list of carriers, the collector's timing, and at every channel @inflight,
 * @carried, @carrier and @mark. Taken before an object's lock, never with another lock
 * held.
 */
static DEFINE_MUTEX(zx_inflight_mutex);
static LIST_HEAD(zx_carriers);

/*
 * The collector waits a little so that the end of a large process is one occasion and
 * not thousands, and holds the mutex for a tenth of the time at most: meanwhile nobody
 * sends or receives the handle of a channel, and whoever fills the list should not rule
 * the machine. Freeing what it found is not counted, for that happens but once to each
 * piece of garbage. Nor is it counted if looking at one of them took longer than any
 * machine needs for that: then it was held up itself, in a virtual machine that stood
 * still for example, and would rest for many times as long.
 */
#define ZX_COLLECT_DELAY_NS	(10 * NSEC_PER_MSEC)
#define ZX_COLLECT_AGAIN_NS	NSEC_PER_SEC
#define ZX_COLLECT_REST		9
#define ZX_COLLECT_LOOK_MAX_NS	(10 * NSEC_PER_USEC)
static u64 zx_collect_not_before;

/* zx_channel.mark */
enum zx_mark {
	ZX_MARK_NONE,
	ZX_MARK_REACHED,	/* within somebody's reach */
	ZX_MARK_CONDEMNED,	/* on the collector's own list, which it alone changes */
};

static void zx_inflight_collect_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(zx_inflight_work, zx_inflight_collect_work);

void zx_inflight_lock(void)
{
	mutex_lock(&zx_inflight_mutex);
}

void zx_inflight_unlock(void)
{
	mutex_unlock(&zx_inflight_mutex);
}

/* The channel that a handle in a message names, or NULL for another type. */
static struct zx_channel *zx_handle_channel(const struct zx_handle *handle)
{
	return handle->object->ops->container ? zx_channel_of(handle->object) : NULL;
}

/**
 * zx_inflight_add - a message with containers has been queued
 * @carrier:	the end in whose queue it is
 * @message:	the message
 *
 * Context: under zx_inflight_lock().
 */
void zx_inflight_add(struct zx_channel *carrier, struct zx_message *message)
{
	unsigned int i;

	if (list_empty(&carrier->carried) && carrier->mark != ZX_MARK_CONDEMNED)
		list_add_tail(&carrier->carrier, &zx_carriers);
	list_add_tail(&message->carried, &carrier->carried);
	for (i = 0; i < message->num_handles; i++) {
		struct zx_channel *channel = zx_handle_channel(&message->handles[i]);

		if (channel)
			channel->inflight++;
	}
}

/**
 * zx_inflight_remove - a message with containers has left its queue
 * @carrier:	the end in whose queue it was
 * @message:	the message
 *
 * Context: under zx_inflight_lock().
 */
void zx_inflight_remove(struct zx_channel *carrier, struct zx_message *message)
{
	unsigned int i;

	list_del(&message->carried);
	if (list_empty(&carrier->carried) && carrier->mark != ZX_MARK_CONDEMNED)
		list_del(&carrier->carrier);
	for (i = 0; i < message->num_handles; i++) {
		struct zx_channel *channel = zx_handle_channel(&message->handles[i]);

		if (channel)
			channel->inflight--;
	}
}

static void zx_inflight_schedule(u64 delay)
{
	u64 now = ktime_get_ns();
	u64 earliest = READ_ONCE(zx_collect_not_before);

	if (earliest > now + delay)
		delay = earliest - now;
	/* Rounded up, or it would be too early. */
	queue_delayed_work(zx_unbound_wq, &zx_inflight_work, nsecs_to_jiffies(delay) + 1);
}

/**
 * zx_inflight_collect_soon - something may have become unreachable
 */
void zx_inflight_collect_soon(void)
{
	/* Who makes a carrier after this look has a closing of his own to come. */
	if (!list_empty_careful(&zx_carriers))
		zx_inflight_schedule(ZX_COLLECT_DELAY_NS);
}

/* Puts a carrier on the list of those whose messages are still to be followed. */
static void zx_mark_reached(struct zx_channel *carrier, struct list_head *reached)
{
	carrier->mark = ZX_MARK_REACHED;
	list_move_tail(&carrier->carrier, reached);
}

/*
 * Parts the carriers: on return those that nobody can reach are on @garbage, each with
 * a reference, all others are back on the list. Returns whether one of those is there
 * because of references only, which may have been on their way out. Adds to @looks how
 * many carriers and messages there were to look at.
 */
static bool zx_inflight_find(struct list_head *garbage, u64 *looks)
{
	struct zx_channel *carrier, *next;
	struct zx_message *message;
	bool passing = false;
	LIST_HEAD(reached);
	unsigned int i;

	list_for_each_entry(carrier, &zx_carriers, carrier) {
		carrier->mark = ZX_MARK_NONE;
		++*looks;
		cond_resched();
	}
	list_for_each_entry_safe(carrier, next, &zx_carriers, carrier) {
		cond_resched();
		if (refcount_read(&carrier->object.refs) == carrier->inflight)
			continue;
		passing |= atomic_read(&carrier->object.handles) == carrier->inflight;
		zx_mark_reached(carrier, &reached);
	}
	/* The list grows at its tail while it is gone through. */
	list_for_each_entry(carrier, &reached, carrier) {
		list_for_each_entry(message, &carrier->carried, carried) {
			++*looks;
			cond_resched();
			for (i = 0; i < message->num_handles; i++) {
				struct zx_channel *channel;

				channel = zx_handle_channel(&message->handles[i]);
				if (channel && !list_empty(&channel->carried) &&
				    channel->mark == ZX_MARK_NONE)
					zx_mark_reached(channel, &reached);
			}
		}
	}
	list_splice_init(&zx_carriers, garbage);
	list_splice(&reached, &zx_carriers);
	list_for_each_entry(carrier, garbage, carrier) {
		cond_resched();
		carrier->mark = ZX_MARK_CONDEMNED;
		zx_object_get(&carrier->object);
	}
	return passing;
}

/* Finds what is unreachable and empties its queues, which closes all there is in them. */
static bool zx_inflight_collect(void)
{
	struct zx_channel *carrier, *next;
	LIST_HEAD(garbage);
	bool passing;
	struct zx_dead_list dead = {};
	u64 start, end, looks = 0;

	zx_inflight_lock();
	start = ktime_get_ns();
	passing = zx_inflight_find(&garbage, &looks);
	end = ktime_get_ns();
	zx_inflight_unlock();
	WRITE_ONCE(zx_collect_not_before,
		   end + min(end - start, looks * ZX_COLLECT_LOOK_MAX_NS) * ZX_COLLECT_REST);

	list_for_each_entry_safe(carrier, next, &garbage, carrier) {
		zx_channel_purge(carrier, &dead);

		zx_inflight_lock();
		list_del(&carrier->carrier);
		carrier->mark = ZX_MARK_NONE;
		/* Its peer may be within reach, and somebody wrote to it just now. */
		if (!list_empty(&carrier->carried))
			list_add_tail(&carrier->carrier, &zx_carriers);
		zx_inflight_unlock();

		zx_object_put(&carrier->object);
		zx_object_bury(&dead);
		cond_resched();
	}
	return passing;
}

static void zx_inflight_collect_work(struct work_struct *work)
{
	/* Whoever asked for this run while the last was at work did not know how long to wait. */
	if (ktime_get_ns() < zx_collect_not_before)
		zx_inflight_schedule(0);
	else if (zx_inflight_collect())
		zx_inflight_schedule(ZX_COLLECT_AGAIN_NS);
}

/* No process is left, so whatever is in flight now is out of reach. */
void zx_inflight_exit(void)
{
	cancel_delayed_work_sync(&zx_inflight_work);
	zx_inflight_collect();
	/* The closings above have asked for another run; there is nothing for it. */
	cancel_delayed_work_sync(&zx_inflight_work);
}
