/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Shows from outside what the objects of zircon.ko are: which processes have opened the device,
 * which handles they have, how full an object is, which user pays. The family is in every network
 * namespace.
 *
 * A reader with CAP_SYS_PTRACE in the initial user namespace sees everything. Any other reader sees
 * the processes of its pid namespace whose user and group ids are all its own, in its own user
 * namespace, and that have no capability that it lacks; the files and the account of its own user.
 * CAP_SYS_PTRACE, and the user id, must also be those with which the socket was opened. What is
 * shown does not depend on the rights of the handles.
 *
 * A dump takes no snapshot. What exists from its beginning to its end comes exactly once, except
 * where object-get says otherwise; what is made or closed meanwhile may come. A dump that has
 * looked at very much and found nothing to show sends a message without attributes.
 *
 * Made from uapi/netlink/zircon.yaml by uapi/netlink/header.
 */
#ifndef _UAPI_LINUX_ZIRCON_NETLINK_H
#define _UAPI_LINUX_ZIRCON_NETLINK_H

#define ZIRCON_FAMILY_NAME	"zircon"
#define ZIRCON_FAMILY_VERSION	1

/* What has a handle. */
enum {
	/* A process, in its handle table. */
	ZIRCON_HOLDER_PROCESS,
	/*
	 * A file that zxl_handle_export() has made. Any process may have a descriptor of it, see
	 * fdinfo.
	 */
	ZIRCON_HOLDER_FILE,
};

/* What waits for signals of an object. */
enum {
	/* A thread in zx_object_wait_one() or zx_object_wait_many(). */
	ZIRCON_WAITER_KIND_THREAD,
	/* A thread in zx_channel_call(), which waits for the reply. */
	ZIRCON_WAITER_KIND_CALL,
	/* A zx_object_wait_async(); its packet goes to a port. */
	ZIRCON_WAITER_KIND_PORT,
	/* A file that zxl_handle_watch() has made. */
	ZIRCON_WAITER_KIND_WATCH,
	/* A call whose thread runs a Linux signal handler. */
	ZIRCON_WAITER_KIND_PARKED_CALL,
};

/*
 * A process that has opened the device, or to which another has got a handle, and that has not
 * ended.
 */
enum {
	ZIRCON_A_PROCESS_PAD = 1,
	/*
	 * The process id in the reader's pid namespace, zero if it has none there. In a request,
	 * the only process that is dumped.
	 */
	ZIRCON_A_PROCESS_PID,
	/* Koid of the process object; the same until the process ends. */
	ZIRCON_A_PROCESS_KOID,
	/* ZX_PROP_NAME. */
	ZIRCON_A_PROCESS_NAME,
	/* The user who pays for the process, in the reader's user namespace. */
	ZIRCON_A_PROCESS_UID,
	/* Inode number of that user's namespace. */
	ZIRCON_A_PROCESS_USER_NS,
	/* Open handles, and those that a call is about to open. */
	ZIRCON_A_PROCESS_HANDLES,

	__ZIRCON_A_PROCESS_MAX,
	ZIRCON_A_PROCESS_MAX = (__ZIRCON_A_PROCESS_MAX - 1)
};

/* A handle that a process or a file has. */
enum {
	ZIRCON_A_HANDLE_PAD = 1,
	/* What has the handle. */
	ZIRCON_A_HANDLE_HOLDER,
	/*
	 * Of a process, its id as in the set process. In a request, the only process whose handles
	 * are dumped, and no files.
	 */
	ZIRCON_A_HANDLE_PID,
	/* Of a process, its koid. */
	ZIRCON_A_HANDLE_PROCESS,
	/* The user who pays for the process or the file, in the reader's user namespace. */
	ZIRCON_A_HANDLE_UID,
	/* Of a process, the number of the handle there. */
	ZIRCON_A_HANDLE_VALUE,
	/* ZX_RIGHT_*. */
	ZIRCON_A_HANDLE_RIGHTS,
	/* The object's koid. In a request, the only object whose handles are dumped. */
	ZIRCON_A_HANDLE_KOID,
	/* ZX_OBJ_TYPE_*. In a request, the only type whose handles are dumped. */
	ZIRCON_A_HANDLE_TYPE,
	/* The peer's koid, if the type has peers. */
	ZIRCON_A_HANDLE_RELATED_KOID,

	__ZIRCON_A_HANDLE_MAX,
	ZIRCON_A_HANDLE_MAX = (__ZIRCON_A_HANDLE_MAX - 1)
};

/* What waits for signals of an object. */
enum {
	ZIRCON_A_WAITER_PAD = 1,
	/* What waits. */
	ZIRCON_A_WAITER_KIND,
	/* Of a thread, the id of its process in the reader's pid namespace, or zero. */
	ZIRCON_A_WAITER_PID,
	/* Of a thread, its id there, or zero. */
	ZIRCON_A_WAITER_TID,
	/* What it waits for; besides its reply, of a call. */
	ZIRCON_A_WAITER_SIGNALS,
	/* Koid of the port that gets the packet. */
	ZIRCON_A_WAITER_PORT,

	__ZIRCON_A_WAITER_MAX,
	ZIRCON_A_WAITER_MAX = (__ZIRCON_A_WAITER_MAX - 1)
};

