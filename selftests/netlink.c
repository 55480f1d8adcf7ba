// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family: what it shows of processes, handles, objects and accounts, and to whom;
 * limits; events; requests that are not valid.
 */
#include "zxcall.h"
#include "zxnetlink.h"
#include "zxproc.h"
#include "zxthread.h"

#include <linux/capability.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

/* What one child has and another one looks for: the first one's id, and objects of its. */
static struct seen {
	pid_t other;
	zx_koid_t koid;		/* a handle to it is in the process */
	zx_koid_t file;		/* a handle to it is in a file, or of the peer of @koid */
} *seen;

FIXTURE(netlink)
{
	int fd;
	struct zxn_family family;
	int ready[2];
	int go[2];
	char user_max[32];	/* user_bytes_max, if the test changes it */
};

FIXTURE_SETUP(netlink)
{
	*zxp_user_of_test() = getpid();
	self->fd = zxn_open();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, zxn_find(self->fd, &self->family));
	ASSERT_EQ(0, pipe2(self->ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(self->go, O_CLOEXEC));
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, seen);
}

/* The descriptors are closed when the test's process ends. */
FIXTURE_TEARDOWN_PARENT(netlink)
{
	if (self->user_max[0])
		EXPECT_TRUE(zxt_set_parameter("user_bytes_max", self->user_max));
}

/* The inode number of a user namespace. */
static uint32_t user_ns_of(const char *path)
{
	struct stat stat_of = {};

	stat(path, &stat_of);
	return stat_of.st_ino;
}

/* A copy of the last message, and how many there were. */
struct last {
	unsigned int count;
	char name[64];
	uint64_t value[ZXN_ATTRIBUTES];
	bool has[ZXN_ATTRIBUTES];
	unsigned int num_waiters;
	struct {
		uint32_t kind;
		uint32_t pid;
		uint32_t tid;
		uint32_t signals;
		uint64_t port;
	} waiter[ZXN_WAITERS];
};

static void keep_last(const struct zxn_message *message, void *arg)
{
	struct last *last = arg;
	struct zxn_message waiter;

	last->count++;
	for (unsigned int i = 0; i < ZXN_ATTRIBUTES; i++) {
		const struct nlattr *attribute = message->attributes[i];

		last->has[i] = attribute;
		last->value[i] = !attribute ? ~0ull : attribute->nla_len == NLA_HDRLEN + 8 ?
				 zxn_u64(message, i) : zxn_u32(message, i);
	}
	if (message->cmd == ZIRCON_CMD_PROCESS_GET)
		snprintf(last->name, sizeof(last->name), "%s",
			 zxn_string(message, ZIRCON_A_PROCESS_NAME));
	last->num_waiters = message->num_waiters;
	for (unsigned int i = 0; i < message->num_waiters; i++) {
		zxn_parse_nested(message->waiters[i], &waiter);
		last->waiter[i].kind = zxn_u32(&waiter, ZIRCON_A_WAITER_KIND);
		last->waiter[i].pid = zxn_u32(&waiter, ZIRCON_A_WAITER_PID);
		last->waiter[i].tid = zxn_u32(&waiter, ZIRCON_A_WAITER_TID);
		last->waiter[i].signals = zxn_u32(&waiter, ZIRCON_A_WAITER_SIGNALS);
		last->waiter[i].port = zxn_u64(&waiter, ZIRCON_A_WAITER_PORT);
	}
}

/* Shows one object; returns 0 or a negative errno, with last->count zero if it is not seen. */
static int show_object(int fd, uint16_t family, zx_koid_t koid, struct last *last)
{
	memset(last, 0, sizeof(*last));
	return zxn_dump(fd, family, ZIRCON_CMD_OBJECT_GET, 0, 0, ZIRCON_A_OBJECT_KOID, koid,
			keep_last, last);
}

static int show_process(int fd, uint16_t family, pid_t pid, struct last *last)
{
	memset(last, 0, sizeof(*last));
	return zxn_dump(fd, family, ZIRCON_CMD_PROCESS_GET, ZIRCON_A_PROCESS_PID, pid, 0, 0,
			keep_last, last);
}

/* All handles of a dump, as far as there is space. */
struct handles {
	unsigned int count;
	struct {
		uint32_t holder;
		uint32_t pid;
		uint32_t uid;
		uint32_t value;
		uint32_t rights;
		uint32_t type;
		uint64_t process;
		uint64_t koid;
		uint64_t related;
	} handle[64];
};

static void add_handle(const struct zxn_message *message, void *arg)
{
	struct handles *handles = arg;
	unsigned int i = handles->count++;

	if (i >= ARRAY_SIZE(handles->handle))
		return;
	handles->handle[i].holder = zxn_u32(message, ZIRCON_A_HANDLE_HOLDER);
	handles->handle[i].pid = zxn_u32(message, ZIRCON_A_HANDLE_PID);
	handles->handle[i].uid = zxn_u32(message, ZIRCON_A_HANDLE_UID);
	handles->handle[i].value = zxn_u32(message, ZIRCON_A_HANDLE_VALUE);
	handles->handle[i].rights = zxn_u32(message, ZIRCON_A_HANDLE_RIGHTS);
	handles->handle[i].type = zxn_u32(message, ZIRCON_A_HANDLE_TYPE);
	handles->handle[i].process = zxn_u64(message, ZIRCON_A_HANDLE_PROCESS);
	handles->handle[i].koid = zxn_u64(message, ZIRCON_A_HANDLE_KOID);
	handles->handle[i].related = zxn_u64(message, ZIRCON_A_HANDLE_RELATED_KOID);
}

static int handles_of(int fd, uint16_t family, pid_t pid, struct handles *handles)
{
	memset(handles, 0, sizeof(*handles));
	return zxn_dump(fd, family, ZIRCON_CMD_HANDLE_GET, pid ? ZIRCON_A_HANDLE_PID : 0, pid, 0, 0,
			add_handle, handles);
}

static int handles_to(int fd, uint16_t family, zx_koid_t koid, struct handles *handles)
{
	memset(handles, 0, sizeof(*handles));
	return zxn_dump(fd, family, ZIRCON_CMD_HANDLE_GET, 0, 0, ZIRCON_A_HANDLE_KOID, koid,
			add_handle, handles);
}

TEST_F(netlink, a_process_is_shown_from_its_first_open)
{
	zx_handle_t event;
	struct last last;

	/* The library has not opened the device yet. */
	ASSERT_EQ(-ESRCH, show_process(self->fd, self->family.id, getpid(), &last));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_object_set_property(zx_process_self(), ZX_PROP_NAME, "seen", 4));
	ASSERT_EQ(0, show_process(self->fd, self->family.id, getpid(), &last));
	EXPECT_EQ(1, last.count);
	EXPECT_EQ(getpid(), last.value[ZIRCON_A_PROCESS_PID]);
	EXPECT_EQ(zxt_koid(zx_process_self()), last.value[ZIRCON_A_PROCESS_KOID]);
	EXPECT_STREQ("seen", last.name);
	EXPECT_EQ(getuid(), last.value[ZIRCON_A_PROCESS_UID]);
	EXPECT_EQ(user_ns_of("/proc/self/ns/user"), last.value[ZIRCON_A_PROCESS_USER_NS]);
	/* The event, and the library's handle to the process. */
	EXPECT_EQ(2, last.value[ZIRCON_A_PROCESS_HANDLES]);
}

static void open_event(void)
{
	zx_handle_t event;

	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
}

struct pids {
	unsigned int count;
	pid_t last;
	bool sorted;
	pid_t wanted[3];
	unsigned int found[3];
};

static void note_pid(const struct zxn_message *message, void *arg)
{
	pid_t pid = zxn_u32(message, ZIRCON_A_PROCESS_PID);
	struct pids *pids = arg;

	pids->sorted &= pid > pids->last;
	pids->last = pid;
	pids->count++;
	for (int i = 0; i < 3; i++)
		pids->found[i] += pids->wanted[i] == pid;
}

TEST_F(netlink, all_processes_are_shown_once_in_order)
{
	struct pids pids = { .sorted = true };
	struct last last;

	pids.wanted[0] = ZXP_START(0, open_event);
	pids.wanted[1] = ZXP_START(HOSTILE, open_event);
	pids.wanted[2] = ZXP_START(INNOCENT, open_event);
	ASSERT_EQ(0, zxn_dump(self->fd, self->family.id, ZIRCON_CMD_PROCESS_GET, 0, 0, 0, 0,
			      note_pid, &pids));
	EXPECT_TRUE(pids.sorted);
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(1, pids.found[i]);
	ASSERT_EQ(0, show_process(self->fd, self->family.id, pids.wanted[1], &last));
	EXPECT_EQ(HOSTILE, last.value[ZIRCON_A_PROCESS_UID]);
	EXPECT_EQ(1, last.value[ZIRCON_A_PROCESS_HANDLES]);

	/* A process that has ended is gone at once for one that has waited for it. */
	kill(pids.wanted[0], SIGKILL);
	zxp_reap(pids.wanted[0]);
	for (int i = 0; i < 12000; i++) {
		if (show_process(self->fd, self->family.id, pids.wanted[0], &last))
			break;
		zxp_sleep_ms(10);
	}
	EXPECT_EQ(-ESRCH, show_process(self->fd, self->family.id, pids.wanted[0], &last));
}

/* Its parent does not wait for it, so the id stays in use. */
TEST_F(netlink, a_zombie_is_not_shown)
{
	pid_t pid = ZXP_START(0, open_event);
	siginfo_t info;
	struct last last;

	ASSERT_EQ(0, show_process(self->fd, self->family.id, pid, &last));
	kill(pid, SIGKILL);
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	for (int i = 0; i < 12000; i++) {
		if (show_process(self->fd, self->family.id, pid, &last))
			break;
		zxp_sleep_ms(10);
	}
	EXPECT_EQ(-ESRCH, show_process(self->fd, self->family.id, pid, &last));
	EXPECT_EQ(128 + SIGKILL, zxp_reap(pid));
}

static void open_and_close(void)
{
	int device = zxp_open(O_CLOEXEC);
	zx_handle_t event;

	CHILD_CHECK(zxp_create(device, ZX_IOC_EVENT_CREATE, &event, NULL) == 0);
	CHILD_CHECK(close(device) == 0);
}

TEST_F(netlink, a_process_that_has_closed_the_device_is_shown)
{
	pid_t pid = ZXP_START(0, open_and_close);
	struct last last;

	ASSERT_EQ(0, show_process(self->fd, self->family.id, pid, &last));
	EXPECT_EQ(1, last.count);
	EXPECT_EQ(0, last.value[ZIRCON_A_PROCESS_HANDLES]);
}

