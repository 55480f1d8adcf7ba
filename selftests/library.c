// SPDX-License-Identifier: GPL-2.0-only
/* The library itself: the first call, fork(), a missing device, and calls that need no kernel. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/zircon.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <time.h>

#include <zircon/status.h>
#include <zircon/utc.h>

#include "zxtest.h"

#define DEVICE "/dev/zircon"

/* The name under which this program executes itself, see child_main(). */
#define PROGRAM	"library-child"

/* Returns how many descriptors of the device this process has, and one of them in @one. */
static int device_fds(int *one)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;

	while (dir && (entry = readdir(dir))) {
		char target[64];
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		if (n < 0)
			continue;
		target[n] = 0;
		if (strcmp(target, DEVICE))
			continue;
		count++;
		if (one)
			*one = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return count;
}

/*
 * The first call.
 */

struct first {
	pthread_t thread;
	pthread_barrier_t *barrier;
	zx_handle_t process;
	zx_handle_t event;
};

static void *use_first(void *arg)
{
	struct first *first = arg;

	pthread_barrier_wait(first->barrier);
	first->process = zx_process_self();
	zx_event_create(0, &first->event);
	return NULL;
}

/* Each round uses a process of its own that has not made a call before. */
TEST(several_threads_at_first_use)
{
	for (unsigned int round = zxt_part(300); round; round--) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (child == 0) {
			struct first threads[8] = {};
			pthread_barrier_t barrier;

			pthread_barrier_init(&barrier, NULL, ARRAY_SIZE(threads));
			for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
				threads[i].barrier = &barrier;
				if (pthread_create(&threads[i].thread, NULL, use_first,
						   &threads[i]))
					_exit(1);
			}
			for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
				pthread_join(threads[i].thread, NULL);
			for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
				if (!zxt_is_open(threads[i].event))
					_exit(2);
				if (!zxt_is_open(threads[i].process) ||
				    threads[i].process != threads[0].process)
					_exit(3);
			}
			/* One file, one handle to the process, and nothing else. */
			if (device_fds(NULL) != 1)
				_exit(4);
			_exit(zxt_handles() == ARRAY_SIZE(threads) ? 0 : 5);
		}
		ASSERT_EQ(0, zxt_reap(child));
	}
}

/* The descriptor is neither 0, 1 nor 2, and the programs that this one starts do not inherit it. */
TEST(the_descriptor_is_high_and_not_inherited)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (child == 0) {
		zx_handle_t event;
		int fd = -1;

		close(0);
		close(1);
		close(2);
		if (zx_event_create(0, &event) || device_fds(&fd) != 1)
			_exit(1);
		_exit(fd <= 2 ? 2 : fcntl(fd, F_GETFD) & FD_CLOEXEC ? 0 : 3);
	}
	EXPECT_EQ(0, zxt_reap(child));
}

TEST(errno_is_left_alone)
{
	zx_handle_t event;

	errno = 77;
	EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(ZX_HANDLE_INVALID, 0, 0));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_event_create(0, NULL));
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zx_object_wait_one(event, ZX_EVENT_SIGNALED, 0, NULL));
	EXPECT_NE(ZX_HANDLE_INVALID, zx_process_self());
	EXPECT_EQ(ZX_OK, zx_nanosleep(zx_deadline_after(ZX_MSEC(1))));
	EXPECT_EQ(77, errno);
}

/* A cancellation that is pending at the first call, which opens the device. */
struct cancelled {
	sem_t started, requested;
	zx_handle_t event;
	zx_status_t status;
	int state;		/* of cancellation, after the call */
};

static void *call_with_cancellation_pending(void *arg)
{
	struct cancelled *cancelled = arg;
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	sem_post(&cancelled->started);
	while (sem_wait(&cancelled->requested))
		;
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	cancelled->status = zx_event_create(0, &cancelled->event);
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelled->state);
	pthread_setcancelstate(cancelled->state, &old);
	pthread_testcancel();
	return NULL;
}

/* No call of the library is a cancellation point, and none disables cancellation for good. */
TEST(a_thread_cancelled_in_the_first_call)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (child == 0) {
		struct cancelled cancelled = { .status = ZX_ERR_NEXT, .state = -1 };
		zx_handle_t event;
		pthread_t thread;
		void *result;

		if (sem_init(&cancelled.started, 0, 0) || sem_init(&cancelled.requested, 0, 0) ||
		    pthread_create(&thread, NULL, call_with_cancellation_pending, &cancelled))
			_exit(1);
		while (sem_wait(&cancelled.started))
			;
		if (pthread_cancel(thread) || sem_post(&cancelled.requested) ||
		    pthread_join(thread, &result))
			_exit(2);
		/* The call succeeded, and the thread was cancelled after it. */
		if (cancelled.status != ZX_OK)
			_exit(3);
		if (cancelled.state != PTHREAD_CANCEL_ENABLE || result != PTHREAD_CANCELED)
			_exit(4);
		/* The cancelled thread's call has left no lock acquired and no second file open. */
		if (!zxt_is_open(cancelled.event) || device_fds(NULL) != 1)
			_exit(5);
		if (close_range(3, ~0u, 0) || zx_event_create(0, &event))
			_exit(6);
		child = fork();
		if (child == 0)
			_exit(zx_event_create(0, &event) ? 7 : 0);
		_exit(zxt_reap(child));
	}
	EXPECT_EQ(0, zxt_reap(child));
}

