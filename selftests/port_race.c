// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports under load: many threads at one port, races between waits, signals, cancels and closes, and
 * an event loop with many clients.
 *
 * PORT_PACKETS in the environment is how many packets go from 64 threads to 64 threads.
 */
#include <sched.h>

#include "zxport.h"
#include "zxproc.h"
#include "zxrace.h"

FIXTURE(port_race) {
	zx_handle_t port;
	uint32_t handles;
};

FIXTURE_SETUP(port_race)
{
	self->handles = zxt_handles();
	ASSERT_EQ(ZX_OK, zx_port_create(0, &self->port));
}

FIXTURE_TEARDOWN(port_race)
{
	if (zxt_is_open(self->port))
		zx_handle_close(self->port);
	EXPECT_EQ(self->handles, zxt_handles());
}

/* The charge for an asynchronous wait. A port may keep one that is over, for the next. */
#define WAIT 168

/*
 * Whether no more than @limit, and the wait that the port may keep, is charged to the user, at the
 * latest after a few minutes.
 */
static bool is_given_back(unsigned long limit)
{
	limit += WAIT;
	for (int i = 0; i < 1800; i++, zxp_sleep_ms(100))
		if (zxp_used() <= limit)
			return true;
	fprintf(stderr, "# %lu bytes are charged, not %lu\n", zxp_used(), limit);
	return false;
}

/*
 * Many threads
 */

#define THREADS 64

static struct {
	zx_handle_t port;
	unsigned int packets;
	atomic_uchar *seen;
	atomic_uint bad;
} many;

/* Thread i queues the keys i, i + THREADS and so on. */
static void *many_queue(void *arg)
{
	for (size_t key = (uintptr_t)arg; key < many.packets; key += THREADS) {
		const zx_port_packet_t packet = {
			.key = key,
			.status = (int32_t)key / 3,
			.user.u64 = { key, ~key, key * 5, 7 },
		};
		zx_status_t status;

		while ((status = zx_port_queue(many.port, &packet)) == ZX_ERR_SHOULD_WAIT)
			usleep(100);
		many.bad += status != ZX_OK;
	}
	return NULL;
}

/* Reads until NO_KEY. The packets of each thread that queues arrive in its order. */
static void *many_wait(void *arg)
{
	uint64_t next[THREADS] = {};

	(void)arg;
	for (;;) {
		zx_port_packet_t packet = {};
		zx_status_t status = zx_port_wait(many.port, ZX_TIME_INFINITE, &packet);
		uint64_t key = packet.key;

		if (status != ZX_OK || (key != NO_KEY && key >= many.packets)) {
			many.bad++;
			return NULL;
		}
		if (key == NO_KEY)
			return NULL;
		many.bad += packet.type != ZX_PKT_TYPE_USER ||
			    packet.status != (int32_t)key / 3 || packet.user.u64[0] != key ||
			    packet.user.u64[1] != ~key || packet.user.u64[2] != key * 5 ||
			    packet.user.u64[3] != 7 || key < next[key % THREADS];
		next[key % THREADS] = key + 1;
		many.seen[key]++;
	}
}

