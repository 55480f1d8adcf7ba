// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: ports, asynchronous waits.
 */
#include "explore.h"

/* Few different keys, so that a cancel often finds something. */
static uint64_t some_key(struct actor *a)
{
	uint8_t choice = byte(a);

	return choice == 0xff ? ~0ull : choice & 3;
}

long do_port(struct actor *a)
{
	return create(a, ZX_IOC_PORT_CREATE, PORT, 0, false);
}

long do_port_queue(struct actor *a)
{
	struct zx_ioc_port_packet *packet = (void *)(a->buffer + 24 * 256);
	union zxp_argument arg = { .port_queue.handle = some_handle(a, PORT) };

	*packet = (struct zx_ioc_port_packet){ .key = some_key(a) };
	arg.port_queue.packet = some_pointer(a, sizeof(*packet), 24);
	return submit(a, ZX_IOC_PORT_QUEUE, &arg);
}

long do_port_wait(struct actor *a)
{
	union zxp_argument arg = {
		.port_wait.handle = some_handle(a, PORT),
		.port_wait.deadline = some_deadline(a),
		.port_wait.packet = some_pointer(a, sizeof(struct zx_ioc_port_packet), 0),
	};

	return submit(a, ZX_IOC_PORT_WAIT, &arg);
}

/* How: 1 to cancel by key, 2 with an option. */
long do_port_cancel(struct actor *a)
{
	uint8_t how = byte(a);
	union zxp_argument arg = {
		.port_cancel.handle = some_handle(a, PORT),
		.port_cancel.key = some_key(a),
		.port_cancel.source = how & 1 ? how & 2 : some_handle(a, ANY),
	};

	return submit(a, how & 1 ? ZX_IOC_PORT_CANCEL_KEY : ZX_IOC_PORT_CANCEL, &arg);
}

long do_wait_async(struct actor *a)
{
	union zxp_argument arg = {
		.wait_async.handle = some_handle(a, ANY),
		.wait_async.port = some_handle(a, PORT),
		.wait_async.key = some_key(a),
		.wait_async.signals = some_signals(a),
		.wait_async.options = some_options(a, 7),
	};

	return submit(a, ZX_IOC_OBJECT_WAIT_ASYNC, &arg);
}
