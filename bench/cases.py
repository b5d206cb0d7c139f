# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""What is measured. A group is measured in turns, against a router of its own
that does nothing but forward."""

from generator import FEW, Traffic
import systems as s

MANY = 1000000
# Of the wire, in a merged one: 6 of 1,500 bytes.
MERGED = 6


class Point:
    """One router: who does it, how it is prepared, how many copies come of a
    packet, whether of a merged one each packet of the wire is copied, and what
    its rows say."""

    def __init__(self, peer, prepare, filters=1, masks=1, copies=0,
                 forwarded=1, splits=False):
        self.peer = peer
        self.prepare = prepare
        self.filters = filters
        self.masks = masks
        self.copies = copies
        self.forwarded = forwarded
        self.splits = splits

    def copies_of(self, packets):
        """Of a packet that is so many of the wire."""
        return self.copies * (packets if self.splits else 1)


class Group:
    """Points that are compared, with each of the traffics; times as many
    repetitions as usual."""

    def __init__(self, case, points, traffics, times=1):
        self.case = case
        self.points = points
        self.traffics = traffics
        self.times = times


def dfc_filled(filters, masks, family):
    return Point("dfc", lambda r: s.dfc_fill(r, filters, masks, family),
                 filters, masks if filters else 0)


def no_match(family, sizes, flower, sets, tees):
    points = [dfc_filled(*size, family) for size in sizes]
    points += [Point("nft-set", lambda r, n=n: s.nft_set(r, n, family), n)
               for n in sets]
    points += [Point("flower", lambda r, n=n: s.flower_no_match(r, n, family),
                     n) for n in flower]
    points += [Point("tee", lambda r, n=n: s.tee_no_match(r, n), n)
               for n in tees]
    return Group("no-match", points,
                 [Traffic(family), Traffic(family, flows=0)])


def floor(family):
    """What no module with hooks can do without. It is less than the spread
    of a turn."""
    return Group("no-match", [
        Point("hook", lambda r: s.hooks(r, s.ONE_HOOK), 0, 0),
        Point("hooks", lambda r: s.hooks(r, s.DFC_HOOKS), 0, 0),
    ], [Traffic(family)], times=4)


def copying():
    """As far as each can: nft, TEE and mirred add no header, and with mirred
    into ipip they pass on merged packets as they are."""
    return [
        Point("dfc", s.dfc_match, copies=1, splits=True),
        Point("dfc-jmirror", lambda r: s.dfc_match(r, ids=True), copies=1,
              splits=True),
        Point("dfc-ipip", lambda r: s.dfc_match(r, form="ipip"), copies=1,
              splits=True),
        Point("nft-dup", s.nft_dup, copies=1),
        Point("tee", s.tee, copies=1),
        Point("mirred", s.flower_mirred, copies=1),
        Point("mirred-ipip", s.mirred_ipip, copies=1),
    ]


def both(first, second):
    def prepare(router):
        first(router)
        second(router)
    return prepare


def unprotected():
    return [Point("dfc-clear", s.dfc_match, copies=1),
            Point("mirred-ipip-clear", s.mirred_ipip, copies=1)]


def protecting(name, algorithm, security):
    def key(router):
        s.esp(router, algorithm)

    return [
        Point("dfc" + name, both(key, lambda r: s.dfc_match(
            r, security=security)), copies=1),
        Point("mirred-ipip" + name, both(key, s.mirred_ipip), copies=1),
        Point("esp-alone" + name,
              lambda r: s.traffic_esp(r, algorithm), copies=1, forwarded=0),
    ]


def fan_out(counts):
    points = []
    for n in counts:
        points += [
            Point("dfc", lambda r, n=n: s.dfc_match(r, n), n, 1, n),
            Point("nft-dup", lambda r, n=n: s.nft_dup(r, n), n, 1, n),
            Point("tee", lambda r, n=n: s.tee(r, n), n, 1, n),
            Point("mirred", lambda r, n=n: s.flower_mirred(r, n), n, 1, n),
            Point("mirred-ipip", lambda r, n=n: s.mirred_ipip(r, n), n, 1, n),
        ]
    return Group("fan-out", points, [Traffic()])


def sized(*sizes):
    return [Traffic(size=size) for size in sizes]


def full():
    return [
        no_match("inet", [(0, 0), (1, 1), (1000, 1), (1000, 15), (1000, 628),
                          (100000, 1), (100000, 15), (100000, 64),
                          (100000, 628), (MANY, 1), (MANY, 15), (MANY, 64),
                          (MANY, 628)],
                 [1, 1000], [1, 1000, 100000], [1, 1000]),
        no_match("inet6", [(1, 1), (100000, 15), (MANY, 15), (MANY, 628)],
                 [1], [1, 1000], []),
        floor("inet"),
        floor("inet6"),
        Group("match-clear", copying(),
              [*sized(64, 512, 1514), Traffic(packets=MERGED)]),
        Group("match-esp", unprotected()
              + protecting("-null", "null", "none")
              + protecting("", "gcm", "required"), sized(64, 512, 1514)),
        fan_out([1, 2, 3, 16]),
    ]


def quick():
    return [
        no_match("inet", [(0, 0), (1, 1), (1000, 15), (100000, 628)], [1],
                 [1000], []),
        floor("inet"),
        Group("match-clear", copying(),
              [*sized(124), Traffic(packets=MERGED)]),
        Group("match-esp", unprotected()
              + protecting("", "gcm", "required"), sized(124)),
        fan_out([1, 16]),
    ]
