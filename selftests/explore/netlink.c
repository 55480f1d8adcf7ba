// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operation: the netlink family shows what the program has.
 */
#include "explore.h"

#include "../zxnetlink.h"

/* The family's number does not change while the module is loaded. */
static uint16_t family_id(int fd)
{
	static _Atomic uint16_t id;
	struct zxn_family family;

	if (!id && fd >= 0 && !zxn_find(fd, &family))
		id = family.id;
	return id;
}

/* A dump that is read for a few steps, or not at all, and then given up. */
long do_show(struct actor *a)
{
	uint8_t how = byte(a), steps = byte(a) % 4;
	uint8_t cmd = how % 4 + ZIRCON_CMD_PROCESS_GET;
	struct zxn_request request;
	long ret = -1;
	int fd = zxn_open();

	zxn_begin(&request, family_id(fd), cmd, NLM_F_DUMP);
	if (how & 4 && cmd == ZIRCON_CMD_PROCESS_GET)
		zxn_put_u32(&request, ZIRCON_A_PROCESS_PID, getpid());
	else if (how & 4 && cmd == ZIRCON_CMD_HANDLE_GET)
		zxn_put_u32(&request, ZIRCON_A_HANDLE_PID, getpid());
	else if (how & 4 && cmd == ZIRCON_CMD_OBJECT_GET)
		zxn_put_u64(&request, ZIRCON_A_OBJECT_KOID, zxt_koid(some_handle(a, ANY)) ?: 1);
	if (how & 8 && cmd == ZIRCON_CMD_HANDLE_GET)
		zxn_put_u32(&request, ZIRCON_A_HANDLE_TYPE, 1 + byte(a) % 32);
	if (fd >= 0)
		ret = zxn_send(fd, &request);
	for (int i = 0; i < steps && !ret; i++)
		if (recv(fd, a->buffer, 65536, MSG_DONTWAIT) <= 0)
			break;
	close(fd);
	return ret;
}
