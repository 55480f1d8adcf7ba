// SPDX-License-Identifier: GPL-2.0-only
/* Channels: creating, reading and writing. Calls have a test of their own. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>

#include "zxrace.h"
#include "zxtest.h"

#define MAX_BYTES	ZX_CHANNEL_MAX_MSG_BYTES
#define MAX_HANDLES	ZX_CHANNEL_MAX_MSG_HANDLES
#define MAX_IOVECS	ZX_CHANNEL_MAX_MSG_IOVECS

/* Sizes around each at which a message could be stored differently. */
static const uint32_t sizes[] = {
	0, 1, 2, 3, 4, 32, 33, 48, 49, 63, 64, 65, 72, 127, 128, 129, 255, 256, 257, 4095, 4096,
	4097, 8191, 8192, 65535, 65536,
};

static uint8_t out[MAX_BYTES + 1], in[MAX_BYTES + 1];

/* Each byte depends on its position and on @seed, so that misplaced bytes are noticed. */
static void fill(uint8_t *bytes, uint32_t count, uint32_t seed)
{
	for (uint32_t i = 0; i < count; i++)
		bytes[i] = (i * 2654435761u + seed * 40503u) >> 13;
}

static zx_handle_t new_event(void)
{
	zx_handle_t event = ZX_HANDLE_INVALID;

	zx_event_create(0, &event);
	return event;
}

static void close_all(const zx_handle_t *handles, size_t count)
{
	zx_handle_close_many(handles, count);
}

/* Writes a message of four bytes. */
static zx_status_t put(zx_handle_t channel, uint32_t word)
{
	return zx_channel_write(channel, 0, &word, sizeof(word), NULL, 0);
}

/* Reads a message of four bytes. Returns ~0 for any other message, and for none. */
static uint32_t get(zx_handle_t channel)
{
	uint32_t word = 0, bytes = 0;

	if (zx_channel_read(channel, 0, &word, NULL, sizeof(word), 0, &bytes, NULL) != ZX_OK ||
	    bytes != sizeof(word))
		return ~0u;
	return word;
}

/* Consumes @handle and returns a replacement without @rights. */
static zx_handle_t without(zx_handle_t handle, zx_rights_t rights)
{
	zx_handle_t less = ZX_HANDLE_INVALID;

	zx_handle_replace(handle, zxt_basic(handle).rights & ~rights, &less);
	return less;
}

/*
 * A channel, and an eventpair. The token is sent in messages; PEER_CLOSED at the watch shows when
 * it is gone.
 */
FIXTURE(channel) {
	zx_handle_t a, b;
	zx_handle_t token, watch;
	uint32_t handles;
};

FIXTURE_SETUP(channel)
{
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->a, &self->b));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->token, &self->watch));
	self->handles = zxt_handles();
	ASSERT_EQ(4, self->handles);
}

FIXTURE_TEARDOWN(channel)
{
}

static bool is_gone(zx_handle_t watch)
{
	return zxt_signals(watch) & ZX_EVENTPAIR_PEER_CLOSED;
}

/* Creating */

TEST_F(channel, create_rights_and_signals)
{
	zx_info_handle_basic_t a = zxt_basic(self->a), b = zxt_basic(self->b);

	EXPECT_EQ(ZX_OBJ_TYPE_CHANNEL, a.type);
	EXPECT_EQ(ZX_OBJ_TYPE_CHANNEL, b.type);
	EXPECT_EQ(ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT | ZX_RIGHT_READ |
		  ZX_RIGHT_WRITE | ZX_RIGHT_SIGNAL | ZX_RIGHT_SIGNAL_PEER, a.rights);
	EXPECT_EQ(a.rights, b.rights);
	EXPECT_NE(a.koid, b.koid);
	EXPECT_EQ(a.koid, b.related_koid);
	EXPECT_EQ(b.koid, a.related_koid);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->a));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

TEST_F(channel, create_unknown_option)
{
	zx_handle_t a = 17, b = 18;

	for (int i = 0; i < 32; i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_create(1u << i, &a, &b));
	EXPECT_EQ(17, a);
	EXPECT_EQ(18, b);
	EXPECT_EQ(self->handles, zxt_handles());
}

TEST_F(channel, create_bad_pointer_leaks_nothing)
{
	zx_handle_t handle, *read_only = zxt_read_only();

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_create(0, NULL, &handle));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_create(0, &handle, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_create(0, read_only, &handle));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_create(0, &handle, read_only));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_create(0, zxt_nowhere[i], &handle));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_create(0, &handle, zxt_nowhere[i]));
	}
	EXPECT_EQ(self->handles, zxt_handles());
}

/* What a message carries */

/* In both directions: the memory of one endpoint follows the other's. */
TEST_F_TIMEOUT(channel, bytes_of_every_size_arrive, 300)
{
	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		zx_handle_t writer = i % 2 ? self->b : self->a;
		zx_handle_t reader = i % 2 ? self->a : self->b;
		uint32_t size = sizes[i / 2], bytes = ~0u, handles = ~0u;

		fill(out, size, i);
		memset(in, 0xa5, sizeof(in));
		ASSERT_EQ(ZX_OK, zx_channel_write(writer, 0, out, size, NULL, 0));
		ASSERT_EQ(ZX_OK, zx_channel_read(reader, 0, in, NULL, size, 0, &bytes, &handles));
		EXPECT_EQ(size, bytes);
		EXPECT_EQ(0, handles);
		EXPECT_EQ(0, memcmp(out, in, size))
			TH_LOG("of %u bytes", size);
		EXPECT_EQ(0xa5, in[size])
			TH_LOG("behind %u bytes", size);
	}
}

/* The handles share a message's memory with the bytes, so all combinations are tried. */
TEST_F_TIMEOUT(channel, bytes_and_handles_arrive, 300)
{
	static const uint32_t counts[] = { 1, 2, 63, 64 };
	zx_handle_t sent[MAX_HANDLES], got[MAX_HANDLES + 1];
	zx_koid_t koids[MAX_HANDLES];

	for (size_t i = 0; i < 2 * ARRAY_SIZE(sizes); i++) {
		zx_handle_t writer = i % 2 ? self->b : self->a;
		zx_handle_t reader = i % 2 ? self->a : self->b;

		for (size_t j = 0; j < ARRAY_SIZE(counts); j++) {
			uint32_t size = sizes[i / 2], count = counts[j], bytes, handles, wrong = 0;

			fill(out, size, i);
			memset(in, 0xa5, sizeof(in));
			for (uint32_t k = 0; k < count; k++) {
				sent[k] = new_event();
				koids[k] = zxt_koid(sent[k]);
			}
			ASSERT_EQ(ZX_OK, zx_channel_write(writer, 0, out, size, sent, count));
			EXPECT_EQ(self->handles, zxt_handles());
			got[count] = 4711;
			ASSERT_EQ(ZX_OK, zx_channel_read(reader, 0, in, got, size, count, &bytes,
							 &handles));
			EXPECT_EQ(size, bytes);
			EXPECT_EQ(count, handles);
			EXPECT_EQ(0, memcmp(out, in, size))
				TH_LOG("%u, %u", size, count);
			EXPECT_EQ(0xa5, in[size]);
			EXPECT_EQ(4711, got[count]);
			for (uint32_t k = 0; k < count; k++)
				wrong += !koids[k] || zxt_koid(got[k]) != koids[k];
			EXPECT_EQ(0, wrong)
				TH_LOG("of %u handles", count);
			EXPECT_EQ(self->handles + count, zxt_handles());
			close_all(got, count);
		}
	}
}

TEST_F(channel, too_many_bytes)
{
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_write(self->a, 0, out, MAX_BYTES + 1, NULL, 0));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_write(self->a, 0, out, 1u << 31, NULL, 0));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_write(self->a, 0, out, ~0u, NULL, 0));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(self->b, 0, in, NULL, MAX_BYTES, 0, NULL,
						      NULL));
}

TEST_F(channel, too_many_handles_are_consumed)
{
	zx_handle_t handles[MAX_HANDLES + 1];

	for (uint32_t i = 0; i < ARRAY_SIZE(handles); i++)
		handles[i] = new_event();
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE,
		  zx_channel_write(self->a, 0, NULL, 0, handles, ARRAY_SIZE(handles)));
	EXPECT_EQ(self->handles, zxt_handles());
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

/* A count for which no array can be allocated. The arrays are short, then nothing is mapped. */
TEST_F(channel, absurdly_many_handles)
{
	zx_handle_t *handles = zxt_at_edge(2 * sizeof(*handles));
	zx_handle_disposition_t *how = zxt_at_edge(sizeof(*how));

	handles[0] = ZX_HANDLE_INVALID;
	handles[1] = ZX_HANDLE_INVALID;
	memset(how, 0, sizeof(*how));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_write(self->a, 0, NULL, 0, handles, ~0u));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_write_etc(self->a, 0, NULL, 0, how, ~0u));
	EXPECT_EQ(self->handles, zxt_handles());
}

/* Fewer messages than a queue takes. */
#define IN_ORDER 60

TEST_F_TIMEOUT(channel, messages_keep_their_order, 300)
{
	for (uint32_t first = 0; first < 600; first += IN_ORDER) {
		for (uint32_t i = first; i < first + IN_ORDER; i++) {
			uint32_t size = 4 + sizes[i % (ARRAY_SIZE(sizes) - 3)];

			fill(out, size, i);
			memcpy(out, &i, sizeof(i));
			ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, out, size, NULL, 0));
		}
		for (uint32_t i = first; i < first + IN_ORDER; i++) {
			uint32_t size = 4 + sizes[i % (ARRAY_SIZE(sizes) - 3)], bytes;

			fill(out, size, i);
			memcpy(out, &i, sizeof(i));
			ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, NULL, sizeof(in), 0,
							 &bytes, NULL));
			ASSERT_EQ(size, bytes);
			ASSERT_EQ(0, memcmp(out, in, size))
				TH_LOG("message %u", i);
		}
	}
}

TEST_F(channel, directions_are_independent)
{
	ASSERT_EQ(ZX_OK, put(self->a, 1));
	ASSERT_EQ(ZX_OK, put(self->b, 2));
	EXPECT_EQ(2, get(self->a));
	EXPECT_EQ(1, get(self->b));
}

