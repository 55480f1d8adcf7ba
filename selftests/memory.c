// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of a process: ZX_INFO_PROCESS_MAPS, zx_process_read_memory() and
 * zx_process_write_memory(). What is expected comes from Zircon's documentation and tests, and from
 * /proc, which is read here in another way.
 */
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

#include "zxtask.h"

/* The name under which this program executes itself, see child_main(). */
#define PROGRAM	"memory-child"

#define PAGE	((size_t)getpagesize())
#define MOST	((size_t)64 << 20)	/* that a call reads or writes */
#define TOP_BIT	(1ull << 63)

#define READ	ZX_VM_PERM_READ
#define WRITE	ZX_VM_PERM_WRITE
#define EXECUTE	ZX_VM_PERM_EXECUTE

/* What the test and its children share. A child blocks on @go until the test closes it. */
FIXTURE(memory)
{
	int ready[2];
	int go[2];
	pid_t pid;
	zx_handle_t process;
	uint8_t *shared;	/* a page of shared memory, at the same address in children */
};

FIXTURE_SETUP(memory)
{
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
	self->pid = 0;
	self->process = ZX_HANDLE_INVALID;
	self->shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->shared);
}

FIXTURE_TEARDOWN(memory)
{
	if (self->pid > 0)
		kill(self->pid, SIGKILL);
	close(self->go[1]);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void do_nothing(void)
{
}

/* In a child, which must not keep the pipe open on which it blocks. */
static void (*body_of_child)(void);
static int end_of_pipe;

static void run_body(void)
{
	close(end_of_pipe);
	body_of_child();
}

/* Starts a child that has run @body and blocks, and opens it. */
#define START(uid, body)						\
do {									\
	body_of_child = body;						\
	end_of_pipe = self->go[1];					\
	self->pid = ZXP_START(uid, run_body);				\
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &self->process));		\
} while (0)

/*
 * Lists of mappings.
 */

struct list {
	zx_info_maps_t *maps;
	size_t count;
};

/* All records; none after an error. The caller frees them. */
static struct list list_of(zx_handle_t process)
{
	struct list list = {};
	size_t space = 64, avail = 0;

	do {
		space = avail + 64;
		list.maps = realloc(list.maps, space * sizeof(*list.maps));
		if (!list.maps ||
		    zx_object_get_info(process, ZX_INFO_PROCESS_MAPS, list.maps,
				       space * sizeof(*list.maps), &list.count, &avail) != ZX_OK)
			return (struct list){};
	} while (avail > space);
	return list.count == avail ? list : (struct list){};
}

/* The record of the mapping with this address, or one of no type. */
static zx_info_maps_t map_at(zx_handle_t process, const void *address)
{
	struct list list = list_of(process);
	zx_info_maps_t found = {};

	for (size_t i = 2; i < list.count; i++)
		if ((uintptr_t)address - list.maps[i].base < list.maps[i].size)
			found = list.maps[i];
	free(list.maps);
	return found;
}

/* What is wrong in a list, or "": its first records, and the order of the others. */
static const char *flaw_of(const struct list *list)
{
	const zx_info_maps_t *all = list->maps, *root = all + 1;
	uint64_t end = 0;

	if (list->count < 3)
		return "count";
	if (all->type != ZX_INFO_MAPS_TYPE_ASPACE || all->depth != 0)
		return "the address space";
	if (root->type != ZX_INFO_MAPS_TYPE_VMAR || root->depth != 1)
		return "the range";
	if (root->base < all->base || root->base + root->size > all->base + all->size ||
	    root->size < 128ull << 30)
		return "the size of the range";
	for (const zx_info_maps_t *map = all + 2; map < all + list->count; map++) {
		if (map->type != ZX_INFO_MAPS_TYPE_MAPPING || map->depth != 2)
			return "the type of a mapping";
		if (map->base < end || map->base < root->base || !map->size)
			return "the order";
		if (strnlen(map->name, sizeof(map->name)) == sizeof(map->name))
			return "a name without an end";
		end = map->base + map->size;
	}
	return end > root->base + root->size ? "the end" : "";
}

/* Pages of a mapping; those around it have no permissions, so that it stays one of its own. */
static uint8_t *map_alone(size_t pages, int prot, int flags, int fd, off_t offset)
{
	uint8_t *space = mmap(NULL, (pages + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);

	if (space == MAP_FAILED ||
	    mmap(space + PAGE, pages * PAGE, prot, flags | MAP_FIXED, fd, offset) != space + PAGE)
		abort();
	return space + PAGE;
}

static uint8_t *map_anonymous(size_t pages, int prot)
{
	return map_alone(pages, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* A file in memory of some pages, each with its number in all bytes. */
static int make_file(const char *name, size_t pages)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	uint8_t bytes[65536];

	for (size_t i = 0; i < pages; i++) {
		memset(bytes, (int)i + 1, PAGE);
		if (pwrite(fd, bytes, PAGE, (off_t)(i * PAGE)) != (ssize_t)PAGE)
			abort();
	}
	return fd;
}

TEST_F(memory, mappings_of_oneself)
{
	uint8_t *pages = map_anonymous(3, PROT_READ | PROT_WRITE);
	struct list list;
	zx_info_maps_t map;

	pages[PAGE] = 1;
	list = list_of(zx_process_self());
	ASSERT_NE(NULL, list.maps);
	EXPECT_STREQ("", flaw_of(&list));
	map = map_at(zx_process_self(), pages + PAGE);
	EXPECT_EQ((uintptr_t)pages, map.base);
	EXPECT_EQ(3 * PAGE, map.size);
	EXPECT_STREQ("", map.name);
	EXPECT_EQ(READ | WRITE, map.u.mapping.mmu_flags);
	EXPECT_EQ(ZX_KOID_INVALID, map.u.mapping.vmo_koid);
	EXPECT_EQ(0, map.u.mapping.vmo_offset);
	EXPECT_EQ(PAGE, map.u.mapping.committed_bytes);
	EXPECT_EQ(PAGE, map.u.mapping.populated_bytes);
	EXPECT_EQ(PAGE, map.u.mapping.committed_private_bytes);
	EXPECT_EQ(PAGE, map.u.mapping.populated_private_bytes);
	EXPECT_EQ(PAGE, map.u.mapping.committed_scaled_bytes);
	EXPECT_EQ(PAGE, map.u.mapping.populated_scaled_bytes);
	EXPECT_EQ(0, map.u.mapping.committed_fractional_scaled_bytes);
	EXPECT_EQ(0, map.u.mapping.populated_fractional_scaled_bytes);
	EXPECT_STREQ("[stack]", map_at(zx_process_self(), __builtin_frame_address(0)).name);
	free(list.maps);
}

/* Compares with what a line of /proc/PID/maps says. */
static bool is_line(const zx_info_maps_t *map, char *line)
{
	unsigned long base, end, offset, inode;
	char perms[5], *name, *slash;
	zx_vm_option_t flags = 0;
	int at = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%lx-%lx %4s %lx %*x:%*x %lu %n", &base, &end, perms, &offset, &inode,
		   &at) != 5 || !at)
		return false;
	name = line + at;
	slash = *name == '/' ? strrchr(name, '/') : NULL;
	name = slash ? slash + 1 : name;
	flags |= perms[0] == 'r' ? READ : 0;
	flags |= perms[1] == 'w' ? WRITE : 0;
	flags |= perms[2] == 'x' ? EXECUTE : 0;
	return map->base == base && map->size == end - base &&
	       map->u.mapping.mmu_flags == flags && map->u.mapping.vmo_offset == offset &&
	       !!inode == !!(map->u.mapping.vmo_koid & TOP_BIT) &&
	       !inode == !map->u.mapping.vmo_koid &&
	       strncmp(map->name, name, sizeof(map->name) - 1) == 0;
}

/* The number of a line in which a list and /proc/PID/maps differ, or 0. */
static size_t differing_line(const struct list *list, pid_t pid)
{
	char path[32], line[8192];
	size_t number = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	while (maps && fgets(line, sizeof(line), maps)) {
		/* The page of old system calls is outside of the range. */
		if (strstr(line, "[vsyscall]"))
			continue;
		if (++number > list->count - 2 || !is_line(&list->maps[number + 1], line))
			return number;
	}
	if (maps)
		fclose(maps);
	return number == list->count - 2 ? 0 : number + 1;
}

