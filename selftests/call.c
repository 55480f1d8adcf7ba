// SPDX-License-Identifier: GPL-2.0-only
/* Calls: a request and its reply, also while Linux signals and other threads interfere. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>

#include "zxcall.h"
#include "zxrace.h"
#include "zxthread.h"

#define MAX_BYTES	ZX_CHANNEL_MAX_MSG_BYTES
#define MAX_HANDLES	ZX_CHANNEL_MAX_MSG_HANDLES
#define KERNEL_TXID	0x80000000u

static uint8_t out[MAX_BYTES + 1], in[MAX_BYTES + 1];

static zx_handle_t new_event(void)
{
	zx_handle_t event = ZX_HANDLE_INVALID;

	zx_event_create(0, &event);
	return event;
}

static zx_handle_t without(zx_handle_t handle, zx_rights_t rights)
{
	zx_handle_t less = ZX_HANDLE_INVALID;

	zx_handle_replace(handle, zxt_basic(handle).rights & ~rights, &less);
	return less;
}

static zx_handle_disposition_t duplicate_of(zx_handle_t handle)
{
	return (zx_handle_disposition_t){
		.operation = ZX_HANDLE_OP_DUPLICATE,
		.handle = handle,
		.rights = ZX_RIGHT_SAME_RIGHTS,
	};
}

static zx_status_t answer_with(zx_handle_t server, uint32_t txid, zx_handle_t event)
{
	zx_handle_disposition_t how = duplicate_of(event);

	return zx_channel_write_etc(server, 0, &(struct message){ txid, 0 },
				    sizeof(struct message), &how, 1);
}

#define ASSERT_CALLED(caller, server, request_)                                           \
	do {                                                                              \
		ASSERT_EQ(0, pthread_create(&(caller)->thread, NULL, caller_thread, caller)); \
		ASSERT_EQ(ZX_OK, take(server, request_));                                 \
	} while (0)

#define ASSERT_ENDED(caller, status_)                                     \
	do {                                                              \
		ASSERT_EQ(0, pthread_join((caller)->thread, NULL));       \
		EXPECT_EQ(status_, (caller)->status);                     \
	} while (0)

FIXTURE(call) {
	zx_handle_t client, server, event;
	uint32_t handles;
};

FIXTURE_SETUP(call)
{
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->client, &self->server));
	self->event = new_event();
	self->handles = zxt_handles();
	ASSERT_EQ(3, self->handles);
}

FIXTURE_TEARDOWN(call)
{
}

static bool is_empty(zx_handle_t end)
{
	return !(zxt_signals(end) & ZX_CHANNEL_READABLE);
}

/* Request and reply */

TEST_F(call, kernel_gives_the_transaction_id)
{
	struct caller caller = caller_init(self->client, 7);
	struct message request;
	uint32_t last = 0;

	for (int i = 0; i < 10; i++) {
		ASSERT_CALLED(&caller, self->server, &request);
		EXPECT_LE(KERNEL_TXID, request.txid);
		EXPECT_NE(last, request.txid);
		last = request.txid;
		EXPECT_EQ(7, request.word);
		ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 8 + i));
		ASSERT_ENDED(&caller, ZX_OK);
		EXPECT_EQ(8, caller.bytes);
		EXPECT_EQ(0, caller.handles);
		EXPECT_EQ(request.txid, caller.reply.txid);
		EXPECT_EQ(8 + i, caller.reply.word);
		/* Only the message has the id, not the caller's memory. */
		EXPECT_EQ(0x11223344, caller.request.txid);
	}
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->client));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->server));
	EXPECT_EQ(self->handles, zxt_handles());
}

/* Answers @times requests, with all bytes inverted but the id, or until the client is gone. */
static void echo(zx_handle_t server, int times)
{
	zx_signals_t any = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;
	zx_handle_t handles[MAX_HANDLES];
	uint8_t *buffer = malloc(MAX_BYTES);
	uint32_t bytes, count;

	while (times-- && buffer && zx_object_wait_one(server, any, ZXT_SOON, NULL) == ZX_OK) {
		if (zx_channel_read(server, 0, buffer, handles, MAX_BYTES, MAX_HANDLES, &bytes,
				    &count) != ZX_OK)
			break;
		for (uint32_t i = 4; i < bytes; i++)
			buffer[i] ^= 0xff;
		if (zx_channel_write(server, 0, buffer, bytes, handles, count) != ZX_OK)
			break;
	}
	free(buffer);
}

static void *echo_thread(void *arg)
{
	echo(*(zx_handle_t *)arg, -1);
	return NULL;
}

static void *echo_once_thread(void *arg)
{
	echo(*(zx_handle_t *)arg, 1);
	return NULL;
}

TEST_F_TIMEOUT(call, every_size_both_ways, 300)
{
	static const uint32_t sizes[] = { 4, 5, 63, 64, 65, 128, 4095, 4096, 4097, 65535, 65536 };
	static const uint32_t counts[] = { 0, 1, MAX_HANDLES };
	zx_handle_t sent[MAX_HANDLES], got[MAX_HANDLES];
	uint32_t bytes, handles;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, echo_thread, &self->server));
	for (size_t i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(counts); i++) {
		uint32_t size = sizes[i / ARRAY_SIZE(counts)], wrong = 0;
		uint32_t count = counts[i % ARRAY_SIZE(counts)];
		zx_channel_call_args_t args = {
			.wr_bytes = out,
			.wr_handles = count ? sent : NULL,
			.rd_bytes = in,
			.rd_handles = count ? got : NULL,
			.wr_num_bytes = size,
			.wr_num_handles = count,
			.rd_num_bytes = size,
			.rd_num_handles = count,
		};
		zx_koid_t koids[MAX_HANDLES];

		for (uint32_t k = 0; k < size; k++)
			out[k] = k * 31 + k / 256 + i;
		for (uint32_t k = 0; k < count; k++) {
			sent[k] = new_event();
			koids[k] = zxt_koid(sent[k]);
		}
		memset(in, 0xa5, sizeof(in));
		ASSERT_EQ(ZX_OK, zx_channel_call(self->client, 0, ZXT_SOON, &args, &bytes,
						 &handles));
		EXPECT_EQ(size, bytes);
		EXPECT_EQ(count, handles);
		for (uint32_t k = 4; k < size; k++)
			wrong += (in[k] ^ out[k]) != 0xff;
		for (uint32_t k = 0; k < count; k++)
			wrong += zxt_koid(got[k]) != koids[k] || zxt_is_open(sent[k]);
		EXPECT_EQ(0, wrong);
		EXPECT_EQ(0xa5, in[size]);
		zx_handle_close_many(got, count);
		ASSERT_EQ(self->handles, zxt_handles());
	}
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

TEST_F(call, request_in_slices)
{
	zx_channel_iovec_t iovec[] = {
		{ .buffer = "ab", .capacity = 2 },
		{ .buffer = NULL, .capacity = 0 },
		{ .buffer = "cdef", .capacity = 4 },
		{ .buffer = "gh", .capacity = 2 },
	};
	zx_channel_call_args_t args = {
		.wr_bytes = iovec,
		.rd_bytes = in,
		.wr_num_bytes = 4,
		.rd_num_bytes = 8,
	};
	uint32_t bytes, handles;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, echo_thread, &self->server));
	ASSERT_EQ(ZX_OK, zx_channel_call(self->client, ZX_CHANNEL_WRITE_USE_IOVEC, ZXT_SOON, &args,
					 &bytes, &handles));
	EXPECT_EQ(8, bytes);
	for (int i = 4; i < 8; i++)
		EXPECT_EQ("abcdefgh"[i] ^ 0xff, in[i]);
	/* The bytes of the id come from two slices. */
	EXPECT_LE(0x80, in[3]);
	EXPECT_EQ(0, memcmp(iovec[0].buffer, "ab", 2));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

TEST_F(call, etc_tells_and_obeys)
{
	zx_rights_t few = ZX_RIGHT_TRANSFER | ZX_RIGHT_INSPECT;
	zx_handle_disposition_t how[2] = {
		duplicate_of(self->event),
		{ .handle = new_event(), .type = ZX_OBJ_TYPE_EVENT, .rights = few },
	};
	struct message request = { 0, 5 }, reply;
	zx_handle_info_t info[3];
	zx_channel_call_etc_args_t args = {
		.wr_bytes = &request,
		.wr_handles = how,
		.rd_bytes = &reply,
		.rd_handles = info,
		.wr_num_bytes = sizeof(request),
		.wr_num_handles = 2,
		.rd_num_bytes = sizeof(reply),
		.rd_num_handles = 3,
	};
	zx_koid_t koid = zxt_koid(how[1].handle);
	uint32_t bytes, handles;
	pthread_t thread;

	memset(info, 0xff, sizeof(info));
	ASSERT_EQ(0, pthread_create(&thread, NULL, echo_thread, &self->server));
	ASSERT_EQ(ZX_OK, zx_channel_call_etc(self->client, 0, ZXT_SOON, &args, &bytes, &handles));
	EXPECT_EQ(8, bytes);
	EXPECT_EQ(~5u, reply.word);
	ASSERT_EQ(2, handles);
	EXPECT_EQ(ZX_OBJ_TYPE_EVENT, info[0].type);
	EXPECT_EQ(ZX_DEFAULT_EVENT_RIGHTS, info[0].rights);
	EXPECT_EQ(0, info[0].unused);
	EXPECT_EQ(zxt_koid(self->event), zxt_koid(info[0].handle));
	EXPECT_EQ(ZX_OBJ_TYPE_EVENT, info[1].type);
	EXPECT_EQ(few, info[1].rights);
	EXPECT_EQ(koid, zxt_koid(info[1].handle));
	EXPECT_EQ(~0u, info[2].handle);
	EXPECT_EQ(ZX_OK, how[0].result);
	EXPECT_EQ(ZX_OK, how[1].result);
	EXPECT_TRUE(zxt_is_open(self->event));
	EXPECT_FALSE(zxt_is_open(how[1].handle));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

TEST_F(call, etc_result_for_each_handle)
{
	zx_handle_disposition_t how[] = {
		{ .handle = new_event(), .rights = ZX_RIGHT_SAME_RIGHTS },
		{ .handle = new_event(), .type = ZX_OBJ_TYPE_JOB, .rights = ZX_RIGHT_SAME_RIGHTS },
		duplicate_of(self->event),
		{ .handle = ZX_HANDLE_INVALID, .rights = ZX_RIGHT_SAME_RIGHTS },
		{ .handle = without(new_event(), ZX_RIGHT_TRANSFER), .rights = ZX_RIGHT_NONE },
	};
	zx_status_t expected[] = {
		ZX_OK, ZX_ERR_WRONG_TYPE, ZX_OK, ZX_ERR_BAD_HANDLE, ZX_ERR_ACCESS_DENIED,
	};
	zx_channel_call_etc_args_t args = {
		.wr_bytes = out,
		.wr_handles = how,
		.wr_num_bytes = 4,
		.wr_num_handles = ARRAY_SIZE(how),
	};
	uint32_t bytes, handles;

	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_channel_call_etc(self->client, 0, ZXT_SOON, &args, &bytes,
							 &handles));
	for (size_t i = 0; i < ARRAY_SIZE(how); i++)
		EXPECT_EQ(expected[i], how[i].result);
	EXPECT_EQ(self->handles, zxt_handles());
	EXPECT_TRUE(is_empty(self->server));
}

/* Calls that cannot be made */

