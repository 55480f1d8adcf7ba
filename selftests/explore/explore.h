/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of this program.
 *
 *	main.c		the test, and the search's beginning and end
 *	worker.c	the process that runs programs, and how its parent watches it
 *	search.c	how programs are changed, kept and trimmed
 *	run.c		how one program runs
 *	coverage.c	the coverage of a run
 *	program.c	the kinds of operations; programs as text
 *	machine.c	handles, descriptors and memory, among which operations choose
 *	settings.c	the module's limits and fault injection while programs run
 *
 * The other files hold the operations, one file an area.
 */
#ifndef EXPLORE_H
#define EXPLORE_H

#define ZXTEST_NO_HARNESS
#include <pthread.h>
#include <time.h>

#include "../zxproc.h"

#define OPS		40	/* in a program */
#define BYTES		22	/* of an operation */
#define PROGRAMS	3000	/* that a search can keep */
#define LINE		(OPS * (BYTES * 2 + 16))

#define HANDLES		96	/* that a program remembers; others stay open until its end */
#define FDS		32
#define BUFFER		(80 * 1024)
#define PAGE		4096
#define SIGNAL_BITS	18		/* of the hashes of anything new that a program shows */
#define SIGNALS		(1 << SIGNAL_BITS)
#define OWN_FDS		200	/* descriptors from here on do not belong to the program */

struct op {
	uint8_t what, size;
	uint8_t bytes[BYTES];
};

struct program {
	uint32_t count;
	struct op ops[OPS];
};

/**
 * struct shared - what the worker and its parent share; it outlives the worker
 * @runs:	how many programs were run
 * @places:	places in the module that were reached
 * @reported:	the kernel has reported something
 * @watched:	lockdep was on when it began
 * @now:	the program that runs
 * @other:	the program beside it, if any
 * @count:	the number of programs in @corpus
 * @corpus:	the programs
 * @seen:	one bit for each signal that was seen
 * @pcs:	one bit for each byte of the module's code
 */
struct shared {
	volatile uint64_t runs, places;
	volatile bool reported;
	bool watched;
	struct program now, other;
	uint32_t count;
	struct program corpus[PROGRAMS];
	uint64_t seen[SIGNALS / 64];
	uint64_t pcs[1 << 14];
};

extern struct shared *shared;

/* For calls outside the module, which never fail. */
#define MUST(condition)				\
do {						\
	if (!(condition))			\
		fail_at(__FILE__, __LINE__);	\
} while (0)
_Noreturn void fail_at(const char *file, int line);

/* machine.c */
enum { CHANNEL, SOCKET, FIFO, PORT, TIMER, COUNTER, CLOCK, PROCESS, THREAD, JOB, OTHER, ANY, DEAD };
enum { FD_EXPORTED, FD_WATCH, FD_EPOLL, FD_DEVICE, FD_ANY };

/**
 * struct actor - what runs a program's operations: the first thread, a second one, or a child
 * @first:	the first thread
 * @op:		the operation that it runs
 * @at:		the next byte of @op
 * @odd:	how the operation's ioctl differs from what it should be, 0 if it does not
 * @odd_how:	a parameter of @odd
 * @fail:	the allocation or copy that fails, 0 if none does
 * @poor:	the operation gets no descriptors
 * @timer:	interrupts calls that wait
 * @buffer:	BUFFER bytes of memory
 * @edge:	the page behind it, which has no access
 * @read_only:	the page behind that
 * @results:	the number of results so far
 * @result:	for each a kind of operation and its return value
 * @thread:	the second thread
 * @ops:	the operations of @thread
 * @count:	their number
 * @delay:	before @thread begins, in milliseconds
 */
struct actor {
	bool first;
	const struct op *op;
	unsigned int at;
	uint8_t odd, odd_how, fail;
	bool poor;
	timer_t timer;
	uint8_t *buffer, *edge, *read_only;
	unsigned int results;
	uint32_t result[2 * OPS];
	pthread_t thread;
	const struct op *ops;
	unsigned int count, delay;
};

struct descriptor {
	int fd;
	uint8_t kind;
};

extern volatile int device;
extern volatile struct descriptor fds[FDS];
extern volatile unsigned int fd_count;
/* From the request that was read last, or from the call that was interrupted. */
extern volatile uint32_t txid;
extern int sockets[2], pipe_ends[2], memory_file;

/* Descriptors and an actor's memory, which all programs use. */
void make_descriptors(void);
void make_memory(struct actor *a);
/* Closes and forgets everything that a program has left open. */
void clear_machine(struct actor *a);

/* Moves a descriptor to a number that programs do not use. */
void move_away(int *fd);

/* Returns the next byte of the operation. */
uint8_t byte(struct actor *a);

void remember(uint32_t handle, int kind);
int kind_of(uint32_t handle);
/* From now on a closed handle is chosen only where a dead one is wanted. */
void forget_dead(void);
uint32_t some_handle(struct actor *a, int kind);

void remember_fd(int fd, int kind);
/* Returns the n-th last of a kind, modulo their number; -1 if there is none. */
int fd_of(int kind, unsigned int n);
int some_fd(struct actor *a, int kind);

/* Returns an address in memory of any kind. @slot keeps the arguments of one call apart. */
uint64_t some_pointer(struct actor *a, uint32_t size, unsigned int slot);
/* Returns an address for a small result: mostly @slot. */
uint64_t some_out(struct actor *a, void *slot, uint32_t size);
/* Returns an address of handles for a message; they are at slot 32 if the address is good. */
uint64_t some_handles(struct actor *a, uint32_t count, bool etc);

