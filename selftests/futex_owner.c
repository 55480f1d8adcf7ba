// SPDX-License-Identifier: GPL-2.0-only
/*
 * The owners of futexes: who owns a futex after each call, which threads cannot be its owner, and
 * what programs make of that.
 *
 * A futex has an owner only while threads wait at it. The tests' threads block in read() between
 * waits, so that a thread that is blocked in a futex is one that waits at the test's own.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "zxrace.h"
#include "zxtask.h"
#include "zxthread.h"

#define ALL	UINT32_MAX
#define NONE	ZX_KOID_INVALID
#define NO_OWNER ZX_HANDLE_INVALID

/* No handle, as the bits that are set in each are not set. */
#define NO_HANDLE ((zx_handle_t)~ZX_HANDLE_FIXED_BITS_MASK)

/* What owner_of() returns if zx_futex_get_owner() fails: no thread's koid. */
#define NO_ANSWER ((zx_koid_t)-1)

/*
 * A thread that waits when it is told to, and lives until it is told to leave.
 */
struct member {
	zx_handle_t handle;	/* a duplicate, which stays when the thread has ended */
	zx_koid_t koid;
	pthread_t thread;
	pthread_barrier_t ready;
	int pipe[2];
	const zx_futex_t *futex;
	zx_futex_t value;
	zx_handle_t owner;
	zx_time_t deadline;
	zx_status_t status;
	atomic_bool done;
};

#define MEMBERS	8

static struct member members[MEMBERS];
static zx_handle_t me;
static zx_koid_t my_koid;

/* Two futexes with different values, and one at which no thread ever waits. */
static zx_futex_t futex, other = 1, unused;

static void *member_thread(void *arg)
{
	struct member *member = arg;
	ssize_t count;
	char byte;

	zx_handle_duplicate(zx_thread_self(), ZX_RIGHT_SAME_RIGHTS, &member->handle);
	member->koid = zxt_koid(zx_thread_self());
	pthread_barrier_wait(&member->ready);
	for (;;) {
		count = read(member->pipe[0], &byte, 1);
		if (count < 0 && errno == EINTR)
			continue;
		if (count != 1)
			return NULL;
		member->status = zx_futex_wait(member->futex, member->value, member->owner,
					       member->deadline);
		member->done = true;
	}
}

static bool join_in(struct member *member)
{
	*member = (struct member){};
	if (pipe2(member->pipe, O_CLOEXEC) || pthread_barrier_init(&member->ready, NULL, 2) ||
	    pthread_create(&member->thread, NULL, member_thread, member))
		return false;
	pthread_barrier_wait(&member->ready);
	return member->handle != ZX_HANDLE_INVALID && member->koid != NONE;
}

/* Starts the first @n members, in a process that has named an owner. */
static bool meet(unsigned int n)
{
	me = zx_thread_self();
	my_koid = zxt_koid(me);
	if (zx_futex_requeue(&unused, 0, 0, &futex, 0, me) != ZX_OK)
		return false;
	for (unsigned int i = 0; i < n; i++)
		if (!join_in(&members[i]))
			return false;
	return my_koid != NONE;
}

static void let_leave(struct member *member)
{
	close(member->pipe[1]);
}

/* Ends a member that does not wait. Its handle stays. */
static bool leave(struct member *member)
{
	let_leave(member);
	if (pthread_join(member->thread, NULL) || !ends_soon(member->handle))
		return false;
	close(member->pipe[0]);
	return true;
}

static bool begin(struct member *member, const zx_futex_t *at, zx_futex_t value,
		  zx_handle_t owner, zx_time_t deadline)
{
	member->futex = at;
	member->value = value;
	member->owner = owner;
	member->deadline = deadline;
	member->status = ZX_ERR_NEXT;
	member->done = false;
	return write(member->pipe[1], "w", 1) == 1;
}

static bool is_blocked(zx_handle_t thread)
{
	return state_of(thread) == ZX_THREAD_STATE_BLOCKED_FUTEX;
}

/* Waits until a member is blocked in its wait. */
static bool blocks(struct member *member)
{
	zx_time_t limit = ZXT_SOON;

	while (!is_blocked(member->handle)) {
		if (member->done || zx_clock_get_monotonic() > limit)
			return false;
		usleep(100);
	}
	return !member->done;
}

/* Begins a wait, and returns true when the member is blocked in it. */
static bool park(struct member *member, const zx_futex_t *at, zx_handle_t owner)
{
	return begin(member, at, *at, owner, ZX_TIME_INFINITE) && blocks(member);
}

/* The first @n members, one after the other. */
static bool park_all(unsigned int n, const zx_futex_t *at, zx_handle_t owner)
{
	for (unsigned int i = 0; i < n; i++)
		if (!park(&members[i], at, owner))
			return false;
	return true;
}

/* The status of a wait that ends; ZX_ERR_NEXT if it does not. */
static zx_status_t result(struct member *member)
{
	zx_time_t limit = ZXT_SOON;

	while (!member->done && zx_clock_get_monotonic() < limit)
		usleep(100);
	return member->done ? member->status : ZX_ERR_NEXT;
}

/* The status of a wait that another thread need not end. */
static zx_status_t wait_in(struct member *member, const zx_futex_t *at, zx_futex_t value,
			   zx_handle_t owner, zx_time_t deadline)
{
	return begin(member, at, value, owner, deadline) ? result(member) : ZX_ERR_NEXT;
}

static zx_koid_t owner_of(const zx_futex_t *at)
{
	zx_koid_t koid = NO_ANSWER;

	return zx_futex_get_owner(at, &koid) == ZX_OK ? koid : NO_ANSWER;
}

/* Waits until a futex has this owner. */
static bool owner_becomes(const zx_futex_t *at, zx_koid_t koid)
{
	zx_time_t limit = ZXT_SOON;

	while (owner_of(at) != koid) {
		if (zx_clock_get_monotonic() > limit)
			return false;
		usleep(100);
	}
	return true;
}

/* Names an owner without a wait, a wake or a move. */
static zx_status_t assign(const zx_futex_t *at, zx_handle_t owner)
{
	return zx_futex_requeue(&unused, 0, 0, at, 0, owner);
}

/*
 * Wakes all that wait at a futex, and returns how many these were: the futex can have an owner as
 * long as one waits.
 */
static unsigned int count_waiters(const zx_futex_t *at)
{
	unsigned int count = 0;

	while (count < 1000 && assign(at, me) == ZX_OK && owner_of(at) == my_koid) {
		if (zx_futex_wake(at, 1) != ZX_OK)
			break;
		count++;
	}
	return count;
}

static unsigned int count_done(unsigned int n)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < n; i++)
		count += members[i].done;
	return count;
}

static bool all_woken(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (result(&members[i]) != ZX_OK)
			return false;
	return true;
}

/* A wake by zx_futex_wake(), and by a requeue that moves none. */
static zx_status_t wake_by(bool requeue, const zx_futex_t *at, uint32_t count)
{
	return requeue ? zx_futex_requeue(at, count, *at, &unused, 0, NO_OWNER) :
			 zx_futex_wake(at, count);
}

static zx_status_t wake_single_by(bool requeue, const zx_futex_t *at)
{
	return requeue ? zx_futex_requeue_single_owner(at, *at, &unused, 0, NO_OWNER) :
			 zx_futex_wake_single_owner(at);
}

/*
 * A thread of another process: a child that sends a handle to its thread, and then blocks.
 */
static int told[2], never[2];

static void send_self(void)
{
	zx_handle_t copy = ZX_HANDLE_INVALID;
	int fd;

	CHILD_CHECK(zx_handle_duplicate(zx_thread_self(), ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHILD_CHECK(zxl_handle_export(copy, 0, &fd) == ZX_OK);
	CHILD_CHECK(zxp_send_fd(told[1], fd) == 0);
	close(fd);
}

/* Returns the child's id. @thread is ZX_HANDLE_INVALID if it has sent no handle. */
static pid_t start_stranger(zx_handle_t *thread)
{
	pid_t pid;
	int fd;

	*thread = ZX_HANDLE_INVALID;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, told) || pipe2(never, O_CLOEXEC))
		abort();
	pid = zxp_start(0, send_self, -1, never[0]);
	close(told[1]);
	fd = zxp_receive_fd(told[0], 0);
	close(told[0]);
	if (fd < 0)
		return pid;
	zxl_handle_import(fd, 0, thread);
	close(fd);
	return pid;
}

/* For tests that take long: what there was before. */
FIXTURE(rounds)
{
	uint32_t handles;
};

FIXTURE_SETUP(rounds)
{
	self->handles = zxt_handles();
}

FIXTURE_TEARDOWN(rounds)
{
	(void)self;
}

/*
 * Who the owner is.
 */

