#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Measures in the machine that scripts/bench has started, in the network
namespace of the generator: measure.py DIRECTORY full|quick [CASE...]. Writes
what was seen to DIRECTORY/seen.json; report.py makes figures of it."""

import json
import os
import sys
import time

import cases
import control
import generator
from say import say
import topology

REPETITIONS = {"full": 12, "quick": 8}
# Routers that are measured in turns.
CARS = 4
# A link has some packets of its own.
STRANGERS = 60


def prepare(points):
    """Routers, the first one plain. Who cannot do it here is left out."""
    routers = [(topology.Router("r0"), None)]
    for number, point in enumerate(points, 1):
        router = topology.Router(f"r{number}")
        try:
            point.prepare(router)
        except RuntimeError as problem:
            say("left out:", point.peer, problem)
            router.remove()
            continue
        routers.append((router, point))
    return routers


def arrived(router):
    return [router.arrived(where) for where in ("sink", "mediation")]


def ride(plain, some, traffic, repetitions):
    """Measures some routers; yields what was seen of each."""
    train = generator.Train(plain, [router for router, _ in some], traffic)
    before = [arrived(router) for router, _ in some]
    goes = [train.go() for _ in range(repetitions + 1)][1:]
    for number, (router, point) in enumerate(some):
        due = train.packets(router) * (repetitions + 1)
        came = [now - was for was, now in
                zip(before[number], arrived(router))]
        wanted = [due * point.forwarded,
                  due * point.copies_of(traffic.packets)]
        lost = any(not 0 <= c - w <= STRANGERS for c, w in zip(came, wanted))
        if lost:
            say(f"{point.peer}: {came} came instead of {wanted}")
        yield point, [go[number] for go in goes], lost


def rows(group, routers, traffic, repetitions):
    plain = routers[0][0]
    for first in range(1, len(routers), CARS):
        some = routers[first:first + CARS]
        for point, seen, lost in ride(plain, some, traffic, repetitions):
            yield {"case": group.case, "peer": point.peer,
                   "family": traffic.family, "filters": point.filters,
                   "masks": point.masks, "flows": traffic.flows,
                   "bytes": traffic.size, "packets": traffic.packets,
                   "lost": lost,
                   "ns": [round(turn) for turn, _ in seen],
                   "plain": [round(beside) for _, beside in seen]}


def save(directory, found, control_found):
    with open(os.path.join(directory, "seen.json"), "w") as file:
        json.dump({"kernel": os.uname().release, "rows": found,
                   "control": control_found}, file)


def main():
    directory, which = sys.argv[1:3]
    only = sys.argv[3:]
    start = time.time()
    found = []
    topology.surroundings()
    for group in getattr(cases, which)():
        if only and group.case not in only:
            continue
        routers = prepare(group.points)
        say(f"{group.case}: {len(routers)} routers after "
            f"{time.time() - start:.0f} s")
        for traffic in group.traffics:
            found += rows(group, routers, traffic,
                          REPETITIONS[which] * group.times)
        for router, _ in routers:
            router.remove()
        save(directory, found, None)
    if not only or "control" in only:
        save(directory, found, control.measure(which))
    say(f"measured in {time.time() - start:.0f} s")


main()
