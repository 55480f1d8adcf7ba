// SPDX-License-Identifier: GPL-2.0-only
/* Futexes: what zx_futex_* promise, and a mutex and a condition variable made of them. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "zxtest.h"
#include "zxthread.h"

#define ALL	UINT32_MAX

/* A number that is no handle. */
#define NO_HANDLE ((zx_handle_t)0x12345674)

/* A thread that waits at a futex once. */
struct sleeper {
	const zx_futex_t *futex;
	int value;
	zx_time_t deadline;
	zx_status_t status;
	int errno_after;
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
};

static void *sleeper_thread(void *arg)
{
	struct sleeper *sleeper = arg;

	errno = 77;
	sleeper->tid = gettid();
	sleeper->status = zx_futex_wait(sleeper->futex, sleeper->value, ZX_HANDLE_INVALID,
					sleeper->deadline);
	sleeper->errno_after = errno;
	sleeper->done = true;
	return NULL;
}

/* Returns true when the thread sleeps. */
static bool fall_asleep(struct sleeper *sleeper, const zx_futex_t *futex, zx_time_t deadline)
{
	*sleeper = (struct sleeper){
		.futex = futex,
		.value = *futex,
		.deadline = deadline,
		.status = ZX_ERR_NEXT,
	};
	return pthread_create(&sleeper->thread, NULL, sleeper_thread, sleeper) == 0 &&
	       zxt_sleeps(&sleeper->tid) && !sleeper->done;
}

static bool all_fall_asleep(struct sleeper *sleepers, unsigned int n, const zx_futex_t *futex)
{
	for (unsigned int i = 0; i < n; i++)
		if (!fall_asleep(&sleepers[i], futex, ZX_TIME_INFINITE))
			return false;
	return true;
}

static zx_status_t result(struct sleeper *sleeper)
{
	pthread_join(sleeper->thread, NULL);
	return sleeper->status;
}

static unsigned int woken(struct sleeper *sleepers, unsigned int n)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < n; i++)
		count += sleepers[i].done;
	return count;
}

/* The same, when @expected are woken, and more would be by now. */
static unsigned int woken_now(struct sleeper *sleepers, unsigned int n, unsigned int expected)
{
	for (int i = 0; i < 180000 && woken(sleepers, n) < expected; i++)
		usleep(1000);
	zx_nanosleep(zx_deadline_after(ZX_MSEC(50)));
	return woken(sleepers, n);
}

/*
 * Waiting.
 */

TEST(a_wait_for_another_value_fails)
{
	zx_futex_t futex = 123;

	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&futex, 124, 0, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&futex, 0, 0, ZXT_SOON));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&futex, -123, 0, 0));
	futex = -1;
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&futex, 0, 0, 0));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_futex_wait(&futex, -1, 0, 0));
}

TEST(a_deadline_that_has_passed)
{
	const zx_time_t past[] = { 0, 1, -1, ZX_TIME_INFINITE_PAST, zx_clock_get_monotonic() };
	zx_futex_t futex = 7;

	for (size_t i = 0; i < ARRAY_SIZE(past); i++)
		EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_futex_wait(&futex, 7, 0, past[i]));
}

TEST(a_wait_ends_at_its_deadline)
{
	zx_futex_t futex = 0;

	for (int i = 0; i < 5; i++) {
		zx_time_t deadline = zx_deadline_after(ZX_MSEC(20));

		EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_futex_wait(&futex, 0, 0, deadline));
		EXPECT_LE(deadline, zx_clock_get_monotonic());
	}
}

/* The largest time that is not ZX_TIME_INFINITE, and one that Linux may take as infinite. */
TEST(a_deadline_in_the_far_future)
{
	const zx_time_t far[] = { ZX_TIME_INFINITE, ZX_TIME_INFINITE - 1, ZX_TIME_INFINITE / 2 };
	zx_futex_t futex = 0;

	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		struct sleeper sleeper;

		ASSERT_TRUE(fall_asleep(&sleeper, &futex, far[i]));
		EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
		EXPECT_EQ(ZX_OK, result(&sleeper));
	}
}

