// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is left of a call that ran out of memory, or could not copy from or to its caller: the error
 * that is documented, and everything as it was before.
 *
 * Each call is made again and again. The first time the first of its allocations and copies fails,
 * then the second, until there is none left to fail; the kernel's fault injection does that to
 * this thread. After that one page of the memory that the call was given is missing, then the
 * next. A call that has failed is made once more and must do then what it would have done at first:
 * so nothing was lost, and nothing was done twice.
 *
 * Needs a kernel that is configured to fail on demand, as the debug kernel is.
 */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "zxproc.h"

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

static uint8_t *memory;

static void *place(enum place place)
{
	return memory + place * PLACE_SIZE;
}

static uint64_t address(enum place which)
{
	return (uintptr_t)place(which);
}

static uint32_t number(enum place which)
{
	return *(uint32_t *)place(which);
}

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

FIXTURE(fault)
{
};

FIXTURE_VARIANT(fault)
{
	const struct kind *kind;
	uint32_t size;		/* bytes of the message or the like */
	uint32_t handles;	/* to be sent or received */
	uint32_t options;
	uint32_t type;		/* a topic, a property, a type of objects */
	long expect;		/* what the call returns in the end, if not the kind's */
	unsigned int may;	/* in addition to the kind's */
	bool etc;
	bool duplicate;		/* the handles are not moved */
	bool containers;	/* they are channels */
	bool iovec;
	bool ahead;		/* something is in the queue already */
	unsigned long request;	/* if not the kind's */
};

#define fault_case FIXTURE_VARIANT(fault)

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
 */
struct trial {
	unsigned int point;
	enum place bad;
	unsigned int page;
	int protection;
	bool injected;
};

/* What became of the trials of a case. */
struct tally {
	unsigned int points;
	unsigned int no_memory;
	unsigned int bad_pointer;
	unsigned int survived;
	unsigned int bad_page;
	unsigned int pages;
};

struct world {
	const fault_case *is;
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
	pthread_t server;
	atomic_bool served;
	atomic_bool wrong;
};

/* The device, without the library's repetitions; its process and its handles are the library's. */
static int device;

static void check(struct world *w, bool ok, int line, const char *text)
{
	if (ok)
		return;
	if (w->trial->point)
		fprintf(stderr, "# line %d, point %u failed, returned %ld: %s\n", line,
			w->trial->point, w->ret, text);
	else
		fprintf(stderr, "# line %d, place %d page %u is %d, returned %ld: %s\n", line,
			w->trial->bad, w->trial->page, w->trial->protection, w->ret, text);
	w->wrong = true;
}

#define CHECK(w, condition) check(w, condition, __LINE__, #condition)
/* For what has to work without any failure. */
#define MUST(condition)									\
do {											\
	if (!(condition)) {								\
		fprintf(stderr, "# %s:%d: %s\n", __FILE__, __LINE__, #condition);	\
		abort();								\
	}										\
} while (0)
#define OK(call) MUST((call) == ZX_OK)

/*
 * The kernel's side: what is to fail is set for all in debugfs, and which one for each thread.
 */
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

/* What the kernel does not have, or NULL. */
static const char *lacking(void)
{
	if (access("/proc/self/fail-nth", W_OK))
		return "/proc/self/fail-nth";
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++)
		if (!read_file(settings[i].path, settings[i].saved, sizeof(settings[i].saved)))
			return settings[i].path;
	return NULL;
}

static void put_settings_back(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++)
		write_file(settings[i].path, settings[i].saved);
}

/* A function of the kernel's own, from its first byte to the next one's. */
static void find_function(const char *name, unsigned long *start, unsigned long *end)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[512], symbol[256], type;
	unsigned long at;

	*start = 0;
	*end = ~0ul;
	MUST(symbols);
	while (fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%lx %c %255s", &at, &type, symbol) != 3)
			continue;
		if (!strcmp(symbol, name)) {
			*start = at;
			*end = ~0ul;
		} else if (*start && at > *start && at < *end) {
			*end = at;
		}
	}
	fclose(symbols);
	MUST(*start && *end != ~0ul);
}

/* Only what code in a range asks for is to fail, and of that nothing that a function asks for. */
static void fail_only_in(unsigned long start, unsigned long end, const char *but)
{
	unsigned long but_start, but_end;

	find_function(but, &but_start, &but_end);
	for (unsigned int i = 0; i < ARRAY_SIZE(settings); i++) {
		const char *name = strrchr(settings[i].path, '/') + 1;
		char value[32];
		unsigned long number = !strcmp(name, "require-start") ? start :
				       !strcmp(name, "require-end") ? end :
				       !strcmp(name, "reject-start") ? but_start : but_end;

		snprintf(value, sizeof(value), "%#lx", number);
		MUST(write_file(settings[i].path, settings[i].value ?: value));
	}
}

static void fail_only_in_module(void)
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
	/* kmemleak would use its reserve for its books, and nobody notice. */
	fail_only_in(start, start + size, "kmemleak_alloc");
}

/* Each thread has a file of its own. */
static int open_fail_nth(void)
{
	int fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);

	MUST(fd >= 0);
	return fd;
}

static int fail_nth;

static void arm(unsigned int point)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", point);
	MUST(pwrite(fail_nth, text, strlen(text), 0) == (ssize_t)strlen(text));
}

/* Whether the point was reached. */
static bool disarm(void)
{
	char text[16] = "";

	MUST(pread(fail_nth, text, sizeof(text) - 1, 0) > 0);
	arm(0);
	return atoi(text) == 0;
}

/*
 * Small things.
 */

/* Bytes that tell where they belong; @seed tells messages apart. */
static void fill(void *to, size_t size, unsigned int seed)
{
	for (size_t i = 0; i < size; i++)
		((uint8_t *)to)[i] = (i * 7 + i / 256 + seed) % 251;
}

static bool is_filled(const void *from, size_t skip, size_t size, unsigned int seed)
{
	for (size_t i = skip; i < size; i++)
		if (((const uint8_t *)from)[i] != (i * 7 + i / 256 + seed) % 251)
			return false;
	return true;
}

#define FIRST	1
#define NEXT	2
#define AHEAD	3

static struct state look(const struct world *w)
{
	struct state state = {
		.handles = zxt_handles(),
		.kept = zxt_handles_to(w->kept),
		.fd = dup(fail_nth),
	};

	close(state.fd);
	for (int i = 0; i < 2; i++)
		state.signals[i] = w->end[i] ? zxt_signals(w->end[i]) : 0;
	return state;
}

static void *new_args(size_t size)
{
	return memset(place(ARGS), 0, size);
}

/* Handles to be sent, as far as they are not there. */
static void supply(struct world *w)
{
	zx_handle_disposition_t *how = place(HANDLES);

	for (uint32_t i = 0; i < w->is->handles; i++) {
		if (!zxt_is_open(w->sent[i])) {
			zx_handle_close(w->peer[i]);
			w->peer[i] = ZX_HANDLE_INVALID;
			if (w->is->containers)
				OK(zx_channel_create(0, &w->sent[i], &w->peer[i]));
			else
				OK(zx_handle_duplicate(w->kept, ZX_RIGHT_SAME_RIGHTS, &w->sent[i]));
		}
		if (!w->is->etc)
			((zx_handle_t *)place(HANDLES))[i] = w->sent[i];
		else
			how[i] = (zx_handle_disposition_t){
				.operation = w->is->duplicate ? ZX_HANDLE_OP_DUPLICATE :
								ZX_HANDLE_OP_MOVE,
				.handle = w->sent[i],
				.rights = ZX_RIGHT_SAME_RIGHTS,
			};
	}
}

/* The handles in a message that was received; closes them. */
static void check_handles(struct world *w, const zx_handle_t *handles, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		zx_info_handle_basic_t info = zxt_basic(handles[i]);

		if (w->is->containers)
			CHECK(w, info.koid && info.related_koid == zxt_koid(w->peer[i]));
		else
			CHECK(w, info.koid == zxt_koid(w->kept));
		zx_handle_close(handles[i]);
	}
}

/* Takes a message and checks that it is the right one. */
static void check_message(struct world *w, zx_handle_t end, size_t skip, uint32_t size,
			  uint32_t handles, unsigned int seed)
{
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	zx_handle_t got[ZX_CHANNEL_MAX_MSG_HANDLES];
	uint32_t bytes_got = 0, handles_got = 0;

	CHECK(w, zx_channel_read(end, 0, bytes, got, sizeof(bytes), ARRAY_SIZE(got), &bytes_got,
				 &handles_got) == ZX_OK);
	CHECK(w, bytes_got == size && handles_got == handles);
	CHECK(w, is_filled(bytes, skip, bytes_got, seed));
	check_handles(w, got, handles_got);
}

static void write_message(struct world *w, uint32_t size, bool handles, unsigned int seed)
{
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];

	fill(bytes, size, seed);
	if (handles)
		supply(w);
	OK(zx_channel_write(w->end[1], 0, bytes, size, w->sent, handles ? w->is->handles : 0));
}

static void check_empty(struct world *w, zx_handle_t end)
{
	CHECK(w, !(zxt_signals(end) & ZX_CHANNEL_READABLE));
}

/*
 * What most calls have in common.
 */
static void new_event(struct world *w)
{
	OK(zx_event_create(0, &w->end[0]));
}

static void new_eventpair(struct world *w)
{
	OK(zx_eventpair_create(0, &w->end[0], &w->end[1]));
}

static void new_channel(struct world *w)
{
	OK(zx_channel_create(0, &w->end[0], &w->end[1]));
}

static void new_socket(struct world *w)
{
	OK(zx_socket_create(w->is->options, &w->end[0], &w->end[1]));
}

/* Whether a call that failed got as far as to its handles, which it has consumed then. */
static bool has_consumed(const struct world *w)
{
	const struct trial *t = w->trial;

	if (!w->is->kind->consumes || w->is->duplicate || w->ret == -EFAULT)
		return false;
	/* What cannot be read cannot be closed either. A call's second copy says where they are. */
	if (t->point)
		return !w->is->kind->more || t->point != 2;
	return t->protection == PROT_READ || (t->bad != HANDLES && t->bad != MORE);
}

static void check_unchanged(struct world *w)
{
	uint32_t gone = has_consumed(w) ? w->is->handles : 0;
	struct state now = look(w);

	CHECK(w, now.handles == w->before.handles - gone);
	CHECK(w, now.kept == w->before.kept - (w->is->containers ? 0 : gone));
	CHECK(w, now.signals[0] == w->before.signals[0]);
	CHECK(w, now.signals[1] == w->before.signals[1]);
	CHECK(w, now.fd == w->before.fd);
	for (uint32_t i = 0; w->is->kind->consumes && i < w->is->handles; i++)
		CHECK(w, zxt_is_open(w->sent[i]) == !gone);
}

