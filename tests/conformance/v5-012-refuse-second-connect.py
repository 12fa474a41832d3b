#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.0-1 MQTT-3.1.0-2 MQTT-3.2.0-1 MQTT-3.2.0-2 MQTT-3.14.0-1 MQTT-3.14.2-1
"""CONNECT comes first, and once; a second one is a Protocol Error."""

from lib.case5 import *


def test(b):
    refused(b, 0x82, connect('again'), v4.connect('again'))
    for data in (publish('t', 'x'), subscribe(1, 't'), pingreq(), disconnect(),
                 auth(0x18), puback(1)):
        # no DISCONNECT before a CONNACK
        client = b.raw5()
        client.send(data)
        client.expect_close()
    client = b.raw5()
    client.send(connect('p'), connect('p'))
    client.expect_connack()
    client.expect_disconnect(0x82)


run(test)
