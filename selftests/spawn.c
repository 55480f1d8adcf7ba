// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that are started in a job: what they inherit, the handles and descriptors that they are
 * given, who waits for their end, and what is left where they cannot be started.
 */
#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/sysmacros.h>

#include "zxjob.h"

#include <zircon/processargs.h>

extern char **environ;

/* The name under which this program is started, see child_main(). */
#define PROGRAM		"spawn-child"
#define SELF		"/proc/self/exe"
#define MISSING		"/tmp/no-such-file-of-spawn"
#define MAX_HANDLES	((int)ZX_CHANNEL_MAX_MSG_HANDLES)
#define NO_PRIVILEGE	77

#define CLONE_STDIO	ZXL_SPAWN_CLONE_STDIO
#define CLONE_ENVIRON	ZXL_SPAWN_CLONE_ENVIRON
#define CLONE_FD	ZXL_SPAWN_ACTION_CLONE_FD
#define TRANSFER_FD	ZXL_SPAWN_ACTION_TRANSFER_FD

#define USER(i)		PA_HND(PA_USER0, (i))

/* Where programs find the memory that they share with the test, without inheriting it. */
static char shared_path[64];

/* Files that a test has made. */
static char files[4][32];

FIXTURE(spawn)
{
	zx_handle_t job;
};

FIXTURE_SETUP(spawn)
{
	/* Whose parent has ended becomes a child of this process, so that none is forgotten. */
	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_TRUE(zxj_share(-1));
	snprintf(shared_path, sizeof(shared_path), "/proc/%d/fd/%d", getpid(), zxj_shared_fd);
	self->job = zxj_job(zx_job_default());
	ASSERT_NE(ZX_HANDLE_INVALID, self->job);
}

FIXTURE_TEARDOWN(spawn)
{
	zxj_shared->go = 1;
	zx_task_kill(self->job);
	zxj_reap_all();
	for (size_t i = 0; i < ARRAY_SIZE(files) && files[i][0]; i++)
		unlink(files[i]);
}

/*
 * A call with all that it is given.
 */

struct call {
	zx_handle_t job;
	uint32_t flags;
	const char *path;
	const char *const *argv;
	const char *const *environ;
	size_t count, args_count;
	zxl_spawn_action_t actions[MAX_HANDLES + 16];
	const char *args[32];
	char text[ZXL_SPAWN_ERR_MSG_MAX_LENGTH];
};

static void add_arg(struct call *call, const char *text)
{
	call->args[call->args_count++] = text;
}

/* This program, in which a body of child_main() runs. */
static void prepare(struct call *call, zx_handle_t job, const char *body)
{
	memset(call, 0, sizeof(*call));
	call->job = job;
	call->flags = CLONE_STDIO;
	call->path = SELF;
	call->argv = call->args;
	add_arg(call, PROGRAM);
	add_arg(call, body);
	add_arg(call, shared_path);
}

static void add_fd(struct call *call, uint32_t action, int local, int target)
{
	call->actions[call->count++] = (zxl_spawn_action_t){
		.action = action,
		.fd = { .local_fd = local, .target_fd = target },
	};
}

static void add_handle(struct call *call, uint32_t id, zx_handle_t handle)
{
	call->actions[call->count++] = (zxl_spawn_action_t){
		.action = ZXL_SPAWN_ACTION_ADD_HANDLE,
		.h = { .id = id, .handle = handle },
	};
}

static void add_name(struct call *call, const char *name)
{
	call->actions[call->count++] = (zxl_spawn_action_t){
		.action = ZXL_SPAWN_ACTION_SET_NAME,
		.name = { .data = name },
	};
}

static zx_status_t spawn(struct call *call, zx_handle_t *process)
{
	memset(call->text, 'x', sizeof(call->text));
	return zxl_spawn_etc(call->job, call->flags, call->path, call->argv, call->environ,
			     call->count, call->actions, process, call->text);
}

/* Waits for the end of the only child. Returns its return code, if Linux tells the same. */
static int64_t end_of(zx_handle_t process)
{
	int64_t code = zxj_return_code(process);
	int status;

	zx_handle_close(process);
	if (waitpid(-1, &status, 0) < 0)
		return INT64_MIN;
	if (WIFSIGNALED(status))
		return code < 0 ? code : INT64_MIN;
	return WEXITSTATUS(status) == (code & 0xff) ? code : INT64_MIN;
}

/* Starts a program, and returns how it has ended. */
static int64_t run(struct call *call)
{
	zx_handle_t process = ZX_HANDLE_INVALID;
	zx_status_t status = spawn(call, &process);

	if (status == ZX_OK)
		return end_of(process);
	fprintf(stderr, "# not started: %d, %.*s\n", status, (int)sizeof(call->text), call->text);
	return INT64_MIN;
}

/* Starts a program that arrives; it stays until the test lets it go. */
static zx_handle_t start_and_meet(struct call *call)
{
	zx_handle_t process = ZX_HANDLE_INVALID;
	int arrived = zxj_shared->arrived;

	if (spawn(call, &process) != ZX_OK || !zxj_reaches(&zxj_shared->arrived, arrived + 1))
		return ZX_HANDLE_INVALID;
	return process;
}

/* Whether this process has no child, not even a zombie. */
static bool childless(void)
{
	return waitpid(-1, NULL, WNOHANG | __WALL) == -1 && errno == ECHILD;
}

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	while (dir && readdir(dir))
		count++;
	closedir(dir);
	/* Without the two directories and that of the list. */
	return count - 3;
}

static bool fd_is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* A descriptor at a number, not close-on-exec. */
static bool put_at(int fd, int number)
{
	return dup2(fd, number) == number;
}

static bool is_closed_soon(zx_handle_t channel)
{
	return zx_object_wait_one(channel, ZX_CHANNEL_PEER_CLOSED, ZXT_SOON, NULL) == ZX_OK;
}

/* Waits until all write ends of a pipe are closed, and nothing is to be read. */
static bool pipe_ends(int fd)
{
	struct pollfd item = { .fd = fd, .events = POLLIN };

	return poll(&item, 1, 180000) == 1 && item.revents == POLLHUP;
}

/* A value in hexadecimal of /proc/self/status. */
static uint64_t own_status(const char *field)
{
	FILE *file = fopen("/proc/self/status", "re");
	uint64_t value = ~0ull;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, field, strlen(field)))
			value = strtoull(line + strlen(field) + 1, NULL, 16);
	if (file)
		fclose(file);
	return value;
}

static uint64_t signal_bit(int signal)
{
	return 1ull << (signal - 1);
}

/* The path of a new file, which is removed after the test. */
static char *new_file(int *fd)
{
	char *path = files[0];

	while (*path)
		path += sizeof(files[0]);
	snprintf(path, sizeof(files[0]), "/tmp/spawn-XXXXXX");
	*fd = mkostemp(path, O_CLOEXEC);
	return path;
}

static const char *file_of(const char *text, mode_t mode)
{
	int fd;
	char *path = new_file(&fd);
	bool done = write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !fchmod(fd, mode);

	return close(fd) == 0 && done ? path : NULL;
}

static const char *copy_of_program(mode_t mode)
{
	int from = open(SELF, O_RDONLY | O_CLOEXEC), to;
	char *path = new_file(&to);
	bool done;

	while (sendfile(to, from, NULL, 1 << 20) > 0)
		;
	done = !fchmod(to, mode);
	close(from);
	return close(to) == 0 && done ? path : NULL;
}

/*
 * What runs in the program.
 */

/* The descriptors with which it begins. */
static struct {
	int count;
	int numbers[64];
} begun_with;

static void note_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(dir) &&
		    begun_with.count < 64)
			begun_with.numbers[begun_with.count++] = atoi(entry->d_name);
	if (dir)
		closedir(dir);
}

static bool began_with(int fd)
{
	for (int i = 0; i < begun_with.count; i++)
		if (begun_with.numbers[i] == fd)
			return true;
	return false;
}

static int body_nothing(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static int body_exit(int argc, char **argv)
{
	CHILD_CHECK(argc == 4);
	zx_process_exit(strtoll(argv[3], NULL, 10));
	return CHILD_FAILED;
}

static int body_arrive(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	zxj_arrive_until_go();
	return 0;
}

/* Of the strings that a shell or a parser might take apart. */
static const char *const arguments[] = {
	"", "two words", "$HOME \"'", "\n\t", "-x", "--", "\xff\xfe", "", "last",
};

static int body_args(int argc, char **argv)
{
	CHILD_CHECK(argc == 3 + ARRAY_SIZE(arguments));
	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
		CHILD_CHECK(!strcmp(argv[3 + i], arguments[i]));
	CHILD_CHECK(!argv[argc]);
	return 0;
}

/* The arguments are what the environment must be. */
static int body_environ(int argc, char **argv)
{
	int i;

	for (i = 0; i < argc - 3; i++)
		CHILD_CHECK(environ[i] && !strcmp(environ[i], argv[3 + i]));
	CHILD_CHECK(!environ[i]);
	return 0;
}

/* The arguments are descriptors, with device and inode: see expect_fd(). */
static int body_fds(int argc, char **argv)
{
	int expected = 3;

	for (int i = 3; i < argc; i++) {
		unsigned long device, inode;
		struct stat stat;
		int fd;

		CHILD_CHECK(sscanf(argv[i], "%d:%lx:%lx", &fd, &device, &inode) == 3);
		CHILD_CHECK(began_with(fd) && fstat(fd, &stat) == 0);
		CHILD_CHECK(stat.st_dev == device && stat.st_ino == inode);
		expected += fd > 2;
	}
	CHILD_CHECK(began_with(0) && began_with(1) && began_with(2));
	CHILD_CHECK(begun_with.count == expected);
	return 0;
}

/* Tells which of the first three are open for /dev/null. */
static int body_null(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (int fd = 0; fd < 3; fd++) {
		struct stat stat;

		if (began_with(fd) && fstat(fd, &stat) == 0 && S_ISCHR(stat.st_mode) &&
		    stat.st_rdev == makedev(1, 3))
			zxj_shared->values[0] |= 1 << fd;
	}
	return begun_with.count;
}

static int body_say(int argc, char **argv)
{
	CHILD_CHECK(argc == 4);
	CHILD_CHECK(write(1, argv[3], strlen(argv[3])) == (ssize_t)strlen(argv[3]));
	return 0;
}

/* Tells what else it has inherited. */
static int body_inherited(int argc, char **argv)
{
	struct rlimit limit;
	char directory[PATH_MAX];

	CHILD_CHECK(argc == 4);
	CHILD_CHECK(getcwd(directory, sizeof(directory)) && !strcmp(directory, argv[3]));
	CHILD_CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	zxj_shared->values[0] = own_status("SigBlk:");
	zxj_shared->values[1] = own_status("SigIgn:");
	zxj_shared->values[2] = own_status("SigCgt:");
	zxj_shared->values[3] = umask(0);
	zxj_shared->values[4] = limit.rlim_cur;
	zxj_shared->values[5] = getuid();
	zxj_shared->values[6] = getppid();
	return 0;
}

static int body_identity(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	zxj_shared->values[0] = zxt_koid(zx_process_self());
	zxj_shared->values[1] = zxt_koid(zx_job_default());
	zxj_shared->values[2] = zxt_basic(zx_process_self()).related_koid;
	return 0;
}

static int body_fork(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (!fork())
		zxj_arrive();
	zxj_arrive();
	return 0;
}

/* Starts another program in the job in which this one is. */
static int body_again(int argc, char **argv)
{
	const char *const args[] = { PROGRAM, "arrive", shared_path, NULL };

	(void)argc;
	(void)argv;
	CHILD_CHECK(zxl_spawn(ZX_HANDLE_INVALID, CLONE_STDIO, SELF, args, NULL) == ZX_OK);
	zxj_arrive_until_go();
	return 0;
}

static bool takes_nothing(void)
{
	return zx_take_startup_handle(USER(0)) == ZX_HANDLE_INVALID &&
	       zx_take_startup_handle(0) == ZX_HANDLE_INVALID &&
	       zx_take_startup_handle(PA_HND(PA_PROC_SELF, 0)) == ZX_HANDLE_INVALID &&
	       zx_take_startup_handle(PA_HND(PA_THREAD_SELF, 0)) == ZX_HANDLE_INVALID &&
	       zx_take_startup_handle(PA_HND(PA_JOB_DEFAULT, 0)) == ZX_HANDLE_INVALID;
}

static int body_takes_nothing(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	CHILD_CHECK(takes_nothing());
	return 0;
}

/* Raises a signal at its event, which it can take only once. */
static int body_take(int argc, char **argv)
{
	zx_handle_t event = zx_take_startup_handle(USER(0));

	(void)argc;
	(void)argv;
	CHILD_CHECK(zxt_basic(event).type == ZX_OBJ_TYPE_EVENT);
	CHILD_CHECK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0) == ZX_OK);
	CHILD_CHECK(takes_nothing());
	return 0;
}

