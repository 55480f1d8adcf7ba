// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of operations, and programs as text.
 */
#include "explore.h"

static long do_nothing(struct actor *a __UNUSED)
{
	return 0;
}

const struct kind kinds[KINDS] = {
	{ "event", do_event, 4, false },
	{ "eventpair", do_eventpair, 4, false },
	{ "channel", do_channel, 8, false },
	{ "socket", do_socket, 8, false },
	{ "fifo", do_fifo, 5, false },
	{ "close", do_close, 5, false },
	{ "close_many", do_close_many, 2, false },
	{ "duplicate", do_duplicate, 4, false },
	{ "replace", do_replace, 4, false },
	{ "valid", do_valid, 1, false },
	{ "self", do_self, 2, false },
	{ "version", do_version, 1, false },
	{ "signal", do_signal, 5, false },
	{ "wait", do_wait, 6, true },
	{ "wait_many", do_wait_many, 4, true },
	{ "info", do_info, 5, false },
	{ "property", do_property, 5, false },
	{ "child", do_child, 3, false },
	{ "write", do_write, 12, false },
	{ "read", do_read, 10, false },
	{ "call", do_call, 8, true },
	{ "socket_io", do_socket_io, 14, false },
	{ "disposition", do_disposition, 5, false },
	{ "share", do_share, 4, false },
	{ "accept", do_accept, 3, false },
	{ "fifo_io", do_fifo_io, 8, false },
	{ "port", do_port, 5, false },
	{ "port_queue", do_port_queue, 4, false },
	{ "port_wait", do_port_wait, 6, true },
	{ "port_cancel", do_port_cancel, 4, false },
	{ "wait_async", do_wait_async, 8, false },
	{ "export", do_export, 7, false },
	{ "import", do_import, 4, false },
	{ "watch", do_watch, 4, false },
	{ "stream", do_stream, 10, true },
	{ "splice", do_splice, 5, true },
	{ "poll", do_poll, 4, false },
	{ "epoll", do_epoll, 6, false },
	{ "fd", do_fd, 5, true },
	{ "open", do_open, 1, false },
	{ "reopen", do_reopen, 1, false },
	{ "timer", do_timer, 4, false },
	{ "timer_set", do_timer_set, 6, false },
	{ "counter", do_counter, 3, false },
	{ "counter_io", do_counter_io, 5, false },
	{ "clock", do_clock, 3, false },
	{ "clock_io", do_clock_io, 3, false },
	{ "clock_update", do_clock_update, 6, false },
	{ "show", do_show, 4, false },
	{ "process", do_process, 3, false },
	{ "pid", do_pid, 1, false },
	{ "kill", do_kill, 3, false },
	{ "exit", do_exit, 1, false },
	{ "thread_self", do_thread_self, 3, false },
	{ "thread_open", do_thread_open, 2, false },
	{ "thread_create", do_thread_create, 4, false },
	{ "thread_begin", do_thread_begin, 4, false },
	{ "futex_wait", do_futex_wait, 6, true },
	{ "futex_wake", do_futex_wake, 4, false },
	{ "futex_requeue", do_futex_requeue, 5, false },
	{ "futex_owner", do_futex_owner, 2, false },
	{ "job", do_job, 5, false },
	{ "job_open", do_job_open, 3, false },
	{ "policy", do_policy, 5, false },
	{ "critical", do_critical, 3, false },
	{ "process_create", do_process_create, 5, false },
	{ "startup", do_startup, 2, false },
	[REPEAT] = { "repeat", do_nothing, 4, false },
	[ODD] = { "odd", do_nothing, 4, false },
	[FAIL] = { "fail", do_nothing, 8, false },
	[POOR] = { "poor", do_nothing, 1, false },
	[FORK] = { "fork", do_nothing, 2, false },
	[MEANWHILE] = { "meanwhile", do_nothing, 5, false },
};

/*
 * Programs as text.
 */
char *print_program(const struct program *program, char *text)
{
	char *at = text;

	for (uint32_t i = 0; i < program->count; i++) {
		const struct op *op = &program->ops[i];

		at += sprintf(at, "%s%s%s", i ? " " : "", kinds[op->what].name,
			      op->size ? ":" : "");
		for (int j = 0; j < op->size; j++)
			at += sprintf(at, "%02x", op->bytes[j]);
	}
	*at = 0;
	return text;
}

static bool parse_op(const char *word, struct op *op)
{
	const char *hex = strchr(word, ':');
	size_t length = hex ? (size_t)(hex - word) : strlen(word);
	unsigned int value;

	memset(op, 0, sizeof(*op));
	while (op->what < KINDS && (strncmp(word, kinds[op->what].name, length) ||
				    kinds[op->what].name[length]))
		op->what++;
	if (op->what == KINDS)
		return false;
	for (hex += !!hex; hex && *hex; hex += 2) {
		if (op->size == BYTES || sscanf(hex, "%2x", &value) != 1 || !hex[1])
			return false;
		op->bytes[op->size++] = value;
	}
	return true;
}

bool parse_program(char *text, struct program *program)
{
	static const char blanks[] = { ' ', '\n', 0 };
	char *word, *rest = NULL;

	program->count = 0;
	for (word = strtok_r(text, blanks, &rest); word; word = strtok_r(NULL, blanks, &rest))
		if (program->count == OPS || !parse_op(word, &program->ops[program->count++]))
			return false;
	return program->count > 0;
}

int read_corpus(const char *path)
{
	static char line[LINE];
	FILE *file = fopen(path, "re");
	int number = 0;

	shared->count = 0;
	if (!file)
		return 0;
	while (shared->count < PROGRAMS && fgets(line, sizeof(line), file)) {
		number++;
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (!parse_program(line, &shared->corpus[shared->count])) {
			fclose(file);
			return -number;
		}
		shared->count++;
	}
	fclose(file);
	return shared->count;
}
