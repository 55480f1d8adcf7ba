// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family "zircon".
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include <linux/zircon_netlink.h>

#include "account.h"
#include "compat.h"
#include "fd.h"
#include "handle.h"
#include "netlink.h"
#include "object.h"
#include "process.h"
#include "viewer.h"
#include "wait.h"

static struct genl_family zx_family;

/* How many ids, handles and files a step of a dump looks at before it returns to the program. */
#define ZX_DUMP_STEPS	65536

/**
 * struct zx_dump_item - what a dump shows next
 * @handle:	a handle, with a reference to its object; without an object there is no item
 * @value:	its number, zero if a file has it
 */
struct zx_dump_item {
	struct zx_handle handle;
	u32 value;
};

/**
 * struct zx_dump - a dump
 * @viewer:	for whom
 * @cmd:	ZIRCON_CMD_*
 * @koid:	shows only this object, unless zero
 * @type:	shows only objects of this type, unless zero
 * @only:	shows only this process, unless NULL; the dump has a reference
 * @steps:	what this step has still to look at: ids of processes, handles, files
 * @over:	nothing is left
 * @next_pid:	the least process id that is left
 * @process:	the current process, or NULL; the dump has a reference
 * @pid:	its thread group; the dump has a reference
 * @table:	its handle table, or NULL; the dump has a reference
 * @cursor:	the position in @table
 * @accounts:	the position in the table of accounts
 * @account:	the current account, or NULL; the dump has a reference
 * @bookmark:	the position in its list of files
 * @in_files:	@bookmark is in that list
 * @item:	the current handle
 */
struct zx_dump {
	struct zx_viewer viewer;
	u8 cmd;
	u64 koid;
	u32 type;
	struct pid *only;
	unsigned int steps;
	bool over;

	int next_pid;
	struct zx_process *process;
	struct pid *pid;
	struct zx_handle_table *table;
	struct zx_handle_cursor cursor;

	struct zx_account_cursor accounts;
	struct zx_account *account;
	struct zx_file_entry bookmark;
	bool in_files;

	struct zx_dump_item item;
};

