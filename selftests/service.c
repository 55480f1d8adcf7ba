// SPDX-License-Identifier: GPL-2.0-only
/*
 * zxl_service_*: how two programs get a channel to each other; hostile clients and servers.
 */
#include <errno.h>
#include <linux/fuse.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "zxproc.h"
#include "zxthread.h"

/* The limit for events that must happen, in milliseconds. */
#define SOON	60000

/* What a client's datagram begins with. */
#define GREETING	"zircon\0\1"
#define GREETING_SIZE	8

/* Datagrams without a channel after which zxl_service_accept() returns. */
#define DROPPED_MAX	64

FIXTURE(service)
{
	char dir[32];
	char path[64];
	int fds;		/* open descriptors before the test */
};

static int open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 4096; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* Descriptors that a client sent are closed by another thread. */
static bool descriptors_become(int count)
{
	for (int i = 0; i < SOON; i++, usleep(1000))
		if (open_descriptors() == count)
			return true;
	return false;
}

FIXTURE_SETUP(service)
{
	snprintf(self->dir, sizeof(self->dir), "%s", "/tmp/zircon-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->dir));
	ASSERT_EQ(0, chmod(self->dir, 0755));
	snprintf(self->path, sizeof(self->path), "%s/service", self->dir);
	*zxp_user_of_test() = getpid();
	zx_handle_check_valid(ZX_HANDLE_INVALID); /* opens the device */
	self->fds = open_descriptors();
}

FIXTURE_TEARDOWN(service)
{
	EXPECT_EQ(0, zxt_handles());
	EXPECT_TRUE(descriptors_become(self->fds));
	unlink(self->path);
	/* No other file is left. */
	EXPECT_EQ(0, rmdir(self->dir));
}

/* Whether what is written to one endpoint can be read from the other. */
static bool are_connected(zx_handle_t a, zx_handle_t b)
{
	char byte = 0;

	return zx_channel_write(a, 0, "x", 1, NULL, 0) == ZX_OK &&
	       zx_channel_read(b, 0, &byte, NULL, 1, 0, NULL, NULL) == ZX_OK && byte == 'x';
}

static bool is_peer_closed(zx_handle_t handle)
{
	return zx_object_wait_one(handle, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL) == ZX_OK;
}

/* Connects to @path, accepts at @fd, and checks that both are ends of one channel. */
static bool can_connect(const char *path, int fd)
{
	zx_handle_t ours, theirs;
	bool connected;

	if (zxl_service_connect(path, ZXT_SOON, &theirs))
		return false;
	if (zxl_service_accept(fd, &ours, NULL)) {
		zx_handle_close(theirs);
		return false;
	}
	connected = are_connected(ours, theirs) && are_connected(theirs, ours);
	zx_handle_close(ours);
	zx_handle_close(theirs);
	return connected;
}

TEST_F(service, a_client_gets_a_channel)
{
	zxl_service_cred_t cred = { ~0u, ~0u, -1 };
	zx_handle_t ours, theirs;
	struct stat stat;
	int fd;

	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_EQ(0, fcntl(fd, F_GETFL) & O_NONBLOCK);
	ASSERT_EQ(0, lstat(self->path, &stat));
	EXPECT_TRUE(S_ISSOCK(stat.st_mode));
	ASSERT_EQ(ZX_OK, zxl_service_connect(self->path, ZXT_SOON, &theirs));
	ASSERT_EQ(ZX_OK, zxl_service_accept(fd, &ours, &cred));
	EXPECT_EQ(0, cred.uid);
	EXPECT_EQ(0, cred.gid);
	EXPECT_EQ(getpid(), cred.pid);
	EXPECT_EQ(ZX_DEFAULT_CHANNEL_RIGHTS, zxt_basic(ours).rights);
	EXPECT_EQ(ZX_DEFAULT_CHANNEL_RIGHTS, zxt_basic(theirs).rights);
	EXPECT_EQ(zxt_koid(ours), zxt_basic(theirs).related_koid);
	EXPECT_TRUE(are_connected(ours, theirs));
	EXPECT_TRUE(are_connected(theirs, ours));
	zx_handle_close(ours);
	zx_handle_close(theirs);
	close(fd);
}

/* The credentials are those of the effective user and group. */
static char client_path[64];

static void connect_once(void)
{
	zx_handle_t channel;

	CHILD_CHECK(zxl_service_connect(client_path, ZXT_SOON, &channel) == ZX_OK);
	CHILD_CHECK(zx_channel_write(channel, 0, "hello", 5, NULL, 0) == ZX_OK);
}

static void connect_with_effective_ids(void)
{
	CHILD_CHECK(setresgid(1001, 2001, 1001) == 0);
	CHILD_CHECK(setresuid(1000, 2000, 1000) == 0);
	connect_once();
}

TEST_F(service, the_server_sees_who_connects)
{
	zxl_service_cred_t cred;
	zx_handle_t channel;
	char text[8];
	pid_t pid;
	int fd;

	snprintf(client_path, sizeof(client_path), "%s", self->path);
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, chmod(self->path, 0666));

	pid = zxp_start(HOSTILE, connect_once, -1, -1);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, zxp_reap(pid));
	ASSERT_EQ(ZX_OK, zxl_service_accept(fd, &channel, &cred));
	EXPECT_EQ(HOSTILE, cred.uid);
	EXPECT_EQ(HOSTILE, cred.gid);
	EXPECT_EQ(pid, cred.pid);
	/* The client is gone. What it wrote is there. */
	EXPECT_EQ(ZX_OK, zx_channel_read(channel, 0, text, NULL, sizeof(text), 0, NULL, NULL));
	EXPECT_EQ(0, memcmp("hello", text, 5));
	EXPECT_TRUE(is_peer_closed(channel));
	zx_handle_close(channel);

	ASSERT_EQ(0, zxp_run_as(0, connect_with_effective_ids));
	ASSERT_EQ(ZX_OK, zxl_service_accept(fd, &channel, &cred));
	EXPECT_EQ(2000, cred.uid);
	EXPECT_EQ(2001, cred.gid);
	zx_handle_close(channel);
	close(fd);
}

static void connect_without_a_number(void)
{
	CHILD_CHECK(unshare(CLONE_NEWUSER) == 0);
	connect_once();
}

/* In a user namespace without a map the client's ids have no numbers. */
TEST_F(service, a_client_without_a_user_id)
{
	zxl_service_cred_t cred;
	zx_handle_t channel;
	int fd, status;

	snprintf(client_path, sizeof(client_path), "%s", self->path);
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, chmod(self->path, 0666));
	if (access("/proc/self/ns/user", F_OK))
		SKIP(return, "this kernel has no user namespaces");
	status = zxp_run_as(HOSTILE, connect_without_a_number);
	ASSERT_EQ(0, status);
	ASSERT_EQ(ZX_OK, zxl_service_accept(fd, &channel, &cred));
	EXPECT_EQ(HOSTILE, cred.uid);
	zx_handle_close(channel);
	close(fd);
}

