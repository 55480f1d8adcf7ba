// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: closing, duplicating, reducing rights, checking, and the handle table.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "zxtest.h"

FIXTURE(handle) {
	zx_handle_t event;
	zx_handle_t pair[2];	/* closing one endpoint shows at the other */
};

FIXTURE_SETUP(handle)
{
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->pair[0], &self->pair[1]));
}

FIXTURE_TEARDOWN(handle)
{
}

/* Numbers that can never be handles, and numbers that only look like handles. */
static const zx_handle_t no_handles[] = { 3, 7, 0x7fffffff, 0xffffffff, 0x80000003, 1, 2, 4 };

TEST_F(handle, close_ends_a_handle)
{
	EXPECT_EQ(3, zxt_handles());
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(2, zxt_handles());
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(self->event));
	EXPECT_EQ(2, zxt_handles());
}

TEST_F(handle, close_of_last_handle_ends_the_object)
{
	zx_handle_t copy;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->pair[0], ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->pair[0]));
	EXPECT_EQ(0, zxt_signals(self->pair[1]));
	EXPECT_EQ(ZX_OK, zx_handle_close(copy));
	EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(self->pair[1]));
}

TEST_F(handle, close_of_no_handle)
{
	EXPECT_EQ(ZX_OK, zx_handle_close(ZX_HANDLE_INVALID));
	for (size_t i = 0; i < ARRAY_SIZE(no_handles); i++) {
		if (zx_handle_check_valid(no_handles[i]) != ZX_OK)
			EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(no_handles[i]));
	}
	/* The fixed bits are part of the number. */
	for (zx_handle_t bits = 1; bits <= ZX_HANDLE_FIXED_BITS_MASK; bits++)
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(self->event ^ bits));
	EXPECT_EQ(3, zxt_handles());
}

TEST_F(handle, close_needs_no_right)
{
	zx_handle_t bare;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_NONE, &bare));
	EXPECT_EQ(ZX_OK, zx_handle_close(bare));
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

TEST_F(handle, close_many_closes_all)
{
	const zx_handle_t all[] = { self->event, ZX_HANDLE_INVALID, self->pair[0] };

	EXPECT_EQ(ZX_OK, zx_handle_close_many(all, 3));
	EXPECT_EQ(1, zxt_handles());
	EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(self->pair[1]));
}

TEST_F(handle, close_many_of_none)
{
	EXPECT_EQ(ZX_OK, zx_handle_close_many(NULL, 0));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(&self->event, 0));
	EXPECT_EQ(3, zxt_handles());
}

/* Good handles are closed wherever the bad one is. */
TEST_F(handle, close_many_with_a_bad_one)
{
	for (int bad = 0; bad < 3; bad++) {
		zx_handle_t all[3];

		for (int i = 0; i < 3; i++)
			ASSERT_EQ(ZX_OK, zx_event_create(0, &all[i]));
		ASSERT_EQ(ZX_OK, zx_handle_close(all[bad]));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close_many(all, 3));
		EXPECT_EQ(3, zxt_handles());
	}
}

TEST_F(handle, close_many_with_one_twice)
{
	const zx_handle_t all[] = { self->event, self->pair[0], self->event, self->pair[1] };

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close_many(all, 4));
	EXPECT_EQ(0, zxt_handles());
}

TEST_F(handle, close_many_of_many)
{
	static zx_handle_t all[5000];

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		ASSERT_EQ(ZX_OK, zx_event_create(0, &all[i]));
	EXPECT_EQ(5003, zxt_handles());
	EXPECT_EQ(ZX_OK, zx_handle_close_many(all, ARRAY_SIZE(all)));
	EXPECT_EQ(3, zxt_handles());
}

TEST_F(handle, close_many_with_bad_pointers)
{
	zx_handle_t *edge = zxt_at_edge(sizeof(*edge));

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_close_many(NULL, 1));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_close_many(zxt_nowhere[i], 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_close_many(zxt_nowhere[i], SIZE_MAX));
	}
	EXPECT_EQ(3, zxt_handles());
	/* More than are mapped, and so many that the size overflows to four bytes. */
	*edge = ZX_HANDLE_INVALID;
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_close_many(edge, 2));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_close_many(edge, SIZE_MAX));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_close_many(edge, SIZE_MAX / sizeof(*edge) + 2));
	EXPECT_EQ(3, zxt_handles());
}