/* Identifiers that differ in all parts, and some that are the same. */
static const uint32_t ids[] = {
	0,
	USER(0),
	USER(1),
	USER(0xffff),
	PA_HND(PA_USER1, 0),
	PA_HND(PA_FD, 0x8000),
	USER(7),
	USER(7),
	USER(7),
};

/* Takes them from the last to the first; those of one id come in the order of the actions. */
static int body_take_ids(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	CHILD_CHECK(zx_take_startup_handle(USER(2)) == ZX_HANDLE_INVALID);
	CHILD_CHECK(zx_take_startup_handle(PA_HND(PA_USER2, 0)) == ZX_HANDLE_INVALID);
	for (int i = 6; i < 9; i++)
		zxj_shared->values[i] = zxt_koid(zx_take_startup_handle(USER(7)));
	for (int i = 5; i >= 0; i--)
		zxj_shared->values[i] = zxt_koid(zx_take_startup_handle(ids[i]));
	for (int i = 0; i < 9; i++)
		CHILD_CHECK(zx_take_startup_handle(ids[i]) == ZX_HANDLE_INVALID);
	return 0;
}

/* Sends all its handles back, through a channel that comes as descriptor 5. */
static int body_send_back(int argc, char **argv)
{
	zx_handle_t handles[MAX_HANDLES], channel;
	int count = argc == 4 ? atoi(argv[3]) : 0;

	CHILD_CHECK(zxl_handle_import(5, 0, &channel) == ZX_OK);
	for (int i = 0; i < count; i++) {
		handles[i] = zx_take_startup_handle(USER(i));
		CHILD_CHECK(zxt_is_open(handles[i]));
		CHILD_CHECK(zx_take_startup_handle(USER(i)) == ZX_HANDLE_INVALID);
	}
	CHILD_CHECK(zx_channel_write(channel, 0, "back", 5, handles, count) == ZX_OK);
	return 0;
}

/* A child has none, before and after its parent has taken them. */
static int body_take_and_fork(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (int i = 0; i < 2; i++) {
		zx_handle_t handle;
		pid_t pid = fork();

		if (!pid) {
			CHILD_CHECK(takes_nothing());
			CHILD_CHECK(zx_take_startup_handle(USER(i)) == ZX_HANDLE_INVALID);
			_exit(0);
		}
		CHILD_CHECK(zxp_reap(pid) == 0);
		handle = zx_take_startup_handle(USER(i));
		CHILD_CHECK(zxt_basic(handle).type == ZX_OBJ_TYPE_EVENT);
	}
	return 0;
}

/* Executes a body, where argv[3] says so after it has taken one handle. */
static int body_exec(int argc, char **argv)
{
	CHILD_CHECK(argc == 5);
	if (!strcmp(argv[3], "after"))
		CHILD_CHECK(zxt_is_open(zx_take_startup_handle(USER(1))));
	execl(SELF, PROGRAM, argv[4], shared_path, NULL);
	return CHILD_FAILED;
}

/* Changes its user first. */
static int body_drop(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	zxp_become(HOSTILE);
	CHILD_CHECK(takes_nothing());
	return 0;
}

/* As a program of root's. */
static int body_privileged(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (geteuid())
		return NO_PRIVILEGE;
	CHILD_CHECK(takes_nothing());
	return 0;
}

/* One of many that begin at once: see spawn_at_once(). */
static int body_one_of_many(int argc, char **argv)
{
	zx_handle_t event = zx_take_startup_handle(USER(0));
	unsigned char byte;

	CHILD_CHECK(argc == 4);
	byte = atoi(argv[3]);
	CHILD_CHECK(begun_with.count == 4 && began_with(5));
	CHILD_CHECK(zx_object_signal(event, 0, ZX_USER_SIGNAL_0) == ZX_OK);
	CHILD_CHECK(write(5, &byte, 1) == 1);
	close(5);
	zxj_arrive_until_go();
	return byte;
}

static const struct {
	const char *name;
	int (*body)(int argc, char **argv);
} bodies[] = {
	{ "nothing", body_nothing },
	{ "exit", body_exit },
	{ "arrive", body_arrive },
	{ "args", body_args },
	{ "environ", body_environ },
	{ "fds", body_fds },
	{ "null", body_null },
	{ "say", body_say },
	{ "inherited", body_inherited },
	{ "identity", body_identity },
	{ "fork", body_fork },
	{ "again", body_again },
	{ "takes nothing", body_takes_nothing },
	{ "take", body_take },
	{ "take ids", body_take_ids },
	{ "send back", body_send_back },
	{ "take and fork", body_take_and_fork },
	{ "exec", body_exec },
	{ "drop", body_drop },
	{ "privileged", body_privileged },
	{ "one of many", body_one_of_many },
};

/* The arguments: the body, the file of the shared memory or nothing, and what the body has. */
static int child_main(int argc, char **argv)
{
	int fd;

	note_descriptors();
	if (argc < 3)
		return CHILD_FAILED;
	if (argv[2][0]) {
		snprintf(shared_path, sizeof(shared_path), "%s", argv[2]);
		fd = open(shared_path, O_RDWR | O_CLOEXEC);
		CHILD_CHECK(fd >= 0 && zxj_share(fd));
		close(fd);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++)
		if (!strcmp(argv[1], bodies[i].name))
			return bodies[i].body(argc, argv);
	return CHILD_FAILED;
}

/*
 * The process.
 */

TEST_F(spawn, process)
{
	const char *const args[] = { PROGRAM, "exit", shared_path, "3", NULL };
	zx_handle_t process = ZX_HANDLE_INVALID;
	uint32_t before = zxt_handles();

	ASSERT_EQ(ZX_OK, zxl_spawn(self->job, CLONE_STDIO, SELF, args, &process));
	EXPECT_EQ(before + 1, zxt_handles());
	EXPECT_EQ(ZX_OBJ_TYPE_PROCESS, zxt_basic(process).type);
	EXPECT_EQ(ZX_DEFAULT_PROCESS_RIGHTS, zxt_basic(process).rights);
	EXPECT_EQ(zxt_koid(self->job), zxt_basic(process).related_koid);
	EXPECT_TRUE(zxt_is_open(self->job));
	EXPECT_EQ(3, end_of(process));
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
	EXPECT_TRUE(childless());
}

TEST_F(spawn, without_results)
{
	const char *const args[] = { PROGRAM, "exit", shared_path, "4", NULL };
	uint32_t before = zxt_handles();
	int fds = count_fds(), status;

	ASSERT_EQ(ZX_OK, zxl_spawn(self->job, 0, SELF, args, NULL));
	EXPECT_EQ(before, zxt_handles());
	ASSERT_LT(0, wait(&status));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(4, WEXITSTATUS(status));
	ASSERT_EQ(ZX_OK, zxl_spawn_etc(self->job, 0, SELF, args, NULL, 0, NULL, NULL, NULL));
	ASSERT_LT(0, wait(&status));
	EXPECT_EQ(4, WEXITSTATUS(status));
	EXPECT_EQ(before, zxt_handles());
	EXPECT_EQ(fds, count_fds());
	/* Nor where it fails. */
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zxl_spawn(self->job, 0, MISSING, args, NULL));
	EXPECT_EQ(ZX_ERR_NOT_FOUND,
		  zxl_spawn_etc(self->job, 0, MISSING, args, NULL, 0, NULL, NULL, NULL));
}

TEST_F(spawn, return_codes)
{
	static const int64_t codes[] = { 0, 1, 255, 256, 1ll << 40, -1 };

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		struct call call;
		char code[32];

		snprintf(code, sizeof(code), "%lld", (long long)codes[i]);
		prepare(&call, self->job, "exit");
		add_arg(&call, code);
		EXPECT_EQ(codes[i], run(&call));
		EXPECT_EQ('\0', call.text[0]);
	}
}

TEST_F(spawn, kill_of_the_process)
{
	struct call call;
	zx_handle_t process;

	prepare(&call, self->job, "arrive");
	process = start_and_meet(&call);
	ASSERT_NE(ZX_HANDLE_INVALID, process);
	EXPECT_EQ(ZX_INFO_PROCESS_FLAG_STARTED, zxj_process_info(process).flags);
	EXPECT_EQ(ZX_OK, zx_task_kill(process));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, end_of(process));
}

