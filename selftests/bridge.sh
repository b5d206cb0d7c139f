#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What a bridge forwards is seen once as it comes in, and once for each port
# as it leaves; what it hands to the router counts as routed. That holds with
# and without br_netfilter, in a VRF, and whatever stands on the bridge.
#
#   target --+
#   second --br0 router -- server
#   third ---+     || ESP
#              mediation: port 8000 + id of the filter
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need bridge dfcctl dfcrecv jq nft python3 socat tcpdump tshark ethtool
setup_topology
topology_fix_neighbours

SECOND=second${TARGET#target}
THIRD=third${TARGET#target}
BRIDGE_MAC=02:00:00:00:00:01
ABOVE_MAC=02:00:00:00:00:08
NOBODY=02:00:00:00:00:99

drop_hosts()
{
	ip netns delete "$SECOND"
	ip netns delete "$THIRD"
}

# host NAMESPACE DEVICE NUMBER: a port of the router and who is behind it
host()
{
	topology_namespace "$1"
	ip link add "$2" netns "$ROUTER" mtu 1500 type veth \
		peer name router netns "$1" mtu 1500
	ip -n "$1" -batch - <<-END
		address add 192.0.2.$3/24 dev router
		address add 2001:db8:1::$3/64 dev router nodad
		link set router up
	END
	ip -n "$ROUTER" link set "$2" up
	topology_plain_wire "$ROUTER" "$2"
	topology_plain_wire "$1" router
}

# shallow PORT: packets come in on a stack of their own. Under that of who sends
# them there is no room for all that is between a bridge and ESP, in a kernel
# that checks its stack.
shallow()
{
	in_router ethtool -K "$1" gro on
	in_router tee "/sys/class/net/$1/threaded" <<<1 >/dev/null
}

mac_of()
{
	topology_address_of "$1" router
}

# The router's addresses, and what it knows of those on the bridge.
address_bridge()
{
	ip -n "$ROUTER" -batch - <<-END
		address replace 192.0.2.1/24 dev br0
		address replace 2001:db8:1::1/64 dev br0 nodad
		neighbour replace 192.0.2.2 lladdr $target dev br0
		neighbour replace 2001:db8:1::2 lladdr $target dev br0
	END
}

build_bridge()
{
	local port

	ip -n "$ROUTER" -batch - <<-END
		address flush dev target
		link add br0 address $BRIDGE_MAC type bridge mcast_snooping 0
		link set br0 up
	END
	for port in target second third; do
		shallow "$port"
		ip -n "$ROUTER" link set "$port" master br0
		bridge -n "$ROUTER" fdb replace "${!port}" dev "$port" \
			master static
	done
	address_bridge
}

# netfilter 0|1: whether br_netfilter has IP's hooks see what is bridged
netfilter()
{
	in_router sysctl -q -w net.bridge.bridge-nf-call-iptables="$1" \
		net.bridge.bridge-nf-call-ip6tables="$1"
}

host "$SECOND" second 3
host "$THIRD" third 4
defer drop_hosts
target=$(mac_of "$TARGET")
second=$(mac_of "$SECOND")
third=$(mac_of "$THIRD")
modprobe -q br_netfilter || true
build_bridge
[ -e /proc/sys/net/bridge ] || skip "no br_netfilter"
setup_module
# Somebody listens, or mediation would answer each copy with an ICMP error.
ports=()
for ((id = 1; id <= 10; id++)); do
	ports+=(-l $((8000 + id)))
done
ip netns exec "$MEDIATION" dfcrecv -q "${ports[@]}" 2>/dev/null &
defer kill "$!"
wait_for lab_listens "$MEDIATION" -lu 8010

# filter ID WORD...
filter()
{
	in_router dfcctl filter add id "$1" destination "$1" protocol udp "${@:2}"
}

for ((id = 1; id <= 10; id++)); do
	in_router dfcctl destination add id "$id" address 203.0.113.2 \
		port $((8000 + id))
done

filters()
{
	in_router dfcctl filter flush
	filter 1
	filter 2 input br0
	filter 3 input target
	filter 4 input second
	filter 5 output second
	filter 6 output third
	filter 7 output br0
	filter 8 output second output third
	filter 9 output target
	filter 10 vrf red
}

# frames NAMESPACE FRAME...
frames()
{
	ip netns exec "$1" "$selftests/bridge.py" send router "${@:2}"
}

# both MAC HOST PORT [TAGS]: frames to it in both families
both()
{
	local port=$3 tags=${4-}

	case $2 in
	server) set -- "$1" 198.51.100.2 2001:db8:2::2 ;;
	*) set -- "$1" "192.0.2.$2" "2001:db8:1::$2" ;;
	esac
	echo "$1/192.0.2.2/$2/$port$tags $1/2001:db8:1::2/$3/$port$tags"
}

