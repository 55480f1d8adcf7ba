// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fifos: elements of one size, batches, the end of the ring, signals, and several readers and
 * writers at once.
 *
 * FIFO_ELEMENTS in the environment is how many elements go through four writers and four readers.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "zxpoll.h"
#include "zxrace.h"
#include "zxtest.h"

#define UP	ZX_FIFO_WRITABLE

/* A fifo of seven elements of 12 bytes: neither is a power of two. */
#define COUNT	7

struct element {
	uint32_t number;
	uint32_t also;
	uint32_t again;
};

FIXTURE(fifo)
{
	zx_handle_t end[2];
	struct element in[4 * COUNT];
	struct element out[4 * COUNT];
	size_t actual;
};

FIXTURE_SETUP(fifo)
{
	ASSERT_EQ(ZX_OK, zx_fifo_create(COUNT, sizeof(struct element), 0, &self->end[0],
					&self->end[1]));
	for (uint32_t i = 0; i < 4 * COUNT; i++)
		self->in[i] = (struct element){ i, i * 7, ~i };
	memset(self->out, 0, sizeof(self->out));
	self->actual = 12345;
}

FIXTURE_TEARDOWN(fifo)
{
	zx_handle_close_many(self->end, 2);
	EXPECT_EQ(0, zxt_handles());
}

static zx_status_t put(zx_handle_t handle, const struct element *from, size_t count,
		       size_t *actual)
{
	return zx_fifo_write(handle, sizeof(*from), from, count, actual);
}

static zx_status_t take(zx_handle_t handle, struct element *to, size_t count, size_t *actual)
{
	return zx_fifo_read(handle, sizeof(*to), to, count, actual);
}

static bool same(const struct element *a, const struct element *b, size_t count)
{
	return !memcmp(a, b, count * sizeof(*a));
}

TEST_F(fifo, create_makes_two_ends)
{
	zx_info_handle_basic_t first = zxt_basic(self->end[0]);
	zx_info_handle_basic_t second = zxt_basic(self->end[1]);

	EXPECT_EQ(2, zxt_handles());
	EXPECT_EQ(ZX_OBJ_TYPE_FIFO, first.type);
	EXPECT_EQ(ZX_DEFAULT_FIFO_RIGHTS, first.rights);
	EXPECT_EQ(ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ | ZX_RIGHT_WRITE |
		  ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT | ZX_RIGHT_SIGNAL | ZX_RIGHT_SIGNAL_PEER,
		  second.rights);
	EXPECT_EQ(second.koid, first.related_koid);
	EXPECT_EQ(first.koid, second.related_koid);
	EXPECT_EQ(UP, zxt_signals(self->end[0]));
	EXPECT_EQ(UP, zxt_signals(self->end[1]));
}

TEST_F(fifo, create_limits)
{
	static const struct { size_t count, size; } bad[] = {
		{ 0, 0 }, { 0, 1 }, { 1, 0 }, { 4097, 1 }, { 1, 4097 }, { 2, 2049 }, { 65, 64 },
		{ 64, 65 }, { 1ull << 32, 1 }, { 1, 1ull << 32 }, { (1ull << 32) + 1, 1 },
		{ 1ull << 32, 1ull << 32 }, { 1ull << 63, 2 }, { SIZE_MAX, 1 }, { 1, SIZE_MAX },
		{ SIZE_MAX, SIZE_MAX }, { 0, SIZE_MAX },
	};
	static const struct { size_t count, size; } good[] = {
		{ 1, 1 }, { 4096, 1 }, { 1, 4096 }, { 2, 2048 }, { 3, 1365 }, { 1365, 3 },
		{ 64, 64 }, { 585, 7 }, { 3, 1 }, { 1, 3 },
	};
	zx_handle_t out[2] = { 7, 7 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE,
			  zx_fifo_create(bad[i].count, bad[i].size, 0, &out[0], &out[1]));
	/* The options are checked before the size. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_fifo_create(0, 0, 1, &out[0], &out[1]));
	EXPECT_EQ(7, out[0]);
	EXPECT_EQ(7, out[1]);
	EXPECT_EQ(2, zxt_handles());
	/* No power of two is required. A fifo takes its count of elements, and no more. */
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		char bytes[4097] = {};
		size_t actual;

		ASSERT_EQ(ZX_OK, zx_fifo_create(good[i].count, good[i].size, 0, &out[0], &out[1]));
		EXPECT_EQ(ZX_OK, zx_fifo_write(out[0], good[i].size, bytes, good[i].count,
					       &actual));
		EXPECT_EQ(good[i].count, actual);
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_fifo_write(out[0], good[i].size, bytes, 1, NULL));
		EXPECT_EQ(0, zxt_signals(out[0]));
		zx_handle_close_many(out, 2);
	}
}

