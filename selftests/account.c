// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounts: what one user uses is limited, charged to the user who created it, given back, and no
 * harm to other users; the same for memory cgroups.
 *
 * Users are children with a user id of their own. They read their charges where an administrator
 * does, in the fdinfo of their device file.
 */
#include "zxproc.h"

#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define KIB	1024UL
#define MIB	(1024 * KIB)

/* What an endpoint draws at a time, and keeps when it is empty. */
#define STEP	(8 * KIB)

/* What a message of 65536 bytes costs: its pages, with its header. */
#define LARGE	65536
#define LARGE_COST (17 * 4096UL)

/* What may still be charged for processes that have just ended. */
#define DEAD	4096UL

static char bytes[LARGE];

/* Results that children pass to their parent. */
static struct shared {
	atomic_ulong used, filled, channels;
	atomic_int status, turn;
} *shared;

/* Writes large messages until a write fails. @count is how many were written. */
static zx_status_t fill_channel(zx_handle_t end, unsigned long *count)
{
	zx_status_t status;

	for (*count = 0;; ++*count) {
		status = zx_channel_write(end, 0, bytes, sizeof(bytes), NULL, 0);
		if (status != ZX_OK)
			return status;
	}
}

/* Uses up the account with channels full of large messages. */
static zx_status_t fill(unsigned long *total)
{
	zx_handle_t a, b;
	unsigned long count;
	zx_status_t status;

	*total = 0;
	for (;;) {
		status = zx_channel_create(0, &a, &b);
		if (status != ZX_OK)
			return status;
		status = fill_channel(a, &count);
		*total += count * LARGE_COST;
		if (status != ZX_ERR_SHOULD_WAIT)
			return status;
	}
}

FIXTURE(account) {
	char user_max[32], channel_max[32];
	int ready[2], go[2];
};

FIXTURE_SETUP(account)
{
	if (!zxt_get_parameter("user_bytes_max", self->user_max, sizeof(self->user_max)) ||
	    !zxt_get_parameter("channel_bytes_max", self->channel_max, sizeof(self->channel_max)))
		SKIP(return, "only root can set limits");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	ASSERT_NE(MAP_FAILED, shared);
	*zxp_user_of_test() = getpid();
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
}

FIXTURE_TEARDOWN_PARENT(account)
{
	if (!self->user_max[0])
		return;
	EXPECT_TRUE(zxt_set_parameter("user_bytes_max", self->user_max));
	EXPECT_TRUE(zxt_set_parameter("channel_bytes_max", self->channel_max));
}

static bool set_user_max(unsigned long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%lu", value);
	return zxt_set_parameter("user_bytes_max", text);
}

/* Parameters */

TEST_F(account, limits_out_of_range_are_refused)
{
	static const struct {
		const char *name, *bad[6];
	} parameters[] = {
		{ "user_bytes_max", { "0", "65535", "-1", "9223372036854775808", "x", "" } },
		{ "channel_bytes_max", { "0", "1023", "134217729", "-1", "99999999999", "1k" } },
		{ "handles_max", { "0", "1048577", "-1", "99999999", "4294967297", "many" } },
		{ "object_observers_max", { "0", "1048577", "-1", "99999999", "4294967297", "x" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		char before[32], after[32];

		ASSERT_TRUE(zxt_get_parameter(parameters[i].name, before, sizeof(before)));
		for (size_t j = 0; j < ARRAY_SIZE(parameters[i].bad); j++) {
			EXPECT_FALSE(*parameters[i].bad[j] &&
				     zxt_set_parameter(parameters[i].name, parameters[i].bad[j]))
				TH_LOG("%s: %s", parameters[i].name, parameters[i].bad[j]);
		}
		ASSERT_TRUE(zxt_get_parameter(parameters[i].name, after, sizeof(after)));
		EXPECT_STREQ(before, after);
		EXPECT_TRUE(zxt_set_parameter(parameters[i].name, before));
	}
}

TEST_F(account, default_is_an_eighth_of_the_memory)
{
	unsigned long kib = 0, max = strtoul(self->user_max, NULL, 10);
	FILE *meminfo = fopen("/proc/meminfo", "re");
	int device = zxp_open(O_CLOEXEC);

	ASSERT_NE(NULL, meminfo);
	ASSERT_EQ(1, fscanf(meminfo, "MemTotal: %lu kB", &kib));
	fclose(meminfo);
	EXPECT_LE(64 * MIB, max);
	/* The kernel's count of memory may have changed since the module was loaded. */
	EXPECT_LE(kib * KIB / 8 - MIB, max);
	EXPECT_GE(kib * KIB / 8 > 64 * MIB ? kib * KIB / 8 + MIB : 64 * MIB, max);
	EXPECT_EQ(max, zxp_user_bytes_of(device, "zircon-user-bytes-max:"));
	close(device);
}

/* A channel keeps its limit, so no writer waits because of one that was changed since. */
TEST_F(account, channels_keep_the_limit_that_they_were_made_with)
{
	zx_handle_t small[2], large[2];
	unsigned long count;

	ASSERT_TRUE(zxt_set_parameter("channel_bytes_max", "1024"));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &small[0], &small[1]));
	ASSERT_TRUE(zxt_set_parameter("channel_bytes_max", "1048576"));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &large[0], &large[1]));
	/* An empty endpoint takes a message of any size. */
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, fill_channel(small[0], &count));
	EXPECT_EQ(1, count);
	EXPECT_EQ(0, zxt_signals(small[0]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, fill_channel(large[0], &count));
	EXPECT_EQ((MIB + LARGE_COST - 1) / LARGE_COST, count);
	EXPECT_EQ(0, zxt_signals(large[0]));
}

/* One hostile user, one innocent */

static void body_fill(void)
{
	unsigned long total;

	atomic_store(&shared->status, fill(&total));
	atomic_store(&shared->filled, total);
	atomic_store(&shared->used, zxp_used());
}

static void body_innocent(void)
{
	static char in[LARGE];
	uint32_t size;

	for (int i = 0; i < 100; i++) {
		zx_handle_t a, b, event;

		CHILD_CHECK(zx_channel_create(0, &a, &b) == ZX_OK);
		CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
		CHILD_CHECK(zx_channel_write(a, 0, bytes, sizeof(bytes), &event, 1) == ZX_OK);
		CHILD_CHECK(zx_channel_read(b, 0, in, &event, LARGE, 1, &size, NULL) == ZX_OK);
		CHILD_CHECK(zx_handle_close(a) == ZX_OK && zx_handle_close(b) == ZX_OK);
		CHILD_CHECK(zx_handle_close(event) == ZX_OK);
	}
}

TEST_F_TIMEOUT(account, hostile_user_is_refused_and_others_are_not, 300)
{
	unsigned long first = 0;

	ASSERT_TRUE(set_user_max(8 * MIB));
	/* All charges are gone with the process: each round is like the first. */
	for (int i = 0; i < 3; i++) {
		pid_t hostile = ZXP_START(HOSTILE, body_fill);

		EXPECT_EQ(ZX_ERR_NO_MEMORY, atomic_load(&shared->status));
		EXPECT_GE(8 * MIB, atomic_load(&shared->used));
		EXPECT_LE(8 * MIB - LARGE_COST, atomic_load(&shared->used));
		EXPECT_LE(7 * MIB, atomic_load(&shared->filled));
		if (!i)
			first = atomic_load(&shared->filled);
		EXPECT_LE(first, atomic_load(&shared->filled) + LARGE_COST);
		EXPECT_GE(first + LARGE_COST, atomic_load(&shared->filled));
		/* A second program of this user gets nothing; another user gets its own limit. */
		EXPECT_EQ(0, zxp_run_as(HOSTILE, body_fill));
		EXPECT_EQ(ZX_ERR_NO_MEMORY, atomic_load(&shared->status));
		EXPECT_GE(LARGE_COST, atomic_load(&shared->filled));
		EXPECT_EQ(0, zxp_run_as(INNOCENT, body_innocent));
		kill(hostile, SIGKILL);
		EXPECT_EQ(128 + SIGKILL, zxp_reap(hostile));
		EXPECT_EQ(0, zxp_run_as(HOSTILE, body_innocent));
	}
}

/* Each call charges what it creates; the last reference gives the charge back. */

static zx_status_t make_event(void)
{
	zx_handle_t out;

	return zx_event_create(0, &out);
}

static zx_status_t make_eventpair(void)
{
	zx_handle_t out[2];

	return zx_eventpair_create(0, &out[0], &out[1]);
}

static zx_status_t make_channel(void)
{
	zx_handle_t out[2];

	return zx_channel_create(0, &out[0], &out[1]);
}

static zx_status_t make_socket(void)
{
	zx_handle_t out[2];

	return zx_socket_create(0, &out[0], &out[1]);
}

