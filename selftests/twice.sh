#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Packets that pass the router's rules more than once are copied once by each
# filter: those that leave by the interface that they came in by, those that
# come out of a VRF, and those that a route sends into one.
#
#   target == router -- server
#               || ESP
#           mediation: ports 8001, 8002, ... one for each filter
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq socat tcpdump
setup_topology
topology_fix_neighbours
setup_module

in_router sysctl -q -w net.ipv4.conf.all.send_redirects=0 \
	net.ipv4.conf.target.send_redirects=0 net.ipv4.conf.all.rp_filter=0 \
	net.ipv4.conf.lo.rp_filter=0 net.ipv4.conf.target.rp_filter=0

filters=(1 2 3 4 5 6 7)
in_router dfcctl group add id 1 local yes
in_router dfcctl group add id 2
sink 7

# send NAMESPACE IPV4 IPV6: three datagrams each
send()
{
	local i

	for i in 1 2 3; do
		echo "hello $i" | in_"$1" socat -t 0 - "UDP4-SENDTO:$2:53"
		echo "hello $i" | in_"$1" socat -t 0 - "UDP6-SENDTO:[$3]:53"
	done
}

has_matched()
{
	[ "$(matched "$1")" -ge "$2" ]
}

numbers()
{
	local id

	for id in "${filters[@]}"; do
		matched "$id"
	done | xargs
}

set_taps()
{
	tap 1 protocol udp dest-port 53
	tap 2 input target protocol udp dest-port 53
	tap 3 output target protocol udp dest-port 53
	tap 4 output server protocol udp dest-port 53
	tap 5 group 1 protocol udp dest-port 53
	tap 6 group 2 output target output server protocol udp dest-port 53
	tap 7 group 2 protocol udp dest-port 53
}

# try NAME IN OUT EXPECTED NAMESPACE IPV4 IPV6: copies are what came in by the
# device IN; those of filters with an output, what left by OUT; and a group that
# has IN sees both
try()
{
	local name=$1 id expected=$4

	in_router dfcctl group set id 2 device "$2"
	set_taps
	capture_start in "$ROUTER" "$2" -Q in udp dst port 53
	capture_start out "$ROUTER" "$3" -Q out udp dst port 53
	capture_start copies "$MEDIATION" router udp
	send "${@:5}"
	check "$name: the packets leave" wait_for captured out 6
	check "$name: all copies arrive" wait_for arrived filter
	capture_stop in
	capture_stop out
	capture_stop copies
	check_equal "$name: each filter has seen them once" "$expected" \
		"$(numbers)"
	check "$name: as they came in" diff <(wire ip\ or\ ip6 in) \
		<(copies 8001)
	check "$name: for local groups as well" diff <(wire ip\ or\ ip6 in) \
		<(copies 8005)
	id=8004
	[ "$3" = server ] || id=8003
	check "$name: and as they left" diff <(wire ip\ or\ ip6 out) \
		<(copies "$id")
	in_router dfcctl filter flush
	for id in "${filters[@]}"; do
		in_router dfcctl destination delete "$id"
	done
}

ip -n "$ROUTER" route add 203.0.113.128/26 via 192.0.2.2 dev target
ip -n "$ROUTER" route add 2001:db8:8::/64 via 2001:db8:1::2 dev target
try "in and out by one interface" target target "6 6 6 0 6 6 6" \
	target 203.0.113.129 2001:db8:8::1

# The port of the target is in a VRF: routes of its table lead out of it, and
# a route of the others leads into it, by its device.
ip -n "$ROUTER" link add red type vrf table 100
ip -n "$ROUTER" link set red up
ip -n "$ROUTER" link set target master red
ip -n "$ROUTER" address replace 2001:db8:1::1/64 dev target nodad
topology_fix_neighbours
ip -n "$ROUTER" -batch - <<-END
	route add 198.51.100.0/24 dev server table 100
	route add 2001:db8:2::/64 dev server table 100
	route add 192.0.2.0/24 dev red
	route add 2001:db8:1::/64 dev red
END
try "out of a VRF" target server "6 6 0 6 6 6 6" \
	target 198.51.100.2 2001:db8:2::2
try "into a VRF" server target "6 0 6 0 6 6 6" server 192.0.2.2 2001:db8:1::2
