/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls: a request and its reply in one system call.
 *
 * A call has the transaction id of its request. The writer of a message looks its id up in a tree
 * at the caller's endpoint, and passes the message to the call with that id. If no call waits for
 * the id, the message is queued like others. A call is also an observer (wait.h): closing the peer
 * or the handle ends it like other observations.
 *
 * A Linux signal must neither lose the reply nor send the request twice. So an interrupted call is
 * parked, as an observer without a thread, until the program calls zx_channel_call_finish(). It
 * keeps its id until then, also after the reply has arrived. A parked call that no thread finishes
 * is freed when its handle leaves the table, or when the program has parked very many calls after
 * it.
 */
#ifndef ZXMOD_IPC_CALL_H
#define ZXMOD_IPC_CALL_H

#include <linux/rbtree.h>
#include <linux/types.h>

#include "channel.h"

struct zx_message;
struct zx_handle_table;

bool zx_call_awaits(struct zx_channel *channel, u32 txid);
bool __zx_call_deliver(struct zx_channel *channel, struct zx_message *message);

/**
 * zx_call_deliver - pass a reply to the call that waits for it
 * @channel:	the caller's endpoint, locked
 * @message:	a message that was written for that endpoint
 *
 * Return: whether there was such a call, which then owns the message.
 */
static inline bool zx_call_deliver(struct zx_channel *channel, struct zx_message *message)
{
	return !RB_EMPTY_ROOT(&channel->calls) && __zx_call_deliver(channel, message);
}

long zx_ioc_channel_call_noretry(struct zx_handle_table *table, void *args);
long zx_ioc_channel_call_finish(struct zx_handle_table *table, void *args);
long zx_ioc_channel_call_etc_noretry(struct zx_handle_table *table, void *args);
long zx_ioc_channel_call_etc_finish(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_IPC_CALL_H */
