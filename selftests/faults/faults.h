/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the faults test share.
 *
 *	main.c		the tests, and which cases they are run with
 *	engine.c	trials: a case is tried with each of its failures
 *	inject.c	how the kernel is told to let an allocation or a copy fail
 *	world.c		what the calls work on: memory, handles, messages
 *	process.c	what can be tried only once in a process
 *	module.c	loading the module
 *
 * The other files hold the cases, one file an area. At the end of each is a table of them.
 */
#ifndef FAULTS_H
#define FAULTS_H

#define ZXTEST_NO_HARNESS
#include <pthread.h>
#include <stdatomic.h>

#include "../zxproc.h"

/* A status as the kernel returns it. */
#define SAYS(status) (-(long)(status))

/*
 * The memory that calls get, one place for each of their pointers. It is shared, so that it can be
 * taken away and comes back as it was.
 */
enum place {
	ARGS,		/* the argument struct */
	MORE,		/* that of a call in addition */
	IOVEC,
	FROM,		/* bytes to read */
	INTO,		/* bytes to write */
	HANDLES,	/* to be read */
	TAKEN,		/* to be written */
	OUT0,
	OUT1,
	ACTUAL0,
	ACTUAL1,
	PLACES
};

#define PAGE		4096u
#define PLACE_SIZE	(17 * PAGE)

#define MANY	100

struct world;

/**
 * struct kind - a call, and what is known of it
 * @set_up:	makes the objects
 * @prepare:	fills the places; makes what a failed call has consumed
 * @call:	the call, if it is no ioctl
 * @after:	what is to be done right after the call
 * @failed:	looks at what a failed call has left, if that is not simply all
 * @done:	looks at what a call that succeeded has done
 * @request:	the ioctl
 * @may:	FAIL_*: what happens to it
 * @gain:	handles that success brings
 * @gain_each:	the same, for each of those that are sent or received
 * @consumes:	handles to be sent are gone if it fails
 * @more:	where its handles are, a second struct tells
 * @expect:	what it returns in the end, if the case does not say
 */
struct kind {
	void (*set_up)(struct world *w);
	void (*prepare)(struct world *w);
	long (*call)(struct world *w);
	void (*after)(struct world *w);
	void (*failed)(struct world *w);
	void (*done)(struct world *w);
	unsigned long request;
	unsigned int may;
	int gain;
	int gain_each;
	bool consumes;
	bool more;
	long expect;
};

/* All of these have to be seen, and other errors must not. */
#define FAIL_ALLOC	1u	/* ZX_ERR_NO_MEMORY */
#define FAIL_COPY	2u	/* ZX_ERR_INVALID_ARGS, also where a page is missing */
#define FAIL_FETCH	4u	/* the same where a page is missing; else it is tried again */
#define FAIL_LINUX	8u	/* an errno in their place */
#define FAIL_PAGE	16u	/* the same, and no copies of ours */
#define FAIL_BATCH	32u	/* of many allocations at once: they are tried one by one then */

/**
 * struct fault - a case: a call of some kind, and what it is given
 * @name:	that of the test
 * @kind:	the call
 * @request:	the ioctl, if not the kind's
 * @may:	FAIL_*, in addition to the kind's
 * @expect:	what the call returns in the end, if not the kind's
 * @size:	bytes of the message, or of what is written
 * @handles:	to be sent or received
 * @options:	of the call, or of the objects
 * @type:	a topic, a property, a type of objects
 * @etc:	the handles come with more than their number
 * @duplicate:	the handles are not moved
 * @containers:	they are channels
 * @iovec:	the bytes are in several pieces
 * @ahead:	something is in the queue already
 */
struct fault {
	const char *name;
	const struct kind *kind;
	unsigned long request;
	unsigned int may;
	long expect;
	uint32_t size;
	uint32_t handles;
	uint32_t options;
	uint32_t type;
	bool etc;
	bool duplicate;
	bool containers;
	bool iovec;
	bool ahead;
};

/* The cases of one file. */
struct area {
	const char *name;
	const struct fault *faults;
	size_t count;
};

#define AREA(area_name, table) \
	{ .name = (area_name), .faults = (table), .count = ARRAY_SIZE(table) }

extern const struct area object_area, handle_area, channel_area, call_area, socket_area, fifo_area,
	port_area, fd_area, netlink_area, thread_area, futex_area, job_area;

/**
 * struct state - what must be the same after a call that failed
 * @handles:	in the process
 * @kept:	to the event whose handles are sent
 * @signals:	of the two ends
 * @fd:		the first free descriptor
 */
struct state {
	uint32_t handles;
	uint32_t kept;
	zx_signals_t signals[2];
	int fd;
};

/**
 * struct trial - what is made to fail
 * @point:	this allocation or copy, or 0
 * @bad:	else a page of this place
 * @page:	which
 * @protection:	that the page has
 * @injected:	whether the call got as far as @point
 * @noticed:	whether it returned something else than without the failure
 */
struct trial {
	unsigned int point;
	enum place bad;
	unsigned int page;
	int protection;
	bool injected;
	bool noticed;
};

/**
 * struct tally - the results of the trials of a case
 * @points:	allocations and copies that failed
 * @no_memory:	after which so many calls were out of memory,
 * @bad_pointer:	could not use a pointer,
 * @survived:	or succeeded
 * @pages:	trials with a page that is missing or cannot be written
 * @bad_page:	so many of which had the call fail
 * @places:	one bit for each place that the call may know
 */
struct tally {
	unsigned int points;
	unsigned int no_memory;
	unsigned int bad_pointer;
	unsigned int survived;
	unsigned int pages;
	unsigned int bad_page;
	unsigned int places;
};

