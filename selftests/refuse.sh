#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What dtcpd refuses, how it says so, and that nothing is half done then:
# requests, logins, configurations, a second dtcpd, a missing module.
#
#   target -- router: dtcpd
#               || ESP
#           mediation: ssh
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"
. "$(dirname "$0")/ssh-lib.sh"

need dfcctl dtcpd jq ssh sshpass openssl setpriv
[ ! -e /sys/module/dfc ] || skip "dfc is loaded already; it must be unloaded"

# run PROGRAM...: then $status and $output.
run()
{
	status=0
	output=$(timeout 60 "$@" 2>&1) || status=$?
}

# check_run DESCRIPTION STATUS PATTERN: what run found.
check_run()
{
	if [ "$status" = "$2" ] && [[ $output =~ $3 ]]; then
		pass "$1"
	else
		fail "$1" "expected: $2, $3"$'\n'"is:       $status, $output"
	fi
}

# The tap that is there from the first to the last: all of what is set up.
state()
{
	in_router sh -c 'for object in filter destination control-source; do
		dfcctl -j "$object"
	done' | jq -c '(.filters[]? | [.id, ."criteria-id", .to]),
		(.destinations[]? | [.id, .address, .port, .filters]),
		(."control-sources"[]? | [."active-criteria"])'
}

# refused ANSWER ECHO METHOD HEADER...: ANSWER is version and code; ECHO the
# one header that comes back, or empty.
refused()
{
	local expected=$1 echoed=$2 what

	shift 2
	ask "$@"
	what="$1 ${*: -1}: ${expected#* }"
	[[ $first =~ ^(DTCP/[0-9.]+ [0-9]+)\  ]] || true
	check_equal "$what" "$expected ${echoed:-nothing}, signed" \
		"${BASH_REMATCH[1]-} $(parameters), $(signed && echo signed)"
	check_equal "$what: nothing is half done" "$before" "$(state)"
}

