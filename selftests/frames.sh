#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Filters of frames copy whole frames of devices, as they come in or as they
# leave, as they are on the wire; and never copies of ours, by whichever device
# these leave.
#
#   target mirror -- span router, which nothing but the test sends to
#   target        -- router -- server
#                      || ESP
#                  mediation: ports 8001, 8002, ...
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv ethtool jq python3 tcpdump
setup_topology
topology_fix_neighbours
setup_module

send()
{
	in_target "$selftests/mirror.py" "$@"
}

frames()
{
	"$selftests/mirror.py" -f "$@" | sort
}

matched()
{
	in_router dfcctl -j filter show "$1" |
		jq '.filters[0]."matched-packets"'
}

has_matched()
{
	[ "$(matched "$1")" -ge "$2" ]
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

# wire FILE: the frames of a capture, as copies() shows copies
wire()
{
	tcpdump -n -t -xx -r "$1" 2>/dev/null | awk '
		/^\t0x/ { sub(/^[^:]*:/, ""); gsub(/ /, ""); line = line $0
			  next }
		line != "" { print line; line = "" }
		END { if (line != "") print line }' | sort
}

# only NUMBER: filters go, and one remains to be added
only()
{
	in_router dfcctl filter flush
	begin
}

# tagged PORT: copies of UDP packets with the VLAN tag 5
tagged()
{
	copies "$1" | grep '^.\{24\}810000050800.\{18\}11' || true
}

tagged_arrived()
{
	[ "$(tagged "$1" | wc -l)" -ge "$2" ]
}

# made: of lines of hex, those that mirror.py has made
made()
{
	grep 756470 || true
}

ip link add span netns "$ROUTER" type veth peer name mirror netns "$TARGET"
in_target sysctl -q -w net.ipv6.conf.mirror.disable_ipv6=1
ip -n "$ROUTER" link set span up
ip -n "$TARGET" link set mirror up
listen 4
capture_stop copies
for id in 1 2 3 4; do
	in_router dfcctl destination add id "$id" address 203.0.113.2 \
		port $((8000 + id))
done
here=$(topology_address_of "$ROUTER" span)

# In: whatever it is, whomever it is for, as it is.
all=(udp4 "udp4@$here" "udp6@$here" vlan4 "vlan6@$here" qinq6 mpls4 arp lldp)
in_router dfcctl filter add id 1 family ccc input span destination 1
in_router dfcctl filter add id 2 family ccc output server destination 2
in_router dfcctl filter add id 3 protocol udp dest-port 53 destination 3
begin
capture_start server "$SERVER" router -Q in udp
send mirror "${all[@]}"
check "frames that come in are copied" wait_for copied 8001 "${#all[@]}"
check "packets are copied beside them" wait_for copied 8003 2
check "frames that leave are copied" wait_for copied 8002 2
capture_stop copies
capture_stop server
check_equal "they are as they came in" "$(frames "${all[@]}")" "$(copies 8001)"
check_equal "as they arrive at the other end" "$(wire "$TMP/server.pcap")" \
	"$(copies 8002 | made)"
check_equal "bytes are those of frames" \
	"$(copies 8001 | tr -d '\n' | wc -c)" \
	"$((2 * $(in_router dfcctl -j filter show 1 |
		jq '.filters[0]."matched-bytes"')))"

# A device of the router's own with tags, which it does not write itself.
for pair in "$TARGET router" "$ROUTER target"; do
	read -r namespace device <<<"$pair"
	ip -n "$namespace" link add link "$device" name "$device.5" type vlan \
		id 5
	ip -n "$namespace" link set "$device.5" up
done
ip -n "$TARGET" address add 192.0.2.130/30 dev router.5
ip -n "$ROUTER" address add 192.0.2.129/30 dev target.5
in_router ethtool -K target rx on tx on tso on gso on >/dev/null
in_target ethtool -K router rx on tx on tso on gso on >/dev/null
only
in_router dfcctl filter add id 1 family ccc output target destination 1
in_router dfcctl filter add id 4 family ccc input target destination 4
capture_start target "$TARGET" router -Q in
check "the router answers with tags" \
	in_target ping -q -c 2 -i 0.2 192.0.2.129
