// SPDX-License-Identifier: MIT
/* The calls that need no kernel module, one test for each thing that they promise. */
#define _GNU_SOURCE /* pthread_getname_np() */
#include <zircon/assert.h>
#include <zircon/linux.h>
#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>
#include <zircon/threads.h>
#include <zircon/utc.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static zx_time_t linux_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return zx_time_from_timespec(ts);
}

static void test_arithmetic(void)
{
	const zx_time_t max = ZX_TIME_INFINITE, min = ZX_TIME_INFINITE_PAST;
	/* Constants must do as initialisers of static variables. */
	static const zx_duration_t constant = ZX_MSEC(5);
	volatile int64_t big = INT64_MAX / 1000;
	struct timespec ts;

	TEST(constant == 5000000);
	TEST(ZX_NSEC(3) == 3 && ZX_USEC(3) == 3000 && ZX_SEC(2) == 2000000000LL);
	TEST(ZX_MIN(1) == 60 * ZX_SEC(1) && ZX_HOUR(1) == 60 * ZX_MIN(1));
	TEST(ZX_USEC(big) == big * 1000 && ZX_MSEC(big) == max && ZX_SEC(-big) == min);
	TEST(zx_time_add_duration(max - 1, 1) == max && zx_time_add_duration(max, 1) == max);
	TEST(zx_time_add_duration(min, -1) == min && zx_time_add_duration(-5, 3) == -2);
	TEST(zx_time_sub_duration(min, 1) == min && zx_time_sub_duration(max, -1) == max);
	TEST(zx_time_sub_time(0, min) == max && zx_time_sub_time(-2, max) == min);
	TEST(zx_duration_mul_int64(min, -1) == max && zx_duration_mul_int64(max, -2) == min);
	TEST(zx_duration_mul_int64(-3, -4) == 12 && zx_duration_mul_int64(max, 0) == 0);
	ts = zx_timespec_from_duration(ZX_SEC(3) + 7);
	TEST(ts.tv_sec == 3 && ts.tv_nsec == 7 && zx_duration_from_timespec(ts) == ZX_SEC(3) + 7);
}

static void test_clocks(void)
{
	zx_time_t before = linux_clock(CLOCK_MONOTONIC), mono = zx_clock_get_monotonic(), t = 0;

	TEST(before <= mono && mono <= linux_clock(CLOCK_MONOTONIC));
	before = linux_clock(CLOCK_BOOTTIME);
	t = zx_clock_get_boot();
	TEST(before <= t && t <= linux_clock(CLOCK_BOOTTIME));
	TEST(zx_clock_get(ZX_CLOCK_MONOTONIC, &t) == ZX_OK && t >= mono);
	TEST(zx_clock_get(2, &t) == ZX_ERR_INVALID_ARGS);
	TEST(zx_clock_get(ZX_CLOCK_BOOT, NULL) == ZX_ERR_INVALID_ARGS);

	mono = zx_clock_get_monotonic();
	t = zx_deadline_after(ZX_SEC(100));
	TEST(t >= mono + ZX_SEC(100) && t <= zx_clock_get_monotonic() + ZX_SEC(100));
	TEST(zx_deadline_after(ZX_TIME_INFINITE) == ZX_TIME_INFINITE);
	TEST(zx_deadline_after(ZX_TIME_INFINITE_PAST) < 0);
	TEST(zx_ticks_per_second() == 1000000000);
	mono = zx_clock_get_monotonic();
	t = zx_ticks_get();
	TEST(t >= mono && t <= zx_clock_get_monotonic());
	before = zx_clock_get_boot();
	t = zx_ticks_get_boot();
	TEST(before <= t && t <= zx_clock_get_boot());
}

/* What the barriers do cannot be seen; that they are answered, also for the first time, can. */
static void test_barriers(void)
{
	for (int i = 0; i < 2; i++) {
		errno = 77;
		zx_membarrier_sync_process_data();
		zx_membarrier_sync_process_insn();
		TEST(zx_system_barrier(ZX_SYSTEM_BARRIER_DATA_MEMORY) == ZX_OK);
		TEST(zx_system_barrier(ZX_SYSTEM_BARRIER_INSTRUCTION_STREAM) == ZX_OK);
		TEST(zx_system_barrier(2) == ZX_ERR_INVALID_ARGS);
		TEST(zx_system_barrier(UINT32_MAX) == ZX_ERR_INVALID_ARGS);
		TEST(errno == 77);
	}
}

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	signals++;
}

