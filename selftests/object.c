// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects in general: creating events and eventpairs, signals, and the information about a handle,
 * an object, or the process.
 */
#include <pthread.h>

#include "zxproc.h"

FIXTURE(object) {
	zx_handle_t event;
	zx_handle_t pair[2];
	zx_handle_t channel[2];
	zx_handle_t process;
};

FIXTURE_SETUP(object)
{
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &self->pair[0], &self->pair[1]));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &self->channel[0], &self->channel[1]));
	self->process = zx_process_self();
	ASSERT_NE(ZX_HANDLE_INVALID, self->process);
}

FIXTURE_TEARDOWN(object)
{
}

/*
 * Creating.
 */

/* No create call knows any of these options. */
static const uint32_t no_options[] = { 1, 2, 0x80000000, 0xffffffff };

TEST(event_create)
{
	zx_info_handle_basic_t info;
	zx_handle_t event = ZX_HANDLE_INVALID;

	EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
	info = zxt_basic(event);
	EXPECT_EQ(ZX_OBJ_TYPE_EVENT, info.type);
	EXPECT_EQ(ZX_DEFAULT_EVENT_RIGHTS, info.rights);
	EXPECT_LE(ZX_KOID_FIRST, info.koid);
	EXPECT_EQ(0, info.related_koid);
	EXPECT_EQ(0, zxt_signals(event));
	EXPECT_EQ(1, zxt_handles_to(event));
}

TEST(event_create_refuses)
{
	zx_handle_t *out, event;

	for (size_t i = 0; i < ARRAY_SIZE(no_options); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_event_create(no_options[i], &event));
	zxt_for_each_bad_out(out)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_event_create(0, out));
	EXPECT_EQ(0, zxt_handles());
}

/* The request makes one handle: an address for a second is refused, and neither is written to. */
TEST(event_create_takes_one_pointer)
{
	zx_handle_t out0 = 77, out1 = 77;
	int device = zxp_open(O_CLOEXEC);

	ASSERT_LE(0, device);
	EXPECT_EQ(-ZX_ERR_INVALID_ARGS, zxp_create(device, ZX_IOC_EVENT_CREATE, &out0, &out1));
	EXPECT_EQ(77, out0);
	EXPECT_EQ(77, out1);
	EXPECT_EQ(0, zxt_handles());
	EXPECT_EQ(0, zxp_create(device, ZX_IOC_EVENT_CREATE, &out0, NULL));
	EXPECT_EQ(1, zxt_handles());
	close(device);
}

TEST(eventpair_create)
{
	zx_info_handle_basic_t info[2];
	zx_handle_t pair[2] = {};

	EXPECT_EQ(ZX_OK, zx_eventpair_create(0, &pair[0], &pair[1]));
	EXPECT_NE(pair[0], pair[1]);
	for (int i = 0; i < 2; i++) {
		info[i] = zxt_basic(pair[i]);
		EXPECT_EQ(ZX_OBJ_TYPE_EVENTPAIR, info[i].type);
		EXPECT_EQ(ZX_DEFAULT_EVENTPAIR_RIGHTS, info[i].rights);
		EXPECT_LE(ZX_KOID_FIRST, info[i].koid);
		EXPECT_EQ(0, zxt_signals(pair[i]));
		EXPECT_EQ(1, zxt_handles_to(pair[i]));
	}
	EXPECT_NE(info[0].koid, info[1].koid);
	EXPECT_EQ(info[0].koid, info[1].related_koid);
	EXPECT_EQ(info[1].koid, info[0].related_koid);
}

TEST(eventpair_create_refuses)
{
	zx_handle_t *out, end0, end1;

	for (size_t i = 0; i < ARRAY_SIZE(no_options); i++)
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_eventpair_create(no_options[i], &end0, &end1));
	zxt_for_each_bad_out(out) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_eventpair_create(0, out, &end1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_eventpair_create(0, &end0, out));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_eventpair_create(0, out, out));
	}
	EXPECT_EQ(0, zxt_handles());
}

