// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines, tables, JSON.
 *
 * A text from the kernel is what a program chose and may have any byte but NUL. safe() makes it fit
 * for a terminal, safe_name() for a line with other text, json_text() for JSON.
 */
#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "zxctl.h"

/* Whether the terminal shows UTF-8. */
static bool utf8;
/* Columns that a line may take, or zero. */
static int width;

/**
 * width_of_terminal - the columns of standard output, or zero if it is no terminal
 */
int width_of_terminal(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}

/**
 * set_up_printing - look at the locale and the terminal
 */
void set_up_printing(void)
{
	setlocale(LC_CTYPE, "");
	utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	width = width_of_terminal();
}

/* The next character of a text in UTF-8, or -1 if the next byte begins none. */
static long next_character(const char **text)
{
	static const long least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)*text;
	/* How many bytes follow the first. */
	int more = p[0] < 0x80 ? 0 : p[0] >> 5 == 6 ? 1 : p[0] >> 4 == 14 ? 2 :
		p[0] >> 3 == 30 ? 3 : -1;
	long c = more > 0 ? p[0] & 0x3f >> more : p[0];

	++*text;
	if (more < 0)
		return -1;
	for (int i = 1; i <= more; i++) {
		/* So also the end of the text ends this. */
		if ((p[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*text += more;
	return c;
}

/**
 * text_for_now - memory for a text that lives until a few more were made: as many as a line has
 * @size:	bytes
 */
char *text_for_now(size_t size)
{
	static char *texts[16];
	static unsigned int next;
	char **text = &texts[next++ % ARRAY_SIZE(texts)];

	*text = more_memory(*text, size, 1);
	return *text;
}

/* Writes a text with escapes, for which it needs up to ten bytes for each of the text. */
static char *escape(const char *text, char *to, bool quote)
{
	while (*text) {
		const char *from = text;
		long c = next_character(&text);

		if (c == '\\' || (c == '"' && quote))
			to += sprintf(to, "\\%c", (char)c);
		else if (c >= ' ' && c < 0x7f)
			*to++ = c;
		else if (c < 0x80)
			to += sprintf(to, "\\x%02x", (unsigned char)*from);
		else if (utf8 && iswprint(c) && wcwidth(c) > 0)
			to = mempcpy(to, from, text - from);
		else
			to += sprintf(to, "\\u{%lx}", c);
	}
	*to = 0;
	return to;
}

/**
 * safe - a text that moves no cursor and cannot be taken for another
 * @text:	any text
 *
 * Other bytes than those of characters that the terminal shows in columns of their own become
 * \xNN or \u{NNNN}.
 *
 * Return: the text, which lives until a few more were made.
 */
const char *safe(const char *text)
{
	char *result = text_for_now(strlen(text) * 10 + 1);

	escape(text, result, false);
	return result;
}

/* Whether a character separates nothing in a line of zxctl, as a blank or a comma does. */
static bool is_plain(long c)
{
	if (c >= 0x80)
		return utf8 && iswalnum(c) && wcwidth(c) > 0;
	return c > 0 && (isalnum(c) || strchr("_-.:/@+#[]", c));
}

/**
 * safe_name - a name that cannot be taken for other text of its line
 * @name:	any text
 *
 * A name that is empty, or has another character than letters, digits and _-.:/@+#[], is a string
 * of C in double quotes.
 *
 * Return: the name, which lives until a few more were made.
 */
const char *safe_name(const char *name)
{
	char *result = text_for_now(strlen(name) * 10 + 3);
	const char *rest = name;
	bool plain = *name;

	while (plain && *rest)
		plain = is_plain(next_character(&rest));
	if (plain)
		memcpy(result, name, strlen(name) + 1);
	else
		memcpy(escape(name, stpcpy(result, "\""), true), "\"", 2);
	return result;
}

/* How many bytes of a safe text fit into that many columns; sets the columns that they take. */
static size_t fit(const char *text, int columns, int *taken)
{
	const char *p = text;

	*taken = 0;
	while (*p) {
		const char *from = p;
		long c = next_character(&p);
		int wide = c < 0x80 ? 1 : wcwidth(c);

		if (*taken + wide > columns)
			return from - text;
		*taken += wide;
	}
	return p - text;
}

static void print_line(const char *text)
{
	int taken;

	printf("%.*s\n", width ? (int)fit(text, width, &taken) : (int)strlen(text), text);
}

/**
 * line - print a line, cut to the width of the terminal
 * @format:	without the newline
 */
void line(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		die("there is no memory");
	va_end(args);
	print_line(text);
	free(text);
}

/**
 * cell - add a cell to a table, in the order of reading
 * @table:	the table
 * @format:	its text
 */
void cell(struct table *table, const char *format, ...)
{
	char **text = append(&table->cells, sizeof(char *));
	va_list args;

	va_start(args, format);
	if (vasprintf(text, format, args) < 0)
		die("there is no memory");
	va_end(args);
}

/**
 * end_table - print a table and free its cells
 * @table:	the table
 */
void end_table(struct table *table)
{
	char **cells = (char **)table->cells.items;
	size_t columns = 0, count;
	int widths[16] = {}, taken;

	while (table->titles[columns])
		columns++;
	count = table->cells.count / columns;
	for (size_t i = 0; i < (count + 1) * columns; i++) {
		const char *text = i < columns ? table->titles[i] : cells[i - columns];

		if (i < columns && *text == '>')
			text++;
		fit(text, INT32_MAX, &taken);
		if (taken > widths[i % columns])
			widths[i % columns] = taken;
	}
	for (size_t row = 0; row <= count; row++) {
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		if (!out)
			die("there is no memory");
		for (size_t i = 0; i < columns; i++) {
			const char *title = table->titles[i];
			bool right = *title == '>';
			const char *shown = row ? cells[(row - 1) * columns + i] : title + right;
			int blanks;

			fit(shown, INT32_MAX, &taken);
			blanks = widths[i] - taken;
			fprintf(out, "%s%*s%s", i ? "  " : "", right ? blanks : 0, "", shown);
			/* No blanks at the end of a line. */
			if (!right && i + 1 < columns)
				fprintf(out, "%*s", blanks, "");
		}
		fclose(out);
		print_line(text);
		free(text);
	}
	for (size_t i = 0; i < table->cells.count; i++)
		free(cells[i]);
	free_list(&table->cells);
}

/**
 * user - a user's name, or the number if it has none
 * @uid:	the user
 */
const char *user(uint32_t uid)
{
	/* Tables have the same user in many lines, and a look-up may ask another machine. */
	static char *name;
	static uint32_t last;

	if (!name || last != uid) {
		struct passwd *entry = getpwuid(uid);
		char digits[16];

		snprintf(digits, sizeof(digits), "%u", uid);
		free(name);
		name = strdup(entry ? entry->pw_name : digits);
		if (!name)
			die("there is no memory");
		last = uid;
	}
	return safe_name(name);
}

/**
 * json_text - a text as JSON
 * @text:	any text
 *
 * What is no UTF-8 becomes the character that stands for it, U+FFFD.
 */
json_t *json_text(const char *text)
{
	char *valid = text_for_now(strlen(text) * 3 + 1), *to = valid;

	while (*text) {
		const char *from = text;

		if (next_character(&text) < 0)
			to = stpcpy(to, "\xef\xbf\xbd");
		else
			to = mempcpy(to, from, text - from);
	}
	*to = 0;
	return json_string(valid);
}

/* How many elements of an array were printed; negative outside of one. */
static long elements = -1;

/**
 * begin_json - begin to print an array
 */
void begin_json(void)
{
	elements = 0;
	putchar('[');
}

/**
 * print_json - print an element, and free it
 * @value:	the element; without begin_json(), a line of its own
 */
void print_json(json_t *value)
{
	if (elements > 0)
		putchar(',');
	if (json_dumpf(value, stdout, options.pretty ? JSON_INDENT(4) : JSON_COMPACT))
		die("the output cannot be written: %s", strerror(errno));
	json_decref(value);
	if (elements < 0)
		putchar('\n');
	else
		elements++;
}

/**
 * end_json - end the array
 */
void end_json(void)
{
	puts("]");
	elements = -1;
}
