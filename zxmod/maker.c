// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makers: with whose credentials a handle to a process acts on it.
 */
#include <linux/bitops.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "handle.h"
#include "maker.h"
#include "task.h"
#include "viewer.h"

static_assert(ZX_MAKERS <= ZX_SLOT_MAKER >> ZX_SLOT_MAKER_SHIFT);

static bool zx_caps_equal(kernel_cap_t one, kernel_cap_t other)
{
	return cap_issubset(one, other) && cap_issubset(other, one);
}

/* Whether the kernel permits to signal and to trace each process, security modules apart. */
static bool zx_cred_is_mighty(const struct cred *cred)
{
	return cred->user_ns == &init_user_ns && cap_raised(cred->cap_effective, CAP_KILL) &&
	       cap_raised(cred->cap_effective, CAP_SYS_PTRACE);
}

static bool zx_cred_ids_equal(const struct cred *one, const struct cred *other)
{
	return one->user_ns == other->user_ns &&
	       uid_eq(one->uid, other->uid) && uid_eq(one->euid, other->euid) &&
	       uid_eq(one->suid, other->suid) &&
	       gid_eq(one->gid, other->gid) && gid_eq(one->egid, other->egid) &&
	       gid_eq(one->sgid, other->sgid);
}

/**
 * zx_cred_is_within - whether credentials have the ids of others and no more capabilities
 * @cred:	the credentials
 * @other:	the others
 */
bool zx_cred_is_within(const struct cred *cred, const struct cred *other)
{
	return zx_cred_ids_equal(cred, other) &&
	       cap_issubset(cred->cap_permitted, other->cap_permitted);
}

/* Whether the kernel permits the same with both credentials, security modules apart. */
static bool zx_creds_equal(const struct cred *one, const struct cred *other)
{
	return one == other ||
	       (zx_cred_ids_equal(one, other) &&
		zx_caps_equal(one->cap_permitted, other->cap_permitted) &&
		zx_caps_equal(one->cap_effective, other->cap_effective));
}

/**
 * zx_makers_add - the number of credentials in a list
 * @makers:	the list of a process or a job, which the caller has locked
 * @cred:	the credentials, as a rule those of the calling thread
 *
 * Context: any.
 * Return: the number, or zero if none is left.
 */
u32 zx_makers_add(struct zx_makers *makers, const struct cred *cred)
{
	unsigned int i;

	if (zx_cred_is_mighty(cred)) {
		if (!makers->creds[ZX_MAKERS - 1])
			makers->creds[ZX_MAKERS - 1] = get_cred(cred);
		return ZX_MAKERS;
	}
	for (i = 0; i < ZX_MAKERS - 1; i++) {
		if (!makers->creds[i])
			makers->creds[i] = get_cred(cred);
		if (zx_creds_equal(makers->creds[i], cred))
			return i + 1;
	}
	return 0;
}

/**
 * zx_makers_get - the credentials of a handle's maker
 * @makers:	the list, which the caller has locked
 * @maker:	zx_handle.maker
 *
 * Return: the credentials with a reference for the caller; NULL if @maker is zero, or if the list
 * was emptied by zx_makers_put().
 */
const struct cred *zx_makers_get(const struct zx_makers *makers, u32 maker)
{
	return maker ? get_cred(makers->creds[maker - 1]) : NULL;
}

/**
 * zx_makers_put - empty a list
 * @makers:	the list, which no other thread uses
 */
void zx_makers_put(struct zx_makers *makers)
{
	unsigned int i;

	for (i = 0; i < ZX_MAKERS; i++) {
		put_cred(makers->creds[i]);
		makers->creds[i] = NULL;
	}
}

/**
 * zx_maker_may_inspect - whether a maker may see what a process has
 * @maker:	the credentials, or NULL
 * @pid:	the process, to which the caller has a reference
 *
 * The rules are those of viewers (viewer.h). A maker with the credentials that the process has may
 * see it too, although a program of a set-user-ID file may not be traced with these.
 *
 * Return: zero, -EPERM, or -ESRCH if its parent has waited for the process.
 */
int zx_maker_may_inspect(const struct cred *maker, struct pid *pid)
{
	const struct cred *cred;
	struct task_struct *task;
	int err = -ESRCH;

	if (pid == task_tgid(current))
		return 0;
	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task) {
		cred = __task_cred(task);
		err = maker && (zx_creds_equal(cred, maker) || zx_cred_is_viewers(cred, maker) ||
				(maker->user_ns == &init_user_ns &&
				 cap_raised(maker->cap_effective, CAP_SYS_PTRACE))) ? 0 : -EPERM;
	}
	rcu_read_unlock();
	return err;
}

