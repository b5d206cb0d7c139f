# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
#
# The four network namespaces of the lab, the demo and the selftests:
#
#   target 192.0.2.2 -- 192.0.2.1 router 198.51.100.1 -- 198.51.100.2 server
#                               203.0.113.1
#                                    ||  ESP tunnel, AES-GCM
#                               203.0.113.2
#                                mediation
#
# and beside it 2001:db8:1::/64, 2001:db8:2::/64, 2001:db8:3::/64 with the
# router at ::1 and its neighbours at ::2. In the router, an interface has the
# name of the neighbour; in the others it is called "router".
#
# topology_up [SUFFIX]  builds all that; SUFFIX is added to the names of the
#                       namespaces, which are then in $TARGET, $ROUTER,
#                       $SERVER and $MEDIATION
# topology_down         takes it away
# topology_fix_neighbours  ends neighbour discovery between the namespaces
# topology_sa_down      deletes the SAs from router to mediation
# topology_sa_up        makes new ones; others are left alone

topology_names()
{
	TARGET=target${1-}
	ROUTER=router${1-}
	SERVER=server${1-}
	MEDIATION=mediation${1-}
}

topology_random()
{
	od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'
}

topology_namespace()
{
	ip netns add "$1" && ip -n "$1" link set lo up || return
	# No duplicate address detection: addresses work at once. No router
	# solicitations: the wire holds what a test sends.
	ip netns exec "$1" sysctl -q -w net.ipv6.conf.all.accept_dad=0 \
		net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.all.accept_ra=0 \
		net.ipv6.conf.default.accept_ra=0 \
		net.ipv6.conf.default.router_solicitations=0
}

# topology_link NEIGHBOUR NAMESPACE PREFIX4 PREFIX6
topology_link()
{
	ip link add "$1" netns "$ROUTER" mtu 1500 type veth \
		peer name router netns "$2" mtu 1500 || return
	ip -n "$ROUTER" -batch - <<-END || return
		address add $3.1/24 dev $1
		address add $4::1/64 dev $1 nodad
		link set $1 up
	END
	ip -n "$2" -batch - <<-END || return
		address add $3.2/24 dev router
		address add $4::2/64 dev router nodad
		link set router up
		route add default via $3.1
		route add default via $4::1
	END
	topology_plain_wire "$ROUTER" "$1" &&
	topology_plain_wire "$2" router
}

# Packets shall be those of a wire: complete, of its size, with checksums.
topology_plain_wire()
{
	ip netns exec "$1" ethtool -K "$2" tso off gso off gro off \
		tx off rx off >/dev/null
}

# topology_policies FAMILY ANY ROUTER-ADDRESS MEDIATION-ADDRESS PREFIX
# Everything between router and mediation goes through ESP, whatever source
# address it bears, except what protects itself (SSH on port 32001) and what
# the link cannot do without (neighbour discovery).
topology_policies()
{
	local family=$1 any=$2 here=$3 there=$4 one=$4/$5 clear
	local here_there="tmpl src $here dst $there proto esp mode tunnel"
	local there_here="tmpl src $there dst $here proto esp mode tunnel"

	ip "$family" -n "$ROUTER" -batch - <<-END || return
		xfrm policy add src $any dst $one dir out priority 100 $here_there reqid 1
		xfrm policy add src $one dst $any dir in priority 100 $there_here reqid 1
		xfrm policy add src $one dst $any dir fwd priority 100 $there_here reqid 1
		xfrm policy add src $any dst $one proto tcp sport 32001 dir out priority 10
		xfrm policy add src $one dst $any proto tcp dport 32001 dir in priority 10
	END
	ip "$family" -n "$MEDIATION" -batch - <<-END || return
		xfrm policy add src $one dst $any dir out priority 100 $there_here reqid 1
		xfrm policy add src $any dst $one dir in priority 100 $here_there reqid 1
		xfrm policy add src $one dst $any proto tcp dport 32001 dir out priority 10
		xfrm policy add src $any dst $one proto tcp sport 32001 dir in priority 10
	END
	[ "$family" = -6 ] || return 0
	for clear in 135 136; do
		ip -6 -n "$ROUTER" -batch - <<-END || return
			xfrm policy add src $any dst $one proto ipv6-icmp type $clear dir out priority 10
			xfrm policy add src $one dst $any proto ipv6-icmp type $clear dir in priority 10
		END
		ip -6 -n "$MEDIATION" -batch - <<-END || return
			xfrm policy add src $one dst $any proto ipv6-icmp type $clear dir out priority 10
			xfrm policy add src $any dst $one proto ipv6-icmp type $clear dir in priority 10
		END
	done
}