/*
 * Creation.
 */
static void prepare_create(struct world *w)
{
	struct zx_ioc_create *arg = new_args(sizeof(*arg));

	arg->options = w->is->options;
	arg->out0 = address(OUT0);
	if (w->is->kind->gain == 2)
		arg->out1 = address(OUT1);
}

static void prepare_fifo_create(struct world *w)
{
	struct zx_ioc_fifo_create *arg = new_args(sizeof(*arg));

	arg->elem_count = 7;
	arg->elem_size = w->is->size;
	arg->out0 = address(OUT0);
	arg->out1 = address(OUT1);
}

static void done_create(struct world *w)
{
	zx_handle_t end[2] = { number(OUT0), number(OUT1) };

	CHECK(w, zxt_basic(end[0]).type == w->is->type);
	if (w->is->kind->gain == 2) {
		CHECK(w, zx_object_signal_peer(end[0], 0, ZX_USER_SIGNAL_0) == ZX_OK);
		CHECK(w, zxt_signals(end[1]) & ZX_USER_SIGNAL_0);
	}
}

static const struct kind create_one = {
	.prepare = prepare_create,
	.done = done_create,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 1,
};

static const struct kind create_two = {
	.prepare = prepare_create,
	.done = done_create,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 2,
};

static const struct kind create_fifo = {
	.prepare = prepare_fifo_create,
	.done = done_create,
	.request = ZX_IOC_FIFO_CREATE,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain = 2,
};

FIXTURE_VARIANT_ADD(fault, event_create) {
	.kind = &create_one,
	.request = ZX_IOC_EVENT_CREATE,
	.type = ZX_OBJ_TYPE_EVENT,
};

/* A struct that is longer than the module's, copied in another way. */
struct long_create {
	struct zx_ioc_create create;
	uint64_t more;
};

FIXTURE_VARIANT_ADD(fault, event_create_with_a_longer_struct) {
	.kind = &create_one,
	.request = _IOW(ZX_IOC_MAGIC, _IOC_NR(ZX_IOC_EVENT_CREATE), struct long_create),
	.type = ZX_OBJ_TYPE_EVENT,
};

FIXTURE_VARIANT_ADD(fault, eventpair_create) {
	.kind = &create_two,
	.request = ZX_IOC_EVENTPAIR_CREATE,
	.type = ZX_OBJ_TYPE_EVENTPAIR,
};

FIXTURE_VARIANT_ADD(fault, channel_create) {
	.kind = &create_two,
	.request = ZX_IOC_CHANNEL_CREATE,
	.type = ZX_OBJ_TYPE_CHANNEL,
};

FIXTURE_VARIANT_ADD(fault, socket_create) {
	.kind = &create_two,
	.request = ZX_IOC_SOCKET_CREATE,
	.type = ZX_OBJ_TYPE_SOCKET,
};

FIXTURE_VARIANT_ADD(fault, fifo_create) {
	.kind = &create_fifo,
	.type = ZX_OBJ_TYPE_FIFO,
	.size = 16,
};

FIXTURE_VARIANT_ADD(fault, fifo_create_large) {
	.kind = &create_fifo,
	.type = ZX_OBJ_TYPE_FIFO,
	.size = 585,
};

/*
 * Handles.
 */
static void prepare_close(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handle = w->sent[0];
}

static void done_close(struct world *w)
{
	for (uint32_t i = 0; i < w->is->handles; i++)
		CHECK(w, !zxt_is_open(w->sent[i]));
	CHECK(w, zxt_handles_to(w->kept) == 1);
}

static const struct kind handle_close = {
	.prepare = prepare_close,
	.done = done_close,
	.request = ZX_IOC_HANDLE_CLOSE,
	.gain_each = -1,
};

FIXTURE_VARIANT_ADD(fault, handle_close) {
	.kind = &handle_close,
	.handles = 1,
};

static void prepare_close_many(struct world *w)
{
	struct zx_ioc_handle_close_many *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handles = address(HANDLES);
	arg->count = w->is->handles;
}

/* They are read in pieces of 64, and what was read is closed. */
static void failed_close_many(struct world *w)
{
	uint32_t gone = w->before.handles - zxt_handles();

	CHECK(w, gone == 0 || (gone == 64 && w->trial->point == 3));
	for (uint32_t i = 0; i < w->is->handles; i++)
		CHECK(w, zxt_is_open(w->sent[i]) == (i >= gone));
}

static const struct kind handle_close_many = {
	.prepare = prepare_close_many,
	.failed = failed_close_many,
	.done = done_close,
	.request = ZX_IOC_HANDLE_CLOSE_MANY,
	.may = FAIL_COPY,
	.gain_each = -1,
};

FIXTURE_VARIANT_ADD(fault, handle_close_many) {
	.kind = &handle_close_many,
	.handles = MANY,
};

/* Two channels, each of which lies in the other's queue but for the end that is closed now. */
static void new_cycle(struct world *w)
{
	zx_handle_t other[2], tracer;

	OK(zx_channel_create(0, &w->sent[0], &w->end[1]));
	OK(zx_channel_create(0, &other[0], &other[1]));
	OK(zx_eventpair_create(0, &w->tracer, &tracer));
	OK(zx_channel_write(w->sent[0], 0, "x", 1, &other[0], 1));
	OK(zx_channel_write(w->sent[0], 0, "x", 1, &tracer, 1));
	OK(zx_channel_write(other[1], 0, "x", 1, &w->end[1], 1));
	OK(zx_handle_close(other[1]));
	w->end[1] = ZX_HANDLE_INVALID;
}

static void done_cycle(struct world *w)
{
	CHECK(w, zx_object_wait_one(w->tracer, ZX_EVENTPAIR_PEER_CLOSED, ZXT_SOON, NULL) == ZX_OK);
}

static const struct kind close_cycle = {
	.set_up = new_cycle,
	.prepare = prepare_close,
	.done = done_cycle,
	.request = ZX_IOC_HANDLE_CLOSE,
	.gain_each = -1,
};

FIXTURE_VARIANT_ADD(fault, handle_close_leaves_a_cycle) {
	.kind = &close_cycle,
	.handles = 1,
};

static void prepare_handle(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handle = w->sent[0];
	arg->rights = ZX_RIGHT_SAME_RIGHTS;
	arg->out = address(OUT0);
}

static void done_handle(struct world *w)
{
	CHECK(w, zxt_koid(number(OUT0)) == zxt_koid(w->kept));
	CHECK(w, zxt_is_open(w->sent[0]) == (w->is->kind->gain == 1));
}

static const struct kind handle_duplicate = {
	.prepare = prepare_handle,
	.done = done_handle,
	.request = ZX_IOC_HANDLE_DUPLICATE,
	.may = FAIL_COPY,
	.gain = 1,
};

FIXTURE_VARIANT_ADD(fault, handle_duplicate) {
	.kind = &handle_duplicate,
	.handles = 1,
};

static const struct kind handle_replace = {
	.prepare = prepare_handle,
	.done = done_handle,
	.request = ZX_IOC_HANDLE_REPLACE,
	.may = FAIL_COPY,
	.consumes = true,
};

FIXTURE_VARIANT_ADD(fault, handle_replace) {
	.kind = &handle_replace,
	.handles = 1,
};

static const struct kind handle_check_valid = {
	.prepare = prepare_close,
	.request = ZX_IOC_HANDLE_CHECK_VALID,
};

FIXTURE_VARIANT_ADD(fault, handle_check_valid) {
	.kind = &handle_check_valid,
	.handles = 1,
};

static void prepare_self(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	(void)w;
	arg->out = address(OUT0);
}

static void done_self(struct world *w)
{
	CHECK(w, zxt_koid(number(OUT0)) == zxt_koid(zx_process_self()));
}

static const struct kind process_self = {
	.prepare = prepare_self,
	.done = done_self,
	.request = ZXL_IOC_PROCESS_SELF,
	.may = FAIL_COPY,
	.gain = 1,
};

FIXTURE_VARIANT_ADD(fault, process_self) {
	.kind = &process_self,
};

static void done_version(struct world *w)
{
	const struct zxl_version *version = place(ARGS);

	CHECK(w, version->major == ZXL_ABI_MAJOR);
}

static const struct kind version = {
	.prepare = prepare_self,
	.done = done_version,
	.request = ZXL_IOC_VERSION,
};

FIXTURE_VARIANT_ADD(fault, version) {
	.kind = &version,
};

/*
 * Descriptors.
 */
static void prepare_open(struct world *w)
{
	struct zxl_ioc_open *arg = new_args(sizeof(*arg));

	(void)w;
	arg->out = address(OUT0);
}

static void done_open(struct world *w)
{
	w->fd[0] = number(OUT0);
	CHECK(w, zxp_check(w->fd[0], zx_process_self()) == 0);
}

static const struct kind another_open = {
	.prepare = prepare_open,
	.done = done_open,
	.request = ZXL_IOC_OPEN,
	.may = FAIL_ALLOC | FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, another_open) {
	.kind = &another_open,
};

static void prepare_fd(struct world *w)
{
	struct zxl_ioc_fd *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handle = w->sent[0];
	arg->out = address(OUT0);
}

static void done_export(struct world *w)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;

	w->fd[0] = number(OUT0);
	CHECK(w, !zxt_is_open(w->sent[0]));
	CHECK(w, zxl_handle_import(w->fd[0], 0, &handle) == ZX_OK);
	CHECK(w, zxt_koid(handle) == zxt_koid(w->kept));
}

static const struct kind handle_export = {
	.prepare = prepare_fd,
	.done = done_export,
	.request = ZXL_IOC_HANDLE_EXPORT,
	.may = FAIL_ALLOC | FAIL_COPY,
	.gain_each = -1,
};

FIXTURE_VARIANT_ADD(fault, handle_export) {
	.kind = &handle_export,
	.handles = 1,
};

static void new_exported(struct world *w)
{
	zx_handle_t handle;

	OK(zx_handle_duplicate(w->kept, ZX_RIGHT_SAME_RIGHTS, &handle));
	OK(zxl_handle_export(handle, 0, &w->fd[0]));
}

static void prepare_import(struct world *w)
{
	struct zxl_ioc_fd *arg = new_args(sizeof(*arg));

	arg->fd = w->fd[0];
	arg->out = address(OUT0);
}

static void done_import(struct world *w)
{
	zx_handle_t again;

	CHECK(w, zxt_koid(number(OUT0)) == zxt_koid(w->kept));
	CHECK(w, zxl_handle_import(w->fd[0], 0, &again) == ZX_ERR_BAD_STATE);
}

static const struct kind handle_import = {
	.set_up = new_exported,
	.prepare = prepare_import,
	.done = done_import,
	.request = ZXL_IOC_HANDLE_IMPORT,
	.may = FAIL_COPY,
	.gain = 1,
};