static void *make_koids(void *arg)
{
	zx_koid_t *koids = arg;

	for (int i = 0; i < 1000; i++) {
		zx_handle_t event = ZX_HANDLE_INVALID;

		zx_event_create(0, &event);
		koids[i] = zxt_koid(event);
		zx_handle_close(event);
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	zx_koid_t x = *(const zx_koid_t *)a, y = *(const zx_koid_t *)b;

	return (x > y) - (x < y);
}

/* This holds also while several threads create and close objects. */
TEST(no_koid_is_given_twice)
{
	static zx_koid_t koids[4][1000];
	zx_koid_t *all = koids[0];
	pthread_t threads[4];
	size_t same = 0;

	for (int i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, make_koids, koids[i]));
	for (int i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	qsort(all, 4000, sizeof(*all), compare);
	for (int i = 1; i < 4000; i++)
		same += all[i] == all[i - 1];
	EXPECT_EQ(0, same);
	EXPECT_LE(ZX_KOID_FIRST, all[0]);
	EXPECT_EQ(0, all[3999] >> 63);
}

/*
 * Signals.
 */

TEST_F(object, signal_sets_and_clears)
{
	const zx_handle_t objects[] = { self->event, self->pair[0] };

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		zx_handle_t object = objects[i];

		for (unsigned int bit = 0; bit < 32; bit++) {
			zx_signals_t signal = 1u << bit;

			if (!(signal & ZX_EVENT_SIGNAL_MASK))
				continue;
			EXPECT_EQ(ZX_OK, zx_object_signal(object, 0, signal));
			EXPECT_EQ(signal, zxt_signals(object));
			EXPECT_EQ(ZX_OK, zx_object_signal(object, 0, signal));
			EXPECT_EQ(signal, zxt_signals(object));
			EXPECT_EQ(ZX_OK, zx_object_signal(object, signal, 0));
			EXPECT_EQ(0, zxt_signals(object));
		}
		EXPECT_EQ(ZX_OK, zx_object_signal(object, 0, ZX_EVENT_SIGNAL_MASK));
		EXPECT_EQ(ZX_OK, zx_object_signal(object, 0, 0));
		EXPECT_EQ(ZX_EVENT_SIGNAL_MASK, zxt_signals(object));
		EXPECT_EQ(ZX_OK, zx_object_signal(object, ZX_USER_SIGNAL_ALL, 0));
		EXPECT_EQ(ZX_EVENT_SIGNALED, zxt_signals(object));
	}
	EXPECT_EQ(0, zxt_signals(self->pair[1]));
}

TEST_F(object, signal_clears_before_it_sets)
{
	const zx_signals_t both = ZX_USER_SIGNAL_1 | ZX_USER_SIGNAL_2;

	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, both, ZX_USER_SIGNAL_1));
	EXPECT_EQ(ZX_USER_SIGNAL_1, zxt_signals(self->event));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, both, ZX_USER_SIGNAL_2));
	EXPECT_EQ(ZX_USER_SIGNAL_2, zxt_signals(self->event));
	EXPECT_EQ(ZX_OK, zx_object_signal(self->event, ZX_USER_SIGNAL_2, ZX_USER_SIGNAL_2));
	EXPECT_EQ(ZX_USER_SIGNAL_2, zxt_signals(self->event));
}

/* A program can neither set nor clear the kernel's signals, alone or with others. */
TEST_F(object, signal_refuses_what_is_not_the_programs)
{
	const struct {
		zx_handle_t object;
		zx_signals_t ours;
	} cases[] = {
		{ self->event, ZX_EVENT_SIGNAL_MASK },
		{ self->pair[0], ZX_EVENT_SIGNAL_MASK },
		{ self->channel[0], ZX_USER_SIGNAL_ALL },
		{ self->process, ZX_USER_SIGNAL_ALL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		zx_handle_t object = cases[i].object;
		zx_signals_t before = zxt_signals(object);

		for (unsigned int bit = 0; bit < 32; bit++) {
			zx_signals_t signal = 1u << bit, also = signal | ZX_USER_SIGNAL_0;

			if (signal & cases[i].ours)
				continue;
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(object, 0, signal));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(object, signal, 0));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal(object, 0, also));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_signal(object, signal, ZX_USER_SIGNAL_0));
		}
		EXPECT_EQ(before, zxt_signals(object));
		EXPECT_EQ(ZX_OK, zx_object_signal(object, 0, ZX_USER_SIGNAL_ALL));
		EXPECT_EQ(before | ZX_USER_SIGNAL_ALL, zxt_signals(object));
	}
}

TEST_F(object, signal_needs_its_right)
{
	zx_handle_t event = zxt_without(self->event, ZX_RIGHT_SIGNAL);
	zx_handle_t end = zxt_without(self->pair[0], ZX_RIGHT_SIGNAL);
	zx_handle_t channel = zxt_without(self->channel[0], ZX_RIGHT_SIGNAL);
	zx_handle_t only;

	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal(event, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal(event, ZX_USER_SIGNAL_0, 0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal(end, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal(channel, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(0, zxt_signals(self->event));
	/* No other right is needed. */
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SIGNAL, &only));
	EXPECT_EQ(ZX_OK, zx_object_signal(only, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_USER_SIGNAL_0, zxt_signals(self->event));
}

TEST_F(object, signal_of_no_handle)
{
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(ZX_HANDLE_INVALID, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal_peer(ZX_HANDLE_INVALID, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->pair[0]));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(self->pair[0], 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal_peer(self->pair[0], 0, ZX_USER_SIGNAL_0));
}

TEST_F(object, signal_peer_signals_the_other_end)
{
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_EVENT_SIGNAL_MASK));
	EXPECT_EQ(ZX_EVENT_SIGNAL_MASK, zxt_signals(self->pair[1]));
	EXPECT_EQ(0, zxt_signals(self->pair[0]));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], ZX_USER_SIGNAL_ALL,
					       ZX_USER_SIGNAL_3));
	EXPECT_EQ(ZX_EVENTPAIR_SIGNALED | ZX_USER_SIGNAL_3, zxt_signals(self->pair[1]));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->pair[1], 0, ZX_USER_SIGNAL_4));
	EXPECT_EQ(ZX_USER_SIGNAL_4, zxt_signals(self->pair[0]));

	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->channel[0], 0, ZX_USER_SIGNAL_ALL));
	EXPECT_EQ(ZX_USER_SIGNAL_ALL | ZX_CHANNEL_WRITABLE, zxt_signals(self->channel[1]));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->channel[0]));
}

