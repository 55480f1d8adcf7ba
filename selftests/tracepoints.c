// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trace events: which calls make which events, in which order, and what is in them.
 *
 * Each test has an instance of the kernel's trace buffer for itself, which records the test's own
 * thread only, until everyone() is called.
 *
 * No test may make the kernel trace the scheduler, as set_event_pid does, and the recording of
 * names: an emulator may go on to run what the kernel has patched there, and the kernel stops.
 */
#include "zxproc.h"

#include <ctype.h>
#include <stdarg.h>

#define TRACING	"/sys/kernel/tracing"

FIXTURE(trace)
{
	char instance[64];
	bool names; /* were recorded */
	/* What the test expects, and what was recorded. */
	char expected[8192];
	size_t len;
	char recorded[8192];
	zx_koid_t process;
};

/* Writes to a file of the instance. */
static bool put(const char *instance, const char *file, const char *text)
{
	char path[128];
	bool done;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", instance, file);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return done;
}

FIXTURE_SETUP(trace)
{
	char filter[32], name;
	int fd;

	if (access(TRACING "/events/zircon", F_OK))
		SKIP(return, "the trace files are for root only, or the kernel has none");
	fd = open(TRACING "/options/record-cmd", O_RDONLY | O_CLOEXEC);
	ASSERT_EQ(1, read(fd, &name, 1));
	close(fd);
	self->names = name == '1';
	/* An instance has the option that is set when it is made. */
	ASSERT_TRUE(put(TRACING, "options/record-cmd", "0"));
	snprintf(self->instance, sizeof(self->instance), TRACING "/instances/zx-%d", getpid());
	ASSERT_EQ(0, mkdir(self->instance, 0700));
	snprintf(filter, sizeof(filter), "common_pid == %d", getpid());
	ASSERT_TRUE(put(self->instance, "events/zircon/filter", filter));
	*zxp_user_of_test() = getpid();
	self->process = zxt_koid(zx_process_self());
}

FIXTURE_TEARDOWN(trace)
{
	if (!self->instance[0])
		return;
	EXPECT_TRUE(put(self->instance, "events/zircon/enable", "0"));
	EXPECT_EQ(0, rmdir(self->instance));
	if (self->names)
		EXPECT_TRUE(put(TRACING, "options/record-cmd", "1"));
}

/* Records all threads, also other programs'. */
static bool everyone(const char *instance)
{
	return put(instance, "events/zircon/filter", "0");
}

/* Enables one event, or all of them with an empty name. */
static bool on(const char *instance, const char *event)
{
	char file[64];

	snprintf(file, sizeof(file), "events/zircon/%s%senable", event, *event ? "/" : "");
	return put(instance, file, "1");
}

static bool off(const char *instance)
{
	return put(instance, "events/zircon/enable", "0");
}

/* Reads the recorded events: a line for each, which begins with the event's name. */
static const char *read_trace(const char *instance, char *lines, size_t size)
{
	char path[128], line[512];
	size_t len = 0;
	FILE *trace;

	*lines = '\0';
	snprintf(path, sizeof(path), "%s/trace", instance);
	trace = fopen(path, "re");
	if (!trace)
		return lines;
	while (fgets(line, sizeof(line), trace)) {
		const char *event = line[0] == '#' ? NULL : strstr(line, ": zx_");

		if (event && len < size)
			len += snprintf(lines + len, size - len, "%s", event + 2);
	}
	fclose(trace);
	return lines;
}

static void expect(struct _test_data_trace *self, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	self->len += vsnprintf(self->expected + self->len, sizeof(self->expected) - self->len,
			       format, args);
	va_end(args);
}

/* Compares what was expected and recorded since the last time. */
#define CHECK_TRACE()								\
do {										\
	EXPECT_STREQ(self->expected, read_trace(self->instance, self->recorded,	\
						sizeof(self->recorded)));	\
	EXPECT_TRUE(put(self->instance, "trace", "\n"));			\
	self->len = 0;								\
	self->expected[0] = '\0';						\
} while (0)

#define EXPECT_CALL(name, handle, status)					\
do {										\
	expect(self, "zx_call_enter: %s handle=%08x\n", name, handle);		\
	expect(self, "zx_call_exit: %s handle=%08x status=%s\n", name, handle, status); \
} while (0)

