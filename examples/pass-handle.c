// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends a handle: a parent sends its child one endpoint of a channel through another channel, with
 * fewer rights than it had, and the child uses it.
 *
 * This shows what a handle is. It names an object for one process. After it is sent, the sender no
 * longer has it. The receiver gets another number, for the same object. Rights that were removed
 * cannot be restored.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zircon/linux.h>

#include "show.h"

/* Prints the status of a call that must fail, and exits if it is not the expected one. */
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

	/* A child has none of its parent's handles. What it has is the descriptor. */
	MUST(zxl_handle_import(fd, 0, &door));
	close(fd);
	MUST(zx_object_wait_one(door, ZX_CHANNEL_READABLE, ZX_TIME_INFINITE, NULL));

	/* The _etc form tells type and rights of what arrives: look before you use it. */
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

	/* A channel to the child, whose end it inherits as a file descriptor. */
	MUST(zx_channel_create(0, &door, &childs_door));
	MUST(zxl_handle_export(childs_door, 0, &fd));
	pid = fork();
	if (pid < 0) {
		perror("fork");
		return 1;
	}
	if (pid == 0)
		return be_child(fd);
	close(fd); /* or the child's end would still be open when the child has gone */

	/* A second channel, of which one end goes through the first. */
	MUST(zx_channel_create(0, &ours, &gift.handle));
	show_handle("parent: to be sent", gift.handle);
	MUST(zx_channel_write_etc(door, 0, NULL, 0, &gift, 1));
	refused("parent: its old number", zx_handle_close(gift.handle), ZX_ERR_BAD_HANDLE);

	/* The message comes from the child, through the end that is now the child's. */
	MUST(zx_object_wait_one(ours, ZX_CHANNEL_READABLE, zx_deadline_after(ZX_SEC(30)), NULL));
	MUST(zx_channel_read(ours, 0, text, NULL, sizeof(text), 0, &size, NULL));
	if (waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "the child has failed\n");
		return 1;
	}
	printf("parent: a message came: \"%.*s\"\n", (int)strnlen(text, size), text);

	/* All handles of a process close when it ends, so the end that it was given is closed. */
	MUST(zx_object_wait_one(ours, ZX_CHANNEL_PEER_CLOSED, zx_deadline_after(ZX_SEC(30)), NULL));
	refused("parent: writing to who is gone", zx_channel_write(ours, 0, "x", 1, NULL, 0),
		ZX_ERR_PEER_CLOSED);
	return 0;
}
