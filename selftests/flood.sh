#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A target cannot flood the tap blind: while the link to mediation is far too
# slow for the copies of one filter, those of another all arrive, in order, and
# what is lost is counted. Filters, destinations, the namespace and the module
# may go while copies wait and are in flight.
#
#   target -- router -- server
#               || ESP, slow
#           mediation
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq socat tc tcpdump
[ ! -e /sys/module/dfc ] || skip "dfc is loaded already; it must be unloaded"
program=$(dirname "$0")/flood.py
declare -A server=([4]=198.51.100.2 [6]=2001:db8:2::2)
declare -A receiver=([4]=203.0.113.2 [6]=2001:db8:3::2)
# Copies of packets to port 4002, by the port in them; where their number is.
declare -A trickle=([4]='udp[30:2] = 4002'
	[6]='ip6 and ip6[6] = 17 and ip6[90:2] = 4002')
declare -A number=([4]=113-128 [6]=193-208)

# take NAMESPACE PORT: somebody listens there, or there were ICMP errors.
take()
{
	ip netns exec "$1" socat -u "UDP6-RECV:$2,ipv6only=0" OPEN:/dev/null &
	defer kill "$!"
	wait_for lab_listens "$1" -lu "$2" || bail "nobody takes port $2"
}

monitor_start()
{
	ip netns exec "$ROUTER" stdbuf -oL dfcctl -j monitor >"$TMP/events" &
	monitor=$!
	defer monitor_stop
	wait_for listening || bail "dfcctl monitor does not listen"
}

listening()
{
	in_router cat /proc/net/netlink | awk '$2 == 16 && $4 != "00000000"' |
		grep -q .
}

monitor_stop()
{
	[ -z "$monitor" ] || kill "$monitor"
	monitor=
}

# link ARGUMENT...: the queue of the router's device towards mediation
link()
{
	tc -n "$ROUTER" qdisc replace dev mediation root "$@"
}

# Next to nothing leaves any more. Not netem: it lets go of the sockets.
link_stop()
{
	link tbf rate 1kbit burst 2k limit 10m
}

# What the queue of the device holds is lost.
link_plain()
{
	tc -n "$ROUTER" qdisc del dev mediation root
}

# send FAMILY PORT FIRST COUNT
send()
{
	in_target "$program" "${server[$1]}" "$2" "$3" "$4" >"$TMP/sent"
}

# Datagrams that have reached the server, whether they were read or not.
arrivals()
{
	in_server cat /proc/net/snmp /proc/net/snmp6 | awk '
		/^Udp: [0-9]/ { sum += $2 + $4 }
		/^Udp6(InDatagrams|InErrors)/ { sum += $2 }
		END { print sum }'
}

all_arrived()
{
	[ "$(arrivals)" -eq "$1" ]
}

destinations()
{
	in_router dfcctl -j destination | jq -r "[.destinations[] | $1] | add"
}

waiting()
{
	[ "$(destinations '."queued-packets"')" -gt 0 ]
}

none_waits()
{
	[ "$(destinations '."queued-packets" + ."queued-bytes"')" -eq 0 ]
}

