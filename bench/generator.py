# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Sends packets by pktgen, in the namespace of the process, and tells what a
packet costs on its whole way: made, forwarded, copied, dropped by who gets it.
"""

import os
import time

import topology

DIRECTORY = "/proc/net/pktgen/"
TICK = "bench_tick"
FEW = 1000
# Packets of a turn, of which only the latter count.
WARM_UP, COUNTED = 2000, 3000
# Bytes before the payload: Ethernet; IPv4 and UDP.
LINK, HEADERS = 14, 28


class Traffic:
    """family inet or inet6; flows FEW, or 0 for a new one each packet; bytes
    of the frame; how many packets of the wire are merged in it, 1 for none.
    Merged ones are IPv4, and have the size that these make together."""

    def __init__(self, family="inet", flows=FEW, size=124, packets=1):
        self.family = family
        self.flows = flows
        self.size = size
        self.packets = packets
        if packets > 1:
            payload = topology.MERGED_MTU - HEADERS
            self.size = LINK + HEADERS + packets * payload


def write(name, *lines):
    for line in lines:
        with open(DIRECTORY + name, "w") as file:
            file.write(line + "\n")


def few_flows(traffic):
    if traffic.family == "inet6":
        return ["src6 2001:2:0:2::2", "dst6 2001:2:0:1::2",
                "udp_src_min 4000", f"udp_src_max {4000 + FEW}",
                "udp_dst_min 5000", "udp_dst_max 5000"]
    return ["src_min 198.18.0.1", f"src_max 198.18.{FEW // 256}.{FEW % 256}",
            "dst_min 198.19.0.2", "dst_max 198.19.0.2",
            "udp_src_min 4000", "udp_src_max 4000",
            "udp_dst_min 5000", "udp_dst_max 5000"]


def many_flows(traffic):
    """Ranges whose lengths have no common divisor: together they come to the
    same flow again after some 10 ^ 9 packets only."""
    ports = ["udp_src_min 1024", "udp_src_max 33791",
             "udp_dst_min 1024", "udp_dst_max 33790"]
    if traffic.family == "inet6":
        return ports + ["src6 2001:2:0:2::2", "dst6_min 2001:2:0:1::",
                        "dst6_max 2001:2:0:1:0:0:ffff:ffff"]
    return ports + ["flag IPSRC_RND", "flag IPDST_RND",
                    "src_min 198.18.0.1", "src_max 198.18.255.254",
                    "dst_min 198.19.0.1", "dst_max 198.19.255.254"]


def is_thread(name):
    return name.startswith("kpktgend_")


def remove_all():
    """pktgen does it later, and complains if a name is there still."""
    for name in filter(is_thread, os.listdir(DIRECTORY)):
        write(name, "rem_device_all")
    while not all(is_thread(name) or name == "pgctrl"
                  for name in os.listdir(DIRECTORY)):
        time.sleep(0.01)


def start_of(router, traffic):
    """The interface of the generator that a packet begins at."""
    return router.merging() if traffic.packets > 1 else router.name


def merged(traffic):
    """What is merged lies in pages, but for the headers, and its checksum is
    left to others. As it is written to, pktgen must not keep hold of it."""
    if traffic.packets == 1:
        return []
    return [f"frags {traffic.packets}", "flag UDPCSUM", "flag !SHARED"]


def device(name, router, traffic, count, processor=0):
    write(f"kpktgend_{processor}", "add_device " + name)
    write(name, "clone_skb 0", "delay 0", "flag NO_TIMESTAMP",
          f"count {count}", f"pkt_size {traffic.size}",
          "dst_mac " + router.address, *merged(traffic),
          *(few_flows(traffic) if traffic.flows else many_flows(traffic)))


def tick(name):
    write("kpktgend_0", "add_device " + name)
    write(name, "clone_skb 0", "delay 0", "count 1")


def start(wanted):
    """Returns so many ticks. pktgen may come back before it has begun."""
    with open("/proc/" + TICK, "w") as file:
        file.write("0\n")
    write("pgctrl", "start")
    ticks = []
    while len(ticks) < wanted:
        time.sleep(0.005)
        with open("/proc/" + TICK) as file:
            ticks = file.read().split()
    return [int(ns) for ns in ticks]


class Train:
    """Routers that pktgen sends to one after the other, again and again.

    pktgen takes an eighth of a second to start, in which the machine does
    something else, and other work of the host slows it down for as long. So
    all are sent to in one go, some milliseconds each: pktgen finishes with one
    of its devices before it begins with the next. Each router has two, of
    which the first one warms up; before and behind the second one there is a
    tick, see kmod/bench_tick.c. And between two routers there is always the
    one that does nothing but forward: what is compared was measured within
    milliseconds."""

    def __init__(self, plain, routers, traffic):
        self.traffic = traffic
        self.turns = [plain]
        for router in routers:
            self.turns += [router, plain]
        remove_all()
        # The one that was added last is the first one to send.
        for number, router in reversed(list(enumerate(self.turns))):
            name = start_of(router, traffic)
            tick(f"{TICK}@e{number}")
            device(f"{name}@m{number}", router, traffic, COUNTED)
            tick(f"{TICK}@b{number}")
            device(f"{name}@w{number}", router, traffic, WARM_UP)

    def go(self):
        """Returns nanoseconds a packet: of each router, and of the plain one
        beside it."""
        ticks = start(2 * len(self.turns))
        for number, router in enumerate(self.turns):
            sent(f"{start_of(router, self.traffic)}@m{number}")
        ns = [(end - begin) / COUNTED
              for begin, end in zip(ticks[::2], ticks[1::2])]
        return [(turn, (before + after) / 2) for before, turn, after in
                zip(ns[:-2:2], ns[1::2], ns[2::2])]

    def packets(self, router):
        """How many a router is sent in one go."""
        return (WARM_UP + COUNTED) * self.turns.count(router)


def sent(name):
    """Microseconds from the start to the end of a device."""
    with open(DIRECTORY + name) as file:
        text = file.read()
    told = text.rsplit("Result: OK: ", 1)
    if len(told) != 2 or not text.rstrip().endswith("errors: 0"):
        raise RuntimeError(f"pktgen, {name}: {text[-200:]}")
    return int(told[1].split("(", 1)[0])


class Stream:
    """One router, sent to for long, whatever else the kernel does meanwhile."""

    def __init__(self, router, traffic):
        self.name = router.name
        remove_all()
        tick(f"{TICK}@e")
        device(self.name, router, traffic, 0)
        tick(f"{TICK}@b")

    def go(self, packets):
        """Returns nanoseconds a packet."""
        write(self.name, f"count {packets}")
        begin, end = start(2)
        sent(self.name)
        return (end - begin) / packets
