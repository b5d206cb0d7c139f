#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Sends numbered UDP datagrams: COUNT of them as fast as it can, or, if that is
# 0, many more than the link takes, until it is asked to end. Then prints how
# many. Started by flood.sh, in target.
# Usage: flood.py ADDRESS PORT FIRST COUNT

import signal
import socket
import sys
import time

address, port, first, count = sys.argv[1], *map(int, sys.argv[2:])
going = True


def stop(number, frame):
    global going
    going = False


signal.signal(signal.SIGTERM, stop)
family = socket.AF_INET6 if ':' in address else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sent = 0
while going and (sent < count or not count):
    sock.sendto(b'%08d' % (first + sent) + bytes(492), (address, port))
    sent += 1
    # An emulated processor must have time for the others, too.
    if not count and sent % 200 == 0:
        time.sleep(0.05)
print(sent)
