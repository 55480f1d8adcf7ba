# SPDX-License-Identifier: GPL-2.0-only
#
# Counts the results in the output of guest, and reports missing ones. The results of single tests
# are indented by two; the program's own comes after them, not indented. The variable status is the
# exit status of run.

function fault(text) {
	printf "# check: %s\n", text
	failed++
}

/^  1\.\.[0-9]+/ {
	planned = substr($1, 4) + 0
	has_plan = 1
	if (planned == 0)
		skipped++
}

/^  ok / {
	results++
	if (/# SKIP/)
		skipped++
	else
		passed++
}

/^  not ok / {
	results++
	bad++
	failed++
}

/^1\.\.[0-9]+$/ {
	programs = substr($0, 4) + 0
}

/^(not )?ok [0-9]+ / {
	done++
	name = $1 == "ok" ? $3 : $4
	if ($1 == "not" && !bad) {
		sub(/.*# /, "")
		fault(name ": " $0)
	} else if (!has_plan) {
		fault(name " printed no plan")
	} else if (results != planned) {
		fault(name " printed " results + 0 " results, its plan was " planned)
	}
	has_plan = results = bad = 0
}

END {
	if (!programs)
		fault("no test was started")
	for (; done < programs; done++)
		fault("program " done + 1 " of " programs " did not end")
	if (status != 0)
		fault("the virtual machine's run ended with status " status)
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit (failed > 0)
}