/* Sends one event and duplicates another in a call that must fail. */
#define EXPECT_NO_CALL(status, channel, options, bytes_, num_bytes)                              \
	do {                                                                                     \
		zx_handle_t event_ = new_event();                                                \
		zx_handle_disposition_t how_[2] = {                                              \
			{ .handle = new_event(), .rights = ZX_RIGHT_SAME_RIGHTS },               \
			duplicate_of(self->event),                                               \
		};                                                                               \
		zx_channel_call_args_t args_ = {                                                 \
			.wr_bytes = bytes_,                                                      \
			.wr_handles = &event_,                                                   \
			.rd_bytes = in,                                                          \
			.wr_num_bytes = num_bytes,                                               \
			.wr_num_handles = 1,                                                     \
			.rd_num_bytes = MAX_BYTES,                                               \
		};                                                                               \
		zx_channel_call_etc_args_t etc_ = {                                              \
			.wr_bytes = bytes_,                                                      \
			.wr_handles = how_,                                                      \
			.rd_bytes = in,                                                          \
			.wr_num_bytes = num_bytes,                                               \
			.wr_num_handles = 2,                                                     \
			.rd_num_bytes = MAX_BYTES,                                               \
		};                                                                               \
		uint32_t before_ = zxt_handles(), sizes_[2];                                     \
		EXPECT_EQ(status, zx_channel_call(channel, options, ZXT_SOON, &args_, &sizes_[0], \
						  &sizes_[1]));                                  \
		EXPECT_EQ(status, zx_channel_call_etc(channel, options, ZXT_SOON, &etc_,         \
						      &sizes_[0], &sizes_[1]));                  \
		EXPECT_FALSE(zxt_is_open(event_));                                               \
		EXPECT_FALSE(zxt_is_open(how_[0].handle));                                       \
		EXPECT_EQ(before_ - 2, zxt_handles());                                           \
		EXPECT_EQ(1, zxt_handles_to(self->event));                                       \
	} while (0)

TEST_F(call, wrong_handle)
{
	zx_handle_t a, b, c, d;

	EXPECT_NO_CALL(ZX_ERR_BAD_HANDLE, ZX_HANDLE_INVALID, 0, out, 8);
	EXPECT_NO_CALL(ZX_ERR_BAD_HANDLE, 0x12345678, 0, out, 8);
	EXPECT_NO_CALL(ZX_ERR_WRONG_TYPE, self->event, 0, out, 8);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &c, &d));
	a = without(a, ZX_RIGHT_WRITE);
	EXPECT_NO_CALL(ZX_ERR_ACCESS_DENIED, a, 0, out, 8);
	c = without(c, ZX_RIGHT_READ);
	EXPECT_NO_CALL(ZX_ERR_ACCESS_DENIED, c, 0, out, 8);
	EXPECT_TRUE(is_empty(b));
	EXPECT_TRUE(is_empty(d));
}

/* READ and WRITE are sufficient. */
TEST_F(call, needs_no_other_right)
{
	zx_handle_t client = without(self->client, ~(ZX_RIGHT_READ | ZX_RIGHT_WRITE));
	struct caller caller = caller_init(client, 1);
	struct message request;

	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 2));
	ASSERT_ENDED(&caller, ZX_OK);
}

TEST_F(call, bad_options_and_bytes)
{
	zx_channel_iovec_t iovec[2] = { { .buffer = out, .capacity = 3 }, {} };

	for (int i = 0; i < 32; i++)
		if (1u << i != ZX_CHANNEL_WRITE_USE_IOVEC)
			EXPECT_NO_CALL(ZX_ERR_INVALID_ARGS, self->client, 1u << i, out, 8);
	for (uint32_t i = 0; i < 4; i++)
		EXPECT_NO_CALL(ZX_ERR_INVALID_ARGS, self->client, 0, out, i);
	EXPECT_NO_CALL(ZX_ERR_OUT_OF_RANGE, self->client, 0, out, MAX_BYTES + 1);
	EXPECT_NO_CALL(ZX_ERR_OUT_OF_RANGE, self->client, 0, out, ~0u);
	EXPECT_NO_CALL(ZX_ERR_INVALID_ARGS, self->client, 0, NULL, 4);
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
		EXPECT_NO_CALL(ZX_ERR_INVALID_ARGS, self->client, 0, zxt_nowhere[i], 8);
	EXPECT_NO_CALL(ZX_ERR_INVALID_ARGS, self->client, 0, zxt_at_edge(99), 100);

	/* The sum of the slices counts, not their number. */
	EXPECT_NO_CALL(ZX_ERR_INVALID_ARGS, self->client, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 2);
	EXPECT_NO_CALL(ZX_ERR_INVALID_ARGS, self->client, ZX_CHANNEL_WRITE_USE_IOVEC, NULL, 0);
	iovec[0].capacity = MAX_BYTES + 1;
	EXPECT_NO_CALL(ZX_ERR_OUT_OF_RANGE, self->client, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 1);
	EXPECT_NO_CALL(ZX_ERR_OUT_OF_RANGE, self->client, ZX_CHANNEL_WRITE_USE_IOVEC, iovec,
		       ZX_CHANNEL_MAX_MSG_IOVECS + 1);
	iovec[0] = (zx_channel_iovec_t){ .buffer = out, .capacity = 8, .reserved = 1 };
	EXPECT_NO_CALL(ZX_ERR_INVALID_ARGS, self->client, ZX_CHANNEL_WRITE_USE_IOVEC, iovec, 1);
	EXPECT_TRUE(is_empty(self->server));
}

TEST_F(call, handles_that_cannot_go)
{
	zx_handle_t event = new_event(), sent[MAX_HANDLES + 1] = { event, event };
	zx_channel_call_args_t args = {
		.wr_bytes = out,
		.wr_handles = sent,
		.wr_num_bytes = 4,
		.wr_num_handles = 2,
	};
	uint32_t bytes, handles;

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_channel_call(self->client, 0, ZXT_SOON, &args, &bytes,
						     &handles));
	EXPECT_FALSE(zxt_is_open(event));
	sent[0] = new_event();
	sent[1] = without(new_event(), ZX_RIGHT_TRANSFER);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_channel_call(self->client, 0, ZXT_SOON, &args, &bytes,
							&handles));
	EXPECT_EQ(self->handles, zxt_handles());
	args.wr_num_handles = ARRAY_SIZE(sent);
	for (size_t i = 0; i < ARRAY_SIZE(sent); i++)
		sent[i] = new_event();
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_call(self->client, 0, ZXT_SOON, &args, &bytes,
						       &handles));
	EXPECT_EQ(self->handles, zxt_handles());
	EXPECT_TRUE(is_empty(self->server));
	sent[0] = self->client;
	args.wr_num_handles = 1;
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_call(self->client, 0, ZXT_SOON, &args, &bytes,
							&handles));
	EXPECT_EQ(self->handles - 1, zxt_handles());
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->server));
}

TEST_F(call, bad_pointers)
{
	zx_channel_call_args_t args = { .wr_bytes = out, .wr_num_bytes = 4 };
	zx_channel_call_etc_args_t etc = { .wr_bytes = out, .wr_num_bytes = 4 };
	uint32_t bytes, handles;

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call(self->client, 0, ZXT_SOON, NULL, &bytes,
						       &handles));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call_etc(self->client, 0, ZXT_SOON, NULL, &bytes,
							   &handles));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call(self->client, 0, ZXT_SOON,
						       zxt_at_edge(sizeof(args) - 1), &bytes,
						       &handles));
	args.wr_num_handles = 1;
	etc.wr_num_handles = 1;
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call(self->client, 0, ZXT_SOON, &args, &bytes,
						       &handles));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call_etc(self->client, 0, ZXT_SOON, &etc, &bytes,
							   &handles));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call(self->client, 0, ZXT_SOON,
							       zxt_nowhere[i], &bytes, &handles));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_channel_call_etc(self->client, 0, ZXT_SOON, zxt_nowhere[i], &bytes,
					      &handles));
		args.wr_handles = zxt_nowhere[i];
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call(self->client, 0, ZXT_SOON, &args,
							       &bytes, &handles));
		etc.wr_handles = zxt_nowhere[i];
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call_etc(self->client, 0, ZXT_SOON, &etc,
								   &bytes, &handles));
	}
	EXPECT_TRUE(is_empty(self->server));
	EXPECT_EQ(self->handles, zxt_handles());
}

/* Unlike for zx_channel_read() the sizes are required. A NULL fails when the reply is there. */
TEST_F(call, sizes_must_go_somewhere)
{
	uint32_t size, answer;
	zx_handle_t got;

	for (int i = 0; i < 3; i++) {
		zx_handle_t sent = new_event();
		zx_channel_call_args_t args = {
			.wr_bytes = out,
			.wr_handles = &sent,
			.wr_num_bytes = 4,
			.wr_num_handles = 1,
			.rd_bytes = &answer,
			.rd_handles = &got,
			.rd_num_bytes = 4,
			.rd_num_handles = 1,
		};
		pthread_t thread;

		ASSERT_EQ(0, pthread_create(&thread, NULL, echo_once_thread, &self->server));
		/* A reply that does not fit is reported first. */
		if (i == 2)
			args.rd_num_handles = 0;
		EXPECT_EQ(i == 2 ? ZX_ERR_BUFFER_TOO_SMALL : ZX_ERR_INVALID_ARGS,
			  zx_channel_call(self->client, 0, ZXT_SOON, &args, i == 1 ? &size : NULL,
					  i == 0 ? &size : NULL));
		/* The request was sent and answered, and the reply is gone with its handles. */
		ASSERT_EQ(0, pthread_join(thread, NULL));
		EXPECT_FALSE(zxt_is_open(sent));
		EXPECT_EQ(self->handles, zxt_handles());
		EXPECT_TRUE(is_empty(self->client));
	}
}

/* A reply that cannot be copied out is gone with its handles; the next call is not disturbed. */
TEST_F_TIMEOUT(call, reply_leads_nowhere, 300)
{
	void *places[ARRAY_SIZE(zxt_nowhere) + 2], *to[4];
	zx_handle_info_t got[2];
	struct message reply;
	uint32_t sizes[2];
	pthread_t thread;

	memcpy(places, zxt_nowhere, sizeof(zxt_nowhere));
	places[ARRAY_SIZE(zxt_nowhere)] = NULL;
	places[ARRAY_SIZE(zxt_nowhere) + 1] = zxt_read_only();
	ASSERT_EQ(0, pthread_create(&thread, NULL, echo_thread, &self->server));
	for (size_t i = 0; i < 2 * ARRAY_SIZE(places) * ARRAY_SIZE(to); i++) {
		zx_handle_t sent;
		zx_channel_call_args_t args;
		zx_channel_call_etc_args_t etc;
		zx_handle_disposition_t how = duplicate_of(self->event);

		to[0] = &reply;
		to[1] = got;
		to[2] = &sizes[0];
		to[3] = &sizes[1];
		to[i / 2 % 4] = places[i / 8];
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &sent));
		args = (zx_channel_call_args_t){ out, &sent, to[0], to[1], 8, 1, 8, 2 };
		etc = (zx_channel_call_etc_args_t){ out, &how, to[0], to[1], 8, 1, 8, 2 };
		if (i & 1) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_channel_call(self->client, 0, ZXT_SOON, &args, to[2], to[3]));
		} else {
			zx_handle_close(sent);
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_channel_call_etc(self->client, 0, ZXT_SOON, &etc, to[2],
						      to[3]));
		}
	}
	EXPECT_TRUE(is_empty(self->client));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(1, zxt_handles_to(self->event));
	EXPECT_EQ(self->handles - 1, zxt_handles());
}

