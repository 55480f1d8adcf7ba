// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel addresses where a call expects its caller's memory: no call reads or writes there.
 *
 * An address that is not mapped in the kernel would prove little, since an access there fails
 * anyway. So the tests use a page of their own, at its address in the kernel's map of all memory.
 * The kernel can read and write there; the tests know what it would read, see what it writes, and
 * are not harmed by it. Each call is made with this address and then with the page's own, where it
 * has to succeed: so nothing but the address was wrong.
 */
#include <elf.h>
#include <pthread.h>

#include "zxproc.h"
#include "zxthread.h"

/* The most bytes that one call transfers here, and handles in a message. */
#define BYTES	4096
#define HANDLES	64

/* The page, and the address that the kernel has for it. */
static uint8_t *page, *kernel_page;

/* The objects for a case, made again for each call. */
static struct world {
	zx_handle_t channel[2];
	zx_handle_t stream[2];
	zx_handle_t datagram[2];
	zx_handle_t old[2];		/* a socket with a control plane, which can share */
	zx_handle_t fifo[2];
	zx_handle_t port;
	zx_handle_t event;
	zx_handle_t some[BYTES / sizeof(zx_handle_t)];	/* handles that a case makes or receives */
	int fd;				/* an exported endpoint, or -1 */
} w;

#define WORLD_HANDLES (offsetof(struct world, fd) / sizeof(zx_handle_t))

static uint8_t bytes[BYTES];
static int device;

static bool make_world(void)
{
	w.fd = -1;
	return zx_channel_create(0, &w.channel[0], &w.channel[1]) == ZX_OK &&
	       zx_socket_create(0, &w.stream[0], &w.stream[1]) == ZX_OK &&
	       zx_socket_create(ZX_SOCKET_DATAGRAM, &w.datagram[0], &w.datagram[1]) == ZX_OK &&
	       zx_socket_create(ZX_SOCKET_HAS_CONTROL | ZX_SOCKET_HAS_ACCEPT, &w.old[0],
				&w.old[1]) == ZX_OK &&
	       zx_fifo_create(BYTES / 8, 8, 0, &w.fifo[0], &w.fifo[1]) == ZX_OK &&
	       zx_port_create(0, &w.port) == ZX_OK && zx_event_create(0, &w.event) == ZX_OK;
}

static void end_world(void)
{
	if (w.fd >= 0)
		close(w.fd);
	/* The case may have closed some. */
	zx_handle_close_many((zx_handle_t *)&w, WORLD_HANDLES);
	memset(&w, 0, sizeof(w));
}

static void make_events(size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (zx_event_create(0, &w.some[i]) != ZX_OK)
			abort();
}

/* Whether there is nothing to read at an endpoint that was not written to. */
static bool nothing_arrived(void)
{
	zx_port_packet_t packet;

	return !(zxt_signals(w.channel[1]) & ZX_CHANNEL_READABLE) &&
	       !(zxt_signals(w.stream[1]) & ZX_SOCKET_READABLE) &&
	       !(zxt_signals(w.datagram[1]) & ZX_SOCKET_READABLE) &&
	       !(zxt_signals(w.old[1]) & ZX_SOCKET_CONTROL_READABLE) &&
	       !(zxt_signals(w.fifo[1]) & ZX_FIFO_READABLE) &&
	       zx_port_wait(w.port, ZX_TIME_INFINITE_PAST, &packet) == ZX_ERR_TIMED_OUT;
}

/*
 * The page's address in the kernel.
 */

/* Returns the physical address of the page, or 0. */
static uint64_t physical_address(void)
{
	uint64_t entry = 0, size = getpagesize();
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	off_t at = (uintptr_t)page / size * sizeof(entry);

	if (fd < 0 || pread(fd, &entry, sizeof(entry), at) != sizeof(entry))
		entry = 0;
	close(fd);
	/* Bit 63: the page is present. Bits 0 to 54: its number. */
	return entry >> 63 ? (entry & ((1ull << 55) - 1)) * size : 0;
}

