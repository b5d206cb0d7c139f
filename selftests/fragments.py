#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Sends UDP datagrams in fragments, in an order that is asked for.

Usage: fragments.py DEVICE ROUTER-MAC SOURCE DESTINATION ORDER DATAGRAM...

DATAGRAM is ID:DEST-PORT:PARTS. ORDER is "straight", "reverse", "last" (the
last fragment of each comes first), "first" (only that), or "late" (of each all
but the first). The
datagrams are interleaved: first one fragment of each, then the next of each.
A fragment has 64 bytes of payload, the ports with the first.
"""

import ipaddress
import itertools
import socket
import struct
import sys

PART = 64


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source, destination, ident, offset, more, payload):
    fields = (0x45, 0, 20 + len(payload), ident,
              more << 13 | offset // 8, 64, socket.IPPROTO_UDP)
    ends = source.packed + destination.packed
    header = struct.pack("!BBHHHBBH", *fields, 0) + ends
    return struct.pack("!BBHHHBBH", *fields,
                       checksum(header)) + ends + payload


def ipv6(source, destination, ident, offset, more, payload):
    return (struct.pack("!IHBB", 6 << 28, 8 + len(payload), 44, 64)
            + source.packed + destination.packed
            + struct.pack("!BBHI", socket.IPPROTO_UDP, 0, offset | more,
                          ident) + payload)


def fragments(source, destination, ident, port, parts):
    make = ipv4 if source.version == 4 else ipv6
    length = PART * parts
    data = struct.pack("!HHHH", 4000, port, length, 0)
    data += bytes(ident + i & 0xFF for i in range(length - len(data)))
    return [make(source, destination, ident, i * PART, i < parts - 1,
                 data[i * PART:(i + 1) * PART]) for i in range(parts)]


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
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((device, 0))
    own = wire.getsockname()[4]
    ethernet = bytes.fromhex(mac.replace(":", "")) + own + struct.pack(
        "!H", 0x0800 if source.version == 4 else 0x86DD)
    queues = [ORDERS[order](fragments(source, destination,
                                      *map(int, d.split(":"))))
              for d in datagrams]
    for row in itertools.zip_longest(*queues):
        for packet in filter(None, row):
            wire.send(ethernet + packet)


main()
