# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Words of the benchmark to who waits for it."""

import sys


def say(*words):
    print("bench:", *words, file=sys.stderr, flush=True)
