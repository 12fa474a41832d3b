# SPDX-License-Identifier: GPL-2.0
"""ACL files, and what the broker says of them."""

import json
import os
import subprocess
import tempfile

from .broker import KERNEL
from .client import TIMEOUT, equal
from .users import MQTTCTL


class Acl:
    """An ACL file; lines are given as they are written there."""

    def __init__(self, *lines):
        self.dir = tempfile.TemporaryDirectory()    # pylint: disable=consider-using-with
        self.path = os.path.join(self.dir.name, 'acl')
        self.write(*lines)

    def write(self, *lines):
        with open(self.path, 'w', encoding='utf-8') as file:
            file.write(''.join(line + '\n' for line in lines))


def ask(broker, *command):
    """What mqttctl -j prints."""
    done = subprocess.run([MQTTCTL, '-j', '-s', broker.dir + '/control.sock', *command],
                          capture_output=True, text=True, check=True, timeout=TIMEOUT)
    return json.loads(done.stdout)


class Kernel:
    """By how much the module's counters of this broker rose inside a with block."""

    def __init__(self, broker, **want):
        self.broker = broker
        self.want = want

    def now(self):
        return ask(self.broker, 'status')['stats'] if KERNEL else {}

    def __enter__(self):
        self.before = self.now()
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None or not KERNEL:
            return
        after = self.now()
        equal({name: after[name] - self.before[name] for name in self.want}, self.want)


def denied(broker):
    """Publishes that were denied, by the broker or by the kernel."""
    return ask(broker, 'status')['daemon']['publish_denied']