TEST_F(fifo, create_takes_no_options)
{
	zx_handle_t out[2];

	for (uint32_t bit = 1; bit; bit <<= 1)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_fifo_create(1, 1, bit, &out[0], &out[1]));
	EXPECT_EQ(2, zxt_handles());
}

TEST_F(fifo, create_needs_both_pointers)
{
	zx_handle_t out;
	void *bad;

	zxt_for_each_bad_out(bad) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_fifo_create(1, 1, 0, bad, &out));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_fifo_create(1, 1, 0, &out, bad));
	}
	EXPECT_EQ(2, zxt_handles());
}

TEST_F(fifo, each_direction_for_itself)
{
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 3, &self->actual));
	EXPECT_EQ(3, self->actual);
	EXPECT_EQ(UP, zxt_signals(self->end[0]));
	EXPECT_EQ(UP | ZX_FIFO_READABLE, zxt_signals(self->end[1]));
	EXPECT_EQ(ZX_OK, put(self->end[1], self->in + 10, 1, NULL));
	EXPECT_EQ(ZX_OK, take(self->end[0], self->out, 5, &self->actual));
	EXPECT_EQ(1, self->actual);
	EXPECT_TRUE(same(self->in + 10, self->out, 1));
	EXPECT_EQ(UP, zxt_signals(self->end[0]));

	EXPECT_EQ(ZX_OK, take(self->end[1], self->out, 2, &self->actual));
	EXPECT_EQ(2, self->actual);
	EXPECT_EQ(UP | ZX_FIFO_READABLE, zxt_signals(self->end[1]));
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out + 2, 1, NULL));
	EXPECT_TRUE(same(self->in, self->out, 3));
	EXPECT_EQ(UP, zxt_signals(self->end[1]));
	self->actual = 12345;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, take(self->end[1], self->out, 1, &self->actual));
	EXPECT_EQ(12345, self->actual);
}

TEST_F(fifo, as_many_as_fit)
{
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 2, NULL));
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in + 2, 4 * COUNT - 2, &self->actual));
	EXPECT_EQ(COUNT - 2, self->actual);
	EXPECT_EQ(0, zxt_signals(self->end[0]));
	self->actual = 12345;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->end[0], self->in, 1, &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out, 1, NULL));
	EXPECT_EQ(UP, zxt_signals(self->end[0]));
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in + COUNT, 9, &self->actual));
	EXPECT_EQ(1, self->actual);
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out + 1, 4 * COUNT - 1, &self->actual));
	EXPECT_EQ(COUNT, self->actual);
	EXPECT_TRUE(same(self->in, self->out, COUNT + 1));
	EXPECT_EQ(0, self->out[COUNT + 1].again);
}

/* More than the ring, and more than 32 bits: as much is moved as fits. */
TEST_F(fifo, any_count_may_be_asked_for)
{
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 1ull << 32, &self->actual));
	EXPECT_EQ(COUNT, self->actual);
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out, SIZE_MAX, &self->actual));
	EXPECT_EQ(COUNT, self->actual);
	EXPECT_TRUE(same(self->in, self->out, COUNT));
}

