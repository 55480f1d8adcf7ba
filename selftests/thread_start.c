// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raw threads: those that zx_thread_create() makes and zx_thread_start() starts, without the C
 * library. Their registers and properties, their start and end, alone and in races.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <zircon/syscalls/object.h>
#include <zircon/syscalls/port.h>

#include "zxport.h"
#include "zxrace.h"
#include "zxtask.h"

/* The name under which this program executes itself, see child_main(). */
#define PROGRAM	"thread-start-child"

/* A number that is no handle. */
#define NO_HANDLE ((zx_handle_t)0x12345674)

/* Longer than a name may be: only its first 31 bytes count. */
#define LONGER	LONG_NAME ", and Zircon too, at this length"

#define STACK	(64 << 10)

/*
 * The code of a raw thread. The compiler must put nothing into it that reads the thread's pointer;
 * so it has no errno, no thread-local variables, and no checks of the harness either.
 */
#define RAW	__attribute__((no_stack_protector))

/* Negative if it cannot be had. */
static zx_duration_t cpu_time_of(zx_handle_t thread)
{
	zx_info_task_runtime_t runtime = { .cpu_time = -1 };

	zx_object_get_info(thread, ZX_INFO_TASK_RUNTIME, &runtime, sizeof(runtime), NULL, NULL);
	return runtime.cpu_time;
}

/* Whether the koid is among the threads of this process. */
static bool is_listed(zx_koid_t koid)
{
	static zx_koid_t koids[256];
	size_t count = 0;

	if (zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_THREADS, koids, sizeof(koids),
			       &count, NULL) != ZX_OK)
		abort();
	for (size_t i = 0; i < count; i++)
		if (koids[i] == koid)
			return true;
	return false;
}

/* The status of a search for a thread of this process; a handle that it gives is closed. */
static zx_status_t find(zx_koid_t koid)
{
	zx_handle_t found;
	zx_status_t status = zx_object_get_child(zx_process_self(), koid, ZX_RIGHT_SAME_RIGHTS,
						 &found);

	if (status == ZX_OK && zxt_koid(found) != koid)
		status = ZX_ERR_INTERNAL;
	if (status == ZX_OK)
		zx_handle_close(found);
	return status;
}

/* For what no call can wait for: whether it becomes true in time. */
#define soon(condition)							\
({									\
	zx_time_t _limit = ZXT_SOON;					\
									\
	while (!(condition) && zx_clock_get_monotonic() < _limit)	\
		usleep(500);						\
	(condition);							\
})

/*
 * Raw threads.
 */

struct raw {
	zx_handle_t handle;
	uint8_t *stack;

	/* What the thread uses. */
	zx_handle_t own, object, port;
	uintptr_t arg2;
	zx_futex_t futex;
	atomic_int tid, ran;
	atomic_bool stop;
	zx_status_t status[8];
	uintptr_t words[8];
	struct raw *other;
};

typedef void raw_entry(struct raw *raw, uintptr_t arg2);

/* A system call of Linux that sets no errno. */
static inline __ALWAYS_INLINE long raw_syscall(long number, long arg0, long arg1)
{
#if defined(__x86_64__)
	long ret;

	__asm__ volatile("syscall" : "=a" (ret) : "a" (number), "D" (arg0), "S" (arg1)
			 : "rcx", "r11", "memory");
	return ret;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = arg0;
	register long x1 __asm__("x1") = arg1;

	__asm__ volatile("svc #0" : "+r" (x0) : "r" (x1), "r" (x8) : "memory");
	return x0;
#else
#error "raw threads of this architecture"
#endif
}

static uint8_t *map_stack(uint8_t *where)
{
	return mmap(where, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
		    (where ? MAP_FIXED_NOREPLACE : 0), -1, 0);
}

/* As if a call had just been made: on x86-64 there is a return address, which is 0. */
static zx_vaddr_t top_of(const uint8_t *stack)
{
#ifdef __x86_64__
	return (zx_vaddr_t)stack + STACK - 8;
#else
	return (zx_vaddr_t)stack + STACK;
#endif
}

static zx_status_t create(const char *name, zx_handle_t *out)
{
	*out = ZX_HANDLE_INVALID;
	return zx_thread_create(zx_process_self(), name, strlen(name), 0, out);
}

/* A thread that has not started, and its stack. */
static bool raw_create(struct raw *raw)
{
	*raw = (struct raw){};
	raw->stack = map_stack(NULL);
	return raw->stack != MAP_FAILED && create("raw", &raw->handle) == ZX_OK;
}

static zx_status_t raw_start(struct raw *raw, raw_entry *entry)
{
	return zx_thread_start(raw->handle, (zx_vaddr_t)entry, top_of(raw->stack), (uintptr_t)raw,
			       raw->arg2);
}

/* Waits for the end of the thread, which may have started or not, and frees what it has. */
static bool raw_free(struct raw *raw)
{
	zx_handle_t handles[] = { raw->handle, raw->own, raw->object, raw->port };
	bool ended = state_of(raw->handle) == ZX_THREAD_STATE_NEW || ends_soon(raw->handle);

	/* A stack that is in use stays. */
	if (ended)
		munmap(raw->stack, STACK);
	zx_handle_close_many(handles, ARRAY_SIZE(handles));
	return ended;
}

/* Runs it to its end. */
static bool raw_run(struct raw *raw, raw_entry *entry)
{
	return raw_start(raw, entry) == ZX_OK && ends_soon(raw->handle);
}

/* A field of /proc/self/task/TID/status, a number in hexadecimal; zero if there is none. */
static uint64_t status_field(pid_t tid, const char *field)
{
	char path[64], line[256];
	uint64_t value = 0;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	status = fopen(path, "re");
	if (!status)
		return 0;
	while (fgets(line, sizeof(line), status))
		if (!strncmp(line, field, strlen(field)))
			value = strtoull(line + strlen(field), NULL, 16);
	fclose(status);
	return value;
}

/* Linux has no thread with this id any more. */
static bool is_gone(pid_t tid)
{
	return syscall(SYS_tgkill, getpid(), tid, 0) == -1;
}

RAW static void raw_nothing(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	raw->ran++;
	zx_thread_exit();
}

RAW static void raw_wait(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	raw->tid = raw_syscall(SYS_gettid, 0, 0);
	raw->status[0] = zx_object_wait_one(raw->object, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL);
	raw->ran++;
	zx_thread_exit();
}

/* A thread that waits until raw_release(). */
static bool raw_start_waiting(struct raw *raw)
{
	return raw_create(raw) && zx_event_create(0, &raw->object) == ZX_OK &&
	       raw_start(raw, raw_wait) == ZX_OK && zxt_sleeps(&raw->tid);
}

static bool raw_release(struct raw *raw)
{
	return zx_object_signal(raw->object, 0, ZX_EVENT_SIGNALED) == ZX_OK &&
	       ends_soon(raw->handle) && raw->status[0] == ZX_OK && raw->ran == 1;
}

/* What the C library would answer with the help of its stack protector. */
RAW static void raw_ask_system(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	raw->words[0] = zx_system_get_page_size();
	raw->words[1] = zx_system_get_num_cpus();
	raw->words[2] = zx_system_get_physmem();
	zx_cprng_draw(&raw->words[3], sizeof(raw->words[3]));
	raw->status[0] = zx_nanosleep(zx_deadline_after(1));
	zx_thread_exit();
}

TEST(the_machine_in_a_raw_thread)
{
	struct raw raw;

	ASSERT_TRUE(raw_create(&raw));
	raw.status[0] = ZX_ERR_NEXT;
	ASSERT_TRUE(raw_run(&raw, raw_ask_system));
	EXPECT_EQ(getpagesize(), raw.words[0]);
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), raw.words[1]);
	EXPECT_EQ((uint64_t)sysconf(_SC_PHYS_PAGES) * getpagesize(), raw.words[2]);
	EXPECT_NE(0, raw.words[3]);
	EXPECT_EQ(ZX_OK, raw.status[0]);
	EXPECT_TRUE(raw_free(&raw));
}

/* Asks for its handle, and ends behind the library's back. */
RAW static void raw_ends_unseen(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	raw->tid = raw_syscall(SYS_gettid, 0, 0);
	raw->own = zx_thread_self();
	for (;;)
		raw_syscall(SYS_exit, 0, 0);
}

/* The next thread of Linux gets this id, unless another is made before it. */
static bool let_next_be(pid_t tid)
{
	FILE *last = fopen("/proc/sys/kernel/ns_last_pid", "we");
	bool wrote = last && fprintf(last, "%d", tid - 1) > 0;

	return last && fclose(last) == 0 && wrote;
}

TEST(an_id_that_is_used_again)
{
	/* The handles are the library's to close. */
	for (int i = 0; i < 1000; i++) {
		struct raw former, raw;
		bool same;

		ASSERT_TRUE(raw_create(&former));
		ASSERT_TRUE(raw_create(&raw));
		ASSERT_TRUE(raw_run(&former, raw_ends_unseen));
		EXPECT_NE(ZX_HANDLE_INVALID, former.own);
		EXPECT_EQ(zxt_koid(former.handle), zxt_koid(former.own));
		while (!is_gone(former.tid))
			usleep(100);
		if (!let_next_be(former.tid))
			SKIP(return, "this kernel lets no program choose an id");
		ASSERT_TRUE(raw_run(&raw, raw_ends_unseen));
		EXPECT_EQ(zxt_koid(raw.handle), zxt_koid(raw.own));
		same = raw.tid == former.tid;
		/* What the library had for the former thread is closed. */
		EXPECT_TRUE(!same || !zxt_is_open(former.own));
		former.own = ZX_HANDLE_INVALID;
		raw.own = ZX_HANDLE_INVALID;
		EXPECT_TRUE(raw_free(&former));
		EXPECT_TRUE(raw_free(&raw));
		if (same)
			return;
	}
	EXPECT_TRUE(false) {
		TH_LOG("no thread got the id of another one");
	}
}

/* Tests of many rounds, which may take longer. */
FIXTURE(rounds) {};

FIXTURE_SETUP(rounds)
{
}

FIXTURE_TEARDOWN(rounds)
{
}

/*
 * Creation.
 */

