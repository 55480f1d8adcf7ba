// SPDX-License-Identifier: MIT
/*
 * A parent gives its child one endpoint of a channel. The child has no
 * handles, so the endpoint goes through a Unix socket, as it would
 * between any two programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zircon/linux.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

/* A message of one byte and one descriptor. */
union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int))];
};

static void must(zx_status_t status, const char *call)
{
	if (status == ZX_OK)
		return;
	fprintf(stderr, "%s: %s\n", call, zx_status_get_string(status));
	exit(1);
}

static void send_handle(int socket, zx_handle_t handle)
{
	char byte = 0;
	union control control = { 0 };
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd;

	must(zxl_handle_export(handle, 0, &fd), "zxl_handle_export");
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(socket, &message, MSG_NOSIGNAL) != 1) {
		perror("sendmsg");
		exit(1);
	}
	close(fd); /* the message has its own copy */
}

static zx_handle_t receive_handle(int socket)
{
	char byte;
	union control control;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *header;
	zx_handle_t handle;
	int fd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1) {
		perror("recvmsg");
		exit(1);
	}
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(fd)))
		exit(1);
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	must(zxl_handle_import(fd, 0, &handle), "zxl_handle_import");
	close(fd); /* it owns no handle any more */
	return handle;
}

int main(void)
{
	zx_handle_t here, there;
	uint32_t size;
	char text[16];
	int sockets[2], status;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		       sockets) < 0)
		return 1;
	child = fork();
	if (child < 0)
		return 1;
	if (child == 0) {
		close(sockets[0]);
		there = receive_handle(sockets[1]);
		must(zx_channel_write(there, 0, "hello", 5, NULL, 0),
		     "zx_channel_write");
		return 0;
	}

	must(zx_channel_create(0, &here, &there), "zx_channel_create");
	close(sockets[1]);
	send_handle(sockets[0], there); /* there is consumed */
	must(zx_object_wait_one(here,
				ZX_CHANNEL_READABLE |
				ZX_CHANNEL_PEER_CLOSED,
				ZX_TIME_INFINITE, NULL),
	     "zx_object_wait_one");
	must(zx_channel_read(here, 0, text, NULL, sizeof(text), 0, &size,
			     NULL), "zx_channel_read");
	if (waitpid(child, &status, 0) != child || status != 0)
		return 1;
	printf("%.*s\n", (int)size, text);
	return size == 5 && memcmp(text, "hello", 5) == 0 ? 0 : 1;
}