TEST_F(memory, mappings_of_a_child)
{
	struct list list;

	START(0, do_nothing);
	list = list_of(self->process);
	ASSERT_NE(NULL, list.maps);
	EXPECT_STREQ("", flaw_of(&list));
	EXPECT_EQ(0, differing_line(&list, self->pid));
	free(list.maps);
}

TEST_F(memory, mappings_of_files)
{
	static const char long_name[] = "a-name-of-which-a-part-has-no-space-in-a-record";
	int file = make_file("one", 4), other = make_file(long_name, 1);
	uint8_t *first = map_alone(1, PROT_READ, MAP_SHARED, file, 0);
	uint8_t *second = map_alone(2, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 2 * PAGE);
	uint8_t *third = map_alone(1, PROT_NONE, MAP_SHARED, other, 0);
	zx_info_maps_t maps[] = {
		map_at(zx_process_self(), first),
		map_at(zx_process_self(), second),
		map_at(zx_process_self(), third),
	};

	EXPECT_EQ((uintptr_t)first, maps[0].base);
	EXPECT_EQ((uintptr_t)second, maps[1].base);
	EXPECT_EQ((uintptr_t)third, maps[2].base);
	EXPECT_EQ(PAGE, maps[0].size);
	EXPECT_EQ(2 * PAGE, maps[1].size);
	EXPECT_EQ(0, maps[0].u.mapping.vmo_offset);
	EXPECT_EQ(2 * PAGE, maps[1].u.mapping.vmo_offset);
	EXPECT_EQ(READ, maps[0].u.mapping.mmu_flags);
	EXPECT_EQ(READ | EXECUTE, maps[1].u.mapping.mmu_flags);
	EXPECT_EQ(0, maps[2].u.mapping.mmu_flags);
	/* "/memfd:" and the name, as Linux shows it; a file without a path counts as deleted. */
	EXPECT_STREQ("memfd:one (deleted)", maps[0].name);
	EXPECT_EQ(0, strncmp(maps[2].name + strlen("memfd:"), long_name,
			     sizeof(maps[2].name) - 1 - strlen("memfd:")));
	EXPECT_EQ(sizeof(maps[2].name) - 1, strlen(maps[2].name));
	EXPECT_EQ(TOP_BIT, maps[0].u.mapping.vmo_koid & TOP_BIT);
	EXPECT_EQ(maps[0].u.mapping.vmo_koid, maps[1].u.mapping.vmo_koid);
	EXPECT_NE(maps[0].u.mapping.vmo_koid, maps[2].u.mapping.vmo_koid);
}

TEST_F(memory, the_name_is_the_last_part_of_a_path)
{
	char dir[] = "/tmp/memory-XXXXXX", path[64];
	uint8_t *page;
	int fd;

	ASSERT_NE(NULL, mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a file", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ASSERT_LE(0, fd);
	page = map_alone(1, PROT_READ, MAP_SHARED, fd, 0);
	EXPECT_STREQ("a file", map_at(zx_process_self(), page).name);
	EXPECT_EQ(0, unlink(path));
	EXPECT_EQ(0, rmdir(dir));
}

static uint8_t *pages_of_child;

static void touch_pages(void)
{
	pages_of_child[0] = 1;
}

/* Pages that two processes share are committed in both, and private in none. */
TEST_F(memory, committed_bytes)
{
	zx_info_maps_mapping_t mapping;

	pages_of_child = map_alone(4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pages_of_child[0] = 1;
	pages_of_child[PAGE] = 1;
	mapping = map_at(zx_process_self(), pages_of_child).u.mapping;
	EXPECT_EQ(2 * PAGE, mapping.committed_bytes);
	EXPECT_EQ(2 * PAGE, mapping.committed_private_bytes);
	EXPECT_EQ(2 * PAGE, mapping.committed_scaled_bytes);
	START(0, touch_pages);
	mapping = map_at(zx_process_self(), pages_of_child).u.mapping;
	EXPECT_EQ(2 * PAGE, mapping.committed_bytes);
	EXPECT_EQ(PAGE, mapping.committed_private_bytes);
	EXPECT_EQ(PAGE + PAGE / 2, mapping.committed_scaled_bytes);
	mapping = map_at(self->process, pages_of_child).u.mapping;
	EXPECT_EQ(PAGE, mapping.committed_bytes);
	EXPECT_EQ(PAGE, mapping.populated_bytes);
	EXPECT_EQ(0, mapping.committed_private_bytes);
	EXPECT_EQ(0, mapping.populated_private_bytes);
	EXPECT_EQ(PAGE / 2, mapping.committed_scaled_bytes);
}

/* Zircon's older records have the first fields, and count pages. */
TEST_F(memory, older_versions)
{
	static zx_info_maps_v1_t first[4096];
	static zx_info_maps_v2_t second[4096];
	size_t count = 0;
	struct list list;

	START(0, do_nothing);
	list = list_of(self->process);
	ASSERT_NE(NULL, list.maps);
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_PROCESS_MAPS_V1, first,
					    sizeof(first), &count, NULL));
	ASSERT_EQ(list.count, count);
	ASSERT_EQ(ZX_OK, zx_object_get_info(self->process, ZX_INFO_PROCESS_MAPS_V2, second,
					    sizeof(second), &count, NULL));
	ASSERT_EQ(list.count, count);
	for (size_t i = 0; i < count; i++) {
		const zx_info_maps_mapping_t *mapping = &list.maps[i].u.mapping;

		EXPECT_EQ(0, memcmp(&first[i], &list.maps[i],
				    offsetof(zx_info_maps_v1_t, u.mapping.committed_pages)));
		EXPECT_EQ(0, memcmp(&second[i], &list.maps[i],
				    offsetof(zx_info_maps_v2_t, u.mapping.committed_pages)));
		EXPECT_EQ(mapping->committed_bytes / PAGE, first[i].u.mapping.committed_pages);
		EXPECT_EQ(mapping->committed_bytes / PAGE, second[i].u.mapping.committed_pages);
		EXPECT_EQ(mapping->populated_bytes / PAGE, second[i].u.mapping.populated_pages);
	}
	free(list.maps);
}

/*
 * Arguments of ZX_INFO_PROCESS_MAPS.
 */

static const struct {
	zx_object_info_topic_t topic;
	size_t size;
} versions[] = {
	{ ZX_INFO_PROCESS_MAPS_V1, sizeof(zx_info_maps_v1_t) },
	{ ZX_INFO_PROCESS_MAPS_V2, sizeof(zx_info_maps_v2_t) },
	{ ZX_INFO_PROCESS_MAPS, sizeof(zx_info_maps_t) },
};

/* The number of records: without a buffer, and for any that is too small. */
TEST_F(memory, counts)
{
	static uint8_t bytes[1 << 16], none[1 << 16];
	size_t actual, avail, all;

	START(0, do_nothing);
	memset(none, 0xa5, sizeof(none));
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		const size_t size = versions[i].size;

		all = 0;
		EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, versions[i].topic, NULL, 0,
						    &actual, &all));
		EXPECT_EQ(0, actual);
		EXPECT_LT(5, all);
		for (size_t space = 0; space < 5 * size; space += size / 2) {
			memset(bytes, 0xa5, sizeof(bytes));
			EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, versions[i].topic,
							    bytes, space, &actual, &avail));
			EXPECT_EQ(space / size, actual);
			EXPECT_EQ(all, avail);
			EXPECT_EQ(0, memcmp(bytes + actual * size, none,
					    sizeof(bytes) - actual * size));
			EXPECT_TRUE(actual == 0 || bytes[actual * size - 1] != 0xa5);
		}
		/* More space than there are records, and no counts. */
		EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, versions[i].topic, bytes,
						    sizeof(bytes), &actual, NULL));
		EXPECT_EQ(all, actual);
		EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, versions[i].topic, bytes,
						    sizeof(bytes), NULL, &avail));
		EXPECT_EQ(all, avail);
		EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, versions[i].topic, bytes,
						    sizeof(bytes), NULL, NULL));
	}
}

