// SPDX-License-Identifier: GPL-2.0-only
/* zxl_*_deadline: reads and writes of channels and sockets that wait. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "zxproc.h"
#include "zxthread.h"

FIXTURE(deadline)
{
	zx_handle_t a, b;	/* of a channel */
	zx_handle_t s, t;	/* of a stream socket */
};

FIXTURE_SETUP(deadline)
{
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->a, &self->b));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &self->s, &self->t));
}

FIXTURE_TEARDOWN(deadline)
{
	zx_handle_close(self->a);
	zx_handle_close(self->b);
	zx_handle_close(self->s);
	zx_handle_close(self->t);
	EXPECT_EQ(0, zxt_handles());
}

/* One of the four calls in a thread of its own, with one handle and a number of bytes. */
enum which { CHANNEL_READ, CHANNEL_WRITE, SOCKET_READ, SOCKET_WRITE };

struct transfer {
	enum which which;
	zx_handle_t handle;
	zx_time_t deadline;
	char *bytes;
	size_t size, actual;
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	zx_status_t status;
};

static struct transfer to_do(enum which which, zx_handle_t handle, zx_time_t deadline, char *bytes,
			     size_t size)
{
	return (struct transfer){
		.which = which,
		.handle = handle,
		.deadline = deadline,
		.bytes = bytes,
		.size = size,
	};
}

static zx_status_t transfer(struct transfer *transfer)
{
	zx_status_t status = ZX_ERR_NEXT;
	uint32_t actual = 0;

	switch (transfer->which) {
	case CHANNEL_READ:
		status = zxl_channel_read_deadline(transfer->handle, 0, transfer->deadline,
						   transfer->bytes, NULL, transfer->size, 0,
						   &actual, NULL);
		transfer->actual = actual;
		break;
	case CHANNEL_WRITE:
		status = zxl_channel_write_deadline(transfer->handle, 0, transfer->deadline,
						    transfer->bytes, transfer->size, NULL, 0);
		break;
	case SOCKET_READ:
		status = zxl_socket_read_deadline(transfer->handle, 0, transfer->deadline,
						  transfer->bytes, transfer->size,
						  &transfer->actual);
		break;
	case SOCKET_WRITE:
		status = zxl_socket_write_deadline(transfer->handle, 0, transfer->deadline,
						   transfer->bytes, transfer->size,
						   &transfer->actual);
		break;
	}
	return status;
}

static void *transfer_thread(void *arg)
{
	struct transfer *self = arg;

	self->tid = gettid();
	self->status = transfer(self);
	self->done = true;
	return NULL;
}

/* Starts a transfer that waits, and lets signal handlers run meanwhile. */
static bool starts(struct transfer *self)
{
	if (pthread_create(&self->thread, NULL, transfer_thread, self) || !zxt_sleeps(&self->tid))
		return false;
	zxt_interrupt(self->thread);
	return zxt_sleeps(&self->tid) && !self->done;
}

static zx_status_t ended(struct transfer *self)
{
	pthread_join(self->thread, NULL);
	return self->status;
}

static char block[ZX_CHANNEL_MAX_MSG_BYTES];

static void fill_channel(zx_handle_t channel)
{
	while (zx_channel_write(channel, 0, block, sizeof(block), NULL, 0) == ZX_OK)
		;
}

/* Returns the number of bytes that went in. */
static size_t fill_socket(zx_handle_t socket)
{
	size_t total = 0, actual;

	while (zx_socket_write(socket, 0, block, sizeof(block), &actual) == ZX_OK)
		total += actual;
	return total;
}

