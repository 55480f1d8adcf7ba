// SPDX-License-Identifier: GPL-2.0-only
/* Names of what records contain; records as JSON. */
#include <linux/zircon_netlink.h>
#include <stdio.h>
#include <string.h>
#include <zircon/rights.h>
#include <zircon/types.h>

#include "zxctl.h"

/* A name for some bits of some type of object, or of all types. */
struct bit_name {
	uint32_t type;
	uint32_t bits;
	const char *name;
	char letter;
};

static const struct bit_name rights[] = {
	{ 0, ZX_RIGHT_DUPLICATE, "DUPLICATE", 'd' },
	{ 0, ZX_RIGHT_TRANSFER, "TRANSFER", 't' },
	{ 0, ZX_RIGHT_READ, "READ", 'r' },
	{ 0, ZX_RIGHT_WRITE, "WRITE", 'w' },
	{ 0, ZX_RIGHT_EXECUTE, "EXECUTE", 'x' },
	{ 0, ZX_RIGHT_MAP, "MAP", 'm' },
	{ 0, ZX_RIGHT_GET_PROPERTY, "GET_PROPERTY", 'g' },
	{ 0, ZX_RIGHT_SET_PROPERTY, "SET_PROPERTY", 'p' },
	{ 0, ZX_RIGHT_ENUMERATE, "ENUMERATE", 'e' },
	{ 0, ZX_RIGHT_DESTROY, "DESTROY", 'k' },
	{ 0, ZX_RIGHT_SET_POLICY, "SET_POLICY", 'Q' },
	{ 0, ZX_RIGHT_GET_POLICY, "GET_POLICY", 'q' },
	{ 0, ZX_RIGHT_SIGNAL, "SIGNAL", 's' },
	{ 0, ZX_RIGHT_SIGNAL_PEER, "SIGNAL_PEER", 'S' },
	{ 0, ZX_RIGHT_WAIT, "WAIT", 'a' },
	{ 0, ZX_RIGHT_INSPECT, "INSPECT", 'i' },
	{ 0, ZX_RIGHT_MANAGE_JOB, "MANAGE_JOB", 'J' },
	{ 0, ZX_RIGHT_MANAGE_PROCESS, "MANAGE_PROCESS", 'P' },
	{ 0, ZX_RIGHT_MANAGE_THREAD, "MANAGE_THREAD", 'T' },
	{ 0, ZX_RIGHT_APPLY_PROFILE, "APPLY_PROFILE", 'A' },
	{ 0, ZX_RIGHT_MANAGE_SOCKET, "MANAGE_SOCKET", 'M' },
	{ 0, ZX_RIGHT_OP_CHILDREN, "OP_CHILDREN", 'C' },
	{ 0, ZX_RIGHT_RESIZE, "RESIZE", 'z' },
	{ 0, ZX_RIGHT_ATTACH_VMO, "ATTACH_VMO", 'v' },
	{ 0, ZX_RIGHT_MANAGE_VMO, "MANAGE_VMO", 'V' },
	{}
};

