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
 * The functions for events do nothing unless a program listens. At most ZX_EVENTS_MAX a second are
 * told of charges that were refused to one user, and as many of its full endpoints; and as many
 * again of each kind for all users below it.
 */
#ifndef ZXMOD_NETLINK_H
#define ZXMOD_NETLINK_H

#include <linux/types.h>

struct zx_account;
struct zx_object;
struct zx_process;

#define ZX_EVENTS_MAX	100

void zx_netlink_init_events(struct zx_account *account);
void zx_netlink_process(struct zx_process *process, bool begins);
void zx_netlink_limit(struct zx_account *user, size_t bytes);
void zx_netlink_full(struct zx_object *object);

int zx_netlink_init(void);
void zx_netlink_exit(void);

#endif /* ZXMOD_NETLINK_H */
