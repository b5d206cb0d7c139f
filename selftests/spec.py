#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
"""Holds the netlink specification dfc.yaml against the header dfc.h.

They are to say the same, one to programs and the other to people and
compilers: constants, flags, enumerators, attributes and commands are in both
at the same values, and the attribute tree that the header draws has the types
and ranges of the specification. Needs no kernel. Speaks TAP; exit status 4 if
there is nothing to compare."""

import os
import re
import sys

# Where a tree has the specification and the header: ours, or the kernel's.
PLACES = (
    ("Documentation/netlink/dfc.yaml", "uapi/linux/dfc.h"),
    ("Documentation/netlink/specs/dfc.yaml", "include/uapi/linux/dfc.h"),
)


class Tap:
    """The results so far."""

    def __init__(self):
        self.count = self.failed = 0
        print("TAP version 13")

    def result(self, name, complaints):
        """Tells one result, which is good if there are no complaints."""
        self.count += 1
        self.failed += bool(complaints)
        for complaint in complaints:
            print(f"# {complaint}")
        print(f"{'not ok' if complaints else 'ok'} {self.count} - {name}")

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0

    def skip(self, reason):
        if os.environ.get("DFC_NO_SKIP") == "1":
            self.result("the test can run", [f"skipped: {reason}"])
            sys.exit(self.end())
        print(f"1..0 # SKIP {reason}")
        sys.exit(4)


def c_name(*words):
    return "_".join(words).replace("-", "_")


def differences(what, expected, actual):
    """Lists how two dictionaries differ, one line for each key."""
    for key in sorted(expected.keys() | actual.keys()):
        if expected.get(key) != actual.get(key):
            yield (f"{what} {key}: specification {expected.get(key, 'none')}, "
                   f"header {actual.get(key, 'none')}")


