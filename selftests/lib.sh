# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
#
# What every selftest stands on: checks as TAP (tap-lib.sh), the topology
# (topology-lib.sh) and what runs in it (lab-lib.sh). Here is what sets them
# up for one test and takes them away at its end, in random namespaces:
#
# setup_topology                then $TARGET, $ROUTER, $SERVER, $MEDIATION
# setup_module, setup_web, setup_receiver, setup_daemon [CONFIGURATION]
# in_target, in_router, in_server, in_mediation COMMAND...
#                               (not with &: $! would not be COMMAND's;
#                               ip netns exec "$ROUTER" COMMAND... & is right)
# capture_start NAME NAMESPACE DEVICE [TCPDUMP-ARGUMENT...]
# capture_stop NAME             then $TMP/NAME.pcap is complete
# some_json CONDITION [FILE]    whether a JSON document there meets it (jq)
#
# $TMP is a directory of the test's own, $DFC_LAB that of the set-up services.

selftests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/tap-lib.sh
. "$selftests/tap-lib.sh"
# shellcheck source=selftests/lab-lib.sh
. "$selftests/lab-lib.sh"

declare -A capture_pid=()

in_target()
{
	ip netns exec "$TARGET" "$@"
}

in_router()
{
	ip netns exec "$ROUTER" "$@"
}

in_server()
{
	ip netns exec "$SERVER" "$@"
}

in_mediation()
{
	ip netns exec "$MEDIATION" "$@"
}

# jq 1.6 -e is content with no document at all: -s makes of it one that fails.
some_json()
{
	jq -e -s "any(.[]; $1)" "${@:2}" >/dev/null
}

setup_topology()
{
	topology_names "-$(topology_random 3)"
	defer topology_down
	topology_up "${TARGET#target}" || bail "the topology cannot be built"
}

setup_module()
{
	! lab_module_loaded || return 0
	[ -e "${DFC_MODULE-}" ] || skip "no dfc.ko for $(uname -r)"
	lab_module_load || bail "dfc.ko cannot be loaded"
	defer lab_module_unload
}

setup_lab_directory()
{
	DFC_LAB=$TMP/lab
	[ -d "$DFC_LAB" ] || lab_files || bail "no files for the lab"
}

setup_web()
{
	setup_lab_directory
	defer lab_stop web
	lab_web_start || bail "no web server"
}

setup_receiver()
{
	need dfcrecv
	setup_lab_directory
	defer lab_stop dfcrecv
	lab_receiver_start || bail "no dfcrecv"
}

setup_daemon()
{
	need dtcpd
	setup_lab_directory
	[ $# -eq 0 ] || cp "$1" "$DFC_LAB/dtcpd.conf"
	defer lab_stop dtcpd
	lab_daemon_start || bail "no dtcpd"
}

# Waits until tcpdump listens, so that nothing that follows is missed. A packet
# of a device that merges, or of any, takes 64 KiB of its memory whatever its
# size: the 2 MiB that it takes by itself are full after a few.
capture_start()
{
	local name=$1 namespace=$2 device=$3

	shift 3
	ip netns exec "$namespace" tcpdump -n --immediate-mode -B 16384 -U \
		-i "$device" -w "$TMP/$name.pcap" "$@" 2>"$TMP/$name.log" &
	capture_pid[$name]=$!
	defer capture_end "$name"
	wait_for grep -q 'listening on' "$TMP/$name.log" ||
		bail "tcpdump: $(cat "$TMP/$name.log")"
}

# Of a capture that the test did not come to stop.
capture_end()
{
	[ -z "${capture_pid[$1]-}" ] || kill "${capture_pid[$1]}"
}

# Whether tcpdump sleeps: then it has read all that has come. What it has not
# read when it is told to end is lost.
capture_is_idle()
{
	grep -q '^State:[[:space:]]*S' "/proc/${capture_pid[$1]}/status"
}

capture_stop()
{
	wait_for capture_is_idle "$1" || true
	kill -INT "${capture_pid[$1]}"
	wait "${capture_pid[$1]}" || true
	unset "capture_pid[$1]"
	if grep -q '^[1-9][0-9]* packets\? dropped by kernel' "$TMP/$1.log"; then
		note "tcpdump has lost packets: $(<"$TMP/$1.log")"
	fi
}

[ "$(id -u)" -eq 0 ] || skip "needs root"
lab_find_programs || true
TMP=$(mktemp -d)
export TMP
defer rm -rf "$TMP"
