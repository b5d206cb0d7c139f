#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Holds what the module finds in frames against what tshark finds in them.

Usage: judge.py [-v] DIRECTORY [CAPTURES]...

DIRECTORY has the program keys; captures made here are put there. CAPTURES are
files, or directories of them. tshark tells where the outermost IP header is and
what its fields are; whether lengths fit each other is reckoned here from that.
Where the two differ there must be a rule, below, that says why. Speaks TAP.
"""

import collections
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import frames

HERE = os.path.dirname(os.path.abspath(__file__))
NONE, MALFORMED = ("none",), ("malformed",)
# Fragments are judged one by one, and tshark is not to believe in sums.
TSHARK = ["tshark", "-n", "-T", "pdml",
          "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"]
# Link types that keys knows, as tshark names them (frame.encap_type).
LINKS = {1, 4, 7, 25, 129, 130, 210}
EXTENSIONS = {"ipv6.hopopts": 0, "ipv6.routing": 43, "ipv6.fraghdr": 44,
              "ah": 51, "ipv6.dstopts": 60}
PORTS = {6: "tcp", 17: "udp", 33: "dccp", 132: "sctp", 136: "udp"}
AH, HOP, NO_NEXT, FRAGMENT = 51, 0, 59, 44


class Layer:
    """A <proto> of PDML: name, where it is, and its fields."""

    def __init__(self, element):
        self.name = element.get("name")
        self.pos = int(element.get("pos", -1))
        self.fields = {}
        self.collect(element)

    def collect(self, element):
        for child in element:
            if child.tag == "field":
                self.fields.setdefault(child.get("name"), child)
                self.collect(child)

    def show(self, name):
        field = self.fields.get(name)
        return None if field is None else field.get("show")

    def number(self, name):
        shown = self.show(name)
        if shown in ("True", "False"):
            return int(shown == "True")
        return int(shown, 0) if shown else None

    def bits(self, name):
        """As it is in the frame, whatever tshark makes of it."""
        field = self.fields.get(name)
        if field is None or not field.get("value"):
            return None
        return int(field.get("value"), 16)


class Frame:
    def __init__(self, packet):
        self.layers = [Layer(e) for e in packet.iter("proto")]
        frame = next(l for l in self.layers if l.name == "frame")
        self.link = int(frame.fields["frame.encap_type"].get("show"))
        self.length = int(frame.show("frame.cap_len"))
        self.protocols = frame.show("frame.protocols").split(":")
        at = [i for i, l in enumerate(self.layers) if l.name in ("ip", "ipv6")]
        self.behind = self.layers[at[0]:] if at else []
        self.front = []
        for name in self.protocols:
            if name in ("ip", "ipv6"):
                break
            self.front.append(name)


class Chain:
    """The headers behind that of IP, up to that of the upper protocol."""

    def __init__(self, family, kind, layers, at, end):
        self.family, self.kind, self.layers = family, kind, list(layers)
        self.at, self.end = at, end
        self.offset = self.more = 0
        self.whole = True
        self.later = False

    def is_extension(self):
        return self.kind == AH or (self.family == 6 and
                                   self.kind in EXTENSIONS.values())

    def walk(self):
        seen = False
        while not self.later and self.is_extension():
            layer = self.take()
            if layer is None:
                self.whole = False
                return
            if self.kind == FRAGMENT:
                self.later = bool(layer.number("ipv6.fraghdr.offset"))
                if not (seen and (self.offset or self.more)):
                    self.offset = layer.number("ipv6.fraghdr.offset") * 8
                    self.more = layer.number("ipv6.fraghdr.more")
                seen = True
            self.pass_over(layer)

    def take(self):
        """Where the next extension header is said to be, all of it."""
        while self.layers and self.layers[0].name not in EXTENSIONS:
            self.layers.pop(0)
        layer = self.layers.pop(0) if self.layers else None
        if layer is None or EXTENSIONS[layer.name] != self.kind or \
                layer.pos != self.at or \
                self.at + self.length(layer) > self.end:
            return None
        return layer

    def length(self, layer):
        if self.kind == FRAGMENT:
            return 8
        if self.kind == AH:
            units = layer.number("ah.length")
            return self.end if units is None else (units + 2) * 4
        units = layer.number(layer.name + ".len")
        return self.end if units is None else (units + 1) * 8

    def pass_over(self, layer):
        name = "ah.next_header" if self.kind == AH else layer.name + ".nxt"
        self.at += self.length(layer)
        self.kind = layer.number(name)


def upper(chain):
    """Ports, or type and code, if they are in the packet."""
    icmp = "icmp" if chain.family == 4 else "icmpv6"
    if chain.later:
        return "-", 0, 0
    for layer in chain.layers:
        if layer.pos != chain.at:
            continue
        if layer.name in ("udplite", PORTS.get(chain.kind)):
            name = "udp" if layer.name == "udplite" else layer.name
            pair = layer.number(name + ".srcport"), layer.number(name + ".dstport")
            if None not in pair and chain.at + 4 <= chain.end:
                return ("ports",) + pair
        if layer.name == icmp and chain.kind in (1, 58):
            pair = layer.number(icmp + ".type"), layer.number(icmp + ".code")
            if None not in pair and chain.at + 2 <= chain.end:
                return ("icmp",) + pair
    return "-", 0, 0


def finish(ip, chain, addresses, length):
    chain.walk()
    if not chain.whole and not chain.more:
        return MALFORMED
    kind = chain.kind
    if not chain.whole or chain.is_extension():
        kind = NO_NEXT
    said = upper(chain) if chain.whole else ("-", 0, 0)
    return (str(chain.family),) + addresses + (kind,) + said + \
        (chain.offset, chain.more, length)


def judge_ipv4(frame, ip, behind):
    there = frame.length - ip.pos
    header, total = ip.number("ip.hdr_len"), ip.bits("ip.len")
    kind, source, target = (ip.number("ip.proto"), ip.show("ip.src"),
                            ip.show("ip.dst"))
    if None in (header, total, kind, source, target):
        return MALFORMED
    if total == 0 and kind == 6:
        total = there
    if ip.number("ip.version") != 4 or header < 20 or \
            not header <= total <= there:
        return MALFORMED
    chain = Chain(4, kind, behind, ip.pos + header, ip.pos + total)
    chain.offset = ip.number("ip.frag_offset") * 8
    chain.more = ip.number("ip.flags.mf")
    chain.later = chain.offset != 0
    return finish(ip, chain, (source, target), total)


def judge_ipv6(frame, ip, behind):
    there = frame.length - ip.pos - 40
    plen, kind = ip.number("ipv6.plen"), ip.number("ipv6.nxt")
    source, target = ip.show("ipv6.src"), ip.show("ipv6.dst")
    if None in (plen, kind, source, target) or ip.number("ipv6.version") != 6:
        return MALFORMED
    if plen == 0 and kind == HOP:
        hop = next((l for l in behind if l.name == "ipv6.hopopts"), None)
        plen = (hop.number("ipv6.opt.jumbo") if hop else None) or 0
        if plen <= 65535:
            return MALFORMED
    if plen > there:
        return MALFORMED
    chain = Chain(6, kind, behind, ip.pos + 40, ip.pos + 40 + plen)
    return finish(ip, chain, (source, target), 40 + plen)


def expected(frame):
    if not frame.behind:
        return NONE
    ip, behind = frame.behind[0], frame.behind[1:]
    for layer in frame.layers[:-len(frame.behind)]:
        # tshark reads on behind the end of what PPPoE says is its own.
        if layer.name == "pppoes":
            frame.length = min(frame.length, layer.pos + 6 +
                               layer.number("pppoe.payload_length"))
    return (judge_ipv4 if ip.name == "ip" else judge_ipv6)(frame, ip, behind)


def finds_more(ours, theirs):
    return theirs == NONE and ours != NONE


# Tags behind which tshark takes the length of a frame of LLC for an EtherType.
TAGS = {"ieee8021ad", "ieee8021cb", "hsr", "etag", "cmd", "ieee8021ah",
        "macsec", "avsp"}


def by_length(frame, ours, theirs):
    lengths = [l.number("eth.type") for l in frame.layers if l.name == "eth"]
    return finds_more(ours, theirs) and frame.protocols[-1] == "data" and (
        any(tag in TAGS for tag in frame.protocols) or
        any(n is not None and n < 0x600 for n in lengths))


def by_pseudowire(frame, ours, theirs):
    return finds_more(ours, theirs) and "mpls" in frame.protocols


def by_depth(frame, ours, theirs):
    return finds_more(ours, theirs) and len(frame.protocols) > 30


def by_count(_, ours, theirs):
    return {ours, theirs} == {NONE, MALFORMED}


def by_options(frame, ours, theirs):
    return len(ours) > 1 and frame.protocols[-1] in EXTENSIONS and \
        any(l.name == "_ws.malformed" for l in frame.layers) and \
        (theirs == MALFORMED or theirs[4] == "-")


def by_stump(frame, ours, theirs):
    return len(ours) == len(theirs) > 1 and theirs[4] == "-" and \
        ours[:4] == theirs[:4] and ours[7:] == theirs[7:] and \
        "icmp" in frame.protocols and \
        all(l.name != "icmp" or not l.fields for l in frame.layers)


RULES = [
    (by_pseudowire, "tshark guesses by vendors of addresses whether a "
                    "pseudowire has a control word; the module tries both"),
    (by_length, "tshark looks for LLC behind some tags only, and not where "
                "the length is 0"),
    (by_depth, "tshark goes less deep"),
    (by_options, "tshark does not go on behind options that are wrong; the "
                 "module does not read them"),
    (by_stump, "tshark reads nothing of an ICMP message that short"),
    (by_count, "matches nothing; whether it counts as malformed differs"),
]


def rule_for(frame, ours, theirs):
    for rule, reason in RULES:
        if rule(frame, ours, theirs):
            return reason
    return None


def ours_of(program, name):
    """What the module finds: a list, or None if frames cannot be played."""
    run = subprocess.run([program, name], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode < 0 or "Sanitizer" in run.stderr or \
            "runtime error" in run.stderr:
        raise RuntimeError(run.stderr)
    if run.returncode:
        return None
    found = []
    for line in run.stdout.splitlines():
        length, *words = line[len(name):].split()[1:]
        if len(words) > 1:
            words = words[:3] + [int(words[3]), words[4]] + \
                [int(w) for w in words[5:]]
        found.append((int(length), tuple(words)))
    return found


def packets_of(name):
    with subprocess.Popen(TSHARK + ["-r", name], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as run:
        try:
            for _, element in ElementTree.iterparse(run.stdout):
                if element.tag == "packet":
                    yield Frame(element)
                    element.clear()
        except ElementTree.ParseError:
            run.kill()


class Judge:
    def __init__(self, program, verbose):
        self.program, self.verbose = program, verbose
        self.checks = self.failures = 0
        self.frames = collections.Counter()
        self.reasons = collections.Counter()

    def say(self, ok, what):
        self.checks += 1
        self.failures += not ok
        print(f"{'ok' if ok else 'not ok'} {self.checks} - {what}",
              flush=True)

    def frame(self, name, number, frame, found):
        # libpcap cuts frames at the length that the file announces.
        frame.length, ours = min(frame.length, found[0]), found[1]
        theirs = expected(frame)
        self.frames[theirs[0] if len(theirs) == 1 else "packet"] += 1
        if ours == theirs:
            return True
        reason = rule_for(frame, ours, theirs)
        if reason:
            self.reasons[reason] += 1
        if not reason or self.verbose:
            print(f"# {name} {number}: {':'.join(frame.protocols)}\n"
                  f"#   tshark: {theirs}\n#   module: {ours}\n"
                  f"#   {reason or 'differ'}")
        return bool(reason)

    def file(self, path):
        name, same, number = os.path.basename(path), True, 0
        ours = ours_of(self.program, path)
        if ours is None:
            self.frames["files of other link types"] += 1
            return
        for number, frame in enumerate(packets_of(path), 1):
            if number > len(ours):
                same = False
                break
            same &= self.frame(name, number, frame, ours[number - 1])
        same &= number == len(ours)
        self.say(same, f"{name}: the module finds what tshark finds")


def captures(paths):
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        for name in sorted(os.listdir(path)):
            if name.endswith((".pcap", ".pcapng", ".cap")):
                yield os.path.join(path, name)


def main():
    args = sys.argv[1:]
    verbose = "-v" in args
    args = [a for a in args if a != "-v"]
    if not args:
        sys.exit(__doc__)
    judge = Judge(os.path.join(args[0], "keys"), verbose)
    print("TAP version 13")
    for path in captures(frames.write(args[0]) + args[1:]):
        judge.file(path)
    for what, n in sorted(judge.frames.items()):
        print(f"# {n} {what}")
    for reason, n in sorted(judge.reasons.items()):
        print(f"# {n} differ: {reason}")
    print(f"1..{judge.checks}")
    sys.exit(1 if judge.failures else 0)


if __name__ == "__main__":
    main()
