# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# While somebody attacks, control sources get their answers, and the memory of
# dtcpd stays as it was. Nothing is said about how long that takes: each attack
# goes on until the control sources were answered, and they ask until the attack
# has done all it wants to. dtcpd runs as it is shipped.

import logging
import multiprocessing
import re
import socket
import time

import paramiko

from router import ADDRESS, DEADLINE, PASSWORD, SHIPPED, Router
from source import Channel, Datagrams, login

GROWTH = 48 << 10   # kB that the memory of dtcpd may grow by, all in all
ANSWERS = 50        # at least, while an attack goes on
CONNECTIONS = 10000
LIMITS = 'connection-limit = 250\n\t\trate-limit = 250'
FEW = 'connection-limit = 40\n\t\trate-limit = 250\n\t\t' \
      'lockout-attempts = 8\n\t\tlockout-period = %d'
HELD = 30
UDP_SEGMENT = 103
AT_ONCE = 8


def show(router, what):
    return router.question(what)[what]


def peak(router):
    with open('/proc/%d/status' % router.process.pid,
              encoding='ascii') as status:
        return int(re.search(r'VmHWM:\s*(\d+)', status.read()).group(1))


def bounded(tap, router, what, before):
    """Since dtcpd was started, which each part does anew."""
    after = peak(router)
    tap.check(what + ': the memory of dtcpd is bounded',
              after - before < GROWTH, before, after)


def fresh(router):
    """Starts dtcpd anew; returns how much memory it has after first use."""
    router.restart()
    enters(router, 'bob')
    return peak(router)


class Attack:
    """Another process, that tells how much it has done."""

    def __init__(self, function, *args):
        self.done = multiprocessing.Value('Q', 0)
        self.process = multiprocessing.Process(
            target=function, args=(self.done,) + args, daemon=True)

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *args):
        self.process.kill()
        self.process.join()

    def has_done(self, amount):
        if self.done.value < amount and not self.process.is_alive():
            raise RuntimeError('the attack is over')
        return self.done.value >= amount


def besieged(attack, amount, *sources):
    """Each is answered again and again, until the attack has done it all."""
    answers = 0
    while answers < ANSWERS or not attack.has_done(amount):
        for source in sources:
            answers += ask(source)
    return True


def ask(source):
    """What is lost on the way is asked again, as datagrams are."""
    if isinstance(source, Channel):
        assert source.ask('NOOP').code == 200
        return 1
    seq = source.next()
    source.send(source.request('NOOP', seq=seq))
    source.socket.settimeout(0.2)
    try:
        while source.read().get('Seq') != str(seq):
            pass
        return 1
    except TimeoutError:
        return 0


def connected(address, port, sender):
    s = socket.socket()
    s.settimeout(DEADLINE)
    s.bind((sender, 0))
    s.connect((address, port))
    return s


def connect_all(done, port):
    """From 200 hosts, and as many as may be stay connected."""
    held = []
    while True:
        held.append(connected(ADDRESS, port,
                              '127.1.0.%d' % (done.value % 200 + 1)))
        done.value += 1
        if len(held) == 500:
            held.pop(0).close()


