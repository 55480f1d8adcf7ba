// SPDX-License-Identifier: GPL-2.0-only
/* The commands ps, handles and object: processes, handles, objects and their holders. */
#include <dirent.h>
#include <linux/zircon_netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zircon/types.h>

#include "zxctl.h"

/*
 * Endpoints in messages in the queues of others. Nothing can be sent into a queue that is so deep
 * in messages; a chain gets longer when its root is sent. Then its end is not shown.
 */
#define DEPTH_MAX	128

/* A descriptor of a file with a handle. */
struct descriptor {
	uint32_t pid;
	uint32_t fd;
};

/* All that is found out about an object. */
struct sight {
	uint64_t koid;
	struct object object;		/* without any attribute if it cannot be seen */
	struct list holders;		/* struct handle */
	struct list descriptors;
	struct sight *peer;
	struct sight *queue;		/* in whose queue its handle is */
	struct sight *next;		/* that was looked at before */
};

/**
 * order - compare two numbers, as for qsort(3)
 * @a:	one
 * @b:	the other
 */
int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/**
 * by_koid - the order of koids, as for qsort(3)
 * @a:	a record that has a koid
 * @b:	another
 */
int by_koid(const void *a, const void *b)
{
	return order(((const struct head *)a)->koid, ((const struct head *)b)->koid);
}

/**
 * by_holder - the order of objects, and of the holders of each, as for qsort(3)
 * @a:	a handle
 * @b:	another
 */
int by_holder(const void *a, const void *b)
{
	const struct handle *first = a, *second = b;

	return by_koid(a, b) ?: order(first->holder, second->holder) ?:
	       order(first->pid, second->pid) ?: order(first->process, second->process);
}

static int by_value(const void *a, const void *b)
{
	return by_holder(a, b) ?:
	       order(((const struct handle *)a)->value, ((const struct handle *)b)->value);
}

/**
 * find_process - a process in a list
 * @processes:	in the order by_koid()
 * @koid:	the process
 *
 * Return: the process, or NULL.
 */
const struct process *find_process(const struct list *processes, uint64_t koid)
{
	struct head key = { .koid = koid };

	return processes->count ? bsearch(&key, processes->items, processes->count,
					  processes->size, by_koid) : NULL;
}

/**
 * holders_of - the processes that have an object, and one entry for all files
 * @holders:	handles in the order by_holder(), in which no two are equal
 * @koid:	the object
 * @count:	set to their number
 *
 * Return: one handle of each, in the list.
 */
const struct handle *holders_of(const struct list *holders, uint64_t koid, size_t *count)
{
	struct handle first = { .head.koid = koid }, end = { .head.koid = koid + 1 };
	size_t at = lower_bound(holders, &first, by_holder);

	*count = lower_bound(holders, &end, by_holder) - at;
	return (const struct handle *)holders->items + at;
}

/**
 * print_processes - print a table of processes
 * @processes:	the processes
 */
void print_processes(const struct list *processes)
{
	static const char *const titles[] = { ">PID", ">KOID", "USER", ">HANDLES", "NAME", NULL };
	struct table table = { .titles = titles };

	for_each(struct process, process, processes) {
		cell(&table, "%u", process->pid);
		cell(&table, "%llu", (unsigned long long)process->head.koid);
		cell(&table, "%s", user(process->uid));
		cell(&table, "%u", process->handles);
		cell(&table, "%s", safe_name(process->name));
	}
	end_table(&table);
}

/**
 * cmd_ps - the processes
 * @args:	none
 */
void cmd_ps(char **args)
{
	struct list processes = dump(&process_set, (struct filter){}, NULL);

	(void)args;
	if (options.json)
		print_json_records(&process_set, &processes);
	else
		print_processes(&processes);
}

static const char *process_name(const struct list *processes, uint64_t koid)
{
	const struct process *process = find_process(processes, koid);

	return process ? process->name : "";
}

/* A handle's record, with the name of its process. */
static json_t *json_handle(const struct list *processes, const struct handle *handle)
{
	json_t *json = json_record(&handle_set, handle);

	if (handle->holder == ZIRCON_HOLDER_PROCESS)
		json_object_set_new(json, "name",
				    json_text(process_name(processes, handle->process)));
	return json;
}

/* Adds the holders of the peer. */
static void add_json_holders(json_t *json, const struct list *processes,
			     const struct handle *holder, size_t count)
{
	size_t shown = count < HOLDERS_MAX ? count : HOLDERS_MAX;
	json_t *array = json_array();

	for (size_t i = 0; i < shown; i++)
		json_array_append_new(array, json_handle(processes, &holder[i]));
	json_object_set_new(json, "peer_holders", array);
	json_object_set_new(json, "more_peer_holders", json_integer(count - shown));
}

