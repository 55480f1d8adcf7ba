// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZIRCON_TRACE, and the system calls that the library makes. The environment is read when a program
 * starts, so this program executes itself, see child_main(); what that has traced is compared here.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <zircon/syscalls/port.h>

#include "zxproc.h"

/* The name under which this program executes itself. */
#define PROGRAM	"trace-child"

/*
 * Where nothing is traced.
 */

struct system_call {
	uint64_t number, first;		/* its first argument */
	int64_t ret;
};

/*
 * Forks a child that runs @body, and stores the system calls that it makes there. Returns how many
 * they are; -1 if the child fails or they are more than @max.
 */
static int system_calls_of(int (*body)(void), struct system_call *calls, int max)
{
	struct __ptrace_syscall_info info;
	struct system_call call = {};
	int status, count = 0, marks = 0;
	pid_t child = fork();

	if (child == 0) {
		int failed;

		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP))
			_exit(1);
		syscall(SYS_getppid);
		failed = body();
		syscall(SYS_getppid);
		_exit(failed);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		return -1;
	for (;;) {
		if (ptrace(PTRACE_SYSCALL, child, NULL, NULL) ||
		    waitpid(child, &status, 0) != child)
			return -1;
		if (WIFEXITED(status))
			return WEXITSTATUS(status) == 0 && marks == 2 && count <= max ? count : -1;
		if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80) ||
		    ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) <= 0)
			return -1;
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
			call.number = info.entry.nr;
			call.first = info.entry.args[0];
		} else if (call.number == SYS_getppid) {
			marks++;
		} else if (marks == 1) {
			call.ret = info.exit.rval;
			if (count < max)
				calls[count] = call;
			count++;
		}
	}
}

static int create_event(void)
{
	zx_handle_t event;

	return zx_event_create(0, &event) != ZX_OK;
}

/* The first call of a process fails at no descriptor, in a child of fork() neither. */
TEST(the_first_call_asks_only_the_device)
{
	for (int forked = 0; forked < 2; forked++) {
		struct system_call calls[64];
		int count = system_calls_of(create_event, calls, ARRAY_SIZE(calls));

		ASSERT_LT(0, count);
		for (int i = 0; i < count; i++) {
			if (calls[i].number != SYS_ioctl)
				continue;
			EXPECT_LE(0, (int)calls[i].first);
			EXPECT_NE(-EBADF, calls[i].ret);
		}
		/* Now the child has a parent's descriptor. */
		ASSERT_EQ(0, create_event());
	}
}

static int create_and_close_event(void)
{
	zx_handle_t event;

	return zx_event_create(0, &event) != ZX_OK || zx_handle_close(event) != ZX_OK;
}

TEST(a_call_is_one_system_call)
{
	struct system_call calls[64];
	int first, both;

	first = system_calls_of(create_event, calls, ARRAY_SIZE(calls));
	ASSERT_LT(0, first);
	both = system_calls_of(create_and_close_event, calls, ARRAY_SIZE(calls));
	ASSERT_EQ(first + 1, both);
	EXPECT_EQ(SYS_ioctl, calls[first].number);
}

/*
 * The program that is traced. It prints the lines that it expects, without their beginning (the
 * thread) and their end (the time).
 */

/* What is shown for a pointer of the program: @format, or its address. */
static const char *at(const void *pointer, const char *format, ...)
{
	static char texts[16][256];
	static unsigned int next;
	char *text = texts[next++ % ARRAY_SIZE(texts)];
	va_list args;

	if (zxt_trace_reads()) {
		va_start(args, format);
		vsnprintf(text, sizeof(texts[0]), format, args);
		va_end(args);
	} else {
		snprintf(text, sizeof(texts[0]), "%p", pointer);
	}
	return text;
}

#define say(...) (printf(__VA_ARGS__), putchar('\n'))

#define SIGNALED "__ZX_OBJECT_SIGNALED"
#define SAME "ZX_RIGHT_SAME_RIGHTS"

