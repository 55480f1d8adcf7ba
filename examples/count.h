/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages between epoll-server and count-client.
 *
 * The client sends text in any number of messages; one may end in the middle of a word. Then it
 * calls with an empty message, and the answer has the counts for the whole text.
 */
#ifndef EXAMPLES_COUNT_H
#define EXAMPLES_COUNT_H

#include <zircon/types.h>

#define COUNT_TEXT_MAX 4096

/* From the client. Without text it is a call; with text @txid is 0 and there is no answer. */
struct count_message {
	zx_txid_t txid;
	char text[COUNT_TEXT_MAX];
};

/* From the server, the answer to a call. */
struct count_answer {
	zx_txid_t txid;
	uint32_t padding;
	uint64_t lines;
	uint64_t words;
	uint64_t bytes;
};

#endif /* EXAMPLES_COUNT_H */