FIXTURE_VARIANT_ADD(fault, handle_import) {
	.kind = &handle_import,
};

static void prepare_watch(struct world *w)
{
	struct zxl_ioc_fd *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->signals = ZX_EVENT_SIGNALED;
	arg->out = address(OUT0);
}

static void done_watch(struct world *w)
{
	struct pollfd poll_fd = { .fd = number(OUT0), .events = POLLIN };

	w->fd[0] = poll_fd.fd;
	CHECK(w, poll(&poll_fd, 1, 0) == 0);
	OK(zx_object_signal(w->end[0], 0, ZX_EVENT_SIGNALED));
	CHECK(w, poll(&poll_fd, 1, 0) == 1 && poll_fd.revents == POLLIN);
}

static const struct kind handle_watch = {
	.set_up = new_event,
	.prepare = prepare_watch,
	.done = done_watch,
	.request = ZXL_IOC_HANDLE_WATCH,
	.may = FAIL_ALLOC | FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, handle_watch) {
	.kind = &handle_watch,
};

/*
 * Signals and waits.
 */
static void prepare_signal(struct world *w)
{
	struct zx_ioc_object_signal *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->set_mask = ZX_USER_SIGNAL_1;
}

static void done_signal(struct world *w)
{
	zx_handle_t changed = w->is->kind->request == ZX_IOC_OBJECT_SIGNAL ? w->end[0] : w->end[1];

	CHECK(w, zxt_signals(changed) & ZX_USER_SIGNAL_1);
}

static const struct kind object_signal = {
	.set_up = new_event,
	.prepare = prepare_signal,
	.done = done_signal,
	.request = ZX_IOC_OBJECT_SIGNAL,
};

FIXTURE_VARIANT_ADD(fault, object_signal) {
	.kind = &object_signal,
};

static const struct kind object_signal_peer = {
	.set_up = new_eventpair,
	.prepare = prepare_signal,
	.done = done_signal,
	.request = ZX_IOC_OBJECT_SIGNAL_PEER,
};

FIXTURE_VARIANT_ADD(fault, object_signal_peer) {
	.kind = &object_signal_peer,
};

/* Where nothing is up the wait blocks for a moment. */
static zx_time_t short_deadline(const struct world *w)
{
	return w->is->expect ? zx_deadline_after(ZX_MSEC(1)) : ZXT_SOON;
}

static void new_wait(struct world *w)
{
	new_event(w);
	OK(zx_object_signal(w->end[0], 0, w->is->expect ? ZX_USER_SIGNAL_1 : ZX_EVENT_SIGNALED));
}

static void prepare_wait_one(struct world *w)
{
	struct zx_ioc_object_wait_one *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->signals = ZX_EVENT_SIGNALED;
	arg->deadline = short_deadline(w);
	arg->observed = address(OUT0);
}

static void done_wait_one(struct world *w)
{
	CHECK(w, number(OUT0) == zxt_signals(w->end[0]));
}

static const struct kind object_wait_one = {
	.set_up = new_wait,
	.prepare = prepare_wait_one,
	.done = done_wait_one,
	.request = ZX_IOC_OBJECT_WAIT_ONE,
	.may = FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, object_wait_one) {
	.kind = &object_wait_one,
};

FIXTURE_VARIANT_ADD(fault, object_wait_one_in_vain) {
	.kind = &object_wait_one,
	.expect = SAYS(ZX_ERR_TIMED_OUT),
};

static void prepare_wait_many(struct world *w)
{
	struct zx_ioc_object_wait_many *arg = new_args(sizeof(*arg));
	zx_wait_item_t *items = place(INTO);

	for (uint32_t i = 0; i < w->is->size; i++)
		items[i] = (zx_wait_item_t){
			.handle = i ? w->kept : w->end[0],
			.waitfor = ZX_EVENT_SIGNALED,
			.pending = 12345,
		};
	arg->items = address(INTO);
	arg->count = w->is->size;
	arg->deadline = short_deadline(w);
}

static void done_wait_many(struct world *w)
{
	const zx_wait_item_t *items = place(INTO);

	for (uint32_t i = 0; i < w->is->size; i++)
		CHECK(w, items[i].pending == (i ? 0 : zxt_signals(w->end[0])));
}

static const struct kind object_wait_many = {
	.set_up = new_wait,
	.prepare = prepare_wait_many,
	.done = done_wait_many,
	.request = ZX_IOC_OBJECT_WAIT_MANY,
	.may = FAIL_ALLOC | FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, object_wait_many_2) {
	.kind = &object_wait_many,
	.size = 2,
};

FIXTURE_VARIANT_ADD(fault, object_wait_many_64) {
	.kind = &object_wait_many,
	.size = 64,
};

FIXTURE_VARIANT_ADD(fault, object_wait_many_in_vain) {
	.kind = &object_wait_many,
	.size = 64,
	.expect = SAYS(ZX_ERR_TIMED_OUT),
};

/*
 * Information.
 */
static void prepare_info(struct world *w)
{
	struct zx_ioc_object_get_info *arg = new_args(sizeof(*arg));
	bool process = w->is->type == ZX_INFO_PROCESS_HANDLE_STATS ||
		       w->is->type == ZX_INFO_HANDLE_TABLE;

	arg->handle = process ? zx_process_self() : w->end[0];
	arg->topic = w->is->type;
	arg->buffer = address(INTO);
	arg->buffer_size = PAGE;
	arg->actual = address(ACTUAL0);
	arg->avail = address(ACTUAL1);
	memset(place(INTO), 0xee, PAGE);
	*(uint64_t *)place(ACTUAL0) = 12345;
}

static void done_info(struct world *w)
{
	static uint8_t buffer[PAGE];
	size_t actual = 12345;

	/* All of them are exact, since nothing else happens in this process. */
	memset(buffer, 0xee, PAGE);
	OK(zx_object_get_info(((struct zx_ioc_object_get_info *)place(ARGS))->handle, w->is->type,
			      buffer, sizeof(buffer), &actual, NULL));
	CHECK(w, *(uint64_t *)place(ACTUAL0) == actual);
	CHECK(w, !memcmp(buffer, place(INTO), PAGE));
}

static const struct kind object_get_info = {
	.set_up = new_socket,
	.prepare = prepare_info,
	.done = done_info,
	.request = ZX_IOC_OBJECT_GET_INFO,
	.may = FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, info_handle_basic) {
	.kind = &object_get_info,
	.type = ZX_INFO_HANDLE_BASIC,
};

FIXTURE_VARIANT_ADD(fault, info_handle_count) {
	.kind = &object_get_info,
	.type = ZX_INFO_HANDLE_COUNT,
};

FIXTURE_VARIANT_ADD(fault, info_handle_stats) {
	.kind = &object_get_info,
	.type = ZX_INFO_PROCESS_HANDLE_STATS,
};

FIXTURE_VARIANT_ADD(fault, info_handle_table) {
	.kind = &object_get_info,
	.type = ZX_INFO_HANDLE_TABLE,
};

FIXTURE_VARIANT_ADD(fault, info_socket) {
	.kind = &object_get_info,
	.type = ZX_INFO_SOCKET,
};

static void prepare_property(struct world *w)
{
	struct zx_ioc_object_property *arg = new_args(sizeof(*arg));

	arg->property = w->is->type;
	if (w->is->type == ZX_PROP_NAME) {
		arg->handle = zx_process_self();
		OK(zx_object_set_property(arg->handle, ZX_PROP_NAME, "before", 7));
		memcpy(place(INTO), "wanted", sizeof("wanted"));
		arg->value_size = ZX_MAX_NAME_LEN;
	} else {
		arg->handle = w->end[0];
		*(uint64_t *)place(INTO) = 77;
		arg->value_size = sizeof(uint64_t);
	}
	arg->value = address(INTO);
}

static void failed_property(struct world *w)
{
	char name[ZX_MAX_NAME_LEN] = "";
	uint64_t value = 1;

	check_unchanged(w);
	if (w->is->type == ZX_PROP_NAME) {
		OK(zx_object_get_property(zx_process_self(), ZX_PROP_NAME, name, sizeof(name)));
		CHECK(w, !strcmp(name, "before"));
	} else {
		OK(zx_object_get_property(w->end[0], w->is->type, &value, sizeof(value)));
		CHECK(w, value == 0);
	}
}

static void done_property(struct world *w)
{
	bool set = w->is->kind->request == ZX_IOC_OBJECT_SET_PROPERTY;
	char name[ZX_MAX_NAME_LEN] = "";
	uint64_t value = 1;

	if (w->is->type == ZX_PROP_NAME) {
		OK(zx_object_get_property(zx_process_self(), ZX_PROP_NAME, name, sizeof(name)));
		CHECK(w, !strcmp(name, set ? "wanted" : "before"));
		CHECK(w, !strcmp(name, place(INTO)));
	} else {
		OK(zx_object_get_property(w->end[0], w->is->type, &value, sizeof(value)));
		CHECK(w, value == (set ? 77 : 0));
		CHECK(w, value == *(uint64_t *)place(INTO));
	}
}

static const struct kind get_property = {
	.set_up = new_socket,
	.prepare = prepare_property,
	.failed = failed_property,
	.done = done_property,
	.request = ZX_IOC_OBJECT_GET_PROPERTY,
	.may = FAIL_COPY,
};

static const struct kind set_property = {
	.set_up = new_socket,
	.prepare = prepare_property,
	.failed = failed_property,
	.done = done_property,
	.request = ZX_IOC_OBJECT_SET_PROPERTY,
	.may = FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, get_name) {
	.kind = &get_property,
	.type = ZX_PROP_NAME,
};

FIXTURE_VARIANT_ADD(fault, set_name) {
	.kind = &set_property,
	.type = ZX_PROP_NAME,
};

FIXTURE_VARIANT_ADD(fault, get_threshold) {
	.kind = &get_property,
	.type = ZX_PROP_SOCKET_RX_THRESHOLD,
};

FIXTURE_VARIANT_ADD(fault, set_threshold) {
	.kind = &set_property,
	.type = ZX_PROP_SOCKET_TX_THRESHOLD,
};

static void prepare_child(struct world *w)
{
	struct zx_ioc_object_get_child *arg = new_args(sizeof(*arg));

	(void)w;
	arg->handle = zx_process_self();
	arg->rights = ZX_RIGHT_SAME_RIGHTS;
	arg->koid = 1;
	arg->out = address(OUT0);
}

static const struct kind get_child = {
	.prepare = prepare_child,
	.request = ZX_IOC_OBJECT_GET_CHILD,
	.expect = SAYS(ZX_ERR_NOT_FOUND),
};

FIXTURE_VARIANT_ADD(fault, get_child) {
	.kind = &get_child,
};