/* Calls of each kind of object. */
static int make_calls(void)
{
	zx_handle_t event, copy, other, left, right, port, timer, counter, gone[2];
	zx_handle_t self = zx_process_self();
	size_t actual, avail, words = 77;
	zx_port_packet_t packet = { .key = 0x1234, .status = ZX_ERR_STOP };
	zx_wait_item_t items[2];
	zx_signals_t observed;
	zx_handle_t *edge;
	zx_futex_t futex = 5;
	zx_koid_t koid = 7;
	int64_t value;
	char bytes[16];
	int fd;

	/* The address is that of a variable of the library. */
	say("zx_process_self(%s) = ZX_OK", zxt_trace_reads() ? at(NULL, "=> 0x%08x", self) : "*");
	zx_event_create(0, &event);
	say("zx_event_create(0, %s) = ZX_OK", at(&event, "=> 0x%08x", event));
	zx_event_create(0x10, &other);
	say("zx_event_create(0x10, %p) = ZX_ERR_INVALID_ARGS", (void *)&other);
	zx_event_create(0, NULL);
	say("zx_event_create(0, NULL) = ZX_ERR_INVALID_ARGS");
	zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy);
	say("zx_handle_duplicate(0x%08x, " SAME ", %s) = ZX_OK", event,
	    at(&copy, "=> 0x%08x", copy));
	zx_handle_replace(copy, ZX_RIGHT_WAIT | ZX_RIGHT_SIGNAL, &other);
	say("zx_handle_replace(0x%08x, ZX_RIGHT_SIGNAL|ZX_RIGHT_WAIT, %s) = ZX_OK", copy,
	    at(&other, "=> 0x%08x", other));
	zx_handle_check_valid(copy);
	say("zx_handle_check_valid(0x%08x) = ZX_ERR_NOT_FOUND", copy);
	zx_handle_close_many(&other, 1);
	say("zx_handle_close_many(%s, 1) = ZX_OK", at(&other, "[0x%08x]", other));
	zx_object_signal(event, ZX_USER_SIGNAL_1, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_7);
	say("zx_object_signal(0x%08x, ZX_USER_SIGNAL_1, " SIGNALED "|ZX_USER_SIGNAL_7) = ZX_OK",
	    event);
	zx_object_signal(event, 0x10, 0);
	say("zx_object_signal(0x%08x, 0x10, ZX_SIGNAL_NONE) = ZX_ERR_INVALID_ARGS", event);
	zx_object_wait_one(event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, &observed);
	say("zx_object_wait_one(0x%08x, " SIGNALED ", ZX_TIME_INFINITE, %s) = ZX_OK", event,
	    at(&observed, "=> " SIGNALED "|ZX_USER_SIGNAL_7"));
	zx_object_wait_one(event, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE_PAST, &observed);
	say("zx_object_wait_one(0x%08x, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE_PAST, %s) = %s", event,
	    at(&observed, "=> " SIGNALED "|ZX_USER_SIGNAL_7"), "ZX_ERR_TIMED_OUT");
	zx_object_wait_one(ZX_HANDLE_INVALID, ZX_USER_SIGNAL_0, 5, NULL);
	say("zx_object_wait_one(ZX_HANDLE_INVALID, ZX_USER_SIGNAL_0, 5, NULL) = ZX_ERR_BAD_HANDLE");
	items[0] = (zx_wait_item_t){ event, ZX_USER_SIGNAL_0, 0 };
	items[1] = (zx_wait_item_t){ event, ZX_EVENT_SIGNALED, 0 };
	zx_object_wait_many(items, 2, -3);
	say("zx_object_wait_many(%s, 2, -3) = ZX_OK",
	    at(items, "[{0x%08x, ZX_USER_SIGNAL_0 => %s}, {0x%08x, " SIGNALED " => %s}]",
	       event, SIGNALED "|ZX_USER_SIGNAL_7", event, SIGNALED "|ZX_USER_SIGNAL_7"));
	zx_object_get_info(event, ZX_INFO_HANDLE_BASIC, bytes, 0, &actual, &avail);
	say("zx_object_get_info(0x%08x, ZX_INFO_HANDLE_BASIC, %p, 0, %s, %s) = %s", event,
	    (void *)bytes, at(&actual, "=> 0"), at(&avail, "=> 1"), "ZX_ERR_BUFFER_TOO_SMALL");
	zx_object_get_info(event, ZX_INFO_HANDLE_VALID, NULL, 0, &words, NULL);
	say("zx_object_get_info(0x%08x, ZX_INFO_HANDLE_VALID, NULL, 0, %p, NULL) = ZX_OK", event,
	    (void *)&words);
	zx_object_get_info(event, 0x77, NULL, 0, NULL, NULL);
	say("zx_object_get_info(0x%08x, 0x77, NULL, 0, NULL, NULL) = ZX_ERR_NOT_SUPPORTED", event);
	zx_object_get_property(event, ZX_PROP_NAME, bytes, 3);
	say("zx_object_get_property(0x%08x, ZX_PROP_NAME, %p, 3) = ZX_ERR_ACCESS_DENIED", event,
	    (void *)bytes);

	zx_channel_create(0, &left, &right);
	say("zx_channel_create(0, %s, %s) = ZX_OK", at(&left, "=> 0x%08x", left),
	    at(&right, "=> 0x%08x", right));
	zx_channel_read(right, 0, bytes, gone, 16, 2, NULL, NULL);
	say("zx_channel_read(0x%08x, 0, %p, %p, 16, 2, NULL, NULL) = ZX_ERR_SHOULD_WAIT", right,
	    (void *)bytes, (void *)gone);
	zx_handle_duplicate(event, ZX_RIGHT_TRANSFER, &copy);
	say("zx_handle_duplicate(0x%08x, ZX_RIGHT_TRANSFER, %s) = ZX_OK", event,
	    at(&copy, "=> 0x%08x", copy));
	zx_channel_write(left, 0, "secret", 6, &copy, 1);
	say("zx_channel_write(0x%08x, 0, %p, 6, %s, 1) = ZX_OK", left, (void *)"secret",
	    at(&copy, "[0x%08x]", copy));
	uint32_t size, count;

	zx_channel_read(right, 0, bytes, gone, 0, 2, &size, &count);
	say("zx_channel_read(0x%08x, 0, %p, %p, 0, 2, %s, %s) = ZX_ERR_BUFFER_TOO_SMALL", right,
	    (void *)bytes, (void *)gone, at(&size, "=> 6"), at(&count, "=> 1"));
	zx_channel_read(right, 0, bytes, gone, 16, 2, &size, &count);
	say("zx_channel_read(0x%08x, 0, %p, %s, 16, 2, %s, %s) = ZX_OK", right, (void *)bytes,
	    at(gone, "=> [0x%08x]", gone[0]), at(&size, "=> 6"), at(&count, "=> 1"));

	zx_handle_disposition_t move = {
		.operation = ZX_HANDLE_OP_MOVE,
		.handle = gone[0],
		.type = ZX_OBJ_TYPE_EVENT,
		.rights = ZX_RIGHT_SAME_RIGHTS,
	};
	zx_handle_info_t info;

	zx_channel_write_etc(left, 0, NULL, 0, &move, 1);
	say("zx_channel_write_etc(0x%08x, 0, NULL, 0, %s, 1) = ZX_OK", left,
	    at(&move, "[{ZX_HANDLE_OP_MOVE, 0x%08x, ZX_OBJ_TYPE_EVENT, " SAME "}]", gone[0]));
	zx_channel_read_etc(right, 0, NULL, &info, 0, 1, &size, &count);
	say("zx_channel_read_etc(0x%08x, 0, NULL, %s, 0, 1, %s, %s) = ZX_OK", right,
	    at(&info, "=> [{0x%08x, ZX_OBJ_TYPE_EVENT, ZX_RIGHT_TRANSFER}]", info.handle),
	    at(&size, "=> 0"), at(&count, "=> 1"));

	zx_port_create(0, &port);
	say("zx_port_create(0, %s) = ZX_OK", at(&port, "=> 0x%08x", port));
	zx_port_queue(port, &packet);
	say("zx_port_queue(0x%08x, %s) = ZX_OK", port,
	    at(&packet, "{key=0x1234, status=ZX_ERR_STOP}"));
	zx_port_wait(port, ZX_TIME_INFINITE, &packet);
	say("zx_port_wait(0x%08x, ZX_TIME_INFINITE, %s) = ZX_OK", port,
	    at(&packet, "=> {key=0x1234, type=ZX_PKT_TYPE_USER, status=ZX_ERR_STOP}"));
	zx_object_wait_async(event, port, ~0ull, ZX_EVENT_SIGNALED, ZX_WAIT_ASYNC_TIMESTAMP);
	say("zx_object_wait_async(0x%08x, 0x%08x, 0xffffffffffffffff, " SIGNALED ", 0x1) = ZX_OK",
	    event, port);
	zx_port_wait(port, 0, &packet);
	say("zx_port_wait(0x%08x, 0, %s) = ZX_OK", port,
	    at(&packet, "=> {key=0xffffffffffffffff, type=%s, status=ZX_OK, %s, %s, count=1}",
	       "ZX_PKT_TYPE_SIGNAL_ONE", "trigger=" SIGNALED,
	       "observed=" SIGNALED "|ZX_USER_SIGNAL_7"));
	zx_port_cancel(port, event, 0);
	say("zx_port_cancel(0x%08x, 0x%08x, 0) = ZX_ERR_NOT_FOUND", port, event);

	zx_timer_create(ZX_TIMER_SLACK_LATE, ZX_CLOCK_BOOT, &timer);
	say("zx_timer_create(0x2, ZX_CLOCK_BOOT, %s) = ZX_OK", at(&timer, "=> 0x%08x", timer));
	zx_timer_set(timer, INT64_MAX - 1, -1);
	say("zx_timer_set(0x%08x, 9223372036854775806, -1) = ZX_ERR_OUT_OF_RANGE", timer);
	zx_counter_create(0, &counter);
	say("zx_counter_create(0, %s) = ZX_OK", at(&counter, "=> 0x%08x", counter));
	zx_counter_add(counter, INT64_MIN);
	say("zx_counter_add(0x%08x, -9223372036854775808) = ZX_OK", counter);
	zx_counter_read(counter, &value);
	say("zx_counter_read(0x%08x, %s) = ZX_OK", counter, at(&value, "=> -9223372036854775808"));
	zxl_handle_export(counter, 0, &fd);
	say("zxl_handle_export(0x%08x, 0, %s) = ZX_OK", counter, at(&fd, "=> %d", fd));
	zxl_handle_import(fd, 0, &counter);
	say("zxl_handle_import(%d, 0, %s) = ZX_OK", fd, at(&counter, "=> 0x%08x", counter));

	/* Futexes do not go to the module. */
	zx_futex_wait(&futex, -4, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
	say("zx_futex_wait(%p, -4, ZX_HANDLE_INVALID, ZX_TIME_INFINITE) = ZX_ERR_BAD_STATE",
	    (void *)&futex);
	zx_futex_wake(&futex, 3);
	say("zx_futex_wake(%p, 3) = ZX_OK", (void *)&futex);
	zx_futex_requeue(&futex, 1, 4, &futex + 1, 2, ZX_HANDLE_INVALID);
	say("zx_futex_requeue(%p, 1, 4, %p, 2, ZX_HANDLE_INVALID) = ZX_ERR_BAD_STATE",
	    (void *)&futex, (void *)(&futex + 1));
	zx_futex_get_owner(&futex, &koid);
	say("zx_futex_get_owner(%p, %s) = ZX_OK", (void *)&futex, at(&koid, "=> 0"));

	/* The second element of the array cannot be read. */
	edge = zxt_at_edge(sizeof(*edge));
	*edge = 0x23;
	zx_handle_close_many(edge, 2);
	say("zx_handle_close_many(%s, 2) = ZX_ERR_INVALID_ARGS", at(edge, "[0x00000023, ?]"));
	return words == 77 ? 0 : 1;
}

