#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Draws what a packet that no filter wants costs: plot.py RESULTS.json
PICTURE.svg. On the left by the number of filters, on the right by that of
masks."""

import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "dfc"
import matplotlib.pyplot as plot  # noqa: E402

PEERS = {"dfc": "C0", "nft-set": "C1", "flower": "C2", "tee": "C3"}


def line(axes, rows, across, label, color, style):
    rows = sorted(rows, key=lambda row: row[across])
    if not rows:
        return
    axes.errorbar([row[across] for row in rows],
                  [row["ns_added"] for row in rows],
                  [row["ns_spread"] / 2 for row in rows],
                  label=label, color=color, linestyle=style, marker="o",
                  markersize=4, capsize=2)


def draw(axes, rows, across, choose):
    for flows, words, style in ((1000, "1,000 flows", "-"),
                                (0, "new flows", ":")):
        for peer, color in PEERS.items():
            line(axes, [row for row in rows if row["peer"] == peer and
                        row["flows"] == flows and choose(row)],
                 across, f"{peer}, {words}", color, style)
    axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=10)
    axes.set_ylim(bottom=0)
    axes.grid(True, color="0.9")
    axes.set_xlabel(across)


def main():
    with open(sys.argv[1]) as file:
        rows = [row for row in json.load(file) if row["case"] == "no-match"
                and row["family"] == "inet" and row["filters"]]
    most = max(row["filters"] for row in rows if row["peer"] == "dfc")
    figure, (left, right) = plot.subplots(1, 2, figsize=(11, 5),
                                          sharey=True)
    draw(left, rows, "filters", lambda row: row["masks"] == 1)
    draw(right, rows, "masks", lambda row: row["filters"] == most)
    left.set_ylabel("ns added to a forwarded packet")
    left.set_title("one mask")
    right.set_title(f"{most:,} filters")
    left.legend(fontsize=8)
    figure.suptitle("A packet that no filter wants, IPv4")
    figure.tight_layout()
    figure.savefig(sys.argv[2], metadata={"Date": None})


main()
