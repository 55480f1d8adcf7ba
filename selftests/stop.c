// SPDX-License-Identifier: GPL-2.0-only
/*
 * What zircon-stop(7) says: how a thread that waits is stopped, and where calls may be made. Some
 * of that is tested elsewhere: signal handlers and deadlines in wait.c and call.c, the ends of
 * watches in fd.c, fork(), vfork() and close_range() in library.c, execve(), posix_spawn() and the
 * end of a thread in process.c.
 */
#include "zxproc.h"
#include "zxthread.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

/* In a function that returns the line of its first check that failed, or 0. */
#define CHECK(condition) check(condition, __LINE__, &failed)

static void check(bool condition, int line, int *failed)
{
	if (!condition && !*failed)
		*failed = line;
}

/* close() is a cancellation point, this is none. */
static int close_file(int fd)
{
	return close_range(fd, fd, 0);
}

/* Makes calls of all kinds, of which none sleeps. */
static int make_calls(void)
{
	zx_handle_t event = ZX_HANDLE_INVALID, copy = ZX_HANDLE_INVALID, got = ZX_HANDLE_INVALID;
	zx_handle_t ends[2] = {}, sockets[2] = {}, fifos[2] = {};
	zx_wait_item_t items[2] = {};
	uint32_t size = 0, count = 0;
	int fd = -1, failed = 0;
	size_t actual = 0;
	char text[8] = "";

	CHECK(zx_event_create(0, &event) == ZX_OK);
	CHECK(zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_OK);
	CHECK(zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL) == ZX_OK);
	CHECK(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHECK(zxt_koid(copy) == zxt_koid(event));

	CHECK(zx_channel_create(0, &ends[0], &ends[1]) == ZX_OK);
	CHECK(zxl_channel_write_deadline(ends[0], 0, 0, "hello", 5, &copy, 1) == ZX_OK);
	items[0] = (zx_wait_item_t){ event, ZX_USER_SIGNAL_0, 0 };
	items[1] = (zx_wait_item_t){ ends[1], ZX_CHANNEL_READABLE, 0 };
	CHECK(zx_object_wait_many(items, 2, ZX_TIME_INFINITE) == ZX_OK);
	CHECK(zxl_channel_read_deadline(ends[1], 0, 0, text, &got, sizeof(text), 1, &size,
					&count) == ZX_OK);
	CHECK(size == 5 && count == 1 && zxt_koid(got) == zxt_koid(event));
	CHECK(zxl_channel_read_deadline(ends[1], 0, 0, text, &got, sizeof(text), 1, &size,
					&count) == ZX_ERR_TIMED_OUT);

	CHECK(zx_socket_create(0, &sockets[0], &sockets[1]) == ZX_OK);
	CHECK(zxl_socket_write_deadline(sockets[0], 0, 0, "abc", 3, &actual) == ZX_OK);
	CHECK(zxl_socket_read_deadline(sockets[1], 0, 0, text, sizeof(text), &actual) == ZX_OK);
	CHECK(actual == 3 && memcmp(text, "abc", 3) == 0);

	CHECK(zx_fifo_create(4, 1, 0, &fifos[0], &fifos[1]) == ZX_OK);
	CHECK(zx_fifo_write(fifos[0], 1, "abc", 3, &actual) == ZX_OK);
	CHECK(zx_fifo_read(fifos[1], 1, text, sizeof(text), &actual) == ZX_OK && actual == 3);

	CHECK(zxl_handle_watch(event, ZX_EVENT_SIGNALED, 0, &fd) == ZX_OK);
	CHECK(close_file(fd) == 0);
	CHECK(zxl_handle_export(event, 0, &fd) == ZX_OK);
	CHECK(zxl_handle_import(fd, 0, &event) == ZX_OK);
	CHECK(close_file(fd) == 0);
	CHECK(zxt_koid(zx_process_self()) != 0);
	CHECK(zx_clock_get_monotonic() < zx_deadline_after(ZX_SEC(1)));
	CHECK(zx_handle_close(event) == ZX_OK && zx_handle_close(got) == ZX_OK);
	CHECK(zx_handle_close_many(ends, 2) == ZX_OK);
	CHECK(zx_handle_close_many(sockets, 2) == ZX_OK);
	CHECK(zx_handle_close_many(fifos, 2) == ZX_OK);
	return failed;
}

/*
 * Signal handlers.
 */

static atomic_int handled, handler_failed;

