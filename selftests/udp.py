#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A control source that speaks DTCP over UDP, and one that means harm. Started
# by udp.sh, in mediation; prints "ok DESCRIPTION" or "not ok DESCRIPTION".

import ctypes
import json
import os
import re
import socket
import time

from source import DEADLINE, check, digest, is_signed, namespace, sign

PORT = 16383
OTHER_PORT = 16384
NOTICES = 4000
CONTROL = os.environ['CONTROL']
KEYS = {'udp1': b'udp1-secret', 'udp2': b'udp2-secret', 'udp3': b'udp3-secret'}


def enter(name):
    libc = ctypes.CDLL(None, use_errno=True)
    with open('/run/netns/' + os.environ[name], 'rb') as file:
        if libc.setns(file.fileno(), 0):
            raise OSError(ctypes.get_errno(), 'setns')


def question(what):
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(CONTROL)
        control.sendall(what.encode() + b'\n')
        answer = b''
        while True:
            part = control.recv(65536)
            if not part:
                return json.loads(answer)
            answer += part


def received():
    return question('udp')['udp']['received']


def wait_until(condition):
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def values(message, name):
    return re.findall(rb'^' + name.encode() + rb': (.*)\r\n', message,
                      re.MULTILINE)


class Source:
    """Takes datagrams only from the address and port that it asks at."""

    sequence = {name: 1000 for name in KEYS}

    def __init__(self, name, address, port=PORT, place='MEDIATION', key=None):
        enter(place)
        family, _, _, _, to = socket.getaddrinfo(
            address, port, type=socket.SOCK_DGRAM,
            flags=socket.AI_NUMERICHOST)[0]
        self.name = name
        self.key = key or KEYS[name]
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        if family == socket.AF_INET:
            # IP_MTU_DISCOVER, IP_PMTUDISC_DONT: what is too long is cut up
            self.socket.setsockopt(socket.IPPROTO_IP, 10, 0)
        self.socket.connect(to)
        self.socket.settimeout(DEADLINE)
        enter('MEDIATION')

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.socket.close()

    def request(self, method, *lines, seq=None):
        if seq is None:
            Source.sequence[self.name] += 1
            seq = Source.sequence[self.name]
        text = ''.join(line + '\r\n' for line in (
            method + ' DTCP/0.7', 'Csource-ID: ' + self.name, *lines,
            'Seq: %d' % seq))
        return sign(text.encode(), self.key)

    def send(self, message):
        self.socket.send(message)

    def hear(self):
        return self.socket.recv(65536)

    def ask(self, method, *lines, seq=None):
        self.send(self.request(method, *lines, seq=seq))
        return self.hear()

    def is_good(self, answer):
        return answer.startswith(b'DTCP/0.7 200 OK\r\n') and \
            is_signed(answer, self.key)

    def gets(self, description, *request, **options):
        answer = self.ask(*request, **options)
        check(description, self.is_good(answer) and
              values(answer, 'Seq') != [], answer)
        return answer

    def is_ignored(self, *messages):
        """No answer and no ICMP error once dtcpd has seen them all."""
        before = received()
        for message in messages:
            self.send(message)
        seen = wait_until(lambda: received() >= before + len(messages))
        self.socket.setblocking(False)
        try:
            return not self.hear()
        except BlockingIOError:
            return seen
        except ConnectionRefusedError:
            return False
        finally:
            self.socket.settimeout(DEADLINE)

    def ignored(self, description, *messages):
        check(description, self.is_ignored(*messages))


def link_local(place, device):
    text = namespace(place, 'ip', '-6', '-o', 'address', 'show', 'dev', device,
                     'scope', 'link').decode()
    return re.search(r'fe80::[0-9a-f:]*', text).group(0)


def test_addresses():
    for address in ('203.0.113.1', '192.0.2.1', '2001:db8:3::1',
                    '2001:db8:1::1',
                    link_local('ROUTER', 'mediation') + '%router'):
        with Source('udp1', address) as source:
            name = address.partition('%')[0] if address[0] != 'f' else 'fe80::'
            source.gets('%s answers when it is asked' % name, 'NOOP')
    with Source('udp1', '203.0.113.1') as source:
        answer = source.ask('NOOP')
        check('header names are in mixed case, as in the drafts',
              values(answer, 'Seq') and values(answer, 'Timestamp') and
              values(answer, 'Authentication-Info'), answer)


def test_strangers():
    with Source('udp1', '203.0.113.1') as source, \
            Source('udp2', '203.0.113.1') as second:
        source.gets('two sources share a port: one', 'NOOP')
        second.gets('two sources share a port: the other', 'NOOP')
        good = source.request('NOOP')
        source.ignored('a message cut anywhere gets no answer',
                       *(good[:length] for length in range(len(good))))
        forged = bytearray(good)
        forged[-10] ^= 1
        source.ignored('a forged digest gets no answer', bytes(forged))
        source.ignored('a forged header gets no answer',
                       good.replace(b'NOOP', b'LIST'))
        source.send(good)
        check('the message itself does', source.is_good(source.hear()))
        source.ignored('but not twice', good, good)
    with Source('udp1', '203.0.113.1', key=KEYS['udp2']) as source:
        source.ignored("another source's key gets no answer",
                       source.request('NOOP'))
    with Source('udp1', '203.0.113.1', OTHER_PORT) as source:
        source.ignored("another source's port gets no answer",
                       source.request('NOOP'))
    with Source('udp3', '203.0.113.1', OTHER_PORT) as source:
        source.gets('the source of that port does', 'NOOP')
        source.ignored('a line that is too long gets no answer',
                       source.request('NOOP', 'X-Long: ' + 'x' * 9000))
        source.ignored('nothing, and nonsense, get no answer', b'', b'\0' * 99,
                       b'GET / HTTP/1.1\r\n\r\n', b'A' * 20000)
        source.gets('sources are served all the same', 'NOOP')
    with Source('udp1', '198.51.100.1', place='SERVER') as source:
        source.ignored('a source address that is not allowed gets no answer',
                       source.request('NOOP'))
    with Source('udp2', '198.51.100.1', place='SERVER') as source:
        # With ESP around it, it would be more than IP can carry.
        source.ignored('the largest datagram of all gets no answer',
                       b'A' * 65507)
        source.gets('one that may come from anywhere does', 'NOOP')