# topology_sa SOURCE DESTINATION RECEIVER SENDER: one SA in both namespaces,
# the receiver's first, so that nothing is sent that nobody can read. The key
# is new each time: a counter mode must not start again under an old one.
topology_sa()
{
	local spi key namespace

	spi=0x1$(topology_random 3)
	key=0x$(topology_random 20)
	for namespace in "$3" "$4"; do
		ip -n "$namespace" xfrm state deleteall src "$1" dst "$2" \
			proto esp &&
		ip -n "$namespace" xfrm state add src "$1" dst "$2" \
			proto esp spi "$spi" reqid 1 mode tunnel \
			replay-window 1024 aead 'rfc4106(gcm(aes))' "$key" 128 ||
			return
	done
}

topology_sa_up()
{
	topology_sa 203.0.113.1 203.0.113.2 "$MEDIATION" "$ROUTER" &&
	topology_sa 2001:db8:3::1 2001:db8:3::2 "$MEDIATION" "$ROUTER"
}

topology_address_of()
{
	ip -n "$1" -o link show dev "$2" |
		sed -n 's,.*link/ether \([0-9a-f:]*\).*,\1,p'
}

# topology_fix_link NAME NAMESPACE PREFIX4 PREFIX6
topology_fix_link()
{
	local here there

	here=$(topology_address_of "$ROUTER" "$1")
	there=$(topology_address_of "$2" router)
	ip -n "$ROUTER" neighbour replace "$3.2" lladdr "$there" dev "$1"
	ip -n "$ROUTER" neighbour replace "$4::2" lladdr "$there" dev "$1"
	ip -n "$2" neighbour replace "$3.1" lladdr "$here" dev router
	ip -n "$2" neighbour replace "$4::1" lladdr "$here" dev router
}

topology_fix_neighbours()
{
	topology_fix_link target "$TARGET" 192.0.2 2001:db8:1
	topology_fix_link server "$SERVER" 198.51.100 2001:db8:2
	topology_fix_link mediation "$MEDIATION" 203.0.113 2001:db8:3
}

topology_sa_down()
{
	ip -n "$ROUTER" xfrm state deleteall src 203.0.113.1 \
		dst 203.0.113.2 proto esp &&
	ip -n "$ROUTER" xfrm state deleteall src 2001:db8:3::1 \
		dst 2001:db8:3::2 proto esp
}

topology_up()
{
	local namespace

	topology_names "${1-}"
	for namespace in "$TARGET" "$ROUTER" "$SERVER" "$MEDIATION"; do
		topology_namespace "$namespace" || return
	done
	ip netns exec "$ROUTER" sysctl -q -w net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1 &&
	topology_link target "$TARGET" 192.0.2 2001:db8:1 &&
	topology_link server "$SERVER" 198.51.100 2001:db8:2 &&
	topology_link mediation "$MEDIATION" 203.0.113 2001:db8:3 &&
	topology_policies -4 0.0.0.0/0 203.0.113.1 203.0.113.2 32 &&
	topology_policies -6 ::/0 2001:db8:3::1 2001:db8:3::2 128 &&
	topology_sa 203.0.113.2 203.0.113.1 "$ROUTER" "$MEDIATION" &&
	topology_sa 2001:db8:3::2 2001:db8:3::1 "$ROUTER" "$MEDIATION" &&
	topology_sa_up
}

topology_down()
{
	local namespace

	for namespace in "$TARGET" "$ROUTER" "$SERVER" "$MEDIATION"; do
		ip netns delete "$namespace" 2>/dev/null
	done
	return 0
}
