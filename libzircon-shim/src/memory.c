// SPDX-License-Identifier: MIT
/*
 * The memory of a process: a list of what is mapped, reading, and writing. All of this is in /proc.
 * The caller opens the files there, so the kernel and its security modules permit it to the caller,
 * or do not; the rights of the handle are checked beside that.
 *
 * As everywhere nothing here allocates, and a program may have little stack: a file is read in
 * pieces that are smaller than what it has for one mapping.
 */
#define _GNU_SOURCE /* O_PATH */

#include "internal.h"

#include <fcntl.h>
#include <string.h>

#include <zircon/syscalls/object.h>

/* The most that a call reads or writes. */
#define SIZE_MAX_OF_CALL (64ul * 1024 * 1024)

/* The end of the addresses that a program can have on any machine of this architecture. */
#if defined(__x86_64__)
#define ADDRESS_END (1ull << 56)
#elif defined(__aarch64__)
#define ADDRESS_END (1ull << 52)
#else
#error "ADDRESS_END is not known for this architecture"
#endif

/* No object has a koid with this bit: Zircon leaves these to programs. */
#define ARTIFICIAL_KOID (1ull << 63)

static void close_file(long fd)
{
	zxi_system_call(SYS_close, (unsigned long)fd, 0, 0, 0, 0, 0);
}

/* A descriptor, or a negative errno. */
static long open_file(long dir, const char *path, int flags)
{
	return zxi_system_call(SYS_openat, (unsigned long)dir, zxi_ptr(path),
			       (unsigned long)flags | O_CLOEXEC, 0, 0, 0);
}

/* The status for a negative errno of a file in the directory of a process. */
static zx_status_t status_of(long ret)
{
	switch (-ret) {
	case EACCES:
	case EPERM:
		return ZX_ERR_ACCESS_DENIED;
	case ENOENT:	/* the process, or the thread, has ended */
	case ESRCH:
		return ZX_ERR_BAD_STATE;
	case EMFILE:
	case ENFILE:
		return ZX_ERR_NO_RESOURCES;
	case ENOMEM:
		return ZX_ERR_NO_MEMORY;
	default:
		return ZX_ERR_NOT_SUPPORTED;
	}
}

/*
 * Text files.
 */

/* One that is read. */
struct reader {
	long fd;
	long error;		/* a negative errno, or 0 */
	uint64_t end;		/* of the last mapping */
	uint32_t at, used;	/* bytes of @text: of what is there, those before @at are read */
	char text[192];
};

#define FILE_END (-1)

static void start_reader(struct reader *reader, long fd)
{
	reader->fd = fd;
	reader->error = 0;
	reader->end = 0;
	reader->at = 0;
	reader->used = 0;
}

static __NO_INLINE bool fill(struct reader *reader)
{
	long n;

	do
		n = zxi_system_call(SYS_read, (unsigned long)reader->fd, zxi_ptr(reader->text),
				    sizeof(reader->text), 0, 0, 0);
	while (n == -EINTR);
	if (n < 0)
		reader->error = n;
	reader->at = 0;
	reader->used = n > 0 ? (uint32_t)n : 0;
	return n > 0;
}

/* The next character, which stays the next; or FILE_END. */
static inline int peek(struct reader *reader)
{
	if (unlikely(reader->at == reader->used) && !fill(reader))
		return FILE_END;
	return (unsigned char)reader->text[reader->at];
}

static inline int next(struct reader *reader)
{
	int c = peek(reader);

	if (c != FILE_END)
		reader->at++;
	return c;
}

/* The value of a digit, and more than any for another character. */
static inline unsigned int digit_of(int c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10) : ~0u;
}

/* Reads a number and one character more, which is returned. Zero if there is no digit. */
static int read_number(struct reader *reader, unsigned int base, uint64_t *value)
{
	int c;

	*value = 0;
	while (digit_of(c = next(reader)) < base)
		*value = *value * base + digit_of(c);
	return c;
}

