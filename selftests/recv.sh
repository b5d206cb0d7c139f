#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# dfcrecv alone: recv.py sends what routers would, all within one namespace.
# Needs no module.
#
#   recv.py -- lo -- dfcrecv -- files, pipes, a TAP device
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python=/usr/bin/python3
need dfcrecv tshark capinfos tcpdump jq script setpriv "$python"
NS=recv-$(topology_random 3)
ip netns add "$NS"
defer ip netns del "$NS"
ip -n "$NS" link set lo up
declare -A receiver=()

send()
{
	ip netns exec "$NS" "$python" "$selftests/recv.py" "$@"
}

# start NAME ARGUMENT...: dfcrecv, until it listens; what it says is in
# $TMP/NAME.out and .err.
start()
{
	local name=$1

	shift
	ip netns exec "$NS" dfcrecv "$@" >"$TMP/$name.out" \
		2>"$TMP/$name.err" &
	receiver[$name]=$!
	defer finish "$name"
	wait_for grep -q 'listening on' "$TMP/$name.err" ||
		bail "dfcrecv $*: $(cat "$TMP/$name.err")"
}

# Of a receiver that the test did not come to see the end of.
finish()
{
	[ -z "${receiver[$1]-}" ] || kill -KILL "${receiver[$1]}"
}

# ended NAME: waits for its end; $status is how it ended.
ended()
{
	status=0
	wait "${receiver[$1]}" || status=$?
	unset "receiver[$1]"
}

# stop NAME: asks it to end.
stop()
{
	kill -TERM "${receiver[$1]}"
	ended "$1"
}

# Lines without their time.
lines()
{
	cut -d' ' -f2- "$TMP/$1.out"
}

fields()
{
	local file=$1

	shift
	tshark -n -r "$file" -T fields "${@/#/-e}" 2>/dev/null
}

count_packets()
{
	capinfos -M -c "$1" 2>/dev/null | awk '/^Number of packets/ { print $4 }'
}

idle=(-t "${DFC_DEADLINE:-60}")

start udp "${idle[@]}" -c 4 -w "$TMP/udp.pcapng"
send ip-udp
ended udp
check_equal "it ends when it has what it shall count" 0 "$status"
check_equal "packets are shown, over IPv4 and IPv6" \
"127.0.0.1 IP 192.0.2.2.5000 > 198.51.100.2.53: udp, length 32
127.0.0.1 IP6 2001:db8:1::2.5000 > 2001:db8:2::2.53: udp, length 52
::1 IP 192.0.2.2.5000 > 198.51.100.2.53: udp, length 32
::1 IP6 2001:db8:1::2.5000 > 2001:db8:2::2.53: udp, length 52" "$(lines udp)"
check_equal "the file has an interface for each criterion" \
	"127.0.0.1.9000 > 7890 raw:ip:udp 127.0.0.1.9000 > 7890 raw:ipv6:udp \
::1.9000 > 7890 raw:ip:udp ::1.9000 > 7890 raw:ipv6:udp" \
	"$(fields "$TMP/udp.pcapng" frame.interface_name frame.protocols |
		sed 's/:domain//; s/:dns//; s/:data//' | xargs)"

start frames "${idle[@]}" -c 6 -w "$TMP/frames.pcapng"
send frames
ended frames
from_to="127.0.0.1 02:00:00:00:00:01 > 02:00:00:00:00:02"
ip4="IP 192.0.2.2.5000 > 198.51.100.2.53: udp, length 32"
ip6="IP6 2001:db8:1::2.5000 > 2001:db8:2::2.53: udp, length 52"
check_equal "frames are told from packets" \
"$from_to, $ip4, frame of 46 bytes
$from_to, vlan 5, $ip6, frame of 70 bytes
$from_to, vlan 7, vlan 5, $ip4, frame of 54 bytes
$from_to, arp, frame of 42 bytes
127.0.0.1 $ip4
127.0.0.1 $ip6" "$(lines frames)"
check_equal "frames are on an interface of Ethernet" \
	"1 1 1 1 0 0" "$(fields "$TMP/frames.pcapng" frame.interface_id |
		awk '{ print 1 - $1 }' | xargs)"
check_equal "another reader finds tags and packets" \
	"eth:ethertype:ip eth:ethertype:vlan eth:ethertype:ieee8021ad arp raw:ip \
raw:ipv6" \
	"$(fields "$TMP/frames.pcapng" frame.protocols | sed '
		s/^\(eth:ethertype:[^:]*\).*/\1/; s/.*:arp/arp/
		s/^\(raw:[^:]*\).*/\1/' | xargs)"

