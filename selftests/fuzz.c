// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random ioctls: several processes, with several threads each, make all calls that a program can
 * make on the device, some of them with valid arguments. The module must survive this, and nothing
 * may leak when the processes are gone.
 *
 * The seed is printed, so that a failure can be repeated as far as timing allows.
 *
 *	fuzz [SEED [SECONDS]]		or FUZZ_SEED and FUZZ_SECONDS in the environment
 */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <zircon/syscalls/clock.h>
#include <zircon/syscalls/policy.h>

#include "zxproc.h"

#define PROCESSES	4	/* at a time */
#define THREADS		3	/* in each */
#define OPERATIONS	5000	/* in each thread, at most */

#define HANDLES		24	/* of each kind that a process records */
#define FDS		16
#define STREAMS		8	/* slots 2n and 2n+1 may be peers */
#define PAIRS		4
#define CALLS		8
#define BUFFER		(80 * 1024)
#define PAGE		4096
#define MEMORY_FILE	(128 * 1024)

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

static uint64_t fuzz_seed = 1;
static unsigned int fuzz_seconds = 20;

/* The records of a process. Threads read and write them without a lock: any value will do. */
enum { CHANNEL, SOCKET, FIFO, PORT, TIMER, COUNTER, CLOCK, JOB, OTHER, ANY };
static volatile int device = -1;
static volatile uint32_t handles[ANY][HANDLES];
static volatile int fds[FDS];
static volatile uint32_t lasting[ANY][PAIRS][2];	/* both endpoints stay for a while */
static volatile int streams[STREAMS];	/* exported endpoints of stream sockets */
static volatile struct {
	uint32_t handle, txid;
} calls[CALLS];	/* interrupted */
static volatile uint32_t servers[4];	/* endpoints from which calls are answered */
static volatile uint64_t victims[THREADS];	/* koids of the processes that may be killed */
static volatile int tids[THREADS];
static int32_t futexes[4];	/* their values do not change, so that threads meet there */
static int sockets[2];	/* all processes have both */
static int memory_file = -1;	/* data to send, of a size that does not change */

/* Per thread: a generator, and memory with different access. */
static _Thread_local uint64_t state;
static _Thread_local uint8_t *buffer, *edge, *read_only;
static _Thread_local int pipe_ends[2] = { -1, -1 };
static _Thread_local unsigned int thread_number;

static uint64_t rnd(void)
{
	/* xorshift64*; never zero */
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717ull;
}

static uint32_t below(uint32_t n)
{
	return (rnd() >> 32) % n;
}

static bool one_in(uint32_t n)
{
	return below(n) == 0;
}

/*
 * Arguments.
 */
static int kind_of(uint32_t type)
{
	switch (type) {
	case ZX_OBJ_TYPE_CHANNEL:
		return CHANNEL;
	case ZX_OBJ_TYPE_SOCKET:
		return SOCKET;
	case ZX_OBJ_TYPE_FIFO:
		return FIFO;
	case ZX_OBJ_TYPE_TIMER:
		return TIMER;
	case ZX_OBJ_TYPE_COUNTER:
		return COUNTER;
	case ZX_OBJ_TYPE_CLOCK:
		return CLOCK;
	case ZX_OBJ_TYPE_PORT:
		return PORT;
	case ZX_OBJ_TYPE_JOB:
		return JOB;
	default:
		return OTHER;
	}
}

static bool ask_basic(uint32_t handle, zx_info_handle_basic_t *info)
{
	struct zx_ioc_object_get_info arg = {
		.handle = handle,
		.topic = ZX_INFO_HANDLE_BASIC,
		.buffer = (uintptr_t)info,
		.buffer_size = sizeof(*info),
	};

	return zxp_ioctl(device, ZX_IOC_OBJECT_GET_INFO, &arg) == 0;
}

static bool is_victim(uint64_t koid)
{
	for (int i = 0; i < THREADS; i++)
		if (victims[i] == koid)
			return true;
	return false;
}

/*
 * Takes ZX_RIGHT_DESTROY away, unless the process may be killed: the processes here send each other
 * handles. fuzz_process() says why none can kill itself or a process outside, not even through the
 * guessed number of a handle. None of them is in a job that a handle can kill, since the module has
 * made theirs.
 */
static uint32_t make_harmless(uint32_t handle, const zx_info_handle_basic_t *info)
{
	struct zx_ioc_handle arg = {
		.handle = handle,
		.rights = info->rights & ~ZX_RIGHT_DESTROY,
		.out = (uintptr_t)&handle,
	};

	if (info->type != ZX_OBJ_TYPE_PROCESS || arg.rights == info->rights ||
	    is_victim(info->koid))
		return handle;
	return zxp_ioctl(device, ZX_IOC_HANDLE_REPLACE, &arg) ? 0 : handle;
}

static void remember_handle(uint32_t handle)
{
	zx_info_handle_basic_t info = {};
	uint32_t *old;

	if (!ask_basic(handle, &info))
		return;
	handle = make_harmless(handle, &info);
	old = (uint32_t *)&handles[kind_of(info.type)][below(HANDLES)];
	/* Mostly closes the handle that it replaces, so that their number stays moderate. */
	if (*old && !one_in(20))
		zxp_close(device, *old);
	*old = handle;
}

/* Few sizes, so that a guess may be right. */
static uint32_t some_elem_size(void)
{
	static const uint32_t sizes[] = { 1, 12, 100, 2048, 4096 };

	return one_in(50) ? (uint32_t)rnd() : one_in(3) ? sizes[below(COUNT(sizes))] : 8;
}

static long create_fifo(uint32_t *end0, uint32_t *end1)
{
	uint32_t size = some_elem_size();
	struct zx_ioc_fifo_create arg = {
		.elem_count = size <= 4096 ? 1 + below(4096 / size) : 1,
		.elem_size = size,
		.out0 = (uintptr_t)end0,
		.out1 = (uintptr_t)end1,
	};

	return zxp_ioctl(device, ZX_IOC_FIFO_CREATE, &arg);
}

static long create_socket(uint32_t options, uint32_t *end0, uint32_t *end1)
{
	struct zx_ioc_create arg = {
		.options = options,
		.out0 = (uintptr_t)end0,
		.out1 = (uintptr_t)end1,
	};

	return zxp_ioctl(device, ZX_IOC_SOCKET_CREATE, &arg);
}

static long create_timer(uint32_t *timer)
{
	struct zx_ioc_timer_create arg = {
		.options = below(3),
		.clock_id = below(2),
		.out = (uintptr_t)timer,
	};

	return zxp_ioctl(device, ZX_IOC_TIMER_CREATE, &arg);
}

static long create_clock(uint32_t *clock)
{
	struct zx_ioc_clock_create arg = {
		.options = below(8),
		.out = (uintptr_t)clock,
	};

	return zxp_ioctl(device, ZX_IOC_CLOCK_CREATE, &arg);
}

/* A job in which this process is not: it can be killed. */
static long create_job(uint32_t *job)
{
	uint32_t parent = 0;
	struct zxl_ioc_job_open open = { .out = (uintptr_t)&parent };
	struct zx_ioc_job_create arg = { .out = (uintptr_t)job };
	long ret = zxp_ioctl(device, ZXL_IOC_JOB_OPEN, &open);

	if (ret)
		return ret;
	arg.handle = parent;
	ret = zxp_ioctl(device, ZX_IOC_JOB_CREATE, &arg);
	zxp_close(device, parent);
	return ret;
}

/* Of a kind that has no pairs: two ports, or one object, and the second handle is zero. */
static long create_pair(int kind, uint32_t *end0, uint32_t *end1)
{
	*end1 = 0;
	switch (kind) {
	case PORT:
		return zxp_create(device, ZX_IOC_PORT_CREATE, end0, NULL) ?:
		       zxp_create(device, ZX_IOC_PORT_CREATE, end1, NULL);
	case CHANNEL:
		return zxp_create(device, ZX_IOC_CHANNEL_CREATE, end0, end1);
	case SOCKET:
		return create_socket(below(8), end0, end1);
	case FIFO:
		return create_fifo(end0, end1);
	case TIMER:
		return create_timer(end0);
	case COUNTER:
		return zxp_create(device, ZX_IOC_COUNTER_CREATE, end0, NULL);
	case CLOCK:
		return create_clock(end0);
	case JOB:
		return create_job(end0);
	default:
		return zxp_create(device, ZX_IOC_EVENTPAIR_CREATE, end0, end1);
	}
}