/* The fields that docs/tracing.md lists, in any order. All but the names of calls are numbers. */
TEST_F(trace, fields_of_events)
{
	static const struct {
		const char *event;
		const char *fields[6];
	} events[] = {
		{ "zx_call_enter", { "name", "handle" } },
		{ "zx_call_exit", { "name", "handle", "status" } },
		{ "zx_message_queued", { "writer", "reader", "bytes", "handles", "txid" } },
		{ "zx_message_read", { "writer", "reader", "bytes", "handles", "txid" } },
		{ "zx_signals", { "koid", "type", "old", "new" } },
		{ "zx_wait_begin", { "koid", "type", "handle", "signals" } },
		{ "zx_wait_end", { "koid", "type", "handle", "signals", "status" } },
		{ "zx_handle_move", { "move", "koid", "type", "handle", "process" } },
		{ "zx_charge_refused", { "uid", "bytes", "used", "limit" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		const char *const *fields = events[i].fields;
		unsigned int found = 0, wanted = 0;
		char path[128], line[256];
		FILE *format;

		snprintf(path, sizeof(path), "%s/events/zircon/%s/format", TRACING,
			 events[i].event);
		format = fopen(path, "re");
		ASSERT_NE(NULL, format);
		while (fgets(line, sizeof(line), format)) {
			char type[64], name[64];

			if (sscanf(line, " field:%63s %63[^;]", type, name) != 2)
				continue;
			for (int j = 0; j < 6 && fields[j]; j++) {
				size_t len = strlen(fields[j]);

				if (strncmp(name, fields[j], len) || isalnum(name[len]))
					continue;
				found |= 1 << j;
				EXPECT_EQ(!strcmp(fields[j], "name"), !!strchr(name, '['));
			}
		}
		fclose(format);
		for (int j = 0; j < 6 && fields[j]; j++)
			wanted |= 1 << j;
		EXPECT_EQ(wanted, found)
			TH_LOG("%s lacks a field", events[i].event);
	}
}

/* Each call has an end, with its status by name. */
TEST_F(trace, calls)
{
	zx_handle_t event, ends[2], bad;
	char byte;

	ASSERT_TRUE(on(self->instance, "zx_call_enter"));
	ASSERT_TRUE(on(self->instance, "zx_call_exit"));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(ends[0], 0, &byte, NULL, 1, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_channel_write(event, 0, &byte, 1, NULL, 0));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	bad = event;
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(bad, 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(ends[0], ZX_CHANNEL_READABLE,
						       ZX_TIME_INFINITE_PAST, NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close_many(ends, 2));
	ASSERT_TRUE(off(self->instance));

	EXPECT_CALL("zx_event_create", 0, "ZX_OK");
	EXPECT_CALL("zx_channel_create", 0, "ZX_OK");
	EXPECT_CALL("zx_channel_read", ends[0], "ZX_ERR_SHOULD_WAIT");
	EXPECT_CALL("zx_channel_write", event, "ZX_ERR_WRONG_TYPE");
	EXPECT_CALL("zx_handle_close", event, "ZX_OK");
	EXPECT_CALL("zx_object_signal", bad, "ZX_ERR_BAD_HANDLE");
	EXPECT_CALL("zx_object_wait_one", ends[0], "ZX_ERR_TIMED_OUT");
	EXPECT_CALL("zx_handle_close_many", 0, "ZX_OK");
	CHECK_TRACE();
}

/* One of the two events of a call can be enabled alone. */
TEST_F(trace, calls_that_end)
{
	zx_handle_t event;

	ASSERT_TRUE(on(self->instance, "zx_call_exit"));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_TRUE(off(self->instance));
	expect(self, "zx_call_exit: zx_event_create handle=00000000 status=ZX_OK\n");
	CHECK_TRACE();
	zx_handle_close(event);
}

/* Filters compare names, statuses and koids. */
TEST_F(trace, filters)
{
	zx_handle_t ends[2];
	char filter[64], byte;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	ASSERT_TRUE(put(self->instance, "events/zircon/zx_call_exit/filter",
			"name == \"zx_channel_read\" && status == -22"));
	snprintf(filter, sizeof(filter), "reader == %lu && bytes > 1", zxt_koid(ends[1]));
	ASSERT_TRUE(put(self->instance, "events/zircon/zx_message_queued/filter", filter));
	ASSERT_TRUE(on(self->instance, "zx_call_exit"));
	ASSERT_TRUE(on(self->instance, "zx_message_queued"));
	EXPECT_EQ(ZX_OK, zx_channel_write(ends[0], 0, "a", 1, NULL, 0));
	EXPECT_EQ(ZX_OK, zx_channel_write(ends[0], 0, "ab", 2, NULL, 0));
	EXPECT_EQ(ZX_OK, zx_channel_write(ends[1], 0, "ab", 2, NULL, 0));
	EXPECT_EQ(ZX_OK, zx_channel_read(ends[0], 0, &filter, NULL, 9, 0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_channel_read(ends[0], 0, &byte, NULL, 1, 0, NULL, NULL));
	ASSERT_TRUE(off(self->instance));
	expect(self, "zx_message_queued: writer=%lu reader=%lu bytes=2 handles=0 txid=00000000\n",
	       zxt_koid(ends[0]), zxt_koid(ends[1]));
	expect(self, "zx_call_exit: zx_channel_read handle=%08x status=ZX_ERR_SHOULD_WAIT\n",
	       ends[0]);
	CHECK_TRACE();
	zx_handle_close_many(ends, 2);
}

/* The way of a message with a handle. */
TEST_F(trace, messages)
{
	uint32_t message[3] = { 0x1234, 1, 2 };
	zx_handle_t ends[2], event, received;
	zx_koid_t writer, reader, koid;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	writer = zxt_koid(ends[0]);
	reader = zxt_koid(ends[1]);
	koid = zxt_koid(event);
	ASSERT_TRUE(on(self->instance, ""));
	ASSERT_EQ(ZX_OK, zx_channel_write(ends[0], 0, message, sizeof(message), &event, 1));
	ASSERT_EQ(ZX_OK, zx_channel_read(ends[1], 0, message, &received, sizeof(message), 1, NULL,
					 NULL));
	ASSERT_TRUE(off(self->instance));

	expect(self, "zx_call_enter: zx_channel_write handle=%08x\n", ends[0]);
	expect(self, "zx_handle_move: sent koid=%lu type=event handle=%08x process=%lu\n", koid,
	       event, self->process);
	expect(self, "zx_message_queued: writer=%lu reader=%lu bytes=12 handles=1 txid=00001234\n",
	       writer, reader);
	expect(self, "zx_signals: koid=%lu type=channel old=WRITABLE new=READABLE|WRITABLE\n",
	       reader);
	expect(self, "zx_call_exit: zx_channel_write handle=%08x status=ZX_OK\n", ends[0]);
	expect(self, "zx_call_enter: zx_channel_read handle=%08x\n", ends[1]);
	expect(self, "zx_signals: koid=%lu type=channel old=READABLE|WRITABLE new=WRITABLE\n",
	       reader);
	expect(self, "zx_handle_move: received koid=%lu type=event handle=%08x process=%lu\n",
	       koid, received, self->process);
	expect(self, "zx_message_read: writer=%lu reader=%lu bytes=12 handles=1 txid=00001234\n",
	       writer, reader);
	expect(self, "zx_call_exit: zx_channel_read handle=%08x status=ZX_OK\n", ends[1]);
	CHECK_TRACE();
	zx_handle_close_many(ends, 2);
	zx_handle_close(received);
}

static void *answer(void *arg)
{
	zx_handle_t end = *(zx_handle_t *)arg;
	uint32_t message[2];

	if (zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZXT_SOON, NULL) == ZX_OK &&
	    zx_channel_read(end, 0, message, NULL, sizeof(message), 0, NULL, NULL) == ZX_OK)
		zx_channel_write(end, 0, message, sizeof(message), NULL, 0);
	return NULL;
}

/* The request and the reply have the same id. The reply is traced too, though it is not queued. */
TEST_F(trace, channel_calls)
{
	uint32_t request[2] = {}, reply[2];
	zx_channel_call_args_t args = {
		.wr_bytes = request,
		.wr_num_bytes = sizeof(request),
		.rd_bytes = reply,
		.rd_num_bytes = sizeof(reply),
	};
	uint32_t bytes, handles;
	zx_handle_t ends[2];
	zx_koid_t client, server;
	pthread_t thread;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	client = zxt_koid(ends[0]);
	server = zxt_koid(ends[1]);
	ASSERT_TRUE(everyone(self->instance));
	ASSERT_TRUE(on(self->instance, "zx_message_queued"));
	ASSERT_TRUE(on(self->instance, "zx_message_read"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, answer, &ends[1]));
	EXPECT_EQ(ZX_OK, zx_channel_call(ends[0], 0, ZXT_SOON, &args, &bytes, &handles));
	pthread_join(thread, NULL);
	ASSERT_TRUE(off(self->instance));
	expect(self, "zx_message_queued: writer=%lu reader=%lu bytes=8 handles=0 txid=%08x\n",
	       client, server, reply[0]);
	expect(self, "zx_message_read: writer=%lu reader=%lu bytes=8 handles=0 txid=%08x\n",
	       client, server, reply[0]);
	expect(self, "zx_message_queued: writer=%lu reader=%lu bytes=8 handles=0 txid=%08x\n",
	       server, client, reply[0]);
	expect(self, "zx_message_read: writer=%lu reader=%lu bytes=8 handles=0 txid=%08x\n",
	       server, client, reply[0]);
	CHECK_TRACE();
	zx_handle_close_many(ends, 2);
}

/* Only changes are events. A strobe is up in its own event only. */
TEST_F(trace, signals)
{
	zx_handle_t event, pair[2], clock;
	zx_clock_update_args_v2_t update = {};
	zx_koid_t koids[4];

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &pair[0], &pair[1]));
	ASSERT_EQ(ZX_OK, zx_clock_create(0, NULL, &clock));
	koids[0] = zxt_koid(event);
	koids[1] = zxt_koid(pair[1]);
	koids[2] = zxt_koid(clock);
	ASSERT_TRUE(on(self->instance, "zx_signals"));
	EXPECT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_7));
	EXPECT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, zx_object_signal(event, ZX_EVENT_SIGNALED, 0));
	EXPECT_EQ(ZX_OK, zx_object_signal_peer(pair[0], 0, ZX_USER_SIGNAL_0));
	EXPECT_EQ(ZX_OK, zx_handle_close(pair[0]));
	EXPECT_EQ(ZX_OK, zx_clock_update(clock, ZX_CLOCK_ARGS_VERSION(2) |
					 ZX_CLOCK_UPDATE_OPTION_SYNTHETIC_VALUE_VALID, &update));
	EXPECT_EQ(ZX_OK, zx_clock_update(clock, ZX_CLOCK_ARGS_VERSION(2) |
					 ZX_CLOCK_UPDATE_OPTION_RATE_ADJUST_VALID, &update));
	ASSERT_TRUE(off(self->instance));
	expect(self, "zx_signals: koid=%lu type=event old= new=SIGNALED|USER_7\n", koids[0]);
	expect(self, "zx_signals: koid=%lu type=event old=SIGNALED|USER_7 new=USER_7\n", koids[0]);
	expect(self, "zx_signals: koid=%lu type=eventpair old= new=USER_0\n", koids[1]);
	expect(self, "zx_signals: koid=%lu type=eventpair old=USER_0 new=PEER_CLOSED|USER_0\n",
	       koids[1]);
	expect(self, "zx_signals: koid=%lu type=clock old= new=%#x\n", koids[2],
	       ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED);
	expect(self, "zx_signals: koid=%lu type=clock old=%#x new=%#x\n", koids[2],
	       ZX_CLOCK_STARTED, ZX_CLOCK_STARTED | ZX_CLOCK_UPDATED);
	CHECK_TRACE();
	zx_handle_close(event);
	zx_handle_close(pair[1]);
	zx_handle_close(clock);
}