/* The first name that fits counts. */
static const struct bit_name signals[] = {
	{ ZX_OBJ_TYPE_PROCESS, ZX_PROCESS_TERMINATED, "TERMINATED", 0 },
	{ ZX_OBJ_TYPE_THREAD, ZX_THREAD_RUNNING, "RUNNING", 0 },
	{ ZX_OBJ_TYPE_THREAD, ZX_THREAD_TERMINATED, "TERMINATED", 0 },
	{ ZX_OBJ_TYPE_JOB, ZX_JOB_TERMINATED, "TERMINATED", 0 },
	{ ZX_OBJ_TYPE_JOB, ZX_JOB_NO_JOBS, "NO_JOBS", 0 },
	{ ZX_OBJ_TYPE_JOB, ZX_JOB_NO_PROCESSES, "NO_PROCESSES", 0 },
	{ ZX_OBJ_TYPE_JOB, ZX_JOB_NO_CHILDREN, "NO_CHILDREN", 0 },
	{ 0, __ZX_OBJECT_READABLE, "READABLE", 0 },
	{ 0, __ZX_OBJECT_WRITABLE, "WRITABLE", 0 },
	{ 0, __ZX_OBJECT_PEER_CLOSED, "PEER_CLOSED", 0 },
	{ 0, __ZX_OBJECT_SIGNALED, "SIGNALED", 0 },
	{ ZX_OBJ_TYPE_SOCKET, ZX_SOCKET_PEER_WRITE_DISABLED, "PEER_WRITE_DISABLED", 0 },
	{ ZX_OBJ_TYPE_SOCKET, ZX_SOCKET_WRITE_DISABLED, "WRITE_DISABLED", 0 },
	{ ZX_OBJ_TYPE_SOCKET, ZX_SOCKET_CONTROL_READABLE, "CONTROL_READABLE", 0 },
	{ ZX_OBJ_TYPE_SOCKET, ZX_SOCKET_CONTROL_WRITABLE, "CONTROL_WRITABLE", 0 },
	{ ZX_OBJ_TYPE_SOCKET, ZX_SOCKET_ACCEPT, "ACCEPT", 0 },
	{ ZX_OBJ_TYPE_SOCKET, ZX_SOCKET_SHARE, "SHARE", 0 },
	{ ZX_OBJ_TYPE_SOCKET, ZX_SOCKET_READ_THRESHOLD, "READ_THRESHOLD", 0 },
	{ ZX_OBJ_TYPE_SOCKET, ZX_SOCKET_WRITE_THRESHOLD, "WRITE_THRESHOLD", 0 },
	{ ZX_OBJ_TYPE_COUNTER, ZX_COUNTER_POSITIVE, "POSITIVE", 0 },
	{ ZX_OBJ_TYPE_COUNTER, ZX_COUNTER_NON_POSITIVE, "NON_POSITIVE", 0 },
	{ ZX_OBJ_TYPE_CLOCK, ZX_CLOCK_STARTED, "STARTED", 0 },
	{ ZX_OBJ_TYPE_CLOCK, ZX_CLOCK_UPDATED, "UPDATED", 0 },
	{ 0, ZX_SIGNAL_HANDLE_CLOSED, "HANDLE_CLOSED", 0 },
	{ 0, ZX_USER_SIGNAL_0, "USER0", 0 },
	{ 0, ZX_USER_SIGNAL_1, "USER1", 0 },
	{ 0, ZX_USER_SIGNAL_2, "USER2", 0 },
	{ 0, ZX_USER_SIGNAL_3, "USER3", 0 },
	{ 0, ZX_USER_SIGNAL_4, "USER4", 0 },
	{ 0, ZX_USER_SIGNAL_5, "USER5", 0 },
	{ 0, ZX_USER_SIGNAL_6, "USER6", 0 },
	{ 0, ZX_USER_SIGNAL_7, "USER7", 0 },
	{}
};

static const char *const type_names[] = {
	[ZX_OBJ_TYPE_PROCESS] = "process",
	[ZX_OBJ_TYPE_THREAD] = "thread",
	[ZX_OBJ_TYPE_VMO] = "vmo",
	[ZX_OBJ_TYPE_CHANNEL] = "channel",
	[ZX_OBJ_TYPE_EVENT] = "event",
	[ZX_OBJ_TYPE_PORT] = "port",
	[ZX_OBJ_TYPE_SOCKET] = "socket",
	[ZX_OBJ_TYPE_EVENTPAIR] = "eventpair",
	[ZX_OBJ_TYPE_JOB] = "job",
	[ZX_OBJ_TYPE_FIFO] = "fifo",
	[ZX_OBJ_TYPE_TIMER] = "timer",
	[ZX_OBJ_TYPE_CLOCK] = "clock",
	[ZX_OBJ_TYPE_STREAM] = "stream",
	[ZX_OBJ_TYPE_COUNTER] = "counter",
};

static const char *const holder_names[] = {
	[ZIRCON_HOLDER_PROCESS] = "process",
	[ZIRCON_HOLDER_FILE] = "file",
};

static const char *const waiter_names[] = {
	[ZIRCON_WAITER_KIND_THREAD] = "thread",
	[ZIRCON_WAITER_KIND_CALL] = "call",
	[ZIRCON_WAITER_KIND_PORT] = "port",
	[ZIRCON_WAITER_KIND_WATCH] = "watch",
	[ZIRCON_WAITER_KIND_PARKED_CALL] = "parked_call",
};

/* A name, or the number that a newer module may have. */
static const char *name_of(const char *const *names, size_t count, uint32_t value)
{
	char *digits;

	if (value < count && names[value])
		return names[value];
	digits = text_for_now(16);
	sprintf(digits, "%u", value);
	return digits;
}

/**
 * type_name - the name of a type of objects
 * @type:	ZX_OBJ_TYPE_*
 */
const char *type_name(uint32_t type)
{
	return name_of(type_names, ARRAY_SIZE(type_names), type);
}