static zx_status_t make_fifo(void)
{
	zx_handle_t out[2];

	return zx_fifo_create(64, 64, 0, &out[0], &out[1]);
}

static zx_handle_t one_event(void)
{
	static zx_handle_t event;

	if (!event)
		CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	return event;
}

static zx_status_t make_handle(void)
{
	zx_handle_t out;

	return zx_handle_duplicate(one_event(), ZX_RIGHT_SAME_RIGHTS, &out);
}

static zx_status_t make_watch(void)
{
	static unsigned int count;
	static zx_handle_t event;
	zx_status_t status = ZX_OK;
	int fd;

	/* Fewer than object_observers_max of each. */
	if (!(count++ % 500))
		status = zx_event_create(0, &event);
	return status == ZX_OK ? zxl_handle_watch(event, ZX_EVENT_SIGNALED, 0, &fd) : status;
}

static zx_status_t make_export(void)
{
	zx_handle_t copy;
	int fd;
	zx_status_t status = zx_handle_duplicate(one_event(), ZX_RIGHT_SAME_RIGHTS, &copy);

	if (status == ZX_OK) {
		status = zxl_handle_export(copy, 0, &fd);
		if (status != ZX_OK)
			zx_handle_close(copy);
	}
	return status;
}

/* Writes to the socket in @end; when it is full, replaces it by a new one. */
static zx_status_t fill_socket(zx_handle_t end[2], uint32_t type, size_t size)
{
	zx_status_t status = ZX_ERR_SHOULD_WAIT;
	size_t actual;

	if (end[0])
		status = zx_socket_write(end[0], 0, bytes, size, &actual);
	if (status != ZX_ERR_SHOULD_WAIT)
		return status;
	status = zx_socket_create(type, &end[0], &end[1]);
	return status == ZX_OK ? zx_socket_write(end[0], 0, bytes, size, &actual) : status;
}

static zx_status_t make_stream(void)
{
	static zx_handle_t end[2];

	return fill_socket(end, ZX_SOCKET_STREAM, 5000);
}

static zx_status_t make_datagram(void)
{
	static zx_handle_t end[2];

	return fill_socket(end, ZX_SOCKET_DATAGRAM, 1);
}

static zx_status_t make_message(void)
{
	static zx_handle_t end[2];
	zx_status_t status = ZX_ERR_SHOULD_WAIT;

	if (end[0])
		status = zx_channel_write(end[0], 0, bytes, 1, NULL, 0);
	if (status != ZX_ERR_SHOULD_WAIT)
		return status;
	status = zx_channel_create(0, &end[0], &end[1]);
	return status == ZX_OK ? zx_channel_write(end[0], 0, bytes, 1, NULL, 0) : status;
}

static zx_status_t make_timer(void)
{
	zx_handle_t timer;

	return zx_timer_create(0, ZX_CLOCK_MONOTONIC, &timer);
}

static zx_status_t make_counter(void)
{
	zx_handle_t counter;

	return zx_counter_create(0, &counter);
}

static zx_status_t make_clock(void)
{
	zx_handle_t clock;

	return zx_clock_create(0, NULL, &clock);
}

static void *ask_for_self(void *status)
{
	static int device = -1;
	zx_handle_t out;
	struct zx_ioc_handle arg = { .out = (uintptr_t)&out };

	if (device < 0)
		device = zxp_open(O_CLOEXEC);
	*(zx_status_t *)status = -zxp_ioctl(device, ZXL_IOC_THREAD_SELF, &arg);
	return NULL;
}

/* One that has ended; the handle keeps its object. */
static zx_status_t make_thread(void)
{
	zx_status_t status = ZX_ERR_INTERNAL;
	pthread_t thread;

	CHILD_CHECK(pthread_create(&thread, NULL, ask_for_self, &status) == 0);
	CHILD_CHECK(pthread_join(thread, NULL) == 0);
	return status;
}

static zx_status_t make_port(void)
{
	zx_handle_t out;

	return zx_port_create(0, &out);
}

static zx_handle_t one_port(void)
{
	static zx_handle_t port;

	if (!port)
		CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	return port;
}

/* A wait for a signal that is up if @up; fewer than object_observers_max on each event. */
static zx_status_t make_async(bool up)
{
	static unsigned int count;
	static zx_handle_t event;
	zx_status_t status = ZX_OK;

	if (!(count++ % 500)) {
		status = zx_event_create(0, &event);
		if (status == ZX_OK && up)
			status = zx_object_signal(event, 0, ZX_EVENT_SIGNALED);
	}
	if (status != ZX_OK)
		return status;
	return zx_object_wait_async(event, one_port(), 0, ZX_EVENT_SIGNALED, 0);
}

static zx_status_t make_pending_wait(void)
{
	return make_async(false);
}

static zx_status_t make_signal_packet(void)
{
	return make_async(true);
}

/* When a port is full of packets it goes on with another. */
static zx_status_t make_user_packet(void)
{
	static const zx_port_packet_t packet;
	static zx_handle_t port;
	zx_status_t status = ZX_ERR_SHOULD_WAIT;

	if (port)
		status = zx_port_queue(port, &packet);
	if (status != ZX_ERR_SHOULD_WAIT)
		return status;
	status = zx_port_create(0, &port);
	return status == ZX_OK ? zx_port_queue(port, &packet) : status;
}

static zx_status_t make_job(void)
{
	zx_handle_t job;

	return zx_job_create(zx_job_default(), 0, &job);
}

static zx_status_t (*make)(void);

/* Makes as many as the limit allows. */
static void body_make(void)
{
	unsigned long count = 0;
	zx_status_t status;

	CHILD_CHECK(zx_event_create(0, (zx_handle_t *)bytes) == ZX_OK);
	for (;; count++) {
		status = make();
		if (status != ZX_OK)
			break;
	}
	atomic_store(&shared->status, status);
	atomic_store(&shared->filled, count);
	atomic_store(&shared->used, zxp_used());
}

TEST_F_TIMEOUT(account, everything_is_charged, 600)
{
	static const struct {
		zx_status_t (*make)(void);
		const char *what;
		unsigned long least;	/* bytes that each costs at least */
	} kinds[] = {
		{ make_event, "event", 80 },
		{ make_eventpair, "eventpair", 128 },
		{ make_channel, "channel", 480 },
		{ make_socket, "socket", 400 },
		{ make_fifo, "fifo", 2 * 4096 },
		{ make_timer, "timer", 200 },
		{ make_counter, "counter", 88 },
		{ make_clock, "clock", 192 },
		{ make_thread, "thread", 280 },
		{ make_job, "job", 320 },
		{ make_handle, "handle", 16 },
		{ make_watch, "watch", 256 },
		{ make_export, "export", 256 },
		{ make_stream, "stream", 5000 },
		{ make_datagram, "datagram", 200 },
		{ make_message, "message", 200 },
		{ make_port, "port", 200 },
		{ make_pending_wait, "asynchronous wait", 160 },
		{ make_signal_packet, "packet of a signal", 160 },
		{ make_user_packet, "packet of a program", 80 },
	};
	const struct rlimit files = { 100000, 100000 };

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	ASSERT_TRUE(set_user_max(MIB));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		unsigned long first, gone;
		zx_time_t deadline;

		make = kinds[i].make;
		ASSERT_EQ(0, zxp_run_as(HOSTILE, body_make))
			TH_LOG("%s", kinds[i].what);
		EXPECT_EQ(ZX_ERR_NO_MEMORY, atomic_load(&shared->status))
			TH_LOG("%s: after %lu", kinds[i].what, atomic_load(&shared->filled));
		EXPECT_GE(MIB, atomic_load(&shared->used));
		EXPECT_LE(MIB - 4 * STEP, atomic_load(&shared->used))
			TH_LOG("%s", kinds[i].what);
		first = atomic_load(&shared->filled);
		EXPECT_GE(MIB / kinds[i].least, first)
			TH_LOG("%s: %lu", kinds[i].what, first);
		EXPECT_LE(10, first);
		/*
		 * All of it is given back, perhaps but for processes that have just ended; what a
		 * large port had, when the worker of its account comes to that.
		 */
		gone = DEAD / kinds[i].least + 1;
		deadline = zx_deadline_after(ZX_SEC(120));
		do {
			ASSERT_EQ(0, zxp_run_as(HOSTILE, body_make));
		} while (first > atomic_load(&shared->filled) + gone &&
			 zx_clock_get_monotonic() < deadline);
		EXPECT_LE(first, atomic_load(&shared->filled) + gone)
			TH_LOG("%s", kinds[i].what);
	}
}

/* Ports: each way in which a wait or a packet ends gives its charge back */

#define PACKETS	100
/* The charge for an asynchronous wait, struct zx_async_wait. */
#define WAIT		168

