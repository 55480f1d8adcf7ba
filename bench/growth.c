// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of an operation beside few and many open handles, messages in a queue, watches and
 * waiters on an object, callers, handles in flight, processes, handles of another program. Where
 * the module refuses more, the table has a line for that as well.
 *
 * Prints a table, and after it the same as columns for gnuplot.
 */
#include <fcntl.h>
#include <linux/zircon.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "bench.h"

#define BATCH		256
#define MANY		1000000
#define STACK		16384
#define QUEUED_MAX	3000

struct point {
	const char *axis;
	unsigned int n;
	const char *operation;
	double cost;
};

static struct point points[400];
static unsigned int point_count;

static void point(const char *axis, unsigned int n, const char *operation, double cost)
{
	if (point_count == ARRAY_SIZE(points)) {
		fprintf(stderr, "too many points\n");
		exit(1);
	}
	points[point_count++] = (struct point){ axis, n, operation, cost };
	printf("%-22s %9u   %-22s %14.0f\n", axis, n, operation, cost);
	fflush(stdout);
}

static void refused(const char *axis, unsigned int n, const char *what, zx_status_t status)
{
	printf("%-22s %9u   no more: %s, status %d\n", axis, n, what, status);
	fflush(stdout);
}

struct subject {
	zx_handle_t end[2];
	zx_handle_t batch[BATCH];
	char bytes[8];
	zx_handle_t passed;
};

static void op_write_read(void *arg, unsigned int i)
{
	struct subject *s = arg;
	uint32_t bytes, handles;

	(void)i;
	must(zx_channel_write(s->end[0], 0, s->bytes, sizeof(s->bytes), NULL, 0),
	     "zx_channel_write");
	must(zx_channel_read(s->end[1], 0, s->bytes, NULL, sizeof(s->bytes), 0, &bytes, &handles),
	     "zx_channel_read");
}

static void op_pass(void *arg, unsigned int i)
{
	struct subject *s = arg;
	uint32_t bytes, handles;

	(void)i;
	must(zx_channel_write(s->end[0], 0, s->bytes, sizeof(s->bytes), &s->passed, 1),
	     "zx_channel_write");
	must(zx_channel_read(s->end[1], 0, s->bytes, &s->passed, sizeof(s->bytes), 1, &bytes,
			     &handles), "zx_channel_read");
}

/* No observer waits for this signal, but each has to be checked. */
static void op_signal(void *arg, unsigned int i)
{
	struct subject *s = arg;

	must(zx_object_signal(s->end[1], i & 1 ? ZX_USER_SIGNAL_7 : 0,
			      i & 1 ? 0 : ZX_USER_SIGNAL_7), "zx_object_signal");
}

static void op_create(void *arg, unsigned int i)
{
	struct subject *s = arg;

	must(zx_event_create(0, &s->batch[i]), "zx_event_create");
}

static void op_close(void *arg, unsigned int i)
{
	struct subject *s = arg;

	must(zx_handle_close(s->batch[i]), "zx_handle_close");
}

static void operations(const char *axis, unsigned int n, struct subject *s)
{
	struct cost cost[2];

	point(axis, n, "write+read", measure(op_write_read, s).each);
	point(axis, n, "signal", measure(op_signal, s).each);
	measure_phases(op_create, op_close, s, BATCH, cost);
	point(axis, n, "create", cost[0].each);
	point(axis, n, "close", cost[1].each);
}

static void open_subject(struct subject *s)
{
	memset(s, 0, sizeof(*s));
	must(zx_channel_create(0, &s->end[0], &s->end[1]), "zx_channel_create");
}

static void close_subject(struct subject *s)
{
	must(zx_handle_close_many(s->end, 2), "zx_handle_close_many");
}