static const struct nla_policy zx_process_policy[] = {
	[ZIRCON_A_PROCESS_PID] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy zx_handle_policy[] = {
	[ZIRCON_A_HANDLE_PID] = NLA_POLICY_MIN(NLA_U32, 1),
	[ZIRCON_A_HANDLE_KOID] = NLA_POLICY_MIN(NLA_U64, 1),
	[ZIRCON_A_HANDLE_TYPE] = NLA_POLICY_RANGE(NLA_U32, 1, ZX_OBJ_TYPE_UPPER_BOUND - 1),
};

static const struct nla_policy zx_object_policy[] = {
	[ZIRCON_A_OBJECT_KOID] = NLA_POLICY_MIN(NLA_U64, 1),
	[ZIRCON_A_OBJECT_TYPE] = NLA_POLICY_RANGE(NLA_U32, 1, ZX_OBJ_TYPE_UPPER_BOUND - 1),
	[ZIRCON_A_OBJECT_PID] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy zx_account_policy[] = {
	[ZIRCON_A_ACCOUNT_UID] = { .type = NLA_U32 },
	[ZIRCON_A_ACCOUNT_USER_NS] = { .type = NLA_U32 },
	[ZIRCON_A_ACCOUNT_LIMIT] = { .type = NLA_U64 },
};

/*
 * Finds out who asks. A program that makes another one write to its socket, such as a set-user-ID
 * program whose standard error it is, must not see more for that: the user who opened the socket
 * must be the one who asks.
 */
static int zx_viewer_get(struct zx_viewer *viewer, struct sk_buff *skb)
{
	struct socket *socket = NETLINK_CB(skb).sk->sk_socket;
	const struct cred *opener;

	viewer->all = netlink_capable(skb, CAP_SYS_PTRACE);
	if (!viewer->all) {
		if (!socket || !socket->file)
			return -EPERM;
		opener = socket->file->f_cred;
		if (opener->user_ns != current_user_ns() || !uid_eq(opener->uid, current_uid()))
			return -EPERM;
	}
	viewer->cred = get_current_cred();
	viewer->pids = get_pid_ns(task_active_pid_ns(current));
	return 0;
}

static void zx_viewer_put(struct zx_viewer *viewer)
{
	put_cred(viewer->cred);
	put_pid_ns(viewer->pids);
}

static uid_t zx_viewer_uid(const struct zx_viewer *viewer, const struct zx_account *account)
{
	return zx_account_uid(account, viewer->cred->user_ns);
}

#define ZX_PAD	1

static int zx_put_u64_attr(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, ZX_PAD);
}

/* Each set of attributes begins with this one. */
static_assert(ZIRCON_A_PROCESS_PAD == ZX_PAD && ZIRCON_A_HANDLE_PAD == ZX_PAD &&
	      ZIRCON_A_WAITER_PAD == ZX_PAD && ZIRCON_A_OBJECT_PAD == ZX_PAD &&
	      ZIRCON_A_ACCOUNT_PAD == ZX_PAD);

static int zx_put_name(struct sk_buff *skb, int attr, struct zx_object *object)
{
	char name[ZX_MAX_NAME_LEN];

	if (!object->ops->get_name)
		return 0;
	object->ops->get_name(object, name);
	return nla_put_string(skb, attr, name);
}

/* What is shown of a process, to a dump and to those who listen for events. */
static int zx_put_process(struct sk_buff *skb, struct zx_process *process, pid_t pid,
			  struct user_namespace *user_ns)
{
	const struct zx_account *account = process->memory.account;

	return nla_put_u32(skb, ZIRCON_A_PROCESS_PID, pid) ?:
	       zx_put_u64_attr(skb, ZIRCON_A_PROCESS_KOID, process->object.koid) ?:
	       zx_put_name(skb, ZIRCON_A_PROCESS_NAME, &process->object) ?:
	       nla_put_u32(skb, ZIRCON_A_PROCESS_UID, zx_account_uid(account, user_ns)) ?:
	       nla_put_u32(skb, ZIRCON_A_PROCESS_USER_NS, account->ns->ns.inum);
}

/* What is shown of an object's state, likewise. */
static int zx_put_object(struct sk_buff *skb, struct zx_object *object,
			 struct user_namespace *user_ns)
{
	const struct zx_account *account = zx_memory_of(object)->account;
	u64 peer = zx_object_peer_koid(object);
	struct zx_contents contents;
	int err;

	err = zx_put_u64_attr(skb, ZIRCON_A_OBJECT_KOID, object->koid) ?:
	      nla_put_u32(skb, ZIRCON_A_OBJECT_TYPE, object->ops->type) ?:
	      nla_put_u32(skb, ZIRCON_A_OBJECT_UID, zx_account_uid(account, user_ns)) ?:
	      nla_put_u32(skb, ZIRCON_A_OBJECT_USER_NS, account->ns->ns.inum);
	if (!err && peer)
		err = zx_put_u64_attr(skb, ZIRCON_A_OBJECT_RELATED_KOID, peer);
	if (!err && object->ops->get_contents) {
		object->ops->get_contents(object, &contents);
		err = zx_put_u64_attr(skb, ZIRCON_A_OBJECT_QUEUED, contents.used) ?:
		      zx_put_u64_attr(skb, ZIRCON_A_OBJECT_QUEUED_MAX, contents.max);
	}
	return err;
}

static u32 zx_waiter_kind(const struct zx_waiter *waiter)
{
	switch (waiter->kind) {
	case ZX_OBSERVER_CALL:
		return ZIRCON_WAITER_KIND_CALL;
	case ZX_OBSERVER_PARKED:
		return ZIRCON_WAITER_KIND_PARKED_CALL;
	default:
		if (waiter->thread)
			return ZIRCON_WAITER_KIND_THREAD;
		return waiter->port ? ZIRCON_WAITER_KIND_PORT : ZIRCON_WAITER_KIND_WATCH;
	}
}

static int zx_put_waiter(struct sk_buff *skb, const struct zx_waiter *waiter)
{
	struct nlattr *nest = nla_nest_start(skb, ZIRCON_A_OBJECT_WAITER);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = nla_put_u32(skb, ZIRCON_A_WAITER_KIND, zx_waiter_kind(waiter)) ?:
	      nla_put_u32(skb, ZIRCON_A_WAITER_SIGNALS, waiter->signals);
	if (!err && waiter->thread)
		err = nla_put_u32(skb, ZIRCON_A_WAITER_PID, waiter->pid) ?:
		      nla_put_u32(skb, ZIRCON_A_WAITER_TID, waiter->tid);
	if (!err && waiter->port)
		err = zx_put_u64_attr(skb, ZIRCON_A_WAITER_PORT, waiter->port);
	nla_nest_end(skb, nest);
	return err;
}

static int zx_put_waiters(struct sk_buff *skb, struct zx_object *object,
			  const struct zx_viewer *viewer)
{
	struct zx_waiter *waiters;
	unsigned int count, i;
	int err = 0;

	waiters = kcalloc(ZX_WAKE_BATCH, sizeof(*waiters), GFP_KERNEL_ACCOUNT);
	if (!waiters)
		return -ENOMEM;
	count = zx_observers_list(object, viewer, waiters);
	for (i = 0; i < count && !err; i++)
		err = zx_put_waiter(skb, &waiters[i]);
	kfree(waiters);
	return err;
}

/* Drops the references of the current process. */
static void zx_dump_leave_process(struct zx_dump *dump)
{
	if (dump->table)
		zx_handle_table_put(dump->table);
	if (dump->process)
		zx_object_put(&dump->process->object);
	put_pid(dump->pid);
	dump->table = NULL;
	dump->process = NULL;
	dump->pid = NULL;
}

static void zx_dump_leave_account(struct zx_dump *dump)
{
	if (dump->in_files)
		zx_files_end(dump->account, &dump->bookmark);
	if (dump->account)
		zx_account_put(dump->account);
	dump->in_files = false;
	dump->account = NULL;
}

static void zx_dump_drop_item(struct zx_dump *dump)
{
	if (dump->item.handle.object)
		zx_object_put(dump->item.handle.object);
	dump->item.handle.object = NULL;
}

/* Goes on to the next process that the viewer may see. Returns whether there is one. */
static bool zx_dump_next_process(struct zx_dump *dump)
{
	struct pid_namespace *ns = dump->viewer.all ? &init_pid_ns : dump->viewer.pids;

	do {
		zx_dump_leave_process(dump);
		if (!dump->only) {
			dump->process = zx_process_next(ns, &dump->next_pid, &dump->pid,
							&dump->steps);
		} else if (!dump->next_pid++) {
			dump->pid = get_pid(dump->only);
			dump->process = zx_process_of_pid(dump->pid);
		}
		if (!dump->process)
			return false;
		dump->table = zx_process_table(dump->process);
		dump->cursor.index = 0;
	} while (!zx_viewer_may_see_process(&dump->viewer, dump->pid));
	return true;
}

/* The same for accounts. */
static bool zx_dump_next_account(struct zx_dump *dump)
{
	do {
		zx_dump_leave_account(dump);
		dump->account = zx_account_next(&dump->accounts);
		if (!dump->account)
			return false;
	} while (!zx_viewer_may_see_account(&dump->viewer, dump->account));
	return true;
}

/* Goes on to the next handle in a table. Returns whether there is one. */
static bool zx_dump_next_in_tables(struct zx_dump *dump)
{
	do {
		if (dump->table && zx_handle_next(dump->table, &dump->cursor)) {
			dump->item.handle.object = dump->cursor.object;
			dump->item.handle.rights = dump->cursor.rights;
			dump->item.value = dump->cursor.value;
			return true;
		}
	} while (zx_dump_next_process(dump));
	return false;
}

/* The same for those in files. */
static bool zx_dump_next_in_files(struct zx_dump *dump)
{
	for (;;) {
		if (dump->in_files && zx_files_next(dump->account, &dump->bookmark,
						    &dump->item.handle, &dump->steps)) {
			dump->item.value = 0;
			return true;
		}
		/* The other files of this account are for the next step. */
		if (!dump->steps || !zx_dump_next_account(dump))
			return false;
		zx_files_begin(dump->account, &dump->bookmark);
		dump->in_files = true;
	}
}

/* The object of the item that is to be shown: for a koid, perhaps the peer; or NULL. */
static struct zx_object *zx_dump_match(const struct zx_dump *dump)
{
	struct zx_object *object = dump->item.handle.object;

	if (dump->type && object->ops->type != dump->type)
		return NULL;
	if (!dump->koid || object->koid == dump->koid)
		return object;
	if (dump->cmd != ZIRCON_CMD_OBJECT_GET || zx_object_peer_koid(object) != dump->koid ||
	    !zx_viewer_may_see_account(&dump->viewer, zx_memory_of(object)->account))
		return NULL;
	return object->ops->peer(object);
}

/*
 * Makes the next handle that matches the current item; an item that was not shown stays. Returns
 * what is to be shown; or NULL, if nothing is left or the step is over.
 */
static struct zx_object *zx_dump_next_item(struct zx_dump *dump)
{
	struct zx_object *object;

	while (dump->steps) {
		if (!dump->item.handle.object && !zx_dump_next_in_tables(dump) && dump->steps &&
		    (dump->only || !zx_dump_next_in_files(dump)))
			dump->over = dump->steps > 0;
		if (!dump->item.handle.object)
			break;
		object = zx_dump_match(dump);
		if (object)
			return object;
		zx_dump_drop_item(dump);
		dump->steps -= dump->steps > 0;
	}
	return NULL;
}

static int zx_fill_process(struct sk_buff *skb, struct zx_dump *dump)
{
	u32 handles = dump->table ? READ_ONCE(dump->table->count) : 0;

	return zx_put_process(skb, dump->process, pid_nr_ns(dump->pid, dump->viewer.pids),
			      dump->viewer.cred->user_ns) ?:
	       nla_put_u32(skb, ZIRCON_A_PROCESS_HANDLES, handles);
}

/* A handle of the current process, or of a file of the current account. */
static int zx_fill_handle(struct sk_buff *skb, struct zx_dump *dump)
{
	struct zx_object *object = dump->item.handle.object;
	u64 peer = zx_object_peer_koid(object);
	const struct zx_account *account;
	int err;

	account = dump->process ? dump->process->memory.account : dump->account;
	err = nla_put_u32(skb, ZIRCON_A_HANDLE_HOLDER,
			  dump->process ? ZIRCON_HOLDER_PROCESS : ZIRCON_HOLDER_FILE) ?:
	      nla_put_u32(skb, ZIRCON_A_HANDLE_UID, zx_viewer_uid(&dump->viewer, account)) ?:
	      nla_put_u32(skb, ZIRCON_A_HANDLE_RIGHTS, dump->item.handle.rights) ?:
	      zx_put_u64_attr(skb, ZIRCON_A_HANDLE_KOID, object->koid) ?:
	      nla_put_u32(skb, ZIRCON_A_HANDLE_TYPE, object->ops->type);
	if (!err && peer)
		err = zx_put_u64_attr(skb, ZIRCON_A_HANDLE_RELATED_KOID, peer);
	if (!err && dump->process)
		err = nla_put_u32(skb, ZIRCON_A_HANDLE_PID,
				  pid_nr_ns(dump->pid, dump->viewer.pids)) ?:
		      zx_put_u64_attr(skb, ZIRCON_A_HANDLE_PROCESS, dump->process->object.koid) ?:
		      nla_put_u32(skb, ZIRCON_A_HANDLE_VALUE, dump->item.value);
	return err;
}

static int zx_fill_object(struct sk_buff *skb, struct zx_dump *dump, struct zx_object *object)
{
	u64 queue = object->ops->get_queue ? object->ops->get_queue(object) : ZX_KOID_INVALID;
	int err;

	err = zx_put_object(skb, object, dump->viewer.cred->user_ns) ?:
	      zx_put_name(skb, ZIRCON_A_OBJECT_NAME, object) ?:
	      nla_put_u32(skb, ZIRCON_A_OBJECT_SIGNALS, READ_ONCE(object->signals)) ?:
	      nla_put_u32(skb, ZIRCON_A_OBJECT_HANDLES, atomic_read(&object->handles)) ?:
	      nla_put_u32(skb, ZIRCON_A_OBJECT_OBSERVERS, READ_ONCE(object->num_observers)) ?:
	      nla_put_u32(skb, ZIRCON_A_OBJECT_BYTES, zx_memory_of(object)->cost);
	if (!err && queue)
		err = zx_put_u64_attr(skb, ZIRCON_A_OBJECT_QUEUE, queue);
	if (!err && dump->koid)
		err = zx_put_waiters(skb, object, &dump->viewer);
	return err;
}

static int zx_put_account(struct sk_buff *skb, const struct zx_account *user,
			  struct user_namespace *user_ns)
{
	return nla_put_u32(skb, ZIRCON_A_ACCOUNT_UID, zx_account_uid(user, user_ns)) ?:
	       nla_put_u32(skb, ZIRCON_A_ACCOUNT_USER_NS, user->ns->ns.inum) ?:
	       zx_put_u64_attr(skb, ZIRCON_A_ACCOUNT_USED,
			       max(atomic_long_read(&user->used), 0L)) ?:
	       zx_put_u64_attr(skb, ZIRCON_A_ACCOUNT_LIMIT, zx_account_limit(user));
}

static int zx_fill_account(struct sk_buff *skb, struct zx_dump *dump)
{
	struct zx_account *user = dump->account;
	int err;

	err = zx_put_account(skb, user, dump->viewer.cred->user_ns);
	if (!err && user->parent)
		err = nla_put_u32(skb, ZIRCON_A_ACCOUNT_OWNER_UID,
				  zx_viewer_uid(&dump->viewer, user->parent)) ?:
		      nla_put_u32(skb, ZIRCON_A_ACCOUNT_OWNER_USER_NS,
				  user->parent->ns->ns.inum);
	if (!err && READ_ONCE(user->limit))
		err = nla_put_flag(skb, ZIRCON_A_ACCOUNT_OWN_LIMIT);
	return err;
}

/* Adds a message with what is current. Returns 0; -EMSGSIZE: the next step is to do so; -ENOMEM. */
static int zx_dump_show(struct zx_dump *dump, struct sk_buff *skb, struct netlink_callback *cb,
			struct zx_object *object)
{
	void *head;
	int err;

	head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &zx_family,
			   NLM_F_MULTI, dump->cmd);
	if (!head)
		return -EMSGSIZE;
	switch (dump->cmd) {
	case ZIRCON_CMD_PROCESS_GET:
		err = zx_fill_process(skb, dump);
		break;
	case ZIRCON_CMD_HANDLE_GET:
		err = zx_fill_handle(skb, dump);
		break;
	case ZIRCON_CMD_OBJECT_GET:
		err = zx_fill_object(skb, dump, object);
		break;
	default:
		err = zx_fill_account(skb, dump);
		break;
	}
	if (err)
		genlmsg_cancel(skb, head);
	else
		genlmsg_end(skb, head);
	return err;
}

