#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-2
"""A thousand short connections, one after the other, and the broker is well."""

from lib.case import *


def test(b):
    for n in range(1000):
        client = b.raw('go%d' % (n % 20))
        client.send(connect(client.client_id), publish('t', 'x'),
                    disconnect())
        client.expect_connack(0)
        client.expect_close()
        client.close()
    b.client().expect_silence()


run(test)
