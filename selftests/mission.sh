#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What a control source asks for by `dtcp` over UDP is what the module does:
# every kind of filter and action, from the header to the packet and back to
# the notification.
#
#   target -- router: dtcpd -- server
#               || ESP
#           mediation: dtcp, dfcrecv
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv dtcp dtcpd jq ping socat tcpdump
setup_topology
topology_fix_neighbours
setup_module
setup_receiver

{
	sed '$d' "$DFC_LAB/dtcpd.conf"
	cat <<-END
		    control-source udp1 {
		        shared-key = "a key of its own"
		        service-port = 16383
		        source-addresses = {"203.0.113.2", "2001:db8:3::2"}
		        notification-targets = {"203.0.113.2:4000"}
		        permissions = {"action-redirect", "action-block"}
		    }
		    control-source udp2 {
		        shared-key = "another key"
		        service-port = 16383
		    }
		}
		interface-alias "ge-1/0/0.0" { device = "server" }
	END
} >"$TMP/dtcpd.conf"
chmod 600 "$TMP/dtcpd.conf"
setup_daemon "$TMP/dtcpd.conf"
ip -n "$ROUTER" link add red type vrf table 100
ip -n "$ROUTER" link set red up

# ask [SOURCE] ARGUMENT...: of mediation, over UDP; a file of numbers each
ask()
{
	local source=udp1 key='a key of its own'

	[ "$1" != udp2 ] || { source=udp2 key='another key'; shift; }
	in_mediation dtcp -j -u -t "${DFC_DEADLINE:-60}" --key "$key" \
		--sequence-file "$TMP/$source.seq" "$source@$router:16383" "$@"
}

# added NAME JQ-EXPRESSION ARGUMENT...: ADD gets 200, and the module's newest
# filter is what the expression says.
added()
{
	check "$1: ADD gets 200" ask add --cdest cd1 --timeout-total 600 "${@:3}"
	check_equal "$1: the module has it so" true "$(in_router dfcctl -j \
		filter | jq ".filters | max_by(.id) | $2")"
}

# refused NAME CODE ARGUMENT...
refused()
{
	check_equal "$1: $2, and nothing is installed" "$2 $count" \
		"$(ask add --cdest cd1 --timeout-total 600 "${@:3}" |
			jq -r .code) $(filters)"
}

filters()
{
	in_router dfcctl -j filter | jq '.filters | length'
}

datagram()
{
	echo hello | in_target socat -t 0 - "UDP4-SENDTO:198.51.100.2:$1"
}

copied()
{
	[ "$(packets "$DFC_LAB/dfcrecv.pcapng" "$1" | wc -l)" -ge "${2-1}" ]
}

router=203.0.113.1
check_equal "no filter at first" 0 "$(filters)"
added "ICMP types" '."icmp-type" | map(tostring) == ["8", "128-129"]' \
	--icmp-type 8,128-129
added "input interface" '.input == ["target"]' --input target --protocol icmp
added "output interface by its Junos name" '.output == ["server"]' \
	--output ge-1/0/0 --protocol udp --dest-port 53
added "VRF" '.vrf | tostring | test("red")' --vrf red
added "redirect" '.action == "redirect"' --action redirect \
	--protocol udp --dest-port 4444
added "block" '.action == "block"' --action block --protocol udp \
	--dest-port 5555
router='[2001:db8:3::1]'
added "intercept id, asked for over IPv6" \
	'."intercept-id" == 5 and ."session-id" == 7' \
	--intercept-id 0000000500000007 --dest 192.0.2.99
router=203.0.113.1

count=$(filters)
check_equal "all of them are there" 7 "$count"
refused "unknown interface" 901 --input nosuch0
refused "Junos name without an alias" 901 --input ge-9/9/9
refused "no VRF" 901 --vrf target
refused "ICMP and ports" 432 --icmp-type 8 --dest-port 53
check_equal "another source may not block" 501 \
	"$(ask udp2 add --cdest cd1 --static --action block | jq .code)"
check_equal "another source sees none of them" 0 \
	"$(ask udp2 list | jq '.criteria | length')"

capture_start server "$ROUTER" server -Q out udp
datagram 53
datagram 4444
datagram 5555
in_target ping -q -c 1 198.51.100.2 >/dev/null
datagram 53
wait_for copied 'udp dst port 4444'
check "what leaves by an interface is copied" wait_for copied \
	'udp dst port 53' 2
check "a type of ICMP is copied" wait_for copied 'icmp[0] == 8'
capture_stop server
check_equal "what was redirected or blocked did not leave" 2 \
	"$(packets "$TMP/server.pcap" | wc -l)"
check_equal "what was blocked was not copied" 0 \
	"$(packets "$DFC_LAB/dfcrecv.pcapng" 'udp dst port 5555' | wc -l)"
check_equal "LIST tells what matched" 1 "$(ask list --both | jq '.criteria[] |
	select(.action == "block")."matching-packets"')"

ip netns exec "$MEDIATION" dtcp --key 'a key of its own' -j listen -n 1 \
	-w "${DFC_DEADLINE:-60}" 203.0.113.2:4000 >"$TMP/notice" 2>&1 &
listener=$!
wait_for lab_listens "$MEDIATION" -lu 4000
check "ADD that wants to be told" ask add --cdest cd1 --send-async \
	--timeout-packets 1 --protocol udp --dest-port 6666
datagram 6666
told=0
wait "$listener" || told=$?
check_equal "dtcp listens until it is told" 0 "$told"
check_equal "390, signed" "390 true" \
	"$(jq -r '"\(.code) \(.authentic)"' "$TMP/notice")"

check_equal "REFRESH of all" 200 "$(ask refresh --cdest cd1 \
	--timeout-total 900 | jq .code)"
check_equal "the module has the new timeout" "7 true" "$(in_router \
	dfcctl -j filter | jq -r '[.filters[]."timeout-total"] |
		"\(length) \(all(. == 900))"')"
check "DELETE of all" ask delete --cdest cd1
check_equal "no filter is left" 0 "$(filters)"