TEST_F(object, signal_peer_refuses_what_is_not_the_programs)
{
	for (unsigned int bit = 0; bit < 24; bit++) {
		zx_signals_t signal = 1u << bit;

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal_peer(self->channel[0], 0, signal));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal_peer(self->channel[0], signal, 0));
		if (signal == ZX_EVENTPAIR_SIGNALED)
			continue;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal_peer(self->pair[0], 0, signal));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_signal_peer(self->pair[0], signal, 0));
	}
	EXPECT_EQ(0, zxt_signals(self->pair[1]));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(self->channel[1]));
}

TEST_F(object, signal_peer_needs_its_right)
{
	zx_handle_t end = zxt_without(self->pair[0], ZX_RIGHT_SIGNAL_PEER);
	zx_handle_t channel = zxt_without(self->channel[0], ZX_RIGHT_SIGNAL_PEER), only;

	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal_peer(end, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal_peer(channel, 0, ZX_USER_SIGNAL_0));
	/* Handles to objects without a peer never have it. */
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal_peer(self->event, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_signal_peer(self->process, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(0, zxt_signals(self->pair[1]));
	EXPECT_EQ(0, zxt_signals(self->event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->pair[0], ZX_RIGHT_SIGNAL_PEER, &only));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(only, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_USER_SIGNAL_0, zxt_signals(self->pair[1]));
}

TEST_F(object, signal_peer_of_a_closed_peer)
{
	EXPECT_EQ(ZX_OK, zx_handle_close(self->pair[1]));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->channel[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_object_signal_peer(self->pair[0], 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_object_signal_peer(self->channel[0], 0, ZX_USER_SIGNAL_0));
	/* The object's own signals can still be changed, all but PEER_CLOSED. */
	EXPECT_EQ(ZX_OK, zx_object_signal(self->pair[0], 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_USER_SIGNAL_0 | ZX_EVENTPAIR_PEER_CLOSED, zxt_signals(self->pair[0]));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_signal(self->pair[0], ZX_EVENTPAIR_PEER_CLOSED, 0));
}

/* An endpoint in an unread message is not closed. */
TEST_F(object, a_peer_in_flight_can_be_signalled)
{
	zx_handle_t end;

	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, &self->pair[1], 1));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(self->pair[0], 0, ZX_USER_SIGNAL_5));
	EXPECT_EQ(0, zxt_signals(self->pair[0]));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[1], 0, NULL, &end, 0, 1, NULL, NULL));
	EXPECT_EQ(ZX_USER_SIGNAL_5, zxt_signals(end));
}

static void *toggle(void *arg)
{
	const zx_handle_t *object = arg;
	uintptr_t failed = 0;

	for (int i = 0; i < 20000; i++) {
		failed += zx_object_signal(*object, 0, ZX_USER_SIGNAL_0) != ZX_OK;
		failed += zx_object_signal(*object, ZX_USER_SIGNAL_0, 0) != ZX_OK;
	}
	return (void *)failed;
}

/* No change to one signal is lost while another one is changed. */
TEST_F(object, signals_change_independently)
{
	pthread_t thread;
	void *failed;

	ASSERT_EQ(0, pthread_create(&thread, NULL, toggle, &self->event));
	for (int i = 0; i < 5000; i++) {
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_USER_SIGNAL_1));
		ASSERT_EQ(ZX_USER_SIGNAL_1, zxt_signals(self->event) & ZX_USER_SIGNAL_1);
		ASSERT_EQ(ZX_OK, zx_object_signal(self->event, ZX_USER_SIGNAL_1, 0));
		ASSERT_EQ(0, zxt_signals(self->event) & ZX_USER_SIGNAL_1);
	}
	ASSERT_EQ(0, pthread_join(thread, &failed));
	EXPECT_EQ(0, (uintptr_t)failed);
	EXPECT_EQ(0, zxt_signals(self->event));
}

/*
 * zx_object_get_info()
 */

/* All topics with one record. */
FIXTURE(record) {
	zx_handle_t object;
};

FIXTURE_VARIANT(record) {
	uint32_t topic;
	size_t size;
};

FIXTURE_VARIANT_ADD(record, handle_basic) {
	.topic = ZX_INFO_HANDLE_BASIC, .size = sizeof(zx_info_handle_basic_t),
};

FIXTURE_VARIANT_ADD(record, handle_count) {
	.topic = ZX_INFO_HANDLE_COUNT, .size = sizeof(zx_info_handle_count_t),
};