TEST(a_futex_without_waiters_has_no_owner)
{
	ASSERT_TRUE(meet(1));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_futex_wait(&futex, 0, members[0].handle, 0));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_ERR_TIMED_OUT,
		  zx_futex_wait(&futex, 0, members[0].handle, zx_deadline_after(ZX_MSEC(5))));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 1, 0, &other, ALL, members[0].handle));
	EXPECT_EQ(ZX_OK,
		  zx_futex_requeue_single_owner(&futex, 0, &other, ALL, members[0].handle));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(NONE, owner_of(&other));
}

TEST(bad_pointers_of_get_owner)
{
	zx_koid_t koid = 77, *bad;

	ASSERT_TRUE(meet(1));
	ASSERT_TRUE(park(&members[0], &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));
	zxt_for_each_bad_out(bad)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_get_owner(&futex, bad));
	for (int i = 1; i < 4; i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_futex_get_owner((void *)((char *)&futex + i), &koid));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_get_owner(NULL, &koid));
	EXPECT_EQ(77, koid);
	EXPECT_EQ(ZX_OK, zx_futex_get_owner(&futex, zxt_at_edge(sizeof(koid))));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
	EXPECT_EQ(ZX_OK, result(&members[0]));
	EXPECT_EQ(NONE, owner_of(&futex));
}

TEST(each_wait_names_the_owner)
{
	ASSERT_TRUE(meet(5));
	ASSERT_TRUE(park(&members[0], &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));
	EXPECT_EQ(NONE, owner_of(&other));
	EXPECT_EQ(NONE, owner_of((void *)((char *)&futex + sizeof(futex))));
	ASSERT_TRUE(park(&members[1], &futex, members[4].handle));
	EXPECT_TRUE(owner_becomes(&futex, members[4].koid));
	ASSERT_TRUE(park(&members[2], &futex, NO_OWNER));
	EXPECT_TRUE(owner_becomes(&futex, NONE));
	ASSERT_TRUE(park(&members[3], &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));
	EXPECT_EQ(0, count_done(4));
	EXPECT_EQ(4, count_waiters(&futex));
	EXPECT_TRUE(all_woken(4));
	EXPECT_EQ(NONE, owner_of(&futex));
}

/* Also one that has passed before the wait, as long as another thread waits. */
TEST(a_wait_that_times_out_has_named_the_owner)
{
	const zx_time_t past[] = { 0, 1, -1, ZX_TIME_INFINITE_PAST };

	ASSERT_TRUE(meet(3));
	ASSERT_TRUE(park(&members[0], &futex, me));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, wait_in(&members[1], &futex, 0, members[2].handle,
					    zx_deadline_after(ZX_MSEC(20))));
	EXPECT_EQ(members[2].koid, owner_of(&futex));
	for (size_t i = 0; i < ARRAY_SIZE(past); i++) {
		EXPECT_EQ(ZX_ERR_TIMED_OUT, wait_in(&members[1], &futex, 0, me, past[i]));
		EXPECT_EQ(my_koid, owner_of(&futex));
		EXPECT_EQ(ZX_ERR_TIMED_OUT,
			  wait_in(&members[1], &futex, 0, members[2].handle, past[i]));
		EXPECT_EQ(members[2].koid, owner_of(&futex));
		EXPECT_EQ(ZX_ERR_TIMED_OUT, wait_in(&members[1], &futex, 0, NO_OWNER, past[i]));
		EXPECT_EQ(NONE, owner_of(&futex));
	}
	EXPECT_FALSE(members[0].done);
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[0]));
}

TEST(the_last_waiter_that_times_out_leaves_no_owner)
{
	ASSERT_TRUE(meet(1));
	for (int ms = 10; ms <= 40; ms += 10) {
		EXPECT_EQ(ZX_ERR_TIMED_OUT, wait_in(&members[0], &futex, 0, me,
						    zx_deadline_after(ZX_MSEC(ms))));
		EXPECT_EQ(NONE, owner_of(&futex));
		EXPECT_EQ(ZX_OK, assign(&futex, me));
		EXPECT_EQ(NONE, owner_of(&futex));
	}
}

/* It waits at the second futex now, which it leaves without an owner. */
TEST(a_waiter_that_was_moved_times_out)
{
	zx_time_t deadline;

	ASSERT_TRUE(meet(1));
	/* On a slow machine the deadline may pass before the thread is moved. */
	for (int ms = 100;; ms *= 4) {
		deadline = zx_deadline_after(ZX_MSEC(ms));
		ASSERT_TRUE(begin(&members[0], &futex, 0, NO_OWNER, deadline));
		if (blocks(&members[0]) &&
		    zx_futex_requeue(&futex, 0, 0, &other, ALL, me) == ZX_OK &&
		    owner_of(&other) == my_koid && !members[0].done)
			break;
		ASSERT_EQ(ZX_ERR_TIMED_OUT, result(&members[0]));
		ASSERT_GT(100000, ms);
	}
	EXPECT_EQ(ZX_ERR_TIMED_OUT, result(&members[0]));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	EXPECT_EQ(NONE, owner_of(&other));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(0, count_waiters(&other));
}

TEST(the_handle_is_needed_in_the_call_only)
{
	zx_handle_t copy, weak;
	uint32_t handles;

	ASSERT_TRUE(meet(2));
	handles = zxt_handles();
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(members[1].handle, ZX_RIGHT_SAME_RIGHTS, &copy));
	/* No right is needed. */
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(me, ZX_RIGHT_NONE, &weak));
	ASSERT_TRUE(park(&members[0], &futex, copy));
	EXPECT_TRUE(owner_becomes(&futex, members[1].koid));
	EXPECT_EQ(ZX_OK, zx_handle_close(copy));
	EXPECT_EQ(members[1].koid, owner_of(&futex));
	EXPECT_EQ(ZX_OK, assign(&futex, weak));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_handle_close(weak));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
	EXPECT_EQ(ZX_OK, result(&members[0]));
	EXPECT_EQ(handles, zxt_handles());
}

/* The handle was in another form meanwhile; the thread is one of this process. */
TEST(a_handle_that_was_exported)
{
	zx_handle_t copy, back;
	int fd;

	ASSERT_TRUE(meet(2));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(members[1].handle, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &fd));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &back));
	ASSERT_TRUE(park(&members[0], &futex, back));
	EXPECT_TRUE(owner_becomes(&futex, members[1].koid));
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[0]));
}

/*
 * Who cannot be the owner.
 */

TEST(a_refused_wait_changes_nothing)
{
	zx_handle_t event, stranger;
	pid_t pid = start_stranger(&stranger);
	int words[2] = {};

	ASSERT_LT(0, pid);
	ASSERT_NE(ZX_HANDLE_INVALID, stranger);
	ASSERT_TRUE(meet(2));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_TRUE(park(&members[0], &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));

	const struct {
		zx_handle_t owner;
		zx_status_t status;
	} refused[] = {
		{ NO_HANDLE, ZX_ERR_BAD_HANDLE },
		{ me & ~ZX_HANDLE_FIXED_BITS_MASK, ZX_ERR_BAD_HANDLE },
		{ event, ZX_ERR_WRONG_TYPE },
		{ zx_process_self(), ZX_ERR_WRONG_TYPE },
		{ stranger, ZX_ERR_INVALID_ARGS },
		{ members[0].handle, ZX_ERR_INVALID_ARGS },	/* waits already */
		{ members[1].handle, ZX_ERR_INVALID_ARGS },	/* begins to wait */
	};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		zx_handle_t owner = refused[i].owner;

		EXPECT_EQ(refused[i].status,
			  wait_in(&members[1], &futex, 0, owner, ZX_TIME_INFINITE)) {
			TH_LOG("case %zu", i);
		}
		EXPECT_EQ(my_koid, owner_of(&futex));
		EXPECT_EQ(refused[i].status, wait_in(&members[1], &futex, 0, owner, 0)) {
			TH_LOG("case %zu", i);
		}
		EXPECT_EQ(my_koid, owner_of(&futex));
		/* The value is compared before the owner is looked at. */
		EXPECT_EQ(ZX_ERR_BAD_STATE,
			  wait_in(&members[1], &futex, 1, owner, ZX_TIME_INFINITE));
		EXPECT_EQ(my_koid, owner_of(&futex));
		/* The address is checked before. */
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, wait_in(&members[1], NULL, 0, owner, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  wait_in(&members[1], (void *)((char *)words + 2), 1, owner, 0));
	}
	EXPECT_EQ(ZX_ERR_BAD_STATE, wait_in(&members[1], &futex, 1, NO_OWNER, ZX_TIME_INFINITE));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_FALSE(members[0].done);

	/* A thread of another process that has ended is still none of this process. */
	EXPECT_EQ(128 + SIGKILL, zxp_end_idle(pid));
	EXPECT_TRUE(ends_soon(stranger));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, wait_in(&members[1], &futex, 0, stranger, 0));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[0]));
}

