# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""What two processors forward and copy beside one. Each has a thread of pktgen,
and a packet stays on the processor that sends it, its copies too. The threads
have a router each, which share nothing of dfc.ko but the module, or one router
for both, which share all: filter, destination, its queue and its socket."""

import contextlib
import glob
import os
import re
import threading
import time

import generator
from say import say
import systems
import topology

REPETITIONS = {"full": 20, "quick": 3}
PROCESSORS = (0, 1)
# Seconds after both have begun, and seconds that count.
WARM_UP, COUNTED = 0.1, 0.4
SOFAR = re.compile(r"pkts-sofar: (\d+).*\n *started: \d+us *stopped: (\d+)us")
# Threads of QEMU, see bench/run.
THREADS = "/run/threads"


class Group:
    """Routers that are prepared alike, one for each processor. copies: how
    many arrive of a packet."""

    def __init__(self, peer, prepare, copies):
        self.peer = peer
        self.copies = copies
        self.routers = [topology.Router(f"{peer}{number}")
                        for number in PROCESSORS]
        for router in self.routers:
            prepare(router)
        self.sent = 0
        self.before = self.arrived()

    def arrived(self):
        return [sum(router.arrived(where) for router in self.routers)
                for where in ("sink", "mediation")]

    def lost(self):
        """Originals and copies that have not arrived."""
        came = [now - was for was, now in zip(self.before, self.arrived())]
        due = [self.sent, self.sent * self.copies]
        lost = sum(max(0, d - c) for d, c in zip(due, came))
        if lost:
            say(f"{self.peer}: {came} came instead of {due}")
        return lost


class Setting:
    """Which router of a group each processor sends to. work: of processors,
    see worked()."""

    def __init__(self, group, routers, work):
        self.group = group
        self.routers = routers
        self.work = work
        self.names = [f"{group.routers[router].name}@{processor}"
                      for processor, router in enumerate(routers)]
        self.alone = []
        self.both = []

    def go(self, *processors):
        """Returns rates of each, see Span."""
        names = [self.names[processor] for processor in processors]
        with running(names):
            time.sleep(WARM_UP)
            spans = [Span(self.names[processor], self.work[processor])
                     for processor in processors]
            time.sleep(COUNTED)
            rates = [span.rates() for span in spans]
        self.group.sent += sum(progress(name)[0] for name in names)
        return rates

    def turn(self):
        first = self.go(0)
        self.both.append(self.go(*PROCESSORS))
        self.alone.append(first + self.go(1))

    def seen(self):
        return {"peer": self.group.peer, "routers": len(set(self.routers)),
                "alone": self.alone, "both": self.both,
                "lost": self.group.lost()}


class Span:
    """What one processor does from now on."""

    def __init__(self, name, work):
        self.name = name
        self.work = work
        self.begin = self.now()

    def now(self):
        return *progress(self.name), worked(self.work)

    def rates(self):
        """Packets a second by the clock, and a second of the processor."""
        packets, clock, work = [end - begin for begin, end in
                                zip(self.begin, self.now())]
        return packets / clock, packets / work


def progress(name):
    """Packets, and seconds by the clock when they were counted."""
    with open(generator.DIRECTORY + name) as file:
        packets, stopped = SOFAR.search(file.read()).groups()
    return int(packets), int(stopped) / 1e6


def thread_of(processor):
    """Opens what tells how long the host has worked for a processor of this
    machine, and stays open: each call of the host takes a while."""
    for comm in glob.glob(THREADS + "/*/comm"):
        with open(comm) as file:
            if file.read().startswith(f"CPU {processor}/"):
                return os.open(comm.replace("/comm", "/schedstat"),
                               os.O_RDONLY)
    raise RuntimeError(f"QEMU has no thread of processor {processor}")


def worked(work):
    """Seconds."""
    return int(os.pread(work, 100, 0).split()[0]) / 1e9


def devices():
    return [name for name in os.listdir(generator.DIRECTORY) if "@" in name]


def result(name):
    with open(generator.DIRECTORY + name) as file:
        return file.read().rsplit("Result: ", 1)[1]


def has_begun(name):
    """What was sent is that of the last time until it begins."""
    return result(name).startswith("Starting") and progress(name)[0] > 1


def has_ended(name):
    return result(name).startswith("OK")


def wait_until(holds, names):
    while not all(holds(name) for name in names):
        time.sleep(0.01)


@contextlib.contextmanager
def running(names):
    """The others send one packet at the most: making devices takes pktgen
    longer. What starts it comes back when it has ended."""
    for name in devices():
        generator.write(name, f"count {0 if name in names else 1}")
    starter = threading.Thread(target=generator.write,
                               args=("pgctrl", "start"))
    starter.start()
    wait_until(has_begun, names)
    try:
        yield
    finally:
        generator.write("pgctrl", "stop")
        starter.join()
        wait_until(has_ended, names)


def prepare(groups):
    """Returns settings."""
    work = [thread_of(processor) for processor in PROCESSORS]
    generator.remove_all()
    for group in groups:
        for number, router in enumerate(group.routers):
            for processor in PROCESSORS[number:]:
                generator.device(f"{router.name}@{processor}", router,
                                 generator.Traffic(), 0, processor)
    return [Setting(group, routers, work) for routers in ((0, 1), (0, 0))
            for group in groups]


def measure(which):
    groups = [Group("plain", systems.nothing, 0),
              Group("dfc", systems.dfc_match, 1)]
    settings = prepare(groups)
    for setting in settings:
        setting.go(*PROCESSORS)
    for _ in range(REPETITIONS[which]):
        for setting in settings:
            setting.turn()
    generator.remove_all()
    found = [setting.seen() for setting in settings]
    for group in groups:
        for router in group.routers:
            router.remove()
    return found
