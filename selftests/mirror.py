#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Sends frames as a mirror port does: those of others, of all kinds.

Usage: mirror.py DEVICE FRAME...        sends them, in this order
       mirror.py -f FRAME...            prints the frames in hex
       mirror.py -i FRAME...            prints the IP packets in them in hex

FRAME is the name of one (see FRAMES), NAME@MAC for one to this address, or
NAME=ADDRESS where it asks for an IPv4 address or goes there. Frames of IP are
UDP to port 53.
"""

import ipaddress
import socket
import struct
import sys

OTHER = bytes.fromhex("020000000099")
SENDER = bytes.fromhex("020000000098")
IPV4, ARP, IPV6, LLDP = 0x0800, 0x0806, 0x86DD, 0x88CC
VLAN, QINQ, MPLS, PPPOE = 0x8100, 0x88A8, 0x8847, 0x8864


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(source, destination, payload):
    """A datagram with its checksum."""
    pseudo = (source.packed + destination.packed +
              struct.pack("!IHBB", 8 + len(payload), 0, 0, 17))
    head = struct.pack("!HHH", 4000, 53, 8 + len(payload))
    total = checksum(pseudo + head + bytes(2) + payload)
    return head + struct.pack("!H", total or 0xFFFF) + payload


def ipv4(name, to="198.51.100.2"):
    source = ipaddress.ip_address("192.0.2.2")
    destination = ipaddress.ip_address(to)
    body = udp(source, destination, name.encode().ljust(64, b"."))
    ends = source.packed + destination.packed
    fields = (0x45, 0, 20 + len(body), 1, 0, 64, 17)
    total = checksum(struct.pack("!BBHHHBBH", *fields, 0) + ends)
    return struct.pack("!BBHHHBBH", *fields, total) + ends + body


def ipv6(name):
    source = ipaddress.ip_address("2001:db8:1::2")
    destination = ipaddress.ip_address("2001:db8:2::2")
    body = udp(source, destination, name.encode().ljust(64, b"."))
    return (struct.pack("!IHBB", 6 << 28, len(body), 17, 64) +
            source.packed + destination.packed + body)


def arp(address):
    return (struct.pack("!HHBBH", 1, IPV4, 6, 4, 1) + SENDER + bytes(4) +
            bytes(6) + ipaddress.ip_address(address).packed)


def tag(kind, number):
    """A VLAN tag and the EtherType that comes behind it."""
    return struct.pack("!H", number) + struct.pack("!H", kind)


def pppoe(packet):
    return struct.pack("!BBHHH", 0x11, 0, 7, len(packet) + 2, 0x21) + packet


LABEL = struct.pack("!I", 16 << 12 | 1 << 8 | 64)

# EtherType, what is in front of the IP packet, the IP packet.
FRAMES = {
    "udp4": lambda name, to: (IPV4, b"", ipv4(name, to or "198.51.100.2")),
    "udp6": lambda name, to: (IPV6, b"", ipv6(name)),
    "vlan4": lambda name, to: (VLAN, tag(IPV4, 0x6005), ipv4(name)),
    "vlan6": lambda name, to: (VLAN, tag(IPV6, 0x0005), ipv6(name)),
    "qinq4": lambda name, to: (QINQ, tag(VLAN, 100) + tag(IPV4, 5),
                               ipv4(name)),
    "qinq6": lambda name, to: (QINQ, tag(VLAN, 100) + tag(IPV6, 5),
                               ipv6(name)),
    "mpls4": lambda name, to: (MPLS, LABEL, ipv4(name)),
    "pppoe4": lambda name, to: (PPPOE, pppoe(b""), ipv4(name)),
    "arp": lambda name, to: (ARP, arp(to or "198.51.100.2"), b""),
    "lldp": lambda name, to: (LLDP, b"\x02\x07\x04" + SENDER + bytes(30),
                              b""),
}


def build(word):
    """A frame and the IP packet in it."""
    name, _, mac = word.partition("@")
    name, _, address = name.partition("=")
    kind, front, packet = FRAMES[name](name, address)
    if name == "pppoe4":
        front = pppoe(packet)[:8]
    there = bytes.fromhex(mac.replace(":", "")) if mac else OTHER
    return (there + SENDER + struct.pack("!H", kind) + front + packet,
            packet)


def main():
    where, words = sys.argv[1], sys.argv[2:]
    if where in ("-f", "-i"):
        for frame, packet in map(build, words):
            text = (frame if where == "-f" else packet).hex()
            if text:
                print(text)
        return
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind((where, 0))
        for frame, _ in map(build, words):
            sock.send(frame)


if __name__ == "__main__":
    main()