/* Mostly an open handle; bad ones are easy to get. */
static uint32_t some_handle(int kind)
{
	uint32_t handle, other;

	if (kind == ANY || one_in(20))
		kind = below(ANY);
	handle = handles[kind][below(HANDLES)];
	switch (below(40)) {
	case 0:
		return 0;
	case 1:
		return rnd();
	case 2:
		return handle ^ 1u << below(32);
	case 3:
		return handle;
	}
	for (int i = 0; i < 3; i++) {
		if (zxp_check(device, handle) == 0)
			return handle;
		handle = handles[kind][below(HANDLES)];
	}
	if (create_pair(kind, &handle, &other) == 0) {
		remember_handle(handle);
		remember_handle(other);
	}
	return handle;
}

/*
 * A handle to an endpoint that is closed less often, so that its queue has data: other handles are
 * soon replaced, and closing an endpoint limits what its peer can do.
 */
static uint32_t lasting_handle(int kind)
{
	volatile uint32_t *pair = lasting[kind][below(PAIRS)];
	uint32_t ends[2];

	if (one_in(4))
		return some_handle(kind);
	if (one_in(500) || zxp_check(device, pair[0]) || zxp_check(device, pair[1])) {
		if (create_pair(kind, &ends[0], &ends[1]))
			return 0;
		for (int i = 0; i < 2; i++) {
			remember_handle(pair[i]);
			pair[i] = ends[i];
		}
	}
	return pair[below(2)];
}

static int some_fd(void)
{
	switch (below(40)) {
	case 0:
		return -1;
	case 1:
		return below(64) + 3;
	case 2:
		return device;
	default:
		return one_in(4) ? streams[below(STREAMS)] : fds[below(FDS)];
	}
}

static void remember_fd_at(volatile int *slot, int fd)
{
	int old = *slot;

	if (fd <= STDERR_FILENO)
		return;
	*slot = fd;
	if (old > STDERR_FILENO)
		close(old);
}

static void remember_fd(int fd)
{
	remember_fd_at(&fds[below(FDS)], fd);
}

static uint32_t some_size(void)
{
	static const uint32_t sizes[] = {
		0, 0, 1, 3, 4, 5, 8, 12, 16, 17, 63, 64, 65, 100, 200, 208, 256, 960, 1024, 4000,
		4040, 4048, 4096, 8191, 65535, 65536, 65537, 0x7fffffff, 0xffffffff,
	};

	return one_in(3) ? below(300) : sizes[below(COUNT(sizes))];
}

static uint32_t some_count(void)
{
	static const uint32_t counts[] = { 8, 9, 63, 64, 65, 66, 1000, 0x10000000, 0xffffffff };

	return one_in(20) ? counts[below(COUNT(counts))] : below(4);
}

/* Mostly writable memory: @size bytes, unless that is too much. */
static uint64_t some_pointer(uint32_t size)
{
	if (size > BUFFER / 2)
		size = BUFFER / 2;
	switch (below(40)) {
	case 0:
		return 0;
	case 1:
		return (uintptr_t)read_only;
	case 2:
		return (uintptr_t)edge;
	case 3:
		return 0xffff888000000000 + rnd() % 0x1000000;
	case 4:
		return rnd();
	case 5:
		/* One byte too short. */
		return (uintptr_t)edge - size + 1;
	case 6:
	case 7:
		return (uintptr_t)edge - size;
	case 8:
		return (uintptr_t)buffer + below(8);
	default:
		return (uintptr_t)buffer + below(BUFFER / 2 / 8) * 8;
	}
}

/* For four-byte results: mostly @slot. */
static uint64_t some_out(uint32_t *slot)
{
	*slot = 0;
	return one_in(12) ? some_pointer(4) : (uintptr_t)slot;
}

/* The same for eight-byte results, which mostly are optional. */
static uint64_t some_actual(uint64_t *slot)
{
	*slot = 0;
	return one_in(12) ? some_pointer(8) : one_in(3) ? 0 : (uintptr_t)slot;
}

static uint32_t some_signals(void)
{
	return one_in(4) ? rnd() : 1u << below(32) | (one_in(2) ? 1u << (24 + below(8)) : 0);
}

static uint32_t some_rights(void)
{
	return one_in(2) ? ZX_RIGHT_SAME_RIGHTS : one_in(2) ? (uint32_t)rnd() :
	       ~(1u << below(20)) & 0xfffff;
}

static int64_t some_deadline(void)
{
	switch (below(8)) {
	case 0:
		return ZX_TIME_INFINITE;	/* ended by the timer's signals */
	case 1:
		return rnd();
	case 2:
	case 3:
		return zx_deadline_after(below(1000000));
	default:
		return 0;
	}
}

static uint32_t some_options(uint32_t known)
{
	return one_in(30) ? (uint32_t)rnd() : one_in(4) ? known : 0;
}

/* Handles for a message, at an address that may be bad. */
static uint64_t some_handles(uint32_t count, bool etc)
{
	uint64_t at = some_pointer(count * (etc ? sizeof(zx_handle_disposition_t) : 4));
	uint32_t in_buffer = at - (uintptr_t)buffer;

	if (in_buffer >= BUFFER / 2)
		return at;
	for (uint32_t i = 0; i < count && i < 70; i++) {
		zx_handle_disposition_t how = {
			.operation = one_in(4) ? one_in(10) ? (uint32_t)rnd() : 1 : 0,
			.handle = some_handle(ANY),
			.type = one_in(4) ? below(20) : 0,
			.rights = some_rights(),
		};

		if (etc)
			memcpy(buffer + in_buffer + i * sizeof(how), &how, sizeof(how));
		else
			memcpy(buffer + in_buffer + i * 4, &how.handle, 4);
	}
	return at;
}

static uint64_t some_iovec(uint32_t count)
{
	uint64_t at = some_pointer(count * sizeof(zx_channel_iovec_t));
	uint32_t in_buffer = at - (uintptr_t)buffer;

	if (in_buffer >= BUFFER / 2)
		return at;
	for (uint32_t i = 0; i < count && i < 8; i++) {
		struct zx_ioc_channel_iovec iovec = {
			.capacity = one_in(10) ? some_size() : below(2000),
			.reserved = one_in(50),
		};

		iovec.buffer = some_pointer(iovec.capacity);
		memcpy(buffer + in_buffer + i * sizeof(iovec), &iovec, sizeof(iovec));
	}
	return at;
}

/* Calls. Each fills in an argument and records the result. */
/* Mostly the ioctl itself; sometimes a struct of another size, or another number. */
static long submit(unsigned long request, union zxp_argument *arg)
{
	uint32_t size = _IOC_SIZE(request);
	void *at = arg;

	switch (below(100)) {
	case 0:
		size = below(size);
		break;
	case 1:
		size += below(200);
		break;
	case 2:
		size += 1 + below(100);
		arg->bytes[_IOC_SIZE(request) + below(size - _IOC_SIZE(request))] = rnd();
		break;
	case 3:
		return zxp_ioctl(device, rnd(), arg);
	case 4:
		return zxp_ioctl(device, _IOC(below(4), ZX_IOC_MAGIC, below(256), below(256)), arg);
	case 5:
		at = (void *)some_pointer(size);
		break;
	case 6:
		/* At the very end of mapped memory. */
		at = edge - size;
		memcpy(at, arg, size);
		break;
	case 7:
		arg->bytes[below(size)] ^= 1 << below(8);
		break;
	}
	request = _IOC(_IOC_DIR(request), _IOC_TYPE(request), _IOC_NR(request), size);
	return zxp_ioctl(device, request, at);
}

static void do_create(union zxp_argument *arg)
{
	static const unsigned long requests[] = {
		ZX_IOC_EVENT_CREATE, ZX_IOC_EVENTPAIR_CREATE, ZX_IOC_CHANNEL_CREATE,
		ZX_IOC_CHANNEL_CREATE, ZX_IOC_SOCKET_CREATE, ZX_IOC_SOCKET_CREATE,
		ZX_IOC_COUNTER_CREATE, ZX_IOC_PORT_CREATE,
	};
	unsigned long request = requests[below(COUNT(requests))];
	uint32_t out[2];

	arg->create.options = some_options(request == ZX_IOC_SOCKET_CREATE ? below(8) : 0);
	arg->create.out0 = some_out(&out[0]);
	arg->create.out1 = some_out(&out[1]);
	if (request == ZX_IOC_EVENT_CREATE || request == ZX_IOC_COUNTER_CREATE ||
	    request == ZX_IOC_PORT_CREATE)
		arg->create.out1 = 0;
	if (submit(request, arg) == 0) {
		remember_handle(out[0]);
		remember_handle(out[1]);
	}
}

static void do_fifo_create(union zxp_argument *arg)
{
	uint32_t out[2];

	arg->fifo_create.elem_size = some_elem_size();
	arg->fifo_create.elem_count = one_in(10) ? rnd() : one_in(10) ? some_size() : below(600);
	arg->fifo_create.options = some_options(0);
	arg->fifo_create.out0 = some_out(&out[0]);
	arg->fifo_create.out1 = some_out(&out[1]);
	if (submit(ZX_IOC_FIFO_CREATE, arg) == 0) {
		remember_handle(out[0]);
		remember_handle(out[1]);
	}
}

