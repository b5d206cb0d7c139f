# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Messages cut, glued, too long, and clients that do not read.

import subprocess

from router import ADDRESS, PASSWORD
from source import Channel, Datagrams, login
from wire import Message

LINE = 8192
MESSAGE = 65536


def padded(source, size, seq):
    """A NOOP of exactly that many bytes, its last empty line included."""
    room = size - len(source.request('NOOP', seq=seq))
    pads = []
    while room:
        n = min(room, 8000)
        if 0 < room - n < 10:
            n -= 10
        pads.append('X-Pad: ' + 'x' * (n - len('X-Pad: \r\n')))
        room -= n
    request = source.request('NOOP', *pads, seq=seq)
    assert len(request) == size
    return request


def long_line(source, size, seq):
    """A NOOP with a line of that many bytes, CR and LF included."""
    return source.request('NOOP', 'X-Pad: ' + 'x' *
                          (size - len('X-Pad: \r\n')), seq=seq)


def fits(source, make, size):
    seq = source.next()
    source.send(make(source, size, seq))
    return source.answer(seq).code == 200


def cut_channel(source):
    n = len(source.request('NOOP'))
    for i in range(1, n):
        seq = source.next()
        request = source.request('NOOP', seq=seq)
        source.send(request[:i])
        source.send(request[i:])
        if source.answer(seq).code != 200:
            return False, i
    return True


def byte_by_byte(source):
    seq = source.next()
    for byte in source.request('NOOP', seq=seq):
        source.send(bytes([byte]))
    return source.answer(seq).code == 200


def in_one_piece(source):
    """As a deployed client reads: once."""
    for _ in range(20):
        seq = source.next()
        source.send(source.request('NOOP', seq=seq))
        m = Message(source.channel.recv(2048), source.key, True)
        if m.get('Seq') != str(seq):
            return False, m.text
    return True


def pipelined(source, n, cut):
    numbers = [source.next() for _ in range(n)]
    stream = b''.join(source.request('NOOP', seq=s) for s in numbers)
    for i in range(0, len(stream), cut):
        source.send(stream[i:i + cut])
    for s in numbers:
        source.answer(s)
    return True


def garbage(source, before, after, is_answered):
    seq = source.next()
    source.send(before + source.request('NOOP', seq=seq) + after)
    if is_answered:
        source.answer(seq)
    return source.ask('NOOP').code == 200


def swallowed(source):
    """The next request is part of it, and its digest is not that of both."""
    source.send(b'NOOP DTCP/0.7\r\n\r\n' + source.request('NOOP'))
    return source.is_silent()


def closes(router, message):
    with Channel(router, 'alice') as source:
        source.send(message(source))
        return source.is_closed()


def cut_datagrams(source):
    """Only the whole one is answered, whatever it is cut into."""
    request = source.request('NOOP')
    return source.is_silent(*(request[:i] for i in range(1, len(request)))) \
        and source.is_silent(*(request[i:] for i in range(1, len(request))))


def glued(source):
    one, two = source.next(), source.next()
    source.send(source.request('NOOP', seq=one) +
                source.request('NOOP', seq=two))
    return source.answer(one).code == 200 and source.is_silent()


def many_channels(router, name):
    transport = login(router, name)
    try:
        channels = [Channel(router, name, transport) for _ in range(8)]
        for _ in range(5):
            asked = [(c, c.next()) for c in channels]
            for c, seq in asked:
                c.send(c.request('NOOP', seq=seq)[:30])
            for c, seq in asked:
                c.send(c.request('NOOP', seq=seq)[30:])
            for c, seq in reversed(asked):
                c.answer(seq)
        return True
    finally:
        transport.close()


def not_reading(router):
    """One that reads nothing: others are answered, and so is it, later."""
    with Channel(router, 'bob') as lazy, Channel(router, 'alice') as other, \
            Datagrams(router, 'bob') as udp:
        for _ in range(300):
            lazy.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static')
        numbers = [lazy.next() for _ in range(100)]
        stream = b''.join(lazy.request('LIST', seq=s) for s in numbers)
        lazy.channel.setblocking(False)
        try:
            while stream:
                stream = stream[lazy.channel.send(stream):]
        except OSError:
            return False, 'the window of requests is too small for this test'
        for _ in range(20):
            if other.ask('NOOP').code != 200 or udp.ask('NOOP').code != 200:
                return False
        lazy.channel.settimeout(60)
        for s in numbers:
            if len(lazy.answer(s).entries()) != 300:
                return False
        return lazy.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static').get(
            'Criteria-Count') == '300'


