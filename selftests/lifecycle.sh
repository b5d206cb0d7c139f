#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Namespaces, devices and the module itself come and go while packets are
# copied; forwarding goes on, and nothing is left behind.
#
#   target -- router -- server
#               || ESP
#           mediation: dfcrecv
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

need dfcctl jq ping
[ ! -e /sys/module/dfc ] || skip "dfc is loaded already; it must be unloaded"
setup_topology
setup_module
setup_receiver

add_filters()
{
	destination
	in_router dfcctl filter add id 1 from 192.0.2.2 destination 1
	in_router dfcctl filter add id 2 family inet6 destination 1 \
		timeout-idle 600
	in_router dfcctl filter add id 3 protocol icmp destination 1 \
		timeout-total 600
}

ping_start()
{
	# Not in_target: a signal must reach ping and not a shell before it.
	ip netns exec "$TARGET" ping -q -i 0.02 -c 100000 198.51.100.2 \
		>/dev/null 2>"$TMP/ping" &
	ping_pid=$!
}

# All pings but the last, which may be on its way, were answered: so ping tells
# at some time, if none was lost. On a slow processor, several are on their way
# at most times.
answered()
{
	local sent received missing

	kill -QUIT "$ping_pid"
	IFS=/ read -r sent received < <(tr '\r' '\n' <"$TMP/ping" | sed -n \
		's,^\([0-9]*/[0-9]*\) packets.*,\1,p' | tail -n 1)
	missing=$((sent - received))
	[ "${sent:-0}" -gt 0 ] && [ "${missing#-}" -le 1 ]
}

ping_stop()
{
	check "$1: forwarding never stopped" wait_for answered
	kill -INT "$ping_pid"
	wait "$ping_pid" || true
}

matching()
{
	[ "$(counter statistics matched-packets)" -gt "${1-0}" ]
}

add_filters
check_fails "a destination in use stays" in_router dfcctl destination delete 1
ping_start
wait_for matching
lab_module_unload
check_fails "the module is unloaded under traffic" lab_module_loaded
lab_module_load
add_filters
wait_for matching
check "and loaded again, it works" matching
in_router dfcctl filter flush
check "a destination that is free goes" in_router dfcctl destination delete 1
ping_stop "unload and load"

add_filters
ping_start
wait_for matching
ip -n "$ROUTER" link set mediation down
ip -n "$ROUTER" link delete mediation
wait_for test ! -e "/proc/sys/net/ipv4/conf/mediation"
check_fails "the device towards the destination goes under traffic" \
	ip -n "$ROUTER" link show mediation
seen=$(counter statistics matched-packets)
wait_for matching "$seen"
check "its copies are dropped as no-route" [ "$(cause no-route)" -gt 0 ]
ping_stop "device deleted"

ip netns exec "$TARGET" ping -q -i 0.02 -c 100000 198.51.100.2 >/dev/null &
ping_pid=$!
ip netns delete "$ROUTER"
namespace_gone()
{
	[ "$(cut -d' ' -f1 /sys/module/dfc/refcnt)" = 0 ] &&
		! ip netns list | grep -q "^$ROUTER"
}
check "a namespace goes with its filters" wait_for namespace_gone
kill "$ping_pid" 2>/dev/null || true
wait "$ping_pid" || true
