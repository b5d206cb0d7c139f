# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""What is compared: each function prepares one router. Those that match take
the traffic of few flows; those that do not have random entries."""

import os
import random

from topology import ip

MEDIATION = "203.0.113.2"
# Beside it, and nobody there.
NOWHERE = "203.0.113.3"
ROUTER = "203.0.113.1"
SOURCES = "198.18.0.0/22"
TAKES = ["-s", SOURCES, "-p", "udp"]
FLOWER = ["ip_proto", "udp", "src_ip", SOURCES]
PREROUTING = "type filter hook prerouting priority -300; policy accept;"
NULL_ESP = ["enc", "ecb(cipher_null)", "", "auth", "digest_null", ""]
GCM_ESP = ["aead", "rfc4106(gcm(aes))", "0x" + "5a" * 20, "128"]
# At PREROUTING, FORWARD and POSTROUTING, see kmod/bench_hook.c. As many as
# ../kmod/hook.c and ../kmod/hook_local.c have there.
ONE_HOOK, DFC_HOOKS = (1, 0, 0), (1, 1, 0)
FILL = os.environ.get("DFC_FILL", "fill")


def nothing(router):
    pass


def hooks(router, numbers):
    router.run("tee", "/proc/bench_hook",
               text=" ".join(str(n) for n in numbers) + "\n")


def esp(router, algorithm, selector=None):
    """Protects what goes to mediation, or the traffic itself, which then goes
    to mediation."""
    mode = "transport"
    source, destination = ROUTER + "/32", MEDIATION + "/32"
    if selector:
        mode = "tunnel"
        source, destination = selector
    router.ip("xfrm", "state", "add", "src", ROUTER, "dst", MEDIATION,
              "proto", "esp", "spi", "0x1000", "mode", mode,
              *(GCM_ESP if algorithm == "gcm" else NULL_ESP))
    router.ip("xfrm", "policy", "add", "src", source, "dst", destination,
              "dir", "out", "tmpl", "src", ROUTER, "dst", MEDIATION,
              "proto", "esp", "mode", mode)


def traffic_esp(router, algorithm):
    esp(router, algorithm, ("198.18.0.0/16", "198.19.0.0/16"))


def dfc_destinations(router, count=1, form="udp", security="none",
                     address=MEDIATION):
    for number in range(1, count + 1):
        port = [] if form == "ipip" else ["port", str(7000 + number)]
        router.run("dfcctl", "destination", "add", "id", str(number),
                   "address", address, "format", form, "security",
                   security, *port)


def dfc_fill(router, filters, masks, family="inet"):
    """Returns the seconds that it took."""
    dfc_destinations(router)
    if not filters:
        return 0.0
    return float(router.run(FILL, "add", str(filters), str(masks), family))


def dfc_match(router, count=1, form="udp", security="none", ids=False,
              address=MEDIATION):
    dfc_destinations(router, count, form, security, address)
    numbers = ",".join(str(n) for n in range(1, count + 1))
    router.run("dfcctl", "filter", "add", "id", "1", "from", SOURCES,
               "protocol", "udp", "destination", numbers,
               *(["intercept-id", "1", "session-id", "1"] if ids else []))


def dfc_dead_neighbour(router):
    dfc_match(router, address=NOWHERE)


def dfc_dead_link(router):
    dfc_match(router)
    ip("link", "set", router.name, "down", namespace="mediation")


def dfc_no_sa(router):
    """Without a policy of IPsec, too: one of them makes all that is forwarded
    dearer, whether it is copied or not."""
    dfc_match(router, security="required")


def random_flows(count, family):
    numbers = random.Random(4711)
    for _ in range(count):
        if family == "inet6":
            pair = [f"2001:db8:{numbers.randrange(65536):x}:"
                    f"{numbers.randrange(65536):x}::"
                    f"{numbers.randrange(1, 65536):x}" for _ in "ab"]
        else:
            pair = [".".join(str(byte) for byte in
                             numbers.randrange(1 << 24, 224 << 24)
                             .to_bytes(4, "big")) for _ in "ab"]
        yield (*pair, numbers.choice(("tcp", "udp")),
               numbers.randrange(1, 65536), numbers.randrange(1, 65536))


def nft_set(router, entries, family="inet"):
    kind, word = (("ipv6_addr", "ip6") if family == "inet6"
                  else ("ipv4_addr", "ip"))
    ports = "inet_service . inet_service"
    elements = ",\n".join(" . ".join(str(part) for part in flow)
                          for flow in random_flows(entries, family))
    router.run("nft", "-f", "-", text=f"""
        table inet bench {{
            set flows {{
                type {kind} . {kind} . inet_proto . {ports}
                elements = {{ {elements} }}
            }}
            chain prerouting {{
                {PREROUTING}
                {word} saddr . {word} daddr . meta l4proto . th sport . th \
                    dport @flows counter
            }}
        }}""".replace("\\\n", " "))


def nft_dup(router, count=1):
    dup = " ".join([f"dup to {MEDIATION} device med"] * 1)
    rules = "\n".join(f"ip saddr {SOURCES} ip protocol udp {dup}"
                      for _ in range(count))
    router.run("nft", "-f", "-", text=f"""
        table ip bench {{
            chain prerouting {{
                {PREROUTING}
                {rules}
            }}
        }}""")


def tee(router, count=1):
    for _ in range(count):
        router.run("iptables-legacy", "-t", "mangle", "-A", "PREROUTING",
                   *TAKES, "-j", "TEE", "--gateway", MEDIATION)


def tee_no_match(router, rules):
    lines = [f"-A PREROUTING -s {flow[0]} -d {flow[1]} -p {flow[2]} -m "
             f"{flow[2]} --sport {flow[3]} --dport {flow[4]} -j TEE "
             f"--gateway {MEDIATION}" for flow in random_flows(rules, "inet")]
    router.run("iptables-legacy-restore", text="*mangle\n"
               + "\n".join(lines) + "\nCOMMIT\n")


def flower_no_match(router, filters, family="inet"):
    protocol = "ipv6" if family == "inet6" else "ip"
    router.run("tc", "qdisc", "add", "dev", "in", "clsact")
    lines = [f"filter add dev in ingress protocol {protocol} pref 1 handle "
             f"{number} flower ip_proto {flow[2]} src_ip {flow[0]} dst_ip "
             f"{flow[1]} src_port {flow[3]} dst_port {flow[4]} action mirred "
             f"egress mirror dev med" for number, flow in
             enumerate(random_flows(filters, family), 1)]
    router.run("tc", "-batch", "-", text="\n".join(lines) + "\n")


def flower_mirred(router, count=1, device="med"):
    actions = []
    for _ in range(count):
        actions += ["action", "mirred", "egress", "mirror", "dev", device]
        if len(actions) < 6 * count:
            actions += ["pipe"]
    router.run("tc", "qdisc", "add", "dev", "in", "clsact")
    router.run("tc", "filter", "add", "dev", "in", "ingress", "protocol",
               "ip", "flower", *FLOWER, *actions)


def mirred_ipip(router, count=1):
    router.ip("link", "add", "tun", "type", "ipip", "local", ROUTER,
              "remote", MEDIATION)
    router.ip("link", "set", "tun", "up")
    flower_mirred(router, count, "tun")