/* Pending waits, waits whose packet is queued, and packets of the program; with key 0, and 1. */
static void fill_port(zx_handle_t port, zx_handle_t event)
{
	zx_port_packet_t packet = {};

	for (int i = 0; i < PACKETS; i++) {
		packet.key = i % 2;
		CHILD_CHECK(zx_object_wait_async(event, port, i % 2, ZX_USER_SIGNAL_0, 0) == ZX_OK);
		CHILD_CHECK(zx_object_wait_async(event, port, i % 2, ZX_USER_SIGNAL_1, 0) == ZX_OK);
		CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
	}
	CHILD_CHECK(zx_object_signal(event, ZX_USER_SIGNAL_1, ZX_USER_SIGNAL_1) == ZX_OK);
	CHILD_CHECK(zx_object_signal(event, ZX_USER_SIGNAL_1, 0) == ZX_OK);
}

static void body_port_gives_back(void)
{
	zx_handle_t port, event, other;
	unsigned long start, full;
	zx_port_packet_t packet = {};

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	/* What the table allocates for waits through its handles stays. */
	CHILD_CHECK(zx_object_wait_async(event, port, 0, ZX_USER_SIGNAL_0, 0) == ZX_OK);
	CHILD_CHECK(zx_port_cancel(port, event, 0) == ZX_OK);
	start = zxp_used();

	/* The first packet of a program costs nothing, and can be the first again. */
	CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
	CHILD_CHECK(zxp_used() == start);
	CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_OK);
	CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
	CHILD_CHECK(zxp_used() == start);
	CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_OK);

	/* Both keys end what has them, half of it each; zx_port_cancel() leaves the program's. */
	fill_port(port, event);
	full = zxp_used() - start;
	CHILD_CHECK(full >= PACKETS * (2 * WAIT + 80) - WAIT);
	CHILD_CHECK(zx_port_cancel_key(port, 0, 0) == ZX_OK);
	CHILD_CHECK(zxp_used() - start >= full / 2 && zxp_used() - start <= full / 2 + 2 * WAIT);
	CHILD_CHECK(zx_port_cancel(port, event, 1) == ZX_OK);
	CHILD_CHECK(zxp_used() - start <= PACKETS / 2 * WAIT);
	for (int i = 0; i < PACKETS / 2; i++)
		CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_OK);
	CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_ERR_TIMED_OUT);
	/* The port keeps one wait that is over, for the next. */
	CHILD_CHECK(zxp_used() == start + WAIT);

	/* All that is queued is read, which leaves the pending waits; they end with the handle. */
	fill_port(port, event);
	for (int i = 0; i < 2 * PACKETS; i++)
		CHILD_CHECK(zx_port_wait(port, 0, &packet) == ZX_OK);
	CHILD_CHECK(zxp_used() - start >= PACKETS * WAIT);
	CHILD_CHECK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &other) == ZX_OK);
	CHILD_CHECK(zx_handle_close(event) == ZX_OK);
	CHILD_CHECK(zxp_used() <= start + WAIT);
	CHILD_CHECK(zx_object_wait_async(other, port, 0, ZX_USER_SIGNAL_0, 0) == ZX_OK);
	CHILD_CHECK(zx_port_cancel(port, other, 0) == ZX_OK);

	/* All ends with the port. */
	start = zxp_used();
	fill_port(port, other);
	CHILD_CHECK(zx_handle_close(port) == ZX_OK);
	CHILD_CHECK(zxp_used() < start);
}

TEST_F(account, ports_give_back_what_waits_and_packets_cost)
{
	ASSERT_TRUE(set_user_max(MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_port_gives_back));
}

/* A worker ends most of the waits of a large port, since another user may have closed the port. */
static void body_large_port_gives_back(void)
{
	zx_time_t patience = zx_deadline_after(ZX_MIN(3));
	zx_port_packet_t packet = {};
	zx_handle_t port, events[10];
	unsigned long start;

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		CHILD_CHECK(zx_event_create(0, &events[i]) == ZX_OK);
		CHILD_CHECK(zx_object_wait_one(events[i], ZX_EVENT_SIGNALED, 1, NULL) ==
			    ZX_ERR_TIMED_OUT);
	}
	start = zxp_used();
	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	for (int i = 0; i < 4000; i++) {
		CHILD_CHECK(zx_object_wait_async(events[i % 10], port, 0, ZX_EVENT_SIGNALED,
						 0) == ZX_OK);
		CHILD_CHECK(zx_object_wait_async(events[i % 10], port, 0, ZX_USER_SIGNAL_0,
						 0) == ZX_OK);
		CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
	}
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		CHILD_CHECK(zx_object_signal(events[i], 0, ZX_EVENT_SIGNALED) == ZX_OK);
	CHILD_CHECK(zx_handle_close(port) == ZX_OK);
	/* Waits that the worker has not reached yet can still be met, or lose their handle. */
	CHILD_CHECK(zx_object_signal(events[0], 0, ZX_USER_SIGNAL_0) == ZX_OK);
	CHILD_CHECK(zx_handle_close(events[1]) == ZX_OK);
	while (zxp_used() > start && zx_clock_get_monotonic() < patience)
		sched_yield();
	CHILD_CHECK(zxp_used() <= start);
}

TEST_F_TIMEOUT(account, a_large_port_gives_back_all_in_the_end, 300)
{
	ASSERT_TRUE(set_user_max(4 * MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_large_port_gives_back));
}