/* Stops before and after the execve(). */
static void open_and_execute(void)
{
	open_event();
	CHILD_CHECK(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
	CHILD_CHECK(raise(SIGSTOP) == 0);
	execl("/proc/self/exe", "netlink", NULL);
	CHILD_CHECK(false);
}

TEST_F(netlink, the_koid_of_a_process_stays_after_execve)
{
	pid_t pid = zxp_start(0, open_and_execute, -1, -1);
	struct last before, after;
	int status;

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	ASSERT_EQ(0, show_process(self->fd, self->family.id, pid, &before));
	EXPECT_EQ(1, before.value[ZIRCON_A_PROCESS_HANDLES]);
	ASSERT_EQ(0, ptrace(PTRACE_CONT, pid, NULL, NULL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	ASSERT_EQ(0, show_process(self->fd, self->family.id, pid, &after));
	EXPECT_EQ(before.value[ZIRCON_A_PROCESS_KOID], after.value[ZIRCON_A_PROCESS_KOID]);
	EXPECT_EQ(0, after.value[ZIRCON_A_PROCESS_HANDLES]);
	kill(pid, SIGKILL);
	zxp_reap(pid);
}

TEST_F(netlink, handles_of_a_process_are_exact)
{
	zx_handle_t event, reduced, end[2];
	zx_handle_t all[4];
	struct handles handles;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_WAIT, &reduced));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	all[0] = event;
	all[1] = reduced;
	all[2] = end[0];
	all[3] = end[1];
	ASSERT_EQ(0, handles_of(self->fd, self->family.id, getpid(), &handles));
	/* With the library's handle to the process. */
	zx_process_self();
	ASSERT_EQ(0, handles_of(self->fd, self->family.id, getpid(), &handles));
	ASSERT_EQ(5, handles.count);
	for (int i = 0; i < 4; i++) {
		zx_info_handle_basic_t info = zxt_basic(all[i]);
		unsigned int found = 0;

		for (unsigned int j = 0; j < handles.count; j++) {
			if (handles.handle[j].value != all[i])
				continue;
			found++;
			EXPECT_EQ(ZIRCON_HOLDER_PROCESS, handles.handle[j].holder);
			EXPECT_EQ(getpid(), handles.handle[j].pid);
			EXPECT_EQ(getuid(), handles.handle[j].uid);
			EXPECT_EQ(zxt_koid(zx_process_self()), handles.handle[j].process);
			EXPECT_EQ(info.koid, handles.handle[j].koid);
			EXPECT_EQ(info.type, handles.handle[j].type);
			EXPECT_EQ(info.rights, handles.handle[j].rights);
			EXPECT_EQ(info.related_koid ?: ~0ull, handles.handle[j].related);
		}
		EXPECT_EQ(1, found);
	}
}

TEST_F(netlink, handles_can_be_chosen_by_koid_and_by_type)
{
	zx_handle_t event, other, fifo[2];
	struct zxn_request request;
	struct handles handles;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &other));
	ASSERT_EQ(ZX_OK, zx_fifo_create(4, 4, 0, &fifo[0], &fifo[1]));
	ASSERT_EQ(0, handles_to(self->fd, self->family.id, zxt_koid(event), &handles));
	ASSERT_EQ(2, handles.count);
	EXPECT_EQ(event ^ other, handles.handle[0].value ^ handles.handle[1].value);

	memset(&handles, 0, sizeof(handles));
	zxn_begin(&request, self->family.id, ZIRCON_CMD_HANDLE_GET, NLM_F_DUMP);
	zxn_put_u32(&request, ZIRCON_A_HANDLE_PID, getpid());
	zxn_put_u32(&request, ZIRCON_A_HANDLE_TYPE, ZX_OBJ_TYPE_FIFO);
	ASSERT_EQ(0, zxn_run(self->fd, &request, add_handle, &handles));
	ASSERT_EQ(2, handles.count);
	EXPECT_EQ(zxt_koid(fifo[0]) ^ zxt_koid(fifo[1]),
		  handles.handle[0].koid ^ handles.handle[1].koid);
}

TEST_F(netlink, handles_can_be_chosen_by_pid_type_and_koid_at_once)
{
	zx_handle_t end[2], event;
	struct zxn_request request;
	struct handles handles = {};

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	zxn_begin(&request, self->family.id, ZIRCON_CMD_HANDLE_GET, NLM_F_DUMP);
	zxn_put_u32(&request, ZIRCON_A_HANDLE_PID, getpid());
	zxn_put_u32(&request, ZIRCON_A_HANDLE_TYPE, ZX_OBJ_TYPE_CHANNEL);
	zxn_put_u64(&request, ZIRCON_A_HANDLE_KOID, zxt_koid(end[1]));
	ASSERT_EQ(0, zxn_run(self->fd, &request, add_handle, &handles));
	ASSERT_EQ(1, handles.count);
	EXPECT_EQ(end[1], handles.handle[0].value);

	/* The koid is one of another type. */
	ASSERT_EQ(0, zxn_dump(self->fd, self->family.id, ZIRCON_CMD_HANDLE_GET,
			      ZIRCON_A_HANDLE_TYPE, ZX_OBJ_TYPE_CHANNEL, ZIRCON_A_HANDLE_KOID,
			      zxt_koid(event), add_handle, &handles));
	EXPECT_EQ(1, handles.count);
}

TEST_F(netlink, an_exported_handle_is_a_files)
{
	zx_handle_t event, back;
	struct handles handles;
	zx_koid_t koid;
	int fd;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	koid = zxt_koid(event);
	ASSERT_EQ(ZX_OK, zxl_handle_export(event, 0, &fd));
	ASSERT_EQ(0, handles_to(self->fd, self->family.id, koid, &handles));
	ASSERT_EQ(1, handles.count);
	EXPECT_EQ(ZIRCON_HOLDER_FILE, handles.handle[0].holder);
	EXPECT_EQ(getuid(), handles.handle[0].uid);
	EXPECT_EQ(ZX_DEFAULT_EVENT_RIGHTS, handles.handle[0].rights);
	EXPECT_EQ(~0u, handles.handle[0].pid);
	EXPECT_EQ(~0u, handles.handle[0].value);

	ASSERT_EQ(ZX_OK, zxl_handle_import(fd, 0, &back));
	ASSERT_EQ(0, handles_to(self->fd, self->family.id, koid, &handles));
	ASSERT_EQ(1, handles.count);
	EXPECT_EQ(ZIRCON_HOLDER_PROCESS, handles.handle[0].holder);
	EXPECT_EQ(back, handles.handle[0].value);
	close(fd);
}

TEST_F(netlink, an_object_shows_its_state)
{
	uint32_t user_ns = user_ns_of("/proc/self/ns/user");
	zx_handle_t event, other;
	struct last last;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &other));
	ASSERT_EQ(ZX_OK, zx_object_signal(event, 0, ZX_USER_SIGNAL_3));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(event), &last));
	ASSERT_EQ(1, last.count);
	EXPECT_EQ(zxt_koid(event), last.value[ZIRCON_A_OBJECT_KOID]);
	EXPECT_EQ(ZX_OBJ_TYPE_EVENT, last.value[ZIRCON_A_OBJECT_TYPE]);
	EXPECT_EQ(ZX_USER_SIGNAL_3, last.value[ZIRCON_A_OBJECT_SIGNALS]);
	EXPECT_EQ(2, last.value[ZIRCON_A_OBJECT_HANDLES]);
	EXPECT_EQ(0, last.value[ZIRCON_A_OBJECT_OBSERVERS]);
	EXPECT_EQ(getuid(), last.value[ZIRCON_A_OBJECT_UID]);
	EXPECT_EQ(user_ns, last.value[ZIRCON_A_OBJECT_USER_NS]);
	EXPECT_LT(0, last.value[ZIRCON_A_OBJECT_BYTES]);
	EXPECT_FALSE(last.has[ZIRCON_A_OBJECT_RELATED_KOID]);
	EXPECT_FALSE(last.has[ZIRCON_A_OBJECT_QUEUED]);
	EXPECT_FALSE(last.has[ZIRCON_A_OBJECT_QUEUE]);
	EXPECT_FALSE(last.has[ZIRCON_A_OBJECT_NAME]);

	/* No object has this koid. */
	ASSERT_EQ(0, show_object(self->fd, self->family.id, 1ull << 62, &last));
	EXPECT_EQ(0, last.count);
}

/* As another user, whose other programs do not change what is charged. */
static void compare_bytes(void)
{
	int fd = zxn_open(), device = zxp_open(O_CLOEXEC);
	struct zxn_family family;
	unsigned long before, bytes;
	zx_handle_t end[2], event;
	struct last last;

	CHILD_CHECK(zxn_find(fd, &family) == 0);
	/* The table grows by many slots at once. */
	open_event();
	before = zxp_user_bytes_of(device, "zircon-user-bytes:");
	CHILD_CHECK(zx_channel_create(0, &end[0], &end[1]) == ZX_OK);
	bytes = zxp_user_bytes_of(device, "zircon-user-bytes:") - before;
	/* What is queued is charged too, and is not shown as the object's. */
	CHILD_CHECK(zx_channel_write(end[0], 0, "a", 1, NULL, 0) == ZX_OK);
	CHILD_CHECK(zx_channel_write(end[0], 0, "a", 1, NULL, 0) == ZX_OK);
	CHILD_CHECK(zxp_user_bytes_of(device, "zircon-user-bytes:") > before + bytes);
	for (int i = 0; i < 2; i++) {
		CHILD_CHECK(show_object(fd, family.id, zxt_koid(end[i]), &last) == 0);
		CHILD_CHECK(last.value[ZIRCON_A_OBJECT_BYTES] == bytes);
	}

	before = zxp_user_bytes_of(device, "zircon-user-bytes:");
	CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
	bytes = zxp_user_bytes_of(device, "zircon-user-bytes:") - before;
	CHILD_CHECK(show_object(fd, family.id, zxt_koid(event), &last) == 0);
	CHILD_CHECK(last.value[ZIRCON_A_OBJECT_BYTES] == bytes);
}

TEST_F(netlink, the_bytes_of_an_object_are_what_its_user_is_charged)
{
	EXPECT_EQ(0, zxp_run_as(HOSTILE, compare_bytes));
}

