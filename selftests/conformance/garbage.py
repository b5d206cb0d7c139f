# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# SSH as nobody speaks it, in every phase: before and in the key exchange,
# before the login, behind it; and questions that nobody asks at the control
# socket. dtcpd lives on, answers who asks properly, and
# has no more descriptors and memory than before. FUZZ_SECONDS says for how
# long, DFC_SEED which nonsense.

import contextlib
import logging
import os
import random
import select
import socket
import struct
import time

import paramiko
from paramiko.message import Message

from mutants import SEEDS, mutate
from router import ADDRESS, DEADLINE, PASSWORD, Router
from source import Channel
from wire import sign

# dtcpd takes no more connections a minute from all hosts, less from one.
CONNECTIONS = 200
MEMORY = 128 << 10
FAILURES = (OSError, EOFError, paramiko.SSHException, AssertionError,
            struct.error, TypeError, ValueError)


class Tape:
    """A socket that remembers what went out."""

    def __init__(self, raw):
        self.raw = raw
        self.parts = []

    def __getattr__(self, name):
        return getattr(self.raw, name)

    def send(self, data):
        n = self.raw.send(data)
        self.parts.append(bytes(data[:n]))
        return n


def connect(router, dice):
    """From any of some hosts."""
    raw = socket.socket()
    raw.settimeout(DEADLINE)
    raw.bind(('127.0.0.%d' % dice.randrange(10, 90), 0))
    raw.connect((ADDRESS, router.ssh))
    return raw


def record(router, dice):
    """What a client sends up to the end of its login."""
    tape = Tape(connect(router, dice))
    transport = paramiko.Transport(tape)
    transport.start_client(timeout=DEADLINE)
    transport.auth_password('bob', PASSWORD)
    transport.close()
    return tape.parts


def twist(dice, data):
    """Bytes changed, lengths most of all."""
    data = bytearray(data)
    for _ in range(dice.choice((0, 1, 1, 2, 5))):
        at = dice.randrange(len(data)) if data else 0
        how = dice.randrange(5)
        if how == 0:
            data[at:at + 4] = struct.pack('>I', dice.choice(
                (0, 1, 5, 35000, 262144, 1 << 31, 0xffffffff)))
        elif how == 1:
            data[at:at + 1] = bytes([dice.randrange(256)])
        elif how == 2:
            del data[at:at + dice.randrange(1, 40)]
        elif how == 3:
            data[at:at] = dice.randbytes(dice.randrange(1, 40))
        else:
            data[:4] = struct.pack('>I', dice.getrandbits(dice.randrange(1, 33)))
    return bytes(data)