/* A wait or packet that cannot be made leaves nothing charged. */
static void body_port_failures(void)
{
	static const zx_port_packet_t packet;
	zx_handle_t port, event;
	unsigned long start;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_object_wait_async(event, port, 0, ZX_USER_SIGNAL_0, 0) == ZX_OK);
	CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
	start = zxp_used();
	for (int i = 0; i < 1000; i++) {
		CHILD_CHECK(zx_port_queue(port, (void *)8) == ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(zx_port_queue(event, &packet) == ZX_ERR_WRONG_TYPE);
		CHILD_CHECK(zx_port_wait(port, 0, (void *)8) == ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(zx_port_create(0, NULL) != ZX_OK);
		CHILD_CHECK(zx_object_wait_async(event, port, 0, ~0u, 8) == ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(zx_object_wait_async(port, port, 0, ~0u, 0) == ZX_ERR_ACCESS_DENIED);
	}
	CHILD_CHECK(zxp_used() == start);
	/* A full port charges nothing for the packet that it refuses. */
	for (int i = 1; i < 4096; i++)
		CHILD_CHECK(zx_port_queue(port, &packet) == ZX_OK);
	start = zxp_used();
	for (int i = 0; i < 100; i++)
		CHILD_CHECK(zx_port_queue(port, &packet) == ZX_ERR_SHOULD_WAIT);
	CHILD_CHECK(zxp_used() == start);
}

TEST_F(account, failed_waits_and_packets_leave_nothing_charged)
{
	ASSERT_TRUE(set_user_max(4 * MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_port_failures));
}

/* What an endpoint keeps, and what it gives back */

static void body_gives_back(void)
{
	static char in[LARGE];
	zx_handle_t channel[2], stream[2], datagrams[2], control[2];
	unsigned long start, now;
	size_t actual;

	CHILD_CHECK(zx_channel_create(0, &channel[0], &channel[1]) == ZX_OK);
	CHILD_CHECK(zx_socket_create(0, &stream[0], &stream[1]) == ZX_OK);
	CHILD_CHECK(zx_socket_create(ZX_SOCKET_DATAGRAM, &datagrams[0], &datagrams[1]) == ZX_OK);
	CHILD_CHECK(zx_socket_create(ZX_SOCKET_HAS_CONTROL, &control[0], &control[1]) == ZX_OK);
	start = zxp_used();

	/* What fits the endpoints' own buffers costs nothing. */
	CHILD_CHECK(zx_channel_write(channel[0], 0, bytes, 64, NULL, 0) == ZX_OK);
	CHILD_CHECK(zx_socket_write(stream[0], 0, bytes, 64, &actual) == ZX_OK);
	CHILD_CHECK(zx_socket_write(datagrams[0], 0, bytes, 64, &actual) == ZX_OK);
	CHILD_CHECK(zxp_used() == start);

	CHILD_CHECK(zx_channel_write(channel[0], 0, bytes, LARGE, NULL, 0) == ZX_OK);
	now = zxp_used() - start;
	CHILD_CHECK(now >= LARGE_COST && now < LARGE_COST + STEP && now % STEP == 0);
	for (int i = 0; i < 2; i++)
		CHILD_CHECK(zx_channel_read(channel[1], 0, in, NULL, LARGE, 0, NULL, NULL) ==
			    ZX_OK);
	CHILD_CHECK(zxp_used() - start == STEP);
	/* A page at a time is within the step that an endpoint keeps. */
	for (int i = 0; i < 10; i++) {
		CHILD_CHECK(zx_channel_write(channel[0], 0, bytes, 4096, NULL, 0) == ZX_OK);
		CHILD_CHECK(zxp_used() - start == STEP);
		CHILD_CHECK(zx_channel_read(channel[1], 0, in, NULL, LARGE, 0, NULL, NULL) ==
			    ZX_OK);
	}

	now = zxp_used();
	CHILD_CHECK(zx_socket_write(stream[0], 0, bytes, LARGE, &actual) == ZX_OK);
	CHILD_CHECK(zxp_used() - now >= LARGE && zxp_used() - now < LARGE + 2 * STEP);
	CHILD_CHECK(zx_socket_read(stream[1], 0, in, 64, &actual) == ZX_OK && actual == 64);
	CHILD_CHECK(zx_socket_read(stream[1], 0, in, LARGE, &actual) == ZX_OK && actual == LARGE);
	CHILD_CHECK(zxp_used() - now == STEP);

	now = zxp_used();
	for (int i = 0; i < 100; i++)
		CHILD_CHECK(zx_socket_write(datagrams[0], 0, bytes, 1, &actual) == ZX_OK);
	CHILD_CHECK(zxp_used() - now >= 100 * 256);
	for (int i = 0; i < 101; i++)
		CHILD_CHECK(zx_socket_read(datagrams[1], 0, in, LARGE, &actual) == ZX_OK);
	CHILD_CHECK(zxp_used() - now == STEP);

	now = zxp_used();
	CHILD_CHECK(zx_socket_write(control[0], ZX_SOCKET_CONTROL, bytes, 1000, &actual) == ZX_OK);
	CHILD_CHECK(zxp_used() - now == STEP);

	/* Neither steps nor unread bytes stay charged when the endpoints are gone. */
	CHILD_CHECK(zx_channel_write(channel[0], 0, bytes, LARGE, NULL, 0) == ZX_OK);
	CHILD_CHECK(zx_socket_write(stream[0], 0, bytes, LARGE, &actual) == ZX_OK);
	CHILD_CHECK(zx_socket_write(datagrams[0], 0, bytes, LARGE, &actual) == ZX_OK);
	for (int i = 0; i < 2; i++) {
		CHILD_CHECK(zx_handle_close(channel[i]) == ZX_OK);
		CHILD_CHECK(zx_handle_close(stream[i]) == ZX_OK);
		CHILD_CHECK(zx_handle_close(datagrams[i]) == ZX_OK);
		CHILD_CHECK(zx_handle_close(control[i]) == ZX_OK);
	}
	CHILD_CHECK(zxp_used() < start);
}

TEST_F(account, ends_give_back_all_but_a_step)
{
	ASSERT_TRUE(set_user_max(64 * MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_gives_back));
}

static void body_failures(void)
{
	zx_handle_t channel[2], stream[2];
	unsigned long start;
	size_t actual;

	CHILD_CHECK(zx_channel_create(0, &channel[0], &channel[1]) == ZX_OK);
	CHILD_CHECK(zx_socket_create(0, &stream[0], &stream[1]) == ZX_OK);
	start = zxp_used();
	for (int i = 0; i < 1000; i++) {
		zx_handle_t bad = ZX_HANDLE_INVALID;
		uint32_t out[2];
		int fd;

		CHILD_CHECK(zx_channel_write(channel[0], 0, (void *)8, LARGE, NULL, 0) ==
			    ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(zx_channel_write(channel[0], 0, bytes, LARGE, &bad, 1) ==
			    ZX_ERR_BAD_HANDLE);
		CHILD_CHECK(zx_socket_write(stream[0], 0, (void *)8, LARGE, &actual) ==
			    ZX_ERR_INVALID_ARGS);
		CHILD_CHECK(zx_channel_create(0, NULL, &out[1]) != ZX_OK);
		CHILD_CHECK(zx_fifo_create(64, 64, 0, &out[0], NULL) != ZX_OK);
		CHILD_CHECK(zx_event_create(0, NULL) != ZX_OK);
		CHILD_CHECK(zxl_handle_watch(channel[0], 1, 0, NULL) != ZX_OK);
		CHILD_CHECK(zxl_handle_export(bad, 0, &fd) == ZX_ERR_BAD_HANDLE);
	}
	/* One step for each of the two endpoints. */
	CHILD_CHECK(zxp_used() - start <= 2 * STEP);
	CHILD_CHECK(zx_handle_close(channel[1]) == ZX_OK);
	for (int i = 0; i < 100; i++)
		CHILD_CHECK(zx_channel_write(channel[0], 0, bytes, LARGE, NULL, 0) ==
			    ZX_ERR_PEER_CLOSED);
	CHILD_CHECK(zxp_used() - start <= STEP);
	CHILD_CHECK(zx_handle_close(stream[1]) == ZX_OK);
	CHILD_CHECK(zx_handle_close(channel[0]) == ZX_OK);
	CHILD_CHECK(zx_handle_close(stream[0]) == ZX_OK);
	CHILD_CHECK(zxp_used() < start);
}

TEST_F(account, failed_calls_leave_nothing_charged)
{
	ASSERT_TRUE(set_user_max(4 * MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_failures));
}

static void body_frugal(void)
{
	static char in[LARGE];
	zx_handle_t full[2], other[2];
	unsigned long before;

	CHILD_CHECK(zx_channel_create(0, &full[0], &full[1]) == ZX_OK);
	CHILD_CHECK(zx_channel_create(0, &other[0], &other[1]) == ZX_OK);
	while (zxp_used() <= MIB / 8 * 7)
		CHILD_CHECK(zx_channel_write(full[0], 0, bytes, 20000, NULL, 0) == ZX_OK);
	before = zxp_used();
	CHILD_CHECK(zx_channel_write(other[0], 0, bytes, 4096, NULL, 0) == ZX_OK);
	CHILD_CHECK(zxp_used() > before);
	CHILD_CHECK(zx_channel_read(other[1], 0, in, NULL, LARGE, 0, NULL, NULL) == ZX_OK);
	CHILD_CHECK(zxp_used() == before);
}

TEST_F(account, nothing_is_kept_when_almost_all_is_used)
{
	ASSERT_TRUE(set_user_max(MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_frugal));
}

/* Many threads charge the same endpoint and give back at once: the account comes out right. */
static zx_handle_t racing[2];

static void *race_write(void *arg)
{
	for (unsigned int i = 0; i < 3000; i++) {
		uint32_t size = (i * 7919 + (uintptr_t)arg * 131) % 20000;
		zx_status_t status = zx_channel_write(racing[0], 0, bytes, size, NULL, 0);

		CHILD_CHECK(status == ZX_OK || status == ZX_ERR_SHOULD_WAIT ||
			    status == ZX_ERR_NO_MEMORY);
	}
	return NULL;
}

static void *race_read(void *arg)
{
	char *in = malloc(LARGE);

	while (!atomic_load(&shared->channels))
		zx_channel_read(racing[1], 0, in, NULL, LARGE, 0, NULL, NULL);
	free(in);
	return arg;
}

static void body_race(void)
{
	pthread_t writers[3], readers[2];
	unsigned long start;

	CHILD_CHECK(zx_channel_create(0, &racing[0], &racing[1]) == ZX_OK);
	start = zxp_used();
	atomic_store(&shared->channels, 0);
	for (uintptr_t i = 0; i < 3; i++)
		CHILD_CHECK(!pthread_create(&writers[i], NULL, race_write, (void *)i));
	for (int i = 0; i < 2; i++)
		CHILD_CHECK(!pthread_create(&readers[i], NULL, race_read, NULL));
	for (int i = 0; i < 3; i++)
		pthread_join(writers[i], NULL);
	atomic_store(&shared->channels, 1);
	for (int i = 0; i < 2; i++)
		pthread_join(readers[i], NULL);
	while (zx_channel_read(racing[1], 0, bytes, NULL, LARGE, 0, NULL, NULL) == ZX_OK)
		;
	CHILD_CHECK(zxp_used() - start <= STEP);
	CHILD_CHECK(zxt_signals(racing[0]) == ZX_CHANNEL_WRITABLE);
	CHILD_CHECK(zx_channel_write(racing[0], 0, bytes, LARGE, NULL, 0) == ZX_OK);
	CHILD_CHECK(zx_handle_close(racing[0]) == ZX_OK);
	CHILD_CHECK(zx_handle_close(racing[1]) == ZX_OK);
	CHILD_CHECK(zxp_used() < start);
}

TEST_F_TIMEOUT(account, many_threads_charge_one_end, 600)
{
	static const char * const channel_max[] = { "1048576", "30000", "1024" };

	/* The limits are reached again and again: first the user's, then the channel's. */
	for (size_t i = 0; i < ARRAY_SIZE(channel_max); i++) {
		ASSERT_TRUE(zxt_set_parameter("channel_bytes_max", channel_max[i]));
		ASSERT_TRUE(set_user_max(i ? MIB : 256 * KIB));
		EXPECT_EQ(0, zxp_run_as(HOSTILE, body_race));
	}
}

/* Closing races with writing: what a write has charged is given back whichever ends last. */
static void *race_until_closed(void *arg)
{
	zx_handle_t end = (uintptr_t)arg;

	while (zx_channel_write(end, 0, bytes, 9000, NULL, 0) != ZX_ERR_PEER_CLOSED)
		;
	return NULL;
}

static void body_close_race(void)
{
	zx_handle_t spare[600];
	unsigned long start;

	/* The table has slots for all that follows. */
	for (size_t i = 0; i < ARRAY_SIZE(spare); i++)
		CHILD_CHECK(zx_event_create(0, &spare[i]) == ZX_OK);
	CHILD_CHECK(zx_handle_close_many(spare, ARRAY_SIZE(spare)) == ZX_OK);
	start = zxp_used();
	for (int i = 0; i < 500; i++) {
		pthread_t threads[2];
		zx_handle_t a, b;

		CHILD_CHECK(zx_channel_create(0, &a, &b) == ZX_OK);
		for (int t = 0; t < 2; t++)
			CHILD_CHECK(!pthread_create(&threads[t], NULL, race_until_closed,
						    (void *)(uintptr_t)a));
		while (!(zxt_signals(b) & ZX_CHANNEL_READABLE))
			sched_yield();
		CHILD_CHECK(zx_handle_close(b) == ZX_OK);
		for (int t = 0; t < 2; t++)
			pthread_join(threads[t], NULL);
		CHILD_CHECK(zx_handle_close(a) == ZX_OK);
	}
	CHILD_CHECK(zxp_used() <= start);
}

TEST_F_TIMEOUT(account, closing_gives_all_back_whatever_is_under_way, 600)
{
	ASSERT_TRUE(set_user_max(64 * MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_close_race));
}

/* Parked calls are charged to the channel's creator. */
static void on_alarm(int number)
{
	(void)number;
}

static void park_calls(int device, zx_handle_t client, int count)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = {};
	struct sigaction action = { .sa_handler = on_alarm };
	uint32_t request = 0;
	char reply[4];

	CHILD_CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHILD_CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
	while (count--) {
		struct zx_ioc_channel_call_args args = {
			.wr_bytes = (uintptr_t)&request, .wr_num_bytes = 4,
			.rd_bytes = (uintptr_t)reply, .rd_num_bytes = 4,
		};
		uint32_t bytes, handles, txid;
		struct zx_ioc_channel_call call = {
			.handle = client, .deadline = ZX_TIME_INFINITE,
			.args = (uintptr_t)&args, .actual_bytes = (uintptr_t)&bytes,
			.actual_handles = (uintptr_t)&handles, .txid = (uintptr_t)&txid,
		};
		long ret = zxp_ioctl(device, ZX_IOC_CHANNEL_CALL_NORETRY, &call);

		CHILD_CHECK(ret == -ZX_ERR_INTERNAL_INTR_RETRY);
	}
	CHILD_CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

static void body_parked(void)
{
	int device = zxp_open(O_CLOEXEC);
	uint32_t request[1000];
	zx_handle_t client, server;
	unsigned long start;

	CHILD_CHECK(zxp_create(device, ZX_IOC_CHANNEL_CREATE, &client, &server) == 0);
	/* What the table allocates for waits through its handles stays. */
	CHILD_CHECK(zx_object_wait_one(client, ZX_CHANNEL_READABLE, 1, NULL) == ZX_ERR_TIMED_OUT);
	start = zxp_used();
	park_calls(device, client, 60);
	while (zx_channel_read(server, 0, request, NULL, 4, 0, NULL, NULL) == ZX_OK)
		CHILD_CHECK(zx_channel_write(server, 0, request, sizeof(request), NULL, 0) ==
			    ZX_OK);
	/* The replies went to the parked calls: the queue is empty. */
	CHILD_CHECK(zx_channel_read(client, 0, NULL, NULL, 0, 0, NULL, NULL) ==
		    ZX_ERR_SHOULD_WAIT);
	CHILD_CHECK(zxp_used() - start >= 60 * sizeof(request));
	CHILD_CHECK(zx_handle_close(client) == ZX_OK);
	CHILD_CHECK(zxp_used() - start <= STEP);
	CHILD_CHECK(zx_handle_close(server) == ZX_OK);
	CHILD_CHECK(zxp_used() < start);
}

TEST_F_TIMEOUT(account, interrupted_calls_are_charged, 300)
{
	ASSERT_TRUE(set_user_max(MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_parked));
}

/* Replies are accepted while the queue is full, up to another limit: twice the queue's. */
static void body_many_replies(void)
{
	int device = zxp_open(O_CLOEXEC), replies = 0;
	zx_status_t status = ZX_OK;
	zx_handle_t client, server;
	unsigned long start;

	CHILD_CHECK(zxp_create(device, ZX_IOC_CHANNEL_CREATE, &client, &server) == 0);
	start = zxp_used();
	park_calls(device, client, 60);
	while (status == ZX_OK) {
		CHILD_CHECK(zx_channel_read(server, 0, bytes, NULL, 4, 0, NULL, NULL) == ZX_OK);
		status = zx_channel_write(server, 0, bytes, ZX_CHANNEL_MAX_MSG_BYTES, NULL, 0);
		replies += status == ZX_OK;
	}
	CHILD_CHECK(status == ZX_ERR_SHOULD_WAIT);
	CHILD_CHECK(zxp_used() - start >= 2 * MIB);
	CHILD_CHECK(zxp_used() - start <= 2 * MIB + 256 * KIB);
	CHILD_CHECK(replies < 40);
	CHILD_CHECK(zx_handle_close(client) == ZX_OK);
	CHILD_CHECK(zx_handle_close(server) == ZX_OK);
}

TEST_F_TIMEOUT(account, replies_to_parked_calls_have_a_limit, 300)
{
	ASSERT_TRUE(set_user_max(16 * MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_many_replies));
}

/* The creator pays */

/* A channel's endpoint that another process made, in a file; a socket and a pipe to the client. */
static int exported = -1, link_fd[2], go_fd[2];

#define PAYS_MAX (512 * KIB)

/* Makes a channel, sends one endpoint to the parent, and checks its account in the end. */
static void body_client(void)
{
	zx_handle_t ends[2];
	char byte;
	int fd;

	CHILD_CHECK(zx_channel_create(0, &ends[0], &ends[1]) == ZX_OK);
	CHILD_CHECK(zxl_handle_export(ends[1], 0, &fd) == ZX_OK);
	CHILD_CHECK(zxp_send_fd(link_fd[1], fd) == 0);
	close(fd);
	CHILD_CHECK(read(go_fd[0], &byte, 1) == 1);
	CHILD_CHECK(zxp_used() <= PAYS_MAX && zxp_used() >= PAYS_MAX - LARGE_COST - STEP);
	CHILD_CHECK(zx_event_create(0, &ends[1]) == ZX_OK);
	/* The messages can still be read. */
	for (unsigned long i = 0; i < atomic_load(&shared->filled); i++)
		CHILD_CHECK(zx_channel_read(ends[0], 0, bytes, NULL, LARGE, 0, NULL, NULL) ==
			    ZX_OK);
	CHILD_CHECK(zx_channel_read(ends[0], 0, bytes, NULL, LARGE, 0, NULL, NULL) ==
		    ZX_ERR_PEER_CLOSED);
	CHILD_CHECK(zxp_used() < 16 * STEP);
}

static void body_server(void)
{
	unsigned long start, count;
	zx_handle_t end, own[2];

	CHILD_CHECK(zxl_handle_import(exported, 0, &end) == ZX_OK);
	CHILD_CHECK(zx_channel_create(0, &own[0], &own[1]) == ZX_OK);
	start = zxp_used();
	CHILD_CHECK(fill_channel(end, &count) == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(count >= 4 && count <= PAYS_MAX / LARGE_COST);
	atomic_store(&shared->filled, count);
	/* The server's own account is not charged, and its own channel works. */
	CHILD_CHECK(zxp_used() <= start);
	CHILD_CHECK(zx_channel_write(own[0], 0, bytes, LARGE, NULL, 0) == ZX_OK);
}

static void who_pays(struct __test_metadata *_metadata, uid_t server)
{
	pid_t client;

	ASSERT_TRUE(set_user_max(PAYS_MAX));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link_fd));
	ASSERT_EQ(0, pipe2(go_fd, O_CLOEXEC));
	client = zxp_start(HOSTILE, body_client, -1, -1);
	exported = zxp_receive_fd(link_fd[0], 0);
	ASSERT_LE(0, exported);
	EXPECT_EQ(0, zxp_run_as(server, body_server));
	EXPECT_EQ(1, write(go_fd[1], "g", 1));
	EXPECT_EQ(0, zxp_reap(client));
}

TEST_F_TIMEOUT(account, client_pays_for_replies_that_it_does_not_read, 120)
{
	who_pays(_metadata, INNOCENT);
}

/* A server that may exceed its own limit does not lift that of its clients. */
TEST_F_TIMEOUT(account, client_pays_also_where_the_server_is_root, 120)
{
	who_pays(_metadata, 0);
}

/* Capabilities are checked at the time of the charge */

static void drop_capability(int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	CHILD_CHECK(syscall(SYS_capget, &header, data) == 0);
	data[capability / 32].effective &= ~(1u << capability % 32);
	CHILD_CHECK(syscall(SYS_capset, &header, data) == 0);
}

static void body_root(void)
{
	zx_handle_t a, b, full[2];
	unsigned long count;

	for (int i = 0; i < 2; i++) {
		CHILD_CHECK(zx_channel_create(0, &a, &b) == ZX_OK);
		CHILD_CHECK(fill_channel(a, &count) == ZX_ERR_SHOULD_WAIT);
	}
	CHILD_CHECK(zxp_used() >= 2 * MIB);
	CHILD_CHECK(zx_channel_create(0, &full[0], &full[1]) == ZX_OK);
	drop_capability(CAP_SYS_RESOURCE);
	CHILD_CHECK(zx_channel_write(full[0], 0, bytes, LARGE, NULL, 0) == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(zx_channel_create(0, &a, &b) == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(zx_event_create(0, &a) == ZX_ERR_NO_MEMORY);
	/* What was created before goes on to work. */
	CHILD_CHECK(zx_channel_write(full[0], 0, bytes, 8, NULL, 0) == ZX_OK);
	CHILD_CHECK(zx_handle_close(full[1]) == ZX_OK);
}

TEST_F(account, capability_is_asked_at_the_charge)
{
	ASSERT_TRUE(set_user_max(MIB));
	EXPECT_EQ(0, zxp_run_as(0, body_root));
}

/* The fdinfo of a file of the device counts the handles of the program by type. */
TEST_F(account, fdinfo_counts_handles)
{
	int device = zxp_open(O_CLOEXEC);
	zx_handle_t ends[2], events[3];
	char lines[1000];

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		ASSERT_EQ(ZX_OK, zx_event_create(0, &events[i]));
	EXPECT_EQ(5, zxt_handles());
	EXPECT_NE(NULL, strstr(zxp_fdinfo(device, lines, sizeof(lines)),
			       "zircon-handles:\t6\nzircon-handles-process:\t1\n"
			       "zircon-handles-channel:\t2\nzircon-handles-event:\t3\n"));
	/* A handle in a file or in a message is in no table. */
	ASSERT_EQ(ZX_OK, zx_channel_write(ends[0], 0, NULL, 0, events, 2));
	zx_handle_close(ends[1]);
	EXPECT_NE(NULL, strstr(zxp_fdinfo(device, lines, sizeof(lines)),
			       "zircon-handles:\t3\nzircon-handles-process:\t1\n"
			       "zircon-handles-channel:\t1\nzircon-handles-event:\t1\n"));
	close(device);
}

/* A program passes a file of the device on, and ends: its table is closed and has no handles. */
TEST_F(account, fdinfo_of_a_closed_table)
{
	int sockets[2], device;
	zx_handle_t event;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets));
	child = fork();
	if (!child) {
		device = zxp_open(O_CLOEXEC);
		CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
		CHILD_CHECK(zxp_user_bytes_of(device, "zircon-handles-event:") == 1);
		CHILD_CHECK(zxp_send_fd(sockets[0], device) == 0);
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(child));
	device = zxp_receive_fd(sockets[1], 0);
	ASSERT_LE(0, device);
	EXPECT_EQ(0, zxp_user_bytes_of(device, "zircon-handles:"));
	EXPECT_EQ(~0ul, zxp_user_bytes_of(device, "zircon-handles-event:"));
	close(device);
	close(sockets[0]);
	close(sockets[1]);
}

/* A call charges the user of its moment: a program that becomes another user pays as that. */
static void body_becomes(void)
{
	zx_handle_t a, b;
	char lines[100];
	unsigned long count, start;
	int device = zxp_open(O_CLOEXEC);

	CHILD_CHECK(zx_channel_create(0, &a, &b) == ZX_OK);
	start = zxp_user_bytes_of(device, "zircon-user-bytes:");
	zxp_become(HOSTILE);
	CHILD_CHECK(fill(&count) == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(count <= MIB);
	/* The file shows what the user who opened it has, and only to that user. */
	CHILD_CHECK(zxp_fdinfo(device, lines, sizeof(lines))[0] == '\0');
	atomic_store(&shared->used, start);
}

TEST_F_TIMEOUT(account, becoming_another_user_changes_the_account, 300)
{
	unsigned long before = zxp_used();
	pid_t child;

	ASSERT_TRUE(set_user_max(MIB));
	child = ZXP_START(0, body_becomes);
	/* What the child has made since is charged to the other user. */
	EXPECT_GE(before + 8 * STEP, zxp_used());
	kill(child, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, zxp_reap(child));
}

/*
 * A port keeps a wait that is over for the next one, but not for one of another user: the innocent
 * user pays for the first, the hostile one for the second. Root pays for the port.
 */
static int port_files[2], event_files[2];
static zx_handle_t shared_port, shared_event;

static void begin_and_collect(int user)
{
	zx_port_packet_t packet;

	CHILD_CHECK(zxl_handle_import(port_files[user], 0, &shared_port) == ZX_OK);
	CHILD_CHECK(zxl_handle_import(event_files[user], 0, &shared_event) == ZX_OK);
	CHILD_CHECK(zx_object_wait_async(shared_event, shared_port, 0, ZX_EVENT_SIGNALED, 0) ==
		    ZX_OK);
	CHILD_CHECK(zx_port_wait(shared_port, 0, &packet) == ZX_OK);
}

static void body_first_user(void)
{
	unsigned long used;

	begin_and_collect(0);
	used = zxp_used();
	atomic_store(&shared->turn, 1);
	while (atomic_load(&shared->turn) == 1)
		sched_yield();
	CHILD_CHECK(zxp_used() < used);
}

static void body_second_user(void)
{
	while (!atomic_load(&shared->turn))
		sched_yield();
	begin_and_collect(1);
	atomic_store(&shared->turn, 2);
}

TEST_F_TIMEOUT(account, a_wait_is_paid_by_the_user_who_begins_it, 300)
{
	zx_handle_t port, event, copy;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(port, ZX_RIGHT_SAME_RIGHTS, &copy));
		ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &port_files[i]));
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
		ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &event_files[i]));
	}
	child = zxp_start(INNOCENT, body_first_user, -1, -1);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_second_user));
	EXPECT_EQ(0, zxp_reap(child));
}

