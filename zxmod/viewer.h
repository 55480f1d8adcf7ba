/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Viewers: a program that asks over netlink what the module has, and what it may see.
 *
 * A viewer with CAP_SYS_PTRACE in the initial user namespace sees everything. Any other sees the
 * account of its own user, and the processes in its pid namespace that have the same ids and no
 * capability that it lacks: so not a set-user-ID program that the user has started. These are the
 * kernel's rules for who may trace a process, except that a process can make itself undumpable.
 */
#ifndef ZXMOD_VIEWER_H
#define ZXMOD_VIEWER_H

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "account.h"

/**
 * struct zx_viewer - who asks
 * @cred:	credentials; the viewer has a reference
 * @pids:	pid namespace, in which ids are shown; the viewer has a reference
 * @all:	may see everything
 */
struct zx_viewer {
	const struct cred *cred;
	struct pid_namespace *pids;
	bool all;
};

/* Whether a viewer may see what an account pays for. */
static inline bool zx_viewer_may_see_account(const struct zx_viewer *viewer,
					     const struct zx_account *account)
{
	return viewer->all || (account->ns == viewer->cred->user_ns &&
			       uid_eq(account->uid, viewer->cred->uid));
}

static inline bool zx_cred_is_viewers(const struct cred *cred, const struct cred *viewer)
{
	return cred->user_ns == viewer->user_ns &&
	       uid_eq(cred->uid, viewer->uid) && uid_eq(cred->euid, viewer->uid) &&
	       uid_eq(cred->suid, viewer->uid) &&
	       gid_eq(cred->gid, viewer->gid) && gid_eq(cred->egid, viewer->gid) &&
	       gid_eq(cred->sgid, viewer->gid) &&
	       cap_issubset(cred->cap_permitted, viewer->cap_permitted);
}

/*
 * Whether a viewer may see a process and its handles. The caller has found @pid in the viewer's pid
 * namespace, has a reference to it, and got the handle table of the process before: an execve()
 * changes the credentials first, so the table of a program with other rights is never shown.
 */
static inline bool zx_viewer_may_see_process(const struct zx_viewer *viewer, struct pid *pid)
{
	struct task_struct *task;
	bool may = false;

	if (viewer->all)
		return true;
	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task)
		may = zx_cred_is_viewers(__task_cred(task), viewer->cred);
	rcu_read_unlock();
	return may;
}

#endif /* ZXMOD_VIEWER_H */
