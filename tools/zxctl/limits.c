// SPDX-License-Identifier: GPL-2.0-only
/* The command limits. */
#include <errno.h>
#include <linux/zircon_netlink.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "zxctl.h"

/* A user's name or number. */
static uint32_t parse_user(const char *text)
{
	struct passwd *entry;

	if (*text && !text[strspn(text, "0123456789")])
		return parse_number("user id", text, 0, UINT32_MAX - 1);
	entry = getpwnam(text);
	if (!entry)
		bad_usage("there is no user %s", safe(text));
	return entry->pw_uid;
}

/* "default" is zero. */
static uint64_t parse_bytes(const char *text)
{
	static const char suffixes[] = "KMGT";
	size_t digits = strspn(text, "0123456789");
	const char *suffix = strchr(suffixes, text[digits]);
	unsigned long long value;
	int shift = 0;

	if (!strcmp(text, "default"))
		return 0;
	if (text[digits] && suffix) {
		shift = 10 * (suffix - suffixes + 1);
		digits++;
	}
	errno = 0;
	value = strtoull(text, NULL, 10);
	/* Without a digit before the suffix the value is zero. */
	if (text[digits] || !value)
		bad_usage("%s is no limit: use bytes, perhaps with K, M, G or T, or default",
			  safe(text));
	if (errno || value > (uint64_t)INT64_MAX >> shift)
		bad_usage("%s is too large for a limit", text);
	return value << shift;
}

static void change(char **args)
{
	uint32_t user_ns = 0, uid;

	if (strcmp(args[0], "set"))
		bad_usage("limits has no argument %s but only set", safe(args[0]));
	if (!args[1] || !args[2])
		bad_usage("an argument is missing: zxctl limits set USER BYTES|default");
	if (options.user_ns)
		user_ns = parse_number("inode number", options.user_ns, 1, UINT32_MAX);
	uid = parse_user(args[1]);
	set_limit(uid, user_ns, parse_bytes(args[2]));
}

/**
 * print_accounts - print a table of users
 * @accounts:	their accounts
 */
void print_accounts(const struct list *accounts)
{
	static const char *const titles[] = {
		"USER", ">NAMESPACE", ">USED", ">LIMIT", ">USE%", "OWN", NULL
	};
	struct table table = { .titles = titles };

	for_each(struct account, account, accounts) {
		cell(&table, "%s", user(account->uid));
		/* Only users of other namespaces than the initial one have an owner. */
		if (has(account, ZIRCON_A_ACCOUNT_OWNER_UID))
			cell(&table, "%u", account->user_ns);
		else
			cell(&table, "-");
		cell(&table, "%llu", (unsigned long long)account->used);
		cell(&table, "%llu", (unsigned long long)account->limit);
		cell(&table, "%.0f", account->limit ? 100.0 * account->used / account->limit : 0);
		cell(&table, account->own_limit ? "own" : "-");
	}
	end_table(&table);
}

/**
 * cmd_limits - print the limits, or set one
 * @args:	none; or "set", the user, the limit
 */
void cmd_limits(char **args)
{
	struct list accounts;

	if (args[0]) {
		change(args);
		return;
	}
	accounts = dump(&account_set, (struct filter){}, NULL);
	if (options.json)
		print_json_records(&account_set, &accounts);
	else
		print_accounts(&accounts);
}
