// SPDX-License-Identifier: GPL-2.0-only
/*
 * A server that registers with names, and clients that ask for it.
 *
 *	names-client PATH serve NAME		registers NAME, and serves until it is killed
 *	names-client PATH ask NAME WORD		asks for NAME, and calls its server
 *	names-client PATH hold NAME		asks for NAME, and waits until its server ends
 *	names-client PATH fill NAME		asks for NAME until the directory refuses
 *
 * PATH is where the directory listens.
 */
#include <string.h>

#include "names.h"
#include "show.h"

struct word {
	zx_txid_t txid;
	char text[60];
};

/* Sends the directory an endpoint of a new channel. If it returns ZX_OK the other is in @out. */
static zx_status_t request(zx_handle_t directory, enum names_what what, const char *name,
			   zx_handle_t *out)
{
	struct names_request request = { .what = what };
	struct names_answer answer = {};
	zx_channel_call_args_t args = {
		.wr_bytes = &request,
		.wr_num_bytes = sizeof(request),
		.wr_num_handles = 1,
		.rd_bytes = &answer,
		.rd_num_bytes = sizeof(answer),
	};
	uint32_t num_bytes, num_handles;
	zx_handle_t ours, theirs;

	/* A name that is too long has no NUL, and the directory refuses it. */
	memcpy(request.name, name, strnlen(name, sizeof(request.name)));
	MUST(zx_channel_create(0, &ours, &theirs));
	args.wr_handles = &theirs;
	MUST(zx_channel_call(directory, 0, zx_deadline_after(ZX_SEC(30)), &args, &num_bytes,
			     &num_handles));
	if (answer.status == ZX_OK)
		*out = ours;
	else
		zx_handle_close(ours);
	return answer.status;
}

/* Answers one message of a client. */
static zx_status_t answer(zx_handle_t client, const char *name)
{
	struct word word;
	uint32_t size;
	zx_status_t status;

	status = zx_channel_read(client, 0, &word, NULL, sizeof(word), 0, &size, NULL);
	if (status != ZX_OK)
		return status;
	if (size < sizeof(word.txid))
		return ZX_ERR_INVALID_ARGS;
	printf("%s: a client says \"%.*s\"\n", name, (int)(size - sizeof(word.txid)), word.text);
	return zx_channel_write(client, 0, &word, size, NULL, 0);
}

/* Receives a client that the directory sends. Returns its channel, which may be invalid. */
static zx_handle_t new_client(zx_handle_t registration, const char *name)
{
	struct names_client client = {};
	zx_handle_t channel = ZX_HANDLE_INVALID;
	uint32_t size, count;

	MUST(zx_channel_read(registration, 0, &client, &channel, sizeof(client), 1, &size, &count));
	printf("%s: a client of user %u\n", name, client.cred.uid);
	return channel;
}

/* A server for up to 63 clients; one for more uses epoll, as epoll-server does. */
static void serve(zx_handle_t registration, const char *name)
{
	const zx_signals_t wanted = ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED;
	zx_wait_item_t items[ZX_WAIT_MANY_MAX_ITEMS] = { { registration, wanted, 0 } };
	size_t count = 1;

	for (;;) {
		zx_status_t status = zx_object_wait_many(items, count, ZX_TIME_INFINITE);

		/* If there is too little memory to wait for all of them, one client has to go. */
		if (status != ZX_OK && count > 1) {
			zx_handle_close(items[--count].handle);
			continue;
		}
		MUST(status);
		for (size_t i = count - 1; i > 0; i--) {
			if (!(items[i].pending & wanted) || answer(items[i].handle, name) == ZX_OK)
				continue;
			zx_handle_close(items[i].handle);
			items[i] = items[--count];
		}
		if (items[0].pending & ZX_CHANNEL_READABLE) {
			zx_handle_t client = new_client(registration, name);

			if (count < ZX_WAIT_MANY_MAX_ITEMS)
				items[count++] = (zx_wait_item_t){ client, wanted, 0 };
			else
				zx_handle_close(client);
		} else if (items[0].pending & ZX_CHANNEL_PEER_CLOSED) {
			printf("%s: the directory has ended\n", name);
			return;
		}
	}
}

static void call(zx_handle_t server, const char *name, const char *text)
{
	struct word word = {}, reply = {};
	zx_channel_call_args_t args = {
		.wr_bytes = &word,
		.wr_num_bytes = sizeof(word),
		.rd_bytes = &reply,
		.rd_num_bytes = sizeof(reply),
	};
	uint32_t num_bytes, num_handles;

	memcpy(word.text, text, strnlen(text, sizeof(word.text)));
	MUST(zx_channel_call(server, 0, zx_deadline_after(ZX_SEC(30)), &args, &num_bytes,
			     &num_handles));
	printf("names-client: %s answers \"%.*s\"\n", name, (int)sizeof(reply.text), reply.text);
}

/* Asks until that fails. Each endpoint that was sent waits in the server's queue. */
static void fill(zx_handle_t directory, const char *name)
{
	zx_status_t status;
	int count = 0;
	zx_handle_t server;

	while ((status = request(directory, NAMES_ASK, name, &server)) == ZX_OK) {
		zx_handle_close(server);
		count++;
	}
	printf("names-client: %s has %d clients that it does not receive; the next one: %s\n", name,
	       count, zx_status_get_string(status));
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[2] : "", *name = argv[3];
	zx_handle_t directory, other;
	bool serves = !strcmp(what, "serve") && argc == 4;
	bool asks = !strcmp(what, "ask") && argc == 5;
	bool holds = !strcmp(what, "hold") && argc == 4;
	bool fills = !strcmp(what, "fill") && argc == 4;
	zx_status_t status;

	if (!serves && !asks && !holds && !fills) {
		fprintf(stderr, "usage: names-client PATH ask NAME WORD\n"
				"       names-client PATH serve | hold | fill NAME\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	MUST(zxl_service_connect(argv[1], zx_deadline_after(ZX_SEC(10)), &directory));
	if (fills) {
		fill(directory, name);
		return 0;
	}
	status = request(directory, serves ? NAMES_REGISTER : NAMES_ASK, name, &other);
	if (status != ZX_OK) {
		fprintf(stderr, "names-client: %s: %s\n", name, zx_status_get_string(status));
		return 1;
	}
	/* The directory has done its part. */
	zx_handle_close(directory);
	if (serves) {
		printf("%s: registered\n", name);
		serve(other, name);
		return 1;
	}
	if (asks) {
		call(other, name, argv[4]);
		return 0;
	}
	printf("names-client: holds a channel to %s\n", name);
	MUST(zx_object_wait_one(other, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE, NULL));
	printf("names-client: the server of %s has ended\n", name);
	return 0;
}
