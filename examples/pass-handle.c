// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending handles: a parent sends its child one endpoint of a channel through another channel, with
 * fewer rights than it had, and the child uses it.
 *
 * A handle names an object for one process. Sent away, it is gone for the sender. The receiver gets
 * another number for the same object. Rights that were removed on the way cannot be regained.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zircon/linux.h>

#include "show.h"

/* Prints the status of a call that must fail, and ends the program if it is another one. */
static void refused(const char *what, zx_status_t status, zx_status_t expected)
{
	printf("%s: %s\n", what, zx_status_get_string(status));
	if (status != expected) {
		fprintf(stderr, "that should have been %s\n", zx_status_get_string(expected));
		exit(1);
	}
}

static int be_child(int fd)
{
	static const char report[] = "the child was here";
	zx_handle_t door, copy;
	zx_handle_info_t gift;
	uint32_t num_handles;
	char text[64];

	/* The child has none of its parent's handles, only the descriptor. */
	MUST(zxl_handle_import(fd, 0, &door));
	close(fd);
	MUST(zx_object_wait_one(door, ZX_CHANNEL_READABLE, zx_deadline_after(ZX_SEC(30)), NULL));

	/* The _etc form returns type and rights of the handle: check them before using it. */
	MUST(zx_channel_read_etc(door, 0, NULL, &gift, 0, 1, NULL, &num_handles));
	if (num_handles != 1 || gift.type != ZX_OBJ_TYPE_CHANNEL) {
		fprintf(stderr, "child: that is no channel\n");
		return 1;
	}
	show_handle("child:  it arrived", gift.handle);

	MUST(zx_channel_write(gift.handle, 0, report, sizeof(report), NULL, 0));
	refused("child:  reading from it",
		zx_channel_read(gift.handle, 0, text, NULL, sizeof(text), 0, NULL, NULL),
		ZX_ERR_ACCESS_DENIED);
	refused("child:  a copy of it",
		zx_handle_duplicate(gift.handle, ZX_RIGHT_SAME_RIGHTS, &copy),
		ZX_ERR_ACCESS_DENIED);
	return 0;
}

int main(void)
{
	zx_handle_disposition_t gift = { .operation = ZX_HANDLE_OP_MOVE,
					 .type = ZX_OBJ_TYPE_CHANNEL,
					 .rights = ZX_RIGHT_WRITE | ZX_RIGHT_INSPECT };
	zx_handle_t door, childs_door, ours;
	int fd, status;
	char text[64];
	uint32_t size;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);

	/* A channel to the child, which inherits one endpoint as a file descriptor. */
	MUST(zx_channel_create(0, &door, &childs_door));
	MUST(zxl_handle_export(childs_door, 0, &fd));
	pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0)
		return be_child(fd);
	close(fd); /* otherwise the endpoint would stay open when the child has gone */

	/* A second channel, of which one endpoint is sent through the first. */
	MUST(zx_channel_create(0, &ours, &gift.handle));
	show_handle("parent: to be sent", gift.handle);
	MUST(zx_channel_write_etc(door, 0, NULL, 0, &gift, 1));
	refused("parent: its old number", zx_handle_close(gift.handle), ZX_ERR_BAD_HANDLE);

	/* The child sends the message through the endpoint that it received. */
	MUST(zxl_channel_read_deadline(ours, 0, zx_deadline_after(ZX_SEC(30)), text, NULL,
				       sizeof(text), 0, &size, NULL));
	if (waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "the child has failed\n");
		return 1;
	}
	printf("parent: a message came: \"%.*s\"\n", (int)strnlen(text, size), text);

	/* All handles of a process are closed when it ends, and so is the child's endpoint. */
	MUST(zx_object_wait_one(ours, ZX_CHANNEL_PEER_CLOSED, zx_deadline_after(ZX_SEC(30)), NULL));
	refused("parent: writing to a closed peer", zx_channel_write(ours, 0, "x", 1, NULL, 0),
		ZX_ERR_PEER_CLOSED);
	return 0;
}