/* A program that closes the library's descriptor loses its handles, and can go on. */
TEST(the_program_closes_the_descriptor)
{
	zx_handle_t event, other;
	int fd = -1, file;

	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
		ASSERT_EQ(1, device_fds(&fd));
		ASSERT_EQ(0, i ? close_range(3, ~0u, 0) : close(fd));
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
		EXPECT_EQ(ZX_OK, zx_event_create(0, &other));
		EXPECT_EQ(1, device_fds(&fd));
		EXPECT_EQ(0, zx_object_signal(other, 0, ZX_EVENT_SIGNALED));
	}
	/*
	 * The program puts another file at the number. The library notices that and does not close
	 * it. These files return different errors for an unknown ioctl.
	 */
	for (int i = 0; i < 4; i++) {
		file = i == 0 ? open("/proc/self/stat", O_RDONLY) :
		       i == 1 ? epoll_create1(0) :
		       i == 2 ? open("/dev/urandom", O_RDONLY) : eventfd(0, 0);
		ASSERT_LE(0, file);
		ASSERT_EQ(fd, dup2(file, fd));
		close(file);
		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_signal(other, 0, ZX_EVENT_SIGNALED));
		EXPECT_EQ(ZX_OK, zx_event_create(0, &other));
		EXPECT_EQ(1, device_fds(&file));
		EXPECT_NE(fd, file);
		EXPECT_LE(0, fcntl(fd, F_GETFD));
		fd = file;
	}
}

/* A vfork() child shares the parent's variables, and leaves its descriptor's number there. */
TEST(a_call_in_a_vfork_child)
{
	zx_handle_t event;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	for (int i = 0; i < 3; i++) {
		pid_t child = vfork();

		if (child == 0) {
			zx_handle_t own;

			_exit(zx_handle_check_valid(event) == ZX_ERR_NOT_FOUND &&
			      zx_event_create(0, &own) == ZX_OK ? 0 : 1);
		}
		ASSERT_LT(0, child);
		EXPECT_EQ(0, zxt_reap(child));
		EXPECT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
		EXPECT_EQ(ZX_EVENT_SIGNALED, zxt_signals(event));
		EXPECT_EQ(1, device_fds(NULL));
	}
}

/* A signal handler makes a call while the thread is in its first call, or in fork(). */
static atomic_int handled;

static void call_in_handler(int signal __UNUSED)
{
	zx_handle_t event;

	if (zx_event_create(0, &event) != ZX_OK || zx_handle_close(event) != ZX_OK)
		_exit(100);
	handled++;
}

static void handler_in(timer_t timer, long ns)
{
	const struct itimerspec soon = { .it_value.tv_nsec = ns };

	timer_settime(timer, 0, &soon, NULL);
}

TEST(a_call_in_a_handler_during_the_first)
{
	struct sigevent by_signal = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	const struct sigaction action = { .sa_handler = call_in_handler, .sa_flags = SA_RESTART };

	/* The signal comes a little later each time: in some rounds it interrupts the call. */
	for (int i = 1; i <= 100; i++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (child == 0) {
			zx_handle_t event;
			timer_t timer;

			if (sigaction(SIGUSR1, &action, NULL) ||
			    timer_create(CLOCK_MONOTONIC, &by_signal, &timer))
				_exit(1);
			handler_in(timer, i * 3000);
			if (zx_event_create(0, &event) != ZX_OK)
				_exit(2);
			while (handled < 1)
				sched_yield();
			for (int j = 0; j < 2; j++) {
				pid_t grandchild;

				handler_in(timer, i * 10000);
				grandchild = fork();
				if (grandchild == 0)
					_exit(zx_handle_check_valid(event) != ZX_ERR_NOT_FOUND);
				if (grandchild < 0 || zxt_reap(grandchild))
					_exit(3);
				while (handled < 2 + j)
					sched_yield();
			}
			_exit(0);
		}
		ASSERT_EQ(0, zxt_reap(child));
	}
}

static void *first_call(void *started)
{
	zx_handle_t event;

	atomic_store((atomic_int *)started, 1);
	return (void *)(intptr_t)zx_event_create(0, &event);
}

/*
 * A thread forks while another thread is in the first call: the child must not wait for that other
 * thread, which it does not have. The more memory there is to copy, the longer a fork takes.
 */
