#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Sends streams as a mirror port shows them, merged or not.

Usage: merged.py DEVICE STREAM...       sends each as one large frame, which the
                                        device may take apart (TSO, USO)
       merged.py -s DEVICE STREAM...    sends the frames of the wire
       merged.py -f STREAM...           prints these in hex
       merged.py -i STREAM...           prints the IP packets in them in hex

STREAM is [vlan-]tcp4, tcp6, udp4 or udp6.
"""

import ipaddress
import socket
import struct
import sys

SIZE = 1000
PAYLOAD = bytes(i * 7 & 255 for i in range(5 * SIZE + 500))
ADDRESSES = {4: ("192.0.2.2", "198.51.100.2"),
             6: ("2001:db8:1::2", "2001:db8:2::2")}
MACS = bytes.fromhex("020000000099020000000098")
SOL_PACKET, PACKET_VNET_HDR = 263, 15
NEEDS_CSUM = 1
GSO = {"tcp4": 1, "tcp6": 4, "udp4": 5, "udp6": 5}


def folded(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def tcp(offset, last, total, payload):
    return struct.pack("!HHIIBBHHH", 4000, 53, 1000 + offset, 77, 0x50,
                       0x18 if last else 0x10, 500, total, 0) + payload


def udp(_offset, _last, total, payload):
    return struct.pack("!HHHH", 4000, 53, 8 + len(payload), total) + payload


def packet(name, offset, size, partial=False):
    """A piece of the stream; with the checksum, or what it begins with."""
    version, transport = int(name[-1]), name[:-1]
    build, number = {"tcp": (tcp, 6), "udp": (udp, 17)}[transport]
    payload = PAYLOAD[offset:offset + size]
    last = offset + size >= len(PAYLOAD)
    source, destination = (ipaddress.ip_address(a).packed
                           for a in ADDRESSES[version])
    body = build(offset, last, 0, payload)
    pseudo = source + destination + struct.pack("!IHBB", len(body), 0, 0,
                                                number)
    total = (folded(pseudo) if partial else
             ~folded(pseudo + body) & 0xFFFF)
    body = build(offset, last, total, payload)
    if version == 6:
        return (struct.pack("!IHBB", 6 << 28, len(body), number, 64) +
                source + destination + body)
    fields = (0x45, 0, 20 + len(body), 1 + offset // SIZE, 0, 64, number)
    total = ~folded(struct.pack("!BBHHHBBH", *fields, 0) + source +
                    destination) & 0xFFFF
    return (struct.pack("!BBHHHBBH", *fields, total) + source + destination +
            body)


def header(stream):
    kind = b"\x08\x00" if stream[-1] == "4" else b"\x86\xdd"
    if stream.startswith("vlan-"):
        kind = b"\x81\x00\x60\x05" + kind
    return MACS + kind


def wire(stream):
    """The packets of the wire."""
    return [packet(stream.split("-")[-1], offset, SIZE)
            for offset in range(0, len(PAYLOAD), SIZE)]


def merged(stream):
    """One large frame, and in front of it what the kernel is told of it."""
    name = stream.split("-")[-1]
    front = header(stream)
    start = len(front) + (20 if name[-1] == "4" else 40)
    is_tcp = name.startswith("tcp")
    tell = struct.pack("=BBHHHH", NEEDS_CSUM, GSO[name],
                       start + (20 if is_tcp else 8), SIZE, start,
                       16 if is_tcp else 6)
    return tell + front + packet(name, 0, len(PAYLOAD), True)


def send(device, frames, large):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        if large:
            sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        sock.bind((device, 0))
        for frame in frames:
            sock.send(frame)


def main():
    how, *streams = sys.argv[1:]
    if how in ("-f", "-i"):
        for stream in streams:
            front = header(stream) if how == "-f" else b""
            for piece in wire(stream):
                print((front + piece).hex())
    elif how == "-s":
        device, *streams = streams
        send(device, [header(stream) + piece for stream in streams
                      for piece in wire(stream)], False)
    else:
        send(how, map(merged, streams), True)


if __name__ == "__main__":
    main()
