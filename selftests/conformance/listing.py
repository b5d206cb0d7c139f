# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# LIST: what an entry has, in which order, and how datagrams part it.

import random

from source import Channel, Datagrams
from wire import TIME

FULL = ['Cdest-ID: cd1, cd2', 'Source-Address: 192.0.2.0/24, !192.0.2.9',
        'Dest-Address: *-192.0.2.7', 'Protocol: 6,17', 'Source-Port: 1-*',
        'Dest-Port: 53,80-90', 'Timeout-Idle: 60', 'Timeout-Total: 600',
        'Timeout-Packets: 1000', 'Timeout-Bytes: 18446744073709551615',
        'Priority: 7', 'Action: Copy', 'Flags: SendAsync',
        'X-JTap-Cdest-Source-Address: 198.51.100.1',
        'X-JTap-Cdest-Source-Port: 40000', 'X-JTap-Cdest-TTL: 9',
        'X-JTap-Input-Interface: ge-1/3/5,eth0', 'X-JTap-IP-Version: ipv4',
        'X-MD-Intercept-Id: 0123456789ABCDEF']
ID = ['criteria-id', 'csource-id', 'cdest-id', 'csource-address', 'flags']
FILTER = ['source-address', 'dest-address', 'protocol', 'source-port',
          'dest-port', 'icmp-type', 'icmp-code', 'timeout-idle',
          'timeout-total', 'timeout-packets', 'timeout-bytes']
STATS = ['remaining-idle', 'remaining-total', 'remaining-packets',
         'remaining-bytes', 'average-bandwidth', 'matching-packets',
         'matching-bytes', 'num-refresh']
LAST = ['last-refresh', 'criteria-num', 'criteria-count']


def ordered(names):
    """As Junos orders an entry; what Junos has not may stand anywhere."""
    ranks = {n: (0, i) for i, n in enumerate(ID)}
    ranks.update({n: (2, 0) for n in FILTER})
    ranks.update({n: (3, 0) for n in STATS})
    ranks.update({n: (4, i) for i, n in enumerate(LAST)})
    seen = [(1, 0) if n.startswith('x-jtap') else ranks[n] for n in names
            if n in ranks or n.startswith('x-jtap')]
    return seen == sorted(seen)


def as_given(entry):
    for line in FULL:
        name, value = line.split(': ', 1)
        got = entry.get(name.lower())
        if name == 'Flags':
            value = 'sendasync'
            got = got and got.lower()
        # "As given": the same entries, however they are spaced.
        if got is None or got.replace(' ', '').lower() != \
                value.replace(' ', '').lower():
            return name, value, got
    return None


def whole(source):
    m = source.ask('ADD', *FULL)
    if m.code != 200:
        return False, m.text
    for flags, parts in (([], 'c'), (['Flags: Criteria'], 'c'),
                         (['Flags: Stats'], 's'), (['Flags: Both'], 'cs'),
                         (['Flags: All'], 'cs'), (['flags: bOTH'], 'cs')):
        answer, entries = source.list(*flags)
        if len(entries) != 1:
            return False, flags, answer[0].text
        names = [n for n, _ in entries[0]]
        entry = dict(entries[0])
        if not ordered(names) or len(names) != len(entry):
            return False, 'order', names
        for n in ('criteria-id', 'csource-id', 'csource-address', 'cdest-id',
                  'criteria-num', 'criteria-count', 'timestamp'):
            if n not in entry:
                return False, n, entry
        if 'c' in parts and as_given(entry):
            return False, as_given(entry), entry
        if 'c' not in parts and {'protocol', 'timeout-idle'} & set(names):
            return False, 'criteria though not asked', entry
        if ('s' in parts) != ({*STATS, 'last-refresh'} <= set(names)):
            return False, 'statistics', entry
        if entry['csource-id'] != source.name or \
                entry['csource-address'] != '127.0.0.1' or \
                entry['criteria-id'] != m.get('Criteria-ID') or \
                not TIME.match(entry['timestamp']):
            return False, entry
    return source.ask('DELETE', 'Criteria-ID: ' + m.get('Criteria-ID')
                      ).get('Criteria-Count') == '1'


