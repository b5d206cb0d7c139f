#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# dfcctl monitor tells what happens in the kernel and in dtcpd, without dtcpd
# and across its restart; dfcctl -i tells rates.
#
#   target -- router: dtcpd, dfcctl -- server
#               || ESP
#           mediation: dtcp, dfcrecv
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dtcp dtcpd jq
setup_topology
setup_module
setup_receiver

ip netns exec "$ROUTER" stdbuf -oL dfcctl -j monitor >"$TMP/events" &
defer kill "$!"
ip netns exec "$ROUTER" stdbuf -oL dfcctl monitor >"$TMP/lines" &
defer kill "$!"

# event JQ-CONDITION: there is one. events JQ-CONDITION: how many
events()
{
	jq -c "select($1)" "$TMP/events" | wc -l
}

event()
{
	[ "$(events "$1")" -gt 0 ]
}

times()
{
	[ "$(events "$1")" -ge "$2" ]
}

ping_server()
{
	in_target ping -q -c "$1" -i 0.2 198.51.100.2 >/dev/null
}

ask()
{
	in_mediation dtcp -i "$DFC_LAB/id_ftap1" \
		--known-hosts "$DFC_LAB/known_hosts" -j \
		-t "${DFC_DEADLINE:-60}" ftap1@203.0.113.1 "$@"
}

check "without dtcpd it listens, and says that there is none" \
	wait_for event '.event == "dtcpd-disconnected" and .origin == "dfcctl"'
destination
in_router dfcctl filter add id 1 from 192.0.2.2 protocol icmp destination 1 \
	limit-packets 1
ping_server 1
check "an event of the kernel comes without dtcpd" \
	wait_for event '.event == "filter-deleted" and .origin == "kernel" and
		.filter.id == 1 and .reason == "limit-packets"'

setup_daemon
check "dtcpd is found when it starts" \
	wait_for event '.event == "dtcpd-connected"'
ask add --cdest cd1 --static --protocol icmp >"$TMP/add"
check_equal "a criterion is added" 200 "$(jq .code "$TMP/add")"
check "dtcpd tells of the request" \
	wait_for event '.event == "request" and .origin == "dtcpd" and
		.method == "ADD" and .code == 200 and .filter > 0 and
		."control-source" == "ftap1" and ."capture-group" == "lab"'
ask add --cdest nosuch --static >"$TMP/add" || true
check "and of one that it refused" \
	wait_for event '.method == "ADD" and .code == 430'

kill -HUP "${lab_pid[dtcpd]}"
check "it tells of a reload" \
	wait_for event '.event == "configuration-reloaded"'

check_equal "statistics count the messages of DTCP" 2 \
	"$(in_router dfcctl -j statistics |
		jq '.statistics."control-protocol-packets"')"
check_equal "and a control source is shown by its name" 1 \
	"$(in_router dfcctl -j control-source ftap1 |
		jq '."control-sources"[0]."criteria-added"')"
check_equal "with its bandwidth" true "$(in_router dfcctl -j control-source \
	ftap1 | jq '."control-sources"[0] | has("bandwidth")')"
check_fails "an unknown one is refused" in_router dfcctl control-source nosuch

ip netns exec "$ROUTER" stdbuf -oL dfcctl -j -i 0.5 statistics \
	>"$TMP/samples" &
sampler=$!
defer kill "$sampler"
rate()
{
	some_json '.seconds > 0 and .time and
		.statistics."matched-packet-rate" > 0 and
		.statistics."matched-bit-rate" > 0' "$TMP/samples"
}
rate_after_ping()
{
	ping_server 3 && rate
}
check "an interval gives rates" wait_for rate_after_ping
check "the first sample has none" jq -e -s \
	'.[0].statistics | has("matched-packet-rate") | not' "$TMP/samples"
check "a filter in detail has them too" in_router sh -c \
	'dfcctl -i 0.2 filter show "$0" | grep -m 1 matched-packet-rate' \
	"$(in_router dfcctl -j filter | jq '.filters[0].id')"

lab_stop dtcpd
check "the end of dtcpd is told by itself" \
	wait_for event '.event == "stopping" and .origin == "dtcpd"'
check "by the kernel, whose filter goes with it" \
	wait_for event '.event == "filter-deleted" and .reason == "owner"'
check "and by dfcctl" wait_for times '.event == "dtcpd-disconnected"' 2
lab_daemon_start
check "it is found again" wait_for times '.event == "dtcpd-connected"' 2
check_equal "every line is an event with its time" 0 \
	"$(events '(.time and .origin and .event) | not')"
check "text tells the same" grep -qE \
	' dtcpd request: .*control-source ftap1, method ADD, code 200' \
	"$TMP/lines"
check "of the kernel, too" grep -q 'filter 1 gone: limit-packets' "$TMP/lines"
