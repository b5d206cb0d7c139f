# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What a content destination is sent: limits, notifications 580, 598 and 680,
# and formats of copies. The pretended kernel plays the traffic.

from notices import notice
from router import Router
from source import Channel, Datagrams

S = ('Cdest-ID: cd1', 'Flags: Static')
CD1 = 'cd1 {{ address = "203.0.113.1" port = 7890 }}'
CD2 = 'cd2 {{ address = "203.0.113.2" port = 7890 }}'
LIMITED = CD1.replace('}}', '''
    soft-limit = 10k soft-limit-clear = 8k
    hard-limit = 20k hard-limit-target = 15k }}''')
LATE, DUPLICATE = 7, 8


class Kernel:
    """Numbers filters as they are added."""

    def __init__(self, router):
        self.router = router
        self.filters = 0

    def add(self, source, *headers, load=0):
        m = source.ask('ADD', *headers)
        assert m.code == 200, m.text
        self.filters += 1
        self.load(self.filters, load)
        return self.filters, m.get('Criteria-ID')

    def load(self, number, bits):
        self.router.kernel('load %d %d' % (number, bits))

    def lose(self, number, cause, packets, size):
        self.router.kernel('lose %d %d %d %d' %
                           (number, cause, packets, size))


def ids(source):
    return sorted(dict(e)['criteria-id'] for e in source.list()[1])


def soft(router, kernel, alice, bob):
    """Both are told, once; and once more when it was over in between."""
    mine, _ = kernel.add(alice, *S, load=6000)
    kernel.add(bob, *S, load=3000)
    for bits in 8000, 8001:
        kernel.load(mine, bits)
        for target, source in (router.alice, alice), (router.bob, bob):
            m = notice(target.hear(), source.key, 580, '0.7')
            if (m.get('Cdest-ID'), m.get('Average-Bandwidth'),
                    m.get('Alert-Bandwidth'), m.get('Max-Bandwidth')) != (
                        'cd1', str(bits + 3000), '10000', '20000'):
                return False, m.text
            if m.names() != ['cdest-id', 'average-bandwidth',
                             'alert-bandwidth', 'max-bandwidth', 'timestamp']:
                return False, m.text
        seen = router.count_log('congestion is over')
        kernel.load(mine, 1000)
        router.await_line('congestion is over', seen)
    return router.alice.is_empty() and router.bob.is_empty()


def hard(router, kernel, alice, bob):
    """The least important go, until the rest is below the target."""
    alice.ask('DELETE', *S)
    bob.ask('DELETE', *S)
    first, keep = kernel.add(alice, *S, 'Priority: 1')
    second, big = kernel.add(alice, *S, 'Priority: 2')
    _, low = kernel.add(alice, *S, 'Priority: 3', load=1)
    last, _ = kernel.add(bob, *S, 'Priority: 2')
    kernel.load(first, 9000)
    kernel.load(second, 5500)
    notice(router.alice.hear(), alice.key, 580, '0.7')
    notice(router.bob.hear(), bob.key, 580, '0.7')
    kernel.load(last, 5501)
    # 20002: 20001 without the unimportant one, then 14500.
    m = notice(router.alice.hear(), alice.key, 680, '0.7')
    n = notice(router.bob.hear(), bob.key, 680, '0.7')
    return (m.names() == ['cdest-id', 'criteria-id', 'timestamp'] and
            m.get('Cdest-ID') == n.get('Cdest-ID') == 'cd1' and
            m.get('Criteria-ID') == low and
            ids(alice) == sorted([keep, big]) and ids(bob) == [] and
            alice.ask('DELETE', 'Criteria-ID: ' + low).code == 431), m.text


def on_channel(router, kernel, alice):
    """In upper case, to those channels that asked."""
    seen = router.count_log('congestion is over')
    alice.ask('DELETE', *S)
    router.await_line('congestion is over', seen)
    with Channel(router, 'alice') as ssh:
        ssh.ask('NOOP', 'Flags: SendAsync')
        notice(ssh.hear(), ssh.key, 131, '0.7', True)
        notice(router.alice.hear(), ssh.key, 131, '0.7')
        _, criteria = kernel.add(ssh, *S, load=30000)
        for code in 580, 680:
            m = notice(ssh.hear(), ssh.key, code, '0.7', True)
            notice(router.alice.hear(), ssh.key, code, '0.7')
        return m.get('Criteria-ID') == criteria, m.text


def duplicates(router, kernel, alice):
    """What was lost since the last time, while it lasts."""
    number, criteria = kernel.add(alice, 'Cdest-ID: cd1, cd2',
                                  'Flags: Static')
    kernel.lose(number, 0, 100, 100)
    for cause in DUPLICATE, LATE:
        kernel.lose(number, cause, cause, cause * 100)
        m = notice(router.alice.hear(), alice.key, 598, '0.7')
        if (m.get('Cdest-ID'), m.get('Criteria-ID'),
                m.get('Dropped-Packets'), m.get('Dropped-Bytes')) != (
                    'cd1,cd2', criteria, str(cause), str(cause * 100)):
            return False, m.text
    return m.names() == ['cdest-id', 'criteria-id', 'dropped-packets',
                         'dropped-bytes', 'timestamp'], m.text


def intercept(router, alice):
    """There is no place for it in IP in IP."""
    m = alice.ask('ADD', 'Cdest-ID: cd2', 'Flags: Static',
                  'X-MD-Intercept-Id: 01020304')
    n = alice.ask('ADD', 'Cdest-ID: cd1, cd2', 'Flags: Static',
                  'X-MD-Intercept-Id: 01020304')
    return (m.code == n.code == 901 and
            m.get('X-MD-Intercept-Id') == '01020304' and
            alice.ask('ADD', 'Cdest-ID: cd2', 'Flags: Static').code == 200
            and alice.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static',
                          'X-MD-Intercept-Id: 01020304').code == 200), m.text


def reloaded(router, alice):
    """New limits leave criteria alone; another format does not."""
    alice.ask('DELETE', 'Criteria-ID: 1-4000000000', 'Flags: Static')
    keep = alice.ask('ADD', *S).get('Criteria-ID')
    router.configure(replace=[(CD1, LIMITED.replace('20k', '30k'))])
    router.reload()
    if ids(alice) != [keep]:
        return False
    router.configure(replace=[(CD1, CD1.replace('}}', 'format = dfc }}'))])
    router.reload()
    m = notice(router.alice.hear(), alice.key, 599, '0.7')
    return ids(alice) == [], m.text


def run(tap, _):
    with Router() as router:
        router.configure(replace=[
            (CD1, LIMITED), (CD2, CD2.replace('port = 7890',
                                              'format = ip-ip')),
            ('max-criteria = {total}',
             'max-criteria = {total} g-duplicates-dropped-periodicity = 1')])
        router.reload()
        kernel = Kernel(router)
        alice, bob = (Datagrams(router, n) for n in ('alice', 'bob'))
        tap.attempt('580 above soft-limit', soft, router, kernel, alice, bob)
        tap.attempt('680 above hard-limit', hard, router, kernel, alice, bob)
        tap.attempt('580 and 680 on a channel', on_channel, router, kernel,
                    alice)
        tap.attempt('598 while copies are lost', duplicates, router, kernel,
                    alice)
        tap.attempt('901 for an intercept id in IP in IP', intercept, router,
                    alice)
        tap.attempt('limits and formats after a reload', reloaded, router,
                    alice)
