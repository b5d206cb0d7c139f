# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the dfc project
#
# Test Anything Protocol.

import sys
import traceback


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, description, is_ok, *detail):
        self.count += 1
        self.failed += not is_ok
        print('%s %d - %s' % ('ok' if is_ok else 'not ok', self.count,
                              description))
        if not is_ok:
            for one in detail:
                print('# %r' % (one,))
        sys.stdout.flush()
        return is_ok

    def attempt(self, description, function, *args):
        """Passes if it returns True; it may raise whatever it likes."""
        try:
            result = function(*args)
        except Exception as error:  # one case must not end the others
            for one in args:
                if hasattr(one, 'resume'):
                    one.resume()
            return self.check(description, False, error,
                              traceback.format_exc().split('\n')[-4:])
        if isinstance(result, tuple):
            return self.check(description, *result)
        return self.check(description, result is True, result)

    def end(self):
        print('1..%d' % self.count)
        return 1 if self.failed else 0