TEST(create_checks_in_order)
{
	zx_handle_t self = zx_process_self(), event, thread, weak, out = NO_HANDLE;
	uint32_t handles;
	void *bad;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_replace(event, ZX_RIGHT_NONE, &event));
	ASSERT_EQ(ZX_OK, create("thread", &thread));
	weak = zxt_without(self, ZX_RIGHT_MANAGE_THREAD);
	ASSERT_NE(ZX_HANDLE_INVALID, weak);
	handles = zxt_handles();

	/* The options and the name come before the handle, */
	for (uint32_t options = 1; options; options <<= 1)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_thread_create(NO_HANDLE, "name", 4, options, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_create(self, "name", 4, ~0u, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_create(NO_HANDLE, NULL, 4, 0, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_create(NO_HANDLE, NULL, 0, 0, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_create(self, NULL, 0, 0, &out));
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_thread_create(NO_HANDLE, zxt_nowhere[i], 1, 0, &out));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_thread_create(self, zxt_nowhere[i], SIZE_MAX, 0, &out));
	}
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_create(self, zxt_at_edge(4), 5, 0, &out));
	/* the handle before the place for the result, */
	zxt_for_each_bad_out(bad) {
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_thread_create(NO_HANDLE, "name", 4, 0, bad));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE,
			  zx_thread_create(ZX_HANDLE_INVALID, "name", 4, 0, bad));
		/* and a handle's type before its rights. */
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_thread_create(event, "name", 4, 0, bad));
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_thread_create(thread, "name", 4, 0, bad));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_thread_create(weak, "name", 4, 0, bad));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_create(self, "name", 4, 0, bad));
	}
	EXPECT_EQ(NO_HANDLE, out);
	EXPECT_EQ(handles, zxt_handles());
}

TEST(create_needs_one_right)
{
	zx_handle_t weak, thread;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(zx_process_self(), ZX_RIGHT_MANAGE_THREAD, &weak));
	ASSERT_EQ(ZX_OK, zx_thread_create(weak, "name", 4, 0, &thread));
	/* The rights of the new handle are not those of the process'. */
	EXPECT_EQ(ZX_DEFAULT_THREAD_RIGHTS, zxt_basic(thread).rights);
	EXPECT_STREQ("name", name_of(thread));
}

TEST(names)
{
	const struct {
		const char *given;
		size_t size;
		const char *name;
	} names[] = {
		{ "", 0, "" },
		{ "x", 1, "x" },
		/* Neither the part behind the size counts nor that behind a zero byte. */
		{ "abcdef", 3, "abc" },
		{ "ab\0cd", 5, "ab" },
		{ LONG_NAME, strlen(LONG_NAME), LONG_NAME },
		{ LONG_NAME, strlen(LONG_NAME) + 1, LONG_NAME },
		{ LONGER, strlen(LONGER), LONG_NAME },
		{ LONGER, 32, LONG_NAME },
	};
	zx_handle_t thread;
	char *edge;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		ASSERT_EQ(ZX_OK, zx_thread_create(zx_process_self(), names[i].given, names[i].size,
						  0, &thread));
		EXPECT_STREQ(names[i].name, name_of(thread));
		EXPECT_EQ(ZX_OK, zx_handle_close(thread));
	}
	/* What is cut off is not read. */
	edge = zxt_at_edge(ZX_MAX_NAME_LEN);
	memcpy(edge, LONGER, ZX_MAX_NAME_LEN);
	ASSERT_EQ(ZX_OK, zx_thread_create(zx_process_self(), edge, SIZE_MAX, 0, &thread));
	EXPECT_STREQ(LONG_NAME, name_of(thread));
}

TEST(name_before_and_after_the_start)
{
	const char *const given[] = { "fred", LONG_NAME, "" };

	for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
		char linux_name[16];
		struct raw raw;

		snprintf(linux_name, sizeof(linux_name), "%.15s", given[i]);
		ASSERT_TRUE(raw_create(&raw));
		ASSERT_EQ(ZX_OK, zx_event_create(0, &raw.object));
		/* The last name before the start is the one that it starts with. */
		ASSERT_EQ(ZX_OK, set_name(raw.handle, given[i]));
		EXPECT_STREQ(given[i], name_of(raw.handle));
		ASSERT_EQ(ZX_OK, raw_start(&raw, raw_wait));
		EXPECT_STREQ(given[i], name_of(raw.handle));
		ASSERT_TRUE(zxt_sleeps(&raw.tid));
		EXPECT_STREQ(linux_name, comm_of_thread(raw.tid));
		EXPECT_STREQ(given[i], name_of(raw.handle));
		/* The process keeps its own. */
		EXPECT_STRNE(given[i], name_of(zx_process_self()));
		ASSERT_EQ(ZX_OK, set_name(raw.handle, "barney and betty rubble"));
		EXPECT_STREQ("barney and bett", comm_of_thread(raw.tid));
		EXPECT_TRUE(raw_release(&raw));
		EXPECT_STREQ("barney and betty rubble", name_of(raw.handle));
		EXPECT_TRUE(raw_free(&raw));
	}
}

TEST(a_new_thread)
{
	zx_handle_t thread;
	uint32_t handles = zxt_handles();
	zx_info_process_handle_stats_t of_types;
	zx_info_task_runtime_t runtime = { 1, 1, 1, 1 };
	zx_info_thread_stats_t stats = { .total_runtime = 1 };
	zx_info_handle_basic_t basic;
	zx_info_thread_t info;
	size_t actual, avail;
	unsigned int cpus = 0;

	ASSERT_EQ(ZX_OK, create("new", &thread));
	basic = zxt_basic(thread);
	EXPECT_EQ(ZX_OBJ_TYPE_THREAD, basic.type);
	EXPECT_EQ(ZX_DEFAULT_THREAD_RIGHTS, basic.rights);
	EXPECT_EQ(zxt_koid(zx_process_self()), basic.related_koid);
	EXPECT_NE(zxt_koid(zx_thread_self()), basic.koid);
	EXPECT_EQ(1, zxt_handles_to(thread));
	/* The other thread is the one that has asked for itself here. */
	ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_HANDLE_STATS,
					    &of_types, sizeof(of_types), NULL, NULL));
	EXPECT_EQ(2, of_types.handle_count[ZX_OBJ_TYPE_THREAD]);

	info = thread_info_of(thread);
	EXPECT_EQ(ZX_THREAD_STATE_NEW, info.state);
	EXPECT_EQ(0, info.wait_exception_channel_type);
	for (size_t i = 0; i < ARRAY_SIZE(info.cpu_affinity_mask.mask); i++)
		cpus += __builtin_popcountll(info.cpu_affinity_mask.mask[i]);
	EXPECT_LE(1, cpus);
	ASSERT_EQ(ZX_OK, zx_object_get_info(thread, ZX_INFO_THREAD_STATS, &stats, sizeof(stats),
					    &actual, &avail));
	EXPECT_EQ(1, actual);
	EXPECT_EQ(1, avail);
	EXPECT_EQ(0, stats.total_runtime);
	EXPECT_EQ(ZX_INFO_INVALID_CPU, stats.last_scheduled_cpu);
	ASSERT_EQ(ZX_OK, zx_object_get_info(thread, ZX_INFO_TASK_RUNTIME, &runtime,
					    sizeof(runtime), &actual, &avail));
	EXPECT_EQ(1, actual);
	EXPECT_EQ(1, avail);
	EXPECT_EQ(0, runtime.cpu_time);
	EXPECT_EQ(0, runtime.queue_time);
	EXPECT_EQ(0, runtime.page_fault_time);
	EXPECT_EQ(0, runtime.lock_contention_time);

	/* It is no thread of its process yet. */
	EXPECT_EQ(0, zxt_signals(thread));
	EXPECT_TRUE(is_listed(zxt_koid(zx_thread_self())));
	EXPECT_FALSE(is_listed(basic.koid));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, find(basic.koid));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_task_kill(thread));
	EXPECT_EQ(ZX_THREAD_STATE_NEW, state_of(thread));
	EXPECT_EQ(ZX_ERR_TIMED_OUT,
		  zx_object_wait_one(thread, ZX_THREAD_RUNNING | ZX_THREAD_TERMINATED,
				     zx_deadline_after(ZX_MSEC(20)), NULL));
	EXPECT_EQ(ZX_OK, zx_handle_close(thread));
	/* zx_thread_self() has one. */
	EXPECT_EQ(handles + 1, zxt_handles());
}

#define NEVER	1000

TEST(never_started_threads_leave_nothing)
{
	struct zxp_objects before;
	zx_handle_t threads[NEVER];
	zx_koid_t koids[NEVER];
	uint32_t handles;
	bool counted;

	ASSERT_NE(ZX_HANDLE_INVALID, zx_thread_self());
	handles = zxt_handles();
	counted = zxp_settle(&before, 1);
	for (int i = 0; i < NEVER; i++) {
		ASSERT_EQ(ZX_OK, create("never", &threads[i]));
		koids[i] = zxt_koid(threads[i]);
		ASSERT_NE(0, koids[i]);
	}
	EXPECT_EQ(handles + NEVER, zxt_handles());
	ASSERT_EQ(ZX_OK, zx_handle_close_many(threads, NEVER));
	EXPECT_EQ(handles, zxt_handles());
	for (int i = 0; i < NEVER; i++) {
		EXPECT_FALSE(is_listed(koids[i]));
		EXPECT_EQ(ZX_ERR_NOT_FOUND, find(koids[i]));
	}
	if (!counted)
		SKIP(return, "the kernel shows no counts of objects");
	EXPECT_EQ(NULL, zxp_wait_objects(&before, 120));
}

/*
 * The start.
 */

/* What no program counter and no thread pointer of a program can be. */
static const uint64_t kernel_addresses[] = {
	0xffff888000000000, 0xffffffff81000000, 0xffffffffffffff00, UINT64_MAX,
};

#ifdef __x86_64__
static const uint64_t not_canonical[] = {
	0x4141414141414141, 0x8000000000000000, 0x7fffffffffffffff, 0x0100000000000000,
};
#endif

