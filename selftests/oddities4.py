# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""IPv4 packets that nobody sends: name, packet, the taps that copy it."""

import itertools
import struct

from rawip import ipv4, sealed, udp

HERE, THERE = "192.0.2.2", "198.51.100.2"
MORE, DONT, EVIL = 0x2000, 0x4000, 0x8000

idents = itertools.count(1)


def packet(payload, source=HERE, destination=THERE, **fields):
    fields.setdefault("ident", next(idents))
    return ipv4(source, destination, payload, **fields)


def dns(size=24, port=53):
    number = next(idents)
    return udp(port, bytes(number + i & 255 for i in range(size)))


def option(kind, data):
    data = bytes((kind, len(data) + 2)) + data
    return data + b"\0" * (-len(data) % 4)


def options():
    for length in range(4, 41, 4):
        yield f"{length} bytes of options", b"\x01" * length
    hop = bytes((203, 0, 113, 2))
    yield "loose source route", option(131, b"\x04" + hop)
    yield "loose source route that is done", option(131, b"\x08" + hop)
    yield "strict source route", option(137, b"\x04" + hop)
    yield "record route", option(7, b"\x04" + bytes(12))
    yield "timestamps, all of them filled in", option(68, b"\x11\0" + bytes(12))
    yield "router alert", option(148, b"\0\0")
    yield "security", option(130, bytes(9))
    yield "an option of no length", b"\x07\0\0\0"
    yield "an option longer than the header", b"\x07\x28\x04\0"
    yield "an unknown option", option(222, bytes(6))


def lengths():
    data = dns()
    for first in range(0x40, 0x45):
        yield f"header of {first & 15} words", packet(data, first=first), set()
    for first in range(0x4E, 0x50):
        yield (f"header of {first & 15} words, longer than the packet",
               packet(data, first=first), set())
    for version in (0, 5, 6, 15):
        yield (f"version {version}",
               packet(data, first=version << 4 | 5), set())
    for length in (0, 19, 53, 65535):
        yield f"total length {length}", packet(data, length=length), set()
    yield "total length without ports", packet(dns(), length=22), {1}
    yield "total length without data", packet(dns(), length=28), {1, 2}
    wrong = bytearray(packet(dns()))
    wrong[10] ^= 1
    yield "wrong header checksum", bytes(wrong), set()
    yield "padding behind the packet", packet(dns()) + bytes(18), {1, 2}


def truncated():
    right = packet(dns(4))
    for length in range(1, len(right)):
        yield f"cut off at {length}", right[:length], set()
    for length in range(20, len(right)):
        short = bytearray(packet(dns(4)))[:length]
        short[2:4] = length.to_bytes(2, "big")
        yield (f"only {length} bytes long", sealed(bytes(short)),
               {1, 2} if length >= 24 else {1})


def train(port, parts=4, ident=None):
    data, ident = dns(parts * 16 - 8, port), ident or next(idents)
    return [packet(data[i * 16:i * 16 + 16], ident=ident,
                   frag=(MORE if i < parts - 1 else 0) | i * 2)
            for i in range(parts)]


def fragments(dice):
    for port, taps in ((53, {1, 2}), (54, {1})):
        for order in ("in order", "in reverse", "at random", "doubled"):
            parts = train(port)
            if order == "in reverse":
                parts.reverse()
            elif order == "at random":
                dice.shuffle(parts)
            elif order == "doubled":
                parts = [p for part in parts for p in (part, part)]
            for part in parts:
                yield f"fragments to port {port}, {order}", part, taps
    ident = next(idents)
    first, *later = train(53, ident=ident)
    other, _, third, _ = train(54, ident=ident)
    yield "first fragment", first, {1, 2}
    yield "fragment behind it", later[0], {1, 2}
    yield "first fragment over it, to another port", other, {1}
    yield "fragment behind the other", third, {1}
    yield "first fragment again", first, {1, 2}
    for at, size in ((1, 16), (1, 24), (3, 8)):
        yield (f"overlapping, {size} bytes at {at * 8}",
               packet(bytes(size), ident=ident, frag=MORE | at), {1, 2})
    ident = next(idents)
    yield ("first fragment with half a port",
           packet(dns()[:3], ident=ident, frag=MORE), {1})
    yield ("what follows half a port",
           packet(bytes(16), ident=ident, frag=1), {1})
    for size in (0, 2, 4, 8):
        yield (f"first fragment of {size} bytes",
               packet(dns()[:size], frag=MORE), {1, 2} if size >= 4 else {1})
    ident = next(idents)
    yield "a first one", packet(dns(16), ident=ident, frag=MORE), {1, 2}
    yield "an empty one", packet(b"", ident=ident, frag=3), {1, 2}
    yield "an empty one, more to come", packet(b"", ident=ident,
                                               frag=MORE | 3), {1, 2}
    yield "beyond the end of all", packet(bytes(64), frag=0x1FFF), {1}
    yield "DF and MF", packet(dns(), frag=DONT | MORE), {1, 2}
    yield "the reserved bit", packet(dns(), frag=EVIL), {1, 2}


def transport():
    for length in (0, 7, 9, 400, 65535):
        yield (f"UDP length {length}",
               packet(udp(53, bytes(8), length=length)), {1, 2})
    wrong = udp(53, b"wrong")
    yield ("wrong UDP checksum",
           packet(wrong[:6] + b"\x12\x34" + wrong[8:]), {1, 2})
    for name, protocol in (("TCP", 6), ("DCCP", 33), ("SCTP", 132),
                           ("UDP-Lite", 136)):
        for size in (0, 3, 4, 12, 32):
            data = struct.pack("!HH", 4000, 53) + bytes(28)
            yield (f"{size} bytes of {name}",
                   packet(data[:size], protocol=protocol),
                   {1, 4} if size >= 4 else {1})
    for protocol in (0, 2, 4, 41, 47, 50, 59, 60, 255):
        yield f"protocol {protocol}", packet(dns(), protocol=protocol), {1}
    ah = bytes((17, 4)) + bytes(22)
    yield "authenticated", packet(ah + dns(), protocol=51), {1, 2}
    yield "half authenticated", packet(ah[:10], protocol=51), set()


def icmp():
    inner = packet(dns(), source=THERE, destination=HERE)
    for kind in (3, 4, 5, 11, 12):
        for length in (0, 20, 24, len(inner)):
            yield (f"ICMP {kind} about {length} bytes",
                   packet(bytes((kind, 1)) + bytes(6) + inner[:length],
                          protocol=1), {1})
    for length in range(9):
        yield (f"{length} bytes of a ping",
               packet((b"\x08" + bytes(7))[:length], protocol=1),
               {1, 3} if length >= 2 else {1})
    yield "ICMPv6 over IPv4", packet(b"\x80" + bytes(7), protocol=58), {1}


def places():
    for ttl in (0, 1, 2):
        yield f"TTL {ttl}", packet(dns(), ttl=ttl), {1, 2}
    for source in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "240.0.0.1",
                   "255.255.255.255", "192.0.2.1", "198.51.100.2",
                   "198.51.100.255"):
        yield f"from {source}", packet(dns(), source=source), {1, 2}
    yield "to nobody", packet(dns(), destination="240.0.0.1"), {1, 2}
    yield "to where it came from", packet(dns(), destination=HERE), {1, 2}


def oddities4(dice):
    for name, words in options():
        yield name, packet(dns(), options=words), {1, 2}
    yield from lengths()
    yield from truncated()
    yield from fragments(dice)
    yield from transport()
    yield from icmp()
    yield from places()
