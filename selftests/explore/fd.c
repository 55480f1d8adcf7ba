// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: files of the device, exported handles, watches, and Linux calls on these.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "explore.h"

long do_export(struct actor *a)
{
	uint32_t out = -1;
	union zxp_argument arg = {
		.fd.handle = some_handle(a, SOCKET),
		.fd.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZXL_IOC_HANDLE_EXPORT, &arg);

	if (ret == 0)
		remember_fd(out, FD_EXPORTED);
	forget_dead();
	return ret;
}

long do_import(struct actor *a)
{
	uint32_t out = 0;
	union zxp_argument arg = {
		.fd.fd = some_fd(a, FD_EXPORTED),
		.fd.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZXL_IOC_HANDLE_IMPORT, &arg);

	if (ret == 0 && out)
		remember(out, ANY);
	return ret;
}

long do_watch(struct actor *a)
{
	uint32_t out = -1;
	union zxp_argument arg = {
		.fd.handle = some_handle(a, ANY),
		.fd.signals = some_signals(a),
		.fd.out = some_out(a, &out, 4),
	};
	long ret = submit(a, ZXL_IOC_HANDLE_WATCH, &arg);

	if (ret == 0)
		remember_fd(out, FD_WATCH);
	return ret;
}

/* How: 1 to use the new file from now on. */
long do_reopen(struct actor *a)
{
	uint8_t how = byte(a);
	uint32_t out = -1;
	union zxp_argument arg = { .open.out = some_out(a, &out, 4) };
	long ret = submit(a, ZXL_IOC_OPEN, &arg);

	if (ret == 0 && how & 1 && (int)out >= 0) {
		remember_fd(device, FD_DEVICE);
		device = out;
	} else if (ret == 0) {
		remember_fd(out, FD_DEVICE);
	}
	return ret;
}

/* How: 1 to write, 2 in several pieces, 4 without waiting, 8 with a flag that is refused. */
long do_stream(struct actor *a)
{
	uint8_t how = byte(a);
	int fd = some_fd(a, FD_EXPORTED), count = how & 2 ? 1 + byte(a) % 4 : 1;
	int flags = how & 8 ? RWF_HIPRI : how & 4 ? RWF_NOWAIT : 0;
	struct iovec iovec[4];
	long ret;

	for (int i = 0; i < count; i++) {
		iovec[i].iov_len = some_size(a);
		iovec[i].iov_base = (void *)some_pointer(a, iovec[i].iov_len, i);
	}
	ret = how & 1 ? pwritev2(fd, iovec, count, -1, flags) :
			preadv2(fd, iovec, count, -1, flags);
	return ret < 0 ? -errno : ret > 0;
}

long do_splice(struct actor *a)
{
	uint8_t how = byte(a);
	int fd = some_fd(a, FD_EXPORTED);
	uint32_t size = some_size(a);
	off_t offset = 0;
	ssize_t ret;

	switch (how % 5) {
	case 0:
		ret = splice(fd, NULL, pipe_ends[1], NULL, size, SPLICE_F_NONBLOCK);
		break;
	case 1:
		ret = splice(pipe_ends[0], NULL, fd, NULL, size,
			     how & 0x80 ? SPLICE_F_NONBLOCK : 0);
		break;
	case 2:
		ret = sendfile(fd, memory_file, &offset, size);
		break;
	case 3:
		ret = splice(fd, NULL, pipe_ends[1], NULL, size, 0);
		break;
	default:
		ret = write(pipe_ends[1], a->buffer, size % BUFFER);
		break;
	}
	return ret < 0 ? -errno : ret > 0;
}

long do_poll(struct actor *a)
{
	struct pollfd pfds[4];
	int count = 1 + byte(a) % 4, timeout = byte(a) % 8, ret;

	for (int i = 0; i < count; i++)
		pfds[i] = (struct pollfd){
			.fd = some_fd(a, FD_ANY),
			.events = byte(a) ? POLLOUT : POLLIN | POLLRDHUP,
		};
	ret = poll(pfds, count, timeout);
	return ret > 0 ? pfds[0].revents : ret;
}

long do_epoll(struct actor *a)
{
	static const uint32_t flags[] = { 0, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE };
	static const int controls[] = { EPOLL_CTL_ADD, EPOLL_CTL_MOD, EPOLL_CTL_DEL };
	uint8_t how = byte(a);
	struct epoll_event events[4] = {
		{ .events = (how & 0x80 ? EPOLLOUT : EPOLLIN) | flags[how / 8 % 4] },
	};
	int ret;

	switch (how % 8) {
	case 0:
		remember_fd(epoll_create1(EPOLL_CLOEXEC), FD_EPOLL);
		return 0;
	case 1 ... 3:
		ret = epoll_ctl(some_fd(a, FD_EPOLL), controls[how % 8 - 1], some_fd(a, FD_ANY),
				events);
		break;
	default:
		ret = epoll_wait(some_fd(a, FD_EPOLL), events, 4, how & 0x40 ? 5 : 0);
		break;
	}
	return ret < 0 ? -errno : ret;
}

long do_fd(struct actor *a)
{
	uint8_t how = byte(a);
	int fd = some_fd(a, FD_ANY), copy;
	char text[256];

	switch (how % 8) {
	case 0:
		for (unsigned int i = 0; i < fd_count; i++) {
			if (fds[i].fd == fd && fd >= 0) {
				fds[i].fd = -1;
				return close(fd);
			}
		}
		break;
	case 1:
		copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		for (unsigned int i = 0; i < fd_count; i++)
			if (fds[i].fd == fd && fd >= 0)
				remember_fd(copy, fds[i].kind);
		break;
	case 2:
		snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", fd);
		copy = open(text, O_RDONLY | O_CLOEXEC);
		while (copy >= 0 && read(copy, text, sizeof(text)) > 0)
			;
		close(copy);
		break;
	case 3:
		return zxp_send_fd(sockets[0], fd);
	case 4:
		remember_fd(zxp_receive_fd(sockets[1], MSG_DONTWAIT), FD_EXPORTED);
		break;
	case 5:
		return fcntl(fd, F_SETFL, how & 0x80 ? 0 : O_NONBLOCK);
	case 6:
		lseek(fd, 1, SEEK_SET);
		MUST(fd == memory_file ||
		     mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
		break;
	case 7:
		return read(fd, text, how >> 4) < 0 ? -errno : 0;
	}
	return 0;
}

/* How: 1 to close the first file before, which ends the table, 2 to keep it. */
long do_open(struct actor *a)
{
	uint8_t how = byte(a);
	int old = device, new;

	if (how & 1)
		close(old);
	new = zxp_open(O_CLOEXEC);
	if (how & 2) {
		remember_fd(new, FD_DEVICE);
	} else if (new >= 0 || how & 1) {
		device = new;
		if (!(how & 1))
			close(old);
	}
	forget_dead();
	return new < 0 ? -errno : 0;
}
