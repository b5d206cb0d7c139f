#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Keys change while copies flow: no copy is lost, none leaves in the clear.
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

# has_changed DESTINATION SPI: there is one state, and it is another one
has_changed()
{
	local now

	now=$(out_spi "$1")
	[ -n "$now" ] && [ "$now" != "$2" ] && [[ $now != *$'\n'* ]]
}

# changes_keys NAME END WORD...: the daemon is told so, for both families
changes_keys()
{
	local spi4 spi6

	spi4=$(out_spi 203.0.113.2)
	spi6=$(out_spi 2001:db8:3::2)
	check "$1, IPv4" ike_swanctl "${@:2}" copies
	check "$1, IPv6" ike_swanctl "${@:2}" copies6
	check "$1: there is a new SA, IPv4" \
		wait_for has_changed 203.0.113.2 "$spi4"
	check "$1: there is a new SA, IPv6" \
		wait_for has_changed 2001:db8:3::2 "$spi6"
}

has_sent()
{
	[ "$(sent)" -ge "$1" ]
}

start_both none
ike_initiate copies >/dev/null
ike_initiate copies6 >/dev/null
lost=$(dropped)
gone=$(sent)
before=$(delivered)
ip netns exec "$TARGET" ping -q -i 0.005 198.51.100.2 >"$TMP/ping" &
load=$!
check "there is load" wait_for has_sent $((gone + 100))
for round in 1 2 3; do
	changes_keys "rekeying $round" router rekey --child
	changes_keys "rekeying $round by the peer" mediation rekey --child
done
check "IKE SA rekeyed, IPv4" ike_swanctl router rekey --ike copies
check "IKE SA rekeyed, IPv6" ike_swanctl mediation rekey --ike copies6
changes_keys "reauthentication" router rekey --reauth --ike
during=$(sent)
check "the load goes on" wait_for has_sent $((during + 100))
kill "$load"
wait "$load" || true
settle
check_equal "under load no copy was dropped" "$lost" "$(dropped)"
check_equal "under load all copies arrived" "$(($(sent) - gone))" \
	"$(($(delivered) - before))"
nothing_clear
