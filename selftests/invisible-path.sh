#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The monitored side cannot tell, whatever becomes of the copies. The same
# packets (invisible.py) go through a router without the module, and through
# one that copies all of them several times, while the way to mediation is well,
# slow, full, down, without carrier, without neighbours, routes or SAs, or
# narrow. Each time the network is new. What both ends receive, to the byte and
# in order, what connection tracking says of it, marks, and counters of ICMP of
# router, target and server must be the same. Variable: STATES of that way.
#
#   target -- router -- server
#               || ESP, and in the clear with the target's address
#           mediation: nobody listens
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq nft python3 tc tcpdump
[ ! -e /sys/module/dfc ] || skip "dfc is loaded already; it must be unloaded"
every="well slow full down unplugged silent unrouted unkeyed narrow"
states=${STATES:-$every}
export PYTHONDONTWRITEBYTECODE=1
topology_names "-$(topology_random 3)"
defer topology_down

# Nobody answers for the ends but invisible.py, and nobody in mediation.
silence()
{
	ip netns exec "$1" nft -f - <<-'END'
		table inet silence {
			counter copies { }
			chain input {
				type filter hook input priority 0
				udp dport 7890 counter name copies drop
				meta l4proto { tcp, udp } drop
				icmp type echo-request drop
				icmpv6 type echo-request drop
			}
		}
	END
}

# Marks what comes in, before dfc sees it, and keeps what the router knows of
# all that goes out to the ends, and of copies: neither mark nor connection.
watch()
{
	in_router nft -f - <<-'END'
		table netdev invisible {
			chain target {
				type filter hook ingress device target priority 0
				meta mark set 0x111
			}
			chain server {
				type filter hook ingress device server priority 0
				meta mark set 0x222
			}
		}
		table inet invisible {
			set seen {
				type nf_proto . inet_proto . mark . ct_state . ct_dir
				flags dynamic
				counter
			}
			counter answered { }
			counter assured { }
			counter inherited { }
			chain output {
				type filter hook output priority -300
				meta l4proto esp notrack
			}
			chain postrouting {
				type filter hook postrouting priority 200
				oifname { target, server } update @seen { meta nfproto . meta l4proto . meta mark . ct state . ct direction }
				oifname { target, server } ct status seen-reply counter name answered
				oifname { target, server } ct status assured counter name assured
				oifname mediation meta mark != 0 counter name inherited
				oifname mediation ct state != untracked counter name inherited
			}
		}
	END
}

# Connections must not end because a machine is slow, nor ICMP errors be held
# back because one is fast.
settings()
{
	local kind
	local -a timeouts=()

	for kind in udp_timeout udp_timeout_stream icmp_timeout icmpv6_timeout \
		tcp_timeout_time_wait; do
		timeouts+=("net.netfilter.nf_conntrack_$kind=3600")
	done
	in_router sysctl -q -w "${timeouts[@]}" \
		net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0 \
		net.ipv4.icmp_msgs_per_sec=10000 \
		net.ipv4.icmp_msgs_burst=10000 \
		net.ipv6.icmp.ratelimit=0 net.ipv6.icmp.ratemask=255
}

network()
{
	local server mediation

	topology_down || true
	topology_up "${TARGET#target}" || bail "the topology cannot be built"
	topology_fix_neighbours
	server=$(topology_address_of "$SERVER" router)
	mediation=$(topology_address_of "$MEDIATION" router)
	ip -n "$MEDIATION" address add 203.0.113.3/24 dev router
	ip -n "$MEDIATION" address add 2001:db8:3::3/64 dev router nodad
	ip -n "$ROUTER" -batch - <<-END
		neighbour replace 203.0.113.3 lladdr $mediation dev mediation
		neighbour replace 2001:db8:3::3 lladdr $mediation dev mediation
		neighbour replace 198.51.100.8 lladdr $server dev server
		neighbour replace 2001:db8:2::8 lladdr $server dev server
		route add 198.51.100.8/32 dev server mtu lock 1400
		route add 2001:db8:2::8/128 dev server mtu lock 1400
		route add unreachable 198.51.100.200/32
		route add unreachable 2001:db8:2::c8/128
	END
	silence "$TARGET"
	silence "$SERVER"
	silence "$MEDIATION"
	watch
	settings
}

# Each packet is copied before conntrack and after it, to four destinations.
taps()
{
	local way

	in_router dfcctl destination add id 1 address 203.0.113.2 port 7890
	in_router dfcctl destination add id 2 address 2001:db8:3::2 port 7890
	in_router dfcctl destination add id 3 address 203.0.113.3 port 7890 \
		security none source-address 192.0.2.2
	in_router dfcctl destination add id 4 address 2001:db8:3::3 port 7890 \
		security none source-address 2001:db8:1::2
	for way in 'input target from 192.0.2.2' 'output target to 192.0.2.2' \
		'output server from 192.0.2.2' \
		'input target from 2001:db8:1::2' \
		'output target to 2001:db8:1::2' \
		'output server from 2001:db8:1::2'; do
		filters=$((filters + 1))
		# shellcheck disable=SC2086 # words
		in_router dfcctl filter add id "$filters" $way \
			destination 1,2,3,4
	done
}

link()
{
	tc -n "$ROUTER" qdisc replace dev mediation root "$@"
}

# Ways to become of copies.
make_well()
{
	:
}

# They wait, and are late.
make_slow()
{
	link tbf rate 1kbit burst 2k limit 10m
}

# The device loses them.
make_full()
{
	link tbf rate 1kbit burst 2k limit 4k
}

make_down()
{
	ip -n "$ROUTER" link set mediation down
}

