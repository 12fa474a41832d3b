#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.9.3-1 MQTT-3.8.4-5 MQTT-3.9.3-2
"""One return code per filter, in the order of the filters."""

from lib.case import *


def test(b):
    client = b.client()
    client.send(subscribe(9, ('a', 2), ('b', 0), ('c/#', 1), ('d', 2),
                          ('+', 0)))
    equal(client.expect(SUBACK, 9).codes, [2, 0, 1, 2, 0])
    many = [('m/%d' % i, i % 3) for i in range(200)]
    client.send(subscribe(10, *many))
    equal(client.expect(SUBACK, 10).codes, [q for _, q in many])


run(test)
