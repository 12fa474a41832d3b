#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.14.4-1 MQTT-3.14.4-2 MQTT-3.14.2-1
"""All forms of DISCONNECT; what comes after it is ignored."""

from lib.case5 import *


def test(b):
    watcher = b.client5()
    watcher.subscribe('t')
    for data in (disconnect(), disconnect(0), disconnect(0, []),
                 disconnect(4), disconnect(0, [(REASON_STRING, 'bye'),
                                               (USER_PROPERTY, ('a', 'b')),
                                               (USER_PROPERTY, ('a', 'b'))])):
        client = b.client5()
        client.send(data, publish('t', 'never'), b'\0\0')
        client.expect_close()
    for code in (0x01, 0x02, 0x10, 0x18, 0x7f, 0x84, 0xff):
        refused(b, (0x81, 0x82), disconnect(code))
    # a client has no Server Reference to give
    refused(b, (0x81, 0x82), disconnect(0, [(SERVER_REFERENCE, 'x')]))
    watcher.expect_nothing_from(b.client5())


run(test)