/*
 * Ends a step. @err is that of zx_dump_show(), or 0. A dump ends with a step that adds nothing. So
 * if a step has found nothing so far, it adds a message without attributes: then the program can
 * be interrupted before the next one. A thread that is killed has not looked at everything.
 */
static int zx_dump_end_step(struct zx_dump *dump, int err, struct sk_buff *skb,
			    struct netlink_callback *cb)
{
	void *head;

	if (fatal_signal_pending(current))
		return -EINTR;
	if (skb->len)
		return skb->len;
	if (err || dump->over)
		return err;
	head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &zx_family,
			   NLM_F_MULTI, dump->cmd);
	if (!head)
		return -EMSGSIZE;
	genlmsg_end(skb, head);
	return skb->len;
}

static int zx_dump_processes(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct zx_dump *dump = (struct zx_dump *)cb->args[0];
	int err = 0;

	dump->steps = ZX_DUMP_STEPS;
	while (!dump->over && !err && dump->steps) {
		if (dump->process || zx_dump_next_process(dump)) {
			err = zx_dump_show(dump, skb, cb, NULL);
			if (!err)
				zx_dump_leave_process(dump);
		} else {
			dump->over = dump->steps > 0;
		}
	}
	return zx_dump_end_step(dump, err, skb, cb);
}

