#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Judges copies on the wire, with scapy: formats.py ORIGINALS COPIES.

ORIGINALS is what came in at the router, COPIES what arrived at mediation. Each
packet is due to six destinations, one for each format over IPv4 and IPv6, as
formats.sh adds them: for filter 1 if it is IPv4, for filter 2, which has ids,
if it is IPv6, and as a frame for filter 3.

Writes a line for each format, outer and inner protocol: its name, a tab, and
what is wrong, which is nothing if the copies are those and only those, to the
byte. With -n, only lists the numbers that copies of format dfc have, filter by
filter."""

import struct
import sys
import time

from scapy.contrib.etherip import EtherIP
from scapy.layers.inet import IP, UDP, defragment
from scapy.layers.inet6 import (IPv6, IPv6ExtHdrFragment, defragment6,
                                in6_chksum)
from scapy.utils import checksum, rdpcap

FORMATS = ("udp", "ipip", "dfc")
ADDRESSES = {4: ("203.0.113.1", "203.0.113.2"),
             6: ("2001:db8:3::1", "2001:db8:3::2")}
IDS = (0x12345678, 0x9abcdef0)
INNER = {1: "IPv4", 2: "IPv6", 3: "frame"}
HEADER = struct.Struct("!BBBBIQQII")


def fields(family, name):
    """What formats.sh has said of a destination: port, TTL, DSCP."""
    number = 3 * (family == 6) + FORMATS.index(name) + 1
    return 8000 + number, 60 + number, 10 * number


def originals(path):
    """The bytes due to each filter, in the order in which they came."""
    due = {1: [], 2: [], 3: []}
    for frame in rdpcap(path):
        due[3].append(frame.original)
        for number, layer in (1, IP), (2, IPv6):
            if isinstance(frame.payload, layer):
                due[number].append(frame.original[14:])
    return due


def whole(path):
    """The outer packets of a capture, put together."""
    packets, pieces = [], {}
    for frame in rdpcap(path):
        if isinstance(frame.payload, IP):
            packets.append(IP(frame.original[14:]))
        elif isinstance(frame.payload, IPv6):
            packet = IPv6(frame.original[14:])
            if isinstance(packet.payload, IPv6ExtHdrFragment):
                pieces.setdefault(packet.payload.id, []).append(packet)
            else:
                packets.append(packet)
    old = [packet for packet in packets if packet.version == 4]
    new = [packet for packet in packets if packet.version == 6]
    new += [IPv6(bytes(defragment6(one))) for one in pieces.values()]
    return [IP(bytes(packet)) for packet in defragment(old)] + new


def outer_complaints(packet, family, name):
    """What is wrong with the outer headers."""
    raw = bytes(packet)
    port, ttl, dscp = fields(family, name)
    if (packet.src, packet.dst) != ADDRESSES[family]:
        yield f"from {packet.src} to {packet.dst}"
    if family == 4:
        if packet.ihl != 5 or packet.len != len(raw) or checksum(raw[:20]):
            yield "IPv4 header"
        if (packet.ttl, packet.tos) != (ttl, dscp << 2):
            yield f"TTL {packet.ttl}, TOS {packet.tos}"
        if packet.flags or packet.frag:
            yield "still a fragment, or not to be fragmented"
    else:
        if packet.plen + 40 != len(raw) or packet.fl:
            yield "IPv6 header"
        if (packet.hlim, packet.tc) != (ttl, dscp << 2):
            yield f"hop limit {packet.hlim}, class {packet.tc}"
    if name == "ipip":
        return
    udp = raw[20:] if family == 4 else raw[40:]
    source, _, length, check = struct.unpack("!HHHH", udp[:8])
    if source != port + 1000 or length != len(udp):
        yield f"UDP from {source}, {length} bytes"
    if check and family == 4 or family == 6 and (
            not check or in6_chksum(17, packet, udp)):
        yield f"UDP checksum {check:#x}"


def select(packets, family, name):
    """The payloads that copies to a destination have, by outer protocol."""
    port = fields(family, name)[0]
    for packet in packets:
        if packet.version != family:
            continue
        protocol = packet.proto if family == 4 else packet.nh
        payload = bytes(packet)[20 if family == 4 else 40:]
        if name == "ipip" and protocol in (4, 41, 97):
            yield packet, protocol, payload
        elif name != "ipip" and protocol == 17 and packet[UDP].dport == port:
            yield packet, protocol, payload[8:]


def open_dfc(payload):
    """The filter and the number of a copy, what is wrong, and the rest."""
    (magic, version, content, words, number, count, when, intercept,
     session) = HEADER.unpack(payload[:HEADER.size])
    wrong = []
    if (magic, version, words) != (223, 1, 8):
        wrong.append(f"header {magic} {version} {words}")
    if content != {1: 4, 2: 6, 3: 1}.get(number):
        wrong.append(f"content {content} of filter {number}")
    if (intercept, session) != (IDS if number == 2 else (0, 0)):
        wrong.append(f"ids {intercept:#x} {session:#x}")
    return number, count, when, wrong, payload[HEADER.size:]


def open_one(name, packet, protocol, payload, due):
    """The filter that a copy is of, its number and time, and the original."""
    if name == "dfc":
        return open_dfc(payload)
    if name == "ipip":
        number = {4: 1, 41: 2, 97: 3}[protocol]
        if number != 3:
            return number, 0, 0, [], payload
        header = EtherIP(payload)
        wrong = ([] if header.version == 3 and not header.reserved
                 else [f"EtherIP {payload[:2].hex()}"])
        return number, 0, 0, wrong, payload[2:]
    ids = struct.pack("!II", *IDS)
    if payload.startswith(ids):
        return 2, 0, 0, [], payload[len(ids):]
    return 1 if payload in due[1] else 3, 0, 0, [], payload


def judge(packets, due, family, name):
    """What is wrong with the copies for each filter."""
    wrong = {number: [] for number in due}
    got = {number: [] for number in due}
    for packet, protocol, payload in select(packets, family, name):
        number, count, when, bad, rest = open_one(name, packet, protocol,
                                                  payload, due)
        if number not in due:
            wrong[1].append(f"filter {number}")
            continue
        wrong[number] += bad + list(outer_complaints(packet, family, name))
        got[number].append((count, when, rest))
        if name == "dfc" and abs(time.time() - when / 1e9) > 3600:
            wrong[number].append(f"time {when}")
    for number, copies in got.items():
        copies.sort(key=lambda copy: copy[0])
        if name == "dfc":
            numbers = [copy[0] for copy in copies]
            if numbers != list(range(1, len(numbers) + 1)):
                wrong[number].append(f"numbers {numbers}")
            times = [copy[1] for copy in copies]
            if times != sorted(times):
                wrong[number].append("times go back")
            same = [copy[2] for copy in copies] == due[number]
        else:
            same = sorted(copy[2] for copy in copies) == sorted(due[number])
        if not same or not due[number]:
            wrong[number].append(f"{len(copies)} copies of "
                                 f"{len(due[number])} packets are not those")
    return wrong


def numbers(packets):
    """Lists what came of each filter, by format dfc over IPv4."""
    found = {}
    for _, _, payload in select(packets, 4, "dfc"):
        number, count, *_ = open_dfc(payload)
        found.setdefault(number, []).append(count)
    for number, counts in sorted(found.items()):
        print(number, *sorted(counts))


def main():
    if sys.argv[1] == "-n":
        return numbers(whole(sys.argv[2]))
    due, packets = originals(sys.argv[1]), whole(sys.argv[2])
    for family in ADDRESSES:
        for name in FORMATS:
            for number, wrong in judge(packets, due, family, name).items():
                print(f"{name} over IPv{family}, {INNER[number]}",
                      "; ".join(dict.fromkeys(wrong)), sep="\t")
    return None


if __name__ == "__main__":
    main()
