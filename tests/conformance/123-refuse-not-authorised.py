#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.2.2-5 MQTT-3.2.2-4 MQTT-3.1.4-5
"""Without a name and with anonymous off: CONNACK 4 or 5, then close."""

from lib.case import *


def test(b):
    client = b.raw()
    client.send(connect('x'), subscribe(1, 'a'), publish('a', 'b'))
    got = client.expect(CONNACK)
    check(got.code in (4, 5), 'CONNACK code %d' % got.code)
    client.expect_close()


run(test, allow_anonymous='false')
