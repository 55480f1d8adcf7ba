// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets: streams and datagrams, their limits, dispositions, thresholds and signals, and from the
 * older API the control plane and sockets that are sent through sockets.
 *
 * Exported endpoints as Linux files are in socket_fd.c.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "zxrace.h"
#include "zxtest.h"
#include "zxthread.h"

/* The capacity of each direction. */
#define SIZE	((size_t)256 * 1024)

#define UP	ZX_SOCKET_WRITABLE

FIXTURE(socket)
{
	zx_handle_t stream[2];
	zx_handle_t datagram[2];
	zx_handle_t old[2];	/* with all options that sockets had until 2018 */
	uint8_t *bytes;		/* SIZE + 1 of them, no two parts alike */
	uint8_t *into;
	size_t actual;
};

FIXTURE_SETUP(socket)
{
	uint32_t seed = 1;

	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_STREAM, &self->stream[0], &self->stream[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_DATAGRAM, &self->datagram[0],
					  &self->datagram[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_HAS_CONTROL | ZX_SOCKET_HAS_ACCEPT,
					  &self->old[0], &self->old[1]));
	self->bytes = malloc(SIZE + 1);
	self->into = malloc(SIZE + 1);
	ASSERT_TRUE(self->bytes && self->into);
	for (size_t i = 0; i <= SIZE; i++) {
		seed = seed * 1664525 + 1013904223;
		self->bytes[i] = seed >> 24;
	}
	memset(self->into, 0, SIZE + 1);
	self->actual = 12345;
}

FIXTURE_TEARDOWN(socket)
{
	zx_handle_close_many(self->stream, 2);
	zx_handle_close_many(self->datagram, 2);
	zx_handle_close_many(self->old, 2);
	EXPECT_EQ(0, zxt_handles());
	free(self->bytes);
	free(self->into);
}

static void drop(zx_handle_t *handle)
{
	zx_handle_close(*handle);
	*handle = ZX_HANDLE_INVALID;
}

/* Writes all bytes or ends the test program: for what a test requires. */
static void put(zx_handle_t handle, const void *bytes, size_t size)
{
	size_t actual = 0;

	if (zx_socket_write(handle, 0, bytes, size, &actual) != ZX_OK || actual != size)
		abort();
}

/* Fills the other endpoint. */
static void fill(zx_handle_t handle, const uint8_t *bytes)
{
	put(handle, bytes, SIZE);
}

/* Returns how many bytes can be read, all ones if that is not known. */
static size_t unread(zx_handle_t handle)
{
	zx_info_socket_t info;

	if (zx_object_get_info(handle, ZX_INFO_SOCKET, &info, sizeof(info), NULL, NULL) != ZX_OK)
		return SIZE_MAX;
	return info.rx_buf_size;
}

/*
 * Creation.
 */

TEST_F(socket, create_makes_two_ends)
{
	zx_info_handle_basic_t first = zxt_basic(self->stream[0]);
	zx_info_handle_basic_t second = zxt_basic(self->stream[1]);

	EXPECT_EQ(6, zxt_handles());
	EXPECT_EQ(ZX_OBJ_TYPE_SOCKET, first.type);
	EXPECT_EQ(ZX_DEFAULT_SOCKET_RIGHTS, first.rights);
	EXPECT_EQ(ZX_DEFAULT_SOCKET_RIGHTS, second.rights);
	EXPECT_EQ(ZX_RIGHT_TRANSFER | ZX_RIGHT_DUPLICATE | ZX_RIGHT_READ | ZX_RIGHT_WRITE |
		  ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT | ZX_RIGHT_GET_PROPERTY |
		  ZX_RIGHT_SET_PROPERTY | ZX_RIGHT_SIGNAL | ZX_RIGHT_SIGNAL_PEER |
		  ZX_RIGHT_MANAGE_SOCKET, first.rights);
	EXPECT_EQ(second.koid, first.related_koid);
	EXPECT_EQ(first.koid, second.related_koid);
	EXPECT_NE(first.koid, second.koid);
}

TEST_F(socket, create_takes_known_options_only)
{
	const uint32_t known = ZX_SOCKET_DATAGRAM | ZX_SOCKET_HAS_CONTROL | ZX_SOCKET_HAS_ACCEPT;
	zx_handle_t out[2];

	for (uint32_t bit = 1; bit; bit <<= 1) {
		out[0] = 7;
		out[1] = 7;
		if (bit & known)
			continue;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_create(bit, &out[0], &out[1]));
		EXPECT_EQ(7, out[0]);
		EXPECT_EQ(7, out[1]);
	}
	EXPECT_EQ(6, zxt_handles());
	for (uint32_t options = 0; options <= known; options++) {
		zx_signals_t up = UP;
		zx_info_socket_t info;

		if (options & ZX_SOCKET_HAS_CONTROL)
			up |= ZX_SOCKET_CONTROL_WRITABLE;
		if (options & ZX_SOCKET_HAS_ACCEPT)
			up |= ZX_SOCKET_SHARE;
		ASSERT_EQ(ZX_OK, zx_socket_create(options, &out[0], &out[1]));
		EXPECT_EQ(up, zxt_signals(out[0]));
		EXPECT_EQ(up, zxt_signals(out[1]));
		EXPECT_EQ(ZX_OK, zx_object_get_info(out[1], ZX_INFO_SOCKET, &info, sizeof(info),
						    NULL, NULL));
		EXPECT_EQ(options, info.options);
		zx_handle_close_many(out, 2);
	}
}

TEST_F(socket, create_needs_both_pointers)
{
	zx_handle_t out;
	void *bad;

	zxt_for_each_bad_out(bad) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_create(0, bad, &out));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_create(0, &out, bad));
	}
	EXPECT_EQ(6, zxt_handles());
}

/*
 * Streams.
 */

TEST_F(socket, each_direction_for_itself)
{
	char text[16] = {};

	put(self->stream[0], "there", 5);
	EXPECT_EQ(UP, zxt_signals(self->stream[0]));
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(self->stream[1]));
	put(self->stream[1], "back", 4);
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(self->stream[0]));

	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, text, 16, &self->actual));
	EXPECT_EQ(5, self->actual);
	EXPECT_STREQ("there", text);
	EXPECT_EQ(UP, zxt_signals(self->stream[1]));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[0], 0, text, 16, &self->actual));
	EXPECT_EQ(4, self->actual);
	EXPECT_EQ(0, memcmp("back", text, 4));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->stream[0], 0, text, 16, NULL));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->stream[1], 0, text, 16, NULL));
}

/* Sizes around those of the endpoint's own buffer, of the three buffers, and around the limit. */
static const size_t sizes[] = {
	1, 2, 63, 64, 65, 127, 128, 129, 223, 224, 225, 231, 232, 233, 255, 256, 257, 258, 991, 992,
	993, 999, 1000, 1001, 1023, 1024, 1025, 2047, 2048, 4063, 4064, 4065, 4071, 4072, 4073,
	4074, 4095, 4096, 4097, 8127, 8128, 8129, 8143, 8144, 8145, 8192, 65535, 65536, 65537,
	SIZE - 4097, SIZE - 1, SIZE,
};

TEST_F_TIMEOUT(socket, every_size, 120)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i];

		memset(self->into, 0, size + 1);
		EXPECT_EQ(ZX_OK, zx_socket_write(self->stream[0], 0, self->bytes, size,
						 &self->actual));
		EXPECT_EQ(size, self->actual);
		EXPECT_EQ(size, unread(self->stream[1]));
		EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, SIZE + 1,
						&self->actual));
		EXPECT_EQ(size, self->actual);
		EXPECT_EQ(0, memcmp(self->bytes, self->into, size));
		EXPECT_EQ(0, self->into[size]);
		EXPECT_EQ(UP, zxt_signals(self->stream[1]));
	}
}

/* Writes of different sizes follow each other, and reads do not match their borders. */
TEST_F_TIMEOUT(socket, sizes_behind_each_other, 120)
{
	for (size_t i = 0; i + 8 < ARRAY_SIZE(sizes); i++) {
		for (size_t j = 0; j + 8 < ARRAY_SIZE(sizes); j++) {
			size_t sum = sizes[i] + sizes[j], cut = sizes[i] - sizes[i] / 3 - 1;

			put(self->stream[0], self->bytes, sizes[i]);
			put(self->stream[0], self->bytes + sizes[i], sizes[j]);
			ASSERT_EQ(sum, unread(self->stream[1]));
			if (cut) {
				ASSERT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, cut,
								&self->actual));
				ASSERT_EQ(cut, self->actual);
			}
			ASSERT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into + cut, SIZE,
							&self->actual));
			ASSERT_EQ(sum - cut, self->actual);
			ASSERT_EQ(0, memcmp(self->bytes, self->into, sum));
		}
	}
}

static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 33;
}

/* Most sizes are small, a few large. */
static size_t random_size(uint64_t *state, size_t max)
{
	size_t size = next_random(state) % max + 1;

	return size >> next_random(state) % 18 ?: 1;
}

/* Reads, peeks and writes of random sizes, compared with a simple ring in this program. */
TEST_F_TIMEOUT(socket, random_stream, 240)
{
	const zx_handle_t writer = self->stream[0], reader = self->stream[1];
	uint8_t *model = malloc(SIZE);
	size_t first = 0, used = 0;
	uint64_t state = 42;

	ASSERT_NE(NULL, model);
	for (int round = 0; round < 20000; round++) {
		size_t size = random_size(&state, SIZE), from = next_random(&state) % 1000;
		uint32_t options = next_random(&state) % 4 ? 0 : ZX_SOCKET_PEEK;
		size_t fits = size < SIZE - used ? size : SIZE - used;
		zx_signals_t up = 0;

		if (next_random(&state) % 2) {
			if (size + from > SIZE)
				from = 0;
			ASSERT_EQ(fits ? ZX_OK : ZX_ERR_SHOULD_WAIT,
				  zx_socket_write(writer, 0, self->bytes + from, size,
						  &self->actual));
			for (size_t i = 0; i < fits; i++)
				model[(first + used + i) % SIZE] = self->bytes[from + i];
			used += fits;
			if (fits)
				ASSERT_EQ(fits, self->actual);
		} else {
			size_t there = size < used ? size : used;

			ASSERT_EQ(there ? ZX_OK : ZX_ERR_SHOULD_WAIT,
				  zx_socket_read(reader, options, self->into, size,
						 &self->actual));
			if (there)
				ASSERT_EQ(there, self->actual);
			for (size_t i = 0; i < there; i++)
				ASSERT_EQ(model[(first + i) % SIZE], self->into[i]);
			if (!options) {
				first = (first + there) % SIZE;
				used -= there;
			}
		}
		ASSERT_EQ(used, unread(reader));
		up = used ? ZX_SOCKET_READABLE : 0;
		ASSERT_EQ(UP | up, zxt_signals(reader));
		ASSERT_EQ(used < SIZE ? UP : 0, zxt_signals(writer));
	}
	free(model);
}