# figures OBJECT [ID]: matched, sent, dropped, and dropped for all causes
figures()
{
	in_router dfcctl -j "$1" ${2+show "$2"} | jq -r '[.. | objects |
		select(has("sent-packets"))] | [(map(.copies) | add),
		(map(."sent-packets") | add), (map(."dropped-packets") | add),
		(map(.drops // {} | add // 0) | add)] | join(" ")'
}

# check_sum DESCRIPTION COPIES SENT DROPPED CAUSES
check_sum()
{
	check_equal "$1: each copy was sent, or dropped for a cause" \
		"$2 $4" "$(($3 + $4)) $5"
}

# Filter 1 has the flood, filter 2 the trickle.
set_up()
{
	in_router dfcctl destination add id 1 address "${receiver[$1]}" \
		port 7890 "${@:2}"
	in_router dfcctl filter add id 1 dest-port 4001 destination 1
	in_router dfcctl filter add id 2 dest-port 4002 destination 1
}

tear_down()
{
	in_router dfcctl filter flush
	in_router dfcctl destination delete 1
}

# More than what may be in flight: the others wait.
fill()
{
	link_stop
	send 4 4001 0 300
	wait_for waiting || bail "no copy waits"
}

flood_start()
{
	ip netns exec "$TARGET" "$program" "${server[$1]}" 4001 0 0 \
		>"$TMP/flooded" &
	flood=$!
	wait_for dropping || bail "the flood does not fill the queue"
}

dropping()
{
	[ "$(cause queue-full)" -gt 0 ]
}

flood_stop()
{
	kill "$flood"
	wait "$flood"
}

# event ID: copies, sent, dropped, dropped for all causes
event()
{
	jq -r "select(.filter.id == $1).filter | \"\(.copies) \" +
		\"\(.\"sent-packets\") \(.\"dropped-packets\") \" +
		\"\(.drops // {} | add // 0)\"" "$TMP/events" | tail -n 1
}

events()
{
	[ "$(grep -c filter-deleted "$TMP/events")" -ge "$1" ]
}

setup_topology
topology_fix_neighbours
setup_module
take "$SERVER" 4001
take "$SERVER" 4002
take "$MEDIATION" 7890

for family in 4 6; do
	set_up "$family" queue-max 65536
	link tbf rate 400kbit burst 5k limit 1m
	before=$(arrivals)
	capture_start copies "$MEDIATION" router "${trickle[$family]}"
	flood_start "$family"
	for ((sent = 0; sent < 20; sent += 5)); do
		send "$family" 4002 "$sent" 5
		wait_for captured copies "$((sent + 5))" ||
			bail "no copies $sent to $((sent + 4)): $(figures filter 2)"
	done
	flood_stop
	capture_stop copies
	check_equal "IPv$family: all of the trickle arrive, in order" \
		"$(printf '%08d\n' {0..19})" \
		"$(packets "$TMP/copies.pcap" | cut -c"${number[$family]}" |
			xxd -r -p | fold -w 8)"
	check "IPv$family: the flood is over" wait_for none_waits
	check_equal "IPv$family: what was dropped was the flood's" \
		"20 0" "$(figures filter 2 | cut -d' ' -f2-3)"
	check_equal "IPv$family: and all for want of room" \
		"$(figures destination | cut -d' ' -f3)" "$(cause queue-full)"
	for object in 'filter 1' 'filter 2' destination statistics; do
		# shellcheck disable=SC2046,SC2086 # words
		check_sum "IPv$family: $object" $(figures $object)
	done
	check "IPv$family: all originals went on" \
		wait_for all_arrived $((before + $(<"$TMP/flooded") + 20))
	check_equal "IPv$family: all of them matched" \
		"$(<"$TMP/flooded") 20" "$(matched 1) $(matched 2)"
	tear_down
	link_plain
done

monitor_start
set_up 4
fill
check "copies wait for some seconds only" wait_for none_waits
check "and are late then" [ "$(cause late)" -gt 0 ]
check_equal "all that were dropped were" "$(cause late)" \
	"$(figures destination | cut -d' ' -f3)"
# shellcheck disable=SC2046 # words
check_sum "link that stands still" $(figures filter 1)
tear_down
check "deleted filters without copies have events" wait_for events 2

set_up 4
fill
tear_down
check "deleted filters with copies have events" wait_for events 4
# shellcheck disable=SC2046 # words
check_sum "event" $(event 1)
check_equal "event: it came after the last copy" "300 true" \
	"$(event 1 | awk '{ print $1, ($3 > 0 ? "true" : "false") }')"
link_plain

set_up 4
fill
in_router dfcctl filter delete 1
link_plain
check "the link works again, and there is an event" wait_for events 5
# shellcheck disable=SC2046 # words
check_sum "event" $(event 1)
check "others of its destination stay" in_router dfcctl filter show 2
monitor_stop
in_router dfcctl filter add id 1 dest-port 4001 destination 1
fill
lab_module_unload
check_fails "the module goes while copies wait and are in flight" \
	lab_module_loaded
check "and then the copies in flight go" link_plain

lab_module_load
set_up 4
fill
in_router dfcctl filter delete 2
ip netns delete "$ROUTER"
namespace_gone()
{
	[ "$(cut -d' ' -f1 /sys/module/dfc/refcnt)" = 0 ] &&
		! ip netns list | grep -q "^$ROUTER"
}
check "a namespace goes with copies that wait" wait_for namespace_gone