/*
 * Channels: writing.
 */
/* The bytes of a message, or three slices of them with nothing between. */
static uint64_t put_bytes(struct world *w, uint32_t *count)
{
	zx_channel_iovec_t *iovec = place(IOVEC);
	uint32_t size = w->is->size, third = size / 3;
	uint8_t *from = place(FROM);

	fill(from, size, FIRST);
	*count = size;
	if (!w->is->iovec)
		return address(FROM);
	iovec[0] = (zx_channel_iovec_t){ from, third, 0 };
	iovec[1] = (zx_channel_iovec_t){ from + third, third, 0 };
	iovec[2] = (zx_channel_iovec_t){ from + 2 * third, size - 2 * third, 0 };
	*count = 3;
	return address(IOVEC);
}

static void set_up_write(struct world *w)
{
	uint8_t ahead[8];

	new_channel(w);
	fill(ahead, sizeof(ahead), AHEAD);
	if (w->is->ahead)
		OK(zx_channel_write(w->end[0], 0, ahead, sizeof(ahead), NULL, 0));
}

static void prepare_write(struct world *w)
{
	struct zx_ioc_channel_write *arg = new_args(sizeof(*arg));

	supply(w);
	arg->handle = w->end[0];
	arg->options = w->is->iovec ? ZX_CHANNEL_WRITE_USE_IOVEC : 0;
	arg->bytes = put_bytes(w, &arg->num_bytes);
	arg->handles = address(HANDLES);
	arg->num_handles = w->is->handles;
}

static void done_write(struct world *w)
{
	for (uint32_t i = 0; i < w->is->handles; i++)
		CHECK(w, zxt_is_open(w->sent[i]) == w->is->duplicate);
	if (w->is->ahead)
		check_message(w, w->end[1], 0, 8, 0, AHEAD);
	check_message(w, w->end[1], 0, w->is->size, w->is->handles, FIRST);
	check_empty(w, w->end[1]);
}

static const struct kind channel_write = {
	.set_up = set_up_write,
	.prepare = prepare_write,
	.done = done_write,
	.request = ZX_IOC_CHANNEL_WRITE,
	.may = FAIL_COPY,
	.gain_each = -1,
	.consumes = true,
};

FIXTURE_VARIANT_ADD(fault, write_8) {
	.kind = &channel_write,
	.size = 8,
};

FIXTURE_VARIANT_ADD(fault, write_8_behind_another) {
	.kind = &channel_write,
	.size = 8,
	.ahead = true,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_200) {
	.kind = &channel_write,
	.size = 200,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_1000) {
	.kind = &channel_write,
	.size = 1000,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_4000) {
	.kind = &channel_write,
	.size = 4000,
	.may = FAIL_ALLOC,
};

/* A few pages, which are allocated one by one. */
FIXTURE_VARIANT_ADD(fault, write_10000) {
	.kind = &channel_write,
	.size = 10000,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_65536) {
	.kind = &channel_write,
	.size = 65536,
	.may = FAIL_BATCH,
};

FIXTURE_VARIANT_ADD(fault, write_8_with_a_handle) {
	.kind = &channel_write,
	.size = 8,
	.handles = 1,
};

FIXTURE_VARIANT_ADD(fault, write_8_with_64_handles) {
	.kind = &channel_write,
	.size = 8,
	.handles = 64,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_65536_with_64_handles) {
	.kind = &channel_write,
	.size = 65536,
	.handles = 64,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_a_channel) {
	.kind = &channel_write,
	.size = 8,
	.handles = 1,
	.containers = true,
};

FIXTURE_VARIANT_ADD(fault, write_20_channels) {
	.kind = &channel_write,
	.size = 200,
	.handles = 20,
	.containers = true,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_iovec) {
	.kind = &channel_write,
	.size = 8,
	.iovec = true,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_iovec_20000_with_64_handles) {
	.kind = &channel_write,
	.size = 20000,
	.handles = 64,
	.iovec = true,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_etc_8_with_a_handle) {
	.kind = &channel_write,
	.request = ZX_IOC_CHANNEL_WRITE_ETC,
	.size = 8,
	.handles = 1,
	.etc = true,
};

FIXTURE_VARIANT_ADD(fault, write_etc_1000_with_64_handles) {
	.kind = &channel_write,
	.request = ZX_IOC_CHANNEL_WRITE_ETC,
	.size = 1000,
	.handles = 64,
	.etc = true,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, write_etc_8_with_a_duplicate) {
	.kind = &channel_write,
	.request = ZX_IOC_CHANNEL_WRITE_ETC,
	.size = 8,
	.handles = 1,
	.etc = true,
	.duplicate = true,
};

FIXTURE_VARIANT_ADD(fault, write_etc_1000_with_64_duplicates) {
	.kind = &channel_write,
	.request = ZX_IOC_CHANNEL_WRITE_ETC,
	.size = 1000,
	.handles = 64,
	.etc = true,
	.duplicate = true,
	.may = FAIL_ALLOC,
};

/* One handle of several cannot go, of which each disposition tells the result. */
static void prepare_refused(struct world *w)
{
	prepare_write(w);
	((zx_handle_disposition_t *)place(HANDLES))[2].type = ZX_OBJ_TYPE_CHANNEL;
	((zx_handle_disposition_t *)place(HANDLES))[5].type = ZX_OBJ_TYPE_CHANNEL;
}

static void done_refused(struct world *w)
{
	const zx_handle_disposition_t *how = place(HANDLES);

	for (uint32_t i = 0; i < w->is->handles; i++) {
		CHECK(w, !zxt_is_open(w->sent[i]));
		CHECK(w, how[i].result == (i == 2 || i == 5 ? ZX_ERR_WRONG_TYPE : ZX_OK));
	}
	check_empty(w, w->end[1]);
}

static const struct kind channel_write_refused = {
	.set_up = set_up_write,
	.prepare = prepare_refused,
	.done = done_refused,
	.request = ZX_IOC_CHANNEL_WRITE_ETC,
	.expect = SAYS(ZX_ERR_WRONG_TYPE),
	.may = FAIL_COPY,
	.gain_each = -1,
	.consumes = true,
};

FIXTURE_VARIANT_ADD(fault, write_etc_refused) {
	.kind = &channel_write_refused,
	.size = 8,
	.handles = 10,
	.etc = true,
	.may = FAIL_ALLOC,
};

/*
 * Channels: reading. The message is followed by another.
 */
static bool is_discarded(const struct world *w)
{
	return w->is->options & ZX_CHANNEL_READ_MAY_DISCARD;
}

static void prepare_read(struct world *w)
{
	struct zx_ioc_channel_read *arg = new_args(sizeof(*arg));
	bool room = w->is->expect != SAYS(ZX_ERR_BUFFER_TOO_SMALL);

	/* Written when the world is new, and again where a failure throws it away. */
	if (is_discarded(w) && w->end[0]) {
		zx_handle_close(w->end[0]);
		zx_handle_close(w->end[1]);
		w->end[0] = ZX_HANDLE_INVALID;
	}
	if (!w->end[0]) {
		new_channel(w);
		write_message(w, w->is->size, true, FIRST);
		write_message(w, 8, false, NEXT);
	}
	arg->handle = w->end[0];
	arg->options = w->is->options;
	arg->bytes = address(INTO);
	arg->handles = address(TAKEN);
	arg->num_bytes = room ? w->is->size : w->is->size - 1;
	arg->num_handles = w->is->handles;
	arg->actual_bytes = address(ACTUAL0);
	arg->actual_handles = address(ACTUAL1);
	memset(place(INTO), 0, w->is->size);
}

static void failed_read(struct world *w)
{
	zx_signals_t signals = zxt_signals(w->end[0]);

	if (!is_discarded(w)) {
		check_unchanged(w);
		/* The message has not become the last one either, as the next call will tell. */
	} else {
		CHECK(w, signals & ZX_CHANNEL_READABLE);
		if (w->ret != -EFAULT)
			check_message(w, w->end[0], 0, 8, 0, NEXT);
	}
}

static void done_read(struct world *w)
{
	zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES];
	const zx_handle_info_t *infos = place(TAKEN);

	CHECK(w, number(ACTUAL0) == w->is->size && number(ACTUAL1) == w->is->handles);
	if (w->is->expect) {
		if (!is_discarded(w))
			check_message(w, w->end[0], 0, w->is->size, w->is->handles, FIRST);
	} else {
		CHECK(w, is_filled(place(INTO), 0, w->is->size, FIRST));
		for (uint32_t i = 0; i < w->is->handles; i++)
			handles[i] = w->is->etc ? infos[i].handle : ((zx_handle_t *)infos)[i];
		check_handles(w, handles, w->is->handles);
	}
	check_message(w, w->end[0], 0, 8, 0, NEXT);
	check_empty(w, w->end[0]);
}

static const struct kind channel_read = {
	.prepare = prepare_read,
	.failed = failed_read,
	.done = done_read,
	.request = ZX_IOC_CHANNEL_READ,
	.may = FAIL_COPY,
	.gain_each = 1,
};

FIXTURE_VARIANT_ADD(fault, read_8) {
	.kind = &channel_read,
	.size = 8,
};

FIXTURE_VARIANT_ADD(fault, read_1000) {
	.kind = &channel_read,
	.size = 1000,
};

FIXTURE_VARIANT_ADD(fault, read_65536) {
	.kind = &channel_read,
	.size = 65536,
};

FIXTURE_VARIANT_ADD(fault, read_8_with_a_handle) {
	.kind = &channel_read,
	.size = 8,
	.handles = 1,
};

FIXTURE_VARIANT_ADD(fault, read_65536_with_64_handles) {
	.kind = &channel_read,
	.size = 65536,
	.handles = 64,
};

FIXTURE_VARIANT_ADD(fault, read_20_channels) {
	.kind = &channel_read,
	.size = 200,
	.handles = 20,
	.containers = true,
};

FIXTURE_VARIANT_ADD(fault, read_into_too_little) {
	.kind = &channel_read,
	.size = 8,
	.expect = SAYS(ZX_ERR_BUFFER_TOO_SMALL),
};

FIXTURE_VARIANT_ADD(fault, read_into_too_little_and_discard) {
	.kind = &channel_read,
	.size = 8,
	.options = ZX_CHANNEL_READ_MAY_DISCARD,
	.expect = SAYS(ZX_ERR_BUFFER_TOO_SMALL),
};

static const struct kind channel_read_etc = {
	.prepare = prepare_read,
	.failed = failed_read,
	.done = done_read,
	.request = ZX_IOC_CHANNEL_READ_ETC,
	.may = FAIL_COPY,
	.gain_each = 1,
};

FIXTURE_VARIANT_ADD(fault, read_etc_8_with_a_handle) {
	.kind = &channel_read_etc,
	.size = 8,
	.handles = 1,
	.etc = true,
};

