// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles in messages: deep nests of channels, and cycles that no process can reach any more. A
 * tracer, one endpoint of an eventpair, is sent along: its peer shows when it is gone. The module's
 * slab caches show whether everything is freed.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/time.h>

#include "zxcall.h"
#include "zxproc.h"
#include "zxrace.h"

#define SECONDS 600

/* A channel whose endpoints are sent around until it is out of reach. */
struct pair {
	zx_handle_t end[2];
};

static struct pair new_pair(void)
{
	struct pair pair = {};

	if (zx_channel_create(0, &pair.end[0], &pair.end[1]) != ZX_OK)
		abort();
	return pair;
}

static zx_status_t put(zx_handle_t through, zx_handle_t what)
{
	return zx_channel_write(through, 0, "x", 1, &what, 1);
}

static zx_handle_t receive(zx_handle_t from)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;
	uint32_t size, count;
	char byte;

	zx_channel_read(from, 0, &byte, &handle, 1, 1, &size, &count);
	return handle;
}

/* Returns one endpoint of an eventpair; @other is sent along with what is to be traced. */
static zx_handle_t tracer(zx_handle_t *other)
{
	zx_handle_t mine = ZX_HANDLE_INVALID;

	if (zx_eventpair_create(0, &mine, other) != ZX_OK)
		abort();
	return mine;
}

static bool is_freed(zx_handle_t mine)
{
	return zx_object_wait_one(mine, ZX_EVENTPAIR_PEER_CLOSED,
				  zx_deadline_after(ZX_SEC(SECONDS)), NULL) == ZX_OK;
}

/* Whether the tracer is gone now. */
static bool is_gone(zx_handle_t mine)
{
	return zxt_signals(mine) & ZX_EVENTPAIR_PEER_CLOSED;
}

/* Waits long enough for a worker to free the tracer by mistake. */
static bool is_kept(zx_handle_t mine)
{
	return zx_object_wait_one(mine, ZX_EVENTPAIR_PEER_CLOSED, zx_deadline_after(ZX_SEC(3)),
				  NULL) == ZX_ERR_TIMED_OUT;
}

/* Each test begins with the device open and the objects counted, and ends with the same count. */
FIXTURE(cycle)
{
	struct zxp_objects before;
	bool counted;
};

FIXTURE_SETUP(cycle)
{
	static const struct zxp_objects none;

	/* Objects of the test before may still be freed. */
	self->counted = zxp_count_objects(&self->before);
	if (self->counted)
		zxp_wait_objects(&none, 10);
	ASSERT_NE(ZX_HANDLE_INVALID, zx_process_self());
	if (self->counted)
		ASSERT_TRUE(zxp_count_objects(&self->before));
}

FIXTURE_TEARDOWN(cycle)
{
	EXPECT_EQ(0, zxt_handles());
	if (self->counted)
		EXPECT_EQ(NULL, zxp_wait_objects(&self->before, SECONDS));
}

/* Counts that are not available must not look right. */
TEST(objects_can_be_counted)
{
	static const char bytes[100];
	struct zxp_objects before, after;
	struct pair pair;
	long grown = 0;

	ASSERT_NE(ZX_HANDLE_INVALID, zx_process_self());
	if (!zxp_count_objects(&before))
		SKIP(return, "slabinfo does not name the module's caches (slab_nomerge?)");
	pair = new_pair();
	for (int i = 0; i < 10; i++)
		ASSERT_EQ(ZX_OK, zx_channel_write(pair.end[0], 0, bytes, sizeof(bytes), NULL, 0));
	ASSERT_TRUE(zxp_count_objects(&after));
	EXPECT_NE(NULL, zxp_more_than(&after, &before));
	EXPECT_EQ(1, zxp_count_of(&after, "zircon_channel") -
		     zxp_count_of(&before, "zircon_channel"));
	/* All caches, since messages come from several. */
	for (unsigned int i = 0; i < after.caches; i++)
		grown += after.cache[i].count - zxp_count_of(&before, after.cache[i].name);
	EXPECT_EQ(1 + 10, grown);
	zx_handle_close(pair.end[0]);
	zx_handle_close(pair.end[1]);
	EXPECT_EQ(NULL, zxp_wait_objects(&before, SECONDS));
}

/*
 * Nests.
 */

/* Makes a chain of @depth channels, each in a message of the next. Returns the outermost one. */
static struct pair chain(int depth, zx_handle_t innermost)
{
	struct pair pair = new_pair();

	if (put(pair.end[0], innermost) != ZX_OK)
		abort();
	while (--depth > 0) {
		struct pair outer = new_pair();

		if (put(outer.end[0], pair.end[0]) != ZX_OK ||
		    put(outer.end[0], pair.end[1]) != ZX_OK)
			abort();
		pair = outer;
	}
	return pair;
}