static void do_timer(union zxp_argument *arg)
{
	uint32_t out = 0;

	switch (below(8)) {
	case 0:
		arg->timer_create.options = one_in(10) ? (uint32_t)rnd() : below(3);
		arg->timer_create.clock_id = one_in(10) ? (uint32_t)rnd() : below(2);
		arg->timer_create.out = some_out(&out);
		if (submit(ZX_IOC_TIMER_CREATE, arg) == 0)
			remember_handle(out);
		break;
	case 1:
		arg->handle.handle = some_handle(TIMER);
		submit(ZX_IOC_TIMER_CANCEL, arg);
		break;
	default:
		arg->timer_set.handle = some_handle(TIMER);
		arg->timer_set.deadline = some_deadline();
		arg->timer_set.slack = one_in(2) ? 0 : one_in(8) ? rnd() : below(1000000);
		submit(ZX_IOC_TIMER_SET, arg);
	}
}

static void do_counter(union zxp_argument *arg)
{
	uint64_t value;

	if (one_in(4)) {
		arg->counter_read.handle = some_handle(COUNTER);
		arg->counter_read.out = one_in(4) ? some_pointer(8) : (uintptr_t)&value;
		submit(ZX_IOC_COUNTER_READ, arg);
		return;
	}
	arg->counter.handle = some_handle(COUNTER);
	arg->counter.value = one_in(4) ? (int64_t)rnd() : (int64_t)below(5) - 2;
	submit(one_in(3) ? ZX_IOC_COUNTER_WRITE : ZX_IOC_COUNTER_ADD, arg);
}

static int64_t some_time(void)
{
	return one_in(8) ? (int64_t)rnd() : one_in(2) ? 0 : zx_clock_get_monotonic() + below(1000);
}

static void do_clock_create(union zxp_argument *arg)
{
	zx_clock_create_args_v1_t args = { some_time() };
	uint32_t out;

	arg->clock_create.options = one_in(10) ? rnd() : (uint64_t)below(32);
	if (one_in(2)) {
		arg->clock_create.options |= ZX_CLOCK_ARGS_VERSION(1);
		arg->clock_create.args = one_in(8) ? some_pointer(8) : (uintptr_t)&args;
	}
	arg->clock_create.out = some_out(&out);
	if (submit(ZX_IOC_CLOCK_CREATE, arg) == 0)
		remember_handle(out);
}

static void do_clock(union zxp_argument *arg)
{
	zx_clock_update_args_v2_t args = {};
	uint64_t value;

	switch (below(6)) {
	case 0:
		do_clock_create(arg);
		return;
	case 1:
		arg->clock_read.handle = some_handle(CLOCK);
		arg->clock_read.out = one_in(4) ? some_pointer(8) : (uintptr_t)&value;
		submit(ZX_IOC_CLOCK_READ, arg);
		return;
	case 2:
		arg->clock.handle = some_handle(CLOCK);
		arg->clock.options = one_in(10) ? rnd() : ZX_CLOCK_ARGS_VERSION(1);
		arg->clock.args = some_pointer(sizeof(zx_clock_details_v1_t));
		submit(ZX_IOC_CLOCK_GET_DETAILS, arg);
		return;
	}
	/* Those of version 1 have the same size up to the third field. */
	args.rate_adjust = one_in(8) ? (int32_t)rnd() : (int32_t)below(2003) - 1001;
	args.synthetic_value = some_time();
	args.reference_value = some_time();
	args.error_bound = rnd();
	arg->clock.handle = some_handle(CLOCK);
	arg->clock.options = ZX_CLOCK_ARGS_VERSION(1 + below(2)) | below(16);
	if (one_in(10))
		arg->clock.options = rnd();
	arg->clock.args = one_in(8) ? some_pointer(sizeof(args)) : (uintptr_t)&args;
	submit(ZX_IOC_CLOCK_UPDATE, arg);
}

static void do_handle(union zxp_argument *arg)
{
	static const unsigned long requests[] = {
		ZX_IOC_HANDLE_CLOSE, ZX_IOC_HANDLE_DUPLICATE, ZX_IOC_HANDLE_REPLACE,
		ZX_IOC_HANDLE_CHECK_VALID, ZXL_IOC_PROCESS_SELF, ZXL_IOC_THREAD_SELF,
	};
	unsigned long request = requests[below(COUNT(requests))];
	uint32_t out = 0;

	/* That of a thread is returned if it names the thread, which may have remembered it. */
	if (request == ZXL_IOC_THREAD_SELF)
		arg->handle.handle = one_in(2) ? some_handle(OTHER) : 0;
	else if (request != ZXL_IOC_PROCESS_SELF)
		arg->handle.handle = some_handle(ANY);
	if (request == ZX_IOC_HANDLE_DUPLICATE || request == ZX_IOC_HANDLE_REPLACE)
		arg->handle.rights = some_rights();
	if (request != ZX_IOC_HANDLE_CLOSE && request != ZX_IOC_HANDLE_CHECK_VALID)
		arg->handle.out = some_out(&out);
	if (submit(request, arg) == 0)
		remember_handle(out);
}

static void do_close_many(union zxp_argument *arg)
{
	uint32_t count = some_count();

	if (!one_in(4))
		return;
	arg->close_many.count = count;
	arg->close_many.handles = some_handles(count, false);
	submit(ZX_IOC_HANDLE_CLOSE_MANY, arg);
}

static void do_signal(union zxp_argument *arg)
{
	arg->signal.handle = some_handle(ANY);
	arg->signal.clear_mask = one_in(2) ? some_signals() : 0;
	arg->signal.set_mask = one_in(2) ? some_signals() : 0;
	submit(one_in(2) ? ZX_IOC_OBJECT_SIGNAL : ZX_IOC_OBJECT_SIGNAL_PEER, arg);
}

static void do_wait(union zxp_argument *arg)
{
	struct zx_ioc_wait_item items[66];
	uint32_t observed;

	if (one_in(2)) {
		arg->wait_one.handle = some_handle(ANY);
		arg->wait_one.signals = some_signals();
		arg->wait_one.deadline = some_deadline();
		arg->wait_one.observed = some_out(&observed);
		submit(ZX_IOC_OBJECT_WAIT_ONE, arg);
		return;
	}
	for (int i = 0; i < 66; i++)
		items[i] = (struct zx_ioc_wait_item){ some_handle(ANY), some_signals(), 0 };
	arg->wait_many.count = some_count();
	arg->wait_many.items = one_in(10) ? some_pointer(100) : (uintptr_t)items;
	arg->wait_many.deadline = some_deadline();
	submit(ZX_IOC_OBJECT_WAIT_MANY, arg);
}

/* The koid of a thread of a process, or of what is in a job; or any number. */
static uint64_t some_child(uint32_t parent)
{
	static const uint32_t topics[] = {
		ZX_INFO_PROCESS_THREADS, ZX_INFO_JOB_CHILDREN, ZX_INFO_JOB_PROCESSES,
	};
	uint64_t koids[64] = {}, actual = 0;
	struct zx_ioc_object_get_info arg = {
		.handle = parent,
		.topic = topics[below(COUNT(topics))],
		.buffer = (uintptr_t)koids,
		.buffer_size = sizeof(koids),
		.actual = (uintptr_t)&actual,
	};

	if (one_in(10) || zxp_ioctl(device, ZX_IOC_OBJECT_GET_INFO, &arg) || !actual)
		return rnd();
	return koids[below(actual)];
}

