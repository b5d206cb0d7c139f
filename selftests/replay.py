#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Frames for replay.sh, and what filters must say of them.

  replay.py plan KEYS DIRECTORY [CAPTURES]
                writes into DIRECTORY, for each of two STAGEs,
                filters-STAGE: words for dfcctl, one filter a line
                batches-STAGE: "FIRST LAST SEEN": frames to send, and how many
                the device has seen then
                expected: "ID PACKETS BYTES", one a line
                and prints how many frames are malformed
  replay.py send DIRECTORY DEVICE FIRST LAST

Frames are those of key/frames.py, and of all captures in the directory
CAPTURES; the latter are given a header of Ethernet if they have another one.
There is a filter for each pair of addresses and protocol, and one for each that
has ports, or type and code, too. What is in a frame, tshark tells, and where
there is a rule why it tells something else (key/judge.py) the program KEYS.

Fragments are sent in the first stage, where no filter is for ports: each counts
for itself. As they are made here, many datagrams have the same id. Later ones
that hide their protocol are left out: they are what their first fragment says
(fragments.sh).
"""

import collections
import os
import socket
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "key"))
import frames  # pylint: disable=wrong-import-position
import judge  # pylint: disable=wrong-import-position

MTU = 65535
# Nobody has to be quick: as many find room in any queue of received frames.
BATCH = 500
MAGICS = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<",
          b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}


def load(path):
    """The frames of a capture, each with its link type."""
    with open(path, "rb") as capture:
        data = capture.read()
    if data[:4] not in MAGICS:
        data = subprocess.run(["editcap", "-F", "pcap", path, "-"], check=True,
                              stdout=subprocess.PIPE).stdout
    order = MAGICS[data[:4]]
    link, at = struct.unpack_from(order + "I", data, 20)[0] & 0xffff, 24
    while at + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        yield link, data[at + 16:at + 16 + size]
        at += 16 + size


def raw_ip(frame):
    version = frame[0] >> 4 if frame else 0
    return {4: frames.words(frames.IPV4),
            6: frames.words(frames.IPV6)}.get(version, bytes(2)) + frame


def ppp(frame):
    """Without address and control field; there is more, which Ethernet has
    no type for."""
    frame = frame[2 * frame.startswith(b"\xff\x03"):]
    types = {b"\x00\x21": frames.IPV4, b"\x00\x57": frames.IPV6,
             b"\x02\x81": frames.MPLS, b"\x02\x83": 0x8848}
    return frames.words(types.get(frame[:2], 0)) + frame[2:]


LINKS = {
    1: lambda frame: frame,
    9: lambda frame: frames.MACS + ppp(frame),
    101: lambda frame: frames.MACS + raw_ip(frame),
    113: lambda frame: frames.MACS + frame[14:],
    228: lambda frame: frames.MACS + frames.words(frames.IPV4) + frame,
    229: lambda frame: frames.MACS + frames.words(frames.IPV6) + frame,
    276: lambda frame: frames.MACS + frame[:2] + frame[20:],
}


def playable(directory, places):
    """Ethernet frames, and how many there are that cannot be sent."""
    played, left = [], 0
    # Chance makes too many keys for a filter each.
    made = [p for p in frames.write(directory) if "broken" not in p]
    for path in judge.captures(made + places):
        for link, frame in load(path):
            frame = LINKS.get(link, lambda frame: b"")(frame)
            if 14 <= len(frame) <= 14 + MTU:
                played.append(frame)
            else:
                left += 1
    return played, left


def is_lost(frame):
    """The kernel takes the outermost VLAN tag off before anybody looks, and
    drops the frame unless two more bytes are behind the tag."""
    return frame[12:14] in (b"\x81\x00", b"\x88\xa8") and len(frame) < 20


def find(keys, path):
    """What is in each frame: as the module says if tshark agrees."""
    both = zip(judge.packets_of(path), judge.ours_of(keys, path), strict=True)
    for number, (frame, (_, ours)) in enumerate(both):
        theirs = judge.expected(frame)
        if ours != theirs and not judge.rule_for(frame, ours, theirs):
            print(f"# frame {number}: tshark: {theirs}, module: {ours}",
                  file=sys.stderr)
            yield theirs
        else:
            yield ours


def is_fragment(found):
    return len(found) > 1 and (found[7] or found[8])


def is_hidden(found):
    return len(found) > 1 and found[7] and found[3] == judge.NO_NEXT


class Plan:
    def __init__(self):
        self.total = collections.defaultdict(lambda: [0, 0])
        self.malformed = 0

    def count(self, found):
        """Adds what is in a frame to all filters that it is for."""
        self.malformed += found == judge.MALFORMED
        if len(found) == 1:
            return
        self.add(found[:4], found[9])
        if found[4] != "-" and not is_fragment(found):
            self.add(found[:7], found[9])

    def add(self, key, size):
        self.total[key][0] += 1
        self.total[key][1] += size

    def filters(self, stage):
        return [k for k in self.total if (len(k) > 4) == (stage == 2)]


def words(key):
    said = ["from", key[1], "to", key[2], "protocol", key[3]]
    if len(key) > 4 and key[4] == "ports":
        said += ["source-port", key[5], "dest-port", key[6]]
    elif len(key) > 4:
        said += ["icmp-type", key[5], "icmp-code", key[6]]
    return said


def save_batches(directory, stage, first, played, seen):
    with open(f"{directory}/batches-{stage}", "w", encoding="ascii") as out:
        for at in range(0, len(played), BATCH):
            some = played[at:at + BATCH]
            seen += sum(not is_lost(frame) for frame in some)
            print(first + at, first + at + len(some), seen, file=out)
    return seen


def save_filters(directory, plan):
    number = 0
    with open(f"{directory}/expected", "w", encoding="ascii") as expected:
        for stage in (1, 2):
            with open(f"{directory}/filters-{stage}", "w",
                      encoding="ascii") as out:
                for number, key in enumerate(plan.filters(stage), number + 1):
                    print("id", number, *words(key), file=out)
                    print(number, *plan.total[key], file=expected)


def plan(keys, directory, *places):
    played, left = playable(directory, list(places))
    path = frames.save(f"{directory}/replay.pcap", played)
    found = list(find(keys, path))
    order = sorted((n for n in range(len(played)) if not is_hidden(found[n])),
                   key=lambda n: not is_fragment(found[n]))
    left += len(played) - len(order)
    played, found = [played[n] for n in order], [found[n] for n in order]
    frames.save(path, played)
    pieces = sum(bool(is_fragment(f)) for f in found)
    counts = Plan()
    for frame, one in zip(played, found):
        if not is_lost(frame):
            counts.count(one)
    save_filters(directory, counts)
    seen = save_batches(directory, 1, 0, played[:pieces], 0)
    seen = save_batches(directory, 2, pieces, played[pieces:], seen)
    print(f"# {len(played)} frames, {pieces} with fragments, "
          f"{len(played) - seen} that the kernel drops, {left} left out, "
          f"{len(counts.total)} filters", file=sys.stderr)
    print(counts.malformed)


def send(directory, device, first, last):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind((device, 0))
        played = list(load(f"{directory}/replay.pcap"))
        for _, frame in played[int(first):int(last)]:
            wire.send(frame)


if __name__ == "__main__":
    {"plan": plan, "send": send}[sys.argv[1]](*sys.argv[2:])