/* @count zeroes, which are no handles. */
static zx_handle_t *numbers(size_t count)
{
	zx_handle_t *all = mmap(NULL, count * sizeof(*all), PROT_READ,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (all == MAP_FAILED)
		abort();
	return all;
}

/* A call with very many handles can be stopped, continued and killed. */
TEST_F(handle, absurd_numbers_can_be_stopped)
{
	const size_t count = 1u << 30;
	int status;

	for (int which = 0; which < 3; which++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (!child) {
			zx_handle_t channel[2], *all = numbers(4 * count);

			if (zx_channel_create(0, &channel[0], &channel[1]) != ZX_OK)
				_exit(1);
			raise(SIGSTOP);
			for (;;) {
				if (which == 0)
					zx_handle_close_many(all, count);
				else if (which == 1)
					zx_channel_write(channel[0], 0xff, "x", 1, all, count);
				else
					zx_channel_write_etc(channel[0], 0, "x", 1, (void *)all,
							     count / 8);
			}
		}
		for (int i = 0; i < 20; i++) {
			ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
			ASSERT_TRUE(WIFSTOPPED(status));
			ASSERT_EQ(0, kill(child, SIGCONT));
			ASSERT_EQ(child, waitpid(child, &status, WCONTINUED));
			/* The next call has begun by then, or is about to. */
			usleep(1000 * i);
			ASSERT_EQ(0, kill(child, SIGSTOP));
		}
		ASSERT_EQ(0, kill(child, SIGKILL));
		ASSERT_EQ(child, waitpid(child, &status, 0));
	}
}

/* The library splits the call: good handles between and after bad ones are closed. */
TEST_F(handle, close_many_in_pieces)
{
	const size_t count = 3 * 4096 + 1;
	zx_handle_t *all = calloc(count, sizeof(*all));

	all[0] = self->event;
	for (size_t i = 4095; i <= 4097; i++)
		ASSERT_EQ(ZX_OK, zx_event_create(0, &all[i]));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &all[count - 1]));
	EXPECT_EQ(7, zxt_handles());
	EXPECT_EQ(ZX_OK, zx_handle_close_many(all, count));
	EXPECT_EQ(2, zxt_handles());
	/* Only the first piece has a bad handle. */
	ASSERT_EQ(ZX_OK, zx_event_create(0, &all[count - 1]));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close_many(all, count));
	EXPECT_EQ(2, zxt_handles());
	free(all);
}

TEST_F(handle, duplicate_names_the_same_object)
{
	zx_handle_t copy = ZX_HANDLE_INVALID;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_NE(copy, self->event);
	EXPECT_EQ(zxt_koid(self->event), zxt_koid(copy));
	EXPECT_EQ(ZX_DEFAULT_EVENT_RIGHTS, zxt_basic(copy).rights);
	EXPECT_EQ(ZX_DEFAULT_EVENT_RIGHTS, zxt_basic(self->event).rights);
	EXPECT_EQ(2, zxt_handles_to(self->event));
	EXPECT_EQ(ZX_OK, zx_object_signal(copy, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_EVENT_SIGNALED, zxt_signals(self->event));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_EVENT_SIGNALED, zxt_signals(copy));
	EXPECT_EQ(1, zxt_handles_to(copy));
}

/* Every subset of the event's rights, and every right that it does not have. */
TEST_F(handle, duplicate_takes_a_subset_of_rights)
{
	const zx_rights_t all = ZX_DEFAULT_EVENT_RIGHTS;
	zx_rights_t rights = 0;
	zx_handle_t copy;

	do {
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, rights, &copy));
		EXPECT_EQ(rights, zxt_basic(copy).rights);
		EXPECT_EQ(ZX_OK, zx_handle_close(copy));
		rights = (rights - all) & all;
	} while (rights);

	for (unsigned int bit = 0; bit < 32; bit++) {
		rights = (zx_rights_t)1 << bit;
		if (rights & (all | ZX_RIGHT_SAME_RIGHTS))
			continue;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_duplicate(self->event, rights, &copy));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_handle_duplicate(self->event, all | rights, &copy));
	}
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS | ZX_RIGHT_WAIT, &copy));
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

/* Rights that were given up do not come back. */
TEST_F(handle, duplicate_never_adds_rights)
{
	const zx_rights_t few = ZX_RIGHT_DUPLICATE | ZX_RIGHT_WAIT;
	zx_handle_t narrow, copy;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, few, &narrow));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_duplicate(narrow, few | ZX_RIGHT_SIGNAL, &copy));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(narrow, ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_EQ(few, zxt_basic(copy).rights);
}

TEST_F(handle, duplicate_needs_its_right)
{
	zx_handle_t source = zxt_without(self->event, ZX_RIGHT_DUPLICATE), copy;
	zx_handle_t ends[2];

	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_handle_duplicate(source, ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_handle_duplicate(source, ZX_RIGHT_NONE, &copy));
	EXPECT_EQ(2, zxt_handles_to(self->event));
	/* Channels never have ZX_RIGHT_DUPLICATE. */
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_handle_duplicate(ends[0], ZX_RIGHT_SAME_RIGHTS, &copy));
}

TEST_F(handle, duplicate_of_no_handle)
{
	zx_handle_t copy;

	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_handle_duplicate(ZX_HANDLE_INVALID, ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_EQ(2, zxt_handles());
}

TEST_F(handle, duplicate_to_bad_pointers)
{
	zx_handle_t *out;

	zxt_for_each_bad_out(out)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, out));
	EXPECT_EQ(1, zxt_handles_to(self->event));
	EXPECT_EQ(3, zxt_handles());
}

