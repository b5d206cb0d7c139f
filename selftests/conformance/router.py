# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# dtcpd with a kernel that captures nothing (stub_kernel.c), at addresses and
# ports of the loopback device that are free.

import crypt
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# With sanitizers; and as it is shipped, confined by its system call filter.
STUBD = os.path.join(HERE, '../../build/conformance/stubd')
SHIPPED = os.path.join(HERE, '../../build/conformance/plain/stubd')
DEADLINE = int(os.environ.get('DFC_DEADLINE', '60'))
ADDRESS = '127.0.0.1'
PASSWORD = 'sesame'
HASH = crypt.crypt(PASSWORD, '$5$rounds=1000$conformance$')

KEYS = {name: (name + "'s key").encode() for name in
        ('alice', 'bob', 'carol', 'erin', 'frank', 'grace', 'heidi', 'judy', 'mike')}
KEYS['dave'] = b'Juniper'

CONFIG = '''
flow-tap-dtcp {{
	ssh {{
		listen = {{{listen}}}
		port = {ssh}
		host-key = {{"{dir}/host_key"}}
		connection-limit = 250
		rate-limit = 250
	}}
	udp {{ listen = {{{listen}}} }}
}}
control-socket = "{dir}/control"
state-directory = "{dir}/state"
restart = drop
max-criteria = {total}
interface-alias "ge-1/3/5.0" {{ device = "eth7" }}
interface-alias "ge-9/9/9.0" {{ device = "absent0" }}
capture-group g1 {{
	content-destination cd1 {{ address = "203.0.113.1" port = 7890 }}
	content-destination cd2 {{ address = "203.0.113.2" port = 7890 }}
	content-destination cd3 {{ address = "203.0.113.3" port = 7890 }}
	control-source alice {{ {common}
		service-port = {udp}
		notification-targets = {{"127.0.0.1:{alice}"}}
	}}
	control-source bob {{ {common}
		service-port = {udp}
		notification-targets = {{"127.0.0.1:{bob}"}}
		permissions = {{action-redirect, action-block}}
		dynamic-destinations = yes
	}}
	control-source carol {{ {common}
		service-port = {other}
		allowed-destinations = {{"cd1"}}
		max-criteria = {quota}
	}}
	control-source dave {{ password = '{hash}' }}
	control-source erin {{ {common}
		service-port = {udp}
		source-addresses = {{"192.0.2.0/24"}}
	}}
	control-source frank {{ {common}
		service-port = {udp}
		sequence-check = off
		notification-targets = {{"127.0.0.1:{alice}", "127.0.0.1:{bob}"}}
		notification-version = "0.6"
	}}
	control-source heidi {{ {common}
		service-port = {udp}
		sequence-check = on
		ssh-notifications = yes
	}}
}}
capture-group g2 {{
	content-destination cd9 {{ address = "203.0.113.9" port = 7890 }}
	control-source grace {{ {common}
		service-port = {udp}
	}}
}}
capture-group g3 {{
	interfaces = {{"eth0", "eth1"}}
	capture-local = yes
	mask-limit = 512
	content-destination cd1 {{ address = "203.0.113.1" port = 7890 }}
	control-source judy {{ {common}
		service-port = {udp}
	}}
}}
capture-group g4 {{
	mode = passive
	interfaces = {{"eth2", "ge-1/3/5"}}
	content-destination cd1 {{ address = "203.0.113.1" port = 7890 }}
	control-source mike {{ {common}
		service-port = {udp}
	}}
}}
'''


def bound(kind):
    s = socket.socket(socket.AF_INET, kind)
    s.bind((ADDRESS, 0))
    return s


