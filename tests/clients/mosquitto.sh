#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every behaviour, or those in $BEHAVIOURS with commas between, with mosquitto_pub and
# mosquitto_sub: mosquitto.sh VERSION HOST PORT [OPTION...]
set -u
version=$1
where=(-V "$version" -h "$2" -p "$3" "${@:4}")
failed=0
fd='' pid=''
trap '[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null' EXIT

fail()
{
	echo "# $*" >&2
	return 1
}

# Start a subscriber and return once it has its SUBACK.
watch()
{
	exec {fd}< <(exec stdbuf -oL mosquitto_sub "${where[@]}" -d \
		-F 'MSG %q %r %t %p' "$@" 2>&1)
	pid=$!
	local line
	while read -r -t 60 -u "$fd" line; do
		[[ $line == Subscribed* ]] && return 0
	done
	fail "no SUBACK"
}

# The next message must be this one: QOS RETAIN TOPIC PAYLOAD.
expect()
{
	local line
	while read -r -t 60 -u "$fd" line; do
		[[ $line == MSG* ]] || continue
		[[ $line == "MSG $*" ]] && return 0
		fail "got '${line:0:200}', want 'MSG $*'"
		return 1
	done
	fail "no message, want 'MSG $*'"
}

unwatch()
{
	kill "$pid" 2>/dev/null
	exec {fd}<&-
	wait "$pid" 2>/dev/null
	pid=''
	return 0
}

pub()
{
	mosquitto_pub "${where[@]}" "$@"
}

exchange()
{
	local n
	watch -t 'x/+' -q "$1" -i mosq-sub || return
	pub -t x/first -m 'a single one' -q "$1" || return
	expect "$1 0 x/first a single one" || return
	# With the first of a topic delivered, the rest may be forwarded.
	pub -t x/many -m 0 -q "$1" || return
	expect "$1 0 x/many 0" || return
	seq 1 100 | pub -l -t x/many -q "$1" || return
	for n in $(seq 1 100); do
		expect "$1 0 x/many $n" || return
	done
	unwatch
}

retained()
{
	pub -t r/kept -m kept -q 1 -r && pub -t r/gone -m gone -q 1 -r &&
		pub -t r/gone -n -q 1 -r || return
	watch -t 'r/#' -q 1 || return
	expect 1 1 r/kept kept || return
	pub -t r/kept -m live -q 1 -r || return
	expect 1 0 r/kept live || return
	pub -t r/kept -n -q 1 -r || return
	expect 1 0 r/kept || return
	unwatch
}

will()
{
	local qos dying dying_fd watcher watcher_fd
	watch -t 'will/#' -q 2 || return
	watcher=$pid watcher_fd=$fd
	for qos in 0 1 2; do
		watch -t none --will-topic will/w --will-payload "gone $qos" \
			--will-qos "$qos" || return
		kill -9 "$pid"
		exec {fd}<&-
		pid=$watcher fd=$watcher_fd
		expect "$qos 0 will/w gone $qos" || return
	done
	# SIGTERM makes mosquitto_sub send DISCONNECT: no will, unless it asks for it as 5.0 can
	watch -t none --will-topic will/w --will-payload asked || return
	unwatch
	pid=$watcher fd=$watcher_fd
	[ "$version" != mqttv5 ] || expect '0 0 will/w asked' || return
	pub -t will/end -m end || return
	expect 0 0 will/end end || return
	unwatch
}

session()
{
	local n
	mosquitto_sub "${where[@]}" -i mosq-s -t s/q -q 2 -c -E || return
	seq 1 10 | pub -l -t s/q -q 1 || return
	seq 11 20 | pub -l -t s/q -q 2 || return
	mosquitto_sub "${where[@]}" -i mosq-s -t s/q -q 2 -c -C 20 -W 60 \
		>"$tmp/session" || return
	seq 1 20 | cmp - "$tmp/session" || return
	mosquitto_sub "${where[@]}" -i mosq-s -t s/q -E
}

large()
{
	local qos
	head -c 2097152 /dev/zero | tr '\0' 'x' >"$tmp/large"
	for qos in 0 1 2; do
		# a retained message is there whenever the subscriber comes
		pub -t large -f "$tmp/large" -q "$qos" -r || return
		mosquitto_sub "${where[@]}" -t large -q "$qos" -C 1 -N -W 60 |
			cmp - "$tmp/large" || return
		pub -t large -n -r -q 1 || return
	done
}

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"; [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null' EXIT

run()
{
	local name=$1
	shift
	[[ ,${BEHAVIOURS-$name}, == *",$name,"* ]] || return
	if "$@"; then
		echo "ok $name"
	else
		echo "not ok $name"
		failed=1
		[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null
		pid=''
	fi
}

run 'qos 0' exchange 0
run 'qos 1' exchange 1
run 'qos 2' exchange 2
run retained retained
run will will
run session session
run large large
exit $failed
