#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1 MQTT-3.8.3-1
"""A SUBSCRIBE whose body is cut anywhere closes, or is shorter but whole."""

from lib.case import *


def test(b):
    whole = subscribe(1, ('first', 0), ('second', 0))[2:]
    whole_cuts = (2 + 8, len(whole))
    for cut in range(len(whole)):
        if cut not in whole_cuts:
            refused(b, packet(0x82, whole[:cut]))
    client = b.client()
    client.send(packet(0x82, whole[:whole_cuts[0]]))
    equal(client.expect(SUBACK, 1).codes, [0])


run(test)
