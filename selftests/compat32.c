// SPDX-License-Identifier: GPL-2.0-only
/*
 * 32-bit programs: open() refuses them the device, and their calls do nothing to a file that they
 * were given. On x86-64 a 64-bit program can make a 32-bit program's system calls.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "zxproc.h"

#ifdef __x86_64__

#define SYS32_OPEN	5
#define SYS32_IOCTL	54
#define SYS32_GETPID	20

static int system_call_32(int number, uint32_t first, uint32_t second, uint32_t third)
{
	int ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "0"(number), "b"(first), "c"(second), "d"(third)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

/* Memory that a 32-bit pointer can address. */
static void *low_memory(void)
{
	void *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return low == MAP_FAILED ? NULL : low;
}

/* Whether the kernel runs 32-bit programs. If not, the instruction faults. */
static bool kernel_runs_them(void)
{
	pid_t child = fork();

	if (!child)
		_exit(system_call_32(SYS32_GETPID, 0, 0, 0) != getpid());
	return zxt_reap(child) == 0;
}

TEST(opening_says_why)
{
	char *path = low_memory();

	if (!kernel_runs_them())
		SKIP(return, "the kernel does not run programs of 32 bits");
	ASSERT_NE(NULL, path);
	memcpy(path, "/dev/zircon", sizeof("/dev/zircon"));
	EXPECT_EQ(-EOPNOTSUPP, system_call_32(SYS32_OPEN, (uintptr_t)path, O_RDWR, 0));
	EXPECT_EQ(-EOPNOTSUPP, system_call_32(SYS32_OPEN, (uintptr_t)path, O_RDONLY, 0));
}

/* Calls through a file that a 64-bit program has opened do nothing. */
TEST(a_file_that_was_handed_over)
{
	int device = zxp_open(O_CLOEXEC);
	zx_handle_t event;
	char *low = low_memory();
	struct zx_ioc_handle *arg = (void *)low;

	if (!kernel_runs_them())
		SKIP(return, "the kernel does not run programs of 32 bits");
	ASSERT_LE(0, device);
	ASSERT_NE(NULL, low);
	ASSERT_EQ(ZX_OK, zx_event_create(0, &event));
	arg->handle = event;
	EXPECT_EQ(-ENOTTY, system_call_32(SYS32_IOCTL, device, ZX_IOC_HANDLE_CLOSE,
					  (uintptr_t)arg));
	EXPECT_EQ(-ENOTTY, system_call_32(SYS32_IOCTL, device, ZXL_IOC_VERSION, (uintptr_t)arg));
	EXPECT_TRUE(zxt_is_open(event));
	EXPECT_EQ(ZX_OK, zx_handle_close(event));
	close(device);
}

/* An exported socket works for 32-bit programs, too. */
TEST(an_exported_socket)
{
	zx_handle_t end[2];
	int *count = low_memory();
	int fd;

	if (!kernel_runs_them())
		SKIP(return, "the kernel does not run programs of 32 bits");
	ASSERT_NE(NULL, count);
	ASSERT_EQ(ZX_OK, zx_socket_create(0, &end[0], &end[1]));
	ASSERT_EQ(ZX_OK, zxl_handle_export(end[1], 0, &fd));
	ASSERT_EQ(ZX_OK, zx_socket_write(end[0], 0, "abc", 3, NULL));
	EXPECT_EQ(0, system_call_32(SYS32_IOCTL, fd, FIONREAD, (uintptr_t)count));
	EXPECT_EQ(3, *count);
	close(fd);
	zx_handle_close(end[0]);
}

#else

TEST(there_are_none)
{
	SKIP(return, "only x86-64 lets a program of 64 bits make such calls");
}

#endif

TEST_HARNESS_MAIN