TEST_F(deadline, what_can_be_done_is_done_also_after_the_deadline)
{
	char bytes[8];
	size_t actual;

	EXPECT_EQ(ZX_OK, zxl_channel_write_deadline(self->a, 0, 0, "abc", 3, NULL, 0));
	EXPECT_EQ(ZX_OK, zxl_channel_read_deadline(self->b, 0, ZX_TIME_INFINITE_PAST, bytes, NULL,
						   8, 0, NULL, NULL));
	EXPECT_EQ(0, memcmp("abc", bytes, 3));
	EXPECT_EQ(ZX_OK, zxl_socket_write_deadline(self->s, 0, 0, "abcd", 4, &actual));
	EXPECT_EQ(4, actual);
	EXPECT_EQ(ZX_OK, zxl_socket_read_deadline(self->t, ZX_SOCKET_PEEK, 0, bytes, 2, &actual));
	EXPECT_EQ(2, actual);
	EXPECT_EQ(ZX_OK, zxl_socket_read_deadline(self->t, 0, 0, bytes, 8, &actual));
	EXPECT_EQ(4, actual);
	EXPECT_EQ(0, memcmp("abcd", bytes, 4));
}

TEST_F(deadline, the_deadline_passes)
{
	struct transfer transfers[] = {
		to_do(CHANNEL_READ, self->a, 0, block, sizeof(block)),
		to_do(CHANNEL_WRITE, self->a, 0, block, sizeof(block)),
		to_do(SOCKET_READ, self->s, 0, block, sizeof(block)),
		to_do(SOCKET_WRITE, self->s, 0, block, sizeof(block)),
	};

	fill_channel(self->a);
	fill_socket(self->s);
	for (int i = 0; i < 4; i++) {
		const zx_time_t deadlines[] = { 0, ZX_TIME_INFINITE_PAST,
						zx_deadline_after(ZX_MSEC(20)) };

		for (int j = 0; j < 3; j++) {
			transfers[i].deadline = deadlines[j];
			EXPECT_EQ(ZX_ERR_TIMED_OUT, transfer(&transfers[i]));
			EXPECT_LE(deadlines[j], zx_clock_get_monotonic());
			EXPECT_EQ(0, transfers[i].actual);
		}
	}
}

TEST_F(deadline, reads_wait)
{
	char byte;
	struct transfer channel = to_do(CHANNEL_READ, self->a, ZX_TIME_INFINITE, &byte, 1);
	struct transfer socket = to_do(SOCKET_READ, self->s, ZX_TIME_INFINITE, &byte, 1);

	ASSERT_TRUE(starts(&channel));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->b, 0, "c", 1, NULL, 0));
	EXPECT_EQ(ZX_OK, ended(&channel));
	EXPECT_EQ(1, channel.actual);
	EXPECT_EQ('c', byte);
	ASSERT_TRUE(starts(&socket));
	ASSERT_EQ(ZX_OK, zx_socket_write(self->t, 0, "s", 1, NULL));
	EXPECT_EQ(ZX_OK, ended(&socket));
	EXPECT_EQ(1, socket.actual);
	EXPECT_EQ('s', byte);
}

TEST_F(deadline, writes_wait)
{
	struct transfer channel = to_do(CHANNEL_WRITE, self->a, ZX_TIME_INFINITE, block, 100);
	char *bytes = malloc(1 << 20), *into = malloc(1 << 20);
	struct transfer socket = to_do(SOCKET_WRITE, self->s, ZX_TIME_INFINITE, bytes, 1 << 20);
	size_t total = 0, actual;

	ASSERT_TRUE(bytes && into);
	for (size_t i = 0; i < 1 << 20; i++)
		bytes[i] = i % 251;
	fill_channel(self->a);
	ASSERT_TRUE(starts(&channel));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, block, NULL, sizeof(block), 0, NULL, NULL));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, block, NULL, sizeof(block), 0, NULL, NULL));
	EXPECT_EQ(ZX_OK, ended(&channel));

	/* All bytes, although the socket holds fewer. */
	ASSERT_TRUE(starts(&socket));
	while (total < 1 << 20) {
		ASSERT_EQ(ZX_OK, zxl_socket_read_deadline(self->t, 0, ZXT_SOON, into + total,
							  1000000, &actual));
		total += actual;
	}
	EXPECT_EQ(ZX_OK, ended(&socket));
	EXPECT_EQ(1 << 20, socket.actual);
	EXPECT_EQ(0, memcmp(bytes, into, 1 << 20));
	free(bytes);
	free(into);
}

