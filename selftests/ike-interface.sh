#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# xfrm interfaces: the route says what is protected, not the address. What is
# inside is of both families, in one SA.
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

for end in router mediation; do
	namespace=$(ike_namespace "$end")
	ip -n "$namespace" link add ipsec0 type xfrm if_id 42
	ip -n "$namespace" link set ipsec0 up
done
ip -n "$ROUTER" route add 203.0.113.130 dev ipsec0 src 203.0.113.1
ip -n "$ROUTER" route add 2001:db8:4::2 dev ipsec0 src 2001:db8:3::1
ip -n "$MEDIATION" address add 203.0.113.130/32 dev lo
ip -n "$MEDIATION" address add 2001:db8:4::2/128 dev lo nodad
in_router dfcctl filter flush
for id in 1 2; do
	in_router dfcctl destination delete "$id"
done
in_router dfcctl destination add id 3 address 203.0.113.130 port 7890
in_router dfcctl destination add id 4 address 2001:db8:4::2 port 7890
in_router dfcctl filter add id 3 from 192.0.2.2 protocol icmp destination 3
in_router dfcctl filter add id 4 from 192.0.2.2 protocol icmp destination 4
refuses "an xfrm interface without policies"
near='203.0.113.1/32,2001:db8:3::1/128'
far='203.0.113.130/32,2001:db8:4::2/128'
ike_configure router "start_action = trap" "if_id_in = 42" "if_id_out = 42" \
	"local_ts = $near" "remote_ts = $far"
ike_configure mediation "start_action = none" "if_id_in = 42" \
	"if_id_out = 42" "local_ts = $far" "remote_ts = $near"
for end in router mediation; do
	ike_start "$end" || bail "no charon in $end"
done
ike_load mediation >/dev/null
ike_load router >/dev/null
# Either IKE connection has traps for what is inside: one of them is asked first.
both_up()
{
	ike_up router 203.0.113.2 || ike_up router 2001:db8:3::2
}

# Without its route, a destination has none, or one without an SA.
not_sent()
{
	echo $(($(cause no-route) + $(cause no-sa)))
}

more_not_sent()
{
	[ "$(not_sent)" -ge "$1" ]
}

flows_again "an xfrm interface, traps"
delivers "an xfrm interface"
delivers "an xfrm interface, large packets" -s 1472
before=$(not_sent)
ip -n "$ROUTER" link set ipsec0 down
ping_server 1
check "the interface is down: no copy is sent" \
	wait_for more_not_sent $((before + 2))
ip -n "$ROUTER" link set ipsec0 up
ip -n "$ROUTER" route replace 203.0.113.130 dev ipsec0 src 203.0.113.1
ip -n "$ROUTER" route replace 2001:db8:4::2 dev ipsec0 src 2001:db8:3::1
delivers "the interface is up again"
ike_stop router
refuses "an xfrm interface, the daemon has ended"
ip -n "$ROUTER" link delete ipsec0
ping_server 1
nothing_clear