#define RD_PART "rd_bytes=%p, rd_num_bytes=4, rd_num_handles=1, rd_handles="
#define RD_NONE "rd_bytes=%p, rd_num_bytes=4, rd_num_handles=0, rd_handles="

/* Answers two calls. */
static void *answer_with_events(void *arg)
{
	zx_handle_t server = *(zx_handle_t *)arg, received, event;
	uint32_t txid;

	for (int i = 0; i < 2; i++) {
		if (zx_object_wait_one(server, ZX_CHANNEL_READABLE, ZXT_SOON, NULL) ||
		    zx_channel_read(server, 0, &txid, &received, 4, 1, NULL, NULL) ||
		    zx_event_create(0, &event) || zx_channel_write(server, 0, &txid, 4, &event, 1))
			_exit(1);
	}
	return NULL;
}

/* The reply's handle is put where that of the request was, which the line shows all the same. */
static int make_call(void)
{
	zx_handle_t client, server, handle, sent;
	uint32_t reply;
	zx_channel_call_args_t args = {
		.wr_bytes = "1234",
		.wr_handles = &handle,
		.rd_handles = &handle,
		.wr_num_bytes = 4,
		.wr_num_handles = 1,
		.rd_num_handles = 1,
		.rd_bytes = &reply,
		.rd_num_bytes = 4,
	};
	uint32_t bytes, handles;
	pthread_t thread;

	if (zx_channel_create(0, &client, &server) || zx_event_create(0, &handle) ||
	    pthread_create(&thread, NULL, answer_with_events, &server))
		return 1;
	say("zx_channel_create(0, %s, %s) = ZX_OK", at(&client, "=> 0x%08x", client),
	    at(&server, "=> 0x%08x", server));
	say("zx_event_create(0, %s) = ZX_OK", at(&handle, "=> 0x%08x", handle));
	sent = handle;
	if (zx_channel_call(client, 0, ZX_TIME_INFINITE, &args, &bytes, &handles))
		return 2;
	say("zx_channel_call_noretry(0x%08x, 0, ZX_TIME_INFINITE, %s, %s, %s) = ZX_OK", client,
	    at(&args, "{wr_bytes=%p, wr_num_bytes=4, wr_handles=[0x%08x], wr_num_handles=1, "
	       RD_PART "[0x%08x]}", args.wr_bytes, sent, args.rd_bytes, handle),
	    at(&bytes, "=> 4"), at(&handles, "=> 1"));

	/* The reply is dropped, and its size is not written. */
	sent = handle;
	args.rd_num_handles = 0;
	if (zx_channel_call(client, 0, ZX_TIME_INFINITE, &args, &bytes, &handles) !=
	    ZX_ERR_BUFFER_TOO_SMALL)
		return 3;
	say("zx_channel_call_noretry(0x%08x, 0, ZX_TIME_INFINITE, %s, %p, %p) = %s", client,
	    at(&args, "{wr_bytes=%p, wr_num_bytes=4, wr_handles=[0x%08x], wr_num_handles=1, "
	       RD_NONE "%p}", args.wr_bytes, sent, args.rd_bytes, (void *)&handle),
	    (void *)&bytes, (void *)&handles, "ZX_ERR_BUFFER_TOO_SMALL");
	args.rd_num_handles = 1;
	pthread_join(thread, NULL);
	zx_event_create(0, &handle);
	say("zx_event_create(0, %s) = ZX_OK", at(&handle, "=> 0x%08x", handle));

	sent = handle;
	zx_channel_call(server, 0, 0, &args, &bytes, &handles);
	say("zx_channel_call_noretry(0x%08x, 0, 0, %s, %p, %p) = ZX_ERR_TIMED_OUT", server,
	    at(&args, "{wr_bytes=%p, wr_num_bytes=4, wr_handles=[0x%08x], wr_num_handles=1, "
	       RD_PART "%p}", args.wr_bytes,
	       sent, args.rd_bytes, (void *)&handle), (void *)&bytes, (void *)&handles);
	zx_channel_call(server, 0, 0, zxt_nowhere[3], &bytes, &handles);
	say("zx_channel_call_noretry(0x%08x, 0, 0, %p, %p, %p) = ZX_ERR_INVALID_ARGS", server,
	    zxt_nowhere[3], (void *)&bytes, (void *)&handles);
	return 0;
}

