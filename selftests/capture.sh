#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A filter copies the packets that it means, all of them, byte for byte, and
# no other. Every filter has a destination port of its own, so that one run of
# traffic tries them all at once.
#
#   target -- router -- server
#               || ESP
#           mediation: ports 8001, 8002, ...
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq curl socat tcpdump
setup_topology
# Neighbour discovery goes on by itself, and would be captured too.
topology_fix_neighbours
setup_module
setup_web

declare -a names=() expressions=()

# wants NAME EXPRESSION FILTER...: what a filter of dfc copies is what an
# expression of tcpdump means, on the interface that it comes in by.
wants()
{
	local id=$((${#names[@]} + 1))

	names+=("$1")
	expressions+=("$2")
	shift 2
	tap "$id" "$@"
}

# Both families, three protocols, several ports, both directions.
traffic()
{
	local port

	fetch 1k
	fetch 1k 6
	in_target ping -q -c 2 -i 0.2 198.51.100.2 >/dev/null
	in_target ping -q -c 2 -i 0.2 2001:db8:2::2 >/dev/null
	for port in 53 67 5060; do
		echo hello | in_target socat -t 0 - \
			"UDP4-SENDTO:198.51.100.2:$port"
		echo hello | in_target socat -t 0 - \
			"UDP6-SENDTO:[2001:db8:2::2]:$port"
	done
}

# The last word of a connection may come after its last byte.
closed()
{
	[ -z "$(in_target ss -H -t -n state connected exclude time-wait
		in_server ss -H -t -n state connected exclude time-wait)" ]
}

wants "source address" 'src 192.0.2.2' from 192.0.2.2
wants "source prefix, IPv6" 'src net 2001:db8:1::/64' from 2001:db8:1::/64
wants "destination address" 'dst 192.0.2.2' to 192.0.2.2
wants "both addresses" 'src 198.51.100.2 and dst 192.0.2.2' \
	from 198.51.100.2 to 192.0.2.2
wants "protocol, both families" 'tcp' protocol tcp
wants "ICMPv6 of a prefix" 'icmp6 and src net 2001:db8::/32' \
	protocol icmpv6 from 2001:db8::/32
wants "destination port" 'dst port 53' dest-port 53
wants "source port of one family" 'ip and src port 80' \
	family inet source-port 80
wants "all fields" 'src 192.0.2.2 and dst 198.51.100.2 and tcp dst port 80' \
	from 192.0.2.2 to 198.51.100.2 protocol tcp dest-port 80
wants "range of ports" 'udp and dst portrange 60-6000' \
	protocol udp dest-port 60-6000
wants "lists" '(tcp or udp) and (dst port 53 or dst port 80)' \
	protocol tcp protocol udp dest-port 53 dest-port 80
wants "negation" 'src 192.0.2.2 and not icmp' \
	from 192.0.2.0/24 not-protocol icmp
wants "range of addresses" 'dst 198.51.100.2' to 198.51.100.1-198.51.100.7
wants "ICMP type" 'icmp[0] = 8' family inet icmp-type 8
wants "ICMPv6 type" 'icmp6 and ip6[40] = 129' family inet6 icmp-type 129
wants "ICMP types and codes, both families" \
	'(icmp and icmp[1] = 3) or (icmp6 and ip6[40] < 9 and ip6[41] = 4)' \
	icmp-type 0-8 icmp-code 3-4
wants "all of ICMP but a type" \
	'(icmp and icmp[0] != 8) or (icmp6 and ip6[40] != 128)' \
	not-icmp-type 8 not-icmp-type 128
wants "everything of a family" 'ip' family inet
wants "everything" ''
in_router dfcctl filter add id 100 from 192.0.2.9 destination 1
in_router dfcctl filter add id 101 dest-port 81 destination 1
in_router dfcctl filter add id 102 from 192.0.2.2 not-from 192.0.2.0/24 \
	destination 1

capture_start target "$ROUTER" target -Q in
capture_start server "$ROUTER" server -Q in
listen "${#names[@]}"
traffic
wait_for closed
check "all copies arrive" wait_for arrived
capture_stop target
capture_stop server
capture_stop copies

for ((i = 0; i < ${#names[@]}; i++)); do
	wire "${expressions[i]:-ip or ip6}" target server >"$TMP/expected"
	check "${names[i]}: the traffic has some" [ -s "$TMP/expected" ]
	check "${names[i]}: copies are the packets of the wire" \
		cmp "$TMP/expected" <(copies $((8001 + i)))
done

for id in 100 101 102; do
	check_equal "a filter that means none matches none" 0 \
		"$(matched "$id")"
done
check_equal "what matched was copied" \
	"$(counter statistics matched-packets)" "$(counter statistics copies)"
check_equal "the filters' counters add up to the namespace's" \
	"$(counter statistics matched-bytes)" \
	"$(counter filter matched-bytes)"
check_equal "nothing was dropped" 0 "$(counter statistics dropped-packets)"
check_equal "what was sent was delivered" \
	"$(counter statistics sent-packets)" \
	"$(packets "$TMP/copies.pcap" | wc -l)"
