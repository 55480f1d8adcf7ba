// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a program runs: its operations one after the other, some in a second thread or a child.
 */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "explore.h"

struct actor main_actor = { .first = true };
static struct actor second_actor;
static bool second_is_there;
volatile pid_t second_tid;
static int kmsg = -1, taint = -1;
static uint64_t taint_before;

/* The timer lasts as long as its thread; a forked child inherits none. */
static void make_timer(struct actor *a)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM,
	};

	event._sigev_un._tid = gettid();
	MUST(timer_create(CLOCK_MONOTONIC, &event, &a->timer) == 0);
}

static void set_timer(struct actor *a, unsigned int ms)
{
	const struct itimerspec when = {
		.it_value.tv_nsec = ms * 1000000,
		.it_interval.tv_nsec = 2 * ms * 1000000,
	};

	timer_settime(a->timer, 0, &when, NULL);
}

/* The n-th allocation or copy of the module in this thread fails; 0: none fails. */
static void set_fail(unsigned int n)
{
	int fd = open("/proc/thread-self/fail-nth", O_WRONLY | O_CLOEXEC);
	char text[16];

	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%u", n);
	MUST(write(fd, text, strlen(text)) > 0);
	close(fd);
}

static void set_descriptors(rlim_t count)
{
	struct rlimit limit;

	MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = count;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void run_op(struct actor *a)
{
	unsigned int what = a->op->what;
	uint32_t result;
	long ret;

	/* With a second thread the wait must last until that thread has done its work. */
	if (kinds[what].waits)
		set_timer(a, second_is_there ? 30 : 5);
	if (a->poor)
		set_descriptors(0);
	if (a->fail)
		set_fail(a->fail);
	a->at = 0;
	ret = kinds[what].run(a);
	if (a->fail)
		set_fail(0);
	if (a->poor)
		set_descriptors(1024);
	if (kinds[what].waits)
		set_timer(a, 0);
	/* A repetition counts if its result differs. */
	result = what << 16 | (uint16_t)ret;
	if (a->results < ARRAY_SIZE(a->result) &&
	    (!a->results || a->result[a->results - 1] != result))
		a->result[a->results++] = result;
}

static void run_ops(struct actor *a, const struct op *ops, unsigned int count);

static void *second_thread(void *arg)
{
	struct actor *a = arg;
	bool traced = start_kcov(KCOV_SECOND);

	make_timer(a);
	second_tid = gettid();
	/* Waits until the first thread probably sleeps. */
	if (a->delay)
		zxp_sleep_ms(a->delay);
	run_ops(a, a->ops, a->count);
	timer_delete(a->timer);
	if (traced)
		stop_kcov(KCOV_SECOND);
	return NULL;
}

static bool start_second(const struct op *ops, unsigned int count, unsigned int delay)
{
	struct actor *a = &second_actor;

	if (second_is_there)
		return false;
	a->ops = ops;
	a->count = count;
	a->delay = delay;
	second_is_there = pthread_create(&a->thread, NULL, second_thread, a) == 0;
	return second_is_there;
}

static void end_second(void)
{
	pthread_join(second_actor.thread, NULL);
	second_is_there = false;
	second_tid = 0;
}

/* How: 1 to open the device in the child, 2 to kill the child at its end. */
static void run_child(struct actor *a, const struct op *ops, unsigned int count)
{
	uint8_t how = byte(a);
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		start_kcov(KCOV_SECOND);
		make_timer(a);
		if (how & 1)
			device = zxp_open(O_CLOEXEC);
		run_ops(a, ops, count);
		if (how & 2)
			raise(SIGKILL);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
}

static void run_ops(struct actor *a, const struct op *ops, unsigned int count)
{
	unsigned int repeat = 1, with = 0;
	bool together = false;

	for (unsigned int i = 0; i < count; i++) {
		a->op = &ops[i];
		a->at = 0;
		if (ops[i].what >= FORK) {
			with = byte(a) % 8 + 1;
			with = with < count - i - 1 ? with : count - i - 1;
		}
		switch (ops[i].what) {
		case REPEAT:
			repeat = byte(a) + 1;
			continue;
		case ODD:
			a->odd = byte(a);
			a->odd_how = byte(a);
			continue;
		case FAIL:
			a->fail = byte(a) % 64 + 1;
			continue;
		case POOR:
			a->poor = true;
			continue;
		case FORK:
			if (a->first && !together)
				run_child(a, &ops[i + 1], with);
			i += with;
			continue;
		case MEANWHILE:
			if (a->first && !together)
				together = start_second(&ops[i + 1], with, 1 + byte(a) % 4);
			i += with;
			continue;
		}
		while (repeat--)
			run_op(a);
		repeat = 1;
		a->odd = 0;
		a->fail = 0;
		a->poor = false;
		if (together)
			end_second();
		together = false;
	}
	if (together)
		end_second();
}

static void log_program(const struct program *program, const char *how)
{
	static char text[LINE + 32];
	char *at = text;

	at += sprintf(at, "<7>explore%s: ", how);
	print_program(program, at);
	/* In pieces that fit into a record, below the console's log level. */
	for (size_t length = strlen(text), done = 0; kmsg >= 0 && done < length;) {
		size_t piece = length - done < 900 ? length - done : 900;

		if (write(kmsg, text + done, piece) < 0)
			break;
		done += piece;
	}
}

static bool tainted(uint64_t *now)
{
	char text[32] = {};

	if (pread(taint, text, sizeof(text) - 1, 0) <= 0)
		return false;
	*now = strtoull(text, NULL, 10);
	return true;
}

static void nothing(int signal __UNUSED)
{
}

void begin_runs(void)
{
	const struct sigaction interrupt = { .sa_handler = nothing };

	sigaction(SIGALRM, &interrupt, NULL);
	sigaction(SIGPIPE, &interrupt, NULL);
	make_memory(&main_actor);
	make_memory(&second_actor);
	make_timer(&main_actor);
	make_descriptors();
	taint = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);
	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	move_away(&taint);
	move_away(&kmsg);
	MUST(tainted(&taint_before));
	open_kcov();
}

void run_program(const struct program *program, const struct program *other,
		 struct signals *signals)
{
	uint64_t now;

	shared->now = *program;
	shared->other.count = 0;
	shared->runs++;
	log_program(program, "");
	if (other) {
		shared->other = *other;
		log_program(other, ", and in another thread");
	}
	clear_kcov();
	main_actor.results = 0;
	memset(main_actor.buffer, 0x3a, PAGE);
	begin_victim();

	start_kcov(KCOV_FIRST);
	device = zxp_open(O_CLOEXEC);
	if (other)
		start_second(other->ops, other->count, 0);
	run_ops(&main_actor, program->ops, program->count);
	if (second_is_there)
		end_second();
	clear_machine(&main_actor);
	stop_kcov(KCOV_FIRST);
	end_victim();

	if (signals)
		collect(signals);
	if (taint >= 0 && tainted(&now) && now != taint_before)
		shared->reported = true;
}
