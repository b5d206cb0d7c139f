#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# dtcpd installs security associations with static keys, and only for copies;
# the other end takes all of them, whatever happens to dtcpd.
#
#   target -- router: dtcpd -- server
#               || ESP of copies, nothing else
#           mediation: dtcp, dfcrecv, ip xfrm
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl dtcp dtcpd jq openssl tcpdump
setup_topology
topology_fix_neighbours
setup_module
for namespace in "$ROUTER" "$MEDIATION"; do
	ip -n "$namespace" xfrm policy flush
	ip -n "$namespace" xfrm state flush
done
setup_receiver
key_file=$DFC_LAB/lea1.key
lab_plain=$(sed '$d' "$DFC_LAB/dtcpd.conf" | sed '/content-dest/,/}/d')

new_key()
{
	openssl rand -hex "$1" >"$key_file"
	chmod 600 "$key_file"
}

# configure HERE THERE MODE ALGORITHM ESN [SPI]
configure()
{
	{
		cat <<-END
			$lab_plain
			    content-destination cd1 {
			        address = "$2"
			        port = 7890
			        source-address = "$1"
			        security-association = lea1
			    }
			    control-source udp1 {
			        shared-key = "a key of its own"
			        service-port = 16383
			    }
			}
			security-association lea1 {
			    mode = $3
			    spi = ${6:-0x1001}
			    algorithm = $4
			    key-file = "$key_file"
			    extended-sequence-numbers = $5
			}
		END
	} >"$TMP/dtcpd.conf"
	chmod 600 "$TMP/dtcpd.conf"
	cp "$TMP/dtcpd.conf" "$DFC_LAB/dtcpd.conf"
}

# peer HERE THERE MODE ALGORITHM ESN [SPI]: mediation's end, by hand.
peer()
{
	local flag=() name='rfc4106(gcm(aes))'

	[ "$5" = no ] || flag=(flag esn)
	[ "$4" != chacha20-poly1305 ] || name='rfc7539esp(chacha20,poly1305)'
	ip -n "$MEDIATION" xfrm state flush
	ip -n "$MEDIATION" xfrm policy flush
	ip -n "$MEDIATION" xfrm state add src "$1" dst "$2" proto esp \
		spi "${6:-0x1001}" reqid 7 mode "$3" replay-window 64 \
		"${flag[@]}" aead "$name" "0x$(<"$key_file")" 128
	ip -n "$MEDIATION" xfrm policy add src "$1" dst "$2" proto udp \
		sport 7890 dport 7890 dir in priority 1 \
		tmpl src "$1" dst "$2" proto esp mode "$3" reqid 7
}

ask()
{
	in_mediation dtcp -j -u -t "${DFC_DEADLINE:-60}" \
		--key 'a key of its own' --sequence-file "$TMP/udp1.seq" \
		udp1@203.0.113.1:16383 "$@"
}

order()
{
	ask add --cdest cd1 --source 192.0.2.2 --protocol icmp \
		--timeout-total 600 >/dev/null
}

has_delivered()
{
	[ "$(delivered)" -ge "$1" ]
}

# delivers WHAT: of two pings, the copies arrive.
delivers()
{
	local before

	before=$(delivered)
	in_target ping -q -c 2 -i 0.2 198.51.100.2 >/dev/null
	check "$1: copies arrive" wait_for has_delivered $((before + 2))
	check_equal "$1: the other end has seen no number twice" 0 \
		"$(statistic "$MEDIATION" replay)"
	check_equal "$1: the other end could decrypt everything" 0 \
		"$(statistic "$MEDIATION" failed)"
}

# statistic NAMESPACE NAME: of all states
statistic()
{
	ip -s -n "$1" xfrm state | sed -n '/replay-window.*failed/p' |
		grep -o "\<$2 [0-9]*" | awk '{ sum += $2 } END { print sum + 0 }'
}

# left NAMESPACE: lines that `ip xfrm` has to say
left()
{
	{ ip -n "$1" xfrm state; ip -n "$1" xfrm policy; } | wc -l
}

