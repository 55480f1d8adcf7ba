// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs for the device that were found by a search: each made the module do something that
 * none before it had done. The test runs all of them again, each by itself and each together with
 * the next in a second thread. That the module survives it, and keeps nothing, is what is tested.
 *
 * A program is a line of text, its operations are words: a name and, after a colon, bytes in hex
 * from which every choice is read that the operation leaves open. Bytes that are missing are
 * zero, and zero stands for what is mostly right. So a program of any bytes means something.
 *
 *	explore					the test; the programs are in ./explore.corpus
 *	explore search SECONDS [SEED]		look for more, needs a kernel with KCOV
 *	explore run PROGRAM...			run programs that are given as arguments
 *
 * The search changes programs at random and keeps what gets to pairs of places in the module, one
 * reached after the other, or to results that were not seen before. At the end it prints the
 * least of all programs that get to as many, each after "corpus: ".
 */
#include <linux/kcov.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <time.h>

#include "zxproc.h"

#define OPS		40	/* in a program */
#define BYTES		22	/* of an operation */
#define PROGRAMS	3000	/* that a search can hold */
#define LINE		(OPS * (BYTES * 2 + 16))
#define AT_ONCE		300	/* programs that one worker runs */
#define STUCK		90	/* seconds without progress; machines that emulate are slow */

#define HANDLES		96	/* that a program remembers; others stay open until its end */
#define FDS		32
#define BUFFER		(80 * 1024)
#define PAGE		4096
#define TRACE		(1 << 17)	/* places in the order in which they were reached */
#define SIGNAL_BITS	18		/* of the hashes of what a program can show that is new */
#define SIGNALS		(1 << SIGNAL_BITS)
#define OWN_FDS		200	/* descriptors from here on are not the program's */

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

struct op {
	uint8_t what, size;
	uint8_t bytes[BYTES];
};

struct program {
	uint32_t count;
	struct op ops[OPS];
};

/* What is seen by whoever looks after the worker, and outlives it. */
static struct shared {
	volatile uint64_t runs, places;
	volatile bool reported;
	bool watched;		/* by lockdep, when it began */
	struct program now, other;
	uint32_t count;
	struct program corpus[PROGRAMS];
	uint64_t seen[SIGNALS / 64];
	uint64_t pcs[1 << 14];	/* one bit for each byte of the module's code */
} *shared;

/*
 * The machine on which programs run.
 */
enum { CHANNEL, SOCKET, FIFO, OTHER, ANY, DEAD };
enum { FD_EXPORTED, FD_WATCH, FD_EPOLL, FD_DEVICE, FD_ANY };

static volatile int device = -1;
static volatile struct {
	uint32_t handle;
	uint8_t kind;
} handles[HANDLES];
static volatile unsigned int handle_count;
static volatile struct {
	int fd;
	uint8_t kind;
} fds[FDS];
static volatile unsigned int fd_count;
/* Of the request that was read last, or of the call that was cut off. */
static volatile uint32_t txid;
static char corpus_path[256];
static int sockets[2], pipe_ends[2], memory_file, kmsg = -1, taint = -1;

static void fail_at(int line)
{
	fprintf(stderr, "# explore.c:%d: %s\n", line, strerror(errno));
	_exit(1);
}

/* For what is none of the module's business, and just works. */
#define MUST(condition)		\
do {				\
	if (!(condition))	\
		fail_at(__LINE__); \
} while (0)

/* Who runs a program's operations: the first thread, or a second one, or a child. */
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

static struct actor main_actor = { .first = true }, second_actor;
static bool second_is_there;

static uint8_t byte(struct actor *a)
{
	return a->at < a->op->size ? a->op->bytes[a->at++] : 0;
}

static void remember(uint32_t handle, int kind)
{
	unsigned int i = handle_count;

	if (kind == ANY) {
		zx_info_handle_basic_t info = {};
		struct zx_ioc_object_get_info arg = {
			.handle = handle,
			.topic = ZX_INFO_HANDLE_BASIC,
			.buffer = (uintptr_t)&info,
			.buffer_size = sizeof(info),
		};

		zxp_ioctl(device, ZX_IOC_OBJECT_GET_INFO, &arg);
		kind = info.type == ZX_OBJ_TYPE_CHANNEL ? CHANNEL :
		       info.type == ZX_OBJ_TYPE_SOCKET ? SOCKET :
		       info.type == ZX_OBJ_TYPE_FIFO ? FIFO : OTHER;
	}
	if (i >= HANDLES)
		return;
	handles[i].handle = handle;
	handles[i].kind = kind;
	handle_count = i + 1;
}

static int kind_of(uint32_t handle)
{
	for (unsigned int i = handle_count; i--;)
		if (handles[i].handle == handle)
			return handles[i].kind;
	return OTHER;
}

/* What went away with a call is not to be had any more, except by those who ask for that. */
static void forget_dead(void)
{
	for (unsigned int i = 0; i < handle_count; i++)
		if (handles[i].kind != DEAD && zxp_check(device, handles[i].handle))
			handles[i].kind = DEAD;
}

/* The n-th last of a kind, from the one before the last if there are fewer; 0 if there is none. */
static uint32_t handle_of(int kind, unsigned int n)
{
	unsigned int i, found = 0;

	for (i = 0; i < handle_count; i++)
		found += kind == ANY ? handles[i].kind != DEAD : handles[i].kind == kind;
	if (!found)
		return 0;
	n = found - 1 - n % found;
	for (i = 0; i < handle_count; i++)
		if ((kind == ANY ? handles[i].kind != DEAD : handles[i].kind == kind) && !n--)
			return handles[i].handle;
	return 0;
}

static uint32_t some_handle(struct actor *a, int kind)
{
	uint8_t choice = byte(a);
	uint32_t handle;

	switch (choice) {
	case 0xff:
		return 0;
	case 0xfe:
		return 0x87654323;
	case 0xfd:
		return handle_of(DEAD, byte(a));
	case 0xfc:
		return handle_of(ANY, byte(a)) ^ 1u << byte(a) % 32;
	case 0xf0 ... 0xfb:
		return handle_of(ANY, byte(a));
	}
	handle = handle_of(kind, choice);
	return handle ? handle : handle_of(ANY, choice);
}

static void remember_fd(int fd, int kind)
{
	unsigned int i = fd_count;

	if (fd < 0)
		return;
	if (i >= FDS) {
		close(fd);
		return;
	}
	fds[i].fd = fd;
	fds[i].kind = kind;
	fd_count = i + 1;
}

static int fd_of(int kind, unsigned int n)
{
	unsigned int i, found = 0;

	for (i = 0; i < fd_count; i++)
		found += fds[i].fd >= 0 && (kind == FD_ANY || fds[i].kind == kind);
	if (!found)
		return -1;
	n = found - 1 - n % found;
	for (i = 0; i < fd_count; i++)
		if (fds[i].fd >= 0 && (kind == FD_ANY || fds[i].kind == kind) && !n--)
			return fds[i].fd;
	return -1;
}

static int some_fd(struct actor *a, int kind)
{
	uint8_t choice = byte(a);

	switch (choice) {
	case 0xff:
		return -1;
	case 0xfe:
		return device;
	case 0xfd:
		return memory_file;
	case 0xf0 ... 0xfc:
		return fd_of(FD_ANY, byte(a));
	default:
		return fd_of(kind, choice);
	}
}

static uint32_t some_size(struct actor *a)
{
	static const uint32_t sizes[] = {
		8, 0, 1, 4, 16, 32, 64, 65, 100, 208, 256, 1024, 1025, 4000, 4048, 4096, 8191,
		20000, 65535, 65536, 65537, 80000, 0x7fffffff, 0xffffffff,
	};
	uint8_t choice = byte(a);

	return choice < COUNT(sizes) ? sizes[choice] : choice - COUNT(sizes);
}

