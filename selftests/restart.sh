#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# dtcpd dies and another one takes over: what is tapped goes on meanwhile, no
# criterion that was acknowledged is lost, none that was deleted comes back,
# and ids and counters go on; also when the module is loaded again, and when
# the journal is gone or damaged.
# Takes very long.
#
#   target -- router: dtcpd -- server
#               || ESP
#           mediation: ssh
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"
. "$(dirname "$0")/ssh-lib.sh"

# Of SIGKILL, with requests on their way.
rounds=${DFC_ROUNDS:-100}
export DFC_RESTART=keep

need dfcctl jq ssh openssl ping python3
setup_topology
setup_module
setup_daemon

ping_server()
{
	in_target ping -q -c "$1" -i 0.2 198.51.100.2 >/dev/null
}

# of_tap NAME: of the filter of criterion 1; dtcpd need not be there.
of_tap()
{
	in_router dfcctl -j filter | jq -c --argjson id "$tap" \
		--arg name "$1" '.filters[] | select(.id == $id) | .[$name]'
}

daemon_kill()
{
	# shellcheck disable=SC2154  # lab-lib.sh declares it
	kill -KILL "${lab_pid[dtcpd]}"
	wait "${lab_pid[dtcpd]}" 2>/dev/null || true
	unset "lab_pid[dtcpd]"
}

daemon_end()
{
	kill -TERM "${lab_pid[dtcpd]}"
	wait "${lab_pid[dtcpd]}" || true
	unset "lab_pid[dtcpd]"
}

# The log of all that were started; lab_start begins a new one each time.
daemon_start()
{
	lab_daemon_start || bail "no new dtcpd starts"
	channel_open
}

# Sorted for comm.
listed()
{
	ask LIST 'Flags: Criteria'
	header CRITERIA-ID | sort || true
}

kernel_filters()
{
	counter statistics filters
}

channel_open
ask ADD 'Cdest-ID: cd1' 'Source-Address: 192.0.2.2' \
	'Dest-Address: 198.51.100.2' 'Protocol: 1' 'Flags: Static'
check_equal "a tap is added" '200 1' "$code $(header CRITERIA-ID)"
tap=$(in_router dfcctl -j filter | jq '.filters[0].id')
ping_server 2
daemon_kill
channel_close
ping_server 3
check_equal "dtcpd is killed: copies go on" 5 "$(of_tap sent-packets)"
daemon_start
ask LIST 'Flags: Both'
check_equal "the next one has the tap, and its counters" '200 1 5' \
	"$code $(header CRITERIA-ID) $(header MATCHING-PACKETS)"
check "nothing was lost" \
	grep -q '1 of 1 criteria taken over$' "$DFC_LAB/dtcpd.log"
ask ADD 'Cdest-ID: cd1' 'Timeout-Idle: 600'
check_equal "ids go on" '200 2' "$code $(header CRITERIA-ID)"
ask DELETE 'Criteria-ID: 2'
daemon_end
channel_close
ping_server 1
check_equal "dtcpd is terminated: copies go on" 6 "$(of_tap sent-packets)"
daemon_start

# What is on its way when dtcpd is killed, and was acknowledged before.
sent=() known='1'

# send_add, send_delete ID: without waiting for the answer
send_add()
{
	request ADD 'Cdest-ID: cd1' 'Timeout-Total: 3600' \
		'Source-Address: 192.0.2.2' "Dest-Port: $((seq % 60000 + 1))"
	say "$message" 2>/dev/null || true
	sent+=(add)
}

send_delete()
{
	request DELETE "Criteria-ID: $1"
	say "$message" 2>/dev/null || true
	sent+=("$1")
}

# Takes the answer to the oldest request; false if there is none.
take_answer()
{
	hear
	[ "$code" = 200 ] || return 1
	if [ "${sent[0]}" = add ]; then
		known+=$'\n'$(header CRITERIA-ID)
	else
		known=$(grep -vx "${sent[0]}" <<<"$known")
	fi
	sent=("${sent[@]:1}")
}

