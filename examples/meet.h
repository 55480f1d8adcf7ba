/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How two programs that were started separately come to share a channel.
 *
 * A handle cannot be guessed, looked up by name or opened: it is given by somebody who has it. So
 * the first one has to come in by another door, and on Linux that is a Unix socket:
 *
 *	server						client
 *	  meet_listen(path)
 *							  meet_connect(path)
 *	  meet_accept()
 *	    makes a channel
 *	    exports one end: a file descriptor
 *	    sends it with SCM_RIGHTS		  --->	    receives it
 *	    keeps the other end				    imports it: a handle
 *
 * The server makes the channel here, and so pays for what its clients leave unread (zircon(7),
 * Memory). A server for clients that it does not trust has them make it and send one end.
 *
 * From then on the two need the socket no more: whatever else they want to share goes through
 * the channel. Who may connect is decided by the permissions of the path.
 */
#ifndef EXAMPLES_MEET_H
#define EXAMPLES_MEET_H

#include <zircon/types.h>

/* Listens at @path. Returns a descriptor that is readable when somebody wants to connect. */
int meet_listen(const char *path);

/*
 * Gives the next client of @listener one end of a new channel. Returns the other end, or
 * ZX_HANDLE_INVALID when that client is gone again.
 */
zx_handle_t meet_accept(int listener);

/* Returns the end that the server at @path gives us; waits a while for one that just starts. */
zx_handle_t meet_connect(const char *path);

#endif /* EXAMPLES_MEET_H */
