#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the examples of the man pages (docs/man/examples/). Each checks its own results.

cd "$(dirname "$0")/man-examples" || exit

echo "TAP version 13"
set -- *
echo "1..$#"
n=0
failed=0
for example; do
	n=$((n + 1))
	said=$(./"$example" 2>&1)
	status=$?
	echo "$said" | sed 's/^/# /'
	if [ $status = 0 ]; then
		echo "ok $n $example"
	else
		echo "not ok $n $example # status $status"
		failed=1
	fi
done
exit $failed