static void by_handles(void)
{
	static const char axis[] = "open handles";
	zx_handle_t *many = allocate(MANY, sizeof(*many));
	unsigned int made = 0;
	zx_handle_t event;
	struct subject s;

	open_subject(&s);
	must(zx_event_create(0, &event), "zx_event_create");
	for (unsigned int n = 10; n <= MANY; n *= 10) {
		for (; made < n; made++)
			must(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &many[made]),
			     "zx_handle_duplicate");
		operations(axis, n, &s);
	}
	must(zx_handle_close_many(many, made), "zx_handle_close_many");
	must(zx_handle_close(event), "zx_handle_close");
	close_subject(&s);
	free(many);
}

static void by_messages(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000, QUEUED_MAX };
	static const char axis[] = "queued messages";
	unsigned int made = 0;
	struct subject s;

	open_subject(&s);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (; made < counts[i]; made++) {
			zx_status_t status = zx_channel_write(s.end[0], 0, s.bytes,
							      sizeof(s.bytes), NULL, 0);

			if (status != ZX_OK) {
				refused(axis, made, "zx_channel_write", status);
				goto end;
			}
		}
		operations(axis, made, &s);
	}
end:
	close_subject(&s);
}

static pthread_t start_thread(void *(*run)(void *arg), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	err = pthread_create(&thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	if (err) {
		fprintf(stderr, "pthread_create: %s\n", strerror(err));
		exit(1);
	}
	return thread;
}

static zx_status_t call_once(zx_handle_t end)
{
	uint64_t request = 0, reply;
	zx_channel_call_args_t args = { .wr_bytes = &request, .rd_bytes = &reply,
					.wr_num_bytes = sizeof(request),
					.rd_num_bytes = sizeof(reply) };
	uint32_t bytes, handles;

	return zx_channel_call(end, 0, ZX_TIME_INFINITE, &args, &bytes, &handles);
}

/* Calls until the other endpoint is closed. */
static void *caller(void *arg)
{
	zx_handle_t end = *(zx_handle_t *)arg;

	while (call_once(end) == ZX_OK)
		;
	return NULL;
}

/* How often serve() serves n callers. */
#define ROUNDS(n)	(2 + 1000 / (n))

/* Reads a request of each caller, then answers them, the newest first; an operation is one call. */
static double serve(zx_handle_t end, unsigned int n)
{
	uint64_t *request = allocate(n, sizeof(*request));
	double best = 1e18;

	for (unsigned int round = 0; round < ROUNDS(n); round++) {
		uint64_t start = now();
		double each;

		for (unsigned int i = 0; i < n; i++) {
			uint32_t bytes, handles;
			zx_status_t status;
			zx_signals_t observed;

			do {
				status = zx_channel_read(end, 0, &request[i], NULL,
							 sizeof(*request), 0, &bytes, &handles);
				if (status == ZX_ERR_SHOULD_WAIT)
					must(zx_object_wait_one(end, ZX_CHANNEL_READABLE,
								ZX_TIME_INFINITE, &observed),
					     "zx_object_wait_one");
			} while (status == ZX_ERR_SHOULD_WAIT);
			must(status, "zx_channel_read");
		}
		for (unsigned int i = n; i > 0; i--)
			must(zx_channel_write(end, 0, &request[i - 1], sizeof(*request), NULL, 0),
			     "zx_channel_write");
		each = (double)(now() - start) / n;
		if (each < best)
			best = each;
	}
	free(request);
	return best;
}

/* Makes as many calls as are served, so that none is pending afterwards. */
static void *called(void *arg)
{
	zx_handle_t end = *(zx_handle_t *)arg;

	for (unsigned int i = 0; i < ROUNDS(1); i++)
		must(call_once(end), "zx_channel_call");
	return NULL;
}

/* Measures what a call through the other endpoint costs its server. */
static void one_caller(const char *axis, unsigned int n, struct subject *s)
{
	pthread_t thread = start_thread(called, &s->end[1]);

	point(axis, n, "call", serve(s->end[0], 1));
	pthread_join(thread, NULL);
}

static void by_watches(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000, 10000, 20000 };
	static const char axis[] = "watches on the object";
	int *fd = allocate(20000, sizeof(*fd));
	unsigned int made = 0;
	struct subject s;
	uint64_t start;

	raise_files(20000 + 100);
	open_subject(&s);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (; made < counts[i]; made++) {
			zx_status_t status = zxl_handle_watch(s.end[1], ZX_USER_SIGNAL_0, 0,
							      &fd[made]);

			if (status != ZX_OK) {
				refused(axis, made, "zxl_handle_watch", status);
				goto end;
			}
		}
		one_caller(axis, made, &s);
		operations(axis, made, &s);
	}