/* Memory in all conditions. @slot keeps apart what one call is given. */
static uint64_t some_pointer(struct actor *a, uint32_t size, unsigned int slot)
{
	uint32_t fits = size > BUFFER ? BUFFER : size;
	uint8_t *at = a->buffer + slot * 256;

	switch (byte(a)) {
	case 1:
		return 0;
	case 2:
		return (uintptr_t)a->read_only;
	case 3:
		return (uintptr_t)a->edge;
	case 4:
		return (uintptr_t)a->edge - fits;
	case 5:
		return (uintptr_t)a->edge - fits + 1;
	case 6:
		return (uintptr_t)a->edge - fits / 2;
	case 7:
		return 0xffff888000001000;
	case 8:
		return 0x4141414141414141;
	case 9:
		return (uintptr_t)at + 1;
	case 10:
		return (uintptr_t)a->buffer + PAGE - fits / 2 % PAGE;
	case 11:
		/* A page that is not there yet. */
		madvise(a->buffer, BUFFER, MADV_DONTNEED);
		return (uintptr_t)at;
	default:
		return (uintptr_t)at;
	}
}

/* Where a small result goes: mostly to @slot. */
static uint64_t some_out(struct actor *a, void *slot, uint32_t size)
{
	unsigned int at = a->at;

	if (!byte(a))
		return (uintptr_t)slot;
	a->at = at;
	return some_pointer(a, size, 64);
}

static uint32_t some_signals(struct actor *a)
{
	uint8_t choice = byte(a);

	return choice == 0xff ? ~0u : choice == 0xfe ? 0 : choice == 0xfd ? 0xff000000 :
	       choice & 0x80 ? 3u << choice % 32 : choice < 64 ? choice : 1u << choice % 32;
}

static uint32_t some_rights(struct actor *a)
{
	uint8_t choice = byte(a);

	return choice == 0 ? ZX_RIGHT_SAME_RIGHTS : choice == 1 ? 0 : choice == 2 ? ~0u :
	       choice & 0x80 ? 1u << choice % 32 : ZX_RIGHTS_BASIC & ~(1u << choice % 32);
}

/* What never ends is ended by the thread's timer. */
static int64_t some_deadline(struct actor *a)
{
	switch (byte(a)) {
	case 1:
		return ZX_TIME_INFINITE;
	case 2:
		return zx_deadline_after(20000);
	case 3:
		return zx_deadline_after(6000000);
	case 4:
		return INT64_MIN;
	default:
		return 0;
	}
}

static uint32_t some_options(struct actor *a, uint32_t known)
{
	uint8_t choice = byte(a);

	return choice >= 0xf0 ? 1u << choice % 16 : choice & known;
}

static uint32_t some_count(struct actor *a)
{
	static const uint32_t counts[] = { 63, 64, 65, 66, 1000, 8192, 8193, 0xffffffff };
	uint8_t choice = byte(a);

	return choice < 0xf8 ? choice % 5 : counts[choice - 0xf8];
}

/* Handles for a message, at slot 32 of the memory if that is where the pointer leads. */
static uint64_t some_handles(struct actor *a, uint32_t count, bool etc)
{
	uint64_t at = some_pointer(a, count * (etc ? 20 : 4), 32);
	uint32_t in_buffer = at - (uintptr_t)a->buffer, used = count < 66 ? count : 66;

	if (in_buffer > BUFFER - 20 * used)
		return at;
	for (uint32_t i = 0; i < used; i++) {
		struct zx_ioc_handle_disposition how = { .handle = some_handle(a, ANY) };

		if (etc) {
			how.operation = byte(a) % 16;
			how.type = byte(a) % 32;
			how.rights = some_rights(a);
			memcpy(a->buffer + in_buffer + i * sizeof(how), &how, sizeof(how));
		} else {
			memcpy(a->buffer + in_buffer + i * 4, &how.handle, 4);
		}
	}
	return at;
}

static uint64_t some_iovec(struct actor *a, uint32_t count)
{
	struct zx_ioc_channel_iovec *iovec = (void *)(a->buffer + 48 * 256);

	for (uint32_t i = 0; i < count && i < 8; i++) {
		iovec[i].capacity = some_size(a);
		iovec[i].buffer = some_pointer(a, iovec[i].capacity, 0);
		iovec[i].reserved = byte(a) == 0xff;
	}
	return byte(a) ? some_pointer(a, 16, 48) : (uintptr_t)iovec;
}

/*
 * Calls.
 */

/* An operation "odd" before this one has the ioctl differ from what it should be. */
static long submit(struct actor *a, unsigned long request, union zxp_argument *arg)
{
	uint32_t size = _IOC_SIZE(request), nr = _IOC_NR(request), dir = _IOC_DIR(request);
	uint8_t how = a->odd_how;
	int fd = device;
	void *at = arg;

	switch (a->odd) {
	case 1:
		size = how % size;
		break;
	case 2:
		size += 1 + how % 100;
		break;
	case 3:
		size += 1 + how % 100;
		arg->bytes[size - 1] = 1;
		break;
	case 4:
		at = a->edge;
		break;
	case 5:
	case 6:
		at = a->edge - size + (a->odd == 6);
		memcpy(at, arg, size - (a->odd == 6));
		break;
	case 7:
		arg->bytes[how % size] ^= 0x40;
		break;
	case 8:
		arg->bytes[how % size] ^= 0x01;
		break;
	case 9:
		nr = how;
		break;
	case 10:
		dir = how & 3;
		break;
	case 11:
		fd = fd_of(FD_ANY, how);
		break;
	}
	return zxp_ioctl(fd, _IOC(dir, ZX_IOC_MAGIC, nr, size), at);
}

static long create(struct actor *a, unsigned long request, int kind, uint32_t known, bool two)
{
	uint32_t out[2] = {};
	union zxp_argument arg = {
		.create.options = some_options(a, known),
		.create.out0 = some_out(a, &out[0], 4),
		.create.out1 = two ? some_out(a, &out[1], 4) : 0,
	};
	long ret = submit(a, request, &arg);

	for (int i = 0; ret == 0 && i < 2; i++)
		if (out[i])
			remember(out[i], kind);
	return ret;
}

static long do_event(struct actor *a)
{
	return create(a, ZX_IOC_EVENT_CREATE, OTHER, 0, false);
}

static long do_eventpair(struct actor *a)
{
	return create(a, ZX_IOC_EVENTPAIR_CREATE, OTHER, 0, true);
}

static long do_channel(struct actor *a)
{
	return create(a, ZX_IOC_CHANNEL_CREATE, CHANNEL, 0, true);
}

static long do_socket(struct actor *a)
{
	return create(a, ZX_IOC_SOCKET_CREATE, SOCKET, 7, true);
}

/* Of few sizes, so that they may fit together. */
static uint32_t some_elem_size(struct actor *a)
{
	static const uint32_t sizes[] = { 8, 12, 1, 2048, 4096, 0, 4097, 0xffffffff };

	return sizes[byte(a) % COUNT(sizes)];
}

static long do_fifo(struct actor *a)
{
	static const uint32_t counts[] = { 16, 1, 2, 340, 512, 4096, 0, 1u << 31 };
	uint32_t out[2] = {};
	union zxp_argument arg = {
		.fifo_create.elem_size = some_elem_size(a),
		.fifo_create.elem_count = counts[byte(a) % COUNT(counts)],
		.fifo_create.out0 = some_out(a, &out[0], 4),
		.fifo_create.out1 = some_out(a, &out[1], 4),
		.fifo_create.options = some_options(a, 0),
	};
	long ret = submit(a, ZX_IOC_FIFO_CREATE, &arg);

	for (int i = 0; ret == 0 && i < 2; i++)
		if (out[i])
			remember(out[i], FIFO);
	return ret;
}

static long do_close(struct actor *a)
{
	union zxp_argument arg = { .handle.handle = some_handle(a, ANY) };
	long ret = submit(a, ZX_IOC_HANDLE_CLOSE, &arg);

	forget_dead();
	return ret;
}

static long do_close_many(struct actor *a)
{
	union zxp_argument arg = { .close_many.count = some_count(a) };
	long ret;

	arg.close_many.handles = some_handles(a, arg.close_many.count, false);
	ret = submit(a, ZX_IOC_HANDLE_CLOSE_MANY, &arg);
	forget_dead();
	return ret;
}

static long copy(struct actor *a, unsigned long request)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.handle.handle = some_handle(a, ANY),
		.handle.rights = some_rights(a),
		.handle.out = some_out(a, &out, 4),
	};
	int kind = kind_of(arg.handle.handle);
	long ret = submit(a, request, &arg);

	if (ret == 0 && out)
		remember(out, kind);
	if (request == ZX_IOC_HANDLE_REPLACE)
		forget_dead();
	return ret;
}

static long do_duplicate(struct actor *a)
{
	return copy(a, ZX_IOC_HANDLE_DUPLICATE);
}

