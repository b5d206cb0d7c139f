#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Sends UDP datagrams in frames, and tells what frames a capture has.

Usage: bridge.py send DEVICE FRAME...
       bridge.py list FILE

FRAME is MAC/SOURCE/DESTINATION/PORT[/TAG...]: addresses of IPv4 or IPv6, tags
of 802.1Q or, as "s100", of 802.1ad. Frames have 64 bytes on the wire at least.

list prints "SOURCE-MAC DESTINATION-MAC TAGS PACKET" for each frame of UDP and
each fragment of it, the packet in hex, without what fills the frame up.
"""

import ipaddress
import socket
import struct
import sys

TAGS = {0x8100: "", 0x88A8: "s"}


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(source, destination, port):
    data = f"port {port}".encode()
    length = 8 + len(data)
    pseudo = source.packed + destination.packed + struct.pack(
        "!II", length, socket.IPPROTO_UDP)
    head = struct.pack("!HHH", 4000, port, length)
    return head + struct.pack("!H", checksum(
        pseudo + head + bytes(2) + data) or 0xFFFF) + data


def packet(source, destination, port):
    data = udp(source, destination, port)
    ends = source.packed + destination.packed
    if source.version == 6:
        return struct.pack("!IHBB", 6 << 28, len(data), socket.IPPROTO_UDP,
                           64) + ends + data
    fields = (0x45, 0, 20 + len(data), port, 0, 64, socket.IPPROTO_UDP)
    head = struct.pack("!BBHHHBBH", *fields, 0) + ends
    return struct.pack("!BBHHHBBH", *fields, checksum(head)) + ends + data


def tag(word):
    proto = 0x88A8 if word.startswith("s") else 0x8100
    return struct.pack("!HH", proto, int(word.lstrip("s")))


def send(device, *frames):
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((device, 0))
    own = wire.getsockname()[4]
    for frame in frames:
        mac, source, destination, port, *tags = frame.split("/")
        source = ipaddress.ip_address(source)
        data = packet(source, ipaddress.ip_address(destination), int(port))
        kind = 0x0800 if source.version == 4 else 0x86DD
        head = bytes.fromhex(mac.replace(":", "")) + own + b"".join(
            map(tag, tags)) + struct.pack("!H", kind)
        wire.send((head + data).ljust(60, b"\xff"))


def frames_of(name):
    with open(name, "rb") as file:
        data = file.read()
    at = 24
    while at + 16 <= len(data):
        length = struct.unpack_from("=I", data, at + 8)[0]
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def is_udp(data):
    if data[0] >> 4 == 4:
        return data[9] == socket.IPPROTO_UDP
    return data[6] in (socket.IPPROTO_UDP, 44)


def show(frame):
    tags = []
    at = 12
    while (proto := int.from_bytes(frame[at:at + 2], "big")) in TAGS:
        vid = int.from_bytes(frame[at + 2:at + 4], "big") & 0xFFF
        tags.append(f"{TAGS[proto]}{vid}")
        at += 4
    data = frame[at + 2:]
    if proto not in (0x0800, 0x86DD) or not is_udp(data):
        return
    length = int.from_bytes(data[2:4], "big")
    if proto == 0x86DD:
        length = 40 + int.from_bytes(data[4:6], "big")
    print(frame[6:12].hex(":"), frame[:6].hex(":"), ",".join(tags) or "-",
          data[:length].hex())


def main():
    if sys.argv[1] == "send":
        send(*sys.argv[2:])
        return
    for frame in frames_of(sys.argv[2]):
        show(frame)


main()