# number: the last sequence number of the router's state
number()
{
	ip -s -n "$ROUTER" xfrm state | tr ',\n' '  ' |
		sed -n 's/.*oseq-hi 0x\([0-9a-f]*\) *oseq 0x\([0-9a-f]*\).*/\1 \2/p;
			s/.*seq 0x[0-9a-f]* *oseq 0x\([0-9a-f]*\) *bitmap.*/0 \1/p' |
		{ read -r high low || true
			echo $(((16#$high << 32) + 16#$low)); }
}

kernel_has_filters()
{
	[ "$(in_router dfcctl -j filter | jq '.filters | length')" -eq "$1" ]
}

association()
{
	in_router dfcctl -j destination |
		jq -r '.destinations[] | select(.name == "cd1") |
			."security-association" + " " + ."association-state"'
}

# refused_start WHAT TEXT: dtcpd does not start, and says why.
refused_start()
{
	check_fails "$1: dtcpd does not start" in_router timeout 60 dtcpd \
		-c "$DFC_LAB/dtcpd.conf"
	in_router timeout 60 dtcpd -c "$DFC_LAB/dtcpd.conf" 2>"$TMP/start.log" ||
		true
	check "$1: it says why" grep -qF "$2" "$TMP/start.log"
	! grep -qF "$(<"$key_file")" "$TMP/start.log" ||
		fail "$1: the key is in the log"
}

v4=(203.0.113.1 203.0.113.2)
v6=(2001:db8:3::1 2001:db8:3::2)

# What must not be.
new_key 36
configure "${v4[@]}" tunnel aes-256-gcm yes
chmod 644 "$key_file"
refused_start "a key file for all to read" \
	'lea1.key: others than its owner have rights to it'
check_equal "dtcpd -t says it with the line" \
	"$DFC_LAB/dtcpd.conf:$(grep -n ^security-association \
		"$DFC_LAB/dtcpd.conf" | cut -d: -f1): key-file is" \
	"$(dtcpd -t -c "$DFC_LAB/dtcpd.conf" 2>&1 | cut -d' ' -f1-3)"
chmod 600 "$key_file"
ip -n "$ROUTER" xfrm state add src 203.0.113.9 dst 203.0.113.2 proto esp \
	spi 0x1001 reqid 1 mode tunnel aead 'rfc4106(gcm(aes))' \
	"0x$(topology_random 20)" 128
refused_start "a state in the way" \
	'there is a state of somebody else with spi 0x00001001 to 203.0.113.2'
check_equal "a state in the way: it stays" 203.0.113.9 \
	"$(ip -n "$ROUTER" xfrm state | awk '/^src/ { print $2 }')"
ip -n "$ROUTER" xfrm state flush
ip -n "$ROUTER" xfrm policy add src 203.0.113.1 dst 203.0.113.2 proto udp \
	sport 7890 dport 7890 dir out priority 7 action block
refused_start "a policy in the way" \
	'there is a policy of somebody else for src 203.0.113.1 dst 203.0.113.2 proto 17 sport 7890 dport 7890 dir out'
check_equal "a policy in the way: it stays, and is all there is" \
	"action block" "$(ip -n "$ROUTER" xfrm policy | grep -o 'action block')"
check_equal "a policy in the way: no state is left" "" \
	"$(ip -n "$ROUTER" xfrm state)"
ip -n "$ROUTER" xfrm policy flush

# round WHAT KEY-BYTES HERE THERE MODE ALGORITHM ESN
round()
{
	local what=$1 first

	new_key "$2"
	shift 2
	configure "$@"
	peer "$@"
	lab_daemon_start || bail "no dtcpd"
	check "$what: DTCP is not touched" order
	check_equal "$what: one policy, one state" "1 1" \
		"$(ip -n "$ROUTER" xfrm policy | grep -c ^src) $(
		ip -n "$ROUTER" xfrm state | grep -c ^src)"
	capture_start wire "$ROUTER" mediation -Q out
	delivers "$what"
	capture_stop wire
	check_equal "$what: not one copy was in the clear" "" \
		"$(packets "$TMP/wire.pcap" 'udp port 7890')"
	check "$what: ESP was on the wire" captured wire 2 \
		'ip proto 50 or ip6 proto 50'
	check_equal "$what: dfcctl knows it" "lea1 installed" "$(association)"
	first=$(number)

	lab_stop dtcpd
	check_equal "$what, stopped: nothing is left" 0 "$(left "$ROUTER")"
	lab_daemon_start || bail "no dtcpd"
	check "$what, restarted: numbers go on" [ "$(number)" -ge "$first" ]
	check "$what, restarted: ADD" order
	delivers "$what, restarted"

	first=$(number)
	kill -KILL "${lab_pid[dtcpd]}"
	wait "${lab_pid[dtcpd]}" 2>/dev/null || true
	check "$what, killed: its state is still there" \
		[ "$(left "$ROUTER")" -gt 0 ]
	lab_daemon_start || bail "no dtcpd"
	check "$what, killed: numbers go on" [ "$(number)" -gt "$first" ]
	check "$what, killed: by a few only" \
		[ "$(number)" -lt $((first + 10000)) ]
	check "$what, killed: ADD" order
	delivers "$what, killed"
	lab_stop dtcpd
	check_equal "$what, killed, stopped: nothing is left" 0 \
		"$(left "$ROUTER")"
}

defer lab_stop dtcpd
round "tunnel, IPv4, AES-256-GCM" 36 "${v4[@]}" tunnel aes-256-gcm yes
round "transport, IPv6, ChaCha20" 36 "${v6[@]}" transport chacha20-poly1305 yes
round "tunnel, IPv6, AES-128-GCM, no ESN" 20 "${v6[@]}" tunnel aes-128-gcm no

# The machine stops: the state is gone, the last number was not written.
new_key 36
configure "${v4[@]}" tunnel aes-256-gcm yes
peer "${v4[@]}" tunnel aes-256-gcm yes
lab_daemon_start || bail "no dtcpd"
order
delivers "before the machine stops"
kill -KILL "${lab_pid[dtcpd]}"
wait "${lab_pid[dtcpd]}" 2>/dev/null || true
ip -n "$ROUTER" xfrm policy flush
ip -n "$ROUTER" xfrm state flush
lab_daemon_start || bail "no dtcpd"
check "after the machine stopped: numbers begin at the ceiling" \
	[ "$(number)" -ge $((1 << 24)) ]
order
delivers "after the machine stopped"

# reload: until dtcpd has taken the configuration anew.
reload()
{
	local before

	before=$(grep -c 'configuration reloaded' "$DFC_LAB/dtcpd.log" || true)
	kill -HUP "${lab_pid[dtcpd]}"
	wait_for reloaded $((before + 1))
}

reloaded()
{
	[ "$(grep -c 'configuration reloaded' "$DFC_LAB/dtcpd.log")" -ge "$1" ]
}

# identity: what a state or policy is known by, but not how it changes
identity()
{
	ip -n "$ROUTER" xfrm policy | grep -v '^$'
	ip -s -n "$ROUTER" xfrm state | grep 'add 20'
}

before=$(identity)
first=$(number)
check "reload without a change" reload
check_equal "reload without a change: all is as it was" "$before" "$(identity)"
check_equal "reload without a change: no number is left out" "$first" \
	"$(number)"
check "reload without a change: the filter goes on" kernel_has_filters 1
delivers "reload without a change"

new_key 36
peer "${v4[@]}" tunnel aes-256-gcm yes
check "reload with another key" reload
check "reload with another key: numbers begin again" [ "$(number)" -lt 100 ]
check "reload with another key: the filter goes on" kernel_has_filters 1
delivers "reload with another key"

new_key 36
configure "${v4[@]}" tunnel aes-256-gcm yes 0x1002
peer "${v4[@]}" tunnel aes-256-gcm yes 0x1002
check "reload with another spi" reload
delivers "reload with another spi"
check_equal "reload with another spi: the old state is gone" 0x00001002 \
	"$(ip -n "$ROUTER" xfrm state | grep -o '0x0000100.' | sort -u)"

before=$(identity)
chmod 640 "$key_file"
kill -HUP "${lab_pid[dtcpd]}"
check "reload with a key file for others: refused" wait_for grep -q \
	'the configuration stays as it was' "$DFC_LAB/dtcpd.log"
check_equal "reload with a key file for others: all is as it was" "$before" \
	"$(identity)"
chmod 600 "$key_file"

ip -n "$ROUTER" xfrm state flush
is_missing()
{
	[ "$(association)" = "lea1 missing" ]
}
check "state flushed: dfcctl tells it" wait_for is_missing
ip -n "$MEDIATION" xfrm state flush
peer "${v4[@]}" tunnel aes-256-gcm yes 0x1002
check "state flushed, reload: it is there again" reload
delivers "state flushed, reload"

# Without associations in the configuration.
sed -i '/security-association = lea1/d' "$DFC_LAB/dtcpd.conf"
check "reload without the association" reload
check_equal "reload without the association: nothing is left" 0 \
	"$(left "$ROUTER")"
before=$(delivered)
in_target ping -q -c 2 -i 0.2 198.51.100.2 >/dev/null
check "reload without the association: copies are dropped" \
	[ "$(cause no-sa)" -ge 2 ]
check_equal "reload without the association: none arrives" "$before" \
	"$(delivered)"
lab_stop dtcpd