TEST_F(deadline, a_write_that_times_out_reports_what_it_has_written)
{
	char *bytes = calloc(1, 1 << 20);
	size_t actual = 0, more = 0;

	ASSERT_NE(NULL, bytes);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zxl_socket_write_deadline(self->s, 0,
							      zx_deadline_after(ZX_MSEC(10)),
							      bytes, 1 << 20, &actual));
	EXPECT_EQ(fill_socket(self->s), 0);
	EXPECT_LT(0, actual);
	ASSERT_EQ(ZX_OK, zx_socket_read(self->t, 0, bytes, 1 << 20, &more));
	EXPECT_EQ(actual, more);
	/* So does one whose peer is closed meanwhile. */
	struct transfer socket = to_do(SOCKET_WRITE, self->s, ZX_TIME_INFINITE, bytes, 1 << 20);

	ASSERT_TRUE(starts(&socket));
	zx_handle_close(self->t);
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, ended(&socket));
	EXPECT_EQ(actual, socket.actual);
	free(bytes);
	/* For the teardown */
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->t));
}

/* Nothing more can come, or go. */
TEST_F(deadline, the_peer_is_closed)
{
	struct transfer transfers[] = {
		to_do(CHANNEL_READ, self->a, ZX_TIME_INFINITE, block, 1),
		to_do(SOCKET_READ, self->s, ZX_TIME_INFINITE, block, 1),
	};

	for (int i = 0; i < 2; i++)
		ASSERT_TRUE(starts(&transfers[i]));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->b));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->t));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, ended(&transfers[i]));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->b));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->t));
}

TEST_F(deadline, writing_is_disabled)
{
	struct transfer reads = to_do(SOCKET_READ, self->s, ZX_TIME_INFINITE, block, 1);
	struct transfer writes = to_do(SOCKET_WRITE, self->t, ZX_TIME_INFINITE, block, 1);

	ASSERT_TRUE(starts(&reads));
	ASSERT_EQ(ZX_OK, zx_socket_set_disposition(self->t, ZX_SOCKET_DISPOSITION_WRITE_DISABLED,
						   0));
	EXPECT_EQ(ZX_ERR_BAD_STATE, ended(&reads));
	ASSERT_EQ(ZX_OK, zx_socket_set_disposition(self->t, ZX_SOCKET_DISPOSITION_WRITE_ENABLED,
						   0));
	fill_socket(self->t);
	ASSERT_TRUE(starts(&writes));
	ASSERT_EQ(ZX_OK, zx_socket_set_disposition(self->t, ZX_SOCKET_DISPOSITION_WRITE_DISABLED,
						   0));
	EXPECT_EQ(ZX_ERR_BAD_STATE, ended(&writes));
}

TEST_F(deadline, the_handle_is_closed)
{
	struct transfer transfers[] = {
		to_do(CHANNEL_READ, self->a, ZX_TIME_INFINITE, block, 1),
		to_do(SOCKET_READ, self->s, ZX_TIME_INFINITE, block, 1),
	};

	for (int i = 0; i < 2; i++)
		ASSERT_TRUE(starts(&transfers[i]));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->a));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->s));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(ZX_ERR_CANCELED, ended(&transfers[i]));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->a));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->s));
}

/* Handles that were not sent: kept after a time-out, closed after any other failure. */
TEST_F(deadline, handles_that_are_not_sent)
{
	zx_handle_t event, deaf;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	fill_channel(self->a);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zxl_channel_write_deadline(self->a, 0,
							       zx_deadline_after(ZX_MSEC(5)), "", 0,
							       &event, 1));
	EXPECT_TRUE(zxt_is_open(event));
	/* It cannot wait. */
	deaf = zxt_without(self->a, ZX_RIGHT_WAIT);
	ASSERT_NE(ZX_HANDLE_INVALID, deaf);
	self->a = deaf;
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zxl_channel_write_deadline(deaf, 0, ZX_TIME_INFINITE, "", 0,
								   &event, 1));
	EXPECT_FALSE(zxt_is_open(event));
	zx_handle_close(self->b);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zxl_channel_write_deadline(deaf, 0, ZX_TIME_INFINITE, "", 0,
								 &event, 1));
	EXPECT_FALSE(zxt_is_open(event));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->b));
}