FIXTURE_VARIANT_ADD(record, process_handle_stats) {
	.topic = ZX_INFO_PROCESS_HANDLE_STATS, .size = sizeof(zx_info_process_handle_stats_t),
};

FIXTURE_SETUP(record)
{
	self->object = zx_process_self();
	ASSERT_NE(ZX_HANDLE_INVALID, self->object);
}

FIXTURE_TEARDOWN(record)
{
}

TEST_F(record, fits_or_not)
{
	uint8_t buffer[1024], exact[1024];
	size_t actual = 77, avail = 77;

	memset(exact, 0xa5, sizeof(exact));
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->object, variant->topic, exact, variant->size,
					    &actual, &avail));
	EXPECT_EQ(1, actual);
	EXPECT_EQ(1, avail);
	/* Not a byte behind the record is written, however large the buffer is. */
	EXPECT_EQ(0xa5, exact[variant->size]);
	memset(buffer, 0xa5, sizeof(buffer));
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->object, variant->topic, buffer, sizeof(buffer),
					    NULL, NULL));
	EXPECT_EQ(0, memcmp(buffer, exact, sizeof(buffer)));

	memset(buffer, 0xa5, sizeof(buffer));
	for (size_t size = 0; size < variant->size; size += variant->size - 1) {
		actual = 77;
		avail = 77;
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
			  zx_object_get_info(self->object, variant->topic, buffer, size, &actual,
					     &avail));
		EXPECT_EQ(0, actual);
		EXPECT_EQ(1, avail);
	}
	EXPECT_EQ(0xa5, buffer[0]);
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_object_get_info(self->object, variant->topic, NULL, 0, NULL, NULL));
}

TEST_F(record, bad_pointers)
{
	uint8_t buffer[1024];
	size_t count, *out;
	void *bad;

	zxt_for_each_bad_out(bad)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_info(self->object, variant->topic, bad, variant->size,
					     &count, &count));
	/* The buffer ends one byte before the record does. */
	bad = zxt_at_edge(variant->size - 1);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_get_info(self->object, variant->topic, bad,
							  variant->size, NULL, NULL));
	zxt_for_each_bad_out(out) {
		if (!out)
			continue;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_info(self->object, variant->topic, buffer, sizeof(buffer),
					     out, &count));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_info(self->object, variant->topic, buffer, sizeof(buffer),
					     &count, out));
	}
}

TEST_F(record, of_no_handle)
{
	zx_handle_t event;
	uint8_t buffer[1024];

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_close(event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_info(event, variant->topic, buffer,
							sizeof(buffer), NULL, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_info(ZX_HANDLE_INVALID, variant->topic, buffer,
							sizeof(buffer), NULL, NULL));
}

/* ZX_INFO_HANDLE_BASIC needs no right, the other topics need ZX_RIGHT_INSPECT. */
TEST_F(record, needs_inspect)
{
	zx_handle_t blind = zxt_without(self->object, ZX_RIGHT_INSPECT);
	bool basic = variant->topic == ZX_INFO_HANDLE_BASIC;
	zx_handle_t only;
	uint8_t buffer[1024];

	EXPECT_EQ(basic ? ZX_OK : ZX_ERR_ACCESS_DENIED,
		  zx_object_get_info(blind, variant->topic, buffer, sizeof(buffer), NULL, NULL));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->object, ZX_RIGHT_INSPECT, &only));
	EXPECT_EQ(ZX_OK, zx_object_get_info(only, variant->topic, buffer, sizeof(buffer), NULL,
					    NULL));
}

TEST_F(object, info_handle_valid)
{
	zx_handle_t bare;

	EXPECT_EQ(ZX_OK,
		  zx_object_get_info(self->event, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_NONE, &bare));
	EXPECT_EQ(ZX_OK, zx_object_get_info(bare, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_info(ZX_HANDLE_INVALID, ZX_INFO_HANDLE_VALID,
							NULL, 0, NULL, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_object_get_info(self->event, ZX_INFO_HANDLE_VALID, NULL, 0, NULL, NULL));
}

TEST_F(object, info_handle_basic)
{
	zx_info_handle_basic_t info;
	zx_koid_t koid = zxt_koid(self->pair[1]);
	zx_handle_t narrow;

	/* Each byte is written, reserved fields and padding included. */
	memset(&info, 0xa5, sizeof(info));
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->pair[0], ZX_INFO_HANDLE_BASIC, &info,
					    sizeof(info), NULL, NULL));
	EXPECT_EQ(ZX_OBJ_TYPE_EVENTPAIR, info.type);
	EXPECT_EQ(ZX_DEFAULT_EVENTPAIR_RIGHTS, info.rights);
	EXPECT_EQ(koid, info.related_koid);
	EXPECT_EQ(0, info.reserved);
	EXPECT_EQ(0, info.padding1[0] | info.padding1[1] | info.padding1[2] | info.padding1[3]);

	/* The rights are those of the handle, everything else is the object's. */
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->pair[0], ZX_RIGHT_WAIT, &narrow));
	EXPECT_EQ(ZX_RIGHT_WAIT, zxt_basic(narrow).rights);
	EXPECT_EQ(info.koid, zxt_basic(narrow).koid);
	EXPECT_EQ(koid, zxt_basic(narrow).related_koid);

	/* The related koid stays when the peer is gone. */
	EXPECT_EQ(ZX_OK, zx_handle_close(self->pair[1]));
	EXPECT_EQ(koid, zxt_basic(self->pair[0]).related_koid);

	EXPECT_EQ(ZX_OBJ_TYPE_CHANNEL, zxt_basic(self->channel[0]).type);
	EXPECT_EQ(ZX_OBJ_TYPE_PROCESS, zxt_basic(self->process).type);
}

