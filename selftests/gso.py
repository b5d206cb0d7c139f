#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Sends what a device may merge, or need not have taken apart.

Usage: gso.py tcp HOST PORT FILE     a file by sendfile(2): pages, not copies
       gso.py udp HOST PORT SIZE...  a datagram of each size
       gso.py segments HOST PORT SEGMENT SIZE...
                                     in one go each, for the kernel to cut into
                                     datagrams of SEGMENT bytes (UDP GSO)
"""

import os
import socket
import sys

UDP_SEGMENT = 103


def send_file(address, path):
    with socket.create_connection(address) as stream, open(path, "rb") as file:
        left = os.stat(path).st_size
        while left:
            left -= os.sendfile(stream.fileno(), file.fileno(), None, left)
        stream.shutdown(socket.SHUT_WR)
        while stream.recv(4096):
            pass


def send_datagrams(address, sizes, segment=0):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as datagrams:
        if segment:
            datagrams.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, segment)
        for number, size in enumerate(sizes):
            data = bytes(number + i * 7 & 255 for i in range(size))
            datagrams.sendto(data, address)


def main():
    how, host, port, *rest = sys.argv[1:]
    address = (host, int(port))
    if how == "tcp":
        send_file(address, rest[0])
    elif how == "udp":
        send_datagrams(address, map(int, rest))
    else:
        segment, *sizes = map(int, rest)
        send_datagrams(address, sizes, segment)


main()