/* How often the calling thread has slept. */
static long sleeps(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw;
}

/* A datagram waits for its space, although WRITABLE is up; and that costs little. */
TEST_F(deadline, datagrams)
{
	static char big[200000];
	struct transfer transfer = to_do(SOCKET_WRITE, 0, ZX_TIME_INFINITE, big, sizeof(big));
	zx_handle_t s, t;
	size_t actual = 0;
	long before;

	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_DATAGRAM, &s, &t));
	transfer.handle = s;
	ASSERT_EQ(ZX_OK, zxl_socket_write_deadline(s, 0, ZXT_SOON, big, sizeof(big), &actual));
	EXPECT_EQ(sizeof(big), actual);
	EXPECT_TRUE(zxt_signals(s) & ZX_SOCKET_WRITABLE);
	before = sleeps();
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zxl_socket_write_deadline(s, 0, zx_deadline_after(ZX_MSEC(500)),
							      big, sizeof(big), &actual));
	EXPECT_EQ(0, actual);
	/* It does not spin. */
	EXPECT_LE(before + 3, sleeps());
	ASSERT_TRUE(starts(&transfer));
	EXPECT_EQ(ZX_OK, zx_socket_read(t, 0, big, 1, &actual));
	EXPECT_EQ(ZX_OK, ended(&transfer));
	EXPECT_EQ(sizeof(big), transfer.actual);
	/* The handle is closed between two attempts. */
	transfer.done = false;
	transfer.tid = 0;
	ASSERT_TRUE(starts(&transfer));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(s, ZX_RIGHT_SAME_RIGHTS, &s));
	zx_handle_close(transfer.handle);
	EXPECT_EQ(ZX_ERR_CANCELED, ended(&transfer));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zxl_socket_write_deadline(s, 0, ZX_TIME_INFINITE, block,
								 300000, &actual));
	zx_handle_close(s);
	zx_handle_close(t);
}

TEST_F(deadline, options_that_are_refused)
{
	size_t actual;
	char byte;

	for (uint32_t bit = 1; bit; bit <<= 1) {
		actual = 77;
		if (bit != ZX_SOCKET_PEEK)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zxl_socket_read_deadline(self->s, bit, 0, &byte, 1, NULL));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zxl_socket_write_deadline(self->s, bit, 0, &byte, 1, &actual));
		EXPECT_EQ(0, actual);
	}
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
		  zxl_channel_read_deadline(self->a, 1u << 31, 0, NULL, NULL, 0, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zxl_channel_write_deadline(self->a, 1u << 31, 0, NULL, 0, NULL, 0));
}

/* Several threads read from one channel: each message goes to one of them. */
#define POOL	4
#define MESSAGES 2000

struct pool {
	zx_handle_t channel;
	atomic_int seen[MESSAGES];
	atomic_int wrong;
};

static void *read_in_pool(void *arg)
{
	struct pool *pool = arg;
	int number;

	for (;;) {
		zx_status_t status = zxl_channel_read_deadline(pool->channel, 0, ZX_TIME_INFINITE,
							       &number, NULL, sizeof(number), 0,
							       NULL, NULL);

		if (status == ZX_ERR_PEER_CLOSED)
			return NULL;
		if (status != ZX_OK || number < 0 || number >= MESSAGES) {
			pool->wrong++;
			return NULL;
		}
		pool->seen[number]++;
	}
}

TEST_F(deadline, a_pool_of_threads)
{
	static struct pool pool;
	pthread_t threads[POOL];

	pool.channel = self->b;
	for (int i = 0; i < POOL; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, read_in_pool, &pool));
	for (int i = 0; i < MESSAGES; i++)
		ASSERT_EQ(ZX_OK, zxl_channel_write_deadline(self->a, 0, ZXT_SOON, &i, sizeof(i),
							    NULL, 0));
	zx_handle_close(self->a);
	for (int i = 0; i < POOL; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_EQ(0, pool.wrong);
	for (int i = 0; i < MESSAGES; i++)
		EXPECT_EQ(1, pool.seen[i]);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->a));
}

TEST_HARNESS_MAIN