TEST_F(socket, a_full_stream_takes_what_fits)
{
	EXPECT_EQ(ZX_OK, zx_socket_write(self->stream[0], 0, self->bytes, SIZE + 1,
					 &self->actual));
	EXPECT_EQ(SIZE, self->actual);
	EXPECT_EQ(0, zxt_signals(self->stream[0]));
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(self->stream[1]));
	self->actual = 12345;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_write(self->stream[0], 0, "x", 1, &self->actual));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_write(self->stream[0], 0, self->bytes, SIZE,
						      &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(ZX_OK, zx_socket_write(self->stream[0], 0, NULL, 0, &self->actual));
	EXPECT_EQ(0, self->actual);

	/* One byte is read, so there is space for one. */
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, 1, NULL));
	EXPECT_EQ(UP, zxt_signals(self->stream[0]));
	EXPECT_EQ(ZX_OK, zx_socket_write(self->stream[0], 0, "yz", 2, &self->actual));
	EXPECT_EQ(1, self->actual);
	EXPECT_EQ(0, zxt_signals(self->stream[0]));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, SIZE + 1, &self->actual));
	EXPECT_EQ(SIZE, self->actual);
	EXPECT_EQ(0, memcmp(self->bytes + 1, self->into, SIZE - 1));
	EXPECT_EQ('y', self->into[SIZE - 1]);
	EXPECT_EQ(UP, zxt_signals(self->stream[0]));
	EXPECT_EQ(UP, zxt_signals(self->stream[1]));
}

TEST_F(socket, nothing_to_write_is_no_error)
{
	EXPECT_EQ(ZX_OK, zx_socket_write(self->stream[0], 0, NULL, 0, &self->actual));
	EXPECT_EQ(0, self->actual);
	EXPECT_EQ(ZX_OK, zx_socket_write(self->stream[0], 0, self->bytes, 0, NULL));
	EXPECT_EQ(UP, zxt_signals(self->stream[1]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->stream[1], 0, NULL, 0, &self->actual));
}

TEST_F(socket, nothing_to_read_leaves_the_bytes)
{
	put(self->stream[0], "abc", 3);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, NULL, 0, &self->actual));
	EXPECT_EQ(0, self->actual);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, 9, &self->actual));
	EXPECT_EQ(3, self->actual);
}

/* A call for no bytes does not access the buffer. Reads and writes may return ZX_OK or an error. */
TEST_F_TIMEOUT(socket, no_bytes_at_a_bad_pointer, 10)
{
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		void *bad = zxt_nowhere[i];
		zx_status_t status = zx_socket_write(self->stream[0], 0, bad, 0, NULL);

		EXPECT_TRUE(status == ZX_OK || status == ZX_ERR_INVALID_ARGS);
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->stream[1], 0, bad, 0, NULL));
		put(self->stream[0], "abc", 3);
		status = zx_socket_read(self->stream[1], 0, bad, 0, NULL);
		EXPECT_TRUE(status == ZX_OK || status == ZX_ERR_INVALID_ARGS);
		EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, 3, NULL));
	}
}

/* The same for the control plane. */
TEST_F_TIMEOUT(socket, no_bytes_of_control_at_a_bad_pointer, 10)
{
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		zx_status_t status;

		EXPECT_EQ(ZX_OK, zx_socket_write(self->old[0], ZX_SOCKET_CONTROL, "abc", 3, NULL));
		status = zx_socket_read(self->old[1], ZX_SOCKET_CONTROL | ZX_SOCKET_PEEK,
					zxt_nowhere[i], 0, NULL);
		EXPECT_TRUE(status == ZX_OK || status == ZX_ERR_INVALID_ARGS);
		EXPECT_EQ(ZX_OK, zx_socket_read(self->old[1], ZX_SOCKET_CONTROL, self->into, 3,
						NULL));
	}
}

TEST_F(socket, size_has_32_bits)
{
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_socket_write(self->stream[0], 0, self->bytes, 1ull << 32, &self->actual));
	EXPECT_EQ(0, unread(self->stream[1]));
	put(self->stream[0], "abc", 3);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_socket_read(self->stream[1], 0, self->into, 1ull << 32, &self->actual));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_socket_read(self->stream[1], 0, self->into, SIZE_MAX, &self->actual));
	EXPECT_EQ(3, unread(self->stream[1]));
	EXPECT_EQ(12345, self->actual);
}

TEST_F(socket, peek_leaves_the_bytes)
{
	put(self->stream[0], self->bytes, 10000);
	for (int i = 0; i < 3; i++) {
		memset(self->into, 0, 10000);
		EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], ZX_SOCKET_PEEK, self->into,
						5000 * i + 1, &self->actual));
		EXPECT_EQ(i < 2 ? 5000 * i + 1 : 10000, self->actual);
		EXPECT_EQ(0, memcmp(self->bytes, self->into, self->actual));
		EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(self->stream[1]));
	}
	EXPECT_EQ(10000, unread(self->stream[1]));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, SIZE, &self->actual));
	EXPECT_EQ(10000, self->actual);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT,
		  zx_socket_read(self->stream[1], ZX_SOCKET_PEEK, self->into, SIZE, NULL));
}

TEST_F(socket, peek_at_a_full_socket_makes_no_space)
{
	fill(self->stream[0], self->bytes);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], ZX_SOCKET_PEEK, self->into, SIZE, NULL));
	EXPECT_EQ(0, memcmp(self->bytes, self->into, SIZE));
	EXPECT_EQ(0, zxt_signals(self->stream[0]));
}

/*
 * What all calls refuse.
 */

/* Each call on @handle, with the other arguments right. */
enum call {
	WRITE, READ, WRITE_CONTROL, READ_CONTROL, DISPOSITION, SHUTDOWN, ACCEPT, INFO,
	GET_RX, SET_RX, GET_TX, SET_TX, CALLS,
};

static zx_status_t call(enum call call, zx_handle_t handle)
{
	size_t value = 1;
	zx_info_socket_t info;
	zx_handle_t out;
	char byte = 'x';

	switch (call) {
	case WRITE:
		return zx_socket_write(handle, 0, &byte, 1, NULL);
	case READ:
		return zx_socket_read(handle, 0, &byte, 1, NULL);
	case WRITE_CONTROL:
		return zx_socket_write(handle, ZX_SOCKET_CONTROL, &byte, 1, NULL);
	case READ_CONTROL:
		return zx_socket_read(handle, ZX_SOCKET_CONTROL, &byte, 1, NULL);
	case DISPOSITION:
		return zx_socket_set_disposition(handle, ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0);
	case SHUTDOWN:
		return zx_socket_shutdown(handle, ZX_SOCKET_SHUTDOWN_WRITE);
	case ACCEPT:
		return zx_socket_accept(handle, &out);
	case INFO:
		return zx_object_get_info(handle, ZX_INFO_SOCKET, &info, sizeof(info), NULL, NULL);
	case GET_RX:
		return zx_object_get_property(handle, ZX_PROP_SOCKET_RX_THRESHOLD, &value, 8);
	case SET_RX:
		return zx_object_set_property(handle, ZX_PROP_SOCKET_RX_THRESHOLD, &value, 8);
	case GET_TX:
		return zx_object_get_property(handle, ZX_PROP_SOCKET_TX_THRESHOLD, &value, 8);
	case SET_TX:
		return zx_object_set_property(handle, ZX_PROP_SOCKET_TX_THRESHOLD, &value, 8);
	default:
		abort();
	}
}

static const zx_rights_t rights_of_calls[CALLS] = {
	[WRITE] = ZX_RIGHT_WRITE,
	[READ] = ZX_RIGHT_READ,
	[WRITE_CONTROL] = ZX_RIGHT_WRITE,
	[READ_CONTROL] = ZX_RIGHT_READ,
	[DISPOSITION] = ZX_RIGHT_MANAGE_SOCKET,
	[SHUTDOWN] = ZX_RIGHT_MANAGE_SOCKET,
	[ACCEPT] = ZX_RIGHT_READ,
	[INFO] = ZX_RIGHT_INSPECT,
	[GET_RX] = ZX_RIGHT_GET_PROPERTY,
	[SET_RX] = ZX_RIGHT_SET_PROPERTY,
	[GET_TX] = ZX_RIGHT_GET_PROPERTY,
	[SET_TX] = ZX_RIGHT_SET_PROPERTY,
};

TEST_F(socket, calls_need_a_socket)
{
	zx_handle_t event;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	for (enum call i = 0; i < CALLS; i++) {
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, call(i, ZX_HANDLE_INVALID));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, call(i, 0x7fffffff));
	}
	/* An event has no property that can be got or set. */
	for (enum call i = 0; i < GET_RX; i++)
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, call(i, event));
	for (enum call i = GET_RX; i < CALLS; i++)
		EXPECT_NE(ZX_OK, call(i, event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));

	/* A process has properties, but not these. */
	for (enum call i = GET_RX; i < CALLS; i++)
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, call(i, zx_process_self()));
}

TEST_F(socket, calls_need_their_right_and_no_other)
{
	EXPECT_EQ(ZX_OK, zx_socket_write(self->old[1], 0, "a", 1, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_write(self->old[1], ZX_SOCKET_CONTROL, "b", 1, NULL));
	for (enum call i = 0; i < CALLS; i++) {
		zx_rights_t right = rights_of_calls[i];
		zx_handle_t without = zxt_without(self->old[0], right);
		zx_handle_t with;

		ASSERT_NE(ZX_HANDLE_INVALID, without);
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, call(i, without)) {
			TH_LOG("call %d", i);
		}
		zx_handle_close(without);

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->old[0], right, &with));
		/* No socket was shared; and DISPOSITION has disabled writing. */
		EXPECT_EQ(i == ACCEPT ? ZX_ERR_SHOULD_WAIT : ZX_OK, call(i, with)) {
			TH_LOG("call %d", i);
		}
		zx_handle_close(with);
	}
}

TEST_F(socket, unknown_options_are_refused)
{
	put(self->old[1], "abc", 3);
	EXPECT_EQ(ZX_OK, zx_socket_write(self->old[1], ZX_SOCKET_CONTROL, "b", 1, NULL));
	for (uint32_t bit = 1; bit; bit <<= 1) {
		if (bit != ZX_SOCKET_CONTROL) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_write(self->old[0], bit, "x", 1,
								       &self->actual));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_socket_write(self->old[0], bit | ZX_SOCKET_CONTROL, "x", 1,
						  &self->actual));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_write(self->old[0], bit, NULL, 0,
								       &self->actual));
		}
		if (bit != ZX_SOCKET_CONTROL && bit != ZX_SOCKET_PEEK)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_read(self->old[0], bit, self->into,
								      9, &self->actual));
	}
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(3, unread(self->old[0]));
	EXPECT_EQ(0, unread(self->old[1]));
}

