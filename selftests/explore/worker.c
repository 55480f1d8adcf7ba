// SPDX-License-Identifier: GPL-2.0-only
/*
 * A worker is the process that runs programs. Its parent reports how it ends.
 */
#include <sys/klog.h>
#include <sys/prctl.h>

#include "explore.h"

#define STUCK		90	/* seconds without progress; emulated machines are slow */

static void be_worker(void (*work)(void), uint64_t seed)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	seed_search(seed);
	begin_runs();
	work();
	exit(0);
}

/* lockdep switches itself off without a taint, and logs the reason below the console's level. */
bool lockdep_works(void)
{
	FILE *stats = fopen("/proc/lockdep_stats", "re");
	char line[128];
	int works = 1;

	while (stats && fgets(line, sizeof(line), stats))
		sscanf(line, " debug_locks: %d", &works);
	if (stats)
		fclose(stats);
	return works;
}

static void tell_programs(const char *what)
{
	static char text[LINE];

	printf("# %s: %s\n", what, print_program(&shared->now, text));
	if (shared->other.count)
		printf("# perhaps with: %s\n", print_program(&shared->other, text));
	fflush(stdout);
}

/* Prints the kernel's log from the first program on, without the programs. */
static void tell_log(void)
{
	static char text[1 << 20];
	char *line, *rest = NULL;
	bool begun = false;
	int size = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, text, sizeof(text) - 1);

	text[size > 0 ? size : 0] = 0;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strstr(line, "explore: ") || strstr(line, "explore, and"))
			begun = true;
		else if (begun)
			printf("# log: %s\n", line);
}

bool run_worker(void (*work)(void), uint64_t seed)
{
	zx_time_t patience = zx_deadline_after(ZX_SEC(STUCK));
	uint64_t runs = shared->runs;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = zxp_fork_first();
	if (pid == 0)
		be_worker(work, seed);
	while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
		zxp_sleep_ms(50);
		if (shared->runs != runs) {
			runs = shared->runs;
			patience = zx_deadline_after(ZX_SEC(STUCK));
		} else if (zx_clock_get_monotonic() > patience) {
			tell_programs("does not end");
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return false;
		}
	}
	if (shared->watched && !lockdep_works()) {
		shared->reported = true;
		tell_log();
	}
	if (shared->reported)
		tell_programs("the kernel reported something, here or not long before");
	else if (pid < 0 || status)
		tell_programs("the worker was killed by");
	return pid > 0 && status == 0 && !shared->reported;
}
