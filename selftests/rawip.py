# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Packets by hand, for tests: right by default, wrong where they are told."""

import ipaddress
import socket
import struct

UDP, FRAGMENT = socket.IPPROTO_UDP, 44


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def packed(address):
    return ipaddress.ip_address(str(address)).packed


def sealed(packet):
    """An IPv4 packet, its header checksum made right."""
    end = max(20, (packet[0] & 15) * 4)
    packet = packet[:10] + b"\0\0" + packet[12:]
    return packet[:10] + struct.pack("!H", checksum(packet[:end])) + packet[12:]


def ipv4(source, destination, payload, protocol=UDP, ident=0, frag=0, ttl=64,
         options=b"", first=None, length=None):
    """FRAG is the word of flags and offset, FIRST the first byte."""
    if first is None:
        first = 0x45 + len(options) // 4
    if length is None:
        length = 20 + len(options) + len(payload)
    return sealed(struct.pack("!BBHHHBBH", first, 0, length & 0xFFFF, ident,
                              frag, ttl, protocol, 0)
                  + packed(source) + packed(destination) + options) + payload


def ipv6(source, destination, payload, protocol=UDP, ttl=64, flow=0,
         length=None):
    if length is None:
        length = len(payload)
    return (struct.pack("!IHBB", 6 << 28 | flow, length, protocol, ttl)
            + packed(source) + packed(destination) + payload)


def fragment6(payload, ident, frag, protocol=UDP):
    """What follows the IPv6 header; FRAG: offset in bytes, bit 0: more."""
    return struct.pack("!BBHI", protocol, 0, frag, ident) + payload


def udp(port, data=b"", length=None, source=4000):
    if length is None:
        length = 8 + len(data)
    return struct.pack("!HHHH", source, port, length, 0) + data


class Wire:
    """A device to send frames by."""

    def __init__(self, device, mac):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind((device, 0))
        self.ends = (bytes.fromhex(mac.replace(":", ""))
                     + self.socket.getsockname()[4])

    def send(self, packet, version=None):
        if version is None:
            version = packet[0] >> 4
        kind = 0x86DD if version == 6 else 0x0800
        self.socket.send(self.ends + struct.pack("!H", kind) + packet)
