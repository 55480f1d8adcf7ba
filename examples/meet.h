/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How two programs that were started separately come to share a channel.
 *
 * A handle cannot be guessed, looked up by name or opened: a process gets it from another that has
 * it. So the first one has to come in another way, and on Linux that is a Unix socket:
 *
 *	server						client
 *	  meet_listen(path)
 *							  meet_connect(path)
 *	  meet_accept()
 *	    makes a channel
 *	    exports one endpoint: a descriptor
 *	    sends it with SCM_RIGHTS		  --->	    receives it
 *	    keeps the other endpoint			    imports it: a handle
 *
 * Here the server makes the channel, so the unread messages of its clients are charged to it
 * (zircon(7), Memory). A server that does not trust its clients lets them make the channel and send
 * one endpoint.
 *
 * After that the two no longer need the socket: they share everything else through the channel. The
 * permissions of the path decide which users may connect.
 */
#ifndef EXAMPLES_MEET_H
#define EXAMPLES_MEET_H

#include <zircon/types.h>

/* Listens at @path. Returns a descriptor that is readable when a client wants to connect. */
int meet_listen(const char *path);

/*
 * Gives the next client of @listener one endpoint of a new channel. Returns the other endpoint, or
 * ZX_HANDLE_INVALID if the client has gone.
 */
zx_handle_t meet_accept(int listener);

/* Returns the endpoint from the server at @path; waits a while for a server that just starts. */
zx_handle_t meet_connect(const char *path);

#endif /* EXAMPLES_MEET_H */
