#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# strongSwan makes the SAs that copies take: modes, ciphers, ways to prove who
# one is; before there is one, and when it was deleted, none leaves.
#
#   target -- router -- server
#               || IKEv2: strongSwan at both ends
#           mediation: dfcrecv
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"
. "$(dirname "$0")/ike-lib.sh"
. "$(dirname "$0")/ike-check-lib.sh"

setup_ike

# Traffic comes before keys.
refuses "no IKE daemon"
for end in router mediation; do
	ike_configure "$end" "start_action = none"
done
ike_start router || bail "no charon in router"
ike_configure router "start_action = trap"
check "router loads its connections" ike_load router
refuses "traps, and a peer that is not there"
ike_start mediation || bail "no charon in mediation"
check "mediation loads its connections" ike_load mediation
flows_again "the peer is there"
delivers "SAs made by a trap"
terminate

# try NAME MODE WHAT-STATES-SAY...: with $IKE_ESP and $IKE_AUTH
try()
{
	local word

	configure none "mode = $2"
	for child in copies copies6; do
		ike_initiate "$child" >"$TMP/initiate" ||
			fail "$1: an SA for $child" "$(<"$TMP/initiate")"
	done
	for word in "mode $2" "${@:3}"; do
		check_equal "$1: all states are: $word" 4 \
			"$(ip -n "$ROUTER" xfrm state list |
				grep -c -F -e "$word")"
	done
	delivers "$1"
	terminate
	refuses "$1, SAs deleted"
}

try "AES-GCM" tunnel 'aead rfc4106(gcm(aes))'
IKE_ESP=chacha20poly1305 try "ChaCha20-Poly1305" tunnel \
	'aead rfc7539esp(chacha20,poly1305)'
IKE_ESP=aes256gcm16-esn try "ESN" tunnel 'anti-replay esn'
IKE_ESP=aes128gcm16-esn try "transport mode" transport \
	'anti-replay esn'
IKE_ESP=aes128-sha256 IKE_AUTH=pubkey try "AES-CBC, certificates" transport \
	'enc cbc(aes)'
IKE_AUTH=pubkey try "certificates" tunnel
nothing_clear