TEST_F(service, abstract_names)
{
	char name[64];
	int fd, second;

	snprintf(name, sizeof(name), "@zircon-%d", getpid());
	ASSERT_EQ(ZX_OK, zxl_service_listen(name, 0, &fd));
	EXPECT_EQ(ZX_ERR_ALREADY_BOUND, zxl_service_listen(name, 0, &second));
	EXPECT_TRUE(can_connect(name, fd));
	close(fd);
	ASSERT_EQ(ZX_OK, zxl_service_listen(name, 0, &fd));
	EXPECT_TRUE(can_connect(name, fd));
	close(fd);
}

/* The longest names that fit: 107 bytes with a directory, or with the @ of an abstract name. */
TEST_F(service, long_names)
{
	char name[120], file[120];
	int fd;

	memset(name, 'n', sizeof(name));
	name[0] = '@';
	name[107] = 0;
	ASSERT_EQ(ZX_OK, zxl_service_listen(name, 0, &fd));
	EXPECT_TRUE(can_connect(name, fd));
	close(fd);

	memset(file, 'f', sizeof(file));
	memcpy(file, self->dir, strlen(self->dir));
	file[strlen(self->dir)] = '/';
	file[107] = 0;
	/* The second time it takes the place of the first. */
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(ZX_OK, zxl_service_listen(file, 0, &fd));
		EXPECT_TRUE(can_connect(file, fd));
		close(fd);
	}
	unlink(file);

	name[107] = 'n';
	name[108] = 0;
	file[107] = 'f';
	file[108] = 0;
	for (int i = 0; i < 2; i++) {
		zx_handle_t channel;
		const char *path = i ? file : name;

		EXPECT_EQ(ZX_ERR_BAD_PATH, zxl_service_listen(path, 0, &fd));
		EXPECT_EQ(ZX_ERR_BAD_PATH, zxl_service_connect(path, ZXT_SOON, &channel));
	}
}

/* A server that ends removes its file, and only its own. */
TEST_F(service, closing)
{
	char name[64];
	zx_handle_t ours, theirs, waiting;
	int fd, second;

	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(ZX_OK, zxl_service_connect(self->path, ZXT_SOON, &theirs));
	ASSERT_EQ(ZX_OK, zxl_service_accept(fd, &ours, NULL));
	ASSERT_EQ(ZX_OK, zxl_service_connect(self->path, ZXT_SOON, &waiting));
	EXPECT_EQ(ZX_OK, zxl_service_close(fd));
	EXPECT_EQ(-1, access(self->path, F_OK));
	EXPECT_EQ(-1, fcntl(fd, F_GETFD));
	EXPECT_TRUE(are_connected(ours, theirs));
	EXPECT_TRUE(is_peer_closed(waiting));
	zx_handle_close(ours);
	zx_handle_close(theirs);
	zx_handle_close(waiting);

	snprintf(name, sizeof(name), "@zircon-%d", getpid());
	ASSERT_EQ(ZX_OK, zxl_service_listen(name, 0, &fd));
	EXPECT_EQ(ZX_OK, zxl_service_close(fd));
	ASSERT_EQ(ZX_OK, zxl_service_listen(name, 0, &second));
	EXPECT_EQ(ZX_OK, zxl_service_close(second));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_service_close(fd));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_service_close(-1));
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_service_close(fd));
	EXPECT_EQ(0, close(fd));
}

TEST_F(service, bad_arguments)
{
	zx_handle_t channel = 77;
	int fd = 77, pair[2];

	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_listen("", 0, &fd));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_listen("@", 0, &fd));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_listen(self->path, 0, NULL));
	for (uint32_t bit = 2; bit; bit <<= 1)
		EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_listen(self->path, bit, &fd));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_connect(NULL, ZXT_SOON, &channel));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_connect("", ZXT_SOON, &channel));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_connect("@", ZXT_SOON, &channel));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_connect(self->path, ZXT_SOON, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_service_accept(0, NULL, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_service_accept(-1, &channel, NULL));
	EXPECT_EQ(ZX_ERR_BAD_HANDLE, zxl_service_accept(999, &channel, NULL));
	ASSERT_EQ(0, pipe(pair));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_service_accept(pair[0], &channel, NULL));
	close(pair[0]);
	close(pair[1]);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_service_accept(pair[0], &channel, NULL));
	close(pair[0]);
	close(pair[1]);
	EXPECT_EQ(77, fd);
	EXPECT_EQ(77, channel);
}

static int unix_socket(int type)
{
	return socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
}

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	return address;
}

static int bind_at(int fd, const char *path)
{
	struct sockaddr_un address = address_of(path);

	return bind(fd, (struct sockaddr *)&address, sizeof(address));
}

static int connect_at(int fd, const char *path)
{
	struct sockaddr_un address = address_of(path);

	return connect(fd, (struct sockaddr *)&address, sizeof(address));
}

/* What is at the path already stays, but for the socket of a server that is gone. */
TEST_F(service, a_path_that_is_used)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
	struct stat before, after;
	zx_handle_t channel;
	int fd, other;

	for (int i = 0; i < 3; i++) {
		other = unix_socket(types[i]);
		ASSERT_EQ(0, bind_at(other, self->path));
		if (types[i] != SOCK_DGRAM)
			ASSERT_EQ(0, listen(other, 1));
		ASSERT_EQ(0, lstat(self->path, &before));
		EXPECT_EQ(ZX_ERR_ALREADY_BOUND, zxl_service_listen(self->path, 0, &fd));
		ASSERT_EQ(0, lstat(self->path, &after));
		EXPECT_EQ(before.st_ino, after.st_ino);
		if (types[i] != SOCK_DGRAM)
			EXPECT_EQ(ZX_ERR_WRONG_TYPE, zxl_service_connect(self->path, ZXT_SOON,
									 &channel));
		close(other);
		ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
		EXPECT_TRUE(can_connect(self->path, fd));
		close(fd);
		ASSERT_EQ(0, unlink(self->path));
	}

	/* A datagram socket that is connected accepts from its peer only; it lives all the same. */
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &other));
	ASSERT_EQ(0, connect_at(other, self->path));
	EXPECT_EQ(ZX_ERR_ALREADY_BOUND, zxl_service_listen(self->path, 0, &fd));
	close(other);
	ASSERT_EQ(0, unlink(self->path));

	other = open(self->path, O_CREAT | O_EXCL | O_WRONLY, 0600);
	ASSERT_LE(0, other);
	close(other);
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, zxl_service_listen(self->path, 0, &fd));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zxl_service_connect(self->path, 0, &channel));
	ASSERT_EQ(0, unlink(self->path));
	ASSERT_EQ(0, symlink("elsewhere", self->path));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, unlink(self->path));
	ASSERT_EQ(0, mkdir(self->path, 0700));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, rmdir(self->path));
}

