#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Control sources speak DTCP over UDP: udp.py from mediation and, where it may
# not, from server; then socat and openssl, while dtcpd is reloaded, killed and
# started again.
#
#   target -- router: dtcpd -- server: udp.py
#               || ESP
#           mediation: udp.py, socat
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ssh-lib.sh"

python=/usr/bin/python3
need dfcctl openssl ping socat jq "$python"
setup_topology
setup_module
setup_lab_directory

# udp_source NAME PORT STATEMENT...
udp_source()
{
	echo "    control-source $1 {"
	echo "        shared-key = \"$1-secret\""
	echo "        service-port = $2"
	shift 2
	printf '        %s\n' "$@"
	echo "    }"
}

{
	sed '$d' "$DFC_LAB/dtcpd.conf"
	udp_source udp1 16383 \
		'source-addresses = {"203.0.113.2", "2001:db8:3::/64", "fe80::/10"}' \
		'notification-targets = {"203.0.113.2:4000", "[2001:db8:3::2]:4000"}'
	udp_source udp2 16383
	udp_source udp3 16384
	echo "}"
} >"$TMP/dtcpd.conf"
chmod 600 "$TMP/dtcpd.conf"
setup_daemon "$TMP/dtcpd.conf"

export TARGET ROUTER SERVER MEDIATION
export CONTROL=${DFC_CONTROL_SOCKET:-/run/dtcpd/control}
status=0
in_mediation "$python" "$selftests/udp.py" >"$TMP/checks" \
	2>"$TMP/errors" || status=$?
while IFS= read -r line; do
	case $line in
	'ok '*) pass "${line#ok }" ;;
	'not ok '*) fail "${line#not ok }" ;;
	*) echo "$line" ;;
	esac
done <"$TMP/checks"
[ "$status" -eq 0 ] || fail "udp.py runs to its end" "$(cat "$TMP/errors")"
seq=$(sed -n 's/^# sequence //p' "$TMP/checks")

csource=udp1 key=udp1-secret

# Then $answer is what came back, "" if there was nothing.
ask_udp()
{
	local line

	coproc client {
		exec ip netns exec "$MEDIATION" socat - "UDP:$1:${2-16383}"
	}
	exec {client_in}>&"${client[1]}" {client_out}<&"${client[0]}"
	printf %s "$message" >&"$client_in"
	answer=
	while IFS= read -r -t "${DFC_DEADLINE:-60}" line <&"$client_out"; do
		answer+=$line$'\n'
		[ "$line" != $'\r' ] || break
	done
	exec {client_in}>&- {client_out}<&-
	# shellcheck disable=SC2154  # coproc sets it
	kill "$client_PID"
	wait "$client_PID" 2>/dev/null || true
}

answered()
{
	ask_udp "$@"
	[[ $answer = 'DTCP/0.7 200 OK'$'\r\n'* ]] &&
		[ "$(header Authentication-Info)" = \
			"$(hmac "${answer%Authentication-Info: *}")" ]
}

udp_counter()
{
	echo udp | socat -t 60 - "UNIX-CONNECT:$CONTROL" | jq "$1"
}

request NOOP
check "socat and openssl are answered" answered 203.0.113.1
request NOOP
check "over IPv6 too" answered '[2001:db8:3::1]'

# A request that is on its way while dtcpd is busy with the reload.
sed -i 's/service-port = 16384/service-port = 16385/' "$DFC_LAB/dtcpd.conf"
kill -STOP "${lab_pid[dtcpd]}"
kill -HUP "${lab_pid[dtcpd]}"
request NOOP
{
	ask_udp 203.0.113.1
	printf %s "$answer" >"$TMP/answer"
} &
asking=$!
in_queue()
{
	in_router ss -Huln sport = :16383 | awk '$2 > 0 { found = 1 }
		END { exit !found }'
}
check "a request waits while dtcpd is stopped" wait_for in_queue
kill -CONT "${lab_pid[dtcpd]}"
wait "$asking"
check "and is answered once it has reloaded" \
	grep -q '^DTCP/0.7 200 OK' "$TMP/answer"
check "the reload was made" \
	wait_for grep -q 'configuration reloaded' "$DFC_LAB/dtcpd.log"
check_equal "a new service-port is open, the old one closed" '16383 16385' \
	"$(in_router ss -Huln4 'sport >= :16383 and sport <= :16385' |
		awk '{ sub(/.*:/, "", $4); print $4 }' | sort -u | xargs)"

in_notices()
{
	grep -q "$1" "$TMP/notices"
}
: >"$TMP/notices"
ip netns exec "$MEDIATION" socat -u UDP4-RECV:4000 \
	"OPEN:$TMP/notices,append" &
listener=$!
defer kill "$listener"
listening()
{
	in_mediation ss -Huln sport = :4000 | grep -q .
}
wait_for listening || bail "socat does not listen"
request ADD 'Cdest-ID: cd1' 'Source-Address: 192.0.2.2' 'Flags: Static'
check "ADD is accepted" answered 203.0.113.1
kill -KILL "${lab_pid[dtcpd]}"
wait "${lab_pid[dtcpd]}" 2>/dev/null || true
unset "lab_pid[dtcpd]"
lab_daemon_start || bail "no new dtcpd starts"
check "after a crash 599 tells that criteria are lost" \
	wait_for in_notices '^DTCP/0.7 599 Server Restart'
arrived()
{
	[ "$(udp_counter .udp.received)" -ge 1 ]
}
in_mediation bash -c 'printf %s "$1" >/dev/udp/203.0.113.1/16383' \
	- "$message"
check "what was asked before it arrives again" wait_for arrived
check_equal "and is not answered" 0 "$(udp_counter .udp.answered)"
request NOOP
check "what comes next is answered" answered 203.0.113.1
check_equal "nothing was lost" '0 0' "$(udp_counter \
	'.udp."answer-datagrams-lost"') $(udp_counter .notifications.lost)"
