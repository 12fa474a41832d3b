#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Statements: MQTT-3.2.0-1 MQTT-3.14.4-3
"""CONNECT, PUBLISH and DISCONNECT in one segment: delivered, no will."""

from lib.case import *


def test(b):
    sub = b.client()
    sub.subscribe('t', 'will')
    for n in range(5):
        client = b.raw()
        client.send(connect(client.client_id, will=('will', 'bad')),
                    publish('t', 'n%d' % n), disconnect())
        client.expect_connack(0)
        client.expect_close()
        sub.expect_publish('t', 'n%d' % n)
    sub.expect_nothing_from(b.client())


run(test)