start packets "${idle[@]}" -c 2 --packets
send frames
ended packets
check_equal "with --packets there are no frames" 4 \
	"$(grep -c 'malformed: ' "$TMP/packets.out")"

start jmirror "${idle[@]}" -c 4 -l 7891 --format jmirror -w "$TMP/ids.pcapng"
send jmirror
ended jmirror
check_equal "ids make the criteria" \
	"127.0.0.1 5/7 127.0.0.1 5/8 127.0.0.1 1073741822/7 frames 127.0.0.1 5/7" \
	"$(fields "$TMP/ids.pcapng" frame.interface_name | xargs)"
check_equal "comments tell the ids" \
	"intercept 5, session 7 intercept 5, session 8 intercept 1073741822, \
session 7 intercept 5, session 7" \
	"$(fields "$TMP/ids.pcapng" frame.comment | xargs)"

start bare "${idle[@]}" -c 4 -l 7891 --format jmirror -w "$TMP/bare.pcapng" \
	--no-comments
send jmirror
ended bare
check_equal "comments can be left out" "4 " \
	"$(count_packets "$TMP/bare.pcapng") \
$(fields "$TMP/bare.pcapng" frame.comment | xargs)"

start tunnel "${idle[@]}" -c 6 --ip-ip any -w "$TMP/tunnel.pcapng"
send tunnel
ended tunnel
check_equal "IP in IP and EtherIP are taken off, of all six kinds" \
"$from_to, $ip4, frame of 46 bytes
127.0.0.1 $ip4
127.0.0.1 $ip6
::1 ${from_to#* }, $ip4, frame of 46 bytes
::1 $ip4
::1 $ip6" "$(lines tunnel | LC_ALL=C sort)"

# Numbers
capture_start dfc "$NS" lo udp port 7890
start dfc "${idle[@]}" -c 9 --format dfc -w "$TMP/dfc.pcapng" -j
send dfc
ended dfc
capture_stop dfc
check_equal "gaps are counted for each filter" \
"127.0.0.1 - - - 0 7 -
127.0.0.1 3 7 2 1 0 1 1
127.0.0.1 4 1 0 0 0 0 0
::1 3 1 0 0 0 0 0" \
	"$(jq -r '.summary.criteria // empty | .[] | if ."filter-id" then
		[.router, ."filter-id", .packets, .lost, ."out-of-order",
		.malformed, .duplicates, .restarts] else
		[.router, "-", "-", "-", .packets, .malformed, "-"] end |
		map(tostring) | join(" ")' "$TMP/dfc.out" | sort)"
check_equal "numbers, ids and times are those of the header" \
"1 1766000000.000001000
2 1766000000.000002000
5 1766000000.000005000
4 1766000000.000004000
4 1766000000.000004000
6 1766000000.000006000
2 1766000001.000002000
1, intercept 5, session 7 1766000000.000001000
10 1766000000.000010000" \
	"$(fields "$TMP/dfc.pcapng" frame.comment frame.time_epoch |
		sed 's/^filter [34], number //' | tr '\t' ' ')"
check_equal "behind the header are packets and a frame" \
	"raw:ip raw:ipv6 eth:ethertype raw:ip raw:ip raw:ip raw:ip raw:ip \
raw:ipv6" \
	"$(fields "$TMP/dfc.pcapng" frame.protocols | cut -d: -f1-2 | xargs)"
check_equal "the file tells of each filter what is missing" 3 \
	"$(capinfos "$TMP/dfc.pcapng" |
		grep -c 'Number of stat entries = 1')"

start auto "${idle[@]}" -c 20
send dfc
send ip-udp
ended auto
check_equal "the format is known without being told" "9 4" \
	"$(grep -c ' filter [34] #' "$TMP/auto.out") \
$(grep -v filter "$TMP/auto.out" | grep -c '1 IP6\? ')"

# The dissector, on what was captured on the way
lua=$selftests/../Documentation/wireshark/dfc.lua
[ -e "$lua" ] || lua=$(dirname "$(type -P dfcrecv)")/../share/dfc/dfc.lua
dissect()
{
	tshark -n -X lua_script:"$lua" -r "$TMP/dfc.pcap" "$@" 2>/dev/null
}
check_equal "the dissector finds copies by themselves, and their numbers" \
"3 1 3 2 3 5 3 4 3 4 3 6 3 2 4 1 3 10" \
	"$(dissect -Y dfc -T fields -e dfc.filter -e dfc.number | xargs)"
check_equal "it finds what is behind" "dfc:ip dfc:ipv6 dfc:eth dfc:ip dfc:ip \
dfc:ip dfc:ip dfc:ip dfc:ipv6" \
	"$(dissect -Y dfc -T fields -e frame.protocols |
		grep -o 'dfc:[a-z0-9]*' | xargs)"