TEST(a_wait_at_a_bad_address)
{
	int words[2] = {};
	const zx_futex_t *odd = (void *)((char *)words + 1);

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(NULL, 0, 0, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(odd, 0, 0, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(odd, 1, 0, 0));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(zxt_nowhere[i], 0, 0, 0));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_futex_wait(zxt_at_edge(4), 0, 0, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait((zx_futex_t *)zxt_at_edge(4) + 1, 0, 0, 0));
}

TEST(a_futex_that_can_only_be_read)
{
	const zx_futex_t *futex = zxt_read_only();
	struct sleeper sleeper;
	zx_futex_t other = 0;

	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(futex, 1, 0, ZX_TIME_INFINITE));
	ASSERT_TRUE(fall_asleep(&sleeper, futex, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(futex, 0, 0, &other, ALL, 0));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&other, 0, 0, futex, ALL, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(futex, 1));
	EXPECT_EQ(ZX_OK, result(&sleeper));
}

/*
 * Waking.
 */

TEST(a_wake_without_a_waiter)
{
	zx_futex_t futex = 0;

	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, ALL));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
	/* It is not remembered. */
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_futex_wait(&futex, 0, 0, 0));
}

TEST(a_wake_is_for_so_many_threads)
{
	struct sleeper sleepers[6];
	zx_futex_t futex = 1;

	ASSERT_TRUE(all_fall_asleep(sleepers, 6, &futex));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 0));
	EXPECT_EQ(0, woken_now(sleepers, 6, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 2));
	EXPECT_EQ(2, woken_now(sleepers, 6, 2));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
	EXPECT_EQ(3, woken_now(sleepers, 6, 3));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, ALL));
	for (int i = 0; i < 6; i++)
		EXPECT_EQ(ZX_OK, result(&sleepers[i]));
}

/* These counts are negative where they are taken as an int. */
TEST(a_wake_is_for_very_many_threads)
{
	const uint32_t counts[] = { ALL, 0x80000000, 0x7fffffff, 0xfffffffe };
	zx_futex_t futex = 1, other = 0;
	struct sleeper sleepers[3];

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		ASSERT_TRUE(all_fall_asleep(sleepers, 3, &futex));
		EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 1, &other, counts[i], 0));
		EXPECT_EQ(ZX_OK, zx_futex_requeue(&other, counts[i], 0, &futex, counts[i], 0));
		for (int j = 0; j < 3; j++)
			EXPECT_EQ(ZX_OK, result(&sleepers[j]));
		ASSERT_TRUE(all_fall_asleep(sleepers, 3, &futex));
		EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, counts[i]));
		for (int j = 0; j < 3; j++)
			EXPECT_EQ(ZX_OK, result(&sleepers[j]));
	}
}

TEST(a_wake_is_for_one_address)
{
	zx_futex_t futexes[3] = { 1, 1, 1 };
	struct sleeper sleepers[2];

	ASSERT_TRUE(fall_asleep(&sleepers[0], &futexes[0], ZX_TIME_INFINITE));
	ASSERT_TRUE(fall_asleep(&sleepers[1], &futexes[1], ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futexes[2], ALL));
	EXPECT_EQ(0, woken_now(sleepers, 2, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futexes[0], ALL));
	EXPECT_EQ(ZX_OK, result(&sleepers[0]));
	EXPECT_EQ(1, woken_now(sleepers, 2, 1));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futexes[1], ALL));
	EXPECT_EQ(ZX_OK, result(&sleepers[1]));
}

