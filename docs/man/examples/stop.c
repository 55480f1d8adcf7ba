// SPDX-License-Identifier: MIT
/*
 * A server that sends each client a greeting, and that SIGTERM stops.
 * The program starts a client, which sends the signal in the end.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zircon/linux.h>
#include <zircon/status.h>
#include <zircon/syscalls.h>

#define PATH "/tmp/zircon-stop-example"

static int client(pid_t server)
{
	zx_time_t deadline = zx_deadline_after(ZX_MIN(10));
	zx_handle_t channel;
	char text[8] = "";

	if (zxl_service_connect(PATH, deadline, &channel) != ZX_OK ||
	    zxl_channel_read_deadline(channel, 0, deadline, text, NULL,
				      sizeof(text), 0, NULL, NULL))
		return 1;
	puts(text);
	return kill(server, SIGTERM) || strcmp(text, "hello");
}

int main(void)
{
	struct pollfd fds[2] = { { .events = POLLIN },
				 { .events = POLLIN } };
	pid_t server = getpid();
	zx_handle_t channel;
	zx_status_t status;
	sigset_t signals;
	int failed = 1;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fds[1].fd = signalfd(-1, &signals, SFD_CLOEXEC);
	status = zxl_service_listen(PATH, ZXL_SERVICE_NONBLOCK,
				    &fds[0].fd);
	if (fds[1].fd < 0 || status != ZX_OK) {
		fprintf(stderr, "%s: %s\n", PATH,
			zx_status_get_string(status));
		return 1;
	}
	if (fork() == 0)
		exit(client(server));
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents)
			break;
		status = zxl_service_accept(fds[0].fd, &channel, NULL);
		if (status != ZX_OK)
			continue;
		zx_channel_write(channel, 0, "hello", 6, NULL, 0);
		zx_handle_close(channel);
	}
	zxl_service_close(fds[0].fd);
	wait(&failed);
	return failed ? 1 : 0;
}
