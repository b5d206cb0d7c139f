# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What requests do, and what they are refused with.

from source import Channel, Datagrams

S = ('Cdest-ID: cd1', 'Flags: Static')
CCC = 'X-JTap-Filter-Family: ccc'
D = 'X-JTap-Cdest-'
OUTER = (D + 'Dest-Address: 203.0.113.77', D + 'Dest-Port: 30030',
         D + 'Source-Address: 198.51.100.1', D + 'Source-Port: 40000')

# Source, what, lines, code.
ADDS = [
    ('alice', 'a name that is not configured', ['Cdest-ID: nobody', S[1]],
     430),
    ('alice', 'one of two names unknown', ['Cdest-ID: cd1,nobody', S[1]], 430),
    ('alice', "another group's destination", ['Cdest-ID: cd9', S[1]], 430),
    ('carol', 'a destination that is not allowed', ['Cdest-ID: cd2', S[1]],
     430),
    ('carol', 'one of two not allowed', ['Cdest-ID: cd1,cd2', S[1]], 430),
    ('alice', 'Redirect without permission', [*S, 'Action: Redirect'], 501),
    ('alice', 'Block without permission', [*S, 'Action: block'], 501),
    ('bob', 'Redirect', [*S, 'Action: REDIRECT'], 200),
    ('bob', 'Block', [*S, 'Action: Block'], 200),
    ('bob', 'Block, but no Cdest-ID', ['Flags: Static', 'Action: Block'], 400),
    ('alice', 'an address that is not configured', [*S, OUTER[0]], 430),
    ('alice', 'a port that is not configured', [*S, OUTER[1]], 430),
    ('alice', 'the address that is configured',
     [*S, D + 'Dest-Address: 203.0.113.1', D + 'Dest-Port: 7890'], 200),
    ('alice', 'another outer source and TTL',
     [*S, OUTER[2], OUTER[3], D + 'TTL: 64'], 200),
    ('alice', 'TTL 0', [*S, D + 'TTL: 0'], 400),
    ('alice', 'TTL 256', [*S, D + 'TTL: 256'], 400),
    ('alice', 'another family outside',
     [*S, D + 'Source-Address: 2001:db8::1'], 400),
    ('bob', 'a destination that is not configured',
     ['Cdest-ID: dyn1', S[1], *OUTER], 200),
    ('bob', 'the same over IPv6',
     ['Cdest-ID: dyn1', S[1], D + 'Dest-Address: 2001:db8::7', OUTER[1],
      D + 'Source-Address: 2001:db8::1', OUTER[3]], 200),
    ('bob', 'nothing but its name', ['Cdest-ID: dyn1', S[1]], 430),
    *(('bob', 'not configured, without ' + header.split(':')[0],
       ['Cdest-ID: dyn1', S[1], *(o for o in OUTER if o != header)], 901)
      for header in OUTER),
    ('alice', 'not configured, and dynamic-destinations is off',
     ['Cdest-ID: dyn1', S[1], *OUTER], 430),
    ('bob', 'two destinations and one address',
     ['Cdest-ID: cd1,cd2', S[1], *OUTER], 432),
    ('bob', 'one destination and two ports',
     [*S, OUTER[0], D + 'Dest-Port: 1,2'], 432),
    ('bob', 'two of everything',
     ['Cdest-ID: dyn1,dyn2', S[1],
      D + 'Dest-Address: 203.0.113.77,203.0.113.78', D + 'Dest-Port: 1,2',
      OUTER[2], OUTER[3]], 200),
    ('bob', 'three addresses',
     ['Cdest-ID: a,b,c', S[1], D + 'Dest-Address: 203.0.113.7,203.0.113.8,'
      '203.0.113.9', D + 'Dest-Port: 1,2,3', OUTER[2], OUTER[3]], 400),
    ('bob', 'an outer port 0', ['Cdest-ID: dyn1', S[1], OUTER[0],
                                D + 'Dest-Port: 0', *OUTER[2:]], 400),
    ('bob', 'an outer address that is none',
     ['Cdest-ID: dyn1', S[1], D + 'Dest-Address: 203.0.113.256', *OUTER[1:]],
     400),
    ('alice', 'a VRF', [*S, 'X-JTap-VRF-Name: vrf1'], 200),
    ('alice', 'a VRF that is not there', [*S, 'X-JTap-VRF-Name: red'], 901),
    ('alice', 'an interface', [*S, 'X-JTap-Input-Interface: eth0'], 200),
    ('alice', 'an interface that is not there',
     [*S, 'X-JTap-Input-Interface: nope0'], 901),
    ('alice', 'one of two not there',
     [*S, 'X-JTap-Output-Interface: eth0,nope0'], 901),
    ('alice', 'an alias', [*S, 'X-JTap-Output-Interface: ge-1/3/5.0'], 200),
    ('alice', 'an alias without its unit',
     [*S, 'X-JTap-Output-Interface: ge-1/3/5'], 200),
    ('alice', 'an alias of another unit',
     [*S, 'X-JTap-Input-Interface: ge-1/3/5.1'], 901),
    ('alice', 'an alias of what is not there',
     [*S, 'X-JTap-Input-Interface: ge-9/9/9'], 901),
    ('alice', 'no alias', [*S, 'X-JTap-Input-Interface: xe-0/0/0.0'], 901),
    ('alice', 'eight interfaces', [*S, 'X-JTap-Input-Interface: ' + ','.join(
        'eth%d' % i for i in range(8))], 200),
    ('alice', 'nine interfaces', [*S, 'X-JTap-Input-Interface: ' + ','.join(
        'eth%d' % i for i in range(9))], 432),
    ('alice', 'VRF and input', [*S, 'X-JTap-VRF-Name: vrf1',
                                'X-JTap-Input-Interface: eth0'], 432),
    ('alice', 'input and output', [*S, 'X-JTap-Output-Interface: eth1',
                                   'X-JTap-Input-Interface: eth0'], 432),
    ('alice', 'all three', [*S, 'X-JTap-Output-Interface: eth1',
                            'X-JTap-VRF-Name: vrf1',
                            'X-JTap-Input-Interface: eth0'], 432),
    ('alice', '4 bytes of intercept id', [*S, 'X-MD-Intercept-Id: 0000000a'],
     200),
    ('alice', '8 bytes of intercept id',
     [*S, 'X-MD-Intercept-Id: 0123456789abcdEF'], 200),
    ('alice', '5 bytes of intercept id', [*S, 'X-MD-Intercept-Id: 0102030405'],
     400),
    ('alice', 'an intercept id that is not hex',
     [*S, 'X-MD-Intercept-Id: 0000000g'], 400),
    ('alice', 'ccc before 0.8', [*S, 'X-JTap-Filter-Family: ccc'], 400),
    ('alice', 'IP version 4', [*S, 'X-JTap-IP-Version: IPv4'], 200),
    ('alice', 'IP version 6', [*S, 'X-JTap-IP-Version: ipv6'], 200),
    ('alice', 'IP version 5', [*S, 'X-JTap-IP-Version: ipv5'], 501),
    ('alice', 'IP version against the addresses',
     [*S, 'X-JTap-IP-Version: ipv6', 'Source-Address: 192.0.2.1'], 432),
]