/* How a call ends without a reply */

TEST_F(call, deadline_in_the_past)
{
	zx_instant_mono_t past[] = { 0, -1, ZX_TIME_INFINITE_PAST, zx_clock_get_monotonic() - 1 };
	struct message request, late;

	for (size_t i = 0; i < ARRAY_SIZE(past); i++) {
		struct caller caller = caller_init(self->client, i);

		caller.deadline = past[i];
		caller.send = new_event();
		caller_thread(&caller);
		EXPECT_EQ(ZX_ERR_TIMED_OUT, caller.status);
		EXPECT_FALSE(zxt_is_open(caller.send));
		/* It was sent all the same. */
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL, take(self->server, &request));
		ASSERT_EQ(ZX_OK, zx_channel_read(self->server, 0, &request, &caller.send, 8, 1,
						 NULL, NULL));
		zx_handle_close(caller.send);
		EXPECT_EQ(i, request.word);
		EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->client));
		/* No call waits for the reply any more, so it is an ordinary message. */
		ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 100 + i));
		EXPECT_EQ(ZX_CHANNEL_WRITABLE | ZX_CHANNEL_READABLE, zxt_signals(self->client));
		ASSERT_EQ(ZX_OK, take(self->client, &late));
		EXPECT_EQ(request.txid, late.txid);
		EXPECT_EQ(100 + i, late.word);
	}
	EXPECT_EQ(self->handles, zxt_handles());
}

TEST_F(call, deadline_passes)
{
	struct caller caller = caller_init(self->client, 3);
	zx_instant_mono_t before = zx_clock_get_monotonic();
	struct message request, late;

	caller.deadline = before + ZX_MSEC(100);
	caller_thread(&caller);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, caller.status);
	EXPECT_LE(before + ZX_MSEC(100), zx_clock_get_monotonic());
	ASSERT_EQ(ZX_OK, take(self->server, &request));
	ASSERT_EQ(ZX_OK, answer_with(self->server, request.txid, self->event));
	EXPECT_EQ(2, zxt_handles_to(self->event));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->client, 0, &late, caller.got, 8, 1, NULL, NULL));
	EXPECT_EQ(request.txid, late.txid);
	EXPECT_EQ(zxt_koid(self->event), zxt_koid(caller.got[0]));
}

/*
 * The deadline of a call has passed, and a reply comes before the caller's thread runs again: the
 * call gets it. This thread keeps the caller from the processor meanwhile. The kernel lets others
 * run now and then; then the call times out, and the reply is a message.
 */
TEST_F_TIMEOUT(call, reply_between_time_out_and_its_notice, 300)
{
	int late = 0, rounds = 0;

	ASSERT_TRUE(stay_here());
	for (; rounds < 14 && late < 3; rounds++) {
		struct caller caller = caller_init(self->client, rounds);
		struct message request, reply;
		zx_instant_mono_t written;

		/* Longer in each round, until the caller is asleep before the deadline. */
		caller.deadline = zx_deadline_after(ZX_MSEC(50) << rounds / 2);
		ASSERT_EQ(0, pthread_create(&caller.thread, NULL, caller_thread, &caller));
		if (!rounds && !run_first())
			TH_LOG("without the right to keep others from running");
		ASSERT_EQ(ZX_OK, take(self->server, &request));
		ASSERT_TRUE(zxt_sleeps(&caller.tid) || caller.done);
		zx_nanosleep(caller.deadline - ZX_MSEC(20));
		while (zx_clock_get_monotonic() < caller.deadline + ZX_MSEC(2))
			;
		written = zx_clock_get_monotonic();
		ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 100 + rounds));
		ASSERT_EQ(0, pthread_join(caller.thread, NULL));
		if (caller.status == ZX_ERR_TIMED_OUT) {
			ASSERT_EQ(ZX_OK, take(self->client, &reply));
		} else {
			ASSERT_EQ(ZX_OK, caller.status);
			ASSERT_LT(caller.deadline, written);
			reply = caller.reply;
			late++;
		}
		EXPECT_EQ(request.txid, reply.txid);
		EXPECT_EQ(100 + rounds, reply.word);
		EXPECT_TRUE(is_empty(self->client));
	}
	TH_LOG("%d replies in %d rounds came in that moment", late, rounds);
}

TEST_F(call, reply_does_not_fit)
{
	struct message request;

	for (int i = 0; i < 2; i++) {
		struct caller caller = caller_init(self->client, 3);

		if (i)
			caller.space = sizeof(struct message) - 1;
		else
			caller.space_handles = 0;
		caller.reply.word = 4711;
		ASSERT_CALLED(&caller, self->server, &request);
		ASSERT_EQ(ZX_OK, answer_with(self->server, request.txid, self->event));
		ASSERT_ENDED(&caller, ZX_ERR_BUFFER_TOO_SMALL);
		EXPECT_EQ(4711, caller.reply.word);
		EXPECT_TRUE(is_empty(self->client));
		EXPECT_EQ(1, zxt_handles_to(self->event));
		EXPECT_EQ(self->handles, zxt_handles());
	}
}

TEST_F(call, peer_was_closed)
{
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	EXPECT_NO_CALL(ZX_ERR_PEER_CLOSED, self->client, 0, out, 8);
}

TEST_F(call, peer_closes_meanwhile)
{
	struct caller caller = caller_init(self->client, 3), other = caller_init(self->client, 4);
	struct message request;

	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_CALLED(&other, self->server, &request);
	/* A message that is no reply can still be read afterwards. */
	ASSERT_EQ(ZX_OK, answer(self->server, 1, 2));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	ASSERT_ENDED(&caller, ZX_ERR_PEER_CLOSED);
	ASSERT_ENDED(&other, ZX_ERR_PEER_CLOSED);
	EXPECT_EQ(ZX_OK, take(self->client, &request));
}

/* The request was not read; its handle is gone with the server's endpoint. */
TEST_F(call, peer_closes_without_reading)
{
	struct caller caller = caller_init(self->client, 3);

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &caller.send));
	ASSERT_EQ(0, pthread_create(&caller.thread, NULL, caller_thread, &caller));
	ASSERT_EQ(ZX_OK, zx_object_wait_one(self->server, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	ASSERT_ENDED(&caller, ZX_ERR_PEER_CLOSED);
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

/* A reply that was sent before the endpoint was closed counts. */
TEST_F(call, peer_answers_and_closes)
{
	for (int i = 0; i < 50; i++) {
		struct message request;
		struct caller caller;
		zx_handle_t client, server;

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &client, &server));
		caller = caller_init(client, i);
		ASSERT_CALLED(&caller, server, &request);
		ASSERT_EQ(ZX_OK, answer(server, request.txid, i));
		ASSERT_EQ(ZX_OK, zx_handle_close(server));
		ASSERT_ENDED(&caller, ZX_OK);
		EXPECT_EQ(i, caller.reply.word);
		ASSERT_EQ(ZX_OK, zx_handle_close(client));
	}
}

struct guess {
	pthread_barrier_t barrier;
	zx_handle_t server, send;
	struct message reply;
};

static void *guess_and_close(void *arg)
{
	struct guess *guess = arg;

	pthread_barrier_wait(&guess->barrier);
	zx_channel_write(guess->server, 0, &guess->reply, sizeof(guess->reply), &guess->send, 1);
	zx_handle_close(guess->server);
	return NULL;
}

/*
 * A peer that guesses the id may answer before the request is sent, and then close. The call
 * returns the reply or PEER_CLOSED; in either case the reply's handle does not leak.
 */
TEST_F(call, peer_guesses_and_closes)
{
	struct caller first = caller_init(self->client, 0);
	struct message request;
	int answers = 0;

	/* Each endpoint counts its ids, so all channels begin with this one. */
	first.deadline = 0;
	caller_thread(&first);
	ASSERT_EQ(ZX_OK, take(self->server, &request));
	for (int i = 0; i < 500; i++) {
		struct guess guess = { .reply.txid = request.txid };
		zx_handle_t client, watch;
		struct caller caller;
		pthread_t thread;

		ASSERT_EQ(ZX_OK, zx_channel_create(0, &client, &guess.server));
		ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &watch, &guess.send));
		ASSERT_EQ(0, pthread_barrier_init(&guess.barrier, NULL, 2));
		ASSERT_EQ(0, pthread_create(&thread, NULL, guess_and_close, &guess));
		caller = caller_init(client, i);
		pthread_barrier_wait(&guess.barrier);
		caller_thread(&caller);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		if (caller.status == ZX_OK) {
			EXPECT_EQ(ZX_OK, zx_handle_close(caller.got[0]));
			answers++;
		} else {
			EXPECT_EQ(ZX_ERR_PEER_CLOSED, caller.status);
		}
		EXPECT_EQ(ZX_OK, zx_handle_close(client));
		EXPECT_EQ(ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(watch));
		EXPECT_EQ(ZX_OK, zx_handle_close(watch));
	}
	TH_LOG("%d answers in time", answers);
	EXPECT_EQ(self->handles, zxt_handles());
}

TEST_F(call, handle_closed_meanwhile)
{
	struct caller caller = caller_init(self->client, 3), other = caller_init(self->client, 4);
	struct message request;

	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_CALLED(&other, self->server, &request);
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_ENDED(&caller, ZX_ERR_CANCELED);
	ASSERT_ENDED(&other, ZX_ERR_CANCELED);
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->server));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, answer(self->server, request.txid, 1));
}

/* The call goes on while its handle is in a message, and the caller gets the reply. */
TEST_F(call, handle_sent_away_meanwhile)
{
	struct caller caller = caller_init(self->client, 3);
	zx_handle_t a, b, end;
	struct message request;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_EQ(ZX_OK, zx_channel_write(a, 0, NULL, 0, &self->client, 1));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 1));
	ASSERT_ENDED(&caller, ZX_OK);
	EXPECT_EQ(1, caller.reply.word);
	ASSERT_EQ(ZX_OK, zx_channel_read(b, 0, NULL, &end, 0, 1, NULL, NULL));
	EXPECT_TRUE(is_empty(end));
}

/* Once the endpoint is received the call ends, and its reply is a message for the receiver. */
TEST_F(call, handle_received_meanwhile)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request, reply;
	zx_handle_t a, b, end;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_EQ(ZX_OK, zx_channel_write(a, 0, NULL, 0, &self->client, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read(b, 0, NULL, &end, 0, 1, NULL, NULL));
	ASSERT_ENDED(&caller, ZX_ERR_CANCELED);
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 1));
	EXPECT_EQ(ZX_OK, take(end, &reply));
	EXPECT_EQ(request.txid, reply.txid);
}

/* The reply brings the channel in whose queue the caller's endpoint is. That is no ring. */
TEST_F(call, reply_has_the_way_to_the_call)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request;
	zx_handle_t a, b;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_EQ(ZX_OK, zx_channel_write(a, 0, NULL, 0, &self->client, 1));
	ASSERT_EQ(ZX_OK, answer_with_handle(self->server, request.txid, b));
	ASSERT_ENDED(&caller, ZX_OK);
	ASSERT_EQ(1, caller.handles);
	EXPECT_EQ(zxt_basic(a).related_koid, zxt_koid(caller.got[0]));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->server));
	ASSERT_EQ(ZX_OK, zx_channel_read(caller.got[0], 0, NULL, &self->client, 0, 1, NULL, NULL));
	/* No call waits now: the same message closes a ring. */
	ASSERT_EQ(ZX_OK, zx_channel_write(a, 0, NULL, 0, &self->client, 1));
	ASSERT_EQ(ZX_OK, answer_with_handle(self->server, request.txid, caller.got[0]));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->server));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(a));
}

