# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Its users set some of the variables, and read others.
# shellcheck shell=bash disable=SC2034,SC2154
#
# What scripts/vm and scripts/uml have in common. They set self (the name that
# they speak under), usage and tree, and name the letters of their own options
# in own_options, which take_option() understands.

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
complaints=$("$tree/scripts/complaints")

die()
{
	echo "$self: $*" >&2
	exit 125
}

# add_variable VAR=VALUE or, if it is set here, VAR
add_variable()
{
	case $1 in
	*=*) environment+=("$1") ;;
	*) [ -z "${!1+set}" ] || environment+=("$1=${!1}") ;;
	esac
}

# Sets limit, name, environment, shares and command.
parse()
{
	local option

	limit=1800 name=$self
	environment=() shares=()
	while getopts "t:e:o:n:h$own_options" option; do
		case $option in
		t) limit=$OPTARG ;;
		e) add_variable "$OPTARG" ;;
		o) shares+=("$(realpath -e "$OPTARG")") ;;
		n) name=$OPTARG ;;
		h) echo "$usage"; exit 0 ;;
		'?') echo "$usage" >&2; exit 125 ;;
		*) take_option "$option" ;;
		esac
	done
	shift $((OPTIND - 1))
	[ "${1-}" = run ] || { echo "$usage" >&2; exit 125; }
	shift
	[ "${1-}" != -- ] || shift
	[ $# -gt 0 ] || die "no command to run"
	[[ $limit =~ ^[0-9]+$ ]] || die "-t wants seconds, not '$limit'"
	command=("$@")
}

# Sets work, a directory that finish() is to remove.
begin_work()
{
	work=$(mktemp -d "${TMPDIR:-/tmp}/dfc-$self.XXXXXX")
	trap finish EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# Sets log. Several machines may run at once; each has a log of its own.
open_log()
{
	mkdir -p "$tree/build/vm"
	exec 8>"$tree/build/vm/$name.lock"
	flock -n 8 || name=$name.$$
	log=$tree/build/vm/$name.log
	: >"$log"
}

# write_settings FILE VARIABLE...: those of every machine, and these
write_settings()
{
	local file=$1 directory variable

	shift
	for variable in TERM LANG LC_ALL TZ NO_COLOR; do
		add_variable "$variable"
	done
	directory=$(pwd -P)
	declare -p command directory environment shares "$@" >"$file"
}

# Only what came after the command had started is the tree's business.
words_of_kernel()
{
	sed -n "/$self: command starts/,\$p" "$log"
}

# Does not come back if the kernel complained.
report_complaints()
{
	words_of_kernel | grep -qE "$complaints" || return 0
	echo "$self: the kernel complained; all of it is in $log:" >&2
	words_of_kernel | grep -E -B 2 -A 30 "$complaints" | head -n 200 >&2
	exit 99
}

# report_time STATUS: does not come back if timeout(1) ended the machine
report_time()
{
	[ "$1" -eq 124 ] || [ "$1" -eq 137 ] || return 0
	echo "$self: stopped after $limit s, the time limit" >&2
	exit 124
}

report_death()
{
	tail -n 20 "$log" >&2
	die "the machine ended before its command; $log has its last words"
}