static int zx_dump_accounts(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct zx_dump *dump = (struct zx_dump *)cb->args[0];
	int err = 0;

	while (!dump->over && !err) {
		if (dump->account || zx_dump_next_account(dump)) {
			err = zx_dump_show(dump, skb, cb, NULL);
			if (!err)
				zx_dump_leave_account(dump);
		} else {
			dump->over = true;
		}
	}
	return zx_dump_end_step(dump, err, skb, cb);
}

/* Handles and objects. */
static int zx_dump_items(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct zx_dump *dump = (struct zx_dump *)cb->args[0];
	struct zx_object *object;
	int err = 0;

	dump->steps = ZX_DUMP_STEPS;
	while (!dump->over) {
		object = zx_dump_next_item(dump);
		if (!object)
			break;
		err = zx_dump_show(dump, skb, cb, object);
		if (err)
			break;
		zx_dump_drop_item(dump);
		dump->steps -= dump->steps > 0;
		/* An object that is asked for by its koid is shown once. */
		dump->over = dump->koid && dump->cmd == ZIRCON_CMD_OBJECT_GET;
	}
	return zx_dump_end_step(dump, err, skb, cb);
}

static void zx_dump_free(struct zx_dump *dump)
{
	zx_dump_drop_item(dump);
	zx_dump_leave_process(dump);
	zx_dump_leave_account(dump);
	put_pid(dump->only);
	zx_viewer_put(&dump->viewer);
	kfree(dump);
}