TEST_F(call, handle_exported_meanwhile)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request;
	int fd;

	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_EQ(ZX_OK, zxl_handle_export(self->client, 0, &fd));
	ASSERT_ENDED(&caller, ZX_ERR_CANCELED);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->server));
	close(fd);
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->server));
}

TEST_F(call, handle_replaced_meanwhile)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request;

	ASSERT_CALLED(&caller, self->server, &request);
	self->client = without(self->client, 0);
	ASSERT_ENDED(&caller, ZX_ERR_CANCELED);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->server));
}

/* A call goes on when another handle is closed, signals change, or other messages come. */
TEST_F(call, others_do_not_matter)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request;

	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_EQ(ZX_OK, zx_object_signal(self->client, 0, ZX_USER_SIGNAL_1));
	ASSERT_EQ(ZX_OK, zx_object_signal_peer(self->server, 0, ZX_USER_SIGNAL_2));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->event));
	/* Neither a message with another id is a reply, nor one that is too short for an id. */
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid & ~KERNEL_TXID, 1));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid + 1, 2));
	ASSERT_EQ(ZX_OK, answer(self->server, 0, 3));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->server, 0, &request.txid, 3, NULL, 0));
	ASSERT_EQ(ZX_OK, zx_channel_write(self->server, 0, NULL, 0, NULL, 0));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 9));
	/* The call gets one reply. */
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 10));
	ASSERT_ENDED(&caller, ZX_OK);
	EXPECT_EQ(9, caller.reply.word);
	for (uint32_t i = 1; i <= 3; i++) {
		ASSERT_EQ(ZX_OK, take(self->client, &request));
		EXPECT_EQ(i, request.word);
	}
	EXPECT_EQ(ZX_ERR_IO_DATA_INTEGRITY, take(self->client, &request));
	EXPECT_EQ(ZX_ERR_IO_DATA_INTEGRITY, take(self->client, &request));
	EXPECT_EQ(ZX_OK, take(self->client, &request));
	EXPECT_EQ(10, request.word);
}

/* The id alone is a reply, too. */
TEST_F(call, reply_of_four_bytes)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request;

	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_EQ(ZX_OK, zx_channel_write(self->server, 0, &request.txid, 4, NULL, 0));
	ASSERT_ENDED(&caller, ZX_OK);
	EXPECT_EQ(4, caller.bytes);
	EXPECT_EQ(request.txid, caller.reply.txid);
	EXPECT_EQ(0, caller.reply.word);
}

/*
 * A message that is too short for an id answers no call, also where its memory still holds the rest
 * of the id from the message before.
 */
TEST_F(call, too_short_for_an_id)
{
	struct caller first = caller_init(self->client, 0);
	struct message request, other;
	uint32_t txid, bytes;

	first.deadline = 0;
	caller_thread(&first);
	ASSERT_EQ(ZX_OK, take(self->server, &request));
	for (uint32_t size = 0; size < sizeof(txid); size++) {
		struct caller caller = caller_init(self->client, size);

		/* Ids are counted; no call has used the next one yet. */
		txid = request.txid + 1;
		ASSERT_EQ(ZX_OK, answer(self->server, txid, 0));
		ASSERT_EQ(ZX_OK, take(self->client, &other));
		ASSERT_CALLED(&caller, self->server, &request);
		ASSERT_EQ(txid, request.txid);
		ASSERT_EQ(ZX_OK, zx_channel_write(self->server, 0, &txid, size, NULL, 0));
		EXPECT_EQ(ZX_OK, zx_channel_read(self->client, 0, &other, NULL, sizeof(other), 0,
						 &bytes, NULL))
			TH_LOG("%u bytes", size);
		EXPECT_EQ(size, bytes);
		answer(self->server, txid, 9);
		ASSERT_ENDED(&caller, ZX_OK);
		EXPECT_EQ(9, caller.reply.word);
	}
	EXPECT_TRUE(is_empty(self->client));
}

/*
 * A reply does not pass through the queue, so the queue's limit does not apply. Five short messages
 * are the limit, as in channel.c.
 */
#define FULL 5

FIXTURE(full) {
	zx_handle_t client, server, event;
	char before[16];
};

FIXTURE_SETUP(full)
{
	if (!zxt_get_parameter("channel_bytes_max", self->before, sizeof(self->before)))
		SKIP(return, "only root can set channel_bytes_max");
	ASSERT_TRUE(zxt_set_parameter("channel_bytes_max", "1024"));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->client, &self->server));
	self->event = new_event();
}

FIXTURE_TEARDOWN_PARENT(full)
{
	if (self->before[0])
		EXPECT_TRUE(zxt_set_parameter("channel_bytes_max", self->before));
}

TEST_F(full, reply_passes_by)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request;

	for (int i = 0; i < 2; i++) {
		ASSERT_CALLED(&caller, self->server, &request);
		for (uint32_t id = 1; !i && id <= FULL; id++)
			ASSERT_EQ(ZX_OK, answer(self->server, id, 0));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, answer(self->server, 9, 0));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, answer_with(self->server, 9, self->event));
		EXPECT_EQ(0, zxt_signals(self->server) & ZX_CHANNEL_WRITABLE);
		ASSERT_EQ(ZX_OK, i ? answer(self->server, request.txid, 9) :
				     answer_with(self->server, request.txid, self->event));
		ASSERT_ENDED(&caller, ZX_OK);
		EXPECT_EQ(0, zxt_signals(self->server) & ZX_CHANNEL_WRITABLE);
	}
	for (uint32_t i = 1; i <= FULL; i++) {
		ASSERT_EQ(ZX_OK, take(self->client, &request));
		EXPECT_EQ(i, request.txid);
	}
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->server));
}

TEST_F(full, request_has_to_wait)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request;

	caller.deadline = ZXT_SOON;
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &caller.send));
	for (uint32_t id = 1; id <= FULL; id++)
		ASSERT_EQ(ZX_OK, answer(self->client, id, 0));
	caller_thread(&caller);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, caller.status);
	EXPECT_TRUE(zxt_is_open(caller.send));
	zx_handle_close(caller.send);
	caller.send = ZX_HANDLE_INVALID;
	caller_thread(&caller);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, caller.status);
	for (uint32_t i = 1; i <= FULL; i++) {
		ASSERT_EQ(ZX_OK, take(self->server, &request));
		EXPECT_EQ(i, request.txid);
	}
	EXPECT_TRUE(is_empty(self->server));
}

/* Writes a message with a new event. */
static zx_status_t send_event(zx_handle_t server, uint32_t options, const void *bytes,
			      uint32_t num_bytes, zx_handle_t *event)
{
	*event = new_event();
	return zx_channel_write(server, options, bytes, num_bytes, event, 1);
}

/*
 * The bytes and handles of a message that may be a reply are not read before its id is found to be
 * a call's. Here they cannot be read.
 */
TEST_F(full, no_more_than_the_id_is_read)
{
	struct caller caller = caller_init(self->client, 3);
	uint32_t *id = zxt_at_edge(sizeof(*id));
	zx_channel_iovec_t parts[4] = {
		{ .buffer = NULL, .capacity = 0 },
		{ .buffer = id, .capacity = 1 },
		{ .buffer = (uint8_t *)id + 1, .capacity = 3 },
		{ .buffer = zxt_nowhere[0], .capacity = 60000 },
	};
	struct message request;
	zx_handle_t event;

	ASSERT_CALLED(&caller, self->server, &request);
	for (uint32_t i = 1; i <= FULL; i++)
		ASSERT_EQ(ZX_OK, answer(self->server, i, 0));

	*id = request.txid + 1;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, send_event(self->server, 0, id, 65536, &event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, send_event(self->server, ZX_CHANNEL_WRITE_USE_IOVEC, parts,
						 ARRAY_SIZE(parts), &event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	/* Too short for an id, although the bytes that follow would complete it. */
	*id = request.txid;
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, send_event(self->server, 0, id, 3, &event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, send_event(self->server, ZX_CHANNEL_WRITE_USE_IOVEC, parts, 2,
						 &event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));

	/* The id of the call, in a message that cannot be read. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, send_event(self->server, 0, id, 65536, &event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(event));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, send_event(self->server, ZX_CHANNEL_WRITE_USE_IOVEC, parts,
						  ARRAY_SIZE(parts), &event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(event));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, send_event(self->server, 0, zxt_nowhere[i], 4,
							  &event));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, send_event(self->server, ZX_CHANNEL_WRITE_USE_IOVEC,
							  zxt_nowhere[i], 4, &event));
	}

	EXPECT_EQ(ZX_OK, zx_channel_write(self->server, ZX_CHANNEL_WRITE_USE_IOVEC, parts, 3, NULL,
					  0));
	ASSERT_ENDED(&caller, ZX_OK);
	EXPECT_EQ(4, caller.bytes);
	EXPECT_EQ(request.txid, caller.reply.txid);
}

/* No call waits, so the iovec is not read. Errors that need no look at it come first. */
TEST_F(full, no_iovec_is_read)
{
	const uint32_t options = ZX_CHANNEL_WRITE_USE_IOVEC;
	zx_channel_iovec_t reserved = { .reserved = 1 };
	zx_handle_t event, events[ZX_CHANNEL_MAX_MSG_HANDLES + 1] = {};

	for (uint32_t id = 1; id <= FULL; id++)
		ASSERT_EQ(ZX_OK, answer(self->server, id, 0));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, send_event(self->server, options, zxt_nowhere[i],
							 ZX_CHANNEL_MAX_MSG_IOVECS, &event));
		EXPECT_EQ(ZX_OK, zx_handle_close(event));
	}
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, send_event(self->server, options, &reserved, 1, &event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	EXPECT_EQ(0, zxt_signals(self->server) & ZX_CHANNEL_WRITABLE);

	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, send_event(self->server, options, &reserved,
						  ZX_CHANNEL_MAX_MSG_IOVECS + 1, &event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(event));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, zx_channel_write(self->server, 0, &reserved, 1, events,
							ARRAY_SIZE(events)));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, send_event(self->server, 0, &reserved,
						  ZX_CHANNEL_MAX_MSG_BYTES + 1, &event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(event));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, send_event(self->server, ~options, &reserved, 1, &event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(event));

	/* As where no message is queued at all. */
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, send_event(self->server, options, NULL, 0, &event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(event));
}

/* A request without an id is refused before the full queue is noticed. */
TEST_F(full, request_that_is_too_short)
{
	zx_channel_iovec_t part = { .buffer = "abc", .capacity = 3 };
	zx_channel_call_args_t args = { .wr_bytes = "abc" };
	uint32_t bytes, handles;

	for (int full = 0; full < 2; full++) {
		for (args.wr_num_bytes = 0; args.wr_num_bytes < 4; args.wr_num_bytes++) {
			args.wr_handles = (zx_handle_t []){ new_event() };
			args.wr_num_handles = 1;
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call(self->client, 0,
								       ZX_TIME_INFINITE, &args,
								       &bytes, &handles));
			EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_handle_close(args.wr_handles[0]));
		}
		for (uint32_t id = 1; !full && id <= FULL; id++)
			ASSERT_EQ(ZX_OK, answer(self->client, id, 0));
	}
	while (zx_channel_read(self->server, ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL, 0, 0, NULL,
			       NULL) == ZX_ERR_BUFFER_TOO_SMALL)
		;
	args = (zx_channel_call_args_t){ .wr_bytes = &part, .wr_num_bytes = 1 };
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_channel_call(self->client, ZX_CHANNEL_WRITE_USE_IOVEC,
						       ZX_TIME_INFINITE, &args, &bytes, &handles));
}