/* Reads up to the end of the line. */
static void skip_line(struct reader *reader, int c)
{
	while (c != '\n' && c != FILE_END)
		c = next(reader);
}

#define KEY_SIZE 16

/* Reads a line "Key:	number", in which both may be missing. A key that is too long is cut off. */
static void read_line(struct reader *reader, char key[KEY_SIZE], uint64_t *value)
{
	size_t used = 0;
	int c;

	while ((c = next(reader)) != ':' && c != '\n' && c != FILE_END)
		if (used < KEY_SIZE - 1)
			key[used++] = (char)c;
	key[used] = '\0';
	*value = 0;
	if (c != ':')
		return;
	while ((c = peek(reader)) == ' ' || c == '\t')
		next(reader);
	skip_line(reader, read_number(reader, 10, value));
}

/*
 * Mappings, as /proc/PID/maps and smaps show them.
 */

/* The last part of a path, or what else is there, as far as there is space. */
static void read_name(struct reader *reader, int c, char name[ZX_MAX_NAME_LEN])
{
	const bool is_path = c == '/';
	size_t used = 0;

	for (; c != '\n' && c != FILE_END; c = next(reader)) {
		if (is_path && c == '/')
			used = 0;
		else if (used < ZX_MAX_NAME_LEN - 1)
			name[used++] = (char)c;
	}
	memset(name + used, 0, ZX_MAX_NAME_LEN - used);
}

/*
 * Two mappings of one file have the same number, and those of two files different ones, as long as
 * the numbers of inodes are less than 2^31.
 */
static zx_koid_t koid_of(uint64_t major, uint64_t minor, uint64_t inode)
{
	return inode ? (inode ^ (major << 20 | minor) << 31) | ARTIFICIAL_KOID : ZX_KOID_INVALID;
}

static void read_mapping(struct reader *reader, zx_info_maps_t *entry)
{
	zx_info_maps_mapping_t *mapping = &entry->u.mapping;
	uint64_t end, major, minor, inode;
	int c;

	memset(entry, 0, sizeof(*entry));
	entry->type = ZX_INFO_MAPS_TYPE_MAPPING;
	entry->depth = 2;
	read_number(reader, 16, &entry->base);
	read_number(reader, 16, &end);
	entry->size = end - entry->base;
	while ((c = next(reader)) != ' ' && c != '\n' && c != FILE_END) {
		if (c == 'r')
			mapping->mmu_flags |= ZX_VM_PERM_READ;
		else if (c == 'w')
			mapping->mmu_flags |= ZX_VM_PERM_WRITE;
		else if (c == 'x')
			mapping->mmu_flags |= ZX_VM_PERM_EXECUTE;
	}
	read_number(reader, 16, &mapping->vmo_offset);
	read_number(reader, 16, &major);
	read_number(reader, 16, &minor);
	c = read_number(reader, 10, &inode);
	mapping->vmo_koid = koid_of(major, minor, inode);
	while (c == ' ')
		c = next(reader);
	read_name(reader, c, entry->name);
}

#define COMMITTED	1u
#define POPULATED	2u
#define PRIVATE		4u
#define SCALED		8u

/* What smaps has of a mapping, and in which sums it is. That of huge pages is beside the others. */
static const struct {
	char key[KEY_SIZE];
	uint32_t sums;
} parts[] = {
	{ "Rss", COMMITTED | POPULATED },
	{ "Swap", POPULATED },
	{ "Pss", COMMITTED | POPULATED | SCALED },
	{ "SwapPss", POPULATED | SCALED },
	{ "Private_Clean", COMMITTED | POPULATED | PRIVATE },
	{ "Private_Dirty", COMMITTED | POPULATED | PRIVATE },
	{ "Shared_Hugetlb", COMMITTED | POPULATED },
	{ "Private_Hugetlb", COMMITTED | POPULATED },
	{ "Private_Hugetlb", COMMITTED | POPULATED | PRIVATE },
	{ "Private_Hugetlb", COMMITTED | POPULATED | SCALED },
	{},
};

