// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets: the file of an exported endpoint of a stream socket. In calls that accept any descriptor
 * it behaves like a Linux stream socket. It is not one of the network's sockets, so recv(), send(),
 * shutdown() and other socket calls fail with ENOTSOCK.
 */
#include <linux/bvec.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/pipe_fs_i.h>
#include <linux/sched/signal.h>
#include <linux/sockios.h>
#include <linux/splice.h>
#include <linux/stat.h>
#include <linux/uio.h>
#include <asm/ioctls.h>

#include "io.h"
#include "socket.h"
#include "wait.h"

/*
 * A thread in read(), write() or splice() of the file, and the EPOLL* events that wake it. EPOLLIN
 * comes with each signal that ends a wait for bytes, EPOLLOUT with each that ends a wait for space.
 * EPOLLERR comes when the file loses its handle.
 */
struct zx_socket_sleeper {
	struct wait_queue_entry entry;
	__poll_t events;
};

/* Wakes for the sleeper's events only: a reader need not wake when its peer has read. */
static int zx_socket_wake(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	struct zx_socket_sleeper *sleeper = container_of(entry, struct zx_socket_sleeper, entry);

	if (key && !(key_to_poll(key) & sleeper->events))
		return 0;
	return autoremove_wake_function(entry, mode, flags, key);
}

/*
 * Whether a read returns at once. This is what zx_socket_read() checks: PEER_WRITE_DISABLED can
 * still be up after writing was enabled, and a reader that relied on it would not sleep.
 */
static bool zx_socket_can_read(struct zx_object *object)
{
	return READ_ONCE(object->signals) & (ZX_SIGNAL_READABLE | ZX_SIGNAL_PEER_CLOSED) ||
	       READ_ONCE(zx_socket_of(object)->read_disabled);
}

/* Whether a write returns at once, if zx_socket_update_writer() was called before. */
static bool zx_socket_can_write(struct zx_object *object)
{
	return READ_ONCE(object->signals) & (ZX_SIGNAL_WRITABLE | ZX_SIGNAL_PEER_CLOSED |
					     ZX_SOCKET_WRITE_DISABLED);
}

/*
 * Sleeps until an EPOLL* event with which @ready becomes true, or until the file has no handle any
 * more. Returns zero, or -ERESTARTSYS after a Linux signal.
 */
static int zx_socket_sleep(struct zx_object *object, __poll_t event,
			   bool (*ready)(struct zx_object *object), const atomic_t *has_handle)
{
	struct zx_socket_sleeper sleeper = { .events = event | EPOLLERR };
	int ret = 0;

	init_wait_entry(&sleeper.entry, 0);
	sleeper.entry.func = zx_socket_wake;
	for (;;) {
		ret = prepare_to_wait_event(&object->wait, &sleeper.entry, TASK_INTERRUPTIBLE);
		if (ready(object) || !atomic_read(has_handle)) {
			ret = 0;
			break;
		}
		if (ret)
			break;
		schedule();
	}
	finish_wait(&object->wait, &sleeper.entry);
	cond_resched();
	return ret;
}

static int zx_socket_wait_for_bytes(struct zx_object *object, const atomic_t *has_handle)
{
	return zx_socket_sleep(object, EPOLLIN, zx_socket_can_read, has_handle);
}

static int zx_socket_wait_for_space(struct zx_object *object, const atomic_t *has_handle)
{
	/* WRITABLE may still be up, if the thread that filled the socket was preempted. */
	zx_socket_update_writer(zx_socket_of(object));
	return zx_socket_sleep(object, EPOLLOUT, zx_socket_can_write, has_handle);
}

/* Converts the result of zx_socket_read() or zx_socket_write() to that of read() or write(). */
static ssize_t zx_socket_errno(ssize_t status, ssize_t at_end)
{
	switch (status) {
	case ZX_ERR_PEER_CLOSED:
	case ZX_ERR_BAD_STATE:
		return at_end;
	case ZX_ERR_SHOULD_WAIT:
		return -EAGAIN;
	case ZX_ERR_BAD_HANDLE:
		return -EBADF;
	case ZX_ERR_NO_MEMORY:
		return -ENOMEM;
	case ZX_ERR_INVALID_ARGS:
		return -EFAULT;
	default:
		return status;
	}
}

/* Reads without waiting. Returns how many bytes, zero at the end of the stream, or an errno. */
static ssize_t zx_socket_read_some(struct zx_object *object, struct iov_iter *to,
				   const atomic_t *has_handle)
{
	const struct zx_io io = { .iter = to };
	size_t size = min_t(size_t, iov_iter_count(to), ZX_SOCKET_SIZE);
	ssize_t ret;

	/* Checked first, since a read from an empty queue does not check it. */
	if (!atomic_read(has_handle))
		return -EBADF;
	ret = zx_socket_read(zx_socket_of(object), &io, size, 0, 0, has_handle);
	return zx_socket_errno(ret, 0);
}