TEST(a_fork_during_the_first_call)
{
	static char memory[16 << 20];

	memset(memory, 1, sizeof(memory));
	for (int i = 0; i < 60; i++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (child == 0) {
			atomic_int started = 0;
			pid_t grandchild;
			pthread_t thread;
			void *status;

			if (pthread_create(&thread, NULL, first_call, &started))
				_exit(1);
			while (!atomic_load(&started))
				;
			grandchild = fork();
			if (grandchild == 0) {
				zx_handle_t event;

				_exit(zx_event_create(0, &event) != ZX_OK);
			}
			if (grandchild < 0 || zxt_reap(grandchild))
				_exit(2);
			_exit(pthread_join(thread, &status) || status);
		}
		ASSERT_EQ(0, zxt_reap(child));
	}
}

/*
 * fork()
 */

TEST(a_child_starts_afresh)
{
	zx_handle_t event, process = zx_process_self();
	zx_koid_t koid = zxt_koid(process);
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_NE(0, koid);
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		int parents = -1, mine = -1;
		zx_handle_t own;

		/* Until the first call there is the parent's descriptor, then one of its own. */
		if (device_fds(&parents) != 1)
			_exit(1);
		if (zx_handle_check_valid(event) != ZX_ERR_NOT_FOUND)
			_exit(2);
		if (device_fds(&mine) != 1 || mine == parents || fcntl(parents, F_GETFD) != -1)
			_exit(6);
		if (!zxt_koid(zx_process_self()) || zxt_koid(zx_process_self()) == koid)
			_exit(3);
		if (zxt_handles() != 0 || zx_event_create(0, &own) || zxt_handles() != 1)
			_exit(4);
		_exit(device_fds(NULL) == 1 && fcntl(mine, F_GETFD) & FD_CLOEXEC ? 0 : 5);
	}
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_EQ(process, zx_process_self());
	EXPECT_EQ(koid, zxt_koid(process));
	EXPECT_EQ(1, zxt_handles());
	EXPECT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
}

TEST(a_child_of_a_child)
{
	zx_handle_t event;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		/* This child makes no call; its child finds the first parent's descriptor. */
		child = fork();
		if (child == 0)
			_exit(zx_event_create(0, &event) == ZX_OK && zxt_handles() == 1 &&
			      device_fds(NULL) == 1 ? 0 : 1);
		_exit(zxt_reap(child));
	}
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_EQ(1, zxt_handles());
}

/* A file that the child opens at the number of the parent's descriptor stays open. */
TEST(a_child_reuses_the_number_for_a_file)
{
	zx_handle_t event;
	int fd = -1;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(1, device_fds(&fd));
	/* The child closes the library's descriptor, as a daemon that closes all descriptors. */
	child = fork();
	if (child == 0) {
		close(fd);
		_exit(zx_event_create(0, &event) || zxt_handles() != 1 ? 1 : 0);
	}
	EXPECT_EQ(0, zxt_reap(child));
	/* The child has another file there. */
	child = fork();
	if (child == 0) {
		char byte;

		if (dup2(open("/proc/self/stat", O_RDONLY | O_CLOEXEC), fd) != fd)
			_exit(1);
		if (zx_event_create(0, &event) || zxt_handles() != 1)
			_exit(2);
		_exit(read(fd, &byte, 1) == 1 ? 0 : 3);
	}
	EXPECT_EQ(0, zxt_reap(child));
	/* The child has another file of the device there, which it has opened itself. */
	child = fork();
	if (child == 0) {
		struct zx_ioc_create arg = { .out0 = (uintptr_t)&event };

		close(fd);
		if (open(DEVICE, O_RDWR | O_CLOEXEC) != fd ||
		    ioctl(fd, ZX_IOC_EVENT_CREATE, &arg) != 0)
			_exit(1);
		/* The library uses the same table. */
		if (zx_object_signal(event, 0, ZX_EVENT_SIGNALED) || zxt_handles() != 1)
			_exit(2);
		arg.out0 = (uintptr_t)&event;
		_exit(ioctl(fd, ZX_IOC_EVENT_CREATE, &arg) == 0 && zxt_handles() == 2 ? 0 : 3);
	}
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_EQ(1, zxt_handles());
}

