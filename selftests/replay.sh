#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What a device that only listens finds in frames: tags, labels, tunnels of the
# link layer and nonsense, played by replay.py from one end of a cable to the
# other, and all captures in the directory PCAPS. Filters for all that there is
# must have counted what tshark finds there: packets, and bytes without padding.
#
#   router: wire -- tap
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

keys=${DFC_KEYS:-$selftests/../build/key/keys}
need dfcctl editcap jq python3 tshark "$keys"
setup_topology
setup_module

ip link add wire netns "$ROUTER" mtu 65535 type veth \
	peer name tap netns "$ROUTER" mtu 65535
for device in wire tap; do
	in_router sysctl -q -w "net.ipv6.conf.$device.disable_ipv6=1"
	ip -n "$ROUTER" link set "$device" up
	topology_plain_wire "$ROUTER" "$device"
done
destination security none
in_router dfcctl group add id 1 mode passive device tap

seen()
{
	in_router dfcctl -j group show 1 |
		some_json ".groups[0].\"seen-packets\" == $1"
}

play()
{
	local first last total

	while read -r first last total; do
		in_router "$selftests/replay.py" send "$TMP" wire "$first" \
			"$last" && wait_for seen "$total" || return
	done <"$TMP/batches-$1"
}

add_filters()
{
	in_router xargs -L 1 dfcctl filter add group 1 destination 1 \
		<"$TMP/filters-$1"
}

counted()
{
	in_router dfcctl -j filter | jq -r '.filters[] |
		"\(.id) \(.["matched-packets"]) \(.["matched-bytes"])"' |
		sort -n
}

malformed=$("$selftests/replay.py" plan "$keys" "$TMP" ${PCAPS:+"$PCAPS"} \
	2>"$TMP/plan.err") || bail "replay.py: $(<"$TMP/plan.err")"
cat "$TMP/plan.err"
check_equal "the module, in user space, finds what tshark finds" "" \
	"$(grep '^# frame ' "$TMP/plan.err" || true)"
before=$(counter statistics malformed-packets)
check "there is a filter for each pair of addresses" add_filters 1
check "all fragments are seen" play 1
check "there is a filter for each pair of ports" add_filters 2
check "all frames are seen" play 2
check_equal "filters count what is in the frames" "$(<"$TMP/expected")" \
	"$(counted)"
check_equal "frames that are malformed are counted" "$malformed" \
	"$(($(counter statistics malformed-packets) - before))"