TEST_F(handle, replace_invalidates_the_old)
{
	zx_koid_t koid = zxt_koid(self->event);
	zx_handle_t fresh;

	ASSERT_EQ(ZX_OK, zx_handle_replace(self->event, ZX_RIGHT_SAME_RIGHTS, &fresh));
	EXPECT_NE(fresh, self->event);
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(self->event, 0, 0));
	EXPECT_EQ(koid, zxt_koid(fresh));
	EXPECT_EQ(ZX_DEFAULT_EVENT_RIGHTS, zxt_basic(fresh).rights);
	EXPECT_EQ(1, zxt_handles_to(fresh));
	EXPECT_EQ(3, zxt_handles());
}

TEST_F(handle, replace_takes_a_subset_of_rights)
{
	const zx_rights_t all = ZX_DEFAULT_EVENT_RIGHTS;
	zx_rights_t rights = 0;
	zx_handle_t copy, fresh;

	do {
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
		ASSERT_EQ(ZX_OK, zx_handle_replace(copy, rights, &fresh));
		EXPECT_EQ(rights, zxt_basic(fresh).rights);
		EXPECT_EQ(ZX_OK, zx_handle_close(fresh));
		rights = (rights - all) & all;
	} while (rights);
}

/* A replacement that fails closes the handle as well. */
TEST_F(handle, replace_with_more_rights_closes)
{
	zx_handle_t fresh = 0;

	for (unsigned int bit = 0; bit < 31; bit++) {
		zx_rights_t rights = (zx_rights_t)1 << bit;
		zx_handle_t copy;

		if (rights & ZX_DEFAULT_EVENT_RIGHTS)
			continue;
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_replace(copy, rights, &fresh));
		EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(copy));
	}
	EXPECT_EQ(1, zxt_handles_to(self->event));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_replace(self->pair[0], ZX_RIGHT_READ, &fresh));
	EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(self->pair[1]));
}

TEST_F(handle, replace_to_bad_pointers_closes)
{
	zx_handle_t *out, copy;

	zxt_for_each_bad_out(out) {
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_replace(copy, ZX_RIGHT_SAME_RIGHTS, out));
		EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(copy));
	}
	EXPECT_EQ(1, zxt_handles_to(self->event));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_handle_replace(self->pair[0], ZX_RIGHT_SAME_RIGHTS, NULL));
	EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(self->pair[1]));
	EXPECT_EQ(2, zxt_handles());
}

TEST_F(handle, replace_needs_no_right)
{
	zx_handle_t bare, fresh;

	ASSERT_EQ(ZX_OK, zx_handle_replace(self->event, ZX_RIGHT_NONE, &bare));
	ASSERT_EQ(ZX_OK, zx_handle_replace(bare, ZX_RIGHT_SAME_RIGHTS, &fresh));
	EXPECT_EQ(0, zxt_basic(fresh).rights);
	EXPECT_NE(0, zxt_koid(fresh));
}

TEST_F(handle, replace_of_no_handle)
{
	zx_handle_t fresh;

	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_handle_replace(ZX_HANDLE_INVALID, ZX_RIGHT_SAME_RIGHTS, &fresh));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_handle_replace(self->event, ZX_RIGHT_SAME_RIGHTS, &fresh));
	EXPECT_EQ(2, zxt_handles());
}

TEST_F(handle, check_valid)
{
	zx_handle_t bare;

	EXPECT_EQ(ZX_OK, zx_handle_check_valid(self->event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_NONE, &bare));
	EXPECT_EQ(ZX_OK, zx_handle_check_valid(bare));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_handle_check_valid(ZX_HANDLE_INVALID));
	for (zx_handle_t low = 0; low < ZX_HANDLE_FIXED_BITS_MASK; low++) {
		zx_handle_t upper = self->event & ~ZX_HANDLE_FIXED_BITS_MASK;

		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_handle_check_valid(upper | low));
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_handle_check_valid(0xfffffffc | low));
	}
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(self->event));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(self->event ^ 0x80000000));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(0xffffffff));
}

/* A number with one bit flipped is no handle. */
TEST_F(handle, every_bit_of_a_value_counts)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		zx_handle_t other = self->event ^ ((zx_handle_t)1 << bit);

		if (other == self->pair[0] || other == self->pair[1] || other == zx_process_self())
			continue;
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(other, 0, ZX_EVENT_SIGNALED));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(other));
	}
	EXPECT_EQ(0, zxt_signals(self->event));
}

/*
 * The table.
 */

static int compare(const void *a, const void *b)
{
	zx_handle_t x = *(const zx_handle_t *)a, y = *(const zx_handle_t *)b;

	return (x > y) - (x < y);
}

/* Counts values that occur twice or do not look like handles. Sorts the values. */
static size_t faults(zx_handle_t *values, size_t count)
{
	size_t bad = 0;

	qsort(values, count, sizeof(*values), compare);
	for (size_t i = 0; i < count; i++) {
		bad += (values[i] & ZX_HANDLE_FIXED_BITS_MASK) != ZX_HANDLE_FIXED_BITS_MASK;
		bad += i > 0 && values[i] == values[i - 1];
	}
	return bad;
}