/* The holders as a cell: "12 server, 13 client, file"; or -. */
static void holders_cell(struct table *table, const struct list *processes,
			 const struct handle *holder, size_t count)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die("there is no memory");
	for (size_t i = 0; i < count && i < HOLDERS_MAX; i++) {
		fputs(i ? ", " : "", out);
		if (holder[i].holder == ZIRCON_HOLDER_PROCESS)
			fprintf(out, "%u %s", holder[i].pid,
				safe_name(process_name(processes, holder[i].process)));
		else
			fputs("file", out);
	}
	if (count > HOLDERS_MAX)
		fprintf(out, ", and %zu more", count - HOLDERS_MAX);
	if (fclose(out))
		die("there is no memory");
	cell(table, "%s", count ? text : "-");
	free(text);
}

/**
 * cmd_handles - the handles of a process
 * @args:	its pid
 */
void cmd_handles(char **args)
{
	static const char *const titles[] = {
		"HANDLE", "TYPE", ">KOID", "RIGHTS", ">PEER", "PEER'S HOLDER", NULL
	};
	uint32_t pid = parse_number("process id", args[0], 1, INT32_MAX);
	struct table table = { .titles = titles };
	struct list processes, handles, holders;

	processes = dump(&process_set, (struct filter){ .pid = pid }, NULL);
	if (!processes.count)
		die("process %u has not opened the device, does not exist, or is not yours", pid);
	processes = dump(&process_set, (struct filter){}, by_koid);
	handles = dump(&handle_set, (struct filter){ .pid = pid }, by_value);
	holders = dump(&handle_set, (struct filter){}, by_holder);
	if (options.json)
		begin_json();
	for_each(struct handle, handle, &handles) {
		size_t count;
		const struct handle *first = holders_of(&holders, handle->related_koid, &count);

		if (options.json) {
			json_t *json = json_record(&handle_set, handle);

			add_json_holders(json, &processes, first, count);
			print_json(json);
			continue;
		}
		cell(&table, "0x%08x", handle->value);
		cell(&table, "%s", type_name(handle->head.type));
		cell(&table, "%llu", (unsigned long long)handle->head.koid);
		cell(&table, "%s", rights_letters(handle->rights));
		if (handle->related_koid)
			cell(&table, "%llu", (unsigned long long)handle->related_koid);
		else
			cell(&table, "-");
		holders_cell(&table, &processes, first, count);
	}
	if (options.json)
		end_json();
	else
		end_table(&table);
}

/* The first line of a file in /proc, or "" if there is none or the reader may not see it. */
static const char *first_line(const char *path)
{
	static char text[64];
	FILE *file = fopen(path, "re");

	*text = 0;
	if (file) {
		if (fgets(text, sizeof(text), file))
			text[strcspn(text, "\n")] = 0;
		fclose(file);
	}
	return text;
}

/* The name of a thread or a process. */
static const char *name_of_thread(uint32_t id)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/comm", id);
	return first_line(path);
}

static bool file_has(const char *path, uint64_t koid)
{
	unsigned long long found;
	bool result = false;
	char text[128];
	FILE *file = fopen(path, "re");

	while (file && !result && fgets(text, sizeof(text), file))
		result = sscanf(text, "zircon-koid: %llu", &found) == 1 && found == koid;
	if (file)
		fclose(file);
	return result;
}

/* Finds the descriptors of files with a handle, in all processes that may be looked at. */
static struct list find_descriptors(uint64_t koid)
{
	struct list list = {};
	struct dirent *process, *fd;
	DIR *proc = opendir("/proc"), *fds;
	char directory[300], path[600];

	while (proc && (process = readdir(proc))) {
		if (process->d_name[strspn(process->d_name, "0123456789")])
			continue;
		snprintf(directory, sizeof(directory), "/proc/%s/fdinfo", process->d_name);
		fds = opendir(directory);
		while (fds && (fd = readdir(fds))) {
			struct descriptor *found;

			snprintf(path, sizeof(path), "%s/%s", directory, fd->d_name);
			if (fd->d_name[0] == '.' || !file_has(path, koid))
				continue;
			found = append(&list, sizeof(*found));
			found->pid = atoi(process->d_name);
			found->fd = atoi(fd->d_name);
		}
		if (fds)
			closedir(fds);
	}
	if (proc)
		closedir(proc);
	return list;
}

/* Finds out about an object. */
static struct sight *look_at(uint64_t koid)
{
	struct sight *sight = memset(more_memory(NULL, 1, sizeof(*sight)), 0, sizeof(*sight));
	struct list objects = dump(&object_set, (struct filter){ .koid = koid }, NULL);

