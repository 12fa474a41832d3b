# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# TAP for shell tests. Source it, "check NAME COMMAND..." as often as needed, then "tap_done".
# The output of a command that fails is shown as diagnostics.

tap_count=0
tap_failed=0

ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

# not_ok NAME [FILE]: FILE is shown
not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	[ $# -lt 2 ] || head -n 60 "$2" | sed 's/^/# /'
}

# skip NAME REASON
skip() {
	ok "$1 # SKIP $2"
}

check() {
	local name=$1 log
	shift
	log=$(mktemp)
	if "$@" > "$log" 2>&1 < /dev/null; then
		ok "$name"
	else
		not_ok "$name" "$log"
	fi
	rm -f "$log"
}

tap_done() {
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ]
}