TEST_F_TIMEOUT(port_race, many_threads_get_each_packet_once, 600)
{
	const char *wanted = getenv("PORT_PACKETS");
	pthread_t queuers[THREADS], waiters[THREADS];
	unsigned int wrong = 0;

	many.port = self->port;
	many.packets = wanted ? atoi(wanted) : (int)zxt_part(1000000);
	many.seen = calloc(many.packets, 1);
	ASSERT_NE(NULL, many.seen);
	for (uintptr_t i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_create(&waiters[i], NULL, many_wait, NULL));
		ASSERT_EQ(0, pthread_create(&queuers[i], NULL, many_queue, (void *)i));
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(queuers[i], NULL);
	for (int i = 0; i < THREADS; i++) {
		zx_status_t status;

		while ((status = put(self->port, NO_KEY)) == ZX_ERR_SHOULD_WAIT)
			usleep(100);
		ASSERT_EQ(ZX_OK, status);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(waiters[i], NULL);
	EXPECT_EQ(0, many.bad);
	for (unsigned int key = 0; key < many.packets; key++)
		wrong += many.seen[key] != 1;
	EXPECT_EQ(0, wrong);
	EXPECT_TRUE(is_empty(self->port));
	free(many.seen);
}

/*
 * Races. In each round a thread begins WAITS waits, each with a key of its own; a second raises and
 * lowers the signal; a third ends waits, in the way that the test is about; and a fourth reads
 * packets. At the end of the round each wait that was begun has had exactly one end.
 */

#define WAITS 16
#define ROUNDS 2000

struct race {
	zx_handle_t port;
	zx_handle_t object;	/* through this the waits are begun */
	zx_handle_t other;	/* the same object, for signals */
	zx_handle_t channel[2];
	zx_handle_t received;
	atomic_int armed[WAITS], packets[WAITS], canceled[WAITS];
	atomic_int bad;		/* statuses and packets that no order of events explains */
};

static void race_arm(struct race *race)
{
	for (int i = 0; i < WAITS; i++) {
		zx_status_t status = watch(race->object, race->port, i);

		race->armed[i] += status == ZX_OK;
		race->bad += status != ZX_OK && status != ZX_ERR_BAD_HANDLE;
	}
}

static void race_signal(struct race *race)
{
	for (int i = 0; i < WAITS; i++) {
		race->bad += set_up(race->other) != ZX_OK;
		race->bad += set_down(race->other) != ZX_OK;
	}
}

/* Reads one packet. False if there was none. */
static bool race_read(struct race *race)
{
	zx_port_packet_t packet = {};
	zx_status_t status = zx_port_wait(race->port, ZX_TIME_INFINITE_PAST, &packet);

	if (status != ZX_OK) {
		race->bad += status != ZX_ERR_TIMED_OUT && status != ZX_ERR_BAD_HANDLE &&
			     status != ZX_ERR_CANCELED;
		return false;
	}
	if (packet.key >= WAITS || packet.type != ZX_PKT_TYPE_SIGNAL_ONE ||
	    packet.signal.trigger != UP || packet.signal.observed != UP ||
	    packet.signal.count != 1)
		race->bad++;
	else
		race->packets[packet.key]++;
	return true;
}

static void race_collect(struct race *race)
{
	for (int i = 0; i < 2 * WAITS; i++)
		race_read(race);
}

static void race_canceled(struct race *race, int key, zx_status_t status)
{
	race->canceled[key] += status == ZX_OK;
	race->bad += status != ZX_OK && status != ZX_ERR_NOT_FOUND;
}

static void race_cancel(struct race *race)
{
	for (int i = 0; i < 2 * WAITS; i++)
		race_canceled(race, i % WAITS,
			      zx_port_cancel(race->port, race->object, i % WAITS));
}

static void race_cancel_key(struct race *race)
{
	for (int i = 0; i < 2 * WAITS; i++)
		race_canceled(race, i % WAITS, zx_port_cancel_key(race->port, 0, i % WAITS));
}

static void race_close(struct race *race)
{
	race->bad += zx_handle_close(race->object) != ZX_OK;
}

static void race_transfer(struct race *race)
{
	zx_handle_t sent = race->object;

	race->bad += zx_channel_write(race->channel[0], 0, NULL, 0, &sent, 1) != ZX_OK;
	race->bad += zx_channel_read(race->channel[1], 0, NULL, &race->received, 0, 1, NULL,
				     NULL) != ZX_OK;
}

static void race_replace(struct race *race)
{
	race->bad += zx_handle_replace(race->object, ZX_RIGHT_SAME_RIGHTS, &race->received) !=
		     ZX_OK;
}

static void race_close_port(struct race *race)
{
	race->bad += zx_handle_close(race->port) != ZX_OK;
}

FIXTURE(ends) {
	struct race race;
	struct racers racers;
	uint32_t handles;
};

FIXTURE_VARIANT(ends) {
	void (*end)(struct race *race);
	bool ends_waits;	/* the handle is closed, so all waits are over */
	bool ends_port;
};

FIXTURE_VARIANT_ADD(ends, cancel) {
	.end = race_cancel,
};

FIXTURE_VARIANT_ADD(ends, cancel_key) {
	.end = race_cancel_key,
};

FIXTURE_VARIANT_ADD(ends, close) {
	.end = race_close,
	.ends_waits = true,
};

FIXTURE_VARIANT_ADD(ends, transfer) {
	.end = race_transfer,
	.ends_waits = true,
};

FIXTURE_VARIANT_ADD(ends, replace) {
	.end = race_replace,
	.ends_waits = true,
};

FIXTURE_VARIANT_ADD(ends, close_port) {
	.end = race_close_port,
	.ends_waits = true,
	.ends_port = true,
};

FIXTURE_SETUP(ends)
{
	void (*const actions[RACERS])(struct race *race) = {
		race_arm, race_signal, variant->end, race_collect,
	};
	struct race *race = &self->race;

	self->handles = zxt_handles();
	ASSERT_EQ(ZX_OK, zx_event_create(0, &race->other));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &race->channel[0], &race->channel[1]));
	racers_start(&self->racers, race, actions);
}

