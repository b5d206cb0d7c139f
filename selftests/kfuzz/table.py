#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Prints the netlink specification as tables in C (spec.h says what is in
them), so that netlink_fuzz knows every command and attribute there is.

Usage: table.py SPECIFICATION"""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                ".."))

import yaml
from spec import Spec, c_name

LARGEST = {"u8": 0xFF, "u16": 0xFFFF, "u32": 0xFFFFFFFF,
           "u64": 0xFFFFFFFFFFFFFFFF}


def is_output(attribute):
    """What is never in a request; only prose says so."""
    return (attribute["name"].startswith("left-") or
            re.search(r"never in a\s+request", attribute.get("doc", "")))


class Tables:
    def __init__(self, spec):
        self.spec = spec
        self.enums = {one["name"]: one for one in
                      spec.of_type("enum") + spec.of_type("flags")}

    def limits(self, attribute):
        """The least and the most of a number, or of a length."""
        checks = {key: self.spec.constants.get(value, value)
                  for key, value in attribute.get("checks", {}).items()}
        if attribute["type"] in ("string", "binary"):
            return checks.get("min-len", 0), checks.get("max-len", 0)
        most = LARGEST.get(attribute["type"], 0)
        enum = self.enums.get(attribute.get("enum"))
        if enum:
            n = len(enum["entries"])
            most = (1 << n) - 1 if enum["type"] == "flags" else n - 1
        return checks.get("min", 0), checks.get("max", most)

    def attribute(self, one, attribute):
        name = c_name(self.spec.prefix(one), attribute["name"]).upper()
        low, high = self.limits(attribute)
        words = [f'.name = "{name}"',
                 f'.kind = SPEC_{attribute["type"].upper()}',
                 f".min = {low}u", f".max = {high}u"]
        if "nested-attributes" in attribute:
            words.append(f'.set = SPEC_SET_'
                         f'{c_name(attribute["nested-attributes"]).upper()}')
        if attribute.get("multi-attr"):
            words.append(".many = true")
        if is_output(attribute):
            words.append(".output = true")
        return f"\t[{name}] = {{ {', '.join(words)} }},"

    def sets(self):
        names = [c_name(one["name"]) for one in self.spec.sets]
        yield "enum spec_set_number {"
        yield from (f"\tSPEC_SET_{name.upper()}," for name in names)
        yield "\tSPEC_SETS\n};\n"
        yield f"#define SPEC_COMMANDS {len(self.spec.operations)}\n"
        yield "#ifdef SPEC_TABLES"
        for name, one in zip(names, self.spec.sets):
            yield f"static const struct spec_attr spec_{name}_attrs[] = {{"
            yield from (self.attribute(one, each)
                        for each in one["attributes"])
            yield "};\n"
        yield "const struct spec_set spec_sets[SPEC_SETS] = {"
        for name in names:
            yield (f"\t[SPEC_SET_{name.upper()}] = {{ "
                   f"sizeof(spec_{name}_attrs) / "
                   f"sizeof(*spec_{name}_attrs), spec_{name}_attrs }},")
        yield "};\n"

    def commands(self):
        outer = self.spec.prefix(self.spec.sets[0])
        yield "const struct spec_command spec_commands[SPEC_COMMANDS] = {"
        for one in self.spec.operations:
            name = c_name(self.spec.tree["operations"]["name-prefix"],
                          one["name"]).upper().replace("__", "_")
            words = [f'.name = "{name}"', f".number = {name}"]
            for each in one.get("do", {}).get("request", {}).get(
                    "attributes", []):
                words.append(f".takes = {c_name(outer, each).upper()}")
            if "event" in one:
                words.append(".event = true")
            if "dump" in one:
                words.append(".dump = true")
            yield f"\t{{ {', '.join(words)} }},"
        yield "};\n#endif"


def main():
    tables = Tables(Spec(sys.argv[1], yaml))
    print("/* Made by table.py of", os.path.basename(sys.argv[1]), "*/")
    print("\n".join([*tables.sets(), *tables.commands()]))


if __name__ == "__main__":
    main()
