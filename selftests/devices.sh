#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Filters with devices: input sees what comes in by them, output what is
# forwarded and leaves by them, as it leaves, vrf what comes in by a device of
# a VRF. Names count: devices come, go, move and are renamed.
#
#   target -- router, translating addresses -- server
#               || ESP
#           mediation: ports 8001, 8002, ...
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq nft socat tcpdump
setup_topology
topology_fix_neighbours
setup_module

# Devices that go down keep their addresses.
in_router sysctl -q -w net.ipv6.conf.all.keep_addr_on_down=1 \
	net.ipv6.conf.target.keep_addr_on_down=1

# The router has an address that only translated packets bear: as a source of
# its own it is deprecated.
translate()
{
	local address here

	here=$(topology_address_of "$ROUTER" server)
	ip -n "$ROUTER" address add 198.51.100.77/24 dev server
	ip -n "$ROUTER" address add 2001:db8:2::77/64 dev server nodad \
		preferred_lft 0
	for address in 198.51.100.77 2001:db8:2::77; do
		ip -n "$SERVER" neighbour replace "$address" lladdr "$here" \
			dev router
	done
	in_router nft -f - <<-END
		table ip translate {
			chain out {
				type nat hook postrouting priority srcnat
				ip saddr 192.0.2.0/24 oif server snat to 198.51.100.77
			}
		}
		table ip6 translate {
			chain out {
				type nat hook postrouting priority srcnat
				ip6 saddr 2001:db8:1::/64 oif server snat to 2001:db8:2::77
			}
		}
	END
}

# send NUMBER: datagrams of target to the server, in both families
send()
{
	local i

	for ((i = 0; i < $1; i++)); do
		echo hello | in_target socat -t 0 - UDP4-SENDTO:198.51.100.2:53
		echo hello | in_target socat -t 0 - \
			'UDP6-SENDTO:[2001:db8:2::2]:53'
	done
}

# check_more DESCRIPTION ID NUMBER COMMAND...: the filter matches so many more
check_more()
{
	local description=$1 id=$2 number=$3 before

	shift 3
	before=$(matched "$id")
	"$@"
	wait_for has_matched "$id" $((before + number)) || true
	check_equal "$description" "$number" "$(($(matched "$id") - before))"
}

has_matched()
{
	[ "$(matched "$1")" -ge "$2" ]
}

ping_both()
{
	in_"$1" ping -q -c 2 -i 0.2 "$2" >/dev/null
	in_"$1" ping -q -c 2 -i 0.2 "$3" >/dev/null
}

translate
# What the router itself sends is answered, too, and it is pinged.
in_router dfcctl group add id 1 local yes
tap 1 input target
tap 2 output server
tap 3 output target
tap 4 group 1 input server input mediation input nothing \
	icmp-type 0 icmp-type 129
tap 5 output mediation
tap 6 vrf red protocol udp
tap 7 input edge protocol udp
tap 8 group 1 input late icmp-type 8 icmp-type 128
tap 9 input target protocol udp
check_equal "devices are told by their scopes" \
	'["server"] ["server","mediation","nothing"] "red"' \
	"$(in_router dfcctl -j filter |
		jq -r '[.filters[] | select(.id == 4).input,
			select(.id == 2).output, select(.id == 6).vrf] |
			map(tojson) | join(" ")')"

capture_start target_in "$ROUTER" target -Q in
capture_start target_out "$ROUTER" target -Q out
capture_start server_in "$ROUTER" server -Q in
capture_start server_out "$ROUTER" server -Q out
listen 9
send 3
ping_both target 198.51.100.2 2001:db8:2::2
ping_both router 198.51.100.2 2001:db8:2::2
ping_both target 203.0.113.2 2001:db8:3::2
ping_both server 203.0.113.2 2001:db8:3::2
check "all copies arrive" wait_for arrived
for name in target_in target_out server_in server_out copies; do
	capture_stop "$name"
done

expect()
{
	wire "$2" "$1" >"$TMP/expected"
	check "$3: the traffic has some" [ -s "$TMP/expected" ]
	check "$3: copies are the packets of the wire" \
		diff "$TMP/expected" <(copies "$4")
}

