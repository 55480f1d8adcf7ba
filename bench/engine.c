// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an operation costs, next to what Linux's own ways cost for the same.
 *
 * Meant for `selftests/vm/run --icount`, where the guest's clock counts instructions: the numbers
 * are then instructions an operation, the same on every machine. On real hardware they are
 * nanoseconds.
 *
 * Prints a table as it measures, and at the end all numbers as JSON, one case a line, after a line
 * that says so; bench/run takes the two apart.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

#include "bench.h"

#define ROUNDS		25
#define ROUND_NS	1500000	/* the timer ticks every 4 ms, so most rounds see no tick */
#define LOOPS_MIN	2
#define LOOPS_MAX	4000
/*
 * Where two sides take turns, the pattern of preemptions is regular only over several ticks. All
 * rounds are alike then, so fewer are enough.
 */
#define SWITCHING_ROUNDS	9
#define SWITCHING_ROUND_NS	16000000
#define PHASE_ROUNDS	25
#define PAUSE_NS	20000000

static pid_t main_process;

void die(const char *what)
{
	perror(what);
	/* Otherwise the other side waits for this one for ever, and so does the machine. */
	if (main_process && getpid() != main_process)
		kill(main_process, SIGTERM);
	exit(1);
}

void failed(zx_status_t status, const char *what)
{
	fprintf(stderr, "%s: status %d\n", what, status);
	if (main_process && getpid() != main_process)
		kill(main_process, SIGTERM);
	exit(1);
}

void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		die("calloc");
	/* Touches all pages, so that no fault happens while the clock runs. */
	memset(memory, 0, count * size);
	return memory;
}

pid_t start_child(void (*work)(void))
{
	int ready[2];
	char byte = 0;
	pid_t pid;

	if (pipe(ready))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		work();
		if (write(ready[1], &byte, 1) != 1)
			die("write");
		pause();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("read");
	close(ready[0]);
	return pid;
}

void create_event(void)
{
	zx_handle_t event;

	must(zx_event_create(0, &event), "zx_event_create");
}

void set_kernel(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

void raise_observers(void)
{
	set_kernel("/sys/module/zircon/parameters/object_observers_max", "1048576");
}

uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void rest(void)
{
	struct timespec ts = { .tv_nsec = PAUSE_NS };

	nanosleep(&ts, NULL);
}

struct switches {
	long voluntary, involuntary;
};

/* The thread may belong to any process. */
static struct switches switches_of(pid_t tid)
{
	struct switches switches = { -1, -1 };
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = fopen(path, "r");
	if (!file)
		die(path);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &switches.voluntary) == 1)
			continue;
		if (sscanf(line, "nonvoluntary_ctxt_switches: %ld", &switches.involuntary) == 1)
			break;
	}
	fclose(file);
	if (switches.voluntary < 0 || switches.involuntary < 0) {
		fprintf(stderr, "%s does not count context switches\n", path);
		exit(1);
	}
	return switches;
}

static struct switches my_switches(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_THREAD, &usage))
		die("getrusage");
	return (struct switches){ usage.ru_nvcsw, usage.ru_nivcsw };
}

static uint64_t run(op_t op, void *arg, unsigned int loops)
{
	uint64_t start = now();

	for (unsigned int i = 0; i < loops; i++)
		op(arg, i);
	return now() - start;
}

struct cost measure_with(op_t op, void *arg, pid_t other)
{
	struct cost best = { .each = 1e18, .switching = other };
	const int rounds = other ? SWITCHING_ROUNDS : ROUNDS;
	unsigned int loops;
	double each;

	/* Warms up, and finds out how many operations make a round. */
	run(op, arg, LOOPS_MIN);
	each = (double)run(op, arg, LOOPS_MIN) / LOOPS_MIN;
	loops = (other ? SWITCHING_ROUND_NS : ROUND_NS) / each;
	loops = loops < LOOPS_MIN ? LOOPS_MIN : loops > LOOPS_MAX ? LOOPS_MAX : loops;
	if (loops > LOOPS_MIN)
		run(op, arg, loops / 4);

	for (int round = 0; round < rounds; round++) {
		struct switches mine = {}, its = {};

		if (other) {
			its = switches_of(other);
			mine = my_switches();
		}
		each = (double)run(op, arg, loops) / loops;
		if (each >= best.each)
			continue;
		best.each = each;
		if (other) {
			struct switches mine_after = my_switches();
			struct switches its_after = switches_of(other);

			best.voluntary = mine_after.voluntary - mine.voluntary +
					 its_after.voluntary - its.voluntary;
			best.involuntary = mine_after.involuntary - mine.involuntary +
					   its_after.involuntary - its.involuntary;
			best.voluntary /= loops;
			best.involuntary /= loops;
		}
	}
	return best;
}

