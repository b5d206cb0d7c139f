#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Capture groups of dtcpd.conf, one active at some interfaces and one passive,
# at once: each source taps where its group captures, what a reload changes
# (interfaces, capture-local, mode) counts for criteria that are there, and
# frames are asked for by DTCP.
#
#   target -- router: dtcpd -- server
#     mirror -- span, span2  || ESP
#                       mediation: dtcp, dfcrecv
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dfcrecv dtcp dtcpd jq socat tcpdump xxd
setup_topology
topology_fix_neighbours
setup_module
setup_receiver

# span NAME: a port that only listens, and mirror-NAME of target at its wire
span()
{
	ip -n "$TARGET" link add "mirror-$1" mtu 1500 type veth peer name "$1"
	ip -n "$TARGET" link set "$1" netns "$ROUTER"
	ip -n "$ROUTER" link set "$1" up
	ip -n "$TARGET" link set "mirror-$1" up
	wait_for span_is_up "$1"
}

span_is_up()
{
	ip -n "$ROUTER" link show dev "$1" | grep -q 'state UP'
}

# configuration WHERE-ACTIVE WHERE-PASSIVE
configuration()
{
	lab_configuration | sed -e '$d' -e "s/^capture-group lab {/&\n$1/"
	lab_udp_source live 'a key of its own' 4000
	cat <<-END
		}
		capture-group span {
		    $2
		    content-destination cd1 {
		        address = "203.0.113.2"
		        port = 7890
		    }
	END
	lab_udp_source tap 'another key' 4000
	cat <<-END
		}
		interface-alias "ge-1/0/0.0" { device = "span" }
	END
}

# reload CONFIGURATION-ARGUMENT...
reload()
{
	local before

	before=$(reloads)
	configuration "$@" >"$DFC_LAB/dtcpd.conf"
	kill -HUP "${lab_pid[dtcpd]}"
	wait_for has_reloaded "$before"
}

reloads()
{
	grep -c 'configuration reloaded' "$DFC_LAB/dtcpd.log" || true
}

has_reloaded()
{
	[ "$(reloads)" -gt "$1" ]
}

# ask SOURCE ARGUMENT...: of mediation, over UDP; a file of numbers each
ask()
{
	local source=$1 key='a key of its own'

	shift
	[ "$source" = live ] || key='another key'
	in_mediation dtcp -j -u -t "${DFC_DEADLINE:-60}" --key "$key" \
		--sequence-file "$TMP/$source.seq" "$source@203.0.113.1:16383" \
		"$@"
}

code()
{
	ask "$1" add --cdest cd1 --static "${@:2}" | jq .code
}

# groups JQ-EXPRESSION: of those of the module, by the names of dtcpd.conf
groups()
{
	in_router dfcctl -j group | jq -c "[.groups[] |
		{key: .\"capture-group\", value: .}] | from_entries | $1"
}

# filters JQ-EXPRESSION
filters()
{
	in_router dfcctl -j filter | jq -c ".filters | $1"
}

# A datagram to port 7777 of the server, and somebody who asks for 192.0.2.1:
# both for whoever has the address 02:00:00:00:00:01.
datagram=0200000000010200000000020800450000240001000040118e2fc0000263c63364020f
datagram+=a01e61001000006d6972726f726564
question=02000000000102000000000208060001080006040001020000000002c00002630000
question+=00000000c0000201

# mirror NAME HEX: a switch sends a frame to the port NAME
mirror()
{
	xxd -r -p <<<"$2" | in_target socat -u - "INTERFACE:mirror-$1"
}

# matched FILTER-ID, has_matched FILTER-ID NUMBER
matched()
{
	filters ".[] | select(.id == $1) | .\"matched-packets\""
}

has_matched()
{
	[ "$(matched "$1")" -ge "$2" ]
}

copied()
{
	[ "$(packets "$DFC_LAB/dfcrecv.pcapng" "$1" | wc -l)" -ge 1 ]
}

active='interfaces = {"target"}'
passive='mode = passive interfaces = {"ge-1/0/0"} mask-limit = 3'
span span
span span2
setup_lab_directory
configuration "$active" "$passive" >"$TMP/dtcpd.conf"
chmod 600 "$TMP/dtcpd.conf"
setup_daemon "$TMP/dtcpd.conf"

check_equal "the module has both groups" \
	'["active",["target"],1024,true] ["passive",["span"],3,true]' \
	"$(groups '.lab, .span | [.mode, .devices, ."masks-max", .owned]' |
		xargs -d '\n')"