FIXTURE_TEARDOWN(ends)
{
	racers_stop(&self->racers);
	zx_handle_close(self->race.other);
	zx_handle_close_many(self->race.channel, 2);
	EXPECT_EQ(self->handles, zxt_handles());
}

/* Does what is left to do after a round. Returns how many waits have not had the right ends. */
static int race_settle(struct race *race, bool ends_waits, bool ends_port)
{
	int wrong = 0;

	while (!ends_port && race_read(race))
		;
	/* What still waits gets its packet now; after the end of its handle nothing does. */
	race->bad += set_up(race->other) != ZX_OK;
	while (!ends_port && race_read(race))
		wrong += ends_waits;
	race->bad += set_down(race->other) != ZX_OK;
	for (int i = 0; i < WAITS; i++) {
		int ends = race->packets[i] + race->canceled[i];

		wrong += ends_waits ? ends > race->armed[i] : ends != 1 || race->armed[i] != 1;
		if (!ends_port)
			wrong += zx_port_cancel_key(race->port, 0, i) != ZX_ERR_NOT_FOUND;
		race->packets[i] = 0;
		race->canceled[i] = 0;
		race->armed[i] = 0;
	}
	return wrong;
}

TEST_F_TIMEOUT(ends, each_wait_has_one_end, 600)
{
	unsigned int rounds = zxt_part(ROUNDS);
	struct race *race = &self->race;
	unsigned long used = 0;

	for (unsigned int i = 0; i < rounds; i++) {
		ASSERT_EQ(ZX_OK, zx_port_create(0, &race->port));
		race->object = duplicate(race->other);
		race->received = ZX_HANDLE_INVALID;
		racers_round(&self->racers);
		ASSERT_EQ(0, race_settle(race, variant->ends_waits, variant->ends_port))
			TH_LOG("round %u", i);
		ASSERT_EQ(0, race->bad)
			TH_LOG("round %u", i);
		if (race->received != ZX_HANDLE_INVALID)
			ASSERT_EQ(ZX_OK, zx_handle_close(race->received));
		if (!variant->ends_waits || variant->ends_port)
			ASSERT_EQ(ZX_OK, zx_handle_close(race->object));
		if (!variant->ends_port)
			ASSERT_EQ(ZX_OK, zx_handle_close(race->port));
		/* The table and the lists of observers have their size after a few rounds. */
		if (i == rounds / 4)
			used = zxp_used();
	}
	EXPECT_TRUE(is_given_back(used));
}

/* Delays the caller a little, in each round for another time. */
static void idle(int most)
{
	int turns = rand() % most;

	for (volatile int i = 0; i < turns; i++)
		;
}

/*
 * While no thread reads, each wait is either pending or queued: a cancel finds it once, also while
 * its signal is raised and another cancel looks for it.
 */

static struct {
	zx_handle_t port, event;
	atomic_int found[WAITS], bad;
} unread;

static void unread_found(int key, zx_status_t status)
{
	unread.found[key] += status == ZX_OK;
	unread.bad += status != ZX_OK && status != ZX_ERR_NOT_FOUND;
}

static void unread_signal(struct race *race)
{
	(void)race;
	idle(3000);
	unread.bad += set_up(unread.event) != ZX_OK || set_down(unread.event) != ZX_OK;
}

static void unread_cancel(struct race *race)
{
	(void)race;
	for (int i = 0; i < WAITS; i++)
		unread_found(i, zx_port_cancel(unread.port, unread.event, i));
}

static void unread_cancel_key(struct race *race)
{
	(void)race;
	for (int i = WAITS - 1; i >= 0; i--)
		unread_found(i, zx_port_cancel_key(unread.port, 0, i));
}