/* A mutex may be freed before the thread that has released it wakes the next. */
TEST(a_wake_at_an_address_without_memory)
{
	const zx_futex_t *futex = zxt_read_only();
	struct sleeper sleeper;
	int words[2] = {};

	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		bool aligned = (uintptr_t)zxt_nowhere[i] % sizeof(int) == 0;

		EXPECT_EQ(aligned ? ZX_OK : ZX_ERR_INVALID_ARGS, zx_futex_wake(zxt_nowhere[i], 1));
	}
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake(NULL, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake(NULL, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake_single_owner(NULL));
	for (int i = 1; i < 4; i++) {
		const zx_futex_t *odd = (void *)((char *)words + i);

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake(odd, 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake(odd, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake_single_owner(odd));
	}
	ASSERT_TRUE(fall_asleep(&sleeper, futex, ZX_TIME_INFINITE));
	ASSERT_EQ(0, munmap((void *)futex, getpagesize()));
	EXPECT_EQ(ZX_OK, zx_futex_wake(futex, 1));
	EXPECT_EQ(ZX_OK, result(&sleeper));
}

/*
 * Moving threads to another futex.
 */

TEST(a_requeue_for_another_value_fails)
{
	zx_futex_t futex = 100, other = 200;
	struct sleeper sleepers[2];

	ASSERT_TRUE(all_fall_asleep(sleepers, 2, &futex));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_requeue(&futex, 1, 101, &other, 1, 0));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_requeue_single_owner(&futex, 200, &other, 1, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, ALL));
	EXPECT_EQ(0, woken_now(sleepers, 2, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, ALL));
	EXPECT_EQ(ZX_OK, result(&sleepers[0]));
	EXPECT_EQ(ZX_OK, result(&sleepers[1]));
}

TEST(a_requeue_to_the_same_futex_fails)
{
	zx_futex_t futex = 100;

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&futex, 1, 100, &futex, 1, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue_single_owner(&futex, 100, &futex, 1, 0));
	/* Before the value and the handle are looked at. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&futex, 1, 101, &futex, 1, NO_HANDLE));
}

TEST(a_requeue_at_a_bad_address)
{
	zx_futex_t futex = 100;
	int words[2] = {};
	zx_futex_t *odd = (void *)((char *)words + 1);

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(NULL, 1, 0, &futex, 1, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(odd, 1, 0, &futex, 1, 0));
	/* Before the value is compared. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&futex, 1, 101, NULL, 1, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&futex, 1, 101, odd, 1, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue_single_owner(NULL, 0, &futex, 1, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue_single_owner(&futex, 100, odd, 1, 0));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_futex_requeue(zxt_nowhere[i], 1, 0, &futex, 1, 0));
	/* Of the other futex the memory is not read, but it must be an address of user space. */
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 1, 100, zxt_nowhere[0], 1, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&futex, 1, 100, zxt_nowhere[1], 1, 0));
}

TEST(a_requeue_wakes_some_and_moves_others)
{
	zx_futex_t futex = 100, other = 200;
	struct sleeper sleepers[6];

	ASSERT_TRUE(all_fall_asleep(sleepers, 6, &futex));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 3, 100, &other, 2, 0));
	EXPECT_EQ(3, woken_now(sleepers, 6, 3));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, ALL));
	EXPECT_EQ(5, woken_now(sleepers, 6, 5));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
	for (int i = 0; i < 6; i++)
		EXPECT_EQ(ZX_OK, result(&sleepers[i]));
}

TEST(a_requeue_of_64_threads)
{
	static struct sleeper sleepers[64];
	zx_futex_t futex = 0, other = 1, third = 2;

	ASSERT_TRUE(all_fall_asleep(sleepers, 64, &futex));
	EXPECT_EQ(ZX_OK, zx_futex_requeue_single_owner(&futex, 0, &other, 40, 0));
	EXPECT_EQ(1, woken_now(sleepers, 64, 1));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&other, 0, 1, &third, 10, 0));
	EXPECT_EQ(1, woken_now(sleepers, 64, 1));
	/* So 23 threads wait at the first, 30 at the second and 10 at the third. */
	EXPECT_EQ(ZX_OK, zx_futex_wake(&third, ALL));
	EXPECT_EQ(11, woken_now(sleepers, 64, 11));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, ALL));
	EXPECT_EQ(34, woken_now(sleepers, 64, 34));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, 29));
	EXPECT_EQ(63, woken_now(sleepers, 64, 63));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, ALL));
	for (int i = 0; i < 64; i++)
		EXPECT_EQ(ZX_OK, result(&sleepers[i]));
}

TEST(a_requeue_that_wakes_or_moves_none)
{
	zx_futex_t futex = 0, other = 1;
	struct sleeper sleepers[3];

	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, ALL, 0, &other, ALL, 0));
	ASSERT_TRUE(all_fall_asleep(sleepers, 3, &futex));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, 0, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, ALL));
	EXPECT_EQ(0, woken_now(sleepers, 3, 0));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, ALL, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, ALL));
	EXPECT_EQ(0, woken_now(sleepers, 3, 0));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&other, 2, 1, &futex, 0, 0));
	EXPECT_EQ(2, woken_now(sleepers, 3, 2));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, 1));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ZX_OK, result(&sleepers[i]));
}