static void add_part(zx_info_maps_mapping_t *mapping, uint32_t sums, size_t bytes)
{
	size_t *committed = &mapping->committed_bytes, *populated = &mapping->populated_bytes;

	if (sums & PRIVATE) {
		committed = &mapping->committed_private_bytes;
		populated = &mapping->populated_private_bytes;
	} else if (sums & SCALED) {
		committed = &mapping->committed_scaled_bytes;
		populated = &mapping->populated_scaled_bytes;
	}
	if (sums & COMMITTED)
		*committed += bytes;
	if (sums & POPULATED)
		*populated += bytes;
}

static void read_part(struct reader *reader, zx_info_maps_mapping_t *mapping)
{
	char key[KEY_SIZE];
	uint64_t value;

	read_line(reader, key, &value);
	for (size_t i = 0; value && parts[i].sums; i++)
		if (!strcmp(key, parts[i].key))
			add_part(mapping, parts[i].sums, value * 1024);
}

/* Adds the pages in swap that no other process shares. */
static void add_private_swap(zx_info_maps_mapping_t *mapping)
{
	size_t swap = mapping->populated_bytes - mapping->committed_bytes;

	if (swap == mapping->populated_scaled_bytes - mapping->committed_scaled_bytes)
		mapping->populated_private_bytes += swap;
}

/* The list also ends when the process does. Then it is empty for one who begins again. */
static void check_end(struct reader *reader)
{
	if (!reader->error &&
	    zxi_system_call(SYS_pread64, (unsigned long)reader->fd, zxi_ptr(reader->text), 1, 0, 0,
			    0) == 0)
		reader->error = -ESRCH;
}

/* Leaves out what is below the last mapping. */
static void clip(struct reader *reader, zx_info_maps_t *entry)
{
	size_t below = reader->end - entry->base;

	if (reader->end <= entry->base)
		return;
	if (below > entry->size)
		below = entry->size;
	entry->base += below;
	entry->size -= below;
	if (entry->u.mapping.vmo_koid != ZX_KOID_INVALID)
		entry->u.mapping.vmo_offset += below;
}

/*
 * Reads the next mapping. False at the end of the file, which may be an error; and at mappings
 * outside of the program's addresses: on x86-64 the kernel shows a page for old programs.
 *
 * A mapping may have become larger while the file is read, and then begins below the end of the
 * last one.
 */
static bool next_mapping(struct reader *reader, zx_info_maps_t *entry)
{
	int c;

	do {
		if (peek(reader) == FILE_END) {
			check_end(reader);
			return false;
		}
		read_mapping(reader, entry);
		/* A mapping begins with a digit of its address, its parts with a letter. */
		while ((c = peek(reader)) != FILE_END && digit_of(c) > 0xf)
			read_part(reader, &entry->u.mapping);
		clip(reader, entry);
	} while (!entry->size);
	add_private_swap(&entry->u.mapping);
	reader->end = entry->base + entry->size;
	return !reader->error && entry->base < ADDRESS_END;
}

/*
 * The files of a process.
 */

struct target {
	const char *list;	/* maps or smaps */
	int mem_flags;		/* how to open mem, or NO_MEM */
	long mem;
	struct reader maps;	/* of @list, with something to read */
};

#define NO_MEM (-1)

/* The process id in the caller's pid namespace. */
static zx_status_t get_pid(zx_handle_t handle, int32_t *pid)
{
	struct zxl_ioc_process arg = { .handle = handle, .out = zxi_ptr(pid) };
	zx_status_t status = zxi_device_ask(ZXL_IOC_PROCESS_PID, &arg);

	/* It is not in that namespace. For memory, ZX_ERR_NOT_FOUND says something else. */
	return status == ZX_ERR_NOT_FOUND ? ZX_ERR_ACCESS_DENIED : status;
}

/* Of the calling thread, as in process.c. */
#define FDINFO "/proc/thread-self/fdinfo/"

/*
 * Writes the path of a process in /proc, which may be of another pid namespace than the caller, so
 * that the process has another number there. A pidfd shows that number.
 */
