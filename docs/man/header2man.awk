# SPDX-License-Identifier: GPL-2.0-only
#
# Makes a man page for each call that a header of the library documents, so that header and page
# cannot differ. The comment before a call's declaration is its page:
#
#	/**
#	 * name - what it does in a few words
#	 * @argument: what it is
#	 *
#	 * A description of the call.
#	 *
#	 *	word	what it means
#	 *	other	what that means
#	 *
#	 * Return: ZX_OK; ZX_ERR_SOMETHING when; ZX_ERR_OTHER when.
#	 */
#
#	awk -v out=DIRECTORY -v version=VERSION -f header2man.awk HEADER...
#
# Writes DIRECTORY/name.3. A header is named in the page from its last "zircon/" on.

FNR == 1 {
	header = FILENAME
	sub(/.*\/zircon\//, "zircon/", header)
	state = ""
}

/^\/\*\*/ {
	args = 0; paragraphs = 0; summary = ""; name = ""
	open_paragraph = 0
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
	} else if (part == "") {
		paragraph[++paragraphs] = line
		part = "text"
	} else {
		paragraph[paragraphs] = paragraph[paragraphs] " " line
	}
}

# Returns a text with @arguments, NAMES and calls in the fonts of man pages.
function markup(text,   done) {
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	done = ""
	while (match(text, /@[a-z_0-9]+|ZXL?_[A-Z_0-9]+|zxl?_[a-z_0-9]+\(\)/)) {
		done = done substr(text, 1, RSTART - 1)
		if (substr(text, RSTART, 1) == "@") {
			done = done "\\fI" substr(text, RSTART + 1, RLENGTH - 1) "\\fR"
		} else if (substr(text, RSTART + RLENGTH - 1, 1) == ")") {
			note_reference(substr(text, RSTART, RLENGTH - 2))
			done = done "\\fB" substr(text, RSTART, RLENGTH - 2) "\\fR(3)"
		} else {
			done = done "\\fB" substr(text, RSTART, RLENGTH) "\\fR"
		}
		text = substr(text, RSTART + RLENGTH)
	}
	text = done text
	return text ~ /^[.']/ ? "\\&" text : text
}

function note_reference(call) {
	if (call != name && index(" " references " ", " " call " ") == 0)
		references = references " " call
}

function sentence(text) {
	if (text !~ /^zxl?_/)
		text = toupper(substr(text, 1, 1)) substr(text, 2)
	return text ~ /[.?!]$/ ? text : text "."
}

function put(text) {
	print text >file
}

# "ZX_OK; ZX_ERR_ONE when; ZX_ERR_TWO when. More." becomes a list.
function returns(text,   rest, n, i, item, code, last) {
	if (text !~ /^ZX_(OK|ERR)/) {
		put(markup(sentence(text)))
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
			put(markup(sentence(rest)))
			continue
		}
		code = substr(rest, 1, RLENGTH)
		rest = substr(rest, RLENGTH + 1)
		sub(/^,? */, "", rest)
		sub(/\.$/, "", rest)
		put(".TP")
		put(".B " code)
		put(rest != "" ? markup(sentence(rest)) : code == "ZX_OK" ? "Success." : \
		    code == "ZX_ERR_BAD_HANDLE" ? "There is no handle with this number." : \
		    code == "ZX_ERR_WRONG_TYPE" ? "The handle names another type of object." : \
		    code == "ZX_ERR_TIMED_OUT" ? "The deadline has passed." : \
		    code == "ZX_ERR_BUFFER_TOO_SMALL" ? "A buffer of the caller is too small." : \
		    "See the description above.")
	}
	if (last != "") {
		put(".PP")
		put(markup(sentence(last)))
	}
}

function page(   i, text, n, call, row, ret) {
	file = out "/" name ".3"
	references = ""
	ret = 0
	put(".\\\" SPDX-License-Identifier: MIT")
	put(".\\\" Made of <" header "> by header2man.awk.")
	put(".TH " toupper(name) " 3 \"\" \"zircon " version "\" \"Zircon's calls on Linux\"")
	put(".nh")
	put(".SH NAME")
	text = summary
	gsub(/-/, "\\-", text)
	put(name " \\- " text)
	put(".SH SYNOPSIS")
	put(".nf")
	put(".B #include <" header ">")
	put(".PP")
	sub(/\n$/, "", declaration)
	n = split(declaration, call, "\n")
	for (i = 1; i <= n; i++) {
		text = call[i]
		sub(/ __(CONST|NO_RETURN|PURE);/, ";", text)
		gsub(/\t/, "        ", text)
		put("\\fB" text "\\fR")
	}
	put(".fi")
	put(".PP")
	put("Compile and link with \\fIcc ... $(pkg\\-config \\-\\-cflags \\-\\-libs zircon)\\fR.")
	put(".SH DESCRIPTION")
	put(markup(sentence(summary)))
	for (i = 1; i <= args; i++) {
		text = arg[i]
		match(text, /^@[a-z_0-9]+/)
		put(".TP")
		put(".I " substr(text, 2, RLENGTH - 1))
		put(markup(sentence(substr(text, RLENGTH + 3))))
	}
	for (i = 1; i <= paragraphs; i++) {
		text = paragraph[i]
		if (sub(/^Return: /, "", text)) {
			ret = 1
			put(".SH RETURN VALUE")
			returns(text)
			continue
		}
		if (sub(/^\t/, "", text)) {
			split(text, row, /\t+/)
			put(".TP 16n")
			put(".B " row[1])
			put(markup(row[2]))
			continue
		}
		put(".PP")
		put(markup(text))
	}
	if (ret && index(declaration, "zx_status_t") == 1)
		put(".PP\nSee \\fBzircon\\fR(7) for errors that every call can return.")
	put(".SH SEE ALSO")
	n = split(references, call, " ")
	for (i = 1; i <= n; i++)
		put(".BR " call[i] " (3),")
	put(".BR zircon (7)")
	close(file)
}