check_equal "it tells what is missing" "5 2 2 1" \
	"$(dissect -Y dfc.lost -T fields -e dfc.number -e dfc.lost | xargs)"
for mark in gap:5 out_of_order:4 duplicate:4 restart:2; do
	check_equal "it marks dfc.${mark%:*}" "${mark#*:}" \
		"$(dissect -Y "dfc.${mark%:*}" -T fields -e dfc.number)"
done
check_equal "malformed ones are shown on a port that has nothing else" 7 \
	"$(dissect -d udp.port==7890,dfc -Y dfc.malformed | wc -l)"
check_equal "and are no errors of the script" 0 \
	"$(dissect -d udp.port==7890,dfc -V | grep -c 'Lua Error')"

start sources "${idle[@]}" -c 20 -l 7890 -l 7892 -q -j
send sources 10
ended sources
check_equal "ports are told apart" "20 1 1" \
	"$(jq -r '.summary.criteria | [length] + (map(.packets) | [min, max]) |
		join(" ")' "$TMP/sources.out")"

start nonsense "${idle[@]}" -c 4 -w "$TMP/nonsense.pcapng"
send nonsense
send ip-udp
ended nonsense
check_equal "what is nothing is counted, and in no file" "1 4" \
	"$(grep -c 'malformed: 13 bytes' "$TMP/nonsense.out") \
$(count_packets "$TMP/nonsense.pcapng")"

# Files: 2500 packets of 1000 bytes, a block each of 1032.
start size "${idle[@]}" -q -c 2500 -w "$TMP/size" -C 1
send flood 2500
ended size
check_equal "size begins files, named as tcpdump does" \
	"size size1 size2" "$(cd "$TMP" && echo size size[0-9])"
check_equal "each is whole, all packets are in them" "969 969 562" \
	"$(for file in "$TMP"/size "$TMP"/size[0-9]; do
		count_packets "$file"; done | xargs)"

start ring "${idle[@]}" -q -c 2500 -w "$TMP/ring" -C 1 -W 2
send flood 2500
ended ring
check_equal "a ring keeps the last ones" "ring0 562 ring1 969" \
	"$(cd "$TMP" && for file in ring*; do
		[ "${file%.*}" != "$file" ] || echo "$file" \
		"$(count_packets "$file")"; done | xargs)"

