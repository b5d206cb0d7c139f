# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# How a message may be written, on both transports.

from source import Channel, Datagrams
from wire import lines, sign

ADD = ('Cdest-ID: cd1', 'Flags: Static')


# Description, request lines after the first, verdict.
SPELLINGS = [
    ('blanks around the colon', ['Cdest-ID \t : \t cd1', 'Flags:Static'], 200),
    ('no blank after the colon', ['Cdest-ID:cd1', 'Flags:Static'], 200),
    ('blanks at the end', ['Cdest-ID: cd1 \t ', 'Flags: Static\t'], 200),
    ('header names in any case', ['CDEST-id: cd1', 'fLAGS: Static'], 200),
    ('keywords in any case', ['Cdest-ID: cd1', 'Flags: sTATIC',
                              'Action: cOPY'], 200),
    ('names of destinations are case-sensitive',
     ['Cdest-ID: CD1', 'Flags: Static'], 430),
    ('flags with blanks between', ['Cdest-ID: cd1',
                                   'Flags: Static , SendAsync'], 200),
    ('the first of two Cdest-ID counts',
     ['Cdest-ID: cd1', 'Cdest-ID: nobody', 'Flags: Static'], 200),
    ('the first of two Cdest-ID counts, also if it is bad',
     ['Cdest-ID: nobody', 'Cdest-ID: cd1', 'Flags: Static'], 430),
    ('the first of two filters counts',
     ['Cdest-ID: cd1', 'Flags: Static', 'Protocol: 6', 'Protocol: 999'], 200),
    ('an escaped byte in a name', ['Cdest-ID: c\\1001', 'Flags: Static'], 200),
    ('an escaped digit that would look like an escape',
     ['Cdest-ID: cd\\049', 'Flags: Static'], 200),
    ('an escaped comma does not separate',
     ['Cdest-ID: cd1\\044cd2', 'Flags: Static'], 430),
    ('two escapes in a list', ['Cdest-ID: \\099d1,cd\\050', 'Flags: Static'],
     200),
    ('an escape of two digits', ['Cdest-ID: cd\\49', 'Flags: Static'], 400),
    ('an escape above 255', ['Cdest-ID: cd\\256', 'Flags: Static'], 400),
    ('an escape without digits', ['Cdest-ID: cd1\\', 'Flags: Static'], 400),
    ('an escape in hex', ['Cdest-ID: cd\\x31', 'Flags: Static'], 400),
    ('an escape in a number', ['Cdest-ID: cd1', 'Timeout-Total: 6\\048'], 200),
    ('an escape in a keyword', ['Cdest-ID: cd1', 'Flags: St\\097tic'], 200),
    ('an escaped comma between filters',
     ['Cdest-ID: cd1', 'Flags: Static', 'Protocol: 6\\04417'], 432),
    ('an escaped hyphen in a filter',
     ['Cdest-ID: cd1', 'Flags: Static', 'Dest-Port: 6\\04517'], 432),
    ('Priority 1', [*ADD, 'Priority: 1'], 200),
    ('Priority 255', [*ADD, 'Priority: 255'], 200),
    ('Priority 0', [*ADD, 'Priority: 0'], 400),
    ('Priority 256', [*ADD, 'Priority: 256'], 400),
    ('Priority 007', [*ADD, 'Priority: 007'], 200),
    ('Priority 0007', [*ADD, 'Priority: 0007'], 400),
    ('Priority +7', [*ADD, 'Priority: +7'], 400),
    ('Priority -1', [*ADD, 'Priority: -1'], 400),
    ('Priority 0x7', [*ADD, 'Priority: 0x7'], 400),
    ('Priority 7 7', [*ADD, 'Priority: 7 7'], 400),
    ('Priority without value', [*ADD, 'Priority:'], 400),
    ('Cdest-ID without value', ['Cdest-ID:', 'Flags: Static'], 400),
    ('Cdest-ID missing', ['Flags: Static'], 400),
    ('Cdest-ID with an empty entry', ['Cdest-ID: cd1,', 'Flags: Static'], 400),
    ('48 bytes of Cdest-ID', ['Cdest-ID: ' + 'x' * 48, 'Flags: Static'], 430),
    ('49 bytes of Cdest-ID', ['Cdest-ID: ' + 'x' * 49, 'Flags: Static'], 400),
    ('three destinations', ['Cdest-ID: cd1,cd2,cd3', 'Flags: Static'], 400),
    ('two destinations', ['Cdest-ID: cd1, cd2', 'Flags: Static'], 200),
    ('an unknown X- header', [*ADD, 'X-Whatever: 1'], 200),
    ('an unknown x- header', [*ADD, 'x-whatever:'], 200),
    ('an unknown header', [*ADD, 'Whatever: 1'], 501),
    ('an unknown flag', ['Cdest-ID: cd1', 'Flags: Static,Whatever'], 501),
    ('an unknown action', [*ADD, 'Action: Whatever'], 501),
    ('a line that is no header', [*ADD, 'whatever'], 400),
    ('a line without name', [*ADD, ': whatever'], 400),
    ('port 65535', [*ADD, 'Dest-Port: 65535'], 200),
    ('port 65536', [*ADD, 'Dest-Port: 65536'], 432),
    ('port of six digits', [*ADD, 'Dest-Port: 000080'], 432),
    ('port of five digits', [*ADD, 'Dest-Port: 00080'], 200),
    ('Timeout-Total 86400', ['Cdest-ID: cd1', 'Timeout-Total: 86400'], 200),
    ('Timeout-Total 86401', ['Cdest-ID: cd1', 'Timeout-Total: 86401'], 433),
    ('Timeout-Total empty', ['Cdest-ID: cd1', 'Timeout-Total:'], 433),
    ('Timeout-Idle soon', ['Cdest-ID: cd1', 'Timeout-Idle: soon'], 433),
    ('Timeout-Bytes of 64 bits',
     ['Cdest-ID: cd1', 'Timeout-Bytes: 18446744073709551615'], 200),
    ('Timeout-Bytes of more than 64 bits',
     ['Cdest-ID: cd1', 'Timeout-Bytes: 18446744073709551616'], 433),
    ('Timeout-Packets of 21 digits',
     ['Cdest-ID: cd1', 'Timeout-Packets: 000000000000000000001'], 433),
    ('Timeout-Packets of 20 digits',
     ['Cdest-ID: cd1', 'Timeout-Packets: 00000000000000000001'], 200),
    ('only zero timeouts',
     ['Cdest-ID: cd1', 'Timeout-Packets: 0', 'Timeout-Idle: 0'], 433),
    ('no timeout', ['Cdest-ID: cd1'], 433),
]

