// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that zxctl.sh looks at through zxctl:
 *
 *	zxctl_work hold			has some of everything, says what, and waits for the end of
 *					its standard input
 *	zxctl_work fill	COUNT		fills as many fifos, one after the other, says the koids of
 *					the last, and ends
 *	zxctl_work crowd COUNT		has endpoints whose peers as many children have, says which,
 *					and waits as well
 *	zxctl_work nest COUNT		has so many endpoints in messages, one in the queue of the
 *					next, says which, and waits as well
 *	zxctl_work come COUNT		starts as many processes, which open the device and end
 *	zxctl_work as UID COMMAND...	runs a command as another user
 *	zxctl_work drop COMMAND...	runs a command without CAP_NET_ADMIN
 *
 * Without an argument it tests that it has what zxctl.sh expects.
 */
#include <linux/capability.h>
#include <semaphore.h>
#include <sys/syscall.h>

#include "zxproc.h"

/* A name that looks like another holder, would move a cursor, end a string, and is no UTF-8. */
#define CHILD_NAME	"a, 1 b\"\033[2J\377"

static struct world {
	zx_handle_t event, waited, channel, queue[2], sent, fifo[2], port, socket;
	zx_koid_t event_koid, near, far, queue_koid[2], sent_koid, inside, fifo_koid[2], port_koid,
		  socket_koid, file;
	pid_t child, thread;
	int file_fd;
} world;

static void *wait_for_event(void *arg)
{
	(void)arg;
	world.thread = syscall(SYS_gettid);
	sem_post(arg);
	zx_object_wait_one(world.event, ZX_EVENT_SIGNALED | ZX_USER_SIGNAL_0, ZX_TIME_INFINITE,
			   NULL);
	return NULL;
}

/* Another process, which waits for a reply until this one ends. */
static pid_t start_child(int fd)
{
	pid_t pid = fork();

	CHILD_CHECK(pid >= 0);
	if (!pid) {
		zx_handle_t channel;
		char reply[8];
		uint32_t size, count;
		zx_channel_call_args_t args = {
			.wr_bytes = "txidbody",
			.wr_num_bytes = 8,
			.rd_bytes = reply,
			.rd_num_bytes = 8,
		};

		/* The module takes the name when the device is opened. */
		CHILD_CHECK(prctl(PR_SET_NAME, CHILD_NAME) == 0);
		CHILD_CHECK(zxl_handle_import(fd, 0, &channel) == ZX_OK);
		zx_channel_call(channel, 0, ZX_TIME_INFINITE, &args, &size, &count);
		_exit(0);
	}
	return pid;
}

static void make_world(void)
{
	static const uint32_t elements[8];
	struct world *w = &world;
	zx_handle_t other[2];
	pthread_t thread;
	sem_t begun;
	size_t count;
	int fd;

	CHILD_CHECK(zx_channel_create(0, &w->channel, &other[1]) == ZX_OK);
	w->near = zxt_koid(w->channel);
	w->far = zxt_koid(other[1]);
	CHILD_CHECK(zxl_handle_export(other[1], 0, &fd) == ZX_OK);
	w->child = start_child(fd);
	close(fd);
	CHILD_CHECK(zx_object_wait_one(w->channel, ZX_CHANNEL_READABLE, ZXT_SOON, NULL) == ZX_OK);

	CHILD_CHECK(zx_channel_create(0, &w->queue[0], &w->queue[1]) == ZX_OK);
	CHILD_CHECK(zx_channel_create(0, &w->sent, &other[1]) == ZX_OK);
	w->inside = zxt_koid(other[1]);
	CHILD_CHECK(zx_channel_write(w->queue[0], 0, NULL, 0, &other[1], 1) == ZX_OK);

	CHILD_CHECK(zx_fifo_create(8, 4, 0, &w->fifo[0], &w->fifo[1]) == ZX_OK);
	CHILD_CHECK(zx_fifo_write(w->fifo[0], 4, elements, 8, &count) == ZX_OK && count == 8);

	CHILD_CHECK(zx_socket_create(0, &w->socket, &other[1]) == ZX_OK);
	w->file = zxt_koid(other[1]);
	CHILD_CHECK(zxl_handle_export(other[1], 0, &w->file_fd) == ZX_OK);

	CHILD_CHECK(zx_event_create(0, &w->event) == ZX_OK);
	CHILD_CHECK(zx_handle_duplicate(w->event, ZX_RIGHT_WAIT, &w->waited) == ZX_OK);
	CHILD_CHECK(zx_port_create(0, &w->port) == ZX_OK);
	CHILD_CHECK(zx_object_wait_async(w->event, w->port, 0, ZX_EVENT_SIGNALED, 0) == ZX_OK);
	CHILD_CHECK(zxl_handle_watch(w->event, ZX_USER_SIGNAL_1, 0, &fd) == ZX_OK);
	CHILD_CHECK(sem_init(&begun, 0, 0) == 0);
	CHILD_CHECK(pthread_create(&thread, NULL, wait_for_event, &begun) == 0);
	CHILD_CHECK(sem_wait(&begun) == 0);

	w->event_koid = zxt_koid(w->event);
	w->port_koid = zxt_koid(w->port);
	w->sent_koid = zxt_koid(w->sent);
	w->socket_koid = zxt_koid(w->socket);
	for (int i = 0; i < 2; i++) {
		w->queue_koid[i] = zxt_koid(w->queue[i]);
		w->fifo_koid[i] = zxt_koid(w->fifo[i]);
	}
}

