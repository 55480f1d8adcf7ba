// SPDX-License-Identifier: GPL-2.0-only
/*
 * The handles, descriptors and memory among which operations choose, and the ioctls that they make.
 */
#include "explore.h"

volatile int device = -1;
static volatile struct {
	uint32_t handle;
	uint8_t kind;
} handles[HANDLES];
static volatile unsigned int handle_count;
volatile struct descriptor fds[FDS];
volatile unsigned int fd_count;
volatile uint32_t txid;
int sockets[2], pipe_ends[2], memory_file;

void fail_at(const char *file, int line)
{
	fprintf(stderr, "# %s:%d: %s\n", file, line, strerror(errno));
	_exit(1);
}

void move_away(int *fd)
{
	int high = *fd < 0 ? -1 : fcntl(*fd, F_DUPFD_CLOEXEC, OWN_FDS);

	MUST(high >= 0);
	close(*fd);
	*fd = high;
}

void make_descriptors(void)
{
	MUST(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets) == 0);
	MUST(pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) == 0);
	memory_file = memfd_create("explore", MFD_CLOEXEC);
	move_away(&sockets[0]);
	move_away(&sockets[1]);
	move_away(&pipe_ends[0]);
	move_away(&pipe_ends[1]);
	move_away(&memory_file);
	MUST(ftruncate(memory_file, BUFFER) == 0);
}

void make_memory(struct actor *a)
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

void clear_machine(struct actor *a)
{
	int fd;

	close_range(3, OWN_FDS - 1, 0);
	while ((fd = zxp_receive_fd(sockets[1], MSG_DONTWAIT)) >= 0)
		close(fd);
	while (read(pipe_ends[0], a->buffer, BUFFER) > 0)
		;
	handle_count = 0;
	fd_count = 0;
	txid = 0;
}

/*
 * Choices.
 */

uint8_t byte(struct actor *a)
{
	return a->at < a->op->size ? a->op->bytes[a->at++] : 0;
}

void remember(uint32_t handle, int kind)
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
		       info.type == ZX_OBJ_TYPE_FIFO ? FIFO :
		       info.type == ZX_OBJ_TYPE_PORT ? PORT :
		       info.type == ZX_OBJ_TYPE_TIMER ? TIMER :
		       info.type == ZX_OBJ_TYPE_COUNTER ? COUNTER :
		       info.type == ZX_OBJ_TYPE_CLOCK ? CLOCK :
		       info.type == ZX_OBJ_TYPE_PROCESS ? PROCESS :
		       info.type == ZX_OBJ_TYPE_THREAD ? THREAD :
		       info.type == ZX_OBJ_TYPE_JOB ? JOB : OTHER;
	}
	if (i >= HANDLES)
		return;
	handles[i].handle = handle;
	handles[i].kind = kind;
	handle_count = i + 1;
}

int kind_of(uint32_t handle)
{
	for (unsigned int i = handle_count; i--;)
		if (handles[i].handle == handle)
			return handles[i].kind;
	return OTHER;
}

void forget_dead(void)
{
	for (unsigned int i = 0; i < handle_count; i++)
		if (handles[i].kind != DEAD && zxp_check(device, handles[i].handle))
			handles[i].kind = DEAD;
}

/* Returns the n-th last of a kind, modulo their number; 0 if there is none. */
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

uint32_t some_handle(struct actor *a, int kind)
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

void remember_fd(int fd, int kind)
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

int fd_of(int kind, unsigned int n)
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

int some_fd(struct actor *a, int kind)
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

uint32_t some_size(struct actor *a)
{
	static const uint32_t sizes[] = {
		8, 0, 1, 4, 16, 32, 64, 65, 100, 208, 256, 1024, 1025, 4000, 4048, 4096, 8191,
		20000, 65535, 65536, 65537, 80000, 0x7fffffff, 0xffffffff,
	};
	uint8_t choice = byte(a);

	return choice < ARRAY_SIZE(sizes) ? sizes[choice] : choice - ARRAY_SIZE(sizes);
}

uint64_t some_pointer(struct actor *a, uint32_t size, unsigned int slot)
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
		/* No page is present then. */
		madvise(a->buffer, BUFFER, MADV_DONTNEED);
		return (uintptr_t)at;
	default:
		return (uintptr_t)at;
	}
}

uint64_t some_out(struct actor *a, void *slot, uint32_t size)
{
	unsigned int at = a->at;

	if (!byte(a))
		return (uintptr_t)slot;
	a->at = at;
	return some_pointer(a, size, 64);
}

uint32_t some_signals(struct actor *a)
{
	uint8_t choice = byte(a);

	return choice == 0xff ? ~0u : choice == 0xfe ? 0 : choice == 0xfd ? 0xff000000 :
	       choice & 0x80 ? 3u << choice % 32 : choice < 64 ? choice : 1u << choice % 32;
}

uint32_t some_rights(struct actor *a)
{
	uint8_t choice = byte(a);

	return choice == 0 ? ZX_RIGHT_SAME_RIGHTS : choice == 1 ? 0 : choice == 2 ? ~0u :
	       choice & 0x80 ? 1u << choice % 32 : ZX_RIGHTS_BASIC & ~(1u << choice % 32);
}

int64_t some_deadline(struct actor *a)
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

uint32_t some_options(struct actor *a, uint32_t known)
{
	uint8_t choice = byte(a);

	return choice >= 0xf0 ? 1u << choice % 16 : choice & known;
}

uint32_t some_count(struct actor *a)
{
	static const uint32_t counts[] = { 63, 64, 65, 66, 1000, 8192, 8193, 0xffffffff };
	uint8_t choice = byte(a);

	return choice < 0xf8 ? choice % 5 : counts[choice - 0xf8];
}

uint64_t some_handles(struct actor *a, uint32_t count, bool etc)
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

/*
 * Ioctls.
 */
long submit(struct actor *a, unsigned long request, union zxp_argument *arg)
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

long create(struct actor *a, unsigned long request, int kind, uint32_t known, bool two)
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