FIXTURE_VARIANT_ADD(fault, read_etc_200_with_64_handles) {
	.kind = &channel_read_etc,
	.size = 200,
	.handles = 64,
	.etc = true,
};

/*
 * Calls. A thread answers one request, with as much as there was in it.
 */
static void *serve(void *arg)
{
	struct world *w = arg;
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES];
	zx_signals_t observed = 0;
	uint32_t size, count;

	zx_object_wait_one(w->end[1], ZX_CHANNEL_READABLE | ZX_USER_SIGNAL_0, ZXT_SOON, &observed);
	if (!(observed & ZX_CHANNEL_READABLE))
		return NULL;
	if (zx_channel_read(w->end[1], 0, bytes, handles, sizeof(bytes), ARRAY_SIZE(handles), &size,
			    &count) != ZX_OK) {
		CHECK(w, false);
		return NULL;
	}
	CHECK(w, size == w->is->size && count == w->is->handles);
	CHECK(w, is_filled(bytes, sizeof(zx_txid_t), size, FIRST));
	check_handles(w, handles, count);
	for (uint32_t i = 0; i < count; i++)
		OK(zx_handle_duplicate(w->kept, ZX_RIGHT_SAME_RIGHTS, &handles[i]));
	CHECK(w, zx_channel_write(w->end[1], 0, bytes, size, handles, count) == ZX_OK);
	w->served = true;
	return NULL;
}

static void put_call(struct world *w)
{
	struct zx_ioc_channel_call *arg = new_args(sizeof(*arg));
	struct zx_ioc_channel_call_args *more = place(MORE);

	memset(more, 0, sizeof(*more));
	supply(w);
	arg->handle = w->end[0];
	arg->options = w->is->iovec ? ZX_CHANNEL_WRITE_USE_IOVEC : 0;
	arg->deadline = ZX_TIME_INFINITE;
	arg->args = address(MORE);
	arg->actual_bytes = address(ACTUAL0);
	arg->actual_handles = address(ACTUAL1);
	arg->txid = address(OUT0);
	more->wr_bytes = put_bytes(w, &more->wr_num_bytes);
	more->wr_handles = address(HANDLES);
	more->wr_num_handles = w->is->handles;
	more->rd_bytes = address(INTO);
	more->rd_handles = address(TAKEN);
	more->rd_num_bytes = w->is->size;
	more->rd_num_handles = w->is->handles;
	memset(place(INTO), 0, w->is->size);
}

static void prepare_call(struct world *w)
{
	put_call(w);
	w->served = false;
	MUST(!pthread_create(&w->server, NULL, serve, w));
}

static void after_call(struct world *w)
{
	OK(zx_object_signal_peer(w->end[0], 0, ZX_USER_SIGNAL_0));
	MUST(!pthread_join(w->server, NULL));
	OK(zx_object_signal_peer(w->end[0], ZX_USER_SIGNAL_0, 0));
}

static void check_reply(struct world *w)
{
	zx_handle_t handles[ZX_CHANNEL_MAX_MSG_HANDLES];
	const zx_handle_info_t *infos = place(TAKEN);

	CHECK(w, number(ACTUAL0) == w->is->size && number(ACTUAL1) == w->is->handles);
	CHECK(w, is_filled(place(INTO), sizeof(zx_txid_t), w->is->size, FIRST));
	for (uint32_t i = 0; i < w->is->handles; i++) {
		CHECK(w, !zxt_is_open(w->sent[i]));
		handles[i] = w->is->etc ? infos[i].handle : ((zx_handle_t *)infos)[i];
	}
	check_handles(w, handles, w->is->handles);
	check_empty(w, w->end[0]);
	check_empty(w, w->end[1]);
}

static void done_call(struct world *w)
{
	CHECK(w, w->served);
	check_reply(w);
}

static const struct kind channel_call = {
	.set_up = new_channel,
	.prepare = prepare_call,
	.after = after_call,
	.done = done_call,
	.request = ZX_IOC_CHANNEL_CALL_NORETRY,
	.may = FAIL_COPY,
	.consumes = true,
	.more = true,
};

FIXTURE_VARIANT_ADD(fault, call_8) {
	.kind = &channel_call,
	.size = 8,
};

FIXTURE_VARIANT_ADD(fault, call_1000_with_a_handle) {
	.kind = &channel_call,
	.size = 1000,
	.handles = 1,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, call_iovec_65536) {
	.kind = &channel_call,
	.size = 65536,
	.iovec = true,
	.may = FAIL_ALLOC,
};

FIXTURE_VARIANT_ADD(fault, call_etc_8_with_64_handles) {
	.kind = &channel_call,
	.request = ZX_IOC_CHANNEL_CALL_ETC_NORETRY,
	.size = 8,
	.handles = 64,
	.etc = true,
	.may = FAIL_ALLOC,
};

/*
 * Calls that a signal interrupts: the timer's, as often as is needed until the call is found
 * asleep.
 */
static void on_alarm(int signal)
{
	(void)signal;
}

static void start_alarms(void)
{
	const struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	const struct itimerval often = { { 0, 20000 }, { 0, 20000 } };

	MUST(!sigaction(SIGALRM, &action, NULL) && !setitimer(ITIMER_REAL, &often, NULL));
}

static void stop_alarms(void)
{
	const struct itimerval never = {};

	MUST(!setitimer(ITIMER_REAL, &never, NULL));
}

/* Answers the request that is there. */
static void answer(struct world *w)
{
	w->served = false;
	serve(w);
	MUST(w->served);
}

static long finish_call(void)
{
	return zxp_ioctl(device, ZX_IOC_CHANNEL_CALL_FINISH, place(ARGS));
}

static void prepare_interrupted(struct world *w)
{
	put_call(w);
	start_alarms();
}

static void after_interrupted(struct world *w)
{
	(void)w;
	stop_alarms();
}

/* The request may have been sent, and the call is given up. */
static void failed_interrupted(struct world *w)
{
	struct zx_ioc_channel_call *arg = place(ARGS);
	bool sent = zxt_signals(w->end[1]) & ZX_CHANNEL_READABLE;

	if (sent) {
		answer(w);
		/* It is no reply any more, but a message. */
		CHECK(w, zxt_signals(w->end[0]) & ZX_CHANNEL_READABLE);
		zx_channel_read(w->end[0], ZX_CHANNEL_READ_MAY_DISCARD, NULL, NULL, 0, 0, NULL,
				NULL);
	}
	CHECK(w, arg->handle == w->end[0] && finish_call() != 0);
	check_unchanged(w);
}

static void done_interrupted(struct world *w)
{
	answer(w);
	CHECK(w, finish_call() == 0);
	check_reply(w);
}

static const struct kind call_interrupted = {
	.set_up = new_channel,
	.prepare = prepare_interrupted,
	.after = after_interrupted,
	.failed = failed_interrupted,
	.done = done_interrupted,
	.request = ZX_IOC_CHANNEL_CALL_NORETRY,
	.expect = SAYS(ZX_ERR_INTERNAL_INTR_RETRY),
	.may = FAIL_ALLOC | FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, call_interrupted) {
	.kind = &call_interrupted,
	.size = 8,
};

/* The second half of such a call, when the reply is there. */
static void prepare_finish(struct world *w)
{
	put_call(w);
	start_alarms();
	MUST(zxp_ioctl(device, ZX_IOC_CHANNEL_CALL_NORETRY, place(ARGS)) ==
	     SAYS(ZX_ERR_INTERNAL_INTR_RETRY));
	stop_alarms();
	answer(w);
}

static void failed_finish(struct world *w)
{
	const struct trial *t = w->trial;
	/* Before the reply is in hand the struct, the further struct and the number are read. */
	bool open = t->point ? t->point <= 3 :
		    t->bad == ARGS || t->bad == MORE || t->bad == OUT0;

	check_unchanged(w);
	CHECK(w, finish_call() == (open ? 0 : SAYS(ZX_ERR_BAD_STATE)));
}

static const struct kind call_finish = {
	.set_up = new_channel,
	.prepare = prepare_finish,
	.failed = failed_finish,
	.done = check_reply,
	.request = ZX_IOC_CHANNEL_CALL_FINISH,
	.may = FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, call_finish) {
	.kind = &call_finish,
	.size = 8,
};

static const struct kind call_etc_finish = {
	.set_up = new_channel,
	.prepare = prepare_finish,
	.failed = failed_finish,
	.done = check_reply,
	.request = ZX_IOC_CHANNEL_CALL_ETC_FINISH,
	.may = FAIL_COPY,
};

FIXTURE_VARIANT_ADD(fault, call_etc_finish) {
	.kind = &call_etc_finish,
	.size = 300,
};

/*
 * Sockets.
 */
/* Takes @size bytes, or a datagram of them, and checks that they are the right ones. */
static void check_bytes(struct world *w, zx_handle_t end, uint32_t options, uint32_t size,
			unsigned int seed)
{
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	size_t actual = 12345;

	CHECK(w, zx_socket_read(end, options, bytes, size, &actual) == ZX_OK);
	CHECK(w, actual == size && is_filled(bytes, 0, size, seed));
}

static void write_bytes(struct world *w, uint32_t options, uint32_t size, unsigned int seed)
{
	static uint8_t bytes[ZX_CHANNEL_MAX_MSG_BYTES];
	size_t actual;

	fill(bytes, size, seed);
	OK(zx_socket_write(w->end[1], options, bytes, size, &actual));
	MUST(actual == size);
}

static void check_no_bytes(struct world *w, zx_handle_t end, uint32_t options)
{
	uint8_t byte;

	CHECK(w, zx_socket_read(end, options, &byte, 1, NULL) == ZX_ERR_SHOULD_WAIT);
}

/* What the two directions of the io share. The control plane is chosen with the type. */
static struct zx_ioc_socket_io *put_socket_io(struct world *w, enum place buffer)
{
	struct zx_ioc_socket_io *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->options = w->is->type;
	arg->buffer = address(buffer);
	arg->size = w->is->size;
	arg->actual = address(ACTUAL0);
	*(uint64_t *)place(ACTUAL0) = 12345;
	return arg;
}

static void set_up_socket_write(struct world *w)
{
	uint8_t ahead[8];

	new_socket(w);
	fill(ahead, sizeof(ahead), AHEAD);
	if (w->is->ahead)
		OK(zx_socket_write(w->end[0], 0, ahead, sizeof(ahead), NULL));
}

static void prepare_socket_write(struct world *w)
{
	put_socket_io(w, FROM);
	fill(place(FROM), w->is->size, FIRST);
}

