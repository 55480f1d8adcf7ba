// SPDX-License-Identifier: GPL-2.0-only
/*
 * The coverage of a run: pairs of places in the module, one reached after the other, and results.
 */
#include <linux/kcov.h>

#include "explore.h"

#define TRACE	(1 << 17)	/* places in the order in which they were reached */

uint64_t text_start, text_size;

static struct {
	int fd;
	uint64_t *trace;
} kcov[2] = { { .fd = -1 }, { .fd = -1 } };

static bool read_number(const char *path, const char *format, uint64_t *value)
{
	FILE *file = fopen(path, "re");
	bool done = file && fscanf(file, format, value) == 1;

	if (file)
		fclose(file);
	return done;
}

void find_module(void)
{
	if (access("/sys/kernel/debug/kcov", R_OK) ||
	    !read_number("/sys/module/zircon/sections/.text", "%lx", &text_start) ||
	    !read_number("/sys/module/zircon/coresize", "%lu", &text_size))
		text_start = 0;
}

void open_kcov(void)
{
	for (unsigned int i = 0; text_start && i < ARRAY_SIZE(kcov); i++) {
		kcov[i].fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
		move_away(&kcov[i].fd);
		MUST(ioctl(kcov[i].fd, KCOV_INIT_TRACE, TRACE) == 0);
		kcov[i].trace = mmap(NULL, TRACE * 8, PROT_READ | PROT_WRITE, MAP_SHARED,
				     kcov[i].fd, 0);
		MUST(kcov[i].trace != MAP_FAILED);
	}
}

void clear_kcov(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(kcov); i++)
		if (kcov[i].trace)
			kcov[i].trace[0] = 0;
}

/* Fails if the second trace is already in use. */
bool start_kcov(int which)
{
	return kcov[which].fd >= 0 && ioctl(kcov[which].fd, KCOV_ENABLE, KCOV_TRACE_PC) == 0;
}

void stop_kcov(int which)
{
	ioctl(kcov[which].fd, KCOV_DISABLE, 0);
}

bool has(const uint64_t *bits, uint32_t bit)
{
	return bits[bit / 64] >> bit % 64 & 1;
}

void set(uint64_t *bits, uint32_t bit)
{
	bits[bit / 64] |= 1ull << bit % 64;
}

static void add_signal(struct signals *signals, uint64_t what)
{
	uint32_t bit = what * 0x9e3779b97f4a7c15ull >> (64 - SIGNAL_BITS);

	if (has(signals->bits, bit) || signals->count == ARRAY_SIZE(signals->list))
		return;
	set(signals->bits, bit);
	signals->list[signals->count++] = bit;
}

void collect(struct signals *signals)
{
	while (signals->count)
		signals->bits[signals->list[--signals->count] / 64] = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(kcov); i++) {
		uint64_t former = 0, count = kcov[i].trace ? kcov[i].trace[0] : 0;

		for (uint64_t j = 1; j <= count && j < TRACE; j++) {
			uint64_t place = kcov[i].trace[j] - text_start;

			if (place >= text_size || place >= sizeof(shared->pcs) * 8)
				continue;
			if (!has(shared->pcs, place)) {
				set(shared->pcs, place);
				shared->places++;
			}
			add_signal(signals, former << 32 | place);
			former = place;
		}
	}
	for (unsigned int i = 0; i < main_actor.results; i++)
		add_signal(signals, 1ull << 60 | main_actor.result[i]);
}