/* What is at the path of the lock file does not harm, and stays if it is no file. */
TEST_F(service, a_path_whose_lock_file_is_used)
{
	char lock[80];
	int fd, held;

	snprintf(lock, sizeof(lock), "%s.lock", self->path);
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	close(fd);
	ASSERT_EQ(0, mkfifo(lock, 0666));
	EXPECT_EQ(ZX_ERR_ALREADY_EXISTS, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, unlink(lock));
	ASSERT_EQ(0, symlink("elsewhere", lock));
	EXPECT_EQ(ZX_ERR_BAD_PATH, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, unlink(lock));
	held = open(lock, O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0600);
	ASSERT_LE(0, held);
	ASSERT_EQ(0, flock(held, LOCK_EX));
	EXPECT_EQ(ZX_ERR_ALREADY_BOUND, zxl_service_listen(self->path, 0, &fd));
	/* One that a server left when it was killed. */
	close(held);
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	EXPECT_EQ(-1, access(lock, F_OK));
	EXPECT_EQ(ZX_OK, zxl_service_close(fd));
}

static void without_permission(void)
{
	zx_handle_t channel;
	char other[80];
	int fd;

	CHILD_CHECK(zxl_service_connect(client_path, ZXT_SOON, &channel) == ZX_ERR_ACCESS_DENIED);
	/* The living server of another user, and a new file in that user's directory */
	CHILD_CHECK(zxl_service_listen(client_path, 0, &fd) == ZX_ERR_ACCESS_DENIED);
	snprintf(other, sizeof(other), "%s2", client_path);
	CHILD_CHECK(zxl_service_listen(other, 0, &fd) == ZX_ERR_ACCESS_DENIED);
}

static void beside_a_living_server(void)
{
	int fd;

	CHILD_CHECK(zxl_service_listen(client_path, 0, &fd) == ZX_ERR_ALREADY_BOUND);
}

static void beside_a_dead_server(void)
{
	int fd;

	CHILD_CHECK(zxl_service_listen(client_path, 0, &fd) == ZX_ERR_ACCESS_DENIED);
}

TEST_F(service, paths_without_permission_or_directory)
{
	zx_handle_t channel;
	char path[80];
	int fd;

	snprintf(client_path, sizeof(client_path), "%s", self->path);
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, chmod(self->path, 0600));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, without_permission));
	ASSERT_EQ(0, chmod(self->path, 0666));
	EXPECT_EQ(0, zxp_run_as(HOSTILE, beside_a_living_server));
	close(fd);
	EXPECT_EQ(0, zxp_run_as(HOSTILE, beside_a_dead_server));
	EXPECT_EQ(0, access(self->path, F_OK));

	snprintf(path, sizeof(path), "%s/none/service", self->dir);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zxl_service_listen(path, 0, &fd));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zxl_service_connect(path, 0, &channel));
	snprintf(path, sizeof(path), "%s/service", self->path);
	EXPECT_EQ(ZX_ERR_BAD_PATH, zxl_service_listen(path, 0, &fd));
	EXPECT_EQ(ZX_ERR_BAD_PATH, zxl_service_connect(path, ZXT_SOON, &channel));
}

/* Servers that begin at the same time at a path that a dead one left: one of them gets it. */
#define SERVERS	4

struct servers {
	const char *path;
	pthread_barrier_t barrier;
	atomic_int listening, wrong;
};

static void *listen_at_once(void *arg)
{
	struct servers *servers = arg;

	for (int i = 0; i < (int)zxt_part(500); i++) {
		zx_status_t status;
		int fd = -1;

		pthread_barrier_wait(&servers->barrier);
		status = zxl_service_listen(servers->path, ZXL_SERVICE_NONBLOCK, &fd);
		if (status == ZX_OK)
			servers->listening++;
		else if (status != ZX_ERR_ALREADY_BOUND)
			servers->wrong++;
		pthread_barrier_wait(&servers->barrier);
		/* The one that listens can be reached. */
		if (servers->listening != 1 || (status == ZX_OK && !can_connect(servers->path, fd)))
			servers->wrong++;
		pthread_barrier_wait(&servers->barrier);
		servers->listening = 0;
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

TEST_F_TIMEOUT(service, one_of_several_servers_listens, 600)
{
	struct servers servers = { .path = self->path };
	pthread_t threads[SERVERS];

	ASSERT_EQ(0, pthread_barrier_init(&servers.barrier, NULL, SERVERS));
	for (int i = 0; i < SERVERS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, listen_at_once, &servers));
	for (int i = 0; i < SERVERS; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_EQ(0, servers.wrong);
}

/* A call of the library in a thread of its own. */
struct call {
	const char *path;
	int fd;
	zx_time_t deadline;
	zx_handle_t handle;
	pthread_t thread;
	atomic_int tid;
	atomic_bool done;
	zx_status_t status;
};

static void *accept_thread(void *arg)
{
	struct call *call = arg;

	call->tid = gettid();
	call->status = zxl_service_accept(call->fd, &call->handle, NULL);
	call->done = true;
	return NULL;
}

static void *connect_thread(void *arg)
{
	struct call *call = arg;

	call->tid = gettid();
	call->status = zxl_service_connect(call->path, call->deadline, &call->handle);
	call->done = true;
	return NULL;
}

TEST_F(service, accepting_waits_for_a_client)
{
	struct call call = {};
	zx_handle_t channel;

	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &call.fd));
	ASSERT_EQ(0, pthread_create(&call.thread, NULL, accept_thread, &call));
	ASSERT_TRUE(zxt_sleeps(&call.tid));
	zxt_interrupt(call.thread);
	ASSERT_TRUE(zxt_sleeps(&call.tid));
	EXPECT_FALSE(call.done);
	ASSERT_EQ(ZX_OK, zxl_service_connect(self->path, ZXT_SOON, &channel));
	ASSERT_EQ(0, pthread_join(call.thread, NULL));
	ASSERT_EQ(ZX_OK, call.status);
	EXPECT_TRUE(are_connected(call.handle, channel));
	zx_handle_close(call.handle);
	zx_handle_close(channel);
	close(call.fd);
}

TEST_F(service, accepting_without_waiting)
{
	struct pollfd pollfd = { .events = POLLIN };
	zx_handle_t channels[3], channel;

	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &pollfd.fd));
	EXPECT_EQ(O_NONBLOCK, fcntl(pollfd.fd, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(pollfd.fd, &channel, NULL));
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(ZX_OK, zxl_service_connect(self->path, ZXT_SOON, &channels[i]));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(1, poll(&pollfd, 1, 0));
		EXPECT_EQ(POLLIN, pollfd.revents);
		ASSERT_EQ(ZX_OK, zxl_service_accept(pollfd.fd, &channel, NULL));
		/* In order. */
		EXPECT_TRUE(are_connected(channels[i], channel));
		zx_handle_close(channel);
		zx_handle_close(channels[i]);
	}
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(pollfd.fd, &channel, NULL));
	close(pollfd.fd);
}