/* A thread that was moved and has timed out does not count as one that is woken. */
TEST(a_deadline_of_a_thread_that_was_moved)
{
	zx_futex_t futex = 100, other = 200;
	struct sleeper first, second;
	zx_time_t deadline;

	/* On a slow machine the deadline may pass before the thread is moved. */
	for (int ms = 100;; ms *= 4) {
		deadline = zx_deadline_after(ZX_MSEC(ms));
		if (fall_asleep(&first, &futex, deadline) &&
		    zx_futex_requeue(&futex, 0, 100, &other, ALL, 0) == ZX_OK &&
		    zx_clock_get_monotonic() < deadline && !first.done)
			break;
		ASSERT_EQ(ZX_ERR_TIMED_OUT, result(&first));
		ASSERT_GT(100000, ms);
	}
	ASSERT_TRUE(fall_asleep(&second, &other, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, result(&first));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	EXPECT_FALSE(second.done);
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, 1));
	EXPECT_EQ(ZX_OK, result(&second));
}

/*
 * Owners.
 */

TEST(an_owner_is_checked_after_the_value)
{
	zx_futex_t futex = 100, other = 200;
	zx_handle_t event, handles[5];

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	handles[4] = zx_thread_self();
	handles[0] = NO_HANDLE;
	handles[1] = ~0u;
	handles[2] = event;
	handles[3] = zx_process_self();
	for (int i = 0; i < 5; i++) {
		/* This thread cannot wait for itself, but others may be moved to wait for it. */
		zx_status_t expected = i < 2 ? ZX_ERR_BAD_HANDLE :
				       i < 4 ? ZX_ERR_WRONG_TYPE : ZX_ERR_INVALID_ARGS;
		zx_status_t expected_of_requeue = i < 4 ? expected : ZX_OK;

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(NULL, 100, handles[i], 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(zxt_nowhere[0], 0, handles[i], 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_futex_requeue(zxt_nowhere[0], 1, 0, &other, 1, handles[i]));
		EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&futex, 1, handles[i], ZX_TIME_INFINITE));
		EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_requeue(&futex, 1, 1, &other, 1, handles[i]));
		/* Before the thread sleeps, and before the deadline is looked at. */
		EXPECT_EQ(expected, zx_futex_wait(&futex, 100, handles[i], ZX_TIME_INFINITE));
		EXPECT_EQ(expected, zx_futex_wait(&futex, 100, handles[i], 0));
		EXPECT_EQ(expected_of_requeue,
			  zx_futex_requeue(&futex, 1, 100, &other, 1, handles[i]));
		EXPECT_EQ(expected_of_requeue,
			  zx_futex_requeue_single_owner(&futex, 100, &other, 1, handles[i]));
	}
	EXPECT_TRUE(zxt_is_open(event));
	/* The event, and the handle of this thread. */
	EXPECT_EQ(2, zxt_handles());
}

TEST(a_bad_owner_changes_nothing)
{
	zx_futex_t futex = 100, other = 200;
	struct sleeper sleepers[3];

	ASSERT_TRUE(all_fall_asleep(sleepers, 3, &futex));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_futex_wait(&futex, 100, NO_HANDLE, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_futex_requeue(&futex, 1, 100, &other, 2, NO_HANDLE));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, ALL));
	EXPECT_EQ(0, woken_now(sleepers, 3, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 3));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ZX_OK, result(&sleepers[i]));
}

