/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The netlink family: shows processes, handles, objects and accounts to programs, sets limits, and
 * tells administrators of events. uapi/netlink/zircon.yaml describes it.
 *
 * A dump holds no lock between two messages, and a table's, an object's or an account's only for a
 * step of bounded length. Its position is
 *
 *	processes	the id of the last one: the next is the one with the next larger id
 *	handles		the index of a slot, and a reference to the table, which may be closed
 *			meanwhile
 *	files		a bookmark in the list of the account that pays for them (fd.h)
 *	accounts	a bucket of their table, and a number that is smaller for each next account
 *			in it
 *
 * So what stays is shown once, however much comes and goes beside it, and a dump comes to an end. A
 * dump of a program that does not read on keeps a process, the struct of its table, an account and
 * an object. It also keeps the module loaded.
 *
 * The functions for events do nothing unless a program listens. Of one user, with the users below,
 * at most ZX_EVENTS_MAX a second are told of limits and of full endpoints.
 */
#ifndef ZXMOD_NETLINK_H
#define ZXMOD_NETLINK_H

#include <linux/types.h>

struct ratelimit_state;
struct zx_account;
struct zx_object;
struct zx_process;

#define ZX_EVENTS_MAX	100

void zx_netlink_init_events(struct ratelimit_state *events);
void zx_netlink_process(struct zx_process *process, bool begins);
void zx_netlink_limit(const struct zx_account *user, size_t bytes);
void zx_netlink_full(struct zx_object *object);

int zx_netlink_init(void);
void zx_netlink_exit(void);

#endif /* ZXMOD_NETLINK_H */