TEST_F(netlink, an_object_shows_what_is_queued)
{
	zx_port_packet_t packet = { .type = ZX_PKT_TYPE_USER };
	zx_handle_t channel[2], socket[2], fifo[2], port;
	char bytes[2000] = {};
	struct last last;
	size_t actual;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(channel[1]), &last));
	EXPECT_EQ(0, last.value[ZIRCON_A_OBJECT_QUEUED]);
	EXPECT_EQ(zxt_koid(channel[0]), last.value[ZIRCON_A_OBJECT_RELATED_KOID]);
	/* A message of 2000 bytes takes a page. */
	ASSERT_EQ(ZX_OK, zx_channel_write(channel[0], 0, bytes, sizeof(bytes), NULL, 0));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(channel[1]), &last));
	EXPECT_EQ(4096, last.value[ZIRCON_A_OBJECT_QUEUED]);
	EXPECT_EQ(1048576, last.value[ZIRCON_A_OBJECT_QUEUED_MAX]);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(channel[0]), &last));
	EXPECT_EQ(0, last.value[ZIRCON_A_OBJECT_QUEUED]);

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
	ASSERT_EQ(ZX_OK, zx_socket_write(socket[0], 0, bytes, 777, &actual));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(socket[1]), &last));
	EXPECT_EQ(777, last.value[ZIRCON_A_OBJECT_QUEUED]);
	EXPECT_EQ(262144, last.value[ZIRCON_A_OBJECT_QUEUED_MAX]);

	ASSERT_EQ(ZX_OK, zx_fifo_create(8, 16, 0, &fifo[0], &fifo[1]));
	ASSERT_EQ(ZX_OK, zx_fifo_write(fifo[0], 16, bytes, 5, &actual));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(fifo[1]), &last));
	EXPECT_EQ(5, last.value[ZIRCON_A_OBJECT_QUEUED]);
	EXPECT_EQ(8, last.value[ZIRCON_A_OBJECT_QUEUED_MAX]);

	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(ZX_OK, zx_port_queue(port, &packet));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(port), &last));
	EXPECT_EQ(3, last.value[ZIRCON_A_OBJECT_QUEUED]);
	EXPECT_EQ(4096, last.value[ZIRCON_A_OBJECT_QUEUED_MAX]);
}

/* The first message has 96 bytes of the endpoint's own, the others have 256 bytes of their own. */
TEST_F(netlink, a_message_in_the_endpoints_buffer_is_queued_and_not_limited)
{
	zx_handle_t end[2];
	struct last last;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	ASSERT_EQ(ZX_OK, zx_channel_write(end[0], 0, "a", 1, NULL, 0));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(end[1]), &last));
	EXPECT_EQ(96, last.value[ZIRCON_A_OBJECT_QUEUED]);
	while (zx_channel_write(end[0], 0, "a", 1, NULL, 0) == ZX_OK)
		;
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(end[1]), &last));
	EXPECT_EQ(1048576, last.value[ZIRCON_A_OBJECT_QUEUED_MAX]);
	EXPECT_EQ(1048576 + 96, last.value[ZIRCON_A_OBJECT_QUEUED]);
}

TEST_F(netlink, an_endpoint_in_a_message_shows_its_queue)
{
	zx_handle_t outer[2], inner[2], got;
	zx_koid_t koid, queue;
	struct handles handles;
	struct last last;
	uint32_t actual;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &outer[0], &outer[1]));
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &inner[0], &inner[1]));
	koid = zxt_koid(inner[0]);
	queue = zxt_koid(outer[1]);
	ASSERT_EQ(ZX_OK, zx_channel_write(outer[0], 0, NULL, 0, &inner[0], 1));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, koid, &last));
	ASSERT_EQ(1, last.count);
	EXPECT_EQ(koid, last.value[ZIRCON_A_OBJECT_KOID]);
	EXPECT_EQ(zxt_koid(inner[1]), last.value[ZIRCON_A_OBJECT_RELATED_KOID]);
	EXPECT_EQ(queue, last.value[ZIRCON_A_OBJECT_QUEUE]);
	EXPECT_EQ(1, last.value[ZIRCON_A_OBJECT_HANDLES]);
	ASSERT_EQ(0, handles_to(self->fd, self->family.id, koid, &handles));
	EXPECT_EQ(0, handles.count);

	ASSERT_EQ(ZX_OK, zx_channel_read(outer[1], 0, NULL, &got, 0, 1, NULL, &actual));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, koid, &last));
	EXPECT_FALSE(last.has[ZIRCON_A_OBJECT_QUEUE]);
	ASSERT_EQ(0, handles_to(self->fd, self->family.id, koid, &handles));
	EXPECT_EQ(1, handles.count);
}

TEST_F(netlink, a_handle_in_a_socket_is_counted_and_not_shown)
{
	zx_handle_t outer[2], inner[2];
	struct handles handles;
	struct last last;
	zx_koid_t koid;

	ASSERT_EQ(ZX_OK, zx_socket_create(ZX_SOCKET_HAS_ACCEPT, &outer[0], &outer[1]));
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &inner[0], &inner[1]));
	koid = zxt_koid(inner[0]);
	ASSERT_EQ(ZX_OK, zx_socket_share(outer[0], inner[0]));
	ASSERT_EQ(0, handles_to(self->fd, self->family.id, koid, &handles));
	EXPECT_EQ(0, handles.count);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, koid, &last));
	ASSERT_EQ(1, last.count);
	EXPECT_EQ(1, last.value[ZIRCON_A_OBJECT_HANDLES]);
	EXPECT_FALSE(last.has[ZIRCON_A_OBJECT_QUEUE]);
}

static void *wait_for_signal(void *arg)
{
	zx_handle_t *handle = arg;

	zx_object_wait_one(*handle, ZX_USER_SIGNAL_1, ZX_TIME_INFINITE, NULL);
	return NULL;
}

static void *call_channel(void *arg)
{
	zx_handle_t *handle = arg;
	uint32_t request = 0, reply, bytes, handles;
	const zx_channel_call_args_t args = {
		.wr_bytes = &request,
		.wr_num_bytes = sizeof(request),
		.rd_bytes = &reply,
		.rd_num_bytes = sizeof(reply),
	};

	zx_channel_call(*handle, 0, ZX_TIME_INFINITE, &args, &bytes, &handles);
	return NULL;
}

/* The index of a waiter of a kind, or -1. */
static int find_waiter(const struct last *last, uint32_t kind)
{
	for (unsigned int i = 0; i < last->num_waiters; i++)
		if (last->waiter[i].kind == kind)
			return i;
	return -1;
}

TEST_F(netlink, an_object_shows_who_waits)
{
	zx_handle_t end[2], port;
	pthread_t waiter, caller;
	struct last last;
	int watch, i;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(end[0], port, 1, ZX_USER_SIGNAL_2, 0));
	ASSERT_EQ(ZX_OK, zxl_handle_watch(end[0], ZX_USER_SIGNAL_3, 0, &watch));
	ASSERT_EQ(0, pthread_create(&waiter, NULL, wait_for_signal, &end[0]));
	ASSERT_EQ(0, pthread_create(&caller, NULL, call_channel, &end[0]));
	for (int tries = 0; tries < 12000; tries++) {
		ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(end[0]), &last));
		if (last.num_waiters == 4)
			break;
		zxp_sleep_ms(10);
	}
	ASSERT_EQ(4, last.num_waiters);
	EXPECT_EQ(4, last.value[ZIRCON_A_OBJECT_OBSERVERS]);

	i = find_waiter(&last, ZIRCON_WAITER_KIND_THREAD);
	ASSERT_LE(0, i);
	EXPECT_EQ(getpid(), last.waiter[i].pid);
	EXPECT_NE(~0u, last.waiter[i].tid);
	EXPECT_NE(getpid(), last.waiter[i].tid);
	EXPECT_EQ(ZX_USER_SIGNAL_1, last.waiter[i].signals);
	i = find_waiter(&last, ZIRCON_WAITER_KIND_CALL);
	ASSERT_LE(0, i);
	EXPECT_EQ(getpid(), last.waiter[i].pid);
	i = find_waiter(&last, ZIRCON_WAITER_KIND_PORT);
	ASSERT_LE(0, i);
	EXPECT_EQ(zxt_koid(port), last.waiter[i].port);
	EXPECT_EQ(ZX_USER_SIGNAL_2, last.waiter[i].signals);
	i = find_waiter(&last, ZIRCON_WAITER_KIND_WATCH);
	ASSERT_LE(0, i);
	EXPECT_EQ(ZX_USER_SIGNAL_3, last.waiter[i].signals);

	/* Both threads return, and so no waiter of theirs is left. */
	zx_handle_close(end[0]);
	pthread_join(waiter, NULL);
	pthread_join(caller, NULL);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(end[1]), &last));
	EXPECT_EQ(0, last.num_waiters);
}

TEST_F(netlink, at_most_32_waiters_are_shown)
{
	zx_handle_t event, port;
	struct last last;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	for (int i = 0; i < 33; i++)
		ASSERT_EQ(ZX_OK, zx_object_wait_async(event, port, i, ZX_EVENT_SIGNALED, 0));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(event), &last));
	EXPECT_EQ(32, last.num_waiters);
	EXPECT_EQ(33, last.value[ZIRCON_A_OBJECT_OBSERVERS]);
}

static _Atomic bool in_handler, may_leave_handler;

static void stay_in_handler(int signal)
{
	(void)signal;
	in_handler = true;
	while (!may_leave_handler)
		zxp_sleep_ms(1);
}

TEST_F(netlink, a_call_that_a_signal_handler_interrupts_is_parked)
{
	const struct sigaction action = { .sa_handler = stay_in_handler };
	struct message request;
	struct caller caller;
	zx_handle_t end[2];
	struct last last;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	caller = caller_init(end[0], 1);
	ASSERT_EQ(0, pthread_create(&caller.thread, NULL, caller_thread, &caller));
	/* The thread waits for the reply before its request can be read. */
	ASSERT_EQ(ZX_OK, take(end[1], &request));
	ASSERT_EQ(0, pthread_kill(caller.thread, SIGUSR1));
	for (int i = 0; i < 12000 && !in_handler; i++)
		zxp_sleep_ms(10);
	ASSERT_TRUE(in_handler);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(end[0]), &last));
	EXPECT_EQ(1, last.value[ZIRCON_A_OBJECT_OBSERVERS]);
	ASSERT_EQ(1, last.num_waiters);
	EXPECT_EQ(ZIRCON_WAITER_KIND_PARKED_CALL, last.waiter[0].kind);

	may_leave_handler = true;
	ASSERT_EQ(ZX_OK, answer(end[1], request.txid, 2));
	pthread_join(caller.thread, NULL);
	EXPECT_EQ(ZX_OK, caller.status);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(end[0]), &last));
	EXPECT_EQ(0, last.num_waiters);
}

/* Counts how often each of some handles comes, by their numbers or koids. */
struct counted {
	unsigned int wanted;
	uint64_t *ids;
	uint8_t *seen;
	unsigned int found;
	unsigned int twice;
};

