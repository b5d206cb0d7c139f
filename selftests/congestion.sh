#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Limits of a content destination, with the module's own averages: control
# sources are told above soft-limit (580), above hard-limit the least important
# criteria go first (680), and nobody goes for what has gone. Copies that
# max-duplicates drops are told (598), thresholds are logged.
#
#   target -- router: dtcpd -- server
#               || ESP
#           mediation: dtcp
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

need dfcctl dtcp dtcpd jq socat
setup_topology
topology_fix_neighbours
setup_module
setup_lab_directory

declare -A key=([one]='a key of its own' [two]='another key')
declare -A port=([one]=4000 [two]=4001)

{
	lab_configuration | sed -e '$d' -e 's/security = required/&\n\
soft-limit = 5k soft-limit-clear = 3k\n\
hard-limit = 200k hard-limit-target = 150k/' -e 's/^capture-group lab {/&\n\
max-duplicates = 1 duplicates-dropped-periodicity = 1\n\
input-packet-rate-threshold = 1 pic-memory-threshold = 0/'
	for name in one two; do
		lab_udp_source "$name" "${key[$name]}" "${port[$name]}"
	done
	echo '}'
} >"$TMP/dtcpd.conf"
chmod 600 "$TMP/dtcpd.conf"
setup_daemon "$TMP/dtcpd.conf"

# ask SOURCE ARGUMENT...
ask()
{
	in_mediation dtcp -j -u -t "${DFC_DEADLINE:-60}" --key "${key[$1]}" \
		--sequence-file "$TMP/$1.seq" "$1@203.0.113.1:16383" "${@:2}"
}

# hear SOURCE: what it is told, a line of JSON each, in $TMP/SOURCE
hear()
{
	ip netns exec "$MEDIATION" dtcp --key "${key[$1]}" -j listen \
		-n 1000 -w 100000 "203.0.113.2:${port[$1]}" >"$TMP/$1" 2>&1 &
	defer kill "$!"
	wait_for lab_listens "$MEDIATION" -lu "${port[$1]}" ||
		bail "nobody listens for $1"
}

# told SOURCE CODE HEADER: its values in all such notifications
told()
{
	jq -r "select(.code == $2 and .authentic) |
		[.. | objects | .\"$3\"? // empty][0]" "$TMP/$1" | paste -sd' '
}

# is_told SOURCE CODE
is_told()
{
	some_json ".code == $2 and .authentic" "$TMP/$1"
}

# sum SOURCE CODE HEADER
sum()
{
	jq -s "[.[] | select(.code == $2) | .. | objects |
		.\"$3\"? // empty | tonumber] | add // 0" "$TMP/$1"
}

# add SOURCE PRIORITY PORT
add()
{
	check_equal "$1 taps port $3" 200 "$(ask "$1" add --cdest cd1 --static \
		--priority "$2" --protocol udp --dest-port "$3" | jq .code)"
}

# send PORT COUNT: datagrams of 1000 bytes
send()
{
	head -c "$(($2 * 1000))" /dev/zero | in_target socat -u -b 1000 STDIN \
		"UDP4-SENDTO:198.51.100.2:$1"
}

# press PORT: sends until somebody is told 680
press()
{
	send "$1" 150
	wait_for -t 3 is_told one 680
}

criteria()
{
	ask "$1" list | jq -r '[.criteria[]."criteria-id"] | join(" ")'
}

logged()
{
	grep -q "$1" "$DFC_LAB/dtcpd.log"
}

# How often the destination has been below soft-limit-clear again.
overs()
{
	grep -c 'congestion is over' "$DFC_LAB/dtcpd.log" || true
}

# is_over TIMES: more often than that
is_over()
{
	[ "$(overs)" -gt "$1" ]
}

figure()
{
	in_router dfcctl -j control-source | jq ".\"control-sources\"[] |
		select(.\"control-source\" == \"$1\") | .\"$2\""
}

hear one
hear two
add one 1 5001
add one 2 5002
add two 3 5003
add one 2 5004

send 5001 10
check "580 to one source with criteria" wait_for is_told one 580
check "580 to the other" wait_for is_told two 580
check_equal "it says where" cd1 "$(told one 580 cdest-id)"
check_equal "it says the limits" "5000 200000" \
	"$(told one 580 alert-bandwidth) $(told one 580 max-bandwidth)"
check_equal "nobody has to go" "1 2 3" "$(criteria one)"
check "it is over when there is no more" wait_for is_over 0
check_equal "580 was told once" 1 "$(told one 580 cdest-id | wc -w)"

over=$(overs)
send 5003 20
send 5004 100
check "680 above hard-limit" wait_for press 5002
check "680 to the owner of the least important" wait_for is_told two 680
check_equal "680 names the busiest of the next priority, and no other" 2 \
	"$(told one 680 criteria-id)"
check_equal "680 names the least important to its owner" 1 \
	"$(told two 680 criteria-id)"
check_equal "the others stay" "1 3" "$(criteria one)"
check_equal "none of the other source" "" "$(criteria two)"
check_equal "their filters stay" 2 \
	"$(in_router dfcctl -j filter | jq '.filters | length')"

check "what has gone leaves the average" wait_for is_over "$over"
check_equal "and takes nobody with it" "1 3 1" \
	"$(criteria one) $(figure one criteria-deleted-by-congestion)"
check_equal "580 and 680 are counted" \
	"$(told one 580 cdest-id | wc -w) 1" \
	"$(figure one congestion-notifications) $(figure one \
		congestion-delete-notifications)"

add one 1 5010
add two 2 5010
send 5010 5
lost()
{
	[ "$(sum two 598 dropped-packets)" -eq 5 ]
}
check "598 tells all that max-duplicates dropped" wait_for lost
check_equal "in bytes of the packets" 5140 "$(sum two 598 dropped-bytes)"
check_equal "the more important criterion lost nothing" 0 \
	"$(sum one 598 dropped-packets)"
check "the log tells it, too" wait_for logged \
	'cd1 of lab: copies are dropped: duplicate, '
check "packet rate above its threshold" wait_for logged \
	'packets/s come in, above input-packet-rate-threshold 1$'
check "memory above its threshold" wait_for logged \
	'in use, above pic-memory-threshold 0$'
