// SPDX-License-Identifier: GPL-2.0-only
/* The command tree: which process reaches which, since each has an endpoint of a pair. */
#include <linux/zircon_netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zxctl.h"

/* A process has an endpoint, and another one, or a file, has the peer. */
struct edge {
	const struct process *to;	/* or NULL: a file, or those that are not named */
	size_t more;			/* so many of these */
	uint32_t type;
	uint64_t koid;
	uint64_t related_koid;
};

/* All that is known of all processes. */
struct world {
	struct list processes;	/* in the order by_koid() */
	struct list holders;	/* handles in the order by_holder(), in which no two are equal */
	struct list endpoints;	/* pointers to those of processes, in the order of these */
};

/* Files come last. */
static uint64_t place(const struct process *process)
{
	return process ? (uint64_t)process->pid << 32 | (uint32_t)process->head.koid : UINT64_MAX;
}

static int by_goal(const void *a, const void *b)
{
	const struct edge *first = a, *second = b;

	return order(place(first->to), place(second->to)) ?: order(first->more, second->more) ?:
	       order(first->type, second->type) ?: order(first->koid, second->koid);
}

static int by_pid(const void *a, const void *b)
{
	return order(place(a), place(b));
}

static int by_process(const void *a, const void *b)
{
	const struct handle *first = *(const struct handle **)a;
	const struct handle *second = *(const struct handle **)b;

	return order(first->process, second->process);
}

static struct world look_at_world(void)
{
	struct world world = {
		.processes = dump(&process_set, (struct filter){}, by_koid),
		.holders = dump(&handle_set, (struct filter){}, by_holder),
		.endpoints.size = sizeof(struct handle *),
	};

	for_each(struct handle, handle, &world.holders) {
		if (handle->holder == ZIRCON_HOLDER_PROCESS && handle->related_koid)
			*(struct handle **)append(&world.endpoints, sizeof(handle)) = handle;
	}
	sort(&world.endpoints, by_process, false);
	return world;
}

static void add_edge(struct list *edges, const struct process *to, size_t more,
		     const struct handle *endpoint)
{
	struct edge *edge = append(edges, sizeof(*edge));

	*edge = (struct edge){
		to, more, endpoint->head.type, endpoint->head.koid, endpoint->related_koid
	};
}

/* The edges from an endpoint to the holders of its peer, other than the process itself. */
static void add_edges(struct list *edges, const struct world *world, const struct handle *endpoint)
{
	struct handle own = *endpoint;
	size_t count, shown = 0, others;
	const struct handle *holder = holders_of(&world->holders, endpoint->related_koid, &count);

	if (!count)
		return;
	own.head.koid = endpoint->related_koid;
	others = count - !!bsearch(&own, holder, count, sizeof(own), by_holder);
	for (; shown < others && shown < HOLDERS_MAX; holder++) {
		const struct process *to = find_process(&world->processes, holder->process);

		if (!by_holder(holder, &own))
			continue;
		shown++;
		/* A process that has begun since the processes were listed is left out. */
		if (to || holder->holder == ZIRCON_HOLDER_FILE)
			add_edge(edges, to, 0, endpoint);
	}
	if (shown < others)
		add_edge(edges, NULL, others - shown, endpoint);
}

/* All edges from a process, in order; each comes from both ends. */
static struct list find_edges(const struct world *world, const struct process *from)
{
	struct handle first = { .process = from->head.koid }, *key = &first;
	struct list edges = { .size = sizeof(struct edge) };
	const struct handle **endpoints = (const struct handle **)world->endpoints.items;

	for (size_t i = lower_bound(&world->endpoints, &key, by_process);
	     i < world->endpoints.count && endpoints[i]->process == from->head.koid; i++)
		add_edges(&edges, world, endpoints[i]);
	sort(&edges, by_goal, false);
	return edges;
}

/* The edge after those to the same process, or to files. */
static const struct edge *next_goal(const struct edge *edge, const struct edge *end)
{
	const struct edge *first = edge;

	/* Those that are not named may be others behind each endpoint. */
	if (first->more)
		return first + 1;
	while (edge < end && edge->to == first->to && !edge->more)
		edge++;
	return edge;
}

