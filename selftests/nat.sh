#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Where the router translates addresses, packets come in that are addressed to
# it and go on to others: answers of masqueraded connections, ports that it
# forwards. They are copied as they came in, and those that stay are not.
#
#   target -- router, masquerading -- server
#               || ESP
#           mediation: ports 8001, 8002, ... one for each filter
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

queue=$(dirname "$0")/nfqueue.py
need dfcctl dfcrecv jq nft python3 socat tcpdump tshark ethtool
setup_topology
topology_fix_neighbours
setup_module

# So that copies of the largest packets fit into the path.
for pair in "$TARGET router" "$ROUTER target" "$ROUTER server" \
	"$SERVER router"; do
	read -r namespace device <<<"$pair"
	ip -n "$namespace" link set "$device" mtu 1280
done

# rules [RULE]: what is done besides before routing
rules()
{
	in_router nft -f - <<-END
		table inet nat
		delete table inet nat
		table inet nat {
			chain first {
				type filter hook prerouting priority -150
				${1-}
			}
			chain in {
				type nat hook prerouting priority dstnat
				ip daddr 192.0.2.1 udp dport 4000-4999 dnat ip to 198.51.100.2
				ip6 daddr 2001:db8:1::1 udp dport 4000-4999 dnat ip6 to 2001:db8:2::2
			}
			chain out {
				type nat hook postrouting priority srcnat
				oif server iif target masquerade
			}
		}
	END
}

