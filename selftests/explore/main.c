// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs for the device that were found by a search: each made the module do something that none
 * before it had done. The test runs all of them again, each alone and each together with the next
 * in a second thread. It shows that the module survives this, and keeps no memory.
 *
 * A program is a line of text. Its operations are words: a name and, after a colon, bytes in hex,
 * from which the operation reads its choices. Missing bytes are zero, and zero is mostly the right
 * choice. So any bytes make a program.
 *
 *	explore				the test; the programs are in explore.corpus beside it
 *	explore search SECONDS [SEED]	look for more, needs a kernel with KCOV
 *	explore run PROGRAM...		run programs that are given as arguments
 *
 * The search changes programs at random and keeps those that get new results, or reach pairs of
 * places in the module, one after the other, that none before them has reached. At the end it
 * prints a small set of programs with the same coverage, each after "corpus: ".
 */
#include "../zxproc.h"
#include "explore.h"

struct shared *shared;

static char corpus_path[256];

static void set_up(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	MUST(shared != MAP_FAILED);
	shared->watched = lockdep_works();
	find_module();
}

FIXTURE(explore)
{
	struct zxp_objects before;
	bool counted;
	struct settings settings;
};

FIXTURE_SETUP(explore)
{
	if (getuid() != 0)
		SKIP(return, "changes the module's parameters");
	set_up();
	self->counted = zxp_count_objects(&self->before);
	change_settings(&self->settings);
}

FIXTURE_TEARDOWN_PARENT(explore)
{
	restore_settings(&self->settings);
}

/* A process of its own that does what every program does. */
static void use_device(void)
{
	zx_handle_t channel[2];
	char text[4] = {};
	uint32_t size;

	CHILD_CHECK(zx_channel_create(0, &channel[0], &channel[1]) == ZX_OK);
	CHILD_CHECK(zx_channel_write(channel[0], 0, "yes", 4, NULL, 0) == ZX_OK);
	CHILD_CHECK(zx_channel_read(channel[1], 0, text, NULL, 4, 0, &size, NULL) == ZX_OK);
	CHILD_CHECK(!strcmp(text, "yes"));
	_exit(0);
}

TEST_F_TIMEOUT(explore, replay, 86400)
{
	pid_t pid;

	ASSERT_LT(0, read_corpus(corpus_path));
	EXPECT_TRUE(run_worker(replay, 0));
	/* Each once alone, and once with the next. */
	EXPECT_EQ(2 * shared->count, shared->runs);
	TH_LOG("%u programs", shared->count);
	if (text_start) {
		TH_LOG("%lu places in the module reached", shared->places);
		EXPECT_LT(0, shared->places);
	}

	pid = fork();
	if (!pid)
		use_device();
	EXPECT_EQ(0, zxp_reap(pid));
	if (self->counted)
		EXPECT_EQ(NULL, zxp_wait_objects(&self->before, 200));
}

static int search_for(unsigned int seconds, uint64_t seed)
{
	zx_time_t end = zx_deadline_after(ZX_SEC(seconds)), tell = 0;
	struct settings save;
	int count, bad = 0;

	if (!text_start) {
		printf("# this kernel has no KCOV\n");
		return 4;
	}
	count = read_corpus(corpus_path);
	if (count < 0) {
		printf("# line %d of %s is no program\n", -count, corpus_path);
		return 1;
	}
	change_settings(&save);
	if (count && !run_worker(replay, 0))
		bad++;
	printf("# seed %lu, %u programs that reach %lu places\n", seed, shared->count,
	       shared->places);
	while (zx_clock_get_monotonic() < end && !shared->reported && bad < 20) {
		if (!run_worker(search, ++seed * 7919))
			bad++;
		if (zx_clock_get_monotonic() > tell) {
			printf("# %lu runs, %u programs that reach %lu places\n", shared->runs,
			       shared->count, shared->places);
			tell = zx_deadline_after(ZX_SEC(60));
		}
	}
	if (!shared->reported && !run_worker(minimise, 0))
		bad++;
	else if (!shared->reported)
		printf("corpus end\n");
	printf("# %lu runs, %u programs were kept, %lu places in the module reached\n",
	       shared->runs, shared->count, shared->places);
	restore_settings(&save);
	return bad > 0;
}

static void run_corpus(void)
{
	for (uint32_t i = 0; i < shared->count && !shared->reported; i++) {
		run_program(&shared->corpus[i], NULL, &first_run);
		for (unsigned int j = 0; j < main_actor.results; j++)
			printf("%s%s %d", j ? ", " : "", kinds[main_actor.result[j] >> 16].name,
			       (int16_t)main_actor.result[j]);
		printf("\n");
	}
}

static int run_arguments(char **argv)
{
	struct settings save;
	bool good;

	while (*argv)
		if (!parse_program(*argv++, &shared->corpus[shared->count++])) {
			printf("# that is no program\n");
			return 1;
		}
	change_settings(&save);
	good = run_worker(run_corpus, 0);
	restore_settings(&save);
	return !good;
}

int main(int argc, char **argv)
{
	char *slash = strrchr(argv[0], '/');

	snprintf(corpus_path, sizeof(corpus_path), "%.*sexplore.corpus",
		 slash ? (int)(slash - argv[0] + 1) : 0, argv[0]);
	if (argc == 1)
		return test_harness_run(argc, argv);
	set_up();
	if (!strcmp(argv[1], "search") && argc > 2)
		return search_for(strtoul(argv[2], NULL, 0), argc > 3 ? strtoull(argv[3], NULL, 0) :
				  (uint64_t)zx_clock_get_monotonic());
	if (!strcmp(argv[1], "run"))
		return run_arguments(argv + 2);
	fprintf(stderr, "usage: explore [search SECONDS [SEED] | run PROGRAM...]\n");
	return 2;
}
