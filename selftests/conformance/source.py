# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Control sources: one that sends datagrams, one that has an SSH channel. Both
# hold every answer against the rules of wire.py.

import re
import socket

import paramiko

from router import ADDRESS, DEADLINE, KEYS, PASSWORD
from wire import Malformed, Message, lines, sign

END = re.compile(rb'^AUTHENTICATION-INFO: [^\r\n]*\r\n\r\n',
                 re.MULTILINE | re.IGNORECASE)


class Source:
    upper = False
    sequence = {}

    def __init__(self, router, name):
        self.router = router
        self.name = name
        self.key = KEYS[name]

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()

    def next(self):
        n = Source.sequence.get(self.name, 1000) + 1
        Source.sequence[self.name] = n
        return n

    def text(self, method, *rest, version='0.7', seq=None, end=b'\r\n'):
        if seq is None:
            seq = self.next()
        first = method if ' ' in method or '\t' in method else \
            '%s DTCP/%s' % (method, version)
        return lines(first, 'Csource-ID: ' + self.name, *rest,
                     'Seq: %s' % seq, end=end)

    def request(self, *args, end=b'\r\n', **options):
        return sign(self.text(*args, end=end, **options), self.key, end)

    def read(self):
        return Message(self.hear(), self.key, self.upper)

    def ask(self, *args, **options):
        """The answer to a request, which has its Seq."""
        seq = options.pop('seq', None)
        if seq is None:
            seq = self.next()
        self.send(self.request(*args, seq=seq, **options))
        return self.answer(seq)

    def answer(self, seq):
        m = self.read()
        if m.get('Seq') != str(seq) or m.names()[0] != 'seq':
            raise Malformed('Seq %s expected first: %r' % (seq, m.text))
        return m

    def ask_raw(self, message):
        self.send(message)
        return self.read()

    def resume(self):
        """After something went wrong: past all answers that nobody read."""
        seq = self.next()
        try:
            self.send(self.request('NOOP', seq=seq))
            while Message(self.hear(), self.key, self.upper).get('Seq') != \
                    str(seq):
                pass
        except (OSError, EOFError, Malformed):
            pass

    def is_silent(self, *messages):
        """None is answered: the answer to what is asked next comes first."""
        for message in messages:
            self.send(message)
        return self.ask('NOOP').code == 200


class Datagrams(Source):
    def __init__(self, router, name, port=None, address=ADDRESS):
        super().__init__(router, name)
        self.socket = socket.socket(
            socket.AF_INET6 if ':' in address else socket.AF_INET,
            socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        if port is None:
            port = router.other if name == 'carol' else router.udp
        self.socket.connect((address, port))
        self.socket.settimeout(DEADLINE)

    def close(self):
        self.socket.close()

    def send(self, message):
        self.socket.send(message)

    def hear(self):
        return self.socket.recv(65536)

    def list(self, *rest, **options):
        """All parts, in the order of Criteria-Num."""
        seq = self.next()
        self.send(self.request('LIST', *rest, seq=seq, **options))
        parts = [self.answer(seq)]
        found = parts[0].entries()
        while found and len(found) < int(found[0][-1][1]):
            parts.append(self.answer(seq))
            found += parts[-1].entries()
        return parts, found


class Channel(Source):
    upper = True

    def __init__(self, router, name, transport=None, address=ADDRESS):
        super().__init__(router, name)
        self.transport = transport
        self.owns = transport is None
        if self.owns:
            self.transport = login(router, name, address=address)
        self.channel = self.transport.open_session(timeout=DEADLINE)
        self.channel.settimeout(DEADLINE)
        self.channel.invoke_subsystem('flow-tap-dtcp')
        self.rest = b''

    def close(self):
        self.channel.close()
        if self.owns:
            self.transport.close()

    def send(self, message):
        self.channel.sendall(message)

    def hear(self):
        while True:
            end = END.search(self.rest)
            if end:
                message = self.rest[:end.end()]
                self.rest = self.rest[end.end():]
                return message
            part = self.channel.recv(490 * 1024)
            if not part:
                raise Malformed('the channel ends after %r' % self.rest)
            self.rest += part

    def is_closed(self):
        """The channel ends, and nothing was said on it."""
        try:
            return self.rest == b'' and self.channel.recv(1) == b''
        except (OSError, EOFError):
            return True

    def list(self, *rest, **options):
        m = self.ask('LIST', *rest, **options)
        return [m], m.entries()


def login(router, name, password=PASSWORD, address=ADDRESS):
    raw = socket.create_connection((address, router.ssh), DEADLINE)
    transport = paramiko.Transport(raw)
    transport.start_client(timeout=DEADLINE)
    transport.auth_password(name, password)
    return transport