/*
 * Whether a process goes on after SIGKILL was sent to it: the kernel has not begun to end it, and
 * it has a thread that does not exit by itself.
 */
static bool zx_pid_ignores_death(struct pid *pid)
{
	struct task_struct *leader, *thread;
	bool ignores = false;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader && !(READ_ONCE(leader->signal->flags) & SIGNAL_GROUP_EXIT)) {
		for_each_thread(leader, thread) {
			ignores = !(READ_ONCE(thread->flags) & PF_EXITING);
			if (ignores)
				break;
		}
	}
	rcu_read_unlock();
	return ignores;
}

/*
 * Gives the calling thread the credentials of a maker, but for the security modules' parts. Returns
 * the thread's own, for zx_maker_revert(), or NULL for lack of memory.
 */
static const struct cred *zx_maker_override(const struct cred *maker, struct cred **cred)
{
	*cred = prepare_creds();
	if (!*cred)
		return NULL;
	(*cred)->uid = maker->uid;
	(*cred)->euid = maker->euid;
	(*cred)->suid = maker->suid;
	(*cred)->cap_permitted = maker->cap_permitted;
	(*cred)->cap_effective = maker->cap_effective;
	put_user_ns((*cred)->user_ns);
	(*cred)->user_ns = get_user_ns(maker->user_ns);
	return override_creds(*cred);
}

static void zx_maker_revert(const struct cred *saved, struct cred *cred)
{
	revert_creds(saved);
	put_cred(cred);
}

/**
 * zx_maker_reaches - whether a maker might have signalled a process when it entered its job
 * @maker:	the credentials, or NULL
 * @entrant:	the credentials of the one who has put it there
 *
 * The rules are those of kill(2). As for the kill file of a control group no security module is
 * asked.
 *
 * Context: may sleep.
 */
bool zx_maker_reaches(const struct cred *maker, const struct cred *entrant)
{
	const struct cred *saved;
	struct cred *cred;
	bool reaches;

	if (!maker || !entrant)
		return false;
	if (uid_eq(maker->euid, entrant->suid) || uid_eq(maker->euid, entrant->uid) ||
	    uid_eq(maker->uid, entrant->suid) || uid_eq(maker->uid, entrant->uid))
		return true;
	if (!cap_raised(maker->cap_effective, CAP_KILL))
		return false;
	saved = zx_maker_override(maker, &cred);
	if (!saved)
		return false;
	reaches = ns_capable_noaudit(entrant->user_ns, CAP_KILL);
	zx_maker_revert(saved, cred);
	return reaches;
}

/*
 * Asks whether a maker may signal a process; and if @flags is not NULL, sets a bit there and sends
 * SIGKILL.
 */
static int zx_maker_signal(const struct cred *maker, struct pid *pid, unsigned int bit,
			   unsigned long *flags)
{
	const struct cred *saved;
	struct cred *cred;
	int err;

	if (!maker)
		return -EPERM;
	saved = zx_maker_override(maker, &cred);
	if (!saved)
		return -ENOMEM;
	err = kill_pid(pid, 0, 0);
	if (!err && flags && !zx_pid_is_over(pid)) {
		/* First, since the process may have ended before kill_pid() returns. */
		set_bit(bit, flags);
		err = kill_pid(pid, SIGKILL, 0);
		/* As the first process of a pid namespace does within that, and a kernel thread. */
		if (!err && zx_pid_ignores_death(pid))
			err = -EPERM;
		if (err)
			clear_bit(bit, flags);
	}
	zx_maker_revert(saved, cred);
	return err;
}

/**
 * zx_maker_may_signal - whether Linux permits a maker to signal a process
 * @maker:	the credentials, or NULL
 * @pid:	the process, to which the caller has a reference
 *
 * Return: zero, -EPERM, -ESRCH or -ENOMEM.
 */
int zx_maker_may_signal(const struct cred *maker, struct pid *pid)
{
	return zx_maker_signal(maker, pid, 0, NULL);
}

/**
 * zx_maker_kill - send SIGKILL to a process, as a maker
 * @maker:	the credentials, or NULL
 * @pid:	the process, to which the caller has a reference
 * @bit:	the bit of @flags that tells that this has ended the process
 * @flags:	receives the bit before the signal is sent
 *
 * Return: zero, also if the process has ended; -EPERM, also if the process ignores SIGKILL; -ESRCH
 * or -ENOMEM.
 */
int zx_maker_kill(const struct cred *maker, struct pid *pid, unsigned int bit,
		  unsigned long *flags)
{
	return zx_maker_signal(maker, pid, bit, flags);
}