/* Looks up the address among the segments of /proc/kcore, and compares the bytes there. */
static uint8_t *address_by_kcore(int kcore, uint64_t physical)
{
	uint8_t there[256];
	Elf64_Ehdr header;

	if (pread(kcore, &header, sizeof(header), 0) != sizeof(header))
		return NULL;
	for (int i = 0; i < header.e_phnum; i++) {
		off_t at = header.e_phoff + i * sizeof(Elf64_Phdr);
		Elf64_Phdr segment;

		if (pread(kcore, &segment, sizeof(segment), at) != sizeof(segment))
			return NULL;
		if (segment.p_type != PT_LOAD || physical < segment.p_paddr ||
		    physical - segment.p_paddr >= segment.p_memsz)
			continue;
		at = segment.p_offset + (physical - segment.p_paddr);
		if (pread(kcore, there, sizeof(there), at) == sizeof(there) &&
		    !memcmp(there, page, sizeof(there)))
			return (uint8_t *)(segment.p_vaddr + (physical - segment.p_paddr));
	}
	return NULL;
}

#ifdef __x86_64__
/* Whether a file has a line with this text. */
static bool file_says(const char *path, const char *text)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	bool found = false;
	size_t size = 0;

	while (file && !found && getline(&line, &size, file) > 0)
		found = strstr(line, text);
	if (file)
		fclose(file);
	free(line);
	return found;
}

/* For a kernel without /proc/kcore whose map of all memory is always at the same address. */
static uint8_t *address_by_convention(uint64_t physical)
{
	if (file_says("/proc/kallsyms", " schedule") &&
	    !file_says("/proc/kallsyms", " kernel_randomize_memory") &&
	    !file_says("/proc/cpuinfo", " la57"))
		return (uint8_t *)(0xffff888000000000 + physical);
	return NULL;
}
#else
static uint8_t *address_by_convention(uint64_t physical)
{
	(void)physical;
	return NULL;
}
#endif

static uint8_t *find_kernel_page(void)
{
	uint64_t physical = physical_address();
	int kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	uint8_t *address = NULL;

	if (physical && kcore >= 0)
		address = address_by_kcore(kcore, physical);
	else if (physical)
		address = address_by_convention(physical);
	close(kcore);
	return address;
}

/*
 * The page's contents before a call.
 */

static void fill_pattern(size_t size __UNUSED)
{
	for (size_t i = 0; i < BYTES; i++)
		page[i] = 'a' + i % 23;
}

static void fill_iovecs(size_t size)
{
	zx_channel_iovec_t *iovecs = (void *)page;

	for (size_t i = 0; i < size / sizeof(*iovecs); i++)
		iovecs[i] = (zx_channel_iovec_t){ .buffer = bytes, .capacity = 1 };
}

static void fill_handles(size_t size)
{
	make_events(size / sizeof(zx_handle_t));
	memcpy(page, w.some, size);
}

static void fill_dispositions(size_t size)
{
	zx_handle_disposition_t *dispositions = (void *)page;

	for (size_t i = 0; i < size / sizeof(*dispositions); i++)
		dispositions[i] = (zx_handle_disposition_t){
			.operation = ZX_HANDLE_OP_DUPLICATE,
			.handle = w.event,
			.rights = ZX_RIGHT_SAME_RIGHTS,
		};
}

static void fill_items(size_t size)
{
	zx_wait_item_t *items = (void *)page;

	for (size_t i = 0; i < size / sizeof(*items); i++)
		items[i] = (zx_wait_item_t){ .handle = w.event, .waitfor = ZX_EVENT_SIGNALED };
}

static void fill_call_args(size_t size __UNUSED)
{
	const zx_channel_call_args_t args = { .wr_bytes = bytes, .wr_num_bytes = 8 };

	memcpy(page, &args, sizeof(args));
}

static void fill_number(size_t size __UNUSED)
{
	const uint64_t number = 100;

	memcpy(page, &number, sizeof(number));
}

static void fill_signal(size_t size)
{
	const struct zx_ioc_object_signal arg = { .handle = w.event };

	memset(page, 0, size);
	memcpy(page, &arg, sizeof(arg));
}

/*
 * The kernel's memory as a source.
 */

static long write_message(void *memory, size_t size)
{
	return zx_channel_write(w.channel[0], 0, memory, size, NULL, 0);
}

