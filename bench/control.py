# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""How fast filters come and go, and what they weigh."""

import subprocess
import time

import generator
import systems
import topology

COUNT = {"full": 1000000, "quick": 100000}
PEERS = {"full": (20000, 5000), "quick": (10000, 1000)}
# Adds a second while packets are forwarded, for how long, and how often.
PACE, SECONDS = 55000, 0.4
TURNS = {"full": 40, "quick": 16}


def memory():
    """Bytes of all that filters may be made of, see scale.sh."""
    kib = 0
    with open("/proc/meminfo") as file:
        for line in file:
            if line.split(":")[0] in ("SUnreclaim", "VmallocUsed", "Percpu"):
                kib += int(line.split()[1])
    return kib * 1024


def settled():
    """What was deleted goes after a grace period, and some of it by a worker:
    wait until memory does not change any more."""
    last = -1
    while last != memory():
        last = memory()
        time.sleep(1)
    return last


def fill(router, *arguments):
    return float(router.run(systems.FILL, *arguments))


def bulk(count, masks, family):
    router = topology.Router("c1")
    systems.dfc_destinations(router)
    # What is made with the first filter, and for no other, is no part of one.
    fill(router, "add", "1000", "1", family)
    fill(router, "delete", "1000")
    empty = settled()
    add = fill(router, "add", str(count), str(masks), family)
    weight = (memory() - empty) / count
    delete = fill(router, "delete", str(count))
    router.remove()
    return {"peer": "dfc", "family": family, "filters": count,
            "masks": masks, "add": add, "delete": delete, "weight": weight}


def peer(name, work, count):
    router = topology.Router("c1")
    empty = settled()
    start = time.monotonic()
    try:
        work(router, count)
    except RuntimeError:
        return []
    finally:
        took = time.monotonic() - start
        weight = (memory() - empty) / count
        router.remove()
    return [{"peer": name, "family": "inet", "filters": count, "masks": 1,
             "add": took, "weight": weight}]


class Adder:
    """Adds filters at a pace, from go() to stop(). Its process is there
    before, with all that it will send: what that costs is no part of it."""

    def __init__(self, router, first):
        self.process = subprocess.Popen(
            ("ip", "netns", "exec", router.namespace, systems.FILL, "pace",
             str(3 * SECONDS), str(PACE), str(first)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def stop(self):
        """Returns the filters added a second."""
        self.process.terminate()
        told, _ = self.process.communicate()
        if self.process.returncode:
            raise RuntimeError(f"fill: status {self.process.returncode}")
        return float(told)


def forwarding(turns):
    """Nanoseconds a packet while filters are added at a pace, and just before
    and after. There are filters all the time, and all stay: what looking for
    them costs is no part of adding."""
    router = topology.Router("c1")
    systems.dfc_fill(router, 1000, 1)
    stream = generator.Stream(router, generator.Traffic())
    packets = int(1e9 / stream.go(50000) * SECONDS)
    found = {"alone": [stream.go(packets)], "with": [], "adds": []}
    for turn in range(1, turns + 1):
        adder = Adder(router, turn * 10 * PACE)
        adder.go()
        found["with"].append(stream.go(packets))
        found["adds"].append(adder.stop())
        found["alone"].append(stream.go(packets))
    router.remove()
    return found


def measure(which):
    count = COUNT[which]
    kinds = 3 * [(15, "inet")]
    if which == "full":
        kinds += [(1, "inet"), (628, "inet"), (15, "inet6")]
    sets, flower = PEERS[which]
    found = [bulk(count, *kind) for kind in kinds]
    found += peer("nft-set", systems.nft_set, sets)
    found += peer("flower", systems.flower_no_match, flower)
    return {"bulk": found, "forwarding": forwarding(TURNS[which]),
            "pace": PACE}