class Header:
    """The names that a header defines, and the tree that it draws."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.defines = {}
        self.enums = {}
        code = re.sub(r"/\*.*?\*/", "", self.text, flags=re.S)
        for name, value in re.findall(r"^#define (DFC_\w+)\s+(.+?)\s*$", code,
                                      re.M):
            self.defines[name] = (value.strip('"') if value[0] == '"'
                                  else self.number(value, self.defines))
        for name, body in re.findall(r"enum (\w+) \{(.*?)\};", code, re.S):
            self.enums[name] = self.enumerators(body)

    @staticmethod
    def number(expression, known):
        """The value of an expression of numbers and names."""
        words = re.sub(r"\b[A-Za-z_]\w*", lambda name: str(known[name[0]]),
                       re.sub(r"(?<=\d)[uUlL]+\b", "", expression))
        if not re.fullmatch(r"(0x[\da-f]+|[\d\s()|<+-])+", words):
            raise ValueError(f"{expression}: not understood")
        return eval(words)

    def enumerators(self, body):
        found, value = {}, -1
        for entry in filter(None, map(str.strip, body.split(","))):
            name, _, expression = map(str.strip, entry.partition("="))
            value = self.number(expression, found) if expression else value + 1
            found[name] = value
        return found

    def rows(self):
        """The rows of the drawn tree: depth, attribute, description."""
        drawing = self.text[:self.text.index("#define DFC_GENL_NAME")]
        row = r"^ \*( {3,})(DFC_(?:[A-Z]+_)?A_[A-Z_]+) +(\S.*)$"
        return [(len(depth), name, text)
                for depth, name, text in re.findall(row, drawing, re.M)]


class Spec:
    """The names that a specification stands for."""

    def __init__(self, path, yaml):
        with open(path, encoding="utf-8") as file:
            self.tree = yaml.safe_load(file)
        self.name = self.tree["name"]
        self.sets = self.tree["attribute-sets"]
        self.operations = self.tree["operations"]["list"]
        self.constants = {}
        for one in self.of_type("const"):
            self.constants[one["name"]] = one["value"]
        self.attributes = {}
        for one in self.sets:
            for attribute in one["attributes"]:
                name = c_name(self.prefix(one), attribute["name"]).upper()
                self.attributes[name] = attribute

    @staticmethod
    def prefix(one):
        """What the names of a set have in common."""
        return c_name(one["name-prefix"].rstrip("-")).upper()

    def of_type(self, kind):
        return [one for one in self.tree["definitions"] if one["type"] == kind]

    def c_defines(self):
        found = {
            c_name(self.tree["c-family-name"]).upper(): self.name,
            c_name(self.tree["c-version-name"]).upper(): self.tree["version"],
        }
        for group in self.tree["mcast-groups"]["list"]:
            name = c_name(self.name, "mcgrp", group["name"]).upper()
            found[name] = group["name"]
        for name, value in self.constants.items():
            found[c_name(self.name, name).upper()] = value
        for flags in self.of_type("flags"):
            prefix = c_name(self.name, flags["name"]).upper()
            for bit, entry in enumerate(flags["entries"]):
                found[c_name(prefix, entry["name"]).upper()] = 1 << bit
            found[f"{prefix}_ALL"] = (1 << len(flags["entries"])) - 1
        return found

    @staticmethod
    def c_enum(prefix, names, first):
        """What C makes of names, with the usual ones around them."""
        found = {f"{prefix}_UNSPEC": 0} if first else {}
        for value, name in enumerate(names, first):
            found[c_name(prefix, name).upper()] = value
        last = first + len(names)
        return found | {f"__{prefix}_LAST": last, f"{prefix}_MAX": last - 1}

    def c_enums(self):
        found = {}
        for enum in self.of_type("enum"):
            name = c_name(self.name, enum["name"])
            names = [entry["name"] for entry in enum["entries"]]
            found[name] = self.c_enum(name.upper(), names, 0)
        for one in [*self.sets, self.tree["operations"]]:
            names = [entry["name"]
                     for entry in one.get("attributes") or one["list"]]
            found[c_name(one["enum-name"])] = self.c_enum(self.prefix(one),
                                                          names, 1)
        return found


def drawn_kind(text, child, known):
    """What a row of the tree says: type, attributes within, repetition."""
    like = re.match(r"nest, as (\w+)", text)
    if like:
        return known[like[1]]
    kind = re.split(r"[,; ]", text)[0]
    if kind not in ("nest", "string", "u8", "u16", "u32", "u64"):
        kind = "binary"
    within = re.match(r"nest of DFC_([A-Z]+)_A", text) or (
        kind == "nest" and re.match(r"DFC_([A-Z]+)_A", child))
    return kind, within[1].lower() if within else None, "repeat" in text


def drawn_limits(text):
    """The range that a row gives, but not how often it may repeat."""
    limits = re.search(r"\b(\d+)\.\.(\d*)(?! times)(?!\d)", text)
    if not limits:
        return {}
    keys = (("min-len", "max-len") if text.startswith("string")
            else ("min", "max"))
    return {key: int(value)
            for key, value in zip(keys, limits.groups()) if value}


def drawn_enum(text):
    enum = re.search(r"DFC_([A-Z]+_F)_\*|enum dfc_(\w+)", text)
    if not enum:
        return None
    return (enum[1] or enum[2]).lower().replace("_", "-")


def check_tree(spec, header):
    """Holds the drawn tree against the attributes, row by row."""
    rows = header.rows()
    known = {}
    for index, (depth, name, text) in enumerate(rows):
        below = rows[index + 1] if index + 1 < len(rows) else (0, "", "")
        child = below[1] if below[0] > depth else ""
        known[name] = drawn_kind(text, child, known)
        attribute = spec.attributes.get(name)
        if not attribute:
            yield f"{name}: the specification has no such attribute"
            continue
        checks = {key: spec.constants.get(value, value)
                  for key, value in attribute.get("checks", {}).items()}
        expected = dict(zip(("type", "within", "repeats"), known[name]),
                        enum=drawn_enum(text), **drawn_limits(text))
        actual = {
            "type": attribute["type"],
            "within": attribute.get("nested-attributes"),
            "repeats": attribute.get("multi-attr", False),
            "enum": attribute.get("enum"),
        } | {key: checks.get(key) for key in drawn_limits(text)}
        yield from differences(name, actual, expected)
    for name, attribute in spec.attributes.items():
        if name not in known and attribute["type"] != "pad":
            yield f"{name}: the header does not draw it"


def check_flags(spec):
    """A flags attribute must refuse unknown bits."""
    names = [flags["name"] for flags in spec.of_type("flags")]
    for name, attribute in spec.attributes.items():
        mask = attribute.get("checks", {}).get("flags-mask")
        if attribute.get("enum") in names and attribute["enum"] != mask:
            yield f"{name}: no flags-mask"


def check_operations(spec):
    outer = {one["name"]: {each["name"] for each in one["attributes"]}
             for one in spec.sets}
    groups = {group["name"] for group in spec.tree["mcast-groups"]["list"]}
    for operation in spec.operations:
        name = operation["name"]
        lists = [operation.get("event", {})]
        for mode in "do", "dump":
            lists += operation.get(mode, {}).values()
        used = {each for one in lists for each in one.get("attributes", ())}
        unknown = used - outer[operation["attribute-set"]]
        if unknown:
            yield f"{name}: there is no {', '.join(sorted(unknown))}"
        if "event" in operation:
            if operation.get("mcgrp") not in groups:
                yield f"{name}: goes to no group"
        elif operation.get("flags") != ["uns-admin-perm"]:
            yield f"{name}: needs no CAP_NET_ADMIN"


def check_docs(spec):
    things = [*spec.tree["definitions"], *spec.sets, *spec.operations]
    for thing in list(things):
        things += thing.get("entries", []) + thing.get("attributes", [])
    for thing in things:
        if not thing.get("doc"):
            yield f"{thing['name']}: has no doc"


def find_files():
    """The paths of both files in a tree that this one is in, or None."""
    tree = os.path.abspath(__file__)
    while tree != os.path.dirname(tree):
        tree = os.path.dirname(tree)
        for place in PLACES:
            paths = [os.path.join(tree, path) for path in place]
            if all(map(os.path.exists, paths)):
                return paths
    return None


def main():
    tap = Tap()
    try:
        import yaml
    except ImportError:
        tap.skip("python3-yaml is missing")
    files = find_files()
    if not files:
        tap.skip("dfc.yaml and dfc.h are not in this tree")
    spec, header = Spec(files[0], yaml), Header(files[1])

    tap.result("names, constants and flags are the same",
               list(differences("define", spec.c_defines(), header.defines)))
    enums = spec.c_enums()
    for name in sorted(enums.keys() | header.enums.keys()):
        tap.result(f"enum {name} is the same",
                   list(differences(name, enums.get(name, {}),
                                    header.enums.get(name, {}))))
    tap.result("the header draws the attributes as they are specified",
               list(check_tree(spec, header)))
    tap.result("unknown flags are refused", list(check_flags(spec)))
    tap.result("operations are complete", list(check_operations(spec)))
    tap.result("everything is documented", list(check_docs(spec)))
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
