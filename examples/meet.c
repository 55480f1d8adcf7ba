// SPDX-License-Identifier: GPL-2.0-only
/* A first channel for two programs that were started separately; meet.h explains it. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zircon/linux.h>

#include "meet.h"
#include "show.h"

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* Returns a Unix socket, and the address for @path. */
static int unix_socket(const char *path, struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fail("socket");
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(address->sun_path)) {
		errno = ENAMETOOLONG;
		fail(path);
	}
	memcpy(address->sun_path, path, strlen(path) + 1);
	return fd;
}

/*
 * A message of one byte with one descriptor, in the form for sendmsg() and recvmsg(). Without the
 * byte the message would look like the end of the stream.
 */
union envelope {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int))];
};

#define ENVELOPE_MESSAGE(envelope, byte)                                             \
	{                                                                            \
		.msg_iov = &(struct iovec){ .iov_base = (byte), .iov_len = 1 },      \
		.msg_iovlen = 1,                                                     \
		.msg_control = (envelope)->space,                                    \
		.msg_controllen = sizeof((envelope)->space),                         \
	}

int meet_listen(const char *path)
{
	struct sockaddr_un address;
	int fd = unix_socket(path, &address);

	unlink(path); /* left by a server that ran before */
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 16) < 0)
		fail(path);
	return fd;
}

zx_handle_t meet_accept(int listener)
{
	union envelope envelope = {};
	struct msghdr message = ENVELOPE_MESSAGE(&envelope, "z");
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC), fd;
	zx_handle_t ours, theirs;
	ssize_t sent;

	if (socket < 0)
		return ZX_HANDLE_INVALID;
	MUST(zx_channel_create(0, &ours, &theirs));

	/* The handle becomes a descriptor, which the kernel can pass through a socket. */
	MUST(zxl_handle_export(theirs, 0, &fd));
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	sent = sendmsg(socket, &message, MSG_NOSIGNAL);

	/* This was a copy. If the client never got its own, the endpoint is closed now. */
	close(fd);
	close(socket);
	if (sent == 1)
		return ours;
	zx_handle_close(ours);
	return ZX_HANDLE_INVALID;
}

zx_handle_t meet_connect(const char *path)
{
	zx_time_t deadline = zx_deadline_after(ZX_SEC(10));
	union envelope envelope = {};
	struct msghdr message = ENVELOPE_MESSAGE(&envelope, &(char){ 0 });
	struct cmsghdr *header;
	struct sockaddr_un address;
	int socket = unix_socket(path, &address), fd;
	zx_handle_t handle;

	while (connect(socket, (struct sockaddr *)&address, sizeof(address)) < 0) {
		if ((errno != ENOENT && errno != ECONNREFUSED) ||
		    zx_clock_get_monotonic() > deadline)
			fail(path);
		zx_nanosleep(zx_deadline_after(ZX_MSEC(20)));
	}
	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1)
		fail("recvmsg");
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(fd))) {
		fprintf(stderr, "%s: the server sent no handle\n", path);
		exit(1);
	}
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	close(socket);

	/* The descriptor becomes a handle of this process. It is empty after that. */
	MUST(zxl_handle_import(fd, 0, &handle));
	close(fd);
	return handle;
}