make_unplugged()
{
	ip -n "$MEDIATION" link set router down
}

make_silent()
{
	ip -n "$MEDIATION" address flush dev router scope global
	ip -n "$ROUTER" neighbour flush nud permanent dev mediation
}

make_unrouted()
{
	ip -n "$ROUTER" route del 203.0.113.0/24 dev mediation
	ip -n "$ROUTER" route del 2001:db8:3::/64 dev mediation
}

make_unkeyed()
{
	topology_sa_down
}

make_narrow()
{
	ip -n "$ROUTER" link set mediation mtu 1280
	ip -n "$MEDIATION" link set router mtu 1280
}

# Whether that happened to copies at all.
arrived_copies()
{
	in_mediation nft -j list counter inet silence copies |
		jq '.nftables[1].counter.packets'
}

all_arrived()
{
	[ "$(arrived_copies)" -eq "$(counter statistics copies)" ]
}

causes()
{
	[ "$(cause "$1")" -gt 0 ]
}

lost()
{
	tc -n "$ROUTER" -s qdisc show dev mediation | grep -q 'dropped [1-9]'
}

given_up()
{
	[ "$(in_router ip neighbour show dev mediation nud failed |
		grep -c -e '^203' -e '^2001')" -eq 4 ]
}

none_arrived()
{
	[ "$(arrived_copies)" -eq 0 ]
}

was_well() { all_arrived; }
was_slow() { causes late; }
was_full() { lost; }
was_down() { causes no-route && none_arrived; }
was_unplugged() { none_arrived; }
was_silent() { given_up && none_arrived; }
was_unrouted() { causes no-route && none_arrived; }
was_unkeyed() { causes no-sa; }
was_narrow() { all_arrived; }

none_waits()
{
	in_router dfcctl -j destination | some_json \
		'[.destinations[] | ."queued-packets" + ."queued-bytes"] | add == 0'
}

# stage NUMBER: which end speaks, and which must hear the end of it
stage()
{
	local from=$TARGET to=$SERVER heard=server near=target

	if [ $(($1 % 2)) -eq 1 ]; then
		from=$SERVER to=$TARGET heard=target near=server
	fi
	ip netns exec "$from" "$selftests/invisible.py" "$1" router \
		"$(topology_address_of "$ROUTER" "$near")"
	wait_for captured "$heard" $(($1 / 2 + 1)) 'udp dst port 7' ||
		bail "$to hears no end of stage $1"
}

# Counters of ICMP, less neighbour discovery and MLD, and of what was forwarded.
figures()
{
	ip netns exec "$1" cat /proc/net/snmp /proc/net/snmp6 | awk '
		/^(Ip|Icmp|IcmpMsg):/ {
			if (!($1 in names)) {
				names[$1] = $0
				next
			}
			split(names[$1], name)
			for (i = 2; i <= NF; i++)
				if ($1 != "Ip:" || name[i] == "ForwDatagrams")
					print $1, name[i], $i
		}
		/^Icmp6/ && !/Msgs|Type13[0-7]|Type143|Neighbor|Router|Group|MLD/
		/^Ip6OutForw/'
}

# The router counts its own identities up, and gives IPv6 fragments that it has
# put together, as connection tracking wants them, one by chance.
received()
{
	packets "$TMP/$1.pcap" |
		sed -E -e 's/^(4.{7})....(.{8})....(c0000201)/\1----\2----\3/' \
			-e 's/^(6.{11}2c.{74}).{8}/\1--------/'
}

connections()
{
	in_router nft -j list set inet invisible seen | jq -c \
		'.nftables[1].set.elem[].elem | [.val, .counter]' | sort
	in_router nft -j list counters table inet invisible | jq -c \
		'.nftables[].counter // empty |
		select(.name != "inherited") | [.name, .packets, .bytes]'
	in_router sysctl net.netfilter.nf_conntrack_count
}

# results DIRECTORY
results()
{
	mkdir "$1"
	received server >"$1/server"
	received target >"$1/target"
	connections >"$1/connections"
	figures "$ROUTER" >"$1/router-icmp"
	figures "$TARGET" >"$1/target-icmp"
	figures "$SERVER" >"$1/server-icmp"
}

exchange()
{
	local number

	# Neighbour discovery and MLD say what they like.
	capture_start server "$SERVER" router -Q in 'not ether multicast'
	capture_start target "$TARGET" router -Q in 'not ether multicast'
	for number in 0 1 2 3 4; do
		stage "$number"
	done
}

finish()
{
	capture_stop server
	capture_stop target
	results "$TMP/$1"
}

same()
{
	diff -U 0 "$TMP/without/$2" "$TMP/$1/$2" | cut -c1-200
}

network
exchange
finish without
check "router without dfc: it answers what it cannot send on" \
	grep -q 'Icmp: OutDestUnreachs [1-9]' "$TMP/without/router-icmp"
check "and there are connections and marks" \
	grep -q 'established' "$TMP/without/connections"

setup_module
for state in $states; do
	filters=0
	network
	taps
	"make_$state"
	exchange
	check "$state: what may wait has gone" wait_for none_waits
	check "$state: the copies' way was so" wait_for "was_$state"
	finish "$state"
	: "${copies:=$(counter statistics copies)}"
	check_equal "$state: each packet was copied" "$copies" \
		"$(counter statistics copies)"
	for what in server target connections router-icmp target-icmp \
		server-icmp; do
		check "$state: $what: the same as without dfc" \
			same "$state" "$what"
	done
	check_equal "$state: copies have no mark and no connection" 0 \
		"$(in_router nft -j list counter inet invisible inherited |
			jq '.nftables[1].counter.packets')"
done