/* No process has the handle between write and read; then it has another number. */
TEST_F(channel, sent_handle_leaves_the_sender)
{
	zx_handle_t token = self->token, got = ZX_HANDLE_INVALID;
	zx_koid_t koid = zxt_koid(token);

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, NULL, 0, &token, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(token, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(self->handles - 1, zxt_handles());
	EXPECT_FALSE(is_gone(self->watch));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, NULL, &got, 0, 1, NULL, NULL));
	EXPECT_EQ(koid, zxt_koid(got));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(token, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_OK, zx_object_signal(got, 0, ZX_USER_SIGNAL_0));
}

TEST_F(channel, between_processes)
{
	zx_handle_t token = self->token;
	int fd, status;
	pid_t child;

	ASSERT_EQ(ZX_OK, zxl_handle_export(self->b, 0, &fd));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		zx_handle_t end, got;
		zx_signals_t observed;
		uint32_t word, bytes, handles;

		if (zxl_handle_import(fd, 0, &end) != ZX_OK ||
		    zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZXT_SOON, &observed) != ZX_OK ||
		    zx_channel_read(end, 0, &word, &got, sizeof(word), 1, &bytes, &handles) !=
			    ZX_OK || bytes != 4 || handles != 1 || word != 99 ||
		    put(end, word + 1) != ZX_OK ||
		    zx_object_signal_peer(got, 0, ZX_USER_SIGNAL_3) != ZX_OK ||
		    zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZXT_SOON, &observed) != ZX_OK)
			_exit(1);
		_exit(get(end) == 101 ? 0 : 2);
	}
	close(fd);
	EXPECT_EQ(ZX_OK, zx_channel_write(self->a, 0, &(uint32_t){ 99 }, 4, &token, 1));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->a, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	EXPECT_EQ(100, get(self->a));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->watch, ZX_USER_SIGNAL_3, ZXT_SOON, NULL));
	EXPECT_FALSE(is_gone(self->watch));
	/* A process that ends closes its handles. */
	EXPECT_EQ(ZX_OK, put(self->a, 101));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->watch, ZX_EVENTPAIR_PEER_CLOSED, ZXT_SOON,
					    NULL));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->a, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL));
}

/* Reading */

TEST_F(channel, read_nothing)
{
	uint32_t bytes = 7, handles = 8;

	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(self->b, 0, NULL, NULL, 0, 0, &bytes,
						      &handles));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(self->b, ZX_CHANNEL_READ_MAY_DISCARD, NULL,
						      NULL, 0, 0, &bytes, &handles));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read_etc(self->b, 0, NULL, NULL, 0, 0, NULL,
							  NULL));
	EXPECT_EQ(7, bytes);
	EXPECT_EQ(8, handles);
}

TEST_F(channel, read_without_asking_for_sizes)
{
	zx_handle_t got;
	uint32_t word;

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, "abc", 4, &self->token, 1));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, &word, &got, 4, 1, NULL, NULL));
	EXPECT_EQ(0, memcmp(&word, "abc", 4));
	EXPECT_TRUE(zxt_is_open(got));
}

TEST_F(channel, empty_message_needs_no_buffers)
{
	uint32_t bytes = 1, handles = 1;

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, NULL, 0, NULL, 0));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE | ZX_CHANNEL_READABLE, zxt_signals(self->b));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, NULL, NULL, 0, 0, &bytes, &handles));
	EXPECT_EQ(0, bytes);
	EXPECT_EQ(0, handles);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

TEST_F(channel, space_behind_a_message_is_not_written)
{
	zx_handle_t got[3] = { 1, 2, 3 };
	uint8_t bytes[8] = "--------";

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, "xyz", 3, &self->token, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, bytes, got, 8, 3, NULL, NULL));
	EXPECT_EQ(0, memcmp(bytes, "xyz-----", 8));
	EXPECT_EQ(2, got[1]);
	EXPECT_EQ(3, got[2]);
}

/* Documented: the handles are written last, over the bytes if both buffers are the same. */
TEST_F(channel, handles_are_written_over_bytes)
{
	uint32_t words[2];

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, "abcdefg", 8, &self->token, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, words, words, 8, 1, NULL, NULL));
	EXPECT_TRUE(zxt_is_open(words[0]));
	EXPECT_EQ(0, memcmp(&words[1], "efg", 4));
}

TEST_F(channel, read_etc_tells_type_and_rights)
{
	zx_handle_t sent[3] = { self->token, new_event() }, a;
	zx_handle_info_t info[4];
	zx_koid_t koids[3];

	sent[1] = without(sent[1], ZX_RIGHT_WAIT);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &sent[2]));
	for (int i = 0; i < 3; i++)
		koids[i] = zxt_koid(sent[i]);
	memset(info, 0xff, sizeof(info));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, NULL, 0, sent, 3));
	ASSERT_EQ(ZX_OK, zx_channel_read_etc(self->b, 0, NULL, info, 0, 4, NULL, NULL));
	EXPECT_EQ(ZX_OBJ_TYPE_EVENTPAIR, info[0].type);
	EXPECT_EQ(ZX_DEFAULT_EVENTPAIR_RIGHTS, info[0].rights);
	EXPECT_EQ(ZX_OBJ_TYPE_EVENT, info[1].type);
	EXPECT_EQ(ZX_DEFAULT_EVENT_RIGHTS & ~ZX_RIGHT_WAIT, info[1].rights);
	EXPECT_EQ(ZX_OBJ_TYPE_CHANNEL, info[2].type);
	EXPECT_EQ(ZX_DEFAULT_CHANNEL_RIGHTS, info[2].rights);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(koids[i], zxt_koid(info[i].handle));
		EXPECT_EQ(info[i].rights, zxt_basic(info[i].handle).rights);
		EXPECT_EQ(0, info[i].unused);
	}
	EXPECT_EQ(~0u, info[3].handle);
}

TEST_F(channel, read_etc_of_all_handles)
{
	zx_handle_t sent[MAX_HANDLES];
	zx_handle_info_t info[MAX_HANDLES];
	uint32_t handles;

	for (uint32_t i = 0; i < MAX_HANDLES; i++)
		sent[i] = new_event();
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, out, MAX_BYTES, sent, MAX_HANDLES));
	ASSERT_EQ(ZX_OK, zx_channel_read_etc(self->b, 0, in, info, MAX_BYTES, MAX_HANDLES, NULL,
					     &handles));
	EXPECT_EQ(MAX_HANDLES, handles);
	for (uint32_t i = 0; i < MAX_HANDLES; i++) {
		EXPECT_EQ(ZX_OBJ_TYPE_EVENT, info[i].type);
		EXPECT_EQ(ZX_OK, zx_handle_close(info[i].handle));
	}
	EXPECT_EQ(self->handles, zxt_handles());
}

TEST_F(channel, read_wrong_handle)
{
	uint32_t options[] = { 0, ZX_CHANNEL_READ_MAY_DISCARD };

	ASSERT_EQ(ZX_OK, put(self->a, 5));
	self->b = without(self->b, ZX_RIGHT_READ);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_read(ZX_HANDLE_INVALID, options[i], in,
							     NULL, 4, 0, NULL, NULL));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_read(self->b ^ 0x40, options[i], in, NULL,
							     4, 0, NULL, NULL));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_read_etc(0x12345678, options[i], in, NULL,
								 4, 0, NULL, NULL));
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_channel_read(self->watch, options[i], in, NULL, 4,
							     0, NULL, NULL));
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_channel_read_etc(self->watch, options[i], in,
								 NULL, 4, 0, NULL, NULL));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_channel_read(self->b, options[i], in, NULL, 4,
								0, NULL, NULL));
		/* ACCESS_DENIED comes first: BUFFER_TOO_SMALL would discard the message. */
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_channel_read_etc(self->b, options[i], NULL,
								    NULL, 0, 0, NULL, NULL));
	}
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

TEST_F(channel, read_closed_handle)
{
	ASSERT_EQ(ZX_OK, zx_handle_close(self->b));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_read(self->b, 0, in, NULL, 4, 0, NULL, NULL));
}

/* READ is sufficient. */
TEST_F(channel, read_needs_nothing_else)
{
	self->b = without(self->b, ~ZX_RIGHT_READ);
	ASSERT_EQ(ZX_OK, put(self->a, 5));
	EXPECT_EQ(5, get(self->b));
}

TEST_F(channel, read_unknown_option)
{
	ASSERT_EQ(ZX_OK, put(self->a, 5));
	for (int i = 1; i < 32; i++) {
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_read(self->b, 1u << i, in, NULL, 4, 0,
								NULL, NULL));
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_read_etc(self->b, 1 | 1u << i, in, NULL,
								    0, 0, NULL, NULL));
	}
	EXPECT_EQ(5, get(self->b));
}

TEST_F(channel, too_small_leaves_the_message)
{
	zx_handle_t sent[2] = { self->token, new_event() }, got[2] = { 1, 2 };
	uint32_t bytes, handles;
	uint32_t sizes[][2] = { { 9, 2 }, { 10, 1 }, { 0, 0 }, { 10, 0 }, { 0, 2 } };
	zx_handle_info_t info[2];

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, "123456789", 10, sent, 2));
	ASSERT_EQ(ZX_OK, put(self->a, 77));
	memset(in, 0xa5, 16);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		bytes = 0;
		handles = 0;
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->b, 0, in, got, sizes[i][0],
								   sizes[i][1], &bytes, &handles));
		EXPECT_EQ(10, bytes);
		EXPECT_EQ(2, handles);
		bytes = 0;
		handles = 0;
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
			  zx_channel_read_etc(self->b, 0, in, info, sizes[i][0], sizes[i][1],
					      &bytes, &handles));
		EXPECT_EQ(10, bytes);
		EXPECT_EQ(2, handles);
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->b, 0, in, got, sizes[i][0],
								   sizes[i][1], NULL, NULL));
	}
	/* No part of the message was copied. */
	EXPECT_EQ(0xa5, in[0]);
	EXPECT_EQ(1, got[0]);
	EXPECT_EQ(self->handles - 1, zxt_handles());
	EXPECT_FALSE(is_gone(self->watch));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, got, 10, 2, &bytes, &handles));
	EXPECT_EQ(0, memcmp(in, "123456789", 10));
	EXPECT_EQ(77, get(self->b));
}

