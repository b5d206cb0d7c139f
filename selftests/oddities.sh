#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Packets that nobody sends (oddities4.py, oddities6.py, and mutants of them):
# filters copy them as documented, or not at all where they are malformed; and
# what the router forwards of them and answers is what it did before there was
# a filter. Variable: SEED of the mutants.
#
#   target -- router -- server
#               || ESP
#           mediation: ports 8001 to 8004
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv jq python3 tcpdump
setup_topology
topology_fix_neighbours
setup_module

# What the router answers must not depend on how fast it is asked, as redirects
# always do.
in_router sysctl -q -w net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0 \
	net.ipv6.icmp.ratelimit=0 net.ipv6.icmp.ratemask=255 \
	net.ipv4.conf.all.send_redirects=0 \
	net.ipv4.conf.target.send_redirects=0

seed=${SEED:-$((16#$(topology_random 3)))}
note "SEED=$seed"
mac=$(topology_address_of "$ROUTER" target)
export PYTHONDONTWRITEBYTECODE=1

# pass NAME FAMILY: all of them, up to the last, go through the router
pass_through()
{
	capture_start "$1" "$SERVER" router -s 2048 -Q in
	capture_start "$1-back" "$TARGET" router -Q in \
		'(ip and src 192.0.2.1) or (ip6 and src 2001:db8:1::1)'
	in_target "$selftests/oddities.py" send "$2" "$seed" router "$mac"
	check "IPv$2: the last one has come through" \
		wait_for captured "$1" 1 'udp dst port 7'
	capture_stop "$1"
	capture_stop "$1-back"
}

# The router counts its own identities up.
answers()
{
	packets "$TMP/$1-back.pcap" |
		sed -E 's/^(4.{7})....(.{8}).{4}/\1----\2----/'
}

taps()
{
	tap 1 input target
	tap 2 input target protocol udp dest-port 53
	tap 3 input target icmp-type 8 icmp-type 128
	tap 4 input target protocol tcp protocol sctp protocol dccp \
		protocol udplite dest-port 53
}

for family in 4 6; do
	pass_through "without$family" "$family"
done
taps
sink 4
for family in 4 6; do
	capture_start copies "$MEDIATION" router -s 2048 udp
	before=$(counter statistics sent-packets)
	pass_through "with$family" "$family"
	check "IPv$family: all copies arrive" wait_for eval \
		"captured copies $(($(counter statistics sent-packets) - before))"
	capture_stop copies
	check "IPv$family: what leaves is the same, in number, order and bytes" \
		cmp <(packets "$TMP/without$family.pcap") \
		<(packets "$TMP/with$family.pcap")
	check "IPv$family: so is what the router answers" \
		diff <(answers "without$family") <(answers "with$family")
	packets "$TMP/with$family.pcap" >"$TMP/forwarded"
	for id in 1 2 3 4; do
		check "IPv$family: filter $id copies what it means" \
			"$selftests/oddities.py" judge "$family" "$seed" \
			"$id" "$TMP/forwarded" < <(copies $((8000 + id)))
	done
	note "IPv$family: $(wc -l <"$TMP/forwarded") were forwarded," \
		"$(answers "with$family" | wc -l) answered," \
		"$(packets "$TMP/copies.pcap" | wc -l) copied"
done
check_equal "nothing was dropped" 0 "$(counter statistics dropped-packets)"
