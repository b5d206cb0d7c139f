#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Copies as routers send them, for recv.sh.

Usage: recv.py KIND [NUMBER]

ip-udp     packets of both families over both families, to port 7890
frames     frames, plain, tagged, without IP; and packets, to port 7890
jmirror    packets and a frame with ids, to port 7891
tunnel     packets of both families in IPv4 and in IPv6
sources    packets from NUMBER source ports, to the ports 7890 and 7892
flood      NUMBER packets of 1000 bytes, to port 7890
nonsense   a datagram that is too short for anything, to port 7890
big        a packet larger than the MTU of the device, to port 7890
"""

import socket
import struct
import sys

LOCAL4, LOCAL6 = '127.0.0.1', '::1'
MACS = bytes.fromhex('020000000002' '020000000001')


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp(payload):
    return struct.pack('!HHHH', 5000, 53, 8 + len(payload), 0) + payload


def ipv4(payload=b'four', ident=1):
    inner = udp(payload)
    header = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(inner), ident, 0, 64,
                         17, 0) + socket.inet_aton('192.0.2.2') + \
        socket.inet_aton('198.51.100.2')
    return header[:10] + struct.pack('!H', checksum(header)) + \
        header[12:] + inner


def ipv6(payload=b'six!'):
    inner = udp(payload)
    return struct.pack('!IHBB', 6 << 28, len(inner), 17, 64) + \
        socket.inet_pton(socket.AF_INET6, '2001:db8:1::2') + \
        socket.inet_pton(socket.AF_INET6, '2001:db8:2::2') + inner


def frame(types, payload):
    return MACS + bytes.fromhex(types) + payload


def sender(address=LOCAL4, source=0):
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind((address, source))
    return sock


def send_ip_udp():
    for address in LOCAL4, LOCAL6:
        with sender(address, 9000) as sock:
            for packet in ipv4(), ipv6():
                sock.sendto(packet, (address, 7890))


def send_frames():
    with sender(source=9000) as sock:
        for copy in (frame('0800', ipv4()), frame('8100000586dd', ipv6()),
                     frame('88a8000781000005' '0800', ipv4()),
                     frame('0806', bytes(28)), ipv4(), ipv6()):
            sock.sendto(copy, (LOCAL4, 7890))


def send_jmirror():
    with sender() as sock:
        for ids, copy in (((5, 7), ipv4()), ((5, 8), ipv6()),
                          ((1073741822, 7), frame('0800', ipv4())),
                          ((5, 7), ipv4())):
            sock.sendto(struct.pack('!II', *ids) + copy, (LOCAL4, 7891))


def send_tunnel():
    for family, address in ((socket.AF_INET, LOCAL4),
                            (socket.AF_INET6, LOCAL6)):
        for protocol, packet in ((4, ipv4()), (41, ipv6())):
            with socket.socket(family, socket.SOCK_RAW, protocol) as sock:
                sock.sendto(packet, (address, 0))


def send_sources(number):
    for i in range(number):
        with sender(source=9000 + i) as sock:
            for port in 7890, 7892:
                sock.sendto(ipv4(), (LOCAL4, port))


def send_flood(number):
    with sender(source=9000) as sock:
        for i in range(number):
            sock.sendto(ipv4(bytes(972), i), (LOCAL4, 7890))


def send_nonsense():
    with sender(source=9000) as sock:
        sock.sendto(bytes(13), (LOCAL4, 7890))


def send_big():
    with sender(source=9000) as sock:
        sock.sendto(ipv4(bytes(1473)), (LOCAL4, 7890))
        sock.sendto(ipv4(bytes(1472)), (LOCAL4, 7890))
        sock.sendto(frame('81000005' '0800', ipv4(bytes(1472))),
                    (LOCAL4, 7890))


KINDS = {
    'ip-udp': send_ip_udp,
    'frames': send_frames,
    'jmirror': send_jmirror,
    'tunnel': send_tunnel,
    'sources': send_sources,
    'flood': send_flood,
    'nonsense': send_nonsense,
    'big': send_big,
}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    KINDS[sys.argv[1]](*map(int, sys.argv[2:]))


if __name__ == '__main__':
    main()