static json_t *json_edges(const struct edge *edge, const struct edge *end)
{
	json_t *json = edge->to ? json_record(&process_set, edge->to) : edge->more ?
		json_pack("{s:I}", "more", (json_int_t)edge->more) :
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

/* What two processes have in common, which may be very much. */
static void write_pairs(FILE *out, const struct edge *edge, const struct edge *end,
			const char *separator)
{
	enum { SHOWN = 4 };

	for (int i = 0; edge < end && i < SHOWN; edge++, i++)
		fprintf(out, "%s%s %llu/%llu", i ? separator : "", type_name(edge->type),
			(unsigned long long)edge->koid, (unsigned long long)edge->related_koid);
	if (edge < end)
		fprintf(out, "%sand %td more", separator, end - edge);
}

static void print_edges(const struct edge *edge, const struct edge *end)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die("there is no memory");
	if (edge->to)
		fprintf(out, "%u %s (", edge->to->pid, safe_name(edge->to->name));
	else if (edge->more)
		fprintf(out, "%zu more (", edge->more);
	else
		fputs("file (", out);
	write_pairs(out, edge, end, ", ");
	if (fclose(out))
		die("there is no memory");
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

/* An edge is drawn once, from the process that comes first. */
static void print_dot_edges(const struct process *from, const struct edge *edge,
			    const struct edge *end)
{
	unsigned long long koid = from->head.koid, endpoint = edge->koid;

	if (place(from) > place(edge->to))
		return;
	if (edge->to)
		printf("\tp%llu -- p%llu", koid, (unsigned long long)edge->to->head.koid);
	else if (edge->more)
		printf("\tm%llu_%llu [label=\"%zu more\" shape=note];\n\tp%llu -- m%llu_%llu",
		       koid, endpoint, edge->more, koid, koid, endpoint);
	else
		printf("\tf%llu [label=file shape=note];\n\tp%llu -- f%llu", endpoint, koid,
		       endpoint);
	fputs(" [label=\"", stdout);
	write_pairs(stdout, edge, end, "\\n");
	puts("\"];");
}

static void print_process(const struct process *process)
{
	if (options.dot) {
		printf("\tp%llu [label=\"", (unsigned long long)process->head.koid);
		print_quoted(safe_name(process->name));
		printf("\\n%u\"];\n", process->pid);
	} else {
		line("%u %s", process->pid, safe_name(process->name));
	}
}

static void show_process(const struct world *world, const struct process *process)
{
	struct list edges = find_edges(world, process);
	const struct edge *edge = (const struct edge *)edges.items, *next;
	const struct edge *end = edge + edges.count;
	json_t *json = NULL, *reaches = NULL;

	if (options.json) {
		json = json_record(&process_set, process);
		reaches = json_array();
		json_object_set_new(json, "reaches", reaches);
	} else {
		print_process(process);
	}
	for (; edge < end; edge = next) {
		next = next_goal(edge, end);
		if (options.json)
			json_array_append_new(reaches, json_edges(edge, next));
		else if (options.dot)
			print_dot_edges(process, edge, next);
		else
			print_edges(edge, next);
	}
	if (options.json)
		print_json(json);
	free_list(&edges);
}

/**
 * cmd_tree - which process reaches which
 * @args:	none
 */
void cmd_tree(char **args)
{
	struct list in_order = { .size = sizeof(struct process) };
	struct world world;

	(void)args;
	if (options.json && options.dot)
		bad_usage("--dot is no JSON");
	world = look_at_world();
	for_each(struct process, process, &world.processes)
		memcpy(append(&in_order, sizeof(*process)), process, sizeof(*process));
	sort(&in_order, by_pid, false);
	if (options.json)
		begin_json();
	if (options.dot)
		puts("graph zircon {");
	for_each(struct process, process, &in_order)
		show_process(&world, process);
	if (options.json)
		end_json();
	if (options.dot)
		puts("}");
}