/* Accepts at @fd the client whose thread connects, and checks their channel. */
static bool is_served(struct call *call, int fd)
{
	zx_status_t status;
	zx_handle_t channel;
	bool connected;

	status = zxl_service_accept(fd, &channel, NULL);
	if (status || pthread_join(call->thread, NULL) || call->status)
		return false;
	connected = are_connected(call->handle, channel);
	zx_handle_close(call->handle);
	zx_handle_close(channel);
	return connected;
}

/* A client may begin before its server, also where a dead server has left its path. */
TEST_F(service, a_client_waits_for_its_server)
{
	for (int i = 0; i < 3; i++) {
		struct call call = { .path = self->path, .deadline = ZX_TIME_INFINITE };
		int fd;

		ASSERT_EQ(0, pthread_create(&call.thread, NULL, connect_thread, &call));
		ASSERT_TRUE(zxt_sleeps(&call.tid));
		zxt_interrupt(call.thread);
		EXPECT_FALSE(call.done);
		ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
		EXPECT_TRUE(is_served(&call, fd));
		close(fd);
	}
}

TEST_F(service, a_client_waits_no_longer_than_its_deadline)
{
	const zx_time_t deadlines[] = { ZX_TIME_INFINITE_PAST, 0, 1, zx_deadline_after(0),
					zx_deadline_after(ZX_MSEC(30)) };
	zx_handle_t channel;
	int fd;

	for (int i = 0; i < (int)ARRAY_SIZE(deadlines); i++) {
		EXPECT_EQ(ZX_ERR_NOT_FOUND,
			  zxl_service_connect(self->path, deadlines[i], &channel));
		EXPECT_LE(deadlines[i], zx_clock_get_monotonic());
	}
	/* It tries once. */
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	for (int i = 0; i < (int)ARRAY_SIZE(deadlines); i++) {
		ASSERT_EQ(ZX_OK, zxl_service_connect(self->path, deadlines[i], &channel));
		zx_handle_close(channel);
	}
	close(fd);
}

/* Sets how many datagrams a socket's queue holds. Returns what it was. */
static int set_queue_length(int length)
{
	FILE *file = fopen("/proc/sys/net/unix/max_dgram_qlen", "r+");
	int before = -1;

	if (!file || fscanf(file, "%d", &before) != 1)
		return -1;
	rewind(file);
	fprintf(file, "%d\n", length);
	return fclose(file) ? -1 : before;
}

/* Listens with a queue of a few datagrams. */
static int listen_with_short_queue(const char *path)
{
	int length = set_queue_length(5), fd = -1;

	if (length < 0 || zxl_service_listen(path, 0, &fd))
		return -1;
	return set_queue_length(length) == 5 ? fd : -1;
}

/* Connects until the server's queue is full. Returns the number of channels. */
static int fill(const char *path, zx_handle_t *channels, int size)
{
	for (int i = 0; i < size; i++)
		if (zxl_service_connect(path, 0, &channels[i]) == ZX_ERR_TIMED_OUT)
			return i;
	return -1;
}

TEST_F(service, a_client_waits_where_too_many_wait)
{
	struct call call = { .path = self->path, .deadline = ZX_TIME_INFINITE };
	zx_handle_t channels[100], channel;
	zx_time_t deadline = zx_deadline_after(ZX_MSEC(30));
	int fd, count;

	fd = listen_with_short_queue(self->path);
	ASSERT_LE(0, fd);
	count = fill(self->path, channels, ARRAY_SIZE(channels));
	ASSERT_LT(0, count);
	EXPECT_EQ(ZX_ERR_TIMED_OUT, zxl_service_connect(self->path, deadline, &channel));
	EXPECT_LE(deadline, zx_clock_get_monotonic());
	ASSERT_EQ(0, pthread_create(&call.thread, NULL, connect_thread, &call));
	ASSERT_TRUE(zxt_sleeps(&call.tid));
	EXPECT_FALSE(call.done);
	for (int i = 0; i < count; i++) {
		ASSERT_EQ(ZX_OK, zxl_service_accept(fd, &channel, NULL));
		EXPECT_TRUE(are_connected(channels[i], channel));
		zx_handle_close(channel);
		zx_handle_close(channels[i]);
	}
	EXPECT_TRUE(is_served(&call, fd));
	close(fd);
}

/* A client that waits for space finds the next server when this one ends. */
TEST_F(service, a_server_ends_with_a_full_queue)
{
	struct call call = { .path = self->path, .deadline = ZX_TIME_INFINITE };
	zx_handle_t channels[100];
	int fd, count;

	fd = listen_with_short_queue(self->path);
	ASSERT_LE(0, fd);
	count = fill(self->path, channels, ARRAY_SIZE(channels));
	ASSERT_LT(0, count);
	ASSERT_EQ(0, pthread_create(&call.thread, NULL, connect_thread, &call));
	ASSERT_TRUE(zxt_sleeps(&call.tid));
	close(fd);
	for (int i = 0; i < count; i++) {
		EXPECT_TRUE(is_peer_closed(channels[i]));
		zx_handle_close(channels[i]);
	}
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	EXPECT_TRUE(is_served(&call, fd));
	close(fd);
}

/* Sends a datagram with descriptors to @path. */
static bool send_copies_to(const char *path, const void *bytes, size_t size, const int *fds,
			   int count)
{
	char control[CMSG_SPACE(253 * sizeof(int))] = {};
	struct sockaddr_un address = address_of(path);
	struct iovec iovec = { (void *)bytes, size };
	struct msghdr message = {
		.msg_name = &address,
		.msg_namelen = sizeof(address),
		.msg_iov = &iovec,
		.msg_iovlen = 1,
		.msg_control = count ? control : NULL,
		.msg_controllen = count ? CMSG_SPACE(count * sizeof(int)) : 0,
	};
	int fd = unix_socket(SOCK_DGRAM);
	ssize_t sent;

	if (count) {
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);

		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	}
	sent = sendmsg(fd, &message, 0);
	close(fd);
	return sent == (ssize_t)size;
}

/* The same, and closes the descriptors. */
static bool send_to(const char *path, const void *bytes, size_t size, int *fds, int count)
{
	bool sent = send_copies_to(path, bytes, size, fds, count);

	for (int i = 0; i < count; i++)
		close(fds[i]);
	return sent;
}

static int export(zx_handle_t handle)
{
	int fd = -1;

	return zxl_handle_export(handle, 0, &fd) == ZX_OK ? fd : -1;
}

/* A descriptor of an endpoint, with @rights, whose peer is closed. */
static int endpoint_with(zx_rights_t rights)
{
	zx_handle_t a, b;

	if (zx_channel_create(0, &a, &b))
		return -1;
	zx_handle_close(b);
	if (zx_handle_replace(a, rights, &a))
		return -1;
	return export(a);
}