TEST_F(socket, bytes_that_cannot_be_read_are_not_written)
{
	uint8_t *edge = zxt_at_edge(6000);

	/* The bytes before the fault are copied before the fault is found. */
	memset(edge, 0xee, 6000);
	for (int datagram = 0; datagram < 2; datagram++) {
		zx_handle_t *end = datagram ? self->datagram : self->stream;

		for (size_t size = 1; size <= 6000; size = size * 3 + 70) {
			for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
				EXPECT_EQ(ZX_ERR_INVALID_ARGS,
					  zx_socket_write(end[0], 0, zxt_nowhere[i], size,
							  &self->actual));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_socket_write(end[0], 0, NULL, size, &self->actual));
			/* The last byte is missing. */
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_socket_write(end[0], 0, edge + 6001 - size, size,
						  &self->actual));
			EXPECT_EQ(0, unread(end[1]));
			EXPECT_EQ(UP, zxt_signals(end[1]));
			/* The same behind bytes that are unread. */
			put(end[0], "ab", 2);
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_socket_write(end[0], 0, edge + 6001 - size, size,
						  &self->actual));
			EXPECT_EQ(2, unread(end[1]));
			EXPECT_EQ(12345, self->actual);
			EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 9, NULL));
			EXPECT_EQ(0, memcmp("ab", self->into, 2));
		}
	}
}

/* Bytes that cannot be stored stay in a stream; a datagram is lost, unless the call only peeks. */
TEST_F(socket, bytes_that_cannot_be_written)
{
	uint8_t *read_only = zxt_read_only(), *edge = zxt_at_edge(6000);

	memset(edge, 0xee, 6000);
	for (size_t size = 1; size <= 6000; size = size * 3 + 70) {
		uint8_t *bad[] = { zxt_nowhere[0], zxt_nowhere[1], read_only, edge + 6001 - size };

		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			for (int datagram = 0; datagram < 2; datagram++) {
				zx_handle_t *end = datagram ? self->datagram : self->stream;
				uint32_t peek = ZX_SOCKET_PEEK;

				put(end[0], self->bytes, size);
				put(end[0], "next", 4);
				EXPECT_EQ(ZX_ERR_INVALID_ARGS,
					  zx_socket_read(end[1], peek, bad[i], size,
							 &self->actual));
				EXPECT_EQ(ZX_ERR_INVALID_ARGS,
					  zx_socket_read(end[1], 0, NULL, size, &self->actual));
				EXPECT_EQ(size + 4, unread(end[1]));
				EXPECT_EQ(ZX_ERR_INVALID_ARGS,
					  zx_socket_read(end[1], 0, bad[i], size, &self->actual));
				EXPECT_EQ(12345, self->actual);
				if (!datagram) {
					EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, size,
									&self->actual));
					EXPECT_EQ(size, self->actual);
					EXPECT_EQ(0, memcmp(self->bytes, self->into, size));
				}
				EXPECT_EQ(4, unread(end[1]));
				EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, SIZE,
								&self->actual));
				EXPECT_EQ(4, self->actual);
				EXPECT_EQ(0, memcmp("next", self->into, 4));
				self->actual = 12345;
			}
		}
	}
}

/* The signals follow the loss of the datagram. */
TEST_F(socket, signals_after_a_datagram_that_cannot_be_read)
{
	uint64_t threshold = SIZE;
	zx_signals_t signals = 0;

	ASSERT_EQ(ZX_OK, zx_object_set_property(self->datagram[1], ZX_PROP_SOCKET_RX_THRESHOLD,
						&threshold, sizeof(threshold)));
	put(self->datagram[0], self->bytes, SIZE);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(self->datagram[0], ZX_SOCKET_WRITABLE, 0,
						       NULL));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->datagram[1], ZX_SOCKET_READ_THRESHOLD, 0, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_read(self->datagram[1], 0, zxt_read_only(), SIZE,
						      NULL));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->datagram[0], ZX_SOCKET_WRITABLE, 0, NULL));
	zx_object_wait_one(self->datagram[1], 0, 0, &signals);
	EXPECT_EQ(0, signals & (ZX_SOCKET_READABLE | ZX_SOCKET_READ_THRESHOLD));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->datagram[1], 0, self->into, SIZE, NULL));
}

TEST_F(socket, count_that_cannot_be_told)
{
	void *bad;

	for (size_t size = 1; size <= 6000; size = size * 3 + 70) {
		zxt_for_each_bad_out(bad) {
			if (!bad)
				continue;
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_socket_write(self->stream[0], 0, self->bytes, size, bad));
			EXPECT_EQ(0, unread(self->stream[1]));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_socket_write(self->old[0], ZX_SOCKET_CONTROL, self->bytes, 3,
						  bad));
		}
		put(self->stream[0], self->bytes, size);
		zxt_for_each_bad_out(bad) {
			if (!bad)
				continue;
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_socket_read(self->stream[1], 0, self->into, SIZE, bad));
			EXPECT_EQ(size, unread(self->stream[1]));
		}
		EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, SIZE, NULL));
		EXPECT_EQ(0, memcmp(self->bytes, self->into, size));
	}
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT,
		  zx_socket_read(self->old[1], ZX_SOCKET_CONTROL, self->into, 3, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_write(self->old[0], ZX_SOCKET_CONTROL, "abc", 3, NULL));
	zxt_for_each_bad_out(bad) {
		if (bad)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_read(self->old[1],
								      ZX_SOCKET_CONTROL,
								      self->into, 3, bad));
	}
	EXPECT_EQ(ZX_OK, zx_socket_read(self->old[1], ZX_SOCKET_CONTROL, self->into, 3, NULL));
}

/* Memory that was never touched has no pages yet, which is no error. */
TEST_F(socket, memory_that_has_yet_to_come)
{
	const size_t size = SIZE;
	uint8_t *fresh = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
	uint8_t *zeroes = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t *count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			     0);

	ASSERT_TRUE(fresh != MAP_FAILED && zeroes != MAP_FAILED && count != MAP_FAILED);
	EXPECT_EQ(ZX_OK, zx_socket_write(self->stream[0], 0, zeroes, 50, count));
	EXPECT_EQ(50, *count);
	EXPECT_EQ(ZX_OK, zx_socket_write(self->stream[0], 0, self->bytes + 50, size - 50, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, fresh, size, count + 100));
	EXPECT_EQ(size, count[100]);
	EXPECT_EQ(0, memcmp(zeroes, fresh, 50));
	EXPECT_EQ(0, memcmp(self->bytes + 50, fresh + 50, size - 50));
}

/*
 * A closed peer.
 */

TEST_F(socket, what_was_written_outlives_the_writer)
{
	for (int datagram = 0; datagram < 2; datagram++) {
		zx_handle_t *end = datagram ? self->datagram : self->stream;

		put(end[0], self->bytes, 10000);
		drop(&end[0]);
		EXPECT_EQ(ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED, zxt_signals(end[1]));
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_socket_write(end[1], 0, "x", 1, &self->actual));
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_socket_write(end[1], 0, NULL, 0, &self->actual));
		EXPECT_EQ(12345, self->actual);
		if (!datagram) {
			EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 1, NULL));
			EXPECT_EQ(ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED, zxt_signals(end[1]));
		}
		EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, SIZE, &self->actual));
		EXPECT_EQ(datagram ? 10000 : 9999, self->actual);
		EXPECT_EQ(ZX_SOCKET_PEER_CLOSED, zxt_signals(end[1]));
		self->actual = 12345;
		EXPECT_EQ(ZX_ERR_PEER_CLOSED,
			  zx_socket_read(end[1], 0, self->into, SIZE, &self->actual));
		EXPECT_EQ(ZX_ERR_PEER_CLOSED,
			  zx_socket_read(end[1], ZX_SOCKET_PEEK, self->into, SIZE, &self->actual));
		EXPECT_EQ(12345, self->actual);
	}
}

TEST_F(socket, closing_the_reader_of_a_full_socket)
{
	fill(self->stream[0], self->bytes);
	drop(&self->stream[1]);
	EXPECT_EQ(ZX_SOCKET_PEER_CLOSED, zxt_signals(self->stream[0]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_socket_write(self->stream[0], 0, "x", 1, NULL));
}

TEST_F(socket, only_the_last_handle_closes_an_end)
{
	zx_handle_t copy;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->stream[0], ZX_RIGHT_SAME_RIGHTS, &copy));
	drop(&self->stream[0]);
	EXPECT_EQ(UP, zxt_signals(self->stream[1]));
	put(copy, "x", 1);
	zx_handle_close(copy);
	EXPECT_EQ(ZX_SOCKET_READABLE | ZX_SOCKET_PEER_CLOSED, zxt_signals(self->stream[1]));
}

TEST_F(socket, user_signals)
{
	EXPECT_EQ(ZX_OK, zx_object_signal(self->stream[0], 0, ZX_USER_SIGNAL_3));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->stream[0], 0, ZX_USER_SIGNAL_ALL));
	EXPECT_EQ(UP | ZX_USER_SIGNAL_3, zxt_signals(self->stream[0]));
	EXPECT_EQ(UP | ZX_USER_SIGNAL_ALL, zxt_signals(self->stream[1]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_signal(self->stream[0], 0, ZX_SOCKET_READ_THRESHOLD));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_signal_peer(self->stream[0], ZX_SOCKET_WRITABLE, 0));
	put(self->stream[0], "x", 1);
	EXPECT_EQ(UP | ZX_SOCKET_READABLE | ZX_USER_SIGNAL_ALL, zxt_signals(self->stream[1]));
	drop(&self->stream[0]);
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_object_signal_peer(self->stream[1], 0, ZX_USER_SIGNAL_0));
}

/*
 * Dispositions.
 */

#define DISABLED	ZX_SOCKET_DISPOSITION_WRITE_DISABLED
#define ENABLED		ZX_SOCKET_DISPOSITION_WRITE_ENABLED
#define WE_CANNOT	ZX_SOCKET_WRITE_DISABLED
#define THEY_CANNOT	ZX_SOCKET_PEER_WRITE_DISABLED

TEST_F(socket, disabled_writing)
{
	zx_handle_t *end = self->stream;

	put(end[0], "abc", 3);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], DISABLED, 0));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(UP | THEY_CANNOT | ZX_SOCKET_READABLE, zxt_signals(end[1]));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(end[0], 0, "x", 1, &self->actual));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(end[0], 0, NULL, 0, &self->actual));
	EXPECT_EQ(12345, self->actual);

	/* The other direction is not affected, nor is reading the bytes that are there. */
	put(end[1], "d", 1);
	EXPECT_EQ(ZX_OK, zx_socket_read(end[0], 0, self->into, 9, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 2, &self->actual));
	EXPECT_EQ(2, self->actual);
	EXPECT_EQ(UP | THEY_CANNOT | ZX_SOCKET_READABLE, zxt_signals(end[1]));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 9, &self->actual));
	EXPECT_EQ(1, self->actual);
	EXPECT_EQ(UP | THEY_CANNOT, zxt_signals(end[1]));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_read(end[1], 0, self->into, 9, NULL));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_read(end[1], ZX_SOCKET_PEEK, self->into, 9, NULL));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[0]));
}

TEST_F(socket, disabled_writing_of_the_peer)
{
	zx_handle_t *end = self->stream;

	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], 0, DISABLED));
	EXPECT_EQ(UP | THEY_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[1]));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(end[1], 0, "x", 1, NULL));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_read(end[0], 0, self->into, 9, NULL));
	put(end[0], "x", 1);
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 9, NULL));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(end[1], 0, self->into, 9, NULL));
}

