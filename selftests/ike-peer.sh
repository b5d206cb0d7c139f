#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A peer falls silent, forgets all, or the router's own IKE daemon dies: copies
# are dropped or arrive, and none leaves in the clear.
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

# A peer that falls silent, and comes back.
IKE_DPD=2s start_both trap
flows_again "traps"
kill -STOP "${ike_pid[mediation]}"
check "a silent peer: its SAs go" wait_for none_up
refuses "a silent peer"
kill -CONT "${ike_pid[mediation]}"
flows_again "the peer speaks again"

# A peer that has forgotten everything: it begins anew.
ike_kill mediation
ike_wipe mediation
ike_configure mediation "start_action = start"
ike_start mediation || bail "no charon in mediation"
ike_load mediation >/dev/null
flows_again "the peer was started again"
check "the peer was started again: old SAs go" wait_for eval \
	'[[ $(out_spi 203.0.113.2) != *$'"'\n'"'* ]]'
delivers "with new SAs"

# The router's own daemon dies: the kernel has what it made, for a while.
ike_kill router
delivers "without a daemon, SAs are left"
ike_wipe router
refuses "without a daemon, states and policies gone"
ike_start router || bail "no charon in router"
ike_load router >/dev/null
flows_again "the daemon is there again"
ike_stop router
refuses "the daemon has ended"
ike_stop mediation
nothing_clear
