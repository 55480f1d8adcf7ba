/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles in flight, and the cycles that they can form.
 *
 * A handle to one end of a channel can be sent through another channel. If the only
 * handle to an end waits in a queue that can only be reached through that same end,
 * directly or around several corners, no process can ever read the message: both keep
 * each other alive. What is said here about the ends of channels goes for every type
 * of object that messages can be queued in, a container.
 *
 * The rules of the game:
 *   - A container is in flight as often as a queued message has a handle to it.
 *   - A container with a message that has such handles in its queue is a carrier.
 *   - Each handle holds a reference. So a container with more references than handles
 *     in flight is within somebody's reach: in a table, behind a file descriptor, or
 *     a call is at work on it. One with as many is reachable only by reading.
 *   - What was found to be unreachable remains so: to reach it one would have to read
 *     a message from something that is unreachable itself.
 *
 * The collector marks the carriers within reach and everything that their messages
 * lead to. The queues of the carriers that remain are garbage. For this to be true of
 * one moment, a message with containers enters and leaves a queue under one global
 * mutex. Other messages have nothing to do with any of this.
 *
 * The collector runs shortly after a container has lost its last handle, if there are
 * carriers then. Nothing else needs to start it: who sends the last handle to something
 * sends it through a handle of his own, and that one is closed some day.
 */
#ifndef ZXMOD_IPC_INFLIGHT_H
#define ZXMOD_IPC_INFLIGHT_H

#include <linux/list.h>
#include <linux/types.h>

struct zx_channel;
struct zx_message;

void zx_inflight_lock(void);
void zx_inflight_unlock(void);
void zx_inflight_add(struct zx_channel *carrier, struct zx_message *message);
void zx_inflight_remove(struct zx_channel *carrier, struct zx_message *message);
void zx_inflight_collect_soon(void);

void zx_inflight_exit(void);

#endif /* ZXMOD_IPC_INFLIGHT_H */
