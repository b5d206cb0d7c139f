#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The generic netlink family from the wire: what it takes and gives back, what
# it refuses and with which words, who may use it, what becomes of messages
# that make no sense. All of that is in netlink/, a program that makes network
# namespaces of its own; its results are passed on.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

program=$(dirname "$0")/netlink_test
[ -x "$program" ] ||
	program=${DFC_BUILD:-$(dirname "$0")/../build}/selftests/netlink_test
[ -x "$program" ] || skip "netlink_test has not been built"
need ip
setup_module

planned='' made=0
while IFS= read -r line; do
	case $line in
	"ok "*) pass "${line#* - }"; made=$((made + 1)) ;;
	"not ok "*) fail "${line#* - }"; made=$((made + 1)) ;;
	"1..0 # SKIP "*) skip "${line#1..0 # SKIP }" ;;
	1..*) planned=${line#1..} ;;
	"#"*) echo "$line" ;;
	esac
done < <("$program")
check_equal "the program has come to its end" "$planned" "$made"
