/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of the netlink family: requests, and the attributes of what comes back. They
 * use no library, so that a test can also send what no library would.
 */
#ifndef ZXNETLINK_H
#define ZXNETLINK_H

#include "zxtest.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/zircon_netlink.h>
#include <sys/socket.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

/* More than the attributes of any set. */
#define ZXN_ATTRIBUTES	32

/* More than the module shows of an object. */
#define ZXN_WAITERS	40

/*
 * A request that is being made, and the messages that come back. @room is large enough for any
 * message of the module.
 */
struct zxn_request {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	char room[1024];
};

/* A message of the module: pointers to the attributes in it. */
struct zxn_message {
	const struct nlattr *attributes[ZXN_ATTRIBUTES];
	const struct nlattr *waiters[ZXN_WAITERS];
	unsigned int num_waiters;
	uint8_t cmd;
};

/* A socket with a limit on waiting for what must come, or -1. */
static inline int zxn_open(void)
{
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	const struct timeval limit = { .tv_sec = 120 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	/* Events come only to a socket that has an address. */
	if (fd >= 0 && bind(fd, (const void *)&address, sizeof(address)) == 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static inline void zxn_begin(struct zxn_request *request, uint16_t family, uint8_t cmd,
			     uint16_t flags)
{
	memset(request, 0, sizeof(*request));
	request->head.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	request->head.nlmsg_type = family;
	request->head.nlmsg_flags = NLM_F_REQUEST | flags;
	request->head.nlmsg_seq = 1;
	request->genl.cmd = cmd;
	request->genl.version = 1;
}

static inline void zxn_put(struct zxn_request *request, uint16_t type, const void *data,
			   uint16_t size)
{
	struct nlattr *attribute = (void *)((char *)request + request->head.nlmsg_len);

	if (request->head.nlmsg_len + NLA_HDRLEN + NLA_ALIGN(size) > sizeof(*request))
		abort();
	attribute->nla_type = type;
	attribute->nla_len = NLA_HDRLEN + size;
	memcpy(attribute + 1, data, size);
	request->head.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(size);
}

static inline void zxn_put_u32(struct zxn_request *request, uint16_t type, uint32_t value)
{
	zxn_put(request, type, &value, sizeof(value));
}

static inline void zxn_put_u64(struct zxn_request *request, uint16_t type, uint64_t value)
{
	zxn_put(request, type, &value, sizeof(value));
}

static inline int zxn_send(int fd, const struct zxn_request *request)
{
	return send(fd, request, request->head.nlmsg_len, 0) < 0 ? -errno : 0;
}

/* Sorts the attributes of a message by their types. */
static inline void zxn_parse(const struct nlmsghdr *head, struct zxn_message *message)
{
	const char *at = (const char *)NLMSG_DATA(head) + GENL_HDRLEN;
	const char *end = (const char *)head + head->nlmsg_len;

	memset(message, 0, sizeof(*message));
	message->cmd = ((const struct genlmsghdr *)NLMSG_DATA(head))->cmd;
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attribute = (const void *)at;
		unsigned int type = attribute->nla_type & NLA_TYPE_MASK;

		if (type < ZXN_ATTRIBUTES)
			message->attributes[type] = attribute;
		if (message->cmd == ZIRCON_CMD_OBJECT_GET && type == ZIRCON_A_OBJECT_WAITER &&
		    message->num_waiters < ZXN_WAITERS)
			message->waiters[message->num_waiters++] = attribute;
		at += NLA_ALIGN(attribute->nla_len);
	}
}

/* The same for what is nested in an attribute. */
static inline void zxn_parse_nested(const struct nlattr *nest, struct zxn_message *message)
{
	const char *at = (const char *)(nest + 1), *end = (const char *)nest + nest->nla_len;

	memset(message, 0, sizeof(*message));
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attribute = (const void *)at;

		message->attributes[attribute->nla_type & NLA_TYPE_MASK] = attribute;
		at += NLA_ALIGN(attribute->nla_len);
	}
}

static inline bool zxn_has(const struct zxn_message *message, unsigned int type)
{
	return message->attributes[type];
}

/* The value of an attribute; all ones if there is none. */
static inline uint64_t zxn_u64(const struct zxn_message *message, unsigned int type)
{
	const struct nlattr *attribute = message->attributes[type];
	uint64_t value = ~0ull;

	if (attribute && attribute->nla_len == NLA_HDRLEN + sizeof(value))
		memcpy(&value, attribute + 1, sizeof(value));
	return value;
}

static inline uint32_t zxn_u32(const struct zxn_message *message, unsigned int type)
{
	const struct nlattr *attribute = message->attributes[type];
	uint32_t value = ~0u;

	if (attribute && attribute->nla_len == NLA_HDRLEN + sizeof(value))
		memcpy(&value, attribute + 1, sizeof(value));
	return value;
}

static inline const char *zxn_string(const struct zxn_message *message, unsigned int type)
{
	const struct nlattr *attribute = message->attributes[type];

	return attribute ? (const char *)(attribute + 1) : "(none)";
}

/*
 * Receives once, and calls @each for each message of the family. @family zero takes them all.
 * Returns 1 if more will come, 0 after the last, a negative errno for an error.
 */
static inline int zxn_receive(int fd, uint16_t family,
			      void (*each)(const struct zxn_message *message, void *arg), void *arg)
{
	_Alignas(NLMSG_ALIGNTO) char buffer[65536];
	ssize_t size = recv(fd, buffer, sizeof(buffer), 0);
	unsigned int left;

	if (size < 0)
		return -errno;
	left = size;
	for (struct nlmsghdr *head = (void *)buffer; NLMSG_OK(head, left);
	     head = NLMSG_NEXT(head, left)) {
		struct zxn_message message;

		/* A dump that fails ends with the error, too. */
		if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR)
			return *(int *)NLMSG_DATA(head);
		if (family && head->nlmsg_type != family)
			return -EPROTO;
		/* A dump that has found nothing so far. */
		if (head->nlmsg_len <= NLMSG_HDRLEN + GENL_HDRLEN)
			continue;
		zxn_parse(head, &message);
		each(&message, arg);
	}
	return 1;
}

