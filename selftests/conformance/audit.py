# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The audit log: what a session does is in it, granted or refused, and nobody
# takes anything out of it unseen.

import json
import os
import signal
import subprocess

import paramiko

from reload import edit
from source import Channel, Datagrams, login

DFCCTL = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      '../../build/bin/dfcctl')
IDLE = ('Cdest-ID: cd1', 'Timeout-Idle: 60')


def path(router):
    return router.dir + '/state/audit'


def lines(router):
    with open(path(router), encoding='utf-8') as file:
        return [json.loads(line) for line in file]


def since(router, seq):
    return [line for line in lines(router) if line['seq'] > seq]


def last(router):
    return lines(router)[-1]['seq']


def ctl(router, *words):
    return subprocess.run([DFCCTL, '-S', router.dir + '/control', 'audit',
                           *words], capture_output=True, text=True,
                          timeout=60, check=False)


def session(router):
    """A login, requests that are granted and refused, the end of the session:
    each has its line."""
    seq = last(router)
    with Channel(router, 'alice') as ssh:
        ssh.ask('ADD', *IDLE, 'Source-Address: 198.51.100.7')
        ssh.ask('ADD', 'Cdest-ID: nowhere', 'Timeout-Idle: 60')
        ssh.ask('LIST')
        ssh.ask('NONSENSE')
        ssh.ask('DELETE', 'Cdest-ID: cd1')
        seen = since(router, seq)
    ended = until(router, seq, lambda l: l['event'] == 'logout')[0]
    said = [(l['event'], l.get('method'), l.get('code'), l['control-source'],
             l['peer'], l['transport']) for l in seen
            if l['event'] in ('login', 'request')]
    who = ('alice', '127.0.0.1', 'ssh')
    expected = [('login', 'a password', None) + who] + \
        [('request', method, code) + who for method, code in
         (('ADD', 200), ('ADD', 430), ('LIST', 200), ('NONSENSE', 501),
          ('DELETE', 200))]
    headers = [l['headers'] for l in seen if l['event'] == 'request']
    ended = (ended['control-source'], ended['reason'])
    return said == expected and ended == ('alice', 'disconnected') and \
        headers[0] == {'Cdest-ID': 'cd1', 'Timeout-Idle': '60',
                       'Source-Address': '198.51.100.7'}, said, headers


def before_the_answer(router):
    """Who has the answer finds the line."""
    with Datagrams(router, 'alice') as udp:
        for _ in range(20):
            seq = last(router)
            udp.ask('NOOP')
            if [l['method'] for l in since(router, seq)
                    if l['event'] == 'request'] != ['NOOP']:
                return False
    return True


def not_switched_off(router):
    """no-syslog silences the log, and nothing else."""
    line = 'control-source alice {'
    edit(router, line, line + ' no-syslog = yes ')
    seq, logged = last(router), router.read_log()
    with Channel(router, 'alice') as ssh:
        ssh.ask('ADD', *IDLE)
        ssh.ask('DELETE', 'Cdest-ID: cd1')
    quiet = 'criteria' not in router.read_log()[len(logged):]
    edit(router, line + ' no-syslog = yes ', line)
    methods = [l['method'] for l in since(router, seq)
               if l['event'] == 'request']
    return quiet and methods == ['ADD', 'DELETE'], quiet, methods


def until(router, seq, test):
    """Strangers' lines come with the next tick."""
    while True:
        found = [l for l in since(router, seq) if test(l)]
        if found:
            return found
        router.question('statistics')


def strangers(router):
    """Wrong keys and wrong passwords: counted, by address and cause."""
    seq = last(router)
    with Datagrams(router, 'alice') as udp:
        udp.key = b'wrong'
        for _ in range(50):
            udp.send(udp.request('NOOP'))
        count = 0
        while count < 50:
            found = until(router, seq, lambda l:
                          l.get('cause') == 'bad-digest')
            count = sum(l['count'] for l in found)
    try:
        login(router, 'alice', 'wrong')
    except paramiko.AuthenticationException:
        pass
    failed = until(router, seq, lambda l: l['event'] == 'login-refused')[0]
    return count == 50 and len(found) < 25 and \
        {l['peer'] for l in found} == {'127.0.0.1'} and \
        failed['control-source'] == 'alice', count, found, failed


def own_accord(router):
    """What dtcpd does: a configuration taken and refused, criteria ended."""
    seq = last(router)
    with Channel(router, 'mike') as mike:
        mike.ask('ADD', 'Cdest-ID: cd1', 'Flags: Static')
        edit(router, 'mode = passive', 'mode = active')
        edit(router, 'mode = active', 'mode = passive')
    edit(router, 'capture-group g1', 'nonsense capture-group g1',
         'the configuration stays as it was')
    edit(router, 'nonsense capture-group g1', 'capture-group g1')
    router.question('clear sequence-number alice')
    events = [(l['event'], l.get('reason')) for l in since(router, seq)]
    wanted = [('criteria-ended', 'configuration'),
              ('configuration-reloaded', None),
              ('configuration-refused', None),
              ('sequence-number-cleared', None)]
    return all(w in events for w in wanted), events


