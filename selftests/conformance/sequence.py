# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The window of sequence numbers over UDP, against a model of three lines, and
# across restarts.

import random
import signal

from source import Datagrams

TOP = 1 << 64


class Model:
    """max, and what was seen; None: any number is good."""

    def __init__(self):
        self.max = None
        self.seen = set()

    def take(self, s):
        if self.max is None:
            good = True
        elif (s - self.max) % TOP in range(1, 257):
            good = s > self.max or self.max >> 56 == 0xff
        elif (self.max - s) % TOP in range(1, 257):
            good = s not in self.seen
            if good:
                self.seen.add(s)
            return good
        else:
            good = False
        if good:
            self.max = s
            self.seen.add(s)
        return good


def answered(source, numbers):
    """Sends one request a number; the last must be one that is answered."""
    for n in numbers:
        source.send(source.request('NOOP', seq=n))
    got = []
    while not got or got[-1] != numbers[-1]:
        got.append(int(source.read().get('Seq')))
    return got


def follow(router, source, model, numbers):
    """Each batch ends with a fresh number, which flushes the rest."""
    want = [n for n in numbers if model.take(n)]
    last = (model.max + 1) % TOP
    assert model.take(last)
    got = answered(source, numbers + [last])
    return got == want + [last], ('want', want), ('got', got)


def clear(router, name):
    return router.question('clear sequence-number ' + name)


def window(tap, router, source):
    clear(router, 'alice')
    model = Model()
    tap.attempt('window: any first number', follow, router, source, model,
                [1 << 40])
    for what, ahead in (
            ('the same again', [0, 0]), ('max+256', [256]),
            ('max+257', [257, 258, 1 << 20]), ('max+1 and back', [3, 2, 1, 2]),
            ('max-255, max-256 and max-257', [-255, -257, -256, -256, -258]),
            ('far away', [-(1 << 39), 1 << 41, TOP // 2, -(1 << 40)])):
        base = model.max
        tap.attempt('window: ' + what, follow, router, source, model,
                    [(base + n) % TOP for n in ahead])
    base = model.max
    numbers = list(range(base - 300, base))
    random.Random(1).shuffle(numbers)
    tap.attempt('window: 300 behind, in any order, each twice', follow, router,
                source, model, numbers + numbers)
    base = model.max
    numbers = [base + n for n in range(1, 201)] * 2
    random.Random(2).shuffle(numbers)
    tap.attempt('window: doubled and out of order', follow, router, source,
                model, numbers)
    walk = random.Random(3)
    for i in range(10):
        base = model.max
        numbers = [(base + walk.randint(-600, 300)) % TOP for _ in range(60)]
        tap.attempt('window: at random, %d' % i, follow, router, source,
                    model, numbers)


def wrap(tap, router, source):
    while not router.alice.is_empty():
        router.alice.hear()
    clear(router, 'alice')
    model = Model()
    tap.attempt('wrap: from the end on', follow, router, source, model,
                [TOP - 3])
    tap.attempt('wrap: through 0', follow, router, source, model,
                [TOP - 1, 5, 0, 1, TOP - 1, TOP - 2, 5])
    tap.attempt('wrap: old numbers stay old', follow, router, source, model,
                [TOP - 250, TOP - 300, TOP - 250, 3])
    note = router.alice.hear()
    from wire import Message
    tap.attempt('wrap: 130 is sent', lambda: (
        Message(note, source.key, False).code == 130, note))
    tap.check('wrap: and once', router.alice.is_empty())
    tap.check('wrap: and logged', router.count_log('ollover') +
              router.count_log('start again') + router.count_log('wrap') > 0)
    clear(router, 'alice')
    model = Model()
    tap.attempt('no wrap elsewhere', follow, router, source, model,
                [(1 << 63), 0, 5])


def restart(tap, router, source):
    clear(router, 'alice')
    model = Model()
    follow(router, source, model, [5000, 5010, 4990, 4800])
    for how in (signal.SIGTERM, signal.SIGKILL):
        status = router.restart(how)
        tap.check('restart: dtcpd ended by signal %d' % how,
                  status == (0 if how == signal.SIGTERM else -how), status)
        base = model.max
        tap.attempt('restart: what was seen stays seen after signal %d' % how,
                    follow, router, source, model,
                    [base, base - 1, 4990, 5010, 4800, base - 2, base + 257 + 1,
                     4991, base + 20])
        follow(router, source, model, [model.max + 30])


def run(tap, router):
    with Datagrams(router, 'alice') as source:
        window(tap, router, source)
        wrap(tap, router, source)
    with Datagrams(router, 'frank') as frank:
        tap.attempt('sequence-check = off: the same number again',
                    lambda: all(frank.ask('NOOP', seq=n).code == 200
                                for n in (7, 7, 1 << 50, 7, TOP - 1, 0)))
    with Datagrams(router, 'alice') as source:
        restart(tap, router, source)
        source.sequence['alice'] = 100000
        clear(router, 'alice')
        tap.attempt('cleared: any number is accepted next',
                    lambda: source.ask('NOOP').code == 200)