/* More than a line has space for. */
static int make_long_calls(void)
{
	zx_handle_t handles[1000];
	zx_wait_item_t items[64];

	for (size_t i = 0; i < ARRAY_SIZE(handles); i++)
		handles[i] = 0x10000001;
	for (size_t i = 0; i < ARRAY_SIZE(items); i++)
		items[i] = (zx_wait_item_t){ 0x10000001, ZX_EVENT_SIGNALED, 0 };
	return zx_handle_close_many(handles, ARRAY_SIZE(handles)) != ZX_ERR_BAD_HANDLE ||
	       zx_object_wait_many(items, ARRAY_SIZE(items), 0) != ZX_ERR_BAD_HANDLE;
}

/* Every pointer of every call, where nothing can be read or written. */
static int pass_bad_pointers(void)
{
	zx_handle_t channel[2], port, event;
	void *bad;

	if (zx_channel_create(0, &channel[0], &channel[1]) || zx_port_create(0, &port) ||
	    zx_event_create(0, &event))
		return 1;
	errno = 77;
	zxt_for_each_bad_out(bad) {
		zx_channel_call_args_t args = {
			bad, bad, bad, bad, 4, 2, 4, 2,
		};
		zx_channel_call_etc_args_t args_etc = {
			bad, bad, bad, bad, 4, 2, 4, 2,
		};

		zx_event_create(0, bad);
		zx_channel_create(0, bad, bad);
		zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, bad);
		zx_handle_close_many(bad, 3);
		zx_object_wait_one(event, 0, 0, bad);
		zx_object_wait_many(bad, 2, 0);
		zx_object_get_info(event, ZX_INFO_HANDLE_BASIC, bad, 100, bad, bad);
		zx_object_get_property(event, ZX_PROP_NAME, bad, 32);
		zx_channel_write(channel[0], 0, bad, 4, bad, 2);
		zx_channel_write(channel[0], ZX_CHANNEL_WRITE_USE_IOVEC, bad, 4, bad, 2);
		zx_channel_write_etc(channel[0], 0, bad, 4, bad, 2);
		zx_channel_write(channel[0], 0, "12345678", 8, NULL, 0);
		zx_channel_read(channel[1], 0, bad, bad, 8, 2, bad, bad);
		zx_channel_read_etc(channel[1], 0, bad, bad, 8, 2, bad, bad);
		zx_channel_call(channel[0], 0, 0, bad, bad, bad);
		zx_channel_call(channel[0], 0, 0, &args, bad, bad);
		zx_channel_call_etc(channel[0], 0, 0, bad, bad, bad);
		zx_channel_call_etc(channel[0], 0, 0, &args_etc, bad, bad);
		zx_port_queue(port, bad);
		zx_port_queue(port, &(zx_port_packet_t){});
		zx_port_wait(port, 0, bad);
		zxl_handle_export(event, 0, bad);
		zx_futex_wake(bad, 1);
		zx_futex_get_owner(bad, bad);
	}
	return errno != 77 || zx_handle_check_valid(event) != ZX_OK;
}

/* This thread, a child, a child of vfork() and one of clone() make a call each, in this order. */
static int call_in_children(void)
{
	pid_t child;

	if (create_event())
		return 1;
	child = fork();
	if (child == 0)
		_exit(create_event());
	if (child < 0 || zxp_reap(child))
		return 2;
	printf("%d\n", child);
	child = vfork();
	if (child == 0)
		_exit(create_event());
	if (child < 0 || zxp_reap(child))
		return 3;
	printf("%d\n", child);
	child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		_exit(create_event());
	if (child < 0 || zxp_reap(child))
		return 4;
	printf("%d\n", child);
	return create_event();
}

static atomic_int handled;

static void call_in_handler(int number __UNUSED)
{
	if (zx_handle_check_valid(0x23) != ZX_ERR_NOT_FOUND)
		_exit(10);
	handled++;
	errno = 78;
}