TEST(start_checks_in_order)
{
	const uint64_t bad_pc = kernel_addresses[0];
	zx_handle_t event, weak, narrow;
	struct raw raw;

	ASSERT_TRUE(raw_create(&raw));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_replace(event, ZX_RIGHT_NONE, &event));
	weak = zxt_without(raw.handle, ZX_RIGHT_MANAGE_THREAD);
	ASSERT_NE(ZX_HANDLE_INVALID, weak);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(raw.handle, ZX_RIGHT_MANAGE_THREAD, &narrow));

	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_thread_start(NO_HANDLE, bad_pc, 0, 0, 0));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_thread_start(ZX_HANDLE_INVALID, bad_pc, 0, 0, 0));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_thread_start(event, bad_pc, 0, 0, 0));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_thread_start(zx_process_self(), bad_pc, 0, 0, 0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_thread_start(weak, bad_pc, 0, 0, 0));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
		  zx_thread_start(weak, (zx_vaddr_t)raw_nothing, top_of(raw.stack),
				  (uintptr_t)&raw, 0));
	for (size_t i = 0; i < ARRAY_SIZE(kernel_addresses); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_thread_start(raw.handle, kernel_addresses[i], top_of(raw.stack),
					  (uintptr_t)&raw, 0));
#ifdef __x86_64__
	for (size_t i = 0; i < ARRAY_SIZE(not_canonical); i++) {
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_thread_start(raw.handle, not_canonical[i], top_of(raw.stack),
					  (uintptr_t)&raw, 0));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
			  zx_thread_start_regs(weak, (uintptr_t)raw_nothing, top_of(raw.stack),
					       (uintptr_t)&raw, 0, not_canonical[i], 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_thread_start_regs(raw.handle, (uintptr_t)raw_nothing,
					       top_of(raw.stack), (uintptr_t)&raw, 0,
					       not_canonical[i], 0));
	}
#endif
	/* None of that has changed the thread. */
	EXPECT_EQ(ZX_THREAD_STATE_NEW, state_of(raw.handle));
	EXPECT_EQ(0, zxt_signals(raw.handle));
	ASSERT_EQ(ZX_OK, zx_thread_start(narrow, (zx_vaddr_t)raw_nothing, top_of(raw.stack),
					 (uintptr_t)&raw, 0));
	EXPECT_TRUE(ends_soon(raw.handle));
	EXPECT_EQ(1, raw.ran);

	/* The addresses come before the state. */
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_start(raw.handle, bad_pc, 0, 0, 0));
#ifdef __x86_64__
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zx_thread_start_regs(raw.handle, (uintptr_t)raw_nothing, top_of(raw.stack), 0,
				       0, not_canonical[0], 0));
#endif
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_thread_start(weak, 0, 0, 0, 0));
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_thread_start(raw.handle, 0, 0, 0, 0));
	EXPECT_EQ(1, raw.ran);
	EXPECT_TRUE(raw_free(&raw));
}

TEST(a_thread_starts_once)
{
	struct raw raw, again;

	ASSERT_TRUE(raw_start_waiting(&raw));
	ASSERT_TRUE(raw_create(&again));
	EXPECT_EQ(ZX_ERR_BAD_STATE, raw_start(&raw, raw_wait));
	/* Nor with a stack that is free. */
	EXPECT_EQ(ZX_ERR_BAD_STATE,
		  zx_thread_start(raw.handle, (zx_vaddr_t)raw_nothing, top_of(again.stack),
				  (uintptr_t)&again, 0));
	EXPECT_TRUE(raw_release(&raw));
	EXPECT_EQ(ZX_ERR_BAD_STATE,
		  zx_thread_start(raw.handle, (zx_vaddr_t)raw_nothing, top_of(again.stack),
				  (uintptr_t)&again, 0));
	EXPECT_EQ(ZX_THREAD_TERMINATED, zxt_signals(raw.handle));
	EXPECT_EQ(ZX_THREAD_STATE_DEAD, state_of(raw.handle));
	/* Neither can a thread of the C library be started. */
	EXPECT_EQ(ZX_ERR_BAD_STATE,
		  zx_thread_start(zx_thread_self(), (zx_vaddr_t)raw_nothing,
				  top_of(again.stack), (uintptr_t)&again, 0));
	EXPECT_EQ(0, again.ran);
	EXPECT_TRUE(raw_free(&raw));
	EXPECT_TRUE(raw_free(&again));
}

TEST(running_and_terminated)
{
	zx_info_thread_stats_t stats = { .last_scheduled_cpu = ZX_INFO_INVALID_CPU };
	zx_info_task_runtime_t runtime, later;
	unsigned int cpus = 0;
	zx_info_thread_t info;
	struct raw raw;
	zx_koid_t koid;

	ASSERT_TRUE(raw_start_waiting(&raw));
	koid = zxt_koid(raw.handle);
	EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(raw.handle));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_task_kill(raw.handle));
	EXPECT_TRUE(is_listed(koid));
	EXPECT_TRUE(is_listed(zxt_koid(zx_thread_self())));
	EXPECT_EQ(ZX_OK, find(koid));
	EXPECT_EQ(zxt_koid(zx_process_self()), zxt_basic(raw.handle).related_koid);
	info = thread_info_of(raw.handle);
	for (size_t i = 0; i < ARRAY_SIZE(info.cpu_affinity_mask.mask); i++)
		cpus += __builtin_popcountll(info.cpu_affinity_mask.mask[i]);
	EXPECT_LE(1, cpus);
	EXPECT_EQ(0, info.wait_exception_channel_type);
	ASSERT_EQ(ZX_OK, zx_object_get_info(raw.handle, ZX_INFO_THREAD_STATS, &stats,
					    sizeof(stats), NULL, NULL));
	EXPECT_GT(ZX_CPU_SET_MAX_CPUS, stats.last_scheduled_cpu);
	EXPECT_LT(0, stats.total_runtime);

	EXPECT_TRUE(raw_release(&raw));
	EXPECT_EQ(ZX_THREAD_TERMINATED, zxt_signals(raw.handle));
	info = thread_info_of(raw.handle);
	EXPECT_EQ(ZX_THREAD_STATE_DEAD, info.state);
	for (size_t i = 0; i < ARRAY_SIZE(info.cpu_affinity_mask.mask); i++)
		EXPECT_EQ(0, info.cpu_affinity_mask.mask[i]);
	EXPECT_EQ(ZX_ERR_BAD_STATE, zx_object_get_info(raw.handle, ZX_INFO_THREAD_STATS, &stats,
						       sizeof(stats), NULL, NULL));
	ASSERT_EQ(ZX_OK, zx_object_get_info(raw.handle, ZX_INFO_TASK_RUNTIME, &runtime,
					    sizeof(runtime), NULL, NULL));
	ASSERT_EQ(ZX_OK, zx_object_get_info(raw.handle, ZX_INFO_TASK_RUNTIME, &later,
					    sizeof(later), NULL, NULL));
	EXPECT_LT(0, runtime.cpu_time);
	EXPECT_EQ(runtime.cpu_time, later.cpu_time);
	EXPECT_EQ(runtime.queue_time, later.queue_time);
	EXPECT_TRUE(soon(!is_listed(koid)));
	EXPECT_TRUE(soon(find(koid) == ZX_ERR_NOT_FOUND));
	EXPECT_TRUE(soon(is_gone(raw.tid)));
	EXPECT_EQ(zxt_koid(zx_process_self()), zxt_basic(raw.handle).related_koid);
	EXPECT_TRUE(raw_free(&raw));
}

/* Waits that begin before the start. */
TEST(watched_from_the_creation_on)
{
	zx_port_packet_t packet;
	struct raw raw;

	ASSERT_TRUE(raw_create(&raw));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &raw.object));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &raw.port));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(raw.handle, raw.port, 1, ZX_THREAD_RUNNING,
					      ZX_WAIT_ASYNC_ONCE));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(raw.handle, raw.port, 2, ZX_THREAD_TERMINATED,
					      ZX_WAIT_ASYNC_ONCE));
	EXPECT_TRUE(is_empty(raw.port));
	ASSERT_EQ(ZX_OK, raw_start(&raw, raw_wait));
	ASSERT_EQ(ZX_OK, zx_port_wait(raw.port, ZXT_SOON, &packet));
	EXPECT_EQ(1, packet.key);
	EXPECT_EQ(ZX_THREAD_RUNNING, packet.signal.observed);
	EXPECT_TRUE(is_empty(raw.port));
	EXPECT_TRUE(raw_release(&raw));
	ASSERT_EQ(ZX_OK, zx_port_wait(raw.port, ZXT_SOON, &packet));
	EXPECT_EQ(2, packet.key);
	EXPECT_EQ(ZX_THREAD_TERMINATED, packet.signal.observed);
	EXPECT_TRUE(is_empty(raw.port));
	EXPECT_TRUE(raw_free(&raw));
}

/* The handle that zx_thread_create() gave need not be the one that starts the thread. */
TEST(started_by_a_handle_from_a_message)
{
	zx_handle_t ends[2], copy;
	struct raw raw;

	ASSERT_TRUE(raw_create(&raw));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &ends[0], &ends[1]));
	copy = duplicate(raw.handle);
	ASSERT_EQ(ZX_OK, send_handle(ends[0], raw.handle));
	EXPECT_EQ(ZX_THREAD_STATE_NEW, state_of(copy));
	ASSERT_EQ(ZX_OK, zx_handle_close(copy));
	raw.handle = receive_handle(ends[1]);
	ASSERT_EQ(ZX_THREAD_STATE_NEW, state_of(raw.handle));
	EXPECT_TRUE(raw_run(&raw, raw_nothing));
	EXPECT_EQ(1, raw.ran);
	EXPECT_TRUE(raw_free(&raw));
}

/*
 * Registers.
 */

/* As raw_registers() stores them: it knows the offsets. */
struct registers {
#ifdef __x86_64__
	/* rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8 to r15 */
	uint64_t general[16];
	uint64_t vector[16][2];
	uint32_t vector_control;
	uint16_t float_control;
#else
	/* x0 to x30, sp */
	uint64_t general[32];
	uint64_t vector[32][2];
	uint64_t vector_control;
#endif
	uint64_t tp, at_tp;
};

#ifdef __x86_64__
#define PC_AT	0
#define ARG1_AT	5
#define ARG2_AT	4
#define SP_AT	7
#define ABI_AT	15
#else
#define PC_AT	16
#define ARG1_AT	0
#define ARG2_AT	1
#define SP_AT	31
#define ABI_AT	18
#endif

/* Only raw_registers() goes there, with its own arguments. */
__ALWAYS_EMIT RAW static void raw_registers_stored(struct registers *regs);