TEST(a_closed_value_is_not_used_again_soon)
{
	static zx_handle_t values[1000];

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		ASSERT_EQ(ZX_OK, zx_event_create(0, &values[i]));
		ASSERT_EQ(ZX_OK, zx_handle_close(values[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(values[i]));
	EXPECT_EQ(0, faults(values, ARRAY_SIZE(values)));
}

TEST(a_replaced_value_is_not_used_again_soon)
{
	static zx_handle_t values[1000];

	ASSERT_EQ(ZX_OK, zx_event_create(0, &values[0]));
	for (size_t i = 1; i < ARRAY_SIZE(values); i++)
		ASSERT_EQ(ZX_OK, zx_handle_replace(values[i - 1], ZX_RIGHT_SAME_RIGHTS,
						   &values[i]));
	EXPECT_EQ(0, faults(values, ARRAY_SIZE(values)));
	EXPECT_EQ(1, zxt_handles());
}

/* Processes get different numbers for their first handles. */
TEST(values_differ_between_processes)
{
	enum { PROCESSES = 4, EACH = 100 };
	static zx_handle_t values[PROCESSES * EACH];
	int pipe_fds[2];

	ASSERT_EQ(0, pipe(pipe_fds));
	for (int i = 0; i < PROCESSES; i++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (child == 0) {
			zx_handle_t own[EACH];

			for (int j = 0; j < EACH; j++) {
				if (zx_event_create(0, &own[j]) != ZX_OK)
					_exit(1);
			}
			_exit(write(pipe_fds[1], own, sizeof(own)) != sizeof(own));
		}
		ASSERT_EQ(0, zxt_reap(child));
		ASSERT_EQ(sizeof(values) / PROCESSES,
			  read(pipe_fds[0], values + i * EACH, sizeof(values) / PROCESSES));
	}
	EXPECT_EQ(0, faults(values, ARRAY_SIZE(values)));
}

TEST_F(handle, a_forked_child_has_a_table_of_its_own)
{
	zx_handle_t handles[] = { self->event, self->pair[0], self->pair[1], zx_process_self() };
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (child == 0) {
		zx_handle_t event;

		for (size_t i = 0; i < ARRAY_SIZE(handles); i++) {
			EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(handles[i]));
			EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(handles[i], 0, 0));
		}
		EXPECT_EQ(0, zxt_handles());
		EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
		EXPECT_EQ(1, zxt_handles());
		_exit(_metadata->exit_code);
	}
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_EQ(3, zxt_handles());
	EXPECT_EQ(0, zxt_signals(self->pair[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(handles, 3));
}

/*
 * Koids.
 */
enum { KOID_THREADS = 4, KOIDS = 10000 };

static zx_koid_t koids[KOID_THREADS][KOIDS];

/* Makes objects on one processor after the other. */
static void *make_koids(void *arg)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	zx_koid_t *out = arg;
	zx_handle_t event;
	cpu_set_t set;

	for (size_t i = 0; i < KOIDS; i++) {
		if (i % 100 == 0) {
			CPU_ZERO(&set);
			CPU_SET(i / 100 % processors, &set);
			sched_setaffinity(0, sizeof(set), &set);
		}
		if (zx_event_create(0, &event) != ZX_OK)
			break;
		out[i] = zxt_koid(event);
		zx_handle_close(event);
	}
	return NULL;
}

static int compare_koids(const void *a, const void *b)
{
	zx_koid_t x = *(const zx_koid_t *)a, y = *(const zx_koid_t *)b;

	return (x > y) - (x < y);
}

/* No two objects have the same koid, on any processor and after the first is gone. */
TEST(no_koid_is_given_twice)
{
	pthread_t threads[KOID_THREADS];
	zx_koid_t *all = &koids[0][0];
	size_t twice = 0;

	for (size_t i = 0; i < KOID_THREADS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, make_koids, koids[i]));
	for (size_t i = 0; i < KOID_THREADS; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	qsort(all, KOID_THREADS * KOIDS, sizeof(*all), compare_koids);
	EXPECT_LE(ZX_KOID_FIRST, all[0]);
	for (size_t i = 1; i < KOID_THREADS * KOIDS; i++)
		twice += all[i] == all[i - 1];
	EXPECT_EQ(0, twice);
}

TEST(a_hundred_thousand_handles)
{
	const size_t count = zxt_part(100000);
	zx_handle_t *values = calloc(count, sizeof(*values));
	zx_koid_t koids[101];
	size_t n = 0;

	ASSERT_NE(NULL, values);
	for (; n < count && zx_event_create(0, &values[n]) == ZX_OK; n++)
		if (n % 997 == 0)
			koids[n / 997] = zxt_koid(values[n]);
	ASSERT_EQ(count, n);
	EXPECT_EQ(count, zxt_handles());
	/* Each handle still leads to its object. */
	for (size_t i = 0; i < count; i += 997)
		EXPECT_EQ(koids[i / 997], zxt_koid(values[i]));
	EXPECT_EQ(0, faults(values, count));
	for (n = 0; n < count && zx_handle_check_valid(values[n]) == ZX_OK; n++)
		;
	EXPECT_EQ(count, n);
	for (n = 0; n < count && zx_handle_close(values[n]) == ZX_OK; n++)
		;
	EXPECT_EQ(count, n);
	EXPECT_EQ(0, zxt_handles());
	for (size_t i = 0; i < count; i += 997)
		EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(values[i]));
	free(values);
}