/* The real user pays, also in a set-user-id program. */
static void body_with_effective_user(void)
{
	unsigned long total;

	CHILD_CHECK(setgroups(0, NULL) == 0);
	CHILD_CHECK(setresgid(HOSTILE, HOSTILE, HOSTILE) == 0);
	CHILD_CHECK(setresuid(HOSTILE, INNOCENT, INNOCENT) == 0);
	CHILD_CHECK(fill(&total) == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(total >= 7 * MIB);
}

TEST_F_TIMEOUT(account, effective_user_pays_nothing, 300)
{
	pid_t child;

	ASSERT_TRUE(set_user_max(8 * MIB));
	child = ZXP_START(0, body_with_effective_user);
	EXPECT_EQ(0, zxp_run_as(INNOCENT, body_innocent));
	kill(child, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, zxp_reap(child));
}

/* The limit can be used up to the last byte. The parent sets it when the child knows the cost. */
static int known_fd[2];

static void body_last_byte(void)
{
	unsigned long before, cost;
	zx_handle_t event;
	char byte;

	/* No new slots are needed for the next handles. */
	for (int i = 0; i < 1000; i++)
		CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	before = zxp_used();
	CHILD_CHECK(before > 65536);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	cost = zxp_used() - before;
	CHILD_CHECK(cost > 0 && cost < 1024);
	CHILD_CHECK(zx_handle_close(event) == ZX_OK);
	CHILD_CHECK(zxp_used() == before);
	atomic_store(&shared->used, before + cost);
	CHILD_CHECK(write(known_fd[1], "k", 1) == 1);
	CHILD_CHECK(read(go_fd[0], &byte, 1) == 1);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_ERR_NO_MEMORY);
}