/**
 * waiter_kind - what waits
 * @kind:	ZIRCON_WAITER_KIND_*
 */
const char *waiter_kind(uint32_t kind)
{
	return name_of(waiter_names, ARRAY_SIZE(waiter_names), kind);
}

/* Calls @add with each name of a bit; what has no name is one number. */
static void each_bit(const struct bit_name *name, uint32_t type, uint32_t bits,
		     void (*add)(void *to, const char *name, char letter), void *to)
{
	char number[16];

	for (; name->name; name++) {
		if (!(bits & name->bits) || (name->type && name->type != type))
			continue;
		bits &= ~name->bits;
		add(to, name->name, name->letter);
	}
	if (bits) {
		snprintf(number, sizeof(number), "%#x", bits);
		add(to, number, 0);
	}
}

static void add_letter(void *to, const char *name, char letter)
{
	char *text = to, one[2] = { letter };

	if (!letter)
		strcat(text, "+");
	strcat(text, letter ? one : name);
}

static void add_word(void *to, const char *name, char letter)
{
	char *text = to;

	(void)letter;
	if (*text)
		strcat(text, "|");
	strcat(text, name);
}

static void add_string(void *to, const char *name, char letter)
{
	(void)letter;
	json_array_append_new(to, json_string(name));
}

/**
 * rights_letters - rights as zxctl(8) lists them
 * @set:	ZX_RIGHT_*
 *
 * Return: a letter for each right, or - for none.
 */
const char *rights_letters(uint32_t set)
{
	char *text = text_for_now(64);

	*text = 0;
	each_bit(rights, 0, set, add_letter, text);
	return *text ? text : "-";
}

/**
 * signal_names - the names of signals
 * @type:	the object's
 * @set:	the signals
 *
 * Return: the names, or - for none.
 */
const char *signal_names(uint32_t type, uint32_t set)
{
	char *text = text_for_now(640);

	*text = 0;
	each_bit(signals, type, set, add_word, text);
	return *text ? text : "-";
}

static json_t *json_bits(const struct bit_name *names, uint32_t type, uint32_t bits)
{
	json_t *array = json_array();

	each_bit(names, type, bits, add_string, array);
	return array;
}

static json_t *json_field(const struct field *field, const void *record)
{
	const void *from = (const char *)record + field->offset;
	uint32_t value = *(const uint32_t *)from;

	switch (field->kind) {
	case K_U64:
		return json_integer(*(const uint64_t *)from);
	case K_TEXT:
		return json_text(from);
	case K_FLAG:
		return json_true();
	case K_TYPE:
		return json_string(type_name(value));
	case K_RIGHTS:
		return json_bits(rights, 0, value);
	case K_SIGNALS:
		return json_bits(signals, ((const struct head *)record)->type, value);
	case K_HOLDER:
		return json_string(name_of(holder_names, ARRAY_SIZE(holder_names), value));
	case K_WAITER:
		return json_string(waiter_kind(value));
	default:
		return json_integer(value);
	}
}

/**
 * json_record - a record as a JSON object
 * @set:	its set
 * @record:	the record
 */
json_t *json_record(const struct set *set, const void *record)
{
	json_t *object = json_object();

	for (const struct field *field = set->fields; field->key; field++) {
		if (has(record, field->attribute))
			json_object_set_new(object, field->key, json_field(field, record));
	}
	return object;
}

/**
 * json_records - records as a JSON array
 * @set:	their set
 * @list:	the records
 */
json_t *json_records(const struct set *set, const struct list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, json_record(set, list->items + i * list->size));
	return array;
}

/**
 * print_json_records - print records as a JSON array
 * @set:	their set
 * @list:	the records, of which there may be very many
 */
void print_json_records(const struct set *set, const struct list *list)
{
	begin_json();
	for (size_t i = 0; i < list->count; i++)
		print_json(json_record(set, list->items + i * list->size));
	end_json();
}

/**
 * value_text - a field for a reader
 * @field:	the field
 * @record:	the record, which has it
 */
const char *value_text(const struct field *field, const void *record)
{
	const void *from = (const char *)record + field->offset;
	uint32_t value = *(const uint32_t *)from;
	char *text;

	switch (field->kind) {
	case K_TEXT:
		return safe_name(from);
	case K_USER:
		return user(value);
	case K_TYPE:
		return type_name(value);
	default:
		text = text_for_now(32);
		sprintf(text, "%llu", field->kind == K_U64 ?
			(unsigned long long)*(const uint64_t *)from : value);
		return text;
	}
}
