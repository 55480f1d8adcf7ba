// SPDX-License-Identifier: GPL-2.0-only
/* The command tree: which process reaches which, since each has an endpoint of a pair. */
#include <linux/zircon_netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zxctl.h"

/* One process has an endpoint, the other one, or a file, has the peer. */
struct edge {
	const struct process *from;
	const struct process *to;	/* or NULL: a file */
	uint32_t type;
	uint64_t koid;
	uint64_t related_koid;
};

/* Files come last. */
static uint64_t place(const struct process *process)
{
	return process ? (uint64_t)process->pid << 32 | (uint32_t)process->koid : UINT64_MAX;
}

static int by_processes(const void *a, const void *b)
{
	const struct edge *first = a, *second = b;

	return order(place(first->from), place(second->from)) ?:
	       order(place(first->to), place(second->to)) ?:
	       order(first->type, second->type) ?: order(first->koid, second->koid);
}

static int by_pid(const void *a, const void *b)
{
	return order(place(a), place(b));
}

/* All edges, in the order of their processes; each comes from both ends. */
static struct list find_edges(const struct list *processes)
{
	struct list handles = handles_by_koid(), edges = { .size = sizeof(struct edge) };
	uint64_t last_koid = 0, last_process = 0;

	for_each(struct handle, handle, &handles) {
		const struct process *from = find_process(processes, handle->process), *to;
		const struct handle *peer;

		/* One handle of a process to an object is enough, and there may be very many. */
		if (!from || !handle->related_koid ||
		    (handle->koid == last_koid && handle->process == last_process))
			continue;
		last_koid = handle->koid;
		last_process = handle->process;
		for (peer = first_handle(&handles, handle->related_koid); peer;
		     peer = next_handle(&handles, peer)) {
			struct edge *edge;

			to = find_process(processes, peer->process);
			if (to == from || (!to && peer->holder == ZIRCON_HOLDER_PROCESS))
				continue;
			edge = append(&edges, sizeof(*edge));
			*edge = (struct edge){
				from, to, handle->head.type, handle->koid, peer->koid
			};
		}
	}
	sort(&edges, by_processes, true);
	free_list(&handles);
	return edges;
}

/* The edge after those of the same two processes. */
static const struct edge *next_process(const struct edge *edge, const struct edge *end)
{
	const struct edge *first = edge;

	while (edge < end && edge->from == first->from && edge->to == first->to)
		edge++;
	return edge;
}

static json_t *json_edges(const struct edge *edge, const struct edge *end)
{
	json_t *json = edge->to ? json_record(&process_set, edge->to) :
		json_pack("{s:s}", "holder", "file");
	json_t *through = json_array();

	for (; edge < end; edge++)
		json_array_append_new(through, json_pack("{s:s,s:I,s:I}", "type",
							 type_name(edge->type), "koid",
							 (json_int_t)edge->koid, "related_koid",
							 (json_int_t)edge->related_koid));
	json_object_set_new(json, "through", through);
	return json;
}

static void print_edges(const struct edge *edge, const struct edge *end)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die("there is no memory");
	if (edge->to)
		fprintf(out, "%u %s", edge->to->pid, safe(edge->to->name));
	else
		fputs("file", out);
	for (const struct edge *one = edge; one < end; one++)
		fprintf(out, "%s%s %llu/%llu", one == edge ? " (" : ", ", type_name(one->type),
			(unsigned long long)one->koid, (unsigned long long)one->related_koid);
	fclose(out);
	line("    -> %s)", text);
	free(text);
}

/* Writes a label's text as graphviz wants it. */
static void print_quoted(const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
}

/* An edge is drawn once, from the process that comes first. A pair of processes may have many. */
static void print_dot_edges(const struct edge *edge, const struct edge *end)
{
	enum { SHOWN = 4 };
	unsigned long long file = edge->koid;

	if (place(edge->from) > place(edge->to))
		return;
	if (edge->to)
		printf("\tp%llu -- p%llu [label=\"", (unsigned long long)edge->from->koid,
		       (unsigned long long)edge->to->koid);
	else
		printf("\tf%llu [label=file shape=note];\n\tp%llu -- f%llu [label=\"", file,
		       (unsigned long long)edge->from->koid, file);
	for (int i = 0; edge < end && i < SHOWN; edge++, i++)
		printf("%s%s %llu/%llu", i ? "\\n" : "", type_name(edge->type),
		       (unsigned long long)edge->koid, (unsigned long long)edge->related_koid);
	if (edge < end)
		printf("\\nand %td more", end - edge);
	puts("\"];");
}

/**
 * cmd_tree - which process reaches which
 * @args:	none
 */
void cmd_tree(char **args)
{
	struct list processes = processes_by_koid();
	struct list edges = find_edges(&processes);
	const struct edge *edge = (const struct edge *)edges.items, *next;
	const struct edge *end = edge + edges.count;
	struct list in_order = { .size = sizeof(struct process) };

	(void)args;
	if (options.json && options.dot)
		bad_usage("--dot is no JSON");
	for_each(struct process, process, &processes)
		memcpy(append(&in_order, sizeof(*process)), process, sizeof(*process));
	sort(&in_order, by_pid, false);
	if (options.json)
		begin_json();
	if (options.dot)
		puts("graph zircon {");
	for_each(struct process, process, &in_order) {
		json_t *json = NULL, *reaches = NULL;

		if (options.json) {
			json = json_record(&process_set, process);
			reaches = json_array();
			json_object_set_new(json, "reaches", reaches);
		} else if (options.dot) {
			printf("\tp%llu [label=\"", (unsigned long long)process->koid);
			print_quoted(safe(process->name));
			printf("\\n%u\"];\n", process->pid);
		} else {
			line("%u %s", process->pid, safe(process->name));
		}
		for (; edge < end && edge->from->koid == process->koid; edge = next) {
			next = next_process(edge, end);
			if (options.json)
				json_array_append_new(reaches, json_edges(edge, next));
			else if (options.dot)
				print_dot_edges(edge, next);
			else
				print_edges(edge, next);
		}
		if (options.json)
			print_json(json);
	}
	if (options.json)
		end_json();
	if (options.dot)
		puts("}");
}
