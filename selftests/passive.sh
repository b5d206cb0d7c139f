#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Devices of a passive group only listen: whatever comes in is shown to the
# filters of the group, whomever it is for, and the router does nothing else
# with it. Names count, here too.
#
#   target mirror -- span router (passive)
#   target        -- router -- server
#                      || ESP
#                  mediation: ports 8001, 8002, ...
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq python3 tcpdump
setup_topology
topology_fix_neighbours
setup_module

broadcast=ff:ff:ff:ff:ff:ff

# span NAME MIRROR ADDRESS: a port of the router that could do all others can
span()
{
	ip link add "$1" netns "$ROUTER" type veth peer name "$2" netns "$TARGET"
	ip -n "$ROUTER" -batch - <<-END
		address add $3/30 dev $1
		link set $1 up
	END
	in_target sysctl -q -w "net.ipv6.conf.$2.disable_ipv6=1"
	ip -n "$TARGET" link set "$2" up
}

# send DEVICE FRAME...
send()
{
	in_target "$selftests/mirror.py" "$@"
}

# inside FRAME...: the IP packets in frames, as copies() shows copies
inside()
{
	"$selftests/mirror.py" -i "$@" | sort
}

frames()
{
	"$selftests/mirror.py" -f "$@" | sort
}

mac_of()
{
	topology_address_of "$ROUTER" "$1"
}

promiscuity()
{
	ip -n "$ROUTER" -d -j link show dev "$1" | jq '.[0].promiscuity'
}

seen()
{
	in_router dfcctl -j group show "$1" | jq '.groups[0]."seen-packets"'
}

matched()
{
	in_router dfcctl -j filter show "$1" |
		jq '.filters[0]."matched-packets"'
}

# copied PORT NUMBER: so many copies have arrived there
copied()
{
	[ "$(copies "$1" | wc -l)" -ge "$2" ]
}

begin()
{
	capture_start copies "$MEDIATION" router udp
}

# answered MIRROR ADDRESS: the router answers for its address there
answered()
{
	local status=0

	capture_start answer "$TARGET" "$1" -Q in arp
	send "$1" "arp=$2@$broadcast"
	wait_for has_answer || status=$?
	capture_stop answer
	return "$status"
}

has_answer()
{
	[ "$(packets "$TMP/answer.pcap" | wc -l)" -gt 0 ]
}

span span mirror 203.0.113.201
listen 6
capture_stop copies
for id in 1 2 3 4 5 6; do
	in_router dfcctl destination add id "$id" address 203.0.113.2 \
		port $((8000 + id))
done
check "before, the router answers" answered mirror 203.0.113.201

in_router dfcctl group add id 1 mode passive device span device nothing
in_router dfcctl filter add id 1 group 1 protocol udp dest-port 53 \
	destination 1
in_router dfcctl filter add id 2 protocol udp dest-port 53 destination 2
in_router dfcctl filter add id 3 group 1 family ccc destination 3
in_router dfcctl filter add id 4 group 1 input span from 2001:db8:1::2 \
	destination 4
check_equal "a passive device is promiscuous" 1 "$(promiscuity span)"

# Of all kinds, for others and for the router.
udp=(udp4 udp6 vlan4 vlan6 qinq4 qinq6 mpls4 pppoe4
	"udp4=203.0.113.201@$(mac_of span)" "udp4@$(mac_of span)"
	"vlan6@$(mac_of span)")
all=("${udp[@]}" arp "arp=203.0.113.201@$broadcast" lldp)
begin
capture_start server "$SERVER" router -Q in
capture_start mirror "$TARGET" mirror -Q in
send mirror "${all[@]}"
check "copies of all frames arrive" wait_for copied 8003 "${#all[@]}"
check "copies of all packets arrive" wait_for copied 8001 "${#udp[@]}"
check "copies by a device arrive" wait_for copied 8004 4
capture_stop copies
capture_stop server
capture_stop mirror
check_equal "packets are found in all frames" "$(inside "${udp[@]}")" \
	"$(copies 8001)"
check_equal "frames are copied as they are" "$(frames "${all[@]}")" \
	"$(copies 8003)"
check_equal "filters look at the packets" \
	"$(inside udp6 vlan6 qinq6 vlan6)" "$(copies 8004)"
check_equal "active filters see none of it" 0 "$(matched 2)"
check_equal "the group counts frames" "${#all[@]}" "$(seen 1)"
check_equal "nothing is forwarded" "" "$(packets "$TMP/server.pcap")"
check_equal "nothing is answered" "" "$(packets "$TMP/mirror.pcap")"

