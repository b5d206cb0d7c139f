# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""What is told of values that were measured again and again."""

import statistics


def quartiles(values):
    return statistics.quantiles(values, n=4, method="inclusive")


def middle(values):
    """Median and distance of quartiles."""
    low, median, high = quartiles(values)
    return median, high - low
