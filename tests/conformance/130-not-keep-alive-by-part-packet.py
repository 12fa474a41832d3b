#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24
"""A packet that never becomes whole is no activity."""

from lib.case import *


def test(b):
    client = b.client(keepalive=1)
    start = time.monotonic()
    data = publish('t', bytes(200))
    for i in range(len(data) - 1):
        if not client.send_or_closed(data[i:i + 1]):
            break
        time.sleep(0.1)
        if client.readable():
            client.expect_close()
            break
    else:
        check(False, 'still open')
    took = time.monotonic() - start
    check(took <= 1.5 + 3 * SCALE, 'closed after %.2f s' % took)


run(test)