# fragments ID: datagrams of target to second, the first fragments at the end
fragments()
{
	in_target "$selftests/fragments.py" router "$second" 192.0.2.2 \
		192.0.2.3 reverse "$1:53:3" "$(($1 + 1)):54:4"
	in_target "$selftests/fragments.py" router "$second" 2001:db8:1::2 \
		2001:db8:1::3 reverse "$1:53:3" "$(($1 + 1)):54:4"
}
fragment=0

# Frames of target, second and server, the last of each with a port of its own,
# and what has to have them before all has passed.
last=([0]=4997 [1]=4998 [2]=4999)
declare -A ends=(
	[target_in]="2" [second_out]="2" [third_out]="1 2"
	[second_in]="1" [target_out]="0 1" [server_in]="0"
)

of_server()
{
	local mac

	mac=$(topology_address_of "$ROUTER" server)
	frames "$SERVER" "$mac/198.51.100.2/192.0.2.2/1000" \
		"$mac/2001:db8:2::2/2001:db8:1::2/1000" \
		"$mac/198.51.100.2/192.0.2.2/${last[0]}"
}

of_second()
{
	frames "$SECOND" "$@" \
		"ff:ff:ff:ff:ff:ff/192.0.2.3/192.0.2.255/${last[1]}"
}

of_target()
{
	frames "$TARGET" "$@" \
		"ff:ff:ff:ff:ff:ff/192.0.2.2/192.0.2.255/${last[2]}"
}

# Whatever a bridge has to do; $* are further frames of target.
send_all()
{
	fragments $((fragment += 10))
	of_server
	# shellcheck disable=SC2046
	of_second $(both "$target" 2 1001) $(both "$third" 4 1002)
	# shellcheck disable=SC2046
	of_target $(both "$second" 3 1003) $(both "$NOBODY" 9 1004) \
		$(both "$BRIDGE_MAC" server 1005) \
		$(both "$second" 3 1006 /10) $(both "$second" 3 1007 /s20/10) \
		$(both "$target" 2 1008) "$@" \
		"ff:ff:ff:ff:ff:ff/192.0.2.2/255.255.255.255/1009" \
		"01:00:5e:01:02:03/192.0.2.2/233.252.0.1/1010" \
		"33:33:00:00:00:01/2001:db8:1::2/ff02::1/1011" \
		"ff:ff:ff:ff:ff:ff/192.0.2.2/192.0.2.255/1012/10"
}

has_ended()
{
	local end

	for end in ${ends[$1]}; do
		grep -qa "port ${last[end]}" "$TMP/$1.pcap" || return
	done
}

all_copied()
{
	[ "$(packets "$TMP/copies.pcap" | wc -l)" -ge \
	  "$(counter filter sent-packets)" ]
}

capture_all()
{
	local name

	capture_start copies "$MEDIATION" router udp
	for name in "${!ends[@]}"; do
		capture_start "$name" "$ROUTER" "${name%_*}" -Q "${name#*_}"
	done
}

# What captures have is in NAME.list then, as bridge.py tells it; and copies in
# copies.list, as "PORT PACKET".
stop_all()
{
	local name

	for name in "${!ends[@]}"; do
		wait_for has_ended "$name" || fail "$1: $name has all"
	done
	check "$1: all copies arrive" wait_for all_copied
	for name in "${!ends[@]}" copies; do
		capture_stop "$name"
		"$selftests/bridge.py" list "$TMP/$name.pcap" >"$TMP/$name.list"
	done
	awk '{ print substr($4, 45, 4), substr($4, 57) }' \
		"$TMP/copies.list" >"$TMP/sorted"
	sort "$TMP/sorted" >"$TMP/copies.list"
}

came_in()
{
	awk '{ print $4 }' "$TMP/$1.list"
}

