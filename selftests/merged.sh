#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Where a passive device gets merged frames (TSO, USO), copies of packets
# and of frames are still those of the wire, tags and checksums included.
#
#   target mirror -- span router (passive)
#                      || ESP
#                  mediation: ports 8001, 8002
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv ethtool jq python3 tcpdump
setup_topology
topology_fix_neighbours
setup_module

streams=(tcp4 tcp6 udp4 udp6 vlan-tcp4 vlan-tcp6 vlan-udp4 vlan-udp6)
length=6

ip link add span netns "$ROUTER" type veth peer name mirror netns "$TARGET"
in_target sysctl -q -w net.ipv6.conf.mirror.disable_ipv6=1
in_router sysctl -q -w net.ipv6.conf.span.disable_ipv6=1
in_target ethtool -K mirror tx on tso on gso on tx-udp-segmentation on \
	>/dev/null
ip -n "$TARGET" link set mirror up
ip -n "$ROUTER" link set span up

merged()
{
	in_target "$selftests/merged.py" "$@"
}

inside()
{
	"$selftests/merged.py" -i "$@" | sort
}

seen()
{
	in_router dfcctl -j group show 1 | jq '.groups[0]."seen-packets"'
}

# copied NUMBER: so many copies have arrived, of packets and of frames
copied()
{
	[ "$(copies 8001 | wc -l)" -ge "$1" ] &&
		[ "$(copies 8002 | wc -l)" -ge "$1" ]
}

# try NAME SEND STREAM...: whatever is sent, copies are those of the wire
try()
{
	local name=$1 packets=$((length * ($# - 2)))

	before=$(seen)
	# As tcpdump has it, a few packets of any size fill its memory.
	capture_start copies "$MEDIATION" router -s 2048 udp
	"${@:2}"
	check "$name: copies of all packets arrive" wait_for copied "$packets"
	capture_stop copies
	check "$name: they are the packets of the wire" \
		diff <(inside "${@:3}") <(copies 8001)
	check "$name: and the frames of the wire" diff \
		<("$selftests/merged.py" -f "${@:3}" | sort) <(copies 8002)
}

sink 2
for id in 1 2; do
	in_router dfcctl destination add id "$id" address 203.0.113.2 \
		port $((8000 + id))
done
in_router dfcctl group add id 1 mode passive device span
in_router dfcctl filter add id 1 group 1 dest-port 53 destination 1
in_router dfcctl filter add id 2 group 1 family ccc destination 2

large()
{
	merged mirror "$@"
}

small()
{
	merged -s mirror "$@"
}

try "frames of the wire" small "${streams[@]}"
check_equal "they came as such" $((length * ${#streams[@]})) \
	$(($(seen) - before))
try "large frames" large "${streams[@]}"
check_equal "they came as such" ${#streams[@]} $(($(seen) - before))
check_equal "nothing was dropped" 0 "$(counter statistics dropped-packets)"