/* Has a signal handler run every two milliseconds. */
static void disturb(bool on)
{
	const struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = {};
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, on ? &often : &never, NULL);
}

static void test_nanosleep(void)
{
	zx_time_t deadline;
	pid_t child;
	int status;

	deadline = zx_clock_get_monotonic() + ZX_SEC(1);
	TEST(zx_nanosleep(0) == ZX_OK && zx_nanosleep(ZX_TIME_INFINITE_PAST) == ZX_OK);
	TEST(zx_nanosleep(zx_clock_get_monotonic() - 1) == ZX_OK);
	TEST(zx_clock_get_monotonic() < deadline);

	/* Signal handlers run and do not end it. */
	signals = 0;
	disturb(true);
	deadline = zx_deadline_after(ZX_MSEC(50));
	TEST(zx_nanosleep(deadline) == ZX_OK);
	TEST(zx_clock_get_monotonic() >= deadline);
	disturb(false);
	TEST(signals > 0);

	/* For ever: still asleep when the alarm kills it. */
	child = fork();
	if (child == 0) {
		signal(SIGALRM, SIG_DFL);
		ualarm(100000, 0);
		zx_nanosleep(ZX_TIME_INFINITE);
		_exit(0);
	}
	waitpid(child, &status, 0);
	TEST(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
}

static void test_system(void)
{
	zx_string_view_t version = zx_system_get_version_string();
	uint32_t page = zx_system_get_page_size(), line = zx_system_get_dcache_line_size();

	TEST(zx_system_get_num_cpus() == sysconf(_SC_NPROCESSORS_ONLN));
	TEST(page >= ZX_MIN_PAGE_SIZE && page <= ZX_MAX_PAGE_SIZE && (page & (page - 1)) == 0);
	TEST(zx_system_get_physmem() == (uint64_t)sysconf(_SC_PHYS_PAGES) * page);
	TEST(line >= 16 && line <= 256 && (line & (line - 1)) == 0);
	TEST(strlen(version.c_str) == version.length && !strncmp(version.c_str, "zko-", 4));
}

static void test_cprng(void)
{
	/* So much takes a while, and Linux stops early at every signal. */
	const size_t size = 16 << 20;
	unsigned char *buffer = calloc(size + 1, 1), *end = buffer + size;
	unsigned char key[16] = { 0 }, none[16] = { 0 };
	int zero = 0, same = 0;

	zx_cprng_draw(key, sizeof(key));
	TEST(memcmp(key, none, sizeof(key)) != 0);

	signals = 0;
	errno = 77;
	disturb(true);
	zx_cprng_draw(buffer, size);
	disturb(false);
	zx_cprng_draw(NULL, 0);
	TEST(errno == 77 && signals > 0);
	/* Of the last 4000 bytes 1 in 256 is zero, and as many are as in the first 4000. */
	for (int i = 0; i < 4000; i++) {
		zero += end[i - 4000] == 0;
		same += end[i - 4000] == buffer[i];
	}
	TEST(zero < 100 && same < 100);
	TEST(*end == 0);
	free(buffer);
}

static void test_status(void)
{
	int names = 0;

	TEST(!strcmp(zx_status_get_string(ZX_OK), "ZX_OK"));
	TEST(!strcmp(zx_status_get_string(ZX_ERR_SHOULD_WAIT), "ZX_ERR_SHOULD_WAIT"));
	TEST(!strcmp(zx_status_get_string(-5), "(UNKNOWN)"));
	TEST(!strcmp(zx_status_get_string(1), "(UNKNOWN)"));
	for (int status = -1000; status <= 1000; status++)
		names += strcmp(zx_status_get_string(status), "(UNKNOWN)") != 0;
	TEST(names == 47);
}

struct named {
	char expected[16];
	int as_expected;
};

static int named_thread(void *arg)
{
	struct named *named = arg;
	char name[16];

	pthread_getname_np(pthread_self(), name, sizeof(name));
	named->as_expected = !strcmp(name, named->expected);
	return 42;
}

static int detached_thread(void *event)
{
	thrd_detach(thrd_current());
	(*(_Atomic int *)event)++;
	return 0;
}

/* Sets limits that leave no space for a thread's stack. */
static void thread_without_memory(void)
{
	const struct rlimit limit = { 256 << 20, 256 << 20 };
	pthread_attr_t attributes;
	thrd_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 1 << 30);
	if (pthread_setattr_default_np(&attributes) || setrlimit(RLIMIT_AS, &limit))
		_exit(1);
	_exit(thrd_create_with_name(&thread, detached_thread, NULL, "x") == thrd_nomem &&
	      thrd_create_with_name(&thread, detached_thread, NULL, NULL) == thrd_nomem ? 6 : 2);
}

