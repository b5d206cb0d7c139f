#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What a device that only listens finds in frames: tags, labels, tunnels of the
# link layer and nonsense, played by replay.py from one end of a cable to the
# other. Filters for all that there is must have counted what the very same
# files of the module find in user space, where tshark judges them
# (key/judge.py): packets, and bytes without padding.
#
#   router: wire -- tap
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

keys=${DFC_KEYS:-$selftests/../build/key/keys}
need dfcctl jq "$keys"
setup_topology
setup_module

ip link add wire netns "$ROUTER" mtu 65535 type veth \
	peer name tap netns "$ROUTER" mtu 65535
for device in wire tap; do
	ip -n "$ROUTER" link set "$device" addrgenmode none up
	topology_plain_wire "$ROUTER" "$device"
done
destination security none
in_router dfcctl group add id 1 mode passive device tap

malformed=$("$selftests/replay.py" plan "$keys" "$TMP")
last=$(wc -l <"$TMP/expected")
while read -r id words; do
	# shellcheck disable=SC2086 # words they are
	in_router dfcctl filter add id "$id" group 1 destination 1 $words
done <"$TMP/filters"

counted()
{
	in_router dfcctl -j filter | jq -r '.filters[] |
		"\(.id) \(.["matched-packets"]) \(.["matched-bytes"])"' |
		sort -n
}

all_seen()
{
	counted | grep -q "^$last 1 "
}

in_router "$selftests/replay.py" send "$TMP/replay.pcap" wire
check "all frames are played" wait_for all_seen
check_equal "filters count what is in the frames" \
	"$(sort -n "$TMP/expected")" "$(counted)"
check_equal "frames that are malformed are counted" "$malformed" \
	"$(counter statistics malformed-packets)"
