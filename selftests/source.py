# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# What the control sources of the selftests have in common: how they report,
# where they run, how they sign.

import hashlib
import hmac
import os
import subprocess
import sys

DEADLINE = int(os.environ.get('DFC_DEADLINE', '60'))


def check(description, is_ok, *detail):
    print('ok' if is_ok else 'not ok', description)
    if not is_ok:
        for line in detail:
            print('#', repr(line))
    sys.stdout.flush()


def namespace(name, *command):
    return subprocess.run(['ip', 'netns', 'exec', os.environ[name], *command],
                          stdout=subprocess.PIPE, check=True).stdout


def digest(text, key):
    return hmac.new(key, text, hashlib.sha1).hexdigest().encode()


def sign(text, key, name=b'Authentication-Info: ', end=b'\r\n'):
    return text + name + digest(text, key) + end + end


def is_signed(message, key, name=b'Authentication-Info: '):
    body, found, rest = message.partition(name)
    return found != b'' and rest == digest(body, key) + b'\r\n\r\n'
