#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Frames to judge: what there is, what there can be in front of it, cut
anywhere, and broken by chance. Writes them as captures."""

import os
import random
import struct
import sys

SEED = int(os.environ.get("DFC_SEED", "6"))
COUNT = int(os.environ.get("DFC_FRAMES", "3000"))
MACS = bytes.fromhex("020000000002" "020000000001")
SRC4, DST4 = bytes([192, 0, 2, 2]), bytes([198, 51, 100, 2])
SRC6 = bytes.fromhex("20010db8000100000000000000000002")
DST6 = bytes.fromhex("20010db8000200000000000000000002")
IPV4, IPV6, MPLS, LLC = 0x0800, 0x86dd, 0x8847, None
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
HOP, ROUTING, FRAGMENT, AH, NO_NEXT, DEST = 0, 43, 44, 51, 59, 60


def words(*values):
    return struct.pack(f">{len(values)}H", *values)


# Upper headers, by protocol.
UPPER = {
    TCP: words(40000, 443, 0, 1, 0, 0, 0x5002, 8192, 0, 0),
    UDP: words(5060, 5060, 16, 0) + bytes(8),
    136: words(5004, 5005, 8, 0xffff) + bytes(8),
    132: words(36412, 36412, 0, 7, 0, 0) + bytes([3, 0, 0, 16]) + bytes(12),
    33: words(5001, 39420, 0x0300, 0) + bytes(8),
    ICMP: bytes([8, 0, 0, 0, 0, 1, 0, 1]) + bytes(8),
    ICMP6: bytes([128, 0, 0, 0, 0, 1, 0, 1]) + bytes(8),
    2: bytes([0x16, 0, 0, 0]) + bytes([224, 0, 0, 251]),
    47: words(0, 0x88b5) + bytes(8),
    50: words(0, 257, 0, 1) + bytes(32),
    89: bytes([2, 1]) + words(44) + bytes(40),
    135: bytes([NO_NEXT, 0, 4, 0]) + bytes(4),
    139: bytes([NO_NEXT, 4, 1, 0x11]) + bytes(36),
    253: bytes(12),
    NO_NEXT: b"",
}
EXTENSIONS = (HOP, ROUTING, FRAGMENT, AH, DEST)


def ipv4(upper, payload, options=b"", fragment=0x4000, length=None, first=None):
    header = 20 + len(options)
    total = header + len(payload) if length is None else length
    first = 0x40 | header // 4 if first is None else first
    return struct.pack(">BBHHHBBH", first, 0, total & 0xffff, 77, fragment, 64,
                       upper, 0) + SRC4 + DST4 + options + payload


def ipv6(upper, payload, length=None, first=0x60):
    length = len(payload) if length is None else length
    return struct.pack(">BBHHBB", first, 0, 0, length, upper, 64) + \
        SRC6 + DST6 + payload


def extension(kind, upper, fragment=0, units=None):
    """One extension header, with another one or the upper one behind it."""
    if kind == FRAGMENT:
        return struct.pack(">BBHI", upper, 0, fragment, 99)
    if kind == AH:
        body = words(0, 0, 256, 0, 1) + bytes(12)
        return bytes([upper, 4 if units is None else units]) + body
    if kind == ROUTING:
        return bytes([upper, 2 if units is None else units, 4, 0]) + bytes(20)
    return bytes([upper, 0 if units is None else units, 1, 4]) + bytes(4)


def chain(kinds, upper, payload, fragment=0):
    """Returns the type of the first header, and all of them."""
    for kind in reversed(kinds):
        payload = extension(kind, upper, fragment) + payload
        upper = kind
    return upper, payload


def ethernet(ethertype, body):
    if ethertype is LLC:
        return MACS + words(len(body)) + body
    return MACS + words(ethertype) + body


def typed(ethertype, body):
    """An EtherType, or a length, and what it tells of."""
    return words(len(body) if ethertype is LLC else ethertype) + body


def tag(own, front):
    return lambda kind, body: (own, front + typed(kind, body))


def label(own, *values):
    def put(kind, body):
        if kind not in (IPV4, IPV6, MPLS, 0x8848):
            # An Ethernet frame, with a control word.
            body = bytes(4) + ethernet(kind, body)
        bottom = kind not in (MPLS, 0x8848)
        for n, value in enumerate(reversed(values)):
            body = struct.pack(">I", value << 12 | 0x40 |
                               (bottom and not n) << 8) + body
        return own, body
    return put


def pppoe(short=False):
    def put(kind, body):
        number = {IPV4: 0x21, IPV6: 0x57, MPLS: 0x281, 0x8848: 0x283}.get(kind)
        if number is None:
            number, body = 0xc021, bytes([9, 1, 0, 8]) + bytes(4)
        head = bytes([number]) if short and number < 256 else words(number)
        body = head + body
        return 0x8864, struct.pack(">BBHH", 0x11, 0, 1, len(body)) + body
    return put


def snap(organization):
    def put(kind, body):
        if kind is LLC:
            return LLC, body
        return LLC, b"\xaa\xaa\x03" + organization + words(kind) + body
    return put


def llc_ip(kind, body):
    if kind == IPV4:
        return LLC, b"\x06\x06\x03" + body
    return kind, body


def macsec(flags, sci):
    return lambda kind, body: (0x88e5, bytes([flags, 0]) + bytes(4) + sci +
                               typed(kind, body) + bytes(16))


def trill(options):
    def put(kind, body):
        return 0x22f3, words(len(options) // 4 << 6 | 60, 1, 2) + options + \
            ethernet(kind, body)
    return put


def nsh(kind, body):
    number = {IPV4: 1, IPV6: 2, 0x894f: 4, MPLS: 5}.get(kind)
    if number is None:
        number, body = 3, ethernet(kind, body)
    return 0x894f, bytes([0x0f, 0xc6, 1, number]) + bytes(20) + body


def channel(kind, body):
    """The associated channel of a pseudowire."""
    number = {IPV4: 0x21, IPV6: 0x57}.get(kind, 7)
    return MPLS, struct.pack(">I", 13 << 12 | 0x140) + \
        words(0x1000, number) + body


def pseudowire(kind, body):
    """Without a control word."""
    return MPLS, struct.pack(">I", 99 << 12 | 0x140) + ethernet(kind, body)


FRONTS = {
    "802.1Q": tag(0x8100, words(0x2064)),
    "802.1ad": tag(0x88a8, words(200)),
    "9100": tag(0x9100, words(300)),
    "R-TAG": tag(0xf1c1, words(0, 5)),
    "HSR": tag(0x892f, words(0x1034, 6)),
    "E-TAG": tag(0x893f, words(0, 7, 0)),
    "VN-Tag": tag(0x8926, words(0, 8)),
    "metadata": tag(0x8909, bytes([1, 1]) + words(1, 9)),
    "802.1ah": tag(0x88e7, struct.pack(">I", 4096) + MACS),
    "label": label(MPLS, 1000),
    "labels": label(MPLS, 16, 17, 1048575),
    "multicast label": label(0x8848, 18),
    "explicit null": label(MPLS, 0),
    "entropy label": label(MPLS, 7, 54321),
    "PPPoE": pppoe(),
    "PPPoE, short": pppoe(short=True),
    "SNAP": snap(bytes(3)),
    "802.1H": snap(b"\0\0\xf8"),
    "LLC": llc_ip,
    "MACsec": macsec(0, b""),
    "MACsec, SCI": macsec(0x20, bytes(8)),
    "MACsec, encrypted": macsec(0x0c, b""),
    "TRILL": trill(b""),
    "TRILL, options": trill(bytes(8)),
    "NSH": nsh,
    "channel": channel,
    "pseudowire": pseudowire,
    "time stamp": tag(0xd28b, words(1, 0x10, 0, 0, 0, 0)),
    "short time stamp": tag(0xd28b, words(1, 0x120, 0, 0, 0)),
}


def packets():
    """Every protocol behind every header that there may be."""
    for upper, payload in UPPER.items():
        yield IPV4, ipv4(upper, payload)
        yield IPV4, ipv4(upper, payload, options=bytes([7, 7, 4]) + bytes(5))
        yield IPV6, ipv6(upper, payload)
        for kind in EXTENSIONS:
            yield IPV6, ipv6(*chain([kind], upper, payload))
        yield IPV4, ipv4(*chain([AH], upper, payload))
        yield IPV6, ipv6(*chain([HOP, DEST, ROUTING, FRAGMENT, AH, DEST],
                                upper, payload))
    for fragment in (0x2000, 0x2001, 1, 185):
        yield IPV4, ipv4(UDP, UPPER[UDP], fragment=fragment)
        yield IPV4, ipv4(*chain([AH], UDP, UPPER[UDP]), fragment=fragment)
    for fragment in (1, 9, 8, 1480, 2):
        for kinds in ([FRAGMENT], [HOP, FRAGMENT], [FRAGMENT, DEST],
                      [FRAGMENT, FRAGMENT]):
            yield IPV6, ipv6(*chain(kinds, UDP, UPPER[UDP], fragment))
        # The chain goes on in the next fragment.
        yield IPV6, ipv6(FRAGMENT, extension(FRAGMENT, DEST, fragment) +
                         extension(DEST, UDP, units=3))
    yield IPV6, ipv6(*chain([DEST] * 20, UDP, UPPER[UDP]))


def lengths():
    """Lengths that do not fit."""
    tcp = UPPER[TCP]
    for size in (0, 1, 19, 20, 21, 23, 24, 39, 40, 41, 60, 65535):
        yield IPV4, ipv4(TCP, tcp, length=size)
        yield IPV4, ipv4(UDP, UPPER[UDP], length=size)
        yield IPV4, ipv4(ICMP, UPPER[ICMP], length=size) + bytes(30)
        yield IPV6, ipv6(TCP, tcp, length=size)
        yield IPV6, ipv6(UDP, UPPER[UDP], length=size) + bytes(30)
        yield IPV6, ipv6(HOP, extension(HOP, TCP) + tcp, length=size)
    for first in (0x00, 0x40, 0x44, 0x4f, 0x55, 0x60, 0x65):
        yield IPV4, ipv4(TCP, tcp, first=first)
        yield IPV6, ipv6(TCP, tcp, first=first)
    for kind in EXTENSIONS:
        for units in (0, 1, 2, 3, 4, 5, 255):
            yield IPV6, ipv6(kind, extension(kind, TCP, units=units) + tcp)
    for size in (0, 40, 65535, 65536, 66000, 0x80000000, 0xffffffff):
        option = bytes([TCP, 0, 0xc2, 4]) + struct.pack(">I", size)
        yield IPV6, ipv6(HOP, option + tcp + bytes(65508), length=0)
    option = bytes([TCP, 1, 1, 0, 0, 0, 5, 2, 0, 0, 0xc2, 4]) + \
        struct.pack(">I", 16 + 20 + 65508)
    yield IPV6, ipv6(HOP, option + tcp + bytes(65508), length=0)


def encapsulated():
    whole = [(IPV4, ipv4(TCP, UPPER[TCP] + bytes(20))),
             (IPV6, ipv6(UDP, UPPER[UDP])),
             (0x0806, bytes(28)), (0x88b5, bytes(40))]
    for outer in FRONTS.values():
        for kind, body in whole:
            yield outer(kind, body)
            for inner in FRONTS.values():
                yield outer(*inner(kind, body))
    for name in ("802.1Q", "label", "802.1ad"):
        for depth in (8, 20, 31):
            kind, body = whole[0]
            for _ in range(depth):
                kind, body = FRONTS[name](kind, body)
            yield kind, body


def cut():
    """Frames that end anywhere."""
    some = [ipv6(*chain([HOP, ROUTING, FRAGMENT, AH, DEST], TCP, UPPER[TCP])),
            ipv6(*chain([FRAGMENT, DEST], UDP, UPPER[UDP], 1))]
    frames = [ethernet(IPV6, one) for one in some]
    frames.append(ethernet(IPV4, ipv4(TCP, UPPER[TCP], options=bytes(12))))
    for front in FRONTS.values():
        frames.append(ethernet(*front(IPV4, ipv4(UDP, UPPER[UDP]))))
        frames.append(ethernet(*front(IPV6, ipv6(UDP, UPPER[UDP]))))
    for frame in frames:
        for size in range(14, len(frame)):
            yield frame[:size]


def broken(chance):
    """Everything above, stacked and broken by chance."""
    inner = list(packets()) + [p for p in lengths() if len(p[1]) < 2000]
    for _ in range(COUNT):
        kind, body = chance.choice(inner)
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
            kind, body = chance.choice(list(FRONTS.values()))(kind, body)
        frame = bytearray(ethernet(kind, body + bytes(chance.randrange(9))))
        for _ in range(chance.choice((0, 1, 1, 2, 4))):
            at = chance.randrange(12, min(len(frame), 120))
            frame[at] = chance.choice((0, 255, frame[at] ^ 1,
                                       chance.randrange(256)))
        if chance.random() < .1:
            del frame[chance.randrange(14, len(frame)):]
        yield bytes(frame)


def save(path, frames):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for n, frame in enumerate(frames):
            out.write(struct.pack("<IIII", n, 0, len(frame), len(frame)))
            out.write(frame)
    return path


def write(directory):
    """Writes all captures, returns their names."""
    chance = random.Random(SEED)
    kinds = {"packets": (ethernet(*p) for p in packets()),
             "lengths": (ethernet(*p) for p in lengths()),
             "encapsulated": (ethernet(*p) for p in encapsulated()),
             "cut": cut(), "broken": broken(chance)}
    return [save(os.path.join(directory, f"{name}.pcap"), frames)
            for name, frames in kinds.items()]


if __name__ == "__main__":
    print("\n".join(write(sys.argv[1])))
