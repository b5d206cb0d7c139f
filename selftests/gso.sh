#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Where the router handles merged packets (GRO, GSO, checksums left to the
# hardware), copies are still the packets of the wire: in number, order and
# bytes, checksums too; and where they do not fit into the path, they are
# fragmented outside.
#
#   target == big packets == router -- server
#                              || ESP
#                          mediation: ports 8001, 8002; dfcrecv
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq python3 socat tcpdump tshark ethtool
# All on one processor: between two, the packets of the wire may overtake each
# other behind the router, and copies do not take part in that.
taskset -p -c 0 "$$" >/dev/null
setup_topology
topology_fix_neighbours
setup_module
sink 2

# carries MTU: the way to mediation; one that holds all copies whole, at first
carries()
{
	ip -n "$ROUTER" link set mediation mtu "$1"
	ip -n "$MEDIATION" link set router mtu "$1"
}

carries 2000

# The last device is a plain one: there, the kernel itself takes packets apart,
# and fills in their checksums, which tells what the wire has.
merge()
{
	ip netns exec "$1" ethtool -K "$2" rx on tx on tso on gso on "${@:3}" \
		>/dev/null
}

merge "$TARGET" router
merge "$ROUTER" target
merge "$SERVER" router
head -c 300000 /dev/urandom >"$TMP/upload"

# Addresses of a tunnel through the router, in both families.
tunnel()
{
	local namespace=$1 own=$2 remote=$3 number=$4

	ip -n "$namespace" -batch - <<-END
		link add inside type ipip local $own remote $remote
		link set inside up
		address add 203.0.113.$((64 + number))/30 dev inside
	END
	ip -n "$namespace" -batch - <<-END
		link add inside6 type ip6tnl mode ip6ip6 encaplimit none \
			local 2001:db8:${number}::2 remote 2001:db8:$((3 - number))::2
		link set inside6 up
		address add 2001:db8:9::$number/64 dev inside6 nodad
	END
}

tunnel "$TARGET" 192.0.2.2 198.51.100.2 1
tunnel "$SERVER" 198.51.100.2 192.0.2.2 2

# upload FAMILY ADDRESS: a stream of pages
upload()
{
	ip netns exec "$SERVER" socat -u "TCP$1-LISTEN:5000,reuseaddr" \
		"CREATE:$TMP/received" &
	wait_for lab_listens "$SERVER" -lt 5000
	in_target "$selftests/gso.py" tcp "$2" 5000 "$TMP/upload"
	wait "$!"
	cmp "$TMP/upload" "$TMP/received"
}

uploads()
{
	upload 4 "$1"
	upload 6 "$2"
}

datagrams()
{
	in_target "$selftests/gso.py" "$1" 198.51.100.2 9 "${@:2}"
	in_target "$selftests/gso.py" "$1" 2001:db8:2::2 9 "${@:2}"
}

# Nobody answers for the server: there are no ICMP errors.
ip netns exec "$SERVER" socat -u UDP6-RECV:9,ipv6only=0 OPEN:/dev/null &
defer kill "$!"
wait_for lab_listens "$SERVER" -lu 9

# What a copy is behind the outer headers, in the order in which they came.
inner()
{
	packets "$TMP/copies.pcap" "udp dst port $1" | cut -c57-
}

# The router counts TTL and hop limit down.
on_its_way()
{
	sed -E 's/^(4.{15})..(..)..../\1--\2----/; s/^(6.{13})../\1--/'
}

# Of a list of datagrams whose checksums the sender has left to the device, the
# kernel leaves them to the next one, even if that cannot do it.
filled()
{
	cat
}

unfilled()
{
	sed -E 's/^(45.{50})..../\1----/; s/^(6.{91})..../\1----/'
}

checksums=filled

bad_checksums()
{
	local port decode=()

	for port in 8001 8002; do
		decode+=(-d "udp.port==$port,ip")
	done
	tshark -n -r "$TMP/copies.pcap" "${decode[@]}" \
		-o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE \
		-o ip.check_checksum:TRUE -Y 'tcp.checksum.status == 0 ||
		udp.checksum.status == 0 || ip.checksum.status == 0' 2>/dev/null
}