/**
 * struct world - what one trial works on
 * @is:		the case
 * @trial:	what fails
 * @ret:	what the call returned
 * @end:	the object, or the two ends of a pair
 * @kept:	an event of which handles are sent
 * @sent:	the handles to be sent
 * @peer:	their peers, where they are channels or sockets
 * @tracer:	an end whose peer lies in what is to be gone
 * @fd:		descriptors, or -1
 * @offset:	bytes that were transferred by a first call
 * @before:	the state before the call
 * @process:	a child, or 0
 * @server:	a thread that answers, or is what the call is about
 * @tid:	its id, once it runs
 * @served:	it has done so
 * @wrong:	a check has failed
 */
struct world {
	const struct fault *is;
	const struct trial *trial;
	long ret;
	zx_handle_t end[2];
	zx_handle_t kept;
	zx_handle_t sent[MANY];
	zx_handle_t peer[MANY];
	zx_handle_t tracer;
	int fd[3];
	uint32_t offset;
	struct state before;
	pid_t process;
	pthread_t server;
	atomic_int tid;
	atomic_bool served;
	atomic_bool wrong;
};

/* The device, without the library's repetitions; its process and its handles are the library's. */
extern int device;

/* engine.c */

/* Of a trial; what failed is printed. */
#define CHECK(w, condition) check(w, condition, __FILE__, __LINE__, #condition)
void check(struct world *w, bool ok, const char *file, int line, const char *text);

/* For what has to work without any failure. */
#define MUST(condition)									\
do {											\
	if (!(condition)) {								\
		fprintf(stderr, "# %s:%d: %s\n", __FILE__, __LINE__, #condition);	\
		abort();								\
	}										\
} while (0)
#define OK(call) MUST((call) == ZX_OK)

/* Memory and device for the trials of this process. */
void begin_trials(void);

/* False if a check has failed. */
bool try_all_points(const struct fault *is, struct tally *tally);
bool try_all_pages(const struct fault *is, struct tally *tally);

/* Both together, the kind's and the case's. */
unsigned int may_fail(const struct fault *is);

/*
 * Now and then an allocation makes others, because a slab is used up: then the points behind it
 * have other numbers than the next time, and one may be passed over. So all points are tried again,
 * so many times at most, if not all failures were seen that must be.
 */
#define PASSES	10

/* inject.c */

/* The part of fault injection that the kernel does not have, or NULL. Remembers the settings. */
const char *lacking(void);
void put_settings_back(void);

/* Whose requests are to fail: those of the module's code, or all while its init function runs. */
void fail_only_in_module(void);
void fail_only_in_init(void);

/* For this thread: the allocation or copy with this number from now on fails; 0 for none. */
void open_fail_nth(void);
void arm(unsigned int point);
/* Whether it was reached. */
bool disarm(void);

/* world.c */
void *place(enum place place);
uint64_t address(enum place which);
uint32_t number(enum place which);
void *new_args(size_t size);
void make_places(void);
/* One bit for each place that place() was asked for since the last time. */
unsigned int used_places(void);
void protect_page(enum place which, unsigned int page, int protection);
void unprotect_pages(void);
/* From the page table; the next access gets them back. */
void drop_pages(void);

/* Bytes that tell where they belong; @seed tells messages apart. */
void fill(void *to, size_t size, unsigned int seed);
bool is_filled(const void *from, size_t skip, size_t size, unsigned int seed);

#define FIRST	1
#define NEXT	2
#define AHEAD	3

struct state look(const struct world *w);
void check_unchanged(struct world *w);
void tear_down(struct world *w);

/* Objects for end[]. */
void new_event(struct world *w);
void new_eventpair(struct world *w);
void new_channel(struct world *w);
void new_socket(struct world *w);

/* Handles to be sent, as far as they are not there. */
void supply(struct world *w);
/* The handles in a message that was received; closes them. */
void check_handles(struct world *w, const zx_handle_t *handles, uint32_t count);

/* Messages. put_bytes() makes the bytes of one, or three slices of them with nothing between. */
uint64_t put_bytes(struct world *w, uint32_t *count);
void write_message(struct world *w, uint32_t size, bool handles, unsigned int seed);
void check_message(struct world *w, zx_handle_t end, size_t skip, uint32_t size, uint32_t handles,
		   unsigned int seed);
void check_empty(struct world *w, zx_handle_t end);

/* Bytes in sockets, or datagrams. */
void write_bytes(struct world *w, uint32_t options, uint32_t size, unsigned int seed);
void check_bytes(struct world *w, zx_handle_t end, uint32_t options, uint32_t size,
		 unsigned int seed);
void check_no_bytes(struct world *w, zx_handle_t end, uint32_t options);

/* process.c */

/**
 * struct alone - trials of what succeeds only once in a process; their processes share it
 * @point:	the next allocation or copy to fail
 * @more:	the last one was reached, so that there may be more
 * @tally:	the results
 */
struct alone {
	unsigned int point;
	bool more;
	struct tally tally;
};

/* Each makes one trial or some, in a process that has not opened the device. */
void try_open(struct alone *a);
void try_first_handle(struct alone *a);
void try_thread(struct alone *a);
void try_startup(struct alone *a);
void try_small_growth(struct alone *a);
void try_large_growth(struct alone *a);
/* Has one of them try all points, until so many were out of memory. False if one was wrong. */
bool try_alone(void (*trial)(struct alone *a), unsigned int no_memory, struct tally *tally);

/* module.c */
#define MODULE	"/zircon.ko"

/* Unloads the module. False if something of it stays. */
bool remove_module(void);
/* Loads it, if it is not loaded. */
bool restore_module(void);
/* Loads it once for each point. False if one was wrong. */
bool try_loads(struct tally *tally);

#endif /* FAULTS_H */
