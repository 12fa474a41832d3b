#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24
"""Silence of one and a half keep alive times ends the connection."""

from lib.case import *


def test(b):
    for keepalive, extra in ((1, 2.5), (2, 3)):
        start = time.monotonic()
        client = b.client(keepalive=keepalive)
        client.expect_close(timeout=TIMEOUT)
        took = time.monotonic() - start
        check(1.5 * keepalive - 0.1 <= took <=
              1.5 * keepalive + extra * SCALE,
              'keep alive %d closed after %.2f s' % (keepalive, took))


run(test)