# Fragments: the ports of the first are those of all, whatever the order.
before=$(matched 1)
begin
in_target "$selftests/fragments.py" mirror 02:00:00:00:00:99 192.0.2.2 \
	198.51.100.2 reverse 11:53:4 12:54:3
in_target "$selftests/fragments.py" mirror 02:00:00:00:00:99 2001:db8:1::2 \
	2001:db8:2::2 reverse 13:53:4 14:54:3
check "all fragments are seen" wait_for copied 8003 14
check "fragments are copied" wait_for copied 8001 8
capture_stop copies
check_equal "those of the port, and no others" 8 $(($(matched 1) - before))

# Active capture goes on beside it.
in_target sh -c 'echo hello >/dev/udp/198.51.100.2/53' 2>/dev/null ||
	in_target bash -c 'echo hello >/dev/udp/198.51.100.2/53'
check_equal "active filters see what passes" 1 "$(matched 2)"
check_equal "and passive ones do not" 8 $(($(matched 1) - before))

# Another passive group has its own.
span span2 mirror2 203.0.113.205
in_router dfcctl group add id 2 mode passive device span2
in_router dfcctl filter add id 5 group 2 family ccc destination 5
check_fails "no device is in two passive groups" \
	in_router dfcctl group add id 3 mode passive device span
before=$(matched 3)
begin
send mirror2 udp4 lldp
check "frames of the other group are copied" wait_for copied 8005 2
capture_stop copies
check_equal "by its filters only" "2 0" "$(matched 5) $((
	$(matched 3) - before))"
check_equal "each group counts its own" 2 "$(seen 2)"

# Names count.
rename()
{
	ip -n "$ROUTER" link set "$1" down
	ip -n "$ROUTER" link set "$1" name "$2"
	ip -n "$ROUTER" link set "$2" up
}
rename span2 span3
check_equal "without its name a device is itself" 0 "$(promiscuity span3)"
check "and answers again" answered mirror2 203.0.113.205
in_router dfcctl group set id 2 device span3
check_equal "a group gets other devices" 1 "$(promiscuity span3)"
begin
capture_start mirror "$TARGET" mirror2 -Q in
send mirror2 "arp=203.0.113.205@$broadcast"
check "which are copied from" wait_for copied 8005 1
capture_stop copies
capture_stop mirror
check_equal "and then only listen" "" "$(packets "$TMP/mirror.pcap")"
check_fails "the last filter of frames keeps the devices" \
	in_router dfcctl group set id 2
ip -n "$ROUTER" link delete span3
span span3 mirror2 203.0.113.205
check_equal "a device that comes again is passive" 1 "$(promiscuity span3)"
before=$(matched 5)
begin
send mirror2 arp vlan4
check "and its frames are copied" wait_for copied 8005 2
capture_stop copies
check_equal "each once" 2 $(($(matched 5) - before))
ip netns add "$ROUTER-2"
defer ip netns delete "$ROUTER-2"
ip -n "$ROUTER" link set span3 netns "$ROUTER-2"
check_equal "a device that leaves the namespace is itself" 0 \
	"$(ip -n "$ROUTER-2" -d -j link show dev span3 |
		jq '.[0].promiscuity')"
ip -n "$ROUTER-2" link set span3 netns "$ROUTER"
ip -n "$ROUTER" address replace 203.0.113.205/30 dev span3
ip -n "$ROUTER" link set span3 up
check_equal "and is passive when it comes back" 1 "$(promiscuity span3)"

# All ends where it ends.
in_router dfcctl filter delete 5
in_router dfcctl group delete 2
check_equal "without its group a device is itself" 0 "$(promiscuity span3)"
check "and answers" answered mirror2 203.0.113.205
ip -n "$ROUTER" link add idle type dummy
in_router dfcctl group set id 1 device span device idle
check_equal "a group has several devices" "1 1" \
	"$(promiscuity span) $(promiscuity idle)"

ip netns add "$ROUTER-3"
ip -n "$ROUTER-3" link add idle type dummy
ip netns exec "$ROUTER-3" dfcctl group add id 1 mode passive device idle
ip netns exec "$ROUTER-3" dfcctl destination add id 1 address 203.0.113.2 \
	port 9
ip netns exec "$ROUTER-3" dfcctl filter add id 1 family ccc group 1 \
	destination 1
check "a namespace goes with its passive devices" \
	ip netns delete "$ROUTER-3"

check "the module goes with passive devices" lab_module_unload
check_equal "which then are themselves" "0 0" \
	"$(promiscuity span) $(promiscuity idle)"
check "and answer" answered mirror 203.0.113.201
check "the module comes again" lab_module_load
