// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: sockets.
 */
#include "explore.h"

long do_socket(struct actor *a)
{
	return create(a, ZX_IOC_SOCKET_CREATE, SOCKET, 7, true);
}

/* How: 1 to write; the other bits are options. */
long do_socket_io(struct actor *a)
{
	uint8_t how = byte(a);
	uint64_t actual;
	union zxp_argument arg = {
		.socket_io.handle = some_handle(a, SOCKET),
		.socket_io.options = how & 0x80 ? how : how & 0xc,
		.socket_io.size = some_size(a),
	};

	arg.socket_io.buffer = some_pointer(a, arg.socket_io.size, 0);
	arg.socket_io.actual = some_out(a, &actual, 8);
	return submit(a, how & 1 ? ZX_IOC_SOCKET_WRITE : ZX_IOC_SOCKET_READ, &arg);
}

long do_disposition(struct actor *a)
{
	union zxp_argument arg = {
		.disposition.handle = some_handle(a, SOCKET),
		.disposition.disposition = byte(a) % 8,
		.disposition.disposition_peer = byte(a) % 8,
	};

	return submit(a, ZX_IOC_SOCKET_SET_DISPOSITION, &arg);
}

long do_share(struct actor *a)
{
	union zxp_argument arg = {
		.share.handle = some_handle(a, SOCKET),
		.share.socket = some_handle(a, SOCKET),
	};
	long ret = submit(a, ZX_IOC_SOCKET_SHARE, &arg);

	forget_dead();
	return ret;
}

long do_accept(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.handle.handle = some_handle(a, SOCKET),
		.handle.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZX_IOC_SOCKET_ACCEPT, &arg);

	if (ret == 0 && out)
		remember(out, SOCKET);
	return ret;
}