static void do_info(union zxp_argument *arg)
{
	static const uint32_t topics[] = {
		ZX_INFO_HANDLE_VALID, ZX_INFO_HANDLE_BASIC, ZX_INFO_HANDLE_COUNT,
		ZX_INFO_PROCESS_HANDLE_STATS, ZX_INFO_HANDLE_TABLE, ZX_INFO_SOCKET, ZX_INFO_TIMER,
		ZX_INFO_CLOCK_MAPPED_SIZE, ZX_INFO_PROCESS, ZX_INFO_TASK_STATS_V1,
		ZX_INFO_TASK_STATS, ZX_INFO_TASK_RUNTIME_V1, ZX_INFO_TASK_RUNTIME,
		ZX_INFO_PROCESS_THREADS, ZX_INFO_THREAD, ZX_INFO_THREAD_STATS, ZX_INFO_JOB,
		ZX_INFO_JOB_CHILDREN, ZX_INFO_JOB_PROCESSES,
	};
	static const uint32_t properties[] = {
		ZX_PROP_NAME, ZX_PROP_NAME, ZX_PROP_NAME, ZX_PROP_JOB_KILL_ON_OOM,
#ifdef __x86_64__
		ZX_PROP_REGISTER_FS, ZX_PROP_REGISTER_GS,
#endif
	};
	uint32_t out = 0;

	if (one_in(2)) {
		arg->get_info.handle = some_handle(ANY);
		arg->get_info.topic = one_in(20) ? (uint32_t)rnd() : topics[below(COUNT(topics))];
		arg->get_info.buffer_size = some_size();
		arg->get_info.buffer = some_pointer(arg->get_info.buffer_size);
		arg->get_info.actual = some_pointer(8);
		arg->get_info.avail = some_pointer(8);
		submit(ZX_IOC_OBJECT_GET_INFO, arg);
	} else if (one_in(3)) {
		arg->get_child.handle = some_handle(one_in(3) ? ANY : one_in(2) ? JOB : OTHER);
		arg->get_child.rights = some_rights();
		arg->get_child.koid = some_child(arg->get_child.handle);
		arg->get_child.out = some_out(&out);
		if (submit(ZX_IOC_OBJECT_GET_CHILD, arg) == 0)
			remember_handle(out);
	} else {
		arg->property.handle = some_handle(ANY);
		arg->property.property = one_in(8) ? (uint32_t)rnd() :
					 properties[below(COUNT(properties))];
		arg->property.value_size = some_size();
		arg->property.value = some_pointer(arg->property.value_size);
		submit(one_in(2) ? ZX_IOC_OBJECT_GET_PROPERTY : ZX_IOC_OBJECT_SET_PROPERTY, arg);
	}
}

static void do_write(union zxp_argument *arg)
{
	bool etc = one_in(2);

	arg->write.handle = some_handle(CHANNEL);
	arg->write.options = some_options(ZX_CHANNEL_WRITE_USE_IOVEC);
	arg->write.num_bytes = some_size();
	if (arg->write.options == ZX_CHANNEL_WRITE_USE_IOVEC) {
		arg->write.num_bytes = one_in(20) ? 8192 + below(2) : below(8);
		arg->write.bytes = some_iovec(arg->write.num_bytes);
	} else {
		arg->write.bytes = some_pointer(arg->write.num_bytes);
	}
	arg->write.num_handles = some_count();
	arg->write.handles = some_handles(arg->write.num_handles, etc);
	submit(etc ? ZX_IOC_CHANNEL_WRITE_ETC : ZX_IOC_CHANNEL_WRITE, arg);
}

/* Records the handles of a message, or answers it if it is a request. */
static void received(uint32_t channel, const uint32_t *infos, uint32_t count, bool etc,
		     uint32_t txid)
{
	for (uint32_t i = 0; i < count && i < ZX_CHANNEL_MAX_MSG_HANDLES; i++)
		remember_handle(infos[etc ? i * 4 : i]);
	if (txid & 0x80000000 && !one_in(4)) {
		uint32_t handle = some_handle(ANY);
		struct zx_ioc_channel_write arg = {
			.handle = channel,
			.bytes = (uintptr_t)&txid,
			.num_bytes = 4,
			.handles = (uintptr_t)&handle,
			.num_handles = one_in(3),
		};

		zxp_ioctl(device, ZX_IOC_CHANNEL_WRITE, &arg);
	}
}

static void do_read(union zxp_argument *arg)
{
	uint32_t infos[4 * ZX_CHANNEL_MAX_MSG_HANDLES], bytes = 0, count = 0;
	uint32_t channel = one_in(2) ? servers[below(4)] : some_handle(CHANNEL);
	bool etc = one_in(2), good = !one_in(8);
	uint32_t *data = (uint32_t *)buffer;

	arg->read.handle = channel;
	arg->read.options = some_options(ZX_CHANNEL_READ_MAY_DISCARD);
	arg->read.num_bytes = one_in(2) ? 65536 : some_size();
	arg->read.num_handles = good ? ZX_CHANNEL_MAX_MSG_HANDLES : some_count();
	arg->read.bytes = good ? (uintptr_t)data : some_pointer(arg->read.num_bytes);
	arg->read.handles = good ? (uintptr_t)infos : some_pointer(arg->read.num_handles * 4);
	arg->read.actual_bytes = some_out(&bytes);
	arg->read.actual_handles = some_out(&count);
	data[0] = 0;
	if (submit(etc ? ZX_IOC_CHANNEL_READ_ETC : ZX_IOC_CHANNEL_READ, arg) == 0 && good)
		received(channel, infos, count, etc, data[0]);
}

static void do_call(union zxp_argument *arg)
{
	uint32_t infos[4 * ZX_CHANNEL_MAX_MSG_HANDLES], bytes = 0, count = 0, txid = 0;
	struct zx_ioc_channel_call_args args = {
		.wr_num_bytes = one_in(8) ? some_size() : 4 + below(200),
		.wr_num_handles = some_count(),
		.rd_bytes = some_pointer(1000),
		.rd_num_bytes = one_in(8) ? some_size() : 1000,
		.rd_num_handles = ZX_CHANNEL_MAX_MSG_HANDLES,
		.rd_handles = (uintptr_t)infos,
	};
	uint32_t slot = below(CALLS);
	bool etc = one_in(2), again = one_in(3);
	long ret;

	args.wr_bytes = some_pointer(args.wr_num_bytes);
	args.wr_handles = some_handles(args.wr_num_handles, etc);
	/* Mostly there is a server. */
	if (!again && !one_in(4)) {
		uint32_t ends[2];

		if (zxp_create(device, ZX_IOC_CHANNEL_CREATE, &ends[0], &ends[1]))
			return;
		remember_handle(ends[0]);
		servers[below(4)] = ends[1];
		remember_handle(ends[1]);
		calls[slot].handle = ends[0];
	}
	arg->call.handle = again || !one_in(4) ? calls[slot].handle : some_handle(CHANNEL);
	arg->call.options = some_options(ZX_CHANNEL_WRITE_USE_IOVEC);
	/* Most calls are not answered, so few wait without a deadline. */
	arg->call.deadline = one_in(4) ? some_deadline() : zx_deadline_after(below(10000000));
	arg->call.args = one_in(20) ? some_pointer(48) : (uintptr_t)&args;
	arg->call.actual_bytes = some_out(&bytes);
	arg->call.actual_handles = some_out(&count);
	arg->call.txid = one_in(30) ? some_pointer(4) : (uintptr_t)&txid;
	txid = calls[slot].txid;
	if (again)
		ret = submit(etc ? ZX_IOC_CHANNEL_CALL_ETC_FINISH : ZX_IOC_CHANNEL_CALL_FINISH,
			     arg);
	else
		ret = submit(etc ? ZX_IOC_CHANNEL_CALL_ETC_NORETRY : ZX_IOC_CHANNEL_CALL_NORETRY,
			     arg);
	/* Parked for any thread to go on with, or finished at once. */
	while (ret == -ZX_ERR_INTERNAL_INTR_RETRY) {
		calls[slot].handle = arg->call.handle;
		calls[slot].txid = txid;
		if (one_in(3))
			return;
		ret = zxp_ioctl(device, etc ? ZX_IOC_CHANNEL_CALL_ETC_FINISH :
				ZX_IOC_CHANNEL_CALL_FINISH, arg);
	}
	if (ret == 0)
		received(0, infos, count, etc, 0);
}

static void do_socket_io(union zxp_argument *arg)
{
	uint32_t handle = lasting_handle(SOCKET);
	/* Some endpoints are seldom read, so that they become full. */
	bool write = handle & 16 ? one_in(2) : !one_in(5);
	uint64_t actual;

	arg->socket_io.handle = handle;
	arg->socket_io.options = some_options(one_in(2) ? ZX_SOCKET_CONTROL :
					      write ? 0 : ZX_SOCKET_PEEK);
	if (!write && one_in(20))
		arg->socket_io.options = ZX_SOCKET_CONTROL | ZX_SOCKET_PEEK;
	arg->socket_io.size = one_in(3) ? below(BUFFER / 2) : some_size();
	if (one_in(50))
		arg->socket_io.size |= rnd() << 32;
	arg->socket_io.buffer = some_pointer(arg->socket_io.size);
	arg->socket_io.actual = some_actual(&actual);
	submit(write ? ZX_IOC_SOCKET_WRITE : ZX_IOC_SOCKET_READ, arg);
}

