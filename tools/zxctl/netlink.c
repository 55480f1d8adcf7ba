// SPDX-License-Identifier: GPL-2.0-only
/* Asks the module, and makes records of its messages. */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/zircon_netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "zxctl.h"

/* Larger messages mean fewer of them; the kernel makes a dump's as large as this. */
#define MESSAGE_SIZE	32768

/*
 * Of a socket for events. The kernel doubles it, and counts an event's buffer with all that belongs
 * to it, some 1 KiB: so about 2000 events wait while others are printed.
 */
#define EVENTS_SIZE	(1 << 20)

#define FIELD(set, attribute, name, kind) \
	{ #name, ZIRCON_A_##attribute, kind, offsetof(struct set, name) }
#define HEAD_FIELD(attribute, name, kind)	FIELD(head, attribute, name, kind)

const struct set process_set = {
	.size = sizeof(struct process),
	.dump = ZIRCON_CMD_PROCESS_GET,
	.by_pid = ZIRCON_A_PROCESS_PID,
	.fields = {
		FIELD(process, PROCESS_PID, pid, K_U32),
		HEAD_FIELD(PROCESS_KOID, koid, K_U64),
		FIELD(process, PROCESS_NAME, name, K_TEXT),
		FIELD(process, PROCESS_UID, uid, K_USER),
		FIELD(process, PROCESS_USER_NS, user_ns, K_U32),
		FIELD(process, PROCESS_HANDLES, handles, K_U32),
	},
};

const struct set handle_set = {
	.size = sizeof(struct handle),
	.dump = ZIRCON_CMD_HANDLE_GET,
	.by_pid = ZIRCON_A_HANDLE_PID,
	.by_koid = ZIRCON_A_HANDLE_KOID,
	.fields = {
		FIELD(handle, HANDLE_HOLDER, holder, K_HOLDER),
		FIELD(handle, HANDLE_PID, pid, K_U32),
		FIELD(handle, HANDLE_PROCESS, process, K_U64),
		FIELD(handle, HANDLE_UID, uid, K_USER),
		FIELD(handle, HANDLE_VALUE, value, K_VALUE),
		FIELD(handle, HANDLE_RIGHTS, rights, K_RIGHTS),
		HEAD_FIELD(HANDLE_KOID, koid, K_U64),
		HEAD_FIELD(HANDLE_TYPE, type, K_TYPE),
		FIELD(handle, HANDLE_RELATED_KOID, related_koid, K_U64),
	},
};

const struct set waiter_set = {
	.size = sizeof(struct waiter),
	.fields = {
		FIELD(waiter, WAITER_KIND, kind, K_WAITER),
		FIELD(waiter, WAITER_PID, pid, K_U32),
		FIELD(waiter, WAITER_TID, tid, K_U32),
		FIELD(waiter, WAITER_SIGNALS, signals, K_SIGNALS),
		FIELD(waiter, WAITER_PORT, port, K_U64),
	},
};

const struct set object_set = {
	.size = sizeof(struct object),
	.dump = ZIRCON_CMD_OBJECT_GET,
	.by_pid = ZIRCON_A_OBJECT_PID,
	.by_koid = ZIRCON_A_OBJECT_KOID,
	.nest = ZIRCON_A_OBJECT_WAITER,
	.fields = {
		HEAD_FIELD(OBJECT_KOID, koid, K_U64),
		HEAD_FIELD(OBJECT_TYPE, type, K_TYPE),
		FIELD(object, OBJECT_RELATED_KOID, related_koid, K_U64),
		FIELD(object, OBJECT_NAME, name, K_TEXT),
		FIELD(object, OBJECT_SIGNALS, signals, K_SIGNALS),
		FIELD(object, OBJECT_HANDLES, handles, K_U32),
		FIELD(object, OBJECT_OBSERVERS, observers, K_U32),
		FIELD(object, OBJECT_QUEUED, queued, K_U64),
		FIELD(object, OBJECT_QUEUED_MAX, queued_max, K_U64),
		FIELD(object, OBJECT_QUEUE, queue, K_U64),
		FIELD(object, OBJECT_BYTES, bytes, K_U32),
		FIELD(object, OBJECT_UID, uid, K_USER),
		FIELD(object, OBJECT_USER_NS, user_ns, K_U32),
	},
};

const struct set account_set = {
	.size = sizeof(struct account),
	.dump = ZIRCON_CMD_ACCOUNT_GET,
	.fields = {
		FIELD(account, ACCOUNT_UID, uid, K_USER),
		FIELD(account, ACCOUNT_USER_NS, user_ns, K_U32),
		FIELD(account, ACCOUNT_OWNER_UID, owner_uid, K_USER),
		FIELD(account, ACCOUNT_OWNER_USER_NS, owner_user_ns, K_U32),
		FIELD(account, ACCOUNT_USED, used, K_U64),
		FIELD(account, ACCOUNT_LIMIT, limit, K_U64),
		FIELD(account, ACCOUNT_OWN_LIMIT, own_limit, K_FLAG),
		FIELD(account, ACCOUNT_REFUSED, refused, K_U64),
	},
};

static struct nl_sock *sock;
static int family;

/* The answer to one request. */
struct answer {
	const struct set *set;
	struct list records;
	compare_fn *unique;	/* or NULL: equal records stay */
	size_t enough;		/* when the list has so many, equal ones go */
	int error;		/* negative errno */
	const char *reason;	/* the module's own words for it */
	bool complete;
};

/**
 * has - whether an attribute came
 * @record:	a record
 * @attribute:	its number in the record's set
 */
bool has(const void *record, uint8_t attribute)
{
	return ((const struct head *)record)->has & 1u << attribute;
}

/**
 * append - add a record of zeroes
 * @list:	the list; its records move
 * @size:	of a record, the same for all of the list
 *
 * Return: the record.
 */
void *append(struct list *list, size_t size)
{
	list->size = size;
	if (list->count == list->room) {
		list->room = list->room ? list->room * 2 : 1;
		list->items = more_memory(list->items, list->room, size);
	}
	return memset(list->items + list->count++ * size, 0, size);
}

/**
 * sort - sort a list
 * @list:	the list
 * @compare:	their order
 * @unique:	only one of equal records stays
 */
void sort(struct list *list, compare_fn *compare, bool unique)
{
	size_t size = list->size, kept = 0;

	if (!list->count)
		return;
	qsort(list->items, list->count, size, compare);
	for (size_t i = 1; unique && i < list->count; i++) {
		char *item = list->items + i * size;

		if (compare(list->items + kept * size, item) && ++kept != i)
			memcpy(list->items + kept * size, item, size);
	}
	if (unique)
		list->count = kept + 1;
}

/**
 * lower_bound - search in a sorted list
 * @list:	the list
 * @key:	a record
 * @compare:	the list's order
 *
 * Return: the index of the first record that is not less than the key.
 */
size_t lower_bound(const struct list *list, const void *key, compare_fn *compare)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (compare(list->items + middle * list->size, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * free_list - free the records
 * @list:	the list, which is empty then
 */
void free_list(struct list *list)
{
	free(list->items);
	*list = (struct list){};
}

static void decode(const struct set *set, struct nlattr *attributes, int length, void *record);

static void decode_field(const struct field *field, struct nlattr *attribute, void *record)
{
	char *to = (char *)record + field->offset;

	switch (field->kind) {
	case K_TEXT:
		nla_strlcpy(to, attribute, sizeof(((struct process *)0)->name));
		break;
	case K_FLAG:
		*(uint32_t *)to = true;
		break;
	case K_U64:
		if (nla_len(attribute) != sizeof(uint64_t))
			die("a message of the module cannot be understood");
		*(uint64_t *)to = nla_get_u64(attribute);
		break;
	default:
		if (nla_len(attribute) != sizeof(uint32_t))
			die("a message of the module cannot be understood");
		*(uint32_t *)to = nla_get_u32(attribute);
	}
	((struct head *)record)->has |= 1u << field->attribute;
}

static void decode(const struct set *set, struct nlattr *attributes, int length, void *record)
{
	struct nlattr *attribute;
	int rest;

	nla_for_each_attr(attribute, attributes, length, rest) {
		int number = nla_type(attribute);

		if (set->nest && number == set->nest) {
			struct object *object = record;

			decode(&waiter_set, nla_data(attribute), nla_len(attribute),
			       append(&object->waiters, waiter_set.size));
			continue;
		}
		for (const struct field *field = set->fields; field->key; field++) {
			if (field->attribute == number)
				decode_field(field, attribute, record);
		}
	}
	/* A waiter's signals are those of the object's type. */
	if (set->nest) {
		struct object *object = record;

		for_each(struct waiter, waiter, &object->waiters)
			waiter->head.type = object->head.type;
	}
}

static void decode_message(const struct set *set, struct nl_msg *message, void *record)
{
	struct genlmsghdr *header = nlmsg_data(nlmsg_hdr(message));

	decode(set, genlmsg_attrdata(header, 0), genlmsg_attrlen(header, 0), record);
}

static int on_record(struct nl_msg *message, void *arg)
{
	struct answer *answer = arg;
	struct list *records = &answer->records;

	/* Without attributes: a dump that has found nothing so far. */
	if (!answer->set || !genlmsg_attrlen(nlmsg_data(nlmsg_hdr(message)), 0))
		return NL_OK;
	/* A user may have very many handles to one object: they shall take no memory here. */
	if (answer->unique && records->count >= answer->enough) {
		sort(records, answer->unique, true);
		answer->enough = 1024 + records->count * 2;
	}
	decode_message(answer->set, message, append(records, answer->set->size));
	return NL_OK;
}

/* A dump may end with an error. */
static int on_finish(struct nl_msg *message, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(message);
	struct answer *answer = arg;

	if (nlmsg_datalen(header) >= (int)sizeof(int))
		answer->error = *(int *)nlmsg_data(header);
	answer->complete = true;
	return NL_OK;
}

static int on_ack(struct nl_msg *message, void *arg)
{
	struct answer *answer = arg;

	(void)message;
	answer->complete = true;
	return NL_STOP;
}

/* The module promises no snapshot, so that a change during a dump is no error. */
static int on_change(struct nl_msg *message, void *arg)
{
	(void)message;
	(void)arg;
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	struct answer *answer = arg;
	/* The message that the error is part of. */
	struct nlmsghdr *header = (struct nlmsghdr *)((char *)error - NLMSG_HDRLEN);
	size_t at = sizeof(*error);
	struct nlattr *reason;

	(void)from;
	answer->error = error->error;
	answer->complete = true;
	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return NL_STOP;
	/* The request's own payload is before the attributes unless it was cut. */
	if (!(header->nlmsg_flags & NLM_F_CAPPED))
		at += NLMSG_ALIGN(error->msg.nlmsg_len - NLMSG_HDRLEN);
	if (at < (size_t)nlmsg_datalen(header)) {
		reason = nla_find((struct nlattr *)((char *)error + at),
				  nlmsg_datalen(header) - at, NLMSGERR_ATTR_MSG);
		if (reason)
			answer->reason = strndup(nla_data(reason), nla_len(reason));
	}
	return NL_STOP;
}

static struct nl_sock *new_socket(void)
{
	struct nl_sock *new = nl_socket_alloc();
	int error;

	if (!new)
		die("there is no memory");
	error = genl_connect(new);
	if (error)
		die("netlink cannot be used: %s", nl_geterror(error));
	return new;
}

static void connect_to_module(void)
{
	int on = 1;

	if (sock)
		return;
	sock = new_socket();
	nl_socket_set_msg_buf_size(sock, MESSAGE_SIZE);
	/* Older kernels have no words for errors; then their numbers have to do. */
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	family = genl_ctrl_resolve(sock, ZIRCON_FAMILY_NAME);
	if (family < 0)
		die("the module zircon is not loaded, or is older than zxctl");
}

static struct nl_msg *new_request(uint8_t command, int flags)
{
	struct nl_msg *message = nlmsg_alloc();

	connect_to_module();
	if (!message || !genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command,
				     ZIRCON_FAMILY_VERSION))
		die("there is no memory");
	return message;
}

/* Sends the request, frees it, and receives all of the answer. */
static void ask(struct nl_msg *message, struct answer *answer)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int error;

	if (!cb)
		die("there is no memory");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_record, answer);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, answer);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, answer);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_change, NULL);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, answer);
	error = nl_send_auto(sock, message);
	while (error >= 0 && !answer->complete)
		error = nl_recvmsgs(sock, cb);
	if (error < 0 && !answer->complete)
		die("the module does not answer: %s", nl_geterror(error));
	nl_cb_put(cb);
	nlmsg_free(message);
}