/* From now on the ioctl by which the library recognises a parent's file fails with ESTALE. */
static bool make_stale(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, fd, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ZX_IOC_HANDLE_CHECK_VALID, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ESTALE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { .len = ARRAY_SIZE(code), .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* A file of another kind may return ESTALE, too; it still does not belong to the library. */
TEST(a_child_reuses_the_number_for_a_stale_file)
{
	zx_handle_t event;
	int fd = -1;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(1, device_fds(&fd));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		char byte;

		if (dup2(open("/proc/self/stat", O_RDONLY | O_CLOEXEC), fd) != fd ||
		    !make_stale(fd))
			_exit(1);
		if (zx_event_create(0, &event) || zxt_handles() != 1)
			_exit(2);
		_exit(read(fd, &byte, 1) == 1 ? 0 : 3);
	}
	EXPECT_EQ(0, zxt_reap(child));
}

/*
 * The parent has closed descriptors of the library and has other files at their numbers: first one,
 * later two. These files stay open in the child.
 */
TEST(a_parent_reuses_the_numbers)
{
	int first = -1, second = -1;
	zx_handle_t event;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(1, device_fds(&first));
	for (int i = 0; i < 2; i++) {
		int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
		int place = i ? second : first;
		pid_t child;

		ASSERT_LE(0, file);
		ASSERT_EQ(place, dup2(file, place));
		close(file);
		child = fork();
		ASSERT_LE(0, child);
		if (child == 0) {
			char byte;

			if (zx_event_create(0, &event) || zxt_handles() != 1)
				_exit(1);
			if (read(first, &byte, 1) != 1)
				_exit(2);
			_exit(i && read(second, &byte, 1) != 1 ? 3 : 0);
		}
		EXPECT_EQ(0, zxt_reap(child));
		if (i)
			break;
		/* The library opens the device again; @first is the number that it used before. */
		ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
		ASSERT_EQ(1, device_fds(&second));
		ASSERT_NE(first, second);
	}
}

/* Where no number is free, the child's descriptor replaces the parent's. */
TEST(a_child_without_a_descriptor_left)
{
	zx_handle_t event;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		int last = open("/dev/null", O_RDONLY);
		struct rlimit few = { last + 1, last + 1 };

		if (last < 0 || setrlimit(RLIMIT_NOFILE, &few))
			_exit(1);
		_exit(zx_event_create(0, &event) == ZX_OK && zxt_handles() == 1 ? 0 : 2);
	}
	EXPECT_EQ(0, zxt_reap(child));
}

/* A child that is made without the C library, whose fork handlers do not run. */
TEST(a_child_of_a_raw_clone)
{
	zx_handle_t event;
	pid_t child;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	ASSERT_LE(0, child);
	if (child == 0) {
		zx_handle_t own;

		if (zx_handle_close(event) != ZX_ERR_BAD_HANDLE)
			_exit(1);
		if (zx_event_create(0, &own) || zxt_handles() != 1)
			_exit(2);
		_exit(zxt_basic(zx_process_self()).type == ZX_OBJ_TYPE_PROCESS ? 0 : 3);
	}
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_EVENT_SIGNALED));
	EXPECT_EQ(1, zxt_handles());
}

static _Atomic bool over;

static void *keep_calling(void *arg)
{
	uintptr_t failed = 0;

	(void)arg;
	while (!over) {
		zx_handle_t event;

		failed += zx_event_create(0, &event) != ZX_OK;
		failed += zx_handle_close(event) != ZX_OK;
	}
	return (void *)failed;
}

/* fork() copies no lock of the library that another thread has acquired at that moment. */
TEST(fork_while_others_call)
{
	pthread_t threads[3];
	zx_handle_t event;
	void *failed;

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, keep_calling, NULL));
	for (int i = 0; i < 50; i++) {
		pid_t child = fork();

		ASSERT_LE(0, child);
		if (child == 0)
			_exit(zx_event_create(0, &event) == ZX_OK && zxt_handles() == 1 ? 0 : 1);
		ASSERT_EQ(0, zxt_reap(child));
	}
	over = true;
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		ASSERT_EQ(0, pthread_join(threads[i], &failed));
		EXPECT_EQ(0, (uintptr_t)failed);
	}
	EXPECT_EQ(0, zxt_handles());
}

/* Without the device. Each test has a /dev in a mount namespace of its own. */

FIXTURE(no_device) {
	dev_t device;
	int file;		/* of the device, opened while /dev had it */
	int messages;		/* the reading end of the pipe that standard error is */
	int standard_error;	/* the original one */
};

FIXTURE_SETUP(no_device)
{
	struct stat stat_buf;
	int ends[2];

	ASSERT_EQ(0, stat(DEVICE, &stat_buf));
	self->device = stat_buf.st_rdev;
	self->file = open(DEVICE, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->file);
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, mount("none", "/dev", "tmpfs", 0, "mode=755"));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC | O_NONBLOCK));
	self->messages = ends[0];
	self->standard_error = dup(STDERR_FILENO);
	ASSERT_LE(0, self->standard_error);
	ASSERT_LE(0, dup2(ends[1], STDERR_FILENO));
	close(ends[1]);
}

FIXTURE_TEARDOWN(no_device)
{
	dup2(self->standard_error, STDERR_FILENO);
}

/* Returns what was written to standard error since the last call. */
static const char *messages(int fd)
{
	static char text[4096];
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = 0;
	return text;
}