/* Without a thread that waits, and in the calling thread: the checks are the same. */
TEST(a_thread_cannot_wait_for_itself)
{
	ASSERT_TRUE(meet(1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(&futex, 0, me, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(&futex, 0, me, 0));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&futex, 1, me, 0));
	EXPECT_EQ(NONE, owner_of(&futex));
	/* At the time of a requeue it does not wait. */
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 1, 0, &other, 1, me));
	EXPECT_EQ(NONE, owner_of(&other));
}

/* A thread that waits elsewhere can be the owner. */
TEST(an_owner_may_wait_at_another_futex)
{
	ASSERT_TRUE(meet(2));
	ASSERT_TRUE(park(&members[0], &other, me));
	ASSERT_TRUE(park(&members[1], &futex, members[0].handle));
	EXPECT_TRUE(owner_becomes(&futex, members[0].koid));
	EXPECT_EQ(my_koid, owner_of(&other));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, 1));
	EXPECT_EQ(ZX_OK, result(&members[0]));
	EXPECT_EQ(members[0].koid, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
	EXPECT_EQ(ZX_OK, result(&members[1]));
}

/*
 * Zircon makes no owner that would close a ring, its documentation does not say so: either is
 * accepted here, but both threads wait, and are woken.
 */
TEST(two_threads_that_own_what_the_other_waits_for)
{
	zx_koid_t owner;

	ASSERT_TRUE(meet(2));
	ASSERT_TRUE(park(&members[0], &futex, members[1].handle));
	ASSERT_TRUE(park(&members[1], &other, members[0].handle));
	owner = owner_of(&other);
	EXPECT_TRUE(owner == NONE || owner == members[0].koid);
	EXPECT_EQ(members[1].koid, owner_of(&futex));
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[0]));
	EXPECT_EQ(1, count_waiters(&other));
	EXPECT_EQ(ZX_OK, result(&members[1]));
}

/* The owner of a futex never waits at it. */
TEST(an_owner_that_begins_to_wait)
{
	ASSERT_TRUE(meet(3));
	ASSERT_TRUE(park(&members[0], &futex, members[1].handle));
	EXPECT_TRUE(owner_becomes(&futex, members[1].koid));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  wait_in(&members[1], &futex, 0, members[1].handle, ZX_TIME_INFINITE));
	EXPECT_EQ(members[1].koid, owner_of(&futex));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, wait_in(&members[1], &futex, 0, NO_OWNER, 0));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_OK, assign(&futex, members[1].handle));
	EXPECT_EQ(members[1].koid, owner_of(&futex));
	ASSERT_TRUE(park(&members[1], &futex, members[2].handle));
	EXPECT_TRUE(owner_becomes(&futex, members[2].koid));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, assign(&futex, members[1].handle));
	ASSERT_TRUE(park(&members[2], &futex, NO_OWNER));
	EXPECT_TRUE(owner_becomes(&futex, NONE));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, assign(&futex, members[i].handle));
	EXPECT_EQ(3, count_waiters(&futex));
	EXPECT_TRUE(all_woken(3));
}

TEST(an_owner_that_is_moved_to_its_futex)
{
	ASSERT_TRUE(meet(3));
	for (int i = 0; i < 2; i++) {
		zx_koid_t owner = i ? my_koid : NONE;

		ASSERT_TRUE(park(&members[0], &other, members[1].handle));
		ASSERT_TRUE(park(&members[1], &futex, members[2].handle));
		EXPECT_TRUE(owner_becomes(&futex, members[2].koid));
		EXPECT_EQ(members[1].koid, owner_of(&other));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_futex_requeue(&futex, 0, 0, &other, 1, members[1].handle));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_futex_requeue(&futex, 1, 0, &other, 1, members[1].handle));
		EXPECT_EQ(members[1].koid, owner_of(&other));
		EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, 1, i ? me : NO_OWNER));
		EXPECT_EQ(owner, owner_of(&other));
		EXPECT_EQ(NONE, owner_of(&futex));
		EXPECT_EQ(0, count_waiters(&futex));
		EXPECT_EQ(2, count_waiters(&other));
		EXPECT_TRUE(all_woken(2));
	}
}

/*
 * Waking.
 */

/* The owner is the thread that was woken, while others wait; after another wake, it is nobody. */
static void wake_one_by_one(struct __test_metadata *_metadata, bool requeue, bool single)
{
	zx_futex_t beside = 1;

	ASSERT_TRUE(park_all(MEMBERS, &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));
	/* A value that is not there any more. */
	EXPECT_EQ(ZX_ERR_BAD_STATE, single ?
		  zx_futex_requeue_single_owner(&futex, 1, &beside, 0, NO_OWNER) :
		  zx_futex_requeue(&futex, 1, 1, &beside, 0, NO_OWNER));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_EQ(0, count_done(MEMBERS));
	for (int i = 0; i < MEMBERS; i++) {
		EXPECT_EQ(ZX_OK, single ? wake_single_by(requeue, &futex) :
					  wake_by(requeue, &futex, 1));
		/* The first that has begun to wait is the first that is woken. */
		EXPECT_EQ(single && i < MEMBERS - 1 ? members[i].koid : NONE, owner_of(&futex));
		EXPECT_EQ(ZX_OK, result(&members[i]));
		EXPECT_EQ(i + 1, count_done(MEMBERS));
		EXPECT_EQ(single && i < MEMBERS - 1 ? members[i].koid : NONE, owner_of(&futex));
	}
	EXPECT_EQ(0, count_waiters(&futex));
}

TEST(wake)
{
	ASSERT_TRUE(meet(MEMBERS));
	wake_one_by_one(_metadata, false, false);
}

TEST(wake_single_owner)
{
	ASSERT_TRUE(meet(MEMBERS));
	wake_one_by_one(_metadata, false, true);
}

TEST(wake_by_requeue)
{
	ASSERT_TRUE(meet(MEMBERS));
	wake_one_by_one(_metadata, true, false);
}

TEST(wake_by_requeue_single_owner)
{
	ASSERT_TRUE(meet(MEMBERS));
	wake_one_by_one(_metadata, true, true);
}

/* The same threads again: nothing of a wait before is left. */
TEST(wake_in_turn)
{
	ASSERT_TRUE(meet(MEMBERS));
	for (int i = 0; i < 8; i++)
		wake_one_by_one(_metadata, i & 1, i & 2);
}

TEST(wake_of_none_takes_the_ownership)
{
	ASSERT_TRUE(meet(2));
	for (int i = 0; i < 2; i++) {
		ASSERT_TRUE(park_all(2, &futex, me));
		EXPECT_TRUE(owner_becomes(&futex, my_koid));
		EXPECT_EQ(ZX_OK, wake_by(i, &futex, 0));
		EXPECT_EQ(NONE, owner_of(&futex));
		EXPECT_EQ(0, count_done(2));
		EXPECT_EQ(2, count_waiters(&futex));
		EXPECT_TRUE(all_woken(2));
	}
}

TEST(wake_of_so_many)
{
	const uint32_t counts[] = { 0, 1, 2, 3, 7, 8, 9, 0x7fffffff, 0x80000000, ALL };

	ASSERT_TRUE(meet(MEMBERS));
	for (int i = 0; i < 2; i++) {
		for (size_t j = 0; j < ARRAY_SIZE(counts); j++) {
			unsigned int woken = counts[j] < MEMBERS ? counts[j] : MEMBERS;

			ASSERT_TRUE(park_all(MEMBERS, &futex, me));
			EXPECT_EQ(ZX_OK, wake_by(i, &futex, counts[j]));
			EXPECT_EQ(NONE, owner_of(&futex));
			EXPECT_TRUE(all_woken(woken));
			EXPECT_EQ(MEMBERS - woken, count_waiters(&futex));
			EXPECT_TRUE(all_woken(MEMBERS));
		}
	}
}

TEST(a_refused_wake_changes_nothing)
{
	ASSERT_TRUE(meet(1));
	ASSERT_TRUE(park(&members[0], &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));
	for (int i = 1; i < 4; i++) {
		const zx_futex_t *odd = (void *)((char *)&futex + i);

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake(odd, ALL));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake(odd, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake_single_owner(odd));
	}
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake(NULL, ALL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wake_single_owner(NULL));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, ALL));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&other));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[0]));
}

/* A thread that was woken does not wait, also before it runs. */
TEST(a_thread_that_was_woken_can_be_the_owner_at_once)
{
	unsigned int rounds = zxt_part(300);

	ASSERT_TRUE(meet(2));
	for (unsigned int i = 0; i < rounds; i++) {
		ASSERT_TRUE(park_all(2, &futex, me));
		ASSERT_EQ(ZX_ERR_INVALID_ARGS, assign(&futex, members[0].handle));
		ASSERT_EQ(ZX_OK, wake_by(i % 2, &futex, 1));
		ASSERT_EQ(ZX_OK, assign(&futex, members[0].handle));
		ASSERT_EQ(members[0].koid, owner_of(&futex));
		ASSERT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
		ASSERT_EQ(NONE, owner_of(&futex));
		ASSERT_TRUE(all_woken(2));
	}
}

