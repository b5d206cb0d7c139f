#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Copies are larger than what the path takes: they are fragmented outside and
# arrive whole, in the clear and in ESP of both modes, also when the path gets
# narrower or wider on the way. The monitored side hears nothing of it.
#
#   target -- router -- mediation, a router on the way -- far: dfcrecv
#               |               1500, 1400, 1500 bytes
#             server
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq python3 socat tcpdump
setup_topology
topology_fix_neighbours
setup_module

far=far-$(topology_random 3)
defer ip netns delete "$far"
topology_namespace "$far"
ip link add far netns "$MEDIATION" mtu 1500 type veth \
	peer name router netns "$far" mtu 1500
ip -n "$MEDIATION" -batch - <<-END
	address add 203.0.113.129/25 dev far
	address add 2001:db8:4::1/64 dev far nodad
	link set far up
END
ip -n "$far" -batch - <<-END
	address add 203.0.113.130/25 dev router
	address add 2001:db8:4::2/64 dev router nodad
	link set router up
	route add default via 203.0.113.129
	route add default via 2001:db8:4::1
END
topology_plain_wire "$MEDIATION" far
topology_plain_wire "$far" router
in_mediation sysctl -q -w net.ipv4.ip_forward=1 \
	net.ipv6.conf.all.forwarding=1
ip -n "$ROUTER" route add 203.0.113.128/25 via 203.0.113.2
ip -n "$ROUTER" route add 2001:db8:4::/64 via 2001:db8:3::2
# What was learnt of the path is forgotten soon, but not before all have left.
in_router sysctl -q -w net.ipv6.route.mtu_expires=20
for namespace in "$ROUTER" "$MEDIATION"; do
	ip -n "$namespace" xfrm policy flush
	ip -n "$namespace" xfrm state flush
done
MEDIATION=$far setup_receiver
ip netns exec "$SERVER" socat -u UDP6-RECV:9,ipv6only=0 OPEN:/dev/null &
defer kill "$!"
wait_for lab_listens "$SERVER" -lu 9