static void done_socket_write(struct world *w)
{
	CHECK(w, *(uint64_t *)place(ACTUAL0) == w->is->size);
	if (w->is->ahead)
		check_bytes(w, w->end[1], 0, 8, AHEAD);
	check_bytes(w, w->end[1], w->is->type, w->is->size, FIRST);
	check_no_bytes(w, w->end[1], w->is->type);
}

static const struct kind socket_write = {
	.set_up = set_up_socket_write,
	.prepare = prepare_socket_write,
	.done = done_socket_write,
	.request = ZX_IOC_SOCKET_WRITE,
};

FIXTURE_VARIANT_ADD(fault, socket_write_8) {
	.kind = &socket_write,
	.size = 8,
	.may = FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, socket_write_200) {
	.kind = &socket_write,
	.size = 200,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, socket_write_1000_behind_others) {
	.kind = &socket_write,
	.size = 1000,
	.ahead = true,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, socket_write_65536) {
	.kind = &socket_write,
	.size = 65536,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, datagram_write_8_behind_another) {
	.kind = &socket_write,
	.options = ZX_SOCKET_DATAGRAM,
	.size = 8,
	.ahead = true,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, datagram_write_20000) {
	.kind = &socket_write,
	.options = ZX_SOCKET_DATAGRAM,
	.size = 20000,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, control_write) {
	.kind = &socket_write,
	.options = ZX_SOCKET_HAS_CONTROL,
	.type = ZX_SOCKET_CONTROL,
	.size = 1024,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_FETCH,
};

static void set_up_socket_read(struct world *w)
{
	uint32_t control = w->is->type & ZX_SOCKET_CONTROL;

	new_socket(w);
	write_bytes(w, control, w->is->size, FIRST);
	if (!control)
		write_bytes(w, 0, 8, NEXT);
}

static void prepare_socket_read(struct world *w)
{
	put_socket_io(w, INTO);
	memset(place(INTO), 0, w->is->size);
}

static void done_socket_read(struct world *w)
{
	uint32_t control = w->is->type & ZX_SOCKET_CONTROL;

	CHECK(w, *(uint64_t *)place(ACTUAL0) == w->is->size);
	CHECK(w, is_filled(place(INTO), 0, w->is->size, FIRST));
	if (w->is->type & ZX_SOCKET_PEEK)
		check_bytes(w, w->end[0], control, w->is->size, FIRST);
	if (!control)
		check_bytes(w, w->end[0], 0, 8, NEXT);
	check_no_bytes(w, w->end[0], control);
}

static const struct kind socket_read = {
	.set_up = set_up_socket_read,
	.prepare = prepare_socket_read,
	.done = done_socket_read,
	.request = ZX_IOC_SOCKET_READ,
	.may = FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, socket_read_8) {
	.kind = &socket_read,
	.size = 8,
};

FIXTURE_VARIANT_ADD(fault, socket_read_1000) {
	.kind = &socket_read,
	.size = 1000,
};

FIXTURE_VARIANT_ADD(fault, socket_read_65536) {
	.kind = &socket_read,
	.size = 65536,
};

FIXTURE_VARIANT_ADD(fault, socket_peek_9000) {
	.kind = &socket_read,
	.type = ZX_SOCKET_PEEK,
	.size = 9000,
};

FIXTURE_VARIANT_ADD(fault, datagram_read_8) {
	.kind = &socket_read,
	.options = ZX_SOCKET_DATAGRAM,
	.size = 8,
};

FIXTURE_VARIANT_ADD(fault, datagram_read_20000) {
	.kind = &socket_read,
	.options = ZX_SOCKET_DATAGRAM,
	.size = 20000,
};

FIXTURE_VARIANT_ADD(fault, control_read) {
	.kind = &socket_read,
	.options = ZX_SOCKET_HAS_CONTROL,
	.type = ZX_SOCKET_CONTROL,
	.size = 1024,
};

FIXTURE_VARIANT_ADD(fault, control_peek) {
	.kind = &socket_read,
	.options = ZX_SOCKET_HAS_CONTROL,
	.type = ZX_SOCKET_CONTROL | ZX_SOCKET_PEEK,
	.size = 300,
};

static void prepare_disposition(struct world *w)
{
	struct zx_ioc_socket_disposition *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->disposition = ZX_SOCKET_DISPOSITION_WRITE_DISABLED;
}

static void done_disposition(struct world *w)
{
	CHECK(w, zxt_signals(w->end[0]) & ZX_SOCKET_WRITE_DISABLED);
	CHECK(w, zx_socket_write(w->end[0], 0, "x", 1, NULL) == ZX_ERR_BAD_STATE);
}

static const struct kind socket_disposition = {
	.set_up = new_socket,
	.prepare = prepare_disposition,
	.done = done_disposition,
	.request = ZX_IOC_SOCKET_SET_DISPOSITION,
};

FIXTURE_VARIANT_ADD(fault, socket_set_disposition) {
	.kind = &socket_disposition,
};

/* The socket that is sent through a socket; where it is consumed it is made again. */
static void make_shared(struct world *w)
{
	if (zxt_is_open(w->sent[0]))
		return;
	zx_handle_close(w->peer[0]);
	OK(zx_socket_create(0, &w->sent[0], &w->peer[0]));
}

static void prepare_share(struct world *w)
{
	struct zx_ioc_socket_share *arg = new_args(sizeof(*arg));

	make_shared(w);
	arg->handle = w->end[0];
	arg->socket = w->sent[0];
}

static void done_share(struct world *w)
{
	zx_handle_t handle = ZX_HANDLE_INVALID;

	CHECK(w, !zxt_is_open(w->sent[0]));
	CHECK(w, zx_socket_accept(w->end[1], &handle) == ZX_OK);
	CHECK(w, zxt_basic(handle).related_koid == zxt_koid(w->peer[0]));
}

static const struct kind socket_share = {
	.set_up = new_socket,
	.prepare = prepare_share,
	.done = done_share,
	.request = ZX_IOC_SOCKET_SHARE,
	.gain_each = -1,
	.consumes = true,
};

FIXTURE_VARIANT_ADD(fault, socket_share) {
	.kind = &socket_share,
	.options = ZX_SOCKET_HAS_ACCEPT,
	.handles = 1,
	.containers = true,
};

static void set_up_accept(struct world *w)
{
	new_socket(w);
	make_shared(w);
	OK(zx_socket_share(w->end[1], w->sent[0]));
}

static void prepare_accept(struct world *w)
{
	struct zx_ioc_handle *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->out = address(OUT0);
}

static void done_accept(struct world *w)
{
	zx_handle_t again;

	CHECK(w, zxt_basic(number(OUT0)).related_koid == zxt_koid(w->peer[0]));
	CHECK(w, zx_socket_accept(w->end[0], &again) == ZX_ERR_SHOULD_WAIT);
}

static const struct kind socket_accept = {
	.set_up = set_up_accept,
	.prepare = prepare_accept,
	.done = done_accept,
	.request = ZX_IOC_SOCKET_ACCEPT,
	.may = FAIL_FETCH,
	.gain = 1,
};

FIXTURE_VARIANT_ADD(fault, socket_accept) {
	.kind = &socket_accept,
	.options = ZX_SOCKET_HAS_ACCEPT,
};

/*
 * Fifos: of seven elements, four of which go around the end of the ring.
 */
#define ELEMENT	16

static void new_fifo(struct world *w)
{
	uint8_t elements[5 * ELEMENT] = {};

	OK(zx_fifo_create(7, ELEMENT, 0, &w->end[0], &w->end[1]));
	for (int i = 0; i < 2; i++) {
		OK(zx_fifo_write(w->end[i], ELEMENT, elements, 5, NULL));
		OK(zx_fifo_read(w->end[!i], ELEMENT, elements, 5, NULL));
	}
}

static void put_fifo_io(struct world *w, enum place data)
{
	struct zx_ioc_fifo_io *arg = new_args(sizeof(*arg));

	arg->handle = w->end[0];
	arg->elem_size = ELEMENT;
	arg->data = address(data);
	arg->count = 4;
	arg->actual = address(ACTUAL0);
	*(uint64_t *)place(ACTUAL0) = 12345;
}

static void prepare_fifo_write(struct world *w)
{
	put_fifo_io(w, FROM);
	fill(place(FROM), 4 * ELEMENT, FIRST);
}

static void done_fifo_write(struct world *w)
{
	uint8_t elements[7 * ELEMENT];
	size_t actual = 12345;

	CHECK(w, *(uint64_t *)place(ACTUAL0) == 4);
	CHECK(w, zx_fifo_read(w->end[1], ELEMENT, elements, 7, &actual) == ZX_OK && actual == 4);
	CHECK(w, is_filled(elements, 0, 4 * ELEMENT, FIRST));
}

static const struct kind fifo_write = {
	.set_up = new_fifo,
	.prepare = prepare_fifo_write,
	.done = done_fifo_write,
	.request = ZX_IOC_FIFO_WRITE,
	.may = FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, fifo_write) {
	.kind = &fifo_write,
};

static void set_up_fifo_read(struct world *w)
{
	uint8_t elements[4 * ELEMENT];

	new_fifo(w);
	fill(elements, sizeof(elements), FIRST);
	OK(zx_fifo_write(w->end[1], ELEMENT, elements, 4, NULL));
	fill(elements, ELEMENT, NEXT);
	OK(zx_fifo_write(w->end[1], ELEMENT, elements, 1, NULL));
}

static void prepare_fifo_read(struct world *w)
{
	put_fifo_io(w, INTO);
	memset(place(INTO), 0, 4 * ELEMENT);
}

static void done_fifo_read(struct world *w)
{
	uint8_t elements[7 * ELEMENT];
	size_t actual = 12345;

	CHECK(w, *(uint64_t *)place(ACTUAL0) == 4);
	CHECK(w, is_filled(place(INTO), 0, 4 * ELEMENT, FIRST));
	CHECK(w, zx_fifo_read(w->end[0], ELEMENT, elements, 7, &actual) == ZX_OK && actual == 1);
	CHECK(w, is_filled(elements, 0, ELEMENT, NEXT));
}

static const struct kind fifo_read = {
	.set_up = set_up_fifo_read,
	.prepare = prepare_fifo_read,
	.done = done_fifo_read,
	.request = ZX_IOC_FIFO_READ,
	.may = FAIL_FETCH,
};

FIXTURE_VARIANT_ADD(fault, fifo_read) {
	.kind = &fifo_read,
};

/*
 * What Linux does with exported handles: fd[0] is an end of a stream socket, end[1] the other.
 */
static void new_stream(struct world *w)
{
	zx_handle_t end;

	OK(zx_socket_create(0, &end, &w->end[1]));
	OK(zxl_handle_export(end, 0, &w->fd[0]));
	MUST(!fcntl(w->fd[0], F_SETFL, O_NONBLOCK));
}