# What an answer has between SEQ and TIMESTAMP.
parameters()
{
	local text=${answer#*$'\r\n'SEQ: "$seq"$'\r\n'}

	text=${text%%TIMESTAMP: *}
	text=${text//$'\r\n'/}
	echo "${text:-nothing}"
}

add()
{
	refused "$1" "$2" ADD 'Cdest-ID: cd1' 'Timeout-Idle: 600' "${@:3}"
}

# dropped WHAT COUNTER LOG TEXT: TEXT is sent, but the first answer that comes
# is that of the request after it.
dropped()
{
	local was lines

	was=$(counter control-source "$2")
	lines=$(grep -c "message dropped: $3" "$DFC_LAB/dtcpd.log" || true)
	say "$4"
	csource=ftap1
	ask NOOP
	check_equal "$1: no answer" "200 $seq" "$code $(header SEQ)"
	check_equal "$1: it is counted as $2" "$((was + 1))" \
		"$(counter control-source "$2")"
	check_equal "$1: it is logged" "$((lines + 1))" \
		"$(grep -c "message dropped: $3" "$DFC_LAB/dtcpd.log" || true)"
}

# broken LINE PATTERN SED-COMMAND: dtcpd.conf changed that way is refused.
broken()
{
	sed "$3" "$DFC_LAB/dtcpd.conf" >"$TMP/broken.conf"
	run dtcpd -t -c "$TMP/broken.conf"
	check_run "configuration: $2" 1 "^$TMP/broken.conf:$1: .*$2.*expected"
}

line_of()
{
	grep -n -m 1 "$1" "$DFC_LAB/dtcpd.conf" | cut -d: -f1
}

configure()
{
	lab_configuration | sed \
		-e 's/allowed-destinations = .*/&\n        max-criteria = 1/' \
		-e '$d'
	cat <<-END
	    content-destination cd2 {
	        address = "2001:db8:3::2"
	        port = 7890
	    }
	    control-source ftap2 {
	    }
	}
	END
}

setup_topology
setup_lab_directory
router=(ip netns exec "$ROUTER")
client=(ip netns exec "$MEDIATION" ssh -n -F "$DFC_LAB/ssh_config")
configure >"$TMP/dtcpd.conf"
cp "$TMP/dtcpd.conf" "$DFC_LAB/dtcpd.conf"

run "${router[@]}" dtcpd -f -c "$DFC_LAB/dtcpd.conf"
check_run "no module: dtcpd says so and what to do" 1 \
	'module dfc is not loaded: modprobe dfc'
run "${router[@]}" dfcctl filter
check_run "no module: so does dfcctl" 2 \
	'module dfc is not loaded; load it with: modprobe dfc'
setup_module
setup_daemon

run dtcpd -t -c "$DFC_LAB/dtcpd.conf"
check_run "configuration: a good one" 0 '^$'
broken "$(line_of '7890')" 'port is "78900"' 's/port = 7890$/port = 78900/'
broken "$(line_of '7890')" "no such option 'prot'" \
	's/port = 7890$/prot = 7890/'
broken "$(line_of '203.0.113.2')" 'address is "203.0.113.256"' \
	's/203.0.113.2"/203.0.113.256"/'
broken "$(line_of capture-group)" 'is never closed' '$d'
broken "$(line_of 'allowed-dest')" 'has "cd3"' 's/{"cd1"}/{"cd3"}/'
run dtcpd -t -c "$TMP/nowhere.conf"
check_run "configuration: a missing file" 1 \
	"^$TMP/nowhere.conf: No such file .*expected"
chmod 0 "$TMP/dtcpd.conf"
run setpriv --bounding-set=-all dtcpd -t -c "$TMP/dtcpd.conf"
check_run "configuration: a file that may not be read" 1 \
	"^$TMP/dtcpd.conf: Permission denied.*expected"

channel_open
ask ADD 'Cdest-ID: cd1' 'Dest-Address: 198.51.100.7' 'Flags: Static'
check_equal "there is a tap" 200 "$code"
before=$(state)

refused 'DTCP/0.7 400' '' ADD 'Flags: Static'
refused 'DTCP/0.7 400' 'CDEST-ID: cd1,cd2,cd3' ADD 'Flags: Static' \
	'Cdest-ID: cd1,cd2,cd3'
add 'DTCP/0.7 400' 'PRIORITY: 256' 'Priority: 256'
refused 'DTCP/0.7 400' 'CRITERIA-ID: 5-1' DELETE 'Criteria-ID: 5-1'
refused 'DTCP/0.7 400' '' DELETE 'Criteria-ID: 1' 'Cdest-ID: cd1'
refused 'DTCP/0.7 430' 'CDEST-ID: nobody' ADD 'Flags: Static' \
	'Cdest-ID: nobody'
refused 'DTCP/0.7 430' 'CDEST-ID: cd2' ADD 'Flags: Static' 'Cdest-ID: cd2'
add 'DTCP/0.7 430' 'CDEST-ID: cd1' \
	'X-JTap-Cdest-Dest-Address: 203.0.113.9'
refused 'DTCP/0.7 431' 'CRITERIA-ID: 77' DELETE 'Flags: Static' \
	'Criteria-ID: 77'
refused 'DTCP/0.7 431' 'CRITERIA-ID: 1,77' DELETE 'Flags: Static' \
	'Criteria-ID: 1,77'
refused 'DTCP/0.7 431' 'CRITERIA-ID: 77' REFRESH 'Timeout-Idle: 9' \
	'Criteria-ID: 77'
add 'DTCP/0.7 432' 'SOURCE-ADDRESS: 192.0.2.300' \
	'Source-Address: 192.0.2.300'
add 'DTCP/0.7 432' 'DEST-PORT: 90-80' 'Dest-Port: 90-80'
add 'DTCP/0.7 432' '' 'Source-Address: 192.0.2.2' \
	'Dest-Address: 2001:db8:2::2'
refused 'DTCP/0.7 433' '' ADD 'Cdest-ID: cd1'
add 'DTCP/0.7 433' 'TIMEOUT-TOTAL: 86401' 'Timeout-Total: 86401'
refused 'DTCP/0.7 433' '' REFRESH 'Criteria-ID: 1'
add 'DTCP/0.7 501' 'ACTION: Redirect' 'Action: Redirect'
add 'DTCP/0.7 501' 'FLAGS: Sometimes' 'Flags: Sometimes'
refused 'DTCP/0.7 501' '' DISABLE 'Criteria-ID: 1'
refused 'DTCP/0.8 505' '' 'DELETE DTCP/0.9' 'Flags: Static' 'Criteria-ID: 1'
refused 'DTCP/0.6 505' '' 'DELETE DTCP/0.5' 'Flags: Static' 'Criteria-ID: 1'
add 'DTCP/0.7 550' '' 'Dest-Address: 198.51.100.8'

delete=(DELETE 'Criteria-ID: 1' 'Flags: Static')
digest=(dropped-bad-digest 'missing or wrong digest')
key=secret
request "${delete[@]}"
key=Juniper
dropped "another key" "${digest[@]}" "$message"
request "${delete[@]}"
dropped "an empty digest" "${digest[@]}" \
	"${message/Info: */Info:$'\r\n\r\n'}"
request "${delete[@]}"
dropped "a changed message" "${digest[@]}" \
	"${message/Criteria-ID: 1/Criteria-ID: 1 }"
csource=ftap2
request "${delete[@]}"
dropped "Csource-ID of another" dropped-not-ssh-user \
	'control source is not the SSH user' "$message"
csource=ftap3
request "${delete[@]}"
dropped "Csource-ID of nobody" dropped-unknown-control-source \
	'unknown control source' "$message"
dropped "no DTCP" dropped-not-dtcp 'not DTCP' \
	$'HELLO\r\nAuthentication-Info: 0\r\n\r\n'
request "${delete[@]}"
was=$(counter control-source "${digest[0]}")
say "${message%Authentication-Info: *}"$'\r\n'
channel_close
check_equal "a message without Authentication-Info: nothing until the end" \
	'1 ' "$status $unheard"
check_equal "it is counted as ${digest[0]}" "$((was + 1))" \
	"$(counter control-source "${digest[0]}")"
check "it is logged" grep -q 'the stream ended before its Authentication-Info' \
	"$DFC_LAB/dtcpd.log"

run "${client[@]}" ftap1@203.0.113.1 touch "$TMP/touched"
check_run "SSH: no commands" 255 'exec request failed'
run "${client[@]}" ftap1@203.0.113.1
check_run "SSH: no shell" 255 'shell request failed'
run "${client[@]}" ftap1@203.0.113.1 -s sftp
check_run "SSH: no SFTP" 255 'subsystem request failed'
run "${client[@]}" -W 203.0.113.1:32001 ftap1@203.0.113.1
check_run "SSH: no forwarding" 255 'stdio forwarding failed'
run "${client[@]}" -o ExitOnForwardFailure=yes -N -R 9999:203.0.113.2:22 \
	ftap1@203.0.113.1
check_run "SSH: no forwarding backwards" 255 'remote port forwarding failed'
check_fails "SSH: no command was run" [ -e "$TMP/touched" ]

# with_password USER PASSWORD: a request in a channel of its own.
with_password()
{
	request NOOP
	run ip netns exec "$MEDIATION" sshpass -p "$2" \
		ssh -F "$DFC_LAB/ssh_config" -o PubkeyAuthentication=no \
		-o NumberOfPasswordPrompts=1 "$1@203.0.113.1" \
		-s flow-tap-dtcp <<<"$message"
}
with_password ftap1 ftap1123
check_run "login: the password" 0 '200 OK'
with_password ftap1 ftap112
check_run "login: a wrong password" 255 'Permission denied'
check "login: it is logged" grep -q \
	'login of "ftap1" from 203.0.113.2 refused: password' \
	"$DFC_LAB/dtcpd.log"
with_password ftap2 ''
check_run "login: no password where none is configured" 255 \
	'Permission denied'
run "${client[@]}" -o BatchMode=yes ftap3@203.0.113.1 -s flow-tap-dtcp
check_run "login: an unknown user" 255 'Permission denied'
run "${client[@]}" -o BatchMode=yes ftap2@203.0.113.1 -s flow-tap-dtcp
check_run "login: the key of another" 255 'Permission denied'

sed -e "s,/run/dtcpd/control,$TMP/run/control," -e 's/32001/32002/' \
	-e 's/max-criteria = 1/max-criteria = -1/' "$DFC_LAB/dtcpd.conf" \
	>"$TMP/broken.conf"
run "${router[@]}" dtcpd -f -c "$TMP/broken.conf"
check_run "dtcpd does not start with a broken configuration" 1 \
	"^$TMP/broken.conf:$(line_of max-criteria): max-criteria is \"-1\", exp"
check_fails "it opened nothing" [ -e "$TMP/run" ]
run "${router[@]}" dtcpd -f -c "$DFC_LAB/dtcpd.conf"
# shellcheck disable=SC2154  # lab-lib.sh declares lab_pid
check_run "a second dtcpd is refused" 1 \
	"another dtcpd \\(pid ${lab_pid[dtcpd]}\\) is running"
check_equal "taps are as they were" "$before" "$(state)"
channel_open
ask LIST
check_equal "and dtcpd answers" '200 1' "$code $(header CRITERIA-NUM)"
