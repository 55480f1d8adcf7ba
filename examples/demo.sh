#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# "make demo" runs this in the virtual machine. It runs the examples one after the other and
# explains each. If an example fails, it exits with status 1. What a program in the background prints
# is shown when it has ended, where that makes the transcript easier to read.

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

# Starts a server. Its number is in $server.
start() {
	show "$@" "&"
	"$@" &
	server=$!
}

# Starts a program whose output goes to a file. Its number is in $started.
start_into() {
	output=$1
	shift
	show "$@" "&"
	"$@" >"$output" 2>&1 &
	started=$!
}

# A server that is asked to end removes its path and exits with 0.
stop() {
	show kill "$1"
	kill "$1" 2>/dev/null || fail "the server was gone before it was told to stop"
	wait "$1" || fail "the server of $2 was told to stop, and its status is $?"
	[ ! -e "$2" ] || fail "the server has left $2"
}

end() {
	show kill -KILL "$1"
	kill -KILL "$1" 2>/dev/null || fail "a program was gone before its end"
	wait "$1" 2>/dev/null
}

# Waits until a command succeeds.
wait_until() {
	for _ in $(seq 600); do
		"$@" && return
		sleep 0.1
	done
	fail "waiting in vain: $*"
}

# Runs a command that must fail with this status.
refused() {
	status=$1
	shift
	show "$@"
	"$@" >/run/refused 2>&1 && fail "$1 has not failed"
	cat /run/refused
	grep -q "$status" /run/refused || fail "$1 has not failed with $status"
}

# Another user than root
mkdir -p /etc
echo "mary:x:1000:1000::/:/bin/sh" >/etc/passwd
umask 0 # who may write to the path of a server may connect

echo "Linux $(uname -r), $(nproc) processors, module zircon $(cat /sys/module/zircon/version)"
ls -l /dev/zircon

say "A channel has two endpoints; what is written to one is read from the other."
run hello

say "A call is a message and the answer to it. Server and client are two processes."
start echo-server /run/echo
run echo-client /run/echo hello "how are you?" bye
stop $server /run/echo

say "A handle can be sent away, with fewer rights. The sender's number is invalid then."
run pass-handle

say "One server with an epoll loop, two clients. Each streams a text to it, line by line, through a
   channel of its own; the server counts, and wc has to agree."
start epoll-server /run/count
counter=$server
# The first text is long, so the first client still sends it when the second client connects. It
# waits for space in the channel now and then.
seq 1 20000 >/run/numbers
start_into /run/first count-client /run/count /run/numbers
first=$started
show count-client /run/count GPL-2.0
count-client /run/count GPL-2.0 >/run/second || fail "count-client has failed"
cat /run/second
wait $first || { cat /run/first; fail "the other count-client has failed"; }
cat /run/first

agree() {
	counted=$(tail -n 1 "$1")
	expected=$(wc <"$2" | tr -s ' ' | sed 's/^ //')
	echo "$2: counted $counted, wc says $expected"
	[ "$counted" = "$expected" ] || fail "the server has miscounted $2"
}
agree /run/first /run/numbers
agree /run/second GPL-2.0

say "A loop on a port, as programs for Zircon have it, inside an epoll loop; the client is the same
   as that of the first server. Hundreds of others are connected meanwhile."
start_into /run/log port-server /run/ports
ports=$started
start_into /run/crowd su mary -c "exec /examples/crowd /run/ports 1000"
crowd=$started
wait_until grep -q channels /run/crowd
cat /run/crowd
grep -q " 900$" /run/crowd || fail "the server does not keep 900 clients of a user"
run echo-client /run/ports hello "how are you?" bye
end $crowd
run echo-client /run/ports "still there?"
stop $ports /run/ports
grep messages /run/log | grep -v " 0 messages"

say "A path has one server. One that was killed leaves the path, and the next server takes it."
refused ZX_ERR_ALREADY_BOUND epoll-server /run/count
end $counter
[ -S /run/count ] || fail "/run/count is gone"
start_into /run/log epoll-server /run/count
counter=$started

say "A user makes a thousand connections. The server limits the clients of each user, and serves
   another user meanwhile; when the connections are closed, this user again."
start_into /run/crowd su mary -c "exec /examples/crowd /run/count 1000"
crowd=$started
wait_until grep -q channels /run/crowd
cat /run/crowd
grep -q " 200$" /run/crowd || fail "the server does not keep 200 clients of a user"
count() {
	show "$@"
	"$@" >/run/third 2>&1 || { cat /run/third; fail "$1 has failed"; }
	agree /run/third GPL-2.0
}
count count-client /run/count GPL-2.0
end $crowd
have_left() {
	[ "$(grep -c leaves /run/log)" -gt 200 ]
}
wait_until have_left
chmod a+r GPL-2.0
count su mary -c "/examples/count-client /run/count /examples/GPL-2.0"
stop $counter /run/count

say "names is a directory: a server registers a name, a client asks for it, and the two have a
   channel of their own."
start names /run/names
names=$server
start_into /run/clock names-client /run/names serve clock
clock=$started
wait_until grep -q registered /run/clock
run names-client /run/names ask clock "what time is it?"
refused ZX_ERR_ALREADY_EXISTS names-client /run/names serve clock
refused ZX_ERR_NOT_FOUND names-client /run/names ask clocks hello
refused ZX_ERR_INVALID_ARGS names-client /run/names ask \
	a-name-that-is-longer-than-the-forty-seven-bytes-allowed hello

say "The server is killed. Its clients see that, and its name is free."
start_into /run/hold names-client /run/names hold clock
hold=$started
wait_until grep -q holds /run/hold
end $clock
wait $hold || fail "names-client has failed"
cat /run/hold
grep -q ended /run/hold || fail "the client has not seen the server's end"
refused ZX_ERR_NOT_FOUND names-client /run/names ask clock "are you there?"

say "A server that stopped receiving, and a user with a thousand connections, do not keep the
   directory from others."
start_into /run/clock names-client /run/names serve clock
clock=$started
start_into /run/calendar names-client /run/names serve calendar
calendar=$started
wait_until grep -q registered /run/clock
wait_until grep -q registered /run/calendar
show kill -STOP $clock
kill -STOP $clock
show names-client /run/names fill clock
names-client /run/names fill clock >/run/fill || fail "names-client has failed"
cat /run/fill
grep -q "the next one: ZX_ERR_SHOULD_WAIT" /run/fill || fail "the queue was not full"
start_into /run/crowd su mary -c "exec /examples/crowd /run/names 1000"
crowd=$started
wait_until grep -q channels /run/crowd
cat /run/crowd
grep -q " 100$" /run/crowd || fail "the directory does not keep 100 clients of a user"
run names-client /run/names ask calendar "which day is it?"
end $crowd
end $clock
stop $names /run/names
wait $calendar && fail "the server has not failed"
cat /run/calendar
grep -q "directory has ended" /run/calendar || fail "the server has not seen the directory's end"

say "A program without any call of Zircon: sort reads from one of Zircon's sockets and writes to
   another, as it does with pipes."
run sort-through-sockets GPL-2.0
# More than a socket's capacity.
seq 1 60000 >/run/more
run sort-through-sockets /run/more

say "All of it went as it should."