static void set_up_stream_read(struct world *w)
{
	new_stream(w);
	write_bytes(w, 0, w->is->size, FIRST);
}

static void clear_into(struct world *w)
{
	if (!w->offset)
		memset(place(INTO), 0, w->is->size);
}

static long linux_says(ssize_t ret)
{
	return ret < 0 ? -errno : ret;
}

/* The part of a place that is still to be transferred, in two pieces if that is asked for. */
static int pieces(const struct world *w, enum place which, struct iovec iov[2])
{
	uint8_t *start = (uint8_t *)place(which) + w->offset;
	size_t left = w->is->size - w->offset, first = w->is->iovec ? left / 3 : left;

	iov[0] = (struct iovec){ start, first };
	iov[1] = (struct iovec){ start + first, left - first };
	return w->is->iovec ? 2 : 1;
}

static long stream_readv(struct world *w)
{
	struct iovec iov[2];
	int count = pieces(w, INTO, iov);

	return linux_says(readv(w->fd[0], iov, count));
}

static void done_stream_read(struct world *w)
{
	uint8_t byte;

	CHECK(w, is_filled(place(INTO), 0, w->is->size, FIRST));
	CHECK(w, linux_says(read(w->fd[0], &byte, 1)) == -EAGAIN);
}

static const struct kind stream_read = {
	.set_up = set_up_stream_read,
	.prepare = clear_into,
	.call = stream_readv,
	.done = done_stream_read,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_LINUX,
};

FIXTURE_VARIANT_ADD(fault, read_of_an_exported_socket) {
	.kind = &stream_read,
	.size = 9000,
	.expect = 9000,
};

FIXTURE_VARIANT_ADD(fault, readv_of_an_exported_socket) {
	.kind = &stream_read,
	.size = 1000,
	.expect = 1000,
	.iovec = true,
};

static void prepare_stream_write(struct world *w)
{
	fill(place(FROM), w->is->size, FIRST);
}

static long stream_writev(struct world *w)
{
	struct iovec iov[2];
	int count = pieces(w, FROM, iov);

	return linux_says(writev(w->fd[0], iov, count));
}

static void done_stream_write(struct world *w)
{
	check_bytes(w, w->end[1], 0, w->is->size, FIRST);
	check_no_bytes(w, w->end[1], 0);
}

static const struct kind stream_write = {
	.set_up = new_stream,
	.prepare = prepare_stream_write,
	.call = stream_writev,
	.done = done_stream_write,
	.may = FAIL_ALLOC | FAIL_COPY | FAIL_LINUX,
};

FIXTURE_VARIANT_ADD(fault, write_of_an_exported_socket) {
	.kind = &stream_write,
	.size = 9000,
	.expect = 9000,
};

FIXTURE_VARIANT_ADD(fault, writev_of_an_exported_socket) {
	.kind = &stream_write,
	.size = 1000,
	.expect = 1000,
	.iovec = true,
};

static void new_pipe(struct world *w)
{
	MUST(!pipe2(w->fd + 1, O_CLOEXEC | O_NONBLOCK));
}

static void set_up_splice_read(struct world *w)
{
	set_up_stream_read(w);
	new_pipe(w);
}

static long splice_read(struct world *w)
{
	return linux_says(splice(w->fd[0], NULL, w->fd[2], NULL, w->is->size - w->offset, 0));
}

static void done_splice_read(struct world *w)
{
	CHECK(w, read(w->fd[1], place(INTO), w->is->size) == (ssize_t)w->is->size);
	done_stream_read(w);
}

static const struct kind stream_splice_read = {
	.set_up = set_up_splice_read,
	.prepare = clear_into,
	.call = splice_read,
	.done = done_splice_read,
	.may = FAIL_ALLOC | FAIL_LINUX,
};

FIXTURE_VARIANT_ADD(fault, splice_from_an_exported_socket) {
	.kind = &stream_splice_read,
	.size = 3000,
	.expect = 3000,
};

static void set_up_splice_write(struct world *w)
{
	new_stream(w);
	new_pipe(w);
	prepare_stream_write(w);
	MUST(write(w->fd[2], place(FROM), w->is->size) == (ssize_t)w->is->size);
}

static long splice_write(struct world *w)
{
	return linux_says(splice(w->fd[1], NULL, w->fd[0], NULL, w->is->size - w->offset, 0));
}

static const struct kind stream_splice_write = {
	.set_up = set_up_splice_write,
	.call = splice_write,
	.done = done_stream_write,
	.may = FAIL_ALLOC | FAIL_LINUX,
};

FIXTURE_VARIANT_ADD(fault, splice_to_an_exported_socket) {
	.kind = &stream_splice_write,
	.size = 3000,
	.expect = 3000,
};

/* More than poll() finds room for on its stack. */
#define POLLED	20

static void prepare_poll(struct world *w)
{
	struct pollfd *fds = place(INTO);

	for (int i = 0; i < POLLED; i++)
		fds[i] = (struct pollfd){ .fd = w->fd[0], .events = POLLIN, .revents = POLLERR };
}

static long poll_many(struct world *w)
{
	(void)w;
	return linux_says(poll(place(INTO), POLLED, 1));
}

static void done_poll(struct world *w)
{
	const struct pollfd *fds = place(INTO);

	for (int i = 0; i < POLLED; i++)
		CHECK(w, fds[i].revents == 0);
}

static const struct kind stream_poll = {
	.set_up = new_stream,
	.prepare = prepare_poll,
	.call = poll_many,
	.done = done_poll,
	.may = FAIL_ALLOC | FAIL_PAGE | FAIL_LINUX,
};

FIXTURE_VARIANT_ADD(fault, poll_of_an_exported_socket) {
	.kind = &stream_poll,
};

static void set_up_epoll(struct world *w)
{
	new_stream(w);
	w->fd[1] = epoll_create1(EPOLL_CLOEXEC);
	MUST(w->fd[1] >= 0);
}

static long epoll_add(struct world *w)
{
	return linux_says(epoll_ctl(w->fd[1], EPOLL_CTL_ADD, w->fd[0], place(INTO)));
}

static void prepare_epoll(struct world *w)
{
	(void)w;
	*(struct epoll_event *)place(INTO) = (struct epoll_event){ .events = EPOLLOUT };
}

static void done_epoll(struct world *w)
{
	struct epoll_event event = {};

	CHECK(w, epoll_wait(w->fd[1], &event, 1, 0) == 1 && event.events == EPOLLOUT);
}

static const struct kind stream_epoll = {
	.set_up = set_up_epoll,
	.prepare = prepare_epoll,
	.call = epoll_add,
	.done = done_epoll,
	.may = FAIL_ALLOC | FAIL_PAGE | FAIL_LINUX,
};

FIXTURE_VARIANT_ADD(fault, epoll_of_an_exported_socket) {
	.kind = &stream_epoll,
};

/*
 * The trials.
 */
static long attempt(struct world *w)
{
	const struct kind *kind = w->is->kind;

	return kind->call ? kind->call(w) :
			    zxp_ioctl(device, w->is->request ?: kind->request, place(ARGS));
}

static void check_error(struct world *w, unsigned int may, struct tally *tally)
{
	const struct trial *t = w->trial;
	long no_memory = may & FAIL_LINUX ? -ENOMEM : SAYS(ZX_ERR_NO_MEMORY);
	long bad_pointer = may & FAIL_LINUX ? -EFAULT : SAYS(ZX_ERR_INVALID_ARGS);

	CHECK(w, t->injected || !t->point);
	if (w->ret == -EFAULT && (t->point == 1 || (!t->point && t->bad == ARGS))) {
		/* The argument struct itself. */
		tally->bad_page += !t->point;
	} else if (w->ret == no_memory) {
		CHECK(w, t->point);
		tally->no_memory++;
	} else if (w->ret == bad_pointer) {
		CHECK(w, may & (t->point ? FAIL_COPY : FAIL_COPY | FAIL_FETCH | FAIL_PAGE));
		tally->bad_pointer += t->point > 0;
		tally->bad_page += !t->point;
	} else {
		CHECK(w, w->ret != w->ret);
	}
}

static void tear_down(struct world *w)
{
	static zx_info_handle_extended_t table[1024];
	size_t count;

	OK(zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, table, sizeof(table), &count,
			      NULL));
	MUST(count < ARRAY_SIZE(table));
	for (size_t i = 0; i < count; i++)
		if (table[i].handle_value != zx_process_self())
			zx_handle_close(table[i].handle_value);
	for (unsigned int i = 0; i < ARRAY_SIZE(w->fd); i++)
		if (w->fd[i] >= 0)
			close(w->fd[i]);
}

static void begin(const struct trial *t)
{
	if (t->point)
		arm(t->point);
	else if (t->protection == PROT_READ || t->protection == PROT_NONE)
		MUST(!mprotect((uint8_t *)place(t->bad) + t->page * PAGE, PAGE, t->protection));
	else
		MUST(!madvise(memory, PLACES * PLACE_SIZE, MADV_DONTNEED));
}

static void end(struct trial *t)
{
	if (t->point)
		t->injected = disarm();
	else
		MUST(!mprotect(memory, PLACES * PLACE_SIZE, PROT_READ | PROT_WRITE));
}

static void call(struct world *w)
{
	w->ret = attempt(w);
	if (w->is->kind->after)
		w->is->kind->after(w);
}

/* A call of which something fails. Returns whether all was as it should be. */
static bool try(const fault_case *is, struct trial *t, struct tally *tally)
{
	const struct kind *kind = is->kind;
	static struct world w;
	long expect = is->expect ?: kind->expect;

	w = (struct world){ .is = is, .trial = t, .fd = { -1, -1, -1 } };
	OK(zx_event_create(0, &w.kept));
	if (kind->set_up)
		kind->set_up(&w);
	if (kind->prepare)
		kind->prepare(&w);
	w.before = look(&w);

	begin(t);
	w.ret = attempt(&w);
	end(t);
	if (kind->after)
		kind->after(&w);

	if (w.ret != expect && kind->may & FAIL_LINUX && w.ret > 0) {
		/* A part was done, which is to be told; the rest follows. */
		expect -= w.ret;
		w.offset = w.ret;
		call(&w);
		CHECK(&w, w.ret == expect);
	} else if (w.ret != expect) {
		check_error(&w, kind->may | is->may, tally);
		(kind->failed ?: check_unchanged)(&w);
		if (kind->prepare)
			kind->prepare(&w);
		call(&w);
		CHECK(&w, w.ret == expect);
	} else {
		tally->survived += t->injected;
	}
	CHECK(&w, (int)(zxt_handles() - w.before.handles) ==
		  kind->gain + (is->duplicate ? 0 : kind->gain_each * (int)is->handles));
	if (kind->done)
		kind->done(&w);
	tear_down(&w);
	return !w.wrong;
}

