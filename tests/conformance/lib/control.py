# SPDX-License-Identifier: GPL-2.0
"""The broker's control socket."""

import json
import socket

from .client import TIMEOUT


def control(broker, **request):
    """What it answers, as mqttctl asks."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(TIMEOUT)
        sock.connect(broker.dir + '/control.sock')
        sock.sendall(json.dumps(request).encode() + b'\n')
        with sock.makefile() as file:
            return json.loads(file.readline())