#if defined(__x86_64__)
#define STORE(n, reg)	"	mov	%" #reg ", 8*" #n "(%rdi)\n"
#define STORE_VECTOR(n)	"	movups	%xmm" #n ", 128+16*" #n "(%rdi)\n"
__asm__(".pushsection .text\n"
	".type raw_registers, @function\n"
	"raw_registers:\n"
	"	endbr64\n"
	STORE(0, rax) STORE(1, rbx) STORE(2, rcx) STORE(3, rdx)
	STORE(4, rsi) STORE(5, rdi) STORE(6, rbp) STORE(7, rsp)
	STORE(8, r8) STORE(9, r9) STORE(10, r10) STORE(11, r11)
	STORE(12, r12) STORE(13, r13) STORE(14, r14) STORE(15, r15)
	STORE_VECTOR(0) STORE_VECTOR(1) STORE_VECTOR(2) STORE_VECTOR(3)
	STORE_VECTOR(4) STORE_VECTOR(5) STORE_VECTOR(6) STORE_VECTOR(7)
	STORE_VECTOR(8) STORE_VECTOR(9) STORE_VECTOR(10) STORE_VECTOR(11)
	STORE_VECTOR(12) STORE_VECTOR(13) STORE_VECTOR(14) STORE_VECTOR(15)
	"	stmxcsr	384(%rdi)\n"
	"	fnstcw	388(%rdi)\n"
	"	jmp	raw_registers_stored\n"
	".size raw_registers, . - raw_registers\n"
	".popsection\n"
);
_Static_assert(offsetof(struct registers, vector) == 128, "raw_registers() stores it there");
_Static_assert(offsetof(struct registers, vector_control) == 384, "and that there");
#elif defined(__aarch64__)
#define STORE(n, m)		"	stp	x" #n ", x" #m ", [x0, #8*" #n "]\n"
#define STORE_VECTOR(n, m)	"	stp	q" #n ", q" #m ", [x0, #256+16*" #n "]\n"
__asm__(".pushsection .text\n"
	".type raw_registers, %function\n"
	"raw_registers:\n"
	"	hint	#34\n"
	STORE(0, 1) STORE(2, 3) STORE(4, 5) STORE(6, 7)
	STORE(8, 9) STORE(10, 11) STORE(12, 13) STORE(14, 15)
	STORE(16, 17) STORE(18, 19) STORE(20, 21) STORE(22, 23)
	STORE(24, 25) STORE(26, 27) STORE(28, 29)
	"	str	x30, [x0, #240]\n"
	"	mov	x16, sp\n"
	"	str	x16, [x0, #248]\n"
	STORE_VECTOR(0, 1) STORE_VECTOR(2, 3) STORE_VECTOR(4, 5) STORE_VECTOR(6, 7)
	STORE_VECTOR(8, 9) STORE_VECTOR(10, 11) STORE_VECTOR(12, 13) STORE_VECTOR(14, 15)
	STORE_VECTOR(16, 17) STORE_VECTOR(18, 19) STORE_VECTOR(20, 21) STORE_VECTOR(22, 23)
	STORE_VECTOR(24, 25) STORE_VECTOR(26, 27) STORE_VECTOR(28, 29) STORE_VECTOR(30, 31)
	"	mrs	x16, fpcr\n"
	"	str	x16, [x0, #768]\n"
	"	b	raw_registers_stored\n"
	".size raw_registers, . - raw_registers\n"
	".popsection\n"
);
_Static_assert(offsetof(struct registers, vector) == 256, "raw_registers() stores it there");
_Static_assert(offsetof(struct registers, vector_control) == 768, "and that there");
#endif

/* The address of raw_registers(), which is in assembly. */
static uintptr_t registers_entry(void)
{
	uintptr_t entry;

#ifdef __x86_64__
	__asm__("lea raw_registers(%%rip), %0" : "=r" (entry));
#else
	__asm__("adr %0, raw_registers" : "=r" (entry));
#endif
	return entry;
}

static inline __ALWAYS_INLINE uint64_t raw_tp(void)
{
	uint64_t tp = 0;

#ifdef __x86_64__
	raw_syscall(SYS_arch_prctl, 0x1003 /* ARCH_GET_FS */, (long)&tp);
#else
	__asm__ volatile("mrs %0, tpidr_el0" : "=r" (tp));
#endif
	return tp;
}

/* The word at the thread pointer, as the code of thread-local variables reads it. */
static inline __ALWAYS_INLINE uint64_t raw_at_tp(void)
{
	uint64_t value;

#ifdef __x86_64__
	__asm__ volatile("mov %%fs:0, %0" : "=r" (value) : : "memory");
#else
	value = *(volatile uint64_t *)raw_tp();
#endif
	return value;
}

static void raw_registers_stored(struct registers *regs)
{
	regs->tp = raw_tp();
	if (regs->tp)
		regs->at_tp = raw_at_tp();
	zx_thread_exit();
}

static const uint64_t block[2] = { 0x1122334455667788, 0x99aabbccddeeff00 };

TEST(registers_at_the_start)
{
	const struct {
		uint64_t arg2, tp, abi;
	} given[] = {
		{ 0x0123456789abcdef, 0, 0 },
		{ UINT64_MAX, (uintptr_t)block, 0 },
		{ 0, (uintptr_t)(block + 1), 0xfedcba9876543210 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
		/* All ones: what the thread does not store is no zero. */
		struct registers regs;
		struct raw raw;

		memset(&regs, 0xff, sizeof(regs));
		ASSERT_TRUE(raw_create(&raw));
		/* Without a thread pointer by the older call. */
		ASSERT_EQ(ZX_OK, given[i].tp ?
				 zx_thread_start_regs(raw.handle, registers_entry(),
						      top_of(raw.stack), (uintptr_t)&regs,
						      given[i].arg2, given[i].tp, given[i].abi) :
				 zx_thread_start(raw.handle, registers_entry(),
						 top_of(raw.stack), (uintptr_t)&regs,
						 given[i].arg2));
		ASSERT_TRUE(ends_soon(raw.handle));
		for (size_t reg = 0; reg < ARRAY_SIZE(regs.general); reg++) {
			uint64_t expected = reg == PC_AT ? registers_entry() :
					    reg == ARG1_AT ? (uintptr_t)&regs :
					    reg == ARG2_AT ? given[i].arg2 :
					    reg == SP_AT ? top_of(raw.stack) :
					    reg == ABI_AT ? given[i].abi : 0;

			EXPECT_EQ(expected, regs.general[reg]) {
				TH_LOG("start %zu, register %zu", i, reg);
			}
		}
		EXPECT_EQ(given[i].tp, regs.tp);
		EXPECT_EQ(given[i].tp ? *(uint64_t *)given[i].tp : UINT64_MAX, regs.at_tp);
		EXPECT_TRUE(raw_free(&raw));
	}
}

/* How this thread rounds: another way than a thread does at its start, or as before. */
static uint64_t round_to_zero(bool to_zero)
{
#ifdef __x86_64__
	static const uint32_t modes[] = { 0x1f80, 0x7f80 };
	static const uint16_t words[] = { 0x37f, 0xf7f };

	__asm__ volatile("ldmxcsr %0" : : "m" (modes[to_zero]));
	__asm__ volatile("fldcw %0" : : "m" (words[to_zero]));
	return modes[0];
#else
	__asm__ volatile("msr fpcr, %0" : : "r" (to_zero ? 3ul << 22 : 0ul));
	return 0;
#endif
}

/* Fills the registers that a call may change with ones. */
static void fill_vectors(void)
{
#ifdef __x86_64__
	__asm__ volatile("pcmpeqd %%xmm8, %%xmm8; pcmpeqd %%xmm9, %%xmm9\n"
			 "pcmpeqd %%xmm14, %%xmm14; pcmpeqd %%xmm15, %%xmm15"
			 : : : "xmm8", "xmm9", "xmm14", "xmm15");
#else
	__asm__ volatile("movi v16.2d, #-1; movi v17.2d, #-1; movi v30.2d, #-1; movi v31.2d, #-1"
			 : : : "v16", "v17", "v30", "v31");
#endif
}

TEST(vector_registers_at_the_start)
{
	struct registers regs;
	uint64_t initial;
	zx_status_t status;
	struct raw raw;

	memset(&regs, 0xff, sizeof(regs));
	ASSERT_TRUE(raw_create(&raw));
	initial = round_to_zero(true);
	fill_vectors();
	status = zx_thread_start(raw.handle, registers_entry(), top_of(raw.stack),
				 (uintptr_t)&regs, 0);
	round_to_zero(false);
	ASSERT_EQ(ZX_OK, status);
	ASSERT_TRUE(ends_soon(raw.handle));
	for (size_t i = 0; i < ARRAY_SIZE(regs.vector); i++) {
		EXPECT_EQ(0, regs.vector[i][0] | regs.vector[i][1]) {
			TH_LOG("vector register %zu", i);
		}
	}
	EXPECT_EQ(initial, regs.vector_control);
#ifdef __x86_64__
	EXPECT_EQ(0x37f, regs.float_control);
#endif
	EXPECT_TRUE(raw_free(&raw));
}

/*
 * The registers FS and GS as properties.
 */

/* ZX_PROP_REGISTER_FS and _GS, whose names are for x86-64 only. */
static const uint32_t register_properties[] = { 4, 2 };

#ifdef __x86_64__

static inline __ALWAYS_INLINE uint64_t raw_at_gs(void)
{
	uint64_t value;

	__asm__ volatile("mov %%gs:0, %0" : "=r" (value) : : "memory");
	return value;
}

/* Puts block into FS and block + 1 into GS, and reads them before and after it has slept. */
RAW static void raw_set_registers(struct raw *raw, uintptr_t unused)
{
	uintptr_t fs = (uintptr_t)block, gs = (uintptr_t)(block + 1);
	uintptr_t bad = not_canonical[0];

	(void)unused;
	raw->status[0] = zx_object_get_property(raw->own, ZX_PROP_REGISTER_FS, &raw->words[0],
						sizeof(uintptr_t));
	raw->status[1] = zx_object_set_property(raw->own, ZX_PROP_REGISTER_FS, &fs, sizeof(fs));
	raw->status[2] = zx_object_set_property(raw->own, ZX_PROP_REGISTER_GS, &gs, sizeof(gs));
	if (raw->status[1] == ZX_OK && raw->status[2] == ZX_OK) {
		raw->words[1] = raw_at_tp();
		raw->words[2] = raw_at_gs();
		/* The address that is refused changes nothing. */
		raw->status[3] = zx_object_set_property(raw->own, ZX_PROP_REGISTER_FS, &bad,
							sizeof(bad));
		raw->status[4] = zx_object_set_property(raw->own, ZX_PROP_REGISTER_GS, &bad,
							sizeof(bad));
		raw->status[5] = zx_object_wait_one(raw->object, ZX_EVENT_SIGNALED,
						    ZX_TIME_INFINITE, NULL);
		raw->words[3] = raw_at_tp();
		raw->words[4] = raw_at_gs();
		raw->status[6] = zx_object_get_property(raw->own, ZX_PROP_REGISTER_FS,
							&raw->words[5], sizeof(uintptr_t));
		raw->status[7] = zx_object_get_property(raw->own, ZX_PROP_REGISTER_GS,
							&raw->words[6], sizeof(uintptr_t));
	}
	zx_thread_exit();
}

TEST(registers_of_a_raw_thread)
{
	struct raw raw;

	ASSERT_TRUE(raw_create(&raw));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &raw.object));
	raw.own = duplicate(raw.handle);
	memset(raw.words, 0xff, sizeof(raw.words));
	for (int i = 0; i < 8; i++)
		raw.status[i] = ZX_ERR_NEXT;
	ASSERT_EQ(ZX_OK, raw_start(&raw, raw_set_registers));
	EXPECT_TRUE(soon(state_of(raw.handle) == ZX_THREAD_STATE_BLOCKED_WAIT_ONE ||
			 state_of(raw.handle) == ZX_THREAD_STATE_DEAD));
	ASSERT_EQ(ZX_OK, zx_object_signal(raw.object, 0, ZX_EVENT_SIGNALED));
	ASSERT_TRUE(ends_soon(raw.handle));
	EXPECT_EQ(ZX_OK, raw.status[0]);
	EXPECT_EQ(0, raw.words[0]);
	ASSERT_EQ(ZX_OK, raw.status[1]);
	ASSERT_EQ(ZX_OK, raw.status[2]);
	EXPECT_EQ(block[0], raw.words[1]);
	EXPECT_EQ(block[1], raw.words[2]);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, raw.status[3]);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, raw.status[4]);
	EXPECT_EQ(ZX_OK, raw.status[5]);
	EXPECT_EQ(block[0], raw.words[3]);
	EXPECT_EQ(block[1], raw.words[4]);
	EXPECT_EQ(ZX_OK, raw.status[6]);
	EXPECT_EQ((uintptr_t)block, raw.words[5]);
	EXPECT_EQ(ZX_OK, raw.status[7]);
	EXPECT_EQ((uintptr_t)(block + 1), raw.words[6]);
	EXPECT_TRUE(raw_free(&raw));
}

