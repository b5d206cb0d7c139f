#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# dtcpd serves control sources that were written for Junos FlowTap; juniper.py
# is one. `dtcp1` may send to destinations that are not configured.
#
#   target -- router: dtcpd -- server
#               || ESP
#           mediation: juniper.py, dfcrecv
#
# Takes very long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

python=/usr/bin/python3
need dfcctl openssl ping "$python"
setup_topology
setup_module
setup_receiver
sed '$d' "$DFC_LAB/dtcpd.conf" >"$TMP/dtcpd.conf"
cat >>"$TMP/dtcpd.conf" <<END
    control-source dtcp1 {
        password = "$(openssl passwd -6 dtcp1-password)"
        dynamic-destinations = yes
    }
}
END
setup_daemon "$TMP/dtcpd.conf"

export DFC_LAB TARGET ROUTER
status=0
in_mediation "$python" -W ignore "$selftests/juniper.py" \
	>"$TMP/checks" 2>"$TMP/errors" || status=$?
[ "$status" -ne 4 ] || skip "python3-paramiko is missing"
while IFS= read -r line; do
	case $line in
	'ok '*) pass "${line#ok }" ;;
	'not ok '*) fail "${line#not ok }" ;;
	*) echo "$line" ;;
	esac
done <"$TMP/checks"
[ "$status" -eq 0 ] || fail "juniper.py runs to its end" "$(cat "$TMP/errors")"
