#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Loads and unloads the module many times, with work in between: unloading is refused while a file
# of the module is open, and otherwise leaves nothing behind.

module=/zircon.ko
work=$(dirname "$0")/reload_work
rounds=${ROUNDS:-100}
# Growth in KiB that is tolerated; a leak in each round would be a multiple of it.
slack=2048

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

loaded() {
	[ -d /sys/module/zircon ]
}

meminfo() {
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

caches() {
	awk '/^zircon/ { print $1 }' /proc/slabinfo
	ls /sys/kernel/slab | grep '^zircon'
}

# The files of a process that has just ended may be released a moment later, by another process.
unload() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		rmmod zircon 2>/tmp/rmmod && return
		sleep 0.2
	done
	sed 's/^/# /' /tmp/rmmod
	return 1
}

# Frees memory that the kernel keeps for reuse.
settle() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	for shrink in /sys/kernel/slab/*/shrink; do
		echo 1 >"$shrink"
	done 2>/dev/null
	sleep 1
}

# One round of load, work and unload.
round() {
	insmod $module && [ -c /dev/zircon ] || return 1
	"$work" >/tmp/work 2>&1 || { sed 's/^/# /' /tmp/work; return 1; }
	unload && [ ! -e /dev/zircon ] && ! loaded
}

echo "TAP version 13"
echo "1..8"

loaded || insmod $module

for what in device export watch; do
	mkfifo /tmp/in /tmp/out
	"$work" $what </tmp/in >/tmp/out &
	exec 3>/tmp/in 4</tmp/out
	read -r said <&4
	[ "$said" = held ] && ! rmmod zircon 2>/dev/null && loaded
	result $? "unload_is_refused_while_in_use_by_$what"
	exec 3>&- 4<&-
	wait
	rm /tmp/in /tmp/out
done

# Living processes that have closed their device files do not keep rmmod from unloading the module.
mkfifo /tmp/in /tmp/out
"$work" closed </tmp/in >/tmp/out &
exec 3>/tmp/in 4</tmp/out
read -r said <&4
[ "$said" = held ] && unload && [ -z "$(caches)" ]
status=$?
exec 3>&- 4<&-
wait $! || status=1
rm /tmp/in /tmp/out
result $status "unload_forgets_processes_without_a_file"

loaded || insmod $module
"$work" >/tmp/work 2>&1
unload && [ -z "$(caches)" ]
result $? "nothing_is_left_after_unload"

# Counts the complaints about caches with objects: memory is freed only after a grace period.
complaints() {
	dmesg | grep -c 'Slab cache still has objects'
}

before=$(complaints)
insmod $module && "$work" unload && ! loaded && [ -z "$(caches)" ] &&
	[ "$(complaints)" = "$before" ]
result $? "unload_waits_for_memory_to_be_freed"

# The first rounds fill caches that stay.
for i in 1 2 3 4 5 6 7 8 9 10; do
	round || break
done

# Measures the memory that is used, then loads and unloads the module $rounds times.
all_rounds() {
	settle
	before=$(meminfo SUnreclaim)
	before_available=$(meminfo MemAvailable)
	i=0
	while [ $i -lt "$rounds" ]; do
		i=$((i + 1))
		round || { echo "# in round $i"; return 1; }
		[ $((i % 10)) -ne 0 ] || echo "# $i rounds"
	done
}

# Fails if slabs are left. Sets available, to zero unless as much memory is available as before.
slabs_are_back() {
	settle
	after=$(meminfo SUnreclaim)
	after_available=$(meminfo MemAvailable)
	echo "# unreclaimable slabs: $before KiB before, $after after"
	echo "# available: $before_available KiB before, $after_available after"
	available=$((before_available - after_available < 8 * slack))
	[ -z "$(caches)" ] && [ $((after - before)) -lt $slack ]
}

all_rounds
result $? "loads_and_unloads_${rounds}_times"

# Slabs are measured exactly. MemAvailable varies with what the kernel itself does, so less may be
# available once, but not after each of three times all rounds, as with a leak.
slabs_are_back
status=$?
for i in 2 3; do
	[ $status -eq 0 ] && [ $available -eq 0 ] || break
	all_rounds && slabs_are_back
	status=$?
done
[ $status -eq 0 ] && [ $available -eq 1 ]
result $? "memory_is_back_where_it_was"

# The module was loaded at the beginning.
insmod $module
exit $failed
