// SPDX-License-Identifier: MIT
/*
 * The handles that a program was started with. They come in a message, see <zircon/processargs.h>,
 * which the library reads when the program first asks for one of them.
 */
#include "internal.h"

#include <linux/futex.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#define MAX_HANDLES ZX_CHANNEL_MAX_MSG_HANDLES

/* Whether the message was read. A thread that reads it lets others wait for it. */
enum { UNREAD, READING, READ };
static _Atomic uint32_t state = UNREAD;

/* Where the message is, once the module has given it to this program; or 0. */
static zx_handle_t channel;

/* The handles that were not taken yet, and 0 in the place of those that were. */
static _Atomic zx_handle_t handles[MAX_HANDLES];
static uint32_t infos[MAX_HANDLES];

static void close_all(const zx_handle_t *received, uint32_t count)
{
	if (count)
		zx_handle_close_many(received, count);
}

/* The words that say what the handles are, or NULL if the message is of another kind. */
static const char *infos_in(const struct zxi_startup *message, uint32_t size, uint32_t count)
{
	const zx_proc_args_t *header = &message->header;

	if (size < sizeof(*header) || header->protocol != ZX_PROCARGS_PROTOCOL)
		return NULL;
	if (header->handle_info_off > size ||
	    (size - header->handle_info_off) / sizeof(*infos) < count)
		return NULL;
	return (const char *)message + header->handle_info_off;
}

/*
 * Reads the message. Returns whether that is done, also where it is of another kind: not where the
 * program has none, and not where it has no memory, or no space in its table, just now.
 */
static bool receive(void)
{
	struct zx_ioc_handle arg = { .out = zxi_ptr(&channel) };
	zx_handle_t received[MAX_HANDLES];
	struct zxi_startup message;
	uint32_t size = 0, count = 0;
	const char *words;
	zx_status_t status;

	if (channel == ZX_HANDLE_INVALID &&
	    zxi_device_call(ZXL_IOC_PROCESS_STARTUP, &arg) != ZX_OK)
		return false;
	status = zx_channel_read(channel, 0, &message, received, sizeof(message), MAX_HANDLES,
				 &size, &count);
	if (status == ZX_ERR_NO_MEMORY || status == ZX_ERR_NO_RESOURCES)
		return false;
	zx_handle_close(channel);
	channel = ZX_HANDLE_INVALID;
	if (status != ZX_OK)
		return true;
	words = infos_in(&message, size, count);
	if (!words) {
		close_all(received, count);
		return true;
	}
	memcpy(infos, words, count * sizeof(*infos));
	for (uint32_t i = 0; i < count; i++)
		atomic_store(&handles[i], received[i]);
	return true;
}

static void futex(int op, unsigned long value)
{
	zxi_system_call(SYS_futex, zxi_ptr(&state), (unsigned long)op, value, 0, 0, 0);
}

/*
 * Reads the message, unless another thread does. No signal handler interrupts that: it would wait
 * for the thread in which it runs. Returns false if there is nothing to read.
 */
static bool try_to_read(void)
{
	const uint64_t all = ~UINT64_C(0);
	uint32_t expected = UNREAD;
	bool found = true;
	uint64_t mask;

	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&all), zxi_ptr(&mask), sizeof(all),
			0, 0);
	if (atomic_compare_exchange_strong(&state, &expected, READING)) {
		found = receive();
		atomic_store(&state, found ? READ : UNREAD);
		futex(FUTEX_WAKE_PRIVATE, INT32_MAX);
	}
	zxi_system_call(SYS_rt_sigprocmask, SIG_SETMASK, zxi_ptr(&mask), 0, sizeof(mask), 0, 0);
	return found;
}

static bool is_read(void)
{
	uint32_t seen;

	while ((seen = atomic_load(&state)) != READ) {
		if (seen == READING)
			futex(FUTEX_WAIT_PRIVATE, READING);
		else if (!try_to_read())
			return false;
	}
	return true;
}

zx_handle_t zx_take_startup_handle(uint32_t hnd_info)
{
	if (!is_read())
		return ZX_HANDLE_INVALID;
	for (size_t i = 0; i < MAX_HANDLES; i++) {
		zx_handle_t handle = atomic_load(&handles[i]);

		if (handle == ZX_HANDLE_INVALID || infos[i] != hnd_info)
			continue;
		/*
		 * A child that was made without fork() does not have it, and may share this memory
		 * with its parent, which does.
		 */
		if (zx_handle_check_valid(handle) != ZX_OK)
			continue;
		if (atomic_compare_exchange_strong(&handles[i], &handle, ZX_HANDLE_INVALID))
			return handle;
	}
	return ZX_HANDLE_INVALID;
}

void zxi_startup_after_fork(void)
{
	for (size_t i = 0; i < MAX_HANDLES; i++)
		atomic_store(&handles[i], ZX_HANDLE_INVALID);
	channel = ZX_HANDLE_INVALID;
	atomic_store(&state, UNREAD);
}

ZXI_TWIN(zx_take_startup_handle);