static void call_in_handler(int signal __UNUSED)
{
	const int before = 77;
	int saved = errno, line;

	errno = before;
	line = make_calls();
	if (line)
		handler_failed = line;
	else if (zx_nanosleep(zx_deadline_after(ZX_USEC(10))) != ZX_OK || errno != before)
		handler_failed = __LINE__;
	errno = saved;
	handled++;
}

/*
 * The signal comes a little later in each round, so it interrupts calls of all kinds, and waits.
 * Each call of the thread and of the handler succeeds.
 */
TEST(calls_in_a_handler)
{
	struct sigevent by_signal = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	const struct sigaction action = { .sa_handler = call_in_handler };
	unsigned int rounds = zxt_part(500);
	timer_t timer;
	zx_handle_t event;
	int failed;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(0, timer_create(CLOCK_MONOTONIC, &by_signal, &timer));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	for (unsigned int i = 1; i <= rounds; i++) {
		const struct itimerspec soon = { .it_value.tv_nsec = i * 5000 };
		int before = handled;

		ASSERT_EQ(0, timer_settime(timer, 0, &soon, NULL));
		while (handled == before) {
			ASSERT_EQ(0, make_calls());
			ASSERT_EQ(ZX_ERR_TIMED_OUT,
				  zx_object_wait_one(event, ZX_EVENT_SIGNALED,
						     zx_deadline_after(ZX_USEC(500)), NULL));
		}
		failed = handler_failed;
		ASSERT_EQ(0, failed);
	}
	EXPECT_EQ(1, zxt_handles());
}

static zx_handle_t stop;

static void signal_stop(int signal __UNUSED)
{
	zx_object_signal(stop, 0, ZX_EVENT_SIGNALED);
}

/* The handler signals an event among those that the thread waits for. */
TEST(a_handler_stops_a_thread)
{
	const struct sigaction action = { .sa_handler = signal_stop, .sa_flags = SA_RESTART };
	zx_handle_t here, there;
	struct waiter waiter;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &stop));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &here, &there));
	ASSERT_EQ(0, sigaction(SIGTERM, &action, NULL));
	waiter = (struct waiter){
		.items = { { here, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, 0 },
			   { stop, ZX_EVENT_SIGNALED, 0 } },
		.count = 2,
	};
	ASSERT_TRUE(start_items(&waiter, ZX_TIME_INFINITE));
	EXPECT_TRUE(still_waits(&waiter));
	ASSERT_EQ(0, pthread_kill(waiter.thread, SIGTERM));
	EXPECT_TRUE(ends(&waiter));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_EVENT_SIGNALED, waiter.items[1].pending);
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, waiter.items[0].pending);
}

/*
 * Calls that wait: neither a signal nor cancellation ends them.
 */
struct waiting {
	zx_status_t (*call)(const struct waiting *self);
	zx_handle_t event, ends[2], sockets[2];
	char path[32];
	int listener;
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	zx_status_t status;
};

FIXTURE(waiting) {
	struct waiting in;
};

FIXTURE_VARIANT(waiting) {
	zx_status_t (*call)(const struct waiting *self);
	bool (*end)(struct waiting *self);
};

static bool signal_event(struct waiting *self)
{
	return zx_object_signal(self->event, 0, ZX_EVENT_SIGNALED) == ZX_OK;
}

static zx_status_t in_wait_one(const struct waiting *self)
{
	return zx_object_wait_one(self->event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL);
}

FIXTURE_VARIANT_ADD(waiting, wait_one) { .call = in_wait_one, .end = signal_event };

static zx_status_t in_wait_many(const struct waiting *self)
{
	zx_wait_item_t item = { self->event, ZX_EVENT_SIGNALED, 0 };

	return zx_object_wait_many(&item, 1, ZX_TIME_INFINITE);
}

FIXTURE_VARIANT_ADD(waiting, wait_many) { .call = in_wait_many, .end = signal_event };

static zx_status_t in_call(const struct waiting *self)
{
	struct message request = {}, reply;
	zx_channel_call_args_t args = {
		.wr_bytes = &request,
		.wr_num_bytes = sizeof(request),
		.rd_bytes = &reply,
		.rd_num_bytes = sizeof(reply),
	};
	uint32_t bytes, handles;

	return zx_channel_call(self->ends[0], 0, ZX_TIME_INFINITE, &args, &bytes, &handles);
}

static bool reply(struct waiting *self)
{
	struct message request;

	return take(self->ends[1], &request) == ZX_OK &&
	       answer(self->ends[1], request.txid, 1) == ZX_OK;
}

FIXTURE_VARIANT_ADD(waiting, channel_call) { .call = in_call, .end = reply };

