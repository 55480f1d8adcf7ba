// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: channels and calls.
 */
#include "explore.h"

long do_channel(struct actor *a)
{
	return create(a, ZX_IOC_CHANNEL_CREATE, CHANNEL, 0, true);
}

static uint64_t some_iovec(struct actor *a, uint32_t count)
{
	struct zx_ioc_channel_iovec *iovec = (void *)(a->buffer + 48 * 256);

	for (uint32_t i = 0; i < count && i < 8; i++) {
		iovec[i].capacity = some_size(a);
		iovec[i].buffer = some_pointer(a, iovec[i].capacity, 0);
		iovec[i].reserved = byte(a) == 0xff;
	}
	return byte(a) ? some_pointer(a, 16, 48) : (uintptr_t)iovec;
}

/* How: 1 for _etc, 2 for an iovec, 4 to answer the request that was read last. */
long do_write(struct actor *a)
{
	uint8_t how = byte(a);
	bool etc = how & 1;
	union zxp_argument arg = {
		.write.handle = some_handle(a, CHANNEL),
		.write.num_handles = some_count(a),
		.write.num_bytes = how & 2 ? some_count(a) : some_size(a),
		.write.options = how & 2 ? ZX_CHANNEL_WRITE_USE_IOVEC : how >= 0xf0 ? how : 0,
	};
	long ret;

	arg.write.handles = some_handles(a, arg.write.num_handles, etc);
	arg.write.bytes = how & 2 ? some_iovec(a, arg.write.num_bytes) :
			  some_pointer(a, arg.write.num_bytes, 0);
	memcpy(a->buffer, how & 4 ? (const void *)&txid : "\0\0\0", 4);
	ret = submit(a, etc ? ZX_IOC_CHANNEL_WRITE_ETC : ZX_IOC_CHANNEL_WRITE, &arg);
	if (arg.write.num_handles)
		forget_dead();
	return ret;
}

static void received(const uint32_t *infos, uint32_t count, bool etc)
{
	for (uint32_t i = 0; i < count && i < ZX_CHANNEL_MAX_MSG_HANDLES; i++)
		remember(infos[etc ? i * 4 : i], ANY);
}

long do_read(struct actor *a)
{
	uint32_t infos[4 * ZX_CHANNEL_MAX_MSG_HANDLES] = {}, bytes = 0, count = 0;
	uint8_t how = byte(a);
	bool etc = how & 1;
	union zxp_argument arg = {
		.read.handle = some_handle(a, CHANNEL),
		.read.options = some_options(a, ZX_CHANNEL_READ_MAY_DISCARD),
		.read.num_bytes = how & 2 ? some_size(a) : 65536,
		.read.num_handles = how & 4 ? some_count(a) : ZX_CHANNEL_MAX_MSG_HANDLES,
	};
	long ret;

	arg.read.bytes = some_pointer(a, arg.read.num_bytes, 0);
	arg.read.actual_bytes = some_out(a, &bytes, 4);
	arg.read.actual_handles = some_out(a, &count, 4);
	arg.read.handles = byte(a) ? some_pointer(a, 64 * 16, 32) : (uintptr_t)infos;
	ret = submit(a, etc ? ZX_IOC_CHANNEL_READ_ETC : ZX_IOC_CHANNEL_READ, &arg);
	if (ret == 0) {
		received(infos, count, etc);
		if (bytes >= 4 && arg.read.bytes == (uintptr_t)a->buffer)
			memcpy((void *)&txid, a->buffer, 4);
	}
	return ret;
}

/* How: 1 for _etc, 2 for an iovec, 4 to finish an interrupted call, 8 for too small a buffer. */
long do_call(struct actor *a)
{
	uint32_t infos[4 * ZX_CHANNEL_MAX_MSG_HANDLES] = {}, bytes = 0, count = 0, own_txid = txid;
	uint8_t how = byte(a);
	bool etc = how & 1, iovec = how & 2, finish = how & 4;
	union zxp_argument arg = {
		.call.handle = some_handle(a, CHANNEL),
		.call.deadline = some_deadline(a),
		.call.options = iovec ? ZX_CHANNEL_WRITE_USE_IOVEC : how >= 0xf0 ? how : 0,
	};
	struct zx_ioc_channel_call_args args = {
		.wr_num_handles = some_count(a),
		.wr_num_bytes = iovec ? some_count(a) : some_size(a),
		.rd_num_bytes = how & 8 ? some_size(a) : 65536,
		.rd_num_handles = how & 8 ? some_count(a) : ZX_CHANNEL_MAX_MSG_HANDLES,
	};
	static const unsigned long requests[] = {
		ZX_IOC_CHANNEL_CALL_NORETRY, ZX_IOC_CHANNEL_CALL_ETC_NORETRY,
		ZX_IOC_CHANNEL_CALL_FINISH, ZX_IOC_CHANNEL_CALL_ETC_FINISH,
	};
	long ret;

	args.wr_handles = some_handles(a, args.wr_num_handles, etc);
	args.wr_bytes = iovec ? some_iovec(a, args.wr_num_bytes) :
			some_pointer(a, args.wr_num_bytes, 0);
	args.rd_bytes = some_pointer(a, args.rd_num_bytes, 0);
	args.rd_handles = some_out(a, infos, sizeof(infos));
	arg.call.actual_bytes = some_out(a, &bytes, 4);
	arg.call.actual_handles = some_out(a, &count, 4);
	arg.call.txid = some_out(a, &own_txid, 4);
	arg.call.args = some_out(a, &args, sizeof(args));
	ret = submit(a, requests[etc + 2 * finish], &arg);
	if (ret == 0)
		received(infos, count, etc);
	else if (ret == -ZX_ERR_INTERNAL_INTR_RETRY)
		txid = own_txid;
	if (args.wr_num_handles)
		forget_dead();
	return ret;
}
