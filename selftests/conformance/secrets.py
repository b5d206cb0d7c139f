# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What of secrets is left in the memory of dtcpd, and what others see of it.
# Root reads that memory as a debugger would; for others it is closed, and
# that is what is tried then.

import os
import re
import socket

import paramiko

from router import ADDRESS, DEADLINE, HASH, PASSWORD, SHIPPED, Router
from source import Channel, Datagrams

ALICE = b"alice's key"
BOB = b"bob's key"
GONE = '''	control-source alice {{ {common}
		service-port = {udp}
		notification-targets = {{"127.0.0.1:{alice}"}}
	}}
'''
TYPED = b'a password that nobody has'
SPELLED = '''	control-source dave {{ password = '{hash}' }}
'''


def padded(key, byte):
    """As HMAC keeps it."""
    return bytes(b ^ byte for b in key)


def memory(pid):
    """All that can be read of it, in pieces that overlap no region."""
    with open('/proc/%d/maps' % pid, encoding='latin-1') as maps:
        regions = [line.split() for line in maps]
    with open('/proc/%d/mem' % pid, 'rb', buffering=0) as mem:
        for region in regions:
            start, end = (int(x, 16) for x in region[0].split('-'))
            if 'r' not in region[1] or region[-1] in ('[vvar]', '[vsyscall]'):
                continue
            try:
                mem.seek(start)
                yield region[-1], mem.read(end - start)
            except OSError:
                continue


def traces(pid, *needles):
    return [(where, needle) for where, text in memory(pid)
            for needle in needles if needle in text]


def is_closed(pid):
    for name in ('mem', 'environ', 'maps'):
        try:
            open('/proc/%d/%s' % (pid, name), 'rb').close()
            return False, name
        except PermissionError:
            pass
    return True


def connections(router):
    return router.question('ssh')['ssh']['connections-inet']


def guess(router):
    """A login with a wrong password."""
    with socket.create_connection((ADDRESS, router.ssh), DEADLINE) as raw:
        transport = paramiko.Transport(raw)
        transport.start_client(timeout=DEADLINE)
        try:
            transport.auth_password('alice', TYPED.decode())
            return False
        except paramiko.AuthenticationException:
            return True
        finally:
            transport.close()


def work(router):
    """What comes by where a secret is used."""
    with Channel(router, 'alice') as ssh, Datagrams(router, 'alice') as udp, \
            Datagrams(router, 'bob') as bob:
        return all(one.ask('NOOP').code == 200 for one in (ssh, udp, bob))


def searched(tap, router):
    pid = router.process.pid
    while connections(router):
        pass
    tap.check('secrets: the key of a source is found while it is used',
              traces(pid, ALICE) != [])
    left = traces(pid, PASSWORD.encode(), TYPED)
    tap.check('secrets: passwords that were typed are not', not left, left)
    with Channel(router, 'alice') as ssh:
        ssh.ask('NOOP')
        left = traces(pid, PASSWORD.encode())
    tap.check('secrets: nor while who typed it is connected', not left, left)
    router.configure(replace=((GONE, ''),))
    router.reload()
    left = traces(pid, ALICE, padded(ALICE, 0x36), padded(ALICE, 0x5c))
    tap.check('secrets: after a reload without the source nothing is left',
              not left, left)
    tap.check('secrets: of another one it is', traces(pid, BOB) != [])
    router.configure(replace=((SPELLED, SPELLED.replace(
        "'{hash}'", "'{hash}' shared-key = oddly")),))
    router.reload()
    router.configure(replace=((GONE, ''), (SPELLED, ''), (
        'max-criteria = {total}', 'max-criteria = {total} nonsense = 1')))
    router.reload('stays as it was')
    router.configure(replace=((SPELLED, ''),))
    router.reload()
    left = traces(pid, b'oddly')
    tap.check('secrets: nor after a file that is broken, and a good one',
              not left, left)


def outside(tap, router):
    text = router.read_log()
    with open('/proc/%d/cmdline' % router.process.pid, 'rb') as line:
        text += line.read().decode()
    left = re.findall("'s key|%s|%s|%s" % (PASSWORD, TYPED.decode(),
                                           re.escape(HASH)), text)
    tap.check('secrets: neither the log nor the arguments have any', not left,
              left)
    with open('/proc/%d/limits' % router.process.pid,
              encoding='ascii') as limits:
        core = [l.split()[4:6] for l in limits if l.startswith('Max core')]
    tap.check('secrets: no core is dumped', core == [['0', '0']], core)


def run(tap, _):
    with Router(program=SHIPPED) as router:
        tap.attempt('secrets: a wrong password', guess, router)
        tap.attempt('secrets: they are used', work, router)
        if os.geteuid():
            tap.attempt('secrets: the memory of dtcpd is closed to its user',
                        is_closed, router.process.pid)
        else:
            tap.attempt('secrets: the search comes to an end', lambda:
                        searched(tap, router) is None)
        outside(tap, router)
