// SPDX-License-Identifier: GPL-2.0-only
/*
 * A directory: servers register names, clients ask for a name and get a channel to its server.
 * names.h describes the messages.
 *
 *	names PATH
 *
 * The first server that registers a name has it until it ends. The directory trusts neither side:
 * it never waits for one of them, and what one of them does wrong ends that one only. SIGTERM or
 * SIGINT stops it. names-client has a server and clients for it.
 */
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "names.h"
#include "show.h"

/*
 * Each client and each name takes a descriptor, for its watch. A process usually has 1024, so that
 * there are some left for other users if one has all that it can have.
 */
#define CLIENTS_PER_USER 100
#define NAMES_PER_USER 100

/* A client, which has no name, or the registration of a server. */
struct party {
	struct party *next;
	zx_handle_t channel;
	int watch;
	zxl_service_cred_t cred;
	char name[NAMES_NAME_MAX + 1];
};

static struct party *parties;

static zx_status_t add(int epoll, zx_handle_t channel, zx_signals_t signals,
		       const zxl_service_cred_t *cred, const char *name)
{
	int count = 0, most = *name ? NAMES_PER_USER : CLIENTS_PER_USER;
	struct party *party;
	zx_status_t status;

	for (party = parties; party; party = party->next)
		count += party->cred.uid == cred->uid && !*party->name == !*name;
	if (count >= most)
		return ZX_ERR_NO_RESOURCES;
	party = calloc(1, sizeof(*party));
	if (!party)
		return ZX_ERR_NO_MEMORY;
	party->channel = channel;
	party->cred = *cred;
	snprintf(party->name, sizeof(party->name), "%s", name);
	status = zxl_handle_watch(channel, signals, 0, &party->watch);
	if (status == ZX_OK && !loop_add(epoll, party->watch, party)) {
		close(party->watch);
		status = ZX_ERR_NO_RESOURCES;
	}
	if (status != ZX_OK) {
		free(party);
		return status;
	}
	party->next = parties;
	parties = party;
	return ZX_OK;
}

static void remove_party(struct party *party)
{
	struct party **link = &parties;

	if (*party->name)
		printf("names: %s is gone\n", party->name);
	while (*link != party)
		link = &(*link)->next;
	*link = party->next;
	close(party->watch);
	zx_handle_close(party->channel);
	free(party);
}

/* Returns the server with this name, or NULL. */
static struct party *find(const char *name)
{
	struct party *party = parties;
	zx_signals_t signals = 0;

	while (party && strcmp(party->name, name) != 0)
		party = party->next;
	if (!party)
		return NULL;
	/* It may have ended a moment ago, and epoll has not reported that yet. */
	zx_object_wait_one(party->channel, ZX_CHANNEL_PEER_CLOSED, ZX_TIME_INFINITE_PAST, &signals);
	if (!(signals & ZX_CHANNEL_PEER_CLOSED))
		return party;
	remove_party(party);
	return NULL;
}

static bool is_valid(const char *name)
{
	size_t length = strnlen(name, NAMES_NAME_MAX + 1);

	if (!length || length > NAMES_NAME_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return true;
}

/* Keeps @channel if it succeeds. */
static zx_status_t register_server(int epoll, const struct party *client, const char *name,
				   zx_handle_t channel)
{
	zx_status_t status;

	if (find(name))
		return ZX_ERR_ALREADY_EXISTS;
	status = add(epoll, channel, ZX_CHANNEL_PEER_CLOSED, &client->cred, name);
	if (status == ZX_OK)
		printf("names: %s is registered by user %u\n", name, client->cred.uid);
	return status;
}

/* Sends @channel to the server. It is left, or closed, if that fails. */
static zx_status_t send_to_server(const struct party *client, const char *name,
				  zx_handle_t channel)
{
	struct names_client message = { .cred = client->cred };
	struct party *server = find(name);
	zx_status_t status = ZX_ERR_NOT_FOUND;

	/* This does not wait for space: a server that reads nothing harms only its clients. */
	if (server)
		status = zx_channel_write(server->channel, 0, &message, sizeof(message), &channel,
					  1);
	return status == ZX_ERR_PEER_CLOSED ? ZX_ERR_NOT_FOUND : status;
}

static zx_status_t obey(int epoll, const struct party *client, const struct names_request *request,
			const zx_handle_info_t *sent)
{
	static const zx_rights_t all = ZX_DEFAULT_CHANNEL_RIGHTS;

	/* The server that gets the handle relies on this: without a right its calls would fail. */
	if (sent->type != ZX_OBJ_TYPE_CHANNEL || (sent->rights & all) != all)
		return ZX_ERR_WRONG_TYPE;
	if (!is_valid(request->name))
		return ZX_ERR_INVALID_ARGS;
	switch (request->what) {
	case NAMES_REGISTER:
		return register_server(epoll, client, request->name, sent->handle);
	case NAMES_ASK:
		return send_to_server(client, request->name, sent->handle);
	default:
		return ZX_ERR_INVALID_ARGS;
	}
}

/* Deals with one message, so that others get a turn. Any status but ZX_OK ends the client. */
static zx_status_t serve(int epoll, struct party *client)
{
	struct names_request request;
	struct names_answer answer;
	zx_handle_info_t sent = {};
	uint32_t size, count;
	zx_status_t status;

	/* The _etc form returns type and rights of the handle. More than one is an error. */
	status = zx_channel_read_etc(client->channel, 0, &request, &sent, sizeof(request), 1, &size,
				     &count);
	if (status != ZX_OK)
		return status;
	if (size != sizeof(request)) {
		zx_handle_close(sent.handle);
		return ZX_ERR_INVALID_ARGS;
	}
	answer.txid = request.txid;
	answer.status = obey(epoll, client, &request, &sent);
	/* If the handle was sent away in vain its number is not valid any more, and stays so. */
	if (answer.status != ZX_OK)
		zx_handle_close(sent.handle);
	return zx_channel_write(client->channel, 0, &answer, sizeof(answer), NULL, 0);
}

static void new_client(int epoll, int listener)
{
	zxl_service_cred_t cred = {};
	zx_handle_t channel = ZX_HANDLE_INVALID;
	zx_status_t status = zxl_service_accept(listener, &channel, &cred);

	if (status == ZX_OK)
		status = add(epoll, channel, ZX_CHANNEL_READABLE | ZX_CHANNEL_PEER_CLOSED, &cred,
			     "");
	/* This prints nothing: a user could fill a log with it. */
	if (status != ZX_OK)
		zx_handle_close(channel);
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), signals = loop_signals(), listener;

	if (argc != 2) {
		fprintf(stderr, "usage: names PATH\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	MUST(zxl_service_listen(argv[1], ZXL_SERVICE_NONBLOCK, &listener));
	if (!loop_add(epoll, signals, &signals) || !loop_add(epoll, listener, &listener)) {
		perror("names");
		return 1;
	}
	for (;;) {
		void *ready = loop_next(epoll);
		struct party *party = ready;

		if (ready == &signals)
			break;
		if (ready == &listener)
			new_client(epoll, listener);
		else if (*party->name || serve(epoll, party) != ZX_OK)
			remove_party(party);
	}
	/* Servers and clients see that their channels to the directory are closed. */
	zxl_service_close(listener);
	printf("names: stopped by a signal\n");
	return 0;
}