TEST_F(object, info_handle_count)
{
	zx_handle_t copy;

	EXPECT_EQ(1, zxt_handles_to(self->event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->event, ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_EQ(2, zxt_handles_to(self->event));
	/* A handle in a message counts. */
	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, &copy, 1));
	EXPECT_EQ(2, zxt_handles_to(self->event));
	EXPECT_EQ(ZX_OK, zx_handle_close(self->channel[1]));
	EXPECT_EQ(1, zxt_handles_to(self->event));
	/* The two endpoints are two objects. */
	EXPECT_EQ(1, zxt_handles_to(self->pair[0]));
}

TEST_F(object, info_process_handle_stats)
{
	zx_info_process_handle_stats_t info;

	memset(&info, 0xa5, sizeof(info));
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_PROCESS_HANDLE_STATS, &info,
					    sizeof(info), NULL, NULL));
	for (zx_obj_type_t type = 0; type < ZX_OBJ_TYPE_UPPER_BOUND; type++) {
		uint32_t expected = type == ZX_OBJ_TYPE_EVENT || type == ZX_OBJ_TYPE_PROCESS ? 1 :
			type == ZX_OBJ_TYPE_EVENTPAIR || type == ZX_OBJ_TYPE_CHANNEL ? 2 : 0;

		EXPECT_EQ(expected, info.handle_count[type]);
	}
	EXPECT_EQ(ZX_ERR_WRONG_TYPE,
		  zx_object_get_info(self->event, ZX_INFO_PROCESS_HANDLE_STATS, &info,
				     sizeof(info), NULL, NULL));
}

/* Returns the row for a handle, or NULL. */
static const zx_info_handle_extended_t *row_of(const zx_info_handle_extended_t *rows, size_t count,
					       zx_handle_t handle)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].handle_value == handle)
			return &rows[i];
	}
	return NULL;
}

TEST_F(object, info_handle_table)
{
	const zx_handle_t all[] = {
		self->event, self->pair[0], self->pair[1], self->channel[0], self->channel[1],
		self->process,
	};
	zx_info_handle_extended_t rows[10];
	size_t actual = 0, avail = 0;

	memset(rows, 0xa5, sizeof(rows));
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, rows, sizeof(rows),
					    &actual, &avail));
	EXPECT_EQ(ARRAY_SIZE(all), actual);
	EXPECT_EQ(ARRAY_SIZE(all), avail);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		const zx_info_handle_extended_t *row = row_of(rows, actual, all[i]);
		zx_info_handle_basic_t basic = zxt_basic(all[i]);

		ASSERT_NE(NULL, row);
		EXPECT_EQ(basic.type, row->type);
		EXPECT_EQ(basic.rights, row->rights);
		EXPECT_EQ(basic.koid, row->koid);
		EXPECT_EQ(basic.related_koid, row->related_koid);
		EXPECT_EQ(0, row->reserved);
	}
	/* Nothing is written behind the last row. */
	EXPECT_EQ(0xa5a5a5a5, rows[actual].type);
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_object_get_info(zxt_without(self->event, 0),
							ZX_INFO_HANDLE_TABLE, rows, sizeof(rows),
							NULL, NULL));
}

/* The call writes as many rows as fit, and no part of a row. */
TEST_F(object, info_handle_table_in_part)
{
	zx_info_handle_extended_t rows[10];
	size_t actual, avail;

	for (size_t space = 0; space < 6; space++) {
		memset(rows, 0xa5, sizeof(rows));
		actual = 77;
		avail = 77;
		EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, rows,
						    space * sizeof(rows[0]) + sizeof(rows[0]) - 1,
						    &actual, &avail));
		EXPECT_EQ(space, actual);
		EXPECT_EQ(6, avail);
		EXPECT_EQ(0xa5a5a5a5, rows[space].type);
	}
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, NULL, 0, &actual,
					    &avail));
	EXPECT_EQ(6, avail);
	EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, rows,
					    sizeof(rows), NULL, NULL));
}

