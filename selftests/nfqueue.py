#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Holds the packets of an NFQUEUE until COUNT of them wait, then lets them go.

Usage: nfqueue.py QUEUE COUNT

Says "ready" once it takes packets, and the number that wait whenever that is a
power of two. After the first COUNT, packets are let go at once.
"""

import socket
import struct
import sys

NETLINK_NETFILTER = 12
NFNL_SUBSYS_QUEUE = 3 << 8
PACKET, VERDICT, CONFIG = 0, 1, 2
NF_ACCEPT = 1


def message(kind, queue, kind_of_attribute, value, flags=1):
    attribute = struct.pack("=HH", 4 + len(value), kind_of_attribute) + value
    attribute += bytes(-len(attribute) % 4)
    body = struct.pack("=BB", 0, 0) + struct.pack("!H", queue) + attribute
    return struct.pack("=IHHII", 16 + len(body), NFNL_SUBSYS_QUEUE | kind,
                       flags, 0, 0) + body


def configure(wire, queue):
    bind = struct.pack("!BBH", 1, 0, 0)
    metadata_only = struct.pack("!IB", 0, 1)
    for attribute, value in ((1, bind), (2, metadata_only),
                             (3, struct.pack("!I", 100000))):
        wire.send(message(CONFIG, queue, attribute, value, flags=5))
        answer = wire.recv(65536)
        error, = struct.unpack_from("=i", answer, 16)
        if error:
            sys.exit(f"nfqueue: {-error}")


def packets(data):
    while len(data) >= 20:
        length, kind = struct.unpack_from("=IH", data)
        if kind == NFNL_SUBSYS_QUEUE | PACKET:
            attributes = data[20:length]
            while len(attributes) >= 4:
                size, which = struct.unpack_from("=HH", attributes)
                if which & 0x3FFF == 1:
                    yield struct.unpack_from("!I", attributes, 4)[0]
                attributes = attributes[(size + 3) & ~3:]
        data = data[(length + 3) & ~3:]


def main():
    queue, count = map(int, sys.argv[1:])
    wire = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    wire.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
    wire.bind((0, 0))
    configure(wire, queue)
    print("ready", flush=True)
    waiting, held = [], True
    while True:
        for ident in packets(wire.recv(1 << 20)):
            waiting.append(ident)
            if held and len(waiting) & len(waiting) - 1 == 0:
                print(len(waiting), flush=True)
        if held and len(waiting) < count:
            continue
        held = False
        for ident in waiting:
            wire.send(message(VERDICT, queue, 2,
                              struct.pack("!II", NF_ACCEPT, ident)))
        waiting = []


main()