/*
 * The limit of handles, which is one for the whole module. It is restored after the test, also if
 * the test crashes.
 */
static unsigned long handles_max(void)
{
	char text[32];

	return zxt_get_parameter("handles_max", text, sizeof(text)) ? strtoul(text, NULL, 10) : 0;
}

static bool set_handles_max(unsigned long max)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", max);
	return zxt_set_parameter("handles_max", text);
}

FIXTURE(limit) {
	unsigned long max;
};

FIXTURE_SETUP(limit)
{
	self->max = handles_max();
	ASSERT_NE(0, self->max);
}

FIXTURE_TEARDOWN_PARENT(limit)
{
	EXPECT_TRUE(set_handles_max(self->max));
}

TEST_F_TIMEOUT(limit, a_million_handles, 200)
{
	const size_t count = zxt_part(1000000);
	zx_handle_t *values = calloc(count, sizeof(*values)), event;
	zx_koid_t koid;
	size_t n = 0;

	ASSERT_NE(NULL, values);
	if (self->max <= count + 2)
		ASSERT_TRUE(set_handles_max(count + 10));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	koid = zxt_koid(event);
	while (n < count && zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &values[n]) == ZX_OK)
		n++;
	ASSERT_EQ(count, n);
	EXPECT_EQ(count + 1, zxt_handles_to(event));
	EXPECT_EQ(count + 1, zxt_handles());

	/* Handles all over the table work. */
	for (size_t i = 0; i < count; i += 7919) {
		ASSERT_EQ(koid, zxt_koid(values[i]));
		ASSERT_EQ(ZX_OK, zx_object_signal(values[i], 0, ZX_USER_SIGNAL_0));
		ASSERT_EQ(ZX_USER_SIGNAL_0, zxt_signals(values[count - 1 - i]));
		ASSERT_EQ(ZX_OK, zx_object_signal(event, ZX_USER_SIGNAL_0, 0));
	}
	/* Closing a handle does not affect its neighbours. */
	ASSERT_EQ(ZX_OK, zx_handle_close(values[count / 2]));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(values[count / 2], 0, 0));
	EXPECT_EQ(koid, zxt_koid(values[count / 2 - 1]));
	EXPECT_EQ(koid, zxt_koid(values[count / 2 + 1]));
	values[count / 2] = ZX_HANDLE_INVALID;

	EXPECT_EQ(ZX_OK, zx_handle_close_many(values, count));
	EXPECT_EQ(1, zxt_handles_to(event));
	EXPECT_EQ(1, zxt_handles());
	/* All values were different. The closed one is the only fault. */
	EXPECT_EQ(1, faults(values, count));
	free(values);
}

TEST_F(limit, beyond_the_limit_nothing_is_made)
{
	static zx_handle_t values[1000];
	zx_handle_t self_handle = zx_process_self(), out0 = 0, out1 = 0;

	ASSERT_NE(ZX_HANDLE_INVALID, self_handle);
	/* Leaves one slot free; the handle to the process counts, too. */
	ASSERT_TRUE(set_handles_max(ARRAY_SIZE(values) + 1));
	for (size_t i = 0; i < ARRAY_SIZE(values) - 1; i++)
		ASSERT_EQ(ZX_OK, zx_event_create(0, &values[i]));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_eventpair_create(0, &out0, &out1));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_channel_create(0, &out0, &out1));
	EXPECT_EQ(ARRAY_SIZE(values) - 1, zxt_handles());

	ASSERT_EQ(ZX_OK, zx_event_create(0, &values[ARRAY_SIZE(values) - 1]));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_event_create(0, &out0));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES,
		  zx_handle_duplicate(values[0], ZX_RIGHT_SAME_RIGHTS, &out0));
	EXPECT_EQ(1, zxt_handles_to(values[0]));
	/* A replacement needs no further slot. */
	EXPECT_EQ(ZX_OK, zx_handle_replace(values[0], ZX_RIGHT_SAME_RIGHTS, &out0));

	EXPECT_EQ(ZX_OK, zx_handle_close(out0));
	EXPECT_EQ(ZX_OK, zx_event_create(0, &out0));
	EXPECT_EQ(ARRAY_SIZE(values), zxt_handles());
}

/*
 * A call that fails after it has reserved slots gives them back. Few are free here, so a leak shows
 * after some rounds.
 */
