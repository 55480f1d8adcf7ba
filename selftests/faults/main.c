// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a call leaves behind that ran out of memory, or could not copy from or to its caller: the
 * error that is documented, and everything as it was before.
 *
 * Each call is made again and again. The first time the first of its allocations and copies fails,
 * then the second, until there is none left to fail; the kernel's fault injection does that to
 * this thread. After that one page of the memory that the call was given is missing, then the
 * next. A call that has failed is made once more and must do then what it would have done at first:
 * so nothing was lost, and nothing was done twice.
 *
 *	faults			all tests
 *	faults AREA...		those of some areas, which are named after the files of cases
 *
 * Other arguments are the harness's. Needs a kernel that is configured to fail on demand, as the
 * debug kernel is.
 */
#include "../zxproc.h"
#include "faults.h"

FIXTURE(fault)
{
};

FIXTURE_VARIANT(fault)
{
	const struct fault *is;
};

FIXTURE_SETUP(fault)
{
	begin_trials();
}

FIXTURE_TEARDOWN_PARENT(fault)
{
	zxt_set_parameter("handles_max", "1048576");
}

TEST_F_TIMEOUT(fault, leaves_all_as_it_was, 900)
{
	static const struct zxp_objects this_process = {
		.caches = 4,
		.cache = {
			{ "zircon_process", 1 }, { "zircon_table", 1 }, { "zircon_thread", 1 },
			{ "zircon_job", 1 },
		},
	};
	unsigned int may = may_fail(variant->is);
	struct tally tally = {};
	zx_handle_t event;

	ASSERT_TRUE(try_all_points(variant->is, &tally));
	EXPECT_TRUE(try_all_pages(variant->is, &tally));
	TH_LOG("%u points: %u no memory, %u bad pointer, %u made good; %u of %u pages needed",
	       tally.points, tally.no_memory, tally.bad_pointer, tally.survived, tally.bad_page,
	       tally.pages);
	EXPECT_LT(0, tally.points);
	if (may & FAIL_ALLOC)
		EXPECT_LT(0, tally.no_memory);
	if (may & FAIL_COPY)
		EXPECT_LT(0, tally.bad_pointer);
	if (may & (FAIL_FETCH | FAIL_BATCH))
		EXPECT_LT(0, tally.survived);
	if (may & (FAIL_COPY | FAIL_FETCH | FAIL_PAGE))
		/* The argument struct's page, in one of two ways, is needed by every ioctl. */
		EXPECT_LT(variant->is->kind->call ? 0 : 1, tally.bad_page);

	/* No number that was reserved for a handle is lost: another handle can be opened. */
	ASSERT_TRUE(zxt_set_parameter("handles_max", "2"));
	EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	EXPECT_EQ(NULL, zxp_wait_objects(&this_process, 60));
}

FIXTURE(alone)
{
};

FIXTURE_VARIANT(alone)
{
	void (*trial)(struct alone *a);
	unsigned int no_memory;	/* allocations, at least */
};

FIXTURE_SETUP(alone)
{
	fail_only_in_module();
}

FIXTURE_TEARDOWN(alone)
{
}

FIXTURE_VARIANT_ADD(alone, open_of_the_device) {
	.trial = try_open,
	.no_memory = 1,
};

FIXTURE_VARIANT_ADD(alone, first_handle) {
	.trial = try_first_handle,
	.no_memory = 3,
};

FIXTURE_VARIANT_ADD(alone, first_handle_to_a_thread) {
	.trial = try_thread,
	.no_memory = 1,
};

/* The first handle of its process, too. */
FIXTURE_VARIANT_ADD(alone, startup_handle) {
	.trial = try_startup,
	.no_memory = 2,
};

FIXTURE_VARIANT_ADD(alone, growth_of_the_table) {
	.trial = try_small_growth,
	.no_memory = 2,
};

FIXTURE_VARIANT_ADD(alone, growth_of_the_table_by_a_directory) {
	.trial = try_large_growth,
	.no_memory = 3,
};

