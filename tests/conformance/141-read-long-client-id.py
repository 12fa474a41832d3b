#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.3-3 MQTT-3.1.3-5
"""A very long identifier is accepted or refused with CONNACK 2."""

from lib.case import *


def test(b):
    for size in (24, 100, 1000, 65535):
        client = b.raw('n' * size)
        client.send(connect('n' * size))
        got = client.expect(CONNACK)
        check(got.code in (0, 2), 'CONNACK code %d' % got.code)
        if got.code:
            client.expect_close()
        else:
            client.expect_silence()


run(test)