own='src 192.0.2.1 or src 2001:db8:1::1 or src net fe80::/10'
expect target_in 'not dst net fe80::/10 and not dst net ff02::/16' "input" 8001
expect server_out 'not src 198.51.100.1 and not src 2001:db8:2::1 and
	not src net fe80::/10' "output, addresses translated" 8002
check "they bear the new address" \
	[ -n "$(packets "$TMP/server_out.pcap" 'src 198.51.100.77')" ]
check "they bear the new address, IPv6" \
	[ -n "$(packets "$TMP/server_out.pcap" 'src 2001:db8:2::77')" ]
expect target_out "not ($own)" "output, addresses translated back" 8003
check_equal "input of several devices, one of them encrypted" 16 \
	"$(copies 8004 | wc -l)"
copies 8005 >"$TMP/encrypted"
check_equal "output by IPsec, once and in the clear, IPv4" 4 \
	"$(grep -c '^45.\{14\}3f01' "$TMP/encrypted")"
check_equal "output by IPsec, once and in the clear, IPv6" 4 \
	"$(grep -c '^6.\{11\}3a3f' "$TMP/encrypted")"
check_equal "and nothing else, copies and ESP included" 8 \
	"$(wc -l <"$TMP/encrypted")"
for id in 6 7 8; do
	check_equal "a device that is not there matches nothing" 0 \
		"$(matched "$id")"
done

# is_up NAMESPACE DEVICE: a link is, some time after both ends were set so
is_up()
{
	ip -n "$1" link show dev "$2" | grep -q 'state UP'
}

wait_up()
{
	wait_for is_up "$ROUTER" "$1"
	wait_for is_up "$TARGET" "$2"
}

edge()
{
	ip -n "$ROUTER" link set "$1" down
	ip -n "$ROUTER" link set "$1" name "$2"
	ip -n "$ROUTER" link set "$2" up
	wait_up "$2" router
	send 2
}

check_more "the new name of a device matches" 7 4 edge target edge
check_equal "the old one does not" 6 "$(matched 9)"
check_more "the old name matches again" 9 4 edge edge target
check_equal "the new one does not" 4 "$(matched 7)"

# A device that comes from another namespace and goes there again.
late()
{
	ip -n "$TARGET" link add late type veth peer name probe
	ip -n "$TARGET" link set late netns "$ROUTER"
	ip -n "$ROUTER" address add 203.0.113.65/26 dev late
	ip -n "$ROUTER" address add 2001:db8:4::1/64 dev late nodad
	ip -n "$ROUTER" link set late up
	ip -n "$TARGET" address add 203.0.113.66/26 dev probe
	ip -n "$TARGET" address add 2001:db8:4::2/64 dev probe nodad
	ip -n "$TARGET" link set probe up
	wait_up late probe
	ping_both target 203.0.113.65 2001:db8:4::1
	ip -n "$ROUTER" link set late netns "$TARGET"
	ip -n "$TARGET" link delete late
}

check_more "a device that moves in matches" 8 4 late
check_more "and the next one of that name" 8 4 late

vrf()
{
	ip -n "$ROUTER" link add red type vrf table 100
	ip -n "$ROUTER" link set red up
	ip -n "$ROUTER" link set target master red
	ip -n "$ROUTER" route add 198.51.100.0/24 dev server table 100
	ip -n "$ROUTER" route add 2001:db8:2::/64 dev server table 100
	topology_fix_link target "$TARGET" 192.0.2 2001:db8:1
	wait_up target router
	send 3
}

check_more "packets of a VRF match, once each" 6 6 vrf
check_more "packets of its port match, once each" 9 4 send 2
ip -n "$ROUTER" link delete red
wait_up target router
check_more "without the VRF they match only by their port" 9 4 send 2
check_equal "and the VRF no more" 10 "$(matched 6)"

check "filters with devices are deleted" in_router dfcctl filter flush
check_equal "none is left" 0 "$(in_router dfcctl -j filter |
	jq '.filters | length')"