# The packets of frames that were not for the router itself.
passed_in()
{
	awk -v own=" $BRIDGE_MAC $ABOVE_MAC " \
		'!index(own, " " $2 " ") { print $4 }' "$TMP/$1.list"
}

# Those that it has not sent itself, and those that it has.
passed_out()
{
	awk -v own="$BRIDGE_MAC" '$1 != own { print $4 }' "$TMP/$1.list"
}

routed_out()
{
	awk -v own="$BRIDGE_MAC" '$1 == own { print $4 }' "$TMP/$1.list"
}

# expected ID: the packets that its filter has to copy
expected()
{
	case $1 in
	1) came_in target_in; came_in second_in; came_in server_in ;;
	2 | 10) came_in target_in; came_in second_in ;;
	3) passed_in target_in ;;
	4) passed_in second_in ;;
	5) passed_out second_out ;;
	6) passed_out third_out ;;
	7) routed_out target_out ;;
	8) passed_out second_out; passed_out third_out ;;
	9) passed_out target_out ;;
	esac | sort
}

copies_of()
{
	awk -v port="$(printf %04x $((8000 + $1)))" '$1 == port { print $2 }' \
		"$TMP/copies.list"
}

# same ID: there is something to copy, and that is what was copied, each once
same()
{
	[ -n "$(expected "$1")" ] && diff <(expected "$1") <(copies_of "$1")
}

to_second()
{
	awk -v mac="$second" '$2 == mac' "$TMP/$1.list"
}

wanted=(
	[1]="any device" [2]="input of the bridge" [3]="input of a port"
	[4]="input of another port" [5]="output of a port"
	[6]="output of another port" [7]="output of the bridge"
	[8]="output of two ports" [9]="output of the port that it came in by"
	[10]="VRF"
)

# try NAME IDS FRAME...: these filters copy what they have to
try()
{
	local name=$1 id

	filters
	capture_all
	send_all "${@:3}"
	stop_all "$name"
	for id in $2; do
		check "$name: ${wanted[id]}" same "$id"
	done
}

untouched()
{
	check "$1: frames pass as they are, and in order" \
		diff <(to_second target_in) <(to_second second_out)
}

netfilter 0
try "bridge" "1 2 3 4 5 6 7 8"
untouched "bridge"
check_equal "outside of VRFs nothing is of one" "" "$(copies_of 10)"
netfilter 1
in_router sysctl -q -w net.bridge.bridge-nf-filter-vlan-tagged=1
bridge -n "$ROUTER" link set dev target hairpin on
try "br_netfilter" "1 2 3 4 5 6 7 8 9"
untouched "br_netfilter"
bridge -n "$ROUTER" link set dev target hairpin off

# What the router makes of its port's packets is one of the VRF, and comes to
# IP twice with br_netfilter.
enter_vrf()
{
	ip -n "$ROUTER" -batch - <<-END
		link add red type vrf table 100
		link set red up
		link set br0 master red
		route add 198.51.100.0/24 dev server table 100
		route add 2001:db8:2::/64 dev server table 100
		route add 192.0.2.0/24 dev br0
		route add 2001:db8:1::/64 dev br0
	END
	address_bridge
}

enter_vrf
try "VRF, br_netfilter" "1 2 3 5 7 10"
ip -n "$ROUTER" link delete red
address_bridge

# On the bridge stand devices with addresses of their own, and of VLANs.
ip -n "$ROUTER" -batch - <<-END
	link add mac0 link br0 address $ABOVE_MAC type macvlan mode bridge
	link add br0.10 link br0 type vlan id 10
	link set mac0 up
	link set br0.10 up
END
mapfile -t above < <(both "$ABOVE_MAC" server 1020 | tr ' ' '\n'
	both "$BRIDGE_MAC" server 1021 /10 | tr ' ' '\n')
try "macvlan and VLAN, br_netfilter" "1 3" "${above[@]}"
netfilter 0
try "macvlan and VLAN" "1 3 5" "${above[@]}"
ip -n "$ROUTER" link delete mac0
ip -n "$ROUTER" link delete br0.10

# What leaves is behind address translation, which br_netfilter makes possible.
netfilter 1
in_router nft -f - <<-END
	table ip translate {
		chain out {
			type nat hook postrouting priority srcnat
			ip saddr 192.0.2.2 udp dport 1003 snat to 192.0.2.77
		}
	}
