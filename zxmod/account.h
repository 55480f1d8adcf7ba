/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounts: the kernel memory of objects is charged to them.
 *
 * An account is a user of a user namespace. Its parent is the user that owns that namespace, in the
 * parent namespace: a user that makes namespaces, or has a range of subordinate ids, has many
 * accounts and pays for all of them. Below a user there is one leaf for each memory cgroup that the
 * user's programs run in; objects refer to leaves.
 *
 *	leaf (namespace, uid, cgroup)	counts nothing; memory that another user's thread allocates
 *	  |				on this account is charged to its cgroup as well
 *	user (namespace, uid)		counts, up to user_bytes_max
 *	  |
 *	user (parent, owner)		the same
 *	  ...				up to the initial namespace
 *
 * A charge counts for each user up to the root, or fails and counts for none. The creator of an
 * object pays for it: the account is found from the credentials of the calling thread, stored in
 * the object, and never changes. The creator of a pair pays for what is queued in the pair (struct
 * zx_quota in ipc/pair.h), also for what another user writes: a server that answers a client which
 * does not read uses the client's account.
 *
 * A charge over a user's limit fails, and the call with ZX_ERR_NO_MEMORY, unless the account is the
 * calling thread's own and the thread has CAP_SYS_RESOURCE in the namespace of the user whose limit
 * is reached.
 *
 * The limit of a user is that of all, the parameter user_bytes_max, unless an administrator has set
 * another for this user. An account with a limit of its own has a reference for that, so it stays
 * while the user has no object.
 */
#ifndef ZXMOD_ACCOUNT_H
#define ZXMOD_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/list.h>
#include <linux/memcontrol.h>
#include <linux/ratelimit_types.h>
#include <linux/refcount.h>
#include <linux/sched/mm.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>

#include "burial.h"
#include "objects/timer.h"

struct user_namespace;

/*
 * For all memory that a caller can make grow. When the cgroup or the machine is out of memory the
 * call fails; the out-of-memory killer does not run.
 */
#define ZX_GFP	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* The same on another's account: a server does not reclaim the memory of its client's cgroup. */
#define ZX_GFP_FOREIGN	(GFP_KERNEL_ACCOUNT | __GFP_NORETRY | __GFP_NOWARN)

/* What administrators are told of an account, see netlink.h. */
enum zx_event_kind {
	ZX_EVENT_REFUSED,
	ZX_EVENT_FULL,
	ZX_EVENT_KINDS,
};

/**
 * struct zx_account - a user, or a user's programs in one memory cgroup
 * @parent:	the next level, NULL at the root; the account has a reference
 * @ns:		the user namespace; the account has a reference
 * @uid:	the user
 * @memcg:	the memory cgroup of a leaf, NULL for a user; the account has a reference
 * @limit:	of a user: bytes, if it has a limit of its own, else zero
 * @tight:	more than 7/8 of a limit were used at the last charge; a hint
 * @used:	of a user: bytes, including those of all users below; on another cache line than the
 *		fields above, which are read for each message and rarely written
 * @refs:	references
 * @burial:	objects that it pays for and that its worker buries
 * @expiries:	of a root: timers that have expired and that it or an account below it pays for
 * @events:	of a root: how many events of each kind are told to administrators; first its own,
 *		then those of all users below it
 * @files_lock:	guards @files; no other lock is acquired inside
 * @files:	of a user: the exported handles (struct zx_exported in fd.c) that it pays for
 * @default_jobs: of a user: its default jobs, without references; guarded by a lock in job.c
 * @node:	in the table of accounts
 * @number:	counts the accounts; larger than that of the next in a chain of the table
 * @rcu:	for the delayed freeing
 */
struct zx_account {
	struct zx_account *parent;
	struct user_namespace *ns;
	kuid_t uid;
	struct mem_cgroup *memcg;
	unsigned long limit;
	bool tight;
	atomic_long_t used ____cacheline_aligned_in_smp;
	refcount_t refs;
	struct zx_burial burial;
	struct zx_expiries expiries;
	struct ratelimit_state events[ZX_EVENT_KINDS][2];
	spinlock_t files_lock; /* see above */
	struct hlist_head files;
	struct hlist_head default_jobs;
	struct hlist_node node;
	u64 number;
	struct rcu_head rcu;
};

/**
 * struct zx_account_cursor - the position of an iteration over the users
 * @bucket:	in the table of accounts; start with zero
 * @below:	only accounts with smaller numbers are still to come in this bucket; zero: all are
 */
struct zx_account_cursor {
	unsigned int bucket;
	u64 below;
};

struct zx_account *zx_account_charge_caller(struct zx_account *likely_one, size_t bytes);
bool zx_account_is_caller(const struct zx_account *account);
void zx_account_release(struct zx_account *account, size_t bytes);
void zx_account_put(struct zx_account *account);
int zx_account_charge(struct zx_account *account, size_t bytes);
void zx_account_uncharge(struct zx_account *account, size_t bytes);
bool zx_account_try_charge(struct zx_account *account, size_t bytes, bool exceed);
bool zx_account_may_exceed(struct zx_account *account, size_t bytes);
unsigned long zx_account_used(struct zx_account *account);
unsigned long zx_account_limit(const struct zx_account *account);
void zx_account_note_refused(struct zx_account *account, size_t bytes);
struct zx_account *zx_account_of_root(void);
struct zx_account *zx_account_next(struct zx_account_cursor *cursor);
int zx_account_set_limit(unsigned int user_ns, kuid_t uid, u64 limit);

int zx_account_init(void);
void zx_account_exit(void);

static inline void zx_account_get(struct zx_account *account)
{
	refcount_inc(&account->refs);
}

/*
 * The root above an account: a user of the initial namespace. What each user has at most, or once,
 * belongs to the root, so subordinate ids and memory cgroups do not multiply it.
 */
static inline struct zx_account *zx_account_root(const struct zx_account *account)
{
	while (account->parent)
		account = account->parent;
	return (struct zx_account *)account;
}

static inline bool zx_account_same_root(const struct zx_account *one,
					const struct zx_account *other)
{
	return zx_account_root(one) == zx_account_root(other);
}

/* The user who counts the charges of a leaf: the leaf itself if there are no memory cgroups. */
static inline struct zx_account *zx_account_user(struct zx_account *account)
{
	return account->memcg ? account->parent : account;
}

/* The uid of the user in a reader's namespace. */
static inline uid_t zx_account_uid(const struct zx_account *account, struct user_namespace *reader)
{
	return from_kuid_munged(reader, account->uid);
}

/* The flags for an allocation on an account; @own is the account of the calling thread's table. */
static inline gfp_t zx_account_gfp(const struct zx_account *account, const struct zx_account *own)
{
	return likely(account == own) ? ZX_GFP : ZX_GFP_FOREIGN;
}

/* Whether the calling thread may see what an account is charged. */
static inline bool zx_account_may_see(const struct zx_account *account)
{
	return (account->ns == current_user_ns() && uid_eq(account->uid, current_uid())) ||
	       ns_capable_noaudit(account->ns, CAP_SYS_PTRACE);
}

/**
 * zx_account_enter - charge allocations to the memory cgroup of an account
 * @account:	a leaf; the caller has a reference
 * @own:	the account of the calling thread's table
 *
 * The calling thread may be in another cgroup, for example a server that writes to its client. If
 * the account is its own, allocations are charged to the cgroup that the thread is in now, which is
 * the kernel's default and the quickest.
 *
 * Return: the argument for zx_account_leave().
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