TEST_F(socket, both_directions_at_once)
{
	zx_handle_t *end = self->stream;

	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], DISABLED, DISABLED));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(WE_CANNOT | THEY_CANNOT, zxt_signals(end[i]));
		EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(end[i], 0, "x", 1, NULL));
		EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_read(end[i], 0, self->into, 1, NULL));
	}
	/* A second time changes nothing. */
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], DISABLED, DISABLED));
	EXPECT_EQ(WE_CANNOT | THEY_CANNOT, zxt_signals(end[0]));

	/* Enables one direction, from the other endpoint. */
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], DISABLED, ENABLED));
	EXPECT_EQ(UP | THEY_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[1]));
	put(end[0], "x", 1);
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(end[1], 0, "x", 1, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 9, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], ENABLED, ENABLED));
	EXPECT_EQ(UP, zxt_signals(end[0]));
	EXPECT_EQ(UP, zxt_signals(end[1]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(end[0], 0, self->into, 9, NULL));
}

/* A waiting thread observes what one call changes in both directions at once. */
TEST_F_TIMEOUT(socket, both_directions_are_observed_at_once, 280)
{
	zx_handle_t *end = self->stream;
	struct waiter waiter[2];

	for (int i = 0; i < 2; i++)
		ASSERT_TRUE(start(&waiter[i], end[i], WE_CANNOT | THEY_CANNOT, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], DISABLED, DISABLED));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(ZX_OK, finish(&waiter[i]));
		EXPECT_EQ(WE_CANNOT | THEY_CANNOT, waiter[i].items[0].pending);
	}
	for (int i = 0; i < 2; i++)
		ASSERT_TRUE(start(&waiter[i], end[i], ZX_SOCKET_WRITABLE, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], ENABLED, ENABLED));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(ZX_OK, finish(&waiter[i]));
		EXPECT_EQ(ZX_SOCKET_WRITABLE, waiter[i].items[0].pending);
	}
	/* One direction is enabled, the other disabled. */
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], DISABLED, 0));
	ASSERT_TRUE(start(&waiter[0], end[0], ZX_SOCKET_WRITABLE | THEY_CANNOT, ZX_TIME_INFINITE));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], ENABLED, DISABLED));
	EXPECT_EQ(ZX_OK, finish(&waiter[0]));
	EXPECT_EQ(ZX_SOCKET_WRITABLE | THEY_CANNOT, waiter[0].items[0].pending);
}

TEST_F(socket, no_disposition_changes_nothing)
{
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->stream[0], 0, 0));
	EXPECT_EQ(UP, zxt_signals(self->stream[0]));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->stream[0], DISABLED, 0));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->stream[0], 0, 0));
	EXPECT_EQ(WE_CANNOT, zxt_signals(self->stream[0]));
}

TEST_F(socket, dispositions_that_make_no_sense)
{
	static const uint32_t bad[] = { DISABLED | ENABLED, 4, 4 | DISABLED, 1u << 31, ~0u };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_socket_set_disposition(self->stream[0], bad[i], 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_socket_set_disposition(self->stream[0], 0, bad[i]));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_socket_set_disposition(self->stream[0], DISABLED, bad[i]));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_socket_set_disposition(self->stream[0], bad[i], DISABLED));
	}
	EXPECT_EQ(UP, zxt_signals(self->stream[0]));
	EXPECT_EQ(UP, zxt_signals(self->stream[1]));
}

/* Otherwise the reader could not see where the stream ended. */
TEST_F(socket, enabling_waits_until_all_is_read)
{
	zx_handle_t *end = self->stream;

	put(end[0], "abc", 3);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], DISABLED, 0));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_set_disposition(end[0], ENABLED, 0));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_set_disposition(end[1], 0, ENABLED));
	/* A request that is refused has no effect, not even on the other direction. */
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_set_disposition(end[0], ENABLED, DISABLED));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_set_disposition(end[1], DISABLED, ENABLED));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(UP | THEY_CANNOT | ZX_SOCKET_READABLE, zxt_signals(end[1]));

	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 2, NULL));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_set_disposition(end[0], ENABLED, 0));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 2, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], ENABLED, 0));
	EXPECT_EQ(UP, zxt_signals(end[0]));
	EXPECT_EQ(UP, zxt_signals(end[1]));
	put(end[0], "d", 1);
}

/* The rule is for endpoints whose writing is disabled: others may be enabled at any time. */
TEST_F(socket, enabling_what_is_enabled)
{
	zx_handle_t *end = self->stream;

	put(end[0], "abc", 3);
	put(end[1], "de", 2);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], ENABLED, 0));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], 0, ENABLED));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], ENABLED, ENABLED));
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(end[0]));
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(end[1]));
	/* The same with the other direction disabled by the same call. */
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], ENABLED, DISABLED));
	EXPECT_EQ(UP | THEY_CANNOT | ZX_SOCKET_READABLE, zxt_signals(end[0]));
	put(end[0], "f", 1);
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 9, &self->actual));
	EXPECT_EQ(4, self->actual);
	EXPECT_EQ(0, memcmp("abcf", self->into, 4));
}

TEST_F(socket, draining_what_was_full_and_disabled)
{
	zx_handle_t *end = self->stream;

	fill(end[0], self->bytes);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], 0, DISABLED));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 100, NULL));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, SIZE, NULL));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], ENABLED, 0));
	EXPECT_EQ(UP, zxt_signals(end[0]));
}

TEST_F(socket, disposition_without_a_peer)
{
	zx_handle_t *end = self->stream;

	put(end[0], "x", 1);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[0], DISABLED, 0));
	drop(&end[0]);
	EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | THEY_CANNOT | ZX_SOCKET_READABLE, zxt_signals(end[1]));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], DISABLED, 0));
	EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | THEY_CANNOT | WE_CANNOT | ZX_SOCKET_READABLE,
		  zxt_signals(end[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_socket_write(end[1], 0, "x", 1, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 1, NULL));
	/* That the peer is closed decides about the status, not that its writing was disabled. */
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_socket_read(end[1], 0, self->into, 1, NULL));
}

/* Zircon's rule: an enabled endpoint is WRITABLE, also where there is no peer to write to. */
TEST_F(socket, enabling_without_a_peer)
{
	zx_handle_t *pairs[] = { self->stream, self->datagram };

	for (int i = 0; i < 2; i++) {
		zx_handle_t *end = pairs[i];

		drop(&end[0]);
		EXPECT_EQ(ZX_SOCKET_PEER_CLOSED, zxt_signals(end[1]));
		EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], DISABLED, 0));
		EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | WE_CANNOT, zxt_signals(end[1]));
		EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], ENABLED, 0));
		EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | UP, zxt_signals(end[1]));
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_socket_write(end[1], 0, "x", 1, NULL));
		EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | UP, zxt_signals(end[1]));
		EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], DISABLED, 0));
		EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | WE_CANNOT, zxt_signals(end[1]));
	}
}

/* The signals do not show the disposition of a closed peer, and unread bytes are no obstacle. */
TEST_F(socket, disposition_of_a_peer_that_is_closed)
{
	zx_handle_t *end = self->stream;

	put(end[0], "x", 1);
	drop(&end[0]);
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], 0, DISABLED));
	EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_READABLE, zxt_signals(end[1]));
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(end[1], 0, ENABLED));
	EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_READABLE, zxt_signals(end[1]));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 1, NULL));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_socket_read(end[1], 0, self->into, 1, NULL));
}

/* Enabling is refused while bytes are unread, so writing stays disabled here once it has been. */
struct race {
	zx_handle_t end[2];
	atomic_int wrong;
	atomic_bool over;
};

static void race_enable(struct race *race)
{
	zx_status_t status = zx_socket_set_disposition(race->end[0], ENABLED, 0);

	if (status != ZX_OK && status != ZX_ERR_BAD_STATE)
		race->wrong = status;
}

static void race_enable_from_the_other_end(struct race *race)
{
	zx_status_t status = zx_socket_set_disposition(race->end[1], 0, ENABLED);

	if (status != ZX_OK && status != ZX_ERR_BAD_STATE)
		race->wrong = status;
}

static void race_disable(struct race *race)
{
	if (zx_socket_set_disposition(race->end[1], 0, DISABLED) != ZX_OK)
		race->wrong = 1;
}

static void race_disable_both(struct race *race)
{
	zx_status_t status = zx_socket_set_disposition(race->end[0], DISABLED, ENABLED);

	if (status != ZX_OK)
		race->wrong = status;
}

/* Holds the lock of an endpoint again and again, so that the others stop between two steps. */
static void *peek_on(void *arg)
{
	struct race *race = arg;
	char bytes[256];

	while (!race->over)
		zx_socket_read(race->end[1], ZX_SOCKET_PEEK, bytes, sizeof(bytes), NULL);
	return NULL;
}

TEST_F_TIMEOUT(socket, dispositions_at_once, 280)
{
	void (*const actions[RACERS])(struct race *) = {
		race_enable, race_enable_from_the_other_end, race_disable, race_disable_both,
	};
	struct race race = { .end = { self->stream[0], self->stream[1] } };
	struct racers racers;
	pthread_t peeker;

	ASSERT_EQ(0, pthread_create(&peeker, NULL, peek_on, &race));
	racers_start(&racers, &race, actions);
	for (int round = 0; round < 5000; round++) {
		put(race.end[0], "x", 1);
		racers_round(&racers);
		ASSERT_EQ(0, race.wrong);
		ASSERT_EQ(WE_CANNOT, zxt_signals(race.end[0]));
		ASSERT_EQ(UP | THEY_CANNOT | ZX_SOCKET_READABLE, zxt_signals(race.end[1]));
		ASSERT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(race.end[0], 0, "y", 1, NULL));
		ASSERT_EQ(ZX_OK, zx_socket_read(race.end[1], 0, self->into, 2, NULL));
		ASSERT_EQ(ZX_OK, zx_socket_set_disposition(race.end[0], ENABLED, 0));
	}
	racers_stop(&racers);
	race.over = true;
	ASSERT_EQ(0, pthread_join(peeker, NULL));
}

TEST_F(socket, shutdown)
{
	zx_handle_t *end = self->stream;

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_shutdown(end[0], 4));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_shutdown(end[0], ~0u));
	EXPECT_EQ(ZX_OK, zx_socket_shutdown(end[0], 0));
	EXPECT_EQ(UP, zxt_signals(end[0]));

	put(end[0], "abc", 3);
	EXPECT_EQ(ZX_OK, zx_socket_shutdown(end[1], ZX_SOCKET_SHUTDOWN_READ));
	EXPECT_EQ(WE_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(UP | THEY_CANNOT | ZX_SOCKET_READABLE, zxt_signals(end[1]));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(end[0], 0, "x", 1, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], 0, self->into, 9, &self->actual));
	EXPECT_EQ(3, self->actual);
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_read(end[1], 0, self->into, 9, NULL));

	EXPECT_EQ(ZX_OK, zx_socket_shutdown(end[1], ZX_SOCKET_SHUTDOWN_WRITE));
	EXPECT_EQ(WE_CANNOT | THEY_CANNOT, zxt_signals(end[0]));
	EXPECT_EQ(WE_CANNOT | THEY_CANNOT, zxt_signals(end[1]));
	EXPECT_EQ(ZX_OK, zx_socket_shutdown(end[0], ZX_SOCKET_SHUTDOWN_MASK));
	EXPECT_EQ(WE_CANNOT | THEY_CANNOT, zxt_signals(end[0]));
}

