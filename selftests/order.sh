#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A packet that many filters match is copied for all of them, in the order of
# priority, then age, whatever they look at and whichever id they have. Each
# has a destination port of its own, which tells the copies apart.
#
#   target -- router -- server
#               || ESP
#           mediation: ports 8001, 8002, ...
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq tcpdump
setup_topology
topology_fix_neighbours
setup_module

# Ports of the copies, as they come; answers of mediation go the other way.
ports()
{
	tcpdump -n -t -r "$TMP/copies.pcap" 'udp and dst 203.0.113.2' \
		2>/dev/null | sed -n 's/.*203\.0\.113\.2\.\(80[0-9]*\): .*/\1/p'
}

ordered()
{
	[ "$(ports | wc -l)" -ge "$1" ]
}

# copied DESCRIPTION PORT...: what one packet makes, twice: looked up, and
# known from the time before.
copied()
{
	local number=$(($# - 1))

	capture_start copies "$MEDIATION" router udp
	in_target ping -q -c 2 -i 0.2 198.51.100.2 >/dev/null
	wait_for ordered $((2 * number)) || true
	capture_stop copies
	check_equal "$1" "$(printf '%s\n' "${@:2}" "${@:2}")" "$(ports)"
}

tap 5 from 192.0.2.2 priority 20
tap 3 from 192.0.2.0/24 protocol icmp priority 10
tap 4 from 192.0.2.2 to 198.51.100.2 priority 10
tap 1 family inet from 192.0.2.0/28 not-protocol tcp priority 20
copied "priority, then age" 8003 8004 8005 8001
tap 2 from 192.0.2.2 priority 0
copied "a new one takes its place" 8002 8003 8004 8005 8001
in_router dfcctl filter delete 4
copied "one that is gone leaves none" 8002 8003 8005 8001
for ((id = 20; id < 60; id++)); do
	tap "$id" from 192.0.2.2 priority $((100 - id))
done
mapfile -t many < <(seq 8059 -1 8020)
copied "forty more" 8002 8003 8005 8001 "${many[@]}"