static int lines(const char *text)
{
	int count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

TEST_F(no_device, not_there)
{
	zx_handle_t a = 77, b = 77;
	zx_signals_t observed;
	const char *text;
	int fd = 77;

	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_event_create(0, &a));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_eventpair_create(0, &a, &b));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_channel_create(0, &a, &b));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_handle_close(3));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_object_wait_one(3, 0, ZX_TIME_INFINITE, &observed));
	EXPECT_EQ(ZX_HANDLE_INVALID, zx_process_self());
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zxl_service_listen("@zircon-no-device", 0, &fd));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zxl_service_connect("@zircon-no-device", 0, &a));
	EXPECT_EQ(77, a);
	EXPECT_EQ(77, b);
	EXPECT_EQ(77, fd);
	/* One line in all, which names the device, and does not ask for a module that is loaded. */
	text = messages(self->messages);
	EXPECT_EQ(1, lines(text));
	EXPECT_NE(NULL, strstr(text, DEVICE));
	EXPECT_NE(NULL, strstr(text, "is loaded"));
	EXPECT_EQ(NULL, strstr(text, "modprobe"));

	/* The device appears later: the program need not be restarted. */
	ASSERT_EQ(0, mknod(DEVICE, S_IFCHR | 0600, self->device));
	EXPECT_EQ(ZX_OK, zx_event_create(0, &a));
	EXPECT_NE(ZX_HANDLE_INVALID, zx_process_self());
	EXPECT_STREQ("", messages(self->messages));
}

/* This holds where opening fails, and where the library opens by its second way. */
TEST_F(no_device, errno_is_left_alone)
{
	char number[16];
	zx_handle_t event;

	errno = 77;
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_event_create(0, &event));
	EXPECT_EQ(77, errno);
	snprintf(number, sizeof(number), "%d", self->file);
	ASSERT_EQ(0, setenv("ZIRCON_FD", number, 1));
	errno = 77;
	EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
	EXPECT_EQ(77, errno);
}

/* /sys/module does not list the module. */
TEST_F(no_device, no_module)
{
	zx_handle_t event;
	const char *text;

	ASSERT_EQ(0, mount("none", "/sys/module", "tmpfs", 0, NULL));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_event_create(0, &event));
	text = messages(self->messages);
	EXPECT_EQ(1, lines(text));
	EXPECT_NE(NULL, strstr(text, "modprobe"));
	EXPECT_EQ(NULL, strstr(text, "chroot"));
}

/* Where the library cannot find out, the message names both causes. */
TEST_F(no_device, no_telling)
{
	zx_handle_t event;
	const char *text;

	ASSERT_EQ(0, chroot("/dev"));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_event_create(0, &event));
	text = messages(self->messages);
	EXPECT_EQ(1, lines(text));
	EXPECT_NE(NULL, strstr(text, "modprobe"));
	EXPECT_NE(NULL, strstr(text, "chroot"));
}

/*
 * A sandbox: no device, no /proc, no /sys, no rights. The library works there only with a file of
 * the device, either the parent's or one that the environment names.
 */
static bool enter_sandbox(void)
{
	return chroot("/dev") == 0 && chdir("/") == 0 && setgid(65534) == 0 && setuid(65534) == 0;
}

/* Whether the library works, with a table that no other process has. */
static bool works(void)
{
	zx_handle_t event;

	return zx_event_create(0, &event) == ZX_OK && zxt_handles() == 1 &&
	       zx_object_signal(event, 0, ZX_EVENT_SIGNALED) == ZX_OK &&
	       zxt_signals(event) == ZX_EVENT_SIGNALED && zx_handle_close(event) == ZX_OK;
}

/* Gets a file for the library of this process, although the device cannot be opened. */
static bool use_file(int file)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", file);
	return setenv("ZIRCON_FD", number, 1) == 0 && works() && unsetenv("ZIRCON_FD") == 0;
}

TEST_F(no_device, sandbox_by_fork)
{
	pid_t child;

	ASSERT_TRUE(use_file(self->file));
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		close(self->file);
		if (!enter_sandbox() || !works())
			_exit(1);
		/* The same holds for a child of the child. */
		child = fork();
		if (child == 0) {
			child = fork();
			if (child == 0)
				_exit(works() ? 0 : 3);
			_exit(zxt_reap(child) == 0 && works() ? 0 : 2);
		}
		_exit(zxt_reap(child) == 0 && works() ? 0 : 4);
	}
	EXPECT_EQ(0, zxt_reap(child));
	EXPECT_STREQ("", messages(self->messages));
	EXPECT_EQ(0, zxt_handles());
}