static long write_iovec(void *memory, size_t size)
{
	const zx_channel_iovec_t iovecs[] = {
		{ .buffer = bytes, .capacity = 300 }, { .buffer = memory, .capacity = size },
	};

	return zx_channel_write(w.channel[0], ZX_CHANNEL_WRITE_USE_IOVEC, iovecs, 2, NULL, 0);
}

static long write_by_iovecs(void *memory, size_t size)
{
	return zx_channel_write(w.channel[0], ZX_CHANNEL_WRITE_USE_IOVEC, memory,
				size / sizeof(zx_channel_iovec_t), NULL, 0);
}

static long write_handles(void *memory, size_t size)
{
	return zx_channel_write(w.channel[0], 0, NULL, 0, memory, size / sizeof(zx_handle_t));
}

static long write_dispositions(void *memory, size_t size)
{
	return zx_channel_write_etc(w.channel[0], 0, NULL, 0, memory,
				    size / sizeof(zx_handle_disposition_t));
}

/* The call does not wait for a reply: ZX_ERR_TIMED_OUT means that the request was sent. */
static long call_with_request(void *memory, size_t size)
{
	const zx_channel_call_args_t args = { .wr_bytes = memory, .wr_num_bytes = size };
	uint32_t count;

	return zx_channel_call(w.channel[0], 0, ZX_TIME_INFINITE_PAST, &args, &count, &count);
}

static long call_with_args(void *memory, size_t size __UNUSED)
{
	uint32_t count;

	return zx_channel_call(w.channel[0], 0, ZX_TIME_INFINITE_PAST, memory, &count, &count);
}

static long write_stream(void *memory, size_t size)
{
	return zx_socket_write(w.stream[0], 0, memory, size, NULL);
}

/* Writes after so few bytes that the new ones go into the same buffer. */
static long write_stream_behind(void *memory, size_t size)
{
	size_t actual;
	long status;

	if (zx_socket_write(w.stream[0], 0, bytes, 300, &actual) != ZX_OK)
		abort();
	status = zx_socket_write(w.stream[0], 0, memory, size, NULL);
	if (zx_socket_read(w.stream[1], 0, bytes, 300, &actual) != ZX_OK || actual != 300)
		abort();
	return status;
}

static long write_datagram(void *memory, size_t size)
{
	return zx_socket_write(w.datagram[0], 0, memory, size, NULL);
}

static long write_control(void *memory, size_t size)
{
	return zx_socket_write(w.old[0], ZX_SOCKET_CONTROL, memory, size, NULL);
}

/* Converts the result of a descriptor's read() or write() to a status. */
static long file_status(ssize_t count)
{
	return count >= 0 ? ZX_OK : errno == EFAULT ? ZX_ERR_INVALID_ARGS : -errno;
}

static long write_file(void *memory, size_t size)
{
	if (zxl_handle_export(w.stream[0], 0, &w.fd) != ZX_OK)
		abort();
	return file_status(write(w.fd, memory, size));
}

static long write_elements(void *memory, size_t size)
{
	return zx_fifo_write(w.fifo[0], 8, memory, size / 8, NULL);
}

static long queue_packet(void *memory, size_t size __UNUSED)
{
	return zx_port_queue(w.port, memory);
}

static long close_many(void *memory, size_t size)
{
	return zx_handle_close_many(memory, size / sizeof(zx_handle_t));
}

static long wait_many(void *memory, size_t size)
{
	return zx_object_wait_many(memory, size / sizeof(zx_wait_item_t), ZX_TIME_INFINITE_PAST);
}

static long set_name(void *memory, size_t size)
{
	return zx_object_set_property(zx_process_self(), ZX_PROP_NAME, memory, size);
}

static long set_number(void *memory, size_t size)
{
	return zx_object_set_property(w.stream[0], ZX_PROP_SOCKET_RX_THRESHOLD, memory, size);
}

/* The struct of an ioctl itself, also one that is longer than this module's. */
static long request(void *memory, size_t size)
{
	unsigned long number = _IOC(_IOC_WRITE, ZX_IOC_MAGIC, _IOC_NR(ZX_IOC_OBJECT_SIGNAL), size);
	long ret = zxp_ioctl(device, number, memory);

	return ret == -EFAULT ? ZX_ERR_INVALID_ARGS : ret;
}

