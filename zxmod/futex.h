/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Futexes with owners.
 *
 * Once a program has named the owner of a futex its threads wait here, and not in futex(2): the
 * kernel does not tell which thread it has woken, nor where a thread waits that it has moved, and
 * both decide who the owner is.
 *
 * A futex is an address in the memory of one program. It exists while threads wait there: the first
 * of them has the owner, and passes it on when it leaves. So nothing is allocated for a futex, and
 * one that no thread waits at has no owner. The owner is only stored: no priority is inherited.
 *
 *	lock			guards
 *	zx_futexes.lock		the queues of the program, and all waiters on them
 *
 * It is a spin lock of one program, inside which no other is acquired. The value of the futex is
 * read with the lock held, so a thread that changes the value and wakes afterwards finds those that
 * have seen the former one.
 */
#ifndef ZXMOD_FUTEX_H
#define ZXMOD_FUTEX_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct zx_handle_table;

#define ZX_FUTEX_BITS	5

/**
 * struct zx_futexes - the futexes of a program
 * @lock:	see above
 * @waits:	waits that have begun, ever
 * @queues:	the waiters, by a hash of the address; those of a futex stand in the order in which
 *		they are woken
 */
struct zx_futexes {
	spinlock_t lock; /* see above */
	u64 waits;
	struct list_head queues[1 << ZX_FUTEX_BITS];
};

void zx_futexes_init(struct zx_futexes *futexes);

long zx_ioc_futex_wait(struct zx_handle_table *table, void *args);
long zx_ioc_futex_wake(struct zx_handle_table *table, void *args);
long zx_ioc_futex_requeue(struct zx_handle_table *table, void *args);
long zx_ioc_futex_get_owner(struct zx_handle_table *table, void *args);

#endif /* ZXMOD_FUTEX_H */