/*
 * Thresholds.
 */

static zx_status_t set(zx_handle_t handle, uint32_t property, size_t value)
{
	return zx_object_set_property(handle, property, &value, sizeof(value));
}

static size_t get(zx_handle_t handle, uint32_t property)
{
	size_t value = SIZE_MAX;

	zx_object_get_property(handle, property, &value, sizeof(value));
	return value;
}

#define RX	ZX_PROP_SOCKET_RX_THRESHOLD
#define TX	ZX_PROP_SOCKET_TX_THRESHOLD

TEST_F(socket, read_threshold)
{
	zx_handle_t writer = self->stream[0], reader = self->stream[1];
	const zx_signals_t readable = UP | ZX_SOCKET_READABLE;

	EXPECT_EQ(0, get(reader, RX));
	EXPECT_EQ(ZX_OK, set(reader, RX, 10));
	EXPECT_EQ(10, get(reader, RX));
	EXPECT_EQ(0, get(writer, RX));
	EXPECT_EQ(UP, zxt_signals(reader));

	/* The signal follows the number of bytes both ways, */
	put(writer, self->bytes, 9);
	EXPECT_EQ(readable, zxt_signals(reader));
	put(writer, self->bytes, 1);
	EXPECT_EQ(readable | ZX_SOCKET_READ_THRESHOLD, zxt_signals(reader));
	put(writer, self->bytes, 5000);
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, 0, self->into, 5000, NULL));
	EXPECT_EQ(readable | ZX_SOCKET_READ_THRESHOLD, zxt_signals(reader));
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, ZX_SOCKET_PEEK, self->into, 1, NULL));
	EXPECT_EQ(readable | ZX_SOCKET_READ_THRESHOLD, zxt_signals(reader));
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, 0, self->into, 1, NULL));
	EXPECT_EQ(readable, zxt_signals(reader));

	/* and the threshold both ways. */
	EXPECT_EQ(ZX_OK, set(reader, RX, 9));
	EXPECT_EQ(readable | ZX_SOCKET_READ_THRESHOLD, zxt_signals(reader));
	EXPECT_EQ(ZX_OK, set(reader, RX, 10));
	EXPECT_EQ(readable, zxt_signals(reader));
	EXPECT_EQ(ZX_OK, set(reader, RX, 1));
	EXPECT_EQ(readable | ZX_SOCKET_READ_THRESHOLD, zxt_signals(reader));
	EXPECT_EQ(ZX_OK, set(reader, RX, 0));
	EXPECT_EQ(readable, zxt_signals(reader));
	put(writer, self->bytes, 5000);
	EXPECT_EQ(readable, zxt_signals(reader));

	/* The threshold can be as large as the capacity. */
	EXPECT_EQ(ZX_OK, set(reader, RX, SIZE));
	EXPECT_EQ(readable, zxt_signals(reader));
	put(writer, self->bytes, SIZE - 5009);
	EXPECT_EQ(readable | ZX_SOCKET_READ_THRESHOLD, zxt_signals(reader));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(reader, RX, SIZE + 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(reader, RX, (1ull << 32) + 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(reader, RX, SIZE_MAX));
	EXPECT_EQ(SIZE, get(reader, RX));
}

TEST_F(socket, write_threshold)
{
	zx_handle_t writer = self->stream[0], reader = self->stream[1];

	EXPECT_EQ(0, get(writer, TX));
	EXPECT_EQ(ZX_OK, set(writer, TX, 1000));
	EXPECT_EQ(1000, get(writer, TX));
	EXPECT_EQ(0, get(reader, TX));
	EXPECT_EQ(UP | ZX_SOCKET_WRITE_THRESHOLD, zxt_signals(writer));

	/* The signal follows the space both ways, */
	put(writer, self->bytes, SIZE - 1000);
	EXPECT_EQ(UP | ZX_SOCKET_WRITE_THRESHOLD, zxt_signals(writer));
	put(writer, self->bytes, 1);
	EXPECT_EQ(UP, zxt_signals(writer));
	put(writer, self->bytes, 999);
	EXPECT_EQ(0, zxt_signals(writer));
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, 0, self->into, 999, NULL));
	EXPECT_EQ(UP, zxt_signals(writer));
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, ZX_SOCKET_PEEK, self->into, 999, NULL));
	EXPECT_EQ(UP, zxt_signals(writer));
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, 0, self->into, 1, NULL));
	EXPECT_EQ(UP | ZX_SOCKET_WRITE_THRESHOLD, zxt_signals(writer));

	/* and the threshold both ways. */
	EXPECT_EQ(ZX_OK, set(writer, TX, 1001));
	EXPECT_EQ(UP, zxt_signals(writer));
	EXPECT_EQ(ZX_OK, set(writer, TX, 1000));
	EXPECT_EQ(UP | ZX_SOCKET_WRITE_THRESHOLD, zxt_signals(writer));
	EXPECT_EQ(ZX_OK, set(writer, TX, 0));
	EXPECT_EQ(UP, zxt_signals(writer));
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, 0, self->into, 1000, NULL));
	EXPECT_EQ(UP, zxt_signals(writer));

	EXPECT_EQ(ZX_OK, set(writer, TX, SIZE));
	EXPECT_EQ(UP, zxt_signals(writer));
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, 0, self->into, SIZE, NULL));
	EXPECT_EQ(UP | ZX_SOCKET_WRITE_THRESHOLD, zxt_signals(writer));
	put(writer, self->bytes, 1);
	EXPECT_EQ(UP, zxt_signals(writer));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(writer, TX, SIZE + 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, set(writer, TX, (1ull << 32) + 1));
	EXPECT_EQ(SIZE, get(writer, TX));
}

TEST_F(socket, thresholds_count_all_datagrams)
{
	zx_handle_t writer = self->datagram[0], reader = self->datagram[1];

	EXPECT_EQ(ZX_OK, set(reader, RX, 100));
	EXPECT_EQ(ZX_OK, set(writer, TX, SIZE - 99));
	put(writer, self->bytes, 50);
	put(writer, self->bytes, 49);
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(reader));
	EXPECT_EQ(UP | ZX_SOCKET_WRITE_THRESHOLD, zxt_signals(writer));
	put(writer, self->bytes, 1);
	EXPECT_EQ(UP | ZX_SOCKET_READABLE | ZX_SOCKET_READ_THRESHOLD, zxt_signals(reader));
	EXPECT_EQ(UP, zxt_signals(writer));
	/* The lost part of a datagram counts as read. */
	EXPECT_EQ(ZX_OK, zx_socket_read(reader, 0, self->into, 1, NULL));
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(reader));
	EXPECT_EQ(UP | ZX_SOCKET_WRITE_THRESHOLD, zxt_signals(writer));
	EXPECT_EQ(50, unread(reader));
}

TEST_F(socket, thresholds_without_a_peer)
{
	put(self->stream[0], self->bytes, 100);
	EXPECT_EQ(ZX_OK, set(self->stream[1], TX, 10));
	drop(&self->stream[0]);
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, set(self->stream[1], TX, 20));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, set(self->stream[1], TX, 0));
	EXPECT_EQ(10, get(self->stream[1], TX));
	EXPECT_EQ(ZX_OK, set(self->stream[1], RX, 100));
	EXPECT_TRUE(zxt_signals(self->stream[1]) & ZX_SOCKET_READ_THRESHOLD);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, 1, NULL));
	EXPECT_FALSE(zxt_signals(self->stream[1]) & ZX_SOCKET_READ_THRESHOLD);
}

TEST_F(socket, thresholds_that_cannot_be_passed)
{
	static const uint32_t properties[] = { RX, TX };
	size_t value = 5, big[2] = { 7, 8 };
	void *bad;

	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		uint32_t property = properties[i];

		for (size_t size = 0; size < 8; size++) {
			EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
				  zx_object_get_property(self->stream[0], property, &value, size));
			EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
				  zx_object_set_property(self->stream[0], property, &value, size));
		}
		EXPECT_EQ(5, value);
		zxt_for_each_bad_out(bad) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_property(self->stream[0], property, bad, 8));
		}
		for (size_t j = 0; j < ARRAY_SIZE(zxt_nowhere); j++)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_set_property(self->stream[0], property, zxt_nowhere[j],
							 8));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_set_property(self->stream[0], property, NULL, 8));
		EXPECT_EQ(0, get(self->stream[0], property));

		/* A larger buffer is accepted. */
		EXPECT_EQ(ZX_OK, zx_object_set_property(self->stream[0], property, big, 16));
		EXPECT_EQ(ZX_OK, zx_object_get_property(self->stream[0], property, big, 16));
		EXPECT_EQ(7, big[0]);
		EXPECT_EQ(8, big[1]);
	}
	EXPECT_EQ(ZX_ERR_WRONG_TYPE,
		  zx_object_get_property(self->stream[0], ZX_PROP_NAME, self->into, 32));
}

TEST_F(socket, threshold_ends_a_wait)
{
	zx_signals_t observed;

	EXPECT_EQ(ZX_OK, set(self->stream[1], RX, 100));
	put(self->stream[0], self->bytes, 99);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(self->stream[1], ZX_SOCKET_READ_THRESHOLD,
						       zx_deadline_after(ZX_MSEC(20)), NULL));
	put(self->stream[0], self->bytes, 1);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->stream[1], ZX_SOCKET_READ_THRESHOLD, ZXT_SOON,
					    &observed));
	EXPECT_EQ(UP | ZX_SOCKET_READABLE | ZX_SOCKET_READ_THRESHOLD, observed);
}

/*
 * ZX_INFO_SOCKET.
 */

TEST_F(socket, info_tells_both_directions)
{
	zx_info_socket_t info;
	size_t actual, avail;

	put(self->stream[0], self->bytes, 5000);
	put(self->stream[1], self->bytes, 3);
	memset(&info, 0xff, sizeof(info));
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->stream[1], ZX_INFO_SOCKET, &info, sizeof(info),
					    &actual, &avail));
	EXPECT_EQ(1, actual);
	EXPECT_EQ(1, avail);
	EXPECT_EQ(ZX_SOCKET_STREAM, info.options);
	EXPECT_EQ(0, memcmp("\0\0\0\0", info.padding1, 4));
	EXPECT_EQ(SIZE, info.rx_buf_max);
	EXPECT_EQ(5000, info.rx_buf_size);
	EXPECT_EQ(5000, info.rx_buf_available);
	EXPECT_EQ(SIZE, info.tx_buf_max);
	EXPECT_EQ(3, info.tx_buf_size);

	drop(&self->stream[0]);
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->stream[1], ZX_INFO_SOCKET, &info, sizeof(info),
					    NULL, NULL));
	EXPECT_EQ(5000, info.rx_buf_size);
	EXPECT_EQ(5000, info.rx_buf_available);
	EXPECT_EQ(0, info.tx_buf_max);
	EXPECT_EQ(0, info.tx_buf_size);
}

