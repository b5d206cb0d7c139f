#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The ground that the other tests stand on: forwarding between target and
# server, and ESP between router and mediation, with nothing of dfc in it.
#
#   target 192.0.2.2 -- router -- 198.51.100.2 server
#                         ||
#                     203.0.113.2 mediation
set -euo pipefail
. "$(dirname "$0")/lib.sh"

need ip ethtool ping tcpdump socat sysctl
setup_topology

plain_wire()
{
	! ip netns exec "$1" ethtool -k "$2" | grep -E \
	  '^(tcp-segmentation|generic-(segmentation|receive)|[rt]x-checksum).*: on'
}

for pair in "$TARGET router" "$SERVER router" "$MEDIATION router" \
	"$ROUTER target" "$ROUTER server" "$ROUTER mediation"; do
	read -r namespace device <<<"$pair"
	check "no offloads on $device in ${namespace%-*}" \
		plain_wire "$namespace" "$device"
done

check "target reaches server, IPv4" in_target ping -c 3 -i 0.2 198.51.100.2
check "target reaches server, IPv6" in_target ping -c 3 -i 0.2 2001:db8:2::2
check "server reaches target, IPv4" in_server ping -c 3 -i 0.2 192.0.2.2
check "server reaches target, IPv6" in_server ping -c 3 -i 0.2 2001:db8:1::2
check "one hop lies between them" \
	grep -q 'ttl=63 ' <(in_target ping -c 1 198.51.100.2)

# Only what leaves an interface is what is on the wire: what comes in is seen
# a second time, decrypted.
clear_packets()
{
	tcpdump -n -r "$TMP/$1.pcap" 'not esp and not arp and not (ip6 and
		icmp6 and (ip6[40] >= 133 and ip6[40] <= 136)) and
		not (ip6 and ip6[6] == 0)' 2>/dev/null
}

esp_count()
{
	tcpdump -n -r "$TMP/$1.pcap" esp 2>/dev/null | wc -l
}

capture_start there "$ROUTER" mediation -Q out
capture_start back "$MEDIATION" router -Q out
check "router reaches mediation, IPv4" in_router ping -c 3 -i 0.2 203.0.113.2
check "router reaches mediation, IPv6" \
	in_router ping -c 3 -i 0.2 2001:db8:3::2
check "router reaches mediation from another address" \
	in_router ping -c 3 -i 0.2 -I 198.51.100.1 203.0.113.2
check "mediation reaches server through the tunnel" \
	in_mediation ping -c 3 -i 0.2 198.51.100.2
capture_stop there
capture_stop back
check_equal "nothing goes to mediation in the clear" "" "$(clear_packets there)"
check_equal "nothing comes back in the clear" "" "$(clear_packets back)"
check_equal "as many ESP packets as there were pings" 12 "$(esp_count there)"

ip netns exec "$ROUTER" socat -t 20 \
	TCP6-LISTEN:32001,fork,reuseaddr,ipv6only=0 EXEC:cat &
defer kill "$!"
wait_for lab_listens "$ROUTER" -lt 32001

echoes()
{
	[ "$(echo hello | in_mediation timeout 40 socat -t 20 - "$1")" = hello ]
}

topology_sa_down
capture_start down "$ROUTER" mediation -Q out
check_fails "without an SA, mediation is not reached, IPv4" \
	in_router ping -c 2 -i 0.2 -W 2 203.0.113.2
check_fails "without an SA, mediation is not reached, IPv6" \
	in_router ping -c 2 -i 0.2 -W 2 2001:db8:3::2
check "port 32001 lives without an SA, IPv4" echoes TCP4:203.0.113.1:32001
check "port 32001 lives without an SA, IPv6" \
	echoes 'TCP6:[2001:db8:3::1]:32001'
capture_stop down
check_equal "no ESP without an SA" 0 "$(esp_count down)"
check_equal "nothing but port 32001 in the clear" "" \
	"$(clear_packets down | grep -v '\.32001 >' || true)"

topology_sa_up
check "with a new SA, mediation is reached, IPv4" \
	in_router ping -c 3 -i 0.2 203.0.113.2
check "with a new SA, mediation is reached, IPv6" \
	in_router ping -c 3 -i 0.2 2001:db8:3::2
