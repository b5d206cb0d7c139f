#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A filter never outlives its limits, exact to the packet, with no daemon
# anywhere; each end is an event with the reason and final counters.
#
#   target -- router -- server
#               || ESP
#           mediation: dfcrecv
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq
setup_topology
setup_module
setup_receiver
destination

ip netns exec "$ROUTER" stdbuf -oL dfcctl -j monitor >"$TMP/events" &
defer kill "$!"
listening()
{
	in_router cat /proc/net/netlink | awk '$2 == 16 && $4 != "00000000"' |
		grep -q .
}
wait_for listening || bail "dfcctl monitor does not listen"

add()
{
	in_router dfcctl filter add id "$@" from 192.0.2.2 protocol icmp \
		destination 1
}

ping_server()
{
	in_target ping -q -c "$1" -i 0.2 -s 100 198.51.100.2 >/dev/null
}

gone()
{
	! in_router dfcctl -j filter show "$1" >/dev/null 2>&1
}

event()
{
	jq -c --argjson id "$1" 'select([.. | objects | select(.id == $id)]
		| length > 0)' "$TMP/events" | grep .
}

# ends ID REASON: the filter goes, and its event says why.
ends()
{
	check "$2: the filter is gone" wait_for gone "$1"
	check "$2: there is an event" wait_for event "$1"
	check "$2: the event says why" grep -q "\"$2\"" <(event "$1")
}

of_event()
{
	event "$1" | jq "[.. | objects | .\"$2\" // empty] | .[0]"
}

# 128 bytes a packet.
add 1 limit-packets 3
ping_server 5
ends 1 limit-packets
check_equal "limit-packets: three packets matched" 3 \
	"$(of_event 1 matched-packets)"
check_equal "limit-packets: their copies were sent" 3 \
	"$(of_event 1 sent-packets)"
check_equal "limit-packets: no more arrive" 3 "$(settle; delivered)"

add 2 limit-bytes 300
ping_server 3
ends 2 limit-bytes
check_equal "limit-bytes: not a byte more than allowed" 256 \
	"$(of_event 2 matched-bytes)"
add 3 limit-bytes 256
ping_server 3
ends 3 limit-bytes
check_equal "limit-bytes: all that is allowed" 256 \
	"$(of_event 3 matched-bytes)"

# However slow the processor: it matches first, and then gets its end.
add 4 timeout-total 86400
ping_server 1
in_router dfcctl filter set id 4 timeout-total 2
while in_router dfcctl -j filter show 4 >/dev/null 2>&1; do
	ping_server 1
done
ends 4 timeout-total
check "timeout-total: traffic does not keep it alive" \
	[ "$(of_event 4 matched-packets)" -gt 0 ]

add 5 timeout-idle 2
add 6 timeout-idle 86400
ping_server 1
ends 5 timeout-idle
check_fails "timeout-idle: not before its time" gone 6

add 7 limit-packets 2 timeout-idle 86400
in_router dfcctl filter set id 7 limit-packets 4
ping_server 3
check_fails "set: the new limit holds" gone 7
check_equal "set: what is left counts from there" 1 \
	"$(in_router dfcctl -j filter show 7 | jq '.filters[0]."left-packets"')"
ping_server 2
ends 7 limit-packets
check_equal "set: exact to the packet" 4 "$(of_event 7 matched-packets)"

in_router dfcctl filter delete 6
ends 6 deleted
check_equal "the namespace counts what expired" 6 \
	"$(counter statistics expired)"
check_equal "nothing is left" 0 "$(counter statistics filters)"
