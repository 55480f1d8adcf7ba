// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounts: lookup, charges, the limit.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "account.h"
#include "compat.h"
#include "netlink.h"
#include "trace.h"
#include "zx.h"

/* The lower bounds of a user's limit: as a parameter, and of its default. */
#define ZX_USER_BYTES_MIN	(64UL << 10)
#define ZX_USER_BYTES_DEFAULT	(64UL << 20)

static unsigned long zx_user_bytes_max;

static int zx_user_bytes_max_set(const char *text, const struct kernel_param *param)
{
	unsigned long bytes;
	int err = kstrtoul(text, 0, &bytes);

	if (err)
		return err;
	if (bytes < ZX_USER_BYTES_MIN || bytes > LONG_MAX)
		return -EINVAL;
	WRITE_ONCE(zx_user_bytes_max, bytes);
	return 0;
}

static const struct kernel_param_ops zx_user_bytes_max_ops = {
	.set = zx_user_bytes_max_set,
	.get = param_get_ulong,
};

module_param_cb(user_bytes_max, &zx_user_bytes_max_ops, &zx_user_bytes_max, 0644);
MODULE_PARM_DESC(user_bytes_max,
		 "bytes of kernel memory that the objects of one user can take (at least 65536; an eighth of the memory)");

/*
 * All accounts. The lock guards changes of the table. Lookups acquire no lock, so programs that
 * start do not wait for each other. A lookup ignores an account whose last reference is dropped.
 */
static DEFINE_HASHTABLE(zx_accounts, 12);
static DEFINE_SPINLOCK(zx_accounts_lock);

/* The number of the account that was added last; guarded by the lock. */
static u64 zx_accounts_added;

/* Guards changes of zx_account.limit. */
static DEFINE_MUTEX(zx_account_limits);

/* Random, so that no user can choose ids whose accounts are all in one bucket. */
static u32 zx_accounts_seed;

static u32 zx_account_hash(const struct user_namespace *ns, kuid_t uid,
			   const struct mem_cgroup *memcg)
{
	return jhash_3words(hash_ptr(ns, 32), __kuid_val(uid), hash_ptr(memcg, 32),
			    zx_accounts_seed);
}

static bool zx_account_is(const struct zx_account *account, const struct user_namespace *ns,
			  kuid_t uid, const struct mem_cgroup *memcg)
{
	return account->ns == ns && uid_eq(account->uid, uid) && account->memcg == memcg;
}

/* Finds the account with this key. Returns it with a reference, or NULL. */
static struct zx_account *zx_account_lookup(const struct user_namespace *ns, kuid_t uid,
					    const struct mem_cgroup *memcg)
{
	struct zx_account *account;

	rcu_read_lock();
	hash_for_each_possible_rcu(zx_accounts, account, node, zx_account_hash(ns, uid, memcg)) {
		if (zx_account_is(account, ns, uid, memcg) &&
		    refcount_inc_not_zero(&account->refs))
			break;
	}
	rcu_read_unlock();
	return account;
}

/*
 * The memory cgroup of the calling thread, or NULL if the kernel has none. Preemption must be
 * disabled while it is used without a reference.
 */
static struct mem_cgroup *zx_memcg_of_caller(void)
{
#ifdef CONFIG_MEMCG
	if (!mem_cgroup_disabled())
		return mem_cgroup_from_css(rcu_dereference_sched(current->cgroups)
					   ->subsys[memory_cgrp_id]);
#endif
	return NULL;
}

/* The same with a reference. */
static struct mem_cgroup *zx_memcg_get(void)
{
	struct mem_cgroup *memcg;

	/* As in zx_slot_try(): no function call. */
	rcu_read_lock_sched();
	do {
		/* Fails if the thread was moved to another cgroup and this one removed. */
		memcg = zx_memcg_of_caller();
	} while (memcg && !css_tryget(&memcg->css));
	rcu_read_unlock_sched();
	return memcg;
}

/*
 * What a leaf costs its user. Most of it is for the memory cgroup, which stays in memory after its
 * removal for as long as the leaf exists.
 */
#define ZX_LEAF_COST	(16UL << 10)

/* Frees an account that is not in the table. The caller drops the reference to its parent. */
static void zx_account_free(struct zx_account *account)
{
	if (account->memcg)
		zx_account_uncharge(account, ZX_LEAF_COST);
	mem_cgroup_put(account->memcg);
	put_user_ns(account->ns);
	/* A lookup may still read it. */
	kfree_rcu(account, rcu);
}

/*
 * Finds an account, or makes it below @parent. The reference to @parent is consumed. Returns the
 * account with a reference, or NULL for lack of memory or because of the user's limit.
 */