# What nobody has answered may have been done or not; anything else may not.
settle()
{
	local now lost extra unsure=0 what

	now=$(listed)
	known=$(sort <<<"$known")
	for what in "${sent[@]}"; do
		if [ "$what" = add ]; then
			unsure=$((unsure + 1))
		else
			known=$(grep -vx "$what" <<<"$known")
			now=$(grep -vx "$what" <<<"$now")
		fi
	done
	lost=$(comm -23 <(echo "$known") <(echo "$now") | wc -l)
	extra=$(comm -13 <(echo "$known") <(echo "$now") | wc -l)
	if [ "$lost" -ne 0 ] || [ "$extra" -gt "$unsure" ]; then
		note "$lost lost, $extra more, $unsure unanswered"
		return 1
	fi
	known=$(listed)
	[ "$(wc -l <<<"$known")" = "$(kernel_filters)" ]
}

one_round()
{
	local i answers=$((RANDOM % 8)) oldest

	sent=()
	oldest=$(grep -vx 1 <<<"$known" | sort -n | head -n 3 || true)
	for i in $oldest; do
		send_add
		send_delete "$i"
	done
	send_add
	send_add
	for ((i = 0; i < answers && ${#sent[@]}; i++)); do
		take_answer || break
	done
	daemon_kill
	while [ ${#sent[@]} -gt 0 ] && take_answer; do
		:
	done
	channel_close
	daemon_start
	settle
}

before=$(of_tap age)
failures=0
for ((round = 0; round < rounds; round++)); do
	if ! one_round; then
		failures=$((failures + 1))
		note "round $round"
		break
	fi
done
check_equal "killed $rounds times: none is lost, none comes back" 0 "$failures"
check "it is the same tap all the time" \
	jq -en "$(of_tap age) > $before and $(of_tap matched-packets) == 6"

note "$(wc -l <<<"$known") criteria at the end"
ask DELETE 'Cdest-ID: cd1'
check_equal "all but the static one are deleted" 1 "$(kernel_filters)"
daemon_end
channel_close
instance=$(in_router dfcctl -j statistics | jq -r .statistics.instance)
lab_module_unload || bail "dfc.ko cannot be unloaded"
lab_module_load || bail "dfc.ko cannot be loaded"
daemon_start
check "the module is loaded again: it is another instance" \
	[ "$instance" != \
	"$(in_router dfcctl -j statistics | jq -r .statistics.instance)" ]
ask LIST 'Flags: Criteria'
check_equal "the tap is added again" '200 1 1' \
	"$code $(header CRITERIA-ID) $(kernel_filters)"
ping_server 1
check_equal "and taps" 1 "$(of_tap sent-packets)"

# Somebody flips a byte in the criterion.
daemon_end
channel_close
/usr/bin/python3 - "$DFC_LAB/state/journal" <<'END'
import sqlite3, sys
journal = sqlite3.connect(sys.argv[1])
journal.execute('UPDATE row SET data = zeroblob(20) WHERE id IN '
                '(SELECT MAX(id) FROM row)')
journal.commit()
END
daemon_start
check_equal "a row is damaged: its tap is gone" 0 "$(kernel_filters)"
check "the log says so" grep -q 'damaged rows' "$DFC_LAB/dtcpd.log"
check "and that it is lost" grep -q '599\|nobody knows whose' \
	"$DFC_LAB/dtcpd.log"
ask ADD 'Cdest-ID: cd1' 'Flags: Static'
check_equal "dtcpd goes on" 200 "$code"

daemon_end
channel_close
rm "$DFC_LAB/state/journal"*
check_equal "the tap is there" 1 "$(kernel_filters)"
daemon_start
check_equal "the journal is removed: the tap goes, nobody knows it" 0 \
	"$(kernel_filters)"
ask ADD 'Cdest-ID: cd1' 'Flags: Static'
check_equal "dtcpd goes on" 200 "$code"

# What a dtcpd that keeps has left, one that drops deletes.
daemon_kill
channel_close
sed -i 's/restart = keep/restart = drop/' "$DFC_LAB/dtcpd.conf"
daemon_start
check_equal "restart = drop: what was left is deleted" 0 "$(kernel_filters)"
ask ADD 'Cdest-ID: cd1' 'Flags: Static'
daemon_kill
channel_close
empty_kernel()
{
	[ "$(kernel_filters)" = 0 ]
}
check "restart = drop: a tap ends with dtcpd" wait_for empty_kernel