TEST_F(object, info_handle_table_needs_its_rights)
{
	const zx_rights_t needed[] = {
		ZX_RIGHT_INSPECT, ZX_RIGHT_MANAGE_PROCESS, ZX_RIGHT_MANAGE_THREAD,
	};
	zx_info_handle_extended_t rows[10];
	zx_handle_t only;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
			  zx_object_get_info(zxt_without(self->process, needed[i]),
					     ZX_INFO_HANDLE_TABLE, rows, sizeof(rows), NULL, NULL));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, needed[0] | needed[1] | needed[2],
					     &only));
	EXPECT_EQ(ZX_OK, zx_object_get_info(only, ZX_INFO_HANDLE_TABLE, rows, sizeof(rows), NULL,
					    NULL));
}

TEST_F(object, info_handle_table_with_bad_pointers)
{
	zx_info_handle_extended_t rows[10], *edge = zxt_at_edge(3 * sizeof(*edge));
	size_t *out;
	void *bad;

	zxt_for_each_bad_out(bad)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, bad,
					     sizeof(rows), NULL, NULL));
	/* A size beyond the memory, and one whose end would overflow the address. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, edge, sizeof(rows), NULL,
				     NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, edge, SIZE_MAX, NULL,
				     NULL));
	zxt_for_each_bad_out(out) {
		if (!out)
			continue;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, rows,
					     sizeof(rows), out, NULL));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, rows,
					     sizeof(rows), NULL, out));
	}
}

static _Atomic bool over;

static void *come_and_go(void *arg)
{
	(void)arg;
	while (!over) {
		zx_handle_t some[100];

		for (size_t i = 0; i < ARRAY_SIZE(some); i++)
			zx_event_create(0, &some[i]);
		zx_handle_close_many(some, ARRAY_SIZE(some));
	}
	return NULL;
}

/* Handles that are open all the time are in the list each time, and each of them once. */
TEST_F(object, info_handle_table_while_it_changes)
{
	static zx_info_handle_extended_t rows[1000];
	pthread_t thread;
	size_t actual;

	ASSERT_EQ(0, pthread_create(&thread, NULL, come_and_go, NULL));
	for (int round = 0; round < 500; round++) {
		size_t ends = 0;

		ASSERT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_HANDLE_TABLE, rows,
						    sizeof(rows), &actual, NULL));
		for (size_t i = 0; i < actual; i++) {
			ASSERT_EQ(3, rows[i].handle_value & 3);
			ASSERT_NE(0, rows[i].koid);
			ends += rows[i].type == ZX_OBJ_TYPE_EVENTPAIR;
			if (rows[i].type == ZX_OBJ_TYPE_EVENT)
				ASSERT_EQ(ZX_DEFAULT_EVENT_RIGHTS, rows[i].rights);
		}
		ASSERT_EQ(2, ends);
		ASSERT_NE(NULL, row_of(rows, actual, self->pair[0]));
		ASSERT_NE(NULL, row_of(rows, actual, self->pair[1]));
	}
	over = true;
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

TEST_F(object, info_of_unknown_topics)
{
	const uint32_t topics[] = { ZX_INFO_NONE, 5, 6, 1000, 0x0fffffff, 0xffffffff };
	uint8_t buffer[1024];

	for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
		EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
			  zx_object_get_info(self->event, topics[i], buffer, sizeof(buffer), NULL,
					     NULL));
	/* The version of a topic is part of its number. */
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
		  zx_object_get_info(self->event, __ZX_INFO_TOPIC(ZX_INFO_HANDLE_BASIC, 1u), buffer,
				     sizeof(buffer), NULL, NULL));
}

/*
 * Properties.
 */

TEST_F(object, a_process_has_a_name)
{
	char name[ZX_MAX_NAME_LEN + 8], longest[] = "0123456789012345678901234567890";

	/* The process has a name before a program sets one. */
	memset(name, 0xa5, sizeof(name));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name,
						ZX_MAX_NAME_LEN));
	EXPECT_NE(NULL, memchr(name, 0, ZX_MAX_NAME_LEN));
	EXPECT_NE(0, name[0]);

	EXPECT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, "fred", 5));
	/* A larger buffer is accepted, and nothing is written behind the name's 32 bytes. */
	memset(name, 0xa5, sizeof(name));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("fred", name);
	EXPECT_EQ('\xa5', name[ZX_MAX_NAME_LEN]);

	EXPECT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, longest,
						ZX_MAX_NAME_LEN));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name,
						ZX_MAX_NAME_LEN));
	EXPECT_STREQ(longest, name);

	EXPECT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, "", 1));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name,
						ZX_MAX_NAME_LEN));
	EXPECT_STREQ("", name);
}

/* A name without a terminator, or one that is too long, is terminated when it is read back. */
TEST_F(object, a_name_is_terminated)
{
	char name[ZX_MAX_NAME_LEN], full[100];

	memset(full, 'x', sizeof(full));
	EXPECT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, full, 3));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("xxx", name);
	for (size_t size = ZX_MAX_NAME_LEN; size <= sizeof(full);
	     size += sizeof(full) - ZX_MAX_NAME_LEN) {
		zx_object_set_property(self->process, ZX_PROP_NAME, full, size);
		memset(name, 0xa5, sizeof(name));
		EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name,
							sizeof(name)));
		EXPECT_NE(NULL, memchr(name, 0, sizeof(name)));
	}
}