static void do_socket(union zxp_argument *arg)
{
	uint64_t threshold;
	uint32_t out = 0;

	switch (below(4)) {
	case 0:
		arg->disposition.handle = lasting_handle(SOCKET);
		arg->disposition.disposition = one_in(30) ? (uint32_t)rnd() : below(3);
		arg->disposition.disposition_peer = one_in(2) ? 0 : below(4);
		submit(ZX_IOC_SOCKET_SET_DISPOSITION, arg);
		break;
	case 1:
		arg->share.handle = lasting_handle(SOCKET);
		arg->share.socket = some_handle(one_in(10) ? ANY : SOCKET);
		submit(ZX_IOC_SOCKET_SHARE, arg);
		break;
	case 2:
		arg->handle.handle = lasting_handle(SOCKET);
		arg->handle.out = some_out(&out);
		if (submit(ZX_IOC_SOCKET_ACCEPT, arg) == 0)
			remember_handle(out);
		break;
	case 3:
		threshold = one_in(20) ? rnd() : one_in(2) ? below(256 * 1024 + 2) : below(500);
		arg->property.handle = lasting_handle(SOCKET);
		arg->property.property = one_in(2) ? ZX_PROP_SOCKET_RX_THRESHOLD :
						     ZX_PROP_SOCKET_TX_THRESHOLD;
		arg->property.value = one_in(12) ? some_pointer(8) : (uintptr_t)&threshold;
		arg->property.value_size = one_in(12) ? some_size() : 8;
		submit(one_in(4) ? ZX_IOC_OBJECT_GET_PROPERTY : ZX_IOC_OBJECT_SET_PROPERTY, arg);
		break;
	}
}

static void do_fifo_io(union zxp_argument *arg)
{
	uint32_t handle = lasting_handle(FIFO);
	bool write = handle & 16 ? one_in(2) : !one_in(5);
	uint64_t actual;

	arg->fifo_io.handle = handle;
	arg->fifo_io.elem_size = some_elem_size();
	arg->fifo_io.count = one_in(10) ? some_count() : one_in(4) ? some_size() : below(40);
	arg->fifo_io.data = some_pointer(arg->fifo_io.elem_size * arg->fifo_io.count);
	arg->fifo_io.actual = some_actual(&actual);
	submit(write ? ZX_IOC_FIFO_WRITE : ZX_IOC_FIFO_READ, arg);
}

/* Few keys, so that a cancel finds something. */
static uint64_t some_key(void)
{
	return one_in(50) ? rnd() : below(4);
}

static void do_wait_async(union zxp_argument *arg)
{
	arg->wait_async.handle = lasting_handle(one_in(2) ? OTHER : below(PORT + 1));
	arg->wait_async.port = lasting_handle(PORT);
	arg->wait_async.key = some_key();
	arg->wait_async.signals = some_signals();
	arg->wait_async.options = one_in(30) ? (uint32_t)rnd() : below(8);
	submit(ZX_IOC_OBJECT_WAIT_ASYNC, arg);
}

static void do_port(union zxp_argument *arg)
{
	switch (below(8)) {
	case 0:
		arg->port_cancel.handle = lasting_handle(PORT);
		arg->port_cancel.source = lasting_handle(one_in(2) ? OTHER : below(PORT));
		arg->port_cancel.key = some_key();
		submit(ZX_IOC_PORT_CANCEL, arg);
		break;
	case 1:
		arg->port_cancel.handle = lasting_handle(PORT);
		arg->port_cancel.source = some_options(0);
		arg->port_cancel.key = some_key();
		submit(ZX_IOC_PORT_CANCEL_KEY, arg);
		break;
	case 2:
	case 3:
		arg->port_queue.handle = lasting_handle(PORT);
		arg->port_queue.packet = some_pointer(sizeof(zx_port_packet_t));
		submit(ZX_IOC_PORT_QUEUE, arg);
		break;
	default:
		arg->port_wait.handle = lasting_handle(PORT);
		arg->port_wait.deadline = some_deadline();
		arg->port_wait.packet = some_pointer(sizeof(zx_port_packet_t));
		submit(ZX_IOC_PORT_WAIT, arg);
		break;
	}
}

/*
 * Descriptors.
 */
static long export_handle(uint32_t handle, int *fd)
{
	struct zxl_ioc_fd arg = { .handle = handle, .out = (uintptr_t)fd };

	return zxp_ioctl(device, ZXL_IOC_HANDLE_EXPORT, &arg);
}

/* Mostly the exported endpoint of a stream socket, whose peer is a handle or exported as well. */
static int some_stream(void)
{
	uint32_t slot = below(STREAMS), end[2];
	int fd = streams[slot];

	if (one_in(20))
		return some_fd();
	/* The number of a closed descriptor may belong to another file by now. */
	if (fd > STDERR_FILENO && !one_in(50) && fcntl(fd, F_GETFD) >= 0)
		return fd;
	if (create_socket(0, &end[0], &end[1]))
		return fd;
	if (export_handle(end[0], &fd)) {
		zxp_close(device, end[0]);
		zxp_close(device, end[1]);
		return -1;
	}
	remember_fd_at(&streams[slot], fd);
	if (one_in(3))
		remember_handle(end[1]);
	else if (export_handle(end[1], &fd) == 0)
		remember_fd_at(&streams[slot ^ 1], fd);
	else
		zxp_close(device, end[1]);
	return streams[slot];
}

/* Imports the handle of a file that other threads may read or write. */
static void take_stream(void)
{
	volatile int *slot = &streams[below(STREAMS)];
	int fd = *slot;
	uint32_t handle;

	if (fd <= STDERR_FILENO || zxp_import(device, fd, &handle))
		return;
	if (one_in(2)) {
		zxp_close(device, handle);
		fd = 0;
	} else if (one_in(4) || export_handle(handle, &fd)) {
		remember_handle(handle);
		fd = 0;
	}
	/* Keeps the emptied file for a while. */
	remember_fd(*slot);
	*slot = fd;
}

static void do_stream(union zxp_argument *arg __UNUSED)
{
	uint32_t size = one_in(2) ? below(300) : below(BUFFER / 2);
	unsigned int flags = one_in(4) ? 0 : SPLICE_F_NONBLOCK;
	struct iovec iovec[4];
	int fd = some_stream();
	off_t offset = 0;

	for (int i = 0; i < 4; i++) {
		iovec[i].iov_len = one_in(50) ? some_size() : below(one_in(4) ? 20000 : 100);
		iovec[i].iov_base = (void *)some_pointer(iovec[i].iov_len);
	}
	if (one_in(200) || fcntl(pipe_ends[0], F_GETFD) < 0) {
		close(pipe_ends[0]);
		close(pipe_ends[1]);
		if (pipe2(pipe_ends, O_CLOEXEC | (one_in(4) ? 0 : O_NONBLOCK)) < 0)
			memset(pipe_ends, -1, sizeof(pipe_ends));
	}
	switch (below(16)) {
	case 0:
	case 1:
		if (read(fd, (void *)some_pointer(size), size) < 0)
			break;
		break;
	case 2:
	case 3:
		if (write(fd, (void *)some_pointer(size), size) < 0)
			break;
		break;
	case 4:
		readv(fd, iovec, 1 + below(4));
		break;
	case 5:
		writev(fd, iovec, 1 + below(4));
		break;
	case 6:
		preadv2(fd, iovec, 1 + below(4), one_in(8) ? (off_t)below(100) : -1,
			one_in(4) ? RWF_NOWAIT : one_in(4) ? 1 << below(8) : 0);
		break;
	case 7:
		pwritev2(fd, iovec, 1 + below(4), one_in(8) ? (off_t)below(100) : -1,
			 one_in(4) ? RWF_NOWAIT : one_in(4) ? 1 << below(8) : 0);
		break;
	case 8:
		splice(fd, NULL, pipe_ends[1], NULL, size, flags);
		break;
	case 9:
		splice(pipe_ends[0], NULL, fd, NULL, size, flags);
		break;
	case 10:
		/* Pages that the program may change at any time. */
		vmsplice(pipe_ends[1], iovec, 1 + below(4), flags);
		splice(pipe_ends[0], NULL, fd, NULL, size, flags);
		break;
	case 11:
		offset = below(MEMORY_FILE);
		sendfile(fd, memory_file, &offset, size);
		break;
	case 12:
		sendfile(one_in(2) ? pipe_ends[1] : some_stream(), fd, NULL, size);
		break;
	case 13:
		fcntl(fd, F_SETFL, one_in(3) ? 0 : O_NONBLOCK | (one_in(20) ? O_ASYNC : 0));
		break;
	case 14:
		take_stream();
		break;
	case 15:
		lseek(fd, below(100), below(3));
		if (mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED)
			abort();
		break;
	}
}

static void do_door(union zxp_argument *arg)
{
	uint32_t out = 0;

	switch (below(4)) {
	case 0:
		arg->fd.handle = some_handle(ANY);
		arg->fd.out = some_out(&out);
		if (submit(ZXL_IOC_HANDLE_EXPORT, arg) == 0)
			remember_fd(out);
		break;
	case 1:
		arg->fd.handle = some_handle(ANY);
		arg->fd.signals = some_signals();
		arg->fd.out = some_out(&out);
		if (submit(ZXL_IOC_HANDLE_WATCH, arg) == 0)
			remember_fd(out);
		break;
	case 2:
		arg->fd.fd = some_fd();
		arg->fd.out = some_out(&out);
		if (submit(ZXL_IOC_HANDLE_IMPORT, arg) == 0)
			remember_handle(out);
		break;
	case 3:
		arg->open.out = some_out(&out);
		arg->open.flags = some_options(0);
		if (submit(ZXL_IOC_OPEN, arg) == 0)
			remember_fd(out);
		break;
	}
}