static long do_replace(struct actor *a)
{
	return copy(a, ZX_IOC_HANDLE_REPLACE);
}

static long do_valid(struct actor *a)
{
	union zxp_argument arg = { .handle.handle = some_handle(a, ANY) };

	return submit(a, ZX_IOC_HANDLE_CHECK_VALID, &arg);
}

static long do_self(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = { .handle.out = some_out(a, &out, 4) };
	long ret = submit(a, ZXL_IOC_PROCESS_SELF, &arg);

	if (ret == 0 && out)
		remember(out, OTHER);
	return ret;
}

static long do_version(struct actor *a)
{
	union zxp_argument arg = {};

	return submit(a, ZXL_IOC_VERSION, &arg);
}

static long do_signal(struct actor *a)
{
	uint8_t how = byte(a);
	union zxp_argument arg = {
		.signal.handle = some_handle(a, ANY),
		.signal.set_mask = some_signals(a),
		.signal.clear_mask = some_signals(a),
	};

	return submit(a, how & 1 ? ZX_IOC_OBJECT_SIGNAL_PEER : ZX_IOC_OBJECT_SIGNAL, &arg);
}

static long do_wait(struct actor *a)
{
	uint32_t observed;
	union zxp_argument arg = {
		.wait_one.handle = some_handle(a, ANY),
		.wait_one.signals = some_signals(a),
		.wait_one.deadline = some_deadline(a),
		.wait_one.observed = some_out(a, &observed, 4),
	};

	return submit(a, ZX_IOC_OBJECT_WAIT_ONE, &arg);
}

static long do_wait_many(struct actor *a)
{
	struct zx_ioc_wait_item *items = (void *)(a->buffer + 16 * 256);
	union zxp_argument arg = {
		.wait_many.deadline = some_deadline(a),
		.wait_many.count = some_count(a),
	};

	for (unsigned int i = 0; i < arg.wait_many.count && i < 66; i++)
		items[i] = (struct zx_ioc_wait_item){ some_handle(a, ANY), some_signals(a), 0 };
	arg.wait_many.items = some_pointer(a, 12 * arg.wait_many.count, 16);
	return submit(a, ZX_IOC_OBJECT_WAIT_MANY, &arg);
}

static long do_info(struct actor *a)
{
	static const uint32_t topics[] = {
		ZX_INFO_HANDLE_BASIC, ZX_INFO_HANDLE_VALID, ZX_INFO_HANDLE_COUNT,
		ZX_INFO_PROCESS_HANDLE_STATS, ZX_INFO_HANDLE_TABLE, ZX_INFO_SOCKET, 0, 1000,
	};
	uint64_t actual, avail;
	union zxp_argument arg = {
		.get_info.topic = topics[byte(a) % COUNT(topics)],
		.get_info.handle = some_handle(a, ANY),
	};

	arg.get_info.buffer_size = some_size(a);
	arg.get_info.buffer = some_pointer(a, arg.get_info.buffer_size, 0);
	arg.get_info.actual = some_out(a, &actual, 8);
	arg.get_info.avail = some_out(a, &avail, 8);
	return submit(a, ZX_IOC_OBJECT_GET_INFO, &arg);
}

static long do_property(struct actor *a)
{
	static const uint32_t properties[] = {
		ZX_PROP_NAME, ZX_PROP_SOCKET_RX_THRESHOLD, ZX_PROP_SOCKET_TX_THRESHOLD, 1000,
	};
	static const uint64_t values[] = { 1, 0, 100, 5000, 262144, 262145, 0x3a3a3a3a3a3a3a3a };
	uint8_t how = byte(a);
	union zxp_argument arg = {
		.property.property = properties[how / 2 % 4],
		.property.handle = some_handle(a, how & 4 ? SOCKET : ANY),
		.property.value_size = some_size(a),
	};

	memcpy(a->buffer, &values[byte(a) % COUNT(values)], 8);
	arg.property.value = some_pointer(a, arg.property.value_size, 0);
	return submit(a, how & 1 ? ZX_IOC_OBJECT_SET_PROPERTY : ZX_IOC_OBJECT_GET_PROPERTY, &arg);
}

static long do_child(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.get_child.handle = some_handle(a, ANY),
		.get_child.rights = some_rights(a),
		.get_child.koid = byte(a),
		.get_child.out = some_out(a, &out, 4),
	};

	return submit(a, ZX_IOC_OBJECT_GET_CHILD, &arg);
}

/* How: 1 for _etc, 2 for an iovec, 4 to answer the request that was read last. */
static long do_write(struct actor *a)
{
	uint8_t how = byte(a);
	bool etc = how & 1;
	union zxp_argument arg = {
		.write.handle = some_handle(a, CHANNEL),
		.write.num_handles = some_count(a),
		.write.num_bytes = how & 2 ? some_count(a) : some_size(a),
		.write.options = how & 2 ? ZX_CHANNEL_WRITE_USE_IOVEC : how >= 0xf0 ? how : 0,
	};
	long ret;

	arg.write.handles = some_handles(a, arg.write.num_handles, etc);
	arg.write.bytes = how & 2 ? some_iovec(a, arg.write.num_bytes) :
			  some_pointer(a, arg.write.num_bytes, 0);
	memcpy(a->buffer, how & 4 ? (const void *)&txid : "\0\0\0", 4);
	ret = submit(a, etc ? ZX_IOC_CHANNEL_WRITE_ETC : ZX_IOC_CHANNEL_WRITE, &arg);
	if (arg.write.num_handles)
		forget_dead();
	return ret;
}

static void received(const uint32_t *infos, uint32_t count, bool etc)
{
	for (uint32_t i = 0; i < count && i < ZX_CHANNEL_MAX_MSG_HANDLES; i++)
		remember(infos[etc ? i * 4 : i], ANY);
}

static long do_read(struct actor *a)
{
	uint32_t infos[4 * ZX_CHANNEL_MAX_MSG_HANDLES] = {}, bytes = 0, count = 0;
	uint8_t how = byte(a);
	bool etc = how & 1;
	union zxp_argument arg = {
		.read.handle = some_handle(a, CHANNEL),
		.read.options = some_options(a, ZX_CHANNEL_READ_MAY_DISCARD),
		.read.num_bytes = how & 2 ? some_size(a) : 65536,
		.read.num_handles = how & 4 ? some_count(a) : ZX_CHANNEL_MAX_MSG_HANDLES,
	};
	long ret;

	arg.read.bytes = some_pointer(a, arg.read.num_bytes, 0);
	arg.read.actual_bytes = some_out(a, &bytes, 4);
	arg.read.actual_handles = some_out(a, &count, 4);
	arg.read.handles = byte(a) ? some_pointer(a, 64 * 16, 32) : (uintptr_t)infos;
	ret = submit(a, etc ? ZX_IOC_CHANNEL_READ_ETC : ZX_IOC_CHANNEL_READ, &arg);
	if (ret == 0) {
		received(infos, count, etc);
		if (bytes >= 4 && arg.read.bytes == (uintptr_t)a->buffer)
			memcpy((void *)&txid, a->buffer, 4);
	}
	return ret;
}

/* How: 1 for _etc, 2 for an iovec, 4 to go on with a call that was cut off, 8 for less room. */
static long do_call(struct actor *a)
{
	uint32_t infos[4 * ZX_CHANNEL_MAX_MSG_HANDLES] = {}, bytes = 0, count = 0, own_txid = txid;
	uint8_t how = byte(a);
	bool etc = how & 1, iovec = how & 2, finish = how & 4;
	union zxp_argument arg = {
		.call.handle = some_handle(a, CHANNEL),
		.call.deadline = some_deadline(a),
		.call.options = iovec ? ZX_CHANNEL_WRITE_USE_IOVEC : how >= 0xf0 ? how : 0,
	};
	struct zx_ioc_channel_call_args args = {
		.wr_num_handles = some_count(a),
		.wr_num_bytes = iovec ? some_count(a) : some_size(a),
		.rd_num_bytes = how & 8 ? some_size(a) : 65536,
		.rd_num_handles = how & 8 ? some_count(a) : ZX_CHANNEL_MAX_MSG_HANDLES,
	};
	static const unsigned long requests[] = {
		ZX_IOC_CHANNEL_CALL_NORETRY, ZX_IOC_CHANNEL_CALL_ETC_NORETRY,
		ZX_IOC_CHANNEL_CALL_FINISH, ZX_IOC_CHANNEL_CALL_ETC_FINISH,
	};
	long ret;

	args.wr_handles = some_handles(a, args.wr_num_handles, etc);
	args.wr_bytes = iovec ? some_iovec(a, args.wr_num_bytes) :
			some_pointer(a, args.wr_num_bytes, 0);
	args.rd_bytes = some_pointer(a, args.rd_num_bytes, 0);
	args.rd_handles = some_out(a, infos, sizeof(infos));
	arg.call.actual_bytes = some_out(a, &bytes, 4);
	arg.call.actual_handles = some_out(a, &count, 4);
	arg.call.txid = some_out(a, &own_txid, 4);
	arg.call.args = some_out(a, &args, sizeof(args));
	ret = submit(a, requests[etc + 2 * finish], &arg);
	if (ret == 0)
		received(infos, count, etc);
	else if (ret == -ZX_ERR_INTERNAL_INTR_RETRY)
		txid = own_txid;
	if (args.wr_num_handles)
		forget_dead();
	return ret;
}