FIRST_LINES = [
    ('a tab in the first line', 'NOOP\tDTCP/0.7', True),
    ('blanks in the first line', 'NOOP  \t DTCP/0.7', True),
    ('blanks behind the first line', 'NOOP DTCP/0.7 \t', True),
    ('a method in lower case', 'noop DTCP/0.7', True),
    ('a method in mixed case', 'nOoP DTCP/0.7', True),
    ('an answer', 'DTCP/0.7 200 OK', False),
    ('a notification', 'DTCP/0.7 131 NoOp Notification', False),
    ('no version', 'NOOP', False),
    ('HTTP', 'NOOP HTTP/1.1', False),
    ('a third word', 'NOOP DTCP/0.7 more', False),
    ('no minor version', 'NOOP DTCP/0', False),
]

VERSIONS = [('0.6', 200, '0.6'), ('0.7', 200, '0.7'), ('0.8', 200, '0.8'),
            ('0.5', 505, '0.6'), ('0.0', 505, '0.6'), ('0.9', 505, '0.8'),
            ('1.0', 505, '0.8'), ('0.10', 505, '0.8'), ('9.9', 505, '0.8')]


def judge(source, rest, code):
    m = source.ask('ADD', *rest)
    if m.code == 200:
        gone = source.ask('DELETE', 'Criteria-ID: ' + m.get('Criteria-ID'),
                          'Flags: Static')
        if gone.code != 200 or gone.get('Criteria-Count') != '1':
            return False, gone.text
    return m.code == code, m.text


def first_line(source, first, is_good):
    message = sign(lines(first, 'Csource-ID: ' + source.name,
                         'Seq: %d' % source.next()), source.key)
    if is_good:
        return source.ask_raw(message).code == 200
    return source.is_silent(message)


def version(source, asked, code, answered):
    m = source.ask('NOOP', version=asked)
    return (m.code, m.version) == (code, answered), m.text


def ends(source, end, mixed):
    seq = source.next()
    text = source.text('NOOP', seq=seq, end=end)
    message = sign(text, source.key, mixed)
    source.send(message)
    return source.answer(seq).code == 200