# The same in 0.8, each with X-JTap-Filter-Family: ccc.
IN, OUT = 'X-JTap-Input-Interface: ', 'X-JTap-Output-Interface: '
FRAMES = [
    ('alice', 'and no interface', [], 901),
    ('alice', 'with an interface', [IN + 'eth0'], 200),
    ('alice', 'with an output interface', [OUT + 'ge-1/3/5'], 200),
    ('alice', 'with an interface that is not there', [IN + 'nope0'], 901),
    ('alice', 'with a VRF', ['X-JTap-VRF-Name: vrf1'], 432),
    ('alice', 'with an address', ['Source-Address: 192.0.2.1'], 432),
    ('alice', 'with a protocol', ['Protocol: 6'], 432),
    ('alice', 'with a port', ['Dest-Port: 80'], 432),
    ('alice', 'with a type of ICMP', [IN + 'eth0', 'ICMP-Type: 8'], 432),
    ('alice', 'with an IP version', ['X-JTap-IP-Version: ipv4'], 432),
    ('alice', 'with Block, without permission',
     [IN + 'eth0', 'Action: Block'], 501),
    ('bob', 'with Block', [IN + 'eth0', 'Action: Block'], 200),
    ('judy', "of the group's interfaces", [], 200),
    ('judy', 'of one of them', [IN + 'eth1'], 200),
    ('judy', 'of another one', [IN + 'eth2'], 901),
    ('judy', 'that leave by another one', [OUT + 'eth2'], 200),
    ('mike', 'of a passive group', [], 200),
    ('mike', 'of one of its interfaces', [IN + 'ge-1/3/5.0'], 200),
    ('mike', 'of another interface', [IN + 'eth0'], 901),
    ('mike', 'that leave a passive group', [OUT + 'eth2'], 432),
]