/* For Linux, the end waits for its parent. */
TEST_F(spawn, zombie)
{
	struct call call;
	zx_handle_t process;
	siginfo_t info = {};
	pid_t pid;

	prepare(&call, self->job, "arrive");
	process = start_and_meet(&call);
	ASSERT_NE(ZX_HANDLE_INVALID, process);
	pid = zxj_shared->pids[0];
	EXPECT_TRUE(zxp_is_running(pid));
	zxj_shared->go = 1;
	EXPECT_EQ(0, zxj_return_code(process));
	ASSERT_EQ(0, waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	EXPECT_EQ(pid, info.si_pid);
	EXPECT_EQ(0, kill(pid, 0));
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_TRUE(childless());
	EXPECT_EQ(0, zxj_process_info(process).return_code);
}

static bool sigchld_is_pending(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && sigismember(&pending, SIGCHLD);
}

static void set_blocked(int how, int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	sigprocmask(how, &set, NULL);
}

TEST_F(spawn, sigchld)
{
	struct call call;

	set_blocked(SIG_BLOCK, SIGCHLD);
	prepare(&call, self->job, "nothing");
	EXPECT_FALSE(sigchld_is_pending());
	EXPECT_EQ(0, run(&call));
	EXPECT_TRUE(sigchld_is_pending());
}

/* Starts programs, also one that is not there, where Linux drops the zombies. */
static void check_no_zombies(struct __test_metadata *_metadata, zx_handle_t job)
{
	struct call call;
	zx_handle_t process;

	prepare(&call, job, "exit");
	add_arg(&call, "9");
	ASSERT_EQ(ZX_OK, spawn(&call, &process));
	EXPECT_EQ(9, zxj_return_code(process));
	EXPECT_EQ(-1, waitpid(-1, NULL, 0));
	EXPECT_EQ(ECHILD, errno);
	call.path = MISSING;
	EXPECT_EQ(ZX_ERR_NOT_FOUND, spawn(&call, &process));
	EXPECT_TRUE(childless());
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(job, ZX_JOB_NO_CHILDREN) & ZXJ_EMPTY);
	EXPECT_EQ(0, zxj_processes(job));
}

TEST_F(spawn, zombies_are_dropped)
{
	struct sigaction action = { .sa_handler = SIG_IGN }, now;

	ASSERT_EQ(0, sigaction(SIGCHLD, &action, NULL));
	check_no_zombies(_metadata, self->job);
	ASSERT_EQ(0, sigaction(SIGCHLD, NULL, &now));
	EXPECT_EQ(SIG_IGN, now.sa_handler);
	action = (struct sigaction){ .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };
	ASSERT_EQ(0, sigaction(SIGCHLD, &action, NULL));
	check_no_zombies(_metadata, self->job);
	ASSERT_EQ(0, sigaction(SIGCHLD, NULL, &now));
	EXPECT_EQ(SIG_DFL, now.sa_handler);
	EXPECT_TRUE(now.sa_flags & SA_NOCLDWAIT);
}

/*
 * The name.
 */

static void check_name(struct __test_metadata *_metadata, struct call *call, const char *name)
{
	zx_handle_t process = start_and_meet(call);

	ASSERT_NE(ZX_HANDLE_INVALID, process);
	EXPECT_STREQ(name, name_of(process));
	EXPECT_EQ(ZX_OK, set_name(process, "another"));
	EXPECT_STREQ("another", name_of(process));
	zxj_shared->go = 1;
	EXPECT_EQ(0, end_of(process));
	zxj_shared->go = 0;
}

TEST_F(spawn, name)
{
	struct call call;

	prepare(&call, self->job, "arrive");
	add_name(&call, "the worker");
	check_name(_metadata, &call, "the worker");
	prepare(&call, self->job, "arrive");
	add_name(&call, LONG_NAME);
	check_name(_metadata, &call, LONG_NAME);
	prepare(&call, self->job, "arrive");
	add_name(&call, LONG_NAME " and more");
	check_name(_metadata, &call, LONG_NAME);
}

/* Also before Linux has changed its own name of the process. */
TEST_F(spawn, name_at_once)
{
	for (int i = 0; i < 100; i++) {
		zx_handle_t process;
		struct call call;

		prepare(&call, self->job, "nothing");
		add_name(&call, "the worker");
		ASSERT_EQ(ZX_OK, spawn(&call, &process));
		ASSERT_STREQ("the worker", name_of(process));
		ASSERT_EQ(0, end_of(process));
	}
}

TEST_F(spawn, name_of_the_file)
{
	struct call call;
	const char *copy = copy_of_program(0755);
	char name[16];

	ASSERT_NE(NULL, copy);
	prepare(&call, self->job, "arrive");
	check_name(_metadata, &call, "exe");
	prepare(&call, self->job, "arrive");
	call.path = copy;
	/* Linux keeps 15 bytes. */
	snprintf(name, sizeof(name), "%.15s", strrchr(copy, '/') + 1);
	check_name(_metadata, &call, name);
}

/*
 * The job.
 */

TEST_F(spawn, job)
{
	struct call call;
	zx_handle_t process;
	zx_koid_t koid;

	prepare(&call, self->job, "arrive");
	process = start_and_meet(&call);
	ASSERT_NE(ZX_HANDLE_INVALID, process);
	koid = zxt_koid(process);
	EXPECT_TRUE(zxj_has(self->job, ZX_INFO_JOB_PROCESSES, koid));
	EXPECT_EQ(1, zxj_processes(self->job));
	EXPECT_EQ(koid, zxj_koid_of(zxj_shared->pids[0]));
	zxj_shared->go = 1;
	EXPECT_EQ(0, end_of(process));
	EXPECT_EQ(0, zxj_processes(self->job));
}

/* Starts a program that tells who and where it is. */
static void check_identity(struct __test_metadata *_metadata, zx_handle_t in, zx_handle_t job)
{
	struct call call;
	zx_handle_t process;
	zx_koid_t koid;

	prepare(&call, in, "identity");
	ASSERT_EQ(ZX_OK, spawn(&call, &process));
	koid = zxt_koid(process);
	EXPECT_EQ(zxt_koid(job), zxt_basic(process).related_koid);
	EXPECT_EQ(0, end_of(process));
	EXPECT_EQ(koid, zxj_value(0));
	EXPECT_EQ(zxt_koid(job), zxj_value(1));
	EXPECT_EQ(zxt_koid(job), zxj_value(2));
}

TEST_F(spawn, job_of_the_program)
{
	zx_handle_t below = zxj_job(self->job);

	check_identity(_metadata, self->job, self->job);
	check_identity(_metadata, below, below);
	check_identity(_metadata, zx_job_default(), zx_job_default());
	check_identity(_metadata, ZX_HANDLE_INVALID, zx_job_default());
}

TEST_F(spawn, job_needs_one_right)
{
	zx_handle_t only;

	ASSERT_EQ(ZX_OK, zx_handle_duplicate(self->job, ZX_RIGHT_MANAGE_PROCESS, &only));
	check_identity(_metadata, only, self->job);
	EXPECT_TRUE(zxt_is_open(only));
}

TEST_F(spawn, children_are_in_the_job)
{
	struct call call;
	zx_handle_t process;

	prepare(&call, self->job, "fork");
	ASSERT_EQ(ZX_OK, spawn(&call, &process));
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 2));
	EXPECT_EQ(2, zxj_processes(self->job));
	for (int i = 0; i < 2; i++)
		EXPECT_TRUE(zxj_has(self->job, ZX_INFO_JOB_PROCESSES,
				    zxj_koid_of(zxj_shared->pids[i])));
	EXPECT_EQ(ZX_OK, zx_task_kill(self->job));
	EXPECT_EQ(ZXJ_GONE, zxj_sees(self->job, ZX_JOB_TERMINATED));
	EXPECT_EQ(ZX_TASK_RETCODE_SYSCALL_KILL, zxj_return_code(process));
}

/* Without a job, the program is in that of the caller. */
TEST_F(spawn, programs_of_a_program)
{
	struct call call;
	zx_handle_t process;

	prepare(&call, self->job, "again");
	ASSERT_EQ(ZX_OK, spawn(&call, &process));
	ASSERT_TRUE(zxj_reaches(&zxj_shared->arrived, 2));
	EXPECT_EQ(2, zxj_processes(self->job));
	for (int i = 0; i < 2; i++)
		EXPECT_TRUE(zxj_has(self->job, ZX_INFO_JOB_PROCESSES,
				    zxj_koid_of(zxj_shared->pids[i])));
	zxj_shared->go = 1;
	EXPECT_EQ(0, zxj_return_code(process));
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
}

/*
 * Arguments and environment.
 */

TEST_F(spawn, arguments)
{
	struct call call;

	prepare(&call, self->job, "args");
	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
		add_arg(&call, arguments[i]);
	EXPECT_EQ(0, run(&call));
}

/* Starts a program that must have this environment. */
static int64_t run_with_environ(zx_handle_t job, uint32_t flags, const char *const *given,
				const char *const *expected)
{
	struct call call;

	prepare(&call, job, "environ");
	call.flags |= flags;
	call.environ = given;
	while (*expected)
		add_arg(&call, *expected++);
	return run(&call);
}

static const char *const no_environ[] = { NULL };
static const char *const some_environ[] = { "A=1", "B=", "A=2", "no sign", "=C", NULL };
static const char *const own_environ[] = { "X=own", "Y=two words", NULL };

TEST_F(spawn, environment)
{
	zx_handle_t job = self->job;

	environ = (char **)own_environ;
	EXPECT_EQ(0, run_with_environ(job, 0, NULL, no_environ));
	EXPECT_EQ(0, run_with_environ(job, CLONE_ENVIRON, NULL, own_environ));
	EXPECT_EQ(0, run_with_environ(job, ZXL_SPAWN_CLONE_ALL, NULL, own_environ));
	/* What is given comes before what the flag says. */
	EXPECT_EQ(0, run_with_environ(job, 0, some_environ, some_environ));
	EXPECT_EQ(0, run_with_environ(job, CLONE_ENVIRON, some_environ, some_environ));
	EXPECT_EQ(0, run_with_environ(job, CLONE_ENVIRON, no_environ, no_environ));
}