static int compare_ids(const void *one, const void *other)
{
	const uint64_t *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

static struct counted counted_alloc(unsigned int wanted)
{
	return (struct counted){
		.wanted = wanted,
		.ids = calloc(wanted, sizeof(uint64_t)),
		.seen = calloc(wanted, 1),
	};
}

/* Begins to count when all ids are known. */
static void counted_begin(struct counted *counted)
{
	qsort(counted->ids, counted->wanted, sizeof(uint64_t), compare_ids);
	memset(counted->seen, 0, counted->wanted);
	counted->found = 0;
}

static void counted_free(struct counted *counted)
{
	free(counted->ids);
	free(counted->seen);
}

static void count_id(struct counted *counted, uint64_t id)
{
	uint64_t *found = bsearch(&id, counted->ids, counted->wanted, sizeof(id), compare_ids);

	if (!found)
		return;
	if (counted->seen[found - counted->ids]++)
		counted->twice++;
	else
		counted->found++;
}

static void count_handle(const struct zxn_message *message, void *arg)
{
	count_id(arg, zxn_u32(message, ZIRCON_A_HANDLE_VALUE));
}

static _Atomic bool stop_changes;

/* Opens and closes handles, so that slots before and behind the position of a dump change. */
static void *change_handles(void *arg)
{
	zx_handle_t few[200] = {};
	unsigned int seed = (uintptr_t)arg;

	while (!stop_changes) {
		int i = rand_r(&seed) % 200;

		if (few[i]) {
			zx_handle_close(few[i]);
			few[i] = 0;
		} else {
			zx_event_create(0, &few[i]);
		}
	}
	return NULL;
}

TEST_F_TIMEOUT(netlink, what_stays_is_dumped_once_beside_changes, 600)
{
	const unsigned int many = zxt_part(100000);
	struct counted counted = counted_alloc(many);
	zx_handle_t event, copy;
	pthread_t thread[2];

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	for (unsigned int i = 0; i < many; i++) {
		ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
		counted.ids[i] = copy;
	}
	stop_changes = false;
	for (uintptr_t i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, change_handles, (void *)i));
	for (int round = 0; round < 3; round++) {
		counted_begin(&counted);
		ASSERT_EQ(0, zxn_dump(self->fd, self->family.id, ZIRCON_CMD_HANDLE_GET,
				      ZIRCON_A_HANDLE_PID, getpid(), 0, 0, count_handle,
				      &counted));
		EXPECT_EQ(many, counted.found);
		EXPECT_EQ(0, counted.twice);
	}
	stop_changes = true;
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	counted_free(&counted);
}

static void count_file(const struct zxn_message *message, void *arg)
{
	if (zxn_u32(message, ZIRCON_A_HANDLE_HOLDER) == ZIRCON_HOLDER_FILE)
		count_id(arg, zxn_u64(message, ZIRCON_A_HANDLE_KOID));
}

TEST_F_TIMEOUT(netlink, files_that_stay_are_dumped_once_beside_changes, 600)
{
	const unsigned int many = zxt_part(800);
	struct counted counted = counted_alloc(many);
	struct zxn_request request;
	zx_handle_t event, other;
	int fd, status;

	/* The files stay until the process ends. */
	for (unsigned int i = 0; i < many; i++) {
		ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
		counted.ids[i] = zxt_koid(event);
		ASSERT_EQ(ZX_OK, zxl_handle_export(event, 0, &fd));
	}
	counted_begin(&counted);
	zxn_begin(&request, self->family.id, ZIRCON_CMD_HANDLE_GET, NLM_F_DUMP);
	zxn_put_u32(&request, ZIRCON_A_HANDLE_TYPE, ZX_OBJ_TYPE_EVENT);
	ASSERT_EQ(0, zxn_send(self->fd, &request));
	do {
		/* Between two steps a file comes and goes. */
		ASSERT_EQ(ZX_OK, zx_eventpair_create(0, &event, &other));
		ASSERT_EQ(ZX_OK, zxl_handle_export(event, 0, &fd));
		status = zxn_receive(self->fd, self->family.id, count_file, &counted);
		close(fd);
	} while (status > 0);
	ASSERT_EQ(0, status);
	EXPECT_EQ(many, counted.found);
	EXPECT_EQ(0, counted.twice);
	counted_free(&counted);
}

static void count_message(const struct zxn_message *message, void *arg)
{
	unsigned int *count = arg;

	(void)message;
	(*count)++;
}

struct users {
	unsigned int count;
	unsigned int foreign;
};

static void note_user(const struct zxn_message *message, void *arg)
{
	struct users *users = arg;
	unsigned int uid = message->cmd == ZIRCON_CMD_ACCOUNT_GET ? ZIRCON_A_ACCOUNT_UID :
			   message->cmd == ZIRCON_CMD_PROCESS_GET ? ZIRCON_A_PROCESS_UID :
								    ZIRCON_A_HANDLE_UID;

	users->count++;
	users->foreign += zxn_u32(message, uid) != getuid();
}

/* A user without privileges sees what is its own, and nothing of @seen. */
static void see_own_only(void)
{
	struct users processes = {}, handles = {}, accounts = {};
	struct zxn_family family;
	struct last last;
	int fd = zxn_open();

	open_event();
	CHILD_CHECK(zxn_find(fd, &family) == 0);
	CHILD_CHECK(show_process(fd, family.id, getpid(), &last) == 0 && last.count == 1);
	CHILD_CHECK(show_process(fd, family.id, seen->other, &last) == -ESRCH);
	CHILD_CHECK(show_object(fd, family.id, seen->koid, &last) == 0 && !last.count);
	CHILD_CHECK(zxn_dump(fd, family.id, ZIRCON_CMD_PROCESS_GET, 0, 0, 0, 0, note_user,
			     &processes) == 0);
	CHILD_CHECK(processes.count == 1 && !processes.foreign);
	CHILD_CHECK(zxn_dump(fd, family.id, ZIRCON_CMD_HANDLE_GET, 0, 0, 0, 0, note_user,
			     &handles) == 0);
	CHILD_CHECK(handles.count == 1 && !handles.foreign);
	CHILD_CHECK(zxn_dump(fd, family.id, ZIRCON_CMD_ACCOUNT_GET, 0, 0, 0, 0, note_user,
			     &accounts) == 0);
	CHILD_CHECK(accounts.count == 1 && !accounts.foreign);
}

/* The file that make_seen() has made. */
static int seen_file;

/* A handle in the table and one in a file. */
static void make_seen(void)
{
	zx_handle_t event, exported;

	if (zx_event_create(0, &event) || zx_event_create(0, &exported))
		abort();
	seen->other = getpid();
	seen->koid = zxt_koid(event);
	seen->file = zxt_koid(exported);
	if (zxl_handle_export(exported, 0, &seen_file))
		abort();
}

TEST_F(netlink, a_user_sees_only_his_own)
{
	make_seen();
	EXPECT_EQ(0, zxp_run_as(HOSTILE, see_own_only));
}

/* The exit status of look(): what a process sees of @seen. */
#define SEES_PROCESS	1
#define SEES_OBJECT	2
#define SEES_FILE	4
#define SEES_ALL	(SEES_PROCESS | SEES_OBJECT | SEES_FILE)

static void look(void)
{
	struct zxn_family family;
	struct handles handles;
	struct last last;
	int fd = zxn_open(), sees = 0;

	CHILD_CHECK(zxn_find(fd, &family) == 0);
	if (show_process(fd, family.id, seen->other, &last) == 0)
		sees |= SEES_PROCESS;
	CHILD_CHECK(show_object(fd, family.id, seen->koid, &last) == 0);
	if (last.count)
		sees |= SEES_OBJECT;
	CHILD_CHECK(handles_to(fd, family.id, seen->file, &handles) == 0);
	if (handles.count)
		sees |= SEES_FILE;
	_exit(sees);
}

static int passed[2];

static void make_and_pass(void)
{
	make_seen();
	CHILD_CHECK(zxp_send_fd(passed[1], seen_file) == 0);
	close(seen_file);
}

static void have_passed(void)
{
	CHILD_CHECK(zxp_receive_fd(passed[0], 0) >= 0);
}

TEST_F(netlink, a_file_is_shown_to_its_maker_not_to_who_has_it)
{
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, passed));
	ZXP_START(HOSTILE, make_and_pass);
	ZXP_START(INNOCENT, have_passed);
	EXPECT_EQ(SEES_ALL, zxp_run_as(HOSTILE, look));
	EXPECT_EQ(0, zxp_run_as(INNOCENT, look));
}

/* Of the permitted capabilities only those in @keep are left, and are effective. */
static void limit_capabilities(uint64_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	CHILD_CHECK(syscall(SYS_capget, &header, data) == 0);
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= keep >> 32 * i;
		data[i].effective = data[i].permitted;
	}
	CHILD_CHECK(syscall(SYS_capset, &header, data) == 0);
}

static void make_seen_without_ptrace(void)
{
	limit_capabilities(~(1ull << CAP_SYS_PTRACE));
	make_seen();
}

static void look_without_ptrace(void)
{
	limit_capabilities(~(1ull << CAP_SYS_PTRACE));
	look();
}

TEST_F(netlink, root_without_cap_sys_ptrace_sees_only_its_own)
{
	ZXP_START(HOSTILE, make_seen);
	EXPECT_EQ(SEES_ALL, zxp_run_as(0, look));
	EXPECT_EQ(0, zxp_run_as(0, look_without_ptrace));
	/* A process of root that has the capability. */
	ZXP_START(0, make_seen);
	EXPECT_EQ(SEES_FILE, zxp_run_as(0, look_without_ptrace));
	ZXP_START(0, make_seen_without_ptrace);
	EXPECT_EQ(SEES_ALL, zxp_run_as(0, look_without_ptrace));
}

static void look_with_ptrace_only(void)
{
	CHILD_CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHILD_CHECK(setresgid(INNOCENT, INNOCENT, INNOCENT) == 0);
	CHILD_CHECK(setresuid(INNOCENT, INNOCENT, INNOCENT) == 0);
	limit_capabilities(1ull << CAP_SYS_PTRACE);
	look();
}

TEST_F(netlink, cap_sys_ptrace_is_enough_to_see_everything)
{
	ZXP_START(HOSTILE, make_seen);
	EXPECT_EQ(SEES_ALL, zxp_run_as(0, look_with_ptrace_only));
}

static void look_in_net_namespace(void)
{
	CHILD_CHECK(unshare(CLONE_NEWNET) == 0);
	look();
}

TEST_F(netlink, the_family_is_in_every_network_namespace)
{
	ZXP_START(HOSTILE, make_seen);
	EXPECT_EQ(SEES_ALL, zxp_run_as(0, look_in_net_namespace));
}

static int given_file;

