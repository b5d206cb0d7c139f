#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Many filters: added in bulk, looked up, dumped, deleted, ended by a timeout.
# What that takes in time and memory is told and not judged. SCALE says how
# many (100000); for a million the virtual machine needs MEMORY=4096.
#
#   target -- router -- server
#               || ESP
#           mediation
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"

count=${SCALE:-100000}
program=$(dirname "$0")/netlink_test
[ -x "$program" ] ||
	program=${DFC_BUILD:-$(dirname "$0")/../build}/selftests/netlink_test
[ -x "$program" ] || skip "netlink_test has not been built"
need dfcctl jq
setup_topology
topology_fix_neighbours
setup_module
destination

# KiB of everything that filters may be made of.
memory()
{
	awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { sum += $2 } END { print sum }' \
		/proc/meminfo
}

# The same from the other side, with pages that nobody else counts.
taken()
{
	awk '/^MemAvailable:/ { print -$2 }' /proc/meminfo
}

# The filter about the target's address; see put_nth() in netlink/bulk.c.
matched()
{
	in_router dfcctl -j filter show $((1 + 2 * 256 + 2)) |
		jq '.filters[0]."matched-packets"'
}

expired()
{
	in_router dfcctl -j statistics |
		jq '[.. | .expired? // empty][0]'
}

filters()
{
	in_router dfcctl -j statistics | jq '[.. | .filters? // empty][0]'
}

# bulk DESCRIPTION WHAT: netlink_test says how long it took.
bulk()
{
	local told

	if told=$(in_router "$program" "$2" "$count" 2>&1); then
		pass "$1"
		note "$told"
	else
		fail "$1" "$told"
	fi
}

# weigh WHAT DESCRIPTION: adds filters and tells what one of them takes, the
# tables that are made for them included.
weigh()
{
	bulk "many filters are added: $2" "$1"
	note "memory, $2:" \
		"$((($(memory) - empty) * 1024 / count)) bytes a filter" \
		"(by MemAvailable" \
		"$((($(taken) - empty_taken) * 1024 / count)))"
}

is_empty()
{
	[ "$(filters)" = 0 ]
}

# Filters are freed after a grace period. Some KiB stay, which slabs keep.
memory_settles()
{
	[ $(($(memory) - empty)) -lt $((count / 64 + 512)) ]
}

# remove WHAT: deletes all and waits until they weigh nothing any more.
remove()
{
	bulk "$1 are deleted" delete
	wait_for memory_settles ||
		note "after that, $(($(memory) - empty)) KiB are left"
}

# What is made with the first filter, and for no other, is no part of them.
in_router "$program" add 1000 >/dev/null
in_router "$program" delete 1000 >/dev/null
wait_for is_empty
empty=$(memory) empty_taken=$(taken)
weigh add "of four kinds, without limits"
check_equal "all are there" "$count" "$(filters)"
in_target ping -q -c 3 -i 0.2 198.51.100.2 >/dev/null
check_equal "the one that means a packet finds it" 3 "$(matched)"
check_equal "no other does" 3 "$(counter statistics matched-packets)"
bulk "all are dumped" dump
bulk "all are deleted" delete
check_equal "none is left" 0 "$(filters)"
in_target ping -q -c 1 198.51.100.2 >/dev/null
check_equal "nothing is matched any more" 3 \
	"$(counter statistics matched-packets)"

wait_for memory_settles || note "$(($(memory) - empty)) KiB are left"
weigh add-flows "five fields, without limits"
remove "flows"
weigh add-flows-ipv6 "five fields, IPv6, without limits"
remove "flows of IPv6"
weigh add-ranges "five fields, two ranges"
remove "ranges"
weigh add-idle "five fields, idle timeout"

expired=$(expired)
bulk "all are given a timeout" set-timeout
told=$SECONDS
wait_for -t 600 is_empty
check_equal "all end by it" "$((expired + count))" "$(expired)"
note "expire: none is left $((SECONDS - told)) s after the last was given 30 s"