static void do_poll(union zxp_argument *arg __UNUSED)
{
	struct pollfd pfds[FDS];
	uint32_t count = 1 + below(FDS);

	for (uint32_t i = 0; i < count; i++)
		pfds[i] = (struct pollfd){ .fd = some_fd(), .events = rnd() };
	poll(pfds, count, one_in(4) ? 2 : 0);
}

static void do_epoll(union zxp_argument *arg __UNUSED)
{
	static const uint32_t flags[] = {
		0, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE, EPOLLEXCLUSIVE | EPOLLET,
	};
	struct epoll_event events[8] = {
		{ .events = (rnd() & 0x3fff) | flags[below(5)] },
	};
	int epoll = some_fd();

	switch (below(6)) {
	case 0:
		remember_fd(epoll_create1(EPOLL_CLOEXEC));
		break;
	case 1:
		epoll_ctl(epoll, EPOLL_CTL_MOD, some_fd(), events);
		break;
	case 2:
		epoll_ctl(epoll, EPOLL_CTL_DEL, some_fd(), events);
		break;
	case 3:
		epoll_wait(epoll, events, 8, below(3));
		break;
	default:
		epoll_ctl(epoll, EPOLL_CTL_ADD, some_fd(), events);
		break;
	}
}

/* The device is opened again when needed, so closing all files of a table closes the table. */
static void do_device(union zxp_argument *arg __UNUSED)
{
	int fd = zxp_open(O_CLOEXEC), old = device;

	if (fd < 0)
		return;
	if (one_in(4)) {
		close(old);
		device = fd;
	} else {
		remember_fd(fd);
	}
}

static void do_fd(union zxp_argument *arg __UNUSED)
{
	char path[64], text[64];
	int fd = some_fd();

	switch (below(8)) {
	case 0:
	case 1:
		remember_fd(fcntl(fd, F_DUPFD_CLOEXEC, 3));
		break;
	case 2:
		if (fd > STDERR_FILENO && fd != sockets[0] && fd != sockets[1] && fd != memory_file)
			close(fd);
		break;
	case 3:
		if (read(fd, text, sizeof(text)) < 0 || write(fd, text, 1) < 0)
			break;
		break;
	case 4:
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		while (fd >= 0 && read(fd, text, sizeof(text)) > 0)
			;
		if (fd >= 0)
			close(fd);
		break;
	case 5:
	case 6:
		zxp_send_fd(sockets[0], fd);
		break;
	case 7:
		remember_fd(zxp_receive_fd(sockets[1], MSG_DONTWAIT));
		break;
	}
}

static int32_t some_pid(int32_t victim)
{
	switch (below(20)) {
	case 0:
		return rnd();
	case 1:
		return getpid();
	case 2:
		return below(8);
	default:
		return victim;
	}
}

static void do_process(union zxp_argument *arg, int32_t victim)
{
	uint32_t out = 0;

	switch (below(6)) {
	case 0:
		arg->process.pid = some_pid(victim);
		arg->process.out = some_out(&out);
		if (submit(ZXL_IOC_PROCESS_OPEN, arg) == 0)
			remember_handle(out);
		break;
	case 1:
		arg->process.handle = some_handle(OTHER);
		arg->process.out = some_out(&out);
		submit(ZXL_IOC_PROCESS_PID, arg);
		break;
	case 2:
		arg->handle.handle = some_handle(OTHER);
		submit(ZX_IOC_TASK_KILL, arg);
		break;
	case 3:
		arg->process_exit.retcode = rnd();
		submit(ZX_IOC_PROCESS_EXIT, arg);
		break;
	case 4:
		do_info(arg);
		break;
	case 5:
		do_wait(arg);
		break;
	}
}

/*
 * A thread that has begun is that object from then on, and its former object ends, so the threads
 * here change theirs again and again.
 */
static void do_thread(union zxp_argument *arg)
{
	uint32_t process = 0, out = 0;
	union zxp_argument self = { .handle.out = (uintptr_t)&process };

	switch (below(4)) {
	case 0:
		arg->process.handle = one_in(2) ? some_handle(OTHER) : 0;
		arg->process.pid = one_in(8) ? some_pid(rnd()) : tids[below(THREADS)];
		arg->process.out = some_out(&out);
		if (submit(ZXL_IOC_THREAD_OPEN, arg) == 0)
			remember_handle(out);
		break;
	case 1:
		zxp_ioctl(device, ZXL_IOC_PROCESS_SELF, &self);
		arg->thread_create.handle = one_in(8) ? some_handle(OTHER) : process;
		arg->thread_create.options = some_options(0);
		arg->thread_create.name_size = some_size();
		arg->thread_create.name = some_pointer(arg->thread_create.name_size);
		arg->thread_create.out = some_out(&out);
		if (submit(ZX_IOC_THREAD_CREATE, arg) == 0)
			remember_handle(out);
		zxp_close(device, process);
		break;
	default:
		arg->thread_begin.handle = some_handle(OTHER);
		arg->thread_begin.options = one_in(30) ? (uint32_t)rnd() : below(3);
		submit(ZXL_IOC_THREAD_BEGIN, arg);
		break;
	}
}

static uint64_t some_futex(void)
{
	return one_in(12) ? some_pointer(4) : (uintptr_t)&futexes[below(COUNT(futexes))];
}

/* The owner: none, the calling thread, or anything. */
static uint32_t some_owner(uint32_t *self)
{
	union zxp_argument arg = { .handle.out = (uintptr_t)self };

	*self = 0;
	switch (below(4)) {
	case 0:
		return zxp_ioctl(device, ZXL_IOC_THREAD_SELF, &arg) ? 0 : *self;
	case 1:
		return some_handle(OTHER);
	default:
		return 0;
	}
}

static void do_futex(union zxp_argument *arg)
{
	uint64_t moved, koid;
	uint32_t self = 0;

	switch (below(6)) {
	case 0:
	case 1:
		arg->futex_wait.value_ptr = some_futex();
		arg->futex_wait.current_value = one_in(10);
		arg->futex_wait.owner = some_owner(&self);
		arg->futex_wait.deadline = some_deadline();
		submit(ZX_IOC_FUTEX_WAIT, arg);
		break;
	case 2:
		arg->futex_wake.value_ptr = some_futex();
		arg->futex_wake.wake_count = some_count();
		arg->futex_wake.options = some_options(ZXL_FUTEX_SINGLE_OWNER);
		submit(ZX_IOC_FUTEX_WAKE, arg);
		break;
	case 3:
	case 4:
		arg->futex_requeue.value_ptr = some_futex();
		arg->futex_requeue.requeue_ptr = some_futex();
		arg->futex_requeue.wake_count = some_count();
		arg->futex_requeue.requeue_count = some_count();
		arg->futex_requeue.current_value = one_in(10);
		arg->futex_requeue.owner = some_owner(&self);
		arg->futex_requeue.options = some_options(ZXL_FUTEX_SINGLE_OWNER);
		arg->futex_requeue.moved = some_actual(&moved);
		submit(ZX_IOC_FUTEX_REQUEUE, arg);
		break;
	case 5:
		arg->futex_get_owner.value_ptr = some_futex();
		arg->futex_get_owner.koid = one_in(8) ? some_pointer(8) : (uintptr_t)&koid;
		submit(ZX_IOC_FUTEX_GET_OWNER, arg);
		break;
	}
	/* Now and then it stays, for other threads to name. */
	if (self && one_in(8))
		remember_handle(self);
	else if (self)
		zxp_close(device, self);
}

/* A child that may be killed, and calls while it is there; all threads may use the handle to it. */
static void do_victim(union zxp_argument *arg)
{
	zx_info_handle_basic_t info = {};
	uint32_t handle = 0;
	pid_t pid;

	if (!one_in(20))
		return;
	pid = zxp_start_idle();
	if (pid < 0)
		return;
	if (zxp_open_process(device, pid, &handle) == 0 && ask_basic(handle, &info)) {
		victims[thread_number] = info.koid;
		remember_handle(handle);
	}
	for (int i = 0; i < 30; i++) {
		memset(arg, 0, sizeof(*arg));
		do_process(arg, pid);
	}
	memset(arg, 0, sizeof(*arg));
	arg->handle.handle = handle;
	if (!one_in(4))
		submit(ZX_IOC_TASK_KILL, arg);
	zxp_end_idle(pid);
}

