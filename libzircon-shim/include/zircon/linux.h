/* SPDX-License-Identifier: MIT */
/*
 * Calls that Zircon does not have: they connect handles with Linux file descriptors.
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
 * The descriptor owns a handle to the same object, with the same rights, until the last copy of it
 * is closed or it is imported. It is close-on-exec. It can be kept across exec(), inherited and
 * sent over a Unix socket. On success @handle is consumed, and waits through it end; on failure
 * the caller keeps it.
 *
 * Another program gets the descriptor by inheriting it, or in a message of SCM_RIGHTS through a
 * Unix socket, and turns it into a handle with zxl_handle_import().
 *
 * poll() and epoll report the object's signals, if @handle has ZX_RIGHT_WAIT. Without that right
 * they report nothing but EPOLLERR, and that does not end a poll() that has begun: a program
 * cannot poll such a descriptor.
 *
 *	EPOLLIN		READABLE, SIGNALED; of a socket also PEER_WRITE_DISABLED and PEER_CLOSED
 *	EPOLLOUT	WRITABLE; of a socket also WRITE_DISABLED and PEER_CLOSED
 *	EPOLLRDHUP	PEER_CLOSED; of a socket also PEER_WRITE_DISABLED
 *	EPOLLHUP	PEER_CLOSED; of a socket also WRITE_DISABLED with PEER_WRITE_DISABLED
 *	EPOLLPRI	any of ZX_USER_SIGNAL_ALL
 *	EPOLLERR	the descriptor has been imported and owns no handle any more
 *
 * A program can use the descriptor of a stream socket like that of a Unix stream socket, with
 * S_IFSOCK in st_mode. It can be read and written, also with readv(), writev(), RWF_NOWAIT,
 * splice() and sendfile(). A read at the end of the stream returns 0, a write after it fails with
 * EPIPE and SIGPIPE. With O_NONBLOCK a call fails with EAGAIN where it would wait. FIONREAD returns
 * the number of bytes to read, SIOCOUTQ the number that the peer has not read. The bytes of
 * concurrent writes can mix, at any length. These differ from a Unix socket:
 *
 * - It is no socket of the network: recv(), send(), shutdown(), getsockopt() and similar calls fail
 *   with ENOTSOCK. A program that does not want SIGPIPE ignores it. To disable a direction it keeps
 *   a duplicate of the handle for zx_socket_set_disposition().
 * - If the peer is closed before it has read all bytes, there is no ECONNRESET and no EPOLLERR.
 * - A write fails with ENOMEM, although EPOLLOUT is shown, if the account or memory cgroup of the
 *   user who created the socket is used up.
 * - SIOCATMARK is refused with ENOTTY.
 *
 * The descriptor of a stream socket is open as the handle's ZX_RIGHT_READ and ZX_RIGHT_WRITE allow
 * (O_RDONLY, O_WRONLY, O_RDWR; O_RDONLY also without both). A call fails with EBADF if the handle
 * lacks the right or was imported, also if that happens while the call waits. For any other object
 * read() and write() fail with EINVAL (EBADF if the descriptor is not open for that), these ioctls
 * with ENOTTY.
 *
 * fcntl() and FIOASYNC refuse O_ASYNC with EINVAL, for all descriptors of the module: no SIGIO
 * would come.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @handle is no handle; ZX_ERR_ACCESS_DENIED it lacks
 * ZX_RIGHT_TRANSFER; ZX_ERR_INVALID_ARGS unknown option or bad pointer; ZX_ERR_NO_RESOURCES the
 * process has no file descriptor left.
 *
 * Example: export
 *
 * See also: zxl_handle_import(), zxl_handle_watch(), unix(7), sendmsg(2), epoll(7), fork(2).
 */
zx_status_t zxl_handle_export(zx_handle_t handle, uint32_t options, int *out_fd);

/**
 * zxl_handle_import - turn an exported file descriptor back into a handle
 * @fd: from zxl_handle_export(), in this process or another
 * @options: 0
 * @out: receives the handle
 *
 * The new handle has the rights of the exported one. @fd stays open; the caller closes it.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @fd is not open; ZX_ERR_WRONG_TYPE it does not come from
 * zxl_handle_export(); ZX_ERR_BAD_STATE it was imported already; ZX_ERR_INVALID_ARGS unknown
 * option or bad pointer.
 *
 * Example: export
 *
 * See also: zxl_handle_export(), unix(7), recvmsg(2), zx_handle_close().
 */
zx_status_t zxl_handle_import(int fd, uint32_t options, zx_handle_t *out);

/**
 * zxl_handle_watch - make a file descriptor that shows EPOLLIN while signals are up
 * @handle: needs ZX_RIGHT_WAIT
 * @signals: the signals to watch for
 * @options: 0
 * @out_fd: receives the descriptor
 *
 * poll(2) and epoll(7) show EPOLLIN for the descriptor while any of @signals is up; there is
 * nothing to read from it. Programs mostly watch for READABLE and PEER_CLOSED, and for WRITABLE
 * while they have something to write:
 *
 * Shows: ZX_CHANNEL_READABLE ZX_CHANNEL_WRITABLE ZX_CHANNEL_PEER_CLOSED ZX_SOCKET_READABLE
 * ZX_SOCKET_WRITABLE ZX_SOCKET_PEER_CLOSED ZX_SOCKET_PEER_WRITE_DISABLED ZX_FIFO_READABLE
 * ZX_FIFO_WRITABLE ZX_FIFO_PEER_CLOSED ZX_EVENT_SIGNALED ZX_EVENTPAIR_SIGNALED
 * ZX_PROCESS_TERMINATED
 *
 * EPOLLHUP is shown when @handle is closed, replaced, exported, or received by another program.
 * EPOLLET sees each message, and each message wakes one of several EPOLLEXCLUSIVE pollers, as for
 * a pipe. The descriptor keeps neither the handle nor the object's peer open. It is close-on-exec;
 * the caller closes it, and keeps @handle.
 *
 * Return: ZX_OK; ZX_ERR_BAD_HANDLE @handle is no handle; ZX_ERR_ACCESS_DENIED it lacks
 * ZX_RIGHT_WAIT; ZX_ERR_NOT_SUPPORTED the object cannot be waited for; ZX_ERR_INVALID_ARGS unknown
 * option or bad pointer; ZX_ERR_NO_RESOURCES the process has no file descriptor left, or the user
 * has too many waits on the object.
 *
 * Example: watch
 *
 * See also: epoll(7), poll(2), zx_channel_read(), zx_object_wait_one(), zx_signals_t(3).
 */
zx_status_t zxl_handle_watch(zx_handle_t handle, zx_signals_t signals, uint32_t options,
			     int *out_fd);

__END_CDECLS

#endif /* ZIRCON_LINUX_H_ */