/* Closes an endpoint when a message has come. */
static void *close_when_readable(void *arg)
{
	zx_handle_t end = *(zx_handle_t *)arg;

	zx_object_wait_one(end, ZX_CHANNEL_READABLE, ZXT_SOON, NULL);
	zx_handle_close(end);
	return NULL;
}

#define EXPECT_TIMED_OUT(type, koid, handle)				\
	expect(self, "zx_wait_end: koid=%lu type=%s handle=%08x signals= status=%s\n", koid,	\
	       type, handle, "ZX_ERR_TIMED_OUT")

/* A wait is traced if the thread sleeps, through each of its handles. */
TEST_F(trace, waits)
{
	zx_koid_t timer_koid, event_koid, port_koid, channel_koid, closed_koid;
	zx_handle_t timer, event, port, ends[2], closed[2];
	zx_wait_item_t items[2];
	uint32_t request[1] = {}, bytes, handles;
	zx_channel_call_args_t args = { .wr_bytes = request, .wr_num_bytes = 4 };
	zx_port_packet_t packet;
	pthread_t thread;

	ASSERT_EQ(ZX_OK, zx_timer_create(0, ZX_CLOCK_MONOTONIC, &timer));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	timer_koid = zxt_koid(timer);
	event_koid = zxt_koid(event);
	port_koid = zxt_koid(port);
	channel_koid = zxt_koid(ends[0]);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &closed[0], &closed[1]));
	closed_koid = zxt_koid(closed[0]);
	ASSERT_TRUE(on(self->instance, "zx_wait_begin"));
	ASSERT_TRUE(on(self->instance, "zx_wait_end"));

	/* In the past: the thread does not sleep. */
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(event, ZX_EVENT_SIGNALED,
						       ZX_TIME_INFINITE_PAST, NULL));
	CHECK_TRACE();

	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(event, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_1,
						       zx_deadline_after(ZX_MSEC(1)), NULL));
	expect(self, "zx_wait_begin: koid=%lu type=event handle=%08x signals=SIGNALED|USER_1\n",
	       event_koid, event);
	EXPECT_TIMED_OUT("event", event_koid, event);
	CHECK_TRACE();

	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_port_wait(port, zx_deadline_after(ZX_MSEC(1)), &packet));
	expect(self, "zx_wait_begin: koid=%lu type=port handle=%08x signals=\n", port_koid, port);
	EXPECT_TIMED_OUT("port", port_koid, port);
	CHECK_TRACE();

	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_channel_call(ends[0], 0, zx_deadline_after(ZX_MSEC(1)),
						    &args, &bytes, &handles));
	expect(self, "zx_wait_begin: koid=%lu type=channel handle=%08x signals=\n", channel_koid,
	       ends[0]);
	EXPECT_TIMED_OUT("channel", channel_koid, ends[0]);
	CHECK_TRACE();

	/* A call that ends without a reply has the status of the call. */
	ASSERT_EQ(0, pthread_create(&thread, NULL, close_when_readable, &closed[1]));
	EXPECT_EQ(ZX_ERR_PEER_CLOSED, zx_channel_call(closed[0], 0, ZXT_SOON, &args, &bytes,
						      &handles));
	pthread_join(thread, NULL);
	expect(self, "zx_wait_begin: koid=%lu type=channel handle=%08x signals=\n", closed_koid,
	       closed[0]);
	expect(self, "zx_wait_end: koid=%lu type=channel handle=%08x signals= status=%s\n",
	       closed_koid, closed[0], "ZX_ERR_PEER_CLOSED");
	CHECK_TRACE();

	/* The timer ends the wait for both. */
	items[0] = (zx_wait_item_t){ .handle = event, .waitfor = ZX_EVENT_SIGNALED };
	items[1] = (zx_wait_item_t){ .handle = timer, .waitfor = ZX_TIMER_SIGNALED };
	do {
		ASSERT_TRUE(put(self->instance, "trace", "\n"));
		ASSERT_EQ(ZX_OK, zx_timer_set(timer, zx_deadline_after(ZX_MSEC(20)), 0));
		ASSERT_EQ(ZX_OK, zx_object_wait_many(items, 2, ZXT_SOON));
		/* It may have expired before the thread slept. */
	} while (!*read_trace(self->instance, self->recorded, sizeof(self->recorded)));
	expect(self, "zx_wait_begin: koid=%lu type=event handle=%08x signals=SIGNALED\n",
	       event_koid, event);
	expect(self, "zx_wait_begin: koid=%lu type=timer handle=%08x signals=SIGNALED\n",
	       timer_koid, timer);
	expect(self, "zx_wait_end: koid=%lu type=event handle=%08x signals= status=ZX_OK\n",
	       event_koid, event);
	expect(self, "zx_wait_end: koid=%lu type=timer handle=%08x signals=SIGNALED status=ZX_OK\n",
	       timer_koid, timer);
	CHECK_TRACE();
	zx_handle_close_many((zx_handle_t[]){ timer, event, port, ends[0], ends[1], closed[0] }, 6);
}

