/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages of names, a directory of servers.
 *
 * A program connects to the directory with zxl_service_connect(), and calls it. A server creates a
 * channel, keeps one endpoint and registers a name with the other. A client creates a channel,
 * keeps one endpoint, and asks for a name with the other. The directory sends this one on to the
 * server, and has no part in what the two then say:
 *
 *	server				directory			client
 *	  NAMES_REGISTER, "clock",
 *	    an endpoint		--->	  keeps it
 *					  sends the endpoint on  <---	  NAMES_ASK, "clock",
 *	  reads a names_client,	<---	    as a names_client		    an endpoint
 *	    the endpoint
 *		<-------------------- the two have a channel ------------------->
 *
 * Each channel is created by the program that uses it, whose user pays for what is unread in it.
 * The name is free again when the server closes its endpoint or ends.
 */
#ifndef EXAMPLES_NAMES_H
#define EXAMPLES_NAMES_H

#include <zircon/linux.h>

/* Without the NUL at the end. A name consists of visible ASCII characters. */
#define NAMES_NAME_MAX 47

enum names_what {
	NAMES_REGISTER = 1,
	NAMES_ASK = 2,
};

/* To the directory, as a call, with an endpoint of a channel that has all its rights. */
struct names_request {
	zx_txid_t txid;
	uint32_t what;
	char name[NAMES_NAME_MAX + 1];
};

/*
 * From the directory. @status is ZX_OK or
 *
 *	ZX_ERR_INVALID_ARGS	the name or the request is not valid
 *	ZX_ERR_WRONG_TYPE	what was sent is no endpoint with all its rights
 *	ZX_ERR_ALREADY_EXISTS	the name is taken
 *	ZX_ERR_NOT_FOUND	no server has the name
 *	ZX_ERR_SHOULD_WAIT	the server has not received the clients before: ask again later
 *	ZX_ERR_NO_RESOURCES	the user has as many names as one user can have
 *
 * and others, if the directory or the server's user has too little memory. The endpoint that came
 * with a request that fails is closed.
 */
struct names_answer {
	zx_txid_t txid;
	zx_status_t status;
};

/* From the directory to a server, with the endpoint of a client. */
struct names_client {
	zxl_service_cred_t cred;	/* as the client connected to the directory */
};

#endif /* EXAMPLES_NAMES_H */
