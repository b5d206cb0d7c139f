#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# While packets are forwarded, several sockets add, set, delete and dump at
# once; namespaces come and go with filters in them; many filters end at one
# moment (SCALE says how many, 5000).
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/packets-lib.sh"
. "$(dirname "$0")/stress-lib.sh"

setup_stress

flow_start 4000
stress_test storm "$STRESS_SECONDS"
flow_stop "storm"

flow_start
stress_test nests "$STRESS_SECONDS"
flow_stop "namespaces"

destination security required
flow_start
stress_test expire "${SCALE:-5000}"
flow_stop "expiry"
check "copies were sent or dropped" accounted
in_router dfcctl destination delete 1
check "nothing is left" all_gone
