// SPDX-License-Identifier: GPL-2.0-only
/* The commands top and monitor. */
#include <linux/zircon_netlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "zxctl.h"

static int by_used(const void *a, const void *b)
{
	return order(((const struct account *)b)->used, ((const struct account *)a)->used);
}

static int by_handles(const void *a, const void *b)
{
	return order(((const struct process *)b)->handles, ((const struct process *)a)->handles);
}

static double fullness(const struct object *object)
{
	return object->queued_max ? 100.0 * object->queued / object->queued_max : 0;
}

static int by_fullness(const void *a, const void *b)
{
	double first = fullness(a), second = fullness(b);

	/* Also what is queued where there is no maximum. */
	return (first < second) - (first > second) ?:
	       order(((const struct object *)b)->queued, ((const struct object *)a)->queued) ?:
	       by_koid(a, b);
}

/* Keeps the objects in which something is queued, which are the first. */
static void keep_queues(struct list *objects)
{
	size_t count = 0;

	for_each(struct object, object, objects)
		count += object->queued > 0;
	objects->count = count;
}

/* Keeps the first. */
static void cut(struct list *list, size_t rows)
{
	if (list->count > rows)
		list->count = rows;
}

static void print_queues(const struct list *objects)
{
	static const char *const titles[] = {
		">KOID", "TYPE", ">QUEUED", ">OF", ">FULL%", ">OBSERVERS", "USER", NULL
	};
	struct table table = { .titles = titles };

	for_each(struct object, object, objects) {
		cell(&table, "%llu", (unsigned long long)object->head.koid);
		cell(&table, "%s", type_name(object->head.type));
		cell(&table, "%llu", (unsigned long long)object->queued);
		cell(&table, "%llu", (unsigned long long)object->queued_max);
		cell(&table, "%.0f", fullness(object));
		cell(&table, "%u", object->observers);
		cell(&table, "%s", user(object->uid));
	}
	end_table(&table);
}

/* One look: the first of each list. */
static void print_once(size_t rows)
{
	struct list accounts = dump(&account_set, (struct filter){}, NULL);
	struct list objects = dump(&object_set, (struct filter){}, by_koid);
	struct list processes = dump(&process_set, (struct filter){}, by_koid);

	sort(&accounts, by_used, false);
	cut(&accounts, rows);
	sort(&objects, by_fullness, false);
	keep_queues(&objects);
	cut(&objects, rows);
	sort(&processes, by_handles, false);
	cut(&processes, rows);
	if (options.json) {
		print_json(json_pack("{s:o,s:o,s:o}", "accounts",
				     json_records(&account_set, &accounts), "objects",
				     json_records(&object_set, &objects), "processes",
				     json_records(&process_set, &processes)));
	} else {
		print_accounts(&accounts);
		putchar('\n');
		print_queues(&objects);
		putchar('\n');
		print_processes(&processes);
	}
	free_list(&accounts);
	free_list(&objects);
	free_list(&processes);
}

static bool on_screen;

/* The terminal's second screen, so that the first stays as it is. */
static void enter_screen(void)
{
	fputs("\033[?1049h", stdout);
	on_screen = true;
}

/**
 * leave_screen - give the terminal back, if it shows the second screen
 */
void leave_screen(void)
{
	if (on_screen) {
		fputs("\033[?1049l", stdout);
		fflush(stdout);
	}
	on_screen = false;
}

/* How many lines of each list fit, beside the titles and what is between them. */
static size_t rows_of_screen(void)
{
	struct winsize size;

	if (!on_screen || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < 9)
		return on_screen ? 1 : 10;
	return (size.ws_row - 6) / 3;
}

/* Waits. Returns false if the program is to end. */
static bool pause_for(unsigned int seconds, const sigset_t *signals)
{
	struct timespec time = { .tv_sec = seconds };

	switch (sigtimedwait(signals, NULL, &time)) {
	case SIGINT:
	case SIGTERM:
	case SIGHUP:
	case SIGQUIT:
		return false;
	case SIGTSTP:
		leave_screen();
		raise(SIGSTOP);
		enter_screen();
		return true;
	default:
		/* The time is over, or the terminal has another size. */
		set_up_printing();
		return true;
	}
}

/**
 * cmd_top - the largest of all, again and again
 * @args:	none
 */
void cmd_top(char **args)
{
	unsigned int delay = 2;
	uint64_t left = UINT64_MAX;
	sigset_t signals;

	(void)args;
	if (options.delay)
		delay = parse_number("delay", options.delay, 1, 86400);
	if (options.count)
		left = parse_number("count", options.count, 1, UINT32_MAX);
	/* They are received while the program waits, so none comes in the middle of a screen. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	if (width_of_terminal() && !options.json) {
		sigaddset(&signals, SIGTSTP);
		sigaddset(&signals, SIGWINCH);
		atexit(leave_screen);
		enter_screen();
	}
	sigprocmask(SIG_BLOCK, &signals, NULL);
	for (;;) {
		if (on_screen)
			fputs("\033[H\033[2J", stdout);
		print_once(rows_of_screen());
		if (fflush(stdout) || !--left || !pause_for(delay, &signals))
			break;
		if (!on_screen && !options.json)
			putchar('\n');
	}
}

/* 2026-11-27T12:00:00.123 */
static const char *now(void)
{
	static char text[48];
	struct timeval time;
	size_t length;

	gettimeofday(&time, NULL);
	length = strftime(text, sizeof(text), "%FT%T", localtime(&time.tv_sec));
	snprintf(text + length, sizeof(text) - length, ".%03u", (unsigned int)time.tv_usec / 1000);
	return text;
}

static void show_event(const char *event, const struct set *set, const void *record)
{
	if (options.json) {
		json_t *json = json_pack("{s:s,s:s}", "time", now(), "event", event);
		json_t *rest = json_record(set, record);

		json_object_update(json, rest);
		json_decref(rest);
		print_json(json);
	} else {
		printf("%s %s", now(), event);
		for (const struct field *field = set->fields; field->key; field++) {
			if (has(record, field->attribute))
				printf(" %s %s", field->kind == K_USER ? "user" : field->key,
				       value_text(field, record));
		}
		putchar('\n');
	}
	flush();
}

static void show_loss(const char *group)
{
	if (options.json)
		print_json(json_pack("{s:s,s:s,s:s}", "time", now(), "event", "lost", "group",
				     group));
	else
		printf("%s lost: events of the group %s came faster than they were printed\n",
		       now(), group);
	flush();
}

/**
 * cmd_monitor - events, as they come
 * @args:	none, or the group
 */
void cmd_monitor(char **args)
{
	if (args[0] && strcmp(args[0], ZIRCON_MCGRP_PROCESSES) &&
	    strcmp(args[0], ZIRCON_MCGRP_LIMITS))
		bad_usage("%s is no group of events: use " ZIRCON_MCGRP_PROCESSES " or "
			  ZIRCON_MCGRP_LIMITS, safe(args[0]));
	watch_events(args[0], show_event, show_loss);
}