TEST_F_TIMEOUT(alone, leaves_all_as_it_was, 900)
{
	static const struct zxp_objects none;
	struct tally tally = {};

	ASSERT_TRUE(try_alone(variant->trial, variant->no_memory, &tally));
	TH_LOG("%u points: %u failed, %u made good", tally.points, tally.no_memory, tally.survived);
	EXPECT_LE(variant->no_memory, tally.no_memory);
	EXPECT_EQ(NULL, zxp_wait_objects(&none, 60));
}

FIXTURE(module)
{
};

FIXTURE_SETUP(module)
{
	if (access(MODULE, R_OK))
		SKIP(return, "there is no " MODULE);
	ASSERT_TRUE(remove_module());
	fail_only_in_init();
	open_fail_nth();
}

FIXTURE_TEARDOWN_PARENT(module)
{
	if (!restore_module())
		abort();
}

TEST_F_TIMEOUT(module, load_leaves_nothing, 1800)
{
	struct tally tally = {};

	ASSERT_TRUE(try_loads(&tally));
	TH_LOG("%u points: %u failed, %u made good", tally.points, tally.no_memory, tally.survived);
	/* Thirteen caches, a work queue and the device. */
	EXPECT_LE(15, tally.no_memory);
}

/*
 * Areas: the tables of cases become variants of the first fixture. The harness cannot do that in
 * their files, since only one file of a program can have the harness.
 */
static const struct area process_area = { .name = "process" }, module_area = { .name = "module" };

static const struct {
	const struct area *area;
	const char *fixture;
} areas[] = {
	{ &object_area, "fault" },
	{ &handle_area, "fault" },
	{ &channel_area, "fault" },
	{ &call_area, "fault" },
	{ &socket_area, "fault" },
	{ &fifo_area, "fault" },
	{ &port_area, "fault" },
	{ &fd_area, "fault" },
	{ &netlink_area, "fault" },
	{ &thread_area, "fault" },
	{ &futex_area, "fault" },
	{ &job_area, "fault" },
	{ &process_area, "alone" },
	{ &module_area, "module" },
};

struct variant {
	FIXTURE_VARIANT(fault) data;
	struct __fixture_variant_metadata metadata;
};

static void add_variant(const struct fault *fault)
{
	struct variant *variant = calloc(1, sizeof(*variant));

	MUST(variant);
	variant->data.is = fault;
	variant->metadata.name = fault->name;
	variant->metadata.data = &variant->data;
	__register_fixture_variant(&_fault_fixture_object, &variant->metadata);
}

static bool is_among(const char *name, char **names)
{
	while (*names)
		if (!strcmp(*names++, name))
			return true;
	return false;
}

static bool is_area(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(areas); i++)
		if (!strcmp(areas[i].area->name, name))
			return true;
	return false;
}

/*
 * Adds the variants of the areas that are named, or of all if @names is NULL. @options receives
 * those that have the harness run the fixtures of these areas.
 */
static int choose_areas(char **names, char **options)
{
	int count = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(areas); i++) {
		const struct area *area = areas[i].area;

		if (names && !is_among(area->name, names))
			continue;
		for (size_t j = 0; j < area->count; j++)
			add_variant(&area->faults[j]);
		options[count++] = (char *)"-f";
		options[count++] = (char *)areas[i].fixture;
	}
	return count;
}

int main(int argc, char **argv)
{
	char *options[2 * ARRAY_SIZE(areas) + 2] = { argv[0] };
	bool has_areas = argc > 1 && argv[1][0] != '-';
	const char *what = lacking();
	int count;

	for (char **name = argv + 1; has_areas && *name; name++) {
		if (!is_area(*name)) {
			fprintf(stderr, "faults: there is no area %s\n", *name);
			return KSFT_FAIL;
		}
	}
	if (what && getenv("FAULTS_REQUIRED")) {
		printf("Bail out! there is no %s\n", what);
		return KSFT_FAIL;
	}
	if (what) {
		printf("TAP version 13\n1..0 # SKIP there is no %s\n", what);
		return KSFT_SKIP;
	}
	atexit(put_settings_back);
	count = choose_areas(has_areas ? argv + 1 : NULL, options + 1);
	return has_areas ? test_harness_run(count + 1, options) : test_harness_run(argc, argv);
}
