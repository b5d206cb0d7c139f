#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Makes figures of what measure.py and measure_ends.py have seen: report.py
WORK DIRECTORY reads seen.json and ends.json in WORK, or one of them, prints
tables and targets, and writes results.json and details.json."""

import json
import os
import statistics
import sys

import ends
from spread import middle
import targets

CASES = ["no-match", "match-clear", "match-esp", "fan-out", "control"]
# What others leave out.
LEAVES_OUT = {
    "nft-dup": "no header", "tee": "no header", "mirred": "no header",
    "mirred-ipip": "no UDP", "esp-alone": "no copy",
    "hook": "does nothing", "hooks": "as many as dfc, do nothing",
}
# Another cipher than AES-GCM, or none.
VARIANTS = ("-null", "-clear")


def added(row):
    """Median and distance of quartiles of what was measured side by side."""
    return middle([turn - beside for turn, beside in
                   zip(row["ns"], row["plain"])])


def variant(peer):
    return next((end for end in VARIANTS if peer.endswith(end)), "")


def bare(peer):
    return peer.removesuffix(variant(peer))


def is_peer(row):
    return not row["peer"].startswith(("dfc", "esp-alone", "hook"))


def alike(row, other):
    """Whether a peer has done what is in a row: the same packets, and, of
    copies, as many. Of the filters that do not match, a peer may have any
    number."""
    same = ["case", "family", "flows", "bytes", "packets"]
    if row["case"] == "control":
        same = ["case", "family"]
    if row["case"] == "fan-out":
        same.append("filters")
    return (all(row[key] == other[key] for key in same)
            and variant(row["peer"]) == variant(other["peer"]))


def with_ratios(rows):
    for row in rows:
        peers = [other["ns_added"] for other in rows
                 if is_peer(other) and alike(row, other)
                 and other["ns_added"] > 0]
        row["ratio_to_best_peer"] = (round(row["ns_added"] / min(peers), 3)
                                     if peers else None)
    return rows


def result(row, median, spread, **other):
    keys = ["case", "peer", "family", "filters", "masks", "flows", "bytes",
            "packets"]
    return {**{key: row[key] for key in keys}, **other,
            "ns_added": round(median, 1), "ns_spread": round(spread, 1)}


def forwarded(seen):
    return [result(row, *added(row)) for row in seen["rows"]
            if not row["lost"]]


def kinds(bulk):
    """Repetitions of the same, together."""
    found = {}
    for row in bulk:
        key = tuple(row[word] for word in
                    ("peer", "family", "filters", "masks"))
        found.setdefault(key, []).append(row)
    return found


def control(seen):
    if not seen["control"]:
        return [], []
    rows, details = [], []
    for key, some in kinds(seen["control"]["bulk"]).items():
        peer, family, filters, masks = key
        ns = [row["add"] * 1e9 / filters for row in some]
        ns_each, spread = middle(ns) if len(ns) > 1 else (ns[0], 0)
        weight = round(statistics.median(row["weight"] for row in some))
        row = {"case": "control", "peer": peer, "family": family,
               "filters": filters, "masks": masks, "flows": 0,
               "bytes": weight, "packets": 0}
        rows.append(result(row, ns_each, spread))
        details.append({**row, "add_seconds": [row["add"] for row in some],
                        "delete_seconds": [row["delete"] for row in some
                                           if "delete" in row]})
    return rows, details


def to_peer(row):
    ratio = row["ratio_to_best_peer"]
    return "" if ratio is None else format(ratio, ".2f")


def print_single(rows, case):
    if rows:
        print(f"\n{case:18}{'':7}{'filters':>8}{'masks':>6}{'flows':>6}"
              f"{'bytes':>6}{'added ns':>10}{'spread':>8}{'to peer':>9}")
    for row in rows:
        print(f"  {row['peer']:16}{row['family']:7}{row['filters']:8}"
              f"{row['masks']:6}{row['flows'] or 'new':>6}"
              f"{row['bytes']:6}{row['ns_added']:10.0f}"
              f"{row['ns_spread']:8.0f}{to_peer(row):>9}"
              f"  {LEAVES_OUT.get(bare(row['peer']), '')}")


def print_merged(rows, packets):
    print(f"\ncopy in the clear, merged packets of {packets}\n"
          f"{'':18}{'bytes':>6}{'added ns':>10}{'spread':>8}"
          f"{'to peer':>9}{'each of the wire':>18}")
    for row in rows:
        rest = "" if not is_peer(row) else ", ".join(
            [LEAVES_OUT[row["peer"]], f"one copy of all {packets}"])
        print(f"  {row['peer']:16}{row['bytes']:6}"
              f"{row['ns_added']:10.0f}{row['ns_spread']:8.0f}"
              f"{to_peer(row):>9}{row['ns_added'] / packets:18.0f}"
              f"  {rest}")


def print_packets(rows):
    for case in CASES[:-1]:
        print_single(targets.find(rows, case=case, packets=1), case)
        some = [row for row in targets.find(rows, case=case)
                if row["packets"] > 1]
        for packets in sorted({row["packets"] for row in some}):
            print_merged(targets.find(some, packets=packets), packets)


def print_control(details):
    if details:
        print(f"\n{'control':18}{'':7}{'filters':>8}{'masks':>6}"
              f"{'add s':>16}{'delete s':>16}{'bytes each':>12}")
    for row in details:
        spans = [f"{min(some):.2f} to {max(some):.2f}" if some else ""
                 for some in (row["add_seconds"], row["delete_seconds"])]
        print(f"  {row['peer']:16}{row['family']:7}{row['filters']:8}"
              f"{row['masks']:6}{spans[0]:>16}{spans[1]:>16}"
              f"{row['bytes']:12}")


def forwarding(seen):
    if not seen["control"]:
        return None
    told = seen["control"]["forwarding"]
    alone = [(before + after) / 2 for before, after in
             zip(told["alone"], told["alone"][1:])]
    fewer = [1 - by / turn for by, turn in zip(alone, told["with"])]
    adds = statistics.median(told["adds"])
    median, spread = middle(fewer)
    return {"adds_a_second": adds, "pace": seen["control"]["pace"],
            "packets_a_second": round(1e9 / statistics.median(alone)),
            "fewer_packets": round(median, 3),
            "fewer_spread": round(spread, 3),
            "ns_each": round(median / adds * 1e9)}


def load(name, nothing):
    try:
        with open(os.path.join(sys.argv[1], name)) as file:
            return json.load(file)
    except FileNotFoundError:
        return nothing


def main():
    seen = load("seen.json", {"kernel": None, "rows": [], "control": None})
    far = load("ends.json", None)
    figures = ends.make(far) if far else None
    rows = forwarded(seen)
    more, bulk = control(seen)
    rows = with_ratios(rows + more)
    paced = forwarding(seen)
    beside = [ns for row in seen["rows"] if row["packets"] == 1
              for ns in row["plain"]]
    plain = round(statistics.median(beside)) if beside else None
    if plain:
        print(f"kernel {seen['kernel']}, one processor; a packet that is "
              f"only forwarded, pktgen included: {plain} ns")
    print_packets(rows)
    print_control(bulk)
    if paced:
        print("\nwhile {adds_a_second:.0f} filters a second are added, "
              "{fewer_packets:.0%} fewer packets are forwarded"
              .format(**paced))
    if figures:
        ends.show(figures)
        rows += ends.rows(figures)
    verdicts = targets.judge(rows, bulk, paced, figures)
    targets.show(verdicts)
    details = {"kernel": seen["kernel"], "plain_ns": plain,
               "control": bulk, "forwarding": paced, ends.CASE: figures,
               "targets": verdicts}
    for name, content in (("results", rows), ("details", details)):
        with open(os.path.join(sys.argv[2], name + ".json"), "w") as file:
            json.dump(content, file, indent=1)
            file.write("\n")


main()
