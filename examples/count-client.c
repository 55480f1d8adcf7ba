// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams a file to epoll-server, line by line, and prints what the server counted.
 *
 *	count-client PATH FILE
 *
 * The last line that it prints is made like that of wc: lines, words, bytes.
 */
#include <stddef.h>
#include <string.h>
#include <zircon/linux.h>

#include "count.h"
#include "show.h"

/* Sends a message, later if need be. Returns whether it was later. */
static bool send_message(zx_handle_t channel, const struct count_message *message, uint32_t size)
{
	zx_status_t status = zx_channel_write(channel, 0, message, size, NULL, 0);

	if (status != ZX_ERR_SHOULD_WAIT) {
		MUST(status);
		return false;
	}
	/*
	 * The server's queue is full and nothing was sent. This call sleeps until there is space,
	 * and sends then. A program that does not count the times calls it at once.
	 */
	MUST(zxl_channel_write_deadline(channel, 0, zx_deadline_after(ZX_SEC(60)), message, size,
					NULL, 0));
	return true;
}

int main(int argc, char **argv)
{
	struct count_message message = {};
	struct count_answer answer = {};
	zx_channel_call_args_t args = {
		.wr_bytes = &message,
		.wr_num_bytes = sizeof(message.txid),
		.rd_bytes = &answer,
		.rd_num_bytes = sizeof(answer),
	};
	uint32_t num_bytes, num_handles;
	int messages = 0, waits = 0;
	zx_handle_t channel;
	FILE *file;

	if (argc != 3) {
		fprintf(stderr, "usage: count-client PATH FILE\n");
		return 2;
	}
	file = fopen(argv[2], "r");
	if (!file) {
		perror(argv[2]);
		return 1;
	}
	MUST(zxl_service_connect(argv[1], zx_deadline_after(ZX_SEC(10)), &channel));
	show_handle("count-client: connected", channel);

	/* A line that is too long for one message goes in several. */
	while (fgets(message.text, sizeof(message.text), file)) {
		waits += send_message(channel, &message,
				      offsetof(struct count_message, text) + strlen(message.text));
		messages++;
	}
	if (ferror(file)) {
		perror(argv[2]);
		return 1;
	}
	printf("count-client: %d messages sent, %d times the queue was full\n", messages, waits);

	/* Messages stay in order, so by the answer's time the server has read all of them. */
	MUST(zx_channel_call(channel, 0, zx_deadline_after(ZX_SEC(60)), &args, &num_bytes,
			     &num_handles));
	if (num_bytes != sizeof(answer)) {
		fprintf(stderr, "count-client: an answer of %u bytes\n", num_bytes);
		return 1;
	}
	printf("%llu %llu %llu\n", (unsigned long long)answer.lines,
	       (unsigned long long)answer.words, (unsigned long long)answer.bytes);
	return 0;
}