TEST_F_TIMEOUT(port_race, each_wait_is_canceled_once, 600)
{
	void (*const actions[RACERS])(struct race *race) = {
		unread_signal, unread_cancel, unread_cancel_key, unread_cancel,
	};
	unsigned int rounds = zxt_part(ROUNDS);
	struct racers racers;

	unread.port = self->port;
	ASSERT_EQ(ZX_OK, zx_event_create(0, &unread.event));
	racers_start(&racers, NULL, actions);
	for (unsigned int i = 0; i < rounds; i++) {
		for (int key = 0; key < WAITS; key++) {
			ASSERT_EQ(ZX_OK, watch(unread.event, self->port, key));
			unread.found[key] = 0;
		}
		racers_round(&racers);
		ASSERT_EQ(0, unread.bad);
		for (int key = 0; key < WAITS; key++) {
			ASSERT_EQ(1, unread.found[key])
				TH_LOG("round %u, key %d", i, key);
		}
		ASSERT_TRUE(is_empty(self->port));
	}
	racers_stop(&racers);
	EXPECT_EQ(ZX_OK, zx_handle_close(unread.event));
}

/* What zx_object_wait_one() has seen, an asynchronous wait from before it has seen too. */
static atomic_bool stop_signals;

static void *keep_signaling(void *arg)
{
	zx_handle_t event = *(zx_handle_t *)arg;

	while (!stop_signals) {
		if (set_up(event) != ZX_OK || set_down(event) != ZX_OK)
			return (void *)1;
		sched_yield();
	}
	return NULL;
}

TEST_F_TIMEOUT(port_race, a_wait_that_has_fired_is_canceled, 600)
{
	unsigned int rounds = zxt_part(5000);
	zx_handle_t event;
	pthread_t thread;
	void *failed;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_signaling, &event));
	for (unsigned int i = 0; i < rounds; i++) {
		ASSERT_EQ(ZX_OK, watch(event, self->port, 919));
		ASSERT_EQ(ZX_OK, zx_object_wait_one(event, UP, ZX_TIME_INFINITE, NULL));
		ASSERT_EQ(ZX_OK, zx_port_cancel(self->port, event, 919));
	}
	stop_signals = true;
	pthread_join(thread, &failed);
	EXPECT_EQ(NULL, failed);
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
}

/*
 * zx_port_cancel_key() looks for waits and for packets: what fires between the two is found too.
 * Many waits with another key make the search long.
 */
TEST_F_TIMEOUT(port_race, a_wait_that_fires_is_canceled, 600)
{
	unsigned int rounds = zxt_part(5000);
	zx_handle_t event, other;
	pthread_t thread;
	void *failed;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &other));
	for (int i = 0; i < 500; i++)
		ASSERT_EQ(ZX_OK, watch(other, self->port, 1));
	stop_signals = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_signaling, &event));
	for (unsigned int i = 0; i < rounds; i++) {
		ASSERT_EQ(ZX_OK, watch(event, self->port, 919));
		idle(30000);
		ASSERT_EQ(ZX_OK, zx_port_cancel_key(self->port, 0, 919))
			TH_LOG("round %u", i);
	}
	stop_signals = true;
	pthread_join(thread, &failed);
	EXPECT_EQ(NULL, failed);
	EXPECT_TRUE(is_empty(self->port));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	EXPECT_EQ(ZX_OK, zx_handle_close(other));
}

/* Each event is signaled and closed at once: its packet stays. */

#define EVENTS 20

static struct {
	zx_handle_t port;
	atomic_uint packets, bad;
} strobe;

static void strobe_and_close(struct race *race)
{
	(void)race;
	for (int i = 0; i < EVENTS; i++) {
		zx_handle_t event;

		strobe.bad += zx_event_create(0, &event) != ZX_OK ||
			      watch(event, strobe.port, i) != ZX_OK || set_up(event) != ZX_OK ||
			      zx_handle_close(event) != ZX_OK;
	}
}

static void strobe_read(struct race *race)
{
	(void)race;
	for (int i = 0; i < 4 * EVENTS; i++)
		strobe.packets += next_key(strobe.port) != NO_KEY;
}