# filter ID WORD...: its copies go to port 8000 + ID
filter()
{
	local id=$1

	shift
	in_router dfcctl filter add id "$id" "$@" destination "$id"
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

lost()
{
	counter statistics lost-pending
}

# came FILE COUNT FILTER: so many packets are in a capture
came()
{
	[ "$(packets "$TMP/$1.pcap" "$3" | wc -l)" -ge "$2" ]
}

begin()
{
	capture_start wire "$ROUTER" server -Q in
	capture_start target "$ROUTER" target -Q in
	capture_start copies "$MEDIATION" router udp
}

end()
{
	check "$1: all copies arrive" wait_for all_copied
	capture_stop wire
	capture_stop target
	capture_stop copies
}

# Copies of what has been matched since begin.
all_copied()
{
	[ "$(packets "$TMP/copies.pcap" | wc -l)" -eq \
	  $(($(counter filter matched-packets) - ${before:-0})) ]
}

expect()
{
	packets "$TMP/$3.pcap" "(ip or ip6) and ($4)" | sort >"$TMP/expected"
	check "$1: the traffic has some" [ -s "$TMP/expected" ]
	check "$1" diff "$TMP/expected" <(copies $((8000 + $2)))
}

ping_both()
{
	in_"$1" ping -q -c 3 -i 0.2 -s "$2" 198.51.100.2 >/dev/null
	in_"$1" ping -q -c 3 -i 0.2 -s "$2" 2001:db8:2::2 >/dev/null
}

ports=()
for id in 1 2 3; do
	in_router dfcctl destination add id "$id" address 203.0.113.2 \
		port $((8000 + id))
	ports+=(-l $((8000 + id)))
done
ip netns exec "$MEDIATION" dfcrecv -q "${ports[@]}" 2>/dev/null &
defer kill "$!"
wait_for lab_listens "$MEDIATION" -lu 8003
rules
in_router dfcctl group add id 1 local yes

# Pings of 100 bytes are the router's own.
filter 1 input server icmp-type 0 icmp-type 129
filter 2 input server group 1
filter 3 from 198.51.100.2
begin
ping_both target 56
ping_both router 100
end "answers"
others='icmp[0] == 0 or (icmp6 and ip6[40] == 129)'
expect "answers of masqueraded connections come as they came in" 1 wire \
	"less 120 and ($others)"
expect "a local group has them and the router's own, once" 2 wire 'ip or ip6'
expect "nothing of it needs an interface" 3 wire 'less 120 and icmp[0] == 0'
check "they came to the router" [ -n "$(packets "$TMP/wire.pcap" \
	'dst host 198.51.100.1 and less 120')" ]
check_equal "none is lost" 0 "$(lost)"

# They wait in a queue meanwhile, all of them.
in_router dfcctl filter flush
filter 1 input server icmp-type 0 icmp-type 129
rules 'iif server queue num 7'
ip netns exec "$ROUTER" "$queue" 7 16 >"$TMP/queue" &
defer kill "$!"
wait_for grep -q ready "$TMP/queue"
begin
for family in 4 6; do
	for who in target router; do
		host=198.51.100.2
		[ "$family" = 4 ] || host=2001:db8:2::2
		[ "$who" = target ] && size=56 || size=100
		for ((i = 0; i < 4; i++)); do
			in_"$who" ping -q -c 1 -W 1 -s "$size" "$host" \
				>/dev/null || true
		done
	done
done
check "packets wait in a queue" wait_for grep -q '^16$' "$TMP/queue"
end "behind a queue"
expect "answers that have waited in a queue" 1 wire "less 120 and ($others)"
check_equal "none of them is lost" 0 "$(lost)"
rules

# Fragments are put together before it turns out.
in_router dfcctl filter flush
filter 1 input server icmp-type 0 icmp-type 129
filter 2 input server group 1
filter 3 input server
begin
ping_both target 3000
ping_both router 2000
end "fragments"
large='(ip[6:2] & 0x3fff != 0 or ip6[6] == 44)'
check "answers come in fragments" \
	[ -n "$(packets "$TMP/wire.pcap" "$large")" ]
# Those of 2000 bytes have two parts, the others three.
third='(ip[6:2] & 0x1fff > 160) or (ip6[6] == 44 and ip6[42:2] > 1288)'
passing=$(packets "$TMP/wire.pcap" "$third" | awk '
	/^4/ { print "or ip[4:2] == 0x" substr($0, 9, 4) }
	/^6/ { print "or ip6[44:4] == 0x" substr($0, 89, 8) }')
passing=${passing#or }
check_equal "six of them pass" 6 "$(grep -o '==' <<<"$passing" | wc -l)"
expect "all fragments of what passes, by what only the first has" 1 wire \
	"$passing"
expect "a local group has all fragments, once" 2 wire 'ip or ip6'
expect "all fragments of what passes" 3 wire "$passing"
check_equal "no fragment is lost" 0 "$(lost)"

# Ports that are forwarded, and the same that are not.
in_router dfcctl filter flush
filter 1 input target protocol udp
filter 2 input target protocol udp group 1
in_router dfcctl filter add id 4 protocol udp dest-port 4500 action block
begin
capture_start forwarded "$SERVER" router -Q in udp
for port in 3000 4000 4500 4600 5000; do
	echo hello | in_target socat -u - "UDP4-SENDTO:192.0.2.1:$port"
	echo hello | in_target socat -u - \
		"UDP6-SENDTO:[2001:db8:1::1]:$port"
done
check "ports are forwarded" wait_for came forwarded 2 'dst port 4600'
check "the last one comes" wait_for came target 2 'dst port 5000'
check "what passes is copied" wait_for has_matched 1 6
capture_stop forwarded
check "what came is copied" wait_for has_matched 2 10
check_equal "what is to be blocked passes no more" 2 "$(matched 4)"
for name in wire target copies; do
	[ "$name" != copies ] || wait_for came copies 16 udp
	capture_stop "$name"
done
expect "forwarded ports, as they came in" 1 target \
	'udp and dst portrange 4000-4999'
expect "a local group has all ports" 2 target 'udp'
check_equal "what is blocked is not forwarded" "" \
	"$(packets "$TMP/forwarded.pcap" 'dst port 4500')"

# Merged packets.
in_router dfcctl filter flush
filter 1 input server protocol tcp
in_router ethtool -K server rx on gro on tx on tso on gso on >/dev/null
in_server ethtool -K router rx on gro on tx on tso on gso on >/dev/null
head -c 100000 /dev/urandom >"$TMP/page"

# payload NAME: bytes of TCP in a capture; a slow machine sends some twice
payload()
{
	tshark -r "$TMP/$1.pcap" -d udp.port==8001,ip -T fields -e tcp.len \
		-Y 'tcp.len > 0' 2>/dev/null | awk '{ n += $1 } END { print n }'
}

for family in 4 6; do
	host=198.51.100.2
	[ "$family" = 4 ] || host='[2001:db8:2::2]'
	before=$(counter filter matched-packets)
	begin
	ip netns exec "$SERVER" socat -u "OPEN:$TMP/page" \
		"TCP$family-LISTEN:5001,reuseaddr" &
	wait_for lab_listens "$SERVER" -lt 5001
	in_target socat -u "TCP$family:$host:5001" "CREATE:$TMP/got"
	check "a masqueraded download, IPv$family" cmp "$TMP/page" "$TMP/got"
	end "download, IPv$family"
	check "merged packets came in" \
		[ -n "$(packets "$TMP/wire.pcap" 'greater 1300')" ]
	check_equal "no copy is larger than the wire allows" 0 \
		"$(copies 8001 | awk 'length > 2560' | wc -l)"
	check_equal "all bytes are copied, and none twice" \
		"$(payload wire)" "$(payload copies)"
	check_equal "no copy has a wrong checksum" "" \
		"$(tshark -r "$TMP/copies.pcap" -d udp.port==8001,ip \
			-o tcp.check_checksum:TRUE \
			-Y 'tcp.checksum.status == 0' 2>/dev/null)"
done
check_equal "no merged packet is lost" 0 "$(lost)"

# What waits too long in a queue is bounded, and what is lost is counted.
in_router dfcctl filter flush
filter 1 input target protocol udp
rules 'iif target queue num 8'
ip netns exec "$ROUTER" "$queue" 8 4200 >"$TMP/queue" &
defer kill "$!"
wait_for grep -q ready "$TMP/queue"
in_target python3 - <<-END
	import socket
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for i in range(5000):
	    s.sendto(b'hello', ('192.0.2.1', 4000))
END
check "more wait than can be kept" wait_for grep -q '^4096$' "$TMP/queue"
judged()
{
	[ $(($(matched 1) + $(lost))) -eq 5000 ]
}

check "each is copied or counted as lost" wait_for judged
check "some are lost" [ "$(lost)" -ge 104 ]
check "the newest are not" [ "$(matched 1)" -ge 800 ]
