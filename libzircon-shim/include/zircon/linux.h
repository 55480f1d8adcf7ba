/* SPDX-License-Identifier: MIT */
/*
 * What this library has and Zircon has not: doors between handles and Linux file descriptors.
 * The errors that every call can return are in <zircon/syscalls.h>.
 */
#ifndef ZIRCON_LINUX_H_
#define ZIRCON_LINUX_H_

#include <zircon/types.h>

__BEGIN_CDECLS

/**
 * zxl_handle_export - turn a handle into a file descriptor
 * @handle: needs ZX_RIGHT_TRANSFER
 * @options: 0
 * @out_fd: receives the descriptor
 *
 * The descriptor owns what the handle named, with the same rights, until the last copy of it is
 * closed or it is imported. It is close-on-exec. It can be kept across exec(), inherited and sent
 * over a Unix socket. On success @handle is gone, and what waits through it ends; on failure it is
 * still the caller's.
 *
 * poll() and epoll report of it, as the object's signals are up, if @handle has ZX_RIGHT_WAIT. Else
 * nothing but EPOLLERR, which does not end a poll() either that has begun: not a descriptor for a
 * program that waits.
 *
 *	EPOLLIN		READABLE, SIGNALED; of a socket also PEER_WRITE_DISABLED and PEER_CLOSED
 *	EPOLLOUT	WRITABLE; of a socket also WRITE_DISABLED and PEER_CLOSED
 *	EPOLLRDHUP	PEER_CLOSED; of a socket also PEER_WRITE_DISABLED
 *	EPOLLHUP	PEER_CLOSED
 *	EPOLLPRI	any of ZX_USER_SIGNAL_ALL
 *	EPOLLERR	the handle has been imported: there is nothing behind it any more
 *
 * That of a stream socket is to a program what that of a Unix stream socket is, S_IFSOCK in st_mode:
 * it can be read and written, also with readv(), writev(), splice() and sendfile(); a read at the end of
 * the stream gives 0, a write after it EPIPE and SIGPIPE; O_NONBLOCK makes EAGAIN of waiting. FIONREAD
 * tells how many bytes there are to read, SIOCOUTQ how many the peer has not read. What several write at
 * once can mix, of any length. It is no socket of the network: recv(), send(), shutdown(),
 * getsockopt() and the like give ENOTSOCK. The descriptor is open for what the handle's ZX_RIGHT_READ
 * and ZX_RIGHT_WRITE allow (O_RDONLY, O_WRONLY, O_RDWR; O_RDONLY also for neither). EBADF where the
 * handle lacks ZX_RIGHT_READ or _WRITE, or was imported; EINVAL for anything but a stream socket.
 *
 * O_ASYNC is refused, as of all descriptors of the module, with EINVAL: no SIGIO would come.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @handle is none; ZX_ERR_ACCESS_DENIED it lacks
 * ZX_RIGHT_TRANSFER; ZX_ERR_INVALID_ARGS unknown option or bad pointer; ZX_ERR_NO_RESOURCES the
 * process has no file descriptor left.
 */
zx_status_t zxl_handle_export(zx_handle_t handle, uint32_t options, int *out_fd);

/**
 * zxl_handle_import - turn an exported file descriptor back into a handle
 * @fd: from zxl_handle_export(), in this process or another
 * @options: 0
 * @out: receives the handle
 *
 * The new handle has the rights that the exported one had. @fd stays open and stays the caller's
 * to close.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @fd is not open; ZX_ERR_WRONG_TYPE it does not come from
 * zxl_handle_export(); ZX_ERR_BAD_STATE it was imported already; ZX_ERR_INVALID_ARGS unknown option
 * or bad pointer.
 */
zx_status_t zxl_handle_import(int fd, uint32_t options, zx_handle_t *out);

/**
 * zxl_handle_watch - a file descriptor that tells when signals are up
 * @handle: needs ZX_RIGHT_WAIT
 * @signals: the signals to watch for
 * @options: 0
 * @out_fd: receives the descriptor
 *
 * The descriptor is readable (EPOLLIN) while any of @signals is up, for any event loop, and gets
 * EPOLLHUP once @handle goes, as for zx_object_wait_one(). EPOLLET sees each message,
 * and of several EPOLLEXCLUSIVE waiters each message wakes one, as of a pipe. It does not keep the
 * handle, nor the object's other end, open. It is close-on-exec, and the caller's to close. @handle
 * stays the caller's.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @handle is none; ZX_ERR_ACCESS_DENIED it lacks ZX_RIGHT_WAIT;
 * ZX_ERR_NOT_SUPPORTED the object cannot be waited for; ZX_ERR_INVALID_ARGS unknown option or bad
 * pointer; ZX_ERR_NO_RESOURCES the process has no file descriptor left, or the user too many waits on
 * the object.
 */
zx_status_t zxl_handle_watch(zx_handle_t handle, zx_signals_t signals, uint32_t options,
			     int *out_fd);

__END_CDECLS

#endif /* ZIRCON_LINUX_H_ */
