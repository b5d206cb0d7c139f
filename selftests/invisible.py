#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Both ends of some connections, always the same to the byte.

Usage: invisible.py STAGE DEVICE ROUTER-MAC

Sends what one end says in a stage: target in those that are even, server in the
others. Each ends with a datagram to port 7. Started by invisible-path.sh.
"""

import itertools
import struct
import sys

from rawip import Wire, checksum, fragment6, ipv4, ipv6, packed, udp

ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
SYN, ACK, FIN = 2, 16, 1
DF, MORE, MTU = 0x4000, 0x2000, 1500
TARGET = {4: "192.0.2.2", 6: "2001:db8:1::2"}
SERVER = {4: "198.51.100.2", 6: "2001:db8:2::2"}
# The way there takes no more than 1400 bytes, or there is none.
NARROW = {4: "198.51.100.8", 6: "2001:db8:2::8"}
NOWHERE = {4: "198.51.100.200", 6: "2001:db8:2::c8"}


def text(size):
    return bytes(i % 251 for i in range(size))


class End:
    def __init__(self, family, here, there, wire):
        self.family = family
        self.here, self.there = here[family], there[family]
        self.wire = wire
        self.number = itertools.count(0x1000)
        self.room = MTU - (20 if family == 4 else 40)

    def sum(self, protocol, data, at):
        """The same, with its checksum at a place where it has zeros."""
        ends = packed(self.here) + packed(self.there)
        ends += struct.pack("!II", len(data), protocol)
        if protocol == ICMP:
            ends = b""
        return data[:at] + struct.pack("!H", checksum(ends + data)) + data[
            at + 2:]

    def packet(self, protocol, data, frag=0, ttl=64):
        if self.family == 6:
            self.wire.send(ipv6(self.here, self.there, data, protocol, ttl))
        else:
            self.wire.send(ipv4(self.here, self.there, data, protocol,
                                next(self.number), frag, ttl))

    def datagram(self, size, port=9, **more):
        data = self.sum(UDP, udp(port, text(size - 8)), 6)
        self.packet(UDP, data, **more)

    def elsewhere(self, there, size, **more):
        self.there, kept = there[self.family], self.there
        self.datagram(size, **more)
        self.there = kept

    def ping(self, number, reply, size=64):
        kind, protocol = (8 - 8 * reply, ICMP) if self.family == 4 else (
            128 + reply, ICMP6)
        data = struct.pack("!BBHHH", kind, 0, 0, 77, number) + text(size)
        self.packet(protocol, self.sum(protocol, data, 2))

    def segment(self, ports, seq, ack, flags, size=0):
        data = struct.pack("!HHIIBBHHH", *ports, seq, ack, 0x50, flags, 65000,
                           0, 0) + text(size)
        self.packet(TCP, self.sum(TCP, data, 16), DF)

    def pieces(self, order, ident):
        """A datagram of 4000 bytes, whose three fragments come in any order."""
        data = self.sum(UDP, udp(9, text(4000 - 8)), 6)
        cut = 1448
        for i in order:
            part, more = data[i * cut:(i + 1) * cut], (i + 1) * cut < len(data)
            if self.family == 6:
                self.packet(44, fragment6(part, ident, i * cut | more))
            else:
                self.wire.send(ipv4(self.here, self.there, part, UDP, ident,
                                    i * cut // 8 | MORE * more))


def greet(end):
    end.segment((4000, 80), 1000, 0, SYN)
    for i in range(20):
        end.datagram(500 + i, frag=DF * (i % 2), ttl=64 - i)
    end.datagram(end.room, frag=DF)
    end.datagram(end.room)
    for i in range(4):
        end.ping(i, False)
    end.ping(4, False, end.room - 8)
    end.pieces((0, 1, 2), 0x2000)
    end.pieces((2, 0, 1), 0x2001)
    for i in range(3):
        end.datagram(100, ttl=1)
        end.elsewhere(NARROW, end.room, frag=DF)
        end.elsewhere(NARROW, end.room)
        end.elsewhere(NOWHERE, 300 + i)


def answer(end):
    end.segment((80, 4000), 5000, 1001, SYN | ACK)
    for i in range(10):
        end.datagram(700 + i, ttl=64 - i)
    for i in range(4):
        end.ping(i, True)
    end.ping(4, True, end.room - 8)
    end.pieces((1, 2, 0), 0x3000)


def request(end):
    end.segment((4000, 80), 1001, 5001, ACK)
    size = end.room - 20
    for i in range(10):
        end.segment((4000, 80), 1001 + i * size, 5001, ACK, size)
    end.segment((4000, 80), 1001 + 10 * size, 5001, FIN | ACK)


def agree(end):
    size = 10 * (end.room - 20)
    end.segment((80, 4000), 5001, 1001 + size, ACK)
    end.segment((80, 4000), 5001, 1002 + size, ACK, 800)
    end.segment((80, 4000), 5801, 1002 + size, FIN | ACK)


def part(end):
    end.segment((4000, 80), 1002 + 10 * (end.room - 20), 5802, ACK)


def main(stage, device, mac):
    say = (greet, answer, request, agree, part)[int(stage)]
    ends = (TARGET, SERVER) if int(stage) % 2 == 0 else (SERVER, TARGET)
    wire = Wire(device, mac)
    for family in (4, 6):
        say(End(family, *ends, wire))
    End(6, *ends, wire).datagram(8, port=7)


main(*sys.argv[1:])