TEST_F_TIMEOUT(port_race, a_packet_outlives_its_object, 600)
{
	void (*const actions[RACERS])(struct race *race) = {
		strobe_and_close, strobe_and_close, strobe_and_close, strobe_read,
	};
	unsigned int rounds = zxt_part(1000);
	struct racers racers;

	strobe.port = self->port;
	racers_start(&racers, NULL, actions);
	for (unsigned int i = 0; i < rounds; i++)
		racers_round(&racers);
	racers_stop(&racers);
	while (next_key(self->port) != NO_KEY)
		strobe.packets++;
	EXPECT_EQ(0, strobe.bad);
	EXPECT_EQ(3 * EVENTS * rounds, strobe.packets);
}

/*
 * The handles of many objects with the same key are closed while the key is canceled. Each object
 * is a channel with a message, which has an event with a wait of its own, so closing the channel
 * ends two waits.
 */

#define TARGETS 64

static struct {
	zx_handle_t port;
	zx_handle_t target[TARGETS];
	atomic_uint next, bad;
} shared_key;

static void shared_key_cancel(struct race *race)
{
	zx_status_t status = zx_port_cancel_key(shared_key.port, 0, 1);

	(void)race;
	shared_key.bad += status != ZX_OK && status != ZX_ERR_NOT_FOUND;
}

static void shared_key_close(struct race *race)
{
	unsigned int i;

	(void)race;
	while ((i = shared_key.next++) < TARGETS)
		shared_key.bad += zx_handle_close(shared_key.target[i]) != ZX_OK;
}

TEST_F_TIMEOUT(port_race, objects_are_closed_while_their_key_is_canceled, 600)
{
	void (*const actions[RACERS])(struct race *race) = {
		shared_key_cancel, shared_key_close, shared_key_close, shared_key_close,
	};
	unsigned int rounds = zxt_part(300);
	unsigned long used = 0;
	struct racers racers;

	shared_key.port = self->port;
	racers_start(&racers, NULL, actions);
	for (unsigned int i = 0; i < rounds; i++) {
		for (int j = 0; j < TARGETS; j++) {
			zx_handle_t event, end;

			ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
			ASSERT_EQ(ZX_OK, watch(event, self->port, 2));
			ASSERT_EQ(ZX_OK, zx_channel_create(0, &end, &shared_key.target[j]));
			ASSERT_EQ(ZX_OK, zx_channel_write(end, 0, NULL, 0, &event, 1));
			ASSERT_EQ(ZX_OK, zx_handle_close(end));
			ASSERT_EQ(ZX_OK, watch(shared_key.target[j], self->port, 1));
		}
		shared_key.next = 0;
		racers_round(&racers);
		ASSERT_EQ(0, shared_key.bad);
		ASSERT_TRUE(is_empty(self->port));
		ASSERT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 1));
		if (i == rounds / 4)
			used = zxp_used();
	}
	racers_stop(&racers);
	EXPECT_TRUE(is_given_back(used));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_port_cancel_key(self->port, 0, 2));
}

/* A handle with many waits is closed while they are canceled, one key or another. */

#define CROWD 100

static struct {
	zx_handle_t port, event, handle;
	atomic_uint bad, canceled;
} crowd;

static void crowd_cancel(struct race *race)
{
	(void)race;
	for (uint64_t key = 1; key <= 2; key++) {
		zx_status_t status = zx_port_cancel(crowd.port, crowd.handle, key);

		crowd.canceled += status == ZX_OK && key == 1;
		crowd.bad += status != ZX_OK && status != ZX_ERR_NOT_FOUND &&
			    status != ZX_ERR_BAD_HANDLE;
	}
}

static void crowd_close(struct race *race)
{
	(void)race;
	idle(10000);
	crowd.bad += zx_handle_close(crowd.handle) != ZX_OK;
}