static int zx_dump_done(struct netlink_callback *cb)
{
	zx_dump_free((struct zx_dump *)cb->args[0]);
	return 0;
}

/* Restricts a dump to one process. */
static int zx_dump_only(struct zx_dump *dump, struct netlink_callback *cb, u32 nr)
{
	struct zx_process *process = NULL;
	struct pid *pid;

	rcu_read_lock();
	pid = nr <= INT_MAX ? get_pid(find_pid_ns(nr, dump->viewer.pids)) : NULL;
	rcu_read_unlock();
	if (pid && zx_viewer_may_see_process(&dump->viewer, pid))
		process = zx_process_of_pid(pid);
	if (!process) {
		put_pid(pid);
		NL_SET_ERR_MSG(cb->extack, "no such process uses the device, or it is not yours");
		return -ESRCH;
	}
	zx_object_put(&process->object);
	dump->only = pid;
	return 0;
}

/* Begins a dump. The arguments are the attributes with a process id, a koid and a type, or zero. */
static int zx_dump_start(struct netlink_callback *cb, u8 cmd, int pid, int koid, int type)
{
	struct nlattr **attrs = zx_dump_attrs(cb);
	struct zx_dump *dump;
	int err;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return -ENOMEM;
	err = zx_viewer_get(&dump->viewer, cb->skb);
	if (err) {
		NL_SET_ERR_MSG(cb->extack, "another user has opened the socket");
		kfree(dump);
		return err;
	}
	dump->cmd = cmd;
	if (koid && attrs[koid])
		dump->koid = nla_get_u64(attrs[koid]);
	if (type && attrs[type])
		dump->type = nla_get_u32(attrs[type]);
	if (pid && attrs[pid])
		err = zx_dump_only(dump, cb, nla_get_u32(attrs[pid]));
	if (err) {
		zx_dump_free(dump);
		return err;
	}
	cb->args[0] = (long)dump;
	return 0;
}

