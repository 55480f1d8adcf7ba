// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's fault injection. What may fail is set in debugfs for all threads; a thread's file
 * fail-nth says which one of these fails in that thread.
 */
#include "faults.h"

#define DEBUGFS "/sys/kernel/debug/"

static struct {
	const char *path;
	const char *value;
	char saved[32];
} settings[] = {
	{ DEBUGFS "failslab/verbose", "0", "" },
	{ DEBUGFS "failslab/ignore-gfp-wait", "0", "" },
	{ DEBUGFS "failslab/cache-filter", "0", "" },
	{ DEBUGFS "fail_page_alloc/verbose", "0", "" },
	{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "0", "" },
	{ DEBUGFS "fail_page_alloc/min-order", "0", "" },
	{ DEBUGFS "fail_usercopy/verbose", "0", "" },
	{ DEBUGFS "failslab/require-start", NULL, "" },
	{ DEBUGFS "failslab/require-end", NULL, "" },
	{ DEBUGFS "failslab/reject-start", NULL, "" },
	{ DEBUGFS "failslab/reject-end", NULL, "" },
	{ DEBUGFS "fail_page_alloc/require-start", NULL, "" },
	{ DEBUGFS "fail_page_alloc/require-end", NULL, "" },
	{ DEBUGFS "fail_page_alloc/reject-start", NULL, "" },
	{ DEBUGFS "fail_page_alloc/reject-end", NULL, "" },
	{ DEBUGFS "fail_usercopy/require-start", NULL, "" },
	{ DEBUGFS "fail_usercopy/require-end", NULL, "" },
};

static bool write_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	if (fd >= 0)
		close(fd);
	return done;
}

static bool read_file(const char *path, char *value, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, value, size - 1) : -1;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return false;
	value[n] = 0;
	return true;
}

/* Functions of the kernel's own, each from its first byte to that of the next one. */
enum { KMEMLEAK_ALLOC, DO_ONE_INITCALL, KOBJECT_INIT_AND_ADD };

static struct function {
	const char *name;
	unsigned long start, end;
} functions[] = {
	[KMEMLEAK_ALLOC] = { .name = "kmemleak_alloc" },
	[DO_ONE_INITCALL] = { .name = "do_one_initcall" },
	[KOBJECT_INIT_AND_ADD] = { .name = "kobject_init_and_add" },
};

/* Once for all tests, since the kernel has very many symbols. */
static void find_functions(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[512], symbol[256], type;
	unsigned long at;

	while (symbols && fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%lx %c %255s", &at, &type, symbol) != 3)
			continue;
		for (unsigned int i = 0; i < ARRAY_SIZE(functions); i++) {
			struct function *function = &functions[i];

			if (!strcmp(symbol, function->name)) {
				function->start = at;
				function->end = ~0ul;
			} else if (function->start && at > function->start && at < function->end) {
				function->end = at;
			}
		}
	}
	if (symbols)
		fclose(symbols);
}

const char *lacking(void)
{
	if (access("/proc/self/fail-nth", W_OK))
		return "/proc/self/fail-nth";
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++)
		if (!read_file(settings[i].path, settings[i].saved, sizeof(settings[i].saved)))
			return settings[i].path;
	find_functions();
	for (unsigned int i = 0; i < ARRAY_SIZE(functions); i++)
		if (!functions[i].start)
			return functions[i].name;
	return NULL;
}

void put_settings_back(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++)
		write_file(settings[i].path, settings[i].saved);
}

/* Only requests of the code in a range are to fail, except those of one function. */
static void fail_only_in(unsigned long start, unsigned long end, const struct function *but)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++) {
		const char *name = strrchr(settings[i].path, '/') + 1;
		char value[32];
		unsigned long number = !strcmp(name, "require-start") ? start :
				       !strcmp(name, "require-end") ? end :
				       !strcmp(name, "reject-start") ? but->start : but->end;

		snprintf(value, sizeof(value), "%#lx", number);
		MUST(write_file(settings[i].path, settings[i].value ?: value));
	}
}

void fail_only_in_module(void)
{
	FILE *modules = fopen("/proc/modules", "re");
	char line[256];
	unsigned long size, start = 0;

	MUST(modules);
	while (!start && fgets(line, sizeof(line), modules))
		if (sscanf(line, "zircon %lu %*s %*s %*s 0x%lx", &size, &start) != 2)
			start = 0;
	fclose(modules);
	MUST(start);
	/* A failed allocation of kmemleak's own has no effect: it has a reserve. */
	fail_only_in(start, start + size, &functions[KMEMLEAK_ALLOC]);
}

void fail_only_in_init(void)
{
	const struct function *init = &functions[DO_ONE_INITCALL];

	/* A cache works without its dozens of files in sysfs. */
	fail_only_in(init->start, init->end, &functions[KOBJECT_INIT_AND_ADD]);
}

/* Each thread has a file of its own. */
static int fail_nth;

void open_fail_nth(void)
{
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	MUST(fail_nth >= 0);
}

void arm(unsigned int point)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", point);
	MUST(pwrite(fail_nth, text, strlen(text), 0) == (ssize_t)strlen(text));
}

bool disarm(void)
{
	char text[16] = "";

	MUST(pread(fail_nth, text, sizeof(text) - 1, 0) > 0);
	arm(0);
	return atoi(text) == 0;
}