static void wait_for_passed(void)
{
	static struct waiter waiter;
	zx_handle_t event;

	CHILD_CHECK(zxl_handle_import(given_file, 0, &event) == ZX_OK);
	CHILD_CHECK(start(&waiter, event, ZX_USER_SIGNAL_1, ZX_TIME_INFINITE));
}

static void see_own_waiter(void)
{
	struct zxn_family family;
	struct last last;
	int fd = zxn_open();

	CHILD_CHECK(zxn_find(fd, &family) == 0);
	CHILD_CHECK(show_object(fd, family.id, seen->koid, &last) == 0);
	CHILD_CHECK(last.value[ZIRCON_A_OBJECT_OBSERVERS] == 2);
	CHILD_CHECK(last.num_waiters == 1 && last.waiter[0].pid == (uint32_t)seen->other);
}

/* A thread of the user waits, and a port of root's. */
TEST_F(netlink, waiters_of_another_user_are_only_counted)
{
	zx_handle_t event, copy, port;
	struct last last;

	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	ASSERT_EQ(ZX_OK, zx_port_create(0, &port));
	ASSERT_EQ(ZX_OK, zx_object_wait_async(event, port, 1, ZX_EVENT_SIGNALED, 0));
	ASSERT_EQ(ZX_OK, zx_handle_duplicate(event, ZX_RIGHT_SAME_RIGHTS, &copy));
	ASSERT_EQ(ZX_OK, zxl_handle_export(copy, 0, &given_file));
	seen->koid = zxt_koid(event);
	seen->other = ZXP_START(HOSTILE, wait_for_passed);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, seen->koid, &last));
	EXPECT_EQ(2, last.num_waiters);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, see_own_waiter));
}

static void see_no_peer(void)
{
	struct zxn_family family;
	zx_handle_t end;
	struct last last;
	int fd = zxn_open();

	CHILD_CHECK(zxl_handle_import(given_file, 0, &end) == ZX_OK);
	CHILD_CHECK(zxn_find(fd, &family) == 0);
	CHILD_CHECK(show_object(fd, family.id, seen->koid, &last) == 0 && last.count == 1);
	CHILD_CHECK(show_object(fd, family.id, seen->file, &last) == 0 && !last.count);
}

/* The user has one endpoint. Root has made both, and pays for them. */
TEST_F(netlink, the_peer_of_an_endpoint_that_another_user_pays_for_is_not_shown)
{
	zx_handle_t end[2];

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	seen->koid = zxt_koid(end[0]);
	seen->file = zxt_koid(end[1]);
	ASSERT_EQ(ZX_OK, zxl_handle_export(end[0], 0, &given_file));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, see_no_peer));
}

/* The job of a process is related to it, as is the process to a thread: no peers. */
TEST_F(netlink, what_a_task_is_related_to_is_no_peer)
{
	zx_info_handle_basic_t process = zxt_basic(zx_process_self());
	zx_info_handle_basic_t thread = zxt_basic(zx_thread_self());
	struct last last;

	ASSERT_NE(0, process.related_koid);
	ASSERT_EQ(process.koid, thread.related_koid);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, process.related_koid, &last));
	EXPECT_EQ(0, last.count);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, process.koid, &last));
	EXPECT_EQ(1, last.count);
	EXPECT_FALSE(last.has[ZIRCON_A_OBJECT_RELATED_KOID]);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, thread.koid, &last));
	EXPECT_EQ(1, last.count);
	EXPECT_FALSE(last.has[ZIRCON_A_OBJECT_RELATED_KOID]);
}

/* Nothing is charged for it, but it is shown like all others. */
TEST_F(netlink, the_root_job_is_shown)
{
	struct last last;
	zx_handle_t root;

	if (geteuid())
		SKIP(return, "only root gets the root job");
	ASSERT_EQ(ZX_OK, zxl_root_job(0, &root));
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(root), &last));
	EXPECT_EQ(1, last.count);
	EXPECT_EQ(ZX_OBJ_TYPE_JOB, last.value[ZIRCON_A_OBJECT_TYPE]);
	EXPECT_EQ(0, last.value[ZIRCON_A_OBJECT_UID]);
	zx_handle_close(root);
}

static void become_another_user(void)
{
	open_event();
	CHILD_CHECK(setresuid(INNOCENT, INNOCENT, 0) == 0);
	make_seen();
}

/* Of a process that is the user who opened the device, of an object and a file their maker. */
TEST_F(netlink, the_user_is_the_one_who_pays)
{
	pid_t pid = ZXP_START(0, become_another_user);
	struct handles handles;
	struct last last;

	ASSERT_EQ(0, show_process(self->fd, self->family.id, pid, &last));
	EXPECT_EQ(0, last.value[ZIRCON_A_PROCESS_UID]);
	ASSERT_EQ(0, handles_to(self->fd, self->family.id, seen->koid, &handles));
	ASSERT_EQ(1, handles.count);
	EXPECT_EQ(0, handles.handle[0].uid);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, seen->koid, &last));
	EXPECT_EQ(INNOCENT, last.value[ZIRCON_A_OBJECT_UID]);
	ASSERT_EQ(0, handles_to(self->fd, self->family.id, seen->file, &handles));
	ASSERT_EQ(1, handles.count);
	EXPECT_EQ(INNOCENT, handles.handle[0].uid);
}

/* Another user's process with the same real user id, but a set-user-ID program's effective one. */
static void be_set_user_id(void)
{
	open_event();
	CHILD_CHECK(setresgid(HOSTILE, HOSTILE, HOSTILE) == 0);
	CHILD_CHECK(setresuid(HOSTILE, INNOCENT, INNOCENT) == 0);
}

static void be_set_group_id(void)
{
	open_event();
	CHILD_CHECK(setresgid(HOSTILE, INNOCENT, INNOCENT) == 0);
	CHILD_CHECK(setresuid(HOSTILE, HOSTILE, HOSTILE) == 0);
}

/* As with capabilities of its file. */
static void keep_capabilities(void)
{
	open_event();
	CHILD_CHECK(setresgid(HOSTILE, HOSTILE, HOSTILE) == 0);
	CHILD_CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHILD_CHECK(setresuid(HOSTILE, HOSTILE, HOSTILE) == 0);
}

static void be_the_same(void)
{
	open_event();
	CHILD_CHECK(setresgid(HOSTILE, HOSTILE, HOSTILE) == 0);
	CHILD_CHECK(setresuid(HOSTILE, HOSTILE, HOSTILE) == 0);
}

static void see_other(void)
{
	struct zxn_family family;
	struct last last;
	int fd = zxn_open();

	CHILD_CHECK(zxn_find(fd, &family) == 0);
	_exit(show_process(fd, family.id, seen->other, &last) == -ESRCH ? 0 : 1);
}

TEST_F(netlink, a_program_with_other_rights_is_not_shown)
{
	void (*const others[])(void) = { be_set_user_id, be_set_group_id, keep_capabilities };
	struct last last;

	for (unsigned int i = 0; i < ARRAY_SIZE(others); i++) {
		seen->other = ZXP_START(0, others[i]);
		EXPECT_EQ(0, show_process(self->fd, self->family.id, seen->other, &last));
		EXPECT_EQ(0, zxp_run_as(HOSTILE, see_other));
	}
	seen->other = ZXP_START(0, be_the_same);
	EXPECT_EQ(1, zxp_run_as(HOSTILE, see_other));
}

static void become_innocent(int signal)
{
	(void)signal;
	if (setresuid(INNOCENT, INNOCENT, INNOCENT))
		abort();
}

/* HOSTILE, who may change user ids. */
static void be_able_to_change(void)
{
	keep_capabilities();
	limit_capabilities(1 << CAP_SETUID);
	CHILD_CHECK(signal(SIGUSR1, become_innocent) != SIG_ERR);
}

/*
 * A dump begins when the request is sent, but finds the queue of its socket full of replies to
 * wrong requests, so that it looks at the process only when the program reads. Returns the handles
 * that it shows, or a negative errno.
 */
static int count_late(int fd, uint16_t family, bool change)
{
	const int little = 1;
	struct zxn_request request;
	unsigned int count = 0;
	int status;

	CHILD_CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little)) == 0);
	zxn_begin(&request, family, ZIRCON_CMD_MAX + 1, NLM_F_ACK);
	for (int i = 0; i < 20; i++)
		CHILD_CHECK(zxn_send(fd, &request) == 0);
	zxn_begin(&request, family, ZIRCON_CMD_HANDLE_GET, NLM_F_DUMP);
	zxn_put_u32(&request, ZIRCON_A_HANDLE_PID, seen->other);
	request.head.nlmsg_seq = 2;
	CHILD_CHECK(zxn_send(fd, &request) == 0);
	if (change) {
		CHILD_CHECK(kill(seen->other, SIGUSR1) == 0);
		/* It has changed when this process may no longer send it signals. */
		while (kill(seen->other, 0) == 0)
			zxp_sleep_ms(1);
	}
	/* The lost replies, and those that were not lost, come first. */
	do
		status = zxn_receive(fd, family, count_message, &count);
	while (status == -ENOBUFS || status == -EOPNOTSUPP || status > 0);
	return status ?: (int)count;
}

static void see_no_longer(void)
{
	struct zxn_family family;
	int fd = zxn_open(), seen;

	be_able_to_change();
	close(fd);
	fd = zxn_open();
	CHILD_CHECK(zxn_find(fd, &family) == 0);
	seen = count_late(fd, family.id, false);
	CHILD_CHECK(seen > 0);
	seen = count_late(fd, family.id, true);
	CHILD_CHECK(seen == 0);
}

TEST_F(netlink, a_dump_ends_at_a_process_that_has_other_rights_by_now)
{
	seen->other = ZXP_START(0, be_able_to_change);
	EXPECT_EQ(0, zxp_run_as(0, see_no_longer));
}

/* The socket was opened by root; the one who writes to it is not. */
static void ask_through_roots_socket(void)
{
	struct zxn_family family;
	struct last last;
	int fd = zxn_open();

	CHILD_CHECK(zxn_find(fd, &family) == 0);
	open_event();
	CHILD_CHECK(show_process(fd, family.id, getpid(), &last) == 0);
	CHILD_CHECK(setresuid(HOSTILE, HOSTILE, HOSTILE) == 0);
	CHILD_CHECK(show_process(fd, family.id, getpid(), &last) == -EPERM);
}