struct cost measure(op_t op, void *arg)
{
	return measure_with(op, arg, 0);
}

void measure_phases(op_t op, op_t undo, void *arg, unsigned int n, struct cost cost[2])
{
	double each;

	cost[0] = (struct cost){ .each = 1e18 };
	cost[1] = cost[0];
	for (int round = -1; round < PHASE_ROUNDS; round++) {
		/* Freed memory can be used only after a grace period. */
		rest();
		each = (double)run(op, arg, n) / n;
		if (round >= 0 && each < cost[0].each)
			cost[0].each = each;
		if (!undo)
			continue;
		each = (double)run(undo, arg, n) / n;
		if (round >= 0 && each < cost[1].each)
			cost[1].each = each;
	}
}

/* The results, and the comparisons with peers. */
struct result {
	char name[80];
	bool ours, bytes, missing;
	enum flags flags;
	double tolerance;
	struct cost cost;
};

struct comparison {
	char name[80], peer[80];
	double times, ratio, target;
	bool missing;
};

static struct result results[1000];
static struct comparison comparisons[1000];
static unsigned int result_count, comparison_count;
static bool line_open;	/* the last case's line has no peer yet */

static struct result *add(const char *name)
{
	struct result *result = &results[result_count];

	if (++result_count > ARRAY_SIZE(results)) {
		fprintf(stderr, "too many results\n");
		exit(1);
	}
	snprintf(result->name, sizeof(result->name), "%s", name);
	result->tolerance = TOLERANCE;
	return result;
}

bool peer_known(const char *name)
{
	for (unsigned int i = 0; i < result_count; i++)
		if (!strcmp(results[i].name, name))
			return true;
	return false;
}

static struct result *find(const char *name)
{
	for (unsigned int i = 0; i < result_count; i++)
		if (!strcmp(results[i].name, name))
			return &results[i];
	fprintf(stderr, "nothing has been measured under the name %s\n", name);
	exit(1);
}

void peer(const char *name, struct cost cost)
{
	add(name)->cost = cost;
}

void peer_missing(const char *name, const char *why)
{
	struct result *result = add(name);

	result->missing = true;
	fprintf(stderr, "%s: not available: %s\n", name, why);
}

static void end_line(void)
{
	if (line_open)
		printf("\n");
	line_open = false;
	fflush(stdout);
}

static void heading(void)
{
	printf("Costs are nanoseconds an operation, of both sides; with --icount, instructions.\n");
	printf("Switches are context switches an operation of both sides, voluntary + not.\n");
	printf("w: may gain wake-ups, and is not compared with the baseline.\n\n");
	printf("%-50s %9s %-11s %-38s %9s %6s %6s\n", "case", "cost", "switches",
	       "peer", "its cost", "ratio", "target");
}

static void print_cost(struct cost cost)
{
	char text[32] = "";

	if (cost.switching)
		snprintf(text, sizeof(text), "%.2f + %.2f", cost.voluntary, cost.involuntary);
	printf("%9.0f %-11s", cost.each, text);
}

static void case_line(const struct result *result)
{
	char name[sizeof(result->name) + 4];

	end_line();
	snprintf(name, sizeof(name), "%s%s", result->name,
		 result->flags & MAY_GAIN_WAKEUPS ? " w" : "");
	printf("%-50s ", name);
	print_cost(result->cost);
	line_open = true;
}

void ours_how(const char *name, struct cost cost, enum flags flags, double tolerance)
{
	struct result *result = add(name);

	result->ours = true;
	result->cost = cost;
	result->flags = flags;
	result->tolerance = tolerance;
	case_line(result);
}

void ours(const char *name, struct cost cost)
{
	ours_how(name, cost, NO_FLAGS, TOLERANCE);
}

void ours_bytes(const char *name, double bytes, double tolerance)
{
	ours_how(name, (struct cost){ .each = bytes }, NO_FLAGS, tolerance);
	results[result_count - 1].bytes = true;
}

static void compare(const struct result *mine, const char *name, bool missing, double other,
		    double times, double target)
{
	struct comparison *c = &comparisons[comparison_count];

	if (++comparison_count > ARRAY_SIZE(comparisons)) {
		fprintf(stderr, "too many comparisons\n");
		exit(1);
	}
	snprintf(c->name, sizeof(c->name), "%s", mine->name);
	snprintf(c->peer, sizeof(c->peer), "%s", name);
	c->times = times;
	c->target = target;
	c->missing = missing;
	if (!line_open)
		printf("%-72s", "");
	if (missing) {
		printf(" %-38s not available\n", name);
	} else {
		char text[96];

		c->ratio = mine->cost.each / (other * times);
		if (times > 1)
			snprintf(text, sizeof(text), "%s, %.0f of them", name, times);
		else
			snprintf(text, sizeof(text), "%s", name);
		printf(" %-38s %9.0f %6.2f", text, other * times, c->ratio);
		if (target > 0)
			printf(" %6.2f %s", target, c->ratio <= target ? "met" : "NOT met");
		printf("\n");
	}
	line_open = false;
	fflush(stdout);
}