/* Many calls at once */

#define THREADS 16
#define ROUNDS 200

struct many {
	pthread_t thread;
	zx_handle_t end;
	uint32_t number, calls;
	atomic_bool stop;
	zx_status_t status;
};

/* Makes calls until a reply is wrong or belongs to another call. */
static void *many_thread(void *arg)
{
	struct many *many = arg;

	for (uint32_t i = 0; i < many->calls && !atomic_load(&many->stop); i++) {
		struct caller caller = caller_init(many->end, many->number << 16 | i);

		caller_thread(&caller);
		many->status = caller.status;
		if (many->status == ZX_OK && caller.reply.word != ~caller.request.word)
			many->status = ZX_ERR_IO_DATA_INTEGRITY;
		if (many->status != ZX_OK)
			break;
	}
	return NULL;
}

TEST_F_TIMEOUT(call, replies_in_any_order_find_their_callers, 600)
{
	struct many many[THREADS];
	unsigned int seed = 1;

	for (uint32_t i = 0; i < THREADS; i++) {
		many[i] = (struct many){ .end = self->client, .number = i, .calls = ROUNDS };
		ASSERT_EQ(0, pthread_create(&many[i].thread, NULL, many_thread, &many[i]));
	}
	for (int round = 0; round < ROUNDS; round++) {
		struct message requests[THREADS];

		for (int i = 0; i < THREADS; i++) {
			ASSERT_EQ(ZX_OK, take(self->server, &requests[i]));
			ASSERT_LE(KERNEL_TXID, requests[i].txid);
			for (int j = 0; j < i; j++)
				ASSERT_NE(requests[j].txid, requests[i].txid);
		}
		for (int i = THREADS; i > 0; i--) {
			int pick = rand_r(&seed) % i;

			ASSERT_EQ(ZX_OK, answer(self->server, requests[pick].txid,
						~requests[pick].word));
			requests[pick] = requests[i - 1];
		}
	}
	for (int i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_join(many[i].thread, NULL));
		EXPECT_EQ(ZX_OK, many[i].status);
	}
	EXPECT_TRUE(is_empty(self->client));
	EXPECT_TRUE(is_empty(self->server));
}

/* One of several servers; answers as soon as it can. */
static void *server_thread(void *arg)
{
	zx_handle_t server = *(zx_handle_t *)arg;
	struct message request;
	zx_status_t status;

	for (;;) {
		status = zx_channel_read(server, 0, &request, NULL, sizeof(request), 0, NULL, NULL);
		if (status == ZX_ERR_SHOULD_WAIT)
			status = zx_object_wait_one(server,
						    ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
						    ZXT_SOON, NULL);
		else if (status == ZX_OK)
			status = answer(server, request.txid, ~request.word);
		if (status != ZX_OK)
			return NULL;
	}
}

TEST_F_TIMEOUT(call, many_servers, 600)
{
	pthread_t servers[3];
	struct many many[6];

	for (size_t i = 0; i < ARRAY_SIZE(servers); i++)
		ASSERT_EQ(0, pthread_create(&servers[i], NULL, server_thread, &self->server));
	for (uint32_t i = 0; i < ARRAY_SIZE(many); i++) {
		many[i] = (struct many){ .end = self->client, .number = i, .calls = 500 };
		ASSERT_EQ(0, pthread_create(&many[i].thread, NULL, many_thread, &many[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		ASSERT_EQ(0, pthread_join(many[i].thread, NULL));
		EXPECT_EQ(ZX_OK, many[i].status);
	}
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	for (size_t i = 0; i < ARRAY_SIZE(servers); i++)
		ASSERT_EQ(0, pthread_join(servers[i], NULL));
}

/* Linux signals */

static atomic_int handled;
static void (*handler_action)(void);	/* what the handler does besides counting */

static void handler(int signal)
{
	(void)signal;
	/* Counted last: the count shows that the handler is done. */
	if (handler_action)
		handler_action();
	atomic_fetch_add(&handled, 1);
}

static void install_handler(int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGUSR1, &action, NULL))
		abort();
}

static bool reaches(atomic_int *count, int value)
{
	zx_instant_mono_t end = ZXT_SOON;

	while (atomic_load(count) < value) {
		if (zx_clock_get_monotonic() > end)
			return false;
		usleep(100);
	}
	return true;
}

/* Returns whether the handler has run. */
static bool interrupt(pthread_t thread)
{
	int before = atomic_load(&handled);

	return !pthread_kill(thread, SIGUSR1) && reaches(&handled, before + 1);
}

FIXTURE(interrupted) {
	zx_handle_t client, server, event;
	uint32_t handles;
};

FIXTURE_VARIANT(interrupted) {
	int flags;
};

FIXTURE_VARIANT_ADD(interrupted, plain) { .flags = 0 };
FIXTURE_VARIANT_ADD(interrupted, sa_restart) { .flags = SA_RESTART };

FIXTURE_SETUP(interrupted)
{
	install_handler(variant->flags);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->client, &self->server));
	self->event = new_event();
	self->handles = zxt_handles();
}

FIXTURE_TEARDOWN(interrupted)
{
}

/* However often it is interrupted, a call sends its request once and gets its reply once. */
TEST_F_TIMEOUT(interrupted, sent_once_and_answered_once, 600)
{
	struct many many = { .end = self->client, .calls = 100 };

	ASSERT_EQ(0, pthread_create(&many.thread, NULL, many_thread, &many));
	for (uint32_t i = 0; i < many.calls; i++) {
		struct message request, again;

		ASSERT_EQ(ZX_OK, take(self->server, &request));
		ASSERT_EQ(i, request.word);
		for (uint32_t j = 0; j < i % 4; j++)
			ASSERT_TRUE(interrupt(many.thread));
		ASSERT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(self->server, 0, &again, NULL, 8, 0,
							      NULL, NULL));
		ASSERT_EQ(ZX_OK, answer(self->server, request.txid, ~request.word));
	}
	ASSERT_EQ(0, pthread_join(many.thread, NULL));
	EXPECT_EQ(ZX_OK, many.status);
	EXPECT_TRUE(is_empty(self->client));
	EXPECT_TRUE(is_empty(self->server));
}

/* Handles in both messages arrive, and the etc form behaves in the same way. */
TEST_F(interrupted, with_handles)
{
	struct caller caller = caller_init(self->client, 1);
	struct message request;
	zx_handle_t got;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &caller.send));
	ASSERT_EQ(0, pthread_create(&caller.thread, NULL, caller_thread, &caller));
	ASSERT_EQ(ZX_OK, zx_object_wait_one(self->server, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->server, 0, &request, &got, 8, 1, NULL, NULL));
	ASSERT_TRUE(interrupt(caller.thread));
	ASSERT_EQ(ZX_OK, answer_with(self->server, request.txid, self->event));
	ASSERT_ENDED(&caller, ZX_OK);
	ASSERT_EQ(1, caller.handles);
	EXPECT_EQ(zxt_koid(self->event), zxt_koid(caller.got[0]));
	EXPECT_EQ(3, zxt_handles_to(self->event));
}

struct etc_caller {
	pthread_t thread;
	zx_handle_t end, event;
	zx_handle_info_t got;
	uint32_t bytes, handles;
	zx_status_t status;
};

static void *etc_thread(void *arg)
{
	struct etc_caller *caller = arg;
	struct message request = { 0, 1 }, reply;
	zx_handle_disposition_t how = duplicate_of(caller->event);
	zx_channel_call_etc_args_t args = {
		&request, &how, &reply, &caller->got, sizeof(request), 1, sizeof(reply), 1,
	};

	caller->status = zx_channel_call_etc(caller->end, 0, ZXT_SOON, &args, &caller->bytes,
					     &caller->handles);
	return NULL;
}

TEST_F(interrupted, etc)
{
	struct etc_caller caller = { .end = self->client, .event = self->event };
	struct message request;
	zx_handle_t got;

	ASSERT_EQ(0, pthread_create(&caller.thread, NULL, etc_thread, &caller));
	ASSERT_EQ(ZX_OK, zx_object_wait_one(self->server, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->server, 0, &request, &got, 8, 1, NULL, NULL));
	ASSERT_TRUE(interrupt(caller.thread));
	ASSERT_TRUE(interrupt(caller.thread));
	ASSERT_EQ(ZX_OK, answer_with(self->server, request.txid, self->event));
	ASSERT_ENDED(&caller, ZX_OK);
	ASSERT_EQ(1, caller.handles);
	EXPECT_EQ(ZX_OBJ_TYPE_EVENT, caller.got.type);
	EXPECT_EQ(ZX_DEFAULT_EVENT_RIGHTS, caller.got.rights);
	EXPECT_EQ(3, zxt_handles_to(self->event));
}

/* The deadline is a point in time: interruptions do not put it off. */
TEST_F(interrupted, deadline_still_holds)
{
	struct caller caller = caller_init(self->client, 1);
	zx_instant_mono_t deadline = zx_deadline_after(ZX_SEC(2));
	struct message request;

	caller.deadline = deadline;
	ASSERT_CALLED(&caller, self->server, &request);
	while (zx_clock_get_monotonic() < deadline - ZX_MSEC(500)) {
		ASSERT_TRUE(interrupt(caller.thread));
		usleep(10000);
	}
	ASSERT_ENDED(&caller, ZX_ERR_TIMED_OUT);
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 9));
	EXPECT_EQ(ZX_OK, take(self->client, &request));
}