static struct zx_account *zx_account_find(struct user_namespace *ns, kuid_t uid,
					  struct mem_cgroup *memcg, struct zx_account *parent)
{
	struct zx_account *account, *fresh;

	account = zx_account_lookup(ns, uid, memcg);
	if (account)
		goto out_put_parent;

	fresh = kzalloc(sizeof(*fresh), ZX_GFP);
	if (!fresh)
		goto out_put_parent;
	if (memcg)
		css_get(&memcg->css);
	fresh->memcg = memcg;
	fresh->ns = get_user_ns(ns);
	fresh->uid = uid;
	fresh->parent = parent;
	refcount_set(&fresh->refs, 1);
	zx_burial_setup(&fresh->burial);
	zx_expiries_setup(&fresh->expiries);
	zx_netlink_init_events(fresh);
	spin_lock_init(&fresh->files_lock);
	INIT_HLIST_HEAD(&fresh->files);
	INIT_HLIST_HEAD(&fresh->default_jobs);
	if (memcg && zx_account_charge(fresh, ZX_LEAF_COST)) {
		css_put(&memcg->css);
		put_user_ns(fresh->ns);
		kfree(fresh);
		goto out_put_parent;
	}

	spin_lock(&zx_accounts_lock);
	account = zx_account_lookup(ns, uid, memcg);
	if (!account) {
		/* At the head of its bucket, as zx_account_next() expects. */
		fresh->number = ++zx_accounts_added;
		hash_add_rcu(zx_accounts, &fresh->node, zx_account_hash(ns, uid, memcg));
	}
	spin_unlock(&zx_accounts_lock);
	if (!account)
		return fresh;
	/* Another thread was faster. */
	zx_account_free(fresh);

out_put_parent:
	if (parent)
		zx_account_put(parent);
	return account;
}

/*
 * Finds or makes the account of the calling thread, and all levels above it. Returns it with a
 * reference, or NULL for lack of memory or because of the user's limit.
 */
static noinline struct zx_account *zx_account_of_caller(void)
{
	struct user_namespace *own = current_user_ns(), *ns;
	struct zx_account *account = NULL;
	struct mem_cgroup *memcg;
	kuid_t uid;
	int depth, i;

	/* From the root down, so that each account has its parent. */
	for (depth = own->level; depth >= 0; depth--) {
		ns = own;
		uid = current_uid();
		for (i = 0; i < depth; i++) {
			uid = ns->owner;
			ns = ns->parent;
		}
		account = zx_account_find(ns, uid, NULL, account);
		if (!account)
			return NULL;
	}
	memcg = zx_memcg_get();
	account = zx_account_find(own, current_uid(), memcg, account);
	mem_cgroup_put(memcg);
	return account;
}

/**
 * zx_account_is_caller - whether an account is that of the calling thread
 * @account:	the account
 *
 * The account of a thread is that of its real user id, as for the kernel's other limits for each
 * user, and of the memory cgroup that it is in now.
 */
bool zx_account_is_caller(const struct zx_account *account)
{
	bool same;

	rcu_read_lock_sched();
	same = zx_account_is(account, current_user_ns(), current_uid(), zx_memcg_of_caller());
	rcu_read_unlock_sched();
	return same;
}

/**
 * zx_account_put - drop a reference
 * @account:	the account; what the owner of the reference has charged is uncharged
 *
 * Context: process context; any, if it is not the last reference.
 */
void zx_account_put(struct zx_account *account)
{
	while (account && refcount_dec_and_test(&account->refs)) {
		struct zx_account *parent = account->parent;

		spin_lock(&zx_accounts_lock);
		hash_del_rcu(&account->node);
		spin_unlock(&zx_accounts_lock);
		/* Not zero if a charge was not undone. */
		WARN_ON_ONCE(atomic_long_read(&account->used));
		zx_account_free(account);
		account = parent;
	}
}

static __always_inline long zx_user_limit(const struct zx_account *user)
{
	return READ_ONCE(user->limit) ?: READ_ONCE(zx_user_bytes_max);
}

/**
 * zx_account_limit - the limit of the user of an account
 * @account:	the account
 *
 * Return: bytes.
 */
unsigned long zx_account_limit(const struct zx_account *account)
{
	return zx_user_limit(zx_account_user((struct zx_account *)account));
}

/**
 * zx_account_try_charge - charge an account, and the users above it
 * @account:	the account
 * @bytes:	how much
 * @exceed:	ignore the limits
 *
 * Context: any.
 * Return: whether it was charged; if not, nothing was.
 */