/* CYCLE_CHAIN in the environment is another length, for kernels on which this takes long. */
TEST_F_TIMEOUT(cycle, chain_of_100000_closed_at_once, 1300)
{
	const char *length = getenv("CYCLE_CHAIN");
	zx_handle_t other, mine = tracer(&other);
	struct pair pair = chain(length ? atoi(length) : 100000, other);

	EXPECT_EQ(2, zxt_handles() - 1);
	EXPECT_EQ(ZX_OK, zx_handle_close(pair.end[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(pair.end[1]));
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
}

/* Several threads close long chains: what they leave to the worker adds up, and nothing is lost. */
struct race {
	struct pair chain[RACERS];
	atomic_uint next;
};

static void close_chain(struct race *race)
{
	struct pair *chain = &race->chain[race->next++ % RACERS];

	zx_handle_close(chain->end[0]);
	zx_handle_close(chain->end[1]);
}

TEST_F_TIMEOUT(cycle, chains_closed_by_four_at_once, 1300)
{
	static void (*const actions[RACERS])(struct race *race) = {
		close_chain, close_chain, close_chain, close_chain,
	};
	struct race race = {};
	struct racers racers;
	zx_handle_t mine[RACERS];

	racers_start(&racers, &race, actions);
	for (unsigned int round = zxt_part(50); round; round--) {
		for (int i = 0; i < RACERS; i++) {
			zx_handle_t other;

			mine[i] = tracer(&other);
			race.chain[i] = chain(600, other);
		}
		racers_round(&racers);
		for (int i = 0; i < RACERS; i++) {
			ASSERT_TRUE(is_freed(mine[i]));
			zx_handle_close(mine[i]);
		}
	}
	racers_stop(&racers);
}

/* A process is killed that has the only handles to a chain. */
TEST_F_TIMEOUT(cycle, chain_closed_by_the_end_of_a_process, 1300)
{
	zx_handle_t other, mine = tracer(&other);
	int fd;
	pid_t pid;

	ASSERT_EQ(ZX_OK, zxl_handle_export(other, 0, &fd));
	pid = fork();
	if (!pid) {
		zx_handle_t innermost;

		CHILD_CHECK(zxl_handle_import(fd, 0, &innermost) == ZX_OK);
		chain(20000, innermost);
		raise(SIGKILL);
	}
	close(fd);
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
}

/* A chain can be received link by link. */
TEST_F_TIMEOUT(cycle, chain_can_be_unpacked, 1300)
{
	zx_handle_t other, mine = tracer(&other), got;
	struct pair pair = chain(1000, other);

	for (int i = 1; i < 1000; i++) {
		struct pair inner;

		inner.end[0] = receive(pair.end[1]);
		inner.end[1] = receive(pair.end[1]);
		ASSERT_NE(ZX_HANDLE_INVALID, inner.end[0]);
		ASSERT_NE(ZX_HANDLE_INVALID, inner.end[1]);
		zx_handle_close(pair.end[0]);
		zx_handle_close(pair.end[1]);
		pair = inner;
	}
	EXPECT_EQ(0, zxt_signals(mine));
	got = receive(pair.end[1]);
	EXPECT_EQ(zxt_basic(mine).related_koid, zxt_koid(got));
	zx_handle_close(got);
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
	zx_handle_close(pair.end[0]);
	zx_handle_close(pair.end[1]);
}

/*
 * Cycles.
 */

/* An endpoint is sent into its own queue. */
TEST_F_TIMEOUT(cycle, end_in_its_own_queue, 1300)
{
	zx_handle_t other, mine = tracer(&other);
	struct pair pair = new_pair();

	ASSERT_EQ(ZX_OK, put(pair.end[1], other));
	ASSERT_EQ(ZX_OK, put(pair.end[1], pair.end[0]));
	EXPECT_TRUE(is_gone(mine));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(pair.end[1]));
	EXPECT_EQ(ZX_OK, zx_handle_close(pair.end[1]));
	zx_handle_close(mine);
}

/* The peer goes on to write to a ring that has come apart. */
TEST_F_TIMEOUT(cycle, written_to_while_it_goes, 1300)
{
	struct pair pair = new_pair();
	zx_handle_t other, mine = tracer(&other);
	zx_status_t status = ZX_OK;

	/* The first endpoint is only in its own queue. */
	ASSERT_EQ(ZX_OK, put(pair.end[1], other));
	ASSERT_EQ(ZX_OK, put(pair.end[1], pair.end[0]));
	while (status != ZX_ERR_PEER_CLOSED) {
		struct pair more = new_pair();

		status = put(pair.end[1], more.end[0]);
		/* SHOULD_WAIT does not consume the handle. */
		if (status == ZX_ERR_SHOULD_WAIT)
			EXPECT_EQ(ZX_OK, zx_handle_close(more.end[0]));
		ASSERT_TRUE(status == ZX_OK || status == ZX_ERR_SHOULD_WAIT ||
			    status == ZX_ERR_PEER_CLOSED);
		EXPECT_EQ(ZX_OK, zx_handle_close(more.end[1]));
	}
	EXPECT_TRUE(is_freed(mine));
	EXPECT_EQ(ZX_OK, zx_handle_close(mine));
	EXPECT_EQ(ZX_OK, zx_handle_close(pair.end[1]));
}

/* Two endpoints, each in the queue of the other. Returns their peers. */
static struct pair two_in_a_circle(zx_handle_t passenger)
{
	struct pair a = new_pair(), b = new_pair();

	if (put(a.end[1], passenger) != ZX_OK || put(a.end[1], b.end[0]) != ZX_OK ||
	    put(b.end[1], a.end[0]) != ZX_OK)
		abort();
	return (struct pair){ { a.end[1], b.end[1] } };
}

TEST_F_TIMEOUT(cycle, two_channels_carry_each_other, 1300)
{
	zx_handle_t other, mine = tracer(&other);
	struct pair peers = two_in_a_circle(other);

	EXPECT_EQ(ZX_OK, zx_handle_close(peers.end[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(peers.end[1]));
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
}

/* A writer gets PEER_CLOSED when no process can read its messages any more. */
TEST_F_TIMEOUT(cycle, peer_of_a_lost_end_learns_of_it, 1300)
{
	zx_handle_t other, mine = tracer(&other);
	struct pair peers = two_in_a_circle(other);

	EXPECT_EQ(ZX_OK, zx_handle_close(peers.end[0]));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(peers.end[1], ZX_CHANNEL_PEER_CLOSED,
					    zx_deadline_after(ZX_SEC(SECONDS)), NULL));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_write(peers.end[1], 0, "x", 1, NULL, 0));
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(peers.end[1]);
	zx_handle_close(mine);
}

/* A cycle that can be reached from outside is not freed. */
TEST_F_TIMEOUT(cycle, cycle_within_reach_survives, 1300)
{
	zx_handle_t other, mine = tracer(&other), in_cycle, got;
	struct pair entry = new_pair(), a = new_pair(), b = new_pair();

	/* In a's queue: passenger and b. In b's queue: c. In c's queue: b's peer, a's peer. */
	struct pair c = new_pair();

	ASSERT_EQ(ZX_OK, put(a.end[1], other));
	ASSERT_EQ(ZX_OK, put(a.end[1], b.end[0]));
	ASSERT_EQ(ZX_OK, put(b.end[1], c.end[0]));
	ASSERT_EQ(ZX_OK, put(c.end[1], b.end[1]));
	ASSERT_EQ(ZX_OK, put(c.end[1], a.end[1]));
	ASSERT_EQ(ZX_OK, put(entry.end[0], a.end[0]));
	/* Only entry leads to the cycle now. */
	ASSERT_EQ(ZX_OK, zx_handle_close(c.end[1]));
	ASSERT_EQ(ZX_OK, zx_handle_close(entry.end[0]));
	EXPECT_EQ(2, zxt_handles());
	EXPECT_TRUE(is_kept(mine));

	in_cycle = receive(entry.end[1]);
	ASSERT_NE(ZX_HANDLE_INVALID, in_cycle);
	got = receive(in_cycle);
	EXPECT_EQ(zxt_basic(mine).related_koid, zxt_koid(got));
	ASSERT_EQ(ZX_OK, zx_handle_close(got));
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
	/* Closes the cycle again with a new passenger, then out of reach. */
	mine = tracer(&other);
	got = receive(in_cycle);	/* b */
	ASSERT_NE(ZX_HANDLE_INVALID, got);
	c.end[0] = receive(got);
	ASSERT_NE(ZX_HANDLE_INVALID, c.end[0]);
	b.end[1] = receive(c.end[0]);
	a.end[1] = receive(c.end[0]);
	ASSERT_EQ(ZX_OK, put(a.end[1], other));
	ASSERT_EQ(ZX_OK, put(a.end[1], got));
	ASSERT_EQ(ZX_OK, put(b.end[1], in_cycle));
	zx_handle_close(a.end[1]);
	zx_handle_close(b.end[1]);
	zx_handle_close(c.end[0]);
	zx_handle_close(entry.end[1]);
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
}

/* A file keeps its handle within reach, also while the descriptor is in a Unix socket. */
TEST_F_TIMEOUT(cycle, exported_end_is_reach, 1300)
{
	zx_handle_t other, mine = tracer(&other), in_cycle, got;
	struct pair a = new_pair(), b = new_pair();
	int fd, sockets[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	ASSERT_EQ(ZX_OK, put(a.end[1], other));
	ASSERT_EQ(ZX_OK, put(a.end[1], b.end[0]));
	ASSERT_EQ(ZX_OK, put(b.end[1], a.end[1]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(a.end[0], 0, &fd));
	ASSERT_EQ(0, zxp_send_fd(sockets[0], fd));
	close(fd);
	ASSERT_EQ(ZX_OK, zx_handle_close(b.end[1]));
	EXPECT_TRUE(is_kept(mine));

	fd = zxp_receive_fd(sockets[1], 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &in_cycle));
	close(fd);
	got = receive(in_cycle);
	EXPECT_EQ(zxt_basic(mine).related_koid, zxt_koid(got));
	zx_handle_close(got);
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
	zx_handle_close(in_cycle);
	close(sockets[0]);
	close(sockets[1]);
}

/* The file that is the last to lead to a cycle is gone with its Unix socket. */
TEST_F_TIMEOUT(cycle, exported_end_that_is_lost, 1300)
{
	zx_handle_t other, mine = tracer(&other);
	struct pair a = new_pair(), b = new_pair();
	int fd, sockets[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	ASSERT_EQ(ZX_OK, put(a.end[1], other));
	ASSERT_EQ(ZX_OK, put(a.end[1], b.end[0]));
	ASSERT_EQ(ZX_OK, put(b.end[1], a.end[0]));
	ASSERT_EQ(ZX_OK, zx_handle_close(b.end[1]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(a.end[1], 0, &fd));
	ASSERT_EQ(0, zxp_send_fd(sockets[0], fd));
	close(fd);
	close(sockets[0]);
	close(sockets[1]);
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
}

/* A watch does not keep an object within reach. */
TEST_F_TIMEOUT(cycle, watched_end, 1300)
{
	zx_handle_t other, mine = tracer(&other);
	struct pair pair = new_pair();
	int watch;

	ASSERT_EQ(ZX_OK, zxl_handle_watch(pair.end[0], ZX_CHANNEL_READABLE, 0, &watch));
	ASSERT_EQ(ZX_OK, put(pair.end[1], other));
	ASSERT_EQ(ZX_OK, put(pair.end[1], pair.end[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(pair.end[1]));
	/* The watch keeps neither the handle nor the peer open. */
	EXPECT_TRUE(is_freed(mine));
	close(watch);
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
}

/* A file whose handle was imported is empty, and keeps nothing within reach. */
TEST_F_TIMEOUT(cycle, emptied_file, 1300)
{
	zx_handle_t other, mine = tracer(&other);
	struct pair pair = new_pair();
	int fd;

	ASSERT_EQ(ZX_OK, zxl_handle_export(pair.end[0], 0, &fd));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &pair.end[0]));
	ASSERT_EQ(ZX_OK, put(pair.end[1], other));
	ASSERT_EQ(ZX_OK, put(pair.end[1], pair.end[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(pair.end[1]));
	EXPECT_TRUE(is_freed(mine));
	close(fd);
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
}

/* The reply to a parked call is in no queue, but can be part of a cycle all the same. */
static void on_alarm(int signal __UNUSED)
{
}

static pid_t call_and_answer(zx_handle_t passenger_in)
{
	int fd;
	pid_t pid;

	if (zxl_handle_export(passenger_in, 0, &fd) != ZX_OK)
		abort();
	pid = fork();
	if (!pid) {
		const struct sigaction action = { .sa_handler = on_alarm };
		const struct itimerval timer = { .it_value.tv_usec = 200000 };
		struct pair a = new_pair(), b = new_pair();
		uint32_t answer[2], size, count, txid;
		zx_handle_t passenger, handles[2];
		zx_status_t status;
		zx_channel_call_args_t args = {
			.wr_bytes = "call",
			.wr_num_bytes = 4,
			.rd_bytes = answer,
			.rd_num_bytes = sizeof(answer),
			.rd_handles = handles,
			.rd_num_handles = 2,
		};

		CHILD_CHECK(zxl_handle_import(fd, 0, &passenger) == ZX_OK);
		close(fd);
		CHILD_CHECK(sigaction(SIGALRM, &action, NULL) == 0);
		CHILD_CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
		status = zxt_channel_call_start(a.end[0], ZX_TIME_INFINITE, &args, &size, &count);
		CHILD_CHECK(status == ZX_ERR_INTERNAL_INTR_RETRY);
		/* The reply has the other channel's endpoint and the passenger. */
		CHILD_CHECK(zx_channel_read(a.end[1], 0, &txid, NULL, 4, 0, NULL, NULL) == ZX_OK);
		handles[0] = passenger;
		handles[1] = b.end[0];
		CHILD_CHECK(zx_channel_write(a.end[1], 0, &txid, 4, handles, 2) == ZX_OK);
		/* The call may be canceled: then its reply is closed, and with it this reader. */
		status = put(b.end[1], a.end[0]);
		CHILD_CHECK(status == ZX_OK || status == ZX_ERR_PEER_CLOSED);
		_exit(0);
	}
	close(fd);
	return pid;
}

TEST_F_TIMEOUT(cycle, answer_to_an_interrupted_call, 1300)
{
	zx_handle_t other, mine = tracer(&other);

	EXPECT_EQ(0, zxp_reap(call_and_answer(other)));
	EXPECT_TRUE(is_freed(mine));
	zx_handle_close(mine);
}

/*
 * Random graphs: all endpoints but @keep are sent into the queues of others, while the process
 * still has those.
 */
static uint64_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (seed >> 33) % below;
}

static void scramble(zx_handle_t *ends, uint32_t count, uint32_t keep, zx_handle_t passenger)
{
	zx_koid_t koid;

	for (uint32_t i = 0; i < count; i += 2) {
		struct pair pair = new_pair();

		ends[i] = pair.end[0];
		ends[i + 1] = pair.end[1];
	}
	if (put(ends[any(count)], passenger) != ZX_OK)
		abort();
	while (count > keep) {
		uint32_t what = any(count), through = any(count);

		if (what == through)
			continue;
		koid = zxt_koid(ends[what]);
		if (koid == 0)
			abort();
		/* A write to a closed peer consumes the endpoint. */
		if (put(ends[through], ends[what]) != ZX_OK && zxt_koid(ends[what]))
			abort();
		ends[what] = ends[--count];
	}
}

TEST_F_TIMEOUT(cycle, random_graphs, 1300)
{
	static zx_handle_t ends[2000];

	for (int round = 0; round < 20; round++) {
		uint32_t count = 2 + 2 * any(round < 10 ? 10 : 1000);
		zx_handle_t other, mine = tracer(&other);

		scramble(ends, count, 1, other);
		EXPECT_EQ(ZX_OK, zx_handle_close(ends[0]));
		EXPECT_TRUE(is_freed(mine)) {
			TH_LOG("round %d, %u ends", round, count);
		}
		zx_handle_close(mine);
		if (self->counted)
			ASSERT_EQ(NULL, zxp_wait_objects(&self->before, SECONDS));
	}
}

/*
 * Rings: a message that closes one is not queued, and the ring comes apart before the write
 * returns.
 */

/* When the write that closes the ring returns, all of it is gone. */
TEST_F(cycle, ring_comes_apart_at_once)
{
	for (int size = 1; size <= 100; size++) {
		struct pair ring[100];
		zx_handle_t mine[100];

		/* Each endpoint is sent into the queue of the next, behind a tracer. */
		for (int i = 0; i < size; i++)
			ring[i] = new_pair();
		for (int i = 0; i < size; i++) {
			zx_handle_t other;

			mine[i] = tracer(&other);
			ASSERT_EQ(ZX_OK, put(ring[i].end[1], other));
		}
		for (int i = 0; i < size; i++) {
			if (i)
				EXPECT_FALSE(is_gone(mine[i - 1]));
			ASSERT_EQ(ZX_OK, put(ring[(i + 1) % size].end[1], ring[i].end[0]));
		}
		for (int i = 0; i < size; i++) {
			EXPECT_TRUE(is_gone(mine[i]));
			EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(ring[i].end[1]));
			zx_handle_close(ring[i].end[1]);
			zx_handle_close(mine[i]);
		}
		EXPECT_EQ(0, zxt_handles());
	}
}

/* The ring may lead through any of the handles in a message, not all of which are channels. */
TEST_F(cycle, ring_through_one_of_64_handles)
{
	for (uint32_t where = 0; where < 64; where++) {
		struct pair a = new_pair(), b = new_pair(), others[64];
		zx_handle_t other, mine = tracer(&other), handles[64];

		for (uint32_t i = 0; i < 64; i++) {
			if (i % 2)
				others[i].end[1] = tracer(&others[i].end[0]);
			else
				others[i] = new_pair();
			handles[i] = others[i].end[0];
		}
		ASSERT_EQ(ZX_OK, zx_handle_close(handles[where]));
		handles[where] = a.end[0];
		ASSERT_EQ(ZX_OK, put(a.end[1], other));
		ASSERT_EQ(ZX_OK, put(a.end[1], b.end[0]));
		ASSERT_EQ(ZX_OK, zx_channel_write(b.end[1], 0, NULL, 0, handles, 64));
		EXPECT_TRUE(is_gone(mine));
		for (uint32_t i = 0; i < 64; i++) {
			EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(others[i].end[1]));
			zx_handle_close(others[i].end[1]);
		}
		zx_handle_close(a.end[1]);
		zx_handle_close(b.end[1]);
		zx_handle_close(mine);
		EXPECT_EQ(0, zxt_handles());
	}
}

/* @size writers close a ring together: the last write notices it. */
struct writers {
	pthread_barrier_t begin, end;
	int size;
	bool stop;
	struct pair ring[8];
	zx_status_t status[8];
	atomic_int next;
};

static void *writer(void *arg)
{
	struct writers *w = arg;
	int me = w->next++;

	for (;;) {
		pthread_barrier_wait(&w->begin);
		if (w->stop)
			return NULL;
		w->status[me] = put(w->ring[(me + 1) % w->size].end[1], w->ring[me].end[0]);
		pthread_barrier_wait(&w->end);
	}
}

static void ring_closed_by(struct __test_metadata *_metadata, int size, int rounds)
{
	struct writers w = { .size = size };
	zx_handle_t mine[8];
	pthread_t threads[8];

	pthread_barrier_init(&w.begin, NULL, size + 1);
	pthread_barrier_init(&w.end, NULL, size + 1);
	for (int i = 0; i < size; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, writer, &w));
	while (rounds--) {
		for (int i = 0; i < size; i++) {
			zx_handle_t other;

			mine[i] = tracer(&other);
			w.ring[i] = new_pair();
			ASSERT_EQ(ZX_OK, put(w.ring[i].end[1], other));
		}
		pthread_barrier_wait(&w.begin);
		pthread_barrier_wait(&w.end);
		for (int i = 0; i < size; i++) {
			/* PEER_CLOSED: the ring had already come apart. */
			if (w.status[i] != ZX_ERR_PEER_CLOSED)
				EXPECT_EQ(ZX_OK, w.status[i]);
			EXPECT_TRUE(is_gone(mine[i]));
			zx_handle_close(w.ring[i].end[1]);
			zx_handle_close(mine[i]);
		}
		ASSERT_EQ(0, zxt_handles());
	}
	w.stop = true;
	pthread_barrier_wait(&w.begin);
	for (int i = 0; i < size; i++)
		pthread_join(threads[i], NULL);
}

TEST_F_TIMEOUT(cycle, ring_closed_by_two_at_once, 1300)
{
	ring_closed_by(_metadata, 2, 2000);
}

TEST_F_TIMEOUT(cycle, ring_closed_by_eight_at_once, 1300)
{
	ring_closed_by(_metadata, 8, 500);
}

/* How many levels of endpoints in flight can be above the one to which the next is sent. */
#define LEVELS 128

TEST_F(cycle, levels_have_an_end)
{
	struct pair root = new_pair(), outer = root, inner;
	zx_handle_t writers[LEVELS], other, mine = tracer(&other);

	for (int i = 0; i < LEVELS; i++) {
		inner = new_pair();
		ASSERT_EQ(ZX_OK, put(outer.end[1], inner.end[0]));
		writers[i] = outer.end[1];
		outer = inner;
	}
	/* One level more is refused and consumed with its queue. Other objects can be sent. */
	inner = new_pair();
	ASSERT_EQ(ZX_OK, put(inner.end[1], other));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, put(outer.end[1], inner.end[0]));
	EXPECT_TRUE(is_gone(mine));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(inner.end[1]));
	zx_handle_close(inner.end[1]);
	zx_handle_close(mine);
	mine = tracer(&other);
	ASSERT_EQ(ZX_OK, put(outer.end[1], other));
	/* With one level less above, there is space for one below. */
	inner.end[0] = receive(root.end[0]);
	ASSERT_NE(ZX_HANDLE_INVALID, inner.end[0]);
	zx_handle_close(root.end[0]);
	root.end[0] = inner.end[0];
	inner = new_pair();
	EXPECT_EQ(ZX_OK, put(outer.end[1], inner.end[0]));
	zx_handle_close(inner.end[1]);

	EXPECT_FALSE(is_gone(mine));
	zx_handle_close(root.end[0]);
	EXPECT_TRUE(is_gone(mine));
	for (int i = 0; i < LEVELS; i++)
		zx_handle_close(writers[i]);
	zx_handle_close(outer.end[1]);
	zx_handle_close(mine);
}