static bool try_points(const fault_case *is, struct tally *tally)
{
	struct trial t = {};

	do {
		t.point++;
		if (!try(is, &t, tally))
			return false;
		tally->points += t.injected;
	} while (t.injected);
	return true;
}

/*
 * Now and then an allocation takes others along, for a slab is used up: then the points behind it
 * have other numbers than the next time, and one may be passed over.
 */
#define PASSES	10

static bool has_seen(unsigned int may, const struct tally *tally)
{
	return tally->points && (tally->no_memory || !(may & FAIL_ALLOC)) &&
	       (tally->bad_pointer || !(may & FAIL_COPY)) &&
	       (tally->survived || !(may & (FAIL_FETCH | FAIL_BATCH)));
}

static bool try_pages(const fault_case *is, struct tally *tally)
{
	static const int protections[] = { PROT_NONE, PROT_READ };
	struct trial t = {};

	for (t.bad = 0; t.bad < PLACES; t.bad++) {
		unsigned int pages = t.bad == FROM || t.bad == INTO ? is->size / PAGE + 1 : 1;

		for (t.page = 0; t.page < pages; t.page++) {
			for (unsigned int i = 0; i < ARRAY_SIZE(protections); i++) {
				t.protection = protections[i];
				tally->pages++;
				if (!try(is, &t, tally))
					return false;
			}
		}
	}
	/* And all are missing, but can be had. */
	t = (struct trial){ .protection = PROT_READ | PROT_WRITE };
	return try(is, &t, tally);
}

FIXTURE_SETUP(fault)
{
	memory = mmap(NULL, PLACES * PLACE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	ASSERT_NE(MAP_FAILED, memory);
	memset(memory, 0, PLACES * PLACE_SIZE);
	fail_only_in_module();
	fail_nth = open_fail_nth();
	ASSERT_NE(ZX_HANDLE_INVALID, zx_process_self());
	device = zxp_open(O_CLOEXEC);
	ASSERT_LE(0, device);
}

FIXTURE_TEARDOWN_PARENT(fault)
{
	zxt_set_parameter("handles_max", "1048576");
}

TEST_F_TIMEOUT(fault, leaves_all_as_it_was, 900)
{
	static const struct zxp_objects this_process = {
		.caches = 2,
		.cache = { { "zircon_process", 1 }, { "zircon_table", 1 } },
	};
	unsigned int may = variant->kind->may | variant->may;
	struct tally tally = {};
	zx_handle_t event;
	bool ok = true;

	for (int i = 0; ok && i < PASSES && !has_seen(may, &tally); i++)
		ok = try_points(variant, &tally);
	ASSERT_TRUE(ok);
	EXPECT_TRUE(try_pages(variant, &tally));
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
		EXPECT_LT(variant->kind->call ? 0 : 1, tally.bad_page);

	/* Of the numbers that were reserved for handles none is lost: there is room for one. */
	ASSERT_TRUE(zxt_set_parameter("handles_max", "2"));
	EXPECT_EQ(ZX_OK, zx_event_create(0, &event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	EXPECT_EQ(NULL, zxp_wait_objects(&this_process, 60));
}

/*
 * What can be tried only once in a process has one for each trial.
 */
enum {
	ALONE_DONE,
	ALONE_FAILED,
	ALONE_SURVIVED,
};

static bool try_alone(int (*trial)(unsigned int point), struct tally *tally)
{
	for (unsigned int point = 1;; point++) {
		pid_t pid;

		fflush(NULL);
		pid = fork();
		MUST(pid >= 0);
		if (!pid) {
			fail_nth = open_fail_nth();
			_exit(trial(point));
		}
		switch (zxp_reap(pid)) {
		case ALONE_DONE:
			return true;
		case ALONE_FAILED:
			tally->no_memory++;
			tally->points++;
			break;
		case ALONE_SURVIVED:
			tally->survived++;
			tally->points++;
			break;
		default:
			return false;
		}
	}
}

static int outcome(bool failed, bool injected)
{
	CHILD_CHECK(injected || !failed);
	return failed ? ALONE_FAILED : injected ? ALONE_SURVIVED : ALONE_DONE;
}

/* Makes an event, of whose making a point fails. */
static int try_create(int fd, unsigned int point, bool *injected)
{
	zx_handle_t event = ZX_HANDLE_INVALID;
	long ret;

	arm(point);
	ret = zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL);
	*injected = disarm();
	CHILD_CHECK(!ret || ret == SAYS(ZX_ERR_NO_MEMORY) || ret == SAYS(ZX_ERR_INVALID_ARGS) ||
		    (ret == -EFAULT && point == 1));
	if (ret)
		CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
	CHILD_CHECK(zxp_check(fd, event) == 0);
	return ret;
}

static int try_open(unsigned int point)
{
	zx_handle_t event;
	bool injected;
	int fd, error;

	arm(point);
	fd = zxp_open(O_CLOEXEC);
	error = errno;
	injected = disarm();
	CHILD_CHECK(fd >= 0 || error == ENOMEM);
	if (fd < 0) {
		fd = zxp_open(O_CLOEXEC);
		CHILD_CHECK(fd >= 0);
		CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
		return outcome(true, injected);
	}
	CHILD_CHECK(zxp_create(fd, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
	return outcome(false, injected);
}

/* Makes both levels of the table. */
static int try_first_handle(unsigned int point)
{
	int fd = zxp_open(O_CLOEXEC);
	bool injected;
	int ret;

	CHILD_CHECK(fd >= 0);
	ret = try_create(fd, point, &injected);
	return outcome(ret, injected);
}

/* The place of a handle in the table, the first being that of the process itself. */
static uint32_t index_of(zx_handle_t handle)
{
	return ((handle ^ zx_process_self()) >> 2) % (1u << 20);
}

/* Opens handles until the next one would be at @index, all others being in use. */
static void open_handles(uint32_t index)
{
	zx_handle_disposition_t how[64];
	zx_handle_t handle, end[2], got[64];
	uint32_t bytes, count;

	CHILD_CHECK(zx_process_self() != ZX_HANDLE_INVALID);
	CHILD_CHECK(zx_event_create(0, &handle) == ZX_OK);
	CHILD_CHECK(zx_channel_create(0, &end[0], &end[1]) == ZX_OK);
	for (int i = 0; i < 64; i++)
		how[i] = (zx_handle_disposition_t){
			.operation = ZX_HANDLE_OP_DUPLICATE,
			.handle = handle,
			.rights = ZX_RIGHT_SAME_RIGHTS,
		};
	got[63] = end[1];
	while (index_of(got[63]) + 64 < index) {
		CHILD_CHECK(zx_channel_write_etc(end[0], 0, NULL, 0, how, 64) == ZX_OK);
		CHILD_CHECK(zx_channel_read(end[1], 0, NULL, got, 0, 64, &bytes, &count) == ZX_OK);
	}
	for (uint32_t at = index_of(got[63]); at + 1 < index; at = index_of(got[0]))
		CHILD_CHECK(zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &got[0]) == ZX_OK);
}

static int try_growth(uint32_t index, unsigned int point)
{
	uint32_t before;
	bool injected;
	int ret, fd;

	open_handles(index);
	fd = zxp_open(O_CLOEXEC);
	CHILD_CHECK(fd >= 0);
	before = zxt_handles();
	CHILD_CHECK(before + 1 == index);
	ret = try_create(fd, point, &injected);
	CHILD_CHECK(zxt_handles() == before + 1);
	return outcome(ret, injected);
}

/* A table grows by 256 handles, and has a further directory for each 131072. */
static int try_small_growth(unsigned int point)
{
	return try_growth(256, point);
}

static int try_large_growth(unsigned int point)
{
	return try_growth(131072, point);
}

FIXTURE(alone)
{
};

FIXTURE_VARIANT(alone)
{
	int (*trial)(unsigned int point);
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
	bool ok = true;

	for (int i = 0; ok && i < PASSES && tally.no_memory < variant->no_memory; i++)
		ok = try_alone(variant->trial, &tally);
	ASSERT_TRUE(ok);
	TH_LOG("%u points: %u failed, %u made good", tally.points, tally.no_memory, tally.survived);
	EXPECT_LE(variant->no_memory, tally.no_memory);
	EXPECT_EQ(NULL, zxp_wait_objects(&none, 60));
}

/*
 * Loading the module: what fails while its init function runs.
 */
#define MODULE	"/zircon.ko"

static bool is_loaded(void)
{
	return !access("/sys/module/zircon", F_OK);
}

/* A process that has just ended may have its files for a moment yet. */
static bool unload(void)
{
	for (int i = 0; i < 100; i++) {
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

/* A cache goes a moment after it was destroyed. */
static bool nothing_is_left(void)
{
	for (int i = 0; i < 100; i++, zxp_sleep_ms(100)) {
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

FIXTURE(module)
{
};

FIXTURE_SETUP(module)
{
	unsigned long start, end;

	if (access(MODULE, R_OK))
		SKIP(return, "there is no " MODULE);
	ASSERT_TRUE(unload());
	ASSERT_TRUE(nothing_is_left());
	find_function("do_one_initcall", &start, &end);
	/* A cache does without its files in sysfs, of which there are dozens. */
	fail_only_in(start, end, "kobject_init_and_add");
	fail_nth = open_fail_nth();
}

FIXTURE_TEARDOWN_PARENT(module)
{
	if (!is_loaded() && !load())
		abort();
}

TEST_F_TIMEOUT(module, load_leaves_nothing, 1800)
{
	struct tally tally = {};
	bool injected;

	do {
		int error = 0;

		arm(tally.points + 1);
		if (!load())
			error = errno;
		injected = disarm();
		if (error) {
			ASSERT_EQ(ENOMEM, error) TH_LOG("at point %u", tally.points + 1);
			ASSERT_TRUE(injected);
			tally.no_memory++;
		} else {
			ASSERT_TRUE(works()) TH_LOG("at point %u", tally.points + 1);
			tally.survived += injected;
			ASSERT_TRUE(unload());
		}
		ASSERT_TRUE(nothing_is_left()) TH_LOG("at point %u", tally.points + 1);
		tally.points += injected;
	} while (injected);
	TH_LOG("%u points: %u failed, %u made good", tally.points, tally.no_memory, tally.survived);
	/* Nine caches, a work queue and the device. */
	EXPECT_LE(11, tally.no_memory);
}

int main(int argc, char **argv)
{
	const char *what = lacking();

	if (what && getenv("FAULTS_REQUIRED")) {
		printf("Bail out! there is no %s\n", what);
		return KSFT_FAIL;
	}
	if (what) {
		printf("TAP version 13\n1..0 # SKIP there is no %s\n", what);
		return KSFT_SKIP;
	}
	atexit(put_settings_back);
	return test_harness_run(argc, argv);
}