#define EXPECT_MOVE(what, koid, type, handle)				\
	expect(self, "zx_handle_move: %s koid=%lu type=%s handle=%08x process=%lu\n", what, koid, \
	       type, handle, self->process)
#define EXPECT_DROPPED(koid, type)					\
	expect(self, "zx_handle_move: dropped koid=%lu type=%s handle=00000000 process=0\n", koid, \
	       type)

/* All that can happen to a handle. */
TEST_F(trace, handles)
{
	zx_handle_t event, copy, replaced, imported, ends[2];
	zx_handle_disposition_t how;
	zx_koid_t koid, koids[2];
	int fd;

	ASSERT_TRUE(on(self->instance, "zx_handle_move"));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zx_handle_replace(copy, ZX_RIGHT_SAME_RIGHTS, &replaced));
	ASSERT_EQ(ZX_OK, zxl_handle_export(replaced, 0, &fd));
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &imported));
	close(fd);
	ASSERT_EQ(ZX_OK, zx_handle_close(imported));
	koid = zxt_koid(event);
	EXPECT_MOVE("created", koid, "event", event);
	EXPECT_MOVE("duplicated", koid, "event", copy);
	EXPECT_MOVE("closed", koid, "event", copy);
	EXPECT_MOVE("replaced", koid, "event", replaced);
	EXPECT_MOVE("exported", koid, "event", replaced);
	EXPECT_MOVE("imported", koid, "event", imported);
	EXPECT_MOVE("closed", koid, "event", imported);
	CHECK_TRACE();

	/* Handles that no program has any more: in a file, and in a message. */
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	koids[0] = zxt_koid(ends[0]);
	koids[1] = zxt_koid(ends[1]);
	how = (zx_handle_disposition_t) {
		.operation = ZX_HANDLE_OP_DUPLICATE,
		.handle = event,
		.rights = ZX_RIGHT_TRANSFER,
	};
	ASSERT_EQ(ZX_OK, zx_channel_write_etc(ends[0], 0, NULL, 0, &how, 1));
	ASSERT_EQ(ZX_OK, zxl_handle_export(event, 0, &fd));
	close(fd);
	ASSERT_EQ(ZX_OK, zx_handle_close(ends[1]));
	ASSERT_EQ(ZX_OK, zx_handle_close(ends[0]));
	EXPECT_MOVE("created", koids[0], "channel", ends[0]);
	EXPECT_MOVE("created", koids[1], "channel", ends[1]);
	EXPECT_MOVE("sent-copy", koid, "event", event);
	EXPECT_MOVE("exported", koid, "event", event);
	EXPECT_DROPPED(koid, "event");
	EXPECT_MOVE("closed", koids[1], "channel", ends[1]);
	EXPECT_DROPPED(koid, "event");
	EXPECT_MOVE("closed", koids[0], "channel", ends[0]);
	CHECK_TRACE();
	ASSERT_TRUE(off(self->instance));
}

