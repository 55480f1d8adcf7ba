// SPDX-License-Identifier: GPL-2.0-only
/*
 * Android's binder, Linux's other way to call a server and to pass it objects. The benchmark uses
 * it as binder's own library does: one ioctl a side and a transaction, which frees the last buffer,
 * sends, and waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/android/binder.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bench.h"

#define MODULE		"/binder_linux.ko"
#define MAP_SIZE	(128 * 1024)

enum { CODE_CALL = 1, CODE_STOP };

struct binder {
	int fd;
	void *map;
	pid_t server;
	binder_uintptr_t last;	/* the buffer of the last reply or request; 0 if it is freed */
	bool object;		/* whether each call passes an object */
	uint8_t out[512];	/* commands to the kernel */
	size_t used;
};

static void put(struct binder *b, uint32_t command, const void *arg, size_t size)
{
	if (b->used + sizeof(command) + size > sizeof(b->out)) {
		fprintf(stderr, "binder: too many commands\n");
		exit(1);
	}
	memcpy(b->out + b->used, &command, sizeof(command));
	if (size)
		memcpy(b->out + b->used + sizeof(command), arg, size);
	b->used += sizeof(command) + size;
}

static void put_free(struct binder *b)
{
	if (b->last)
		put(b, BC_FREE_BUFFER, &b->last, sizeof(b->last));
	b->last = 0;
}

/* Gives the kernel the commands in the buffer, and receives at least one. */
static size_t write_read(struct binder *b, void *in, size_t size)
{
	struct binder_write_read io = { .write_buffer = (uintptr_t)b->out, .write_size = b->used,
					.read_buffer = (uintptr_t)in, .read_size = size };

	if (ioctl(b->fd, BINDER_WRITE_READ, &io))
		die("BINDER_WRITE_READ");
	if (io.write_consumed != b->used) {
		fprintf(stderr, "binder: the kernel has left commands\n");
		exit(1);
	}
	b->used = 0;
	return io.read_consumed;
}

/* Receives until there is a transaction of the wanted kind, and answers the other commands. */
static struct binder_transaction_data receive(struct binder *b, uint32_t wanted)
{
	struct binder_transaction_data found = {};
	uint8_t in[512];
	bool done = false;

	while (!done) {
		size_t size = write_read(b, in, sizeof(in));

		for (size_t at = 0; at < size;) {
			struct binder_ptr_cookie node;
			uint32_t command;

			memcpy(&command, in + at, sizeof(command));
			at += sizeof(command);
			if (command == wanted) {
				memcpy(&found, in + at, sizeof(found));
				done = true;
			} else if (command == BR_INCREFS || command == BR_ACQUIRE) {
				memcpy(&node, in + at, sizeof(node));
				put(b, command == BR_ACQUIRE ? BC_ACQUIRE_DONE : BC_INCREFS_DONE,
				    &node, sizeof(node));
			} else if (command != BR_NOOP && command != BR_TRANSACTION_COMPLETE &&
				   command != BR_RELEASE && command != BR_DECREFS &&
				   command != BR_SPAWN_LOOPER) {
				fprintf(stderr, "binder: unexpected command %#x\n", command);
				die("binder");
			}
			at += _IOC_SIZE(command);
		}
	}
	return found;
}

static void open_binder(struct binder *b, const char *device)
{
	memset(b, 0, sizeof(*b));
	b->fd = open(device, O_RDWR | O_CLOEXEC);
	if (b->fd < 0)
		die(device);
	b->map = mmap(NULL, MAP_SIZE, PROT_READ, MAP_PRIVATE | MAP_NORESERVE, b->fd, 0);
	if (b->map == MAP_FAILED)
		die("mmap of binder");
}

static void serve(const char *device, int ready)
{
	struct binder b;
	int zero = 0;
	uint64_t reply = 0;

	open_binder(&b, device);
	if (ioctl(b.fd, BINDER_SET_CONTEXT_MGR, &zero))
		die("BINDER_SET_CONTEXT_MGR");
	put(&b, BC_ENTER_LOOPER, NULL, 0);
	if (write(ready, &zero, 1) != 1)
		die("write");
	for (;;) {
		struct binder_transaction_data request = receive(&b, BR_TRANSACTION);
		struct binder_transaction_data answer = {
			.data_size = sizeof(reply), .data.ptr.buffer = (uintptr_t)&reply,
		};

		/* Freeing the buffer also drops the reference to an object in it. */
		b.last = request.data.ptr.buffer;
		put_free(&b);
		put(&b, BC_REPLY, &answer, sizeof(answer));
		if (request.code == CODE_STOP)
			break;
	}
	write_read(&b, &reply, sizeof(uint32_t));
	_exit(0);
}

static void call(struct binder *b, uint32_t code)
{
	struct {
		struct flat_binder_object object;
		uint64_t data;
	} message = { .object = { .hdr.type = BINDER_TYPE_BINDER, .binder = (uintptr_t)b,
				  .cookie = (uintptr_t)b } };
	binder_size_t offset = 0;
	struct binder_transaction_data t = { .code = code };

	if (b->object) {
		t.data_size = sizeof(message);
		t.data.ptr.buffer = (uintptr_t)&message;
		t.offsets_size = sizeof(offset);
		t.data.ptr.offsets = (uintptr_t)&offset;
	} else {
		t.data_size = sizeof(message.data);
		t.data.ptr.buffer = (uintptr_t)&message.data;
	}
	put_free(b);
	put(b, BC_TRANSACTION, &t, sizeof(t));
	b->last = receive(b, BR_REPLY).data.ptr.buffer;
}

static void op_call(void *arg, unsigned int i)
{
	(void)i;
	call(arg, CODE_CALL);
}

/* Binder's device either exists already or is made through its own file system. */
static const char *find_device(void)
{
	static const char mounted[] = "/dev/binderfs/binder";
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
			perror("loading " MODULE);
		close(fd);
	}
	if (!access("/dev/binder", R_OK | W_OK))
		return "/dev/binder";
	mkdir("/dev/binderfs", 0755);
	if (!mount("binder", "/dev/binderfs", "binder", 0, NULL) && !access(mounted, R_OK | W_OK))
		return mounted;
	return NULL;
}

void peer_binder(void)
{
	static const char *const names[] = { "binder round trip, processes",
					     "binder with an object round trip, processes" };
	const char *device = find_device();
	struct binder b;
	int ready[2], status;
	pid_t pid;
	char byte;

	if (!device) {
		peer_missing(names[0], "this kernel has no binder_linux");
		peer_missing(names[1], "this kernel has no binder_linux");
		return;
	}
	if (pipe(ready))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid)
		serve(device, ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		die("read");
	close(ready[0]);
	close(ready[1]);

	open_binder(&b, device);
	for (int object = 0; object < 2; object++) {
		b.object = object;
		peer(names[object], measure_with(op_call, &b, pid));
	}
	b.object = false;
	call(&b, CODE_STOP);
	if (waitpid(pid, &status, 0) != pid || status)
		die("binder's server ended otherwise than it should");
	munmap(b.map, MAP_SIZE);
	close(b.fd);
}
