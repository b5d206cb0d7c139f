#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# No copy leaves in the clear unless the destination says that it may; what
# does not leave is counted under its cause.
#
#   target -- router -- server
#               || ESP, or nothing, or something worse
#           mediation: dfcrecv
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq tcpdump nft
setup_topology
setup_module
setup_receiver
destination
in_router dfcctl filter add id 1 from 192.0.2.2 protocol icmp destination 1
capture_start wire "$ROUTER" any -Q out

pings=0
drops=0
ping_server()
{
	in_target ping -q -c 2 -i 0.2 198.51.100.2 >/dev/null
	pings=$((pings + 2))
}

# All copies on the wire that are not inside ESP.
clear_copies()
{
	packets "$TMP/wire.pcap" 'udp port 7890 or (ip[6:2] & 0x1fff != 0)'
}

# delivers WHAT: two more pings arrive. refuses WHAT: two more are dropped.
delivers()
{
	local before

	before=$(delivered)
	ping_server
	settle
	check_equal "$1: copies arrive" 2 "$(($(delivered) - before))"
}

refuses()
{
	local before

	before=$(delivered)
	ping_server
	drops=$((drops + 2))
	check_equal "$1: copies are dropped as no-sa" "$drops" "$(cause no-sa)"
	settle
	check_equal "$1: none arrives" "$before" "$(delivered)"
}

no_state()
{
	[ -z "$(ip -n "$ROUTER" xfrm state list src 203.0.113.1 \
		dst 203.0.113.2)" ]
}

# set_policy MODE [LEVEL [SELECTOR...]]
set_policy()
{
	ip -n "$ROUTER" xfrm policy flush
	ip -n "$ROUTER" xfrm policy add src 0.0.0.0/0 dst 203.0.113.2 \
		dir out priority 100 "${@:3}" tmpl src 203.0.113.1 dst 203.0.113.2 \
		proto esp mode "$1" reqid 1 ${2+level "$2"}
}

# set_state ALGORITHM...: the same SA at both ends.
set_state()
{
	local namespace

	for namespace in "$MEDIATION" "$ROUTER"; do
		ip -n "$namespace" xfrm state deleteall src 203.0.113.1 \
			dst 203.0.113.2 proto esp
		ip -n "$namespace" xfrm state add src 203.0.113.1 \
			dst 203.0.113.2 proto esp spi "$spi" reqid 1 \
			mode tunnel "$@"
	done
	spi=$((spi + 1))
}
spi=4096

delivers "ESP"
topology_sa_down
refuses "SA deleted"
topology_sa_up
delivers "a new SA"

ip -n "$ROUTER" xfrm policy flush
refuses "policies flushed"
set_policy transport use
refuses "IPsec optional and no SA of its mode"
set_policy tunnel
delivers "a new policy"

key=0x$(topology_random 20)
set_state aead 'rfc4543(gcm(aes))' "$key" 128
refuses "ESP that only authenticates (GMAC)"
set_state enc cipher_null '' auth-trunc 'hmac(sha256)' \
	"0x$(topology_random 32)" 128
refuses "ESP with the null cipher"
set_state enc 'cbc(aes)' "0x$(topology_random 32)" \
	auth-trunc 'hmac(sha256)' "0x$(topology_random 32)" 128
delivers "ESP with AES-CBC"
set_state aead 'rfc4106(gcm(aes))' "$key" 128 limit packet-hard 1
in_target ping -q -c 3 -i 0.2 198.51.100.2 >/dev/null
pings=$((pings + 3))
check "an SA that expires stops the copies" \
	[ "$(counter destination dropped-packets)" -gt "$drops" ]
drops=$(cause no-sa)
set_state aead 'rfc4106(gcm(aes))' "$key" 128
delivers "after that, a new SA"

set_state aead 'rfc4106(gcm(aes))' "$key" 128 limit time-hard 1
check "an SA ends when its time is over" wait_for no_state
refuses "SA over"
set_state aead 'rfc4106(gcm(aes))' "0x$(topology_random 20)" 128
delivers "after that, a new SA again"

ip -n "$ROUTER" xfrm policy update src 0.0.0.0/0 dst 203.0.113.2 dir out \
	priority 1 action block
refuses "a policy that blocks"
set_policy tunnel
delivers "the policy back"