TEST_F(memory, bad_places_of_a_list)
{
	static zx_info_maps_t maps[8];
	size_t actual = 7, avail = 7;
	void *bad;

	START(0, do_nothing);
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		const zx_object_info_topic_t topic = versions[i].topic;
		uint8_t *edge = zxt_at_edge(3 * versions[i].size);

		zxt_for_each_bad_out(bad) {
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic, bad, sizeof(maps),
						     &actual, &avail));
			/* As in Zircon the counts are written. */
			EXPECT_EQ(0, actual);
			EXPECT_EQ(0, avail);
			if (!bad)
				continue;
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic, maps, sizeof(maps),
						     bad, &avail));
			EXPECT_EQ(ZX_ERR_INVALID_ARGS,
				  zx_object_get_info(self->process, topic, maps, sizeof(maps),
						     &actual, bad));
			/* Nothing is written there. */
			EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, topic, bad,
							    versions[i].size - 1, NULL, NULL));
		}
		EXPECT_EQ(ZX_OK, zx_object_get_info(self->process, topic, edge,
						    3 * versions[i].size, &actual, NULL));
		EXPECT_EQ(3, actual);
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_object_get_info(self->process, topic, edge, 4 * versions[i].size,
					     &actual, NULL));
	}
}

/* A call with a bad handle writes nothing. */
TEST_F(memory, handles_of_a_list)
{
	zx_handle_t without, event;
	size_t actual = 7, avail = 7;
	zx_info_maps_t map;

	START(0, do_nothing);
	without = zxt_without(self->process, ZX_RIGHT_INSPECT);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		const zx_object_info_topic_t topic = versions[i].topic;

		EXPECT_EQ(ZX_ERR_BAD_HANDLE, zx_object_get_info(ZX_HANDLE_INVALID, topic, &map,
								sizeof(map), &actual, &avail));
		EXPECT_EQ(ZX_ERR_WRONG_TYPE, zx_object_get_info(event, topic, &map, sizeof(map),
								&actual, &avail));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, zx_object_get_info(without, topic, &map,
								   sizeof(map), &actual, &avail));
	}
	EXPECT_EQ(ZX_ERR_NOT_SUPPORTED,
		  zx_object_get_info(self->process, ZX_INFO_PROCESS_MAPS_V1 | 3u << 28, &map,
				     sizeof(map), &actual, &avail));
	EXPECT_EQ(7, actual);
	EXPECT_EQ(7, avail);
	/* And it needs no other right. */
	without = zxt_without(self->process, ~ZX_RIGHT_INSPECT);
	EXPECT_EQ(ZX_RIGHT_INSPECT, zxt_basic(without).rights);
	EXPECT_EQ(ZX_OK, zx_object_get_info(without, ZX_INFO_PROCESS_MAPS, &map, sizeof(map),
					    &actual, &avail));
	EXPECT_EQ(1, actual);
}

/*
 * Reading and writing.
 */

/* What a call has done: the bytes, or a status. */
static int64_t read_from(zx_handle_t process, const void *address, void *to, size_t size)
{
	size_t actual = ~(size_t)0;
	zx_status_t status = zx_process_read_memory(process, (zx_vaddr_t)address, to, size,
						    &actual);

	return status == ZX_OK ? (int64_t)actual : status;
}

static int64_t write_to(zx_handle_t process, const void *address, const void *from, size_t size)
{
	size_t actual = ~(size_t)0;
	zx_status_t status = zx_process_write_memory(process, (zx_vaddr_t)address, from, size,
						     &actual);

	return status == ZX_OK ? (int64_t)actual : status;
}

/*
 * What an access gives where the process itself has no such permission. An administrator decides,
 * see proc_mem.force_override: all programs pass by permissions, or only debuggers do.
 */
static int64_t forced(int64_t size)
{
	uint8_t *page = map_anonymous(1, PROT_NONE), byte;
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	bool passes = pread(memory, &byte, 1, (off_t)page) == 1;

	close(memory);
	munmap(page, PAGE);
	return passes ? size : ZX_ERR_ACCESS_DENIED;
}

TEST_F(memory, own_memory)
{
	uint8_t *pages = map_anonymous(2, PROT_READ | PROT_WRITE), bytes[64] = {};

	memcpy(pages + PAGE - 5, "some text", 10);
	EXPECT_EQ(10, read_from(zx_process_self(), pages + PAGE - 5, bytes, 10));
	EXPECT_STREQ("some text", (char *)bytes);
	EXPECT_EQ(7, write_to(zx_process_self(), pages + PAGE - 3, "x other", 7));
	EXPECT_STREQ("sox other", (char *)pages + PAGE - 5);
	EXPECT_EQ(0, bytes[10]);
}

/* The child's copy of this differs from the test's. */
static volatile int number = 1;

static void change_number(void)
{
	number = 2;
}

TEST_F(memory, memory_of_a_child)
{
	const int three = 3;
	int got = 0;

	START(0, change_number);
	EXPECT_EQ(sizeof(got), read_from(self->process, (void *)&number, &got, sizeof(got)));
	EXPECT_EQ(2, got);
	EXPECT_EQ(sizeof(three), write_to(self->process, (void *)&number, &three, sizeof(three)));
	EXPECT_EQ(sizeof(got), read_from(self->process, (void *)&number, &got, sizeof(got)));
	EXPECT_EQ(3, got);
	EXPECT_EQ(1, number);
}

/* A call goes to the end of the mapping; then comes nothing, or another mapping. */
TEST_F(memory, ends_of_mappings)
{
	uint8_t *pages = map_anonymous(4, PROT_READ | PROT_WRITE);
	uint8_t *bytes = malloc(4 * PAGE);

	memset(pages, 1, 2 * PAGE);
	memset(pages + 2 * PAGE, 2, PAGE);
	ASSERT_EQ(0, mprotect(pages + 2 * PAGE, PAGE, PROT_READ));
	ASSERT_EQ(0, munmap(pages + 3 * PAGE, PAGE));
	ASSERT_EQ(0, munmap(pages - PAGE, PAGE));
	EXPECT_EQ(2 * PAGE, read_from(zx_process_self(), pages, bytes, 4 * PAGE));
	EXPECT_EQ(0, memcmp(bytes, pages, 2 * PAGE));
	EXPECT_EQ(1, read_from(zx_process_self(), pages + 2 * PAGE - 1, bytes, 2));
	EXPECT_EQ(PAGE, read_from(zx_process_self(), pages + 2 * PAGE, bytes, 2 * PAGE));
	EXPECT_EQ(0, memcmp(bytes, pages + 2 * PAGE, PAGE));
	EXPECT_EQ(1, read_from(zx_process_self(), pages + 3 * PAGE - 1, bytes, PAGE));
	EXPECT_EQ(2 * PAGE - 3, write_to(zx_process_self(), pages + 3, bytes, 4 * PAGE));
	EXPECT_EQ(2, pages[3]);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, read_from(zx_process_self(), pages + 3 * PAGE, bytes, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, read_from(zx_process_self(), pages - 1, bytes, 2));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, write_to(zx_process_self(), pages + 3 * PAGE, bytes, 1));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, write_to(zx_process_self(), pages - 1, bytes, 2));
	free(bytes);
}

TEST_F(memory, addresses_of_nothing)
{
	void *const more[] = {
		NULL, (void *)0xffffffffff600000, (void *)~0ul, (void *)(1ul << 63),
		(void *)0x7ffffffffffff000,
	};
	uint8_t byte = 0;

	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		EXPECT_EQ(ZX_ERR_NOT_FOUND, read_from(zx_process_self(), zxt_nowhere[i], &byte, 1));
		EXPECT_EQ(ZX_ERR_NOT_FOUND, write_to(zx_process_self(), zxt_nowhere[i], &byte, 1));
	}
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		EXPECT_EQ(ZX_ERR_NOT_FOUND, read_from(zx_process_self(), more[i], &byte, 1));
		EXPECT_EQ(ZX_ERR_NOT_FOUND, write_to(zx_process_self(), more[i], &byte, 1));
	}
}