is_merged()
{
	[ -n "$(packets "$TMP/target.pcap" 'greater 3000')" ] && echo yes ||
		echo no
}

# try NAME yes|no COMMAND...: whether the router sees packets larger than a
# wire's is as it must be, and copies are the packets of the wire.
try()
{
	local name=$1 merged=$2

	capture_start target "$ROUTER" target -Q in
	# As tcpdump has it, a few packets of any size fill its memory.
	capture_start server "$SERVER" router -s 2048 -Q in \
		'tcp or udp or proto 4 or ip6 proto 41'
	capture_start copies "$MEDIATION" router -s 2048 udp
	tap 1 input target protocol tcp protocol udp protocol 4 protocol 41
	tap 2 output server protocol tcp protocol udp protocol 4 protocol 41
	check "$name: what is sent arrives" "${@:3}"
	check "$name: all copies arrive" wait_for arrived filter
	check "$name: as many as there are packets" wait_for captured server \
		"$(matched 2)"
	capture_stop target
	capture_stop server
	capture_stop copies
	check_equal "$name: the router sees merged packets" "$merged" \
		"$(is_merged)"
	packets "$TMP/server.pcap" | "$checksums" >"$TMP/expected"
	check "$name: the wire has packets, none too large" [ -s "$TMP/expected" \
		-a -z "$(packets "$TMP/server.pcap" 'greater 1515')" ]
	check "$name: copies are the packets that leave, in order" \
		cmp "$TMP/expected" <(inner 8002 | "$checksums")
	check "$name: so are those of what comes in" \
		cmp <(on_its_way <"$TMP/expected") \
		<(inner 8001 | "$checksums" | on_its_way)
	check_equal "$name: no copy has a bad checksum" "" "$(bad_checksums)"
	in_router dfcctl filter flush
	in_router dfcctl destination delete 1
	in_router dfcctl destination delete 2
}

try "TCP" yes uploads 198.51.100.2 2001:db8:2::2
try "checksums left to the device" no datagrams udp 0 1 2 100 1400
try "UDP in segments" yes datagrams segments 1200 30000 2500 1200 7
try "tunnels" yes uploads 203.0.113.66 2001:db8:9::2

# Cut into datagrams by the target, put together again by the router: as a list
# of whole packets, or as one.
in_target ethtool -K router tx-udp-segmentation off >/dev/null
merge "$ROUTER" target gro on rx-gro-list on
checksums=unfilled
try "a list without checksums" yes datagrams segments 1200 30000 2500 1200 7
checksums=filled
in_target ethtool -K router tx off >/dev/null
try "a list of datagrams" yes datagrams segments 1200 30000 2500 1200 7
merge "$ROUTER" target rx-gro-list off rx-udp-gro-forwarding on
try "datagrams merged on the way" yes datagrams segments 1200 30000 2500 1200 7
in_target ethtool -K router tso off gso off >/dev/null
merge "$ROUTER" target rx-gro-list on rx-udp-gro-forwarding off
try "TCP merged on the way" yes uploads 198.51.100.2 2001:db8:2::2
check_equal "nothing was dropped" 0 "$(counter statistics dropped-packets)"

carries 1500
setup_receiver
destination
in_router dfcctl filter add id 1 from 192.0.2.2 protocol icmp destination 1
capture_start wire "$ROUTER" mediation -Q out
check "packets as large as the wire allows pass" \
	in_target ping -q -c 3 -i 0.2 -M "do" -s 1472 198.51.100.2
all_delivered()
{
	[ "$(delivered)" -ge 3 ]
}

check "their copies arrive" wait_for all_delivered
capture_stop wire
check "fragmented outside" [ -n "$(packets "$TMP/wire.pcap" \
	'ip[6:2] & 0x3fff != 0')" ]
check_equal "whole inside" 3 "$(packets "$DFC_LAB/dfcrecv.pcapng" \
	'icmp and greater 1500' | wc -l)"
