#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Looks at two processes of zxctl_work through zxctl, and compares all that it prints. JSON is read
# by jq.
#
# shellcheck disable=SC2317 # functions are called by others

here=$(dirname "$0")
for program in zxctl jq; do
	[ -x "$here/$program" ] && continue
	echo "TAP version 13"
	echo "1..0 # SKIP there is no $program: make tools builds zxctl for the machine that make runs on"
	exit 4
done
work=$here/zxctl_work
jq=$here/jq
said=/tmp/zxctl.said
wanted=/tmp/zxctl.wanted

zxctl() {
	"$here/zxctl" "$@"
}

# as UID COMMAND...
as() {
	"$work" as "$@"
}

n=0
failed=0

# result STATUS NAME
result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n $2"
	else
		echo "not ok $n $2"
		failed=1
	fi
}

# same NAME COMMAND...: its output is standard input; the width of columns does not count, nor does
# the size of objects, which kernels that debug make larger
same() {
	name=$1
	shift
	cat >$wanted
	"$@" 2>&1 | sed 's/   */  /g; s/^ *//
		s/^charged [1-9][0-9]* bytes/charged N bytes/' >$said.out
	diff $wanted $said.out >$said.diff
	status=$?
	sed 's/^/# /' $said.diff
	result $status "$name"
}

# json NAME FILTER COMMAND...: the filter gives true for the command's JSON
json() {
	name=$1
	filter=$2
	shift 2
	"$@" >$said 2>&1
	"$jq" -e "$filter" $said >$said.jq 2>&1
	status=$?
	[ $status = 0 ] || sed 's/^/# /' $said $said.jq
	result $status "$name"
}

# refused NAME STATUS TEXT COMMAND...: fails with this status, and says only this on standard error
refused() {
	name=$1
	status=$2
	text=$3
	shift 3
	"$@" >$said.out 2>$said
	if [ $? = "$status" ] && [ ! -s $said.out ] && [ "$(head -n 1 $said)" = "zxctl: $text" ]; then
		result 0 "$name"
	else
		sed 's/^/# /' $said.out $said
		result 1 "$name"
	fi
}

# Waits until a command succeeds.
eventually() {
	tries=600
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return
		sleep 0.2
	done
}

# Whether a background process has ended; the shell may have reaped it.
ended() {
	! grep -s '^State:' "/proc/$1/status" | grep -qv Z
}

echo "TAP version 13"
echo "1..72"

mkfifo /tmp/zxctl.in
"$work" hold </tmp/zxctl.in >/tmp/zxctl.world &
exec 3>/tmp/zxctl.in
eventually grep -q file= /tmp/zxctl.world
pid='' child='' thread='' fd='' event='' waited='' channel='' queue0='' queue1='' sent='' fifo0=''
fifo1='' port='' socket='' event_koid='' near='' far='' queue0_koid='' queue1_koid='' sent_koid=''
inside='' fifo0_koid='' fifo1_koid='' port_koid='' socket_koid='' file=''
# shellcheck source=/dev/null
. /tmp/zxctl.world
# The thread waits a moment after it has begun.
observed() {
	zxctl object "$event_koid" | grep -qx '    observers 3'
}
eventually observed
result $? "the_thread_waits"

# The child's name, as zxctl_work gives it to itself, for a terminal.
child_name='"a, 1 b\"\x1b[2J\xff"'
koid=$(zxctl -j ps | "$jq" ".[] | select(.pid == $pid) | .koid")
child_koid=$(zxctl -j ps | "$jq" ".[] | select(.pid == $child) | .koid")
child_handle=$(printf '0x%08x' "$(zxctl -j handles "$child" | "$jq" '.[0].value')")