/* Every batch from every position in the ring, for sizes that are not powers of two. */
TEST_F_TIMEOUT(fifo, around_the_end_of_the_ring, 120)
{
	static const struct { size_t count, size; } rings[] = {
		{ 1, 1 }, { 1, 4096 }, { 2, 5 }, { 3, 1365 }, { 5, 257 }, { 7, 3 }, { 11, 100 },
	};
	static uint8_t in[3 * 4096], out[4096];

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = i % 251;
	for (size_t i = 0; i < ARRAY_SIZE(rings); i++) {
		const size_t count = rings[i].count, size = rings[i].size;
		zx_handle_t end[2];
		size_t n = 0;

		ASSERT_EQ(ZX_OK, zx_fifo_create(count, size, 0, &end[0], &end[1]));
		for (size_t start = 0; start < count; start++) {
			for (size_t batch = 1; batch <= count; batch++) {
				size_t first = n++ % (count + 1) * size;

				ASSERT_EQ(ZX_OK, zx_fifo_write(end[0], size, in + first, batch,
							       &self->actual));
				ASSERT_EQ(batch, self->actual);
				memset(out, 0xff, sizeof(out));
				ASSERT_EQ(ZX_OK, zx_fifo_read(end[1], size, out, count,
							      &self->actual));
				ASSERT_EQ(batch, self->actual);
				ASSERT_EQ(0, memcmp(in + first, out, batch * size));
				if (batch < count)
					ASSERT_EQ(0xff, out[batch * size]);
			}
			/* Moves the ring on by one element. */
			ASSERT_EQ(ZX_OK, zx_fifo_write(end[0], size, in, 1, NULL));
			ASSERT_EQ(ZX_OK, zx_fifo_read(end[1], size, out, 1, NULL));
		}
		zx_handle_close_many(end, 2);
	}
}

/* Random batches, compared with a queue in this program. */
TEST_F_TIMEOUT(fifo, random_batches, 120)
{
	uint32_t written = 0, read = 0, seed = 3;

	for (int round = 0; round < 50000; round++) {
		size_t count, fits;

		seed = seed * 1664525 + 1013904223;
		count = (seed >> 16) % (COUNT + 2) + 1;
		if (seed >> 31) {
			for (uint32_t i = 0; i < count; i++)
				self->in[i] = (struct element){ written + i, round, ~i };
			fits = COUNT - (written - read);
			fits = count < fits ? count : fits;
			ASSERT_EQ(fits ? ZX_OK : ZX_ERR_SHOULD_WAIT,
				  put(self->end[0], self->in, count, &self->actual));
			written += fits;
		} else {
			fits = written - read;
			fits = count < fits ? count : fits;
			ASSERT_EQ(fits ? ZX_OK : ZX_ERR_SHOULD_WAIT,
				  take(self->end[1], self->out, count, &self->actual));
			for (uint32_t i = 0; i < fits; i++)
				ASSERT_EQ(read + i, self->out[i].number);
			read += fits;
		}
		if (fits)
			ASSERT_EQ(fits, self->actual);
		ASSERT_EQ(written - read < COUNT ? UP : 0, zxt_signals(self->end[0]));
		ASSERT_EQ(UP | (written == read ? 0 : ZX_FIFO_READABLE),
			  zxt_signals(self->end[1]));
	}
}

/* Errors. */

TEST_F(fifo, the_element_size_must_match)
{
	static const size_t bad[] = {
		0, 1, 11, 13, 24, 4096, (1ull << 32) + 12, 1ull << 32, SIZE_MAX,
	};

	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 2, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE,
			  zx_fifo_write(self->end[0], bad[i], self->in, 1, &self->actual));
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE,
			  zx_fifo_read(self->end[1], bad[i], self->out, 1, &self->actual));
		/* Also if the fifo is empty. */
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE,
			  zx_fifo_read(self->end[0], bad[i], self->out, 1, &self->actual));
	}
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out, COUNT, &self->actual));
	EXPECT_EQ(2, self->actual);
}