static zx_status_t in_channel_read(const struct waiting *self)
{
	return zxl_channel_read_deadline(self->ends[0], 0, ZX_TIME_INFINITE, NULL, NULL, 0, 0, NULL,
					 NULL);
}

static bool write_message(struct waiting *self)
{
	return zx_channel_write(self->ends[1], 0, NULL, 0, NULL, 0) == ZX_OK;
}

FIXTURE_VARIANT_ADD(waiting, channel_read) { .call = in_channel_read, .end = write_message };

static zx_status_t in_channel_write(const struct waiting *self)
{
	static const char text[4096];
	zx_status_t status;

	do
		status = zx_channel_write(self->ends[0], 0, text, sizeof(text), NULL, 0);
	while (status == ZX_OK);
	if (status != ZX_ERR_SHOULD_WAIT)
		return status;
	return zxl_channel_write_deadline(self->ends[0], 0, ZX_TIME_INFINITE, text, sizeof(text),
					  NULL, 0);
}

static bool read_messages(struct waiting *self)
{
	static char text[4096];

	for (int i = 0; i < 16; i++)
		if (zx_channel_read(self->ends[1], 0, text, NULL, sizeof(text), 0, NULL, NULL))
			return false;
	return true;
}

FIXTURE_VARIANT_ADD(waiting, channel_write) { .call = in_channel_write, .end = read_messages };

static zx_status_t in_socket_read(const struct waiting *self)
{
	char byte;

	return zxl_socket_read_deadline(self->sockets[0], 0, ZX_TIME_INFINITE, &byte, 1, NULL);
}

static bool write_byte(struct waiting *self)
{
	return zx_socket_write(self->sockets[1], 0, "x", 1, NULL) == ZX_OK;
}

FIXTURE_VARIANT_ADD(waiting, socket_read) { .call = in_socket_read, .end = write_byte };

/* More than a socket holds. */
static char much[300 << 10];

static zx_status_t in_socket_write(const struct waiting *self)
{
	return zxl_socket_write_deadline(self->sockets[0], 0, ZX_TIME_INFINITE, much, sizeof(much),
					 NULL);
}

static bool read_much(struct waiting *self)
{
	static char bytes[100 << 10];

	return zxl_socket_read_deadline(self->sockets[1], 0, ZXT_SOON, bytes, sizeof(bytes),
					NULL) == ZX_OK;
}

FIXTURE_VARIANT_ADD(waiting, socket_write) { .call = in_socket_write, .end = read_much };

static zx_status_t in_accept(const struct waiting *self)
{
	zx_handle_t channel;

	return zxl_service_accept(self->listener, &channel, NULL);
}

static bool connect_to_it(struct waiting *self)
{
	zx_handle_t channel;

	return zxl_service_connect(self->path, ZXT_SOON, &channel) == ZX_OK;
}

FIXTURE_VARIANT_ADD(waiting, service_accept) { .call = in_accept, .end = connect_to_it };

static zx_status_t in_connect(const struct waiting *self)
{
	zx_handle_t channel;

	return zxl_service_connect(self->path, ZX_TIME_INFINITE, &channel);
}

static bool listen_there(struct waiting *self)
{
	return zxl_service_listen(self->path, 0, &self->listener) == ZX_OK;
}

FIXTURE_VARIANT_ADD(waiting, service_connect) { .call = in_connect, .end = listen_there };

static void do_nothing(int signal __UNUSED)
{
	handled++;
}

static void *make_the_call(void *arg)
{
	struct waiting *self = arg;

	self->tid = gettid();
	self->status = self->call(self);
	self->done = true;
	pthread_testcancel();
	return NULL;
}

FIXTURE_SETUP(waiting)
{
	struct waiting *in = &self->in;
	const struct sigaction action = { .sa_handler = do_nothing };

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &in->event));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &in->ends[0], &in->ends[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &in->sockets[0], &in->sockets[1]));
	snprintf(in->path, sizeof(in->path), "@zircon-stop-%d", getpid());
	if (variant->call == in_accept)
		ASSERT_EQ(ZX_OK, zxl_service_listen(in->path, 0, &in->listener));
	in->call = variant->call;
	in->status = ZX_ERR_NEXT;
	ASSERT_EQ(0, pthread_create(&in->thread, NULL, make_the_call, in));
	ASSERT_TRUE(zxt_sleeps(&in->tid));
}

FIXTURE_TEARDOWN(waiting)
{
}

/* A call that ends by mistake does so within this time. */
static bool goes_on(struct waiting *self)
{
	zxp_sleep_ms(50);
	return !self->done && zxt_sleeps(&self->tid);
}

