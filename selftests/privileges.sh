#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# dtcpd as its systemd unit runs it, by a user of its own with two ambient
# capabilities, and as root by hand: what it keeps of its privileges, that it
# works with that, reloads too, and what others see of it.
#
#   target -- router: dtcpd
#               |
#           mediation: ssh
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/ssh-lib.sh"

need dfcctl dtcpd jq ssh openssl setpriv

user=65534
as_user=(setpriv --reuid "$user" --regid "$user" --clear-groups)
capabilities=+net_admin,+net_bind_service
as_unit=("${as_user[@]}" --inh-caps "-all,$capabilities"
	--ambient-caps "-all,$capabilities" --bounding-set "-all,$capabilities")

# start COMMAND...: dtcpd, which COMMAND runs.
start()
{
	lab_start dtcpd "$ROUTER" "$@" dtcpd -f -c "$DFC_LAB/dtcpd.conf"
	lab_ready dtcpd lab_daemon_answers || bail "no dtcpd"
	# shellcheck disable=SC2154  # lab-lib.sh declares it
	pid=${lab_pid[dtcpd]}
}

# stop DESCRIPTION: passes if it ended by itself, with status 0.
stop()
{
	local status=0

	lab_stop dtcpd || status=$?
	check_equal "$1" 0 "$status"
}

# kept: of each thread, which are all the same.
kept()
{
	local task

	for task in "/proc/$pid/task"/*; do
		awk -F '\t' '/^(Uid|CapInh|CapPrm|CapEff|CapBnd|CapAmb)/ ||
			/^(NoNewPrivs|Seccomp):/ { printf "%s%s ", $1, $2 }' \
			"$task/status"
		echo
	done | sort -u
}

# all UID CAPABILITIES BOUNDING: what kept says then.
all()
{
	local cap

	printf 'Uid:%s CapInh:%016x ' "$1" 0
	for cap in Prm Eff; do
		printf 'Cap%s:%016x ' "$cap" "$2"
	done
	printf 'CapBnd:%016x CapAmb:%016x NoNewPrivs:1 Seccomp:2 \n' "$3" 0
}

has_threads()
{
	local tasks=("/proc/$pid/task"/*)

	[ "${#tasks[@]}" -gt 1 ]
}

logged()
{
	grep -q "$1" "$DFC_LAB/dtcpd.log"
}

# reload PATTERN: until the log has it.
reload()
{
	"${as_user[@]}" kill -HUP "$pid"
	wait_for logged "$1"
}

setup_topology
setup_module
export DFC_CONTROL_SOCKET=$TMP/lab/run/control
setup_lab_directory
install -d -o "$user" -g "$user" "$DFC_LAB/run"
chmod 755 "$TMP" "$DFC_LAB"
install -d -m 700 "$DFC_LAB/state"
chown -R "$user:$user" "$DFC_LAB/state"
for file in dtcpd.conf ssh_host_ed25519_key; do
	chgrp "$user" "$DFC_LAB/$file"
	chmod 640 "$DFC_LAB/$file"
done
defer lab_stop dtcpd

net_admin=$((1 << 12)) net_bind=$((1 << 10))
start "${as_unit[@]}"
channel_open
ask ADD 'Cdest-ID: cd1' 'Dest-Address: 198.51.100.7' 'Flags: Static'
check_equal "by systemd: there is a tap" 200 "$code"
check "by systemd: a thread writes the state file" wait_for has_threads
check_equal "by systemd: all threads keep CAP_NET_ADMIN, and their filter" \
	"$(all "$user" "$net_admin" "$((net_admin | net_bind))")" "$(kept)"
check_fails "by systemd: nobody is warned of files of its group" \
	logged 'can read'
for file in mem environ maps; do
	check_fails "others of its user cannot read its $file" \
		"${as_user[@]}" head -c 1 "/proc/$pid/$file"
done
check_fails "others of its user cannot read where its files are" \
	"${as_user[@]}" readlink "/proc/$pid/fd/0"
check_equal "it can write nothing that it reads" '' \
	"$("${as_user[@]}" find "$DFC_LAB" -maxdepth 1 -type f -writable)"

sed -i 's/^capture-group.*/&\n    control-source ftap2 { }/' \
	"$DFC_LAB/dtcpd.conf"
check "by systemd: it reloads" reload 'configuration reloaded'
ask LIST
check_equal "by systemd: the tap goes on" '200 1' \
	"$code $(header CRITERIA-NUM)"
sed -i 's/port = 32001/port = 321/' "$DFC_LAB/dtcpd.conf"
check "by systemd: a low port cannot be added by a reload" \
	reload 'cannot listen on .* 321: Permission denied'
check "by systemd: nothing changed then" reload 'stays as it was'
ask LIST
check_equal "by systemd: the tap still goes on" '200 1' \
	"$code $(header CRITERIA-NUM)"
channel_close
stop "by systemd: it ends in order"
sed -i 's/port = 321$/port = 32001/' "$DFC_LAB/dtcpd.conf"

for file in dtcpd.conf ssh_host_ed25519_key; do
	chgrp root "$DFC_LAB/$file"
	chmod 600 "$DFC_LAB/$file"
done
chown -R root:root "$DFC_LAB/run"
status=0
output=$(timeout 60 ip netns exec "$ROUTER" dtcpd -f \
	-c "$DFC_LAB/dtcpd.conf" 2>&1) || status=$?
check_equal "by root: a state directory of another user is refused" 1 "$status"
check "by root: it says why" grep -q \
	'state-directory .*: it belongs to another user' <<<"$output"
# As systemd does when the user of the unit changes.
chown -R root:root "$DFC_LAB/state"
start
channel_open
ask ADD 'Cdest-ID: cd1' 'Dest-Address: 198.51.100.7' 'Flags: Static'
check_equal "by root: there is a tap" 200 "$code"
check "by root: a thread writes the state file" wait_for has_threads
check_equal "by root: all threads keep CAP_NET_ADMIN, and their filter" \
	"$(all 0 "$net_admin" 0)" "$(kept)"
channel_close
stop "by root: it ends in order"

sed -i 's/^    control-source ftap2.*/    control-source ftap2 {\n    service-port = 321 shared-key = "secret" }/' \
	"$DFC_LAB/dtcpd.conf"
start
check_equal "with a low port it can bind it again" \
	"$(all 0 "$((net_admin | net_bind))" 0)" "$(kept)"
stop "with a low port it ends in order"
