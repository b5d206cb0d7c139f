#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Messages of the netlink family that nobody means: every command, good, nearly
# good and broken, over several sockets that come and go, made from
# Documentation/netlink/dfc.yaml (kfuzz/netlink_fuzz), while broken packets pass.
# All that is refused must be with a sentence, all that is said well-formed, and
# nothing left in the end. Variables: FUZZ_SECONDS (10), SEED of the messages;
# COUNT of them instead of a time; FIRST of them.
#
#   target -- router -- server
#               || ESP
#           mediation
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

programs=$(dirname "$0")
[ -x "$programs/netlink_fuzz" ] ||
	programs=${DFC_BUILD:-$(dirname "$0")/../build}/selftests
[ -x "$programs/netlink_fuzz" ] || skip "netlink_fuzz has not been built"
need dfcctl jq python3
setup_topology
topology_fix_neighbours
setup_module

seconds=${FUZZ_SECONDS:-10}
seed=${SEED:-$((16#$(topology_random 4)))}
declare -a repeat=()
[ -z "${COUNT-}" ] || repeat+=(-c "$COUNT")
[ -z "${FIRST-}" ] || repeat+=(-n "$FIRST")
note "SEED=$seed"

per_cpu()
{
	awk '/^Percpu:/ { print $2 }' /proc/meminfo
}

run()
{
	in_router "$programs/netlink_fuzz" -s "$1" "${@:2}" \
		>"$TMP/fuzz.log" 2>&1 || {
		cat "$TMP/fuzz.log"
		return 1
	}
}

/usr/bin/python3 -B "$selftests/key/frames.py" "$TMP" >/dev/null
# Some packets, all the time, for as long as it takes.
ip netns exec "$TARGET" "$programs/frames_fuzz" -s "$seed" -t 1000000 -p 200000 \
	router "$(topology_address_of "$ROUTER" target)" "$TMP"/*.pcap \
	>/dev/null &
packets=$!
defer kill "$packets"

# What the kernel keeps for later it has after that.
check "the first 300 messages do no harm" run 1 -c 300 -t 600
before=$(per_cpu)
check "messages do no harm" run "$seed" -t "$seconds" "${repeat[@]}"
note "$(<"$TMP/fuzz.log")"
few()
{
	awk '/^[0-9]+ messages / { seen = 1 } /^DFC_CMD_/ && !$2 { print $1 }
		END { if (!seen) print "no summary" }' "$TMP/fuzz.log"
}
[ "$seconds" -lt 10 ] || [ ${#repeat[@]} -gt 0 ] ||
	check_equal "every command was carried out at times" "" "$(few)"
check "packets pass all the while" kill -0 "$packets"

memory_back()
{
	[ "$(per_cpu)" -le $((before + 256)) ]
}
check "per-CPU memory comes back ($before KiB)" \
	wait_for memory_back
check "the module does what it did" destination
check_equal "and has nothing else" "0 1 0" "$(in_router dfcctl -j statistics |
	jq -r '[.. | objects | select(has("seen-packets")) |
		"\(.filters) \(.destinations) \(.groups)"][0]')"
