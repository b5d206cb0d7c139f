#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The module is unloaded and loaded again and again, while packets are forwarded
# and copied and several sockets make requests.
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"
. "$(dirname "$0")/stress-lib.sh"

setup_stress

# A request that is being carried out keeps the module for its time.
unload()
{
	wait_for lab_module_unload
}

# Whoever makes requests at random may have been there first.
reload()
{
	unload && lab_module_load &&
	in_router dfcctl destination add id 1 address 203.0.113.2 port 7890 &&
	in_router dfcctl group add id 1 mode passive device side &&
	in_router dfcctl filter add id 1 family inet6 destination 1 &&
	in_router dfcctl filter add id 2 to 198.51.100.2 destination 1 &&
	in_router dfcctl filter add id 3 group 1 family ccc destination 1 &&
	wait_for matching
}

flow_start
check "the module is unloaded and loaded under traffic" stress reload
stress_process "$ROUTER" storm-blind
storm=$stress_pid
check "also while requests are made" stress reload
kill "$storm"
wait "$storm" || true
flow_stop "unload and load"
unload
check_fails "the module is gone in the end" lab_module_loaded
lab_module_load
check "it begins with nothing" all_gone
