# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Who is answered, and that nobody else is.

import select

from router import KEYS, has_ipv6
from source import Channel, Datagrams
from wire import lines, sign

# Published: key, text, digest. Two are what Junos wrote.
VECTOR = (b'Juniper', b'DELETE DTCP/0.7\r\nCsource-ID: dtcp1\r\n'
          b'CRITERIA-ID: 2\r\nFlags: STATIC\r\nSeq: 10\r\n',
          b'7e84ae871b12f2da023b038774115bb8d955f17e')


def flipped(request):
    """All that differ from it in one bit of the digest."""
    head, name, tail = request.partition(b'Authentication-Info: ')
    value = bytearray.fromhex(tail[:40].decode())
    for i in range(len(value) * 8):
        value[i // 8] ^= 1 << i % 8
        yield head + name + value.hex().encode() + b'\r\n\r\n'
        value[i // 8] ^= 1 << i % 8


def forged(source):
    """Each bit of what is signed, in its turn; the Seq is not used up."""
    seq = source.next()
    request = source.request('NOOP', seq=seq)
    end = request.index(b'Authentication-Info')
    for i in range(end * 8):
        bad = bytearray(request)
        bad[i // 8] ^= 1 << i % 8
        yield bytes(bad)


def digest_case(source):
    seq = source.next()
    request = source.request('NOOP', seq=seq)
    head, name, tail = request.partition(b'Authentication-Info: ')
    source.send(head + name + tail.upper())
    return source.answer(seq).code == 200


def header_case(source, name):
    seq = source.next()
    source.send(sign(source.text('NOOP', seq=seq), source.key, name=name))
    return source.answer(seq).code == 200


def bad_digests(source):
    text = source.text('NOOP')
    good = sign(text, source.key)
    digest = good[len(text):].split()[1]
    mark = b'Authentication-Info: '
    return source.is_silent(
        text + mark + b'\r\n\r\n', text + mark + digest[:39] + b'\r\n\r\n',
        text + mark + digest + b'0\r\n\r\n',
        text + mark + b'0' * 40 + b'\r\n\r\n',
        text + mark + digest[:-1] + b'g\r\n\r\n',
        text + mark + b'0x' + digest[:38] + b'\r\n\r\n',
        sign(text, b'wrong'), sign(text, b''), sign(text, source.key + b' '),
        sign(text, b'Juniper'))


def trailing_blanks_are_signed(source):
    text = source.text('NOOP').replace(b'\r\n', b' \r\n')
    bare = source.text('NOOP')
    return source.ask_raw(sign(text, source.key)).code == 200 and \
        source.is_silent(text + sign(bare, source.key)[len(bare):])


def digest_in_front(source):
    """What follows the digest is disregarded: nothing is left to judge."""
    text = source.text('NOOP')
    first, rest = text.split(b'\r\n', 1)
    whole = sign(text, source.key)[len(text):-2]
    return source.is_silent(first + b'\r\n' + whole + rest + b'\r\n')


def other_names(source, method='NOOP'):
    """Signed well, but for somebody else."""
    seq = source.next()
    messages = []
    for name, key in (('nobody', source.key), ('Alice', source.key),
                      ('bob', source.key), ('alice ' * 20, source.key),
                      ('', source.key), ('alice,bob', source.key),
                      ('127.0.0.1', source.key)):
        messages.append(sign(lines(method + ' DTCP/0.7', 'Csource-ID: ' + name,
                                   'Seq: %d' % seq), key))
    messages.append(sign(lines(method + ' DTCP/0.7', 'Seq: %d' % seq),
                         source.key))
    return source.is_silent(*messages)


def both(tap, name, source):
    tap.attempt(name + ': a digest in upper case', digest_case, source)
    for spelling in (b'AUTHENTICATION-INFO', b'authentication-info',
                     b'Authentication-Info ', b'Authentication-Info\t'):
        tap.attempt('%s: %s is the last header' % (name, spelling.decode()),
                    header_case, source, spelling)
    tap.attempt(name + ': 160 digests wrong by one bit',
                lambda s: s.is_silent(*flipped(s.request('NOOP'))), source)
    tap.attempt(name + ': digests that are none', bad_digests, source)
    tap.attempt(name + ': blanks at the end are signed',
                trailing_blanks_are_signed, source)
    tap.attempt(name + ': nothing in front of the digest', digest_in_front,
                source)
    tap.attempt(name + ': other names and keys', other_names, source)


def datagrams(tap, router):
    with Datagrams(router, 'alice') as alice:
        both(tap, 'UDP', alice)
        tap.attempt('UDP: every bit of a request wrong',
                    lambda s: s.is_silent(*forged(s)), alice)
        tap.attempt('UDP: no control source at this port',
                    wrong_port, router, alice)
        tap.attempt('UDP: garbage', lambda s: s.is_silent(
            b'', b'\0' * 100, b'\r\n' * 50, b'\xff' * 1400, b'ADD', b':' * 99,
            b'Authentication-Info: ' + b'0' * 40 + b'\r\n\r\n'), alice)
        tap.attempt('UDP: an incomplete message and its rest',
                    in_two_datagrams, alice)
    with Datagrams(router, 'erin') as erin, Datagrams(router, 'bob') as bob:
        erin.send(erin.request('NOOP'))
        tap.attempt('UDP: a source address that is not allowed',
                    lambda: bob.ask('NOOP').code == 200 and empty(erin))
    with Datagrams(router, 'dave') as dave, Datagrams(router, 'bob') as bob:
        dave.send(dave.request('NOOP'))
        tap.attempt('UDP: a control source without service-port',
                    lambda: bob.ask('NOOP').code == 200 and empty(dave))
    for address in ('127.0.0.2', '::1') if has_ipv6() else ('127.0.0.2',):
        with Datagrams(router, 'bob', address=address) as bob:
            tap.attempt('UDP: the answer comes from %s, as asked' % address,
                        lambda s: s.ask('NOOP').code == 200, bob)
        with Channel(router, 'bob', address=address) as bob:
            tap.attempt('SSH at %s: Csource-Address' % address, list_address,
                        bob, address)


def list_address(source, address):
    source.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static')
    entry = dict(source.list()[1][0])
    source.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static')
    own = source.transport.sock.getsockname()[0]
    return entry['csource-address'] == own, entry


def empty(source):
    return not select.select([source.socket], [], [], 0)[0]


def wrong_port(router, alice):
    """The other port's own control source is asked for the order."""
    with Datagrams(router, 'alice', port=router.other) as wrong, \
            Datagrams(router, 'carol') as carol:
        wrong.send(wrong.request('NOOP'))
        return carol.ask('NOOP').code == 200 and empty(wrong) and \
            alice.ask('NOOP').code == 200


def in_two_datagrams(source):
    request = source.request('NOOP')
    for i in (len(request) - 1, len(request) - 2, len(request) // 2, 1):
        if not source.is_silent(request[:i], request[i:]):
            return False
    return True


def channels(tap, router):
    with Channel(router, 'alice') as alice:
        both(tap, 'SSH', alice)
        tap.attempt('SSH: another control source, with its own key',
                    lambda s: s.is_silent(sign(
                        lines('NOOP DTCP/0.7', 'Csource-ID: bob', 'Seq: 1'),
                        KEYS['bob'])), alice)
    with Channel(router, 'dave') as dave:
        tap.attempt('SSH: the key is Juniper where none is configured',
                    lambda: dave.ask('NOOP').code == 200)
        tap.attempt('SSH: Seq 1 for ever', lambda: all(
            dave.ask('NOOP', seq=1).code == 200 for _ in range(5)))
    with Channel(router, 'erin') as erin:
        erin.send(erin.request('NOOP'))
        erin.channel.shutdown_write()
        tap.attempt('SSH: a source address that is not allowed',
                    erin.is_closed)
    with Channel(router, 'heidi') as heidi:
        seq = heidi.next()
        tap.attempt('SSH: sequence-check = on', lambda: heidi.ask(
            'NOOP', seq=seq).code == 200 and heidi.is_silent(
                heidi.request('NOOP', seq=seq)))


def counters(router, name):
    for one in router.question('control-source')['control-sources']:
        if one['control-source'] == name:
            return one
    return None


def is_counted(router, name, cause, function):
    """Once, at the control source, and under that cause alone."""
    before = counters(router, name)
    function()
    after = counters(router, name)
    grown = {n: after[n] - before[n] for n in after
             if n.startswith('dropped-') and after[n] != before[n]}
    return grown == {'dropped-' + cause: 1}, grown


def causes(tap, router):
    with Datagrams(router, 'alice') as alice, Channel(router, 'alice') as ssh, \
            Datagrams(router, 'erin') as erin, Datagrams(router, 'bob') as bob:
        seq = alice.next()
        alice.ask('NOOP', seq=seq)
        for name, cause, function in (
                ('alice', 'bad-digest', lambda: alice.is_silent(
                    sign(alice.text('NOOP'), b'wrong'))),
                ('alice', 'bad-sequence-number', lambda: alice.is_silent(
                    alice.request('NOOP', seq=seq))),
                ('alice', 'not-ssh-user', lambda: ssh.is_silent(
                    bob.request('NOOP'))),
                ('erin', 'unauthorized-control-source', lambda: (
                    erin.send(erin.request('NOOP')), bob.ask('NOOP')))):
            tap.attempt('counted: ' + cause, is_counted, router, name, cause,
                        function)


def published(tap):
    from wire import digest
    key, text, result = VECTOR
    tap.check('the published digest', digest(text, key) == result)


def run(tap, router):
    published(tap)
    datagrams(tap, router)
    channels(tap, router)
    causes(tap, router)