TEST(a_futex_has_no_owner)
{
	zx_futex_t futex = 0, other = 1;
	zx_koid_t koids[2] = { 77, 78 };
	struct sleeper sleeper;

	errno = 77;
	EXPECT_EQ(ZX_OK, zx_futex_get_owner(&futex, &koids[0]));
	EXPECT_EQ(ZX_KOID_INVALID, koids[0]);
	EXPECT_EQ(78, koids[1]);
	EXPECT_EQ(77, errno);
	ASSERT_TRUE(fall_asleep(&sleeper, &futex, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_futex_get_owner(&futex, &koids[1]));
	EXPECT_EQ(ZX_KOID_INVALID, koids[1]);
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, 1, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, 1));
	EXPECT_EQ(ZX_OK, result(&sleeper));
	koids[0] = 77;
	EXPECT_EQ(ZX_OK, zx_futex_get_owner(&other, &koids[0]));
	EXPECT_EQ(ZX_KOID_INVALID, koids[0]);
}

TEST(bad_pointers_of_get_owner)
{
	zx_futex_t futex = 0;
	zx_koid_t koid = 77, *bad;
	int words[2] = {};

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_get_owner(NULL, &koid));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_get_owner((void *)((char *)words + 1), &koid));
	EXPECT_EQ(77, koid);
	zxt_for_each_bad_out(bad)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_get_owner(&futex, bad));
	EXPECT_EQ(ZX_OK, zx_futex_get_owner(&futex, zxt_at_edge(sizeof(koid))));
	/* The memory of the futex is not looked at. */
	EXPECT_EQ(ZX_OK, zx_futex_get_owner(zxt_nowhere[0], &koid));
	EXPECT_EQ(ZX_KOID_INVALID, koid);
}

/*
 * What programs make of futexes.
 */

/* The state is 0: free, 1: locked, or 2: locked, and threads may wait. */
struct lock {
	zx_futex_t state;
};

static void lock_state(struct lock *mutex, int to)
{
	int state = 0;

	if (to == 1 && atomic_compare_exchange_strong(&mutex->state, &state, 1))
		return;
	while (atomic_exchange(&mutex->state, 2) != 0)
		zx_futex_wait(&mutex->state, 2, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
}

static void lock(struct lock *mutex)
{
	lock_state(mutex, 1);
}

static void unlock(struct lock *mutex)
{
	if (atomic_exchange(&mutex->state, 0) == 2)
		zx_futex_wake(&mutex->state, 1);
}

static struct {
	struct lock mutex;
	zx_futex_t condition;		/* counts signals */
	unsigned int rounds, counter;
	unsigned int items, taken, made;
	bool single_owner;
} shared;

static void *counting(void *arg)
{
	(void)arg;
	for (unsigned int i = 0; i < shared.rounds; i++) {
		unsigned int before;

		lock(&shared.mutex);
		before = shared.counter;
		if (i % 16 == 0)
			sched_yield();
		shared.counter = before + 1;
		unlock(&shared.mutex);
	}
	return NULL;
}

TEST(a_mutex)
{
	pthread_t threads[4];

	shared.rounds = zxt_part(20000);
	for (int i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, counting, NULL));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(4 * shared.rounds, shared.counter);
}