TEST_F(interrupted, then_ended_otherwise)
{
	struct caller caller = caller_init(self->client, 1);
	struct message request;
	zx_handle_t a, b;

	ASSERT_CALLED(&caller, self->server, &request);
	ASSERT_TRUE(interrupt(caller.thread));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_ENDED(&caller, ZX_ERR_CANCELED);

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	caller = caller_init(a, 2);
	ASSERT_CALLED(&caller, b, &request);
	ASSERT_TRUE(interrupt(caller.thread));
	ASSERT_EQ(ZX_OK, zx_handle_close(b));
	ASSERT_ENDED(&caller, ZX_ERR_PEER_CLOSED);

	ASSERT_EQ(ZX_OK, zx_handle_close(a));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	caller = caller_init(a, 3);
	caller.space_handles = 0;
	ASSERT_CALLED(&caller, b, &request);
	ASSERT_TRUE(interrupt(caller.thread));
	ASSERT_EQ(ZX_OK, answer_with(b, request.txid, self->event));
	ASSERT_ENDED(&caller, ZX_ERR_BUFFER_TOO_SMALL);
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

struct pester {
	pthread_t thread, victim;
	atomic_bool stop;
};

static void *pester_thread(void *arg)
{
	struct pester *pester = arg;

	while (!atomic_load(&pester->stop)) {
		int before = atomic_load(&handled);

		/* One signal at a time, so that the victim makes progress. */
		pthread_kill(pester->victim, SIGUSR1);
		while (atomic_load(&handled) == before && !atomic_load(&pester->stop))
			usleep(10);
		usleep(before % 7 * 50);
	}
	return NULL;
}

/* At any moment: before the request is sent, while it is sent, while the reply is copied out. */
TEST_F_TIMEOUT(interrupted, at_any_moment, 600)
{
	struct many many = { .end = self->client, .calls = UINT32_MAX };
	zx_instant_mono_t end = zx_deadline_after(ZX_SEC(180));
	struct pester pester = {};

	ASSERT_EQ(0, pthread_create(&many.thread, NULL, many_thread, &many));
	pester.victim = many.thread;
	ASSERT_EQ(0, pthread_create(&pester.thread, NULL, pester_thread, &pester));
	for (uint32_t i = 0; !atomic_load(&many.stop); i++) {
		struct message request;

		ASSERT_EQ(ZX_OK, take(self->server, &request));
		ASSERT_EQ(i, request.word);
		ASSERT_LT(zx_clock_get_monotonic(), end);
		/* The caller stops after this reply. */
		if (i >= 500 && atomic_load(&handled) >= 300)
			atomic_store(&many.stop, true);
		ASSERT_EQ(ZX_OK, answer(self->server, request.txid, ~request.word));
	}
	/* The caller's thread must not be joined before the last signal is sent. */
	atomic_store(&pester.stop, true);
	ASSERT_EQ(0, pthread_join(pester.thread, NULL));
	ASSERT_EQ(0, pthread_join(many.thread, NULL));
	EXPECT_EQ(ZX_OK, many.status);
	EXPECT_TRUE(is_empty(self->client));
	EXPECT_TRUE(is_empty(self->server));
}

/* The handler makes a call of its own on the same channel, which may be interrupted again. */
#define DEPTH 5

static zx_handle_t nested_end;
static atomic_int nested_level, nested_wrong;

static void call_in_handler(void)
{
	struct caller caller = caller_init(nested_end, atomic_fetch_add(&nested_level, 1) + 1);

	caller_thread(&caller);
	if (caller.status != ZX_OK || caller.reply.word != ~caller.request.word)
		atomic_fetch_add(&nested_wrong, 1);
}

TEST_F_TIMEOUT(interrupted, calls_within_calls, 300)
{
	for (int order = 0; order < 3; order++) {
		struct message requests[DEPTH + 1];
		struct many many = { .end = self->client, .calls = 1 };

		install_handler(variant->flags | SA_NODEFER);
		handler_action = call_in_handler;
		nested_end = self->client;
		atomic_store(&nested_level, 0);
		atomic_store(&handled, 0);
		ASSERT_EQ(0, pthread_create(&many.thread, NULL, many_thread, &many));
		for (uint32_t i = 0; i <= DEPTH; i++) {
			ASSERT_EQ(ZX_OK, take(self->server, &requests[i]));
			ASSERT_EQ(i, requests[i].word);
			for (uint32_t j = 0; j < i; j++)
				ASSERT_NE(requests[j].txid, requests[i].txid);
			if (i < DEPTH)
				ASSERT_EQ(0, pthread_kill(many.thread, SIGUSR1));
		}
		/* The innermost first, the outermost first, and from the middle. */
		for (uint32_t i = 0; i <= DEPTH; i++) {
			uint32_t pick = order ? (i + 3 * (order - 1)) % (DEPTH + 1) : DEPTH - i;

			ASSERT_EQ(ZX_OK, answer(self->server, requests[pick].txid,
						~requests[pick].word));
		}
		ASSERT_EQ(0, pthread_join(many.thread, NULL));
		EXPECT_EQ(ZX_OK, many.status);
		EXPECT_EQ(DEPTH, handled);
		EXPECT_EQ(0, nested_wrong);
		EXPECT_TRUE(is_empty(self->client));
		EXPECT_TRUE(is_empty(self->server));
	}
	EXPECT_EQ(self->handles, zxt_handles());
}

TEST_F_TIMEOUT(interrupted, calls_within_calls_at_any_moment, 600)
{
	struct many many = { .end = self->client, .calls = UINT32_MAX };
	struct pester pester = {};
	pthread_t server;

	nested_end = self->client;
	handler_action = call_in_handler;
	ASSERT_EQ(0, pthread_create(&server, NULL, server_thread, &self->server));
	ASSERT_EQ(0, pthread_create(&many.thread, NULL, many_thread, &many));
	pester.victim = many.thread;
	ASSERT_EQ(0, pthread_create(&pester.thread, NULL, pester_thread, &pester));
	for (int i = 50; i <= 300; i += 50)
		ASSERT_TRUE(reaches(&handled, i));
	atomic_store(&many.stop, true);
	atomic_store(&pester.stop, true);
	ASSERT_EQ(0, pthread_join(pester.thread, NULL));
	ASSERT_EQ(0, pthread_join(many.thread, NULL));
	EXPECT_EQ(ZX_OK, many.status);
	EXPECT_EQ(0, nested_wrong);
	EXPECT_TRUE(is_empty(self->client));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_EQ(0, pthread_join(server, NULL));
}

/* Abandoned calls: the handler jumps out of them */

static _Thread_local sigjmp_buf way_out;
static _Thread_local volatile sig_atomic_t may_jump;
static atomic_int abandoned;

static void jump_out(void)
{
	if (may_jump) {
		may_jump = 0;
		siglongjmp(way_out, 1);
	}
}

struct abandoner {
	pthread_t thread;
	zx_handle_t end, event;
	int calls, given_up;
	sem_t done;		/* all have been abandoned */
	struct caller last;
};

/* Begins calls that are never finished, with a handle in each, then one that is finished. */
static void *abandon_thread(void *arg)
{
	struct abandoner *abandoner = arg;

	for (volatile int i = 0; i < abandoner->calls; i++) {
		struct caller caller = caller_init(abandoner->end, i);

		if (abandoner->event != ZX_HANDLE_INVALID)
			zx_handle_duplicate(abandoner->event, ZX_RIGHT_SAME_RIGHTS, &caller.send);
		if (!sigsetjmp(way_out, 1)) {
			may_jump = 1;
			caller_thread(&caller);
			may_jump = 0;
		} else {
			atomic_fetch_add(&abandoned, 1);
		}
	}
	sem_post(&abandoner->done);
	abandoner->last = caller_init(abandoner->end, 0xffff);
	caller_thread(&abandoner->last);
	return NULL;
}

/* Reads the request of a call and has the call abandoned. */
static void abandon(struct __test_metadata *_metadata, struct abandoner *abandoner,
		    zx_handle_t server, int i, uint32_t *txid)
{
	uint32_t handles = 0;
	struct message request;
	zx_handle_t got;

	ASSERT_EQ(ZX_OK, zx_object_wait_one(server, ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	ASSERT_EQ(ZX_OK, zx_channel_read(server, 0, &request, &got, 8, 1, NULL, &handles));
	ASSERT_EQ(i, request.word);
	if (handles)
		zx_handle_close(got);
	*txid = request.txid;
	ASSERT_EQ(0, pthread_kill(abandoner->thread, SIGUSR1));
	ASSERT_TRUE(reaches(&abandoned, i + 1));
}

TEST_F_TIMEOUT(interrupted, abandoned_calls_leak_nothing, 300)
{
	struct abandoner abandoner = { .end = self->client, .event = self->event, .calls = 20 };
	struct message request;
	uint32_t txid;

	handler_action = jump_out;
	sem_init(&abandoner.done, 0, 0);
	ASSERT_EQ(0, pthread_create(&abandoner.thread, NULL, abandon_thread, &abandoner));
	for (int i = 0; i < abandoner.calls; i++) {
		abandon(_metadata, &abandoner, self->server, i, &txid);
		/* Some calls are answered all the same, with a handle that no caller gets. */
		if (i % 2)
			ASSERT_EQ(ZX_OK, answer_with(self->server, txid, self->event));
	}
	/* The thread and the channel still work. */
	ASSERT_EQ(ZX_OK, take(self->server, &request));
	ASSERT_EQ(0xffff, request.word);
	ASSERT_TRUE(interrupt(abandoner.thread));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 5));
	ASSERT_EQ(0, pthread_join(abandoner.thread, NULL));
	EXPECT_EQ(ZX_OK, abandoner.last.status);
	EXPECT_EQ(5, abandoner.last.reply.word);
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	EXPECT_EQ(1, zxt_handles_to(self->event));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(self->server));
	EXPECT_EQ(self->handles - 1, zxt_handles());
}

/* The peer closes first, then the process ends. */
TEST_F(interrupted, abandoned_calls_and_a_closed_peer)
{
	struct abandoner abandoner = { .end = self->client, .event = self->event, .calls = 10 };
	struct message request;
	uint32_t txid;

	handler_action = jump_out;
	sem_init(&abandoner.done, 0, 0);
	ASSERT_EQ(0, pthread_create(&abandoner.thread, NULL, abandon_thread, &abandoner));
	for (int i = 0; i < abandoner.calls; i++)
		abandon(_metadata, &abandoner, self->server, i, &txid);
	ASSERT_EQ(ZX_OK, take(self->server, &request));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	ASSERT_EQ(0, pthread_join(abandoner.thread, NULL));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, abandoner.last.status);
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

/*
 * Ids are counted, so a peer can guess the next. A message with that id which comes before the
 * request is sent is no reply, and must not leak.
 */
struct guesser {
	pthread_t thread;
	zx_handle_t end, event;
	volatile bool done;
};

static void *guess_thread(void *arg)
{
	struct guesser *guesser = arg;

	for (uint32_t txid = 0x80000001; !guesser->done; txid++) {
		zx_handle_disposition_t how = {
			.operation = ZX_HANDLE_OP_DUPLICATE,
			.handle = guesser->event,
			.rights = ZX_RIGHT_SAME_RIGHTS,
		};
		struct message message;

		if (txid > 0x80000400)
			txid = 0x80000001;
		zx_channel_write_etc(guesser->end, 0, &txid, sizeof(txid), &how, 1);
		zx_channel_read(guesser->end, ZX_CHANNEL_READ_MAY_DISCARD, &message, NULL, 0, 0,
				NULL, NULL);
	}
	return NULL;
}

TEST_F_TIMEOUT(full, guessed_ids_leave_nothing, 300)
{
	struct guesser guesser = { .end = self->server, .event = self->event };
	uint32_t filler = 1;

	ASSERT_EQ(0, pthread_create(&guesser.thread, NULL, guess_thread, &guesser));
	for (int i = 0; i < 3000; i++) {
		struct caller caller = caller_init(self->client, i);
		zx_channel_call_args_t args = caller_args(&caller);
		uint32_t bytes, handles;

		while (zx_channel_write(self->client, 0, &filler, 4, NULL, 0) == ZX_OK)
			;
		/* Now and then there is space for the request, and the guess is a reply. */
		if (zx_channel_call(self->client, 0, 0, &args, &bytes, &handles) == ZX_OK &&
		    handles > 0)
			ASSERT_EQ(ZX_OK, zx_handle_close(caller.got[0]));
	}
	guesser.done = true;
	ASSERT_EQ(0, pthread_join(guesser.thread, NULL));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	EXPECT_EQ(1, zxt_handles_to(self->event));
}

/* An interrupted call goes on, also where its own endpoint is full of messages. */
TEST_F(full, interrupted_call_goes_on)
{
	struct caller caller = caller_init(self->client, 3);
	struct message request;

	install_handler(0);
	ASSERT_CALLED(&caller, self->server, &request);
	for (uint32_t id = 1; id <= FULL; id++)
		ASSERT_EQ(ZX_OK, answer(self->server, id, 0));
	ASSERT_EQ(ZX_ERR_SHOULD_WAIT, answer(self->server, 9, 0));
	ASSERT_TRUE(interrupt(caller.thread));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 9));
	ASSERT_ENDED(&caller, ZX_OK);
	EXPECT_EQ(9, caller.reply.word);
}

