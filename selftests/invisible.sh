#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The monitored side cannot tell: what leaves the router is byte for byte what
# leaves it without a tap, and no copy ever causes an ICMP error.
#
#   target -- router -- server
#               || ESP
#           mediation: nobody listens
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq socat taskset tcpdump
setup_topology
setup_module

# Fixed bytes: what differs between two runs is the router's doing. On one
# processor: on several, packets overtake each other.
send()
{
	local number

	for ((number = 0; number < 20; number++)); do
		printf 'packet %04d %01000d' "$number" 0 |
			in_target taskset -c 0 socat -t 0 - \
			"UDP4-SENDTO:198.51.100.2:9,sourceport=4000,tos=8"
		printf 'packet %04d %01000d' "$number" 0 |
			in_target taskset -c 0 socat -t 0 - \
			"UDP6-SENDTO:[2001:db8:2::2]:9,sourceport=4000"
	done
}

# What reaches the server, but for the IPv4 ID (and with it the checksum),
# which the target counts up.
forwarded()
{
	packets "$TMP/$1.pcap" 'udp port 9' |
		sed -E 's/^(45.{6})....(.{8}).{4}/\1----\2----/'
}

# No ICMP errors of the server: its port 9 is open.
ip netns exec "$SERVER" socat -u UDP6-RECV:9,ipv6only=0 OPEN:/dev/null &
defer kill "$!"
wait_for lab_listens "$SERVER" -lu 9
capture_start without "$SERVER" router -Q in
send
check "packets arrive without a tap" wait_for captured without 40 "udp port 9"
capture_stop without

in_router dfcctl destination add id 1 address 203.0.113.2 port 7890
in_router dfcctl destination add id 2 address 203.0.113.9 port 7890 \
	security none
in_router dfcctl destination add id 3 address 192.0.2.77 port 7890 \
	security none source-address 192.0.2.2
in_router dfcctl destination add id 4 address 2001:db8:3::9 port 7890 \
	security none source-address 2001:db8:1::2
for id in 1 2 3 4; do
	in_router dfcctl filter add id "$id" source-port 4000 destination "$id"
done
capture_start with "$SERVER" router -Q in
capture_start target "$TARGET" router -Q in
send
check "packets arrive with four taps" wait_for captured with 40 "udp port 9"
capture_stop with
check "they are the same, in number, order and bytes" \
	cmp <(forwarded without) <(forwarded with)
check_equal "all of them matched four filters" 160 \
	"$(counter filter matched-packets)"

# Nobody has these addresses: the router gives up after some seconds, and
# must not tell the outer source, which is the target's address here.
given_up()
{
	in_router ip neighbour show to "$1" | grep -q FAILED
}
for address in 192.0.2.77 2001:db8:3::9; do
	check "the router gives up on $address" wait_for given_up "$address"
done
capture_stop target
check_equal "no ICMP error reaches the target" "" \
	"$(packets "$TMP/target.pcap" 'icmp[0] == 3 or icmp[0] == 11 or
		icmp6[0] < 128')"