# What a capture group has to say about packets.
GROUPS = [
    ('alice', 'an interface of a passive group', [IN + 'eth2'], 901),
    ('alice', 'an interface of a passive group and another one',
     [IN + 'eth2,eth0'], 200),
    ('judy', 'one of its interfaces', [IN + 'eth1'], 200),
    ('judy', 'an interface that is not of the group', [IN + 'eth0,eth2'], 901),
    ('judy', 'an output interface that is not', [OUT + 'eth2'], 200),
    ('judy', 'a VRF', ['X-JTap-VRF-Name: vrf1'], 200),
    ('mike', 'everything that comes', [], 200),
    ('mike', 'one of its interfaces', [IN + 'eth2'], 200),
    ('mike', 'another interface', [IN + 'eth0'], 901),
    ('mike', 'an output interface', [OUT + 'eth2'], 432),
    ('mike', 'a VRF', ['X-JTap-VRF-Name: vrf1'], 432),
]

FILTERS = [
    ('Source-Address: 192.0.2.1', 200), ('Source-Address: 2001:db8::1', 200),
    ('Source-Address: *', 200), ('Source-Address: 192.0.2.0/24', 200),
    ('Source-Address: 192.0.2.1-192.0.2.9', 200),
    ('Source-Address: 192.0.2.1-*', 200), ('Source-Address: *-192.0.2.9', 200),
    ('Source-Address: !192.0.2.1', 200),
    ('Source-Address: 192.0.2.0/24, !192.0.2.1,!192.0.2.8-192.0.2.9', 200),
    ('Source-Address: 2001:db8::/32,!2001:db8::1', 200),
    ('Source-Address: ::ffff:192.0.2.1', 200),
    ('Source-Address: 0.0.0.0/0', 200), ('Source-Address: ::/0', 200),
    ('Source-Address: 192.0.2.1/32', 200), ('Dest-Address: 192.0.2.1/0', 200),
    ('Source-Address: 192.0.2.1/33', 432), ('Source-Address: ::1/129', 432),
    ('Source-Address: 192.0.2.1/', 432), ('Source-Address: 192.0.2.1/-1', 432),
    ('Source-Address: 192.0.2.1/a', 432), ('Source-Address: 192.0.2', 432),
    ('Source-Address: 192.0.2.1.1', 432), ('Source-Address: 192.0.2.256', 432),
    ('Source-Address: 192.0.2.01', 432), ('Source-Address: 0xc0000201', 432),
    ('Source-Address: 192.0.2.9-192.0.2.1', 432),
    ('Source-Address: 192.0.2.1-2001:db8::1', 432),
    ('Source-Address: 192.0.2.1,2001:db8::1', 432),
    ('Source-Address: 2001:db8:::1', 432), ('Source-Address: fe80::1%lo', 432),
    ('Source-Address: 192.0.2.1,', 432), ('Source-Address: ,192.0.2.1', 432),
    ('Source-Address: 192.0.2.1 192.0.2.2', 432), ('Source-Address: !', 432),
    ('Source-Address: !!192.0.2.1', 432), ('Source-Address: *-*', 432),
    ('Source-Address: localhost', 432), ('Source-Address:', 432),
    ('Source-Address: 192.0.2.1-192.0.2.9/24', 432),
    ('Protocol: 6', 200), ('Protocol: 6,17', 200), ('Protocol: 0', 200),
    ('Protocol: 255', 200), ('Protocol: 256', 432), ('Protocol: tcp', 432),
    ('Protocol: 6-17', 200), ('Protocol: 17-6', 432), ('Protocol: !6', 200),
    ('Protocol: 6-*', 200), ('Protocol: *-6', 200), ('Protocol: *', 200),
    ('Protocol: 6-', 432), ('Protocol: -6', 432), ('Protocol: 6/8', 432),
    ('Protocol: 0006', 432), ('Protocol: 006', 200), ('Protocol:', 432),
    ('Dest-Port: ' + ','.join(str(1000 + i) for i in range(15)), 200),
    ('Source-Port: ' + ', '.join('%d-%d' % (i * 10, i * 10 + 5)
                                 for i in range(1, 16)), 200),
    ('Dest-Port: 0-65535', 200), ('Dest-Port: 5-5', 200),
    ('Dest-Port: *-65536', 432), ('Dest-Port: 80,!80', 200),
    ('ICMP-Type: 8', 200), ('ICMP-Type: 0-255', 200), ('ICMP-Type: 256', 432),
    ('ICMP-Code: !0', 200), ('ICMP-Code: 1000', 432),
]