static void *leave_by_futex(void *count)
{
	zx_futex_wake_handle_close_thread_exit(&futex, *(uint32_t *)count, 5, ZX_HANDLE_INVALID);
}

/* The last steps of a thread wake as zx_futex_wake() does. */
TEST(wake_by_a_thread_that_ends)
{
	ASSERT_TRUE(meet(3));
	for (uint32_t count = 0; count < 3; count++) {
		pthread_t thread;

		ASSERT_TRUE(park_all(3, &futex, me));
		EXPECT_TRUE(owner_becomes(&futex, my_koid));
		ASSERT_EQ(0, pthread_create(&thread, NULL, leave_by_futex, &count));
		ASSERT_EQ(0, pthread_join(thread, NULL));
		EXPECT_EQ(5, futex);
		EXPECT_EQ(NONE, owner_of(&futex));
		EXPECT_TRUE(all_woken(count));
		EXPECT_EQ(3 - count, count_waiters(&futex));
		EXPECT_TRUE(all_woken(3));
	}
}

/*
 * Moving threads to another futex.
 */

/* The owners of both futexes, and how many of the members are woken. */
#define EXPECT_STATE(first, second, woken)		\
do {							\
	EXPECT_EQ(first, owner_of(&futex));		\
	EXPECT_EQ(second, owner_of(&other));		\
	EXPECT_EQ(woken, count_done(MEMBERS));		\
} while (0)

TEST(requeue)
{
	zx_handle_t event, stranger;
	pid_t pid = start_stranger(&stranger);
	zx_koid_t woken;

	ASSERT_LT(0, pid);
	ASSERT_NE(ZX_HANDLE_INVALID, stranger);
	ASSERT_TRUE(meet(MEMBERS));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_TRUE(park_all(MEMBERS, &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));
	EXPECT_EQ(NONE, owner_of(&other));

	/* The first is woken and owns the first futex, the second moves to the second futex. */
	EXPECT_EQ(ZX_OK, zx_futex_requeue_single_owner(&futex, 0, &other, 1, me));
	woken = members[0].koid;
	EXPECT_EQ(woken, owner_of(&futex));
	EXPECT_EQ(ZX_OK, result(&members[0]));
	EXPECT_STATE(woken, my_koid, 1);

	const struct {
		const zx_futex_t *from, *to;
		zx_futex_t value;
		zx_handle_t owner;
		zx_status_t status;
	} refused[] = {
		{ NULL, &other, 0, NO_OWNER, ZX_ERR_INVALID_ARGS },
		{ (void *)((char *)&futex + 1), &other, 0, NO_OWNER, ZX_ERR_INVALID_ARGS },
		{ &futex, NULL, 0, NO_OWNER, ZX_ERR_INVALID_ARGS },
		{ &futex, (void *)((char *)&other + 1), 0, NO_OWNER, ZX_ERR_INVALID_ARGS },
		{ &futex, &futex, 0, NO_OWNER, ZX_ERR_INVALID_ARGS },
		{ &futex, &other, 0, NO_HANDLE, ZX_ERR_BAD_HANDLE },
		{ &futex, &other, 0, event, ZX_ERR_WRONG_TYPE },
		{ &futex, &other, 0, stranger, ZX_ERR_INVALID_ARGS },
		/* It waits at the second futex, and these at the first. */
		{ &futex, &other, 0, members[1].handle, ZX_ERR_INVALID_ARGS },
		{ &futex, &other, 0, members[2].handle, ZX_ERR_INVALID_ARGS },
		{ &futex, &other, 0, members[3].handle, ZX_ERR_INVALID_ARGS },
		{ &futex, &other, 0, members[4].handle, ZX_ERR_INVALID_ARGS },
		{ &futex, &other, 0, members[5].handle, ZX_ERR_INVALID_ARGS },
		{ &futex, &other, 0, members[6].handle, ZX_ERR_INVALID_ARGS },
		{ &futex, &other, 0, members[7].handle, ZX_ERR_INVALID_ARGS },
		/* The value is compared before the owner is looked at. */
		{ &futex, &other, 1, NO_OWNER, ZX_ERR_BAD_STATE },
		{ &futex, &other, 1, me, ZX_ERR_BAD_STATE },
		{ &futex, &other, 1, NO_HANDLE, ZX_ERR_BAD_STATE },
		{ &futex, &other, 1, event, ZX_ERR_BAD_STATE },
		{ &futex, &other, 1, stranger, ZX_ERR_BAD_STATE },
		{ &futex, &other, 1, members[2].handle, ZX_ERR_BAD_STATE },
		/* And the addresses before the value. */
		{ &futex, NULL, 1, NO_HANDLE, ZX_ERR_INVALID_ARGS },
		{ &futex, &futex, 1, NO_HANDLE, ZX_ERR_INVALID_ARGS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		EXPECT_EQ(refused[i].status,
			  zx_futex_requeue(refused[i].from, 1, refused[i].value, refused[i].to, 1,
					   refused[i].owner)) {
			TH_LOG("case %zu", i);
		}
		EXPECT_STATE(woken, my_koid, 1);
		EXPECT_EQ(refused[i].status,
			  zx_futex_requeue_single_owner(refused[i].from, refused[i].value,
							refused[i].to, 1, refused[i].owner)) {
			TH_LOG("case %zu", i);
		}
		EXPECT_STATE(woken, my_koid, 1);
	}
	EXPECT_EQ(128 + SIGKILL, zxp_end_idle(pid));

	/* Exactly one has been moved. */
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, ALL));
	EXPECT_EQ(ZX_OK, result(&members[1]));
	EXPECT_STATE(woken, NONE, 2);
	EXPECT_EQ(0, count_waiters(&other));

	/* Now two, for the thread that was woken first. */
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, 2, members[0].handle));
	EXPECT_STATE(NONE, woken, 2);
	EXPECT_EQ(2, count_waiters(&other));
	EXPECT_TRUE(all_woken(4));
	EXPECT_STATE(NONE, NONE, 4);

	/* And the rest. */
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, ALL, me));
	EXPECT_STATE(NONE, my_koid, 4);
	EXPECT_EQ(0, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, ALL));
	EXPECT_TRUE(all_woken(MEMBERS));
	EXPECT_STATE(NONE, NONE, MEMBERS);
}

TEST(requeue_of_all_leaves_no_owner)
{
	ASSERT_TRUE(meet(3));
	ASSERT_TRUE(park_all(3, &futex, me));
	EXPECT_EQ(ZX_OK, zx_futex_requeue_single_owner(&futex, 0, &other, ALL, me));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(my_koid, owner_of(&other));
	EXPECT_EQ(ZX_OK, result(&members[0]));
	/* Those that were moved are woken in their order. */
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&other));
	EXPECT_EQ(members[1].koid, owner_of(&other));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&other));
	EXPECT_EQ(NONE, owner_of(&other));
	EXPECT_TRUE(all_woken(3));
}

/* It names the owner of the second futex and takes the ownership of the first in any case. */
TEST(requeue_of_none)
{
	ASSERT_TRUE(meet(4));
	ASSERT_TRUE(park(&members[0], &futex, members[2].handle));
	ASSERT_TRUE(park(&members[1], &other, members[3].handle));
	EXPECT_TRUE(owner_becomes(&other, members[3].koid));
	EXPECT_EQ(members[2].koid, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, 0, me));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(my_koid, owner_of(&other));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, 0, me));
	EXPECT_EQ(my_koid, owner_of(&other));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, 0, NO_OWNER));
	EXPECT_EQ(NONE, owner_of(&other));
	EXPECT_EQ(0, count_done(2));
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(1, count_waiters(&other));
	EXPECT_TRUE(all_woken(2));
}

/* No owner without a thread that waits there afterwards. */
TEST(requeue_to_a_futex_that_stays_empty)
{
	ASSERT_TRUE(meet(2));
	ASSERT_TRUE(park_all(2, &futex, me));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 1, 0, &other, 0, me));
	EXPECT_EQ(NONE, owner_of(&other));
	EXPECT_EQ(ZX_OK, result(&members[0]));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 1, 0, &other, ALL, me));
	EXPECT_EQ(NONE, owner_of(&other));
	EXPECT_EQ(ZX_OK, result(&members[1]));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(0, count_waiters(&other));
}