static int imported_endpoint(void)
{
	int fd = endpoint_with(ZX_RIGHT_SAME_RIGHTS);
	zx_handle_t handle;

	if (zxl_handle_import(fd, 0, &handle))
		return -1;
	zx_handle_close(handle);
	return fd;
}

static int exported_event(void)
{
	zx_handle_t event;

	return zx_event_create(0, &event) ? -1 : export(event);
}

/* It has all the rights of a channel. */
static int exported_socket(void)
{
	zx_handle_t a, b;

	if (zx_socket_create(ZX_SOCKET_DATAGRAM, &a, &b))
		return -1;
	zx_handle_close(b);
	return export(a);
}

/* What a client sends instead of a channel is dropped, and the next client is served. */
TEST_F(service, clients_that_send_something_else)
{
	static const struct {
		const char *bytes;
		size_t size;
		int count;	/* of descriptors */
	} datagrams[] = {
		{ "", 0, 0 },
		{ "", 0, 1 },
		{ GREETING, GREETING_SIZE, 0 },
		{ GREETING, GREETING_SIZE, 1 },
		{ GREETING, GREETING_SIZE, 2 },
		{ GREETING, GREETING_SIZE, 3 },
		{ GREETING, GREETING_SIZE, 30 },
		{ "zircon\0\2", GREETING_SIZE, 1 },
		{ GREETING, GREETING_SIZE - 1, 1 },
		{ GREETING "x", GREETING_SIZE + 1, 1 },
		{ "something that is far longer than it should be", 46, 1 },
	};
	zx_handle_t channel;
	int fd;

	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &fd));
	for (int i = 0; i < (int)ARRAY_SIZE(datagrams); i++) {
		int fds[30];

		/* Not even a channel is taken where the rest is wrong. */
		for (int j = 0; j < datagrams[i].count; j++)
			fds[j] = datagrams[i].count == 1 && i > 4 ?
					 endpoint_with(ZX_RIGHT_SAME_RIGHTS) :
					 open("/dev/null", O_RDONLY);
		ASSERT_TRUE(send_to(self->path, datagrams[i].bytes, datagrams[i].size, fds,
				    datagrams[i].count));
		if (i % 2)
			EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(fd, &channel, NULL));
		EXPECT_TRUE(can_connect(self->path, fd));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(fd, &channel, NULL));
		EXPECT_EQ(0, zxt_handles());
		EXPECT_TRUE(descriptors_become(self->fds + 1));
	}
	close(fd);
}

TEST_F(service, clients_that_send_another_handle)
{
	int (*const makes[])(void) = { exported_event, exported_socket, imported_endpoint };
	zx_handle_t channel;
	int fd;

	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &fd));
	for (int i = 0; i < (int)ARRAY_SIZE(makes); i++) {
		int sent = makes[i]();

		ASSERT_LE(0, sent);
		ASSERT_TRUE(send_to(self->path, GREETING, GREETING_SIZE, &sent, 1));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(fd, &channel, NULL));
		EXPECT_EQ(0, zxt_handles());
	}
	/* Each right that a server may use. */
	for (zx_rights_t right = 1; right; right <<= 1) {
		zx_rights_t rights = ZX_DEFAULT_CHANNEL_RIGHTS & ~right;
		int sent;

		if (rights == ZX_DEFAULT_CHANNEL_RIGHTS || right == ZX_RIGHT_TRANSFER)
			continue;
		sent = endpoint_with(rights);
		ASSERT_LE(0, sent);
		ASSERT_TRUE(send_to(self->path, GREETING, GREETING_SIZE, &sent, 1));
		EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(fd, &channel, NULL));
		EXPECT_EQ(0, zxt_handles());
	}
	EXPECT_TRUE(can_connect(self->path, fd));
	close(fd);
}

/* One client's messages do not keep the server in the call. */
TEST_F(service, a_client_that_sends_without_end)
{
	struct pollfd pollfd = { .events = POLLIN };
	int length = set_queue_length(2 * DROPPED_MAX);
	zx_handle_t channel;
	zx_status_t status;
	int socket = unix_socket(SOCK_DGRAM | SOCK_NONBLOCK), sent = 0;

	ASSERT_LT(0, length);
	status = zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &pollfd.fd);
	ASSERT_EQ(2 * DROPPED_MAX, set_queue_length(length));
	ASSERT_EQ(ZX_OK, status);
	ASSERT_EQ(0, connect_at(socket, self->path));
	while (sent <= DROPPED_MAX && send(socket, "", 0, 0) == 0)
		sent++;
	ASSERT_EQ(DROPPED_MAX + 1, sent);
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(pollfd.fd, &channel, NULL));
	EXPECT_EQ(1, poll(&pollfd, 1, 0));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(pollfd.fd, &channel, NULL));
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	EXPECT_TRUE(can_connect(self->path, pollfd.fd));
	close(socket);
	close(pollfd.fd);
}

/*
 * A TCP connection whose close() waits: its peer does not read, and SO_LINGER is set. Returns -1
 * where the kernel has no TCP.
 */
static int slow_to_close(int *peer)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const struct linger linger = { .l_onoff = 1, .l_linger = 3600 };
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static char bytes[65536];

	*peer = -1;
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 ||
	    listen(listener, 1) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) < 0 ||
	    connect(fd, (struct sockaddr *)&address, size) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) < 0) {
		close(listener);
		close(fd);
		return -1;
	}
	*peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	close(listener);
	return fd;
}

/* The client sends it alone, and among others. Until @peer is closed its close() would wait. */
TEST_F(service, a_descriptor_that_is_slow_to_close)
{
	static const struct {
		int at, count;
	} places[] = { { 0, 1 }, { 2, 3 }, { 252, 253 } };

	for (int i = 0; i < (int)ARRAY_SIZE(places); i++) {
		int fds[253], fd, peer, slow = slow_to_close(&peer);

		if (slow < 0)
			SKIP(return, "this kernel has no TCP");
		for (int j = 0; j < places[i].count; j++)
			fds[j] = j == places[i].at ? slow : open("/dev/null", O_RDONLY);
		ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &fd));
		ASSERT_TRUE(send_to(self->path, GREETING, GREETING_SIZE, fds, places[i].count));
		EXPECT_TRUE(can_connect(self->path, fd));
		EXPECT_TRUE(can_connect(self->path, fd));
		close(peer);
		close(fd);
		EXPECT_TRUE(descriptors_become(self->fds));
	}
}

/* How many descriptors the library closes at once, and the most that a datagram can have. */
#define CLOSERS_MAX	32
#define DESCRIPTORS_MAX	253

/* Sends @count descriptors that are easy to close, a pipe's write end. Returns its read end. */
static int send_harmless(const char *path, int count)
{
	int fds[DESCRIPTORS_MAX], ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	for (int i = 0; i < count; i++)
		fds[i] = fcntl(ends[1], F_DUPFD_CLOEXEC, 0);
	close(ends[1]);
	if (send_to(path, GREETING, GREETING_SIZE, fds, count))
		return ends[0];
	close(ends[0]);
	return -1;
}