static long finish_call(void *memory, size_t size __UNUSED)
{
	struct zx_ioc_channel_call arg = {
		.handle = w.channel[0],
		.args = (uintptr_t)bytes,
		.txid = (uintptr_t)memory,
	};

	return -zxp_ioctl(device, ZX_IOC_CHANNEL_CALL_FINISH, &arg);
}

/*
 * The kernel's memory as a destination.
 */

/* Writes a message to the endpoint that will be read. */
static void send_message(size_t size, size_t handles)
{
	make_events(handles);
	if (zx_channel_write(w.channel[1], 0, bytes, size, w.some, handles) != ZX_OK)
		abort();
}

static void send_bytes(zx_handle_t socket, uint32_t options, size_t size)
{
	size_t actual;

	if (zx_socket_write(socket, options, bytes, size, &actual) != ZX_OK || actual != size)
		abort();
}

static long read_message(void *memory, size_t size)
{
	send_message(size, 0);
	return zx_channel_read(w.channel[0], 0, memory, NULL, size, 0, NULL, NULL);
}

static long read_handles(void *memory, size_t size)
{
	uint32_t count = size / sizeof(zx_handle_t);

	send_message(0, count);
	return zx_channel_read(w.channel[0], 0, NULL, memory, 0, count, NULL, NULL);
}

static long read_infos(void *memory, size_t size)
{
	uint32_t count = size / sizeof(zx_handle_info_t);

	send_message(0, count);
	return zx_channel_read_etc(w.channel[0], 0, NULL, memory, 0, count, NULL, NULL);
}

static long read_actual_bytes(void *memory, size_t size __UNUSED)
{
	send_message(100, 0);
	return zx_channel_read(w.channel[0], 0, bytes, NULL, 100, 0, memory, NULL);
}

static long read_actual_handles(void *memory, size_t size __UNUSED)
{
	send_message(100, 1);
	return zx_channel_read(w.channel[0], 0, bytes, w.some, 100, 1, NULL, memory);
}

/* Only the sizes are written if the message does not fit. */
static long read_actual_bytes_of_more(void *memory, size_t size __UNUSED)
{
	send_message(100, 0);
	return zx_channel_read(w.channel[0], 0, bytes, NULL, 10, 0, memory, NULL);
}

/* Receives a request, and replies with so many bytes, beginning with the id, and handles. */
static struct {
	size_t bytes, handles;
} reply;

static void *serve(void *arg __UNUSED)
{
	static uint8_t text[BYTES];
	struct message asked;

	make_events(reply.handles);
	if (take(w.channel[1], &asked) != ZX_OK)
		abort();
	memcpy(text, &asked.txid, sizeof(asked.txid));
	if (zx_channel_write(w.channel[1], 0, text, reply.bytes, w.some, reply.handles) != ZX_OK)
		abort();
	return NULL;
}

static long call(void *into, size_t size, void *handles, size_t count, void *actual_bytes,
		 void *actual_handles)
{
	const struct message asked = {};
	const zx_channel_call_args_t args = {
		.wr_bytes = &asked, .wr_num_bytes = sizeof(asked),
		.rd_bytes = into, .rd_num_bytes = size,
		.rd_handles = handles, .rd_num_handles = count,
	};
	pthread_t thread;
	long status;

	reply.bytes = size;
	reply.handles = count;
	if (pthread_create(&thread, NULL, serve, NULL))
		abort();
	status = zx_channel_call(w.channel[0], 0, ZXT_SOON, &args, actual_bytes, actual_handles);
	pthread_join(thread, NULL);
	return status;
}

static long call_for_reply(void *memory, size_t size)
{
	uint32_t actual;

	return call(memory, size, NULL, 0, &actual, &actual);
}

static long call_for_handles(void *memory, size_t size)
{
	uint32_t actual;

	return call(bytes, 8, memory, size / sizeof(zx_handle_t), &actual, &actual);
}

static long call_for_actual_bytes(void *memory, size_t size __UNUSED)
{
	uint32_t actual;

	return call(bytes, 8, NULL, 0, memory, &actual);
}

static long call_for_actual_handles(void *memory, size_t size __UNUSED)
{
	uint32_t actual;

	return call(bytes, 8, NULL, 0, &actual, memory);
}

static long read_stream(void *memory, size_t size)
{
	send_bytes(w.stream[1], 0, size);
	return zx_socket_read(w.stream[0], 0, memory, size, NULL);
}