/* Waits for the condition. A thread that was moved to the mutex knows of others that wait there. */
static void wait_for_condition(void)
{
	int signals = shared.condition;

	unlock(&shared.mutex);
	zx_futex_wait(&shared.condition, signals, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
	lock_state(&shared.mutex, 2);
}

/* Wakes one thread, and moves the others to the mutex, which the caller has locked. */
static void signal_all(void)
{
	int signals = atomic_fetch_add(&shared.condition, 1) + 1;

	shared.mutex.state = 2;
	if (shared.single_owner)
		zx_futex_requeue_single_owner(&shared.condition, signals, &shared.mutex.state, ALL,
					      ZX_HANDLE_INVALID);
	else
		zx_futex_requeue(&shared.condition, 1, signals, &shared.mutex.state, ALL,
				 ZX_HANDLE_INVALID);
}

static void *consuming(void *arg)
{
	(void)arg;
	lock(&shared.mutex);
	while (shared.taken < shared.rounds) {
		if (shared.items) {
			shared.items--;
			if (++shared.taken == shared.rounds)
				signal_all();
		} else {
			wait_for_condition();
		}
	}
	unlock(&shared.mutex);
	return NULL;
}

static void *producing(void *arg)
{
	(void)arg;
	for (;;) {
		lock(&shared.mutex);
		if (shared.made >= shared.rounds)
			break;
		shared.made++;
		shared.items++;
		signal_all();
		unlock(&shared.mutex);
	}
	unlock(&shared.mutex);
	return NULL;
}

TEST(a_condition_variable)
{
	pthread_t threads[6];

	for (int i = 0; i < 2; i++) {
		memset(&shared, 0, sizeof(shared));
		shared.single_owner = i;
		shared.rounds = zxt_part(10000);
		for (int j = 0; j < 6; j++)
			ASSERT_EQ(0, pthread_create(&threads[j], NULL,
						    j < 4 ? consuming : producing, NULL));
		for (int j = 0; j < 6; j++)
			pthread_join(threads[j], NULL);
		EXPECT_EQ(shared.rounds, shared.taken);
		EXPECT_EQ(0, shared.items);
	}
}

/*
 * Linux: signals, cancellation, fork().
 */

TEST(a_wait_goes_on_after_a_signal_handler)
{
	zx_futex_t futex = 0;
	struct sleeper sleeper;

	for (int i = 0; i < 2; i++) {
		ASSERT_TRUE(fall_asleep(&sleeper, &futex, i ? ZXT_SOON : ZX_TIME_INFINITE));
		zxt_interrupt(sleeper.thread);
		ASSERT_TRUE(zxt_sleeps(&sleeper.tid));
		EXPECT_FALSE(sleeper.done);
		EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
		EXPECT_EQ(ZX_OK, result(&sleeper));
		EXPECT_EQ(77, sleeper.errno_after);
	}
}

TEST(signal_handlers_do_not_move_the_deadline)
{
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(200));
	zx_futex_t futex = 0;
	struct sleeper sleeper;

	if (fall_asleep(&sleeper, &futex, deadline))
		zxt_interrupt(sleeper.thread);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, result(&sleeper));
	EXPECT_EQ(77, sleeper.errno_after);
	EXPECT_LE(deadline, zx_clock_get_monotonic());
}

static zx_futex_t changed_by_handler;

static void change_in_handler(int signal)
{
	(void)signal;
	changed_by_handler = 1;
	zx_futex_wake(&changed_by_handler, ALL);
}

/* The handler runs in the thread that waits, so it cannot wake that; but it changes the value. */
TEST(a_signal_handler_that_changes_the_value)
{
	const struct sigaction action = { .sa_handler = change_in_handler };
	struct sleeper sleeper;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_TRUE(fall_asleep(&sleeper, &changed_by_handler, ZX_TIME_INFINITE));
	pthread_kill(sleeper.thread, SIGUSR1);
	EXPECT_EQ(ZX_ERR_BAD_STATE, result(&sleeper));
}

static void *wait_uncancelled(void *arg)
{
	struct sleeper *sleeper = arg;

	sleeper_thread(sleeper);
	pthread_testcancel();
	return NULL;
}