static void test_threads(void)
{
	struct named named = { "a thread", 0 };
	_Atomic int ended = 0;
	char name[80];
	thrd_t thread;
	int result;
	pid_t child;

	TEST(thrd_status_to_zx_status(thrd_success) == ZX_OK);
	TEST(thrd_status_to_zx_status(thrd_nomem) == ZX_ERR_NO_MEMORY);
	TEST(thrd_status_to_zx_status(thrd_timedout) == ZX_ERR_TIMED_OUT);
	TEST(thrd_status_to_zx_status(thrd_busy) == ZX_ERR_SHOULD_WAIT);
	TEST(thrd_status_to_zx_status(thrd_error) == ZX_ERR_INTERNAL);
	TEST(thrd_status_to_zx_status(-77) == ZX_ERR_INTERNAL);

	/* The name is copied, and is there when the thread begins. */
	strcpy(name, "a thread");
	TEST(thrd_create_with_name(&thread, named_thread, &named, name) == thrd_success);
	memset(name, 'x', sizeof(name) - 1);
	TEST(thrd_join(thread, &result) == thrd_success && result == 42 && named.as_expected);

	/* A long name is cut. */
	named = (struct named){ "xxxxxxxxxxxxxxx", 0 };
	name[sizeof(name) - 1] = 0;
	TEST(thrd_create_with_name(&thread, named_thread, &named, name) == thrd_success);
	TEST(thrd_join(thread, &result) == thrd_success && result == 42 && named.as_expected);

	/* Without a name it has that of its creator. */
	named.as_expected = 0;
	pthread_getname_np(pthread_self(), named.expected, sizeof(named.expected));
	TEST(thrd_create_with_name(&thread, named_thread, &named, NULL) == thrd_success);
	TEST(thrd_join(thread, &result) == thrd_success && result == 42 && named.as_expected);

	/* Threads that have ended, and were detached, before their creator goes on. */
	for (int i = 0; i < 1000; i++)
		TEST(thrd_create_with_name(&thread, detached_thread, &ended, "x") == thrd_success);
	while (ended < 1000)
		thrd_yield();

	child = fork();
	if (child == 0)
		thread_without_memory();
	waitpid(child, &result, 0);
	TEST(WIFEXITED(result) && WEXITSTATUS(result) == 6);
}

static void test_unsupported(void)
{
	zx_handle_t handle = 77;
	uint64_t size = 77;
	size_t actual = 77;

	/* One of few, and one of many arguments. */
	TEST(zx_vmo_get_size(3, &size) == ZX_ERR_NOT_SUPPORTED && size == 77);
	TEST(zx_bti_pin(3, 0, 7, 0, 0, NULL, 0, &handle) == ZX_ERR_NOT_SUPPORTED && handle == 77);
	TEST(zx_stream_writev_at(3, 0, 0, NULL, 0, &actual) == ZX_ERR_NOT_SUPPORTED);
	TEST(actual == 77);
	TEST(zx_vmar_root_self() == ZX_HANDLE_INVALID);
}

static void test_utc(void)
{
	zx_handle_t old = 77;

	TEST(zx_utc_reference_get() == ZX_HANDLE_INVALID);
	TEST(zx_utc_reference_swap(ZX_HANDLE_INVALID, &old) == ZX_OK && old == ZX_HANDLE_INVALID);
	TEST(zx_utc_reference_get() == ZX_HANDLE_INVALID);
}

static void *exit_in_thread(void *flag)
{
	*(int *)flag = 1;
	zx_thread_exit();
	*(int *)flag = 2;
	return NULL;
}

static void *exit_process_later(void *unused)
{
	(void)unused;
	zx_nanosleep(zx_deadline_after(ZX_MSEC(50)));
	zx_process_exit(7);
}

