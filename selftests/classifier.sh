#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The classifier in this kernel finds what brute force finds, also while
# filters come and go: the test is a module (classifier/) that loads if so.
# Variables: CASES, packets to look up; SEED.
#
# Takes long.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

build=${DFC_BUILD:-$selftests/../build}
module=$build/kmod-test/$(uname -r)/dfc_classifier_test.ko
[ -e "$module" ] ||
	skip "no dfc_classifier_test.ko for $(uname -r); make test-module"

# What it says from here on.
said()
{
	dmesg | sed "0,/$mark/d" | sed -n 's/.*dfc_classifier_test: //p'
}

mark="classifier.sh $(topology_random 8)"
echo "$mark" >/dev/kmsg
check "the property holds" insmod "$module" cases="${CASES:-20000}" \
	${SEED:+seed="$SEED"}
note "$(said)"
check_equal "every part of it was tried" 12 \
	"$(said | grep -c ': holds$' || true)"
check "it says with which seed" \
	grep -q '^passed with seed=[0-9]* cases=[0-9]*$' <(said)
[ ! -e /sys/module/dfc_classifier_test ] ||
	check "the test is unloaded" rmmod dfc_classifier_test
