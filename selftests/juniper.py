#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# A control source as those in the field are: Paramiko, a password, `Seq: 1`
# each time, one recv() for an answer. Started by juniper.sh, in mediation;
# prints "ok DESCRIPTION" or "not ok DESCRIPTION", which juniper.sh counts.

import json
import os
import re
import sys
import time

from source import DEADLINE, check, digest, is_signed, namespace, sign

try:
    import paramiko
except ImportError:
    sys.exit(4)

ROUTER = '203.0.113.1'
LAB = os.environ['DFC_LAB']
KEY = b'Juniper'


def ping():
    namespace('TARGET', 'ping', '-q', '-c', '2', '-i', '0.2', '198.51.100.2')


def kernel_filters():
    return json.loads(namespace('ROUTER', 'dfcctl', '-j', 'filter'))['filters']


def copies_from(address):
    """Waits for two copies with that outer source address."""
    pattern = re.compile(r' %s .*192\.0\.2\.2.*198\.51\.100\.2' %
                         re.escape(address))
    end = time.monotonic() + DEADLINE
    while True:
        with open(LAB + '/dfcrecv.log', encoding='ascii') as log:
            count = sum(1 for line in log if pattern.search(line))
        if count >= 2 or time.monotonic() > end:
            return count
        time.sleep(0.2)


def request(*lines, end='\r\n', **options):
    text = ''.join(line + end for line in lines).encode()
    return sign(text, KEY, end=end.encode(), **options)


def has_digest(answer):
    return is_signed(answer, KEY, b'AUTHENTICATION-INFO: ')


class Source:
    def __init__(self, user, password):
        self.client = paramiko.SSHClient()
        self.client.load_host_keys(LAB + '/known_hosts')
        self.client.connect(ROUTER, 32001, user, password, timeout=DEADLINE,
                            banner_timeout=DEADLINE, auth_timeout=DEADLINE,
                            allow_agent=False, look_for_keys=False)
        self.channel = self.client.get_transport().open_session()
        self.channel.settimeout(DEADLINE)
        self.channel.invoke_subsystem('flow-tap-dtcp')

    def ask(self, message, size=2048):
        self.channel.sendall(message)
        return self.channel.recv(size)

    def ask_slowly(self, message):
        for at in range(len(message)):
            self.channel.send(message[at:at + 1])
        return self.channel.recv(2048)

    def ask_all(self, messages, count=None):
        """Sends them at once and returns when all are answered."""
        self.channel.sendall(b''.join(messages))
        answers = b''
        while answers.count(b'\r\n\r\n') < (count or len(messages)):
            answers += self.channel.recv(490 * 1024)
        return answers

    def close(self):
        self.client.close()


def criteria_id(answer):
    found = re.search(r'CRITERIA-ID:\s*(\d+)', answer.decode())
    return found.group(1) if found else ''


def is_good(description, answer):
    check(description, b'200 OK' in answer and has_digest(answer), answer)


def outer(address, source, cdest='cd1'):
    return ('X-JTap-Cdest-Dest-Address: ' + address,
            'X-JTap-Cdest-Dest-Port: 7890',
            'X-JTap-Cdest-Source-Address: ' + source,
            'X-JTap-Cdest-Source-Port: 7890',
            'X-JTap-Cdest-TTL: 255',
            'Cdest-ID: ' + cdest)


def delete(user, which):
    return request('DELETE DTCP/0.7', 'Csource-ID: ' + user,
                   'CRITERIA-ID: ' + which, 'Flags: STATIC', 'Seq: 1')


def test_tap(source, user, outer_lines, address):
    what = 'copies from ' + address
    answer = source.ask(request(
        'ADD DTCP/0.7', 'Csource-ID: ' + user, *outer_lines,
        'Source-Address: 192.0.2.2', 'Dest-Address: 198.51.100.2',
        'Protocol: 1', 'Priority: 2', 'Flags: STATIC', 'Seq: 1'))
    is_good(what + ': ADD', answer)
    number = criteria_id(answer)
    check(what + ': ADD has CRITERIA-ID', number != '', answer)
    ping()
    count = copies_from(address)
    check(what + ': they arrive', count == 2, count)
    answer = source.ask(request('LIST DTCP/0.7', 'Csource-ID: ' + user,
                                'Flags: BOTH', 'Seq: 1'))
    is_good(what + ': LIST', answer)
    check(what + ': LIST has CRITERIA-NUM and the X-JTAP headers',
          b'CRITERIA-NUM: 1\r\n' in answer and
          b'X-JTAP-CDEST-SOURCE-ADDRESS: ' + address.encode() + b'\r\n'
          in answer, answer)
    answer = source.ask(delete(user, number))
    is_good(what + ': DELETE', answer)
    check(what + ': DELETE counts one',
          b'CRITERIA-COUNT: 1\r\n' in answer, answer)
    check(what + ': the kernel has no filter', not kernel_filters())