static int zx_start_processes(struct netlink_callback *cb)
{
	return zx_dump_start(cb, ZIRCON_CMD_PROCESS_GET, ZIRCON_A_PROCESS_PID, 0, 0);
}

static int zx_start_handles(struct netlink_callback *cb)
{
	return zx_dump_start(cb, ZIRCON_CMD_HANDLE_GET, ZIRCON_A_HANDLE_PID, ZIRCON_A_HANDLE_KOID,
			     ZIRCON_A_HANDLE_TYPE);
}

static int zx_start_objects(struct netlink_callback *cb)
{
	return zx_dump_start(cb, ZIRCON_CMD_OBJECT_GET, ZIRCON_A_OBJECT_PID, ZIRCON_A_OBJECT_KOID,
			     ZIRCON_A_OBJECT_TYPE);
}

static int zx_start_accounts(struct netlink_callback *cb)
{
	return zx_dump_start(cb, ZIRCON_CMD_ACCOUNT_GET, 0, 0, 0);
}

static int zx_set_account(struct sk_buff *skb, struct genl_info *info)
{
	unsigned int user_ns = init_user_ns.ns.inum;
	kuid_t uid;
	u64 limit;
	int err;

	if (!netlink_capable(skb, CAP_SYS_ADMIN)) {
		GENL_SET_ERR_MSG(info, "setting a limit needs CAP_SYS_ADMIN");
		return -EPERM;
	}
	if (!info->attrs[ZIRCON_A_ACCOUNT_UID] || !info->attrs[ZIRCON_A_ACCOUNT_LIMIT]) {
		GENL_SET_ERR_MSG(info, "a user id and a limit are needed");
		return -EINVAL;
	}
	if (info->attrs[ZIRCON_A_ACCOUNT_USER_NS])
		user_ns = nla_get_u32(info->attrs[ZIRCON_A_ACCOUNT_USER_NS]);
	uid = make_kuid(&init_user_ns, nla_get_u32(info->attrs[ZIRCON_A_ACCOUNT_UID]));
	if (!uid_valid(uid)) {
		GENL_SET_ERR_MSG(info, "no valid user id");
		return -EINVAL;
	}
	limit = nla_get_u64(info->attrs[ZIRCON_A_ACCOUNT_LIMIT]);
	err = zx_account_set_limit(user_ns, uid, limit);
	if (err == -ERANGE)
		GENL_SET_ERR_MSG(info, "a limit is at least 65536 bytes, and less than 2^63");
	else if (err == -ENOENT)
		GENL_SET_ERR_MSG(info, "the user of that namespace has no account");
	return err;
}

