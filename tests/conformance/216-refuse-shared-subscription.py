#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.8.4-5 MQTT-3.9.3-2
"""$share is answered with 0x80 in this version; other filters still count."""

from lib.case import *


def test(b):
    client = b.client()
    client.send(subscribe(1, ('$share/g/t', 1), ('t', 1)))
    equal(client.expect(SUBACK, 1).codes, [0x80, 1])
    client.publish('t', 'x', 1)
    client.expect_publish('t', 'x', 1)
    client.expect_silence()


run(test)