static long peek_at_stream(void *memory, size_t size)
{
	send_bytes(w.stream[1], 0, size);
	return zx_socket_read(w.stream[0], ZX_SOCKET_PEEK, memory, size, NULL);
}

static long read_datagram(void *memory, size_t size)
{
	send_bytes(w.datagram[1], 0, size);
	return zx_socket_read(w.datagram[0], 0, memory, size, NULL);
}

static long read_control(void *memory, size_t size)
{
	send_bytes(w.old[1], ZX_SOCKET_CONTROL, size);
	return zx_socket_read(w.old[0], ZX_SOCKET_CONTROL, memory, size, NULL);
}

static long read_file(void *memory, size_t size)
{
	send_bytes(w.stream[1], 0, size);
	if (zxl_handle_export(w.stream[0], 0, &w.fd) != ZX_OK)
		abort();
	return file_status(read(w.fd, memory, size));
}

static long read_actual_of_socket(void *memory, size_t size __UNUSED)
{
	send_bytes(w.stream[1], 0, 100);
	return zx_socket_read(w.stream[0], 0, bytes, 100, memory);
}

static long write_actual_of_socket(void *memory, size_t size __UNUSED)
{
	return zx_socket_write(w.stream[0], 0, bytes, 100, memory);
}

static long write_actual_of_much(void *memory, size_t size __UNUSED)
{
	return zx_socket_write(w.stream[0], 0, bytes, BYTES, memory);
}

static long write_actual_of_control(void *memory, size_t size __UNUSED)
{
	return zx_socket_write(w.old[0], ZX_SOCKET_CONTROL, bytes, 100, memory);
}

static long read_elements(void *memory, size_t size)
{
	if (zx_fifo_write(w.fifo[1], 8, bytes, size / 8, NULL) != ZX_OK)
		abort();
	return zx_fifo_read(w.fifo[0], 8, memory, size / 8, NULL);
}

static long read_actual_of_fifo(void *memory, size_t size __UNUSED)
{
	if (zx_fifo_write(w.fifo[1], 8, bytes, 1, NULL) != ZX_OK)
		abort();
	return zx_fifo_read(w.fifo[0], 8, bytes, 1, memory);
}

static long write_actual_of_fifo(void *memory, size_t size __UNUSED)
{
	return zx_fifo_write(w.fifo[0], 8, bytes, 1, memory);
}

static long wait_for_packet(void *memory, size_t size __UNUSED)
{
	if (zx_port_queue(w.port, (zx_port_packet_t *)bytes) != ZX_OK)
		abort();
	return zx_port_wait(w.port, ZX_TIME_INFINITE_PAST, memory);
}

static long wait_for_stamped_packet(void *memory, size_t size __UNUSED)
{
	if (zx_object_wait_async(w.event, w.port, 0, ZX_EVENT_SIGNALED,
				 ZX_WAIT_ASYNC_TIMESTAMP) != ZX_OK ||
	    zx_object_signal(w.event, 0, ZX_EVENT_SIGNALED) != ZX_OK)
		abort();
	return zx_port_wait(w.port, ZX_TIME_INFINITE_PAST, memory);
}

static long get_basic(void *memory, size_t size)
{
	return zx_object_get_info(w.event, ZX_INFO_HANDLE_BASIC, memory, size, NULL, NULL);
}

static long get_stats(void *memory, size_t size)
{
	return zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_HANDLE_STATS, memory, size,
				  NULL, NULL);
}

static long get_table(void *memory, size_t size)
{
	make_events(size / sizeof(zx_info_handle_extended_t));
	return zx_object_get_info(zx_process_self(), ZX_INFO_HANDLE_TABLE, memory, size, NULL,
				  NULL);
}

static long get_actual(void *memory, size_t size __UNUSED)
{
	return zx_object_get_info(w.event, ZX_INFO_HANDLE_BASIC, bytes, BYTES, memory, NULL);
}

static long get_avail(void *memory, size_t size __UNUSED)
{
	return zx_object_get_info(w.event, ZX_INFO_HANDLE_BASIC, bytes, BYTES, NULL, memory);
}

static long get_name(void *memory, size_t size)
{
	return zx_object_get_property(zx_process_self(), ZX_PROP_NAME, memory, size);
}