static const struct genl_ops zx_genl_ops[] = {
	{
		.cmd = ZIRCON_CMD_PROCESS_GET,
		.policy = zx_process_policy,
		.maxattr = ARRAY_SIZE(zx_process_policy) - 1,
		.start = zx_start_processes,
		.dumpit = zx_dump_processes,
		.done = zx_dump_done,
	},
	{
		.cmd = ZIRCON_CMD_HANDLE_GET,
		.policy = zx_handle_policy,
		.maxattr = ARRAY_SIZE(zx_handle_policy) - 1,
		.start = zx_start_handles,
		.dumpit = zx_dump_items,
		.done = zx_dump_done,
	},
	{
		.cmd = ZIRCON_CMD_OBJECT_GET,
		.policy = zx_object_policy,
		.maxattr = ARRAY_SIZE(zx_object_policy) - 1,
		.start = zx_start_objects,
		.dumpit = zx_dump_items,
		.done = zx_dump_done,
	},
	{
		/* No attributes. */
		.cmd = ZIRCON_CMD_ACCOUNT_GET,
		.start = zx_start_accounts,
		.dumpit = zx_dump_accounts,
		.done = zx_dump_done,
	},
	{
		.cmd = ZIRCON_CMD_ACCOUNT_SET,
		.policy = zx_account_policy,
		.maxattr = ARRAY_SIZE(zx_account_policy) - 1,
		.doit = zx_set_account,
	},
};

enum {
	ZX_GROUP_PROCESSES,
	ZX_GROUP_LIMITS,
};

/*
 * A program in another user namespace that owns its network namespace can join a group there, so
 * events are sent in the initial network namespace only.
 */