/* Says why the module has refused a request. */
__NO_RETURN
static void say_why(const struct answer *answer)
{
	if (answer->reason)
		die("%s", answer->reason);
	switch (-answer->error) {
	case EPERM:
	case EACCES:
		die("this needs root (CAP_SYS_ADMIN in the initial user namespace)");
	case ENOENT:
		die("the module zircon is not loaded any more");
	case EOPNOTSUPP:
		die("the module is older than zxctl");
	default:
		die("the module has refused this: %s", strerror(-answer->error));
	}
}

/**
 * dump - get all records of a set
 * @set:	which
 * @filter:	restricts them, if requests of this set can be restricted so
 * @unique:	the order of the records, in which one of equal ones stays; NULL: all, as they come
 *
 * Return: the records; none if the filter lets none pass.
 */
struct list dump(const struct set *set, struct filter filter, compare_fn *unique)
{
	struct nl_msg *message = new_request(set->dump, NLM_F_DUMP);
	struct answer answer = { .set = set, .unique = unique };

	if ((filter.pid && nla_put_u32(message, set->by_pid, filter.pid)) ||
	    (filter.koid && nla_put_u64(message, set->by_koid, filter.koid)))
		die("there is no memory");
	ask(message, &answer);
	/* The only error for a filter: that process has not opened the device. */
	if (answer.error && answer.error != -ESRCH)
		say_why(&answer);
	answer.records.size = set->size;
	if (unique)
		sort(&answer.records, unique, true);
	return answer.records;
}