END
filters
capture_all
of_server
of_second "$third/192.0.2.3/192.0.2.4/1002"
of_target "$second/192.0.2.2/192.0.2.3/1003"
stop_all "translation"
check "translation: what comes in is as it was" same 3
check "translation: what leaves has another address" same 5
check_equal "translation: it leaves once" 1 "$(came_in second_out |
	grep -c "c000024d.*$(printf 'port 1003' | xxd -p)")"
in_router nft delete table ip translate
netfilter 0

# What a filter redirects or blocks goes no further; flooded, by its port.
in_router dfcctl filter flush
filter 1 input target dest-port 53 action redirect
in_router dfcctl filter add id 2 protocol udp output third dest-port 67 \
	action block
capture_all
of_server
of_second
# shellcheck disable=SC2046
of_target $(both "$second" 3 53) $(both "$NOBODY" 9 67)
stop_all "actions"
# with_port PORT CAPTURE: so many datagrams that bridge.py has sent
with_port()
{
	grep -c "$(printf 'port %s' "$1" | xxd -p)\$" "$TMP/$2.list" || true
}
check_equal "what is redirected comes in" 2 "$(with_port 53 target_in)"
check_equal "and does not leave" 0 "$(with_port 53 second_out)"
check_equal "it is copied" 2 "$(copies_of 1 | wc -l)"
check_equal "what is blocked at a port does not leave by it" 0 \
	"$(with_port 67 third_out)"
check_equal "but by another one" 2 "$(with_port 67 second_out)"
in_router dfcctl filter flush

# Merged packets are bridged as they are, and copied as those of the wire.
setup_receiver
in_router dfcctl destination add id 20 address 203.0.113.2 port 7890
for pair in "$TARGET router" "$ROUTER target" "$ROUTER second" \
	"$SECOND router"; do
	read -r namespace device <<<"$pair"
	ip netns exec "$namespace" ethtool -K "$device" rx on tx on tso on \
		gso on >/dev/null
done
head -c 200000 /dev/urandom >"$TMP/upload"
xxd -p "$TMP/upload" | tr -d '\n' >"$TMP/hex"

# upload FAMILY ADDRESS
upload()
{
	ip netns exec "$SECOND" socat -u "TCP$1-LISTEN:5000,reuseaddr" \
		"CREATE:$TMP/received" &
	wait_for lab_listens "$SECOND" -lt 5000
	in_target socat -u "OPEN:$TMP/upload" "TCP$1:$2:5000"
	wait "$!"
	cmp "$TMP/upload" "$TMP/received"
}

stream()
{
	tshark -n -q -r "$DFC_LAB/dfcrecv.pcapng" -z "follow,tcp,raw,$1" \
		2>/dev/null | grep -E '^[0-9a-f]+$' | tr -d '\n'
}

in_router dfcctl filter add id 1 from 192.0.2.2 protocol tcp input br0 \
	destination 20
in_router dfcctl filter add id 2 from 2001:db8:1::2 protocol tcp \
	output second destination 20
capture_start target "$ROUTER" target -Q in
check "an upload over the bridge, IPv4" upload 4 192.0.2.3
check "an upload over the bridge, IPv6" upload 6 '[2001:db8:1::3]'
delivered_all()
{
	[ "$(delivered)" -ge "$(counter filter sent-packets)" ]
}
check "all copies of it arrive" wait_for delivered_all
capture_stop target
check "the bridge saw merged packets" \
	[ -n "$(packets "$TMP/target.pcap" 'greater 3000')" ]
check_equal "no copy is larger than the wire allows" "" \
	"$(packets "$DFC_LAB/dfcrecv.pcapng" 'greater 1501')"
check "copies hold what came in" cmp "$TMP/hex" <(stream 0)
check "copies hold what left" cmp "$TMP/hex" <(stream 1)
# A bridge that knows VLANs; some kernels have none of these.
if ip -n "$ROUTER" link set br0 type bridge vlan_filtering 1 2>/dev/null; then
	for name in target second; do
		bridge -n "$ROUTER" vlan add vid 10 dev "$name"
	done
	try "bridge of VLANs" "1 2 3 4 5 6 7 8"
else
	note "no bridge of this kernel knows VLANs"
fi
check_equal "nothing was dropped" 0 "$(counter statistics dropped-packets)"