static ssize_t zx_socket_file_read(struct zx_object *object, struct iov_iter *to, bool nonblock,
				   const atomic_t *has_handle)
{
	ssize_t ret;

	if (!iov_iter_count(to))
		return 0;
	for (;;) {
		ret = zx_socket_read_some(object, to, has_handle);
		if (ret != -EAGAIN || nonblock)
			return ret;
		ret = zx_socket_wait_for_bytes(object, has_handle);
		if (ret)
			return ret;
	}
}

/*
 * Ends a call that has written @done bytes before it got @ret. A call that has written none, since
 * the peer is closed or writing is disabled, raises SIGPIPE, unless @nosignal.
 */
static ssize_t zx_socket_written(ssize_t done, ssize_t ret, bool nosignal)
{
	if (ret == -EPIPE && !done && !nosignal)
		send_sig(SIGPIPE, current, 0);
	return done ?: ret;
}

static ssize_t zx_socket_file_write(struct zx_object *object, struct iov_iter *from, bool nonblock,
				    bool nosignal, const atomic_t *has_handle)
{
	struct zx_socket *writer = zx_socket_of(object);
	const struct zx_io io = { .iter = from };
	ssize_t done = 0, ret;

	for (;;) {
		/*
		 * A write of no bytes needs no space, but fails if the peer is closed, writing is
		 * disabled, or the file has no handle.
		 */
		ret = zx_socket_write(writer, &io,
				      min_t(size_t, iov_iter_count(from), ZX_SOCKET_SIZE), NULL, 0,
				      has_handle);
		ret = zx_socket_errno(ret, -EPIPE);
		if (ret > 0) {
			done += ret;
			if (likely(!iov_iter_count(from)))
				break;
			/* With a reader that is as fast this goes on for all bytes. */
			cond_resched();
			if (fatal_signal_pending(current))
				break;
			continue;
		}
		if (ret != -EAGAIN || nonblock)
			break;
		ret = zx_socket_wait_for_space(object, has_handle);
		if (ret)
			break;
	}
	return zx_socket_written(done, ret, nosignal);
}

static bool zx_pipe_is_full(const struct pipe_inode_info *pipe)
{
	return pipe_full(pipe->head, pipe->tail, pipe->max_usage);
}

static void zx_socket_splice_release(struct splice_pipe_desc *spd, unsigned int i)
{
	__free_page(spd->pages[i]);
}

/*
 * Moves up to @len bytes into a pipe, which is locked, as many as it has space for. Returns as
 * zx_socket_read_some().
 */
static ssize_t zx_socket_splice_some(struct zx_object *object, struct pipe_inode_info *pipe,
				     size_t len, const atomic_t *has_handle)
{
	const struct zx_socket *reader = zx_socket_of(object);
	struct partial_page partial[PIPE_DEF_BUFFERS];
	struct page *pages[PIPE_DEF_BUFFERS];
	struct bio_vec bvecs[PIPE_DEF_BUFFERS];
	struct splice_pipe_desc spd = {
		.pages = pages,
		.partial = partial,
		.nr_pages_max = PIPE_DEF_BUFFERS,
		.ops = &nosteal_pipe_buf_ops,
		.spd_release = zx_socket_splice_release,
	};
	struct iov_iter to;
	unsigned int count, slots, used;
	size_t size = 0;
	ssize_t ret;

	if (!pipe->readers) {
		send_sig(SIGPIPE, current, 0);
		return -EPIPE;
	}
	slots = pipe->max_usage - pipe_occupancy(pipe->head, pipe->tail);
	/* At least one page: zx_socket_read() returns the error for an empty queue. */
	len = min_t(size_t, len, max(READ_ONCE(reader->bytes.used), 1U));
	len = min_t(size_t, len, min(slots, PIPE_DEF_BUFFERS) * PAGE_SIZE);
	for (count = 0; size < len; count++) {
		pages[count] = alloc_page(GFP_USER | __GFP_ACCOUNT);
		if (!pages[count])
			break;
		bvecs[count].bv_page = pages[count];
		bvecs[count].bv_offset = 0;
		bvecs[count].bv_len = min_t(size_t, len - size, PAGE_SIZE);
		size += bvecs[count].bv_len;
	}
	if (!count)
		return -ENOMEM;
	iov_iter_bvec(&to, ITER_DEST, bvecs, count, size);
	ret = zx_socket_read_some(object, &to, has_handle);
	used = ret > 0 ? DIV_ROUND_UP(ret, PAGE_SIZE) : 0;
	while (count > used)
		__free_page(pages[--count]);
	if (!used)
		return ret;
	size = ret;
	for (spd.nr_pages = 0; spd.nr_pages < used; spd.nr_pages++) {
		partial[spd.nr_pages].offset = 0;
		partial[spd.nr_pages].len = min_t(size_t, size, PAGE_SIZE);
		partial[spd.nr_pages].private = 0;
		size -= partial[spd.nr_pages].len;
	}
	/* The pipe is still locked, so it has readers and enough space. */
	return splice_to_pipe(pipe, &spd);
}

