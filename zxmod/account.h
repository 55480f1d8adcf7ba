/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounts: who pays for the kernel memory that objects take.
 *
 * An account is a user of a user namespace. Its parent is the user who owns that
 * namespace, in the parent namespace: a user who makes namespaces, or has a range of
 * subordinate ids, has many accounts and pays for all of them. Below a user stands one
 * leaf for each memory cgroup that the user's programs run in; objects hold leaves.
 *
 *	leaf (namespace, uid, cgroup)	counts nothing, but memory that others take on this
 *	  |				account is charged to its cgroup as well
 *	user (namespace, uid)		counts, up to user_bytes_max
 *	  |
 *	user (parent, owner)		the same
 *	  ...				up to the initial namespace
 *
 * A charge counts for each user up to the root, or nowhere. The creator of an object pays for
 * it: the account is found from the credentials of the calling thread, noted in the
 * object, and never changes. What is queued in a pair is paid for by who created the pair
 * (struct zx_quota in ipc/pair.h), also for what another user writes: a server that
 * answers a client which does not read spends the client's account.
 *
 * Over its limit an account takes nothing more and the call fails with ZX_ERR_NO_MEMORY,
 * unless the account is the calling thread's own and the thread has CAP_SYS_RESOURCE in
 * the namespace of the user that is full.
 */
#ifndef ZXMOD_ACCOUNT_H
#define ZXMOD_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/memcontrol.h>
#include <linux/refcount.h>
#include <linux/sched/mm.h>
#include <linux/uidgid.h>

#include "burial.h"

struct user_namespace;

/*
 * For all memory that a caller can make grow. A cgroup or a machine without memory makes
 * the call fail; it does not call for the out-of-memory killer.
 */
#define ZX_GFP	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* The same on another's account: a server does not reclaim the memory of its client's cgroup. */
#define ZX_GFP_FOREIGN	(GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN)

/**
 * struct zx_account - a user, or a user's programs in one memory cgroup
 * @parent:	the next level, NULL at the root; a reference is held
 * @ns:		the user namespace; a reference is held
 * @uid:	the user
 * @memcg:	the memory cgroup of a leaf, NULL for a user; a reference is held
 * @tight:	more than 7/8 of a limit were used at the last charge; a hint
 * @used:	of a user: bytes, those of all users below included; on another line than the
 *		fields above, which are read for each message and hardly ever written
 * @refs:	references
 * @burial:	what is left to be done with objects that it pays for
 * @node:	in the table of accounts
 * @rcu:	for the delayed freeing
 */
struct zx_account {
	struct zx_account *parent;
	struct user_namespace *ns;
	kuid_t uid;
	struct mem_cgroup *memcg;
	bool tight;
	atomic_long_t used ____cacheline_aligned_in_smp;
	refcount_t refs;
	struct zx_burial burial;
	struct hlist_node node;
	struct rcu_head rcu;
};

struct zx_account *zx_account_charge_caller(struct zx_account *likely_one, size_t bytes);
void zx_account_release(struct zx_account *account, size_t bytes);
void zx_account_put(struct zx_account *account);
int zx_account_charge(struct zx_account *account, size_t bytes);
void zx_account_uncharge(struct zx_account *account, size_t bytes);
bool zx_account_try_charge(struct zx_account *account, size_t bytes, bool exceed);
bool zx_account_may_exceed(struct zx_account *account, size_t bytes);
unsigned long zx_account_used(struct zx_account *account);
unsigned long zx_account_limit(void);

int zx_account_init(void);
void zx_account_exit(void);

static inline void zx_account_get(struct zx_account *account)
{
	refcount_inc(&account->refs);
}

/*
 * Whether two accounts are of one user of the initial namespace, be it in namespaces that he owns:
 * what is bounded for each user is not multiplied by subordinate ids.
 */
static inline bool zx_account_same_root(const struct zx_account *one,
					const struct zx_account *other)
{
	while (one->parent)
		one = one->parent;
	while (other->parent)
		other = other->parent;
	return one == other;
}

/* The user, as a reader in another namespace knows it. */
static inline uid_t zx_account_uid(const struct zx_account *account, struct user_namespace *reader)
{
	return from_kuid_munged(reader, account->uid);
}

/* The flags for memory on an account; @own is that of the calling thread's table. */
static inline gfp_t zx_account_gfp(const struct zx_account *account, const struct zx_account *own)
{
	return likely(account == own) ? ZX_GFP : ZX_GFP_FOREIGN;
}

/* Whether the calling thread may see what is on an account. */
static inline bool zx_account_may_see(const struct zx_account *account)
{
	return (account->ns == current_user_ns() && uid_eq(account->uid, current_uid())) ||
	       ns_capable_noaudit(account->ns, CAP_SYS_PTRACE);
}

/**
 * zx_account_enter - have allocations charged to the memory cgroup of an account
 * @account:	a leaf, to which the caller has a reference
 * @own:	the account that the calling thread's table was made on
 *
 * The calling thread may belong to another cgroup, as a server does that writes to its
 * client. What a thread writes on its own account is charged to the cgroup that it is in
 * by now, which is the kernel's own way and the quickest.
 *
 * Return: what zx_account_leave() needs.
 */
static inline struct mem_cgroup *zx_account_enter(const struct zx_account *account,
						  const struct zx_account *own)
{
	return likely(account == own) ? current->active_memcg : set_active_memcg(account->memcg);
}

static inline void zx_account_leave(struct mem_cgroup *former)
{
	if (unlikely(current->active_memcg != former))
		set_active_memcg(former);
}

#endif /* ZXMOD_ACCOUNT_H */
