#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.2.2-13 MQTT-3.2.2-14 MQTT-4.13.1-1
"""retain_available false is announced, and what retains is refused with 0x9A."""

from lib.case5 import *


def test(b):
    client = b.client5()
    equal(client.connack.props.get(RETAIN_AVAILABLE), 0)
    refused_connect(b, 0x9a, connect('id', will=('w', 'm', 0, True)))
    refused(b, 0x9a, publish('t', 'x', retain=True),
            publish('t', 'x', 1, 1, True), publish('t', 'x', 2, 1, True))
    client.subscribe(('t', 1))
    client.publish('t', 'x', 1)
    client.expect_publish('t', 'x', 1)


run(test, retain_available='false')
