/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls: a request and its reply in one system call.
 *
 * The caller is an observer on the wait queue of its end (wait.h) which knows the
 * transaction id of its request. The writer of the reply finds it there and hands the
 * message over; if nobody waits for that id any more the message is queued like others.
 * The end of the peer or of the handle ends the call like any other observation.
 *
 * A Linux signal must not lose the reply nor send the request twice. So an interrupted
 * call is left behind on the queue, as an observer without a thread, and the program
 * comes back for it with zx_channel_call_finish(). One that nobody comes back for goes
 * when the handle that it was made through leaves the table.
 */
#ifndef ZXMOD_IPC_CALL_H
#define ZXMOD_IPC_CALL_H

#include <linux/types.h>
#include <linux/wait.h>

#include "channel.h"

struct zx_call;
struct zx_message;
struct zx_handle_table;

struct zx_call *zx_call_find(struct zx_channel *channel, u32 txid);
bool __zx_call_deliver(struct zx_channel *channel, struct zx_message *message);

/**
 * zx_call_deliver - hand a reply to the call that waits for it
 * @channel:	the caller's end, locked
 * @message:	a message that was written for that end
 *
 * Return: whether there was such a call; the message is its then.
 */
static inline bool zx_call_deliver(struct zx_channel *channel, struct zx_message *message)
{
	/* The lock is held, so nobody is about to join. */
	return waitqueue_active(&channel->object.wait) && __zx_call_deliver(channel, message);
}

long zx_ioc_channel_call_noretry(struct zx_handle_table *table, void *args);
long zx_ioc_channel_call_finish(struct zx_handle_table *table, void *args);
long zx_ioc_channel_call_etc_noretry(struct zx_handle_table *table, void *args);
long zx_ioc_channel_call_etc_finish(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_IPC_CALL_H */