TEST(a_wait_is_no_cancellation_point)
{
	zx_futex_t futex = 0;
	struct sleeper sleeper = { .futex = &futex, .deadline = ZX_TIME_INFINITE };
	void *ret;

	ASSERT_EQ(0, pthread_create(&sleeper.thread, NULL, wait_uncancelled, &sleeper));
	ASSERT_TRUE(zxt_sleeps(&sleeper.tid));
	ASSERT_EQ(0, pthread_cancel(sleeper.thread));
	EXPECT_EQ(0, woken_now(&sleeper, 1, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
	ASSERT_EQ(0, pthread_join(sleeper.thread, &ret));
	EXPECT_TRUE(sleeper.done);
	EXPECT_EQ(PTHREAD_CANCELED, ret);
	EXPECT_EQ(ZX_OK, sleeper.status);
}

/* A child has the same memory at the same address, but its futexes are its own. */
TEST(a_child_has_futexes_of_its_own)
{
	zx_futex_t *futex = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sleeper sleeper;
	zx_futex_t other = 0;
	pid_t child;

	ASSERT_NE(MAP_FAILED, futex);
	ASSERT_TRUE(fall_asleep(&sleeper, futex, ZX_TIME_INFINITE));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		struct sleeper own;

		if (zx_futex_wake(futex, ALL) != ZX_OK ||
		    zx_futex_requeue(futex, ALL, 0, &other, ALL, 0) != ZX_OK)
			_exit(1);
		if (!fall_asleep(&own, futex, ZX_TIME_INFINITE))
			_exit(2);
		if (zx_futex_wake(futex, 1) != ZX_OK || result(&own) != ZX_OK)
			_exit(3);
		_exit(0);
	}
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_EQ(0, woken_now(&sleeper, 1, 0));
	EXPECT_EQ(ZX_OK, zx_futex_wake(futex, 1));
	EXPECT_EQ(ZX_OK, result(&sleeper));
}

/*
 * The end of a thread.
 */

#define STACK	(64 << 10)

struct leaver {
	zx_futex_t done;
	atomic_int tid;
	uint32_t wake_count;
	zx_handle_t close;
	int plain;		/* written before the end, without an atomic operation */
};

static int leave(void *arg)
{
	struct leaver *leaver = arg;

	leaver->tid = syscall(SYS_gettid);
	leaver->plain = 42;
	zx_futex_wake_handle_close_thread_exit(&leaver->done, leaver->wake_count, 1, leaver->close);
}

static void *leave_thread(void *arg)
{
	leave(arg);
	return NULL;
}

/*
 * A thread without the C library, so that its stack is in use by nothing else. It has the
 * thread-local variables of its creator.
 */
static bool start_leaver(struct leaver *leaver, uint8_t *stack)
{
	return clone(leave, stack + STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
		     CLONE_THREAD | CLONE_SYSVSEM, leaver) > 0;
}

static uint8_t *map_stack(uint8_t *where)
{
	return mmap(where, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		    (where ? MAP_FIXED_NOREPLACE : 0), -1, 0);
}

/* Whether all of it is still zero. */
static bool is_untouched(const uint8_t *stack)
{
	for (size_t i = 0; i < STACK; i++)
		if (stack[i])
			return false;
	return true;
}

TEST(a_stack_that_is_unmapped_when_its_thread_ends)
{
	const struct sigaction action = { .sa_handler = zxt_do_nothing };

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	for (unsigned int round = 0; round < zxt_part(3000); round++) {
		struct leaver leaver = { .wake_count = 1 };
		zx_handle_t peer = ZX_HANDLE_INVALID;
		uint8_t *stack = map_stack(NULL);

		ASSERT_NE(MAP_FAILED, stack);
		if (round % 3)
			ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &leaver.close, &peer));
		ASSERT_TRUE(start_leaver(&leaver, stack));
		/* Sleep until it wakes this thread, or do not wait for that. */
		while (!leaver.done)
			if (round % 2)
				zx_futex_wait(&leaver.done, 0, ZX_HANDLE_INVALID, ZXT_SOON);
		ASSERT_EQ(0, munmap(stack, STACK));
		ASSERT_EQ(42, leaver.plain);
		/* A signal handler would need the stack. */
		syscall(SYS_tgkill, getpid(), leaver.tid, SIGUSR1);
		/* Another use of the memory, which the thread must not change. */
		if (round % 5 == 0)
			ASSERT_EQ(stack, map_stack(stack));
		while (syscall(SYS_tgkill, getpid(), leaver.tid, 0) == 0)
			sched_yield();
		if (round % 5 == 0) {
			ASSERT_TRUE(is_untouched(stack));
			ASSERT_EQ(0, munmap(stack, STACK));
		}
		if (peer) {
			ASSERT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(peer));
			ASSERT_EQ(ZX_OK, zx_handle_close(peer));
		}
	}
	EXPECT_EQ(0, zxt_handles());
}

/* The handle is closed after the value is stored. */
TEST(a_thread_ends_in_order)
{
	for (unsigned int round = 0; round < zxt_part(2000); round++) {
		struct leaver leaver = { .wake_count = ALL };
		pthread_t thread;
		zx_handle_t peer;

		ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &leaver.close, &peer));
		ASSERT_EQ(0, pthread_create(&thread, NULL, leave_thread, &leaver));
		while (!(zxt_signals(peer) & ZX_EVENTPAIR_PEER_CLOSED))
			;
		ASSERT_EQ(1, atomic_load(&leaver.done));
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(ZX_OK, zx_handle_close(peer));
	}
}

