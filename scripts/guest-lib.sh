# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# shellcheck shell=bash
# What the guests of scripts/vm and scripts/uml have in common.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# mount_system NAME: of the machine
mount_system()
{
	mkdir -p /dev/pts /dev/shm /run/lock
	mount -t devpts -o mode=620,ptmxmode=666 pts /dev/pts
	mount -t tmpfs -o mode=1777 shm /dev/shm
	[ ! -d /sys/kernel/debug ] || mount -t debugfs debug /sys/kernel/debug
	ln -sfn /proc/self/fd /dev/fd
	ln -sfn fd/0 /dev/stdin
	ln -sfn fd/1 /dev/stdout
	ln -sfn fd/2 /dev/stderr
	hostname "$1"
	ip link set lo up
}

# shellcheck disable=SC2154  # the settings assign environment
set_environment()
{
	HOME=$(getent passwd 0 | cut -d: -f6)
	export HOME USER=root LOGNAME=root SHELL=/bin/bash "${environment[@]}"
}

# The host's files may be gone before the machine is: nothing may be read then,
# a program no more than the rest of this one.
power_off()
{
	echo o >/proc/sysrq-trigger
	while :; do
		:
	done
}