/* The arguments are checked before the handle, and the place for the count last. */
TEST_F(memory, sizes)
{
	uint8_t *page = map_anonymous(1, PROT_READ | PROT_WRITE);
	const size_t pages = 8 << 20 >> 12;
	uint8_t *large = map_anonymous(2 * pages, PROT_READ | PROT_WRITE);
	/* All of it is mapped, and little of it used. */
	uint8_t *most = map_anonymous(MOST / PAGE, PROT_READ | PROT_WRITE);

	for (int bad = 0; bad < 2; bad++) {
		zx_handle_t process = bad ? ZX_HANDLE_INVALID : zx_process_self();
		zx_status_t right = bad ? ZX_ERR_BAD_HANDLE : (zx_status_t)PAGE;

		EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_from(process, page, most, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_from(process, page, most, MOST + 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_from(process, page, most, ~(size_t)0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_from(process, page, NULL, 1));
		EXPECT_EQ(right, read_from(process, page, most, MOST));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, write_to(process, page, most, 0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, write_to(process, page, most, MOST + 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, write_to(process, page, most, ~(size_t)0));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, write_to(process, page, NULL, 1));
		EXPECT_EQ(right, write_to(process, page, most, MOST));
	}
	for (size_t i = 0; i < pages; i++)
		large[i * PAGE] = (uint8_t)(i % 251 + 1);
	EXPECT_EQ(pages * PAGE, read_from(zx_process_self(), large, large + pages * PAGE,
					  pages * PAGE));
	EXPECT_EQ(0, memcmp(large, large + pages * PAGE, pages * PAGE));
	memset(large, 0, pages * PAGE);
	EXPECT_EQ(pages * PAGE, write_to(zx_process_self(), large, large + pages * PAGE,
					 pages * PAGE));
	EXPECT_EQ(0, memcmp(large, large + pages * PAGE, pages * PAGE));
}

TEST_F(memory, bad_places)
{
	uint8_t *page = map_anonymous(1, PROT_READ | PROT_WRITE), *edge = zxt_at_edge(4);
	void *bad;
	uint8_t byte;

	page[0] = 1;
	memcpy(edge, "abcd", 4);
	zxt_for_each_bad_out(bad) {
		byte = 0;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_from(zx_process_self(), page, bad, 2));
		/* As in Zircon the byte has been read, or written. */
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_process_read_memory(zx_process_self(), (zx_vaddr_t)page, &byte, 1,
						 bad));
		EXPECT_EQ(1, byte);
		byte = 2;
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  zx_process_write_memory(zx_process_self(), (zx_vaddr_t)page, &byte, 1,
						  bad));
		EXPECT_EQ(2, page[0]);
		page[0] = 1;
		/* An error before that writes nothing. */
		EXPECT_EQ(ZX_ERR_NOT_FOUND,
			  zx_process_read_memory(zx_process_self(), 64, &byte, 1, bad));
	}
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS,
			  write_to(zx_process_self(), page, zxt_nowhere[i], 1));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, write_to(zx_process_self(), page, edge, 5));
	EXPECT_EQ(4, write_to(zx_process_self(), page, edge, 4));
	EXPECT_EQ(0, memcmp(page, "abcd", 4));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_from(zx_process_self(), page, edge, 5));
	EXPECT_EQ(4, read_from(zx_process_self(), page, edge, 4));
}

/* Errors write no count. */
TEST_F(memory, an_error_writes_no_count)
{
	size_t actual = 7;
	uint8_t byte;

	EXPECT_EQ(ZX_ERR_NOT_FOUND,
		  zx_process_read_memory(zx_process_self(), 0, &byte, 1, &actual));
	EXPECT_EQ(ZX_ERR_NOT_FOUND,
		  zx_process_write_memory(zx_process_self(), 0, &byte, 1, &actual));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE,
		  zx_process_read_memory(ZX_HANDLE_INVALID, 0, &byte, 1, &actual));
	EXPECT_EQ(7, actual);
}

/* Reading needs both rights, for historical reasons; neither call needs another one. */
TEST_F(memory, rights)
{
	const zx_rights_t all[] = { ZX_RIGHT_READ, ZX_RIGHT_WRITE, ZX_RIGHT_INSPECT };
	zx_handle_t event, thread = zx_thread_self();
	uint8_t byte;

	START(0, do_nothing);
	for (unsigned int mask = 0; mask < 8; mask++) {
		zx_rights_t rights = 0;
		zx_handle_t handle;

		for (size_t i = 0; i < ARRAY_SIZE(all); i++)
			rights |= mask & 1u << i ? all[i] : 0;
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, rights, &handle));
		EXPECT_EQ((mask & 3) == 3 ? 1 : ZX_ERR_ACCESS_DENIED,
			  read_from(handle, (void *)&number, &byte, 1));
		EXPECT_EQ(mask & 2 ? 1 : ZX_ERR_ACCESS_DENIED,
			  write_to(handle, self->shared, "x", 1));
		/* The rights are checked before the address. */
		EXPECT_EQ((mask & 3) == 3 ? ZX_ERR_NOT_FOUND : ZX_ERR_ACCESS_DENIED,
			  read_from(handle, NULL, &byte, 1));
		zx_handle_close(handle);
	}
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, read_from(event, self->shared, &byte, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, write_to(event, self->shared, &byte, 1));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, read_from(thread, self->shared, &byte, 1));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, read_from(event ^ 4, self->shared, &byte, 1));
	/* The type is checked before the rights. */
	event = zxt_without(event, ZX_RIGHT_READ | ZX_RIGHT_WRITE);
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, read_from(event, self->shared, &byte, 1));
}

/* In a child that its parent has waited for, and in one that it has not. */
TEST_F(memory, of_the_dead)
{
	zx_handle_t weak;
	zx_info_maps_t map;
	uint8_t byte;

	START(0, do_nothing);
	weak = zxt_without(self->process, ZX_RIGHT_READ | ZX_RIGHT_WRITE | ZX_RIGHT_INSPECT);
	ASSERT_EQ(0, kill(self->pid, SIGKILL));
	ASSERT_TRUE(ends_soon(self->process));
	for (int reaped = 0; reaped < 2; reaped++) {
		size_t actual = 7, avail = 7;

		EXPECT_EQ(ZX_ERR_BAD_STATE, read_from(self->process, self->shared, &byte, 1));
		EXPECT_EQ(ZX_ERR_BAD_STATE, read_from(self->process, NULL, &byte, 1));
		EXPECT_EQ(ZX_ERR_BAD_STATE, write_to(self->process, self->shared, &byte, 1));
		EXPECT_EQ(ZX_ERR_BAD_STATE,
			  zx_object_get_info(self->process, ZX_INFO_PROCESS_MAPS, &map, sizeof(map),
					     &actual, &avail));
		EXPECT_EQ(0, actual);
		EXPECT_EQ(0, avail);
		/* The checks of the arguments come first. */
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, read_from(weak, self->shared, &byte, 1));
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, write_to(weak, self->shared, &byte, 1));
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, read_from(self->process, self->shared, &byte, 0));
		if (!reaped)
			EXPECT_EQ(128 + SIGKILL, zxp_reap(self->pid));
	}
	self->pid = 0;
}

/*
 * What may not be written, by the process itself or at all.
 */

/* A function that returns 1; then one that returns 2. */
#if defined(__x86_64__)
static const uint8_t code[2][8] = {
	{ 0xb8, 1, 0, 0, 0, 0xc3 },	/* mov $1, %eax; ret */
	{ 0xb8, 2, 0, 0, 0, 0xc3 },
};
#elif defined(__aarch64__)
static const uint8_t code[2][8] = {
	{ 0x20, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6 },	/* mov w0, #1; ret */
	{ 0x40, 0x00, 0x80, 0x52, 0xc0, 0x03, 0x5f, 0xd6 },
};
#else
#error "code for this architecture"
#endif

static uint8_t *text_of_child;
static uint8_t *result_of_child;

/* Calls it, each time that a byte arrives, until the pipe is closed. */
static void call_text(int pipe)
{
	char byte;

	while (read(pipe, &byte, 1) == 1)
		*result_of_child = (uint8_t)((int (*)(void))(uintptr_t)text_of_child)();
	_exit(0);
}

