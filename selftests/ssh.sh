#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A control source tasks the router with DTCP over SSH: what it is answered,
# what is copied then, and what becomes of its taps when dtcpd ends.
#
#   target -- router: dtcpd -- server
#               || ESP
#           mediation: ssh, dfcrecv
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"
. "$(dirname "$0")/ssh-lib.sh"

need dfcctl jq ssh openssl ping
setup_topology
setup_module
setup_receiver
setup_daemon

ping_server()
{
	in_target ping -q -c "$1" -i 0.2 "${2:-198.51.100.2}" >/dev/null
}

# of_filter NAME: of the filter of the criterion that was added last.
of_filter()
{
	in_router dfcctl -j filter | jq -c --argjson id "$id" --arg name "$1" \
		'.filters[] | select(."criteria-id" == $id) | .[$name]'
}

has_matched()
{
	[ "$(of_filter matched-packets)" -ge "$1" ]
}

# add HEADER...: a criterion that must be accepted, then $id.
add()
{
	ask ADD 'Cdest-ID: cd1' 'Timeout-Idle: 600' "$@"
	[ "$code" = 200 ] || bail "ADD: $answer"
	id=$(header CRITERIA-ID)
}

empty_kernel()
{
	[ "$(counter statistics filters)" = 0 ] &&
		[ "$(counter statistics destinations)" = 0 ]
}

# Then $daemon_status is that of dtcpd.
daemon_gone()
{
	daemon_status=0
	# shellcheck disable=SC2154  # lab-lib.sh declares lab_pid
	wait "${lab_pid[dtcpd]}" 2>/dev/null || daemon_status=$?
	unset "lab_pid[dtcpd]"
	channel_close
}

channel_open
ask ADD 'Cdest-ID: cd1' 'Source-Address: 192.0.2.2' \
	'Dest-Address: 198.51.100.2' 'Protocol: 1' 'Timeout-Idle: 600' \
	'Timeout-Packets: 1000'
check_equal "ADD is accepted" 'DTCP/0.7 200 OK' "$first"
check "the answer has the right digest" signed
check_equal "the answer has the Seq of the request" "$seq" "$(header SEQ)"
id=$(header CRITERIA-ID)
check "the answer has a Criteria-ID" [ "$id" -gt 0 ]
ping_server 3
settle
check_equal "the tap works" 3 "$(delivered)"

ask LIST
check_equal "LIST shows the filter" "192.0.2.2 198.51.100.2 1 1000" \
	"$(header SOURCE-ADDRESS) $(header DEST-ADDRESS) $(
		header PROTOCOL) $(header TIMEOUT-PACKETS)"
check_equal "LIST shows one criterion" "$id 1 1" \
	"$(header CRITERIA-ID) $(header CRITERIA-NUM) $(
		header CRITERIA-COUNT)"
check_fails "LIST by itself shows no statistics" header MATCHING-PACKETS
ask LIST 'Flags: Stats'
check_fails "LIST, Stats shows no filter" header SOURCE-ADDRESS
kernel="$(of_filter matched-packets) $(of_filter matched-bytes) $(
	of_filter left-packets)"
check_equal "its figures are those of the kernel" "$kernel" \
	"$(header MATCHING-PACKETS) $(header MATCHING-BYTES) $(
		header REMAINING-PACKETS)"
check_equal "and right" '3 252 997' "$kernel"
ask LIST 'Flags: Both' "Criteria-ID: $id"
check_equal "LIST, Both shows both" "192.0.2.2 3" \
	"$(header SOURCE-ADDRESS) $(header MATCHING-PACKETS)"
check "LIST has the right digest" signed

ask REFRESH "Criteria-ID: $id" 'Timeout-Packets: 50'
check_equal "REFRESH counts what it refreshed" '200 1' \
	"$code $(header CRITERIA-COUNT)"
ask LIST 'Flags: Stats'
check_equal "REFRESH replaces what remains" '50 1 50' \
	"$(header REMAINING-PACKETS) $(header NUM-REFRESH) $(
		of_filter left-packets)"
ask NOOP
check_equal "NOOP is answered" "200 $seq" "$code $(header SEQ)"

ask DELETE "Criteria-ID: $id"
check_equal "DELETE counts what it deleted" '200 1' \
	"$code $(header CRITERIA-COUNT)"
ping_server 2
check_equal "nothing is copied any more" '0 3 3' \
	"$(counter statistics filters) $(
		counter statistics sent-packets) $(delivered)"

all=
request NOOP
all+=$message
request ADD 'Cdest-ID: cd1' 'Source-Address: 2001:db8:1::/64' \
	'Dest-Address: 2001:db8:2::2' 'Protocol: 58' 'Flags: Static'