/* A handler interrupts the thread in its calls, often while they are formatted or written. */
static int call_under_signals(void)
{
	const struct itimerval often = { { 0, 300 }, { 0, 300 } }, never = {};
	const struct sigaction action = { .sa_handler = call_in_handler, .sa_flags = SA_RESTART };
	zx_handle_t handles[20] = {};
	int calls = 0;

	if (create_event() || sigaction(SIGALRM, &action, NULL) ||
	    setitimer(ITIMER_REAL, &often, NULL))
		return 1;
	while (handled < (int)zxt_part(400)) {
		if (zx_handle_close_many(handles, ARRAY_SIZE(handles)) != ZX_OK)
			return 2;
		calls++;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	errno = 77;
	zx_handle_check_valid(0x23);
	if (errno != 77)
		return 3;
	printf("%d\n", 2 + calls + handled);
	return 0;
}

#define CALLS_EACH 200

static void *call_often(void *arg)
{
	for (int i = 0; i < CALLS_EACH; i++)
		if (zx_handle_check_valid(0x23) != ZX_ERR_NOT_FOUND)
			_exit(20);
	return arg;
}

/* Three processes with two threads each share the file. */
static int call_at_once(void)
{
	pid_t children[3];
	pthread_t thread;

	for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
		children[i] = fork();
		if (children[i] == 0) {
			if (pthread_create(&thread, NULL, call_often, NULL))
				_exit(1);
			call_often(NULL);
			_exit(pthread_join(thread, NULL));
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		if (children[i] < 0 || zxp_reap(children[i]))
			return 1;
	printf("%zu\n", ARRAY_SIZE(children) * 2 * CALLS_EACH);
	return 0;
}

/* The program closes all descriptors, and another file gets the numbers. */
static int close_descriptors(void)
{
	struct stat file;
	int last = -1;

	if (create_event() || close_range(3, ~0u, 0))
		return 1;
	do
		last = open("other", O_RDWR | O_CREAT, 0600);
	while (last >= 0 && last < 120);
	/* The device is opened anew. */
	if (last < 0 || create_event() || create_event())
		return 2;
	return fstat(last, &file) || file.st_size != 0 ? 3 : 0;
}

/* As a program does that gives its files numbers of its choice. */
static int replace_low_descriptors(void)
{
	int other = open("other", O_RDWR | O_CREAT, 0600);
	struct stat file;

	for (int fd = 3; fd < 100; fd++)
		if (fd != other && dup2(other, fd) != fd)
			return 1;
	return create_event() || fstat(other, &file) || file.st_size != 0 ? 2 : 0;
}

/* The number and the status flags of the trace's descriptor. */
static int find_descriptor(void)
{
	struct stat named, file;

	if (stat("traced", &named) && stat("other", &named))
		return 1;
	for (int fd = 3; fd < 1024; fd++) {
		if (fstat(fd, &file) || file.st_dev != named.st_dev || file.st_ino != named.st_ino)
			continue;
		printf("%d %s\n", fd, fcntl(fd, F_GETFL) & O_NONBLOCK ? "O_NONBLOCK" : "0");
		return create_event();
	}
	return 2;
}

static int create_two_events(void)
{
	return create_event() || create_event();
}

/* Prints the system calls of a call whose result is read. */
static int print_system_calls(void)
{
	struct system_call calls[128];
	int first = system_calls_of(create_event, calls, ARRAY_SIZE(calls));
	int both = system_calls_of(create_two_events, calls, ARRAY_SIZE(calls));

	if (first <= 0 || both <= first)
		return 1;
	for (int i = first; i < both; i++)
		/* Where the vDSO cannot answer. */
		if (calls[i].number != SYS_clock_gettime)
			printf("%d\n", (int)calls[i].number);
	return 0;
}

#define STACK_SIZE (64 << 10)
#define PAINT 0xa5

static uint8_t *painted;

/* Calls that need the most stack: with arrays in structs, and with what is no ioctl. */
static void make_deep_calls(zx_handle_t client)
{
	zx_handle_disposition_t move = { ZX_HANDLE_OP_MOVE, 0x23, ZX_OBJ_TYPE_EVENT, 0x3ffff, 0 };
	zx_handle_info_t info;
	zx_channel_call_etc_args_t args = {
		.wr_bytes = "1234",
		.wr_handles = &move,
		.rd_handles = &info,
		.wr_num_bytes = 4,
		.wr_num_handles = 1,
		.rd_num_handles = 1,
	};
	zx_wait_item_t item = { client, ~0u, 0 };
	uint32_t bytes, handles;
	zx_futex_t futex = 0;

	zx_channel_call_etc(client, 0, 0, &args, &bytes, &handles);
	zx_object_wait_many(&item, 1, 0);
	zx_futex_requeue(&futex, 1, 0, &futex + 1, 2, 0x23);
}

/* Returns how many bytes of the thread's stack make_deep_calls() uses, its own included. */
static void *measure_stack(void *arg)
{
	zx_handle_t client = *(zx_handle_t *)arg;
	volatile uint8_t *at;
	uint8_t *here = __builtin_frame_address(0);

	/* Opens the device, and binds the functions. */
	make_deep_calls(client);
	for (at = painted; at < here - 192; at++)
		*at = PAINT;
	make_deep_calls(client);
	for (at = painted; at < here && *at == PAINT; at++)
		;
	return (void *)(here - at);
}

static int print_stack(void)
{
	zx_handle_t client, server;
	pthread_attr_t attr;
	pthread_t thread;
	void *used;

	painted = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	if (painted == MAP_FAILED || zx_channel_create(0, &client, &server) ||
	    pthread_attr_init(&attr) || pthread_attr_setstack(&attr, painted, STACK_SIZE) ||
	    pthread_create(&thread, &attr, measure_stack, &client) || pthread_join(thread, &used))
		return 1;
	printf("%zu\n", (size_t)used);
	return 0;
}

static void *call_with_cancellation_pending(void *arg)
{
	int *state = arg, old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	pthread_cancel(pthread_self());
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	*state = create_event() ? 1 : 2;
	pthread_testcancel();
	return NULL;
}

static int call_when_cancelled(void)
{
	pthread_t thread;
	int state = 0;
	void *result;

	if (pthread_create(&thread, NULL, call_with_cancellation_pending, &state) ||
	    pthread_join(thread, &result))
		return 1;
	return state == 2 && result == PTHREAD_CANCELED ? 0 : 2;
}

/* The lines go to a pipe without a reader. */
static int call_without_reader(void)
{
	sigset_t set;

	if (create_event() || create_event() || sigpending(&set) || sigismember(&set, SIGPIPE))
		return 1;
	return pthread_sigmask(SIG_BLOCK, NULL, &set) || sigismember(&set, SIGPIPE);
}

static void *exit_with_handle(void *arg)
{
	zx_handle_t event;

	if (zx_event_create(0, &event))
		_exit(30);
	say("zx_futex_wake_handle_close_thread_exit(%p, 1, 9, 0x%08x) = ?", arg, event);
	zx_futex_wake_handle_close_thread_exit(arg, 1, 9, event);
}

static int exit_thread(void)
{
	static zx_futex_t futex;
	pthread_t thread;

	if (pthread_create(&thread, NULL, exit_with_handle, (void *)&futex))
		return 1;
	while (zx_futex_wait(&futex, 0, ZX_HANDLE_INVALID, ZXT_SOON) == ZX_OK && !futex)
		;
	return futex != 9;
}

static atomic_int raw_result;

/* Without a thread pointer. */
__attribute__((no_stack_protector)) static void raw_thread(uintptr_t bad, uintptr_t unused)
{
	zx_handle_t event;

	(void)unused;
	/* Calls that succeed, that fail, and of which the library makes several. */
	if (zx_thread_self() == ZX_HANDLE_INVALID || zx_event_create(0, &event) != ZX_OK)
		raw_result = 2;
	else if (zx_event_create(0, (zx_handle_t *)bad) != ZX_ERR_INVALID_ARGS ||
		 zx_futex_wake((zx_futex_t *)&raw_result, 1) != ZX_OK ||
		 zx_handle_close(event) != ZX_OK)
		raw_result = 3;
	else
		raw_result = 1;
	zx_thread_exit();
}

static int call_in_raw_thread(void)
{
	static uint8_t stack[65536];
	zx_vaddr_t top = ((zx_vaddr_t)stack + sizeof(stack)) & ~15ul;
	zx_handle_t thread;

#ifdef __x86_64__
	top -= 8;
#endif
	if (zx_thread_create(zx_process_self(), "raw", 3, 0, &thread) != ZX_OK ||
	    zx_thread_start(thread, (zx_vaddr_t)raw_thread, top, 8, 0) != ZX_OK ||
	    zx_object_wait_one(thread, ZX_THREAD_TERMINATED, ZXT_SOON, NULL) != ZX_OK)
		return 10;
	return raw_result - 1;
}

/* Whether the kernel has made this a program with more rights than its caller. */
static int call_with_more_rights(void)
{
	return !getauxval(AT_SECURE) ? 4 : create_event();
}

static const struct {
	const char *name;
	int (*body)(void);
} bodies[] = {
	{ "calls", make_calls },
	{ "call", make_call },
	{ "long", make_long_calls },
	{ "bad", pass_bad_pointers },
	{ "children", call_in_children },
	{ "signals", call_under_signals },
	{ "at-once", call_at_once },
	{ "close", close_descriptors },
	{ "dup2", replace_low_descriptors },
	{ "find", find_descriptor },
	{ "system-calls", print_system_calls },
	{ "stack", print_stack },
	{ "cancel", call_when_cancelled },
	{ "no-reader", call_without_reader },
	{ "exit", exit_thread },
	{ "raw", call_in_raw_thread },
	{ "secure", call_with_more_rights },
	{ "event", create_event },
};

static int child_main(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		if (!strcmp(name, bodies[i].name)) {
			int status = bodies[i].body();

			fflush(stdout);
			/* The threads of some tests do not end. */
			_exit(status);
		}
	}
	return 99;
}

/*
 * What is traced.
 */

/* Each test has a directory, with what the program has printed and traced. */
struct texts {
	char *printed, *errors, *traced;
};

FIXTURE(trace) {
	char dir[32];
	struct texts texts;
};

#define TEXT_SIZE (4 << 20)

FIXTURE_SETUP(trace)
{
	snprintf(self->dir, sizeof(self->dir), "%s", "/tmp/trace-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	ASSERT_EQ(0, chmod(self->dir, 0755));
	ASSERT_EQ(0, chdir(self->dir));
	self->texts.printed = malloc(TEXT_SIZE);
	self->texts.errors = malloc(TEXT_SIZE);
	self->texts.traced = malloc(TEXT_SIZE);
}

FIXTURE_TEARDOWN(trace)
{
	static const char *const names[] = {
		"printed", "errors", "traced", "other", "link", "program",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unlink(names[i]);
	ASSERT_EQ(0, chdir("/"));
	EXPECT_EQ(0, rmdir(self->dir));
}

static void read_text(const char *name, char *text)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, TEXT_SIZE - 1);

	text[n > 0 ? n : 0] = 0;
	close(fd);
}

/* Executes @program. Returns its exit status. */
static int run_program(struct texts *texts, const char *program, const char *body,
		       const char *value)
{
	pid_t child = fork();

	if (child == 0) {
		int printed = open("printed", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		int errors = open("errors", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
				  0600);

		if (dup2(printed, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
			_exit(90);
		if (value)
			setenv("ZIRCON_TRACE", value, 1);
		if (strcmp(program, "/proc/self/exe"))
			zxp_become(65534);
		execl(program, PROGRAM, body, NULL);
		_exit(91);
	}
	child = zxp_reap(child);
	read_text("printed", texts->printed);
	read_text("errors", texts->errors);
	read_text("traced", texts->traced);
	return child;
}

static int run(struct texts *texts, const char *body, const char *value)
{
	return run_program(texts, "/proc/self/exe", body, value);
}

/* Cuts the first line off. NULL if there is none that has an end. */
static char *next_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = 0;
	*text = end + 1;
	return line;
}

#define STATUS "(ZX_OK|ZX_ERR_[A-Z_]+)"
#define TIME "( <[0-9]+\\.[0-9]{6}>)"

/* Whether a line of the trace has all its parts. Cuts its time off, and returns its thread. */
static long whole_line(char *line)
{
	static regex_t pattern;
	static bool compiled;
	regmatch_t end[2];

	if (!compiled && regcomp(&pattern, "^[0-9]+ zxl?_[a-z_]+\\([^()]*\\) = " STATUS TIME "$",
				 REG_EXTENDED))
		abort();
	compiled = true;
	if (strlen(line) >= 1024 || regexec(&pattern, line, 2, end, 0)) {
		fprintf(stderr, "# not a whole line: %s\n", line);
		return 0;
	}
	line[end[1].rm_eo] = 0;
	return atol(line);
}

/* How many lines there are, if all are whole, or -1. */
static int whole_lines(char *text)
{
	int count = 0;
	char *line;

	while ((line = next_line(&text))) {
		if (!whole_line(line))
			return -1;
		count++;
	}
	return *text ? -1 : count;
}

/* The lines of the first thread are those that the program has printed. */
static void compare(struct __test_metadata *_metadata, char *traced, char *printed)
{
	char *line, *expected;
	long first = 0, thread;
	int count = 0;

	while ((line = next_line(&traced))) {
		thread = whole_line(line);
		ASSERT_NE(0, thread);
		first = first ?: thread;
		if (thread != first)
			continue;
		expected = next_line(&printed);
		ASSERT_NE(NULL, expected);
		count++;
		/* This address is not known where results cannot be read. */
		if (strchr(expected, '*'))
			continue;
		EXPECT_STREQ(expected, strchr(line, ' ') + 1);
	}
	EXPECT_LT(0, count);
	EXPECT_STREQ("", traced);
	EXPECT_STREQ("", printed);
}

TEST_F(trace, lines_of_calls)
{
	ASSERT_EQ(0, run(&self->texts, "calls", "./traced"));
	EXPECT_STREQ("", self->texts.errors);
	compare(_metadata, self->texts.traced, self->texts.printed);
}

TEST_F(trace, lines_on_standard_error)
{
	ASSERT_EQ(0, run(&self->texts, "calls", "1"));
	EXPECT_STREQ("", self->texts.traced);
	compare(_metadata, self->texts.errors, self->texts.printed);
}

TEST_F(trace, a_channel_call)
{
	ASSERT_EQ(0, run(&self->texts, "call", "./traced"));
	compare(_metadata, self->texts.traced, self->texts.printed);
}

TEST_F(trace, calls_in_a_raw_thread)
{
	ASSERT_EQ(0, run(&self->texts, "raw", "./traced"));
	EXPECT_NE(NULL, strstr(self->texts.traced, "zx_thread_create("));
	EXPECT_NE(NULL, strstr(self->texts.traced, "zx_thread_start_regs("));
	EXPECT_NE(NULL, strstr(self->texts.traced, "zx_thread_self("));
	EXPECT_NE(NULL, strstr(self->texts.traced, "zx_futex_wake("));
	EXPECT_LT(6, whole_lines(self->texts.traced));
}

/* The contents of a message may be secret. */
TEST_F(trace, no_bytes_of_messages)
{
	ASSERT_EQ(0, run(&self->texts, "calls", "./traced"));
	EXPECT_NE(NULL, strstr(self->texts.traced, "zx_channel_write"));
	EXPECT_EQ(NULL, strstr(self->texts.traced, "secret"));
}

TEST_F(trace, a_line_that_does_not_fit)
{
	char *text, *line;

	ASSERT_EQ(0, run(&self->texts, "long", "./traced"));
	text = self->texts.traced;
	for (int i = 0; i < 2; i++) {
		line = next_line(&text);
		ASSERT_NE(NULL, line);
		ASSERT_NE(0, whole_line(line));
		if (zxt_trace_reads())
			EXPECT_NE(NULL, strstr(line, "...) = ZX_ERR_BAD_HANDLE"));
	}
	EXPECT_STREQ("", text);
}

TEST_F(trace, bad_pointers)
{
	ASSERT_EQ(0, run(&self->texts, "bad", "./traced"));
	EXPECT_LT(100, whole_lines(self->texts.traced));
}

TEST_F(trace, children_go_on)
{
	char *text, *line, *number;

	ASSERT_EQ(0, run(&self->texts, "children", "./traced"));
	text = self->texts.traced;
	line = next_line(&text);
	ASSERT_NE(NULL, line);
	EXPECT_NE(0, whole_line(line));
	while ((number = next_line(&self->texts.printed))) {
		line = next_line(&text);
		ASSERT_NE(NULL, line);
		EXPECT_EQ(atol(number), whole_line(line));
	}
	EXPECT_EQ(1, whole_lines(text));
}

TEST_F(trace, calls_in_signal_handlers)
{
	ASSERT_EQ(0, run(&self->texts, "signals", "./traced"));
	EXPECT_EQ(atoi(self->texts.printed), whole_lines(self->texts.traced));
}

TEST_F(trace, threads_and_processes_share_a_file)
{
	ASSERT_EQ(0, run(&self->texts, "at-once", "./traced"));
	EXPECT_EQ(atoi(self->texts.printed), whole_lines(self->texts.traced));
}

TEST_F(trace, the_file_is_appended_to)
{
	struct stat file;

	ASSERT_EQ(0, run(&self->texts, "event", "./traced"));
	ASSERT_EQ(0, run(&self->texts, "event", "./traced"));
	EXPECT_EQ(2, whole_lines(self->texts.traced));
	ASSERT_EQ(0, stat("traced", &file));
	EXPECT_EQ(0600, file.st_mode & 07777);
}

/* Nothing is written to a file that has got the number of the trace. */
TEST_F(trace, the_program_closes_its_descriptors)
{
	ASSERT_EQ(0, run(&self->texts, "close", "./traced"));
	EXPECT_EQ(1, whole_lines(self->texts.traced));
	ASSERT_EQ(0, run(&self->texts, "close", "1"));
	EXPECT_EQ(1, whole_lines(self->texts.errors));
}

/* Programs give low numbers to their own files. */
TEST_F(trace, a_high_number)
{
	static const char *const values[] = { "./traced", "1" };

	ASSERT_EQ(0, run(&self->texts, "dup2", values[0]));
	EXPECT_EQ(1, whole_lines(self->texts.traced));
	ASSERT_EQ(0, run(&self->texts, "dup2", values[1]));
	EXPECT_EQ(1, whole_lines(self->texts.errors));
}

TEST_F(trace, a_low_number_if_the_limit_is_low)
{
	const struct rlimit low = { 40, 40 };

	ASSERT_EQ(0, run(&self->texts, "find", "./traced"));
	EXPECT_LE(100, atoi(self->texts.printed));
	ASSERT_EQ(0, unlink("traced"));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &low));
	ASSERT_EQ(0, run(&self->texts, "find", "./traced"));
	EXPECT_LT(2, atoi(self->texts.printed));
	EXPECT_EQ(1, whole_lines(self->texts.traced));
}

/* The manual lists them. */
TEST_F(trace, system_calls)
{
	const int expected[] = {
		SYS_gettid, SYS_ioctl, SYS_process_vm_readv, SYS_fstat, SYS_rt_sigprocmask,
		SYS_rt_sigpending, SYS_write, SYS_rt_sigprocmask,
	};
	char *number;

	ASSERT_EQ(0, run(&self->texts, "system-calls", "./traced"));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		number = next_line(&self->texts.printed);
		ASSERT_NE(NULL, number);
		EXPECT_EQ(expected[i], atoi(number));
	}
	EXPECT_STREQ("", self->texts.printed);
}