/* A socket that shares another. */
TEST_F(trace, handles_in_sockets)
{
	zx_handle_t ends[2], shared[2], accepted;
	zx_koid_t koids[2];

	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_HAS_ACCEPT, &ends[0], &ends[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &shared[0], &shared[1]));
	koids[0] = zxt_koid(shared[0]);
	koids[1] = zxt_koid(shared[1]);
	ASSERT_TRUE(on(self->instance, "zx_handle_move"));
	ASSERT_EQ(ZX_OK, zx_socket_share(ends[0], shared[0]));
	ASSERT_EQ(ZX_OK, zx_socket_accept(ends[1], &accepted));
	ASSERT_EQ(ZX_OK, zx_socket_share(ends[0], shared[1]));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zx_socket_share(ends[0], accepted));
	ASSERT_TRUE(off(self->instance));
	EXPECT_MOVE("sent", koids[0], "socket", shared[0]);
	EXPECT_MOVE("received", koids[0], "socket", accepted);
	EXPECT_MOVE("sent", koids[1], "socket", shared[1]);
	EXPECT_MOVE("sent", koids[0], "socket", accepted);
	EXPECT_DROPPED(koids[0], "socket");
	CHECK_TRACE();
	zx_handle_close_many(ends, 2);
}

/* What a program that ends leaves behind is closed in its name. */
static void body_leaves_a_handle(void)
{
	zx_handle_t event;

	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0) == ZX_OK);
}