	sight->koid = koid;
	if (objects.count)
		sight->object = *(struct object *)objects.items;
	/* An endpoint has one handle, which no process or file has while it is in a message. */
	if (sight->object.queue)
		return sight;
	sight->holders = dump(&handle_set, (struct filter){ .koid = koid }, NULL);
	sort(&sight->holders, by_value, false);
	for_each(struct handle, handle, &sight->holders) {
		if (handle->holder == ZIRCON_HOLDER_FILE) {
			sight->descriptors = find_descriptors(koid);
			break;
		}
	}
	return sight;
}

static struct sight *find_sight(struct sight *sight, uint64_t koid)
{
	while (sight && sight->koid != koid)
		sight = sight->next;
	return sight;
}

/* Finds out about an object, about the one in whose queue it is, and so on. */
static struct sight *look(uint64_t koid)
{
	static struct sight *last;
	struct sight *before = last, *first = NULL, **to = &first;

	for (int depth = 0; koid && depth <= DEPTH_MAX; depth++) {
		/* An object and its peer may be in the same queue: nothing is looked at twice. */
		*to = find_sight(before, koid);
		/* A ring is none: the endpoints have moved meanwhile. */
		if (*to || find_sight(last, koid))
			break;
		*to = look_at(koid);
		(*to)->next = last;
		last = *to;
		koid = last->object.queue;
		to = &last->queue;
	}
	return first;
}

static bool seen(const struct sight *sight)
{
	return has(&sight->object, ZIRCON_A_OBJECT_KOID) || sight->holders.count;
}

/* How many the module counts and does not show. */
static uint32_t hidden(uint32_t all, size_t shown)
{
	return all > shown ? all - shown : 0;
}

/* An endpoint has one handle, so that none is hidden if it is known to be in a queue. */
static uint32_t hidden_handles(const struct sight *sight)
{
	return sight->queue ? 0 : hidden(sight->object.handles, sight->holders.count);
}

static json_t *json_sight(const struct sight *sight, const struct list *processes)
{
	const struct object *object = &sight->object;
	json_t *json = json_record(&object_set, object), *holders = json_array(), *array;

	json_object_set_new(json, "koid", json_integer(sight->koid));
	for_each(struct handle, handle, &sight->holders)
		json_array_append_new(holders, json_handle(processes, handle));
	json_object_set_new(json, "holders", holders);
	json_object_set_new(json, "hidden_handles", json_integer(hidden_handles(sight)));
	array = json_array();
	for_each(struct descriptor, descriptor, &sight->descriptors)
		json_array_append_new(array, json_pack("{s:i,s:i,s:o}", "pid", descriptor->pid,
						       "fd", descriptor->fd, "name",
						       json_text(name_of_thread(descriptor->pid))));
	json_object_set_new(json, "descriptors", array);
	array = json_array();
	for_each(struct waiter, waiter, &object->waiters) {
		json_t *one = json_record(&waiter_set, waiter);

		if (waiter->tid)
			json_object_set_new(one, "name", json_text(name_of_thread(waiter->tid)));
		json_array_append_new(array, one);
	}
	json_object_set_new(json, "waiters", array);
	json_object_set_new(json, "hidden_observers",
			    json_integer(hidden(object->observers, object->waiters.count)));
	if (sight->queue)
		json_object_set_new(json, "in_queue", json_sight(sight->queue, processes));
	if (sight->peer)
		json_object_set_new(json, "peer", json_sight(sight->peer, processes));
	return json;
}

static void show_holders(const struct sight *sight, const struct list *processes, int indent)
{
	uint32_t more = hidden_handles(sight);
	bool file = false;

	for_each(struct handle, handle, &sight->holders) {
		if (handle->holder == ZIRCON_HOLDER_PROCESS) {
			line("%*s%u %s, handle 0x%08x, rights %s", indent, "", handle->pid,
			     safe_name(process_name(processes, handle->process)), handle->value,
			     rights_letters(handle->rights));
		} else {
			line("%*sa file of %s, rights %s", indent, "", user(handle->uid),
			     rights_letters(handle->rights));
			file = true;
		}
	}
	for_each(struct descriptor, descriptor, &sight->descriptors)
		line("%*sdescriptor %u of %u %s", indent + 4, "", descriptor->fd, descriptor->pid,
		     safe_name(name_of_thread(descriptor->pid)));
	if (file && !sight->descriptors.count)
		line("%*sno descriptor is in a process that you may look at, or it is being sent",
		     indent + 4, "");
	if (sight->queue) {
		line("%*sin a message that is queued at %llu, which is held by", indent, "",
		     (unsigned long long)sight->queue->koid);
		/* Not further to the right than a terminal is wide. */
		show_holders(sight->queue, processes, indent < 16 ? indent + 4 : indent);
	} else if (more) {
		line("%*s%u more: in messages, in sockets, or not visible to you", indent, "",
		     more);
	} else if (!sight->holders.count) {
		line("%*snone that is visible to you", indent, "");
	}
}