TEST_F(socket, info_of_datagrams)
{
	zx_info_socket_t info;

	put(self->datagram[0], self->bytes, 70);
	put(self->datagram[0], self->bytes, 10000);
	put(self->datagram[0], self->bytes, 5);
	for (int left = 3; left >= 0; left--) {
		static const size_t sizes[] = { 0, 5, 10005, 10075 };
		static const size_t next[] = { 0, 5, 10000, 70 };

		EXPECT_EQ(ZX_OK, zx_object_get_info(self->datagram[1], ZX_INFO_SOCKET, &info,
						    sizeof(info), NULL, NULL));
		EXPECT_EQ(ZX_SOCKET_DATAGRAM, info.options);
		EXPECT_EQ(sizes[left], info.rx_buf_size);
		EXPECT_EQ(next[left], info.rx_buf_available);
		EXPECT_EQ(left ? ZX_OK : ZX_ERR_SHOULD_WAIT,
			  zx_socket_read(self->datagram[1], 0, self->into, 1, NULL));
	}
}

TEST_F(socket, info_needs_space)
{
	zx_info_socket_t info;
	void *bad;

	for (size_t size = 0; size < sizeof(info); size++)
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
			  zx_object_get_info(self->stream[0], ZX_INFO_SOCKET, &info, size, NULL,
					     NULL));
	zxt_for_each_bad_out(bad) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_info(self->stream[0], ZX_INFO_SOCKET, bad, sizeof(info),
					     NULL, NULL));
	}
}

/*
 * Datagrams.
 */

TEST_F(socket, datagrams_keep_their_borders)
{
	for (size_t i = 0; i + 3 < ARRAY_SIZE(sizes); i++) {
		size_t other = sizes[ARRAY_SIZE(sizes) - 9 - i % 40];

		put(self->datagram[0], self->bytes, sizes[i]);
		put(self->datagram[0], self->bytes + 1, other);
		EXPECT_EQ(sizes[i] + other, unread(self->datagram[1]));
		EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], ZX_SOCKET_PEEK, self->into, SIZE,
						&self->actual));
		EXPECT_EQ(sizes[i], self->actual);
		EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, self->into, SIZE,
						&self->actual));
		EXPECT_EQ(sizes[i], self->actual);
		EXPECT_EQ(0, memcmp(self->bytes, self->into, sizes[i]));
		EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, self->into, SIZE,
						&self->actual));
		EXPECT_EQ(other, self->actual);
		EXPECT_EQ(0, memcmp(self->bytes + 1, self->into, other));
	}
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->datagram[1], 0, self->into, 1, NULL));
}

TEST_F(socket, reading_short_loses_the_rest_of_a_datagram)
{
	put(self->datagram[0], self->bytes, 20000);
	put(self->datagram[0], "abc", 3);
	put(self->datagram[0], "de", 2);
	/* Peeking does not. */
	EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], ZX_SOCKET_PEEK, self->into, 10,
					&self->actual));
	EXPECT_EQ(10, self->actual);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, self->into, 5000, &self->actual));
	EXPECT_EQ(5000, self->actual);
	EXPECT_EQ(0, memcmp(self->bytes, self->into, 5000));
	EXPECT_EQ(5, unread(self->datagram[1]));
	/* A read of no bytes loses nothing either. */
	EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, NULL, 0, &self->actual));
	EXPECT_EQ(0, self->actual);
	EXPECT_EQ(5, unread(self->datagram[1]));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, self->into, 1, &self->actual));
	EXPECT_EQ(1, self->actual);
	EXPECT_EQ('a', self->into[0]);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, self->into, 9, &self->actual));
	EXPECT_EQ(2, self->actual);
	EXPECT_EQ(0, memcmp("de", self->into, 2));
	EXPECT_EQ(UP, zxt_signals(self->datagram[1]));
}

TEST_F(socket, datagrams_are_taken_whole_or_not_at_all)
{
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE,
		  zx_socket_write(self->datagram[0], 0, self->bytes, SIZE + 1, &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(UP, zxt_signals(self->datagram[1]));
	put(self->datagram[0], self->bytes, SIZE);
	EXPECT_EQ(0, zxt_signals(self->datagram[0]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT,
		  zx_socket_write(self->datagram[0], 0, self->bytes, 1, &self->actual));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, self->into, SIZE, &self->actual));
	EXPECT_EQ(SIZE, self->actual);
	EXPECT_EQ(0, memcmp(self->bytes, self->into, SIZE));
	EXPECT_EQ(UP, zxt_signals(self->datagram[0]));

	put(self->datagram[0], self->bytes, SIZE - 10);
	self->actual = 12345;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT,
		  zx_socket_write(self->datagram[0], 0, self->bytes, 11, &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(SIZE - 10, unread(self->datagram[1]));
	put(self->datagram[0], self->bytes, 10);
	EXPECT_EQ(0, zxt_signals(self->datagram[0]));
}

TEST_F(socket, an_empty_datagram_is_none)
{
	EXPECT_EQ(ZX_OK, zx_socket_write(self->datagram[0], 0, NULL, 0, &self->actual));
	EXPECT_EQ(0, self->actual);
	EXPECT_EQ(UP, zxt_signals(self->datagram[1]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->datagram[1], 0, self->into, 1, NULL));
}

/* After ZX_ERR_SHOULD_WAIT there must be a signal to wait for. */
TEST_F_TIMEOUT(socket, least_datagrams, 120)
{
	size_t count = 0, last;
	zx_status_t status;

	while ((status = zx_socket_write(self->datagram[0], 0, &count, 1, NULL)) == ZX_OK)
		count++;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, status);
	EXPECT_EQ(4096, count);
	EXPECT_EQ(count, unread(self->datagram[1]));
	EXPECT_EQ(0, zxt_signals(self->datagram[0]));
	/* Reading makes space: the signal is set, and a write succeeds. */
	for (size_t i = 0; i < count; i++) {
		last = 0;
		if (i == count / 2) {
			EXPECT_EQ(UP, zxt_signals(self->datagram[0]));
			put(self->datagram[0], "x", 1);
		}
		ASSERT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, &last, 9, &self->actual));
		ASSERT_EQ(1, self->actual);
		ASSERT_EQ(i & 0xff, last);
	}
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(self->datagram[1]));
	EXPECT_EQ(1, unread(self->datagram[1]));
}

/* Compared with a list in this program. */
TEST_F_TIMEOUT(socket, random_datagrams, 240)
{
	struct { size_t from, size; } queue[4096];
	size_t first = 0, count = 0, used = 0;
	uint64_t state = 7;

	for (int round = 0; round < 20000; round++) {
		size_t size = random_size(&state, SIZE), from = next_random(&state) % 1000;
		uint32_t options = next_random(&state) % 4 ? 0 : ZX_SOCKET_PEEK;

		if (next_random(&state) % 2 && count < 4000) {
			bool fits = size <= SIZE - used;

			if (size + from > SIZE)
				from = 0;
			ASSERT_EQ(fits ? ZX_OK : ZX_ERR_SHOULD_WAIT,
				  zx_socket_write(self->datagram[0], 0, self->bytes + from, size,
						  &self->actual));
			if (fits) {
				ASSERT_EQ(size, self->actual);
				queue[(first + count) % 4096].from = from;
				queue[(first + count) % 4096].size = size;
				count++;
				used += size;
			}
		} else {
			size_t whole = count ? queue[first].size : 0;
			size_t there = size < whole ? size : whole;

			ASSERT_EQ(count ? ZX_OK : ZX_ERR_SHOULD_WAIT,
				  zx_socket_read(self->datagram[1], options, self->into, size,
						 &self->actual));
			if (!count)
				continue;
			ASSERT_EQ(there, self->actual);
			ASSERT_EQ(0, memcmp(self->bytes + queue[first].from, self->into, there));
			if (!options) {
				first = (first + 1) % 4096;
				count--;
				used -= whole;
			}
		}
		ASSERT_EQ(used, unread(self->datagram[1]));
	}
}

/*
 * The control plane.
 */

#define CONTROL		ZX_SOCKET_CONTROL
#define OLD_UP		(UP | ZX_SOCKET_CONTROL_WRITABLE | ZX_SOCKET_SHARE)

TEST_F(socket, control_is_one_message_each_way)
{
	zx_handle_t *end = self->old;

	EXPECT_EQ(ZX_OK, zx_socket_write(end[0], CONTROL, "abc", 3, &self->actual));
	EXPECT_EQ(3, self->actual);
	EXPECT_EQ(UP | ZX_SOCKET_SHARE, zxt_signals(end[0]));
	EXPECT_EQ(OLD_UP | ZX_SOCKET_CONTROL_READABLE, zxt_signals(end[1]));
	self->actual = 12345;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_write(end[0], CONTROL, "d", 1, &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(ZX_OK, zx_socket_write(end[1], CONTROL, "xy", 2, NULL));
	EXPECT_EQ(UP | ZX_SOCKET_SHARE | ZX_SOCKET_CONTROL_READABLE, zxt_signals(end[1]));

	/* They do not count as bytes of the stream. */
	EXPECT_EQ(0, unread(end[1]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(end[1], 0, self->into, 9, NULL));
	put(end[0], "bytes", 5);
	EXPECT_EQ(5, unread(end[1]));

	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], CONTROL | ZX_SOCKET_PEEK, self->into, 9,
					&self->actual));
	EXPECT_EQ(3, self->actual);
	EXPECT_EQ(UP | ZX_SOCKET_SHARE | ZX_SOCKET_CONTROL_READABLE, zxt_signals(end[0]));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], CONTROL, self->into, 9, &self->actual));
	EXPECT_EQ(3, self->actual);
	EXPECT_EQ(0, memcmp("abc", self->into, 3));
	EXPECT_EQ(OLD_UP | ZX_SOCKET_CONTROL_READABLE, zxt_signals(end[0]));
	EXPECT_EQ(UP | ZX_SOCKET_SHARE | ZX_SOCKET_READABLE, zxt_signals(end[1]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(end[1], CONTROL, self->into, 9, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[0], CONTROL, self->into, 9, &self->actual));
	EXPECT_EQ(2, self->actual);
	EXPECT_EQ(OLD_UP, zxt_signals(end[0]));
	EXPECT_EQ(OLD_UP | ZX_SOCKET_READABLE, zxt_signals(end[1]));
}

TEST_F(socket, control_has_1024_bytes)
{
	EXPECT_EQ(1024, ZX_SOCKET_CONTROL_MAX_LEN);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_write(self->old[0], CONTROL, NULL, 0, NULL));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_socket_write(self->old[0], CONTROL, self->bytes, 1025,
						       &self->actual));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_socket_write(self->old[0], CONTROL, self->bytes,
						       SIZE_MAX, &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(OLD_UP, zxt_signals(self->old[1]));
	for (size_t size = 1; size <= 1024; size = size < 1023 && size > 300 ? 1023 : size + 1) {
		ASSERT_EQ(ZX_OK, zx_socket_write(self->old[0], CONTROL, self->bytes, size, NULL));
		ASSERT_EQ(ZX_OK, zx_socket_read(self->old[1], CONTROL, self->into, 2000,
						&self->actual));
		ASSERT_EQ(size, self->actual);
		ASSERT_EQ(0, memcmp(self->bytes, self->into, size));
	}
}