static zx_status_t find_path(struct reader *reader, int32_t pid, char path[48])
{
	char key[KEY_SIZE] = "";
	uint64_t number = 0;
	long pidfd = zxi_system_call(SYS_pidfd_open, (unsigned long)pid, 0, 0, 0, 0, 0);
	long info;

	if (pidfd < 0)
		return status_of(pidfd);
	memcpy(path, FDINFO, sizeof(FDINFO));
	zxi_append_number(path + strlen(FDINFO), (unsigned int)pidfd);
	info = open_file(AT_FDCWD, path, O_RDONLY);
	if (info >= 0) {
		start_reader(reader, info);
		while (strcmp(key, "Pid") && peek(reader) != FILE_END)
			read_line(reader, key, &number);
		close_file(info);
	}
	close_file(pidfd);
	if (info < 0)
		return info == -ENOENT ? ZX_ERR_NOT_SUPPORTED : status_of(info);
	/* Zero, or -1 if the parent has waited for it. */
	if (strcmp(key, "Pid") || !number)
		return ZX_ERR_ACCESS_DENIED;
	memcpy(path, "/proc/", sizeof("/proc/"));
	zxi_append_number(path + strlen("/proc/"), (unsigned int)number);
	return ZX_OK;
}

/*
 * Opens the directory of a process in /proc. The process still has its id afterwards: so no other
 * had it before, and what is opened in the directory later is that of the process, or nothing.
 */
static zx_status_t open_directory(zx_handle_t handle, struct reader *reader, long *dir)
{
	char path[48] = "/proc/thread-self";
	int32_t pid = 0, again = 0;
	zx_status_t status = get_pid(handle, &pid), now;
	bool own;

	if (status != ZX_OK)
		return status;
	own = pid == zxi_system_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
	if (!own)
		status = find_path(reader, pid, path);
	*dir = status == ZX_OK ? open_file(AT_FDCWD, path, O_PATH | O_DIRECTORY) : -EBADF;
	/* The kernel can be told to hide the processes of other users. */
	if (*dir == -ENOENT)
		status = own ? ZX_ERR_NOT_SUPPORTED : ZX_ERR_ACCESS_DENIED;
	else if (status == ZX_OK && *dir < 0)
		status = status_of(*dir);
	now = get_pid(handle, &again);
	if (now == ZX_OK && again != pid)
		now = ZX_ERR_BAD_STATE;
	if (now == ZX_OK)
		return status;
	if (*dir >= 0)
		close_file(*dir);
	return now;
}

static void close_files(struct target *target)
{
	if (target->mem >= 0)
		close_file(target->mem);
	if (target->maps.fd >= 0)
		close_file(target->maps.fd);
}

/*
 * Opens the files in the directory of a process or of a thread. The memory first: if the process
 * executes another program now, that memory is gone, and cannot be used with the other's mappings.
 */
static zx_status_t open_files(struct target *target, long dir)
{
	long fd;

	target->mem = -EBADF;
	if (target->mem_flags != NO_MEM) {
		target->mem = open_file(dir, "mem", target->mem_flags);
		if (target->mem < 0)
			return status_of(target->mem);
	}
	fd = open_file(dir, target->list, O_RDONLY);
	/* Not all kernels have smaps. */
	if (fd == -ENOENT)
		fd = open_file(dir, "maps", O_RDONLY);
	start_reader(&target->maps, fd);
	if (fd >= 0 && peek(&target->maps) != FILE_END)
		return ZX_OK;
	/* A thread that has ended has no memory, and its file no line. */
	close_files(target);
	return status_of(fd < 0 ? fd : target->maps.error ?: -ESRCH);
}

/* An entry of a directory, as getdents64(2) returns it. */
struct entry {
	uint64_t ino;
	int64_t off;
	uint16_t size;
	uint8_t type;
	char name[];
};

/*
 * If the first thread has ended, the directory of the process has no memory, but those of the other
 * threads do.
 */
