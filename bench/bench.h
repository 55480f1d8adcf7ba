/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the benchmark share: how a cost is measured, and how it gets into the table.
 *
 * A file of cases measures the peers first and gives them to peer(), then a case of ours, which
 * it gives to ours(), followed by one against() for each peer that the case is held against.
 * Names of cases are those of Fuchsia's microbenchmarks where there is one that does the same.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <zircon/linux.h>
#include <zircon/syscalls.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* engine.c: an error ends the program; in a child it also ends the parent. */
_Noreturn void die(const char *what);
_Noreturn void failed(zx_status_t status, const char *what);
void *allocate(size_t count, size_t size);

static inline void must(zx_status_t status, const char *what)
{
	if (status != ZX_OK)
		failed(status, what);
}

/* A child that does the work, after which this returns, and then waits to be killed. */
pid_t start_child(void (*work)(void));
/* Such work: one call. */
void create_event(void);

/* Writes to a file of /proc or /sys. */
void set_kernel(const char *path, const char *text);
/* Allows more waits, calls and watches on one object than a user may have by default. */
void raise_observers(void);

/* In nanoseconds. Under `selftests/vm/run --icount` each is an instruction. */
uint64_t now(void);

struct cost {
	double each;		/* nanoseconds an operation, or bytes an object */
	bool switching;		/* whether the next two are counted */
	double voluntary;	/* context switches an operation, of both sides together */
	double involuntary;
};

/* One operation; i counts from 0 in each round. */
typedef void (*op_t)(void *arg, unsigned int i);

/* Rounds of as many operations as fit between two ticks of the kernel's timer; the best counts. */
struct cost measure(op_t op, void *arg);

/* The same for an operation in which another thread, of this process or not, takes part. */
struct cost measure_with(op_t op, void *arg, pid_t other);

/* op for 0 to n - 1, then undo for 0 to n - 1, in rounds; the best of each. undo may be NULL. */
void measure_phases(op_t op, op_t undo, void *arg, unsigned int n, struct cost cost[2]);

/*
 * How much slower a case may become, if not the default of 1 percent; and flags for a case that is
 * not compared because changes may give it more work.
 */
#define TOLERANCE	0.01
enum flags { NO_FLAGS, MAY_GAIN_WAKEUPS };

void peer(const char *name, struct cost cost);
void peer_missing(const char *name, const char *why);
bool peer_known(const char *name);
void ours(const char *name, struct cost cost);
void ours_how(const char *name, struct cost cost, enum flags flags, double tolerance);
/* Bytes of memory instead of nanoseconds. */
void ours_bytes(const char *name, double bytes, double tolerance);

/*
 * Compares the case that ours() was given last with a peer, or with another case of ours, that has
 * been measured already. times: how many of the peer's operations make one of ours. target: what
 * the ratio should not exceed, or 0.
 */
void against(const char *name, double times, double target);
/* Compares it with a number. */
void against_number(double number);

/* The areas, one a file; main() runs those that are named, or all but growth. */
void bench_null(void);
void bench_channel(void);
void bench_stream(void);
void bench_handles(void);
void bench_tasks(void);
void bench_waits(void);
void bench_ports(void);
void bench_timers(void);
void bench_roundtrip(void);
void bench_memory(void);
void bench_growth(void);

/*
 * peers.c: Linux's own ways, each as an efficient program would use it. The costs are recorded
 * under the names that peer_name() makes, for instance "SEQPACKET 8"; each is measured once.
 */
const char *peer_name(const char *kind, size_t number);
void peer_messages(size_t size);		/* SEQPACKET, mqueue, stream, pipe */
void peer_descriptors(unsigned int count);	/* SCM_RIGHTS */
void peer_queue(unsigned int count);		/* SEQPACKET queue write, ... read */
void peer_binder(void);				/* binder.c: round trips */
void socket_room(int fd);
void raise_files(unsigned int count);

#endif /* BENCH_H */