/* A child that the C library did not make, with descriptors of its own and with shared ones. */
TEST_F(no_device, sandbox_by_raw_clone)
{
	static const unsigned long flags[] = { SIGCHLD, SIGCHLD | CLONE_FILES };

	ASSERT_TRUE(use_file(self->file));
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		pid_t child = syscall(SYS_clone, flags[i], 0, 0, 0, 0);

		ASSERT_LE(0, child);
		if (child == 0)
			_exit(enter_sandbox() && works() ? 0 : 1);
		EXPECT_EQ(0, zxt_reap(child));
		/* The parent's descriptor was not closed. */
		EXPECT_TRUE(works());
	}
	EXPECT_STREQ("", messages(self->messages));
}

/* Executes a program in the sandbox, with @value as ZIRCON_FD. */
static int run_in_sandbox(const char *program, const char *value, const char *expected)
{
	pid_t child = fork();

	if (child == 0) {
		char variable[64], *const arguments[] = {
			(char *)PROGRAM, (char *)program, (char *)expected, NULL
		};
		char *const environment[] = { value ? variable : NULL, NULL };
		int self_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

		snprintf(variable, sizeof(variable), "ZIRCON_FD=%s", value ?: "");
		if (self_fd < 0 || !enter_sandbox())
			_exit(70);
		syscall(SYS_execveat, self_fd, "", arguments, environment, AT_EMPTY_PATH);
		_exit(71);
	}
	return zxt_reap(child);
}

TEST_F(no_device, sandbox_by_environment)
{
	static const char *const no_numbers[] = {
		"", "x", "-1", "+3", " 3", "3 ", "0x3", "3x", "3.", "99999", "2147483648",
		"4294967299", "18446744073709551619", "99999999999999999999999999",
	};
	int other = open("/dev/null", O_RDONLY), ends[2], closed;
	char number[16], text[32];

	/* This /dev has no null either. */
	ASSERT_EQ(-1, other);
	ASSERT_EQ(0, pipe(ends));
	ASSERT_EQ(0, fcntl(self->file, F_SETFD, 0));
	snprintf(number, sizeof(number), "%d", self->file);
	EXPECT_EQ(0, run_in_sandbox("works", number, number));
	/* Leading zeros do not change the number. */
	snprintf(text, sizeof(text), "00%d", self->file);
	EXPECT_EQ(0, run_in_sandbox("works", text, number));
	EXPECT_STREQ("", messages(self->messages));

	EXPECT_EQ(0, run_in_sandbox("fails", NULL, NULL));
	EXPECT_EQ(1, lines(messages(self->messages)));
	for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
		EXPECT_EQ(0, run_in_sandbox("fails", no_numbers[i], NULL));
		EXPECT_EQ(1, lines(messages(self->messages)));
	}
	/* Other characters than digits, and numbers of more than 32 bits, are refused. */
	snprintf(text, sizeof(text), "%dx", self->file);
	EXPECT_EQ(0, run_in_sandbox("fails", text, NULL));
	snprintf(text, sizeof(text), " %d", self->file);
	EXPECT_EQ(0, run_in_sandbox("fails", text, NULL));
	snprintf(text, sizeof(text), "%lu", (1ul << 32) + self->file);
	EXPECT_EQ(0, run_in_sandbox("fails", text, NULL));
	EXPECT_EQ(3, lines(messages(self->messages)));
	/* The descriptor of another file, and a number that is not open. */
	snprintf(text, sizeof(text), "%d", ends[0]);
	EXPECT_EQ(0, run_in_sandbox("fails", text, NULL));
	closed = dup(ends[0]);
	close(closed);
	snprintf(text, sizeof(text), "%d", closed);
	EXPECT_EQ(0, run_in_sandbox("fails", text, NULL));
	EXPECT_EQ(2, lines(messages(self->messages)));
}

/* Where the device can be opened, the environment is not used. */
TEST_F(no_device, environment_is_for_need)
{
	zx_handle_t event;
	int fd = -1;

	ASSERT_EQ(0, mknod(DEVICE, S_IFCHR | 0600, self->device));
	ASSERT_EQ(0, setenv("ZIRCON_FD", "99999", 1));
	EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
	EXPECT_STREQ("", messages(self->messages));
	EXPECT_EQ(2, device_fds(&fd));
}

TEST_F(no_device, environment_where_it_is_not_allowed)
{
	ASSERT_EQ(0, mknod(DEVICE, S_IFCHR | 0600, self->device));
	ASSERT_EQ(0, setuid(65534));
	EXPECT_TRUE(use_file(self->file));
	EXPECT_STREQ("", messages(self->messages));
}

/* /dev/null mounted over the device, as some sandboxes do it. */
TEST_F(no_device, environment_where_it_is_masked)
{
	ASSERT_EQ(0, mknod(DEVICE, S_IFCHR | 0666, makedev(1, 3)));
	EXPECT_TRUE(use_file(self->file));
	EXPECT_STREQ("", messages(self->messages));
	/* The descriptor that the environment names belongs to the program, so it stays open. */
	EXPECT_LE(0, fcntl(self->file, F_GETFD));
}

