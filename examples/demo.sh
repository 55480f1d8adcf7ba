#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# "make demo" runs this in the virtual machine. It runs the examples one after the other and
# explains each. If an example fails, it exits with status 1.

cd /examples || exit 1
PATH=/examples:$PATH

say() {
	echo
	echo "== $*"
}

fail() {
	echo "demo: $*" >&2
	exit 1
}

# Prints a command as a user would type it.
show() {
	printf '$'
	for word; do
		case $word in
		*' '*) printf ' "%s"' "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	echo
}

run() {
	show "$@"
	"$@" || fail "$1 has failed"
}

# A server runs until it is stopped.
start() {
	show "$@" "&"
	"$@" &
	server=$!
}

stop() {
	kill $server 2>/dev/null || fail "the server was gone before it was told to stop"
	wait $server 2>/dev/null
}

echo "Linux $(uname -r), $(nproc) processors, module zircon $(cat /sys/module/zircon/version)"
ls -l /dev/zircon

say "A channel has two endpoints; what is written to one is read from the other."
run hello

say "A call is a message and the answer to it. Server and client are two processes."
start echo-server /run/echo
run echo-client /run/echo hello "how are you?" bye
stop

say "A handle can be sent away, with fewer rights. The sender's number is invalid then."
run pass-handle

say "One server with an epoll loop, two clients. Each streams a text to it, line by line, through a
   channel of its own; the server counts, and wc has to agree."
start epoll-server /run/count
# The first text is long, so the first client still sends it when the second client connects. It
# waits for space in the channel now and then.
seq 1 20000 >/run/numbers
show count-client /run/count /run/numbers "&"
count-client /run/count /run/numbers >/run/first 2>&1 &
first=$!
show count-client /run/count GPL-2.0
count-client /run/count GPL-2.0 >/run/second || fail "count-client has failed"
cat /run/second
wait $first || { cat /run/first; fail "the other count-client has failed"; }
cat /run/first
stop

agree() {
	counted=$(tail -n 1 "$1")
	expected=$(wc <"$2" | tr -s ' ' | sed 's/^ //')
	echo "$2: counted $counted, wc says $expected"
	[ "$counted" = "$expected" ] || fail "the server has miscounted $2"
}
agree /run/first /run/numbers
agree /run/second GPL-2.0

say "A program without any call of Zircon: sort reads from one of Zircon's sockets and writes to
   another, as it does with pipes."
run sort-through-sockets GPL-2.0
# More than a socket's capacity.
seq 1 60000 >/run/more
run sort-through-sockets /run/more

say "All of it went as it should."