/* How: 1 to write, else the socket's options. */
static long do_socket_io(struct actor *a)
{
	uint8_t how = byte(a);
	uint64_t actual;
	union zxp_argument arg = {
		.socket_io.handle = some_handle(a, SOCKET),
		.socket_io.options = how & 0x80 ? how : how & 0xc,
		.socket_io.size = some_size(a),
	};

	arg.socket_io.buffer = some_pointer(a, arg.socket_io.size, 0);
	arg.socket_io.actual = some_out(a, &actual, 8);
	return submit(a, how & 1 ? ZX_IOC_SOCKET_WRITE : ZX_IOC_SOCKET_READ, &arg);
}

static long do_disposition(struct actor *a)
{
	union zxp_argument arg = {
		.disposition.handle = some_handle(a, SOCKET),
		.disposition.disposition = byte(a) % 8,
		.disposition.disposition_peer = byte(a) % 8,
	};

	return submit(a, ZX_IOC_SOCKET_SET_DISPOSITION, &arg);
}

static long do_share(struct actor *a)
{
	union zxp_argument arg = {
		.share.handle = some_handle(a, SOCKET),
		.share.socket = some_handle(a, SOCKET),
	};
	long ret = submit(a, ZX_IOC_SOCKET_SHARE, &arg);

	forget_dead();
	return ret;
}

static long do_accept(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.handle.handle = some_handle(a, SOCKET),
		.handle.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZX_IOC_SOCKET_ACCEPT, &arg);

	if (ret == 0 && out)
		remember(out, SOCKET);
	return ret;
}

static long do_fifo_io(struct actor *a)
{
	uint8_t how = byte(a);
	uint64_t actual;
	union zxp_argument arg = {
		.fifo_io.handle = some_handle(a, FIFO),
		.fifo_io.elem_size = some_elem_size(a),
		.fifo_io.count = how & 2 ? some_size(a) : 3,
	};

	arg.fifo_io.data = some_pointer(a, arg.fifo_io.elem_size * arg.fifo_io.count, 0);
	arg.fifo_io.actual = some_out(a, &actual, 8);
	return submit(a, how & 1 ? ZX_IOC_FIFO_WRITE : ZX_IOC_FIFO_READ, &arg);
}

/*
 * Descriptors.
 */
static long do_export(struct actor *a)
{
	uint32_t out = -1;
	union zxp_argument arg = {
		.fd.handle = some_handle(a, SOCKET),
		.fd.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZXL_IOC_HANDLE_EXPORT, &arg);

	if (ret == 0)
		remember_fd(out, FD_EXPORTED);
	forget_dead();
	return ret;
}

static long do_import(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.fd.fd = some_fd(a, FD_EXPORTED),
		.fd.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZXL_IOC_HANDLE_IMPORT, &arg);

	if (ret == 0 && out)
		remember(out, ANY);
	return ret;
}

static long do_watch(struct actor *a)
{
	uint32_t out = -1;
	union zxp_argument arg = {
		.fd.handle = some_handle(a, ANY),
		.fd.signals = some_signals(a),
		.fd.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZXL_IOC_HANDLE_WATCH, &arg);

	if (ret == 0)
		remember_fd(out, FD_WATCH);
	return ret;
}

/* How: 1 to go on with the new file. */
static long do_reopen(struct actor *a)
{
	uint8_t how = byte(a);
	uint32_t out = -1;
	union zxp_argument arg = { .open.out = some_out(a, &out, 4) };
	long ret = submit(a, ZXL_IOC_OPEN, &arg);

	if (ret == 0 && how & 1 && (int)out >= 0) {
		remember_fd(device, FD_DEVICE);
		device = out;
	} else if (ret == 0) {
		remember_fd(out, FD_DEVICE);
	}
	return ret;
}

/* How: 1 to write, 2 by several pieces, 4 without waiting, 8 with a flag that is no good. */
static long do_stream(struct actor *a)
{
	uint8_t how = byte(a);
	int fd = some_fd(a, FD_EXPORTED), count = how & 2 ? 1 + byte(a) % 4 : 1;
	int flags = how & 8 ? RWF_HIPRI : how & 4 ? RWF_NOWAIT : 0;
	struct iovec iovec[4];
	long ret;

	for (int i = 0; i < count; i++) {
		iovec[i].iov_len = some_size(a);
		iovec[i].iov_base = (void *)some_pointer(a, iovec[i].iov_len, i);
	}
	ret = how & 1 ? pwritev2(fd, iovec, count, -1, flags) :
			preadv2(fd, iovec, count, -1, flags);
	return ret < 0 ? -errno : ret > 0;
}

static long do_splice(struct actor *a)
{
	uint8_t how = byte(a);
	int fd = some_fd(a, FD_EXPORTED);
	uint32_t size = some_size(a);
	off_t offset = 0;
	ssize_t ret;

	switch (how % 5) {
	case 0:
		ret = splice(fd, NULL, pipe_ends[1], NULL, size, SPLICE_F_NONBLOCK);
		break;
	case 1:
		ret = splice(pipe_ends[0], NULL, fd, NULL, size,
			     how & 0x80 ? SPLICE_F_NONBLOCK : 0);
		break;
	case 2:
		ret = sendfile(fd, memory_file, &offset, size);
		break;
	case 3:
		ret = splice(fd, NULL, pipe_ends[1], NULL, size, 0);
		break;
	default:
		ret = write(pipe_ends[1], a->buffer, size % BUFFER);
		break;
	}
	return ret < 0 ? -errno : ret > 0;
}

static long do_poll(struct actor *a)
{
	struct pollfd pfds[4];
	int count = 1 + byte(a) % 4, timeout = byte(a) % 8, ret;

	for (int i = 0; i < count; i++)
		pfds[i] = (struct pollfd){
			.fd = some_fd(a, FD_ANY),
			.events = byte(a) ? POLLOUT : POLLIN | POLLRDHUP,
		};
	ret = poll(pfds, count, timeout);
	return ret > 0 ? pfds[0].revents : ret;
}

static long do_epoll(struct actor *a)
{
	static const uint32_t flags[] = { 0, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE };
	static const int controls[] = { EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL };
	uint8_t how = byte(a);
	struct epoll_event events[4] = {
		{ .events = (how & 0x80 ? EPOLLOUT : EPOLLIN) | flags[how / 8 % 4] },
	};
	int ret;

	switch (how % 8) {
	case 0:
		remember_fd(epoll_create1(EPOLL_CLOEXEC), FD_EPOLL);
		return 0;
	case 1 ... 3:
		ret = epoll_ctl(some_fd(a, FD_EPOLL), controls[how % 8 - 1], some_fd(a, FD_ANY),
				events);
		break;
	default:
		ret = epoll_wait(some_fd(a, FD_EPOLL), events, 4, how & 0x40 ? 5 : 0);
		break;
	}
	return ret < 0 ? -errno : ret;
}

