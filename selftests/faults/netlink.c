// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cases: the netlink family.
 */
#include "faults.h"

#include "../zxnetlink.h"

/* What a case asks for: fault.options. */
enum {
	PROCESSES,
	HANDLES_OF_OBJECT,
	OBJECT,
	ACCOUNTS,
};

static struct zxn_family family;
static unsigned int shown;
/* Of the object: to ask for it is a call that can fail, too. */
static zx_koid_t koid;

static void set_up_netlink(struct world *w)
{
	int fd = zxn_open();

	MUST(fd >= 0 && !zxn_find(fd, &family));
	close(fd);
	new_event(w);
	koid = zxt_koid(w->end[0]);
}

static void count_message(const struct zxn_message *message __UNUSED, void *arg)
{
	unsigned int *count = arg;

	(*count)++;
}

/* Makes a request with a socket of its own. */
static long ask(const struct zxn_request *request)
{
	int fd = zxn_open();
	long ret;

	MUST(fd >= 0);
	ret = zxn_run(fd, request, count_message, &shown);
	close(fd);
	return ret;
}

static long dump(struct world *w)
{
	struct zxn_request request;

	shown = 0;
	switch (w->is->options) {
	case PROCESSES:
		zxn_begin(&request, family.id, ZIRCON_CMD_PROCESS_GET, NLM_F_DUMP);
		zxn_put_u32(&request, ZIRCON_A_PROCESS_PID, getpid());
		break;
	case HANDLES_OF_OBJECT:
		zxn_begin(&request, family.id, ZIRCON_CMD_HANDLE_GET, NLM_F_DUMP);
		zxn_put_u64(&request, ZIRCON_A_HANDLE_KOID, koid);
		break;
	case OBJECT:
		zxn_begin(&request, family.id, ZIRCON_CMD_OBJECT_GET, NLM_F_DUMP);
		zxn_put_u64(&request, ZIRCON_A_OBJECT_KOID, koid);
		break;
	default:
		zxn_begin(&request, family.id, ZIRCON_CMD_ACCOUNT_GET, NLM_F_DUMP);
		break;
	}
	return ask(&request);
}

static void done_dump(struct world *w)
{
	CHECK(w, w->is->options == ACCOUNTS ? shown >= 1 : shown == 1);
}

static const struct kind netlink_dump = {
	.set_up = set_up_netlink,
	.call = dump,
	.done = done_dump,
	.may = FAIL_ALLOC | FAIL_LINUX,
};

/* A user that has no account yet. */
#define NEW_USER	3999999

static long set_limit(uint64_t limit)
{
	struct zxn_request request;

	zxn_begin(&request, family.id, ZIRCON_CMD_ACCOUNT_SET, NLM_F_ACK);
	zxn_put_u32(&request, ZIRCON_A_ACCOUNT_UID, NEW_USER);
	zxn_put_u64(&request, ZIRCON_A_ACCOUNT_LIMIT, limit);
	return ask(&request);
}

static long set_new_limit(struct world *w __UNUSED)
{
	return set_limit(1 << 20);
}

static void remove_limit(struct world *w)
{
	CHECK(w, !set_limit(0));
}

static const struct kind netlink_limit = {
	.set_up = set_up_netlink,
	.call = set_new_limit,
	.after = remove_limit,
	.may = FAIL_ALLOC | FAIL_LINUX,
};

static const struct fault faults[] = {
	{ .name = "netlink_process", .kind = &netlink_dump, .options = PROCESSES },
	{ .name = "netlink_handles", .kind = &netlink_dump, .options = HANDLES_OF_OBJECT },
	{ .name = "netlink_object", .kind = &netlink_dump, .options = OBJECT },
	{ .name = "netlink_accounts", .kind = &netlink_dump, .options = ACCOUNTS },
	{ .name = "netlink_limit", .kind = &netlink_limit },
};

const struct area netlink_area = AREA("netlink", faults);