all+=$message
request LIST
all+=$message
request DELETE 'Criteria-ID: 4711'
all+=$message
say "$all"
order='' listed=''
for _ in 1 2 3 4; do
	hear
	order+="$(header SEQ):$code "
	case $(header SEQ) in
	$((seq - 2))) id=$(header CRITERIA-ID || true) ;;
	$((seq - 1))) listed="$(header CRITERIA-ID) $(header FLAGS) $(
		header SOURCE-ADDRESS || true)" ;;
	esac
done
check_equal "pipelined requests are answered in order" \
	"$((seq - 3)):200 $((seq - 2)):200 $((seq - 1)):200 $seq:431 " "$order"
check_equal "each finds what the one before it did" \
	"$id STATIC 2001:db8:1::/64" "$listed"
ping_server 2 2001:db8:2::2
settle
check_equal "IPv6 is tapped" 5 "$(delivered)"

add 'Source-Address: 192.0.2.0/24, !192.0.2.9-192.0.2.20' \
	'Dest-Address: 198.51.100.1-198.51.100.10' 'Protocol: 6, 17' \
	'Dest-Port: 50-100,!80-90,5000-*'
in_target bash -c 'for port in 49 53 79 80 85 90 91 101 4999 5000 65535; do
	echo >"/dev/udp/198.51.100.2/$port"
done'
wait_for has_matched 5 || true
check_equal "lists, ranges and negation select" 5 \
	"$(of_filter matched-packets)"
add 'Source-Address: 192.0.2.0/24,!192.0.2.2' 'Protocol: 1'
ping_server 1
check_equal "what is negated is excluded" 0 "$(of_filter matched-packets)"

before=$(counter statistics sent-packets)
add 'Dest-Address: 198.51.100.2' 'Protocol: 1' 'Timeout-Packets: 2'
ping_server 3
listed()
{
	ask LIST "Criteria-ID: $id"
	[ "$code" = 200 ] && header CRITERIA-NUM
}
not_listed()
{
	! listed
}
check "a criterion is not listed once it has expired" wait_for not_listed
settle
check_equal "it copied all it might, and no more" 2 \
	"$(($(counter statistics sent-packets) - before))"
check_equal "it is counted" 1 \
	"$(counter control-source criteria-deleted-timeout-packets)"
ask DELETE 'Criteria-ID: 1-100'
check_equal "DELETE without Flags leaves static criteria" '200 2' \
	"$code $(header CRITERIA-COUNT)"
ask DELETE 'Cdest-ID: cd1' 'Flags: Static'
check_equal "with it, DELETE deletes them" '200 1 0' \
	"$code $(header CRITERIA-COUNT) $(counter statistics filters)"

add 'Source-Address: 192.0.2.2' 'Protocol: 1'
cp "$DFC_LAB/dtcpd.conf" "$TMP/good.conf"
echo 'capture-grope lab {' >>"$DFC_LAB/dtcpd.conf"
kill -HUP "${lab_pid[dtcpd]}"
check "SIGHUP with a broken file is refused" \
	wait_for grep -q 'stays as it was' "$DFC_LAB/dtcpd.log"
line=$(wc -l <"$DFC_LAB/dtcpd.conf")
check "the log says where it is broken" grep -q \
	"$DFC_LAB/dtcpd.conf:$line: .*expected" "$DFC_LAB/dtcpd.log"
cp "$TMP/good.conf" "$DFC_LAB/dtcpd.conf"
ping_server 1
check_equal "the tap goes on" 1 "$(of_filter matched-packets)"
kill -HUP "${lab_pid[dtcpd]}"
check "SIGHUP with a good file is obeyed" \
	wait_for grep -q 'configuration reloaded' "$DFC_LAB/dtcpd.log"
ping_server 1
ask LIST 'Flags: Stats'
check_equal "tap and session go on" "$id 2" \
	"$(header CRITERIA-ID) $(header MATCHING-PACKETS)"

kill -KILL "${lab_pid[dtcpd]}"
daemon_gone
check "dtcpd is killed: its filters and destinations go" wait_for empty_kernel
lab_daemon_start || bail "no new dtcpd starts"
pass "a new dtcpd starts"
channel_open
add 'Source-Address: 192.0.2.2' 'Flags: Static'
ping_server 1
check_equal "and taps" 1 "$(of_filter matched-packets)"

kill -TERM "${lab_pid[dtcpd]}"
daemon_gone
check_equal "dtcpd is terminated: it ends well" 0 "$daemon_status"
check "its filters and destinations are gone" empty_kernel
check "forwarding goes on" ping_server 1