/* Reads the fields of an event, if it is about an event's handle to which @what has happened. */
static bool scan_move(const char *line, const char *what, unsigned long *koid,
		      unsigned int *handle, unsigned long *process)
{
	size_t len = strlen(what);
	int fields;

	if (strncmp(line, what, len))
		return false;
	fields = sscanf(line + len, " koid=%lu type=event handle=%x process=%lu", koid, handle,
			process);
	return fields == 3;
}

TEST_F(trace, handles_of_a_program_that_ends)
{
	unsigned long koid, process, closed_koid, closed_process;
	unsigned int handle, closed_handle;
	const char *line;

	ASSERT_TRUE(everyone(self->instance));
	ASSERT_TRUE(on(self->instance, "zx_handle_move"));
	EXPECT_EQ(0, zxp_run_as(0, body_leaves_a_handle));
	ASSERT_TRUE(off(self->instance));
	read_trace(self->instance, self->recorded, sizeof(self->recorded));
	line = strstr(self->recorded, "created koid=");
	while (line && !strstr(line, "type=event"))
		line = strstr(line + 1, "created koid=");
	ASSERT_NE(NULL, line);
	ASSERT_TRUE(scan_move(line, "created", &koid, &handle, &process));
	EXPECT_NE(self->process, process);
	line = strstr(self->recorded, "closed koid=");
	while (line && (!scan_move(line, "closed", &closed_koid, &closed_handle, &closed_process) ||
			closed_koid != koid))
		line = strstr(line + 1, "closed koid=");
	ASSERT_NE(NULL, line);
	EXPECT_EQ(handle, closed_handle);
	EXPECT_EQ(process, closed_process);
	EXPECT_TRUE(put(self->instance, "trace", "\n"));
}