TEST_F(socket, control_read_short_loses_the_rest)
{
	EXPECT_EQ(ZX_OK, zx_socket_write(self->old[0], CONTROL, "abcdef", 6, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->old[1], CONTROL, self->into, 2, &self->actual));
	EXPECT_EQ(2, self->actual);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->old[1], CONTROL, self->into, 2, NULL));
	EXPECT_EQ(OLD_UP, zxt_signals(self->old[0]));
	EXPECT_EQ(ZX_OK, zx_socket_write(self->old[0], CONTROL, "abcdef", 6, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->old[1], CONTROL, NULL, 0, &self->actual));
	EXPECT_EQ(0, self->actual);
	EXPECT_EQ(OLD_UP, zxt_signals(self->old[0]));
}

TEST_F(socket, control_is_there_if_asked_for)
{
	zx_handle_t end[2];

	for (int i = 0; i < 2; i++) {
		zx_handle_t *none = i ? self->datagram : self->stream;

		EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(none[0], CONTROL, "x", 1, NULL));
		EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_write(none[0], CONTROL, NULL, 0, NULL));
		EXPECT_EQ(ZX_ERR_BAD_STATE, zx_socket_read(none[0], CONTROL, self->into, 1, NULL));
	}
	/* Datagram sockets can have a control plane, too. */
	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_DATAGRAM | ZX_SOCKET_HAS_CONTROL, &end[0],
					  &end[1]));
	put(end[0], "data", 4);
	EXPECT_EQ(ZX_OK, zx_socket_write(end[0], CONTROL, "x", 1, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(end[1], CONTROL, self->into, 9, &self->actual));
	EXPECT_EQ(1, self->actual);
	EXPECT_EQ(4, unread(end[1]));
	zx_handle_close_many(end, 2);
}

TEST_F(socket, control_at_bad_pointers)
{
	uint8_t *read_only = zxt_read_only(), *edge = zxt_at_edge(1000);

	memset(edge, 0xee, 1000);
	for (size_t size = 1; size <= 1000; size += 333) {
		for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_write(self->old[0], CONTROL,
								       zxt_nowhere[i], size,
								       &self->actual));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_write(self->old[0], CONTROL, NULL, size,
							       &self->actual));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_write(self->old[0], CONTROL,
							       edge + 1001 - size, size,
							       &self->actual));
		EXPECT_EQ(OLD_UP, zxt_signals(self->old[0]));
		EXPECT_EQ(ZX_OK, zx_socket_write(self->old[0], CONTROL, self->bytes, size, NULL));
		for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_read(self->old[1], CONTROL,
								      zxt_nowhere[i], size,
								      &self->actual));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_read(self->old[1], CONTROL, NULL, size,
							      &self->actual));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_read(self->old[1], CONTROL, read_only,
							      size, &self->actual));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_read(self->old[1], CONTROL,
							      edge + 1001 - size, size,
							      &self->actual));
		EXPECT_EQ(OLD_UP | ZX_SOCKET_CONTROL_READABLE, zxt_signals(self->old[1]));
		EXPECT_EQ(12345, self->actual);
		EXPECT_EQ(ZX_OK, zx_socket_read(self->old[1], CONTROL, self->into, size, NULL));
		EXPECT_EQ(0, memcmp(self->bytes, self->into, size));
	}
}

TEST_F(socket, control_outlives_the_writer_and_disabled_writing)
{
	EXPECT_EQ(ZX_OK, zx_socket_set_disposition(self->old[0], DISABLED, 0));
	EXPECT_EQ(ZX_OK, zx_socket_write(self->old[0], CONTROL, "abc", 3, NULL));
	drop(&self->old[0]);
	EXPECT_TRUE(zxt_signals(self->old[1]) & ZX_SOCKET_CONTROL_READABLE);
	EXPECT_EQ(ZX_ERR_PEER_CLOSED,
		  zx_socket_write(self->old[1], CONTROL, "x", 1, &self->actual));
	EXPECT_EQ(12345, self->actual);
	EXPECT_EQ(ZX_OK, zx_socket_read(self->old[1], CONTROL, self->into, 9, &self->actual));
	EXPECT_EQ(3, self->actual);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_read(self->old[1], CONTROL, self->into, 9, NULL));
}

/*
 * Sockets through sockets.
 */

TEST_F(socket, shared_and_accepted)
{
	zx_handle_t *end = self->old, out = 7, narrow;
	zx_koid_t koid = zxt_koid(self->stream[0]);

	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_accept(end[1], &out));
	EXPECT_EQ(7, out);
	put(self->stream[1], "inside", 6);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->stream[0], ZX_RIGHT_READ | ZX_RIGHT_TRANSFER |
					     ZX_RIGHT_INSPECT, &narrow));
	EXPECT_EQ(ZX_OK, zx_socket_share(end[0], narrow));
	EXPECT_FALSE(zxt_is_open(narrow));
	EXPECT_EQ(2, zxt_handles_to(self->stream[0]));
	EXPECT_EQ(UP | ZX_SOCKET_CONTROL_WRITABLE, zxt_signals(end[0]));
	EXPECT_EQ(OLD_UP | ZX_SOCKET_ACCEPT, zxt_signals(end[1]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_accept(end[0], &out));

	/* The other direction is independent. */
	EXPECT_EQ(ZX_OK, zx_socket_share(end[1], self->datagram[0]));
	EXPECT_EQ(ZX_OK, zx_socket_accept(end[0], &self->datagram[0]));
	EXPECT_EQ(OLD_UP | ZX_SOCKET_ACCEPT, zxt_signals(end[1]));

	EXPECT_EQ(ZX_OK, zx_socket_accept(end[1], &out));
	EXPECT_EQ(koid, zxt_koid(out));
	EXPECT_EQ(ZX_RIGHT_READ | ZX_RIGHT_TRANSFER | ZX_RIGHT_INSPECT, zxt_basic(out).rights);
	EXPECT_EQ(OLD_UP, zxt_signals(end[0]));
	EXPECT_EQ(OLD_UP, zxt_signals(end[1]));
	EXPECT_EQ(ZX_OK, zx_socket_read(out, 0, self->into, 9, &self->actual));
	EXPECT_EQ(6, self->actual);
	zx_handle_close(out);
}

/* Shares a new duplicate of @what; @gone tells whether it was consumed. */
static zx_status_t share(zx_handle_t through, zx_handle_t what, bool *gone)
{
	zx_handle_t copy = ZX_HANDLE_INVALID;
	zx_status_t status;

	if (zx_handle_duplicate(what, ZX_RIGHT_SAME_RIGHTS, &copy) != ZX_OK)
		abort();
	status = zx_socket_share(through, copy);
	*gone = !zxt_is_open(copy);
	return status;
}

TEST_F(socket, shared_one_at_a_time)
{
	zx_handle_t out;
	bool gone;

	EXPECT_EQ(ZX_OK, share(self->old[0], self->stream[0], &gone));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, share(self->old[0], self->stream[1], &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(1, zxt_handles_to(self->stream[1]));
	EXPECT_EQ(ZX_OK, zx_socket_accept(self->old[1], &out));
	EXPECT_EQ(zxt_koid(self->stream[0]), zxt_koid(out));
	EXPECT_EQ(ZX_OK, zx_handle_close(out));
	EXPECT_EQ(ZX_OK, share(self->old[0], self->stream[1], &gone));
	EXPECT_EQ(ZX_OK, zx_socket_accept(self->old[1], &out));
	EXPECT_EQ(zxt_koid(self->stream[1]), zxt_koid(out));
	EXPECT_EQ(ZX_OK, zx_handle_close(out));
}

TEST_F(socket, what_cannot_be_shared_is_gone)
{
	zx_handle_t event, other[2], narrow, mute = zxt_without(self->old[0], ZX_RIGHT_WRITE);
	bool gone;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_HAS_ACCEPT, &other[0], &other[1]));

	/* Sockets that cannot share, and other handles. */
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, share(ZX_HANDLE_INVALID, self->stream[1], &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, share(event, self->stream[1], &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, share(mute, self->stream[1], &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, share(self->datagram[0], self->stream[1], &gone));
	EXPECT_TRUE(gone);
	zx_handle_close(mute);

	/* The call looks for the socket's own endpoints before it checks whether it can share. */
	EXPECT_EQ(ZX_ERR_BAD_STATE, share(self->datagram[0], self->datagram[0], &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(ZX_ERR_BAD_STATE, share(self->datagram[0], self->datagram[1], &gone));
	EXPECT_TRUE(gone);

	/* Objects that cannot be shared. */
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, share(self->old[0], event, &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(ZX_ERR_BAD_STATE, share(self->old[0], self->old[0], &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(ZX_ERR_BAD_STATE, share(self->old[0], self->old[1], &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(ZX_ERR_BAD_STATE, share(self->old[0], other[0], &gone));
	EXPECT_TRUE(gone);
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_socket_share(self->old[0], ZX_HANDLE_INVALID));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_socket_share(self->old[0], 0x7fffffff));
	narrow = zxt_without(self->stream[1], ZX_RIGHT_TRANSFER);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_socket_share(self->old[0], narrow));
	EXPECT_FALSE(zxt_is_open(narrow));

	/* The peer is closed. */
	drop(&self->old[1]);
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, share(self->old[0], self->stream[1], &gone));
	EXPECT_TRUE(gone);

	EXPECT_EQ(1, zxt_handles_to(self->stream[1]));
	EXPECT_EQ(1, zxt_handles_to(event));
	EXPECT_EQ(1, zxt_handles_to(other[0]));
	zx_handle_close(event);
	zx_handle_close_many(other, 2);
}

/* The call has consumed the last handle, so the peer is signalled. */
TEST_F(socket, what_cannot_be_shared_is_closed)
{
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_socket_share(self->datagram[0], self->stream[0]));
	self->stream[0] = ZX_HANDLE_INVALID;
	EXPECT_EQ(ZX_SOCKET_PEER_CLOSED, zxt_signals(self->stream[1]));
}

TEST_F(socket, accept_errors)
{
	zx_handle_t blind = zxt_without(self->old[1], ZX_RIGHT_READ), out = 7;
	uint32_t before;
	bool gone;
	void *bad;

	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_socket_accept(self->stream[0], &out));
	EXPECT_EQ(ZX_OK, share(self->old[0], self->stream[0], &gone));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_socket_accept(blind, &out));
	zx_handle_close(blind);
	before = zxt_handles();
	zxt_for_each_bad_out(bad) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_socket_accept(self->old[1], bad));
	}
	EXPECT_EQ(before, zxt_handles());
	EXPECT_EQ(7, out);
	EXPECT_EQ(OLD_UP | ZX_SOCKET_ACCEPT, zxt_signals(self->old[1]));
	/* A shared socket can be accepted after the peer was closed. */
	drop(&self->old[0]);
	EXPECT_EQ(ZX_OK, zx_socket_accept(self->old[1], &out));
	EXPECT_EQ(zxt_koid(self->stream[0]), zxt_koid(out));
	zx_handle_close(out);
	out = 7;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_accept(self->old[1], &out));
	EXPECT_EQ(7, out);
}

