# SPDX-License-Identifier: GPL-2.0
"""ACL files, and what the broker says of them."""

import json
import os
import subprocess
import tempfile

from .client import TIMEOUT
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


def denied(broker):
    """Publishes that were denied, by the broker or by the kernel."""
    return ask(broker, 'status')['daemon']['publish_denied']
