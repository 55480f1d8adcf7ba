// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams a file to epoll-server, line by line, and prints what the server counted.
 *
 *	count-client PATH FILE
 *
 * The last line of its output is like that of wc: lines, words, bytes.
 */
#include <stddef.h>
#include <string.h>

#include "count.h"
#include "meet.h"
#include "show.h"

/* Sends a message, and waits for space if necessary. Returns how often it waited. */
static int send_message(zx_handle_t channel, const struct count_message *message, uint32_t size)
{
	int waits = 0;
	zx_status_t status;

	/* The server is behind and its queue full: nothing was sent. Sleep until there is space. */
	while ((status = zx_channel_write(channel, 0, message, size, NULL, 0)) ==
	       ZX_ERR_SHOULD_WAIT) {
		MUST(zx_object_wait_one(channel, ZX_CHANNEL_WRITABLE | ZX_CHANNEL_PEER_CLOSED,
					ZX_TIME_INFINITE, NULL));
		waits++;
	}
	MUST(status);
	return waits;
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
	channel = meet_connect(argv[1]);
	show_handle("count-client: connected", channel);

	/* A line that is too long for one message is sent in several. */
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

	/* Messages stay in order, so by the time of the answer the server has read all of them. */
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
