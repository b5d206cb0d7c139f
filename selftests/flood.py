#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Sends numbered UDP datagrams as fast as it can: COUNT of them, or until it is
# asked to end; then prints how many. Started by flood.sh, in target.
# Usage: flood.py ADDRESS PORT FIRST COUNT

import signal
import socket
import sys

address, port, first, count = sys.argv[1], *map(int, sys.argv[2:])
going = True


def stop(number, frame):
    global going
    going = False


signal.signal(signal.SIGTERM, stop)
family = socket.AF_INET6 if ':' in address else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sent = 0
while going and sent != count or not count and going:
    sock.sendto(b'%08d' % (first + sent) + bytes(492), (address, port))
    sent += 1
print(sent)