/* Both endpoints call at once: a request is no reply, although the ids are the same. */
TEST_F(call, both_ways_at_once)
{
	struct caller there = caller_init(self->client, 3), back = caller_init(self->server, 4);
	struct message request, other;

	ASSERT_CALLED(&there, self->server, &request);
	ASSERT_CALLED(&back, self->client, &other);
	EXPECT_EQ(3, request.word);
	EXPECT_EQ(4, other.word);
	ASSERT_EQ(ZX_OK, answer(self->client, other.txid, 40));
	ASSERT_ENDED(&back, ZX_OK);
	EXPECT_EQ(40, back.reply.word);
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 30));
	ASSERT_ENDED(&there, ZX_OK);
	EXPECT_EQ(30, there.reply.word);
}

/*
 * A process can have 64 parked calls for each of its threads, of which there are two here. Beyond
 * that the oldest are given up: their replies are messages.
 */
TEST_F_TIMEOUT(interrupted, abandoned_calls_have_a_limit, 600)
{
	struct abandoner abandoner = { .end = self->client, .calls = 2 * 64 + 5 };
	uint32_t txids[2 * 64 + 5];
	struct message request;

	handler_action = jump_out;
	sem_init(&abandoner.done, 0, 0);
	ASSERT_EQ(0, pthread_create(&abandoner.thread, NULL, abandon_thread, &abandoner));
	for (int i = 0; i < abandoner.calls; i++)
		abandon(_metadata, &abandoner, self->server, i, &txids[i]);
	for (int i = 0; i < abandoner.calls; i++) {
		ASSERT_EQ(ZX_OK, answer(self->server, txids[i], i));
		if (i >= 5) {
			ASSERT_TRUE(is_empty(self->client));
			continue;
		}
		ASSERT_EQ(ZX_OK, take(self->client, &request));
		EXPECT_EQ(txids[i], request.txid);
	}
	ASSERT_EQ(ZX_OK, take(self->server, &request));
	ASSERT_TRUE(interrupt(abandoner.thread));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 7));
	ASSERT_EQ(0, pthread_join(abandoner.thread, NULL));
	EXPECT_EQ(ZX_OK, abandoner.last.status);
	EXPECT_EQ(7, abandoner.last.reply.word);
}

/*
 * Canceled calls do not count: after a process's parked calls were canceled with their handle it
 * can park as many again, and none is given up.
 */
TEST_F_TIMEOUT(interrupted, canceled_calls_do_not_count, 600)
{
	struct abandoner abandoner = { .end = self->client, .calls = 2 * 64 };
	uint32_t txids[2 * 64];
	struct message request;
	zx_handle_t server = self->server;

	handler_action = jump_out;
	sem_init(&abandoner.done, 0, 0);
	for (int round = 0; round < 2; round++) {
		if (round) {
			ASSERT_EQ(ZX_OK, zx_handle_close(abandoner.end));
			ASSERT_EQ(ZX_OK, zx_channel_create(0, &abandoner.end, &server));
			atomic_store(&abandoned, 0);
		}
		ASSERT_EQ(0, pthread_create(&abandoner.thread, NULL, abandon_thread, &abandoner));
		for (int i = 0; i < abandoner.calls; i++)
			abandon(_metadata, &abandoner, server, i, &txids[i]);
		/* The thread ends after this last call. */
		ASSERT_EQ(ZX_OK, take(server, &request));
		ASSERT_EQ(ZX_OK, answer(server, request.txid, 7));
		ASSERT_EQ(0, pthread_join(abandoner.thread, NULL));
		EXPECT_EQ(ZX_OK, abandoner.last.status);
	}
	for (int i = 0; i < abandoner.calls; i++) {
		ASSERT_EQ(ZX_OK, answer(server, txids[i], i));
		ASSERT_TRUE(is_empty(abandoner.end))
			TH_LOG("call %d", i);
	}
}

/* The two halves of a call */

struct halves {
	pthread_t thread;
	struct caller caller;
	bool etc;
	int finishes;		/* how often to go on */
	sem_t back, go;		/* a step has ended; make the next one */
	zx_handle_info_t info[2];
	zx_status_t status;
};

static zx_status_t first_half(struct halves *halves)
{
	struct caller *caller = &halves->caller;
	zx_channel_call_args_t args = caller_args(caller);
	zx_channel_call_etc_args_t etc = {
		.wr_bytes = args.wr_bytes,
		.rd_bytes = args.rd_bytes,
		.rd_handles = halves->info,
		.wr_num_bytes = args.wr_num_bytes,
		.rd_num_bytes = args.rd_num_bytes,
		.rd_num_handles = args.rd_num_handles,
	};

	if (halves->etc)
		return zxt_channel_call_etc_start(caller->end, caller->deadline, &etc,
						   &caller->bytes, &caller->handles);
	return zxt_channel_call_start(caller->end, caller->deadline, &args, &caller->bytes,
				       &caller->handles);
}

/* The second half does not look at the request. */
static zx_status_t second_half(struct halves *halves)
{
	struct caller *caller = &halves->caller;
	zx_channel_call_args_t args = {
		.rd_bytes = &caller->reply,
		.rd_handles = caller->got,
		.rd_num_bytes = caller->space,
		.rd_num_handles = caller->space_handles,
	};
	zx_channel_call_etc_args_t etc = {
		.rd_bytes = &caller->reply,
		.rd_handles = halves->info,
		.rd_num_bytes = caller->space,
		.rd_num_handles = caller->space_handles,
	};

	if (halves->etc)
		return zxt_channel_call_etc_finish(caller->deadline, &etc, &caller->bytes,
						  &caller->handles);
	return zxt_channel_call_finish(caller->deadline, &args, &caller->bytes, &caller->handles);
}

static void *halves_thread(void *arg)
{
	struct halves *halves = arg;

	halves->status = first_half(halves);
	sem_post(&halves->back);
	while (halves->finishes--) {
		sem_wait(&halves->go);
		halves->status = second_half(halves);
		sem_post(&halves->back);
	}
	return NULL;
}

static bool step_ends(struct halves *halves)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 60;
	for (;;) {
		if (!sem_timedwait(&halves->back, &end))
			return true;
		if (errno != EINTR)
			return false;
	}
}

FIXTURE(halves) {
	zx_handle_t client, server, event;
	struct halves halves;
	uint32_t txid;
};

FIXTURE_VARIANT(halves) {
	bool etc;
	int flags;
};

FIXTURE_VARIANT_ADD(halves, plain) { .etc = false, .flags = 0 };
FIXTURE_VARIANT_ADD(halves, etc) { .etc = true, .flags = SA_RESTART };

/* Ends when the request has been sent and a signal has ended the first half. */
FIXTURE_SETUP(halves)
{
	struct message request, again;

	install_handler(variant->flags);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->client, &self->server));
	self->event = new_event();
	self->halves = (struct halves){
		.etc = variant->etc,
		.caller = caller_init(self->client, 7),
		.finishes = 2,
	};
	sem_init(&self->halves.back, 0, 0);
	sem_init(&self->halves.go, 0, 0);
	ASSERT_EQ(0, pthread_create(&self->halves.thread, NULL, halves_thread, &self->halves));
	ASSERT_EQ(ZX_OK, take(self->server, &request));
	ASSERT_EQ(0, pthread_kill(self->halves.thread, SIGUSR1));
	ASSERT_TRUE(step_ends(&self->halves));
	ASSERT_EQ(ZX_ERR_INTERNAL_INTR_RETRY, self->halves.status);
	ASSERT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(self->server, 0, &again, NULL, 8, 0, NULL,
						      NULL));
	self->txid = request.txid;
}

/* The call has ended, so nothing is left to finish. */
FIXTURE_TEARDOWN(halves)
{
	sem_post(&self->halves.go);
	ASSERT_TRUE(step_ends(&self->halves));
	EXPECT_EQ(ZX_ERR_CANCELED, self->halves.status);
	ASSERT_EQ(0, pthread_join(self->halves.thread, NULL));
}

#define EXPECT_SECOND_HALF(status_)                                \
	do {                                                       \
		sem_post(&self->halves.go);                        \
		ASSERT_TRUE(step_ends(&self->halves));             \
		EXPECT_EQ(status_, self->halves.status);           \
	} while (0)

TEST_F(halves, reply_before_the_second)
{
	ASSERT_EQ(ZX_OK, answer_with(self->server, self->txid, self->event));
	EXPECT_TRUE(is_empty(self->client));
	EXPECT_SECOND_HALF(ZX_OK);
	EXPECT_EQ(8, self->halves.caller.bytes);
	EXPECT_EQ(1, self->halves.caller.handles);
	EXPECT_EQ(self->txid, self->halves.caller.reply.txid);
	EXPECT_EQ(zxt_koid(self->event), zxt_koid(variant->etc ? self->halves.info[0].handle :
							       self->halves.caller.got[0]));
}

/* The first reply is the call's; any further one is a message. Both keep their handles. */
TEST_F(halves, second_reply_before_the_second)
{
	struct message other;
	zx_handle_t event = new_event(), got;

	ASSERT_EQ(ZX_OK, answer_with(self->server, self->txid, self->event));
	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 6));
	ASSERT_EQ(ZX_OK, answer_with(self->server, self->txid, event));
	EXPECT_SECOND_HALF(ZX_OK);
	EXPECT_EQ(self->txid, self->halves.caller.reply.txid);
	ASSERT_EQ(1, self->halves.caller.handles);
	EXPECT_EQ(zxt_koid(self->event), zxt_koid(variant->etc ? self->halves.info[0].handle :
							       self->halves.caller.got[0]));
	EXPECT_EQ(ZX_OK, take(self->client, &other));
	EXPECT_EQ(self->txid, other.txid);
	EXPECT_EQ(6, other.word);
	ASSERT_EQ(ZX_OK, zx_channel_read(self->client, 0, &other, &got, sizeof(other), 1, NULL,
					 NULL));
	EXPECT_EQ(zxt_koid(event), zxt_koid(got));
}

/* The same for replies with a channel, which other code hands over. */
TEST_F(halves, second_reply_with_a_channel)
{
	zx_handle_t ends[2][2], got;
	struct message other;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[i][0], &ends[i][1]));
		ASSERT_EQ(ZX_OK, answer_with_handle(self->server, self->txid, ends[i][0]));
	}
	EXPECT_SECOND_HALF(ZX_OK);
	got = variant->etc ? self->halves.info[0].handle : self->halves.caller.got[0];
	EXPECT_EQ(zxt_koid(ends[0][1]), zxt_basic(got).related_koid);
	ASSERT_EQ(ZX_OK, zx_channel_read(self->client, 0, &other, &got, sizeof(other), 1, NULL,
					 NULL));
	EXPECT_EQ(zxt_koid(ends[1][1]), zxt_basic(got).related_koid);
}

/* A reply that came before the peer was closed counts. */
TEST_F(halves, reply_before_the_peer_closes)
{
	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 5));
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	self->server = ZX_HANDLE_INVALID;
	EXPECT_SECOND_HALF(ZX_OK);
	EXPECT_EQ(5, self->halves.caller.reply.word);
}