/**
 * set_limit - set a user's own limit
 * @uid:	the user
 * @user_ns:	inode number of its namespace, or zero for the initial one
 * @limit:	bytes; zero: no own limit
 */
void set_limit(uint32_t uid, uint32_t user_ns, uint64_t limit)
{
	struct nl_msg *message = new_request(ZIRCON_CMD_ACCOUNT_SET, 0);
	struct answer answer = {};

	if (nla_put_u32(message, ZIRCON_A_ACCOUNT_UID, uid) ||
	    (user_ns && nla_put_u32(message, ZIRCON_A_ACCOUNT_USER_NS, user_ns)) ||
	    nla_put_u64(message, ZIRCON_A_ACCOUNT_LIMIT, limit))
		die("there is no memory");
	ask(message, &answer);
	if (answer.error)
		say_why(&answer);
}

static void (*show_event)(const char *event, const struct set *set, const void *record);

static int on_event(struct nl_msg *message, void *arg)
{
	static const struct {
		const char *name;
		const struct set *set;
	} events[] = {
		[ZIRCON_CMD_PROCESS_NEW_NTF] = { "process_new", &process_set },
		[ZIRCON_CMD_PROCESS_END_NTF] = { "process_end", &process_set },
		[ZIRCON_CMD_LIMIT_NTF] = { "limit", &account_set },
		[ZIRCON_CMD_FULL_NTF] = { "full", &object_set },
	};
	struct genlmsghdr *header = nlmsg_data(nlmsg_hdr(message));
	union {
		struct process process;
		struct object object;
		struct account account;
	} record = {};

	(void)arg;
	/* After the module's end another family may get the group's number. */
	if (nlmsg_hdr(message)->nlmsg_type != family)
		return NL_OK;
	/* A newer module may have other events. */
	if (header->cmd < ARRAY_SIZE(events) && events[header->cmd].name) {
		decode_message(events[header->cmd].set, message, &record);
		show_event(events[header->cmd].name, events[header->cmd].set, &record);
	}
	return NL_OK;
}