def test_order():
    with Source('udp1', '203.0.113.1') as source:
        first = Source.sequence['udp1'] + 1
        order = [first + i for i in (3, 1, 4, 2, 0, 200, 6, 199)]
        answers = [source.ask('NOOP', seq=seq) for seq in order]
        check('requests that overtake each other are answered', all(
            source.is_good(answer) and
            values(answer, 'Seq') == [str(seq).encode()]
            for answer, seq in zip(answers, order)), *answers)
        Source.sequence['udp1'] = first + 200
        source.ignored('each of them once', *(
            source.request('NOOP', seq=seq) for seq in order))
        source.ignored('numbers that are too old, or too far ahead, are not',
                       source.request('NOOP', seq=first + 200 - 257),
                       source.request('NOOP', seq=first + 200 + 257))


def test_fragments():
    padding = ['X-Padding-%d: %s' % (i, 'x' * 80) for i in range(60)]
    for name, address, place in (('udp2', '198.51.100.1', 'SERVER'),
                                 ('udp2', '2001:db8:2::1', 'SERVER'),
                                 ('udp1', '203.0.113.1', 'MEDIATION')):
        with Source(name, address, place=place) as source:
            source.gets('a request in fragments: ' + address, 'NOOP',
                        *padding)


def collect(source, *lines):
    """All datagrams of a LIST, however they arrive."""
    message = source.request('LIST', *lines)
    source.send(message)
    parts, numbers = [], []
    while not parts or len(numbers) < int(values(parts[0],
                                                 'Criteria-Count')[0]):
        parts.append(source.hear())
        numbers += [int(n) for n in values(parts[-1], 'Criteria-Num')]
    return parts, numbers, values(message, 'Seq')


def test_list(count=100):
    with Source('udp1', '203.0.113.1') as source:
        for i in range(count):
            answer = source.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static',
                                'Source-Address: 192.0.2.%d' % (i + 1),
                                'Protocol: 17')
            if not source.is_good(answer):
                check('%d criteria are added' % count, False, answer)
                return
        check('%d criteria are added' % count, len(json.loads(namespace(
            'ROUTER', 'dfcctl', '-j', 'filter'))['filters']) == count)
        parts, numbers, seq = collect(source, 'Flags: Both')
        check('a LIST comes in several datagrams', len(parts) > 1, parts)
        check('of 1400 bytes at most',
              max(len(part) for part in parts) <= 1400)
        check('each is a whole answer with a digest of its own', all(
            source.is_good(part) and values(part, 'Seq') == seq
            for part in parts), *parts)
        check('each criterion is there once',
              sorted(numbers) == list(range(1, count + 1)), numbers)
        listed = {ip for part in parts
                  for ip in values(part, 'Source-Address')}
        check('with its filter', len(listed) == count, listed)
        answer = source.gets('all are deleted', 'DELETE',
                             'Criteria-ID: 1-1000', 'Flags: Static')
        check('and counted', values(answer, 'Criteria-Count') ==
              [str(count).encode()], answer)


def notice_sockets():
    for family, address in ((socket.AF_INET, '203.0.113.2'),
                            (socket.AF_INET6, '2001:db8:3::2')):
        target = socket.socket(family, socket.SOCK_DGRAM)
        target.bind((address, NOTICES))
        target.settimeout(DEADLINE)
        yield target


def test_notices():
    targets = list(notice_sockets())
    with Source('udp1', '203.0.113.1') as source:
        source.gets('NOOP with SendAsync', 'NOOP', 'Flags: SendAsync')
        for target in targets:
            notice = target.recv(65536)
            check('131 goes to each target', is_signed(notice, source.key) and
                  notice.startswith(b'DTCP/0.7 131 NoOp Notification\r\n') and
                  not values(notice, 'Seq'), notice)
        answer = source.gets(
            'ADD with SendAsync', 'ADD', 'Cdest-ID: cd1', 'Protocol: 1',
            'Dest-Address: 198.51.100.2', 'Timeout-Packets: 2',
            'Timeout-Idle: 600', 'Flags: SendAsync')
        number = values(answer, 'Criteria-ID')
        namespace('TARGET', 'ping', '-q', '-c', '3', '-i', '0.2',
                  '198.51.100.2')
        for target in targets:
            notice = target.recv(65536)
            check('390 tells which criterion has expired',
                  notice.startswith(
                      b'DTCP/0.7 390 Criterion Timeout Delete\r\n') and
                  is_signed(notice, source.key) and
                  values(notice, 'Criteria-ID') == number and
                  values(notice, 'Timeout-Packets') == [b'2'] and
                  values(notice, 'Remaining-Packets') == [b'0'], notice)
    for target in targets:
        target.close()


def main():
    test_addresses()
    test_strangers()
    test_order()
    test_fragments()
    test_list()
    test_notices()
    print('# sequence', Source.sequence['udp1'])


main()
