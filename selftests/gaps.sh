#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Copies with numbers, from the router to dfcrecv: what is lost on the way is
# known, to the packet; what begins anew is no loss; and Wireshark reads them.
#
#   target -- router -- server
#               || ESP
#           mediation: dfcrecv, with a firewall that loses copies
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq nft taskset tcpdump tshark
setup_topology
topology_fix_neighbours
setup_module

# Every tenth copy, the fifth first, so that the last one of fifty comes.
ip netns exec "$MEDIATION" nft -f - <<'EOF'
table inet lossy {
	chain input {
		type filter hook input priority 0
		udp dport 7891 numgen inc mod 10 == 4 counter drop
	}
}
EOF
declare -A receiver=()
# Of a receiver that the test did not come to stop.
finish()
{
	[ -z "${receiver[$1]-}" ] || kill "${receiver[$1]}"
}
capture_start copies "$MEDIATION" router udp portrange 7890-7891
for port in 7890 7891; do
	ip netns exec "$MEDIATION" dfcrecv --format dfc -l "$port" -j \
		-w "$TMP/$port.pcapng" >"$TMP/$port.json" 2>/dev/null &
	receiver[$port]=$!
	defer finish "$port"
	wait_for lab_listens "$MEDIATION" -lu "$port"
done

in_router dfcctl destination add id 1 address 203.0.113.2 port 7890 format dfc
in_router dfcctl destination add id 2 address 2001:db8:3::2 port 7891 \
	format dfc
tap4()
{
	in_router dfcctl filter add id 4 from 192.0.2.2 protocol icmp \
		destination 1 destination 2
}
tap4
in_router dfcctl filter add id 6 from 2001:db8:1::2 protocol icmpv6 \
	icmp-type 128 intercept-id 5 session-id 7 destination 1 destination 2

# On one processor: on several, packets overtake each other.
in_target taskset -c 0 ping -q -c 50 -i 0.01 198.51.100.2 >/dev/null
in_target taskset -c 0 ping -q -c 50 -i 0.01 2001:db8:2::2 >/dev/null

# lines PORT COUNT: whether so many copies have been shown
lines()
{
	[ "$(jq -c 'select(.number)' "$TMP/$1.json" | wc -l)" -ge "$2" ]
}
check "all copies arrive where nothing is lost" wait_for lines 7890 100
check "nine of ten arrive where one is lost" wait_for lines 7891 90
check_equal "none came before it was matched" "" \
	"$(jq -r 'select(.number and .time > .received) | .number' \
		"$TMP/7890.json")"

in_router dfcctl filter delete 4
tap4
in_target taskset -c 0 ping -q -c 3 -i 0.01 198.51.100.2 >/dev/null
check "a filter may go and come again" wait_for lines 7890 103
check "its copies arrive" wait_for lines 7891 93
capture_stop copies

for port in 7890 7891; do
	kill -TERM "${receiver[$port]}"
	wait "${receiver[$port]}" || true
	unset "receiver[$port]"
done

# criteria PORT: those of the summary, one a line
criteria()
{
	jq -r '.summary.criteria // empty | .[] | [."filter-id",
		."intercept-id", .packets, .lost, ."out-of-order", .duplicates,
		.restarts, .malformed] | map(tostring) | join(" ")' \
		"$TMP/$1.json" | sort
}
check_equal "nothing is missing, one filter began anew" \
"4 null 53 0 0 0 1 0
6 5 50 0 0 0 0 0" "$(criteria 7890)"
check_equal "what was lost on the way is known" \
"4 null 48 5 0 0 1 0
6 5 45 5 0 0 0 0" "$(criteria 7891)"

lua=$selftests/../Documentation/wireshark/dfc.lua
[ -e "$lua" ] || lua=$(dirname "$(type -P dfcrecv)")/../share/dfc/dfc.lua
dissect()
{
	tshark -n -X lua_script:"$lua" -r "$TMP/copies.pcap" "$@" 2>/dev/null
}
check_equal "the dissector counts the same" \
	"106 4 100 6" "$(dissect -Y dfc -T fields -e dfc.filter | sort |
		uniq -c | xargs)"
check_equal "and misses nothing on the wire" "" "$(dissect -Y dfc.gap)"
check_equal "it sees the new beginning at both destinations" 2 \
	"$(dissect -Y dfc.restart | wc -l)"
check_equal "ids are where they shall be" "0 0 5 7" \
	"$(dissect -Y dfc -T fields -e dfc.intercept -e dfc.session |
		sort -u | xargs)"