static long get_number(void *memory, size_t size)
{
	return zx_object_get_property(w.stream[0], ZX_PROP_SOCKET_RX_THRESHOLD, memory, size);
}

static long wait_one(void *memory, size_t size __UNUSED)
{
	return zx_object_wait_one(w.event, ZX_EVENT_SIGNALED, ZX_TIME_INFINITE_PAST, memory);
}

static long create_event(void *memory, size_t size __UNUSED)
{
	return zx_event_create(0, memory);
}

static long create_port(void *memory, size_t size __UNUSED)
{
	return zx_port_create(0, memory);
}

static long create_first(void *memory, size_t size __UNUSED)
{
	return zx_eventpair_create(0, memory, &w.some[0]);
}

static long create_second(void *memory, size_t size __UNUSED)
{
	return zx_channel_create(0, &w.some[0], memory);
}

static long duplicate(void *memory, size_t size __UNUSED)
{
	return zx_handle_duplicate(w.event, ZX_RIGHT_SAME_RIGHTS, memory);
}

static long replace(void *memory, size_t size __UNUSED)
{
	return zx_handle_replace(w.event, ZX_RIGHT_SAME_RIGHTS, memory);
}

static long export(void *memory, size_t size __UNUSED)
{
	long status = zxl_handle_export(w.event, 0, memory);

	if (status == ZX_OK)
		w.fd = *(int *)page;
	return status;
}

static long watch(void *memory, size_t size __UNUSED)
{
	long status = zxl_handle_watch(w.event, ZX_USER_SIGNAL_0, 0, memory);

	if (status == ZX_OK)
		w.fd = *(int *)page;
	return status;
}

static long import(void *memory, size_t size __UNUSED)
{
	if (zxl_handle_export(w.event, 0, &w.fd) != ZX_OK)
		abort();
	return zxl_handle_import(w.fd, 0, memory);
}

static long accept_socket(void *memory, size_t size __UNUSED)
{
	if (zx_socket_share(w.old[1], w.stream[0]) != ZX_OK)
		abort();
	return zx_socket_accept(w.old[0], memory);
}

static long process_self(void *memory, size_t size __UNUSED)
{
	struct zx_ioc_handle arg = { .out = (uintptr_t)memory };

	return -zxp_ioctl(device, ZXL_IOC_PROCESS_SELF, &arg);
}

static long open_again(void *memory, size_t size __UNUSED)
{
	struct zxl_ioc_open arg = { .out = (uintptr_t)memory };
	long status = -zxp_ioctl(device, ZXL_IOC_OPEN, &arg);

	if (status == ZX_OK)
		w.fd = *(int *)page;
	return status;
}

static long get_version(void *memory, size_t size __UNUSED)
{
	long ret = zxp_ioctl(device, ZXL_IOC_VERSION, memory);

	return ret == -EFAULT ? ZX_ERR_INVALID_ARGS : ret;
}

/**
 * struct usercopy - a call that reads from or writes to its caller's memory
 * @name:	for reports
 * @call:	makes the call with @size bytes at @memory
 * @fill:	fills the page with what the call is to read
 * @unit:	sizes are multiples of this
 * @max:	the largest size
 * @good:	the status if the address is good
 */
struct usercopy {
	const char *name;
	long (*call)(void *memory, size_t size);
	void (*fill)(size_t size);
	size_t unit, max;
	long good;
};

#define SOURCE(call, fill, unit, max, good)	{ #call, call, fill, unit, max, good }
#define DESTINATION(call, unit, max, good)	{ #call, call, fill_pattern, unit, max, good }

