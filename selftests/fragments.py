#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Sends UDP datagrams in fragments, in an order that is asked for.

Usage: fragments.py DEVICE ROUTER-MAC SOURCE DESTINATION ORDER DATAGRAM...

DATAGRAM is ID:DEST-PORT:PARTS, or ID:DEST-PORT:PARTS:options: then, with IPv6,
there are destination options in front of UDP, and only the first fragment tells
that there is UDP. ORDER is "straight", "reverse", "last" (the
last fragment of each comes first), "first" (only that), or "late" (of each all
but the first). The
datagrams are interleaved: first one fragment of each, then the next of each.
A fragment has 64 bytes of payload, the ports with the first.
"""

import ipaddress
import itertools
import sys

from rawip import FRAGMENT, UDP, Wire, fragment6, ipv4, ipv6, udp

PART = 64
OPTIONS = 60
PADDING = bytes((UDP, 0, 1, 4, 0, 0, 0, 0))


def fragment(source, destination, ident, offset, more, payload, protocol):
    if source.version == 4:
        return ipv4(source, destination, payload, ident=ident,
                    frag=more << 13 | offset // 8)
    return ipv6(source, destination,
                fragment6(payload, ident, offset | more, protocol),
                protocol=FRAGMENT)


def fragments(source, destination, ident, port, parts, options=None):
    front = PADDING if options else b""
    length = PART * int(parts) - len(front)
    ident = int(ident)
    data = front + udp(int(port), bytes(ident + i & 0xFF
                                        for i in range(8, length)))
    return [fragment(source, destination, ident, i, i + PART < len(data),
                     data[i:i + PART], OPTIONS if options else UDP)
            for i in range(0, len(data), PART)]


ORDERS = {
    "straight": lambda f: f,
    "reverse": lambda f: f[::-1],
    "last": lambda f: f[-1:] + f[:-1],
    "first": lambda f: f[:1],
    "late": lambda f: f[1:],
}


def main():
    device, mac, source, destination, order, *datagrams = sys.argv[1:]
    source = ipaddress.ip_address(source)
    destination = ipaddress.ip_address(destination)
    wire = Wire(device, mac)
    queues = [ORDERS[order](fragments(source, destination,
                                      *d.split(":")))
              for d in datagrams]
    for row in itertools.zip_longest(*queues):
        for packet in filter(None, row):
            wire.send(packet)


main()