TEST_F(channel, too_small_may_discard)
{
	uint32_t bytes = 0, handles = 0;

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, "123456789", 10, &self->token, 1));
	ASSERT_EQ(ZX_OK, put(self->a, 77));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->b, ZX_CHANNEL_READ_MAY_DISCARD,
							   in, NULL, 10, 0, &bytes, &handles));
	EXPECT_EQ(10, bytes);
	EXPECT_EQ(1, handles);
	EXPECT_TRUE(is_gone(self->watch));
	EXPECT_EQ(77, get(self->b));

	ASSERT_EQ(ZX_OK, put(self->a, 78));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_channel_read_etc(self->b, ZX_CHANNEL_READ_MAY_DISCARD, in, NULL, 3, 0, NULL,
				      NULL));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(self->b, 0, in, NULL, 4, 0, NULL, NULL));
}

TEST_F(channel, may_discard_reads_what_fits)
{
	zx_handle_t got;
	uint32_t word;

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, "abc", 4, &self->token, 1));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, ZX_CHANNEL_READ_MAY_DISCARD, &word, &got, 4, 1,
					 NULL, NULL));
	EXPECT_EQ(0, memcmp(&word, "abc", 4));
	EXPECT_TRUE(zxt_is_open(got));
}

/* What a read writes to, one address at a time. */
enum { BYTES, HANDLES, ACTUAL_BYTES, ACTUAL_HANDLES, PLACES };

static zx_status_t read_into(zx_handle_t channel, bool etc, uint32_t size, int place, void *where)
{
	static zx_handle_info_t infos[2];
	static uint32_t bytes, handles;
	void *to[PLACES] = { in, infos, &bytes, &handles };

	to[place] = where;
	if (etc)
		return zx_channel_read_etc(channel, 0, to[BYTES], to[HANDLES], size, 2,
					   to[ACTUAL_BYTES], to[ACTUAL_HANDLES]);
	return zx_channel_read(channel, 0, to[BYTES], to[HANDLES], size, 2, to[ACTUAL_BYTES],
			       to[ACTUAL_HANDLES]);
}

FIXTURE(fault) {
	zx_handle_t a, b, token, watch;
};

FIXTURE_VARIANT(fault) {
	uint32_t size;
};

/* In the endpoint's own buffer, in one piece, and in several. */
FIXTURE_VARIANT_ADD(fault, small) { .size = 8 };
FIXTURE_VARIANT_ADD(fault, medium) { .size = 1000 };
FIXTURE_VARIANT_ADD(fault, large) { .size = MAX_BYTES };

FIXTURE_SETUP(fault)
{
	zx_handle_t sent[2];

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->a, &self->b));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->token, &self->watch));
	sent[0] = self->token;
	sent[1] = new_event();
	fill(out, variant->size, 3);
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, out, variant->size, sent, 2));
	ASSERT_EQ(ZX_OK, put(self->a, 77));
}

/* After a failed read the message is unchanged and still first in the queue. */
FIXTURE_TEARDOWN(fault)
{
	uint32_t bytes, handles;
	zx_handle_t got[2];

	EXPECT_EQ(3, zxt_handles());
	EXPECT_FALSE(is_gone(self->watch));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
	memset(in, 0, sizeof(in));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, got, sizeof(in), 2, &bytes, &handles));
	EXPECT_EQ(variant->size, bytes);
	EXPECT_EQ(2, handles);
	EXPECT_EQ(0, memcmp(out, in, variant->size));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(got[0], 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_OK, zx_object_signal(got[1], 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(77, get(self->b));
	EXPECT_EQ(5, zxt_handles());
}

TEST_F(fault, on_a_bad_pointer)
{
	void *read_only = zxt_read_only();

	for (int place = 0; place < PLACES; place++) {
		for (int etc = 0; etc < 2; etc++) {
			for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
				EXPECT_EQ(ZX_ERR_INVALID_ARGS,
					  read_into(self->b, etc, variant->size, place,
						    zxt_nowhere[i]));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  read_into(self->b, etc, variant->size, place, read_only));
		}
	}
	for (int etc = 0; etc < 2; etc++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  read_into(self->b, etc, variant->size, BYTES, NULL));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  read_into(self->b, etc, variant->size, HANDLES, NULL));
	}
}

/* The last bytes of the buffer cannot be written to. */
TEST_F(fault, at_the_end_of_the_buffer)
{
	for (uint32_t missing = 1; missing <= 2 && missing < variant->size; missing++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  read_into(self->b, false, variant->size, BYTES,
				    zxt_at_edge(variant->size - missing)));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  read_into(self->b, false, variant->size, HANDLES,
			    zxt_at_edge(2 * sizeof(zx_handle_t) - 1)));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  read_into(self->b, true, variant->size, HANDLES,
			    zxt_at_edge(2 * sizeof(zx_handle_info_t) - 1)));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  read_into(self->b, true, variant->size, ACTUAL_BYTES, zxt_at_edge(3)));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  read_into(self->b, true, variant->size, ACTUAL_HANDLES, zxt_at_edge(3)));
}

TEST_F(fault, while_telling_that_it_is_too_small)
{
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_into(self->b, false, variant->size - 1, ACTUAL_BYTES,
						 zxt_nowhere[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_into(self->b, true, variant->size - 1, ACTUAL_HANDLES,
						 zxt_nowhere[1]));
}

/* The message is put back although its writer is gone. */
TEST_F(fault, after_the_peer_closed)
{
	zx_handle_t end, peer;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end, &peer));
	ASSERT_EQ(ZX_OK, put(end, 11));
	ASSERT_EQ(ZX_OK, zx_handle_close(end));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_read(peer, 0, NULL, NULL, 4, 0, NULL, NULL));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, zxt_signals(peer));
	EXPECT_EQ(11, get(peer));
	EXPECT_EQ(ZX_OK, zx_handle_close(peer));
}

/* A page that must be faulted in first is no bad pointer. */
TEST_F(channel, pages_not_yet_touched)
{
	uint8_t *fresh = mmap(NULL, MAX_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);

	ASSERT_NE(MAP_FAILED, fresh);
	fill(out, MAX_BYTES, 1);
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, out, MAX_BYTES, NULL, 0));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, fresh, NULL, MAX_BYTES, 0, NULL, NULL));
	EXPECT_EQ(0, memcmp(out, fresh, MAX_BYTES));
	ASSERT_EQ(0, madvise(fresh, MAX_BYTES, MADV_DONTNEED));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, fresh, MAX_BYTES, NULL, 0));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, NULL, MAX_BYTES, 0, NULL, NULL));
	EXPECT_EQ(0, in[0] | in[MAX_BYTES / 2] | in[MAX_BYTES - 1]);
}

/* Failed writes consume handles */

/* A write of one event fails with @status and consumes the event. */
#define EXPECT_CONSUMED(status, channel, options, bytes, num_bytes)                               \
	do {                                                                                      \
		zx_handle_t event_ = new_event();                                                 \
		uint32_t before_ = zxt_handles();                                                 \
		zx_handle_disposition_t how_[2] = {                                               \
			{ ZX_HANDLE_OP_MOVE, ZX_HANDLE_INVALID, 0, ZX_RIGHT_SAME_RIGHTS, 0 },     \
			{ ZX_HANDLE_OP_DUPLICATE, self->token, 0, ZX_RIGHT_SAME_RIGHTS, 0 },      \
		};                                                                                \
		EXPECT_EQ(status, zx_channel_write(channel, options, bytes, num_bytes, &event_,   \
						   1));                                           \
		EXPECT_FALSE(zxt_is_open(event_));                                                \
		EXPECT_EQ(before_ - 1, zxt_handles());                                            \
		how_[0].handle = new_event();                                                     \
		EXPECT_EQ(status, zx_channel_write_etc(channel, options, bytes, num_bytes, how_,  \
						       2));                                       \
		EXPECT_FALSE(zxt_is_open(how_[0].handle));                                        \
		EXPECT_TRUE(zxt_is_open(self->token));                                            \
		EXPECT_EQ(before_ - 1, zxt_handles());                                            \
		EXPECT_EQ(1, zxt_handles_to(self->token));                                        \
	} while (0)

TEST_F(channel, write_wrong_handle)
{
	zx_handle_t deaf, c, d, closed;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	deaf = without(c, ZX_RIGHT_WRITE);
	closed = new_event();
	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	EXPECT_CONSUMED(ZX_ERR_BAD_HANDLE, ZX_HANDLE_INVALID, 0, "abc", 4);
	EXPECT_CONSUMED(ZX_ERR_BAD_HANDLE, 0x12345678, 0, "abc", 4);
	EXPECT_CONSUMED(ZX_ERR_BAD_HANDLE, closed, 0, "abc", 4);
	EXPECT_CONSUMED(ZX_ERR_WRONG_TYPE, self->watch, 0, "abc", 4);
	EXPECT_CONSUMED(ZX_ERR_ACCESS_DENIED, deaf, 0, "abc", 4);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(d));
}

/* WRITE is sufficient. */
TEST_F(channel, write_needs_nothing_else)
{
	self->a = without(self->a, ~ZX_RIGHT_WRITE);
	EXPECT_EQ(ZX_OK, put(self->a, 5));
	EXPECT_EQ(5, get(self->b));
}

TEST_F_TIMEOUT(channel, write_unknown_option, 300)
{
	for (int i = 0; i < 32; i++)
		if (1u << i != ZX_CHANNEL_WRITE_USE_IOVEC)
			EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, 1u << i, "abc", 4);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

TEST_F_TIMEOUT(channel, write_bad_bytes, 300)
{
	EXPECT_CONSUMED(ZX_ERR_OUT_OF_RANGE, self->a, 0, out, MAX_BYTES + 1);
	EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, 0, NULL, 1);
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, 0, zxt_nowhere[i], 1);
		EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, 0, zxt_nowhere[i], MAX_BYTES);
	}
	EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, 0, zxt_at_edge(63), 64);
	EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, 0, zxt_at_edge(999), 1000);
	EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, 0, zxt_at_edge(MAX_BYTES - 1), MAX_BYTES);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

TEST_F(channel, write_to_closed_peer)
{
	ASSERT_EQ(ZX_OK, zx_handle_close(self->b));
	EXPECT_CONSUMED(ZX_ERR_PEER_CLOSED, self->a, 0, "abc", 4);
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, put(self->a, 1));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_write(self->a, 0, NULL, 0, NULL, 0));
}

