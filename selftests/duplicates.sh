#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A group bounds the copies of one packet: the more important filters have
# theirs, by priority, then age; what the others lack is counted everywhere.
# Who listens learns of it.
#
#   target == big packets == router -- server
#                              || ESP
#                          mediation: ports 8001, 8002, ...
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl ethtool jq python3 socat tcpdump
setup_topology
topology_fix_neighbours
setup_module
sink 9
in_router dfcctl group add id 1 duplicates-max 3
in_router dfcctl group add id 2 duplicates-max 1
in_router dfcctl group add id 3
ip netns exec "$ROUTER" dfcctl -j monitor >"$TMP/events" 2>&1 &
defer kill "$!"

# The second one is known from before.
ping_twice()
{
	in_target ping -q -c 2 -i 0.2 198.51.100.2 >/dev/null
}

# drops OBJECT ID: how many duplicates it has dropped, and their bytes
drops()
{
	in_router dfcctl -j "$1" show "$2" | jq -r '(.filters // .destinations)[0] |
		"\(.drops.duplicate // 0) " +
		"\(."drop-bytes".duplicate // 0)"'
}

# copied DESCRIPTION PORT...: where copies of two packets go, in order
copied()
{
	capture_start copies "$MEDIATION" router -Q in udp
	ping_twice
	wait_for is_through || true
	wait_for captured copies $((2 * ($# - 1))) \
		'udp and dst 203.0.113.2' || true
	capture_stop copies
	check_equal "$1" "$(printf '%s\n' "${@:2}" "${@:2}" | sort)" \
		"$(tcpdump -n -t -r "$TMP/copies.pcap" 'udp and dst 203.0.113.2' \
		2>/dev/null | sed -n 's/.*203\.0\.113\.2\.\(80[0-9]*\): .*/\1/p' |
		sort)"
}

is_through()
{
	[ "$(counter statistics copies)" -eq $((
		$(counter statistics sent-packets) +
		$(counter statistics dropped-packets))) ]
}

tap 1 from 192.0.2.2 group 1 priority 20
tap 2 from 192.0.2.2 group 1 priority 10
tap 3 from 192.0.2.0/24 group 1 priority 20
tap 4 from 192.0.2.0/28 group 1 priority 30
tap 5 from 192.0.2.2 group 2 priority 99
tap 6 from 192.0.2.2 priority 50
tap 7 from 192.0.2.2 group 3 priority 98
copied "three of a group by priority, then age; others as they may" \
	8001 8002 8003 8005 8006 8007
check_equal "counted for the filter" "2 168" "$(drops filter 4)"
check_equal "counted for the destination" "2 168" "$(drops destination 4)"
check_equal "counted for the namespace" "2 168" \
	"$(in_router dfcctl -j statistics | jq -r '.statistics |
		"\(.drops.duplicate) \(."drop-bytes".duplicate)"')"
check_equal "not for others" "0 0" "$(drops filter 3)"

in_router dfcctl destination add id 8 address 203.0.113.2 port 8008
in_router dfcctl destination add id 9 address 203.0.113.2 port 8009
in_router dfcctl filter add id 8 from 192.0.2.2 group 1 priority 15 \
	destination 8,9
copied "one that has two destinations makes two" \
	8002 8005 8006 8007 8008 8009
in_router dfcctl filter delete 2
in_router dfcctl filter add id 2 from 192.0.2.2 group 1 priority 0 \
	destination 2,1
copied "it ends within a filter" 8001 8002 8005 8006 8007 8008
check_equal "which has dropped the rest" "2 168" "$(drops filter 8)"

in_router dfcctl group set id 1 duplicates-max 1
copied "the limit changes" 8002 8005 8006 8007
in_router dfcctl group set id 1
copied "what is left out goes back to its default" \
	8001 8001 8002 8003 8004 8005 8006 8007 8008 8009
in_router dfcctl group set id 1 duplicates-max 2
check_equal "it is told" 2 "$(in_router dfcctl -j group show 1 |
	jq '.groups[0]."duplicates-max"')"
copied "and the new limit holds" 8001 8002 8005 8006 8007

told()
{
	some_json '.event == "copies-dropped" and .destination.id == 4 and
		.destination.drops.duplicate > 0' "$TMP/events"
}
check "listeners are told" wait_for told

# Each packet of a merged one has the same outcome.
ip netns exec "$TARGET" ethtool -K router rx on tx on tso on gso on >/dev/null
ip netns exec "$ROUTER" ethtool -K target rx on tx on tso on gso on >/dev/null
ip netns exec "$SERVER" socat -u UDP6-RECV:9,ipv6only=0 OPEN:/dev/null &
defer kill "$!"
wait_for lab_listens "$SERVER" -lu 9
in_router dfcctl filter flush
in_router dfcctl filter add id 1 from 192.0.2.2 protocol udp group 1 \
	priority 1 destination 1
in_router dfcctl filter add id 2 from 192.0.2.2 protocol udp group 1 \
	priority 2 destination 2,3,4
in_target "$selftests/gso.py" segments 198.51.100.2 9 1000 8000
wait_for is_through || true
in_router dfcctl -j filter show 1 2 >"$TMP/merged"
check "merged packets were taken apart" \
	some_json '.filters[0]."matched-packets" > 4' "$TMP/merged"
check "the first filter has all of them" \
	some_json '.filters[0] | ."sent-packets" == ."matched-packets"' \
	"$TMP/merged"
check "the second has one copy of each, and lacks two" \
	some_json '.filters[1] | ."sent-packets" == ."matched-packets" and
		.drops.duplicate == 2 * ."matched-packets"' "$TMP/merged"