static struct result *last_of_ours(void)
{
	for (unsigned int i = result_count; i > 0; i--)
		if (results[i - 1].ours)
			return &results[i - 1];
	fprintf(stderr, "nothing of ours has been measured yet\n");
	exit(1);
}

void against(const char *name, double times, double target)
{
	struct result *other = find(name);

	compare(last_of_ours(), name, other->missing, other->cost.each, times, target);
}

void against_number(double number)
{
	char name[32];

	snprintf(name, sizeof(name), "goal: %.0f", number);
	/* Half a percent for other work of the kernel. */
	compare(last_of_ours(), name, false, number, 1, 1.005);
}

static void print_json(void)
{
	struct utsname u;

	if (uname(&u))
		die("uname");
	printf("--- json ---\n");
	printf("{\n\"kernel\": \"%s\", \"machine\": \"%s\",\n\"cases\": [\n", u.release, u.machine);
	for (unsigned int i = 0; i < result_count; i++) {
		const struct result *r = &results[i];

		printf("{\"name\": \"%s\", \"kind\": \"%s\", \"unit\": \"%s\", ", r->name,
		       r->ours ? "ours" : "peer", r->bytes ? "bytes" : "ns");
		if (r->missing)
			printf("\"value\": null");
		else
			printf("\"value\": %.2f", r->cost.each);
		if (r->ours)
			printf(", \"tolerance\": %.3f, \"compared\": %s", r->tolerance,
			       r->flags & MAY_GAIN_WAKEUPS ? "false" : "true");
		if (r->cost.switching)
			printf(", \"voluntary\": %.3f, \"involuntary\": %.3f", r->cost.voluntary,
			       r->cost.involuntary);
		printf("}%s\n", i + 1 < result_count ? "," : "");
	}
	printf("],\n\"comparisons\": [\n");
	for (unsigned int i = 0; i < comparison_count; i++) {
		const struct comparison *c = &comparisons[i];

		printf("{\"name\": \"%s\", \"peer\": \"%s\", \"times\": %.0f, ", c->name, c->peer,
		       c->times);
		if (c->missing)
			printf("\"ratio\": null");
		else
			printf("\"ratio\": %.3f", c->ratio);
		if (c->target > 0 && !c->missing)
			printf(", \"target\": %.2f, \"met\": %s", c->target,
			       c->ratio <= c->target ? "true" : "false");
		printf("}%s\n", i + 1 < comparison_count ? "," : "");
	}
	printf("]\n}\n");
}

static const struct {
	const char *name;
	void (*run)(void);
} areas[] = {
	{ "memory", bench_memory },	/* first: later it would reuse memory */
	{ "null", bench_null },
	{ "channel", bench_channel },
	{ "stream", bench_stream },
	{ "handles", bench_handles },
	{ "tasks", bench_tasks },
	{ "waits", bench_waits },
	{ "ports", bench_ports },
	{ "timers", bench_timers },
	{ "roundtrip", bench_roundtrip },
	{ "growth", bench_growth },
};

/* Not among the areas that run by default: it takes minutes, and is no table of cases. */
#define GROWTH	(ARRAY_SIZE(areas) - 1)

static bool asked(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	cpu_set_t first;
	int known = 0;

	/* What the cases of tasks start. */
	if (argc == 2 && !strcmp(argv[1], "exit"))
		return 0;
	if (argc == 2 && !strcmp(argv[1], "stay"))
		return pause();
	main_process = getpid();
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		known += asked(areas[i].name, argc, argv);
	if (known != argc - 1) {
		fprintf(stderr, "%s: no such area; there are", argv[0]);
		for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
			fprintf(stderr, " %s", areas[i].name);
		fprintf(stderr, "\n");
		return 2;
	}
	/* On real hardware: no migration. Both sides of a round trip share the processor. */
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		die("sched_setaffinity");
	if (!asked(areas[GROWTH].name, argc, argv))
		heading();
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++)
		if (argc > 1 ? asked(areas[i].name, argc, argv) : i != GROWTH)
			areas[i].run();
	end_line();
	if (result_count)
		print_json();
	return 0;
}