TEST_F(no_device, without_a_driver)
{
	zx_handle_t event;

	/* A number that no driver has. */
	ASSERT_EQ(0, mknod(DEVICE, S_IFCHR | 0666, makedev(239, 77)));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_event_create(0, &event));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_event_create(0, &event));
	EXPECT_EQ(1, lines(messages(self->messages)));
}

TEST_F(no_device, of_another_driver)
{
	zx_handle_t event;

	/* The numbers of /dev/null. */
	ASSERT_EQ(0, mknod(DEVICE, S_IFCHR | 0666, makedev(1, 3)));
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED, zx_event_create(0, &event));
	EXPECT_EQ(1, lines(messages(self->messages)));
	/* The only one is the test's own. */
	EXPECT_EQ(1, device_fds(NULL));
}

TEST_F(no_device, not_allowed)
{
	zx_handle_t event;

	ASSERT_EQ(0, mknod(DEVICE, S_IFCHR | 0600, self->device));
	ASSERT_EQ(0, setuid(65534));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_event_create(0, &event));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_event_create(0, &event));
	EXPECT_EQ(1, lines(messages(self->messages)));
}

/* Every user may use the device: a handle is the permission. */
TEST(anybody_may_use_the_device)
{
	zx_handle_t event;

	ASSERT_EQ(0, setuid(65534));
	EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
}

TEST(no_descriptor_left)
{
	struct rlimit limit, few;
	zx_handle_t event;
	int last;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	last = open("/dev/null", O_RDONLY);
	ASSERT_LE(0, last);
	few = limit;
	few.rlim_cur = last + 1;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zx_event_create(0, &event));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
}

/*
 * Second names.
 */

TEST(each_call_has_a_second_name)
{
	zx_handle_t event = ZX_HANDLE_INVALID;
	/* So that the compiler does not take two names for two functions. */
	void *volatile names[][2] = {
		{ zx_handle_close, _zx_handle_close },
		{ zx_clock_get_monotonic, _zx_clock_get_monotonic },
		{ zx_thread_exit, _zx_thread_exit },
		{ zx_process_self, _zx_process_self },
		{ zx_status_get_string, _zx_status_get_string },
		{ zx_system_get_page_size, _zx_system_get_page_size },
		{ zx_futex_wait, _zx_futex_wait },
		{ zx_channel_call, _zx_channel_call },
	};

	/* make -C libzircon-shim check compares all of them. */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_EQ(names[i][0], names[i][1]);
	EXPECT_EQ(ZX_OK, _zx_event_create(0, &event));
	EXPECT_TRUE(zxt_is_open(event));
	EXPECT_EQ(ZX_OK, _zx_handle_close(event));
	EXPECT_FALSE(zxt_is_open(event));
}

/*
 * Calls that need no kernel.
 */

static zx_time_t linux_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return zx_time_from_timespec(ts);
}

TEST(clocks)
{
	zx_time_t before = linux_clock(CLOCK_MONOTONIC), now = zx_clock_get_monotonic();
	zx_time_t t = 0;

	EXPECT_LE(before, now);
	EXPECT_LE(now, linux_clock(CLOCK_MONOTONIC));
	before = linux_clock(CLOCK_BOOTTIME);
	t = zx_clock_get_boot();
	EXPECT_LE(before, t);
	EXPECT_LE(t, linux_clock(CLOCK_BOOTTIME));
	t = 0;
	EXPECT_EQ(ZX_OK, zx_clock_get(ZX_CLOCK_MONOTONIC, &t));
	EXPECT_LE(now, t);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zx_clock_get(2, &t));
	for (int i = 0; i < 1000; i++) {
		now = zx_clock_get_monotonic();
		ASSERT_LE(t, now);
		t = now;
	}
	EXPECT_LE(ZX_SEC(1000), zx_deadline_after(ZX_SEC(1000)) - t);
	EXPECT_EQ(ZX_TIME_INFINITE, zx_deadline_after(ZX_TIME_INFINITE));
	EXPECT_GT(0, zx_deadline_after(ZX_TIME_INFINITE_PAST));
	EXPECT_EQ(ZX_SEC(1), zx_ticks_per_second());
}

/* The module's waits and the library's clock tell the same time. */
TEST(clocks_agree_with_waits)
{
	zx_handle_t event;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	for (int i = 0; i < 20; i++) {
		zx_time_t deadline = zx_deadline_after(ZX_MSEC(5));

		EXPECT_EQ(ZX_ERR_TIMED_OUT,
			  zx_object_wait_one(event, ZX_EVENT_SIGNALED, deadline, NULL));
		EXPECT_LE(deadline, zx_clock_get_monotonic());
	}
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

TEST(sleeping)
{
	const struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = {};
	struct sigaction action = { .sa_handler = on_alarm };
	zx_time_t deadline = zx_deadline_after(ZX_SEC(10));

	EXPECT_EQ(ZX_OK, zx_nanosleep(0));
	EXPECT_EQ(ZX_OK, zx_nanosleep(ZX_TIME_INFINITE_PAST));
	EXPECT_EQ(ZX_OK, zx_nanosleep(zx_clock_get_monotonic()));
	EXPECT_GT(deadline, zx_clock_get_monotonic());

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	deadline = zx_deadline_after(ZX_MSEC(200));
	EXPECT_EQ(ZX_OK, zx_nanosleep(deadline));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &never, NULL));
	EXPECT_LT(0, alarms);
}

