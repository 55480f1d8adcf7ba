// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Linux program that uses no call of Zircon works with sockets of Zircon: sort runs as a child,
 * and its standard input and output are the exported endpoints of two sockets. The result must be
 * the same as through pipes.
 *
 * Two things are shown: an exported endpoint is a file descriptor like any other; and when writing
 * to a socket is disabled, the reader at the peer sees the end of the file.
 */
#define _GNU_SOURCE /* pipe2() */

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zircon/linux.h>

#include "show.h"

static void die(const char *what)
{
	perror(what);
	exit(1);
}

struct text {
	char *bytes;
	size_t size;
};

static void append(struct text *text, const char *bytes, size_t size)
{
	text->bytes = realloc(text->bytes, text->size + size);
	if (!text->bytes)
		die("realloc");
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
}

/* Starts sort between two descriptors, which are closed here. */
static pid_t start_sort(int in, int out)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		/* The descriptors from dup2() stay open across execve(); the originals may not. */
		dup2(in, STDIN_FILENO);
		dup2(out, STDOUT_FILENO);
		execlp("sort", "sort", NULL);
		die("sort");
	}
	close(in);
	close(out);
	return pid;
}

static void reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "sort has failed\n");
		exit(1);
	}
}

/* Makes a socket with one endpoint as a handle here and the other as a descriptor for a child. */
static zx_handle_t make_socket(int *fd)
{
	zx_handle_t here, there;

	MUST(zx_socket_create(ZX_SOCKET_STREAM, &here, &there));
	MUST(zxl_handle_export(there, 0, fd));
	return here;
}

static struct text sort_through_sockets(const struct text *text)
{
	struct text sorted = {};
	zx_handle_t to, from;
	int in, out;
	pid_t pid;

	to = make_socket(&in);
	from = make_socket(&out);
	pid = start_sort(in, out);

	/*
	 * A socket has a limited capacity: when it is full, the call waits for space. sort reads
	 * everything before it writes, so this thread need not read meanwhile.
	 */
	MUST(zxl_socket_write_deadline(to, 0, zx_deadline_after(ZX_SEC(60)), text->bytes,
				       text->size, NULL));
	/* This ends sort's input, so it can begin; closing the handle would do the same. */
	MUST(zx_socket_set_disposition(to, ZX_SOCKET_DISPOSITION_WRITE_DISABLED, 0));

	for (;;) {
		char piece[4096];
		size_t actual;
		zx_status_t status = zxl_socket_read_deadline(from, 0,
							      zx_deadline_after(ZX_SEC(60)),
							      piece, sizeof(piece), &actual);

		/* The peer is closed when sort ends. */
		if (status == ZX_ERR_PEER_CLOSED)
			break;
		MUST(status);
		append(&sorted, piece, actual);
	}
	reap(pid);
	MUST(zx_handle_close(to));
	MUST(zx_handle_close(from));
	return sorted;
}

static struct text sort_through_pipes(const struct text *text)
{
	struct text sorted = {};
	int to[2], from[2];
	char piece[4096];
	ssize_t n;
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		die("pipe2");
	pid = start_sort(to[0], from[1]);
	/* sort reads everything before it writes, so neither waits for the other. */
	if (write(to[1], text->bytes, text->size) != (ssize_t)text->size)
		die("write");
	close(to[1]);
	while ((n = read(from[0], piece, sizeof(piece))) > 0)
		append(&sorted, piece, n);
	if (n < 0)
		die("read");
	close(from[0]);
	reap(pid);
	return sorted;
}

int main(int argc, char **argv)
{
	struct text text = {}, sockets, pipes;
	char piece[4096];
	ssize_t n;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: sort-through-sockets FILE\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(argv[1]);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		append(&text, piece, n);
	if (n < 0)
		die(argv[1]);
	close(fd);

	pipes = sort_through_pipes(&text);
	sockets = sort_through_sockets(&text);
	printf("%s: %zu bytes in, %zu sorted through pipes, %zu through sockets", argv[1],
	       text.size, pipes.size, sockets.size);
	if (pipes.size != sockets.size ||
	    (pipes.size && memcmp(pipes.bytes, sockets.bytes, pipes.size))) {
		printf(": not the same\n");
		return 1;
	}
	printf(": the same\n");
	return 0;
}
