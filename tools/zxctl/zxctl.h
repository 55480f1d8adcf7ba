/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zxctl shows what the objects of the module zircon are. Each file has one part:
 *
 *	main.c		the command line
 *	netlink.c	asks the module, and makes records of its messages
 *	names.c		names of what records contain; records as JSON
 *	print.c		lines, tables, JSON
 *	objects.c	ps, handles, object
 *	tree.c		tree
 *	limits.c	limits
 *	watch.c		top, monitor
 *
 * An error ends the program: none of its functions returns one.
 */
#ifndef ZXCTL_H
#define ZXCTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zircon/compiler.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/*
 * A record has the attributes of one message, or of one nested attribute. @has has the bit of each
 * attribute that came; a record begins with it, with the type that decides what signals are
 * called, and with the koid, if its kind has one. The fields are described in netlink.yaml's words.
 */
struct head {
	uint32_t has;
	uint32_t type;
	uint64_t koid;
};

struct process {
	struct head head;
	uint32_t pid;
	uint32_t uid;
	uint32_t user_ns;
	uint32_t handles;
	char name[64];
};

struct handle {
	struct head head;
	uint32_t holder;
	uint32_t pid;
	uint32_t uid;
	uint32_t value;
	uint32_t rights;
	uint64_t process;
	uint64_t related_koid;
};

struct waiter {
	struct head head;
	uint32_t kind;
	uint32_t pid;
	uint32_t tid;
	uint32_t signals;
	uint64_t port;
};

struct list {
	char *items;
	size_t count;
	size_t room;	/* for so many */
	size_t size;	/* of an item */
};

struct object {
	struct head head;
	uint32_t signals;
	uint32_t handles;
	uint32_t observers;
	uint32_t bytes;
	uint32_t uid;
	uint32_t user_ns;
	uint64_t related_koid;
	uint64_t queued;
	uint64_t queued_max;
	uint64_t queue;
	char name[64];
	struct list waiters;
};

struct account {
	struct head head;
	uint32_t uid;
	uint32_t user_ns;
	uint32_t owner_uid;
	uint32_t owner_user_ns;
	uint32_t own_limit;
	uint64_t used;
	uint64_t limit;
	uint64_t refused;
};

/* What a field is in a message, and how it is shown. All but the first three are u32. */
enum kind {
	K_U64,
	K_TEXT,
	K_FLAG,
	K_U32,
	K_VALUE,	/* a handle's number */
	K_USER,
	K_TYPE,
	K_RIGHTS,
	K_SIGNALS,
	K_HOLDER,
	K_WAITER,
};

/* A kind of record: the attributes, under the names of the spec with underscores. */
struct set {
	size_t size;
	uint8_t dump;	/* the command that dumps all */
	uint8_t by_pid;	/* the attributes of a request that restrict it */
	uint8_t by_koid;
	uint8_t nest;	/* the attribute that has the waiters */
	struct field {
		const char *key;
		uint8_t attribute;
		uint8_t kind;
		uint16_t offset;
	} fields[16];
};

extern const struct set process_set, handle_set, object_set, account_set, waiter_set;

#define for_each(type, item, list) \
	for (__auto_type item = (type *)(list)->items; \
	     (item) < (type *)(list)->items + (list)->count; (item)++)

/* main.c */

/* What the options say. */
extern struct options {
	bool json;
	bool pretty;
	bool dot;
	const char *user_ns;
	const char *delay;
	const char *count;
} options;

__NO_RETURN __PRINTFLIKE(1, 2) void die(const char *format, ...);
__NO_RETURN __PRINTFLIKE(1, 2) void bad_usage(const char *format, ...);
uint64_t parse_number(const char *what, const char *text, uint64_t min, uint64_t max);
void *more_memory(void *old, size_t count, size_t size);
void flush(void);

/* netlink.c */

/* What a dump is restricted to; zero is no restriction. */
struct filter {
	uint32_t pid;
	uint64_t koid;
};

bool has(const void *record, uint8_t attribute);
/* As for qsort(3). */
typedef int compare_fn(const void *a, const void *b);

struct list dump(const struct set *set, struct filter filter, compare_fn *unique);
void *append(struct list *list, size_t size);
void sort(struct list *list, compare_fn *compare, bool unique);
size_t lower_bound(const struct list *list, const void *key, compare_fn *compare);
void free_list(struct list *list);
void set_limit(uint32_t uid, uint32_t user_ns, uint64_t limit);
__NO_RETURN
void watch_events(const char *only,
		  void (*show)(const char *event, const struct set *set, const void *record),
		  void (*lost)(const char *group));

/* names.c */
const char *type_name(uint32_t type);
const char *rights_letters(uint32_t set);
const char *signal_names(uint32_t type, uint32_t set);
const char *waiter_kind(uint32_t kind);
const char *value_text(const struct field *field, const void *record);
json_t *json_record(const struct set *set, const void *record);
json_t *json_records(const struct set *set, const struct list *list);
void print_json_records(const struct set *set, const struct list *list);

/* print.c */

/* A table is printed by end_table(), with columns as wide as their widest cell. */
struct table {
	const char *const *titles;	/* ends with NULL; > aligns a column to the right */
	struct list cells;
};

void set_up_printing(void);
int width_of_terminal(void);
__PRINTFLIKE(2, 3) void cell(struct table *table, const char *format, ...);
void end_table(struct table *table);
__PRINTFLIKE(1, 2) void line(const char *format, ...);
char *text_for_now(size_t size);
const char *safe(const char *text);
const char *safe_name(const char *name);
const char *user(uint32_t uid);
json_t *json_text(const char *text);
void begin_json(void);
void print_json(json_t *value);
void end_json(void);

/* objects.c */

/*
 * As many holders of a peer are named. Without a limit one user could make the output as long as
 * the square of the number of its processes.
 */
#define HOLDERS_MAX	8

int order(uint64_t a, uint64_t b);
compare_fn by_koid, by_holder;
const struct process *find_process(const struct list *processes, uint64_t koid);
const struct handle *holders_of(const struct list *holders, uint64_t koid, size_t *count);
void print_processes(const struct list *processes);
void cmd_ps(char **args);
void cmd_handles(char **args);
void cmd_object(char **args);

/* tree.c */
void cmd_tree(char **args);

/* limits.c */
void print_accounts(const struct list *accounts);
void cmd_limits(char **args);

/* watch.c */
void leave_screen(void);
void cmd_top(char **args);
void cmd_monitor(char **args);

#endif /* ZXCTL_H */