static const struct genl_multicast_group zx_groups[] = {
	[ZX_GROUP_PROCESSES] = {
		.name = ZIRCON_MCGRP_PROCESSES,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
	[ZX_GROUP_LIMITS] = {
		.name = ZIRCON_MCGRP_LIMITS,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
};

static struct genl_family zx_family = {
	.name = ZIRCON_FAMILY_NAME,
	.version = ZIRCON_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	/* A dump may take long, and all other families would wait for genetlink's mutex. */
	.parallel_ops = true,
	.ops = zx_genl_ops,
	.n_ops = ARRAY_SIZE(zx_genl_ops),
	.mcgrps = zx_groups,
	.n_mcgrps = ARRAY_SIZE(zx_groups),
};

/* The family is registered, and its groups have their numbers. */
static bool zx_netlink_ready;

/* Whether a program listens. */
static bool zx_event_is_wanted(unsigned int group)
{
	/* Pairs with zx_netlink_init(). */
	return smp_load_acquire(&zx_netlink_ready) &&
	       unlikely(genl_has_listeners(&zx_family, &init_net, group));
}

/* Begins an event: zx_event_send() follows. Returns NULL for lack of memory. */
static struct sk_buff *zx_event_begin(u8 cmd, void **head)
{
	struct sk_buff *skb;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return NULL;
	*head = genlmsg_put(skb, 0, 0, &zx_family, 0, cmd);
	return skb;
}

static void zx_event_send(struct sk_buff *skb, unsigned int group, void *head, int err)
{
	if (WARN_ON_ONCE(err)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, head);
	genlmsg_multicast(&zx_family, skb, 0, group, GFP_KERNEL);
}

/**
 * zx_netlink_process - tell administrators that a process has opened the device, or has ended
 * @process:	the process, which still has its struct pid
 * @begins:	it has opened the device
 *
 * Context: may sleep.
 */
void zx_netlink_process(struct zx_process *process, bool begins)
{
	struct sk_buff *skb;
	void *head;

	if (!zx_event_is_wanted(ZX_GROUP_PROCESSES))
		return;
	skb = zx_event_begin(begins ? ZIRCON_CMD_PROCESS_NEW_NTF : ZIRCON_CMD_PROCESS_END_NTF,
			     &head);
	if (skb)
		zx_event_send(skb, ZX_GROUP_PROCESSES, head,
			      zx_put_process(skb, process, pid_nr(process->pid), &init_user_ns));
}

/**
 * zx_netlink_init_events - prepare the counts of a user's events
 * @account:	the account
 */
void zx_netlink_init_events(struct zx_account *account)
{
	unsigned int kind, below;

	for (kind = 0; kind < ZX_EVENT_KINDS; kind++) {
		for (below = 0; below < 2; below++) {
			struct ratelimit_state *events = &account->events[kind][below];

			ratelimit_state_init(events, HZ, ZX_EVENTS_MAX);
			/* It logs nothing. */
			ratelimit_set_flags(events, RATELIMIT_MSG_ON_RELEASE);
		}
	}
}

/* Whether a program listens, and there were not too many events of this kind. */
static bool zx_limit_is_wanted(struct zx_account *account, enum zx_event_kind kind)
{
	struct zx_account *root;

	if (!zx_event_is_wanted(ZX_GROUP_LIMITS))
		return false;
	root = zx_account_root(account);
	return __ratelimit(&root->events[kind][zx_account_user(account) != root]);
}

/**
 * zx_netlink_limit - tell administrators that a charge was refused
 * @user:	whose limit would be exceeded
 * @bytes:	what was to be charged
 *
 * Context: may sleep.
 */
void zx_netlink_limit(struct zx_account *user, size_t bytes)
{
	struct sk_buff *skb;
	void *head;

	if (!zx_limit_is_wanted(user, ZX_EVENT_REFUSED))
		return;
	skb = zx_event_begin(ZIRCON_CMD_LIMIT_NTF, &head);
	if (skb)
		zx_event_send(skb, ZX_GROUP_LIMITS, head,
			      zx_put_account(skb, user, &init_user_ns) ?:
			      zx_put_u64_attr(skb, ZIRCON_A_ACCOUNT_REFUSED, bytes));
}

/**
 * zx_netlink_full - tell administrators that an endpoint is full
 * @object:	the endpoint, not locked
 *
 * Context: may sleep.
 */
void zx_netlink_full(struct zx_object *object)
{
	struct sk_buff *skb;
	void *head;

	if (!zx_limit_is_wanted(zx_memory_of(object)->account, ZX_EVENT_FULL))
		return;
	skb = zx_event_begin(ZIRCON_CMD_FULL_NTF, &head);
	if (skb)
		zx_event_send(skb, ZX_GROUP_LIMITS, head,
			      zx_put_object(skb, object, &init_user_ns));
}

int zx_netlink_init(void)
{
	int err = genl_register_family(&zx_family);

	if (!err)
		/* Without the family, a group's number could be that of another one's. */
		smp_store_release(&zx_netlink_ready, true);
	return err;
}

void zx_netlink_exit(void)
{
	WRITE_ONCE(zx_netlink_ready, false);
	genl_unregister_family(&zx_family);
}