static bool returns_soon(const volatile uint8_t *result, uint8_t value)
{
	zx_time_t limit = ZXT_SOON;

	while (*result != value && zx_clock_get_monotonic() < limit)
		usleep(500);
	return *result == value;
}

/* A breakpoint in a program: the child executes what was written, and the file stays. */
TEST_F(memory, text_of_a_child)
{
	uint8_t bytes[sizeof(code[0])];
	int file = make_file("text", 1), calls[2];

	ASSERT_EQ(sizeof(code[0]), pwrite(file, code[0], sizeof(code[0]), 0));
	text_of_child = map_alone(1, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
	result_of_child = self->shared;
	ASSERT_EQ(0, pipe2(calls, O_CLOEXEC));
	self->pid = fork();
	if (self->pid == 0) {
		close(calls[1]);
		call_text(calls[0]);
	}
	ASSERT_LT(0, self->pid);
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &self->process));
	ASSERT_EQ(1, write(calls[1], "c", 1));
	ASSERT_TRUE(returns_soon(self->shared, 1));
	EXPECT_EQ(forced(sizeof(code[1])),
		  write_to(self->process, text_of_child, code[1], sizeof(code[1])));
	/* A debugger may, everywhere. */
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->pid, NULL, 0));
	EXPECT_EQ(sizeof(code[1]),
		  write_to(self->process, text_of_child, code[1], sizeof(code[1])));
	ASSERT_EQ(1, write(calls[1], "c", 1));
	EXPECT_TRUE(returns_soon(self->shared, 2));
	EXPECT_EQ(sizeof(bytes), pread(file, bytes, sizeof(bytes), 0));
	EXPECT_EQ(0, memcmp(bytes, code[0], sizeof(bytes)));
	EXPECT_EQ(0, memcmp(text_of_child, code[0], sizeof(bytes)));
	EXPECT_EQ(READ | EXECUTE, map_at(self->process, text_of_child).u.mapping.mmu_flags);
	close(calls[1]);
}

TEST_F(memory, pages_without_permissions)
{
	uint8_t *page = map_anonymous(1, PROT_READ | PROT_WRITE), byte = 0;
	bool passes = forced(1) == 1;

	page[7] = 7;
	ASSERT_EQ(0, mprotect(page, PAGE, PROT_NONE));
	EXPECT_EQ(forced(1), read_from(zx_process_self(), page + 7, &byte, 1));
	EXPECT_EQ(passes ? 7 : 0, byte);
	EXPECT_EQ(forced(1), write_to(zx_process_self(), page + 7, "8", 1));
	ASSERT_EQ(0, mprotect(page, PAGE, PROT_READ));
	EXPECT_EQ(passes ? '8' : 7, page[7]);
}

/* Zircon would give the process a copy. */
TEST_F(memory, shared_pages_that_are_read_only)
{
	int file = make_file("shared", 1);
	uint8_t *page = map_alone(1, PROT_READ, MAP_SHARED, file, 0), byte = 0;

	EXPECT_EQ(1, read_from(zx_process_self(), page, &byte, 1));
	EXPECT_EQ(1, byte);
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, write_to(zx_process_self(), page, "x", 1));
	EXPECT_EQ(1, page[0]);
	ASSERT_EQ(0, mprotect(page, PAGE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(1, write_to(zx_process_self(), page, "x", 1));
	EXPECT_EQ(1, pread(file, &byte, 1, 0));
	EXPECT_EQ('x', byte);
}

TEST_F(memory, the_vdso)
{
	const void *vdso = (const void *)getauxval(AT_SYSINFO_EHDR);
	struct list list;
	uint8_t bytes[4];

	ASSERT_NE(NULL, vdso);
	START(0, do_nothing);
	EXPECT_STREQ("[vdso]", map_at(self->process, vdso).name);
	EXPECT_EQ(4, read_from(self->process, vdso, bytes, 4));
	EXPECT_EQ(0, memcmp(bytes, "\177ELF", 4));
	EXPECT_EQ(ZX_ERR_ACCESS_DENIED, write_to(self->process, vdso, bytes, 4));
	/* The pages of the clocks, which cannot be read like this on all kernels. */
	list = list_of(self->process);
	for (size_t i = 2; i < list.count; i++) {
		const void *base = (const void *)list.maps[i].base;

		if (strncmp(list.maps[i].name, "[vvar", 5))
			continue;
		EXPECT_EQ(ZX_ERR_ACCESS_DENIED, write_to(self->process, base, bytes, 4));
		EXPECT_NE(ZX_ERR_NOT_FOUND, read_from(self->process, base, bytes, 4));
	}
	free(list.maps);
}

/* A file may have any name. */
TEST_F(memory, a_file_with_the_name_of_the_vdso)
{
	char dir[] = "/tmp/memory-XXXXXX", path[64];
	uint8_t *page;
	int fd;

	ASSERT_NE(NULL, mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/[vdso]", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, PAGE));
	page = map_alone(1, PROT_READ, MAP_PRIVATE, fd, 0);
	EXPECT_STREQ("[vdso]", map_at(zx_process_self(), page).name);
	EXPECT_EQ(forced(1), write_to(zx_process_self(), page, "x", 1));
	EXPECT_EQ(forced(1) == 1 ? 'x' : 0, page[0]);
	EXPECT_EQ(0, unlink(path));
	EXPECT_EQ(0, rmdir(dir));
}

TEST_F(memory, behind_the_end_of_a_file)
{
	int file = make_file("short", 1);
	uint8_t *pages = map_alone(2, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	uint8_t *bytes = malloc(2 * PAGE);

	EXPECT_EQ(PAGE, read_from(zx_process_self(), pages, bytes, 2 * PAGE));
	EXPECT_EQ(1, bytes[PAGE - 1]);
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, read_from(zx_process_self(), pages + PAGE, bytes, 1));
	EXPECT_EQ(ZX_ERR_OUT_OF_RANGE, write_to(zx_process_self(), pages + PAGE, bytes, 1));
	EXPECT_EQ(PAGE, write_to(zx_process_self(), pages, bytes, 2 * PAGE));
	free(bytes);
}

/*
 * What Linux permits.
 */

/* An exported handle, which children inherit. */
static int exported = -1;

static zx_handle_t import_exported(void)
{
	zx_handle_t process = ZX_HANDLE_INVALID;

	CHILD_CHECK(zxl_handle_import(exported, 0, &process) == ZX_OK);
	return process;
}

/* Reads and lists another process, with these results. */
static void check_access(zx_handle_t process, zx_status_t memory, zx_status_t list)
{
	zx_status_t status;
	zx_info_maps_t map;
	size_t actual;
	int got = 0;

	status = zx_process_read_memory(process, (zx_vaddr_t)&number, &got, sizeof(got), &actual);
	CHILD_CHECK(status == memory);
	CHILD_CHECK(status != ZX_OK || got == 2);
	got = 2;
	status = zx_process_write_memory(process, (zx_vaddr_t)&number, &got, sizeof(got), &actual);
	CHILD_CHECK(status == memory);
	status = zx_object_get_info(process, ZX_INFO_PROCESS_MAPS, &map, sizeof(map), NULL, NULL);
	CHILD_CHECK(status == list);
}

static void access_another_users(void)
{
	check_access(import_exported(), ZX_ERR_ACCESS_DENIED, ZX_ERR_ACCESS_DENIED);
}

/* A handle of root's with all rights does not help another user. */
TEST_F(memory, of_another_user)
{
	zx_handle_t copy;

	START(0, change_number);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &exported));
	EXPECT_EQ(0, zxp_run_as(INNOCENT, access_another_users));
	check_access(self->process, ZX_OK, ZX_OK);
}

/* The other way round root may. */
TEST_F(memory, of_a_user_for_root)
{
	START(INNOCENT, change_number);
	check_access(self->process, ZX_OK, ZX_OK);
}

/* A user may trace its own children, whatever Yama says but for "no" and "administrators". */
static void access_own_child(void)
{
	zx_handle_t process;
	pid_t pid;

	number = 2;
	pid = zxp_start_idle();
	CHILD_CHECK(pid > 0);
	CHILD_CHECK(open_pid(pid, &process) == ZX_OK);
	check_access(process, ZX_OK, ZX_OK);
	zxp_end_idle(pid);
}