/* As assignments for a shell. */
static void say_world(void)
{
	const struct world *w = &world;
	const struct {
		const char *name;
		zx_handle_t handle;
	} handles[] = {
		{ "event", w->event }, { "waited", w->waited }, { "channel", w->channel },
		{ "queue0", w->queue[0] }, { "queue1", w->queue[1] }, { "sent", w->sent },
		{ "fifo0", w->fifo[0] }, { "fifo1", w->fifo[1] }, { "port", w->port },
		{ "socket", w->socket },
	};
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "pid", getpid() }, { "child", w->child }, { "thread", w->thread },
		{ "fd", w->file_fd }, { "event_koid", w->event_koid }, { "near", w->near },
		{ "far", w->far }, { "queue0_koid", w->queue_koid[0] },
		{ "queue1_koid", w->queue_koid[1] }, { "sent_koid", w->sent_koid },
		{ "inside", w->inside }, { "fifo0_koid", w->fifo_koid[0] },
		{ "fifo1_koid", w->fifo_koid[1] }, { "port_koid", w->port_koid },
		{ "socket_koid", w->socket_koid }, { "file", w->file },
	};

	for (size_t i = 0; i < ARRAY_SIZE(handles); i++)
		printf("%s=0x%08x ", handles[i].name, handles[i].handle);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		printf("%s=%llu ", numbers[i].name, (unsigned long long)numbers[i].value);
	putchar('\n');
	fflush(stdout);
}

static int fill(int times)
{
	static const uint32_t elements[8];
	zx_handle_t fifo[2] = {};
	size_t count;

	while (times--) {
		CHILD_CHECK(zx_handle_close_many(fifo, 2) == ZX_OK);
		CHILD_CHECK(zx_fifo_create(8, 4, 0, &fifo[0], &fifo[1]) == ZX_OK);
		CHILD_CHECK(zx_fifo_write(fifo[0], 4, elements, 8, &count) == ZX_OK);
		CHILD_CHECK(zx_fifo_write(fifo[0], 4, elements, 1, &count) == ZX_ERR_SHOULD_WAIT);
	}
	printf("fill_pid=%d full=%llu full_peer=%llu\n", getpid(),
	       (unsigned long long)zxt_koid(fifo[1]), (unsigned long long)zxt_koid(fifo[0]));
	return 0;
}

/* A duplicate of a handle, in a file. */
static int export_duplicate(zx_handle_t handle)
{
	zx_handle_t other;
	int fd;

	CHILD_CHECK(zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &other) == ZX_OK);
	CHILD_CHECK(zxl_handle_export(other, 0, &fd) == ZX_OK);
	return fd;
}

static void join_crowd(const int *fds, int count, int ready)
{
	zx_handle_t handle;

	for (int i = 0; i < count; i++)
		CHILD_CHECK(zxl_handle_import(fds[i], 0, &handle) == ZX_OK);
	CHILD_CHECK(zx_handle_duplicate(handle, ZX_RIGHT_SAME_RIGHTS, &handle) == ZX_OK);
	CHILD_CHECK(write(ready, "", 1) == 1);
	zxp_block_on(STDIN_FILENO);
	_exit(0);
}