TEST_F(fifo, no_elements_are_an_error)
{
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, put(self->end[0], self->in, 0, &self->actual));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, take(self->end[1], self->out, 0, &self->actual));
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 1, NULL));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, take(self->end[1], self->out, 0, &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(UP | ZX_FIFO_READABLE, zxt_signals(self->end[1]));
}

TEST_F(fifo, calls_need_a_fifo)
{
	static const zx_handle_t none[] = { ZX_HANDLE_INVALID, 0x7fffffff, 1 };
	zx_handle_t event;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, put(event, self->in, 1, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, take(event, self->out, 1, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_socket_write(self->end[0], 0, self->in, 1, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_socket_read(self->end[0], 0, self->out, 1, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, put(none[i], self->in, 1, NULL));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, take(none[i], self->out, 1, NULL));
	}
}

TEST_F(fifo, calls_need_their_right_and_no_other)
{
	zx_handle_t handle = zxt_without(self->end[0], ZX_RIGHT_WRITE);

	EXPECT_EQ(ZX_OK, put(self->end[1], self->in, 2, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, put(handle, self->in, 1, &self->actual));
	EXPECT_EQ(ZX_OK, take(handle, self->out, 1, NULL));
	zx_handle_close(handle);
	handle = zxt_without(self->end[0], ZX_RIGHT_READ);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, take(handle, self->out, 1, &self->actual));
	EXPECT_EQ(ZX_OK, put(handle, self->in, 1, NULL));
	zx_handle_close(handle);
	EXPECT_EQ(12345, self->actual);

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->end[0], ZX_RIGHT_READ, &handle));
	EXPECT_EQ(ZX_OK, take(handle, self->out, 1, NULL));
	zx_handle_close(handle);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->end[0], ZX_RIGHT_WRITE, &handle));
	EXPECT_EQ(ZX_OK, put(handle, self->in, 1, NULL));
	zx_handle_close(handle);
	EXPECT_EQ(UP | ZX_FIFO_READABLE, zxt_signals(self->end[1]));
}

TEST_F(fifo, has_no_properties_and_no_record)
{
	zx_info_socket_t info;
	size_t value = 0;

	EXPECT_NE(ZX_OK, zx_object_get_info(self->end[0], ZX_INFO_SOCKET, &info, sizeof(info),
					    NULL, NULL));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_property(self->end[0], ZX_PROP_SOCKET_RX_THRESHOLD, &value, 8));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_set_property(self->end[0], ZX_PROP_SOCKET_RX_THRESHOLD, &value, 8));
}

/* Moves the ring on, so that a batch of more than @left elements wraps around. */
static void turn(zx_handle_t *end, size_t left)
{
	struct element unused[COUNT] = {};

	if (put(end[0], unused, COUNT - left, NULL) != ZX_OK ||
	    take(end[1], unused, COUNT - left, NULL) != ZX_OK)
		abort();
}

/* Like zxt_at_edge(), with pages present: they are copied before the fault at the edge. */
static uint8_t *present_at_edge(size_t size)
{
	return memset(zxt_at_edge(size), 0xee, size);
}

TEST_F(fifo, elements_that_cannot_be_read_are_not_written)
{
	const size_t size = sizeof(struct element);

	for (size_t left = 1; left < COUNT; left++) {
		turn(self->end, left);
		EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 1, NULL));
		for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  put(self->end[0], zxt_nowhere[i], COUNT - 1, &self->actual));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, put(self->end[0], NULL, 1, &self->actual));
		/* However much of a batch can be read, none of it is written. */
		for (size_t good = 0; good < (COUNT - 1) * size; good++) {
			uint8_t *edge = present_at_edge(good);

			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_fifo_write(self->end[0], size, edge, COUNT - 1,
						&self->actual));
		}
		EXPECT_EQ(12345, self->actual);
		EXPECT_EQ(ZX_OK, take(self->end[1], self->out, COUNT, &self->actual));
		EXPECT_EQ(1, self->actual);
		EXPECT_TRUE(same(self->in, self->out, 1));
		self->actual = 12345;
		turn(self->end, COUNT - 1);
	}
}