TEST_F(netlink, the_user_of_the_socket_counts_too)
{
	int pair[2], fd;
	struct last last;
	pid_t pid;

	EXPECT_EQ(0, zxp_run_as(0, ask_through_roots_socket));

	/* The other way around. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	pid = fork();
	if (!pid) {
		zxp_become(HOSTILE);
		CHILD_CHECK(zxp_send_fd(pair[1], zxn_open()) == 0);
		_exit(0);
	}
	fd = zxp_receive_fd(pair[0], MSG_CMSG_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, zxp_reap(pid));
	open_event();
	EXPECT_EQ(0, show_process(self->fd, self->family.id, getpid(), &last));
	EXPECT_EQ(-EPERM, show_process(fd, self->family.id, getpid(), &last));
	close(fd);
}

/* Root of a container: all ids are mapped, and it has every capability in there. */
static void be_root_in_container(void)
{
	unsigned int count = 0;
	struct zxn_family family;
	struct zxn_request request;
	struct last last;
	char map[64];
	int fd, to;

	CHILD_CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0);
	to = open("/proc/self/setgroups", O_WRONLY);
	CHILD_CHECK(to >= 0 && write(to, "deny", 4) == 4);
	to = open("/proc/self/uid_map", O_WRONLY);
	snprintf(map, sizeof(map), "0 %d 1", (int)HOSTILE);
	CHILD_CHECK(to >= 0 && write(to, map, strlen(map)) == (ssize_t)strlen(map));
	CHILD_CHECK(setresuid(0, 0, 0) == 0);

	fd = zxn_open();
	/* The family is in the container's network namespace. */
	CHILD_CHECK(zxn_find(fd, &family) == 0 && family.id && family.processes && family.limits);
	open_event();
	CHILD_CHECK(show_process(fd, family.id, getpid(), &last) == 0 && last.count == 1);
	CHILD_CHECK(last.value[ZIRCON_A_PROCESS_UID] == 0);
	CHILD_CHECK(show_process(fd, family.id, seen->other, &last) == -ESRCH);
	CHILD_CHECK(show_object(fd, family.id, seen->koid, &last) == 0 && !last.count);
	CHILD_CHECK(zxn_dump(fd, family.id, ZIRCON_CMD_HANDLE_GET, 0, 0, 0, 0, count_message,
			     &count) == 0 && count == 1);
	zxn_begin(&request, family.id, ZIRCON_CMD_ACCOUNT_SET, NLM_F_ACK);
	zxn_put_u32(&request, ZIRCON_A_ACCOUNT_UID, 0);
	zxn_put_u64(&request, ZIRCON_A_ACCOUNT_LIMIT, 1 << 20);
	CHILD_CHECK(zxn_run(fd, &request, count_message, &count) == -EPERM);
}

TEST_F(netlink, a_container_sees_only_its_own)
{
	make_seen();
	EXPECT_EQ(0, zxp_run_as(HOSTILE, be_root_in_container));
}

/* In a pid namespace of its own, root does not see processes outside that are its user's. */
static void see_from_pid_namespace(void)
{
	pid_t child;
	int status;

	CHILD_CHECK(unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0);
	child = fork();
	if (!child) {
		struct zxn_family family;
		struct users users = {};
		struct last last;
		int fd = zxn_open();

		open_event();
		CHILD_CHECK(zxn_find(fd, &family) == 0);
		CHILD_CHECK(show_process(fd, family.id, 1, &last) == 0 && last.count == 1);
		CHILD_CHECK(last.value[ZIRCON_A_PROCESS_PID] == 1);
		CHILD_CHECK(zxn_dump(fd, family.id, ZIRCON_CMD_PROCESS_GET, 0, 0, 0, 0, note_user,
				     &users) == 0);
		CHILD_CHECK(users.count == 1);
		_exit(0);
	}
	CHILD_CHECK(waitpid(child, &status, 0) == child && status == 0);
}

TEST_F(netlink, a_pid_namespace_has_its_own_ids)
{
	EXPECT_EQ(0, zxp_run_as(HOSTILE, see_from_pid_namespace));
}

/* Returns 0 or a negative errno. */
static int set_limit(int fd, uint16_t family, uint32_t uid, uint32_t user_ns, uint64_t limit)
{
	struct zxn_request request;
	unsigned int count = 0;

	zxn_begin(&request, family, ZIRCON_CMD_ACCOUNT_SET, NLM_F_ACK);
	zxn_put_u32(&request, ZIRCON_A_ACCOUNT_UID, uid);
	if (user_ns)
		zxn_put_u32(&request, ZIRCON_A_ACCOUNT_USER_NS, user_ns);
	zxn_put_u64(&request, ZIRCON_A_ACCOUNT_LIMIT, limit);
	return zxn_run(fd, &request, count_message, &count);
}

struct account {
	uint32_t uid;
	uint32_t user_ns;	/* or zero, for any */
	unsigned int count;
	uint32_t owner_uid;
	uint32_t owner_user_ns;
	uint64_t used;
	uint64_t limit;
	bool own;
};

static void note_account(const struct zxn_message *message, void *arg)
{
	struct account *account = arg;

	if (zxn_u32(message, ZIRCON_A_ACCOUNT_UID) != account->uid)
		return;
	if (account->user_ns && zxn_u32(message, ZIRCON_A_ACCOUNT_USER_NS) != account->user_ns)
		return;
	account->count++;
	account->owner_uid = zxn_u32(message, ZIRCON_A_ACCOUNT_OWNER_UID);
	account->owner_user_ns = zxn_u32(message, ZIRCON_A_ACCOUNT_OWNER_USER_NS);
	account->used = zxn_u64(message, ZIRCON_A_ACCOUNT_USED);
	account->limit = zxn_u64(message, ZIRCON_A_ACCOUNT_LIMIT);
	account->own = zxn_has(message, ZIRCON_A_ACCOUNT_OWN_LIMIT);
}

static int show_account_in(int fd, uint16_t family, uint32_t uid, uint32_t user_ns,
			   struct account *account)
{
	*account = (struct account){ .uid = uid, .user_ns = user_ns };
	return zxn_dump(fd, family, ZIRCON_CMD_ACCOUNT_GET, 0, 0, 0, 0, note_account, account);
}

static int show_account(int fd, uint16_t family, uint32_t uid, struct account *account)
{
	return show_account_in(fd, family, uid, 0, account);
}

/* Creates events until there is no memory. The limit is 256 KiB. */
static void reach_limit(void)
{
	zx_handle_t event;
	zx_status_t status;
	int count = 0;

	while ((status = zx_event_create(0, &event)) == ZX_OK)
		CHILD_CHECK(++count < 10000);
	CHILD_CHECK(status == ZX_ERR_NO_MEMORY);
	CHILD_CHECK(count > 100);
}

static void create_many(void)
{
	zx_handle_t event;

	for (int i = 0; i < 10000; i++)
		CHILD_CHECK(zx_event_create(0, &event) == ZX_OK);
}

TEST_F(netlink, a_user_gets_a_limit_of_his_own)
{
	const uint32_t uid = HOSTILE;
	struct account before, account;
	zx_handle_t other;

	ASSERT_EQ(0, show_account(self->fd, self->family.id, uid, &account));
	ASSERT_EQ(0, account.count);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, uid, 0, 262144));
	/* The user has no process yet, and the limit stays. */
	ASSERT_EQ(0, show_account(self->fd, self->family.id, uid, &account));
	EXPECT_EQ(1, account.count);
	EXPECT_EQ(262144, account.limit);
	EXPECT_TRUE(account.own);
	EXPECT_EQ(0, account.used);
	EXPECT_EQ(0, zxp_run_as(uid, reach_limit));
	/* It stays after the user's last program, too. */
	for (int i = 0; i < 12000; i++) {
		ASSERT_EQ(0, show_account(self->fd, self->family.id, uid, &account));
		if (!account.used)
			break;
		zxp_sleep_ms(10);
	}
	EXPECT_EQ(0, account.used);
	EXPECT_EQ(262144, account.limit);
	EXPECT_EQ(0, zxp_run_as(uid, reach_limit));
	EXPECT_EQ(0, zxp_run_as(INNOCENT, create_many));

	/* Twice is the same as once. */
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, uid, 0, 200000));
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, uid, 0, 0));
	EXPECT_EQ(0, zxp_run_as(uid, create_many));
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, uid, 0, 0));
	for (int i = 0; i < 12000; i++) {
		ASSERT_EQ(0, show_account(self->fd, self->family.id, uid, &account));
		if (!account.count)
			break;
		zxp_sleep_ms(10);
	}
	EXPECT_EQ(0, account.count);

	ASSERT_EQ(ZX_OK, zx_event_create(0, &other));
	ASSERT_EQ(0, show_account(self->fd, self->family.id, getuid(), &before));
	EXPECT_FALSE(before.own);
	EXPECT_LT(0, before.used);
	EXPECT_EQ(zxp_used(), before.used);
}

TEST_F(netlink, a_limit_of_a_users_own_does_not_follow_the_parameter)
{
	struct account account;

	ASSERT_TRUE(zxt_get_parameter("user_bytes_max", self->user_max, sizeof(self->user_max)));
	ZXP_START(HOSTILE, open_event);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, 0, 1 << 20));
	ASSERT_TRUE(zxt_set_parameter("user_bytes_max", "200000000"));
	ASSERT_EQ(0, show_account(self->fd, self->family.id, HOSTILE, &account));
	EXPECT_EQ(1 << 20, account.limit);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, 0, 0));
	ASSERT_EQ(0, show_account(self->fd, self->family.id, HOSTILE, &account));
	EXPECT_EQ(200000000, account.limit);
}

static void open_in_container(void)
{
	CHILD_CHECK(unshare(CLONE_NEWUSER) == 0);
	open_event();
}

TEST_F(netlink, an_account_in_a_container_has_an_owner_and_a_limit)
{
	uint32_t user_ns = user_ns_of("/proc/self/ns/user"), inner_ns;
	struct account inner, outer;
	char path[64];
	pid_t pid;

	pid = ZXP_START(HOSTILE, open_in_container);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	inner_ns = user_ns_of(path);
	ASSERT_NE(user_ns, inner_ns);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, inner_ns, 123456));
	ASSERT_EQ(0, show_account_in(self->fd, self->family.id, HOSTILE, inner_ns, &inner));
	ASSERT_EQ(1, inner.count);
	EXPECT_EQ(HOSTILE, inner.owner_uid);
	EXPECT_EQ(user_ns, inner.owner_user_ns);
	EXPECT_EQ(123456, inner.limit);
	EXPECT_TRUE(inner.own);
	EXPECT_LT(0, inner.used);
	/* The owner is charged the same, and has its own limit. */
	ASSERT_EQ(0, show_account_in(self->fd, self->family.id, HOSTILE, user_ns, &outer));
	ASSERT_EQ(1, outer.count);
	EXPECT_EQ(inner.used, outer.used);
	EXPECT_FALSE(outer.own);
	EXPECT_EQ(~0u, outer.owner_uid);
	EXPECT_EQ(~0u, outer.owner_user_ns);
	EXPECT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, inner_ns, 0));
}

