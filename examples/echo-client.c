// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls a server: sends a message, sleeps until its answer is there, and receives it, all in one
 * system call.
 *
 *	echo-client PATH WORD...
 *
 * The server is echo-server. The client fails if an answer differs from its message.
 */
#include <string.h>
#include <zircon/linux.h>

#include "show.h"

/*
 * The message of a call begins with a number, which the kernel fills in. The server has to put the
 * same number into its answer. So any number of threads can call through one channel at the same
 * time, and each gets its own answer.
 */
struct message {
	zx_txid_t txid;
	char text[1000];
};

static void ask(zx_handle_t channel, const char *word)
{
	struct message request = {}, answer = {};
	uint32_t text_size = strnlen(word, sizeof(request.text)), num_bytes, num_handles;
	zx_channel_call_args_t args = {
		.wr_bytes = &request,
		.wr_num_bytes = sizeof(request.txid) + text_size,
		.rd_bytes = &answer,
		.rd_num_bytes = sizeof(answer),
	};

	memcpy(request.text, word, text_size);
	MUST(zx_channel_call(channel, 0, zx_deadline_after(ZX_SEC(10)), &args, &num_bytes,
			     &num_handles));

	printf("echo-client: call %#x: sent \"%s\", got \"%.*s\"\n", answer.txid, word,
	       (int)(num_bytes - sizeof(answer.txid)), answer.text);
	if (num_bytes != args.wr_num_bytes || memcmp(answer.text, word, text_size) != 0) {
		fprintf(stderr, "echo-client: that is no echo\n");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	zx_handle_t channel;

	if (argc < 3) {
		fprintf(stderr, "usage: echo-client PATH WORD...\n");
		return 2;
	}
	/* It waits for a server that has not started yet. A deadline is a point in time. */
	MUST(zxl_service_connect(argv[1], zx_deadline_after(ZX_SEC(10)), &channel));
	show_handle("echo-client: connected", channel);
	for (int i = 2; i < argc; i++)
		ask(channel, argv[i]);

	/* Not necessary: the handles of a process are closed when it ends, however it ends. */
	zx_handle_close(channel);
	return 0;
}
