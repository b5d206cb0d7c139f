# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""How long the originals are on their way, by what the router has: single
packets, timed by latency.c."""

import json
import os

from cases import Point
from say import say
import systems as s
import topology

LATENCY = os.environ.get("DFC_LATENCY", "latency")
# Turns, and packets that each router has in one.
AMOUNT = {"full": (20, 500), "quick": (8, 100)}


class State(Point):
    """What a router has. No copy comes to who is dead; matched: whether a
    filter of dfc wants the packet."""

    def __init__(self, peer, prepare, filters=1, masks=1, copies=0,
                 matched=False):
        super().__init__(peer, prepare, filters, masks, copies)
        self.matched = matched
        self.turns = []

    def build(self, name):
        self.router = topology.Router(name)
        self.prepare(self.router)
        self.before = self.router.arrived("mediation")

    def is_as_meant(self):
        """Whether copies arrived, or did not, and the filter knows of all."""
        sent = sum(len(turn) for turn in self.turns)
        came = self.router.arrived("mediation") - self.before
        if (came < sent) == bool(self.copies):
            say(f"{self.peer}: {came} copies came of {sent} packets")
            return False
        if not self.peer.startswith("dfc"):
            return True
        told = json.loads(self.router.run("dfcctl", "-j", "statistics"))
        matched = told["statistics"]["matched-packets"]
        if (matched < sent) == self.matched:
            say(f"{self.peer}: {matched} of {sent} packets matched")
            return False
        return True

    def seen(self):
        return {"peer": self.peer, "filters": self.filters,
                "masks": self.masks, "as_meant": self.is_as_meant(),
                "turns": self.turns}


def states():
    """The second one is as the first: what lies between them is chance."""
    return [
        State("plain", s.nothing, 0, 0),
        State("plain-again", s.nothing, 0, 0),
        State("dfc-no-match", lambda r: s.dfc_fill(r, 1000, 15), 1000, 15),
        State("dfc-match", s.dfc_match, copies=1, matched=True),
        State("dfc-dead-neighbour", s.dfc_dead_neighbour, matched=True),
        State("dfc-dead-link", s.dfc_dead_link, matched=True),
        State("dfc-no-sa", s.dfc_no_sa, matched=True),
        State("nft-dup", s.nft_dup, copies=1),
        State("mirred-ipip", s.mirred_ipip, copies=1),
    ]


def build(some):
    """Returns those that can be had here."""
    built = []
    for number, state in enumerate(some):
        try:
            state.build(f"l{number}")
        except RuntimeError as problem:
            say("left out:", state.peer, problem)
            state.router.remove()
            continue
        built.append(state)
    return built


def go(some, packets):
    """Returns nanoseconds of each packet, for each state."""
    names = [f"{state.router.name}={state.router.address}" for state in some]
    told = topology.run(LATENCY, "sink", str(packets), *names)
    return zip(*([int(ns) for ns in line.split()]
                 for line in told.splitlines()))


def measure(which):
    turns, packets = AMOUNT[which]
    some = build(states())
    go(some, packets)
    for _ in range(turns):
        for state, ns in zip(some, go(some, packets)):
            state.turns.append(ns)
    found = [state.seen() for state in some]
    for state in some:
        state.router.remove()
    return found
