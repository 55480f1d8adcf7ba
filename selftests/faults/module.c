// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading the module with failures in its init function.
 */
#include <dirent.h>
#include <sys/syscall.h>

#include "faults.h"

#define TRIES	1800	/* of a tenth of a second each */

static bool is_loaded(void)
{
	return !access("/sys/module/zircon", F_OK);
}

/* The files of a process that has just ended may be released a moment later. */
static bool unload(void)
{
	for (int i = 0; i < TRIES; i++) {
		if (!syscall(SYS_delete_module, "zircon", O_NONBLOCK))
			return true;
		zxp_sleep_ms(100);
	}
	return false;
}

static bool load(void)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);
	bool loaded = fd >= 0 && !syscall(SYS_finit_module, fd, "", 0);

	if (fd >= 0)
		close(fd);
	return loaded;
}

/* A cache disappears a moment after it was destroyed. */
static bool nothing_is_left(void)
{
	for (int i = 0; i < TRIES; i++, zxp_sleep_ms(100)) {
		DIR *caches = opendir("/sys/kernel/slab");
		bool left = is_loaded() || !access("/dev/zircon", F_OK);
		struct dirent *entry;

		MUST(caches);
		while ((entry = readdir(caches)))
			left |= !strncmp(entry->d_name, "zircon", 6);
		closedir(caches);
		if (!left)
			return true;
	}
	return false;
}

static bool works(void)
{
	pid_t pid = fork();

	if (!pid) {
		zx_handle_t event;

		_exit(zx_event_create(0, &event) != ZX_OK);
	}
	return zxp_reap(pid) == 0;
}

bool remove_module(void)
{
	return unload() && nothing_is_left();
}

bool restore_module(void)
{
	return is_loaded() || load();
}

static bool holds(bool ok, unsigned int point, int line, const char *text)
{
	if (!ok)
		fprintf(stderr, "# %s:%d: point %u: %s\n", __FILE__, line, point, text);
	return ok;
}

#define HOLDS(condition) holds(condition, point, __LINE__, #condition)

/* Loads the module with a failure at a point, and unloads it again. */
static bool try_load(unsigned int point, bool *loaded, bool *injected)
{
	int error;

	arm(point);
	*loaded = load();
	error = errno;
	*injected = disarm();
	if (*loaded ? !HOLDS(works()) || !HOLDS(unload()) :
		      !HOLDS(error == ENOMEM) || !HOLDS(*injected))
		return false;
	return HOLDS(nothing_is_left());
}

bool try_loads(struct tally *tally)
{
	bool loaded, injected;

	do {
		if (!try_load(tally->points + 1, &loaded, &injected))
			return false;
		tally->no_memory += !loaded;
		tally->survived += loaded && injected;
		tally->points += injected;
	} while (injected);
	return true;
}
