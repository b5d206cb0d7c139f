#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Where the router handles merged packets (GRO, GSO, checksums left to the
# hardware), copies are still the packets of the wire, whole and with right
# checksums; and where they do not fit into the path, they are fragmented
# outside.
#
#   target == big packets == router -- server
#                              || ESP
#                          mediation: dfcrecv
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq socat tcpdump tshark ethtool
setup_topology
setup_module
setup_receiver
destination

merged_wire()
{
	ip netns exec "$1" ethtool -K "$2" rx on tx on tso on gso on \
		>/dev/null
}

for pair in "$TARGET router" "$ROUTER target" "$ROUTER server" \
	"$SERVER router"; do
	read -r namespace device <<<"$pair"
	merged_wire "$namespace" "$device"
done

head -c 300000 /dev/urandom >"$TMP/upload"

upload()
{
	in_server socat -u "TCP$1-LISTEN:5000,reuseaddr" \
		"CREATE:$TMP/received" &
	wait_for lab_listens "$SERVER" -lt 5000
	in_target socat -u "OPEN:$TMP/upload" "TCP$1:$2:5000"
	wait "$!"
	cmp "$TMP/upload" "$TMP/received"
}

# What a TCP stream of the copies carried, put together by tshark.
stream()
{
	tshark -n -q -r "$DFC_LAB/dfcrecv.pcapng" -z "follow,tcp,raw,$1" \
		2>/dev/null | grep -E '^[0-9a-f]+$' | tr -d '\n'
}

bad_checksums()
{
	tshark -n -r "$DFC_LAB/dfcrecv.pcapng" -o tcp.check_checksum:TRUE \
		-o ip.check_checksum:TRUE -Y 'tcp.checksum.status == "Bad" ||
		ip.checksum.status == "Bad"' 2>/dev/null
}

in_router dfcctl filter add id 1 from 192.0.2.2 protocol tcp destination 1
in_router dfcctl filter add id 2 from 2001:db8:1::2 protocol tcp \
	destination 1
capture_start target "$ROUTER" target -Q in
check "an upload, IPv4" upload 4 198.51.100.2
check "an upload, IPv6" upload 6 '[2001:db8:2::2]'
settle
capture_stop target

check "the router saw merged packets" \
	[ -n "$(packets "$TMP/target.pcap" 'greater 3000')" ]
check_equal "no copy is larger than the wire allows" "" \
	"$(packets "$DFC_LAB/dfcrecv.pcapng" 'greater 1501')"
check_equal "each packet of the wire counts and arrives" \
	"$(counter filter matched-packets)" "$(delivered)"
check_equal "no copy has a bad checksum" "" "$(bad_checksums)"
xxd -p "$TMP/upload" | tr -d '\n' >"$TMP/hex"
check "the copies hold what was sent, IPv4" cmp "$TMP/hex" <(stream 0)
check "the copies hold what was sent, IPv6" cmp "$TMP/hex" <(stream 1)
check_equal "nothing was dropped" 0 "$(counter statistics dropped-packets)"

in_router dfcctl filter flush
in_router dfcctl filter add id 1 from 192.0.2.2 protocol icmp destination 1
before=$(delivered)
capture_start wire "$ROUTER" mediation -Q out
check "packets as large as the wire allows pass" \
	in_target ping -q -c 3 -i 0.2 -M "do" -s 1472 198.51.100.2
settle
capture_stop wire
check_equal "their copies arrive" 3 "$(($(delivered) - before))"
check "fragmented outside" [ -n "$(packets "$TMP/wire.pcap" \
	'ip[6:2] & 0x3fff != 0')" ]
check_equal "whole inside" 3 "$(packets "$DFC_LAB/dfcrecv.pcapng" \
	'icmp and greater 1500' | wc -l)"