/* Waits until a pipe may have space. It is locked, and unlocked while the thread sleeps. */
static int zx_pipe_wait_for_space(struct pipe_inode_info *pipe)
{
	DEFINE_WAIT(wait);

	/* On the queue before it is unlocked: from then on each reader that makes space wakes. */
	prepare_to_wait(&pipe->wr_wait, &wait, TASK_INTERRUPTIBLE);
	pipe_unlock(pipe);
	if (!signal_pending(current))
		schedule();
	finish_wait(&pipe->wr_wait, &wait);
	pipe_lock(pipe);
	return pipe->readers && zx_pipe_is_full(pipe) && signal_pending(current) ? -ERESTARTSYS : 0;
}

/*
 * splice() calls this with the pipe locked, and no signal interrupts other threads that wait for
 * that lock. So this thread unlocks the pipe while it sleeps. sendfile() would call it with a pipe
 * of its own, which is not locked; today it refuses this file, since the file cannot seek.
 */
static ssize_t zx_socket_file_splice_read(struct zx_object *object, struct pipe_inode_info *pipe,
					  size_t len, bool nonblock, const atomic_t *has_handle)
{
	bool is_own = pipe == current->splice_pipe;
	ssize_t ret;

	if (!len)
		return 0;
	for (;;) {
		bool full = pipe->readers && zx_pipe_is_full(pipe);

		ret = full ? -EAGAIN : zx_socket_splice_some(object, pipe, len, has_handle);
		if (ret != -EAGAIN || nonblock || (full && is_own))
			return ret;
		if (full) {
			ret = zx_pipe_wait_for_space(pipe);
		} else {
			if (!is_own)
				pipe_unlock(pipe);
			ret = zx_socket_wait_for_bytes(object, has_handle);
			if (!is_own)
				pipe_lock(pipe);
		}
		if (ret)
			return ret;
	}
}

/**
 * struct zx_socket_splicing - a splice() from a pipe under way
 * @writer:	the endpoint that is written to
 * @has_handle:	as for zx_socket_write()
 * @full:	the last write failed for lack of space
 */
struct zx_socket_splicing {
	struct zx_socket *writer;
	const atomic_t *has_handle;
	bool full;
};

/* Writes bytes of a buffer of the pipe, which is locked. Returns how many, or an errno. */
static int zx_socket_splice_actor(struct pipe_inode_info *pipe, struct pipe_buffer *buf,
				  struct splice_desc *sd)
{
	struct zx_socket_splicing *splicing = sd->u.data;
	struct bio_vec bvec = {
		.bv_page = buf->page,
		.bv_offset = buf->offset,
		.bv_len = sd->len,
	};
	struct iov_iter from;
	const struct zx_io io = { .iter = &from };
	ssize_t ret;

	iov_iter_bvec(&from, ITER_SOURCE, &bvec, 1, sd->len);
	ret = zx_socket_write(splicing->writer, &io, sd->len, NULL, 0, splicing->has_handle);
	ret = zx_socket_errno(ret, -EPIPE);
	splicing->full = ret == -EAGAIN;
	return ret;
}

/*
 * Like zx_socket_file_splice_read(), this thread does not lock the pipe while it waits for space.
 * Once bytes were written it does not wait for the pipe to get more.
 */
static ssize_t zx_socket_file_splice_write(struct zx_object *object, struct pipe_inode_info *pipe,
					   size_t len, unsigned int flags, bool nonblock,
					   const atomic_t *has_handle)
{
	struct zx_socket_splicing splicing = {
		.writer = zx_socket_of(object),
		.has_handle = has_handle,
	};
	struct splice_desc sd = { .total_len = len, .flags = flags, .u.data = &splicing };
	ssize_t done = 0, ret;

	for (;;) {
		splicing.full = false;
		pipe_lock(pipe);
		ret = __splice_from_pipe(pipe, &sd, zx_socket_splice_actor);
		pipe_unlock(pipe);
		if (ret > 0) {
			done += ret;
			/* The flag has an effect only if the pipe has no bytes. */
			sd.flags |= SPLICE_F_NONBLOCK;
		}
		if (!splicing.full || nonblock)
			break;
		ret = zx_socket_wait_for_space(object, has_handle);
		if (ret)
			break;
	}
	return zx_socket_written(done, ret, false);
}

/* SIOCINQ and SIOCOUTQ: bytes that can be read, and bytes that the peer has not read yet. */
static long zx_socket_file_ioctl(struct zx_object *object, u32 rights, unsigned int cmd,
				 unsigned long arg)
{
	struct zx_socket *socket = zx_socket_of(object);
	u32 right = ZX_RIGHT_READ;

	if (cmd == SIOCOUTQ) {
		socket = zx_socket_peer(socket);
		right = ZX_RIGHT_WRITE;
	} else if (cmd != SIOCINQ) {
		return -ENOTTY;
	}
	if (!(rights & right))
		return -EBADF;
	return put_user((int)READ_ONCE(socket->bytes.used), (int __user *)arg);
}

const struct zx_object_file_ops zx_socket_file_ops = {
	.mode = S_IFSOCK,
	.read = zx_socket_file_read,
	.write = zx_socket_file_write,
	.splice_read = zx_socket_file_splice_read,
	.splice_write = zx_socket_file_splice_write,
	.ioctl = zx_socket_file_ioctl,
};