/* This thread's FS belongs to the C library, so it only gets what it has already. */
TEST(registers_of_the_calling_thread)
{
	zx_handle_t self = zx_thread_self();
	uintptr_t words[2] = { 1, 2 }, gs[2] = { (uintptr_t)block, 0 };

	EXPECT_EQ(ZX_OK, zx_object_get_property(self, ZX_PROP_REGISTER_FS, words,
						sizeof(*words)));
	EXPECT_EQ(raw_tp(), words[0]);
	EXPECT_EQ(2, words[1]);
	EXPECT_EQ(ZX_OK, zx_object_set_property(self, ZX_PROP_REGISTER_FS, words,
						sizeof(*words)));
	EXPECT_EQ(raw_tp(), words[0]);
	/* A size that is larger than needed is no error. */
	EXPECT_EQ(ZX_OK, zx_object_set_property(self, ZX_PROP_REGISTER_GS, gs, sizeof(gs)));
	EXPECT_EQ(block[0], raw_at_gs());
	EXPECT_EQ(ZX_OK, zx_object_get_property(self, ZX_PROP_REGISTER_GS, words,
						sizeof(words)));
	EXPECT_EQ((uintptr_t)block, words[0]);
	EXPECT_EQ(2, words[1]);
}

TEST(checks_of_the_registers_in_order)
{
	zx_handle_t self = zx_thread_self(), socket, peer, weak;
	uintptr_t value = not_canonical[0];
	struct raw fresh, other;

	/* An event has no properties at all. */
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket, &peer));
	ASSERT_TRUE(raw_create(&fresh));
	ASSERT_TRUE(raw_start_waiting(&other));
	weak = zxt_without(self, ZX_RIGHTS_PROPERTY);
	for (size_t i = 0; i < ARRAY_SIZE(register_properties); i++) {
		const uint32_t prop = register_properties[i];
		const zx_handle_t others[] = { fresh.handle, other.handle };
		const zx_handle_t no_threads[] = { socket, zx_process_self() };
		uintptr_t got = 77;

		/* The pointer, if it is NULL; the handle; its rights; the size; the type. */
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_get_property(NO_HANDLE, prop, NULL, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_set_property(NO_HANDLE, prop, NULL, 0));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_property(NO_HANDLE, prop, &got, 0));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_set_property(NO_HANDLE, prop, &value, 0));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_property(weak, prop, &got, 0));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_set_property(weak, prop, &value, 0));
		for (size_t j = 0; j < ARRAY_SIZE(no_threads); j++) {
			EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
				  zx_object_get_property(no_threads[j], prop, &got, 7));
			EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
				  zx_object_set_property(no_threads[j], prop, &value, 7));
			EXPECT_EQ(ZX_ERR_WRONG_TYPE,
				  zx_object_get_property(no_threads[j], prop, zxt_nowhere[0], 8));
			EXPECT_EQ(ZX_ERR_WRONG_TYPE,
				  zx_object_set_property(no_threads[j], prop, zxt_nowhere[0], 8));
		}
		for (size_t j = 0; j < ARRAY_SIZE(others); j++) {
			EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
				  zx_object_get_property(others[j], prop, &got, 0));
			EXPECT_EQ(ZX_ERR_BUFFER_TOO_SMALL,
				  zx_object_set_property(others[j], prop, &value, 7));
			EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
				  zx_object_get_property(others[j], prop, zxt_nowhere[0], 8));
			EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
				  zx_object_set_property(others[j], prop, zxt_nowhere[0], 8));
			EXPECT_EQ(ZX_ERR_ACCESS_DENIED,
				  zx_object_set_property(others[j], prop, &value, 8));
		}
		for (size_t j = 0; j < ARRAY_SIZE(zxt_nowhere); j++) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_property(self, prop, zxt_nowhere[j], 8));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_set_property(self, prop, zxt_nowhere[j], 8));
		}
		for (size_t j = 0; j < ARRAY_SIZE(not_canonical); j++)
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_set_property(self, prop, &not_canonical[j], 8));
		EXPECT_EQ(77, got);
	}
	EXPECT_TRUE(raw_release(&other));
	EXPECT_TRUE(raw_free(&other));
	EXPECT_TRUE(raw_free(&fresh));
}

#else

TEST(no_such_registers)
{
	zx_handle_t self = zx_thread_self();
	uintptr_t value = 0;

	for (size_t i = 0; i < ARRAY_SIZE(register_properties); i++) {
		const uint32_t prop = register_properties[i];

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_object_get_property(self, prop, NULL, 8));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_property(NO_HANDLE, prop, &value, 8));
		for (size_t size = 0; size <= 8; size += 4) {
			EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
				  zx_object_get_property(self, prop, &value, size));
			EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
				  zx_object_set_property(self, prop, &value, size));
			EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
				  zx_object_get_property(zx_process_self(), prop, &value, size));
		}
	}
}

#endif

/*
 * What a raw thread does.
 */

RAW static void raw_wait_many(struct raw *raw, uintptr_t unused)
{
	zx_wait_item_t item = { .handle = raw->object, .waitfor = ZX_EVENT_SIGNALED };

	(void)unused;
	raw->status[0] = zx_object_wait_many(&item, 1, ZX_TIME_INFINITE);
	zx_thread_exit();
}

RAW static void raw_port(struct raw *raw, uintptr_t unused)
{
	zx_port_packet_t packet;

	(void)unused;
	raw->status[0] = zx_port_wait(raw->port, ZX_TIME_INFINITE, &packet);
	zx_thread_exit();
}

RAW static void raw_call(struct raw *raw, uintptr_t unused)
{
	uint32_t request[2] = {}, reply[2] = {}, bytes = 0, handles = 0;
	zx_channel_call_args_t args = {
		.wr_bytes = request,
		.wr_num_bytes = sizeof(request),
		.rd_bytes = reply,
		.rd_num_bytes = sizeof(reply),
	};

	(void)unused;
	raw->status[0] = zx_channel_call(raw->object, 0, ZX_TIME_INFINITE, &args, &bytes, &handles);
	raw->words[0] = bytes;
	raw->words[1] = reply[1];
	zx_thread_exit();
}

RAW static void raw_futex(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	raw->status[0] = zx_futex_wait(&raw->futex, 0, ZX_HANDLE_INVALID, ZX_TIME_INFINITE);
	zx_thread_exit();
}

/* It can only end by itself, for the test to end. */
RAW static void raw_sleep(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	while (!raw->stop)
		raw->status[0] = zx_nanosleep(zx_clock_get_monotonic() + ZX_SEC(1));
	zx_thread_exit();
}

RAW static void raw_spin(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	while (!raw->stop)
		;
	zx_thread_exit();
}