TEST_F(fifo, elements_without_space_stay)
{
	const size_t size = sizeof(struct element);
	void *read_only = zxt_read_only();

	for (size_t left = 1; left < COUNT; left++) {
		turn(self->end, left);
		EXPECT_EQ(ZX_OK, put(self->end[0], self->in, COUNT, NULL));
		for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  take(self->end[1], zxt_nowhere[i], COUNT, &self->actual));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, take(self->end[1], NULL, 1, &self->actual));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, take(self->end[1], read_only, 1, &self->actual));
		for (size_t good = 0; good < COUNT * size; good++) {
			uint8_t *edge = present_at_edge(good);

			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_fifo_read(self->end[1], size, edge, COUNT, &self->actual));
		}
		EXPECT_EQ(0, zxt_signals(self->end[0]));
		EXPECT_EQ(12345, self->actual);
		EXPECT_EQ(ZX_OK, take(self->end[1], self->out, 4 * COUNT, &self->actual));
		EXPECT_EQ(COUNT, self->actual);
		EXPECT_TRUE(same(self->in, self->out, COUNT));
		self->actual = 12345;
	}
}

/* NULL is allowed: the caller does not need the count. */
TEST_F(fifo, count_that_cannot_be_told)
{
	void *bad;

	zxt_for_each_bad_out(bad) {
		if (bad)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, put(self->end[0], self->in, 3, bad));
	}
	EXPECT_EQ(UP, zxt_signals(self->end[1]));
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 3, NULL));
	zxt_for_each_bad_out(bad) {
		if (bad)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, take(self->end[1], self->out, 3, bad));
	}
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out, COUNT, &self->actual));
	EXPECT_EQ(3, self->actual);
	EXPECT_TRUE(same(self->in, self->out, 3));
}

/* Memory that was never touched has no pages yet. It must be faulted in. */
TEST_F(fifo, memory_that_has_yet_to_come)
{
	zx_handle_t end[2];
	uint8_t *fresh = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);

	ASSERT_NE(MAP_FAILED, fresh);
	ASSERT_EQ(ZX_OK, zx_fifo_create(4096, 1, 0, &end[0], &end[1]));
	EXPECT_EQ(ZX_OK, zx_fifo_write(end[0], 1, fresh + 2000, 4096, NULL));
	munmap(fresh, 3 * 4096);
	fresh = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, fresh);
	EXPECT_EQ(ZX_OK, zx_fifo_read(end[1], 1, fresh + 2000, 4096, (void *)(fresh + 8192)));
	EXPECT_EQ(4096, *(size_t *)(fresh + 8192));
	zx_handle_close_many(end, 2);
}

/* Closing. */

TEST_F(fifo, what_was_written_outlives_the_writer)
{
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, COUNT, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->end[0]));
	self->end[0] = ZX_HANDLE_INVALID;
	EXPECT_EQ(ZX_FIFO_READABLE | ZX_FIFO_PEER_CLOSED, zxt_signals(self->end[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, put(self->end[1], self->in, 1, &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out, 3, NULL));
	EXPECT_EQ(ZX_FIFO_READABLE | ZX_FIFO_PEER_CLOSED, zxt_signals(self->end[1]));
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out + 3, COUNT, &self->actual));
	EXPECT_EQ(COUNT - 3, self->actual);
	EXPECT_TRUE(same(self->in, self->out, COUNT));
	EXPECT_EQ(ZX_FIFO_PEER_CLOSED, zxt_signals(self->end[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, take(self->end[1], self->out, 1, NULL));
	/* Bad arguments come first. */
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, take(self->end[1], self->out, 0, NULL));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_fifo_read(self->end[1], 1, self->out, 1, NULL));
}