TEST_F_TIMEOUT(account, limit_is_used_to_the_last_byte, 300)
{
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe2(known_fd, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go_fd, O_CLOEXEC));
	child = zxp_start(HOSTILE, body_last_byte, -1, -1);
	close(known_fd[1]);
	close(go_fd[0]);
	ASSERT_EQ(1, read(known_fd[0], &byte, 1));
	EXPECT_TRUE(set_user_max(atomic_load(&shared->used)));
	EXPECT_EQ(1, write(go_fd[1], "g", 1));
	EXPECT_EQ(0, zxp_reap(child));
}

/* The few bytes that fit into the endpoint itself need no memory, however often they come. */
static void body_few_bytes(void)
{
	zx_handle_t end[2], event;
	unsigned long total;
	char got[8];

	CHILD_CHECK(zx_socket_create(0, &end[0], &end[1]) == ZX_OK);
	CHILD_CHECK(fill(&total) == ZX_ERR_NO_MEMORY);
	while (zx_event_create(0, &event) == ZX_OK)
		;
	for (int i = 0; i < 100; i++) {
		CHILD_CHECK(zx_socket_write(end[0], 0, bytes, sizeof(got), NULL) == ZX_OK);
		CHILD_CHECK(zx_socket_read(end[1], 0, got, sizeof(got), NULL) == ZX_OK);
	}
}