static long do_fd(struct actor *a)
{
	uint8_t how = byte(a);
	int fd = some_fd(a, FD_ANY), copy;
	char text[256];

	switch (how % 8) {
	case 0:
		for (unsigned int i = 0; i < fd_count; i++) {
			if (fds[i].fd == fd && fd >= 0) {
				fds[i].fd = -1;
				return close(fd);
			}
		}
		break;
	case 1:
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		for (unsigned int i = 0; i < fd_count; i++)
			if (fds[i].fd == fd && fd >= 0)
				remember_fd(copy, fds[i].kind);
		break;
	case 2:
		snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", fd);
		copy = open(text, O_RDONLY | O_CLOEXEC);
		while (copy >= 0 && read(copy, text, sizeof(text)) > 0)
			;
		close(copy);
		break;
	case 3:
		return zxp_send_fd(sockets[0], fd);
	case 4:
		remember_fd(zxp_receive_fd(sockets[1], MSG_DONTWAIT), FD_EXPORTED);
		break;
	case 5:
		return fcntl(fd, F_SETFL, how & 0x80 ? 0 : O_NONBLOCK);
	case 6:
		lseek(fd, 1, SEEK_SET);
		MUST(fd == memory_file ||
		     mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
		break;
	case 7:
		return read(fd, text, how >> 4) < 0 ? -errno : 0;
	}
	return 0;
}

/* How: 1 to have the first one closed before, which gives the table back, 2 to leave it there. */
static long do_open(struct actor *a)
{
	uint8_t how = byte(a);
	int old = device, new;

	if (how & 1)
		close(old);
	new = zxp_open(O_CLOEXEC);
	if (how & 2) {
		remember_fd(new, FD_DEVICE);
	} else if (new >= 0 || how & 1) {
		device = new;
		if (!(how & 1))
			close(old);
	}
	forget_dead();
	return new < 0 ? -errno : 0;
}

static long do_nothing(struct actor *a __UNUSED)
{
	return 0;
}

/* The last are no calls, but say something of those that follow them. */
enum { REPEAT = 36, ODD, FAIL, POOR, FORK, MEANWHILE, KINDS };

static const struct {
	const char *name;
	long (*run)(struct actor *a);
	uint8_t weight;
	bool waits;
} kinds[KINDS] = {
	{ "event", do_event, 4, false },
	{ "eventpair", do_eventpair, 4, false },
	{ "channel", do_channel, 8, false },
	{ "socket", do_socket, 8, false },
	{ "fifo", do_fifo, 5, false },
	{ "close", do_close, 5, false },
	{ "close_many", do_close_many, 2, false },
	{ "duplicate", do_duplicate, 4, false },
	{ "replace", do_replace, 4, false },
	{ "valid", do_valid, 1, false },
	{ "self", do_self, 2, false },
	{ "version", do_version, 1, false },
	{ "signal", do_signal, 5, false },
	{ "wait", do_wait, 6, true },
	{ "wait_many", do_wait_many, 4, true },
	{ "info", do_info, 5, false },
	{ "property", do_property, 5, false },
	{ "child", do_child, 1, false },
	{ "write", do_write, 12, false },
	{ "read", do_read, 10, false },
	{ "call", do_call, 8, true },
	{ "socket_io", do_socket_io, 14, false },
	{ "disposition", do_disposition, 5, false },
	{ "share", do_share, 4, false },
	{ "accept", do_accept, 3, false },
	{ "fifo_io", do_fifo_io, 8, false },
	{ "export", do_export, 7, false },
	{ "import", do_import, 4, false },
	{ "watch", do_watch, 4, false },
	{ "stream", do_stream, 10, true },
	{ "splice", do_splice, 5, true },
	{ "poll", do_poll, 4, false },
	{ "epoll", do_epoll, 6, false },
	{ "fd", do_fd, 5, true },
	{ "open", do_open, 1, false },
	{ "reopen", do_reopen, 1, false },
	[REPEAT] = { "repeat", do_nothing, 4, false },
	[ODD] = { "odd", do_nothing, 4, false },
	[FAIL] = { "fail", do_nothing, 8, false },
	[POOR] = { "poor", do_nothing, 1, false },
	[FORK] = { "fork", do_nothing, 2, false },
	[MEANWHILE] = { "meanwhile", do_nothing, 5, false },
};

/*
 * Programs as text.
 */
static char *print_program(const struct program *program, char *text)
{
	char *at = text;

	for (uint32_t i = 0; i < program->count; i++) {
		const struct op *op = &program->ops[i];

		at += sprintf(at, "%s%s%s", i ? " " : "", kinds[op->what].name,
			      op->size ? ":" : "");
		for (int j = 0; j < op->size; j++)
			at += sprintf(at, "%02x", op->bytes[j]);
	}
	*at = 0;
	return text;
}

static bool parse_op(const char *word, struct op *op)
{
	const char *hex = strchr(word, ':');
	size_t length = hex ? (size_t)(hex - word) : strlen(word);
	unsigned int value;

	memset(op, 0, sizeof(*op));
	while (op->what < KINDS && (strncmp(word, kinds[op->what].name, length) ||
				    kinds[op->what].name[length]))
		op->what++;
	if (op->what == KINDS)
		return false;
	for (hex += !!hex; hex && *hex; hex += 2) {
		if (op->size == BYTES || sscanf(hex, "%2x", &value) != 1 || !hex[1])
			return false;
		op->bytes[op->size++] = value;
	}
	return true;
}

/* Changes @text. */
static bool parse_program(char *text, struct program *program)
{
	static const char blanks[] = { ' ', '\n', 0 };
	char *word, *rest = NULL;

	program->count = 0;
	for (word = strtok_r(text, blanks, &rest); word; word = strtok_r(NULL, blanks, &rest))
		if (program->count == OPS || !parse_op(word, &program->ops[program->count++]))
			return false;
	return program->count > 0;
}

/* The number of programs that were read, negative for the line that is none. */
static int read_corpus(const char *path)
{
	static char line[LINE];
	FILE *file = fopen(path, "re");
	int number = 0;

	shared->count = 0;
	if (!file)
		return 0;
	while (shared->count < PROGRAMS && fgets(line, sizeof(line), file)) {
		number++;
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (!parse_program(line, &shared->corpus[shared->count])) {
			fclose(file);
			return -number;
		}
		shared->count++;
	}
	fclose(file);
	return shared->count;
}

/*
 * Coverage: the first thread's trace, and that of whoever runs beside it, a thread or a child.
 */
static struct {
	int fd;
	uint64_t *trace;
} kcov[2] = { { .fd = -1 }, { .fd = -1 } };
static uint64_t text_start, text_size;

static void move_away(int *fd)
{
	int high = *fd < 0 ? -1 : fcntl(*fd, F_DUPFD_CLOEXEC, OWN_FDS);

	MUST(high >= 0);
	close(*fd);
	*fd = high;
}

static bool read_number(const char *path, const char *format, uint64_t *value)
{
	FILE *file = fopen(path, "re");
	bool done = file && fscanf(file, format, value) == 1;

	if (file)
		fclose(file);
	return done;
}

static bool find_module(void)
{
	return access("/sys/kernel/debug/kcov", R_OK) == 0 &&
	       read_number("/sys/module/zircon/sections/.text", "%lx", &text_start) &&
	       read_number("/sys/module/zircon/coresize", "%lu", &text_size);
}

static void open_kcov(void)
{
	for (unsigned int i = 0; text_start && i < COUNT(kcov); i++) {
		kcov[i].fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
		move_away(&kcov[i].fd);
		MUST(ioctl(kcov[i].fd, KCOV_INIT_TRACE, TRACE) == 0);
		kcov[i].trace = mmap(NULL, TRACE * 8, PROT_READ | PROT_WRITE, MAP_SHARED,
				     kcov[i].fd, 0);
		MUST(kcov[i].trace != MAP_FAILED);
	}
}

/* The second one may be in use by another. */
static bool start_kcov(int which)
{
	return kcov[which].fd >= 0 && ioctl(kcov[which].fd, KCOV_ENABLE, KCOV_TRACE_PC) == 0;
}

static void stop_kcov(int which)
{
	ioctl(kcov[which].fd, KCOV_DISABLE, 0);
}

/* What one run has shown. */
struct signals {
	uint32_t count;
	uint32_t list[1 << 15];
	uint64_t bits[SIGNALS / 64];
};

static bool has(const uint64_t *bits, uint32_t bit)
{
	return bits[bit / 64] >> bit % 64 & 1;
}

static void set(uint64_t *bits, uint32_t bit)
{
	bits[bit / 64] |= 1ull << bit % 64;
}

static void add_signal(struct signals *signals, uint64_t what)
{
	uint32_t bit = what * 0x9e3779b97f4a7c15ull >> (64 - SIGNAL_BITS);

	if (has(signals->bits, bit) || signals->count == COUNT(signals->list))
		return;
	set(signals->bits, bit);
	signals->list[signals->count++] = bit;
}

static void collect(struct signals *signals)
{
	while (signals->count)
		signals->bits[signals->list[--signals->count] / 64] = 0;
	for (unsigned int i = 0; i < COUNT(kcov); i++) {
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

/*
 * Running.
 */
static void nothing(int signal __UNUSED)
{
}

/* For a thread's whole life; a forked child has none of its parent's timers. */
static void make_timer(struct actor *a)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGALRM,
	};

	event._sigev_un._tid = gettid();
	MUST(timer_create(CLOCK_MONOTONIC, &event, &a->timer) == 0);
}

static void set_timer(struct actor *a, unsigned int ms)
{
	const struct itimerspec when = {
		.it_value.tv_nsec = ms * 1000000,
		.it_interval.tv_nsec = 2 * ms * 1000000,
	};

	timer_settime(a->timer, 0, &when, NULL);
}

static void make_memory(struct actor *a)
{
	uint8_t *map = mmap(NULL, BUFFER + 2 * PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(map != MAP_FAILED);
	a->buffer = map;
	a->edge = map + BUFFER;
	a->read_only = a->edge + PAGE;
	MUST(mprotect(a->edge, PAGE, PROT_NONE) == 0);
	MUST(mprotect(a->read_only, PAGE, PROT_READ) == 0);
}

/* The n-th allocation or copy that the module makes in this thread fails; 0: none does. */
static void set_fail(unsigned int n)
{
	int fd = open("/proc/thread-self/fail-nth", O_WRONLY | O_CLOEXEC);
	char text[16];

	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%u", n);
	MUST(write(fd, text, strlen(text)) > 0);
	close(fd);
}

static void set_descriptors(rlim_t count)
{
	struct rlimit limit;

	MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = count;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void run_op(struct actor *a)
{
	unsigned int what = a->op->what;
	uint32_t result;
	long ret;

	/* A second thread is to have the time to come first. */
	if (kinds[what].waits)
		set_timer(a, second_is_there ? 30 : 5);
	if (a->poor)
		set_descriptors(0);
	if (a->fail)
		set_fail(a->fail);
	a->at = 0;
	ret = kinds[what].run(a);
	if (a->fail)
		set_fail(0);
	if (a->poor)
		set_descriptors(1024);
	if (kinds[what].waits)
		set_timer(a, 0);
	/* What is repeated counts when it gives something else. */
	result = what << 16 | (uint16_t)ret;
	if (a->results < COUNT(a->result) && (!a->results || a->result[a->results - 1] != result))
		a->result[a->results++] = result;
}

static void run_ops(struct actor *a, const struct op *ops, unsigned int count);

static void *second_thread(void *arg)
{
	struct actor *a = arg;
	bool traced = start_kcov(1);

	make_timer(a);
	/* Until the other one sleeps, as far as that can be known. */
	if (a->delay)
		zxp_sleep_ms(a->delay);
	run_ops(a, a->ops, a->count);
	timer_delete(a->timer);
	if (traced)
		stop_kcov(1);
	return NULL;
}

static bool start_second(const struct op *ops, unsigned int count, unsigned int delay)
{
	struct actor *a = &second_actor;

	if (second_is_there)
		return false;
	a->ops = ops;
	a->count = count;
	a->delay = delay;
	second_is_there = pthread_create(&a->thread, NULL, second_thread, a) == 0;
	return second_is_there;
}

static void end_second(void)
{
	pthread_join(second_actor.thread, NULL);
	second_is_there = false;
}

/* How: 1 for a device of its own, 2 to be killed at the end. */
static void run_child(struct actor *a, const struct op *ops, unsigned int count)
{
	uint8_t how = byte(a);
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		start_kcov(1);
		make_timer(a);
		if (how & 1)
			device = zxp_open(O_CLOEXEC);
		run_ops(a, ops, count);
		if (how & 2)
			raise(SIGKILL);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
}

static void run_ops(struct actor *a, const struct op *ops, unsigned int count)
{
	unsigned int repeat = 1, with = 0;
	bool together = false;

	for (unsigned int i = 0; i < count; i++) {
		a->op = &ops[i];
		a->at = 0;
		if (ops[i].what >= FORK) {
			with = byte(a) % 8 + 1;
			with = with < count - i - 1 ? with : count - i - 1;
		}
		switch (ops[i].what) {
		case REPEAT:
			repeat = byte(a) + 1;
			continue;
		case ODD:
			a->odd = byte(a);
			a->odd_how = byte(a);
			continue;
		case FAIL:
			a->fail = byte(a) % 64 + 1;
			continue;
		case POOR:
			a->poor = true;
			continue;
		case FORK:
			if (a->first && !together)
				run_child(a, &ops[i + 1], with);
			i += with;
			continue;
		case MEANWHILE:
			if (a->first && !together)
				together = start_second(&ops[i + 1], with, 1 + byte(a) % 4);
			i += with;
			continue;
		}
		while (repeat--)
			run_op(a);
		repeat = 1;
		a->odd = 0;
		a->fail = 0;
		a->poor = false;
		if (together)
			end_second();
		together = false;
	}
	if (together)
		end_second();
}

static void log_program(const struct program *program, const char *how)
{
	static char text[LINE + 32];
	char *at = text;

	at += sprintf(at, "<7>explore%s: ", how);
	print_program(program, at);
	/* In pieces that one record can hold. Console and serial port do not get to see them. */
	for (size_t length = strlen(text), done = 0; kmsg >= 0 && done < length;) {
		size_t piece = length - done < 900 ? length - done : 900;

		if (write(kmsg, text + done, piece) < 0)
			break;
		done += piece;
	}
}

static bool tainted(uint64_t *now)
{
	char text[32] = {};

	if (pread(taint, text, sizeof(text) - 1, 0) <= 0)
		return false;
	*now = strtoull(text, NULL, 10);
	return true;
}

static uint64_t taint_before;

/*
 * From no handles to no handles. With another program beside it nothing certain can be said of what
 * it showed.
 */
static void run_program(const struct program *program, const struct program *other,
			struct signals *signals)
{
	uint64_t now;
	int fd;

	shared->now = *program;
	shared->other.count = 0;
	shared->runs++;
	log_program(program, "");
	if (other) {
		shared->other = *other;
		log_program(other, ", and in another thread");
	}
	for (unsigned int i = 0; i < COUNT(kcov); i++)
		if (kcov[i].trace)
			kcov[i].trace[0] = 0;
	main_actor.results = 0;
	memset(main_actor.buffer, 0x3a, PAGE);

	start_kcov(0);
	device = zxp_open(O_CLOEXEC);
	if (other)
		start_second(other->ops, other->count, 0);
	run_ops(&main_actor, program->ops, program->count);
	if (second_is_there)
		end_second();
	close_range(3, OWN_FDS - 1, 0);
	while ((fd = zxp_receive_fd(sockets[1], MSG_DONTWAIT)) >= 0)
		close(fd);
	while (read(pipe_ends[0], main_actor.buffer, BUFFER) > 0)
		;
	stop_kcov(0);
	handle_count = 0;
	fd_count = 0;
	txid = 0;

	if (signals)
		collect(signals);
	if (taint >= 0 && tainted(&now) && now != taint_before)
		shared->reported = true;
}

/*
 * The search.
 */
static uint64_t state;

static uint32_t below(uint32_t n)
{
	/* xorshift64*; never zero */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 2685821657736338717ull >> 32) % n;
}

static bool one_in(uint32_t n)
{
	return below(n) == 0;
}

static uint8_t some_byte(void)
{
	switch (below(8)) {
	case 0 ... 2:
		return 0;
	case 3 ... 5:
		return below(12);
	case 6:
		return 0xf0 + below(16);
	default:
		return below(256);
	}
}

static void tidy_op(struct op *op)
{
	while (op->size && !op->bytes[op->size - 1])
		op->size--;
}

static void make_op(struct op *op)
{
	uint32_t all = 0, at;

	for (unsigned int i = 0; i < KINDS; i++)
		all += kinds[i].weight;
	at = below(all);
	memset(op, 0, sizeof(*op));
	while (at >= kinds[op->what].weight)
		at -= kinds[op->what++].weight;
	op->size = below(one_in(8) ? BYTES : 6);
	for (int i = 0; i < op->size; i++)
		op->bytes[i] = some_byte();
	tidy_op(op);
}

static void insert_ops(struct program *program, uint32_t at, const struct op *ops, uint32_t count)
{
	count = count < OPS - program->count ? count : OPS - program->count;
	memmove(&program->ops[at + count], &program->ops[at],
		(program->count - at) * sizeof(*ops));
	memcpy(&program->ops[at], ops, count * sizeof(*ops));
	program->count += count;
}

static void remove_ops(struct program *program, uint32_t at, uint32_t count)
{
	memmove(&program->ops[at], &program->ops[at + count],
		(program->count - at - count) * sizeof(*program->ops));
	program->count -= count;
}

/* Half of the time one that is new, since others have had their turn. */
static const struct program *some_program(void)
{
	uint32_t count = shared->count, late = count < 40 ? count : 40;

	return &shared->corpus[one_in(2) ? below(count) : count - 1 - below(late)];
}

static void change_op(struct op *op)
{
	uint32_t at = below(one_in(4) ? BYTES : op->size + 2 > BYTES ? BYTES : op->size + 2);
	uint8_t size = op->size > at ? op->size : at + 1;

	memset(op->bytes + op->size, 0, BYTES - op->size);
	op->bytes[at] = one_in(4) ? op->bytes[at] + (one_in(2) ? 1 : -1) :
			one_in(4) ? op->bytes[at] ^ 1 << below(8) : some_byte();
	op->size = size;
	tidy_op(op);
}

static void mutate(struct program *program)
{
	const struct program *other;
	uint32_t at, from, count;
	struct op op;

	for (uint32_t n = 1 + below(one_in(4) ? 8 : 3); n || !program->count; n -= !!n) {
		at = below(program->count + 1);
		if (program->count == 0 || one_in(4)) {
			make_op(&op);
			insert_ops(program, at, &op, 1);
			continue;
		}
		at = below(program->count);
		switch (below(10)) {
		case 0:
			remove_ops(program, at, 1);
			break;
		case 1:
			op = program->ops[below(program->count)];
			insert_ops(program, at, &op, 1);
			break;
		case 2:
			op = program->ops[at];
			from = below(program->count);
			program->ops[at] = program->ops[from];
			program->ops[from] = op;
			break;
		case 3:
			other = some_program();
			from = below(other->count);
			count = 1 + below(other->count - from);
			insert_ops(program, one_in(2) ? at : program->count, &other->ops[from],
				   count);
			break;
		case 4:
			program->ops[at].what = below(KINDS);
			break;
		default:
			change_op(&program->ops[at]);
			break;
		}
	}
}

static struct signals first_run, another_run;

static bool shows_all(const struct program *program, const uint32_t *wanted, uint32_t count)
{
	run_program(program, NULL, &another_run);
	for (uint32_t i = 0; i < count; i++)
		if (!has(another_run.bits, wanted[i]))
			return false;
	return true;
}

/* Takes away operations that add nothing to the signals that are wanted, several at a time. */
static void trim(struct program *program, const uint32_t *wanted, uint32_t count)
{
	struct program less;

	for (uint32_t part = program->count / 2; part; part /= 2) {
		for (uint32_t at = 0; at + part <= program->count && part < program->count;) {
			less = *program;
			remove_ops(&less, at, part);
			if (shows_all(&less, wanted, count))
				*program = less;
			else
				at += part;
		}
	}
}

/* The same with the bytes of operations. */
static void trim_bytes(struct program *program, const uint32_t *wanted, uint32_t count)
{
	struct program less;

	for (uint32_t i = 0; i < program->count; i++) {
		for (uint8_t part = program->ops[i].size; part; part /= 2) {
			if (part > program->ops[i].size)
				continue;
			less = *program;
			less.ops[i].size -= part;
			tidy_op(&less.ops[i]);
			if (shows_all(&less, wanted, count))
				*program = less;
		}
	}
}

/* Keeps a program if it shows something new, and does so again. */
static void judge(const struct program *candidate)
{
	static uint32_t wanted[COUNT(first_run.list)];
	struct program program = *candidate;
	uint32_t count = 0, stable = 0;

	run_program(&program, NULL, &first_run);
	for (uint32_t i = 0; i < first_run.count; i++) {
		if (!has(shared->seen, first_run.list[i])) {
			set(shared->seen, first_run.list[i]);
			wanted[count++] = first_run.list[i];
		}
	}
	if (!count)
		return;
	run_program(&program, NULL, &another_run);
	for (uint32_t i = 0; i < count; i++)
		if (has(another_run.bits, wanted[i]))
			wanted[stable++] = wanted[i];
	if (!stable || shared->count == PROGRAMS)
		return;
	trim(&program, wanted, stable);
	/* Its count is raised last: the worker may be killed at any time. */
	shared->corpus[shared->count] = program;
	shared->count++;
}

static void search(void)
{
	struct program program;

	for (int i = 0; i < AT_ONCE && !shared->reported; i++) {
		program.count = 0;
		if (shared->count && !one_in(20))
			program = *some_program();
		mutate(&program);
		if (shared->count && one_in(10))
			run_program(&program, some_program(), NULL);
		else
			judge(&program);
	}
}

/*
 * The least that shows as much: always the program that adds most to those that were taken, and of
 * its bytes only those that matter to what it adds.
 */
static void minimise(void)
{
	uint32_t **lists = calloc(shared->count, sizeof(*lists));
	uint32_t *gains = calloc(shared->count, sizeof(*gains));
	static uint64_t covered[SIGNALS / 64];
	static char text[LINE];

	for (uint32_t i = 0; i < shared->count; i++) {
		uint32_t stable = 0;

		run_program(&shared->corpus[i], NULL, &first_run);
		run_program(&shared->corpus[i], NULL, &another_run);
		lists[i] = malloc((first_run.count + 1) * sizeof(**lists));
		for (uint32_t j = 0; j < first_run.count; j++)
			if (has(another_run.bits, first_run.list[j]))
				lists[i][stable++] = first_run.list[j];
		lists[i][stable] = ~0u;
		gains[i] = stable;
	}
	for (;;) {
		uint32_t best, gain;

		/* A gain only ever falls, so the greatest that is still true is the greatest. */
		do {
			best = 0;
			for (uint32_t i = 1; i < shared->count; i++)
				if (gains[i] > gains[best])
					best = i;
			gain = 0;
			for (const uint32_t *bit = lists[best]; *bit != ~0u; bit++)
				gain += !has(covered, *bit);
			if (gain == gains[best])
				break;
			gains[best] = gain;
		} while (true);
		if (!gain)
			break;
		gain = 0;
		for (const uint32_t *bit = lists[best]; *bit != ~0u; bit++) {
			if (!has(covered, *bit)) {
				lists[best][gain++] = *bit;
				set(covered, *bit);
			}
		}
		gains[best] = 0;
		trim_bytes(&shared->corpus[best], lists[best], gain);
		lists[best][0] = ~0u;
		printf("corpus: %s\n", print_program(&shared->corpus[best], text));
	}
	fflush(stdout);
}

/* All of them, and each again beside the next. */
static void replay(void)
{
	struct program *corpus = shared->corpus;

	for (uint32_t i = 0; i < shared->count && !shared->reported; i++) {
		run_program(&corpus[i], NULL, &first_run);
		for (uint32_t j = 0; j < first_run.count; j++)
			set(shared->seen, first_run.list[j]);
	}
	for (uint32_t i = 0; i < shared->count && !shared->reported; i++)
		run_program(&corpus[i], &corpus[(i + 1) % shared->count], NULL);
}

/*
 * Workers.
 */
static void be_worker(void (*work)(void), uint64_t seed)
{
	const struct sigaction interrupt = { .sa_handler = nothing };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	state = seed * 2 + 1;
	sigaction(SIGALRM, &interrupt, NULL);
	sigaction(SIGPIPE, &interrupt, NULL);
	make_memory(&main_actor);
	make_memory(&second_actor);
	make_timer(&main_actor);
	MUST(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets) == 0);
	MUST(pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) == 0);
	memory_file = memfd_create("explore", MFD_CLOEXEC);
	taint = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);
	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	move_away(&sockets[0]);
	move_away(&sockets[1]);
	move_away(&pipe_ends[0]);
	move_away(&pipe_ends[1]);
	move_away(&memory_file);
	move_away(&taint);
	move_away(&kmsg);
	MUST(ftruncate(memory_file, BUFFER) == 0);
	MUST(tainted(&taint_before));
	open_kcov();
	work();
	exit(0);
}