def give(source, rest, code, version='0.7'):
    m = source.ask('ADD', *rest, version=version)
    if m.code == 200:
        gone = source.ask('DELETE', 'Criteria-ID: ' + m.get('Criteria-ID'),
                          'Flags: Static')
        if gone.get('Criteria-Count') != '1':
            return False, gone.text
    return m.code == code, m.text


def pair(source, first, second, code):
    return give(source, [*S, first, second], code)


def add(source, *rest):
    m = source.ask('ADD', *rest)
    assert m.code == 200, m.text
    return int(m.get('Criteria-ID'))


def answers(source, method, *cases):
    """Each (lines, code, count, header that is echoed)."""
    for rest, code, count, echo in cases:
        m = source.ask(method, *rest)
        if m.code != code or m.get('Criteria-Count') != count:
            return False, rest, m.text
        want = [echo] if echo else []
        if code != 200 and [n for n in m.names()
                            if n not in ('seq', 'timestamp')] != want:
            return False, rest, m.text
    return True


def delete(source):
    a, b, c = (add(source, 'Cdest-ID: cd1', 'Timeout-Total: 600')
               for _ in range(3))
    s = add(source, 'Cdest-ID: cd2', 'Flags: Static')
    both = add(source, 'Cdest-ID: cd1,cd2', 'Timeout-Idle: 60')
    free = both + 1000
    return answers(
        source, 'DELETE',
        ([], 400, None, None),
        (['Criteria-ID: %d' % a, 'Cdest-ID: cd1'], 400, None, None),
        (['Criteria-ID: %d' % free], 431, None, 'criteria-id'),
        (['Criteria-ID: %d,%d' % (a, free)], 431, None, 'criteria-id'),
        (['Criteria-ID: %d, %d-%d' % (free, a, c)], 431, None, 'criteria-id'),
        (['Criteria-ID: %d-%d' % (free, free + 5)], 200, '0', None),
        (['Criteria-ID: %d-4294967295' % free], 200, '0', None),
        (['Criteria-ID: %d-*' % free], 400, None, 'criteria-id'),
        (['Criteria-ID: %d-%d' % (c, a)], 400, None, 'criteria-id'),
        (['Criteria-ID: x'], 400, None, 'criteria-id'),
        (['Criteria-ID:'], 400, None, 'criteria-id'),
        (['Criteria-ID: %d,' % a], 400, None, 'criteria-id'),
        (['Criteria-ID: 4294967296'], 400, None, 'criteria-id'),
        (['Criteria-ID: !%d' % a], 400, None, 'criteria-id'),
        (['Cdest-ID: cd3'], 200, '0', None),
        (['Cdest-ID: cd1,cd2'], 400, None, 'cdest-id'),
        (['Criteria-ID: %d' % a, 'Flags: Whatever'], 501, None, 'flags'),
        (['Criteria-ID: %d' % s], 200, '0', None),
        (['Criteria-ID: %d' % s, 'flags: static'], 200, '1', None),
        (['Criteria-ID: %d' % s], 431, None, 'criteria-id'),
        (['Criteria-ID: %d-%d,%d' % (a, b, a)], 200, '2', None),
        (['Cdest-ID: cd2'], 200, '1', None),
        (['Cdest-ID: cd1'], 200, '1', None),
        (['Cdest-ID: cd1'], 200, '0', None))


