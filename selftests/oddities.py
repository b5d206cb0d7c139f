#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Packets that nobody sends, and what filters must make of them.

Usage: oddities.py send FAMILY SEED DEVICE ROUTER-MAC
       oddities.py judge FAMILY SEED TAP FORWARDED <COPIES

"send" sends all of them, the last one to port 7. "judge" reads what a tap has
copied and the file FORWARDED, what has left the router, a packet a line in
hex, and says what is wrong. Taps are

  1  every packet                       3  ICMP type 8, ICMPv6 type 128
  2  UDP to port 53                     4  TCP, SCTP, DCCP, UDP-Lite to port 53
"""

import collections
import random
import sys

from oddities4 import oddities4
from oddities6 import oddities6
from rawip import Wire, ipv4, ipv6, sealed, udp

PORTS = {6, 33, 132, 136}
MUTANTS = 300


def taps_of(protocol, data, family):
    taps = {1}
    if protocol == 17 and data[2:4] == b"\0\x35":
        taps.add(2)
    if protocol == (58 if family == 6 else 1) and len(data) >= 2:
        if data[0] == (128 if family == 6 else 8):
            taps.add(3)
    if protocol in PORTS and data[2:4] == b"\0\x35":
        taps.add(4)
    return taps


def header_end(kind, data):
    """Where an extension header ends; beyond the data if it is cut off."""
    if len(data) < 2:
        return 8
    if kind == 51:
        return (data[1] + 2) * 4
    return 8 if kind == 44 else (data[1] + 1) * 8


def judge(packet, family):
    """Which taps must copy a packet that was forwarded, and which may."""
    if family == 4:
        kind, at = packet[9], (packet[0] & 15) * 4
        word = int.from_bytes(packet[6:8], "big")
        if word & 0x3FFF:
            return {1}, {1, 2, 3, 4}
        chain = {51}
    else:
        kind, at = packet[6], 40
        chain = {0, 43, 44, 51, 60}
    data = packet[at:]
    for _ in range(32):
        if kind not in chain:
            taps = taps_of(kind, data, family)
            return taps, taps
        end = header_end(kind, data)
        if kind == 44 and len(data) >= 8 and data[2] << 8 | data[3] & 0xF9:
            return {1}, {1, 2, 3, 4}
        if end > len(data):
            return set(), set()
        kind, data = data[0], data[end:]
    return set(), {1, 2, 3, 4}


def mutate(packet, dice):
    """Of TTL and lengths too; but no timestamps, which are never the same."""
    packet = bytearray(packet)
    for _ in range(dice.randrange(1, 5)):
        at = dice.randrange(min(len(packet), 80))
        # Where it comes from and goes to is tried by hand.
        ends = range(12, 20) if packet[0] >> 4 == 4 else range(8, 40)
        what = dice.randrange(3)
        if what < 2 and at and at not in ends:
            packet[at] = dice.choice((0, 255, 1, dice.randrange(256),
                                      packet[at] ^ 1 << dice.randrange(8)))
        elif what == 2 and len(packet) > 48:
            del packet[dice.randrange(44, len(packet)):]
    if packet[0] >> 4 == 4:
        end = (packet[0] & 15) * 4
        packet[20:end] = packet[20:end].replace(b"\x44", b"\x01")
    if dice.randrange(4) and len(packet) >= 40:
        if packet[0] >> 4 == 4:
            packet[2:4] = len(packet).to_bytes(2, "big")
            packet = sealed(bytes(packet))
        else:
            packet[4:6] = (len(packet) - 40).to_bytes(2, "big")
    return bytes(packet)


def as_forwarded(packet):
    """What does not change on the way, as far as an original tells it."""
    if packet[0] >> 4 == 4:
        return packet[:8] + packet[9:10] + packet[12:]
    return packet[:7] + packet[8:]


def is_forwarded(packet, family, left):
    """Finds a packet among those that have left, and strikes it out."""
    if len(packet) < (20 if family == 4 else 40):
        return False
    if packet[8 if family == 4 else 7] <= 1:
        return False
    if family == 4 and packet != sealed(packet):
        return False
    gone = as_forwarded(packet)
    left[gone] -= 1
    return left[gone] >= 0


def whole(packet, family):
    """A packet without what follows it in the frame."""
    if family == 4:
        return packet[:int.from_bytes(packet[2:4], "big")]
    return packet[:40 + int.from_bytes(packet[4:6], "big")]


def make(family, seed):
    """Names, packets and taps; None instead of taps: judge() tells."""
    dice = random.Random(seed)
    if family == 4:
        known = list(oddities4(dice))
        last = ipv4("192.0.2.2", "198.51.100.2", udp(7))
    else:
        known = list(oddities6(dice))
        last = ipv6("2001:db8:1::2", "2001:db8:2::2", udp(7))
    mutants = [(f"mutant {i}", mutate(dice.choice(known)[1], dice), None)
               for i in range(MUTANTS)]
    return known + mutants + [("the last", last, {1})]


def say(word, names, packet):
    print(f"{word}: {names.get(packet, 'unknown')}: {packet.hex()}")


def compare(family, seed, tap, forwarded):
    copies = collections.Counter(
        bytes.fromhex(line.strip()) for line in sys.stdin)
    left = collections.Counter()
    with open(forwarded, encoding="ascii") as lines:
        left.update(as_forwarded(bytes.fromhex(line)) for line in lines)
    must, may, names = (collections.Counter(), collections.Counter(), {})
    for name, packet, taps in make(family, seed):
        packet = whole(packet, family)
        sure = possible = taps
        went = is_forwarded(packet, family, left)
        if taps is None:
            sure = possible = set()
            if len(packet) >= (20 if family == 4 else 40):
                sure, possible = judge(packet, family)
            if not went:
                sure = set()
        names.setdefault(packet, name)
        must[packet] += tap in sure
        may[packet] += tap in possible
    for packet in (must - copies).elements():
        say("missing", names, packet)
    for packet in (copies - may).elements():
        # What the target sends of itself (multicast listener reports).
        if packet[8:10] != b"\xfe\x80":
            say("too many", names, packet)
    print(f"{sum(copies.values())} copies of {sum(must.values())} due",
          file=sys.stderr)
    return bool(must - copies) or any(
        p[8:10] != b"\xfe\x80" for p in copies - may)


def main():
    what, family, seed, *rest = sys.argv[1:]
    if what == "send":
        wire = Wire(*rest)
        for _, packet, _ in make(int(family), int(seed)):
            wire.send(packet, int(family))
        return 0
    return compare(int(family), int(seed), int(rest[0]), rest[1])


if __name__ == "__main__":
    sys.exit(main())
