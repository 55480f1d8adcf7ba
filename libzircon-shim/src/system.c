// SPDX-License-Identifier: MIT
/* The machine, randomness, and ending. */
#include "internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/sysinfo.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

/* sysconf() uses the stack protector, which a thread of zx_thread_start() does not have. */

/* Counts the numbers in a list of the kernel's, such as "0-3,8". */
static uint32_t count_of_list(const char *text)
{
	uint32_t count = 0, first = 0, number = 0;
	bool digits = false, range = false;

	for (;; text++) {
		if (*text >= '0' && *text <= '9') {
			number = number * 10 + (uint32_t)(*text - '0');
			digits = true;
			continue;
		}
		if (*text == '-') {
			first = number;
			range = true;
		} else if (digits) {
			count += range ? number - first + 1 : 1;
			range = false;
		}
		number = 0;
		digits = false;
		if (!*text)
			return count;
	}
}

static uint32_t online_cpus(void)
{
	static const char path[] = "/sys/devices/system/cpu/online";
	char text[256];
	long fd, n;
	uint32_t count;

	fd = zxi_system_call(SYS_openat, (unsigned long)AT_FDCWD, zxi_ptr(path),
			     O_RDONLY | O_CLOEXEC, 0, 0, 0);
	n = fd >= 0 ? zxi_system_call(SYS_read, (unsigned long)fd, zxi_ptr(text), sizeof(text) - 1,
				      0, 0, 0) : 0;
	if (fd >= 0)
		zxi_system_call(SYS_close, (unsigned long)fd, 0, 0, 0, 0, 0);
	if (n > 0) {
		text[n] = '\0';
		count = count_of_list(text);
		if (count)
			return count;
	}
	/* Without /sys, those that the program may use. */
	n = zxi_system_call(SYS_sched_getaffinity, 0, sizeof(text), zxi_ptr(text), 0, 0, 0);
	count = 0;
	for (long i = 0; i < n; i++)
		count += (uint32_t)__builtin_popcount((unsigned char)text[i]);
	return count ? count : 1;
}

uint32_t zx_system_get_num_cpus(void)
{
	/* Processors come and go on Linux; a program that has sized its tables is not told so. */
	static _Atomic uint32_t first_answer;
	uint32_t cpus = atomic_load_explicit(&first_answer, memory_order_relaxed);

	if (cpus == 0) {
		uint32_t fresh = online_cpus();

		if (atomic_compare_exchange_strong(&first_answer, &cpus, fresh))
			cpus = fresh;
	}
	return cpus;
}

uint32_t zx_system_get_page_size(void)
{
	return (uint32_t)getauxval(AT_PAGESZ);
}

uint64_t zx_system_get_physmem(void)
{
	struct sysinfo info = {};

	zxi_system_call(SYS_sysinfo, zxi_ptr(&info), 0, 0, 0, 0, 0);
	return (uint64_t)info.totalram * info.mem_unit;
}

uint32_t zx_system_get_dcache_line_size(void)
{
#if defined(__x86_64__)
	unsigned int eax, ebx, ecx, edx;

	/* What clflush works on, in units of eight bytes. */
	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) ? ((ebx >> 8) & 0xff) * 8 : 0;
#elif defined(__aarch64__)
	uint64_t ctr;

	/* The shortest line of any data cache: the logarithm of its number of words. */
	__asm__("mrs %0, ctr_el0" : "=r"(ctr));
	return 4u << ((ctr >> 16) & 0xf);
#else
	long size = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);

	return size > 0 ? (uint32_t)size : 0;
#endif
}

zx_string_view_t zx_system_get_version_string(void)
{
	static const char version[] = "zko-" ZXI_VERSION;

	return (zx_string_view_t){ .c_str = version, .length = sizeof(version) - 1 };
}

void zx_cprng_draw(void *buffer, size_t buffer_size)
{
	char *to = buffer;

	while (buffer_size > 0) {
		long n = zxi_system_call(SYS_getrandom, zxi_ptr(to), buffer_size, 0, 0, 0, 0);

		if (n < 0 && n != -EINTR)
			abort(); /* never leave a caller with bytes that are not random */
		if (n > 0) {
			to += n;
			buffer_size -= (size_t)n;
		}
	}
}

/* After the last store to memory of the program nothing touches its stack. */
void zx_thread_exit(void)
{
	zxi_thread_ends(ZX_HANDLE_INVALID);
	for (;;)
		zxi_system_call(SYS_exit, 0, 0, 0, 0, 0, 0);
}

ZXI_TWIN(zx_system_get_num_cpus);
ZXI_TWIN(zx_system_get_page_size);
ZXI_TWIN(zx_system_get_physmem);
ZXI_TWIN(zx_system_get_dcache_line_size);
ZXI_TWIN(zx_system_get_version_string);
ZXI_TWIN(zx_cprng_draw);
ZXI_TWIN(zx_thread_exit);
