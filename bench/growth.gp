# SPDX-License-Identifier: GPL-2.0-only
#
# gnuplot -e "tsv='...'; svg='...'" growth.gp: one panel for each kind of thing that is counted, one
# line for each operation. The columns: the kind, the number, the operation, its cost.

set terminal svg size 1500, 900 background "white"
set output svg
set datafile separator "\t"
set datafile missing NaN
set logscale xy
set format "10^{%L}"
set key outside below maxrows 3
set grid
set yrange [100:*]

axes = "'open handles' 'queued messages' 'watches on the object' 'waiters on the object'" . \
	" 'handles in flight' 'processes' 'callers on a channel' 'exit of a process'"
operations(axis) = \
	axis eq "watches on the object" ? "write+read signal create close close-watched" : \
	axis eq "waiters on the object" ? "write+read signal create close wake-all" : \
	axis eq "handles in flight" ? "write+read signal create close pass" : \
	axis eq "processes" ? "write+read signal create close exit" : \
	axis eq "callers on a channel" ? "call" : \
	axis eq "exit of a process" ? "handles handles-and-watches" : \
	"write+read signal create close"

set multiplot layout 2, 4 title "Cost of an operation (instructions), by the number of objects"
do for [axis in axes] {
	set title axis
	plot for [op in operations(axis)] tsv \
		using (strcol(1) eq axis && strcol(3) eq op ? $2 : NaN):4 \
		with linespoints title op
}
unset multiplot
