// SPDX-License-Identifier: MIT
/* The machine, randomness, and ending. */
#include "internal.h"

#include <stdlib.h>
#include <sys/random.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

uint32_t zx_system_get_num_cpus(void)
{
	/* Processors come and go on Linux; a program that has sized its tables is not told so. */
	static _Atomic uint32_t first_answer;
	uint32_t cpus = atomic_load_explicit(&first_answer, memory_order_relaxed);

	if (cpus == 0) {
		int saved = errno;
		long online = sysconf(_SC_NPROCESSORS_ONLN);
		uint32_t fresh = online > 0 ? (uint32_t)online : 1;

		errno = saved;
		if (atomic_compare_exchange_strong(&first_answer, &cpus, fresh))
			cpus = fresh;
	}
	return cpus;
}

uint32_t zx_system_get_page_size(void)
{
	return (uint32_t)sysconf(_SC_PAGESIZE);
}

uint64_t zx_system_get_physmem(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * zx_system_get_page_size();
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
	int saved = errno;
	char *to = buffer;

	while (buffer_size > 0) {
		ssize_t n = getrandom(to, buffer_size, 0);

		if (n < 0 && errno != EINTR)
			abort(); /* never leave a caller with bytes that are not random */
		if (n > 0) {
			to += n;
			buffer_size -= n;
		}
	}
	errno = saved;
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