TEST_F(memory, of_a_child_for_its_user)
{
	EXPECT_EQ(0, zxp_run_as(INNOCENT, access_own_child));
}

#define YAMA "/proc/sys/kernel/yama/ptrace_scope"

FIXTURE(yama)
{
	char scope[8];		/* the value before, or empty */
	int ready[2];
	int go[2];
	pid_t pid;
	zx_handle_t process;
};

static bool set_yama(const char *scope)
{
	int fd = open(YAMA, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, scope, strlen(scope)) == (ssize_t)strlen(scope);

	close(fd);
	return done;
}

FIXTURE_SETUP(yama)
{
	int fd = open(YAMA, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, self->scope, sizeof(self->scope) - 1);

	self->scope[n > 0 ? n : 0] = '\0';
	close(fd);
	self->pid = 0;
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
}

/* Also if the test crashes. */
FIXTURE_TEARDOWN_PARENT(yama)
{
	if (self->scope[0])
		set_yama(self->scope);
}

static zx_status_t memory_of_sibling;

static void access_sibling(void)
{
	check_access(import_exported(), memory_of_sibling, ZX_OK);
}

/* A sibling of the same user: Yama may forbid to attach to it, but not to list its mappings. */
TEST_F(yama, decides)
{
	static const struct {
		const char *scope;
		zx_status_t status;
	} cases[] = {
		{ "0", ZX_OK },
		{ "1", ZX_ERR_ACCESS_DENIED },
		{ "2", ZX_ERR_ACCESS_DENIED },
	};
	zx_handle_t copy;

	if (!self->scope[0] || self->scope[0] == '3')
		SKIP(return, "this kernel has no Yama, or it cannot be changed");
	START(INNOCENT, change_number);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_TRUE(set_yama(cases[i].scope));
		memory_of_sibling = cases[i].status;
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_SAME_RIGHTS, &copy));
		ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &exported));
		EXPECT_EQ(0, zxp_run_as(INNOCENT, access_sibling));
		close(exported);
	}
	kill(self->pid, SIGKILL);
	zxp_reap(self->pid);
}

static void become_undumpable(void)
{
	CHILD_CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
	number = 2;
}

static void access_undumpable(void)
{
	check_access(import_exported(), ZX_ERR_ACCESS_DENIED, ZX_ERR_ACCESS_DENIED);
}

TEST_F(memory, of_one_that_is_not_dumpable)
{
	zx_handle_t copy;

	START(INNOCENT, become_undumpable);
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->process, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &exported));
	EXPECT_EQ(0, zxp_run_as(INNOCENT, access_undumpable));
}

/*
 * Threads, programs, namespaces.
 */

static void *tell_and_block(void *pipes)
{
	const int *ends = pipes;

	CHILD_CHECK(write(ends[0], "t", 1) == 1);
	zxp_block_on(ends[1]);
	_exit(0);
}

/* The directory of such a process in /proc has no memory, but that of the other thread has. */
TEST_F(memory, after_the_end_of_the_first_thread)
{
	int ends[2] = { self->ready[1], self->go[0] };
	zx_info_maps_t map = {};
	pthread_t thread;
	struct list list;
	char byte, path[64], state[256] = "";
	zx_time_t limit = ZXT_SOON;
	int got = 0;

	self->pid = fork();
	if (self->pid == 0) {
		close(self->go[1]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		number = 2;
		CHILD_CHECK(pthread_create(&thread, NULL, tell_and_block, ends) == 0);
		syscall(SYS_exit, 0);
	}
	ASSERT_LT(0, self->pid);
	ASSERT_EQ(1, read(self->ready[0], &byte, 1));
	snprintf(path, sizeof(path), "/proc/%d/stat", self->pid);
	while (!strstr(state, ") Z ") && zx_clock_get_monotonic() < limit) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = read(fd, state, sizeof(state) - 1);

		close(fd);
		state[n > 0 ? n : 0] = '\0';
	}
	ASSERT_NE(NULL, strstr(state, ") Z "));
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &self->process));
	EXPECT_EQ(sizeof(got), read_from(self->process, (void *)&number, &got, sizeof(got)));
	EXPECT_EQ(2, got);
	EXPECT_EQ(sizeof(got), write_to(self->process, (void *)&number, &(int){ 3 }, sizeof(got)));
	EXPECT_EQ(sizeof(got), read_from(self->process, (void *)&number, &got, sizeof(got)));
	EXPECT_EQ(3, got);
	list = list_of(self->process);
	ASSERT_NE(NULL, list.maps);
	EXPECT_STREQ("", flaw_of(&list));
	map = map_at(self->process, self->shared);
	EXPECT_EQ((uintptr_t)self->shared, map.base);
	free(list.maps);
}

/* The same of the calling process. */
static _Atomic bool first_is_gone;

static void *access_oneself(void *unused)
{
	char path[64], state[256] = "";
	zx_info_maps_t map;
	int got = 0;

	(void)unused;
	snprintf(path, sizeof(path), "/proc/%d/stat", getpid());
	while (!strstr(state, ") Z ")) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t n = read(fd, state, sizeof(state) - 1);

		close(fd);
		state[n > 0 ? n : 0] = '\0';
	}
	CHILD_CHECK(read_from(zx_process_self(), (void *)&number, &got, sizeof(got)) ==
		    sizeof(got));
	CHILD_CHECK(got == 1);
	map = map_at(zx_process_self(), (void *)&number);
	CHILD_CHECK(map.u.mapping.mmu_flags == (READ | WRITE));
	first_is_gone = true;
	_exit(0);
}

TEST_F(memory, of_oneself_after_the_end_of_the_first_thread)
{
	pthread_t thread;

	self->pid = fork();
	if (self->pid == 0) {
		CHILD_CHECK(pthread_create(&thread, NULL, access_oneself, NULL) == 0);
		syscall(SYS_exit, 0);
	}
	ASSERT_LT(0, self->pid);
	EXPECT_EQ(0, zxp_reap(self->pid));
	self->pid = 0;
}

/* The koid of a process stays over execve(2), but not its memory. */
TEST_F(memory, while_another_program_is_executed)
{
	const unsigned int rounds = zxt_part(2000);
	unsigned int whole = 0;
	zx_info_maps_t maps[8];
	int got;

	self->pid = fork();
	if (self->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("/proc/self/exe", PROGRAM, "exec", NULL);
		_exit(CHILD_FAILED);
	}
	ASSERT_LT(0, self->pid);
	ASSERT_EQ(ZX_OK, open_pid(self->pid, &self->process));
	for (unsigned int i = 0; i < rounds; i++) {
		size_t actual = 0;
		zx_status_t status;
		int64_t n;

		got = 0;
		n = read_from(self->process, (void *)&number, &got, sizeof(got));
		if (n == sizeof(got)) {
			whole++;
			EXPECT_EQ(1, got);
		} else {
			EXPECT_TRUE(n == ZX_ERR_BAD_STATE || n == ZX_ERR_NOT_FOUND);
		}
		status = zx_object_get_info(self->process, ZX_INFO_PROCESS_MAPS, maps,
					    sizeof(maps), &actual, NULL);
		EXPECT_TRUE(status == ZX_OK || status == ZX_ERR_BAD_STATE);
		EXPECT_TRUE(status != ZX_OK || actual >= 3);
	}
	TH_LOG("%u of %u read", whole, rounds);
	EXPECT_TRUE(zxp_is_running(self->pid));
}

/* Sends a handle to the calling process, or to one that the caller has a handle to. */
static void send_handle(int socket, zx_handle_t process)
{
	zx_handle_t copy;
	int fd;

	CHILD_CHECK(zx_handle_duplicate(process, ZX_RIGHT_SAME_RIGHTS, &copy) == ZX_OK);
	CHILD_CHECK(zxl_handle_export(copy, 0, &fd) == ZX_OK);
	CHILD_CHECK(zxp_send_fd(socket, fd) == 0);
	close(fd);
}

