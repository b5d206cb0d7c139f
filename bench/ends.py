# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Makes figures of what measure_ends.py has seen, for report.py."""

import statistics

from spread import middle
import targets

CASE = "end-to-end"
# What all others are compared with, and what is the same.
PLAIN, AGAIN = "plain", "plain-again"
FLOWS, BYTES = 1, 124
# How QEMU runs the processors.
WORDS = {"kvm": "KVM", "tcg": "emulated: ratios only"}
BY_CLOCK, BY_WORK = 0, 1


def percentile(values, number):
    return statistics.quantiles(values, n=100, method="inclusive")[number - 1]


def p99(values):
    return percentile(values, 99)


def beside(state, plain, figure):
    """What a figure of the turns is above that of plain in the same turn."""
    return middle([figure(turn) - figure(other) for turn, other
                   in zip(state["turns"], plain["turns"])])


def state_figures(state, plain):
    ns = [took for turn in state["turns"] for took in turn]
    added, spread = beside(state, plain, statistics.median)
    added99, spread99 = beside(state, plain, p99)
    figures = {"median": statistics.median(ns), "p90": percentile(ns, 90),
               "p99": p99(ns), "max": max(ns), "median_added": added,
               "median_spread": spread, "p99_added": added99,
               "p99_spread": spread99}
    return {"state": state["peer"], "filters": state["filters"],
            "masks": state["masks"], "packets": len(ns),
            **{key: round(value) for key, value in figures.items()}}


def latency(seen):
    plain = seen["latency"][0]
    return [state_figures(state, plain) for state in seen["latency"]
            if state["as_meant"]]


def speed(turn, kind):
    return sum(rates[kind] for rates in turn)


def ratios(setting, kind):
    return [speed(both, kind) / (speed(alone, kind) / len(alone))
            for alone, both in zip(setting["alone"], setting["both"])]


def share(turn):
    """Of the time by the clock, what the host has worked for a processor."""
    return min(rates[BY_CLOCK] / rates[BY_WORK] for rates in turn)


def setting_figures(setting):
    one = [speed(turn, BY_WORK) / len(turn) for turn in setting["alone"]]
    two = [speed(turn, BY_WORK) for turn in setting["both"]]
    median, spread = middle(ratios(setting, BY_WORK))
    clock, clock_spread = middle(ratios(setting, BY_CLOCK))
    figures = {"ratio": median, "spread": spread, "clock_ratio": clock,
               "clock_spread": clock_spread,
               "share": statistics.median(map(share, setting["both"]))}
    return {"peer": setting["peer"], "routers": setting["routers"],
            "one": round(statistics.median(one)),
            "two": round(statistics.median(two)),
            **{key: round(value, 3) for key, value in figures.items()}}


def scaling(seen):
    return [setting_figures(setting) for setting in seen["scaling"]
            if not setting["lost"]]


def make(seen):
    """What details.json tells of it."""
    return {"kernel": seen["kernel"], "accelerator": seen["accelerator"],
            "latency": latency(seen), "scaling": scaling(seen)}


def rows(figures):
    """For results.json: what the median of originals is above plain's. The
    peers copy, so they are compared with who copies."""
    found = [{"case": CASE, "peer": row["state"], "family": "inet",
              "filters": row["filters"], "masks": row["masks"],
              "flows": FLOWS, "bytes": BYTES, "packets": 1,
              "ns_added": row["median_added"],
              "ns_spread": row["median_spread"], "ratio_to_best_peer": None}
             for row in figures["latency"] if row["state"] != PLAIN]
    peers = [row["ns_added"] for row in found
             if not row["peer"].startswith(("dfc", PLAIN))]
    for row in found:
        if min(peers, default=0) > 0 and row["peer"] not in (AGAIN,
                                                             "dfc-no-match"):
            row["ratio_to_best_peer"] = round(row["ns_added"] / min(peers), 3)
    return found


def show_latency(figures):
    print(f"\n{'latency of originals, us':26}{'packets':>8}{'median':>8}"
          f"{'p90':>8}{'p99':>8}{'max':>9}{'added':>8}{'spread':>8}"
          f"{'p99 added':>11}{'spread':>8}")
    for row in figures["latency"]:
        us = {key: value / 1000 for key, value in row.items()
              if isinstance(value, int)}
        print(f"  {row['state']:24}{row['packets']:8}{us['median']:8.1f}"
              f"{us['p90']:8.1f}{us['p99']:8.1f}{us['max']:9.1f}"
              f"{us['median_added']:8.1f}{us['median_spread']:8.1f}"
              f"{us['p99_added']:11.1f}{us['p99_spread']:8.1f}")


def show_scaling(figures):
    print(f"\n{'packets a second':18}{'routers':>8}{'one':>10}{'two':>10}"
          f"{'ratio':>8}{'spread':>8}{'by clock':>10}{'spread':>8}"
          f"{'share':>7}")
    for row in figures["scaling"]:
        print(f"  {row['peer']:16}{row['routers']:8}{row['one']:10}"
              f"{row['two']:10}{row['ratio']:8.2f}{row['spread']:8.2f}"
              f"{row['clock_ratio']:10.2f}{row['clock_spread']:8.2f}"
              f"{row['share']:7.2f}")
    if any(row["share"] < targets.AT_ONCE for row in figures["scaling"]):
        print("  what the host ran by turns (share below "
              f"{targets.AT_ONCE:g}) is not held against targets")


def show(figures):
    print(f"\n{CASE}: kernel {figures['kernel']}, two processors, "
          f"{WORDS[figures['accelerator']]}")
    show_latency(figures)
    show_scaling(figures)