def corners(source):
    if source.list()[1]:
        return False, 'not empty'
    a = source.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static',
                   'Timeout-Total: 5').get('Criteria-ID')
    b = source.ask('ADD', 'Cdest-ID: cd2', 'Timeout-Total: 5',
                   ).get('Criteria-ID')
    for rest, want in ((['Cdest-ID: cd1'], [a]), (['Cdest-ID: cd2'], [b]),
                       (['Cdest-ID: cd3'], []), (['Cdest-ID: nobody'], []),
                       (['Criteria-ID: ' + a], [a]),
                       (['Criteria-ID: %s,%s' % (b, a)], [a, b]),
                       (['Criteria-ID: 0-4294967295'], [a, b]),
                       (['Criteria-ID: 4294967295'], []), ([], [a, b])):
        entries = source.list(*rest)[1]
        if [dict(e)['criteria-id'] for e in entries] != want:
            return False, rest, entries
        if [(dict(e)['criteria-num'], dict(e)['criteria-count'])
                for e in entries] != [(str(i + 1), str(len(want)))
                                      for i in range(len(want))]:
            return False, rest, entries
    entry = dict(source.list('Criteria-ID: ' + a, 'Flags: Both')[1][0])
    if entry.get('flags', '').lower() != 'static' or \
            [n for n in entry if n.startswith('remaining')]:
        return False, entry
    for rest, code in ((['Cdest-ID: cd1,cd2'], 400), (['Flags: x'], 501),
                       (['Criteria-ID: x'], 400)):
        if source.ask('LIST', *rest).code != code:
            return False, rest
    return source.ask('DELETE', 'Criteria-ID: %s-%s' % (a, b), 'Flags: Static'
                      ).get('Criteria-Count') == '2'


def many(source, n):
    for i in range(n):
        m = source.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static',
                       'Dest-Port: %d' % (i + 1),
                       'Source-Address: 192.0.2.%d' % (i % 250))
        if m.code != 200:
            return False, m.text
    parts, entries = source.list('Flags: Both')
    ports = [int(dict(e)['dest-port']) for e in entries]
    if ports != list(range(1, n + 1)):
        return False, ports
    if [int(dict(e)['criteria-num']) for e in entries] != ports:
        return False, 'Criteria-Num'
    if not source.upper and (len(parts) < n // 10 or
                             max(len(p.text) for p in parts) > 1400):
        return False, [len(p.text) for p in parts]
    if source.upper and len(parts) != 1:
        return False, len(parts)
    return True


def lossy(source, n):
    """What a client sees that loses, doubles and mixes the parts."""
    parts, _ = source.list()
    dice = random.Random(4)
    arrived = [p for p in parts * 2 if dice.random() > 0.3]
    dice.shuffle(arrived)
    seen = {}
    for p in arrived:
        for e in p.entries():
            d = dict(e)
            if d['criteria-count'] != str(n):
                return False, d
            if seen.setdefault(d['criteria-num'], e) != e:
                return False, d
    missing = set(range(1, n + 1)) - set(map(int, seen))
    lost = [p for p in parts if p not in arrived]
    return sum(len(p.entries()) for p in lost) == len(missing), len(lost)


def run(tap, router):
    for name, kind in (('UDP', Datagrams), ('SSH', Channel)):
        with kind(router, 'heidi') as source:
            tap.attempt(name + ': LIST: all that ADD can say', whole, source)
            tap.attempt(name + ': LIST: corners', corners, source)
            tap.attempt(name + ': LIST: 300 entries', many, source, 300)
            tap.attempt(name + ': LIST: parts lost, doubled, mixed', lossy,
                        source, 300)
            source.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static')
