# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
# shellcheck disable=SC2034  # what is set here, tests read
#
# DTCP spoken by hand, through OpenSSH's client in mediation; for tests that
# source lib.sh and use setup_daemon. Digests are openssl's.
#
# channel_open                  a channel that stays open, as ftap1
# channel_close                 says that no more comes: $unheard is what was
#                               not read yet, $status that of ssh
# request METHOD HEADER...      makes $message, signed with $key; a METHOD
#                               may have a version, 'ADD DTCP/0.8'
# say TEXT                      sends it
# hear                          reads one answer: $answer, its first line
#                               $first, and $code
# ask METHOD HEADER...          request, say, hear
# header NAME                   the value of the header in $answer, each on a
#                               line of its own; fails if there is none
# signed                        the digest of $answer is right

key=Juniper
csource=ftap1
seq=0

# Descriptors of a coprocess are not there in subshells; their copies are.
channel_open()
{
	coproc channel {
		exec ip netns exec "$MEDIATION" ssh -F "$DFC_LAB/ssh_config" \
			203.0.113.1 -s flow-tap-dtcp 2>>"$TMP/ssh.log"
	}
	exec {channel_in}>&"${channel[1]}" {channel_out}<&"${channel[0]}"
	eval "exec ${channel[1]}>&- ${channel[0]}<&-"
	# shellcheck disable=SC2154  # coproc sets it
	channel_process=$channel_PID
}

channel_close()
{
	local line

	exec {channel_in}>&-
	unheard='' status=0
	while IFS= read -r -t "${DFC_DEADLINE:-60}" line <&"$channel_out"; do
		unheard+=$line$'\n'
	done
	unheard+=$line
	exec {channel_out}<&-
	wait "$channel_process" || status=$?
}

hmac()
{
	local digest

	digest=$(printf %s "$1" | openssl dgst -sha1 -hmac "$key")
	echo "${digest##* }"
}

request()
{
	local line version=' DTCP/0.7'

	seq=$((seq + 1))
	[[ $1 != *' '* ]] || version=
	message=$1$version$'\r\n'
	shift
	for line in "Csource-ID: $csource" "$@" "Seq: $seq"; do
		message+=$line$'\r\n'
	done
	message+="Authentication-Info: $(hmac "$message")"$'\r\n\r\n'
}

say()
{
	printf %s "$1" >&"$channel_in"
}

hear()
{
	local line

	answer=
	while IFS= read -r -t "${DFC_DEADLINE:-60}" line <&"$channel_out"; do
		answer+=$line$'\n'
		[ "$line" != $'\r' ] || break
	done
	first=${answer%%$'\r\n'*}
	code=${first#DTCP/* }
	code=${code%% *}
}

ask()
{
	request "$@"
	say "$message"
	hear
}

header()
{
	local line found=1

	while IFS= read -r line; do
		[[ $line == "$1: "*$'\r' ]] || continue
		line=${line#*: }
		echo "${line%$'\r'}"
		found=0
	done <<<"$answer"
	return "$found"
}

signed()
{
	[ "$(header AUTHENTICATION-INFO)" = \
		"$(hmac "${answer%AUTHENTICATION-INFO: *}")" ]
}