uint32_t some_size(struct actor *a);
uint32_t some_count(struct actor *a);
uint32_t some_options(struct actor *a, uint32_t known);
uint32_t some_signals(struct actor *a);
uint32_t some_rights(struct actor *a);
/* May be infinite: the thread's timer ends such a wait. */
int64_t some_deadline(struct actor *a);

/* Makes an ioctl, which a preceding operation "odd" changes. */
long submit(struct actor *a, unsigned long request, union zxp_argument *arg);
/* The same for a request that creates objects. */
long create(struct actor *a, unsigned long request, int kind, uint32_t known, bool two);

/* object.c */
long do_event(struct actor *a);
long do_eventpair(struct actor *a);
long do_signal(struct actor *a);
long do_wait(struct actor *a);
long do_wait_many(struct actor *a);
long do_info(struct actor *a);
long do_property(struct actor *a);
long do_child(struct actor *a);

/* timer.c */
long do_timer(struct actor *a);
long do_timer_set(struct actor *a);
long do_counter(struct actor *a);
long do_counter_io(struct actor *a);
long do_clock(struct actor *a);
long do_clock_io(struct actor *a);
long do_clock_update(struct actor *a);

/* handle.c */
long do_close(struct actor *a);
long do_close_many(struct actor *a);
long do_duplicate(struct actor *a);
long do_replace(struct actor *a);
long do_valid(struct actor *a);
long do_self(struct actor *a);
long do_version(struct actor *a);

/* channel.c */
long do_channel(struct actor *a);
long do_write(struct actor *a);
long do_read(struct actor *a);
long do_call(struct actor *a);

/* socket.c */
long do_socket(struct actor *a);
long do_socket_io(struct actor *a);
long do_disposition(struct actor *a);
long do_share(struct actor *a);
long do_accept(struct actor *a);

/* fifo.c */
long do_fifo(struct actor *a);
long do_fifo_io(struct actor *a);

/* process.c */

/* A child that programs may kill, by the pid in the worker's namespace. */
extern volatile pid_t victim;
/* Before and after a program: one that was opened is replaced, so that the next is as new. */
void begin_victim(void);
void end_victim(void);
long do_process(struct actor *a);
long do_pid(struct actor *a);
long do_kill(struct actor *a);
long do_exit(struct actor *a);
long do_thread_self(struct actor *a);
long do_thread_open(struct actor *a);
long do_thread_create(struct actor *a);
long do_thread_begin(struct actor *a);

/* job.c */
long do_job(struct actor *a);
long do_job_open(struct actor *a);
long do_policy(struct actor *a);
long do_critical(struct actor *a);
long do_process_create(struct actor *a);
long do_startup(struct actor *a);

/* futex.c */
long do_futex_wait(struct actor *a);
long do_futex_wake(struct actor *a);
long do_futex_requeue(struct actor *a);
long do_futex_owner(struct actor *a);

/* port.c */
long do_port(struct actor *a);
long do_port_queue(struct actor *a);
long do_port_wait(struct actor *a);
long do_port_cancel(struct actor *a);
long do_wait_async(struct actor *a);

/* fd.c */
long do_export(struct actor *a);
long do_import(struct actor *a);
long do_watch(struct actor *a);
long do_open(struct actor *a);
long do_reopen(struct actor *a);
long do_stream(struct actor *a);
long do_splice(struct actor *a);
long do_poll(struct actor *a);
long do_epoll(struct actor *a);
long do_fd(struct actor *a);

/* netlink.c */
long do_show(struct actor *a);

/* program.c */

/* The last kinds make no calls: they change the operations that follow. */
enum { REPEAT = 67, ODD, FAIL, POOR, FORK, MEANWHILE, KINDS };

struct kind {
	const char *name;
	long (*run)(struct actor *a);
	uint8_t weight;		/* how often a search chooses it */
	bool waits;
};

extern const struct kind kinds[KINDS];

char *print_program(const struct program *program, char *text);
/* Changes @text. */
bool parse_program(char *text, struct program *program);
/* Returns the number of programs that were read, or the negated number of a bad line. */
int read_corpus(const char *path);

/* coverage.c */

/* The coverage of one run. */
struct signals {
	uint32_t count;
	uint32_t list[1 << 15];
	uint64_t bits[SIGNALS / 64];
};

bool has(const uint64_t *bits, uint32_t bit);
void set(uint64_t *bits, uint32_t bit);

/* The address and size of the module's code; 0 without KCOV. */
extern uint64_t text_start, text_size;
void find_module(void);

/* The trace of the first thread, and the one of the second thread or a child. */
enum { KCOV_FIRST, KCOV_SECOND };
void open_kcov(void);
void clear_kcov(void);
bool start_kcov(int which);
void stop_kcov(int which);
void collect(struct signals *signals);

/* run.c */
extern struct actor main_actor;
/* The id of the second thread, or 0. */
extern volatile pid_t second_tid;

void begin_runs(void);
/*
 * Runs a program, which begins and ends without handles. With @other beside it, the coverage
 * differs from run to run.
 */
void run_program(const struct program *program, const struct program *other,
		 struct signals *signals);

/* search.c: the work of a worker. */
extern struct signals first_run;

void seed_search(uint64_t seed);
void search(void);
void minimise(void);
void replay(void);

/* worker.c */

/*
 * Runs a worker until it ends. True if it ended normally and the kernel has reported nothing. A
 * worker is the first process of a pid namespace: its programs cannot kill it, and can open and
 * kill no process but its children. The job in which it is was made by the module, so no handle can
 * kill that.
 */
bool run_worker(void (*work)(void), uint64_t seed);
bool lockdep_works(void);

/* settings.c */
#define SETTINGS	16

struct settings {
	char old[SETTINGS][32];	/* former values; empty where there is no such setting */
};

void change_settings(struct settings *save);
void restore_settings(const struct settings *save);

#endif /* EXPLORE_H */
