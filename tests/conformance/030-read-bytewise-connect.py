#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-4.8.0-1
"""CONNECT, SUBSCRIBE and PUBLISH written byte by byte are understood."""

from lib.case import *


def test(b):
    client = b.raw('slow')
    client.send_bytewise(connect('slow', username='u', password='p',
                                 will=('w', 'gone', 1, True)))
    client.expect_connack(0)
    client.send_bytewise(subscribe(7, ('t', 2), ('u/+', 1)))
    equal(client.expect(SUBACK, 7).codes, [2, 1])
    for qos in (0, 0, 0, 1, 2):
        client.send_bytewise(publish('t', 'p' * 200, qos, 9 if qos else None))
        if qos:
            client.wait(PUBACK if qos == 1 else PUBREC, 9)
        if qos == 2:
            client.send_bytewise(pubrel(9))
            client.wait(PUBCOMP, 9)
        client.expect_publish('t', 'p' * 200, qos)
    client.send_bytewise(pingreq())
    client.expect(PINGRESP)
    client.send_bytewise(disconnect())
    client.expect_close()


run(test)