TEST_F(channel, write_bad_handle_pointer)
{
	zx_handle_t *some = zxt_at_edge(2 * sizeof(*some) - 1);

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write(self->a, 0, "abc", 4, NULL, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write_etc(self->a, 0, "abc", 4, NULL, 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write(self->a, 0, "abc", 4, some, 2));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write(self->a, 0, "abc", 4,
								zxt_nowhere[i], 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write(self->a, 0, "abc", 4,
								zxt_nowhere[i], 64));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write_etc(self->a, 0, "abc", 4,
								    zxt_nowhere[i], 1));
		/* Also where the call would only discard the handles. */
		EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_write(self->a, 0, "abc", 4,
								zxt_nowhere[i], 65));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_write_etc(0, 0, "abc", 4, zxt_nowhere[i],
								  1));
	}
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
	EXPECT_EQ(self->handles, zxt_handles());
}

/* Too many for a message: they are read in two pieces, only to be closed. */
#define PIECE	MAX_HANDLES
#define TOO_MANY (PIECE + 8)

FIXTURE(partly) {
	zx_handle_t a, b;
	zx_handle_t token;
	zx_handle_t sent[TOO_MANY];
	uint32_t handles;
};

FIXTURE_VARIANT(partly) {
	bool etc;
};

FIXTURE_VARIANT_ADD(partly, plain) { .etc = false };
FIXTURE_VARIANT_ADD(partly, etc) { .etc = true };

FIXTURE_SETUP(partly)
{
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->a, &self->b));
	self->token = new_event();
	for (uint32_t i = 0; i < TOO_MANY; i++)
		self->sent[i] = new_event();
	self->handles = zxt_handles();
}

FIXTURE_TEARDOWN(partly)
{
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

/* Writes @count handles from an array whose last byte cannot be read. */
static zx_status_t write_partly(zx_handle_t channel, const zx_handle_t *sent, uint32_t count,
				bool etc)
{
	zx_handle_disposition_t how[TOO_MANY] = {};
	size_t size = count * (etc ? sizeof(*how) : sizeof(*sent)) - 1;
	void *edge = zxt_at_edge(size);

	for (uint32_t i = 0; i < count; i++) {
		how[i].operation = ZX_HANDLE_OP_MOVE;
		how[i].handle = sent[i];
		how[i].rights = ZX_RIGHT_SAME_RIGHTS;
	}
	memcpy(edge, etc ? (const void *)how : sent, size);
	return etc ? zx_channel_write_etc(channel, 0, "abc", 4, edge, count) :
		     zx_channel_write(channel, 0, "abc", 4, edge, count);
}

/*
 * As in Zircon: a write that cannot read its whole array of handles consumes none of them. It
 * returns the same errors as another write.
 */
TEST_F(partly, readable_handles_stay)
{
	static const uint32_t counts[] = { 1, 2, 8, 9, PIECE };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  write_partly(self->a, self->sent, counts[i], variant->etc));
		EXPECT_EQ(self->handles, zxt_handles());
		EXPECT_EQ(ZX_ERR_BAD_HANDLE,
			  write_partly(ZX_HANDLE_INVALID, self->sent, counts[i], variant->etc));
		EXPECT_EQ(self->handles, zxt_handles());
		EXPECT_EQ(ZX_ERR_WRONG_TYPE,
			  write_partly(self->token, self->sent, counts[i], variant->etc));
		EXPECT_EQ(self->handles, zxt_handles());
	}
}

/* Where there are too many handles, those in pieces that can be read as a whole are consumed. */
TEST_F(partly, whole_pieces_go)
{
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE,
		  write_partly(self->a, self->sent, TOO_MANY, variant->etc));
	EXPECT_EQ(self->handles - PIECE, zxt_handles());
	for (uint32_t i = 0; i < TOO_MANY; i++)
		EXPECT_EQ(i >= PIECE, zxt_is_open(self->sent[i]));
}

/* One handle that cannot be sent: the write fails and consumes all of them. */
static void expect_all_gone(struct __test_metadata *_metadata, zx_handle_t channel,
			    zx_status_t status, zx_handle_t bad)
{
	zx_handle_t sent[3];
	uint32_t before = zxt_handles() - zxt_is_open(bad);

	sent[0] = new_event();
	sent[1] = bad;
	sent[2] = new_event();
	EXPECT_EQ(status, zx_channel_write(channel, 0, "abc", 4, sent, 3));
	EXPECT_EQ(before, zxt_handles());
	for (int i = 0; i < 3; i++)
		EXPECT_FALSE(zxt_is_open(sent[i]));
}

TEST_F(channel, write_handle_that_cannot_go)
{
	zx_handle_t closed = new_event(), fixed = new_event(), twice[3];

	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	fixed = without(fixed, ZX_RIGHT_TRANSFER);
	expect_all_gone(_metadata, self->a, ZX_ERR_BAD_HANDLE, ZX_HANDLE_INVALID);
	expect_all_gone(_metadata, self->a, ZX_ERR_BAD_HANDLE, 0x12345678);
	expect_all_gone(_metadata, self->a, ZX_ERR_BAD_HANDLE, closed);
	expect_all_gone(_metadata, self->a, ZX_ERR_ACCESS_DENIED, fixed);
	twice[0] = new_event();
	twice[1] = new_event();
	twice[2] = twice[0];
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_write(self->a, 0, NULL, 0, twice, 3));
	EXPECT_EQ(self->handles, zxt_handles());
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

/* An endpoint in its own peer's queue would be out of reach. The handle is still consumed. */
TEST_F(channel, write_end_into_itself)
{
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_write(self->a, 0, "abc", 4, &self->a, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, put(self->a, 1));
	EXPECT_EQ(self->handles - 1, zxt_handles());
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->b));
}

TEST_F(channel, write_etc_end_into_itself)
{
	zx_handle_disposition_t how = {
		.operation = ZX_HANDLE_OP_MOVE,
		.handle = self->a,
		.rights = ZX_RIGHT_SAME_RIGHTS,
	};

	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_write_etc(self->a, 0, "abc", 4, &how, 1));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, how.result);
	EXPECT_FALSE(zxt_is_open(self->a));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->b));
}

/* The first reason why a handle cannot be sent counts, in Zircon's order. */
TEST_F(channel, write_tells_the_first_reason)
{
	zx_handle_t end = without(self->a, ZX_RIGHT_TRANSFER);

	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_channel_write(end, 0, "abc", 4, &end, 1));
	EXPECT_FALSE(zxt_is_open(end));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->b));
}

TEST_F(channel, write_etc_tells_the_first_reason)
{
	zx_rights_t more = ZX_DEFAULT_EVENT_RIGHTS | ZX_RIGHT_WRITE;
	zx_handle_t single = without(new_event(), ZX_RIGHT_DUPLICATE);
	zx_handle_t fixed = without(new_event(), ZX_RIGHT_TRANSFER);
	zx_handle_t end = without(self->a, ZX_RIGHT_TRANSFER);
	const struct {
		zx_handle_t channel;
		zx_handle_disposition_t how;
		zx_status_t status;
	} cases[] = {
		/* No TRANSFER; the channel itself; its type; its rights; no DUPLICATE. */
		{ end, { 1, end, ZX_OBJ_TYPE_EVENT, more, 0 }, ZX_ERR_ACCESS_DENIED },
		{ self->b, { 1, fixed, ZX_OBJ_TYPE_PORT, more, 0 }, ZX_ERR_ACCESS_DENIED },
		{ self->b, { 1, self->b, ZX_OBJ_TYPE_EVENT, ZX_RIGHT_DUPLICATE, 0 },
		  ZX_ERR_NOT_SUPPORTED },
		{ self->b, { 1, single, ZX_OBJ_TYPE_PORT, more, 0 }, ZX_ERR_WRONG_TYPE },
		{ self->b, { 1, single, ZX_OBJ_TYPE_EVENT, more, 0 }, ZX_ERR_INVALID_ARGS },
		{ self->b, { 1, single, ZX_OBJ_TYPE_EVENT, ZX_RIGHT_WAIT, 0 },
		  ZX_ERR_ACCESS_DENIED },
		/* The handle is checked before the operation. */
		{ self->b, { 2, ZX_HANDLE_INVALID, 0, ZX_RIGHT_SAME_RIGHTS, 0 },
		  ZX_ERR_BAD_HANDLE },
		{ end, { 0, end, ZX_OBJ_TYPE_EVENT, more, 0 }, ZX_ERR_ACCESS_DENIED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		zx_handle_disposition_t how = cases[i].how;

		EXPECT_EQ(cases[i].status,
			  zx_channel_write_etc(cases[i].channel, 0, "abc", 4, &how, 1))
			TH_LOG("case %zu", i);
		EXPECT_EQ(cases[i].status, how.result)
			TH_LOG("case %zu", i);
	}
	EXPECT_FALSE(zxt_is_open(end));
}

TEST_F(channel, write_peer_into_itself)
{
	zx_handle_t sent[2] = { self->b, self->token };

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, "abc", 4, sent, 2));
	/* No process can read the message any more, so all that was sent is closed. */
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->a));
	EXPECT_TRUE(is_gone(self->watch));
}

/* write_etc: the dispositions */

static zx_handle_disposition_t disposition(zx_handle_op_t operation, zx_handle_t handle,
					   zx_obj_type_t type, zx_rights_t rights)
{
	return (zx_handle_disposition_t){
		.operation = operation,
		.handle = handle,
		.type = type,
		.rights = rights,
	};
}