static zx_handle_t receive_handle(int socket)
{
	int fd = zxp_receive_fd(socket, 0);
	zx_handle_t process = ZX_HANDLE_INVALID;

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(zxl_handle_import(fd, 0, &process) == ZX_OK);
	close(fd);
	return process;
}

/* In the first process of a pid namespace, for which /proc shows that of the test. */
static void in_a_namespace(int outer)
{
	zx_handle_t process;
	int inner[2];

	number = 2;
	check_access(zx_process_self(), ZX_OK, ZX_OK);
	CHILD_CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, inner) == 0);
	if (fork() == 0) {
		send_handle(inner[1], zx_process_self());
		for (;;)
			pause();
	}
	/* A child has one number in this namespace and another in /proc. */
	process = receive_handle(inner[0]);
	check_access(process, ZX_OK, ZX_OK);
	/* A process outside has none here. */
	check_access(receive_handle(outer), ZX_ERR_ACCESS_DENIED, ZX_ERR_ACCESS_DENIED);
	/* The child ends with this process, when the test has looked at it. */
	send_handle(outer, process);
	CHILD_CHECK(zxp_receive_fd(outer, 0) == -ENOMSG);
	_exit(0);
}

TEST_F(memory, in_a_pid_namespace)
{
	int sockets[2];
	pid_t pid;

	START(0, change_number);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets));
	pid = zxp_fork_first();
	if (pid < 0)
		SKIP(return, "this kernel permits no pid namespaces");
	if (pid == 0) {
		close(sockets[0]);
		in_a_namespace(sockets[1]);
	}
	close(sockets[1]);
	send_handle(sockets[0], self->process);
	check_access(receive_handle(sockets[0]), ZX_OK, ZX_OK);
	close(sockets[0]);
	EXPECT_EQ(0, zxp_reap(pid));
}

/*
 * Many mappings, and what changes meanwhile.
 */

/* Pages in a row, each a mapping of its own since the permissions differ. */
static uint8_t *map_many(size_t count)
{
	uint8_t *pages = map_anonymous(count, PROT_READ | PROT_WRITE);

	for (size_t i = 0; i < count; i += 2)
		if (mprotect(pages + i * PAGE, PAGE, PROT_READ))
			abort();
	return pages;
}

/* A list of an even number of mappings, and access to the last of them, which may be written. */
static void check_many(struct __test_metadata *_metadata, size_t count)
{
	uint8_t *pages = map_many(count), *last = pages + (count - 1) * PAGE, byte = 0;
	size_t space = count + 1000, actual = 0, avail = 0, found = 0;
	zx_info_maps_t *maps = (void *)map_anonymous((space * sizeof(*maps) + PAGE - 1) / PAGE,
						     PROT_READ | PROT_WRITE);
	zx_time_t start = zx_clock_get_monotonic();

	ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_MAPS, maps,
					    space * sizeof(*maps), &actual, &avail));
	TH_LOG("%zu mappings in %ld us", count, (long)((zx_clock_get_monotonic() - start) / 1000));
	ASSERT_EQ(avail, actual);
	for (size_t i = 2; i < actual; i++) {
		const zx_info_maps_t *map = &maps[i];

		if (map->base - (uintptr_t)pages >= count * PAGE)
			continue;
		ASSERT_EQ((uintptr_t)pages + found * PAGE, map->base);
		ASSERT_EQ(PAGE, map->size);
		ASSERT_EQ(found % 2 ? READ | WRITE : READ, map->u.mapping.mmu_flags);
		found++;
	}
	EXPECT_EQ(count, found);
	EXPECT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_MAPS, NULL, 0, NULL,
					    &avail));
	EXPECT_EQ(actual, avail);
	*last = 9;
	EXPECT_EQ(1, read_from(zx_process_self(), last, &byte, 1));
	EXPECT_EQ(9, byte);
	/* This one is read-only. */
	EXPECT_EQ(forced(1), write_to(zx_process_self(), last - PAGE, "x", 1));
	EXPECT_EQ(forced(1) == 1 ? 'x' : 0, *(last - PAGE));
	EXPECT_EQ(PAGE, read_from(zx_process_self(), last - PAGE, maps, 2 * PAGE));
}

TEST_F_TIMEOUT(memory, ten_thousand_mappings, 240)
{
	check_many(_metadata, 10000);
}

/* Nearly as many as Linux permits by default. */
TEST_F_TIMEOUT(memory, sixty_thousand_mappings, 600)
{
	check_many(_metadata, 60000);
}

static atomic_bool stop_mapping;