/* Bytes behind the terminator are not part of the name, and are not kept. */
TEST_F(object, a_name_ends_at_its_terminator)
{
	char name[ZX_MAX_NAME_LEN], zero[ZX_MAX_NAME_LEN] = {};

	EXPECT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, "ab\0not the name",
						15));
	memset(name, 0xa5, sizeof(name));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("ab", name);
	EXPECT_EQ(0, memcmp(zero, name + 2, sizeof(name) - 2));
	/* The rest of a longer former name is not kept either. */
	EXPECT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, "longer", 7));
	EXPECT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, "c", 2));
	memset(name, 0xa5, sizeof(name));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("c", name);
	EXPECT_EQ(0, memcmp(zero, name + 1, sizeof(name) - 1));
}

/* The call checks the size of the value before it checks whether the object has the property. */
TEST_F(object, size_of_a_property_before_its_type)
{
	static const uint32_t numbers[] = {
		ZX_PROP_SOCKET_RX_THRESHOLD, ZX_PROP_SOCKET_TX_THRESHOLD,
	};
	char value[ZX_MAX_NAME_LEN] = {};
	zx_handle_t socket[2];

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		for (size_t size = 0; size <= sizeof(uint64_t) + 1; size++) {
			zx_status_t expected = size < sizeof(uint64_t) ? ZX_ERR_BUFFER_TOO_SMALL :
									 ZX_ERR_WRONG_TYPE;

			EXPECT_EQ(expected,
				  zx_object_get_property(self->process, numbers[i], value, size));
			EXPECT_EQ(expected,
				  zx_object_set_property(self->process, numbers[i], value, size));
		}
	}
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
	EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
		  zx_object_get_property(socket[0], ZX_PROP_NAME, value, sizeof(value) - 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE,
		  zx_object_get_property(socket[0], ZX_PROP_NAME, value, sizeof(value)));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_object_set_property(socket[0], ZX_PROP_NAME, "", 1));
	zx_handle_close_many(socket, 2);
}

TEST_F(object, get_property_refuses)
{
	char name[ZX_MAX_NAME_LEN];
	void *bad;

	for (size_t size = 0; size < ZX_MAX_NAME_LEN; size++)
		EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
			  zx_object_get_property(self->process, ZX_PROP_NAME, name, size));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
		  zx_object_get_property(self->process, 0, name, sizeof(name)));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
		  zx_object_get_property(self->process, 0xffffffff, name, sizeof(name)));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_object_get_property(ZX_HANDLE_INVALID, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_property(zxt_without(self->process, ZX_RIGHT_GET_PROPERTY),
					 ZX_PROP_NAME, name, sizeof(name)));
	/* Handles to events never have the right. */
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_property(self->event, ZX_PROP_NAME, name, sizeof(name)));
	zxt_for_each_bad_out(bad)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_property(self->process, ZX_PROP_NAME, bad, sizeof(name)));
	bad = zxt_at_edge(sizeof(name) - 1);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_get_property(self->process, ZX_PROP_NAME, bad, sizeof(name)));
}

TEST_F(object, set_property_refuses)
{
	zx_handle_t no_set = zxt_without(self->process, ZX_RIGHT_SET_PROPERTY);
	char name[ZX_MAX_NAME_LEN];

	ASSERT_EQ(ZX_OK, zx_object_set_property(self->process, ZX_PROP_NAME, "before", 7));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_object_set_property(self->process, 0, "after", 6));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
		  zx_object_set_property(self->process, 0xffffffff, "after", 6));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_object_set_property(ZX_HANDLE_INVALID, ZX_PROP_NAME, "after", 6));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_set_property(no_set, ZX_PROP_NAME, "after", 6));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_set_property(self->event, ZX_PROP_NAME, "after", 6));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_set_property(self->process, ZX_PROP_NAME, NULL, 6));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_object_set_property(self->process, ZX_PROP_NAME, zxt_at_edge(1), 2));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_set_property(self->process, ZX_PROP_NAME, zxt_nowhere[i], 6));
	EXPECT_EQ(ZX_OK, zx_object_get_property(self->process, ZX_PROP_NAME, name, sizeof(name)));
	EXPECT_STREQ("before", name);
}

/*
 * zx_object_get_child()
 */