/* Whether all write ends of a pipe are closed soon. Closes the read end. */
static bool are_closed(int end)
{
	struct pollfd pollfd = { .fd = end, .events = POLLIN };
	bool closed = poll(&pollfd, 1, SOON) == 1 && pollfd.revents == POLLHUP;

	close(end);
	return closed;
}

/* Whether a message without a channel arrives, and is dropped. */
static bool drops_next(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	zx_handle_t channel;

	return poll(&pollfd, 1, SOON) == 1 &&
	       zxl_service_accept(fd, &channel, NULL) == ZX_ERR_SHOULD_WAIT;
}

TEST_F(service, more_descriptors_than_closers)
{
	static const int counts[] = { CLOSERS_MAX + 1, 100, DESCRIPTORS_MAX };
	int fd, ends[3];

	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &fd));
	for (int i = 0; i < (int)ARRAY_SIZE(counts); i++) {
		ends[0] = send_harmless(self->path, counts[i]);
		ASSERT_LE(0, ends[0]);
		ASSERT_TRUE(drops_next(fd));
		ASSERT_TRUE(are_closed(ends[0]));
	}
	/* Several datagrams, which one call receives. */
	for (int i = 0; i < 3; i++) {
		ends[i] = send_harmless(self->path, DESCRIPTORS_MAX);
		ASSERT_LE(0, ends[i]);
	}
	ASSERT_TRUE(drops_next(fd));
	for (int i = 0; i < 3; i++)
		ASSERT_TRUE(are_closed(ends[i]));
	close(fd);
}

/*
 * A file system in FUSE with one file, for which FLUSH is never answered. So no close() of its
 * descriptors returns, also that at the end of a process, until the process that serves it ends.
 */
#define FUSE_FILE	2

static char fuse_path[64];
/* A byte is written to the first for each FLUSH; one to the second lets the client go on. */
static int flushed[2], go_on[2];

static void fuse_answer(int fuse, uint64_t unique, int error, const void *body, size_t size)
{
	struct fuse_out_header header = {
		.len = sizeof(header) + size,
		.error = error,
		.unique = unique,
	};
	const struct iovec iovecs[] = { { &header, sizeof(header) }, { (void *)body, size } };

	CHILD_CHECK(writev(fuse, iovecs, 2) == (ssize_t)header.len);
}

static void fuse_serve_one(int fuse, const struct fuse_in_header *in)
{
	const struct fuse_init_out init = { .major = 7, .minor = 31, .max_write = 4096 };
	const struct fuse_attr root = { .ino = FUSE_ROOT_ID, .mode = S_IFDIR | 0755, .nlink = 2 };
	const struct fuse_attr file = { .ino = FUSE_FILE, .mode = S_IFREG | 0644, .nlink = 1 };
	const struct fuse_attr_out attr = { .attr = in->nodeid == FUSE_FILE ? file : root };
	const struct fuse_entry_out entry = { .nodeid = FUSE_FILE, .attr = file };
	const struct fuse_open_out open = {};

	switch (in->opcode) {
	case FUSE_INIT:
		fuse_answer(fuse, in->unique, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		fuse_answer(fuse, in->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		fuse_answer(fuse, in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		fuse_answer(fuse, in->unique, 0, &open, sizeof(open));
		break;
	case FUSE_FLUSH:
		CHILD_CHECK(write(flushed[1], "f", 1) == 1);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		fuse_answer(fuse, in->unique, -EOPNOTSUPP, NULL, 0);
		break;
	}
}

/* A client that sends all but one of the descriptors that the library closes at once, then one. */
static void send_fuse_files(void)
{
	int fds[CLOSERS_MAX - 1], file;
	char path[80], byte;

	snprintf(path, sizeof(path), "%s/file", fuse_path);
	file = open(path, O_RDONLY);
	CHILD_CHECK(file >= 0);
	for (int i = 0; i < CLOSERS_MAX - 1; i++)
		fds[i] = file;
	CHILD_CHECK(send_copies_to(client_path, GREETING, GREETING_SIZE, fds, CLOSERS_MAX - 1));
	CHILD_CHECK(read(go_on[0], &byte, 1) == 1);
	CHILD_CHECK(send_copies_to(client_path, GREETING, GREETING_SIZE, fds, 1));
	pause();
}

/*
 * Mounts and serves the file system, which no process outside sees. It is served by a process of
 * its own, that has no descriptor of a file in it, so that it can be killed.
 */
static void serve_fuse(void)
{
	char options[80], buffer[65536];
	int fuse = open("/dev/fuse", O_RDWR);
	pid_t client;

	/* In case that the test hangs in a close(): killing it would not end it. */
	alarm(600);
	CHILD_CHECK(fuse >= 0);
	CHILD_CHECK(unshare(CLONE_NEWNS) == 0);
	CHILD_CHECK(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	CHILD_CHECK(mount("zircon-test", fuse_path, "fuse", 0, options) == 0);
	client = fork();
	CHILD_CHECK(client >= 0);
	if (!client) {
		CHILD_CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
		close(fuse);
		send_fuse_files();
	}
	while (read(fuse, buffer, sizeof(buffer)) > 0)
		fuse_serve_one(fuse, (const struct fuse_in_header *)buffer);
}

static bool are_flushed(int count)
{
	struct pollfd pollfd = { .fd = flushed[0], .events = POLLIN };
	char byte;

	while (count > 0 && poll(&pollfd, 1, SOON) == 1 && read(flushed[0], &byte, 1) == 1)
		count--;
	return count == 0;
}

/* A child of fork() does not count its parent's closers. */
static void serve_in_a_child(void)
{
	char path[80];
	int fd, end;

	snprintf(path, sizeof(path), "%s2", client_path);
	CHILD_CHECK(zxl_service_listen(path, ZXL_SERVICE_NONBLOCK, &fd) == ZX_OK);
	end = send_harmless(path, 100);
	CHILD_CHECK(end >= 0);
	CHILD_CHECK(drops_next(fd));
	CHILD_CHECK(are_closed(end));
	CHILD_CHECK(zxl_service_close(fd) == ZX_OK);
}

/* With one closer that is free, all others are closed; with none they stay, and no call waits. */
TEST_F_TIMEOUT(service, descriptors_whose_close_does_not_return, 600)
{
	struct pollfd pollfd = { .events = POLLIN };
	pid_t server;
	int fd, end;

	if (access("/dev/fuse", F_OK))
		SKIP(return, "this kernel has no FUSE");
	snprintf(client_path, sizeof(client_path), "%s", self->path);
	snprintf(fuse_path, sizeof(fuse_path), "%s/fuse", self->dir);
	ASSERT_EQ(0, mkdir(fuse_path, 0755));
	ASSERT_EQ(0, pipe2(flushed, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go_on, O_CLOEXEC));
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &fd));
	server = zxp_start(0, serve_fuse, -1, -1);
	ASSERT_LT(0, server);
	ASSERT_TRUE(drops_next(fd));
	ASSERT_TRUE(are_flushed(CLOSERS_MAX - 1));
	end = send_harmless(self->path, 100);
	ASSERT_LE(0, end);
	ASSERT_TRUE(drops_next(fd));
	ASSERT_TRUE(are_closed(end));

	ASSERT_EQ(1, write(go_on[1], "g", 1));
	ASSERT_TRUE(drops_next(fd));
	ASSERT_TRUE(are_flushed(1));
	pollfd.fd = send_harmless(self->path, 100);
	ASSERT_LE(0, pollfd.fd);
	ASSERT_TRUE(drops_next(fd));
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	EXPECT_TRUE(can_connect(self->path, fd));
	EXPECT_EQ(0, zxp_run_as(0, serve_in_a_child));

	/* When the file system is gone the closers go on. */
	EXPECT_TRUE(zxp_is_running(server));
	kill(server, SIGKILL);
	zxp_reap(server);
	ASSERT_TRUE(are_closed(pollfd.fd));
	close(fd);
	for (int i = 0; i < 2; i++) {
		close(flushed[i]);
		close(go_on[i]);
	}
	EXPECT_EQ(0, rmdir(fuse_path));
}

TEST_F(service, a_server_without_descriptors)
{
	struct rlimit limit, none;
	zx_handle_t ours, theirs;
	int fd;

	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &fd));
	ASSERT_EQ(ZX_OK, zxl_service_connect(self->path, ZXT_SOON, &theirs));
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	none = limit;
	none.rlim_cur = 3;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_service_accept(fd, &ours, NULL));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_service_listen(self->path, 0, &(int){ 0 }));
	EXPECT_EQ(ZX_ERR_NO_RESOURCES, zxl_service_connect(self->path, ZXT_SOON, &ours));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_TRUE(is_peer_closed(theirs));
	EXPECT_TRUE(can_connect(self->path, fd));
	zx_handle_close(theirs);
	close(fd);
}

