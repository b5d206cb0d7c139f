# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Routers side by side, each a network namespace: what is to be compared is
measured in turns, in one boot.

    generator --- router --- sink
                     |
                 mediation

Generator, sink and mediation are one namespace each for all routers. In the
generator each router has two interfaces: its own, and one before that which
makes merged packets of large ones, see kmod/bench_merge.c. What arrives in
sink and mediation bears an unknown link layer address: it is counted, and
dropped at once."""

import json
import subprocess

NOBODY = "02:00:00:00:00:99"
# Prefixes for benchmarks: RFC 2544, RFC 5180.
TRAFFIC4 = "198.19.0.0/16"
TRAFFIC6 = "2001:2:0:1::/64"
# Of links: outer headers do not make copies too large for the path. And of
# the packets that are merged.
MTU, MERGED_MTU = 4000, 1500


def run(*command, namespace=None, text=None):
    if namespace:
        command = ("ip", "netns", "exec", namespace) + command
    done = subprocess.run(command, input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}:"
                           f" {done.stderr.strip()}")
    return done.stdout


def ip(*arguments, namespace=None):
    where = ("-n", namespace) if namespace else ()
    return run("ip", *where, *arguments)


def sysctl(namespace, *settings):
    run("sysctl", "-q", "-w", *settings, namespace=namespace)


def surroundings():
    for name in ("sink", "mediation"):
        ip("netns", "add", name)
        sysctl(name, "net.ipv6.conf.all.disable_ipv6=1",
               "net.ipv6.conf.default.disable_ipv6=1")
    sysctl(None, "net.ipv6.conf.all.disable_ipv6=1",
           "net.ipv6.conf.default.disable_ipv6=1")


class Router:
    """A namespace that forwards; its name is also that of its interfaces in
    the generator, the sink and mediation."""

    def __init__(self, name):
        self.name = name
        self.namespace = name
        ip("netns", "add", name)
        sysctl(name, "net.ipv4.ip_forward=1",
               "net.ipv6.conf.all.forwarding=1",
               "net.ipv6.conf.default.accept_dad=0")
        self._link("in", None, 1)
        self.merge = None
        self._link("out", "sink", 2)
        self._link("med", "mediation", 3)
        ip("route", "add", TRAFFIC4, "via", "198.51.100.2", namespace=name)
        ip("-6", "route", "add", TRAFFIC6, "via", "2001:db8:2::2",
           namespace=name)
        told = json.loads(ip("-j", "link", "show", "dev", "in",
                             namespace=name))
        self.address = told[0]["address"]

    def _link(self, device, peer, number):
        net4 = {1: "192.0.2", 2: "198.51.100", 3: "203.0.113"}[number]
        net6 = f"2001:db8:{number}:"
        where = ("netns", peer) if peer else ()
        name = self.name
        ip("link", "add", device, "netns", name, "mtu", str(MTU), "type",
           "veth", "peer", "name", name, "mtu", str(MTU), *where)
        ip("link", "set", name, "up", namespace=peer)
        ip("link", "set", device, "up", namespace=name)
        ip("address", "add", net4 + ".1/24", "dev", device, namespace=name)
        ip("address", "add", net6 + ":1/64", "nodad", "dev", device,
           namespace=name)
        for address in (net4 + ".2", net6 + ":2"):
            ip("neighbour", "replace", address, "lladdr", NOBODY, "dev",
               device, namespace=name)

    def merging(self):
        """The generator's interface for packets that are merged, made once."""
        if not self.merge:
            self.merge = self.name + "-merge"
            ip("link", "add", self.merge, "link", self.name, "mtu",
               str(MERGED_MTU), "type", "bench_merge")
            ip("link", "set", self.merge, "up")
        return self.merge

    def ip(self, *arguments):
        return ip(*arguments, namespace=self.name)

    def run(self, *command, text=None):
        return run(*command, namespace=self.name, text=text)

    def arrived(self, where):
        """Packets that have come to the sink or mediation."""
        told = json.loads(ip("-s", "-j", "link", "show", "dev", self.name,
                             namespace=where))
        return told[0]["stats64"]["rx"]["packets"]

    def remove(self):
        if self.merge:
            ip("link", "delete", self.merge)
        ip("link", "delete", self.name)
        ip("netns", "delete", self.name)
