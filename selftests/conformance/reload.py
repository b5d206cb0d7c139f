# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What a new configuration changes for those who are connected, and quotas.

import paramiko

from authentic import empty
from router import Router
from source import Channel, Datagrams, login

S = ('Cdest-ID: cd1', 'Flags: Static')


def edit(router, old, new, word='configuration reloaded'):
    with open(router.dir + '/dtcpd.conf', 'r+', encoding='ascii') as file:
        text = file.read()
        assert old in text
        file.seek(0)
        file.truncate()
        file.write(text.replace(old, new, 1))
    router.reload(word)


def key(router):
    """It changes between two requests of a channel."""
    with Channel(router, 'alice') as ssh, Datagrams(router, 'alice') as udp:
        before = ssh.ask('NOOP').code, udp.ask('NOOP').code
        edit(router, "alice's key", 'another key')
        old = [s.request('NOOP') for s in (ssh, udp)]
        ssh.key = udp.key = b'another key'
        after = ssh.is_silent(old[0]), udp.is_silent(old[1])
        edit(router, 'another key', "alice's key")
        return before == (200, 200) and after == (True, True)


def port(router):
    with Datagrams(router, 'alice') as old, Datagrams(router, 'bob') as bob, \
            Datagrams(router, 'alice', port=router.other) as new:
        line = 'service-port = %d'
        edit(router, line % router.udp, line % router.other)
        old.send(old.request('NOOP'))
        ok = bob.ask('NOOP').code == 200 and empty(old) and \
            new.ask('NOOP').code == 200
        edit(router, line % router.other, line % router.udp)
        return ok and old.ask('NOOP').code == 200


def broken(router):
    with Channel(router, 'alice') as ssh, Datagrams(router, 'alice') as udp:
        edit(router, 'capture-group g1', 'nonsense capture-group g1',
             'the configuration stays as it was')
        ok = ssh.ask('NOOP').code == 200 and udp.ask('NOOP').code == 200
        edit(router, 'nonsense capture-group g1', 'capture-group g1')
        return ok


def renamed(router):
    """A control source that is gone: its session, its criteria, its name."""
    with Channel(router, 'heidi') as ssh, Datagrams(router, 'heidi') as udp, \
            Datagrams(router, 'bob') as bob:
        ssh.ask('ADD', *S)
        edit(router, 'control-source heidi', 'control-source ivan')
        udp.send(udp.request('NOOP'))
        ok = ssh.is_closed() and bob.ask('NOOP').code == 200 and empty(udp)
        edit(router, 'control-source ivan', 'control-source heidi')
        with Channel(router, 'heidi') as again:
            return ok and again.list()[1] == []


def groups(router):
    """Interfaces change under criteria; another mode ends them."""
    with Channel(router, 'mike') as mike, Channel(router, 'judy') as judy:
        names = [{g['capture-group'] for g in
                  router.question('groups')['groups']}]
        codes = [s.ask('ADD', *S).code for s in (mike, judy)]
        eth4 = 'X-JTap-Input-Interface: eth4'
        codes.append(mike.ask('ADD', *S, eth4).code)
        edit(router, '{"eth2", "ge-1/3/5"}', '{"eth4", "ge-1/3/5"}')
        codes.append(mike.ask('ADD', *S, eth4).code)
        left = [len(s.list()[1]) for s in (mike, judy)]
        edit(router, 'mode = passive', 'mode = active')
        left += [len(s.list()[1]) for s in (mike, judy)]
        judy.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static')
        return (names == [{'g1', 'g2', 'g3', 'g4'}] and
                codes == [200, 200, 901, 200] and left == [2, 1, 0, 1]), \
            names, codes, left


def refused(router, name, password):
    try:
        login(router, name, password)
    except paramiko.AuthenticationException:
        return True
    return False


def other_use(router, use):
    """Nothing but the subsystem is there."""
    transport = login(router, 'alice')
    try:
        channel = transport.open_session(timeout=60)
        channel.settimeout(60)
        use(transport, channel)
    except paramiko.SSHException:
        return True
    finally:
        transport.close()
    return False


def in_all(router):
    """max-criteria of all together."""
    with Channel(router, 'alice') as alice, Channel(router, 'bob') as bob:
        edit(router, 'max-criteria = 100000', 'max-criteria = 4')
        codes = [s.ask('ADD', *S).code for s in (alice, bob, alice, bob, alice,
                                                 bob)]
        alice.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static')
        codes.append(bob.ask('ADD', *S).code)
        bob.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static')
        edit(router, 'max-criteria = 4', 'max-criteria = 100000')
        return codes == [200, 200, 200, 200, 550, 550, 200], codes


def too_many_destinations(router):
    with Channel(router, 'bob') as bob:
        d = 'X-JTap-Cdest-'
        codes = [bob.ask('ADD', 'Cdest-ID: dyn', 'Flags: Static',
                         d + 'Dest-Address: 203.0.113.77',
                         d + 'Dest-Port: %d' % (i + 1),
                         d + 'Source-Address: 198.51.100.1',
                         d + 'Source-Port: 9').code for i in range(65)]
        bob.ask('DELETE', 'Criteria-ID: 0-4294967295', 'Flags: Static')
        return codes == [200] * 64 + [551], codes


def keeps_secrets(router):
    """No key, no password, no address of a target."""
    with Channel(router, 'alice') as alice:
        for address in ('192.0.2.77', '192.0.2.777', '192.0.2.77/33'):
            alice.ask('ADD', *S, 'Source-Address: ' + address)
        alice.ask('DELETE', 'Cdest-ID: cd1', 'Flags: Static')
    refused(router, 'alice', 'a wrong password')
    log = router.read_log()
    found = [word for word in ("alice's key", 'sesame', 'wrong password',
                               '192.0.2.77', '$5$') if word in log]
    return 'alice' in log and not found, found


def run(tap, _):
    with Router() as router:
        for what, function in (
                ('a new shared-key', key), ('a new service-port', port),
                ('a broken file changes nothing', broken),
                ('a control source that is gone', renamed),
                ('interfaces and mode of a group', groups),
                ('550 for all together', in_all),
                ('551', too_many_destinations)):
            tap.attempt('reload: ' + what, function, router)
            router.configure()
            router.reload()
        for name, password in (('alice', 'wrong'), ('alice', ''),
                               ('nobody', 'sesame'), ('', 'sesame'),
                               ('root', 'sesame')):
            tap.attempt('SSH: no login as "%s" with "%s"' % (name, password),
                        refused, router, name, password)
        for what, use in (
                ('command', lambda t, c: c.exec_command('id')),
                ('shell', lambda t, c: c.invoke_shell()),
                ('sftp', lambda t, c: c.invoke_subsystem('sftp')),
                ('other subsystem', lambda t, c: c.invoke_subsystem(
                    'FLOW-TAP-DTCP')),
                ('forwarding', lambda t, c: t.open_channel(
                    'direct-tcpip', ('127.0.0.1', router.ssh),
                    ('127.0.0.1', 1), timeout=60)),
                ('forwarding back', lambda t, c: t.request_port_forward(
                    '', 0))):
            tap.attempt('SSH: no ' + what, other_use, router, use)
        tap.attempt('the log keeps secrets', keeps_secrets, router)