static void may_not_set_limit(void)
{
	struct zxn_family family;
	int fd = zxn_open();

	CHILD_CHECK(zxn_find(fd, &family) == 0);
	CHILD_CHECK(set_limit(fd, family.id, getuid(), 0, 1 << 30) == -EPERM);
}

TEST_F(netlink, a_limit_that_is_not_valid_is_refused)
{
	uint32_t user_ns = user_ns_of("/proc/self/ns/user");
	struct zxn_request request;
	struct account account;
	unsigned int count = 0;
	const uint16_t family = self->family.id;

	EXPECT_EQ(0, zxp_run_as(HOSTILE, may_not_set_limit));
	EXPECT_EQ(-ERANGE, set_limit(self->fd, family, HOSTILE, 0, 65535));
	EXPECT_EQ(-ERANGE, set_limit(self->fd, family, HOSTILE, 0, 1ull << 63));
	EXPECT_EQ(-EINVAL, set_limit(self->fd, family, ~0u, 0, 65536));
	EXPECT_EQ(-ENOENT, set_limit(self->fd, family, HOSTILE, user_ns ^ 0x1000, 65536));
	zxn_begin(&request, family, ZIRCON_CMD_ACCOUNT_SET, NLM_F_ACK);
	zxn_put_u32(&request, ZIRCON_A_ACCOUNT_UID, HOSTILE);
	EXPECT_EQ(-EINVAL, zxn_run(self->fd, &request, count_message, &count));
	zxn_begin(&request, family, ZIRCON_CMD_ACCOUNT_SET, NLM_F_ACK);
	zxn_put_u64(&request, ZIRCON_A_ACCOUNT_LIMIT, 65536);
	EXPECT_EQ(-EINVAL, zxn_run(self->fd, &request, count_message, &count));

	/* The initial namespace can be named, too. */
	EXPECT_EQ(0, set_limit(self->fd, family, HOSTILE, user_ns, 65536));
	ASSERT_EQ(0, show_account(self->fd, family, HOSTILE, &account));
	EXPECT_EQ(65536, account.limit);
	EXPECT_EQ(0, set_limit(self->fd, family, HOSTILE, user_ns, 0));
}

/* The first event of a kind with a certain number in one attribute. */
struct awaited {
	uint8_t cmd;
	unsigned int attribute;
	uint64_t value;
	struct last last;
};

static void note_event(const struct zxn_message *message, void *arg)
{
	struct awaited *awaited = arg;
	struct last last = {};

	if (message->cmd != awaited->cmd || awaited->last.count)
		return;
	keep_last(message, &last);
	if (last.value[awaited->attribute] == awaited->value)
		awaited->last = last;
}

/* Receives until the event has come. Returns whether it has. */
static bool await_event(int fd, uint16_t family, struct awaited *awaited)
{
	while (!awaited->last.count && zxn_receive(fd, family, note_event, awaited) > 0)
		;
	return awaited->last.count;
}

static int join_events(uint32_t group)
{
	int fd = zxn_open();

	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		return -errno;
	return fd;
}

TEST_F(netlink, events_tell_of_processes)
{
	int fd = join_events(self->family.processes);
	struct awaited awaited = { .cmd = ZIRCON_CMD_PROCESS_NEW_NTF,
				   .attribute = ZIRCON_A_PROCESS_PID };
	zx_koid_t koid;
	pid_t pid;

	ASSERT_LE(0, fd);
	pid = ZXP_START(HOSTILE, open_event);
	awaited.value = pid;
	ASSERT_TRUE(await_event(fd, self->family.id, &awaited));
	EXPECT_EQ(HOSTILE, awaited.last.value[ZIRCON_A_PROCESS_UID]);
	koid = awaited.last.value[ZIRCON_A_PROCESS_KOID];
	kill(pid, SIGKILL);
	zxp_reap(pid);
	awaited = (struct awaited){ .cmd = ZIRCON_CMD_PROCESS_END_NTF,
				    .attribute = ZIRCON_A_PROCESS_KOID, .value = koid };
	ASSERT_TRUE(await_event(fd, self->family.id, &awaited));
	EXPECT_EQ(pid, awaited.last.value[ZIRCON_A_PROCESS_PID]);
	close(fd);
}

static void *stay(void *arg)
{
	for (;;)
		pause();
	return arg;
}

/* The first thread ends, and another one stays. */
static void leave_a_thread(void)
{
	pthread_t thread;

	open_event();
	CHILD_CHECK(pthread_create(&thread, NULL, stay, NULL) == 0);
	syscall(SYS_exit, 0);
}

/* Waits until the first thread of a process has ended. */
static bool first_thread_ends(pid_t pid)
{
	for (int i = 0; i < 12000; i++, zxp_sleep_ms(10)) {
		char path[64], text[128] = {};
		int stat;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		stat = open(path, O_RDONLY | O_CLOEXEC);
		if (stat < 0 || read(stat, text, sizeof(text) - 1) < 0)
			return false;
		close(stat);
		if (strstr(text, ") Z"))
			return true;
	}
	return false;
}

TEST_F(netlink, a_process_ends_with_its_last_thread)
{
	struct awaited awaited = { .cmd = ZIRCON_CMD_PROCESS_END_NTF,
				   .attribute = ZIRCON_A_PROCESS_PID };
	int fd = join_events(self->family.processes);
	struct last last;
	pid_t pid;

	ASSERT_LE(0, fd);
	pid = zxp_start(0, leave_a_thread, -1, -1);
	awaited.value = pid;
	ASSERT_TRUE(first_thread_ends(pid));
	EXPECT_EQ(0, show_process(self->fd, self->family.id, pid, &last));
	/* What has come so far. */
	ASSERT_EQ(0, fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_FALSE(await_event(fd, self->family.id, &awaited));
	ASSERT_EQ(0, fcntl(fd, F_SETFL, 0));
	kill(pid, SIGKILL);
	EXPECT_TRUE(await_event(fd, self->family.id, &awaited));
	zxp_reap(pid);
	close(fd);
}

TEST_F(netlink, events_tell_of_full_endpoints)
{
	struct awaited awaited = { .cmd = ZIRCON_CMD_FULL_NTF, .attribute = ZIRCON_A_OBJECT_KOID };
	zx_handle_t channel[2], socket[2], fifo[2];
	int fd = join_events(self->family.limits);
	static char bytes[65536];
	zx_status_t status;
	size_t actual;

	ASSERT_LE(0, fd);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &channel[0], &channel[1]));
	while ((status = zx_channel_write(channel[0], 0, bytes, sizeof(bytes), NULL, 0)) == ZX_OK)
		;
	ASSERT_EQ(ZX_ERR_SHOULD_WAIT, status);
	awaited.value = zxt_koid(channel[1]);
	ASSERT_TRUE(await_event(fd, self->family.id, &awaited));
	EXPECT_EQ(zxt_koid(channel[0]), awaited.last.value[ZIRCON_A_OBJECT_RELATED_KOID]);
	EXPECT_EQ(ZX_OBJ_TYPE_CHANNEL, awaited.last.value[ZIRCON_A_OBJECT_TYPE]);
	EXPECT_LE(awaited.last.value[ZIRCON_A_OBJECT_QUEUED_MAX],
		  awaited.last.value[ZIRCON_A_OBJECT_QUEUED]);

	ASSERT_EQ(ZX_OK, zx_socket_create(0, &socket[0], &socket[1]));
	while (zx_socket_write(socket[0], 0, bytes, sizeof(bytes), &actual) == ZX_OK)
		;
	awaited.value = zxt_koid(socket[1]);
	awaited.last.count = 0;
	ASSERT_TRUE(await_event(fd, self->family.id, &awaited));
	EXPECT_EQ(262144, awaited.last.value[ZIRCON_A_OBJECT_QUEUED]);

	ASSERT_EQ(ZX_OK, zx_fifo_create(4, 8, 0, &fifo[0], &fifo[1]));
	ASSERT_EQ(ZX_OK, zx_fifo_write(fifo[0], 8, bytes, 4, &actual));
	awaited.value = zxt_koid(fifo[1]);
	awaited.last.count = 0;
	ASSERT_TRUE(await_event(fd, self->family.id, &awaited));
	EXPECT_EQ(4, awaited.last.value[ZIRCON_A_OBJECT_QUEUED]);
	close(fd);
}

static void fill_port_and_fifo(void)
{
	zx_port_packet_t packet = { .type = ZX_PKT_TYPE_USER };
	zx_handle_t port, fifo[2];
	char bytes[32] = {};
	size_t actual;

	CHILD_CHECK(zx_port_create(0, &port) == ZX_OK);
	while (zx_port_queue(port, &packet) == ZX_OK)
		;
	CHILD_CHECK(zx_fifo_create(4, 8, 0, &fifo[0], &fifo[1]) == ZX_OK);
	CHILD_CHECK(zx_fifo_write(fifo[0], 8, bytes, 4, &actual) == ZX_OK);
}

TEST_F(netlink, a_full_port_is_no_event)
{
	struct awaited awaited = { .cmd = ZIRCON_CMD_FULL_NTF, .attribute = ZIRCON_A_OBJECT_UID,
				   .value = HOSTILE };
	int fd = join_events(self->family.limits);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, fill_port_and_fifo));
	ASSERT_TRUE(await_event(fd, self->family.id, &awaited));
	EXPECT_EQ(ZX_OBJ_TYPE_FIFO, awaited.last.value[ZIRCON_A_OBJECT_TYPE]);
	close(fd);
}

TEST_F(netlink, events_tell_of_limits)
{
	struct awaited awaited = { .cmd = ZIRCON_CMD_LIMIT_NTF, .attribute = ZIRCON_A_ACCOUNT_UID,
				   .value = HOSTILE };
	int fd = join_events(self->family.limits);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, 0, 262144));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, reach_limit));
	ASSERT_TRUE(await_event(fd, self->family.id, &awaited));
	EXPECT_EQ(262144, awaited.last.value[ZIRCON_A_ACCOUNT_LIMIT]);
	EXPECT_LT(262144, awaited.last.value[ZIRCON_A_ACCOUNT_USED] +
			  awaited.last.value[ZIRCON_A_ACCOUNT_REFUSED]);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, 0, 0));
	close(fd);
}

static void reach_limit_in_container(void)
{
	CHILD_CHECK(unshare(CLONE_NEWUSER) == 0);
	reach_limit();
}

/* The event names the user whose limit is reached, here the owner of the container. */
TEST_F(netlink, events_tell_of_the_owners_limit)
{
	struct awaited awaited = { .cmd = ZIRCON_CMD_LIMIT_NTF, .attribute = ZIRCON_A_ACCOUNT_UID,
				   .value = HOSTILE };
	int fd = join_events(self->family.limits);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, 0, 262144));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, reach_limit_in_container));
	ASSERT_TRUE(await_event(fd, self->family.id, &awaited));
	EXPECT_EQ(user_ns_of("/proc/self/ns/user"), awaited.last.value[ZIRCON_A_ACCOUNT_USER_NS]);
	EXPECT_EQ(262144, awaited.last.value[ZIRCON_A_ACCOUNT_LIMIT]);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, 0, 0));
	close(fd);
}

