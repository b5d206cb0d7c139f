# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
# shellcheck shell=bash
#
# TAP for shell scripts. A script sources this file, makes its checks and
# ends; plan and exit status come by themselves: 0, 1 if a check failed or the
# script died, 4 if it was skipped (a failure if DFC_NO_SKIP=1).
#
# check DESCRIPTION COMMAND...        COMMAND must succeed
# check_fails DESCRIPTION COMMAND...  COMMAND must exit with 1..123
# check_equal DESCRIPTION EXPECTED ACTUAL
# pass DESCRIPTION, fail DESCRIPTION [DETAIL...]
# plan NUMBER                   declares beforehand how many checks come
# skip REASON, need PROGRAM...  leave the whole test
# bail REASON                   the test cannot go on, and that is a failure
# note TEXT...                  a comment in the output
# defer COMMAND...              runs at the end, last one first

tap_count=0
tap_failed=0
tap_plan=
tap_skipped=0
declare -a tap_deferred=()

note()
{
	local line

	while IFS= read -r line; do
		echo "# $line"
	done <<<"$*"
}

pass()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

fail()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	shift
	[ $# -eq 0 ] || note "$*"
}

check()
{
	local description=$1 output status=0

	shift
	output=$("$@" 2>&1) || status=$?
	if [ "$status" -eq 0 ]; then
		pass "$description"
	else
		fail "$description" "status $status: $*"$'\n'"$output"
	fi
}

check_fails()
{
	local description=$1 output status=0

	shift
	output=$("$@" 2>&1) || status=$?
	if [ "$status" -ge 1 ] && [ "$status" -le 123 ]; then
		pass "$description"
	else
		fail "$description" "status $status: $*"$'\n'"$output"
	fi
}

check_equal()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "expected: $2"$'\n'"is:       $3"
	fi
}

plan()
{
	tap_plan=$1
	echo "1..$1"
}

bail()
{
	fail "the test can go on" "$*"
	exit 1
}

skip()
{
	if [ "${DFC_NO_SKIP-}" = 1 ]; then
		bail "skipped, and DFC_NO_SKIP=1 forbids it: $*"
	fi
	tap_skipped=1
	if [ "$tap_count" -eq 0 ]; then
		tap_plan=0
		echo "1..0 # SKIP $*"
	else
		tap_count=$((tap_count + 1))
		echo "ok $tap_count # SKIP $*"
	fi
	exit 4
}

need()
{
	local program

	for program; do
		type -P "$program" >/dev/null || skip "$program is missing"
	done
}

defer()
{
	tap_deferred+=("$(printf '%q ' "$@")")
}

# Also runs when the script dies half-way, and then says so.
tap_end()
{
	local status=$? number

	trap - EXIT
	set +e
	for ((number = ${#tap_deferred[@]} - 1; number >= 0; number--)); do
		eval "${tap_deferred[number]}" ||
			fail "undo: ${tap_deferred[number]}"
	done
	if [ "$status" -ne 0 ] && [ "$((tap_failed + tap_skipped))" -eq 0 ]; then
		fail "the script runs to its end" "it died with status $status"
	fi
	if [ -z "$tap_plan" ]; then
		echo "1..$tap_count"
	elif [ "$tap_plan" -ne "$tap_count" ]; then
		note "planned $tap_plan checks, made $tap_count"
		tap_failed=1
	fi
	[ "$tap_failed" -eq 0 ] || exit 1
	[ "$tap_skipped" -eq 0 ] || exit 4
	exit 0
}

echo "TAP version 13"
trap tap_end EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