/* To and fro: a thread waits at the one where it was moved to last. */
TEST(requeue_and_back)
{
	ASSERT_TRUE(meet(4));
	ASSERT_TRUE(park_all(3, &futex, members[3].handle));
	for (int i = 0; i < 10; i++) {
		ASSERT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, ALL, me));
		EXPECT_EQ(NONE, owner_of(&futex));
		EXPECT_EQ(my_koid, owner_of(&other));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, assign(&other, members[i % 3].handle));
		ASSERT_EQ(ZX_OK, zx_futex_requeue(&other, 0, 1, &futex, ALL, members[3].handle));
		EXPECT_EQ(members[3].koid, owner_of(&futex));
		EXPECT_EQ(NONE, owner_of(&other));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, assign(&futex, members[i % 3].handle));
	}
	EXPECT_EQ(0, count_waiters(&other));
	EXPECT_EQ(3, count_waiters(&futex));
	EXPECT_TRUE(all_woken(3));
}

/*
 * The order of those that wait, and threads that name no owner among others.
 */

static int order_of(zx_koid_t koid)
{
	for (int i = 0; i < MEMBERS; i++)
		if (members[i].koid == koid)
			return i;
	return -1;
}

TEST(first_come_first_served)
{
	static const int order[MEMBERS] = { 3, 7, 0, 5, 1, 6, 2, 4 };

	ASSERT_TRUE(meet(MEMBERS));
	/* All name owners, none does, or some do. */
	for (int kind = 0; kind < 3; kind++) {
		for (int i = 0; i < MEMBERS; i++)
			ASSERT_TRUE(park(&members[order[i]], &futex,
					 kind == 0 || (kind == 2 && i % 2) ? me : NO_OWNER));
		for (int i = 0; i < MEMBERS - 1; i++) {
			ASSERT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
			EXPECT_EQ(order[i], order_of(owner_of(&futex)));
		}
		EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 1));
		EXPECT_TRUE(all_woken(MEMBERS));
	}
}

TEST(a_thread_that_has_timed_out_has_no_place)
{
	ASSERT_TRUE(meet(4));
	ASSERT_TRUE(park(&members[0], &futex, me));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, wait_in(&members[1], &futex, 0, NO_OWNER,
					    zx_deadline_after(ZX_MSEC(5))));
	ASSERT_TRUE(park(&members[2], &futex, NO_OWNER));
	ASSERT_TRUE(park(&members[3], &futex, me));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
	EXPECT_EQ(members[0].koid, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
	EXPECT_EQ(members[2].koid, owner_of(&futex));
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[3]));
}

TEST(an_owner_is_named_after_others_wait)
{
	ASSERT_TRUE(meet(5));
	/* None of them has named an owner. */
	ASSERT_TRUE(park_all(3, &futex, NO_OWNER));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_futex_wait(&futex, 0, members[4].handle, 0));
	EXPECT_EQ(members[4].koid, owner_of(&futex));
	/* A thread that waits without an owner cannot be the owner either. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(&futex, 0, members[1].handle, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, assign(&futex, members[2].handle));
	EXPECT_EQ(members[4].koid, owner_of(&futex));
	ASSERT_TRUE(park(&members[3], &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 2));
	EXPECT_TRUE(all_woken(2));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(2, count_waiters(&futex));
	EXPECT_TRUE(all_woken(4));
}

TEST(threads_without_an_owner_are_moved_to_those_with_one)
{
	ASSERT_TRUE(meet(5));
	ASSERT_TRUE(park(&members[0], &futex, NO_OWNER));
	ASSERT_TRUE(park(&members[1], &futex, NO_OWNER));
	ASSERT_TRUE(park(&members[2], &other, members[4].handle));
	ASSERT_TRUE(park(&members[3], &other, NO_OWNER));
	EXPECT_TRUE(owner_becomes(&other, NONE));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, 1, members[4].handle));
	EXPECT_EQ(members[4].koid, owner_of(&other));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[1]));
	EXPECT_EQ(3, count_waiters(&other));
	EXPECT_TRUE(all_woken(4));
}

/* A thread that has no handle to itself before it is woken. */
struct plain {
	pthread_t thread;
	atomic_int tid;
	zx_status_t status;
	int pipe[2];
	zx_koid_t koid;
};

static void *plain_thread(void *arg)
{
	struct plain *plain = arg;

	plain->tid = gettid();
	plain->status = zx_futex_wait(&futex, 0, NO_OWNER, ZX_TIME_INFINITE);
	zxp_block_on(plain->pipe[0]);
	plain->koid = zxt_koid(zx_thread_self());
	return NULL;
}

TEST(a_thread_that_knows_nothing_of_owners_becomes_one)
{
	struct plain plains[3] = {};

	ASSERT_TRUE(meet(1));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, pipe2(plains[i].pipe, O_CLOEXEC));
		ASSERT_EQ(0, pthread_create(&plains[i].thread, NULL, plain_thread, &plains[i]));
		ASSERT_TRUE(zxt_sleeps(&plains[i].tid));
	}
	ASSERT_TRUE(park(&members[0], &futex, NO_OWNER));
	for (int i = 0; i < 3; i++) {
		zx_koid_t owner;

		ASSERT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
		owner = owner_of(&futex);
		EXPECT_NE(NONE, owner);
		close(plains[i].pipe[1]);
		ASSERT_EQ(0, pthread_join(plains[i].thread, NULL));
		EXPECT_EQ(ZX_OK, plains[i].status);
		EXPECT_EQ(plains[i].koid, owner);
		/* It has ended, so it owns nothing. */
		EXPECT_TRUE(owner_becomes(&futex, NONE));
	}
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[0]));
}

/*
 * Owners that end, or have not begun.
 */

TEST(an_owner_that_ends)
{
	zx_koid_t koid;

	ASSERT_TRUE(meet(3));
	ASSERT_TRUE(park_all(2, &futex, members[2].handle));
	EXPECT_TRUE(owner_becomes(&futex, members[2].koid));
	koid = members[2].koid;
	ASSERT_TRUE(leave(&members[2]));
	EXPECT_TRUE(owner_becomes(&futex, NONE));
	EXPECT_EQ(koid, zxt_koid(members[2].handle));
	/* The waits go on, and the futex can have an owner again. */
	EXPECT_EQ(0, count_done(2));
	EXPECT_EQ(ZX_OK, assign(&futex, me));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_EQ(2, count_waiters(&futex));
	EXPECT_TRUE(all_woken(2));
}

TEST(a_thread_that_was_woken_ends)
{
	ASSERT_TRUE(meet(3));
	ASSERT_TRUE(park_all(3, &futex, me));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
	EXPECT_EQ(members[0].koid, owner_of(&futex));
	ASSERT_TRUE(leave(&members[0]));
	EXPECT_TRUE(owner_becomes(&futex, NONE));
	EXPECT_EQ(2, count_waiters(&futex));
	EXPECT_TRUE(all_woken(3));
}

TEST(an_owner_of_many_futexes_ends)
{
	zx_futex_t futexes[MEMBERS - 1] = {};

	ASSERT_TRUE(meet(MEMBERS));
	for (int i = 0; i < MEMBERS - 1; i++) {
		ASSERT_TRUE(park(&members[i], &futexes[i], members[MEMBERS - 1].handle));
		EXPECT_TRUE(owner_becomes(&futexes[i], members[MEMBERS - 1].koid));
	}
	/* One of them has another owner then. */
	EXPECT_EQ(ZX_OK, assign(&futexes[3], me));
	ASSERT_TRUE(leave(&members[MEMBERS - 1]));
	for (int i = 0; i < MEMBERS - 1; i++) {
		EXPECT_TRUE(owner_becomes(&futexes[i], i == 3 ? my_koid : NONE));
		EXPECT_EQ(1, count_waiters(&futexes[i]));
	}
	EXPECT_TRUE(all_woken(MEMBERS - 1));
}

/* Naming it succeeds, and the futex has no owner afterwards. */
TEST(a_thread_that_has_ended_owns_nothing)
{
	zx_handle_t dead;

	ASSERT_TRUE(meet(5));
	dead = members[4].handle;
	ASSERT_TRUE(leave(&members[4]));
	ASSERT_TRUE(park(&members[0], &futex, NO_OWNER));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&other, 0, 1, &futex, 1, members[3].handle));
	EXPECT_EQ(members[3].koid, owner_of(&futex));
	EXPECT_EQ(ZX_ERR_TIMED_OUT,
		  zx_futex_wait(&futex, 0, dead, zx_deadline_after(ZX_MSEC(1))));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&other, 0, 1, &futex, 1, members[3].handle));
	EXPECT_EQ(members[3].koid, owner_of(&futex));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_futex_wait(&futex, 0, dead, 0));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&other, 0, 1, &futex, 1, members[3].handle));
	EXPECT_EQ(members[3].koid, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&other, 0, 1, &futex, 1, dead));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_OK, assign(&futex, me));
	EXPECT_EQ(ZX_OK, zx_futex_requeue_single_owner(&other, 1, &futex, 1, dead));
	EXPECT_EQ(NONE, owner_of(&futex));

	/* The value comes first, also here. */
	EXPECT_EQ(ZX_OK, assign(&futex, me));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&futex, 1, dead, 0));
	EXPECT_EQ(my_koid, owner_of(&futex));

	/* A wait goes on as any other. */
	ASSERT_TRUE(park(&members[1], &futex, dead));
	EXPECT_TRUE(owner_becomes(&futex, NONE));
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, ALL, dead));
	EXPECT_EQ(NONE, owner_of(&other));
	EXPECT_EQ(0, count_done(2));
	EXPECT_EQ(2, count_waiters(&other));
	EXPECT_TRUE(all_woken(2));
}