end:
	start = now();
	must(zx_handle_close(s.end[1]), "zx_handle_close");
	point(axis, made, "close-watched", now() - start);
	must(zx_handle_close(s.end[0]), "zx_handle_close");
	for (unsigned int i = 0; i < made; i++)
		close(fd[i]);
	free(fd);
}

static void *waiter(void *arg)
{
	zx_handle_t handle = *(zx_handle_t *)arg;
	zx_signals_t observed;

	must(zx_object_wait_one(handle, ZX_USER_SIGNAL_0, ZX_TIME_INFINITE, &observed),
	     "zx_object_wait_one");
	return NULL;
}

static void by_waiters(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000, 10000, 20000 };
	static const char axis[] = "waiters on the object";
	pthread_t *threads = allocate(20000, sizeof(*threads));
	unsigned int made = 0;
	struct subject s;
	uint64_t start;

	set_kernel("/proc/sys/kernel/threads-max", "60000");
	set_kernel("/proc/sys/kernel/pid_max", "100000");
	set_kernel("/proc/sys/vm/max_map_count", "200000");
	open_subject(&s);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (; made < counts[i]; made++)
			threads[made] = start_thread(waiter, &s.end[1]);
		sleep(1);	/* until all of them wait */
		operations(axis, made, &s);
	}
	start = now();
	must(zx_object_signal(s.end[1], 0, ZX_USER_SIGNAL_0), "zx_object_signal");
	point(axis, made, "wake-all", now() - start);
	for (unsigned int i = 0; i < made; i++)
		pthread_join(threads[i], NULL);
	close_subject(&s);
	free(threads);
}

static void by_callers(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000 };
	static const char axis[] = "callers on a channel";
	pthread_t threads[1000];
	unsigned int made = 0;
	struct subject s;

	open_subject(&s);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (; made < counts[i]; made++)
			threads[made] = start_thread(caller, &s.end[0]);
		point(axis, made, "call", serve(s.end[1], made));
	}
	must(zx_handle_close(s.end[1]), "zx_handle_close");
	for (unsigned int i = 0; i < made; i++)
		pthread_join(threads[i], NULL);
	must(zx_handle_close(s.end[0]), "zx_handle_close");
}

static void *sleeper(void *arg)
{
	pthread_mutex_lock(arg);
	pthread_mutex_unlock(arg);
	return NULL;
}

static void on_alarm(int number)
{
	(void)number;
}

/* Makes a call that SIGALRM interrupts, and leaves it parked. */
static void leave_call(int device, zx_handle_t end)
{
	const struct itimerval soon = { .it_value = { 0, 200 } };
	uint32_t request = 0, bytes, handles, txid;
	zx_channel_call_args_t args = { .wr_bytes = &request, .wr_num_bytes = sizeof(request),
					.rd_bytes = &request, .rd_num_bytes = sizeof(request) };
	struct zx_ioc_channel_call arg = {
		.handle = end,
		.deadline = ZX_TIME_INFINITE,
		.args = (uintptr_t)&args,
		.actual_bytes = (uintptr_t)&bytes,
		.actual_handles = (uintptr_t)&handles,
		.txid = (uintptr_t)&txid,
	};
	zx_status_t status;

	if (setitimer(ITIMER_REAL, &soon, NULL))
		die("setitimer");
	status = -ioctl(device, ZX_IOC_CHANNEL_CALL_NORETRY, &arg);
	if (status != ZX_ERR_INTERNAL_INTR_RETRY)
		failed(status, "ZX_IOC_CHANNEL_CALL_NORETRY");
}

