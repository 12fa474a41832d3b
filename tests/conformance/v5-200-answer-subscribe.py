#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.8.4-1 MQTT-3.8.4-2 MQTT-3.8.4-5 MQTT-3.8.4-6 MQTT-3.8.4-7 MQTT-3.9.3-1 MQTT-3.9.3-2 MQTT-2.2.1-6 MQTT-2.2.1-3
"""One SUBACK with a code for each filter, in order, with properties or not."""

from lib.case5 import *


def test(b):
    client = b.client5()
    client.send(subscribe(7, ('a', 2), ('b', 0), ('a', 1), ('c', 2),
                          props=[(USER_PROPERTY, ('k', 'v')),
                                 (USER_PROPERTY, ('k', 'v')),
                                 (SUBSCRIPTION_ID, 268435455)]))
    equal(client.expect(SUBACK, 7).codes, [2, 0, 1, 2])
    client.send(subscribe(65535, *(('f/%d' % i, i % 3) for i in range(300))))
    equal(client.expect(SUBACK, 65535).codes, [i % 3 for i in range(300)])
    client.publish('c', 'x', 2)
    client.expect_publish('c', 'x', 2, props={SUBSCRIPTION_ID: [268435455]})
    client.publish('a', 'y', 2)
    client.expect_publish('a', 'y', 1)
    client.expect_silence()


run(test)