TEST(a_thread_that_ends_wakes_so_many)
{
	struct leaver leaver = { .wake_count = 0 };
	struct sleeper sleepers[3];
	pthread_t thread;

	ASSERT_TRUE(all_fall_asleep(sleepers, 3, &leaver.done));
	ASSERT_EQ(0, pthread_create(&thread, NULL, leave_thread, &leaver));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(1, leaver.done);
	EXPECT_EQ(0, woken_now(sleepers, 3, 0));
	leaver.wake_count = 2;
	ASSERT_EQ(0, pthread_create(&thread, NULL, leave_thread, &leaver));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(2, woken_now(sleepers, 3, 2));
	leaver.wake_count = ALL;
	ASSERT_EQ(0, pthread_create(&thread, NULL, leave_thread, &leaver));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ZX_OK, result(&sleepers[i]));
}

/* More than the library has entries for handles that are being closed. */
#define LEAVERS	200

static pthread_barrier_t leaving;

static void *leave_together(void *arg)
{
	pthread_barrier_wait(&leaving);
	return leave_thread(arg);
}

static bool many_leave(void)
{
	static struct leaver leavers[LEAVERS];
	static zx_handle_t peers[LEAVERS];
	static pthread_t threads[LEAVERS];
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_barrier_init(&leaving, NULL, LEAVERS);
	for (int i = 0; i < LEAVERS; i++) {
		leavers[i] = (struct leaver){ .wake_count = 1 };
		if (zx_eventpair_create(0, &leavers[i].close, &peers[i]) != ZX_OK ||
		    pthread_create(&threads[i], &attr, leave_together, &leavers[i]))
			return false;
	}
	for (int i = 0; i < LEAVERS; i++)
		if (pthread_join(threads[i], NULL) || leavers[i].done != 1 ||
		    !(zxt_signals(peers[i]) & ZX_EVENTPAIR_PEER_CLOSED) ||
		    zx_handle_close(peers[i]) != ZX_OK)
			return false;
	return zxt_handles() == 0;
}

TEST(many_threads_end_at_once)
{
	pid_t child;

	for (int i = 0; i < 10; i++)
		ASSERT_TRUE(many_leave());
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0)
		_exit(many_leave() ? 0 : 1);
	EXPECT_EQ(0, zxt_reap(child));
}

/* The first call that this process makes. */
TEST(a_thread_that_ends_without_a_handle_needs_no_device)
{
	struct leaver leaver = { .wake_count = 1 };
	struct sleeper sleeper;
	pthread_t thread;

	ASSERT_EQ(0, close_range(3, ~0u, 0));
	ASSERT_TRUE(fall_asleep(&sleeper, &leaver.done, ZX_TIME_INFINITE));
	ASSERT_EQ(0, pthread_create(&thread, NULL, leave_thread, &leaver));
	EXPECT_EQ(ZX_OK, result(&sleeper));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	/* No call of a futex has opened the device. */
	EXPECT_EQ(3, dup(0));
}

/* Another thread cannot go on: what the first one had to do is not done. */
static int trap(const zx_futex_t *futex, uint32_t wake_count, zx_handle_t handle)
{
	pid_t child = fork();

	if (child == 0)
		zx_futex_wake_handle_close_thread_exit(futex, wake_count, 1, handle);
	return zxt_reap(child);
}

TEST(a_step_that_fails_is_a_trap)
{
#ifdef __x86_64__
	const int trapped = 128 + SIGILL;
#else
	const int trapped = 128 + SIGTRAP;
#endif
	zx_futex_t words[2] = {};
	zx_handle_t closed;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &closed));
	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	EXPECT_EQ(0, trap(words, 1, ZX_HANDLE_INVALID));
	EXPECT_EQ(trapped, trap(words, 1, NO_HANDLE));
	EXPECT_EQ(trapped, trap(words, 1, closed));
	EXPECT_EQ(trapped, trap((void *)((char *)words + 1), 1, ZX_HANDLE_INVALID));
	EXPECT_EQ(trapped, trap((void *)((char *)words + 2), 0, ZX_HANDLE_INVALID));
	EXPECT_EQ(128 + SIGSEGV, trap(NULL, 1, ZX_HANDLE_INVALID));
}

TEST_HARNESS_MAIN