TEST(a_thread_that_has_not_begun)
{
	zx_handle_t thread = ZX_HANDLE_INVALID;

	ASSERT_EQ(ZX_OK, zx_thread_create(zx_process_self(), "new", 3, 0, &thread));
	ASSERT_TRUE(meet(2));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(&futex, 0, thread, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_futex_wait(&futex, 0, thread, zx_deadline_after(ZX_MSEC(1))));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&futex, 0, 0, &other, 1, thread));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&futex, 1, thread, ZX_TIME_INFINITE));
	ASSERT_TRUE(park(&members[0], &futex, me));
	ASSERT_TRUE(park(&members[1], &other, me));
	EXPECT_TRUE(owner_becomes(&other, my_koid));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_wait(&futex, 0, thread, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_futex_requeue(&futex, 1, 0, &other, 1, thread));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_futex_requeue_single_owner(&futex, 0, &other, 1, thread));
	EXPECT_EQ(my_koid, owner_of(&futex));
	EXPECT_EQ(my_koid, owner_of(&other));
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(1, count_waiters(&other));
	EXPECT_TRUE(all_woken(2));
}

/* A thread that ends while another names it: it does not stay the owner. */
TEST_F_TIMEOUT(rounds, an_owner_that_ends_while_it_is_named, 600)
{
	unsigned int rounds = zxt_part(500);
	struct member *ending = &members[1];

	ASSERT_TRUE(meet(1));
	for (unsigned int i = 0; i < rounds; i++) {
		ASSERT_TRUE(join_in(ending));
		if (i % 2)
			let_leave(ending);
		ASSERT_TRUE(begin(&members[0], &futex, 0, ending->handle, ZX_TIME_INFINITE));
		if (i % 2 == 0)
			let_leave(ending);
		ASSERT_EQ(0, pthread_join(ending->thread, NULL));
		ASSERT_TRUE(ends_soon(ending->handle));
		ASSERT_TRUE(blocks(&members[0]));
		ASSERT_TRUE(owner_becomes(&futex, NONE));
		ASSERT_EQ(ZX_OK, assign(&futex, ending->handle));
		ASSERT_EQ(NONE, owner_of(&futex));
		ASSERT_EQ(1, count_waiters(&futex));
		ASSERT_EQ(ZX_OK, result(&members[0]));
		close(ending->pipe[0]);
		ASSERT_EQ(ZX_OK, zx_handle_close(ending->handle));
	}
	/* This thread's handle, and the two to the thread that waits. */
	EXPECT_EQ(self->handles + 3, zxt_handles());
}

/*
 * Linux: signals, other processes, their end.
 */

static atomic_int handled;

static void count_signal(int signal)
{
	(void)signal;
	handled++;
}

static bool handle_signals(void)
{
	const struct sigaction action = { .sa_handler = count_signal };

	return sigaction(SIGUSR1, &action, NULL) == 0;
}

/* Returns when the handler has run: the member is blocked from then on only if it waits again. */
static bool interrupt(struct member *member)
{
	zx_time_t limit = ZXT_SOON;
	int before = handled;

	if (pthread_kill(member->thread, SIGUSR1))
		return false;
	while (handled == before && zx_clock_get_monotonic() < limit)
		usleep(100);
	return handled != before;
}

TEST(a_signal_handler_runs_in_a_thread_that_waits)
{
	ASSERT_TRUE(handle_signals());
	ASSERT_TRUE(meet(3));
	ASSERT_TRUE(park_all(2, &futex, members[2].handle));
	EXPECT_TRUE(owner_becomes(&futex, members[2].koid));
	for (int i = 0; i < 100; i++) {
		ASSERT_TRUE(interrupt(&members[0]));
		/* The other thread waits all the time. */
		ASSERT_EQ(members[2].koid, owner_of(&futex));
	}
	ASSERT_TRUE(blocks(&members[0]));
	ASSERT_EQ(members[2].koid, owner_of(&futex));
	EXPECT_EQ(0, count_done(2));
	EXPECT_EQ(2, count_waiters(&futex));
	EXPECT_TRUE(all_woken(2));
}

TEST(a_signal_handler_runs_in_the_only_thread_that_waits)
{
	ASSERT_TRUE(handle_signals());
	ASSERT_TRUE(meet(2));
	ASSERT_TRUE(park(&members[0], &futex, members[1].handle));
	for (int i = 0; i < 20; i++) {
		ASSERT_TRUE(interrupt(&members[0]));
		ASSERT_TRUE(blocks(&members[0]));
		ASSERT_TRUE(owner_becomes(&futex, members[1].koid));
	}
	EXPECT_EQ(1, count_waiters(&futex));
	EXPECT_EQ(ZX_OK, result(&members[0]));
	EXPECT_EQ(NONE, owner_of(&futex));
}

TEST(a_signal_handler_runs_and_the_deadline_stays)
{
	zx_time_t deadline;

	ASSERT_TRUE(handle_signals());
	ASSERT_TRUE(meet(2));
	deadline = zx_deadline_after(ZX_MSEC(200));
	ASSERT_TRUE(begin(&members[0], &futex, 0, members[1].handle, deadline));
	for (int i = 0; i < 20; i++)
		ASSERT_TRUE(interrupt(&members[0]));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, result(&members[0]));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	EXPECT_EQ(NONE, owner_of(&futex));
}

/* A thread that runs handlers misses no wake: each is for a thread that waits or will compare. */
TEST_F_TIMEOUT(rounds, wakes_among_signal_handlers, 600)
{
	unsigned int rounds = zxt_part(500);

	ASSERT_TRUE(handle_signals());
	ASSERT_TRUE(meet(3));
	for (unsigned int i = 0; i < rounds; i++) {
		ASSERT_TRUE(park_all(2, &futex, members[2].handle));
		pthread_kill(members[i % 2].thread, SIGUSR1);
		/* A thread that runs a handler now finds this value afterwards. */
		atomic_fetch_add(&futex, 1);
		ASSERT_EQ(ZX_OK, zx_futex_wake(&futex, ALL));
		for (int j = 0; j < 2; j++) {
			zx_status_t status = result(&members[j]);

			ASSERT_TRUE(status == ZX_OK || status == ZX_ERR_BAD_STATE);
		}
		ASSERT_EQ(NONE, owner_of(&futex));
	}
	/* The three members' handles and duplicates, and this thread's handle. */
	EXPECT_EQ(self->handles + 7, zxt_handles());
}

static zx_futex_t *shared;

/* Threads that wait for their leader at an address that the parent's threads use too. */
static void wait_in_child(void)
{
	CHILD_CHECK(owner_of(shared) == NONE);
	CHILD_CHECK(meet(4));
	CHILD_CHECK(count_waiters(shared) == 0);
	CHILD_CHECK(park_all(3, shared, me));
	CHILD_CHECK(owner_becomes(shared, my_koid));
	CHILD_CHECK(park(&members[3], &futex, members[0].handle));
	CHILD_CHECK(owner_becomes(&futex, members[0].koid));
}

FIXTURE(child)
{
	int ready[2];
	int go[2];
	pid_t pid;
};

FIXTURE_SETUP(child)
{
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
	self->pid = 0;
}

FIXTURE_TEARDOWN(child)
{
	if (self->pid > 0)
		zxp_end_idle(self->pid);
}

/* Its threads end in their waits, and its owners with it. Another process notices nothing. */
TEST_F_TIMEOUT(child, a_process_ends_while_its_threads_wait, 600)
{
	struct zxp_objects before;
	bool counted = false;

	shared = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	ASSERT_NE(MAP_FAILED, shared);
	ASSERT_TRUE(meet(1));
	ASSERT_TRUE(park(&members[0], shared, me));
	EXPECT_TRUE(owner_becomes(shared, my_koid));
	for (int i = 0; i < 20; i++) {
		zx_handle_t process;

		self->pid = ZXP_START(0, wait_in_child);
		ASSERT_EQ(my_koid, owner_of(shared));
		ASSERT_EQ(ZX_OK, open_pid(self->pid, &process));
		ASSERT_EQ(0, i % 2 ? zx_task_kill(process) : kill(self->pid, SIGKILL));
		ASSERT_TRUE(ends_soon(process));
		EXPECT_EQ(128 + SIGKILL, zxp_reap(self->pid));
		self->pid = 0;
		ASSERT_EQ(ZX_OK, zx_handle_close(process));
		ASSERT_EQ(my_koid, owner_of(shared));
		ASSERT_FALSE(members[0].done);
		/* What the first round has made for this process may stay. */
		if (i == 0)
			counted = zxp_settle(&before, 1);
	}
	EXPECT_EQ(NULL, counted ? zxp_wait_objects(&before, 60) : NULL);
	EXPECT_EQ(1, count_waiters(shared));
	EXPECT_EQ(ZX_OK, result(&members[0]));
}