/* A chain that is built from its bottom can be deeper. A ring through it is refused. */
TEST_F(cycle, ring_deeper_than_the_levels)
{
	struct pair bottom = new_pair(), top = bottom, outer;
	zx_handle_t other, mine = tracer(&other);

	ASSERT_EQ(ZX_OK, put(bottom.end[1], other));
	for (int i = 0; i < 2 * LEVELS; i++) {
		outer = new_pair();
		ASSERT_EQ(ZX_OK, put(outer.end[1], top.end[0]));
		if (i)
			zx_handle_close(top.end[1]);
		top = outer;
	}
	EXPECT_FALSE(is_gone(mine));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, put(bottom.end[1], top.end[0]));
	EXPECT_TRUE(is_gone(mine));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(bottom.end[1]));
	zx_handle_close(bottom.end[1]);
	zx_handle_close(top.end[1]);
	zx_handle_close(mine);
}

/* A message that is put back, since the reader's memory is bad, is in the nest as before. */
TEST_F(cycle, put_back_into_a_nest)
{
	struct pair outer = new_pair(), inner = new_pair();
	zx_handle_t other, mine = tracer(&other), got;

	ASSERT_EQ(ZX_OK, put(inner.end[1], other));
	ASSERT_EQ(ZX_OK, put(outer.end[1], inner.end[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_read(outer.end[0], 0, zxt_nowhere[0], &got, 1, 1,
						       NULL, NULL));
	EXPECT_FALSE(is_gone(mine));
	/* The same message closes a ring. */
	ASSERT_EQ(ZX_OK, put(inner.end[1], outer.end[0]));
	EXPECT_TRUE(is_gone(mine));
	zx_handle_close(outer.end[1]);
	zx_handle_close(inner.end[1]);
	zx_handle_close(mine);
}

/*
 * Many threads send, read, close and export endpoints at random. A thread that uses an endpoint's
 * handle records where it puts it, so that the test knows in the end which endpoints can be
 * reached. Those must be open.
 */
#define CHANNELS 200
#define ENDS (2 * CHANNELS)
#define THREADS 8

enum place {
	HELD,		/* in the table */
	EXPORTED,	/* in a file */
	SENT,		/* in a queue, unless that is gone */
	CLOSED,
};

static struct end {
	pthread_mutex_t lock;		/* to be acquired before the handle is used */
	atomic_int place;		/* enum place */
	zx_handle_t handle;
	int fd;
	int in;				/* the endpoint in whose queue it is */
} world[ENDS];

static _Atomic uint64_t sends_left;

/* Sends an endpoint in a message that has its number. */
static void send_end(struct end *through, struct end *what)
{
	uint32_t number = what - world;

	/* Recorded first: a thread may receive it before the write returns, and sets HELD. */
	what->in = (through - world) ^ 1;
	what->place = SENT;
	if (zx_channel_write(through->handle, 0, &number, sizeof(number), &what->handle, 1))
		what->place = CLOSED;
}

/* Reads a message. The caller has acquired the lock of @from. */
static bool read_end(struct end *from)
{
	zx_handle_t handle;
	uint32_t number;

	if (zx_channel_read(from->handle, 0, &number, &handle, sizeof(number), 1, NULL, NULL) !=
	    ZX_OK)
		return false;
	world[number].handle = handle;
	world[number].place = HELD;
	return true;
}

static void do_something(uint32_t (*pick)(uint32_t *state, uint32_t below), uint32_t *state)
{
	struct end *end = &world[pick(state, ENDS)], *other = &world[pick(state, ENDS)];

	if (pthread_mutex_trylock(&end->lock))
		return;
	if (end->place == EXPORTED) {
		if (zxl_handle_import(end->fd, 0, &end->handle) != ZX_OK)
			abort();
		close(end->fd);
		end->place = HELD;
	}
	if (end->place == HELD) {
		switch (pick(state, 16)) {
		case 0:
			if (zxl_handle_export(end->handle, 0, &end->fd) == ZX_OK)
				end->place = EXPORTED;
			break;
		case 1:
			if (pick(state, 16) == 0) {
				zx_handle_close(end->handle);
				end->place = CLOSED;
			}
			break;
		case 2 ... 7:
			read_end(end);
			break;
		default:
			if (end == other || pthread_mutex_trylock(&other->lock))
				break;
			if (other->place == HELD)
				send_end(end, other);
			pthread_mutex_unlock(&other->lock);
			break;
		}
	}
	pthread_mutex_unlock(&end->lock);
}

static uint32_t pick_any(uint32_t *state, uint32_t below)
{
	*state = *state * 1664525 + 1013904223;
	return (*state >> 8) % below;
}

static void *sender(void *arg)
{
	uint32_t state = (uintptr_t)arg;

	while (sends_left-- < 1ull << 63)
		do_something(pick_any, &state);
	return NULL;
}

/* Whether a program can reach an endpoint, according to the records. */
static bool within_reach(int number)
{
	for (int level = 0; level <= ENDS; level++) {
		if (world[number].place != SENT)
			return world[number].place != CLOSED;
		number = world[number].in;
	}
	/* A ring. */
	return false;
}

/* Replaces channels of which an endpoint is not in the table. */
static void make_world(void)
{
	for (int i = 0; i < ENDS; i += 2) {
		struct pair pair;

		if (world[i].place == HELD && world[i + 1].place == HELD)
			continue;
		for (int j = 0; j < 2; j++)
			if (world[i + j].place == HELD)
				zx_handle_close(world[i + j].handle);
		pair = new_pair();
		for (int j = 0; j < 2; j++) {
			world[i + j].handle = pair.end[j];
			world[i + j].place = HELD;
		}
	}
}

TEST_F_TIMEOUT(cycle, random_sends_by_many_threads, 1300)
{
	const char *total = getenv("CYCLE_SENDS");
	long left = total ? atol(total) : 40000;
	pthread_t threads[THREADS];
	bool expected[ENDS];
	int round = 0;

	for (int i = 0; i < ENDS; i++) {
		pthread_mutex_init(&world[i].lock, NULL);
		world[i].place = CLOSED;
	}
	for (; left > 0; left -= 20000, round++) {
		bool again = true;

		make_world();
		sends_left = 20000;
		for (uintptr_t i = 0; i < THREADS; i++)
			ASSERT_EQ(0, pthread_create(&threads[i], NULL, sender,
						    (void *)(round * THREADS + i)));
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);

		for (int i = 0; i < ENDS; i++)
			expected[i] = within_reach(i);
		/* Reads all messages, also of the endpoints that these bring. */
		while (again) {
			again = false;
			for (int i = 0; i < ENDS; i++) {
				struct end *end = &world[i];

				if (end->place == EXPORTED) {
					ASSERT_EQ(ZX_OK, zxl_handle_import(end->fd, 0,
									   &end->handle));
					close(end->fd);
					end->place = HELD;
				}
				while (end->place == HELD && read_end(end))
					again = true;
			}
		}
		for (int i = 0; i < ENDS; i++) {
			EXPECT_EQ(expected[i], world[i].place == HELD) {
				TH_LOG("round %d, end %d", round, i);
			}
			if (world[i].place != HELD) {
				world[i].place = CLOSED;
				continue;
			}
			EXPECT_EQ(expected[i ^ 1] ? ZX_CHANNEL_WRITABLE : ZX_CHANNEL_PEER_CLOSED,
				  zxt_signals(world[i].handle));
		}
	}
	for (int i = 0; i < ENDS; i++)
		if (world[i].place == HELD)
			zx_handle_close(world[i].handle);
}

/* Two channels, whose second endpoints are sent through each other. */
struct crossing {
	struct pair through, other;
	pthread_barrier_t barrier;
	zx_status_t called, put;
	zx_handle_t reply;
};

static void *cross_call(void *arg)
{
	struct crossing *crossing = arg;
	uint32_t request = 0, reply, bytes, handles;
	zx_channel_call_args_t args = {
		.wr_bytes = &request, .wr_num_bytes = sizeof(request),
		.rd_bytes = &reply, .rd_num_bytes = sizeof(reply),
		.rd_handles = &crossing->reply, .rd_num_handles = 1,
	};

	crossing->called = zx_channel_call(crossing->through.end[1], 0, ZX_TIME_INFINITE, &args,
					   &bytes, &handles);
	return NULL;
}

static void *cross_put(void *arg)
{
	struct crossing *crossing = arg;

	pthread_barrier_wait(&crossing->barrier);
	crossing->put = put(crossing->other.end[0], crossing->through.end[1]);
	return NULL;
}

/*
 * A thread calls through an endpoint, which another thread sends into a channel whose other
 * endpoint is the reply. The caller gets the reply past the queue, so no ring is closed in either
 * order: the endpoint can be read from the reply.
 */
TEST_F_TIMEOUT(cycle, reply_and_the_end_it_comes_through, 1300)
{
	for (int round = 0; round < 1000; round++) {
		struct crossing crossing = { .through = new_pair(), .other = new_pair() };
		pthread_t threads[2];
		zx_handle_t back;
		uint32_t txid;

		ASSERT_EQ(0, pthread_barrier_init(&crossing.barrier, NULL, 2));
		ASSERT_EQ(0, pthread_create(&threads[0], NULL, cross_call, &crossing));
		ASSERT_EQ(ZX_OK, zx_object_wait_one(crossing.through.end[0], ZX_CHANNEL_READABLE,
						    ZX_TIME_INFINITE, NULL));
		ASSERT_EQ(ZX_OK, zx_channel_read(crossing.through.end[0], 0, &txid, NULL,
						 sizeof(txid), 0, NULL, NULL));
		ASSERT_EQ(0, pthread_create(&threads[1], NULL, cross_put, &crossing));
		pthread_barrier_wait(&crossing.barrier);
		ASSERT_EQ(ZX_OK, zx_channel_write(crossing.through.end[0], 0, &txid, sizeof(txid),
						  &crossing.other.end[1], 1));
		ASSERT_EQ(0, pthread_join(threads[0], NULL));
		ASSERT_EQ(0, pthread_join(threads[1], NULL));
		ASSERT_EQ(ZX_OK, crossing.called);
		ASSERT_EQ(ZX_OK, crossing.put);
		back = receive(crossing.reply);
		ASSERT_NE(ZX_HANDLE_INVALID, back);
		ASSERT_FALSE(is_gone(crossing.through.end[0]));
		zx_handle_close(back);
		zx_handle_close(crossing.reply);
		zx_handle_close(crossing.through.end[0]);
		zx_handle_close(crossing.other.end[0]);
		pthread_barrier_destroy(&crossing.barrier);
	}
}

TEST_F_TIMEOUT(cycle, processes_are_gone, 1300)
{
	pid_t pids[8];

	for (int i = 0; i < 8; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			static zx_handle_t ends[400];
			zx_handle_t other, mine = tracer(&other);

			seed += i * 1000;
			scramble(ends, 400, i * 5 + 1, other);
			if (i % 2)
				raise(SIGKILL);
			_exit(mine == 0);
		}
	}
	for (int i = 0; i < 8; i++)
		EXPECT_EQ(i % 2 ? 128 + SIGKILL : 0, zxp_reap(pids[i]));
	/* The teardown counts what is left. */
}

