#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Measures from end to end in the machine of two processors that scripts/bench
has started, in the network namespace of the generator: measure_ends.py
DIRECTORY full|quick. Writes what was seen to DIRECTORY/ends.json."""

import json
import os
import sys
import time

import latency
from say import say
import scaling
import topology


def accelerator():
    """How QEMU runs the processors."""
    with open("/proc/cpuinfo") as file:
        return "tcg" if "TCG" in file.read() else "kvm"


def main():
    directory, which = sys.argv[1:3]
    start = time.time()
    topology.surroundings()
    seen = {"kernel": os.uname().release, "accelerator": accelerator()}
    for what in (latency, scaling):
        seen[what.__name__] = what.measure(which)
        say(f"{what.__name__} after {time.time() - start:.0f} s")
    with open(os.path.join(directory, "ends.json"), "w") as file:
        json.dump(seen, file)


main()