def free_ports(kind, n):
    """Different from each other: all are held until the last is found."""
    held = [bound(kind) for _ in range(n)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def has_ipv6():
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        try:
            s.bind(('::1', 0))
        except OSError:
            return False
    return True


class Target:
    """Takes notifications."""

    def __init__(self):
        self.socket = bound(socket.SOCK_DGRAM)
        self.socket.settimeout(DEADLINE)
        self.port = self.socket.getsockname()[1]

    def hear(self):
        return self.socket.recv(65536)

    def is_empty(self):
        return not select.select([self.socket], [], [], 0)[0]


class Router:
    def __init__(self, program=STUBD, **changes):
        self.program = program
        self.dir = tempfile.mkdtemp(prefix='conformance.')
        self.alice, self.bob = Target(), Target()
        self.udp, self.other = free_ports(socket.SOCK_DGRAM, 2)
        self.ssh, = free_ports(socket.SOCK_STREAM, 1)
        self.changes = {'quota': 3, 'total': 100000}
        self.process = None
        self.log = os.path.join(self.dir, 'log')
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f',
                        self.dir + '/host_key'], check=True)
        self.configure(**changes)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.stop()
        shutil.rmtree(self.dir)

    def configure(self, replace=(), **changes):
        self.changes.update(changes)
        text = CONFIG
        for old, new in replace:
            assert old in text
            text = text.replace(old, new)
        common = "password = '%s' shared-key = \"{}'s key\"" % HASH
        parts = text.split('{common}')
        for i, part in enumerate(parts[:-1]):
            name = part.rsplit('control-source ', 1)[1].split()[0]
            parts[i] = part + common.replace('{}', name)
        text = ''.join(parts).format(
            dir=self.dir, ssh=self.ssh, udp=self.udp, other=self.other,
            alice=self.alice.port, bob=self.bob.port, hash=HASH,
            listen='"127.0.0.1", "127.0.0.2"' +
            (', "::1"' if has_ipv6() else ''), **self.changes)
        with open(os.open(self.dir + '/dtcpd.conf',
                          os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                  'w', encoding='ascii') as file:
            file.write(text)

    def start(self):
        read, write = os.pipe()
        # dtcpd forbids that it is traced, and so that leaks are looked for.
        env = dict(os.environ,
                   ASAN_OPTIONS='detect_leaks=0:quarantine_size_mb=16',
                   STUBD_EVENTS=self.dir + '/events')
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                [self.program, '-f', '-c', self.dir + '/dtcpd.conf'], env=env,
                stdout=write, stderr=log, stdin=subprocess.DEVNULL)
        os.close(write)
        os.close(read)
        self.await_line('ready')

    def await_line(self, word, seen=0):
        """Until the log has more than @seen lines with that word."""
        poll = select.poll()
        waited = 0
        while True:
            with open(self.log, encoding='latin-1') as log:
                n = sum(1 for line in log if word in line)
            if n > seen:
                return n
            if self.process.poll() is not None or waited > DEADLINE * 1000:
                raise RuntimeError('dtcpd says no "%s":\n%s' %
                                   (word, self.read_log()))
            poll.poll(10)
            waited += 10

    def read_log(self):
        with open(self.log, encoding='latin-1') as log:
            return log.read()

    def count_log(self, word):
        return self.read_log().count(word)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(DEADLINE)

    def restart(self, how=signal.SIGTERM):
        status = self.stop(how)
        open(self.log, 'w', encoding='ascii').close()
        self.start()
        return status

    def reload(self, word='configuration reloaded'):
        seen = sum(1 for l in self.read_log().split('\n') if word in l)
        self.process.send_signal(signal.SIGHUP)
        self.await_line(word, seen)

    def kernel(self, order):
        """Comes back when the order was carried out."""
        mine = self.dir + '/orders'
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.settimeout(DEADLINE)
            s.bind(mine)
            os.chmod(mine, 0o777)
            s.sendto(order.encode(), self.dir + '/events')
            s.recv(1)
        os.unlink(mine)

    def question(self, what):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(self.dir + '/control')
            control.sendall(what.encode() + b'\n')
            answer = b''
            while True:
                part = control.recv(65536)
                if not part:
                    return json.loads(answer)
                answer += part