TEST_F(fifo, closing_the_reader_of_a_full_fifo)
{
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, COUNT, NULL));
	EXPECT_EQ(0, zxt_signals(self->end[0]));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->end[1]));
	self->end[1] = ZX_HANDLE_INVALID;
	EXPECT_EQ(ZX_FIFO_PEER_CLOSED, zxt_signals(self->end[0]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, put(self->end[0], self->in, 1, NULL));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, take(self->end[0], self->out, 1, NULL));
}

TEST_F(fifo, user_signals)
{
	EXPECT_EQ(ZX_OK, zx_object_signal(self->end[0], 0, ZX_USER_SIGNAL_2));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->end[0], 0, ZX_USER_SIGNAL_ALL));
	EXPECT_EQ(UP | ZX_USER_SIGNAL_2, zxt_signals(self->end[0]));
	EXPECT_EQ(UP | ZX_USER_SIGNAL_ALL, zxt_signals(self->end[1]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(self->end[0], ZX_FIFO_WRITABLE, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal_peer(self->end[0], 0, ZX_FIFO_READABLE));
}

TEST_F(fifo, goes_through_a_channel_with_what_is_in_it)
{
	zx_handle_t channel[2];
	uint32_t count;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 4, NULL));
	ASSERT_EQ(ZX_OK, zx_channel_write(channel[0], 0, NULL, 0, &self->end[1], 1));
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in + 4, 1, NULL));
	ASSERT_EQ(ZX_OK, zx_channel_read(channel[1], 0, NULL, &self->end[1], 0, 1, NULL,
					 &count));
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out, COUNT, &self->actual));
	EXPECT_EQ(5, self->actual);
	EXPECT_TRUE(same(self->in, self->out, 5));
	zx_handle_close_many(channel, 2);
}

/* The file of a fifo is no byte stream. */
TEST_F(fifo, exported_it_can_be_polled_and_not_read)
{
	int fd;

	ASSERT_EQ(ZX_OK, zxl_handle_export(self->end[1], 0, &fd));
	EXPECT_EQ(ZX_OK, put(self->end[0], self->in, 1, NULL));
	EXPECT_EQ(-1, read(fd, self->out, sizeof(self->out)));
	EXPECT_EQ(-1, write(fd, self->in, sizeof(self->in[0])));
	EXPECT_EQ(ZX_OK, zxl_handle_import(fd, 0, &self->end[1]));
	EXPECT_EQ(ZX_OK, take(self->end[1], self->out, 1, NULL));
	close(fd);
}

/*
 * A fifo that is full only for a moment. WRITABLE is cleared a little later, and stays up if the
 * fifo is no longer full by then. The element that makes the fifo full wakes the reader. If the
 * kernel runs the reader at once, the reader acts before WRITABLE is cleared: that takes a reader
 * of a higher priority on the writer's processor, and a kernel that preempts its own calls.
 */
#define PREEMPT "/sys/kernel/debug/sched/preempt"

FIXTURE(moment)
{
	zx_handle_t end[2];
	char before[16];	/* what PREEMPT was; empty if it cannot be changed */
};

static bool set_preempt(const char *mode)
{
	int fd = open(PREEMPT, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, mode, strlen(mode)) == (ssize_t)strlen(mode);

	close(fd);
	return done;
}

FIXTURE_SETUP(moment)
{
	FILE *preempt = fopen(PREEMPT, "re");
	char line[100], *mode, *end;

	/* The current mode is in brackets. */
	if (preempt) {
		if (fgets(line, sizeof(line), preempt)) {
			mode = strchr(line, '(');
			end = mode ? strchr(mode, ')') : NULL;
			if (end)
				snprintf(self->before, sizeof(self->before), "%.*s",
					 (int)(end - mode - 1), mode + 1);
		}
		fclose(preempt);
	}
	if (self->before[0] && !set_preempt("full"))
		self->before[0] = '\0';
	ASSERT_EQ(ZX_OK, zx_fifo_create(1, 1, 0, &self->end[0], &self->end[1]));
}

