# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
#
# For tests that stress the module while packets are forwarded; they source
# lib.sh and packets-lib.sh before. stress/ is a program that does what a shell
# is too slow for.
#
#   target -- router -- server: each packet between these must arrive
#   target == side == router: a second link, which may come and go
#               || ESP
#           mediation: takes copies, and counts them
#
# STRESS_SECONDS says how long each stress takes (5).
#
# setup_stress              all that is drawn above, and the module
# flow_start [SIZE [ADDRESS...]]   packets go to server and back from now on
# flow_stop DESCRIPTION     checks that none of them got lost
# stress COMMAND...         runs COMMAND again and again, for STRESS_SECONDS
# stress_test ARGUMENT...   the program in the router; its results are ours
# side_up                   makes the second link
# all_gone                  whether the module has nothing in the router

STRESS_SECONDS=${STRESS_SECONDS:-5}
stress_program=${DFC_BUILD:-$selftests/../build}/selftests/stress_test
[ ! -x "$selftests/stress_test" ] || stress_program=$selftests/stress_test
declare -a flow_pids=()
stress_pid=

side_up()
{
	ip link add side netns "$ROUTER" type veth peer name side \
		netns "$TARGET" &&
	ip -n "$ROUTER" -batch - <<-END &&
		address add 192.0.2.130/30 dev side
		link set side up
	END
	ip -n "$TARGET" -batch - <<-END
		address add 192.0.2.129/30 dev side
		link set side up
	END
}

# stress_process NAMESPACE ARGUMENT...: the program, in the background
stress_process()
{
	ip netns exec "$1" "$stress_program" "${@:2}" >"$TMP/$2-${3-}" &
	stress_pid=$!
	defer stress_end "$stress_pid"
}

# stress_end PID
stress_end()
{
	kill "$1" 2>/dev/null || true
}

setup_stress()
{
	[ -x "$stress_program" ] || skip "stress_test has not been built"
	need dfcctl ip jq ss
	[ ! -e /sys/module/dfc ] || skip "dfc is loaded; it must be unloaded"
	setup_topology
	topology_fix_neighbours
	setup_module
	side_up
	stress_process "$SERVER" echo 7
	stress_process "$MEDIATION" sink 7890
	wait_for lab_listens "$SERVER" -lu 7
	wait_for lab_listens "$MEDIATION" -lu 7890
	# So that something comes by the second link, whenever it is there.
	stress_process "$TARGET" noise 192.0.2.130 9 200
}

flow_start()
{
	local size=${1-1400} address

	[ $# -ge 2 ] || set -- "$size" 198.51.100.2 2001:db8:2::2
	flow_pids=()
	rm -f "$TMP"/flow-*
	for address in "${@:2}"; do
		ip netns exec "$TARGET" "$stress_program" flow "$address" 7 \
			"$size" >"$TMP/flow-$address" &
		flow_pids+=($!)
		defer stress_end "$!"
	done
}

# A process that has ended cannot be told to: it has said why.
flow_stop()
{
	local pid status=0

	for pid in "${flow_pids[@]}"; do
		kill -TERM "$pid" || true
		wait "$pid" || status=$?
	done
	check_equal "$1: each packet that was sent has arrived" 0 "$status"
	note "packets: $(cat "$TMP"/flow-* | tr '\n' ' ')"
}

stress()
{
	local end=$((SECONDS + STRESS_SECONDS)) rounds=0

	while :; do
		"$@" || return
		rounds=$((rounds + 1))
		[ "$SECONDS" -lt "$end" ] || break
	done
	note "$rounds times: $*"
}

stress_test()
{
	local line planned='' made=0

	while IFS= read -r line; do
		case $line in
		"ok "*) pass "${line#* - }"; made=$((made + 1)) ;;
		"not ok "*) fail "${line#* - }"; made=$((made + 1)) ;;
		1..*) planned=${line#1..} ;;
		"#"*) echo "$line" ;;
		esac
	# Not by ip netns exec, which hides what the debug kernel has in /sys.
	done < <(nsenter --net="/run/netns/$ROUTER" "$stress_program" "$@")
	check_equal "stress_test $1 has come to its end" "$planned" "$made"
}

all_gone()
{
	in_router dfcctl -j statistics | some_json \
		'[.. | objects | .filters?, .destinations?, .groups?, .masks? |
		  numbers] | length > 2 and add == 0'
}

matching()
{
	[ "$(counter statistics matched-packets)" -gt "${1-0}" ]
}

# What was due has become something.
accounted()
{
	[ "$(counter statistics copies)" -eq \
		$(($(counter statistics sent-packets) +
		   $(counter statistics dropped-packets))) ]
}
