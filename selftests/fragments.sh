#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Only the first fragment of a datagram has the ports, but a filter with ports
# copies all of them, in whatever order they come; and none of other datagrams.
#
#   target -- router -- server
#               || ESP
#           mediation: ports 8001 (filter with a port), 8002 (without)
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq python3 tcpdump
setup_topology
topology_fix_neighbours
setup_module

mac=$(in_router cat /sys/class/net/target/address)

# fragments FAMILY ORDER DATAGRAM...
fragments()
{
	local from=192.0.2.2 to=198.51.100.2

	[ "$1" = 4 ] || from=2001:db8:1::2 to=2001:db8:2::2
	in_target "$selftests/fragments.py" router "$mac" "$from" "$to" \
		"${@:2}"
}

# id_of FAMILY ID: an expression of tcpdump
id_of()
{
	if [ "$1" = 4 ]; then
		echo "ip[4:2] = $2"
	else
		echo "ip6[6] = 44 and ip6[44:4] = $2"
	fi
}

# of FAMILY ID...: what came in of some datagrams
of()
{
	local id

	for id in "${@:2}"; do
		wire "$(id_of "$1" "$id")" target
	done | sort
}

lost()
{
	[ "$(counter statistics lost-fragments)" -gt 0 ]
}

# try FAMILY ORDER FIRST-ID: two datagrams to the port of a filter and one to
# another port pass together.
try()
{
	local a=$3 b=$(($3 + 1)) other=$(($3 + 2)) name

	name="IPv$1, order $2"
	capture_start target "$ROUTER" target -Q in
	capture_start copies "$MEDIATION" router udp
	fragments "$1" "$2" "$a:53:4" "$other:54:5" "$b:53:3"
	check "$name: all fragments come in" wait_for captured target 12
	check "$name: all copies arrive" wait_for arrived filter
	capture_stop target
	capture_stop copies
	check_equal "$name: all fragments to the port are copied" \
		"$(of "$1" "$a" "$b")" "$(copies 8001)"
	check_equal "$name: a filter without ports copies each once" \
		"$(of "$1" "$a" "$b" "$other")" "$(copies 8002)"
	check_equal "$name: none was lost" 0 \
		"$(counter statistics lost-fragments)"
	in_router dfcctl filter flush
	filters
}

filters()
{
	in_router dfcctl filter add id 1 protocol udp dest-port 53 destination 1
	in_router dfcctl filter add id 2 protocol udp destination 2
}

for id in 1 2; do
	in_router dfcctl destination add id "$id" address 203.0.113.2 \
		port $((8000 + id))
done
filters

sink 2
sent=0
for family in 4 6; do
	for order in straight reverse last; do
		sent=$((sent + 10))
		try "$family" "$order" "$sent"
	done
done

# An identity comes again, for another port.
capture_start target "$ROUTER" target -Q in
fragments 4 straight 700:53:3
fragments 4 straight 700:54:3
check "an identity that comes again: all come in" wait_for captured target 6
capture_stop target
check_equal "an identity that comes again has the ports of its new first" 3 \
	"$(matched 1)"

# The same addresses and identity in a VRF are another datagram: its ports are
# not those of what comes in outside.
ip -n "$ROUTER" link add red type vrf table 100
ip link add red0 netns "$ROUTER" type veth peer name red0 netns "$TARGET"
ip -n "$ROUTER" -batch - <<-END
	link set red up
	link set red0 master red
	link set red0 up
END
ip -n "$TARGET" link set red0 up
before=$(matched 1)
capture_start red "$ROUTER" red0 -Q in ip
in_target "$selftests/fragments.py" red0 \
	"$(in_router cat /sys/class/net/red0/address)" 192.0.2.2 198.51.100.2 \
	first 750:53:3
check "a first fragment comes in by a VRF" wait_for captured red 1
capture_stop red
capture_start target "$ROUTER" target -Q in
fragments 4 late 750:53:3
check "later ones come in outside" wait_for captured target 2
capture_stop target
check_equal "only the first is copied" $((before + 1)) "$(matched 1)"
# What waits here for its own first fragment gets it.
fragments 4 first 750:53:3
check "those outside have waited for a first of their own" wait_for eval \
	'[ "$(matched 1)" -eq $((before + 4)) ]'

# With options in front of UDP, later fragments do not tell that it is UDP.
in_router dfcctl filter flush
in_router dfcctl filter add id 1 protocol udp destination 1
in_router dfcctl filter add id 2 from 2001:db8:1::2 \
	protocol 0-59 destination 2
for order in straight reverse last; do
	sent=$((sent + 10))
	before=$(matched 1)
	capture_start target "$ROUTER" target -Q in
	fragments 6 "$order" "$sent:53:4:options"
	check "options, order $order: all fragments come in" \
		wait_for captured target 4
	capture_stop target
	check "options, order $order: all are found by the protocol" \
		wait_for eval '[ "$(matched 1)" -eq $((before + 4)) ]'
	check "options, order $order: who knew them has seen them, too" \
		wait_for eval '[ "$(matched 2)" -ge "$(matched 1)" ]'
	check_equal "options, order $order: and once" "$(matched 1)" \
		"$(matched 2)"
done

# Whose first never comes: what is kept is bounded, and the rest is counted.
in_router dfcctl filter flush
filters
flood=()
for ((id = 1000; id < 5000; id++)); do
	flood+=("$id:53:2")
done
fragments 4 late "${flood[@]}"
check "what cannot be kept is counted" wait_for lost
capture_start copies "$MEDIATION" router udp dst port 8001
fragments 6 straight 800:53:4
check "a datagram in order is copied all the same" wait_for captured copies 4
capture_stop copies
in_router dfcctl filter flush