static void *exec_self(void *unused)
{
	(void)unused;
	execl("/proc/self/exe", "futex-owner-child", NULL);
	_exit(CHILD_FAILED);
}

/* All other threads end, also an owner, and those that wait. */
TEST(a_process_executes_a_program_while_its_threads_wait)
{
	for (int i = 0; i < 10; i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (pid == 0) {
			pthread_t thread;

			CHILD_CHECK(meet(3));
			CHILD_CHECK(park(&members[0], &futex, me));
			CHILD_CHECK(park(&members[1], &other, members[2].handle));
			if (i % 2)
				exec_self(NULL);
			CHILD_CHECK(pthread_create(&thread, NULL, exec_self, NULL) == 0);
			for (;;)
				pause();
		}
		EXPECT_EQ(0, zxp_reap(pid));
	}
}

/*
 * A mutex: the word is the handle of the thread that holds it, or 0. The lowest bit, which is set
 * in each handle, is cleared when others may wait.
 */

#define LOCKERS	16
#define WAITED	1

static struct {
	zx_futex_t word;
	unsigned int rounds, counter;
	atomic_int holders, failures;
	atomic_uint waits;
	zx_koid_t koids[LOCKERS];
	pthread_barrier_t barrier;
} mutex;

static void fail(const char *what, zx_status_t status)
{
	if (!mutex.failures++)
		fprintf(stderr, "# %s: %d\n", what, status);
}

static void lock(int self)
{
	int word = 0;

	if (atomic_compare_exchange_strong(&mutex.word, &word, self))
		return;
	for (;;) {
		zx_status_t status;
		int waited;

		if (word == 0) {
			/* Others may wait still, so it is taken as one that is waited for. */
			if (atomic_compare_exchange_strong(&mutex.word, &word, self & ~WAITED))
				return;
			continue;
		}
		waited = word & ~WAITED;
		if (word != waited && !atomic_compare_exchange_strong(&mutex.word, &word, waited))
			continue;
		/* The word has named the owner: it cannot wait here if the word is the same. */
		status = zx_futex_wait(&mutex.word, waited, waited | WAITED,
				       zx_deadline_after(ZX_SEC(200)));
		if (status == ZX_OK)
			mutex.waits++;
		else if (status != ZX_ERR_BAD_STATE)
			fail("zx_futex_wait", status);
		if (status == ZX_ERR_TIMED_OUT)
			_exit(KSFT_FAIL);
		word = atomic_load(&mutex.word);
	}
}

static void unlock(int self)
{
	int word = atomic_exchange(&mutex.word, 0);

	if ((word | WAITED) != self)
		fail("the word at the end", word);
	if (!(word & WAITED) && zx_futex_wake_single_owner(&mutex.word) != ZX_OK)
		fail("zx_futex_wake_single_owner", 0);
}

static bool is_locker(zx_koid_t koid)
{
	for (int i = 0; i < LOCKERS; i++)
		if (mutex.koids[i] == koid)
			return true;
	return koid == NONE;
}

static void *locker(void *koid)
{
	zx_handle_t self = zx_thread_self();

	*(zx_koid_t *)koid = zxt_koid(self);
	pthread_barrier_wait(&mutex.barrier);
	for (unsigned int i = 0; i < mutex.rounds; i++) {
		unsigned int before;

		lock(self);
		if (mutex.holders++)
			fail("two threads hold it", mutex.holders);
		before = mutex.counter;
		if (i % 8 == 0)
			sched_yield();
		if (i % 64 == 0 && !is_locker(owner_of(&mutex.word)))
			fail("another owner", 0);
		mutex.counter = before + 1;
		mutex.holders--;
		unlock(self);
	}
	/* No other names a handle that is closed. */
	pthread_barrier_wait(&mutex.barrier);
	return NULL;
}

TEST_F_TIMEOUT(rounds, a_mutex, 600)
{
	pthread_t threads[LOCKERS];

	mutex.rounds = zxt_part(4000);
	pthread_barrier_init(&mutex.barrier, NULL, LOCKERS);
	for (int i = 0; i < LOCKERS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, locker, &mutex.koids[i]));
	for (int i = 0; i < LOCKERS; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_EQ(0, mutex.failures);
	EXPECT_EQ(LOCKERS * mutex.rounds, mutex.counter);
	EXPECT_EQ(0, mutex.word);
	EXPECT_EQ(NONE, owner_of(&mutex.word));
	/* Else the test has tested nothing. */
	EXPECT_LT(0, mutex.waits);
	EXPECT_EQ(self->handles, zxt_handles());
}

/*
 * Everything at once.
 */

#define FUTEXES	8
#define CALLERS	10

enum { WAIT, WAIT_FOREVER, WAKE, REQUEUE };

static struct {
	zx_futex_t futexes[FUTEXES];
	zx_handle_t handles[CALLERS];
	zx_koid_t koids[CALLERS];
	zx_handle_t event, dead;
	unsigned int calls;
	pthread_barrier_t ready, end;
	atomic_bool stop;
	atomic_int running, failures;
} chaos;

struct caller_of_any {
	int role;
	unsigned int index, random;
	pthread_t thread;
};

static unsigned int draw(struct caller_of_any *caller, unsigned int n)
{
	return rand_r(&caller->random) / 7 % n;
}

static zx_futex_t *draw_futex(struct caller_of_any *caller)
{
	return &chaos.futexes[draw(caller, FUTEXES)];
}

static zx_handle_t draw_owner(struct caller_of_any *caller)
{
	switch (draw(caller, 16)) {
	case 0:
		return chaos.event;
	case 1:
		return chaos.dead;
	case 2:
		return NO_HANDLE;
	case 3:
	case 4:
		return NO_OWNER;
	default:
		return chaos.handles[draw(caller, CALLERS)];
	}
}

/* What a wait and a requeue may return for any owner. */
static void check(const char *call, zx_status_t status, bool may_time_out)
{
	if (status == ZX_OK || status == ZX_ERR_BAD_STATE || status == ZX_ERR_INVALID_ARGS ||
	    status == ZX_ERR_BAD_HANDLE || status == ZX_ERR_WRONG_TYPE ||
	    (status == ZX_ERR_TIMED_OUT && may_time_out))
		return;
	if (!chaos.failures++)
		fprintf(stderr, "# %s: %d\n", call, status);
}

static void check_owner(const zx_futex_t *at)
{
	zx_koid_t koid = owner_of(at);

	for (int i = 0; i < CALLERS; i++)
		if (chaos.koids[i] == koid)
			return;
	if (koid != NONE && !chaos.failures++)
		fprintf(stderr, "# an owner that was not named\n");
}

static void call_any(struct caller_of_any *caller)
{
	zx_futex_t *at = draw_futex(caller), *to = draw_futex(caller);
	zx_handle_t owner = draw_owner(caller);
	int value = draw(caller, 8) ? *at : -1;
	uint32_t wakes = draw(caller, 3), moves = draw(caller, 4);
	bool single = draw(caller, 2);

	switch (caller->role) {
	case WAIT:
		/* Some get as far as to sleep. */
		check("zx_futex_wait", zx_futex_wait(at, value, owner, draw(caller, 16) ? 0 :
						     zx_deadline_after(ZX_USEC(200))), true);
		break;
	case WAIT_FOREVER:
		check("zx_futex_wait", zx_futex_wait(at, value, owner, ZX_TIME_INFINITE), false);
		break;
	case WAKE:
		if ((single ? zx_futex_wake_single_owner(at) : zx_futex_wake(at, wakes)) != ZX_OK)
			chaos.failures++;
		check_owner(at);
		break;
	case REQUEUE:
		check("zx_futex_requeue", single ?
		      zx_futex_requeue_single_owner(at, value, to, moves, owner) :
		      zx_futex_requeue(at, wakes, value, to, moves, owner), false);
		if (draw(caller, 32) == 0)
			atomic_fetch_xor(at, 1);
		break;
	}
}