def status_at_end(router, message, status, n):
    with Channel(router, 'alice') as source:
        numbers = [source.next() for _ in range(n)]
        source.send(b''.join(source.request('NOOP', seq=s) for s in numbers) +
                    message)
        source.channel.shutdown_write()
        for s in numbers:
            source.answer(s)
        return source.is_closed() and \
            source.channel.recv_exit_status() == status


def openssh(router):
    with Datagrams(router, 'alice') as alice:
        numbers = [alice.next() for _ in range(50)]
        request = b''.join(alice.request('NOOP', seq=s) for s in numbers)
        out = subprocess.run(
            ['sshpass', '-p', PASSWORD, 'ssh', '-F', 'none', '-p',
             str(router.ssh), '-l', 'alice', '-o', 'StrictHostKeyChecking=no',
             '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR',
             '-s', ADDRESS, 'flow-tap-dtcp'], input=request,
            stdout=subprocess.PIPE, check=True).stdout
        for s in numbers:
            end = out.index(b'\r\n\r\n') + 4
            m = Message(out[:end], alice.key, True)
            if m.get('Seq') != str(s):
                return False, m.text
            out = out[end:]
        return out == b''


def on_channel(tap, router, source):
    tap.attempt('SSH: cut at every byte', cut_channel, source)
    tap.attempt('SSH: byte by byte', byte_by_byte, source)
    tap.attempt('SSH: an answer is written in one piece', in_one_piece, source)
    for n, cut in ((500, 1 << 20), (200, 7), (200, 1021)):
        tap.attempt('SSH: %d requests in pieces of %d' % (n, cut), pipelined,
                    source, n, cut)
    tap.attempt('SSH: empty lines before', garbage, source, b'\r\n\n\r\n', b'',
                True)
    tap.attempt('SSH: garbage before', garbage, source, b'garbage\r\n', b'',
                False)
    tap.attempt('SSH: NULs before', garbage, source, b'\0\0\0', b'', False)
    tap.attempt('SSH: half a message before', garbage, source,
                source.request('NOOP')[:40], b'', False)
    tap.attempt('SSH: an empty line ends no message that has no digest',
                swallowed, source)
    tap.attempt('SSH: a line of 8192 bytes', fits, source, long_line,
                LINE + 2)
    tap.attempt('SSH: a message of 65536 bytes', fits, source, padded, MESSAGE)
    tap.attempt('SSH: a line of 8193 bytes ends the session', closes, router,
                lambda s: long_line(s, LINE + 3, s.next()))
    tap.attempt('SSH: a line that does not end ends the session', closes,
                router, lambda s: b'x' * (LINE + 1))
    tap.attempt('SSH: a message of 65537 bytes ends the session', closes,
                router, lambda s: padded(s, MESSAGE + 1, s.next()))
    tap.attempt('SSH: a message that does not end ends the session', closes,
                router, lambda s: b'X-Pad: x\r\n' * 7000)


def on_datagrams(tap, source):
    tap.attempt('UDP: cut at every byte', cut_datagrams, source)
    tap.attempt('UDP: two messages in a datagram', glued, source)
    tap.attempt('UDP: garbage behind', garbage, source, b'', b'garbage\r\n',
                True)
    tap.attempt('UDP: garbage before', garbage, source, b'garbage\r\n', b'',
                False)
    tap.attempt('UDP: empty lines before', garbage, source, b'\r\n\n', b'',
                True)
    tap.attempt('UDP: a line of 8192 bytes', fits, source, long_line,
                LINE + 2)
    tap.attempt('UDP: a line of 8193 bytes', lambda s: s.is_silent(
        long_line(s, LINE + 3, s.next())), source)
    tap.attempt('UDP: a datagram of 65507 bytes', fits, source, padded, 65507)


def run(tap, router):
    with Datagrams(router, 'alice') as source:
        on_datagrams(tap, source)
    with Channel(router, 'alice') as source:
        on_channel(tap, router, source)
    tap.attempt('SSH: 8 channels of a session, side by side', many_channels,
                router, 'alice')
    tap.attempt('SSH: a client that does not read stops only itself',
                not_reading, router)
    tap.attempt('SSH: end of input behind a message: status 0', status_at_end,
                router, b'', 0, 3)
    tap.attempt('SSH: end of input within a message: status 1', status_at_end,
                router, b'NOOP DTCP/0.7\r\n', 1, 3)
    tap.attempt('SSH: OpenSSH, 50 requests in a pipe', openssh, router)