static void fill_fifos(int count)
{
	zx_handle_t fifo[2];
	char bytes[32] = {};
	size_t actual;

	for (int i = 0; i < count; i++) {
		CHILD_CHECK(zx_fifo_create(4, 8, 0, &fifo[0], &fifo[1]) == ZX_OK);
		CHILD_CHECK(zx_fifo_write(fifo[0], 8, bytes, 4, &actual) == ZX_OK);
		zx_handle_close(fifo[0]);
		zx_handle_close(fifo[1]);
	}
}

#define MANY_FIFOS 1000

static void fill_one_fifo(void)
{
	fill_fifos(1);
}

static void fill_in_container(void)
{
	CHILD_CHECK(unshare(CLONE_NEWUSER) == 0);
	fill_fifos(MANY_FIFOS);
}

/* At once: events of a second ago do not count. */
static void cause_all_events(void)
{
	CHILD_CHECK(zxp_run_as(0, fill_in_container) == 0);
	fill_fifos(MANY_FIFOS);
	reach_limit();
}

struct counts {
	unsigned int refused;
	unsigned int hostile;
	unsigned int container;
	unsigned int innocent;
};

static void note_event_of(const struct zxn_message *message, void *arg)
{
	struct counts *counts = arg;

	if (message->cmd == ZIRCON_CMD_LIMIT_NTF)
		counts->refused += zxn_u32(message, ZIRCON_A_ACCOUNT_UID) == HOSTILE;
	if (message->cmd != ZIRCON_CMD_FULL_NTF)
		return;
	if (zxn_u32(message, ZIRCON_A_OBJECT_USER_NS) != user_ns_of("/proc/self/ns/user"))
		counts->container++;
	else
		counts->hostile += zxn_u32(message, ZIRCON_A_OBJECT_UID) == HOSTILE;
	counts->innocent += zxn_u32(message, ZIRCON_A_OBJECT_UID) == INNOCENT;
}

/* One user's events do not drown those of others. Its own are limited for each kind of event. */
TEST_F(netlink, a_user_causes_a_hundred_events_a_second)
{
	int fd = join_events(self->family.limits), room = 1 << 24;
	zx_time_t begin, seconds;
	struct counts counts = {};

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)));
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, 0, 262144));
	begin = zx_clock_get_monotonic();
	EXPECT_EQ(0, zxp_run_as(HOSTILE, cause_all_events));
	/* The first second and the last one may be parts. */
	seconds = (zx_clock_get_monotonic() - begin) / ZX_SEC(1) + 2;
	EXPECT_EQ(0, zxp_run_as(INNOCENT, fill_one_fifo));
	while (!counts.innocent)
		ASSERT_EQ(1, zxn_receive(fd, self->family.id, note_event_of, &counts));
	EXPECT_LE(100, counts.container);
	EXPECT_GE(100 * seconds, counts.container);
	EXPECT_LE(100, counts.hostile);
	EXPECT_GE(100 * seconds, counts.hostile);
	EXPECT_GE(MANY_FIFOS, counts.hostile);
	EXPECT_LE(1, counts.refused);
	ASSERT_EQ(0, set_limit(self->fd, self->family.id, HOSTILE, 0, 0));
	close(fd);
}

static void may_not_join(void)
{
	struct zxn_family family;

	CHILD_CHECK(zxn_find(zxn_open(), &family) == 0);
	CHILD_CHECK(join_events(family.processes) == -EPERM);
	CHILD_CHECK(join_events(family.limits) == -EPERM);
}

/* Root of a container can join the group in there; what happens outside does not come. */
static void hear_nothing_in_container(void)
{
	struct zxn_family family;
	char byte;
	int fd;

	CHILD_CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0);
	CHILD_CHECK(zxn_find(zxn_open(), &family) == 0);
	fd = join_events(family.processes);
	CHILD_CHECK(fd >= 0);
	open_event();
	CHILD_CHECK(recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
}

TEST_F(netlink, events_are_for_administrators)
{
	EXPECT_EQ(0, zxp_run_as(HOSTILE, may_not_join));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, hear_nothing_in_container));
}

TEST_F(netlink, attributes_that_are_not_valid_are_refused)
{
	const uint16_t family = self->family.id;
	struct zxn_request request;
	unsigned int count = 0;

	EXPECT_EQ(-ERANGE, zxn_dump(self->fd, family, ZIRCON_CMD_HANDLE_GET, ZIRCON_A_HANDLE_PID, 0,
				    0, 0, count_message, &count));
	EXPECT_EQ(-ERANGE, zxn_dump(self->fd, family, ZIRCON_CMD_OBJECT_GET, 0, 0,
				    ZIRCON_A_OBJECT_KOID, 0, count_message, &count));
	EXPECT_EQ(-ERANGE, zxn_dump(self->fd, family, ZIRCON_CMD_HANDLE_GET, ZIRCON_A_HANDLE_TYPE,
				    ZX_OBJ_TYPE_UPPER_BOUND, 0, 0, count_message, &count));
	EXPECT_EQ(-ESRCH, zxn_dump(self->fd, family, ZIRCON_CMD_HANDLE_GET, ZIRCON_A_HANDLE_PID,
				   ~0u, 0, 0, count_message, &count));
	/* An attribute that is only in replies, one that does not exist, one that is too long. */
	EXPECT_EQ(-EINVAL, zxn_dump(self->fd, family, ZIRCON_CMD_HANDLE_GET,
				    ZIRCON_A_HANDLE_VALUE, 1, 0, 0, count_message, &count));
	EXPECT_EQ(-EINVAL, zxn_dump(self->fd, family, ZIRCON_CMD_PROCESS_GET, 30, 1, 0, 0,
				    count_message, &count));
	zxn_begin(&request, family, ZIRCON_CMD_PROCESS_GET, NLM_F_DUMP);
	zxn_put_u64(&request, ZIRCON_A_PROCESS_PID, 1);
	EXPECT_EQ(-EINVAL, zxn_run(self->fd, &request, count_message, &count));
	/* A dump that is no dump, and a command that is an event. */
	zxn_begin(&request, family, ZIRCON_CMD_PROCESS_GET, NLM_F_ACK);
	EXPECT_EQ(-EOPNOTSUPP, zxn_run(self->fd, &request, count_message, &count));
	zxn_begin(&request, family, ZIRCON_CMD_FULL_NTF, NLM_F_DUMP);
	EXPECT_EQ(-EOPNOTSUPP, zxn_run(self->fd, &request, count_message, &count));
	EXPECT_EQ(0, count);
}

/* Requests with random commands, flags and attributes; the module must answer each or refuse it. */
TEST_F_TIMEOUT(netlink, random_requests_do_no_harm, 600)
{
	const int rounds = zxt_part(20000);
	unsigned int seed = time(NULL);
	struct zxn_request request;
	zx_handle_t end[2];
	struct last last;
	int fd = -1;

	printf("# seed %u\n", seed);
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &end[0], &end[1]));
	for (int round = 0; round < rounds; round++) {
		int attributes = rand_r(&seed) % 4;
		uint8_t cmd = rand_r(&seed) % 12;
		char data[64];

		/* A dump that is not read to its end, too. */
		if (fd < 0 || !(rand_r(&seed) % 8)) {
			close(fd);
			fd = zxn_open();
			ASSERT_LE(0, fd);
		}
		/* Limits that would stay are not set. */
		zxn_begin(&request, self->family.id, cmd == ZIRCON_CMD_ACCOUNT_SET ? 0 : cmd,
			  rand_r(&seed) % 2 ? NLM_F_DUMP : rand_r(&seed) & 0xffff);
		for (int i = 0; i < attributes; i++) {
			for (size_t j = 0; j < sizeof(data); j++)
				data[j] = rand_r(&seed) % 4 ? 0 : rand_r(&seed);
			zxn_put(&request, rand_r(&seed) % 20, data,
				rand_r(&seed) % 2 ? 4 : rand_r(&seed) % sizeof(data));
		}
		request.genl.version = rand_r(&seed) % 3;
		request.genl.reserved = rand_r(&seed) % 16 ? 0 : 1;
		if (attributes && !(rand_r(&seed) % 4))
			request.head.nlmsg_len -= rand_r(&seed) % 8;
		zxn_send(fd, &request);
		if (rand_r(&seed) % 2)
			recv(fd, data, sizeof(data), MSG_DONTWAIT);
	}
	close(fd);
	ASSERT_EQ(0, show_object(self->fd, self->family.id, zxt_koid(end[0]), &last));
	EXPECT_EQ(1, last.count);
}

/* A dump has references to a table and to an object. Closing its socket drops them. */
TEST_F(netlink, a_dump_that_is_given_up_leaks_nothing)
{
	struct zxp_objects before, after;
	pid_t pid;

	if (!zxp_settle(&before, 1))
		SKIP(return, "this kernel does not count the module's objects");
	pid = ZXP_START(HOSTILE, create_many);
	for (int i = 0; i < 20; i++) {
		struct zxn_request request;
		unsigned int count = 0;
		int fd = zxn_open();

		zxn_begin(&request, self->family.id, i % 2 ? ZIRCON_CMD_HANDLE_GET :
							     ZIRCON_CMD_OBJECT_GET, NLM_F_DUMP);
		zxn_put_u32(&request, i % 2 ? ZIRCON_A_HANDLE_PID : ZIRCON_A_OBJECT_PID, pid);
		ASSERT_EQ(0, zxn_send(fd, &request));
		ASSERT_EQ(1, zxn_receive(fd, self->family.id, count_message, &count));
		EXPECT_LT(10, count);
		/* The last one goes on after its process is gone. */
		if (i == 19) {
			int status;

			kill(pid, SIGKILL);
			zxp_reap(pid);
			do
				status = zxn_receive(fd, self->family.id, count_message, &count);
			while (status > 0);
			EXPECT_EQ(0, status);
		}
		close(fd);
	}
	ASSERT_TRUE(zxp_settle(&after, 1));
	EXPECT_EQ(zxp_count_of(&before, "zircon_table"), zxp_count_of(&after, "zircon_table"));
	EXPECT_EQ(zxp_count_of(&before, "zircon_event"), zxp_count_of(&after, "zircon_event"));
	EXPECT_EQ(zxp_count_of(&before, "zircon_process"), zxp_count_of(&after, "zircon_process"));
}

TEST_HARNESS_MAIN