TEST_F_TIMEOUT(port_race, a_handle_is_closed_while_its_waits_are_canceled, 600)
{
	void (*const actions[RACERS])(struct race *race) = {
		crowd_cancel, crowd_close, crowd_cancel, crowd_cancel,
	};
	unsigned int rounds = zxt_part(ROUNDS);
	unsigned long used = 0;
	struct racers racers;

	crowd.port = self->port;
	ASSERT_EQ(ZX_OK, zx_event_create(0, &crowd.event));
	racers_start(&racers, NULL, actions);
	for (unsigned int i = 0; i < rounds; i++) {
		crowd.handle = duplicate(crowd.event);
		for (int j = 0; j < CROWD; j++)
			ASSERT_EQ(ZX_OK, watch(crowd.handle, self->port, 3 + j));
		ASSERT_EQ(ZX_OK, watch(crowd.handle, self->port, 1));
		crowd.canceled = 0;
		racers_round(&racers);
		ASSERT_EQ(0, crowd.bad);
		ASSERT_GE(1, crowd.canceled);
		/* Nothing waits any more. */
		ASSERT_EQ(ZX_OK, set_up(crowd.event));
		ASSERT_EQ(ZX_OK, set_down(crowd.event));
		ASSERT_TRUE(is_empty(self->port));
		if (i == rounds / 4)
			used = zxp_used();
	}
	racers_stop(&racers);
	EXPECT_TRUE(is_given_back(used));
	EXPECT_EQ(ZX_OK, zx_handle_close(crowd.event));
}

/* Threads queue, wait and cancel while the port is closed: they see it open or closed. */

static struct {
	zx_handle_t port;
	atomic_uint bad, ended;
} closing;

static void closing_queue(struct race *race)
{
	zx_status_t status = ZX_OK;

	(void)race;
	for (int i = 0; i < 50; i++) {
		status = put(closing.port, i);
		if (status != ZX_OK)
			break;
	}
	closing.bad += status != ZX_OK && status != ZX_ERR_BAD_HANDLE;
}

/* The wait ends, since the port is closed. */
static void closing_wait(struct race *race)
{
	zx_port_packet_t packet;
	zx_status_t status;

	(void)race;
	do
		status = zx_port_wait(closing.port, ZX_TIME_INFINITE, &packet);
	while (status == ZX_OK);
	closing.bad += status != ZX_ERR_CANCELED && status != ZX_ERR_BAD_HANDLE;
	closing.ended++;
}

static void closing_close(struct race *race)
{
	(void)race;
	idle(10000);
	closing.bad += zx_handle_close(closing.port) != ZX_OK;
}

TEST_F_TIMEOUT(port_race, the_port_is_closed_while_threads_use_it, 600)
{
	void (*const actions[RACERS])(struct race *race) = {
		closing_queue, closing_wait, closing_wait, closing_close,
	};
	unsigned int rounds = zxt_part(ROUNDS);
	unsigned long used = 0;
	struct racers racers;

	racers_start(&racers, NULL, actions);
	for (unsigned int i = 0; i < rounds; i++) {
		ASSERT_EQ(ZX_OK, zx_port_create(0, &closing.port));
		racers_round(&racers);
		ASSERT_EQ(0, closing.bad);
		if (i == rounds / 4)
			used = zxp_used();
	}
	racers_stop(&racers);
	EXPECT_EQ(2 * rounds, closing.ended);
	EXPECT_TRUE(is_given_back(used));
}

/*
 * An event loop: DISPATCHERS threads wait at one port. Each of CLIENTS channels has one wait, which
 * is begun again when its request has been answered. Messages begin as those of FIDL do.
 */

#define CLIENTS 1000
#define CLIENT_THREADS 8
#define DISPATCHERS 4
#define ORDINAL 0x1122334455667788

struct fidl {
	uint32_t txid;
	uint8_t flags[3], magic;
	uint64_t ordinal;
	uint64_t payload[2];
};

static struct {
	zx_handle_t port, server[CLIENTS], client[CLIENTS];
	unsigned int requests;		/* of each client */
	atomic_bool busy[CLIENTS];	/* a thread is in the client's handler */
	atomic_uint answered, left, bad;
} loop;

static zx_status_t loop_begin_wait(uint64_t key)
{
	return zx_object_wait_async(loop.server[key], loop.port, key,
				    ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
				    ZX_WAIT_ASYNC_ONCE);
}

static zx_status_t loop_answer(zx_handle_t server)
{
	struct fidl message;
	uint32_t bytes, handles;
	zx_status_t status = zx_channel_read(server, 0, &message, NULL, sizeof(message), 0, &bytes,
					     &handles);

	if (status != ZX_OK)
		return status;
	loop.bad += bytes != sizeof(message) || message.magic != 1 || message.ordinal != ORDINAL;
	message.payload[1] = message.payload[0] * 3 + 1;
	loop.answered++;
	return zx_channel_write(server, 0, &message, sizeof(message), NULL, 0);
}