/* A child with all descriptors and no handles, and its exit. */
static void do_fork(union zxp_argument *arg)
{
	int old = device;
	pid_t pid;

	if (!one_in(20))
		return;
	pid = fork();
	if (!pid) {
		do_write(arg);
		if (one_in(2)) {
			device = zxp_open(O_CLOEXEC);
			close(old);
			for (int i = 0; i < 50; i++) {
				memset(arg, 0, sizeof(*arg));
				one_in(2) ? do_door(arg) : do_create(arg);
			}
		}
		if (one_in(3))
			raise(SIGKILL);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, __WALL);
}

/* submit() for a struct that zxp_argument does not name. */
static long submit_copy(unsigned long request, union zxp_argument *arg, const void *from)
{
	memcpy(arg->bytes, from, _IOC_SIZE(request));
	return submit(request, arg);
}

static void do_policy(union zxp_argument *arg)
{
	static const uint32_t topics[] = {
		ZX_JOB_POL_BASIC_V1, ZX_JOB_POL_BASIC_V2, ZX_JOB_POL_TIMER_SLACK,
	};
	struct zx_ioc_job_set_policy set = {
		.handle = some_handle(JOB),
		.options = one_in(20) ? (uint32_t)rnd() : below(2),
		.topic = one_in(20) ? (uint32_t)rnd() : topics[below(COUNT(topics))],
		.count = one_in(3) ? below(34) : one_in(20) ? (uint32_t)rnd() : 1,
	};
	uint32_t in_buffer;

	set.policy = some_pointer(set.count * sizeof(zx_policy_basic_v2_t));
	in_buffer = set.policy - (uintptr_t)buffer;
	for (uint32_t i = 0; in_buffer < BUFFER / 2 && i < set.count && i < 33; i++) {
		zx_policy_basic_v2_t record = {
			.condition = one_in(50) ? (uint32_t)rnd() : below(ZX_POL_NEW_PROCESS + 1),
			.action = one_in(50) ? (uint32_t)rnd() : below(5),
			.flags = one_in(50) ? (uint32_t)rnd() : below(2),
		};

		memcpy(buffer + in_buffer + i * sizeof(record), &record, sizeof(record));
	}
	submit_copy(ZX_IOC_JOB_SET_POLICY, arg, &set);
}

/* The calling thread's next child is to be in a job. It may be that of another operation. */
static void do_process_create(union zxp_argument *arg)
{
	zx_info_handle_basic_t info = {};
	uint32_t out = 0;
	struct zxl_ioc_process_create create = {
		.handle = some_handle(JOB),
		.options = some_options(ZXL_PROCESS_CREATE_CANCEL),
		.startup = one_in(2) ? some_handle(ANY) : 0,
		.name_size = some_size(),
		.out = some_out(&out),
	};

	create.name = some_pointer(create.name_size);
	if (submit_copy(ZXL_IOC_PROCESS_CREATE, arg, &create) || !ask_basic(out, &info))
		return;
	victims[thread_number] = info.koid;
	remember_handle(out);
}

static void do_job(union zxp_argument *arg)
{
	struct zx_ioc_job_create create = {};
	struct zx_ioc_job_set_critical critical = {};
	struct zxl_ioc_job_open open = {};
	uint32_t out = 0;
	long ret = -1;

	switch (below(8)) {
	case 0:
	case 1:
		create.handle = some_handle(JOB);
		create.options = some_options(0);
		create.out = some_out(&out);
		ret = submit_copy(ZX_IOC_JOB_CREATE, arg, &create);
		break;
	case 2:
	case 3:
		do_policy(arg);
		break;
	case 4:
		critical.handle = some_handle(JOB);
		critical.options = some_options(ZX_JOB_CRITICAL_PROCESS_RETCODE_NONZERO);
		critical.process = some_handle(OTHER);
		submit_copy(ZX_IOC_JOB_SET_CRITICAL, arg, &critical);
		break;
	case 5:
		open.options = one_in(30) ? (uint32_t)rnd() : below(2);
		open.out = some_out(&out);
		ret = submit_copy(ZXL_IOC_JOB_OPEN, arg, &open);
		break;
	case 6:
		do_process_create(arg);
		break;
	case 7:
		arg->handle.handle = some_handle(JOB);
		submit(ZX_IOC_TASK_KILL, arg);
		break;
	}
	if (ret == 0)
		remember_handle(out);
}

/* In a child that may be in a job: it gets a handle, makes calls, and may have a child. */
static _Noreturn void be_member(union zxp_argument *arg)
{
	int old = device;
	uint32_t out = 0;
	pid_t pid;

	device = zxp_open(O_CLOEXEC);
	close(old);
	for (int i = 0; i < 20; i++) {
		memset(arg, 0, sizeof(*arg));
		if (one_in(4)) {
			arg->handle.out = some_out(&out);
			if (submit(ZXL_IOC_PROCESS_STARTUP, arg) == 0)
				remember_handle(out);
		} else {
			one_in(2) ? do_job(arg) : do_create(arg);
		}
	}
	pid = one_in(3) ? fork() : -1;
	if (!pid)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, __WALL);
	if (one_in(3))
		raise(SIGKILL);
	_exit(0);
}

/* A child that starts in a job, if it can: any thread may kill that, and the child with it. */
static void do_member(union zxp_argument *arg)
{
	pid_t pid;

	if (!one_in(20))
		return;
	do_process_create(arg);
	pid = fork();
	if (!pid)
		be_member(arg);
	if (pid > 0)
		waitpid(pid, NULL, __WALL);
}

static void (*const operations[])(union zxp_argument *) = {
	do_create, do_create, do_handle, do_handle, do_close_many, do_signal, do_signal,
	do_wait, do_wait, do_info, do_write, do_write, do_write, do_write, do_read, do_read,
	do_read, do_read, do_call, do_call, do_door, do_door, do_poll, do_epoll, do_epoll,
	do_fd, do_fd, do_fork, do_socket_io, do_socket_io, do_socket_io, do_socket_io, do_socket,
	do_socket, do_fifo_create, do_fifo_io, do_fifo_io, do_fifo_io, do_stream, do_stream,
	do_stream, do_stream, do_timer, do_timer, do_timer, do_counter, do_counter, do_clock,
	do_clock, do_clock, do_wait_async, do_wait_async, do_port, do_port, do_port, do_victim,
	do_thread, do_thread, do_futex, do_futex, do_futex, do_job, do_job, do_job, do_member,
};

/*
 * Processes.
 */
static zx_time_t fuzz_end;

/* What a thread begins with. */
struct beginning {
	uint64_t seed;
	unsigned int number;
};

static void *fuzz_thread(void *beginning)
{
	const struct beginning *begin = beginning;
	union zxp_argument arg;
	uint8_t *map;

	state = begin->seed;
	thread_number = begin->number;
	tids[thread_number] = gettid();
	map = mmap(NULL, BUFFER + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   0);
	CHILD_CHECK(map != MAP_FAILED);
	buffer = map;
	edge = map + BUFFER;
	read_only = edge + PAGE;
	CHILD_CHECK(mprotect(edge, PAGE, PROT_NONE) == 0);
	CHILD_CHECK(mprotect(read_only, PAGE, PROT_READ) == 0);
	for (int i = 0; i < OPERATIONS && zx_clock_get_monotonic() < fuzz_end; i++) {
		memset(&arg, 0, sizeof(arg));
		operations[below(COUNT(operations))](&arg);
		/* Some copies must fault pages in. */
		if (one_in(100))
			madvise(buffer, BUFFER, MADV_DONTNEED);
		if (one_in(5000) || device < 0 || fcntl(device, F_GETFD) < 0)
			do_device(&arg);
	}
	return NULL;
}

static void nothing(int signal __UNUSED)
{
}

/*
 * Each process is the first one of a pid namespace, so it and its children can open and kill no
 * process but these children. Its end, also by a signal, kills the children and waits for them:
 * they may sleep for ever, with its handles and files, but it must be possible to kill them.
 */
static void fuzz_process(uint64_t seed)
{
	const struct sigaction interrupt = { .sa_handler = nothing };
	const struct sigaction action = {
		.sa_handler = nothing,
		.sa_flags = seed & 1 ? SA_RESTART : 0,
	};
	const struct itimerval timer = {
		.it_interval.tv_usec = 5000,
		.it_value.tv_usec = 5000,
	};
	struct beginning begin[THREADS];
	pthread_t threads[THREADS];
	bool ended[THREADS] = {};
	int living = THREADS;

	/* Ends with the test. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	device = zxp_open(O_CLOEXEC);
	CHILD_CHECK(device >= 0);
	CHILD_CHECK(sigaction(SIGALRM, &action, NULL) == 0);
	CHILD_CHECK(sigaction(SIGUSR1, &interrupt, NULL) == 0);
	CHILD_CHECK(sigaction(SIGPIPE, &interrupt, NULL) == 0);
	CHILD_CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
	CHILD_CHECK(getpid() == 1);
	for (int i = 0; i < THREADS; i++) {
		begin[i] = (struct beginning){ seed * 1000003 + i + 1, i };
		CHILD_CHECK(pthread_create(&threads[i], NULL, fuzz_thread, &begin[i]) == 0);
	}
	/*
	 * Any thread may get the timer's signals, so a thread that sleeps for ever gets its own. A
	 * read is restarted after some signals, so it sometimes needs another one.
	 */
	for (unsigned int round = 0; living; round++) {
		zxp_sleep_ms(5);
		for (int i = 0; i < THREADS; i++) {
			if (ended[i])
				continue;
			ended[i] = pthread_tryjoin_np(threads[i], NULL) == 0;
			if (ended[i])
				living--;
			else
				pthread_kill(threads[i], round % 4 ? SIGALRM : SIGUSR1);
		}
	}
	_exit(0);
}