TEST_F(socket, closing_closes_a_socket_not_accepted)
{
	EXPECT_EQ(ZX_OK, zx_socket_share(self->old[0], self->stream[0]));
	self->stream[0] = ZX_HANDLE_INVALID;
	EXPECT_EQ(UP, zxt_signals(self->stream[1]));
	drop(&self->old[1]);
	EXPECT_EQ(ZX_SOCKET_PEER_CLOSED, zxt_signals(self->stream[1]));
}

/*
 * Transfer.
 */

TEST_F(socket, goes_through_a_channel_with_what_is_in_it)
{
	zx_handle_t channel[2], out;
	uint32_t count;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	put(self->stream[0], self->bytes, 100000);
	put(self->stream[1], "back", 4);
	ASSERT_EQ(ZX_OK, zx_channel_write(channel[0], 0, NULL, 0, &self->stream[1], 1));
	/* The socket can be written to while its peer is in a message. */
	put(self->stream[0], self->bytes + 100000, 1000);
	EXPECT_EQ(UP | ZX_SOCKET_READABLE, zxt_signals(self->stream[0]));
	ASSERT_EQ(ZX_OK, zx_channel_read(channel[1], 0, NULL, &out, 0, 1, NULL, &count));
	self->stream[1] = out;
	EXPECT_EQ(ZX_OK, zx_socket_read(out, 0, self->into, SIZE, &self->actual));
	EXPECT_EQ(101000, self->actual);
	EXPECT_EQ(0, memcmp(self->bytes, self->into, 101000));
	put(out, "again", 5);
	EXPECT_EQ(9, unread(self->stream[0]));

	/* The endpoint is closed with the message. */
	ASSERT_EQ(ZX_OK, zx_channel_write(channel[0], 0, NULL, 0, &self->stream[1], 1));
	self->stream[1] = ZX_HANDLE_INVALID;
	zx_handle_close_many(channel, 2);
	EXPECT_EQ(ZX_SOCKET_PEER_CLOSED | ZX_SOCKET_READABLE, zxt_signals(self->stream[0]));
}

/*
 * Memory.
 */

/* Returns how many of the module's buffers are in use, of all sizes; -1 if that is not known. */
static long buffers(void)
{
	static const char *const caches[] = {
		"zircon_buffer_256", "zircon_buffer_1k", "zircon_buffer_4k",
	};
	char line[512], name[64];
	long active, sum = 0;
	size_t found = 0;
	FILE *slabinfo;

	/* A cache counts the free objects in its per-processor lists as used until it is shrunk. */
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		FILE *shrink;

		snprintf(line, sizeof(line), "/sys/kernel/slab/%s/shrink", caches[i]);
		shrink = fopen(line, "we");
		if (!shrink)
			return -1;
		fputs("1", shrink);
		fclose(shrink);
	}
	slabinfo = fopen("/proc/slabinfo", "re");
	if (!slabinfo)
		return -1;
	while (fgets(line, sizeof(line), slabinfo)) {
		if (sscanf(line, "%63s %ld", name, &active) != 2 ||
		    strncmp(name, "zircon_buffer_", 14))
			continue;
		sum += active;
		found++;
	}
	fclose(slabinfo);
	return found == ARRAY_SIZE(caches) ? sum : -1;
}

TEST_F(socket, idle_sockets_hold_no_buffers)
{
	const long before = buffers();
	zx_handle_t many[200];

	if (before < 0)
		SKIP(return, "slabinfo does not tell");
	for (int i = 0; i < 200; i += 2)
		ASSERT_EQ(ZX_OK, zx_socket_create(0, &many[i], &many[i + 1]));
	EXPECT_EQ(before, buffers());
	/* Few bytes need no buffer either. */
	for (int i = 0; i < 200; i++)
		put(many[i], self->bytes, 64);
	EXPECT_EQ(before, buffers());

	/* Many bytes do; the buffers are freed as the bytes are read. */
	fill(self->stream[0], self->bytes);
	EXPECT_LE(before + 64, buffers());
	EXPECT_GE(before + 66, buffers());
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, SIZE / 2, NULL));
	EXPECT_GE(before + 34, buffers());
	EXPECT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, self->into, SIZE, NULL));
	EXPECT_EQ(before, buffers());

	/* Closing frees the buffers of unread bytes. */
	fill(self->stream[0], self->bytes);
	fill(self->stream[1], self->bytes);
	drop(&self->stream[1]);
	EXPECT_GE(before + 66, buffers());
	drop(&self->stream[0]);
	EXPECT_EQ(before, buffers());

	/* A refused write leaves no buffer. */
	fill(self->datagram[0], self->bytes);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT,
		  zx_socket_write(self->datagram[0], 0, self->bytes, SIZE, NULL));
	EXPECT_EQ(ZX_OK, zx_socket_read(self->datagram[1], 0, self->into, 1, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_socket_write(self->datagram[0], 0, zxt_nowhere[0], SIZE, NULL));
	EXPECT_EQ(before, buffers());
	zx_handle_close_many(many, 200);
}

/*
 * Threads.
 */

#define THREADS	4

struct worker {
	pthread_t thread;
	zx_handle_t socket;
	uint8_t mark;
	uint64_t goal;			/* bytes that a writer writes */
	uint64_t seen[THREADS];		/* bytes of each mark that a reader got */
	zx_status_t status;
};

/* Writes bytes of its own mark, in pieces of all sizes. */
static void *write_marks(void *arg)
{
	struct worker *me = arg;
	uint64_t state = me->mark, done = 0;
	uint8_t piece[5000];

	memset(piece, me->mark, sizeof(piece));
	while (done < me->goal) {
		size_t size = random_size(&state, sizeof(piece)), actual = 0;

		if (size > me->goal - done)
			size = me->goal - done;
		me->status = zx_socket_write(me->socket, 0, piece, size, &actual);
		if (me->status == ZX_ERR_SHOULD_WAIT)
			me->status = zx_object_wait_one(me->socket, ZX_SOCKET_WRITABLE |
							ZX_SOCKET_PEER_CLOSED, ZXT_SOON, NULL);
		if (me->status != ZX_OK)
			break;
		done += actual;
	}
	return NULL;
}

static void *read_marks(void *arg)
{
	struct worker *me = arg;
	uint64_t state = me->mark + 100;
	uint8_t piece[7000];

	for (;;) {
		size_t size = random_size(&state, sizeof(piece)), actual = 0;

		me->status = zx_socket_read(me->socket, 0, piece, size, &actual);
		if (me->status == ZX_ERR_SHOULD_WAIT)
			me->status = zx_object_wait_one(me->socket, ZX_SOCKET_READABLE |
							ZX_SOCKET_PEER_CLOSED, ZXT_SOON, NULL);
		if (me->status != ZX_OK)
			break;
		for (size_t i = 0; i < actual; i++) {
			if (piece[i] >= THREADS)
				abort();
			me->seen[piece[i]]++;
		}
	}
	return NULL;
}

/* Every byte arrives once. */
TEST_F_TIMEOUT(socket, many_writers_and_readers, 240)
{
	struct worker writers[THREADS] = {}, readers[THREADS] = {};
	const uint64_t goal = 1500000;

	for (int i = 0; i < THREADS; i++) {
		writers[i] = (struct worker){ .socket = self->stream[0], .mark = i, .goal = goal };
		readers[i] = (struct worker){ .socket = self->stream[1], .mark = i };
		pthread_create(&writers[i].thread, NULL, write_marks, &writers[i]);
		pthread_create(&readers[i].thread, NULL, read_marks, &readers[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(writers[i].thread, NULL);
		EXPECT_EQ(ZX_OK, writers[i].status);
	}
	drop(&self->stream[0]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(readers[i].thread, NULL);
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, readers[i].status);
	}
	for (int mark = 0; mark < THREADS; mark++) {
		uint64_t sum = 0;

		for (int i = 0; i < THREADS; i++)
			sum += readers[i].seen[mark];
		EXPECT_EQ(goal, sum);
	}
}

/* Records of one size that were written whole are read whole. */
#define RECORD	1024

static void *write_records(void *arg)
{
	struct worker *me = arg;
	uint8_t record[RECORD];

	memset(record, me->mark, sizeof(record));
	for (uint64_t i = 0; i < me->goal && me->status == ZX_OK;) {
		size_t actual = 0;

		me->status = zx_socket_write(me->socket, 0, record, RECORD, &actual);
		if (me->status == ZX_ERR_SHOULD_WAIT) {
			me->status = zx_object_wait_one(me->socket, ZX_SOCKET_WRITABLE, ZXT_SOON,
							NULL);
			continue;
		}
		if (me->status == ZX_OK && actual != RECORD)
			me->status = ZX_ERR_INTERNAL;
		i++;
	}
	return NULL;
}

TEST_F_TIMEOUT(socket, writers_do_not_mix, 240)
{
	struct worker writers[THREADS] = {};
	const uint64_t goal = 1000;
	uint8_t record[RECORD];
	uint64_t count[THREADS] = {};

	/* The capacity is a whole number of records, and they are read one by one. */
	for (int i = 0; i < THREADS; i++) {
		writers[i] = (struct worker){ .socket = self->stream[0], .mark = i, .goal = goal };
		pthread_create(&writers[i].thread, NULL, write_records, &writers[i]);
	}
	for (uint64_t n = 0; n < THREADS * goal; n++) {
		size_t actual = 0;

		ASSERT_EQ(ZX_OK, zx_object_wait_one(self->stream[1], ZX_SOCKET_READABLE, ZXT_SOON,
						    NULL));
		ASSERT_EQ(ZX_OK, zx_socket_read(self->stream[1], 0, record, RECORD, &actual));
		ASSERT_EQ(RECORD, actual);
		ASSERT_GT(THREADS, record[0]);
		for (int i = 1; i < RECORD; i++)
			ASSERT_EQ(record[0], record[i]);
		count[record[0]]++;
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(writers[i].thread, NULL);
		EXPECT_EQ(ZX_OK, writers[i].status);
		EXPECT_EQ(goal, count[i]);
	}
}

/* Endpoints are closed while other threads use them: each call fails, nothing else happens. */
TEST_F_TIMEOUT(socket, closed_under_way, 240)
{
	for (int round = 0; round < 100; round++) {
		struct worker writer = { .goal = UINT64_MAX }, reader = { .mark = 1 };
		zx_handle_t end[2];
		zx_status_t status;

		ASSERT_EQ(ZX_OK, zx_socket_create(0, &end[0], &end[1]));
		writer.socket = end[0];
		reader.socket = end[1];
		pthread_create(&writer.thread, NULL, write_marks, &writer);
		pthread_create(&reader.thread, NULL, read_marks, &reader);
		usleep(500 * (round % 7));
		zx_handle_close(end[round % 2]);
		pthread_join(writer.thread, NULL);
		pthread_join(reader.thread, NULL);
		/* One thread's handle is closed, for the other the peer. */
		status = round % 2 ? reader.status : writer.status;
		EXPECT_TRUE(status == ZX_ERR_BAD_HANDLE || status == ZX_ERR_CANCELED);
		status = round % 2 ? writer.status : reader.status;
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, status);
		zx_handle_close(end[!(round % 2)]);
	}
	EXPECT_EQ(6, zxt_handles());
}

TEST_HARNESS_MAIN
