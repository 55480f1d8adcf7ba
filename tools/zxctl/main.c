// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zxctl.h"

struct options options;

static const struct command {
	const char *name;
	const char *arguments;	/* for the usage */
	const char *options;	/* the letters of its own */
	int least, most;	/* how many arguments */
	void (*run)(char **args);
	const char *text;
} commands[] = {
	{ "ps", "", "", 0, 0, cmd_ps, "processes that have opened the device" },
	{ "handles", " PID", "", 1, 1, cmd_handles,
	  "the handles of a process, and which processes have the peers" },
	{ "object", " KOID", "", 1, 1, cmd_object,
	  "an object: its holders, its waiters, how full it is" },
	{ "tree", " [--dot]", "D", 0, 0, cmd_tree, "which process reaches which" },
	{ "limits", "", "", 0, 0, cmd_limits, "what each user is charged, and the limit" },
	{ "limits", " set USER BYTES|default [--user-ns INODE]", "U", 1, 3, cmd_limits,
	  "set the limit of a user" },
	{ "top", " [-d SECONDS] [-n COUNT]", "dn", 0, 0, cmd_top,
	  "the largest of all, again and again" },
	{ "monitor", " [processes|limits]", "", 0, 1, cmd_monitor, "events, as they come" },
};

static void say(const char *prefix, const char *format, va_list args)
{
	leave_screen();
	fflush(stdout);
	fputs(prefix, stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

/**
 * die - end the program with status 1
 * @format:	why
 */
void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("zxctl: ", format, args);
	exit(1);
}

/**
 * bad_usage - end the program with status 2
 * @format:	what is wrong on the command line
 */
void bad_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("zxctl: ", format, args);
	fputs("zxctl --help has the usage\n", stderr);
	exit(2);
}

/**
 * more_memory - realloc() that cannot fail
 * @old:	memory, or NULL
 * @count:	of elements
 * @size:	of one
 */
void *more_memory(void *old, size_t count, size_t size)
{
	void *memory = reallocarray(old, count, size);

	if (!memory)
		die("there is no memory");
	return memory;
}

static void *memory_for_json(size_t size)
{
	return more_memory(NULL, size, 1);
}

/**
 * flush - end the program if what was printed cannot be written, to a full disk for example
 */
void flush(void)
{
	if (fflush(stdout) || ferror(stdout))
		die("the output cannot be written: %s", strerror(errno));
}

/**
 * parse_number - a number from the command line
 * @what:	what it is, for the error
 * @text:	its digits and nothing else
 * @min:	the least that is accepted
 * @max:	the most
 */
uint64_t parse_number(const char *what, const char *text, uint64_t min, uint64_t max)
{
	unsigned long long value;

	errno = 0;
	value = strtoull(text, NULL, 10);
	if (!*text || text[strspn(text, "0123456789")])
		bad_usage("%s is no %s: it has to be a decimal number", safe(text), what);
	if (errno || value < min || value > max)
		bad_usage("%s is no %s: it has to be from %llu to %llu", text, what,
			  (unsigned long long)min, (unsigned long long)max);
	return value;
}

static void print_help(void)
{
	puts("usage: zxctl [-j [-p]] COMMAND\n\n"
	     "Shows what the objects of the module zircon are, see zxctl(8).\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %s%s\n      %s\n", commands[i].name, commands[i].arguments,
		       commands[i].text);
	puts("\n"
	     "  -j, --json     JSON\n"
	     "  -p, --pretty   with -j, in lines that are easy to read\n"
	     "  -h, --help     print this\n"
	     "  -V, --version  print the version");
}

/* The command of this name that has as many arguments, or else the last of this name. */
static const struct command *find_command(const char *name, int count)
{
	const struct command *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, name))
			continue;
		found = &commands[i];
		if (count >= found->least && count <= found->most)
			break;
	}
	return found;
}

int main(int argc, char **argv)
{
	static const struct option names[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ "dot", no_argument, NULL, 'D' },
		{ "user-ns", required_argument, NULL, 'U' },
		{ "delay", required_argument, NULL, 'd' },
		{ "count", required_argument, NULL, 'n' },
		{}
	};
	const struct command *command;
	char own[8] = "";
	int letter;

	set_up_printing();
	json_set_alloc_funcs(memory_for_json, free);
	while ((letter = getopt_long(argc, argv, "jphVd:n:", names, NULL)) != -1) {
		switch (letter) {
		case 'j':
			options.json = true;
			continue;
		case 'p':
			options.pretty = true;
			continue;
		case 'h':
			print_help();
			flush();
			return 0;
		case 'V':
			puts("zxctl " ZXCTL_VERSION);
			flush();
			return 0;
		case 'D':
			options.dot = true;
			break;
		case 'U':
			options.user_ns = optarg;
			break;
		case 'd':
			options.delay = optarg;
			break;
		case 'n':
			options.count = optarg;
			break;
		default:
			/* getopt_long() has said what is wrong. */
			fputs("zxctl --help has the usage\n", stderr);
			return 2;
		}
		if (!strchr(own, letter))
			own[strlen(own)] = letter;
	}
	if (optind == argc)
		bad_usage("no command is given");
	argv += optind;
	command = find_command(argv[0], argc - optind - 1);
	if (!command)
		bad_usage("there is no command %s", safe(argv[0]));
	if (argc - optind - 1 < command->least)
		bad_usage("an argument is missing: zxctl %s%s", command->name, command->arguments);
	if (argc - optind - 1 > command->most)
		bad_usage("%s is one argument too many: zxctl %s%s", safe(argv[command->most + 1]),
			  command->name, command->arguments);
	if (own[strspn(own, command->options)])
		bad_usage("an option does not belong to this command: zxctl %s%s", command->name,
			  command->arguments);
	command->run(argv + 1);
	flush();
	return 0;
}