/* Writes as much as goes in. */
static void connect_and_write_much(void)
{
	static char bytes[ZX_CHANNEL_MAX_MSG_BYTES];

	for (int i = 0; i < 20; i++) {
		zx_handle_t channel;

		CHILD_CHECK(zxl_service_connect(client_path, zx_deadline_after(ZX_SEC(120)),
						&channel) == ZX_OK);
		while (zx_channel_write(channel, 0, bytes, sizeof(bytes), NULL, 0) == ZX_OK)
			;
	}
}

/* What clients write and the server has not read is on the clients' account. */
TEST_F(service, the_client_pays)
{
	zx_handle_t channels[20];
	unsigned long before;
	pid_t pid;
	int fd;

	snprintf(client_path, sizeof(client_path), "%s", self->path);
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, chmod(self->path, 0666));
	before = zxp_used();
	pid = zxp_start(HOSTILE, connect_and_write_much, -1, -1);
	ASSERT_LT(0, pid);
	for (int i = 0; i < 20; i++)
		ASSERT_EQ(ZX_OK, zxl_service_accept(fd, &channels[i], NULL));
	ASSERT_EQ(0, zxp_reap(pid));
	EXPECT_GT(before + 65536, zxp_used());
	for (int i = 0; i < 20; i++)
		zx_handle_close(channels[i]);
	close(fd);
}

/* A thousand connections of one client. */
#define MANY	1000

static void connect_many_times(void)
{
	for (int i = 0; i < MANY; i++) {
		zx_handle_t channel;

		CHILD_CHECK(zxl_service_connect(client_path, zx_deadline_after(ZX_SEC(120)),
						&channel) == ZX_OK);
		if (i % 2)
			zx_handle_close(channel);
	}
}

TEST_F(service, a_client_that_connects_a_thousand_times)
{
	static zx_handle_t channels[MANY];
	pid_t pid;
	int fd;

	snprintf(client_path, sizeof(client_path), "%s", self->path);
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, 0, &fd));
	ASSERT_EQ(0, chmod(self->path, 0666));
	pid = zxp_start(HOSTILE, connect_many_times, -1, -1);
	ASSERT_LT(0, pid);
	for (int i = 0; i < MANY; i++) {
		zxl_service_cred_t cred;

		ASSERT_EQ(ZX_OK, zxl_service_accept(fd, &channels[i], &cred));
		ASSERT_EQ(HOSTILE, cred.uid);
	}
	/* They need no descriptors of the server. */
	EXPECT_EQ(self->fds + 1, open_descriptors());
	EXPECT_TRUE(can_connect(self->path, fd));
	ASSERT_EQ(0, zxp_reap(pid));
	for (int i = 0; i < MANY; i++) {
		EXPECT_TRUE(is_peer_closed(channels[i]));
		zx_handle_close(channels[i]);
	}
	close(fd);
}

/* Waits at the path of the server, and sends nothing; then much, while another client connects. */
static void connect_and_send_nothing(void)
{
	for (int i = 0; i < 100; i++) {
		int fd = unix_socket(SOCK_DGRAM);

		CHILD_CHECK(connect_at(fd, client_path) == 0);
	}
}

TEST_F(service, a_client_that_sends_nothing)
{
	int ready[2], go[2], fd;
	zx_handle_t channel;
	char byte;
	pid_t pid;

	snprintf(client_path, sizeof(client_path), "%s", self->path);
	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	ASSERT_EQ(0, pipe2(go, O_CLOEXEC));
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &fd));
	ASSERT_EQ(0, chmod(self->path, 0666));
	pid = zxp_start(HOSTILE, connect_and_send_nothing, ready[1], go[0]);
	ASSERT_LT(0, pid);
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	EXPECT_EQ(ZX_ERR_SHOULD_WAIT, zxl_service_accept(fd, &channel, NULL));
	EXPECT_TRUE(can_connect(self->path, fd));
	kill(pid, SIGKILL);
	zxp_reap(pid);
	close(fd);
	close(ready[0]);
	close(ready[1]);
	close(go[0]);
	close(go[1]);
}

/* Fills the server's queue with what is no channel, again and again. */
static void flood(void)
{
	int fd = unix_socket(SOCK_DGRAM);

	CHILD_CHECK(connect_at(fd, client_path) == 0);
	while (send(fd, "", 0, 0) == 0)
		;
}

static void connect_fifty_times(void)
{
	for (int i = 0; i < 50; i++) {
		zx_handle_t channel;

		CHILD_CHECK(zxl_service_connect(client_path, ZX_TIME_INFINITE, &channel) == ZX_OK);
	}
}