TEST(states)
{
	static const struct {
		const char *name;
		raw_entry *entry;
		zx_thread_state_t state;
	} states[] = {
		{ "wait_one", raw_wait, ZX_THREAD_STATE_BLOCKED_WAIT_ONE },
		{ "wait_many", raw_wait_many, ZX_THREAD_STATE_BLOCKED_WAIT_MANY },
		{ "port", raw_port, ZX_THREAD_STATE_BLOCKED_PORT },
		{ "call", raw_call, ZX_THREAD_STATE_BLOCKED_CHANNEL },
		{ "futex", raw_futex, ZX_THREAD_STATE_BLOCKED_FUTEX },
		{ "sleep", raw_sleep, ZX_THREAD_STATE_BLOCKED_SLEEPING },
		{ "spin", raw_spin, ZX_THREAD_STATE_RUNNING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		uint32_t request[2] = {}, bytes = 0;
		zx_handle_t peer = ZX_HANDLE_INVALID;
		struct raw raw;

		ASSERT_TRUE(raw_create(&raw));
		ASSERT_EQ(ZX_OK, states[i].entry == raw_call ?
				 zx_channel_create(0, &raw.object, &peer) :
				 zx_event_create(0, &raw.object));
		ASSERT_EQ(ZX_OK, zx_port_create(0, &raw.port));
		ASSERT_EQ(ZX_OK, raw_start(&raw, states[i].entry));
		EXPECT_TRUE(soon(state_of(raw.handle) == states[i].state)) {
			TH_LOG("%s: state %#x", states[i].name, state_of(raw.handle));
		}
		EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(raw.handle));
		if (states[i].entry == raw_spin)
			EXPECT_TRUE(soon(cpu_time_of(raw.handle) > ZX_MSEC(1)));

		raw.stop = true;
		raw.futex = 1;
		zx_futex_wake(&raw.futex, 1);
		zx_object_signal(raw.object, 0, ZX_EVENT_SIGNALED);
		put(raw.port, 0);
		if (peer != ZX_HANDLE_INVALID) {
			ASSERT_EQ(ZX_OK, zx_object_wait_one(peer, ZX_CHANNEL_READABLE, ZXT_SOON,
							    NULL));
			ASSERT_EQ(ZX_OK, zx_channel_read(peer, 0, request, NULL, sizeof(request),
							 0, &bytes, NULL));
			request[1] = 42;
			ASSERT_EQ(ZX_OK, zx_channel_write(peer, 0, request, sizeof(request), NULL,
							  0));
		}
		EXPECT_TRUE(ends_soon(raw.handle)) {
			TH_LOG("%s", states[i].name);
		}
		EXPECT_EQ(ZX_OK, raw.status[0]) {
			TH_LOG("%s", states[i].name);
		}
		if (peer != ZX_HANDLE_INVALID) {
			EXPECT_EQ(sizeof(request), raw.words[0]);
			EXPECT_EQ(42, raw.words[1]);
			EXPECT_EQ(ZX_OK, zx_handle_close(peer));
		}
		EXPECT_TRUE(raw_free(&raw));
	}
}

/* Makes a channel, sends an event through it, and leaves the caller one end and the event. */
RAW static void raw_make_handles(struct raw *raw, uintptr_t unused)
{
	zx_handle_t ends[2], event, copy;
	uint32_t bytes, handles;
	char text[4] = "raw";

	(void)unused;
	raw->status[0] = zx_channel_create(0, &ends[0], &ends[1]);
	raw->status[1] = zx_event_create(0, &event);
	raw->status[2] = zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy);
	raw->status[3] = zx_channel_write(ends[0], 0, text, sizeof(text), &copy, 1);
	text[0] = 0;
	raw->status[4] = zx_channel_read(ends[1], 0, text, &copy, sizeof(text), 1, &bytes,
					 &handles);
	raw->status[5] = zx_object_signal(copy, 0, ZX_EVENT_SIGNALED);
	raw->status[6] = zx_handle_close(copy);
	raw->status[7] = zx_handle_close(ends[0]);
	raw->words[0] = text[0];
	raw->object = event;
	raw->port = ends[1];
	zx_thread_exit();
}

TEST(handles_that_a_raw_thread_makes)
{
	uint32_t handles = zxt_handles();
	struct raw raw;

	ASSERT_TRUE(raw_create(&raw));
	ASSERT_TRUE(raw_run(&raw, raw_make_handles));
	for (int i = 0; i < 8; i++) {
		EXPECT_EQ(ZX_OK, raw.status[i]) {
			TH_LOG("call %d", i);
		}
	}
	EXPECT_EQ('r', raw.words[0]);
	/* They belong to the process. */
	EXPECT_EQ(handles + 3, zxt_handles());
	EXPECT_EQ(1, zxt_handles_to(raw.object));
	EXPECT_EQ(ZX_EVENT_SIGNALED, zxt_signals(raw.object));
	EXPECT_EQ(ZX_CHANNEL_PEER_CLOSED, zxt_signals(raw.port));
	EXPECT_TRUE(raw_free(&raw));
	EXPECT_EQ(handles, zxt_handles());
}

/* Creates and starts a thread, and waits for its end. @object is the process. */
RAW static void raw_start_another(struct raw *raw, uintptr_t stack)
{
	struct raw *other = raw->other;

	raw->status[0] = zx_thread_create(raw->object, "other", 5, 0, &other->handle);
	raw->status[1] = zx_thread_start(other->handle, (zx_vaddr_t)raw_nothing, stack,
					 (uintptr_t)other, 0);
	raw->status[2] = zx_object_wait_one(other->handle, ZX_THREAD_TERMINATED,
					    ZX_TIME_INFINITE, NULL);
	raw->status[3] = zx_thread_start(other->handle, (zx_vaddr_t)raw_nothing, stack,
					 (uintptr_t)other, 0);
	zx_thread_exit();
}

TEST(a_raw_thread_starts_another)
{
	struct raw raw, other = {};

	other.stack = map_stack(NULL);
	ASSERT_NE(MAP_FAILED, other.stack);
	ASSERT_TRUE(raw_create(&raw));
	raw.object = duplicate(zx_process_self());
	raw.other = &other;
	raw.arg2 = top_of(other.stack);
	ASSERT_TRUE(raw_run(&raw, raw_start_another));
	EXPECT_EQ(ZX_OK, raw.status[0]);
	EXPECT_EQ(ZX_OK, raw.status[1]);
	EXPECT_EQ(ZX_OK, raw.status[2]);
	EXPECT_EQ(ZX_ERR_BAD_STATE, raw.status[3]);
	EXPECT_EQ(1, other.ran);
	EXPECT_EQ(ZX_THREAD_TERMINATED, zxt_signals(other.handle));
	EXPECT_EQ(zxt_koid(zx_process_self()), zxt_basic(other.handle).related_koid);
	EXPECT_STREQ("other", name_of(other.handle));
	EXPECT_TRUE(raw_free(&other));
	EXPECT_TRUE(raw_free(&raw));
}

#define MANY	64

RAW static void raw_one_of_many(struct raw *raw, uintptr_t gate)
{
	raw->status[0] = zx_event_create(0, &raw->object);
	raw->status[1] = zx_object_signal(raw->object, 0, ZX_EVENT_SIGNALED);
	raw->ran = 1;
	raw->status[2] = zx_object_wait_one(gate, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL);
	zx_thread_exit();
}

TEST(many_at_once)
{
	uint32_t handles = zxt_handles();
	static struct raw raws[MANY];
	zx_handle_t gate;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &gate));
	for (int i = 0; i < MANY; i++) {
		ASSERT_TRUE(raw_create(&raws[i]));
		raws[i].arg2 = gate;
	}
	for (int i = 0; i < MANY; i++)
		ASSERT_EQ(ZX_OK, raw_start(&raws[i], raw_one_of_many));
	for (int i = 0; i < MANY; i++) {
		ASSERT_TRUE(soon(raws[i].ran));
		EXPECT_TRUE(is_listed(zxt_koid(raws[i].handle)));
		EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(raws[i].handle));
	}
	EXPECT_EQ(handles + 1 + 2 * MANY, zxt_handles());
	ASSERT_EQ(ZX_OK, zx_object_signal(gate, 0, ZX_EVENT_SIGNALED));
	for (int i = 0; i < MANY; i++) {
		ASSERT_TRUE(ends_soon(raws[i].handle));
		for (int j = 0; j < 3; j++)
			EXPECT_EQ(ZX_OK, raws[i].status[j]);
		EXPECT_EQ(ZX_EVENT_SIGNALED, zxt_signals(raws[i].object));
		for (int j = 0; j < i; j++)
			EXPECT_NE(zxt_koid(raws[j].object), zxt_koid(raws[i].object));
	}
	for (int i = 0; i < MANY; i++)
		EXPECT_TRUE(raw_free(&raws[i]));
	EXPECT_EQ(ZX_OK, zx_handle_close(gate));
	EXPECT_EQ(handles, zxt_handles());
}

/*
 * The end.
 */

TEST(without_a_handle_it_goes_on)
{
	struct raw raw;
	zx_koid_t koid;

	ASSERT_TRUE(raw_start_waiting(&raw));
	koid = zxt_koid(raw.handle);
	ASSERT_EQ(ZX_OK, zx_handle_close(raw.handle));
	/* If the thread ended because of that, it would do so by now. */
	zx_nanosleep(zx_deadline_after(ZX_MSEC(50)));
	EXPECT_TRUE(is_listed(koid));
	EXPECT_FALSE(is_gone(raw.tid));
	/* There is a handle again for who asks. */
	ASSERT_EQ(ZX_OK, zx_object_get_child(zx_process_self(), koid, ZX_RIGHT_SAME_RIGHTS,
					     &raw.handle));
	EXPECT_EQ(koid, zxt_koid(raw.handle));
	EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(raw.handle));
	EXPECT_EQ(ZX_ERR_BAD_STATE, raw_start(&raw, raw_wait));
	ASSERT_EQ(ZX_OK, zx_handle_close(raw.handle));
	raw.handle = ZX_HANDLE_INVALID;
	EXPECT_EQ(ZX_OK, zx_object_signal(raw.object, 0, ZX_EVENT_SIGNALED));
	EXPECT_TRUE(soon(is_gone(raw.tid)));
	EXPECT_EQ(1, raw.ran);
	EXPECT_TRUE(soon(find(koid) == ZX_ERR_NOT_FOUND));
	munmap(raw.stack, STACK);
}

/* Ends as Zircon's own C library ends a thread: it gives up its handle, and its stack. */
RAW static void raw_leave(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	raw->tid = raw_syscall(SYS_gettid, 0, 0);
	raw->ran++;
	zx_futex_wake_handle_close_thread_exit(&raw->futex, 1, 1, raw->handle);
}

static bool is_untouched(const uint8_t *stack)
{
	for (size_t i = 0; i < STACK; i++)
		if (stack[i])
			return false;
	return true;
}