same ps zxctl ps <<END
PID  KOID  USER  HANDLES  NAME
$pid  $koid  root  10  zxctl_work
$child  $child_koid  root  1  $child_name
END
json ps_json "[.[] | .pid, .name, .uid, .user_ns, .handles] ==
	[$pid, \"zxctl_work\", 0, 4026531837, 10,
	 $child, \"a, 1 b\\\"\\u001b[2J\\ufffd\", 0, 4026531837, 1]" zxctl -j ps
json ps_json_pretty "length == 2" zxctl -j -p ps

# A table is in the order of koids, which those of two processors are not.
{
	echo "HANDLE  TYPE  KOID  RIGHTS  PEER  PEER'S HOLDER"
	{
		echo "$channel  channel  $near  trwsSai  $far  $child $child_name"
		echo "$queue0  channel  $queue0_koid  trwsSai  $queue1_koid  $pid zxctl_work"
		echo "$queue1  channel  $queue1_koid  trwsSai  $queue0_koid  $pid zxctl_work"
		echo "$sent  channel  $sent_koid  trwsSai  $inside  -"
		echo "$fifo0  fifo  $fifo0_koid  dtrwsSai  $fifo1_koid  $pid zxctl_work"
		echo "$fifo1  fifo  $fifo1_koid  dtrwsSai  $fifo0_koid  $pid zxctl_work"
		echo "$socket  socket  $socket_koid  dtrwgpsSaiM  $file  file"
		echo "$event  event  $event_koid  dtsai  -  -"
		echo "$waited  event  $event_koid  a  -  -"
		echo "$port  port  $port_koid  dtrwi  -  -"
	} | sort -n -k 3 -k 1
} >$said.handles
same handles zxctl handles "$pid" <$said.handles
json handles_json ".[0] | [.holder, .pid, .process, .uid, .type, .koid, .related_koid, .rights] ==
	[\"process\", $child, $child_koid, 0, \"channel\", $far, $near,
	 [\"TRANSFER\", \"READ\", \"WRITE\", \"SIGNAL\", \"SIGNAL_PEER\", \"WAIT\", \"INSPECT\"]]" \
	zxctl -j handles "$child"
json handles_json_value "[.[] | .value] | contains([$((event)), $((port)), $((socket))])" \
	zxctl -j handles "$pid"
json handles_json_peers ".[0].peer_holders | map([.pid, .name, .value]) ==
	[[$pid, \"zxctl_work\", $((channel))]]" zxctl -j handles "$child"
json handles_json_file ".[] | select(.koid == $socket_koid) | .peer_holders |
	map(.holder, .koid, .pid) == [\"file\", $file, null]" zxctl -j handles "$pid"

same object_event zxctl object "$event_koid" <<END
event $event_koid
signals -
charged N bytes to root
handles 2
$(printf '%s\n' "$pid zxctl_work, handle $event, rights dtsai" \
	"$pid zxctl_work, handle $waited, rights a" | sort)
observers 3
thread $thread of $pid zxctl_work, for SIGNALED|USER0
watch, for USER1
port $port_koid, for SIGNALED
END
json object_event_json ".[0] | [.koid, .type, .signals, .handles, .observers, .hidden_handles,
	.hidden_observers, .bytes >= 64, (.holders | map(.value) | sort)] ==
	[$event_koid, \"event\", [], 2, 3, 0, 0, true, ([$((event)), $((waited))] | sort)]" \
	zxctl -j object "$event_koid"
json object_waiters_json ".[0].waiters | map([.kind, .pid, .tid, .name, .signals, .port]) | sort ==
	[[\"port\", null, null, null, [\"SIGNALED\"], $port_koid],
	 [\"thread\", $pid, $thread, \"zxctl_work\", [\"SIGNALED\", \"USER0\"], null],
	 [\"watch\", null, null, null, [\"USER1\"], null]]" zxctl -j object "$event_koid"

same object_of_a_caller zxctl object "$far" <<END
channel $far
signals WRITABLE
queued 0 of 1048576 bytes
charged N bytes to root
handles 1
$child $child_name, handle $child_handle, rights trwsSai
observers 1
call of thread $child of $child $child_name
peer $near
signals READABLE|WRITABLE
queued 96 of 1048576 bytes
$pid zxctl_work, handle $channel, rights trwsSai
END

same object_in_a_message zxctl object "$inside" <<END
channel $inside
signals WRITABLE
queued 0 of 1048576 bytes
charged N bytes to root
handles 1
in a message that is queued at $queue1_koid, which is held by
$pid zxctl_work, handle $queue1, rights trwsSai
observers 0
peer $sent_koid
signals WRITABLE
queued 0 of 1048576 bytes
$pid zxctl_work, handle $sent, rights trwsSai
END
json object_in_a_message_json ".[0].peer | [.koid, .hidden_handles, .queue, .in_queue.koid,
	.in_queue.holders[0].value] == [$inside, 0, $queue1_koid, $queue1_koid, $((queue1))]" \
	zxctl -j object "$sent_koid"

same object_full zxctl object "$fifo1_koid" <<END
fifo $fifo1_koid
signals READABLE|WRITABLE
queued 8 of 8 elements
charged N bytes to root
handles 1
$pid zxctl_work, handle $fifo1, rights dtrwsSai
observers 0
peer $fifo0_koid
signals -
queued 0 of 8 elements
$pid zxctl_work, handle $fifo0, rights dtrwsSai
END

same object_in_a_file zxctl object "$file" <<END
socket $file
signals WRITABLE
queued 0 of 262144 bytes
charged N bytes to root
handles 1
a file of root, rights dtrwgpsSaiM
descriptor $fd of $pid zxctl_work
observers 0
peer $socket_koid
signals WRITABLE
queued 0 of 262144 bytes
$pid zxctl_work, handle $socket, rights dtrwgpsSaiM
END
json object_in_a_file_json ".[0] | [.holders[0].holder, .descriptors] ==
	[\"file\", [{pid: $pid, fd: $fd, name: \"zxctl_work\"}]]" zxctl -j object "$file"

same tree zxctl tree <<END
$pid zxctl_work
-> $child $child_name (channel $near/$far)
-> file (socket $socket_koid/$file)
$child $child_name
-> $pid zxctl_work (channel $far/$near)
END
json tree_json "map([.pid, (.reaches | map([.pid, .holder, (.through | map(.type, .koid, .related_koid))]))]) ==
	[[$pid, [[$child, null, [\"channel\", $near, $far]],
		 [null, \"file\", [\"socket\", $socket_koid, $file]]]],
	 [$child, [[$pid, null, [\"channel\", $far, $near]]]]]" zxctl -j tree
same tree_dot zxctl tree --dot <<END
graph zircon {
	p$koid [label="zxctl_work\n$pid"];
	p$koid -- p$child_koid [label="channel $near/$far"];
	f$socket_koid [label=file shape=note];
	p$koid -- f$socket_koid [label="socket $socket_koid/$file"];
	p$child_koid [label="\"a, 1 b\\\\\"\\\\x1b[2J\\\\xff\"\n$child"];
}
END

# Ten processes have the peer of an endpoint; one of them has the peers of five more. Eight are
# named, and four of the pairs.
mkfifo /tmp/zxctl.in3
"$work" crowd 10 </tmp/zxctl.in3 >/tmp/zxctl.crowd &
crowd_job=$!
exec 4>/tmp/zxctl.in3
eventually grep -q crowd_far= /tmp/zxctl.crowd
crowd_pid='' crowd_near='' crowd_far=''
# shellcheck source=/dev/null
. /tmp/zxctl.crowd
crowd_koid=$(zxctl -j ps | "$jq" ".[] | select(.pid == $crowd_pid) | .koid")
json handles_json_of_a_crowd "map(select(.koid == $crowd_near)) | length == 3 and
	all(.[]; (.peer_holders | map(.pid) | unique | length) == 8 and .more_peer_holders == 2)" \
	zxctl -j handles "$crowd_pid"
zxctl handles "$crowd_pid" >$said
names='\([1-9][0-9]* zxctl_work, \)\{8\}and 2 more'
[ "$(grep -c "  eventpair  *$crowd_near  .*  $crowd_far  $names$" $said)" = 3 ]
result $? handles_of_a_crowd
json tree_json_of_a_crowd "(.[] | select(.pid == $crowd_pid) | .reaches |
	(map(.through | length) | sort == [1, 1, 1, 1, 1, 1, 1, 1, 6]) and .[8] ==
	{more: 2, through: [{type: \"eventpair\", koid: $crowd_near, related_koid: $crowd_far}]}) and
	(map(select(.reaches[0].pid == $crowd_pid)) | length == 10)" zxctl -j tree
zxctl tree >$said
pair='eventpair [1-9][0-9]*\/[1-9][0-9]*'
[ "$(grep -c "^    -> [1-9][0-9]* zxctl_work (eventpair $crowd_near/$crowd_far)$" $said)" = 7 ] &&
	grep -q "^    -> [1-9][0-9]* zxctl_work (\($pair, \)\{4\}and 2 more)$" $said &&
	grep -qx "    -> 2 more (eventpair $crowd_near/$crowd_far)" $said
result $? tree_of_a_crowd
zxctl tree --dot >$said
grep -q "^	m${crowd_koid}_$crowd_near \[label=\"2 more\" shape=note\];$" $said &&
	grep -q "^	p$crowd_koid -- m${crowd_koid}_$crowd_near \[label=\"eventpair $crowd_near/$crowd_far\"\];$" $said
result $? tree_dot_of_a_crowd
exec 4>&-
wait $crowd_job

# Endpoints in 100 messages, one in the queue of the next
mkfifo /tmp/zxctl.in4
"$work" nest 100 </tmp/zxctl.in4 >/tmp/zxctl.nest &
nest_job=$!
exec 4>/tmp/zxctl.in4
eventually grep -q nest_inside= /tmp/zxctl.nest
nest_pid='' nest_root='' nest_inside=''
# shellcheck source=/dev/null
. /tmp/zxctl.nest
json object_in_many_messages_json "[.[0] | recurse(.in_queue; . != null)] | length == 101 and
	.[100].koid == $nest_root and (.[100].holders | map(.pid) == [$nest_pid])" \
	zxctl -j object "$nest_inside"
zxctl object "$nest_inside" >$said
[ "$(grep -c '^        .*in a message that is queued at ' $said)" = 100 ] &&
	grep -q "^ *in a message that is queued at $nest_root, which is held by$" $said &&
	grep -q "^                $nest_pid zxctl_work, handle 0x" $said
result $? object_in_many_messages
exec 4>&-
wait $nest_job

json limits_json '.[0] | .uid == 0 and .user_ns == 4026531837 and .used > 4096 and
	.limit >= 67108864 and .own_limit == null' zxctl -j limits
limit=$("$jq" '.[0].limit' $said)
used=$("$jq" '.[0].used' $said)
same limits zxctl limits <<END
USER  NAMESPACE  USED  LIMIT  USE%  OWN
root  -  $used  $limit  0  -
END
zxctl limits set root 512M
json limits_set '.[0] | .limit == 536870912 and .own_limit' zxctl -j limits
same limits_own zxctl limits <<END
USER  NAMESPACE  USED  LIMIT  USE%  OWN
root  -  $used  536870912  0  own
END
zxctl limits set 0 default
json limits_default ".[0].limit == $limit and .[0].own_limit == null" zxctl -j limits
refused limits_too_small 1 "a limit is at least 65536 bytes, and less than 2^63" zxctl limits set 0 65535
refused limits_no_account 1 "the user of that namespace has no account" \
	zxctl limits set 0 1M --user-ns 77

same another_user_sees_nothing as 1000 "$here/zxctl" ps <<END
PID  KOID  USER  HANDLES  NAME
END
mkfifo /tmp/zxctl.in2
"$work" as 1000 "$work" hold </tmp/zxctl.in2 >/tmp/zxctl.world2 &
other=$!
exec 4>/tmp/zxctl.in2
eventually grep -q file= /tmp/zxctl.world2
json another_user_sees_its_own "[.[] | .uid] == [1000, 1000] and .[0].pid == $other" \
	as 1000 "$here/zxctl" -j ps
json root_sees_all "map(.uid) | sort == [0, 0, 1000, 1000]" zxctl -j ps
json another_user_sees_its_account "map(.uid) == [1000]" as 1000 "$here/zxctl" -j limits
exec 4>&-
wait $other
refused object_is_a_process 1 \
	"no handle to process $pid is visible to you; see zxctl handles $pid" zxctl object "$koid"
refused another_user_sees_no_object 1 \
	"there is no object $near, or no handle to it is visible to you" \
	as 1000 "$here/zxctl" object "$near"
refused another_user_sees_no_process 1 \
	"process $pid has not opened the device, does not exist, or is not yours" \
	as 1000 "$here/zxctl" handles "$pid"
refused another_user_sets_no_limit 1 "setting a limit needs CAP_SYS_ADMIN" \
	as 1000 "$here/zxctl" limits set 1000 1G
refused another_user_watches_no_events 1 \
	"this needs root (CAP_SYS_ADMIN in the initial user namespace)" as 1000 "$here/zxctl" monitor

zxctl top -n 2 -d 1 >$said 2>&1 && [ "$(grep -c "^ *$fifo1_koid  fifo  *8  *8  *100  *0  root$" $said)" = 2 ] &&
	[ "$(grep -c "^ *$pid  *$koid  root  *10  zxctl_work$" $said)" = 2 ] &&
	[ "$(grep -c '^root  ' $said)" = 2 ] && ! grep -q "$(printf '\033')" $said
result $? top
json top_json "[.accounts[0].uid, .objects[0].koid, (.objects | map(.queued > 0) | all),
	.processes[0].pid] == [0, $fifo1_koid, true, $pid]" zxctl -j top -n 1

# Signals that end it give the terminal back; this one would leave the shell's top running.
"$here/zxctl" top -d 3600 >$said.out &
top=$!
eventually grep -q "^ *$fifo1_koid  fifo" $said.out
kill -QUIT $top
eventually ended $top || kill -KILL $top
wait $top
result $? top_ends_after_sigquit

# A monitor reports what happens after it has begun.
events_came() {
	"$work" fill 1 >/tmp/zxctl.fill || return
	# shellcheck source=/dev/null
	. /tmp/zxctl.fill
	sleep 0.2
	grep -q "process_end.*pid $fill_pid " /tmp/zxctl.events &&
		grep -q "process_end.*\"pid\":$fill_pid," /tmp/zxctl.json && full_came
}
full_came() {
	grep -q " full koid $full " /tmp/zxctl.events && grep -q "\"koid\":$full," /tmp/zxctl.json
}
limits_came() {
	events_came && grep -q " full koid $full " /tmp/zxctl.limits
}
# monitor COMMAND...: starts two, one with JSON
monitor() {
	"$@" monitor >/tmp/zxctl.events 2>/tmp/zxctl.ended &
	monitors=$!
	"$@" -j monitor >/tmp/zxctl.json 2>/tmp/zxctl.ended2 &
	monitors="$monitors $!"
	eventually events_came
}
end_monitors() {
	# shellcheck disable=SC2086
	kill $monitors
	# shellcheck disable=SC2086
	wait $monitors 2>/dev/null
}
fill_pid='' full='' full_peer=''
"$here/zxctl" monitor limits >/tmp/zxctl.limits &
limits=$!
monitor "$here/zxctl"
eventually limits_came
# Events of two groups have no order.
events() {
	sed -n "s/^[-0-9]*T[0-9:]*\.[0-9]* //
		s/ pid $fill_pid koid [0-9]*/ pid $fill_pid/p
		/^full koid $full /p" "$@" | sort
}
same monitor events /tmp/zxctl.events <<END
full koid $full type fifo related_koid $full_peer queued 8 queued_max 8 user root user_ns 4026531837
process_end pid $fill_pid name zxctl_work user root user_ns 4026531837
process_new pid $fill_pid name zxctl_work user root user_ns 4026531837
END
same monitor_of_one_group events /tmp/zxctl.limits <<END
full koid $full type fifo related_koid $full_peer queued 8 queued_max 8 user root user_ns 4026531837
END
json monitor_json "[inputs, .] | map(select(.pid == $fill_pid or .koid == $full)) |
	map([.event, .uid, .queued, .type, .time[10:11]]) | sort ==
	[[\"full\", 0, 8, \"fifo\", \"T\"], [\"process_end\", 0, null, null, \"T\"],
	 [\"process_new\", 0, null, null, \"T\"]]" cat /tmp/zxctl.json
monitors="$monitors $limits"
end_monitors

# One that is stopped cannot receive what others do, and says so when it goes on. The kernel counts
# more than 512 bytes for each event, so two for each of 40 processes do not fit into its buffer:
# that has twice rmem_max, since it may not have more.
rmem_max=$(cat /proc/sys/net/core/rmem_max)
echo 8192 >/proc/sys/net/core/rmem_max
monitor "$work" drop "$here/zxctl"
stopped() {
	for one in $monitors; do
		grep -q '^State:.*T' "/proc/$one/status" || return
	done
}
loss_came() {
	grep -q '^[^ ]* lost: events of the group processes came faster than they were printed$' \
		/tmp/zxctl.events &&
		grep -q '^{"time":"[^"]*","event":"lost","group":"processes"}$' /tmp/zxctl.json
}
# shellcheck disable=SC2086
kill -STOP $monitors
eventually stopped
"$work" come 40
"$work" fill 1 >/tmp/zxctl.fill
# shellcheck source=/dev/null
. /tmp/zxctl.fill
# shellcheck disable=SC2086
kill -CONT $monitors
eventually loss_came
result $? monitor_says_that_events_were_lost
eventually full_came && ! grep -q 'lost.*limits' /tmp/zxctl.events /tmp/zxctl.json
result $? monitor_loses_none_of_the_other_group
eventually events_came
result $? monitor_goes_on_after_a_loss
end_monitors
echo "$rmem_max" >/proc/sys/net/core/rmem_max

refused unknown_process 1 "process 4194304 has not opened the device, does not exist, or is not yours" \
	zxctl handles 4194304
refused unknown_object 1 "there is no object 1000000000, or no handle to it is visible to you" \
	zxctl object 1000000000
refused koid_too_large 2 \
	"18446744073709551616 is no koid: it has to be from 1 to 18446744073709551615" \
	zxctl object 18446744073709551616
refused koid_zero 2 "0 is no koid: it has to be from 1 to 18446744073709551615" zxctl object 0
refused pid_not_decimal 2 "0x1 is no process id: it has to be a decimal number" zxctl handles 0x1
refused pid_negative 2 "-1 is no process id: it has to be a decimal number" zxctl handles -- -1
refused bytes_no_number 2 "1X is no limit: use bytes, perhaps with K, M, G or T, or default" zxctl limits set 0 1X
refused bytes_too_many 2 "9223372036854775807K is too large for a limit" \
	zxctl limits set 0 9223372036854775807K
refused unknown_user 2 "there is no user nemo" zxctl limits set nemo 1G
refused no_command 2 "no command is given" zxctl
refused unknown_command 2 'there is no command \x1b[2J' zxctl "$(printf '\033[2J')"
refused argument_missing 2 "an argument is missing: zxctl object KOID" zxctl object
refused unknown_group 2 "all is no group of events: use processes or limits" zxctl monitor all
refused argument_too_many 2 "x is one argument too many: zxctl ps" zxctl ps x
refused option_of_another_command 2 \
	"an option does not belong to this command: zxctl ps" zxctl ps --dot
[ ! -e /dev/full ] || refused disk_full 1 "the output cannot be written: No space left on device" \
	sh -c "'$here/zxctl' ps >/dev/full"

# Only the end of the child closes its endpoint.
kill "$child"
closed() {
	zxctl object "$near" | grep -q PEER_CLOSED
}
eventually closed
same object_without_peer zxctl object "$near" <<END
channel $near
signals READABLE|PEER_CLOSED
queued 96 of 1048576 bytes
charged N bytes to root
handles 1
$pid zxctl_work, handle $channel, rights trwsSai
observers 0
peer $far
closed
END

exec 3>&-
wait
monitor "$here/zxctl"
gone() {
	rmmod zircon 2>/dev/null
}
eventually gone
for one in $monitors; do
	eventually ended "$one" || kill "$one"
	wait "$one"
	echo "status $?" >>/tmp/zxctl.ended
done
same monitor_ends_with_the_module cat /tmp/zxctl.ended /tmp/zxctl.ended2 <<END
zxctl: the module zircon was unloaded
status 1
status 1
zxctl: the module zircon was unloaded
END
refused no_module 1 "the module zircon is not loaded, or is older than zxctl" zxctl ps
insmod /zircon.ko
exit $failed
