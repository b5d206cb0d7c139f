#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Frames for replay.sh, and what filters must say of them.

  replay.py plan KEYS DIRECTORY   writes DIRECTORY/replay.pcap, and there
                                  filters: words for dfcctl, one filter a line
                                  expected: "ID PACKETS BYTES", one a line
                                  and prints how many frames are malformed
  replay.py send FILE DEVICE      sends the frames of a capture

There is a filter for each pair of addresses and protocol, and one for each that
has ports, or type and code, too. Fragments are left out: one filter has those
of another packet too. So are frames broken by chance, for which too many would
be needed. The last frame is one that no other is like.
"""

import collections
import os
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "key"))
import frames  # pylint: disable=wrong-import-position

MTU = 65000
LAST = frames.ethernet(frames.IPV4, frames.ipv4(254, b"the last one"))


def load(path):
    with open(path, "rb") as capture:
        capture.read(24)
        while head := capture.read(16):
            yield capture.read(struct.unpack("<IIII", head)[2])


def find(keys, path):
    """What is in each frame: None, () if malformed, or the words of keys."""
    out = subprocess.run([keys, path], stdout=subprocess.PIPE, check=True,
                         text=True).stdout
    for line in out.splitlines():
        words = line[len(path):].split()[2:]
        yield {"none": None, "malformed": ()}.get(words[0], words)


def chosen(keys, directory):
    for path in frames.write(directory):
        # Chance makes too many keys for a filter each.
        if path.endswith("broken.pcap"):
            continue
        for frame, found in zip(load(path), find(keys, path)):
            fragment = found and (found[7] != "0" or found[8] != "0")
            if len(frame) <= MTU and not fragment:
                yield frame, found


def plan(keys, directory):
    played, malformed = [], 0
    total = collections.defaultdict(lambda: [0, 0])
    last = ("4", "192.0.2.2", "198.51.100.2", "254", "-", "0", "0", "0", "0",
            "32")
    for frame, found in [*chosen(keys, directory), (LAST, last)]:
        played.append(frame)
        malformed += found == ()
        if not found:
            continue
        tuples = [tuple(found[:4])]
        if found[4] != "-":
            tuples.append(tuple(found[:7]))
        for key in tuples:
            total[key][0] += 1
            total[key][1] += int(found[9])
    frames.save(os.path.join(directory, "replay.pcap"), played)
    with open(os.path.join(directory, "filters"), "w",
              encoding="ascii") as filters, \
            open(os.path.join(directory, "expected"), "w",
                 encoding="ascii") as expected:
        for number, (key, (packets, size)) in enumerate(total.items(), 1):
            print(number, *words(key), file=filters)
            print(number, packets, size, file=expected)
    print(malformed)


def words(key):
    said = ["from", key[1], "to", key[2], "protocol", key[3]]
    if len(key) > 4 and key[4] == "ports":
        said += ["source-port", key[5], "dest-port", key[6]]
    elif len(key) > 4:
        said += ["icmp-type", key[5], "icmp-code", key[6]]
    return said


def send(path, device):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((device, 0))
        for frame in load(path):
            wire.send(frame)


if __name__ == "__main__":
    {"plan": plan, "send": send}[sys.argv[1]](*sys.argv[2:])
