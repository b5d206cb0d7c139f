# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Notifications: which, to whom, in which version, and to nobody else.

from router import KEYS, Router
from source import Channel, Datagrams, login
from wire import Malformed, Message

TOTAL, IDLE, PACKETS, BYTES = 1, 2, 3, 4


def notice(text, key, code, version, upper=False):
    m = Message(text, key, upper)
    assert m.code == code and m.version == version and m.get('Seq') is None, \
        m.text
    return m


def signed(text, key):
    try:
        return bool(Message(text, key, False))
    except Malformed:
        return False


def restart_told(target, *whom):
    """Every source is told of a restart that lost criteria, in no order."""
    texts = [target.hear() for _ in whom]
    told = []
    for name, version in whom:
        own, = [t for t in texts if signed(t, KEYS[name])]
        told.append(notice(own, KEYS[name], 599, version))
        assert told[-1].names() == ['alert-info', 'timestamp'], own
    return told


def noop(router, source):
    """In the version that the source speaks; nobody else hears it."""
    for version in ('0.6', '0.7', '0.8'):
        source.ask('NOOP', 'Flags: sendasync', version=version)
        m = notice(router.alice.hear(), source.key, 131, version)
        if m.names() != ['timestamp']:
            return False, m.text
    source.ask('NOOP')
    source.ask('NOOP', 'Flags: Static')
    return router.alice.is_empty() and router.bob.is_empty()


def every_target(router, source):
    source.ask('NOOP', 'Flags: SendAsync', seq=1, version='0.8')
    for target in (router.alice, router.bob):
        notice(target.hear(), source.key, 131, '0.6')
    return router.alice.is_empty() and router.bob.is_empty()


def expiry(router, source, orders):
    """390 has each timeout that was set, and what was left of it."""
    router.filters += 1
    m = source.ask('ADD', 'Cdest-ID: cd1', 'Flags: SendAsync',
                   'Timeout-Total: 600', 'Timeout-Packets: 50')
    router.kernel('gone %d %d' % (router.filters, PACKETS))
    n = notice(router.bob.hear(), source.key, 390, '0.7')
    want = ['criteria-id', 'timeout-total', 'timeout-packets',
            'remaining-total', 'remaining-packets', 'timestamp']
    return (sorted(n.names()) == sorted(want) and
            n.get('Criteria-ID') == m.get('Criteria-ID') and
            n.get('Timeout-Total') == '600' and
            source.ask('DELETE', 'Criteria-ID: ' + m.get('Criteria-ID')).code
            == 431), n.text


def quiet_expiry(router, source):
    """Without SendAsync, and where it was deleted on request: nothing."""
    router.filters += 2
    source.ask('ADD', 'Cdest-ID: cd1', 'Timeout-Total: 600')
    m = source.ask('ADD', 'Cdest-ID: cd1', 'Timeout-Total: 600',
                   'Flags: SendAsync')
    router.kernel('gone %d %d' % (router.filters - 1, TOTAL))
    source.ask('DELETE', 'Criteria-ID: ' + m.get('Criteria-ID'))
    return source.ask('NOOP').code == 200 and router.bob.is_empty()


def lost(router, source):
    router.filters += 1
    source.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static')
    router.kernel('gone %d 0' % router.filters)
    m = notice(router.bob.hear(), source.key, 599, '0.7')
    return m.names() == ['alert-info', 'timestamp'], m.text


def on_channels(router):
    """Only those channels that asked; behind the answer."""
    transport = login(router, 'alice')
    asks, other = (Channel(router, 'alice', transport) for _ in range(2))
    asks.ask('NOOP', 'Flags: SendAsync')
    notice(asks.hear(), asks.key, 131, '0.7', True)
    notice(router.alice.hear(), asks.key, 131, '0.7')
    other.ask('NOOP')
    with Channel(router, 'bob') as bob:
        bob.ask('NOOP')
        with Datagrams(router, 'alice') as udp:
            udp.ask('NOOP', 'Flags: SendAsync')
        notice(asks.hear(), asks.key, 131, '0.7', True)
        router.alice.hear()
        ok = other.ask('NOOP').code == 200 and bob.ask('NOOP').code == 200
    transport.close()
    return ok


def by_configuration(router):
    with Channel(router, 'heidi') as heidi, Datagrams(router, 'heidi') as udp:
        heidi.ask('NOOP')
        udp.ask('NOOP', 'Flags: SendAsync')
        notice(heidi.hear(), KEYS['heidi'], 131, '0.7', True)
        return heidi.ask('NOOP').code == 200


def forged(router, source):
    """Nobody can have notifications sent without the key."""
    bad = bytearray(source.request('NOOP', 'Flags: SendAsync'))
    bad[-6] ^= 1
    return source.is_silent(bytes(bad)) and router.alice.is_empty()


def restarted(router, source):
    """Criteria end with dtcpd; everybody is told, once."""
    first = source.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static')
    source.ask('NOOP', version='0.6')
    router.restart()
    m, _ = restart_told(router.bob, ('bob', '0.6'), ('frank', '0.6'))
    restart_told(router.alice, ('alice', '0.7'), ('frank', '0.6'))
    second = source.ask('ADD', 'Cdest-ID: cd1', 'Timeout-Total: 5')
    if int(second.get('Criteria-ID')) != int(first.get('Criteria-ID')) + 1:
        return False, second.text
    source.ask('DELETE', 'Cdest-ID: cd1')
    router.restart()
    return (source.ask('NOOP').code == 200 and router.bob.is_empty() and
            router.alice.is_empty()), m.text


def reloaded(router, bob, alice):
    """What is still allowed stays; what is not is lost, and told."""
    keep = alice.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static')
    bob.ask('ADD', 'Cdest-ID: cd2', 'Flags: Static')
    router.configure(replace=[('address = "203.0.113.2" port = 7890',
                               'address = "203.0.113.2" port = 7891')])
    router.reload()
    notice(router.bob.hear(), bob.key, 599, '0.7')
    entries = alice.list()[1]
    router.configure()
    router.reload()
    return (router.alice.is_empty() and bob.list()[1] == [] and
            [dict(e)['criteria-id'] for e in entries] ==
            [keep.get('Criteria-ID')] and
            alice.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static').get(
                'Criteria-Count') == '1')


def unloaded(router, source):
    source.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static')
    source.ask('NOOP')
    router.kernel('unload')
    restart_told(router.bob, ('bob', '0.7'), ('frank', '0.6'))
    restart_told(router.alice, ('alice', '0.7'), ('frank', '0.6'))
    return router.process.wait(60) == 1


def run(tap, _):
    with Router() as router:
        router.filters = 0
        alice, bob, frank = (Datagrams(router, n)
                             for n in ('alice', 'bob', 'frank'))
        tap.attempt('131 after NOOP', noop, router, alice)
        tap.attempt('131 to each target, in the configured version',
                    every_target, router, frank)
        tap.attempt('390', expiry, router, bob, [])
        tap.attempt('no 390', quiet_expiry, router, bob)
        tap.attempt('599 for a filter that was deleted', lost, router, bob)
        tap.attempt('notifications on channels that asked', on_channels,
                    router)
        tap.attempt('notifications on channels by configuration',
                    by_configuration, router)
        tap.attempt('no notification by a forged NOOP', forged, router, alice)
        tap.attempt('a reload', reloaded, router, bob, alice)
        tap.attempt('599 after a restart, once', restarted, router, bob)
        tap.attempt('599 when the module goes', unloaded, router, bob)