TEST_F_TIMEOUT(rounds, a_stack_that_is_unmapped_at_once, 600)
{
	uint32_t handles = zxt_handles();

	for (unsigned int round = 0; round < zxt_part(1000); round++) {
		zx_time_t limit = ZXT_SOON;
		zx_handle_t own;
		struct raw raw;
		zx_koid_t koid;

		ASSERT_TRUE(raw_create(&raw));
		own = raw.handle;
		koid = zxt_koid(own);
		ASSERT_EQ(ZX_OK, raw_start(&raw, raw_leave));
		/* Sleep until it wakes this thread, or do not wait for that. */
		while (!raw.futex && zx_clock_get_monotonic() < limit)
			if (round % 2)
				zx_futex_wait(&raw.futex, 0, ZX_HANDLE_INVALID, limit);
		ASSERT_EQ(1, raw.futex);
		ASSERT_EQ(0, munmap(raw.stack, STACK));
		/* Another use of the memory, which the thread must not change. */
		if (round % 5 == 0)
			ASSERT_EQ(raw.stack, map_stack(raw.stack));
		EXPECT_EQ(1, raw.ran);
		ASSERT_TRUE(soon(is_gone(raw.tid)));
		if (round % 5 == 0) {
			EXPECT_TRUE(is_untouched(raw.stack));
			munmap(raw.stack, STACK);
		}
		EXPECT_FALSE(zxt_is_open(own));
		EXPECT_TRUE(soon(find(koid) == ZX_ERR_NOT_FOUND));
	}
	EXPECT_EQ(handles, zxt_handles());
}

/*
 * Races.
 */

#define ROUNDS	500

struct race {
	struct raw raw;
	atomic_int started, refused, closed, failures;
};

static void race_start(struct race *race)
{
	zx_status_t status = raw_start(&race->raw, raw_nothing);

	if (status == ZX_OK)
		race->started++;
	else if (status == ZX_ERR_BAD_STATE)
		race->refused++;
	else
		race->failures++;
}

TEST_F_TIMEOUT(rounds, started_by_several_at_once, 600)
{
	void (*const actions[RACERS])(struct race *race) = {
		race_start, race_start, race_start, race_start,
	};
	static struct race race;
	struct racers racers;

	racers_start(&racers, &race, actions);
	for (unsigned int round = 0; round < zxt_part(ROUNDS); round++) {
		ASSERT_TRUE(raw_create(&race.raw));
		race.started = 0;
		race.refused = 0;
		racers_round(&racers);
		ASSERT_EQ(1, race.started);
		ASSERT_EQ(RACERS - 1, race.refused);
		ASSERT_TRUE(ends_soon(race.raw.handle));
		ASSERT_EQ(1, race.raw.ran);
		ASSERT_TRUE(raw_free(&race.raw));
	}
	racers_stop(&racers);
	EXPECT_EQ(0, race.failures);
}

static void race_start_or_closed(struct race *race)
{
	zx_status_t status = raw_start(&race->raw, raw_nothing);

	if (status == ZX_OK)
		race->started++;
	else if (status != ZX_ERR_BAD_HANDLE && status != ZX_ERR_BAD_STATE)
		race->failures++;
}

static void race_close(struct race *race)
{
	if (zx_handle_close(race->raw.handle) == ZX_OK)
		race->closed++;
}

static void race_rename(struct race *race)
{
	zx_status_t status = set_name(race->raw.handle, LONG_NAME);

	if (status != ZX_OK && status != ZX_ERR_BAD_HANDLE)
		race->failures++;
}

/* The only handle: the thread starts and runs to its end, or it never does. */
/* Threads of the C library that all want to be the same thread, as raw ones do in their start. */
#define BEGINNERS	4

static struct {
	pthread_barrier_t ready;
	int device;
	unsigned int rounds;
	zx_handle_t handle;
	atomic_uint begun;
} beginners;

static void *beginner_thread(void *arg)
{
	for (unsigned int i = 0; i < beginners.rounds; i++) {
		struct zxl_ioc_thread_begin begin = {};

		/* One of them makes the thread for this round. */
		if (pthread_barrier_wait(&beginners.ready) == PTHREAD_BARRIER_SERIAL_THREAD)
			create("begin", &beginners.handle);
		pthread_barrier_wait(&beginners.ready);
		begin.handle = beginners.handle;
		beginners.begun += zxp_ioctl(beginners.device, ZXL_IOC_THREAD_BEGIN, &begin) == 0;
		if (pthread_barrier_wait(&beginners.ready) == PTHREAD_BARRIER_SERIAL_THREAD)
			zx_handle_close(beginners.handle);
	}
	return arg;
}

static void begin_at_once(unsigned int rounds)
{
	pthread_t threads[BEGINNERS];

	beginners.device = zxp_open(O_CLOEXEC);
	beginners.rounds = rounds;
	pthread_barrier_init(&beginners.ready, NULL, BEGINNERS);
	for (int i = 0; i < BEGINNERS; i++)
		CHILD_CHECK(pthread_create(&threads[i], NULL, beginner_thread, NULL) == 0);
	for (int i = 0; i < BEGINNERS; i++)
		CHILD_CHECK(pthread_join(threads[i], NULL) == 0);
	CHILD_CHECK(beginners.begun == rounds);
}

/* One begins in each round, and those that do not leave nothing that the process would wait for. */
TEST_F_TIMEOUT(rounds, begun_by_several_at_once, 600)
{
	unsigned int rounds = zxt_part(2000);
	zx_handle_t process;
	int ready[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	pid = fork();
	if (pid == 0) {
		/* The parent has a handle to this process first. */
		CHILD_CHECK(read(ready[0], &byte, 1) == 1);
		begin_at_once(rounds);
		_exit(0);
	}
	ASSERT_EQ(ZX_OK, open_pid(pid, &process));
	ASSERT_EQ(1, write(ready[1], "b", 1));
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(ZX_OK, zx_handle_close(process));
	close(ready[0]);
	close(ready[1]);
}

TEST_F_TIMEOUT(rounds, started_and_closed_at_once, 600)
{
	void (*const actions[RACERS])(struct race *race) = {
		race_start_or_closed, race_close, race_start_or_closed, race_rename,
	};
	uint32_t handles = zxt_handles();
	static struct race race;
	struct racers racers;

	racers_start(&racers, &race, actions);
	for (unsigned int round = 0; round < zxt_part(ROUNDS); round++) {
		zx_koid_t koid;

		ASSERT_TRUE(raw_create(&race.raw));
		koid = zxt_koid(race.raw.handle);
		race.started = 0;
		race.closed = 0;
		racers_round(&racers);
		ASSERT_EQ(1, race.closed);
		ASSERT_GE(1, race.started);
		ASSERT_TRUE(soon(race.raw.ran == race.started));
		ASSERT_TRUE(soon(find(koid) == ZX_ERR_NOT_FOUND));
		ASSERT_TRUE(soon(!is_listed(koid)));
		ASSERT_EQ(race.started, race.raw.ran);
		munmap(race.raw.stack, STACK);
	}
	racers_stop(&racers);
	EXPECT_EQ(0, race.failures);
	EXPECT_EQ(handles, zxt_handles());
}

/*
 * Signals of Linux.
 */

static atomic_int handled, handled_by, handled_elsewhere;

static void note_thread(int signal)
{
	(void)signal;
	/* raw_syscall(), as the handler must not fault if it runs in a raw thread. */
	if (raw_syscall(SYS_gettid, 0, 0) != handled_by)
		handled_elsewhere++;
	handled++;
}

static void *handle_signals(void *stop)
{
	sigset_t none;

	handled_by = gettid();
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
	while (!*(atomic_bool *)stop)
		usleep(1000);
	return NULL;
}

/* Half of them spin, the others sleep. */
#define SPINNERS	4

/* The only thread that does not block them is one of the C library. */
TEST_F_TIMEOUT(rounds, signals_are_not_for_raw_threads, 600)
{
	const struct sigaction action = { .sa_handler = note_thread, .sa_flags = SA_RESTART };
	struct raw raws[SPINNERS], waiting;
	atomic_bool stop = false;
	pthread_t handler;
	sigset_t all;

	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(0, pthread_create(&handler, NULL, handle_signals, &stop));
	ASSERT_TRUE(soon(handled_by));
	for (int i = 0; i < SPINNERS; i++) {
		ASSERT_TRUE(raw_create(&raws[i]));
		ASSERT_EQ(ZX_OK, zx_event_create(0, &raws[i].object));
		ASSERT_EQ(ZX_OK, raw_start(&raws[i], i % 2 ? raw_spin : raw_wait));
	}
	/* Started before this thread blocks the signals: the mask is no copy of its own. */
	ASSERT_TRUE(raw_start_waiting(&waiting));
	/* All that can be blocked. */
	EXPECT_EQ(~0ull, status_field(waiting.tid, "SigBlk:") | 1ull << (SIGKILL - 1) |
			 1ull << (SIGSTOP - 1));
	sigfillset(&all);
	ASSERT_EQ(0, pthread_sigmask(SIG_SETMASK, &all, NULL));
	for (int i = 0; i < (int)zxt_part(500); i++) {
		ASSERT_EQ(0, kill(getpid(), SIGUSR1));
		ASSERT_TRUE(soon(handled == i + 1));
	}
	EXPECT_EQ(0, handled_elsewhere);
	/* One for the raw thread itself stays pending. */
	ASSERT_EQ(0, syscall(SYS_tgkill, getpid(), waiting.tid, SIGUSR1));
	EXPECT_EQ(1ull << (SIGUSR1 - 1), status_field(waiting.tid, "SigPnd:"));
	EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(waiting.handle));
	EXPECT_TRUE(raw_release(&waiting));
	EXPECT_EQ(0, handled_elsewhere);
	for (int i = 0; i < SPINNERS; i++) {
		raws[i].stop = true;
		zx_object_signal(raws[i].object, 0, ZX_EVENT_SIGNALED);
		EXPECT_TRUE(raw_free(&raws[i]));
	}
	stop = true;
	EXPECT_EQ(0, pthread_join(handler, NULL));
}

/*
 * Processes.
 */

/* A child that is left to what its raw threads do; not for ever. */
static void wait_for_the_end(void)
{
	for (int i = 0; i < 120; i++)
		sleep(1);
	_exit(CHILD_FAILED);
}

static void no_core_dump(void)
{
	const struct rlimit none = { 0, 0 };

	CHILD_CHECK(setrlimit(RLIMIT_CORE, &none) == 0);
}

static __attribute__((no_stack_protector)) __NO_INLINE void raw_return(struct raw *raw,
								     uintptr_t unused)
{
	(void)unused;
	raw->ran++;
}

RAW static void raw_read_thread_pointer(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	raw->words[0] = raw_at_tp();
	zx_process_exit(0);
}

RAW static void raw_use_stack(struct raw *raw, uintptr_t unused)
{
	volatile char bytes[256];

	(void)unused;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	raw->words[0] = bytes[17];
	zx_process_exit(0);
}