def refresh(source):
    a = add(source, 'Cdest-ID: cd1', 'Timeout-Total: 600')
    b = add(source, 'Cdest-ID: cd1', 'Timeout-Total: 600', 'Timeout-Idle: 60')
    s = add(source, 'Cdest-ID: cd1', 'Flags: Static')
    ids, t = 'Criteria-ID: %d', 'Timeout-Total: 700'
    good = answers(
        source, 'REFRESH',
        ([ids % a], 433, None, None),
        ([t], 400, None, None),
        ([ids % a, 'Cdest-ID: cd1', t], 400, None, None),
        ([ids % a, 'Timeout-Total: 0'], 433, None, 'timeout-total'),
        ([ids % a, 'Timeout-Packets: 0'], 433, None, 'timeout-packets'),
        ([ids % a, 'Timeout-Total: 86401'], 433, None, 'timeout-total'),
        ([ids % (s + 1000), t], 431, None, 'criteria-id'),
        (['Criteria-ID: %d,%d' % (a, s + 1000), 'Timeout-Total: 5'], 431, None,
         'criteria-id'),
        (['Criteria-ID: %d-%d' % (s + 1000, s + 2000), t], 200, '0', None),
        ([ids % s, t], 200, '0', None),
        (['Criteria-ID: %d-%d' % (a, s), t], 200, '2', None),
        (['Cdest-ID: cd1', 'Timeout-Bytes: 1000'], 200, '2', None),
        (['Cdest-ID: cd3', t], 200, '0', None))
    if good is not True:
        return good
    entry = dict(source.list(ids % b, 'Flags: Both')[1][0])
    want = {'timeout-total': '600', 'remaining-total': '700',
            'timeout-idle': '60', 'remaining-idle': '60',
            'remaining-bytes': '1000', 'num-refresh': '2'}
    if any(entry.get(n) != v for n, v in want.items()):
        return False, entry
    entry = dict(source.list(ids % s, 'Flags: Both')[1][0])
    if entry.get('num-refresh') != '0' or 'remaining-total' in entry:
        return False, entry
    return source.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static').get(
        'Criteria-Count') == '3'


def whole_fails(router, source):
    """The kernel refuses: 500, and nothing is left."""
    router.kernel('refuse')
    m = source.ask('ADD', *S)
    return m.code == 500 and source.list()[1] == [], m.text


def is_full(router, source):
    """There are too many different masks: a limit, as others are."""
    router.kernel('full')
    m = source.ask('ADD', *S)
    return m.code == 550 and source.list()[1] == [], m.text


def frames_are_listed(source):
    m = source.ask('ADD', *S, CCC, IN + 'eth0', version='0.8')
    if m.code != 200:
        return False, m.text
    entry = dict(source.list('Flags: Criteria')[1][0])
    source.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static')
    return (entry.get('x-jtap-filter-family') == 'ccc' and
            entry.get('x-jtap-input-interface') == 'eth0'), entry


def quota(router, source):
    ids = [add(source, *S) for _ in range(3)]
    if source.ask('ADD', *S).code != 550:
        return False, 'the fourth'
    source.ask('DELETE', 'Criteria-ID: %d' % ids[0], 'Flags: Static')
    if source.ask('ADD', *S).code != 200 or source.ask('ADD', *S).code != 550:
        return False, 'after one went'
    return source.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static').get(
        'Criteria-Count') == '3'


def empty(source):
    source.ask('DELETE', 'Criteria-ID: 0-4294967295', 'Flags: Static')


