// SPDX-License-Identifier: MIT
/* Four threads count, and a mutex lets one of them do it at a time. */
#include <pthread.h>
#include <stdio.h>
#include <zircon/syscalls.h>

/* A mutex: 0 is free, 1 locked, 2 locked and other threads may wait. */
static zx_futex_t mutex;

static long counter;

static void lock(void)
{
	int free = 0;

	if (atomic_compare_exchange_strong(&mutex, &free, 1))
		return;
	/* The wait returns at once if the mutex is free by then. */
	while (atomic_exchange(&mutex, 2) != 0)
		zx_futex_wait(&mutex, 2, ZX_HANDLE_INVALID,
			      ZX_TIME_INFINITE);
}

static void unlock(void)
{
	/* Without waiting threads there is no system call. */
	if (atomic_exchange(&mutex, 0) == 2)
		zx_futex_wake(&mutex, 1);
}

static void *count(void *arg)
{
	(void)arg;
	for (int i = 0; i < 10000; i++) {
		lock();
		counter++;
		unlock();
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("%ld\n", counter);
	return counter != 40000;
}