/* As much as the manual says. */
TEST_F(trace, stack)
{
	int without;

	ASSERT_EQ(0, run(&self->texts, "stack", NULL));
	without = atoi(self->texts.printed);
	ASSERT_EQ(0, run(&self->texts, "stack", "./traced"));
	TH_LOG("%d bytes, %s", without, self->texts.printed);
	EXPECT_GE(2048, atoi(self->texts.printed) - without);
}

TEST_F(trace, no_cancellation_point)
{
	ASSERT_EQ(0, run(&self->texts, "cancel", "./traced"));
	EXPECT_EQ(1, whole_lines(self->texts.traced));
}

/* A thread that ends itself, of which the lines are in no certain order with the other's. */
TEST_F(trace, the_last_call_of_a_thread)
{
	ASSERT_EQ(0, run(&self->texts, "exit", "./traced"));
	self->texts.printed[strcspn(self->texts.printed, "\n")] = 0;
	ASSERT_LT(0, (int)strlen(self->texts.printed));
	EXPECT_NE(NULL, strstr(self->texts.traced, self->texts.printed));
}

TEST_F(trace, a_pipe_without_a_reader)
{
	int ends[2];
	pid_t child;

	ASSERT_EQ(0, pipe(ends));
	close(ends[0]);
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		dup2(ends[1], STDERR_FILENO);
		setenv("ZIRCON_TRACE", "1", 1);
		execl("/proc/self/exe", PROGRAM, "no-reader", NULL);
		_exit(91);
	}
	EXPECT_EQ(0, zxp_reap(child));
}