FIXTURE_TEARDOWN_PARENT(moment)
{
	if (self->before[0])
		EXPECT_TRUE(set_preempt(self->before));
}

#define ROUNDS	50

struct moment {
	pthread_t thread;
	pthread_barrier_t barrier;
	zx_handle_t end[2];
	unsigned int hits;	/* rounds in which WRITABLE was up while the fifo was full */
	const char *failed;
};

/* Waits for an element, is refused as a writer, makes space, and must get the edge for it. */
static const char *refuse_one(struct moment *moment, int epoll)
{
	char byte;

	while (zxt_epolled(epoll, 0))
		;
	pthread_barrier_wait(&moment->barrier);
	if (zx_object_wait_one(moment->end[1], ZX_FIFO_READABLE, ZXT_SOON, NULL) != ZX_OK)
		return "the element";
	if (zx_fifo_write(moment->end[0], 1, "y", 1, NULL) != ZX_ERR_SHOULD_WAIT)
		return "refused";
	if (zxt_signals(moment->end[0]) & ZX_FIFO_WRITABLE)
		moment->hits++;
	while (zxt_epolled(epoll, 0))
		;
	if (zx_fifo_read(moment->end[1], 1, &byte, 1, NULL) != ZX_OK)
		return "read";
	return zxt_epolled(epoll, 60000) ? NULL : "the edge";
}

static void *moment_thread(void *arg)
{
	struct moment *moment = arg;
	int watch, epoll = epoll_create1(EPOLL_CLOEXEC);

	if (zxl_handle_watch(moment->end[0], ZX_FIFO_WRITABLE, 0, &watch) != ZX_OK ||
	    zxt_epoll_add(epoll, watch, EPOLLIN | EPOLLET))
		abort();
	run_first();
	for (int i = 0; i < ROUNDS; i++) {
		if (moment->failed)
			pthread_barrier_wait(&moment->barrier);
		else
			moment->failed = refuse_one(moment, epoll);
		pthread_barrier_wait(&moment->barrier);
	}
	close(watch);
	close(epoll);
	return NULL;
}

TEST_F_TIMEOUT(moment, an_edge_after_a_refused_write, 600)
{
	struct moment moment = { .end = { self->end[0], self->end[1] } };

	ASSERT_TRUE(stay_here());
	ASSERT_EQ(0, pthread_barrier_init(&moment.barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&moment.thread, NULL, moment_thread, &moment));
	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&moment.barrier);
		zx_fifo_write(self->end[0], 1, "x", 1, NULL);
		pthread_barrier_wait(&moment.barrier);
	}
	ASSERT_EQ(0, pthread_join(moment.thread, NULL));
	EXPECT_EQ(NULL, moment.failed)
		TH_LOG("%s", moment.failed);
	TH_LOG("%u of %d rounds came in between", moment.hits, ROUNDS);
}

/*
 * Four writers and four readers: each element arrives once and in one piece, and each reader sees
 * the elements of one writer in order.
 */

#define THREADS	4
#define ENTRIES	102	/* of 40 bytes: no power of two, and not all of the 4096 bytes */
#define BATCH	64

struct numbered {
	uint64_t number;	/* THREADS * how many this writer wrote before + which writer */
	uint64_t copies[4];
};

struct worker {
	pthread_t thread;
	zx_handle_t fifo;
	uint64_t index;
	uint64_t goal;
	uint64_t count;
	uint64_t torn;
	uint64_t disordered;
	uint64_t doubled;
	atomic_uchar *seen;	/* one for each number */
	zx_status_t status;
};

