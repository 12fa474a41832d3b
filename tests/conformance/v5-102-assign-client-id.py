#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.3-6 MQTT-3.1.3-7 MQTT-3.2.2-16 MQTT-3.1.3-2 MQTT-3.1.3-5
"""An empty identifier is replaced by a new one, which is a session's name."""

from lib.case5 import *


def test(b):
    ids = set()
    for clean in (True, False) * 3:
        client = b.raw5('')
        client.connect(0, 0, clean=clean)
        check(client.client_id, 'no Assigned Client Identifier')
        ids.add(client.client_id)
    equal(len(ids), 6)
    client = b.raw5('')
    client.connect(0, 0, props=[(SESSION_EXPIRY, 100)])
    client.subscribe(('t', 1))
    name = client.client_id
    client.disconnect()
    again = b.client5(name, 1, clean=False)
    again.publish('t', 'x', 1)
    again.expect_publish('t', 'x', 1)
    alphabet = 'abcdefghijklmnopqrstuvwxyz'
    b.client5((alphabet + alphabet.upper() + '0123456789')[:23])
    b.client5('0123456789' + alphabet.upper()[:13])


run(test)