/* zxl_spawn() does the same. */
TEST_F(spawn, environment_without_actions)
{
	const char *const empty[] = { PROGRAM, "environ", shared_path, NULL };
	const char *const own[] = { PROGRAM, "environ", shared_path, "X=own", "Y=two words", NULL };
	zx_handle_t process;

	environ = (char **)own_environ;
	ASSERT_EQ(ZX_OK, zxl_spawn(self->job, CLONE_STDIO, SELF, empty, &process));
	EXPECT_EQ(0, end_of(process));
	ASSERT_EQ(ZX_OK, zxl_spawn(self->job, ZXL_SPAWN_CLONE_ALL, SELF, own, &process));
	EXPECT_EQ(0, end_of(process));
}

static void on_signal(int signal)
{
	(void)signal;
}

static void have_signals(void)
{
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGRTMAX);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGTERM, on_signal);
}

TEST_F(spawn, inherits)
{
	const struct rlimit limit = { 200, 200 };
	uint64_t ignored, blocked = signal_bit(SIGUSR1) | signal_bit(SIGRTMAX);
	zx_handle_t process;
	struct call call;

	have_signals();
	ignored = own_status("SigIgn:");
	ASSERT_EQ(0, chdir("/proc"));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	umask(027);
	prepare(&call, self->job, "inherited");
	add_arg(&call, "/proc");
	ASSERT_EQ(ZX_OK, spawn(&call, &process));
	EXPECT_EQ(0, zxj_return_code(process));
	EXPECT_EQ(blocked, zxj_value(0));
	EXPECT_EQ(ignored & ~signal_bit(SIGCHLD), zxj_value(1));
	EXPECT_NE(0, zxj_value(1) & signal_bit(SIGUSR2));
	EXPECT_EQ(0, zxj_value(2));
	EXPECT_EQ(027, zxj_value(3));
	EXPECT_EQ(200, zxj_value(4));
	EXPECT_EQ(getuid(), zxj_value(5));
	EXPECT_EQ(getpid(), zxj_value(6));
	/* Nothing has changed here. */
	EXPECT_EQ(blocked, own_status("SigBlk:"));
	EXPECT_EQ(ignored, own_status("SigIgn:"));
	EXPECT_EQ(027, umask(0));
}

static _Atomic int forks;

static void count_fork(void)
{
	forks++;
}

TEST_F(spawn, no_fork_handlers)
{
	struct call call;

	ASSERT_EQ(0, pthread_atfork(count_fork, count_fork, count_fork));
	prepare(&call, self->job, "nothing");
	EXPECT_EQ(0, run(&call));
	call.path = MISSING;
	EXPECT_EQ(ZX_ERR_NOT_FOUND, spawn(&call, NULL));
	EXPECT_EQ(0, forks);
}

/*
 * Descriptors.
 */

/* Tells the program that a descriptor of it must be for the same file as one here. */
static void expect_fd(struct call *call, int local, int target)
{
	struct stat info;
	char *text;

	if (fstat(local, &info) || asprintf(&text, "%d:%lx:%lx", target,
					    (unsigned long)info.st_dev,
					    (unsigned long)info.st_ino) < 0)
		abort();
	add_arg(call, text);
}

/* Passes one on. */
static void pass_fd(struct call *call, uint32_t action, int local, int target)
{
	expect_fd(call, local, target);
	add_fd(call, action, local, target);
}

/* Makes pipes, whose read ends are at @first and after it, not close-on-exec. */
static bool make_pipes(int first, int count)
{
	for (int i = 0; i < count; i++) {
		int ends[2];

		if (pipe(ends) || !put_at(ends[0], first + i) || close(ends[0]))
			return false;
	}
	return true;
}

/* Those that are not named are closed in the program, however they are open here. */
TEST_F(spawn, fds_are_closed)
{
	struct call call;

	ASSERT_TRUE(make_pipes(300, 8));
	ASSERT_TRUE(put_at(300, 900));
	ASSERT_TRUE(put_at(300, 0));
	prepare(&call, self->job, "fds");
	for (int fd = 0; fd < 3; fd++)
		expect_fd(&call, fd, fd);
	EXPECT_EQ(0, run(&call));
	EXPECT_TRUE(fd_is_open(300));
	EXPECT_TRUE(fd_is_open(900));
	EXPECT_EQ(0, fcntl(900, F_GETFD));
	prepare(&call, self->job, "fds");
	call.flags = 0;
	EXPECT_EQ(0, run(&call));
}

TEST_F(spawn, fds_clone)
{
	struct call call;
	int fds;

	ASSERT_TRUE(make_pipes(300, 3));
	ASSERT_EQ(0, fcntl(301, F_SETFD, FD_CLOEXEC));
	fds = count_fds();
	prepare(&call, self->job, "fds");
	pass_fd(&call, CLONE_FD, 300, 3);
	/* Its own number, though it is close-on-exec. */
	pass_fd(&call, CLONE_FD, 301, 301);
	pass_fd(&call, CLONE_FD, 302, 302);
	/* Once more, and the highest that is usual. */
	pass_fd(&call, CLONE_FD, 300, 1000);
	EXPECT_EQ(0, run(&call));
	EXPECT_EQ(fds, count_fds());
	EXPECT_EQ(0, fcntl(300, F_GETFD));
	EXPECT_EQ(FD_CLOEXEC, fcntl(301, F_GETFD));
	EXPECT_EQ(0, fcntl(302, F_GETFD));
}

TEST_F(spawn, fds_transfer)
{
	struct call call;
	int fds;

	ASSERT_TRUE(make_pipes(300, 4));
	fds = count_fds();
	prepare(&call, self->job, "fds");
	pass_fd(&call, TRANSFER_FD, 300, 10);
	pass_fd(&call, TRANSFER_FD, 301, 301);
	/* Also where the other action comes first or last. */
	pass_fd(&call, CLONE_FD, 302, 11);
	pass_fd(&call, TRANSFER_FD, 302, 12);
	pass_fd(&call, TRANSFER_FD, 303, 13);
	pass_fd(&call, CLONE_FD, 303, 14);
	EXPECT_EQ(0, run(&call));
	for (int fd = 300; fd < 304; fd++)
		EXPECT_FALSE(fd_is_open(fd));
	EXPECT_EQ(fds - 4, count_fds());
}

/* Targets are numbers of others that are passed. */
TEST_F(spawn, fds_swap)
{
	static const int permutations[][4] = {
		{ 301, 300, 302, 303 },
		{ 301, 302, 303, 300 },
		{ 303, 302, 301, 300 },
		{ 301, 302, 303, 304 },
		{ 299, 300, 301, 302 },
		{ 0, 1, 300, 2 },
	};

	ASSERT_TRUE(make_pipes(300, 4));
	for (size_t i = 0; i < ARRAY_SIZE(permutations); i++) {
		struct call call;

		prepare(&call, self->job, "fds");
		for (int j = 0; j < 4; j++)
			pass_fd(&call, CLONE_FD, 300 + j, permutations[i][j]);
		EXPECT_EQ(0, run(&call))
			TH_LOG("permutation %zu", i);
	}
	for (int fd = 300; fd < 304; fd++)
		EXPECT_TRUE(fd_is_open(fd));
}

/* The same where they are closed here. */
TEST_F(spawn, fds_swap_and_transfer)
{
	struct call call;

	ASSERT_TRUE(make_pipes(300, 3));
	prepare(&call, self->job, "fds");
	pass_fd(&call, TRANSFER_FD, 300, 301);
	pass_fd(&call, TRANSFER_FD, 301, 302);
	pass_fd(&call, TRANSFER_FD, 302, 300);
	EXPECT_EQ(0, run(&call));
	for (int fd = 300; fd < 303; fd++)
		EXPECT_FALSE(fd_is_open(fd));
}

/* The first three among each other, where one is new. */
TEST_F(spawn, fds_swap_stdio)
{
	struct call call;

	ASSERT_TRUE(make_pipes(300, 1));
	ASSERT_TRUE(put_at(300, 0));
	prepare(&call, self->job, "fds");
	pass_fd(&call, CLONE_FD, 0, 1);
	pass_fd(&call, CLONE_FD, 1, 0);
	expect_fd(&call, 2, 2);
	EXPECT_EQ(0, run(&call));
	prepare(&call, self->job, "fds");
	call.flags = 0;
	pass_fd(&call, CLONE_FD, 2, 0);
	pass_fd(&call, CLONE_FD, 0, 2);
	EXPECT_EQ(0, run(&call));
	EXPECT_TRUE(fd_is_open(0));
	EXPECT_TRUE(fd_is_open(1));
	EXPECT_TRUE(fd_is_open(2));
}

/* Which of the first three are for /dev/null; -1 if the program has others, too. */
static int64_t run_null(struct call *call)
{
	zxj_shared->values[0] = 0;
	return run(call) == 3 ? zxj_value(0) : -1;
}

TEST_F(spawn, stdio)
{
	struct call call;

	/* None of them is /dev/null here. */
	ASSERT_TRUE(make_pipes(300, 1));
	ASSERT_TRUE(put_at(300, 0));
	prepare(&call, self->job, "null");
	call.flags = 0;
	EXPECT_EQ(7, run_null(&call));
	add_fd(&call, CLONE_FD, 300, 1);
	EXPECT_EQ(5, run_null(&call));
	call.flags = CLONE_STDIO;
	EXPECT_EQ(0, run_null(&call) & 3);
	EXPECT_TRUE(fd_is_open(0));
}

/* Starts two programs while some of the first three, by bits, are closed here. */
static void without_stdio(zx_handle_t job, int closed, int64_t result[2])
{
	struct call call;
	int saved[3];

	for (int fd = 0; fd < 3; fd++)
		saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 400);
	for (int fd = 0; fd < 3; fd++)
		if (closed & 1 << fd)
			close(fd);
	prepare(&call, job, "null");
	result[0] = run_null(&call);
	call.flags = 0;
	result[1] = run_null(&call);
	for (int fd = 0; fd < 3; fd++)
		if ((closed & 1 << fd) && fd_is_open(fd))
			result[0] = -2;
	for (int fd = 0; fd < 3; fd++) {
		dup2(saved[fd], fd);
		close(saved[fd]);
	}
}

TEST_F(spawn, stdio_that_is_closed_here)
{
	int saved_out = dup(1), saved_err = dup(2);

	ASSERT_TRUE(make_pipes(300, 1));
	for (int closed = 0; closed < 8; closed++) {
		int64_t result[2];

		/* What stays open is a pipe. */
		for (int fd = 0; fd < 3; fd++)
			dup2(300, fd);
		without_stdio(self->job, closed, result);
		dup2(saved_out, 1);
		dup2(saved_err, 2);
		EXPECT_EQ(closed, result[0]);
		EXPECT_EQ(7, result[1])
			TH_LOG("closed: %d", closed);
	}
}

