#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Many filters: added in bulk, looked up, dumped, deleted. What that takes in
# time and memory is told and not judged. SCALE says how many (100000); for a
# million the virtual machine needs MEMORY=4096.
#
#   target -- router -- server
#               || ESP
#           mediation
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
	awk '/^(Slab|VmallocUsed|Percpu):/ { sum += $2 } END { print sum }' \
		/proc/meminfo
}

# The filter about the target's address; see put_nth() in netlink/bulk.c.
matched()
{
	in_router dfcctl -j filter show $((1 + 2 * 256 + 2)) |
		jq '.filters[0]."matched-packets"'
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

before=$(memory)
bulk "many filters are added" add
after=$(memory)
note "memory: $(((after - before) * 1024 / count)) bytes a filter"
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