static const struct usercopy sources[] = {
	SOURCE(write_message, fill_pattern, 1, BYTES, ZX_OK),
	SOURCE(write_iovec, fill_pattern, 1, BYTES, ZX_OK),
	SOURCE(write_by_iovecs, fill_iovecs, sizeof(zx_channel_iovec_t), BYTES, ZX_OK),
	SOURCE(write_handles, fill_handles, sizeof(zx_handle_t), HANDLES * sizeof(zx_handle_t),
	       ZX_OK),
	SOURCE(write_dispositions, fill_dispositions, sizeof(zx_handle_disposition_t),
	       HANDLES * sizeof(zx_handle_disposition_t), ZX_OK),
	SOURCE(call_with_request, fill_pattern, 4, BYTES, ZX_ERR_TIMED_OUT),
	SOURCE(call_with_args, fill_call_args, sizeof(zx_channel_call_args_t),
	       sizeof(zx_channel_call_args_t), ZX_ERR_TIMED_OUT),
	SOURCE(write_stream, fill_pattern, 1, BYTES, ZX_OK),
	SOURCE(write_stream_behind, fill_pattern, 1, BYTES, ZX_OK),
	SOURCE(write_datagram, fill_pattern, 1, BYTES, ZX_OK),
	SOURCE(write_control, fill_pattern, 1, 1024, ZX_OK),
	SOURCE(write_file, fill_pattern, 1, BYTES, ZX_OK),
	SOURCE(write_elements, fill_pattern, 8, BYTES, ZX_OK),
	SOURCE(queue_packet, fill_pattern, sizeof(zx_port_packet_t), sizeof(zx_port_packet_t),
	       ZX_OK),
	SOURCE(close_many, fill_handles, sizeof(zx_handle_t), BYTES, ZX_OK),
	SOURCE(wait_many, fill_items, sizeof(zx_wait_item_t),
	       ZX_WAIT_MANY_MAX_ITEMS * sizeof(zx_wait_item_t), ZX_ERR_TIMED_OUT),
	SOURCE(set_name, fill_pattern, 1, ZX_MAX_NAME_LEN, ZX_OK),
	SOURCE(set_number, fill_number, 8, 8, ZX_OK),
	SOURCE(request, fill_signal, sizeof(struct zx_ioc_object_signal),
	       1024, ZX_OK),
	SOURCE(finish_call, fill_pattern, 4, 4, ZX_ERR_BAD_STATE),
};

static const struct usercopy destinations[] = {
	DESTINATION(read_message, 1, BYTES, ZX_OK),
	DESTINATION(read_handles, sizeof(zx_handle_t), HANDLES * sizeof(zx_handle_t), ZX_OK),
	DESTINATION(read_infos, sizeof(zx_handle_info_t), HANDLES * sizeof(zx_handle_info_t),
		    ZX_OK),
	DESTINATION(read_actual_bytes, 4, 4, ZX_OK),
	DESTINATION(read_actual_handles, 4, 4, ZX_OK),
	DESTINATION(read_actual_bytes_of_more, 4, 4, ZX_ERR_BUFFER_TOO_SMALL),
	DESTINATION(call_for_reply, 8, BYTES, ZX_OK),
	DESTINATION(call_for_handles, sizeof(zx_handle_t), HANDLES * sizeof(zx_handle_t), ZX_OK),
	DESTINATION(call_for_actual_bytes, 4, 4, ZX_OK),
	DESTINATION(call_for_actual_handles, 4, 4, ZX_OK),
	DESTINATION(read_stream, 1, BYTES, ZX_OK),
	DESTINATION(peek_at_stream, 1, BYTES, ZX_OK),
	DESTINATION(read_datagram, 1, BYTES, ZX_OK),
	DESTINATION(read_control, 1, 1024, ZX_OK),
	DESTINATION(read_file, 1, BYTES, ZX_OK),
	DESTINATION(read_actual_of_socket, 8, 8, ZX_OK),
	DESTINATION(write_actual_of_socket, 8, 8, ZX_OK),
	DESTINATION(write_actual_of_much, 8, 8, ZX_OK),
	DESTINATION(write_actual_of_control, 8, 8, ZX_OK),
	DESTINATION(read_elements, 8, BYTES, ZX_OK),
	DESTINATION(read_actual_of_fifo, 8, 8, ZX_OK),
	DESTINATION(write_actual_of_fifo, 8, 8, ZX_OK),
	DESTINATION(wait_for_packet, sizeof(zx_port_packet_t), sizeof(zx_port_packet_t), ZX_OK),
	DESTINATION(wait_for_stamped_packet, sizeof(zx_port_packet_t), sizeof(zx_port_packet_t),
		    ZX_OK),
	DESTINATION(get_basic, sizeof(zx_info_handle_basic_t), sizeof(zx_info_handle_basic_t),
		    ZX_OK),
	DESTINATION(get_stats, sizeof(zx_info_process_handle_stats_t),
		    sizeof(zx_info_process_handle_stats_t), ZX_OK),
	DESTINATION(get_table, sizeof(zx_info_handle_extended_t), BYTES, ZX_OK),
	DESTINATION(get_actual, 8, 8, ZX_OK),
	DESTINATION(get_avail, 8, 8, ZX_OK),
	DESTINATION(get_name, ZX_MAX_NAME_LEN, ZX_MAX_NAME_LEN, ZX_OK),
	DESTINATION(get_number, 8, 8, ZX_OK),
	DESTINATION(wait_one, 4, 4, ZX_ERR_TIMED_OUT),
	DESTINATION(create_event, 4, 4, ZX_OK),
	DESTINATION(create_port, 4, 4, ZX_OK),
	DESTINATION(create_first, 4, 4, ZX_OK),
	DESTINATION(create_second, 4, 4, ZX_OK),
	DESTINATION(duplicate, 4, 4, ZX_OK),
	DESTINATION(replace, 4, 4, ZX_OK),
	DESTINATION(export, 4, 4, ZX_OK),
	DESTINATION(watch, 4, 4, ZX_OK),
	DESTINATION(import, 4, 4, ZX_OK),
	DESTINATION(accept_socket, 4, 4, ZX_OK),
	DESTINATION(process_self, 4, 4, ZX_OK),
	DESTINATION(open_again, 4, 4, ZX_OK),
	DESTINATION(get_version, sizeof(struct zxl_version), sizeof(struct zxl_version), ZX_OK),
};

