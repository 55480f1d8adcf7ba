/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makers: with whose credentials a handle to a process acts on it.
 *
 * The *maker* of a handle to a process is the credentials of the thread that made it: of the
 * process itself (zx_process_self()), or of another (zxl_process_open()). Duplicates, and handles
 * that went through messages or files, have the same maker. Through a handle a program can end the
 * process, name it, and see its handles, if Linux would permit the maker now to signal it, or to
 * trace it. So a program can end a process that it could not signal itself; and a change of the
 * credentials of the process, as by execve() of a set-user-ID program, takes the process out of
 * reach of handles whose maker may not signal the new ones. The user signals of the object are not
 * the process': for them, and for what any program reads in /proc, the right is enough.
 *
 * A slot has three bits for the maker: a number in the list of the process, see zx_handle.maker.
 * Makers whom the kernel permits the same have one number; the last number is for makers with
 * capabilities for all processes, which no user can use up. A handle for which no number is left
 * has none, and does nothing to the process: if it acted as the thread that uses it, a user could
 * have a service end what the user may not.
 *
 * Security modules decide by the thread that uses the handle, since their labels are not the
 * maker's to give away.
 */
#ifndef ZXMOD_MAKER_H
#define ZXMOD_MAKER_H

#include <linux/types.h>

struct cred;
struct pid;

#define ZX_MAKERS	7	/* the last one for makers with all capabilities */

/**
 * struct zx_makers - the makers of the handles to a process
 * @creds:	their credentials, with a reference to each, NULL where there is none; number 1 is
 *		the first. Guarded by the lock of the process
 */
struct zx_makers {
	const struct cred *creds[ZX_MAKERS];
};

u32 zx_makers_add(struct zx_makers *makers, const struct cred *cred);
const struct cred *zx_makers_get(const struct zx_makers *makers, u32 maker);
void zx_makers_put(struct zx_makers *makers);

bool zx_cred_is_within(const struct cred *cred, const struct cred *other);
bool zx_maker_reaches(const struct cred *maker, const struct cred *entrant);
int zx_maker_may_inspect(const struct cred *maker, struct pid *pid);
int zx_maker_may_signal(const struct cred *maker, struct pid *pid);
int zx_maker_kill(const struct cred *maker, struct pid *pid, unsigned int bit,
		  unsigned long *flags);

#endif /* ZXMOD_MAKER_H */