def rotated(router):
    """Moved away: after SIGHUP a new file goes on where the old one ended."""
    old = path(router) + '.1'
    os.rename(path(router), old)
    router.reload()
    first = lines(router)[0]
    good = ctl(router, 'verify', old, path(router))
    swapped = ctl(router, 'verify', path(router), old)
    alone = ctl(router, 'verify')
    os.unlink(old)
    return first['event'] == 'log-opened' and \
        (good.returncode, swapped.returncode, alone.returncode) == \
        (0, 1, 0), first, good, swapped, alone


def ended_with_it(router):
    """Whose session ends with dtcpd has left, too, and before it stops."""
    seq = last(router)
    with Channel(router, 'alice') as ssh:
        ssh.ask('NOOP')
        router.restart()
    seen = [(l['event'], l.get('reason')) for l in since(router, seq)
            if l['event'] in ('login', 'logout', 'stopped')]
    return seen == [('login', None), ('logout', 'dtcpd ends'),
                    ('stopped', None)], seen


def killed(router):
    """After SIGKILL the chain goes on, also behind a line that is torn."""
    router.stop(signal.SIGKILL)
    with open(path(router), 'a', encoding='ascii') as file:
        file.write('{"seq":')
    router.restart()
    torn = [l for l in lines(router) if l['event'] == 'log-torn']
    good = ctl(router, 'verify')
    return [l['bytes'] for l in torn] == [7] and good.returncode == 0, \
        torn, good


def tampered(router):
    """Changed, removed, doubled, cut: each is found, and where."""
    with Channel(router, 'alice') as ssh:
        ssh.ask('ADD', *IDLE)
        ssh.ask('DELETE', 'Cdest-ID: cd1')
    with open(path(router), encoding='utf-8') as file:
        text = file.read().split('\n')[:-1]
    copy = router.dir + '/copy'
    head = ctl(router, 'head').stdout.strip()
    n = next(i for i, l in enumerate(text) if '"method":"ADD"' in l
             and i > 1)
    cases = {
        'was changed': text[:n] + [text[n].replace('ADD', 'LIST')] +
        text[n + 1:],
        '1 missing': text[:n] + text[n + 1:],
        'there twice': text[:n + 1] + text[n:],
        'out of order': text[:n - 1] + [text[n], text[n - 1]] + text[n + 1:],
        'its end is cut off': text[:-1],
        'its begin is cut off': text[1:],
        'not a line': text[:n] + ['garbage'] + text[n:],
    }
    missed = []
    for word, changed in cases.items():
        with open(copy, 'w', encoding='utf-8') as file:
            file.write('\n'.join(changed) + '\n')
        done = ctl(router, 'verify', 'head', head, copy)
        if done.returncode != 1 or word not in done.stderr:
            missed.append((word, done.stderr))
    return not missed, missed


def disk_full(router):
    """What cannot be written is not tapped; what ends, ends."""
    with Channel(router, 'alice') as ssh:
        before = ssh.ask('ADD', *IDLE).code
        small = os.path.getsize(path(router))
        subprocess.run(['prlimit', '--fsize=%d:unlimited' % small, '--pid',
                        str(router.process.pid)], check=True)
        refused = [ssh.ask('ADD', *IDLE).code for _ in range(2)]
        known = len(ssh.list()[1])
        deleted = ssh.ask('DELETE', 'Cdest-ID: cd1').code
        subprocess.run(['prlimit', '--fsize=unlimited:unlimited', '--pid',
                        str(router.process.pid)], check=True)
        after = ssh.ask('ADD', *IDLE).code, \
            ssh.ask('DELETE', 'Cdest-ID: cd1').code
    lost = [l['count'] for l in lines(router) if l['event'] == 'records-lost']
    good = ctl(router, 'verify')
    codes = (before, refused, known, deleted, after)
    return codes == (200, [500, 500], 1, 200, (200, 200)) and \
        bool(lost) and good.returncode == 0, codes, lost, good


def run(tap, router):
    for what, test in (
            ('all that a session does is in the audit log', session),
            ('it is there before the answer', before_the_answer),
            ('no-syslog does not silence it', not_switched_off),
            ('strangers are counted', strangers),
            ('what dtcpd does by itself is there', own_accord),
            ('a file that was moved away is followed by another', rotated),
            ('who is logged in when dtcpd ends has left', ended_with_it),
            ('after SIGKILL the chain goes on', killed),
            ('what was tampered with is found', tampered),
            ('what cannot be written is not tapped', disk_full)):
        tap.attempt(what, test, router)