/* Sends a request, and receives all that comes back. Returns 0 or a negative errno. */
static inline int zxn_run(int fd, const struct zxn_request *request,
			  void (*each)(const struct zxn_message *message, void *arg), void *arg)
{
	int status = zxn_send(fd, request);

	if (status)
		return status;
	do
		status = zxn_receive(fd, request->head.nlmsg_type, each, arg);
	while (status > 0);
	return status;
}

/* What the kernel knows about the family. */
struct zxn_family {
	uint16_t id;
	uint32_t processes;
	uint32_t limits;
};

static inline void zxn_note_family(const struct zxn_message *message, void *arg)
{
	const struct nlattr *groups = message->attributes[CTRL_ATTR_MCAST_GROUPS];
	struct zxn_family *family = arg;
	struct zxn_message list, group;

	memcpy(&family->id, message->attributes[CTRL_ATTR_FAMILY_ID] + 1, sizeof(family->id));
	if (!groups)
		return;
	zxn_parse_nested(groups, &list);
	for (int i = 1; i < ZXN_ATTRIBUTES && list.attributes[i]; i++) {
		const char *name;

		zxn_parse_nested(list.attributes[i], &group);
		name = zxn_string(&group, CTRL_ATTR_MCAST_GRP_NAME);
		if (!strcmp(name, ZIRCON_MCGRP_PROCESSES))
			family->processes = zxn_u32(&group, CTRL_ATTR_MCAST_GRP_ID);
		else if (!strcmp(name, ZIRCON_MCGRP_LIMITS))
			family->limits = zxn_u32(&group, CTRL_ATTR_MCAST_GRP_ID);
	}
}

/* Finds the family "zircon". Returns 0 or a negative errno. */
static inline int zxn_find(int fd, struct zxn_family *family)
{
	struct zxn_request request;

	memset(family, 0, sizeof(*family));
	zxn_begin(&request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	zxn_put(&request, CTRL_ATTR_FAMILY_NAME, ZIRCON_FAMILY_NAME, sizeof(ZIRCON_FAMILY_NAME));
	return zxn_run(fd, &request, zxn_note_family, family);
}

/* A request for a dump; a u32 attribute and a u64 attribute follow unless their types are zero. */
static inline int zxn_dump(int fd, uint16_t family, uint8_t cmd, uint16_t type32, uint32_t value32,
			   uint16_t type64, uint64_t value64,
			   void (*each)(const struct zxn_message *message, void *arg), void *arg)
{
	struct zxn_request request;

	zxn_begin(&request, family, cmd, NLM_F_DUMP);
	if (type32)
		zxn_put_u32(&request, type32, value32);
	if (type64)
		zxn_put_u64(&request, type64, value64);
	return zxn_run(fd, &request, each, arg);
}

#endif /* ZXNETLINK_H */
