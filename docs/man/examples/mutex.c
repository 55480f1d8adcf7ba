// SPDX-License-Identifier: MIT
/*
 * A mutex whose holder owns the futex while others wait: a debugger can
 * ask who that is.
 */
#include <pthread.h>
#include <stdio.h>
#include <zircon/process.h>
#include <zircon/syscalls.h>
#include <zircon/syscalls/object.h>

/*
 * 0, or the handle of the thread that holds the mutex. The two lowest
 * bits of a handle are set: WAITED is cleared once others may wait.
 */
static zx_futex_t mutex;

#define WAITED 1

/* Changes the value, if it is *from; else *from receives it. */
static int change(int *from, int to)
{
	return atomic_compare_exchange_strong(&mutex, from, to);
}

static void lock(void)
{
	int self = (int)zx_thread_self();

	for (;;) {
		int state = 0;

		if (change(&state, self))
			return;
		if (state & WAITED && !change(&state, state & ~WAITED))
			continue;
		zx_futex_wait(&mutex, state & ~WAITED,
			      (zx_handle_t)(state | WAITED),
			      ZX_TIME_INFINITE);
		/* Others may still wait when this thread has it. */
		self &= ~WAITED;
	}
}

/* The thread that wakes owns the futex, but has to get the mutex. */
static void unlock(void)
{
	if (!(atomic_exchange(&mutex, 0) & WAITED))
		zx_futex_wake_single_owner(&mutex);
}

static void *enter(void *arg)
{
	lock();
	printf("%s\n", (const char *)arg);
	unlock();
	return NULL;
}

int main(void)
{
	zx_info_handle_basic_t self = {};
	zx_koid_t owner;
	pthread_t thread;

	zx_object_get_info(zx_thread_self(), ZX_INFO_HANDLE_BASIC, &self,
			   sizeof(self), NULL, NULL);
	lock();
	zx_futex_get_owner(&mutex, &owner);
	printf("no thread waits: %s\n",
	       owner == ZX_KOID_INVALID ? "no owner" : "an owner?");
	pthread_create(&thread, NULL, enter, "the other thread has it");
	do
		zx_futex_get_owner(&mutex, &owner);
	while (owner == ZX_KOID_INVALID);
	printf("another waits: this thread is the owner: %s\n",
	       owner == self.koid ? "yes" : "no");
	unlock();
	pthread_join(thread, NULL);
	return owner != self.koid;
}