static __NO_INLINE zx_status_t open_files_of_thread(struct target *target, long dir)
{
	struct entry entries[4];
	zx_status_t status = ZX_ERR_BAD_STATE;
	long all = open_file(dir, "task", O_RDONLY | O_DIRECTORY), n, thread;
	uint16_t size;

	if (all < 0)
		return status_of(all);
	while (status == ZX_ERR_BAD_STATE &&
	       (n = zxi_system_call(SYS_getdents64, (unsigned long)all, zxi_ptr(entries),
				    sizeof(entries), 0, 0, 0)) > 0) {
		for (const char *at = (const char *)entries;
		     status == ZX_ERR_BAD_STATE && at < (const char *)entries + n; at += size) {
			const char *name = at + offsetof(struct entry, name);

			memcpy(&size, at + offsetof(struct entry, size), sizeof(size));
			if (name[0] == '.')
				continue;
			thread = open_file(all, name, O_PATH | O_DIRECTORY);
			if (thread < 0)
				continue;
			status = open_files(target, thread);
			close_file(thread);
		}
	}
	close_file(all);
	return status;
}

/* close_files() comes after ZX_OK. */
static zx_status_t open_target(zx_handle_t handle, struct target *target)
{
	zx_status_t status;
	long dir;

	status = open_directory(handle, &target->maps, &dir);
	if (status != ZX_OK)
		return status;
	status = open_files(target, dir);
	if (status == ZX_ERR_BAD_STATE)
		status = open_files_of_thread(target, dir);
	close_file(dir);
	return status;
}

/*
 * Results.
 */

/* The kernel can tell a bad pointer: it writes the thread's signal mask there, of 8 bytes. */
static bool is_writable(uint64_t address)
{
	return address && zxi_system_call(SYS_rt_sigprocmask, 0, 0, address, sizeof(uint64_t), 0,
					  0) == 0;
}

/* Writes 8 bytes or more, up to a page. */
static bool put(uint64_t to, const void *from, size_t size)
{
	if (!is_writable(to) || !is_writable(to + size - sizeof(uint64_t)))
		return false;
	memcpy((void *)(uintptr_t)to, from, size);
	return true;
}

static bool put_size(uint64_t to, size_t value)
{
	return put(to, &value, sizeof(value));
}

/*
 * ZX_INFO_PROCESS_MAPS.
 */

struct list {
	uint64_t buffer;
	uint32_t topic;
	size_t size;		/* of a record */
	size_t capacity, actual, avail;
};

/* The older versions count pages, where the newest counts bytes, and have fewer fields. */
static size_t record_size(uint32_t topic)
{
	_Static_assert(offsetof(zx_info_maps_v2_t, u.mapping.committed_pages) ==
		       offsetof(zx_info_maps_t, u.mapping.committed_bytes), "committed");
	_Static_assert(offsetof(zx_info_maps_v2_t, u.mapping.populated_pages) ==
		       offsetof(zx_info_maps_t, u.mapping.populated_bytes), "populated");
	switch (topic) {
	case ZX_INFO_PROCESS_MAPS_V1:
		return sizeof(zx_info_maps_v1_t);
	case ZX_INFO_PROCESS_MAPS_V2:
		return sizeof(zx_info_maps_v2_t);
	default:
		return sizeof(zx_info_maps_t);
	}
}

/* Adds a record. False if the buffer cannot be written to. */
static bool add(struct list *list, zx_info_maps_t *entry)
{
	if (list->avail++ >= list->capacity)
		return true;
	if (list->topic != ZX_INFO_PROCESS_MAPS) {
		entry->u.mapping.committed_bytes /= zx_system_get_page_size();
		entry->u.mapping.populated_bytes /= zx_system_get_page_size();
	}
	return put(list->buffer + list->actual++ * list->size, entry, list->size);
}

/* The address space, and the one range of it that all mappings are in. */
static bool add_space(struct list *list, zx_info_maps_t *entry, zx_info_maps_type_t type,
		      const char *name)
{
	memset(entry, 0, sizeof(*entry));
	memcpy(entry->name, name, strlen(name));
	entry->size = ADDRESS_END;
	entry->type = type;
	entry->depth = type == ZX_INFO_MAPS_TYPE_VMAR;
	return add(list, entry);
}

