#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.2-24
"""Packets sent to a silent client do not prolong its life."""

from lib.case import *


def test(b):
    pub, sub = b.client(), b.client(keepalive=1)
    sub.subscribe('t')
    start = time.monotonic()
    while time.monotonic() - start < 8 * SCALE:
        pub.publish('t', 'x')
        time.sleep(0.2)
        pub.ping()
        if sub.readable():
            try:
                data = sub.sock.recv(65536)
            except ConnectionResetError:
                data = b''
            if not data:
                break
    took = time.monotonic() - start
    check(1.4 <= took <= 1.5 + 3 * SCALE, 'closed after %.2f s' % took)


run(test)