TEST_F(channel, write_etc_rights)
{
	zx_rights_t all = ZX_DEFAULT_EVENT_RIGHTS, some = ZX_RIGHT_WAIT | ZX_RIGHT_TRANSFER;
	zx_rights_t wanted[] = {
		ZX_RIGHT_SAME_RIGHTS, all, some, ZX_RIGHT_NONE, all & ~ZX_RIGHT_TRANSFER,
	};
	zx_rights_t expected[] = { all, all, some, ZX_RIGHT_NONE, all & ~ZX_RIGHT_TRANSFER };
	zx_handle_disposition_t how[2 * ARRAY_SIZE(wanted)];
	zx_handle_info_t got[2 * ARRAY_SIZE(wanted)];
	zx_koid_t koids[2 * ARRAY_SIZE(wanted)];
	uint32_t handles;

	for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
		how[i] = disposition(i & 1 ? ZX_HANDLE_OP_DUPLICATE : ZX_HANDLE_OP_MOVE,
				     new_event(), i & 2 ? ZX_OBJ_TYPE_EVENT : ZX_OBJ_TYPE_NONE,
				     wanted[i / 2]);
		koids[i] = zxt_koid(how[i].handle);
	}
	ASSERT_EQ(ZX_OK, zx_channel_write_etc(self->a, 0, "abc", 4, how, ARRAY_SIZE(how)));
	for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
		EXPECT_EQ(ZX_OK, how[i].result);
		EXPECT_EQ(i & 1, zxt_is_open(how[i].handle));
	}
	EXPECT_EQ(self->handles + ARRAY_SIZE(wanted), zxt_handles());
	ASSERT_EQ(ZX_OK, zx_channel_read_etc(self->b, 0, in, got, 4, ARRAY_SIZE(got), NULL,
					     &handles));
	ASSERT_EQ(ARRAY_SIZE(how), handles);
	for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
		EXPECT_EQ(expected[i / 2], got[i].rights);
		EXPECT_EQ(ZX_OBJ_TYPE_EVENT, got[i].type);
		/* The handle has the rights and the object that the read has reported. */
		if (expected[i / 2] & ZX_RIGHT_INSPECT) {
			EXPECT_EQ(expected[i / 2], zxt_basic(got[i].handle).rights);
			EXPECT_EQ(koids[i], zxt_koid(got[i].handle));
		}
	}
	EXPECT_EQ(2, zxt_handles_to(how[1].handle));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_channel_write(self->a, 0, NULL, 0, &got[8].handle, 1));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_wait_one(got[6].handle, ZX_EVENT_SIGNALED, 0,
							   NULL));
}

TEST_F(channel, write_etc_one_failure)
{
	zx_handle_t fixed = without(new_event(), ZX_RIGHT_TRANSFER);
	zx_handle_t single = without(new_event(), ZX_RIGHT_DUPLICATE);
	zx_handle_t closed = new_event(), event = new_event();
	const struct {
		zx_handle_disposition_t how;
		zx_status_t status;
	} cases[] = {
		{ disposition(1, ZX_HANDLE_INVALID, 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_BAD_HANDLE },
		{ disposition(1, 0x12345678, 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_BAD_HANDLE },
		{ disposition(1, closed, 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_BAD_HANDLE },
		{ disposition(1, fixed, 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_ACCESS_DENIED },
		{ disposition(1, single, 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_ACCESS_DENIED },
		{ disposition(1, event, ZX_OBJ_TYPE_CHANNEL, ZX_RIGHT_SAME_RIGHTS),
		  ZX_ERR_WRONG_TYPE },
		{ disposition(1, event, 0x7fffffff, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_WRONG_TYPE },
		{ disposition(1, event, 0, ZX_DEFAULT_EVENT_RIGHTS | ZX_RIGHT_WRITE),
		  ZX_ERR_INVALID_ARGS },
		{ disposition(1, event, 0, 0x40000000), ZX_ERR_INVALID_ARGS },
		{ disposition(2, new_event(), 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_INVALID_ARGS },
		{ disposition(~0u, new_event(), 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_INVALID_ARGS },
		{ disposition(0, ZX_HANDLE_INVALID, 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_BAD_HANDLE },
		{ disposition(0, closed, 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_BAD_HANDLE },
		{ disposition(0, fixed, 0, ZX_RIGHT_SAME_RIGHTS), ZX_ERR_ACCESS_DENIED },
		{ disposition(0, new_event(), ZX_OBJ_TYPE_PORT, ZX_RIGHT_SAME_RIGHTS),
		  ZX_ERR_WRONG_TYPE },
		{ disposition(0, event, 0, ZX_DEFAULT_EVENT_RIGHTS | ZX_RIGHT_READ),
		  ZX_ERR_INVALID_ARGS },
	};

	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		zx_handle_disposition_t how[3] = {
			disposition(0, new_event(), 0, ZX_RIGHT_SAME_RIGHTS), cases[i].how,
			disposition(1, self->token, 0, ZX_RIGHT_SAME_RIGHTS),
		};
		bool was_open = zxt_is_open(how[1].handle);

		EXPECT_EQ(cases[i].status, zx_channel_write_etc(self->a, 0, "abc", 4, how, 3))
			TH_LOG("case %zu", i);
		EXPECT_EQ(ZX_OK, how[0].result);
		EXPECT_EQ(cases[i].status, how[1].result)
			TH_LOG("case %zu", i);
		EXPECT_EQ(ZX_OK, how[2].result);
		EXPECT_FALSE(zxt_is_open(how[0].handle));
		if (how[1].operation == ZX_HANDLE_OP_MOVE) {
			EXPECT_FALSE(zxt_is_open(how[1].handle))
				TH_LOG("case %zu", i);
		} else if (how[1].operation == ZX_HANDLE_OP_DUPLICATE) {
			EXPECT_EQ(was_open, zxt_is_open(how[1].handle))
				TH_LOG("case %zu", i);
		}
		EXPECT_TRUE(zxt_is_open(self->token));
		EXPECT_EQ(1, zxt_handles_to(self->token));
	}
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

/* All handles are tried, each has its own result, and the call returns the first failure. */
TEST_F(channel, write_etc_many_failures)
{
	zx_handle_disposition_t how[] = {
		disposition(ZX_HANDLE_OP_MOVE, new_event(), 0, ZX_RIGHT_SAME_RIGHTS),
		disposition(ZX_HANDLE_OP_MOVE, new_event(), ZX_OBJ_TYPE_VMO, ZX_RIGHT_SAME_RIGHTS),
		disposition(ZX_HANDLE_OP_DUPLICATE, self->token, 0, ZX_RIGHT_SAME_RIGHTS),
		disposition(ZX_HANDLE_OP_MOVE, ZX_HANDLE_INVALID, 0, ZX_RIGHT_SAME_RIGHTS),
		disposition(ZX_HANDLE_OP_DUPLICATE, self->token, 0, ~ZX_RIGHT_SAME_RIGHTS),
		disposition(ZX_HANDLE_OP_MOVE, new_event(), 0, ZX_RIGHT_NONE),
		disposition(ZX_HANDLE_OP_DUPLICATE, self->b, 0, ZX_RIGHT_SAME_RIGHTS),
	};
	zx_status_t expected[] = {
		ZX_OK, ZX_ERR_WRONG_TYPE, ZX_OK, ZX_ERR_BAD_HANDLE, ZX_ERR_INVALID_ARGS, ZX_OK,
		ZX_ERR_ACCESS_DENIED,
	};

	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_channel_write_etc(self->a, 0, "abc", 4, how,
							  ARRAY_SIZE(how)));
	for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
		EXPECT_EQ(expected[i], how[i].result)
			TH_LOG("handle %zu", i);
	}
	EXPECT_EQ(self->handles, zxt_handles());
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

TEST_F(channel, write_etc_same_handle_twice)
{
	const struct {
		zx_handle_op_t operations[2];
		zx_status_t status;
		uint32_t left, arrived;
	} cases[] = {
		{ { ZX_HANDLE_OP_DUPLICATE, ZX_HANDLE_OP_DUPLICATE }, ZX_OK, 1, 2 },
		{ { ZX_HANDLE_OP_DUPLICATE, ZX_HANDLE_OP_MOVE }, ZX_OK, 0, 2 },
		{ { ZX_HANDLE_OP_MOVE, ZX_HANDLE_OP_MOVE }, ZX_ERR_BAD_HANDLE, 0, 0 },
		{ { ZX_HANDLE_OP_MOVE, ZX_HANDLE_OP_DUPLICATE }, ZX_ERR_BAD_HANDLE, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		zx_handle_t event = new_event(), got[2], probe;
		zx_handle_disposition_t how[2];

		ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_INSPECT, &probe));
		for (int j = 0; j < 2; j++)
			how[j] = disposition(cases[i].operations[j], event, 0,
					     ZX_RIGHT_SAME_RIGHTS);
		EXPECT_EQ(cases[i].status, zx_channel_write_etc(self->a, 0, NULL, 0, how, 2));
		EXPECT_EQ(ZX_OK, how[0].result);
		EXPECT_EQ(cases[i].status, how[1].result);
		EXPECT_EQ(cases[i].left, zxt_is_open(event));
		EXPECT_EQ(1 + cases[i].left + cases[i].arrived, zxt_handles_to(probe));
		if (cases[i].arrived) {
			ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, NULL, got, 0, 2, NULL, NULL));
			EXPECT_NE(got[0], got[1]);
			EXPECT_EQ(zxt_koid(probe), zxt_koid(got[0]));
			EXPECT_EQ(zxt_koid(probe), zxt_koid(got[1]));
			close_all(got, 2);
		}
		if (cases[i].left)
			zx_handle_close(event);
		zx_handle_close(probe);
	}
	EXPECT_EQ(self->handles, zxt_handles());
}

TEST_F(channel, write_etc_counts)
{
	static zx_handle_disposition_t how[MAX_HANDLES + 1];
	uint32_t handles;
	zx_handle_t got[MAX_HANDLES];

	for (size_t i = 0; i < ARRAY_SIZE(how); i++)
		how[i] = disposition(i & 1, i & 1 ? self->token : new_event(), 0,
				     ZX_RIGHT_SAME_RIGHTS);
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_write_etc(self->a, 0, NULL, 0, how,
							    ARRAY_SIZE(how)));
	EXPECT_EQ(self->handles, zxt_handles());
	EXPECT_EQ(1, zxt_handles_to(self->token));
	for (size_t i = 0; i < ARRAY_SIZE(how); i += 2)
		how[i].handle = new_event();
	EXPECT_EQ(ZX_OK, zx_channel_write_etc(self->a, 0, NULL, 0, how, MAX_HANDLES));
	EXPECT_EQ(1 + MAX_HANDLES / 2, zxt_handles_to(self->token));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, NULL, got, 0, MAX_HANDLES, NULL, &handles));
	EXPECT_EQ(MAX_HANDLES, handles);
	close_all(got, MAX_HANDLES);
	EXPECT_EQ(1, zxt_handles_to(self->token));
	EXPECT_EQ(ZX_OK, zx_channel_write_etc(self->a, 0, "abc", 4, NULL, 0));
}

/* Results that cannot be written fail the call. MOVE consumes all the same. */
TEST_F(channel, write_etc_results_nowhere)
{
	zx_handle_disposition_t *how = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, how);
	how[0] = disposition(ZX_HANDLE_OP_MOVE, new_event(), 0, ZX_RIGHT_SAME_RIGHTS);
	how[1] = disposition(ZX_HANDLE_OP_MOVE, new_event(), ZX_OBJ_TYPE_PORT, 0);
	how[2] = disposition(ZX_HANDLE_OP_DUPLICATE, self->token, 0, ZX_RIGHT_SAME_RIGHTS);
	ASSERT_EQ(0, mprotect(how, getpagesize(), PROT_READ));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write_etc(self->a, 0, NULL, 0, how, 3));
	EXPECT_EQ(self->handles, zxt_handles());
	EXPECT_EQ(1, zxt_handles_to(self->token));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

/* Bytes in slices */

static zx_channel_iovec_t iovec[MAX_IOVECS + 1];

static zx_status_t write_iovec(zx_handle_t channel, const void *vector, uint32_t count)
{
	return zx_channel_write(channel, ZX_CHANNEL_WRITE_USE_IOVEC, vector, count, NULL, 0);
}

static void slice(uint32_t i, const void *buffer, uint32_t capacity)
{
	iovec[i] = (zx_channel_iovec_t){ .buffer = buffer, .capacity = capacity };
}

TEST_F(channel, iovec_none)
{
	uint32_t bytes = 1;

	ASSERT_EQ(ZX_OK, write_iovec(self->a, NULL, 0));
	ASSERT_EQ(ZX_OK, write_iovec(self->a, zxt_nowhere[0], 0));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, NULL, 4, 0, &bytes, NULL));
		EXPECT_EQ(0, bytes);
	}
}

