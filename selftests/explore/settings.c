// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings while programs run: low limits, and faults that are injected into the module only.
 */
#include "explore.h"

#define DEBUG	"/sys/kernel/debug/"

static char text_from[24], text_to[24];
static const struct {
	const char *path, *value;
} settings[SETTINGS] = {
	{ "/sys/module/zircon/parameters/channel_bytes_max", "4096" },
	{ "/sys/module/zircon/parameters/object_observers_max", "2" },
	{ "/sys/module/zircon/parameters/handles_max", "600" },
	/* A panic prints the whole log, with the programs in it. */
	{ "/proc/sys/kernel/panic_print", "32" },
	{ DEBUG "failslab/verbose", "0" },
	{ DEBUG "failslab/ignore-gfp-wait", "N" },
	{ DEBUG "failslab/require-start", text_from },
	{ DEBUG "failslab/require-end", text_to },
	{ DEBUG "fail_page_alloc/verbose", "0" },
	{ DEBUG "fail_page_alloc/ignore-gfp-wait", "N" },
	{ DEBUG "fail_page_alloc/min-order", "0" },
	{ DEBUG "fail_page_alloc/require-start", text_from },
	{ DEBUG "fail_page_alloc/require-end", text_to },
	{ DEBUG "fail_usercopy/verbose", "0" },
	{ DEBUG "fail_usercopy/require-start", text_from },
	{ DEBUG "fail_usercopy/require-end", text_to },
};

static void write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	MUST(fd >= 0 && write(fd, value, strlen(value)) > 0);
	close(fd);
}

void change_settings(struct settings *save)
{
	snprintf(text_from, sizeof(text_from), "%#lx", text_start);
	snprintf(text_to, sizeof(text_to), "%#lx", text_start + text_size);
	memset(save, 0, sizeof(*save));
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++) {
		int fd = open(settings[i].path, O_RDONLY | O_CLOEXEC);

		/* Not every kernel has all of them. */
		if (fd < 0)
			continue;
		MUST(read(fd, save->old[i], sizeof(save->old[i]) - 1) > 0);
		close(fd);
		write_setting(settings[i].path, settings[i].value);
	}
}

void restore_settings(const struct settings *save)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++)
		if (save->old[i][0])
			write_setting(settings[i].path, save->old[i]);
}
