// SPDX-License-Identifier: MIT
/*
 * Starts a thread with a stack of its own, and waits for its end.
 *
 * The thread has no thread pointer: compile it with
 * -fno-stack-protector, and link it with -Wl,-z,now if the library is
 * a shared one.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <zircon/process.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define STACK_SIZE 65536

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

/* Calls nothing but zx_*() functions, and does not return. */
static void add(uintptr_t counter, uintptr_t number)
{
	atomic_fetch_add((atomic_uintptr_t *)counter, number);
	zx_thread_exit();
}

/* The stack pointer that a function finds when it has been called. */
static zx_vaddr_t top_of(void *stack)
{
	zx_vaddr_t top = (zx_vaddr_t)stack + STACK_SIZE;

#ifdef __x86_64__
	top -= 8;
#endif
	return top;
}

int main(void)
{
	atomic_uintptr_t counter = 40;
	zx_handle_t thread;
	void *stack;

	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return 1;
	must(zx_thread_create(zx_process_self(), "adder", 5, 0, &thread),
	     "zx_thread_create");
	must(zx_thread_start(thread, (zx_vaddr_t)add, top_of(stack),
			     (uintptr_t)&counter, 2),
	     "zx_thread_start");
	must(zx_object_wait_one(thread, ZX_THREAD_TERMINATED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
	munmap(stack, STACK_SIZE);
	zx_handle_close(thread);
	printf("the counter is %lu\n", (unsigned long)counter);
	return counter != 42;
}
