// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports: packets, their order, threads that wait, limits, files.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include <zircon/syscalls/port.h>

#include "zxproc.h"
#include "zxthread.h"

FIXTURE(port) {
	zx_handle_t port;
	zx_handle_t event;
};

FIXTURE_SETUP(port)
{
	ASSERT_EQ(ZX_OK, zx_port_create(0, &self->port));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &self->event));
}

FIXTURE_TEARDOWN(port)
{
}

TEST_F(port, a_user_packet_arrives_as_it_was_queued)
{
	zx_port_packet_t in = { .key = 12, .type = 77, .status = -3 }, out = {};

	for (int i = 0; i < 32; i++)
		in.user.c8[i] = i;
	ASSERT_EQ(ZX_OK, zx_port_queue(self->port, &in));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, ZX_TIME_INFINITE, &out));
	EXPECT_EQ(12, out.key);
	EXPECT_EQ(ZX_PKT_TYPE_USER, out.type);
	EXPECT_EQ(-3, out.status);
	EXPECT_EQ(0, memcmp(&in.user, &out.user, sizeof(in.user)));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, 0, &out));
}

TEST_F(port, a_signal_queues_a_packet)
{
	zx_port_packet_t out = {};

	ASSERT_EQ(ZX_OK, zx_object_wait_async(self->event, self->port, 7, ZX_EVENT_SIGNALED, 0));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, 0, &out));
	ASSERT_EQ(ZX_OK, zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_1));
	ASSERT_EQ(ZX_OK, zx_port_wait(self->port, ZX_TIME_INFINITE, &out));
	EXPECT_EQ(7, out.key);
	EXPECT_EQ(ZX_PKT_TYPE_SIGNAL_ONE, out.type);
	EXPECT_EQ(ZX_OK, out.status);
	EXPECT_EQ(ZX_EVENT_SIGNALED, out.signal.trigger);
	EXPECT_EQ(ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_1, out.signal.observed);
	EXPECT_EQ(1, out.signal.count);
	EXPECT_EQ(0, out.signal.timestamp);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(self->port, 0, &out));
}

TEST_HARNESS_MAIN