def many_connections(tap, router):
    with Channel(router, 'alice') as alice:
        alice.ask('NOOP')
        with Attack(connect_all, router.ssh) as attack:
            tap.attempt('10,000 connections: who is connected is answered',
                        besieged, attack, CONNECTIONS, alice)
            tap.attempt('10,000 connections: who was there before gets in',
                        lambda: enters(router, 'bob'))
    ssh = show(router, 'ssh')
    tap.check('10,000 connections: they are refused for rate-limit',
              ssh['refused-rate-limit'] > CONNECTIONS // 2, ssh)
    tap.check('10,000 connections: the log has few lines of it',
              router.count_log('refused: rate-limit') < 1000)


def enters(router, name, password=PASSWORD, sender=None):
    """Logs in and is answered, at once."""
    raw = socket.create_connection(
        (ADDRESS, router.ssh), DEADLINE,
        (sender, 0) if sender else None)
    with raw:
        transport = paramiko.Transport(raw)
        transport.banner_timeout = DEADLINE
        transport.auth_timeout = DEADLINE
        transport.start_client(timeout=DEADLINE)
        transport.auth_password(name, password)
        with Channel(router, name, transport) as channel:
            return channel.ask('NOOP').code == 200


def is_allowed(router, *args, **options):
    try:
        return enters(router, *args, **options)
    except (OSError, EOFError, paramiko.SSHException):
        return False


def before_banner(raw):
    return raw


def half_banner(raw):
    raw.sendall(b'SSH-2.0-a')
    return raw


def in_key_exchange(raw):
    """A packet of it that says to be longer than it is."""
    raw.sendall(b'SSH-2.0-a\r\n\x00\x00\x08\x00\x04\x14')
    return raw


def before_login(raw):
    transport = paramiko.Transport(raw)
    transport.start_client(timeout=DEADLINE)
    return transport


def linger(done, port, phase):
    """Connects again where it had to make room."""
    held = []
    while True:
        sender = '127.2.0.%d' % (done.value % 200 + 1)
        try:
            held.append(phase(connected(ADDRESS, port, sender)))
        except (OSError, EOFError, paramiko.SSHException):
            time.sleep(0.01)
        done.value += 1
        if len(held) > 4 * HELD:
            held.pop(0).close()


def slow_strangers(tap, router):
    for phase in before_banner, half_banner, in_key_exchange, before_login:
        before = fresh(router)
        name = 'slow, ' + phase.__name__.replace('_', ' ')
        with Channel(router, 'alice') as alice:
            with Attack(linger, router.ssh, phase) as attack:
                tap.attempt(name + ': who is connected is answered', besieged,
                            attack, 2 * HELD, alice)
                tap.attempt(name + ': who comes gets in', enters, router,
                            'bob')
        ssh = show(router, 'ssh')
        tap.check(name + ': the oldest make room, and that is counted',
                  ssh['ended']['evicted'] > 0 or
                  ssh['ended']['disconnected'] > 0, ssh)
        tap.check(name + ': no more are there than may be',
                  ssh['connections-inet'] <= 41, ssh)
        bounded(tap, router, name, before)


def no_subsystem(router, name):
    return login(router, name).open_session(timeout=DEADLINE)


def half_message(router, name):
    channel = Channel(router, name)
    channel.send(channel.request('NOOP')[:-2])
    return channel


def slow_sources(tap, router):
    """Of those who may log in, one host has no more than three quarters."""
    for phase in no_subsystem, half_message:
        name = 'slow, ' + phase.__name__.replace('_', ' ')
        before = fresh(router)
        held = []
        with Channel(router, 'alice') as alice:
            for _ in range(HELD):
                try:
                    held.append(phase(router, 'bob'))
                except (OSError, EOFError, paramiko.SSHException):
                    break
            tap.attempt(name + ': others are answered', lambda: all(
                ask(alice) for _ in range(ANSWERS)))
            tap.attempt(name + ': another host gets in', lambda: enters(
                router, 'carol', sender='127.3.0.1'))
        for one in held:
            (getattr(one, 'transport', None) or one.get_transport()).close()
        ssh = show(router, 'ssh')
        tap.check(name + ': it had its share and no more',
                  ssh['refused-connection-share'] > 0 and len(held) <= 30,
                  len(held), ssh)
        bounded(tap, router, name, before)


def forge(done, port, message):
    """In the name of a control source, from its address: the worst case."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect((ADDRESS, port))
    # One call, and the kernel makes that many datagrams of it.
    s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, len(message))
    while True:
        try:
            s.send(message * AT_ONCE)
        except OSError:
            pass
        done.value += AT_ONCE


def forged(tap, router):
    with Datagrams(router, 'alice') as alice, Channel(router, 'bob') as bob:
        message = alice.request('NOOP')[:-10] + b'00000\r\n\r\n'
        before = show(router, 'udp')
        start = time.monotonic()
        with Attack(forge, router.udp, message) as attack:
            tap.attempt('forged datagrams: over UDP and SSH both are answered',
                        besieged, attack, 500000, alice, bob)
            sent = attack.done.value
        spent = time.monotonic() - start
        udp = show(router, 'udp')
        taken = udp['received'] - before['received']
        print('# %d forged datagrams a second were sent, %d were read' %
              (sent / spent, taken / spent))
        tap.check('forged datagrams: they are counted',
                  udp['dropped']['not-authenticated'] -
                  before['dropped']['not-authenticated'] > taken // 2, udp)
        tap.attempt('forged datagrams: nothing is left of it', lambda:
                    alice.resume() is None and alice.ask('NOOP').code == 200)


def endless(done, router, name, text):
    while True:
        try:
            with Channel(router, name) as channel:
                channel.send(text[:30])
                while True:
                    channel.send(text)
                    done.value += len(text)
        except (OSError, EOFError, paramiko.SSHException):
            done.value += 1


def is_cut_off(router, attack, source):
    """Others are answered until it is, and while it begins again."""
    while show(router, 'ssh')['ended']['too-long'] < 3:
        besieged(attack, 0, source)
    return True


def giants(tap, router):
    for what, text in (('a line without an end', b'x' * 32000),
                       ('a message without an end', b'X-Pad: x\r\n' * 3000)):
        before = fresh(router)
        with Channel(router, 'alice') as alice, \
                Attack(endless, router, 'bob', text) as attack:
            tap.attempt(what + ': it is cut off, and others are answered',
                        is_cut_off, router, attack, alice)
        bounded(tap, router, what, before)


def guess(router, sender, n):
    """Returns how many were tried before nobody listened any more."""
    for i in range(n):
        try:
            with connected(ADDRESS, router.ssh, sender) as raw:
                transport = paramiko.Transport(raw)
                transport.start_client(timeout=DEADLINE)
                try:
                    transport.auth_password('alice', 'guess%d' % i)
                    return None
                except paramiko.AuthenticationException:
                    pass
                finally:
                    transport.close()
        except (OSError, EOFError, paramiko.SSHException):
            return i
    return n


def guesses(tap, router, period):
    neighbour = '127.4.0.1'
    router.configure(replace=((LIMITS, FEW % 86400),))
    router.restart()
    raw = connected(ADDRESS, router.ssh, neighbour)
    transport = paramiko.Transport(raw)
    transport.start_client(timeout=DEADLINE)
    transport.auth_password('bob', PASSWORD)
    with Channel(router, 'bob', transport) as bob:
        n = guess(router, neighbour, 40)
        tap.check('guesses: the host is locked out', n == 8, n)
        tap.check('guesses: also with the right password',
                  not is_allowed(router, 'bob', sender=neighbour))
        tap.attempt('guesses: who is connected from there goes on', lambda:
                    bob.ask('NOOP').code == 200)
        tap.attempt('guesses: another host gets in', enters, router, 'alice')
    transport.close()
    ssh = show(router, 'ssh')
    tap.check('guesses: it is counted', (
        ssh['lock-outs'], ssh['hosts-locked-out'],
        ssh['refused-locked-out'] > 0) == (1, 1, True), ssh)
    tap.check('guesses: it is logged', router.count_log(
        neighbour + ' is locked out for 86400 s: 8 logins were refused') == 1)
    router.configure(replace=((LIMITS, FEW % period),))
    router.restart()
    guess(router, neighbour, 40)
    while not is_allowed(router, 'bob', sender=neighbour):
        pass
    tap.check('guesses: it ends by itself',
              show(router, 'ssh')['hosts-locked-out'] == 0)


def run(tap, _):
    # Paramiko has much to say of connections that are refused.
    logging.getLogger('paramiko').addHandler(logging.NullHandler())
    with Router(program=SHIPPED) as router:
        before = fresh(router)
        many_connections(tap, router)
        bounded(tap, router, '10,000 connections', before)
        forged(tap, router)
        bounded(tap, router, 'forged datagrams', before)
        router.configure(replace=((LIMITS, FEW % 86400),))
        slow_strangers(tap, router)
        slow_sources(tap, router)
        giants(tap, router)
        guesses(tap, router, 2)