declare -A near_of=([4]=203.0.113.1 [6]=2001:db8:3::1)
declare -A far_of=([4]=203.0.113.130 [6]=2001:db8:4::2)
sizes=(1472 1452 1400 1300 1000 1)
number=$((2 * ${#sizes[@]}))

batch()
{
	in_target "$selftests/gso.py" udp 198.51.100.2 9 "${sizes[@]}"
	in_target "$selftests/gso.py" udp 2001:db8:2::2 9 \
		"${sizes[@]/1472/1451}"
}

has_delivered()
{
	[ "$(delivered)" -ge "$1" ]
}

# A batch of which nothing is lost: a path that got narrower tells it by losing
# something.
all_arrive()
{
	local before

	before=$(delivered)
	batch
	wait_for -t 2 has_delivered $((before + number))
}

last()
{
	packets "$1" "${@:2}" | tail -n "$number" | sort
}

# expression FAMILY: copies that leave the router
outside()
{
	if [ "$1" = 4 ]; then
		echo "src host 203.0.113.1"
	else
		echo "src host 2001:db8:3::1 and not (icmp6 and ip6[40] >= 133)"
	fi
}

# larger FAMILY BYTES: how many of the last packets that left are
larger()
{
	packets "$TMP/out.pcap" "$(outside "$1")" | tail -n "$number" |
		awk -v bytes="$2" 'length > 2 * bytes' | wc -l
}

set_path()
{
	ip -n "$MEDIATION" link set far mtu "$1"
	ip -n "$far" link set router mtu "$1"
}

# esp MODE FAMILY: static keys from router to far
esp()
{
	local from=${near_of[$2]} to=${far_of[$2]} namespace key

	key=0x$(topology_random 20)
	spi=$((spi + 1))
	ip -n "$ROUTER" xfrm policy flush
	ip -n "$ROUTER" xfrm policy add src "$from" dst "$to" dir out \
		tmpl src "$from" dst "$to" proto esp mode "$1"
	# What comes out of a tunnel is taken only where a policy says so.
	ip -n "$far" xfrm policy flush
	ip -n "$far" xfrm policy add src "$from" dst "$to" dir in \
		tmpl src "$from" dst "$to" proto esp mode "$1"
	for namespace in "$ROUTER" "$far"; do
		ip -n "$namespace" xfrm state flush
		ip -n "$namespace" xfrm state add src "$from" dst "$to" \
			proto esp spi "$spi" mode "$1" \
			aead 'rfc4106(gcm(aes))' "$key" 128
	done
}
spi=4096

fragments()
{
	packets "$TMP/out.pcap" "$(outside "$1") and
		(ip[6:2] & 0x3fff != 0 or ip6[6] == 44)" | wc -l
}

arrive_whole()
{
	check "$1: all of a batch arrive" wait_for all_arrive
	check "$1: they are whole" diff <(last "$TMP/target.pcap") \
		<(last "$DFC_LAB/dfcrecv.pcapng")
}

# gets_wider: whether what leaves is large again
gets_wider()
{
	all_arrive && [ "$(larger "$1" 1400)" -gt 0 ]
}

# try MODE FAMILY WHERE: WHERE is outside or inside of ESP, or nothing
try()
{
	local name="$1, IPv$2" security=required

	set_path 1500
	if [ "$1" = clear ]; then
		ip -n "$ROUTER" xfrm policy flush
		security=none
	else
		esp "$1" "$2"
	fi
	in_router dfcctl destination add id 1 address "${far_of[$2]}" \
		port 7890 security "$security"
	in_router dfcctl filter add id 1 protocol udp dest-port 9 destination 1
	capture_start out "$ROUTER" mediation -Q out
	capture_start target "$ROUTER" target -Q in udp
	arrive_whole "$name"
	if [ "$3" = inside ]; then
		check_equal "$name: fragmented inside ESP" 0 "$(fragments "$2")"
	else
		check "$name: fragmented outside" [ "$(fragments "$2")" -gt 0 ]
	fi
	set_path 1400
	arrive_whole "$name, a narrow path"
	[ "$2" = 4 ] || check_equal "$name, a narrow path: it is followed" 0 \
		"$(larger 6 1400)"
	set_path 1500
	check "$name, a wide path again: it is followed" \
		wait_for gets_wider "$2"
	ip -n "$ROUTER" route change 203.0.113.128/25 via 203.0.113.2 mtu 1350
	ip -n "$ROUTER" route change 2001:db8:4::/64 via 2001:db8:3::2 mtu 1350
	arrive_whole "$name, a narrow route"
	check_equal "$name, a narrow route: it is followed" 0 \
		"$(larger "$2" 1350)"
	ip -n "$ROUTER" route change 203.0.113.128/25 via 203.0.113.2
	ip -n "$ROUTER" route change 2001:db8:4::/64 via 2001:db8:3::2
	check "$name, a wide route again: it is followed" \
		wait_for gets_wider "$2"
	capture_stop out
	capture_stop target
	check_equal "$name: no outer header has DF" "" \
		"$(packets "$TMP/out.pcap" 'src host 203.0.113.1 and
			ip[6] & 0x40 != 0')"
	check_equal "$name: none was refused" 0 \
		"$(counter destination dropped-packets)"
	in_router dfcctl filter flush
	in_router dfcctl destination delete 1
}

capture_start heard "$TARGET" router -Q in 'icmp or icmp6'
capture_start told "$SERVER" router -Q in 'icmp or icmp6'
for family in 4 6; do
	try clear "$family" outside
	try transport "$family" outside
done
try tunnel 4 outside
try tunnel 6 inside
for name in heard told; do
	capture_stop "$name"
	check_equal "no ICMP error reaches the monitored side ($name)" "" \
		"$(packets "$TMP/$name.pcap" 'icmp[0] == 3 or icmp[0] == 11 or
			icmp6[0] < 128')"
done