static void *caller_of_any_thread(void *arg)
{
	struct caller_of_any *caller = arg;

	chaos.handles[caller->index] = zx_thread_self();
	chaos.koids[caller->index] = zxt_koid(zx_thread_self());
	pthread_barrier_wait(&chaos.ready);
	for (unsigned int i = 0; caller->role == WAIT_FOREVER ? !chaos.stop : i < chaos.calls; i++)
		call_any(caller);
	chaos.running--;
	/* The handles are valid until all have ended. */
	pthread_barrier_wait(&chaos.end);
	return NULL;
}

TEST_F_TIMEOUT(rounds, many_calls_on_few_futexes, 600)
{
	static const int roles[CALLERS] = {
		WAIT, WAIT, WAKE, WAKE, REQUEUE, REQUEUE,
		WAIT_FOREVER, WAIT_FOREVER, WAIT_FOREVER, WAIT_FOREVER,
	};
	struct caller_of_any callers[CALLERS];
	zx_time_t limit;

	ASSERT_TRUE(meet(1));
	ASSERT_TRUE(leave(&members[0]));
	chaos.dead = members[0].handle;
	ASSERT_EQ(ZX_OK, zx_event_create(0, &chaos.event));
	chaos.calls = zxt_part(20000);
	chaos.running = CALLERS;
	pthread_barrier_init(&chaos.ready, NULL, CALLERS);
	pthread_barrier_init(&chaos.end, NULL, CALLERS + 1);
	for (int i = 0; i < CALLERS; i++) {
		callers[i] = (struct caller_of_any){ roles[i], i, 1234 + i, 0 };
		ASSERT_EQ(0, pthread_create(&callers[i].thread, NULL, caller_of_any_thread,
					    &callers[i]));
	}
	/* First those end whose number of calls is given, then those that must be woken. */
	while (chaos.running > 4)
		usleep(1000);
	chaos.stop = true;
	limit = zx_deadline_after(ZX_SEC(180));
	while (chaos.running && zx_clock_get_monotonic() < limit) {
		for (int i = 0; i < FUTEXES; i++)
			EXPECT_EQ(ZX_OK, zx_futex_wake(&chaos.futexes[i], ALL));
		usleep(1000);
	}
	ASSERT_EQ(0, chaos.running);
	for (int i = 0; i < FUTEXES; i++) {
		EXPECT_EQ(NONE, owner_of(&chaos.futexes[i]));
		EXPECT_EQ(0, count_waiters(&chaos.futexes[i]));
	}
	EXPECT_EQ(0, chaos.failures);
	pthread_barrier_wait(&chaos.end);
	for (int i = 0; i < CALLERS; i++)
		ASSERT_EQ(0, pthread_join(callers[i].thread, NULL));
	/* The event, the thread that has ended, and this thread. */
	EXPECT_EQ(self->handles + 3, zxt_handles());
}

/* A wait in futex(2). */
struct early {
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	zx_status_t status;
};

static void *early_thread(void *arg)
{
	struct early *early = arg;

	early->tid = gettid();
	early->status = zx_futex_wait(&futex, 0, NO_OWNER, ZX_TIME_INFINITE);
	early->done = true;
	return NULL;
}

static bool early_ends(struct early *early)
{
	return pthread_join(early->thread, NULL) == 0 && early->status == ZX_OK;
}

/* They do not count for the owner, but are woken first, and moved. */
TEST(waits_before_the_first_owner)
{
	struct early early[4] = {};

	for (size_t i = 0; i < ARRAY_SIZE(early); i++) {
		ASSERT_EQ(0, pthread_create(&early[i].thread, NULL, early_thread, &early[i]));
		ASSERT_TRUE(zxt_sleeps(&early[i].tid));
	}
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, 0));
	EXPECT_EQ(NONE, owner_of(&futex));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
	EXPECT_TRUE(early_ends(&early[0]));
	EXPECT_EQ(NONE, owner_of(&futex));
	ASSERT_TRUE(meet(2));
	EXPECT_EQ(NONE, owner_of(&futex));
	ASSERT_TRUE(park(&members[0], &futex, me));
	EXPECT_TRUE(owner_becomes(&futex, my_koid));
	EXPECT_EQ(ZX_OK, zx_futex_wake_single_owner(&futex));
	EXPECT_TRUE(early_ends(&early[1]));
	EXPECT_FALSE(members[0].done);
	EXPECT_EQ(NONE, owner_of(&futex));
	/* All are moved, two of them in futex(2), and one is woken there. */
	EXPECT_EQ(ZX_OK, zx_futex_requeue(&futex, 0, 0, &other, ALL, me));
	EXPECT_EQ(my_koid, owner_of(&other));
	EXPECT_EQ(ZX_OK, zx_futex_wake(&futex, ALL));
	EXPECT_FALSE(early[2].done || early[3].done || members[0].done);
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, 2));
	EXPECT_TRUE(early_ends(&early[2]));
	EXPECT_TRUE(early_ends(&early[3]));
	EXPECT_FALSE(members[0].done);
	EXPECT_EQ(ZX_OK, zx_futex_wake(&other, 1));
	EXPECT_EQ(ZX_OK, result(&members[0]));
}

/* More than the module wakes in one go. */
#define CROWD	40

static struct {
	zx_futex_t futex;
	atomic_int waiting, woken;
} crowd;

static void *crowd_thread(void *arg)
{
	crowd.waiting++;
	if (zx_futex_wait(&crowd.futex, 1, NO_OWNER, ZXT_SOON) == ZX_OK) {
		/* As programs do that are woken. */
		atomic_store(&crowd.futex, 2);
		crowd.woken++;
	}
	return arg;
}

/* The value is compared once, also if it changes while the call wakes. */
TEST(more_threads_than_are_woken_in_one_go)
{
	pthread_t threads[CROWD];

	ASSERT_TRUE(meet(1));
	for (int requeue = 0; requeue < 2; requeue++) {
		zx_koid_t koids[CROWD + 10];
		zx_time_t limit = ZXT_SOON;
		size_t n = 0, blocked = 0;

		crowd.futex = 1;
		crowd.waiting = 0;
		crowd.woken = 0;
		for (int i = 0; i < CROWD; i++)
			ASSERT_EQ(0, pthread_create(&threads[i], NULL, crowd_thread, NULL));
		/* All but this thread and the member, which waits for what to do. */
		while (blocked < CROWD && zx_clock_get_monotonic() < limit) {
			blocked = 0;
			ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(),
							    ZX_INFO_PROCESS_THREADS, koids,
							    sizeof(koids), &n, NULL));
			for (size_t i = 0; i < n; i++) {
				zx_handle_t thread;

				if (zx_object_get_child(zx_process_self(), koids[i],
							ZX_RIGHT_INSPECT, &thread) != ZX_OK)
					continue;
				blocked += koids[i] != my_koid && koids[i] != members[0].koid &&
					   is_blocked(thread);
				zx_handle_close(thread);
			}
		}
		ASSERT_EQ(CROWD, blocked);
		EXPECT_EQ(ZX_OK, requeue ?
				 zx_futex_requeue(&crowd.futex, ALL, 1, &other, 0, NO_OWNER) :
				 zx_futex_wake(&crowd.futex, ALL));
		for (int i = 0; i < CROWD; i++)
			ASSERT_EQ(0, pthread_join(threads[i], NULL));
		EXPECT_EQ(CROWD, crowd.woken);
	}
}

/* The child leaves the number of its own descriptor in the library's variable. */
TEST(wake_by_a_thread_that_ends_after_vfork)
{
	uint32_t count = 1;
	pthread_t thread;
	zx_handle_t event;
	pid_t pid;

	ASSERT_TRUE(meet(1));
	ASSERT_TRUE(park(&members[0], &futex, NO_OWNER));
	pid = vfork();
	if (pid == 0)
		_exit(zx_event_create(0, &event) != ZX_OK);
	ASSERT_EQ(0, zxp_reap(pid));
	ASSERT_EQ(0, pthread_create(&thread, NULL, leave_by_futex, &count));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(ZX_OK, result(&members[0]));
}

static struct {
	zx_futex_t value;
	atomic_bool stop;
} torn;

static void *tear(void *arg)
{
	while (!torn.stop) {
		atomic_store(&torn.value, 0x01000100);
		atomic_store(&torn.value, 0x00010001);
	}
	return arg;
}

/* A value that is read in parts could be 0, which it never is. */
TEST_F_TIMEOUT(rounds, a_value_is_read_as_a_whole, 600)
{
	unsigned int calls = zxt_part(500000);
	pthread_t thread;

	torn.value = 0x01000100;
	ASSERT_EQ(0, pthread_create(&thread, NULL, tear, NULL));
	for (unsigned int i = 0; i < calls; i++)
		ASSERT_EQ(ZX_ERR_BAD_STATE, zx_futex_wait(&torn.value, 0, NO_OWNER, 0));
	torn.stop = true;
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], "futex-owner-child"))
		return 0;
	return test_harness_run(argc, argv);
}
