# SPDX-License-Identifier: GPL-2.0-only
#
# Makes a man page for each call and type that a header of the library documents, so that header
# and page cannot differ. The comment before a declaration is its page:
#
#	/**
#	 * name - what it does in a few words
#	 * @argument: what it is
#	 *
#	 * A description of the call.
#	 *
#	 *	word	what it means
#	 *	other	what that means,
#	 *		in two lines
#	 *
#	 *	code
#	 *
#	 * - an item of a list
#	 *
#	 * Shows: zx_some_struct_t ZX_SOME_CONSTANT ZX_SOME_PREFIX_*
#	 *
#	 * Return: ZX_OK; ZX_ERR_SOMETHING when; ZX_ERR_OTHER when.
#	 *
#	 * Example: file
#	 *
#	 * See also: zx_other_call(), epoll(7).
#	 */
#
# "Shows:" puts definitions there, as they are in any of the headers: a struct with the comments of
# its fields, a constant with its value and the comment that follows it. The synopsis names their
# headers, where the function's own does not include them. "Example:" includes EXAMPLES/file.c. Only
# the name, the summary and a declaration are needed.
#
#	awk -v out=DIRECTORY -v version=VERSION -v date=DATE -v examples=EXAMPLES \
#		-f header2man.awk HEADER... PAGE...
#
# Writes DIRECTORY/man3/name.3. A header is named in the page from its last "zircon/" on. Fails if a
# page shows what no header defines. A page that is written by hand, name.4 or name.7, goes to
# DIRECTORY/man4 or man7, with @DATE@, @VERSION@ and the line "@EXAMPLE file@" replaced.

BEGIN {
	for (i = 1; i < ARGC; i++)
		if (ARGV[i] ~ /\.h$/)
			read_definitions(ARGV[i])
}