static void test_exit(void)
{
	pthread_t thread;
	int flag = 0, status;
	pid_t child;

	/* One thread ends; the process goes on and sees it. */
	child = fork();
	if (child == 0) {
		pthread_create(&thread, NULL, exit_in_thread, &flag);
		_exit(pthread_join(thread, NULL) == 0 && flag == 1 ? 6 : 1);
	}
	waitpid(child, &status, 0);
	TEST(WIFEXITED(status) && WEXITSTATUS(status) == 6);

	/* One thread ends all of them. */
	child = fork();
	if (child == 0) {
		signal(SIGALRM, SIG_DFL);
		alarm(5);
		pthread_create(&thread, NULL, exit_process_later, NULL);
		zx_nanosleep(ZX_TIME_INFINITE);
	}
	waitpid(child, &status, 0);
	TEST(WIFEXITED(status) && WEXITSTATUS(status) == 7);

	/* The main thread ends; the process goes on in the other, which ends it. */
	child = fork();
	if (child == 0) {
		pthread_create(&thread, NULL, exit_process_later, NULL);
		zx_thread_exit();
	}
	waitpid(child, &status, 0);
	TEST(WIFEXITED(status) && WEXITSTATUS(status) == 7);

	child = fork();
	if (child == 0)
		zx_process_exit(-1);
	waitpid(child, &status, 0);
	TEST(WIFEXITED(status) && WEXITSTATUS(status) == 255);
}

static void assert_fails(void)
{
	int x = 1;

	ZX_DEBUG_ASSERT(x == 2); /* not checked in this build */
	ZX_ASSERT(x == 1);
	ZX_ASSERT_MSG(x == 1, "x is %d", x);
	ZX_ASSERT_MSG(x == 2, "x is %d", x);
}

static void test_assert(void)
{
	char text[300] = "";
	int status, out[2];
	pid_t child;

	if (pipe(out) != 0)
		return;
	child = fork();
	if (child == 0) {
		dup2(out[1], STDERR_FILENO);
		assert_fails();
		_exit(0);
	}
	close(out[1]);
	waitpid(child, &status, 0);
	TEST(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	while (read(out[0], text + strlen(text), sizeof(text) - 1 - strlen(text)) > 0)
		;
	TEST(strstr(text, "x == 2") && strstr(text, "x is 1\n"));
	close(out[0]);
}

/* Whether a program that cannot be started still closes a descriptor that was given away. */
static bool spawn_consumes(int fd)
{
	const char *const argv[] = { "true", NULL };
	const zxl_spawn_action_t action = {
		.action = ZXL_SPAWN_ACTION_TRANSFER_FD,
		.fd = { .local_fd = fd, .target_fd = 3 },
	};
	char text[ZXL_SPAWN_ERR_MSG_MAX_LENGTH] = "";
	zx_handle_t process;

	return zxl_spawn_etc(ZX_HANDLE_INVALID, 0, "/bin/true", argv, NULL, 1, &action, &process,
			     text) == ZX_ERR_NOT_SUPPORTED &&
	       strstr(text, "ZX_ERR_NOT_SUPPORTED") && fcntl(fd, F_GETFD) < 0;
}

/* Without the module every call says so, and one line tells the user; with it, this is skipped. */
static void test_no_module(void)
{
	char text[1000] = "";
	int status, out[2];
	zx_handle_t a, b;
	pid_t child;

	if (access("/dev/zircon", F_OK) == 0 || pipe(out) != 0)
		return;
	child = fork();
	if (child == 0) {
		dup2(out[1], STDERR_FILENO);
		errno = 77;
		_exit(zx_event_create(0, &a) != ZX_ERR_NOT_SUPPORTED ||
		      zx_channel_create(0, &a, &b) != ZX_ERR_NOT_SUPPORTED ||
		      zx_handle_close(3) != ZX_ERR_NOT_SUPPORTED ||
		      zx_handle_close(ZX_HANDLE_INVALID) != ZX_OK ||
		      zx_process_self() != ZX_HANDLE_INVALID ||
		      zx_thread_self() != ZX_HANDLE_INVALID ||
		      zx_job_default() != ZX_HANDLE_INVALID ||
		      zx_take_startup_handle(0) != ZX_HANDLE_INVALID ||
		      zxl_root_job(0, &a) != ZX_ERR_NOT_SUPPORTED ||
		      zxl_handle_import(0, 0, &a) != ZX_ERR_NOT_SUPPORTED || errno != 77 ||
		      !spawn_consumes(out[0]));
	}
	close(out[1]);
	waitpid(child, &status, 0);
	TEST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	TEST(read(out[0], text, sizeof(text) - 1) > 0);
	TEST(strstr(text, "modprobe zircon") && strchr(text, '\n') == text + strlen(text) - 1);
	close(out[0]);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	test_arithmetic();
	test_clocks();
	test_barriers();
	test_nanosleep();
	test_system();
	test_cprng();
	test_status();
	test_threads();
	test_unsupported();
	test_utc();
	test_exit();
	test_assert();
	test_no_module();
	printf("%d checks, %d failed\n", run, failed);
	return failed != 0;
}