static zx_status_t add_all(struct list *list, struct reader *maps)
{
	zx_info_maps_t entry;

	if (!add_space(list, &entry, ZX_INFO_MAPS_TYPE_ASPACE, "process") ||
	    !add_space(list, &entry, ZX_INFO_MAPS_TYPE_VMAR, "root"))
		return ZX_ERR_INVALID_ARGS;
	while (next_mapping(maps, &entry))
		if (!add(list, &entry))
			return ZX_ERR_INVALID_ARGS;
	return maps->error ? status_of(maps->error) : ZX_OK;
}

static zx_status_t get_maps(const struct zx_ioc_object_get_info *arg)
{
	struct list list = {
		.buffer = arg->buffer,
		.topic = arg->topic,
		.size = record_size(arg->topic),
	};
	struct target target = { .list = "smaps", .mem_flags = NO_MEM };
	zx_status_t status;

	list.capacity = arg->buffer_size / list.size;
	/* To count mappings the kernel need not look at each page. */
	if (list.capacity == 0)
		target.list = "maps";
	status = open_target(arg->handle, &target);
	if (status == ZX_OK) {
		status = add_all(&list, &target.maps);
		close_files(&target);
	}
	/* Zircon writes them also after an error. */
	if (status != ZX_OK) {
		list.actual = 0;
		list.avail = 0;
	}
	if ((arg->actual && !put_size(arg->actual, list.actual)) ||
	    (arg->avail && !put_size(arg->avail, list.avail)))
		return ZX_ERR_INVALID_ARGS;
	return status;
}

/* The module checks the handle, and does not know more about these topics. */
static zx_status_t check_and_get_maps(struct zx_ioc_object_get_info *arg)
{
	zx_status_t status = zxi_device_ask(ZX_IOC_OBJECT_GET_INFO, arg);

	return status == ZX_ERR_NOT_SUPPORTED ? get_maps(arg) : status;
}

static __NO_INLINE zx_status_t traced_maps(struct zx_ioc_object_get_info *arg)
{
	struct zxi_trace trace;
	zx_status_t status;

	zxi_trace_begin(&trace, ZX_IOC_OBJECT_GET_INFO, arg);
	status = check_and_get_maps(arg);
	zxi_trace_end(&trace, status);
	return status;
}

zx_status_t zxi_process_maps(struct zx_ioc_object_get_info *arg)
{
	return unlikely(zxi_tracing) ? traced_maps(arg) : check_and_get_maps(arg);
}

/*
 * Reading and writing.
 */

zx_status_t zxi_process_check_rights(zx_handle_t handle, zx_rights_t rights)
{
	zx_info_handle_basic_t info = {};
	struct zx_ioc_object_get_info arg = {
		.handle = handle,
		.topic = ZX_INFO_HANDLE_BASIC,
		.buffer = zxi_ptr(&info),
		.buffer_size = sizeof(info),
	};
	zx_status_t status = zxi_device_ask(ZX_IOC_OBJECT_GET_INFO, &arg);

	if (status == ZX_OK && info.type == ZX_OBJ_TYPE_PROCESS && rights & ~info.rights)
		return ZX_ERR_ACCESS_DENIED;
	return status;
}

static zx_status_t find_mapping(struct reader *maps, zx_vaddr_t vaddr, zx_info_maps_t *entry)
{
	while (next_mapping(maps, entry)) {
		if (vaddr - entry->base < entry->size)
			return ZX_OK;
		if (vaddr < entry->base)
			break;
	}
	return maps->error ? status_of(maps->error) : ZX_ERR_NOT_FOUND;
}

/* What the kernel maps itself for the C library. */
static bool is_vdso(const zx_info_maps_t *entry)
{
	return entry->u.mapping.vmo_koid == ZX_KOID_INVALID &&
	       (!strcmp(entry->name, "[vdso]") || !strncmp(entry->name, "[vvar", strlen("[vvar")));
}