check_equal "a source of the active group adds" 200 \
	"$(code live --protocol udp)"
check_equal "a source of the passive group adds" 200 \
	"$(code tap --protocol udp)"
check_equal "each filter is in the group of its source" \
	"$(groups '[.lab.id, .span.id]')" \
	"$(filters 'sort_by(.id) | map(.group)')"
check_equal "an interface of another group" 901 "$(code live --input span)"
check_equal "an output interface, and where is none" '200 432' \
	"$(code live --output server) $(code tap --output span)"

# What comes in by one place is seen there, and nowhere else.
live=$(filters 'min_by(.id).id')
tap=$(filters 'sort_by(.id)[1].id')
capture_start server "$ROUTER" server -Q out udp
echo hello | in_server socat -t 0 - UDP4-SENDTO:192.0.2.2:6666
mirror span2 "$datagram"
mirror span "$datagram"
echo hello | in_target socat -t 0 - UDP4-SENDTO:198.51.100.2:5555
check "what comes in by the active group is copied" \
	wait_for copied 'udp dst port 5555'
check "what comes in by the passive group is copied" \
	wait_for copied 'udp dst port 7777'
check_equal "each once, and by no other interface" '1 1' \
	"$(matched "$live") $(matched "$tap")"
capture_stop server
check_equal "what came in by the passive group went no further" 1 \
	"$(packets "$TMP/server.pcap" | wc -l)"

check_equal "frames are asked for by DTCP" 200 \
	"$(code tap --filter-family ccc)"
check_equal "the module has them so" '["ccc",null]' \
	"$(filters 'max_by(.id) | [.family, .input]')"
check_equal "LIST shows them" 1 "$(ask tap list | jq \
	'[.criteria[] | select(."x-jtap-filter-family" == "ccc")] | length')"
mirror span "$question"
check "a frame arrives whole" wait_for grep -q \
	'02:00:00:00:00:02 > 02:00:00:00:00:01.*frame of 42 bytes' \
	"$DFC_LAB/dfcrecv.log"
check_equal "more masks than the group may have" '200 550' \
	"$(code tap --protocol udp --dest-port 53) $(code tap --dest \
		192.0.2.0/24)"
check "the log says which limit" grep 'refused, 550 .*: the kernel refused to add a filter (mask-limit): .*group' \
	"$DFC_LAB/dtcpd.log"
check_equal "where frames have no place" 901 \
	"$(code live --filter-family ccc --input server)"

# Both come in by the same interface; one is for the router.
speak()
{
	echo hello | in_target socat -t 0 - UDP4-SENDTO:192.0.2.1:8888
	echo hello | in_target socat -t 0 - UDP4-SENDTO:198.51.100.2:5555
}

speak
wait_for has_matched "$live" 2
check_equal "what is for the router itself is left out" 2 "$(matched "$live")"
reload "$active capture-local = yes" "$passive"
speak
check "unless the group says that it counts" wait_for has_matched "$live" 4

before=$(filters 'map(.id) | sort')
reload "$active capture-local = yes" "${passive/0\"/0\", \"span2\"}"
mirror span2 "$datagram"
check "an interface that a reload adds counts for taps that are there" \
	wait_for has_matched "$tap" 2
check "for those of frames as well" wait_for grep -q \
	'02:00:00:00:00:02 > 02:00:00:00:00:01.*frame of 50 bytes' \
	"$DFC_LAB/dfcrecv.log"
check_equal "they are the same" "$before" "$(filters 'map(.id) | sort')"

reload "$active" 'interfaces = {"span"}'
check_equal "another mode ends the taps of the group" 0 \
	"$(ask tap list | jq '.criteria | length')"
check_equal "and only those" "$(ask live list | jq '.criteria | length')" \
	"$(filters length)"
check_equal "the group is made anew" '["active",["span"]]' \
	"$(groups '.span | [.mode, .devices]')"
ended=0
lab_stop dtcpd || ended=$?
check_equal "dtcpd ends" 0 "$ended"
check_equal "its groups end with it" 0 "$(in_router dfcctl -j group |
	jq '.groups | length')"
