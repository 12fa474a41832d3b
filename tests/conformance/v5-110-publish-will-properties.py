#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements 5.0: MQTT-3.1.3-10 MQTT-3.3.2-4 MQTT-3.3.2-15 MQTT-3.3.2-16 MQTT-3.3.2-17 MQTT-3.3.2-18 MQTT-3.3.2-20
"""A will carries its properties, but not its delay."""

from lib.case5 import *


def test(b):
    users = [('b', '1'), ('a', '2'), ('b', '1'), ('', '')]
    watcher, old = b.client5(), b.client()
    watcher.subscribe(('w', 2))
    old.subscribe(('w', 2))
    client = b.client5(will=('w', 'm', 2), will_props=[
        (USER_PROPERTY, users[0]), (PAYLOAD_FORMAT, 1), (WILL_DELAY, 0),
        (USER_PROPERTY, users[1]), (CONTENT_TYPE, 'text'),
        (USER_PROPERTY, users[2]), (RESPONSE_TOPIC, 'r/t'),
        (CORRELATION_DATA, b'\0\xff'), (USER_PROPERTY, users[3])])
    client.close()
    watcher.expect_publish('w', 'm', 2, props={
        USER_PROPERTY: users, PAYLOAD_FORMAT: 1, CONTENT_TYPE: 'text',
        RESPONSE_TOPIC: 'r/t', CORRELATION_DATA: b'\0\xff'})
    old.expect_publish('w', 'm', 2)


run(test)