mkdir "$TMP/time"
start time "${idle[@]}" -q -c 2 -w "$TMP/time/%s.pcapng" -G 2 -W 1
first=$(cd "$TMP/time" && echo ./*)
send flood 1
later()
{
	[ "$(date +%s)" -ge "$(($(basename "$first" .pcapng) + 3))" ]
}
wait_for later
send flood 1
ended time
check_equal "time begins files, and as many stay as shall" "1 1" \
	"$(cd "$TMP/time" && set -- * && echo "$#" "$(count_packets "$1")")"
check "the first one is gone" [ ! -e "$TMP/time/$first" ]

# Standard output
start live -q -w -
send ip-udp
written()
{
	[ "$(count_packets "$TMP/live.out")" = 4 ]
}
check "what came is written at once" wait_for written
stop live
check_equal "it ends when asked to" 0 "$status"
(
	status=0
	ip netns exec "$NS" dfcrecv "${idle[@]}" -c 1 -w - \
		2>"$TMP/gone.err" || status=$?
	echo "$status" >"$TMP/gone.status"
) | head -c 1 >"$TMP/gone.out"
check_equal "it ends quietly when its reader goes, even with nothing to write" \
	"0 0" "$(cat "$TMP/gone.status") $(grep -c -i broken "$TMP/gone.err")"

# A device for others
[ -e /dev/net/tun ] || { modprobe tun || true; }
[ -e /dev/net/tun ] || { mkdir -p /dev/net && mknod /dev/net/tun c 10 200; }
start tap -q -j --tap dfc0 --tap-mtu 1500 -u nobody
capture_start tap "$NS" dfc0
check_equal "root is given up" "$(id -u nobody)" \
	"$(stat -c %u "/proc/${receiver[tap]}")"
send ip-udp
send frames
send big
seen()
{
	[ "$(count_packets "$TMP/tap.pcap")" -ge 12 ]
}
check "programs hear it on the device" wait_for seen
capture_stop tap
stop tap
check_equal "all came in by the device but what was too big" "12 1 0" \
	"$(jq -r '.summary.tap | [.packets, ."too-big", .refused] | join(" ")' \
		"$TMP/tap.out")"
check_equal "packets got a header, frames kept theirs" \
	"4 02:00:00:00:00:02 0x0800 2 02:00:00:00:00:02 0x86dd" \
	"$(fields "$TMP/tap.pcap" eth.dst eth.type vlan.id |
		awk '!$3 && $2 != "0x0806"' | head -n 6 |
		sort | uniq -c | xargs)"
check_equal "tags are where they were" 3 \
	"$(fields "$TMP/tap.pcap" vlan.id | grep -c .)"
check_fails "the device goes with it" ip -n "$NS" link show dfc0
ip -n "$NS" tuntap add dev dfc1 mode tap
ip -n "$NS" link set dfc1 mtu 1400
start stays "${idle[@]}" -q -j --tap dfc1
send frames
send big
device()
{
	ip -n "$NS" -j -s link show dfc1 | jq -r "$1"
}
arrived()
{
	[ "$(device '.[0].stats64.rx.packets')" -ge 6 ]
}
check "a device that is there is taken" wait_for arrived
check_equal "the machine says nothing on it" 0 \
	"$(device '.[0].stats64.tx.packets')"
check_equal "it has no address" "[]" \
	"$(ip -n "$NS" -j address show dfc1 | jq -c '.[0].addr_info')"
stop stays
check_equal "its MTU holds" 3 "$(jq '.summary.tap."too-big"' "$TMP/stays.out")"
check "it stays" ip -n "$NS" link show dfc1

# What is shown meanwhile
start top --top
send ip-udp
check "lines tell of criteria" wait_for grep -q \
	'^  127.0.0.1.9000 > 7890: 2 packets, 84 bytes' "$TMP/top.out"
check "and of all" grep -q '^all: 4 packets, 168 bytes' "$TMP/top.out"
stop top
start json --top -j
send ip-udp
live()
{
	some_json '.live.packets == 4 and .live.criteria[1].packets == 2 and
		.live."packets-per-second"' "$TMP/json.out"
}
check "JSON tells the same" wait_for live
stop json
check "and closes with the summary" some_json '.summary.packets == 4' \
	"$TMP/json.out"
ip netns exec "$NS" script -q -e -c "dfcrecv --top -t 2" "$TMP/screen" \
	>/dev/null 2>&1 </dev/null
check "on a terminal there is a screen" grep -q \
	$'\033\\[H0 packets.*\033\\[K' "$TMP/screen"

# Too fast for it: without CAP_NET_ADMIN the queue is what the machine allows.
limit=$(($(cat /proc/sys/net/core/rmem_max) / 256 + 1000))
ip netns exec "$NS" setpriv --reuid nobody --regid nogroup --clear-groups \
	"$(type -P dfcrecv)" -q -j >"$TMP/slow.out" 2>"$TMP/slow.err" &
receiver[slow]=$!
defer finish slow
wait_for grep -q 'listening on' "$TMP/slow.err"
kill -STOP "${receiver[slow]}"
send flood "$limit"
kill -CONT "${receiver[slow]}"
check "drops are told of while it runs" wait_for grep -q \
	'datagrams dropped by the kernel' "$TMP/slow.err"
stop slow
check_equal "and add up with what came" "$limit" \
	"$(jq '.summary.packets + .summary."kernel-drops"' "$TMP/slow.out")"

check_equal "a name without time is refused" \
	"dfcrecv: -w 'x': -G needs a name with a time in it, such as tap-%H%M%S.pcapng
2" \
	"$(dfcrecv -w x -G 1 2>&1 || echo $?)"
check_fails "so is a user that there is none of" \
	ip netns exec "$NS" dfcrecv -u no-such-user -t 1
check_fails "and a directory that there is none of" \
	ip netns exec "$NS" dfcrecv -w "$TMP/none/x" -t 1