class Garbage:
    def __init__(self, router, dice):
        self.router = router
        self.dice = dice
        self.tape = record(router, dice)
        self.held = []
        self.connections = 1

    def connect(self):
        self.connections += 1
        return connect(self.router, self.dice)

    def part(self, with_fields=True):
        """Something that may stand in a message."""
        return self.dice.choice((
            b'', b'bob', b'flow-tap-dtcp', b'session', b'ssh-userauth',
            b'ssh-connection', b'password', b'publickey', b'none', b'\0',
            b'%n%s', b'A' * 40000, self.dice.randbytes(30),
            struct.pack('>I', self.dice.choice((0, 1, 7, 0xffffffff)))))

    def message(self, kinds):
        """A message of any of these types, with any fields behind."""
        message = Message()
        message.add_byte(bytes([self.dice.choice(kinds)]))
        for _ in range(self.dice.randrange(6)):
            if self.dice.randrange(2):
                message.add_string(self.part())
            else:
                message.add_bytes(self.part())
        return message

    # Before there are keys.

    def send_raw(self, parts):
        raw = self.connect()
        for part in parts:
            raw.sendall(part)
            if self.dice.randrange(3) == 0 and \
                    select.select([raw], [], [], 0)[0]:
                raw.recv(4096)
        how = self.dice.randrange(4)
        if how == 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                           struct.pack('ii', 1, 0))
        elif how == 1:
            raw.shutdown(socket.SHUT_WR)
        elif how == 2:
            self.held.append(raw)
            return
        raw.close()

    def noise(self):
        banner = self.dice.choice((b'', b'SSH-2.0-x\r\n', b'SSH-1.5-x\n',
                                   b'SSH-2.0-' + b'x' * 5000, b'SSH-2.0\r\n',
                                   b'GET / HTTP/1.0\r\n\r\n', b'\0' * 300))
        self.send_raw([banner, self.dice.randbytes(
            self.dice.choice((0, 1, 8, 100, 5000, 40000)))])

    def replay(self):
        parts = self.tape[:self.dice.randrange(1, len(self.tape) + 1)]
        which = self.dice.randrange(len(parts))
        parts[which] = twist(self.dice, parts[which])
        if self.dice.randrange(4) == 0:
            parts[-1] = parts[-1][:self.dice.randrange(len(parts[-1]) + 1)]
        self.send_raw(parts)

    # Behind the key exchange, before the login.

    def negotiate(self):
        transport = paramiko.Transport(self.connect())
        transport.start_client(timeout=DEADLINE)
        return transport

    def unknown_user(self):
        transport = self.negotiate()
        with contextlib.closing(transport):
            for _ in range(self.dice.randrange(5)):
                transport._send_message(self.message(
                    (2, 4, 5, 6, 20, 30, 50, 50, 50, 61, 80, 90, 98, 255)))

    # Behind the login.

    def login(self):
        transport = self.negotiate()
        transport.auth_password('bob', PASSWORD)
        return transport

    def messages(self):
        transport = self.login()
        with contextlib.closing(transport):
            transport.open_session(timeout=DEADLINE)
            for _ in range(self.dice.randrange(12)):
                transport._send_message(self.message(
                    (1, 2, 3, 5, 20, 21, 30, 50, 52, 80, 81, *range(90, 101))))

    def channels(self):
        transport = self.login()
        with contextlib.closing(transport):
            for _ in range(self.dice.choice((1, 3, 40))):
                self.channel(transport)

    def channel(self, transport):
        channel = transport.open_session(
            window_size=self.dice.choice((0, 1, 4096, 1 << 21)),
            max_packet_size=self.dice.choice((0, 1, 4096, 1 << 15)),
            timeout=DEADLINE)
        asks = [lambda: channel.invoke_subsystem('flow-tap-dtcp'),
                lambda: channel.invoke_subsystem('x' * 3000),
                lambda: channel.exec_command('id; ' + 'y' * 500),
                channel.get_pty, channel.invoke_shell,
                lambda: channel.set_environment_variable('LD_PRELOAD', '/x'),
                lambda: channel.resize_pty(0, 0),
                lambda: channel.request_x11(),
                channel.shutdown_write, channel.shutdown_read, channel.close]
        for ask in self.dice.choices(asks, k=self.dice.randrange(4)):
            with contextlib.suppress(*FAILURES):
                ask()
        with contextlib.suppress(*FAILURES):
            channel.setblocking(False)
            channel.send(self.dice.randbytes(2000))

    def requests(self):
        """Requests, signed or not, broken, and the end in the middle."""
        source = Channel(self.router, 'bob', self.login())
        with contextlib.closing(source.transport):
            source.channel.settimeout(0.2)
            for _ in range(self.dice.randrange(1, 30)):
                method, *rest = self.dice.choice(SEEDS)
                text = mutate(self.dice, source.text(method, *rest))
                if self.dice.randrange(3):
                    text = sign(text, source.key)
                source.send(text)
                if self.dice.randrange(12) == 0:
                    source.send(self.dice.randbytes(9000))
            source.send(source.request('NOOP')[:self.dice.randrange(1, 80)])
            if self.dice.randrange(2):
                source.channel.shutdown_write()

    # By the control socket, which operators have.

    def control(self):
        raw = socket.socket(socket.AF_UNIX)
        raw.connect(self.router.dir + '/control')
        words = (b'criteria', b'groups', b'events', b'clear', b'statistics',
                 b'control-source', b'bob', b'1', b'4294967296', b'\0', b' ',
                 self.part())
        text = b' '.join(self.dice.choices(words, k=self.dice.randrange(5)))
        raw.setblocking(False)
        raw.send(text[:70000] + self.dice.choice((b'\n', b'\n\n', b'', b'\0')))
        if self.dice.randrange(3) == 0:
            self.held.append(raw)
        else:
            raw.close()

    def step(self):
        act = self.dice.choices(
            (self.noise, self.replay, self.unknown_user, self.messages,
             self.channels, self.requests, self.control),
            (4, 8, 3, 4, 2, 3, 2))[0]
        with contextlib.suppress(*FAILURES):
            act()
        while len(self.held) > 20:
            self.held.pop(0).close()

    def close(self):
        for raw in self.held:
            raw.close()


def descriptors(router):
    """None where only root may know."""
    try:
        return len(os.listdir('/proc/%d/fd' % router.process.pid))
    except PermissionError:
        return None


def memory(router):
    with open('/proc/%d/status' % router.process.pid,
              encoding='ascii') as status:
        return next(int(line.split()[1]) for line in status
                    if line.startswith('VmRSS'))


def await_descriptors(router, most):
    """Sessions that were left end by and by."""
    end = time.monotonic() + DEADLINE
    while descriptors(router) is not None and descriptors(router) > most:
        if time.monotonic() > end:
            return False
        select.select([], [], [], 0.05)
    return True


def is_answered(router):
    with Channel(router, 'alice') as source:
        return source.ask('NOOP').code == 200


def storm(router, dice, end):
    """Until the time is over, or no more connections are let in."""
    if not is_answered(router):
        return 0, 'not answered at the start'
    fds, kib = descriptors(router), memory(router)
    garbage = Garbage(router, dice)
    steps = 0
    while time.monotonic() < end and garbage.connections < CONNECTIONS:
        garbage.step()
        steps += 1
        if router.process.poll() is not None:
            return steps, 'dtcpd has ended: ' + router.read_log()[-3000:]
    if not is_answered(router):
        return steps, 'not answered'
    garbage.close()
    if 'control-sources' not in router.question('control-source'):
        return steps, 'no answer at the control socket'
    if fds is not None and not await_descriptors(router, fds + 2):
        return steps, '%d descriptors, %d before' % (descriptors(router), fds)
    if memory(router) > kib + MEMORY:
        return steps, '%d KiB, %d before' % (memory(router), kib)
    return steps, None


def run(tap, _router):
    # Paramiko has something to say of all of it.
    logging.getLogger('paramiko').setLevel(logging.CRITICAL)
    seconds = int(os.environ.get('FUZZ_SECONDS', '5'))
    dice = random.Random(int(os.environ.get('DFC_SEED', '6')))
    end = time.monotonic() + seconds
    steps, wrong, first = 0, None, True
    with Router() as router:
        while not wrong and (first or time.monotonic() < end):
            first = False
            n, wrong = storm(router, dice, end)
            steps += n
            if not wrong and router.restart() != 0:
                wrong = 'dtcpd does not end as it should'
        found = [line for line in router.read_log().split('\n')
                 if 'ERROR: ' in line or 'runtime error' in line]
    tap.check('SSH: %d pieces of garbage in %d s' % (steps, seconds),
              not wrong and not found, wrong, found)