def test_wording(source):
    is_good('names in upper case, digest last', source.ask(request(
        'NOOP DTCP/0.7', 'SEQ: 1', 'CSOURCE-ID: ftap1',
        name=b'AUTHENTICATION-INFO: ')))
    is_good('names in lower case, blanks around colons', source.ask(request(
        'noop  dtcp/0.7', 'seq :1', 'csource-id\t:  ftap1',
        name=b'authentication-info:')))
    text = b'NOOP DTCP/0.7\r\nCsource-ID: ftap1\r\nSeq: 1\r\n'
    is_good('a digest in upper case', source.ask(
        text + b'Authentication-Info: ' + digest(text, KEY).upper() +
        b'\r\n\r\n'))
    is_good('LF instead of CRLF', source.ask(request(
        'NOOP DTCP/0.7', 'Csource-ID: ftap1', 'Seq: 1', end='\n')))
    answer = source.ask(request('NOOP DTCP/0.6 ', 'Csource-ID: ftap1 ',
                                'Seq: 1 '))
    is_good('blanks at the ends of lines, which the digest covers', answer)
    check('the answer has the version of the request',
          answer.startswith(b'DTCP/0.6 200 OK\r\nSEQ: 1\r\nTIMESTAMP: '),
          answer)
    is_good('one byte at a time', source.ask_slowly(request(
        'NOOP DTCP/0.7', 'Csource-ID: ftap1', 'Seq: 1')))


def test_headers(source):
    """All headers of an ADD, in an order and in cases of their own."""
    answer = source.ask(request(
        'Add dtcp/0.7', 'TIMEOUT-IDLE: 600', 'dest-port: 80', 'ACTION: COPY',
        'flags: static', 'seq: 1', 'protocol: 6', 'PRIORITY: 1',
        'Dest-address: 198.51.100.2', 'cdest-id: cd1', 'Csource-id: ftap1',
        name=b'AUTHENTICATION-INFO: '))
    is_good('another order, other cases: ADD', answer)
    filters = kernel_filters()
    check('another order, other cases: the filter', len(filters) == 1 and
          filters[0]['to'] == ['198.51.100.2/32'] and
          filters[0]['dest-port'] == [80], filters)


def test_long_list(source):
    add = request('ADD DTCP/0.7', 'Csource-ID: ftap1', 'Cdest-ID: cd1',
                  'Source-Address: 192.0.2.0/25', 'Protocol: 17',
                  'Flags: STATIC', 'Seq: 1')
    answers = source.ask_all([add] * 20)
    check('many ADDs at once', answers.count(b'200 OK') == 20 and
          len(set(re.findall(rb'CRITERIA-ID: \d+', answers))) == 20, answers)
    answer = source.ask(request('LIST DTCP/0.7', 'Csource-ID: ftap1',
                                'Flags: Both', 'Seq: 1'), 490 * 1024)
    is_good('a long LIST arrives in one piece', answer)
    check('it has all of them', b'CRITERIA-NUM: 21\r\n' in answer and
          answer.count(b'CRITERIA-COUNT: 21\r\n') == 21, answer)
    answer = source.ask(delete('ftap1', '1-1000'))
    check('a range deletes all of them',
          b'CRITERIA-COUNT: 21\r\n' in answer and not kernel_filters(),
          answer)


def test_notifications(source):
    """What is told on a channel comes whole, behind answers."""
    noop = request('NOOP DTCP/0.7', 'Csource-ID: ftap1', 'Seq: 1')
    asking = request('NOOP DTCP/0.7', 'Csource-ID: ftap1',
                     'Flags: SendAsync', 'Seq: 1')
    text = source.ask_all([noop, asking, noop], 4)
    parts = [part + b'\r\n\r\n' for part in text.split(b'\r\n\r\n')[:-1]]
    check('131 comes behind the answer to who asks for it',
          [part[9:12] for part in parts] == [b'200', b'200', b'131', b'200'],
          text)
    check('whole, with a digest', all(has_digest(part) for part in parts),
          text)


def test_published(source):
    """A request that was published, down to its digest."""
    add = request('ADD DTCP/0.7', 'Csource-ID: dtcp1', 'Cdest-ID: cd1',
                  'Flags: STATIC', 'Seq: 1')
    numbers = criteria_id(source.ask(add)), criteria_id(source.ask(add))
    check("ids are the source's own, from 1 on", numbers == ('2', '3'),
          numbers)
    answer = source.ask(
        b'DELETE DTCP/0.7\r\nCsource-ID: dtcp1\r\nCRITERIA-ID: 2\r\n'
        b'Flags: STATIC\r\nSeq: 10\r\nAuthentication-Info: '
        b'7e84ae871b12f2da023b038774115bb8d955f17e\r\n\r\n')
    is_good('the published DELETE', answer)
    check('its answer is as published', answer.startswith(
        b'DTCP/0.7 200 OK\r\nSEQ: 10\r\nCRITERIA-COUNT: 1\r\nTIMESTAMP: '),
          answer)
    answer = source.ask(delete('dtcp1', '3'))
    check('the other criterion is still there',
          b'CRITERIA-COUNT: 1\r\n' in answer, answer)


def main():
    source = Source('ftap1', 'ftap1123')
    test_wording(source)
    test_tap(source, 'ftap1', outer('203.0.113.2', '203.0.113.1'),
             '203.0.113.1')
    test_tap(source, 'ftap1', outer('203.0.113.2', '198.51.100.77'),
             '198.51.100.77')
    test_headers(source)
    test_long_list(source)
    test_notifications(source)
    source.close()
    source = Source('dtcp1', 'dtcp1-password')
    test_tap(source, 'dtcp1', outer('203.0.113.2', '198.51.100.78', 'other'),
             '198.51.100.78')
    test_published(source)
    source.close()


main()
