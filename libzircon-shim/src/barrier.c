// SPDX-License-Identifier: MIT
/* Barriers on other threads, over membarrier(2). */
#include "internal.h"

#include <linux/membarrier.h>
#include <stdlib.h>

/* Returns 0 or a negative errno. */
static long membarrier(int command)
{
	return zxi_system_call(SYS_membarrier, (unsigned long)command, 0, 0, 0, 0, 0);
}

/*
 * The expedited commands interrupt the processors that run threads of this process. Linux refuses
 * them with EPERM until the process has registered, and anew after execve().
 */
static long membarrier_of_process(int command, int registration)
{
	long ret = membarrier(command);

	if (ret != -EPERM)
		return ret;
	ret = membarrier(registration);
	return ret < 0 ? ret : membarrier(command);
}

static long sync_data(void)
{
	return membarrier_of_process(MEMBARRIER_CMD_PRIVATE_EXPEDITED,
				     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

static long sync_insn(void)
{
	return membarrier_of_process(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE,
				     MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
}

void zx_membarrier_sync_process_data(void)
{
	/* The caller relies on the barrier, and there is no status that could report a failure. */
	if (sync_data() < 0)
		abort();
}

void zx_membarrier_sync_process_insn(void)
{
	if (sync_insn() < 0)
		abort();
}

zx_status_t zx_system_barrier(uint32_t options)
{
	long ret;

	switch (options) {
	case ZX_SYSTEM_BARRIER_DATA_MEMORY:
		ret = membarrier(MEMBARRIER_CMD_GLOBAL);
		break;
	case ZX_SYSTEM_BARRIER_INSTRUCTION_STREAM:
		ret = sync_insn();
		break;
	default:
		return ZX_ERR_INVALID_ARGS;
	}
	return ret < 0 ? ZX_ERR_NOT_SUPPORTED : ZX_OK;
}

ZXI_TWIN(zx_system_barrier);
ZXI_TWIN(zx_membarrier_sync_process_data);
ZXI_TWIN(zx_membarrier_sync_process_insn);