/* An action has a target among those that are closed here. */
TEST_F(spawn, stdio_by_actions_while_closed)
{
	struct call call;

	ASSERT_TRUE(make_pipes(300, 1));
	close(0);
	prepare(&call, self->job, "fds");
	pass_fd(&call, CLONE_FD, 300, 0);
	EXPECT_EQ(0, run(&call));
	EXPECT_FALSE(fd_is_open(0));
}

TEST_F(spawn, stdout_in_a_pipe)
{
	struct call call;
	char got[16] = "";
	int ends[2];

	ASSERT_EQ(0, pipe(ends));
	prepare(&call, self->job, "say");
	add_arg(&call, "hello");
	add_fd(&call, TRANSFER_FD, ends[1], 1);
	EXPECT_EQ(0, run(&call));
	EXPECT_EQ(5, read(ends[0], got, sizeof(got)));
	EXPECT_STREQ("hello", got);
	/* Nobody else has it. */
	EXPECT_TRUE(pipe_ends(ends[0]));
}

/* The highest target that the limit allows. */
TEST_F(spawn, fds_up_to_the_limit)
{
	const struct rlimit limit = { 350, 350 };
	struct call call;

	ASSERT_TRUE(make_pipes(300, 1));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	prepare(&call, self->job, "fds");
	pass_fd(&call, CLONE_FD, 300, 349);
	EXPECT_EQ(0, run(&call));
}

/*
 * Handles.
 */

static zx_handle_t new_event(void)
{
	zx_handle_t event = ZX_HANDLE_INVALID;

	zx_event_create(0, &event);
	return event;
}

/* A handle to the same object for the program, with all rights. */
static zx_handle_t copy_of(zx_handle_t handle)
{
	return zxt_without(handle, 0);
}

static void check_take(struct __test_metadata *_metadata, struct call *call)
{
	zx_handle_t event = new_event(), copy = copy_of(event);

	add_handle(call, USER(0), copy);
	EXPECT_EQ(0, run(call));
	EXPECT_EQ(ZX_USER_SIGNAL_0, zxt_signals(event));
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(copy));
	EXPECT_EQ(1, zxt_handles_to(event));
	zx_handle_close(event);
}

TEST_F(spawn, handle)
{
	struct call call;
	uint32_t before = zxt_handles();

	prepare(&call, self->job, "take");
	check_take(_metadata, &call);
	prepare(&call, ZX_HANDLE_INVALID, "take");
	check_take(_metadata, &call);
	EXPECT_EQ(before, zxt_handles());
}

/* The interpreter of a script takes them. */
TEST_F(spawn, handle_for_a_script)
{
	const char *copy = copy_of_program(0755), *script;
	struct call call;
	char text[64];

	ASSERT_NE(NULL, copy);
	snprintf(text, sizeof(text), "#!%s " PROGRAM "\n", copy);
	script = file_of(text, 0755);
	ASSERT_NE(NULL, script);
	prepare(&call, self->job, "take");
	call.path = script;
	check_take(_metadata, &call);
}

TEST_F(spawn, handles_by_id)
{
	zx_handle_t events[ARRAY_SIZE(ids)];
	struct call call;

	prepare(&call, self->job, "take ids");
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		events[i] = new_event();
		add_handle(&call, ids[i], copy_of(events[i]));
	}
	EXPECT_EQ(0, run(&call));
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		EXPECT_EQ(zxt_koid(events[i]), zxj_value(i));
}

/* Objects of several types, with rights that differ. */
static zx_handle_t new_object(int i)
{
	zx_handle_t handle = ZX_HANDLE_INVALID, other, out = ZX_HANDLE_INVALID;

	if (i % 3 == 0)
		zx_event_create(0, &handle);
	else if (i % 3 == 1)
		zx_socket_create(ZX_SOCKET_STREAM, &handle, &other);
	else
		zx_channel_create(0, &handle, &other);
	if (i % 2)
		return handle;
	zx_handle_replace(handle, ZX_RIGHT_TRANSFER | ZX_RIGHT_INSPECT, &out);
	return out;
}

/* Gives the program so many, which sends them back. */
static void check_there_and_back(struct __test_metadata *_metadata, zx_handle_t job, int count)
{
	zx_handle_t mine, theirs, got[MAX_HANDLES];
	zx_info_handle_basic_t sent[MAX_HANDLES], back;
	uint32_t bytes, handles = 0;
	char text[8], number[16];
	struct call call;
	int fd;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &mine, &theirs));
	ASSERT_EQ(ZX_OK, zxl_handle_export(theirs, 0, &fd));
	prepare(&call, job, "send back");
	snprintf(number, sizeof(number), "%d", count);
	add_arg(&call, number);
	add_fd(&call, TRANSFER_FD, fd, 5);
	for (int i = 0; i < count; i++) {
		zx_handle_t handle = new_object(i);

		sent[i] = zxt_basic(handle);
		add_handle(&call, USER(i), handle);
	}
	EXPECT_EQ(0, run(&call));
	ASSERT_EQ(ZX_OK, zx_channel_read(mine, 0, text, got, sizeof(text), MAX_HANDLES, &bytes,
					 &handles));
	ASSERT_EQ(count, handles);
	for (int i = 0; i < count; i++) {
		back = zxt_basic(got[i]);
		EXPECT_EQ(0, memcmp(&sent[i], &back, sizeof(back)));
		EXPECT_EQ(1, zxt_handles_to(got[i]));
	}
	zx_handle_close_many(got, count);
	EXPECT_TRUE(is_closed_soon(mine));
	zx_handle_close(mine);
}

TEST_F(spawn, handles_there_and_back)
{
	static const int counts[] = { 1, 2, MAX_HANDLES - 1, MAX_HANDLES };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		check_there_and_back(_metadata, self->job, counts[i]);
}

/* Those that the program does not take live as long as it. */
TEST_F(spawn, handles_that_nobody_takes)
{
	zx_handle_t mine, theirs, process;
	struct call call;

	ASSERT_EQ(ZX_OK, zx_channel_create(0, &mine, &theirs));
	prepare(&call, self->job, "arrive");
	add_handle(&call, USER(1), theirs);
	process = start_and_meet(&call);
	ASSERT_NE(ZX_HANDLE_INVALID, process);
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(theirs));
	EXPECT_EQ(ZX_CHANNEL_WRITABLE, zxt_signals(mine));
	zxj_shared->go = 1;
	EXPECT_EQ(0, end_of(process));
	EXPECT_TRUE(is_closed_soon(mine));
}

TEST_F(spawn, no_handles)
{
	const char *const args[] = { PROGRAM, "takes nothing", shared_path, NULL };
	struct call call;
	zx_handle_t process;

	EXPECT_TRUE(takes_nothing());
	prepare(&call, self->job, "takes nothing");
	EXPECT_EQ(0, run(&call));
	ASSERT_EQ(ZX_OK, zxl_spawn(self->job, CLONE_STDIO, SELF, args, &process));
	EXPECT_EQ(0, end_of(process));
}

TEST_F(spawn, handles_are_not_for_children)
{
	struct call call;

	prepare(&call, self->job, "take and fork");
	add_handle(&call, USER(0), new_event());
	add_handle(&call, USER(1), new_event());
	EXPECT_EQ(0, run(&call));
}

/* A program that the first one executes has them only if that one has not asked. */
TEST_F(spawn, handles_over_exec)
{
	zx_handle_t event = new_event();
	struct call call;

	prepare(&call, self->job, "exec");
	add_arg(&call, "before");
	add_arg(&call, "take");
	check_take(_metadata, &call);
	prepare(&call, self->job, "exec");
	add_arg(&call, "after");
	add_arg(&call, "takes nothing");
	add_handle(&call, USER(0), copy_of(event));
	add_handle(&call, USER(1), copy_of(event));
	EXPECT_EQ(0, run(&call));
	EXPECT_EQ(1, zxt_handles_to(event));
}

TEST_F(spawn, handles_are_not_for_another_user)
{
	zx_handle_t mine, theirs;
	struct call call;

	if (getuid())
		SKIP(return, "needs root, for other users");
	ASSERT_EQ(ZX_OK, zx_channel_create(0, &mine, &theirs));
	prepare(&call, self->job, "drop");
	add_handle(&call, USER(0), theirs);
	EXPECT_EQ(0, run(&call));
	EXPECT_TRUE(is_closed_soon(mine));
}

static const char *program;

/* As HOSTILE: starts a program that becomes root's. */
static void start_set_user_id(void)
{
	zx_handle_t job = zxj_job(zx_job_default()), mine, theirs;
	struct call call;
	int64_t code;

	CHILD_CHECK(zx_channel_create(0, &mine, &theirs) == ZX_OK);
	prepare(&call, job, "privileged");
	call.args[2] = "";
	call.path = program;
	add_handle(&call, USER(0), theirs);
	code = run(&call);
	if (code == NO_PRIVILEGE)
		_exit(NO_PRIVILEGE);
	CHILD_CHECK(code == 0);
	CHILD_CHECK(is_closed_soon(mine));
}

TEST_F(spawn, handles_are_not_for_set_user_id)
{
	int status;

	if (getuid())
		SKIP(return, "needs root, for other users");
	program = copy_of_program(04755);
	ASSERT_NE(NULL, program);
	status = zxp_run_as(HOSTILE, start_set_user_id);
	if (status == NO_PRIVILEGE)
		SKIP(return, "set-user-ID has no effect here");
	EXPECT_EQ(0, status);
}

/*
 * Failures.
 */

/* What is consumed, and shows when nobody has it any more. */
struct baggage {
	zx_handle_t mine, theirs;
	int ends[2];
};

static void add_baggage(struct call *call, struct baggage *baggage, int target)
{
	if (zx_channel_create(0, &baggage->mine, &baggage->theirs) != ZX_OK ||
	    pipe(baggage->ends))
		abort();
	add_fd(call, TRANSFER_FD, baggage->ends[1], target);
	add_handle(call, USER(target), baggage->theirs);
}

static void check_consumed(struct __test_metadata *_metadata, const struct baggage *baggage)
{
	EXPECT_EQ(ZX_ERR_NOT_FOUND, zx_handle_check_valid(baggage->theirs));
	EXPECT_TRUE(is_closed_soon(baggage->mine));
	EXPECT_FALSE(fd_is_open(baggage->ends[1]));
	EXPECT_TRUE(pipe_ends(baggage->ends[0]));
	zx_handle_close(baggage->mine);
	close(baggage->ends[0]);
}