/* lockdep gives up without a taint, and says why where the console does not show it. */
static bool lockdep_works(void)
{
	FILE *stats = fopen("/proc/lockdep_stats", "re");
	char line[128];
	int works = 1;

	while (stats && fgets(line, sizeof(line), stats))
		sscanf(line, " debug_locks: %d", &works);
	if (stats)
		fclose(stats);
	return works;
}

static void tell_programs(const char *what)
{
	static char text[LINE];

	printf("# %s: %s\n", what, print_program(&shared->now, text));
	if (shared->other.count)
		printf("# perhaps with: %s\n", print_program(&shared->other, text));
	fflush(stdout);
}

/* The kernel's log from the first program on, without the programs. */
static void tell_log(void)
{
	static char text[1 << 20];
	char *line, *rest = NULL;
	bool begun = false;
	int size = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, text, sizeof(text) - 1);

	text[size > 0 ? size : 0] = 0;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strstr(line, "explore: ") || strstr(line, "explore, and"))
			begun = true;
		else if (begun)
			printf("# log: %s\n", line);
}

/* Runs one to its end, true if it came to that and the kernel had nothing to say. */
static bool run_worker(void (*work)(void), uint64_t seed)
{
	zx_time_t patience = zx_deadline_after(ZX_SEC(STUCK));
	uint64_t runs = shared->runs;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		be_worker(work, seed);
	while (pid > 0 && waitpid(pid, &status, WNOHANG) == 0) {
		zxp_sleep_ms(50);
		if (shared->runs != runs) {
			runs = shared->runs;
			patience = zx_deadline_after(ZX_SEC(STUCK));
		} else if (zx_clock_get_monotonic() > patience) {
			tell_programs("does not end");
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return false;
		}
	}
	if (shared->watched && !lockdep_works()) {
		shared->reported = true;
		tell_log();
	}
	if (shared->reported)
		tell_programs("the kernel reported something, here or not long before");
	else if (pid < 0 || status)
		tell_programs("the worker was killed by");
	return pid > 0 && status == 0 && !shared->reported;
}