# The route changes: to this machine itself, past all policies.
ip -n "$ROUTER" route add local 203.0.113.2 dev lo table local
refuses "a route to the loopback device"
ip -n "$ROUTER" route delete local 203.0.113.2 dev lo table local
delivers "that route gone"

# An xfrm interface takes copies only where its own policies encrypt.
ip -n "$ROUTER" link add ipsec0 type xfrm if_id 9
ip -n "$ROUTER" link set ipsec0 up
ip -n "$ROUTER" route add 203.0.113.2/32 dev ipsec0 src 203.0.113.1
ip -n "$ROUTER" route add 203.0.113.2/32 dev mediation table 77
# What carries ESP does not take that route.
ip -n "$ROUTER" rule add fwmark 9 lookup 77
ip -n "$ROUTER" xfrm policy flush
refuses "an xfrm interface without a policy"
set_policy tunnel required if_id 9
refuses "an xfrm interface without a state"
set_state aead 'rfc4543(gcm(aes))' "$key" 128 if_id 9 output-mark 9
refuses "an xfrm interface that only authenticates (GMAC)"
set_state aead 'rfc4106(gcm(aes))' "0x$(topology_random 20)" 128 if_id 9 \
	output-mark 9
ip -n "$MEDIATION" link add ipsec0 type xfrm if_id 9
ip -n "$MEDIATION" link set ipsec0 up
ip -n "$MEDIATION" xfrm policy add src 0.0.0.0/0 dst 203.0.113.2 dir in \
	if_id 9 tmpl src 203.0.113.1 dst 203.0.113.2 proto esp mode tunnel \
	reqid 1
delivers "an xfrm interface that encrypts"
ip -n "$ROUTER" link delete ipsec0
refuses "the xfrm interface gone"
ip -n "$ROUTER" rule delete fwmark 9
ip -n "$ROUTER" route flush table 77
set_policy tunnel
set_state aead 'rfc4106(gcm(aes))' "0x$(topology_random 20)" 128
delivers "policies as before"

# The router's own rules may give the copy another way out, behind our back.
in_router nft -f - <<-END
	table ip away {
		chain output {
			type route hook output priority mangle
			udp dport 7890 meta mark set 7
		}
	}
END
ip -n "$ROUTER" rule add fwmark 7 lookup 77
ip -n "$ROUTER" route add 203.0.113.2 dev mediation table 77
ip -n "$ROUTER" xfrm policy add src 0.0.0.0/0 dst 203.0.113.2 dir out \
	mark 7 mask 0xff priority 1 action allow
refuses "given a way around ESP by a rule"
ip -n "$ROUTER" xfrm policy delete src 0.0.0.0/0 dst 203.0.113.2 dir out \
	mark 7 mask 0xff
in_router nft delete table ip away
ip -n "$ROUTER" rule delete fwmark 7
delivers "the rule gone"

ip -n "$ROUTER" link set mediation down
ping_server
check "no route: dropped as no-route" [ "$(cause no-route)" -gt 0 ]
ip -n "$ROUTER" link set mediation up
ip -n "$ROUTER" -6 address replace 2001:db8:3::1/64 dev mediation nodad
delivers "the route back"

capture_stop wire
check_equal "not one copy was in the clear" "" "$(clear_copies)"
check_equal "every ping matched" "$pings" "$(counter filter matched-packets)"
check_equal "matched = sent + dropped" "$pings" "$((
	$(counter filter sent-packets) + $(counter filter dropped-packets)))"
check_equal "dropped = the sum of its causes" \
	"$(counter destination dropped-packets)" \
	"$(($(cause no-sa) + $(cause no-route) + $(cause output)))"

lost()
{
	in_router dfcctl -j "$1" show 1 | jq -S '(.filters // .destinations)[0] |
		[."dropped-packets", .drops, ."drop-bytes"]'
}
check_equal "and the same at the filter, in packets and bytes" \
	"$(lost destination)" "$(lost filter)"

# The operator may want it otherwise, in so many words.
ip -n "$ROUTER" xfrm policy flush
in_router dfcctl destination add id 2 address 203.0.113.2 port 7890 \
	security none
in_router dfcctl filter add id 2 from 192.0.2.2 protocol icmp destination 2
capture_start open "$ROUTER" mediation -Q out
ping_server
capture_stop open
check_equal "security none: copies leave in the clear" 2 \
	"$(packets "$TMP/open.pcap" 'udp port 7890' | wc -l)"
