#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What is around the module changes all the time while packets are forwarded
# and copied: devices that filters name, VRFs, routes and neighbours of
# destinations, security associations, destinations themselves.
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"
. "$(dirname "$0")/stress-lib.sh"

setup_stress

watch()
{
	destination security required
	in_router dfcctl destination add id 2 address 2001:db8:3::2 port 7890 \
		format dfc
	in_router dfcctl group add id 1 mode passive device side
	in_router dfcctl group add id 2 device target,side,other \
		duplicates-max 2
	in_router dfcctl filter add id 1 to 198.51.100.2 destination 1,2
	in_router dfcctl filter add id 2 family inet6 group 2 destination 2
	in_router dfcctl filter add id 3 protocol udp group 1 destination 1
	in_router dfcctl filter add id 4 family ccc group 1 destination 2
	in_router dfcctl filter add id 5 family ccc output side,other \
		destination 1
	in_router dfcctl filter add id 6 protocol udp input side,red \
		destination 1
}

devices()
{
	ip -n "$ROUTER" link set side down &&
	ip -n "$ROUTER" link set side name other &&
	ip -n "$ROUTER" link set other up &&
	ip -n "$ROUTER" link set other down &&
	ip -n "$ROUTER" link set other name side &&
	ip -n "$ROUTER" link delete side &&
	side_up
}

vrfs()
{
	ip -n "$ROUTER" -batch - <<-END
		link add red type vrf table 100
		link set red up
		link set side vrf red
		link set side nomaster
		link set side vrf red
		link delete red
	END
}

# To the destination, and others that make the kernel forget what it knows.
routes()
{
	ip -n "$ROUTER" -batch - <<-END
		route add blackhole 203.0.113.2
		route add unreachable 2001:db8:3::2
		rule add priority 100 to 192.0.2.192/26 table 100
		route add 198.51.100.128/25 dev server
		route delete 198.51.100.128/25 dev server
		rule delete priority 100
		route delete blackhole 203.0.113.2
		route delete unreachable 2001:db8:3::2
	END
}

neighbours()
{
	ip -n "$ROUTER" neighbour delete 203.0.113.2 dev mediation &&
	ip -n "$ROUTER" link set mediation arp off &&
	ip -n "$ROUTER" link set mediation arp on &&
	ip -n "$ROUTER" neighbour flush dev mediation &&
	topology_fix_link mediation "$MEDIATION" 203.0.113 2001:db8:3
}

associations()
{
	topology_sa_up && topology_sa_down && topology_sa_up &&
	ip -n "$ROUTER" xfrm state flush && topology_sa_up
}

# A destination goes as soon as no filter is left, whose copies may still be on
# their way.
destinations()
{
	in_router dfcctl destination add id 3 address 203.0.113.2 port 7891 &&
	in_router dfcctl filter add id 30 to 198.51.100.2 destination 3,1 &&
	in_router dfcctl filter delete 30 &&
	in_router dfcctl destination delete 3
}

# The link to mediation, with all that is on its way there.
mediation()
{
	ip -n "$ROUTER" link set mediation down &&
	ip -n "$ROUTER" link set mediation up &&
	ip -n "$ROUTER" address replace 2001:db8:3::1/64 dev mediation nodad &&
	topology_fix_link mediation "$MEDIATION" 203.0.113 2001:db8:3
}

watch
flow_start
for change in devices vrfs routes neighbours associations destinations mediation
do
	seen=$(counter statistics matched-packets)
	check "$change change all the time" stress "$change"
	check "$change: packets are matched" wait_for matching "$seen"
done
flow_stop "a world that changes"
in_router dfcctl filter flush
in_router dfcctl destination delete 1
in_router dfcctl destination delete 2
in_router dfcctl group delete 1
in_router dfcctl group delete 2
check "nothing is left" all_gone
check "each copy was sent or dropped" wait_for accounted