def isolated(mine, other):
    """Nothing that another does to my criteria is more than to no criteria."""
    mine.ask('ADD', 'Cdest-ID: cd2', 'Timeout-Total: 60')
    base = other.ask('ADD', *S)
    own = int(base.get('Criteria-ID'))
    other.ask('DELETE', 'Criteria-ID: %d' % own, 'Flags: Static')
    ids = [add(mine, 'Cdest-ID: cd1', 'Timeout-Total: 60') for _ in range(50)]
    t = 'Timeout-Total: 7'
    for i in ids:
        if i == own:
            continue
        for method, rest in (('DELETE', []), ('REFRESH', [t])):
            m = other.ask(method, 'Criteria-ID: %d' % i, *rest)
            if m.code != 431:
                return False, m.text
        if other.list('Criteria-ID: %d' % i)[1]:
            return False, i
    for rest in (['Criteria-ID: 0-4294967295'], ['Cdest-ID: cd1'], ['Cdest-ID: cd2']):
        if other.ask('DELETE', *rest).get('Criteria-Count') != '0' or \
                other.ask('REFRESH', t, *rest).get('Criteria-Count') != '0' or \
                other.list(*rest)[1]:
            return False, rest
    after = add(other, *S)
    other.ask('DELETE', 'Criteria-ID: %d' % after, 'Flags: Static')
    entries = mine.list('Flags: Both')[1]
    return (after == own + 1 and len(entries) == 51 and
            all(dict(e)['timeout-total'] == '60' for e in entries) and
            mine.ask('DELETE', 'Criteria-ID: 0-4294967295').get('Criteria-Count') ==
            '51'), after, own


def methods(source):
    for method, rest in (('ENABLE', ['Criteria-ID: 1']),
                         ('DISABLE', ['Criteria-ID: 1',
                                      'X-Drop-Policy: x']), ('FETCH', [])):
        if source.ask(method, *rest).code != 501:
            return False, method
    return True


def ids_are_not_reused(source):
    seen = []
    for _ in range(300):
        seen.append(add(source, *S))
        source.ask('DELETE', 'Criteria-ID: %d' % seen[-1], 'Flags: Static')
    return len(set(seen)) == 300 and 0 not in seen


def run(tap, router):
    for name, kind in (('UDP', Datagrams), ('SSH', Channel)):
        each = {n: kind(router, n) for n in ('alice', 'bob', 'carol', 'grace',
                                             'judy', 'mike')}
        alice = each['alice']
        for who, what, rest, code in ADDS:
            tap.attempt('%s: ADD: %s: %d' % (name, what, code), give,
                        each[who], rest, code)
        for header, code in FILTERS:
            tap.attempt('%s: %s: %d' % (name, header[:60], code), give, alice,
                        [*S, header], code)
        for first, second, code in (
                ('Source-Address: 192.0.2.1', 'Dest-Address: 2001:db8::1', 432),
                ('Source-Address: 192.0.2.1', 'Dest-Address: *', 200),
                ('ICMP-Type: 8', 'Dest-Port: 80', 432),
                ('Source-Port: 1,2', 'Dest-Port: 1,2', 200),
                ('Protocol: 6', 'Source-Port: 80', 200)):
            tap.attempt('%s: %s and %s: %d' % (name, first, second, code),
                        pair, alice, first, second, code)
        for who, what, rest, code in FRAMES:
            tap.attempt('%s: ADD: frames %s: %d' % (name, what, code), give,
                        each[who], [*S, CCC, *rest], code, '0.8')
        for who, what, rest, code in GROUPS:
            tap.attempt("%s: ADD: %s's group: %s: %d" %
                        (name, who, what, code), give, each[who], [*S, *rest],
                        code)
        for what, function in (('DELETE', delete), ('REFRESH', refresh),
                               ('methods that are not there', methods),
                               ('Criteria-IDs are not used again',
                                ids_are_not_reused)):
            empty(alice)
            tap.attempt('%s: %s' % (name, what), function, alice)
        empty(alice)
        tap.attempt(name + ': what the kernel refuses is 500', whole_fails,
                    router, alice)
        tap.attempt(name + ': too many masks are 550', is_full, router, alice)
        tap.attempt(name + ': LIST shows frames', frames_are_listed, alice)
        tap.attempt(name + ': max-criteria', quota, router, each['carol'])
        tap.attempt(name + ': control sources of a group do not see each other',
                    isolated, alice, each['bob'])
        tap.attempt(name + ': nor those of another', lambda: (
            each['grace'].ask('ADD', *S).code == 430 and
            each['grace'].ask('ADD', 'Cdest-ID: cd9', S[1]).code == 200))
        for one in each.values():
            one.close()