TEST_F(channel, iovec_is_gathered_in_order)
{
	zx_handle_t got;
	uint32_t bytes;

	/* Odd sizes at odd addresses. The pointer of an empty slice does not matter. */
	slice(0, "_hello" + 1, 5);
	slice(1, NULL, 0);
	slice(2, ", ", 2);
	slice(3, zxt_nowhere[1], 0);
	slice(4, "__world" + 2, 6);
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 5,
					  &self->token, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, &got, sizeof(in), 1, &bytes, NULL));
	EXPECT_EQ(13, bytes);
	EXPECT_STREQ("hello, world", (char *)in);
	EXPECT_TRUE(zxt_is_open(got));

	slice(0, "abc", 4);
	ASSERT_EQ(ZX_OK, write_iovec(self->a, iovec, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, NULL, 4, 0, NULL, NULL));
	EXPECT_STREQ("abc", (char *)in);

	/* All slices are empty. */
	slice(0, NULL, 0);
	ASSERT_EQ(ZX_OK, write_iovec(self->a, iovec, 2));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, NULL, NULL, 0, 0, NULL, NULL));
}

/* Slices that end anywhere within the pieces in which a message is stored. */
TEST_F_TIMEOUT(channel, iovec_of_every_size, 300)
{
	fill(out, MAX_BYTES, 9);
	for (uint32_t size = 1; size < 20000; size = size * 3 + 1) {
		uint32_t count = 0, at = 0, bytes;

		for (; at + size <= MAX_BYTES && count < MAX_IOVECS; at += size)
			slice(count++, out + at, size);
		ASSERT_EQ(ZX_OK, write_iovec(self->a, iovec, count));
		memset(in, 0, sizeof(in));
		ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, NULL, sizeof(in), 0, &bytes,
						 NULL));
		EXPECT_EQ(at, bytes);
		EXPECT_EQ(0, memcmp(out, in, at))
			TH_LOG("slices of %u", size);
	}
}

TEST_F(channel, iovec_limits)
{
	uint32_t bytes;

	fill(out, MAX_BYTES, 4);
	for (uint32_t i = 0; i <= MAX_IOVECS; i++)
		slice(i, out + 8 * i, i < MAX_IOVECS ? 8 : 0);
	EXPECT_EQ(ZX_OK, write_iovec(self->a, iovec, MAX_IOVECS));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, NULL, MAX_BYTES, 0, &bytes, NULL));
	EXPECT_EQ(MAX_BYTES, bytes);
	EXPECT_EQ(0, memcmp(in, out, MAX_BYTES));
	EXPECT_CONSUMED(ZX_ERR_OUT_OF_RANGE, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec,
			MAX_IOVECS + 1);
	EXPECT_CONSUMED(ZX_ERR_OUT_OF_RANGE, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, ~0u);
	/* One byte too many, and sums that do not fit 32 bits. */
	slice(0, out, MAX_BYTES);
	slice(1, out, 1);
	EXPECT_CONSUMED(ZX_ERR_OUT_OF_RANGE, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 2);
	slice(0, out, 1);
	slice(1, out, MAX_BYTES);
	EXPECT_CONSUMED(ZX_ERR_OUT_OF_RANGE, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 2);
	slice(0, out, ~0u);
	EXPECT_CONSUMED(ZX_ERR_OUT_OF_RANGE, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 1);
	slice(0, out, 2);
	slice(1, out, ~0u);
	EXPECT_CONSUMED(ZX_ERR_OUT_OF_RANGE, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 2);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

/* Either all slices are sent or none. */
TEST_F_TIMEOUT(channel, iovec_bad, 300)
{
	for (int last = 0; last < 3; last += 2) {
		for (int i = 0; i < 3; i++)
			slice(i, "abc", 4);
		iovec[last].reserved = 1;
		EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 3);
		iovec[last].reserved = 0x80000000;
		EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 3);
		slice(last, NULL, 1);
		EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 3);
		for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
			slice(last, zxt_nowhere[i], 4);
			EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, ZX_CHANNEL_WRITE_USE_IOVEC,
					iovec, 3);
			EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, ZX_CHANNEL_WRITE_USE_IOVEC,
					zxt_nowhere[i], 1);
		}
		slice(last, zxt_at_edge(3), 4);
		EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 3);
	}
	EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, ZX_CHANNEL_WRITE_USE_IOVEC, NULL, 1);
	EXPECT_CONSUMED(ZX_ERR_INVALID_ARGS, self->a, ZX_CHANNEL_WRITE_USE_IOVEC,
			zxt_at_edge(sizeof(*iovec) - 1), 1);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

/* Signals, and closing */

TEST_F(channel, readable_while_there_are_messages)
{
	EXPECT_EQ(ZX_OK, put(self->a, 1));
	EXPECT_EQ(ZX_OK, put(self->a, 2));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->a));
	EXPECT_EQ(1, get(self->b));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
	EXPECT_EQ(2, get(self->b));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

/* Messages can be read after their writer has closed, then PEER_CLOSED follows. */
TEST_F(channel, messages_outlive_their_writer)
{
	zx_handle_t got;
	uint32_t bytes, handles;

	EXPECT_EQ(ZX_OK, put(self->a, 1));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->a, 0, "abc", 4, &self->token, 1));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->a));
	EXPECT_FALSE(is_gone(self->watch));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->b));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, put(self->b, 3));
	EXPECT_EQ(1, get(self->b));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->b));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->b, 0, in, NULL, 4, 0, &bytes,
							   &handles));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, &got, 4, 1, NULL, NULL));
	EXPECT_TRUE(zxt_is_open(got));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->b));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_read(self->b, 0, in, &got, 4, 1, NULL, NULL));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_read_etc(self->b, ZX_CHANNEL_READ_MAY_DISCARD, in,
							  NULL, 4, 0, NULL, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->b));
}

TEST_F(channel, unread_messages_go_with_their_reader)
{
	EXPECT_EQ(ZX_OK, put(self->a, 1));
	EXPECT_EQ(ZX_OK, zx_channel_write(self->a, 0, "abc", 4, &self->token, 1));
	EXPECT_EQ(ZX_OK, put(self->b, 2));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->b));
	EXPECT_TRUE(is_gone(self->watch));
	/* The message that it has sent can still be read. */
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->a));
	EXPECT_EQ(2, get(self->a));
}

TEST_F(channel, unread_messages_go_with_a_killed_process)
{
	zx_handle_t token = self->token;
	int fd, status;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, "abc", 4, &token, 1));
	ASSERT_EQ(ZX_OK, zxl_handle_export(self->b, 0, &fd));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		zx_handle_t end;

		if (zxl_handle_import(fd, 0, &end) == ZX_OK) {
			close(fd);
			put(end, 1);
		}
		for (;;)
			pause();
	}
	close(fd);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->a, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	EXPECT_FALSE(is_gone(self->watch));
	ASSERT_EQ(0, kill(child, SIGKILL));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->watch, ZX_EVENTPAIR_PEER_CLOSED, ZXT_SOON,
					    NULL));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->a, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL));
	ASSERT_EQ(child, waitpid(child, &status, 0));
}

/*
 * Each message carries an endpoint with the next message in its queue; the innermost has the token.
 * A worker closes most of it.
 */
TEST_F_TIMEOUT(channel, deep_nest_goes, 300)
{
	zx_handle_t inner = self->token, a, b;

	for (int i = 0; i < 20000; i++) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
		ASSERT_EQ(ZX_OK, zx_channel_write(a, 0, NULL, 0, &inner, 1));
		ASSERT_EQ(ZX_OK, zx_handle_close(a));
		inner = b;
	}
	EXPECT_FALSE(is_gone(self->watch));
	ASSERT_EQ(ZX_OK, zx_handle_close(inner));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(self->watch, ZX_EVENTPAIR_PEER_CLOSED, ZXT_SOON,
					    NULL));
}

/* An endpoint is closed with its last handle. A message's handle counts as well. */
TEST_F(channel, end_in_flight_is_open)
{
	zx_handle_t c, d, got;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->a, 0, NULL, 0, &d, 1));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(c));
	EXPECT_EQ(ZX_OK, put(c, 5));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, NULL, &got, 0, 1, NULL, NULL));
	EXPECT_EQ(5, get(got));
	EXPECT_EQ(ZX_OK, zx_handle_close(got));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(c));
}

struct waiter {
	pthread_t thread;
	zx_handle_t handle;
	zx_signals_t waitfor, observed;
	zx_status_t status;
};

static void *wait_thread(void *arg)
{
	struct waiter *waiter = arg;

	waiter->status = zx_object_wait_one(waiter->handle, waiter->waitfor, ZXT_SOON,
					    &waiter->observed);
	return NULL;
}