/* Handles and descriptors that the actions of a call consume. */
struct consumed {
	uint32_t handles;
	int fds;
};

static struct consumed consumed_by(const struct call *call)
{
	struct consumed consumed = {};

	for (size_t i = 0; i < call->count; i++) {
		const zxl_spawn_action_t *action = &call->actions[i];

		if (action->action == ZXL_SPAWN_ACTION_ADD_HANDLE)
			consumed.handles += zxt_is_open(action->h.handle);
		if (action->action == TRANSFER_FD)
			consumed.fds += fd_is_open(action->fd.local_fd);
	}
	return consumed;
}

/* The same call, with baggage before and behind its actions. */
static void pack(struct call *packed, const struct call *call, struct baggage baggage[2])
{
	*packed = *call;
	packed->count = 0;
	add_baggage(packed, &baggage[0], 60);
	memcpy(&packed->actions[packed->count], call->actions,
	       call->count * sizeof(call->actions[0]));
	packed->count += call->count;
	add_baggage(packed, &baggage[1], 61);
}

static void check_text(struct __test_metadata *_metadata, const char *text)
{
	const char *end = memchr(text, '\0', ZXL_SPAWN_ERR_MSG_MAX_LENGTH);

	ASSERT_NE(NULL, end);
	EXPECT_LT(text, end);
}

/* A call fails, says why, consumes what it must, and leaves nothing. */
static void check_fails_into(struct __test_metadata *_metadata, const struct call *call,
			     zx_status_t expected, zx_handle_t *process)
{
	uint32_t handles = zxt_handles() - consumed_by(call).handles;
	int fds = count_fds() - consumed_by(call).fds;
	struct baggage baggage[2];
	struct call packed;
	zx_status_t status;

	pack(&packed, call, baggage);
	set_blocked(SIG_BLOCK, SIGCHLD);
	status = spawn(&packed, process);
	EXPECT_EQ(expected, status)
		TH_LOG("%.*s", (int)sizeof(packed.text), packed.text);
	EXPECT_FALSE(sigchld_is_pending());
	EXPECT_TRUE(childless());
	set_blocked(SIG_UNBLOCK, SIGCHLD);
	check_text(_metadata, packed.text);
	check_consumed(_metadata, &baggage[0]);
	check_consumed(_metadata, &baggage[1]);
	EXPECT_EQ(handles, zxt_handles());
	EXPECT_EQ(fds, count_fds());
}

/* The same for a call in the test's job, which is empty afterwards. */
static void check_fails(struct __test_metadata *_metadata, zx_handle_t job,
			const struct call *call, zx_status_t expected)
{
	zx_handle_t process = ZX_HANDLE_INVALID;

	check_fails_into(_metadata, call, expected, &process);
	/* The end of a process takes a moment longer than wait(). */
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(job, ZX_JOB_NO_CHILDREN) & ZXJ_EMPTY);
	EXPECT_EQ(0, zxj_processes(job));
}

static void check_path_fails(struct __test_metadata *_metadata, zx_handle_t job,
			     const char *path, zx_status_t expected)
{
	struct call call;

	prepare(&call, job, "nothing");
	call.path = path;
	check_fails(_metadata, job, &call, expected);
}

TEST_F(spawn, bad_flags)
{
	static const uint32_t flags[] = { 1u << 16, 1u << 31, ~0u, ZXL_SPAWN_CLONE_ALL + 1 };
	struct call call;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		prepare(&call, self->job, "nothing");
		call.flags = flags[i];
		check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
	}
}

TEST_F(spawn, bad_actions)
{
	static const uint32_t actions[] = { 0, 3, 0x77, 0x10001, ~0u };
	struct call call;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		prepare(&call, self->job, "nothing");
		add_fd(&call, actions[i], 0, 40);
		check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
	}
	EXPECT_TRUE(fd_is_open(0));
}

TEST_F(spawn, actions_without_what_they_need)
{
	struct call call;

	prepare(&call, self->job, "nothing");
	add_handle(&call, USER(0), ZX_HANDLE_INVALID);
	check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
	prepare(&call, self->job, "nothing");
	add_name(&call, NULL);
	check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
}

TEST_F(spawn, fds_that_are_not_open)
{
	static const uint32_t actions[] = { CLONE_FD, TRANSFER_FD };
	static const int fds[] = { -1, 777, 1 << 30, INT_MIN };
	struct call call;

	for (size_t i = 0; i < ARRAY_SIZE(actions) * ARRAY_SIZE(fds); i++) {
		prepare(&call, self->job, "nothing");
		add_fd(&call, actions[i % 2], fds[i / 2], 40);
		check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
	}
}

TEST_F(spawn, no_path_or_arguments)
{
	static const char *const none[] = { NULL };
	struct call call;

	check_path_fails(_metadata, self->job, NULL, ZX_ERR_INVALID_ARGS);
	prepare(&call, self->job, "nothing");
	call.argv = NULL;
	check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
	call.argv = none;
	check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_spawn(self->job, 0, NULL, call.args, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_spawn(self->job, 0, SELF, NULL, NULL));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, zxl_spawn(self->job, 0, SELF, none, NULL));
	EXPECT_TRUE(childless());
}

/* Of a path, an argument, a string of the environment. */
TEST_F(spawn, bad_strings)
{
	for (size_t i = 0; i < ARRAY_SIZE(zxt_nowhere); i++) {
		const char *const bad[] = { "A=1", zxt_nowhere[i], NULL };
		struct call call;

		check_path_fails(_metadata, self->job, zxt_nowhere[i], ZX_ERR_INVALID_ARGS);
		prepare(&call, self->job, "nothing");
		add_arg(&call, zxt_nowhere[i]);
		check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
		prepare(&call, self->job, "nothing");
		call.environ = bad;
		check_fails(_metadata, self->job, &call, ZX_ERR_INVALID_ARGS);
	}
}

TEST_F(spawn, no_list_of_actions)
{
	char text[ZXL_SPAWN_ERR_MSG_MAX_LENGTH];
	struct call call;

	prepare(&call, self->job, "nothing");
	memset(text, 'x', sizeof(text));
	EXPECT_EQ(ZX_ERR_INVALID_ARGS,
		  zxl_spawn_etc(self->job, 0, SELF, call.argv, NULL, 1, NULL, NULL, text));
	check_text(_metadata, text);
	EXPECT_TRUE(childless());
}

/* The text needs no more than the space that it is promised. */
TEST_F(spawn, text_at_the_end_of_memory)
{
	char *text = zxt_at_edge(ZXL_SPAWN_ERR_MSG_MAX_LENGTH), path[3000];
	struct call call;

	memset(path, '/', sizeof(path));
	memcpy(path + sizeof(path) - sizeof(MISSING), MISSING, sizeof(MISSING));
	prepare(&call, self->job, "nothing");
	memset(text, 'x', ZXL_SPAWN_ERR_MSG_MAX_LENGTH);
	EXPECT_EQ(ZX_ERR_NOT_FOUND,
		  zxl_spawn_etc(self->job, 0, path, call.argv, NULL, 0, NULL, NULL, text));
	check_text(_metadata, text);
	memset(text, 'x', ZXL_SPAWN_ERR_MSG_MAX_LENGTH);
	ASSERT_EQ(ZX_OK, zxl_spawn_etc(self->job, 0, SELF, call.argv, NULL, 0, NULL, NULL, text));
	EXPECT_STREQ("", text);
}

TEST_F(spawn, files_that_are_no_programs)
{
	const char *text = file_of("\001\002 this is no program", 0755);
	const char *lost = file_of("#!" MISSING "\n", 0755);
	const char *plain = copy_of_program(0644);

	ASSERT_TRUE(text && lost && plain);
	check_path_fails(_metadata, self->job, text, ZX_ERR_INVALID_ARGS);
	check_path_fails(_metadata, self->job, MISSING, ZX_ERR_NOT_FOUND);
	check_path_fails(_metadata, self->job, "", ZX_ERR_NOT_FOUND);
	check_path_fails(_metadata, self->job, lost, ZX_ERR_NOT_FOUND);
	check_path_fails(_metadata, self->job, plain, ZX_ERR_ACCESS_DENIED);
	check_path_fails(_metadata, self->job, "/tmp", ZX_ERR_ACCESS_DENIED);
	check_path_fails(_metadata, self->job, "/dev/null/program", ZX_ERR_BAD_PATH);
}

TEST_F(spawn, path_is_too_long)
{
	static char path[PATH_MAX + 10];

	/* As a whole, and one part of it. */
	memset(path, '/', sizeof(path) - 1);
	check_path_fails(_metadata, self->job, path, ZX_ERR_BAD_PATH);
	memset(path, 'a', NAME_MAX + 1);
	path[NAME_MAX + 1] = '\0';
	check_path_fails(_metadata, self->job, path, ZX_ERR_BAD_PATH);
}

/* The path is not searched for. */
TEST_F(spawn, path_is_no_name)
{
	const char *copy = copy_of_program(0755);

	ASSERT_NE(NULL, copy);
	ASSERT_EQ(0, chdir("/proc"));
	ASSERT_EQ(0, setenv("PATH", "/tmp", 1));
	check_path_fails(_metadata, self->job, strrchr(copy, '/') + 1, ZX_ERR_NOT_FOUND);
}

TEST_F(spawn, arguments_are_too_long)
{
	size_t size = 33 * getpagesize();
	char *text = malloc(size);
	const char *const long_environ[] = { text, NULL };
	struct call call;

	ASSERT_NE(NULL, text);
	memset(text, 'a', size);
	text[size - 1] = '\0';
	prepare(&call, self->job, "nothing");
	add_arg(&call, text);
	check_fails(_metadata, self->job, &call, ZX_ERR_OUT_OF_RANGE);
	prepare(&call, self->job, "nothing");
	call.environ = long_environ;
	check_fails(_metadata, self->job, &call, ZX_ERR_OUT_OF_RANGE);
	free(text);
}

/* In a child: what Linux says about the execution of a file. */
static int errno_of_exec(const char *path)
{
	pid_t pid = fork();

	if (!pid) {
		execl(path, PROGRAM, "nothing", "", NULL);
		_exit(errno);
	}
	return zxp_reap(pid);
}