TEST_F(limit, failed_calls_give_their_slots_back)
{
	enum { FREE = 8, ROUNDS = 3 * FREE };
	zx_handle_t channel[2], socket[2], shared[2], events[FREE + 1], out, copy;
	zx_handle_t *nowhere = zxt_read_only();
	uint32_t size, count;
	int fd = -1;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_HAS_ACCEPT, &socket[0], &socket[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &shared[0], &shared[1]));
	ASSERT_EQ(ZX_OK, zx_socket_share(socket[0], shared[0]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(shared[1], 0, &fd));
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(ZX_OK, zx_event_create(0, &events[i]));
	ASSERT_EQ(ZX_OK, zx_channel_write(channel[0], 0, "x", 1, events, 2));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &events[0]));
	/* The handles that are open, the one to the process, and the free slots. */
	ASSERT_TRUE(set_handles_max(zxt_handles() + 1 + FREE));

	for (int i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, zx_event_create(0, nowhere));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, zx_eventpair_create(0, &out, nowhere));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, zx_eventpair_create(0, nowhere, &out));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_create(0, &out, nowhere));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_create(0, &out, nowhere));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, zx_fifo_create(8, 8, 0, &out, nowhere));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_handle_duplicate(events[0], ZX_RIGHT_SAME_RIGHTS, nowhere));
		/* The handle is consumed all the same, and its slot is free. */
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(events[0], ZX_RIGHT_SAME_RIGHTS, &copy));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_handle_replace(copy, ZX_RIGHT_SAME_RIGHTS, nowhere));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, zxl_handle_import(fd, 0, nowhere));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_channel_read(channel[1], 0, &size, nowhere, sizeof(size), 2, &size,
					  &count));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_channel_read_etc(channel[1], 0, &size, (void *)nowhere, sizeof(size),
					      2, &size, &count));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_accept(socket[1], nowhere));
	}

	for (int i = 0; i < FREE; i++)
		EXPECT_EQ(ZX_OK, zx_event_create(0, &events[i]));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_event_create(0, &events[FREE]));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(events, FREE));
	/* The message that could not be received is still there. */
	EXPECT_EQ(ZX_OK, zx_channel_read(channel[1], 0, &size, events, sizeof(size), 2, &size,
					 &count));
	EXPECT_EQ(2, count);
	EXPECT_EQ(ZX_OK, zx_socket_accept(socket[1], &out));
	EXPECT_EQ(ZX_OK, zxl_handle_import(fd, 0, &out));
	close(fd);
}

/* A call that would exceed the limit changes nothing. */
TEST_F(limit, beyond_the_limit_nothing_is_removed)
{
	zx_handle_t channel[2], socket[2], shared[2], event, out = ZX_HANDLE_INVALID;
	zx_koid_t koid, koid_shared;
	int fd = -1;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_HAS_ACCEPT, &socket[0], &socket[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &shared[0], &shared[1]));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	koid = zxt_koid(event);
	koid_shared = zxt_koid(shared[0]);
	ASSERT_EQ(ZX_OK, zx_channel_write(channel[0], 0, NULL, 0, &event, 1));
	ASSERT_EQ(ZX_OK, zx_socket_share(socket[0], shared[0]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(shared[1], 0, &fd));

	/* The handles that are open, and the one to the process. */
	ASSERT_TRUE(set_handles_max(zxt_handles() + 1));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_channel_read(channel[1], 0, NULL, &out, 0, 1, NULL,
						       NULL));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_socket_accept(socket[1], &out));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_handle_import(fd, 0, &out));
	EXPECT_EQ(4, zxt_handles());

	ASSERT_TRUE(set_handles_max(self->max));
	EXPECT_EQ(ZX_OK, zx_channel_read(channel[1], 0, NULL, &out, 0, 1, NULL, NULL));
	EXPECT_EQ(koid, zxt_koid(out));
	EXPECT_EQ(ZX_OK, zx_socket_accept(socket[1], &out));
	EXPECT_EQ(koid_shared, zxt_koid(out));
	EXPECT_EQ(ZX_OK, zxl_handle_import(fd, 0, &out));
	EXPECT_EQ(koid_shared, zxt_basic(out).related_koid);
	close(fd);
}

/*
 * The limit of handles to one object, in all processes and messages. It is 2^30 - 1, which needs
 * more memory than there is, so the tests lower it.
 */
FIXTURE(object_limit) {
	char max[32];
};

FIXTURE_SETUP(object_limit)
{
	ASSERT_TRUE(zxt_get_parameter("object_handles_max", self->max, sizeof(self->max)));
}

FIXTURE_TEARDOWN_PARENT(object_limit)
{
	EXPECT_TRUE(zxt_set_parameter("object_handles_max", self->max));
}