/* A full endpoint takes the reply that a call waits for, and no other. */
TEST_F(halves, second_reply_to_a_full_endpoint)
{
	static const char large[65536];
	zx_status_t status;

	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 5));
	do
		status = zx_channel_write(self->server, 0, large, sizeof(large), NULL, 0);
	while (status == ZX_OK);
	ASSERT_EQ(ZX_ERR_SHOULD_WAIT, status);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, answer(self->server, self->txid, 6));
	EXPECT_SECOND_HALF(ZX_OK);
	EXPECT_EQ(5, self->halves.caller.reply.word);
}

/* A reply that came in time counts, even if the second half begins after the deadline. */
TEST_F(halves, reply_before_the_deadline)
{
	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 5));
	self->halves.caller.deadline = 0;
	EXPECT_SECOND_HALF(ZX_OK);
	EXPECT_EQ(5, self->halves.caller.reply.word);
}

TEST_F(halves, reply_during_the_second)
{
	sem_post(&self->halves.go);
	usleep(20000);
	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 6));
	ASSERT_TRUE(step_ends(&self->halves));
	EXPECT_EQ(ZX_OK, self->halves.status);
	EXPECT_EQ(6, self->halves.caller.reply.word);
}

TEST_F(halves, second_is_interrupted)
{
	int before = atomic_load(&handled);
	zx_instant_mono_t end = ZXT_SOON;

	self->halves.finishes++;
	sem_post(&self->halves.go);
	/* A signal may come before the second half has begun; then the next one interrupts it. */
	do {
		ASSERT_LT(zx_clock_get_monotonic(), end);
		ASSERT_EQ(0, pthread_kill(self->halves.thread, SIGUSR1));
		usleep(20000);
	} while (sem_trywait(&self->halves.back));
	EXPECT_LT(before, atomic_load(&handled));
	EXPECT_EQ(ZX_ERR_INTERNAL_INTR_RETRY, self->halves.status);
	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 6));
	EXPECT_SECOND_HALF(ZX_OK);
	EXPECT_EQ(6, self->halves.caller.reply.word);
}

TEST_F(halves, deadline_has_passed)
{
	struct message late;

	self->halves.caller.deadline = zx_clock_get_monotonic();
	EXPECT_SECOND_HALF(ZX_ERR_TIMED_OUT);
	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 6));
	EXPECT_EQ(ZX_OK, take(self->client, &late));
	EXPECT_EQ(self->txid, late.txid);
}

TEST_F(halves, handle_closed_between)
{
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	EXPECT_SECOND_HALF(ZX_ERR_CANCELED);
}

TEST_F(halves, handle_sent_away_between)
{
	zx_handle_t a, b, end;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &a, &b));
	ASSERT_EQ(ZX_OK, zx_channel_write(a, 0, NULL, 0, &self->client, 1));
	EXPECT_SECOND_HALF(ZX_ERR_CANCELED);
	ASSERT_EQ(ZX_OK, zx_channel_read(b, 0, NULL, &end, 0, 1, NULL, NULL));
	/* No call waits for the reply any more. */
	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 6));
	EXPECT_FALSE(is_empty(end));
}

TEST_F(halves, peer_closed_between)
{
	ASSERT_EQ(ZX_OK, zx_handle_close(self->server));
	EXPECT_SECOND_HALF(ZX_ERR_PEER_CLOSED);
}

TEST_F(halves, reply_does_not_fit)
{
	self->halves.caller.space = 7;
	ASSERT_EQ(ZX_OK, answer_with(self->server, self->txid, self->event));
	EXPECT_SECOND_HALF(ZX_ERR_BUFFER_TOO_SMALL);
	EXPECT_EQ(1, zxt_handles_to(self->event));
	EXPECT_TRUE(is_empty(self->client));
}

/* A parked call does not disturb other calls on the same channel. */
TEST_F(halves, other_calls_meanwhile)
{
	struct caller other = caller_init(self->client, 9);
	struct message request;

	ASSERT_CALLED(&other, self->server, &request);
	EXPECT_NE(self->txid, request.txid);
	ASSERT_EQ(ZX_OK, answer(self->server, self->txid, 1));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 2));
	ASSERT_ENDED(&other, ZX_OK);
	EXPECT_EQ(2, other.reply.word);
	EXPECT_SECOND_HALF(ZX_OK);
	EXPECT_EQ(1, self->halves.caller.reply.word);
}

TEST_F(call, nothing_to_finish)
{
	struct halves halves = { .caller = caller_init(self->client, 1) };

	EXPECT_EQ(ZX_ERR_CANCELED, second_half(&halves));
	halves.etc = true;
	EXPECT_EQ(ZX_ERR_CANCELED, second_half(&halves));
}

/* What the module returns for a second half that does not come from the library. */
static long finish_by_id(zx_handle_t end, uint32_t txid)
{
	struct caller caller = caller_init(end, 0);
	zx_channel_call_args_t args = caller_args(&caller);
	struct zx_ioc_channel_call arg = {
		.handle = end,
		.deadline = ZX_TIME_INFINITE_PAST,
		.args = (uintptr_t)&args,
		.actual_bytes = (uintptr_t)&caller.bytes,
		.actual_handles = (uintptr_t)&caller.handles,
		.txid = (uintptr_t)&txid,
	};
	int device = zxp_open(O_CLOEXEC);
	long ret = zxp_ioctl(device, ZX_IOC_CHANNEL_CALL_FINISH, &arg);

	close(device);
	return ret;
}

/* The second half needs the same handle and rights as the first. */
TEST_F(call, second_half_through_a_wrong_handle)
{
	zx_handle_t client, server;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &client, &server));
	EXPECT_EQ(-ZX_ERR_BAD_STATE, finish_by_id(client, KERNEL_TXID | 1));
	EXPECT_EQ(-ZX_ERR_CANCELED, finish_by_id(ZX_HANDLE_INVALID, KERNEL_TXID | 1));
	EXPECT_EQ(-ZX_ERR_WRONG_TYPE, finish_by_id(self->event, KERNEL_TXID | 1));
	client = without(client, ZX_RIGHT_WRITE);
	EXPECT_EQ(-ZX_ERR_ACCESS_DENIED, finish_by_id(client, KERNEL_TXID | 1));
	server = without(server, ZX_RIGHT_READ);
	EXPECT_EQ(-ZX_ERR_ACCESS_DENIED, finish_by_id(server, KERNEL_TXID | 1));
}

/* A call in which a thread waits can only be finished by that thread. */
TEST_F(call, second_half_of_another_threads_call)
{
	struct caller caller = caller_init(self->client, 1);
	struct message request;

	ASSERT_CALLED(&caller, self->server, &request);
	EXPECT_EQ(-ZX_ERR_BAD_STATE, finish_by_id(self->client, request.txid));
	ASSERT_EQ(ZX_OK, answer(self->server, request.txid, 2));
	ASSERT_ENDED(&caller, ZX_OK);
	EXPECT_EQ(2, caller.reply.word);
}

/* Without a signal the first half is a whole call. */
TEST_F(call, first_half_alone)
{
	struct halves halves = { .caller = caller_init(self->client, 1) };
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, echo_thread, &self->server));
	for (int i = 0; i < 2; i++) {
		halves.etc = i;
		EXPECT_EQ(ZX_OK, first_half(&halves));
		EXPECT_EQ(~1u, halves.caller.reply.word);
		EXPECT_EQ(ZX_ERR_CANCELED, second_half(&halves));
	}
	ASSERT_EQ(ZX_OK, zx_handle_close(self->client));
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

/*
 * Rounds in which calls race with the closing of their channel. Requests and replies carry
 * duplicates of one event; its count shows in the end whether one was lost.
 */
enum how_to_end { CLOSE_CLIENT, CLOSE_SERVER, SEND_CLIENT_AWAY };

struct race {
	zx_handle_t client, server, event;
	enum how_to_end how;
	atomic_int unexpected;
};

static void race_call(struct race *race)
{
	struct message request = { 0, 1 }, reply;
	zx_handle_disposition_t how = duplicate_of(race->event);
	zx_handle_info_t got;
	zx_channel_call_etc_args_t args = {
		&request, &how, &reply, &got, sizeof(request), 1, sizeof(reply), 1,
	};
	uint32_t bytes, handles;

	switch (zx_channel_call_etc(race->client, 0, ZXT_SOON, &args, &bytes, &handles)) {
	case ZX_OK:
		if (handles != 1 || reply.word != 2 || zx_handle_close(got.handle) != ZX_OK)
			atomic_store(&race->unexpected, 1);
		break;
	case ZX_ERR_BAD_HANDLE:
	case ZX_ERR_CANCELED:
	case ZX_ERR_PEER_CLOSED:
		break;
	default:
		atomic_store(&race->unexpected, 2);
	}
}

static void race_serve(struct race *race)
{
	struct message message;
	zx_status_t status;
	uint32_t handles;
	zx_handle_t got;

	for (;;) {
		status = zx_channel_read(race->server, 0, &message, &got, sizeof(message), 1, NULL,
					 &handles);
		if (status == ZX_ERR_SHOULD_WAIT) {
			status = zx_object_wait_one(race->server,
						    ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED,
						    ZXT_SOON, NULL);
			if (status == ZX_OK)
				continue;
		} else if (status == ZX_OK) {
			message.word = 2;
			status = zx_channel_write(race->server, 0, &message, sizeof(message), &got,
						  handles);
			if (status == ZX_OK)
				continue;
		}
		if (status == ZX_ERR_TIMED_OUT)
			atomic_store(&race->unexpected, 3);
		return;
	}
}

static void race_end(struct race *race)
{
	zx_handle_t a, b, end = race->client;

	switch (race->how) {
	case CLOSE_CLIENT:
		zx_handle_close(race->client);
		break;
	case CLOSE_SERVER:
		zx_handle_close(race->server);
		break;
	case SEND_CLIENT_AWAY:
		zx_channel_create(0, &a, &b);
		if (zx_channel_write(a, 0, NULL, 0, &end, 1) != ZX_OK)
			atomic_store(&race->unexpected, 4);
		zx_handle_close(a);
		zx_handle_close(b);
	}
}

FIXTURE(race) {
	struct race race;
};

FIXTURE_VARIANT(race) {
	enum how_to_end how;
};

FIXTURE_VARIANT_ADD(race, client_closes) { .how = CLOSE_CLIENT };
FIXTURE_VARIANT_ADD(race, server_closes) { .how = CLOSE_SERVER };
FIXTURE_VARIANT_ADD(race, client_sent_away) { .how = SEND_CLIENT_AWAY };

FIXTURE_SETUP(race)
{
	self->race.how = variant->how;
	self->race.event = new_event();
}

FIXTURE_TEARDOWN(race)
{
}

TEST_F_TIMEOUT(race, leaves_nothing, 600)
{
	static void (*const actions[RACERS])(struct race *race) = {
		race_call, race_call, race_serve, race_end,
	};
	struct race *race = &self->race;
	struct racers racers;

	racers_start(&racers, race, actions);
	for (int round = 0; round < 1500; round++) {
		ASSERT_EQ(ZX_OK, zx_channel_create(0, &race->client, &race->server));
		racers_round(&racers);
		ASSERT_EQ(ZX_OK, zx_handle_close(race->how == CLOSE_SERVER ? race->client :
									     race->server));
		ASSERT_EQ(0, race->unexpected)
			TH_LOG("round %d", round);
	}
	racers_stop(&racers);
	EXPECT_EQ(1, zxt_handles_to(race->event));
	EXPECT_EQ(1, zxt_handles());
}

TEST_HARNESS_MAIN