TEST_F(waiting, a_signal_does_not_end_it)
{
	void *result;

	for (int i = 0; i < 20; i++) {
		int before = handled;

		ASSERT_EQ(0, pthread_kill(self->in.thread, SIGUSR1));
		while (handled == before && !self->in.done)
			zxp_sleep_ms(1);
	}
	EXPECT_TRUE(goes_on(&self->in));
	ASSERT_TRUE(variant->end(&self->in));
	ASSERT_EQ(0, pthread_join(self->in.thread, &result));
	EXPECT_EQ(NULL, result);
	EXPECT_EQ(ZX_OK, self->in.status);
}

/* The thread ends at its next cancellation point, and the call has done its work before. */
TEST_F(waiting, cancellation_waits_for_its_end)
{
	void *result;

	ASSERT_EQ(0, pthread_cancel(self->in.thread));
	EXPECT_TRUE(goes_on(&self->in));
	ASSERT_TRUE(variant->end(&self->in));
	ASSERT_EQ(0, pthread_join(self->in.thread, &result));
	EXPECT_EQ(PTHREAD_CANCELED, result);
	EXPECT_EQ(ZX_OK, self->in.status);
}

/* The descriptor is none of Zircon's: the thread's call keeps the socket open, and bound. */
TEST(closing_the_listener_stops_no_thread)
{
	struct waiting in = { .call = in_accept, .status = ZX_ERR_NEXT };

	snprintf(in.path, sizeof(in.path), "@zircon-stop-%d", getpid());
	ASSERT_EQ(ZX_OK, zxl_service_listen(in.path, 0, &in.listener));
	ASSERT_EQ(0, pthread_create(&in.thread, NULL, make_the_call, &in));
	ASSERT_TRUE(zxt_sleeps(&in.tid));
	ASSERT_EQ(0, close(in.listener));
	EXPECT_TRUE(goes_on(&in));
	ASSERT_TRUE(connect_to_it(&in));
	ASSERT_EQ(0, pthread_join(in.thread, NULL));
	EXPECT_EQ(ZX_OK, in.status);
}

/*
 * Cancellation of a thread that does not wait.
 */
struct cancelled {
	int (*body)(void);
	atomic_bool started, pending;
	int result;
};

static void *run_with_cancellation_pending(void *arg)
{
	struct cancelled *cancelled = arg;
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	cancelled->started = true;
	while (!cancelled->pending)
		usleep(1000);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	cancelled->result = cancelled->body();
	pthread_testcancel();
	return NULL;
}

/* What @body returns if a thread with a pending cancellation runs it, -1 if it was cancelled. */
static int cancel_in(int (*body)(void))
{
	struct cancelled cancelled = { .body = body, .result = -1 };
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, run_with_cancellation_pending, &cancelled))
		abort();
	while (!cancelled.started)
		usleep(1000);
	if (pthread_cancel(thread))
		abort();
	cancelled.pending = true;
	if (pthread_join(thread, &result) || result != PTHREAD_CANCELED)
		abort();
	return cancelled.result;
}

static int use_a_service(void)
{
	zx_handle_t client, server;
	int fd = -1, failed = 0;
	char path[32];

	snprintf(path, sizeof(path), "@zircon-stop-%d", getpid());
	CHECK(zxl_service_listen(path, ZXL_SERVICE_NONBLOCK, &fd) == ZX_OK);
	CHECK(zxl_service_accept(fd, &server, NULL) == ZX_ERR_SHOULD_WAIT);
	CHECK(zxl_service_connect(path, ZX_TIME_INFINITE_PAST, &client) == ZX_OK);
	CHECK(zxl_service_accept(fd, &server, NULL) == ZX_OK);
	CHECK(zxl_service_close(fd) == ZX_OK);
	return failed;
}

static int sleep_a_while(void)
{
	return zx_nanosleep(zx_deadline_after(ZX_MSEC(100)));
}

static int draw(void)
{
	char byte;

	zx_cprng_draw(&byte, 1);
	return 0;
}

/* Waits for space for a datagram, while there is less. */
static int write_a_datagram(void)
{
	zx_handle_t here, there;
	zx_time_t deadline;
	zx_status_t status;
	int failed = 0;

	status = zx_socket_create(ZX_SOCKET_DATAGRAM, &here, &there);
	while (status == ZX_OK)
		status = zx_socket_write(here, 0, much, 1000, NULL);
	deadline = zx_deadline_after(ZX_MSEC(100));
	CHECK(zxl_socket_write_deadline(here, 0, deadline, much, 1000, NULL) == ZX_ERR_TIMED_OUT);
	return failed;
}