/* Mostly enough for a thread to fall asleep; no result depends on it. */
static void linger(void)
{
	usleep(20000);
}

TEST_F(channel, write_and_close_wake_a_waiter)
{
	struct waiter waiter = { .handle = self->b, .waitfor = ZX_CHANNEL_READABLE };

	ASSERT_EQ(0, pthread_create(&waiter.thread, NULL, wait_thread, &waiter));
	linger();
	ASSERT_EQ(ZX_OK, put(self->a, 1));
	ASSERT_EQ(0, pthread_join(waiter.thread, NULL));
	EXPECT_EQ(ZX_OK, waiter.status);
	EXPECT_TRUE(waiter.observed & ZX_CHANNEL_READABLE);

	waiter.waitfor = ZX_CHANNEL_PEER_CLOSED;
	ASSERT_EQ(0, pthread_create(&waiter.thread, NULL, wait_thread, &waiter));
	linger();
	ASSERT_EQ(ZX_OK, zx_handle_close(self->a));
	ASSERT_EQ(0, pthread_join(waiter.thread, NULL));
	EXPECT_EQ(ZX_OK, waiter.status);
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, waiter.observed);
}

/*
 * The limit of a queue, which Zircon does not have in this form. With the lowest limit, five short
 * messages fill a queue: the first is in the endpoint's own buffer and is not charged; the others
 * are charged 256 bytes each. A full endpoint takes no message into its own buffer either.
 */
#define FULL 5

FIXTURE(queue) {
	zx_handle_t a, b, token, watch;
	char before[16];
};

FIXTURE_SETUP(queue)
{
	if (!zxt_get_parameter("channel_bytes_max", self->before, sizeof(self->before)))
		SKIP(return, "only root can set channel_bytes_max");
	ASSERT_TRUE(zxt_set_parameter("channel_bytes_max", "1024"));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->a, &self->b));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->token, &self->watch));
}

FIXTURE_TEARDOWN_PARENT(queue)
{
	if (self->before[0])
		EXPECT_TRUE(zxt_set_parameter("channel_bytes_max", self->before));
}

static void fill_queue(struct __test_metadata *_metadata, zx_handle_t end)
{
	for (uint32_t i = 0; i < FULL; i++) {
		EXPECT_TRUE(zxt_signals(end) & ZX_CHANNEL_WRITABLE);
		EXPECT_EQ(ZX_OK, put(end, i));
	}
}

TEST_F(queue, full_for_one_direction_only)
{
	fill_queue(_metadata, self->a);
	EXPECT_EQ(0, zxt_signals(self->a));
	EXPECT_EQ(ZX_CHANNEL_READABLE | ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->a, FULL));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_write(self->a, 0, NULL, 0, NULL, 0));
	EXPECT_EQ(ZX_OK, put(self->b, 9));
	EXPECT_EQ(9, get(self->a));
	EXPECT_EQ(0, get(self->b));
	EXPECT_EQ(0, zxt_signals(self->a));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->a, FULL));
	for (uint32_t i = 1; i < FULL; i++) {
		EXPECT_EQ(i, get(self->b));
		EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->a));
	}
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
}

TEST_F(queue, full_consumes_nothing)
{
	zx_handle_disposition_t how[2] = {
		disposition(ZX_HANDLE_OP_MOVE, new_event(), 0, ZX_RIGHT_SAME_RIGHTS),
		disposition(ZX_HANDLE_OP_DUPLICATE, self->token, 0, ZX_RIGHT_SAME_RIGHTS),
	};
	zx_handle_t got[2];

	fill_queue(_metadata, self->a);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_write(self->a, 0, "abc", 4, &self->token,
							       1));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_write_etc(self->a, 0, "abc", 4, how, 2));
	}
	EXPECT_EQ(ZX_OK, how[0].result);
	EXPECT_EQ(ZX_OK, how[1].result);
	EXPECT_EQ(5, zxt_handles());
	EXPECT_EQ(1, zxt_handles_to(self->token));
	EXPECT_EQ(0, get(self->b));
	EXPECT_EQ(1, get(self->b));
	/* This message is in the endpoint's own buffer. */
	EXPECT_EQ(ZX_OK, zx_channel_write_etc(self->a, 0, "abc", 4, how, 2));
	EXPECT_EQ(ZX_OK, put(self->a, 5));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->a, 6));
	for (uint32_t i = 2; i < FULL; i++)
		EXPECT_EQ(i, get(self->b));
	EXPECT_EQ(ZX_OK, zx_channel_read(self->b, 0, in, got, 4, 2, NULL, NULL));
}

/* A failed write uses up no space in the queue. */
TEST_F(queue, failed_writes_take_no_place)
{
	for (int i = 0; i < 10; i++) {
		zx_handle_t bad[2] = { new_event(), ZX_HANDLE_INVALID };

		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_write(self->a, 0, NULL, 0, bad, 2));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write(self->a, 0, NULL, 0, NULL, 2));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_write(self->a, 0, NULL, 1, NULL, 0));
	}
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->a));
	fill_queue(_metadata, self->a);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->a, 5));
	EXPECT_EQ(0, zxt_signals(self->a));
}

/* A write reserves the last space while it checks the handles, and returns it when one fails. */
TEST_F(queue, failed_write_gives_the_last_place_back)
{
	zx_handle_t bad[2] = { new_event(), ZX_HANDLE_INVALID };

	for (uint32_t i = 0; i < FULL - 1; i++)
		EXPECT_EQ(ZX_OK, put(self->a, i));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_write(self->a, 0, NULL, 0, bad, 2));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->a));
	EXPECT_EQ(ZX_OK, put(self->a, FULL));
	EXPECT_EQ(0, zxt_signals(self->a));
}

TEST_F(queue, failed_reads_make_no_place)
{
	fill_queue(_metadata, self->a);
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->b, 0, in, NULL, 3, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_read(self->b, 0, zxt_nowhere[0], NULL, 4, 0, NULL,
						       NULL));
	EXPECT_EQ(0, zxt_signals(self->a));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, put(self->a, 5));
	EXPECT_EQ(0, get(self->b));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->b, 0, in, NULL, 3, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_read(self->b, 0, zxt_nowhere[0], NULL, 4, 0, NULL,
						       NULL));
	EXPECT_EQ(0, zxt_signals(self->a));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, zx_channel_read(self->b, ZX_CHANNEL_READ_MAY_DISCARD, in,
							   NULL, 3, 0, NULL, NULL));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->a));
	EXPECT_EQ(ZX_OK, put(self->a, 5));
}

TEST_F(queue, reading_wakes_a_writer)
{
	struct waiter waiter = { .handle = self->a, .waitfor = ZX_CHANNEL_WRITABLE };

	fill_queue(_metadata, self->a);
	ASSERT_EQ(0, pthread_create(&waiter.thread, NULL, wait_thread, &waiter));
	linger();
	EXPECT_EQ(0, get(self->b));
	EXPECT_EQ(1, get(self->b));
	ASSERT_EQ(0, pthread_join(waiter.thread, NULL));
	EXPECT_EQ(ZX_OK, waiter.status);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, waiter.observed);
}

TEST_F(queue, closing_a_full_one)
{
	fill_queue(_metadata, self->a);
	EXPECT_EQ(ZX_OK, zx_handle_close(self->b));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->a));
	/* A write to a closed peer consumes the handles, one to a full peer does not. */
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_write(self->a, 0, "abc", 4, &self->token, 1));
	EXPECT_TRUE(is_gone(self->watch));
}

TEST_F(queue, writer_of_a_full_one_closes)
{
	fill_queue(_metadata, self->a);
	EXPECT_EQ(ZX_OK, zx_handle_close(self->a));
	for (uint32_t i = 0; i < FULL; i++)
		EXPECT_EQ(i, get(self->b));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->b));
}

struct pump {
	pthread_t thread;
	zx_handle_t end;
	uint32_t messages;
	bool with_handle;
	int watch, epoll;
	atomic_uint refused;
	zx_status_t status;
};

/* Adds a watch to an edge-triggered epoll: a writer that was refused is told of new space. */
static bool watch_for_edges(struct pump *pump)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };

	if (zxl_handle_watch(pump->end, ZX_CHANNEL_WRITABLE, 0, &pump->watch) != ZX_OK)
		return false;
	pump->epoll = epoll_create1(EPOLL_CLOEXEC);
	return epoll_ctl(pump->epoll, EPOLL_CTL_ADD, pump->watch, &event) == 0;
}

static zx_status_t wait_for_space(const struct pump *pump)
{
	struct epoll_event event;

	if (!pump->epoll)
		return zx_object_wait_one(pump->end, ZX_CHANNEL_WRITABLE, ZXT_SOON, NULL);
	return epoll_wait(pump->epoll, &event, 1, 60000) == 1 ? ZX_OK : ZX_ERR_TIMED_OUT;
}

static zx_status_t pump_one(struct pump *pump, uint32_t i)
{
	zx_handle_t event = pump->with_handle ? new_event() : ZX_HANDLE_INVALID;
	zx_status_t status;

	for (;;) {
		status = zx_channel_write(pump->end, 0, &i, sizeof(i), &event, pump->with_handle);
		if (status != ZX_ERR_SHOULD_WAIT)
			return status;
		pump->refused++;
		status = wait_for_space(pump);
		if (status != ZX_OK)
			return status;
	}
}

static void *pump_thread(void *arg)
{
	struct pump *pump = arg;

	for (uint32_t i = 0; i < pump->messages && pump->status == ZX_OK; i++)
		pump->status = pump_one(pump, i);
	return NULL;
}

/* Three writers and one slow reader wait for each other: no message is lost, no thread hangs. */
TEST_F_TIMEOUT(queue, writers_and_a_reader_wait_for_each_other, 600)
{
	struct pump pumps[3];
	uint32_t total = 0, i;

	for (i = 0; i < ARRAY_SIZE(pumps); i++) {
		pumps[i] = (struct pump){ .end = self->a, .messages = 1000, .with_handle = i };
		ASSERT_EQ(0, pthread_create(&pumps[i].thread, NULL, pump_thread, &pumps[i]));
	}
	for (; total < 3000; total++) {
		uint32_t word, handles = 0;
		zx_handle_t got;

		ASSERT_EQ(ZX_OK, zx_object_wait_one(self->b, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
		ASSERT_EQ(ZX_OK, zx_channel_read(self->b, 0, &word, &got, 4, 1, NULL, &handles));
		if (handles)
			zx_handle_close(got);
	}
	for (i = 0; i < ARRAY_SIZE(pumps); i++) {
		ASSERT_EQ(0, pthread_join(pumps[i].thread, NULL));
		EXPECT_EQ(ZX_OK, pumps[i].status);
	}
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->b));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->a));
	EXPECT_EQ(4, zxt_handles());
}

