# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Requests that somebody signed who writes nonsense. Whatever comes back, it is
# well-formed; and what is right is answered as ever.

import os
import random

from source import Channel, Datagrams
from wire import sign

WORDS = [b'', b' ', b'\t', b',', b',,', b'!', b'*', b'-', b'\\', b'\\044',
         b'\\000', b'\\999', b'\0', b'\r', b'\n', b'\r\n', b'\r\n\r\n', b':',
         b'\xff\xfe', b'%s%n', b'0', b'-1', b'4294967296', b'9' * 30,
         b'A' * 300, b'/33', b'::', b'0.0.0.0/0', b'192.0.2.1-192.0.2.0',
         b'Static', b'SendAsync', b'Both', b'cd1', b'cd1,cd2', b'1-4294967295',
         b'Authentication-Info: ', b'Seq: 5\r\n', b'Csource-ID: bob\r\n',
         b'DTCP/0.7', b'X-JTap-VRF-Name: vrf1\r\n', b'Action: Block\r\n']
SEEDS = [
    ('ADD', 'Cdest-ID: cd1', 'Flags: Static', 'Source-Address: 192.0.2.0/24,'
     '!192.0.2.1', 'Dest-Port: 1-5,80,*-7', 'Protocol: 6,17', 'Priority: 2'),
    ('ADD', 'Cdest-ID: cd1,dyn', 'Timeout-Total: 60', 'Flags: SendAsync',
     'X-JTap-Cdest-Dest-Address: 203.0.113.1, 2001:db8::1',
     'X-JTap-Cdest-Dest-Port: 7890,1', 'X-JTap-Cdest-TTL: 3',
     'X-JTap-Cdest-Source-Address: 198.51.100.1',
     'X-JTap-Cdest-Source-Port: 9', 'X-MD-Intercept-Id: 0123456789abcdef'),
    ('ADD', 'Cdest-ID: cd2', 'Timeout-Bytes: 5', 'ICMP-Type: !8',
     'X-JTap-Input-Interface: ge-1/3/5.0,eth1', 'X-JTap-IP-Version: ipv6'),
    ('DELETE', 'Criteria-ID: 1,2-5,7', 'Flags: Static'),
    ('REFRESH', 'Cdest-ID: cd1', 'Timeout-Idle: 5', 'Timeout-Packets: 7'),
    ('LIST', 'Flags: Both', 'Criteria-ID: 1-3'),
    ('NOOP', 'Flags: SendAsync'),
]


def mutate(dice, text):
    text = bytearray(text)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
        at = dice.randrange(len(text) + 1)
        how = dice.randrange(5)
        if how == 0:
            text[at:at] = dice.choice(WORDS)
        elif how == 1:
            del text[at:at + dice.randrange(1, 12)]
        elif how == 2 and at < len(text):
            text[at] = dice.randrange(256)
        elif how == 3:
            text[at:at + dice.randrange(1, 9)] = dice.choice(WORDS)
        else:
            copy = text[at:at + dice.randrange(1, 60)]
            text[at:at] = copy
    return bytes(text)


def storm(source, dice, n):
    """A right request after each few; all that is said up to its answer."""
    answers = 0
    for i in range(n // 10 * 10 + 1):
        method, *rest = dice.choice(SEEDS)
        text = source.text(method, *rest)
        source.send(sign(mutate(dice, text), source.key))
        if i % 10:
            continue
        seq = source.next()
        # A mutant without its own end on a channel swallows what follows it.
        source.send(b'\r\n' + source.request('NOOP', seq=source.next()))
        source.send(source.request('NOOP', seq=seq))
        m = source.read()
        while m.get('Seq') != str(seq):
            answers += 1
            m = source.read()
    return answers > n // 10, answers


def run(tap, router):
    n = int(os.environ.get('DFC_MUTANTS', '1000'))
    for name, kind in (('UDP', Datagrams), ('SSH', Channel)):
        dice = random.Random(int(os.environ.get('DFC_SEED', '6')))
        router.question('clear sequence-number bob')
        with kind(router, 'bob') as source:
            tap.attempt('%s: %d signed mutants' % (name, n), storm, source,
                        dice, n)
            tap.attempt(name + ': and then a right request', lambda s: s.ask(
                'LIST', 'Criteria-ID: 0').code == 200, source)
            source.ask('DELETE', 'Criteria-ID: 0-4294967295', 'Flags: Static')
    tap.check('dtcpd is alive', router.process.poll() is None)
