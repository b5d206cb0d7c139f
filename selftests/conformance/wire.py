# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# DTCP messages, made and taken apart by somebody who has read the drafts and
# not dtcpd: an answer is right in every byte, or it is wrong.

import hashlib
import hmac
import re

# As the drafts write them; over SSH all is upper case.
NAMES = '''Seq Criteria-ID Csource-ID Cdest-ID Csource-Address Criteria-Num
Criteria-Count Timestamp Flags Source-Address Dest-Address Protocol Source-Port
Dest-Port ICMP-Type ICMP-Code Timeout-Idle Timeout-Total Timeout-Packets
Timeout-Bytes Priority Action Remaining-Idle Remaining-Total Remaining-Packets
Remaining-Bytes Average-Bandwidth Matching-Packets Matching-Bytes Num-Refresh
Last-Refresh Alert-Info X-JTap-Cdest-Dest-Address X-JTap-Cdest-Dest-Port
X-JTap-Cdest-Source-Address X-JTap-Cdest-Source-Port X-JTap-Cdest-TTL
X-JTap-VRF-Name X-JTap-Input-Interface X-JTap-Output-Interface
X-JTap-IP-Version X-JTap-Filter-Family X-MD-Intercept-Id'''.split()

REASONS = {
    200: 'OK',
    400: 'Bad Request',
    430: 'Unknown Content Destination',
    431: 'Unknown Criteria ID',
    432: 'Improper Filter Specification',
    433: 'Improper Timeout Specification',
    500: 'Server Internal Error',
    501: 'Not Implemented',
    505: 'DTCP Version not supported',
    550: 'Max Criteria Limit Exceeded',
    551: 'Max Content Destination Exceeded',
    901: 'JTap-Failure',
    130: 'Sequence Number Rollover',
    131: 'NoOp Notification',
    390: 'Criterion Timeout Delete',
    580: 'Congestion',
    598: 'Duplicate Packets Dropped',
    599: 'Server Restart',
    680: 'Criterion Congestion Delete',
}

LINE = re.compile(r'([^\s\0-\x1f:]+): (\S(?:[^\r\n\0]*\S)?|)', re.ASCII)
TIME = re.compile(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$')


class Malformed(Exception):
    pass


def digest(text, key):
    return hmac.new(key, text, hashlib.sha1).hexdigest().encode()


def sign(text, key, end=b'\r\n', name=b'Authentication-Info'):
    return text + name + b': ' + digest(text, key) + end + end


def lines(*parts, end=b'\r\n'):
    return b''.join((p if isinstance(p, bytes) else p.encode()) + end
                    for p in parts)


def demand(condition, why, text):
    if not condition:
        raise Malformed('%s: %r' % (why, text))


class Message:
    """An answer or a notification, whole."""

    def __init__(self, text, key, upper):
        self.text = text
        head, mark, tail = text.rpartition(
            b'AUTHENTICATION-INFO: ' if upper else b'Authentication-Info: ')
        demand(mark and re.fullmatch(rb'[0-9a-f]{40}\r\n\r\n', tail),
               'no digest at the end', text)
        demand(tail[:40] == digest(head, key), 'wrong digest', text)
        demand(head.endswith(b'\r\n'), 'no line end before the digest', text)
        status, *rest = head.decode('latin-1')[:-2].split('\r\n')
        match = re.fullmatch(r'DTCP/(0\.[678]) (\d{3}) (\S.*\S)', status)
        demand(match, 'no status line', text)
        self.version = match[1]
        self.code = int(match[2])
        self.reason = match[3]
        demand(REASONS.get(self.code) == self.reason, 'wrong reason', text)
        self.headers = []
        for line in rest:
            self.take(line, upper)
        demand(self.count('Timestamp') > 0 and
               self.headers[-1][0].lower() == 'timestamp' and
               TIME.match(self.headers[-1][1]), 'no Timestamp', text)

    def take(self, line, upper):
        match = LINE.fullmatch(line)
        demand(match, 'malformed line', line)
        name = match[1]
        for known in NAMES:
            if known.lower() == name.lower():
                demand(name == (known.upper() if upper else known),
                       'case of a name', line)
        self.headers.append((name, match[2]))

    def all(self, name):
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def get(self, name):
        found = self.all(name)
        return found[0] if found else None

    def count(self, name):
        return len(self.all(name))

    def names(self):
        return [n.lower() for n, _ in self.headers]

    def entries(self):
        """Of a LIST; each ends with Criteria-Num and Criteria-Count."""
        found, entry = [], []
        for name, value in self.headers[1:-1]:
            entry.append((name.lower(), value))
            if name.lower() == 'criteria-count':
                found.append(entry)
                entry = []
        demand(not entry, 'an entry breaks off', self.text)
        return found
