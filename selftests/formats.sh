#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What copies look like, to the byte: each format, over IPv4 and IPv6, of IPv4,
# IPv6 and frames, with and without ESP, larger than the path or not. What is
# missing among the numbers of the format dfc was dropped.
#
#   target -- router -- server
#               || ESP, or nothing
#           mediation: six destinations
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq python3 ping tcpdump
/usr/bin/python3 -c 'import scapy' 2>/dev/null || skip "no python3-scapy"
setup_topology
topology_fix_neighbours
setup_module
# What comes out of ESP is put together, and may be larger than the path's
# packets; tcpdump takes no more of one than the device allows.
ip -n "$MEDIATION" link set router mtu 2000

# destinations SECURITY: 1 to 6, with ports, TTL and DSCP of their own
destinations()
{
	local id=0 address format

	for address in 203.0.113.2 2001:db8:3::2; do
		for format in udp ipip dfc; do
			id=$((id + 1))
			set -- "$1"
			[ "$format" = ipip ] ||
				set -- "$1" port $((8000 + id)) \
					source-port $((9000 + id))
			in_router dfcctl destination add id "$id" \
				address "$address" format "$format" \
				ttl $((60 + id)) dscp $((10 * id)) \
				security "$1" "${@:2}"
		done
	done
}

filters()
{
	local all=1,2,3,4,5,6

	in_router dfcctl filter add id 1 from 192.0.2.2 destination $all
	in_router dfcctl filter add id 2 from 2001:db8:1::2 destination $all \
		intercept-id $((0x12345678)) session-id $((0x9abcdef0))
	in_router dfcctl filter add id 3 family ccc input target \
		destination $all
}

forget()
{
	in_router dfcctl filter flush
	for id in 1 2 3 4 5 6; do
		in_router dfcctl destination delete $id
	done
}

# What the outer header makes larger than the path is among it.
traffic()
{
	local size

	for size in 56 1000 1472; do
		in_target ping -q -c 2 -i 0.2 -s $size 198.51.100.2 >/dev/null
	done
	for size in 56 1000 1452; do
		in_target ping -6 -q -c 2 -i 0.2 -s $size 2001:db8:2::2 \
			>/dev/null
	done
}

begin()
{
	sent=$(counter statistics sent-packets)
	capture_start originals "$ROUTER" target -Q in
	capture_start copies "$MEDIATION" router -Q in \
		'not (ip proto 50 or ip6 proto 50 or icmp6 or arp)'
}

is_through()
{
	[ "$(counter statistics copies)" -eq $((
		$(counter statistics sent-packets) +
		$(counter statistics dropped-packets))) ]
}

# Later fragments come with the first ones.
is_captured()
{
	is_through && captured copies \
		$(($(counter statistics sent-packets) - sent)) \
		'(ip and ip[6:2] & 0x1fff = 0) or (ip6 and ip6[6] != 44) or
		(ip6 and ip6[6] = 44 and ip6[42:2] & 0xfff8 = 0)'
}

judge()
{
	local name wrong

	wait_for is_captured || true
	check_equal "$1: no copy is dropped" 0 \
		"$(counter destination dropped-packets)"
	capture_stop copies
	capture_stop originals
	while IFS=$'\t' read -r name wrong; do
		check_equal "$1: $name" "" "$wrong"
	done < <("$selftests/formats.py" "$TMP/originals.pcap" \
		"$TMP/copies.pcap" || echo "formats.py	failed")
}

begin
destinations required
filters
traffic
judge ESP

numbers()
{
	"$selftests/formats.py" -n "$TMP/gaps.pcap" | sed -n 's/^1 //p'
}

# numbered COUNT: whether so many have come of filter 1
numbered()
{
	[ "$(numbers | wc -w)" -ge "$1" ]
}

# Numbers go on while copies are dropped.
capture_start gaps "$MEDIATION" router -Q in 'udp port 8003'
in_target ping -q -c 2 -i 0.2 198.51.100.2 >/dev/null
wait_for numbered 2 || true
topology_sa_down
in_target ping -q -c 3 -i 0.2 198.51.100.2 >/dev/null
wait_for is_through || true
topology_sa_up
in_target ping -q -c 2 -i 0.2 198.51.100.2 >/dev/null
wait_for numbered 4 || true
capture_stop gaps
check_equal "what was dropped is missing among the numbers" "7 8 12 13" \
	"$(numbers)"
check_equal "the filter tells why, each copy of each packet" \
	"18 18 $((18 * 84))" \
	"$(in_router dfcctl -j filter show 1 | jq -r '.filters[0] |
		"\(."dropped-packets") \(.drops."no-sa") " +
		"\(."drop-bytes"."no-sa")"')"
forget

ip -n "$ROUTER" xfrm policy flush
ip -n "$MEDIATION" xfrm policy flush
begin
destinations none
filters
traffic
judge "no ESP"
forget

# As large as IP allows, and one byte more, for each format: 65535 bytes with
# the outer headers, where IPv6 does not count its own.
ip -n "$TARGET" link set router mtu 65535
ip -n "$ROUTER" link set target mtu 65535
destinations none
for id in 1 2 3 4 5 6; do
	in_router dfcctl filter add id $id from 192.0.2.2 destination $id
done
room=(0 65507 65515 65475 65527 65535 65495)
for id in 1 2 3 4 5 6; do
	for size in "${room[id]}" $((room[id] + 1)); do
		[ "$size" -le 65535 ] || continue
		in_target ping -q -c 1 -M dont -s $((size - 28)) 198.51.100.2 \
			>/dev/null
		wait_for is_through || true
	done
done
dropped()
{
	in_router dfcctl -j filter show "$1" |
		jq '.filters[0] | .drops."too-big" // 0'
}
sizes=("${room[@]:1}" $((room[1] + 1)) $((room[2] + 1)) $((room[3] + 1)) \
	$((room[4] + 1)) $((room[6] + 1)))
for id in 1 2 3 4 5 6; do
	expected=0
	for size in "${sizes[@]}"; do
		[ "$size" -le "${room[id]}" ] || expected=$((expected + 1))
	done
	check_equal "destination $id: too big is what is above ${room[id]}" \
		"$expected" "$(dropped $id)"
done
