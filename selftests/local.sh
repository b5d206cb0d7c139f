#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Packets to and from the router itself: only filters of local groups see them,
# once each, and those that it sends as they leave. Copies are not among them,
# nor what protects or carries these.
#
#   target -- router -- server
#               || ESP
#           mediation: ports 8001, 8002, ... one for each filter
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq nft socat tcpdump tshark ethtool
setup_topology
topology_fix_neighbours
setup_module

# filter ID WORD...: its copies go to port 8000 + ID
filter()
{
	local id=$1

	shift
	in_router dfcctl destination add id "$id" address 203.0.113.2 \
		port $((8000 + id))
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

# check_more DESCRIPTION ID NUMBER COMMAND...: the filter matches so many more
check_more()
{
	local description=$1 id=$2 number=$3 before

	shift 3
	before=$(matched "$id")
	"$@"
	wait_for -t 20 has_matched "$id" $((before + number)) || true
	check_equal "$description" "$number" "$(($(matched "$id") - before))"
}

ping_both()
{
	in_"$1" ping -q -c 2 -i 0.2 "${@:4}" "$2" >/dev/null
	in_"$1" ping -q -c 2 -i 0.2 "${@:4}" "$3" >/dev/null
}

datagram()
{
	echo hello | in_"$1" socat -u - "$2"
}

echoes()
{
	[ "$(echo hello | in_target socat -t 5 - "$1")" = hello ]
}

# What goes into groups and counts where, for a while.
traffic()
{
	ping_both target 192.0.2.1 2001:db8:1::1
	ping_both target 198.51.100.2 2001:db8:2::2
	ping_both router 198.51.100.2 2001:db8:2::2
	# An ICMP error of the router: nobody listens.
	echo | in_target socat -t 0 - UDP4-SENDTO:192.0.2.1:9
	check "a connection to the router, IPv4" echoes TCP4:192.0.2.1:5000
	check "a connection to the router, IPv6" \
		echoes 'TCP6:[2001:db8:1::1]:5000'
}

# wire FILE FILTER...
wire()
{
	packets "$TMP/$1.pcap" "(ip or ip6) and ($2)"
}

listen 11
# Nobody has looked at what leaves before.
in_router dfcctl group add id 1
filter 11 group 1 protocol udp dest-port 9996
in_router dfcctl group set id 1 local yes
check_more "a group that becomes local sees what is sent" 11 1 \
	datagram router UDP4-DATAGRAM:192.0.2.2:9996
in_router dfcctl filter delete 11
in_router dfcctl destination delete 11

in_router dfcctl group add id 2 local yes device target
in_router dfcctl group add id 3
filter 1
filter 2 group 1
filter 3 group 1 input target
filter 4 group 1 output target
filter 5 group 2
filter 6 group 3 output target
filter 7 group 1 vrf red
filter 8 protocol udp dest-port 9999
filter 9 group 1 protocol udp dest-port 9999
ip netns exec "$ROUTER" socat -t 20 \
	TCP6-LISTEN:5000,fork,reuseaddr,ipv6only=0 EXEC:cat &
defer kill "$!"
wait_for lab_listens "$ROUTER" -lt 5000

for name in target server; do
	capture_start "${name}_in" "$ROUTER" "$name" -Q in
	capture_start "${name}_out" "$ROUTER" "$name" -Q out
done
traffic
check "all copies arrive" wait_for arrived
for name in target_in target_out server_in server_out copies; do
	capture_stop "$name"
done

routers='(192.0.2.1 or 198.51.100.1 or 2001:db8:1::1 or 2001:db8:2::1)'
here="dst host $routers or dst net fe80::/10 or dst net ff02::/16"
here="($here or dst net 224.0.0.0/24)"
signal='icmp[0] == 3 or (icmp6 and (ip6[40] < 128 or ip6[40] >= 130)) or
	igmp or (ip6 and ip6[6] == 0)'
sent="(src host $routers or src net fe80::/10) and not ($signal)"

# check_copies DESCRIPTION ID: of the filter are those of the standard input
check_copies()
{
	sort >"$TMP/expected"
	check "$1: the traffic has some" [ -s "$TMP/expected" ]
	check "$1" diff "$TMP/expected" <(copies $((8000 + $2)))
}

check_copies "without a group only what passes" 1 < <(
	wire target_in "not $here"
	wire server_in "not $here")
check_copies "a local group sees what comes, goes and passes, once" 2 < <(
	wire target_in 'ip or ip6'
	wire server_in 'ip or ip6'
	wire target_out "$sent"
	wire server_out "$sent")
check_copies "input: what the router sends comes in nowhere" 3 < <(
	wire target_in 'ip or ip6')
passing='src host 198.51.100.2 or src host 2001:db8:2::2'
check_copies "output: what passes and what the router sends" 4 < <(
	wire target_out "$passing"
	wire target_out "$sent")
check_copies "devices of the group: what comes or is sent by one" 5 < <(
	wire target_in 'ip or ip6'
	wire target_out "$sent")
check_copies "output of another group: what passes" 6 < <(
	wire target_out "$passing")
check "an ICMP error has told the target" \
	[ -n "$(wire target_out 'icmp[0] == 3')" ]
check_equal "there was no packet of which it did not turn out" 0 \
	"$(counter statistics lost-pending)"

# Broadcast and what stays on the link is for the router, other multicast
# passes; clones that the router sends to itself do not count.
link="UDP4-DATAGRAM:192.0.2.255:9999,broadcast"
limited="UDP4-DATAGRAM:255.255.255.255:9999,broadcast"
group="ip-multicast-if"
# A listener at the router has it send multicast to itself as well.
ip netns exec "$ROUTER" socat -u \
	UDP4-RECV:9999,ip-add-membership=239.1.2.3:192.0.2.1 /dev/null &
defer kill "$!"
ip netns exec "$ROUTER" socat -u \
	'UDP6-RECV:9999,ipv6only=1,ipv6-join-group=[ff05::1:3]:target' /dev/null &
defer kill "$!"
wait_for lab_listens "$ROUTER" -lu4 9999
wait_for lab_listens "$ROUTER" -lu6 9999

# seen DESCRIPTION PASSING LOCAL NAMESPACE ADDRESS: how often filters see a
# datagram. One that passes goes behind it, so that nothing is on its way.
seen()
{
	local description=$1 passing here

	passing=$(($(matched 8) + 1))
	here=$(($(matched 9) + 1))
	datagram "$4" "$5"
	datagram target UDP4-DATAGRAM:198.51.100.2:9999
	wait_for -t 20 has_matched 9 $((here + $3)) || true
	check_equal "$description" "$2 $3" \
		"$(($(matched 8) - passing)) $(($(matched 9) - here))"
}

seen "broadcast of the subnet does not pass" 0 1 target "$link"
seen "limited broadcast does not" 0 1 target "$limited,bindtodevice=router"
seen "multicast of the link does not" 0 1 target \
	"UDP4-DATAGRAM:224.0.0.251:9999,$group=192.0.2.2"
seen "multicast of the link does not, IPv6" 0 1 target \
	'UDP6-DATAGRAM:[ff02::fb%router]:9999'
seen "other multicast does" 1 1 target \
	"UDP4-DATAGRAM:239.1.2.3:9999,$group=192.0.2.2"
seen "other multicast does, IPv6" 1 1 target \
	'UDP6-DATAGRAM:[ff05::1:3]:9999,bindtodevice=router'
seen "what the router sends does not pass" 0 1 router \
	'UDP6-DATAGRAM:[2001:db8:1::2]:9999'
seen "broadcast that it sends is seen once" 0 1 router "$link"
seen "multicast that it sends is seen once" 0 1 router \
	"UDP4-DATAGRAM:239.1.2.3:9999,$group=192.0.2.1"
seen "multicast that it sends is seen once, IPv6" 0 1 router \
	'UDP6-DATAGRAM:[ff05::1:3]:9999,bindtodevice=target'
seen "what it sends to itself is not" 0 0 router \
	'UDP6-DATAGRAM:[2001:db8:1::1]:9999'

# The group changes its mind.
in_router dfcctl group set id 1
seen "a group that is not local sees nothing that is sent" 0 0 router \
	'UDP6-DATAGRAM:[2001:db8:1::2]:9999'
seen "nor what comes" 0 0 target UDP4-DATAGRAM:192.0.2.1:9999
in_router dfcctl group set id 1 local yes
seen "until it is local again" 0 1 router 'UDP6-DATAGRAM:[2001:db8:1::2]:9999'

# A filter that keeps what the router sends does not tell it so.
in_router dfcctl filter add id 10 group 1 protocol udp dest-port 9998 \
	action block
capture_start blocked "$ROUTER" target -Q out udp
check "sending what is blocked succeeds, IPv4" \
	datagram router UDP4-DATAGRAM:192.0.2.2:9998
check "sending what is blocked succeeds, IPv6" \
	datagram router 'UDP6-DATAGRAM:[2001:db8:1::2]:9998'
datagram router UDP4-DATAGRAM:192.0.2.2:9997
has_left()
{
	[ -n "$(packets "$TMP/blocked.pcap" "port $1")" ]
}

wait_for has_left 9997
capture_stop blocked
check_equal "but it does not leave" "" \
	"$(packets "$TMP/blocked.pcap" 'port 9998')"
check_equal "and was counted" 2 "$(matched 10)"

# In a VRF: to its address, and from it.
ip -n "$ROUTER" link add red type vrf table 100
ip -n "$ROUTER" link set red up
in_router sysctl -q -w net.ipv6.conf.target.keep_addr_on_down=1
ip -n "$ROUTER" link set target master red
topology_fix_link target "$TARGET" 192.0.2 2001:db8:1
vrf_up()
{
	in_target ping -q -c 1 -W 1 192.0.2.1 &&
		in_target ping -q -c 1 -W 1 2001:db8:1::1
}

check "the router answers in a VRF" wait_for vrf_up
before=$(matched 1)
check_more "to the router in a VRF, and its answers" 7 8 \
	ping_both target 192.0.2.1 2001:db8:1::1
check_more "from the router in a VRF, and what answers" 7 8 \
	ping_both router 192.0.2.2 2001:db8:1::2 -I red
check_equal "none of it passes" "$before" "$(matched 1)"
ip -n "$ROUTER" link delete red
in_router dfcctl filter flush
in_router dfcctl destination delete 1

# Packets inside and outside of a tunnel; copies that go through it are not
# seen on it, or there would be no end.
ip -n "$ROUTER" link add tunnel type ipip local 198.51.100.1 \
	remote 198.51.100.2
ip -n "$ROUTER" address add 203.0.113.129/25 dev tunnel
ip -n "$ROUTER" link set tunnel up
in_router dfcctl destination add id 1 address 203.0.113.200 port 8001 \
	security none
in_router dfcctl filter add id 1 group 1 from 203.0.113.129 to 203.0.113.201 \
	destination 1
in_router dfcctl filter add id 2 group 1 protocol 4 destination 1
capture_start tunnel "$ROUTER" server -Q out 'ip proto 4'
in_router ping -q -c 2 -i 0.2 -W 1 203.0.113.201 >/dev/null || true
check "packets in a tunnel are seen" wait_for has_matched 1 2
check_equal "packets in a tunnel are seen once" 2 "$(matched 1)"
check_equal "those outside are seen once" 2 "$(matched 2)"
tunnelled()
{
	[ "$(packets "$TMP/tunnel.pcap" | wc -l)" -ge "$1" ]
}

check "the copies go through it, too" wait_for tunnelled 6
capture_stop tunnel
check_equal "and cause no more" 6 "$(packets "$TMP/tunnel.pcap" | wc -l)"
in_router dfcctl filter flush

# Merged packets and unfinished checksums of the router's own.
in_router ethtool -K target tx on tso on gso on >/dev/null
in_target ethtool -K router rx on gro on tx on tso on >/dev/null
ip -n "$ROUTER" link set mediation mtu 1700
ip -n "$MEDIATION" link set router mtu 1700
in_router dfcctl destination add id 11 address 203.0.113.2 port 8001
in_router dfcctl filter add id 1 group 1 protocol tcp source-port 5001 \
	output target destination 11
in_router dfcctl filter add id 2 group 1 protocol tcp source-port 5001 \
	destination 2
head -c 100000 /dev/urandom >"$TMP/page"
ip netns exec "$ROUTER" socat -u "OPEN:$TMP/page" \
	TCP6-LISTEN:5001,reuseaddr,ipv6only=0 &
wait_for lab_listens "$ROUTER" -lt 5001
capture_start wire "$ROUTER" target -Q out tcp
capture_start copies "$MEDIATION" router udp
in_target socat -u TCP4:192.0.2.1:5001 "CREATE:$TMP/got"
check "a download from the router" cmp "$TMP/page" "$TMP/got"
has_arrived()
{
	[ "$(packets "$TMP/copies.pcap" "udp dst port $1" | wc -l)" -ge \
	  "$(matched "$2")" ]
}

check "all its copies arrive" wait_for has_arrived 8001 1
check "and those of another scope" wait_for has_arrived 8002 2
capture_stop wire
capture_stop copies
check "the router sent merged packets" \
	[ -n "$(packets "$TMP/wire.pcap" 'greater 1600')" ]
for port in 8001 8002; do
	check_equal "no copy is larger than the wire allows" 0 \
		"$(copies "$port" | awk 'length > 3000' | wc -l)"
	check_equal "no copy has a wrong checksum" "" \
		"$(tshark -r "$TMP/copies.pcap" -d "udp.port==$port,ip" \
			-o tcp.check_checksum:TRUE -Y "udp.dstport == $port &&
			tcp.checksum.status == 0" 2>/dev/null)"
done
check "both have the same" diff <(copies 8001) <(copies 8002)