bool zx_account_try_charge(struct zx_account *account, size_t bytes, bool exceed)
{
	struct zx_account *user, *undo;
	bool tight = false;

	for (user = zx_account_user(account); user; user = user->parent) {
		long used = atomic_long_add_return(bytes, &user->used);
		long limit = zx_user_limit(user);

		if (unlikely(used > limit && !exceed))
			goto err_undo;
		tight |= used > limit - limit / 8;
	}
	if (unlikely(READ_ONCE(account->tight) != tight))
		WRITE_ONCE(account->tight, tight);
	return true;

err_undo:
	for (undo = zx_account_user(account); ; undo = undo->parent) {
		atomic_long_sub(bytes, &undo->used);
		if (undo == user)
			break;
	}
	WRITE_ONCE(account->tight, true);
	return false;
}

/**
 * zx_account_may_exceed - whether the calling thread may go over the limits of an account
 * @account:	the account
 * @bytes:	what is to be charged
 *
 * Called after a charge has failed; the result is valid for one charge. A thread may exceed the
 * limits of its own account only: a privileged server must not exceed those of its clients.
 *
 * Context: no spin locks held.
 * Return: true if the charge exceeds a limit and the thread may do so. False also if the charge
 * exceeds no limit any more: the charge that failed before is not tried again.
 */
bool zx_account_may_exceed(struct zx_account *account, size_t bytes)
{
	const struct zx_account *user;
	bool granted = false;

	if (account->ns != current_user_ns() || !uid_eq(account->uid, current_uid()))
		return false;
	for (user = zx_account_user(account); user; user = user->parent) {
		long used = atomic_long_read(&user->used);

		if (used + (long)bytes <= zx_user_limit(user))
			continue;
		if (!ns_capable_noaudit(user->ns, CAP_SYS_RESOURCE))
			return false;
		granted = true;
	}
	return granted;
}

/**
 * zx_account_charge - charge an account for memory that is about to be allocated
 * @account:	the account
 * @bytes:	how much
 *
 * Context: no spin locks held.
 * Return: ZX_OK, or ZX_ERR_NO_MEMORY if the charge exceeds a limit.
 */
int zx_account_charge(struct zx_account *account, size_t bytes)
{
	if (likely(zx_account_try_charge(account, bytes, false)))
		return ZX_OK;
	if (zx_account_may_exceed(account, bytes) && zx_account_try_charge(account, bytes, true))
		return ZX_OK;
	zx_account_note_refused(account, bytes);
	return ZX_ERR_NO_MEMORY;
}

/**
 * zx_account_note_refused - trace a charge that was refused, and tell administrators
 * @account:	the account
 * @bytes:	what was to be charged
 *
 * Context: no spin locks held.
 */
void zx_account_note_refused(struct zx_account *account, size_t bytes)
{
	struct zx_account *user = zx_account_user(account), *level;

	/* The user itself, if no limit would be exceeded by now. */
	for (level = user; level; level = level->parent) {
		if (atomic_long_read(&level->used) + (long)bytes > zx_user_limit(level)) {
			user = level;
			break;
		}
	}
	zx_trace_charge_refused(__kuid_val(user->uid), bytes, atomic_long_read(&user->used),
				zx_user_limit(user));
	zx_netlink_limit(user, bytes);
}

/**
 * zx_account_uncharge - undo a charge
 * @account:	the account
 * @bytes:	what was charged
 *
 * Context: any.
 */
void zx_account_uncharge(struct zx_account *account, size_t bytes)
{
	struct zx_account *user;

	for (user = zx_account_user(account); user; user = user->parent)
		atomic_long_sub(bytes, &user->used);
}

/**
 * zx_account_charge_caller - charge the account of the calling thread for a new object
 * @likely_one:	an account that the thread probably still has, or NULL
 * @bytes:	how much
 *
 * Context: may sleep.
 * Return: the account, with a reference for the object, which zx_account_release() drops; or NULL,
 * for lack of memory or because the charge exceeds a limit.
 */
struct zx_account *zx_account_charge_caller(struct zx_account *likely_one, size_t bytes)
{
	struct zx_account *account;

	if (likely(likely_one && zx_account_is_caller(likely_one))) {
		account = likely_one;
		zx_account_get(account);
	} else {
		account = zx_account_of_caller();
		if (!account)
			return NULL;
	}
	if (likely(!zx_account_charge(account, bytes)))
		return account;
	zx_account_put(account);
	return NULL;
}

/**
 * zx_account_release - undo zx_account_charge_caller()
 * @account:	the account
 * @bytes:	what was charged
 *
 * Context: process context.
 */