/* An object. */
enum {
	ZIRCON_A_OBJECT_PAD = 1,
	/*
	 * The object's koid. In a request, the only object that is dumped; then it comes with its
	 * waiters.
	 */
	ZIRCON_A_OBJECT_KOID,
	/* ZX_OBJ_TYPE_*. In a request, the only type that is dumped. */
	ZIRCON_A_OBJECT_TYPE,
	/* In a request, the only process whose objects are dumped, and no files. */
	ZIRCON_A_OBJECT_PID,
	/* The peer's koid, if the type has peers. */
	ZIRCON_A_OBJECT_RELATED_KOID,
	/* ZX_PROP_NAME, if the type has names. */
	ZIRCON_A_OBJECT_NAME,
	/* The signals that are raised. */
	ZIRCON_A_OBJECT_SIGNALS,
	/*
	 * Handles to it, wherever they are. Those that handle-get does not show are in messages, in
	 * sockets, or in what the reader may not see.
	 */
	ZIRCON_A_OBJECT_HANDLES,
	/* Waits, asynchronous waits, calls and watches. */
	ZIRCON_A_OBJECT_OBSERVERS,
	/*
	 * What was not read yet. Of a channel, bytes of memory for messages and replies; of a
	 * socket, bytes; of a fifo, elements; of a port, packets. A short message for which a
	 * channel keeps memory anyway is in it, but does not count for queued-max.
	 */
	ZIRCON_A_OBJECT_QUEUED,
	/*
	 * When queued reaches this no more is accepted; of a port, only packets of zx_port_queue()
	 * count.
	 */
	ZIRCON_A_OBJECT_QUEUED_MAX,
	/*
	 * Koid of the channel's endpoint in whose queue the handle is; only of an endpoint of a
	 * channel whose handle is in a message.
	 */
	ZIRCON_A_OBJECT_QUEUE,
	/* Bytes charged for the object, and its peer, without what is queued. */
	ZIRCON_A_OBJECT_BYTES,
	/* The user who pays, in the reader's user namespace. */
	ZIRCON_A_OBJECT_UID,
	/* Inode number of that user's namespace. */
	ZIRCON_A_OBJECT_USER_NS,
	/* What waits, at most 32 and only what the reader may see; observers has the number. */
	ZIRCON_A_OBJECT_WAITER,

	__ZIRCON_A_OBJECT_MAX,
	ZIRCON_A_OBJECT_MAX = (__ZIRCON_A_OBJECT_MAX - 1)
};

/* What a user is charged for kernel memory of objects, and the limit. */
enum {
	ZIRCON_A_ACCOUNT_PAD = 1,
	/* The user, in the reader's user namespace. */
	ZIRCON_A_ACCOUNT_UID,
	/*
	 * Inode number of the user's namespace. In account-set, the initial user namespace if it is
	 * left out.
	 */
	ZIRCON_A_ACCOUNT_USER_NS,
	/*
	 * The owner of that user namespace, to whom the same bytes are charged; not for a user of
	 * the initial namespace.
	 */
	ZIRCON_A_ACCOUNT_OWNER_UID,
	/* Inode number of the owner's namespace. */
	ZIRCON_A_ACCOUNT_OWNER_USER_NS,
	/* Bytes charged to the user. */
	ZIRCON_A_ACCOUNT_USED,
	/*
	 * The limit, bytes. In account-set, the user's own limit, at least 65536; zero means that
	 * the module's parameter user_bytes_max is the limit again.
	 */
	ZIRCON_A_ACCOUNT_LIMIT,
	/* account-set has set the limit. */
	ZIRCON_A_ACCOUNT_OWN_LIMIT,
	/* In limit-ntf, bytes that were not charged. */
	ZIRCON_A_ACCOUNT_REFUSED,

	__ZIRCON_A_ACCOUNT_MAX,
	ZIRCON_A_ACCOUNT_MAX = (__ZIRCON_A_ACCOUNT_MAX - 1)
};

enum {
	/* Dump the processes, in the order of their ids. */
	ZIRCON_CMD_PROCESS_GET = 1,
	/*
	 * Dump handles; first those of processes, then those of files. Handles in messages are not
	 * shown, but see queue in the set object.
	 */
	ZIRCON_CMD_HANDLE_GET,
	/*
	 * Dump objects. An object comes once for each handle that the reader may see: merge by
	 * koid. With koid in the request it comes once, also if the reader sees a handle to its
	 * peer only, provided that the same user pays.
	 */
	ZIRCON_CMD_OBJECT_GET,
	/* Dump the accounts of users. */
	ZIRCON_CMD_ACCOUNT_GET,
	/*
	 * Set the limit of a user. Needs CAP_SYS_ADMIN in the initial user namespace. A user of
	 * another namespace must have an account already.
	 */
	ZIRCON_CMD_ACCOUNT_SET,
	/*
	 * A process has opened the device for the first time, or another has got a handle to it
	 * before.
	 */
	ZIRCON_CMD_PROCESS_NEW_NTF,
	/* The last thread of a process has ended, or the module is unloaded. */
	ZIRCON_CMD_PROCESS_END_NTF,
	/*
	 * A charge was refused since it would exceed the limit of a user, or of the owner of that
	 * user's namespace.
	 */
	ZIRCON_CMD_LIMIT_NTF,
	/* An endpoint of a channel, socket or fifo is full. */
	ZIRCON_CMD_FULL_NTF,

	__ZIRCON_CMD_MAX,
	ZIRCON_CMD_MAX = (__ZIRCON_CMD_MAX - 1)
};

/*
 * Needs CAP_SYS_ADMIN in the initial user namespace; events come only in the initial network
 * namespace. Ids are those of the initial namespaces.
 */
#define ZIRCON_MCGRP_PROCESSES	"processes"

/*
 * Likewise. Of each of the two events at most 100 a second come of one user, and 100 of all users
 * together of namespaces that this user owns.
 */
#define ZIRCON_MCGRP_LIMITS	"limits"

#endif /* _UAPI_LINUX_ZIRCON_NETLINK_H */