TEST_F(trace, a_fifo_without_a_reader)
{
	ASSERT_EQ(0, mkfifo("other", 0600));
	EXPECT_EQ(0, run(&self->texts, "event", "./other"));
	EXPECT_NE(NULL, strstr(self->texts.errors, "FIFO without a reader"));
	EXPECT_EQ(strlen(self->texts.errors) - 1, strcspn(self->texts.errors, "\n"));
}

/* A line waits for space where the reader is slow. */
TEST_F(trace, a_fifo_with_a_reader)
{
	int fd;

	ASSERT_EQ(0, mkfifo("other", 0600));
	fd = open("other", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, run(&self->texts, "find", "./other"));
	EXPECT_STREQ(" 0\n", strchr(self->texts.printed, ' ') ?: "");
	EXPECT_STREQ("", self->texts.errors);
	self->texts.traced[read(fd, self->texts.traced, TEXT_SIZE - 1)] = 0;
	EXPECT_EQ(1, whole_lines(self->texts.traced));
	close(fd);
}

TEST_F(trace, values_that_trace_nothing)
{
	static const char *const off[] = { NULL, "", "0" };
	static const char *const wrong[] = { "2", "yes", "11", "10", "trace.txt", " 1" };

	for (size_t i = 0; i < ARRAY_SIZE(off); i++) {
		EXPECT_EQ(0, run(&self->texts, "event", off[i]));
		EXPECT_STREQ("", self->texts.errors);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(0, run(&self->texts, "event", wrong[i]));
		EXPECT_NE(NULL, strstr(self->texts.errors, "ZIRCON_TRACE"));
		EXPECT_EQ(strlen(self->texts.errors) - 1, strcspn(self->texts.errors, "\n"));
	}
	EXPECT_EQ(0, run(&self->texts, "event", "./no-directory/file"));
	EXPECT_NE(NULL, strstr(self->texts.errors, "ZIRCON_TRACE"));
	EXPECT_EQ(strlen(self->texts.errors) - 1, strcspn(self->texts.errors, "\n"));
}

/* Another user may have put it there. */
TEST_F(trace, a_symbolic_link_is_refused)
{
	ASSERT_EQ(0, symlink("traced", "link"));
	EXPECT_EQ(0, run(&self->texts, "event", "./link"));
	EXPECT_NE(NULL, strstr(self->texts.errors, "symbolic link"));
	EXPECT_EQ(-1, access("traced", F_OK));
}

TEST_F(trace, not_with_more_rights_than_the_caller)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open("program", O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

	while (sendfile(to, from, NULL, 1 << 20) > 0)
		;
	ASSERT_EQ(0, fchmod(to, 04755));
	close(to);
	ASSERT_EQ(0, chmod(".", 0777));
	switch (run_program(&self->texts, "./program", "secure", "./traced")) {
	case 4:
		SKIP(return, "set-uid has no effect here");
	case 0:
		break;
	default:
		ASSERT_TRUE(false);
	}
	EXPECT_EQ(-1, access("traced", F_OK));
	EXPECT_STREQ("", self->texts.errors);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[0], PROGRAM))
		return child_main(argv[1]);
	return test_harness_run(argc, argv);
}