TEST_F(spawn, file_is_being_written)
{
	const char *copy = copy_of_program(0755);
	int fd;

	ASSERT_NE(NULL, copy);
	fd = open(copy, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	/* Some kernels execute it. */
	if (errno_of_exec(copy) != ETXTBSY)
		SKIP(return, "the kernel executes files that are being written");
	check_path_fails(_metadata, self->job, copy, ZX_ERR_UNAVAILABLE);
}

TEST_F(spawn, targets_twice)
{
	static const uint32_t actions[] = { CLONE_FD, TRANSFER_FD };
	struct call call;

	for (int i = 0; i < 4; i++) {
		ASSERT_TRUE(make_pipes(300, 2));
		prepare(&call, self->job, "nothing");
		add_fd(&call, actions[i % 2], 300, 40);
		add_fd(&call, actions[i / 2], 301, 40);
		check_fails(_metadata, self->job, &call, ZX_ERR_ALREADY_EXISTS);
		EXPECT_EQ(i % 2 == 0, fd_is_open(300));
		EXPECT_EQ(i / 2 == 0, fd_is_open(301));
	}
	/* Also the same descriptor. */
	prepare(&call, self->job, "nothing");
	add_fd(&call, CLONE_FD, 0, 0);
	add_fd(&call, CLONE_FD, 0, 0);
	check_fails(_metadata, self->job, &call, ZX_ERR_ALREADY_EXISTS);
}

TEST_F(spawn, targets_out_of_range)
{
	static const int targets[] = { -1, INT_MIN, 350, 351, 1 << 20, INT_MAX };
	const struct rlimit limit = { 350, 350 };
	struct call call;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		prepare(&call, self->job, "nothing");
		add_fd(&call, CLONE_FD, 0, targets[i]);
		check_fails(_metadata, self->job, &call, ZX_ERR_OUT_OF_RANGE);
	}
}

/* With those of the baggage they are one too many. */
TEST_F(spawn, too_many_handles)
{
	struct call call;

	prepare(&call, self->job, "nothing");
	for (int i = 0; i < MAX_HANDLES - 1; i++)
		add_handle(&call, PA_HND(PA_USER1, i), new_event());
	check_fails(_metadata, self->job, &call, ZX_ERR_OUT_OF_RANGE);
	for (int i = 0; i < MAX_HANDLES - 1; i++)
		EXPECT_FALSE(zxt_is_open(call.actions[i].h.handle));
}

/* As many as there can be are consumed, though there is no program for them. */
TEST_F(spawn, handles_are_consumed)
{
	struct call call;

	prepare(&call, self->job, "nothing");
	call.path = MISSING;
	for (int i = 0; i < MAX_HANDLES - 2; i++)
		add_handle(&call, PA_HND(PA_USER1, i), new_event());
	check_fails(_metadata, self->job, &call, ZX_ERR_NOT_FOUND);
	for (int i = 0; i < MAX_HANDLES - 2; i++)
		EXPECT_FALSE(zxt_is_open(call.actions[i].h.handle));
}

TEST_F(spawn, bad_handles)
{
	zx_handle_t closed = new_event(), event = new_event();
	struct call call;

	zx_handle_close(closed);
	prepare(&call, self->job, "nothing");
	add_handle(&call, USER(0), closed);
	check_fails(_metadata, self->job, &call, ZX_ERR_BAD_HANDLE);
	prepare(&call, self->job, "nothing");
	add_handle(&call, USER(0), zxt_without(event, ZX_RIGHT_TRANSFER));
	check_fails(_metadata, self->job, &call, ZX_ERR_ACCESS_DENIED);
	EXPECT_EQ(1, zxt_handles_to(event));
}

static void check_job_fails(struct __test_metadata *_metadata, zx_handle_t empty, zx_handle_t job,
			    zx_status_t expected)
{
	struct call call;

	prepare(&call, job, "nothing");
	check_fails(_metadata, empty, &call, expected);
}

TEST_F(spawn, bad_jobs)
{
	zx_handle_t closed = new_event(), event = new_event(), gone = zxj_job(self->job);
	zx_handle_t weak = zxt_without(self->job, ZX_RIGHT_MANAGE_PROCESS), below = zxj_job(gone);

	zx_handle_close(closed);
	ASSERT_EQ(ZX_OK, zx_task_kill(gone));
	ASSERT_EQ(ZXJ_GONE, zxj_sees(gone, ZX_JOB_TERMINATED));
	ASSERT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
	check_job_fails(_metadata, self->job, closed, ZX_ERR_BAD_HANDLE);
	check_job_fails(_metadata, self->job, event, ZX_ERR_WRONG_TYPE);
	check_job_fails(_metadata, self->job, zx_process_self(), ZX_ERR_WRONG_TYPE);
	check_job_fails(_metadata, self->job, weak, ZX_ERR_ACCESS_DENIED);
	check_job_fails(_metadata, self->job, gone, ZX_ERR_BAD_STATE);
	check_job_fails(_metadata, self->job, below, ZX_ERR_BAD_STATE);
	/* They stay open. */
	EXPECT_TRUE(zxt_is_open(event));
	EXPECT_TRUE(zxt_is_open(weak));
	EXPECT_TRUE(zxt_is_open(gone));
}

/* As HOSTILE, who may have no other process. */
static void start_one_too_many(void)
{
	const struct rlimit limit = { 1, 1 };
	zx_handle_t job = zxj_job(zx_job_default()), mine, theirs;
	struct call call;

	CHILD_CHECK(setrlimit(RLIMIT_NPROC, &limit) == 0);
	CHILD_CHECK(zx_channel_create(0, &mine, &theirs) == ZX_OK);
	prepare(&call, job, "nothing");
	add_handle(&call, USER(0), theirs);
	CHILD_CHECK(spawn(&call, NULL) == ZX_ERR_NO_RESOURCES);
	CHILD_CHECK(call.text[0] && memchr(call.text, '\0', sizeof(call.text)));
	CHILD_CHECK(!zxt_is_open(theirs) && is_closed_soon(mine));
	CHILD_CHECK(childless());
	CHILD_CHECK(zxj_processes(job) == 0);
}

TEST_F(spawn, limit_of_processes)
{
	if (getuid())
		SKIP(return, "needs root, for other users");
	EXPECT_EQ(0, zxp_run_as(HOSTILE, start_one_too_many));
}

/* In a child: starts a copy of the program where there is nothing else. */
static void start_without_null(void)
{
	zx_handle_t job = zxj_job(zx_job_default());
	struct call call;

	CHILD_CHECK(job != ZX_HANDLE_INVALID);
	CHILD_CHECK(chroot(program) == 0 && chdir("/") == 0);
	prepare(&call, job, "nothing");
	call.args[2] = "";
	call.path = "/program";
	/* Only a static program can be executed here. */
	if (errno_of_exec(call.path))
		_exit(NO_PRIVILEGE);
	/* Nothing needs the device. */
	CHILD_CHECK(run(&call) == 0);
	call.flags = 0;
	CHILD_CHECK(spawn(&call, NULL) == ZX_ERR_NOT_FOUND);
	CHILD_CHECK(call.text[0] && memchr(call.text, '\0', sizeof(call.text)));
	CHILD_CHECK(childless());
	CHILD_CHECK(zxj_sees(job, ZX_JOB_NO_PROCESSES) == ZXJ_EMPTY);
}

TEST_F(spawn, no_dev_null)
{
	char directory[] = "/tmp/spawn-dir-XXXXXX", path[64];
	const char *copy;
	int status = -1;

	if (getuid())
		SKIP(return, "needs root, for chroot");
	copy = copy_of_program(0755);
	ASSERT_NE(NULL, copy);
	program = mkdtemp(directory);
	ASSERT_NE(NULL, program);
	snprintf(path, sizeof(path), "%s/program", directory);
	if (!rename(copy, path))
		status = zxp_run_as(0, start_without_null);
	unlink(path);
	rmdir(directory);
	if (status == NO_PRIVILEGE)
		SKIP(return, "the program is not static");
	EXPECT_EQ(0, status);
}

static void *wait_for_any(void *tid)
{
	*(_Atomic pid_t *)tid = gettid();
	return (void *)(intptr_t)waitpid(-1, NULL, 0);
}

/* Who waits for any child does not see one that could not be started. */
TEST_F(spawn, failure_is_no_child_for_others)
{
	_Atomic pid_t tid = 0;
	pthread_t thread;
	struct call call;
	void *seen;
	pid_t idle = zxp_start_idle();

	ASSERT_LT(0, idle);
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_for_any, &tid));
	ASSERT_TRUE(zxt_sleeps(&tid));
	prepare(&call, self->job, "nothing");
	call.path = MISSING;
	for (int i = 0; i < 50; i++)
		EXPECT_EQ(ZX_ERR_NOT_FOUND, spawn(&call, NULL));
	kill(idle, SIGKILL);
	pthread_join(thread, &seen);
	EXPECT_EQ(idle, (intptr_t)seen);
}

/* After a failure, the next child of this thread is a usual one. */
TEST_F(spawn, failure_has_no_effect_on_fork)
{
	struct call call;
	pid_t pid;

	prepare(&call, self->job, "nothing");
	call.path = MISSING;
	EXPECT_EQ(ZX_ERR_NOT_FOUND, spawn(&call, NULL));
	call.path = SELF;
	add_fd(&call, CLONE_FD, 777, 40);
	EXPECT_EQ(ZX_ERR_INVALID_ARGS, spawn(&call, NULL));
	/* The end of a process takes a moment longer than wait(). */
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_PROCESSES));
	pid = zxp_start_idle();
	ASSERT_LT(0, pid);
	EXPECT_EQ(0, zxj_processes(self->job));
	EXPECT_EQ(128 + SIGKILL, zxp_end_idle(pid));
}

/*
 * Policies.
 */

static zx_handle_t job_that_denies(zx_handle_t parent, uint32_t condition)
{
	const zx_policy_basic_v2_t policy = {
		.condition = condition,
		.action = ZX_POL_ACTION_DENY,
		.flags = ZX_POL_OVERRIDE_DENY,
	};
	zx_handle_t job = zxj_job(parent);

	if (zx_job_set_policy(job, ZX_JOB_POL_ABSOLUTE, ZX_JOB_POL_BASIC_V2, &policy, 1) != ZX_OK)
		return ZX_HANDLE_INVALID;
	return job;
}

/* In a member: it may have no processes. */
static void start_without_processes(void)
{
	zx_handle_t event = new_event(), copy = copy_of(event);
	struct call call;

	prepare(&call, ZX_HANDLE_INVALID, "nothing");
	CHILD_CHECK(spawn(&call, NULL) == ZX_ERR_ACCESS_DENIED);
	CHILD_CHECK(call.text[0] && memchr(call.text, '\0', sizeof(call.text)));
	add_handle(&call, USER(0), copy);
	CHILD_CHECK(spawn(&call, NULL) == ZX_ERR_ACCESS_DENIED);
	CHILD_CHECK(!zxt_is_open(copy) && zxt_handles_to(event) == 1);
	CHILD_CHECK(zxl_spawn(ZX_HANDLE_INVALID, 0, SELF, call.argv, NULL) == ZX_ERR_ACCESS_DENIED);
	CHILD_CHECK(childless());
}