TEST(calls_are_no_cancellation_points)
{
	EXPECT_EQ(0, cancel_in(make_calls));
	EXPECT_EQ(0, cancel_in(use_a_service));
	EXPECT_EQ(0, cancel_in(write_a_datagram));
	EXPECT_EQ(0, cancel_in(sleep_a_while));
	EXPECT_EQ(0, cancel_in(draw));
}

/*
 * A handle that several threads use is closed.
 */
static void *read_for_ever(void *arg)
{
	struct waiter *waiter = arg;

	waiter->tid = gettid();
	waiter->status = zxl_channel_read_deadline(waiter->items[0].handle, 0, ZX_TIME_INFINITE,
						   NULL, NULL, 0, 0, NULL, NULL);
	return NULL;
}

TEST(closing_a_handle_stops_all_threads)
{
	struct waiter waiters[4] = {};
	zx_handle_t here, there;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &here, &there));
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++) {
		waiters[i].items[0].handle = here;
		ASSERT_EQ(0, pthread_create(&waiters[i].thread, NULL, read_for_ever, &waiters[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		ASSERT_TRUE(zxt_sleeps(&waiters[i].tid));
	ASSERT_EQ(ZX_OK, zx_handle_close(here));
	for (size_t i = 0; i < ARRAY_SIZE(waiters); i++)
		EXPECT_EQ(ZX_ERR_CANCELED, finish(&waiters[i]));
	/* A thread that was between two calls gets another status. */
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_channel_read_deadline(here, 0, ZX_TIME_INFINITE, NULL,
							       NULL, 0, 0, NULL, NULL));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(there));
}

/*
 * Processes.
 */

/* In a daemon: what has become of the handles of the process that it was. */
static int find_handles(zx_handle_t event, int fd, zx_handle_t *out)
{
	int failed = 0;

	CHECK(zxl_handle_import(fd, 0, out) == ZX_OK);
	CHECK(zx_handle_check_valid(event) == ZX_ERR_NOT_FOUND);
	CHECK(zxt_handles() == 1);
	CHECK(make_calls() == 0);
	return failed;
}

/* daemon() is a fork(): handles are lost, but an exported one is not. */
TEST(daemon_loses_the_handles)
{
	zx_handle_t here, there;
	uint32_t size;
	int fd, line;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &here, &there));
	ASSERT_EQ(ZX_OK, zxl_handle_export(there, 0, &fd));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		zx_handle_t event, channel;

		if (zxl_handle_import(fd, 0, &channel) || close(fd) ||
		    zx_event_create(0, &event) || zxl_handle_export(channel, 0, &fd) ||
		    daemon(0, 0))
			_exit(1);
		line = find_handles(event, fd, &channel);
		zx_channel_write(channel, 0, &line, sizeof(line), NULL, 0);
		_exit(0);
	}
	close(fd);
	EXPECT_EQ(0, zxt_reap(child));
	ASSERT_EQ(ZX_OK, zxl_channel_read_deadline(here, 0, ZXT_SOON, &line, NULL, sizeof(line), 0,
						   &size, NULL));
	EXPECT_EQ(0, line);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(here, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL));
}

/* The device is closed, and with it the handles. What was exported is closed too. */
TEST(closefrom_closes_the_handles)
{
	zx_handle_t event, here, there;
	int fds[2], fd;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &here, &there));
	ASSERT_EQ(ZX_OK, zxl_handle_export(there, 0, &fd));
	ASSERT_EQ(0, pipe2(fds, O_CLOEXEC));
	ASSERT_EQ(0, dup2(fds[0], 0));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		if (zxl_handle_import(fd, 0, &there) || zx_event_create(0, &event))
			_exit(1);
		closefrom(3);
		if (zx_handle_check_valid(event) != ZX_ERR_NOT_FOUND || make_calls())
			_exit(2);
		zxp_block_on(0);
		_exit(0);
	}
	close(fd);
	EXPECT_EQ(ZX_OK, zx_object_wait_one(here, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL));
	EXPECT_TRUE(zxp_is_running(child));
	close(fds[1]);
	EXPECT_EQ(0, zxt_reap(child));
}

/* A call that a thread is in keeps the device open until it returns. */
TEST(closefrom_during_a_wait)
{
	zx_handle_t event;
	struct waiter waiter;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_TRUE(start(&waiter, event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE));
	closefrom(3);
	EXPECT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(ZX_OK, finish(&waiter));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
}

TEST_HARNESS_MAIN