/* A handle that is no clock is closed, and the reference stays what it was. */
TEST(utc_reference_swap_of_no_clock)
{
	zx_handle_t event, old = 77;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_ERR_WRONG_TYPE, zx_utc_reference_swap(event, &old));
	EXPECT_EQ(ZX_HANDLE_INVALID, old);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(event));
	EXPECT_EQ(ZX_HANDLE_INVALID, zx_utc_reference_get());

	old = 77;
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_utc_reference_swap(event, &old));
	EXPECT_EQ(ZX_HANDLE_INVALID, old);
	EXPECT_EQ(ZX_HANDLE_INVALID, zx_utc_reference_get());
}

TEST(status_strings)
{
	EXPECT_STREQ("ZX_OK", zx_status_get_string(ZX_OK));
	EXPECT_STREQ("ZX_ERR_SHOULD_WAIT", zx_status_get_string(ZX_ERR_SHOULD_WAIT));
	EXPECT_NE(NULL, zx_status_get_string(12345));
}

/* A clock that the vDSO cannot read takes a system call, which is not the library's fault. */
static bool clock_in_vdso(void)
{
	FILE *file = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "r");
	char name[64] = "";
	bool good;

	good = file && fscanf(file, "%63s", name) == 1 &&
	       (!strcmp(name, "tsc") || !strcmp(name, "arch_sys_counter"));
	if (file)
		fclose(file);
	return good;
}

/*
 * From now on a system call other than exit() kills the caller. The strict mode of seccomp is not
 * usable: it forbids reading the time stamp counter, too.
 */
static bool forbid_system_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	const struct sock_fprog program = { .len = ARRAY_SIZE(code), .filter = code };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(no_system_calls)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (child == 0) {
		bool ok;

		if (!forbid_system_calls())
			_exit(2);
		ok = zx_nanosleep(ZX_TIME_INFINITE_PAST) == ZX_OK &&
		     zx_ticks_per_second() > 0 && zx_system_get_page_size() > 0 &&
		     zx_system_get_version_string().length > 0 &&
		     zx_status_get_string(ZX_ERR_BAD_HANDLE);
		syscall(SYS_exit, ok ? 0 : 1);
	}
	EXPECT_EQ(0, zxt_reap(child));
	/* The filter works: a call that makes a system call is killed. */
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		if (!forbid_system_calls())
			_exit(2);
		zx_nanosleep(zx_deadline_after(ZX_MSEC(10)));
		syscall(SYS_exit, 0);
	}
	EXPECT_EQ(128 + SIGSYS, zxt_reap(child));
}

TEST(no_system_calls_for_clocks)
{
	pid_t child;

	if (!clock_in_vdso())
		SKIP(return, "this machine's clock cannot be read without a system call");
	child = fork();
	ASSERT_LE(0, child);
	if (child == 0) {
		zx_time_t now, t = 0;
		bool ok;

		if (!forbid_system_calls())
			_exit(2);
		now = zx_clock_get_monotonic();
		ok = now > 0 && zx_clock_get_boot() > 0 && zx_ticks_get() >= now &&
		     zx_deadline_after(1) > now &&
		     zx_clock_get(ZX_CLOCK_MONOTONIC, &t) == ZX_OK && t >= now;
		syscall(SYS_exit, ok ? 0 : 1);
	}
	EXPECT_EQ(0, zxt_reap(child));
}

/* What this program does after it has executed itself: "works DESCRIPTOR", or "fails". */
static int child_main(int argc, char **argv)
{
	zx_handle_t event;

	if (argc == 3 && !strcmp(argv[1], "works"))
		/* The second use finds the descriptor that the environment names still open. */
		return works() && works() && fcntl(atoi(argv[2]), F_GETFD) == 0 ? 0 : 1;
	if (argc == 2 && !strcmp(argv[1], "fails"))
		return zx_event_create(0, &event) == ZX_ERR_NOT_SUPPORTED &&
		       zx_event_create(0, &event) == ZX_ERR_NOT_SUPPORTED ? 0 : 1;
	return 2;
}

int main(int argc, char **argv)
{
	if (!strcmp(argv[0], PROGRAM))
		return child_main(argc, argv);
	return test_harness_run(argc, argv);
}