static const char *unit(uint32_t type)
{
	switch (type) {
	case ZX_OBJ_TYPE_FIFO:
		return "elements";
	case ZX_OBJ_TYPE_PORT:
		return "packets";
	default:
		return "bytes";
	}
}

static void show_state(const struct object *object, int indent)
{
	if (has(object, ZIRCON_A_OBJECT_SIGNALS))
		line("%*ssignals %s", indent, "", signal_names(object->head.type, object->signals));
	if (has(object, ZIRCON_A_OBJECT_QUEUED))
		line("%*squeued %llu of %llu %s", indent, "", (unsigned long long)object->queued,
		     (unsigned long long)object->queued_max, unit(object->head.type));
}

static void show_waiters(const struct object *object)
{
	uint32_t more = hidden(object->observers, object->waiters.count);

	for_each(struct waiter, waiter, &object->waiters) {
		const char *names = signal_names(object->head.type, waiter->signals);

		switch (waiter->kind) {
		case ZIRCON_WAITER_KIND_PORT:
			line("        port %llu, for %s", (unsigned long long)waiter->port, names);
			break;
		case ZIRCON_WAITER_KIND_WATCH:
			line("        watch, for %s", names);
			break;
		case ZIRCON_WAITER_KIND_THREAD:
			line("        thread %u of %u %s, for %s", waiter->tid, waiter->pid,
			     safe_name(name_of_thread(waiter->tid)), names);
			break;
		case ZIRCON_WAITER_KIND_CALL:
		case ZIRCON_WAITER_KIND_PARKED_CALL:
			line("        %s of thread %u of %u %s", waiter_kind(waiter->kind),
			     waiter->tid, waiter->pid, safe_name(name_of_thread(waiter->tid)));
			break;
		default:
			/* A newer module may have others. */
			line("        %s, for %s", waiter_kind(waiter->kind), names);
		}
	}
	if (more)
		line("        %u more, not visible to you, or beyond the first %zu", more,
		     object->waiters.count);
}

static void show_sight(const struct sight *sight, const struct list *processes)
{
	const struct object *object = &sight->object;
	const struct sight *peer = sight->peer;
	const struct handle *holder = (const struct handle *)sight->holders.items;

	line("%s %llu%s%s", type_name(object->head.type ?: holder->head.type),
	     (unsigned long long)sight->koid, *object->name ? " " : "",
	     *object->name ? safe_name(object->name) : "");
	show_state(object, 4);
	if (has(object, ZIRCON_A_OBJECT_BYTES))
		line("    charged %u bytes to %s", object->bytes, user(object->uid));
	if (has(object, ZIRCON_A_OBJECT_HANDLES))
		line("    handles %u", object->handles);
	else
		line("    handles");
	show_holders(sight, processes, 8);
	if (has(object, ZIRCON_A_OBJECT_OBSERVERS))
		line("    observers %u", object->observers);
	show_waiters(object);
	if (peer) {
		line("    peer %llu", (unsigned long long)peer->koid);
		if (object->signals & __ZX_OBJECT_PEER_CLOSED) {
			line("        closed");
		} else {
			show_state(&peer->object, 8);
			show_holders(peer, processes, 8);
		}
	}
}

/**
 * cmd_object - all about an object
 * @args:	its koid
 */
void cmd_object(char **args)
{
	uint64_t koid = parse_number("koid", args[0], 1, UINT64_MAX), peer;
	struct sight *sight = look(koid);
	struct list processes = dump(&process_set, (struct filter){}, by_koid);

	if (!seen(sight)) {
		const struct process *process = find_process(&processes, koid);

		if (process)
			die("no handle to process %u is visible to you; see zxctl handles %u",
			    process->pid, process->pid);
		die("there is no object %llu, or no handle to it is visible to you",
		    (unsigned long long)koid);
	}
	peer = sight->object.related_koid;
	if (!peer && sight->holders.count)
		peer = ((struct handle *)sight->holders.items)->related_koid;
	if (peer)
		sight->peer = look(peer);
	if (options.json) {
		begin_json();
		print_json(json_sight(sight, &processes));
		end_json();
	} else {
		show_sight(sight, &processes);
	}
}
