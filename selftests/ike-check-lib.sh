# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
#
# Copies through what strongSwan makes, for tests that source lib.sh,
# packets-lib.sh and ike-lib.sh.
#
# setup_ike                 two filters copy the target's pings, to dfcrecv over
#                           IPv4 and IPv6; the wire to mediation is watched
# sent, dropped             copies of all
# delivers NAME [WORD...]   three pings: six copies arrive; WORDs are for ping
# refuses NAME              six copies are dropped as no-sa
# flows_again NAME          pings until there is a copy again, and SAs of both
#                           families, or what both_up is redefined as
# configure ACTION [LINE...]  both ends, start_action of the router's children
# start_both                charon at both ends, configured
# terminate                 all SAs
# out_spi DESTINATION       of the router's SAs to there, one a line
# nothing_clear             ends watching, and checks what was seen

setup_ike()
{
	local id

	need dfcctl dfcrecv jq openssl swanctl tcpdump
	setup_topology
	topology_fix_neighbours
	setup_module
	setup_lab_directory
	ike_prepare || skip "charon-systemd is missing"
	setup_receiver
	defer ike_end router TERM
	defer ike_end mediation TERM
	in_router dfcctl destination add id 1 address 203.0.113.2 port 7890
	in_router dfcctl destination add id 2 address 2001:db8:3::2 port 7890
	for id in 1 2; do
		in_router dfcctl filter add id "$id" from 192.0.2.2 \
			protocol icmp destination "$id"
	done
	capture_start wire "$ROUTER" mediation
}

start_both()
{
	local end

	for end in mediation router; do
		ike_start "$end" || bail "no charon in $end"
	done
	configure "$@"
}

sent()
{
	counter statistics sent-packets
}

dropped()
{
	counter statistics dropped-packets
}

ping_server()
{
	in_target ping -q -c "$1" -i 0.1 "${@:2}" 198.51.100.2 >/dev/null
}

# What belongs neither to ESP nor IKE (port 500, and 4500 once the peers know
# each other) nor to the link; who is asked by IKE and has none says so by ICMP,
# which quotes the question.
clear_packets()
{
	packets "$TMP/wire.pcap" 'not esp and not udp port 500 and not arp and
		not udp port 4500 and not (icmp6 and ip6[40] >= 133) and
		not (icmp[0] == 3 and
			(icmp[28:2] == 500 or icmp[28:2] == 4500)) and
		not (icmp6 and ip6[40] == 1 and
			(ip6[88:2] == 500 or ip6[88:2] == 4500))'
}

# delivers NAME [PING-ARGUMENT...]: two filters, three pings, six copies
delivers()
{
	local before

	before=$(delivered)
	ping_server 3 "${@:2}"
	settle
	check_equal "$1: copies arrive" 6 "$(($(delivered) - before))"
}

refuses()
{
	local before lost

	before=$(delivered)
	lost=$(cause no-sa)
	ping_server 3
	check_equal "$1: copies are dropped as no-sa" 6 \
		"$(($(cause no-sa) - lost))"
	check_equal "$1: none arrives" "$before" "$(delivered)"
}

# arrives_again COUNT: one more ping, and whether there are more copies
arrives_again()
{
	ping_server 1
	[ "$(delivered)" -gt "$1" ]
}

flows_again()
{
	local before

	before=$(delivered)
	check "$1: copies arrive again" wait_for arrives_again "$before"
	wait_for both_up || fail "$1: both families have SAs"
}

both_up()
{
	ike_up router 203.0.113.2 && ike_up router 2001:db8:3::2
}

none_up()
{
	! ike_up router 203.0.113.2 && ! ike_up router 2001:db8:3::2
}

configure()
{
	ike_configure router "start_action = $1" "${@:2}"
	ike_configure mediation "start_action = none" "${@:2}"
	ike_load router >/dev/null && ike_load mediation >/dev/null
}

terminate()
{
	local child

	for child in copies copies6; do
		ike_swanctl router terminate --ike "$child" --force \
			>/dev/null || true
	done
	wait_for none_up
}

out_spi()
{
	ike_sas router | awk -v to="$1" '$2 == to { print $3 }'
}

nothing_clear()
{
	capture_stop wire
	check_equal "not one packet was in the clear" "" "$(clear_packets)"
	check_equal "matched = sent + dropped" \
		"$(counter statistics copies)" "$(($(sent) + $(dropped)))"
}
