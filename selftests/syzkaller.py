#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Holds Documentation/syzkaller/dfc.txt, the description of the netlink family
for syzkaller, against the netlink specification dfc.yaml, of which it is made:

    selftests/syzkaller.py -w       writes it anew

syzkaller itself is not needed, and nothing here compiles the description.
Speaks TAP; exit status 4 if there is nothing to compare."""

import os
import re
import sys

sys.dont_write_bytecode = True

from spec import Spec, Tap, c_name, find_files

HEAD = '''\
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# The generic netlink family dfc, for syzkaller. Made of dfc.yaml by
# selftests/syzkaller.py -w; a test holds the two against each other. For use,
# see Documentation/testing.md.

include <linux/net.h>
include <linux/socket.h>
include <uapi/linux/netlink.h>
include <uapi/linux/genetlink.h>
include <uapi/linux/dfc.h>

resource genl_dfc_family_id[int16]

syz_genetlink_get_family_id$dfc(name ptr[in, string["dfc"]], fd \
sock_nl_generic) genl_dfc_family_id

type msghdr_dfc[CMD, POLICY] msghdr_netlink[netlink_msg_t[genl_dfc_family_id, \
genlmsghdr_t[CMD], POLICY]]
'''
TAIL = '''
dfc_devices = "lo", "veth0", "veth1", "bridge0", "dummy0", "absent0"
dfc_families = AF_INET, AF_INET6, AF_PACKET
'''
BITS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64}


class Description:
    """What the specification comes to in syzkaller's language."""

    def __init__(self, spec):
        self.spec = spec
        self.enums = {one["name"]: one for one in
                      spec.of_type("enum") + spec.of_type("flags")}
        self.used = set()

    @staticmethod
    def policy(name):
        return f"dfc_{c_name(name)}_policy"

    def limits(self, attribute):
        checks = {key: self.spec.constants.get(value, value)
                  for key, value in attribute.get("checks", {}).items()}
        # Of 64 bits there are no limits but that they are not 0.
        if attribute["type"] == "u64" or not checks.keys() & {"min", "max"}:
            return ""
        most = (1 << BITS[attribute["type"]]) - 1
        return f"[{checks.get('min', 0)}:{checks.get('max', most)}]"

    def number(self, attribute):
        width = f"int{BITS[attribute['type']]}"
        name = attribute["name"]
        if "enum" in attribute:
            self.used.add(attribute["enum"])
            return f"flags[dfc_{c_name(attribute['enum'])}, {width}]"
        if name == "family":
            return f"flags[dfc_families, {width}]"
        # Few ids, so that they meet.
        if name == "id" or name.endswith("-id") and "min" in \
                attribute.get("checks", {}) and attribute["checks"]["min"]:
            return f"{width}[1:8]"
        return width + self.limits(attribute)

    def value(self, attribute):
        kind = attribute["type"]
        if kind in BITS:
            return self.number(attribute)
        if kind == "string":
            return "string[dfc_devices]"
        if attribute.get("display-hint") == "ipv6":
            return "dfc_address"
        most = self.spec.constants.get(attribute["checks"]["max-len"],
                                       attribute["checks"]["max-len"])
        return f"array[int8, 0:{most}]"

    def row(self, one, attribute):
        name = c_name(self.spec.prefix(one), attribute["name"]).upper()
        if attribute["type"] == "pad":
            return f"\t{name}\tnlattr[{name}, void]"
        if attribute["type"] == "nest":
            return (f"\t{name}\tnlnest[{name}, array["
                    f"{self.policy(attribute['nested-attributes'])}]]")
        return f"\t{name}\tnlattr[{name}, {self.value(attribute)}]"

    def sets(self):
        for one in self.spec.sets:
            yield f"\n{self.policy(one['name'])} ["
            yield from (self.row(one, each) for each in one["attributes"])
            yield "] [varlen]"

    def calls(self):
        policy = self.policy(self.spec.sets[0]["name"])
        prefix = c_name(self.spec.tree["operations"]["name-prefix"])
        for one in self.spec.operations:
            if "event" in one:
                continue
            name = c_name(prefix.rstrip("_"), one["name"]).upper()
            yield (f"sendmsg${name}(fd sock_nl_generic, msg ptr[in, "
                   f"msghdr_dfc[{name}, {policy}]], f flags[send_flags])")

    def words(self):
        for name in sorted(self.used):
            prefix = c_name(self.spec.name, name).upper()
            values = [c_name(prefix, entry["name"]).upper()
                      for entry in self.enums[name]["entries"]]
            yield f"dfc_{c_name(name)} = {', '.join(values)}"

    def text(self):
        sets = list(self.sets())
        lines = [HEAD, *self.calls(), *sets, "", "dfc_address [",
                 "\tipv4\tipv4_addr", "\tipv6\tipv6_addr", "] [varlen]",
                 TAIL.rstrip("\n"), *self.words()]
        return "\n".join(lines) + "\n"


def names_missing(text, header):
    """Names of the header that the description does not have."""
    code = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    names = re.findall(r"^\s+(DFC_\w+)(?: =.*)?,?$", code, re.M)
    names += re.findall(r"^#define (DFC_\w+_F_(?!ALL)\w+)", code, re.M)
    for name in names:
        if not re.search(r"_(UNSPEC|MAX|NTF)$", name) and \
                not re.search(rf"\b{name}\b", text):
            yield f"{name}: not there"


def unknown_names(text, header):
    """Names of the description that it does not explain, nor the header."""
    code = re.sub(r"^#.*$", "", text, flags=re.M)
    for name in sorted(set(re.findall(r"\bDFC_\w+", code))):
        if not re.search(rf"\b{name}\b", header):
            yield f"{name}: the header has no such name"
    for name in sorted(set(re.findall(r"\bdfc_\w+\b", code))):
        if not re.search(rf"^(type )?{name}\b( =| \[|\[)", code, re.M):
            yield f"{name}: used and not defined"


def differences(expected, actual):
    """Lines of either text that the other has not."""
    old, new = actual.split("\n"), expected.split("\n")
    yield from (f"only in dfc.txt: {line}" for line in old if line not in new)
    yield from (f"not in dfc.txt: {line}" for line in new if line not in old)
    if old != new:
        yield "the order differs; selftests/syzkaller.py -w writes it anew"


def main():
    if sys.argv[1:] not in ([], ["-w"]):
        print(__doc__, file=sys.stderr)
        return 2
    tap = None if sys.argv[1:] else Tap()
    import yaml
    files = find_files()
    place = files and os.path.join(os.path.dirname(files[0]),
                                   "../syzkaller/dfc.txt")
    if not files or (tap and not os.path.exists(place)):
        tap.skip("dfc.yaml, dfc.h and dfc.txt are not in this tree")
    text = Description(Spec(files[0], yaml)).text()
    if not tap:
        with open(place, "w", encoding="ascii") as file:
            file.write(text)
        return 0
    with open(place, encoding="ascii") as file:
        there = file.read()
    with open(files[1], encoding="utf-8") as file:
        header = file.read()
    tap.result("the description for syzkaller is that of the specification",
               list(differences(text, there)))
    tap.result("it has every command, attribute and value of the header",
               list(names_missing(there, header)))
    tap.result("all names in it are known", list(unknown_names(there, header)))
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