static pthread_barrier_t round_begins;

#define ROUNDS 3000

static void *pump_in_rounds(void *arg)
{
	struct pump *pump = arg;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&round_begins);
		if (pump->status == ZX_OK)
			pump->status = pump_one(pump, i);
		pthread_barrier_wait(&round_begins);
	}
	return NULL;
}

/*
 * There is space for one of two writers. The other is refused while the first has not returned yet,
 * and no further message makes the queue full and empty again: so this one edge must come.
 */
TEST_F_TIMEOUT(queue, an_edge_after_a_refused_write, 600)
{
	struct pump pumps[2];
	unsigned int refused = 0;
	uint32_t i, n;

	ASSERT_EQ(0, pthread_barrier_init(&round_begins, NULL, 3));
	for (i = 0; i < ARRAY_SIZE(pumps); i++) {
		pumps[i] = (struct pump){ .end = self->a };
		ASSERT_TRUE(watch_for_edges(&pumps[i]));
		ASSERT_EQ(0, pthread_create(&pumps[i].thread, NULL, pump_in_rounds, &pumps[i]));
	}
	for (n = 0; n < ROUNDS; n++) {
		for (i = 0; i < FULL - 1; i++)
			ASSERT_EQ(ZX_OK, put(self->a, i));
		pthread_barrier_wait(&round_begins);
		while (pumps[0].refused + pumps[1].refused == refused)
			sched_yield();
		for (i = 0; i < FULL + 1; i++) {
			ASSERT_EQ(ZX_OK, zx_object_wait_one(self->b, ZX_CHANNEL_READABLE,
							    ZXT_SOON, NULL));
			EXPECT_NE(~0u, get(self->b));
		}
		pthread_barrier_wait(&round_begins);
		refused = pumps[0].refused + pumps[1].refused;
	}
	for (i = 0; i < ARRAY_SIZE(pumps); i++) {
		ASSERT_EQ(0, pthread_join(pumps[i].thread, NULL));
		EXPECT_EQ(ZX_OK, pumps[i].status);
		close(pumps[i].epoll);
		close(pumps[i].watch);
	}
}

/* Several threads at once */

#define WRITERS 4
#define EACH 1500

struct many {
	zx_handle_t end;
	uint32_t number;
	zx_status_t status;
	atomic_uint *next;	/* for readers: how often each message was seen */
};

static void *many_write(void *arg)
{
	struct many *many = arg;
	uint32_t message[2] = { many->number };

	for (message[1] = 0; message[1] < EACH; message[1]++) {
		do
			many->status = zx_channel_write(many->end, 0, message, sizeof(message),
							NULL, 0);
		while (many->status == ZX_ERR_SHOULD_WAIT &&
		       zx_object_wait_one(many->end, ZX_CHANNEL_WRITABLE, ZXT_SOON, NULL) == ZX_OK);
		if (many->status != ZX_OK)
			break;
	}
	return NULL;
}

static void *many_read(void *arg)
{
	struct many *many = arg;
	uint32_t last[WRITERS] = {}, message[2];

	for (;;) {
		many->status = zx_channel_read(many->end, 0, message, NULL, sizeof(message), 0,
					       NULL, NULL);
		if (many->status == ZX_ERR_SHOULD_WAIT &&
		    zx_object_wait_one(many->end, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
				       ZXT_SOON, NULL) == ZX_OK)
			continue;
		if (many->status != ZX_OK)
			return NULL;
		/* Other readers may get messages in between, but the order never reverses. */
		if (message[0] >= WRITERS || message[1] >= EACH ||
		    message[1] + 1 <= last[message[0]]) {
			many->status = ZX_ERR_IO_DATA_INTEGRITY;
			return NULL;
		}
		last[message[0]] = message[1] + 1;
		atomic_fetch_add(&many->next[message[0] * EACH + message[1]], 1);
	}
}

/* Many threads at both endpoints: each message arrives once, and each writer's in order. */
TEST_F_TIMEOUT(channel, many_writers_and_readers, 600)
{
	atomic_uint *seen = calloc(WRITERS * EACH, sizeof(*seen));
	struct many writers[WRITERS], readers[3];
	pthread_t threads[WRITERS + 3];
	uint32_t wrong = 0;

	ASSERT_NE(NULL, seen);
	for (uint32_t i = 0; i < 3; i++) {
		readers[i] = (struct many){ .end = self->b, .next = seen };
		ASSERT_EQ(0, pthread_create(&threads[WRITERS + i], NULL, many_read, &readers[i]));
	}
	for (uint32_t i = 0; i < WRITERS; i++) {
		writers[i] = (struct many){ .end = self->a, .number = i };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, many_write, &writers[i]));
	}
	for (uint32_t i = 0; i < WRITERS; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
		EXPECT_EQ(ZX_OK, writers[i].status);
	}
	ASSERT_EQ(ZX_OK, zx_handle_close(self->a));
	for (uint32_t i = 0; i < 3; i++) {
		ASSERT_EQ(0, pthread_join(threads[WRITERS + i], NULL));
		EXPECT_EQ(ZX_ERR_PEER_CLOSED, readers[i].status);
	}
	for (uint32_t i = 0; i < WRITERS * EACH; i++)
		wrong += seen[i] != 1;
	EXPECT_EQ(0, wrong);
}

/*
 * Rounds in which several threads make different calls with the same two handles at the same time.
 * Each message has a duplicate of one event, whose count shows what is lost or leaked.
 */
struct race {
	zx_handle_t a, b, event;
	atomic_int unexpected;	/* a status that no order of the calls explains */
};

static void race_expect(struct race *race, zx_status_t status, const zx_status_t *allowed,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (status == allowed[i])
			return;
	atomic_store(&race->unexpected, status ?: 1);
}

#define RACE_EXPECT(race, status, ...)                                              \
	race_expect(race, status, (zx_status_t[]){ __VA_ARGS__ },                   \
		    ARRAY_SIZE(((zx_status_t[]){ __VA_ARGS__ })))

static void race_write(struct race *race)
{
	for (int i = 0; i < 3; i++) {
		zx_handle_disposition_t how =
			disposition(ZX_HANDLE_OP_DUPLICATE, race->event, 0, ZX_RIGHT_SAME_RIGHTS);
		zx_status_t status = zx_channel_write_etc(race->a, 0, "abc", 4, &how, 1);

		RACE_EXPECT(race, status, ZX_OK, ZX_ERR_BAD_HANDLE, ZX_ERR_PEER_CLOSED);
	}
}

static void race_read(struct race *race)
{
	for (int i = 0; i < 3; i++) {
		zx_handle_t got = ZX_HANDLE_INVALID;
		uint32_t word = 0, handles = 0;
		zx_status_t status = zx_channel_read(race->b, 0, &word, &got, 4, 1, NULL, &handles);

		RACE_EXPECT(race, status, ZX_OK, ZX_ERR_SHOULD_WAIT, ZX_ERR_BAD_HANDLE,
			    ZX_ERR_PEER_CLOSED);
		if (status != ZX_OK)
			continue;
		RACE_EXPECT(race, memcmp(&word, "abc", 4), 0);
		RACE_EXPECT(race, zx_handle_close(got), ZX_OK);
	}
}

/* A read that fails: the message is put back, into a queue that may be closed by then. */
static void race_fault(struct race *race)
{
	for (int i = 0; i < 3; i++)
		RACE_EXPECT(race, zx_channel_read(race->b, 0, NULL, NULL, 4, 1, NULL, NULL),
			    ZX_ERR_INVALID_ARGS, ZX_ERR_SHOULD_WAIT, ZX_ERR_BAD_HANDLE,
			    ZX_ERR_PEER_CLOSED);
}

static void race_close_writer(struct race *race)
{
	RACE_EXPECT(race, zx_handle_close(race->a), ZX_OK);
}

static void race_close_reader(struct race *race)
{
	RACE_EXPECT(race, zx_handle_close(race->b), ZX_OK);
}

static void race_send_away(struct race *race)
{
	zx_handle_t a, b, end = race->a;
	zx_status_t status;

	zx_channel_create(0, &a, &b);
	status = zx_channel_write(a, 0, NULL, 0, &end, 1);
	RACE_EXPECT(race, status, ZX_OK);
	zx_handle_close(b);
	zx_handle_close(a);
}

FIXTURE(race) {
	struct race race;
};

FIXTURE_VARIANT(race) {
	void (*actions[RACERS])(struct race *race);
};

FIXTURE_VARIANT_ADD(race, writer_closes) {
	.actions = { race_write, race_write, race_read, race_close_writer },
};

FIXTURE_VARIANT_ADD(race, reader_closes) {
	.actions = { race_write, race_read, race_read, race_close_reader },
};

FIXTURE_VARIANT_ADD(race, both_close) {
	.actions = { race_write, race_read, race_close_writer, race_close_reader },
};

FIXTURE_VARIANT_ADD(race, writer_sent_away) {
	.actions = { race_write, race_write, race_read, race_send_away },
};

FIXTURE_VARIANT_ADD(race, read_fails) {
	.actions = { race_write, race_read, race_fault, race_close_reader },
};

FIXTURE_SETUP(race)
{
	self->race.event = new_event();
}

FIXTURE_TEARDOWN(race)
{
}

TEST_F_TIMEOUT(race, leaves_nothing, 600)
{
	struct race *race = &self->race;
	struct racers racers;

	racers_start(&racers, race, variant->actions);
	for (int round = 0; round < 1500; round++) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &race->a, &race->b));
		racers_round(&racers);
		/* One of them or both may be closed. */
		if (zxt_is_open(race->a))
			zx_handle_close(race->a);
		if (zxt_is_open(race->b))
			zx_handle_close(race->b);
		ASSERT_EQ(0, race->unexpected)
			TH_LOG("round %d", round);
	}
	racers_stop(&racers);
	EXPECT_EQ(1, zxt_handles_to(race->event));
	EXPECT_EQ(1, zxt_handles());
}

TEST_HARNESS_MAIN