TEST_F_TIMEOUT(service, clients_are_served_beside_one_that_floods, 600)
{
	struct pollfd pollfd = { .events = POLLIN };
	pid_t hostile, innocent;
	int accepted = 0;

	snprintf(client_path, sizeof(client_path), "%s", self->path);
	ASSERT_EQ(ZX_OK, zxl_service_listen(self->path, ZXL_SERVICE_NONBLOCK, &pollfd.fd));
	ASSERT_EQ(0, chmod(self->path, 0666));
	hostile = zxp_start(HOSTILE, flood, -1, -1);
	innocent = zxp_start(INNOCENT, connect_fifty_times, -1, -1);
	ASSERT_LT(0, hostile);
	ASSERT_LT(0, innocent);
	while (accepted < 50) {
		zxl_service_cred_t cred;
		zx_handle_t channel;
		zx_status_t status;

		ASSERT_EQ(1, poll(&pollfd, 1, SOON));
		status = zxl_service_accept(pollfd.fd, &channel, &cred);
		if (status == ZX_ERR_SHOULD_WAIT)
			continue;
		ASSERT_EQ(ZX_OK, status);
		ASSERT_EQ(INNOCENT, cred.uid);
		accepted++;
		zx_handle_close(channel);
	}
	EXPECT_EQ(0, zxp_reap(innocent));
	kill(hostile, SIGKILL);
	zxp_reap(hostile);
	close(pollfd.fd);
}

/* A program that systemd starts gets its sockets from descriptor 3 on. */
#define FIRST	3

static void be_started(int pid, const char *count)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	CHILD_CHECK(setenv("LISTEN_PID", text, 1) == 0);
	CHILD_CHECK(setenv("LISTEN_FDS", count, 1) == 0);
}

static char second_path[64];

/* Descriptors 3 to 5: a file that is no socket, the socket at client_path, that at second_path. */
static void pass_sockets(void)
{
	const char *const paths[] = { client_path, second_path };
	int nothing = open("/dev/null", O_RDONLY);

	CHILD_CHECK(dup2(nothing, FIRST) == FIRST);
	for (int i = 0; i < 2; i++) {
		int fd = unix_socket(SOCK_DGRAM);

		CHILD_CHECK(bind_at(fd, paths[i]) == 0);
		/* PassCredentials=yes */
		CHILD_CHECK(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)) == 0);
		CHILD_CHECK(dup2(fd, FIRST + 1 + i) == FIRST + 1 + i);
		if (fd > FIRST + 2)
			close(fd);
	}
}

static void started_by_systemd(void)
{
	zx_handle_t ours, theirs;
	zxl_service_cred_t cred;
	int fd, other;

	for (int i = FIRST; i < 20; i++)
		close(i);
	pass_sockets();

	/* A client that came before the program. */
	be_started(getpid(), "3");
	CHILD_CHECK(zxl_service_connect(second_path, ZXT_SOON, &theirs) == ZX_OK);
	CHILD_CHECK(zxl_service_listen(second_path, 0, &fd) == ZX_OK);
	CHILD_CHECK(fd > FIRST + 2);
	CHILD_CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CHILD_CHECK(zxl_service_accept(fd, &ours, &cred) == ZX_OK);
	CHILD_CHECK(are_connected(ours, theirs));
	CHILD_CHECK(cred.uid == 0 && cred.pid == getpid());
	/* The file is systemd's, which goes on to listen. */
	CHILD_CHECK(zxl_service_close(fd) == ZX_OK);
	CHILD_CHECK(access(second_path, F_OK) == 0);
	CHILD_CHECK(fcntl(FIRST + 2, F_GETFD) == FD_CLOEXEC);
	/* Any. */
	CHILD_CHECK(zxl_service_listen(NULL, ZXL_SERVICE_NONBLOCK, &fd) == ZX_OK);
	CHILD_CHECK(can_connect(client_path, fd));
	close(fd);
	/* Not the third, and a path that was not passed. */
	be_started(getpid(), "2");
	CHILD_CHECK(zxl_service_listen(second_path, 0, &fd) == ZX_ERR_ALREADY_BOUND);
	CHILD_CHECK(zxl_service_listen(client_path, 0, &fd) == ZX_OK);
	CHILD_CHECK(can_connect(client_path, fd));
	close(fd);
	/* For another program, or no number. */
	be_started(getppid(), "3");
	CHILD_CHECK(zxl_service_listen(client_path, 0, &fd) == ZX_ERR_ALREADY_BOUND);
	CHILD_CHECK(zxl_service_listen(NULL, 0, &fd) == ZX_ERR_NOT_FOUND);
	for (int i = 0; i < 5; i++) {
		static const char *const counts[] = { "", "x", "-1", "3x", "0" };

		be_started(getpid(), counts[i]);
		CHILD_CHECK(zxl_service_listen(NULL, 0, &fd) == ZX_ERR_NOT_FOUND);
	}
	/* The kernel would not know who sent what came before. */
	be_started(getpid(), "3");
	CHILD_CHECK(setsockopt(FIRST + 1, SOL_SOCKET, SO_PASSCRED, &(int){ 0 }, sizeof(int)) == 0);
	CHILD_CHECK(zxl_service_listen(client_path, 0, &fd) == ZX_ERR_BAD_STATE);
	/* A number that was closed meanwhile; more than there are. */
	CHILD_CHECK(close(FIRST) == 0);
	be_started(getpid(), "999999999999");
	CHILD_CHECK(zxl_service_listen(second_path, 0, &fd) == ZX_OK);
	CHILD_CHECK(zxl_service_listen("@other-than-those", 0, &other) == ZX_OK);
}

TEST_F(service, sockets_from_systemd)
{
	snprintf(client_path, sizeof(client_path), "%s", self->path);
	snprintf(second_path, sizeof(second_path), "%s/second", self->dir);
	EXPECT_EQ(0, zxp_run_as(0, started_by_systemd));
	unlink(second_path);
}

/* errno does not change, and no call is a point where a thread is cancelled. */
static void *call_with_cancellation(void *arg)
{
	struct call *call = arg;
	zx_handle_t theirs, ours;
	int fd = -1;

	pthread_cancel(pthread_self());
	errno = 4711;
	if (zxl_service_listen(call->path, ZXL_SERVICE_NONBLOCK, &fd) == ZX_OK &&
	    zxl_service_listen(call->path, 0, &(int){ 0 }) == ZX_ERR_ALREADY_BOUND &&
	    zxl_service_accept(fd, &ours, NULL) == ZX_ERR_SHOULD_WAIT &&
	    zxl_service_connect(call->path, ZXT_SOON, &theirs) == ZX_OK &&
	    zxl_service_accept(fd, &ours, NULL) == ZX_OK && errno == 4711)
		call->done = true;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	zx_handle_close(theirs);
	zx_handle_close(ours);
	close(fd);
	return NULL;
}

TEST_F(service, errno_and_cancellation)
{
	struct call call = { .path = self->path };

	ASSERT_EQ(0, pthread_create(&call.thread, NULL, call_with_cancellation, &call));
	ASSERT_EQ(0, pthread_join(call.thread, NULL));
	EXPECT_TRUE(call.done);
}

TEST_HARNESS_MAIN