TEST_F_TIMEOUT(account, few_bytes_need_no_memory, 300)
{
	ASSERT_TRUE(set_user_max(MIB));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_few_bytes));
}

/* User namespaces: the account of their creator pays for all ids inside */

#define NAMESPACES 3

static void body_in_namespace(void)
{
	unsigned long total;

	/* Without user namespaces the test is skipped. */
	if (unshare(CLONE_NEWUSER))
		_exit(77);
	/* The change of credentials has cleared it. */
	CHILD_CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	CHILD_CHECK(fill(&total) == ZX_ERR_NO_MEMORY);
	atomic_fetch_add(&shared->filled, total);
}

static void body_namespaces(void)
{
	pid_t pids[NAMESPACES];
	int ready[2], go[2];
	unsigned long total;
	char byte;

	/* An open device is charged as well, and could not be opened later. */
	CHILD_CHECK(zxp_open(O_CLOEXEC) >= 0);
	CHILD_CHECK(pipe2(ready, O_CLOEXEC) == 0 && pipe2(go, O_CLOEXEC) == 0);
	atomic_store(&shared->filled, 0);
	for (int i = 0; i < NAMESPACES; i++) {
		pids[i] = zxp_start(0, body_in_namespace, ready[1], go[0]);
		struct pollfd poll_ready = { .fd = ready[0], .events = POLLIN };

		while (poll(&poll_ready, 1, 100) == 0)
			if (!zxp_is_running(pids[i]))
				_exit(zxp_reap(pids[i]));
		CHILD_CHECK(read(ready[0], &byte, 1) == 1);
	}
	CHILD_CHECK(atomic_load(&shared->filled) <= 4 * MIB);
	CHILD_CHECK(atomic_load(&shared->filled) >= 3 * MIB);
	CHILD_CHECK(zxp_used() <= 4 * MIB && zxp_used() >= 4 * MIB - 2 * LARGE_COST);
	/* This process, outside of the namespaces, gets nothing either. */
	CHILD_CHECK(fill(&total) == ZX_ERR_NO_MEMORY && total <= LARGE_COST);
	for (int i = 0; i < NAMESPACES; i++) {
		kill(pids[i], SIGKILL);
		zxp_reap(pids[i]);
	}
	CHILD_CHECK(fill(&total) == ZX_ERR_NO_MEMORY && total >= 3 * MIB);
}

TEST_F_TIMEOUT(account, namespaces_multiply_nothing, 300)
{
	int status;

	ASSERT_TRUE(set_user_max(4 * MIB));
	status = zxp_run_as(HOSTILE, body_namespaces);
	if (status == 77)
		SKIP(return, "no user namespaces here");
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, zxp_run_as(INNOCENT, body_innocent));
}

/* The same with a range of subordinate ids, which root gives to the namespace. */
static void body_subordinate(void)
{
	unsigned long total, filled = 0;
	char byte;

	if (unshare(CLONE_NEWUSER))
		_exit(77);
	CHILD_CHECK(write(link_fd[1], "u", 1) == 1);
	CHILD_CHECK(read(go_fd[0], &byte, 1) == 1);
	for (int id = 1; id <= 3; id++) {
		int ready[2], go[2];

		CHILD_CHECK(pipe2(ready, O_CLOEXEC) == 0 && pipe2(go, O_CLOEXEC) == 0);
		CHILD_CHECK(zxp_start(id, body_fill, ready[1], go[0]) > 0);
		CHILD_CHECK(read(ready[0], &byte, 1) == 1);
		filled += atomic_load(&shared->filled);
		CHILD_CHECK(atomic_load(&shared->status) == ZX_ERR_NO_MEMORY);
	}
	CHILD_CHECK(filled >= 3 * MIB && filled <= 4 * MIB);
	CHILD_CHECK(fill(&total) == ZX_ERR_NO_MEMORY && total <= LARGE_COST);
}

TEST_F_TIMEOUT(account, subordinate_ids_multiply_nothing, 300)
{
	char path[64], byte;
	pid_t pid;
	int fd, status;

	ASSERT_TRUE(set_user_max(4 * MIB));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link_fd));
	ASSERT_EQ(0, pipe2(go_fd, O_CLOEXEC));
	pid = zxp_start(HOSTILE, body_subordinate, -1, -1);
	close(link_fd[1]);
	if (read(link_fd[0], &byte, 1) == 1) {
		for (int i = 0; i < 2; i++) {
			snprintf(path, sizeof(path), "/proc/%d/%cid_map", pid, "ug"[i]);
			fd = open(path, O_WRONLY | O_CLOEXEC);
			ASSERT_LE(0, fd);
			ASSERT_EQ(12, write(fd, "0 500000 10\n", 12));
			close(fd);
		}
		EXPECT_EQ(1, write(go_fd[1], "g", 1));
	}
	status = zxp_reap(pid);
	if (status == 77)
		SKIP(return, "no user namespaces here");
	EXPECT_EQ(0, status);
}

/* Memory cgroups: over their limit a call fails, and no program is killed */

#define CGROUP "/sys/fs/cgroup/zxtest"

static bool put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return done;
}

static unsigned long get_number(const char *path, const char *field)
{
	char line[128];
	unsigned long value = ~0ul;
	FILE *file = fopen(path, "re");

	if (!file)
		return value;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, field, strlen(field)))
			value = strtoul(line + strlen(field), NULL, 10);
	fclose(file);
	return value;
}

/* Makes a cgroup with a limit. False if there is no memory controller. */
static bool make_cgroup(const char *name, const char *max)
{
	char path[128];

	put_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	snprintf(path, sizeof(path), CGROUP "-%s", name);
	if (mkdir(path, 0755) && errno != EEXIST)
		return false;
	snprintf(path, sizeof(path), CGROUP "-%s/memory.max", name);
	return put_file(path, max);
}

static unsigned long cgroup_number(const char *name, const char *file, const char *field)
{
	char path[128];

	snprintf(path, sizeof(path), CGROUP "-%s/%s", name, file);
	return get_number(path, field);
}

static void enter_cgroup(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), CGROUP "-%s/cgroup.procs", name);
	CHILD_CHECK(put_file(path, "0"));
}

/* Its processes have ended, but its memory may take a moment to be freed. */
static void remove_cgroup(const char *name)
{
	zx_time_t deadline = zx_deadline_after(ZX_SEC(60));
	char path[128];

	snprintf(path, sizeof(path), CGROUP "-%s", name);
	while (rmdir(path) && errno == EBUSY && zx_clock_get_monotonic() < deadline)
		zxp_sleep_ms(100);
}