TEST(faults_end_the_process)
{
	static const struct {
		const char *name;
		raw_entry *entry;
		bool without_stack;
	} faults[] = {
		{ "entry 0", NULL, false },
		{ "entry 0, no stack", NULL, true },
		{ "not mapped", (raw_entry *)4096, false },
		{ "return", raw_return, false },
		{ "no thread pointer", raw_read_thread_pointer, false },
		{ "no stack", raw_use_stack, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (!pid) {
			struct raw raw;

			no_core_dump();
			CHILD_CHECK(raw_create(&raw));
			CHILD_CHECK(zx_thread_start(raw.handle, (zx_vaddr_t)faults[i].entry,
						    faults[i].without_stack ? 0 :
						    top_of(raw.stack), (uintptr_t)&raw,
						    0) == ZX_OK);
			wait_for_the_end();
		}
		EXPECT_EQ(128 + SIGSEGV, zxp_reap(pid)) {
			TH_LOG("%s", faults[i].name);
		}
	}
}

RAW static void raw_exit_process(struct raw *raw, uintptr_t code)
{
	zx_object_wait_one(raw->object, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE, NULL);
	zx_process_exit(code);
}

TEST(the_end_of_a_process_by_a_raw_thread)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		struct raw raw;

		CHILD_CHECK(raw_create(&raw));
		CHILD_CHECK(zx_event_create(0, &raw.object) == ZX_OK);
		raw.arg2 = 7;
		CHILD_CHECK(raw_start(&raw, raw_exit_process) == ZX_OK);
		CHILD_CHECK(zx_object_signal(raw.object, 0, ZX_EVENT_SIGNALED) == ZX_OK);
		wait_for_the_end();
	}
	EXPECT_EQ(7, zxp_reap(pid));
}

/* Waits until the thread at @object is over, and then ends the process. */
RAW static void raw_outlive(struct raw *raw, uintptr_t code)
{
	zx_status_t status = zx_object_wait_one(raw->object, ZX_THREAD_TERMINATED,
						ZX_TIME_INFINITE, NULL);

	zx_process_exit(status == ZX_OK ? code : 1);
}

TEST(the_last_thread_is_a_raw_one)
{
	const uintptr_t codes[] = { 6, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (!pid) {
			/* It lives longer than this thread, whose stack stays. */
			static struct raw raw;

			CHILD_CHECK(raw_create(&raw));
			raw.object = duplicate(zx_thread_self());
			raw.arg2 = codes[i];
			CHILD_CHECK(raw_start(&raw, raw_outlive) == ZX_OK);
			zx_thread_exit();
		}
		EXPECT_EQ(codes[i], zxp_reap(pid));
	}
}

/* The process does not wait for its raw threads, and not for those that have not started. */
TEST(the_end_of_a_process_with_raw_threads)
{
	zx_handle_t process;
	int ready[2], go[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		static struct raw raws[4];
		zx_handle_t fresh;

		close(go[1]);
		for (int i = 0; i < 3; i++)
			CHILD_CHECK(raw_start_waiting(&raws[i]));
		CHILD_CHECK(raw_create(&raws[3]));
		CHILD_CHECK(raw_start(&raws[3], raw_spin) == ZX_OK);
		CHILD_CHECK(create("fresh", &fresh) == ZX_OK);
		CHILD_CHECK(write(ready[1], "r", 1) == 1);
		zxp_block_on(go[0]);
		_exit(3);
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	ASSERT_EQ(ZX_OK, open_pid(pid, &process));
	EXPECT_EQ(0, zxt_signals(process) & ZX_TASK_TERMINATED);
	close(go[1]);
	EXPECT_TRUE(ends_soon(process));
	EXPECT_EQ(3, zxp_reap(pid));
}

TEST(a_thread_of_another_process)
{
	zx_handle_t process, weak, out = NO_HANDLE, thread;
	zx_status_t status;
	int sockets[2], fd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		zx_handle_t mine;
		int sent;

		CHILD_CHECK(create("mine", &mine) == ZX_OK);
		CHILD_CHECK(zxl_handle_export(mine, 0, &sent) == ZX_OK);
		CHILD_CHECK(zxp_send_fd(sockets[1], sent) == 0);
		close(sockets[0]);
		close(sent);
		zxp_block_on(sockets[1]);
		_exit(0);
	}
	close(sockets[1]);
	ASSERT_EQ(ZX_OK, open_pid(pid, &process));
	weak = zxt_without(process, ZX_RIGHT_MANAGE_THREAD);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_create(process, "name", 4, 1, &out));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_thread_create(process, NULL, 4, 0, &out));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_thread_create(weak, "name", 4, 0, &out));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_thread_create(process, "name", 4, 0, &out));
	EXPECT_EQ(NO_HANDLE, out);

	/* Its process can send a thread that has not started, but nobody else can start it. */
	fd = zxp_receive_fd(sockets[0], 0);
	ASSERT_LE(0, fd);
	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &thread));
	close(fd);
	EXPECT_EQ(ZX_THREAD_STATE_NEW, state_of(thread));
	EXPECT_EQ(zxt_koid(process), zxt_basic(thread).related_koid);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, find(zxt_koid(thread)));
	weak = zxt_without(thread, ZX_RIGHT_MANAGE_THREAD);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_thread_start(weak, 4096, 0, 0, 0));
	status = zx_thread_start(thread, 4096, 0, 0, 0);
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, status);
	EXPECT_EQ(ZX_THREAD_STATE_NEW, state_of(thread));
	close(sockets[0]);
	EXPECT_EQ(0, zxp_reap(pid));
}

TEST(fork_with_raw_threads)
{
	struct raw waiting, spinning, fresh;
	pid_t pid;

	ASSERT_TRUE(raw_start_waiting(&waiting));
	ASSERT_TRUE(raw_create(&spinning));
	ASSERT_EQ(ZX_OK, raw_start(&spinning, raw_spin));
	ASSERT_TRUE(raw_create(&fresh));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		zx_handle_t inherited = fresh.handle;
		struct raw own;

		/* The child has none of its parent's handles and threads, and may have its own. */
		CHILD_CHECK(!zxt_is_open(inherited));
		CHILD_CHECK(zx_thread_start(inherited, (zx_vaddr_t)raw_nothing,
					    top_of(fresh.stack), (uintptr_t)&fresh,
					    0) == ZX_ERR_BAD_HANDLE);
		CHILD_CHECK(raw_create(&own));
		CHILD_CHECK(raw_run(&own, raw_nothing));
		CHILD_CHECK(own.ran == 1);
		CHILD_CHECK(raw_free(&own));
		_exit(0);
	}
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(waiting.handle));
	EXPECT_EQ(ZX_THREAD_RUNNING, zxt_signals(spinning.handle));
	EXPECT_EQ(0, fresh.ran);
	EXPECT_TRUE(raw_run(&fresh, raw_nothing));
	EXPECT_EQ(1, fresh.ran);
	EXPECT_TRUE(raw_release(&waiting));
	spinning.stop = true;
	EXPECT_TRUE(raw_free(&spinning));
	EXPECT_TRUE(raw_free(&waiting));
	EXPECT_TRUE(raw_free(&fresh));
}

/* execve() ends the raw threads that run, and takes the handles to all. */
TEST(execve_with_raw_threads)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		char koids[2][32], handle[16];
		struct raw waiting, fresh;

		CHILD_CHECK(raw_start_waiting(&waiting));
		CHILD_CHECK(raw_create(&fresh));
		snprintf(koids[0], sizeof(koids[0]), "%llu",
			 (unsigned long long)zxt_koid(waiting.handle));
		snprintf(koids[1], sizeof(koids[1]), "%llu",
			 (unsigned long long)zxt_koid(fresh.handle));
		snprintf(handle, sizeof(handle), "%u", fresh.handle);
		execl("/proc/self/exe", PROGRAM, koids[0], koids[1], handle, NULL);
		_exit(CHILD_FAILED);
	}
	EXPECT_EQ(0, zxp_reap(pid));
}

static int child_main(int argc, char **argv)
{
	CHILD_CHECK(argc == 4);
	CHILD_CHECK(zxt_handles() == 0);
	for (int i = 1; i <= 2; i++) {
		zx_koid_t koid = strtoull(argv[i], NULL, 10);

		CHILD_CHECK(koid != 0);
		CHILD_CHECK(soon(!is_listed(koid)));
		CHILD_CHECK(soon(find(koid) == ZX_ERR_NOT_FOUND));
	}
	CHILD_CHECK(zx_thread_start(strtoul(argv[3], NULL, 10), (zx_vaddr_t)raw_nothing, 0, 0,
				    0) == ZX_ERR_BAD_HANDLE);
	CHILD_CHECK(is_listed(zxt_koid(zx_thread_self())));
	return 0;
}

/* As a user that has one process, with one thread, and may have no more. */
static void start_at_the_limit(void)
{
	struct rlimit limit, one;
	zx_status_t status;
	struct raw raw;

	CHILD_CHECK(getrlimit(RLIMIT_NPROC, &limit) == 0);
	one = (struct rlimit){ 1, limit.rlim_max };
	CHILD_CHECK(setrlimit(RLIMIT_NPROC, &one) == 0);
	CHILD_CHECK(raw_create(&raw));
	for (int i = 0; i < 3; i++) {
		status = raw_start(&raw, raw_nothing);
		CHILD_CHECK(status == ZX_ERR_NO_RESOURCES || status == ZX_ERR_NO_MEMORY);
		CHILD_CHECK(state_of(raw.handle) == ZX_THREAD_STATE_NEW);
		CHILD_CHECK(zxt_signals(raw.handle) == 0);
		CHILD_CHECK(!is_listed(zxt_koid(raw.handle)));
		CHILD_CHECK(find(zxt_koid(raw.handle)) == ZX_ERR_NOT_FOUND);
	}
	CHILD_CHECK(setrlimit(RLIMIT_NPROC, &limit) == 0);
	CHILD_CHECK(raw_run(&raw, raw_nothing));
	CHILD_CHECK(raw.ran == 1);
	CHILD_CHECK(zxt_signals(raw.handle) == ZX_THREAD_TERMINATED);
	CHILD_CHECK(raw_free(&raw));
}

TEST(the_limit_of_threads)
{
	if (geteuid())
		SKIP(return, "only root can become another user");
	EXPECT_EQ(0, zxp_run_as(HOSTILE, start_at_the_limit));
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], PROGRAM))
		return child_main(argc, argv);
	return test_harness_run(argc, argv);
}