static void body_fills(void)
{
	zx_handle_t a, b;

	while (zx_channel_create(0, &a, &b) == ZX_OK)
		;
	CHILD_CHECK(zx_channel_create(0, &a, &b) == ZX_ERR_NO_MEMORY);
}

/* A charge that is refused names the user whose limit it exceeds. */
TEST_F_TIMEOUT(trace, charges, 300)
{
	unsigned long bytes, used, limit;
	unsigned int uid;
	int fields;

	ASSERT_TRUE(zxt_set_parameter("user_bytes_max", "1048576"));
	ASSERT_TRUE(everyone(self->instance));
	ASSERT_TRUE(on(self->instance, "zx_charge_refused"));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, body_fills));
	ASSERT_TRUE(off(self->instance));
	read_trace(self->instance, self->recorded, sizeof(self->recorded));
	fields = sscanf(self->recorded,
			"zx_charge_refused: uid=%u bytes=%lu used=%lu limit=%lu", &uid, &bytes,
			&used, &limit);
	ASSERT_EQ(4, fields);
	EXPECT_EQ(HOSTILE, uid);
	EXPECT_EQ(1048576, limit);
	EXPECT_GE(limit, used);
	EXPECT_LT(limit, used + bytes);
	EXPECT_TRUE(put(self->instance, "trace", "\n"));
}

/* Nothing is recorded after the events were disabled. */
TEST_F(trace, off)
{
	zx_handle_t ends[2];
	char byte;

	ASSERT_TRUE(on(self->instance, ""));
	ASSERT_TRUE(off(self->instance));
	ASSERT_TRUE(put(self->instance, "trace", "\n"));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	ASSERT_EQ(ZX_OK, zx_channel_write(ends[0], 0, "a", 1, NULL, 0));
	ASSERT_EQ(ZX_OK, zx_channel_read(ends[1], 0, &byte, NULL, 1, 0, NULL, NULL));
	ASSERT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(ends[1], ZX_CHANNEL_READABLE,
						       zx_deadline_after(ZX_MSEC(1)), NULL));
	ASSERT_EQ(ZX_OK, zx_handle_close_many(ends, 2));
	CHECK_TRACE();
}

TEST_HARNESS_MAIN