TEST_F(object, get_child_refuses)
{
	zx_koid_t self_koid = zxt_koid(self->process);
	zx_handle_t closed, child = ZX_HANDLE_INVALID;
	uint32_t before;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &closed));
	ASSERT_EQ(ZX_OK, zx_handle_close(closed));
	before = zxt_handles();
	/* Koids of no object, and of objects that are no children, as the process itself. */
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(self->process, ZX_KOID_INVALID,
							ZX_RIGHT_SAME_RIGHTS, &child));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(self->process, UINT64_MAX,
							ZX_RIGHT_SAME_RIGHTS, &child));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(self->process, self_koid,
							ZX_RIGHT_SAME_RIGHTS, &child));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_object_get_child(self->process, zxt_koid(self->event),
							ZX_RIGHT_SAME_RIGHTS, &child));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_child(ZX_HANDLE_INVALID, self_koid,
							 ZX_RIGHT_SAME_RIGHTS, &child));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_child(closed, self_koid, ZX_RIGHT_SAME_RIGHTS,
							 &child));
	/* No right to look for children. Handles to events never have it. */
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_child(self->event, self_koid,
							    ZX_RIGHT_SAME_RIGHTS, &child));
	EXPECT_EQ(before, zxt_handles());
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_object_get_child(zxt_without(self->process, ZX_RIGHT_ENUMERATE), self_koid,
				      ZX_RIGHT_SAME_RIGHTS, &child));
	EXPECT_EQ(ZX_HANDLE_INVALID, child);
}

/*
 * zx_process_self()
 */

TEST_F(object, process_self)
{
	zx_info_handle_basic_t info = zxt_basic(self->process);
	zx_handle_t copy;

	EXPECT_EQ(self->process, zx_process_self());
	EXPECT_EQ(ZX_OBJ_TYPE_PROCESS, info.type);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, info.rights);
	EXPECT_LE(ZX_KOID_FIRST, info.koid);
	EXPECT_EQ(zxt_koid(zx_job_default()), info.related_koid);
	EXPECT_EQ(1, zxt_handles_to(self->process));
	EXPECT_EQ(0, zxt_signals(self->process) & ZX_PROCESS_TERMINATED);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_SAME_RIGHTS, &copy));
	EXPECT_EQ(info.koid, zxt_koid(copy));
	EXPECT_EQ(ZX_OK, zx_handle_close(copy));
}

/*
 * A child sends a handle to itself through a channel whose endpoint it inherited. With that handle
 * its parent asks for information about the child, and waits for its end.
 */
TEST_F(object, process_handle_in_another_process)
{
	zx_koid_t koid = 0;
	zx_handle_t child_process;
	zx_signals_t observed = 0;
	int fd;
	pid_t child;

	ASSERT_EQ(ZX_OK, zxl_handle_export(self->channel[1], 0, &fd));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		zx_handle_t channel, copy, event;

		if (zxl_handle_import(fd, 0, &channel) || zx_event_create(0, &event) ||
		    zx_handle_duplicate(zx_process_self(), ZX_RIGHT_SAME_RIGHTS, &copy))
			_exit(1);
		koid = zxt_koid(copy);
		if (zx_channel_write(channel, 0, &koid, sizeof(koid), &copy, 1))
			_exit(2);
		zx_object_wait_one(channel, ZX_CHANNEL_READABLE, ZXT_SOON, NULL);
		_exit(7);
	}
	close(fd);
	ASSERT_EQ(ZX_OK, zx_object_wait_one(self->channel[0], ZX_CHANNEL_READABLE, ZXT_SOON, NULL));
	ASSERT_EQ(ZX_OK, zx_channel_read(self->channel[0], 0, &koid, &child_process, sizeof(koid),
					 1, NULL, NULL));
	EXPECT_EQ(koid, zxt_koid(child_process));
	EXPECT_NE(koid, zxt_koid(self->process));
	EXPECT_EQ(0, zxt_signals(child_process) & ZX_PROCESS_TERMINATED);

	/* The child's handles, not this process's: the event, the channel, its process. */
	zx_info_process_handle_stats_t stats = {};

	EXPECT_EQ(ZX_OK, zx_object_get_info(child_process, ZX_INFO_PROCESS_HANDLE_STATS, &stats,
					    sizeof(stats), NULL, NULL));
	EXPECT_EQ(1, stats.handle_count[ZX_OBJ_TYPE_EVENT]);
	EXPECT_EQ(1, stats.handle_count[ZX_OBJ_TYPE_CHANNEL]);
	EXPECT_EQ(1, stats.handle_count[ZX_OBJ_TYPE_PROCESS]);
	EXPECT_EQ(0, stats.handle_count[ZX_OBJ_TYPE_EVENTPAIR]);

	/* Let the child exit. */
	ASSERT_EQ(ZX_OK, zx_channel_write(self->channel[0], 0, NULL, 0, NULL, 0));
	EXPECT_EQ(ZX_OK, zx_object_wait_one(child_process, ZX_PROCESS_TERMINATED, ZXT_SOON,
					    &observed));
	EXPECT_EQ(ZX_PROCESS_TERMINATED, observed & ZX_PROCESS_TERMINATED);
	EXPECT_EQ(7, zxt_reap(child));
	/* The process has ended; its object, with the koid, lives as long as the handle. */
	EXPECT_EQ(koid, zxt_koid(child_process));
	EXPECT_EQ(1, zxt_handles_to(child_process));
}

TEST_HARNESS_MAIN
