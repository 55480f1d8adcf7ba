/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How two programs that were started separately come to share a channel.
 *
 * A handle cannot be guessed, looked up by name or opened: a process gets it from another process.
 * So the first handle is passed by other means. On Linux that is a Unix socket:
 *
 *	server						client
 *	  meet_listen(path)
 *							  meet_connect(path)
 *	  meet_accept()
 *	    makes a channel
 *	    exports one endpoint: a file descriptor
 *	    sends it with SCM_RIGHTS		  --->	    receives it
 *	    keeps the other endpoint			    imports it: a handle
 *
 * The server makes the channel here, so it pays for the messages that its clients do not read
 * (zircon(7), Memory). If a server does not trust its clients, they make the channel and send one
 * endpoint.
 *
 * After that the programs do not need the socket: they send all other handles through the channel.
 * The permissions of the path decide which users may connect.
 */
#ifndef EXAMPLES_MEET_H
#define EXAMPLES_MEET_H

#include <zircon/types.h>

/* Listens at @path. Returns a descriptor that is readable when a client waits to connect. */
int meet_listen(const char *path);

/*
 * Sends the next client of @listener one endpoint of a new channel. Returns the other endpoint, or
 * ZX_HANDLE_INVALID if that client is gone already.
 */
zx_handle_t meet_accept(int listener);

/* Returns the end that the server at @path gives us; waits a while for one that just starts. */
zx_handle_t meet_connect(const char *path);

#endif /* EXAMPLES_MEET_H */
