# SPDX-License-Identifier: GPL-2.0
"""TAP for the netlink tests."""
import sys
import traceback


class Tap:
    """Counts results and prints them."""

    def __init__(self):
        self.count = self.failed = 0

    def result(self, good, name, *diagnostics):
        """Print one result; diagnostics only with a failure."""
        self.count += 1
        self.failed += not good
        if not good:
            for text in diagnostics:
                for line in str(text).splitlines():
                    print(f"# {line}")
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        return good

    def equal(self, have, want, name):
        """Two values must be the same."""
        return self.result(have == want, name, f"have: {have!r}", f"want: {want!r}")

    def skip(self, name, why):
        """A test that cannot run here."""
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def run(self, *functions):
        """Call each function; an exception fails it. Ends the program."""
        for function in functions:
            try:
                function()
            except Exception:           # pylint: disable=broad-except
                self.result(False, f"{function.__name__} ends without an exception",
                            traceback.format_exc())
        print(f"1..{self.count}")
        sys.exit(self.failed > 0)