/* A process may have 64 parked calls for each of its threads; these threads sleep. */
static void by_interrupted_calls(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000, 5000 };
	static const char axis[] = "interrupted calls";
	const struct sigaction action = { .sa_handler = on_alarm };
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	unsigned int made = 0, sleepers = 0;
	pthread_t threads[5000 / 64 + 1];
	struct subject s;
	uint64_t start;
	char bytes[8];
	int device;

	if (sigaction(SIGALRM, &action, NULL))
		die("sigaction");
	device = open("/dev/zircon", O_RDWR | O_CLOEXEC);
	if (device < 0)
		die("/dev/zircon");
	open_subject(&s);
	pthread_mutex_lock(&mutex);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (; made < counts[i]; made++) {
			if (!(made % 64))
				threads[sleepers++] = start_thread(sleeper, &mutex);
			leave_call(device, s.end[1]);
			/* Reads the request, so that the queue is empty again. */
			must(zx_channel_read(s.end[0], 0, bytes, NULL, sizeof(bytes), 0, NULL,
					     NULL), "zx_channel_read");
		}
		one_caller(axis, made, &s);
		operations(axis, made, &s);
	}
	start = now();
	must(zx_handle_close(s.end[1]), "zx_handle_close");
	point(axis, made, "close-called", now() - start);
	must(zx_handle_close(s.end[0]), "zx_handle_close");
	pthread_mutex_unlock(&mutex);
	for (unsigned int i = 0; i < sleepers; i++)
		pthread_join(threads[i], NULL);
	close(device);
}

/* Each channel but the first is in a message of the next; the last is closed. */
static void by_chain(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000, 10000, 100000 };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		zx_handle_t end[2], inner[2] = {};
		uint64_t start;

		for (unsigned int k = 0; k < counts[i]; k++) {
			must(zx_channel_create(0, &end[0], &end[1]), "zx_channel_create");
			if (k)
				must(zx_channel_write(end[0], 0, NULL, 0, &inner[1], 1),
				     "zx_channel_write");
			if (k)
				must(zx_handle_close(inner[0]), "zx_handle_close");
			memcpy(inner, end, sizeof(inner));
		}
		start = now();
		must(zx_handle_close(end[1]), "zx_handle_close");
		point("channels in a chain", counts[i], "close", now() - start);
		must(zx_handle_close(end[0]), "zx_handle_close");
	}
}

/* Each handle is in a message of its own, in the queue of another channel than the subject. */
static void by_flight(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000, QUEUED_MAX };
	static const char axis[] = "handles in flight";
	zx_handle_t other, holder[2];
	unsigned int made = 0;
	struct subject s;

	open_subject(&s);
	must(zx_channel_create(0, &holder[0], &holder[1]), "zx_channel_create");
	must(zx_channel_create(0, &s.passed, &other), "zx_channel_create");
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		for (; made < counts[i]; made++) {
			zx_handle_t sent[2];
			zx_status_t status;

			must(zx_channel_create(0, &sent[0], &sent[1]), "zx_channel_create");
			status = zx_channel_write(holder[0], 0, s.bytes, sizeof(s.bytes), sent, 2);
			if (status != ZX_OK) {
				refused(axis, made, "zx_channel_write", status);
				zx_handle_close_many(sent, 2);
				goto end;
			}
		}
		operations(axis, made, &s);
		point(axis, made, "pass", measure(op_pass, &s).each);
	}
end:
	must(zx_handle_close_many(holder, 2), "zx_handle_close_many");
	must(zx_handle_close(s.passed), "zx_handle_close");
	must(zx_handle_close(other), "zx_handle_close");
	close_subject(&s);
}

static double end_child(pid_t pid)
{
	uint64_t start = now();

	if (kill(pid, SIGKILL) || waitpid(pid, NULL, 0) != pid)
		die("the end of a child");
	return now() - start;
}

static void by_processes(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000 };
	static const char axis[] = "processes";
	unsigned int made = 0;
	pid_t pid[1000];
	struct subject s;

	open_subject(&s);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		double best = 1e18;

		for (; made < counts[i]; made++)
			pid[made] = start_child(create_event);
		operations(axis, made, &s);
		for (int k = 0; k < 9; k++) {
			double cost = end_child(start_child(create_event));

			if (cost < best)
				best = cost;
		}
		point(axis, made, "exit", best);
	}
	for (unsigned int i = 0; i < made; i++)
		end_child(pid[i]);
	close_subject(&s);
}

