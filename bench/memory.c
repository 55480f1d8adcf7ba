// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel memory that an object costs, in bytes. Makes many at once and compares the slab caches
 * before and after: those of zircon.ko alone, and all of them.
 */
#include <signal.h>
#include <sys/wait.h>

#include "bench.h"

#define OBJECTS		10000
#define HANDLES		400000
#define PROCESSES	200

struct used {
	double ours, all;
};

static struct used used(void)
{
	struct used u = {};
	unsigned long active, total, size;
	FILE *file;
	char line[256], name[64];

	/* Freed memory leaves the figures only after a grace period or two. */
	sleep(2);
	file = fopen("/proc/slabinfo", "r");
	if (!file)
		die("/proc/slabinfo");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%63s %lu %lu %lu", name, &active, &total, &size) != 4)
			continue;
		u.all += (double)active * size;
		if (!strncmp(name, "zircon_", 7))
			u.ours += (double)active * size;
	}
	fclose(file);
	return u;
}

struct many {
	zx_handle_t *a, *b;
	int *fd;
	zx_handle_t event, port;
};

static void make_channel(struct many *m, unsigned int i)
{
	must(zx_channel_create(0, &m->a[i], &m->b[i]), "zx_channel_create");
}

static void make_socket(struct many *m, unsigned int i)
{
	must(zx_socket_create(ZX_SOCKET_STREAM, &m->a[i], &m->b[i]), "zx_socket_create");
}

static void make_fifo(struct many *m, unsigned int i)
{
	must(zx_fifo_create(16, 8, 0, &m->a[i], &m->b[i]), "zx_fifo_create");
}

static void make_eventpair(struct many *m, unsigned int i)
{
	must(zx_eventpair_create(0, &m->a[i], &m->b[i]), "zx_eventpair_create");
}

static void make_event(struct many *m, unsigned int i)
{
	must(zx_event_create(0, &m->a[i]), "zx_event_create");
}

static void make_port(struct many *m, unsigned int i)
{
	must(zx_port_create(0, &m->a[i]), "zx_port_create");
}

static void make_timer(struct many *m, unsigned int i)
{
	must(zx_timer_create(ZX_TIMER_SLACK_LATE, ZX_CLOCK_MONOTONIC, &m->a[i]), "zx_timer_create");
}

static void make_wait(struct many *m, unsigned int i)
{
	must(zx_object_wait_async(m->event, m->port, i, ZX_EVENT_SIGNALED, 0),
	     "zx_object_wait_async");
}

static void make_handle(struct many *m, unsigned int i)
{
	must(zx_handle_duplicate(m->event, ZX_RIGHT_SAME_RIGHTS, &m->a[i]), "zx_handle_duplicate");
}

static void make_watch(struct many *m, unsigned int i)
{
	must(zxl_handle_watch(m->event, ZX_EVENT_SIGNALED, 0, &m->fd[i]), "zxl_handle_watch");
}

/* The figure includes the event. */
static void make_exported(struct many *m, unsigned int i)
{
	zx_handle_t event;

	must(zx_event_create(0, &event), "zx_event_create");
	must(zxl_handle_export(event, 0, &m->fd[i]), "zxl_handle_export");
}

static void do_nothing(void)
{
}

static struct used processes(void (*work)(void))
{
	struct used before = used(), after;
	pid_t pid[PROCESSES];

	for (int i = 0; i < PROCESSES; i++)
		pid[i] = start_child(work);
	after = used();
	for (int i = 0; i < PROCESSES; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	return (struct used){ (after.ours - before.ours) / PROCESSES,
			      (after.all - before.all) / PROCESSES };
}

static struct used make(struct many *m, void (*one)(struct many *m, unsigned int i),
			unsigned int count)
{
	struct used before, after;

	/* The first ones pay for the library's start and the first part of the table of handles. */
	for (unsigned int i = 0; i < 64; i++)
		one(m, i);
	before = used();
	for (unsigned int i = 64; i < count; i++)
		one(m, i);
	after = used();
	for (unsigned int i = 0; i < count; i++) {
		must(zx_handle_close(m->a[i]), "zx_handle_close");
		must(zx_handle_close(m->b[i]), "zx_handle_close");
		if (m->fd[i])
			close(m->fd[i]);
	}
	memset(m->a, 0, count * sizeof(*m->a));
	memset(m->b, 0, count * sizeof(*m->b));
	memset(m->fd, 0, count * sizeof(*m->fd));
	count -= 64;
	return (struct used){ (after.ours - before.ours) / count,
			      (after.all - before.all) / count };
}

static void report(const char *name, struct used u, double goal, double tolerance)
{
	char text[80];

	if (u.ours > 1) {
		snprintf(text, sizeof(text), "Memory/%s, zircon's own slabs", name);
		ours_bytes(text, u.ours, tolerance);
		if (goal)
			against_number(goal);
	}
	snprintf(text, sizeof(text), "Memory/%s, all slabs", name);
	ours_bytes(text, u.all, tolerance);
}

void bench_memory(void)
{
	static const struct {
		const char *name;
		void (*make)(struct many *m, unsigned int i);
		double goal;
	} types[] = {
		{ "Channel", make_channel, 512 },
		{ "Socket", make_socket, 0 },
		{ "Fifo of 16 x 8", make_fifo, 0 },
		{ "EventPair", make_eventpair, 0 },
		{ "Event", make_event, 0 },
		{ "Watch", make_watch, 0 },
		{ "Exported event", make_exported, 0 },
		{ "Port", make_port, 256 },
		{ "Timer", make_timer, 256 },
		{ "Asynchronous wait", make_wait, 192 },
	};
	struct many m = { .a = allocate(HANDLES, sizeof(*m.a)),
			  .b = allocate(HANDLES, sizeof(*m.b)),
			  .fd = allocate(HANDLES, sizeof(*m.fd)) };
	struct used u, bare;

	raise_files(OBJECTS + 100);
	raise_observers();
	must(zx_event_create(0, &m.event), "zx_event_create");
	must(zx_port_create(0, &m.port), "zx_port_create");
	/* First: a table keeps its size, so it is large enough for the cases after this. */
	u = make(&m, make_handle, HANDLES);
	ours_bytes("Memory/Handle, all slabs", u.all, TOLERANCE);
	against_number(16);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		report(types[i].name, make(&m, types[i].make, OBJECTS), types[i].goal,
		       TOLERANCE);

	bare = processes(do_nothing);
	u = processes(create_event);
	u.ours -= bare.ours;
	u.all -= bare.all;
	/* The processes' own memory varies from run to run. */
	report("Process with one event", u, 0, 0.10);
	must(zx_handle_close(m.event), "zx_handle_close");
	must(zx_handle_close(m.port), "zx_handle_close");
	free(m.a);
	free(m.b);
	free(m.fd);
}