/* Why there is no access to what is mapped. */
static zx_status_t status_of_mapping(const zx_info_maps_mapping_t *mapping, zx_vm_option_t access)
{
	if (!(mapping->mmu_flags & access))
		return ZX_ERR_ACCESS_DENIED;
	/* A file has ended; or the memory is that of a device. */
	return mapping->vmo_koid != ZX_KOID_INVALID ? ZX_ERR_OUT_OF_RANGE : ZX_ERR_BAD_STATE;
}

static zx_status_t transfer(const struct zxi_memory *call, const struct target *target,
			    const zx_info_maps_t *entry)
{
	const size_t left = entry->size - (call->vaddr - entry->base);
	long n;

	if (call->write && is_vdso(entry))
		return ZX_ERR_ACCESS_DENIED;
	n = zxi_system_call(call->write ? SYS_pwrite64 : SYS_pread64, (unsigned long)target->mem,
			    call->buffer, call->buffer_size < left ? call->buffer_size : left,
			    call->vaddr, 0, 0);
	switch (n) {
	case 0:		/* the process has ended, or has executed another program */
		return ZX_ERR_BAD_STATE;
	case -EFAULT:
		return ZX_ERR_INVALID_ARGS;
	case -EIO:
		return status_of_mapping(&entry->u.mapping,
					 call->write ? ZX_VM_PERM_WRITE : ZX_VM_PERM_READ);
	}
	if (n < 0)
		return status_of(n);
	return put_size(call->actual, (size_t)n) ? ZX_OK : ZX_ERR_INVALID_ARGS;
}

/* The checks in Zircon's order. */
static zx_status_t access_memory(const struct zxi_memory *call)
{
	struct target target = {
		.list = "maps",
		.mem_flags = call->write ? O_WRONLY : O_RDONLY,
	};
	zx_info_maps_t entry;
	zx_status_t status;

	if (!call->buffer || !call->buffer_size || call->buffer_size > SIZE_MAX_OF_CALL)
		return ZX_ERR_INVALID_ARGS;
	status = zxi_process_check_rights(call->handle, call->write ? ZX_RIGHT_WRITE :
					  ZX_RIGHT_READ | ZX_RIGHT_WRITE);
	if (status != ZX_OK)
		return status;
	status = open_target(call->handle, &target);
	if (status != ZX_OK)
		return status;
	status = find_mapping(&target.maps, call->vaddr, &entry);
	if (status == ZX_OK)
		status = transfer(call, &target, &entry);
	close_files(&target);
	return status;
}

static __NO_INLINE zx_status_t traced_access(const struct zxi_memory *call)
{
	struct zxi_trace trace;
	zx_status_t status;

	zxi_trace_begin(&trace, call->write ? ZXI_PROCESS_WRITE_MEMORY : ZXI_PROCESS_READ_MEMORY,
			call);
	status = access_memory(call);
	zxi_trace_end(&trace, status);
	return status;
}

zx_status_t zx_process_read_memory(zx_handle_t handle, zx_vaddr_t vaddr, void *buffer,
				   size_t buffer_size, size_t *actual)
{
	const struct zxi_memory call = {
		.vaddr = vaddr,
		.buffer = zxi_ptr(buffer),
		.buffer_size = buffer_size,
		.actual = zxi_ptr(actual),
		.handle = handle,
	};

	return unlikely(zxi_tracing) ? traced_access(&call) : access_memory(&call);
}

zx_status_t zx_process_write_memory(zx_handle_t handle, zx_vaddr_t vaddr, const void *buffer,
				    size_t buffer_size, size_t *actual)
{
	const struct zxi_memory call = {
		.vaddr = vaddr,
		.buffer = zxi_ptr(buffer),
		.buffer_size = buffer_size,
		.actual = zxi_ptr(actual),
		.handle = handle,
		.write = true,
	};

	return unlikely(zxi_tracing) ? traced_access(&call) : access_memory(&call);
}

ZXI_TWIN(zx_process_read_memory);
ZXI_TWIN(zx_process_write_memory);
