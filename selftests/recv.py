#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Copies as routers send them, for recv.sh.

Usage: recv.py KIND [NUMBER]

ip-udp     packets of both families over both families, to port 7890
frames     frames, plain, tagged, without IP; and packets, to port 7890
jmirror    packets and a frame with ids, to port 7891
dfc        packets and a frame with numbers, of which some are missing, late,
           there twice or begin anew; and malformed ones, to port 7890
tunnel     packets of both families and a frame in IPv4 and in IPv6
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


def dfc(number, packet, content=4, filt=3, ids=(0, 0), words=8, seconds=0):
    """A copy that was matched so many seconds after some time, and NUMBER
    microseconds."""
    time = (1766000000 + seconds) * 10 ** 9 + number * 1000
    return struct.pack('!BBBBIQQII', 223, 1, content, words, filt, number,
                       time, *ids) + bytes(words * 4 - 32) + packet


def bad_dfc():
    good = dfc(100, ipv4())
    return (good[:31], b'\xde' + good[1:], good[:1] + b'\2' + good[2:],
            good[:2] + b'\6' + good[3:], good[:3] + b'\7' + good[4:],
            good[:3] + b'\xff' + good[4:], dfc(0, ipv4()))


def send_dfc():
    tagged = frame('0800', ipv4())
    with sender(source=9000) as sock:
        for copy in bad_dfc() + (
                dfc(1, ipv4()), dfc(2, ipv6(), 6), dfc(5, tagged, 1),
                dfc(4, ipv4()), dfc(4, ipv4()), dfc(6, ipv4(), words=9),
                dfc(2, ipv4(), seconds=1),
                dfc(1, ipv4(), filt=4, ids=(5, 7))):
            sock.sendto(copy, (LOCAL4, 7890))
    with sender(LOCAL6, 9000) as sock:
        sock.sendto(dfc(10, ipv6(), 6), (LOCAL6, 7890))


def send_tunnel():
    for family, address in ((socket.AF_INET, LOCAL4),
                            (socket.AF_INET6, LOCAL6)):
        for protocol, packet in ((4, ipv4()), (41, ipv6()), (
                97, bytes.fromhex('3000') + frame('0800', ipv4()))):
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
    'dfc': send_dfc,
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
