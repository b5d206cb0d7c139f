#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Frames changed by chance (kfuzz/frames_fuzz) go into a router that has filters
# of all kinds, and into a device that only listens; one good flow goes between
# them. The router forwards all of that, copies all of that, its counters add up,
# and the kernel has nothing to say. Frames to begin with are those of
# key/frames.py and, with PCAPS, the captures in that directory. Variables:
# FUZZ_SECONDS (10), SEED.
#
#   target == router -- server      two cables, one of which only listens
#               || ESP
#           mediation
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

programs=$(dirname "$0")
[ -x "$programs/frames_fuzz" ] ||
	programs=${DFC_BUILD:-$(dirname "$0")/../build}/selftests
[ -x "$programs/frames_fuzz" ] || skip "frames_fuzz has not been built"
need dfcctl dfcrecv jq nft python3
setup_topology
topology_fix_neighbours
setup_module

seconds=${FUZZ_SECONDS:-10}
seed=${SEED:-$((16#$(topology_random 4)))}
note "SEED=$seed"

ip link add span netns "$ROUTER" type veth peer name mirror netns "$TARGET"
ip -n "$ROUTER" link set span addrgenmode none up
ip -n "$TARGET" link set mirror addrgenmode none up
/usr/bin/python3 -B "$selftests/key/frames.py" "$TMP" >/dev/null
declare -a captures=("$TMP"/*.pcap)
[ -z "${PCAPS-}" ] || mapfile -t -O "${#captures[@]}" captures \
	< <(find "$PCAPS" -name '*.pcap*' -type f)

# The good flow: UDP from port 4242 to 7777, from 192.0.2.2 to 198.51.100.2.
mac=$(topology_address_of "$ROUTER" target)
own=$(topology_address_of "$TARGET" router)
good=${mac//:/}${own//:/}08004500002c0000400040114e89c0000202c6336402
good+=10921e61001832276e6f626f6479206368616e6765732074

# count NAMESPACE TABLE RULE: has nft count packets there
count()
{
	ip netns exec "$1" nft -f - <<-END
		table inet $2 {
			counter seen { }
			chain in {
				type filter hook prerouting priority raw;
				$3 counter name seen
			}
		}
	END
}

counted()
{
	ip netns exec "$1" nft -j list counter inet "$2" seen |
		jq '.nftables[] | select(.counter).counter.packets'
}

count "$SERVER" forwarded "ip saddr 192.0.2.2 udp sport 4242 udp dport 7777"
count "$MEDIATION" copied "udp dport 8001"

# More kinds of filters than one packet can match.
filters()
{
	local id=10 words

	tap 1 input target protocol udp source-port 4242 dest-port 7777 \
		from 192.0.2.2 to 198.51.100.2
	in_router dfcctl destination add id 2 address 203.0.113.2 port 8002 \
		format dfc
	in_router dfcctl destination add id 3 address 2001:db8:3::2 port 8002 \
		queue-max 65536
	in_router dfcctl destination add id 4 address 203.0.113.2 format ipip
	in_router dfcctl group add id 1 mode passive device span
	in_router dfcctl group add id 2 local yes
	while read -r words; do
		id=$((id + 1))
		# shellcheck disable=SC2086
		in_router dfcctl filter add id "$id" $words || return
	done <<-END
		family inet destination 2
		family inet6 destination 3
		input target destination 2 destination 4
		output server destination 2
		output server family inet6 destination 3
		protocol tcp dest-port 443 destination 2
		protocol udp source-port 1-5060 dest-port 53 destination 3
		dest-port 1-65535 destination 4
		icmp-type 8 icmp-type 128 destination 2
		icmp-code 1-255 destination 2
		from 192.0.2.0/24 to 198.51.100.0/25 destination 3
		from 2001:db8::/32 destination 4
		protocol 44 protocol 50-60 destination 2
		family ccc input target destination 2
		family ccc output server destination 3
		family ccc output target destination 3
		protocol tcp dest-port 36412 action block
		protocol sctp destination 2 action redirect
		group 1 destination 2
		group 1 dest-port 5060 destination 4
		group 1 icmp-type 8 destination 3
		group 1 family ccc destination 3
		group 2 destination 2
		group 2 family inet6 protocol icmpv6 destination 3
	END
}

# Lines of what does not add up.
sums()
{
	in_router dfcctl -j filter | jq -r '.filters[] |
		select(.copies != ."sent-packets" + ."dropped-packets") |
		"filter \(.id): \(.copies) copies, \(."sent-packets") sent,
		\(."dropped-packets") dropped"'
}

summed()
{
	[ -z "$(sums)" ]
}

frames()
{
	ip netns exec "$TARGET" "$programs/frames_fuzz" -s "$1" -t "$seconds" \
		"${@:2}" "${captures[@]}"
}

sink 2
check "there are filters of all kinds" filters
frames "$((seed + 1))" -p 20000 mirror "$mac" >"$TMP/mirror.log" 2>&1 &
mirror=$!
check "frames are sent" eval "frames $seed -g $good router $mac \
	>$TMP/frames.log 2>&1"
check "all of them are, out of both devices" wait_for lab_gone "$mirror"
note "$(grep -h frames "$TMP/frames.log" "$TMP/mirror.log")"
sent=$(sed -n 's/^good //p' "$TMP/frames.log")
check "among them are some of the good flow" [ "$sent" -gt 0 ]
check "every copy is sent or dropped" wait_for summed
summed || note "$(sums)"
check_equal "the good flow is forwarded" "$sent" "$(counted "$SERVER" forwarded)"
check_equal "its filter has seen all of it" "$sent" "$(matched 1)"
check_equal "its copies have all been sent" "$sent" \
	"$(in_router dfcctl -j filter show 1 | jq '.filters[0]."sent-packets"')"
check "and have come" wait_for eval \
	"[ \"\$(counted $MEDIATION copied)\" = $sent ]"
check "other filters have matched" [ "$(counter filter matched-packets)" -gt \
	"$((2 * sent))" ]
check "the device that only listens was seen" [ "$(in_router dfcctl -j \
	group show 1 | jq '.groups[0]."seen-packets"')" -gt 0 ]
