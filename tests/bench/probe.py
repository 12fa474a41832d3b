# SPDX-License-Identifier: GPL-2.0
"""Latency of other traffic, in the time of the guest, and results as TAP."""
import json
import sys

from guest import MQLOAD, GuestError


class Tap:
    """Counts results and prints them as they come."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, good, name, detail=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}")
        if detail:
            print("# " + str(detail).replace("\n", "\n# "))
        sys.stdout.flush()

    def done(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


# The traffic that goes on beside, inside the guest so that its clock is the guest's.
PROBE = "-m pairs -P 1 -S 1 -s 64 --prefix probe --warmup 0.5"


class Probe:
    """Open-loop traffic inside the guest: its latency is counted in the guest's time.

    It goes on until finish() is called, or for some seconds of the guest's. Started with chrt -f it
    waits for nobody but the module: what it measures is not when its own turn comes.
    """

    FILES = "/tmp/probe", "/tmp/probe.ready", "/tmp/probe.pid"

    def __init__(self, guest, seconds=10000, rate=200, start="exec"):
        self.guest = guest
        out, ready, pid = self.FILES
        # In memory: a page fault that waits for the host would be its latency.
        guest.sh(f"[ -x /tmp/mqload ] || cp {MQLOAD} /tmp/mqload; rm -f {out} {ready}; "
                 f"mkfifo {ready}; (sh -c 'echo $$ > {pid}; {start} /tmp/mqload {PROBE} -r {rate} "
                 f"-d {seconds}'"
                 f" | (read line; echo \"$line\" > {ready}; cat > {out}; echo done > {ready})) "
                 f"> /tmp/probe.log 2>&1 & cat {ready}")

    def finish(self):
        """Ends it now."""
        self.guest.sh("kill -USR1 $(cat /tmp/probe.pid)")
        return self.result()

    def result(self):
        """Waits for its end."""
        out, ready, _ = self.FILES
        self.guest.sh(f"cat {ready}")
        lines = self.guest.sh(f"cat {out} /tmp/probe.log").splitlines()
        for line in lines:
            if line.startswith("{") and '"ok"' in line:
                return json.loads(line)
        raise GuestError("the probe: " + " ".join(lines))