static void loop_handle(const zx_port_packet_t *packet)
{
	uint64_t key = packet->key;
	zx_status_t status;

	if (key >= CLIENTS || packet->type != ZX_PKT_TYPE_SIGNAL_ONE || packet->status != ZX_OK) {
		loop.bad++;
		return;
	}
	loop.bad += atomic_exchange(&loop.busy[key], true);
	status = loop_answer(loop.server[key]);
	if (status == ZX_ERR_PEER_CLOSED) {
		loop.bad += zx_handle_close(loop.server[key]) != ZX_OK;
		if (--loop.left == 0)
			for (int i = 0; i < DISPATCHERS; i++)
				loop.bad += put(loop.port, NO_KEY) != ZX_OK;
		return;
	}
	loop.bad += status != ZX_OK;
	loop.busy[key] = false;
	loop.bad += loop_begin_wait(key) != ZX_OK;
}

static void *loop_dispatcher(void *arg)
{
	zx_port_packet_t packet;

	(void)arg;
	for (;;) {
		if (zx_port_wait(loop.port, ZX_TIME_INFINITE, &packet) != ZX_OK) {
			loop.bad++;
			return NULL;
		}
		if (packet.type == ZX_PKT_TYPE_USER)
			return NULL;
		loop_handle(&packet);
	}
}

/* Has one request of each of its clients in work at a time. */
static void *loop_clients(void *arg)
{
	size_t first = (uintptr_t)arg;

	for (unsigned int i = 0; i < loop.requests; i++) {
		for (size_t c = first; c < CLIENTS; c += CLIENT_THREADS) {
			const struct fidl request = {
				.txid = i + 1,
				.magic = 1,
				.ordinal = ORDINAL,
				.payload = { c * loop.requests + i },
			};

			loop.bad += zx_channel_write(loop.client[c], 0, &request, sizeof(request),
						     NULL, 0) != ZX_OK;
		}
		for (size_t c = first; c < CLIENTS; c += CLIENT_THREADS) {
			struct fidl reply = {};

			loop.bad += zx_object_wait_one(loop.client[c], ZX_CHANNEL_READABLE,
						       zx_deadline_after(ZX_MIN(5)), NULL) != ZX_OK;
			loop.bad += zx_channel_read(loop.client[c], 0, &reply, NULL, sizeof(reply),
						    0, NULL, NULL) != ZX_OK;
			loop.bad += reply.txid != i + 1 ||
				    reply.payload[0] != c * loop.requests + i ||
				    reply.payload[1] != reply.payload[0] * 3 + 1;
			loop.bad += zx_channel_read(loop.client[c], 0, &reply, NULL, sizeof(reply),
						    0, NULL, NULL) != ZX_ERR_SHOULD_WAIT;
		}
	}
	for (size_t c = first; c < CLIENTS; c += CLIENT_THREADS)
		loop.bad += zx_handle_close(loop.client[c]) != ZX_OK;
	return NULL;
}

TEST_F_TIMEOUT(port_race, an_event_loop_answers_each_request_once, 600)
{
	pthread_t dispatchers[DISPATCHERS], clients[CLIENT_THREADS];

	loop.port = self->port;
	loop.requests = zxt_part(20);
	loop.left = CLIENTS;
	for (size_t c = 0; c < CLIENTS; c++) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &loop.server[c], &loop.client[c]));
		ASSERT_EQ(ZX_OK, loop_begin_wait(c));
	}
	for (int i = 0; i < DISPATCHERS; i++)
		ASSERT_EQ(0, pthread_create(&dispatchers[i], NULL, loop_dispatcher, NULL));
	for (uintptr_t i = 0; i < CLIENT_THREADS; i++)
		ASSERT_EQ(0, pthread_create(&clients[i], NULL, loop_clients, (void *)i));
	for (int i = 0; i < CLIENT_THREADS; i++)
		pthread_join(clients[i], NULL);
	for (int i = 0; i < DISPATCHERS; i++)
		pthread_join(dispatchers[i], NULL);
	EXPECT_EQ(0, loop.bad);
	EXPECT_EQ(CLIENTS * loop.requests, loop.answered);
	EXPECT_TRUE(is_empty(self->port));
}

TEST_HARNESS_MAIN
