#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.1.4-5 MQTT-3.2.0-1
"""CONNECT, SUBSCRIBE and PUBLISH in one segment: CONNACK comes first."""

from lib.case import *


def test(b):
    for n in range(5):
        client = b.raw()
        client.send(connect(client.client_id), subscribe(1, ('p/%d' % n, 1)),
                    publish('p/%d' % n, 'zero'),
                    publish('p/%d' % n, 'one', 1, 2), pingreq())
        client.expect_connack(0, 0)
        equal(client.wait(SUBACK, 1).codes, [1])
        client.wait(PUBACK, 2)
        client.wait(PINGRESP)
        got = {}
        for _ in range(2):
            message = client.expect(PUBLISH)
            got[message.qos] = message.payload
            client.ack(message)
        equal(got, {0: b'zero', 1: b'one'})
        client.expect_silence()
        client.disconnect()


run(test)