static void *map_and_unmap(void *space)
{
	uint8_t *pages = space;

	for (unsigned int i = 0; !stop_mapping; i++) {
		if (mprotect(pages + i % 64 * PAGE, PAGE, i / 64 % 2 ? PROT_READ : PROT_NONE) ||
		    munmap(pages + (64 + i % 64) * PAGE, PAGE))
			abort();
		if (mmap(pages + (64 + i % 64) * PAGE, PAGE, i % 2 ? PROT_READ : PROT_NONE,
			 MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			abort();
	}
	return NULL;
}

/* What stays is in each list, and nothing is there twice. */
TEST_F(memory, mappings_that_change_meanwhile)
{
	uint8_t *below = map_anonymous(1, PROT_READ | PROT_WRITE);
	uint8_t *space = map_anonymous(128, PROT_READ);
	uint8_t *above = map_anonymous(1, PROT_READ | PROT_WRITE), byte;
	const unsigned int rounds = zxt_part(300);
	pthread_t thread;

	below[0] = 1;
	above[0] = 2;
	ASSERT_EQ(0, pthread_create(&thread, NULL, map_and_unmap, space));
	for (unsigned int i = 0; i < rounds; i++) {
		static zx_info_maps_t maps[1000];
		struct list list = { maps, 0 };
		unsigned int found = 0;
		int64_t n;

		ASSERT_EQ(ZX_OK, zx_object_get_info(zx_process_self(), ZX_INFO_PROCESS_MAPS, maps,
						    sizeof(maps), &list.count, NULL));
		EXPECT_STREQ("", flaw_of(&list));
		for (size_t j = 2; j < list.count; j++)
			found += maps[j].base == (uintptr_t)below ||
				 maps[j].base == (uintptr_t)above;
		EXPECT_EQ(2, found);
		EXPECT_EQ(1, read_from(zx_process_self(), below, &byte, 1));
		EXPECT_EQ(1, byte);
		EXPECT_EQ(1, read_from(zx_process_self(), above, &byte, 1));
		EXPECT_EQ(2, byte);
		n = read_from(zx_process_self(), space + (64 + i % 64) * PAGE, &byte, 1);
		EXPECT_TRUE(n == 1 || n == ZX_ERR_NOT_FOUND || n == ZX_ERR_BAD_STATE ||
			    n == ZX_ERR_ACCESS_DENIED);
	}
	stop_mapping = true;
	EXPECT_EQ(0, pthread_join(thread, NULL));
}

/* Rounds of a process that ends while it is looked at. */
TEST_F_TIMEOUT(memory, while_it_ends, 240)
{
	const unsigned int rounds = zxt_part(200);

	for (unsigned int i = 0; i < rounds; i++) {
		zx_status_t status = ZX_OK;
		int got, calls = 0;

		START(0, change_number);
		kill(self->pid, SIGKILL);
		while (status == ZX_OK && calls++ < 1000000) {
			int64_t n = read_from(self->process, (void *)&number, &got, sizeof(got));

			if (n == sizeof(got))
				n = got == 2 ? ZX_ERR_BAD_STATE : got;
			EXPECT_EQ(ZX_ERR_BAD_STATE, n);
			status = zx_object_get_info(self->process, ZX_INFO_PROCESS_MAPS, NULL, 0,
						    NULL, NULL);
		}
		EXPECT_EQ(ZX_ERR_BAD_STATE, status);
		EXPECT_EQ(128 + SIGKILL, zxp_reap(self->pid));
		self->pid = 0;
		zx_handle_close(self->process);
	}
}

/*
 * What the library uses.
 */

/* The descriptors of this process. */
static int descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

TEST_F(memory, descriptors_are_closed)
{
	uint8_t byte;
	int before;
	zx_info_maps_t map;

	START(0, do_nothing);
	before = descriptors();
	ASSERT_LT(2, before);
	for (int i = 0; i < 3; i++) {
		zx_handle_t process = i == 0 ? zx_process_self() : self->process;

		if (i == 2) {
			kill(self->pid, SIGKILL);
			ASSERT_TRUE(ends_soon(process));
		}
		read_from(process, (void *)&number, &byte, 1);
		read_from(process, NULL, &byte, 1);
		write_to(process, (void *)&number, "x", 1);
		zx_object_get_info(process, ZX_INFO_PROCESS_MAPS, &map, sizeof(map), NULL, NULL);
		zx_object_get_info(process, ZX_INFO_PROCESS_MAPS, NULL, sizeof(map), NULL, NULL);
		EXPECT_EQ(before, descriptors());
	}
}

/* With each number of descriptors less than it needs. */
TEST_F(memory, no_descriptor_is_left)
{
	zx_status_t got = ZX_ERR_NEXT, list = ZX_ERR_NEXT;
	struct rlimit limit;
	zx_info_maps_t map;
	uint8_t byte;
	int next, left;

	START(0, do_nothing);
	next = dup(0);
	ASSERT_LT(0, next);
	close(next);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	for (left = 0; left < 16 && (got != 1 || list != ZX_OK); left++) {
		limit.rlim_cur = next + left;
		ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
		got = read_from(self->process, (void *)&number, &byte, 1);
		list = zx_object_get_info(self->process, ZX_INFO_PROCESS_MAPS, &map, sizeof(map),
					  NULL, NULL);
		EXPECT_TRUE(got == 1 || got == ZX_ERR_NO_RESOURCES);
		EXPECT_TRUE(list == ZX_OK || list == ZX_ERR_NO_RESOURCES);
		if (left == 0)
			EXPECT_EQ(ZX_ERR_NO_RESOURCES, got);
		if (left == 0)
			EXPECT_EQ(ZX_ERR_NO_RESOURCES, list);
	}
	EXPECT_EQ(1, got);
	EXPECT_EQ(ZX_OK, list);
	EXPECT_GE(6, left);
}

/*
 * The calls in a thread without a thread pointer, as zx_thread_start() makes it, and how much stack
 * they need.
 */

struct raw {
	zx_handle_t process;
	zx_info_maps_t maps[64];
	size_t count, actual;
	int got;
	zx_status_t status[3];
	const uint64_t *stack;	/* its first word that is not zero, after the calls */
};

__attribute__((no_stack_protector)) static void raw_access(struct raw *raw, uintptr_t unused)
{
	(void)unused;
	raw->status[0] = zx_process_read_memory(raw->process, (zx_vaddr_t)&number, &raw->got,
						sizeof(raw->got), &raw->actual);
	raw->status[1] = zx_process_write_memory(raw->process, (zx_vaddr_t)&number, &raw->got,
						 sizeof(raw->got), &raw->actual);
	raw->status[2] = zx_object_get_info(raw->process, ZX_INFO_PROCESS_MAPS, raw->maps,
					    sizeof(raw->maps), &raw->count, NULL);
	while (*(volatile const uint64_t *)raw->stack == 0)
		raw->stack++;
	zx_thread_exit();
}

TEST_F(memory, in_a_raw_thread)
{
	uint8_t *stack = map_anonymous(1, PROT_READ | PROT_WRITE);
	zx_vaddr_t top = (zx_vaddr_t)stack + PAGE;
	ptrdiff_t used;
	struct raw raw = {};
	zx_handle_t thread;

#ifdef __x86_64__
	top -= 8;	/* as if a call had just been made */
#endif
	START(0, change_number);
	for (int own = 0; own < 2; own++) {
		raw = (struct raw){ .process = own ? zx_process_self() : self->process };
		memset(stack, 0, PAGE);
		raw.stack = (const uint64_t *)stack;
		number = 2;
		ASSERT_EQ(ZX_OK, zx_thread_create(zx_process_self(), "raw", 3, 0, &thread));
		ASSERT_EQ(ZX_OK, zx_thread_start(thread, (zx_vaddr_t)raw_access,
						 top, (uintptr_t)&raw, 0));
		ASSERT_TRUE(ends_soon(thread));
		EXPECT_EQ(ZX_OK, raw.status[0]);
		EXPECT_EQ(ZX_OK, raw.status[1]);
		EXPECT_EQ(ZX_OK, raw.status[2]);
		EXPECT_EQ(2, raw.got);
		EXPECT_EQ(sizeof(raw.got), raw.actual);
		EXPECT_LT(5, raw.count);
		/* As much as the manual says, and a little for the thread's own function. */
		used = top - (zx_vaddr_t)raw.stack;
		TH_LOG("%zd bytes of stack", used);
		EXPECT_GE(1024 + 64, used);
		zx_handle_close(thread);
	}
}

/*
 * The trace.
 */

static const uint8_t secret[] = "what no trace shows";

static int traced_calls(void)
{
	zx_handle_t process = zx_process_self();
	size_t actual, avail;
	uint8_t bytes[32];
	zx_info_maps_t maps[2];

	zx_process_read_memory(process, (zx_vaddr_t)secret, bytes, sizeof(secret), &actual);
	zx_process_write_memory(process, (zx_vaddr_t)bytes, secret, sizeof(secret), &actual);
	zx_process_read_memory(process, 0, bytes, sizeof(bytes), &actual);
	zx_object_get_info(process, ZX_INFO_PROCESS_MAPS, maps, sizeof(maps), &actual, &avail);
	return memcmp(bytes, secret, sizeof(secret)) || actual != 2 || avail < 5;
}

static int child_main(const char *what)
{
	if (!strcmp(what, "trace"))
		return traced_calls();
	execl("/proc/self/exe", PROGRAM, "exec", NULL);
	return CHILD_FAILED;
}

/* Whether some line has both texts. */
static bool has_line(const char *lines, const char *first, const char *second)
{
	for (const char *line = lines; *line; line += strcspn(line, "\n") + 1) {
		char text[1024];

		snprintf(text, sizeof(text), "%.*s", (int)strcspn(line, "\n"), line);
		if (strstr(text, first) && strstr(text, second))
			return true;
		if (!strchr(line, '\n'))
			break;
	}
	return false;
}

TEST_F(memory, traced)
{
	static char text[65536];
	int fd = memfd_create("trace", 0);
	char path[32];
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	pid = fork();
	if (pid == 0) {
		dup2(fd, STDERR_FILENO);
		setenv("ZIRCON_TRACE", "1", 1);
		execl("/proc/self/exe", PROGRAM, "trace", NULL);
		_exit(CHILD_FAILED);
	}
	ASSERT_EQ(0, zxp_reap(pid));
	ASSERT_LT(0, pread(fd, text, sizeof(text) - 1, 0));
	EXPECT_TRUE(has_line(text, " zx_process_read_memory(0x",
			     zxt_trace_reads() ? ", 20, => 20) = ZX_OK <" : ") = ZX_OK <"));
	EXPECT_TRUE(has_line(text, " zx_process_write_memory(0x",
			     zxt_trace_reads() ? ", 20, => 20) = ZX_OK <" : ") = ZX_OK <"));
	EXPECT_TRUE(has_line(text, " zx_process_read_memory(0x", ") = ZX_ERR_NOT_FOUND <"));
	EXPECT_TRUE(has_line(text, " zx_process_read_memory(0x", ", NULL, 0x"));
	EXPECT_TRUE(has_line(text, ", ZX_INFO_PROCESS_MAPS, 0x",
			     zxt_trace_reads() ? ", 304, => 2, => " : ", 304, 0x"));
	EXPECT_TRUE(has_line(text, ", ZX_INFO_PROCESS_MAPS, 0x", ") = ZX_OK <"));
	EXPECT_EQ(NULL, strstr(text, "NOT_SUPPORTED"));
	EXPECT_EQ(NULL, strstr(text, (const char *)secret));
	/* Nothing else, so each call is one line: the two of zx_process_self() and these. */
	EXPECT_EQ(NULL, strstr(text, "zxl_"));
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[0], PROGRAM))
		return child_main(argv[1]);
	return test_harness_run(argc, argv);
}