/* In a member: it may have no channels, so it cannot give handles. */
static void start_without_channels(void)
{
	zx_handle_t event = new_event(), copy = copy_of(event);
	struct call call;

	prepare(&call, ZX_HANDLE_INVALID, "nothing");
	CHILD_CHECK(run(&call) == 0);
	add_handle(&call, USER(0), copy);
	CHILD_CHECK(spawn(&call, NULL) == ZX_ERR_ACCESS_DENIED);
	CHILD_CHECK(call.text[0] && memchr(call.text, '\0', sizeof(call.text)));
	CHILD_CHECK(!zxt_is_open(copy) && zxt_handles_to(event) == 1);
	CHILD_CHECK(childless());
}

static void check_policy(struct __test_metadata *_metadata, zx_handle_t parent,
			 uint32_t condition, void (*body)(void))
{
	zx_handle_t job = job_that_denies(parent, condition), process;
	struct call call;
	pid_t pid;

	ASSERT_NE(ZX_HANDLE_INVALID, job);
	pid = zxj_start(job, body, &process);
	ASSERT_LT(0, pid);
	EXPECT_EQ(0, zxj_return_code(process));
	EXPECT_EQ(0, zxp_reap(pid));
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(job, ZX_JOB_NO_PROCESSES));
	/* It is the caller's policy that counts, not that of the program. */
	prepare(&call, job, "take");
	check_take(_metadata, &call);
}

TEST_F(spawn, policy_against_processes)
{
	check_policy(_metadata, self->job, ZX_POL_NEW_PROCESS, start_without_processes);
}

TEST_F(spawn, policy_against_channels)
{
	check_policy(_metadata, self->job, ZX_POL_NEW_CHANNEL, start_without_channels);
}

/*
 * At the same time.
 */

#define THREADS	16

static pthread_barrier_t barrier;

struct starter {
	zx_handle_t job;
	int number;
	pthread_t thread;
	zx_handle_t process;
	const char *failed;	/* what has, or NULL */
};

/* Starts a program with a pipe that nothing but it may have. Returns what has failed, or NULL. */
static const char *start_with_pipe(struct starter *starter, zx_handle_t event)
{
	struct pollfd item = { .events = POLLIN };
	unsigned char byte = 0xff;
	struct call call;
	char number[16];
	int ends[2];

	pthread_barrier_wait(&barrier);
	/* Not close-on-exec, so that a mistake of the other threads' calls shows. */
	if (pipe(ends))
		return "pipe";
	item.fd = ends[0];
	snprintf(number, sizeof(number), "%d", starter->number);
	prepare(&call, starter->job, "one of many");
	add_arg(&call, number);
	add_fd(&call, TRANSFER_FD, ends[1], 5);
	add_handle(&call, USER(0), copy_of(event));
	if (spawn(&call, &starter->process) != ZX_OK)
		return "spawn";
	if (poll(&item, 1, 180000) != 1 || read(ends[0], &byte, 1) != 1)
		return "read";
	/* All programs run until all threads have seen this. */
	if (byte != starter->number || !pipe_ends(ends[0]))
		return "the pipe";
	close(ends[0]);
	return zxt_signals(event) == ZX_USER_SIGNAL_0 ? NULL : "the handle";
}

static void *spawn_at_once(void *arg)
{
	struct starter *starter = arg;
	zx_handle_t event = new_event();

	starter->failed = start_with_pipe(starter, event);
	zx_handle_close(event);
	return NULL;
}

static void check_starter(struct __test_metadata *_metadata, const struct starter *starter)
{
	EXPECT_EQ(NULL, starter->failed)
		TH_LOG("%s", starter->failed);
	EXPECT_EQ(1, zxj_processes(starter->job));
	EXPECT_TRUE(zxj_has(starter->job, ZX_INFO_JOB_PROCESSES, zxt_koid(starter->process)));
}

static void check_many_at_once(struct __test_metadata *_metadata, zx_handle_t job)
{
	struct starter starters[THREADS] = {};

	for (int i = 0; i < THREADS; i++) {
		starters[i].number = i;
		starters[i].job = zxj_job(job);
		ASSERT_EQ(0, pthread_create(&starters[i].thread, NULL, spawn_at_once,
					    &starters[i]));
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(starters[i].thread, NULL);
	for (int i = 0; i < THREADS; i++)
		check_starter(_metadata, &starters[i]);
	zxj_shared->go = 1;
	for (int i = 0; i < THREADS; i++) {
		EXPECT_EQ(i, zxj_return_code(starters[i].process));
		zx_handle_close(starters[i].process);
		zx_handle_close(starters[i].job);
	}
	zxj_reap_all();
	zxj_shared->go = 0;
}

TEST_F_TIMEOUT(spawn, threads_at_once, 600)
{
	int rounds = zxt_part(20) ?: 1, fds;
	uint32_t handles;

	ASSERT_EQ(0, pthread_barrier_init(&barrier, NULL, THREADS));
	fds = count_fds();
	handles = zxt_handles();
	for (int i = 0; i < rounds; i++) {
		check_many_at_once(_metadata, self->job);
		/* What has failed once would only wait again. */
		if (_metadata->exit_code != KSFT_PASS)
			break;
	}
	EXPECT_EQ(fds, count_fds());
	EXPECT_EQ(handles, zxt_handles());
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
}

static _Atomic int ticks, stray_ticks;
static pid_t ticking;

/* Asks the kernel, since the C library may err in a child that shares memory. */
static void on_tick(int signal)
{
	(void)signal;
	if (syscall(SYS_getpid) == ticking)
		ticks++;
	else
		stray_ticks++;
}

static bool start_ticking(timer_t *timer)
{
	const struct sigaction action = { .sa_handler = on_tick };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	const struct itimerspec often = {
		.it_value.tv_nsec = 1000000,
		.it_interval.tv_nsec = 1000000,
	};

	ticking = getpid();
	return sigaction(SIGUSR1, &action, NULL) == 0 &&
	       timer_create(CLOCK_MONOTONIC, &event, timer) == 0 &&
	       timer_settime(*timer, 0, &often, NULL) == 0;
}

/* One program that there is, and one that is not. */
static void check_while_ticking(struct __test_metadata *_metadata, zx_handle_t job)
{
	zx_handle_t process = ZX_HANDLE_INVALID, event = new_event();
	struct call call;

	prepare(&call, job, "take");
	add_handle(&call, USER(0), copy_of(event));
	ASSERT_EQ(ZX_OK, spawn(&call, &process))
		TH_LOG("%.*s", (int)sizeof(call.text), call.text);
	ASSERT_EQ(0, zxj_return_code(process));
	ASSERT_EQ(ZX_USER_SIGNAL_0, zxt_signals(event));
	zx_handle_close(process);
	zx_handle_close(event);
	zxj_reap_all();
	prepare(&call, job, "nothing");
	call.path = MISSING;
	ASSERT_EQ(ZX_ERR_NOT_FOUND, spawn(&call, NULL));
	ASSERT_TRUE(childless());
}

/* Signal handlers do not disturb it, and run in no child. */
TEST_F_TIMEOUT(spawn, while_signals_arrive, 600)
{
	int rounds = zxt_part(200) ?: 1;
	timer_t timer;

	ASSERT_TRUE(start_ticking(&timer));
	for (int i = 0; i < rounds || ticks < rounds; i++) {
		check_while_ticking(_metadata, self->job);
		if (_metadata->exit_code != KSFT_PASS)
			break;
	}
	timer_delete(timer);
	EXPECT_EQ(0, stray_ticks);
}

static _Atomic zx_handle_t doomed;
static _Atomic int delay;

static void *kill_doomed(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&barrier);
	usleep(delay);
	zx_task_kill(doomed);
	return NULL;
}

/* Starts a program while its job is killed. Returns whether the call came first. */
static bool check_race_with_kill(struct __test_metadata *_metadata)
{
	zx_handle_t process = ZX_HANDLE_INVALID, mine, theirs;
	zx_status_t status;
	struct call call;
	pthread_t thread;

	EXPECT_EQ(ZX_OK, zx_channel_create(0, &mine, &theirs));
	prepare(&call, doomed, "arrive");
	add_handle(&call, USER(0), theirs);
	EXPECT_EQ(0, pthread_create(&thread, NULL, kill_doomed, NULL));
	pthread_barrier_wait(&barrier);
	status = spawn(&call, &process);
	pthread_join(thread, NULL);
	EXPECT_TRUE(status == ZX_OK || status == ZX_ERR_BAD_STATE)
		TH_LOG("%d: %.*s", status, (int)sizeof(call.text), call.text);
	EXPECT_EQ(ZXJ_GONE, zxj_sees(doomed, ZX_JOB_TERMINATED));
	EXPECT_TRUE(status != ZX_OK || end_of(process) == ZX_TASK_RETCODE_SYSCALL_KILL);
	EXPECT_TRUE(childless());
	EXPECT_FALSE(zxt_is_open(theirs));
	EXPECT_TRUE(is_closed_soon(mine));
	zx_handle_close(mine);
	return status == ZX_OK;
}

TEST_F_TIMEOUT(spawn, while_the_job_is_killed, 600)
{
	int rounds = zxt_part(300) ?: 1, started = 0;
	uint32_t handles = zxt_handles();

	ASSERT_EQ(0, pthread_barrier_init(&barrier, NULL, 2));
	for (int i = 0; i < rounds && _metadata->exit_code == KSFT_PASS; i++) {
		doomed = zxj_job(self->job);
		delay = i % 50 * 40;
		started += check_race_with_kill(_metadata);
		zx_handle_close(doomed);
	}
	TH_LOG("%d of %d were started", started, rounds);
	EXPECT_EQ(handles, zxt_handles());
	EXPECT_EQ(ZXJ_EMPTY, zxj_sees(self->job, ZX_JOB_NO_JOBS));
}

/*
 * A script has this program as its interpreter: then the name comes behind that of the interpreter,
 * with the script's path before the arguments.
 */
int main(int argc, char **argv)
{
	if (!strcmp(argv[0], PROGRAM))
		return child_main(argc, argv);
	if (argc > 2 && !strcmp(argv[1], PROGRAM))
		return child_main(argc - 2, argv + 2);
	return test_harness_run(argc, argv);
}