/* Makes a number of handles to an event, and watches through the last of them. */
static void duplicates(unsigned int handles, unsigned int watches)
{
	zx_handle_t event, handle = ZX_HANDLE_INVALID;
	int fd;

	must(zx_event_create(0, &event), "zx_event_create");
	for (unsigned int i = 1; i < handles; i++)
		must(zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &handle),
		     "zx_handle_duplicate");
	for (unsigned int i = 0; i < watches; i++)
		must(zxl_handle_watch(handle, ZX_EVENT_SIGNALED, 0, &fd), "zxl_handle_watch");
}

static void million_handles(void)
{
	duplicates(MANY, 0);
}

static void million_handles_and_watches(void)
{
	duplicates(MANY, 1000);
}

static void handles_and_watches(void)
{
	duplicates(20000, 20000);
}

static void exits(void)
{
	point("exit of a process", 1, "handles", end_child(start_child(create_event)));
	point("exit of a process", MANY, "handles", end_child(start_child(million_handles)));
	point("exit of a process", MANY, "handles-1000-watches",
	      end_child(start_child(million_handles_and_watches)));
	point("exit of a process", 20000, "handles-and-watches",
	      end_child(start_child(handles_and_watches)));
}

/* A program that lets another have its file of the device. */
static struct owner {
	unsigned int handles;
	int device;
	atomic_bool closed;
} *owner;

static void on_signal(int number)
{
	(void)number;
	close(owner->device);
	owner->closed = true;
	/* start_child() would end the process. */
	for (;;)
		pause();
}

/* Its own file: not that of the library, which the parent has open too. */
static void own_device(void)
{
	uint32_t handle;
	struct zx_ioc_create arg = { .out0 = (uintptr_t)&handle };

	owner->device = open("/dev/zircon", O_RDWR | O_CLOEXEC);
	if (owner->device < 0)
		die("/dev/zircon");
	for (unsigned int i = 0; i < owner->handles; i++)
		must(-ioctl(owner->device, ZX_IOC_EVENT_CREATE, &arg), "ZX_IOC_EVENT_CREATE");
	signal(SIGUSR1, on_signal);
}

/* The time that this thread has run: on one processor, other threads run before a call returns. */
static uint64_t own_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* What a program pays that closes another's file last: the handles are no work for it. */
static void by_handles_of_another(void)
{
	static const unsigned int counts[] = { 1, 10, 100, 1000, 10000, 100000 };

	owner = mmap(NULL, sizeof(*owner), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (owner == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		uint64_t start;
		int pidfd, fd;
		pid_t pid;

		*owner = (struct owner){ .handles = counts[i] };
		pid = start_child(own_device);
		pidfd = syscall(SYS_pidfd_open, pid, 0);
		fd = syscall(SYS_pidfd_getfd, pidfd, owner->device, 0);
		if (pidfd < 0 || fd < 0)
			die("pidfd_getfd");
		if (kill(pid, SIGUSR1))
			die("kill");
		while (!owner->closed)
			sched_yield();
		start = own_time();
		close(fd);
		point("handles of its owner", counts[i], "close-file", own_time() - start);
		close(pidfd);
		end_child(pid);
	}
	munmap(owner, sizeof(*owner));
}

void bench_growth(void)
{
	raise_observers();
	printf("%-22s %9s   %-22s %14s\n", "of these there are", "so many", "operation",
	       "its cost");
	by_handles();
	by_messages();
	by_watches();
	by_flight();
	by_callers();
	by_interrupted_calls();
	by_chain();
	by_processes();
	by_handles_of_another();
	exits();
	by_waiters();
	printf("--- tsv ---\n");
	for (unsigned int i = 0; i < point_count; i++)
		printf("%s\t%u\t%s\t%.0f\n", points[i].axis, points[i].n, points[i].operation,
		       points[i].cost);
}
