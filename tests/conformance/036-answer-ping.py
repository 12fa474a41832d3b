#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.12.4-1
"""Every PINGREQ is answered, in order with other traffic."""

from lib.case import *


def test(b):
    client = b.client()
    for _ in range(3):
        client.send(pingreq())
        client.expect(PINGRESP)
    client.send(*[pingreq()] * 50)
    for _ in range(50):
        client.expect(PINGRESP)
    client.send(pingreq(), subscribe(3, 'a'), pingreq())
    seen = [client.read().type for _ in range(3)]
    equal(sorted(seen), [SUBACK, PINGRESP, PINGRESP])


run(test)