void zx_account_release(struct zx_account *account, size_t bytes)
{
	zx_account_uncharge(account, bytes);
	zx_account_put(account);
}

/**
 * zx_account_used - what the user of an account is charged
 * @account:	a leaf
 *
 * Return: bytes, in all memory cgroups and in the namespaces that the user owns.
 */
unsigned long zx_account_used(struct zx_account *account)
{
	return max(atomic_long_read(&zx_account_user(account)->used), 0L);
}

/**
 * zx_account_next - find the next user
 * @cursor:	the position of the iteration; all zero at first
 *
 * A user whose account exists from the beginning of the iteration to its end is found once. Users
 * that come or go meanwhile may be missed. Leaves are skipped.
 *
 * Context: may sleep.
 * Return: the account, with a reference for the caller, or NULL after the last.
 */
struct zx_account *zx_account_next(struct zx_account_cursor *cursor)
{
	for (; cursor->bucket < HASH_SIZE(zx_accounts); cursor->bucket++, cursor->below = 0) {
		struct zx_account *account;

		rcu_read_lock();
		/* A later account is before this one, and has a larger number. */
		hlist_for_each_entry_rcu(account, &zx_accounts[cursor->bucket], node) {
			if ((cursor->below && account->number >= cursor->below) || account->memcg)
				continue;
			if (!refcount_inc_not_zero(&account->refs))
				continue;
			cursor->below = account->number;
			rcu_read_unlock();
			return account;
		}
		rcu_read_unlock();
		cond_resched();
	}
	return NULL;
}

/* Finds the account of a user, with a reference; makes one for a user of the initial namespace. */
static struct zx_account *zx_account_of(unsigned int user_ns, kuid_t uid)
{
	struct zx_account_cursor cursor = {};
	struct zx_account *account;

	if (user_ns == init_user_ns.ns.inum)
		return zx_account_find(&init_user_ns, uid, NULL, NULL) ?: ERR_PTR(-ENOMEM);
	while ((account = zx_account_next(&cursor))) {
		if (account->ns->ns.inum == user_ns && uid_eq(account->uid, uid))
			return account;
		zx_account_put(account);
	}
	return ERR_PTR(-ENOENT);
}

/**
 * zx_account_of_root - find or make the account of the first user, root
 *
 * Context: may sleep.
 * Return: the account with a reference for the caller, or NULL for lack of memory.
 */
struct zx_account *zx_account_of_root(void)
{
	return zx_account_find(&init_user_ns, GLOBAL_ROOT_UID, NULL, NULL);
}

/* Sets or removes (@limit zero) a limit, with the reference that it has. */
static void zx_account_limit_to(struct zx_account *account, unsigned long limit)
{
	unsigned long old;

	mutex_lock(&zx_account_limits);
	old = account->limit;
	if (!old && limit)
		zx_account_get(account);
	WRITE_ONCE(account->limit, limit);
	mutex_unlock(&zx_account_limits);
	if (old && !limit)
		zx_account_put(account);
}

/**
 * zx_account_set_limit - set the limit of one user
 * @user_ns:	inode number of the user's namespace
 * @uid:	the user
 * @limit:	bytes; zero: the limit is again that of all users
 *
 * What the user has beyond a new limit stays; the next charge fails.
 *
 * Context: may sleep.
 * Return: 0; -ERANGE if the limit is too small or too large; -ENOENT if a user of another than the
 * initial namespace has no account; -ENOMEM.
 */
int zx_account_set_limit(unsigned int user_ns, kuid_t uid, u64 limit)
{
	struct zx_account *account;

	if (limit && (limit < ZX_USER_BYTES_MIN || limit > LONG_MAX))
		return -ERANGE;
	account = zx_account_of(user_ns, uid);
	if (IS_ERR(account))
		return PTR_ERR(account);
	zx_account_limit_to(account, limit);
	zx_account_put(account);
	return 0;
}

int zx_account_init(void)
{
	zx_accounts_seed = get_random_u32();
	/* Nonzero if it was set as a parameter. */
	if (!zx_user_bytes_max)
		zx_user_bytes_max = max(ZX_USER_BYTES_DEFAULT, totalram_pages() * PAGE_SIZE / 8);
	return 0;
}

void zx_account_exit(void)
{
	struct zx_account_cursor cursor = {};
	struct zx_account *account;

	while ((account = zx_account_next(&cursor))) {
		zx_account_limit_to(account, 0);
		zx_account_put(account);
	}
	/* All objects are released, so their accounts are freed. */
	WARN_ON_ONCE(!hash_empty(zx_accounts));
}