/*
 * This process has three handles to an endpoint, and each child has its peer. The first child has
 * the peers of more endpoints. Each child has two handles to the last peer.
 */
static int crowd(int children)
{
	zx_handle_t near[6], far[ARRAY_SIZE(near)], other;
	int ready[2], fds[ARRAY_SIZE(near)];
	char byte;

	for (size_t i = 0; i < ARRAY_SIZE(near); i++)
		CHILD_CHECK(zx_eventpair_create(0, &near[i], &far[i]) == ZX_OK);
	for (int i = 0; i < 2; i++)
		CHILD_CHECK(zx_handle_duplicate(near[0], ZX_RIGHT_SAME_RIGHTS, &other) == ZX_OK);
	CHILD_CHECK(pipe(ready) == 0);
	for (int i = 0; i < children; i++) {
		int count = i ? 1 : ARRAY_SIZE(near);
		pid_t pid;

		for (int k = 0; k < count; k++)
			fds[k] = export_duplicate(far[k]);
		pid = fork();
		CHILD_CHECK(pid >= 0);
		if (!pid)
			join_crowd(fds, count, ready[1]);
		for (int k = 0; k < count; k++)
			close(fds[k]);
	}
	for (int i = 0; i < children; i++)
		CHILD_CHECK(read(ready[0], &byte, 1) == 1);
	CHILD_CHECK(zx_handle_close_many(far, ARRAY_SIZE(far)) == ZX_OK);
	printf("crowd_pid=%d crowd_near=%llu crowd_far=%llu\n", getpid(),
	       (unsigned long long)zxt_koid(near[0]),
	       (unsigned long long)zxt_basic(near[0]).related_koid);
	fflush(stdout);
	zxp_block_on(STDIN_FILENO);
	while (wait(NULL) > 0)
		;
	return 0;
}

/* Endpoints in messages: one in the queue of the next. */
static int nest(int depth)
{
	zx_handle_t root, near, far, into;
	zx_koid_t inside = 0;

	CHILD_CHECK(zx_channel_create(0, &into, &root) == ZX_OK);
	for (int i = 0; i < depth; i++) {
		CHILD_CHECK(zx_channel_create(0, &near, &far) == ZX_OK);
		inside = zxt_koid(far);
		CHILD_CHECK(zx_channel_write(into, 0, NULL, 0, &far, 1) == ZX_OK);
		into = near;
	}
	printf("nest_pid=%d nest_root=%llu nest_inside=%llu\n", getpid(),
	       (unsigned long long)zxt_koid(root), (unsigned long long)inside);
	fflush(stdout);
	zxp_block_on(STDIN_FILENO);
	return 0;
}

static int come(int times)
{
	while (times--) {
		pid_t pid = fork();

		if (!pid)
			_exit(zxp_open(O_CLOEXEC) < 0);
		CHILD_CHECK(zxp_reap(pid) == 0);
	}
	return 0;
}

TEST(has_what_zxctl_is_to_find)
{
	make_world();
	EXPECT_EQ(10, zxt_handles());
	EXPECT_EQ(2, zxt_handles_to(world.event));
	EXPECT_TRUE(zxt_signals(world.fifo[1]) & ZX_FIFO_READABLE);
	EXPECT_FALSE(zxt_signals(world.fifo[0]) & ZX_FIFO_WRITABLE);
	EXPECT_EQ(ZX_OK, zx_handle_close(world.channel));
	EXPECT_EQ(0, zxp_reap(world.child));
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "hold")) {
		make_world();
		say_world();
		zxp_block_on(STDIN_FILENO);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "fill"))
		return fill(atoi(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "crowd"))
		return crowd(atoi(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "nest"))
		return nest(atoi(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "come"))
		return come(atoi(argv[2]));
	if (argc > 3 && !strcmp(argv[1], "as")) {
		uid_t uid = atoi(argv[2]);

		CHILD_CHECK(setgroups(0, NULL) == 0 && setresgid(uid, uid, uid) == 0 &&
			    setresuid(uid, uid, uid) == 0);
		execvp(argv[3], argv + 3);
		return CHILD_FAILED;
	}
	if (argc > 2 && !strcmp(argv[1], "drop")) {
		CHILD_CHECK(prctl(PR_CAPBSET_DROP, CAP_NET_ADMIN, 0, 0, 0) == 0);
		execvp(argv[2], argv + 2);
		return CHILD_FAILED;
	}
	return test_harness_run(argc, argv);
}
