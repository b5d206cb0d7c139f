# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""IPv6 packets that nobody sends: name, packet, the taps that copy it."""

import itertools
import struct

from rawip import fragment6, ipv6, packed, udp

HERE, THERE = "2001:db8:1::2", "2001:db8:2::2"
HOP, ROUTING, FRAGMENT, AH, NONE, DEST, UDP = 0, 43, 44, 51, 59, 60, 17

flows = itertools.count(1)


def packet(payload, source=HERE, destination=THERE, **fields):
    fields.setdefault("flow", next(flows))
    return ipv6(source, destination, payload, **fields)


def dns(size=24, port=53):
    number = next(flows)
    return udp(port, bytes(number + i & 255 for i in range(size)))


def header(after, data=b"\x01\x04\0\0\0\0"):
    """An extension header without its type; AFTER is the type of the next."""
    data += b"\0" * (-(len(data) + 2) % 8)
    return bytes((after, (len(data) + 2) // 8 - 1)) + data


def routing(kind, left=1):
    return bytes((kind, left)) + bytes(4) + packed(THERE)


def ah(after, words=4):
    return bytes((after, words)) + bytes(4 * words + 6)


def chain(*types, upper=UDP, data=None):
    """A chain of headers of these types before the upper protocol."""
    made, after = b"" if data is None else data, upper
    for kind in reversed(types):
        if kind == AH:
            made = ah(after) + made
        elif kind == ROUTING:
            made = header(after, routing(4, 0)) + made
        else:
            made = header(after) + made
        after = kind
    return {"payload": made, "protocol": after}


def chains():
    for kind in (0, 2, 4):
        for left in (0, 1):
            yield (f"routing header {kind}, {left} left",
                   packet(header(UDP, routing(kind, left)) + dns(),
                          protocol=ROUTING), {1, 2})
    for types in ((HOP,), (DEST,), (AH,), (HOP, DEST), (HOP, ROUTING, DEST),
                  (HOP, DEST, ROUTING, AH, DEST), (DEST, HOP), (HOP, HOP),
                  (DEST,) * 8, (AH,) * 4, (ROUTING,) * 3, (DEST,) * 31):
        yield (f"headers {types}", packet(**chain(*types, data=dns())),
               {1, 2})
    yield "100 headers", packet(**chain(*(DEST,) * 100, data=dns())), set()
    yield "no next header", packet(b"", protocol=NONE), {1}
    yield "no next header, and something", packet(dns(), protocol=NONE), {1}
    yield ("no next header behind others",
           packet(**chain(HOP, DEST, upper=NONE, data=dns())), {1})
    for protocol in (1, 2, 4, 41, 47, 50, 135, 139, 140, 253, 255):
        yield f"protocol {protocol}", packet(dns(), protocol=protocol), {1}


def options():
    for kind, taps in ((0x3E, {1, 2}), (0x7E, set()), (0xBE, set()),
                       (0xFE, set())):
        yield (f"hop-by-hop option {kind:#x}",
               packet(header(UDP, bytes((kind, 4)) + bytes(4)) + dns(),
                      protocol=HOP), taps)
        yield (f"destination option {kind:#x}",
               packet(header(UDP, bytes((kind, 4)) + bytes(4)) + dns(),
                      protocol=DEST), {1, 2})
    alert = b"\x05\x02\0\0\x01\0"
    yield ("router alert", packet(header(UDP, alert) + dns(), protocol=HOP),
           {1, 2})
    yield ("an option that is too long",
           packet(header(UDP, b"\x05\x20") + dns(), protocol=HOP), set())
    for length in (0, 24, 65535, 65536):
        jumbo = b"\xc2\x04" + struct.pack("!I", length)
        yield (f"jumbogram of {length} bytes",
               packet(header(UDP, jumbo) + dns(), protocol=HOP, length=0),
               set())
        yield (f"jumbo option, {length} bytes, in a packet with a length",
               packet(header(UDP, jumbo) + dns(), protocol=HOP), set())
    yield ("hop-by-hop options longer than the packet",
           packet(bytes((UDP, 9)) + bytes(22), protocol=HOP), set())


def lengths():
    for version in (0, 4, 5, 7, 15):
        wrong = bytearray(packet(dns()))
        wrong[0] = version << 4
        yield f"version {version}", bytes(wrong), set()
    for length in (33, 100, 65535):
        yield f"length {length}", packet(dns(), length=length), set()
    yield "length 0", packet(dns(), length=0), {1}
    yield "length 3", packet(dns(), length=3), {1}
    yield "length 4", packet(dns(), length=4), {1, 2}
    yield "padding behind the packet", packet(dns()) + bytes(18), {1, 2}
    right = packet(dns(4))
    for length in range(1, len(right)):
        yield f"cut off at {length}", right[:length], set()
    for length in range(12):
        yield (f"only {length} bytes of UDP", packet(dns(4)[:length]),
               {1, 2} if length >= 4 else {1})
    for kind in (ROUTING, FRAGMENT, AH, DEST):
        for length in range(8):
            yield (f"only {length} bytes of header {kind}",
                   packet(bytes(length), protocol=kind), set())
    for kind in (ROUTING, DEST):
        yield (f"header {kind} longer than the packet",
               packet(bytes((UDP, 200)) + bytes(62), protocol=kind), set())


def train(port, parts=4, ident=None, after=UDP, data=None):
    data = data or dns(parts * 16 - 8, port)
    ident = ident or next(flows)
    return [packet(fragment6(data[i * 16:i * 16 + 16], ident,
                             i * 16 | (i < parts - 1), after),
                   protocol=FRAGMENT) for i in range(parts)]


def piece(data, ident, frag, after=UDP):
    return packet(fragment6(data, ident, frag, after), protocol=FRAGMENT)


def fragments(dice):
    for port, taps in ((53, {1, 2}), (54, {1})):
        for order in ("in order", "in reverse", "at random", "doubled"):
            parts = train(port)
            if order == "in reverse":
                parts.reverse()
            elif order == "at random":
                dice.shuffle(parts)
            elif order == "doubled":
                parts = [p for part in parts for p in (part, part)]
            for part in parts:
                yield f"fragments to port {port}, {order}", part, taps
    yield "atomic fragment", piece(dns(), next(flows), 0), {1, 2}
    yield ("atomic fragment without data",
           piece(b"", next(flows), 0), {1})
    ident = next(flows)
    first, *later = train(53, ident=ident)
    yield "first fragment", first, {1, 2}
    yield "fragment behind it", later[0], {1, 2}
    yield ("first fragment over it, to another port",
           train(54, ident=ident)[0], {1})
    yield "fragment behind the other", later[1], {1}
    ident = next(flows)
    yield "first fragment with half a port", piece(dns()[:3], ident, 1), {1}
    yield "what follows half a port", piece(bytes(16), ident, 8), {1}
    ident = next(flows)
    yield "a first one", piece(dns(16), ident, 1), {1, 2}
    yield "an empty one", piece(b"", ident, 24), {1, 2}
    yield "of 9 bytes, more to come", piece(bytes(9), ident, 25), {1, 2}
    yield "beyond the end of all", piece(bytes(64), next(flows), 0xFFF8), {1}
    ports = header(UDP, b"\x01\x0c" + bytes(12)) + dns(40)
    for part in train(53, ident=next(flows), after=DEST, data=ports):
        yield "ports behind the first fragment", part, {1}
    parts = train(53, after=DEST, data=header(UDP) + dns(48))
    for part in parts:
        yield "an extension header in a datagram", part, {1, 2}


def transport():
    for length in (0, 7, 9, 400, 65535):
        yield (f"UDP length {length}",
               packet(udp(53, bytes(8), length=length)), {1, 2})
    for name, protocol in (("TCP", 6), ("DCCP", 33), ("SCTP", 132),
                           ("UDP-Lite", 136)):
        for size in (0, 3, 4, 12, 32):
            data = struct.pack("!HH", 4000, 53) + bytes(28)
            yield (f"{size} bytes of {name}",
                   packet(data[:size], protocol=protocol),
                   {1, 4} if size >= 4 else {1})
    inner = packet(dns(), source=THERE, destination=HERE)
    for kind in (1, 2, 3, 4):
        for length in (0, 40, 44, len(inner)):
            yield (f"ICMPv6 {kind} about {length} bytes",
                   packet(bytes((kind, 0)) + bytes(6) + inner[:length],
                          protocol=58), {1})
    for length in range(9):
        yield (f"{length} bytes of a ping",
               packet((b"\x80" + bytes(7))[:length], protocol=58),
               {1, 3} if length >= 2 else {1})


def places():
    for ttl in (0, 1, 2):
        yield f"hop limit {ttl}", packet(dns(), ttl=ttl), {1, 2}
    for source, taps in (("::", {1, 2}), ("::1", set()), ("ff02::1", set()),
                         ("2001:db8:2::2", {1, 2})):
        yield f"from {source}", packet(dns(), source=source), taps
    yield "to the loopback", packet(dns(), destination="::1"), set()
    yield "to where it came from", packet(dns(), destination=HERE), {1, 2}
    yield "to nobody", packet(dns(), destination="2001:db8:99::1"), {1, 2}


def oddities6(dice):
    yield from chains()
    yield from options()
    yield from lengths()
    yield from fragments(dice)
    yield from transport()
    yield from places()