TEST_F(object_limit, an_object_refuses_one_handle_too_many)
{
	zx_handle_t event, other, copies[9], channel[2], process = zx_process_self();
	zx_handle_t out = ZX_HANDLE_INVALID, pair[2];
	zx_handle_disposition_t how = {
		.operation = ZX_HANDLE_OP_DUPLICATE,
		.rights = ZX_RIGHT_SAME_RIGHTS,
	};
	uint32_t size, count;
	int fd;

	EXPECT_EQ((1ul << 30) - 1, strtoul(self->max, NULL, 10));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &other));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	ASSERT_TRUE(zxt_set_parameter("object_handles_max", "10"));
	for (size_t i = 0; i < ARRAY_SIZE(copies); i++)
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copies[i]));
	EXPECT_EQ(10, zxt_handles_to(event));

	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &out));
	how.handle = event;
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_channel_write_etc(channel[0], 0, NULL, 0, &how, 1));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, how.result);
	EXPECT_EQ(10, zxt_handles_to(event));
	EXPECT_EQ(ZX_HANDLE_INVALID, out);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(channel[1]));

	/* Other objects have limits of their own, and moving a handle adds none. */
	EXPECT_EQ(ZX_OK, zx_handle_duplicate(other, ZX_RIGHT_SAME_RIGHTS, &out));
	EXPECT_EQ(ZX_OK, zx_eventpair_create(0, &pair[0], &pair[1]));
	EXPECT_EQ(ZX_OK, zx_handle_replace(copies[0], ZX_RIGHT_SAME_RIGHTS, &copies[0]));
	EXPECT_EQ(ZX_OK, zx_channel_write(channel[0], 0, NULL, 0, &copies[0], 1));
	EXPECT_EQ(10, zxt_handles_to(event));
	EXPECT_EQ(ZX_OK, zx_channel_read(channel[1], 0, NULL, &copies[0], 0, 1, &size, &count));
	EXPECT_EQ(ZX_OK, zxl_handle_export(copies[0], 0, &fd));
	EXPECT_EQ(10, zxt_handles_to(event));
	EXPECT_EQ(ZX_OK, zxl_handle_import(fd, 0, &copies[0]));
	close(fd);

	/* Closing one handle allows another. */
	EXPECT_EQ(ZX_OK, zx_handle_close(copies[8]));
	how.result = 77;
	EXPECT_EQ(ZX_OK, zx_channel_write_etc(channel[0], 0, NULL, 0, &how, 1));
	EXPECT_EQ(10, zxt_handles_to(event));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &out));

	/* A limit below the current number closes no handle and allows no further one. */
	ASSERT_TRUE(zxt_set_parameter("object_handles_max", "1"));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &out));
	EXPECT_EQ(10, zxt_handles_to(event));
	EXPECT_EQ(ZX_OK, zx_object_signal(copies[7], 0, ZX_EVENT_SIGNALED));
	/* The first handle to a new object is allowed; a second one to the process is not. */
	EXPECT_EQ(ZX_OK, zx_event_create(0, &out));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_handle_duplicate(process, ZX_RIGHT_SAME_RIGHTS, &out));
	EXPECT_EQ(1, zxt_handles_to(process));
	/* The limit cannot be higher than the counter. */
	EXPECT_FALSE(zxt_set_parameter("object_handles_max", "4294967295"));
	EXPECT_FALSE(zxt_set_parameter("object_handles_max", "1073741824"));
	EXPECT_FALSE(zxt_set_parameter("object_handles_max", "0"));
	ASSERT_TRUE(zxt_set_parameter("object_handles_max", "1073741823"));
	EXPECT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &out));
}

/* Several threads at once: the limit is never exceeded. */
static void *duplicate_all(void *arg)
{
	zx_handle_t event = (uintptr_t)arg, copy;
	uintptr_t done = 0;

	for (int i = 0; i < 2000; i++)
		done += zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK;
	return (void *)done;
}

TEST_F(object_limit, many_threads_reach_the_limit)
{
	pthread_t threads[4];
	uintptr_t sum = 1;
	zx_handle_t event;
	void *done;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_TRUE(zxt_set_parameter("object_handles_max", "5000"));
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, duplicate_all,
					    (void *)(uintptr_t)event));
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &done));
		sum += (uintptr_t)done;
	}
	EXPECT_EQ(5000, sum);
	EXPECT_EQ(5000, zxt_handles_to(event));
	EXPECT_EQ(5000, zxt_handles());
}

/*
 * Several threads at once.
 */

struct race {
	pthread_barrier_t barrier;
	zx_handle_t handles[2000];
	atomic_bool over;
};

static void *close_all(void *arg)
{
	struct race *race = arg;
	uintptr_t closed = 0;

	pthread_barrier_wait(&race->barrier);
	for (size_t i = 0; i < ARRAY_SIZE(race->handles); i++)
		closed += zx_handle_close(race->handles[i]) == ZX_OK;
	return (void *)closed;
}

/* Two threads close the same handles: each handle is closed by one of them. */
TEST(a_handle_is_closed_once)
{
	static struct race race;
	pthread_t thread;
	void *others;

	for (size_t i = 0; i < ARRAY_SIZE(race.handles); i++)
		ASSERT_EQ(ZX_OK, zx_event_create(0, &race.handles[i]));
	ASSERT_EQ(0, pthread_barrier_init(&race.barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, close_all, &race));
	uintptr_t mine = (uintptr_t)close_all(&race);

	ASSERT_EQ(0, pthread_join(thread, &others));
	EXPECT_EQ(ARRAY_SIZE(race.handles), mine + (uintptr_t)others);
	EXPECT_EQ(0, zxt_handles());
}