FILENAME ~ /\.[0-9]$/ {
	if (FNR == 1) {
		name = FILENAME
		sub(/.*\//, "", name)
		file = out "/man" substr(name, length(name)) "/" name
	}
	gsub(/@DATE@/, date)
	gsub(/@VERSION@/, version)
	if ($1 == "@EXAMPLE") {
		example = substr($2, 1, length($2) - 1)
		code(read_example())
	} else {
		put($0)
	}
	next
}

FNR == 1 {
	header = FILENAME
	sub(/.*\/zircon\//, "zircon/", header)
	state = ""
}

/^\/\*\*/ {
	args = 0; paragraphs = 0; summary = ""; name = ""; example = ""
	state = "comment"
	line = $0
	sub(/^\/\*\*[ \t]*/, "", line)
	if (sub(/[ \t]*\*\/$/, "", line))
		state = "declaration"
	if (line != "")
		comment_line(line)
	declaration = ""
	next
}

state == "comment" && /^ \*\// { state = "declaration"; next }

state == "comment" && /^ \*\t[^\t]+\t/ {
	line = $0
	sub(/^ \*\t/, "", line)
	paragraph[++paragraphs] = "\t" line
	part = "row"
	next
}

# One tab and no other, after an empty line: code.
state == "comment" && /^ \*\t[^\t]+$/ && (part == "" || part == "code") {
	line = $0
	sub(/^ \*\t/, "", line)
	if (part == "code")
		paragraph[paragraphs] = paragraph[paragraphs] "\n" line
	else
		paragraph[++paragraphs] = "code " line
	part = "code"
	next
}

state == "comment" {
	line = $0
	sub(/^ \*[ \t]*/, "", line)
	comment_line(line)
	next
}

# An empty line or a second comment: the first comment is not that of a declaration.
state == "declaration" && declaration == "" && (/^$/ || /^\/\*/) { state = ""; next }

state == "declaration" {
	declaration = declaration $0 "\n"
	if (/;$/) {
		page()
		state = ""
	}
}

END {
	if (failed)
		exit 1
}

function fail(text) {
	print "header2man.awk: " name ": " text >"/dev/stderr"
	failed = 1
}

# Remembers the structs and constants of a header: structure[], value[], meaning[]; constant[] has
# the names of the constants in order; home[] is the header of each, and included[] has the
# headers that a header includes.
function read_definitions(path,   line, got, next_line, type, body, cxx, own) {
	own = path
	sub(/.*\/zircon\//, "zircon/", own)
	got = (getline line <path) > 0
	while (got) {
		if (line ~ /^#include <zircon\//) {
			gsub(/^#include <|>.*/, "", line)
			included[own] = included[own] " " line
		} else if (line ~ /^typedef (struct|union) [a-z_0-9]+ \{$/) {
			body = ""
			cxx = 0
			while (line !~ /^\} / && (getline next_line <path) > 0) {
				body = body line "\n"
				line = next_line
				if (line ~ /^#ifdef __cplusplus/)
					cxx = 1
				while (cxx && (getline line <path) > 0)
					if (line ~ /^#endif/) {
						cxx = 0
						getline line <path
					}
			}
			type = line
			gsub(/^\} |;.*/, "", type)
			structure[type] = body line
			home[type] = own
		} else if (line ~ /^#define [A-Z_0-9]+[ \t]/) {
			while ((line ~ /\\$/ || line ~ /\/\*/ && line !~ /\*\//) &&
			       (getline next_line <path) > 0) {
				sub(/[ \t]*\\$/, "", line)
				sub(/^[ \t]+(\* )?/, "", next_line)
				line = line " " next_line
			}
			# The comment of a constant may be on the lines after it, indented.
			got = (getline next_line <path) > 0
			while (got && line !~ /\*\// && next_line ~ /^\t+(\/\*| \* )/ ||
			       line ~ /\/\*/ && line !~ /\*\//) {
				sub(/^[ \t]+(\* )?/, "", next_line)
				line = line " " next_line
				got = (getline next_line <path) > 0
			}
			define(line, own)
			line = next_line
			continue
		}
		got = (getline line <path) > 0
	}
	close(path)
}

function define(line, own,   word) {
	sub(/^#define /, "", line)
	match(line, /^[A-Z_0-9]+/)
	word = substr(line, 1, RLENGTH)
	line = substr(line, RLENGTH + 1)
	meaning[word] = ""
	if (match(line, /\/\*.*\*\//)) {
		meaning[word] = substr(line, RSTART + 3, RLENGTH - 6)
		line = substr(line, 1, RSTART - 1)
	}
	gsub(/\((zx_[a-z_]+_t|u?int[0-9]+_t|size_t)\)/, "", line)
	gsub(/[ \t]+/, " ", line)
	gsub(/^ | $/, "", line)
	value[word] = line
	constant[++constants] = word
	home[word] = own
}

# Whether a header gives a program what another one defines.
function gives(from, what,   i, n, below) {
	if (from == what)
		return 1
	n = split(included[from], below, " ")
	for (i = 1; i <= n; i++)
		if (gives(below[i], what))
			return 1
	return 0
}

# The headers that a program needs for the page, beside the function's own.
function other_headers(   i, j, n, word) {
	split("", named)
	for (i = 1; i <= paragraphs; i++) {
		if (paragraph[i] !~ /^Shows: /)
			continue
		n = split(substr(paragraph[i], 8), word, " ")
		for (j = 1; j <= n; j++) {
			if (!(word[j] in home) || gives(header, home[word[j]]) ||
			    home[word[j]] in named)
				continue
			named[home[word[j]]] = 1
			put(".B #include <" home[word[j]] ">")
		}
	}
}

# The value of a constant: a number, a shifted one, or the rights in a set. "" if it is another.
function value_of(word,   text) {
	text = value[word]
	if (text in value)
		return value_of(text)
	while (text ~ /^\(.*\)$/)
		text = substr(text, 2, length(text) - 2)
	if (text ~ /ZX_RIGHT/)
		return rights_in(text)
	gsub(/u( |$)/, "&#", text)
	gsub(/u #/, " ", text)
	gsub(/u#/, "", text)
	return text ~ /^(-?[0-9]+|0x[0-9a-f]+|1 << [0-9]+)$/ ? text : ""
}

# The names of the rights in an expression of rights and sets of them.
function rights_in(text,   i, list) {
	split("", in_set)
	collect_rights(text)
	for (i = 1; i <= constants; i++)
		if (in_set[constant[i]])
			list = list (list == "" ? "" : ", ") constant[i]
	return list
}

function collect_rights(text,   word, without) {
	while (match(text, /~?ZX_[A-Z_]+/)) {
		word = substr(text, RSTART, RLENGTH)
		text = substr(text, RSTART + RLENGTH)
		if (word ~ /^~/)
			without = without " " substr(word, 2)
		else if (value[word] ~ /ZX_RIGHT/)
			collect_rights(value[word])
		else
			in_set[word] = 1
	}
	while (match(without, /ZX_[A-Z_]+/)) {
		in_set[substr(without, RSTART, RLENGTH)] = 0
		without = substr(without, RSTART + RLENGTH)
	}
}

function comment_line(line) {
	if (name == "") {
		name = line
		sub(/ - .*/, "", name)
		summary = line
		sub(/^[^ ]* - /, "", summary)
		part = "summary"
	} else if (line == "") {
		part = ""
	} else if (line ~ /^@[a-z_0-9]+: /) {
		arg[++args] = line
		part = "argument"
	} else if (part == "summary") {
		summary = summary " " line
	} else if (part == "argument") {
		arg[args] = arg[args] " " line
	} else if (part == "" || line ~ /^- /) {
		paragraph[++paragraphs] = line
		part = "text"
	} else {
		paragraph[paragraphs] = paragraph[paragraphs] " " line
	}
}

function escape(text) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	return text
}

# Returns a text with @arguments, NAMES, types, calls and other pages in the fonts of man pages.
function markup(text,   done, word) {
	text = escape(text)
	done = ""
	while (match(text, /@[a-z_0-9]+|ZXL?_[A-Z_0-9]+|zxl?_[a-z_0-9]+\(\)|zxl?_[a-z_0-9]+_t|[a-z_0-9]+(\\-[a-z]+)*\([1-8]\)/)) {
		done = done substr(text, 1, RSTART - 1)
		word = substr(text, RSTART, RLENGTH)
		text = substr(text, RSTART + RLENGTH)
		if (word ~ /^@/) {
			done = done "\\fI" substr(word, 2) "\\fR"
		} else if (word ~ /\)$/) {
			if (word ~ /\(\)$/)
				word = substr(word, 1, length(word) - 2) "(3)"
			note_reference(word)
			sub(/\(/, "\\fR(", word)
			done = done "\\fB" word
		} else {
			done = done "\\fB" word "\\fR"
		}
	}
	return done text
}

function note_reference(to) {
	if (to != name "(3)" && to != "zircon(7)" && index(" " references " ", " " to " ") == 0)
		references = references " " to
}

function sentence(text) {
	if (text !~ /^(zxl?_|[a-z_0-9]+\([0-9]?\))/)
		text = toupper(substr(text, 1, 1)) substr(text, 2)
	return text ~ /[.?!:]$/ ? text : text "."
}

function put(text) {
	print text >file
}

# Writes a text in lines of at most 80 bytes.
function fill(text,   word, n, i, line) {
	n = split(text, word, " ")
	line = ""
	for (i = 1; i <= n; i++) {
		if (line != "" && length(line) + length(word[i]) > 78) {
			put(line)
			line = ""
		}
		if (line == "" && word[i] ~ /^[.']/)
			word[i] = "\\&" word[i]
		line = line (line == "" ? "" : " ") word[i]
	}
	if (line != "")
		put(line)
}

# Writes the declaration in lines that fit a terminal of 80 columns.
function prototype(   text, word, n, i, line, indent, blanks) {
	text = declaration
	gsub(/[ \t\n]+/, " ", text)
	sub(/ __(CONST|NO_RETURN|PURE);/, ";", text)
	indent = index(text, "(")
	if (indent > 40)
		indent = 8
	blanks = "                                        "
	n = split(text, word, ", ")
	line = word[1]
	for (i = 2; i <= n; i++) {
		if (length(line) + length(word[i]) > 69) {
			put("\\fB" line ",\\fR")
			line = substr(blanks, 1, indent) word[i]
		} else {
			line = line ", " word[i]
		}
	}
	put("\\fB" line "\\fR")
}

# Writes lines of code; lines are separated by newlines.
function code(text,   line, n, i, at) {
	put(".PP")
	put(".EX")
	n = split(text, line, "\n")
	for (i = 1; i <= n; i++) {
		while (at = index(line[i], "\t"))
			line[i] = substr(line[i], 1, at - 1) \
				  substr("        ", 1, 8 - (at - 1) % 8) substr(line[i], at + 1)
		line[i] = escape(line[i])
		put(line[i] ~ /^[.']/ ? "\\&" line[i] : line[i])
	}
	put(".EE")
}

# "zx_some_struct_t ZX_SOME_CONSTANT ZX_SOME_PREFIX_*"
function shows(text,   word, n, i, j, prefix, found) {
	n = split(text, word, " ")
	for (i = 1; i <= n; i++) {
		found = 0
		if (word[i] in structure) {
			code(structure[word[i]])
			found = 1
		}
		prefix = word[i] ~ /\*$/ ? substr(word[i], 1, length(word[i]) - 1) : ""
		for (j = 1; j <= constants; j++) {
			if (constant[j] == word[i] || prefix != "" && index(constant[j], prefix) == 1) {
				show_constant(constant[j])
				found = 1
			}
		}
		if (!found)
			fail("no header defines " word[i])
	}
}

function show_constant(word,   number) {
	number = value_of(word)
	put(".TP")
	if (number ~ /ZX_/ || number == "") {
		put(".B " word)
		fill(markup(number != "" ? sentence(number) : sentence(meaning[word])))
		if (number != "" && meaning[word] != "")
			fill(markup(sentence(meaning[word])))
	} else if (meaning[word] == "") {
		put(".B " word)
		put(escape(number))
	} else {
		put(".BR " word " \" (" escape(number) ")\"")
		fill(markup(sentence(meaning[word])))
	}
}

# "ZX_OK; ZX_ERR_ONE when; ZX_ERR_TWO when. More." becomes a list.
function returns(text,   rest, n, i, item, word, last) {
	if (text !~ /^ZX_(OK|ERR)/) {
		fill(markup(sentence(text)))
		return
	}
	last = ""
	n = split(text, item, /; /)
	if (match(item[n], /[^.]\. /)) {
		last = substr(item[n], RSTART + 3)
		item[n] = substr(item[n], 1, RSTART)
	}
	for (i = 1; i <= n; i++) {
		rest = item[i]
		if (!match(rest, /^ZX_[A-Z_0-9]+/)) {
			put(".PP")
			fill(markup(sentence(rest)))
			continue
		}
		word = substr(rest, 1, RLENGTH)
		rest = substr(rest, RLENGTH + 1)
		sub(/^,? */, "", rest)
		sub(/\.$/, "", rest)
		put(".TP")
		put(".B " word)
		fill(markup(sentence(rest != "" ? rest : meaning[word])))
	}
	if (last != "") {
		put(".PP")
		fill(markup(sentence(last)))
	}
}

function read_example(   path, line, text) {
	path = examples "/" example ".c"
	while ((getline line <path) > 0)
		if (line !~ /SPDX-License-Identifier/)
			text = text (text == "" ? "" : "\n") line
	close(path)
	if (text == "")
		fail("there is no " path)
	return text
}

function page(   i, text, n, line, row, ret, to, before) {
	file = out "/man3/" name ".3"
	references = ""
	ret = 0
	put(".\\\" SPDX-License-Identifier: MIT")
	put(".\\\" Made of <" header "> by header2man.awk.")
	put(".TH " toupper(name) " 3 \"" date "\" \"zircon " version "\" \"libzircon\"")
	put(".nr HY 0")
	put(".nh")
	put(".ad l")
	put(".SH NAME")
	fill(name " \\- " escape(summary))
	put(".SH SYNOPSIS")
	put(".nf")
	put(".B #include <" header ">")
	other_headers()
	put(".PP")
	sub(/\n$/, "", declaration)
	prototype()
	put(".fi")
	put(".PP")
	put("Compile and link with")
	put(".IR \"cc ... $(pkg\\-config \\-\\-cflags \\-\\-libs zircon)\" .")
	put(".SH DESCRIPTION")
	fill(markup(sentence(summary)))
	for (i = 1; i <= args; i++) {
		text = arg[i]
		match(text, /^@[a-z_0-9]+/)
		put(".TP")
		put(".I " substr(text, 2, RLENGTH - 1))
		fill(markup(sentence(substr(text, RLENGTH + 3))))
	}
	for (i = 1; i <= paragraphs; i++) {
		text = paragraph[i]
		if (sub(/^Return: /, "", text)) {
			ret = 1
			put(".SH RETURN VALUE")
			returns(text)
		} else if (sub(/^Shows: /, "", text)) {
			shows(text)
		} else if (sub(/^Example: /, "", text)) {
			example = text
		} else if (sub(/^See also: /, "", text)) {
			markup(text)
		} else if (sub(/^\t/, "", text)) {
			match(text, /\t+/)
			put(".TP 16n")
			put(".B " escape(substr(text, 1, RSTART - 1)))
			fill(markup(substr(text, RSTART + RLENGTH)))
		} else if (sub(/^code /, "", text)) {
			code(text)
		} else if (sub(/^- /, "", text)) {
			put(".IP \\(bu 2")
			fill(markup(text))
		} else {
			put(".PP")
			fill(markup(text))
		}
	}
	if (ret && index(declaration, "zx_status_t") == 1) {
		put(".PP")
		put("Errors that every call can return are in")
		put(".BR zircon (7).")
	}
	if (example != "") {
		put(".SH EXAMPLES")
		put("A whole program; it ends with status 0 if all went as its comments say.")
		code(read_example())
	}
	put(".SH SEE ALSO")
	n = split(references, to, " ")
	for (i = 1; i <= n; i++) {
		sub(/\(/, " (", to[i])
		put(".BR " to[i] ",")
	}
	put(".BR zircon (7)")
	close(file)
}