/* Lower limits, which the processes reach. */
static const struct {
	const char *path;
	unsigned int value;
} limits[] = {
	{ "/sys/module/zircon/parameters/channel_bytes_max", 4096 },
	{ "/sys/module/zircon/parameters/object_observers_max", 2 },
	{ "/sys/module/zircon/parameters/handles_max", 400 },
};

static unsigned int change_limit(const char *path, unsigned int value)
{
	FILE *file = fopen(path, "r+");
	unsigned int old = 0;

	if (!file || fscanf(file, "%u", &old) != 1)
		abort();
	rewind(file);
	fprintf(file, "%u", value);
	fclose(file);
	return old;
}

static bool move_away(int *fd)
{
	int high = fcntl(*fd, F_DUPFD_CLOEXEC, 200);

	close(*fd);
	*fd = high;
	return high >= 0;
}

FIXTURE(fuzz)
{
	struct zxp_objects before;
	bool counted;
	unsigned int limits[COUNT(limits)];
};

FIXTURE_SETUP(fuzz)
{
	if (getuid() != 0)
		SKIP(return, "changes the module's parameters");
	self->counted = zxp_count_objects(&self->before);
	for (unsigned int i = 0; i < COUNT(limits); i++)
		self->limits[i] = change_limit(limits[i].path, limits[i].value);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets));
	/* Out of the range of fuzzed numbers. */
	for (int i = 0; i < 2; i++)
		ASSERT_TRUE(move_away(&sockets[i]));
	memory_file = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	ASSERT_TRUE(move_away(&memory_file));
	ASSERT_EQ(0, ftruncate(memory_file, MEMORY_FILE));
	ASSERT_EQ(0, fcntl(memory_file, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK));
}

FIXTURE_TEARDOWN(fuzz)
{
	for (unsigned int i = 0; i < COUNT(limits); i++)
		change_limit(limits[i].path, self->limits[i]);
}

static void show_process(pid_t pid)
{
	static const char *const files[] = { "stat", "syscall", "stack" };
	char path[64], line[256];
	FILE *file;

	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", pid, files[i]);
		file = fopen(path, "re");
		while (file && fgets(line, sizeof(line), file))
			fprintf(stderr, "# %d %s: %s", pid, files[i], line);
		if (file)
			fclose(file);
	}
}

static pid_t parent_of(const char *pid)
{
	char path[64];
	FILE *file;
	pid_t parent = 0;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	file = fopen(path, "re");
	if (file && fscanf(file, "%*d %*[^)]) %*c %d", &parent) != 1)
		parent = 0;
	if (file)
		fclose(file);
	return parent;
}

/* Shows where a process that does not end sleeps, and its children, for which its end waits. */
static void show_family(pid_t parent)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	show_process(parent);
	while (proc && (entry = readdir(proc)))
		if (atoi(entry->d_name) > 0 && parent_of(entry->d_name) == parent)
			show_process(atoi(entry->d_name));
	if (proc)
		closedir(proc);
}

/* Returns how many processes were started, or -1 if one did not end in time. */
static int run_processes(struct __test_metadata *_metadata)
{
	pid_t pids[PROCESSES] = {};
	int started = 0, living = 0;
	uint32_t i;

	while (living || zx_clock_get_monotonic() < fuzz_end) {
		int status;
		pid_t pid;

		for (i = 0; i < PROCESSES && zx_clock_get_monotonic() < fuzz_end; i++) {
			if (pids[i])
				continue;
			started++;
			pids[i] = zxp_fork_first();
			ASSERT_LE(0, pids[i]);
			if (!pids[i])
				fuzz_process(fuzz_seed * 7919 + started);
			living++;
		}
		zxp_sleep_ms(20);
		/* Kills some processes in the middle of a call. */
		if (one_in(30)) {
			i = below(PROCESSES);
			if (pids[i])
				kill(pids[i], SIGKILL);
		}
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			for (i = 0; i < PROCESSES; i++) {
				if (pids[i] != pid)
					continue;
				pids[i] = 0;
				living--;
				/* Its memory is overwritten at random, so any signal may end it. */
				EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) != 0);
			}
		}
		if (zx_clock_get_monotonic() > fuzz_end + ZX_SEC(60)) {
			for (i = 0; i < PROCESSES; i++)
				if (pids[i])
					show_family(pids[i]);
			return -1;
		}
	}
	return started;
}

/* Ordinary use of the device, in a new process. */
static void use_device(void)
{
	zx_handle_t channel[2], socket[2], fifo[2], port, event, got = ZX_HANDLE_INVALID;
	zx_port_packet_t packet;
	uint32_t size, count;
	size_t actual;
	char text[4];

	CHILD_CHECK(zx_channel_create(0, &channel[0], &channel[1]) == ZX_OK);
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	CHILD_CHECK(zx_channel_write(channel[0], 0, "yes", 4, &event, 1) == ZX_OK);
	CHILD_CHECK(zx_channel_read(channel[1], 0, text, &got, 4, 1, &size, &count) == ZX_OK);
	CHILD_CHECK(size == 4 && count == 1 && !strcmp(text, "yes"));
	CHILD_CHECK(zx_object_signal(got, 0, ZX_EVENT_SIGNALED) == ZX_OK);
	CHILD_CHECK(zx_object_wait_one(got, ZX_EVENT_SIGNALED, ZXT_SOON, NULL) == ZX_OK);
	CHILD_CHECK(zx_handle_close(channel[0]) == ZX_OK);
	CHILD_CHECK(zx_object_wait_one(channel[1], ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL) ==
		    ZX_OK);

	CHILD_CHECK(zx_socket_create(0, &socket[0], &socket[1]) == ZX_OK);
	CHILD_CHECK(zx_socket_write(socket[0], 0, "now", 4, &actual) == ZX_OK && actual == 4);
	CHILD_CHECK(zx_socket_read(socket[1], 0, text, 4, &actual) == ZX_OK && actual == 4);
	CHILD_CHECK(!strcmp(text, "now"));

	CHILD_CHECK(zx_fifo_create(8, 4, 0, &fifo[0], &fifo[1]) == ZX_OK);
	CHILD_CHECK(zx_fifo_write(fifo[0], 4, "too", 1, &actual) == ZX_OK && actual == 1);
	CHILD_CHECK(zx_fifo_read(fifo[1], 4, text, 1, &actual) == ZX_OK && actual == 1);
	CHILD_CHECK(!strcmp(text, "too"));

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	CHILD_CHECK(zx_object_wait_async(got, port, 7, ZX_USER_SIGNAL_0, 0) == ZX_OK);
	CHILD_CHECK(zx_object_signal(got, 0, ZX_USER_SIGNAL_0) == ZX_OK);
	CHILD_CHECK(zx_port_wait(port, ZXT_SOON, &packet) == ZX_OK && packet.key == 7);
	_exit(0);
}

TEST_F_TIMEOUT(fuzz, survives, 86400)
{
	int started;
	pid_t pid;

	TH_LOG("seed %llu, %u seconds", (unsigned long long)fuzz_seed, fuzz_seconds);
	state = fuzz_seed * 2 + 1;
	fuzz_end = zx_deadline_after(ZX_SEC(fuzz_seconds));
	started = run_processes(_metadata);
	ASSERT_LT(0, started);
	TH_LOG("%d processes", started);
	/* Files in the sockets are closed with them. */
	close(sockets[0]);
	close(sockets[1]);

	pid = fork();
	if (!pid)
		use_device();
	EXPECT_EQ(0, zxp_reap(pid));
	if (self->counted)
		EXPECT_EQ(NULL, zxp_wait_objects(&self->before, 200));
}

int main(int argc, char **argv)
{
	const char *seed = argc > 1 ? argv[1] : getenv("FUZZ_SEED");
	const char *seconds = argc > 2 ? argv[2] : getenv("FUZZ_SECONDS");

	if (seed)
		fuzz_seed = strtoull(seed, NULL, 0);
	if (seconds)
		fuzz_seconds = strtoul(seconds, NULL, 0);
	return test_harness_run(1, argv);
}