def echo(source, header, code, *rest):
    """A refusal repeats the line that is at fault, and nothing else."""
    m = source.ask('ADD', header, *rest)
    wrong = [n for n in m.names() if n not in
             ('seq', 'timestamp', header.split(':')[0].lower())]
    return (m.code == code and not wrong and m.get(header.split(':')[0]) ==
            header.split(':', 1)[1].strip()), m.text


def disregard(source, more):
    seq = source.next()
    source.send(source.request('NOOP', seq=seq)[:-2] + more + b'\r\n')
    return source.answer(seq).code == 200


def empty_lines(source):
    seq = source.next()
    body = source.text('NOOP', seq=seq) + b'\r\n'
    source.send(sign(body, source.key))
    return source.answer(seq).code == 200


def first_digest(source, good, is_answered):
    seq = source.next()
    request = source.request('NOOP', seq=seq)
    wrong = b'Authentication-Info: ' + b'0' * 40 + b'\r\n\r\n'
    if good:
        source.send(request[:-2] + wrong)
        return source.answer(seq).code == 200
    head = request.partition(b'Authentication-Info')[0]
    return source.is_silent(head + wrong[:-2] + request[len(head):])


def order(source, rest):
    seq = source.next()
    source.send(sign(lines('NOOP DTCP/0.7', 'Seq: %s' % seq, *rest,
                           'Csource-ID: ' + source.name), source.key))
    return source.answer(seq).code == 200


def seq_text(source, text, is_good):
    message = source.request('NOOP', seq=text)
    if is_good:
        m = source.ask_raw(message)
        return m.code == 200, m.text
    return source.is_silent(message)


def both(tap, name, source):
    for what, rest, code in SPELLINGS:
        tap.attempt('%s: %s: %d' % (name, what, code), judge, source, rest,
                    code)
    for what, first, is_good in FIRST_LINES:
        tap.attempt('%s: first line: %s' % (name, what), first_line, source,
                    first, is_good)
    for asked, code, answered in VERSIONS:
        tap.attempt('%s: version %s: %d as %s' % (name, asked, code, answered),
                    version, source, asked, code, answered)
    for end, mixed, what in ((b'\n', b'\n', 'LF'), (b'\r\n', b'\n', 'CRLF, LF'),
                             (b'\n', b'\r\n', 'LF, CRLF')):
        tap.attempt('%s: lines end with %s' % (name, what), ends, source, end,
                    mixed)
    for header, code, *rest in (
            ('Cdest-ID: nobody', 430, 'Flags: Static'),
            ('Priority: 0', 400, *ADD), ('Source-Address: 1.2.3', 432, *ADD),
            ('Dest-Port: 9-1', 432, *ADD), ('Action: Whatever', 501, *ADD),
            ('Timeout-Total: x', 433, 'Cdest-ID: cd1')):
        tap.attempt('%s: %s is echoed' % (name, header), echo, source, header,
                    code, *rest)
    tap.attempt(name + ': the spelling of the echo is that of the drafts',
                lambda s: s.ask('DELETE', 'CRITERIA-id: x').names()[1] ==
                'criteria-id' and s.ask('ADD', *ADD, 'x-jtap-CDEST-ttl: 0'
                                        ).code == 400, source)
    tap.attempt(name + ': an escaped line end stays escaped in the echo', echo,
                source, 'Cdest-ID: x\\013\\010Seq: 9', 400, 'Flags: Static')
    tap.attempt(name + ': what follows Authentication-Info is disregarded',
                disregard, source, b'Seq: 1\r\nnonsense\r\n')
    tap.attempt(name + ': an empty line before Authentication-Info ends nothing',
                empty_lines, source)
    tap.attempt(name + ': the first Authentication-Info counts, if right',
                first_digest, source, True, True)
    tap.attempt(name + ': the first Authentication-Info counts, if wrong',
                first_digest, source, False, False)
    tap.attempt(name + ': headers in any order', order, source, [])
    tap.attempt(name + ': the first of two Csource-ID counts', order, source,
                ['Csource-ID: ' + source.name, 'Csource-ID: nobody'])
    seq = source.next()
    tap.attempt(name + ': Seq of 20 digits', seq_text, source, '%020d' % seq,
                True)
    for text in ('', 'x', '-1', '18446744073709551616', '%021d' %
                 source.next(), '1 2', '1,2', '0x10', '1.5'):
        tap.attempt('%s: Seq "%s" gets no answer' % (name, text), seq_text,
                    source, text, False)


def run(tap, router):
    for name, kind in (('UDP', Datagrams), ('SSH', Channel)):
        with kind(router, 'alice') as source:
            both(tap, name, source)