static void *write_numbers(void *arg)
{
	struct numbered batch[BATCH];
	struct worker *me = arg;
	uint64_t n = 0;

	while (n < me->goal) {
		size_t count = (n % BATCH) + 1, actual;

		if (count > me->goal - n)
			count = me->goal - n;
		for (uint64_t i = 0; i < count; i++) {
			batch[i].number = (n + i) * THREADS + me->index;
			for (int j = 0; j < 4; j++)
				batch[i].copies[j] = batch[i].number * (j + 3);
		}
		me->status = zx_fifo_write(me->fifo, sizeof(*batch), batch, count, &actual);
		if (me->status == ZX_ERR_SHOULD_WAIT) {
			me->status = zx_object_wait_one(me->fifo, ZX_FIFO_WRITABLE, ZXT_SOON,
							NULL);
			actual = 0;
		}
		if (me->status != ZX_OK)
			break;
		n += actual;
	}
	me->count = n;
	return NULL;
}

static void *read_numbers(void *arg)
{
	uint64_t last[THREADS] = {};
	struct numbered batch[BATCH];
	struct worker *me = arg;

	for (;;) {
		size_t actual = 0;

		me->status = zx_fifo_read(me->fifo, sizeof(*batch), batch, BATCH, &actual);
		if (me->status == ZX_ERR_SHOULD_WAIT)
			me->status = zx_object_wait_one(me->fifo, ZX_FIFO_READABLE |
							ZX_FIFO_PEER_CLOSED, ZXT_SOON, NULL);
		if (me->status != ZX_OK)
			return NULL;
		for (size_t i = 0; i < actual; i++) {
			uint64_t number = batch[i].number, writer = number % THREADS;

			for (int j = 0; j < 4; j++)
				me->torn += batch[i].copies[j] != number * (j + 3);
			if (number / THREADS >= me->goal) {
				me->torn++;
				continue;
			}
			me->doubled += atomic_fetch_add(&me->seen[number], 1) != 0;
			/* Plus one, so that zero is before the first. */
			me->disordered += number / THREADS + 1 <= last[writer];
			last[writer] = number / THREADS + 1;
		}
		me->count += actual;
	}
}

TEST_F_TIMEOUT(fifo, many_writers_and_readers, 900)
{
	struct worker writers[THREADS] = {}, readers[THREADS] = {};
	const char *wanted = getenv("FIFO_ELEMENTS");
	uint64_t total = wanted ? strtoull(wanted, NULL, 0) : 400000;
	uint64_t goal = total / THREADS, count = 0;
	zx_time_t begin = zx_clock_get_monotonic();
	atomic_uchar *seen = calloc(goal, THREADS);
	zx_handle_t end[2];

	ASSERT_NE(NULL, seen);
	ASSERT_LT(0, goal);
	ASSERT_EQ(ZX_OK, zx_fifo_create(ENTRIES, sizeof(struct numbered), 0, &end[0], &end[1]));
	for (int i = 0; i < THREADS; i++) {
		writers[i] = (struct worker){ .fifo = end[0], .index = i, .goal = goal };
		readers[i] = (struct worker){ .fifo = end[1], .goal = goal, .seen = seen };
		ASSERT_EQ(0, pthread_create(&readers[i].thread, NULL, read_numbers, &readers[i]));
		ASSERT_EQ(0, pthread_create(&writers[i].thread, NULL, write_numbers, &writers[i]));
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(writers[i].thread, NULL);
		EXPECT_EQ(ZX_OK, writers[i].status);
		EXPECT_EQ(goal, writers[i].count);
	}
	EXPECT_EQ(ZX_OK, zx_handle_close(end[0]));
	for (int i = 0; i < THREADS; i++) {
		pthread_join(readers[i].thread, NULL);
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, readers[i].status);
		EXPECT_EQ(0, readers[i].torn);
		EXPECT_EQ(0, readers[i].doubled);
		EXPECT_EQ(0, readers[i].disordered);
		count += readers[i].count;
	}
	EXPECT_EQ(goal * THREADS, count);
	for (uint64_t i = 0; i < goal * THREADS; i++)
		ASSERT_EQ(1, seen[i]);
	TH_LOG("%llu elements in %llu ms", (unsigned long long)count,
	       (unsigned long long)((zx_clock_get_monotonic() - begin) / 1000000));
	zx_handle_close(end[1]);
	free((void *)seen);
}

TEST_HARNESS_MAIN
