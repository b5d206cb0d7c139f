#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What a filter does besides copying: redirect copies and drops, block drops,
# both without a word to the sender and only while the filter lives. Copies may
# bear the ids of intercept and session.
#
#   target -- router -- server
#               || ESP
#           mediation: dfcrecv, and another one for numbered copies
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq socat tcpdump tshark
setup_topology
topology_fix_neighbours
setup_module
setup_receiver
destination

# send PORT: a datagram of target to the server in both families
send()
{
	echo hello | in_target socat -t 0 - "UDP4-SENDTO:198.51.100.2:$1"
	echo hello | in_target socat -t 0 - "UDP6-SENDTO:[2001:db8:2::2]:$1"
}

# through FILTER: packets that have left for the server
through()
{
	packets "$TMP/server.pcap" "$1" | wc -l
}

in_router dfcctl filter add id 1 protocol udp dest-port 53 action redirect \
	destination 1 limit-packets 4
in_router dfcctl filter add id 2 protocol udp dest-port 67 action block
in_router dfcctl filter add id 3 protocol udp dest-port 5060 \
	output server action block
in_router dfcctl filter add id 4 icmp-type 8 icmp-type 128 action block
in_router dfcctl filter add id 5 protocol udp dest-port 67 destination 1
check_equal "actions are told" "redirect block block block copy" \
	"$(in_router dfcctl -j filter | jq -r '[.filters[].action] | join(" ")')"

capture_start server "$ROUTER" server -Q out udp
capture_start target "$ROUTER" target -Q out icmp or icmp6
for port in 53 67 5060; do
	send "$port"
	send "$port"
done
check_fails "nobody answers a ping that is blocked" \
	in_target ping -q -c 2 -i 0.2 -W 1 198.51.100.2
check_fails "nobody answers a ping that is blocked, IPv6" \
	in_target ping -q -c 2 -i 0.2 -W 1 2001:db8:2::2
# Of a filter that has met its limit nothing is left, and the server answers.
send 53
check "a filter that is at its end drops nothing" \
	wait_for captured server 2 'udp dst port 53'
# The last packets have come: what was to be dropped would have come before.
send 4000
wait_for captured server 2 'udp dst port 4000'
capture_stop server
capture_stop target
settle
check_equal "what was redirected went no further" 2 \
	"$(through 'udp dst port 53')"
check_equal "what was redirected was copied" 4 \
	"$(packets "$DFC_LAB/dfcrecv.pcapng" 'udp dst port 53' | wc -l)"
check_equal "what was blocked went no further" 0 \
	"$(through 'udp dst port 67')"
check_equal "what was blocked was copied by another filter" 4 \
	"$(packets "$DFC_LAB/dfcrecv.pcapng" 'udp dst port 67' | wc -l)"
check_equal "what was blocked on its way out did not leave" 0 \
	"$(through 'udp dst port 5060')"
unreachable='(icmp[0] == 3 and icmp[28 + 2:2] != 53 and
	icmp[28 + 2:2] != 4000)'
check_equal "no ICMP error told of it" "" "$(packets "$TMP/target.pcap" \
	"$unreachable or (icmp6 and ip6[40] < 5 and ip6[90:2] != 53 and
	ip6[90:2] != 4000)")"
check_equal "what was blocked was counted" "4 4 4" \
	"$(in_router dfcctl -j filter | jq -r '[.filters[] |
		select(.action == "block")."matched-packets"] |
		map(tostring) | join(" ")')"

in_router dfcctl filter flush
check "without the filter, packets pass" in_target ping -q -c 1 198.51.100.2

# Numbered copies, over IPv4 and IPv6, some larger than the path. Each family
# has a file of its own.
numbered_receiver()
{
	ip netns exec "$MEDIATION" dfcrecv --format jmirror -l "$1" -j \
		-w "$TMP/$1.pcapng" >"$TMP/$1.json" 2>/dev/null &
	defer kill "$!"
	wait_for lab_listens "$MEDIATION" -lu "$1"
}

numbered_receiver 7891
numbered_receiver 7892
in_router dfcctl destination add id 2 address 203.0.113.2 port 7891
in_router dfcctl destination add id 3 address 2001:db8:3::2 port 7892
in_router dfcctl filter add id 6 from 192.0.2.2 protocol icmp \
	intercept-id 1073741823 session-id 4294967295 destination 2 \
	destination 3
in_router dfcctl filter add id 7 from 2001:db8:1::2 protocol icmpv6 \
	intercept-id 5 destination 2 destination 3

capture_start wire "$ROUTER" target -Q in \
	'icmp or (icmp6 and src 2001:db8:1::2)'
capture_start copies "$MEDIATION" router udp portrange 7891-7892
for size in 56 1452; do
	in_target ping -q -c 2 -i 0.2 -s "$size" 198.51.100.2 >/dev/null
	in_target ping -q -c 2 -i 0.2 -s "$size" 2001:db8:2::2 >/dev/null
done
capture_stop wire
packets "$TMP/wire.pcap" | sort >"$TMP/expected"
check_equal "there are as many packets as there must be" 8 \
	"$(wc -l <"$TMP/expected")"

numbered()
{
	[ "$(packets "$TMP/$1.pcapng" | wc -l)" -ge 8 ]
}

for port in 7891 7892; do
	check "all numbered copies arrive" wait_for numbered "$port"
	check "behind the ids is the packet of the wire" \
		cmp "$TMP/expected" <(packets "$TMP/$port.pcapng" | sort)
	check_equal "the ids are those of the filter" \
		"4 1073741823 4294967295 4 4 5 0 6" \
		"$(jq -r 'select(.version) | [."intercept-id", ."session-id",
			.version] | map(tostring) | join(" ")' \
			"$TMP/$port.json" | sort | uniq -c | xargs)"
	check_equal "the file tells them, too" \
		"intercept 1073741823, session 4294967295 intercept 5, session 0" \
		"$(tshark -r "$TMP/$port.pcapng" -T fields -e frame.comment \
			2>/dev/null | sort -u | xargs)"
done
capture_stop copies
check_equal "another reader of the format finds them" \
	"0x00000005 0x00000000 0x3fffffff 0xffffffff" \
	"$(tshark -r "$TMP/copies.pcap" -d udp.port==7891,jmirror \
		-d udp.port==7892,jmirror -T fields \
		-e jmirror.mid -e jmirror.sid 2>/dev/null |
		awk 'NF' | sort -u | xargs)"
check_equal "no outer checksum is wrong" "" \
	"$(tshark -r "$TMP/copies.pcap" -o udp.check_checksum:TRUE \
		-o ip.check_checksum:TRUE \
		-Y 'udp.checksum.status == 0 || ip.checksum.status == 0' \
		2>/dev/null)"
check_equal "bytes sent are those of the packets, without the ids" \
	"$(tr -d '\n' <"$TMP/expected" | wc -c)" \
	"$(counter filter sent-bytes)"
check_equal "nothing was dropped" 0 "$(counter statistics dropped-packets)"
