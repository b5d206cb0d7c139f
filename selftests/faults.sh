#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Memory runs out: at each allocation of each command in turn, and at random
# while packets are copied and filters end. On the debug kernel, whose
# allocations can be made to fail; elsewhere there is nothing to try.
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"
. "$(dirname "$0")/stress-lib.sh"

debug=/sys/kernel/debug
[ -d "$debug/failslab" ] || skip "the kernel cannot let allocations fail"
setup_stress

# faults PERCENT FILTER WAIT: FILTER: Y, only of processes that are told to;
# WAIT: Y, none of those who may wait for memory.
faults()
{
	local kind

	for kind in failslab fail_page_alloc; do
		echo 0 >"$debug/$kind/probability"
		echo 0 >"$debug/$kind/verbose"
		echo -1 >"$debug/$kind/times"
		echo "$2" >"$debug/$kind/task-filter"
		echo "$3" >"$debug/$kind/ignore-gfp-wait"
	done
	echo 0 >"$debug/fail_page_alloc/min-order"
	for kind in failslab fail_page_alloc; do
		echo "$1" >"$debug/$kind/probability"
	done
}
defer faults 0 N Y

sent()
{
	in_router dfcctl -j destination show 1 |
		jq '.destinations[0]."sent-packets"'
}

# Copies that server has taken, as far as it has got.
taken()
{
	kill -USR1 "$sink"
	tail -n 1 "$TMP/sink-8001"
}

all_taken()
{
	[ "$(taken)" -eq "$(sent)" ]
}

# The workers of the kernel, which tell of filters that are gone.
workers()
{
	local comm

	for comm in /proc/[0-9]*/comm; do
		! grep -qs ^kworker "$comm" ||
			echo "$1" >"${comm%comm}make-it-fail" || true
	done
}

watch()
{
	in_router dfcctl destination add id 1 address 198.51.100.2 port 8001 \
		format dfc security none
	in_router dfcctl destination add id 2 address 203.0.113.2 port 7890
	in_router dfcctl filter add id 1 to 198.51.100.2 protocol udp \
		dest-port 7 destination 1
	in_router dfcctl filter add id 2 protocol udp dest-port 9 destination 2
	in_router dfcctl filter add id 3 family ccc output server destination 2
}

some_memory_was_missing()
{
	[ "$(cause no-memory)" -gt "${1-0}" ]
}

stress_process "$SERVER" sink 9
stress_process "$SERVER" sink 8001
sink=$stress_pid
wait_for lab_listens "$SERVER" -lu 8001
watch
flow_start 1400 198.51.100.2
# Fragments, whose ports must be found.
stress_process "$TARGET" noise 198.51.100.2 9 5000
noise=$stress_pid
wait_for matching
faults 20 N Y
check "copies fail for want of memory" wait_for some_memory_was_missing
check "others are made" stress wait_for matching \
	"$(counter statistics matched-packets)"
faults 0 N Y
kill "$noise"
wait "$noise" || true
flow_stop "no memory for copies"
check_equal "each of these packets was matched" \
	"$(tail -n 1 "$TMP/flow-198.51.100.2")" "$(matched 1)"
check "each copy was sent or dropped" wait_for accounted
check "each that was sent has arrived" wait_for all_taken
missing=$(cause no-memory)
flow_start 1400 198.51.100.2
wait_for matching $(($(counter statistics matched-packets) + 100))
check_fails "with memory, none is dropped for want of it" \
	some_memory_was_missing "$missing"
flow_stop "memory"
in_router dfcctl filter flush

workers 1
faults 30 Y N
stress_test expire 1000
faults 0 N Y
workers 0
in_router dfcctl destination delete 1
in_router dfcctl destination delete 2
check "nothing is left" all_gone

stress_test faults