static void *replace_all(void *arg)
{
	struct race *race = arg;
	uintptr_t replaced = 0;
	zx_handle_t fresh;

	pthread_barrier_wait(&race->barrier);
	for (size_t i = 0; i < ARRAY_SIZE(race->handles); i++) {
		if (zx_handle_replace(race->handles[i], ZX_RIGHT_SAME_RIGHTS, &fresh) != ZX_OK)
			continue;
		replaced++;
		zx_handle_close(fresh);
	}
	return (void *)replaced;
}

TEST(a_handle_is_closed_or_replaced)
{
	static struct race race;
	pthread_t thread;
	void *others;

	for (size_t i = 0; i < ARRAY_SIZE(race.handles); i++)
		ASSERT_EQ(ZX_OK, zx_event_create(0, &race.handles[i]));
	ASSERT_EQ(0, pthread_barrier_init(&race.barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, replace_all, &race));
	uintptr_t mine = (uintptr_t)close_all(&race);

	ASSERT_EQ(0, pthread_join(thread, &others));
	EXPECT_EQ(ARRAY_SIZE(race.handles), mine + (uintptr_t)others);
	EXPECT_EQ(0, zxt_handles());
}

/* Uses handles while another thread closes them: each call works or fails as a whole. */
static void *use_all(void *arg)
{
	struct race *race = arg;
	uintptr_t wrong = 0;

	pthread_barrier_wait(&race->barrier);
	while (!race->over) {
		for (size_t i = 0; i < ARRAY_SIZE(race->handles) && !race->over; i++) {
			zx_handle_t handle = race->handles[i], copy;
			zx_status_t status;

			status = zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &copy);
			if (status == ZX_OK)
				wrong += zx_handle_close(copy) != ZX_OK;
			else
				wrong += status != ZX_ERR_BAD_HANDLE;
			status = zx_object_signal(handle, 0, ZX_USER_SIGNAL_0);
			wrong += status != ZX_OK && status != ZX_ERR_BAD_HANDLE;
		}
	}
	return (void *)wrong;
}

TEST(a_handle_is_used_and_closed)
{
	static struct race race;
	static zx_handle_t peers[ARRAY_SIZE(race.handles)];
	pthread_t thread;
	void *wrong;

	for (size_t i = 0; i < ARRAY_SIZE(race.handles); i++)
		ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &race.handles[i], &peers[i]));
	ASSERT_EQ(0, pthread_barrier_init(&race.barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, use_all, &race));
	EXPECT_EQ(ARRAY_SIZE(race.handles), (uintptr_t)close_all(&race));
	race.over = true;
	ASSERT_EQ(0, pthread_join(thread, &wrong));
	EXPECT_EQ(0, (uintptr_t)wrong);
	/* All are closed: no duplicate is left, and each last handle has closed its object. */
	EXPECT_EQ(ARRAY_SIZE(peers), zxt_handles());
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(peers[i]));
}

static void *make_and_close(void *arg)
{
	uintptr_t failed = 0;

	(void)arg;
	for (int i = 0; i < 3000; i++) {
		zx_handle_t some[3];

		failed += zx_event_create(0, &some[0]) != ZX_OK;
		failed += zx_eventpair_create(0, &some[1], &some[2]) != ZX_OK;
		failed += zx_handle_close_many(some, 3) != ZX_OK;
	}
	return (void *)failed;
}

TEST(many_threads_make_and_close)
{
	pthread_t threads[6];
	void *failed;

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, make_and_close, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &failed));
		EXPECT_EQ(0, (uintptr_t)failed);
	}
	EXPECT_EQ(0, zxt_handles());
}

/* So many handles that the table grows all the time, under several threads. */
static struct {
	pthread_barrier_t barrier;
	zx_handle_t event;
	zx_handle_t handles[4][3000];
} crowd;

static void *join_crowd(void *arg)
{
	zx_handle_t *handles = arg;
	uintptr_t failed = 0;

	pthread_barrier_wait(&crowd.barrier);
	for (size_t i = 0; i < ARRAY_SIZE(crowd.handles[0]); i++)
		failed += zx_handle_duplicate(crowd.event, ZX_RIGHT_SAME_RIGHTS,
					      &handles[i]) != ZX_OK;
	return (void *)failed;
}

TEST(many_threads_fill_the_table)
{
	const size_t count = sizeof(crowd.handles) / sizeof(zx_handle_t);
	pthread_t threads[ARRAY_SIZE(crowd.handles)];
	void *failed;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &crowd.event));
	ASSERT_EQ(0, pthread_barrier_init(&crowd.barrier, NULL, ARRAY_SIZE(threads)));
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, join_crowd, crowd.handles[i]));
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &failed));
		EXPECT_EQ(0, (uintptr_t)failed);
	}
	EXPECT_EQ(count + 1, zxt_handles());
	EXPECT_EQ(count + 1, zxt_handles_to(crowd.event));
	EXPECT_EQ(0, faults(crowd.handles[0], count));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(crowd.handles[0], count));
	EXPECT_EQ(1, zxt_handles_to(crowd.event));
}

TEST_HARNESS_MAIN
