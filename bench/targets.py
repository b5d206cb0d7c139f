# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""What the figures should be."""


# Of the time: processors that the host rather runs by turns never wait for each
# other, and what they do together says nothing.
AT_ONCE = 0.8


def find(rows, **wanted):
    return [row for row in rows
            if all(row[key] == value for key, value in wanted.items())]


def ns(rows, **wanted):
    return [row["ns_added"] for row in find(rows, **wanted)]


def verdict(what, figure, limit, unit, least=False, floor=None):
    met = figure >= limit if least else figure <= limit
    found = {"what": what, "figure": round(figure, 3), "limit": limit,
             "unit": unit, "least": least, "met": met}
    if floor is not None:
        found["floor"] = floor
    return found


def hooks_alone(rows):
    """What as many hooks as dfc.ko has cost, if they do nothing: no module
    with these can cost less."""
    found = ns(rows, case="no-match", peer="hooks", family="inet")
    return found[0] if found else None


def no_match(rows):
    known = find(rows, case="no-match", peer="dfc", family="inet", flows=1000)
    known = [row for row in known if row["filters"]]
    sets = find(rows, case="no-match", peer="nft-set", family="inet",
                flows=1000)
    if known:
        worst = max(row["ns_added"] for row in known)
        least = min(row["ns_added"] for row in known)
        if sets:
            largest = max(sets, key=lambda row: row["filters"])
            yield verdict("no match, known flow, to the largest nft set",
                          worst / largest["ns_added"], 0.15, "")
        yield verdict("no match, known flow", worst, 22, "ns",
                      floor=hooks_alone(rows))
        yield verdict("no match, known flow, from 1 to 1,000,000 filters and "
                      "1 to 628 masks", worst - least, 5, "ns apart")
    for masks, limit in ((15, 200), (628, 400)):
        for figure in ns(rows, case="no-match", peer="dfc", family="inet",
                         flows=0, masks=masks, filters=1000000):
            yield verdict(f"no match, new flow, 1,000,000 filters, {masks} "
                          "masks", figure, limit, "ns",
                          floor=hooks_alone(rows))


def sizes(rows, case):
    return sorted({row["bytes"] for row in find(rows, case=case, packets=1)})


def clear(rows):
    """Not for merged packets: of these peers make one copy."""
    for size in sizes(rows, "match-clear"):
        wanted = {"case": "match-clear", "bytes": size, "packets": 1}
        ours = ns(rows, peer="dfc", **wanted)
        for peer, limit in (("mirred-ipip", 0.6), ("nft-dup", 1.0)):
            other = ns(rows, peer=peer, **wanted)
            if ours and other:
                yield verdict(f"copy in the clear, {size} bytes, to {peer}",
                              ours[0] / other[0], limit, "")


def protected(rows):
    """Where routing has no bundle at hand for each packet of the traffic, ESP
    alone is dear: so what it adds to mirred counts, too."""
    for size in sizes(rows, "match-esp"):
        for name in ("-null", ""):
            wanted = {"case": "match-esp", "bytes": size}
            ours, alone, peer = [ns(rows, peer=who + name, **wanted) for who
                                 in ("dfc", "esp-alone", "mirred-ipip")]
            copy, bare = [ns(rows, peer=who + "-clear", **wanted) for who
                          in ("dfc", "mirred-ipip")]
            if not ours or not alone or not copy:
                continue
            text = f"copy and ESP{' ' + name[1:] if name else ''}, {size}"
            yield verdict(text + " bytes, to ESP alone and a copy",
                          ours[0] / (alone[0] + copy[0]), 1.1, "")
            if peer and bare:
                yield verdict(text + " bytes, to ESP of mirred and a copy",
                              ours[0] / (peer[0] - bare[0] + copy[0]), 1.1,
                              "")


def control(bulk, paced):
    million = [row for row in bulk if row["peer"] == "dfc"
               and row["filters"] == 1000000]
    for row in million:
        text = f"{row['family']}, masks: {row['masks']}"
        yield verdict(f"1,000,000 filters by bulk add ({text})",
                      min(row["add_seconds"]), 2, "s")
        yield verdict(f"memory ({text})", row["bytes"], 256,
                      "bytes a filter")
    if paced:
        yield verdict("adds while forwarding", paced["adds_a_second"],
                      50000, "a second", True)
        yield verdict("fewer packets forwarded meanwhile",
                      paced["fewer_packets"], 0.05, "")


def scaling(figures):
    """Of what the machine itself gains by a second processor, as much."""
    by = {(row["peer"], row["routers"]): row["ratio"]
          for row in figures["scaling"] if row["share"] >= AT_ONCE}
    for routers, words in ((2, "a router each"), (1, "one router")):
        ours = by.get(("dfc", routers))
        plain = by.get(("plain", routers))
        if ours:
            yield verdict(f"two processors copy, {words}, to one", ours, 1.9,
                          "", True)
        if ours and plain:
            yield verdict(f"two processors copy, {words}, to plain's ratio",
                          ours / plain, 0.95, "", True)


def latency(figures):
    """Noise is what lies between two routers that do the same."""
    states = {row["state"]: row for row in figures["latency"]}
    noise = states.get("plain-again")
    if not noise:
        return
    for name, row in states.items():
        if not name.startswith("dfc"):
            continue
        for figure in ("median", "p99"):
            yield verdict(f"originals' {figure}, {name}, to none",
                          row[f"{figure}_added"] / 1000,
                          noise[f"{figure}_spread"] / 1000, "us")


def ends(figures):
    return [*scaling(figures), *latency(figures)] if figures else []


def judge(rows, bulk, paced, figures):
    return [*no_match(rows), *clear(rows), *protected(rows),
            *control(bulk, paced), *ends(figures)]


def show(verdicts):
    print("\nTargets")
    for one in verdicts:
        sign = ">=" if one["least"] else "<="
        word = "met" if one["met"] else "not met"
        if "floor" in one:
            word += f" (hooks that do nothing: {one['floor']:g})"
        print(f"  {one['what']:66}{one['figure']:10g} {sign} "
              f"{one['limit']:g} {one['unit']}: {word}")