/*
 * Limits that are reached, and faults that are injected into the module only.
 */
#define DEBUG	"/sys/kernel/debug/"

static char text_from[24], text_to[24];
static const struct {
	const char *path, *value;
} settings[] = {
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

/* What was there before, one for each. */
struct settings {
	char old[COUNT(settings)][32];
};

static void write_setting(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	MUST(fd >= 0 && write(fd, value, strlen(value)) > 0);
	close(fd);
}

static void change_settings(struct settings *save)
{
	snprintf(text_from, sizeof(text_from), "%#lx", text_start);
	snprintf(text_to, sizeof(text_to), "%#lx", text_start + text_size);
	memset(save, 0, sizeof(*save));
	for (unsigned int i = 0; i < COUNT(settings); i++) {
		int fd = open(settings[i].path, O_RDONLY | O_CLOEXEC);

		/* Not every kernel has them all. */
		if (fd < 0)
			continue;
		MUST(read(fd, save->old[i], sizeof(save->old[i]) - 1) > 0);
		close(fd);
		write_setting(settings[i].path, settings[i].value);
	}
}

static void restore_settings(const struct settings *save)
{
	for (unsigned int i = 0; i < COUNT(settings); i++)
		if (save->old[i][0])
			write_setting(settings[i].path, save->old[i]);
}

static void set_up(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	MUST(shared != MAP_FAILED);
	shared->watched = lockdep_works();
	if (!find_module())
		text_start = 0;
}

FIXTURE(explore)
{
	struct zxp_objects before;
	bool counted;
	struct settings settings;
};

FIXTURE_SETUP(explore)
{
	if (getuid() != 0)
		SKIP(return, "changes the module's parameters");
	set_up();
	self->counted = zxp_count_objects(&self->before);
	change_settings(&self->settings);
}

FIXTURE_TEARDOWN_PARENT(explore)
{
	restore_settings(&self->settings);
}

/* What every program does, in a process of its own. */
static void use_device(void)
{
	zx_handle_t channel[2];
	char text[4] = {};
	uint32_t size;

	CHILD_CHECK(zx_channel_create(0, &channel[0], &channel[1]) == ZX_OK);
	CHILD_CHECK(zx_channel_write(channel[0], 0, "yes", 4, NULL, 0) == ZX_OK);
	CHILD_CHECK(zx_channel_read(channel[1], 0, text, NULL, 4, 0, &size, NULL) == ZX_OK);
	CHILD_CHECK(!strcmp(text, "yes"));
	_exit(0);
}

TEST_F_TIMEOUT(explore, replay, 86400)
{
	pid_t pid;

	ASSERT_LT(0, read_corpus(corpus_path));
	EXPECT_TRUE(run_worker(replay, 0));
	/* Each once alone, and once with the next. */
	EXPECT_EQ(2 * shared->count, shared->runs);
	TH_LOG("%u programs", shared->count);
	if (text_start) {
		TH_LOG("%lu places in the module reached", shared->places);
		EXPECT_LT(0, shared->places);
	}

	pid = fork();
	if (!pid)
		use_device();
	EXPECT_EQ(0, zxp_reap(pid));
	if (self->counted)
		EXPECT_EQ(NULL, zxp_wait_objects(&self->before, 200));
}

static int search_for(unsigned int seconds, uint64_t seed)
{
	zx_time_t end = zx_deadline_after(ZX_SEC(seconds)), tell = 0;
	struct settings save;
	int count, bad = 0;

	if (!text_start) {
		printf("# this kernel has no KCOV\n");
		return 4;
	}
	count = read_corpus(corpus_path);
	if (count < 0) {
		printf("# line %d of %s is no program\n", -count, corpus_path);
		return 1;
	}
	change_settings(&save);
	if (count && !run_worker(replay, 0))
		bad++;
	printf("# seed %lu, %u programs that reach %lu places\n", seed, shared->count,
	       shared->places);
	while (zx_clock_get_monotonic() < end && !shared->reported && bad < 20) {
		if (!run_worker(search, ++seed * 7919))
			bad++;
		if (zx_clock_get_monotonic() > tell) {
			printf("# %lu runs, %u programs that reach %lu places\n", shared->runs,
			       shared->count, shared->places);
			tell = zx_deadline_after(ZX_SEC(60));
		}
	}
	if (!shared->reported && !run_worker(minimise, 0))
		bad++;
	else if (!shared->reported)
		printf("corpus end\n");
	printf("# %lu runs, %u programs were kept, %lu places in the module reached\n",
	       shared->runs, shared->count, shared->places);
	restore_settings(&save);
	return bad > 0;
}

static void run_corpus(void)
{
	for (uint32_t i = 0; i < shared->count && !shared->reported; i++) {
		run_program(&shared->corpus[i], NULL, &first_run);
		for (unsigned int j = 0; j < main_actor.results; j++)
			printf("%s%s %d", j ? ", " : "", kinds[main_actor.result[j] >> 16].name,
			       (int16_t)main_actor.result[j]);
		printf("\n");
	}
}

static int run_arguments(char **argv)
{
	struct settings save;
	bool good;

	while (*argv)
		if (!parse_program(*argv++, &shared->corpus[shared->count++])) {
			printf("# that is no program\n");
			return 1;
		}
	change_settings(&save);
	good = run_worker(run_corpus, 0);
	restore_settings(&save);
	return !good;
}

int main(int argc, char **argv)
{
	char *slash = strrchr(argv[0], '/');

	snprintf(corpus_path, sizeof(corpus_path), "%.*sexplore.corpus",
		 slash ? (int)(slash - argv[0] + 1) : 0, argv[0]);
	if (argc == 1)
		return test_harness_run(argc, argv);
	set_up();
	if (!strcmp(argv[1], "search") && argc > 2)
		return search_for(strtoul(argv[2], NULL, 0), argc > 3 ? strtoull(argv[3], NULL, 0) :
				  (uint64_t)zx_clock_get_monotonic());
	if (!strcmp(argv[1], "run"))
		return run_arguments(argv + 2);
	fprintf(stderr, "usage: explore [search SECONDS [SEED] | run PROGRAM...]\n");
	return 2;
}
