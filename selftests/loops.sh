#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The router ends a tunnel of the target: its packets are seen inside, and
# outside by those who ask for it, once each. Copies go through another tunnel,
# or through this very one, and are seen nowhere: there is no end of it else.
#
#   target == router -- server
#     ESP       || ESP
#           mediation: ports 8001, 8002, ... one for each filter
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq tcpdump
setup_topology
topology_fix_neighbours
setup_module

# tunnel FROM TO SPI: one SA of the monitored tunnel, at both ends
tunnel()
{
	local namespace key

	key=0x$(topology_random 20)
	for namespace in "$TARGET" "$ROUTER"; do
		ip -n "$namespace" xfrm state add src "$1" dst "$2" proto esp \
			spi "$3" reqid 7 mode tunnel replay-window 64 \
			aead 'rfc4106(gcm(aes))' "$key" 128
	done
}

# policies NAMESPACE OUTSIDE PEER INSIDE NET...: what goes to NET from INSIDE
# goes through the tunnel, and comes from there by it
policies()
{
	local namespace=$1 inside=$4 net
	local there="tmpl src $2 dst $3 proto esp reqid 7 mode tunnel"
	local back="tmpl src $3 dst $2 proto esp reqid 7 mode tunnel"

	for net in "${@:5}"; do
		ip -n "$namespace" -batch - <<-END
			xfrm policy add src $inside dst $net dir out priority 50 $there
			xfrm policy add src $net dst $inside dir in priority 50 $back
			xfrm policy add src $net dst $inside dir fwd priority 50 $back
		END
	done
}

tunnel 192.0.2.2 192.0.2.1 0x7001
tunnel 192.0.2.1 192.0.2.2 0x7002
tunnel 2001:db8:1::2 2001:db8:1::1 0x7003
tunnel 2001:db8:1::1 2001:db8:1::2 0x7004
policies "$TARGET" 192.0.2.2 192.0.2.1 192.0.2.2 198.51.100.0/24
policies "$ROUTER" 192.0.2.1 192.0.2.2 198.51.100.0/24 192.0.2.2
policies "$TARGET" 2001:db8:1::2 2001:db8:1::1 2001:db8:1::2 2001:db8:2::/64
policies "$ROUTER" 2001:db8:1::1 2001:db8:1::2 2001:db8:2::/64 2001:db8:1::2

in_router dfcctl group add id 1 local yes
set_taps()
{
	tap 1 protocol icmp
	tap 2 protocol 58
	tap 3 group 1 protocol esp
	tap 4 group 1
	tap 5 group 1 output target protocol esp
	tap 6 group 1 from 192.0.2.2
}
sink 6
ip netns exec "$TARGET" dfcrecv -q -l 8007 2>/dev/null &
defer kill "$!"
wait_for lab_listens "$TARGET" -lu 8007

numbers()
{
	local id

	for id in 1 2 3 4 5 6; do
		matched "$id"
	done | xargs
}

# Three pings of each family: outside and inside as they come in from the
# target, and the answers as they come in from the server. What the router makes
# of those is IPsec's business: what it sends is seen before IPsec.
expected="6 6 6 18 0 6"
traffic()
{
	in_target ping -q -c 3 -i 0.2 198.51.100.2 >/dev/null
	in_target ping -q -c 3 -i 0.2 2001:db8:2::2 >/dev/null
}

sent()
{
	counter statistics sent-packets
}

# try NAME COPIES
try()
{
	local before

	before=$(sent)
	capture_start target "$ROUTER" target -Q out
	traffic
	capture_stop target
	check_equal "$1: what leaves to the target is in ESP" "" \
		"$(packets "$TMP/target.pcap" 'not esp and not arp')"
	check_equal "$1: each is seen once inside, once outside" "$expected" \
		"$(numbers)"
	check_equal "$1: there are no other copies" "$2" \
		"$(($(sent) - before))"
	check_equal "$1: none was dropped" 0 \
		"$(counter statistics dropped-packets)"
}

set_taps
capture_start copies "$MEDIATION" router udp
try "another tunnel for copies" 42
check "all copies arrive" wait_for arrived
capture_stop copies
in_router dfcctl filter flush

# The content destination is behind the tunnel that is watched.
ip -n "$TARGET" address add 203.0.113.65/32 dev lo
ip -n "$ROUTER" route add 203.0.113.65/32 via 192.0.2.2
policies "$ROUTER" 192.0.2.1 192.0.2.2 0.0.0.0/0 203.0.113.65/32
for id in 1 2 3 4 5 6; do
	in_router dfcctl destination delete "$id"
done
tap()
{
	in_router dfcctl destination add id "$1" address 203.0.113.65 port 8007
	in_router dfcctl filter add id "$1" "${@:2}" destination "$1"
}

set_taps
capture_start carried "$TARGET" any -Q in udp port 8007
try "the same tunnel for copies" 42
check "they come out of it at the target" wait_for captured carried 42
capture_stop carried