/* Sizes on both sides of 256 bytes, where the module copies in another way. */
static const size_t sizes[] = {
	1, 4, 8, 16, 32, 64, 128, 255, 256, 257, 264, 280, 320, 512, 1000, 1024, 2000, BYTES,
};

FIXTURE(usercopy)
{
	uint64_t physical;
};

FIXTURE_SETUP(usercopy)
{
	page = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	ASSERT_NE(MAP_FAILED, page);
	ASSERT_EQ(0, mlock(page, getpagesize()));
	fill_pattern(BYTES);
	memset(bytes, 'B', BYTES);
	device = zxp_open(O_CLOEXEC);
	ASSERT_LE(0, device);
	self->physical = physical_address();
	kernel_page = find_kernel_page();
	ASSERT_NE(NULL, kernel_page);
}

/* The page must not have moved, or the kernel address was that of another page. */
FIXTURE_TEARDOWN(usercopy)
{
	EXPECT_EQ(self->physical, physical_address());
	close(device);
}

static void check(struct __test_metadata *_metadata, const struct usercopy *copy, size_t size,
		  bool source)
{
	static uint8_t before[BYTES];

	ASSERT_TRUE(make_world());
	copy->fill(size);
	memcpy(before, page, BYTES);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, copy->call(kernel_page, size))
		TH_LOG("%s, %zu bytes of the kernel", copy->name, size);
	EXPECT_EQ(0, memcmp(before, page, BYTES))
		TH_LOG("%s, %zu bytes of the kernel", copy->name, size);
	EXPECT_TRUE(!source || nothing_arrived())
		TH_LOG("%s, %zu bytes of the kernel", copy->name, size);
	end_world();

	ASSERT_TRUE(make_world());
	copy->fill(size);
	EXPECT_EQ(copy->good, copy->call(page, size))
		TH_LOG("%s, %zu bytes", copy->name, size);
	end_world();
}

static void check_all(struct __test_metadata *_metadata, const struct usercopy *copies,
		      size_t count, bool source)
{
	for (size_t i = 0; i < count; i++) {
		size_t last = 0;

		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			size_t size = sizes[j] / copies[i].unit * copies[i].unit;

			if (size > copies[i].max)
				size = copies[i].max;
			if (size != last)
				check(_metadata, &copies[i], size, source);
			last = size;
		}
	}
}

TEST_F(usercopy, nothing_is_read_from_the_kernel)
{
	check_all(_metadata, sources, ARRAY_SIZE(sources), true);
}

TEST_F(usercopy, nothing_is_written_to_the_kernel)
{
	check_all(_metadata, destinations, ARRAY_SIZE(destinations), false);
}

TEST_HARNESS_MAIN