/* Genetlink reports each family that comes or goes; also the module's, when it is unloaded. */
static int on_family(struct nl_msg *message, void *arg)
{
	struct genlmsghdr *header = nlmsg_data(nlmsg_hdr(message));
	bool *gone = arg;
	struct nlattr *id;

	if (nlmsg_hdr(message)->nlmsg_type != GENL_ID_CTRL || header->cmd != CTRL_CMD_DELFAMILY)
		return NL_OK;
	id = nla_find(genlmsg_attrdata(header, 0), genlmsg_attrlen(header, 0), CTRL_ATTR_FAMILY_ID);
	if (id && nla_len(id) == sizeof(uint16_t) && nla_get_u16(id) == family)
		*gone = true;
	return NL_OK;
}

/* A socket that receives the messages of a group, and does not block. */
static struct nl_sock *join(const char *of, const char *name, nl_recvmsg_msg_cb_t receive,
			    void *arg)
{
	struct nl_sock *new = new_socket();
	/* As soon as the socket is a member, messages come that answer no request. */
	int group = genl_ctrl_resolve_grp(new, of, name), fd = nl_socket_get_fd(new), error;

	if (group < 0)
		die("the module is older than zxctl: it reports no such events");
	nl_socket_disable_seq_check(new);
	nl_socket_modify_cb(new, NL_CB_VALID, NL_CB_CUSTOM, receive, arg);
	nl_socket_set_nonblocking(new);
	/* Without CAP_NET_ADMIN the buffer is only as large as net.core.rmem_max allows. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){ EVENTS_SIZE }, sizeof(int)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){ EVENTS_SIZE }, sizeof(int));
	error = nl_socket_add_membership(new, group);
	if (error == -NLE_PERM)
		die("this needs root (CAP_SYS_ADMIN in the initial user namespace)");
	if (error)
		die("the events cannot be received: %s", nl_geterror(error));
	return new;
}

/* Receives a message. Returns false if there is none. */
static bool receive(struct nl_sock *from, const char *group, void (*lost)(const char *group))
{
	int error = nl_recvmsgs_default(from);

	if (error == -NLE_AGAIN)
		return false;
	/* libnl makes this of ENOBUFS. */
	if (error == -NLE_NOMEM && group)
		lost(group);
	else if (error < 0)
		die("the events cannot be received: %s", nl_geterror(error));
	return true;
}

/**
 * watch_events - receive the module's events until it is unloaded
 * @only:	the group whose events are received, or NULL for all
 * @show:	called for each
 * @lost:	called when the kernel has dropped some of a group, since they came too fast
 *
 * Each group has a socket, so that none of its events is dropped since another group has many.
 */
__NO_RETURN
void watch_events(const char *only,
		  void (*show)(const char *event, const struct set *set, const void *record),
		  void (*lost)(const char *group))
{
	static const char *const names[] = { ZIRCON_MCGRP_PROCESSES, ZIRCON_MCGRP_LIMITS };
	struct nl_sock *groups[ARRAY_SIZE(names)] = {}, *families;
	struct pollfd fds[ARRAY_SIZE(names) + 1];
	bool gone = false, more = false;

	show_event = show;
	/* Before the family's number is looked up, so that no end of that family is missed. */
	families = join("nlctrl", "notify", on_family, &gone);
	fds[0] = (struct pollfd){ nl_socket_get_fd(families), POLLIN, 0 };
	connect_to_module();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		fds[i + 1] = (struct pollfd){ .fd = -1 };
		if (only && strcmp(only, names[i]))
			continue;
		groups[i] = join(ZIRCON_FAMILY_NAME, names[i], on_event, NULL);
		fds[i + 1] = (struct pollfd){ nl_socket_get_fd(groups[i]), POLLIN, 0 };
	}
	/* What came before the end of the family is in the sockets when its end is received. */
	while (!gone || more) {
		if (!more && poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			die("the events cannot be received: %s", strerror(errno));
		more = receive(families, NULL, lost);
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			more |= groups[i] && receive(groups[i], names[i], lost);
	}
	die("the module zircon was unloaded");
}