static void body_small_cgroup(void)
{
	unsigned long total;
	zx_handle_t a, b;

	enter_cgroup("small");
	zxp_become(HOSTILE);
	CHILD_CHECK(fill(&total) == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(total >= 8 * MIB && total <= 24 * MIB);
	/* The program goes on: a short message needs no memory. */
	a = ZX_HANDLE_INVALID;
	if (zx_channel_create(0, &a, &b) == ZX_OK)
		CHILD_CHECK(zx_channel_write(a, 0, bytes, 8, NULL, 0) == ZX_OK);
	atomic_store(&shared->filled, total);
}

TEST_F_TIMEOUT(account, cgroup_at_its_limit_is_an_error, 300)
{
	if (!make_cgroup("small", "24M"))
		SKIP(return, "no memory controller");
	ASSERT_TRUE(set_user_max(512 * MIB));
	EXPECT_EQ(0, zxp_run_as(0, body_small_cgroup));
	EXPECT_EQ(0, cgroup_number("small", "memory.events", "oom_kill "));
	remove_cgroup("small");
}

/* Most of a fifo's memory is its rings. */
#define FIFOS 1000

static void body_fifos(void)
{
	unsigned long start;
	zx_handle_t out[2];

	enter_cgroup("fifos");
	zxp_become(HOSTILE);
	CHILD_CHECK(zx_fifo_create(64, 64, 0, &out[0], &out[1]) == ZX_OK);
	start = cgroup_number("fifos", "memory.current", "");
	for (int i = 0; i < FIFOS; i++)
		CHILD_CHECK(zx_fifo_create(64, 64, 0, &out[0], &out[1]) == ZX_OK);
	atomic_store(&shared->used, cgroup_number("fifos", "memory.current", "") - start);
}

TEST_F_TIMEOUT(account, rings_of_fifos_are_charged_to_the_cgroup, 300)
{
	if (!make_cgroup("fifos", "64M"))
		SKIP(return, "no memory controller");
	ASSERT_TRUE(set_user_max(512 * MIB));
	EXPECT_EQ(0, zxp_run_as(0, body_fifos));
	/*
	 * A processor may have charged memory in advance. Where memory is fragmented, a ring and
	 * what KASAN puts around it take a slab of two pages.
	 */
	EXPECT_LE(FIFOS * 2 * 4096 - MIB, atomic_load(&shared->used));
	EXPECT_GE(FIFOS * 5 * 4096, atomic_load(&shared->used));
	remove_cgroup("fifos");
}

/*
 * zx_channel_write() allocates an array for the handles or iovecs that it reads, and the writer's
 * cgroup pays for that. Here that cgroup is full. The cgroup of the channel's creator, which pays
 * for the message, is not.
 */
#define FILLERS 16

static struct poor {
	zx_handle_t link, event, fillers[FILLERS];
	zx_handle_disposition_t how[ZX_CHANNEL_MAX_MSG_HANDLES];
	zx_channel_iovec_t iovec[1024];
	zx_wait_item_t items[ZX_WAIT_MANY_MAX_ITEMS];
} poor;

static zx_status_t write_handles(void)
{
	return zx_channel_write_etc(poor.link, 0, NULL, 0, poor.how, ARRAY_SIZE(poor.how));
}

static zx_status_t write_slices(void)
{
	return zx_channel_write(poor.link, ZX_CHANNEL_WRITE_USE_IOVEC, poor.iovec,
				ARRAY_SIZE(poor.iovec), NULL, 0);
}

static zx_status_t wait_for_many(void)
{
	zx_status_t status = zx_object_wait_many(poor.items, ARRAY_SIZE(poor.items), 0);

	return status == ZX_ERR_TIMED_OUT ? ZX_OK : status;
}

/* Uses up the cgroup until a short message does not fit. */
static void take_the_rest(void)
{
	for (int i = 0; i < FILLERS; i++) {
		zx_status_t status;

		do
			status = zx_channel_write(poor.fillers[i], 0, bytes, 4, NULL, 0);
		while (status == ZX_OK);
		if (status == ZX_ERR_NO_MEMORY)
			return;
	}
	CHILD_CHECK(false);
}

/* Tries again, as other processors may give back what they had charged in advance. */
static bool is_refused(zx_status_t (*call)(void))
{
	for (int tries = 0; tries < 50; tries++) {
		zx_status_t status;

		take_the_rest();
		status = call();
		if (status == ZX_ERR_NO_MEMORY)
			return true;
		CHILD_CHECK(status == ZX_OK);
	}
	return false;
}

static void body_poor(void)
{
	unsigned long total;
	zx_handle_t other;

	enter_cgroup("poor");
	zxp_become(HOSTILE);
	CHILD_CHECK(zxl_handle_import(exported, 0, &poor.link) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &poor.event) == ZX_OK);
	for (int i = 0; i < FILLERS; i++)
		CHILD_CHECK(zx_channel_create(0, &poor.fillers[i], &other) == ZX_OK);
	/* Touches all memory first: a page fault would not fail but kill the program. */
	for (size_t i = 0; i < ARRAY_SIZE(poor.how); i++)
		poor.how[i] = (zx_handle_disposition_t){
			.operation = ZX_HANDLE_OP_DUPLICATE,
			.handle = poor.event,
			.rights = ZX_RIGHT_SAME_RIGHTS,
		};
	for (size_t i = 0; i < ARRAY_SIZE(poor.iovec); i++)
		poor.iovec[i] = (zx_channel_iovec_t){};
	for (size_t i = 0; i < ARRAY_SIZE(poor.items); i++)
		poor.items[i] = (zx_wait_item_t){ .handle = poor.event, .waitfor = 1 };
	CHILD_CHECK(write_handles() == ZX_OK);
	CHILD_CHECK(write_slices() == ZX_OK);
	CHILD_CHECK(wait_for_many() == ZX_OK);

	CHILD_CHECK(fill(&total) == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(is_refused(write_handles));
	CHILD_CHECK(is_refused(write_slices));
	CHILD_CHECK(is_refused(wait_for_many));
}

TEST_F_TIMEOUT(account, arrays_of_a_call_are_charged_to_the_cgroup, 300)
{
	zx_handle_t end[2];

	if (!make_cgroup("poor", "16M"))
		SKIP(return, "no memory controller");
	ASSERT_TRUE(set_user_max(512 * MIB));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(end[0], 0, &exported));
	EXPECT_EQ(0, zxp_run_as(0, body_poor));
	EXPECT_EQ(0, cgroup_number("poor", "memory.events", "oom_kill "));
	close(exported);
	remove_cgroup("poor");
}

/* A client that reads nothing, in a small cgroup of its own, and its server in another. */
#define CHANNELS 64

static void body_cgroup_client(void)
{
	zx_handle_t link[2], ends[CHANNELS][2], theirs[CHANNELS];
	char byte;
	int fd;

	enter_cgroup("client");
	zxp_become(HOSTILE);
	CHILD_CHECK(zx_channel_create(0, &link[0], &link[1]) == ZX_OK);
	for (int i = 0; i < CHANNELS; i++) {
		CHILD_CHECK(zx_channel_create(0, &ends[i][0], &ends[i][1]) == ZX_OK);
		theirs[i] = ends[i][1];
	}
	CHILD_CHECK(zx_channel_write(link[0], 0, NULL, 0, theirs, CHANNELS) == ZX_OK);
	CHILD_CHECK(zxl_handle_export(link[1], 0, &fd) == ZX_OK);
	CHILD_CHECK(zxp_send_fd(link_fd[1], fd) == 0);
	close(fd);
	CHILD_CHECK(read(go_fd[0], &byte, 1) == 1);
}

static void body_cgroup_server(void)
{
	zx_handle_t link, ends[CHANNELS], own[2];
	unsigned long written = 0, refused = 0;
	uint32_t count;

	enter_cgroup("server");
	zxp_become(INNOCENT);
	CHILD_CHECK(zxl_handle_import(exported, 0, &link) == ZX_OK);
	CHILD_CHECK(zx_channel_read(link, 0, NULL, ends, 0, CHANNELS, NULL, &count) == ZX_OK);
	CHILD_CHECK(count == CHANNELS);
	for (int i = 0; i < CHANNELS; i++) {
		zx_status_t status;

		while ((status = zx_channel_write(ends[i], 0, bytes, 60000, NULL, 0)) == ZX_OK)
			written++;
		CHILD_CHECK(status == ZX_ERR_NO_MEMORY || status == ZX_ERR_SHOULD_WAIT);
		refused += status == ZX_ERR_NO_MEMORY;
	}
	CHILD_CHECK(refused > 0 && written > 0);
	/* The client's cgroup has paid for all messages, this one for none. */
	atomic_store(&shared->used, cgroup_number("server", "memory.current", ""));
	atomic_store(&shared->filled, written * 60000);
	/* Another client is served normally. */
	CHILD_CHECK(zx_channel_create(0, &own[0], &own[1]) == ZX_OK);
	CHILD_CHECK(fill_channel(own[0], &written) == ZX_ERR_SHOULD_WAIT);
}

TEST_F_TIMEOUT(account, replies_are_charged_to_the_cgroup_of_the_client, 300)
{
	pid_t client;

	if (!make_cgroup("client", "8M") || !make_cgroup("server", "64M"))
		SKIP(return, "no memory controller");
	ASSERT_TRUE(set_user_max(512 * MIB));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link_fd));
	ASSERT_EQ(0, pipe2(go_fd, O_CLOEXEC));
	client = zxp_start(0, body_cgroup_client, -1, -1);
	exported = zxp_receive_fd(link_fd[0], 0);
	ASSERT_LE(0, exported);
	EXPECT_EQ(0, zxp_run_as(0, body_cgroup_server));
	EXPECT_GE(8 * MIB, atomic_load(&shared->filled));
	EXPECT_LE(2 * MIB, atomic_load(&shared->filled));
	EXPECT_GE(4 * MIB, atomic_load(&shared->used));
	EXPECT_EQ(0, cgroup_number("client", "memory.events", "oom_kill "));
	EXPECT_EQ(0, cgroup_number("server", "memory.events", "oom_kill "));
	EXPECT_EQ(1, write(go_fd[1], "g", 1));
	EXPECT_EQ(0, zxp_reap(client));
	close(exported);
	remove_cgroup("client");
	remove_cgroup("server");
}

TEST_HARNESS_MAIN