check "its frames are copied" wait_for copied 8001 2
check "those to it as well" wait_for copied 8004 2
capture_stop copies
capture_stop target
check_equal "with their tags, as they arrive" "$(wire "$TMP/target.pcap" |
	grep '^.\{24\}810000050800')" \
	"$(copies 8001 | grep '^.\{24\}810000050800')"
check "tags of frames that come in" [ -n "$(copies 8004 |
	grep '^.\{24\}810000050800')" ]

# Merged frames, with tags: each of the wire has its own.
only
in_router dfcctl filter add id 1 family ccc input target destination 1
in_router dfcctl filter add id 2 family ccc output target destination 2
merged()
{
	ip netns exec "$1" python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_UDP, 103, 1000)
s.sendto(bytes(7500), (sys.argv[1], 9))' "$2"
}
capture_start target "$ROUTER" target
merged "$TARGET" 192.0.2.129
merged "$ROUTER" 192.0.2.130
check "merged frames that come in are copied" wait_for tagged_arrived 8001 8
check "those that leave" wait_for tagged_arrived 8002 8
capture_stop copies
capture_stop target
check "the router saw merged frames" \
	[ -n "$(wire "$TMP/target.pcap" |
		awk 'length($0) > 8000')" ]
for port in 8001 8002; do
	check_equal "$port: each of the wire, with its tag" "7 1046 1 546" \
		"$(tagged "$port" | awk '{ print length($0) / 2 }' |
			sort -nr | uniq -c | xargs)"
done

# Copies that leave by the very device that is looked at are none of it, with
# IPsec or without.
in_router dfcctl destination add id 5 address 203.0.113.9 port 8005 \
	security none
ip -n "$ROUTER" neighbour replace 203.0.113.9 dev mediation \
	lladdr 02:00:00:00:00:99
only
in_router dfcctl filter add id 1 family ccc output mediation destination 1 \
	destination 5
check "a frame leaves by the device of copies" \
	in_router ping -q -c 1 203.0.113.2
check "it is copied" wait_for has_matched 1 1
check "copies of it are not" [ "$(matched 1)" -lt 5 ]
capture_stop copies

# Nor are the clones that a bridge sends by all its ports.
ip -n "$ROUTER" -batch - <<-END
	link add flood0 type dummy
	link add flood1 type dummy
	link add flood type bridge
	link set flood0 master flood up
	link set flood1 master flood up
	link set flood up
	address add 203.0.113.201/30 dev flood
	neighbour replace 203.0.113.202 dev flood lladdr 02:00:00:00:00:98
	END
in_router dfcctl destination add id 6 address 203.0.113.202 port 8006 \
	security none
only
for id in 1 2; do
	in_router dfcctl filter add id "$id" family ccc \
		output "flood$((id - 1))" destination 6
done
in_router ping -q -c 1 -W 1 203.0.113.202 >/dev/null || true
for id in 1 2; do
	check "a frame leaves by port $id of a bridge" \
		wait_for has_matched "$id" 1
	check "copies of it are not copied" [ "$(matched "$id")" -lt 12 ]
done
capture_stop copies
ip -n "$ROUTER" link delete flood

# Frames that go no further.
goes_on()
{
	[ "$(packets "$TMP/server.pcap" | wc -l)" -gt 0 ]
}

only
in_router dfcctl filter add id 1 family ccc input span action redirect \
	limit-packets 2 destination 1
capture_start server "$SERVER" router -Q in udp
send mirror "udp4@$here" "udp6@$here" "udp4@$here"
check "frames are redirected" wait_for copied 8001 2
check "until the filter has met its limit" wait_for goes_on
capture_stop copies
capture_stop server
check_equal "only what it did not account goes on" 1 \
	"$(packets "$TMP/server.pcap" | wc -l)"
begin
in_router dfcctl filter add id 1 family ccc output server action block
capture_start server "$SERVER" router -Q in udp
send mirror "udp4@$here" "udp6@$here"
check "frames are blocked as they leave" wait_for has_matched 1 2
capture_stop server
capture_stop copies
check_equal "and do not arrive" "" "$(packets "$TMP/server.pcap")"