/* Rings are freed while other endpoints are sent around, which must not be lost. */
TEST_F_TIMEOUT(cycle, rings_while_in_use, 1300)
{
	pid_t pids[4];

	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			zx_time_t end = zx_deadline_after(ZX_SEC(8));
			struct pair alive = new_pair(), inside = new_pair(), circle;
			zx_handle_t got, other, mine;

			while (zx_clock_get_monotonic() < end) {
				/* Garbage. */
				mine = tracer(&other);
				circle = two_in_a_circle(other);
				zx_handle_close_many(circle.end, 2);
				for (int j = 0; j < 20; j++) {
					struct pair pair = new_pair();

					CHILD_CHECK(put(pair.end[1], pair.end[0]) == ZX_OK);
					CHILD_CHECK(zx_handle_close(pair.end[1]) == ZX_OK);
				}
				/* Endpoints that are in use and must not be lost. */
				for (int j = 0; j < 50; j++) {
					CHILD_CHECK(put(inside.end[1], alive.end[0]) == ZX_OK);
					CHILD_CHECK(zx_channel_write(alive.end[1], 0, "y", 1, NULL,
								     0) == ZX_OK);
					got = receive(inside.end[0]);
					CHILD_CHECK(got != ZX_HANDLE_INVALID);
					alive.end[0] = got;
					CHILD_CHECK(receive(alive.end[0]) == ZX_HANDLE_INVALID);
					CHILD_CHECK(zxt_signals(alive.end[0]) ==
						    ZX_CHANNEL_WRITABLE);
				}
				zx_handle_close(mine);
			}
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(0, zxp_reap(pids[i]));
}

TEST_HARNESS_MAIN
