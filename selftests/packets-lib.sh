# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
#
# Packets and counters, for tests that source lib.sh and use setup_receiver.
#
# packets FILE [FILTER]     the packets of a capture from their IP header on,
#                           one line of hex each
# counter OBJECT NAME       a counter of `dfcctl OBJECT`, summed over all
# cause NAME                copies that destinations dropped for a cause
# delivered                 copies that dfcrecv has written
# settle                    waits until all copies that were sent have arrived
# destination [ARGUMENT...] destination 1: dfcrecv in mediation
# fetch PATH [6]            target downloads from server
# listen COUNT              mediation takes copies on the ports 8001, 8002, ...
#                           and captures them in $TMP/copies.pcap
# copies PORT               what was captured of one, sorted, inner packets only
# arrived                   whether as many were captured as were sent

# tcpdump takes no pcapng with several interfaces of raw IP, and dfcrecv makes
# one for each criterion.
as_pcap()
{
	if [[ $(tcpdump -r "$1" -w /dev/null 2>&1) == *"first interface"* ]]
	then
		editcap -F nsecpcap "$1" -
	else
		cat "$1"
	fi
}

packets()
{
	# A file that is being written may end in the middle of a packet, and
	# pcapng names its link type only with the first. Anything else that
	# tcpdump does not like would pass for "no packets".
	{ as_pcap "$1" 2>"$TMP/packets.err" |
		tcpdump -n -t -x -r - ${2+"$2"} 2>>"$TMP/packets.err" ||
		grep -q -e truncated -e 'no Interface Description' \
			"$TMP/packets.err" &&
		! grep -q -e ^cat: -e 'be written' "$TMP/packets.err" ||
		echo "tcpdump: $(<"$TMP/packets.err")"; } | awk '
		/^tcpdump:/ { print; next }
		/^\t0x/ { sub(/^[^:]*:/, ""); gsub(/ /, ""); line = line $0
			  next }
		line != "" { print line; line = "" }
		END { if (line != "") print line }'
}

counter()
{
	in_router dfcctl -j "$1" |
		jq --arg name "$2" '[.. | objects | .[$name] // empty] | add // 0'
}

cause()
{
	in_router dfcctl -j destination |
		jq --arg name "$1" '[.. | objects | .drops? // empty |
			.[$name] // 0] | add // 0'
}

delivered()
{
	packets "$DFC_LAB/dfcrecv.pcapng" | wc -l
}

settled()
{
	[ "$(delivered)" -ge "$(counter statistics sent-packets)" ]
}

settle()
{
	wait_for settled || fail "all copies that were sent arrive" \
		"$(delivered) of $(counter statistics sent-packets)"
}

destination()
{
	in_router dfcctl destination add id 1 address 203.0.113.2 port 7890 \
		"$@"
}

# Somebody listens, or mediation would answer each copy with an ICMP error.
listen()
{
	local -a ports=()
	local port

	for ((port = 8001; port <= 8000 + $1; port++)); do
		ports+=(-l "$port")
	done
	ip netns exec "$MEDIATION" dfcrecv -q "${ports[@]}" 2>/dev/null &
	defer kill "$!"
	wait_for lab_listens "$MEDIATION" -lu $((8000 + $1))
	capture_start copies "$MEDIATION" router udp
}

copies()
{
	packets "$TMP/copies.pcap" "udp dst port $1" | cut -c57- | sort
}

arrived()
{
	[ "$(packets "$TMP/copies.pcap" | wc -l)" -ge \
	  "$(counter statistics sent-packets)" ]
}

fetch()
{
	local host=198.51.100.2

	[ "${2-}" != 6 ] || host='[2001:db8:2::2]'
	in_target curl -s -S -f --max-time 60 -o "$TMP/fetched" \
		"http://$host/$1" && cmp -s "$TMP/fetched" "$DFC_LAB/www/$1"
}
